package report_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/report"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/programs"
)

// world is every module on one database.
type world struct {
	*fixture.World
	report.Deps
	home   *report.Service
	runner *jobs.Runner
}

func start(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d)}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	lib, err := programs.Library()
	fixture.Must(t, err)
	log := slog.New(slog.DiscardHandler)
	c := credential.New(d, func() *program.Catalogue { return lib.Catalogue })
	ro := roster.New(roster.Config{DB: d, Credentials: c, Files: files, NewPerson: account.InsertPerson})
	q := qualification.New(d, files, qualification.Wire(ro, calendar.Standard(), nil), log)
	_, err = q.Load(t.Context(), "")
	fixture.Must(t, err)
	mails := mailer.NewInbox(10, d.Clock().Wall)
	n := notify.New(d, log, notify.Accounts{}, nil, mails, notify.Config{Vault: w.Vault})
	w.Deps = report.Deps{DB: d, Qualification: q, Roster: ro, Credential: c, Accounts: w.Account, Notify: n, Jobs: jobs.NewService(d), Audit: audit.New(d)}
	w.home, w.runner = report.New(w.Deps), w.Runner()
	ro.Register(w.runner)
	q.Register(w.runner)
	return w
}

const engineers = "person_id,name,email,certificate,issued_on,expires_on\n" +
	"E1,Amara Osei,amara@north.example,H3CNE,2025-01-10,2028-01-09\n" +
	"E2,Ben Tan,ben@north.example,H3CNE,2025-01-10,2028-01-09\n"

func (w *world) needs(t *testing.T, by actor.Actor) (titles []string, h report.Home) {
	t.Helper()
	h, err := w.home.Home(t.Context(), by)
	if err != nil {
		t.Fatalf("Home of %v: %v", by.Roles, err)
	}
	for _, n := range h.Needs {
		titles = append(titles, i18n.Text(i18n.English, n.Title))
	}
	return titles, h
}

func TestHomeListsWhatWaitsForEachReader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := start(t, d)
		admin := w.Partner("North")
		_, err := w.Roster.ImportNow(t.Context(), admin, admin.Account, "north.csv", strings.NewReader(engineers), false, func(roster.Import) {})
		fixture.Must(t, err)
		fixture.Must(t, w.runner.Drain(t.Context()))
		_, err = w.Qualification.Draft(t.Context(), admin, qualification.DraftInput{Program: "h3c-star", Level: "two-star"})
		fixture.Must(t, err)
		_, err = w.Roster.Upload(t.Context(), admin, admin.Account, "more.csv", strings.NewReader(engineers+"E3,Cho,cho@north.example,H3CNE,2025-01-10,2028-01-09\n"))
		fixture.Must(t, err)
		fixture.Must(t, w.runner.Drain(t.Context()))

		got, h := w.needs(t, admin)
		for _, want := range []string{"Finish a draft application", "Confirm an import"} {
			if !slices.Contains(got, want) {
				t.Errorf("the administrator's needs are %q, want %q among them", got, want)
			}
		}
		if len(h.Programs) != 1 || h.People == nil || h.People.Here != 2 || len(h.Expiries.Rows) == 0 && h.Expiries.Months == nil {
			t.Errorf("the administrator's home lacks programs or people: %+v", h.People)
		}
		if got, h := w.needs(t, w.User(admin.Account, actor.PartnerFinance)); slices.Contains(got, "Finish a draft application") || h.Company == nil || h.Programs != nil {
			t.Errorf("finance sees needs %q, company %v", got, h.Company)
		}
		if got, _ := w.needs(t, w.Partner("South")); slices.Contains(got, "Confirm an import") {
			t.Errorf("another partner's needs are %q", got)
		}
	})
}

func TestHomeShowsEachRoleItsOwnParts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := start(t, d)
		w.Partner("North")
		_, h := w.needs(t, w.VendorUser(actor.Reviewer))
		if !h.Queued || h.Chain != nil || h.Channel != nil {
			t.Errorf("a reviewer's home: queue %v, chain %v, channel %v", h.Queued, h.Chain, h.Channel)
		}
		if _, h := w.needs(t, w.VendorUser(actor.ProgramManager)); len(h.Channel) != 1 || len(h.Channel[0].Levels) != 4 {
			t.Errorf("a program manager's home: channel %+v, want one program with none and three levels", h.Channel)
		}
		if _, h := w.needs(t, w.VendorUser(actor.Auditor)); h.Chain == nil || h.Chain.Waiting == 0 {
			t.Errorf("an auditor's home: chain %+v, want entries that wait", h.Chain)
		}
		if _, h := w.needs(t, w.Customer("Shop")); h.Company == nil || h.Company.Name != "Shop" || h.Users != 1 {
			t.Errorf("a customer's home: company %+v, %d users", h.Company, h.Users)
		}
		if _, h := w.needs(t, w.Person("Amara")); h.Own == nil || h.Company != nil {
			t.Errorf("a person's home: own %v, company %v", h.Own, h.Company)
		}
		if _, err := w.home.Home(t.Context(), fixture.Nobody()); err == nil {
			t.Error("Home of nobody = nil error, want unauthenticated")
		}
	})
}
