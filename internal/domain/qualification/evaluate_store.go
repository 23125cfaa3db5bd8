package qualification

import (
	"context"

	"hanse/internal/kit/db"
)

const resultColumns = `account_id, program_id, version, hold_level, apply_level, next_level, line, at`

func scanResult(r db.Row) (x Result, err error) {
	return x, r.Scan(&x.Account, &x.Program, &x.Version, &x.HoldLevel, &x.ApplyLevel, &x.NextLevel, &x.Line, db.Time(&x.At))
}

func resultsOf(ctx context.Context, q db.Querier, partner string) ([]Result, error) {
	return db.All(ctx, q, scanResult, `SELECT `+resultColumns+` FROM evaluation_result WHERE account_id = $1
		ORDER BY program_id COLLATE "C", version COLLATE "C"`, partner)
}

// eachResult streams the results of all partners, by partner.
func eachResult(ctx context.Context, q db.Querier, use func(Result) error) error {
	return db.Each(ctx, q, scanResult, use, `SELECT `+resultColumns+` FROM evaluation_result
		ORDER BY account_id COLLATE "C", program_id COLLATE "C", version COLLATE "C"`)
}

func putResult(ctx context.Context, tx *db.Tx, r Result) error {
	return db.Change(ctx, tx, `INSERT INTO evaluation_result (`+resultColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (account_id, program_id, version) DO UPDATE SET hold_level = excluded.hold_level,
		apply_level = excluded.apply_level, next_level = excluded.next_level, line = excluded.line, at = excluded.at`,
		r.Account, r.Program, r.Version, r.HoldLevel, r.ApplyLevel, r.NextLevel, r.Line, db.Micros(r.At))
}

type levelRow struct {
	level string
	n     int64
}

func scanLevelRow(r db.Row) (l levelRow, err error) { return l, r.Scan(&l.level, &l.n) }

func byLevel(rows []levelRow, err error) (map[string]int64, error) {
	out := map[string]int64{}
	for _, r := range rows {
		out[r.level] = r.n
	}
	return out, err
}

func countResults(ctx context.Context, q db.Querier, program, version string) (map[string]int64, error) {
	return byLevel(db.All(ctx, q, scanLevelRow, `SELECT hold_level, count(*) FROM evaluation_result
		WHERE program_id = $1 AND version = $2 GROUP BY hold_level`, program, version))
}

func countQualified(ctx context.Context, q db.Querier, program string) (map[string]int64, error) {
	return byLevel(db.All(ctx, q, scanLevelRow, `SELECT level, count(*) FROM qualification
		WHERE program_id = $1 AND state = 'valid' GROUP BY level`, program))
}

func listResults(ctx context.Context, q db.Querier, program, version, level, after string, limit int) ([]Result, error) {
	return db.All(ctx, q, scanResult, `SELECT `+resultColumns+` FROM evaluation_result
		WHERE program_id = $1 AND version = $2 AND ($3 = '*' OR hold_level = $3) AND account_id COLLATE "C" > $4
		ORDER BY account_id COLLATE "C" LIMIT $5`, program, version, level, after, limit)
}

// addResults stores results that are missing, many at a time. Where somebody was faster, theirs stay. They come in the
// order of partners.
func addResults(ctx context.Context, tx *db.Tx, rs []Result) error {
	have, err := storedBetween(ctx, tx, rs[0].Account, rs[len(rs)-1].Account)
	if err != nil {
		return err
	}
	_, err = db.Bulk(ctx, tx, "evaluation_result", []string{"account_id", "program_id", "version", "hold_level", "apply_level",
		"next_level", "line", "at"}, func(yield func([]any) bool) {
		for _, r := range rs {
			if have[[3]string{r.Account, r.Program, r.Version}] {
				continue
			}
			if !yield([]any{r.Account, r.Program, r.Version, r.HoldLevel, r.ApplyLevel, r.NextLevel, r.Line, r.At.UnixMicro()}) {
				return
			}
		}
	})
	return err
}

// storedBetween is a range of the primary key. Accounts are hexadecimal numbers, which every collation sorts alike.
func storedBetween(ctx context.Context, tx *db.Tx, from, to string) (map[[3]string]bool, error) {
	keys, err := db.All(ctx, tx, func(r db.Row) (k [3]string, err error) { return k, r.Scan(&k[0], &k[1], &k[2]) },
		`SELECT account_id, program_id, version FROM evaluation_result
		WHERE account_id >= $1 AND account_id <= $2`, from, to)
	out := make(map[[3]string]bool, len(keys))
	for _, k := range keys {
		out[k] = true
	}
	return out, err
}
