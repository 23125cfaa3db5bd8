package sdk

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	m "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2/model"
)

var (
	english = ptr("en-us")
	chinese = ptr("zh-cn")
)

// region is one that every installation ships.
func (k *desk) region(t *testing.T) string {
	t.Helper()
	got, err := k.c.ListRegions(&m.ListRegionsRequest{})
	must(t, err)
	return value((*got.DataCenterList)[0].RegionId)
}

func (k *desk) listProblemTypes(t *testing.T) {
	got, err := k.c.ListProblemTypes(&m.ListProblemTypesRequest{ProductCategoryId: ptr(center), XLanguage: english})
	must(t, err)
	found := false
	for _, x := range *got.IncidentBusinessTypeList {
		found = found || value(x.BusinessTypeId) == billing && value(x.BusinessTypeName) == "Orders, payments and invoices" && value(x.CaseType) == "0" && !value(x.CanUseSupportPlan)
	}
	eq(t, "billing is listed", found, true)
	no(t, 400, "01010001")(k.c.ListProblemTypes(&m.ListProblemTypesRequest{ProductCategoryId: ptr(strings.Repeat("x", 100))}))
}

func (k *desk) listCaseCategories(t *testing.T) {
	got, err := k.c.ListCaseCategories(&m.ListCaseCategoriesRequest{XLanguage: chinese})
	must(t, err)
	if all := *got.IncidentSubTypeList; len(all) < 5 || len(*all[0].IncidentProductCategoryList) == 0 {
		t.Errorf("categories %+v", all)
	}
	no(t, 400, "01010001")(k.c.ListCaseCategories(&m.ListCaseCategoriesRequest{XTimeZone: ptr("moon")}))
}

func (k *desk) listProductCategories(t *testing.T) {
	got, err := k.c.ListProductCategories(&m.ListProductCategoriesRequest{ProductCategoryName: ptr("用户中心"), XLanguage: english})
	must(t, err)
	eq(t, "the product", value((*got.IncidentProductCategoryList)[0].IncidentProductCategoryId), center)
	no(t, 400, "01010001")(k.c.ListProductCategories(&m.ListProductCategoriesRequest{ProductCategoryName: ptr(strings.Repeat("x", 100))}))
}

func (k *desk) listRegions(t *testing.T) {
	if k.region(t) == "" {
		t.Error("a region has no id")
	}
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListRegions(&m.ListRegionsRequest{}))
}

func (k *desk) listCustomersRegions(t *testing.T) {
	got, err := k.c.ListCustomersRegions(&m.ListCustomersRegionsRequest{})
	must(t, err)
	eq(t, "regions", len(*got.RegionInfos), int(value(got.Count)))
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListCustomersRegions(&m.ListCustomersRegionsRequest{}))
}

func (k *desk) listCaseTemplates(t *testing.T) {
	got, err := k.c.ListCaseTemplates(&m.ListCaseTemplatesRequest{BusinessTypeId: billing, XLanguage: english})
	must(t, err)
	eq(t, "template", value((*got.IncidentTemplateList)[0].IncidentTemplateName), "Question about a bill")
	no(t, 400, "01010001")(k.c.ListCaseTemplates(&m.ListCaseTemplatesRequest{}))
}

func (k *desk) listExtendsParams(t *testing.T) {
	got, err := k.c.ListExtendsParams(&m.ListExtendsParamsRequest{BusinessTypeId: billing})
	must(t, err)
	if all := *got.ExtendsParams; len(all) == 0 || value(all[0].ParamKey) != "order_number" || len(*got.CommonParams) == 0 {
		t.Errorf("what is asked in addition: %+v", all)
	}
	no(t, 400, "01010026")(k.c.ListExtendsParams(&m.ListExtendsParamsRequest{BusinessTypeId: "none"}))
}

func (k *desk) listAreaCodes(t *testing.T) {
	got, err := k.c.ListAreaCodes(&m.ListAreaCodesRequest{XLanguage: chinese})
	must(t, err)
	eq(t, "the first code", value((*got.AreaCodeList)[0].AreaCode), "0086")
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListAreaCodes(&m.ListAreaCodesRequest{}))
}

