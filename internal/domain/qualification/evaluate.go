package qualification

import (
	"context"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An Evaluated is an evaluation with what it was made from.
type Evaluated struct {
	Version    *program.Version
	Facts      *program.Facts
	Evaluation program.Evaluation
	Eligible   bool
	Why        i18n.Msg // why the partner may not apply at all
}

// Name is a person's name on the roster.
func (e *Evaluated) Name(person string) string {
	if p, ok := e.Facts.Person(person); ok {
		return p.Name
	}
	return person
}

func evaluated(v *program.Version, f *program.Facts, at time.Time, purpose program.Purpose) Evaluated {
	e := Evaluated{Version: v, Facts: f, Evaluation: program.Evaluate(v, f, at, purpose)}
	e.Eligible, e.Why = v.Eligible(f)
	return e
}

// Evaluate compares a version ("program@version", or a bare program for the one in force) with a partner's facts at
// an instant (zero = now). The partner itself and the vendor's staff may.
func (s *Service) Evaluate(ctx context.Context, by actor.Actor, partner, ref string, at time.Time, purpose program.Purpose) (Evaluated, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return Evaluated{}, err
	}
	at = s.now(at)
	v, err := s.specFor(ref, at)
	if err != nil {
		return Evaluated{}, err
	}
	f, err := s.gather(ctx, s.db.Read(), partner, at)
	if err != nil {
		return Evaluated{}, err
	}
	return evaluated(v, f, at, purpose), nil
}

// A ProgramView is one program on a partner's overview.
type ProgramView struct {
	Program      string
	Version      *program.Version
	Hold         program.Evaluation // of the version in force
	Apply        program.Evaluation
	Held         *Qualification // the running one
	Open         *Application   // the one under way
	Vacancies    []Vacancy      // open ones
	NextLevel    string         // the lowest level that an application would not reach; "" = it reaches the top
	DecidingLine string
	MetLines     int // of the next level, on its nearest track
	AllLines     int
	Renewal      Renewal
	Facts        *program.Facts
	Stages       []Stage  // of a staged program, lowest first; Held is the highest of them
	Ban          *Ban     // keeps the partner from applying now
	Refused      i18n.Msg // why the partner may not take part, in the words of whoever says so
}

