package desk

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

func duty(ctx context.Context, q db.Querier, desk string) (d Duty, fallback string, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&d.User, &fallback, &d.Edition) },
		`SELECT duty_id, fallback_id, edition FROM desk WHERE account_id = $1`, desk)
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return d, fallback, err
}

// setDesk writes the desk's own row; edition -1 = whatever it is.
func setDesk(ctx context.Context, tx *db.Tx, desk, duty, fallback string, edition int64) error {
	return db.Change(ctx, tx, `INSERT INTO desk (account_id, duty_id, fallback_id, edition) VALUES ($1, $2, $3, 1)
		ON CONFLICT (account_id) DO UPDATE SET duty_id = excluded.duty_id, fallback_id = excluded.fallback_id, edition = desk.edition + 1
		WHERE desk.edition = $4 OR $4 = -1`, desk, duty, fallback, edition)
}

func scanTeam(r db.Row) (t Team, err error) {
	return t, r.Scan(&t.Desk, &t.ID, &t.Name, &t.Lead, &t.Active, &t.last, &t.Edition)
}

func teams(ctx context.Context, q db.Querier, desk string) ([]Team, error) {
	return db.All(ctx, q, scanTeam, `SELECT account_id, id, name, lead_id, active, last_id, edition FROM desk_team WHERE account_id = $1
		ORDER BY name COLLATE "C", id COLLATE "C"`, desk)
}

func team(ctx context.Context, q db.Querier, desk, id string) (Team, error) {
	return db.One(ctx, q, scanTeam, `SELECT account_id, id, name, lead_id, active, last_id, edition FROM desk_team WHERE account_id = $1 AND id = $2`, desk, id)
}

// hold takes the team's row until the end of the transaction, so that two tickets are never given by the same look at
// who has least or whose turn it is.
func hold(ctx context.Context, tx *db.Tx, desk, id string) (Team, error) {
	return db.One(ctx, tx, scanTeam, `UPDATE desk_team SET turns = turns + 1 WHERE account_id = $1 AND id = $2
		RETURNING account_id, id, name, lead_id, active, last_id, edition`, desk, id)
}

func insertTeam(ctx context.Context, tx *db.Tx, t Team) error {
	return db.Change(ctx, tx, `INSERT INTO desk_team (account_id, id, name, lead_id, active, last_id, turns, edition) VALUES ($1, $2, $3, $4, $5, '', 0, 1)`,
		t.Desk, t.ID, t.Name, t.Lead, t.Active)
}

func updateTeam(ctx context.Context, tx *db.Tx, t Team) error {
	return db.Change(ctx, tx, `UPDATE desk_team SET name = $3, lead_id = $4, active = $5, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND edition = $6`, t.Desk, t.ID, t.Name, t.Lead, t.Active, t.Edition)
}

// given notes who got a ticket.
func given(ctx context.Context, tx *db.Tx, desk, team, user string) error {
	if err := db.Change(ctx, tx, `UPDATE desk_team SET last_id = $3 WHERE account_id = $1 AND id = $2`, desk, team, user); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `UPDATE desk_member SET given_at = $4 WHERE account_id = $1 AND team_id = $2 AND user_id = $3`,
		desk, team, user, db.Micros(tx.Now))
	return err
}

// members reads the pairs of team and user of a desk; of one team alone, or of one user alone.
func members(ctx context.Context, q db.Querier, desk, team, user string) ([][2]string, error) {
	return db.All(ctx, q, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) },
		`SELECT team_id, user_id FROM desk_member WHERE account_id = $1 AND ($2 = '' OR team_id = $2) AND ($3 = '' OR user_id = $3)
		ORDER BY user_id COLLATE "C", team_id COLLATE "C"`, desk, team, user)
}

func addMember(ctx context.Context, tx *db.Tx, desk, team, user string) error {
	return db.Change(ctx, tx, `INSERT INTO desk_member (account_id, team_id, user_id) VALUES ($1, $2, $3)`, desk, team, user)
}

