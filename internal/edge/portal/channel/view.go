package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/report"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
)

func joined(cs []account.Channel) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = string(c)
	}
	return strings.Join(out, " ")
}

// asciiName keeps what every browser takes in a header.
func asciiName(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '/' {
			return '_'
		}
		return r
	}, s)
}

func markets(ctx context.Context) (out []ui.Option) {
	for _, m := range []string{account.Overseas, account.China} {
		out = append(out, ui.Option{Value: m, Label: i18n.Say(ctx, account.MarketLabel(m))})
	}
	return out
}

func channels(ctx context.Context) (out []ui.Option) {
	for _, c := range account.Channels {
		out = append(out, ui.Option{Value: string(c), Label: i18n.Say(ctx, account.ChannelLabel(c))})
	}
	return out
}

func states(ctx context.Context) (out []ui.Option) {
	for _, s := range []account.State{account.Active, account.Invited, account.Pending, account.Frozen, account.Refused} {
		out = append(out, ui.Option{Value: string(s), Label: i18n.Say(ctx, account.StateLabel(s))})
	}
	return out
}

func languages(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: i18n.English, Label: i18n.T(ctx, "company.lang.en")}, {Value: i18n.Chinese, Label: i18n.T(ctx, "company.lang.zh")}}
}

func stateTone(s account.State) ui.Tone {
	switch s {
	case account.Active:
		return ui.Good
	case account.Frozen, account.Refused:
		return ui.Bad
	case account.Pending:
		return ui.Warn
	}
	return ui.Info
}

func (v listView) state(ctx context.Context) string {
	if v.Waiting > 0 {
		return i18n.T(ctx, "channel.list.waiting", i18n.A{"n": v.Waiting})
	}
	return i18n.T(ctx, "channel.list.calm")
}

func (v listView) sub(ctx context.Context) string {
	if v.Next != "" {
		return i18n.T(ctx, "channel.list.first", i18n.A{"n": len(v.List)})
	}
	return i18n.T(ctx, "channel.list.all", i18n.A{"n": len(v.List)})
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	f := ui.FiltersView{Action: "/channel", Target: "partners", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "channel.filter.q"), Value: v.Filter.Q},
		{Name: "channel", Label: i18n.T(ctx, "channel.filter.channel"), Value: string(v.Filter.Channel), Options: channels(ctx)},
		{Name: "state", Label: i18n.T(ctx, "channel.filter.state"), Value: string(v.Filter.State), Options: states(ctx)},
		{Name: "market", Label: i18n.T(ctx, "channel.filter.market"), Value: v.Filter.Market, Options: markets(ctx)},
	}}
	if v.filtered() {
		f.Clear = "/channel"
	}
	return f
}

func (v listView) filtered() bool { return door.Filtered(v.R, "q", "channel", "state", "market") }

// held is a qualification in words: its stars and level.
type held struct {
	stars ui.StarsView
	level string
	text  string
	tone  ui.Tone
}

func (v listView) held(ctx context.Context, q qualification.Qualification) held {
	h := held{level: q.Level}
	spec, ok := v.Library.Library().Find(q.Ref())
	if !ok {
		return h
	}
	l, _ := spec.Level(q.Level)
	h.level = i18n.Say(ctx, l.Title.Msg())
	if !qualification.Starred(spec) {
		h.level = i18n.Say(ctx, spec.Title.Msg())
		if len(spec.Levels) > 1 {
			h.level = i18n.T(ctx, "qualify.stage.of", i18n.A{"level": l.Title.Msg(), "program": spec.Title.Msg()})
		}
	}
	h.stars = ui.StarsView{Have: l.Stars, Ready: l.Stars, Max: top(spec), Label: h.level}
	st := q.Status(spec, v.Today())
	h.text = i18n.Say(ctx, st.Label())
	switch {
	case st == qualification.StatusSuspended || st == qualification.StatusExpired:
		h.tone = ui.Bad
	case q.Watched():
		h.tone, h.text = ui.Warn, i18n.T(ctx, "channel.watched")
	case st == qualification.StatusExpiring:
		h.tone = ui.Warn
	default:
		h.tone = ui.Good
	}
	return h
}

// top is how many stars the highest level has.
func top(v *program.Version) (n int) {
	for _, l := range v.Levels {
		n = max(n, l.Stars)
	}
	return n
}