func (k *desk) listSatisfactionDimensions(t *testing.T) {
	got, err := k.c.ListSatisfactionDimensions(&m.ListSatisfactionDimensionsRequest{XLanguage: english})
	must(t, err)
	first := (*got.SatisfactionDimensionList)[0]
	eq(t, "dimension", value(first.SatisfactionName), "Solution")
	eq(t, "points", value(first.Value), 5)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListSatisfactionDimensions(&m.ListSatisfactionDimensionsRequest{}))
}

func (k *desk) listCaseLimits(t *testing.T) {
	got, err := k.c.ListCaseLimits(&m.ListCaseLimitsRequest{})
	must(t, err)
	eq(t, "copies", value(got.Config.CreateCaseCcemailMaxCount), 10)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListCaseLimits(&m.ListCaseLimitsRequest{}))
}

func (k *desk) listSeverities(t *testing.T) {
	got, err := k.c.ListSeverities(&m.ListSeveritiesRequest{ProductCategoryId: center, BusinessTypeId: fault, XLanguage: english})
	must(t, err)
	if got.Show == nil || value(got.Show) != (len(*got.SeverityList) > 0) {
		t.Errorf("severities %+v", got)
	}
	for _, s := range *got.SeverityList {
		eq(t, "language", value(s.Language), "en-us")
	}
	no(t, 400, "01010026")(k.c.ListSeverities(&m.ListSeveritiesRequest{ProductCategoryId: center, BusinessTypeId: "none"}))
}

func (k *desk) listCaseQuotas(t *testing.T) {
	got, err := k.c.ListCaseQuotas(&m.ListCaseQuotasRequest{BusinessTypeId: billing})
	must(t, err)
	eq(t, "business questions left", value(got.UnUsed), -1)
	none, err := k.tickets(t, "reseller").ListCaseQuotas(&m.ListCaseQuotasRequest{BusinessTypeId: fault})
	must(t, err)
	eq(t, "technical tickets without a plan", value(none.Total), 0)
	no(t, 400, "01010026")(k.c.ListCaseQuotas(&m.ListCaseQuotasRequest{BusinessTypeId: "none"}))
}

func (k *desk) showAccessoryLimits(t *testing.T) {
	got, err := k.c.ShowAccessoryLimits(&m.ShowAccessoryLimitsRequest{})
	must(t, err)
	eq(t, "files", value(got.AccessoryLimit.LimitCount), "5")
	eq(t, "megabytes", value(got.AccessoryLimit.LimitSize), "4")
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ShowAccessoryLimits(&m.ShowAccessoryLimitsRequest{}))
}

func (k *desk) showConfiguration(t *testing.T) {
	got, err := k.c.ShowConfiguration(&m.ShowConfigurationRequest{ConfigKey: "limit_count"})
	must(t, err)
	eq(t, "value", value(got.ConfigValue), "5")
	no(t, 400, "01010001")(k.c.ShowConfiguration(&m.ShowConfigurationRequest{ConfigKey: "secret"}))
}

const phone = "13912345678"

func (k *desk) checkNeedVerify(t *testing.T) {
	ask := func(way int32, v string) (*m.CheckNeedVerifyResponse, error) {
		return k.c.CheckNeedVerify(&m.CheckNeedVerifyRequest{ContactWay: way, ContactValue: v, AreaCode: ptr("0086")})
	}
	got, err := ask(0, phone)
	must(t, err)
	eq(t, "a new number", value(got.NeedVerifyCode), 1)
	got, err = ask(1, k.logins[buyer].Login)
	must(t, err)
	eq(t, "the own address", value(got.NeedVerifyCode), 0)
	_, err = ask(7, "x")
	refused(t, err, 400, "OSM.01010001")
}

func (k *desk) sendVerifyCodes(t *testing.T) {
	send := func(v string) error {
		_, err := k.c.SendVerifyCodes(&m.SendVerifyCodesRequest{XLanguage: english, Body: &m.SendVerifyCodeReq{ContactValue: v, ContactWay: 0, AreaCode: "0086"}})
		return err
	}
	must(t, send(phone))
	refused(t, send("139 1234 5678"), 429, "OSM.01010024") // the same number
	refused(t, send(""), 400, "OSM.01010001")
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// code reads the newest code from the demonstration's page of text messages, as soon as it's there.
func (k *desk) code(t *testing.T) string {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		res, err := http.Get(k.url + "/demo/sms")
		must(t, err)
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		must(t, err)
		if _, after, ok := strings.Cut(string(page), "+86"+phone); ok {
			if code := sixDigits.FindString(after); code != "" {
				return code
			}
		}
	}
	t.Fatal("no text message has come")
	return ""
}

