package roster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/sheet"
	"hanse/programs"
)

var catalogue = sync.OnceValue(func() *program.Catalogue {
	lib, err := programs.Library()
	if err != nil {
		panic(err)
	}
	return lib.Catalogue
})

const (
	north = "0000000000000000000000000000000a"
	south = "0000000000000000000000000000000b"
)

func admin(partner string) actor.Actor {
	return actor.Actor{Account: partner, Kind: actor.Partner, User: "usr_" + partner[31:], Name: "Li Wei", Identity: "i" + partner[31:],
		Roles: []actor.Role{actor.PartnerAdmin}, Via: "session"}
}

var channelManager = actor.Actor{Account: "0000000000000000000000000000000f", Kind: actor.Vendor, User: "usr_v", Name: "Zhang Min", Identity: "v",
	Roles: []actor.Role{actor.ChannelManager}, Via: "session"}

// world is a service with its runner on one database.
type world struct {
	*Service
	t      testing.TB
	d      *db.DB
	c      *clock.Manual
	runner *jobs.Runner
}

func newWorld(t testing.TB, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	files, err := blob.New(t.TempDir(), blob.Scan{})
	must(t, err)
	people := credential.New(d, catalogue)
	s := New(Config{DB: d, Credentials: people, Files: files})
	r := jobs.NewRunner(d, slog.New(slog.NewTextHandler(testLog{t}, nil)))
	s.Register(r)
	return &world{s, t, d, c, r}
}

// testLog shows a failed job in the test that ran it.
type testLog struct{ testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.Log(string(b))
	return len(b), nil
}

func onBoth(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(t, newWorld(t, d, c)) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func kind(t testing.TB, err error, want fault.Kind, what string) {
	t.Helper()
	if got := fault.KindOf(err); got != want {
		t.Errorf("%s = %v, want kind %s", what, err, want)
	}
}

// load imports a file at once and wants it done.
func (w *world) load(partner, text string) Import {
	w.t.Helper()
	imp, err := w.ImportNow(w.t.Context(), admin(partner), partner, "roster.csv", strings.NewReader(text), false, nil)
	must(w.t, err)
	if imp.State != Done {
		w.t.Fatalf("import = %s %v, want done", imp.State, imp.Failure)
	}
	return imp
}

const head = "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n"

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// tables shows everything that imports write, without ids and instants, so that two ways to the same state compare.
func (w *world) tables() []string {
	w.t.Helper()
	ctx, q := w.t.Context(), w.d.Read()
	line := func(r db.Row) (s string, err error) {
		var c [9]string
		err = r.Scan(&c[0], &c[1], &c[2], &c[3], &c[4], &c[5], &c[6], &c[7], &c[8])
		return strings.Join(c[:], "|"), err
	}
	var out []string
	for _, text := range []string{
		`SELECT 'binding', account_id, number, name, email, bound_on, left_on, CASE WHEN registered THEN 'yes' ELSE 'no' END, held FROM binding`,
		`SELECT 'certificate', b.account_id, b.number, c.code, c.issued_on, c.expires_on, c.number, c.source, c.state
			FROM certificate c JOIN binding b ON b.person_id = c.account_id`,
		`SELECT 'email', b.account_id, b.number, e.email, '', '', '', '', '' FROM person_email e JOIN binding b ON b.person_id = e.person_id`,
		`SELECT 'engineer', e.partner_id, b.number, e.since, e.until, '', '', '', '' FROM engineer e
			JOIN binding b ON b.person_id = e.person_id AND b.account_id = e.partner_id`,
		`SELECT 'count', CAST(count(*) AS TEXT), '', '', '', '', '', '', '' FROM person`,
		`SELECT 'count', CAST(count(*) AS TEXT), '', '', '', '', '', '', '' FROM certificate`,
	} {
		rows, err := db.All(ctx, q, line, text)
		must(w.t, err)
		slices.Sort(rows)
		out = append(out, rows...)
	}
	return out
}

func (w *world) events(kind string) int64 {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, `SELECT count(*) FROM event WHERE kind = $1`, kind)
	must(w.t, err)
	return n
}

