package account

import (
	"context"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const registrationColumns = `r.account_id, r.id, r.state, r.lang, r.reason, r.created_at, r.decided_at`

func scanRegistration(r db.Row) (x Registration, err error) {
	var channel string
	a := &x.Company
	err = r.Scan(&x.Account, &x.ID, &x.State, &x.Lang, &x.Reason, db.Time(&x.CreatedAt), db.Time(&x.DecidedAt),
		&a.ID, &a.Kind, &a.Name, &a.State, &a.Country, &a.Address, &a.Website, &a.Contact, &a.Email, &a.Phone, &a.Market,
		&channel, &a.Reason, &a.Version, db.Time(&a.CreatedAt), db.Time(&a.ChangedAt))
	a.Channel = splitList[Channel](channel)
	return x, err
}

func insertRegistration(ctx context.Context, tx *db.Tx, account, id, lang string) error {
	return db.Change(ctx, tx, `INSERT INTO registration (account_id, id, state, lang, agreed_at, created_at)
		VALUES ($1, $2, 'unconfirmed', $3, $4, $4)`, account, id, lang, db.Micros(tx.Now))
}

func oneRegistration(ctx context.Context, q db.Querier, account string) (Registration, error) {
	return db.One(ctx, q, scanRegistration, `SELECT `+registrationColumns+`, `+columns+` FROM registration r
		JOIN account a ON a.id = r.account_id WHERE r.account_id = $1`, account)
}

func registrations(ctx context.Context, q db.Querier, state string, since int64, after string, limit int) ([]Registration, error) {
	return db.All(ctx, q, scanRegistration, `SELECT `+registrationColumns+`, `+columns+` FROM registration r
		JOIN account a ON a.id = r.account_id
		WHERE r.state = $1 AND (r.created_at > $2 OR (r.created_at = $2 AND r.account_id COLLATE "C" > $3))
		ORDER BY r.created_at, r.account_id COLLATE "C" LIMIT $4`, state, since, after, limit)
}

func confirmRegistration(ctx context.Context, tx *db.Tx, account string) error {
	return db.Change(ctx, tx, `UPDATE registration SET state = 'pending' WHERE account_id = $1 AND state = 'unconfirmed'`, account)
}

func decideRegistration(ctx context.Context, tx *db.Tx, account, state, reason, by string) error {
	return db.Change(ctx, tx, `UPDATE registration SET state = $2, reason = $3, decided_by = $4, decided_at = $5
		WHERE account_id = $1 AND state = 'pending'`, account, state, reason, by, db.Micros(tx.Now))
}

// claimEmail tells whether no other registration is open for an address.
func claimEmail(ctx context.Context, tx *db.Tx, email, account string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO registration_email (email, account_id) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING`, email, account)
	return n == 1, err
}

func releaseEmail(ctx context.Context, tx *db.Tx, account string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM registration_email WHERE account_id = $1`, account)
	return err
}

const invitationColumns = `hash, account_id, id, purpose, email, name, roles, lang, invited_by, state, created_at, expires_at`

func scanInvitation(r db.Row) (x Invitation, err error) {
	var roles string
	err = r.Scan(&x.hash, &x.Account, &x.ID, &x.purpose, &x.Email, &x.Name, &roles, &x.Lang, &x.InvitedBy, &x.State,
		db.Time(&x.CreatedAt), db.Time(&x.ExpiresAt))
	x.Roles = splitList[actor.Role](roles)
	return x, err
}

func insertInvitation(ctx context.Context, tx *db.Tx, x Invitation) error {
	return db.Change(ctx, tx, `INSERT INTO user_invitation (`+invitationColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11)`, x.hash, x.Account, x.ID, x.purpose, x.Email, x.Name,
		joinList(x.Roles), x.Lang, x.InvitedBy, db.Micros(tx.Wall), db.Micros(x.ExpiresAt))
}

func openInvitation(ctx context.Context, q db.Querier, hash string, wall time.Time) (Invitation, error) {
	return db.One(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM user_invitation
		WHERE hash = $1 AND state = 'open' AND expires_at > $2`, hash, db.Micros(wall))
}

