package qualification

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/programs"
)

// write puts a file into the folder of the vendor's own programs.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestABadProgramFileLeavesTheLastGoodVersionInForce(t *testing.T) {
	each(t, func(w *world) {
		dir := t.TempDir()
		manager := w.f.VendorUser(actor.ProgramManager)
		b, err := programs.Files.ReadFile("h3c-star@2025.yaml")
		w.must(err)
		next := strings.NewReplacer(`version: "2025"`, `version: "2027"`, "effective_from: 2025-01-01", "effective_from: 2027-01-01",
			"four-star: 2}", "four-star: 3}").Replace(string(b))
		write(t, dir, "h3c-star@2027.yaml", next)
		problems, err := w.s.Load(w.ctx(), dir)
		w.must(err)
		shipped, err := programs.Versions()
		w.must(err)
		if len(problems) > 0 || len(w.s.Library().Versions()) != len(shipped)+1 {
			t.Fatalf("loaded: %v, %d versions", problems, len(w.s.Library().Versions()))
		}

		write(t, dir, "h3c-star@2027.yaml", strings.Replace(next, "four-star: 3}", "four-star: 5}", 1)) // other content
		write(t, dir, "broken.yaml", "program: x\nversion: \"1\"\nnonsense: true\n")
		_, err = w.s.ReloadPrograms(w.ctx(), w.partner)
		w.wants(fault.KindDenied, err, "reload by a partner")
		l, err := w.s.ReloadPrograms(w.ctx(), manager)
		w.must(err)
		files := map[string]bool{}
		for _, p := range l.Problems {
			files[p.File] = true
		}
		if !files["broken.yaml"] || !files["h3c-star@2027.yaml"] || len(l.Added) != 0 || len(w.s.Problems()) != len(l.Problems) {
			t.Errorf("problems: %v; added %v", l.Problems, l.Added)
		}
		v, err := w.s.Version(w.ctx(), manager, "h3c-star@2027")
		w.must(err)
		if line, _ := v.Version.Line("senior-engineer"); line.Need["four-star"].Count != 3 {
			t.Errorf("need %v, want that of the first load", line.Need)
		}
		if v.InForce {
			t.Error("in force before its day")
		}

		// An application takes the version in force on the day of its submission, not of its draft.
		w.crew("2060-01-01")
		w.travel("2026-12-31")
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.must(err)
		if a.Version != "2025" {
			t.Errorf("draft on %s", a.Version)
		}
		a = w.fill(a)
		w.travel("2027-01-01")
		a, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
		w.must(err)
		if a.Version != "2027" {
			t.Errorf("submitted on %s, want 2027", a.Version)
		}
		w.must(w.s.Retire(w.ctx(), manager, "h3c-star@2027"))
		w.wants(fault.KindConflict, w.s.Retire(w.ctx(), manager, "h3c-star@2027"), "retire twice")
		if v, err := w.s.Current("h3c-star", w.c.Now()); err != nil || v.Number != "2025" {
			t.Errorf("in force after the retirement: %v, %v", v, err)
		}
		a, err = w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		if q, err := w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition); err != nil || q.Version != "2027" {
			t.Errorf("granted %+v, %v: want by the version of its submission", q, err)
		}
	})
}

func TestAnotherProcessLearnsOfVersionsThatWereLoadedOrRetired(t *testing.T) {
	each(t, func(w *world) {
		dir, manager := t.TempDir(), w.f.VendorUser(actor.ProgramManager)
		b, err := programs.Files.ReadFile("h3c-star@2025.yaml")
		w.must(err)
		write(t, dir, "h3c-star@2026.yaml", strings.NewReplacer(`version: "2025"`, `version: "2026"`,
			"effective_from: 2025-01-01", "effective_from: 2026-01-01").Replace(string(b)))
		other := New(w.d, w.s.files, w.s.src, w.s.log)
		_, err = other.Load(w.ctx(), "")
		w.must(err)
		_, err = w.s.Load(w.ctx(), dir)
		w.must(err)
		current := func(want string) {
			t.Helper()
			w.must(other.Sync(w.ctx()))
			w.must(other.Sync(w.ctx())) // nothing new
			if v, err := other.Current("h3c-star", w.c.Now()); err != nil || v.Number != want {
				t.Errorf("the other process has %+v, %v in force, want %s", v, err, want)
			}
		}
		current("2026")
		w.must(w.s.Retire(w.ctx(), manager, "h3c-star@2026"))
		current("2025")
	})
}

