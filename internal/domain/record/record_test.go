package record

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

const head = "provider,registration_id,candidate_id,email,exam_code,delivery_date,result\n"

func (w *world) held(person string) string {
	w.t.Helper()
	all, err := w.cr.OfPersons(w.t.Context(), w.d.Read(), []string{person})
	must(w.t, err)
	var out []string
	for _, c := range all[person] {
		out = append(out, c.Code+" "+c.IssuedOn.String())
	}
	return strings.Join(out, "; ")
}

func TestALineWithoutAnEMailFollowsTheCandidate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		w.load("a.csv", head+"TALENT,R1,C1,,H12-711,2025-01-02,PASS\nTALENT,R2,C1,ada@x.example,H12-811,2025-01-01,FAIL\n")
		must(t, w.claim("ada@x.example", "ada"))
		if got := w.held("ada"); got != "HCIA-SECURITY 2025-01-02" {
			t.Errorf("after the association: %q", got)
		}
		if p, ok, err := CandidateHolder(t.Context(), d.Read(), "TALENT", "C1"); p != "ada" || !ok || err != nil {
			t.Errorf("CandidateHolder = %q, %v, %v", p, ok, err)
		}
		w.load("b.csv", head+"TALENT,R3,C1,,H12-811,2025-02-02,PASS\n")
		if got := w.held("ada"); got != "HCIA-DATACOM 2025-02-02; HCIA-SECURITY 2025-01-02" {
			t.Errorf("after another file: %q", got)
		}
		w.release("ada@x.example", "ada")
		if got := w.held("ada"); got != "" {
			t.Errorf("after the e-mail was removed: %q", got)
		}
	})
}

func TestACandidateOfAnotherPersonRefusesTheAssociation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		w.load("a.csv", head+"TALENT,R1,C1,ada@x.example,H12-711,2025-01-02,PASS\nTALENT,R2,C1,ada@y.example,H12-811,2025-01-01,PASS\n"+
			"PEARSON_VUE,R2,C1,bo@y.example,H12-811,2025-01-01,PASS\n")
		must(t, w.claim("ada@x.example", "ada"))
		var elsewhere *HeldElsewhere
		if err := w.claim("ada@y.example", "bo"); !errors.As(err, &elsewhere) || elsewhere.Person != "ada" || elsewhere.CandidateID != "C1" {
			t.Errorf("Claim by another person = %v, want HeldElsewhere", err)
		}
		if got := w.held("bo"); got != "" {
			t.Errorf("a refused association left %q", got)
		}
		must(t, w.claim("bo@y.example", "bo")) // the same id of another provider is another human's
		must(t, w.claim("ada@y.example", "ada"))
		if got := w.held("ada"); got != "HCIA-DATACOM 2025-01-01; HCIA-SECURITY 2025-01-02" {
			t.Errorf("Ada holds %q", got)
		}
	})
}

func TestTheLatestFileHoldsAndItsUndoRestoresTheOneBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		must(t, w.claim("ada@x.example", "ada"))
		must(t, w.claim("bo@x.example", "bo"))
		w.load("a.csv", head+"TALENT,R1,C1,ada@x.example,H12-711,2025-01-02,PASS\n")
		second := w.load("b.csv", head+"TALENT,R1,C1,ada@x.example,H12-711,2025-01-02,PASS\nTALENT,R1,C1,bo@x.example,H12-711,2025-01-02,PASS\n")
		if c := second.Applied; c.Same != 1 || c.Changed != 1 || c.New != 0 {
			t.Errorf("counts %+v, want one line as before and one that changes it", c)
		}
		if a, b := w.held("ada"), w.held("bo"); a != "" || b != "HCIA-SECURITY 2025-01-02" {
			t.Errorf("after the e-mail was corrected Ada holds %q and Bo %q", a, b)
		}
		third := w.load("c.csv", head+"TALENT,R1,C1,bo@x.example,H12-711,2025-01-02,REVOKED\n")
		all, err := w.cr.History(t.Context(), d.Read(), "bo")
		must(t, err)
		if len(all) != 1 || all[0].State != "revoked" || all[0].Reason != "TALENT R1" {
			t.Errorf("after the revocation: %+v", all)
		}
		if records, err := w.OfPerson(t.Context(), d.Read(), "bo"); err != nil || len(records) != 1 || records[0].Import != third.ID || records[0].ImportName != "c.csv" || records[0].ImportedAt.IsZero() {
			t.Errorf("OfPerson = %+v, %v; want where it came from", records, err)
		}
		if _, err := w.UndoNow(t.Context(), admin, third.ID); err != nil || w.held("bo") != "HCIA-SECURITY 2025-01-02" {
			t.Errorf("after the undo of the revocation, %v: Bo holds %q", err, w.held("bo"))
		}
		_, err = w.UndoNow(t.Context(), admin, second.ID)
		if a, b := w.held("ada"), w.held("bo"); err != nil || a != "HCIA-SECURITY 2025-01-02" || b != "" {
			t.Errorf("after the undo of the correction, %v: Ada holds %q and Bo %q", err, a, b)
		}
		if _, err := w.UndoNow(t.Context(), admin, second.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a second undo = %v, want Conflict", err)
		}
	})
}

