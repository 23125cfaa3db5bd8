package api

import (
	"context"
	"time"

	"hanse/internal/domain/duty"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// PolicyDocument is a policy or procedure that the vendor published.
type PolicyDocument struct {
	ID          string    `json:"id"`
	Topic       string    `json:"topic" enum:"spare-parts,service,other"`
	TitleEN     string    `json:"title_en"`
	TitleZH     string    `json:"title_zh"`
	Name        string    `json:"name" doc:"Of the file"`
	Media       string    `json:"media"`
	Size        int64     `json:"size"`
	Withdrawn   bool      `json:"withdrawn"`
	PublishedAt time.Time `json:"published_at"`
}

func toPolicyDocument(d duty.Document) PolicyDocument {
	return PolicyDocument{d.ID, d.Topic, d.TitleEN, d.TitleZH, d.Name, d.Media, d.Size, d.Withdrawn, d.PublishedAt}
}

type policyReceipt struct {
	User string    `json:"user"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// PolicyReading is a document with those of the partner who have read it.
type PolicyReading struct {
	PolicyDocument
	Receipts []policyReceipt `json:"receipts"`
}

func toPolicyReading(r duty.Read) PolicyReading {
	return PolicyReading{toPolicyDocument(r.Document), each(r.Receipts, func(x duty.Receipt) policyReceipt { return policyReceipt{x.User, x.Name, x.At} })}
}

// SpareRequest asks for spare parts.
type SpareRequest struct {
	ID          string    `json:"id"`
	Partner     string    `json:"partner"`
	PartnerName string    `json:"partner_name"`
	State       string    `json:"state" enum:"requested,accepted,shipped,received,refused,withdrawn"`
	Edition     int64     `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	Part        string    `json:"part"`
	Quantity    int64     `json:"quantity"`
	Equipment   string    `json:"equipment" doc:"Model and serial number"`
	Customer    string    `json:"customer"`
	Reason      string    `json:"reason"`
	Answer      string    `json:"answer" doc:"The vendor's words"`
	RequestedBy string    `json:"requested_by"`
	AnsweredBy  string    `json:"answered_by"`
	CreatedAt   time.Time `json:"created_at"`
	ChangedAt   time.Time `json:"changed_at"`
}

func toSpareRequest(r duty.Request) SpareRequest {
	return SpareRequest{r.ID, r.Account, r.PartnerName, string(r.State), r.Edition, r.Part, r.Quantity, r.Equipment, r.Customer, r.Reason, r.Answer,
		r.RequestedBy, r.AnsweredBy, r.CreatedAt, r.ChangedAt}
}

// QualityReport is the service manager's report of one quarter.
type QualityReport struct {
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Period      string       `json:"period" doc:"The quarter, like 2026-Q1"`
	DueOn       calendar.Day `json:"due_on" format:"date"`
	State       string       `json:"state" enum:"due,overdue,sent,read"`
	Edition     int64        `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	Projects    int64        `json:"projects" doc:"Delivered in the quarter"`
	Complaints  int64        `json:"complaints"`
	Summary     string       `json:"summary"`
	SentBy      string       `json:"sent_by"`
	SentAt      time.Time    `json:"sent_at,omitzero"`
	ReadBy      string       `json:"read_by"`
	ReadAt      time.Time    `json:"read_at,omitzero"`
	Remark      string       `json:"remark" doc:"The reader's"`
}

func toQualityReport(r duty.Report) QualityReport {
	return QualityReport{r.Account, r.PartnerName, r.Period, r.DueOn, string(r.State), r.Edition, r.Projects, r.Complaints, r.Summary, r.SentBy, r.SentAt,
		r.ReadBy, r.ReadAt, r.Remark}
}

type (
	spareList struct {
		Requests []SpareRequest `json:"requests"`
		Next     string         `json:"next_cursor,omitempty"`
	}
	qualityReportList struct {
		Reports []QualityReport `json:"reports"`
		Next    string          `json:"next_cursor,omitempty"`
	}
	qualityReportPath struct {
		PartnerPath
		Period string `path:"period" maxLength:"10"`
	}
)

const dutyTag = "service duties"

func (a *API) duties() {
	a.policyDocuments()
	a.spareRequests()
	a.qualityReports()
}

func (a *API) policyDocuments() {
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/policies", ID: "list_policies", Tag: dutyTag, Summary: "Policies to read, with receipts, newest first", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Policies []PolicyReading `json:"policies"`
		}, err error) {
			list, err := a.Duty.Policies(ctx, by, in.Partner)
			out.Policies = each(list, toPolicyReading)
			return out, err
		})
	type policyPath struct {
		Policy string `path:"policy" maxLength:"40"`
	}
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/policies/{policy}/receipt", ID: "confirm_policy", Tag: dutyTag, Summary: "Say that you have read it and passed it on", Verb: actor.DoDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			policyPath
		}) (none, error) {
			return none{}, a.Duty.Confirm(ctx, by, in.Partner, in.Policy)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/policies", ID: "publish_policy", Tag: dutyTag, Status: 201, Verb: actor.PublishPolicy, Takes: []string{typePDF, typePNG, typeJPEG, typeForm},
		Summary: "Publish a document: every holder of a star is asked to read it"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Topic   string `query:"topic" enum:"spare-parts,service,other"`
			TitleEN string `query:"title_en" maxLength:"200"`
			TitleZH string `query:"title_zh" maxLength:"200"`
			Name    string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (PolicyDocument, error) {
			if err := by.May(actor.PublishPolicy); err != nil {
				return PolicyDocument{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.Name)
			if err != nil {
				return PolicyDocument{}, err
			}
			d, err := a.Duty.Publish(ctx, by, duty.NewDocument{Topic: in.Topic, TitleEN: in.TitleEN, TitleZH: in.TitleZH, Name: file.name}, file)
			return toPolicyDocument(d), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/policies/{policy}/withdraw", ID: "withdraw_policy", Tag: dutyTag, Summary: "Withdraw a document; receipts stay", Verb: actor.PublishPolicy},
		func(ctx context.Context, by actor.Actor, in *policyPath) (none, error) {
			return none{}, a.Duty.Unpublish(ctx, by, in.Policy)
		})
	addFile(a, Operation{Method: "GET", Path: "/api/v1/policies/{policy}/file", ID: "download_policy", Tag: dutyTag, Summary: "The document", Verb: actor.ViewDuties, Gives: []string{typePDF, typePNG, typeJPEG}},
		func(ctx context.Context, by actor.Actor, in *policyPath) (document, error) {
			f, d, err := a.Duty.OpenDocument(ctx, by, in.Policy)
			if err != nil {
				return document{}, err
			}
			return opened(f, d.Name, d.Media, d.Size), nil
		})
}

func (a *API) spareRequests() {
	type sparePage struct {
		PageIn
		State string `query:"state" enum:"requested,accepted,shipped,received,refused,withdrawn"`
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/spare-requests", ID: "list_spare_requests", Tag: dutyTag, Summary: "A partner's requests for spare parts, newest first", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			sparePage
		}) (spareList, error) {
			list, next, err := a.Duty.Requests(ctx, by, in.Partner, duty.RequestState(in.State), in.Cursor, in.Limit)
			return spareList{each(list, toSpareRequest), next}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/spare-requests", ID: "list_all_spare_requests", Tag: dutyTag, Summary: "Requests for spare parts of all partners, newest first; the vendor's staff", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *sparePage) (spareList, error) {
			list, next, err := a.Duty.Requests(ctx, by, "", duty.RequestState(in.State), in.Cursor, in.Limit)
			return spareList{each(list, toSpareRequest), next}, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/spare-requests", ID: "request_spare_part", Tag: dutyTag, Status: 201, Summary: "Ask for spare parts", Verb: actor.DoDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Part      string `json:"part"`
				Quantity  int64  `json:"quantity"`
				Equipment string `json:"equipment" doc:"Model and serial number"`
				Customer  string `json:"customer,omitempty"`
				Reason    string `json:"reason"`
			}
		}) (SpareRequest, error) {
			b := in.Body
			r, err := a.Duty.Request(ctx, by, in.Partner, duty.Request{Part: b.Part, Quantity: b.Quantity, Equipment: b.Equipment, Customer: b.Customer, Reason: b.Reason})
			return toSpareRequest(r), err
		})
	type sparePath struct {
		Request string `path:"request" maxLength:"40"`
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/spare-requests/{request}", ID: "show_spare_request", Tag: dutyTag, Summary: "A request for spare parts", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *sparePath) (SpareRequest, error) {
			r, err := a.Duty.OneRequest(ctx, by, in.Request)
			return toSpareRequest(r), err
		})
	for _, x := range []struct {
		name, id, summary string
		to                duty.RequestState
		verb              actor.Verb
	}{
		{"accept", "accept_spare_request", "Accept a request", duty.Accepted, actor.AnswerDuties},
		{"ship", "ship_spare_request", "Say that the parts were shipped", duty.Shipped, actor.AnswerDuties},
		{"refuse", "refuse_spare_request", "Refuse a request, with words", duty.Refused, actor.AnswerDuties},
		{"receive", "receive_spare_request", "Say that the parts have arrived", duty.Received, actor.DoDuties},
		{"withdraw", "withdraw_spare_request", "Take a request back", duty.Withdrawn, actor.DoDuties},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/spare-requests/{request}/" + x.name, ID: x.id, Tag: dutyTag, Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				sparePath
				Body struct {
					Edition int64  `json:"edition"`
					Answer  string `json:"answer,omitempty" doc:"Words for the partner; needed to refuse"`
				}
			}) (SpareRequest, error) {
				r, err := a.Duty.Move(ctx, by, in.Request, in.Body.Edition, x.to, in.Body.Answer)
				return toSpareRequest(r), err
			})
	}
}

func (a *API) qualityReports() {
	const path = "/api/v1/partners/{partner}/quality-reports/{period}"
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/quality-reports", ID: "list_partner_quality_reports", Tag: dutyTag, Summary: "A partner's quarterly reports, newest first", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (qualityReportList, error) {
			list, err := a.Duty.Reports(ctx, by, in.Partner)
			return qualityReportList{each(list, toQualityReport), ""}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/quality-reports", ID: "list_quality_reports", Tag: dutyTag, Summary: "Quarterly reports in a state, by due day; the vendor's staff", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"due,overdue,sent,read" default:"sent"`
		}) (qualityReportList, error) {
			list, next, err := a.Duty.Received(ctx, by, duty.ReportState(in.State), in.Cursor, in.Limit)
			return qualityReportList{each(list, toQualityReport), next}, err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "show_quality_report", Tag: dutyTag, Summary: "A quarterly report", Verb: actor.ViewDuties},
		func(ctx context.Context, by actor.Actor, in *qualityReportPath) (QualityReport, error) {
			r, err := a.Duty.Report(ctx, by, in.Partner, in.Period)
			return toQualityReport(r), err
		})
	add(a, Operation{Method: "PUT", Path: path, ID: "send_quality_report", Tag: dutyTag, Summary: "Send a quarterly report, or correct it until it is read", Verb: actor.DoDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			qualityReportPath
			Body struct {
				Edition    int64  `json:"edition"`
				Projects   int64  `json:"projects"`
				Complaints int64  `json:"complaints"`
				Summary    string `json:"summary"`
			}
		}) (QualityReport, error) {
			b := in.Body
			r, err := a.Duty.Send(ctx, by, in.Partner, in.Period, b.Edition, duty.Quarter{Projects: b.Projects, Complaints: b.Complaints, Summary: b.Summary})
			return toQualityReport(r), err
		})
	add(a, Operation{Method: "POST", Path: path + "/read", ID: "read_quality_report", Tag: dutyTag, Summary: "Say that the vendor has read it, with a remark", Verb: actor.AnswerDuties},
		func(ctx context.Context, by actor.Actor, in *struct {
			qualityReportPath
			Body struct {
				Edition int64  `json:"edition"`
				Remark  string `json:"remark,omitempty"`
			}
		}) (QualityReport, error) {
			r, err := a.Duty.Read(ctx, by, in.Partner, in.Period, in.Body.Edition, in.Body.Remark)
			return toQualityReport(r), err
		})
}
