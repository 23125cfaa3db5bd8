package api

import (
	"bytes"
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
)

// Review is an application as its reviewer sees it: the computed lines, then and now.
type Review struct {
	ApplicationView
	Hold        program.Report `json:"hold" doc:"What would be kept now"`
	Held        *Qualification `json:"held,omitempty" doc:"The level that the partner holds"`
	Inspections []Inspection   `json:"inspections"`
	Critical    []Critical     `json:"critical_events"`
	Others      []Application  `json:"others" doc:"Of the same partner and program, newest first"`
}

func toReview(ctx context.Context, r qualification.Review) Review {
	out := Review{ApplicationView: toView(ctx, r.ApplicationView), Hold: r.Holds.Report(i18n.From(ctx).Lang, false),
		Inspections: each(r.Inspections, toInspection), Critical: each(r.Critical, toCritical), Others: each(r.Others, toApplication)}
	if r.Held != nil {
		q := toQualification(*r.Held)
		out.Held = &q
	}
	return out
}

// QueueItem is an application that waits for the vendor.
type QueueItem struct {
	Application
	PartnerName string  `json:"partner_name"`
	HoursLeft   float64 `json:"working_hours_left" doc:"Negative when overdue"`
}

// Inspection is an unannounced look at laboratory or evidence.
type Inspection struct {
	ID          string                         `json:"id"`
	Partner     string                         `json:"partner"`
	Program     string                         `json:"program"`
	Application string                         `json:"application,omitempty"`
	InspectedOn calendar.Day                   `json:"inspected_on" format:"date"`
	Inspector   string                         `json:"inspector"`
	Items       []qualification.InspectionItem `json:"items"`
	Findings    string                         `json:"findings"`
	Passed      bool                           `json:"passed"`
	Files       []inspectionFile               `json:"files"`
	At          time.Time                      `json:"at"`
}

type inspectionFile struct {
	Hash  string `json:"sha256"`
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Media string `json:"media_type"`
}

// sentFile is a file inside a JSON body: PDF, PNG or JPEG.
type sentFile struct {
	Name    string `json:"name" maxLength:"200"`
	Content []byte `json:"content" doc:"Base64"`
}

func toInspection(x qualification.Inspection) Inspection {
	return Inspection{x.ID, x.Account, x.Program, x.Application, x.InspectedOn, x.Inspector, append([]qualification.InspectionItem{}, x.Items...),
		x.Findings, x.Passed, each(x.Files, func(f qualification.InspectionRef) inspectionFile {
			return inspectionFile{f.Hash, f.Name, f.Size, f.Media}
		}), x.At}
}

// Critical is a critical service event, which can delay or bar a renewal.
type Critical struct {
	ID         string       `json:"id"`
	Partner    string       `json:"partner"`
	Program    string       `json:"program,omitempty" doc:"Absent: all"`
	OccurredOn calendar.Day `json:"occurred_on" format:"date"`
	Summary    string       `json:"summary"`
	Effect     string       `json:"effect" enum:"note,delay,bar"`
	Until      calendar.Day `json:"until,omitzero" format:"date"`
	LiftedAt   time.Time    `json:"lifted_at,omitzero"`
	At         time.Time    `json:"at"`
}

func toCritical(c qualification.CriticalEvent) Critical {
	return Critical{c.ID, c.Account, c.Program, c.OccurredOn, c.Summary, string(c.Effect), c.Until, c.LiftedAt, c.At}
}

func (a *API) reviews() {
	const tag, path = "reviews", "/api/v1/reviews/{application}"
	add(a, Operation{Method: "GET", Path: "/api/v1/reviews", ID: "list_reviews", Tag: tag, Summary: "The queue, by when a decision is due", Verb: actor.ListReviews}, a.queue)
	add(a, Operation{Method: "GET", Path: path, ID: "show_review", Tag: tag, Summary: "One application as its reviewer sees it", Verb: actor.ListReviews},
		func(ctx context.Context, by actor.Actor, in *ApplicationPath) (Review, error) {
			r, err := a.Qualification.Review(ctx, by, in.Application)
			if err != nil {
				return Review{}, err
			}
			return toReview(ctx, r), nil
		})
	add(a, Operation{Method: "POST", Path: path + "/start", ID: "start_review", Tag: tag, Summary: "Take an application", Verb: actor.DecideReview},
		func(ctx context.Context, by actor.Actor, in *editionIn) (Application, error) {
			x, err := a.Qualification.Start(ctx, by, in.Application, in.Body.Edition)
			return toApplication(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/return", ID: "return_application", Tag: tag, Summary: "Send it back for correction", Verb: actor.DecideReview},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body returnBody
		}) (Application, error) {
			x, err := a.Qualification.Return(ctx, by, in.Application, in.Body.Edition, each(in.Body.Reasons, fromReason), in.Body.Until)
			return toApplication(x), err
		})
	add(a, Operation{Method: "POST", Path: path + "/approve", ID: "approve_application", Tag: tag, Summary: "Grant the level", Verb: actor.DecideReview},
		func(ctx context.Context, by actor.Actor, in *editionIn) (Qualification, error) {
			q, err := a.Qualification.Approve(ctx, by, in.Application, in.Body.Edition)
			return toQualification(q), err
		})
	add(a, Operation{Method: "POST", Path: path + "/reject", ID: "reject_application", Tag: tag, Summary: "Refuse it, with reasons", Verb: actor.DecideReview},
		func(ctx context.Context, by actor.Actor, in *struct {
			ApplicationPath
			Body struct {
				AtEdition
				Reasons []Reason `json:"reasons" minItems:"1" maxItems:"100"`
				False   bool     `json:"false_information,omitempty" doc:"Something stated was false; the record says so"`
			}
		}) (Application, error) {
			x, err := a.Qualification.Reject(ctx, by, in.Application, in.Body.Edition, each(in.Body.Reasons, fromReason), in.Body.False)
			return toApplication(x), err
		})
	a.inspections()
	a.critical()
}

