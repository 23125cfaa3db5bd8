package round_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/outbox"
)

func date(m time.Month, d int) calendar.Day { return calendar.Date(year, m, d) }

// TestAYearOfReview goes through the window, a correction, the decisions and the results.
func TestAYearOfReview(t *testing.T) {
	each(t, func(w *world) {
		good, late, bad := w.holder("Good"), w.holder("Late"), w.holder("Bad")
		told := map[string][]string{}
		for _, k := range []string{"round.opened", "round.reminder", "round.returned", "round.overdue", "round.result"} {
			w.runner.On(k, "test."+k, func(_ context.Context, _ *db.Tx, e outbox.Event) error {
				x, err := outbox.As[round.EntryChanged](e)
				told[x.PartnerName] = append(told[x.PartnerName], k[len("round."):]+":"+string(x.State))
				return err
			})
		}
		r := w.plan()
		w.travel(date(time.October, 31))
		if own, _ := w.s.Own(t.Context(), good, good.Account); len(own) != 0 || r.State != round.Planned {
			t.Fatalf("before the window: %d entries, %s", len(own), r.State)
		}
		w.travel(date(time.November, 1))
		cloud := w.caseOf(good, true)
		w.submit(good, cloud)
		e := w.submit(bad, w.caseOf(bad, false))
		if _, err := w.s.Pass(t.Context(), w.reviewer, e.ID, e.Edition); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a case that didn't run on Huawei Cloud passes: %v", err)
		}
		e, err := w.s.Return(t.Context(), w.reviewer, e.ID, e.Edition, []string{"A case on Huawei Cloud, please."})
		w.must(err)
		w.travel(date(time.December, 16))
		if got := w.entry(late).State; got != round.Overdue || !w.holds(late) {
			t.Errorf("not handed in: %s, still held %v; want overdue and held until the results", got, w.holds(late))
		}
		e = w.submit(bad, w.caseOf(bad, false))
		e, err = w.s.Fail(t.Context(), w.reviewer, e.ID, e.Edition, []string{"Still no case on Huawei Cloud."})
		w.must(err)
		g := w.entry(good)
		_, err = w.s.Pass(t.Context(), w.reviewer, g.ID, g.Edition)
		w.must(err)
		if v, err := w.s.Entry(t.Context(), bad, e.ID); err != nil || v.Verdict != "" || v.State != round.UnderReview {
			t.Errorf("the partner sees the verdict before the day of results: %s %s %v", v.State, v.Verdict, err)
		}
		if !w.holds(bad) {
			t.Error("a stage is gone before the day of results")
		}
		w.travel(calendar.Date(year+1, time.January, 31))
		for by, want := range map[*actor.Actor]round.EntryState{&good: round.Passed, &late: round.Overdue, &bad: round.Failed} {
			if got := w.entry(*by).State; got != want || w.holds(*by) != (want == round.Passed) {
				t.Errorf("at the end: %s, held %v; want %s", got, w.holds(*by), want)
			}
		}
		want := map[string][]string{
			"Good": {"opened:to_submit", "result:passed"},
			"Late": {"opened:to_submit", "reminder:to_submit", "reminder:to_submit", "reminder:to_submit", "reminder:to_submit", "overdue:overdue", "result:overdue"},
			"Bad":  {"opened:to_submit", "returned:materials_to_update", "reminder:materials_to_update", "result:failed"},
		}
		for name := range want {
			if got := told[name]; !slices.Equal(got, want[name]) {
				t.Errorf("%s was told %v, want %v", name, got, want[name])
			}
		}
		if rounds, _ := w.s.Rounds(t.Context(), good); rounds[0].State != round.Finished {
			t.Errorf("the round is %s", rounds[0].State)
		}
	})
}

func TestACorrectionThatDoesNotComeIsOverdue(t *testing.T) {
	each(t, func(w *world) {
		by := w.holder("North")
		w.plan()
		w.travel(date(time.November, 1))
		e := w.submit(by, w.caseOf(by, true))
		_, err := w.s.Return(t.Context(), w.reviewer, e.ID, e.Edition, []string{"Say more."})
		w.must(err)
		w.travel(date(time.December, 31))
		if got := w.entry(by).State; got != round.ToUpdate {
			t.Errorf("on the last day for changes: %s", got)
		}
		w.travel(calendar.Date(year+1, time.January, 1))
		if got := w.entry(by).State; got != round.Overdue {
			t.Errorf("the day after: %s, want overdue", got)
		}
	})
}

// TestResultsWaitForTheLastDecision: on the day of results with somebody undecided the vendor is told, and nothing
// takes effect.
func TestResultsWaitForTheLastDecision(t *testing.T) {
	each(t, func(w *world) {
		by := w.holder("North")
		alarms := 0
		w.runner.On("round.undecided", "test.undecided", func(context.Context, *db.Tx, outbox.Event) error { alarms++; return nil })
		r := w.plan()
		w.travel(date(time.November, 1))
		e := w.submit(by, w.caseOf(by, true))
		w.travel(calendar.Date(year+1, time.February, 1))
		if alarms != 2 { // on the day, and on the next
			t.Errorf("%d alarms, want 2", alarms)
		}
		v, err := w.s.Round(t.Context(), w.manager, r.ID)
		w.must(err)
		if _, err := w.s.Publish(t.Context(), w.manager, r.ID, v.Edition); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Publish with an undecided entry: %v", err)
		}
		e, err = w.s.Pass(t.Context(), w.reviewer, e.ID, e.Edition)
		w.must(err)
		_, err = w.s.Publish(t.Context(), w.manager, r.ID, v.Edition)
		w.must(err)
		w.drain()
		if got := w.entry(by).State; got != round.Passed || !w.holds(by) {
			t.Errorf("after Publish: %s, held %v", got, w.holds(by))
		}
	})
}

