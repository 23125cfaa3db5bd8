package distribution

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

const requestColumns = `account_id, id, partner_name, other_id, other_name, association_id, operation, model, to_model, side, reason, state, edition,
	asked_by, asked_at, answer, answered_by, answered_at, returned`

func scanRequest(r db.Row) (x Request, err error) {
	err = r.Scan(&x.Partner, &x.ID, &x.PartnerName, &x.Other, &x.OtherName, &x.Association, &x.Operation, &x.Model, &x.To, &x.Side, &x.Reason, &x.State, &x.Edition,
		&x.AskedBy, db.Time(&x.AskedAt), &x.Answer, &x.AnsweredBy, db.Time(&x.AnsweredAt), &x.Returned)
	return x, err
}

func insertRequest(ctx context.Context, tx *db.Tx, x Request) error {
	n, err := db.Exec(ctx, tx, `INSERT INTO association_request (`+requestColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', 1, $12, $13, '', '', NULL, 0)
		ON CONFLICT DO NOTHING`, x.Partner, x.ID, x.PartnerName, x.Other, x.OtherName, x.Association, x.Operation, string(x.Model), string(x.To), x.Side, x.Reason,
		x.AskedBy, db.Micros(x.AskedAt))
	if err == nil && n == 0 {
		err = lost(db.ErrNoRow)
	}
	return err
}

func answerRequest(ctx context.Context, tx *db.Tx, x *Request, edition int64) error {
	err := db.Change(ctx, tx, `UPDATE association_request SET state = $3, answer = $4, answered_by = $5, answered_at = $6, returned = $7, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND state = 'pending' AND edition = $8`, x.Partner, x.ID, string(x.State), x.Answer, x.AnsweredBy, db.Micros(x.AnsweredAt), x.Returned, edition)
	x.Edition = edition + 1
	return err
}

// requestByID finds one by its id alone, of either side in a scope ("" = any).
func requestByID(ctx context.Context, q db.Querier, id, scope string) (Request, error) {
	return db.One(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM association_request WHERE id = $1 AND ($2 = '' OR account_id = $2 OR other_id = $2)`, id, scope)
}

func requestsOf(ctx context.Context, q db.Querier, scope string, state RequestState, before string, limit int) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM association_request WHERE ($1 = '' OR account_id = $1 OR other_id = $1)
		AND ($2 = '' OR state = $2) AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, scope, string(state), before, limit)
}

func pendingOf(ctx context.Context, q db.Querier, partner, other string) (Request, bool, error) {
	x, err := db.One(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM association_request WHERE account_id = $1 AND other_id = $2 AND state = 'pending'`, partner, other)
	if errors.Is(err, db.ErrNoRow) {
		return x, false, nil
	}
	return x, err == nil, err
}

// askedSince lists what both sides asked since an instant and didn't take back, the oldest first.
func askedSince(ctx context.Context, q db.Querier, partner, other string, since time.Time) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM association_request WHERE account_id = $1 AND other_id = $2 AND asked_at > $3
		AND state <> 'withdrawn' ORDER BY asked_at, id COLLATE "C"`, partner, other, db.Micros(since))
}

const invitationColumns = `account_id, id, partner_name, kind, email, note, lang, manager_id, manager_name, by_name, state, sealed, uses, created_at, expires_at`

func scanInvitation(r db.Row) (x Invitation, err error) {
	err = r.Scan(&x.Partner, &x.ID, &x.PartnerName, &x.Kind, &x.Email, &x.Note, &x.Lang, &x.Manager, &x.ManagerName, &x.ByName, &x.State, &x.sealed, &x.Uses,
		db.Time(&x.At), db.Time(&x.Until))
	return x, err
}

func insertInvitation(ctx context.Context, tx *db.Tx, x Invitation, hash string) error {
	err := db.Change(ctx, tx, `INSERT INTO customer_invitation (`+invitationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', $11, 0, $12, $13)`,
		x.Partner, x.ID, x.PartnerName, string(x.Kind), x.Email, x.Note, x.Lang, x.Manager, x.ManagerName, x.ByName, x.sealed, db.Micros(tx.Now), db.Micros(x.Until))
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO customer_invitation_link (hash, account_id, invitation_id) VALUES ($1, $2, $3)`, hash, x.Partner, x.ID)
}

func invitationByHash(ctx context.Context, q db.Querier, hash string) (Invitation, error) {
	return db.One(ctx, q, scanInvitation, `SELECT i.account_id, i.id, i.partner_name, i.kind, i.email, i.note, i.lang, i.manager_id, i.manager_name, i.by_name, i.state,
		i.sealed, i.uses, i.created_at, i.expires_at FROM customer_invitation_link l JOIN customer_invitation i ON i.account_id = l.account_id AND i.id = l.invitation_id
		WHERE l.hash = $1`, hash)
}

func invitationByID(ctx context.Context, q db.Querier, partner, id string) (Invitation, error) {
	return db.One(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM customer_invitation WHERE account_id = $1 AND id = $2`, partner, id)
}

// invitationsOf lists a partner's, newest first; with a manager that one's own alone.
func invitationsOf(ctx context.Context, q db.Querier, partner, manager string, resellers bool, before string, limit int) ([]Invitation, error) {
	return db.All(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM customer_invitation WHERE account_id = $1 AND ($2 = '' OR manager_id = $2)
		AND (kind = 'reseller') = $3 AND ($4 = '' OR id COLLATE "C" < $4) ORDER BY id COLLATE "C" DESC LIMIT $5`, partner, manager, resellers, before, limit)
}

// invitationsTo lists those that went to one of some addresses and that nobody answered, also expired ones.
func invitationsTo(ctx context.Context, q db.Querier, emails []string) ([]Invitation, error) {
	if len(emails) == 0 {
		return nil, nil
	}
	in, args := db.In(1, emails)
	return db.All(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM customer_invitation WHERE state = 'open' AND email IN `+in+`
		ORDER BY id COLLATE "C" DESC LIMIT 50`, args...)
}

// useInvitation counts a use; one that went to an address can be used once.
func useInvitation(ctx context.Context, tx *db.Tx, x Invitation, state InvitationState) error {
	return db.Change(ctx, tx, `UPDATE customer_invitation SET uses = uses + 1, state = CASE WHEN email = '' THEN state ELSE $3 END
		WHERE account_id = $1 AND id = $2 AND state = 'open' AND expires_at > $4`, x.Partner, x.ID, string(state), db.Micros(tx.Now))
}

func revokeInvitation(ctx context.Context, tx *db.Tx, partner, id string) error {
	return db.Change(ctx, tx, `UPDATE customer_invitation SET state = 'revoked' WHERE account_id = $1 AND id = $2 AND state = 'open'`, partner, id)
}
