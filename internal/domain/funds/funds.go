// Package funds passes money down the channel and takes it back: a distributor to its resellers, a partner to its
// resale customers (business rules 4.2), one at a time, many at once, or from a file.
//
// Only cash can be allocated: what is earmarked lies in another account. A distributor may act for a reseller of its
// own; then the reseller's money moves. Who may receive is what the pair of clearing accounts says that the
// association opened: on the way that succeeds nothing else is read, and only a refusal is looked into.
package funds

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/money"
)

// Config is what the service needs. Login finds a customer by its login name; nil finds none.
type Config struct {
	DB     *db.DB
	Ledger *ledger.Service
	Codes  *confirm.Service
	Files  *blob.Store
	Login  func(ctx context.Context, q db.Querier, login string) (customer string, ok bool, err error)
}

// Service has the verbs.
type Service struct {
	Config
	db    *db.DB
	known *known
	many  *batch.Service
}

// New returns the service.
func New(c Config) *Service {
	s := &Service{Config: c, db: c.DB, known: newKnown()}
	s.many = s.newMany()
	return s
}

// Register adds the jobs of batches and the messages about what was received.
func (s *Service) Register(r *jobs.Runner) {
	s.many.Register(r)
	s.tell(r)
}

// In asks for an allocation or a reclaim of To, a reseller or a resale customer.
type In struct {
	Partner string     // whose money: "" = the own account, else a reseller that the actor's company distributes to
	To      string     // who receives, or gives back
	As      actor.Kind // Partner or Customer: what To must be; "" = whatever it is
	Minor   int64
	Unit    string // "" = CNY
	Key     string // idempotency key; "" = none
	Scene   string
	Memo    string
	Code    string // identity code, where one is asked for
	DryRun  bool   // says what would happen and does nothing
}

// Out is what happened, or would happen. Left is what the partner can allocate afterwards, Receiver what the other one
// holds of it, minor units.
type Out struct {
	ID       string
	Number   string // AD… or RE…
	Book     string
	Kind     string
	At       time.Time
	Replayed bool
	Unit     string
	Minor    int64
	Left     int64
	Receiver int64
}

// Allocate passes money of the partner's cash to a reseller's cash or to a resale customer. The partner's
// administrators and finance may, and a distributor's for its reseller. A *ledger.Refusal (Short) when the cash that isn't
// held is less, a *Refusal when To can't get money from the partner.
func (s *Service) Allocate(ctx context.Context, by actor.Actor, in In) (Out, error) {
	if err := by.May(actor.MoveFunds); err != nil {
		return Out{}, err
	}
	return s.move(ctx, by, ledger.Allocate, in)
}

// Reclaim takes money back: at most what the reseller has in cash, or what the customer has left of what was allocated.
// Who may is as with Allocate.
func (s *Service) Reclaim(ctx context.Context, by actor.Actor, in In) (Out, error) {
	if err := by.May(actor.MoveFunds); err != nil {
		return Out{}, err
	}
	return s.move(ctx, by, ledger.Reclaim, in)
}

func (s *Service) move(ctx context.Context, by actor.Actor, kind string, in In) (Out, error) {
	m, err := s.plan(ctx, by, kind, in)
	if err != nil {
		return Out{}, err
	}
	if in.DryRun {
		return s.dry(ctx, m)
	}
	if err := s.confirmed(ctx, by, m, in.Code); err != nil {
		return Out{}, err
	}
	posted, err := s.Ledger.Post(ctx, by, m.posting(by))
	if err != nil {
		return Out{}, s.explain(ctx, m, err)
	}
	return m.out(posted), nil
}

// A movement is a request whose parties are known.
type movement struct {
	In
	kind    string
	partner string
	source  ledger.Place
	target  ledger.Place
}

// plan checks what can be checked without a look at the books.
func (s *Service) plan(ctx context.Context, by actor.Actor, kind string, in In) (movement, error) {
	m := movement{In: in, kind: kind}
	if m.Unit == "" {
		m.Unit = ledger.CNY
	}
	if m.Minor <= 0 || m.Minor > money.Max {
		return m, fault.Invalid("amount", i18n.M("funds.amount", i18n.A{"max": money.Text(money.Max)}))
	}
	if m.Unit != ledger.CNY {
		return m, fault.Invalid("currency", i18n.M("funds.currency", i18n.A{"value": m.Unit}))
	}
	var err error
	if m.partner, err = s.payer(ctx, by, in.Partner); err != nil {
		return m, err
	}
	to, err := s.receiver(ctx, m.partner, in)
	if err != nil {
		return m, err
	}
	m.source = ledger.Place{Owner: m.partner, Kind: ledger.Cash, Unit: m.Unit}
	m.target = ledger.Place{Owner: in.To, Kind: to, Unit: m.Unit}
	return m, nil
}

// about is what an identity code for the movement is bound to.
func (m movement) about() string { return About(m.kind, m.partner, m.To, m.Minor, m.Unit) }