func TestTrainingsAreKnownByPersonCourseAndBeginning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		file := "course_code;name;category;start;end;hours;result;e-mail;provider\nHCIA-DC;Datacom;Career;2025-01-01;2025-01-05;40;%s;ada@x.example;Academy\n"
		w.load("a.csv", fmt.Sprintf(file, "unfinished"))
		if c := w.load("b.csv", fmt.Sprintf(file, "finished")).Applied; c.Changed != 1 || c.Passed != 1 {
			t.Errorf("counts %+v, want the same training changed", c)
		}
		must(t, w.claim("ada@x.example", "ada"))
		all, err := w.OfPerson(t.Context(), d.Read(), "ada")
		if err != nil || len(all) != 1 || all[0].Result != Finished || all[0].Title != "Datacom" || all[0].Hours != "40" || all[0].StartedOn != day("2025-01-01") ||
			all[0].Provider != "ACADEMY" || all[0].Feed != Trainings {
			t.Errorf("OfPerson = %+v, %v", all, err)
		}
	})
}

func TestADryRunChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		imp, err := w.ImportNow(t.Context(), admin, "a.csv", strings.NewReader(head+"TALENT,R1,C1,ada@x.example,H12-711,2025-01-02,PASS\nTALENT,R1,C1,ada@x.example,H12-711,2125-01-02,PASS\n"), true, nil)
		must(t, err)
		if imp.State != Cancelled || imp.Counts.New != 1 || imp.Counts.BadRows != 1 || imp.Undoable() {
			t.Errorf("a dry run ends as %s with %+v", imp.State, imp.Counts)
		}
		if n := w.count(`SELECT count(*) FROM record`); n != 0 {
			t.Errorf("%d records after a dry run", n)
		}
	})
}

func TestAFeedThatIsLateIsToldOnceForEachLastFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d)
		r := jobs.NewRunner(d, slog.New(slog.DiscardHandler))
		w.Register(r)
		must(t, r.Prepare(t.Context()))
		told := func() int64 { return w.count(`SELECT count(*) FROM event WHERE kind = 'record.overdue'`) }
		w.load("a.csv", head+"TALENT,R1,C1,ada@x.example,H12-711,2025-01-02,PASS\n")
		for _, step := range []struct {
			days int
			want int64
		}{{28, 0}, {2, 1}, {20, 1}} {
			c.Advance(time.Duration(step.days) * 24 * time.Hour)
			must(t, r.Drain(t.Context()))
			if got := told(); got != step.want {
				t.Errorf("%d days on: told %d times, want %d", step.days, got, step.want)
			}
		}
		all, err := w.AsOf(t.Context(), d.Read())
		must(t, err)
		if !all[0].Overdue || all[0].Days != 50 || all[0].LagFrom != 14 || all[0].LagTo != 28 || all[1].Overdue || all[1].Last.ID != "" {
			t.Errorf("AsOf = %+v", all)
		}
		w.load("b.csv", head+"TALENT,R2,C1,ada@x.example,H12-711,2025-01-02,PASS\n")
		c.Advance(30 * 24 * time.Hour)
		must(t, r.Drain(t.Context()))
		if got := told(); got != 2 {
			t.Errorf("late again after another file: told %d times, want 2", got)
		}
	})
}

func TestImportsWaitForEachOtherAndGoOnAfterACancel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(t, d)
		r := jobs.NewRunner(d, slog.New(slog.DiscardHandler))
		w.Register(r)
		var ids []string
		for i := range 3 {
			imp, err := w.Upload(t.Context(), admin, fmt.Sprint(i, ".csv"), strings.NewReader(fmt.Sprintf("%sTALENT,R%d,C1,ada@x.example,H12-711,2025-01-02,PASS\n", head, i)))
			must(t, err)
			ids = append(ids, imp.ID)
		}
		must(t, r.Drain(t.Context()))
		for _, id := range ids {
			must(t, w.Confirm(t.Context(), admin, id))
		}
		state := func(id string) ImportState {
			imp, err := w.Import(t.Context(), admin, id)
			must(t, err)
			return imp.State
		}
		if a, b := state(ids[0]), state(ids[1]); a != Applying || b != Queued {
			t.Errorf("the first is %s, the second %s; want one at a time", a, b)
		}
		must(t, w.Cancel(t.Context(), admin, ids[1]))
		must(t, r.Drain(t.Context()))
		for i, want := range []ImportState{Done, Cancelled, Done} {
			if got := state(ids[i]); got != want {
				t.Errorf("import %d is %s, want %s", i, got, want)
			}
		}
		if err := w.Confirm(t.Context(), actor.Actor{Kind: actor.Partner, Account: "p", Roles: []actor.Role{actor.PartnerAdmin}}, ids[0]); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("Confirm by a partner = %v, want denied", err)
		}
	})
}

// TestTheExamplesOfTheDocumentationAreGood reads the files that integrators start from.
func TestTheExamplesOfTheDocumentationAreGood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d)
		c.Advance(365 * 24 * time.Hour) // they are of a year that a test's clock hasn't reached
		for name, lines := range map[string]int64{"exams.csv": 5, "trainings.csv": 2} {
			b, err := os.ReadFile("../../../docs/examples/" + name)
			must(t, err)
			if imp := w.load(name, string(b)); imp.State != Done || imp.Applied.New != lines || imp.Errors != 0 || len(imp.Ignored) != 0 {
				t.Errorf("%s: %s %+v, %d errors", name, imp.State, imp.Applied, imp.Errors)
			}
		}
	})
}