func openInvitations(ctx context.Context, q db.Querier, account string) ([]Invitation, error) {
	return db.All(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM user_invitation WHERE account_id = $1 AND state = 'open'
		ORDER BY id COLLATE "C"`, account)
}

func acceptInvitation(ctx context.Context, tx *db.Tx, hash string) error {
	return db.Change(ctx, tx, `UPDATE user_invitation SET state = 'accepted' WHERE hash = $1 AND state = 'open' AND expires_at > $2`,
		hash, db.Micros(tx.Wall))
}

func revokeInvitation(ctx context.Context, tx *db.Tx, account, id string) error {
	return db.Change(ctx, tx, `UPDATE user_invitation SET state = 'revoked' WHERE account_id = $1 AND id = $2 AND state = 'open'`, account, id)
}

// revokeInvitations makes earlier links for the same address and purpose useless.
func revokeInvitations(ctx context.Context, tx *db.Tx, account, purpose, email string) error {
	_, err := db.Exec(ctx, tx, `UPDATE user_invitation SET state = 'revoked' WHERE account_id = $1 AND purpose = $2 AND email = $3 AND state = 'open'`,
		account, purpose, email)
	return err
}

func revokeSetups(ctx context.Context, tx *db.Tx) error {
	_, err := db.Exec(ctx, tx, `UPDATE user_invitation SET state = 'revoked' WHERE purpose = 'setup' AND state = 'open'`)
	return err
}

const associationColumns = `s.account_id, s.id, s.other_id, s.kind, s.since, s.until, nullif(s.since_at, 0), s.until_at, p.name, o.name`

// associationFrom joins the names of both sides.
const associationFrom = ` FROM association s JOIN account p ON p.id = s.account_id JOIN account o ON o.id = s.other_id `

// holds is the condition under which an association holds at instant $2, on day $3. One that was stated by days alone
// has no instants.
const holds = ` s.since_at <= $2 AND (s.until_at IS NULL OR s.until_at > $2) AND s.since COLLATE "C" <= $3
	AND (s.until = '' OR s.until COLLATE "C" >= $3) `

func scanAssociation(r db.Row) (x Association, err error) {
	err = r.Scan(&x.Account, &x.ID, &x.Other, &x.Kind, &x.Since, &x.Until, db.Time(&x.SinceAt), db.Time(&x.UntilAt), &x.AccountName, &x.OtherName)
	return x, err
}

func insertAssociation(ctx context.Context, tx *db.Tx, x Association) error {
	var since int64
	if !x.SinceAt.IsZero() {
		since = x.SinceAt.UnixMicro()
	}
	return db.Change(ctx, tx, `INSERT INTO association (account_id, id, other_id, kind, since, until, since_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, x.Account, x.ID, x.Other, string(x.Kind), x.Since, x.Until, since, db.Micros(tx.Now))
}

func endAssociation(ctx context.Context, tx *db.Tx, x Association) error {
	return db.Change(ctx, tx, `UPDATE association SET until = $3, until_at = $4 WHERE account_id = $1 AND id = $2
		AND until_at IS NULL AND (until = '' OR until COLLATE "C" >= $3)`, x.Account, x.ID, x.Until, db.Micros(x.UntilAt))
}

// associated tells whether anybody has the other account in this way in those days, as far as it hasn't ended by now.
func associated(ctx context.Context, q db.Querier, x Association, now time.Time) (bool, error) {
	kinds := x.Kind.family()
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM association WHERE other_id = $1 AND kind IN ($2, $3)
		AND (until = '' OR until COLLATE "C" >= $4) AND ($5 = '' OR since COLLATE "C" <= $5) AND (until_at IS NULL OR until_at > $6))`,
		x.Other, kinds[0], kinds[len(kinds)-1], x.Since, x.Until, db.Micros(now))
}

func relatedAt(ctx context.Context, q db.Querier, partner, other string, at time.Time) (Association, error) {
	return db.One(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`WHERE s.account_id = $1 AND`+holds+`AND s.other_id = $4
		ORDER BY s.id COLLATE "C" DESC LIMIT 1`, partner, db.Micros(at), calendar.DayOf(at).String(), other)
}

func heldAt(ctx context.Context, q db.Querier, other string, kind Link, at time.Time) (Association, error) {
	kinds := kind.family()
	return db.One(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`WHERE s.other_id = $1 AND`+holds+`AND s.kind IN ($4, $5)
		ORDER BY s.id COLLATE "C" DESC LIMIT 1`, other, db.Micros(at), calendar.DayOf(at).String(), kinds[0], kinds[len(kinds)-1])
}

// LinkedBy are the links by which others have an account at an instant: whose customer or reseller it is.
func LinkedBy(ctx context.Context, q db.Querier, other string, at time.Time) ([]Link, error) {
	return db.All(ctx, q, func(r db.Row) (l Link, err error) { return l, r.Scan(&l) }, `SELECT s.kind FROM association s
		WHERE s.other_id = $1 AND`+holds+`ORDER BY s.kind`, other, db.Micros(at), calendar.DayOf(at).String())
}

// Linked lists who a company has at an instant, by id after another: a page of those it sells for or through.
func Linked(ctx context.Context, q db.Querier, partner string, at time.Time, after string, limit int) ([]Association, error) {
	return db.All(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`WHERE s.account_id = $1 AND`+holds+`AND s.id COLLATE "C" > $4
		ORDER BY s.id COLLATE "C" LIMIT $5`, partner, db.Micros(at), calendar.DayOf(at).String(), after, limit)
}

// Among tells which of at most a few hundred accounts a company has by a link at an instant.
func Among(ctx context.Context, q db.Querier, partner string, kind Link, others []string, at time.Time) ([]string, error) {
	if len(others) == 0 {
		return nil, nil
	}
	in, args := db.In(5, others)
	return db.All(ctx, q, db.String, `SELECT s.other_id FROM association s WHERE s.account_id = $1 AND`+holds+`AND s.kind = $4 AND s.other_id IN `+in,
		append([]any{partner, db.Micros(at), calendar.DayOf(at).String(), string(kind)}, args...)...)
}

func associations(ctx context.Context, q db.Querier, account string) ([]Association, error) {
	return db.All(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`
		WHERE s.account_id = $1 OR s.other_id = $1 ORDER BY s.since, s.id COLLATE "C"`, account)
}

func partnerWith(ctx context.Context, q db.Querier, email string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM account WHERE kind = 'partner' AND email = $1 AND state <> 'refused')`, email)
}

