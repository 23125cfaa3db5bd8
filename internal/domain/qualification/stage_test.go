package qualification

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
)

// A trial is a world with a path and a label, two reviewers, and the partner's materials.
type trial struct {
	*world
	m      *material.Service
	second actor.Actor // another reviewer
}

func eachTrial(t *testing.T, f func(w *trial)) {
	each(t, func(w *world) {
		x := &trial{world: w, m: material.New(w.d, w.s.files, calendar.Standard()), second: w.f.VendorUser(actor.Reviewer)}
		problems, err := w.s.Load(w.ctx(), "testdata/stage")
		w.must(err)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		f(x)
	})
}

// kase hands in a case that was finished on a day.
func (w *trial) kase(finished string) material.Material {
	w.t.Helper()
	m, err := w.m.Create(w.ctx(), w.partner, material.NewMaterial{Partner: w.partner.Account, Kind: material.Case, Fields: material.Fields{
		Title: "A port's systems moved", Summary: "All of them.", Customer: "Port of X", FinishedOn: day(finished), HuaweiCloud: true}})
	w.must(err)
	_, err = w.m.AddFile(w.ctx(), w.partner, m.ID, "case.png", bytes.NewReader(picture()))
	w.must(err)
	v, err := w.m.Material(w.ctx(), w.partner, m.ID)
	w.must(err)
	m, err = w.m.Submit(w.ctx(), w.partner, m.ID, v.Edition)
	w.must(err)
	return m
}

func (w *trial) passes(m material.Material) {
	w.t.Helper()
	_, err := w.m.Pass(w.ctx(), w.vendor, m.ID, m.Edition)
	w.must(err)
	w.drain()
}

// selects grants the stage that choosing the path grants.
func (w *trial) selects() Qualification {
	w.t.Helper()
	var q Qualification
	w.must(w.d.Update(w.ctx(), func(tx *db.Tx) (err error) {
		q, err = w.s.GrantSelf(w.ctx(), tx, w.partner, w.partner.Account, "trial-path", "selected")
		return err
	}))
	w.drain()
	return q
}

// ready is an application for a level with everything in it but the submission.
func (w *trial) ready(programID, level string, materials ...material.Material) Application {
	w.t.Helper()
	a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: programID, Level: level})
	w.must(err)
	var ids []string
	for _, m := range materials {
		ids = append(ids, m.ID)
	}
	a, err = w.s.AttachMaterials(w.ctx(), w.partner, a.ID, a.Edition, ids)
	w.must(err)
	a.Form.Product = ""
	if programID == "trial-label" {
		a.Form.Product = "PortCloud 3"
	}
	return w.fill(a)
}

func (w *trial) submit(a Application) Application {
	w.t.Helper()
	a, err := w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
	w.must(err)
	return a
}

func (w *trial) start(by actor.Actor, a Application) Application {
	w.t.Helper()
	a, err := w.s.Start(w.ctx(), by, a.ID, a.Edition)
	w.must(err)
	return a
}

func (w *trial) pass(by actor.Actor, a Application) Application {
	w.t.Helper()
	a, err := w.s.Pass(w.ctx(), by, a.ID, a.Edition, "complete")
	w.must(err)
	return a
}

// role is the partner with two certificates, the path chosen and the role certified.
func (w *trial) role() (selected, role Qualification, people []string) {
	w.t.Helper()
	people = []string{w.engineer("ada", "2029-01-01", "HCCDA-TECH-ESSENTIALS"), w.engineer("bo", "2029-01-01", "HCCDP-SOLUTION-ARCHITECTURES")}
	selected = w.selects()
	m := w.kase("2026-01-10")
	w.passes(m)
	a := w.start(w.vendor, w.submit(w.ready("trial-path", "role", m)))
	role, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
	w.must(err)
	w.drain()
	return selected, role, people
}

