package sdk

import (
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/def"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	osm "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2"
	m "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2/model"
)

// What the vendor fixes, and what every installation ships.
const (
	sourceID = "83aeb0f2834c4df49826c781d32a963e"
	billing  = "aa2ad02db52fa0923cd047b3cf53e3fd"
	center   = "b5f0be5c9639466184abf80e01f9fa1d"
	fault    = "0b2dcb61cfbc56f327472ef31e1dfb0d"
	nowhere  = "TT20200101000000"
	group    = "g"
)

// A desk is the vendor's ticket API as the solution provider's administrator uses it, with what the tests have made.
type desk struct {
	*server
	c                *osm.OsmClient
	no, other        string
	log, shot, json  string
	label            int32
	message, last    string
	notes            int
	cursor, verified string
}

// tickets is the SDK's client of somebody in the demonstration.
func (s *server) tickets(t *testing.T, role string) *osm.OsmClient {
	t.Helper()
	hc, err := osm.OsmClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, s.logins[role])).WithHttpConfig(settings()).SafeBuild()
	must(t, err)
	return osm.NewOsmClient(hc)
}

// ticketOperations are all of them in an order in which what one makes the next ones find.
var ticketOperations = []struct {
	name, route string
	test        func(*desk, *testing.T)
}{
	{"ListProblemTypes", "GET /v2/servicerequest/config/problems", (*desk).listProblemTypes},
	{"ListCaseCategories", "GET /v2/servicerequest/config/categories", (*desk).listCaseCategories},
	{"ListProductCategories", "GET /v2/servicerequest/config/product-categories", (*desk).listProductCategories},
	{"ListRegions", "GET /v2/servicerequest/config/regions", (*desk).listRegions},
	{"ListCustomersRegions", "GET /v2/servicerequest/customers/regions", (*desk).listCustomersRegions},
	{"ListCaseTemplates", "GET /v2/servicerequest/config/templates", (*desk).listCaseTemplates},
	{"ListExtendsParams", "GET /v2/servicerequest/config/extends-map", (*desk).listExtendsParams},
	{"ListAreaCodes", "GET /v2/servicerequest/config/area-codes", (*desk).listAreaCodes},
	{"ListSatisfactionDimensions", "GET /v2/servicerequest/config/satisfaction-dimensions", (*desk).listSatisfactionDimensions},
	{"ListCaseLimits", "GET /v2/servicerequest/config/limits", (*desk).listCaseLimits},
	{"ListSeverities", "GET /v2/servicerequest/config/severities", (*desk).listSeverities},
	{"ListCaseQuotas", "GET /v2/servicerequest/quotas", (*desk).listCaseQuotas},
	{"ShowAccessoryLimits", "GET /v2/servicerequest/accessorys/limits", (*desk).showAccessoryLimits},
	{"ShowConfiguration", "GET /v2/servicerequest/configurations/{config_key}", (*desk).showConfiguration},
	{"CheckNeedVerify", "GET /v2/servicerequest/verifycodes/need-verify", (*desk).checkNeedVerify},
	{"SendVerifyCodes", "POST /v2/servicerequest/verifycodes/send", (*desk).sendVerifyCodes},
	{"CheckVerifyCodes", "POST /v2/servicerequest/verifycodes", (*desk).checkVerifyCodes},
	{"ListHasVerifiedContacts", "GET /v2/servicerequest/verifycodes/has-verified", (*desk).listHasVerifiedContacts},
	{"UploadAccessory", "POST /v2/servicerequest/accessorys", (*desk).uploadAccessory},
	{"UploadJsonAccessories", "POST /v2/servicerequest/accessorys/json-format-content", (*desk).uploadJsonAccessories},
	{"CreateCases", "POST /v2/servicerequest/cases", (*desk).createCases},
	{"ShowCaseDetail", "GET /v2/servicerequest/cases/{case_id}", (*desk).showCaseDetail},
	{"ShowCaseStatus", "GET /v2/servicerequest/cases/{case_id}/status", (*desk).showCaseStatus},
	{"ListCases", "GET /v2/servicerequest/cases", (*desk).listCases},
	{"ListOrderIncident", "GET /osm/incidentservice/api/v1/queryincident", (*desk).listOrderIncident},
	{"ListCaseCounts", "GET /v2/servicerequest/cases/count", (*desk).listCaseCounts},
	{"DownloadAccessories", "GET /v2/servicerequest/accessorys/{accessory_id}", (*desk).downloadAccessories},
	{"DownloadImages", "GET /v2/servicerequest/accessorys/{accessory_id}/image", (*desk).downloadImages},
	{"ListAccessoryAccessUrls", "GET /v2/servicerequest/accessorys/access-urls", (*desk).listAccessoryAccessUrls},
	{"ShowDownloadAccessoryUrl", "GET /v2/servicerequest/accessorys/{accessory_id}/access-url", (*desk).showDownloadAccessoryUrl},
	{"DeleteAccessories", "DELETE /v2/servicerequest/accessorys/{accessory_id}", (*desk).deleteAccessories},
	{"CreateLabels", "POST /v2/servicerequest/labels", (*desk).createLabels},
	{"ListLabels", "GET /v2/servicerequest/labels", (*desk).listLabels},
	{"UpdateLabels", "PUT /v2/servicerequest/labels/{label_id}", (*desk).updateLabels},
	{"CreateCaseLabels", "POST /v2/servicerequest/cases/{case_id}/labels", (*desk).createCaseLabels},
	{"ListCaseLabels", "GET /v2/servicerequest/cases/{case_id}/labels", (*desk).listCaseLabels},
	{"DeleteCaseLabels", "DELETE /v2/servicerequest/cases/{case_id}/labels", (*desk).deleteCaseLabels},
	{"DeleteLabels", "DELETE /v2/servicerequest/labels/{label_id}", (*desk).deleteLabels},
	{"CreateRelations", "POST /v2/servicerequest/cases/{case_id}/relations", (*desk).createRelations},
	{"ListRelation", "GET /v2/servicerequest/cases/{case_id}/relations", (*desk).listRelation},
	{"DeleteRelation", "DELETE /v2/servicerequest/cases/{case_id}/relations", (*desk).deleteRelation},
	{"UpdateCaseContactInfo", "PUT /v2/servicerequest/cases/{case_id}/contact-info", (*desk).updateCaseContactInfo},
	{"ListCaseCcEmails", "GET /v2/servicerequest/carbon-copy-emails", (*desk).listCaseCcEmails},
	{"CreateCaseExtendsParam", "POST /v2/servicerequest/cases/{case_id}/extends-param", (*desk).createCaseExtendsParam},
	{"ShowCaseExtendsParam", "GET /v2/servicerequest/cases/{case_id}/extends-param", (*desk).showCaseExtendsParam},
	{"CreateMessages", "POST /v2/servicerequest/cases/{case_id}/message", (*desk).createMessages},
	{"ListMessages", "GET /v2/servicerequest/cases/{case_id}/messages", (*desk).listMessages},
	{"ListNewInstantMessages", "GET /v2/servicerequest/cases/instant-messages", (*desk).listNewInstantMessages},
	{"ListUnreadNewInstantMessages", "GET /v2/servicerequest/cases/instant-messages/unread", (*desk).listUnreadNewInstantMessages},
	{"UpdateNewInstantMessagesRead", "POST /v2/servicerequest/cases/{case_id}/instant-messages/unread", (*desk).updateNewInstantMessagesRead},
	{"ListMoreInstantMessages", "GET /v2/servicerequest/cases/{case_id}/instant-messages/more", (*desk).listMoreInstantMessages},
	{"RevokeMessage", "POST /v2/servicerequest/cases/{case_id}/instant-messages/{message_id}/withdraw", (*desk).revokeMessage},
	{"UpdateCases", "POST /v2/servicerequest/cases/{case_id}/action", (*desk).updateCases},
	{"CreateScores", "POST /v2/servicerequest/cases/{case_id}/score", (*desk).createScores},
	{"ListCaseOperateLogs", "GET /v2/servicerequest/cases/{case_id}/operate-logs", (*desk).listCaseOperateLogs},
	{"DownloadCases", "GET /v2/servicerequest/cases/export", (*desk).downloadCases},
	{"ShowPartnersServiceInfo", "GET /v2/servicerequest/cases/partners/service-info", (*desk).showPartnersServiceInfo},
	{"ShowPartnersCasesPrivilege", "GET /v2/servicerequest/cases/partners/privilege/cases-processing", (*desk).showPartnersCasesPrivilege},
	{"ListSubCustomers", "GET /v2/servicerequest/customers/sub-customers", (*desk).listSubCustomers},
	{"CreateFeedback", "POST /v2/servicerequest/feedbacks", (*desk).createFeedback},
	{"ListPrivileges", "GET /v2/servicerequest/privileges", (*desk).listPrivileges},
	{"CreatePrivileges", "POST /v2/servicerequest/privileges", (*desk).createPrivileges},
	{"ShowCustomerPrivilegePolicy", "GET /v2/servicerequest/privileges/privilege-policy", (*desk).showCustomerPrivilegePolicy},
	{"ShowLatestPublishedAgreement", "GET /v2/servicerequest/agreements/published-agreement", (*desk).showLatestPublishedAgreement},
	{"ShowSignedLatestPublishedAgreement", "GET /v2/servicerequest/agreements/signed-latest", (*desk).showSignedLatestPublishedAgreement},
	{"SignPublishedAgreement", "POST /v2/servicerequest/agreements/{id}/signed", (*desk).signPublishedAgreement},
	{"ListAuthorizations", "GET /v2/servicerequest/authorizations", (*desk).listAuthorizations},
	{"ShowAuthorizationDetail", "GET /v2/servicerequest/authorizations/{authorization_id}", (*desk).showAuthorizationDetail},
	{"ConfirmAuthorizations", "PUT /v2/servicerequest/authorizations/{authorization_id}", (*desk).confirmAuthorizations},
	{"UpdateAuthorizations", "PUT /v2/servicerequest/authorizations/{authorization_id}/action", (*desk).updateAuthorizations},
	{"CheckHosts", "POST /v2/servicerequest/authorizations/authorization-details/{authorization_detail_id}/verify-host", (*desk).checkHosts},
	{"ShowLoginType", "GET /v2/servicerequest/authorizations/login-type", (*desk).showLoginType},
	{"ListHistorySessions", "GET /v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/history-sessions", (*desk).listHistorySessions},
	{"ListHistoryOperateLogs", "GET /v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/sessions/{session_id}/operation-logs", (*desk).listHistoryOperateLogs},
	{"ListTransportHistories", "GET /v2/servicerequest/authorizations/{authorization_id}/authorization-details/{authorization_detail_id}/sessions/{session_id}/operation-file-logs", (*desk).listTransportHistories},
	{"ListAgencies", "GET /v2/servicerequest/agencies", (*desk).listAgencies},
	{"CreateDiagnoseJob", "POST /v2.0/servicerequest/diagnose/job/start", (*desk).createDiagnoseJob},
	{"ListDiagnoseJob", "GET /v2.0/servicerequest/diagnose/job", (*desk).listDiagnoseJob},
	{"ListDiagnoseItems", "POST /v2.0/servicerequest/diagnose/job/show-items", (*desk).listDiagnoseItems},
	{"ListDiagnoseRecords", "GET /v2.0/servicerequest/diagnose/records", (*desk).listDiagnoseRecords},
	{"ListDiagnoseResources", "POST /v2.0/servicerequest/diagnose/job/vm/resources", (*desk).listDiagnoseResources},
	{"CreateDiagnoseFeedback", "POST /v2.0/servicerequest/diagnose/feedback", (*desk).createDiagnoseFeedback},
}

