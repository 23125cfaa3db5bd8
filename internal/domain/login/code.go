package login

import (
	"context"
	"errors"
	"math"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// CodeRequest asks for a verification code (business rules 7.1). It's good for this operation of this account
// with this binding alone: the binding names what is confirmed, such as an order and its amount.
type CodeRequest struct {
	Account, Operation, Binding string
	Channel                     string // email or sms
	Target                      string
	Lang                        string
	Lifetime                    time.Duration // 0 = the installation's
}

// Sent says until when the code works and when the next one can be asked for: wall instants.
type Sent struct {
	ID        string
	ExpiresAt time.Time
	ResendAt  time.Time
}

// CodeCheck is a typed code and what it shall confirm.
type CodeCheck struct {
	Account, Operation, Binding string
	Code                        string
}

// codeRules are the settings of rules 7.1 in force.
type codeRules struct {
	lifetime, resend, lock   time.Duration
	perDay, tries, lockAfter int
}

const day = 24 * time.Hour

func readCodeRules(ctx context.Context, tx *db.Tx) (r codeRules, err error) {
	var errs [6]error
	r.lifetime, errs[0] = setting.Duration(ctx, tx, setting.CodeLifetime, tx.Now)
	r.resend, errs[1] = setting.Duration(ctx, tx, setting.CodeResend, tx.Now)
	r.lock, errs[2] = setting.Duration(ctx, tx, setting.CodeLock, tx.Now)
	r.perDay, errs[3] = setting.Int(ctx, tx, setting.CodePerDay, tx.Now)
	r.tries, errs[4] = setting.Int(ctx, tx, setting.CodeTries, tx.Now)
	r.lockAfter, errs[5] = setting.Int(ctx, tx, setting.CodeLockAfter, tx.Now)
	return r, errors.Join(errs[:]...)
}

// RequestCode sends a code for an operation of the actor's own account. TooMany when one was sent within a minute,
// when ten were sent to the target in a day, or when the operation is locked.
func (s *Service) RequestCode(ctx context.Context, by actor.Actor, in CodeRequest) (Sent, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return Sent{}, err
	}
	if in.Account != by.Account {
		return Sent{}, fault.NotFound()
	}
	var out Sent
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if out, err = s.SendCode(ctx, tx, in); err != nil {
			return err
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"code_for": in.Operation, "channel": in.Channel})
	})
	return out, err
}

// SendCode is RequestCode within another verb, which has checked who asks and records it.
func (s *Service) SendCode(ctx context.Context, tx *db.Tx, in CodeRequest) (Sent, error) {
	target, err := codeTarget(in)
	if err != nil {
		return Sent{}, err
	}
	rules, err := readCodeRules(ctx, tx)
	if err != nil {
		return Sent{}, err
	}
	if err := s.mayOperate(ctx, tx, in.Account, in.Operation); err != nil {
		return Sent{}, err
	}
	if err := maySend(ctx, tx, target, rules); err != nil {
		return Sent{}, err
	}
	if err := replaceCodes(ctx, tx, in.Account, in.Operation, in.Binding); err != nil {
		return Sent{}, err
	}
	if in.Lifetime > 0 {
		rules.lifetime = in.Lifetime
	}
	digits := secret.Code()
	c := code{id: id.New("cod", tx.Wall), account: in.Account, operation: in.Operation, binding: in.Binding, target: target,
		sent: tx.Wall, expires: tx.Wall.Add(rules.lifetime)}
	c.hash = s.codeHash(c.id, in.Account, in.Operation, in.Binding, digits)
	if err := insertCode(ctx, tx, c); err != nil {
		return Sent{}, err
	}
	out := Sent{ID: c.id, ExpiresAt: c.expires, ResendAt: tx.Wall.Add(rules.resend)}
	return out, outbox.Append(ctx, tx, CodeRequested{ID: c.id, Account: in.Account, Operation: in.Operation, Channel: in.Channel,
		Target: target, Lang: in.Lang, Sealed: s.vault.Seal("mail", digits), Minutes: int(math.Ceil(rules.lifetime.Minutes()))})
}

func codeTarget(in CodeRequest) (string, error) {
	target, kind, ok := NormalName(in.Target)
	switch {
	case in.Channel == "email" && (!ok || kind != "email"):
		return "", fault.Invalid("email", i18n.M("login.email_wrong"))
	case in.Channel == "sms" && (!ok || kind != "phone"):
		return "", fault.Invalid("phone", i18n.M("login.phone_wrong"))
	}
	return target, nil
}

// maySend holds the target's row, so that two requests at once don't both see that nothing was sent.
func maySend(ctx context.Context, tx *db.Tx, target string, rules codeRules) error {
	if _, err := holdThrottle(ctx, tx, throttleKey("code to", target)); err != nil {
		return err
	}
	n, last, err := sentTo(ctx, tx, target, tx.Wall.Add(-day))
	if err != nil {
		return err
	}
	if wait := last.Add(rules.resend).Sub(tx.Wall); n > 0 && wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		return fault.TooMany(seconds, i18n.M("login.code_too_soon", i18n.A{"n": seconds}))
	}
	if n >= int64(rules.perDay) {
		return fault.TooMany(int(day.Seconds()), i18n.M("login.code_per_day", i18n.A{"n": rules.perDay}))
	}
	return nil
}

