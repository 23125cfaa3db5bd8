package e2e

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-rod/rod"
	"github.com/go-rod/rod/lib/proto"

	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// A tongue is a language as a browser asks for it and as the portal calls it.
type tongue struct{ accept, lang string }

var tongues = []tongue{{"en", i18n.English}, {"zh-CN", i18n.Chinese}}

// A person sits at a browser.
type person struct {
	*browser.Page
	t    *testing.T
	lang string
}

// sit opens a browser and signs in with the form.
func (w *World) sit(t *testing.T, role string, in tongue, o browser.Options) *person {
	t.Helper()
	o.Lang, o.Timeout = in.accept, 4*time.Minute
	p := &person{browser.New(t, w.URL, o), t, in.lang}
	l := w.logins[role]
	p.Go("/login").met()
	p.fill("name", l.Login).fill("password", l.Password)
	p.Press("button", say(p.lang, "signin.login.do"))
	p.speaks()
	return p
}

// Go opens a page.
func (p *person) Go(path string) *person {
	p.t.Helper()
	p.Page.Go(path)
	return p
}

// Press clicks a button or link by its name and waits for the page that follows.
func (p *person) Press(role, name string) *person {
	p.t.Helper()
	p.Page.Press(role, name)
	return p
}

// speaks changes the language by the button of the page, when the person's own is another.
func (p *person) speaks() {
	p.t.Helper()
	got, err := p.Eval(`() => document.documentElement.lang`)
	must(p.t, err)
	if got.Value.Str() == p.lang {
		return
	}
	p.click("form.inline[action='/prefs'] button")
}

// el is the first element that a selector finds, waited for.
func (p *person) el(selector string) *rod.Element {
	p.t.Helper()
	el, err := p.Timeout(5 * time.Second).Element(selector)
	if err != nil {
		p.t.Fatalf("%s has no %s: %v", p.Path(), selector, err)
	}
	return el.CancelTimeout()
}

// fill types into the field with a name.
func (p *person) fill(name, text string) *person {
	p.t.Helper()
	el := p.el(`main [name="` + name + `"]`) // the frame has fields of its own
	must(p.t, el.SelectAllText())
	must(p.t, el.Input(text))
	return p
}

// click clicks what a selector finds first and waits for the page that follows.
func (p *person) click(selector string) *person {
	p.t.Helper()
	el := p.el(selector)
	loaded := p.WaitNavigation(proto.PageLifecycleEventNameLoad)
	must(p.t, el.Click(proto.InputMouseButtonLeft, 1))
	loaded()
	return p
}

// met checks what every page owes: one heading, its language, and nothing that axe finds.
func (p *person) met() *person {
	p.t.Helper()
	got, err := p.Eval(`() => document.querySelectorAll('h1').length + ' ' + document.documentElement.lang`)
	must(p.t, err)
	if want := "1 " + p.lang; got.Value.Str() != want {
		p.t.Errorf("%s: headings and language are %q, want %q", p.Path(), got.Value.Str(), want)
	}
	p.Axe()
	return p
}

// evidence chooses a document in every place of the upload form.
func (p *person) evidence(file string) {
	p.t.Helper()
	fields, err := p.Elements("#upload input[type=file]")
	must(p.t, err)
	if len(fields) < 3 {
		p.t.Errorf("%d files are asked for, want one for each certificate and more", len(fields))
	}
	for _, f := range fields {
		must(p.t, f.SetFiles([]string{file}))
	}
}

func TestAStarIsAppliedForReviewedGrantedAndConfirmed(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			app := w.partnerApplies(t, in)
			number := w.reviewerApproves(t, in, app)
			w.partnerDownloads(t, in, number)
		})
	}
}

