package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// tone is how a state looks: what waits for the reader stands out.
func tone(s ticket.State) ui.Tone {
	switch s {
	case ticket.ToConfirm, ticket.AskedBack:
		return ui.Warn
	case ticket.Processing:
		return ui.Info
	case ticket.Done:
		return ui.Good
	}
	return ui.Neutral
}

// state is a ticket's first line: where it stands.
func (v showView) state(ctx context.Context) string {
	a := i18n.A{"desk": door.Data(ctx, v.t.DeskName), "at": i18n.From(ctx).DateTime(v.t.StateAt), "who": door.Data(ctx, v.who())}
	switch v.t.State {
	case ticket.Waiting:
		return i18n.T(ctx, "tickets.is.waiting", a)
	case ticket.Processing:
		return i18n.T(ctx, "tickets.is.processing", a)
	case ticket.ToConfirm:
		return i18n.T(ctx, "tickets.is.to_confirm", a)
	case ticket.AskedBack:
		return i18n.T(ctx, "tickets.is.asked_back", a)
	case ticket.Paused:
		return i18n.T(ctx, "tickets.is.paused", a)
	case ticket.Done:
		return i18n.T(ctx, "tickets.is.done", a)
	case ticket.Cancelled:
		return i18n.T(ctx, "tickets.is.cancelled", a)
	case ticket.Invalid:
		if v.t.MergedInto != "" {
			return i18n.T(ctx, "tickets.is.merged", i18n.A{"no": door.Data(ctx, v.t.MergedInto)})
		}
		return i18n.T(ctx, "tickets.is.invalid", a)
	}
	return i18n.T(ctx, "tickets.is.deleted", a)
}

// who works on it: the engineer, or the desk as a whole.
func (v showView) who() string {
	if v.t.OwnerName != "" {
		return v.t.OwnerName
	}
	return v.t.DeskName
}

// next is its second line: what to do.
func (v showView) next(ctx context.Context) string {
	a := i18n.A{"at": i18n.From(ctx).DateTime(v.t.AutoCloseAt)}
	switch v.t.State {
	case ticket.Waiting:
		return i18n.T(ctx, "tickets.do.waiting")
	case ticket.Processing:
		return i18n.T(ctx, "tickets.do.processing")
	case ticket.ToConfirm:
		if v.t.AutoCloseAt.IsZero() {
			return i18n.T(ctx, "tickets.do.confirm")
		}
		return i18n.T(ctx, "tickets.do.to_confirm", a)
	case ticket.AskedBack:
		if v.t.AutoCloseAt.IsZero() {
			return i18n.T(ctx, "tickets.do.answer")
		}
		return i18n.T(ctx, "tickets.do.asked_back", a)
	case ticket.Paused:
		if !v.t.ResumeAt.IsZero() {
			return i18n.T(ctx, "tickets.do.paused_until", i18n.A{"at": i18n.From(ctx).DateTime(v.t.ResumeAt)})
		}
		return i18n.T(ctx, "tickets.do.paused")
	case ticket.Done:
		switch {
		case v.t.CanScore && len(v.t.Scores) == 0:
			return i18n.T(ctx, "tickets.do.score")
		case v.t.CanSay:
			return i18n.T(ctx, "tickets.do.reopen")
		}
		return i18n.T(ctx, "tickets.do.related")
	case ticket.Invalid:
		if v.t.MergedInto != "" {
			return i18n.T(ctx, "tickets.do.merged")
		}
	}
	return i18n.T(ctx, "tickets.do.over")
}

// can tells whether to offer an action.
func (v showView) can(a ticket.Action) bool { return slices.Contains(v.t.Actions, a) }

// live is the address of the ticket's news.
func (v showView) live() string { return "/tickets/" + v.t.No + "/live" }

// href is an address below the ticket's.
func (v showView) href(path string) string { return "/tickets/" + v.t.No + path }

