package qualification

import (
	"context"
	"errors"
	"slices"

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

// changed says that somebody was faster, when a compare-and-set found no row.
func changed(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// A DraftInput chooses what to apply for. An empty track takes the one that is met or nearest.
type DraftInput struct{ Program, Level, Track string }

// Draft begins an application, its form filled from the data. The partner's administrator and service manager may.
// Conflict when one is under way in the program, or the renewal window isn't open.
func (s *Service) Draft(ctx context.Context, by actor.Actor, in DraftInput) (Application, error) {
	return s.draft(ctx, by, in, nil)
}

func (s *Service) draft(ctx context.Context, by actor.Actor, in DraftInput, from *Application) (a Application, err error) {
	if err := s.mayRead(ctx, by, actor.EditApplication, by.Account); err != nil {
		return a, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err = s.newDraft(ctx, tx, by, in, from)
		if err != nil {
			return err
		}
		fresh, err := insertApplication(ctx, tx, a)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict(i18n.M("application.conflict.open"))
		}
		if from != nil {
			if err := s.copyEvidence(ctx, tx, *from, a); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, actor.EditApplication, a.subject(),
			map[string]any{"did": "draft", "ref": a.Ref(), "level": a.Level, "track": a.Track, "copied_from": a.CopiedFrom})
	})
	return a, err
}

func (a Application) subject() audit.Subject {
	return audit.Subject{Kind: "application", ID: a.ID, Account: a.Account}
}

func (s *Service) newDraft(ctx context.Context, tx *db.Tx, by actor.Actor, in DraftInput, from *Application) (Application, error) {
	none := Application{}
	v, err := s.Current(in.Program, tx.Now)
	if err != nil {
		return none, err
	}
	p, err := s.src.Partner(ctx, tx, by.Account)
	if err != nil {
		return none, err
	}
	facts, err := s.gather(ctx, tx, by.Account, tx.Now)
	if err != nil {
		return none, err
	}
	sf, err := serviceFactsAt(ctx, tx, by.Account, tx.Now)
	if err != nil {
		return none, err
	}
	e := program.Evaluate(v, facts, tx.Now, program.Apply)
	track, err := chooseTrack(&e, in.Level, in.Track)
	if err != nil {
		return none, err
	}
	held, err := runningIn(ctx, tx, by.Account, v, in.Level)
	if err != nil {
		return none, err
	}
	if err := s.mayDraft(ctx, tx, v, held, by.Account, in.Level); err != nil {
		return none, err
	}
	a := Application{Account: by.Account, ID: id.New("app", tx.Wall), Program: v.Program, Version: v.Number, Level: in.Level,
		Track: track, Kind: kindOf(held, in.Level), State: Draft, Edition: 1, Form: prefill(p, facts, sf, by),
		CreatedBy: by.User, CreatedAt: tx.Now, ChangedAt: tx.Now}
	if from != nil {
		a.CopiedFrom, a.Form, a.Reasons = from.ID, from.Form, from.Reasons
	}
	return a, nil
}

// mayDraft refuses what couldn't be submitted anyway, so that nobody fills in a form for nothing: what a gate or a ban
// keeps closed, a level that one grants oneself, a renewal outside its window.
func (s *Service) mayDraft(ctx context.Context, tx *db.Tx, v *program.Version, held *Qualification, partner, level string) error {
	if l, ok := v.Level(level); ok && l.SelfGranted {
		return fault.Conflict(i18n.M("application.conflict.self_granted", i18n.A{"level": l.Title.Msg()}))
	}
	if err := s.pass(ctx, tx, partner, v.Program, tx.Now); err != nil {
		return err
	}
	bans, err := bansOf(ctx, tx, partner)
	if err != nil {
		return err
	}
	if b := banned(bans, v.Program, calendar.DayOf(tx.Now)); b != nil {
		return fault.Conflict(b.Why())
	}
	if held == nil || held.Level != level {
		return nil
	}
	critical, err := listCritical(ctx, tx, held.Account)
	if err != nil {
		return err
	}
	if r := renewal(v, *held, critical, calendar.DayOf(tx.Now)); !r.Open {
		return fault.Conflict(r.Why)
	}
	return nil
}

