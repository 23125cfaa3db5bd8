package desk_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

// open makes a business ticket, which every plan has.
func open(t *testing.T, p *portaltest.Portal, by actor.Actor, title string) ticket.Ticket {
	t.Helper()
	x, err := p.Ticket.Open(t.Context(), by, ticket.Opening{Title: title, Body: title + ": how do we apply?", ProblemType: taxonomy.PartnerProgram, Source: ticket.Portal, Lang: "en"})
	fixture.Must(t, err)
	return x
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

func TestTheQueueLeadsToATicketThatIsAnswered(t *testing.T) {
	p, _ := start(t)
	chen := p.VendorUser(actor.SupportEngineer)
	north := p.Partner("North")
	x := open(t, p, north, "Application")
	y := open(t, p, north, "Voucher")
	desk := p.As(chen)
	portaltest.Check(t, desk, "/desk", "/desk?view=mine", "/desk?view=team", "/desk?view=unassigned", "/desk?view=soon", "/desk?view=breached", "/desk?view=waiting", "/desk?view=over",
		"/desk?q=voucher", "/desk?severity=PROD_DOWN", "/desk/"+x.No)
	page := desk.Get("/desk").Want(200)
	if got := page.Text("#queue-table"); !strings.Contains(got, "Application") || !strings.Contains(got, "Voucher") {
		t.Errorf("queue: %s", got)
	}
	if got := desk.Get("/desk?q=voucher").Text("#queue-table"); strings.Contains(got, "Application") || !strings.Contains(got, "Voucher") {
		t.Errorf("search: %s", got)
	}

	page = desk.Get("/desk/" + x.No).Want(200)
	if n := page.Doc.Find("a[rel=next], a[rel=prev]").Length(); n != 1 {
		t.Errorf("%d ways to neighbours, want 1", n)
	}
	form := url.Values{"body": {"Chapter 3 says how."}, "as": {"ask"}, "seen": {text(x.Edition)}, "key": {"k1"}}
	page = desk.Post("/desk/"+x.No+"/say", form).Want(200)
	if got := page.Text("#messages"); !strings.Contains(got, "Chapter 3") {
		t.Errorf("messages: %s", got)
	}
	got, err := p.Ticket.Get(t.Context(), chen, x.No)
	fixture.Must(t, err)
	if got.State != ticket.AskedBack || got.Owner != chen.User {
		t.Errorf("after asking: state %d, owner %q", got.State, got.Owner)
	}
	desk.Post("/desk/"+x.No+"/say", form).Want(200) // sent twice, it's there once
	if all, _, err := p.Ticket.Messages(t.Context(), chen, x.No, ticket.Page{}); err != nil || len(all) != 2 {
		t.Errorf("%d messages, %v; want 2", len(all), err)
	}

	// Who serves is told: the desk of new tickets, the owner of what the customer answers, and of what is given to him.
	told := func() int64 {
		p.Drain()
		n, err := p.Notify.Unread(t.Context(), chen)
		fixture.Must(t, err)
		return n
	}
	if n := told(); n != 2 {
		t.Errorf("%d messages of two new tickets", n)
	}
	_, err = p.Ticket.Say(t.Context(), north, x.No, ticket.Saying{Body: "Found it, thank you."})
	fixture.Must(t, err)
	if n := told(); n != 3 {
		t.Errorf("%d messages after the customer's answer, want 3", n)
	}
	_, err = p.Ticket.Assign(t.Context(), p.VendorUser(actor.SupportEngineer), y.No, ticket.Assigning{Owner: &chen.User})
	fixture.Must(t, err)
	if n := told(); n != 4 {
		t.Errorf("%d messages after a ticket was given to him, want 4", n)
	}
	// Late: the owner and the duty manager.
	duty := p.VendorUser(actor.VendorAdmin)
	fixture.Must(t, p.Desk.SetDuty(t.Context(), duty, duty.User, 0))
	before := told()
	p.Clock.Advance(4 * 24 * time.Hour)
	if n := told(); n <= before {
		t.Errorf("%d messages after a limit was missed, %d before", n, before)
	}
	if n, err := p.Notify.Unread(t.Context(), duty); err != nil || n == 0 {
		t.Errorf("the duty manager has %d messages, %v", n, err)
	}
	desk.Post("/desk/"+y.No+"/take", nil).Want(200)
	desk.Post("/desk/"+y.No+"/say", url.Values{"body": {"Customer is new."}, "as": {"note"}}).Want(200)
	for _, m := range messages(t, p, north, y.No) {
		if m.Internal {
			t.Error("a customer reads a note")
		}
	}
	for _, step := range []string{"pause", "invalid", "merge", "split"} {
		portaltest.Check(t, desk, "/desk/"+y.No+"/"+step)
	}
	desk.Post("/desk/"+y.No+"/pause", url.Values{"until": {"yesterday"}}).Want(422)
	desk.Post("/desk/"+y.No+"/pause", url.Values{"until": {"2036-01-02T10:00"}}).Want(200)
	desk.Post("/desk/"+y.No+"/resume", nil).Want(200)
	page = desk.Post("/desk/"+y.No+"/merge", url.Values{"target": {"TT20000101000000"}}).Want(422)
	if page.Doc.Find("#f-target").AttrOr("value", "") != "TT20000101000000" {
		t.Error("what was typed is gone")
	}
	page = desk.Post("/desk/"+y.No+"/merge", url.Values{"target": {x.No}}).Want(200)
	if page.Path != "/desk/"+x.No {
		t.Errorf("after merging at %s", page.Path)
	}
	desk.Post("/desk/"+y.No+"/unmerge", nil).Want(200)
	desk.Get("/desk.csv").Want(200)
	desk.Post("/desk/views", url.Values{"name": {"Mine"}, "query": {"view=mine"}}).Want(200)
	if got := desk.Get("/desk").Text("nav.actions"); !strings.Contains(got, "Mine") {
		t.Errorf("kept views: %q", got)
	}

	// Whoever only reads, and strangers.
	portaltest.Check(t, p.As(p.VendorUser(actor.Auditor)), "/desk", "/desk/"+x.No)
	p.As(p.VendorUser(actor.Auditor)).Post("/desk/"+x.No+"/say", url.Values{"body": {"x"}, "as": {"reply"}}).Want(403)
	p.As(north).Get("/desk/" + x.No).Want(404) // its own pages show it
	p.As(p.Partner("South")).Get("/desk/" + x.No).Want(404)
}

func messages(t *testing.T, p *portaltest.Portal, by actor.Actor, no string) []ticket.Message {
	t.Helper()
	all, _, err := p.Ticket.Messages(t.Context(), by, no, ticket.Page{})
	fixture.Must(t, err)
	return all
}

func TestTwoEngineersDontTalkPastEachOther(t *testing.T) {
	p, _ := start(t)
	chen, lin := p.VendorUser(actor.SupportEngineer), p.VendorUser(actor.SupportEngineer)
	x := open(t, p, p.Partner("North"), "Application")
	first, second := p.As(chen), p.As(lin)
	first.Get("/desk/" + x.No).Want(200)
	page := second.Get("/desk/" + x.No).Want(200)
	if got := page.Text("#presence"); !strings.Contains(got, chen.Name) || !strings.Contains(got, "reading") {
		t.Errorf("presence: %q", got)
	}
	part := first.Post("/desk/"+x.No+"/presence", url.Values{"body": {"Dear"}}).Want(200)
	if !strings.Contains(part.Body, lin.Name) {
		t.Errorf("presence: %s", part.Body)
	}
	if got := second.Get("/desk/" + x.No).Text("#presence"); !strings.Contains(got, "writing") {
		t.Errorf("presence: %q", got)
	}
	seen := page.Doc.Find("#seen input[name=seen]").AttrOr("value", "")
	first.Post("/desk/"+x.No+"/say", url.Values{"body": {"Use form A."}, "as": {"reply"}, "seen": {seen}, "key": {"a"}}).Want(200)
	page = second.Post("/desk/"+x.No+"/say", url.Values{"body": {"Use form B."}, "as": {"reply"}, "seen": {seen}, "key": {"b"}}).Want(409)
	if got := page.Text("#f-body"); got != "Use form B." {
		t.Errorf("what was typed: %q", got)
	}
	if got := page.Text("#say"); !strings.Contains(got, chen.Name+" answered while you wrote") {
		t.Errorf("the card says: %s", got)
	}
	if got := page.Text("#messages"); !strings.Contains(got, "Use form A.") || strings.Contains(got, "Use form B.") {
		t.Errorf("messages: %s", got)
	}
	seen = page.Doc.Find("#seen input[name=seen]").AttrOr("value", "")
	second.Post("/desk/"+x.No+"/say", url.Values{"body": {"Form A, that is."}, "as": {"reply"}, "seen": {seen}, "key": {"b"}}).Want(200)
}

func TestAMacroDoesAllOrNothingOnManyTickets(t *testing.T) {
	p, s := start(t)
	ctx := t.Context()
	admin, chen := p.VendorUser(actor.VendorAdmin), p.VendorUser(actor.SupportEngineer)
	north := p.Partner("North")
	x, y := open(t, p, north, "One"), open(t, p, north, "Two")
	ask, err := s.SaveMacro(ctx, admin, desk.Macro{Name: "Ask for logs", Active: true, Then: desk.Stay,
		Content: desk.Content{ReplyEN: "Dear {contact}, please send the log of {ticket}. {me}", ReplyZH: "{contact}您好", Note: "Asked {customer}.", Move: desk.Ask, Owner: desk.OwnerMe}})
	fixture.Must(t, err)
	needs, err := s.SaveMacro(ctx, admin, desk.Macro{Name: "Sign", Active: true, Content: desk.Content{ReplyEN: "Yours, {team}"}})
	fixture.Must(t, err)
	c := p.As(chen)
	ids := []string{x.No + "~" + text(x.Edition), y.No + "~" + text(y.Edition)}

	// One ticket lacks what the macro needs: nothing is done anywhere.
	page := c.Post("/desk/bulk", url.Values{"id": ids, "do": {"macro"}, "macro": {needs.ID}, "key": {"k1"}}).Want(409)
	if got := page.Text(".summary"); !strings.Contains(got, "{team}") || !strings.Contains(got, "Nothing was done") {
		t.Errorf("refusal: %s", got)
	}
	if n := page.Doc.Find("#queue-table input[checked]").Length(); n != 2 {
		t.Errorf("%d ticks stayed, want 2", n)
	}
	// One ticket was answered since the page was drawn: nothing is done on the other either.
	_, err = p.Ticket.Say(ctx, north, y.No, ticket.Saying{Body: "Never mind."})
	fixture.Must(t, err)
	page = c.Post("/desk/bulk", url.Values{"id": ids, "do": {"macro"}, "macro": {ask.ID}, "key": {"k2"}}).Want(409)
	if got := page.Text(".summary"); !strings.Contains(got, y.No) {
		t.Errorf("refusal: %s", got)
	}
	if all := messages(t, p, chen, x.No); len(all) != 1 {
		t.Errorf("%d messages though refused", len(all))
	}
	ids[1] = y.No + "~" + text(page1(t, p, chen, y.No))
	for range 2 { // sent twice, it's done once
		c.Post("/desk/bulk", url.Values{"id": ids, "do": {"macro"}, "macro": {ask.ID}, "key": {"k3"}}).Want(200)
	}
	for _, no := range []string{x.No, y.No} {
		got, err := p.Ticket.Get(ctx, chen, no)
		fixture.Must(t, err)
		all := messages(t, p, chen, no)
		last := all[len(all)-1]
		if got.State != ticket.AskedBack || got.Owner != chen.User || !strings.Contains(last.Body, "please send the log of "+no+". "+chen.Name) {
			t.Errorf("%s: state %d, owner %q, %q", no, got.State, got.Owner, last.Body)
		}
	}
	team, err := s.SaveTeam(ctx, admin, desk.TeamDraft{Name: "Network", Members: []string{chen.User}})
	fixture.Must(t, err)
	c.Post("/desk/bulk", url.Values{"id": {x.No}, "do": {"assign"}, "to_team": {team.ID}, "to_owner": {"nobody"}}).Want(200)
	c.Post("/desk/bulk", url.Values{"id": {x.No}, "do": {"assign"}}).Want(422)
	c.Post("/desk/bulk", url.Values{"do": {"assign"}, "to_team": {team.ID}}).Want(422)
	if got := c.Get("/desk?view=team").Text("#queue-table"); !strings.Contains(got, "One") || strings.Contains(got, "Two") {
		t.Errorf("my team: %s", got)
	}
	c.Post("/desk/"+x.No+"/macro", url.Values{"macro": {needs.ID}, "key": {"k9"}}).Want(200)

	// A canned answer is put in with what the ticket has.
	_, err = s.SaveAnswer(ctx, admin, desk.Answer{Name: "Greeting", Keywords: "hello", BodyEN: "Hello {contact}"})
	fixture.Must(t, err)
	page = c.Get("/desk/" + x.No + "/answers?q=hel").Want(200)
	if !strings.Contains(page.Body, "Hello "+north.Name) {
		t.Errorf("answers: %s", page.Body)
	}
	answer := c.Get("/desk/"+x.No).Doc.Find("#f-answer option").Last().AttrOr("value", "")
	page = c.Post("/desk/"+x.No+"/say", url.Values{"body": {"First."}, "do": {"insert"}, "answer": {answer}, "as": {"note"}}).Want(200)
	if got := page.Text("#f-body"); got != "First. Hello "+north.Name {
		t.Errorf("put in: %q", got)
	}
}

func page1(t *testing.T, p *portaltest.Portal, by actor.Actor, no string) int64 {
	t.Helper()
	x, err := p.Ticket.Get(t.Context(), by, no)
	fixture.Must(t, err)
	return x.Edition
}

func TestAPartnersDeskServesItsCustomersAndHandsOver(t *testing.T) {
	p, _ := start(t)
	chen := p.As(p.VendorUser(actor.SupportEngineer))
	north, acme := p.Partner("North"), p.Customer("Acme")
	_, err := p.Account.Associate(t.Context(), actor.Program("test"), account.Association{Account: north.Account, Other: acme.Account, Kind: account.Referral})
	fixture.Must(t, err)
	x := open(t, p, acme, "Zebra crossing")
	c := p.As(north)
	portaltest.Check(t, c, "/desk", "/desk/"+x.No, "/desk/"+x.No+"/handover", "/desk?view=handed")
	if got := chen.Get("/desk").Want(200).Text("main"); strings.Contains(got, "Zebra") {
		t.Error("the vendor's queue has a ticket of a partner's desk")
	}
	c.Post("/desk/"+x.No+"/say", url.Values{"body": {"We look at it."}, "as": {"reply"}, "key": {"k1"}}).Want(200)
	c.Post("/desk/"+x.No+"/handover", url.Values{"text": {"Needs the vendor."}, "seen": {text(page1(t, p, north, x.No))}}).Want(200)
	if got := chen.Get("/desk").Text("#queue-table"); !strings.Contains(got, "Zebra") {
		t.Errorf("the vendor's queue after the hand-over: %s", got)
	}
	if got := c.Get("/desk?view=handed").Text("#queue-table"); !strings.Contains(got, "Zebra") {
		t.Errorf("what the partner has handed over: %s", got)
	}
	page := c.Get("/desk/" + x.No).Want(200)
	if page.Doc.Find("form[action*='/say']").Length() != 1 || page.Doc.Find("form[action*='/assign']").Length() != 0 {
		t.Error("a partner that has handed over may write, and no more")
	}
	chen.Post("/desk/"+x.No+"/handback", url.Values{"text": {"Yours again."}}).Want(200)
	if got := c.Get("/desk").Text("#queue-table"); !strings.Contains(got, "Zebra") {
		t.Errorf("the partner's queue after it was given back: %s", got)
	}
	if got := p.As(p.Partner("South")).Get("/desk").Text("main"); strings.Contains(got, "Zebra") {
		t.Error("another partner sees the ticket")
	}
}