func TestALineLostBeforeTheDecisionStopsPassing(t *testing.T) {
	each(t, func(w *world) {
		by := w.holder("North")
		w.plan()
		w.travel(date(time.November, 1))
		w.hotline(by, program.HotlineNone)
		e := w.submit(by, w.caseOf(by, true)) // lines may be mended until the last day for changes
		v, err := w.s.Entry(t.Context(), w.reviewer, e.ID)
		w.must(err)
		if v.Then == nil || v.Then.Met || !slices.Equal(v.Now.Unmet(), []string{"hotline"}) {
			t.Errorf("computed: then %+v, unmet now %v", v.Then, v.Now.Unmet())
		}
		if _, err := w.s.Pass(t.Context(), w.reviewer, e.ID, e.Edition); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Pass with a lost line: %v", err)
		}
		w.hotline(by, program.Hotline5x8)
		_, err = w.s.Pass(t.Context(), w.reviewer, e.ID, e.Edition)
		w.must(err)
	})
}

func TestWhatIsMissingWhenHandingInIsSaid(t *testing.T) {
	each(t, func(w *world) {
		by := w.holder("North")
		w.plan()
		w.travel(date(time.November, 1))
		e := w.entry(by)
		_, err := w.s.Submit(t.Context(), by, e.ID, e.Edition, nil)
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "materials" {
			t.Errorf("without a case: %v", err)
		}
		_, err = w.s.Submit(t.Context(), by, e.ID, e.Edition, []string{"mat_unknown"})
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("with a material that isn't there: %v", err)
		}
		other := w.Partner("South")
		if _, err := w.s.Submit(t.Context(), other, e.ID, e.Edition, nil); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger hands in: %v", err)
		}
		if _, err := w.s.Entry(t.Context(), other, e.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger reads: %v", err)
		}
	})
}

func TestBadPlansAreRefusedWhole(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.s.Plan(t.Context(), w.manager, round.Plan{Year: 1, Scopes: []round.Scope{{Program: "h3c-star", Level: "two-star"}, {Program: "path-test", Level: "selected"}},
			Days: round.Days{OpensOn: date(time.May, 2), ClosesOn: date(time.May, 1), ResultOn: date(time.June, 1)}})
		var got []string
		if f := fault.Of(err); f != nil {
			for _, x := range f.Fields {
				got = append(got, x.Name)
			}
		}
		if want := []string{"year", "scope", "scope", "closes_on", "changes_until", "closes_on"}; !slices.Equal(got, want) {
			t.Errorf("refused %v, want %v", got, want)
		}
	})
}

func TestDaysOfARunningRoundOnlyComeLater(t *testing.T) {
	each(t, func(w *world) {
		r := w.plan()
		w.travel(date(time.November, 2))
		list, err := w.s.Rounds(t.Context(), w.manager)
		w.must(err)
		r = list[0]
		d := r.Days
		d.ClosesOn = d.ClosesOn.AddDays(-1)
		if _, err := w.s.Change(t.Context(), w.manager, r.ID, r.Edition, round.Plan{Year: r.Year, Scopes: r.Scopes, Days: d}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a window that closes earlier than promised: %v", err)
		}
		d.ClosesOn = r.Days.ClosesOn.AddDays(3)
		changed, err := w.s.Change(t.Context(), w.manager, r.ID, r.Edition, round.Plan{Days: d})
		if err != nil || changed.Days.ClosesOn != d.ClosesOn || changed.Year != year {
			t.Errorf("three days longer: %+v, %v", changed, err)
		}
		_, err = w.s.Change(t.Context(), w.manager, r.ID, r.Edition, round.Plan{Days: d})
		if fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a stale page: %v", err)
		}
	})
}

func TestHandingInTwiceAtOnceCountsOnce(t *testing.T) {
	each(t, func(w *world) {
		by := w.holder("North")
		w.plan()
		w.travel(date(time.November, 1))
		m, e := w.caseOf(by, true), w.entry(by)
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() { _, errs[i] = w.s.Submit(t.Context(), by, e.ID, e.Edition, []string{m}) })
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if fault.KindOf(err) != fault.KindConflict {
				t.Errorf("the slower click: %v", err)
			}
		}
		uses, err := material.OfApplication(t.Context(), w.DB.Read(), by.Account, e.ID)
		if won != 1 || err != nil || len(uses) != 1 {
			t.Errorf("%d handed in, %d materials, %v", won, len(uses), err)
		}
	})
}

func TestEveryHolderGetsOneEntryHoweverOftenTheClockRuns(t *testing.T) {
	each(t, func(w *world) {
		for _, n := range []string{"A", "B", "C"} {
			w.holder("Partner " + n)
		}
		r := w.plan()
		w.travel(date(time.November, 1))
		w.must(w.s.Daily(t.Context(), w.DB.Clock().Now()))
		w.drain()
		v, err := w.s.Round(t.Context(), w.manager, r.ID)
		w.must(err)
		if v.Counts.All() != 3 || v.Counts.By[round.ToSubmit] != 3 {
			t.Errorf("counts %+v", v.Counts)
		}
		var seen []string
		for after := ""; ; {
			list, next, err := w.s.Entries(t.Context(), w.manager, round.Filter{Round: r.ID, After: after, Limit: 2})
			w.must(err)
			for _, e := range list {
				seen = append(seen, e.PartnerName)
			}
			if after = next; after == "" {
				break
			}
		}
		slices.Sort(seen)
		if !slices.Equal(seen, []string{"Partner A", "Partner B", "Partner C"}) {
			t.Errorf("paged: %v", seen)
		}
	})
}
