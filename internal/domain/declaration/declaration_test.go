package declaration_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/programs"
)

type world struct {
	*fixture.World
	t           *testing.T
	c           *clock.Manual
	s           *declaration.Service
	credentials *credential.Service
	records     *record.Service
	runner      *jobs.Runner
	desk        actor.Actor
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		lib, err := programs.Library()
		fixture.Must(t, err)
		w := &world{World: fixture.New(t, d), t: t, c: c}
		w.credentials = credential.New(d, func() *program.Catalogue { return lib.Catalogue })
		w.records = record.New(record.Config{DB: d, Credentials: w.credentials, Files: files})
		w.s = declaration.New(declaration.Config{DB: d, Credentials: w.credentials, Files: files, Working: calendar.Standard(), Examine: examine})
		w.runner = w.Runner()
		w.records.Register(w.runner)
		w.s.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.desk = w.VendorUser(actor.Reviewer)
		f(w)
	})
}

// examine stands for badge.Service.Examine, whose checks have tests of their own: a file with proof in it is good.
func examine(_ context.Context, file []byte, _ ...[]byte) (badge.Finding, error) {
	if !strings.Contains(string(file), "proof") {
		return badge.Finding{}, fault.Invalid("file", i18n.M("declaration.field.json"))
	}
	good := strings.Contains(string(file), "good proof")
	return badge.Finding{Verified: good, Good: good, Issuer: "did:key:z6Mk", Name: "IPMA Level C"}, nil
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

// feed brings exams: number, first and last name, e-mail, result.
func (w *world) feed(lines ...[5]string) {
	w.t.Helper()
	b := "provider,registration_id,email,first_name,last_name,exam_code,delivery_date,result,certificate_no,issue_date\n"
	for _, l := range lines {
		b += fmt.Sprintf("PEARSON_VUE,R-%s,%s,%s,%s,H12-811,2026-02-04,%s,%s,2026-02-05\n", l[0], l[3], l[1], l[2], l[4], l[0])
	}
	imp, err := w.records.ImportNow(w.t.Context(), w.Vendor(), "exams.csv", strings.NewReader(b), false, nil)
	fixture.Must(w.t, err)
	if imp.State != record.Done || imp.Errors > 0 {
		w.t.Fatalf("import = %+v", imp)
	}
	fixture.Must(w.t, w.runner.Drain(w.t.Context()))
}

func (w *world) number(by actor.Actor, name, number string) declaration.Declaration {
	w.t.Helper()
	d, err := w.s.ByNumber(w.t.Context(), by, declaration.Entry{Name: name, Number: number})
	fixture.Must(w.t, err)
	return d
}

func (w *world) want(what string, err error, kind fault.Kind) {
	w.t.Helper()
	if got := fault.KindOf(err); got != kind {
		w.t.Errorf("%s = %v, want kind %s", what, err, kind)
	}
}

func (w *world) held(by actor.Actor) (codes []string) {
	w.t.Helper()
	all, err := w.credentials.OfPersons(w.t.Context(), w.DB.Read(), []string{by.Person})
	fixture.Must(w.t, err)
	for _, c := range all[by.Person] {
		codes = append(codes, c.Code)
	}
	return codes
}

func (w *world) file(by actor.Actor, d declaration.Declaration, role declaration.Role, name, content string) declaration.File {
	w.t.Helper()
	f, err := w.s.AddFile(w.t.Context(), by, d.ID, role, name, strings.NewReader(content))
	fixture.Must(w.t, err)
	return f
}

func (w *world) edition(by actor.Actor, d declaration.Declaration) int64 {
	w.t.Helper()
	v, err := w.s.One(w.t.Context(), by, d.ID)
	fixture.Must(w.t, err)
	return v.Edition
}

func TestANumberOfTheLibraryIsThePersonsAtOnceUnderTheRightName(t *testing.T) {
	each(t, func(w *world) {
		w.feed([5]string{"01-2345-678", "Wei", "Chen", "wei@work.example", "PASS"}, [5]string{"0199", "Li", "Na", "na@work.example", "PASS"})
		w.feed([5]string{"0777", "Bo", "Ma", "bo@work.example", "PASS"})
		w.feed([5]string{"0777", "Bo", "Ma", "bo@work.example", "REVOKED"})
		wei := w.Person("Chen Wei")
		for _, c := range []struct {
			what, name, number string
			state              declaration.State
			lookup             declaration.Lookup
		}{
			{"not in the library", "Chen Wei", "99999", declaration.Draft, declaration.Unknown},
			{"another's name", "Chen Wei", "0199", declaration.Refused, declaration.Other},
			{"another's name and number", "Na Li", "0199", declaration.Draft, declaration.Unlike},
			{"revoked by the provider", "Bo Ma", "0777", declaration.Refused, declaration.Void},
			{"found, spelt in another way", "chen, WEI", "012345678", declaration.Given, declaration.Found},
		} {
			if d := w.number(wei, c.name, c.number); d.State != c.state || d.Lookup != c.lookup {
				w.t.Errorf("%s: ByNumber(%q, %q) = %s, %s; want %s, %s", c.what, c.name, c.number, d.State, d.Lookup, c.state, c.lookup)
			}
		}
		if got := w.held(wei); len(got) != 1 || got[0] != "HCIA-DATACOM" {
			w.t.Errorf("held = %v, want HCIA-DATACOM", got)
		}
		// The word stands also after the records of the person are looked at again.
		fixture.Must(w.t, w.DB.Update(w.t.Context(), func(tx *db.Tx) error {
			_, err := w.records.Claim(w.t.Context(), tx, "other@work.example", wei.Person)
			return err
		}))
		if got := w.held(wei); len(got) != 1 {
			w.t.Errorf("after an association held = %v", got)
		}
		again := w.number(w.Person("Chen Wei"), "Chen Wei", "012345678")
		if again.State != declaration.Refused || again.Lookup != declaration.Held || again.Code != "" {
			w.t.Errorf("a namesake got %s, %s, %q", again.State, again.Lookup, again.Code)
		}
		all, _, err := w.s.Own(w.t.Context(), wei, declaration.Filter{Name: "WEI", Number: "01-23 45-678"})
		if err != nil || len(all) != 1 {
			w.t.Errorf("found by name and number: %d, %v; want 1", len(all), err)
		}
		// The provider takes it back: so does the library.
		w.feed([5]string{"01-2345-678", "Wei", "Chen", "wei@work.example", "REVOKED"})
		if got := w.held(wei); len(got) != 0 {
			w.t.Errorf("after the revocation held = %v", got)
		}
	})
}

func TestWhatTheLibraryLearnsLaterIsFoundByLookingAgain(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		d := w.number(wei, "Chen Wei", "5550001")
		_, err := w.s.Submit(w.t.Context(), wei, d.ID, d.Edition)
		if f := fault.Of(err); f == nil || len(f.Fields) < 4 {
			w.t.Errorf("Submit without anything = %v, want what's missing", err)
		}
		w.feed([5]string{"5550001", "Wei", "Chen", "wei@work.example", "PASS"})
		if d, err = w.s.Look(w.t.Context(), wei, d.ID, d.Edition); err != nil || d.State != declaration.Given {
			w.t.Errorf("Look = %s, %v; want given", d.State, err)
		}
	})
}

