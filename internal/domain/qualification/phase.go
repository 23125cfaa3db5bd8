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

// A review of some programs goes in phases (program.Application.Phases): a preliminary one that looks whether
// everything is there, a technical one that judges it, and a countersignature by somebody else. An application
// carries the phase that it is in; it waits for a reviewer or is with one in each.

// Progress is how an application stands, in the words of its program: the phase of a review in phases, or the plain
// state of a review of one step.
type Progress string

// The steps of a review in phases; the other values are those of State.
const (
	ProgressPreliminary Progress = "preliminary_review"
	ProgressTechnical   Progress = "technical_review"
	ProgressCountersign Progress = "countersign"
	ProgressToUpdate    Progress = "materials_to_update"
	ProgressCertified   Progress = "certified"
	ProgressFailed      Progress = "failed"
)

// Progress names it. One that waits for its first reviewer is submitted, whatever phase comes next.
func (a Application) Progress() Progress {
	if a.Phase == "" {
		return Progress(a.State)
	}
	switch a.State {
	case Submitted, UnderReview:
		if a.State == Submitted && a.Phase != program.PhaseCountersign {
			return Progress(Submitted)
		}
		return phaseProgress[a.Phase]
	case Returned:
		return ProgressToUpdate
	case Approved:
		return ProgressCertified
	case Rejected:
		return ProgressFailed
	}
	return Progress(a.State)
}

var phaseProgress = map[string]Progress{program.PhasePreliminary: ProgressPreliminary, program.PhaseTechnical: ProgressTechnical,
	program.PhaseCountersign: ProgressCountersign}

// Label is the step in words.
func (p Progress) Label() i18n.Msg {
	switch p {
	case ProgressPreliminary:
		return i18n.M("application.progress.preliminary")
	case ProgressTechnical:
		return i18n.M("application.progress.technical")
	case ProgressCountersign:
		return i18n.M("application.progress.countersign")
	case ProgressToUpdate:
		return i18n.M("application.progress.to_update")
	case ProgressCertified:
		return i18n.M("application.progress.certified")
	case ProgressFailed:
		return i18n.M("application.progress.failed")
	}
	return State(p).Label()
}

// PhaseLabel is a phase in words.
func PhaseLabel(phase string) i18n.Msg { return phaseProgress[phase].Label() }

// begin puts a submitted application at the start of its review: the first phase, or the one decision.
func (a *Application) begin(v *program.Version, working *calendar.Working, at time.Time) {
	a.Phase, a.phaseBy = "", ""
	days := v.Application.ReviewWorkingDays
	if ps := v.Application.Phases; len(ps) > 0 {
		a.Phase, days = ps[0].ID, ps[0].WorkingDays
	}
	a.ReviewDue = working.DueAfter(at, days)
	a.ReturnDue, a.overdueTold = time.Time{}, false
}

// following is the phase after the one that an application is in.
func following(v *program.Version, phase string) (program.Phase, bool) {
	i := slices.IndexFunc(v.Application.Phases, func(p program.Phase) bool { return p.ID == phase })
	if i < 0 || i+1 >= len(v.Application.Phases) {
		return program.Phase{}, false
	}
	return v.Application.Phases[i+1], true
}

// Pass passes the phase of a review. After the technical one the application waits for another reviewer to
// countersign it. The note is for the vendor's staff. Conflict in the last phase, which is decided, and while an
// attached material hasn't passed its own review, from the technical phase on.
func (s *Service) Pass(ctx context.Context, by actor.Actor, id string, edition int64, note string) (Application, error) {
	return s.change(ctx, by, actor.DecideReview, id, stepPass, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := mayReview(by, a); err != nil {
			return nil, err
		}
		if note = tidy(note); len([]rune(note)) > mostText {
			return nil, fault.Invalid("note", i18n.M("application.field.long", i18n.A{"most": mostText}))
		}
		v, err := s.spec(a.Ref())
		if err != nil {
			return nil, err
		}
		next, ok := following(v, a.Phase)
		if !ok {
			return nil, fault.Conflict(i18n.M("review.conflict.last_phase"))
		}
		if a.Phase != program.PhasePreliminary {
			if err := s.allPassed(ctx, tx, *a); err != nil {
				return nil, err
			}
		}
		passed := a.Phase
		if err := s.advance(ctx, tx, by, a, next); err != nil {
			return nil, err
		}
		detail := map[string]any{"phase": passed, "text": note, "next": next.ID}
		return detail, s.tellOf(ctx, tx, by, "application.phase_passed", *a, passed)
	})
}

