package qualification

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/pdf"
)

func TestAStarFromDraftToRenewal(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a := w.submitted("four-star")
		if a.State != Submitted || a.Kind != Initial || a.Track != "certificates" || a.TruthBy != w.partner.User || a.Ref() != "h3c-star@2025" {
			t.Fatalf("submitted: %+v", a)
		}
		// Friday 6 March: the third working day is Wednesday 11.
		if want := day("2026-03-11").End(); !a.ReviewDue.Equal(want) {
			t.Errorf("review due %s, want %s", a.ReviewDue, want)
		}
		a, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		a, err = w.s.Return(w.ctx(), w.vendor, a.ID, a.Edition, []Reason{{"evidence:certificate-copy", "Ada's copy can't be read."}}, day("2026-03-20"))
		w.must(err)
		if a.State != Returned || len(a.Reasons) != 1 || !a.ReturnDue.Equal(day("2026-03-20").End()) {
			t.Fatalf("returned: %+v", a)
		}
		w.travel("2026-03-09")
		a, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
		w.must(err)
		if want := day("2026-03-12").End(); !a.ReviewDue.Equal(want) {
			t.Errorf("review due after the second submission %s, want %s", a.ReviewDue, want)
		}
		a, err = w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		q, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		w.drain()
		if q.ValidFrom != day("2026-03-09") || q.ValidUntil != day("2027-03-08") || q.State != Valid {
			t.Fatalf("granted: %+v", q)
		}
		checkCertificate(t, w, q)

		// Expiry notices and the renewal window.
		mark := len(w.told)
		w.travel("2026-12-07")
		if got := w.qualification(q.ID).Status; got != StatusValid {
			t.Errorf("the day before the window: %s", got)
		}
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "four-star"})
		w.wants(fault.KindConflict, err, "renewal before the window")
		w.travel("2026-12-08")
		if got := w.qualification(q.ID); got.Status != StatusExpiring || !got.Renewal.Open {
			t.Errorf("first day of the window: %s, %+v", got.Status, got.Renewal)
		}
		if diff := cmp.Diff([]string{"qualification.expiring", "qualification.window_opened"}, w.since(mark)); diff != "" {
			t.Errorf("told at the window (-want +got):\n%s", diff)
		}
		w.travel("2027-02-01")
		next := w.granted("four-star")
		if a := w.applicationOf(next); a.Kind != RenewalKind || next.ValidUntil != day("2028-01-31") {
			t.Errorf("renewed: %+v by %s", next, a.Kind)
		}
		if v := w.qualification(q.ID); v.Status != StatusSuperseded {
			t.Errorf("the old one: %s, want superseded", v.Status)
		}
		if w.heard("qualification.renewed") != 1 || w.heard("qualification.granted") != 1 {
			t.Errorf("told: %v", w.since(0))
		}
	})
}

func checkCertificate(t *testing.T, w *world, q Qualification) {
	t.Helper()
	got, err := w.s.Verify(w.ctx(), " "+q.Number+" ")
	w.must(err)
	if !got.Good || got.Status != StatusValid || got.Stars != 4 || got.Holder != "Northern Light Networks" || got.ValidUntil != q.ValidUntil {
		t.Errorf("verify: %+v", got)
	}
	_, err = w.s.Verify(w.ctx(), "H3C-STAR-1999-000000")
	w.wants(fault.KindNotFound, err, "verify a number that was never given")
	c, err := w.s.Certificate(w.ctx(), w.partner, q.Number, pdf.Both{EN: "Vendor"}, "https://x.example/verify/"+q.Number)
	w.must(err)
	if c.Stars != 4 || c.IssuedOn != "2026-03-09" || c.ValidUntil != "2027-03-08" || c.Level.ZH != "四星级" {
		t.Errorf("certificate: %+v", c)
	}
	if _, err := pdf.NewPress().Certificate(c); err != nil {
		t.Errorf("print: %v", err)
	}
}

func TestItExpiresTheDayAfterTheLast(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2029-06-01")
		q := w.granted("two-star")
		w.travel("2027-03-05")
		if v := w.qualification(q.ID); v.Status != StatusExpiring {
			t.Errorf("on the last day: %s", v.Status)
		}
		w.travel("2027-03-06")
		v := w.qualification(q.ID)
		if v.State != Expired || w.heard("qualification.expired") != 1 {
			t.Errorf("the day after: %s, told %v", v.State, w.since(0))
		}
		if got := w.heard("qualification.expiring"); got != 5 {
			t.Errorf("expiry notices: %d, want one for each of 90, 60, 30, 7, 1 days", got)
		}
		again := w.granted("two-star")
		if a := w.applicationOf(again); a.Kind != Initial {
			t.Errorf("after expiry: %s, want initial", a.Kind)
		}
	})
}