func TestGuessingNumbersHasALimit(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		for n := range 10 {
			w.number(wei, "Chen Wei", fmt.Sprint("88000", n))
		}
		_, err := w.s.ByNumber(w.t.Context(), wei, declaration.Entry{Name: "Chen Wei", Number: "880099"})
		w.want("the eleventh number", err, fault.KindTooMany)
		w.c.Advance(25 * time.Hour)
		w.number(wei, "Chen Wei", "880099")
	})
}

func TestOneNumberIsOnePersonsAlsoWhenTwoDeclareAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w.feed([5]string{"7770001", "Wei", "Chen", "wei@work.example", "PASS"})
		people := []actor.Actor{w.Person("Chen Wei"), w.Person("Wei Chen"), w.Person("Chen Wei")}
		got := make([]declaration.Declaration, len(people))
		var wait sync.WaitGroup
		for n, by := range people {
			wait.Go(func() {
				var err error
				if got[n], err = w.s.ByNumber(w.t.Context(), by, declaration.Entry{Name: "Chen Wei", Number: "7770001"}); err != nil {
					w.t.Errorf("ByNumber: %v", err)
				}
			})
		}
		wait.Wait()
		count := map[declaration.Lookup]int{}
		for _, d := range got {
			count[d.Lookup]++
		}
		if count[declaration.Found] != 1 || count[declaration.Held] != 2 {
			w.t.Errorf("answers = %v, want one found and two held", count)
		}
	})
}

