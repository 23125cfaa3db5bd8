// Package system is the vendor's pages about the installation itself: who did what, jobs, settings, health.
package system

import (
	"net/http"
	"net/url"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/setting"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// Deps is what the pages read. Working is the calendar by which deadlines are computed.
type Deps struct {
	DB      *db.DB
	Audit   *audit.Service
	Jobs    *jobs.Service
	Setting *setting.Service
	Badge   *badge.Service
	Working *calendar.Working
	Version string    // of the program
	Started time.Time // wall instant
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	s.Page("GET /system/audit", p.log)
	door.Exports(s, door.Plain, "/system/audit", p.exportLog)
	s.Page("POST /system/audit/verify", p.verify)
	s.Page("GET /system/audit/{account}/{id}", p.entry)
	s.Page("GET /system/jobs", p.jobs)
	door.Exports(s, door.Plain, "/system/jobs", p.exportJobs)
	s.Page("POST /system/jobs/{id}", p.retry)
	s.Page("GET /system/settings", p.settings)
	door.Exports(s, door.Plain, "/system/settings", p.exportSettings)
	s.Page("GET /system/settings/{key}", p.setting)
	s.Page("POST /system/settings/{key}", p.change)
	s.Page("GET /system/health", p.health)
	s.Page("GET /system/keys", p.keys)
	s.Page("GET /system/keys/rotate", p.askRotate)
	s.Page("POST /system/keys/rotate", p.rotate)
	s.Page("GET /system/keys/{key}/revoke", p.askRevoke)
	s.Page("POST /system/keys/{key}/revoke", p.revoke)
	s.Page("GET /system/keys/sign", p.askSign)
	s.Page("POST /system/keys/sign", p.sign)
}

// typed reads an entry of a filter, as one line.
func typed(q url.Values, name string) string { return text.Clean(q.Get(name)) }

// day reads a day of a filter; one that's no day doesn't narrow.
func day(q url.Values, name string) calendar.Day {
	d, err := calendar.ParseOptional(q.Get(name))
	if err != nil {
		return calendar.None
	}
	return d
}

// from and until are the instants around the days of a filter; zero doesn't narrow.
func from(d calendar.Day) time.Time {
	if d.IsNone() {
		return time.Time{}
	}
	return d.Time()
}

func until(d calendar.Day) time.Time {
	if d.IsNone() {
		return time.Time{}
	}
	return d.End()
}

// exportLimit is how many rows the installation allows in one file.
func (p pages) exportLimit(r *http.Request) (int, error) {
	return setting.Int(r.Context(), p.DB.Read(), setting.ListExport, p.Clock.Now())
}
