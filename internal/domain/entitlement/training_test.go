package entitlement_test

import (
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
)

func session(at time.Time) entitlement.Session {
	return entitlement.Session{TitleEN: "Containers", TitleZH: "容器", Mode: entitlement.Online, Place: "https://meet.vendor.example/1", StartsAt: at, Minutes: 90}
}

func (w *world) session(at time.Time) entitlement.Session {
	w.t.Helper()
	x, err := w.s.PlanSession(w.t.Context(), w.desk, session(at))
	fixture.Must(w.t, err)
	return x
}

func TestATrainingIsTakenFromTheMonthInWhichItIsHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, account := t.Context(), w.partner.Account
		w.plan(entitlement.Standard, 12)
		n, err := w.s.StateNeed(ctx, w.partner, entitlement.Need{Topic: "Containers", Mode: entitlement.Online, People: 2, Contact: "Lin Yu", Email: "lin@north.example"})
		fixture.Must(t, err)
		in := session((start + 3).Time().Add(15 * time.Hour))
		in.Needs = []string{n.ID}
		now, err := w.s.PlanSession(ctx, w.desk, in)
		fixture.Must(t, err)
		if err := w.s.WithdrawNeed(ctx, w.partner, n.ID); kind(err) != fault.KindConflict {
			t.Errorf("a need with a session was withdrawn: %v", err)
		}
		second := w.session((start + 4).Time().Add(15 * time.Hour))
		april := w.session(calendar.Date(2026, time.April, 8).Time().Add(15 * time.Hour))
		fixture.Must(t, w.s.Join(ctx, w.partner, account, now.ID))
		w.wantWhy("a second training of March", w.s.Join(ctx, w.partner, account, second.ID), entitlement.NoneLeft)
		fixture.Must(t, w.s.Join(ctx, w.partner, account, april.ID))
		fixture.Must(t, w.s.Leave(ctx, w.partner, account, now.ID))
		fixture.Must(t, w.s.Join(ctx, w.partner, account, second.ID))
		fixture.Must(t, w.s.CancelSession(ctx, w.desk, april.ID, april.Edition))
		w.drain()
		if w.told["training.planned"] != 3 || w.told["training.cancelled"] != 1 || w.told["training.asked"] != 1 {
			t.Errorf("told: %v", w.told)
		}
		w.travel(start + 5)
		if err := w.s.Leave(ctx, w.partner, account, second.ID); kind(err) != fault.KindConflict {
			t.Errorf("left after it was held: %v", err)
		}
		used, err := entitlement.Used(ctx, w.d.Read(), account, start.Time())
		if err != nil || !used {
			t.Errorf("used: %v, %v", used, err)
		}
		w.travel(calendar.Date(2026, time.April, 2))
		w.want("April's training came back", entitlement.Training, 1)
	})
}

func trainingsAtASiteAreForPremium(t *testing.T, w *world) {
	ctx := t.Context()
	in := session((start + 3).Time().Add(15 * time.Hour))
	in.Mode = entitlement.Onsite
	x, err := w.s.PlanSession(ctx, w.desk, in)
	fixture.Must(t, err)
	w.wantWhy("without a plan", w.s.Join(ctx, w.partner, w.partner.Account, x.ID), entitlement.NoPlan)
	w.plan(entitlement.Standard, 1)
	field(t, "with STANDARD", w.s.Join(ctx, w.partner, w.partner.Account, x.ID), "mode")
	w.plan(entitlement.Premium, 1)
	fixture.Must(t, w.s.Join(ctx, w.partner, w.partner.Account, x.ID))
	w.plan(entitlement.Basic, 0) // the plan ends before the training
	y, err := w.s.Session(ctx, w.partner, w.partner.Account, x.ID)
	if err != nil || y.Mine {
		t.Errorf("the seat outlives the plan: %+v, %v", y, err)
	}
}

func TestACalendarFileHasAnEntryForEachRunOfWorkingDays(t *testing.T) {
	r := entitlement.Request{ID: "pdr_1", Unit: entitlement.Consulting, Dates: entitlement.Dates{First: start + 3, Last: start + 8}, Topic: "Move; a long, long way to the container service of this vendor", State: entitlement.Approved, Edition: 4}
	got := r.Calendar("zh-Hans", "partner.example", start.Time())
	for _, want := range []string{"DTSTART;VALUE=DATE:20260312\r\nDTEND;VALUE=DATE:20260314\r\n", "DTSTART;VALUE=DATE:20260316\r\nDTEND;VALUE=DATE:20260318\r\n", "UID:pdr_1-b@partner.example\r\n",
		"SEQUENCE:4\r\n", `Move\; a long\, long way`, "DTSTAMP:20260308T160000Z\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the file lacks %q:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "BEGIN:VEVENT"); n != 2 {
		t.Errorf("%d entries from Thursday to Tuesday, want 2", n)
	}
	for line := range strings.SplitSeq(got, "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	if whole := strings.ReplaceAll(got, "\r\n ", ""); !strings.Contains(whole, "SUMMARY:架构咨询工作日：Move") {
		t.Errorf("folding broke the words:\n%s", got)
	}
	r.State = entitlement.Withdrawn
	if got := r.Calendar("en", "partner.example", start.Time()); strings.Count(got, "STATUS:CANCELLED") != 2 {
		t.Errorf("a withdrawn request doesn't cancel its entries:\n%s", got)
	}
}
