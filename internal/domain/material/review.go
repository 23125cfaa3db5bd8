package material

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// A QueueFilter narrows the vendor's queue; After is the cursor that the page before gave.
type QueueFilter struct {
	Kind  Kind
	After string
	Limit int
}

// A QueueItem is one material that waits for a decision, with the working time left (below zero: overdue).
type QueueItem struct {
	Material
	PartnerName string
	Left        time.Duration
}

// Queue lists what waits for review, the most urgent first. Who lists reviews may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, f QueueFilter) (items []QueueItem, next string, err error) {
	if err := by.May(actor.ListReviews); err != nil {
		return nil, "", err
	}
	due, id := edgeOf(f.After)
	n := bound(f.Limit)
	rows, err := listQueue(ctx, s.db.Read(), f, due, id, n+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > n {
		rows = rows[:n]
		next = strconv.FormatInt(rows[n-1].ReviewDue.UnixMicro(), 10) + "." + rows[n-1].ID
	}
	now := s.db.Clock().Now()
	for _, m := range rows {
		left := s.working.WorkingBetween(now, m.ReviewDue)
		if m.Overdue(now) {
			left = -s.working.WorkingBetween(m.ReviewDue, now)
		}
		items = append(items, QueueItem{Material: m, Left: left})
	}
	return items, next, s.names(ctx, items)
}

// names fills in the partners' names with one query.
func (s *Service) names(ctx context.Context, items []QueueItem) error {
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].Account
	}
	names, err := account.Names(ctx, s.db.Read(), ids)
	for i := range items {
		items[i].PartnerName = names[items[i].Account]
	}
	return err
}

func edgeOf(cursor string) (time.Time, string) {
	micros, id, _ := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return time.Time{}, ""
	}
	return time.UnixMicro(n), id
}

// QueueCounts tells how many materials wait, and how many of them are overdue.
func (s *Service) QueueCounts(ctx context.Context, by actor.Actor) (waiting, overdue int64, err error) {
	if err := by.May(actor.ListReviews); err != nil {
		return 0, 0, err
	}
	return countQueue(ctx, s.db.Read(), s.db.Clock().Now())
}

// Pass lets a version pass. The one that passed before stops counting the same day. Reviewers may.
func (s *Service) Pass(ctx context.Context, by actor.Actor, mat string, edition int64) (Material, error) {
	return s.change(ctx, by, actor.ReviewMaterial, mat, edition, func(a Actions) bool { return a.Decide }, "pass", func(tx *db.Tx, m *Material) error {
		m.ReviewerName, m.DecidedAt, m.Reasons = by.Name, tx.Now, nil
		if err := decideEdition(ctx, tx, *m, "passed"); err != nil {
			return err
		}
		if m.PassedVersion > 0 {
			if err := endEdition(ctx, tx, *m, m.PassedVersion, "passed", nil); err != nil {
				return err
			}
		}
		m.State, m.PassedVersion = Passed, m.Version
		return s.tell(ctx, tx, "material.passed", *m)
	})
}

// Fail sends a version back with reasons; the partner corrects it as the next version. Reviewers may.
func (s *Service) Fail(ctx context.Context, by actor.Actor, mat string, edition int64, reasons []string) (Material, error) {
	reasons, err := said(reasons)
	if err != nil {
		return Material{}, err
	}
	return s.change(ctx, by, actor.ReviewMaterial, mat, edition, func(a Actions) bool { return a.Decide }, "fail", func(tx *db.Tx, m *Material) error {
		m.ReviewerName, m.DecidedAt, m.Reasons = by.Name, tx.Now, reasons
		if err := decideEdition(ctx, tx, *m, "failed"); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, "material.failed", *m); err != nil {
			return err
		}
		m.State = Failed
		return nextVersion(ctx, tx, m)
	})
}

// Revoke takes away a version that passed, from today on: false information, say. Reviewers may.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, mat string, edition int64, reasons []string) (Material, error) {
	reasons, err := said(reasons)
	if err != nil {
		return Material{}, err
	}
	return s.change(ctx, by, actor.ReviewMaterial, mat, edition, func(a Actions) bool { return a.Revoke }, "revoke", func(tx *db.Tx, m *Material) error {
		if err := endEdition(ctx, tx, *m, m.PassedVersion, "revoked", reasons); err != nil {
			return err
		}
		m.PassedVersion, m.Reasons = 0, reasons
		if err := s.tell(ctx, tx, "material.revoked", *m); err != nil {
			return err
		}
		if m.State != Passed {
			return nil // a newer version is on its way already
		}
		m.State = Failed
		return nextVersion(ctx, tx, m)
	})
}

func said(reasons []string) (out []string, err error) {
	for _, r := range reasons {
		if r = text.Lines(r); r != "" {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fault.Invalid("reason", i18n.M("material.field.reason"))
	}
	for _, r := range out {
		if n := len([]rune(r)); n > mostText {
			return nil, fault.Invalid("reason", i18n.M("material.field.long", i18n.A{"count": n, "most": mostText}))
		}
	}
	return out, nil
}

// alarm tells the vendor, once, of a material past its due time.
func (s *Service) alarm(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var mat string
	if err := json.Unmarshal(j.Payload, &mat); err != nil {
		return err
	}
	m, err := byID(ctx, tx, j.Account, mat)
	if err != nil || !m.Overdue(tx.Now) || m.overdueTold {
		return err
	}
	if err := markOverdue(ctx, tx, m); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "material.overdue", m); err != nil {
		return err
	}
	return audit.Record(ctx, tx, actor.Program("reviews"), actor.ListReviews, m.subject(), map[string]any{"did": "overdue"})
}
