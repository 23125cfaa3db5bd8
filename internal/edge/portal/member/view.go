package member

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"hanse/internal/domain/member"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// listView is a partner's invitations.
type listView struct {
	door.View
	member.Page
}

func (v listView) state(ctx context.Context) string {
	return i18n.T(ctx, "members.state", i18n.A{"open": i18n.M("members.state.open", i18n.A{"n": v.Count[member.Invited]}),
		"bound": i18n.M("members.state.bound", i18n.A{"n": v.Count[member.Bound]})})
}

func (v listView) next(ctx context.Context) string {
	if !v.Can(actor.InviteMember) {
		return i18n.T(ctx, "members.next.reader")
	}
	return i18n.T(ctx, "members.next", i18n.A{"n": int(v.Left)})
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	var states []ui.Option
	for _, s := range member.States {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, member.StateLabel(s))})
	}
	kinds := []ui.Option{{Value: string(member.ToJoin), Label: i18n.Say(ctx, member.KindLabel(member.ToJoin))},
		{Value: string(member.ToConfirm), Label: i18n.Say(ctx, member.KindLabel(member.ToConfirm))}}
	return ui.FiltersView{Action: v.Path("/people/invitations"), Target: "invitations", Clear: v.Path("/people/invitations"), Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "members.filter.q"), Value: q.Get("q")},
		{Name: "state", Label: i18n.T(ctx, "members.filter.state"), Value: q.Get("state"), Options: states},
		{Name: "kind", Label: i18n.T(ctx, "members.filter.kind"), Value: q.Get("kind"), Options: kinds},
	}}
}

func tone(s member.State) ui.Tone {
	switch s {
	case member.Bound:
		return ui.Good
	case member.Invited:
		return ui.Info
	case member.Expired:
		return ui.Warn
	case member.Refused:
		return ui.Bad
	}
	return ui.Neutral
}

// called is how a list names an invitation: the name, else the address.
func called(i member.Invitation) string {
	if i.Name != "" {
		return i.Name
	}
	return i.Address
}

// inviteView is the form of an invitation. Left is how many the reader can send today; -1: not looked up.
type inviteView struct {
	door.View
	Left       int64
	Candidates []member.Candidate
}

func (v inviteView) next(ctx context.Context) string {
	if v.Left < 0 {
		return i18n.T(ctx, "members.invite.next")
	}
	return i18n.T(ctx, "members.next", i18n.A{"n": int(v.Left)})
}

func (v inviteView) options() (out []ui.Option) {
	for _, c := range v.Candidates {
		out = append(out, ui.Option{Value: c.Person, Label: c.Name, Hint: c.Hint})
	}
	return out
}

// showView is one invitation.
type showView struct {
	door.View
	X member.View
}

func (v showView) versionField() [][2]string {
	return [][2]string{{"version", strconv.FormatInt(v.X.Version, 10)}}
}

// state says how the invitation stands, and since when.
func (v showView) state(ctx context.Context) string {
	x, loc := v.X, i18n.From(ctx)
	switch x.State {
	case member.Invited:
		return i18n.T(ctx, "members.show.invited", i18n.A{"at": loc.DateTime(x.InvitedAt), "until": loc.DateTime(x.ExpiresAt)})
	case member.Expired:
		return i18n.T(ctx, "members.show.expired", i18n.A{"until": loc.DateTime(x.ExpiresAt)})
	case member.Bound:
		return i18n.T(ctx, "members.show.bound", i18n.A{"at": loc.DateTime(x.AnsweredAt)})
	case member.Refused:
		return i18n.T(ctx, "members.show.refused", i18n.A{"at": loc.DateTime(x.AnsweredAt)})
	case member.Revoked:
		return i18n.T(ctx, "members.show.revoked", i18n.A{"at": loc.DateTime(x.AnsweredAt)})
	}
	return i18n.T(ctx, "members.show.unbound", i18n.A{"on": loc.Day(x.EndedOn.String())})
}

func (v showView) next(ctx context.Context) string {
	switch {
	case !v.Can(actor.InviteMember):
		return i18n.T(ctx, "members.next.reader")
	case v.X.State == member.Bound:
		return i18n.T(ctx, "members.show.next_bound")
	case v.X.State == member.Invited:
		return i18n.T(ctx, "members.show.next_invited")
	}
	return i18n.T(ctx, "members.show.next_again")
}

