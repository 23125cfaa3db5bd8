package desk

import (
	"context"
	"strconv"
	"strings"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// tone is how a state looks at the desk: what the desk has to do stands out.
func tone(s ticket.State) ui.Tone {
	switch s {
	case ticket.Waiting:
		return ui.Warn
	case ticket.Processing:
		return ui.Info
	case ticket.Done:
		return ui.Good
	}
	return ui.Neutral
}

func planName(ctx context.Context, l rate.Level) string {
	if l == "" {
		return ""
	}
	return i18n.Say(ctx, subscription.LevelLabel(l))
}

// state is the first line: where the ticket stands, and who has it.
func (v showView) state(ctx context.Context) string {
	a := i18n.A{"state": v.t.State.Label(), "at": i18n.From(ctx).DateTime(v.t.StateAt), "owner": i18n.Raw(v.t.OwnerName), "team": i18n.Raw(v.t.TeamName)}
	switch {
	case v.t.OwnerName != "" && v.t.TeamName != "":
		return i18n.T(ctx, "desk.is.owner_team", a)
	case v.t.OwnerName != "":
		return i18n.T(ctx, "desk.is.owner", a)
	case v.t.TeamName != "":
		return i18n.T(ctx, "desk.is.team", a)
	}
	return i18n.T(ctx, "desk.is.nobody", a)
}

// next is the second line: what runs out when, and what to do.
func (v showView) nextLine(ctx context.Context) string {
	switch {
	case v.t.MergedInto != "":
		return i18n.T(ctx, "desk.do.merged", i18n.A{"no": v.t.MergedInto})
	case v.t.Side != ticket.Desk && v.t.State.Active():
		return i18n.T(ctx, "desk.do.elsewhere", i18n.A{"desk": i18n.Raw(v.t.DeskName)})
	case !v.t.Due.IsZero():
		a := i18n.A{"clock": clockName(v.t.DueKind), "left": desk.Left(v.t.Due.Sub(v.now)), "at": i18n.From(ctx).DateTime(v.t.Due)}
		if v.t.Due.Before(v.now) {
			return i18n.T(ctx, "desk.do.late", a)
		}
		return i18n.T(ctx, "desk.do.due", a)
	}
	return idle(ctx, v.t.Ticket)
}

// facts are what is known about the ticket.
func (v showView) facts(ctx context.Context) []ui.Fact {
	add := func(out []ui.Fact, label, value string) []ui.Fact {
		if value == "" {
			return out
		}
		return append(out, ui.Fact{Label: label, Body: words(value)})
	}
	out := []ui.Fact{
		{Label: i18n.T(ctx, "desk.c.no"), Value: v.t.No},
		{Label: i18n.T(ctx, "desk.c.account"), Body: accountLink(v)},
		{Label: i18n.T(ctx, "desk.c.opened_by"), Body: opened(v.t.Ticket)},
	}
	out = add(out, i18n.T(ctx, "desk.c.problem_type"), said(ctx, v.t.TypeNames))
	out = add(out, i18n.T(ctx, "desk.c.product"), said(ctx, v.t.ProductNames))
	out = add(out, i18n.T(ctx, "desk.c.severity"), said(ctx, v.t.SeverityNames))
	out = add(out, i18n.T(ctx, "desk.c.region"), said(ctx, v.t.RegionNames))
	out = add(out, i18n.T(ctx, "desk.c.plan"), planName(ctx, v.t.Plan))
	if v.quota != nil && v.t.Technical {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.c.quota"), Body: quotaLine(v)})
	}
	if v.t.Serial != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.c.serial"), Body: serial(v.t.Serial)})
	}
	for _, f := range v.set.Fields(v.t.ProblemType, v.t.Product) {
		if value := v.t.Extra[f.Key]; value != "" && f.Key != taxonomy.SerialField {
			out = append(out, ui.Fact{Label: i18n.Say(ctx, f.Names.Msg()), Value: f.Text(value, i18n.From(ctx).Lang)})
		}
	}
	return out
}

func said(ctx context.Context, n taxonomy.Names) string {
	if n.EN == "" {
		return ""
	}
	return i18n.Say(ctx, n.Msg())
}

// changed is what was typed in the form of a change that was refused; otherwise what the ticket has.
func (v showView) changed(name, has string) string {
	if !v.changing {
		return has
	}
	return v.Value(name, has)
}

func (v showView) changeError(name string) string {
	if !v.changing {
		return ""
	}
	return v.Error(name)
}

// draws says what becoming technical takes; "" where it takes nothing.
func (v showView) draws(ctx context.Context) string {
	switch {
	case v.t.Technical || !v.t.VendorDesk || v.t.Drawn != "":
		return ""
	case v.quota == nil:
		return i18n.T(ctx, "desk.change.draws_none")
	}
	return i18n.T(ctx, "desk.change.draws", i18n.A{"left": i18n.Raw(quotaWords(ctx, *v.quota))})
}

