package ticket_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/order"
	"hanse/internal/edge/portal/plan"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/thread"
	tickets "hanse/internal/edge/portal/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// A town is the portal with a partner and the vendor's desk.
type town struct {
	*portaltest.Portal
	t               *testing.T
	partner, vendor actor.Actor
}

func start(t *testing.T) *town {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		hub := live.New(live.Config{DB: p.DB, Log: p.Log, Latest: ticket.Latest, Look: 50 * time.Millisecond, Beat: time.Second})
		uploads := thread.Register(p.Site, thread.Deps{DB: p.DB, Attachments: p.Attachment, Find: p.Ticket.Attachment})
		tickets.Register(p.Site, tickets.Deps{DB: p.DB, Tickets: p.Ticket, Drafts: p.TicketDraft, Contacts: p.Contact, Uploads: uploads, Hub: hub, Agreements: agreement.New(p.DB)})
		plan.Register(p.Site, plan.Deps{DB: p.DB, Plans: p.Subscription, Orders: p.Order, Eligibility: p.Eligibility})
		order.Register(p.Site, order.Deps{DB: p.DB, Orders: p.Order, Payments: p.Payment, Confirm: p.Confirm})
	})
	x := &town{Portal: p, t: t, vendor: p.Vendor(), partner: p.Partner("Lighthouse")}
	t.Cleanup(func() { ledgertest.Balanced(t, p.DB) })
	return x
}

// plan gives the partner a plan.
func (x *town) plan(l rate.Level) {
	x.t.Helper()
	fixture.Must(x.t, x.DB.Update(x.t.Context(), func(tx *db.Tx) error {
		q := rate.Quote{Level: l, Term: rate.Years(1), Row: rate.Price{Level: l, Term: rate.Years(1), Minor: 100}}
		_, err := subscription.Begin(x.t.Context(), tx, x.partner, x.partner.Account, "Plan", "CS1", rate.History{}.Bought("CS1", q, rate.Paid{Cash: 100}, tx.Now))
		return err
	}))
}

// form are the entries of a form as the page fills them in, and more.
func form(p *portaltest.Page, id string, more ...string) url.Values {
	out := url.Values{}
	p.Doc.Find("form#" + id).Find("input[type=hidden], input[type=checkbox][checked], input[type=radio][checked], input.input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch goquery.NodeName(s) {
		case "textarea":
			out.Add(name, s.Text())
		case "select":
			out.Add(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			out.Add(name, s.AttrOr("value", ""))
		}
	})
	for i := 0; i < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

var number = regexp.MustCompile(`TT\d{14}`)

// fault is the form of a technical fault, filled in.
func (x *town) fault(c *portaltest.Client, body string) (*portaltest.Page, url.Values) {
	x.t.Helper()
	p := c.Get("/tickets/new?type=" + taxonomy.TechFault).Want(200)
	region := p.Doc.Find("select[name=region] option").Eq(1).AttrOr("value", "")
	f := form(p, "ticket", "do", "open", "title", "Core switch", "body", body, "region", region, "severity", taxonomy.ProdDown)
	return p, f
}

// opened is a ticket opened by the form.
func (x *town) opened(c *portaltest.Client, f url.Values) string {
	x.t.Helper()
	p := c.Post("/tickets", f).Want(200)
	no := number.FindString(p.Path)
	if no == "" {
		x.t.Fatalf("no ticket was opened: %s %s", p.Path, p.Text("main"))
	}
	return no
}

// by lets the vendor's desk do something to a ticket.
func (x *town) act(no string, a ticket.Action, text string) {
	x.t.Helper()
	_, err := x.Ticket.Act(x.t.Context(), x.vendor, no, ticket.Deed{Action: a, Text: text})
	fixture.Must(x.t, err)
}

func (x *town) answers(no, text string) {
	x.t.Helper()
	_, err := x.Ticket.Say(x.t.Context(), x.vendor, no, ticket.Saying{Body: text})
	fixture.Must(x.t, err)
}

func picture(t *testing.T) []byte {
	var b bytes.Buffer
	fixture.Must(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))))
	return b.Bytes()
}

