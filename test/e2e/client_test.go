package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// A Client is somebody at a browser without scripts.
type Client struct {
	w    *World
	http *http.Client
	jar  http.CookieJar
	lang string // wanted of pages; "" leaves it to what was chosen on the page
}

// seats gives each client an address of its own: the limit of requests counts by it.
var seats atomic.Int64

// Nobody is a client who isn't signed in.
func (w *World) Nobody() *Client {
	jar, err := cookiejar.New(nil)
	must(w.t, err)
	c := &Client{w: w, jar: jar, lang: "en"}
	c.move()
	return c
}

// move gives the client another address, as somebody who went to another desk.
func (c *Client) move() {
	n := seats.Add(1)
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/250), byte(1+n%250))}}
	transport := &http.Transport{DialContext: dial.DialContext}
	c.w.t.Cleanup(transport.CloseIdleConnections)
	c.http = &http.Client{Jar: c.jar, Transport: transport}
}

// As signs in with the form, as somebody of the demonstration.
func (w *World) As(role string) *Client {
	w.t.Helper()
	l, ok := w.logins[role]
	if !ok {
		w.t.Fatalf("nobody of the demonstration is %s", role)
	}
	return w.SignIn(l.Login, l.Password)
}

// SignIn signs in with the form.
func (w *World) SignIn(name, password string) *Client {
	w.t.Helper()
	c := w.Nobody()
	page := c.Get("/login").Want(200).Send("form[action='/login']", url.Values{"name": {name}, "password": {password}})
	if page.Want(200).Has("input[name=password]") {
		w.t.Fatalf("%s isn't signed in: %s", name, page.Text("main"))
	}
	return c
}

// Speak chooses the language as the button on every page does.
func (c *Client) Speak(lang string) *Client {
	c.w.t.Helper()
	c.lang = lang
	c.Post("/prefs", url.Values{"lang": {lang}, "back": {"/me"}}).Want(200)
	return c
}

// A Reply is an answer. Path is where the client ended after redirects.
type Reply struct {
	c      *Client
	Status int
	Path   string
	Header http.Header
	Body   string
	Doc    *goquery.Document
}

// Get opens a page.
func (c *Client) Get(path string) *Reply {
	c.w.t.Helper()
	return c.Do("GET", path, "", nil)
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values) *Reply {
	c.w.t.Helper()
	return c.Do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Do sends a request and reads its answer; more are pairs of header names and values.
func (c *Client) Do(method, path, kind string, body io.Reader, more ...string) *Reply {
	c.w.t.Helper()
	p, err := c.try(method, path, kind, body, more...)
	must(c.w.t, err)
	return p
}

// try is Do for goroutines, which mustn't end a test.
func (c *Client) try(method, path, kind string, body io.Reader, more ...string) (*Reply, error) {
	req, err := http.NewRequestWithContext(c.w.t.Context(), method, c.w.URL+path, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept-Language", c.lang)
	for i := 0; i < len(more); i += 2 {
		req.Header.Set(more[i], more[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	p := &Reply{c: c, Status: res.StatusCode, Path: res.Request.URL.RequestURI(), Header: res.Header, Body: string(b)}
	p.Doc, err = goquery.NewDocumentFromReader(bytes.NewReader(b))
	return p, err
}

// A File is chosen in a form.
type File struct {
	Field, Name string
	Data        []byte
}

// Upload sends a form with files.
func (c *Client) Upload(path string, form url.Values, files ...File) *Reply {
	c.w.t.Helper()
	kind, body := multi(c.w.t, form, files...)
	return c.Do("POST", path, kind, body)
}

func multi(t testing.TB, form url.Values, files ...File) (kind string, body io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for key, values := range form {
		for _, v := range values {
			must(t, w.WriteField(key, v))
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.Field, f.Name)
		must(t, err)
		_, err = part.Write(f.Data)
		must(t, err)
	}
	must(t, w.Close())
	return w.FormDataContentType(), &b
}

// Want fails the test when the status is another, and shows what the page says.
func (p *Reply) Want(status int) *Reply {
	p.c.w.t.Helper()
	if p.Status != status {
		p.c.w.t.Fatalf("%s = %d, want %d; it says: %.600s", p.Path, p.Status, status, p.Text("main"))
	}
	return p
}

// Text is the text of what a selector finds, with single spaces.
func (p *Reply) Text(selector string) string {
	return strings.Join(strings.Fields(p.Doc.Find(selector).Text()), " ")
}

// Has tells whether a selector finds something.
func (p *Reply) Has(selector string) bool { return p.Doc.Find(selector).Length() > 0 }

// See fails the test unless the page's content says so.
func (p *Reply) See(texts ...string) *Reply {
	p.c.w.t.Helper()
	for _, s := range texts {
		if !strings.Contains(p.Text("main"), s) {
			p.c.w.t.Errorf("%s doesn't say %q; it says: %.1500s", p.Path, s, p.Text("main"))
		}
	}
	return p
}

// Link is where the one link that a selector finds leads.
func (p *Reply) Link(selector string) string {
	p.c.w.t.Helper()
	found := p.Doc.Find(selector)
	if found.Length() == 0 {
		p.c.w.t.Fatalf("%s has no %s; it says: %.600s", p.Path, selector, p.Text("main"))
	}
	return found.First().AttrOr("href", "")
}

// Fields is what the one form that a selector finds would send as it stands.
func (p *Reply) Fields(selector string) (action string, form url.Values) {
	p.c.w.t.Helper()
	f := p.Doc.Find(selector)
	if f.Length() != 1 {
		p.c.w.t.Fatalf("%s has %d forms %s, want 1; it says: %.600s", p.Path, f.Length(), selector, p.Text("main"))
	}
	form = url.Values{}
	f.Find("input, select, textarea").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		_, ticked := s.Attr("checked")
		switch {
		case name == "", kind == "file", (kind == "radio" || kind == "checkbox") && !ticked:
		case goquery.NodeName(s) == "textarea":
			form.Set(name, s.Text())
		case goquery.NodeName(s) == "select":
			form.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			form.Add(name, s.AttrOr("value", ""))
		}
	})
	return f.AttrOr("action", p.Path), form
}

// Send fills in the one form that a selector finds and sends it.
func (p *Reply) Send(selector string, typed url.Values) *Reply {
	p.c.w.t.Helper()
	action, form := p.Fields(selector)
	for k, v := range typed {
		form[k] = v
	}
	return p.c.Post(action, form)
}

type selection = goquery.Selection
