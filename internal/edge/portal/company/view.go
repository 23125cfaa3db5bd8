package company

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// tabs lead between the pages of one's own company; the vendor's door has tabs of its own.
func tabs(ctx context.Context, v door.View, current string) []ui.Tab {
	all := []struct {
		path, label string
		verb        actor.Verb
	}{
		{"/company", i18n.T(ctx, "company.tab.profile"), actor.ViewAccount},
		{"/company/users", i18n.T(ctx, "company.tab.users"), actor.ListUsers},
		{"/company/service", i18n.T(ctx, "company.tab.service"), actor.ViewServiceFacts},
		{"/company/sub-accounts", i18n.T(ctx, "subaccounts.title"), actor.ViewSubAccounts},
		{"/company/tier", i18n.T(ctx, "subaccounts.tier"), actor.ViewTiers},
		{confirmation, i18n.T(ctx, "confirm.title"), actor.SwitchCodes},
	}
	var out []ui.Tab
	for _, t := range all {
		switch {
		case t.path == "/company/service" && v.By.Kind != actor.Partner, v.By.Kind == actor.Vendor && (t.path == "/company/sub-accounts" || t.path == "/company/tier"):
			continue
		}
		if v.Can(t.verb) {
			out = append(out, ui.Tab{Href: v.Path(t.path), Label: t.label, Current: t.path == current})
		}
	}
	return out
}

func (v companyView) state(ctx context.Context) string {
	if v.Account.Kind != actor.Partner {
		return i18n.T(ctx, "company.state", i18n.A{"state": account.StateLabel(v.Account.State)})
	}
	var roles []i18n.Msg
	for _, c := range v.Account.Channel {
		roles = append(roles, account.ChannelLabel(c))
	}
	return i18n.T(ctx, "company.state_partner", i18n.A{"state": account.StateLabel(v.Account.State), "roles": roles})
}

func (v companyView) next(ctx context.Context) string {
	if v.Can(actor.EditAccount) {
		return i18n.T(ctx, "company.next")
	}
	return i18n.T(ctx, "company.next_reader")
}

func (v companyView) facts(ctx context.Context) []ui.Fact {
	a := v.Account
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "company.name"), Value: a.Name}, {Label: i18n.T(ctx, "company.country"), Value: a.Country},
		{Label: i18n.T(ctx, "company.address"), Value: a.Address}, {Label: i18n.T(ctx, "company.website"), Value: a.Website},
		{Label: i18n.T(ctx, "company.contact"), Value: a.Contact}, {Label: i18n.T(ctx, "company.email"), Value: a.Email},
		{Label: i18n.T(ctx, "company.phone"), Value: a.Phone},
	}
	if a.Kind == actor.Partner {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "company.market"), Body: words(i18n.Say(ctx, account.MarketLabel(a.Market)))},
			ui.Fact{Label: i18n.T(ctx, "company.channel"), Body: channelTags(a.Channel)})
	}
	if v.Tier.Account != "" {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "subaccounts.tier"), Body: tierLink(v)})
	}
	return append(facts, ui.Fact{Label: i18n.T(ctx, "company.id"), Value: a.ID})
}

func (v companyView) version() string { return strconv.FormatInt(v.Account.Version, 10) }

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

func texts[T ~string](xs []T) (out []string) {
	for _, x := range xs {
		out = append(out, string(x))
	}
	return out
}

// roleOptions are the roles that a user of the company can have.
func (v companyView) roleOptions(ctx context.Context) (out []ui.Option) {
	for _, r := range actor.RolesOf(v.Account.Kind) {
		out = append(out, ui.Option{Value: string(r), Label: i18n.Say(ctx, account.RoleLabel(r))})
	}
	return out
}

func languages(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: i18n.English, Label: i18n.T(ctx, "company.lang.en")}, {Value: i18n.Chinese, Label: i18n.T(ctx, "company.lang.zh")}}
}

func userTone(s account.UserState) ui.Tone {
	if s == account.UserActive {
		return ui.Good
	}
	return ui.Neutral
}

// active counts the users who may act.
func (v usersView) active() (n int) {
	for _, u := range v.Users {
		if u.State == account.UserActive {
			n++
		}
	}
	return n
}

func (v usersView) state(ctx context.Context) string {
	return i18n.T(ctx, "company.users.state", i18n.A{"n": v.active(), "invited": len(v.Invitations)})
}

