package osm_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/edge/osm"
	"hanse/internal/kit/actor"
)

// A probe is what a well-formed call of one operation has beside its path: nothing happens by it even for whoever may
// call. CASE stands for a ticket's number.
type probe struct{ query, body string }

var probes = map[string]probe{
	"CreateCases":                        {body: `{"business_type_id":"none","simple_description":"x","source_id":"83aeb0f2834c4df49826c781d32a963e"}`},
	"ListCases":                          {query: "incident_id=CASE"},
	"ShowCaseDetail":                     {query: "group_id=g"},
	"ShowCaseStatus":                     {query: "group_id=g"},
	"ListCaseCounts":                     {},
	"UpdateCases":                        {query: "action_id=delete", body: `{"group_id":"g"}`},
	"DownloadCases":                      {query: "language=en-us&timezone=GMT%2B8&incident_id=CASE"},
	"CreateMessages":                     {body: `{"message":{"content":"x","accessory_ids":["none"]},"group_id":"g"}`},
	"ListMessages":                       {query: "group_id=g"},
	"RevokeMessage":                      {query: "group_id=g"},
	"ListMoreInstantMessages":            {query: "create_time=2026-11-23T00:00:00Z&type=0&limit=1&group_id=g"},
	"ListNewInstantMessages":             {query: "case_ids=CASE&group_id=g"},
	"ListUnreadNewInstantMessages":       {query: "case_ids=CASE&group_id=g"},
	"UpdateNewInstantMessagesRead":       {body: `{"group_id":"g"}`},
	"CreateScores":                       {body: `{"judgement":"x","incident_satisfaction_list":[{"satisfaction_id":1,"satisfaction_value":1}],"group_id":"g"}`},
	"ListLabels":                         {},
	"CreateLabels":                       {body: `{"name":"x","color":"red"}`},
	"UpdateLabels":                       {body: `{"name":"x","color":"#ff0000"}`},
	"DeleteLabels":                       {},
	"ListCaseLabels":                     {query: "group_id=g"},
	"CreateCaseLabels":                   {query: "label_ids=1&group_id=g"},
	"DeleteCaseLabels":                   {query: "label_ids=1&group_id=g"},
	"ListCaseOperateLogs":                {query: "group_id=g"},
	"ListRelation":                       {query: "group_id=g"},
	"CreateRelations":                    {body: `{"related_id_list":["TT20200101000000"],"group_id":"g"}`},
	"DeleteRelation":                     {body: `{"related_id":"TT20200101000000","group_id":"g"}`},
	"UpdateCaseContactInfo":              {body: `{"remind_time":"x","group_id":"g"}`},
	"CreateCaseExtendsParam":             {body: `{"extends_map":{"none":"x"},"group_id":"g"}`},
	"ShowCaseExtendsParam":               {query: "group_id=g"},
	"ListOrderIncident":                  {query: "incidentId=CASE"},
	"ListSatisfactionDimensions":         {},
	"ListCaseQuotas":                     {query: "business_type_id=none"},
	"ListCaseLimits":                     {},
	"ListSeverities":                     {query: "product_category_id=none&business_type_id=none"},
	"ListProblemTypes":                   {},
	"ListCaseCategories":                 {},
	"ListProductCategories":              {},
	"ListRegions":                        {},
	"ListCaseTemplates":                  {query: "business_type_id=none"},
	"ListExtendsParams":                  {query: "business_type_id=none"},
	"ListAreaCodes":                      {},
	"ListCustomersRegions":               {},
	"ShowAccessoryLimits":                {},
	"ShowConfiguration":                  {},
	"UploadAccessory":                    {},
	"UploadJsonAccessories":              {body: `{"accessory_name":"x.exe","accessory_from":"incident","accessory_data":"eA=="}`},
	"DownloadAccessories":                {},
	"DownloadImages":                     {},
	"DeleteAccessories":                  {},
	"ListAccessoryAccessUrls":            {query: "accessory_ids=none"},
	"ShowDownloadAccessoryUrl":           {query: "relation_type=DEFAULT"},
	"ListCaseCcEmails":                   {},
	"SendVerifyCodes":                    {body: `{"contact_value":"x","contact_way":1,"area_code":""}`},
	"CheckVerifyCodes":                   {body: `{"contact_value":"x@y.example","contact_way":1,"verify_code":"000000"}`},
	"CheckNeedVerify":                    {query: "contact_value=x@y.example&contact_way=1"},
	"ListHasVerifiedContacts":            {},
	"ShowPartnersServiceInfo":            {},
	"ShowPartnersCasesPrivilege":         {},
	"ListSubCustomers":                   {},
	"CreateFeedback":                     {body: `{"type":"none"}`},
	"ListPrivileges":                     {query: "privilege=export"},
	"CreatePrivileges":                   {body: `{"operation":"delete","privilege":"createCase"}`},
	"ShowCustomerPrivilegePolicy":        {},
	"ShowLatestPublishedAgreement":       {},
	"ShowSignedLatestPublishedAgreement": {},
	"SignPublishedAgreement":             {},
	"ListAuthorizations":                 {},
	"ShowAuthorizationDetail":            {},
	"ConfirmAuthorizations":              {body: `{}`},
	"UpdateAuthorizations":               {query: "action_id=reject"},
	"CheckHosts":                         {body: `{"port":1,"account":"a","password":"p"}`},
	"ShowLoginType":                      {},
	"ListHistorySessions":                {},
	"ListHistoryOperateLogs":             {},
	"ListTransportHistories":             {},
	"ListAgencies":                       {},
	"CreateDiagnoseJob":                  {body: `{}`},
	"ListDiagnoseJob":                    {query: "job_id=1"},
	"ListDiagnoseItems":                  {body: `{}`},
	"ListDiagnoseRecords":                {},
	"ListDiagnoseResources":              {body: `{}`},
	"CreateDiagnoseFeedback":             {body: `{}`},
}

