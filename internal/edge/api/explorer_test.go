package api_test

import (
	"fmt"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/test/browser"
)

func TestTheExplorerSignsWithTheReadersKey(t *testing.T) {
	a := apptest.New(t)
	a.Clock.AdvanceWall(clock.New().Wall().Sub(a.Clock.Wall())) // the browser has no other clock than the machine's
	c := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	p := browser.New(t, a.URL, browser.Options{})
	p.Go("/docs").See("Try calls with your own key")
	call := func(init string, path string, want int) {
		p.Wait(fmt.Sprintf(`async () => {
			document.querySelector('rapi-doc').dispatchEvent(new CustomEvent('before-try'));
			const r = await fetch(new Request(%q, %s));
			return r.status === %d;
		}`, path, init, want))
	}
	call("{}", "/api/v1/me", 401)
	p.Type("Access key", c.ak).Type("Secret key", c.sk)
	call("{}", "/api/v1/me", 200)
	call("{}", "/api/v1/partners/"+c.id+"/people?q=a%20b%2B*~%E4%B8%AD&limit=5", 200)
	call(`{method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"number":"e1","name":"Ada"}'}`, "/api/v1/partners/"+c.id+"/people", 201)
	p.Wait(`() => localStorage.length === 0 && sessionStorage.length === 0`)
}

func TestTheExplorerDrawsAndIsAccessible(t *testing.T) {
	a := apptest.New(t)
	p := browser.New(t, a.URL, browser.Options{Timeout: 3 * time.Minute}) // some four hundred operations
	p.Go("/docs").See("Try calls with your own key").Wait(`() => document.querySelector('rapi-doc').shadowRoot.querySelector('.nav-bar-tag') !== null`)
	p.Wait(`() => performance.getEntriesByType('resource').every(e => new URL(e.name).origin === location.origin)`)
	p.Shot("explorer")
	p.Axe()
}
