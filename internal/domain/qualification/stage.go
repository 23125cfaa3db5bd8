package qualification

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

// How a partner holds the levels of a program is decided here alone. In a star program the levels supersede each
// other: at most one is running. In a staged program (program.Version.Stages) they stand side by side, each with its
// own certificate: at most one is running in each slot, and the slot is the level.

// slotOf is the place that a level takes.
func slotOf(v *program.Version, level string) string {
	if v.Stages {
		return level
	}
	return ""
}

// Ends tells whether the level has a last day. One without stays until an annual review or a revocation ends it.
func (q Qualification) Ends() bool { return !q.ValidUntil.IsNone() }

// over tells whether the term ended before a day.
func (q Qualification) over(day calendar.Day) bool { return q.Ends() && day > q.ValidUntil }

// Running tells whether it's valid or suspended.
func (q Qualification) Running() bool { return q.State == Valid || q.State == Suspended }

// staffed tells whether a program has duties about its staff: reports, vacancies, watch, suspension. Where it has
// none, an issued level stays as it is until its annual review when people leave.
func staffed(v *program.Version) bool { return v.Staffing != program.Staffing{} }

// inSlot finds the running one of the slot that a level of a version takes; nil when there's none.
func inSlot(running []Qualification, v *program.Version, level string) *Qualification {
	for i, q := range running {
		if q.Program == v.Program && q.Running() && (!v.Stages || q.Level == level) {
			return &running[i]
		}
	}
	return nil
}

// topOf finds the highest running level of a program; nil when there's none.
func topOf(running []Qualification, v *program.Version) (top *Qualification) {
	for i, q := range running {
		if q.Program == v.Program && q.Running() && (top == nil || v.LevelIndex(q.Level) > v.LevelIndex(top.Level)) {
			top = &running[i]
		}
	}
	return top
}

// A Stage is one level of a staged program on a partner's overview.
type Stage struct {
	Level   program.Level
	Held    *Qualification // the running one; nil = not held
	Ready   bool           // an application would reach it now
	Renewal Renewal
}

// Stage finds a stage by its level.
func (p *ProgramView) Stage(level string) (Stage, bool) {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Level.ID == level })
	if i < 0 {
		return Stage{}, false
	}
	return p.Stages[i], true
}

// HeldAs is the running qualification that a level would renew or replace; nil when there's none.
func (p *ProgramView) HeldAs(level string) *Qualification {
	if s, ok := p.Stage(level); ok {
		return s.Held
	}
	return p.Held
}

// ReadyLevel is the level that an application would reach now and that isn't held yet: the highest one above the
// level held, in a staged program the lowest stage that is missing. Empty when there's none.
func (p *ProgramView) ReadyLevel() string {
	for _, s := range p.Stages {
		if s.Held == nil && !s.Level.SelfGranted {
			if s.Ready {
				return s.Level.ID
			}
			return ""
		}
	}
	if len(p.Stages) > 0 {
		return ""
	}
	best := p.Version.LevelIndex(p.Apply.BestLevel)
	if p.Held != nil && best <= p.Version.LevelIndex(p.Held.Level) {
		return ""
	}
	return p.Apply.BestLevel
}

// Starred tells whether a program grants stars: a path or a label doesn't.
func Starred(v *program.Version) bool {
	return slices.ContainsFunc(v.Levels, func(l program.Level) bool { return l.Stars > 0 })
}

// Relevant tells whether the program matters to the partner now: it holds something in it, is at it, may not apply for
// a time, or could apply at once. A star program that it may join always does.
func (p *ProgramView) Relevant() bool {
	if p.Held != nil || p.Open != nil || p.Ban != nil {
		return true
	}
	if Starred(p.Version) {
		ok, _ := p.Version.Eligible(p.Facts)
		return ok
	}
	return !Joined(p.Program) && p.ReadyLevel() != "" && p.Refused.IsZero()
}

// Joined tells whether a program is one that partners join rather than earn.
func Joined(program string) bool { return strings.HasPrefix(program, "membership-") }