// bindingOf finds a person by the partner's number.
func (w *world) bindingOf(partner, number string) Binding {
	w.t.Helper()
	found, err := w.byNumbers(w.t.Context(), w.d.Read(), partner, []string{number})
	must(w.t, err)
	if len(found) != 1 {
		w.t.Fatalf("number %s of %s: %d bindings, want 1", number, partner, len(found))
	}
	return found[0]
}

func TestAFileGoesFromUploadToDone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		file := head + "E1,李伟,wei.li@north.example,H3CSE,2025-01-10,,2020-01-01,,true\n" +
			"E1,李伟,wei.li@north.example,PMP,2024-06-01,2027-05-31,2020-01-01,,true\n" +
			"E2,Ann Bo,,,,,2021-05-01,,no\n" +
			"E3,Bad Row,,NO-SUCH,2025-01-01,,,,\n" +
			"E4,Bad Days,,H3CNE,2025-01-01,2024-01-01,,,\n"
		imp, err := w.Upload(ctx, by, north, `C:\files\花名册.csv`, strings.NewReader(file))
		must(t, err)
		must(t, w.runner.Drain(ctx))
		imp, err = w.Import(ctx, by, north, imp.ID)
		must(t, err)
		want := ImportCounts{NewPeople: 2, NewCertificates: 2, BadRows: 2}
		if imp.State != Preview || imp.FileName != "花名册.csv" || imp.Rows != 5 || imp.Errors != 2 || imp.Counts != want {
			t.Fatalf("preview = %+v, want 5 rows, 2 errors, %+v", imp, want)
		}
		if d := w.tables(); len(d) != 2 {
			t.Errorf("the check wrote %v", d)
		}
		must(t, w.Confirm(ctx, by, north, imp.ID))
		kind(t, w.Confirm(ctx, by, north, imp.ID), fault.KindConflict, "Confirm again")
		must(t, w.runner.Drain(ctx))
		imp, err = w.Import(ctx, by, north, imp.ID)
		must(t, err)
		if imp.State != Done || imp.Applied != want || imp.Share() != 1 {
			t.Errorf("done = %+v, want %+v applied", imp, want)
		}
		kind(t, w.Cancel(ctx, by, north, imp.ID), fault.KindConflict, "Cancel after the end")
		wrong, err := w.RowErrors(ctx, by, north, imp.ID, 0, 0)
		must(t, err)
		if len(wrong) != 2 || wrong[0].Line != 5 || wrong[0].Column != rosterfile.Code || wrong[1].Column != rosterfile.ExpiresOn {
			t.Errorf("RowErrors = %+v, want lines 5 certificate, 6 expires_on", wrong)
		}
		if n := w.events("roster.imported"); n != 1 {
			t.Errorf("%d events roster.imported, want 1", n)
		}
		b := w.bindingOf(north, "E1")
		if len(b.Held) != 2 || b.Held[0].Code != "H3CSE" || b.Held[0].Until.IsNone() || b.Held[1].Until != day("2027-05-31") {
			t.Errorf("E1 holds %+v", b.Held)
		}
	})
}

func TestTheSameFileTwiceChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		file := randomFile(1, 60)
		first := w.load(north, file)
		before := w.tables()
		second := w.load(north, file)
		if second.SameAs != first.ID || !second.Nothing() || second.Applied.Changes() != 0 {
			t.Errorf("second import = %+v, want the same as %s and nothing to change", second, first.ID)
		}
		if d := cmp.Diff(before, w.tables()); d != "" {
			t.Errorf("tables changed (-before +after):\n%s", d)
		}
	})
}

