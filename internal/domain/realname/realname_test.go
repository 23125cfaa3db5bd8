package realname_test

import (
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

type world struct {
	*fixture.World
	t      *testing.T
	c      *clock.Manual
	s      *realname.Service
	runner *jobs.Runner
	desk   actor.Actor
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		w := &world{World: fixture.New(t, d), t: t, c: c}
		w.s = realname.New(realname.Config{DB: d, Vault: w.Vault, Files: files, Working: calendar.Standard()})
		w.runner = w.Runner()
		w.s.Register(w.runner)
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.desk = w.VendorUser(actor.Reviewer)
		f(w)
	})
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

func claim(number string) realname.Submission {
	return realname.Submission{Name: "Chen Wei", Country: "cn", IDType: "id_card", Number: number, FileName: `C:\scans\id.pdf`}
}

func (w *world) submit(by actor.Actor, in realname.Submission) realname.Case {
	w.t.Helper()
	c, err := w.s.Submit(w.t.Context(), by, in, strings.NewReader(pdf))
	fixture.Must(w.t, err)
	return c
}

func (w *world) want(what string, err error, kind fault.Kind) {
	w.t.Helper()
	if got := fault.KindOf(err); got != kind {
		w.t.Errorf("%s = %v, want kind %s", what, err, kind)
	}
}

func TestANameIsVerifiedByAReviewerAndTheNumberIsForgotten(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei := w.t.Context(), w.Person("Chen Wei")
		c := w.submit(wei, claim("11010119900307 451x"))
		if c.IDLast4 != "451X" || c.File.Name != "id.pdf" || c.Country != "CN" || !c.DueAt.After(w.c.Now()) {
			w.t.Errorf("case = %+v", c)
		}
		_, err := w.s.Submit(ctx, wei, claim("999999"), strings.NewReader(pdf))
		w.want("a second claim while one waits", err, fault.KindConflict)
		v, err := w.s.Case(ctx, w.desk, c.ID)
		fixture.Must(w.t, err)
		if v.AccountName != "Chen Wei" || v.Other != "" || v.Left <= 0 {
			w.t.Errorf("the reviewer sees %+v", v)
		}
		fixture.Must(w.t, w.s.Approve(ctx, w.desk, c.ID, c.Version))
		w.want("approving twice", w.s.Approve(ctx, w.desk, c.ID, c.Version), fault.KindConflict)
		name, err := realname.Name(ctx, w.DB.Read(), wei.Person)
		if err != nil || name != "Chen Wei" {
			w.t.Errorf("Name = %q, %v", name, err)
		}
		if all, err := realname.Holders(ctx, w.DB.Read(), "CHEN WEI"); err != nil || len(all) != 1 {
			w.t.Errorf("Holders = %v, %v", all, err)
		}
		again := w.submit(wei, realname.Submission{Name: "Chen Wei-Lin", Country: "CN", IDType: "passport", Number: "E12345678"})
		fixture.Must(w.t, w.s.Approve(ctx, w.desk, again.ID, again.Version))
		if name, _ := realname.Name(ctx, w.DB.Read(), wei.Person); name != "Chen Wei-Lin" {
			w.t.Errorf("after a new claim the name is %q", name)
		}
		fixture.Must(w.t, w.s.Revoke(ctx, w.desk, again.ID, again.Version+1, "The document was altered."))
		if ok, _ := realname.Verified(ctx, w.DB.Read(), wei.Person); ok {
			w.t.Error("a revoked name still holds")
		}
	})
}

func TestARefusedClaimComesWithAReasonAndCanBeSubmittedAgain(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei := w.t.Context(), w.Person("Chen Wei")
		c := w.submit(wei, claim("1234"))
		w.want("refusing without a reason", w.s.Refuse(ctx, w.desk, c.ID, c.Version, " "), fault.KindInvalid)
		fixture.Must(w.t, w.s.Refuse(ctx, w.desk, c.ID, c.Version, "The picture is blurred."))
		again := w.submit(wei, claim("1234"))
		fixture.Must(w.t, w.s.Withdraw(ctx, wei, again.ID))
		all, err := w.s.Own(ctx, wei)
		fixture.Must(w.t, err)
		if len(all) != 2 || all[1].Reason != "The picture is blurred." || all[0].State != realname.Withdrawn {
			w.t.Errorf("own = %+v", all)
		}
	})
}

