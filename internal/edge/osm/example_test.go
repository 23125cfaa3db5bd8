package osm_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
)

// TestBodiesAreReadAsTheVendorsExamplesShowThem sends what the vendor's reference has in its examples, and its types forbid.
func TestBodiesAreReadAsTheVendorsExamplesShowThem(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		no, other := w.opened(w.siam), w.opened(w.siam)
		w.good(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":"`+other+`","group_id":"123456"}`)
		w.bad(w.siam, "CreateRelations", "/cases/"+no+"/relations", `{"related_id_list":{"a":1}}`, 400, "OSM.01010001")
		w.good(w.siam, "UpdateCaseContactInfo", "/cases/"+no+"/contact-info", `{"extension_map":[]}`)
		w.good(w.siam, "CreateCaseExtendsParam", "/cases/"+no+"/extends-param", `{"group_id":"1","extends_map":[ ]}`)
		w.good(w.siam, "CreateCases", "/cases", `{"business_type_id":"`+taxonomy.Billing+`","simple_description":"Empty maps.","source_id":"`+taxonomy.Source+`","extends_map":[],"extension_map":null}`)
		a := w.bad(w.siam, "CreateCaseExtendsParam", "/cases/"+no+"/extends-param", `{"extends_map":["order_number"]}`, 400, "OSM.01010001")
		if !strings.Contains(a.raw, "extends_map") {
			t.Errorf("the refusal doesn't name the parameter: %s", a.raw)
		}
		if a := w.good(w.siam, "ListCaseTemplates", "/config/templates?incident_business_type_id="+taxonomy.Billing, ""); a.body["incident_template_list"] == nil {
			t.Errorf("templates %s", a.raw)
		}
		w.good(w.siam, "CreateMessages", "/cases/"+no+"/message", `{"message":{"content":"`+strings.Repeat("long ", 1999)+`"}}`)
		w.bad(w.siam, "CreateMessages", "/cases/"+no+"/message", `{"message":{"content":"`+strings.Repeat("long ", 2001)+`"}}`, 400, "OSM.01010001")
		counted := func(query string) string {
			return w.good(w.siam, "ListCaseCounts", "/cases/count?status=0&"+query, "").raw
		}
		if got := counted("business_type_id=" + taxonomy.Billing); !strings.Contains(got, `"count":3`) {
			t.Errorf("tickets about bills: %s", got)
		}
		if got := counted("product_category_id=none"); !strings.Contains(got, `"count":0`) {
			t.Errorf("tickets about nothing: %s", got)
		}
		for query, want := range map[string]string{"": "false", "?privilege=createCase": "false", "?privilege=export": "false", "?privilege=assumeCaseAll": "false"} {
			if a := w.good(w.siam, "ShowCustomerPrivilegePolicy", "/privileges/privilege-policy"+query, ""); !strings.Contains(a.raw, `"policy_switch":`+want) {
				t.Errorf("the policy %q is %s, want %s", query, a.raw, want)
			}
		}
		w.good(w.siam, "CreatePrivileges", "/privileges", `{"operation":"create","privilege":"export"}`)
		if a := w.good(w.siam, "ShowCustomerPrivilegePolicy", "/privileges/privilege-policy?privilege=export", ""); !strings.Contains(a.raw, "true") {
			t.Errorf("the policy of exports: %s", a.raw)
		}
		if a := w.good(w.siam, "ShowConfiguration", "/configurations/case.create-case.diagnose-list", ""); !strings.Contains(a.raw, `"config_value":""`) {
			t.Errorf("what can be diagnosed: %s", a.raw)
		}
		if a := w.good(w.siam, "ListPrivileges", "/privileges?privilege=assumeCaseAll", ""); !strings.Contains(a.raw, `"has_privilege":0`) {
			t.Errorf("a privilege that nobody has: %s", a.raw)
		}
	})
}

// TestACodeInTheTicketVerifiesItsContact opens a ticket with a code that no other operation has spent, and another one with
// what that has verified.
func TestACodeInTheTicketVerifiesItsContact(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		const mail = "duty@siam.example"
		open := func(more string) string {
			return `{"business_type_id":"` + taxonomy.Billing + `","simple_description":"Write to us.","source_id":"` + taxonomy.Source + `","remind_mail":"` + mail + `"` + more + `}`
		}
		w.bad(w.siam, "CreateCases", "/cases", open(""), 400, "OSM.01010010")
		w.good(w.siam, "SendVerifyCodes", "/verifycodes/send", `{"contact_value":"`+mail+`","contact_way":1,"area_code":""}`)
		code := w.code()
		wrong := "000000"
		if code == wrong {
			wrong = "111111"
		}
		w.bad(w.siam, "CreateCases", "/cases", open(`,"verify_code":"`+wrong+`"`), 400, "OSM.01010010")
		made := w.good(w.siam, "CreateCases", "/cases", open(`,"verify_code":"`+code+`"`))
		detail := w.good(w.siam, "ShowCaseDetail", "/cases/"+made.body["incident_id"].(string), "")
		if !strings.Contains(detail.raw, `"remind_mail":"`+mail+`"`) {
			t.Errorf("the ticket's contact: %s", detail.raw)
		}
		list := w.good(w.siam, "ListHasVerifiedContacts", "/verifycodes/has-verified?contact_way=1&contact_value="+mail, "").list("contact_list")
		if len(list) != 1 {
			t.Fatalf("verified contacts: %v", list)
		}
		r := w.request(w.siam, "POST", base+"/cases", open(""))
		r.Header.Set("x-email-verifiedid", list[0]["verified_id"].(string))
		if a := w.do(r); a.status != 200 {
			t.Errorf("a ticket with a verified address: %d %s", a.status, a.raw)
		}
	})
}

func TestATicketInProgressIsCancelledWhereASettingAllowsIt(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		no := w.opened(w.siam)
		_, err := w.tickets.Act(t.Context(), w.engineer, no, ticket.Deed{Action: ticket.Accept})
		must(t, err)
		w.bad(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=cancel", `{}`, 409, "OSM.01010014")
		w.set(setting.TicketCancelProcessing, "true")
		w.bad(w.nile, "UpdateCases", "/cases/"+no+"/action?action_id=cancel", `{}`, 404, "OSM.01010015")
		w.good(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=cancel", `{"operate_desc":"Found it ourselves."}`)
		if a := w.good(w.siam, "ShowCaseStatus", "/cases/"+no+"/status", ""); !strings.Contains(a.raw, `"status":4`) {
			t.Errorf("a cancelled ticket: %s", a.raw)
		}
		// What was offered as the result is confirmed or sent back, not cancelled.
		offered := w.opened(w.siam)
		for _, x := range []ticket.Deed{{Action: ticket.Accept}, {Action: ticket.Offer, Text: "Done."}} {
			_, err := w.tickets.Act(t.Context(), w.engineer, offered, x)
			must(t, err)
		}
		w.bad(w.siam, "UpdateCases", "/cases/"+offered+"/action?action_id=cancel", `{}`, 409, "OSM.01010014")
	})
}
