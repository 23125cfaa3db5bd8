package material_test

import (
	"bytes"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

type world struct {
	*fixture.World
	s        *material.Service
	clock    *clock.Manual
	partner  actor.Actor
	reviewer actor.Actor
}

var pdf = []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		f := fixture.New(t, d)
		test(t, &world{World: f, s: material.New(d, files, calendar.Standard()), clock: c, partner: f.Partner("North"), reviewer: f.VendorUser(actor.Reviewer)})
	})
}

func (w *world) today() calendar.Day { return calendar.DayOf(w.DB.Clock().Now()) }

func (w *world) fields() material.Fields {
	return material.Fields{Title: "Bank moves to the cloud", Summary: "Two hundred servers.", Customer: "Bank", FinishedOn: w.today().AddDays(-30), HuaweiCloud: true}
}

// draft makes a case with a file.
func (w *world) draft(t *testing.T) material.Material {
	t.Helper()
	m, err := w.s.Create(t.Context(), w.partner, material.NewMaterial{Partner: w.partner.Account, Kind: material.Case, Fields: w.fields()})
	fixture.Must(t, err)
	_, err = w.s.AddFile(t.Context(), w.partner, m.ID, "case.pdf", bytes.NewReader(pdf))
	fixture.Must(t, err)
	return w.read(t, m.ID).Material
}

func (w *world) read(t *testing.T, id string) material.View {
	t.Helper()
	v, err := w.s.Material(t.Context(), w.partner, id)
	fixture.Must(t, err)
	return v
}

func (w *world) submit(t *testing.T, m material.Material) material.Material {
	t.Helper()
	m, err := w.s.Submit(t.Context(), w.partner, m.ID, m.Edition)
	fixture.Must(t, err)
	return m
}

func (w *world) pass(t *testing.T, m material.Material) material.Material {
	t.Helper()
	m, err := w.s.Pass(t.Context(), w.reviewer, m.ID, m.Edition)
	fixture.Must(t, err)
	return m
}

func (w *world) facts(t *testing.T, at time.Time) []program.Material {
	t.Helper()
	one, err := material.Facts(t.Context(), w.DB.Read(), w.partner.Account, at)
	fixture.Must(t, err)
	var all []program.Material
	fixture.Must(t, material.EachFact(t.Context(), w.DB.Read(), at, func(partner string, m program.Material) error {
		if partner == w.partner.Account {
			all = append(all, m)
		}
		return nil
	}))
	if !slices.Equal(one, all) {
		t.Fatalf("Facts %v, EachFact %v", one, all)
	}
	return one
}

func TestAMaterialIsReturnedOnceCorrectedAndPasses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.submit(t, w.draft(t))
		if m.State != material.UnderReview || m.ReviewDue.IsZero() {
			t.Fatalf("after Submit: %+v", m)
		}
		m, err := w.s.Fail(t.Context(), w.reviewer, m.ID, m.Edition, []string{"The customer is not named in the file.", " "})
		fixture.Must(t, err)
		if m.State != material.Failed || m.Version != 2 || len(m.Reasons) != 1 {
			t.Fatalf("after Fail: %+v", m)
		}
		f := m.Fields
		f.Customer = "Bank of the North"
		m, err = w.s.Save(t.Context(), w.partner, m.ID, m.Edition, f)
		fixture.Must(t, err)
		m = w.pass(t, w.submit(t, m))
		v := w.read(t, m.ID)
		if m.PassedVersion != 2 || len(v.Editions) != 2 || v.Editions[1].Result != "failed" || v.Editions[1].Fields.Customer != "Bank" || len(v.Editions[0].Files) != 1 {
			t.Errorf("versions: %+v", v.Editions)
		}
		got := w.facts(t, w.DB.Clock().Now())
		want := []program.Material{{ID: m.ID, Kind: "case", PassedOn: w.today(), FinishedOn: w.today().AddDays(-30), HuaweiCloud: true}}
		if !slices.Equal(got, want) {
			t.Errorf("facts %v, want %v", got, want)
		}
		if past := w.facts(t, w.DB.Clock().Now().AddDate(0, 0, -1)); len(past) != 0 {
			t.Errorf("facts of yesterday: %v", past)
		}
	})
}

func TestThePassedVersionCountsUntilTheNextOnePasses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.pass(t, w.submit(t, w.draft(t)))
		w.clock.Advance(48 * time.Hour)
		m, err := w.s.Revise(t.Context(), w.partner, m.ID, m.Edition)
		fixture.Must(t, err)
		f := m.Fields
		f.HuaweiCloud, f.URL = false, "https://news.example/bank"
		m, err = w.s.Save(t.Context(), w.partner, m.ID, m.Edition, f)
		fixture.Must(t, err)
		m = w.submit(t, m)
		if got := w.facts(t, w.DB.Clock().Now()); len(got) != 1 || !got[0].HuaweiCloud {
			t.Errorf("while version 2 is under review: %v", got)
		}
		between := w.DB.Clock().Now()
		w.clock.Advance(24 * time.Hour)
		w.pass(t, m)
		if got := w.facts(t, w.DB.Clock().Now()); len(got) != 1 || got[0].HuaweiCloud || !got[0].Published {
			t.Errorf("after version 2 passed: %v", got)
		}
		if got := w.facts(t, between); len(got) != 1 || !got[0].HuaweiCloud {
			t.Errorf("as of the day before: %v", got)
		}
	})
}