// send calls an operation's probe about a ticket.
func (w *world) send(by actor.Actor, o osm.Operation, no string) answer {
	w.t.Helper()
	p, ok := probes[o.Name]
	if !ok {
		w.t.Fatalf("%s has no probe in the matrix", o.Name)
	}
	path := strings.NewReplacer("{case_id}", no, "{message_id}", "msg_none", "{label_id}", "7", "{accessory_id}", "att_none", "{config_key}", "limit_size", "{id}", "30",
		"{authorization_id}", "1", "{authorization_detail_id}", "2", "{session_id}", "3").Replace(o.Path)
	if p.query != "" {
		path += "?" + strings.ReplaceAll(p.query, "CASE", no)
	}
	return w.do(w.request(by, o.Method, path, strings.ReplaceAll(p.body, "CASE", no)))
}

func TestEveryOperationLetsInWhoHasThePermission(t *testing.T) {
	each(t, func(w *world) {
		callers := map[string]actor.Actor{"vendor": w.vendor, "engineer": w.engineer, "person": w.Person("Mo"), "service partner": w.Partner("Servant", account.ServicePartner)}
		for _, r := range actor.RolesOf(actor.Partner) {
			callers["partner's "+string(r)] = w.User(w.siam.Account, r)
		}
		for _, r := range actor.RolesOf(actor.Customer) {
			callers["customer's "+string(r)] = w.User(w.tide.Account, r)
		}
		for name, by := range callers {
			for _, o := range osm.Operations() {
				company := by.Kind == actor.Partner || by.Kind == actor.Customer
				a := w.send(by, o, "TT20200101000000")
				turned := a.code() == "OSM.0003" || a.code() == "OSM.01010002"
				if want := company && by.Can(o.Verb) && !(o.Name == "DownloadCases" && !by.Has(actor.PartnerAdmin, actor.CustomerAdmin)); turned == want {
					w.t.Errorf("%s by %s: %d %s; let in should be %v", o.Name, name, a.status, a.raw, want)
				}
				if a.status >= 500 {
					w.t.Errorf("%s by %s: %d %s", o.Name, name, a.status, a.raw)
				}
			}
		}
	})
}

// TestATicketOfSomebodyElseIsAsOneThatIsNot asks for a stranger's and for one that there isn't, and compares.
func TestATicketOfSomebodyElseIsAsOneThatIsNot(t *testing.T) {
	each(t, func(w *world) {
		own, theirs := w.opened(w.siam), w.opened(w.tide)
		for _, o := range osm.Operations() {
			p := probes[o.Name]
			if !strings.Contains(o.Path+p.query+p.body, "{case_id}") && !strings.Contains(p.query, "CASE") {
				continue
			}
			for _, x := range []struct {
				by actor.Actor
				no string
			}{{w.nile, own}, {w.nile, theirs}, {w.tide, own}, {w.siam, theirs}, {w.seller, own}} {
				if o.Name == "DownloadCases" && x.by.User == w.seller.User {
					continue // may not export at all
				}
				there, nowhere := w.send(x.by, o, x.no), w.send(x.by, o, "TT20200101000000")
				if there.status != nowhere.status || there.code() != nowhere.code() || there.code() == "" && strings.Contains(there.raw, x.no) {
					w.t.Errorf("%s by %s: a stranger's ticket %d %s, one that isn't %d %s", o.Name, x.by.Name, there.status, there.raw, nowhere.status, nowhere.raw)
				}
			}
		}
	})
}

func TestTheTableIsTheWholeOfIt(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range osm.Operations() {
		if seen[o.Name] || seen[o.Pattern()] || o.Verb == "" || o.Rate == 0 {
			t.Errorf("%s: twice, or something is missing: %+v", o.Name, o)
		}
		seen[o.Name], seen[o.Pattern()] = true, true
	}
	if len(probes) != len(osm.Operations()) || len(probes) != 82 {
		t.Errorf("%d probes, %d operations, want 82", len(probes), len(osm.Operations()))
	}
}