func (k *desk) checkVerifyCodes(t *testing.T) {
	check := func(code string) error {
		_, err := k.c.CheckVerifyCodes(&m.CheckVerifyCodesRequest{Body: &m.VerifyVerifyCodeV2Req{VerifyCode: code, ContactValue: phone, ContactWay: 0, AreaCode: ptr("0086")}})
		return err
	}
	right := k.code(t)
	n, err := strconv.Atoi(right)
	must(t, err)
	refused(t, check("x"), 400, "OSM.01010001")
	refused(t, check(strconv.Itoa(1_000_000 + (n+1)%1_000_000)[1:]), 400, "OSM.01010010")
	must(t, check(right))
}

func (k *desk) listHasVerifiedContacts(t *testing.T) {
	got, err := k.c.ListHasVerifiedContacts(&m.ListHasVerifiedContactsRequest{ContactWay: ptr(int32(0)), ContactValue: ptr(phone)})
	must(t, err)
	all := *got.ContactList
	if len(all) != 1 || value(all[0].AreaCode) != "0086" || value(all[0].ContactValue) != phone {
		t.Fatalf("verified %+v", all)
	}
	k.verified = value(all[0].VerifiedId)
	_, err = k.c.CreateCases(&m.CreateCasesRequest{XPhoneVerifiedid: &k.verified, Body: &m.CreateOrderIncidentV2Req{BusinessTypeId: billing, SimpleDescription: "Call me.", SourceId: sourceID,
		RemindMobile: ptr(phone), AreaCode: ptr("0086")}})
	must(t, err)
	no(t, 400, "01010001")(k.c.ListHasVerifiedContacts(&m.ListHasVerifiedContactsRequest{ContactWay: ptr(int32(9))}))
}

func (k *desk) listAccessoryAccessUrls(t *testing.T) {
	got, err := k.c.ListAccessoryAccessUrls(&m.ListAccessoryAccessUrlsRequest{AccessoryIds: []string{k.log, k.shot}})
	must(t, err)
	all := *got.AccessoryUrls
	eq(t, "addresses", len(all), 2)
	res, err := http.Get(value(all[0].AccessoryUrl))
	must(t, err)
	res.Body.Close()
	eq(t, "status of the address", res.StatusCode, 200)
	no(t, 404, "01010015")(k.c.ListAccessoryAccessUrls(&m.ListAccessoryAccessUrlsRequest{AccessoryIds: []string{"att_none"}}))
}

func (k *desk) showDownloadAccessoryUrl(t *testing.T) {
	ask := func(id string) (*m.ShowDownloadAccessoryUrlResponse, error) {
		return k.c.ShowDownloadAccessoryUrl(&m.ShowDownloadAccessoryUrlRequest{AccessoryId: id, RelationType: m.GetShowDownloadAccessoryUrlRequestRelationTypeEnum().INCIDENT, IncidentId: &k.no})
	}
	got, err := ask(k.log)
	must(t, err)
	if !strings.HasPrefix(value(got.AccessoryUrl), k.url) {
		t.Errorf("address %v", got.AccessoryUrl)
	}
	_, err = ask("att_none")
	refused(t, err, 404, "OSM.01010015")
}

func (k *desk) deleteAccessories(t *testing.T) {
	_, err := k.c.DeleteAccessories(&m.DeleteAccessoriesRequest{AccessoryId: k.json})
	must(t, err)
	no(t, 404, "01010015")(k.c.DeleteAccessories(&m.DeleteAccessoriesRequest{AccessoryId: k.log})) // a ticket has it
}

func (k *desk) createLabels(t *testing.T) {
	_, err := k.c.CreateLabels(&m.CreateLabelsRequest{Body: &m.CreateLabelsReq{Name: "sdk", Color: "#ff0000"}})
	must(t, err)
	no(t, 400, "01010001")(k.c.CreateLabels(&m.CreateLabelsRequest{Body: &m.CreateLabelsReq{Name: "sdk", Color: "red"}}))
}

func (k *desk) listLabels(t *testing.T) {
	got, err := k.c.ListLabels(&m.ListLabelsRequest{Name: ptr("SDK")})
	must(t, err)
	k.label = value((*got.LabelList)[0].LabelId)
	no(t, 400, "01010001")(k.c.ListLabels(&m.ListLabelsRequest{Limit: ptr(int32(500))}))
}