// Overview shows a partner in every program: what it holds, what it would reach, what is missing.
func (s *Service) Overview(ctx context.Context, by actor.Actor, partner string) ([]ProgramView, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	now, q := s.db.Clock().Now(), s.db.Read()
	f, err := s.gather(ctx, q, partner, now)
	if err != nil {
		return nil, err
	}
	held, err := runningQualifications(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	open, err := openApplications(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	vacancies, err := listVacancies(ctx, q, partner, true)
	if err != nil {
		return nil, err
	}
	critical, err := listCritical(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	bans, err := bansOf(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	var out []ProgramView
	for _, id := range s.Programs() {
		v, err := s.Current(id, now)
		if err != nil {
			continue // none of its versions is in force
		}
		p := ProgramView{Program: id, Version: v, Facts: f}
		p.fill(f, now)
		p.hold(held, critical, vacancies, calendar.DayOf(now))
		p.count()
		p.Ban = banned(bans, id, calendar.DayOf(now))
		if refusal := fault.Of(s.pass(ctx, q, partner, id, now)); refusal != nil {
			p.Refused = refusal.Msg
		}
		if i := slices.IndexFunc(open, func(x Application) bool { return x.Program == id }); i >= 0 {
			p.Open = &open[i]
		}
		out = append(out, p)
	}
	return out, nil
}

// fill evaluates and finds the line that decides.
func (p *ProgramView) fill(f *program.Facts, now time.Time) {
	p.Hold = program.Evaluate(p.Version, f, now, program.Hold)
	p.Apply = program.Evaluate(p.Version, f, now, program.Apply)
	r := resultOf("", &p.Hold, &p.Apply)
	p.NextLevel, p.DecidingLine = r.NextLevel, r.Line
}

// count counts the lines of the level to reach next.
func (p *ProgramView) count() {
	level := p.NextLevel
	if level == "" {
		level = p.Apply.BestLevel
	}
	l, ok := p.Apply.Level(level)
	if !ok {
		return
	}
	for _, x := range l.Best().Lines {
		p.AllLines++
		if x.Met {
			p.MetLines++
		}
	}
}

// A Result is what an evaluation said last, for lists.
type Result struct {
	Account    string
	Program    string
	Version    string
	HoldLevel  string // the level that would be kept; "" = none
	ApplyLevel string // the level that an application would reach
	NextLevel  string // the lowest level that an application would not reach
	Line       string // the line that decides it
	At         time.Time
}

// same compares what was computed, not when.
func (r Result) same(o Result) bool {
	r.At, o.At = time.Time{}, time.Time{}
	return r == o
}

func resultOf(partner string, hold, apply *program.Evaluation) Result {
	r := Result{Account: partner, Program: hold.Program, Version: hold.Version, HoldLevel: hold.BestLevel,
		ApplyLevel: apply.BestLevel, At: hold.At}
	for _, l := range apply.Levels {
		if !l.Met {
			r.NextLevel, r.Line = l.Level, l.Deciding.Line
			break
		}
	}
	return r
}

// Results are the stored results of one partner, by program and version.
func (s *Service) Results(ctx context.Context, by actor.Actor, partner string) ([]Result, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	return resultsOf(ctx, s.db.Read(), partner)
}

// A LevelCount is how many partners would keep a level ("" = none) and how many hold a qualification of it.
type LevelCount struct {
	Level     string
	Partners  int64
	Qualified int64
}

// ChannelByLevel counts the whole channel by level of a version, lowest first. The vendor's staff may.
func (s *Service) ChannelByLevel(ctx context.Context, by actor.Actor, ref string) ([]LevelCount, error) {
	v, err := s.vendorSpec(by, ref)
	if err != nil {
		return nil, err
	}
	partners, err := countResults(ctx, s.db.Read(), v.Program, v.Number)
	if err != nil {
		return nil, err
	}
	qualified, err := countQualified(ctx, s.db.Read(), v.Program)
	if err != nil {
		return nil, err
	}
	out := []LevelCount{{Level: "", Partners: partners[""]}}
	for _, l := range v.Levels {
		out = append(out, LevelCount{l.ID, partners[l.ID], qualified[l.ID]})
	}
	return out, nil
}

// A ResultFilter narrows the list of results of one version. After is the cursor.
type ResultFilter struct {
	Ref   string
	Level string // AnyLevel, "" = none at all, or a level
	After string
	Limit int
}

// AnyLevel doesn't narrow.
const AnyLevel = "*"

// ResultList lists the stored results of a version by partner. The vendor's staff may.
func (s *Service) ResultList(ctx context.Context, by actor.Actor, f ResultFilter) ([]Result, string, error) {
	v, err := s.vendorSpec(by, f.Ref)
	if err != nil {
		return nil, "", err
	}
	n := limit(f.Limit)
	rows, err := listResults(ctx, s.db.Read(), v.Program, v.Number, f.Level, f.After, n+1)
	out, next := page(rows, n, func(r Result) string { return r.Account })
	return out, next, err
}

func (s *Service) vendorSpec(by actor.Actor, ref string) (*program.Version, error) {
	if err := by.May(actor.ViewEvaluation); err != nil {
		return nil, err
	}
	if !by.Vendor() {
		return nil, fault.NotFound()
	}
	return s.specFor(ref, s.db.Clock().Now())
}

// Refresh evaluates one partner anew and brings everything that depends on it up to date.
func (s *Service) Refresh(ctx context.Context, partner string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.settle(ctx, tx, partner) })
}

// settle stores a partner's results for every active version, then follows up on what it holds.
//
// It never looks at a partner as it was before the last look: a night that was missed, or an event that comes late, would
// undo what is newer and tell of it. Such a transaction goes on at the instant of the last look.
func (s *Service) settle(ctx context.Context, tx *db.Tx, partner string) error {
	// Two passes over one partner at once would both open the same vacancy: the second waits, then reads.
	if err := lookAt(ctx, tx, partner); err != nil {
		return err
	}
	results, err := resultsOf(ctx, tx, partner)
	if err != nil {
		return err
	}
	held, err := runningQualifications(ctx, tx, partner)
	if err != nil {
		return err
	}
	for _, r := range results {
		tx.Now = later(tx.Now, r.At)
	}
	for _, h := range held {
		tx.Now = later(tx.Now, h.lookedAt)
	}
	f, err := s.gather(ctx, tx, partner, tx.Now)
	if err != nil {
		return err
	}
	if err := s.storeResults(ctx, tx, partner, results, f); err != nil {
		return err
	}
	today, ended := calendar.DayOf(tx.Now), false
	for _, h := range held {
		if err := s.follow(ctx, tx, h, f); err != nil {
			return err
		}
		ended = ended || h.over(today)
	}
	if !ended {
		return nil
	}
	return s.restate(ctx, tx, partner) // other programs counted what is over
}

func later(x, y time.Time) time.Time {
	if y.After(x) {
		return y
	}
	return x
}

func (s *Service) storeResults(ctx context.Context, tx *db.Tx, partner string, old []Result, f *program.Facts) error {
	for _, v := range s.stand().active.Versions() {
		hold := program.Evaluate(v, f, tx.Now, program.Hold)
		apply := program.Evaluate(v, f, tx.Now, program.Apply)
		r := resultOf(partner, &hold, &apply)
		if slices.ContainsFunc(old, r.same) {
			continue
		}
		if err := putResult(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}