// quotaWords say how much of a plan's month is left.
func quotaWords(ctx context.Context, q entitlement.Left) string {
	if q.Left == entitlement.Unlimited {
		return i18n.T(ctx, "desk.quota.unlimited", i18n.A{"n": q.Used})
	}
	return i18n.T(ctx, "desk.quota", i18n.A{"n": q.Left, "total": i18n.From(ctx).Int(q.Total)})
}

// accountHref leads to the company's page, where the reader has one.
func (v showView) accountHref() string {
	switch {
	case v.By.Kind == actor.Vendor && v.t.Partner == "" && v.Can(actor.ListAccounts):
		return "/channel/" + v.t.Account
	case v.By.Kind == actor.Partner && v.Can(actor.ViewCustomers):
		return "/customers/" + v.t.Account
	}
	return ""
}

// reach is how the customer wants to be reached, and who gets copies.
func (v showView) reach(ctx context.Context) []ui.Fact {
	c := v.t.Contact
	out := []ui.Fact{{Label: i18n.T(ctx, "desk.c.mobile"), Value: strings.TrimSpace(c.AreaCode + " " + c.Mobile)}, {Label: i18n.T(ctx, "desk.c.mail"), Value: c.Mail}}
	if c.RemindTime != "" && c.RemindTime != "0" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.c.remind"), Value: c.RemindTime})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "desk.c.cc"), Value: strings.Join(v.t.CC, ", ")})
}

// events is the log as a timeline.
func (v showView) events(ctx context.Context) (out []ui.Event) {
	for _, e := range v.log {
		x := ui.Event{At: e.At, Title: i18n.Say(ctx, e.Kind.Label()), By: e.OperatorName}
		switch e.Kind {
		case ticket.LogClosed, ticket.LogAutoClosed:
			x.Tone = ui.Good
		case ticket.LogUrged, ticket.LogRejected:
			x.Tone = ui.Warn
		}
		if e.Operator == ticket.BySystem {
			x.By = i18n.T(ctx, "desk.by_system")
		}
		if e.Text != "" {
			x.Body = small(e.Text)
		}
		out = append(out, x)
	}
	return out
}

// composer is the field in which an answer is written.
func (v showView) composer(ctx context.Context) thread.Compose {
	text := v.typed
	if text == "" {
		text = v.Value("body", "")
	}
	f := ui.FieldView{Name: "body", Label: i18n.T(ctx, "desk.say.body"), Hint: i18n.T(ctx, "desk.say.hint"), Value: text, Error: v.Error("body"), Required: true, Rows: 7, MaxLen: 20000}
	c := thread.Compose{FieldView: f, Files: v.files, Limits: v.limits, Source: attachment.Message, Assets: v.Site.Assets}
	for _, e := range v.Errs {
		if e.Name == "file" || e.Name == "attachments" {
			c.FileError = strings.TrimSpace(c.FileError + " " + e.Text)
		}
	}
	return c
}

// ways are how what was written can be sent now.
func (v showView) ways(ctx context.Context) (out []ui.Option) {
	if v.t.CanSay {
		out = append(out, ui.Option{Value: asReply, Label: i18n.T(ctx, "desk.as.reply")})
	}
	if v.t.Side == ticket.Desk && v.t.State.Active() {
		can := v.can(ticket.Ask) || v.t.State == ticket.Waiting || v.t.State == ticket.Paused
		if can {
			out = append(out, ui.Option{Value: asAsk, Label: i18n.T(ctx, "desk.as.ask")}, ui.Option{Value: asOffer, Label: i18n.T(ctx, "desk.as.offer")})
		}
	}
	if v.t.CanNote {
		out = append(out, ui.Option{Value: asNote, Label: i18n.T(ctx, "desk.as.note")})
	}
	return out
}

// way is the one that's chosen: a note where nothing else is possible.
func (v showView) way(ctx context.Context) string {
	if way := v.Value("as", ""); way != "" {
		return way
	}
	if all := v.ways(ctx); len(all) > 0 {
		return all[0].Value
	}
	return asNote
}

// sayErrors are what was refused of the message; standing are refusals of other steps.
func (v showView) sayErrors() []ui.FieldError {
	if v.R.PostForm.Has("body") && len(v.ways(v.R.Context())) > 0 {
		return v.Errs
	}
	return nil
}

func (v showView) standing() []ui.FieldError {
	if len(v.sayErrors()) > 0 {
		return nil
	}
	return v.Errs
}