// partnerApplies sees what the engineers earn and why, and applies.
func (w *World) partnerApplies(t *testing.T, in tongue) (app string) {
	t.Helper()
	p := w.sit(t, "service_partner_admin", in, browser.Options{})
	p.Go("/").met()
	p.Go("/qualifications").met()
	p.Go("/qualifications/h3c-star").met()
	level := map[string]string{i18n.English: "Three-star", i18n.Chinese: "三星"}[in.lang]
	p.See(level)
	four := w.lineOf(t, in, "level=four-star")
	if !strings.Contains(four, "1") {
		t.Errorf("four stars lack %q, want one senior engineer", four)
	}
	p.Press("link", p.text(`main .actions a.primary, main .head a.primary`)).met()
	must(t, p.el(`input[name=level][value=three-star]`).Click(proto.InputMouseButtonLeft, 1))
	p.Press("button", say(in.lang, "qualify.begin.do")).met()
	app = path.Dir(p.Path())
	for name, value := range map[string]string{"form.contact_phone": "+66 2 555 0100", "form.applicant_name": "Malee Srisai", "form.applicant_email": "malee@siamlink.example",
		"form.applicant_phone": "+66 2 555 0101", "form.manager_name": "Kanya Boonmee", "form.manager_email": "kanya@siamlink.example", "form.manager_phone": "+66 2 555 0102"} {
		p.fill(name, value)
	}
	p.Press("button", say(in.lang, "qualify.save_next")).met()
	file := filepath.Join(t.TempDir(), "copy.pdf")
	must(t, os.WriteFile(file, w.paper(), 0o600))
	p.evidence(file)
	p.Press("button", say(in.lang, "qualify.evidence.upload_next")).met()
	p.See(say(in.lang, "qualify.missing.none"))
	must(t, p.el(`[name=truthful]`).Click(proto.InputMouseButtonLeft, 1))
	p.Press("button", say(in.lang, "qualify.submit")).met()
	p.See(say(in.lang, "qualify.submitted.done"))
	w.Drain()
	p.Go(app).met()
	return app
}

// lineOf is what the line of senior engineers says to a partner on the page of the program.
func (w *World) lineOf(t *testing.T, in tongue, query string) string {
	t.Helper()
	page := w.As("service_partner_admin").Speak(in.lang).Get("/qualifications/h3c-star?" + query).Want(200)
	return page.Text("#l-senior-engineer")
}

// text is the text of what a selector finds first.
func (p *person) text(selector string) string {
	p.t.Helper()
	s, err := p.el(selector).Text()
	must(p.t, err)
	return strings.TrimSpace(s)
}

// reviewerApproves finds the application in the queue and grants it.
func (w *World) reviewerApproves(t *testing.T, in tongue, app string) (number string) {
	t.Helper()
	p := w.sit(t, "vendor_reviewer", in, browser.Options{})
	p.Go("/reviews").met()
	p.click(`a[href="` + review(app) + `"]`).met()
	p.See("Siam Link Systems")
	p.Press("button", say(in.lang, "reviewpage.start")).met()
	p.Press("link", say(in.lang, "reviewpage.approve")).met()
	p.click(`main form[action$="/approve"] button`).met()
	if path.Dir(p.Path()) != "/certificates" {
		t.Fatalf("approving leads to %s", p.Path())
	}
	w.Drain()
	return path.Base(p.Path())
}

// partnerDownloads gets the certificate and follows its QR code to the public page.
func (w *World) partnerDownloads(t *testing.T, in tongue, number string) {
	t.Helper()
	p := w.sit(t, "service_partner_admin", in, browser.Options{})
	p.Go("/messages").met()
	p.See(number)
	p.Go("/certificates/" + number).met()
	at, err := p.el(`a[download][href$="certificate.pdf"]`).Attribute("href")
	must(t, err)
	// The browser's own session, from outside: a download has no page to look at.
	c := w.As("service_partner_admin")
	c.lang = in.lang
	document := c.Get(*at).Want(200)
	address := qr(t, []byte(document.Body), number)
	if !strings.HasPrefix(address, w.URL+"/verify/") {
		t.Fatalf("the QR code leads to %q, want the public page at %s", address, w.URL)
	}
	u, err := url.Parse(address)
	must(t, err)
	anybody := &person{browser.New(t, w.URL, browser.Options{Lang: in.accept}), t, in.lang}
	anybody.Go(u.RequestURI()).met()
	anybody.See("Siam Link Systems").See(number).See(say(in.lang, "verify.valid"))
}

// qr reads the certificate as a person and a telephone would: its words, and the address in its QR code.
func qr(t *testing.T, document []byte, number string) string {
	t.Helper()
	tool(t, "pdftotext", "pdftoppm", "zbarimg")
	file := filepath.Join(t.TempDir(), "certificate.pdf")
	must(t, os.WriteFile(file, document, 0o600))
	words := run(t, "pdftotext", file, "-")
	for _, want := range []string{number, "Siam Link Systems", "三星"} {
		if !strings.Contains(words, want) {
			t.Errorf("the certificate doesn't say %q: %s", want, words)
		}
	}
	picture := strings.TrimSuffix(file, ".pdf")
	run(t, "pdftoppm", "-r", "150", "-png", "-singlefile", file, picture)
	return strings.TrimSpace(run(t, "zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture+".png"))
}

// tool skips a test whose programs aren't installed; in CI they must be.
func tool(t *testing.T, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := exec.LookPath(n); err == nil {
			continue
		}
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s isn't installed", n)
		}
		t.Skipf("%s isn't installed", n)
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, errs.String())
	}
	return string(out)
}