// pmp starts a third-party declaration and hands it in.
func (w *world) pmp(by actor.Actor, number string) declaration.Declaration {
	w.t.Helper()
	d, err := w.s.Start(w.t.Context(), by, declaration.Entry{Name: "Chen Wei", Number: number, Code: "PMP", IssuedOn: calendar.DayOf(w.c.Now()).AddDays(-90)})
	fixture.Must(w.t, err)
	w.file(by, d, declaration.Certificate, "pmp.pdf", pdf)
	d, err = w.s.Submit(w.t.Context(), by, d.ID, w.edition(by, d))
	fixture.Must(w.t, err)
	return d
}

func TestAThirdPartyCertificateIsGivenByAReviewerOnce(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei := w.t.Context(), w.Person("Chen Wei")
		_, err := w.s.Start(ctx, wei, declaration.Entry{Name: "Chen Wei", Number: "12345", Code: "HCIA-DATACOM"})
		w.want("a certificate that a feed brings", err, fault.KindInvalid)
		d := w.pmp(wei, "PMP-12345")
		_, err = w.s.Refuse(ctx, w.desk, d.ID, d.Edition, " ")
		w.want("refusing without a reason", err, fault.KindInvalid)
		d, err = w.s.Return(ctx, w.desk, d.ID, d.Edition, "The scan is cut off.")
		fixture.Must(w.t, err)
		if d.State != declaration.Correction || d.Reason == "" {
			w.t.Errorf("returned = %+v", d)
		}
		d, err = w.s.Submit(ctx, wei, d.ID, d.Edition)
		fixture.Must(w.t, err)
		others := []actor.Actor{w.desk, w.VendorUser(actor.Reviewer), w.Vendor()}
		errs := make([]error, len(others))
		var wait sync.WaitGroup
		for n, by := range others {
			wait.Go(func() { _, errs[n] = w.s.Approve(ctx, by, d.ID, d.Edition) })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				w.want("Approve", err, fault.KindConflict)
			}
		}
		if won != 1 || len(w.held(wei)) != 1 {
			w.t.Errorf("%d reviewers approved, held %v; want one and one", won, w.held(wei))
		}
		second := w.pmp(w.Person("Chen Wei"), "PMP 12345")
		_, err = w.s.Approve(ctx, w.desk, second.ID, second.Edition)
		w.want("the same number for another person", err, fault.KindConflict)
		_, err = w.s.Refuse(ctx, w.desk, second.ID, second.Edition, "It is another person's.")
		fixture.Must(w.t, err)
		c, err := w.s.Case(ctx, w.desk, second.ID)
		if err != nil || c.Holder != "Chen Wei" {
			w.t.Errorf("the reviewer sees the holder %q, %v", c.Holder, err)
		}
		_, err = w.s.Revoke(ctx, w.desk, d.ID, d.Edition+1, "The scan was altered.")
		fixture.Must(w.t, err)
		if got := w.held(wei); len(got) != 0 {
			w.t.Errorf("after Revoke held = %v", got)
		}
	})
}

