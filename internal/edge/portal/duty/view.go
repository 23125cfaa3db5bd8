package duty

import (
	"context"
	"net/url"
	"strconv"

	"hanse/internal/domain/duty"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

type overviewView struct {
	door.View
	policies []duty.Read
	parts    []duty.Request
	more     string
	reports  []duty.Report
}

// unread counts the policies that nobody of the company has read.
func (v overviewView) unread() (n int) {
	for _, x := range v.policies {
		if len(x.Receipts) == 0 {
			n++
		}
	}
	return n
}

// due is the report that presses most.
func (v overviewView) due() (out *duty.Report) {
	for i := range v.reports {
		r := &v.reports[i]
		if (r.State == duty.Due || r.State == duty.Overdue) && (out == nil || r.DueOn < out.DueOn) {
			out = r
		}
	}
	return out
}

func (v overviewView) state(ctx context.Context) string {
	open := 0
	for _, r := range v.parts {
		if r.State == duty.Requested || r.State == duty.Accepted || r.State == duty.Shipped {
			open++
		}
	}
	due := 0
	for _, r := range v.reports {
		if r.State == duty.Due || r.State == duty.Overdue {
			due++
		}
	}
	return i18n.T(ctx, "duties.state", i18n.A{"unread": v.unread(), "open": open, "due": due})
}

func (v overviewView) next(ctx context.Context) string {
	due := v.due()
	switch {
	case v.Vendor:
		return i18n.T(ctx, "duties.next.vendor")
	case due != nil && due.State == duty.Overdue:
		return i18n.T(ctx, "duties.next.overdue", i18n.A{"period": due.Period})
	case v.unread() > 0:
		return i18n.T(ctx, "duties.next.read")
	case due != nil:
		return i18n.T(ctx, "duties.next.due", i18n.A{"period": due.Period, "day": i18n.From(ctx).Day(due.DueOn.String())})
	}
	return i18n.T(ctx, "duties.next.none")
}

type policyView struct {
	door.View
	x duty.Read
}

func (v policyView) state(ctx context.Context) string {
	if n := len(v.x.Receipts); n > 0 {
		return i18n.T(ctx, "duties.policy.state.read", i18n.A{"n": n})
	}
	return i18n.T(ctx, "duties.policy.state.unread")
}

func (v policyView) next(ctx context.Context) string {
	if v.Vendor || v.x.Mine {
		return i18n.T(ctx, "duties.policy.next.done")
	}
	return i18n.T(ctx, "duties.policy.next.read")
}

type partsView struct {
	door.View
	path, one    string
	vendor       bool
	now          duty.RequestState
	rows         []duty.Request
	first, after string
}

func (v partsView) state(ctx context.Context) string {
	if len(v.rows) == 0 {
		return i18n.T(ctx, "duties.parts.state.none")
	}
	return i18n.T(ctx, "duties.parts.state", i18n.A{"n": len(v.rows)})
}

func (v partsView) next(ctx context.Context) string {
	if v.vendor {
		return i18n.T(ctx, "duties.parts.next.vendor")
	}
	return i18n.T(ctx, "duties.parts.next")
}

func (v partsView) head(ctx context.Context) ui.HeadView {
	h := ui.HeadView{Title: i18n.T(ctx, "duties.parts"), State: v.state(ctx), Next: v.next(ctx)}
	if !v.vendor {
		h.Trail, h.Actions = trail(ctx, v.View), askButton(v.View)
	}
	return h
}

// tabs choose a state. The vendor's queue begins with what waits, the partner's list with everything.
func (v partsView) tabs(ctx context.Context) (out []ui.Tab) {
	all := url.Values{}
	if v.vendor {
		all.Set("state", "all")
	}
	for _, s := range []duty.RequestState{duty.Requested, duty.Accepted, duty.Shipped, duty.Received, duty.Refused, duty.Withdrawn} {
		q := url.Values{"state": {string(s)}}
		out = append(out, ui.Tab{Href: door.With(v.Path(v.path), q), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return append(out, ui.Tab{Href: door.With(v.Path(v.path), all), Label: i18n.T(ctx, "duties.all"), Current: v.now == ""})
}

func trail(ctx context.Context, v door.View) []ui.Crumb {
	return []ui.Crumb{{Href: v.Path("/service-duties"), Label: i18n.T(ctx, "duties.title")}}
}

func partTone(s duty.RequestState) ui.Tone {
	switch s {
	case duty.Requested:
		return ui.Warn
	case duty.Accepted, duty.Shipped:
		return ui.Info
	case duty.Received:
		return ui.Good
	case duty.Refused:
		return ui.Bad
	}
	return ui.Neutral
}

type partView struct {
	door.View
	x      duty.Request
	vendor bool
}

func (v partView) trail(ctx context.Context) []ui.Crumb {
	if v.vendor && v.Base == "" {
		return []ui.Crumb{{Href: "/service/parts", Label: i18n.T(ctx, "duties.parts")}}
	}
	return append(trail(ctx, v.View), ui.Crumb{Href: v.Path("/service-duties/parts"), Label: i18n.T(ctx, "duties.parts")})
}

func (v partView) steps() string {
	if v.vendor {
		return "/service/parts/" + v.x.ID + "/"
	}
	return "/service-duties/parts/" + v.x.ID + "/"
}

func (v partView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
}

func (v partView) may(s duty.RequestState) bool {
	for _, x := range v.x.Steps(v.vendor) {
		if x == s {
			return true
		}
	}
	return false
}

func (v partView) next(ctx context.Context) string {
	switch {
	case v.vendor && v.x.State == duty.Requested:
		return i18n.T(ctx, "duties.part.next.answer")
	case v.vendor && v.x.State == duty.Accepted:
		return i18n.T(ctx, "duties.part.next.ship")
	case v.x.State == duty.Requested:
		return i18n.T(ctx, "duties.part.next.wait")
	case v.x.State == duty.Accepted:
		return i18n.T(ctx, "duties.part.next.coming")
	case v.x.State == duty.Shipped:
		return i18n.T(ctx, "duties.part.next.receive")
	case v.x.State == duty.Refused:
		return i18n.T(ctx, "duties.part.next.refused")
	}
	return i18n.T(ctx, "duties.part.next.done")
}

func (v partView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	var out []ui.Fact
	if v.vendor {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.partner"), Body: partnerLink(x.Account, x.PartnerName)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.part"), Body: data(x.Part)}, ui.Fact{Label: i18n.T(ctx, "duties.f.quantity"), Value: i18n.From(ctx).Int(x.Quantity)},
		ui.Fact{Label: i18n.T(ctx, "duties.f.equipment"), Body: data(x.Equipment)})
	if x.Customer != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.customer"), Body: data(x.Customer)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.reason"), Body: data(x.Reason)}, ui.Fact{Label: i18n.T(ctx, "duties.f.asked_by"), Body: who(x.RequestedBy, x.CreatedAt)})
	if x.AnsweredBy != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.answered_by"), Body: data(x.AnsweredBy)})
	}
	if x.Answer != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.answer"), Body: data(x.Answer)})
	}
	return out
}