func (w *world) applicationOf(q Qualification) Application {
	w.t.Helper()
	v, err := w.s.Application(w.ctx(), w.vendor, q.Application)
	w.must(err)
	return v.Application
}

func TestALevelChangeSupersedesTheOldLevel(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		two := w.granted("two-star")
		w.travel("2026-05-07")
		four := w.granted("four-star")
		if a := w.applicationOf(four); a.Kind != LevelChange {
			t.Errorf("kind %s, want level_change", a.Kind)
		}
		if v := w.qualification(two.ID); v.State != Superseded {
			t.Errorf("two-star is %s, want superseded", v.State)
		}
		if four.Number == two.Number {
			t.Errorf("both have the number %s", four.Number)
		}
	})
}

func TestSubmissionIsRefusedWithEveryReasonAtOnce(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2026-06-06") // exactly three months on 6 March: too short, one day more would do
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{"h3c-star", "four-star", "certificates"})
		w.must(err)
		_, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, false)
		w.wants(fault.KindInvalid, err, "an empty draft")
		want := []string{"evidence:application-form", "form.address", "form.applicant_email", "form.contact_email", "form.contact_name",
			"line:junior-engineer", "line:project-manager", "line:senior-engineer", "truthful"}
		if diff := cmp.Diff(want, refused(err)); diff != "" {
			t.Errorf("reasons (-want +got):\n%s", diff)
		}
		v, err := w.s.Application(w.ctx(), w.partner, a.ID)
		w.must(err)
		if len(v.Missing) != len(want)-1 {
			t.Errorf("missing on the page: %d, want all but the tick", len(v.Missing))
		}
	})
}

func TestOneDayMoreThanThreeMonthsIsEnough(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2026-06-07")
		w.submitted("four-star")
	})
}

func TestSubmittingTwiceIsHarmless(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.must(err)
		a = w.fill(a)
		first, err := w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
		w.must(err)
		second, err := w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
		w.must(err)
		if second.Edition != first.Edition || second.State != Submitted {
			t.Errorf("second click: %+v, want the first's result", second)
		}
		_, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition-1, true)
		w.wants(fault.KindConflict, err, "a stale page")
		w.drain()
		if n := w.heard("application.submitted"); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

func TestOnlyOneOfTwoReviewersWins(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a := w.submitted("two-star")
		a, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		errs := make(chan error, 2)
		go func() { _, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition); errs <- err }()
		go func() {
			_, err := w.s.Reject(w.ctx(), w.vendor, a.ID, a.Edition, []Reason{{"", "no"}}, false)
			errs <- err
		}()
		won := 0
		for range 2 {
			if err := <-errs; err == nil {
				won++
			} else {
				w.wants(fault.KindConflict, err, "the slower one")
			}
		}
		if won != 1 {
			t.Errorf("%d won, want 1", won)
		}
	})
}

func TestEveryStepIsRefusedInEveryOtherState(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		reasons := []Reason{{"", "because"}}
		do := map[step]func(a Application) error{
			stepEdit: func(a Application) error {
				_, err := w.s.SaveForm(w.ctx(), w.partner, a.ID, a.Edition, a.Form)
				return err
			},
			stepSubmit:   func(a Application) error { _, err := w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true); return err },
			stepWithdraw: func(a Application) error { _, err := w.s.Withdraw(w.ctx(), w.partner, a.ID, a.Edition); return err },
			stepStart:    func(a Application) error { _, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition); return err },
			stepReturn: func(a Application) error {
				_, err := w.s.Return(w.ctx(), w.vendor, a.ID, a.Edition, reasons, day("2026-04-01"))
				return err
			},
			stepApprove: func(a Application) error { _, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition); return err },
			stepReject: func(a Application) error {
				_, err := w.s.Reject(w.ctx(), w.vendor, a.ID, a.Edition, reasons, false)
				return err
			},
		}
		check := func(a Application) {
			t.Helper()
			for st, f := range do {
				if !slices.Contains(steps[st].from, a.State) {
					w.wants(fault.KindConflict, f(a), string(st)+" of one that is "+string(a.State))
				}
			}
		}
		load := func(id string) Application {
			v, err := w.s.Application(w.ctx(), w.vendor, id)
			w.must(err)
			return v.Application
		}
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.must(err)
		check(a)
		a = w.fill(a)
		for _, st := range []step{stepSubmit, stepStart, stepReturn, stepSubmit, stepStart, stepReject} {
			w.must(do[st](a))
			a = load(a.ID)
			check(a)
		}
		again, err := w.s.Repeat(w.ctx(), w.partner, a.ID)
		w.must(err)
		if again.CopiedFrom != a.ID || len(again.Reasons) != 1 {
			t.Errorf("repeated: %+v, want the reasons kept", again)
		}
		w.must(do[stepWithdraw](again))
		check(load(again.ID))
	})
}

