package delegation

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Config is what the service needs.
type Config struct {
	DB           *db.DB
	Accounts     *account.Service
	Distribution *distribution.Service
	Confirm      *confirm.Service
}

// Service has the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{c, c.DB} }

const (
	maxReason = 1000
	maxDays   = 366
	batch     = 100
)

// Register adds the daily end of those whose day is over, and of those that rested on an association or a user.
func (s *Service) Register(r *jobs.Runner) {
	daily := func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }
	r.Every("delegation.daily", daily, s.daily)
	r.On("customer.dissociated", "delegation.unrelated", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		x, err := outbox.As[distribution.Changed](e)
		if err != nil {
			return err
		}
		return s.endAll(ctx, tx, x.Customer, x.Partner, "")
	})
	r.On("user.deactivated", "delegation.user_left", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		x, err := outbox.As[account.UserChanged](e)
		if err != nil {
			return err
		}
		return s.endAll(ctx, tx, "", x.Account, x.User)
	})
}

// A Wish is what a partner asks a customer for.
type Wish struct {
	Customer string
	User     string // of the partner
	Until    string // last day, YYYY-MM-DD
	Reason   string
}

// Ask asks a customer to let one of the partner's users act for it. The partner's administrators may. Conflict while the
// same is open.
func (s *Service) Ask(ctx context.Context, by actor.Actor, in Wish) (d Delegation, err error) {
	if err := by.May(actor.AskDelegation); err != nil {
		return d, err
	}
	c, err := s.Distribution.Customer(ctx, by, "", in.Customer)
	if err != nil {
		return d, err
	}
	if !c.Open() {
		return d, fault.NotFound()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		u, until, err := in.check(ctx, tx, by)
		if err != nil {
			return err
		}
		d = Delegation{Customer: c.ID, CustomerName: c.Name, ID: id.New("dlg", tx.Wall), Partner: by.Account, User: u.ID, UserName: u.Name, State: Asked,
			Reason: text.Lines(in.Reason), Until: until, AskedBy: by.Name, AskedAt: tx.Now, Version: 1}
		if err := insert(ctx, tx, d); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, actor.AskDelegation, &d, "asked")
	})
	if db.Violates(err) {
		err = fault.Conflict(i18n.M("delegation.open_already"))
	}
	return d, err
}

// check refuses all wrong entries of a wish at once.
func (in Wish) check(ctx context.Context, tx *db.Tx, by actor.Actor) (u account.User, until calendar.Day, err error) {
	var fs fault.Fields
	if u, err = account.UserOf(ctx, tx, by.Account, in.User); errors.Is(err, db.ErrNoRow) {
		fs.Add("user_id", in.User, i18n.M("delegation.no_user"))
	} else if err != nil {
		return u, until, err
	}
	today := calendar.DayOf(tx.Now)
	until, err = calendar.ParseDay(in.Until)
	if err != nil || until < today || until > today.AddDays(maxDays) {
		fs.Add("until", in.Until, i18n.M("delegation.bad_day", i18n.A{"from": today.String(), "to": today.AddDays(maxDays).String()}))
	}
	if n := len([]rune(text.Lines(in.Reason))); n == 0 || n > maxReason {
		fs.Add("reason", in.Reason, i18n.M("delegation.reason_needed", i18n.A{"limit": maxReason}))
	}
	return u, until, fs.Err()
}

// Approve lets the user act for the actor's company from now on. The customer's administrators may, with an identity code
// when the company asks for one.
func (s *Service) Approve(ctx context.Context, by actor.Actor, delegationID string, version int64, code string) (d Delegation, err error) {
	if d, err = s.answering(ctx, by, delegationID, code); err != nil {
		return d, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = s.fresh(ctx, tx, by, delegationID, version, Asked); err != nil {
			return err
		}
		u, err := account.UserOf(ctx, tx, d.Partner, d.User)
		if errors.Is(err, db.ErrNoRow) {
			return fault.Conflict(i18n.M("delegation.user_left", i18n.A{"name": d.UserName}))
		}
		if err != nil {
			return err
		}
		if d.seat, d.fresh, err = s.Accounts.Seat(ctx, tx, by, actor.AnswerDelegation, d.Customer, u, actor.CustomerUser); err != nil {
			return err
		}
		d.AnsweredBy, d.AnsweredAt = by.Name, tx.Now
		return s.to(ctx, tx, by, actor.AnswerDelegation, &d, Active, "approved")
	})
	return d, err
}

