package eligibility_test

import (
	"log/slog"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/programs"
)

func each(t *testing.T, test func(t *testing.T, w *fixture.World, s *eligibility.Service, q *qualification.Service)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := fixture.New(t, d)
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		lib, err := programs.Library()
		fixture.Must(t, err)
		people := roster.New(roster.Config{DB: d, Credentials: credential.New(d, func() *program.Catalogue { return lib.Catalogue }), Files: files, NewPerson: account.InsertPerson})
		q := qualification.New(d, files, qualification.Wire(people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
		_, err = q.Load(t.Context(), "")
		fixture.Must(t, err)
		test(t, w, eligibility.New(d, q), q)
	})
}

// answer is who may buy, as "may: point point-".
func answer(t *testing.T, s *eligibility.Service, by actor.Actor) string {
	t.Helper()
	a, err := s.Who(t.Context(), by, by.Account)
	fixture.Must(t, err)
	out := []string{}
	for _, p := range a.Points {
		mark := "+"
		if !p.Met {
			mark = "-"
			if p.Text.IsZero() || p.Mend.IsZero() {
				t.Errorf("point %s is missing and says nothing", p.ID)
			}
		}
		out = append(out, p.ID+mark)
	}
	if a.May {
		return "may: " + strings.Join(out, " ")
	}
	return "may not: " + strings.Join(out, " ")
}

func TestAPartnerWithoutCertificationBuysWithASubAccountOfTheSameName(t *testing.T) {
	each(t, func(t *testing.T, w *fixture.World, s *eligibility.Service, _ *qualification.Service) {
		ctx := t.Context()
		w.Vendor()
		master, sub := w.Partner("Lighthouse GmbH"), w.Customer("Lighthouse Services")
		check := func(by actor.Actor, want string) {
			t.Helper()
			if got := answer(t, s, by); got != want {
				t.Errorf("%s: %q, want %q", by.Name, got, want)
			}
		}
		check(master, "may not: active+ service- master-")
		check(sub, "may not: active+ master-")
		x, err := w.Account.AskSub(ctx, master, sub.Account, "lighthouse  SERVICES")
		fixture.Must(t, err)
		check(sub, "may not: active+ master-")
		fixture.Must(t, w.Account.AnswerSub(ctx, sub, x.ID, true))
		check(sub, "may not: active+ master+ name-")
		if err := s.Check(ctx, w.DB.Read(), sub.Account, w.DB.Clock().Now()); fault.KindOf(err) != fault.KindConflict || !strings.Contains(err.Error(), "Lighthouse Services") {
			t.Errorf("Check = %v", err)
		}
		fixture.Must(t, w.Account.AskRename(ctx, master, x.ID))
		fixture.Must(t, w.Account.Rename(ctx, sub, x.ID, true))
		check(sub, "may: active+ master+ name+")
		fixture.Must(t, s.Check(ctx, w.DB.Read(), sub.Account, w.DB.Clock().Now()))
		check(master, "may not: active+ service- master-")
		fixture.Must(t, w.Account.EndSub(ctx, sub, x.ID))
		check(sub, "may not: active+ master-")
	})
}

func TestAMemberOfAListedProgramBuysDirectly(t *testing.T) {
	each(t, func(t *testing.T, w *fixture.World, s *eligibility.Service, q *qualification.Service) {
		ctx := t.Context()
		p, reviewer := w.Partner("Harbour"), w.VendorUser(actor.Reviewer)
		a, err := q.Draft(ctx, p, qualification.DraftInput{Program: "membership-hcpn", Level: "joined"})
		fixture.Must(t, err)
		f := a.Form
		f.Country, f.Address, f.ContactName, f.ContactEmail = "SG", "1 Harbour Road", "Lin Yu", "lin@partner.example"
		f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@partner.example", "Dee"
		a, err = q.SaveForm(ctx, p, a.ID, a.Edition, f)
		fixture.Must(t, err)
		a, err = q.Submit(ctx, p, a.ID, a.Edition, true)
		fixture.Must(t, err)
		a, err = q.Start(ctx, reviewer, a.ID, a.Edition)
		fixture.Must(t, err)
		_, err = q.Approve(ctx, reviewer, a.ID, a.Edition)
		fixture.Must(t, err)
		if got := answer(t, s, p); got != "may not: active+ service- master-" {
			t.Errorf("without the setting: %q", got)
		}
		fixture.Must(t, w.Setting.Change(ctx, w.Vendor(), setting.Change{Key: setting.EligiblePrograms, Value: "membership-hcpn"}))
		if got := answer(t, s, p); got != "may: active+ service+" {
			t.Errorf("with the setting: %q", got)
		}
		if _, err := s.Who(ctx, w.Partner("Stranger"), p.Account); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger learns: %v", err)
		}
	})
}