func (k *desk) updateLabels(t *testing.T) {
	_, err := k.c.UpdateLabels(&m.UpdateLabelsRequest{LabelId: k.label, Body: &m.UpdateLabelsReq{Name: "sdk two", Color: "#00ff00"}})
	must(t, err)
	no(t, 400, "01010001")(k.tickets(t, "reseller").UpdateLabels(&m.UpdateLabelsRequest{LabelId: k.label, Body: &m.UpdateLabelsReq{Name: "mine", Color: "#00ff00"}}))
}

func (k *desk) createCaseLabels(t *testing.T) {
	_, err := k.c.CreateCaseLabels(&m.CreateCaseLabelsRequest{CaseId: k.no, LabelIds: []int32{k.label}})
	must(t, err)
	no(t, 400, "01010001")(k.c.CreateCaseLabels(&m.CreateCaseLabelsRequest{CaseId: k.no, LabelIds: []int32{1, 2}}))
	found, err := k.c.ListCases(&m.ListCasesRequest{LabelIdList: &[]string{strconv.Itoa(int(k.label))}})
	must(t, err)
	eq(t, "tickets with the label", value(found.TotalCount), 1)
}

func (k *desk) listCaseLabels(t *testing.T) {
	got, err := k.c.ListCaseLabels(&m.ListCaseLabelsRequest{CaseId: k.no})
	must(t, err)
	eq(t, "label", value((*got.CaseLabelList)[0].Name), "sdk two")
	no(t, 404, "01010015")(k.c.ListCaseLabels(&m.ListCaseLabelsRequest{CaseId: nowhere}))
}

func (k *desk) deleteCaseLabels(t *testing.T) {
	_, err := k.c.DeleteCaseLabels(&m.DeleteCaseLabelsRequest{CaseId: k.no, LabelIds: []int32{k.label}})
	must(t, err)
	no(t, 404, "01010015")(k.c.DeleteCaseLabels(&m.DeleteCaseLabelsRequest{CaseId: nowhere, LabelIds: []int32{k.label}}))
}

func (k *desk) deleteLabels(t *testing.T) {
	_, err := k.c.DeleteLabels(&m.DeleteLabelsRequest{LabelId: k.label})
	must(t, err)
	no(t, 400, "01010001")(k.c.DeleteLabels(&m.DeleteLabelsRequest{LabelId: k.label, XLanguage: english}))
}

func (k *desk) createRelations(t *testing.T) {
	relate := func(to string) error {
		_, err := k.c.CreateRelations(&m.CreateRelationsRequest{CaseId: k.no, Body: &m.CreateRelationsReq{RelatedIdList: []string{to}}})
		return err
	}
	must(t, relate(k.other))
	refused(t, relate(k.no), 400, "OSM.01010044")
	refused(t, relate(nowhere), 404, "OSM.01010015")
}

func (k *desk) listRelation(t *testing.T) {
	got, err := k.c.ListRelation(&m.ListRelationRequest{CaseId: k.other})
	must(t, err)
	eq(t, "the other side", value((*got.CaseRelationList)[0].CaseId), k.no)
	no(t, 404, "01010015")(k.c.ListRelation(&m.ListRelationRequest{CaseId: nowhere}))
}

func (k *desk) deleteRelation(t *testing.T) {
	end := func(lang *string) error {
		_, err := k.c.DeleteRelation(&m.DeleteRelationRequest{CaseId: k.no, XLanguage: lang, Body: &m.DeleteRelationsReq{RelatedId: k.other}})
		return err
	}
	must(t, end(chinese))
	refused(t, end(english), 400, "OSM.01010001")
}

func (k *desk) updateCaseContactInfo(t *testing.T) {
	change := func(body m.UpdateCaseContactInfoReq) error {
		_, err := k.c.UpdateCaseContactInfo(&m.UpdateCaseContactInfoRequest{CaseId: k.no, Body: &body})
		return err
	}
	must(t, change(m.UpdateCaseContactInfoReq{RemindTime: ptr("09:00-18:00"), ExtensionMap: map[string]interface{}{"cc_email": "boss@baltic.example"}}))
	refused(t, change(m.UpdateCaseContactInfoReq{RemindMail: ptr("new@elsewhere.example")}), 400, "OSM.01010010")
}

