package agreement

import (
	"context"
	"errors"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const columns = `kind, version, title_en, title_zh, body_en, body_zh, published_by, published_at`

func scan(r db.Row) (v Version, err error) {
	return v, r.Scan(&v.Kind, &v.Version, &v.TitleEN, &v.TitleZH, &v.BodyEN, &v.BodyZH, &v.PublishedBy, db.Time(&v.PublishedAt))
}

func latest(ctx context.Context, q db.Querier, k Kind) (Version, error) {
	v, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM ticket_agreement WHERE kind = $1 ORDER BY version DESC LIMIT 1`, string(k))
	if errors.Is(err, db.ErrNoRow) {
		return v, fault.NotFound()
	}
	return v, err
}

func versions(ctx context.Context, q db.Querier) ([]Version, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM ticket_agreement ORDER BY kind COLLATE "C", version DESC`)
}

func insert(ctx context.Context, tx *db.Tx, v Version) error {
	return db.Change(ctx, tx, `INSERT INTO ticket_agreement (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		string(v.Kind), v.Version, v.TitleEN, v.TitleZH, v.BodyEN, v.BodyZH, v.PublishedBy, db.Micros(v.PublishedAt))
}

// signature is the number of a user's signature under a version; 0 when there's none.
func signature(ctx context.Context, q db.Querier, account, user string, v Version) (int64, error) {
	no, err := db.One(ctx, q, db.Int, `SELECT no FROM ticket_signature WHERE account_id = $1 AND user_id = $2 AND kind = $3 AND version = $4`,
		account, user, string(v.Kind), v.Version)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	return no, err
}

func insertSignature(ctx context.Context, tx *db.Tx, by actor.Actor, v Version, relation string) (int64, error) {
	no, err := db.One(ctx, tx, db.Int, `SELECT COALESCE(MAX(no), 0) + 1 FROM ticket_signature WHERE account_id = $1`, by.Account)
	if err != nil {
		return 0, err
	}
	err = db.Change(ctx, tx, `INSERT INTO ticket_signature (account_id, user_id, kind, version, no, relation, signed_by, signed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, by.Account, by.User, string(v.Kind), v.Version, no, relation, by.Name, db.Micros(tx.Now))
	if db.Violates(err) { // a colleague signed at the same moment and has the number
		err = fault.Conflict(i18n.Msg{})
	}
	return no, err
}

// signaturesOf are a user's signatures, the newest first.
func signaturesOf(ctx context.Context, q db.Querier, account, user string) ([]Signature, error) {
	return db.All(ctx, q, func(r db.Row) (x Signature, err error) {
		return x, r.Scan(&x.Kind, &x.Version, &x.No, &x.Relation, &x.SignedBy, db.Time(&x.SignedAt))
	}, `SELECT kind, version, no, relation, signed_by, signed_at FROM ticket_signature WHERE account_id = $1 AND user_id = $2 ORDER BY no DESC`, account, user)
}

// reached counts the signatures of all accounts.
func reached(ctx context.Context, q db.Querier) ([]Reach, error) {
	return db.All(ctx, q, func(r db.Row) (x Reach, err error) { return x, r.Scan(&x.Kind, &x.Version, &x.Users, &x.Accounts) },
		`SELECT kind, version, COUNT(*), COUNT(DISTINCT account_id) FROM ticket_signature GROUP BY kind, version ORDER BY kind COLLATE "C", version DESC`)
}