func (v showView) facts(ctx context.Context) []ui.Fact {
	x, loc := v.X, i18n.From(ctx)
	registered := i18n.T(ctx, "members.no")
	if x.Registered {
		registered = i18n.T(ctx, "members.yes")
	}
	out := []ui.Fact{
		{Label: i18n.T(ctx, "members.kind"), Body: words(i18n.Say(ctx, member.KindLabel(x.Kind)))},
		{Label: i18n.T(ctx, "members.person"), Value: x.Name},
		{Label: i18n.T(ctx, "members.address"), Value: x.Address},
		{Label: i18n.T(ctx, "members.number"), Value: x.Number},
		{Label: i18n.T(ctx, "members.registered"), Body: words(registered)},
		{Label: i18n.T(ctx, "members.by"), Value: x.InvitedName},
		{Label: i18n.T(ctx, "members.sent"), Value: loc.DateTime(x.InvitedAt)},
		{Label: i18n.T(ctx, "members.times"), Value: strconv.FormatInt(x.Times, 10)},
		{Label: i18n.T(ctx, "members.until"), Value: loc.DateTime(x.ExpiresAt)},
	}
	if x.Reason != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "members.reason"), Value: x.Reason})
	}
	if x.EndedBy != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "members.ended_by"), Body: words(i18n.Say(ctx, side(x.EndedBy)))})
	}
	return out
}

func side(s string) i18n.Msg {
	if s == member.SidePerson {
		return i18n.M("members.side.person")
	}
	return i18n.M("members.side.partner")
}

// events are the deeds of an invitation as a timeline.
func (v showView) events(ctx context.Context) (out []ui.Event) {
	for _, e := range v.X.History {
		out = append(out, ui.Event{At: e.At, Title: i18n.Say(ctx, deed(e.Detail)), By: e.ActorName})
	}
	return out
}

// unbindView is what an unbinding costs.
type unbindView struct {
	door.View
	roster.Binding
	Preview qualification.ExitPreview
}

func (v unbindView) lost() (n int) {
	for _, e := range v.Preview.Effects {
		for _, l := range e.Lost {
			if l.Lost() {
				n++
			}
		}
	}
	return n
}

func (v unbindView) state(ctx context.Context) string {
	if n := v.lost(); n > 0 {
		return i18n.T(ctx, "members.unbind.cost", i18n.A{"n": n})
	}
	return i18n.T(ctx, "members.unbind.cost_none")
}

func levelTitle(ctx context.Context, spec *program.Version, id string) string {
	if l, ok := spec.Level(id); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return id
}

// questionView is an invitation as the invited person sees it. Path is the link's own address, for coming back after
// signing in; "" for a reader who came from the own companies.
type questionView struct {
	door.View
	member.Question
	Path string
}

func (v questionView) base() string {
	return "/me/invitations/" + url.PathEscape(v.Invitation.Account) + "/" + url.PathEscape(v.ID)
}

func (v questionView) title() i18n.Msg {
	if v.Kind == member.ToConfirm {
		return i18n.M("members.question.confirm", i18n.A{"partner": v.AccountName})
	}
	return i18n.M("members.question.invite", i18n.A{"partner": v.AccountName})
}

func (v questionView) state(ctx context.Context) string {
	loc := i18n.From(ctx)
	switch {
	case v.State != member.Invited:
		return i18n.T(ctx, "members.question.over", i18n.A{"state": member.StateLabel(v.State)})
	case v.Kind == member.ToConfirm:
		return i18n.T(ctx, "members.question.confirm_state", i18n.A{"until": loc.DateTime(v.ExpiresAt)})
	}
	return i18n.T(ctx, "members.question.invite_state", i18n.A{"by": v.InvitedName, "until": loc.DateTime(v.ExpiresAt)})
}

func (v questionView) next(ctx context.Context) string {
	switch {
	case v.State != member.Invited:
		return i18n.T(ctx, "members.question.next_over")
	case v.Nobody:
		return i18n.T(ctx, "members.question.next_nobody")
	case v.Other != "":
		return i18n.T(ctx, "members.question.next_other")
	case len(v.Bars) > 0:
		return i18n.T(ctx, "members.question.next_barred")
	}
	return i18n.T(ctx, "members.question.next")
}

func (v questionView) login() string { return door.With("/login", url.Values{"next": {v.Path}}) }

func (v questionView) signUp() string {
	q := url.Values{"next": {v.Path}}
	if v.Channel == member.ByEmail {
		q.Set("email", v.Address)
	}
	return door.With("/register/person", q)
}

