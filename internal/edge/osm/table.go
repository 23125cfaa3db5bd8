package osm

import "hanse/internal/kit/actor"

// An Operation is one row: how it's called, what its caller must be permitted, and what runs.
type Operation struct {
	Name         string // as the SDK names it
	Method, Path string
	// Verb is the permission that the module's verb asks for.
	Verb actor.Verb
	// Rate is a multiple of the usual rate; 0 = 1.
	Rate float64
	run  func(*call) (any, error)
}

// Pattern is the operation's route, for the mux and the metrics.
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

// base begins nearly every path.
const base = "/v2/servicerequest"

// table is all there is. Paths keep the vendor's spelling.
func table() (all []Operation) {
	all = append(all, caseTable()...)
	all = append(all, configTable()...)
	all = append(all, contactTable()...)
	return append(all, restTable()...)
}

// caseTable is what concerns one ticket, or lists of them.
func caseTable() []Operation {
	const cases, one = base + "/cases", base + "/cases/{case_id}"
	return []Operation{
		{"CreateCases", "POST", cases, actor.OpenTickets, 1, createCases},
		{"ListCases", "GET", cases, actor.ViewTickets, 1, listCases},
		{"ShowCaseDetail", "GET", one, actor.ViewTickets, 1, showCaseDetail},
		{"ShowCaseStatus", "GET", one + "/status", actor.ViewTickets, 2, showCaseStatus},
		{"ListCaseCounts", "GET", cases + "/count", actor.ViewTickets, 1, listCaseCounts},
		{"UpdateCases", "POST", one + "/action", actor.ActOnTickets, 1, updateCases},
		{"DownloadCases", "GET", cases + "/export", actor.ExportTickets, 1, downloadCases},
		{"CreateMessages", "POST", one + "/message", actor.ActOnTickets, 1, createMessages},
		{"ListMessages", "GET", one + "/messages", actor.ViewTickets, 1, listMessages},
		{"RevokeMessage", "POST", one + "/instant-messages/{message_id}/withdraw", actor.ActOnTickets, 1, revokeMessage},
		{"ListMoreInstantMessages", "GET", one + "/instant-messages/more", actor.ViewTickets, 1, listMoreInstantMessages},
		{"ListNewInstantMessages", "GET", cases + "/instant-messages", actor.ViewTickets, 2, listNewInstantMessages},
		{"ListUnreadNewInstantMessages", "GET", cases + "/instant-messages/unread", actor.ViewTickets, 2, listUnreadNewInstantMessages},
		{"UpdateNewInstantMessagesRead", "POST", one + "/instant-messages/unread", actor.ViewTickets, 1, updateNewInstantMessagesRead},
		{"CreateScores", "POST", one + "/score", actor.ActOnTickets, 1, createScores},
		{"ListLabels", "GET", base + "/labels", actor.ViewTickets, 1, listLabels},
		{"CreateLabels", "POST", base + "/labels", actor.ActOnTickets, 1, createLabels},
		{"UpdateLabels", "PUT", base + "/labels/{label_id}", actor.ActOnTickets, 1, updateLabels},
		{"DeleteLabels", "DELETE", base + "/labels/{label_id}", actor.ActOnTickets, 1, deleteLabels},
		{"ListCaseLabels", "GET", one + "/labels", actor.ViewTickets, 1, listCaseLabels},
		{"CreateCaseLabels", "POST", one + "/labels", actor.ActOnTickets, 1, createCaseLabels},
		{"DeleteCaseLabels", "DELETE", one + "/labels", actor.ActOnTickets, 1, deleteCaseLabels},
		{"ListCaseOperateLogs", "GET", one + "/operate-logs", actor.ViewTickets, 1, listCaseOperateLogs},
		{"ListRelation", "GET", one + "/relations", actor.ViewTickets, 1, listRelation},
		{"CreateRelations", "POST", one + "/relations", actor.ActOnTickets, 1, createRelations},
		{"DeleteRelation", "DELETE", one + "/relations", actor.ActOnTickets, 1, deleteRelation},
		{"UpdateCaseContactInfo", "PUT", one + "/contact-info", actor.ActOnTickets, 1, updateCaseContactInfo},
		{"CreateCaseExtendsParam", "POST", one + "/extends-param", actor.ActOnTickets, 1, createCaseExtendsParam},
		{"ShowCaseExtendsParam", "GET", one + "/extends-param", actor.ViewTickets, 1, showCaseExtendsParam},
		{"ListOrderIncident", "GET", "/osm/incidentservice/api/v1/queryincident", actor.ViewTickets, 1, listOrderIncident},
	}
}

