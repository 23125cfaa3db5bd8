package e2e

import (
	"fmt"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// manyOf are the parts of an address that one name of many follows: a program, a setting, a field of tickets.
var manyOf = map[string]bool{"programs": true, "qualifications": true, "paths": true, "settings": true, "kinds": true}

// family is an address without its query and without names of things, also of those that people name themselves.
func family(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if ids.MatchString(p) || i > 0 && manyOf[parts[i-1]] {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// shapes are the kinds of element on a page, each with the kind that it's in: what can be wrong with one is wrong with
// all of a shape.
func shapes(doc *goquery.Document) map[string]bool {
	named := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { named[s.AttrOr("id", "")] = true })
	found, of := map[string]bool{}, map[*html.Node]string{}
	doc.Find("body *").Each(func(_ int, s *goquery.Selection) {
		n := s.Nodes[0]
		of[n] = shape(n, named)
		found[of[n.Parent]+" > "+of[n]] = true
	})
	return found
}

// shape is an element without what differs from one thing to the next: its attributes by name, those that styles and
// roles hang on with their value, whether what it refers to is there, and whether it holds text of its own.
func shape(n *html.Node, named map[string]bool) string {
	parts := []string{}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "role", "type", "lang", "dir", "scope", "tabindex":
			parts = append(parts, a.Key+"="+a.Val)
		case "alt", "title", "style", "name", "id", "href":
			parts = append(parts, a.Key+"="+filled(a.Val))
		case "for", "aria-labelledby", "aria-describedby", "aria-controls":
			lost := slices.ContainsFunc(strings.Fields(a.Val), func(id string) bool { return !named[id] })
			parts = append(parts, fmt.Sprint(a.Key, " lost=", lost))
		default:
			parts = append(parts, a.Key+"="+state(a))
		}
	}
	slices.Sort(parts)
	text := ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			text += strings.TrimSpace(c.Data)
		}
	}
	return n.Data + "[" + strings.Join(parts, " ") + "]" + filled(text)
}

// state is the value of an attribute when it says how things stand, as aria-expanded does, and not how they are called.
func state(a html.Attribute) string {
	switch a.Val {
	case "true", "false", "page", "mixed", "polite", "assertive":
		return a.Val
	}
	return filled(a.Val)
}

func filled(s string) string {
	if s == "" {
		return "empty"
	}
	return "set"
}

// A register keeps the shapes that axe met, by family of page.
type register map[string]map[string]bool

// news tells whether a page has a shape that wasn't met in its family, and keeps what it has.
func (r register) news(path string, found map[string]bool) bool {
	met, known := r[family(path)]
	if !known {
		met = map[string]bool{}
		r[family(path)] = met
	}
	isNew := !known
	for s := range found {
		isNew = isNew || !met[s]
		met[s] = true
	}
	return isNew
}
