package qualification

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

// A QueueFilter narrows the review queue. After is the cursor of the page before.
type QueueFilter struct {
	State   State // "" = submitted and under review
	Mine    bool
	Overdue bool
	Program string
	After   string
	Limit   int
}

// A QueueItem is one application that waits for the vendor.
type QueueItem struct {
	Application
	PartnerName string
	Left        time.Duration // working time until it's due; negative when overdue
}

// Queue lists what waits for a decision, the most urgent first. Reviewers and those who look after them may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, f QueueFilter) ([]QueueItem, string, error) {
	if err := by.May(actor.ListReviews); err != nil {
		return nil, "", err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	after, err := s.queueCursor(ctx, q, f.After)
	if err != nil {
		return nil, "", err
	}
	reviewer := ""
	if f.Mine {
		reviewer = by.User
	}
	n := limit(f.Limit)
	rows, err := listQueue(ctx, q, f, reviewer, now, after, n+1)
	if err != nil {
		return nil, "", err
	}
	rows, next := page(rows, n, func(a Application) string { return a.ID })
	working, err := s.src.Working(ctx, q, now)
	if err != nil {
		return nil, "", err
	}
	out := make([]QueueItem, len(rows))
	for i, a := range rows {
		out[i] = QueueItem{Application: a, PartnerName: a.Form.Company, Left: working.WorkingBetween(now, a.ReviewDue)}
	}
	return out, next, nil
}

// queueCursor finds where the page before ended: the queue is sorted by due time, which the id doesn't tell.
func (s *Service) queueCursor(ctx context.Context, q db.Querier, after string) (queueKey, error) {
	if after == "" {
		return queueKey{}, nil
	}
	a, err := applicationByID(ctx, q, "", after)
	return queueKey{a.ReviewDue, after}, err
}

// QueueCounts says how many wait and how many of them are overdue.
func (s *Service) QueueCounts(ctx context.Context, by actor.Actor) (waiting, overdue int64, err error) {
	if err := by.May(actor.ListReviews); err != nil {
		return 0, 0, err
	}
	return countQueue(ctx, s.db.Read(), s.db.Clock().Now())
}

// A Review is all that the reviewer's page shows: evidence beside the computed lines, then and now.
type Review struct {
	ApplicationView
	Then        *Snapshot
	Now         Evaluated          // what an application would reach now
	Holds       program.Evaluation // what would be kept now
	Held        *Qualification
	Inspections []Inspection
	Critical    []CriticalEvent
	Others      []Application // of the same partner and program, newest first
}

// Review opens an application to the vendor's staff.
func (s *Service) Review(ctx context.Context, by actor.Actor, id string) (Review, error) {
	if err := by.May(actor.ListReviews); err != nil {
		return Review{}, err
	}
	q := s.db.Read()
	a, err := applicationByID(ctx, q, by.Scope(), id)
	if err != nil {
		return Review{}, err
	}
	v, b, err := s.view(ctx, by, a)
	if err != nil {
		return Review{}, err
	}
	r := Review{ApplicationView: v, Then: v.Snapshot, Now: b.apply, Held: b.held, Critical: b.critical,
		Holds: program.Evaluate(b.apply.Version, b.apply.Facts, b.apply.Evaluation.At, program.Hold)}
	if r.Inspections, err = inspectionsOf(ctx, q, a.Account); err != nil {
		return r, err
	}
	others, err := listApplications(ctx, q, ApplicationFilter{Account: a.Account, Program: a.Program}, 20)
	r.Others = slices.DeleteFunc(others, func(o Application) bool { return o.ID == a.ID })
	return r, err
}

// mayReview asks for the permission, and that nobody decides on the own company's application.
func mayReview(by actor.Actor, a *Application) error {
	if !by.Vendor() || by.Account == a.Account {
		return fault.Denied()
	}
	return nil
}

// Start takes an application out of the queue: the actor is its reviewer from now on.
func (s *Service) Start(ctx context.Context, by actor.Actor, id string, edition int64) (Application, error) {
	return s.change(ctx, by, actor.DecideReview, id, stepStart, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := mayReview(by, a); err != nil {
			return nil, err
		}
		if err := a.fourEyes(by); err != nil {
			return nil, err
		}
		a.Reviewer, a.ReviewerName = by.User, by.Name
		return nil, s.tellOf(ctx, tx, by, "application.review_started", *a, "")
	})
}

// Return sends an application back for correction, with reasons and a last day. What is not corrected by then is
// taken as withdrawn. A program with a correction term of its own sets the day, and ends the application after it.
func (s *Service) Return(ctx context.Context, by actor.Actor, id string, edition int64, reasons []Reason, until calendar.Day) (Application, error) {
	return s.change(ctx, by, actor.DecideReview, id, stepReturn, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := mayReview(by, a); err != nil {
			return nil, err
		}
		clean, err := checkReasons(reasons)
		if err != nil {
			return nil, err
		}
		v, err := s.spec(a.Ref())
		if err != nil {
			return nil, err
		}
		until, err := correctBy(v, until, calendar.DayOf(tx.Now))
		if err != nil {
			return nil, err
		}
		a.Reasons, a.ReturnDue = clean, until.End()
		return map[string]any{"reasons": clean, "until": until.String()}, s.tellOf(ctx, tx, by, "application.returned", *a, "")
	})
}

