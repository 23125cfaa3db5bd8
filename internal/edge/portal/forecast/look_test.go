package forecast_test

import (
	"os"
	"testing"

	"hanse/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestPagesFitAndAreAccessible opens every page in a browser: no serious finding of axe, nothing wider than the
// screen. It leaves pictures in test/artifacts.
func TestPagesFitAndAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser many times")
	}
	w := newWorld(t)
	supposed := star + "/forecast?if=leave:" + w.crew["Bo Chen"] + "::" + w.today.AddDays(30).String()
	partner, vendor := w.As(w.partner), w.As(w.vendor)
	for name, o := range map[string]browser.Options{"wide": {Width: 1440, Height: 1000, Lang: "en"},
		"narrow": {Width: 390, Height: 844, Lang: "zh-CN", Scheme: "dark"}} {
		for page, path := range map[string]string{"forecast": supposed, "advice": star + "/advice?level=four-star", "channel": "/channel/forecast"} {
			c := partner
			if page == "channel" {
				c = vendor
			}
			c.Lang = map[string]string{"en": "en", "zh-CN": "zh-Hans"}[o.Lang]
			c.Get("/verify") // keeps the language with the person
			p := browser.New(t, w.URL, o)
			for _, x := range c.Cookies() {
				p.Cookie(x.Name, x.Value)
			}
			p.Go(path)
			p.Fits()
			p.Axe()
			p.Shot("forecast-" + page + "-" + name)
		}
	}
}