func (k *desk) listCaseCcEmails(t *testing.T) {
	got, err := k.c.ListCaseCcEmails(&m.ListCaseCcEmailsRequest{})
	must(t, err)
	eq(t, "the last copies", value(got.CcEmailInfo.CcEmail), "boss@baltic.example")
	eq(t, "the own address", (*got.McEmailInfos)[0], k.logins[buyer].Login)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ListCaseCcEmails(&m.ListCaseCcEmailsRequest{}))
}

func (k *desk) createCaseExtendsParam(t *testing.T) {
	put := func(no string, values map[string]interface{}) error {
		_, err := k.c.CreateCaseExtendsParam(&m.CreateCaseExtendsParamRequest{CaseId: no, Body: &m.PutCaseExtParamReq{ExtendsMap: values}})
		return err
	}
	must(t, put(k.no, map[string]interface{}{"order_number": 123}))
	refused(t, put(nowhere, map[string]interface{}{"order_number": "x"}), 404, "OSM.01010015")
	refused(t, put(k.no, map[string]interface{}{"order_number": map[string]int{"a": 1}}), 400, "OSM.01010001")
}

func (k *desk) showCaseExtendsParam(t *testing.T) {
	_, err := k.c.ShowCaseExtendsParam(&m.ShowCaseExtendsParamRequest{CaseId: k.no})
	must(t, err)
	no(t, 404, "01010015")(k.c.ShowCaseExtendsParam(&m.ShowCaseExtendsParamRequest{CaseId: nowhere}))
}

func (k *desk) downloadCases(t *testing.T) {
	got, err := k.c.DownloadCases(&m.DownloadCasesRequest{Language: "en-us", Timezone: "GMT+8", IncidentId: &k.no})
	must(t, err)
	var b strings.Builder
	_, err = got.Consume(&b)
	must(t, err)
	eq(t, "the beginning of a workbook", b.String()[:2], "PK")
	no(t, 400, "01010001")(k.c.DownloadCases(&m.DownloadCasesRequest{Language: "en-us", Timezone: "moon"}))
}

func (k *desk) showPartnersServiceInfo(t *testing.T) {
	own, err := k.c.ShowPartnersServiceInfo(&m.ShowPartnersServiceInfoRequest{})
	must(t, err)
	if own.PartnersServiceInfo != nil {
		t.Errorf("a partner is served by %+v, want the vendor, who isn't named", own.PartnersServiceInfo)
	}
	got, err := k.tickets(t, "customer_resale").ShowPartnersServiceInfo(&m.ShowPartnersServiceInfoRequest{})
	must(t, err)
	if p := got.PartnersServiceInfo; p == nil || value(p.CustomerName) == "" || value(p.ServiceTimeZone) != "GMT+08:00" {
		t.Errorf("a customer is served by %+v", p)
	}
	no(t, 400, "01010001")(k.c.ShowPartnersServiceInfo(&m.ShowPartnersServiceInfoRequest{ProductId: ptr(strings.Repeat("x", 100))}))
}

func (k *desk) showPartnersCasesPrivilege(t *testing.T) {
	got, err := k.c.ShowPartnersCasesPrivilege(&m.ShowPartnersCasesPrivilegeRequest{})
	must(t, err)
	eq(t, "privilege", value(got.HasPrivilege), true)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ShowPartnersCasesPrivilege(&m.ShowPartnersCasesPrivilegeRequest{}))
}

func (k *desk) listSubCustomers(t *testing.T) {
	got, err := k.c.ListSubCustomers(&m.ListSubCustomersRequest{})
	must(t, err)
	if all := *got.SubCustomerInfos; len(all) == 0 || value(all[0].DomainId) != k.id(buyer) || !strings.Contains(value(all[0].CustomerName), "***") {
		t.Errorf("users %+v", all)
	}
	no(t, 400, "01010001")(k.c.ListSubCustomers(&m.ListSubCustomersRequest{SubCustomerId: ptr(strings.Repeat("x", 100))}))
}

