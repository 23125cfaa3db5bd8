// Package confirm asks people for an identity code before sensitive operations (business rules 7.1).
//
// Each company has a switch, off by default. With it on, people's own pages ask for a code that goes to the address
// with which they sign in; it's good for one operation with one content, for one user, once. Programs aren't asked: a
// signed call needs the permission, not an identity code.
package confirm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An Operation is what a code confirms.
type Operation string

// The sensitive operations.
const (
	Adjust     Operation = "adjust"     // allocate or reclaim funds
	Voucher    Operation = "voucher"    // issue vouchers to customers, reclaim them
	Quota      Operation = "quota"      // hand voucher quotas to resellers, take them back
	Pay        Operation = "pay"        // pay for a customer
	Price      Operation = "price"      // change an order's price
	Dissociate Operation = "dissociate" // ask for a dissociation or another model
	Answer     Operation = "answer"     // answer the other side's request for one
	Delegate   Operation = "delegate"   // approve or cancel that the partner acts for a customer
	Budget     Operation = "budget"
	Withdraw   Operation = "withdraw" // asked of people whatever the switch says
	Order      Operation = "order"    // pay an own order; asked of people whatever the switch says
)

// Operations lists what a company of a kind is asked for, in the order of its page.
func Operations(k actor.Kind) []Operation {
	switch k {
	case actor.Partner:
		return []Operation{Pay, Adjust, Voucher, Quota, Price, Dissociate, Answer, Budget, Withdraw, Order}
	case actor.Customer:
		return []Operation{Answer, Delegate, Withdraw, Order}
	}
	return nil
}

// Service holds the verbs. A nil one asks nobody.
type Service struct {
	db    *db.DB
	login *login.Service
}

// New returns the service.
func New(d *db.DB, l *login.Service) *Service { return &Service{d, l} }

// About names the content that a code confirms: target, amount, unit and what else matters, always in one order.
func About(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Needed tells whether an operation of the actor wants a code: the actor is a human on a page, the company is asked
// for codes with this operation, and its switch is on.
func (s *Service) Needed(ctx context.Context, q db.Querier, by actor.Actor, op Operation) (bool, error) {
	if err := by.May(actor.ConfirmCode); s == nil || err != nil || by.Via != "session" || !asked(by.Kind, op) {
		return false, err
	}
	if op == Withdraw || op == Order {
		return true, nil
	}
	sw, err := read(ctx, q, by.Account)
	return sw.On, err
}

func asked(k actor.Kind, op Operation) bool {
	for _, o := range Operations(k) {
		if o == op {
			return true
		}
	}
	return false
}

// Sent says where a code went, in part hidden, and when the next one can be asked for: a wall instant.
type Sent struct {
	Channel   string // email or sms
	To        string
	ExpiresAt time.Time
	ResendAt  time.Time
}

// Send sends a code to the user: by mail, or as a short message to those who sign in with a phone number alone. Everybody
// signed in may, for the own account. TooMany within a minute, after ten a day, and while the operation is locked.
func (s *Service) Send(ctx context.Context, by actor.Actor, op Operation, about string) (Sent, error) {
	return s.SendBy(ctx, by, op, about, "")
}

// SendBy is Send with the user's choice of "email" or "sms"; without one, or when the user has no such address, it is the
// mail where there's one.
func (s *Service) SendBy(ctx context.Context, by actor.Actor, op Operation, about, channel string) (Sent, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return Sent{}, err
	}
	email, phone, err := login.Reach(ctx, s.db.Read(), by.Identity)
	if err != nil {
		return Sent{}, err
	}
	to, through := email, "email"
	if email == "" || channel == "sms" && phone != "" {
		to, through = phone, "sms"
	}
	if to == "" {
		return Sent{}, fault.Invalid("code", i18n.M("confirm.nowhere"))
	}
	sent, err := s.login.RequestCode(ctx, by, login.CodeRequest{Account: by.Account, Operation: string(op), Binding: binding(by, about),
		Channel: through, Target: to, Lang: by.Lang})
	return Sent{Channel: through, To: masked(to), ExpiresAt: sent.ExpiresAt, ResendAt: sent.ResendAt}, err
}

// A Place is where a code can go: Channel is email or sms, To the address, in part hidden.
type Place struct{ Channel, To string }

// Places are where the user can have a code sent, the mail first. A nil service knows none.
func (s *Service) Places(ctx context.Context, by actor.Actor) (out []Place, err error) {
	if s == nil {
		return nil, nil
	}
	if err := by.May(actor.OwnSession); err != nil {
		return nil, err
	}
	email, phone, err := login.Reach(ctx, s.db.Read(), by.Identity)
	if email != "" {
		out = append(out, Place{"email", masked(email)})
	}
	if phone != "" {
		out = append(out, Place{"sms", masked(phone)})
	}
	return out, err
}

// binding makes a code the asking user's own.
func binding(by actor.Actor, about string) string { return by.User + " " + about }

// masked shows enough of an address to know it by.
func masked(to string) string {
	if name, host, ok := strings.Cut(to, "@"); ok {
		return name[:1] + "***@" + host
	}
	return to[:max(len(to)-8, 0)] + "****" + to[max(len(to)-4, 0):]
}

// Use spends the code where one is needed, and is nil where none is. It has a transaction of its own, in which a wrong
// attempt counts: call it after everything that can be checked before, and outside of any other. Invalid for a missing
// or wrong code, TooMany while the operation is locked.
func (s *Service) Use(ctx context.Context, by actor.Actor, op Operation, about, code string) error {
	if s == nil {
		return nil
	}
	needed, err := s.Needed(ctx, s.db.Read(), by, op)
	if err != nil || !needed {
		return err
	}
	if strings.TrimSpace(code) == "" {
		return fault.Invalid("code", i18n.M("confirm.missing"))
	}
	return s.login.CheckCode(ctx, by, login.CodeCheck{Account: by.Account, Operation: string(op), Binding: binding(by, about), Code: code})
}

// A Switch says whether a company's people are asked. The zero instant: nobody ever touched it.
type Switch struct {
	On        bool
	ChangedBy string // name
	ChangedAt time.Time
}

// Switch reads the own company's switch. Its administrators may.
func (s *Service) Switch(ctx context.Context, by actor.Actor) (Switch, error) {
	if err := by.May(actor.SwitchCodes); err != nil {
		return Switch{}, err
	}
	return read(ctx, s.db.Read(), by.Account)
}

// SetSwitch turns the own company's codes on or off. Its administrators may.
func (s *Service) SetSwitch(ctx context.Context, by actor.Actor, on bool) error {
	if err := by.May(actor.SwitchCodes); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := read(ctx, tx, by.Account)
		if err != nil || old.On == on {
			return err
		}
		if err := write(ctx, tx, by.Account, Switch{On: on, ChangedBy: by.Name, ChangedAt: tx.Now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.SwitchCodes, audit.Subject{Kind: "account", ID: by.Account, Account: by.Account}, map[string]any{"on": on})
	})
}

func read(ctx context.Context, q db.Querier, account string) (Switch, error) {
	sw, err := one(ctx, q, account)
	if errors.Is(err, db.ErrNoRow) {
		return Switch{}, nil
	}
	return sw, err
}
