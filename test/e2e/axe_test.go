package e2e

import (
	"net/url"
	"testing"
	"time"

	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// TestEveryKindOfPageIsAccessible opens one page of each kind that anybody can reach by links, in a browser: axe
// finds nothing there. The looks in the dark, narrow and in Chinese are those of the main pages, in another test.
func TestEveryKindOfPageIsAccessible(t *testing.T) {
	w := world(t)
	met := map[string]bool{}
	for _, role := range []string{"service_partner_admin", "solution_provider", "vendor_admin", "vendor_reviewer", "engineer"} {
		t.Run(role, func(t *testing.T) {
			c := w.As(role)
			c.Speak(i18n.English)
			x := w.crawl(t, c, i18n.English, "/", w.logins[role].Home, "/me")
			p := w.sit(t, role, tongues[0], browser.Options{Width: 1280, Height: 900})
			for _, path := range x.pages {
				u, err := url.Parse(path)
				must(t, err)
				if k := kind(&url.URL{Path: u.Path}); !met[k] {
					met[k] = true
					p.Page.Page = p.Page.CancelTimeout().Timeout(time.Minute)
					p.Go(path).met()
				}
			}
		})
	}
	t.Logf("%d kinds of page", len(met))
}