func (v registrationsView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, s := range []string{account.Waiting, account.Unconfirmed, account.Approved, account.Declined} {
		out = append(out, ui.Tab{Href: "/channel/registrations?state=" + s, Label: registrationState(ctx, s), Current: s == v.State})
	}
	return out
}

func registrationState(ctx context.Context, s string) string {
	switch s {
	case account.Waiting:
		return i18n.T(ctx, "channel.registration.waiting")
	case account.Unconfirmed:
		return i18n.T(ctx, "channel.registration.unconfirmed")
	case account.Approved:
		return i18n.T(ctx, "channel.registration.is_approved")
	}
	return i18n.T(ctx, "channel.registration.is_refused")
}

func registrationTone(s string) ui.Tone {
	switch s {
	case account.Waiting:
		return ui.Warn
	case account.Approved:
		return ui.Good
	case account.Declined:
		return ui.Bad
	}
	return ui.Neutral
}

func companyFacts(ctx context.Context, a account.Account) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "company.name"), Value: a.Name}, {Label: i18n.T(ctx, "company.country"), Value: a.Country},
		{Label: i18n.T(ctx, "company.market"), Body: words(i18n.Say(ctx, account.MarketLabel(a.Market)))},
		{Label: i18n.T(ctx, "company.channel"), Body: channelTags(a.Channel)},
		{Label: i18n.T(ctx, "company.address"), Value: a.Address}, {Label: i18n.T(ctx, "company.website"), Value: a.Website},
		{Label: i18n.T(ctx, "company.contact"), Value: a.Contact}, {Label: i18n.T(ctx, "company.email"), Value: a.Email},
		{Label: i18n.T(ctx, "company.phone"), Value: a.Phone},
	}
}

// state is a partner's first line: what it holds, or why nothing.
func (v partnerView) state(ctx context.Context) string {
	if v.Company.State != account.Active {
		return i18n.T(ctx, "channel.partner.state", i18n.A{"state": account.StateLabel(v.Company.State), "reason": i18n.Raw(v.Company.Reason)})
	}
	var list []i18n.Msg
	for _, p := range v.Programs {
		if p.Held != nil {
			l, _ := p.Version.Level(p.Held.Level)
			held := i18n.M("channel.partner.held", i18n.A{"level": l.Title.Msg(), "program": p.Version.Title.Msg(), "day": i18n.From(ctx).Day(p.Held.ValidUntil.String())})
			if !p.Held.Ends() {
				held = i18n.M("qualify.stage.of", i18n.A{"level": l.Title.Msg(), "program": p.Version.Title.Msg()})
			}
			list = append(list, held)
		}
	}
	if len(list) == 0 {
		return i18n.T(ctx, "channel.partner.none")
	}
	return i18n.T(ctx, "channel.partner.holds", i18n.A{"list": list})
}

// relevant are the programs that matter to the partner now; the others are on its page of levels.
func (v partnerView) relevant() (out []int) {
	for i := range v.Programs {
		if v.Programs[i].Relevant() {
			out = append(out, i)
		}
	}
	return out
}

func (v partnerView) next(ctx context.Context) string {
	switch {
	case v.Exits > 0:
		return i18n.T(ctx, "channel.partner.next_exits", i18n.A{"n": v.Exits})
	case v.Vacant > 0:
		return i18n.T(ctx, "channel.partner.next_vacant", i18n.A{"n": v.Vacant})
	case v.Critical > 0:
		return i18n.T(ctx, "channel.partner.next_critical", i18n.A{"n": v.Critical})
	}
	return i18n.T(ctx, "channel.partner.next_calm")
}

func (v partnerView) stats(ctx context.Context) []ui.Stat {
	stat := func(label string, n int, path string) ui.Stat {
		return ui.Stat{Label: label, Value: i18n.From(ctx).Int(int64(n)), Href: v.Path(path)}
	}
	var out []ui.Stat
	if v.Can(actor.ViewRoster) {
		out = append(out, stat(i18n.T(ctx, "channel.partner.people"), v.Counts.Here, "/people"),
			stat(i18n.T(ctx, "channel.partner.registered"), v.Counts.Registered, "/people?registered=yes"),
			stat(i18n.T(ctx, "channel.partner.expiring"), v.Counts.Lapsing, "/people?validity=expiring"))
	}
	if v.Can(actor.ViewEvaluation) {
		out = append(out, stat(i18n.T(ctx, "channel.partner.exits"), v.Exits, "/people/exits"), stat(i18n.T(ctx, "channel.partner.vacant"), v.Vacant, "/people/exits"))
	}
	if v.Can(actor.ViewApplication) {
		out = append(out, stat(i18n.T(ctx, "channel.partner.critical"), v.Critical, "/events"))
	}
	return out
}

