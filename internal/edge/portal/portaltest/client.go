package portaltest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A Client is somebody at a browser without scripts. Lang chooses the language of the next pages: "en" when empty,
// "zh-Hans", or "en-XA", which marks every text of the catalogue.
type Client struct {
	Lang string
	By   actor.Actor

	spoken string // the language saved for the person
	portal *Portal
	http   *http.Client
	jar    http.CookieJar
}

// Nobody is a client who isn't signed in.
func (p *Portal) Nobody() *Client {
	jar, err := cookiejar.New(nil)
	must(p.t, err)
	c := &http.Client{Jar: jar}
	p.t.Cleanup(c.CloseIdleConnections)
	return &Client{portal: p, jar: jar, http: c}
}

// As is a client with a session of an actor of the fixture, acting for the actor's account.
func (p *Portal) As(by actor.Actor) *Client {
	p.t.Helper()
	c := p.Nobody()
	c.By = by
	session, err := p.Login.SignIn(p.t.Context(), fixture.Nobody(), login.SignIn{Name: p.Email(by), Password: fixture.Password})
	must(p.t, err)
	base, err := url.Parse(p.URL)
	must(p.t, err)
	c.jar.SetCookies(base, []*http.Cookie{{Name: "hanse", Value: session.Token, Path: "/"}})
	if session.Account != by.Account {
		by.Session = session.Hash
		must(p.t, p.Login.Switch(p.t.Context(), by, by.Account))
	}
	return c
}

// Jar holds the client's cookies.
func (c *Client) Jar() http.CookieJar { return c.jar }

// Cookies are the client's cookies, for a browser.
func (c *Client) Cookies() []*http.Cookie {
	base, err := url.Parse(c.portal.URL)
	must(c.portal.t, err)
	return c.jar.Cookies(base)
}

// A Page is an answer. Path is where the client ended after redirects.
type Page struct {
	Status int
	Path   string
	Header http.Header
	Body   string
	Doc    *goquery.Document

	t testing.TB
}

// Get opens a page.
func (c *Client) Get(path string) *Page {
	c.portal.t.Helper()
	return c.send(http.MethodGet, path, "", nil)
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values) *Page {
	c.portal.t.Helper()
	return c.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Upload sends a form with one file.
func (c *Client) Upload(path string, form url.Values, field, name string, file []byte) *Page {
	c.portal.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for key, values := range form {
		for _, v := range values {
			must(c.portal.t, w.WriteField(key, v))
		}
	}
	part, err := w.CreateFormFile(field, name)
	must(c.portal.t, err)
	_, err = part.Write(file)
	must(c.portal.t, err)
	must(c.portal.t, w.Close())
	return c.send(http.MethodPost, path, w.FormDataContentType(), &b)
}

func (c *Client) send(method, path, kind string, body io.Reader) *Page {
	t := c.portal.t
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, c.portal.URL+path, body)
	must(t, err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	lang := c.Lang
	if lang == "" {
		lang = "en"
	}
	c.speak(req.URL, lang)
	res, err := c.http.Do(req)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	p := &Page{Status: res.StatusCode, Path: res.Request.URL.RequestURI(), Header: res.Header, Body: string(b), t: t}
	p.Doc, err = goquery.NewDocumentFromReader(bytes.NewReader(b))
	must(t, err)
	return p
}

// speak sets the language where the portal looks for it: with the person, or in the browser.
func (c *Client) speak(base *url.URL, lang string) {
	c.portal.t.Helper()
	c.jar.SetCookies(base, []*http.Cookie{{Name: "lang", Value: lang, Path: "/"}})
	if lang == c.spoken || c.By.Identity == "" || lang == i18n.Pseudo {
		return
	}
	must(c.portal.t, c.portal.Login.SetPreferences(c.portal.t.Context(), c.By, login.Preferences{Lang: lang}))
	c.spoken = lang
}

// Want fails the test when the status is another, and shows what the page says.
func (p *Page) Want(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s = %d, want %d; it says: %.400s", p.Path, p.Status, status, p.Text("main"))
	}
	return p
}

// H1 is the page's heading.
func (p *Page) H1() string { return p.Text("h1") }

// Text is the text of what a selector finds, with single spaces.
func (p *Page) Text(selector string) string {
	return strings.Join(strings.Fields(p.Doc.Find(selector).Text()), " ")
}

// Has tells whether a selector finds something.
func (p *Page) Has(selector string) bool { return p.Doc.Find(selector).Length() > 0 }
