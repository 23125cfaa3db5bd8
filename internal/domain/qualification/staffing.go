package qualification

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// An ExitReport is the duty to report a change among the certified engineers, and its fulfilment.
type ExitReport struct {
	Account    string
	ID         string
	Person     string
	Name       string
	Reason     ExitReason
	ExitOn     calendar.Day // the first day without the engineer or the certificate
	ReportDue  time.Time
	ReportedAt time.Time // zero = not yet
	ReportedBy string
	Note       string
	CreatedAt  time.Time

	overdueTold bool
}

// Open tells whether the report is still to be made.
func (x ExitReport) Open() bool { return x.ReportedAt.IsZero() }

// Late tells whether it was made after its time, or is overdue.
func (x ExitReport) Late(now time.Time) bool {
	if x.Open() {
		return !now.Before(x.ReportDue)
	}
	return x.ReportedAt.After(x.ReportDue)
}

// ExitReason says what changed.
type ExitReason string

// The reasons. Leaving and transfer end the person's binding.
const (
	Leaving     ExitReason = "leaving"
	Transfer    ExitReason = "transfer"
	Lapse       ExitReason = "lapse"       // a certificate ended or was revoked
	Replacement ExitReason = "replacement" // another person takes the place
)

// Label is the reason in words.
func (r ExitReason) Label() i18n.Msg {
	switch r {
	case Transfer:
		return i18n.M("qualification.exit.transfer")
	case Lapse:
		return i18n.M("qualification.exit.lapse")
	case Replacement:
		return i18n.M("qualification.exit.replacement")
	}
	return i18n.M("qualification.exit.leaving")
}

// A Vacancy is a place of a running qualification that lost its engineer and is to be filled by somebody of the same
// level or higher.
type Vacancy struct {
	Account       string
	ID            string
	Qualification string
	Line          string
	Person        string // who filled it before
	Name          string
	Code          string
	Reason        ExitReason
	OpenedOn      calendar.Day // the day of the exit, from which the months count
	Due           time.Time
	State         string // open, filled, closed (no longer needed)
	FilledBy      string
	FilledName    string
	ClosedAt      time.Time
	CreatedAt     time.Time

	overdueTold bool
}

// The states of a vacancy.
const (
	VacancyOpen   = "open"
	VacancyFilled = "filled"
	VacancyClosed = "closed"
)

// A LostLine is a line that an exit would cost, or make thinner.
type LostLine struct {
	Line   string
	Title  i18n.Msg
	Before int
	After  int
	Need   int
}

// Lost tells whether the line is no longer met.
func (l LostLine) Lost() bool { return l.After < l.Need }

// An Effect is what an exit does to one running qualification.
type Effect struct {
	Qualification Qualification
	Spec          *program.Version
	Before        string // level kept before; "" = none
	After         string
	KeepsLevel    bool       // the granted level is still met
	Lost          []LostLine // on the qualification's track
	VacancyDue    time.Time  // zero = nothing to fill
}

// An ExitPreview says what a leaver would cost, before it's confirmed.
type ExitPreview struct {
	Person    string
	Name      string
	On        calendar.Day
	ReportDue time.Time
	Late      bool // the report is already late
	Effects   []Effect
}

// PreviewExit computes what an exit on a day would cost. The partner's administrators and service manager may, and
// the vendor's staff.
func (s *Service) PreviewExit(ctx context.Context, by actor.Actor, partner, person string, on calendar.Day) (ExitPreview, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return ExitPreview{}, err
	}
	now := s.db.Clock().Now()
	facts, err := s.gather(ctx, s.db.Read(), partner, now)
	if err != nil {
		return ExitPreview{}, err
	}
	return s.preview(ctx, s.db.Read(), partner, person, on, facts, now)
}

