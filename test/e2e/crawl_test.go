package e2e

import (
	"maps"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// most is how many pages of one kind a crawl opens: one engineer's page is like another's.
var most = map[string]int{i18n.English: 2, i18n.Chinese: 1, i18n.Pseudo: 2}

// ids are the parts of an address that name one thing of many.
var ids = regexp.MustCompile(`^[0-9A-Za-z_-]{12,}$|^H3C-|^\d+$`)

// kind is an address with the names of things left out.
func kind(u *url.URL) string {
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if ids.MatchString(p) {
			parts[i] = "*"
		}
	}
	keys := slices.Sorted(maps.Keys(u.Query()))
	return strings.Join(parts, "/") + "?" + strings.Join(keys, "&")
}

// A crawl opens every page that links lead to.
type crawl struct {
	t     *testing.T
	c     *Client
	lang  string
	seen  map[string]bool
	kinds map[string]int
	queue []string
	from  map[string]string                        // where a link was first found
	pages []string                                 // what was opened and is a page
	read  func(path string, doc *goquery.Document) // is told of each page, unless nil
}

func (w *World) crawl(t *testing.T, c *Client, lang string, start ...string) *crawl {
	t.Helper()
	x := newCrawl(t, c, lang)
	x.run(start...)
	return x
}

func newCrawl(t *testing.T, c *Client, lang string) *crawl {
	return &crawl{t: t, c: c, lang: lang, seen: map[string]bool{}, kinds: map[string]int{}, from: map[string]string{}}
}

// run opens the pages of a start and all that they lead to.
func (x *crawl) run(start ...string) {
	x.t.Helper()
	for _, path := range start {
		x.add(path, "the start")
	}
	for len(x.queue) > 0 {
		path := x.queue[0]
		x.queue = x.queue[1:]
		x.visit(path)
	}
}

// add queues an address of ours that wasn't met.
func (x *crawl) add(href, from string) {
	base, err := url.Parse(x.c.w.URL + from)
	if err != nil {
		base, _ = url.Parse(x.c.w.URL)
	}
	u, err := base.Parse(href)
	if err != nil || u.Host != base.Host || u.Scheme != "http" || strings.HasPrefix(u.Path, "/static/") || strings.HasPrefix(u.Path, "/docs") || strings.HasPrefix(u.Path, "/demo/") {
		return
	}
	u.Fragment = ""
	path := u.RequestURI()
	if x.seen[path] || x.kinds[kind(u)] >= most[x.lang] {
		return
	}
	x.seen[path] = true
	x.kinds[kind(u)]++
	x.from[path] = from
	x.queue = append(x.queue, path)
}

func (x *crawl) visit(path string) {
	x.t.Helper()
	p := x.c.Get(path)
	if p.Status == http.StatusTooManyRequests { // a crawl is quicker than people are
		x.c.move()
		p = x.c.Get(path)
	}
	if p.Status != 200 {
		x.t.Errorf("%s: GET %s = %d, linked from %s: %.200s", x.lang, path, p.Status, x.from[path], p.Text("main"))
		return
	}
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		if len(p.Body) == 0 {
			x.t.Errorf("%s: %s is an empty file", x.lang, path)
		}
		return
	}
	x.check(path, p)
	x.pages = append(x.pages, path)
	if x.read != nil {
		x.read(path, p.Doc)
	}
	p.Doc.Find("a[href], iframe[src], form.filters:not([method=post])").Each(func(_ int, s *goquery.Selection) {
		for _, a := range []string{"href", "src", "action"} {
			if href, ok := s.Attr(a); ok {
				x.add(href, path)
			}
		}
	})
}

// check is what every page owes its reader.
func (x *crawl) check(path string, p *Reply) {
	x.t.Helper()
	if n := p.Doc.Find("h1").Length(); n != 1 {
		x.t.Errorf("%s: %s has %d headings of level 1", x.lang, path, n)
	}
	if lang := p.Doc.Find("html").AttrOr("lang", ""); lang != x.lang {
		x.t.Errorf("%s: %s is in %q", x.lang, path, lang)
	}
	for _, bad := range []string{"??", "<no value>", "&lt;no value&gt;", "%!"} {
		if i := strings.Index(p.Body, bad); i >= 0 {
			x.t.Errorf("%s: %s shows %.80q", x.lang, path, p.Body[i:])
		}
	}
	ids := map[string]bool{}
	p.Doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			x.t.Errorf("%s: %s has two elements #%s", x.lang, path, id)
		}
		ids[id] = true
	})
	// A message says both in its own words.
	if p.Has("nav.nav") && p.Text(".head .state, .head .next") == "" && !strings.HasPrefix(path, "/messages/") {
		x.t.Errorf("%s: %s says neither how things stand nor what to do", x.lang, path)
	}
	if x.lang == i18n.Pseudo {
		for _, s := range portaltest.HardCoded(&portaltest.Page{Doc: p.Doc}) {
			x.t.Errorf("%s has hard-coded text %q", path, s)
		}
	}
}

