package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// doc renders a component in English.
func doc(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := c.Render(i18n.With(t.Context(), i18n.English, time.UTC), &b); err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var iconUse = regexp.MustCompile(`(?:ui\.Icon\(|@Icon\(|Icon: *|icon: *)"([a-z0-9-]+)"`)

func TestEveryIconThatPagesNameExists(t *testing.T) {
	uses := 0
	err := filepath.WalkDir("../../..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".templ") && !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_templ.go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range iconUse.FindAllStringSubmatch(string(b), -1) {
			uses++
			if !ui.HasIcon(m[1]) {
				t.Errorf("%s names the unknown icon %q: add it to tools/vendor", p, m[1])
			}
		}
		return nil
	})
	if err != nil || uses < 20 {
		t.Fatalf("%d uses found, %v", uses, err)
	}
}

func TestAnUnknownIconFailsThePage(t *testing.T) {
	if err := ui.Icon("no-such").Render(t.Context(), &strings.Builder{}); err == nil {
		t.Error("got no error")
	}
}

func TestAFieldTiesItsHintAndErrorToTheInput(t *testing.T) {
	v := ui.FieldView{Name: "contact.email", Label: "E-mail", Hint: "Work", Error: "Enter an e-mail", Type: "email", Required: true, MaxLen: 80, Options: []ui.Option{{Value: "a", Label: "A"}}}
	for name, c := range map[string]templ.Component{"input": ui.Field(v), "textarea": ui.Textarea(v), "select": ui.Select(v), "input[type=file]": ui.File(v)} {
		d := doc(t, c)
		in := d.Find(name)
		if in.AttrOr("aria-invalid", "") != "true" || in.AttrOr("aria-describedby", "") != "h-contact-email e-contact-email" || in.AttrOr("required", "no") == "no" {
			t.Errorf("%s: got %v", name, in.Nodes[0].Attr)
		}
		for _, id := range []string{"#h-contact-email", "#e-contact-email", "label[for=f-contact-email]"} {
			if d.Find(id).Length() != 1 {
				t.Errorf("%s: %d of %s", name, d.Find(id).Length(), id)
			}
		}
	}
}

func TestTheErrorSummaryLeadsToEachField(t *testing.T) {
	v := ui.FieldView{Name: "kind", Label: "Kind", Error: "Choose one", Options: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}}
	errs := []ui.FieldError{{Name: "kind", Text: "Choose one"}, {Text: "The page is stale"}}
	d := doc(t, templ.Join(ui.ErrorSummary(errs), ui.Radios(v)))
	d.Find("[role=alert] a").Each(func(_ int, a *goquery.Selection) {
		if d.Find(a.AttrOr("href", "")).Length() != 1 {
			t.Errorf("%s leads nowhere", a.AttrOr("href", ""))
		}
	})
	if got := d.Find("[role=alert] li").Length(); got != 2 {
		t.Errorf("%d entries, want 2", got)
	}
	if doc(t, ui.ErrorSummary(nil)).Find("[role=alert]").Length() != 0 {
		t.Error("a summary without errors is shown")
	}
}

func TestWhatIsTypedIsNeverMarkup(t *testing.T) {
	bad := `"><script>alert(1)</script>`
	d := doc(t, templ.Join(ui.Field(ui.FieldView{Name: "n", Label: bad, Value: bad, Error: bad}), ui.Textarea(ui.FieldView{Name: "m", Label: "M", Value: bad}),
		ui.Link(ui.LinkView{Href: "javascript:alert(1)", Label: bad}), ui.Notice(ui.NoticeView{Text: bad}), ui.CodeBlock("c", bad, bad)))
	if n := d.Find("script").Length(); n != 0 {
		t.Errorf("%d scripts got through", n)
	}
	if got := d.Find("input").AttrOr("value", ""); got != bad {
		t.Errorf("value: got %q, want %q", got, bad)
	}
	if h := d.Find("a").AttrOr("href", ""); strings.HasPrefix(h, "javascript") {
		t.Errorf("link: got %q", h)
	}
}

func TestALineExplainsItselfOnlyWhenThereIsSomethingToSay(t *testing.T) {
	if doc(t, ui.RequirementLine(ui.LineView{ID: "a", Label: "Hotline", Met: true})).Find("details").Length() != 0 {
		t.Error("a line without proof opens")
	}
	d := doc(t, ui.RequirementLine(ui.LineView{ID: "b", Label: "Senior engineers", Have: "1", Need: "2", Share: .5,
		Fills: []ui.Fill{{Slot: "Slot 1", Name: "Li Wei", Href: "/people/1"}, {Slot: "Slot 2"}}, Misses: []ui.Miss{{Name: "Zhao", Why: "Expired."}}}))
	if got := d.Find("progress").AttrOr("value", ""); got != "0.5" {
		t.Errorf("bar: got %q, want 0.5", got)
	}
	if d.Find(".who").Length() != 3 || d.Find(".vacant").Length() != 1 || d.Find(".out").Length() != 1 {
		t.Errorf("people: got %d, vacant %d, out %d", d.Find(".who").Length(), d.Find(".vacant").Length(), d.Find(".out").Length())
	}
	if s := d.Find(".line-vals").Text(); !strings.Contains(s, "1 of 2") || !strings.Contains(s, "Not met") {
		t.Errorf("figures: got %q", s)
	}
}

func TestStarsShowGrantedAndComputed(t *testing.T) {
	d := doc(t, ui.Stars(ui.StarsView{Have: 2, Ready: 3, Max: 4, Label: "Two of four"}))
	if d.Find(".on").Length() != 2 || d.Find(".ready").Length() != 1 || d.Find(".off").Length() != 1 || d.Find("[role=img]").AttrOr("aria-label", "") != "Two of four" {
		t.Error("want 2 granted, 1 computed, 1 missing, and the name")
	}
}

func TestNoComponentCarriesInlineStyle(t *testing.T) {
	for _, g := range []string{"*.templ", "../page/*.templ"} {
		files, err := filepath.Glob(g)
		if err != nil || len(files) == 0 {
			t.Fatal(g, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, bad := range []string{" style=", "<style", "onclick=", "hx-on"} {
				if strings.Contains(string(b), bad) {
					t.Errorf("%s has %q: the content policy refuses it", f, bad)
				}
			}
		}
	}
}

func TestExpiryToneFollowsTheDaysLeft(t *testing.T) {
	for days, want := range map[int]ui.Tone{-1: ui.Bad, 0: ui.Warn, 90: ui.Warn, 91: ui.Good} {
		if got := ui.ExpiryTone(days); got != want {
			t.Errorf("ExpiryTone(%d): got %q, want %q", days, got, want)
		}
	}
}