// hold fills what the partner holds in the program.
func (p *ProgramView) hold(running []Qualification, critical []CriticalEvent, vacancies []Vacancy, today calendar.Day) {
	v := p.Version
	if p.Held = topOf(running, v); p.Held != nil {
		p.Renewal = renewal(v, *p.Held, critical, today)
		p.Vacancies = slices.DeleteFunc(slices.Clone(vacancies), func(x Vacancy) bool { return x.Qualification != p.Held.ID })
	}
	if !v.Stages {
		return
	}
	p.NextLevel, p.DecidingLine = "", ""
	for _, l := range v.Levels {
		s := Stage{Level: l, Held: inSlot(running, v, l.ID)}
		if r, ok := p.Apply.Level(l.ID); ok {
			s.Ready = r.Met
			if s.Held == nil && p.NextLevel == "" {
				p.NextLevel, p.DecidingLine = l.ID, r.Deciding.Line
			}
		}
		if s.Held != nil {
			s.Renewal = renewal(v, *s.Held, critical, today)
			if s.Renewal.Open && !p.Renewal.Open {
				p.Renewal = s.Renewal
			}
		}
		p.Stages = append(p.Stages, s)
	}
}

// A Gate is another module's say on whether a partner may take part in a program: it refuses with its own words.
type Gate func(ctx context.Context, q db.Querier, partner, program string, at time.Time) error

// Gate adds one for a program ("" = all). Call it before anything is served.
func (s *Service) Gate(program string, g Gate) { s.gates[program] = append(s.gates[program], g) }