func TestTheFullPassAgreesWithTheIncrementalPath(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2026-09-01")
		w.f.Partner("Nobody Yet")
		versions := len(w.s.Library().Versions())
		first, err := w.s.RefreshAll(w.ctx(), w.c.Now())
		w.must(err)
		if first.Partners != 2 || first.Different != 0 || first.Rows != versions {
			t.Errorf("first pass: %+v, want two partners, the one without events new", first)
		}
		stored, err := w.s.Results(w.ctx(), w.partner, w.partner.Account)
		w.must(err)
		w.must(w.d.Update(w.ctx(), func(tx *db.Tx) error {
			_, err := db.Exec(w.ctx(), tx, `DELETE FROM evaluation_result`)
			return err
		}))
		again, err := w.s.RefreshAll(w.ctx(), w.c.Now())
		w.must(err)
		fleet, err := w.s.Results(w.ctx(), w.partner, w.partner.Account)
		w.must(err)
		if again.Rows != 2*versions || len(fleet) != versions || len(stored) != versions {
			t.Fatalf("second pass: %+v, %d and %d results", again, len(stored), len(fleet))
		}
		for i := range fleet {
			if !fleet[i].same(stored[i]) {
				t.Errorf("packed %+v, one by one %+v", fleet[i], stored[i])
			}
		}
		w.travel("2026-09-03") // the nightly pass has seen the lapse
		levels, err := w.s.ChannelByLevel(w.ctx(), w.vendor, "h3c-star")
		w.must(err)
		if levels[0].Partners != 2 || levels[0].Level != "" {
			t.Errorf("channel by level after the lapse: %+v", levels)
		}
		list, _, err := w.s.ResultList(w.ctx(), w.vendor, ResultFilter{Ref: "h3c-star", Level: AnyLevel, Limit: 1})
		w.must(err)
		if len(list) != 1 {
			t.Errorf("a page of one: %d", len(list))
		}
	})
}

func TestReviewersSeeMoreThanPartners(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a := w.submitted("four-star")
		w.must(w.s.Comment(w.ctx(), w.vendor, a.ID, "between us", true))
		w.must(w.s.Comment(w.ctx(), w.vendor, a.ID, "please explain", false))
		w.must(w.s.Comment(w.ctx(), w.partner, a.ID, "we do", true))
		own, err := w.s.Application(w.ctx(), w.partner, a.ID)
		w.must(err)
		if len(own.Comments) != 2 {
			t.Errorf("the partner sees %d comments, want 2", len(own.Comments))
		}
		_, err = w.s.Inspect(w.ctx(), w.partner, NewInspection{Partner: w.partner.Account})
		w.wants(fault.KindDenied, err, "inspection by the partner")
		_, err = w.s.Inspect(w.ctx(), w.vendor, NewInspection{Partner: w.partner.Account, Items: []InspectionItem{{What: "router", Result: "gone"}}})
		if got := strings.Join(refused(err), " "); got != "findings inspected_on inspector items" {
			t.Errorf("refused: %s", got)
		}
		x, err := w.s.Inspect(w.ctx(), w.vendor, NewInspection{Partner: w.partner.Account, Application: a.ID, InspectedOn: day("2026-03-06"),
			Inspector: "Wu", Items: []InspectionItem{{"router", "missing", "sold"}}, Findings: "The router is gone."},
			InspectionFile{"photo.png", bytes.NewReader(picture())})
		w.must(err)
		f, _, err := w.s.OpenInspectionFile(w.ctx(), w.partner, w.partner.Account, x.ID, x.Files[0].Hash)
		w.must(err)
		w.must(f.Close())
		r, err := w.s.Review(w.ctx(), w.vendor, a.ID)
		w.must(err)
		if len(r.Comments) != 3 || len(r.Inspections) != 1 || r.Then == nil || !r.Then.Met || r.Now.Evaluation.BestLevel != "four-star" {
			t.Errorf("review: %d comments, %d inspections, then %+v", len(r.Comments), len(r.Inspections), r.Then)
		}
		_, err = w.s.Review(w.ctx(), w.partner, a.ID)
		w.wants(fault.KindDenied, err, "review page for the partner")
		form, err := w.s.ApplicationForm(w.ctx(), w.partner, a.ID, "zh-Hans")
		w.must(err)
		if len(form.Sections) < 6 || form.Sections[3].Table == nil || len(form.Sections[3].Table.Rows) != 5 {
			t.Errorf("form: %+v", form.Sections)
		}
	})
}