func (s *Service) preview(ctx context.Context, q db.Querier, partner, person string, on calendar.Day, facts *program.Facts, now time.Time) (ExitPreview, error) {
	p, ok := facts.Person(person)
	if !ok {
		return ExitPreview{}, fault.NotFound()
	}
	working, err := s.src.Working(ctx, q, now)
	if err != nil {
		return ExitPreview{}, err
	}
	held, err := runningQualifications(ctx, q, partner)
	if err != nil {
		return ExitPreview{}, err
	}
	at := now // a past exit is judged as of today, a coming one as of its day
	if on.Time().After(now) {
		at = on.Time()
	}
	out := ExitPreview{Person: person, Name: p.Name, On: on}
	for _, h := range held {
		v, err := s.spec(h.Ref())
		if err != nil {
			return out, err
		}
		if n := v.Staffing.ReportWorkingDays; n > 0 && out.ReportDue.IsZero() {
			out.ReportDue = working.DueAfter(on.Time(), n)
			out.Late = !now.Before(out.ReportDue)
		}
		out.Effects = append(out.Effects, effectOf(h, v, facts, person, on, at))
	}
	return out, nil
}

// effectOf evaluates a qualification with and without a person.
func effectOf(h Qualification, v *program.Version, facts *program.Facts, person string, on calendar.Day, at time.Time) Effect {
	before := program.Evaluate(v, facts, at, program.Hold)
	after := program.Evaluate(v, without(facts, person, on), at, program.Hold)
	e := Effect{Qualification: h, Spec: v, Before: before.BestLevel, After: after.BestLevel}
	if l, ok := after.Level(h.Level); ok {
		e.KeepsLevel = l.Met
	}
	was, ok := trackOf(&before, h.Level, h.Track)
	is, ok2 := trackOf(&after, h.Level, h.Track)
	if !ok || !ok2 {
		return e
	}
	for i, l := range is.Lines {
		if b := was.Lines[i]; l.Have < b.Have {
			line, _ := v.Line(l.ID)
			e.Lost = append(e.Lost, LostLine{l.ID, line.Title.Msg(), b.Have, l.Have, l.Need})
		}
	}
	opens := !e.KeepsLevel && slices.ContainsFunc(e.Lost, LostLine.Lost)
	if n := v.Staffing.VacancyMonths; n > 0 && opens {
		e.VacancyDue = on.AddMonths(n).End()
	}
	return e
}

// without is the roster as if a person had left on a day.
func without(f *program.Facts, person string, on calendar.Day) *program.Facts {
	x := *f
	x.People = slices.Clone(f.People)
	for i := range x.People {
		if x.People[i].ID == person {
			x.People[i].LeftOn = on
		}
	}
	return &x
}

// An ExitInput reports a change among the engineers. On is the first day without the person.
type ExitInput struct {
	Partner string
	Person  string
	On      calendar.Day
	Reason  ExitReason
	Note    string
}

// ReportExit reports a change, and for leaving and transfer ends the binding in the same transaction. The partner's
// administrator and service manager may. A duty that was raised before is fulfilled by it. Conflict when the change
// was reported already.
func (s *Service) ReportExit(ctx context.Context, by actor.Actor, in ExitInput) (x ExitReport, err error) {
	if err := s.mayRead(ctx, by, actor.ReportExit, in.Partner); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		in.Note = tidy(in.Note)
		facts, err := s.gather(ctx, tx, in.Partner, tx.Now)
		if err != nil {
			return err
		}
		p, ok := facts.Person(in.Person)
		if !ok {
			return fault.NotFound()
		}
		if err := in.check(p, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		if x, err = s.fileReport(ctx, tx, by, in, p); err != nil {
			return err
		}
		if (in.Reason == Leaving || in.Reason == Transfer) && p.LeftOn.IsNone() {
			if err := s.src.Leave(ctx, tx, by, in.Partner, in.Person, in.On); err != nil {
				return err
			}
		}
		if err := s.settle(ctx, tx, in.Partner); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ReportExit, audit.Subject{Kind: "exit", ID: x.ID, Account: x.Account},
			map[string]any{"person": x.Person, "reason": string(x.Reason), "exit_on": x.ExitOn.String(), "late": x.Late(tx.Now)})
	})
	return x, err
}

