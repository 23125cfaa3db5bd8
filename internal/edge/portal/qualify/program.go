package qualify

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A standing is a partner in one program, as of a day, for a purpose.
type standing struct {
	Now      qualification.ProgramView // of today
	Seen     qualification.Evaluated   // what the page explains
	Day      calendar.Day
	Past     bool // the day isn't today
	Wrong    bool // the day that was asked for is none
	For      program.Purpose
	Level    string // whose lines are shown
	Track    string
	Granted  []qualification.Qualification
	Requests []qualification.Application
	Bans     []qualification.Ban
	query    url.Values
	path     string
}

// program is the page of one program: levels side by side and every line with its proof.
func (p pages) program(w http.ResponseWriter, r *http.Request, d door.Door) error {
	st, err := p.standing(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, programPage(door.See(p.Site, r, d), st))
}

func (p pages) standing(r *http.Request, d door.Door) (st standing, err error) {
	ctx, by, id, q := r.Context(), site.By(r), r.PathValue("program"), r.URL.Query()
	st.query, st.path = q, d.Path("/qualifications/"+id)
	if st.Now, err = p.one(r, d, id); err != nil {
		return st, err
	}
	today := calendar.DayOf(p.Clock.Now())
	at := time.Time{}
	st.Day = today
	if day, bad := calendar.ParseDay(q.Get("at")); bad == nil && day != today {
		st.Day, st.Past, at = day, true, day.Time()
	} else if bad != nil && q.Get("at") != "" {
		st.Wrong = true
	}
	st.For = program.Apply
	ref := id
	if q.Get("for") == string(program.Hold) {
		st.For = program.Hold
		if st.Now.Held != nil {
			ref = st.Now.Held.Ref() // what was granted is kept by the version that it was granted by
		}
	}
	if st.Seen, err = p.q.Evaluate(ctx, by, d.Account, ref, at, st.For); err != nil {
		return st, err
	}
	st.choose(q)
	if by.Can(actor.ViewQualification) {
		if st.Granted, _, err = p.q.Qualifications(ctx, by, qualification.QualificationFilter{Account: d.Account, Program: id, Limit: 20}); err != nil {
			return st, err
		}
	}
	if by.Can(actor.ViewApplication) {
		if st.Requests, _, err = p.q.Applications(ctx, by, qualification.ApplicationFilter{Account: d.Account, Program: id, Limit: 20}); err != nil {
			return st, err
		}
		bans, err := p.q.Bans(ctx, by, d.Account)
		if err != nil {
			return st, err
		}
		st.Bans = slices.DeleteFunc(bans, func(b qualification.Ban) bool { return b.Program != id })
	}
	return st, nil
}

// one finds a program on the overview.
func (p pages) one(r *http.Request, d door.Door, id string) (qualification.ProgramView, error) {
	all, err := p.q.Overview(r.Context(), site.By(r), d.Account)
	if err != nil {
		return qualification.ProgramView{}, err
	}
	for _, x := range all {
		if x.Program == id {
			return x, nil
		}
	}
	return qualification.ProgramView{}, fault.NotFound()
}

// choose takes level and track from the address; without, the level to reach next and the track nearest to it.
func (st *standing) choose(q url.Values) {
	e, v := &st.Seen.Evaluation, st.Seen.Version
	st.Level = q.Get("level")
	if _, ok := v.Level(st.Level); !ok {
		st.Level = st.proposed()
	}
	st.Track = q.Get("track")
	t := Track(e, st.Level, st.Track)
	st.Track = t.Track
}

// proposed is the held level when it's about keeping it, else the lowest that isn't met, else the top.
func (st *standing) proposed() string {
	v := st.Seen.Version
	if st.For == program.Hold && st.Now.Held != nil {
		if _, ok := v.Level(st.Now.Held.Level); ok {
			return st.Now.Held.Level
		}
	}
	if v.Stages && st.Now.NextLevel != "" {
		return st.Now.NextLevel
	}
	for _, l := range st.Seen.Evaluation.Levels {
		if !l.Met {
			return l.Level
		}
	}
	return v.Levels[len(v.Levels)-1].ID
}

// href is the address of the page with another choice.
func (st standing) href(key, value string) string {
	q := url.Values{}
	for _, k := range []string{"at", "for", "track", "level", "all"} {
		if x := st.query.Get(k); x != "" {
			q.Set(k, x)
		}
	}
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	return door.With(st.path, q)
}

