package app

import "net/http"

// edges puts portal, API and demo on the mux and returns the page for a request that failed inside.
func (a *App) edges(mux *http.ServeMux) (failed http.Handler, err error) {
	if a.Time != nil {
		a.Time.Register(mux)
	}
	return nil, nil
}