// facts is what is known about the ticket.
func (v showView) facts(ctx context.Context) []ui.Fact {
	names := func(n taxonomy.Names) string {
		if n == (taxonomy.Names{}) {
			return ""
		}
		return i18n.Say(ctx, n.Msg())
	}
	out := []ui.Fact{
		{Label: i18n.T(ctx, "tickets.f.no"), Value: v.t.No},
		{Label: i18n.T(ctx, "tickets.f.type"), Body: text(names(v.t.TypeNames))},
	}
	for _, x := range []struct{ label, value string }{
		{i18n.T(ctx, "tickets.f.product"), names(v.t.ProductNames)}, {i18n.T(ctx, "tickets.f.severity"), severity(ctx, v.set, v.t.Severity)},
		{i18n.T(ctx, "tickets.f.region"), names(v.t.RegionNames)},
	} {
		if x.value != "" {
			out = append(out, ui.Fact{Label: x.label, Body: text(x.value)})
		}
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.desk"), Value: v.t.DeskName})
	if v.t.OwnerName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.owner"), Value: v.t.OwnerName})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.opened_by"), Body: opened(v.t.Ticket)})
	if v.t.Technical && v.t.VendorDesk {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.plan"), Body: text(i18n.Say(ctx, subscription.LevelLabel(v.t.Plan)))})
	}
	if v.t.Drawn != "" && v.t.PlanOwner == v.Account {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.drawn"), Body: drawn()})
	}
	for key, value := range v.t.Extra {
		if f, ok := v.set.Field(key); ok {
			out = append(out, ui.Fact{Label: i18n.Say(ctx, f.Msg()), Value: f.Text(value, i18n.From(ctx).Lang)})
		}
	}
	return out
}

// reach is how the customer wants to be reached, and who gets copies.
func (v showView) reach(ctx context.Context) []ui.Fact {
	c := v.t.Contact
	out := []ui.Fact{{Label: i18n.T(ctx, "tickets.f.mobile"), Value: c.Mobile}, {Label: i18n.T(ctx, "tickets.f.mail"), Value: c.Mail}}
	if c.RemindTime != "" && c.RemindTime != "0" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.remind"), Value: c.RemindTime})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "tickets.f.cc"), Value: strings.Join(v.t.CC, ", ")})
}

// events is the log as a timeline.
func (v showView) events(ctx context.Context) (out []ui.Event) {
	for _, e := range v.log {
		x := ui.Event{At: e.At, Title: i18n.Say(ctx, e.Kind.Label()), By: e.OperatorName, Tone: ui.Neutral}
		switch e.Kind {
		case ticket.LogClosed, ticket.LogAutoClosed:
			x.Tone = ui.Good
		case ticket.LogAsked, ticket.LogOffered, ticket.LogClosingSoon:
			x.Tone = ui.Warn
		}
		if e.Operator == ticket.BySystem {
			x.By = i18n.T(ctx, "tickets.by_system")
		}
		if e.Text != "" {
			x.Body = note(e.Text)
		}
		out = append(out, x)
	}
	return out
}

// composer is the field for a message.
func (v showView) composer(ctx context.Context) thread.Compose {
	f := ui.FieldView{Name: "body", Label: i18n.T(ctx, "tickets.say"), Hint: v.sayHint(ctx), Value: v.Value("body", ""), Error: v.Error("body"), Required: true, Rows: 6, MaxLen: 20000}
	c := thread.Compose{FieldView: f, Files: v.files, Limits: v.limits, Source: "message", Assets: v.Site.Assets}
	for _, e := range v.Errs {
		if e.Name == "file" || e.Name == "attachments" {
			c.FileError = strings.TrimSpace(c.FileError + " " + e.Text)
		}
	}
	return c
}

// sayHint says what a message does to the ticket.
func (v showView) sayHint(ctx context.Context) string {
	switch v.t.State {
	case ticket.ToConfirm:
		return i18n.T(ctx, "tickets.say.reject")
	case ticket.AskedBack:
		return i18n.T(ctx, "tickets.say.answer")
	case ticket.Done:
		return i18n.T(ctx, "tickets.say.reopen")
	}
	return i18n.T(ctx, "tickets.say.more")
}

// quotaLine says what is left of the plan's month, before anything is typed.
// toPartner tells whether the ticket goes to a partner's desk, where nothing is drawn.
// short tells that the plan doesn't let a ticket of this kind be opened now.
// buys tells what to offer when there's nothing left: "pack", "plan", or "" when the reader can't buy.
// shortTitle and shortText say why no ticket can be opened, until when, and what helps.
// composer is the field for the description.
// field is an extra entry of the type and product.
// byProduct tells whether some product asks for entries of its own: then there's a button that shows them.
// serviceLine says who will answer, before anything is chosen.
// chooseHidden keeps the draft while another type is chosen, and tells that the choice was sent.
// unchosenText is what is wrong with the first page: it was sent without a choice.
// regionHint says when a region has to be given.
// sayTitle is what writing a message means now.
func (v showView) sayTitle(ctx context.Context) string {
	switch v.t.State {
	case ticket.ToConfirm:
		return i18n.T(ctx, "tickets.say.title.reject")
	case ticket.AskedBack:
		return i18n.T(ctx, "tickets.say.title.answer")
	case ticket.Done:
		return i18n.T(ctx, "tickets.say.title.reopen")
	}
	return i18n.T(ctx, "tickets.say.title")
}

