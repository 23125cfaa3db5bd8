package duty_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/duty"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
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
	"hanse/programs"
)

type world struct {
	*fixture.World
	t        *testing.T
	clock    *clock.Manual
	runner   *jobs.Runner
	q        *qualification.Service
	s        *duty.Service
	partner  actor.Actor
	reviewer actor.Actor
	told     map[string]int // events by kind
}

var pdf = []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

var kinds = []string{"policy.published", "spare.requested", "spare.accepted", "spare.shipped", "spare.received", "spare.refused", "spare.withdrawn",
	"report.due", "report.reminder", "report.overdue", "report.sent", "report.read"}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		f := fixture.New(t, d)
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		lib, err := programs.Library()
		fixture.Must(t, err)
		people := roster.New(roster.Config{DB: d, Credentials: credential.New(d, func() *program.Catalogue { return lib.Catalogue }),
			Files: files, NewPerson: account.InsertPerson})
		w := &world{World: f, t: t, clock: c, runner: f.Runner(), told: map[string]int{},
			q: qualification.New(d, files, qualification.Wire(people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))}
		problems, err := w.q.Load(t.Context(), "testdata/programs")
		fixture.Must(t, err)
		if len(problems) > 0 {
			t.Fatal(problems[0].Text("en"))
		}
		w.s = duty.New(d, files, w.q)
		people.Register(w.runner)
		w.q.Register(w.runner)
		w.s.Register(w.runner)
		for _, k := range kinds {
			w.runner.On(k, "test-"+k, func(context.Context, *db.Tx, outbox.Event) error { w.told[k]++; return nil })
		}
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.partner, w.reviewer = f.Partner("North"), f.VendorUser(actor.Reviewer)
		test(t, w)
	})
}

func (w *world) drain() {
	w.t.Helper()
	fixture.Must(w.t, w.runner.Drain(w.t.Context()))
}

// travel moves to 10:00 of a day and does what became due.
func (w *world) travel(d calendar.Day) {
	w.t.Helper()
	if !w.clock.MoveTo(d.Time().Add(10 * time.Hour)) {
		w.t.Fatalf("travel to %s: backwards", d)
	}
	w.drain()
}

// hold grants a partner a star of the test's program.
func (w *world) hold(by actor.Actor, level string) {
	w.t.Helper()
	ctx := w.t.Context()
	fixture.Must(w.t, w.q.SetFacts(ctx, by, by.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000"}))
	a, err := w.q.Draft(ctx, by, qualification.DraftInput{Program: "h3c-star", Level: level})
	fixture.Must(w.t, err)
	f := a.Form
	f.Company, f.Country, f.Address, f.ContactName, f.ContactEmail = "North", "SG", "1 Harbour Road", "Lin Yu", "lin@partner.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@partner.example", "Dee"
	a, err = w.q.SaveForm(ctx, by, a.ID, a.Edition, f)
	fixture.Must(w.t, err)
	a, err = w.q.Submit(ctx, by, a.ID, a.Edition, true)
	fixture.Must(w.t, err)
	a, err = w.q.Start(ctx, w.reviewer, a.ID, a.Edition)
	fixture.Must(w.t, err)
	_, err = w.q.Approve(ctx, w.reviewer, a.ID, a.Edition)
	fixture.Must(w.t, err)
	w.drain()
}

func (w *world) publish() duty.Document {
	w.t.Helper()
	d, err := w.s.Publish(w.t.Context(), w.reviewer, duty.NewDocument{Topic: "spare-parts", TitleEN: "Spare parts", TitleZH: "备件", Name: "spare.pdf"}, bytes.NewReader(pdf))
	fixture.Must(w.t, err)
	w.drain()
	return d
}

func (w *world) request() duty.Request {
	w.t.Helper()
	r, err := w.s.Request(w.t.Context(), w.partner, w.partner.Account, duty.Request{Part: "Fan tray", Quantity: 2, Equipment: "S7503 SN 1", Reason: "One fan stands still."})
	fixture.Must(w.t, err)
	return r
}

func kind(err error) fault.Kind {
	if f := fault.Of(err); f != nil {
		return f.Kind
	}
	return ""
}

func TestARequestMovesOnlyAlongItsStates(t *testing.T) {
	all := []duty.RequestState{duty.Requested, duty.Accepted, duty.Shipped, duty.Received, duty.Refused, duty.Withdrawn}
	ways := map[duty.RequestState][]duty.RequestState{duty.Requested: nil, duty.Accepted: {duty.Accepted}, duty.Shipped: {duty.Accepted, duty.Shipped},
		duty.Received: {duty.Accepted, duty.Shipped, duty.Received}, duty.Refused: {duty.Refused}, duty.Withdrawn: {duty.Withdrawn}}
	vendor := map[duty.RequestState]string{duty.Requested: "accepted refused", duty.Accepted: "shipped refused"}
	partner := map[duty.RequestState]string{duty.Requested: "withdrawn", duty.Shipped: "received"}
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		step := func(r duty.Request, to duty.RequestState) duty.Request {
			by := w.reviewer
			if to == duty.Received || to == duty.Withdrawn {
				by = w.partner
			}
			r, err := w.s.Move(ctx, by, r.ID, r.Edition, to, "Words.")
			fixture.Must(t, err)
			return r
		}
		for _, from := range all {
			r := w.request()
			for _, to := range ways[from] {
				r = step(r, to)
			}
			for _, to := range all {
				for name, by := range map[string]actor.Actor{"vendor": w.reviewer, "partner": w.partner} {
					allowed := vendor[from]
					if name == "partner" {
						allowed = partner[from]
					}
					if strings.Contains(allowed, string(to)) {
						if !offered(r, name == "vendor", to) {
							t.Errorf("%s doesn't offer the %s to make it %s", from, name, to)
						}
						continue
					}
					if _, err := w.s.Move(ctx, by, r.ID, r.Edition, to, "Words."); kind(err) != fault.KindConflict {
						t.Errorf("Move by the %s from %s to %s: %v, want a conflict", name, from, to, err)
					}
				}
			}
		}
		w.drain()
		if w.told["spare.requested"] != len(all) || w.told["spare.received"] != 1 || w.told["spare.refused"] != 1 {
			t.Errorf("events: %v", w.told)
		}
	})
}

