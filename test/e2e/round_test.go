package e2e

import (
	"net/http"
	"path"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/demodata"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/round"
	"hanse/internal/kit/calendar"
	"hanse/test/browser"
)

// travelTo moves the demonstration's clock to ten in the morning of a day, as programs do, and does what is due.
func (w *World) travelTo(t *testing.T, d calendar.Day) {
	t.Helper()
	now := d.Time().Add(10 * time.Hour).UTC().Format(time.RFC3339)
	res, err := http.Post(w.URL+"/demo/clock", "application/json", strings.NewReader(`{"now":"`+now+`"}`))
	must(t, err)
	must(t, res.Body.Close())
	if res.StatusCode != http.StatusOK {
		t.Fatalf("POST /demo/clock %s = %d", now, res.StatusCode)
	}
	w.Drain()
}

// TestAYearOfReviewIsTravelledThrough: of two partners with a certified role one hands in and keeps it, the other is
// reminded, is late, and loses it on the day of the results.
func TestAYearOfReviewIsTravelledThrough(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			w.logins["good"] = demodata.Login{Login: "zhao.min@qianjiang.example", Password: demodata.Password}
			w.cloudPartner(t) // the other one, who will be late
			late := w.roleNumber(t, "service_partner_admin")
			good := w.roleNumber(t, "good")
			today := calendar.DayOf(w.Clock.Now())
			opens, closes, changes, results := today.AddDays(7), today.AddDays(21), today.AddDays(28), today.AddDays(40)
			planned := w.vendorPlans(t, in, opens, closes, changes, results)

			w.travelTo(t, opens)
			entry := w.partnerHandsIn(t, in, planned)
			w.travelTo(t, closes.AddDays(-1))
			w.reminded(t, "malee@siamlink.example")
			w.travelTo(t, closes.AddDays(1))
			p := w.sit(t, "service_partner_admin", in, browser.Options{})
			p.Go("/rounds").met()
			if text := p.text("#entries"); !strings.Contains(text, say(in.lang, round.Overdue.Label().Key)) {
				t.Errorf("the day after the last the late partner reads %s", text)
			}
			w.reviewerKeeps(t, in, entry)

			w.travelTo(t, results)
			check := w.Nobody()
			check.lang = in.lang
			check.Get("/verify/" + good).Want(200).See(say(in.lang, "verify.valid"))
			check.Get("/verify/" + late).Want(200).See(say(in.lang, qualification.StatusRevoked.Label().Key))
			g := w.sit(t, "good", in, browser.Options{})
			g.Go(entry).met()
			g.See(say(in.lang, round.Passed.Label().Key))
			p.Go("/certificates/" + late).met()
			p.See(say(in.lang, qualification.StatusRevoked.Label().Key))
			p.Shot("round-" + in.lang)
		})
	}
}

// movedCase is the case of the demonstration that has passed its review.
const movedCase = "钱江港务核心系统上云迁移"

// roleNumber is the certificate of a partner's role in the service path.
func (w *World) roleNumber(t *testing.T, role string) string {
	t.Helper()
	by := w.As(role).actor()
	running, err := w.Qualification.RunningOf(t.Context(), w.DB.Read(), by.Account)
	must(t, err)
	held := qualification.RunningIn(running, "path-service", "role")
	if held == nil {
		t.Fatalf("%s doesn't hold the role", role)
	}
	return held.Number
}

// vendorPlans makes a round by its page, instead of the demonstration's own.
func (w *World) vendorPlans(t *testing.T, in tongue, opens, closes, changes, results calendar.Day) (planned string) {
	t.Helper()
	by := w.As("program_manager").actor()
	old, err := w.Round.Rounds(t.Context(), by)
	must(t, err)
	for _, x := range old {
		if x.State == round.Open {
			_, err := w.Round.Cancel(t.Context(), by, x.ID, x.Edition)
			must(t, err)
		}
	}
	w.Drain()
	p := w.sit(t, "program_manager", in, browser.Options{})
	p.Go("/rounds/new").met()
	for name, d := range map[string]calendar.Day{"opens_on": opens, "closes_on": closes, "changes_until": changes, "result_on": results} {
		p.put(name, d.String())
	}
	p.check(`input[name=scope][value="path-service role"]`)
	p.Press("button", say(in.lang, "rounds.plan.do")).met()
	if path.Dir(p.Path()) != "/rounds" {
		t.Fatalf("planning leads to %s: %.400s", p.Path(), p.text("main"))
	}
	w.Drain()
	return path.Base(p.Path())
}

// partnerHandsIn opens the entry and hands it in with a case.
func (w *World) partnerHandsIn(t *testing.T, in tongue, planned string) (entry string) {
	t.Helper()
	by := w.As("good").actor()
	own, err := w.Round.Own(t.Context(), by, by.Account)
	must(t, err)
	for _, e := range own {
		if e.Round == planned {
			entry = "/annual-reviews/" + e.ID
		}
	}
	p := w.sit(t, "good", in, browser.Options{})
	p.Go("/rounds").met()
	p.click(`#entries a[href="` + entry + `"]`).met()
	_, err = p.Eval(`(title) => [...document.querySelectorAll('input[name=materials]')].find((x) => x.labels[0].textContent.includes(title)).click()`, movedCase)
	must(t, err)
	p.Press("button", say(in.lang, "rounds.hand_in.do")).met()
	p.See(say(in.lang, round.UnderReview.Label().Key))
	w.Drain()
	return entry
}

// reminded asks for a mail that leads to the entry.
func (w *World) reminded(t *testing.T, email string) {
	t.Helper()
	n := 0
	for _, m := range w.Sink.List() {
		if m.To[0] == email && strings.Contains(m.Text, "/annual-reviews/") {
			n++
		}
	}
	if n < 2 { // one when the window opened, one before it closes
		t.Errorf("%d mails about the annual review to %s, want the opening and a reminder", n, email)
	}
}

// reviewerKeeps finds the entry in the queue and keeps the stage.
func (w *World) reviewerKeeps(t *testing.T, in tongue, entry string) {
	t.Helper()
	p := w.sit(t, "vendor_reviewer", in, browser.Options{})
	p.Go("/reviews/rounds").met()
	p.click(`a[href="` + entry + `"]`).met()
	p.Press("button", say(in.lang, "rounds.pass")).met()
	if text := p.text("main"); !strings.Contains(text, say(in.lang, round.Passed.Label().Key)) {
		t.Fatalf("keeping the stage leads to %s: %.800s", p.Path(), text)
	}
	w.Drain()
}