// chooseTrack checks the level, and the track or picks the best one.
func chooseTrack(e *program.Evaluation, level, track string) (string, error) {
	l, ok := e.Level(level)
	if !ok {
		return "", fault.Invalid("level", i18n.M("application.field.level"))
	}
	if track == "" {
		return l.Best().Track, nil
	}
	if !slices.ContainsFunc(l.Tracks, func(t program.TrackResult) bool { return t.Track == track }) {
		return "", fault.Invalid("track", i18n.M("application.field.track"))
	}
	return track, nil
}

// change is the frame of every step: read, check, do, compare and set, record. did is told in the timeline.
func (s *Service) change(ctx context.Context, by actor.Actor, verb actor.Verb, id string, st step, edition int64,
	do func(tx *db.Tx, a *Application) (detail map[string]any, err error)) (a Application, err error) {
	if err := by.May(verb); err != nil {
		return a, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if a, err = applicationByID(ctx, tx, by.Scope(), id); err != nil {
			return err
		}
		return s.step(ctx, tx, by, verb, &a, st, edition, do)
	})
	return a, err
}

func (s *Service) step(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, a *Application, st step, edition int64,
	do func(tx *db.Tx, a *Application) (map[string]any, error)) error {
	from := a.State
	if err := a.take(st, edition); err != nil {
		return err
	}
	detail, err := do(tx, a)
	if err != nil {
		return err
	}
	if err := saveApplication(ctx, tx, a, from, edition); err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["did"], detail["from"], detail["to"] = string(st), string(from), string(a.State)
	return audit.Record(ctx, tx, by, verb, a.subject(), detail)
}

// SaveForm stores the form, complete or not. Conflict when the page was out of date.
func (s *Service) SaveForm(ctx context.Context, by actor.Actor, id string, edition int64, f Form) (Application, error) {
	return s.change(ctx, by, actor.EditApplication, id, stepEdit, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		f.clean()
		var fs fault.Fields
		if !a.SubmittedAt.IsZero() && f.Product != a.Form.Product {
			fs.Add("form.product", f.Product, i18n.M("application.field.product_fixed", i18n.A{"product": a.Form.Product}))
		}
		f.check(&fs, false, false, s.src.CheckName)
		a.Form = f
		return nil, fs.Err()
	})
}

// ChangeTarget changes level and track of a draft.
func (s *Service) ChangeTarget(ctx context.Context, by actor.Actor, id string, edition int64, level, track string) (Application, error) {
	return s.change(ctx, by, actor.EditApplication, id, stepEdit, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		b, err := s.bench(ctx, tx, *a, tx.Now)
		if err != nil {
			return nil, err
		}
		if a.Track, err = chooseTrack(&b.apply.Evaluation, level, track); err != nil {
			return nil, err
		}
		held, err := runningIn(ctx, tx, a.Account, b.apply.Version, level)
		if err != nil {
			return nil, err
		}
		if err := s.mayDraft(ctx, tx, b.apply.Version, held, a.Account, level); err != nil {
			return nil, err
		}
		a.Level, a.Version, a.Kind = level, b.apply.Version.Number, kindOf(held, level)
		return map[string]any{"level": level, "track": a.Track}, nil
	})
}

// Submit hands the application in. It is refused, with every reason at once, unless at this instant each computed line
// of the level and track is met, every file is there, the form is complete, and truthful is ticked. A repeated click
// gives the same result as the first.
func (s *Service) Submit(ctx context.Context, by actor.Actor, id string, edition int64, truthful bool) (a Application, err error) {
	if err := by.May(actor.EditApplication); err != nil {
		return a, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if a, err = applicationByID(ctx, tx, by.Scope(), id); err != nil {
			return err
		}
		if a.State.waiting() && a.submittedEdition == edition {
			return nil
		}
		return s.step(ctx, tx, by, actor.EditApplication, &a, stepSubmit, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
			return s.submit(ctx, tx, by, a, edition, truthful)
		})
	})
	return a, err
}