// companiesView is where a person works, and what was agreed to.
type companiesView struct {
	door.View
	member.Mine
}

func (v companiesView) here() (out []roster.Work) {
	for _, w := range v.Work {
		if w.Here(v.Today()) {
			out = append(out, w)
		}
	}
	return out
}

func (v companiesView) state(ctx context.Context) string {
	return i18n.T(ctx, "members.mine.state", i18n.A{"n": len(v.here())})
}

func (v companiesView) next(ctx context.Context) string {
	if n := len(v.Open); n > 0 {
		return i18n.T(ctx, "members.mine.answer", i18n.A{"n": n})
	}
	return i18n.T(ctx, "members.mine.calm")
}

// consentState says whether a binding is the person's own word.
func consentState(ctx context.Context, b roster.Binding, today calendar.Day) (ui.Tone, string) {
	switch {
	case !b.Here(today):
		return ui.Neutral, i18n.T(ctx, "members.work.ended", i18n.A{"day": i18n.From(ctx).Day(b.LeftOn.String())})
	case b.Lapsed(today):
		return ui.Bad, i18n.T(ctx, "members.work.lapsed")
	case b.UnconfirmedOn(today):
		return ui.Warn, i18n.T(ctx, "members.work.unconfirmed", i18n.A{"day": i18n.From(ctx).Day(b.CountsUntil.String())})
	case b.Confirmation == roster.Confirmed:
		return ui.Good, i18n.T(ctx, "members.work.confirmed")
	}
	return ui.Good, i18n.T(ctx, "members.work.vouched")
}

// leaveView is the end of a binding by the person.
type leaveView struct {
	door.View
	roster.Work
}

// nameView is the verification of the person's own name, or of the company's.
type nameView struct {
	door.View
	Cases   []realname.Case
	In      realname.Submission
	Name    string
	Base    string
	Company bool
}

func (v nameView) title(ctx context.Context) string { return i18n.Say(ctx, v.titleMsg()) }

func (v nameView) titleMsg() i18n.Msg {
	if v.Company {
		return i18n.M("members.company.title")
	}
	return i18n.M("members.name.title")
}

func (v nameView) trail(ctx context.Context) []ui.Crumb {
	if v.Company {
		return []ui.Crumb{{Href: "/company", Label: i18n.T(ctx, "home.nav.profile")}}
	}
	return []ui.Crumb{{Href: "/me", Label: i18n.T(ctx, "home.nav.own")}}
}

func (v nameView) sub(ctx context.Context) string {
	if v.Company {
		return i18n.T(ctx, "members.company.form_sub")
	}
	return i18n.T(ctx, "members.name.form_sub")
}

func (v nameView) hint(ctx context.Context) string {
	if v.Company {
		return i18n.T(ctx, "members.company.name_hint")
	}
	return i18n.T(ctx, "members.name.name_hint")
}

// holding is the case that counts: the verified one, else the newest.
func (v nameView) holding() *realname.Case {
	for i := range v.Cases {
		if v.Cases[i].State == realname.Approved {
			return &v.Cases[i]
		}
	}
	return nil
}

func (v nameView) pending() *realname.Case {
	if len(v.Cases) > 0 && v.Cases[0].State == realname.Pending {
		return &v.Cases[0]
	}
	return nil
}

func (v nameView) state(ctx context.Context) string {
	switch h, p := v.holding(), v.pending(); {
	case p != nil:
		return i18n.T(ctx, "members.name.state_pending", i18n.A{"until": i18n.From(ctx).Day(calendar.DayOf(p.DueAt.Add(-time.Microsecond)).String())})
	case h != nil:
		return i18n.T(ctx, "members.name.state_verified", i18n.A{"name": h.Name})
	case len(v.Cases) > 0:
		return i18n.T(ctx, "members.name.state_not", i18n.A{"state": v.Cases[0].State.Label()})
	}
	if v.Company {
		return i18n.T(ctx, "members.company.state_none")
	}
	return i18n.T(ctx, "members.name.state_none")
}

func (v nameView) next(ctx context.Context) string {
	switch {
	case v.pending() != nil:
		return i18n.T(ctx, "members.name.next_wait")
	case v.holding() != nil:
		return i18n.T(ctx, "members.name.next_changed")
	}
	if v.Company {
		return i18n.T(ctx, "members.company.next")
	}
	return i18n.T(ctx, "members.name.next")
}

