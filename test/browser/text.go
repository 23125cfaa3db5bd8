package browser

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// HardCoded lists the words of a page that don't come from the catalogue: text outside ⟦ ⟧, unless an element
// says that it's data (translate="no"). The page must have been rendered in i18n.Pseudo.
func HardCoded(t testing.TB, page string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	must(t, err)
	return foreign(root)
}

func foreign(n *html.Node) []string {
	if n.Type == html.ElementNode && isData(n) {
		return nil
	}
	var out []string
	add := func(prefix, s string) {
		if s = strings.TrimSpace(s); s != "" && !strings.Contains(s, "⟦") {
			out = append(out, prefix+s)
		}
	}
	if n.Type == html.TextNode {
		add("", n.Data)
	}
	for _, a := range n.Attr {
		if a.Key == "aria-label" || a.Key == "placeholder" || a.Key == "alt" {
			add(a.Key+"=", a.Val)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, foreign(c)...)
	}
	return out
}

// isData tells whether an element holds data or a script; a title within a drawing is a tip with figures.
func isData(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "translate" && a.Val == "no" {
			return true
		}
	}
	return n.Data == "script" || n.Data == "title" && n.Parent.Data != "head"
}
