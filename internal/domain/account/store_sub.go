package account

import (
	"context"

	"hanse/internal/kit/db"
)

const subColumns = `s.id, s.account_id, a.name, a.kind, s.state, s.master_id, m.name, s.created, s.rename_to, s.asked_at, s.asked_by, s.answered_at, s.ended_at, s.edition`

const subFrom = ` FROM subaccount s JOIN account a ON a.id = s.account_id JOIN account m ON m.id = s.master_id `

func scanSub(r db.Row) (x SubAccount, err error) {
	return x, r.Scan(&x.ID, &x.Account, &x.Name, &x.Kind, &x.State, &x.Master, &x.MasterName, &x.Created, &x.RenameTo, db.Time(&x.AskedAt), &x.AskedBy,
		db.Time(&x.AnsweredAt), db.Time(&x.EndedAt), &x.Edition)
}

func insertSub(ctx context.Context, tx *db.Tx, x SubAccount) error {
	return db.Change(ctx, tx, `INSERT INTO subaccount (account_id, id, master_id, state, created, rename_to, asked_at, asked_by, answered_at, answered_by, ended_by, edition)
		VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, '', '', 1)`, x.Account, x.ID, x.Master, string(x.State), x.Created, db.Micros(x.AskedAt), x.AskedBy, db.Micros(x.AnsweredAt))
}

func activeSub(ctx context.Context, q db.Querier, sub string) (SubAccount, error) {
	return db.One(ctx, q, scanSub, `SELECT `+subColumns+subFrom+`WHERE s.account_id = $1 AND s.state = 'active'`, sub)
}

// subsOf are those under a master, all for "". A master has few.
func subsOf(ctx context.Context, q db.Querier, master string, state SubState) ([]SubAccount, error) {
	return db.All(ctx, q, scanSub, `SELECT `+subColumns+subFrom+`WHERE s.master_id = $1 AND ($2 = '' OR s.state = $2) ORDER BY s.id COLLATE "C" LIMIT 500`, master, string(state))
}

// askedOf are the questions to an account that wait for its answer.
func askedOf(ctx context.Context, q db.Querier, sub string) ([]SubAccount, error) {
	return db.All(ctx, q, scanSub, `SELECT `+subColumns+subFrom+`WHERE s.account_id = $1 AND s.state = 'asked' ORDER BY s.id COLLATE "C"`, sub)
}

func subByID(ctx context.Context, q db.Querier, relation string) (SubAccount, error) {
	return db.One(ctx, q, scanSub, `SELECT `+subColumns+subFrom+`WHERE s.id = $1`, relation)
}

func setSub(ctx context.Context, tx *db.Tx, x SubAccount, from, to SubState, by string) error {
	if to == SubEnded {
		return db.Change(ctx, tx, `UPDATE subaccount SET state = $4, ended_at = $5, ended_by = $6, rename_to = '', edition = edition + 1
			WHERE account_id = $1 AND id = $2 AND state = $3`, x.Account, x.ID, string(from), string(to), db.Micros(tx.Now), by)
	}
	return db.Change(ctx, tx, `UPDATE subaccount SET state = $4, answered_at = $5, answered_by = $6, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND state = $3`, x.Account, x.ID, string(from), string(to), db.Micros(tx.Now), by)
}

func setRename(ctx context.Context, tx *db.Tx, x SubAccount) error {
	return db.Change(ctx, tx, `UPDATE subaccount SET rename_to = $4, edition = edition + 1 WHERE account_id = $1 AND id = $2 AND edition = $3 AND state = 'active'`,
		x.Account, x.ID, x.Edition, x.RenameTo)
}