func TestOneDocumentVerifiesOnePersonAlsoWhenTwoAreApprovedAtOnce(t *testing.T) {
	each(t, func(w *world) {
		ctx := w.t.Context()
		var cases []realname.Case
		for range 4 {
			cases = append(cases, w.submit(w.Person("Chen Wei"), claim("110101199003074518")))
		}
		var wait sync.WaitGroup
		results := make([]error, len(cases))
		for n, c := range cases {
			wait.Go(func() { results[n] = w.s.Approve(ctx, w.desk, c.ID, c.Version) })
		}
		wait.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else {
				w.want("Approve", err, fault.KindConflict)
			}
		}
		if won != 1 {
			w.t.Errorf("%d of 4 persons were verified by one document, want 1", won)
		}
	})
}

func TestOnlyThePersonAndReviewersSeeTheDocument(t *testing.T) {
	each(t, func(w *world) {
		ctx, wei, other := w.t.Context(), w.Person("Chen Wei"), w.Person("Somebody Else")
		c := w.submit(wei, claim("110101199003074518"))
		_, _, err := w.s.OwnFile(ctx, other, c.ID)
		w.want("a stranger's file", err, fault.KindNotFound)
		_, _, err = w.s.OpenFile(ctx, w.VendorUser(actor.Auditor), c.ID)
		w.want("an auditor's file", err, fault.KindDenied)
		_, _, err = w.s.OpenFile(ctx, w.Partner("North"), c.ID)
		w.want("a partner's file", err, fault.KindDenied)
		f, _, err := w.s.OpenFile(ctx, w.desk, c.ID)
		fixture.Must(w.t, err)
		defer f.Close()
		if b, err := io.ReadAll(f); err != nil || string(b) != pdf {
			w.t.Errorf("the file is %q, %v", b, err)
		}
	})
}

func TestWhatIsMissingIsSaidAtOnce(t *testing.T) {
	each(t, func(w *world) {
		wei := w.Person("Chen Wei")
		_, err := w.s.Submit(w.t.Context(), wei, realname.Submission{Name: "C", Country: "China", IDType: "library card", Number: "12"}, strings.NewReader(pdf))
		if f := fault.Of(err); f == nil || len(f.Fields) != 4 {
			w.t.Errorf("Submit = %v, want four refused entries", err)
		}
		_, err = w.s.Submit(w.t.Context(), wei, claim("110101199003074518"), strings.NewReader("GIF89a no document"))
		w.want("a file that is none of ours", err, fault.KindInvalid)
		_, err = w.s.Submit(w.t.Context(), wei, claim("110101199003074518"), nil)
		w.want("no file", err, fault.KindInvalid)
	})
}

func TestALateReviewIsToldOnce(t *testing.T) {
	each(t, func(w *world) {
		c := w.submit(w.Person("Chen Wei"), claim("110101199003074518"))
		w.c.Advance(c.DueAt.Sub(w.c.Now()) + time.Hour)
		fixture.Must(w.t, w.runner.Drain(w.t.Context()))
		n, err := db.One(w.t.Context(), w.DB.Read(), db.Int, `SELECT count(*) FROM event WHERE kind = 'realname.overdue'`)
		if err != nil || n != 1 {
			w.t.Errorf("%d events of a late review, %v; want 1", n, err)
		}
		items, _, err := w.s.Queue(w.t.Context(), w.desk, "", "", 0)
		if err != nil || len(items) != 1 || items[0].Left > 0 {
			w.t.Errorf("queue = %+v, %v; want one late item", items, err)
		}
	})
}
