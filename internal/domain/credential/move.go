package credential

import (
	"context"

	"hanse/internal/kit/db"
)

// Move gives everything that one person holds, history included, to another, in the caller's transaction: for a human
// who turns out to be known twice. Of two rows that mean the same certificate the one that was revoked stays in force
// of its revocation, else the one that the person had. It emits no event: the caller copies what is held now.
func (s *Service) Move(ctx context.Context, tx *db.Tx, from, to string) error {
	both, err := s.Current(ctx, tx, []string{from, to})
	if err != nil {
		return err
	}
	for _, c := range both[from] {
		for _, own := range both[to] {
			if c.Code != own.Code || c.IssuedOn != own.IssuedOn {
				continue
			}
			loser := c
			if c.State == Revoked && own.State == Valid {
				loser = own
			}
			if err := supersede(ctx, tx, loser); err != nil {
				return lost(err)
			}
		}
	}
	return moveAll(ctx, tx, from, to)
}

// supersede takes a row out of the way of another that means the same, whatever its state.
func supersede(ctx context.Context, tx *db.Tx, c Certificate) error {
	return db.Change(ctx, tx, `UPDATE certificate SET state = 'superseded' WHERE account_id = $1 AND id = $2 AND state = $3`,
		c.Person, c.ID, string(c.State))
}

func moveAll(ctx context.Context, tx *db.Tx, from, to string) error {
	_, err := db.Exec(ctx, tx, `UPDATE certificate SET account_id = $2 WHERE account_id = $1`, from, to)
	return err
}
