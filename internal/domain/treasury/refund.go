package treasury

import (
	"context"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/text"
)

// A RefundState says who acts next.
type RefundState string

// The states of an offline refund: the way in which a resale customer gets money back (business rules 4.1).
const (
	RefundAsked     RefundState = "asked" // by the customer: the partner's turn
	RefundDeclined  RefundState = "declined"
	RefundWithdrawn RefundState = "withdrawn" // by the customer
	RefundReturned  RefundState = "returned"  // the partner has the money and owes it
	RefundRefunded  RefundState = "refunded"  // the partner says that it paid: the customer's turn
	RefundDisputed  RefundState = "disputed"  // the customer says that it didn't: the partner's turn
	RefundConfirmed RefundState = "confirmed"
)

// RefundStates lists all states in their order.
func RefundStates() []RefundState {
	return []RefundState{RefundAsked, RefundReturned, RefundRefunded, RefundDisputed, RefundConfirmed, RefundDeclined, RefundWithdrawn}
}

// Label names a state.
func (s RefundState) Label() i18n.Msg { return refundLabels[s] }

var refundLabels = map[RefundState]i18n.Msg{
	"asked":     i18n.M("treasury.refund.state.asked"),
	"declined":  i18n.M("treasury.refund.state.declined"),
	"withdrawn": i18n.M("treasury.refund.state.withdrawn"),
	"returned":  i18n.M("treasury.refund.state.returned"),
	"refunded":  i18n.M("treasury.refund.state.refunded"),
	"disputed":  i18n.M("treasury.refund.state.disputed"),
	"confirmed": i18n.M("treasury.refund.state.confirmed"),
}

// refundSteps are all changes of state there are; true is the partner's.
var refundSteps = map[RefundState]map[RefundState]bool{
	RefundAsked:    {RefundReturned: true, RefundDeclined: true, RefundWithdrawn: false},
	RefundReturned: {RefundRefunded: true},
	RefundRefunded: {RefundConfirmed: false, RefundDisputed: false},
	RefundDisputed: {RefundRefunded: true},
}

// Steps are the states to which one side can move a refund.
func (r Refund) Steps(partner bool) (out []RefundState) {
	for _, to := range RefundStates() {
		if who, ok := refundSteps[r.State][to]; ok && who == partner {
			out = append(out, to)
		}
	}
	return out
}

// A Refund is a resale customer's money that its partner takes back and pays out itself. Partner and customer see it.
type Refund struct {
	Partner      string
	ID           string
	PartnerName  string
	Customer     string
	CustomerName string
	Unit         string
	Minor        int64
	State        RefundState
	Edition      int64
	Words        string // of who acted last
	Number       string // of the reclaim
	Method       string // how it was paid, in the partner's words
	RefundedOn   string
	Reference    string
	AskedName    string
	HandledName  string
	AnsweredName string
	CreatedAt    time.Time
	ChangedAt    time.Time
}

// A NewRefund is what a customer asks of its partner, or a partner does unasked. Customer is empty for the customer.
type NewRefund struct {
	Customer string
	Unit     string
	Amount   string
	Words    string
	Key      string
}

// AskRefund asks the partner for money back. A resale customer's administrators may.
func (s *Service) AskRefund(ctx context.Context, by actor.Actor, in NewRefund) (Refund, error) {
	if err := by.May(actor.AnswerRefund); err != nil {
		return Refund{}, err
	}
	in.Customer = by.Account
	return s.beginRefund(ctx, by, actor.AnswerRefund, in, func(string) error { return nil })
}

// BeginRefund notes a refund that the partner makes unasked; ReturnMoney follows. The partner's finance may.
func (s *Service) BeginRefund(ctx context.Context, by actor.Actor, in NewRefund) (Refund, error) {
	if err := by.May(actor.RefundCustomer); err != nil {
		return Refund{}, err
	}
	return s.beginRefund(ctx, by, actor.RefundCustomer, in, by.Sees)
}

