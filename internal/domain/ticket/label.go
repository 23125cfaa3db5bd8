package ticket

import (
	"context"
	"errors"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

const (
	// MostLabels is how many labels of one account a ticket has at most.
	MostLabels = 5
	// mostOwnLabels is how many an account has.
	mostOwnLabels = 500
	// MostRelations is how many other tickets one is related to at most.
	MostRelations = 3
)

var color = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// A LabelFilter chooses an account's labels.
type LabelFilter struct {
	Name          string // anywhere in the name
	ID            int64
	Offset, Limit int
}

// Labels lists the actor's account's labels, by name, with how many there are.
func (s *Service) Labels(ctx context.Context, by actor.Actor, f LabelFilter) ([]Label, int64, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return nil, 0, err
	}
	if f.Limit <= 0 || f.Limit > mostOwnLabels {
		f.Limit = mostOwnLabels
	}
	q := s.db.Read()
	n, err := countLabels(ctx, q, by.Account, f)
	if err != nil {
		return nil, 0, err
	}
	all, err := listLabels(ctx, q, by.Account, f)
	return all, n, err
}

// AddLabel makes a label of the actor's account. Invalid for a name that is there already.
func (s *Service) AddLabel(ctx context.Context, by actor.Actor, in Label) (out Label, err error) {
	if err := by.May(actor.LabelTickets); err != nil {
		return out, err
	}
	if in, err = in.checked(by); err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := countLabels(ctx, tx, by.Account, LabelFilter{})
		if err != nil {
			return err
		}
		if n >= mostOwnLabels {
			return fault.Conflict(i18n.M("ticket.refuse.own_labels", i18n.A{"max": mostOwnLabels}))
		}
		for range 5 { // drawn, so that an id that was removed doesn't come back for another word
			in.ID = rand.Int64N(1<<31-2) + 1
			ok, err := insertLabel(ctx, tx, in)
			if err != nil || ok {
				out = in
				return labelDeed(ctx, tx, by, in, "add", err)
			}
		}
		return wrong("name", in.Name, i18n.M("ticket.refuse.label_name"))
	})
	return out, err
}

func labelDeed(ctx context.Context, tx *db.Tx, by actor.Actor, l Label, did string, err error) error {
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.LabelTickets, audit.Subject{Kind: "ticket_label", ID: strconv.FormatInt(l.ID, 10), Account: by.Account},
		map[string]any{"did": did, "name": l.Name})
}

func (l Label) checked(by actor.Actor) (Label, error) {
	var fs fault.Fields
	l.Account, l.Name = by.Account, text.Clean(l.Name)
	if n := utf8.RuneCountInString(l.Name); n < 1 || n > 64 {
		fs.Add("name", l.Name, i18n.M("ticket.refuse.label_length"))
	}
	if !color.MatchString(l.Color) {
		fs.Add("color", l.Color, i18n.M("ticket.refuse.label_color"))
	}
	return l, fs.Err()
}

// EditLabel changes a label's name and colour.
func (s *Service) EditLabel(ctx context.Context, by actor.Actor, in Label) (Label, error) {
	if err := by.May(actor.LabelTickets); err != nil {
		return in, err
	}
	in, err := in.checked(by)
	if err != nil {
		return in, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		other, err := labelNamed(ctx, tx, by.Account, in.Name)
		if err == nil && other != in.ID {
			return wrong("name", in.Name, i18n.M("ticket.refuse.label_name"))
		}
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return err
		}
		if err := relabelled(ctx, tx, by.Account, in.ID); err != nil {
			return err
		}
		return labelDeed(ctx, tx, by, in, "edit", gone(updateLabel(ctx, tx, in)))
	})
	return in, err
}

// RemoveLabel takes a label from the account, and from every ticket that has it.
func (s *Service) RemoveLabel(ctx context.Context, by actor.Actor, id int64) error {
	if err := by.May(actor.LabelTickets); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := relabelled(ctx, tx, by.Account, id); err != nil {
			return err
		}
		return labelDeed(ctx, tx, by, Label{ID: id}, "remove", gone(deleteLabel(ctx, tx, by.Account, id)))
	})
}

func gone(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return &Refusal{Why: UnknownLabel, err: fault.NotFound()}
	}
	return err
}

// Label puts labels of the actor's account on a ticket; those it has stay. The ticket's account and its desk each have their
// own, and the account doesn't see the desk's. TooManyLabels beyond five of one account.
func (s *Service) Label(ctx context.Context, by actor.Actor, no string, ids []int64) error {
	return s.labels(ctx, by, no, ids, nil)
}

// Unlabel takes labels off a ticket.
func (s *Service) Unlabel(ctx context.Context, by actor.Actor, no string, ids []int64) error {
	return s.labels(ctx, by, no, nil, ids)
}

// Relabel takes some labels off a ticket and puts others on, as one.
func (s *Service) Relabel(ctx context.Context, by actor.Actor, no string, on, off []int64) error {
	return s.labels(ctx, by, no, on, off)
}