// configTable is what a ticket can be, and what bounds it.
func configTable() []Operation {
	const config = base + "/config/"
	return []Operation{
		{"ListSatisfactionDimensions", "GET", config + "satisfaction-dimensions", actor.ViewTaxonomy, 1, listSatisfactionDimensions},
		{"ListCaseQuotas", "GET", base + "/quotas", actor.ViewTickets, 1, listCaseQuotas},
		{"ListCaseLimits", "GET", config + "limits", actor.ViewTaxonomy, 1, listCaseLimits},
		{"ListSeverities", "GET", config + "severities", actor.ViewTickets, 1, listSeverities},
		{"ListProblemTypes", "GET", config + "problems", actor.ViewTaxonomy, 1, listProblemTypes},
		{"ListCaseCategories", "GET", config + "categories", actor.ViewTaxonomy, 1, listCaseCategories},
		{"ListProductCategories", "GET", config + "product-categories", actor.ViewTaxonomy, 1, listProductCategories},
		{"ListRegions", "GET", config + "regions", actor.ViewTaxonomy, 1, listRegions},
		{"ListCaseTemplates", "GET", config + "templates", actor.ViewTaxonomy, 1, listCaseTemplates},
		{"ListExtendsParams", "GET", config + "extends-map", actor.ViewTaxonomy, 1, listExtendsParams},
		{"ListAreaCodes", "GET", config + "area-codes", actor.ViewTaxonomy, 1, listAreaCodes},
		{"ListCustomersRegions", "GET", base + "/customers/regions", actor.ViewTaxonomy, 1, listCustomersRegions},
		{"ShowAccessoryLimits", "GET", base + "/accessorys/limits", actor.AttachFiles, 1, showAccessoryLimits},
		{"ShowConfiguration", "GET", base + "/configurations/{config_key}", actor.ViewTaxonomy, 1, showConfiguration},
	}
}

// contactTable is attachments, verified contacts, and who else is concerned.
func contactTable() []Operation {
	const files, codes, partners = base + "/accessorys", base + "/verifycodes", base + "/cases/partners/"
	return []Operation{
		{"UploadAccessory", "POST", files, actor.AttachFiles, 1, uploadAccessory},
		{"UploadJsonAccessories", "POST", files + "/json-format-content", actor.AttachFiles, 1, uploadJSONAccessories},
		{"DownloadAccessories", "GET", files + "/{accessory_id}", actor.ViewTickets, 1, downloadAccessories},
		{"DownloadImages", "GET", files + "/{accessory_id}/image", actor.ViewTickets, 2, downloadImages},
		{"DeleteAccessories", "DELETE", files + "/{accessory_id}", actor.AttachFiles, 1, deleteAccessories},
		{"ListAccessoryAccessUrls", "GET", files + "/access-urls", actor.ViewTickets, 1, listAccessoryAccessUrls},
		{"ShowDownloadAccessoryUrl", "GET", files + "/{accessory_id}/access-url", actor.ViewTickets, 1, showDownloadAccessoryURL},
		{"ListCaseCcEmails", "GET", base + "/carbon-copy-emails", actor.ViewTickets, 1, listCaseCcEmails},
		{"SendVerifyCodes", "POST", codes + "/send", actor.OwnContacts, 1, sendVerifyCodes},
		{"CheckVerifyCodes", "POST", codes, actor.OwnContacts, 1, checkVerifyCodes},
		{"CheckNeedVerify", "GET", codes + "/need-verify", actor.OwnContacts, 1, checkNeedVerify},
		{"ListHasVerifiedContacts", "GET", codes + "/has-verified", actor.OwnContacts, 1, listHasVerifiedContacts},
		{"ShowPartnersServiceInfo", "GET", partners + "service-info", actor.ViewTickets, 1, showPartnersServiceInfo},
		{"ShowPartnersCasesPrivilege", "GET", partners + "privilege/cases-processing", actor.ViewTickets, 1, showPartnersCasesPrivilege},
		{"ListSubCustomers", "GET", base + "/customers/sub-customers", actor.ViewTickets, 1, listSubCustomers},
		{"CreateFeedback", "POST", base + "/feedbacks", actor.ReportAbuse, 1, createFeedback},
		{"ListPrivileges", "GET", base + "/privileges", actor.ViewTicketPrivileges, 1, listPrivileges},
		{"CreatePrivileges", "POST", base + "/privileges", actor.ManageTicketPrivileges, 1, createPrivileges},
		{"ShowCustomerPrivilegePolicy", "GET", base + "/privileges/privilege-policy", actor.ViewTicketPrivileges, 1, showCustomerPrivilegePolicy},
		{"ShowLatestPublishedAgreement", "GET", base + "/agreements/published-agreement", actor.ViewTicketAgreements, 1, showLatestPublishedAgreement},
		{"ShowSignedLatestPublishedAgreement", "GET", base + "/agreements/signed-latest", actor.SignTicketAgreement, 1, showSignedLatestPublishedAgreement},
		{"SignPublishedAgreement", "POST", base + "/agreements/{id}/signed", actor.SignTicketAgreement, 1, signPublishedAgreement},
	}
}