func (w *trial) labelled() (Qualification, Application) {
	w.t.Helper()
	m := w.kase("2024-05-01")
	w.passes(m)
	a := w.pass(w.vendor, w.pass(w.vendor, w.start(w.vendor, w.submit(w.ready("trial-label", "certified", m)))))
	a = w.start(w.second, a)
	q, err := w.s.Approve(w.ctx(), w.second, a.ID, a.Edition)
	w.must(err)
	w.drain()
	return q, a
}

func (w *trial) view(programID string) ProgramView {
	w.t.Helper()
	all, err := w.s.Overview(w.ctx(), w.partner, w.partner.Account)
	w.must(err)
	i := slices.IndexFunc(all, func(p ProgramView) bool { return p.Program == programID })
	if i < 0 {
		w.t.Fatalf("no %s on the overview", programID)
	}
	return all[i]
}

func TestStagesOfAPathAreHeldSideBySideUntilTheAnnualReview(t *testing.T) {
	eachTrial(t, func(w *trial) {
		selected, role, people := w.role()
		if selected.ValidUntil != calendar.None || role.Ends() || selected.Number == role.Number {
			t.Fatalf("selected %+v, role %+v: want two numbers without an end", selected, role)
		}
		if v := w.qualification(selected.ID); v.Status != StatusValid || v.Renewal.Open {
			t.Errorf("selected after the role: %s, want it beside the role", v.Status)
		}
		p := w.view("trial-path")
		if p.Held == nil || p.Held.ID != role.ID || p.NextLevel != "competency" || p.ReadyLevel() != "" || len(p.Stages) != 3 || p.Stages[0].Held == nil {
			t.Errorf("overview: held %+v, next %s, ready %q, stages %+v", p.Held, p.NextLevel, p.ReadyLevel(), p.Stages)
		}
		_, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-path", Level: "role"})
		w.wants(fault.KindConflict, err, "apply for a role that stays until its review")
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-path", Level: "selected"})
		w.wants(fault.KindConflict, err, "apply for what one chooses")
		got, err := w.s.Verify(w.ctx(), role.Number)
		w.must(err)
		if !got.Good || !got.ValidUntil.IsNone() {
			t.Errorf("verify: %+v, want good without an end", got)
		}
		c, err := w.s.Certificate(w.ctx(), w.partner, role.Number, pdf.Both{EN: "Vendor"}, "https://x.example/verify/"+role.Number)
		w.must(err)
		if b, err := pdf.NewPress().Certificate(c); err != nil || len(b) == 0 {
			t.Errorf("print a certificate without an end: %v", err)
		}
		// Staff leave and the years go by: the certificate stays.
		mark := len(w.told)
		w.must1(w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: people[0], On: day("2026-03-06"), Reason: Leaving}))
		w.travel("2029-03-06")
		v := w.qualification(role.ID)
		if v.Status != StatusValid || v.Watched() || len(v.Vacancies) != 0 || v.Hold.BestLevel != "selected" {
			t.Errorf("three years after an exit: %s, watched %v, %d vacancies, would keep %s", v.Status, v.Watched(), len(v.Vacancies), v.Hold.BestLevel)
		}
		if diff := cmp.Diff([]string{"exit.reported"}, w.since(mark)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// must1 fails on an error of a verb whose answer doesn't matter.
func (w *world) must1(_ any, err error) {
	w.t.Helper()
	w.must(err)
}

func TestTheNextStageCountsWhatOtherProgramsGranted(t *testing.T) {
	eachTrial(t, func(w *trial) {
		w.role()
		want := func(lines ...string) {
			t.Helper()
			e, err := w.s.Evaluate(w.ctx(), w.partner, w.partner.Account, "trial-path", time.Time{}, program.Apply)
			w.must(err)
			l, _ := e.Evaluation.Level("competency")
			var unmet []string
			for _, x := range l.Best().Lines {
				if !x.Met {
					unmet = append(unmet, x.ID)
				}
			}
			if diff := cmp.Diff(lines, unmet); diff != "" {
				t.Errorf("unmet lines of competency (-want +got):\n%s", diff)
			}
		}
		want("labels", "meeting")
		label, _ := w.labelled()
		want("meeting")
		x, err := w.s.Attest(w.ctx(), w.vendor, NewAttestation{Partner: w.partner.Account, What: "plan-meeting", On: day("2026-03-06"), Note: "We met."})
		w.must(err)
		want()
		if p := w.view("trial-path"); p.ReadyLevel() != "competency" {
			t.Errorf("ready for %q, want competency", p.ReadyLevel())
		}
		w.must(w.s.WithdrawAttestation(w.ctx(), w.vendor, w.partner.Account, x.ID, "It was another partner."))
		want("meeting")
		w.must1(w.s.Suspend(w.ctx(), w.vendor, label.ID, w.qualification(label.ID).Edition, "doubt"))
		want("labels", "meeting")
		w.must1(w.s.Reinstate(w.ctx(), w.vendor, label.ID, w.qualification(label.ID).Edition, "cleared"))
		want("meeting")
		if label.ValidUntil != day("2028-03-05") {
			t.Errorf("the label is valid until %s, want 24 months", label.ValidUntil)
		}
		w.travel("2028-03-06") // the day after its last
		want("labels", "meeting")
		results, err := w.s.RefreshAll(w.ctx(), w.c.Now())
		w.must(err)
		if results.Different != 0 {
			t.Errorf("the full pass differs in %d results from the incremental path", results.Different)
		}
	})
}

func TestTheFullPassCountsWhatWasGrantedPassedAndAttested(t *testing.T) {
	eachTrial(t, func(w *trial) {
		w.role()
		w.labelled()
		w.must1(w.s.Attest(w.ctx(), w.vendor, NewAttestation{Partner: w.partner.Account, What: "plan-meeting", On: day("2026-03-06"), Note: "We met."}))
		w.drain()
		stored, err := w.s.Results(w.ctx(), w.vendor, w.partner.Account)
		w.must(err)
		w.must(w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := db.Exec(w.ctx(), tx, `DELETE FROM evaluation_result`)
			return err
		}))
		w.must1(w.s.RefreshAll(w.ctx(), w.c.Now()))
		fleet, err := w.s.Results(w.ctx(), w.vendor, w.partner.Account)
		w.must(err)
		i := slices.IndexFunc(fleet, func(r Result) bool { return r.Program == "trial-path" })
		if i < 0 || fleet[i].HoldLevel != "competency" || fleet[i].ApplyLevel != "competency" {
			t.Errorf("packed: %+v, want competency in reach", fleet[i])
		}
		for i := range fleet {
			if !fleet[i].same(stored[i]) {
				t.Errorf("packed %+v, one by one %+v", fleet[i], stored[i])
			}
		}
	})
}