// typedErrors are what was refused of a message; standing are refusals of steps, which have no form here.
func (v showView) typedErrors() []ui.FieldError {
	if v.saying() {
		return v.Errs
	}
	return nil
}

func (v showView) standing() []ui.FieldError {
	if v.saying() && v.t.CanSay {
		return nil
	}
	return v.Errs
}

// saying tells whether the page answers the form of a message.
func (v showView) saying() bool { return v.R.PostForm.Has("body") }

func (v askView) href(path string) string { return "/tickets/" + v.t.No + path }

func (v askView) seen() [][2]string {
	return [][2]string{{"seen", strconv.FormatInt(v.t.Edition, 10)}}
}

func (v askView) trail(ctx context.Context) []ui.Crumb {
	return trail(ctx, v.t)
}

func trail(ctx context.Context, t ticket.View) []ui.Crumb {
	return []ui.Crumb{{Href: "/tickets", Label: i18n.T(ctx, "tickets.title")}, {Href: "/tickets/" + t.No, Label: door.Data(ctx, t.No)}}
}

// title is what the step is called.
func (v askView) title() i18n.Msg {
	switch v.action {
	case ticket.Cancel:
		return i18n.M("tickets.cancel.title")
	case ticket.Delete:
		return i18n.M("tickets.delete.title")
	}
	if v.t.State == ticket.ToConfirm {
		return i18n.M("tickets.confirm.title")
	}
	return i18n.M("tickets.close.title")
}

// line names the ticket.
func (v askView) line(ctx context.Context) string {
	return i18n.T(ctx, "tickets.about", i18n.A{"no": door.Data(ctx, v.t.No), "title": door.Data(ctx, v.t.Title)})
}

func (v askView) question() i18n.Msg {
	if v.action == ticket.Delete {
		return i18n.M("tickets.delete.ask", i18n.A{"no": i18n.Raw(v.t.No)})
	}
	return i18n.M("tickets.cancel.ask", i18n.A{"no": i18n.Raw(v.t.No)})
}

func (v askView) consequence() i18n.Msg {
	if v.action == ticket.Delete {
		return i18n.M("tickets.delete.text")
	}
	if v.t.Drawn != "" {
		return i18n.M("tickets.cancel.text.drawn")
	}
	return i18n.M("tickets.cancel.text")
}

func (v askView) yes() i18n.Msg {
	switch v.action {
	case ticket.Cancel:
		return i18n.M("tickets.cancel")
	case ticket.Delete:
		return i18n.M("tickets.delete")
	}
	if v.t.State == ticket.ToConfirm {
		return i18n.M("tickets.confirm.yes")
	}
	return i18n.M("tickets.close")
}

// scoreError is what was wrong with the points.
func (v askView) scoreError() string { return v.Error("scores") }

// textError is what was wrong with the words.
func (v askView) textError() string {
	if e := v.Error("judgement"); e != "" {
		return e
	}
	return v.Error("text")
}

func (v editView) href(path string) string { return "/tickets/" + v.t.No + path }

func (v editView) trail(ctx context.Context) []ui.Crumb { return trail(ctx, v.t) }

// typed is an entry as it was sent, or as it is.
func (v editView) typed(name, otherwise string) string {
	if v.R.PostForm.Has(name) {
		return v.R.PostForm.Get(name)
	}
	return otherwise
}

func (v editView) cc() string { return strings.Join(v.t.CC, "\n") }

func (v editView) from() string {
	from, _, _ := strings.Cut(v.t.Contact.RemindTime, "-")
	if from == "0" {
		return ""
	}
	return from
}

func (v editView) to() string {
	_, to, _ := strings.Cut(v.t.Contact.RemindTime, "-")
	return to
}

func (v editView) areas(ctx context.Context) []ui.Option {
	return formView{set: v.set}.areas(ctx)
}

func (v editView) options(ctx context.Context) (out []ui.Option) {
	for _, l := range v.labels {
		out = append(out, ui.Option{Value: strconv.FormatInt(l.ID, 10), Label: door.Data(ctx, l.Name)})
	}
	return out
}

func (v editView) ticked() (out []string) {
	if v.R.PostForm.Has("label") {
		return v.R.PostForm["label"]
	}
	for _, l := range v.t.Labels {
		out = append(out, strconv.FormatInt(l.ID, 10))
	}
	return out
}

func (v editView) relationError() string {
	for _, name := range []string{"other", "relations", "related_id_list"} {
		if e := v.Error(name); e != "" {
			return e
		}
	}
	return ""
}
