// Package crash kills the real server with SIGKILL while it imports rosters and decides applications, starts it
// again, and checks against an oracle that nothing is half done and nothing is done twice. It also runs two servers on
// one database and checks that they share the work.
package crash

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/mailer"
)

// setup is who prepares everything.
var setup = actor.Program("crash")

// binary builds the program once for all tests of a run; HANSE_BIN names one that is built already.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("HANSE_BIN"); path != "" {
		return path, nil
	}
	path := filepath.Join(folder, "hanse")
	cmd := exec.Command("go", "build", "-o", path, "hanse/cmd/hanse")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// folder is there as long as the tests run.
var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hanse-crash-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A key signs requests of one user.
type key struct{ access, secret string }

// A company is a partner with its administrator's key and the application that waits for a decision.
type company struct {
	id          string
	key         key
	application string
}

// A world is an installation's database and files, prepared by this process, and the mail server that it uses.
type world struct {
	t         *testing.T
	a         *app.App // this process's own view; it runs no jobs
	cfg       config.Config
	sink      *mailer.Sink
	reviewers []key
	partners  []company
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newWorld prepares so many partners, each with an application handed in.
func newWorld(t *testing.T, dsn string, partners int) *world {
	t.Helper()
	w := &world{t: t, cfg: config.Config{Addr: "127.0.0.1:0", Data: t.TempDir(), DB: dsn, BaseURL: "http://127.0.0.1", Workers: 1,
		SMTP: config.SMTP{From: "Hanse <noreply@crash.example>", TLS: mailer.NoTLS}, Log: config.Log{Level: "error", Format: "text"}}}
	must(t, w.cfg.Complete())
	c := clock.New()
	var err error
	w.sink, err = mailer.NewSink(100_000, c.Wall)
	must(t, err)
	t.Cleanup(func() { w.sink.Close() })
	w.a, err = app.New(t.Context(), app.Parts{Config: w.cfg, Log: slog.New(slog.DiscardHandler), Clock: c, Sink: w.sink, Light: true})
	must(t, err)
	t.Cleanup(func() { w.a.Close() })
	vendor := w.account(actor.Vendor, "Vendor")
	for i := range 4 {
		_, k := w.user(vendor, fmt.Sprintf("reviewer%d@crash.example", i), actor.Reviewer)
		w.reviewers = append(w.reviewers, k)
	}
	for i := range partners {
		w.partners = append(w.partners, w.partner(i))
	}
	must(t, w.a.Runner.Drain(t.Context()))
	return w
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) account(kind actor.Kind, name string) account.Account {
	w.t.Helper()
	in := account.NewAccount{Kind: kind, Name: name, Country: "SG"}
	if kind == actor.Partner {
		in.Market, in.Channel = account.Overseas, []account.Channel{account.SolutionProvider}
	}
	a, err := w.a.Account.CreateAccount(w.ctx(), setup, in)
	must(w.t, err)
	return a
}

func (w *world) user(of account.Account, email string, role actor.Role) (actor.Actor, key) {
	w.t.Helper()
	u, err := w.a.Account.CreateUser(w.ctx(), setup, account.NewUser{Account: of.ID, Email: email, Name: "User of " + of.Name,
		Password: "copper lantern seven rivers", Lang: "en", Roles: []actor.Role{role}})
	must(w.t, err)
	k, secret, err := w.a.Login.CreateKey(w.ctx(), setup, login.NewKey{Note: "crash", Account: of.ID, User: u.ID})
	must(w.t, err)
	by := actor.Actor{Account: of.ID, Kind: of.Kind, User: u.ID, Name: u.Name, Identity: u.Identity, Roles: u.Roles, Via: "key", Lang: "en"}
	return by, key{k.AccessKey, secret}
}

// partner makes a company whose credits are good for two stars, and hands in its application.
func (w *world) partner(i int) company {
	w.t.Helper()
	a := w.account(actor.Partner, fmt.Sprintf("Partner %03d", i))
	by, k := w.user(a, fmt.Sprintf("admin%03d@crash.example", i), actor.PartnerAdmin)
	var manager string
	for _, name := range []string{"Ada", "Bo", "Cy"} {
		id, err := w.a.Roster.Bind(w.ctx(), by, a.ID, roster.Entry{Number: name, Name: name, Registered: true,
			Email: fmt.Sprintf("%s.%03d@crash.example", strings.ToLower(name), i)})
		must(w.t, err)
		manager = id
	}
	q := w.a.Qualification
	must(w.t, q.SetFacts(w.ctx(), by, a.ID, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000",
		ServiceEmail: "service@crash.example", ServiceManager: manager, IssueTracking: program.TrackingAutomatic, EventsAttended: 3, Credits: 900}))
	x, err := q.Draft(w.ctx(), by, qualification.DraftInput{Program: "h3c-star", Level: "two-star", Track: "credits"})
	must(w.t, err)
	f := x.Form
	f.Address, f.Country = "1 Harbour Road", "SG"
	f.ContactName, f.ContactEmail, f.ContactPhone = "Lin Yu", "lin@crash.example", "+65 6000 0001"
	f.ApplicantName, f.ApplicantEmail, f.ApplicantPhone = "Mo Chen", "mo@crash.example", "+65 6000 0002"
	f.ManagerName, f.ManagerEmail, f.ManagerPhone = "Cy", "cy@crash.example", "+65 6000 0003"
	x, err = q.SaveForm(w.ctx(), by, x.ID, x.Edition, f)
	must(w.t, err)
	v, err := q.Application(w.ctx(), by, x.ID)
	must(w.t, err)
	for _, p := range v.Places {
		_, err := q.AddEvidence(w.ctx(), by, x.ID, qualification.NewEvidence{Ask: p.Ask.ID, Person: p.Person, Code: p.Code, Name: "scan.png"}, bytes.NewReader(picture()))
		must(w.t, err)
	}
	v, err = q.Application(w.ctx(), by, x.ID)
	must(w.t, err)
	_, err = q.Submit(w.ctx(), by, x.ID, v.Edition, true)
	must(w.t, err)
	return company{a.ID, k, x.ID}
}

var picture = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// missedNights makes the daily pass and the full pass due for so many days that the servers were off: each must be made
// up for once.
func (w *world) missedNights(n int) {
	w.t.Helper()
	must(w.t, w.a.DB.Update(w.ctx(), func(tx *db.Tx) error {
		rows, err := db.Exec(w.ctx(), tx, `UPDATE schedule SET next_at = next_at - $1 WHERE name IN ('qualification.results', 'qualification.daily')`,
			(time.Duration(n) * 24 * time.Hour).Microseconds())
		if err == nil && rows != 2 {
			err = fmt.Errorf("%d schedules, want 2", rows)
		}
		return err
	}))
}

// count is for questions whose answer is a number.
func (w *world) count(text string, args ...any) int64 {
	w.t.Helper()
	n, err := db.One(w.ctx(), w.a.DB.Read(), db.Int, text, args...)
	must(w.t, err)
	return n
}
