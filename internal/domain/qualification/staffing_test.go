package qualification

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/outbox"
)

func TestWhatAnExitWouldCostIsWhatItCosts(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		on := day("2026-03-10")
		p, err := w.s.PreviewExit(w.ctx(), w.partner, w.partner.Account, ids["cy"], on)
		w.must(err)
		if len(p.Effects) != 1 {
			t.Fatalf("preview: %+v", p)
		}
		e := p.Effects[0]
		if e.Before != "four-star" || e.After != "three-star" || e.KeepsLevel || p.Name != "cy" {
			t.Errorf("effect: before %s, after %s, keeps %v", e.Before, e.After, e.KeepsLevel)
		}
		if want := day("2026-03-13").End(); !p.ReportDue.Equal(want) || p.Late {
			t.Errorf("report due %s, want %s", p.ReportDue, want)
		}
		if want := day("2026-06-10").End(); !e.VacancyDue.Equal(want) {
			t.Errorf("vacancy due %s, want %s", e.VacancyDue, want)
		}
		var lost []string
		for _, l := range e.Lost {
			lost = append(lost, l.Line)
		}

		w.travel("2026-03-10")
		x, err := w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["cy"], On: on, Reason: Leaving, Note: "moved"})
		w.must(err)
		if x.Late(w.c.Now()) || x.Open() {
			t.Errorf("report: %+v, want in time", x)
		}
		w.drain()
		v := w.qualification(q.ID)
		var open []string
		for _, y := range v.Vacancies {
			open = append(open, y.Line)
			if y.Person != ids["cy"] || y.OpenedOn != on || !y.Due.Equal(e.VacancyDue) || y.Reason != Leaving {
				t.Errorf("vacancy: %+v", y)
			}
		}
		slices.Sort(lost)
		slices.Sort(open)
		if diff := cmp.Diff(lost, open); diff != "" {
			t.Errorf("lost lines in the preview and vacancies (-preview +real):\n%s", diff)
		}
		if v.Hold.BestLevel != e.After || !v.Watched() {
			t.Errorf("after: %s, watched %v; want %s and a watch", v.Hold.BestLevel, v.Watched(), e.After)
		}
		_, err = w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["cy"], On: on, Reason: Leaving})
		w.wants(fault.KindConflict, err, "the same report again")
	})
}

func TestAVacancyIsFilledBySomebodyOfTheSameLevelOrHigher(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		w.travel("2026-03-10")
		_, err := w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["cy"], On: day("2026-03-10"), Reason: Transfer})
		w.must(err)
		w.drain()
		mark := len(w.told)
		w.travel("2026-05-10")
		eve := w.engineer("eve", "2028-06-01", "H3CIE") // higher than the junior who left
		w.drain()
		v := w.qualification(q.ID)
		for _, x := range v.Vacancies {
			if x.State != VacancyFilled || x.FilledBy != eve {
				t.Errorf("vacancy: %+v, want filled by eve", x)
			}
		}
		if v.Watched() || v.State != Valid {
			t.Errorf("watched %v, %s", v.Watched(), v.State)
		}
		want := map[string]int{"vacancy.due_soon": 4, "vacancy.filled": 2, "qualification.watch_ended": 1}
		got := map[string]int{}
		for _, k := range w.since(mark) {
			got[k]++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestAVacancyThatIsNotFilledSuspendsToTheStarStillMet(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		w.travel("2026-03-20")
		// Left on the 10th, reported on the 20th: too late, and the months run from the exit.
		x, err := w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["cy"], On: day("2026-03-10"), Reason: Leaving})
		w.must(err)
		if !x.Late(w.c.Now()) {
			t.Errorf("report on the 20th of an exit on the 10th: %+v, want late", x)
		}
		w.travel("2026-06-10")
		if v := w.qualification(q.ID); v.State != Valid || !v.Watched() {
			t.Errorf("on the last day: %s, watched %v", v.State, v.Watched())
		}
		w.travel("2026-06-11")
		v := w.qualification(q.ID)
		if v.State != Suspended || v.Cause != CauseStaffing || v.StandingLevel != "three-star" {
			t.Errorf("the day after: %+v", v.Qualification)
		}
		pub, err := w.s.Verify(w.ctx(), q.Number)
		w.must(err)
		if pub.Good || pub.Status != StatusSuspended || pub.StandingLevel.IsZero() {
			t.Errorf("verify: %+v", pub)
		}
		_, err = w.s.Reinstate(w.ctx(), w.vendor, q.ID, v.Edition, "please")
		w.wants(fault.KindConflict, err, "reinstate while staff is missing")
		w.engineer("eve", "2028-06-01", "H3CNE")
		w.drain()
		if v := w.qualification(q.ID); v.State != Valid || v.StandingLevel != "" || w.heard("qualification.reinstated") != 1 {
			t.Errorf("after the refill: %+v", v.Qualification)
		}
	})
}

