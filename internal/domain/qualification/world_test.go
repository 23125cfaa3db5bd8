package qualification

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"slices"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
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

// A world is this module on the real modules below it.
type world struct {
	t       *testing.T
	d       *db.DB
	c       *clock.Manual
	f       *fixture.World
	s       *Service
	roster  *roster.Service
	runner  *jobs.Runner
	partner actor.Actor
	vendor  actor.Actor
	told    []outbox.Event
}

// kinds of events that a world remembers.
var kinds = []string{"application.submitted", "application.review_started", "application.returned", "application.approved",
	"application.rejected", "application.withdrawn", "application.commented", "review.overdue", "qualification.granted",
	"qualification.renewed", "qualification.expiring", "qualification.expired", "qualification.suspended",
	"qualification.reinstated", "qualification.cancelled", "qualification.superseded", "qualification.window_opened",
	"qualification.watch_began", "qualification.watch_ended", "certificate.lapsing", "exit.reported", "exit.due",
	"exit.overdue", "vacancy.opened", "vacancy.due_soon", "vacancy.filled", "vacancy.overdue", "vacancy.closed",
	"critical.recorded", "critical.lifted", "inspection.recorded", "application.phase_passed", "application.correction_due",
	"application.terminated", "ban.began", "ban.lifted", "ban.ended", "qualification.revoked", "qualification.left"}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{t: t, d: d, c: c, f: fixture.New(t, d)}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	cred := credential.New(d, func() *program.Catalogue { return w.s.Library().Catalogue })
	w.roster = roster.New(roster.Config{DB: d, Credentials: cred, Files: files})
	w.s = New(d, files, Wire(w.roster, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
	problems, err := w.s.Load(t.Context(), "")
	fixture.Must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w.runner = w.f.Runner()
	w.roster.Register(w.runner)
	w.s.Register(w.runner)
	for _, k := range kinds {
		w.runner.On(k, "test."+k, func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			if !slices.ContainsFunc(w.told, func(x outbox.Event) bool { return x.ID == e.ID }) { // a transaction may run twice
				w.told = append(w.told, e)
			}
			return nil
		})
	}
	fixture.Must(t, w.runner.Prepare(t.Context()))
	w.vendor = w.f.VendorUser(actor.Reviewer)
	w.partner = w.f.Partner("Northern Light Networks", account.SolutionProvider)
	return w
}

// each runs a test on both databases.
func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(newWorld(t, d, c)) })
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) must(err error) {
	w.t.Helper()
	fixture.Must(w.t, err)
}

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// engineer puts somebody on the roster with certificates that end on a day.
func (w *world) engineer(name string, until string, codes ...string) string {
	w.t.Helper()
	id, err := w.roster.Bind(w.ctx(), w.partner, w.partner.Account, roster.Entry{Number: name, Name: name,
		Email: name + "@north.example", BoundOn: day("2020-01-01"), Registered: true})
	w.must(err)
	_, err = w.roster.ConfirmAll(w.ctx(), actor.Program("consents"), w.partner.Account) // on paper
	w.must(err)
	for _, code := range codes {
		w.must(w.roster.AddCertificate(w.ctx(), w.partner, w.partner.Account, id,
			roster.Cert{Code: code, IssuedOn: day("2025-06-01"), ExpiresOn: day(until)}))
	}
	return id
}

// crew is a roster good for four stars of the version of 2025, one person more than needed being none.
func (w *world) crew(until string) map[string]string {
	w.t.Helper()
	ids := map[string]string{}
	for name, codes := range map[string][]string{"ada": {"H3CSE"}, "bo": {"H3CSE"}, "cy": {"H3CNE"}, "dee": {"H3CNE", "PMP"}} {
		ids[name] = w.engineer(name, until, codes...)
	}
	w.must(w.s.SetFacts(w.ctx(), w.partner, w.partner.Account, ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000",
		ServiceEmail: "service@north.example", ServiceManager: ids["dee"], IssueTracking: program.TrackingAutomatic, EventsAttended: 3}))
	w.drain()
	return ids
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.runner.Drain(w.ctx()))
}

// travel moves the business clock to 10:00 in Beijing of a day and does what became due.
func (w *world) travel(to string) {
	w.t.Helper()
	if !w.c.MoveTo(day(to).Time().Add(10 * time.Hour)) {
		w.t.Fatalf("travel to %s: backwards", to)
	}
	w.drain()
}

// kindsTold are the kinds of the events since a mark, sorted by time.
func (w *world) since(mark int) []string {
	var out []string
	for _, e := range w.told[mark:] {
		out = append(out, e.Kind)
	}
	return out
}

func (w *world) heard(kind string) int {
	n := 0
	for _, e := range w.told {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

func picture() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// fill completes a draft: form and every file.
func (w *world) fill(a Application) Application {
	w.t.Helper()
	f := a.Form
	f.Address, f.Country = "1 Harbour Road", "SG"
	f.ContactName, f.ContactEmail = "Lin Yu", "lin@north.example"
	f.ApplicantName, f.ApplicantEmail = "Mo Chen", "mo@north.example"
	f.ManagerName = "Dee"
	a, err := w.s.SaveForm(w.ctx(), w.partner, a.ID, a.Edition, f)
	w.must(err)
	return w.enclose(a)
}

// enclose adds every file that is missing.
func (w *world) enclose(a Application) Application {
	w.t.Helper()
	v, err := w.s.Application(w.ctx(), w.partner, a.ID)
	w.must(err)
	for _, p := range v.Places {
		if p.File == nil {
			_, err := w.s.AddEvidence(w.ctx(), w.partner, a.ID, NewEvidence{p.Ask.ID, p.Person, p.Code, "scan.png"}, bytes.NewReader(picture()))
			w.must(err)
		}
	}
	v, err = w.s.Application(w.ctx(), w.partner, a.ID)
	w.must(err)
	return v.Application
}

// submitted is an application for a level, handed in.
func (w *world) submitted(level string) Application {
	w.t.Helper()
	a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: level})
	w.must(err)
	a = w.fill(a)
	a, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
	w.must(err)
	return a
}

// granted is a qualification, by the whole way.
func (w *world) granted(level string) Qualification {
	w.t.Helper()
	a := w.submitted(level)
	a, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
	w.must(err)
	q, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
	w.must(err)
	w.drain()
	return q
}

func (w *world) qualification(id string) QualificationView {
	w.t.Helper()
	v, err := w.s.Qualification(w.ctx(), w.vendor, id)
	w.must(err)
	return v
}

// wants checks the kind of a refusal.
func (w *world) wants(kind fault.Kind, err error, what string) {
	w.t.Helper()
	if got := fault.KindOf(err); got != kind {
		w.t.Errorf("%s: %v (%s), want %s", what, err, got, kind)
	}
}

// refused lists the fields that a fault names, sorted.
func refused(err error) []string {
	var out []string
	if f := fault.Of(err); f != nil {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	slices.Sort(out)
	return out
}