// Refuse turns a wish down, with words for the partner.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, delegationID string, version int64, words string) (Delegation, error) {
	return s.end(ctx, by, actor.AnswerDelegation, delegationID, version, Asked, Refused, "refused", words, "", true)
}

// Revoke ends a delegation that works: the user's sessions for the customer end at once. The customer's administrators
// may, with a reason, and with an identity code when the company asks for one.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, delegationID string, version int64, words, code string) (Delegation, error) {
	if _, err := s.answering(ctx, by, delegationID, code); err != nil {
		return Delegation{}, err
	}
	return s.end(ctx, by, actor.AnswerDelegation, delegationID, version, Active, Revoked, "revoked", words, "", true)
}

// Withdraw takes a wish back, or gives a delegation that works back. The partner's administrators may.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, delegationID string, version int64) (Delegation, error) {
	return s.end(ctx, by, actor.AskDelegation, delegationID, version, "", Withdrawn, "withdrawn", "", by.Account, false)
}

// answering checks who answers, and the code.
func (s *Service) answering(ctx context.Context, by actor.Actor, delegationID, code string) (d Delegation, err error) {
	if err := by.May(actor.AnswerDelegation); err != nil {
		return d, err
	}
	d, err = s.get(ctx, s.db.Read(), by, delegationID)
	if err == nil && d.Customer != by.Account {
		err = fault.NotFound()
	}
	if err != nil {
		return d, err
	}
	return d, s.Confirm.Use(ctx, by, confirm.Delegate, confirm.About(delegationID), code)
}

// end moves a delegation to a state in which it's over. from "" is any open one; partner is set when it must be the
// asking side.
func (s *Service) end(ctx context.Context, by actor.Actor, verb actor.Verb, delegationID string, version int64, from, to State, what, words, partner string, reasoned bool) (d Delegation, err error) {
	if err := by.May(verb); err != nil {
		return d, err
	}
	words = text.Lines(words)
	if n := len([]rune(words)); reasoned && (n == 0 || n > maxReason) {
		return d, fault.Invalid("reason", i18n.M("delegation.reason_needed", i18n.A{"limit": maxReason}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = s.fresh(ctx, tx, by, delegationID, version, from); err != nil {
			return err
		}
		if partner != "" && d.Partner != partner || partner == "" && d.Customer != by.Account {
			return fault.NotFound()
		}
		d.Words = words
		if to == Refused {
			d.AnsweredBy, d.AnsweredAt = by.Name, tx.Now
		}
		return s.over(ctx, tx, by, verb, &d, to, what)
	})
	return d, err
}

// over ends a delegation and takes the seat away that was made for it.
func (s *Service) over(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, d *Delegation, to State, what string) error {
	if d.State == Active && d.fresh {
		if err := s.Accounts.Unseat(ctx, tx, by, verb, d.Customer, d.seat); err != nil {
			return err
		}
	}
	d.EndedAt = tx.Now
	return s.to(ctx, tx, by, verb, d, to, what)
}

func (s *Service) to(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, d *Delegation, to State, what string) error {
	if err := move(ctx, tx, *d, to); errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	} else if err != nil {
		return err
	}
	d.State, d.Version = to, d.Version+1
	return s.tell(ctx, tx, by, verb, d, what)
}

// fresh reads a delegation that is still as it was shown.
func (s *Service) fresh(ctx context.Context, tx *db.Tx, by actor.Actor, delegationID string, version int64, from State) (Delegation, error) {
	d, err := s.get(ctx, tx, by, delegationID)
	if err == nil && (d.Version != version || from != "" && d.State != from || !d.Open()) {
		err = fault.Conflict(i18n.M("delegation.moved_on", i18n.A{"state": d.State.Label()}))
	}
	return d, err
}