func TestASignedCredentialAmongTheEvidenceIsVerifiedWhenItComes(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei := w.t.Context(), w.Person("Chen Wei")
		d, err := w.s.Start(ctx, wei, declaration.Entry{Name: "Chen Wei", Number: "IPMA-77", Code: "IPMA-C"})
		fixture.Must(w.t, err)
		good := w.file(wei, d, declaration.Certificate, "badge.json", `{"x": "good proof"}`)
		if good.Role != declaration.Credential || good.Media != "application/json" || good.Finding == nil || !good.Finding.Verified {
			w.t.Errorf("a good credential = %+v", good)
		}
		bad := w.file(wei, d, declaration.Certificate, "forged.json", `{"x": "bad proof"}`)
		if bad.Finding == nil || bad.Finding.Verified {
			w.t.Errorf("a forged credential = %+v", bad.Finding)
		}
		if scan := w.file(wei, d, declaration.Certificate, "scan.pdf", pdf); scan.Finding != nil || scan.Role != declaration.Certificate {
			w.t.Errorf("an ordinary scan = %+v", scan)
		}
		for name, content := range map[string]string{"a.json": `{"x": 1}`, "b.json": "no JSON", "c.exe": "MZ\x00\x01"} {
			_, err = w.s.AddFile(ctx, wei, d.ID, declaration.OtherFile, name, strings.NewReader(content))
			w.want(name, err, fault.KindInvalid)
		}
		fixture.Must(w.t, w.s.RemoveFile(ctx, wei, d.ID, bad.ID))
		v, err := w.s.One(ctx, wei, d.ID)
		fixture.Must(w.t, err)
		if len(v.Files) != 2 || v.Files[0].Finding == nil || v.Files[0].Finding.Issuer != "did:key:z6Mk" || len(v.Needs) != 0 {
			w.t.Errorf("the person sees %+v", v)
		}
	})
}

func TestNobodyButThePersonAndReviewersSeesADeclaration(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei, other := w.t.Context(), w.Person("Chen Wei"), w.Person("Somebody Else")
		d := w.pmp(wei, "PMP-1")
		v, err := w.s.One(ctx, wei, d.ID)
		fixture.Must(w.t, err)
		file := v.Files[0].ID
		_, err = w.s.One(ctx, other, d.ID)
		w.want("a stranger's look", err, fault.KindNotFound)
		_, _, err = w.s.OwnFile(ctx, other, d.ID, file)
		w.want("a stranger's file", err, fault.KindNotFound)
		_, err = w.s.Withdraw(ctx, other, d.ID, d.Edition)
		w.want("a stranger's withdrawal", err, fault.KindNotFound)
		_, _, err = w.s.OpenFile(ctx, w.VendorUser(actor.Auditor), d.ID, file)
		w.want("an auditor's file", err, fault.KindDenied)
		_, err = w.s.ByNumber(ctx, w.Partner("North"), declaration.Entry{Name: "Chen Wei", Number: "12345"})
		w.want("a company's declaration", err, fault.KindConflict)
		f, _, err := w.s.OpenFile(ctx, w.desk, d.ID, file)
		fixture.Must(w.t, err)
		f.Close()
	})
}

func TestALateReviewOfADeclarationIsToldOnce(t *testing.T) {
	each(t, func(w *world) {
		d := w.pmp(w.Person("Chen Wei"), "PMP-1")
		w.c.Advance(d.DueAt.Sub(w.c.Now()) + 96*time.Hour)
		fixture.Must(w.t, w.runner.Drain(w.t.Context()))
		n, err := db.One(w.t.Context(), w.DB.Read(), db.Int, `SELECT count(*) FROM event WHERE kind = 'declaration.overdue'`)
		if err != nil || n != 1 {
			w.t.Errorf("%d events of a late review, %v; want 1", n, err)
		}
		items, _, err := w.s.Queue(w.t.Context(), w.desk, declaration.Filter{})
		if err != nil || len(items) != 1 || items[0].Left >= 0 {
			w.t.Errorf("queue = %+v, %v; want one late item", items, err)
		}
		if waiting, late, err := w.s.QueueCounts(w.t.Context(), w.desk); err != nil || waiting != 1 || late != 1 {
			w.t.Errorf("QueueCounts = %d, %d, %v; want 1, 1", waiting, late, err)
		}
	})
}

func TestNamesAreComparedAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Wei Chen", "chen wei", true}, {"CHEN, Wei", "Wei Chen", true}, {"伟 陈", "陈伟", true}, {"陈伟", "陈 伟", true},
		{"Anna-Maria Schmidt", "Schmidt Anna Maria", true}, {"Wei Chen", "Wei Cheng", false}, {"", "", false}, {"Li Na", "Lina", true},
	} {
		if got := declaration.SameName(c.a, c.b); got != c.want {
			t.Errorf("SameName(%q, %q) = %t, want %t", c.a, c.b, got, c.want)
		}
	}
}
