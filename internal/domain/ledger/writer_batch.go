package ledger

import (
	"bytes"
	"context"
	"slices"
	"time"

	"hanse/internal/kit/db"
)

// A bundle is one transaction of the writer: the requests, what the database said, and what was decided.
type bundle struct {
	tx       *db.Tx
	requests []*request
	memory   *memory
	accounts map[Place]*account
	keys     map[bookKey]*known
	sums     map[monthKey]*monthSum // what the batch adds to the roll-up

	strict bool // nothing is taken from memory
	doubt  bool // something was refused for what is only remembered

	accepted []accepted
	later    []*request // they open an account first, or end a hold: the plain path does that
	replays  []*request
}

// bookKey is an idempotency key and the book that it belongs to.
type bookKey struct{ book, key string }

// known is what a key was used for: by a transfer of the past, or by one of this batch.
type known struct {
	hash     []byte
	transfer string
	fresh    *Posted // of this batch
}

// accepted is a posting that will be made.
type accepted struct {
	r *request
	t *Transfer
}

func newBundle(tx *db.Tx, requests []*request, m *memory) *bundle {
	return &bundle{tx: tx, requests: requests, memory: m, strict: m.strict.left > 0}
}

// run reads, decides every posting in the order of the queue, and writes.
func (b *bundle) run(ctx context.Context) error {
	if err := b.settle(ctx); err != nil {
		return err
	}
	if b.doubt {
		b.strict = true
		if err := b.settle(ctx); err != nil {
			return err
		}
	}
	for _, r := range b.replays {
		if err := b.replay(ctx, r); err != nil {
			return err
		}
	}
	return b.write(ctx)
}

// settle reads what the batch needs and decides all its postings.
func (b *bundle) settle(ctx context.Context) error {
	b.accounts, b.keys, b.accepted, b.later, b.replays = map[Place]*account{}, map[bookKey]*known{}, nil, nil, nil
	if err := b.read(ctx); err != nil {
		return err
	}
	for _, r := range b.requests {
		b.decide(r)
	}
	return nil
}

// decide gives a request its verdict. One that is refused changes nothing for those after it.
func (b *bundle) decide(r *request) {
	r.out, r.err = Posted{}, nil // the transaction may run a second time
	t := r.p.transfer(r.by, b.tx.Wall)
	k := bookKey{t.Book, t.Key}
	if found := b.keys[k]; found != nil {
		b.repeated(r, found)
		return
	}
	if r.p.capture != nil {
		b.later = append(b.later, r)
		return
	}
	at, later := b.tx.Now, false
	for i, c := range r.changes {
		a := r.touched[i]
		if refused := a.refuses(c, r.p.Kind, a.there); refused != nil {
			r.err = refused
			b.doubt = b.doubt || r.remembered()
			return
		}
		if later = later || !a.there; a.there && a.lastAt.After(at) {
			at = a.lastAt
		}
	}
	if later {
		b.later = append(b.later, r)
		return
	}
	t.At, t.legs = at, r.apply(at)
	r.out = t.posted(&r.p)
	b.accepted = append(b.accepted, accepted{r, t})
	b.keys[k] = &known{hash: r.hash, transfer: t.ID, fresh: &r.out}
}

// remembered tells whether a request was decided by what is only remembered.
func (r *request) remembered() bool {
	return slices.ContainsFunc(r.touched, func(a *account) bool { return a.remembered })
}

// apply changes the balances in memory; they're written once, at the end.
func (r *request) apply(at time.Time) []leg {
	legs := make([]leg, len(r.changes))
	for i, c := range r.changes {
		a := r.touched[i]
		a.balance, a.seq, a.lastAt, a.changed = a.balance+c.delta, a.seq+1, at, true
		legs[i] = leg{place: c.place, No: a.no, Seq: a.seq, Minor: c.delta, After: a.balance, at: at}
	}
	return legs
}

// repeated answers a key that is known.
func (b *bundle) repeated(r *request, k *known) {
	switch {
	case !bytes.Equal(k.hash, r.hash):
		r.err = &Refusal{Why: KeyReused}
	case k.fresh != nil: // its key row is written by this very transaction
		r.out = *k.fresh
		r.out.Replayed = true
		r.out.Balances = slices.Clone(r.out.Balances)
	default:
		b.replays = append(b.replays, r)
	}
}

// replay gives the first answer of a key once more, after its row was written again: see Post.
func (b *bundle) replay(ctx context.Context, r *request) error {
	k := b.keys[bookKey{r.p.Book, r.p.Key}]
	if k.fresh == nil {
		if _, err := rewriteKey(ctx, b.tx, r.p.Book, r.p.Key); err != nil {
			return err
		}
		first, err := oneTransfer(ctx, b.tx, r.p.Book, k.transfer)
		if err != nil {
			return err
		}
		out, err := replayed(ctx, b.tx, first)
		if err != nil {
			return err
		}
		k.fresh = &out
	}
	r.out = *k.fresh
	r.out.Balances = slices.Clone(r.out.Balances)
	return nil
}

// answer tells everybody but those who are posted later.
func (b *bundle) answer() {
	waits := map[*request]bool{}
	for _, r := range b.later {
		waits[r] = true
	}
	for _, r := range b.requests {
		if !waits[r] {
			close(r.done)
		}
	}
}