func TestAnApplicationThatNoLongerHoldsIsNotApproved(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2028-06-01")
		a := w.submitted("four-star")
		a, err := w.s.Start(w.ctx(), w.vendor, a.ID, a.Edition)
		w.must(err)
		_, err = w.s.ReportExit(w.ctx(), w.partner, ExitInput{Partner: w.partner.Account, Person: ids["ada"], On: day("2026-03-06"), Reason: Leaving})
		w.must(err)
		_, err = w.s.Approve(w.ctx(), w.vendor, a.ID, a.Edition)
		w.wants(fault.KindConflict, err, "approve what is no longer met")
	})
}

func TestFilesThatAreNotDocumentsAreRefused(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2028-06-01")
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.must(err)
		_, err = w.s.AddEvidence(w.ctx(), w.partner, a.ID, NewEvidence{Ask: "application-form", Name: "form.pdf"}, strings.NewReader("MZ\x90\x00 a program"))
		w.wants(fault.KindInvalid, err, "a program named form.pdf")
		_, err = w.s.AddEvidence(w.ctx(), w.partner, a.ID, NewEvidence{Ask: "holiday-photo", Name: "x.png"}, bytes.NewReader(picture()))
		w.wants(fault.KindInvalid, err, "a file nobody asks for")
		e, err := w.s.AddEvidence(w.ctx(), w.partner, a.ID, NewEvidence{Ask: "application-form", Name: "form.png"}, bytes.NewReader(picture()))
		w.must(err)
		f, _, err := w.s.OpenEvidence(w.ctx(), w.vendor, a.ID, e.ID)
		w.must(err)
		w.must(f.Close())
		w.must(w.s.RemoveEvidence(w.ctx(), w.partner, a.ID, e.ID))
		w.wants(fault.KindNotFound, w.s.RemoveEvidence(w.ctx(), w.partner, a.ID, e.ID), "remove twice")
	})
}

func TestAPartnerOutsideTheProgramIsNotEligible(t *testing.T) {
	each(t, func(w *world) {
		w.partner = w.f.Partner("School", account.LearningPartner)
		w.crew("2028-06-01")
		a, err := w.s.Draft(w.ctx(), w.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		w.must(err)
		a = w.fill(a)
		_, err = w.s.Submit(w.ctx(), w.partner, a.ID, a.Edition, true)
		if got := strings.Join(refused(err), " "); got != "eligibility" {
			t.Errorf("refused for %q, want eligibility alone", got)
		}
		over, err := w.s.Overview(w.ctx(), w.partner, w.partner.Account)
		w.must(err)
		over = slices.DeleteFunc(over, func(p ProgramView) bool { return p.Program != "h3c-star" })
		if len(over) != 1 || over[0].Open == nil || over[0].NextLevel != "" || over[0].Apply.BestLevel != "four-star" {
			t.Errorf("overview: %+v", over)
		}
	})
}
