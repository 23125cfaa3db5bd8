package e2e

import (
	"strings"
	"testing"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// oneCase is a test case that holds under any text.
const oneCase = "program: h3c-star@2028\nat: 2027-04-01\ncases:\n  - name: Nobody reaches nothing\n    roster: []\n    expect: {best_level: none}\n"

// TestTheVendorSimulatesAStricterDraftAndPublishesIt goes from the first line of a draft to the message that a partner
// gets, in a browser with scripts.
func TestTheVendorSimulatesAStricterDraftAndPublishesIt(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			draft := w.managerWrites(t, in)
			from := w.managerPublishes(t, in, draft)
			w.partnerIsTold(t, in, from)
		})
	}
}

// managerWrites starts a draft, makes a mistake that the page shows while it is written, corrects it, and saves.
func (w *World) managerWrites(t *testing.T, in tongue) string {
	t.Helper()
	p := w.sit(t, "program_manager", in, browser.Options{Height: 900, Width: 1440})
	p.Go("/programs/h3c-star@2025").met()
	p.Press("link", say(in.lang, "policy.new_draft")).met()
	p.fill("name", "Stricter in 2028").fill("number", "2028")
	p.Press("button", say(in.lang, "draft.new.start")).met()
	draft := p.Path()
	if !strings.HasPrefix(draft, "/drafts/drf_") {
		t.Fatalf("a new draft leads to %s", draft)
	}
	source := p.value("source")
	p.put("source", strings.Replace(source, "hotline: {}", "hotlines: {}", 1))
	p.Wait(`() => !!document.querySelector('#problems [data-jump]') && !!document.querySelector('.gutter .bad')`)
	p.put("source", strings.Replace(source, "need: {three-star: 1, four-star: 2}", "need: {three-star: 1, four-star: 9}", 1))
	p.put("cases", oneCase)
	p.Wait(`() => !document.querySelector('#problems [data-jump]') && document.querySelectorAll('#cases tbody tr').length === 1`)
	p.Axe()
	p.click(`#edit button[value=save]`).met()
	if got := p.value("source"); !strings.Contains(got, "four-star: 9") {
		t.Error("the saved text isn't what was written")
	}
	p.Go(draft + "/changes").met()
	if text := p.text("#changes"); !strings.Contains(text, "9") {
		t.Errorf("the difference doesn't show the new number: %s", text)
	}
	return draft
}

// value is what stands in a field.
func (p *person) value(name string) string {
	p.t.Helper()
	got, err := p.el(`main [name="` + name + `"]`).Property("value")
	must(p.t, err)
	return got.Str()
}

// put writes a long text into a field at once, as pasting does.
func (p *person) put(name, text string) {
	p.t.Helper()
	_, err := p.el(`main [name="`+name+`"]`).Eval(`(text) => { this.value = text; this.dispatchEvent(new Event('input', { bubbles: true })); }`, text)
	must(p.t, err)
}

// managerPublishes simulates, looks at who loses and why, and publishes for a month from now.
func (w *World) managerPublishes(t *testing.T, in tongue, draft string) calendar.Day {
	t.Helper()
	p := w.sit(t, "program_manager", in, browser.Options{Height: 900, Width: 1440})
	p.Go(draft + "/publish").met()
	if disabled, err := p.el(`#publish button`).Attribute("disabled"); err != nil || disabled == nil {
		t.Error("a draft that wasn't simulated can be published")
	}
	p.Go("/simulations/new?draft=" + strings.TrimPrefix(draft, "/drafts/")).met()
	p.Press("button", say(in.lang, "draft.ask.start"))
	run := p.Path()
	w.Drain()
	// The page finds by itself that it is done.
	p.Wait(`() => !document.querySelector('#simulation[hx-get]')`)
	p.met()
	if text := p.text("main"); !strings.Contains(text, say(in.lang, "simulation.run.done")) {
		t.Errorf("the result says %.300s", text)
	}
	p.Go(run + "/partners?effect=lose").met()
	p.click("#partners tbody th a").met()
	if text := p.text("main"); !strings.Contains(text, "9") {
		t.Errorf("the explanation lacks what the new version asks: %.500s", text)
	}
	from := calendar.DayOf(w.Clock.Now()).AddDays(30)
	p.Go(draft + "/publish").met()
	_, err := p.el(`[name=from]`).Eval(`(day) => { this.value = day; }`, from.String())
	must(t, err)
	p.Press("button", say(in.lang, "draft.publish.yes", i18n.A{"ref": "h3c-star@2028"})).met()
	if p.Path() != "/programs/h3c-star@2028" {
		t.Fatalf("publishing leads to %s: %.300s", p.Path(), p.text("main"))
	}
	p.Go("/programs/h3c-star@2028/tests").met()
	w.Drain()
	return from
}

// partnerIsTold reads the message of a partner that would lose a level, and the published rules.
func (w *World) partnerIsTold(t *testing.T, in tongue, from calendar.Day) {
	t.Helper()
	p := w.sit(t, "solution_provider", in, browser.Options{Height: 900, Width: 1440})
	p.Go("/messages").met()
	want := i18n.From(i18n.With(t.Context(), in.lang, calendar.Zone)).Day(from.String())
	if text := p.text("main"); !strings.Contains(text, want) && !strings.Contains(text, from.String()) {
		t.Errorf("no message speaks of the version from %s: %.600s", want, text)
	}
	p.Go("/programs/h3c-star@2028/changes").met()
	v, ok := w.Qualification.InForceOn("h3c-star", from)
	if !ok || v.Number != "2028" {
		t.Errorf("on %s %v is in force, want the new version", from, v)
	}
	if v, ok := w.Qualification.InForceOn("h3c-star", from-1); !ok || v.Number == "2028" {
		t.Error("the new version is in force a day early")
	}
}