// Reject refuses an application for good; the partner may make a new one from it. With falseInformation the record
// says so.
func (s *Service) Reject(ctx context.Context, by actor.Actor, id string, edition int64, reasons []Reason, falseInformation bool) (Application, error) {
	return s.change(ctx, by, actor.DecideReview, id, stepReject, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := mayReview(by, a); err != nil {
			return nil, err
		}
		clean, err := checkReasons(reasons)
		if err != nil {
			return nil, err
		}
		a.Reasons, a.DecidedAt = clean, tx.Now
		v, err := s.spec(a.Ref())
		if err != nil {
			return nil, err
		}
		if err := s.ban(ctx, tx, by, *a, v, BanFailed); err != nil {
			return nil, err
		}
		return map[string]any{"reasons": clean, "false_information": falseInformation},
			s.tellOf(ctx, tx, by, "application.rejected", *a, "")
	})
}

// Approve grants the level: application, qualification, number, the end of the former one and what is told commit
// together. Conflict when the level would not be kept at this instant: return the application instead.
func (s *Service) Approve(ctx context.Context, by actor.Actor, id string, edition int64) (granted Qualification, err error) {
	_, err = s.change(ctx, by, actor.DecideReview, id, stepApprove, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := mayReview(by, a); err != nil {
			return nil, err
		}
		b, err := s.bench(ctx, tx, *a, tx.Now)
		if err != nil {
			return nil, err
		}
		if err := s.mayCountersign(ctx, tx, by, a, b.apply.Version); err != nil {
			return nil, err
		}
		if err := b.mayGrant(*a, tx.Now); err != nil {
			return nil, err
		}
		a.DecidedAt, a.Reasons = tx.Now, nil
		if granted, err = s.grant(ctx, tx, by, *a, &b); err != nil {
			return nil, err
		}
		return map[string]any{"number": granted.Number}, s.tell(ctx, tx, by, "application.approved", *a, b.partner, b.apply.Version, granted.Number)
	})
	return granted, err
}

// mayCountersign refuses an approval before the last phase, by the one who passed the phase before, or while an
// attached material hasn't passed.
func (s *Service) mayCountersign(ctx context.Context, tx *db.Tx, by actor.Actor, a *Application, v *program.Version) error {
	if err := a.decidable(v); err != nil {
		return err
	}
	if err := a.fourEyes(by); err != nil {
		return err
	}
	return s.allPassed(ctx, tx, *a)
}

// mayGrant refuses what would be under watch from its first second.
func (b *workbench) mayGrant(a Application, at time.Time) error {
	hold := program.Evaluate(b.apply.Version, b.apply.Facts, at, program.Hold)
	l, ok := hold.Level(a.Level)
	if !ok || !l.Met {
		var gap i18n.Msg
		if ok {
			if line, found := l.Best().Line(l.Deciding.Line); found {
				gap = line.Gap
			}
		}
		return fault.Conflict(i18n.M("review.conflict.not_met", i18n.A{"gap": gap}))
	}
	if _, barred := b.barred(a); barred {
		return fault.Conflict(i18n.M("review.conflict.barred"))
	}
	return nil
}

// Comment adds a remark. Partners write to the vendor; the vendor's staff may keep one internal.
func (s *Service) Comment(ctx context.Context, by actor.Actor, app, text string, internal bool) error {
	verb := actor.EditApplication
	if by.Vendor() {
		verb = actor.DecideReview
	}
	if err := by.May(verb); err != nil {
		return err
	}
	text = tidy(text)
	if text == "" || len([]rune(text)) > mostText {
		return fault.Invalid("text", i18n.M("application.field.comment", i18n.A{"most": mostText}))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := applicationByID(ctx, tx, by.Scope(), app)
		if err != nil {
			return err
		}
		c := Comment{ID: id.New("com", tx.Wall), Author: by.User, AuthorName: by.Name, Vendor: by.Vendor(),
			Internal: internal && by.Vendor(), Body: text, At: tx.Now}
		if err := insertComment(ctx, tx, a.Account, a.ID, c); err != nil {
			return err
		}
		if !c.Internal {
			if err := s.tellOf(ctx, tx, by, "application.commented", a, text); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, verb, a.subject(), map[string]any{"did": "comment", "internal": c.Internal})
	})
}

// reviewDue is the job that looks at an application at its due time.
const reviewDue = "qualification.review_due"

// watchReview makes sure that somebody is told when the application isn't decided in time.
func watchReview(ctx context.Context, tx *db.Tx, a Application) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: reviewDue, Key: a.ID + ":" + strconv.FormatInt(a.submittedEdition, 10) + a.Phase,
		Account: a.Account, Payload: a.ID, RunAt: a.ReviewDue})
}

// alarmOverdue tells the vendor, once, of an application past its due time.
func (s *Service) alarmOverdue(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var app string
	if err := json.Unmarshal(j.Payload, &app); err != nil {
		return err
	}
	a, err := applicationByID(ctx, tx, j.Account, app)
	if err != nil {
		return err
	}
	if !a.Overdue(tx.Now) || a.overdueTold {
		return nil
	}
	if err := markOverdue(ctx, tx, a); err != nil {
		return err
	}
	by := actor.Program("reviews")
	if err := s.tellOf(ctx, tx, by, "review.overdue", a, ""); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.ListReviews, a.subject(), map[string]any{"did": "overdue", "internal": true})
}
