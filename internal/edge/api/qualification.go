package api

import (
	"context"
	"net/url"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
)

// Qualification is a granted level.
type Qualification struct {
	ID            string       `json:"id"`
	Partner       string       `json:"partner"`
	Number        string       `json:"number"`
	Ref           string       `json:"ref"`
	Level         string       `json:"level"`
	Track         string       `json:"track"`
	Application   string       `json:"application"`
	Holder        string       `json:"holder" doc:"As printed"`
	HolderZH      string       `json:"holder_zh,omitempty"`
	ValidFrom     calendar.Day `json:"valid_from" format:"date"`
	ValidUntil    calendar.Day `json:"valid_until,omitzero" format:"date" doc:"Inclusive; absent: until it's revoked"`
	Product       string       `json:"product,omitempty" doc:"What the certificate names beside the level"`
	EndedBy       string       `json:"ended_by,omitempty" enum:"annual_review,left_path" doc:"Cancelled for another reason than false information"`
	State         string       `json:"state" enum:"valid,suspended,expired,cancelled,superseded"`
	Status        string       `json:"status,omitempty" enum:"valid,expiring,expired,suspended,cancelled,superseded,revoked,left" doc:"Today, where it's computed"`
	Cause         string       `json:"cause,omitempty" enum:"staffing,vendor" doc:"Of a suspension"`
	Reason        string       `json:"reason,omitempty"`
	StandingLevel string       `json:"standing_level,omitempty" doc:"Suspended: the level that is still met"`
	StateAt       time.Time    `json:"state_at"`
	WatchSince    time.Time    `json:"watch_since,omitzero"`
	WatchLine     string       `json:"watch_line,omitempty"`
	Edition       int64        `json:"edition"`
	CreatedAt     time.Time    `json:"created_at"`
}

func toQualification(q qualification.Qualification) Qualification {
	return Qualification{ID: q.ID, Partner: q.Account, Number: q.Number, Ref: q.Ref(), Level: q.Level, Track: q.Track, Application: q.Application,
		Holder: q.Holder, HolderZH: q.HolderZH, ValidFrom: q.ValidFrom, ValidUntil: q.ValidUntil, Product: q.Product, EndedBy: string(q.EndedBy), State: string(q.State), Cause: string(q.Cause),
		Reason: q.Reason, StandingLevel: q.StandingLevel, StateAt: q.StateAt, WatchSince: q.WatchSince, WatchLine: q.WatchLine,
		Edition: q.Edition, CreatedAt: q.CreatedAt}
}

// Verification is what anybody may know of a certificate number.
type Verification struct {
	Number        string       `json:"number"`
	Good          bool         `json:"good" doc:"It holds today"`
	Status        string       `json:"status" enum:"valid,expiring,expired,suspended,cancelled,superseded,revoked,left"`
	Holder        string       `json:"holder"`
	HolderZH      string       `json:"holder_zh,omitempty"`
	Program       string       `json:"program"`
	Level         string       `json:"level"`
	Stars         int          `json:"stars,omitempty"`
	ValidFrom     calendar.Day `json:"valid_from" format:"date"`
	ValidUntil    calendar.Day `json:"valid_until,omitzero" format:"date" doc:"Absent: until it's revoked"`
	Product       string       `json:"product,omitempty"`
	StandingLevel string       `json:"standing_level,omitempty"`
	CheckedAt     time.Time    `json:"checked_at"`
}

// NumberPath names a granted level.
type NumberPath struct {
	Number string `path:"number" maxLength:"64" doc:"Certificate number, or id"`
}

