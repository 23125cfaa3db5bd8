package entitlement

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

const home = "/plan/days"

type overviewView struct {
	door.View
	holder       string
	rows         []entitlement.Left
	requests     []entitlement.Request
	first, after string
	needs        []entitlement.Need
	sessions     []entitlement.Session
	now          time.Time
}

func (v overviewView) level() entitlement.Level {
	for _, x := range v.rows {
		if x.Level != entitlement.Basic {
			return x.Level
		}
	}
	return entitlement.Basic
}

func (v overviewView) served() bool { return v.level() != entitlement.Basic }

// asks tells whether to offer new requests.
func (v overviewView) asks() bool { return !v.Vendor && v.served() && v.Can(actor.AskPlanDays) }

func (v overviewView) state(ctx context.Context) string {
	if !v.served() {
		return i18n.T(ctx, "plandays.state.none")
	}
	a := i18n.A{"level": v.level().Label(), "tickets": "", "consulting": "", "event": ""}
	for _, x := range v.rows {
		text := i18n.From(ctx).Int(x.Left)
		if x.Left == entitlement.Unlimited {
			text = i18n.T(ctx, "plandays.unlimited")
		}
		switch x.Unit {
		case entitlement.Ticket:
			a["tickets"] = text
		case entitlement.Consulting:
			a["consulting"] = text
		case entitlement.Event:
			a["event"] = text
		}
	}
	return i18n.T(ctx, "plandays.state", a)
}

func (v overviewView) next(ctx context.Context) string {
	switch {
	case v.Vendor:
		return i18n.T(ctx, "plandays.next.vendor")
	case !v.served():
		return i18n.T(ctx, "plandays.next.buy")
	}
	for _, x := range v.requests {
		if x.State == entitlement.Requested {
			return i18n.T(ctx, "plandays.next.wait")
		}
	}
	return i18n.T(ctx, "plandays.next.ask")
}

// tone of a request's state.
func tone(s entitlement.State) ui.Tone {
	switch s {
	case entitlement.Requested:
		return ui.Warn
	case entitlement.Approved:
		return ui.Good
	case entitlement.Refused:
		return ui.Bad
	}
	return ui.Neutral
}

func needTone(s entitlement.NeedState) ui.Tone {
	switch s {
	case entitlement.NeedOpen:
		return ui.Info
	case entitlement.NeedPlanned:
		return ui.Good
	}
	return ui.Neutral
}

func trail(ctx context.Context, v door.View) []ui.Crumb {
	return []ui.Crumb{{Href: v.Path(home), Label: i18n.T(ctx, "plandays.title")}}
}

func deskTrail(ctx context.Context, path string) []ui.Crumb {
	out := []ui.Crumb{{Href: "/service-days", Label: i18n.T(ctx, "plandays.desk")}}
	if path != "" {
		out = append(out, ui.Crumb{Href: path, Label: i18n.T(ctx, "plandays.trainings")})
	}
	return out
}

// requestColumns are the headings of a list of requests; the partner's name stands in the vendor's only.
func requestColumns(ctx context.Context, partner bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "plandays.f.topic")}}
	if partner {
		out = append(out, ui.Column{Label: i18n.T(ctx, "plandays.f.partner")})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "plandays.f.kind")}, ui.Column{Label: i18n.T(ctx, "plandays.f.dates")},
		ui.Column{Label: i18n.T(ctx, "plandays.f.days"), Num: true}, ui.Column{Label: i18n.T(ctx, "plandays.f.state")})
}

type usesView struct {
	door.View
	unit         entitlement.Unit
	now          string
	rows         []ledger.Entry
	periods      []entitlement.Period
	first, after string
}

func (v usesView) tabs(ctx context.Context) (out []ui.Tab) {
	for i, x := range v.periods {
		q := url.Values{"period": {x.Name}}
		out = append(out, ui.Tab{Href: door.With(v.Path(home+"/used/"+string(v.unit)), q), Label: door.Data(ctx, x.Name), Current: v.now == x.Name || v.now == "" && i == 0})
	}
	return out
}

func (v usesView) state(ctx context.Context) string {
	if len(v.rows) == 0 {
		return i18n.T(ctx, "plandays.uses.state.none")
	}
	return i18n.T(ctx, "plandays.uses.state", i18n.A{"n": len(v.rows)})
}