func (s *Service) labels(ctx context.Context, by actor.Actor, no string, on, off []int64) error {
	if err := by.May(actor.LabelTickets); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdLive(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if w.side == Reader {
			return fault.New(fault.KindDenied, i18n.M("ticket.refuse.not_desk", i18n.A{"desk": i18n.Raw(w.t.DeskName)}))
		}
		if err := w.label(on, off); err != nil || w.t.Edition == w.was.Edition {
			return err
		}
		return w.done()
	})
}

// label puts labels on and takes others off, with a row of the log when that changed something: the ticket's account
// reads the one about its own, and a desk the one about the desk's.
func (w *work) label(on, off []int64) error {
	owner := w.by.Account
	if w.side == System {
		owner = w.t.Account
	}
	var done []string
	for _, x := range []struct {
		ids  []int64
		sign string
		do   func(context.Context, *db.Tx, Ticket, string, int64) (bool, error)
	}{{off, "−", labelOff}, {on, "+", labelOn}} {
		for _, id := range x.ids {
			l, err := labelByID(w.ctx, w.tx, owner, id)
			if errors.Is(err, db.ErrNoRow) {
				return invalid(UnknownLabel, "labels", strconv.FormatInt(id, 10), i18n.M("ticket.refuse.label"))
			}
			if err != nil {
				return err
			}
			changed, err := x.do(w.ctx, w.tx, w.t, owner, id)
			if err != nil {
				return err
			}
			if changed {
				done = append(done, x.sign+l.Name)
			}
		}
	}
	n, err := countLabelled(w.ctx, w.tx, w.t, owner)
	if err == nil && n > MostLabels {
		err = invalid(TooManyLabels, "labels", strconv.FormatInt(n, 10), i18n.M("ticket.refuse.labels", i18n.A{"max": MostLabels}))
	}
	if err != nil || len(done) == 0 {
		return err
	}
	return w.labelled(owner, strings.Join(done, ", "))
}

// labelled leaves the row of the log, and the audit row. What a desk calls a ticket is nobody else's news.
func (w *work) labelled(owner, what string) error {
	if owner != w.t.Account {
		w.did(actor.LabelTickets, "labelled", map[string]any{"labels": what})
		return w.noteOf(owner, LogLabelled, what)
	}
	if err := w.log(LogLabelled, what); err != nil {
		return err
	}
	w.happened(actor.LabelTickets, "labelled", nil)
	return nil
}

// Relate says that other tickets of the account have to do with one: both show it. TooManyRelations beyond three on either
// side, SelfRelation for itself.
func (s *Service) Relate(ctx context.Context, by actor.Actor, no string, others []string) error {
	return s.relations(ctx, by, no, func(w *work) error {
		for _, other := range others {
			if err := w.relate(other); err != nil {
				return err
			}
		}
		return nil
	})
}

// Unrelate takes a relation away, on both sides.
func (s *Service) Unrelate(ctx context.Context, by actor.Actor, no, other string) error {
	return s.relations(ctx, by, no, func(w *work) error {
		if err := unrelate(w.ctx, w.tx, w.t.Account, no, other); err != nil {
			if errors.Is(err, db.ErrNoRow) {
				return wrong("related", other, i18n.M("ticket.refuse.not_related", i18n.A{"no": other}))
			}
			return err
		}
		return nil
	})
}

func (s *Service) relations(ctx context.Context, by actor.Actor, no string, do func(w *work) error) error {
	if err := both(by); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdLive(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if w.side == Reader || w.side == Third {
			return fault.Denied()
		}
		if err := do(w); err != nil {
			return err
		}
		if err := w.log(LogRelated, ""); err != nil {
			return err
		}
		w.happened(w.verb(), "related", nil)
		return w.done()
	})
}

func (w *work) relate(other string) error {
	if other == w.t.No {
		return invalid(SelfRelation, "related", other, i18n.M("ticket.refuse.self"))
	}
	x, err := Find(w.ctx, w.tx, other)
	if err == nil && (x.Account != w.t.Account || x.State == Deleted) {
		err = fault.NotFound()
	}
	if err == nil {
		_, err = sees(w.ctx, w.tx, w.by, x)
	}
	if err != nil {
		return unknown(err, "related", other, i18n.M("ticket.refuse.no_ticket", i18n.A{"no": other}))
	}
	if err := relate(w.ctx, w.tx, w.t.Account, w.t.No, other); err != nil {
		return err
	}
	for _, no := range []string{w.t.No, other} {
		n, err := countRelations(w.ctx, w.tx, w.t.Account, no)
		if err != nil {
			return err
		}
		if n > MostRelations {
			return invalid(TooManyRelations, "related", other, i18n.M("ticket.refuse.relations", i18n.A{"no": no, "max": MostRelations}))
		}
	}
	return nil
}

// relateSplit relates what was split off, while there's room.
func (w *work) relateSplit(other string) error {
	n, err := countRelations(w.ctx, w.tx, w.t.Account, w.t.No)
	if err != nil || n >= MostRelations {
		return err
	}
	return relate(w.ctx, w.tx, w.t.Account, w.t.No, other)
}
