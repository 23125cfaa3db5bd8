package qualification

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const attestationColumns = `account_id, id, what, on_day, until_on, note, recorded_by, recorded_name, withdrawn_at, at`

func scanAttestation(r db.Row) (x Attestation, err error) {
	var on, until string
	err = r.Scan(&x.Account, &x.ID, &x.What, &on, &until, &x.Note, &x.RecordedBy, &x.RecordedName, db.Time(&x.WithdrawnAt), db.Time(&x.At))
	if err != nil {
		return x, err
	}
	if x.On, err = calendar.ParseOptional(on); err != nil {
		return x, err
	}
	x.Until, err = calendar.ParseOptional(until)
	return x, err
}

func attestationsOf(ctx context.Context, q db.Querier, partner string) ([]Attestation, error) {
	return db.All(ctx, q, scanAttestation, `SELECT `+attestationColumns+` FROM attestation WHERE account_id = $1
		ORDER BY id COLLATE "C" DESC`, partner)
}

func insertAttestation(ctx context.Context, tx *db.Tx, x Attestation) error {
	return db.Change(ctx, tx, `INSERT INTO attestation (account_id, id, what, on_day, until_on, note, recorded_by, recorded_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, x.Account, x.ID, x.What, x.On.String(), x.Until.String(), x.Note,
		x.RecordedBy, x.RecordedName, db.Micros(x.At))
}

func withdrawAttestation(ctx context.Context, tx *db.Tx, partner, id string) error {
	return db.Change(ctx, tx, `UPDATE attestation SET withdrawn_at = $3 WHERE account_id = $1 AND id = $2 AND withdrawn_at IS NULL`,
		partner, id, db.Micros(tx.Now))
}

// An attestation counts at an instant when it was recorded by then and not withdrawn yet.
const attestationAt = `at <= $1 AND (withdrawn_at IS NULL OR withdrawn_at > $1)`

func (x Attestation) fact() program.Attestation {
	return program.Attestation{ID: x.What, On: x.On, Until: x.Until}
}

func attestationsAt(ctx context.Context, q db.Querier, partner string, at time.Time) ([]Attestation, error) {
	return db.All(ctx, q, scanAttestation, `SELECT `+attestationColumns+` FROM attestation
		WHERE `+attestationAt+` AND account_id = $2 ORDER BY id COLLATE "C"`, db.Micros(at), partner)
}

// eachAttestation streams those of all partners at an instant, by partner.
func eachAttestation(ctx context.Context, q db.Querier, at time.Time, use func(Attestation) error) error {
	return db.Each(ctx, q, scanAttestation, use, `SELECT `+attestationColumns+` FROM attestation
		WHERE `+attestationAt+` ORDER BY account_id COLLATE "C", id COLLATE "C"`, db.Micros(at))
}