// what says in words what an entry did.
func what(ctx context.Context, e ledger.Entry) string {
	switch {
	case e.Kind == ledger.Consume:
		return i18n.T(ctx, "plandays.did.used")
	case e.Kind == ledger.Reversal:
		return i18n.T(ctx, "plandays.did.back")
	case e.Scene == "pack":
		return i18n.T(ctx, "plandays.did.pack")
	case e.Scene == "period_end":
		return i18n.T(ctx, "plandays.did.lapsed")
	case e.Scene == "unlimited":
		return i18n.T(ctx, "plandays.did.unlimited")
	case e.Minor > 0:
		return i18n.T(ctx, "plandays.did.given")
	}
	return i18n.T(ctx, "plandays.did.taken")
}

// proof is where what used a unit can be seen; "" when it has no page.
func (v usesView) proof(e ledger.Entry) string {
	kind, id, _ := strings.Cut(e.Subject, ":")
	switch kind {
	case "plan_request":
		return v.Path(home + "/requests/" + id)
	case "training":
		return v.Path(home + "/trainings/" + id)
	}
	return ""
}

// subject names what an entry was for.
func subject(e ledger.Entry) string {
	kind, id, _ := strings.Cut(e.Subject, ":")
	switch {
	case kind == "plan":
		return ""
	case e.Memo != "" && e.Kind == ledger.Consume:
		return e.Memo
	}
	return id
}

func signed(n int64) string {
	if n > 0 {
		return "+" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

type formView struct {
	door.View
	rows  []entitlement.Left
	key   string
	needs []entitlement.Need
}

func (v formView) hidden() [][2]string { return [][2]string{{"key", v.key}} }

// kinds are what can be asked for, with what is left of each.
func (v formView) kinds(ctx context.Context) (out []ui.Option) {
	for _, x := range v.rows {
		if x.Unit == entitlement.Consulting || x.Unit == entitlement.Event {
			out = append(out, ui.Option{Value: string(x.Unit), Label: i18n.T(ctx, "plandays.kind", i18n.A{"unit": x.Unit.Label(), "left": i18n.From(ctx).Int(x.Left), "total": i18n.From(ctx).Int(x.Total)})})
		}
	}
	return out
}

func modes(ctx context.Context) (out []ui.Option) {
	for _, m := range entitlement.Modes() {
		out = append(out, ui.Option{Value: string(m), Label: i18n.Say(ctx, m.Label())})
	}
	return out
}

func (v formView) needOptions(ctx context.Context) (out []ui.Option) {
	for _, n := range v.needs {
		out = append(out, ui.Option{Value: n.ID, Label: door.Data(ctx, n.PartnerName+" · "+n.Topic)})
	}
	return out
}

type requestView struct {
	door.View
	x      entitlement.Request
	vendor bool
	today  calendar.Day
}

func (v requestView) trail(ctx context.Context) []ui.Crumb {
	if v.vendor && v.Base == "" {
		return deskTrail(ctx, "")
	}
	return trail(ctx, v.View)
}

func (v requestView) steps() string {
	if v.vendor {
		return "/service-days/requests/" + v.x.ID + "/"
	}
	return home + "/requests/" + v.x.ID + "/"
}

func (v requestView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
}

func (v requestView) movable() bool { return v.x.State.Open() && v.x.First > v.today }

func (v requestView) decides() bool {
	return v.vendor && v.Can(actor.DecidePlanDays) && (v.x.State == entitlement.Requested || v.movable())
}

func (v requestView) changes() bool { return !v.vendor && v.Can(actor.AskPlanDays) && v.movable() }

func (v requestView) state(ctx context.Context) string {
	loc := i18n.From(ctx)
	return i18n.T(ctx, "plandays.request.state", i18n.A{"state": v.x.State.Label(), "n": v.x.Days, "first": loc.Day(v.x.First.String()), "last": loc.Day(v.x.Last.String())})
}

func (v requestView) next(ctx context.Context) string {
	switch {
	case v.x.Cause != "":
		return i18n.Say(ctx, v.x.Cause.Label())
	case v.vendor && v.x.State == entitlement.Requested:
		return i18n.T(ctx, "plandays.request.next.decide", i18n.A{"day": i18n.From(ctx).Day(v.x.First.String())})
	case v.x.State == entitlement.Requested:
		return i18n.T(ctx, "plandays.request.next.wait")
	case v.x.State == entitlement.Approved:
		return i18n.T(ctx, "plandays.request.next.file")
	case v.x.State == entitlement.Refused:
		return i18n.T(ctx, "plandays.request.next.refused")
	}
	return i18n.T(ctx, "plandays.request.next.done")
}

func (v requestView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	var out []ui.Fact
	if v.vendor {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.partner"), Body: partnerLink(x.Account, x.PartnerName)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.kind"), Value: i18n.Say(ctx, x.Unit.Label())},
		ui.Fact{Label: i18n.T(ctx, "plandays.f.dates"), Body: days(x.Dates)}, ui.Fact{Label: i18n.T(ctx, "plandays.f.days"), Value: i18n.From(ctx).Int(x.Days)},
		ui.Fact{Label: i18n.T(ctx, "plandays.f.topic"), Body: data(x.Topic)}, ui.Fact{Label: i18n.T(ctx, "plandays.f.contact"), Body: data(x.Contact + " · " + x.Email)})
	if x.Note != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.note"), Body: data(x.Note)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.asked_by"), Body: who(x.Asker, x.CreatedAt)})
	if x.Answerer != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.answered_by"), Body: data(x.Answerer)})
	}
	if x.Answer != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.answer"), Body: data(x.Answer)})
	}
	return out
}