// programName names a program; "" is all of them.
func (v eventsView) programName(ctx context.Context, id string) string {
	if id == "" {
		return i18n.T(ctx, "channel.all_programs")
	}
	if spec, err := v.programs.Current(id, v.Site.Clock.Now()); err == nil {
		return i18n.Say(ctx, spec.Title.Msg())
	}
	return id
}

func (v eventsView) programOptions(ctx context.Context) (out []ui.Option) {
	for _, id := range v.programs.Programs() {
		out = append(out, ui.Option{Value: id, Label: v.programName(ctx, id)})
	}
	return out
}

func effects(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(qualification.Note), Label: effect(ctx, qualification.Note), Hint: i18n.T(ctx, "channel.effect.note_hint")},
		{Value: string(qualification.Delay), Label: effect(ctx, qualification.Delay), Hint: i18n.T(ctx, "channel.effect.delay_hint")},
		{Value: string(qualification.Bar), Label: effect(ctx, qualification.Bar), Hint: i18n.T(ctx, "channel.effect.bar_hint")},
	}
}

func effect(ctx context.Context, e qualification.CriticalEffect) string {
	switch e {
	case qualification.Delay:
		return i18n.T(ctx, "channel.effect.delay")
	case qualification.Bar:
		return i18n.T(ctx, "channel.effect.bar")
	}
	return i18n.T(ctx, "channel.effect.note")
}

// inspectionRows are the rows of the form: the gear, the use of the laboratory, and some free ones.
const inspectionRows = 10

// lookedAt is what the row i of the form is about; "" is a free one.
func lookedAt(i int) string {
	gear := qualification.GearCodes()
	switch {
	case i < len(gear):
		return gear[i]
	case i == len(gear):
		return "laboratory-use"
	}
	return ""
}

// what names a thing that was looked at.
func what(ctx context.Context, code string) string {
	if code == "laboratory-use" {
		return i18n.T(ctx, "channel.inspection.use")
	}
	return door.Gear(ctx, code)
}

func results(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "ok", Label: result(ctx, "ok")}, {Value: "deficient", Label: result(ctx, "deficient")}, {Value: "missing", Label: result(ctx, "missing")}}
}

func result(ctx context.Context, s string) string {
	switch s {
	case "ok":
		return i18n.T(ctx, "channel.result.ok")
	case "deficient":
		return i18n.T(ctx, "channel.result.deficient")
	}
	return i18n.T(ctx, "channel.result.missing")
}

func resultTone(s string) ui.Tone {
	switch s {
	case "ok":
		return ui.Good
	case "deficient":
		return ui.Warn
	}
	return ui.Bad
}

func at(name string, i int) string { return name + "." + strconv.Itoa(i) }

// timeline tells what was done about a partner, newest first. Details are the log's own words.
func (v historyView) timeline(ctx context.Context) (out []ui.Event) {
	for _, e := range v.Entries {
		out = append(out, ui.Event{At: e.At, Title: i18n.Say(ctx, report.DeedName(e.Verb)), By: e.ActorName, Body: entryBody(e), Tone: ui.Info})
	}
	return out
}

// details are an entry's details as facts, by name, those inside others with a point between: "new.hotline: 7x24".
func details(e audit.Entry) (out []string) {
	var all map[string]any
	if json.Unmarshal([]byte(e.Detail), &all) != nil {
		return nil
	}
	flatten("", all, &out)
	slices.Sort(out)
	return out
}

func flatten(prefix string, all map[string]any, out *[]string) {
	for name, v := range all {
		switch x := v.(type) {
		case map[string]any:
			flatten(prefix+name+".", x, out)
		case nil:
		default:
			if text := fmt.Sprint(x); text != "" && text != "0" && text != "[]" && name != "sha256" && name != "hash" {
				*out = append(*out, prefix+name+": "+cut(text))
			}
		}
	}
}

func cut(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}

func freezeTitle(v door.View, unfreeze bool) i18n.Msg {
	if unfreeze {
		return i18n.M("channel.unfreeze.title", i18n.A{"company": v.Name})
	}
	return i18n.M("channel.freeze.title", i18n.A{"company": v.Name})
}