func offered(r duty.Request, vendor bool, to duty.RequestState) bool {
	for _, s := range r.Steps(vendor) {
		if s == to {
			return true
		}
	}
	return false
}

func TestARefusalNeedsWordsAndEarlierWordsStand(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.request()
		if _, err := w.s.Move(t.Context(), w.reviewer, r.ID, r.Edition, duty.Refused, "  "); kind(err) != fault.KindInvalid {
			t.Errorf("refused without words: %v", err)
		}
		r, err := w.s.Move(t.Context(), w.reviewer, r.ID, r.Edition, duty.Accepted, "From Singapore.")
		fixture.Must(t, err)
		r, err = w.s.Move(t.Context(), w.reviewer, r.ID, r.Edition, duty.Shipped, "")
		fixture.Must(t, err)
		if r.Answer != "From Singapore." || r.AnsweredBy != w.reviewer.Name || r.State != duty.Shipped {
			t.Errorf("after shipping: %+v", r)
		}
	})
}

func TestOfTwoAnswersAtOnceOneHolds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.request()
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, to := range []duty.RequestState{duty.Accepted, duty.Refused} {
			both.Go(func() { _, errs[i] = w.s.Move(t.Context(), w.reviewer, r.ID, r.Edition, to, "Words.") })
		}
		both.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if kind(err) != fault.KindConflict {
				t.Errorf("the loser gets %v, want a conflict", err)
			}
		}
		if won != 1 {
			t.Errorf("%d answers held, want one: %v", won, errs)
		}
	})
}

func TestBadEntriesAreAllNamedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, long := t.Context(), strings.Repeat("x", 2001)
		_, request := w.s.Request(ctx, w.partner, w.partner.Account, duty.Request{Quantity: 1001, Customer: long})
		_, document := w.s.Publish(ctx, w.reviewer, duty.NewDocument{Topic: "none"}, bytes.NewReader(pdf))
		_, quarter := w.s.Send(ctx, w.partner, w.partner.Account, "2026-Q1", 1, duty.Quarter{Projects: -1, Complaints: 100_001, Summary: long})
		for _, x := range []struct {
			what string
			err  error
			want string
		}{
			{"Request", request, "part equipment reason customer quantity"},
			{"Publish", document, "topic title_en title_zh"},
			{"Send", quarter, "projects complaints summary"},
		} {
			if got := names(x.err); got != x.want {
				t.Errorf("%s refuses %q, want %q (%v)", x.what, got, x.want, x.err)
			}
		}
		_, err := w.s.Publish(ctx, w.reviewer, duty.NewDocument{Topic: "other", TitleEN: "A", TitleZH: "甲"}, strings.NewReader("no document"))
		if kind(err) != fault.KindInvalid {
			t.Errorf("Publish of text: %v", err)
		}
	})
}

