package qualification

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A pass is one look at a running qualification: what is still met, what that means.
type pass struct {
	s       *Service
	by      actor.Actor
	q       Qualification
	was     Qualification
	v       *program.Version
	f       *program.Facts
	partner Partner
	today   calendar.Day
	notice  []int // days before a deadline, ascending
	hold    program.Evaluation
	track   *program.TrackResult // of the granted level, as granted
	met     bool                 // the granted level, by any track
	open    []Vacancy
	exits   []ExitReport
}

// follow brings a running qualification up to date with the facts at the transaction's instant: duties to report,
// vacancies, watch, suspension, notices, expiry. It does nothing new when nothing changed, so it runs after every
// event and on every day on which something may change.
func (s *Service) follow(ctx context.Context, tx *db.Tx, q Qualification, f *program.Facts) error {
	p, err := s.newPass(ctx, tx, q, f)
	if err != nil {
		return err
	}
	steps := []func(context.Context, *db.Tx) error{p.duties, p.vacancies, p.watch, p.suspension, p.notices}
	if !staffed(p.v) {
		steps = []func(context.Context, *db.Tx) error{p.termNotices}
	}
	if q.over(p.today) {
		steps = []func(context.Context, *db.Tx) error{p.expire}
	}
	for _, step := range steps {
		if err := step(ctx, tx); err != nil {
			return fmt.Errorf("qualification %s: %w", q.ID, err)
		}
	}
	p.q.checkOn = p.nextLook()
	return p.save(ctx, tx)
}

func (s *Service) newPass(ctx context.Context, tx *db.Tx, q Qualification, f *program.Facts) (*pass, error) {
	p := &pass{s: s, by: actor.Program("qualification"), q: q, was: q, f: f, today: calendar.DayOf(tx.Now)}
	var err error
	if p.v, err = s.spec(q.Ref()); err != nil {
		return nil, err
	}
	if p.partner, err = s.src.Partner(ctx, tx, q.Account); err != nil {
		return nil, err
	}
	if p.notice, err = s.src.NoticeDays(ctx, tx, tx.Now); err != nil {
		return nil, err
	}
	p.notice = slices.Sorted(slices.Values(p.notice))
	all, err := vacanciesOf(ctx, tx, q.Account, q.ID)
	if err != nil {
		return nil, err
	}
	p.open = slices.DeleteFunc(all, func(x Vacancy) bool { return x.State != VacancyOpen })
	if p.exits, err = exitsOf(ctx, tx, q.Account); err != nil {
		return nil, err
	}
	p.hold = program.Evaluate(p.v, f, tx.Now, program.Hold)
	level, ok := p.hold.Level(q.Level)
	if !ok {
		return nil, fmt.Errorf("%s has no level %s", q.Ref(), q.Level)
	}
	p.met = level.Met
	if p.track, ok = trackOf(&p.hold, q.Level, q.Track); !ok {
		p.track = level.Best()
	}
	return p, nil
}

// save stores the qualification if the pass changed it. Pages become stale only by what they show.
func (p *pass) save(ctx context.Context, tx *db.Tx) error {
	seen := func(q Qualification) string {
		return fmt.Sprint(q.State, q.Cause, q.Reason, q.StandingLevel, q.WatchSince.UnixMicro(), q.WatchLine)
	}
	bump := seen(p.q) != seen(p.was)
	same := maps.EqualFunc(p.q.counted, p.was.counted, slices.Equal)
	if !bump && same && p.q.checkOn == p.was.checkOn {
		return nil
	}
	return saveQualification(ctx, tx, &p.q, p.was.State, bump)
}

func (p *pass) record(ctx context.Context, tx *db.Tx, did, text string) error {
	return audit.Record(ctx, tx, p.by, actor.SuspendOrCancel, p.q.subject(), map[string]any{"did": did, "text": text})
}

func (p *pass) announce(ctx context.Context, tx *db.Tx, what string) error {
	return p.s.announce(ctx, tx, what, p.q, p.partner, p.v)
}