// randomFile makes a file of so many people, with and without certificates, e-mails, days; always the same for a seed.
func randomFile(seed, people int) string {
	codes := []string{"H3CNE", "H3CSE", "H3CIE", "PMP", "H3CNE-SECURITY"}
	var b strings.Builder
	b.WriteString(head)
	for i := range people {
		x := seed*1000 + i
		email, left := "", ""
		if x%3 != 0 {
			email = fmt.Sprintf("e%d@s%d.example", i, seed)
		}
		if x%7 == 0 {
			left = "2026-02-01"
		}
		who := fmt.Sprintf("E%d,人员 %d,%s", i, x%17, email)
		tail := fmt.Sprintf("20%02d-03-01,%s,%v", 10+x%10, left, x%5 != 0)
		n := x % 4
		for k := range n {
			fmt.Fprintf(&b, "%s,%s,20%02d-0%d-11,,%s\n", who, codes[(x+k)%len(codes)], 20+(x+k)%6, 1+k, tail)
		}
		if n == 0 {
			fmt.Fprintf(&b, "%s,,,,%s\n", who, tail)
		}
	}
	return b.String()
}

var errKilled = errors.New("killed")

func TestAnImportKilledAnywhereEndsLikeOneThatWasNot(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		file := randomFile(2, 90)
		w.chunk = 7
		w.load(south, file)
		want := strings.ReplaceAll(strings.Join(w.tables(), "\n"), south, "X")
		for kill := range 12 {
			d := newWorld(t, fresh(t, w.d), w.c)
			d.chunk = 7
			ctx, by := t.Context(), admin(south)
			imp, err := d.Upload(ctx, by, south, "a.csv", strings.NewReader(file))
			must(t, err)
			must(t, d.runner.Drain(ctx))
			must(t, d.Confirm(ctx, by, south, imp.ID))
			// The worker dies after some chunks; on even tries in the middle of a transaction.
			dying, cancel := context.WithCancelCause(ctx)
			n := 0
			d.Config.NewPerson = func(_ context.Context, tx *db.Tx, name string) (string, error) {
				if n++; kill%2 == 0 && n > 5*kill {
					cancel(errKilled)
				}
				return newID(tx), nil
			}
			_, err = d.applyNow(dying, imp, func(i Import) {
				if kill%2 == 1 && i.Position >= int64(kill*10) {
					cancel(errKilled)
				}
			})
			cancel(nil)
			if err == nil && kill < 8 {
				t.Fatalf("kill %d: the worker wasn't killed", kill)
			}
			d.Config.NewPerson = nil
			must(t, d.runner.Drain(ctx))
			got := strings.ReplaceAll(strings.Join(d.tables(), "\n"), south, "X")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("kill %d (-one run +killed):\n%s", kill, diff)
			}
			imp, err = d.Import(ctx, by, south, imp.ID)
			must(t, err)
			if imp.State != Done || imp.Applied != imp.Counts {
				t.Errorf("kill %d: applied %+v, want as found %+v", kill, imp.Applied, imp.Counts)
			}
		}
	})
}

func TestTwoImportsOfOnePartnerWaitForEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.chunk = 5
		var ids []string
		for seed := 3; seed <= 5; seed++ {
			imp, err := w.Upload(ctx, by, north, "a.csv", strings.NewReader(randomFile(seed, 30)))
			must(t, err)
			ids = append(ids, imp.ID)
		}
		must(t, w.runner.Drain(ctx))
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				if err := w.Confirm(ctx, by, north, id); err != nil {
					t.Errorf("Confirm: %v", err)
				}
			})
		}
		wg.Wait()
		for range 3 {
			wg.Go(func() {
				if err := w.runner.Drain(ctx); err != nil {
					t.Errorf("Drain: %v", err)
				}
			})
		}
		wg.Wait()
		must(t, w.runner.Drain(ctx))
		for _, id := range ids {
			imp, err := w.Import(ctx, by, north, id)
			must(t, err)
			if imp.State != Done {
				t.Errorf("import %s = %s, want done", id, imp.State)
			}
		}
		left, err := db.One(ctx, w.d.Read(), db.Int, `SELECT count(*) FROM roster_import_turn`)
		if err != nil || left != 0 {
			t.Errorf("%d turns left, %v; want none", left, err)
		}
	})
}

