// Package browser drives an installed Chromium from go test: no driver, no download.
//
// A test package calls Main in its TestMain, and New for each page. All pages of a package share one browser;
// each has its own private context, so that cookies don't meet. Exceptions on the page, breaches of the content
// policy, and missing assets fail the test. Without Chromium tests are skipped, loudly; where CI=true they fail.
package browser

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/launcher"
	"github.com/go-rod/rod/lib/launcher/flags"
	"github.com/go-rod/rod/lib/proto"
)

//go:embed axe.min.js
var axeJS string

// wait bounds every wait for something to appear.
const wait = 45 * time.Second

// shared is the package's one browser.
var shared struct {
	once    sync.Once
	browser *rod.Browser
	start   *launcher.Launcher
	profile string
	err     error
}

// Main runs the tests and ends the browser: os.Exit(browser.Main(m)).
func Main(m *testing.M) int {
	defer stop()
	return m.Run()
}

func stop() {
	if shared.browser == nil {
		return
	}
	_ = shared.browser.Close() // it may be gone already
	shared.start.Kill()
	// Chromium writes for a moment after its end.
	for i := 0; i < 20 && os.RemoveAll(shared.profile) != nil; i++ {
		time.Sleep(50 * time.Millisecond)
	}
}

// Options say how a page is looked at. The zero value is English, light, 1440 by 900.
type Options struct {
	Lang    string // of Accept-Language: "en", "zh-CN"
	Scheme  string // "light", "dark"
	Width   int
	Height  int
	Timeout time.Duration // for the whole life of the page; a minute when zero
}

// A Page is a tab in a private context.
type Page struct {
	*rod.Page
	t        testing.TB
	base     string
	mu       sync.Mutex
	problems []string
	framed   bool // the frame around the pages was examined
}

// New opens an empty page; base is the server's address, to which Go adds paths.
func New(t testing.TB, base string, o Options) *Page {
	t.Helper()
	shared.once.Do(func() { shared.err = launch(t) })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	if shared.browser == nil {
		missing(t)
	}
	o = o.filled()
	context, err := shared.browser.Incognito()
	must(t, err)
	raw, err := context.Page(proto.TargetCreateTarget{})
	must(t, err)
	p := &Page{Page: raw.Timeout(o.Timeout), t: t, base: base}
	t.Cleanup(func() {
		_ = context.Close() // the browser may have ended
		p.report()
	})
	p.prepare(o)
	return p
}

func (o Options) filled() Options {
	if o.Width == 0 {
		o.Width, o.Height = 1440, 900
	}
	if o.Lang == "" {
		o.Lang = "en"
	}
	if o.Scheme == "" {
		o.Scheme = "light"
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	return o
}

// missing ends the test: Chromium isn't installed.
func missing(t testing.TB) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium on PATH: install it (apt-get install chromium fonts-noto-cjk)")
	}
	fmt.Fprintf(os.Stderr, "\n*** SKIPPED BROWSER TEST %s: no chromium on PATH (apt-get install chromium) ***\n", t.Name())
	t.Skip("no chromium on PATH")
}

func find() string {
	for _, n := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if n == "" {
			continue
		}
		if p, err := exec.LookPath(n); err == nil {
			return p
		}
	}
	return ""
}

// launch starts the browser, when there is one.
func launch(t testing.TB) error {
	bin := find()
	if bin == "" {
		return nil
	}
	var err error
	if shared.profile, err = os.MkdirTemp("", "hanse-chromium-"); err != nil {
		return err
	}
	l := launcher.New().Bin(bin).NoSandbox(true).Leakless(false).UserDataDir(shared.profile)
	for f := range strings.FieldsSeq("disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync hide-scrollbars disable-dev-shm-usage") {
		l = l.Set(flags.Flag(f))
	}
	l = l.Append("disable-features", "BackForwardCache") // pages that were left aren't kept
	l = l.Set("force-device-scale-factor", "1").Set("font-render-hinting", "none")
	address, err := l.Launch()
	if err != nil {
		return fmt.Errorf("start %s: %w", bin, err)
	}
	b := rod.New().ControlURL(address)
	if err := b.Connect(); err != nil {
		l.Kill()
		return err
	}
	t.Logf("browser: %s", bin)
	shared.start, shared.browser = l, b
	return nil
}