// expire ends the term: the day after the last one has come.
func (p *pass) expire(ctx context.Context, tx *db.Tx) error {
	if err := p.q.move(Expired, tx.Now); err != nil {
		return err
	}
	if err := closeVacancies(ctx, tx, p.q.Account, p.q.ID); err != nil {
		return err
	}
	if err := p.announce(ctx, tx, "qualification.expired"); err != nil {
		return err
	}
	return p.record(ctx, tx, "expire", "")
}

// duties raises what is to be reported, and tells once of what was not reported in time.
func (p *pass) duties(ctx context.Context, tx *db.Tx) error {
	if p.v.Staffing.ReportWorkingDays == 0 {
		return nil
	}
	working, err := p.s.src.Working(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	for _, c := range p.changes() {
		c.Account, c.ID, c.CreatedAt = p.q.Account, id.New("exi", tx.Wall), tx.Now
		c.ReportDue = working.DueAfter(c.ExitOn.Time(), p.v.Staffing.ReportWorkingDays)
		if slices.ContainsFunc(p.exits, func(x ExitReport) bool { return x.Person == c.Person && x.ExitOn == c.ExitOn }) {
			continue
		}
		fresh, err := insertExit(ctx, tx, c)
		if err != nil {
			return err
		}
		if fresh {
			p.exits = append(p.exits, c)
			if err := p.s.tellExit(ctx, tx, "exit.due", c); err != nil {
				return err
			}
		}
	}
	for i, x := range p.exits {
		if !x.Open() || x.overdueTold || tx.Now.Before(x.ReportDue) {
			continue
		}
		p.exits[i].overdueTold = true
		if err := markExitOverdue(ctx, tx, x); err != nil {
			return err
		}
		if err := p.s.tellExit(ctx, tx, "exit.overdue", x); err != nil {
			return err
		}
	}
	return nil
}

// changes are the changes among the certified engineers since the grant: everybody with a certificate who left, every
// counted engineer who does other work now, and every counted certificate that no longer counts.
func (p *pass) changes() []ExitReport {
	var out []ExitReport
	add := func(person, name string, reason ExitReason, on calendar.Day) {
		if !slices.ContainsFunc(out, func(x ExitReport) bool { return x.Person == person && x.ExitOn == on }) {
			out = append(out, ExitReport{Person: person, Name: name, Reason: reason, ExitOn: on})
		}
	}
	for i := range p.f.People {
		x := &p.f.People[i]
		if !x.LeftOn.IsNone() && x.LeftOn <= p.today && x.LeftOn > p.q.ValidFrom && x.Registered && len(x.Certificates) > 0 {
			add(x.ID, x.Name, Leaving, x.LeftOn)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(p.q.counted)) {
		for _, c := range p.lostFrom(line) {
			if reason, on := p.explain(c); reason == Lapse || reason == Transfer {
				add(c.Person, c.Name, reason, on)
			}
		}
	}
	return out
}

// lostFrom are those who filled a line when it was last looked at and don't any more.
func (p *pass) lostFrom(line string) []counted {
	l, ok := p.track.Line(line)
	if !ok {
		return nil
	}
	var out []counted
	for _, c := range p.q.counted[line] {
		if !slices.ContainsFunc(l.Slots, func(s program.Slot) bool { return s.Person == c.Person }) {
			out = append(out, c)
		}
	}
	return out
}

// explain says why somebody no longer fills a place, and from which day.
func (p *pass) explain(c counted) (ExitReason, calendar.Day) {
	x, ok := p.f.Person(c.Person)
	switch {
	case !ok:
		return Leaving, p.today
	case !x.LeftOn.IsNone() && x.LeftOn <= p.today:
		return Leaving, x.LeftOn
	case !x.Registered:
		return Transfer, p.today // still with the company, no longer an engineer of it
	case c.Code == "":
		return Replacement, p.today
	case !c.Until.IsNone() && c.Until < p.today:
		return Lapse, c.Until + 1
	case !slices.ContainsFunc(x.Certificates, func(y program.Certificate) bool { return y.Code == c.Code }):
		return Lapse, p.today // revoked
	}
	return Replacement, p.today
}

// vacancies opens one for each place that was lost and closes those that are filled, oldest first.
func (p *pass) vacancies(ctx context.Context, tx *db.Tx) error {
	next := map[string][]counted{}
	for i := range p.track.Lines {
		l := &p.track.Lines[i]
		open := slices.DeleteFunc(slices.Clone(p.open), func(x Vacancy) bool { return x.Line != l.ID })
		missing := 0
		if !p.met {
			missing = max(l.Need-l.Have, 0)
		}
		if len(l.Slots) > 0 || len(p.q.counted[l.ID]) > 0 {
			if err := p.openVacancies(ctx, tx, l, missing-len(open)); err != nil {
				return err
			}
		}
		if err := p.fillVacancies(ctx, tx, l, open, len(open)-missing); err != nil {
			return err
		}
		for _, s := range l.Slots {
			x, _ := p.f.Person(s.Person)
			next[l.ID] = append(next[l.ID], counted{s.Person, x.Name, s.Certificate.Code, s.Certificate.ExpiresOn})
		}
	}
	p.q.counted = next
	return nil
}

func (p *pass) openVacancies(ctx context.Context, tx *db.Tx, l *program.LineResult, n int) error {
	if p.v.Staffing.VacancyMonths == 0 {
		return nil
	}
	lost := p.lostFrom(l.ID)
	for i := range max(n, 0) {
		x := Vacancy{Account: p.q.Account, ID: id.New("vac", tx.Wall), Qualification: p.q.ID, Line: l.ID, Reason: Replacement,
			OpenedOn: p.today, State: VacancyOpen, CreatedAt: tx.Now}
		if i < len(lost) {
			x.Person, x.Name, x.Code = lost[i].Person, lost[i].Name, lost[i].Code
			x.Reason, x.OpenedOn = p.explain(lost[i])
		}
		x.Due = x.OpenedOn.AddMonths(p.v.Staffing.VacancyMonths).End()
		if err := insertVacancy(ctx, tx, x); err != nil {
			return err
		}
		p.open = append(p.open, x)
		if err := p.tellVacancy(ctx, tx, "vacancy.opened", x); err != nil {
			return err
		}
		if err := p.record(ctx, tx, "vacancy", x.Name); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) fillVacancies(ctx context.Context, tx *db.Tx, l *program.LineResult, open []Vacancy, n int) error {
	fresh := slices.DeleteFunc(slices.Clone(l.Slots), func(s program.Slot) bool {
		return slices.ContainsFunc(p.q.counted[l.ID], func(c counted) bool { return c.Person == s.Person })
	})
	for i := range max(n, 0) {
		x := open[i]
		x.State, x.ClosedAt = VacancyClosed, tx.Now
		if l.Met || len(fresh) > i {
			x.State = VacancyFilled
		}
		if i < len(fresh) {
			who, _ := p.f.Person(fresh[i].Person)
			x.FilledBy, x.FilledName = who.ID, who.Name
		}
		if err := endVacancy(ctx, tx, x); err != nil {
			return err
		}
		p.open = slices.DeleteFunc(p.open, func(y Vacancy) bool { return y.ID == x.ID })
		if err := p.tellVacancy(ctx, tx, "vacancy."+x.State, x); err != nil {
			return err
		}
		if err := p.record(ctx, tx, "vacancy_"+x.State, x.FilledName); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) tellVacancy(ctx context.Context, tx *db.Tx, what string, x Vacancy) error {
	line, _ := p.v.Line(x.Line)
	return outbox.Append(ctx, tx, VacancyChanged{What: what, Head: headOf(p.partner, p.v, p.q.Level), Vacancy: x.ID,
		Qualification: p.q.ID, Line: x.Line, LineEN: line.Title.En, LineZH: line.Title.Zh, Person: x.Person, PersonName: x.Name,
		FilledName: x.FilledName, OpenedOn: x.OpenedOn, Due: x.Due, DaysLeft: daysLeft(x.Due, p.today)})
}

// daysLeft counts the days until a deadline that ends at 24:00.
func daysLeft(due time.Time, today calendar.Day) int { return int(calendar.DayOf(due) - 1 - today) }

// watch begins when the granted level is no longer met or a report is overdue, and ends when neither is so.
func (p *pass) watch(ctx context.Context, tx *db.Tx) error {
	line := ""
	switch {
	case !p.met:
		line = p.firstLost()
	case slices.ContainsFunc(p.exits, func(x ExitReport) bool {
		return x.Open() && x.ExitOn > p.q.ValidFrom && !tx.Now.Before(x.ReportDue)
	}):
		line = ReportOverdue
	}
	began, ended := line != "" && !p.q.Watched(), line == "" && p.q.Watched()
	switch {
	case began:
		p.q.WatchSince, p.q.WatchLine = tx.Now, line
		if err := p.announce(ctx, tx, "qualification.watch_began"); err != nil {
			return err
		}
		return p.record(ctx, tx, "watch", line)
	case ended:
		if err := p.announce(ctx, tx, "qualification.watch_ended"); err != nil {
			return err
		}
		p.q.WatchSince, p.q.WatchLine = time.Time{}, ""
		return p.record(ctx, tx, "watch_end", "")
	}
	p.q.WatchLine = line
	return nil
}

// firstLost is the first unmet line of the track on which the level was granted.
func (p *pass) firstLost() string {
	i := slices.IndexFunc(p.track.Lines, func(l program.LineResult) bool { return !l.Met })
	if i < 0 {
		return ""
	}
	return p.track.Lines[i].ID
}

// suspension begins when a vacancy wasn't filled in time and ends when the level is met again.
func (p *pass) suspension(ctx context.Context, tx *db.Tx) error {
	overdue := false
	for i, x := range p.open {
		if tx.Now.Before(x.Due) {
			continue
		}
		overdue = true
		if x.overdueTold {
			continue
		}
		p.open[i].overdueTold = true
		if err := markVacancyOverdue(ctx, tx, x); err != nil {
			return err
		}
		if err := p.tellVacancy(ctx, tx, "vacancy.overdue", x); err != nil {
			return err
		}
		if err := p.record(ctx, tx, "vacancy_overdue", x.Name); err != nil {
			return err
		}
	}
	switch {
	case p.q.State == Valid && overdue && !p.met:
		p.q.Cause, p.q.Reason, p.q.StandingLevel = CauseStaffing, "", p.hold.BestLevel
		if err := p.q.move(Suspended, tx.Now); err != nil {
			return err
		}
		if err := p.announce(ctx, tx, "qualification.suspended"); err != nil {
			return err
		}
		return p.record(ctx, tx, "suspend", p.q.StandingLevel)
	case p.q.State == Suspended && p.q.Cause == CauseStaffing && p.met:
		if err := p.q.move(Valid, tx.Now); err != nil {
			return err
		}
		if err := p.announce(ctx, tx, "qualification.reinstated"); err != nil {
			return err
		}
		return p.record(ctx, tx, "reinstate", "")
	case p.q.State == Suspended && p.q.Cause == CauseStaffing:
		p.q.StandingLevel = p.hold.BestLevel
	}
	return nil
}

// Daily looks at every running qualification on whose day something may change, as that day, and takes back returned
// applications that nobody corrected. One partner's failure doesn't keep the others waiting.
func (s *Service) Daily(ctx context.Context, at time.Time) error {
	today := calendar.DayOf(at)
	var failures []error
	for after := ""; ; {
		partners, err := duePartners(ctx, s.db.Read(), today, after, 200)
		if err != nil {
			return err
		}
		for _, p := range partners {
			after = p
			if err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return s.settle(ctx, tx, p) }); err != nil {
				failures = append(failures, fmt.Errorf("partner %s: %w", p, err))
			}
		}
		if len(partners) < 200 {
			break
		}
	}
	return errors.Join(append(failures, s.lapseReturns(ctx, at), s.remindCorrections(ctx, at), s.endBans(ctx, at))...)
}
