package member_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/member"
	"hanse/internal/domain/realname"
	pages "hanse/internal/edge/portal/member"
	"hanse/internal/edge/portal/people"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) {
		people.Register(p.Site, p.Roster, p.Qualification)
		pages.Register(p.Site, p.Member, p.RealName, p.Roster, p.Qualification)
	})
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

var linkInMail = regexp.MustCompile(`/join\?token=[A-Za-z0-9_-]+`)

// newestLink is the link in the newest mail to an address.
func newestLink(t *testing.T, p *portaltest.Portal, to string) string {
	t.Helper()
	for _, m := range p.Sink.List() {
		if strings.Contains(strings.Join(m.To, " "), to) {
			if l := linkInMail.FindString(m.Text); l != "" {
				return l
			}
		}
	}
	t.Fatalf("no mail to %s with a link among %d", to, len(p.Sink.List()))
	return ""
}

func TestAPartnerInvitesAndTheEngineerAcceptsByTheMailedLink(t *testing.T) {
	p := start(t)
	admin, wei := p.Partner("Northern Light Networks"), p.Person("Chen Wei")
	a, w := p.As(admin), p.As(wei)
	page := a.Post("/people/invitations/new", url.Values{"to": {"not@an@address"}, "name": {"Wei"}})
	page.Want(422)
	if got, _ := page.Doc.Find(`input[name=name]`).Attr("value"); got != "Wei" {
		t.Errorf("what was typed is gone: %q", got)
	}
	sent := a.Post("/people/invitations/new", url.Values{"to": {p.Email(wei)}, "registered": {"on"}}).Want(200)
	p.Drain()
	link := newestLink(t, p, p.Email(wei))
	stranger := p.Nobody().Get(link).Want(200)
	if stranger.Doc.Find(`a[href^="/login?next="]`).Length() != 1 || stranger.Doc.Find(`a[href^="/register/person?"]`).Length() != 1 {
		t.Errorf("the link's page has no way to sign in or up: %s", stranger.Body)
	}
	if got := p.As(p.Person("Somebody Else")).Get(link).Want(200); got.Doc.Find("form[action^='/me/invitations']").Length() != 0 {
		t.Error("another person can answer")
	}
	action, ok := w.Get(link).Want(200).Doc.Find("form[action^='/me/invitations']").Attr("action")
	if !ok {
		t.Fatal("the invited person finds no form")
	}
	w.Post(action, url.Values{"version": {member.ConsentVersion}}).Want(422) // without the tick
	done := w.Post(action, url.Values{"version": {member.ConsentVersion}, "consent": {"on"}}).Want(200)
	if done.Path != "/me/companies" || !strings.Contains(done.Text("#companies"), "Northern Light Networks") {
		t.Errorf("after the yes at %s: %s", done.Path, done.Text("#companies"))
	}
	w.Post(action, url.Values{"version": {member.ConsentVersion}, "consent": {"on"}}).Want(409) // the second click
	shown := a.Get(sent.Path).Want(200)
	if !strings.Contains(shown.Text("#consent"), "version 1") {
		t.Errorf("consent = %s", shown.Text("#consent"))
	}
	person, _ := shown.Doc.Find(`a[href^="/people/bnd_"]`).Attr("href")
	a.Get(person + "/unbind").Want(200)
	portaltest.Check(t, a, "/people", "/people/invitations", "/people/invitations/new", sent.Path, person, person+"/unbind")
	portaltest.Check(t, w, "/me/companies", "/me/real-name")
	a.Post(person+"/unbind", url.Values{"reason": {"project over"}}).Want(200)
	if got := w.Get("/me/companies").Text("#companies"); !strings.Contains(got, "Ended") {
		t.Errorf("the person sees %s", got)
	}
	p.As(p.Partner("Southern Cross Systems")).Get(sent.Path).Want(404)
	p.As(p.User(admin.Account, actor.ServiceManager)).Get("/people/invitations/new").Want(403)
	vendor := p.As(p.VendorUser(actor.ChannelManager))
	vendor.Get("/channel/" + admin.Account + "/people/invitations").Want(200)
	for _, format := range []string{"csv", "xlsx"} {
		a.Get("/people/invitations." + format).Want(200)
	}
}