func (s *Service) get(ctx context.Context, q db.Querier, by actor.Actor, delegationID string) (Delegation, error) {
	d, err := byID(ctx, q, by.Scope(), delegationID)
	if errors.Is(err, db.ErrNoRow) {
		return d, fault.NotFound()
	}
	if err != nil {
		return d, err
	}
	return d, named(ctx, q, &d)
}

func named(ctx context.Context, q db.Querier, list ...*Delegation) error {
	var ids []string
	for _, d := range list {
		ids = append(ids, d.Customer, d.Partner)
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := account.Names(ctx, q, ids)
	for _, d := range list {
		d.CustomerName, d.PartnerName = names[d.Customer], names[d.Partner]
	}
	return err
}

// tell leaves the audit row and the event.
func (s *Service) tell(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, d *Delegation, what string) error {
	if err := named(ctx, tx, d); err != nil {
		return err
	}
	said := d.Words
	if what == "asked" {
		said = d.Reason
	}
	err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "delegation", ID: d.ID, Account: d.Customer},
		map[string]any{"did": what, "partner": d.Partner, "user": d.User, "until": d.Until.String(), "text": said})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, ID: d.ID, Customer: d.Customer, CustomerName: d.CustomerName, Partner: d.Partner, PartnerName: d.PartnerName,
		UserName: d.UserName, Until: d.Until.String(), Text: said})
}

// Delegation returns one in the actor's sight: of either side, or any for the vendor's staff.
func (s *Service) Delegation(ctx context.Context, by actor.Actor, delegationID string) (Delegation, error) {
	if err := by.May(actor.ViewDelegations); err != nil {
		return Delegation{}, err
	}
	return s.get(ctx, s.db.Read(), by, delegationID)
}

// Delegations lists those of a company, from both sides, newest first, after the id that the page before ended with.
// The company itself and the vendor's staff may.
func (s *Service) Delegations(ctx context.Context, by actor.Actor, company, before string, limit int) (out []Delegation, next string, err error) {
	if err := by.May(actor.ViewDelegations); err != nil {
		return nil, "", err
	}
	if company == "" {
		company = by.Account
	}
	if err := by.Sees(company); err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	if out, err = list(ctx, s.db.Read(), company, false, before, limit+1); err != nil {
		return nil, "", err
	}
	if len(out) > limit {
		out, next = out[:limit], out[limit-1].ID
	}
	all := make([]*Delegation, len(out))
	for i := range out {
		all[i] = &out[i]
	}
	return out, next, named(ctx, s.db.Read(), all...)
}

// Waiting are those that the actor's company has to answer.
func (s *Service) Waiting(ctx context.Context, by actor.Actor) (out []Delegation, err error) {
	if err := by.May(actor.AnswerDelegation); err != nil {
		return nil, err
	}
	all, err := list(ctx, s.db.Read(), by.Account, true, "", batch)
	for _, d := range all {
		if d.State == Asked && d.Customer == by.Account {
			out = append(out, d)
		}
	}
	refs := make([]*Delegation, len(out))
	for i := range out {
		refs[i] = &out[i]
	}
	return out, errors.Join(err, named(ctx, s.db.Read(), refs...))
}

// daily ends those whose last day is over.
func (s *Service) daily(ctx context.Context, at time.Time) error {
	for {
		n := 0
		err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
			all, err := over(ctx, tx, calendar.DayOf(tx.Now), batch)
			n = len(all)
			return errors.Join(err, s.expire(ctx, tx, all))
		})
		if err != nil || n < batch {
			return err
		}
	}
}

func (s *Service) endAll(ctx context.Context, tx *db.Tx, customer, partner, user string) error {
	all, err := openOf(ctx, tx, customer, partner, user)
	if err != nil {
		return err
	}
	return s.expire(ctx, tx, all)
}

func (s *Service) expire(ctx context.Context, tx *db.Tx, all []Delegation) error {
	for i := range all {
		if err := s.over(ctx, tx, actor.Program("delegation"), actor.EndDelegations, &all[i], Expired, "expired"); err != nil {
			return err
		}
	}
	return nil
}
