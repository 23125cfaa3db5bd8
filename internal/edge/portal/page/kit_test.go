package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/static"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

func shell(t *testing.T) page.ShellView {
	t.Helper()
	assets, err := asset.New(static.Files)
	if err != nil {
		t.Fatal(err)
	}
	return page.ShellView{Assets: assets}
}

func render(t *testing.T, lang string, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(i18n.With(t.Context(), lang, time.UTC), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// data are words of the gallery's frame that stand for data.
func data(s string) bool {
	for _, d := range []string{"Gallery 组件", "Qualifications 资质", "People 人员", "Vendor 厂商", "Reviews 审核", "Programs 计划", "Channel 渠道", "Partner", "Vendor", "aria-label=A-2026"} {
		if strings.HasPrefix(s, d) {
			return true
		}
	}
	return false
}

func TestGallerySpeaksOnlyThroughTheCatalogue(t *testing.T) {
	for _, s := range browser.HardCoded(t, render(t, i18n.Pseudo, page.Kit(page.KitShell(shell(t))))) {
		if !data(s) {
			t.Errorf("hard-coded text: %q", s)
		}
	}
}

func TestGalleryHasEveryMessageInBothLanguages(t *testing.T) {
	for _, lang := range i18n.Languages {
		s := render(t, lang, page.Kit(page.KitShell(shell(t))))
		if i := strings.Index(s, "??"); i >= 0 {
			t.Errorf("%s lacks a message: %.60s", lang, s[i:])
		}
		if !strings.Contains(s, `<html lang="`+lang+`"`) {
			t.Errorf("the page doesn't say that it's in %s", lang)
		}
	}
}

func TestIdsAreUnique(t *testing.T) {
	root, err := html.Parse(strings.NewReader(render(t, i18n.English, page.Kit(page.KitShell(shell(t))))))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for n := range root.Descendants() {
		id := attr(n, "id")
		if id != "" && seen[id] {
			t.Errorf("two elements with the id %q", id)
		}
		seen[id] = true
	}
}

func TestEveryFailureSaysWhatHappenedWhyAndWhatToDo(t *testing.T) {
	for _, status := range []int{401, 403, 404, 409, 413, 422, 429, 500, 503, 418} {
		for _, lang := range []string{i18n.English, i18n.Chinese, i18n.Pseudo} {
			s := render(t, lang, page.Failure(page.FailureView{Shell: shell(t), Status: status, Request: "r-1"}))
			if strings.Contains(s, "??") || strings.Count(s, "<h1>") != 1 || !strings.Contains(s, "r-1") {
				t.Errorf("%d in %s: incomplete", status, lang)
			}
			if lang == i18n.Pseudo {
				for _, h := range browser.HardCoded(t, s) {
					t.Errorf("%d: hard-coded text: %q", status, h)
				}
			}
		}
	}
}

func TestTheTitleSaysThatThereAreErrors(t *testing.T) {
	v := shell(t)
	v.Title, v.Invalid = "Apply", true
	if s := render(t, i18n.English, page.Public(v)); !strings.Contains(s, "<title>Error: Apply · Hanse Partner Center</title>") {
		t.Errorf("got %.400s", s)
	}
}
