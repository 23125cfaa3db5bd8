package desk_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type world struct {
	*fixture.World
	t     *testing.T
	clock *clock.Manual
	s     *desk.Service
	admin actor.Actor
	chen  actor.Actor
	lin   actor.Actor
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		f := fixture.New(t, d)
		w := &world{World: f, t: t, clock: c, s: desk.New(d)}
		w.admin = f.VendorUser(actor.VendorAdmin)
		w.chen, w.lin = f.VendorUser(actor.SupportEngineer), f.VendorUser(actor.SupportEngineer)
		test(t, w)
	})
}

func (w *world) team(name string, in desk.TeamDraft) desk.Team {
	w.t.Helper()
	in.Name = name
	team, err := w.s.SaveTeam(w.t.Context(), w.admin, in)
	fixture.Must(w.t, err)
	return team
}

func (w *world) rule(in desk.Rule) desk.Rule {
	w.t.Helper()
	in.Active = true
	r, err := w.s.SaveRule(w.t.Context(), w.admin, in)
	fixture.Must(w.t, err)
	return r
}

// route sends one ticket; a permanent load counts what everybody has been given.
func (w *world) route(f desk.Facts) desk.Routed {
	w.t.Helper()
	f.Desk = w.admin.Account
	var out desk.Routed
	fixture.Must(w.t, w.DB.Update(w.t.Context(), func(tx *db.Tx) (err error) {
		out, err = desk.Route(w.t.Context(), tx, f)
		return err
	}))
	return out
}

func kind(err error) fault.Kind { return fault.KindOf(err) }

func field(err error) string {
	if f := fault.Of(err); f != nil && len(f.Fields) > 0 {
		return f.Fields[0].Name
	}
	return ""
}

func TestARuleSendsATicketToItsTeamAndSaysWhy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if got := w.route(desk.Facts{}); got.Team != "" || got.Why.Key != "desk.why.nothing" {
			t.Errorf("without rules and teams: %+v", got)
		}
		rest := w.team("First line", desk.TeamDraft{Fallback: true, Members: []string{w.chen.User}})
		net := w.team("Network", desk.TeamDraft{Members: []string{w.chen.User, w.lin.User}, Lead: w.admin.User})
		if got := w.route(desk.Facts{}); got.Team != rest.ID || got.Owner != "" || got.Why.Key != "desk.why.fallback" {
			t.Errorf("no rule fits: %+v", got)
		}
		one := w.rule(desk.Rule{Name: "Premium network", Asks: desk.Asks{Plans: []string{"PREMIUM"}, Products: []string{"vpc"}}, Team: net.ID, Pick: desk.PickLead})
		load := map[string]int64{w.chen.User: 3, w.lin.User: 1}
		two := w.rule(desk.Rule{Name: "Network", Asks: desk.Asks{Products: []string{"vpc"}}, Team: net.ID, Pick: desk.PickLeast})
		facts := desk.Facts{Product: "vpc", Plan: "PREMIUM", Load: func(context.Context, db.Querier, string, []string) (map[string]int64, error) { return load, nil }}
		if got := w.route(facts); got.Rule != one.ID || got.Owner != w.admin.User {
			t.Errorf("the first that fits: %+v", got)
		}
		facts.Plan = "STANDARD"
		got := w.route(facts)
		if got.Rule != two.ID || got.Owner != w.lin.User || got.OwnerName == "" {
			t.Errorf("the one with the fewest: %+v", got)
		}
		for lang, want := range map[string]string{i18n.English: "Rule “Network” fits (product): Network; " + got.OwnerName + " has the fewest open tickets (1).",
			i18n.Chinese: "命中规则“Network”（产品）：分给Network；" + got.OwnerName + " 未完成的工单最少（1 个）。"} {
			if text := i18n.Text(lang, got.Why); text != want {
				t.Errorf("why in %s: %q, want %q", lang, text, want)
			}
		}
		// Tried without writing anything, it's the same.
		if tried, err := w.s.Try(ctx, w.chen, facts); err != nil || tried.Rule != two.ID {
			t.Errorf("Try = %+v %v", tried, err)
		}
		// The order decides.
		fixture.Must(t, w.s.MoveRule(ctx, w.admin, two.ID, true, two.Edition))
		facts.Plan = "PREMIUM"
		if got := w.route(facts); got.Rule != two.ID {
			t.Errorf("after it was moved up: %+v", got)
		}
		if err := w.s.MoveRule(ctx, w.admin, two.ID, true, two.Edition); kind(err) != fault.KindConflict {
			t.Errorf("a stale move: %v", err)
		}
		// A closed team gets nothing any more.
		_, err := w.s.SaveTeam(ctx, w.admin, desk.TeamDraft{ID: net.ID, Name: "Network", Closed: true, Edition: net.Edition})
		fixture.Must(t, err)
		if got := w.route(facts); got.Team != rest.ID {
			t.Errorf("its team is closed: %+v", got)
		}
	})
}

func TestTicketsAtOnceGoToDifferentPeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		third := w.VendorUser(actor.SupportEngineer)
		net := w.team("Network", desk.TeamDraft{Members: []string{w.chen.User, w.lin.User, third.User}})
		w.rule(desk.Rule{Name: "All", Team: net.ID, Pick: desk.PickTurn})
		var mu sync.Mutex
		got := map[string]int{}
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				err := w.DB.Update(t.Context(), func(tx *db.Tx) error {
					r, err := desk.Route(t.Context(), tx, desk.Facts{Desk: w.admin.Account})
					if err == nil {
						mu.Lock()
						defer mu.Unlock()
						got[r.Owner]++
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, u := range []string{w.chen.User, w.lin.User, third.User} {
			if got[u] != 4 {
				t.Errorf("shares = %v, want 4 each", got)
			}
		}
		// Who is away is passed over until the day is over.
		until := calendar.DayOf(w.clock.Now()).AddDays(1)
		fixture.Must(t, w.s.SetAway(t.Context(), w.chen, w.chen.User, until.String()))
		if err := w.s.SetAway(t.Context(), w.chen, w.lin.User, ""); kind(err) != fault.KindDenied {
			t.Errorf("an engineer changes a colleague's absence: %v", err)
		}
		for range 4 {
			if r := w.route(desk.Facts{}); r.Owner == w.chen.User || r.Owner == "" {
				t.Errorf("owner %q though away", r.Owner)
			}
		}
		w.clock.Advance(72 * time.Hour)
		seen := map[string]bool{}
		for range 3 {
			seen[w.route(desk.Facts{}).Owner] = true
		}
		if !seen[w.chen.User] {
			t.Errorf("owners after the absence: %v", seen)
		}
	})
}

func TestADeskIsNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		north := w.Partner("North")
		team := w.team("Network", desk.TeamDraft{Members: []string{w.chen.User}})
		for what, err := range map[string]error{
			"a stranger's team":    one(w.s.SaveTeam(ctx, north, desk.TeamDraft{ID: team.ID, Name: "Mine", Edition: team.Edition})),
			"by an engineer":       one(w.s.SaveTeam(ctx, w.chen, desk.TeamDraft{Name: "Mine"})),
			"a stranger as member": one(w.s.SaveTeam(ctx, north, desk.TeamDraft{Name: "Mine", Members: []string{w.chen.User}})),
			"a rule to its team":   one(w.s.SaveRule(ctx, north, desk.Rule{Name: "R", Team: team.ID, Pick: desk.PickNone})),
		} {
			if k := kind(err); k != fault.KindNotFound && k != fault.KindDenied && k != fault.KindInvalid {
				t.Errorf("%s: %v", what, err)
			}
		}
		own, err := w.s.SaveTeam(ctx, north, desk.TeamDraft{Name: "Network", Members: []string{north.User}})
		fixture.Must(t, err)
		setup, err := w.s.Setup(ctx, north)
		fixture.Must(t, err)
		if len(setup.Teams) != 1 || setup.Teams[0].ID != own.ID || len(setup.Teams[0].Members) != 1 {
			t.Errorf("the partner's desk: %+v", setup)
		}
		// Whoever leaves the company leaves the teams, and isn't told anything any more.
		fixture.Must(t, w.s.SetDuty(ctx, w.admin, w.lin.User, 0))
		if err := w.s.SetDuty(ctx, w.admin, w.chen.User, 0); kind(err) != fault.KindConflict {
			t.Errorf("a stale duty: %v", err)
		}
		r := w.Runner()
		w.s.Register(r)
		w.Account.Register(r)
		fixture.Must(t, r.Prepare(ctx))
		fixture.Must(t, w.Account.Deactivate(ctx, w.admin, w.admin.Account, w.lin.User))
		fixture.Must(t, r.Drain(ctx))
		e, err := desk.Escalate(ctx, w.DB.Read(), w.admin.Account, team.ID, w.chen.User)
		fixture.Must(t, err)
		if !slices.Equal(e.Users(), []string{w.chen.User}) {
			t.Errorf("Escalate = %+v", e)
		}
	})
}

func one[T any](_ T, err error) error { return err }

