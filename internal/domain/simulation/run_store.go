package simulation

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/db"
)

const runHead = `id, draft_id, program_id, new_ref, new_hash, old_ref, at, purpose, state, turn, total, done, last, counts, asked_by, asked_name,
	created_at, finished_at`

func scanRun(r db.Row, more ...any) (m Simulation, err error) {
	var counts string
	dest := []any{&m.ID, &m.Draft, &m.Program, &m.Ref, &m.Hash, &m.Against, db.Time(&m.At), &m.For, &m.State, &m.turn, &m.Total, &m.Partners,
		&m.last, &counts, &m.AskedBy, &m.AskedName, db.Time(&m.CreatedAt), db.Time(&m.FinishedAt)}
	if err = r.Scan(append(dest, more...)...); err != nil {
		return m, err
	}
	m.Counts = newCounts()
	return m, json.Unmarshal([]byte(counts), &m.Counts)
}

func scanRunHead(r db.Row) (Simulation, error) { return scanRun(r) }

func scanWholeRun(r db.Row) (Simulation, error) {
	var source string
	m, err := scanRun(r, &source)
	m.Source = source
	return m, err
}

func readSimulation(ctx context.Context, q db.Querier, id string) (Simulation, error) {
	return db.One(ctx, q, scanWholeRun, `SELECT `+runHead+`, new_source FROM simulation WHERE id = $1`, id)
}

// readRunning finds a simulation that already answers the same question.
func readRunning(ctx context.Context, q db.Querier, m Simulation) (Simulation, error) {
	return db.One(ctx, q, scanWholeRun, `SELECT `+runHead+`, new_source FROM simulation WHERE draft_id = $1 AND new_hash = $2
		AND old_ref = $3 AND purpose = $4 AND state IN ('waiting', 'running') ORDER BY id COLLATE "C" DESC LIMIT 1`,
		m.Draft, m.Hash, m.Against, string(m.For))
}

// readFinished is the newest finished simulation of a draft's text.
func readFinished(ctx context.Context, q db.Querier, hash string) (Simulation, error) {
	return db.One(ctx, q, scanRunHead, `SELECT `+runHead+` FROM simulation WHERE new_hash = $1 AND state = 'done'
		ORDER BY finished_at DESC LIMIT 1`, hash)
}

func listSimulations(ctx context.Context, q db.Querier, draft, after string, limit int) ([]Simulation, error) {
	return db.All(ctx, q, scanRunHead, `SELECT `+runHead+` FROM simulation WHERE ($1 = '' OR draft_id = $1)
		AND ($2 = '' OR id COLLATE "C" < $2) ORDER BY id COLLATE "C" DESC LIMIT $3`, draft, after, limit)
}

func insertSimulation(ctx context.Context, tx *db.Tx, m Simulation) error {
	counts, err := json.Marshal(m.Counts)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO simulation (`+runHead+`, new_source)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		m.ID, m.Draft, m.Program, m.Ref, m.Hash, m.Against, db.Micros(m.At), string(m.For), string(m.State), m.turn, m.Total, m.Partners,
		m.last, string(counts), m.AskedBy, m.AskedName, db.Micros(m.CreatedAt), db.Micros(m.FinishedAt), m.Source)
}

func beginSimulation(ctx context.Context, tx *db.Tx, id string, total int64) error {
	return db.Change(ctx, tx, `UPDATE simulation SET state = 'running', total = $2 WHERE id = $1 AND state IN ('waiting', 'running')`, id, total)
}

// advanceSimulation moves the place on from where this worker left it.
func advanceSimulation(ctx context.Context, tx *db.Tx, from string, m Simulation) error {
	counts, err := json.Marshal(m.Counts)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE simulation SET last = $3, done = $4, counts = $5 WHERE id = $1 AND last = $2 AND state = 'running'`,
		m.ID, from, m.last, m.Partners, string(counts))
}

func finishSimulation(ctx context.Context, tx *db.Tx, m Simulation) error {
	return db.Change(ctx, tx, `UPDATE simulation SET state = 'done', finished_at = $3, total = done WHERE id = $1 AND last = $2 AND state = 'running'`,
		m.ID, m.last, db.Micros(tx.Now))
}

func cancelSimulation(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `UPDATE simulation SET state = 'cancelled', finished_at = $2 WHERE id = $1 AND state IN ('waiting', 'running')`,
		id, db.Micros(tx.Now))
}

func resumeSimulation(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `UPDATE simulation SET state = 'waiting', finished_at = NULL, turn = turn + 1
		WHERE id = $1 AND state = 'cancelled'`, id)
}

const outcomeColumns = `account_id, name, outcome, old_level, new_level, line, held`

func scanOutcome(r db.Row) (o Outcome, err error) {
	return o, r.Scan(&o.Account, &o.Name, &o.Effect, &o.OldLevel, &o.NewLevel, &o.Line, &o.Held)
}

// addOutcomes stores the partners of a batch for whom something changes, and those who hold a qualification.
func addOutcomes(ctx context.Context, tx *db.Tx, simulation string, all []Outcome) error {
	_, err := db.Bulk(ctx, tx, "simulation_outcome", []string{"account_id", "simulation_id", "name", "outcome", "old_level", "new_level",
		"line", "held"}, func(yield func([]any) bool) {
		for _, o := range all {
			if o.Effect == Stay && o.Held == "" {
				continue
			}
			if !yield([]any{o.Account, simulation, o.Name, string(o.Effect), o.OldLevel, o.NewLevel, o.Line, o.Held}) {
				return
			}
		}
	})
	return err
}

func readOutcome(ctx context.Context, q db.Querier, simulation, partner string) (Outcome, error) {
	return db.One(ctx, q, scanOutcome, `SELECT `+outcomeColumns+` FROM simulation_outcome WHERE account_id = $2 AND simulation_id = $1`,
		simulation, partner)
}

// listOutcomes lists by name; name and f.After are those of the last one seen.
func listOutcomes(ctx context.Context, q db.Querier, simulation string, f OutcomeFilter, name string, limit int) ([]Outcome, error) {
	return db.All(ctx, q, scanOutcome, `SELECT `+outcomeColumns+` FROM simulation_outcome WHERE simulation_id = $1
		AND ($2 = '' OR outcome = $2) AND ($3 = '' OR line = $3) AND ($4 = '*' OR old_level = $4) AND ($5 = '*' OR new_level = $5)
		AND (NOT $6 OR held <> '') AND ($8 = '' OR name COLLATE "C" > $7 OR name COLLATE "C" = $7 AND account_id COLLATE "C" > $8)
		ORDER BY name COLLATE "C", account_id COLLATE "C" LIMIT $9`,
		simulation, string(f.Effect), f.Line, f.OldLevel, f.NewLevel, f.HeldOnly, name, f.After, limit)
}

func outcomesByAccount(ctx context.Context, q db.Querier, simulation, after string, limit int) ([]Outcome, error) {
	return db.All(ctx, q, scanOutcome, `SELECT `+outcomeColumns+` FROM simulation_outcome WHERE simulation_id = $1
		AND account_id COLLATE "C" > $2 ORDER BY account_id COLLATE "C" LIMIT $3`, simulation, after, limit)
}