func TestATicketGoesFromFormToRating(t *testing.T) {
	x := start(t)
	x.plan(rate.Standard)
	c := x.As(x.partner)
	if p := c.Get("/tickets").Want(200); !strings.Contains(p.Text("main"), "No tickets yet") {
		t.Errorf("an empty list says %s", p.Text("main"))
	}
	p, f := x.fault(c, "It is down.\n\nSee https://status.example/x for more.\n> old words")
	if got := p.Text(".head .state"); !strings.Contains(got, "30 of 30 left this month, resets ") || !strings.Contains(got, "00:00 Beijing time") {
		t.Errorf("the form says about the quota: %s", got)
	}
	f.Set("body", "")
	bad := c.Post("/tickets", url.Values{"do": {"open"}, "type": {taxonomy.TechFault}, "key": f["key"], "title": {"Kept words"}}).Want(422)
	for _, id := range []string{"#f-body", "#f-region"} {
		if !bad.Has(".summary a[href='" + id + "']") {
			t.Errorf("the summary lacks %s: %s", id, bad.Text(".summary"))
		}
	}
	if got := bad.Doc.Find("input[name=title]").AttrOr("value", ""); got != "Kept words" {
		t.Errorf("the refused form lost the title: %q", got)
	}
	_, f = x.fault(c, "It is down.\n\nSee https://status.example/x for more.\n> old words")
	no := x.opened(c, f)
	if again := x.opened(c, f); again != no {
		t.Errorf("the same form sent twice opened %s and %s", no, again)
	}
	one := c.Get("/tickets/" + no).Want(200)
	if got := one.Doc.Find(".msg-body a").AttrOr("href", ""); got != "/leave?to=https%3A%2F%2Fstatus.example%2Fx" {
		t.Errorf("the link in the text leads to %s", got)
	}
	if got := one.Text(".msg-body details blockquote"); got != "> old words" {
		t.Errorf("quoted text is %q", got)
	}
	if leave := c.Get("/leave?to=https%3A%2F%2Fstatus.example%2Fx").Want(200); !leave.Has("a[href='https://status.example/x']") {
		t.Error("the page before leaving has no link")
	}
	c.Get("/leave?to=javascript:alert(1)").Want(404)
	portaltest.Check(t, c, "/tickets", "/tickets/new", "/tickets/new?type="+taxonomy.TechFault, "/tickets/new?type="+taxonomy.Billing, "/tickets/"+no,
		"/tickets/"+no+"/ask/cancel", "/tickets/"+no+"/edit", "/tickets/labels", "/leave?to=https://a.example/", "/tickets?view=waiting", "/tickets?q=nothing")

	x.act(no, ticket.Accept, "")
	x.act(no, ticket.Offer, "Replaced the fan.")
	if list := c.Get("/tickets?view=waiting").Want(200); !list.Has("tr.unread") || !strings.Contains(list.Text("tr.unread"), "Core switch") {
		t.Errorf("the list doesn't mark the answer: %s", list.Text("main"))
	}
	one = c.Get("/tickets/" + no).Want(200)
	if !strings.Contains(one.Text("#ticket-steps"), "Is it solved?") {
		t.Errorf("an offered result asks nothing: %s", one.Text("#ticket-steps"))
	}
	portaltest.Check(t, c, "/tickets/"+no, "/tickets/"+no+"/ask/close")
	c.Post("/tickets/"+no, form(one, "say-form", "body", "Still down.")).Want(200)
	if got := c.Get("/tickets/" + no).Text(".head .state"); !strings.Contains(got, "is working on it") {
		t.Errorf("after sending the result back: %s", got)
	}
	x.act(no, ticket.Offer, "Replaced the board.")
	ask := c.Get("/tickets/" + no + "/ask/close").Want(200)
	done := c.Post("/tickets/"+no+"/do/close", form(ask, "close", "score.1", "5", "text", "Quick.")).Want(200)
	if !strings.Contains(done.Text(".head .state"), "Solved and closed") || !strings.Contains(done.Text("#score"), "5 of 5") {
		t.Errorf("after confirming: %s; %s", done.Text(".head .state"), done.Text("#score"))
	}
	portaltest.Check(t, c, "/tickets/"+no, "/tickets/"+no+"/score", "/tickets/"+no+"/ask/delete", "/tickets?view=over")
	if p := c.Get("/tickets.csv?view=all").Want(200); !strings.Contains(p.Body, no) {
		t.Errorf("the file lacks the ticket: %.200s", p.Body)
	}
	stranger := x.As(x.Partner("Harbour"))
	for _, path := range []string{"/tickets/" + no, "/tickets/" + no + "/edit", "/tickets/" + no + "/live"} {
		if got := stranger.Get(path).Status; got != 404 {
			t.Errorf("a stranger's GET %s = %d, want 404", path, got)
		}
	}
}