func fromReason(r Reason) qualification.Reason { return qualification.Reason(r) }

func (a *API) queue(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	State   string `query:"state" enum:"submitted,under_review,returned" doc:"Absent: submitted and under review"`
	Mine    bool   `query:"mine"`
	Overdue bool   `query:"overdue"`
	Program string `query:"program" maxLength:"64"`
}) (out struct {
	Applications []QueueItem `json:"applications"`
	Next         string      `json:"next_cursor,omitempty"`
}, err error) {
	list, next, err := a.Qualification.Queue(ctx, by, qualification.QueueFilter{State: qualification.State(in.State), Mine: in.Mine,
		Overdue: in.Overdue, Program: in.Program, After: in.Cursor, Limit: in.Limit})
	out.Applications = each(list, func(i qualification.QueueItem) QueueItem {
		return QueueItem{toApplication(i.Application), i.PartnerName, i.Left.Hours()}
	})
	out.Next = next
	return out, err
}

func (a *API) inspections() {
	const tag, path = "reviews", "/api/v1/partners/{partner}/inspections"
	add(a, Operation{Method: "GET", Path: path, ID: "list_inspections", Tag: tag, Summary: "Inspections of a partner", Verb: actor.ViewApplication},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Inspections []Inspection `json:"inspections"`
		}, err error) {
			list, err := a.Qualification.Inspections(ctx, by, in.Partner)
			out.Inspections = each(list, toInspection)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "record_inspection", Tag: tag, Status: 201, Summary: "Record an unannounced inspection, with its files", Verb: actor.RecordInspection, MaxBytes: signature.MaxBody},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Program     string                         `json:"program" maxLength:"64"`
				Application string                         `json:"application,omitempty" maxLength:"40"`
				InspectedOn calendar.Day                   `json:"inspected_on" format:"date"`
				Inspector   string                         `json:"inspector" maxLength:"200"`
				Items       []qualification.InspectionItem `json:"items" maxItems:"200"`
				Findings    string                         `json:"findings,omitempty" maxLength:"10000"`
				Passed      bool                           `json:"passed"`
				Files       []sentFile                     `json:"files,omitempty" maxItems:"20"`
			}
		}) (Inspection, error) {
			b := in.Body
			files := each(b.Files, func(f sentFile) qualification.InspectionFile {
				return qualification.InspectionFile{Name: f.Name, R: bytes.NewReader(f.Content)}
			})
			x, err := a.Qualification.Inspect(ctx, by, qualification.NewInspection{Partner: in.Partner, Program: b.Program, Application: b.Application,
				InspectedOn: b.InspectedOn, Inspector: b.Inspector, Items: b.Items, Findings: b.Findings, Passed: b.Passed}, files...)
			return toInspection(x), err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{inspection}/files/{hash}", ID: "download_inspection_file", Tag: tag, Summary: "A file of an inspection", Verb: actor.ViewApplication, Gives: []string{typePDF, typePNG, typeJPEG}},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Inspection string `path:"inspection" maxLength:"40"`
			Hash       string `path:"hash" maxLength:"64"`
		}) (document, error) {
			f, ref, err := a.Qualification.OpenInspectionFile(ctx, by, in.Partner, in.Inspection, in.Hash)
			if err != nil {
				return document{}, err
			}
			return opened(f, ref.Name, ref.Media, ref.Size), nil
		})
}

func (a *API) critical() {
	const tag, path = "reviews", "/api/v1/partners/{partner}/critical-events"
	add(a, Operation{Method: "GET", Path: path, ID: "list_critical_events", Tag: tag, Summary: "Critical service events of a partner", Verb: actor.ViewApplication},
		func(ctx context.Context, by actor.Actor, in *PartnerPath) (out struct {
			Events []Critical `json:"critical_events"`
		}, err error) {
			list, err := a.Qualification.CriticalEvents(ctx, by, in.Partner)
			out.Events = each(list, toCritical)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "record_critical_event", Tag: tag, Status: 201, Summary: "Record one; it can delay or bar a renewal", Verb: actor.RecordInspection},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Program    string       `json:"program,omitempty" maxLength:"64" doc:"Absent: all"`
				OccurredOn calendar.Day `json:"occurred_on" format:"date"`
				Summary    string       `json:"summary" maxLength:"4000"`
				Effect     string       `json:"effect" enum:"note,delay,bar"`
				Until      calendar.Day `json:"until,omitempty" format:"date" doc:"For delay: first day on which renewal is open again"`
			}
		}) (Critical, error) {
			b := in.Body
			c, err := a.Qualification.RecordCritical(ctx, by, qualification.NewCritical{Partner: in.Partner, Program: b.Program,
				OccurredOn: b.OccurredOn, Summary: b.Summary, Effect: qualification.CriticalEffect(b.Effect), Until: b.Until})
			return toCritical(c), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{event}/lift", ID: "lift_critical_event", Tag: tag, Summary: "End its effect", Verb: actor.RecordInspection},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Event string `path:"event" maxLength:"40"`
			ReasonBody
		}) (none, error) {
			return none{}, a.Qualification.LiftCritical(ctx, by, in.Partner, in.Event, in.Body.Reason)
		})
}
