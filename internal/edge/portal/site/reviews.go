package site

import (
	"net/http"

	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A Review is one of the vendor's queues: they stand side by side as tabs. Those who may Verb see it.
type Review struct {
	Href  string
	Label i18n.Msg
	Verb  actor.Verb
}

// AddReview adds queues, in order.
func (s *Site) AddReview(queues ...Review) { s.reviews = append(s.reviews, queues...) }

// ReviewTabs are the queues that whoever asks may see. The page asked for is the current one.
func (s *Site) ReviewTabs(r *http.Request) (tabs []ui.Tab) {
	for _, q := range s.reviews {
		if By(r).Can(q.Verb) {
			tabs = append(tabs, ui.Tab{Href: q.Href, Label: i18n.Say(r.Context(), q.Label), Current: r.URL.Path == q.Href})
		}
	}
	return tabs
}