func TestALapseOpensWatchAndVacancyOnItsDay(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		w.engineer("bob", "2026-10-15", "H3CSE")
		w.engineer("ann", "2026-10-20", "H3CNE")
		q := w.granted("four-star")
		w.travel("2026-10-21")
		if v := w.qualification(q.ID); v.Watched() || len(v.Vacancies) != 0 {
			t.Errorf("others fill the places: watched %v, %d vacancies", v.Watched(), len(v.Vacancies))
		}
	})
	each(t, func(w *world) {
		w.crew("2026-10-15")
		w.engineer("zoe", "2028-06-01", "H3CNE")
		q := w.granted("three-star")
		w.travel("2026-10-15")
		var lapsing []CertificateLapsing
		for _, e := range w.told {
			if e.Kind == "certificate.lapsing" {
				x, err := outbox.As[CertificateLapsing](e)
				w.must(err)
				lapsing = append(lapsing, x)
			}
		}
		if len(lapsing) == 0 || len(lapsing[0].Lines) == 0 || lapsing[0].DaysLeft != 90 {
			t.Fatalf("warned: %+v", lapsing)
		}
		if v := w.qualification(q.ID); v.Watched() {
			t.Errorf("watched on the last day of the certificates")
		}
		w.travel("2026-10-16")
		v := w.qualification(q.ID)
		if !v.Watched() || v.WatchLine != "senior-engineer" || len(v.Vacancies) == 0 {
			t.Errorf("the day after: %+v, %d vacancies", v.Qualification, len(v.Vacancies))
		}
		for _, x := range v.Vacancies {
			if x.OpenedOn != day("2026-10-16") || x.Reason != Lapse {
				t.Errorf("vacancy: %+v", x)
			}
		}
		if w.heard("exit.due") == 0 {
			t.Error("nobody was asked to report the lapse")
		}
		// Friday 16 October: the report is due on Wednesday 21.
		w.travel("2026-10-21")
		if n := w.heard("exit.overdue"); n != 0 {
			t.Errorf("overdue on the last day: %d", n)
		}
		w.travel("2026-10-22")
		if n := w.heard("exit.overdue"); n == 0 {
			t.Error("not overdue the day after")
		}
	})
}

func TestARosterFileThatSaysSomebodyLeftRaisesTheDuty(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		spare := w.engineer("sam", "2028-06-01", "H3CSE") // not needed: the star stays, the duty doesn't go away
		q := w.granted("four-star")
		w.travel("2026-04-13")
		w.must(w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := w.roster.EndBinding(w.ctx(), tx, w.partner, w.partner.Account, spare, day("2026-04-13"))
			return err
		}))
		w.drain()
		v := w.qualification(q.ID)
		if len(v.Exits) != 1 || v.Exits[0].Person != spare || !v.Exits[0].Open() || v.Watched() {
			t.Fatalf("exits: %+v, watched %v", v.Exits, v.Watched())
		}
		w.travel("2026-04-17")
		v = w.qualification(q.ID)
		if !v.Watched() || v.WatchLine != ReportOverdue {
			t.Errorf("after the report's time: %+v", v.Qualification)
		}
		x, err := w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: spare, On: day("2026-04-13"), Reason: Leaving})
		w.must(err)
		w.drain()
		if v := w.qualification(q.ID); v.Watched() || x.ID != v.Exits[0].ID || !v.Exits[0].Late(w.c.Now()) {
			t.Errorf("after the report: watched %v, %+v", v.Watched(), v.Exits)
		}
	})
}

