package ledger

import (
	"context"
	"errors"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Reverse undoes a transfer by a new posting of the opposite legs, in the caller's transaction. It can be done once:
// repeated with the same memo it gives the first answer, otherwise Conflict. What was spent since is a *Refusal.
func Reverse(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, book, transferID, memo string) (Posted, error) {
	t, err := oneTransfer(ctx, tx, book, transferID)
	switch {
	case errors.Is(err, db.ErrNoRow):
		return Posted{}, fault.NotFound()
	case err != nil:
		return Posted{}, err
	case t.Reverses != "":
		return Posted{}, fault.Conflict(i18n.M("ledger.reverses_reversal"))
	}
	places, err := placesOf(ctx, tx, t.legs)
	if err != nil {
		return Posted{}, err
	}
	p := Posting{Book: book, Key: reverseKey(t.ID), Kind: Reversal, Scene: t.Scene, Memo: memo, Subject: t.Subject, Verb: verb, reverses: t.ID,
		Note: map[string]any{"reverses": t.ID}, Moves: []Move{{From: Place{Owner: t.Payee, Unit: t.Unit}, To: Place{Owner: t.Payer, Unit: t.Unit}, Minor: t.Minor}}}
	for i, l := range t.legs {
		p.back = append(p.back, change{place: places[i], delta: -l.Minor})
	}
	sortChanges(p.back)
	out, err := post(ctx, tx, by, p)
	if refused := (*Refusal)(nil); errors.As(err, &refused) && refused.Why == KeyReused {
		err = fault.Conflict(i18n.M("ledger.reversed_already"))
	}
	return out, err
}

func reverseKey(transferID string) string { return "reverse " + transferID }
