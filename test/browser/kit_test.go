package browser_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/go-rod/rod/lib/input"

	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/static"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

const policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"

// gallery serves the gallery, a public page, and a failure, under the portal's policy.
func gallery(t *testing.T) string {
	t.Helper()
	assets, err := asset.New(static.Files)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", assets)
	show := func(make func(page.ShellView) templ.Component) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			ctx := i18n.With(r.Context(), i18n.Pick(r, ""), time.UTC)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if err := make(page.ShellView{Assets: assets}).Render(ctx, w); err != nil {
				t.Error(err)
			}
		}
	}
	mux.HandleFunc("/kit", show(func(v page.ShellView) templ.Component { return page.Kit(page.KitShell(v)) }))
	mux.HandleFunc("GET /plain", show(func(v page.ShellView) templ.Component {
		v.Title = "Plain"
		return page.Failure(page.FailureView{Shell: v, Status: 404, Request: "r-1"})
	}))
	mux.HandleFunc("GET /captcha", show(func(v page.ShellView) templ.Component {
		return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return page.Public(v).Render(templ.WithChildren(ctx, page.Captcha(v, "/challenge")), w)
		})
	}))
	srv := httptest.NewServer(asset.NewCompressor().Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		mux.ServeHTTP(w, r)
	})))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestGalleryIsAccessibleAndFits(t *testing.T) {
	base := gallery(t)
	for _, lang := range []string{"en", "zh-CN"} {
		for _, scheme := range []string{"light", "dark"} {
			for _, size := range []struct {
				name string
				w, h int
			}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
				name := strings.Join([]string{"kit", lang, scheme, size.name}, "-")
				t.Run(name, func(t *testing.T) {
					p := browser.New(t, base, browser.Options{Lang: lang, Scheme: scheme, Width: size.w, Height: size.h})
					p.Go("/kit").Shot(name).Fits().Axe()
				})
			}
		}
	}
}

func TestPlainPageIsAccessible(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{Lang: "zh-CN", Width: 390, Height: 844})
	p.Go("/plain").Shot("plain-zh-narrow").Fits().Axe()
	p.Role("link", "回到工作台")
}

func TestCaptchaKeepsThePolicyAndSpeaksBothLanguages(t *testing.T) {
	for lang, label := range map[string]string{"en": "I'm not a robot", "zh-CN": "我不是机器人"} {
		p := browser.New(t, gallery(t), browser.Options{Lang: lang, Scheme: "dark"}).Go("/captcha")
		p.Role("checkbox", label)
		p.Shot("captcha-" + lang).Axe()
	}
}

func TestMenusOpenByKeyboardAndCloseWithEscape(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{Width: 390, Height: 844}).Go("/kit")
	if err := p.Keyboard.Type(input.Tab); err != nil {
		t.Fatal(err)
	}
	menu := p.MustElement(".nav-menu > summary")
	menu.MustFocus()
	p.Keyboard.MustType(input.Enter)
	p.Wait(`() => document.querySelector('.nav-menu').open`)
	p.Shot("kit-menu-narrow").Axe()
	p.Keyboard.MustType(input.Escape)
	p.Wait(`() => !document.querySelector('.nav-menu').open && !!document.activeElement.closest('.nav-menu')`)
}

func TestUserMenuIsAccessible(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{}).Go("/kit")
	p.MustElement(".menu.user > summary").MustClick()
	p.Axe()
	if b, err := p.Screenshot(false, nil); err != nil || len(b) == 0 {
		t.Fatal(err)
	}
	p.MustElement(".menu.switcher > summary").MustClick()
	p.Wait(`() => !document.querySelector('.menu.user').open && document.querySelector('.menu.switcher').open`)
	p.Axe()
}

func TestFocusGoesToTheErrorSummary(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{}).Go("/kit")
	p.Wait(`() => document.activeElement.matches('[data-focus]')`)
	p.Role("alert", "")
}

func TestAFormIsSentOnceWithItsButtonsValue(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{}).Go("/kit")
	got := p.MustEval(`() => new Promise(done => {
		let sent = 0, value = '';
		const form = document.querySelector('#forms form');
		form.addEventListener('submit', e => { if (!e.defaultPrevented) { sent++; value = new FormData(form, e.submitter).get('do'); } });
		document.addEventListener('submit', e => e.preventDefault());
		const button = form.querySelector('button[value=submit]');
		button.click();
		setTimeout(() => { button.click(); setTimeout(() => done(document.querySelectorAll('[aria-busy=true]').length + ' ' + form.dataset.sent + ' ' + value)); }, 50);
	})`).Str()
	if want := "1 1 submit"; got != want {
		t.Errorf("busy buttons, sent, value: got %q, want %q", got, want)
	}
}

func TestFilterUpdatesOnlyItsList(t *testing.T) {
	p := browser.New(t, gallery(t), browser.Options{}).Go("/kit")
	p.MustEval(`() => { window.stays = 1 }`)
	p.Role("combobox", "All states").MustSelect("Lapses soon")
	p.Wait(`() => location.search.includes('state=soon') && window.stays === 1`)
}

func TestFirstPageIsLight(t *testing.T) {
	total, parts := browser.Weight(t, nil, gallery(t)+"/plain")
	t.Logf("%d bytes:\n%s", total, strings.Join(parts, "\n"))
	if total > 100_000 {
		t.Errorf("the page costs %d bytes over the wire, at most 100,000 allowed", total)
	}
}