func (v usersView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	f := ui.FiltersView{Action: v.Path("/company/users"), Target: "users", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "company.users.q"), Value: q.Get("q")},
		{Name: "state", Label: i18n.T(ctx, "company.users.any"), Value: q.Get("state"), Options: []ui.Option{
			{Value: string(account.UserActive), Label: i18n.Say(ctx, account.UserStateLabel(account.UserActive))},
			{Value: string(account.UserInactive), Label: i18n.Say(ctx, account.UserStateLabel(account.UserInactive))}}},
	}}
	if door.Filtered(v.R, "q", "state") {
		f.Clear = v.Path("/company/users")
	}
	return f
}

// declared tells whether anything was declared yet.
func (v serviceView) declared() bool { return !v.Facts.EffectiveAt.IsZero() }

func (v serviceView) state(ctx context.Context) string {
	if !v.declared() {
		return i18n.T(ctx, "company.service.none")
	}
	return i18n.T(ctx, "company.service.state", i18n.A{"at": i18n.From(ctx).DateTime(v.Facts.EffectiveAt), "who": v.who(ctx, v.Facts.ChangedBy)})
}

func (v serviceView) next(ctx context.Context) string {
	if v.Can(actor.EditServiceFacts) && !v.Vendor {
		return i18n.T(ctx, "company.service.next")
	}
	return i18n.T(ctx, "company.service.next_reader")
}

// who is the name of who declared; a reader who may not see the users reads that somebody of the company did.
func (v serviceView) who(ctx context.Context, user string) string {
	if name := v.Users[user]; name != "" {
		return name
	}
	return i18n.T(ctx, "company.somebody")
}

// person is the name of somebody on the roster.
func (v serviceView) person(id string) string {
	for _, it := range v.People {
		if it.ID == id {
			return it.Name
		}
	}
	return id
}

func (v serviceView) names(ids []string) string {
	var out []string
	for _, id := range ids {
		out = append(out, v.person(id))
	}
	return strings.Join(out, ", ")
}

func (v serviceView) facts(ctx context.Context) []ui.Fact {
	f := v.Facts
	return append([]ui.Fact{
		{Label: i18n.T(ctx, "company.service.hotline"), Body: words(hotline(ctx, f.Hotline))},
		{Label: i18n.T(ctx, "company.service.hotline_number"), Value: f.HotlineNumber},
		{Label: i18n.T(ctx, "company.service.email"), Value: f.ServiceEmail},
		{Label: i18n.T(ctx, "company.service.manager"), Value: v.person(f.ServiceManager)},
		{Label: i18n.T(ctx, "company.service.tracking"), Body: words(tracking(ctx, f.IssueTracking))},
		{Label: i18n.T(ctx, "company.service.events"), Value: strconv.Itoa(f.EventsAttended)},
		{Label: i18n.T(ctx, "company.service.credits"), Value: strconv.Itoa(f.Credits)},
		{Label: i18n.T(ctx, "company.service.named"), Value: v.names(f.NamedEngineers)},
		{Label: i18n.T(ctx, "company.service.laboratory"), Body: words(laboratory(ctx, f.Laboratory))},
	}, v.teaching(ctx)...)
}

func hotline(ctx context.Context, h program.Hotline) string {
	switch h {
	case program.Hotline7x24:
		return i18n.T(ctx, "company.hotline.7x24")
	case program.Hotline5x8:
		return i18n.T(ctx, "company.hotline.5x8")
	}
	return i18n.T(ctx, "company.none")
}

func tracking(ctx context.Context, t program.Tracking) string {
	switch t {
	case program.TrackingAutomatic:
		return i18n.T(ctx, "company.tracking.automatic")
	case program.TrackingManual:
		return i18n.T(ctx, "company.tracking.manual")
	}
	return i18n.T(ctx, "company.none")
}

func hotlines(ctx context.Context) (out []ui.Option) {
	for _, h := range []program.Hotline{program.Hotline7x24, program.Hotline5x8, program.HotlineNone} {
		out = append(out, ui.Option{Value: string(h), Label: hotline(ctx, h)})
	}
	return out
}

func trackings(ctx context.Context) (out []ui.Option) {
	for _, t := range []program.Tracking{program.TrackingAutomatic, program.TrackingManual, program.TrackingNone} {
		out = append(out, ui.Option{Value: string(t), Label: tracking(ctx, t)})
	}
	return out
}

// pieces counts one kind of gear.
func pieces(all []string, code string) (n int) {
	for _, g := range all {
		if g == code {
			n++
		}
	}
	return n
}

func laboratory(ctx context.Context, all []string) string {
	var out []i18n.Msg
	for _, g := range qualification.GearCodes() {
		if n := pieces(all, g); n > 0 {
			out = append(out, i18n.Raw(door.Gear(ctx, g)+" × "+strconv.Itoa(n)))
		}
	}
	if len(out) == 0 {
		return i18n.T(ctx, "company.none")
	}
	return i18n.List(i18n.From(ctx).Lang, out)
}