func TestALabelIsReviewedInPhasesByTwoPeople(t *testing.T) {
	eachTrial(t, func(w *trial) {
		m := w.kase("2024-05-01")
		a := w.ready("trial-label", "certified", m)
		a = w.submit(a)
		// Friday 6 March: five working days later is Friday 13.
		if a.Phase != program.PhasePreliminary || a.Progress() != Progress(Submitted) || !a.ReviewDue.Equal(day("2026-03-13").End()) {
			t.Fatalf("submitted: %s, %s, due %s", a.Phase, a.Progress(), a.ReviewDue)
		}
		a = w.start(w.vendor, a)
		if a.Progress() != ProgressPreliminary {
			t.Errorf("started: %s", a.Progress())
		}
		_, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
		w.wants(fault.KindConflict, err, "approve in the preliminary review")
		a = w.pass(w.vendor, a)
		if a.Progress() != ProgressTechnical || a.Reviewer != w.vendor.User {
			t.Errorf("after the preliminary review: %s with %q", a.Progress(), a.ReviewerName)
		}
		_, err = w.s.Pass(w.ctx(), w.vendor, a.ID, a.Edition, "")
		w.wants(fault.KindConflict, err, "pass the technical review while a material is under review")
		w.passes(m)
		a = w.pass(w.vendor, a)
		// Seven working days of the countersignature: Tuesday 17.
		if a.Progress() != ProgressCountersign || a.State != Submitted || !a.ReviewDue.Equal(day("2026-03-17").End()) {
			t.Errorf("after the technical review: %s, %s, due %s", a.Progress(), a.State, a.ReviewDue)
		}
		_, err = w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.wants(fault.KindConflict, err, "countersign one's own technical review")
		a = w.start(w.second, a)
		_, err = w.s.Pass(w.ctx(), w.second, a.ID, a.Edition, "")
		w.wants(fault.KindConflict, err, "pass the last phase")
		q, err := w.s.Approve(w.ctx(), w.second, a.ID, a.Edition)
		w.must(err)
		w.drain()
		if q.Product != "PortCloud 3" || q.ValidUntil != day("2028-03-05") {
			t.Errorf("granted: %+v", q)
		}
		c, err := w.s.Certificate(w.ctx(), w.partner, q.Number, pdf.Both{EN: "Vendor"}, "https://x.example")
		w.must(err)
		if c.Product != "PortCloud 3" {
			t.Errorf("the certificate names %q", c.Product)
		}
		if got := w.heard("application.phase_passed"); got != 2 {
			t.Errorf("told of %d phases, want 2", got)
		}
	})
}