func (in ExitInput) check(p *program.Person, today calendar.Day) error {
	var fs fault.Fields
	if !slices.Contains([]ExitReason{Leaving, Transfer, Lapse, Replacement}, in.Reason) {
		fs.Add("reason", string(in.Reason), i18n.M("qualification.exit.choice"))
	}
	switch {
	case in.On.IsNone() || in.On < p.BoundOn || in.On > today.AddYears(1) || in.On < today.AddYears(-1):
		fs.Add("on", in.On.String(), i18n.M("qualification.exit.day"))
	case !p.LeftOn.IsNone() && p.LeftOn != in.On && (in.Reason == Leaving || in.Reason == Transfer):
		fs.Add("on", in.On.String(), i18n.M("qualification.exit.other_day", i18n.A{"day": p.LeftOn.String()}))
	}
	if len([]rune(in.Note)) > mostText {
		fs.Add("note", "", i18n.M("application.field.long", i18n.A{"most": mostText}))
	}
	return fs.Err()
}

// fileReport fulfils the duty if it was raised, or adds the report.
func (s *Service) fileReport(ctx context.Context, tx *db.Tx, by actor.Actor, in ExitInput, p *program.Person) (ExitReport, error) {
	due, err := s.reportDue(ctx, tx, in.Partner, in.On)
	if err != nil {
		return ExitReport{}, err
	}
	x := ExitReport{Account: in.Partner, ID: id.New("exi", tx.Wall), Person: in.Person, Name: p.Name, Reason: in.Reason,
		ExitOn: in.On, ReportDue: due, CreatedAt: tx.Now}
	if _, err := insertExit(ctx, tx, x); err != nil {
		return x, err
	}
	x, err = fulfilExit(ctx, tx, in, by.User)
	if err != nil {
		return x, changedTo(err, i18n.M("qualification.exit.reported"))
	}
	return x, s.tellExit(ctx, tx, "exit.reported", x)
}

// changedTo is changed with words of its own.
func changedTo(err error, msg i18n.Msg) error {
	if err = changed(err); fault.KindOf(err) == fault.KindConflict {
		return fault.Conflict(msg)
	}
	return err
}

// reportDue is the strictest report time of what the partner holds, three working days when it holds nothing.
func (s *Service) reportDue(ctx context.Context, tx *db.Tx, partner string, on calendar.Day) (time.Time, error) {
	working, err := s.src.Working(ctx, tx, tx.Now)
	if err != nil {
		return time.Time{}, err
	}
	held, err := runningQualifications(ctx, tx, partner)
	if err != nil {
		return time.Time{}, err
	}
	days := 0
	for _, h := range held {
		v, err := s.spec(h.Ref())
		if err != nil {
			return time.Time{}, err
		}
		if n := v.Staffing.ReportWorkingDays; n > 0 && (days == 0 || n < days) {
			days = n
		}
	}
	return working.DueAfter(on.Time(), cmp.Or(days, 3)), nil
}

func (s *Service) tellExit(ctx context.Context, tx *db.Tx, what string, x ExitReport) error {
	p, err := s.src.Partner(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, ExitChanged{What: what, Partner: p.ID, PartnerName: p.Name, Exit: x.ID, Person: x.Person,
		PersonName: x.Name, Reason: string(x.Reason), ExitOn: x.ExitOn, ReportDue: x.ReportDue, ReportedAt: x.ReportedAt,
		Late: x.Late(tx.Now)})
}

// Exits lists a partner's reports and open duties, newest first.
func (s *Service) Exits(ctx context.Context, by actor.Actor, partner string) ([]ExitReport, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	return exitsOf(ctx, s.db.Read(), partner)
}

// Vacancies lists a partner's vacancies, the most urgent first.
func (s *Service) Vacancies(ctx context.Context, by actor.Actor, partner string, openOnly bool) ([]Vacancy, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	return listVacancies(ctx, s.db.Read(), partner, openOnly)
}