// Holding lists all associations that hold at an instant, by id after another: for work on all of them.
func Holding(ctx context.Context, q db.Querier, at time.Time, after string, limit int) ([]Association, error) {
	return db.All(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`WHERE s.id COLLATE "C" > $1 AND`+holds+`
		ORDER BY s.id COLLATE "C" LIMIT $4`, after, db.Micros(at), calendar.DayOf(at).String(), limit)
}

// EndedByDay lists associations that were stated by days and whose last day is over, but that nobody parted yet.
func EndedByDay(ctx context.Context, q db.Querier, at time.Time) ([]Association, error) {
	return db.All(ctx, q, scanAssociation, `SELECT `+associationColumns+associationFrom+`WHERE s.until <> '' AND s.until COLLATE "C" < $1
		AND s.until_at IS NULL ORDER BY s.id COLLATE "C"`, calendar.DayOf(at).String())
}

// MarkEnded says that an association whose last day is over was parted.
func MarkEnded(ctx context.Context, tx *db.Tx, x Association) error {
	return db.Change(ctx, tx, `UPDATE association SET until_at = $3 WHERE account_id = $1 AND id = $2 AND until_at IS NULL`, x.Account, x.ID, db.Micros(tx.Now))
}

// Bonds counts the partners that a customer has had, the present one too.
func Bonds(ctx context.Context, q db.Querier, customer string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM association WHERE other_id = $1 AND kind IN ('referral', 'resale')`, customer)
}