func reportTone(s duty.ReportState) ui.Tone {
	switch s {
	case duty.Due:
		return ui.Warn
	case duty.Overdue:
		return ui.Bad
	case duty.Seen:
		return ui.Good
	}
	return ui.Info
}

type reportView struct {
	door.View
	x      duty.Report
	vendor bool
}

func (v reportView) trail(ctx context.Context) []ui.Crumb {
	if v.vendor && v.Base == "" {
		return []ui.Crumb{{Href: "/service/reports", Label: i18n.T(ctx, "duties.reports")}}
	}
	return trail(ctx, v.View)
}

func (v reportView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
}

func (v reportView) state(ctx context.Context) string {
	loc := i18n.From(ctx)
	switch v.x.State {
	case duty.Due:
		return i18n.T(ctx, "duties.report.state.due", i18n.A{"day": loc.Day(v.x.DueOn.String())})
	case duty.Overdue:
		return i18n.T(ctx, "duties.report.state.overdue", i18n.A{"day": loc.Day(v.x.DueOn.String())})
	case duty.Sent:
		return i18n.T(ctx, "duties.report.state.sent", i18n.A{"at": loc.DateTime(v.x.SentAt)})
	}
	return i18n.T(ctx, "duties.report.state.read", i18n.A{"at": loc.DateTime(v.x.ReadAt), "name": door.Data(ctx, v.x.ReadBy)})
}

