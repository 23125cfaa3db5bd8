package portaltest

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"hanse/internal/kit/i18n"
)

// Check opens pages in both languages and the pseudo-language: each must answer 200 with one heading, unique ids,
// no missing message, and no word that isn't of the catalogue or marked as data.
func Check(t *testing.T, c *Client, paths ...string) {
	t.Helper()
	defer func(lang string) { c.Lang = lang }(c.Lang)
	for _, path := range paths {
		for _, lang := range []string{i18n.English, i18n.Chinese, i18n.Pseudo} {
			c.Lang = lang
			p := c.Get(path)
			if p.Status != 200 {
				t.Errorf("GET %s in %s = %d: %.300s", path, lang, p.Status, p.Text("main"))
				continue
			}
			if n := p.Doc.Find("h1").Length(); n != 1 {
				t.Errorf("GET %s in %s: %d headings of level 1, want one", path, lang, n)
			}
			if i := strings.Index(p.Body, "??"); i >= 0 {
				t.Errorf("GET %s in %s lacks a message: %.80s", path, lang, p.Body[i:])
			}
			for _, id := range twice(p) {
				t.Errorf("GET %s in %s: two elements with the id %q", path, lang, id)
			}
			if lang == i18n.Pseudo {
				for _, s := range HardCoded(p) {
					t.Errorf("GET %s: hard-coded text %q", path, s)
				}
			}
		}
	}
}

func twice(p *Page) (ids []string) {
	seen := map[string]bool{}
	for _, n := range p.Doc.Find("[id]").Nodes {
		id := attr(n, "id")
		if seen[id] {
			ids = append(ids, id)
		}
		seen[id] = true
	}
	return ids
}

// HardCoded lists the words of a page in the pseudo-language that don't come from the catalogue: text outside
// ⟦ ⟧, unless an element says that it's data (translate="no"). The shell's names of people and companies are data.
func HardCoded(p *Page) (out []string) {
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if data(n) {
			return
		}
		if n.Type == html.TextNode {
			if s := strings.TrimSpace(n.Data); words(s) {
				out = append(out, s)
			}
		}
		for _, a := range []string{"aria-label", "placeholder", "alt"} {
			if s := attr(n, a); words(s) {
				out = append(out, a+"="+s)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	for _, n := range p.Doc.Nodes {
		walk(n)
	}
	return out
}

// names are words of every language.
var names = []string{"CSV", "Excel", "PDF", "JSON"}

// words tells whether a text has words that don't come from the catalogue; figures alone are data.
func words(s string) bool {
	return strings.ContainsFunc(s, unicode.IsLetter) && !strings.Contains(s, "⟦") && !slices.Contains(names, s)
}

// data tells whether an element's text isn't for translation: marked so, code, or the name of another language.
func data(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	return attr(n, "translate") == "no" || attr(n, "lang") != "" && n.Data != "html" || n.Data == "script" || n.Data == "style" ||
		n.Data == "title" && n.Parent != nil && n.Parent.Data != "head"
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