func (a *API) qualifications() {
	const tag, path = "qualifications", "/api/v1/qualifications"
	add(a, Operation{Method: "GET", Path: path, ID: "list_qualifications", Tag: tag, Summary: "Granted levels, newest first; a partner sees its own", Verb: actor.ViewQualification}, a.listQualifications)
	add(a, Operation{Method: "GET", Path: path + "/{number}", ID: "show_qualification", Tag: tag, Summary: "One granted level with its staffing, exits and timeline", Verb: actor.ViewQualification}, a.showQualification)
	addFile(a, Operation{Method: "GET", Path: path + "/{number}/certificate.pdf", ID: "download_certificate", Tag: tag, Summary: "The certificate, in both languages", Verb: actor.ViewQualification, Gives: []string{typePDF}}, a.certificatePDF)
	for what, step := range map[string]struct {
		summary string
		f       func(context.Context, actor.Actor, string, int64, string) (qualification.Qualification, error)
	}{
		"suspend":   {"Suspend it, with a reason that the partner reads", a.Qualification.Suspend},
		"reinstate": {"End a suspension", a.Qualification.Reinstate},
		"cancel":    {"Cancel it for good", a.Qualification.Cancel},
	} {
		add(a, Operation{Method: "POST", Path: path + "/{number}/" + what, ID: what + "_qualification", Tag: tag, Summary: step.summary, Verb: actor.SuspendOrCancel},
			func(ctx context.Context, by actor.Actor, in *struct {
				NumberPath
				Body struct {
					AtEdition
					Reason string `json:"reason" minLength:"1" maxLength:"1000"`
				}
			}) (Qualification, error) {
				q, err := step.f(ctx, by, in.Number, in.Body.Edition, in.Body.Reason)
				return toQualification(q), err
			})
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/verify/{number}", ID: "verify_number", Tag: tag, Summary: "Confirm a certificate number; needs no sign-in", Verb: actor.VerifyNumber}, a.verify)
}

func (a *API) listQualifications(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	Partner     string `query:"partner" maxLength:"32"`
	Program     string `query:"program" maxLength:"64"`
	Level       string `query:"level" maxLength:"64"`
	State       string `query:"state" enum:"valid,suspended,expired,cancelled,superseded,revoked,left"`
	Watched     bool   `query:"watched" doc:"Only those under watch"`
	UntilBefore string `query:"until_before" format:"date" doc:"Only those whose last day lies before"`
}) (out struct {
	Qualifications []Qualification `json:"qualifications"`
	Next           string          `json:"next_cursor,omitempty"`
}, err error) {
	before, err := queryDay("until_before", in.UntilBefore)
	if err != nil {
		return out, err
	}
	list, next, err := a.Qualification.Qualifications(ctx, by, qualification.QualificationFilter{Account: in.Partner, Program: in.Program,
		State: qualification.Standing(in.State), Level: in.Level, Watched: in.Watched, UntilBefore: before, After: in.Cursor, Limit: in.Limit})
	out.Qualifications, out.Next = each(list, toQualification), next
	return out, err
}

func (a *API) showQualification(ctx context.Context, by actor.Actor, in *NumberPath) (out struct {
	Qualification
	Hold      program.Report `json:"hold" doc:"What would be kept now"`
	Renewal   Renewal        `json:"renewal"`
	Vacancies []Vacancy      `json:"vacancies"`
	Exits     []Exit         `json:"exits"`
	Critical  []Critical     `json:"critical_events"`
	Timeline  []Moment       `json:"timeline"`
}, err error) {
	v, err := a.Qualification.Qualification(ctx, by, in.Number)
	if err != nil {
		return out, err
	}
	out.Qualification = toQualification(v.Qualification)
	out.Status = string(v.Status)
	out.Hold, out.Renewal = v.Hold.Report(i18n.From(ctx).Lang, true), toRenewal(ctx, v.Renewal)
	out.Vacancies, out.Exits, out.Critical = each(v.Vacancies, toVacancy), each(v.Exits, toExit), each(v.Critical, toCritical)
	out.Timeline = each(v.Timeline, toMoment(ctx))
	return out, nil
}

func (a *API) certificatePDF(ctx context.Context, by actor.Actor, in *NumberPath) (document, error) {
	v, err := a.Qualification.Qualification(ctx, by, in.Number)
	if err != nil {
		return document{}, err
	}
	vendor, err := a.Accounts.Vendor(ctx)
	if err != nil {
		return document{}, err
	}
	c, err := a.Qualification.Certificate(ctx, by, v.Number, pdf.Both{EN: vendor.Name}, a.BaseURL+"/verify/"+url.PathEscape(v.Number))
	if err != nil {
		return document{}, err
	}
	b, err := a.Press.Certificate(c)
	return bytesOf(fileName(v.Number), typePDF, b), err
}

func (a *API) verify(ctx context.Context, _ actor.Actor, in *NumberPath) (Verification, error) {
	v, err := a.Qualification.Verify(ctx, in.Number)
	if err != nil {
		return Verification{}, err
	}
	return Verification{v.Number, v.Good, string(v.Status), v.Holder, v.HolderZH, i18n.Say(ctx, v.Program), i18n.Say(ctx, v.Level), v.Stars,
		v.ValidFrom, v.ValidUntil, v.Product, i18n.Say(ctx, v.StandingLevel), v.CheckedAt}, nil
}
