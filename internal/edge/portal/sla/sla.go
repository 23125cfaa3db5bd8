// Package sla holds the pages of service levels: working calendars and the policy in their versions, each with a preview
// of what it would mean, and the report with the tickets behind each figure.
package sla

import (
	"context"
	"net/http"
	"strings"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *sla.Service
}

// Register adds the pages.
func Register(s *site.Site, service *sla.Service) {
	p := pages{s, service}
	p.Page("GET /desk/calendars", p.calendars)
	p.Page("GET /desk/calendars/edit", p.editCalendar)
	p.Page("POST /desk/calendars/edit", p.saveCalendar)
	p.Page("GET /desk/policies", p.policies)
	p.Page("GET /desk/policies/edit", p.editPolicy)
	p.Page("POST /desk/policies/edit", p.savePolicy)
	p.Page("GET /desk/report", p.report)
	p.Page("GET /desk/report/tickets", p.tickets)
	door.Exports(s, door.Plain, "/desk/report", p.reportFile)
	door.Exports(s, door.Plain, "/desk/report/tickets", p.ticketsFile)
}

func (p pages) see(r *http.Request) door.View { return door.See(p.Site, r, door.Door{}) }

// may asks for a verb before a form is drawn: the pages are the vendor's alone.
func may(r *http.Request, verb actor.Verb) error { return site.By(r).May(verb) }

// instant reads a business day and clock time from a field; nothing is the zero instant.
func instant(fs *fault.Fields, name, text string) time.Time {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, calendar.Zone); err == nil {
			return t.UTC()
		}
	}
	fs.Add(name, text, i18n.M("sla.bad_instant", i18n.A{"value": text}))
	return time.Time{}
}

// since is from when a version holds, in words.
func since(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return i18n.T(ctx, "sla.shipped")
	}
	return i18n.T(ctx, "sla.holds", i18n.A{"at": i18n.From(ctx).DateTime(t)})
}
