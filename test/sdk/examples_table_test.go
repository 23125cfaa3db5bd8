package sdk

// breaking are the answers in the vendor's reference that its own SDK doesn't decode, with what is wrong in each.
var breaking = map[string]string{
	"ListSeverities":               "show is a number",
	"ListProductCategories":        "can_use_support_plan is a number",
	"ShowAccessoryLimits":          "limit_count and limit_size are numbers",
	"ListCaseCcEmails":             "cc_email_info is a list",
	"CheckNeedVerify":              "expire_time is no time",
	"ShowPartnersServiceInfo":      "partners_service_info is a list",
	"ShowLatestPublishedAgreement": "version is a text",
	"SignPublishedAgreement":       "agreement_signed_record_id is a text",
	"ShowConfiguration":            "error_code is a number",
}

// dot is a picture.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

// standIns are what stands in the examples for something that has to exist, by operation: what is written there, and what
// it stands for.
var standIns = map[string][]string{
	"CreateMessages":         {"case-123", "{case}"},
	"ListCaseQuotas":         {"business_type_id=123", "business_type_id={problem}"},
	"ListCaseTemplates":      {"incident_business_type_id=123", "incident_business_type_id={problem}"},
	"RevokeMessage":          {"case_123", "{case}", "message_123", "{said}"},
	"UpdateLabels":           {"label-123", "{label}", `"name":"test"`, `"name":"test again"`, `"color":"1"`, `"color":"#010101"`},
	"DeleteLabels":           {"label-123", "{spare}"},
	"DeleteAccessories":      {"accessory-1234", "{unbound}"},
	"DownloadAccessories":    {"accessory-1234", "{unbound}"},
	"DownloadImages":         {"accessory-1234", "{picture}"},
	"ListCaseLabels":         {"case-123", "{case}"},
	"DeleteCaseLabels":       {"case-123", "{case}", "123,456,789", "{label},{second},{third}"},
	"CreateRelations":        {"case-123", "{case}", `"related_id_list":"123456"`, `"related_id_list":"{other}"`},
	"DeleteRelation":         {`"related_id":"123456"`, `"related_id":"{other}"`},
	"UploadAccessory":        {`\"accessoryFrom\":\"test\"`, `\"accessoryFrom\":\"incident\"`},
	"UploadJsonAccessories":  {`"accessory_name":"test"`, `"accessory_name":"test.png"`, `"Base64"`, `"` + dot + `"`},
	"SendVerifyCodes":        {`"contact_value":"123456"`, `"contact_value":"example@elsewhere.example"`},
	"CheckVerifyCodes":       {`"contact_value":"123456"`, `"contact_value":"example@elsewhere.example"`},
	"CreateCaseExtendsParam": {"/cases/1/", "/cases/{case}/", `"message_id":"1"`, `"message_id":"{message}"`},
	"ShowCaseExtendsParam":   {"/cases/1/", "/cases/{case}/"},
	"UpdateCaseContactInfo":  {`"remind_mobile":"1"`, `"remind_mobile":"2125550123"`, `"remind_mail":"1"`, `"remind_mail":"{mail}"`, `"remind_time":"1"`, `"remind_time":"09:00-18:00"`},
}

// mended are requests whose line is missing in the reference, or contradicts its own description of the operation.
var mended = map[string]struct{ method, path, why string }{
	"ListCaseCounts":         {"GET", "", "the line says POST, the description GET"},
	"CreateCaseExtendsParam": {"POST", "", "the line says GET, the description POST"},
	"DeleteRelation":         {"DELETE", "/v2/servicerequest/cases/{case}/relations", "no line"},
	"SendVerifyCodes":        {"POST", "/v2/servicerequest/verifycodes/send", "no line"},
	"CheckVerifyCodes":       {"POST", "/v2/servicerequest/verifycodes", "no line"},
	"UploadJsonAccessories":  {"POST", "/v2/servicerequest/accessorys/json-format-content", "no line"},
	"UpdateCaseContactInfo":  {"PUT", "/v2/servicerequest/cases/{case}/contact-info", "the line says contactInfo, the description contact-info"},
}