func TestUsedUpQuotaLeadsThroughAPackBackToWhatWasTyped(t *testing.T) {
	x := start(t)
	x.plan(rate.Standard)
	ledgertest.Give(t, x.DB, x.vendor.Account, x.partner.Account, ledger.Cash, 100_000_00)
	c := x.As(x.partner)
	_, f := x.fault(c, "first")
	for range 30 {
		_, err := x.Ticket.Open(t.Context(), x.partner, ticket.Opening{Body: "x", ProblemType: taxonomy.TechFault, Region: f.Get("region"), Severity: taxonomy.ProdDown, Source: ticket.Portal})
		fixture.Must(t, err)
	}
	// The form was drawn before the month was used up: the refusal comes with everything that was typed.
	no := c.Upload("/tickets", withPicture(f, "The thirty-first 第三十一"), "file", "screen.png", picture(t))
	if no.Status != 409 || !strings.Contains(no.Text(".notice.bad"), "All 30 technical tickets of this month are used up") || !strings.Contains(no.Text(".notice.bad"), "00:00 Beijing time") {
		t.Fatalf("the refusal is %d: %s", no.Status, no.Text("main"))
	}
	if !strings.Contains(no.Text("textarea[name=body]"), "第三十一") || !no.Has(".uploads input[checked]") {
		t.Errorf("the refused form lost what was typed: %s", no.Text("#ticket"))
	}
	shop := c.Post("/tickets", form(no, "ticket", "do", "pack")).Want(200)
	if shop.Path != "/plan/packs" || !strings.Contains(shop.Text("#flash"), "waits to be sent") {
		t.Fatalf("buying leads to %s: %s", shop.Path, shop.Text("#flash"))
	}
	spec := c.Get("/plan/packs?packs=1&step=spec").Want(200)
	pay := c.Post("/plan/packs", form(spec, "spec", "agreed", "on")).Want(200)
	asked := c.Post("/orders/pay", form(pay, "pay", "way", "balance", "do", "pay"))
	if asked.Has("#identity") {
		sent := c.Post("/orders/pay", form(asked, "identity", "send_code", "1", "channel", "email")).Want(200)
		x.Drain()
		code := regexp.MustCompile(`\b\d{6}\b`).FindString(x.Sink.List()[0].Text)
		asked = c.Post("/orders/pay", form(sent, "identity", "do", "pay", "code", code))
	}
	asked.Want(200)
	back := asked.Doc.Find("#flash a.btn").AttrOr("href", "")
	if !strings.HasPrefix(back, "/tickets/new?draft=") {
		t.Fatalf("after paying there's no way back: %s %s", asked.Path, asked.Text("main"))
	}
	again := c.Get(back).Want(200)
	if !strings.Contains(again.Text(".head .state"), "10 of 40 left") || !strings.Contains(again.Text("textarea[name=body]"), "第三十一") || again.Doc.Find(".uploads input[checked]").Length() != 1 {
		t.Fatalf("back at the form: %s; %s", again.Text(".head .state"), again.Text("#ticket"))
	}
	portaltest.Check(t, c, back)
	opened := c.Post("/tickets", form(again, "ticket", "do", "open")).Want(200)
	if !number.MatchString(opened.Path) || !opened.Has(".files a, .shot img") || !strings.Contains(opened.Text(".msg-body"), "第三十一") {
		t.Errorf("the ticket is %s: %s", opened.Path, opened.Text("main"))
	}
	if p := c.Get("/tickets").Want(200); p.Has("#drafts") || p.Has("#flash a") {
		t.Errorf("the draft is still there: %s", p.Text("main"))
	}
}