// dropMember takes a user out of a team, or out of every team for "".
func dropMember(ctx context.Context, tx *db.Tx, desk, team, user string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM desk_member WHERE account_id = $1 AND ($2 = '' OR team_id = $2) AND user_id = $3`, desk, team, user)
	return err
}

// dropUser takes a user who has left out of what else names him.
func dropUser(ctx context.Context, tx *db.Tx, desk, user string) error {
	if err := dropMember(ctx, tx, desk, "", user); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE desk_team SET lead_id = '', edition = edition + 1 WHERE account_id = $1 AND lead_id = $2`, desk, user); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `UPDATE desk SET duty_id = '', edition = edition + 1 WHERE account_id = $1 AND duty_id = $2`, desk, user); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM desk_absence WHERE account_id = $1 AND user_id = $2`, desk, user)
	return err
}

func absences(ctx context.Context, q db.Querier, desk string) (map[string]calendar.Day, error) {
	out := map[string]calendar.Day{}
	err := db.Each(ctx, q, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) },
		func(x [2]string) error {
			d, err := calendar.ParseDay(x[1])
			out[x[0]] = d
			return err
		}, `SELECT user_id, until FROM desk_absence WHERE account_id = $1`, desk)
	return out, err
}

// setAbsence writes one; the zero day ends it.
func setAbsence(ctx context.Context, tx *db.Tx, desk, user string, until calendar.Day) error {
	if until == 0 {
		_, err := db.Exec(ctx, tx, `DELETE FROM desk_absence WHERE account_id = $1 AND user_id = $2`, desk, user)
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO desk_absence (account_id, user_id, until) VALUES ($1, $2, $3)
		ON CONFLICT (account_id, user_id) DO UPDATE SET until = excluded.until`, desk, user, until.String())
}

func scanRule(r db.Row) (x Rule, err error) {
	var asks, pick string
	if err := r.Scan(&x.Desk, &x.ID, &x.Position, &x.Name, &asks, &x.Team, &pick, &x.User, &x.Active, &x.Edition); err != nil {
		return x, err
	}
	x.Pick = Pick(pick)
	return x, json.Unmarshal([]byte(asks), &x.Asks)
}

func rules(ctx context.Context, q db.Querier, desk string) ([]Rule, error) {
	return db.All(ctx, q, scanRule, `SELECT account_id, id, position, name, asks, team_id, pick, user_id, active, edition FROM desk_rule
		WHERE account_id = $1 ORDER BY position, id COLLATE "C"`, desk)
}

func insertRule(ctx context.Context, tx *db.Tx, x Rule) error {
	return db.Change(ctx, tx, `INSERT INTO desk_rule (account_id, id, position, name, asks, team_id, pick, user_id, active, edition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`, x.Desk, x.ID, x.Position, x.Name, text(x.Asks), x.Team, string(x.Pick), x.User, x.Active)
}

func updateRule(ctx context.Context, tx *db.Tx, x Rule) error {
	return db.Change(ctx, tx, `UPDATE desk_rule SET position = $3, name = $4, asks = $5, team_id = $6, pick = $7, user_id = $8, active = $9, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND edition = $10`,
		x.Desk, x.ID, x.Position, x.Name, text(x.Asks), x.Team, string(x.Pick), x.User, x.Active, x.Edition)
}

func deleteRule(ctx context.Context, tx *db.Tx, desk, id string, edition int64) error {
	return db.Change(ctx, tx, `DELETE FROM desk_rule WHERE account_id = $1 AND id = $2 AND edition = $3`, desk, id, edition)
}

func scanMacro(r db.Row) (m Macro, err error) {
	var content, then string
	if err := r.Scan(&m.Desk, &m.ID, &m.Name, &m.Team, &content, &then, &m.Active, &m.Edition); err != nil {
		return m, err
	}
	m.Then = Then(then)
	return m, json.Unmarshal([]byte(content), &m.Content)
}

func macros(ctx context.Context, q db.Querier, desk string) ([]Macro, error) {
	return db.All(ctx, q, scanMacro, `SELECT account_id, id, name, team_id, content, then_go, active, edition FROM desk_macro
		WHERE account_id = $1 ORDER BY name COLLATE "C", id COLLATE "C"`, desk)
}