func (k *desk) createFeedback(t *testing.T) {
	for _, id := range []*string{&k.json, &k.last} {
		k.uploadJsonAccessories(t)
		*id = k.json
		if id == &k.last {
			k.uploadJsonAccessories(t)
		}
	}
	body := &m.CreateFeedbackV2Req{Type: "illegal", Title: "Shop; https://shop.example", Content: "It sells what is forbidden.", Files: []string{k.json},
		Contacts: &m.ContactWayInfoV2{Name: "Ada", Mobile: "13800138000", IdType: 20, IdFiles: []string{k.last}}}
	_, err := k.c.CreateFeedback(&m.CreateFeedbackRequest{Body: body})
	must(t, err)
	body.Title += " again"
	no(t, 400, "01010001")(k.c.CreateFeedback(&m.CreateFeedbackRequest{Body: body})) // its files are used
	body.Type = "spam"
	no(t, 400, "01010016")(k.c.CreateFeedback(&m.CreateFeedbackRequest{Body: body}))
}

func (k *desk) listPrivileges(t *testing.T) {
	got, err := k.c.ListPrivileges(&m.ListPrivilegesRequest{Privilege: m.GetListPrivilegesRequestPrivilegeEnum().EXPORT})
	must(t, err)
	eq(t, "privilege", value(got.HasPrivilege), 1)
	no(t, 400, "01010001")(k.c.ListPrivileges(&m.ListPrivilegesRequest{}))
}

func (k *desk) createPrivileges(t *testing.T) {
	set := func(operation string) error {
		_, err := k.c.CreatePrivileges(&m.CreatePrivilegesRequest{Body: &m.CreateAndDeletePrivilegeReq{Operation: operation, Privilege: ptr(m.GetCreateAndDeletePrivilegeReqPrivilegeEnum().CREATE_CASE)}})
		return err
	}
	must(t, set("create"))
	refused(t, set("grant"), 400, "OSM.01010001")
}

func (k *desk) showCustomerPrivilegePolicy(t *testing.T) {
	got, err := k.c.ShowCustomerPrivilegePolicy(&m.ShowCustomerPrivilegePolicyRequest{})
	must(t, err)
	eq(t, "policy", value(got.PolicySwitch), true)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ShowCustomerPrivilegePolicy(&m.ShowCustomerPrivilegePolicyRequest{}))
}

func (k *desk) showLatestPublishedAgreement(t *testing.T) {
	got, err := k.c.ShowLatestPublishedAgreement(&m.ShowLatestPublishedAgreementRequest{AgreementType: ptr(m.GetShowLatestPublishedAgreementRequestAgreementTypeEnum().E_0), XLanguage: english})
	must(t, err)
	eq(t, "agreement", value(got.CaseAgreement.AgreementName), "Agreement on tickets")
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ShowLatestPublishedAgreement(&m.ShowLatestPublishedAgreementRequest{}))
}

func (k *desk) signed(t *testing.T) bool {
	t.Helper()
	got, err := k.c.ShowSignedLatestPublishedAgreement(&m.ShowSignedLatestPublishedAgreementRequest{})
	must(t, err)
	return value(got.IsSignedLatest)
}

func (k *desk) showSignedLatestPublishedAgreement(t *testing.T) {
	eq(t, "signed", k.signed(t), false)
	no(t, 403, "0003")(k.tickets(t, "vendor_admin").ShowSignedLatestPublishedAgreement(&m.ShowSignedLatestPublishedAgreementRequest{}))
}

func (k *desk) signPublishedAgreement(t *testing.T) {
	sign := func(id int32) (*m.SignPublishedAgreementResponse, error) {
		return k.c.SignPublishedAgreement(&m.SignPublishedAgreementRequest{Id: id, Body: &m.SignAgreementReq{RelationId: &k.no}})
	}
	latest, err := k.c.ShowLatestPublishedAgreement(&m.ShowLatestPublishedAgreementRequest{AgreementType: ptr(m.GetShowLatestPublishedAgreementRequestAgreementTypeEnum().E_0)})
	must(t, err)
	id, err := strconv.ParseInt(value(latest.CaseAgreement.Id), 10, 32)
	must(t, err)
	got, err := sign(int32(id))
	must(t, err)
	if value(got.AgreementSignedRecordId) < 1 {
		t.Errorf("a record %v", got.AgreementSignedRecordId)
	}
	eq(t, "signed", k.signed(t), true)
	_, err = sign(990)
	refused(t, err, 404, "OSM.01010015")
}

func (k *desk) listAuthorizations(t *testing.T) {
	got, err := k.c.ListAuthorizations(&m.ListAuthorizationsRequest{})
	must(t, err)
	eq(t, "authorizations", len(*got.IncidentAuthList), 0)
	no(t, 400, "01010001")(k.c.ListAuthorizations(&m.ListAuthorizationsRequest{Limit: ptr(int32(101))}))
}