func TestTwoWorkersOnOneImportApplyEachRowOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.chunk = 3
		imp, err := w.Upload(ctx, by, north, "a.csv", strings.NewReader(randomFile(6, 80)))
		must(t, err)
		must(t, w.runner.Drain(ctx))
		must(t, w.Confirm(ctx, by, north, imp.ID))
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got, err := w.applyNow(ctx, imp, nil); err != nil || got.State != Done {
					t.Errorf("applyNow = %s, %v", got.State, err)
				}
			})
		}
		wg.Wait()
		imp, err = w.Import(ctx, by, north, imp.ID)
		must(t, err)
		if imp.Applied.Changes() != imp.Counts.Changes() || imp.Applied.BadRows != imp.Counts.BadRows {
			t.Errorf("applied %+v, want as found %+v", imp.Applied, imp.Counts)
		}
		if n := w.events("roster.imported"); n != 1 {
			t.Errorf("%d events roster.imported, want 1", n)
		}
	})
}

func TestOneEmailBelongsToOnePersonWhoeverIsFaster(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for i := range 6 {
			partner := fmt.Sprintf("%031d%x", 0, 10+i)
			wg.Go(func() {
				_, err := w.Bind(ctx, admin(partner), partner, Entry{Number: "E1", Name: "Wei", Email: "Wei@One.Example"})
				if err != nil {
					t.Errorf("Bind at %s: %v", partner, err)
				}
			})
		}
		wg.Wait()
		n, err := db.One(ctx, w.d.Read(), db.Int, `SELECT count(DISTINCT person_id) * 100 + count(*) FROM binding`)
		if err != nil || n != 106 {
			t.Errorf("people*100 + bindings = %d, %v; want one person bound six times", n, err)
		}
	})
}

func TestAnEngineerIsRegisteredWithOnePartnerAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		row := func(bound, left string) Entry {
			e := Entry{Number: "E1", Name: "Wei", Email: "wei@one.example", BoundOn: day(bound), Registered: true}
			if left != "" {
				e.LeftOn = day(left)
			}
			return e
		}
		binding, err := w.Bind(ctx, admin(north), north, row("2024-01-01", ""))
		must(t, err)
		_, err = w.Bind(ctx, admin(south), south, row("2026-04-01", ""))
		kind(t, err, fault.KindInvalid, "Bind elsewhere while bound")
		imp := w.load(south, head+"E1,Wei,wei@one.example,,,,2026-04-01,,true\n")
		if imp.Counts.BadRows != 1 || imp.Applied.BadRows != 1 || imp.Applied.NewPeople != 0 {
			t.Errorf("import elsewhere = %+v, want one bad row", imp)
		}
		must(t, w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := w.EndBinding(ctx, tx, admin(north), north, binding, day("2026-04-01"))
			return err
		}))
		_, err = w.Bind(ctx, admin(south), south, row("2026-03-31", ""))
		kind(t, err, fault.KindInvalid, "Bind a day too early")
		_, err = w.Bind(ctx, admin(south), south, row("2026-04-01", ""))
		must(t, err)
		// An earlier time elsewhere takes nothing away, and the old employer's file may come again.
		w.load(north, head+"E1,Wei,wei@one.example,,,,2024-01-01,2026-04-01,true\n")
		if b := w.bindingOf(north, "E1"); b.LeftOn != day("2026-04-01") {
			t.Errorf("at north until %v, want 2026-04-01", b.LeftOn)
		}
	})
}

func TestWhoLeavesIsTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(north, head+"E1,Wei,,H3CSE,2025-01-01,,2024-01-01,,true\nE2,Old,,,,,2020-01-01,2022-01-01,true\n")
		if n := w.events("roster.left"); n != 0 {
			t.Errorf("%d events roster.left for people who came as having left, want 0", n)
		}
		imp := w.load(north, head+"E1,Wei,,H3CSE,2025-01-01,,2024-01-01,2026-03-01,true\n")
		if n := w.events("roster.left"); n != 1 || imp.Applied.LeftPeople != 1 || imp.Applied.ChangedPeople != 1 {
			t.Errorf("%d events roster.left, counts %+v; want 1 each", n, imp.Applied)
		}
		// An old file doesn't bring anybody back; a day of joining after the exit does, and keeps the earlier time.
		w.load(north, head+"E1,Wei,,H3CSE,2025-01-01,,2024-01-01,,true\n")
		if b := w.bindingOf(north, "E1"); b.LeftOn != day("2026-03-01") {
			t.Errorf("left_on = %v after an old file, want 2026-03-01", b.LeftOn)
		}
		w.load(north, head+"E1,Wei,,H3CSE,2025-01-01,,2026-03-05,,true\n")
		b := w.bindingOf(north, "E1")
		v, err := w.Person(t.Context(), admin(north), north, b.ID)
		must(t, err)
		if !b.LeftOn.IsNone() || len(v.Past) != 1 || v.Past[0] != (Stint{day("2024-01-01"), day("2026-03-01")}) {
			t.Errorf("back: %+v, past %v; want there with one earlier time", b, v.Past)
		}
		people, err := w.EngineersAt(t.Context(), w.d.Read(), north, day("2025-06-01").Time())
		must(t, err)
		i := slices.IndexFunc(people, func(p program.Person) bool { return p.Name == "Wei" })
		if p := people[i]; !p.Bound(day("2025-06-01")) {
			t.Errorf("in June 2025 bound %v to %v, want there", p.BoundOn, p.LeftOn)
		}
	})
}

func TestBadRowsComeBackAsAFileThatCanBeCorrected(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.load(south, head+"S1,Wei,wei@one.example,,,,2020-01-01,,true\n")
		file := head + "E1,Ann,ann@n.example,H3CSE,2025-01-01,,,,true\n" +
			"E2,Bo,,H3CSX,2025-01-01,,,,true\n" +
			"E3,Wei,wei@one.example,,,,2025-01-01,,true\n" +
			"E1,Anne,ann@n.example,H3CNE,2025-01-01,,,,true\n"
		imp := w.load(north, file)
		if imp.Applied.NewPeople != 1 || imp.Applied.BadRows != 3 || imp.Errors != 3 {
			t.Errorf("import = %+v, want 1 new person, 3 bad rows, 3 errors", imp)
		}
		var out bytes.Buffer
		must(t, w.WriteErrors(ctx, by, north, imp.ID, "zh-Hans", &out))
		text := out.String()
		for _, part := range []string{"E2,Bo", "E3,Wei", "E1,Anne", "只能登记在一家伙伴"} {
			if !strings.Contains(text, part) {
				t.Errorf("the errors file lacks %q:\n%s", part, text)
			}
		}
		if strings.Contains(text, "E1,Ann,") {
			t.Errorf("the errors file has a good row:\n%s", text)
		}
		text = strings.NewReplacer("H3CSX", "H3CSE", "Anne", "Ann", "2025-01-01,,true", "2025-01-01,,false").Replace(text)
		imp = w.load(north, text)
		if imp.Errors != 0 || imp.Applied.NewPeople != 2 || imp.Applied.NewCertificates != 2 {
			t.Errorf("corrected = %+v, want no errors, 2 people, 2 certificates", imp)
		}
	})
}

func TestAnExportCanBeImportedWithoutChange(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(north, randomFile(8, 40))
		before := w.tables()
		header, rows, err := w.Export(t.Context(), admin(north), north, Filter{Left: "all"})
		must(t, err)
		var out bytes.Buffer
		must(t, sheet.WriteCSV(&out, header, rows))
		imp := w.load(north, out.String())
		if !imp.Nothing() || imp.Errors != 0 {
			t.Errorf("import of the export = %+v, want nothing to change", imp)
		}
		if d := cmp.Diff(before, w.tables()); d != "" {
			t.Errorf("tables changed (-before +after):\n%s", d)
		}
	})
}