// state is the first line: what is held, or what would be reached as of another day.
func (st standing) state(ctx context.Context) string {
	v, e := st.Seen.Version, st.Seen.Evaluation
	if st.Past {
		level, day := Level(ctx, v, e.BestLevel), Day(ctx, st.Day)
		if e.BestLevel == "" {
			return i18n.T(ctx, "qualify.program.asof_none", i18n.A{"day": day})
		}
		if st.For == program.Hold {
			return i18n.T(ctx, "qualify.program.asof_hold", i18n.A{"day": day, "level": level})
		}
		return i18n.T(ctx, "qualify.program.asof_apply", i18n.A{"day": day, "level": level})
	}
	if h := st.Now.Held; h != nil {
		return Holds(ctx, st.Now.Version, *h)
	}
	return i18n.T(ctx, "qualify.program.none")
}

// next is the second line: what to do.
func (st standing) next(ctx context.Context) string {
	if !st.Past {
		text, _, _ := decides(ctx, &st.Now)
		return text
	}
	if gap := gapOf(ctx, &st.Seen.Evaluation, st.Level); gap != "" {
		return i18n.T(ctx, "qualify.decides.gap", i18n.A{"level": Level(ctx, st.Seen.Version, st.Level), "gap": gap})
	}
	return i18n.T(ctx, "qualify.program.asof_met", i18n.A{"level": Level(ctx, st.Seen.Version, st.Level)})
}

// why says in plain words what the two purposes count.
func (st standing) why(ctx context.Context) string {
	if st.For == program.Hold {
		return i18n.T(ctx, "qualify.for.hold_text")
	}
	if st.Seen.Version.Application.MinRemainingMonths == 0 {
		return i18n.T(ctx, "qualify.for.apply_plain")
	}
	return i18n.T(ctx, "qualify.for.apply_text", i18n.A{"n": st.Seen.Version.Application.MinRemainingMonths})
}

func (st standing) purposes(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{Href: st.href("for", ""), Label: i18n.T(ctx, "qualify.for.apply"), Current: st.For == program.Apply},
		{Href: st.href("for", "hold"), Label: i18n.T(ctx, "qualify.for.hold"), Current: st.For == program.Hold},
	}
}

func (st standing) tracks(ctx context.Context) (tabs []ui.Tab) {
	for _, t := range st.Seen.Version.AllTracks() {
		tabs = append(tabs, ui.Tab{Href: st.href("track", t.ID), Label: i18n.Say(ctx, t.Title.Msg()), Current: t.ID == st.Track})
	}
	return tabs
}

func (st standing) levels(ctx context.Context) (tabs []ui.Tab) {
	for _, l := range st.Seen.Version.Levels {
		tabs = append(tabs, ui.Tab{Href: st.href("level", l.ID) + "#requirements", Label: i18n.Say(ctx, l.Title.Msg()), Current: l.ID == st.Level})
	}
	return tabs
}

// proof is what the page's lines are explained with.
func (st standing) proof(v door.View) Proof {
	x := Proof{Spec: st.Seen.Version, Name: st.Seen.Name, Day: st.Day, Base: v.Base, Edit: !v.Vendor && v.Can(actor.EditServiceFacts)}
	if st.query.Get("all") == "" {
		x.All = st.href("all", "1")
	}
	if !v.Can(actor.ViewRoster) {
		x.Base = NoLinks
	}
	return x
}

func (st standing) result() *program.TrackResult {
	return Track(&st.Seen.Evaluation, st.Level, st.Track)
}

// met counts the lines that are met.
func met(t *program.TrackResult) (n int) {
	for _, l := range t.Lines {
		if l.Met {
			n++
		}
	}
	return n
}

// facts are what the program says about time and duty.
func (st standing) facts(ctx context.Context) []ui.Fact {
	v := st.Now.Version
	out := []ui.Fact{
		{Label: i18n.T(ctx, "qualify.rule.version"), Body: ui.Link(ui.LinkView{Href: "/programs/" + v.Ref(), Label: i18n.T(ctx, "qualify.rule.policy", i18n.A{"version": v.Number})})},
		{Label: i18n.T(ctx, "qualify.rule.validity"), Value: validity(ctx, v.Validity)},
		{Label: i18n.T(ctx, "qualify.rule.review"), Value: i18n.T(ctx, "qualify.rule.working_days", i18n.A{"n": v.Application.ReviewDays()})},
	}
	if v.Recertification.OpensDaysBefore > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.rule.window"), Value: i18n.T(ctx, "qualify.rule.days_before", i18n.A{"n": v.Recertification.OpensDaysBefore})})
	}
	out = append(out, phaseFacts(ctx, v)...)
	if v.Staffing.VacancyMonths > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.rule.staffing"), Value: i18n.T(ctx, "qualify.rule.staffing_text",
			i18n.A{"days": v.Staffing.ReportWorkingDays, "months": v.Staffing.VacancyMonths})})
	}
	return out
}

// hidden is what the form of the day keeps of the address.
func (st standing) hidden() (out [][2]string) {
	for _, k := range []string{"for", "track", "level"} {
		if x := st.query.Get(k); x != "" {
			out = append(out, [2]string{k, x})
		}
	}
	return out
}