func TestPeopleOfAFileAreShownAsUnconfirmedAndCanSayNo(t *testing.T) {
	p := start(t)
	admin, wei := p.Partner("Northern Light Networks"), p.Person("Chen Wei")
	file := "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n1,Chen Wei," + p.Email(wei) + ",H3CSE,2025-06-01,,2020-01-01,,true\n"
	_, err := p.Roster.ImportNow(t.Context(), admin, admin.Account, "people.csv", strings.NewReader(file), false, nil)
	fixture.Must(t, err)
	p.Drain()
	a, w := p.As(admin), p.As(wei)
	if got := a.Get("/people?consent=unconfirmed").Want(200).Text("#people"); !strings.Contains(got, "Not confirmed") {
		t.Errorf("the roster says %s", got)
	}
	if got := a.Get("/people?consent=lapsed").Want(200).Doc.Find("#people tr").Length(); got != 0 {
		t.Errorf("%d people have lapsed, want none", got)
	}
	link := newestLink(t, p, p.Email(wei))
	action, _ := w.Get(link).Want(200).Doc.Find("form[action^='/me/invitations']").Attr("action")
	portaltest.Check(t, w, link, action, action+"/refuse", "/me/companies")
	portaltest.Check(t, p.Nobody(), link)
	w.Post(action+"/refuse", url.Values{"reason": {"never did"}}).Want(200)
	if got := a.Get("/people?left=all").Want(200).Text("#people"); !strings.Contains(got, "Left") {
		t.Errorf("after the no the roster says %s", got)
	}
}

func TestARealNameIsSubmittedReviewedAndRefusedWithAReason(t *testing.T) {
	p := start(t)
	wei, desk := p.As(p.Person("Chen Wei")), p.As(p.VendorUser(actor.Reviewer))
	fields := url.Values{"name": {"Chen Wei"}, "country": {"CN"}, "id_type": {"id_card"}, "number": {"110101199003074518"}}
	page := wei.Upload("/me/real-name", url.Values{"name": {"Chen Wei"}}, "file", "id.pdf", []byte(pdf))
	page.Want(422)
	wei.Upload("/me/real-name", fields, "file", "id.exe", []byte("MZ not a document")).Want(422)
	wei.Upload("/me/real-name", fields, "file", "id.pdf", []byte(pdf)).Want(200)
	href, _ := desk.Get("/reviews/real-name").Want(200).Doc.Find(`#names-table a`).Attr("href")
	portaltest.Check(t, desk, "/reviews/real-name", "/reviews/real-name?state=refused", href, href+"/refuse")
	portaltest.Check(t, wei, "/me/real-name")
	if got := desk.Get(href + "/file").Want(200); got.Body != pdf || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("file = %q as %s", got.Body, got.Header.Get("Content-Disposition"))
	}
	p.As(p.VendorUser(actor.Auditor)).Get(href + "/file").Want(403)
	wei.Get(href + "/file").Want(403)
	desk.Post(href+"/refuse", url.Values{"version": {"1"}}).Want(422)
	desk.Post(href+"/refuse", url.Values{"version": {"1"}, "reason": {"The picture is blurred."}}).Want(200)
	desk.Post(href+"/approve", url.Values{"version": {"1"}}).Want(409)
	if got := wei.Get("/me/real-name").Text("#claims"); !strings.Contains(got, "blurred") {
		t.Errorf("the person reads %s", got)
	}
	wei.Upload("/me/real-name", fields, "file", "id.pdf", []byte(pdf)).Want(200)
	href, _ = desk.Get("/reviews/real-name").Doc.Find(`#names-table a`).Attr("href")
	desk.Post(href+"/approve", url.Values{"version": {"1"}}).Want(200)
	portaltest.Check(t, desk, href, href+"/revoke")
	if got := wei.Get("/me/real-name").Want(200).Body; !strings.Contains(got, "Verified as Chen Wei") {
		t.Error("the person isn't told")
	}
	items, _, err := p.RealName.Queue(t.Context(), p.Vendor(), realname.Approved, "", 0)
	if err != nil || len(items) != 1 {
		t.Errorf("queue of verified = %v, %v", items, err)
	}
}

func TestACompanyProvesItsNameOnItsOwnPage(t *testing.T) {
	p := start(t)
	north := p.As(p.Partner("North"))
	portaltest.Check(t, north, "/company/real-name")
	fields := url.Values{"name": {"North Ltd"}, "country": {"SG"}, "id_type": {"business_licence"}, "number": {"201912345K"}}
	page := north.Upload("/company/real-name", fields, "file", "licence.pdf", []byte(pdf)).Want(200)
	if page.Path != "/company/real-name" || !strings.Contains(page.Text("#claims"), "Business licence") {
		t.Errorf("handed in, %s shows %q", page.Path, page.Text("#claims"))
	}
	desk := p.As(p.VendorUser(actor.Reviewer))
	href, _ := desk.Get("/reviews/real-name").Want(200).Doc.Find(`#names-table a`).Attr("href")
	desk.Post(href+"/approve", url.Values{"version": {"1"}}).Want(200)
	if got := north.Get("/company/real-name").Want(200).Body; !strings.Contains(got, "Verified as North Ltd") {
		t.Error("the company isn't told that its name is verified")
	}
	portaltest.Check(t, north, "/company/real-name")
}