// unmet are requests that the reference's own rules refuse, with the status and code of the refusal.
var unmet = map[string]struct {
	status    int
	code, why string
}{
	"ListUnreadNewInstantMessages":       {400, "OSM.01010001", "case_ids is needed"},
	"ListSeverities":                     {400, "OSM.01010001", "business_type_id is needed"},
	"ListAccessoryAccessUrls":            {400, "OSM.01010001", "accessory_ids belong into the query"},
	"ListPrivileges":                     {400, "OSM.01010001", "privilege is needed"},
	"ShowLatestPublishedAgreement":       {400, "OSM.01010001", "agreement_type is 0, 1 or 2"},
	"ShowSignedLatestPublishedAgreement": {400, "OSM.01010001", "agreement_type is 0, 1 or 2"},
	"CheckVerifyCodes":                   {400, "OSM.01010010", "the code isn't the one that was sent"},
	"CreateDiagnoseFeedback":             {409, "OSM.01010014", "there was no diagnosis"},
	"UpdateCaseContactInfo":              {400, "OSM.01010010", "the number isn't verified"},
	"UpdateAuthorizations":               {404, "OSM.01010015", "nobody asks for an authorization"},
}

// whole are calls whose answers have what the reference's do, where its example of a request is missing, is refused, or
// finds nothing.
var whole = map[string][2]string{
	"CreateCases":                        {"POST /v2/servicerequest/cases", `{"business_type_id":"{problem}","simple_description":"One more.","source_id":"` + sourceID + `"}`},
	"ShowCaseStatus":                     {"GET /v2/servicerequest/cases/{case}/status", ""},
	"ListUnreadNewInstantMessages":       {"GET /v2/servicerequest/cases/instant-messages/unread?case_ids={case}", ""},
	"ListSeverities":                     {"GET /v2/servicerequest/config/severities?business_type_id=" + fault + "&product_category_id=" + center, ""},
	"ListProductCategories":              {"GET /v2/servicerequest/config/product-categories", ""},
	"ListCaseTemplates":                  {"GET /v2/servicerequest/config/templates?business_type_id=" + fault, ""},
	"ListCaseCcEmails":                   {"GET /v2/servicerequest/carbon-copy-emails", ""},
	"ListCaseLabels":                     {"GET /v2/servicerequest/cases/{other}/labels", ""},
	"ListRelation":                       {"GET /v2/servicerequest/cases/{other}/relations", ""},
	"UploadJsonAccessories":              {"POST /v2/servicerequest/accessorys/json-format-content", `{"accessory_name":"again.txt","accessory_from":"message","accessory_data":"dGVzdCBhZ2Fpbg=="}`},
	"ListAccessoryAccessUrls":            {"GET /v2/servicerequest/accessorys/access-urls?accessory_ids={file}", ""},
	"CheckNeedVerify":                    {"GET /v2/servicerequest/verifycodes/need-verify?contact_way=1&contact_value=new%40elsewhere.example", ""},
	"ShowPartnersServiceInfo":            {"GET /v2/servicerequest/cases/partners/service-info", ""},
	"ShowPartnersCasesPrivilege":         {"GET /v2/servicerequest/cases/partners/privilege/cases-processing", ""},
	"ListSubCustomers":                   {"GET /v2/servicerequest/customers/sub-customers", ""},
	"ListPrivileges":                     {"GET /v2/servicerequest/privileges?privilege=export", ""},
	"ShowLatestPublishedAgreement":       {"GET /v2/servicerequest/agreements/published-agreement?agreement_type=0", ""},
	"ShowSignedLatestPublishedAgreement": {"GET /v2/servicerequest/agreements/signed-latest?agreement_type=0", ""},
	"SignPublishedAgreement":             {"POST /v2/servicerequest/agreements/20/signed", `{}`},
	"DeleteAccessories":                  {"DELETE /v2/servicerequest/accessorys/{file}", ""},
	"ShowLoginType":                      {"GET /v2/servicerequest/authorizations/login-type", ""},
	"ListAgencies":                       {"GET /v2/servicerequest/agencies", ""},
}

// missing are fields of the reference's answers that ours needn't have, with the reason. A star is for all fields of a list's
// elements.
var missing = map[string]string{
	"DeleteAccessories.error_code": "a success has no error",
	"DeleteAccessories.error_msg":  "a success has no error",
	"ShowConfiguration.error_code": "a success has no error",
	"ShowConfiguration.error_msg":  "a success has no error",
	"CreateDiagnoseJob.job_id":     "there are no diagnoses of cloud resources, so that none is begun",
	"ListAgencies.agency_list.*":   "there are no agencies",
}