func TestAStrangerFindsNothing(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		q := w.granted("two-star")
		stranger := w.f.Partner("Other")
		_, err := w.s.Application(w.ctx(), stranger, q.Application)
		w.wants(fault.KindNotFound, err, "application")
		_, err = w.s.Withdraw(w.ctx(), stranger, q.Application, 1)
		w.wants(fault.KindNotFound, err, "withdraw")
		_, err = w.s.Qualification(w.ctx(), stranger, q.ID)
		w.wants(fault.KindNotFound, err, "qualification by id")
		_, err = w.s.Qualification(w.ctx(), stranger, q.Number)
		w.wants(fault.KindNotFound, err, "qualification by number")
		_, err = w.s.Facts(w.ctx(), stranger, q.Account, time.Time{})
		w.wants(fault.KindNotFound, err, "facts")
		_, err = w.s.Overview(w.ctx(), stranger, q.Account)
		w.wants(fault.KindNotFound, err, "overview")
		_, err = w.s.Exits(w.ctx(), stranger, q.Account)
		w.wants(fault.KindNotFound, err, "exits")
		_, err = w.s.Start(w.ctx(), stranger, q.Application, 1)
		w.wants(fault.KindDenied, err, "start a review")
		list, _, err := w.s.Qualifications(w.ctx(), stranger, QualificationFilter{Account: q.Account})
		w.must(err)
		if len(list) != 0 {
			t.Errorf("a stranger lists %d qualifications", len(list))
		}
	})
}

func TestAnOverdueReviewAlarmsOnce(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		w.travel("2026-04-02") // Thursday before the Qingming days: Friday, then Tuesday and Wednesday 8 April
		a := w.submitted("two-star")
		if want := day("2026-04-08").End(); !a.ReviewDue.Equal(want) {
			t.Errorf("due %s, want %s", a.ReviewDue, want)
		}
		w.travel("2026-04-08")
		if n := w.heard("review.overdue"); n != 0 {
			t.Errorf("alarmed %d times on the last day", n)
		}
		w.travel("2026-04-09")
		w.travel("2026-04-12")
		if n := w.heard("review.overdue"); n != 1 {
			t.Errorf("alarmed %d times, want once", n)
		}
		items, _, err := w.s.Queue(w.ctx(), w.vendor, QueueFilter{Overdue: true})
		w.must(err)
		if len(items) != 1 || items[0].Left >= 0 {
			t.Errorf("overdue queue: %+v", items)
		}
	})
}

func TestAReturnedApplicationThatNobodyCorrectsIsWithdrawn(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a := w.submitted("two-star")
		a, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		_, err = w.s.Return(w.ctx(), w.vendor, a.ID, a.Edition, []Reason{{"", "x"}}, day("2026-03-20"))
		w.must(err)
		w.travel("2026-03-21")
		v, err := w.s.Application(w.ctx(), w.partner, a.ID)
		w.must(err)
		if v.State != Withdrawn || !v.Can.Repeat {
			t.Errorf("the day after: %s, %+v", v.State, v.Can)
		}
	})
}

func TestTermsEndTheDayBeforeTheSameDate(t *testing.T) {
	v := mustVersion(t, "h3c-star@2025")
	for from, want := range map[string]string{"2026-03-09": "2027-03-08", "2024-02-29": "2025-02-28", "2026-01-01": "2026-12-31", "2023-03-01": "2024-02-29"} {
		if got := v.Validity.Until(day(from)); got != day(want) {
			t.Errorf("granted %s: until %s, want %s", from, got, want)
		}
	}
}