func TestAReturnedLabelIsCorrectedInThirtyDaysOrBannedForSixMonths(t *testing.T) {
	eachTrial(t, func(w *trial) {
		m := w.kase("2024-05-01")
		a := w.start(w.vendor, w.submit(w.ready("trial-label", "certified", m)))
		reasons := []Reason{{"material:proof", "The case doesn't name the customer."}}
		a, err := w.s.Return(w.ctx(), w.vendor, a.ID, a.Edition, reasons, day("2026-03-09"))
		w.must(err)
		if a.Progress() != ProgressToUpdate || !a.ReturnDue.Equal(day("2026-04-05").End()) {
			t.Fatalf("returned: %s until %s, want exactly 30 days", a.Progress(), a.ReturnDue)
		}
		f := a.Form
		f.Product = "PortCloud 4"
		_, err = w.s.SaveForm(w.ctx(), w.partner, a.ID, a.Edition, f)
		if got := strings.Join(refused(err), " "); got != "form.product" {
			t.Errorf("another product after the submission: refused for %q", got)
		}
		a = w.submit(a)
		if a.Phase != program.PhasePreliminary || a.State != Submitted {
			t.Errorf("handed in again: %s %s, want the review from its start", a.State, a.Phase)
		}
		a, err = w.s.Return(w.ctx(), w.vendor, w.start(w.vendor, a).ID, a.Edition+1, reasons, calendar.None)
		w.must(err)
		w.drain()
		mark := len(w.told)
		w.travel("2026-04-05") // the last day
		if diff := cmp.Diff([]string{"application.correction_due", "application.correction_due"}, w.since(mark)); diff != "" {
			t.Errorf("reminded (-want +got):\n%s", diff)
		}
		w.travel("2026-04-06")
		v, err := w.s.Application(w.ctx(), w.partner, a.ID)
		w.must(err)
		if v.State != Terminated || v.Ban == nil || v.Ban.Until != day("2026-10-06") || v.Ban.Cause != BanTerminated {
			t.Fatalf("after the last day: %s, ban %+v", v.State, v.Ban)
		}
		list, _, err := w.s.Applications(w.ctx(), w.partner, ApplicationFilter{State: Terminated})
		w.must(err)
		withdrawn, _, err := w.s.Applications(w.ctx(), w.partner, ApplicationFilter{State: Withdrawn})
		w.must(err)
		if len(list) != 1 || len(withdrawn) != 0 {
			t.Errorf("listed: %d terminated, %d withdrawn", len(list), len(withdrawn))
		}
		w.travel("2026-10-05")
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-label", Level: "certified"})
		w.wants(fault.KindConflict, err, "apply on the last day of the ban")
		if f := fault.Of(err); f == nil || !strings.Contains(i18n.Text("en", f.Msg), "2026-10-06") {
			t.Errorf("the refusal doesn't name the day: %v", err)
		}
		if p := w.view("trial-label"); p.Ban == nil {
			t.Error("the overview shows no ban")
		}
		w.travel("2026-10-06")
		if w.heard("ban.ended") != 1 || w.heard("ban.began") != 1 {
			t.Errorf("told: %d began, %d ended", w.heard("ban.began"), w.heard("ban.ended"))
		}
		w.must1(w.s.Repeat(w.ctx(), w.partner, a.ID))
	})
}

