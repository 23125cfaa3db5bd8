package i18n_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"hanse/internal/kit/i18n"
)

func TestTextChoosesLanguageAndPlural(t *testing.T) {
	cases := []struct {
		lang, want string
		n          int
	}{
		{"en", "One entry needs your attention.", 1},
		{"en", "3 entries need your attention.", 3},
		{"zh-Hans", "有 3 处内容需要修改。", 3},
		{"fr", "3 entries need your attention.", 3},
		{"en-XA", "⟦3 entries need your attention.⟧", 3},
	}
	for _, c := range cases {
		if got := i18n.Text(c.lang, i18n.M("fault.fields", i18n.A{"n": c.n})); got != c.want {
			t.Errorf("Text(%s, %d) = %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestAMessageWithOneFormTakesACountAsAnyArgument(t *testing.T) {
	for _, lang := range i18n.Languages {
		if got := i18n.Text(lang, i18n.M("fault.denied", i18n.A{"n": 1})); got != i18n.Text(lang, i18n.M("fault.denied")) {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func TestAStoredMessageReadsTheSameInEveryLanguage(t *testing.T) {
	inner := i18n.Both(map[string]string{"en": "star", "zh-Hans": "星级"})
	m := i18n.Msg{Key: "fault.fields", Args: i18n.A{"n": 2, "what": inner, "all": []i18n.Msg{inner, i18n.Raw("x")}}}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back i18n.Msg
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		if got, want := i18n.Text(lang, back), i18n.Text(lang, m); got != want {
			t.Errorf("%s: %q after storing, %q before", lang, got, want)
		}
		for _, k := range []string{"what"} {
			if got, want := i18n.Text(lang, back.Args[k].(i18n.Msg)), i18n.Text(lang, inner); got != want {
				t.Errorf("%s: argument %q after storing, %q before", lang, got, want)
			}
		}
		if got, want := i18n.List(lang, back.Args["all"].([]i18n.Msg)), i18n.List(lang, m.Args["all"].([]i18n.Msg)); got != want {
			t.Errorf("%s: list %q after storing, %q before", lang, got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	at := time.Date(2026, 11, 20, 18, 30, 0, 0, time.UTC)
	beijing := time.FixedZone("Beijing", 8*3600)
	for lang, want := range map[string][3]string{
		"en":      {"21 Nov 2026 02:30", "CN¥1,234,567.89", "−US$5.00"},
		"zh-Hans": {"2026-11-21 02:30", "¥1,234,567.89", "−US$5.00"},
	} {
		l := i18n.From(i18n.With(context.Background(), lang, beijing))
		got := [3]string{l.DateTime(at), l.Money(123456789, "CNY"), l.Money(-500, "USD")}
		if got != want {
			t.Errorf("%s: %v, want %v", lang, got, want)
		}
	}
	if got := (&i18n.Loc{}).Int(-1234567); got != "−1,234,567" {
		t.Errorf("Int = %q", got)
	}
}

func TestPickPrefersTheSavedChoice(t *testing.T) {
	for _, c := range []struct{ saved, cookie, header, want string }{
		{"", "", "zh-CN,zh;q=0.9", "zh-Hans"},
		{"", "en", "zh-CN", "en"},
		{"zh-Hans", "en", "en", "zh-Hans"},
		{"", "", "fr", "en"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", c.header)
		if c.cookie != "" {
			r.Header.Set("Cookie", "lang="+c.cookie)
		}
		if got := i18n.Pick(r, c.saved); got != c.want {
			t.Errorf("Pick(%+v) = %s, want %s", c, got, c.want)
		}
	}
}

func TestWhatWasSpokenIsHeardInEveryLanguage(t *testing.T) {
	m := i18n.M("fault.denied")
	got, err := i18n.Heard(i18n.Spoken(m))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		if i18n.Text(lang, got) != i18n.Text(lang, m) {
			t.Errorf("%s: %q, want %q", lang, i18n.Text(lang, got), i18n.Text(lang, m))
		}
	}
	if got, err = i18n.Heard(i18n.Spoken(i18n.Msg{})); err != nil || !got.IsZero() {
		t.Errorf("an empty message comes back as %v, %v", got, err)
	}
}