func (s *Service) beginRefund(ctx context.Context, by actor.Actor, verb actor.Verb, in NewRefund, sees func(partner string) error) (r Refund, err error) {
	var fs fault.Fields
	in.Words = text.Lines(in.Words)
	checkUnit(&fs, in.Unit)
	minor := money.Field(&fs, "amount", in.Amount)
	checkText(&fs, "words", in.Words, 0, mostText)
	if err := fs.Err(); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		x, ok, err := account.PartnerOf(ctx, tx, in.Customer, tx.Now)
		if err != nil {
			return err
		}
		if ok {
			if err := sees(x.Account); err != nil {
				return err
			}
		}
		if !ok || x.Kind != account.Resale {
			if verb == actor.RefundCustomer && !ok {
				return fault.NotFound()
			}
			return fault.Conflict(i18n.M("treasury.conflict.not_resale"))
		}
		names, err := account.Names(ctx, tx, []string{x.Account, in.Customer})
		if err != nil {
			return err
		}
		r = Refund{Partner: x.Account, PartnerName: names[x.Account], Customer: in.Customer, CustomerName: names[in.Customer], Unit: in.Unit, Minor: minor,
			State: RefundAsked, Edition: 1, Words: in.Words, AskedName: by.Name, CreatedAt: tx.Now, ChangedAt: tx.Now}
		if r.ID, err = newID("rfd", in.Key, tx.Wall); err != nil {
			return err
		}
		fresh, err := insertRefund(ctx, tx, r)
		if err != nil {
			return err
		}
		if !fresh {
			r, err = sameRefund(ctx, tx, r)
			return err
		}
		return refundTold(ctx, tx, by, verb, r)
	})
	return r, err
}

func sameRefund(ctx context.Context, tx *db.Tx, r Refund) (Refund, error) {
	first, err := refundByID(ctx, tx, r.Partner, r.ID)
	if err == nil && (first.Customer != r.Customer || first.Minor != r.Minor || first.Unit != r.Unit) {
		err = fault.Invalid("key", i18n.M("treasury.field.key"))
	}
	return first, err
}

func refundTold(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, r Refund) error {
	what := "refund." + string(r.State)
	return recorded(ctx, tx, by, verb, audit.Subject{Kind: "refund", ID: r.ID, Account: r.Partner}, what,
		map[string]any{"customer": r.Customer, "unit": r.Unit, "minor": r.Minor, "words": r.Words},
		RefundChanged{What: what, Partner: r.Partner, PartnerName: r.PartnerName, Customer: r.Customer, CustomerName: r.CustomerName, Refund: r.ID,
			Unit: r.Unit, Minor: r.Minor, Words: r.Words, Reference: r.Reference})
}

// refundStep moves a refund on, within the scope of the side that acts.
func (s *Service) refundStep(ctx context.Context, by actor.Actor, verb actor.Verb, refund string, edition int64, to RefundState, change func(r *Refund)) (r Refund, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = refundByID(ctx, tx, by.Account, refund); err != nil {
			return err
		}
		partner := by.Account == r.Partner
		if who, ok := refundSteps[r.State][to]; !ok || who != partner || r.Edition != edition {
			return fault.Conflict(i18n.M("treasury.conflict.refund", i18n.A{"state": r.State.Label()}))
		}
		from := r.State
		r.State, r.ChangedAt = to, tx.Now
		change(&r)
		if err := moveRefund(ctx, tx, &r, from); err != nil {
			return err
		}
		return refundTold(ctx, tx, by, verb, r)
	})
	return r, err
}

// ReturnMoney takes the asked amount back from the customer's allocated money to the partner's cash: from then on the
// partner owes it. Repeated after a crash it takes nothing twice. The partner's finance may, with a code when asked.
func (s *Service) ReturnMoney(ctx context.Context, by actor.Actor, refund string, edition int64, code string) (Refund, error) {
	if err := by.May(actor.RefundCustomer); err != nil {
		return Refund{}, err
	}
	r, err := refundByID(ctx, s.db.Read(), by.Account, refund)
	if err != nil {
		return r, err
	}
	if r.State != RefundAsked || r.Edition != edition || r.Partner != by.Account {
		return r, fault.Conflict(i18n.M("treasury.conflict.refund", i18n.A{"state": r.State.Label()}))
	}
	number, err := s.Reclaim(ctx, by, Return{Customer: r.Customer, Unit: r.Unit, Minor: r.Minor, Key: "refund:" + r.ID, Memo: r.Words, Code: code})
	if err != nil {
		return r, err
	}
	return s.refundStep(ctx, by, actor.RefundCustomer, refund, edition, RefundReturned, func(r *Refund) { r.Number, r.HandledName = number, by.Name })
}