// advance moves an application into a phase. A countersignature waits for somebody else.
func (s *Service) advance(ctx context.Context, tx *db.Tx, by actor.Actor, a *Application, next program.Phase) error {
	working, err := s.src.Working(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	a.Phase, a.phaseBy = next.ID, by.User
	a.ReviewDue, a.overdueTold = working.DueAfter(tx.Now, next.WorkingDays), false
	if next.ID == program.PhaseCountersign {
		a.State, a.Reviewer, a.ReviewerName = Submitted, "", ""
	}
	return watchReview(ctx, tx, *a)
}

// fourEyes refuses who passed the technical review as the one who countersigns it.
func (a *Application) fourEyes(by actor.Actor) error {
	if a.Phase == program.PhaseCountersign && a.phaseBy == by.User {
		return fault.Conflict(i18n.M("review.conflict.four_eyes"))
	}
	return nil
}

// decidable refuses an approval before the last phase.
func (a *Application) decidable(v *program.Version) error {
	if next, more := following(v, a.Phase); more {
		return fault.Conflict(i18n.M("review.conflict.phase", i18n.A{"next": PhaseLabel(next.ID)}))
	}
	return nil
}

// correctBy is the last day of a correction: what the reviewer sets, or exactly the program's days.
func correctBy(v *program.Version, until, today calendar.Day) (calendar.Day, error) {
	if n := v.Application.CorrectionDays; n > 0 {
		return today.AddDays(n), nil
	}
	return until, checkDeadline(until, today)
}

// terminate ends a returned application that wasn't corrected. Where the program says so, no other may follow for some
// months.
func (s *Service) terminate(ctx context.Context, tx *db.Tx, by actor.Actor, a *Application, v *program.Version) (map[string]any, error) {
	a.DecidedAt = tx.Now
	if err := s.tellOf(ctx, tx, by, "application.terminated", *a, ""); err != nil {
		return nil, err
	}
	return map[string]any{"lapsed": by.Kind == actor.System}, s.ban(ctx, tx, by, *a, v, BanTerminated)
}

// lapseReturns ends returned applications that nobody corrected in time: withdrawn, or terminated where the program
// says so.
func (s *Service) lapseReturns(ctx context.Context, at time.Time) error {
	by := actor.Program("reviews")
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		late, err := lapsedReturns(ctx, tx, at)
		if err != nil {
			return err
		}
		for _, a := range late {
			if err := s.lapse(ctx, tx, by, a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) lapse(ctx context.Context, tx *db.Tx, by actor.Actor, a Application) error {
	v, err := s.spec(a.Ref())
	if err != nil {
		return err
	}
	if v.Application.CorrectionDays > 0 {
		return s.step(ctx, tx, by, actor.EditApplication, &a, stepTerminate, a.Edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
			return s.terminate(ctx, tx, by, a, v)
		})
	}
	return s.step(ctx, tx, by, actor.EditApplication, &a, stepWithdraw, a.Edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		a.DecidedAt = tx.Now
		return map[string]any{"lapsed": true}, s.tellOf(ctx, tx, by, "application.withdrawn", *a, "")
	})
}

// remindCorrections tells those whose application ends when they don't correct it, on the notice days.
func (s *Service) remindCorrections(ctx context.Context, at time.Time) error {
	by, today := actor.Program("reviews"), calendar.DayOf(at)
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		notice, err := s.src.NoticeDays(ctx, tx, at)
		if err != nil {
			return err
		}
		open, err := openReturns(ctx, tx, at)
		if err != nil {
			return err
		}
		for _, a := range open {
			v, err := s.spec(a.Ref())
			if err != nil || v.Application.CorrectionDays == 0 {
				continue
			}
			// Those told on the return itself aren't told again the next day.
			days := slices.DeleteFunc(slices.Sorted(slices.Values(notice)), func(n int) bool { return n >= v.Application.CorrectionDays })
			p := pass{q: Qualification{Account: a.Account}, notice: days}
			fresh, err := p.ahead(ctx, tx, daysLeft(a.ReturnDue, today), "correction:"+a.ID+":"+a.ReturnDue.UTC().Format(time.RFC3339))
			if err != nil {
				return err
			}
			if !fresh {
				continue
			}
			if err := s.tellOf(ctx, tx, by, "application.correction_due", a, ""); err != nil {
				return err
			}
		}
		return nil
	})
}