// About is what an identity code for one allocation or reclaim is bound to.
func About(kind, partner, to string, minor int64, unit string) string {
	if unit == "" {
		unit = ledger.CNY
	}
	return confirm.About(kind, partner, to, money.Text(minor), unit)
}

// confirmed asks for the code where one is needed. What was done under the key before needs no second one: a form that is
// sent twice gets the first answer.
func (s *Service) confirmed(ctx context.Context, by actor.Actor, m movement, code string) error {
	needed, err := s.Codes.Needed(ctx, s.db.Read(), by, confirm.Adjust)
	if err != nil || !needed {
		return err
	}
	if m.Key != "" {
		done, err := ledger.Transfers(ctx, s.db.Read(), ledger.Filter{Book: m.partner, Key: m.Key, Limit: 1})
		if err != nil || len(done) > 0 {
			return err
		}
	}
	if _, err := s.dry(ctx, m); err != nil {
		return err // a code isn't spent on what can't be done
	}
	return s.Codes.Use(ctx, by, confirm.Adjust, m.about(), code)
}

// posting writes the movement for the ledger.
func (m movement) posting(by actor.Actor) ledger.Posting {
	p := ledger.Posting{Book: m.partner, Key: m.Key, Kind: m.kind, Scene: m.Scene, Memo: m.Memo, Verb: actor.MoveFunds,
		Moves: []ledger.Move{{From: m.source, To: m.target, Minor: m.Minor}}}
	if m.kind == ledger.Reclaim {
		p.Moves[0].From, p.Moves[0].To = m.target, m.source
	}
	if by.Account != m.partner {
		p.Note = map[string]any{"for": m.partner}
	}
	p.Fact = Moved{Kind: m.kind, Partner: m.partner, Other: m.To, Unit: m.Unit, Minor: m.Minor}
	return p
}

func (m movement) out(p ledger.Posted) Out {
	o := Out{ID: p.ID, Number: p.Number, Book: p.Book, Kind: m.kind, At: p.At, Replayed: p.Replayed, Unit: m.Unit, Minor: m.Minor}
	for _, b := range p.Balances {
		switch b.Place {
		case m.source:
			o.Left = b.Minor
		case m.target:
			o.Receiver = b.Minor
		}
	}
	return o
}

// dry says what a movement would do, or why it can't be done.
func (s *Service) dry(ctx context.Context, m movement) (Out, error) {
	if err := s.why(ctx, m); err != nil {
		return Out{}, err
	}
	mine, err := ledger.BalanceOf(ctx, s.db.Read(), m.source)
	if err != nil {
		return Out{}, err
	}
	theirs, err := ledger.BalanceOf(ctx, s.db.Read(), m.target)
	if err != nil {
		return Out{}, err
	}
	o := Out{Book: m.partner, Kind: m.kind, At: s.db.Clock().Now(), Unit: m.Unit, Minor: m.Minor, Left: mine.Available(), Receiver: theirs.Minor}
	from, place := mine, m.source
	if m.kind == ledger.Reclaim {
		from, place = theirs, m.target
		o.Left, o.Receiver = o.Left+m.Minor, o.Receiver-m.Minor
	} else {
		o.Left, o.Receiver = o.Left-m.Minor, o.Receiver+m.Minor
	}
	switch {
	case from.Available() < m.Minor:
		return Out{}, s.explain(ctx, m, &ledger.Refusal{Why: ledger.Short, Place: place, Have: from.Available(), Need: m.Minor})
	case from.State == ledger.Frozen && m.kind == ledger.Allocate:
		return Out{}, &ledger.Refusal{Why: ledger.FrozenOwner, Place: place}
	}
	return o, nil
}

// explain turns what the ledger refused into what the user can act on.
func (s *Service) explain(ctx context.Context, m movement, err error) error {
	var r *ledger.Refusal
	if !errors.As(err, &r) {
		return err
	}
	switch {
	case r.Why == ledger.NotConnected:
		if why := s.why(ctx, m); why != nil {
			return why
		}
	case r.Why == ledger.Short && m.kind == ledger.Reclaim:
		b, failed := ledger.BalanceOf(ctx, s.db.Read(), m.target)
		if failed == nil && b.Seq == 0 {
			return refuse(NoAccount, m)
		}
	}
	return err
}

// why finds out whether the partner has the other one in a way that lets money pass; nil when it does.
func (s *Service) why(ctx context.Context, m movement) error {
	x, err := account.Related(ctx, s.db.Read(), m.partner, m.To, s.db.Clock().Now())
	switch {
	case fault.KindOf(err) == fault.KindNotFound && m.target.Kind == ledger.Cash:
		return refuse(NotYourReseller, m)
	case fault.KindOf(err) == fault.KindNotFound:
		return refuse(NotYourCustomer, m)
	case err != nil:
		return err
	case x.Kind == account.Referral:
		return refuse(ReferralCustomer, m)
	}
	return nil
}
