package api_test

import (
	"fmt"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
)

func TestTheDeskLabelsFiltersAndChangesByTheInterface(t *testing.T) {
	a := apptest.New(t)
	vendor, north := company(t, a, actor.Vendor, "Vendor"), company(t, a, actor.Partner, "North")
	p, desk, admin, auditor := user(t, a, north, actor.PartnerAdmin), user(t, a, vendor, actor.SupportEngineer), user(t, a, vendor, actor.VendorAdmin), user(t, a, vendor, actor.Auditor)
	var x, y oneTicket
	p.call("POST", "/api/v1/tickets", map[string]any{"body": "A bill", "problem_type": taxonomy.Billing}).want(201).into(&x)
	p.call("POST", "/api/v1/tickets", map[string]any{"body": "Another", "problem_type": taxonomy.Billing}).want(201).into(&y)
	var l struct{ ID int64 }
	desk.call("POST", "/api/v1/ticket-labels", map[string]any{"name": "Known issue", "color": "#aa0000"}).want(201).into(&l)
	auditor.call("POST", "/api/v1/ticket-labels", map[string]any{"name": "Mine", "color": "#aa0000"}).refused(403, "HANSE.DENIED")
	work := "/api/v1/desk/tickets/" + x.No
	desk.call("POST", work, map[string]any{"label_ids": []int64{l.ID}, "note": "marked"}).want(200)
	desk.call("POST", work, map[string]any{"label_ids": []int64{7}}).want(422)
	found := func(query string, want ...string) {
		t.Helper()
		var list struct{ Tickets []oneTicket }
		desk.call("GET", "/api/v1/desk/tickets?"+query, nil).want(200).into(&list)
		if len(list.Tickets) != len(want) || len(want) == 1 && list.Tickets[0].No != want[0] {
			t.Errorf("%s finds %+v, want %v", query, list.Tickets, want)
		}
	}
	found(fmt.Sprint("label=", l.ID), x.No)
	found("plan=BASIC", x.No, y.No)
	found("plan=PREMIUM")
	found("due_soon=true")
	desk.call("GET", "/api/v1/desk/tickets?plan=GOLD", nil).want(422)
	p.call("GET", "/api/v1/tickets/"+x.No, nil).want(200).into(&x)
	if len(x.Labels) != 0 {
		t.Errorf("the customer sees the desk's labels: %+v", x.Labels)
	}
	var m struct {
		ID      string
		Edition int64
	}
	macro := map[string]any{"name": "Mark", "label_ids": []int64{l.ID}, "active": true, "then": "stay"}
	admin.call("PUT", "/api/v1/desk/macros", macro).want(200).into(&m)
	macro["label_ids"], macro["name"] = []int64{7}, "Other"
	admin.call("PUT", "/api/v1/desk/macros", macro).want(422)
	desk.call("POST", "/api/v1/desk/macros/"+m.ID+"/use", map[string]any{"tickets": []map[string]any{{"no": y.No}}}).want(200)
	found(fmt.Sprint("label=", l.ID), x.No, y.No)
	desk.call("POST", work, map[string]any{"unlabel_ids": []int64{l.ID}}).want(200)
	found(fmt.Sprint("label=", l.ID), y.No)

	set, err := taxonomy.Read(t.Context(), a.DB.Read())
	must(t, err)
	kind, _ := set.ProblemType(taxonomy.TechConsult)
	change := map[string]any{"problem_type": kind.ID}
	for _, q := range set.Products() {
		if kind.In(q.Category) {
			change["product"] = q.ID
		}
	}
	desk.call("POST", work, change).refused(409, "HANSE.CONFLICT") // no plan
	change["without_unit"] = true
	desk.call("POST", work, change).want(200)
}

func TestAnAgreementIsSignedByTheInterface(t *testing.T) {
	a := apptest.New(t)
	company(t, a, actor.Vendor, "Vendor")
	p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	var first, again struct{ No int64 }
	p.call("POST", "/api/v1/ticket-agreements/10/signature", map[string]any{"relation": "TT1"}).want(201).into(&first)
	p.call("POST", "/api/v1/ticket-agreements/10/signature", map[string]any{}).want(201).into(&again)
	if first.No != 1 || again.No != 1 {
		t.Errorf("signed as %d, and again as %d; want 1", first.No, again.No)
	}
	p.call("POST", "/api/v1/ticket-agreements/20/signature", map[string]any{}).refused(404, "HANSE.NOT_FOUND")
	var out struct {
		Signatures []struct {
			Kind, Relation string
			Version        int64
		}
	}
	p.call("GET", "/api/v1/ticket-agreements/signatures", nil).want(200).into(&out)
	if len(out.Signatures) != 1 || out.Signatures[0].Kind != "0" || out.Signatures[0].Relation != "TT1" {
		t.Errorf("signatures %+v", out.Signatures)
	}
}