func (v serviceView) peopleOptions(ctx context.Context) (out []ui.Option) {
	for _, it := range v.People {
		out = append(out, ui.Option{Value: it.ID, Label: door.Data(ctx, it.Name+" · "+it.Number)})
	}
	return out
}

// engineers are those who can be named: registered ones, and whoever is named already.
func (v serviceView) engineers(ctx context.Context) (out []ui.Option) {
	for _, it := range v.People {
		if it.Registered || slices.Contains(v.Facts.NamedEngineers, it.ID) {
			out = append(out, ui.Option{Value: it.ID, Label: door.Data(ctx, it.Name+" · "+it.Number)})
		}
	}
	return out
}

// moreRows are the empty rows below the projects: more can be added after saving.
const moreRows = 3

// rows are the projects as typed, else as declared, and some empty rows.
func (v serviceView) rows() (out []projectRow) {
	if v.R.Method == http.MethodPost {
		for i := range rowsOf(v.R) {
			if x := typedRow(v.R, i); !x.empty() {
				out = append(out, x)
			}
		}
	} else {
		for _, x := range v.Facts.Projects {
			out = append(out, projectRow{x.Name, strconv.FormatInt(x.ListPriceUSD, 10), x.FinishedOn.String()})
		}
	}
	return append(out, make([]projectRow, moreRows)...)
}

func (v serviceView) edition() string {
	if !v.declared() {
		return "0"
	}
	return strconv.FormatInt(v.Facts.EffectiveAt.UnixMicro(), 10)
}

func field(i int, name string) string { return fmt.Sprintf("projects.%d.%s", i, name) }

func usd(ctx context.Context, dollars int64) string {
	return strings.TrimSuffix(i18n.From(ctx).Money(dollars*100, "USD"), ".00")
}

// gearError is the refusal of one count; what is said of the laboratory as a whole stands at the first.
func (v serviceView) gearError(i int, code string) string {
	if e := v.Error("gear." + code); e != "" || i > 0 {
		return e
	}
	return v.Error("laboratory")
}

// timeline tells who declared what when, and what changed against the edition before.
func (v serviceView) timeline(ctx context.Context) (out []ui.Event) {
	for i, f := range v.History {
		e := ui.Event{At: f.EffectiveAt, By: v.who(ctx, f.ChangedBy), Tone: ui.Info}
		if i+1 == len(v.History) {
			e.Title = i18n.T(ctx, "company.service.first")
		} else {
			e.Title = i18n.T(ctx, "company.service.changed")
			e.Text = i18n.List(i18n.From(ctx).Lang, changed(v.History[i+1], f))
		}
		out = append(out, e)
	}
	return out
}

// changed names what is different between two editions.
func changed(old, now qualification.ServiceFacts) (out []i18n.Msg) {
	note := func(differs bool, m i18n.Msg) {
		if differs {
			out = append(out, m)
		}
	}
	note(old.Hotline != now.Hotline || old.HotlineNumber != now.HotlineNumber, i18n.M("company.service.hotline"))
	note(old.ServiceEmail != now.ServiceEmail, i18n.M("company.service.email"))
	note(old.ServiceManager != now.ServiceManager, i18n.M("company.service.manager"))
	note(old.IssueTracking != now.IssueTracking, i18n.M("company.service.tracking"))
	note(old.EventsAttended != now.EventsAttended, i18n.M("company.service.events"))
	note(old.Credits != now.Credits, i18n.M("company.service.credits"))
	note(!slices.Equal(old.NamedEngineers, now.NamedEngineers), i18n.M("company.service.named"))
	note(!slices.Equal(old.Laboratory, now.Laboratory), i18n.M("company.service.laboratory"))
	note(!slices.Equal(old.Projects, now.Projects), i18n.M("company.service.projects"))
	note(!slices.Equal(old.ProjectManagers, now.ProjectManagers), i18n.M("company.service.project_managers"))
	note(!slices.Equal(old.Languages, now.Languages), i18n.M("company.service.languages"))
	note(!slices.Equal(old.Branches, now.Branches), i18n.M("company.service.branches"))
	note(!slices.EqualFunc(old.Sites, now.Sites, func(a, b qualification.Site) bool {
		return a.Country == b.Country && a.Mode == b.Mode && slices.Equal(a.Seats, b.Seats)
	}), i18n.M("company.service.sites"))
	return out
}