// since are the messages that came after the page that was sent: they stand above what was typed.
func (v showView) since() (names []string) {
	for _, m := range v.messages {
		if m.Seq > v.seen && !m.Internal && m.Author != v.By.User {
			name := m.AuthorName
			if name == "" {
				name = v.t.AccountName
			}
			if len(names) == 0 || names[len(names)-1] != name {
				names = append(names, name)
			}
		}
	}
	return names
}

func (v showView) newerTitle(ctx context.Context) string {
	if names := v.since(); v.seen > 0 && len(names) > 0 || len(names) > 0 && v.newer {
		return i18n.T(ctx, "desk.newer.by", i18n.A{"names": strings.Join(names, ", ")})
	}
	return i18n.T(ctx, "desk.newer")
}

// A stepView is the page of one step.
type stepView struct {
	showView
	what string
}

func (v stepView) title() i18n.Msg {
	switch v.what {
	case "pause":
		return i18n.M("desk.pause")
	case "invalid":
		return i18n.M("desk.invalid")
	case "handover":
		return i18n.M("desk.handover")
	case "handback":
		return i18n.M("desk.handback")
	case "merge":
		return i18n.M("desk.merge")
	}
	return i18n.M("desk.split")
}

// consequence says what the step does, nothing hidden.
func (v stepView) consequence(ctx context.Context) string {
	switch v.what {
	case "pause":
		return i18n.T(ctx, "desk.pause.text")
	case "invalid":
		return i18n.T(ctx, "desk.invalid.text")
	case "handover":
		if v.t.Technical && v.t.Drawn == "" {
			return i18n.T(ctx, "desk.handover.draws")
		}
		return i18n.T(ctx, "desk.handover.text")
	case "handback":
		return i18n.T(ctx, "desk.handback.text")
	case "merge":
		return i18n.T(ctx, "desk.merge.text")
	}
	return i18n.T(ctx, "desk.split.text")
}

func (v stepView) trail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: "/desk", Label: i18n.T(ctx, "desk.title")}, {Href: v.href(""), Label: door.Data(ctx, v.t.No)}}
}

// splittable are the messages of which a ticket can be made.
func (v stepView) splittable(ctx context.Context) (out []ui.Option) {
	for _, m := range v.messages {
		if !m.Internal && !m.Withdrawn() && !m.First {
			out = append(out, ui.Option{Value: m.ID, Label: i18n.T(ctx, "desk.split.message", i18n.A{"name": m.AuthorName, "at": i18n.From(ctx).DateTime(m.At), "text": firstLine(m.Body)})})
		}
	}
	return out
}

// offers tells whether a result can be sent now.
func (v showView) offers(ctx context.Context) bool {
	for _, w := range v.ways(ctx) {
		if w.Value == asOffer {
			return true
		}
	}
	return false
}

// assignees are choices of who may own the ticket.
func (v showView) assignees(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "nobody", Label: i18n.T(ctx, "desk.assign.nobody")}}
	return append(out, people(ctx, v.Setup)...)
}

// severities are those that the plan and the type of the ticket have.
func (v showView) severities(ctx context.Context) (out []ui.Option) {
	kind, _ := v.set.ProblemType(v.t.ProblemType)
	for _, x := range v.set.Offer(v.t.Plan, kind).List {
		out = append(out, ui.Option{Value: x.Code, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

// more are the steps that have a page of their own.
func (v showView) more(ctx context.Context) (out []ui.LinkView) {
	add := func(may bool, path, label, icon string) {
		if may {
			out = append(out, ui.LinkView{Href: v.href(path), Label: label, Icon: icon})
		}
	}
	add(v.can(ticket.Pause), "/pause", i18n.T(ctx, "desk.pause"), "player-pause")
	add(v.t.CanHandOver, "/handover", i18n.T(ctx, "desk.handover"), "send")
	add(v.t.CanHandBack, "/handback", i18n.T(ctx, "desk.handback"), "rotate")
	add(v.t.CanWork, "/merge", i18n.T(ctx, "desk.merge"), "link")
	add(v.t.CanWork && len(v.messages) > 1, "/split", i18n.T(ctx, "desk.split"), "route")
	add(v.can(ticket.Invalidate), "/invalid", i18n.T(ctx, "desk.invalid"), "ban")
	return out
}

// share is a part of one, for a bar.
func share(x float64) string {
	return strconv.FormatFloat(min(max(x, 0), 1), 'f', 2, 64)
}

// queueColumns are the queue's headings.
func queueColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "desk.tick.all"), Hidden: true}, {Label: i18n.T(ctx, "desk.c.left")}, {Label: i18n.T(ctx, "desk.c.ticket")}, {Label: i18n.T(ctx, "desk.c.account")},
		{Label: i18n.T(ctx, "desk.c.severity")}, {Label: i18n.T(ctx, "desk.f.state")}, {Label: i18n.T(ctx, "desk.f.owner")}}
}