// DeclineRefund refuses what the customer asked for, with words. The partner's finance may.
func (s *Service) DeclineRefund(ctx context.Context, by actor.Actor, refund string, edition int64, words string) (Refund, error) {
	if err := needWords(by, actor.RefundCustomer, &words); err != nil {
		return Refund{}, err
	}
	return s.refundStep(ctx, by, actor.RefundCustomer, refund, edition, RefundDeclined, func(r *Refund) { r.Words, r.HandledName = words, by.Name })
}

// A PaidRefund says how a partner paid a refund.
type PaidRefund struct{ Method, On, Reference, Words string }

// RecordRefund says that the partner paid, how, when and under which reference. The partner's finance may.
func (s *Service) RecordRefund(ctx context.Context, by actor.Actor, refund string, edition int64, in PaidRefund) (Refund, error) {
	if err := by.May(actor.RefundCustomer); err != nil {
		return Refund{}, err
	}
	var fs fault.Fields
	in.Method, in.Reference, in.Words = text.Clean(in.Method), text.Clean(in.Reference), text.Lines(in.Words)
	checkText(&fs, "method", in.Method, 1, mostLine)
	checkText(&fs, "reference", in.Reference, 1, mostLine)
	checkText(&fs, "words", in.Words, 0, mostText)
	if d, err := calendar.ParseDay(strings.TrimSpace(in.On)); err != nil || d > calendar.DayOf(s.db.Clock().Now()) {
		fs.Add("refunded_on", in.On, i18n.M("treasury.field.paid_on"))
	}
	if err := fs.Err(); err != nil {
		return Refund{}, err
	}
	return s.refundStep(ctx, by, actor.RefundCustomer, refund, edition, RefundRefunded, func(r *Refund) {
		r.Method, r.RefundedOn, r.Reference, r.Words, r.HandledName = in.Method, strings.TrimSpace(in.On), in.Reference, in.Words, by.Name
	})
}

// AnswerRefund is the customer's word: confirmed, disputed (with words), or withdrawn while nothing happened yet.
func (s *Service) AnswerRefund(ctx context.Context, by actor.Actor, refund string, edition int64, to RefundState, words string) (Refund, error) {
	if to == RefundDisputed {
		if err := needWords(by, actor.AnswerRefund, &words); err != nil {
			return Refund{}, err
		}
	} else if err := by.May(actor.AnswerRefund); err != nil {
		return Refund{}, err
	}
	return s.refundStep(ctx, by, actor.AnswerRefund, refund, edition, to, func(r *Refund) { r.Words, r.AnsweredName = text.Lines(words), by.Name })
}

// A RefundFilter narrows the list; After is the last id seen.
type RefundFilter struct {
	State RefundState
	After string
	Limit int
}

// Refunds lists the refunds of the own company, as partner or customer, newest first; finance and auditors see all.
func (s *Service) Refunds(ctx context.Context, by actor.Actor, f RefundFilter) ([]Refund, string, error) {
	scope, err := scoped(by, "")
	if err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	f.Limit = n + 1
	rows, err := refunds(ctx, s.db.Read(), scope, f)
	out, next := cut(rows, n, func(r Refund) string { return r.ID })
	return out, next, err
}

// OneRefund returns one in the reader's scope.
func (s *Service) OneRefund(ctx context.Context, by actor.Actor, refund string) (Refund, error) {
	scope, err := scoped(by, "")
	if err != nil {
		return Refund{}, err
	}
	return refundByID(ctx, s.db.Read(), scope, refund)
}
