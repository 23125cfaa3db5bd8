package api_test

import (
	"net/url"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

type oneTicket struct {
	No, Title string
	State     int
	Edition   int64
	Actions   []string
	Labels    []struct{ ID int64 }
	Relations []struct{ No string }
	CC        []string
	Points    int64
}

func TestATicketIsOpenedFollowedAndRatedByTheInterface(t *testing.T) {
	a := apptest.New(t)
	vendor, north := company(t, a, actor.Vendor, "Vendor"), company(t, a, actor.Partner, "North")
	p, desk := user(t, a, north, actor.PartnerAdmin), user(t, a, vendor, actor.SupportEngineer)
	fault := map[string]any{"body": "It is down.", "problem_type": taxonomy.TechFault, "region": "cn-north-1", "key": "k1"}
	p.call("POST", "/api/v1/tickets", fault).refused(409, "HANSE.CONFLICT") // no plan
	now := a.Clock.Now()
	must(t, a.DB.Update(t.Context(), func(tx *db.Tx) error {
		return entitlement.OnPlan(t.Context(), tx, cli, entitlement.Plan{Account: north, Level: entitlement.Standard, From: now, Until: now.AddDate(1, 0, 0)})
	}))
	var q struct {
		Counts bool
		Left   int64
	}
	p.call("GET", "/api/v1/tickets/quota?problem_type="+taxonomy.Billing, nil).want(200).into(&q)
	if q.Counts || q.Left != -1 {
		t.Errorf("the quota of a business ticket: %+v", q)
	}
	bill := map[string]any{"body": "A bill", "title": "Bill", "problem_type": taxonomy.Billing, "key": "k2", "cc": []string{"boss@north.example"}}
	var x, again, other oneTicket
	p.call("POST", "/api/v1/tickets", bill).want(201).into(&x)
	p.call("POST", "/api/v1/tickets", bill).want(201).into(&again)
	if x.No == "" || again.No != x.No {
		t.Errorf("the same key opened %q and %q", x.No, again.No)
	}
	p.call("POST", "/api/v1/tickets", map[string]any{"body": "x", "problem_type": "none"}).want(422)
	p.call("POST", "/api/v1/tickets", map[string]any{"body": "Other", "problem_type": taxonomy.Billing}).want(201).into(&other)
	path := "/api/v1/tickets/" + x.No
	p.call("POST", path+"/messages", map[string]any{"body": "More", "key": "m1"}).want(201)
	p.call("POST", path+"/messages", map[string]any{"body": "More", "key": "m1"}).want(201)
	engineer := actor.Actor{Account: vendor, Kind: actor.Vendor, User: desk.user, Name: "Engineer", Roles: []actor.Role{actor.SupportEngineer}, Via: "key", Lang: "en"}
	for _, action := range []ticket.Action{ticket.Accept, ticket.Offer} {
		if _, err := a.Ticket.Act(t.Context(), engineer, x.No, ticket.Deed{Action: action, Text: "Paid"}); err != nil {
			t.Fatal(err)
		}
	}
	var since struct {
		Ticket   oneTicket
		Messages []struct{ Body string }
	}
	p.call("GET", path+"/changes?after=1", nil).want(200).into(&since)
	if len(since.Messages) == 0 || since.Ticket.State != 2 {
		t.Errorf("changes: %+v", since)
	}
	var l struct{ ID int64 }
	p.call("POST", "/api/v1/ticket-labels", map[string]any{"name": "Year end", "color": "#aa0000"}).want(201).into(&l)
	p.call("POST", path+"/labels", map[string]any{"label_ids": []int64{l.ID}}).want(204)
	p.call("POST", path+"/relations", map[string]any{"nos": []string{other.No}}).want(204)
	p.call("POST", path+"/relations", map[string]any{"nos": []string{x.No}}).want(422)
	p.call("PUT", path+"/read", map[string]any{"seq": 0}).want(204)
	p.call("POST", path+"/close", map[string]any{"seen": 1}).refused(409, "HANSE.CONFLICT")
	p.call("POST", path+"/close", map[string]any{"text": "Good", "scores": []map[string]any{{"dimension": 1, "points": 4}}}).want(200)
	p.call("GET", path, nil).want(200).into(&x)
	if x.State != 3 || len(x.Labels) != 1 || len(x.Relations) != 1 || len(x.CC) != 1 || x.Points != 4 {
		t.Errorf("after closing: %+v", x)
	}
	var list struct {
		Tickets []oneTicket
		Next    string `json:"next_cursor"`
	}
	p.call("GET", "/api/v1/tickets?limit=1", nil).want(200).into(&list)
	if len(list.Tickets) != 1 || list.Next == "" {
		t.Fatalf("a page of one: %+v", list)
	}
	p.call("GET", "/api/v1/tickets?limit=1&cursor="+url.QueryEscape(list.Next), nil).want(200)
	p.call("GET", "/api/v1/tickets?state=3,0", nil).want(200)
	p.call("GET", "/api/v1/tickets?state=3,x", nil).want(422)
	p.call("GET", "/api/v1/tickets/counts", nil).want(200)
	p.call("GET", path+"/log", nil).want(200)
	p.call("GET", path+"/messages", nil).want(200)
	p.call("DELETE", path+"/relations/"+other.No, nil).want(204)
	p.call("GET", "/api/v1/attachment-limits", nil).want(200)
	south := user(t, a, company(t, a, actor.Partner, "South"), actor.PartnerAdmin)
	south.call("GET", path, nil).refused(404, "HANSE.NOT_FOUND")
	south.call("POST", path+"/messages", map[string]any{"body": "x"}).refused(404, "HANSE.NOT_FOUND")
}