func (p *Page) prepare(o Options) {
	p.t.Helper()
	must(p.t, p.SetViewport(&proto.EmulationSetDeviceMetricsOverride{Width: o.Width, Height: o.Height, DeviceScaleFactor: 1}))
	must(p.t, proto.EmulationSetEmulatedMedia{Features: []*proto.EmulationMediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: o.Scheme},
	}}.Call(p))
	must(p.t, proto.NetworkSetUserAgentOverride{UserAgent: "hanse-test", AcceptLanguage: o.Lang}.Call(p))
	// Every document gets axe as a function that isn't called yet: sent once for a window, and compiled once while its pages change.
	_, err := p.EvalOnNewDocument("window.loadAxe = function() {" + axeJS + "}")
	must(p.t, err)
	go p.EachEvent(
		func(e *proto.RuntimeExceptionThrown) { p.note("page error: " + exception(e.ExceptionDetails)) },
		func(e *proto.LogEntryAdded) {
			if e.Entry.Source == proto.LogLogEntrySourceSecurity || strings.Contains(e.Entry.URL, "/static/") {
				p.note(string(e.Entry.Source) + ": " + e.Entry.Text + " " + e.Entry.URL)
			}
		},
	)()
}

func exception(d *proto.RuntimeExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

// note keeps a problem until the test's end: events may come when the test is over already.
func (p *Page) note(problem string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, problem)
}

func (p *Page) report() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range p.problems {
		p.t.Error(x)
	}
}

// Go opens a path of the server and waits until it has loaded.
func (p *Page) Go(path string) *Page {
	p.t.Helper()
	must(p.t, p.Navigate(p.base+path))
	must(p.t, p.WaitLoad())
	return p
}

// Path is the path and query that the page shows now.
func (p *Page) Path() string {
	p.t.Helper()
	info, err := p.Info()
	must(p.t, err)
	u, err := url.Parse(info.URL)
	must(p.t, err)
	return u.RequestURI()
}

// Cookie gives the page a cookie of the server: a language, a session.
func (p *Page) Cookie(name, value string) *Page {
	p.t.Helper()
	must(p.t, p.SetCookies([]*proto.NetworkCookieParam{{Name: name, Value: value, URL: p.base}}))
	return p
}

// Role finds the one element with this role and accessible name, as a screen reader would; it waits for it.
func (p *Page) Role(role, name string) *rod.Element {
	p.t.Helper()
	found := 0
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var el *rod.Element
		if el, found = p.byRole(role, name); el != nil {
			return el
		}
	}
	p.t.Fatalf("%s: %d elements with role %q and name %q, want 1", p.Path(), found, role, name)
	return nil
}

func (p *Page) byRole(role, name string) (*rod.Element, int) {
	doc, err := proto.DOMGetDocument{}.Call(p.Page)
	if err != nil {
		return nil, 0 // between two pages
	}
	tree, err := proto.AccessibilityQueryAXTree{BackendNodeID: doc.Root.BackendNodeID, Role: role, AccessibleName: name}.Call(p.Page)
	if err != nil {
		return nil, 0
	}
	var ids []proto.DOMBackendNodeID
	for _, n := range tree.Nodes {
		if !n.Ignored {
			ids = append(ids, n.BackendDOMNodeID)
		}
	}
	if len(ids) != 1 {
		return nil, len(ids)
	}
	object, err := proto.DOMResolveNode{BackendNodeID: ids[0]}.Call(p.Page)
	if err != nil {
		return nil, 1
	}
	el, err := p.ElementFromObject(object.Object)
	if err != nil {
		return nil, 1
	}
	return el, 1
}

