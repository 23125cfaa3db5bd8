package ledger

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// Post makes a posting in the caller's transaction: the plain path. The caller has asked the permission and holds
// its own rows already: the ledger's come last, in one order for everybody, so that nobody waits in a circle.
//
// A key that is known gives the first answer again (Replayed), after its row was written once more: on a replicated
// database the first commit may not be safe yet when the repetition comes, and the write waits for the same
// safety. The same key with other content is refused, as everything else that may not be is, by a *Refusal; the
// caller's transaction must then be given up.
func Post(ctx context.Context, tx *db.Tx, by actor.Actor, p Posting) (Posted, error) {
	if err := p.check(); err != nil {
		return Posted{}, err
	}
	return post(ctx, tx, by, p)
}

func post(ctx context.Context, tx *db.Tx, by actor.Actor, p Posting) (Posted, error) {
	t := p.transfer(by, tx.Wall)
	found, err := claimKey(ctx, tx, t, p.hash())
	if err != nil || found.ID != "" {
		return found, err
	}
	legs, err := apply(ctx, tx, &p, tx.Now)
	if err != nil {
		return Posted{}, err
	}
	if t.At, err = settle(ctx, tx, legs); err != nil {
		return Posted{}, err
	}
	t.legs = legs
	if err := write(ctx, tx, by, t, &p); err != nil {
		return Posted{}, err
	}
	return t.posted(&p), nil
}

// transfer is the row of a posting that hasn't been decided yet.
func (p *Posting) transfer(by actor.Actor, wall time.Time) *Transfer {
	t := &Transfer{Book: p.Book, ID: p.id, Key: p.Key, Kind: p.Kind, Scene: p.Scene, Memo: p.Memo, Subject: p.Subject,
		Payer: p.Moves[0].From.Owner, Payee: p.Moves[0].To.Owner, Unit: p.Moves[0].From.Unit, Minor: p.total(), Reverses: p.reverses,
		By: by.User, ByName: by.Name}
	if t.ID == "" {
		t.ID = id.New(prefixTransfer, wall)
	}
	if t.Key == "" {
		t.Key = t.ID
	}
	return t
}

// claimKey takes a key of a book, or gives what was posted under it.
func claimKey(ctx context.Context, tx *db.Tx, t *Transfer, hash []byte) (Posted, error) {
	fresh, err := insertKey(ctx, tx, t.Book, t.Key, hash, t.ID)
	if err != nil || fresh {
		return Posted{}, err
	}
	k, err := rewriteKey(ctx, tx, t.Book, t.Key)
	if err != nil {
		return Posted{}, err
	}
	if !slices.Equal(k.hash, hash) {
		return Posted{}, &Refusal{Why: KeyReused}
	}
	first, err := oneTransfer(ctx, tx, t.Book, k.transfer)
	if err != nil {
		return Posted{}, err
	}
	return replayed(ctx, tx, first)
}

// replayed is the first answer once more.
func replayed(ctx context.Context, q db.Querier, t Transfer) (Posted, error) {
	places, err := placesOf(ctx, q, t.legs)
	if err != nil {
		return Posted{}, err
	}
	out := Posted{ID: t.ID, Number: Number(t.Kind, t.ID), Book: t.Book, Kind: t.Kind, At: t.At, Replayed: true}
	for i, l := range t.legs {
		if places[i].Kind != Clearing {
			out.Balances = append(out.Balances, Left{places[i], l.After})
		}
	}
	slices.SortFunc(out.Balances, func(a, b Left) int { return a.Place.Compare(b.Place) })
	return out, nil
}

// apply changes the balances, guarded, in the order of locks.
func apply(ctx context.Context, tx *db.Tx, p *Posting, now time.Time) ([]leg, error) {
	changes := p.changes()
	legs := make([]leg, 0, len(changes))
	for _, c := range changes {
		l, err := move(ctx, tx, c, returning(p.Kind), now)
		if errors.Is(err, db.ErrNoRow) {
			l, err = reopen(ctx, tx, c, p.Kind, now)
		}
		if err != nil {
			return nil, err
		}
		legs = append(legs, l)
	}
	return legs, nil
}

// reopen finds out why an account couldn't be changed. One that isn't there is opened and tried once more.
func reopen(ctx context.Context, tx *db.Tx, c change, kind string, now time.Time) (leg, error) {
	a, err := readAccount(ctx, tx, c.place)
	if errors.Is(err, db.ErrNoRow) && c.place.Kind != Clearing && (c.delta > 0 || c.place.Kind.unbounded()) {
		if err := Open(ctx, tx, c.place); err != nil {
			return leg{}, err
		}
		return move(ctx, tx, c, returning(kind), now)
	}
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return leg{}, err
	}
	if refused := a.refuses(c, kind, err == nil); refused != nil {
		return leg{}, refused
	}
	return leg{}, fault.Conflict(i18n.Msg{}) // somebody made it possible in between: try again
}