func TestAFailedLabelBansUntilTheVendorLiftsIt(t *testing.T) {
	eachTrial(t, func(w *trial) {
		m := w.kase("2024-05-01")
		a := w.start(w.vendor, w.submit(w.ready("trial-label", "certified", m)))
		_, err := w.s.Reject(w.ctx(), w.vendor, a.ID, a.Edition, []Reason{{"", "The product doesn't do what it says."}}, false)
		w.must(err)
		bans, err := w.s.Bans(w.ctx(), w.partner, w.partner.Account)
		w.must(err)
		if len(bans) != 1 || bans[0].Cause != BanFailed || bans[0].Until != day("2026-09-06") {
			t.Fatalf("bans: %+v", bans)
		}
		_, err = w.s.Repeat(w.ctx(), w.partner, a.ID)
		w.wants(fault.KindConflict, err, "apply while banned")
		lifter := w.f.VendorUser(actor.ProgramManager)
		w.wants(fault.KindDenied, w.s.LiftBan(w.ctx(), w.partner, w.partner.Account, bans[0].ID, "please"), "lift by the partner")
		w.wants(fault.KindInvalid, w.s.LiftBan(w.ctx(), lifter, w.partner.Account, bans[0].ID, " "), "lift without a reason")
		w.must(w.s.LiftBan(w.ctx(), lifter, w.partner.Account, bans[0].ID, "The review was wrong."))
		w.wants(fault.KindConflict, w.s.LiftBan(w.ctx(), lifter, w.partner.Account, bans[0].ID, "again"), "lift twice")
		w.must1(w.s.Repeat(w.ctx(), w.partner, a.ID))
		w.travel("2026-09-07")
		if w.heard("ban.ended") != 0 || w.heard("ban.lifted") != 1 {
			t.Errorf("told: %d ended, %d lifted", w.heard("ban.ended"), w.heard("ban.lifted"))
		}
	})
}

func TestWhoWalksAwayFromAReturnIsBannedToo(t *testing.T) {
	eachTrial(t, func(w *trial) {
		m := w.kase("2024-05-01")
		a := w.submit(w.ready("trial-label", "certified", m))
		b, err := w.s.Withdraw(w.ctx(), w.partner, a.ID, a.Edition)
		w.must(err)
		if b.State != Withdrawn {
			t.Fatalf("withdrawn before any return: %s", b.State)
		}
		a = w.start(w.vendor, w.submit(w.ready("trial-label", "certified", m)))
		a, err = w.s.Return(w.ctx(), w.vendor, a.ID, a.Edition, []Reason{{"", "Unreadable."}}, calendar.None)
		w.must(err)
		a, err = w.s.Withdraw(w.ctx(), w.partner, a.ID, a.Edition)
		w.must(err)
		if a.State != Terminated {
			t.Errorf("withdrawn after a return: %s, want terminated", a.State)
		}
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-label", Level: "certified"})
		w.wants(fault.KindConflict, err, "apply while banned")
	})
}