func (v reportView) next(ctx context.Context) string {
	switch {
	case v.x.State == duty.Seen:
		return i18n.T(ctx, "duties.report.next.done")
	case v.vendor && v.x.State == duty.Sent:
		return i18n.T(ctx, "duties.report.next.read")
	case v.vendor:
		return i18n.T(ctx, "duties.report.next.wait")
	case v.x.State == duty.Sent:
		return i18n.T(ctx, "duties.report.next.correct")
	}
	return i18n.T(ctx, "duties.report.next.send")
}

// number is a figure for an entry: empty before anything was sent.
func (v reportView) number(n int64) string {
	if v.x.SentAt.IsZero() {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (v reportView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "duties.f.due"), Body: ui.Day(x.DueOn.String())}}
	if v.vendor {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.partner"), Body: partnerLink(x.Account, x.PartnerName)})
	}
	if x.SentAt.IsZero() {
		return out
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.projects"), Value: i18n.From(ctx).Int(x.Projects)},
		ui.Fact{Label: i18n.T(ctx, "duties.f.complaints"), Value: i18n.From(ctx).Int(x.Complaints)},
		ui.Fact{Label: i18n.T(ctx, "duties.f.summary"), Body: data(x.Summary)}, ui.Fact{Label: i18n.T(ctx, "duties.f.sent_by"), Body: who(x.SentBy, x.SentAt)})
	if !x.ReadAt.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.read_by"), Body: who(x.ReadBy, x.ReadAt)})
	}
	if x.Remark != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "duties.f.remark"), Body: data(x.Remark)})
	}
	return out
}

type documentsView struct {
	door.View
	rows []duty.Published
}

func (v documentsView) state(ctx context.Context) string {
	n := 0
	for _, x := range v.rows {
		if !x.Withdrawn {
			n++
		}
	}
	return i18n.T(ctx, "duties.policies.state", i18n.A{"n": n})
}

type receivedView struct {
	door.View
	now          duty.ReportState
	rows         []duty.Report
	first, after string
}

func (v receivedView) state(ctx context.Context) string {
	if len(v.rows) == 0 {
		return i18n.T(ctx, "duties.reports.state.none")
	}
	return i18n.T(ctx, "duties.reports.state", i18n.A{"n": len(v.rows)})
}

func (v receivedView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, s := range []duty.ReportState{duty.Sent, duty.Due, duty.Overdue, duty.Seen} {
		out = append(out, ui.Tab{Href: door.With("/service/reports", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

// deskTabs are the three parts of the vendor's desk.
func deskTabs(ctx context.Context, current string) []ui.Tab {
	return []ui.Tab{
		{Href: "/service/policies", Label: i18n.T(ctx, "duties.policies"), Current: current == "policies"},
		{Href: "/service/parts", Label: i18n.T(ctx, "duties.parts"), Current: current == "parts"},
		{Href: "/service/reports", Label: i18n.T(ctx, "duties.reports"), Current: current == "reports"},
	}
}

func topics(ctx context.Context) (out []ui.Option) {
	for _, t := range duty.Topics() {
		out = append(out, ui.Option{Value: t, Label: i18n.Say(ctx, duty.TopicLabel(t))})
	}
	return out
}

// partColumns are the headings of a list of requests; the partner's name stands in the vendor's only.
func partColumns(partner bool, part, name, quantity, equipment, state, asked string) []ui.Column {
	out := []ui.Column{{Label: part}}
	if partner {
		out = append(out, ui.Column{Label: name})
	}
	return append(out, ui.Column{Label: quantity, Num: true}, ui.Column{Label: equipment}, ui.Column{Label: state}, ui.Column{Label: asked})
}
