package round_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/programs"
)

type world struct {
	*fixture.World
	t        *testing.T
	clock    *clock.Manual
	runner   *jobs.Runner
	q        *qualification.Service
	material *material.Service
	s        *round.Service
	manager  actor.Actor
	reviewer actor.Actor
}

const year = 2026

var scope = round.Scope{Program: "path-test", Level: "role"}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		f := fixture.New(t, d)
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		lib, err := programs.Library()
		fixture.Must(t, err)
		people := roster.New(roster.Config{DB: d, Credentials: credential.New(d, func() *program.Catalogue { return lib.Catalogue }),
			Files: files, NewPerson: account.InsertPerson})
		w := &world{World: f, t: t, clock: c, runner: f.Runner(), material: material.New(d, files, calendar.Standard()),
			q: qualification.New(d, files, qualification.Wire(people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))}
		problems, err := w.q.Load(t.Context(), "testdata/programs")
		fixture.Must(t, err)
		if len(problems) > 0 {
			t.Fatal(problems[0].Text("en"))
		}
		w.s = round.New(d, w.q)
		people.Register(w.runner)
		w.q.Register(w.runner)
		w.s.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.manager, w.reviewer = f.VendorUser(actor.ProgramManager), f.VendorUser(actor.Reviewer)
		w.travel(calendar.Date(year, time.October, 1))
		test(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.runner.Drain(w.t.Context()))
}

// travel moves to 10:00 of a day and does what became due.
func (w *world) travel(d calendar.Day) {
	w.t.Helper()
	if !w.clock.MoveTo(d.Time().Add(10 * time.Hour)) {
		w.t.Fatalf("travel to %s: backwards", d)
	}
	w.drain()
}

// hotline declares the one line of the test program.
func (w *world) hotline(by actor.Actor, h program.Hotline) {
	w.t.Helper()
	old, err := w.q.ServiceFacts(w.t.Context(), by, by.Account, time.Time{})
	w.must(err)
	f := qualification.ServiceFacts{Hotline: h, EffectiveAt: old.EffectiveAt}
	if h != program.HotlineNone {
		f.HotlineNumber = "+65 6000 0000"
	}
	w.must(w.q.SetFacts(w.t.Context(), by, by.Account, f))
}

// caseOf makes a case that has passed its review.
func (w *world) caseOf(by actor.Actor, cloud bool) string {
	w.t.Helper()
	ctx := w.t.Context()
	m, err := w.material.Create(ctx, by, material.NewMaterial{Partner: by.Account, Kind: material.Case, Fields: material.Fields{Title: "Case", Summary: "S",
		Customer: "C", FinishedOn: calendar.DayOf(w.DB.Clock().Now()).AddDays(-60), HuaweiCloud: cloud, URL: "https://news.example/case"}})
	w.must(err)
	_, err = w.material.AddFile(ctx, by, m.ID, "case.pdf", bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")))
	w.must(err)
	m, err = w.material.Submit(ctx, by, m.ID, m.Edition+1)
	w.must(err)
	_, err = w.material.Pass(ctx, w.reviewer, m.ID, m.Edition)
	w.must(err)
	return m.ID
}

// holder is a partner that was granted the role.
func (w *world) holder(name string) actor.Actor {
	w.t.Helper()
	by, ctx := w.Partner(name), w.t.Context()
	w.hotline(by, program.Hotline7x24)
	a, err := w.q.Draft(ctx, by, qualification.DraftInput{Program: "path-test", Level: "role"})
	w.must(err)
	f := a.Form
	f.Company, f.Country, f.Address, f.ContactName, f.ContactEmail = name, "SG", "1 Harbour Road", "Lin Yu", "lin@partner.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@partner.example", "Dee"
	a, err = w.q.SaveForm(ctx, by, a.ID, a.Edition, f)
	w.must(err)
	a, err = w.q.AttachMaterials(ctx, by, a.ID, a.Edition, []string{w.caseOf(by, false)})
	w.must(err)
	a, err = w.q.Submit(ctx, by, a.ID, a.Edition, true)
	w.must(err)
	a, err = w.q.Start(ctx, w.reviewer, a.ID, a.Edition)
	w.must(err)
	_, err = w.q.Approve(ctx, w.reviewer, a.ID, a.Edition)
	w.must(err)
	w.drain()
	return by
}

// plan makes the round of the year with its usual days.
func (w *world) plan() round.Round {
	w.t.Helper()
	r, err := w.s.Plan(w.t.Context(), w.manager, round.Plan{Year: year, Scopes: []round.Scope{scope}, Days: round.UsualDays(year)})
	w.must(err)
	return r
}

// entry is the partner's only entry.
func (w *world) entry(by actor.Actor) round.Entry {
	w.t.Helper()
	list, err := w.s.Own(w.t.Context(), by, by.Account)
	w.must(err)
	if len(list) != 1 {
		w.t.Fatalf("%d entries, want one", len(list))
	}
	return list[0]
}

func (w *world) submit(by actor.Actor, materials ...string) round.Entry {
	w.t.Helper()
	e := w.entry(by)
	e, err := w.s.Submit(w.t.Context(), by, e.ID, e.Edition, materials)
	w.must(err)
	return e
}

// holds tells whether the partner still has the role.
func (w *world) holds(by actor.Actor) bool {
	w.t.Helper()
	list, err := w.q.RunningOf(w.t.Context(), w.DB.Read(), by.Account)
	w.must(err)
	return qualification.RunningIn(list, "path-test", "role") != nil
}