func TestGivingUpARevisionBringsThePassedVersionBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.pass(t, w.submit(t, w.draft(t)))
		for range 2 { // the number of a version that was handed in is never used again
			var err error
			m, err = w.s.Revise(t.Context(), w.partner, m.ID, m.Edition)
			fixture.Must(t, err)
			m = w.submit(t, m)
			m, err = w.s.Fail(t.Context(), w.reviewer, m.ID, m.Edition, []string{"Not enough."})
			fixture.Must(t, err)
			m, err = w.s.Withdraw(t.Context(), w.partner, m.ID, m.Edition)
			fixture.Must(t, err)
			if m.State != material.Passed || m.Version != 1 || len(w.read(t, m.ID).Files) != 1 {
				t.Fatalf("after Withdraw: %+v", m)
			}
		}
		if v := w.read(t, m.ID); len(v.Editions) != 3 || v.Editions[0].Version != 3 {
			t.Errorf("versions: %+v", v.Editions)
		}
		if got := w.facts(t, w.DB.Clock().Now()); len(got) != 1 {
			t.Errorf("facts: %v", got)
		}
	})
}

func TestARevokedMaterialCountsNoLonger(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.pass(t, w.submit(t, w.draft(t)))
		then := w.DB.Clock().Now()
		w.clock.Advance(24 * time.Hour)
		m, err := w.s.Revoke(t.Context(), w.reviewer, m.ID, m.Edition, []string{"The customer denies the project."})
		fixture.Must(t, err)
		if m.State != material.Failed || m.PassedVersion != 0 || m.Version != 2 {
			t.Errorf("after Revoke: %+v", m)
		}
		if got := w.facts(t, w.DB.Clock().Now()); len(got) != 0 {
			t.Errorf("facts: %v", got)
		}
		if got := w.facts(t, then); len(got) != 1 {
			t.Errorf("facts as of the day before: %v", got)
		}
	})
}

func TestWhatIsMissingIsToldAtOnce(t *testing.T) {
	for _, c := range []struct {
		kind   material.Kind
		change func(*material.Fields)
		file   bool
		want   []string
	}{
		{material.Case, func(f *material.Fields) {}, true, nil},
		{material.Case, func(f *material.Fields) { f.HuaweiCloud = false }, true, []string{"url"}},
		{material.Case, func(f *material.Fields) { f.HuaweiCloud, f.URL = false, "https://news.example/x" }, true, nil},
		{material.Case, func(f *material.Fields) { f.Summary, f.Customer, f.FinishedOn = "", "", calendar.None }, false, []string{"summary", "customer", "finished_on", "file"}},
		{material.Case, func(f *material.Fields) { f.FinishedOn = f.FinishedOn.AddDays(31) }, true, []string{"finished_on"}},
		{material.BusinessPlan, func(f *material.Fields) {}, true, []string{"period_until"}},
		{material.BusinessPlan, func(f *material.Fields) {
			f.PeriodFrom, f.PeriodUntil = f.FinishedOn, f.FinishedOn.AddYears(1)
		}, true, nil},
		{material.Solution, func(f *material.Fields) { f.Customer = "" }, true, nil},
		{material.Offering, func(f *material.Fields) { f.FinishedOn = calendar.None }, true, []string{"finished_on"}},
	} {
		each(t, func(t *testing.T, w *world) {
			f := w.fields()
			c.change(&f)
			m, err := w.s.Create(t.Context(), w.partner, material.NewMaterial{Partner: w.partner.Account, Kind: c.kind, Fields: f})
			fixture.Must(t, err)
			if c.file {
				_, err = w.s.AddFile(t.Context(), w.partner, m.ID, "a.pdf", bytes.NewReader(pdf))
				fixture.Must(t, err)
				m.Edition++
			}
			_, err = w.s.Submit(t.Context(), w.partner, m.ID, m.Edition)
			if got := names(err); !slices.Equal(got, c.want) {
				t.Errorf("Submit(%s %+v): refused %v (%v), want %v", c.kind, f, got, err, c.want)
			}
		})
	}
}

