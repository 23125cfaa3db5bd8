// Package home is the page after signing in: what needs the reader, and beside it what the reader's role keeps an
// eye on.
package home

import (
	"net/http"

	"hanse/internal/domain/report"
	"hanse/internal/edge/portal/site"
)

type pages struct {
	*site.Site
	report *report.Service
}

// Register adds the page.
func Register(s *site.Site, r *report.Service) {
	p := pages{s, r}
	s.Page("GET /{$}", p.home)
}

func (p pages) home(w http.ResponseWriter, r *http.Request) error {
	h, err := p.report.Home(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, homePage(view{p.Shell(r, title), h, p.Clock.Wall()}))
}
