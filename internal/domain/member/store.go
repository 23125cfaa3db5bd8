package member

import (
	"context"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const columns = `account_id, id, kind, state, person_id, binding_id, name, channel, address, number, registered, lang, invited_by,
	invited_name, invited_at, times, expires_at, answered_at, reason, ended_by, ended_on, counts_until, reminded_on, version`

func scan(r db.Row) (i Invitation, err error) {
	var ended, until, reminded string
	err = r.Scan(&i.Account, &i.ID, &i.Kind, &i.State, &i.Person, &i.Binding, &i.Name, &i.Channel, &i.Address, &i.Number, &i.Registered,
		&i.Lang, &i.InvitedBy, &i.InvitedName, db.Time(&i.InvitedAt), &i.Times, db.Time(&i.ExpiresAt), db.Time(&i.AnsweredAt), &i.Reason,
		&i.EndedBy, &ended, &until, &reminded, &i.Version)
	if err != nil {
		return i, err
	}
	if i.EndedOn, err = calendar.ParseOptional(ended); err != nil {
		return i, err
	}
	if i.CountsUntil, err = calendar.ParseOptional(until); err != nil {
		return i, err
	}
	i.remindedOn, err = calendar.ParseOptional(reminded)
	return i, err
}

func insert(ctx context.Context, tx *db.Tx, all []Invitation) error {
	names := []string{"account_id", "id", "kind", "state", "person_id", "binding_id", "name", "search", "channel", "address", "number",
		"registered", "lang", "invited_by", "invited_name", "invited_at", "times", "expires_at", "reason", "ended_by", "ended_on",
		"counts_until", "reminded_on", "version"}
	_, err := db.Bulk(ctx, tx, "member_invitation", names, func(yield func([]any) bool) {
		for _, i := range all {
			row := []any{i.Account, i.ID, string(i.Kind), string(i.State), i.Person, i.Binding, i.Name, searchText(i), string(i.Channel),
				i.Address, i.Number, i.Registered, i.Lang, i.InvitedBy, i.InvitedName, i.InvitedAt.UnixMicro(), i.Times,
				i.ExpiresAt.UnixMicro(), "", "", "", i.CountsUntil.String(), "", int64(1)}
			if !yield(row) {
				return
			}
		}
	})
	return err
}

func searchText(i Invitation) string {
	return text.Fold(i.Name) + "\n" + text.Fold(i.Address) + "\n" + text.Fold(i.Number)
}

func one(ctx context.Context, q db.Querier, partner, id string) (Invitation, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE account_id = $1 AND id = $2`, partner, id)
}

// list reads a page of a partner's invitations, newest first. An open one whose time is over counts as expired.
func list(ctx context.Context, q db.Querier, partner string, f Filter, before key, now time.Time) ([]Invitation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE account_id = $1
		AND ($2 = '' OR search LIKE $3 ESCAPE '!')
		AND ($4 = '' OR kind = $4)
		AND ($5 = '' OR ($5 = 'invited' AND state = 'invited' AND expires_at > $6)
			OR ($5 = 'expired' AND (state = 'expired' OR (state = 'invited' AND expires_at <= $6)))
			OR ($5 NOT IN ('invited', 'expired') AND state = $5))
		AND (invited_at, id) < ($7, $8) ORDER BY invited_at DESC, id DESC LIMIT $9`,
		partner, f.Q, db.Like(text.Fold(f.Q)), string(f.Kind), string(f.State), db.Micros(now), before.At, before.ID, f.Limit+1)
}

// count gives how many of a partner's invitations are in each state.
func count(ctx context.Context, q db.Querier, partner string, now time.Time) (map[State]int, error) {
	out := map[State]int{}
	err := db.Each(ctx, q, func(r db.Row) (x struct {
		state State
		n     int64
	}, err error) {
		return x, r.Scan(&x.state, &x.n)
	}, func(x struct {
		state State
		n     int64
	}) error {
		out[x.state] += int(x.n)
		return nil
	}, `SELECT CASE WHEN state = 'invited' AND expires_at <= $2 THEN 'expired' ELSE state END, COUNT(*) FROM member_invitation
		WHERE account_id = $1 GROUP BY 1`, partner, db.Micros(now))
	return out, err
}

// save writes what changes in an invitation's life; ErrNoRow when it isn't as it was read.
func save(ctx context.Context, tx *db.Tx, i Invitation, from State) error {
	return db.Change(ctx, tx, `UPDATE member_invitation SET state = $4, person_id = $5, binding_id = $6, invited_by = $7, invited_name = $8,
		invited_at = $9, times = $10, expires_at = $11, answered_at = $12, reason = $13, ended_by = $14, ended_on = $15, reminded_on = $16,
		version = version + 1 WHERE account_id = $1 AND id = $2 AND state = $3 AND version = $17`,
		i.Account, i.ID, string(from), string(i.State), i.Person, i.Binding, i.InvitedBy, i.InvitedName, db.Micros(i.InvitedAt), i.Times,
		db.Micros(i.ExpiresAt), db.Micros(i.AnsweredAt), i.Reason, i.EndedBy, i.EndedOn.String(), i.remindedOn.String(), i.Version)
}