func names(err error) (out []string) {
	if f := fault.Of(err); f != nil {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	return out
}

func TestBadEntriesAreRefusedWhereTheyStand(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f := w.fields()
		f.Title, f.URL, f.Summary = " ", "javascript:alert(1)", string(bytes.Repeat([]byte("x"), 4001))
		_, err := w.s.Create(t.Context(), w.partner, material.NewMaterial{Partner: w.partner.Account, Kind: "poem", Fields: f})
		if got, want := names(err), []string{"kind", "summary", "title", "url"}; !slices.Equal(got, want) {
			t.Errorf("refused %v, want %v", got, want)
		}
		m := w.draft(t)
		if _, err := w.s.AddFile(t.Context(), w.partner, m.ID, "x.exe", bytes.NewReader([]byte("MZ\x00\x01"))); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a program as evidence: %v", err)
		}
		m = w.submit(t, m)
		if _, err := w.s.Fail(t.Context(), w.reviewer, m.ID, m.Edition, []string{" "}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("Fail without a reason: %v", err)
		}
	})
}

func TestStrangersSeeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.draft(t)
		other := w.Partner("South")
		ctx := t.Context()
		for name, err := range map[string]error{
			"Material": second(w.s.Material(ctx, other, m.ID)),
			"Save":     second(w.s.Save(ctx, other, m.ID, m.Edition, w.fields())),
			"Submit":   second(w.s.Submit(ctx, other, m.ID, m.Edition)),
			"AddFile":  second(w.s.AddFile(ctx, other, m.ID, "a.pdf", bytes.NewReader(pdf))),
			"List":     third(w.s.List(ctx, other, material.Filter{Account: w.partner.Account})),
			"Create":   second(w.s.Create(ctx, other, material.NewMaterial{Partner: w.partner.Account, Kind: material.Case, Fields: w.fields()})),
		} {
			if fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("%s of a stranger: %v", name, err)
			}
		}
		if _, err := w.s.Pass(ctx, w.partner, m.ID, m.Edition); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner passes its own material: %v", err)
		}
	})
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

func TestOfTwoReviewersOneDecides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		m := w.submit(t, w.draft(t))
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			wait.Go(func() {
				if i%2 == 0 {
					_, errs[i] = w.s.Pass(t.Context(), w.reviewer, m.ID, m.Edition)
				} else {
					_, errs[i] = w.s.Fail(t.Context(), w.reviewer, m.ID, m.Edition, []string{"No."})
				}
			})
		}
		wait.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, &fault.Fault{Kind: fault.KindConflict}) {
				t.Errorf("the slower reviewer: %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d decisions, want 1", won)
		}
	})
}

func TestTheQueueGoesByDueTimeAndPagesByKey(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var want []string
		for range 5 {
			want = append(want, w.submit(t, w.draft(t)).ID)
			w.clock.Advance(24 * time.Hour)
		}
		var got []string
		for after := ""; ; {
			items, next, err := w.s.Queue(t.Context(), w.reviewer, material.QueueFilter{After: after, Limit: 2})
			fixture.Must(t, err)
			for _, x := range items {
				if x.PartnerName != "North" {
					t.Errorf("name %q", x.PartnerName)
				}
				got = append(got, x.ID)
			}
			if after = next; after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("queue %v, want %v", got, want)
		}
	})
}

func TestALateReviewAlarmsTheVendorOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.Runner()
		w.s.Register(r)
		told := 0
		r.On("material.overdue", "test", counted(&told))
		m := w.submit(t, w.draft(t))
		fixture.Must(t, r.Drain(t.Context()))
		if told != 0 {
			t.Fatalf("told before it was due")
		}
		w.clock.Advance(m.ReviewDue.Sub(w.DB.Clock().Now()) + time.Minute)
		for range 2 {
			fixture.Must(t, r.Drain(t.Context()))
		}
		if told != 1 {
			t.Errorf("told %d times, want once", told)
		}
		if waiting, overdue, err := w.s.QueueCounts(t.Context(), w.reviewer); err != nil || waiting != 1 || overdue != 1 {
			t.Errorf("QueueCounts = %d, %d, %v", waiting, overdue, err)
		}
	})
}

func TestAMaterialServesSeveralApplications(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		passed, waiting, draft := w.pass(t, w.submit(t, w.draft(t))), w.submit(t, w.draft(t)), w.draft(t)
		attach := func(app string, ids ...string) error {
			return w.DB.Update(t.Context(), func(tx *db.Tx) error { return material.Attach(t.Context(), tx, w.partner.Account, app, ids) })
		}
		fixture.Must(t, attach("app_1", passed.ID, waiting.ID, passed.ID))
		fixture.Must(t, attach("app_2", passed.ID))
		if got := names(attach("app_3", draft.ID, "mat_unknown")); len(got) != 2 {
			t.Errorf("a draft and an unknown one: refused %v", got)
		}
		unpassed, err := material.Unpassed(t.Context(), w.DB.Read(), w.partner.Account, "app_1")
		if err != nil || len(unpassed) != 1 || unpassed[0].ID != waiting.ID {
			t.Errorf("Unpassed = %v, %v", unpassed, err)
		}
		if v := w.read(t, passed.ID); len(v.Uses) != 2 {
			t.Errorf("uses: %v", v.Uses)
		}
		can, err := w.s.Attachable(t.Context(), w.partner, w.partner.Account, material.Case)
		if err != nil || len(can) != 2 {
			t.Errorf("Attachable = %v, %v", can, err)
		}
	})
}