func TestMacrosAndAnswersAreCheckedWhenSaved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		team := w.team("Network", desk.TeamDraft{Members: []string{w.lin.User}})
		for want, m := range map[string]desk.Macro{
			"name":     {Content: desk.Content{Note: "x"}},
			"reply_en": {Name: "Empty"},
			"note":     {Name: "Unknown", Content: desk.Content{Note: "Dear {kunde}"}},
			"team":     {Name: "Team", Content: desk.Content{Team: "team_none"}},
			"owner":    {Name: "Owner", Content: desk.Content{Owner: "usr_none"}},
			"move":     {Name: "Move", Content: desk.Content{Move: "explode"}},
		} {
			if _, err := w.s.SaveMacro(ctx, w.admin, m); kind(err) != fault.KindInvalid || field(err) != want {
				t.Errorf("SaveMacro(%+v) = %v, want %s refused", m, err, want)
			}
		}
		if _, err := w.s.SaveMacro(ctx, w.admin, desk.Macro{Name: "Ask", Content: desk.Content{Move: desk.Ask}}); field(err) != "reply_en" {
			t.Errorf("asking without a question: %v", err)
		}
		m, err := w.s.SaveMacro(ctx, w.admin, desk.Macro{Name: "Ask for logs", Team: team.ID, Active: true, Content: desk.Content{ReplyEN: "Dear {contact}", ReplyZH: "{contact}您好", Move: desk.Ask, Owner: desk.OwnerMe}})
		fixture.Must(t, err)
		if _, err := w.s.SaveMacro(ctx, w.admin, desk.Macro{Name: "ask FOR logs", Content: desk.Content{Note: "x"}}); field(err) != "name" {
			t.Errorf("the name is taken: %v", err)
		}
		_, err = w.s.SaveAnswer(ctx, w.admin, desk.Answer{Name: "Logs", Keywords: "  log   dump ", BodyEN: "Send {ticket} logs."})
		fixture.Must(t, err)
		for by, want := range map[string]int{w.chen.User: 0, w.lin.User: 1} {
			who := w.chen
			if by == w.lin.User {
				who = w.lin
			}
			ms, as, err := w.s.Usable(ctx, who)
			if err != nil || len(ms) != want || len(as) != 1 {
				t.Errorf("Usable = %d macros, %d answers, %v; want %d, 1", len(ms), len(as), err, want)
			}
		}
		old := m
		m.Note = "Checked."
		m, err = w.s.SaveMacro(ctx, w.admin, m)
		fixture.Must(t, err)
		if _, err := w.s.SaveMacro(ctx, w.admin, old); kind(err) != fault.KindConflict {
			t.Errorf("a stale change: %v", err)
		}
		if m.Reply(i18n.Chinese) != "{contact}您好" || m.Reply(i18n.English) != "Dear {contact}" || (desk.Content{ReplyZH: "好"}).Reply("en") != "好" {
			t.Error("the reply isn't in the reader's language")
		}
		fixture.Must(t, w.s.RemoveMacro(ctx, w.admin, m.ID, m.Edition))
	})
}

func TestPresenceEndsByItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if others, err := w.s.Look(ctx, w.chen, "TT1", desk.Reading); err != nil || len(others) != 0 {
			t.Fatalf("Look = %v %v", others, err)
		}
		others, err := w.s.Look(ctx, w.lin, "TT1", desk.Typing)
		fixture.Must(t, err)
		if len(others) != 1 || others[0].User != w.chen.User || others[0].Mode != desk.Reading {
			t.Errorf("the second sees %+v", others)
		}
		w.clock.AdvanceWall(30 * time.Second)
		others, err = w.s.Look(ctx, w.chen, "TT1", desk.Reading)
		fixture.Must(t, err)
		if len(others) != 1 || others[0].Mode != desk.Typing || !strings.Contains(i18n.Text("en", others[0].Msg()), "writing") {
			t.Errorf("the first sees %+v", others)
		}
		w.clock.AdvanceWall(20 * time.Second)
		if others, err = w.s.Others(ctx, w.chen, "TT1"); err != nil || len(others) != 0 {
			t.Errorf("after its lease: %+v %v", others, err)
		}
		north := w.Partner("North")
		if others, err = w.s.Look(ctx, north, "TT1", desk.Reading); err != nil || len(others) != 0 {
			t.Errorf("another desk sees %+v %v", others, err)
		}
		fixture.Must(t, w.s.Leave(ctx, w.chen, "TT1"))
		if others, err = w.s.Others(ctx, w.lin, "TT1"); err != nil || len(others) != 0 {
			t.Errorf("after leaving: %+v %v", others, err)
		}
	})
}

func TestViewsAreOnesOwnUnlessShared(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		own, err := w.s.SaveView(ctx, w.chen, "Late premium", "plan=PREMIUM&view=breached&after=xyz", false)
		fixture.Must(t, err)
		if own.Query != "plan=PREMIUM&view=breached" {
			t.Errorf("query = %q", own.Query)
		}
		if _, err := w.s.SaveView(ctx, w.chen, "For all", "", true); !errors.Is(err, &fault.Fault{Kind: fault.KindDenied}) {
			t.Errorf("an engineer shares a view: %v", err)
		}
		_, err = w.s.SaveView(ctx, w.admin, "For all", "view=unassigned", true)
		fixture.Must(t, err)
		for _, c := range []struct {
			by   actor.Actor
			want int
		}{{w.chen, 2}, {w.lin, 1}, {w.Partner("North"), 0}} {
			if vs, err := w.s.Views(ctx, c.by); err != nil || len(vs) != c.want {
				t.Errorf("%s has %d views, %v; want %d", c.by.Name, len(vs), err, c.want)
			}
		}
		if err := w.s.RemoveView(ctx, w.lin, own.ID); kind(err) != fault.KindNotFound {
			t.Errorf("a colleague's view: %v", err)
		}
		fixture.Must(t, w.s.RemoveView(ctx, w.chen, own.ID))
	})
}
