package sla

import (
	"context"

	"hanse/internal/kit/db"
)

func scanCell(r db.Row) (c cell, err error) {
	var used, longest int64
	err = r.Scan(&c.month, &c.Kind, &c.plan, &c.severity, &c.team, &c.teamName, &c.tickets, &c.Met, &c.Missed, &c.Open, &c.Done, &used, &longest)
	c.Used, c.Longest = micros(used), micros(longest)
	return c, err
}

// figures counts the clocks of all combinations at once: a report of any dimension adds them up. What was missed counts
// whatever became of the ticket afterwards. The longest run may be the one that still goes on.
func figures(ctx context.Context, q db.Querier, f Filter) ([]cell, error) {
	return db.All(ctx, q, scanCell, `SELECT month, kind, plan, severity, team_id, max(team_name), count(*),
		CAST(sum(CASE WHEN state = 'done' AND misses = 0 AND limit_us > 0 THEN 1 ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN misses > 0 THEN 1 ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN state IN ('running', 'paused') AND misses = 0 AND limit_us > 0 THEN 1 ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS BIGINT),
		CAST(sum(CASE WHEN state = 'done' THEN longest_us ELSE 0 END) AS BIGINT),
		CAST(max(CASE WHEN state <> 'void' AND used_us > longest_us THEN used_us ELSE longest_us END) AS BIGINT)
		FROM sla_clock WHERE month COLLATE "C" >= $1 AND month COLLATE "C" <= $2 AND ($3 = '*' OR plan = $3) AND ($4 = '*' OR severity = $4) AND ($5 = '*' OR team_id = $5)
		GROUP BY month, kind, plan, severity, team_id`, f.From, f.To, f.Plan, f.Severity, f.Team)
}

func scanItem(r db.Row) (x Item, err error) {
	var limit, used, longest int64
	s := row{}
	err = r.Scan(&x.Subject, &x.Number, &x.Account, &x.AccountName, &x.Plan, &x.Severity, &x.Team, &x.TeamName, db.Time(&x.Opened),
		&s.kind, &s.run, &s.state, db.Time(&s.due), &s.warned, &limit, &used, &longest, &s.misses)
	s.limit, s.used, s.longest = micros(limit), micros(used), micros(longest)
	x.Timer = s.timer()
	return x, err
}

// behind reads the tickets that figures counts.
func behind(ctx context.Context, q db.Querier, f Filter, k Kind, o Outcome, before string, limit int) ([]Item, error) {
	return db.All(ctx, q, scanItem, `SELECT s.subject, s.number, s.account_id, s.account_name, s.plan, s.severity, s.team_id, s.team_name, s.opened_at,
		c.kind, c.run, c.state, c.due_at, c.warned, c.limit_us, c.used_us, c.longest_us, c.misses
		FROM sla_clock c JOIN sla_case s ON s.account_id = c.account_id AND s.subject = c.subject
		WHERE c.month COLLATE "C" >= $1 AND c.month COLLATE "C" <= $2 AND c.kind = $3 AND ($4 = '*' OR c.plan = $4) AND ($5 = '*' OR c.severity = $5) AND ($6 = '*' OR c.team_id = $6)
		AND ($7 = 'all' OR ($7 = 'missed' AND c.misses > 0) OR ($7 = 'done' AND c.state = 'done') OR (c.misses = 0 AND c.limit_us > 0
			AND (($7 = 'met' AND c.state = 'done') OR ($7 = 'open' AND c.state IN ('running', 'paused')))))
		AND ($8 = '' OR c.subject COLLATE "C" < $8) ORDER BY c.subject COLLATE "C" DESC LIMIT $9`,
		f.From, f.To, string(k), f.Plan, f.Severity, f.Team, string(o), before, limit)
}