func TestACriticalEventBarsOrDelaysTheRenewal(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2029-06-01")
		q := w.granted("two-star")
		w.travel("2026-09-01")
		x, err := w.s.RecordCritical(w.ctx(), w.vendor, NewCritical{Partner: q.Account, Program: "h3c-star", OccurredOn: day("2026-08-30"),
			Summary: "Misuse of an engineer's account", Effect: Bar})
		w.must(err)
		w.travel("2027-01-11")
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.wants(fault.KindConflict, err, "renewal while barred")
		w.must(w.s.LiftCritical(w.ctx(), w.vendor, q.Account, x.ID, "settled"))
		w.wants(fault.KindConflict, w.s.LiftCritical(w.ctx(), w.vendor, q.Account, x.ID, "settled"), "lift twice")
		_, err = w.s.RecordCritical(w.ctx(), w.vendor, NewCritical{Partner: q.Account, OccurredOn: day("2027-01-05"),
			Summary: "Another", Effect: Delay, Until: day("2027-02-01")})
		w.must(err)
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.wants(fault.KindConflict, err, "renewal while delayed")
		w.travel("2027-02-01")
		a := w.submitted("two-star")
		_, err = w.s.RecordCritical(w.ctx(), w.vendor, NewCritical{Partner: q.Account, OccurredOn: day("2027-02-01"), Summary: "Third", Effect: Bar})
		w.must(err)
		a, err = w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		_, err = w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
		w.wants(fault.KindConflict, err, "approve a barred renewal")
	})
}

func TestTheVendorSuspendsReinstatesAndCancels(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2029-06-01")
		q := w.granted("two-star")
		_, err := w.s.Suspend(w.ctx(), w.vendor, q.ID, q.Edition, " ")
		w.wants(fault.KindInvalid, err, "suspend without a reason")
		_, err = w.s.Suspend(w.ctx(), w.partner, q.ID, q.Edition, "x")
		w.wants(fault.KindDenied, err, "suspend by the partner")
		s, err := w.s.Suspend(w.ctx(), w.vendor, q.ID, q.Edition, "investigation")
		w.must(err)
		w.drain()
		if v := w.qualification(q.ID); v.State != Suspended || !v.Can.Reinstate {
			t.Errorf("suspended: %+v %+v", v.Qualification, v.Can)
		}
		_, err = w.s.Cancel(w.ctx(), w.vendor, q.ID, q.Edition, "stale")
		w.wants(fault.KindConflict, err, "cancel on a stale page")
		s, err = w.s.Reinstate(w.ctx(), w.vendor, q.ID, s.Edition, "cleared")
		w.must(err)
		s, err = w.s.Cancel(w.ctx(), w.vendor, q.ID, s.Edition, "false certificates")
		w.must(err)
		_, err = w.s.Reinstate(w.ctx(), w.vendor, q.ID, s.Edition, "sorry")
		w.wants(fault.KindConflict, err, "reinstate a cancelled one")
		pub, err := w.s.Verify(w.ctx(), q.Number)
		w.must(err)
		if pub.Good || pub.Status != StatusCancelled {
			t.Errorf("verify: %+v", pub)
		}
		w.submitted("two-star")
	})
}

func TestFactsAreKeptByInstant(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2029-06-01")
		before := w.c.Now()
		w.travel("2026-04-01")
		f, err := w.s.ServiceFacts(w.ctx(), w.partner, w.partner.Account, time.Time{})
		w.must(err)
		stale := f
		f.Hotline, f.HotlineNumber = program.HotlineNone, ""
		w.must(w.s.SetFacts(w.ctx(), w.partner, w.partner.Account, f))
		w.wants(fault.KindConflict, w.s.SetFacts(w.ctx(), w.partner, w.partner.Account, stale), "facts read before a change")
		then, err := w.s.Evaluate(w.ctx(), w.vendor, w.partner.Account, "h3c-star", before, program.Hold)
		w.must(err)
		now, err := w.s.Evaluate(w.ctx(), w.vendor, w.partner.Account, "h3c-star", time.Time{}, program.Hold)
		w.must(err)
		if then.Evaluation.BestLevel != "four-star" || now.Evaluation.BestLevel != "" {
			t.Errorf("best level then %q, now %q; want four-star and none", then.Evaluation.BestLevel, now.Evaluation.BestLevel)
		}
		f, err = w.s.ServiceFacts(w.ctx(), w.partner, w.partner.Account, time.Time{})
		w.must(err)
		bad := ServiceFacts{Hotline: "always", ServiceEmail: "nobody", ServiceManager: "bnd_x", EventsAttended: -1, Credits: 1 << 40,
			Projects: []Project{{}}, Laboratory: []string{"spaceship"}, EffectiveAt: f.EffectiveAt}
		want := []string{"credits", "events_attended", "hotline", "hotline_number", "laboratory", "projects.0.finished_on",
			"projects.0.list_price_usd", "projects.0.name", "service_email", "service_manager"}
		if diff := cmp.Diff(want, refused(w.s.SetFacts(w.ctx(), w.partner, w.partner.Account, bad))); diff != "" {
			t.Errorf("refused (-want +got):\n%s", diff)
		}
	})
}

