package e2e

import (
	"net/url"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// TestEveryKindOfPageIsAccessible opens one page of each kind that anybody can reach by links, in a browser: axe
// finds nothing there. Of pages that differ by the name of a program or setting alone, those are opened that have an
// element of a shape that the others lack. The looks in the dark, narrow and in Chinese are those of the main pages, in another test.
func TestEveryKindOfPageIsAccessible(t *testing.T) {
	w := world(t)
	met := map[string]bool{}
	known, opened := register{}, 0
	for _, role := range []string{"service_partner_admin", "solution_provider", "vendor_admin", "vendor_reviewer", "engineer"} {
		t.Run(role, func(t *testing.T) {
			c := w.As(role)
			c.Speak(i18n.English)
			var paths []string
			x := newCrawl(t, c, i18n.English)
			x.read = func(path string, doc *goquery.Document) {
				u, err := url.Parse(path)
				must(t, err)
				if k := kind(&url.URL{Path: u.Path}); !met[k] {
					met[k] = true
					if known.news(path, shapes(doc)) {
						paths = append(paths, path)
					}
				}
			}
			x.run("/", w.logins[role].Home, "/me")
			p := w.sit(t, role, tongues[0], browser.Options{Width: 1280, Height: 900})
			for _, path := range paths {
				p.Page.Page = p.Page.CancelTimeout().Timeout(time.Minute)
				p.Go(path).met()
			}
			opened += len(paths)
		})
	}
	t.Logf("%d kinds of page in %d families, %d pages opened", len(met), len(known), opened)
}