// withPicture is a form whose text is another.
func withPicture(f url.Values, body string) url.Values {
	out := url.Values{}
	for k, v := range f {
		out[k] = v
	}
	out.Set("body", body)
	return out
}

func TestAPastedPictureStandsInTheMessage(t *testing.T) {
	x := start(t)
	c := x.As(x.partner)
	no := x.opened(c, form(c.Get("/tickets/new?type="+taxonomy.Billing).Want(200), "ticket", "do", "open", "body", "A bill"))
	up := c.Upload("/attachments", url.Values{"source": {"message"}, "inline": {"1"}}, "file", "screen.png", picture(t)).Want(201)
	var got struct{ ID, Mark, URL string }
	fixture.Must(t, json.Unmarshal([]byte(up.Body), &got))
	if got.Mark != "![screen.png]("+got.ID+")" {
		t.Errorf("the mark is %q", got.Mark)
	}
	c.Get(got.URL).Want(200)
	f := form(c.Get("/tickets/"+no), "say-form", "body", "Look:\n"+got.Mark+"\nbad")
	f.Add("attachment", got.ID)
	p := c.Post("/tickets/"+no, f).Want(200)
	if src := p.Doc.Find(".msg-body .shot img").AttrOr("src", ""); src != got.URL {
		t.Errorf("the picture in the text is %q, want %q: %s", src, got.URL, p.Text("#messages"))
	}
	file := c.Get(got.URL).Want(200)
	if h := file.Header.Get("Content-Security-Policy"); !strings.Contains(h, "sandbox") || file.Header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture is served as %q with %q", file.Header.Get("Content-Type"), h)
	}
	if s := x.As(x.Partner("Harbour")).Get(got.URL).Status; s != 404 {
		t.Errorf("a stranger gets the picture: %d", s)
	}
	if bad := c.Upload("/attachments", url.Values{"source": {"message"}}, "file", "run.exe", []byte("MZ")); bad.Status != 422 || !strings.Contains(bad.Body, "error") {
		t.Errorf("a program as a file = %d %s", bad.Status, bad.Body)
	}
	refused := c.Upload("/tickets/"+no, form(c.Get("/tickets/"+no), "say-form", "body", "with a file"), "file", "run.exe", []byte("MZ")).Want(422)
	if !strings.Contains(refused.Text("textarea[name=body]"), "with a file") || !refused.Has(".summary a[href='#f-file']") {
		t.Errorf("a refused file: %s", refused.Text("main"))
	}
}

func TestAnAnswerAppearsInTheOpenPage(t *testing.T) {
	x := start(t)
	c := x.As(x.partner)
	no := x.opened(c, form(c.Get("/tickets/new?type="+taxonomy.Billing).Want(200), "ticket", "do", "open", "body", "A bill"))
	page := c.Get("/tickets/" + no).Want(200)
	src, seq := page.Doc.Find("#live").AttrOr("data-live", ""), page.Doc.Find("#live").AttrOr("data-seq", "")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, x.URL+src+"?after="+seq, nil)
	fixture.Must(t, err)
	for _, k := range c.Cookies() {
		req.AddCookie(k)
	}
	res, err := http.DefaultClient.Do(req)
	fixture.Must(t, err)
	defer res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("the stream answers %d", res.StatusCode)
	}
	x.act(no, ticket.Accept, "")
	x.answers(no, "It is <b>paid</b>.")
	_, err = x.Ticket.Say(t.Context(), x.vendor, no, ticket.Saying{Body: "a secret note", Internal: true})
	fixture.Must(t, err)
	x.act(no, ticket.Ask, "Which month?")
	said := ""
	for lines := bufio.NewScanner(res.Body); lines.Scan() && !strings.Contains(said, "Which month?"); {
		said += lines.Text() + "\n"
	}
	for _, want := range []string{`It is \u0026lt;b\u0026gt;paid`, "An answer is wanted", `"id":"ticket-head"`} {
		if !strings.Contains(said, want) {
			t.Errorf("the stream lacks %s: %s", want, said)
		}
	}
	if strings.Contains(said, "secret") {
		t.Error("the desk's note is in the stream")
	}
	// The customer's word isn't refused for what came meanwhile; sent twice it stands once.
	answer := form(page, "say-form", "body", "My answer")
	c.Post("/tickets/"+no, answer).Want(200)
	c.Post("/tickets/"+no, answer).Want(200)
	if got := c.Get("/tickets/" + no).Text("#messages"); strings.Count(got, "My answer") != 1 {
		t.Errorf("the answer stands %d times", strings.Count(got, "My answer"))
	}
	closing := c.Get("/tickets/" + no + "/ask/close").Want(200)
	x.answers(no, "Wait a moment.")
	if p := c.Post("/tickets/"+no+"/do/close", form(closing, "close")); p.Status != 409 || !strings.Contains(p.Text("#messages"), "Wait a moment.") {
		t.Errorf("closing across an answer = %d: %s", p.Status, p.Text("main"))
	}
}