// pass asks the gates of a program. The error is the first refusal.
func (s *Service) pass(ctx context.Context, q db.Querier, partner, program string, at time.Time) error {
	for _, id := range []string{"", program} {
		for _, g := range s.gates[id] {
			if err := g(ctx, q, partner, program, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// RunningOf are all that a partner holds: valid and suspended ones, by program. It asks no permission.
func (s *Service) RunningOf(ctx context.Context, q db.Querier, partner string) ([]Qualification, error) {
	return runningQualifications(ctx, q, partner)
}

// RunningIn finds the running one of a program and level among them, any level for ""; nil when there's none.
func RunningIn(running []Qualification, program, level string) *Qualification {
	i := slices.IndexFunc(running, func(q Qualification) bool {
		return q.Program == program && q.Running() && (level == "" || q.Level == level)
	})
	if i < 0 {
		return nil
	}
	return &running[i]
}

// Holdings are the levels and labels that were valid at an instant, as programs count them. It asks no permission.
func (s *Service) Holdings(ctx context.Context, q db.Querier, partner string, at time.Time) ([]program.Holding, error) {
	return holdingsAt(ctx, q, partner, at)
}

// OpenOf are a partner's applications under way. It asks no permission.
func (s *Service) OpenOf(ctx context.Context, q db.Querier, partner string) ([]Application, error) {
	return openApplications(ctx, q, partner)
}

// StageHolders lists who holds a level of a program, by account, for the annual rounds. after is the account of the
// page before. It asks no permission.
func (s *Service) StageHolders(ctx context.Context, q db.Querier, program, level, after string, most int) ([]Qualification, error) {
	return stageHolders(ctx, q, program, level, after, limit(most))
}

// Judge evaluates the keeping of a version's levels with a partner's facts at an instant: the question of an annual
// review. It asks no permission.
func (s *Service) Judge(ctx context.Context, q db.Querier, partner, ref string, at time.Time) (Evaluated, error) {
	v, err := s.specFor(ref, at)
	if err != nil {
		return Evaluated{}, err
	}
	f, err := s.gather(ctx, q, partner, at)
	if err != nil {
		return Evaluated{}, err
	}
	return evaluated(v, f, at, program.Hold), nil
}

// GrantSelf grants a level that choosing it grants (program.Level.SelfGranted), in the caller's transaction. The
// record is an application approved at once. It asks no permission; the gates and the level's lines are asked.
// Conflict when the partner has it.
func (s *Service) GrantSelf(ctx context.Context, tx *db.Tx, by actor.Actor, partner, programID, level string) (Qualification, error) {
	a, b, err := s.selfApplication(ctx, tx, by, partner, programID, level)
	if err != nil {
		return Qualification{}, err
	}
	fresh, err := insertApplication(ctx, tx, a)
	if err != nil {
		return Qualification{}, err
	}
	if !fresh {
		return Qualification{}, fault.Conflict(i18n.M("application.conflict.open"))
	}
	a.State, a.TruthBy, a.TruthName, a.TruthAt = Approved, by.User, by.Name, tx.Now
	a.SubmittedBy, a.SubmittedAt, a.DecidedAt, a.submittedEdition = by.User, tx.Now, tx.Now, 1
	if a.snapshot, err = b.snapshot(a, tx.Now); err != nil {
		return Qualification{}, err
	}
	if err := saveApplication(ctx, tx, &a, Draft, 1); err != nil {
		return Qualification{}, err
	}
	return s.grant(ctx, tx, by, a, b)
}

func (s *Service) selfApplication(ctx context.Context, tx *db.Tx, by actor.Actor, partner, programID, level string) (Application, *workbench, error) {
	v, err := s.Current(programID, tx.Now)
	if err != nil {
		return Application{}, nil, err
	}
	l, ok := v.Level(level)
	if !ok || !l.SelfGranted {
		return Application{}, nil, fault.Invalid("level", i18n.M("application.field.level"))
	}
	a := Application{Account: partner, ID: id.New("app", tx.Wall), Program: v.Program, Version: v.Number, Level: level, Kind: Initial,
		State: Draft, Edition: 1, CreatedBy: by.User, CreatedAt: tx.Now, ChangedAt: tx.Now}
	b, err := s.bench(ctx, tx, a, tx.Now)
	if err != nil {
		return a, nil, err
	}
	if b.held != nil {
		return a, nil, fault.Conflict(i18n.M("application.conflict.held", i18n.A{"level": l.Title.Msg()}))
	}
	if b.refused != nil {
		return a, nil, b.refused
	}
	if a.Track, err = chooseTrack(&b.apply.Evaluation, level, ""); err != nil {
		return a, nil, err
	}
	var fs fault.Fields
	b.unmet(a, &fs)
	a.Form = prefill(b.partner, b.apply.Facts, ServiceFacts{}, by)
	return a, &b, fs.Err()
}

// EndedBy says who ended a level for another reason than false information.
type EndedBy string

// The ends.
const (
	AnnualReview EndedBy = "annual_review"
	LeftPath     EndedBy = "left_path"
)

// A Revocation ends a level with a reason that the partner reads.
type Revocation struct {
	By     EndedBy
	Reason string
}

// Revoke ends a running level in the caller's transaction, because an annual review decided so or the partner left.
// It asks no permission. Conflict when it isn't running any more.
func (s *Service) Revoke(ctx context.Context, tx *db.Tx, by actor.Actor, account, id string, r Revocation) (Qualification, error) {
	q, err := qualificationByID(ctx, tx, account, id)
	if err != nil {
		return q, err
	}
	if !q.Running() {
		return q, fault.Conflict(i18n.M("qualification.conflict.state", i18n.A{"state": q.label()}))
	}
	from := q.State
	if err := q.move(Cancelled, tx.Now); err != nil {
		return q, err
	}
	q.EndedBy, q.Reason = r.By, tidy(r.Reason)
	if err := saveQualification(ctx, tx, &q, from, true); err != nil {
		return q, err
	}
	if err := closeVacancies(ctx, tx, q.Account, q.ID); err != nil {
		return q, err
	}
	what, did := "qualification.revoked", "revoke"
	if r.By == LeftPath {
		what, did = "qualification.left", "leave"
	}
	if err := s.tellEnd(ctx, tx, what, q); err != nil {
		return q, err
	}
	if err := s.restate(ctx, tx, q.Account); err != nil {
		return q, err
	}
	return q, audit.Record(ctx, tx, by, actor.SuspendOrCancel, q.subject(), map[string]any{"did": did, "text": q.Reason, "from": string(from)})
}

func (s *Service) tellEnd(ctx context.Context, tx *db.Tx, what string, q Qualification) error {
	v, err := s.spec(q.Ref())
	if err != nil {
		return err
	}
	p, err := s.src.Partner(ctx, tx, q.Account)
	if err != nil {
		return err
	}
	return s.announce(ctx, tx, what, q, p, v)
}

// restate stores a partner's results anew after something that it holds changed: levels of other programs count it.
func (s *Service) restate(ctx context.Context, tx *db.Tx, partner string) error {
	f, err := s.gather(ctx, tx, partner, tx.Now)
	if err != nil {
		return err
	}
	old, err := resultsOf(ctx, tx, partner)
	if err != nil {
		return err
	}
	return s.storeResults(ctx, tx, partner, old, f)
}