func lockKey(account, operation string) string { return throttleKey("code for", account, operation) }

// mayOperate refuses while an operation is locked, and holds its row: codes for it are checked one at a time.
func (s *Service) mayOperate(ctx context.Context, tx *db.Tx, account, operation string) error {
	until, err := holdThrottle(ctx, tx, lockKey(account, operation))
	if err != nil || !until.After(tx.Wall) {
		return err
	}
	wait := until.Sub(tx.Wall)
	minutes := int(math.Ceil(wait.Minutes()))
	return fault.TooMany(int(math.Ceil(wait.Seconds())), i18n.M("login.code_locked", i18n.A{"n": minutes}))
}

func (s *Service) codeHash(id, account, operation, binding, digits string) []byte {
	return secret.HashCode(s.vault.Key("code"), id, account, operation, binding, digits)
}

// A CodeState says why a typed code confirms nothing.
type CodeState string

// The states. Only somebody who types the very code learns that it has expired or was used.
const (
	CodeWrong   CodeState = "wrong"
	CodeExpired CodeState = "expired"
	CodeUsed    CodeState = "used"
	CodeVoid    CodeState = "void" // after too many wrong entries
)

func (s CodeState) message() i18n.Msg {
	switch s {
	case CodeExpired:
		return i18n.M("login.code_expired")
	case CodeUsed:
		return i18n.M("login.code_used")
	case CodeVoid:
		return i18n.M("login.code_void")
	}
	return i18n.M("login.code_wrong")
}

// A CodeRefusal is the fault about a typed code; it says which.
type CodeRefusal struct {
	State CodeState
	fault error
}

func refuseCode(s CodeState) error { return &CodeRefusal{s, fault.Invalid("code", s.message())} }

// Error gives the English text.
func (r *CodeRefusal) Error() string { return r.fault.Error() }

// Unwrap gives the fault: Invalid on field "code".
func (r *CodeRefusal) Unwrap() error { return r.fault }

// CheckCode spends the code of an operation of the actor's own account. A wrong one is Invalid and counts: five
// make the code void, fifteen within a day lock the operation for half an hour.
func (s *Service) CheckCode(ctx context.Context, by actor.Actor, in CodeCheck) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	if in.Account != by.Account {
		return fault.NotFound()
	}
	return s.Confirm(ctx, in)
}

// Confirm is CheckCode within another module's verb, which has checked who asks. It has its own transaction: what
// the caller does afterwards may fail, the attempt was made all the same.
func (s *Service) Confirm(ctx context.Context, in CodeCheck) error {
	var refused error
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		refused, err = s.tryCode(ctx, tx, in)
		return err
	})
	if err != nil {
		return err
	}
	return refused
}

func (s *Service) tryCode(ctx context.Context, tx *db.Tx, in CodeCheck) (refused, err error) {
	if err := s.mayOperate(ctx, tx, in.Account, in.Operation); err != nil {
		return nil, err
	}
	rules, err := readCodeRules(ctx, tx)
	if err != nil {
		return nil, err
	}
	state, err := s.compare(ctx, tx, in, rules)
	if err != nil || state == "" {
		return nil, err
	}
	key := lockKey(in.Account, in.Operation)
	n, _, err := hit(ctx, tx, key, day)
	if err != nil {
		return nil, err
	}
	if n >= int64(rules.lockAfter) {
		err = lockThrottle(ctx, tx, key, tx.Wall.Add(rules.lock))
	}
	return refuseCode(state), err
}

// compare spends the latest code when it's the one that was typed, "", and otherwise tells what is wrong.
func (s *Service) compare(ctx context.Context, tx *db.Tx, in CodeCheck, rules codeRules) (CodeState, error) {
	c, err := latestCode(ctx, tx, in.Account, in.Operation, in.Binding)
	if errors.Is(err, db.ErrNoRow) {
		return CodeWrong, nil
	}
	if err != nil {
		return CodeWrong, err
	}
	same := secret.Equal(c.hash, s.codeHash(c.id, in.Account, in.Operation, in.Binding, text.Fold(in.Code)))
	live := c.expires.After(tx.Wall)
	switch {
	case c.state == "void" && live:
		return CodeVoid, nil
	case c.state == "open" && live && same:
		return "", spendCode(ctx, tx, c.id)
	case c.state == "open" && live:
		return CodeWrong, countWrongCode(ctx, tx, c.id, rules.tries)
	case same && c.state == "used":
		return CodeUsed, nil
	case same && c.state == "open":
		return CodeExpired, nil
	}
	return CodeWrong, nil
}