func TestTwoPassesAtOnceOpenAVacancyOnce(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		w.must(w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := w.roster.EndBinding(w.ctx(), tx, w.partner, w.partner.Account, ids["ada"], day("2026-03-06"))
			return err
		}))
		errs := make(chan error, 4)
		for range 4 {
			go func() { errs <- w.s.Refresh(w.ctx(), w.partner.Account) }()
		}
		for range 4 {
			w.must(<-errs)
		}
		seen := map[string]bool{}
		for _, x := range w.qualification(q.ID).Vacancies {
			if seen[x.Line] {
				t.Errorf("two vacancies of %s", x.Line)
			}
			seen[x.Line] = true
		}
		if len(seen) != 2 {
			t.Errorf("vacancies of %v, want of a senior place and the number of persons", seen)
		}
	})
}

// TestAPartnerIsNeverLookedAtAsItWasBeforeTheLastLook has nights that were missed come after a grant, as when a server was
// off: three days ago the engineers weren't there, which is nobody's business any more. What an earlier event brings still
// counts, as of the last look.
func TestAPartnerIsNeverLookedAtAsItWasBeforeTheLastLook(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		w.drain()
		mark, before := len(w.told), w.qualification(q.ID)
		results, err := w.s.Results(w.ctx(), w.partner, w.partner.Account)
		w.must(err)
		late := w.c.Now().AddDate(0, 0, -3)
		for range 2 {
			_, err = w.s.RefreshAll(w.ctx(), late)
			w.must(err)
			w.must(w.s.Daily(w.ctx(), late))
			w.drain()
		}
		if told := w.since(mark); len(told) > 0 {
			t.Errorf("a night of three days ago told %v", told)
		}
		after := w.qualification(q.ID)
		if again, err := w.s.Results(w.ctx(), w.partner, w.partner.Account); err != nil || !slices.Equal(again, results) || after.Edition != before.Edition {
			t.Errorf("results %v, edition %d, %v; want %v and %d", again, after.Edition, err, results, before.Edition)
		}

		w.travel("2026-03-10")
		_, err = w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["cy"], On: day("2026-03-10"), Reason: Transfer})
		w.must(err)
		eve := w.engineer("eve", "2028-06-01", "H3CIE")
		w.must(w.d.UpdateAt(w.ctx(), w.c.Now().Add(-time.Hour), func(tx *db.Tx) error { return w.s.settle(w.ctx(), tx, w.partner.Account) }))
		v := w.qualification(q.ID)
		for _, x := range v.Vacancies {
			if x.State != VacancyFilled || x.FilledBy != eve || !x.ClosedAt.Equal(w.c.Now()) {
				t.Errorf("vacancy: %+v, want filled by eve, now", x)
			}
		}
		if len(v.Vacancies) == 0 || v.Watched() {
			t.Errorf("%d vacancies, watched %v", len(v.Vacancies), v.Watched())
		}
	})
}

func TestSomebodyWhoDoesOtherWorkIsToBeReported(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		q := w.granted("four-star")
		w.travel("2026-03-10")
		b, err := w.roster.Binding(w.ctx(), w.d.Read(), w.partner.Account, ids["bo"])
		w.must(err)
		w.must(w.roster.Correct(w.ctx(), w.partner, w.partner.Account, b.ID, b.Revision, roster.Entry{Number: b.Number, Name: b.Name,
			Email: b.Email, BoundOn: b.BoundOn, Registered: false}))
		w.drain()
		v := w.qualification(q.ID)
		if len(v.Exits) != 1 || v.Exits[0].Reason != Transfer || v.Exits[0].ExitOn != day("2026-03-10") || !v.Watched() {
			t.Errorf("exits %+v, watched %v", v.Exits, v.Watched())
		}
	})
}