type queueView struct {
	door.View
	now          entitlement.State
	rows         []entitlement.Request
	first, after string
}

func (v queueView) state(ctx context.Context) string {
	if len(v.rows) == 0 {
		return i18n.T(ctx, "plandays.queue.state.none")
	}
	return i18n.T(ctx, "plandays.queue.state", i18n.A{"n": len(v.rows)})
}

func (v queueView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, s := range entitlement.States() {
		out = append(out, ui.Tab{Href: door.With("/service-days", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

// deskTabs are the two parts of the vendor's desk.
func deskTabs(ctx context.Context, current string) []ui.Tab {
	return []ui.Tab{
		{Href: "/service-days", Label: i18n.T(ctx, "plandays.requests"), Current: current == "requests"},
		{Href: "/service-days/trainings", Label: i18n.T(ctx, "plandays.trainings"), Current: current == "trainings"},
	}
}

type trainingsView struct {
	door.View
	sessions     []entitlement.Session
	needs        []entitlement.Need
	first, after string
	now          time.Time
}

func (v trainingsView) state(ctx context.Context) string {
	n := 0
	for _, x := range v.sessions {
		if !x.Cancelled && x.StartsAt.After(v.now) {
			n++
		}
	}
	return i18n.T(ctx, "plandays.trainings.state", i18n.A{"sessions": n, "needs": len(v.needs)})
}

type trainingView struct {
	door.View
	x            entitlement.Session
	now          time.Time
	seats        []entitlement.Seat
	first, after string
}

func (v trainingView) open() bool { return open(v.x, v.now) }

func open(x entitlement.Session, now time.Time) bool { return !x.Cancelled && x.StartsAt.After(now) }

func (v trainingView) state(ctx context.Context) string {
	switch {
	case v.x.Cancelled:
		return i18n.T(ctx, "plandays.training.state.cancelled")
	case !v.open():
		return i18n.T(ctx, "plandays.training.state.held")
	}
	return i18n.T(ctx, "plandays.training.state.open", i18n.A{"at": i18n.From(ctx).DateTime(v.x.StartsAt)})
}

func (v trainingView) next(ctx context.Context) string {
	switch {
	case !v.open():
		return i18n.T(ctx, "plandays.request.next.done")
	case v.By.Vendor():
		return i18n.T(ctx, "plandays.training.next.vendor")
	case v.x.Mine:
		return i18n.T(ctx, "plandays.training.next.file")
	}
	return i18n.T(ctx, "plandays.training.next.join")
}

func (v trainingView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "plandays.f.starts"), Body: ui.Time(x.StartsAt)}, {Label: i18n.T(ctx, "plandays.f.minutes"), Value: i18n.From(ctx).Int(x.Minutes)},
		{Label: i18n.T(ctx, "plandays.f.mode"), Value: i18n.Say(ctx, x.Mode.Label())}}
	if x.Mine || v.By.Vendor() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.place"), Body: data(x.Place)})
	}
	if x.Note != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plandays.f.note"), Body: data(x.Note)})
	}
	return out
}

// foot leads through a list; nothing when it's all on one page.
func foot(first, after string) templ.Component {
	if first == "" && after == "" {
		return nil
	}
	return ui.Pager(ui.PagerView{Prev: first, Next: after})
}