func TestEveryLinkOfEveryRoleLeadsToAWholePage(t *testing.T) {
	t.Parallel()
	w := world(t)
	pages := 0
	for _, role := range slices.Sorted(maps.Keys(w.logins)) {
		for _, lang := range []string{i18n.English, i18n.Chinese, i18n.Pseudo} {
			t.Run(role+"/"+lang, func(t *testing.T) {
				c := w.As(role)
				if lang == i18n.Pseudo {
					c.pseudo()
				} else {
					c.Speak(lang)
				}
				x := w.crawl(t, c, lang, "/", w.logins[role].Home, "/me")
				if len(x.seen) < 10 {
					t.Errorf("only %d pages: %v", len(x.seen), slices.Sorted(maps.Keys(x.seen)))
				}
				pages += len(x.seen)
			})
		}
	}
	t.Logf("%d pages", pages)
}

func TestEveryPublicPageIsWhole(t *testing.T) {
	t.Parallel()
	w := world(t)
	for _, lang := range []string{i18n.English, i18n.Chinese, i18n.Pseudo} {
		c := w.Nobody()
		if lang == i18n.Pseudo {
			c.pseudo()
		} else {
			c.Speak(lang)
		}
		number := path.Base(w.As("solution_provider").Get("/certificates").Want(200).Link("main table a[href^='/certificates/']"))
		if x := w.crawl(t, c, lang, "/login", "/register", "/reset", "/verify", "/verify/"+number); len(x.seen) < 5 {
			t.Errorf("%s: only %d public pages", lang, len(x.seen))
		}
	}
}

// pseudo chooses the pseudo-language, which no button offers.
func (c *Client) pseudo() {
	c.w.t.Helper()
	c.lang = i18n.Pseudo
	c.Post("/prefs", url.Values{"lang": {i18n.Pseudo}, "back": {"/login"}})
}

func TestTheFirstPagesOfADemonstrationAreLight(t *testing.T) {
	t.Parallel()
	w := world(t)
	for name, jar := range map[string]http.CookieJar{"nobody": nil, "service_partner_admin": w.As("service_partner_admin").jar, "distributor": w.As("distributor").jar,
		"vendor_admin": w.As("vendor_admin").jar} {
		path := "/"
		if jar == nil {
			path = "/login"
		}
		total, parts := browser.Weight(t, jar, w.URL+path)
		t.Logf("the first page of %s: %d bytes in %d parts", name, total, len(parts))
		if total > 100_000 {
			t.Errorf("the first page of %s costs %d bytes, want 100,000 at most:\n%s", name, total, strings.Join(parts, "\n"))
		}
	}
}

func TestTheMainPagesAreAccessibleAndFitInEveryLook(t *testing.T) {
	t.Parallel()
	w := world(t)
	for _, look := range []struct {
		name   string
		in     tongue
		scheme string
		width  int
	}{{"en-dark-wide", tongues[0], "dark", 1440}, {"zh-light-narrow", tongues[1], "light", 390}, {"en-light-narrow", tongues[0], "light", 390}} {
		t.Run(look.name, func(t *testing.T) {
			for role, paths := range map[string][]string{
				"solution_provider": {"/", "/qualifications", "/qualifications/h3c-star", "/people", "/people/exits", "/imports", "/company/service", "/certificates", "/messages"},
				"vendor_admin":      {"/", "/reviews", "/channel", "/programs", "/programs/h3c-star@2025", "/system/audit", "/system/settings", "/company/users"},
			} {
				p := w.sit(t, role, look.in, browser.Options{Scheme: look.scheme, Width: look.width, Height: 900})
				for _, path := range paths {
					p.Go(path).met()
					p.Fits()
				}
			}
		})
	}
}