func TestAPartnersDataIsHiddenFromStrangers(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, stranger := t.Context(), admin(south)
		imp := w.load(north, head+"E1,Wei,,H3CSE,2025-01-01,,2024-01-01,,true\n")
		w.load(south, head+"E1,Bo,,H3CSE,2025-01-01,,2024-01-01,,true\n")
		b, own := w.bindingOf(north, "E1"), w.bindingOf(south, "E1")
		cert := "crt_00000000000000000000000000"
		calls := map[string]func(partner, binding, imp string) error{
			"List":     func(p, _, _ string) error { _, err := w.List(ctx, stranger, p, Filter{}); return err },
			"Person":   func(p, b, _ string) error { _, err := w.Person(ctx, stranger, p, b); return err },
			"Counts":   func(p, _, _ string) error { _, err := w.Counts(ctx, stranger, p); return err },
			"Expiries": func(p, _, _ string) error { _, err := w.Expiries(ctx, stranger, p, 12); return err },
			"Export":   func(p, _, _ string) error { _, _, err := w.Export(ctx, stranger, p, Filter{}); return err },
			"Bind": func(p, _, _ string) error {
				_, err := w.Bind(ctx, stranger, p, Entry{Number: "x", Name: "x"})
				return err
			},
			"Correct": func(p, b, _ string) error { return w.Correct(ctx, stranger, p, b, 1, Entry{Number: "x", Name: "x"}) },
			"AddCertificate": func(p, b, _ string) error {
				return w.AddCertificate(ctx, stranger, p, b, Cert{Code: "PMP", IssuedOn: day("2025-01-01")})
			},
			"CorrectCertificate": func(p, b, _ string) error {
				return w.CorrectCertificate(ctx, stranger, p, b, cert, Cert{Code: "PMP", IssuedOn: day("2025-01-01")})
			},
			"Upload": func(p, _, _ string) error {
				_, err := w.Upload(ctx, stranger, p, "a", strings.NewReader(head))
				return err
			},
			"Import":      func(p, _, i string) error { _, err := w.Import(ctx, stranger, p, i); return err },
			"Imports":     func(p, _, _ string) error { _, _, err := w.Imports(ctx, stranger, p, "", 0); return err },
			"Confirm":     func(p, _, i string) error { return w.Confirm(ctx, stranger, p, i) },
			"Cancel":      func(p, _, i string) error { return w.Cancel(ctx, stranger, p, i) },
			"RowErrors":   func(p, _, i string) error { _, err := w.RowErrors(ctx, stranger, p, i, 0, 0); return err },
			"WriteErrors": func(p, _, i string) error { return w.WriteErrors(ctx, stranger, p, i, "en", &bytes.Buffer{}) },
		}
		before := w.tables()
		wholeLists := map[string]bool{"List": true, "Counts": true, "Expiries": true, "Export": true, "Bind": true, "Upload": true, "Imports": true}
		for name, call := range calls {
			kind(t, call(north, b.ID, imp.ID), fault.KindNotFound, name+" of another partner")
			kind(t, call("no\x00body", "x\x00", "x\x00"), fault.KindNotFound, name+" of nobody")
			if !wholeLists[name] {
				kind(t, call(south, b.ID, imp.ID), fault.KindNotFound, name+" of another partner's id under the own account")
				kind(t, call(south, "bnd_\x00", "imp_\x00"), fault.KindNotFound, name+" of an impossible id")
			}
		}
		_, err := w.Person(ctx, channelManager, north, b.ID)
		must(t, err)
		kind(t, w.RevokeCertificate(ctx, stranger, south, own.ID, cert, "x"), fault.KindDenied, "RevokeCertificate by a partner")
		sales := admin(north)
		sales.Roles = []actor.Role{actor.AccountManager}
		_, err = w.List(ctx, sales, north, Filter{})
		kind(t, err, fault.KindDenied, "List by sales")
		if d := cmp.Diff(before, w.tables()); d != "" {
			t.Errorf("a stranger changed (-before +after):\n%s", d)
		}
	})
}