func (v nameView) idTypes(ctx context.Context) (out []ui.Option) {
	types := realname.IDTypes
	if v.Company {
		types = realname.TypesFor(v.By.Kind)
	}
	for _, t := range types {
		out = append(out, ui.Option{Value: t, Label: i18n.Say(ctx, realname.IDTypeLabel(t))})
	}
	return out
}

func caseTone(s realname.State) ui.Tone {
	switch s {
	case realname.Approved:
		return ui.Good
	case realname.Pending:
		return ui.Info
	case realname.Refused, realname.Revoked:
		return ui.Bad
	}
	return ui.Neutral
}

// typed is what was entered before; before anything was, what is known.
func typed(value, otherwise string) string {
	if value != "" {
		return value
	}
	return otherwise
}

// queueView is the reviewers' list.
type queueView struct {
	door.View
	Items []realname.QueueItem
	Next  string
}

func (v queueView) state(ctx context.Context) string {
	late := 0
	for _, x := range v.Items {
		if x.State == realname.Pending && x.Left <= 0 {
			late++
		}
	}
	return i18n.T(ctx, "members.names.state", i18n.A{"n": len(v.Items), "late": i18n.M("members.names.late", i18n.A{"n": late})})
}

func (v queueView) filters(ctx context.Context) ui.FiltersView {
	var states []ui.Option
	for _, s := range []realname.State{realname.Pending, realname.Approved, realname.Refused, realname.Revoked} {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return ui.FiltersView{Action: "/reviews/real-name", Target: "names", Clear: "/reviews/real-name", Fields: []ui.FieldView{
		{Name: "state", Label: i18n.Say(ctx, realname.Pending.Label()), Value: v.R.URL.Query().Get("state"), Options: states}}}
}

// left is the working time until a review is due, as a mark.
func left(ctx context.Context, d time.Duration) (ui.Tone, string) {
	if d <= 0 {
		return ui.Bad, i18n.T(ctx, "members.names.overdue")
	}
	t := ui.Neutral
	if d < 8*time.Hour {
		t = ui.Warn
	}
	return t, i18n.T(ctx, "members.names.hours", i18n.A{"n": int(d.Hours()) + 1})
}

// caseView is one case for a reviewer. What is what happens to it: refuse, revoke.
type caseView struct {
	door.View
	X    realname.View
	What string
}

func (v caseView) base() string { return "/real-names/" + url.PathEscape(v.X.ID) }

func (v caseView) hidden() [][2]string {
	return [][2]string{{"version", strconv.FormatInt(v.X.Version, 10)}}
}

func (v caseView) facts(ctx context.Context) []ui.Fact {
	x, loc := v.X, i18n.From(ctx)
	out := []ui.Fact{
		{Label: i18n.T(ctx, "members.name.name"), Value: x.Name},
		{Label: i18n.T(ctx, "members.names.account"), Value: x.AccountName},
		{Label: i18n.T(ctx, "members.name.country"), Value: x.Country},
		{Label: i18n.T(ctx, "members.name.type"), Body: words(i18n.Say(ctx, realname.IDTypeLabel(x.IDType)))},
		{Label: i18n.T(ctx, "members.name.last4"), Value: "…" + x.IDLast4},
		{Label: i18n.T(ctx, "members.name.file"), Body: fileLink(v.base()+"/file", x.File)},
		{Label: i18n.T(ctx, "members.name.sent"), Value: loc.DateTime(x.SubmittedAt)},
		{Label: i18n.T(ctx, "members.name.due"), Value: loc.Day(calendar.DayOf(x.DueAt.Add(-time.Microsecond)).String())},
	}
	if !x.DecidedAt.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "members.name.decided"), Value: loc.DateTime(x.DecidedAt) + " · " + x.DecidedName})
	}
	if x.Reason != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "members.reason"), Value: x.Reason})
	}
	return out
}

func (v caseView) state(ctx context.Context) string {
	if v.X.State != realname.Pending {
		return i18n.Say(ctx, v.X.State.Label())
	}
	_, text := left(ctx, v.X.Left)
	return i18n.T(ctx, "members.names.case_state", i18n.A{"left": text})
}

// acceptLabel chooses between the words of an invitation and those of a confirmation.
func acceptLabel(v questionView, invite, confirm string) string {
	if v.Kind == member.ToConfirm {
		return confirm
	}
	return invite
}

// endLabel chooses between the words of a refusal and those of a revocation.
func endLabel(v caseView, refuse, revoke string) string {
	if v.What == "revoke" {
		return revoke
	}
	return refuse
}