func TestLabelsRelationsAndContactsAreKeptWithTheTicket(t *testing.T) {
	x := start(t)
	c := x.As(x.partner)
	f := form(c.Get("/tickets/new?type="+taxonomy.Billing).Want(200), "ticket", "do", "open", "body", "A bill")
	no := x.opened(c, f)
	other := x.opened(c, form(c.Get("/tickets/new?type="+taxonomy.Billing), "ticket", "do", "open", "body", "Another bill"))
	c.Post("/tickets/labels", url.Values{"name": {"Year end"}, "color": {"#aa0000"}}).Want(200)
	c.Post("/tickets/labels", url.Values{"name": {""}, "color": {"red"}}).Want(422)
	edit := c.Get("/tickets/" + no + "/edit").Want(200)
	id := edit.Doc.Find("input[name=label]").AttrOr("value", "")
	c.Post("/tickets/"+no+"/edit/labels", url.Values{"label": {id}}).Want(200)
	c.Post("/tickets/"+no+"/edit/relate", url.Values{"other": {strings.ToLower(other)}}).Want(200)
	if bad := c.Post("/tickets/"+no+"/edit/relate", url.Values{"other": {no}}); bad.Status != 422 && bad.Status != 409 {
		t.Errorf("a ticket related to itself = %d", bad.Status)
	}
	foreign := c.Post("/tickets/"+no+"/edit/contact", url.Values{"contact.mail": {"night@somewhere.example"}, "cc": {"boss@lighthouse.example"}})
	if foreign.Status != 422 || !foreign.Has("input[name='code.mail']") {
		t.Fatalf("a contact of nobody = %d: %s", foreign.Status, foreign.Text("main"))
	}
	sent := c.Post("/tickets/"+no+"/edit/contact", form(foreign, "contact-form", "do", "code:mail")).Want(200)
	x.Drain()
	code := regexp.MustCompile(`\b\d{6}\b`).FindString(x.Sink.List()[0].Text)
	c.Post("/tickets/"+no+"/edit/contact", form(sent, "contact-form", "code.mail", code)).Want(200)
	p := c.Get("/tickets/" + no).Want(200)
	for _, want := range []string{"Year end", "Another bill", "night@somewhere.example", "boss@lighthouse.example"} {
		if !strings.Contains(p.Text("#ticket-side"), want) {
			t.Errorf("the page lacks %s: %s", want, p.Text("#ticket-side"))
		}
	}
	portaltest.Check(t, c, "/tickets/"+no, "/tickets/"+no+"/edit", "/tickets/labels", "/tickets?label="+id)
	if n := x.As(x.User(x.partner.Account, actor.AccountManager)).Get("/tickets/" + no).Status; n != 404 {
		t.Errorf("somebody without the right to see all sees a colleague's ticket: %d", n)
	}
	if got := x.As(x.vendor).Get("/tickets").Path; got != "/desk" {
		t.Errorf("the vendor's staff end at %s, want /desk", got)
	}
}