func TestAGateKeepsAPartnerOutWithItsOwnWords(t *testing.T) {
	eachTrial(t, func(w *trial) {
		open := false
		w.s.Gate("trial-path", func(context.Context, db.Querier, string, string, time.Time) error {
			if open {
				return nil
			}
			return fault.Conflict(i18n.M("application.conflict.open"))
		})
		if p := w.view("trial-path"); p.Refused.Key != "application.conflict.open" {
			t.Errorf("the overview says %q", p.Refused.Key)
		}
		err := w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := w.s.GrantSelf(w.ctx(), tx, w.partner, w.partner.Account, "trial-path", "selected")
			return err
		})
		w.wants(fault.KindConflict, err, "choose a path that is closed")
		_, err = w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-path", Level: "role"})
		w.wants(fault.KindConflict, err, "apply on a path that is closed")
		open = true
		w.selects()
		err = w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := w.s.GrantSelf(w.ctx(), tx, w.partner, w.partner.Account, "trial-path", "selected")
			return err
		})
		w.wants(fault.KindConflict, err, "choose it twice")
	})
}

func TestARevokedStageEndsAtOnceAndCountsAsOfBefore(t *testing.T) {
	eachTrial(t, func(w *trial) {
		_, role, _ := w.role()
		w.travel("2027-01-31")
		before := w.c.Now()
		w.travel("2027-02-01")
		revoke := func() error {
			return w.d.Update(w.ctx(), func(tx *db.Tx) error {
				_, err := w.s.Revoke(w.ctx(), tx, w.vendor, w.partner.Account, role.ID, Revocation{AnnualReview, "No case on the vendor's cloud."})
				return err
			})
		}
		w.must(revoke())
		w.drain()
		w.wants(fault.KindConflict, revoke(), "revoke twice")
		if v := w.qualification(role.ID); v.Status != StatusRevoked || v.Reason == "" || w.heard("qualification.revoked") != 1 {
			t.Errorf("revoked: %s %q, told %d", v.Status, v.Reason, w.heard("qualification.revoked"))
		}
		list, _, err := w.s.Qualifications(w.ctx(), w.partner, QualificationFilter{State: Standing(StatusRevoked)})
		w.must(err)
		cancelled, _, err := w.s.Qualifications(w.ctx(), w.partner, QualificationFilter{State: Cancelled})
		w.must(err)
		if len(list) != 1 || len(cancelled) != 0 {
			t.Errorf("listed: %d revoked, %d cancelled", len(list), len(cancelled))
		}
		for at, want := range map[time.Time]int{before: 2, w.c.Now(): 1} {
			held, err := w.s.Holdings(w.ctx(), w.d.Read(), w.partner.Account, at)
			w.must(err)
			if len(held) != want {
				t.Errorf("as of %s: %d holdings, want %d", at, len(held), want)
			}
		}
		// It may be asked for again.
		w.must1(w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-path", Level: "role"}))
	})
}

func TestMaterialsThatDoNotFitAreNotAttached(t *testing.T) {
	eachTrial(t, func(w *trial) {
		w.selects()
		old, fresh := w.kase("2024-12-31"), w.kase("2026-02-01")
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "trial-path", Level: "role"})
		w.must(err)
		_, err = w.s.AttachMaterials(w.ctx(), w.partner, a.ID, a.Edition, []string{old.ID})
		if got := strings.Join(refused(err), " "); got != "materials" {
			t.Errorf("a case of more than a year ago: refused for %q", got)
		}
		choices, err := w.s.MaterialChoices(w.ctx(), w.partner, a.ID)
		w.must(err)
		fits := map[string]bool{}
		for _, c := range choices {
			fits[c.ID] = c.Fits
		}
		if diff := cmp.Diff(map[string]bool{old.ID: false, fresh.ID: true}, fits); diff != "" {
			t.Errorf("choices (-want +got):\n%s", diff)
		}
		v, err := w.s.Application(w.ctx(), w.partner, a.ID)
		w.must(err)
		if !slices.ContainsFunc(v.Missing, func(f fault.Field) bool { return f.Name == "material:case" }) {
			t.Errorf("missing: %+v, want the case", v.Missing)
		}
	})
}
