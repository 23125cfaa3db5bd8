package ticket

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/fulltext"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

const (
	renewJob   = "ticket.renew_index" // of all tickets
	relabelJob = "ticket.relabel"     // of those that have a label
	renewBatch = 50                   // tickets held at a time
)

// registerIndex adds what keeps the index right without a verb: when the rules of words have changed, every ticket's are
// made anew while people go on searching by the old ones.
func (s *Service) registerIndex(r *jobs.Runner) {
	r.Outside(renewJob, s.renew)
	r.Outside(relabelJob, s.relabel)
	r.Every("ticket.index", jobs.Latest(s.db.Clock().Now, jobs.Interval(time.Hour)), func(ctx context.Context, _ time.Time) error {
		return s.db.Update(ctx, func(tx *db.Tx) error {
			p, err := readProgress(ctx, tx)
			if err != nil || p.version == fulltext.Version || p.making == fulltext.Version {
				return err
			}
			return beginRenewal(ctx, tx, p)
		})
	})
}

// An Index says by which rules the words of tickets are made, and how far making them anew has come.
type Index struct {
	Version, Wanted int64
	Renewing        bool
	Done, Total     int64
	StartedAt       time.Time
	EndedAt         time.Time
}

// Index tells how the full-text index stands. For those who see jobs.
func (s *Service) Index(ctx context.Context, by actor.Actor) (Index, error) {
	if err := by.May(actor.ViewJobs); err != nil {
		return Index{}, err
	}
	p, err := readProgress(ctx, s.db.Read())
	return Index{p.version, fulltext.Version, p.making > 0, p.done, p.total, p.startedAt, p.endedAt}, err
}

// RenewIndex makes the words of all tickets anew, as a job that goes on where it was when the program was stopped. Asking
// twice starts nothing new while it runs. For those who may run jobs again.
func (s *Service) RenewIndex(ctx context.Context, by actor.Actor) error {
	if err := by.May(actor.RetryJob); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := readProgress(ctx, tx)
		if err != nil || p.making > 0 {
			return err
		}
		if err := audit.Record(ctx, tx, by, actor.RetryJob, audit.Subject{Kind: "index", ID: indexName}, nil); err != nil {
			return err
		}
		return beginRenewal(ctx, tx, p)
	})
}

func beginRenewal(ctx context.Context, tx *db.Tx, p progress) error {
	total, err := countTickets(ctx, tx)
	if err != nil {
		return err
	}
	p.making, p.doneTo, p.done, p.total, p.startedAt, p.endedAt = fulltext.Version, "", 0, total, tx.Wall, time.Time{}
	if err := saveProgress(ctx, tx, p); err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: renewJob, Key: id.New("renew", tx.Wall)})
}

// renew goes through all tickets, some at a time; each time says how far it is, so that it goes on there.
func (s *Service) renew(ctx context.Context, _ jobs.Job) error {
	for more := true; more; {
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			p, err := readProgress(ctx, tx)
			if err != nil || p.making == 0 {
				more = false
				return err
			}
			some, err := numbersAfter(ctx, tx, p.doneTo, renewBatch)
			if err != nil {
				return err
			}
			if err := indexAll(ctx, tx, some); err != nil {
				return err
			}
			if more = len(some) == renewBatch; !more {
				p.version, p.making, p.endedAt = p.making, 0, tx.Wall
			}
			if p.done += int64(len(some)); len(some) > 0 {
				p.doneTo = some[len(some)-1].no
			}
			return saveProgress(ctx, tx, p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// indexAll indexes tickets, each held as its verbs hold it: none writes words that were read before another one's.
func indexAll(ctx context.Context, tx *db.Tx, some []owned) error {
	for _, o := range some {
		t, err := lock(ctx, tx, o.account, o.no)
		if errors.Is(err, fault.NotFound()) {
			continue // its number was taken by a transaction that isn't through
		}
		if err != nil {
			return err
		}
		if err := index(ctx, tx, t); err != nil {
			return err
		}
	}
	return nil
}

// A labelled names the tickets that had a label when it changed, and whose they are: the label's account's own when
// nothing is said.
type labelled struct {
	Account  string   `json:"account"`
	Nos      []string `json:"nos"`
	Accounts []string `json:"accounts,omitempty"`
}

func (x labelled) tickets() (all []owned) {
	for i, no := range x.Nos {
		o := owned{no, x.Account}
		if i < len(x.Accounts) {
			o.account = x.Accounts[i]
		}
		all = append(all, o)
	}
	return all
}

// relabelled has the tickets of a label indexed anew once the transaction that renames or removes it is through. It's
// called before the label is taken off them.
func relabelled(ctx context.Context, tx *db.Tx, account string, label int64) error {
	all, err := ofLabel(ctx, tx, account, label)
	if err != nil || len(all) == 0 {
		return err
	}
	x := labelled{Account: account}
	for _, o := range all {
		x.Nos, x.Accounts = append(x.Nos, o.no), append(x.Accounts, o.account)
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: relabelJob, Key: id.New("relabel", tx.Wall), Account: account, Payload: x})
}

func (s *Service) relabel(ctx context.Context, j jobs.Job) error {
	var x labelled
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return err
	}
	for some := range slices.Chunk(x.tickets(), renewBatch) {
		if err := s.db.Update(ctx, func(tx *db.Tx) error { return indexAll(ctx, tx, some) }); err != nil {
			return err
		}
	}
	return nil
}
