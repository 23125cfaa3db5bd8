package osm_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/privilege"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/osm"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestATicketFromItsOpeningToItsScores goes through the states; every answer has the types that the SDK decodes.
func TestATicketFromItsOpeningToItsScores(t *testing.T) {
	each(t, func(w *world) {
		t, ctx := w.t, w.t.Context()
		no := w.opened(w.siam)
		status := func(want string) {
			t.Helper()
			if a := w.good(w.siam, "ShowCaseStatus", "/cases/"+no+"/status", ""); a.raw != `{"status":`+want+"}\n" {
				t.Errorf("status %s, want %s", a.raw, want)
			}
		}
		status("0")
		w.bad(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=close", "", 409, "OSM.01010014")
		w.bad(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=press", "", 429, "OSM.01010023")
		w.bad(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=reopen", "", 400, "OSM.01010013")
		w.clock.Advance(31 * time.Minute)
		w.good(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=press", "{}")
		w.bad(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=press", "", 429, "OSM.01010004")
		_, err := w.tickets.Act(ctx, w.engineer, no, ticket.Deed{Action: ticket.Accept})
		must(t, err)
		status("1")
		cursor := w.good(w.siam, "ListNewInstantMessages", "/cases/instant-messages?case_ids="+no, "").body["last_message_time_id"].(string)
		w.clock.Advance(time.Second)
		_, err = w.tickets.Act(ctx, w.engineer, no, ticket.Deed{Action: ticket.Offer, Text: "The bill is corrected.", RootCause: "A wrong price."})
		must(t, err)
		status("2")
		news := w.good(w.siam, "ListNewInstantMessages", "/cases/instant-messages?case_ids="+no+"&last_message_time_id="+url.QueryEscape(cursor), "")
		if got := news.list("immsg"); len(got) != 1 || got[0]["incident_id"] != no || !strings.Contains(news.raw, "The bill is corrected.") {
			t.Errorf("news %s", news.raw)
		}
		again := w.good(w.siam, "ListNewInstantMessages", "/cases/instant-messages?case_ids="+no+"&last_message_time_id="+url.QueryEscape(news.body["last_message_time_id"].(string)), "")
		if len(again.list("immsg")) != 0 {
			t.Errorf("the same news again: %s", again.raw)
		}
		unread := w.good(w.siam, "ListUnreadNewInstantMessages", "/cases/instant-messages/unread?case_ids="+no, "")
		if !strings.Contains(unread.raw, `"status":1,"unread_num":1`) { // it's still talked in
			t.Errorf("unread %s", unread.raw)
		}
		if !strings.Contains(news.raw, `"imstatus":[{"incident_id":"`+no+`","status":0}]`) {
			t.Errorf("the state of a ticket with an unread answer: %s", news.raw)
		}
		w.good(w.siam, "UpdateNewInstantMessagesRead", "/cases/"+no+"/instant-messages/unread", "")
		if a := w.good(w.siam, "ListNewInstantMessages", "/cases/instant-messages?case_ids="+no, ""); !strings.Contains(a.raw, `"status":1}]`) {
			t.Errorf("the state of a ticket that was read: %s", a.raw)
		}
		if a := w.good(w.siam, "ListUnreadNewInstantMessages", "/cases/instant-messages/unread?case_ids="+no, ""); !strings.Contains(a.raw, `"unread_num":0`) {
			t.Errorf("unread after reading %s", a.raw)
		}
		w.clock.Advance(time.Second)
		w.good(w.siam, "CreateMessages", "/cases/"+no+"/message", `{"message":{"content":"Not quite.\nSee the second line."}}`)
		status("1")
		w.revoke(no)
		w.good(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=close", `{"judgement":"Good.","incident_satisfaction_list":[{"satisfaction_id":1,"satisfaction_value":4}]}`)
		status("3")
		w.good(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=close", "")
		w.scored(no)
		w.logged(no)
		w.good(w.siam, "UpdateCases", "/cases/"+no+"/action?action_id=delete", "")
		for _, o := range []string{"ShowCaseDetail", "ShowCaseStatus", "ListMessages"} {
			w.bad(w.siam, o, map[string]string{"ShowCaseDetail": "/cases/" + no, "ShowCaseStatus": "/cases/" + no + "/status", "ListMessages": "/cases/" + no + "/messages"}[o], "", 404, "OSM.01010015")
		}
	})
}

// revoke takes the newest own message back and looks at the lists of messages.
func (w *world) revoke(no string) {
	w.t.Helper()
	detail := w.good(w.siam, "ShowCaseDetail", "/cases/"+no, "")
	list := detail.list("incident_detail_info", "message_list")
	if len(list) != 3 || list[0]["is_first_message"].(interface{ String() string }).String() != "1" || list[1]["type"].(interface{ String() string }).String() != "1" {
		w.t.Fatalf("detail %s", detail.raw)
	}
	last := list[2]["message_id"].(string)
	w.bad(w.siam, "RevokeMessage", "/cases/"+no+"/instant-messages/"+list[1]["message_id"].(string)+"/withdraw", "", 403, "OSM.01010002")
	w.bad(w.siam, "RevokeMessage", "/cases/"+no+"/instant-messages/msg_none/withdraw", "", 404, "OSM.01010015")
	w.good(w.siam, "RevokeMessage", "/cases/"+no+"/instant-messages/"+last+"/withdraw", "")
	all := w.good(w.siam, "ListMessages", "/cases/"+no+"/messages?limit=1&offset=1", "")
	if got := all.list("message_list"); len(got) != 1 || all.body["count"].(interface{ String() string }).String() != "3" || got[0]["content"] != "The bill is corrected." {
		w.t.Errorf("second message %s", all.raw)
	}
	before := url.QueryEscape(list[2]["create_time"].(string))
	more := w.good(w.siam, "ListMoreInstantMessages", "/cases/"+no+"/instant-messages/more?type=0&limit=1&create_time="+before, "")
	if got := more.list("message_list"); len(got) != 1 || got[0]["content"] != "The bill is corrected." {
		w.t.Errorf("one message before %s: %s", before, more.raw)
	}
	w.bad(w.siam, "ListMoreInstantMessages", "/cases/"+no+"/instant-messages/more?type=2&limit=101", "", 400, "OSM.01010001")
}

func (w *world) scored(no string) {
	w.t.Helper()
	w.bad(w.siam, "CreateScores", "/cases/"+no+"/score", `{"judgement":"x","incident_satisfaction_list":[{"satisfaction_id":99,"satisfaction_value":1}]}`, 400, "OSM.01010001")
	w.bad(w.siam, "CreateScores", "/cases/"+no+"/score", `{"judgement":"","incident_satisfaction_list":[]}`, 400, "OSM.01010001")
	w.good(w.siam, "CreateScores", "/cases/"+no+"/score", `{"judgement":"Very good.","incident_satisfaction_list":[{"satisfaction_id":1,"satisfaction_value":5}]}`)
	a := w.good(w.siam, "ShowCaseDetail", "/cases/"+no, "")
	for _, want := range []string{`"judgement":"Very good."`, `"satisfaction_id":1,"satisfaction_value":5`, `"business_ownership":0`, `"resolve_time":`, `"source_name":"`} {
		if !strings.Contains(a.raw, want) {
			w.t.Errorf("detail lacks %s: %s", want, a.raw)
		}
	}
	if a := w.good(w.siam, "ListCases", "/cases?incident_id="+no, ""); !strings.Contains(a.raw, `"root_cause":"A wrong price."`) || !strings.Contains(a.raw, `"resolution":"The bill is corrected."`) || strings.Contains(a.raw, `"confirmed_time":null`) {
		w.t.Errorf("the line of the list: %s", a.raw)
	}
}

func (w *world) logged(no string) {
	w.t.Helper()
	var kinds []string
	for _, offset := range []string{"0", "3", "6"} {
		a := w.good(w.siam, "ListCaseOperateLogs", "/cases/"+no+"/operate-logs?limit=3&offset="+offset, "")
		for _, e := range a.list("incident_operate_log_list") {
			kinds = append(kinds, e["operate_type"].(interface{ String() string }).String())
		}
	}
	slices.Reverse(kinds)
	if got := strings.Join(kinds, " "); got != "0 2 16 5 3 5" && got != "0 2 16 3 5 5" {
		w.t.Errorf("operations of the log %q, want opened, urged, sent back, closed and scored, scored again", got)
	}
}

func TestAListIsFilteredByWhatTheInterfaceNames(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		first := w.opened(w.siam)
		w.clock.Advance(2 * time.Hour)
		second := w.good(w.colleague, "CreateCases", "/cases", `{"business_type_id":"`+taxonomy.AccountHelp+`","simple_description":"Sign-in fails with code 404.","source_id":"`+taxonomy.Source+`"}`).body["incident_id"].(string)
		w.good(w.siam, "CreateLabels", "/labels", `{"name":"urgent","color":"#ff0000"}`)
		label := w.good(w.siam, "ListLabels", "/labels?name=URG", "").list("label_list")[0]["label_id"].(interface{ String() string }).String()
		w.good(w.siam, "CreateCaseLabels", "/cases/"+first+"/labels?label_ids="+label, "")
		from := w.clock.Now().Add(-time.Hour).UTC()
		zoned := func(x time.Time) string {
			return url.QueryEscape(x.In(time.FixedZone("", 8*3600)).Format(time.DateTime))
		}
		for query, want := range map[string][]string{
			"": {second, first}, "limit=1": {second}, "limit=1&offset=1": {first}, "limit=0": {second, first},
			"incident_id=" + first: {first}, "app_key=" + second: {second}, "app_key=OCTOBER": {first}, "search_key=bill&search_key=october": {first}, "search_key=bill%20wrong": {first},
			"search_key=bill&search_key=sign": nil, "status=0": {second, first}, "status=3": nil, "status=3&incident_status=0,1": {second, first}, "incident_status=3": nil,
			"label_id_list=" + label: {first}, "label_id_list=" + label + ",1": nil, "label_id_list=" + label + "&label_id_list=" + label: {first},
			"x_customer_id=" + w.colleague.User: {second}, "query_start_time=" + zoned(from): {second}, "query_end_time=" + zoned(from): {first},
			"query_start_time=" + zoned(from) + "&query_end_time=" + zoned(from.Add(2*time.Hour)): {second},
		} {
			a := w.good(w.siam, "ListCases", "/cases?"+query, "")
			var got []string
			for _, x := range a.list("incident_info_list") {
				got = append(got, x["incident_id"].(string))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: %v of %v, want %v", query, got, a.body["total_count"], want)
			}
		}
		w.zone = "UTC"
		if a := w.good(w.siam, "ListCases", "/cases?query_start_time="+url.QueryEscape(from.Format(time.DateTime)), ""); len(a.list("incident_info_list")) != 1 {
			t.Errorf("a time in UTC: %s", a.raw)
		}
		w.zone = "GMT+25"
		w.bad(w.siam, "ListCases", "/cases", "", 400, "OSM.01010001")
		w.zone = ""
		for _, query := range []string{"limit=101", "offset=65536", "status=x", "status=31", "query_start_time=2026-11-23", "label_id_list=1,2,3,4,5,6", "status=1&status=2", "query_start_time=2026-11-23%2000:00:01&query_end_time=2026-11-23%2000:00:00"} {
			w.bad(w.siam, "ListCases", "/cases?"+query, "", 400, "OSM.01010001")
		}
		a := w.do(w.request2(w.siam, "/osm/incidentservice/api/v1/queryincident?pageNo=2&pageSize=1"))
		strictly(t, "ListOrderIncident", a.raw)
		if got := a.list("incidentInfoList"); len(got) != 1 || got[0]["incidentId"] != first || !strings.Contains(a.raw, `"labelId":"`+label+`"`) {
			t.Errorf("the second page of the older list: %s", a.raw)
		}
		counts := w.good(w.siam, "ListCaseCounts", "/cases/count", "")
		if got := counts.list("incident_status_counts"); len(got) != 8 || !strings.Contains(counts.raw, `{"status":0,"count":2},{"status":1,"count":0}`) {
			t.Errorf("counts %s", counts.raw)
		}
	})
}

// request2 is request for a path outside base.
func (w *world) request2(by actor.Actor, path string) *http.Request {
	return w.request(by, "GET", path, "")
}

func TestColleaguesTicketsNeedAGroup(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		no := w.opened(w.siam)
		if a := w.good(w.colleague, "ListCases", "/cases", ""); len(a.list("incident_info_list")) != 0 {
			t.Errorf("without a group a user lists %s", a.raw)
		}
		if a := w.good(w.colleague, "ListCases", "/cases?group_id=g", ""); len(a.list("incident_info_list")) != 1 {
			t.Errorf("with a group a user lists %s", a.raw)
		}
		w.bad(w.colleague, "ShowCaseDetail", "/cases/"+no, "", 404, "OSM.01010015")
		w.good(w.colleague, "ShowCaseDetail", "/cases/"+no+"?group_id=g", "")
		w.bad(w.colleague, "CreateMessages", "/cases/"+no+"/message", `{"message":{"content":"More."}}`, 404, "OSM.01010015")
		w.good(w.colleague, "CreateMessages", "/cases/"+no+"/message", `{"message":{"content":"More."},"group_id":"g"}`)
		// Whose role shows only the own ones gains nothing by a group.
		w.bad(w.seller, "ShowCaseDetail", "/cases/"+no+"?group_id=g", "", 404, "OSM.01010015")
		if a := w.good(w.seller, "ListCases", "/cases?group_id=g", ""); len(a.list("incident_info_list")) != 0 {
			t.Errorf("a seller lists %s", a.raw)
		}
		// A customer's ticket at the partner's desk isn't the partner's own.
		theirs := w.opened(w.tide)
		w.bad(w.siam, "ShowCaseDetail", "/cases/"+theirs+"?group_id=g", "", 404, "OSM.01010015")
		if a := w.good(w.tide, "ShowCaseDetail", "/cases/"+theirs, ""); !strings.Contains(a.raw, `"business_ownership":1`) {
			t.Errorf("a customer's ticket at its partner's desk: %s", a.raw)
		}
		served := w.good(w.tide, "ShowPartnersServiceInfo", "/cases/partners/service-info", "")
		if !strings.Contains(served.raw, `"customer_name":"Siam Link","service_time_zone":"GMT+08:00","service_time_day":"5"`) {
			t.Errorf("who serves a customer: %s", served.raw)
		}
		if a := w.good(w.siam, "ShowPartnersServiceInfo", "/cases/partners/service-info", ""); a.raw != "{}\n" {
			t.Errorf("who serves a partner: %s", a.raw)
		}
	})
}

func TestWhatIsWrongWithANewTicketIsToldByItsFieldsOnTheWire(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		create := func(body string) string {
			return `{"business_type_id":"` + taxonomy.Billing + `","simple_description":"x","source_id":"` + taxonomy.Source + `"` + body + `}`
		}
		for _, c := range []struct {
			body   string
			status int
			code   string
			says   string
		}{
			{``, 400, "OSM.01010001", `business_type_id`},
			{`[]`, 400, "OSM.01010001", `body`},
			{`{"business_type_id":5}`, 400, "OSM.01010001", `business_type_id="number"`},
			{`{"business_type_id":"x","simple_description":"x","source_id":"` + taxonomy.Source + `"}`, 400, "OSM.01010026", `business_type_id="x"`},
			{create(`,"severity_id":"WORST"`), 400, "OSM.01010006", `severity_id="WORST"`},
			{create(`,"extension_map":{"cc_email":"nobody"}`), 400, "OSM.01010008", `extension_map.cc_email="nobody"`},
			{create(`,"extension_map":{"cc_email":"a@x.cn;b@x.cn,c@x.cn,d@x.cn,e@x.cn,f@x.cn,g@x.cn,h@x.cn,i@x.cn,j@x.cn,k@x.cn"}`), 400, "OSM.01010008", `extension_map.cc_email`},
			{create(`,"remind_mail":"new@elsewhere.example"`), 400, "OSM.01010010", `remind_mail="new@elsewhere.example"`},
			{create(`,"accessory_ids":["att_none"]`), 400, "OSM.01010001", `accessory_ids="att_none"`},
			{create(`,"region_id":"moon"`), 400, "OSM.01010001", `region_id="moon"`},
			{`{"business_type_id":"` + taxonomy.Billing + `","simple_description":"` + strings.Repeat("字", 1201) + `","source_id":"x"}`, 400, "OSM.01010001", `simple_description`},
			{`{"business_type_id":"` + taxonomy.TechFault + `","simple_description":"x","source_id":"` + taxonomy.Source + `"}`, 400, "OSM.01010001", `region_id=""`},
			{`{"business_type_id":"` + taxonomy.TechConsult + `","simple_description":"x","source_id":"` + taxonomy.Source + `"}`, 403, "OSM.01010009", ``},
		} {
			a := w.bad(w.siam, "CreateCases", "/cases", c.body, c.status, c.code)
			if msg, _ := a.body["error_msg"].(string); !strings.Contains(msg, c.says) {
				t.Errorf("%s: %q, want it to name %s", c.body, msg, c.says)
			}
		}
		r := w.request(w.siam, "POST", base+"/cases", create(""))
		r.Header.Set("Idempotency-Key", "october")
		r2 := w.request(w.siam, "POST", base+"/cases", create(""))
		r2.Header.Set("Idempotency-Key", "october")
		if a, b := w.do(r), w.do(r2); a.status != 200 || a.raw != b.raw {
			t.Errorf("twice with one key: %s, %s", a.raw, b.raw)
		}
		must(t, w.privileges.Set(t.Context(), w.siam, privilege.Create, true))
		w.bad(w.seller, "CreateCases", "/cases", create(""), 403, "OSM.01010002")
		if a := w.good(w.seller, "ListPrivileges", "/privileges?privilege=createCase", ""); a.raw != "{\"has_privilege\":0}\n" {
			t.Errorf("has privilege: %s", a.raw)
		}
		if a := w.good(w.seller, "ShowCustomerPrivilegePolicy", "/privileges/privilege-policy", ""); a.raw != "{\"policy_switch\":true}\n" {
			t.Errorf("policy: %s", a.raw)
		}
	})
}

func TestRefusalsHaveTheStatusThatIsSet(t *testing.T) {
	each(t, func(w *world) {
		w.bad(w.siam, "ShowCaseStatus", "/cases/TT20261123000000/status", "", 404, "OSM.01010015")
		w.set(setting.BusinessErrorStatus, "200")
		a := w.bad(w.siam, "ShowCaseStatus", "/cases/TT20261123000000/status", "", 200, "OSM.01010015")
		strictly(w.t, "ShowCaseStatus", a.raw)
		w.bad(w.siam, "CreateCases", "/cases", "{}", 200, "OSM.01010001")
		w.bad(w.vendor, "ListCases", "/cases", "", 403, "OSM.0003")
		w.bad(w.Person("Mo"), "ListCases", "/cases", "", 403, "OSM.0003")
		r, err := http.NewRequest("GET", w.url+base+"/cases", nil)
		must(w.t, err)
		if a := w.do(r); a.status != 401 || a.code() != "APIGW.0301" || a.body["request_id"] == "" {
			w.t.Errorf("no proof: %d %s", a.status, a.raw)
		}
		r.Header.Set("X-Auth-Token", "nonsense")
		if a := w.do(r); a.status != 401 || a.code() != "OSM.0002" {
			w.t.Errorf("a token that is none: %d %s", a.status, a.raw)
		}
		for _, path := range []string{base + "/nothing", "/osm/x", "/v2.0/servicerequest/x", base + "/cases/TT1/unknown", base + "/cases//status", base + "/cases/"} {
			if a := w.do(w.request(w.siam, "GET", path, "")); a.status != 404 || a.code() != "APIGW.0101" {
				w.t.Errorf("%s: %d %s", path, a.status, a.raw)
			}
		}
		if a := w.call(w.siam, "PATCH", "/cases", ""); a.status != 404 || a.code() != "APIGW.0101" {
			w.t.Errorf("another method: %d %s", a.status, a.raw)
		}
		w.lang = "zh-cn"
		if a := w.call(w.siam, "GET", "/cases?limit=x", ""); !strings.HasPrefix(a.body["error_msg"].(string), "参数错误") {
			w.t.Errorf("in Chinese: %s", a.raw)
		}
	})
}

func TestOneOperationIsLimitedForEachAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c, osm.DefaultRate)
		good := 0
		for range 15 {
			switch a := w.call(w.siam, "GET", "/config/regions", ""); {
			case a.status == 200:
				good++
			case a.status != 429 || a.code() != "APIGW.0308" || a.header.Get("Retry-After") == "":
				t.Fatalf("%d %s", a.status, a.raw)
			}
		}
		if good != 10 {
			t.Errorf("%d of 15 at once, want 10", good)
		}
	})
}
