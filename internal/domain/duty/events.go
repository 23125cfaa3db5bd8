package duty

import "hanse/internal/kit/calendar"

// SpareChanged is spare.requested, .accepted, .shipped, .received, .refused and .withdrawn: it belongs to the partner.
type SpareChanged struct {
	What        string       `json:"what"` // the kind of event
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Request     string       `json:"request"`
	Part        string       `json:"part"`
	State       RequestState `json:"state"`
	Answer      string       `json:"answer,omitempty"`
}

// Event names the event.
func (c SpareChanged) Event() (kind, account, subject string) { return c.What, c.Partner, c.Request }

// ReportChanged is report.due, .reminder, .overdue, .sent and .read: it belongs to the partner.
type ReportChanged struct {
	What        string       `json:"what"`
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Period      string       `json:"period"`
	DueOn       calendar.Day `json:"due_on"`
	Remark      string       `json:"remark,omitempty"`
}

// Event names the event.
func (c ReportChanged) Event() (kind, account, subject string) { return c.What, c.Partner, c.Period }

// PolicyPublished is policy.published for one partner that must read the document.
type PolicyPublished struct {
	Partner  string `json:"partner"`
	Document string `json:"document"`
	TitleEN  string `json:"title_en"`
	TitleZH  string `json:"title_zh"`
}

// Event names the event.
func (p PolicyPublished) Event() (kind, account, subject string) {
	return "policy.published", p.Partner, p.Document
}
