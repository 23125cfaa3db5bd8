package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/mailin"
)

type oneMail struct {
	ID, State, Kind, Reason, Why, Sender, Subject, Text string
	Ticket                                              string `json:"ticket_no"`
	HandledBy                                           string `json:"handled_by"`
	Files                                               []string
}

// mailed hands mails of strangers in.
func mailed(t *testing.T, a *apptest.App, to string, subjects ...string) {
	t.Helper()
	for _, s := range subjects {
		raw := []byte(fmt.Sprintf("From: ada@elsewhere.example\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s@elsewhere.example>\r\n\r\nWho are you?\r\n\r\n> quoted\r\n", to, s, s))
		must(t, a.TicketMail.Store(t.Context(), mailin.Incoming{Raw: raw, Size: int64(len(raw))}))
		a.Drain(t)
	}
}

func TestHeldMailsAreDecidedByTheInterface(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, north := company(t, a, actor.Vendor, "Vendor"), company(t, a, actor.Partner, "North")
		admin, partner, auditor := user(t, a, vendor, actor.VendorAdmin), user(t, a, north, actor.PartnerAdmin), user(t, a, vendor, actor.Auditor)
		by := actor.Actor{Account: vendor, Kind: actor.Vendor, User: admin.user, Name: "Admin", Roles: []actor.Role{actor.VendorAdmin}}
		for address, desk := range map[string]string{"support@vendor.example": vendor, "desk@north.example": north} {
			must(t, a.TicketMail.AddAddress(t.Context(), by, address, desk))
		}
		mailed(t, a, "support@vendor.example", "one", "two", "three", "four")
		mailed(t, a, "desk@north.example", "north")
		const path = "/api/v1/desk/mails"
		var page struct {
			Mails []oneMail
			Next  string `json:"next_cursor"`
		}
		var found []string
		for cursor := ""; ; cursor = page.Next {
			page.Mails, page.Next = nil, ""
			admin.call("GET", path+"?state=held&limit=3&cursor="+url.QueryEscape(cursor), nil).want(200).into(&page)
			for _, m := range page.Mails {
				found = append(found, m.Subject)
			}
			if page.Next == "" {
				break
			}
		}
		if got := strings.Join(found, " "); got != "four three two one" {
			t.Errorf("held mails by page: %s", got)
		}
		for query, want := range map[string]int{"all=true": 5, "state=done": 0, "reason=unknown": 4, "reason=stranger": 0, "sender=ada@elsewhere.example": 4, "sender=eve@elsewhere.example": 0} {
			admin.call("GET", path+"?"+query, nil).want(200).into(&page)
			if len(page.Mails) != want {
				t.Errorf("%s: %d mails, want %d", query, len(page.Mails), want)
			}
		}
		admin.call("GET", path+"?state=lost", nil).want(422)
		admin.call("GET", path+"?cursor=made-up", nil).want(422)
		admin.call("GET", path+"?state=held", nil).want(200).into(&page)
		ids := map[string]string{}
		for _, m := range page.Mails {
			ids[m.Subject] = path + "/" + m.ID
		}
		var m oneMail
		admin.call("GET", ids["one"], nil).want(200).into(&m)
		if m.State != "held" || m.Reason != "unknown" || m.Why == "" || !strings.HasPrefix(m.Text, "Who are you?") || len(m.Files) != 0 {
			t.Errorf("a held mail: %+v", m)
		}
		admin.call("POST", ids["one"]+"/open", map[string]any{"account_id": ""}).want(422)
		admin.call("POST", ids["one"]+"/open", map[string]any{"account_id": north}).want(200).into(&m)
		if m.State != "done" || m.Ticket == "" || m.HandledBy == "" {
			t.Errorf("opened: %+v", m)
		}
		admin.call("POST", ids["one"]+"/discard", nil).refused(409, "HANSE.CONFLICT")
		var x oneTicket
		partner.call("POST", "/api/v1/tickets", map[string]any{"body": "A bill", "problem_type": taxonomy.Billing}).want(201).into(&x)
		admin.call("POST", ids["two"]+"/append", map[string]any{"ticket_no": "TT20200101000000"}).want(422)
		admin.call("POST", ids["two"]+"/append", map[string]any{"ticket_no": x.No}).want(200).into(&m)
		if m.State != "done" || m.Ticket != x.No {
			t.Errorf("appended: %+v, want it in %s", m, x.No)
		}
		admin.call("POST", ids["three"]+"/again", nil).want(200).into(&m)
		if m.State != "held" {
			t.Errorf("looked at again: %+v", m)
		}
		admin.call("POST", ids["three"]+"/discard", nil).want(200).into(&m)
		if m.State != "discarded" {
			t.Errorf("discarded: %+v", m)
		}
		auditor.call("GET", ids["four"], nil).want(200)
		auditor.call("POST", ids["four"]+"/discard", nil).want(403)
		partner.call("GET", ids["four"], nil).refused(404, "HANSE.NOT_FOUND")
		partner.call("GET", path+"?all=true", nil).want(200).into(&page)
		if len(page.Mails) != 1 || page.Mails[0].Subject != "north" {
			t.Errorf("the partner's desk sees %+v", page.Mails)
		}
		admin.call("POST", path+"/"+page.Mails[0].ID+"/discard", nil).want(403) // another desk's
		file := admin.call("GET", path+"/export?state=discarded", nil).want(200)
		if body := string(file.body); strings.Count(body, "\n") != 2 || !strings.Contains(body, "three") {
			t.Errorf("the file has\n%s", body)
		}
		admin.call("GET", path+"/export?format=xlsx", nil).want(200)
		user(t, a, company(t, a, actor.Customer, "Shop"), actor.CustomerAdmin).call("GET", path, nil).want(403)
	})
}