func names(err error) string {
	var out []string
	if f := fault.Of(err); f != nil {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	return strings.Join(out, " ")
}

func TestAReceiptIsGivenOnceByEachReader(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, d := t.Context(), w.publish()
		manager := w.User(w.partner.Account, actor.ServiceManager)
		for _, by := range []actor.Actor{w.partner, w.partner, manager} {
			fixture.Must(t, w.s.Confirm(ctx, by, w.partner.Account, d.ID))
		}
		list, err := w.s.Policies(ctx, manager, w.partner.Account)
		fixture.Must(t, err)
		if len(list) != 1 || len(list[0].Receipts) != 2 || !list[0].Mine {
			t.Fatalf("Policies: %+v", list)
		}
		all, err := w.s.Documents(ctx, w.reviewer)
		fixture.Must(t, err)
		if all[0].Readers != 1 {
			t.Errorf("%d partners have read it, want one", all[0].Readers)
		}
		fixture.Must(t, w.s.Unpublish(ctx, w.reviewer, d.ID))
		if err := w.s.Unpublish(ctx, w.reviewer, d.ID); kind(err) != fault.KindConflict {
			t.Errorf("withdrawn twice: %v", err)
		}
		if err := w.s.Confirm(ctx, w.partner, w.partner.Account, d.ID); kind(err) != fault.KindConflict {
			t.Errorf("a withdrawn document is confirmed: %v", err)
		}
		if list, err = w.s.Policies(ctx, manager, w.partner.Account); err != nil || len(list) != 0 {
			t.Errorf("withdrawn, but still to read: %v %v", list, err)
		}
	})
}

func TestHoldersOfAStarAreToldOfANewPolicy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.Partner("Without a star")
		w.hold(w.partner, "one-star")
		w.publish()
		if w.told["policy.published"] != 1 {
			t.Errorf("told %d partners, want the one that holds a star", w.told["policy.published"])
		}
	})
}

// TestAReportIsAskedRemindedAndOverdueByTheClock lives through the quarter that ends with March 2026.
func TestAReportIsAskedRemindedAndOverdueByTheClock(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.hold(w.partner, "one-star")
		second := w.Partner("South")
		w.hold(second, "two-star")
		w.Partner("Without a star")
		for _, x := range []struct {
			day                      calendar.Day
			asked, reminded, overdue int
		}{
			{calendar.Date(2026, time.March, 31), 0, 0, 0},
			{calendar.Date(2026, time.April, 1), 2, 0, 0},
			{calendar.Date(2026, time.April, 2), 2, 0, 0},
			{calendar.Date(2026, time.April, 8), 2, 0, 0},
			{calendar.Date(2026, time.April, 9), 2, 2, 0},
		} {
			w.travel(x.day)
			if w.told["report.due"] != x.asked || w.told["report.reminder"] != x.reminded || w.told["report.overdue"] != x.overdue {
				t.Fatalf("on %s: %v, want %d asked, %d reminded, %d overdue", x.day, w.told, x.asked, x.reminded, x.overdue)
			}
		}
		r, err := w.s.Report(ctx, w.partner, w.partner.Account, "2026-Q1")
		fixture.Must(t, err)
		if r.DueOn != calendar.Date(2026, time.April, 16) || r.State != duty.Due {
			t.Fatalf("the report: %+v", r)
		}
		_, err = w.s.Send(ctx, w.partner, w.partner.Account, "2026-Q1", r.Edition, duty.Quarter{Projects: 3, Summary: "Quiet."})
		fixture.Must(t, err)
		w.travel(calendar.Date(2026, time.April, 16))
		w.travel(calendar.Date(2026, time.April, 17))
		w.travel(calendar.Date(2026, time.April, 18))
		if w.told["report.reminder"] != 3 || w.told["report.overdue"] != 1 {
			t.Errorf("after the due day: %v, want one more reminder and one overdue: the other was sent", w.told)
		}
		late, next, err := w.s.Received(ctx, w.reviewer, duty.Overdue, "", 1)
		fixture.Must(t, err)
		if len(late) != 1 || late[0].Account != second.Account || next != "" {
			t.Errorf("overdue: %+v, next %q", late, next)
		}
	})
}