// restTable is what the vendor's interface has and this program hasn't: authorizations of its engineers on a customer's
// hosts, and diagnoses of cloud resources. Their lists are empty, and nothing is found by any id.
func restTable() []Operation {
	const (
		auths    = base + "/authorizations"
		details  = auths + "/{authorization_id}/authorization-details/{authorization_detail_id}/"
		diagnose = "/v2.0/servicerequest/diagnose/"
	)
	return []Operation{
		{"ListAuthorizations", "GET", auths, actor.ViewTickets, 1, listAuthorizations},
		{"ShowAuthorizationDetail", "GET", auths + "/{authorization_id}", actor.ViewTickets, 1, noAuthorization},
		{"ConfirmAuthorizations", "PUT", auths + "/{authorization_id}", actor.ActOnTickets, 1, confirmAuthorizations},
		{"UpdateAuthorizations", "PUT", auths + "/{authorization_id}/action", actor.ActOnTickets, 1, updateAuthorizations},
		{"CheckHosts", "POST", auths + "/authorization-details/{authorization_detail_id}/verify-host", actor.ActOnTickets, 1, checkHosts},
		{"ShowLoginType", "GET", auths + "/login-type", actor.ViewTickets, 1, showLoginType},
		{"ListHistorySessions", "GET", details + "history-sessions", actor.ViewTickets, 1, listHistorySessions},
		{"ListHistoryOperateLogs", "GET", details + "sessions/{session_id}/operation-logs", actor.ViewTickets, 1, listHistoryOperateLogs},
		{"ListTransportHistories", "GET", details + "sessions/{session_id}/operation-file-logs", actor.ViewTickets, 1, listTransportHistories},
		{"ListAgencies", "GET", base + "/agencies", actor.ViewTickets, 1, listAgencies},
		{"CreateDiagnoseJob", "POST", diagnose + "job/start", actor.ViewTickets, 1, createDiagnoseJob},
		{"ListDiagnoseJob", "GET", diagnose + "job", actor.ViewTickets, 1, listDiagnoseJob},
		{"ListDiagnoseItems", "POST", diagnose + "job/show-items", actor.ViewTickets, 1, listDiagnoseItems},
		{"ListDiagnoseRecords", "GET", diagnose + "records", actor.ViewTickets, 1, listDiagnoseRecords},
		{"ListDiagnoseResources", "POST", diagnose + "job/vm/resources", actor.ViewTickets, 1, listDiagnoseResources},
		{"CreateDiagnoseFeedback", "POST", diagnose + "feedback", actor.ViewTickets, 1, createDiagnoseFeedback},
	}
}
