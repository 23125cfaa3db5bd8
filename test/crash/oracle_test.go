package crash

import (
	"context"
	"fmt"

	"hanse/internal/kit/db"
)

// An oracle knows what the clients were promised, and says how a database differs from it.
type oracle struct {
	imports   []importTask
	granted   map[string]string // application → certificate number
	approvals int
}

// A rule is a question whose answer must be no row; each row says what is wrong.
type rule struct{ name, text string }

// rules must hold of any database at rest, whatever the clients did.
var rules = []rule{
	{"event that wasn't handed on", `SELECT events FROM event_waiting`},
	{"job that is stuck", `SELECT kind || ' ' || id || ' ' || last_error FROM job WHERE state IN ('running', 'dead')
		OR (state = 'ready' AND attempts > 0)`},
	{"event that a subscriber didn't get", `SELECT e.kind || ' ' || e.id || ' ' || s.kind FROM event e JOIN
		(SELECT DISTINCT x.kind AS event, j.kind AS kind FROM job j JOIN event x ON x.id = j.key WHERE j.kind LIKE 'event:%') s
		ON s.event = e.kind WHERE NOT EXISTS (SELECT 1 FROM job j WHERE j.kind = s.kind AND j.key = e.id AND j.state = 'done')`},
	{"message told twice", `SELECT user_id || ' ' || kind || ' ' || link FROM message GROUP BY account_id, user_id, kind, link, title, at
		HAVING count(*) > 1`},
	{"mail written twice", `SELECT recipient || ' ' || title FROM mail GROUP BY account_id, recipient, title, link, at, secret HAVING count(*) > 1`},
	{"mail that wasn't sent", `SELECT recipient || ' ' || id FROM mail WHERE state <> 'sent'`},
	{"import that holds up others", `SELECT import_id FROM roster_import_turn`},
	{"import under way", `SELECT file_name || ' ' || state FROM roster_import WHERE state NOT IN ('done', 'cancelled')`},
	{"import told not once", `SELECT i.file_name FROM roster_import i WHERE
		(SELECT count(*) FROM event e WHERE e.kind = 'roster.imported' AND e.subject = i.id) <> 1`},
	{"import that isn't on record once", `SELECT i.file_name FROM roster_import i WHERE
		(SELECT count(*) FROM audit_entry e WHERE e.subject = 'import:' || i.id AND e.detail LIKE '%"done":%') <> 1`},
	{"person twice on a roster", `SELECT number FROM binding GROUP BY account_id, number HAVING count(*) > 1`},
	{"certificate twice", `SELECT account_id || ' ' || code FROM certificate WHERE state = 'valid' GROUP BY account_id, code, issued_on HAVING count(*) > 1`},
	{"certificate that the roster doesn't show", `SELECT b.number || ' ' || c.code FROM binding b JOIN certificate c ON c.account_id = b.person_id
		WHERE c.state = 'valid' AND b.held NOT LIKE '%;' || c.code || ':%'`},
	{"approved application without exactly one qualification", `SELECT a.id FROM application a WHERE a.state = 'approved' AND
		(SELECT count(*) FROM qualification q WHERE q.account_id = a.account_id AND q.application_id = a.id) <> 1`},
	{"qualification of an application that isn't approved", `SELECT q.id FROM qualification q WHERE NOT EXISTS
		(SELECT 1 FROM application a WHERE a.account_id = q.account_id AND a.id = q.application_id AND a.state = 'approved')`},
	{"qualification without its own number", `SELECT q.number FROM qualification q WHERE NOT EXISTS (SELECT 1 FROM qualification_number n
		WHERE n.number = q.number AND n.account_id = q.account_id AND n.qualification_id = q.id)`},
	{"number without a qualification", `SELECT n.number FROM qualification_number n WHERE NOT EXISTS (SELECT 1 FROM qualification q
		WHERE n.number = q.number AND n.account_id = q.account_id AND n.qualification_id = q.id)`},
	{"grant told not once", `SELECT q.number FROM qualification q WHERE
		(SELECT count(*) FROM event e WHERE e.kind = 'qualification.granted' AND e.subject = q.id) <> 1`},
	{"grant that its partner wasn't told once", `SELECT q.number FROM qualification q WHERE
		(SELECT count(*) FROM message m WHERE m.account_id = q.account_id AND m.kind = 'qualification.granted') <> 1`},
	{"grant that isn't on record once", `SELECT q.number FROM qualification q WHERE
		(SELECT count(*) FROM audit_entry e WHERE e.subject = 'qualification:' || q.id AND e.detail LIKE '%"did":"grant"%') <> 1`},
	{"record that isn't sealed", `SELECT entries FROM audit_waiting`},
	{"request that is still under way", `SELECT key FROM idempotency WHERE status = 0`},
}

// findings asks every question and compares with what was promised.
func (o oracle) findings(ctx context.Context, q db.Querier) ([]string, error) {
	var out []string
	for _, r := range rules {
		rows, err := db.All(ctx, q, db.String, r.text)
		if err != nil {
			return out, fmt.Errorf("%s: %w", r.name, err)
		}
		for _, x := range rows[:min(3, len(rows))] {
			out = append(out, fmt.Sprintf("%s (%d in all): %s", r.name, len(rows), x))
		}
	}
	for _, check := range []func(context.Context, db.Querier) ([]string, error){o.promisedImports, o.promisedGrants} {
		more, err := check(ctx, q)
		if err != nil {
			return out, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// promisedImports holds each acknowledged file against the roster.
func (o oracle) promisedImports(ctx context.Context, q db.Querier) (out []string, err error) {
	for _, i := range o.imports {
		for _, x := range []struct {
			what string
			want int
			text string
			args []any
		}{
			{"imports of this file that are done", 1, `SELECT count(*) FROM roster_import WHERE account_id = $1 AND file_name = $2 AND state = 'done'`,
				[]any{i.partner.id, i.file()}},
			{"people", i.people, `SELECT count(*) FROM binding WHERE account_id = $1 AND number LIKE $2`, []any{i.partner.id, i.prefix() + "%"}},
			{"certificates", 2 * i.people, `SELECT count(*) FROM certificate c JOIN binding b ON b.person_id = c.account_id
				WHERE b.account_id = $1 AND b.number LIKE $2`, []any{i.partner.id, i.prefix() + "%"}},
		} {
			n, err := db.One(ctx, q, db.Int, x.text, x.args...)
			if err != nil {
				return out, err
			}
			if int(n) != x.want {
				out = append(out, fmt.Sprintf("%s: %d %s, want %d", i.file(), n, x.what, x.want))
			}
		}
	}
	return out, nil
}

// promisedGrants holds each acknowledged approval against the qualifications.
func (o oracle) promisedGrants(ctx context.Context, q db.Querier) (out []string, err error) {
	n, err := db.One(ctx, q, db.Int, `SELECT count(*) FROM qualification`)
	if err != nil {
		return out, err
	}
	if int(n) != o.approvals {
		out = append(out, fmt.Sprintf("%d qualifications, want %d", n, o.approvals))
	}
	for application, number := range o.granted {
		found, err := db.All(ctx, q, db.String, `SELECT number FROM qualification WHERE application_id = $1 AND state = 'valid'`, application)
		if err != nil {
			return out, err
		}
		if len(found) != 1 || number != "" && found[0] != number {
			out = append(out, fmt.Sprintf("application %s has the certificates %v, want one, %q", application, found, number))
		}
	}
	return out, nil
}