func TestASentReportCanBeCorrectedUntilItIsRead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, at := t.Context(), w.partner.Account
		w.hold(w.partner, "one-star")
		w.travel(calendar.Date(2026, time.April, 1))
		x := duty.Quarter{Projects: 3, Complaints: 1, Summary: "One complaint."}
		if _, err := w.s.Read(ctx, w.reviewer, at, "2026-Q1", 1, ""); kind(err) != fault.KindConflict {
			t.Errorf("read before it was sent: %v", err)
		}
		r, err := w.s.Send(ctx, w.partner, at, "2026-Q1", 1, x)
		fixture.Must(t, err)
		if _, err = w.s.Send(ctx, w.partner, at, "2026-Q1", 1, x); kind(err) != fault.KindConflict {
			t.Errorf("sent from a stale page: %v", err)
		}
		x.Complaints = 2
		r, err = w.s.Send(ctx, w.partner, at, "2026-Q1", r.Edition, x)
		fixture.Must(t, err)
		r, err = w.s.Read(ctx, w.reviewer, at, "2026-Q1", r.Edition, "Thank you.")
		fixture.Must(t, err)
		if _, err = w.s.Send(ctx, w.partner, at, "2026-Q1", r.Edition, x); kind(err) != fault.KindConflict {
			t.Errorf("changed after it was read: %v", err)
		}
		list, err := w.s.Reports(ctx, w.partner, at)
		fixture.Must(t, err)
		if len(list) != 1 || list[0].Complaints != 2 || list[0].Remark != "Thank you." || list[0].State != duty.Seen {
			t.Errorf("Reports: %+v", list)
		}
	})
}

func TestStrangersSeeNothingOfDuties(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, at := t.Context(), w.partner.Account
		r, d := w.request(), w.publish()
		other := w.Partner("South")
		errs := map[string]error{"Confirm": w.s.Confirm(ctx, other, at, d.ID)}
		_, errs["Policies"] = w.s.Policies(ctx, other, at)
		_, errs["OneRequest"] = w.s.OneRequest(ctx, other, r.ID)
		_, errs["Move"] = w.s.Move(ctx, other, r.ID, r.Edition, duty.Withdrawn, "")
		_, _, errs["Requests"] = w.s.Requests(ctx, other, at, "", "", 0)
		_, _, errs["Requests of all"] = w.s.Requests(ctx, other, "", "", "", 0)
		_, errs["Request"] = w.s.Request(ctx, other, at, duty.Request{})
		_, errs["Reports"] = w.s.Reports(ctx, other, at)
		_, errs["Documents"] = w.s.Documents(ctx, other)
		_, _, errs["Received"] = w.s.Received(ctx, other, duty.Sent, "", 0)
		for call, err := range errs {
			if kind(err) != fault.KindNotFound {
				t.Errorf("%s by a stranger: %v, want not found", call, err)
			}
		}
		if _, _, err := w.s.Requests(ctx, w.VendorUser(actor.SupportEngineer), "", "", "", 0); kind(err) != fault.KindDenied {
			t.Errorf("Requests by a support engineer: %v, want denied", err)
		}
	})
}

func TestRequestsAreReadPageByPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			w.request()
			w.clock.AdvanceWall(time.Second)
		}
		seen, after := map[string]bool{}, ""
		for range 3 {
			list, next, err := w.s.Requests(t.Context(), w.reviewer, "", duty.Requested, after, 2)
			fixture.Must(t, err)
			for _, r := range list {
				seen[r.ID] = true
			}
			after = next
		}
		if len(seen) != 5 || after != "" {
			t.Errorf("three pages of two show %d of five requests, next %q", len(seen), after)
		}
	})
}

func TestADocumentOpensAsItWasPublished(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		f, d, err := w.s.OpenDocument(t.Context(), w.partner, w.publish().ID)
		fixture.Must(t, err)
		defer f.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(f); err != nil || !bytes.Equal(b.Bytes(), pdf) || d.Name != "spare.pdf" || d.Media != "application/pdf" {
			t.Errorf("OpenDocument: %v, %+v", errors.Join(err), d)
		}
	})
}