// refuses tells why an account can't take a change; nil when it can. It's the rule of both paths.
func (a *account) refuses(c change, kind string, exists bool) error {
	switch {
	case !exists && c.place.Kind == Clearing, exists && a.state == Closed && c.place.Kind == Clearing:
		return &Refusal{Why: NotConnected, Place: c.place}
	case !exists && c.delta <= 0 && !c.place.Kind.unbounded():
		return &Refusal{Why: Short, Place: c.place, Need: -c.delta}
	case !exists:
		return nil
	case a.state == Closed:
		return &Refusal{Why: ClosedPlace, Place: c.place}
	case a.state == Frozen && c.delta < 0 && !returning(kind):
		return &Refusal{Why: FrozenOwner, Place: c.place}
	case c.delta < 0 && a.bounded && a.balance-a.held+c.delta-c.held < a.minimum:
		return &Refusal{Why: Short, Place: c.place, Have: a.balance - a.held - c.held - a.minimum, Need: -c.delta}
	}
	return nil
}

// settle gives the transfer one instant that no account has passed, and moves those that lag behind it.
func settle(ctx context.Context, tx *db.Tx, legs []leg) (at time.Time, err error) {
	for _, l := range legs {
		if l.at.After(at) {
			at = l.at
		}
	}
	for i := range legs {
		if legs[i].at.Before(at) {
			if err := moveInstant(ctx, tx, legs[i], at); err != nil {
				return at, err
			}
			legs[i].at = at
		}
	}
	return at, nil
}

// write stores what was decided: transfer, entries, roll-up, audit row and event.
func write(ctx context.Context, tx *db.Tx, by actor.Actor, t *Transfer, p *Posting) error {
	if err := insertTransfer(ctx, tx, *t); err != nil {
		return err
	}
	if err := insertEntries(ctx, tx, *t); err != nil {
		return err
	}
	if err := addMonths(ctx, tx, *t); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, by, p.Verb, t.subject(), p.detail(t)); err != nil {
		return err
	}
	if p.Fact == nil {
		return nil
	}
	return outbox.Append(ctx, tx, p.Fact)
}

func (t *Transfer) subject() audit.Subject {
	about := t.Payee
	if about == t.Book {
		about = t.Payer
	}
	return audit.Subject{Kind: auditSubject, ID: t.ID, Account: about}
}

const auditSubject = "transfer"

// detail is the audit row's: through the proof the audit chain seals the books.
func (p *Posting) detail(t *Transfer) map[string]any {
	d := map[string]any{"kind": t.Kind, "unit": t.Unit, "minor": t.Minor, "payer": t.Payer, "payee": t.Payee, "proof": hex.EncodeToString(t.proof())}
	for k, v := range p.Note {
		d[k] = v
	}
	return d
}

// detailText is the detail of a posting without a note, as canonical JSON.
func (t *Transfer) detailText() string {
	b := appendText(append(make([]byte, 0, 256), `{"kind":`...), t.Kind)
	b = strconv.AppendInt(append(b, `,"minor":`...), t.Minor, 10)
	b = appendText(append(b, `,"payee":`...), t.Payee)
	b = appendText(append(b, `,"payer":`...), t.Payer)
	b = hex.AppendEncode(append(b, `,"proof":"`...), t.proof())
	b = appendText(append(b, `","unit":`...), t.Unit)
	return string(append(b, '}'))
}

func (t *Transfer) posted(p *Posting) Posted {
	out := Posted{ID: t.ID, Number: Number(t.Kind, t.ID), Book: t.Book, Kind: t.Kind, At: t.At}
	for _, l := range t.legs {
		if l.place.Kind != Clearing {
			out.Balances = append(out.Balances, Left{l.place, l.After})
		}
	}
	return out
}

// month is the month of the business zone, YYYY-MM.
func month(at time.Time) string { return calendar.DayOf(at).String()[:7] }

// legText writes legs as they're stored: owner:no:seq:amount:after;…
func legText(legs []leg) string {
	var b strings.Builder
	for i, l := range legs {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteString(l.place.Owner)
		for _, n := range []int64{l.No, l.Seq, l.Minor, l.After} {
			b.WriteByte(':')
			b.WriteString(strconv.FormatInt(n, 10))
		}
	}
	return b.String()
}
