package e2e

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"hanse/internal/kit/pdf"
)

// paper is a small real document.
func (w *World) paper() []byte {
	w.t.Helper()
	b, err := w.Press.Form(pdf.Form{Lang: "en", Title: "Copy of a document", Subtitle: "For a test", Date: "2027-03-16",
		Sections: []pdf.Section{{Heading: "Document", Rows: [][2]string{{"Holder", "as named"}}}}})
	must(w.t, err)
	return b
}

// begin drafts an application with the forms of the pages, and returns its address.
func (c *Client) begin(level string) string {
	c.w.t.Helper()
	page := c.Get("/qualifications/h3c-star/apply").Want(200).Send("form[action='/applications']", url.Values{"level": {level}}).Want(200)
	if !strings.HasSuffix(page.Path, "/form") {
		c.w.t.Fatalf("a draft leads to %s, want its form", page.Path)
	}
	return path.Dir(page.Path)
}

// complete fills in the form, uploads every file that is asked for, and returns the page that submits.
func (c *Client) complete(app string) *Reply {
	c.w.t.Helper()
	page := c.Get(app + "/form").Want(200)
	_, form := page.Fields("main form")
	for name, value := range map[string]string{"form.contact_phone": "+66 2 555 0100", "form.applicant_name": "Malee Srisai", "form.applicant_email": "malee@siamlink.example",
		"form.applicant_phone": "+66 2 555 0101", "form.manager_name": "Kanya Boonmee", "form.manager_email": "kanya@siamlink.example", "form.manager_phone": "+66 2 555 0102", "then": "next"} {
		if form.Get(name) == "" {
			form.Set(name, value)
		}
	}
	page = c.Post(app+"/form", form).Want(200)
	if page.Path != app+"/evidence" {
		c.w.t.Fatalf("the form leads to %s, want the evidence", page.Path)
	}
	var files []File
	for _, n := range page.Doc.Find("#upload input[type=file]").Nodes {
		for _, a := range n.Attr {
			if a.Key == "name" {
				files = append(files, File{a.Val, "copy.pdf", c.w.paper()})
			}
		}
	}
	page = c.Upload(app+"/evidence", url.Values{"then": {"next"}}, files...).Want(200)
	if page.Path != app+"/check" {
		c.w.t.Fatalf("the upload leads to %s, want the check", page.Path)
	}
	return page
}

// submit hands an application in.
func (c *Client) submit(level string) string {
	c.w.t.Helper()
	app := c.begin(level)
	done := c.complete(app).Send("form[action$='/submit']", url.Values{"truthful": {"on"}}).Want(200)
	if done.Path != app+"/submitted" {
		c.w.t.Fatalf("submitting leads to %s: %.600s", done.Path, done.Text("main"))
	}
	c.w.Drain()
	return app
}

// review is the vendor's address of an application.
func review(app string) string { return strings.Replace(app, "/applications/", "/reviews/", 1) }

func TestEveryCorePageWorksWithoutScripts(t *testing.T) {
	t.Parallel()
	w := world(t)
	partner := w.As("service_partner_admin")
	partner.Get("/").Want(200)
	app := partner.submit("three-star")

	reviewer := w.As("vendor_reviewer").Speak("en")
	queue := reviewer.Get("/reviews").Want(200).See("Siam Link Systems")
	if !queue.Has("a[href='" + review(app) + "']") {
		t.Fatal("the queue doesn't lead to the application")
	}
	reviewer.Get(review(app)).Want(200).Send("form[action$='/start']", nil).Want(200)
	certificate := reviewer.Get(review(app)+"/approve").Want(200).Send("main form[action$='/approve']", nil).Want(200)
	if !strings.HasPrefix(certificate.Path, "/certificates/") {
		t.Fatalf("approving leads to %s", certificate.Path)
	}
	w.Drain()

	number := path.Base(certificate.Path)
	partner.Get("/qualifications/h3c-star").Want(200).See("Three-star")
	pdf := partner.Get("/certificates/" + number + "/certificate.pdf").Want(200)
	if !strings.HasPrefix(pdf.Body, "%PDF-") {
		t.Errorf("the certificate is no PDF: %.20q", pdf.Body)
	}
	w.Nobody().Get("/verify/"+number).Want(200).See("Siam Link Systems", number)
	partner.Get("/messages").Want(200).See(number)
}

func TestARosterIsImportedWithoutScripts(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	const file = "person_id,name,email,certificate,issued_on,expires_on\n" +
		"S-201,Anong Pra,anong@siamlink.example,H3CSE,2026-03-01,2029-02-28\n" +
		"S-202,Bad Day,bad@siamlink.example,H3CNE,2026-03-01,2025-02-28\n" +
		"S-203,Unknown Paper,unknown@siamlink.example,H3CWHAT,2026-03-01,2029-02-28\n"
	c.Get("/imports").Want(200)
	page := c.Upload("/imports", nil, File{"file", "march.csv", []byte(file)}).Want(200)
	at := page.Path
	w.Drain()
	page = c.Get(at).Want(200).See("2025-02-28", "H3CWHAT")
	if n := page.Doc.Find("#wrong-table tbody tr").Length(); n != 2 {
		t.Errorf("%d wrong entries, want 2: %s", n, page.Text("#wrong"))
	}
	if errors := c.Get(at + "/errors.csv").Want(200); !strings.Contains(errors.Body, "S-202") || strings.Contains(errors.Body, "S-201") {
		t.Errorf("the rows to correct are %q", errors.Body)
	}
	page.Send("form[action$='/confirm']", nil).Want(200)
	w.Drain()
	c.Get("/people?q=Anong").Want(200).See("Anong Pra", "H3CSE")
	if p := c.Get("/people?q=Unknown+Paper").Want(200); strings.Contains(p.Text("main table"), "Unknown Paper") {
		t.Error("a refused row was imported")
	}
	// The import can't be confirmed twice, and the same file brings nothing new.
	c.Post(at+"/confirm", nil).Want(409)
	again := c.Upload("/imports", nil, File{"file", "march.csv", []byte(file)}).Want(200)
	w.Drain()
	c.Get(again.Path).Want(200).See("already")
}

func TestLanguageAndAppearanceChangeWithoutScripts(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	page := c.Get("/qualifications").Want(200)
	page = page.Send("form.inline[action='/prefs']", url.Values{"lang": {"zh-Hans"}}).Want(200)
	if lang := page.Doc.Find("html").AttrOr("lang", ""); lang != "zh-Hans" || page.Path != "/qualifications" {
		t.Errorf("after the switch %s is in %q", page.Path, lang)
	}
	page = c.Post("/prefs", url.Values{"theme": {"dark"}, "back": {page.Path}}).Want(200)
	if theme := page.Doc.Find("html").AttrOr("data-theme", ""); theme != "dark" {
		t.Errorf("the theme is %q, want dark", theme)
	}
	// The choice is the person's, on every device.
	l := w.logins["service_partner_admin"]
	other := w.SignIn(l.Login, l.Password)
	if lang := other.Get("/").Doc.Find("html").AttrOr("lang", ""); lang != "zh-Hans" {
		t.Errorf("another browser of the same person shows %q", lang)
	}
}
