package simulation_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A world is the module on the real modules below it.
type world struct {
	t       *testing.T
	d       *db.DB
	c       *clock.Manual
	f       *fixture.World
	q       *qualification.Service
	s       *simulation.Service
	roster  *roster.Service
	runner  *jobs.Runner
	manager actor.Actor
	auditor actor.Actor
	told    map[string][]outbox.Event
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(newWorld(t, d, c)) })
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{t: t, d: d, c: c, f: fixture.New(t, d), told: map[string][]outbox.Event{}}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	w.must(err)
	cred := credential.New(d, func() *program.Catalogue { return w.q.Library().Catalogue })
	w.roster = roster.New(roster.Config{DB: d, Credentials: cred, Files: files})
	w.q = w.another(files)
	w.s = simulation.New(d, w.q, slog.New(slog.DiscardHandler))
	w.runner = w.f.Runner()
	w.roster.Register(w.runner)
	w.q.Register(w.runner)
	w.s.Register(w.runner)
	for _, k := range []string{"simulation.finished", "program.published", "program.announced"} {
		w.runner.On(k, "test."+k, func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			w.told[k] = append(w.told[k], e)
			return nil
		})
	}
	w.must(w.runner.Prepare(t.Context()))
	// Nobody confirms the bindings of these tests.
	w.must(w.f.Setting.Change(t.Context(), w.f.Vendor(), setting.Change{Key: setting.UnconfirmedDays, Value: "36500", EffectiveAt: c.Now()}))
	w.manager, w.auditor = w.f.VendorUser(actor.ProgramManager), w.f.VendorUser(actor.Auditor)
	return w
}

// another is the programs as a second process has them.
func (w *world) another(files *blob.Store) *qualification.Service {
	w.t.Helper()
	q := qualification.New(w.d, files, qualification.Wire(w.roster, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
	problems, err := q.Load(w.t.Context(), "")
	w.must(err)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	return q
}

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) drain() {
	w.t.Helper()
	w.must(w.runner.Drain(w.ctx()))
}

func (w *world) wants(kind fault.Kind, err error, what string) {
	w.t.Helper()
	if got := fault.KindOf(err); got != kind {
		w.t.Errorf("%s: %v (%s), want %s", what, err, got, kind)
	}
}

// partner makes a company without a sign-in and returns its administrator.
func (w *world) partner(name string, channel account.Channel) actor.Actor {
	w.t.Helper()
	a, err := w.f.Account.CreateAccount(w.ctx(), actor.Program("test"), account.NewAccount{Kind: actor.Partner, Name: name,
		Country: "SG", Market: account.Overseas, Channel: []account.Channel{channel}})
	w.must(err)
	return actor.Actor{Account: a.ID, Kind: actor.Partner, User: "usr_" + name, Name: "Somebody", Roles: []actor.Role{actor.PartnerAdmin}}
}

// staff imports a roster, one line a certificate: "name,code,expires_on".
func (w *world) staff(by actor.Actor, lines ...string) {
	w.t.Helper()
	var b strings.Builder
	b.WriteString("person_id,name,certificate,issued_on,expires_on,bound_on,registered\n")
	for _, l := range lines {
		p := strings.Split(l, ",")
		fmt.Fprintf(&b, "%s,%s,%s,2024-01-01,%s,2020-01-01,yes\n", p[0], p[0], p[1], p[2])
	}
	imp, err := w.roster.ImportNow(w.ctx(), by, by.Account, "roster.csv", strings.NewReader(b.String()), false, nil)
	w.must(err)
	if imp.State != roster.Done || imp.Counts.BadRows > 0 {
		w.t.Fatalf("roster of %s: %s, %+v", by.Name, imp.State, imp.Counts)
	}
}

func (w *world) facts(by actor.Actor, f qualification.ServiceFacts) {
	w.t.Helper()
	w.must(w.q.SetFacts(w.ctx(), by, by.Account, f))
}

// firm is a partner good for four stars of the version of 2025.
func (w *world) firm(name string, until string) actor.Actor {
	w.t.Helper()
	by := w.partner(name, account.SolutionProvider)
	w.staff(by, "ada,H3CSE,"+until, "bo,H3CSE,"+until, "cy,H3CNE,"+until, "dee,H3CNE,"+until, "dee,PMP,"+until)
	all, err := w.roster.EngineersAt(w.ctx(), w.d.Read(), by.Account, w.c.Now())
	w.must(err)
	w.facts(by, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000", ServiceEmail: "service@north.example",
		ServiceManager: all[0].ID, IssueTracking: program.TrackingAutomatic, EventsAttended: 3})
	return by
}

var (
	codes = []string{"H3CNE", "H3CSE", "H3CIE", "PMP", "H3CNE-PM", "H3CNE-SECURITY"}
	ends  = []string{"2026-01-01", "2026-05-01", "2026-08-01", "2027-03-01", "2028-01-01"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// channel makes random partners, some with nobody and some without facts.
func (w *world) channel(r *rand.Rand, n int) (all []actor.Actor) {
	w.t.Helper()
	for i := range n {
		by := w.partner(fmt.Sprintf("Partner %03d", i), pick(r, []account.Channel{account.SolutionProvider, account.Reseller, account.Distributor}))
		all = append(all, by)
		var lines []string
		for k := range r.IntN(9) {
			held := r.Perm(len(codes))[:1+r.IntN(2)]
			for _, c := range held {
				lines = append(lines, fmt.Sprintf("p%d,%s,%s", k, codes[c], pick(r, ends)))
			}
		}
		if len(lines) > 0 {
			w.staff(by, lines...)
		}
		if r.IntN(6) == 0 {
			continue
		}
		f := qualification.ServiceFacts{Hotline: pick(r, []program.Hotline{program.Hotline5x8, program.Hotline7x24, program.Hotline7x24}),
			HotlineNumber: "1", IssueTracking: pick(r, []program.Tracking{program.TrackingManual, program.TrackingAutomatic, program.TrackingAutomatic}),
			EventsAttended: 1 + r.IntN(4), Credits: r.IntN(900)}
		if r.IntN(4) > 0 {
			f.ServiceEmail = "service@partner.example"
		}
		people, err := w.roster.EngineersAt(w.ctx(), w.d.Read(), by.Account, w.c.Now())
		w.must(err)
		for _, p := range people {
			if f.ServiceManager == "" && r.IntN(2) == 0 {
				f.ServiceManager = p.ID
			}
			if r.IntN(3) == 0 {
				f.NamedEngineers = append(f.NamedEngineers, p.ID)
			}
		}
		w.facts(by, f)
	}
	return all
}

// stricter asks four stars for one senior engineer more.
func stricter(source string) string {
	return strings.Replace(source, "need: {three-star: 1, four-star: 2}", "need: {three-star: 1, four-star: 3}", 1)
}

// draft starts one from the version in force.
func (w *world) draft(number string, change func(string) string) simulation.Draft {
	w.t.Helper()
	d, err := w.s.StartDraft(w.ctx(), w.manager, simulation.NewDraft{Name: "Stricter", From: "h3c-star@2025", Number: number})
	w.must(err)
	if text := change(d.Source); text != d.Source {
		d, err = w.s.SaveDraft(w.ctx(), w.manager, d.ID, d.Edition, text, d.Cases)
		w.must(err)
	}
	return d
}

func (w *world) simulate(a simulation.Ask) simulation.Simulation {
	w.t.Helper()
	m, err := w.s.Simulate(w.ctx(), w.manager, a)
	w.must(err)
	w.drain()
	m, err = w.s.Simulation(w.ctx(), w.manager, m.ID)
	w.must(err)
	return m
}

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}