// forPerson reads all questions to a person: those that name the person, and those to one of the addresses.
func forPerson(ctx context.Context, q db.Querier, person string, addresses []string) ([]Invitation, error) {
	in, args := db.In(2, append(addresses, "-"))
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE (person_id = $1 AND person_id <> '')
		OR (address IN `+in+` AND address <> '') ORDER BY invited_at DESC, id DESC`, append([]any{person}, args...)...)
}

// ofBindings reads a partner's invitations about some bindings.
func ofBindings(ctx context.Context, q db.Querier, partner string, bindings []string) ([]Invitation, error) {
	in, args := db.In(2, bindings)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE account_id = $1 AND binding_id IN `+in+`
		ORDER BY invited_at DESC, id DESC`, append([]any{partner}, args...)...)
}

// due reads open invitations whose time is over, by partner after a cursor.
func due(ctx context.Context, q db.Querier, now time.Time, limit int) ([]Invitation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE state = 'invited' AND expires_at <= $1
		ORDER BY expires_at, id LIMIT $2`, db.Micros(now), limit)
}

func insertLink(ctx context.Context, tx *db.Tx, hash, partner, id string) error {
	return db.Change(ctx, tx, `INSERT INTO member_link (hash, account_id, invitation_id) VALUES ($1, $2, $3)`, hash, partner, id)
}

type place struct{ Account, ID string }

func byLink(ctx context.Context, q db.Querier, hash string) (place, error) {
	return db.One(ctx, q, func(r db.Row) (p place, err error) { return p, r.Scan(&p.Account, &p.ID) },
		`SELECT account_id, invitation_id FROM member_link WHERE hash = $1`, hash)
}

func dropLinks(ctx context.Context, tx *db.Tx, partner, id string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM member_link WHERE account_id = $1 AND invitation_id = $2`, partner, id)
	return err
}

// takeSeat makes the answers of one person come one after the other.
func takeSeat(ctx context.Context, tx *db.Tx, person string) error {
	return db.Change(ctx, tx, `INSERT INTO member_seat (person_id, answers) VALUES ($1, 1)
		ON CONFLICT (person_id) DO UPDATE SET answers = member_seat.answers + 1`, person)
}

// spend counts one more invitation of an administrator on a day; false when that's too many.
func spend(ctx context.Context, tx *db.Tx, partner, user string, day calendar.Day, limit int) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO member_day (account_id, user_id, day, sent) VALUES ($1, $2, $3, 1)
		ON CONFLICT (account_id, user_id, day) DO UPDATE SET sent = member_day.sent + 1 WHERE member_day.sent < $4`,
		partner, user, day.String(), limit)
	return n > 0, err
}

func spent(ctx context.Context, q db.Querier, partner, user string, day calendar.Day) (int64, error) {
	all, err := db.All(ctx, q, db.Int, `SELECT sent FROM member_day WHERE account_id = $1 AND user_id = $2 AND day = $3`,
		partner, user, day.String())
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

const consentColumns = `account_id, id, partner_id, binding_id, invitation_id, version, given_at, ended_on, ended_by`

func scanConsent(r db.Row) (c Consent, err error) {
	var ended string
	err = r.Scan(&c.Person, &c.ID, &c.Partner, &c.Binding, &c.Invitation, &c.Version, db.Time(&c.GivenAt), &ended, &c.EndedBy)
	if err != nil {
		return c, err
	}
	c.EndedOn, err = calendar.ParseOptional(ended)
	return c, err
}

func insertConsent(ctx context.Context, tx *db.Tx, c Consent) error {
	return db.Change(ctx, tx, `INSERT INTO member_consent (account_id, id, partner_id, binding_id, invitation_id, version, given_at, given_on,
		ended_on, ended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '')`, c.Person, c.ID, c.Partner, c.Binding, c.Invitation, c.Version,
		db.Micros(c.GivenAt), calendar.DayOf(c.GivenAt).String())
}

func consentsOf(ctx context.Context, q db.Querier, person string) ([]Consent, error) {
	return db.All(ctx, q, scanConsent, `SELECT `+consentColumns+` FROM member_consent WHERE account_id = $1 ORDER BY id COLLATE "C" DESC`, person)
}

func consentsOfBinding(ctx context.Context, q db.Querier, partner, binding string) ([]Consent, error) {
	return db.All(ctx, q, scanConsent, `SELECT `+consentColumns+` FROM member_consent WHERE partner_id = $1 AND binding_id = $2
		ORDER BY id COLLATE "C" DESC`, partner, binding)
}

// endConsents ends what holds for a binding.
func endConsents(ctx context.Context, tx *db.Tx, partner, binding string, on calendar.Day, by string) error {
	_, err := db.Exec(ctx, tx, `UPDATE member_consent SET ended_on = $3, ended_by = $4
		WHERE partner_id = $1 AND binding_id = $2 AND ended_on = ''`, partner, binding, on.String(), by)
	return err
}

// key is the last row that was shown.
type key struct {
	At int64
	ID string
}

// openAmong reads a partner's open questions to some persons or addresses.
func openAmong(ctx context.Context, q db.Querier, partner string, persons, addresses []string) ([]Invitation, error) {
	in, args := db.In(2, persons)
	also, more := db.In(2+len(args), append(addresses, "-"))
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM member_invitation WHERE account_id = $1 AND state = 'invited'
		AND (person_id IN `+in+` OR address IN `+also+`)`, append(append([]any{partner}, args...), more...)...)
}