// Press clicks the one button or link with this accessible name, and waits for the page that follows.
func (p *Page) Press(role, name string) *Page {
	p.t.Helper()
	el := p.Role(role, name)
	loaded := p.WaitNavigation(proto.PageLifecycleEventNameLoad)
	must(p.t, el.Click(proto.InputMouseButtonLeft, 1))
	loaded()
	return p
}

// Type replaces what the one text field with this label holds.
func (p *Page) Type(label, text string) *Page {
	p.t.Helper()
	el := p.Role("textbox", label)
	must(p.t, el.SelectAllText())
	must(p.t, el.Input(text))
	return p
}

// See waits for a text anywhere on the page.
func (p *Page) See(text string) *Page {
	p.t.Helper()
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		got, err := p.Eval(`() => document.body.innerText`)
		if err == nil && strings.Contains(got.Value.Str(), text) {
			return p
		}
	}
	p.t.Fatalf("%s doesn't show %q", p.Path(), text)
	return p
}

// Wait waits until a JavaScript function says true: p.Wait(`() => document.hidden`).
func (p *Page) Wait(condition string) *Page {
	p.t.Helper()
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		got, err := p.Eval(condition)
		if err == nil && got.Value.Bool() {
			return p
		}
	}
	p.t.Fatalf("%s: never true: %s", p.Path(), condition)
	return p
}

// frame is what every page of the portal has around its own part.
const frame = `[['nav.nav'], ['header.banner'], ['aside.demo']]`

// Axe fails the test on every breach of WCAG 2.2 A or AA that axe finds. Breaches alone are written up: what passed
// would take most of the time. The frame around the pages is examined with the first one that a window opens; its sixty
// links are the same on all others.
func (p *Page) Axe() *Page {
	p.t.Helper()
	what := "document"
	if p.framed {
		what = "{exclude: " + frame + ".filter(s => document.querySelector(s[0]))}"
	}
	_, err := p.Eval(`() => { if (!window.axe) loadAxe() }`)
	must(p.t, err)
	r, err := p.Eval(`() => axe.run(` + what + `, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa'], resultTypes: ['violations']}).then(r => JSON.stringify(
		r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(' ') + ' :: ' + n.failureSummary)}))))`)
	must(p.t, err)
	var found []struct {
		ID, Help string
		Nodes    []string
	}
	must(p.t, json.Unmarshal([]byte(r.Value.Str()), &found))
	framed, err := p.Eval(`() => !!document.querySelector('nav.nav')`)
	must(p.t, err)
	p.framed = p.framed || framed.Value.Bool()
	for _, v := range found {
		p.t.Errorf("%s: axe %s: %s (%d places)\n  %s", p.Path(), v.ID, v.Help, len(v.Nodes), strings.Join(v.Nodes, "\n  "))
	}
	return p
}

// Fits fails the test when the page is wider than the window, and says what sticks out.
func (p *Page) Fits() *Page {
	p.t.Helper()
	r, err := p.Eval(`() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return '';
		return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.scroll, .tabs, pre')).slice(0, 5)
			.map(e => e.tagName + '.' + e.className).join(', ') || 'the page' }`)
	must(p.t, err)
	if s := r.Value.Str(); s != "" {
		p.t.Errorf("%s is too wide: %s", p.Path(), s)
	}
	return p
}

// Shot writes a picture of the whole page to test/artifacts/NAME.png, for a human to look at. With CI=true nobody looks,
// unless HANSE_PICTURES is set.
func (p *Page) Shot(name string) *Page {
	p.t.Helper()
	if os.Getenv("CI") == "true" && os.Getenv("HANSE_PICTURES") == "" {
		return p
	}
	_, err := p.Eval(`() => document.fonts.ready.then(() => { scrollTo(0, 0); return 0 })`)
	must(p.t, err)
	b, err := p.Screenshot(true, nil)
	must(p.t, err)
	dir := filepath.Join(root(p.t), "test", "artifacts")
	must(p.t, os.MkdirAll(dir, 0o755))
	must(p.t, os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644))
	return p
}

// root is the folder of go.mod.
func root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
