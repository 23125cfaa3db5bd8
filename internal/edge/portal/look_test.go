package portal_test

import (
	"os"
	"strings"
	"testing"

	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// north is a partner with engineers, one of whose certificates ends soon.
func north(t *testing.T, p *portaltest.Portal) actor.Actor {
	t.Helper()
	admin := p.Partner("Northern Lights Networks Pte Ltd")
	const file = "person_id,name,email,certificate,issued_on,expires_on\n" +
		"E1,Amara Osei,amara@north.example,H3CSE,2024-01-10,2026-04-01\n" +
		"E2,Ben Tan,ben@north.example,H3CNE,2025-01-10,2028-01-09\n" +
		"E3,Chen Hui 陈慧,chen@north.example,H3CSE,2025-01-10,2028-01-09\n"
	if _, err := p.Roster.ImportNow(t.Context(), admin, admin.Account, "north.csv", strings.NewReader(file), false, func(roster.Import) {}); err != nil {
		t.Fatal(err)
	}
	p.Drain()
	return admin
}

// TestPagesAreAccessibleAndFitAnyScreen opens pages in a real browser: none may break a rule of axe, or be wider
// than the screen.
func TestPagesAreAccessibleAndFitAnyScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser many times")
	}
	p := start(t, true)
	partner, vendor := p.As(north(t, p)), p.As(p.Vendor())
	looks := map[string]browser.Options{
		"wide and light":  {Lang: "zh-CN"},
		"narrow and dark": {Scheme: "dark", Width: 390, Height: 844},
	}
	pages := map[*portaltest.Client][]string{
		partner: {"/", "/messages", "/programs/h3c-star@2025", "/catalogue"},
		vendor:  {"/", "/programs", "/system/audit", "/system/jobs", "/system/settings/invitation.days", "/system/health"},
	}
	for look, o := range looks {
		t.Run(look, func(t *testing.T) {
			for c, paths := range pages {
				b := browser.New(t, p.URL, o)
				for _, k := range c.Cookies() {
					b.Cookie(k.Name, k.Value)
				}
				for _, path := range paths {
					b.Go(path)
					b.Axe()
					b.Fits()
				}
			}
		})
	}
}
