// Package policy is the pages of programs: their versions, what each asks, what changed, and the certificates that
// count.
package policy

import (
	"net/http"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/simulation"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	qualification *qualification.Service
	credential    *credential.Service
	drafts        *simulation.Service
}

// Register adds the pages.
func Register(s *site.Site, q *qualification.Service, c *credential.Service, drafts *simulation.Service) {
	p := pages{s, q, c, drafts}
	s.Page("GET /programs", p.list)
	s.Page("POST /programs", p.reload)
	s.Page("GET /programs/{ref}", p.policy)
	s.Page("GET /programs/{ref}/changes", p.changes)
	s.Page("GET /programs/{ref}/tests", p.tests)
	s.Page("GET /programs/{ref}/source", p.source)
	s.Page("GET /programs/{ref}/retire", p.retireForm)
	s.Page("POST /programs/{ref}/retire", p.retire)
	s.Page("GET /catalogue", p.catalogue)
	door.Exports(s, door.Plain, "/catalogue", p.exportCatalogue)
}

type listView struct {
	Shell    page.ShellView
	Groups   []group
	Problems program.Problems // shown to those who can do something about them
	Manage   bool
	Files    bool // where versions come from is shown
	Today    calendar.Day
	Drafts   []simulation.Draft // open ones, for those who may see them
}

// A group is one program with its versions, the newest first.
type group struct {
	Title    i18n.Msg
	Summary  i18n.Msg
	Program  string
	Versions []qualification.VersionInfo
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	all, err := p.qualification.Versions(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	v := listView{Shell: p.Shell(r, i18n.M("policy.title")), Groups: groups(all), Manage: site.By(r).Can(actor.ManagePrograms), Files: site.Vendor(r),
		Today: calendar.DayOf(p.Clock.Now())}
	if v.Manage {
		v.Problems = p.qualification.Problems()
	}
	if site.By(r).Can(actor.ViewDrafts) {
		if v.Drafts, _, err = p.drafts.Drafts(r.Context(), site.By(r), simulation.DraftFilter{State: simulation.Open, Limit: 10}); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// groups puts versions together by program. A program is called what its newest version calls it.
func groups(all []qualification.VersionInfo) (out []group) {
	for _, x := range all { // by program, then date
		if n := len(out); n == 0 || out[n-1].Program != x.Version.Program {
			out = append(out, group{Program: x.Version.Program})
		}
		g := &out[len(out)-1]
		g.Title, g.Summary = x.Version.Title.Msg(), x.Version.Summary.Msg()
		g.Versions = append([]qualification.VersionInfo{x}, g.Versions...)
	}
	return out
}

func (p pages) reload(w http.ResponseWriter, r *http.Request) error {
	done, err := p.qualification.ReloadPrograms(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	said := i18n.M("policy.reloaded", i18n.A{"n": len(done.Added)})
	if n := len(done.Problems); n > 0 {
		said = i18n.M("policy.reloaded_problems", i18n.A{"n": n})
	}
	return p.Go(w, r, "/programs", said)
}

type versionView struct {
	Shell page.ShellView
	qualification.VersionInfo
	Before *program.Version // the one that it's compared with: the version before it, if any, or the one that was chosen
	Others []string         // refs that it could be compared with
	Manage bool
	Today  calendar.Day
}

// version finds the version of the address and the one before it.
func (p pages) version(r *http.Request) (versionView, error) {
	by := site.By(r)
	info, err := p.qualification.Version(r.Context(), by, r.PathValue("ref"))
	if err != nil {
		return versionView{}, err
	}
	all, err := p.qualification.Versions(r.Context(), by)
	v := versionView{VersionInfo: info, Manage: by.Can(actor.ManagePrograms), Today: calendar.DayOf(p.Clock.Now())}
	chosen := r.URL.Query().Get("against")
	for _, x := range all {
		if x.Version.Program != info.Version.Program || x.Ref == info.Ref {
			continue
		}
		v.Others = append(v.Others, x.Ref)
		if x.Ref == chosen || chosen == "" && x.Version.EffectiveFrom < info.Version.EffectiveFrom {
			v.Before = x.Version
		}
	}
	v.Shell = p.Shell(r, i18n.M("policy.version.title", i18n.A{"program": info.Version.Title.Msg(), "version": info.Version.Number}))
	return v, err
}

func (p pages) policy(w http.ResponseWriter, r *http.Request) error {
	v, err := p.version(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, policyPage(v))
}

func (p pages) changes(w http.ResponseWriter, r *http.Request) error {
	v, err := p.version(r)
	if err != nil {
		return err
	}
	var list []program.Change
	if v.Before != nil {
		list = program.Difference(v.Before, v.Version)
	}
	return p.Show(w, r, http.StatusOK, changesPage(v, list))
}

func (p pages) source(w http.ResponseWriter, r *http.Request) error {
	v, err := p.version(r)
	if err != nil {
		return err
	}
	text, err := p.qualification.VersionSource(r.Context(), site.By(r), v.Ref)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, sourcePage(v, text))
}

func (p pages) retireForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManagePrograms); err != nil {
		return err
	}
	v, err := p.version(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, retirePage(v))
}

func (p pages) retire(w http.ResponseWriter, r *http.Request) error {
	if err := p.qualification.Retire(r.Context(), site.By(r), r.PathValue("ref")); err != nil {
		return err
	}
	return p.Go(w, r, "/programs", i18n.M("policy.retired", i18n.A{"ref": r.PathValue("ref")}))
}
