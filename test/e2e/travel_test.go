package e2e

import (
	"strings"
	"testing"

	"github.com/go-rod/rod/lib/proto"

	"hanse/internal/kit/calendar"
	"hanse/test/browser"
)

// lapse is how many days after the present the certificate of the four-star partner's engineer runs out: a week on
// is the day after.
const lapse = 6

func TestTheDayAfterALapseIsOneClickAway(t *testing.T) {
	t.Parallel()
	w := world(t)
	in := tongues[0]
	p := w.sit(t, "solution_provider", in, browser.Options{Height: 900, Width: 1440})
	p.Go("/qualifications/h3c-star?for=hold").met()
	if text := p.text("main"); strings.Contains(text, "watch") {
		t.Errorf("before the lapse the page speaks of a watch: %.400s", text)
	}
	day := calendar.DayOf(w.Clock.Now()).AddDays(lapse + 1).String()
	p.Press("button", say(in.lang, "ui.demo.week")).met()
	if now := calendar.DayOf(w.Clock.Now()).String(); now != day {
		t.Fatalf("a week on it is %s, want %s", now, day)
	}
	if p.Path() != "/qualifications/h3c-star?for=hold" {
		t.Errorf("the journey ends at %s", p.Path())
	}
	// The lost line, the watch that began, and who is missing.
	p.See(say(in.lang, "qualify.watch.title"))
	p.Go("/qualifications/h3c-star?for=hold&level=four-star").met()
	must(t, p.el("#l-junior-engineer summary").Click(proto.InputMouseButtonLeft, 1))
	line := p.text("#l-junior-engineer")
	if !strings.Contains(line, "Rasa Petrauskaitė") {
		t.Errorf("the lost line doesn't name who is missing: %s", line)
	}
	p.Go("/messages").met()
	messages := p.text("main")
	for _, want := range []string{"Rasa Petrauskaitė", "lapse", "watch", "vacan"} {
		if !strings.Contains(messages, want) {
			t.Errorf("no message speaks of %q: %s", want, messages)
		}
	}
	p.Go("/demo/mail?q=jonas").met()
	mails := p.text("main")
	for _, want := range []string{"jonas@balticnetcare.example", "watch"} {
		if !strings.Contains(mails, want) {
			t.Errorf("no mail speaks of %q: %s", want, mails)
		}
	}
	if n, err := p.Elements("main tbody tr"); err != nil || len(n) < 3 {
		t.Errorf("%d mails before and after, want at least 3", len(n))
	}
	// A step is one click too, from any page.
	p.Go("/people").Press("button", say(in.lang, "ui.demo.day")).met()
	if today := calendar.DayOf(w.Clock.Now()).String(); today <= day || p.Path() != "/people" {
		t.Errorf("a day on it is %s, at %s", today, p.Path())
	}
}
