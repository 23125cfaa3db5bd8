package qualification

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// ownedHolding is a level of one partner in a stream.
type ownedHolding struct {
	account string
	program.Holding
}

const holdingColumns = `account_id, program_id, level, valid_from, valid_until, state, state_at`

// A level counts at an instant from its issue until it ended. One that is suspended now counted until then; what
// happened between two suspensions isn't kept.
const holdingAt = `created_at <= $1 AND (state IN ('valid', 'expired') OR state_at > $1)`

func scanHolding(r db.Row) (h ownedHolding, err error) {
	var from, until, state string
	var at time.Time
	if err = r.Scan(&h.account, &h.Program, &h.Level, &from, &until, &state, db.Time(&at)); err != nil {
		return h, err
	}
	if h.From, err = calendar.ParseOptional(from); err != nil {
		return h, err
	}
	h.Until, err = calendar.ParseOptional(until)
	if Standing(state) != Valid && Standing(state) != Expired {
		// It counted on the day on which it ended only until that instant: the day before is its last whole day, but a
		// question about an instant before the end must still find it.
		h.Until = calendar.DayOf(at)
	}
	return h, err
}

func holdingsAt(ctx context.Context, q db.Querier, partner string, at time.Time) ([]program.Holding, error) {
	rows, err := db.All(ctx, q, scanHolding, `SELECT `+holdingColumns+` FROM qualification
		WHERE `+holdingAt+` AND account_id = $2 ORDER BY id COLLATE "C"`, db.Micros(at), partner)
	var out []program.Holding
	for _, h := range rows {
		out = append(out, h.Holding)
	}
	return out, err
}

// eachHolding streams the levels of all partners at an instant, by partner.
func eachHolding(ctx context.Context, q db.Querier, at time.Time, use func(ownedHolding) error) error {
	return db.Each(ctx, q, scanHolding, use, `SELECT `+holdingColumns+` FROM qualification
		WHERE `+holdingAt+` ORDER BY account_id COLLATE "C", id COLLATE "C"`, db.Micros(at))
}

func stageHolders(ctx context.Context, q db.Querier, program, level, after string, limit int) ([]Qualification, error) {
	return db.All(ctx, q, scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE program_id = $1 AND level = $2 AND state IN ('valid', 'suspended') AND account_id COLLATE "C" > $3
		ORDER BY account_id COLLATE "C" LIMIT $4`, program, level, after, limit)
}