func TestEveryTicketOperationHasATest(t *testing.T) {
	have := tableOf(t, "osm")
	tested := map[string]bool{}
	for _, o := range ticketOperations {
		tested[o.name] = true
		if !have[o.name] {
			t.Errorf("%s has a test, but isn't in the table", o.name)
		}
	}
	if len(tested) != 82 || len(have) != 82 {
		t.Errorf("%d operations have a test, %d are in the table, want 82", len(tested), len(have))
	}
}

// TestEveryTicketOperation runs them in their order.
func TestEveryTicketOperation(t *testing.T) {
	s := demo(t)
	k := &desk{server: s, c: s.tickets(t, buyer)}
	s.rest(t, "vendor_admin", "PUT", "/api/v1/settings/ticket.press_after", map[string]string{"value": "0s"}, nil)
	for _, o := range ticketOperations {
		asked.Lock()
		clear(asked.paths)
		asked.Unlock()
		t.Run(o.name, func(t *testing.T) { o.test(k, t) })
		if !reached(o.route) {
			t.Errorf("the test of %s never called %s, but %v", o.name, o.route, asked.paths)
		}
	}
}

// reached tells whether an operation was called, by its route.
func reached(route string) bool {
	want := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z_]+\\\}`).ReplaceAllString(regexp.QuoteMeta(route), "[^/]+") + "$")
	asked.Lock()
	defer asked.Unlock()
	for path := range asked.paths {
		if want.MatchString(path) {
			return true
		}
	}
	return false
}

// no fails the test unless the SDK sees the refusal.
func no(t *testing.T, status int, code string) func(any, error) {
	t.Helper()
	return func(_ any, err error) { t.Helper(); refused(t, err, status, "OSM."+code) }
}

// TestRefusalsAreSuccessesWhereTheVendorSetsItSo has the SDK meet what the vendor's own API does.
func TestRefusalsAreSuccessesWhereTheVendorSetsItSo(t *testing.T) {
	s := demo(t)
	set := func(value string) {
		t.Helper()
		s.rest(t, "vendor_admin", "PUT", "/api/v1/settings/osm.business_error_status", map[string]string{"value": value}, nil)
	}
	c := s.tickets(t, buyer)
	set("200")
	made, err := c.CreateCases(&m.CreateCasesRequest{Body: &m.CreateOrderIncidentV2Req{}})
	if err != nil || made.IncidentId != nil {
		t.Errorf("a refused ticket = %+v, %v; want an empty success", made, err)
	}
	done, err := c.UpdateCases(&m.UpdateCasesRequest{CaseId: nowhere, ActionId: "close"})
	if err != nil || value(done.ErrorCode) != "OSM.01010015" || value(done.ErrorMsg) == "" {
		t.Errorf("a refused action = %+v, %v; want the code in a success", done, err)
	}
	set("4xx")
	_, err = c.UpdateCases(&m.UpdateCasesRequest{CaseId: nowhere, ActionId: "cancel"})
	refused(t, err, 404, "OSM.01010015")
	_, err = c.UpdateCases(&m.UpdateCasesRequest{ActionId: "cancel"}) // an empty id makes an empty part of the path
	refused(t, err, 404, "APIGW.0101")
	e := new(sdkerr.ServiceResponseError)
	if _, err := s.tickets(t, "vendor_admin").ListCases(&m.ListCasesRequest{}); !errors.As(err, &e) || e.StatusCode != 403 || e.ErrorCode != "OSM.0003" {
		t.Errorf("the vendor's administrator lists the own tickets: %v", err)
	}
}

func (k *desk) create(t *testing.T, text string, change func(*m.CreateOrderIncidentV2Req)) (*m.CreateCasesResponse, error) {
	t.Helper()
	body := &m.CreateOrderIncidentV2Req{BusinessTypeId: billing, SimpleDescription: text, SourceId: sourceID}
	if change != nil {
		change(body)
	}
	return k.c.CreateCases(&m.CreateCasesRequest{Body: body})
}

func (k *desk) createCases(t *testing.T) {
	got, err := k.create(t, "The bill of October is wrong. 账单金额有误。", func(b *m.CreateOrderIncidentV2Req) {
		b.AccessoryIds, b.ExtensionMap = &[]string{k.log, k.shot}, map[string]interface{}{"cc_email": "boss@baltic.example"}
		b.ExtendsMap, b.RemindMail = map[string]interface{}{"order_number": "CS1"}, ptr(k.logins[buyer].Login)
	})
	must(t, err)
	k.no = value(got.IncidentId)
	got, err = k.create(t, "Another question.", nil)
	must(t, err)
	k.other = value(got.IncidentId)
	for code, change := range map[string]func(*m.CreateOrderIncidentV2Req){
		"01010001": func(b *m.CreateOrderIncidentV2Req) { b.SimpleDescription = "" },
		"01010006": func(b *m.CreateOrderIncidentV2Req) { b.SeverityId = ptr("WORST") },
		"01010008": func(b *m.CreateOrderIncidentV2Req) {
			b.ExtensionMap = map[string]interface{}{"cc_email": "nobody"}
		},
		"01010010": func(b *m.CreateOrderIncidentV2Req) { b.RemindMail = ptr("new@elsewhere.example") },
		"01010026": func(b *m.CreateOrderIncidentV2Req) { b.BusinessTypeId = "none" },
	} {
		_, err := k.create(t, "x", change)
		refused(t, err, 400, "OSM."+code)
	}
	// A reseller has no plan that gives technical tickets.
	_, err = k.tickets(t, "reseller").CreateCases(&m.CreateCasesRequest{Body: &m.CreateOrderIncidentV2Req{BusinessTypeId: fault, SimpleDescription: "Down.", SourceId: sourceID, RegionId: ptr(k.region(t))}})
	refused(t, err, 403, "OSM.01010009")
}

func (k *desk) showCaseDetail(t *testing.T) {
	got, err := k.c.ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: k.no, XLanguage: ptr("en-us")})
	must(t, err)
	d := got.IncidentDetailInfo
	eq(t, "number", value(d.IncidentId), k.no)
	eq(t, "type", d.BusinessTypeName, "Orders, payments and invoices")
	eq(t, "copies", value(d.ExtInfo.CcEmail), "boss@baltic.example")
	eq(t, "files", len(*d.MessageList[0].AccessoryList), 2)
	if at := time.Time(*d.CreateTime); time.Since(at).Abs() > time.Hour {
		t.Errorf("created at %v, read as the SDK reads it, want now", at)
	}
	k.message = value(d.MessageList[len(d.MessageList)-1].MessageId)
	no(t, 404, "01010015")(k.c.ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: nowhere}))
	no(t, 404, "01010015")(k.tickets(t, "reseller").ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: k.no, GroupId: ptr(group)}))
}

func (k *desk) showCaseStatus(t *testing.T) {
	eq(t, "status", k.status(t), 0)
	no(t, 404, "01010015")(k.c.ShowCaseStatus(&m.ShowCaseStatusRequest{CaseId: "x"}))
}

func (k *desk) status(t *testing.T) int32 {
	t.Helper()
	got, err := k.c.ShowCaseStatus(&m.ShowCaseStatusRequest{CaseId: k.no})
	must(t, err)
	return value(got.Status)
}

func (k *desk) listCases(t *testing.T) {
	find := func(q m.ListCasesRequest) []m.IncidentInfoV2 {
		t.Helper()
		got, err := k.c.ListCases(&q)
		must(t, err)
		return value(got.IncidentInfoList)
	}
	if got := find(m.ListCasesRequest{SearchKey: &[]string{"october", "bill 账单"}}); len(got) == 0 || got[0].IncidentId != k.no {
		t.Errorf("found by its words: %+v", got)
	}
	if got := find(m.ListCasesRequest{AppKey: ptr(k.other), Status: ptr(int32(0)), Offset: ptr(int32(0)), Limit: ptr(int32(1))}); len(got) != 1 || got[0].IncidentId != k.other {
		t.Errorf("found by its number: %+v", got)
	}
	if got := find(m.ListCasesRequest{QueryStartTime: ptr(time.Now().UTC().AddDate(0, 0, 1).Format(time.DateTime)), XTimeZone: ptr("UTC")}); len(got) != 0 {
		t.Errorf("tickets of tomorrow: %+v", got)
	}
	no(t, 400, "01010001")(k.c.ListCases(&m.ListCasesRequest{Limit: ptr(int32(101))}))
}

func (k *desk) listOrderIncident(t *testing.T) {
	got, err := k.c.ListOrderIncident(&m.ListOrderIncidentRequest{IncidentId: &k.no, PageNo: ptr(int32(1)), PageSize: ptr(int32(5))})
	must(t, err)
	eq(t, "found", value((*got.IncidentInfoList)[0].IncidentId), k.no)
	eq(t, "count", value(got.TotalCount), 1)
	no(t, 400, "01010001")(k.c.ListOrderIncident(&m.ListOrderIncidentRequest{PageSize: ptr(int32(1000))}))
}

func (k *desk) listCaseCounts(t *testing.T) {
	got, err := k.c.ListCaseCounts(&m.ListCaseCountsRequest{})
	must(t, err)
	if all := *got.IncidentStatusCounts; len(all) != 8 || value(all[0].Count) < 2 {
		t.Errorf("counts %+v", all)
	}
	no(t, 400, "01010001")(k.c.ListCaseCounts(&m.ListCaseCountsRequest{Status: ptr(int32(99))}))
}

// work does something at the vendor's desk, for which the vendor's API has no operation.
func (k *desk) work(t *testing.T, in map[string]any) {
	t.Helper()
	k.rest(t, "vendor_admin", "POST", "/api/v1/desk/tickets/"+k.no, in, nil)
}

func (k *desk) createMessages(t *testing.T) {
	say := func(no, text string) error {
		_, err := k.c.CreateMessages(&m.CreateMessagesRequest{CaseId: no, Body: &m.CreateMessageV2Req{Message: &m.CreateMessageDoV2{Content: text, AccessoryIds: &[]string{}}}})
		return err
	}
	must(t, say(k.no, "It was paid on the third."))
	refused(t, say(k.no, ""), 400, "OSM.01010001")
	refused(t, say(nowhere, "x"), 404, "OSM.01010015")
	k.work(t, map[string]any{"accept": true, "reply": "We look into it."})
}

func (k *desk) listMessages(t *testing.T) {
	got, err := k.c.ListMessages(&m.ListMessagesRequest{CaseId: k.no})
	must(t, err)
	all := *got.MessageList
	if len(all) != 3 || value(got.Count) != 3 || value(all[2].Type) != 1 || value(all[0].IsFirstMessage) != 1 {
		t.Errorf("messages %+v", all)
	}
	no(t, 404, "01010015")(k.c.ListMessages(&m.ListMessagesRequest{CaseId: nowhere}))
}

func (k *desk) listNewInstantMessages(t *testing.T) {
	news := func() *m.ListNewInstantMessagesResponse {
		t.Helper()
		got, err := k.c.ListNewInstantMessages(&m.ListNewInstantMessagesRequest{CaseIds: []string{k.no, k.other}, LastMessageTimeId: &k.cursor})
		must(t, err)
		k.cursor = value(got.LastMessageTimeId)
		return got
	}
	eq(t, "states", len(*news().Imstatus), 2)
	k.work(t, map[string]any{"reply": "Corrected.", "as": "offer", "root_cause": "A wrong price."})
	if got := *news().Immsg; len(got) != 1 || value(got[0].IncidentId) != k.no || value((*got[0].MessageList)[0].Content) != "Corrected." {
		t.Errorf("news %+v", got)
	}
	eq(t, "news again", len(*news().Immsg), 0)
	no(t, 404, "01010015")(k.c.ListNewInstantMessages(&m.ListNewInstantMessagesRequest{CaseIds: []string{k.no, nowhere}}))
}

func (k *desk) unread(t *testing.T) int32 {
	t.Helper()
	got, err := k.c.ListUnreadNewInstantMessages(&m.ListUnreadNewInstantMessagesRequest{CaseIds: []string{k.no}})
	must(t, err)
	return value((*got.Imunread)[0].UnreadNum)
}

func (k *desk) listUnreadNewInstantMessages(t *testing.T) {
	eq(t, "unread", k.unread(t), 2)
	no(t, 400, "01010001")(k.c.ListUnreadNewInstantMessages(&m.ListUnreadNewInstantMessagesRequest{}))
}

func (k *desk) updateNewInstantMessagesRead(t *testing.T) {
	_, err := k.c.UpdateNewInstantMessagesRead(&m.UpdateNewInstantMessagesReadRequest{CaseId: k.no, Body: &m.UpdateUnreadNewInstantMsgV2Req{}})
	must(t, err)
	eq(t, "unread", k.unread(t), 0)
	no(t, 404, "01010015")(k.c.UpdateNewInstantMessagesRead(&m.UpdateNewInstantMessagesReadRequest{CaseId: nowhere}))
}

func (k *desk) listMoreInstantMessages(t *testing.T) {
	ask := func(at string) (*m.ListMoreInstantMessagesResponse, error) {
		return k.c.ListMoreInstantMessages(&m.ListMoreInstantMessagesRequest{CaseId: k.no, CreateTime: at, Type: 1, Limit: 2})
	}
	got, err := ask(time.Now().AddDate(0, 0, 1).UTC().Format(time.RFC3339))
	must(t, err)
	if all := *got.MessageList; len(all) != 2 || value(all[1].Content) != "Corrected." {
		t.Errorf("the last messages %+v", all)
	}
	_, err = ask("yesterday")
	refused(t, err, 400, "OSM.01010001")
}

func (k *desk) revokeMessage(t *testing.T) {
	no(t, 409, "01010014")(k.c.RevokeMessage(&m.RevokeMessageRequest{CaseId: k.no, MessageId: k.message})) // the first one
	no(t, 404, "01010015")(k.c.RevokeMessage(&m.RevokeMessageRequest{CaseId: k.no, MessageId: "msg_none"}))
	_, err := k.c.CreateMessages(&m.CreateMessagesRequest{CaseId: k.no, Body: &m.CreateMessageV2Req{Message: &m.CreateMessageDoV2{Content: "Not yet."}}})
	must(t, err)
	eq(t, "status after a result was sent back", k.status(t), 1)
	got, err := k.c.ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: k.no})
	must(t, err)
	all := got.IncidentDetailInfo.MessageList
	_, err = k.c.RevokeMessage(&m.RevokeMessageRequest{CaseId: k.no, MessageId: value(all[len(all)-1].MessageId)})
	must(t, err)
}

func (k *desk) updateCases(t *testing.T) {
	act := func(no, action string, body *m.WorkOrderOperateV2Req) error {
		_, err := k.c.UpdateCases(&m.UpdateCasesRequest{CaseId: no, ActionId: action, Body: body})
		return err
	}
	must(t, act(k.no, "press", &m.WorkOrderOperateV2Req{}))
	refused(t, act(k.no, "press", &m.WorkOrderOperateV2Req{OperateDesc: ptr("again")}), 429, "OSM.01010004")
	refused(t, act(k.no, "reopen", nil), 400, "OSM.01010013")
	refused(t, act(k.no, "cancel", nil), 409, "OSM.01010014")
	must(t, act(k.no, "close", &m.WorkOrderOperateV2Req{Judgement: ptr("Good."), IncidentSatisfactionList: &[]m.IncidentSatisfactionV2Do{{SatisfactionId: 1, SatisfactionValue: 4}}}))
	eq(t, "status", k.status(t), 3)
	must(t, act(k.other, "cancel", nil))
	must(t, act(k.other, "delete", nil))
	refused(t, act(k.other, "delete", &m.WorkOrderOperateV2Req{OperateDesc: ptr("again")}), 404, "OSM.01010015")
}

func (k *desk) createScores(t *testing.T) {
	score := func(points int32) error {
		_, err := k.c.CreateScores(&m.CreateScoresRequest{CaseId: k.no, Body: &m.CreateScoreV2Req{Judgement: "Very good.", IncidentSatisfactionList: []m.IncidentSatisfactionV2Do{{SatisfactionId: 1, SatisfactionValue: points}}}})
		return err
	}
	must(t, score(5))
	refused(t, score(6), 400, "OSM.01010001")
	got, err := k.c.ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: k.no})
	must(t, err)
	eq(t, "points", got.IncidentDetailInfo.IncidentSatisfaction[0].SatisfactionValue, 5)
}

func (k *desk) listCaseOperateLogs(t *testing.T) {
	got, err := k.c.ListCaseOperateLogs(&m.ListCaseOperateLogsRequest{CaseId: k.no, Limit: ptr(int32(3))})
	must(t, err)
	all := *got.IncidentOperateLogList
	if len(all) != 3 || value(all[0].OperateType) != 5 || value(got.TotalCount) < 6 || all[0].TimestampOperateTime == nil {
		t.Errorf("log %+v of %v", all, got.TotalCount)
	}
	no(t, 400, "01010001")(k.c.ListCaseOperateLogs(&m.ListCaseOperateLogsRequest{CaseId: k.no, Limit: ptr(int32(-1))}))
}

// upload sends a file that write writes.
func (k *desk) upload(t *testing.T, name, meta string, write func(*os.File)) (*m.UploadAccessoryResponse, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	must(t, err)
	write(f)
	must(t, f.Close())
	f, err = os.Open(path)
	must(t, err)
	defer f.Close()
	return k.c.UploadAccessory(&m.UploadAccessoryRequest{Body: &m.UploadAccessoryRequestBody{File: def.NewFilePart(f), FormData: def.NewMultiPart(meta)}})
}

func (k *desk) uploadAccessory(t *testing.T) {
	upload := func(name, meta string, write func(*os.File)) (*m.UploadAccessoryResponse, error) {
		t.Helper()
		return k.upload(t, name, meta, write)
	}
	text := func(f *os.File) { f.WriteString("10:01 timeout") }
	got, err := upload("trace.log", `{"fileName":"trace.log","accessoryFrom":"incident","uploadType":0}`, text)
	must(t, err)
	k.log = value(got.AccessoryId)
	got, err = upload("shot.png", `{"fileName":"截图.png","accessoryFrom":"incident","uploadType":1}`, func(f *os.File) { must(t, png.Encode(f, image.NewGray(image.Rect(0, 0, 4, 4)))) })
	must(t, err)
	k.shot = value(got.AccessoryId)
	_, err = upload("run.exe", `{"fileName":"run.exe","accessoryFrom":"incident","uploadType":0}`, text)
	refused(t, err, 400, "OSM.01010001")
}

func (k *desk) uploadJsonAccessories(t *testing.T) {
	put := func(data string) (*m.UploadJsonAccessoriesResponse, error) {
		return k.c.UploadJsonAccessories(&m.UploadJsonAccessoriesRequest{Body: &m.AccessoryJsonFormatReq{AccessoryName: "note.txt",
			AccessoryFrom: m.GetAccessoryJsonFormatReqAccessoryFromEnum().MESSAGE, AccessoryData: data}})
	}
	k.notes++ // the same twice within a second would be the same signature
	got, err := put(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a note ", k.notes))))
	must(t, err)
	k.json = value(got.AccessoryId)
	_, err = put(strings.Repeat("%", k.notes))
	refused(t, err, 400, "OSM.01010001")
}

func (k *desk) downloadAccessories(t *testing.T) {
	get := func(ids string) (string, error) {
		got, err := k.c.DownloadAccessories(&m.DownloadAccessoriesRequest{AccessoryId: ids})
		if err != nil {
			return "", err
		}
		var b strings.Builder
		_, err = got.Consume(&b)
		return b.String(), err
	}
	one, err := get(k.log)
	must(t, err)
	eq(t, "a file", one, "10:01 timeout")
	both, err := get(k.log + "," + k.shot)
	must(t, err)
	eq(t, "the beginning of an archive", both[:2], "PK")
	_, err = get("att_none")
	refused(t, err, 404, "OSM.01010015")
}

func (k *desk) downloadImages(t *testing.T) {
	got, err := k.c.DownloadImages(&m.DownloadImagesRequest{AccessoryId: k.shot})
	must(t, err)
	var b strings.Builder
	_, err = got.Consume(&b)
	must(t, err)
	eq(t, "the beginning of a picture", b.String()[1:4], "PNG")
	no(t, 400, "01010001")(k.c.DownloadImages(&m.DownloadImagesRequest{AccessoryId: k.log}))
}
