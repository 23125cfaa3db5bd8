package path

import (
	"context"
	"errors"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const columns = `account_id, id, program_id, partner_name, state, note, reason, invited_by, expires_on, answered_by, answered_at, created_at`

func scan(r db.Row) (i Invitation, err error) {
	var expires string
	err = r.Scan(&i.Account, &i.ID, &i.Program, &i.PartnerName, &i.State, &i.Note, &i.Reason, &i.InvitedBy, &expires, &i.AnsweredBy,
		db.Time(&i.AnsweredAt), db.Time(&i.CreatedAt))
	if err != nil {
		return i, err
	}
	i.ExpiresOn, err = calendar.ParseDay(expires)
	return i, err
}

// insert adds an open invitation; fresh is false when the partner has one that is open or accepted.
func insert(ctx context.Context, tx *db.Tx, i Invitation) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO path_invitation (account_id, id, program_id, partner_name, state, note, reason, invited_by,
		expires_on, answered_by, answered_at, created_at) VALUES ($1, $2, $3, $4, 'open', $5, '', $6, $7, '', NULL, $8)
		ON CONFLICT (account_id, program_id) WHERE state IN ('open', 'accepted') DO NOTHING`,
		i.Account, i.ID, i.Program, i.PartnerName, i.Note, i.InvitedBy, i.ExpiresOn.String(), db.Micros(tx.Now))
	return n == 1, err
}

// answer moves an invitation on, if it's still in the state.
func answer(ctx context.Context, tx *db.Tx, i *Invitation, from, to InvitationState, by, reason string) error {
	i.State, i.AnsweredBy, i.AnsweredAt, i.Reason = to, by, tx.Now, reason
	err := db.Change(ctx, tx, `UPDATE path_invitation SET state = $4, answered_by = $5, answered_at = $6, reason = $7
		WHERE account_id = $1 AND id = $2 AND state = $3`, i.Account, i.ID, string(from), string(to), by, db.Micros(tx.Now), reason)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

func byID(ctx context.Context, q db.Querier, partner, id string) (Invitation, error) {
	i, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM path_invitation WHERE account_id = $1 AND id = $2`, partner, id)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return i, err
}

// ofPartner are all invitations of a partner, newest first: a few.
func ofPartner(ctx context.Context, q db.Querier, partner string) ([]Invitation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM path_invitation WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, partner)
}

func list(ctx context.Context, q db.Querier, state InvitationState, after string, limit int) ([]Invitation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM path_invitation WHERE ($1 = '' OR state = $1)
		AND ($2 = '' OR id COLLATE "C" < $2) ORDER BY id COLLATE "C" DESC LIMIT $3`, string(state), after, limit)
}

func due(ctx context.Context, q db.Querier, today calendar.Day) ([]Invitation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM path_invitation WHERE state = 'open' AND expires_on COLLATE "C" < $1
		ORDER BY expires_on, id COLLATE "C" LIMIT 500`, today.String())
}

// occupy takes a path for a company; holder is the account that has it, another one when it was taken before.
func occupy(ctx context.Context, tx *db.Tx, path, company, account string) (holder string, err error) {
	if _, err = db.Exec(ctx, tx, `INSERT INTO path_company (path, company, account_id) VALUES ($1, $2, $3)
		ON CONFLICT (path, company) DO NOTHING`, path, company, account); err != nil {
		return "", err
	}
	return db.One(ctx, tx, db.String, `SELECT account_id FROM path_company WHERE path = $1 AND company = $2`, path, company)
}

// holderOf is the account of a company that holds a path; "" for none.
func holderOf(ctx context.Context, q db.Querier, path, company string) (string, error) {
	holder, err := db.One(ctx, q, db.String, `SELECT account_id FROM path_company WHERE path = $1 AND company = $2`, path, company)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return holder, err
}

func free(ctx context.Context, tx *db.Tx, path, account string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM path_company WHERE path = $1 AND account_id = $2`, path, account)
	return err
}