func insertMacro(ctx context.Context, tx *db.Tx, m Macro) error {
	return db.Change(ctx, tx, `INSERT INTO desk_macro (account_id, id, name, team_id, content, then_go, active, edition) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
		m.Desk, m.ID, m.Name, m.Team, text(m.Content), string(m.Then), m.Active)
}

func updateMacro(ctx context.Context, tx *db.Tx, m Macro) error {
	return db.Change(ctx, tx, `UPDATE desk_macro SET name = $3, team_id = $4, content = $5, then_go = $6, active = $7, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND edition = $8`, m.Desk, m.ID, m.Name, m.Team, text(m.Content), string(m.Then), m.Active, m.Edition)
}

func deleteMacro(ctx context.Context, tx *db.Tx, desk, id string, edition int64) error {
	return db.Change(ctx, tx, `DELETE FROM desk_macro WHERE account_id = $1 AND id = $2 AND edition = $3`, desk, id, edition)
}

func scanAnswer(r db.Row) (a Answer, err error) {
	return a, r.Scan(&a.Desk, &a.ID, &a.Name, &a.Keywords, &a.Team, &a.BodyEN, &a.BodyZH, &a.Edition)
}

func answers(ctx context.Context, q db.Querier, desk string) ([]Answer, error) {
	return db.All(ctx, q, scanAnswer, `SELECT account_id, id, name, keywords, team_id, body_en, body_zh, edition FROM desk_answer
		WHERE account_id = $1 ORDER BY name COLLATE "C", id COLLATE "C"`, desk)
}

func insertAnswer(ctx context.Context, tx *db.Tx, a Answer) error {
	return db.Change(ctx, tx, `INSERT INTO desk_answer (account_id, id, name, keywords, team_id, body_en, body_zh, edition) VALUES ($1, $2, $3, $4, $5, $6, $7, 1)`,
		a.Desk, a.ID, a.Name, a.Keywords, a.Team, a.BodyEN, a.BodyZH)
}

func updateAnswer(ctx context.Context, tx *db.Tx, a Answer) error {
	return db.Change(ctx, tx, `UPDATE desk_answer SET name = $3, keywords = $4, team_id = $5, body_en = $6, body_zh = $7, edition = edition + 1
		WHERE account_id = $1 AND id = $2 AND edition = $8`, a.Desk, a.ID, a.Name, a.Keywords, a.Team, a.BodyEN, a.BodyZH, a.Edition)
}

func deleteAnswer(ctx context.Context, tx *db.Tx, desk, id string, edition int64) error {
	return db.Change(ctx, tx, `DELETE FROM desk_answer WHERE account_id = $1 AND id = $2 AND edition = $3`, desk, id, edition)
}

// views reads a user's own and those that are shared.
func views(ctx context.Context, q db.Querier, desk, user string) ([]View, error) {
	return db.All(ctx, q, func(r db.Row) (v View, err error) {
		return v, r.Scan(&v.Desk, &v.ID, &v.User, &v.Name, &v.Shared, &v.Query)
	},
		`SELECT account_id, id, user_id, name, shared, query FROM desk_view WHERE account_id = $1 AND (user_id = $2 OR shared)
		ORDER BY name COLLATE "C", id COLLATE "C"`, desk, user)
}

func insertView(ctx context.Context, tx *db.Tx, v View) error {
	return db.Change(ctx, tx, `INSERT INTO desk_view (account_id, id, user_id, name, shared, query) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.Desk, v.ID, v.User, v.Name, v.Shared, v.Query)
}

func deleteView(ctx context.Context, tx *db.Tx, desk, id, user string) error {
	return db.Change(ctx, tx, `DELETE FROM desk_view WHERE account_id = $1 AND id = $2 AND user_id = $3`, desk, id, user)
}

// touch renews a lease, or makes one that begins now.
func touch(ctx context.Context, tx *db.Tx, desk, ticket, user, name string, mode Mode, until time.Time) error {
	return db.Change(ctx, tx, `INSERT INTO desk_presence (account_id, ticket_id, user_id, user_name, mode, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account_id, ticket_id, user_id) DO UPDATE SET user_name = excluded.user_name, until = excluded.until, mode = excluded.mode,
		since = CASE WHEN desk_presence.until > $6 THEN desk_presence.since ELSE excluded.since END`,
		desk, ticket, user, name, string(mode), db.Micros(tx.Wall), db.Micros(until))
}

func present(ctx context.Context, q db.Querier, desk, ticket, but string, wall time.Time) ([]Present, error) {
	return db.All(ctx, q, func(r db.Row) (p Present, err error) {
		var mode string
		err = r.Scan(&p.User, &p.Name, &mode, db.Time(&p.Since))
		p.Mode = Mode(mode)
		return p, err
	}, `SELECT user_id, user_name, mode, since FROM desk_presence WHERE account_id = $1 AND ticket_id = $2 AND user_id <> $3 AND until > $4
		ORDER BY since, user_id COLLATE "C"`, desk, ticket, but, db.Micros(wall))
}

func leave(ctx context.Context, tx *db.Tx, desk, ticket, user string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM desk_presence WHERE account_id = $1 AND ticket_id = $2 AND user_id = $3`, desk, ticket, user)
	return err
}

func sweep(ctx context.Context, tx *db.Tx, wall time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM desk_presence WHERE until <= $1`, db.Micros(wall))
	return err
}

// text is what a column with JSON keeps; the types here can always be written.
func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "{}"
	}
	return string(b)
}