func (s *Service) submit(ctx context.Context, tx *db.Tx, by actor.Actor, a *Application, edition int64, truthful bool) (map[string]any, error) {
	asked := *a
	asked.State = Draft // which version counts depends on the state before
	if !a.SubmittedAt.IsZero() {
		asked.State = Returned
	}
	b, err := s.bench(ctx, tx, asked, tx.Now)
	if err != nil {
		return nil, err
	}
	// The certificate prints the company that applies, whatever somebody typed over it.
	a.Form.Company = b.partner.Name
	if b.partner.NameZH != "" {
		a.Form.CompanyZH = b.partner.NameZH
	}
	asked.Form = a.Form
	fs := b.missing(asked, s.src.CheckName)
	if !truthful {
		fs.Add("truthful", "", i18n.M("application.field.truthful"))
	}
	if err := fs.Err(); err != nil {
		return nil, err
	}
	working, err := s.src.Working(ctx, tx, tx.Now)
	if err != nil {
		return nil, err
	}
	a.Version, a.Kind = b.apply.Version.Number, kindOf(b.held, a.Level)
	if a.snapshot, err = b.snapshot(*a, tx.Now); err != nil {
		return nil, err
	}
	a.TruthBy, a.TruthName, a.TruthAt = by.User, by.Name, tx.Now
	a.submittedEdition, a.SubmittedBy, a.SubmittedAt = edition, by.User, tx.Now
	a.begin(b.apply.Version, working, tx.Now)
	if err := watchReview(ctx, tx, *a); err != nil {
		return nil, err
	}
	detail := map[string]any{"ref": a.Ref(), "level": a.Level, "track": a.Track, "truthful": true}
	return detail, s.tell(ctx, tx, by, "application.submitted", *a, b.partner, b.apply.Version, "")
}

// tell emits what happened to an application.
func (s *Service) tell(ctx context.Context, tx *db.Tx, by actor.Actor, what string, a Application, p Partner, v *program.Version, text string) error {
	return outbox.Append(ctx, tx, ApplicationChanged{What: what, Head: headOf(p, v, a.Level), Application: a.ID, State: a.State,
		Reasons: a.Reasons, SubmittedAt: a.SubmittedAt, ReviewDue: a.ReviewDue, ReturnDue: a.ReturnDue, Reviewer: a.Reviewer,
		By: by.User, ByName: by.Name, Vendor: by.Vendor(), Text: text, Phase: a.Phase})
}

// Withdraw takes an application back before it's decided.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id string, edition int64) (Application, error) {
	return s.change(ctx, by, actor.EditApplication, id, stepWithdraw, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		v, err := s.spec(a.Ref())
		if err != nil {
			return nil, err
		}
		if returned := !a.ReturnDue.IsZero(); returned && v.Application.CorrectionDays > 0 {
			a.State = Terminated // to walk away from a return is not to correct it
			return s.terminate(ctx, tx, by, a, v)
		}
		a.DecidedAt = tx.Now
		return nil, s.tellOf(ctx, tx, by, "application.withdrawn", *a, "")
	})
}

// tellOf is tell for a step that needs neither partner nor version itself.
func (s *Service) tellOf(ctx context.Context, tx *db.Tx, by actor.Actor, what string, a Application, text string) error {
	p, err := s.src.Partner(ctx, tx, a.Account)
	if err != nil {
		return err
	}
	v, err := s.spec(a.Ref())
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, by, what, a, p, v, text)
}

// Repeat begins a new application from a rejected or withdrawn one: form, files and the reasons come along.
func (s *Service) Repeat(ctx context.Context, by actor.Actor, id string) (Application, error) {
	if err := by.May(actor.EditApplication); err != nil {
		return Application{}, err
	}
	old, err := applicationByID(ctx, s.db.Read(), by.Scope(), id)
	if err != nil {
		return Application{}, err
	}
	if !old.State.over() {
		return Application{}, fault.Conflict(i18n.M("application.conflict.state", i18n.A{"state": old.State.Label()}))
	}
	return s.draft(ctx, by, DraftInput{old.Program, old.Level, old.Track}, &old)
}
