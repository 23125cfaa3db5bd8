package funds

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// Moved says that money went from a partner to a reseller or customer, or came back.
type Moved struct {
	Kind    string `json:"kind"` // of posting: allocate, reclaim, unbind
	Partner string `json:"partner"`
	Other   string `json:"other"`
	Unit    string `json:"unit"`
	Minor   int64  `json:"minor"`
}

// Event names the fact.
func (e Moved) Event() (kind, account, subject string) {
	switch e.Kind {
	case ledger.Allocate:
		kind = "funds.allocated"
	case ledger.Unbind:
		kind = "funds.returned"
	default:
		kind = "funds.reclaimed"
	}
	return kind, e.Partner, e.Other
}

// Summed tells one side what happened in a minute, however many transfers that were. Owner is who is told; Received
// tells whether it got the money. Names are some of the other sides.
type Summed struct {
	Owner    string    `json:"owner"`
	Kind     string    `json:"kind"`
	Received bool      `json:"received"`
	Unit     string    `json:"unit"`
	Minor    int64     `json:"minor"`
	Count    int       `json:"count"`
	Names    []string  `json:"names"`
	From     time.Time `json:"from"`
	Left     int64     `json:"left"` // cash or allocated balance after it
}

// Event names the fact.
func (e Summed) Event() (kind, account, subject string) { return "funds.summed", e.Owner, e.Kind }

// BatchEnded says that the last row of a batch was tried.
type BatchEnded struct {
	Account string `json:"account"`
	Batch   string `json:"batch"`
	User    string `json:"user"`
	Kind    string `json:"kind"`
	File    string `json:"file"`
	Done    int64  `json:"done"`
	Failed  int64  `json:"failed"`
	Moved   int64  `json:"moved"`
	Unit    string `json:"unit"`
}

// Event names the fact.
func (e BatchEnded) Event() (kind, account, subject string) {
	return "funds.batch_ended", e.Account, e.Batch
}

const (
	sumJob = "funds.sum"
	// settled is how long after a minute its sum is made: transfers that began in it have ended by then.
	settled = 5 * time.Second
)

// sum is the payload of a summary.
type sum struct {
	Owner string
	Kind  string
	From  time.Time
}

// tell makes one summary for each side and minute, whatever happened in it: thousands of allocations aren't thousands
// of mails.
func (s *Service) tell(r *jobs.Runner) {
	for _, kind := range []string{"funds.allocated", "funds.reclaimed", "funds.returned"} {
		r.OnMany(kind, "funds.sum", func(ctx context.Context, tx *db.Tx, all []outbox.Event) error {
			todo, err := sums(all, s.known)
			if err != nil {
				return err
			}
			tx.After(func() { s.known.setAsked(todo) })
			return jobs.AddAll(ctx, tx, todo)
		})
	}
	r.Inside(sumJob, s.sum)
}

// sums are the summaries that movements ask for and nobody did before, as far as is known, each once.
func sums(all []outbox.Event, k *known) (todo []jobs.New, err error) {
	seen := map[sum]bool{}
	for _, e := range all {
		m, err := outbox.As[Moved](e)
		if err != nil {
			return nil, err
		}
		from := e.At.Truncate(time.Minute)
		for _, owner := range []string{m.Partner, m.Other} {
			x := sum{owner, m.Kind, from}
			if seen[x] {
				continue
			}
			seen[x] = true
			if k.asked(x) {
				continue
			}
			todo = append(todo, jobs.New{Kind: sumJob, Account: owner, Key: owner + " " + m.Kind + " " + from.UTC().Format("200601021504"),
				Payload: x, RunAt: from.Add(time.Minute + settled)})
		}
	}
	return todo, nil
}

// A summary names at most so many of the other sides, of the newest entries. There may be a hundred thousand in a minute.
const (
	mostNames = 3
	newest    = 50
)

func (s *Service) sum(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var x sum
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return err
	}
	e := Summed{Owner: x.Owner, Kind: x.Kind, Unit: ledger.CNY, From: x.From}
	st := ledger.Statement{Owner: x.Owner, From: x.From, To: x.From.Add(time.Minute), Kinds: []string{x.Kind}, Unit: e.Unit, Limit: newest}
	total, err := ledger.TotalOf(ctx, tx, st)
	if err != nil || total.Count == 0 {
		return err
	}
	e.Count, e.Minor = total.Count, total.Income+total.Expense
	page, err := ledger.Entries(ctx, tx, st)
	if err != nil {
		return err
	}
	var others []string
	for i, one := range page {
		if i == 0 {
			e.Left, e.Received = one.After, one.Minor > 0
		}
		if len(others) < mostNames && !slices.Contains(others, one.Other()) {
			others = append(others, one.Other())
		}
	}
	names, err := Names(ctx, tx, others)
	if err != nil {
		return err
	}
	for _, id := range others {
		e.Names = append(e.Names, names[id])
	}
	return outbox.Append(ctx, tx, e)
}