func (k *desk) showAuthorizationDetail(t *testing.T) {
	no(t, 404, "01010015")(k.c.ShowAuthorizationDetail(&m.ShowAuthorizationDetailRequest{AuthorizationId: "1"}))
}

func (k *desk) confirmAuthorizations(t *testing.T) {
	no(t, 404, "01010015")(k.c.ConfirmAuthorizations(&m.ConfirmAuthorizationsRequest{AuthorizationId: "1", Body: &m.AgreeTenantAuthorizationV2Req{}}))
}

func (k *desk) updateAuthorizations(t *testing.T) {
	no(t, 404, "01010015")(k.c.UpdateAuthorizations(&m.UpdateAuthorizationsRequest{AuthorizationId: "1", ActionId: ptr("reject")}))
	no(t, 400, "01010018")(k.c.UpdateAuthorizations(&m.UpdateAuthorizationsRequest{AuthorizationId: "1", ActionId: ptr("allow")}))
}

func (k *desk) checkHosts(t *testing.T) {
	no(t, 404, "01010015")(k.c.CheckHosts(&m.CheckHostsRequest{AuthorizationDetailId: 1, Body: &m.VerifyHostV2Req{Port: 22, Account: "a", Password: "b"}}))
}

func (k *desk) showLoginType(t *testing.T) {
	got, err := k.c.ShowLoginType(&m.ShowLoginTypeRequest{})
	must(t, err)
	eq(t, "type", value(got.LoginType), "")
}

func (k *desk) listHistorySessions(t *testing.T) {
	got, err := k.c.ListHistorySessions(&m.ListHistorySessionsRequest{AuthorizationId: "1", AuthorizationDetailId: 2})
	must(t, err)
	eq(t, "sessions", value(got.TotalCount), 0)
}

func (k *desk) listHistoryOperateLogs(t *testing.T) {
	got, err := k.c.ListHistoryOperateLogs(&m.ListHistoryOperateLogsRequest{AuthorizationId: "1", AuthorizationDetailId: 2, SessionId: 3})
	must(t, err)
	eq(t, "operations", value(got.TotalCount), 0)
}

func (k *desk) listTransportHistories(t *testing.T) {
	got, err := k.c.ListTransportHistories(&m.ListTransportHistoriesRequest{AuthorizationId: "1", AuthorizationDetailId: 2, SessionId: 3})
	must(t, err)
	eq(t, "transports", value(got.TotalCount), 0)
}

func (k *desk) listAgencies(t *testing.T) {
	got, err := k.c.ListAgencies(&m.ListAgenciesRequest{})
	must(t, err)
	eq(t, "agencies", len(*got.AgencyList), 0)
}

func (k *desk) createDiagnoseJob(t *testing.T) {
	no(t, 409, "01010014")(k.c.CreateDiagnoseJob(&m.CreateDiagnoseJobRequest{Body: &m.SubmitDiagnoseJobReq{Type: 1}}))
}

func (k *desk) listDiagnoseJob(t *testing.T) {
	got, err := k.c.ListDiagnoseJob(&m.ListDiagnoseJobRequest{JobId: ptr("7")})
	must(t, err)
	eq(t, "status", got.Status.Value(), 8)
}

func (k *desk) listDiagnoseItems(t *testing.T) {
	got, err := k.c.ListDiagnoseItems(&m.ListDiagnoseItemsRequest{Body: &m.QueryDiagnoseItemsReq{}})
	must(t, err)
	eq(t, "items", len(*got.ItemResults), 0)
}

func (k *desk) listDiagnoseRecords(t *testing.T) {
	got, err := k.c.ListDiagnoseRecords(&m.ListDiagnoseRecordsRequest{})
	must(t, err)
	eq(t, "records", value(got.TotalCount), 0)
}

func (k *desk) listDiagnoseResources(t *testing.T) {
	got, err := k.c.ListDiagnoseResources(&m.ListDiagnoseResourcesRequest{Body: &m.QueryTscDiagnoseResourcesReq{}})
	must(t, err)
	eq(t, "resources", len(*got.Result), 0)
}

func (k *desk) createDiagnoseFeedback(t *testing.T) {
	no(t, 409, "01010014")(k.c.CreateDiagnoseFeedback(&m.CreateDiagnoseFeedbackRequest{Body: &m.CreateFeedbackReq{Type: 1, IsHelpful: true}}))
}
