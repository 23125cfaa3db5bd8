package order

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// An AgentState is where a request to pay on behalf stands.
type AgentState string

// The states. All but the first are final.
const (
	AgentRequested AgentState = "REQUESTED"
	AgentPaid      AgentState = "PAID"
	AgentWithdrawn AgentState = "WITHDRAWN" // by the buyer, who also withdraws by paying or cancelling
	AgentDeclined  AgentState = "DECLINED"
	AgentExpired   AgentState = "EXPIRED" // with the order
)

// AgentStates lists all states.
func AgentStates() []AgentState {
	return []AgentState{AgentRequested, AgentPaid, AgentDeclined, AgentWithdrawn, AgentExpired}
}

// Label is what users call a state.
func (s AgentState) Label() i18n.Msg {
	switch s {
	case AgentPaid:
		return i18n.M("agentpay.state.paid")
	case AgentWithdrawn:
		return i18n.M("agentpay.state.withdrawn")
	case AgentDeclined:
		return i18n.M("agentpay.state.declined")
	case AgentExpired:
		return i18n.M("agentpay.state.expired")
	}
	return i18n.M("agentpay.state.requested")
}

// An AgentPay is a request that the buyer's partner pays an order. Order is what it's for, as it stands now; Minor is
// what it costs or cost.
type AgentPay struct {
	Account     string
	AccountName string
	ID          string
	No          string
	Partner     string
	PartnerName string
	State       AgentState
	Words       string
	Answer      string
	AskedBy     string
	AskedName   string
	EndedBy     string
	EndedName   string
	CreatedAt   time.Time
	EndedAt     time.Time
	Edition     int64
	Order       Order
	Minor       int64
}

// AgentChanged is agent_pay.requested, .paid, .withdrawn, .declined or .expired: it belongs to the buyer.
type AgentChanged struct {
	What        string     `json:"what"`
	Account     string     `json:"account"`
	AccountName string     `json:"account_name"`
	ID          string     `json:"id"`
	No          string     `json:"no"`
	Partner     string     `json:"partner"`
	PartnerName string     `json:"partner_name"`
	Kind        Kind       `json:"kind"`
	Upgrade     bool       `json:"upgrade,omitempty"`
	Packs       int        `json:"packs,omitempty"`
	Level       rate.Level `json:"level"`
	Minor       int64      `json:"minor"`
	Currency    string     `json:"currency"`
	Words       string     `json:"words,omitempty"`
	Deadline    time.Time  `json:"deadline"`
}

// Event names the event.
func (c AgentChanged) Event() (kind, account, subject string) {
	return "agent_pay." + c.What, c.Account, c.ID
}

// Title names what the order is for.
func (c AgentChanged) Title() i18n.Msg {
	o := Order{Kind: c.Kind, Packs: c.Packs}
	if c.Kind == Change && !c.Upgrade {
		o.Back = &rate.Back{}
	}
	return o.Title()
}

// AgentFor is who can be asked to pay for an account: of a sub-account its master, else its partner. It asks no
// permission.
func AgentFor(ctx context.Context, q db.Querier, buyer string, at time.Time) (a account.Account, ok bool, err error) {
	if a, ok, err = account.MasterOf(ctx, q, buyer); err != nil || ok {
		return a, ok, err
	}
	x, ok, err := account.PartnerOf(ctx, q, buyer, at)
	if err != nil || !ok {
		return a, false, err
	}
	a, err = account.Get(ctx, q, x.Account)
	return a, err == nil, err
}

// agentOf is AgentFor with a refusal where there's none, or none that may be asked.
func agentOf(ctx context.Context, q db.Querier, buyer string, at time.Time) (a account.Account, err error) {
	a, ok, err := AgentFor(ctx, q, buyer, at)
	if err != nil {
		return a, err
	}
	if !ok {
		return a, refuse(NoAgent)
	}
	_, reseller, err := account.DistributorOf(ctx, q, a.ID, at)
	if err != nil || !reseller {
		return a, err
	}
	lets, err := setting.Bool(ctx, q, setting.AgentReseller, at)
	if err == nil && !lets {
		err = refuse(AgentBarred, i18n.A{"partner": i18n.Raw(a.Name)})
	}
	return a, err
}

// AskAgent asks the partner, or a sub-account's master, to pay pending orders of the own account; at most 30, all or
// none. Coupons that were chosen are free again: a partner's payment takes none. The discount stays. Who pays for the
// own account may.
func (s *Service) AskAgent(ctx context.Context, by actor.Actor, nos []string, words string) (out []AgentPay, err error) {
	if err := by.May(actor.PayOrder); err != nil {
		return nil, err
	}
	if nos, err = numbers(nos); err != nil {
		return nil, err
	}
	if words, err = agentWords(words); err != nil {
		return nil, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out = nil
		for _, no := range nos {
			x, err := s.askAgent(ctx, tx, by, no, words)
			if err != nil {
				return err
			}
			out = append(out, x)
		}
		return nil
	})
	return out, err
}

func agentWords(words string) (string, error) {
	words = strings.TrimSpace(words)
	if utf8.RuneCountInString(words) > maxWords {
		return "", fault.Invalid("words", i18n.M("order.words_long", i18n.A{"n": maxWords}))
	}
	return words, nil
}

func (s *Service) askAgent(ctx context.Context, tx *db.Tx, by actor.Actor, no, words string) (x AgentPay, err error) {
	o, _, why, err := s.take(ctx, tx, by.Account, no)
	if err != nil || why != nil {
		return x, errors.Join(err, why)
	}
	agent, err := agentOf(ctx, tx, by.Account, tx.Now)
	if err != nil {
		return x, err
	}
	if len(o.Chosen.Coupons) > 0 {
		if err := s.choose(ctx, tx, &o, Choice{Discount: o.Chosen.Discount}); err != nil {
			return x, err
		}
		if err := save(ctx, tx, o, Pending); err != nil {
			return x, err
		}
	}
	x = AgentPay{Account: o.Account, AccountName: o.AccountName, ID: id.New("apr", tx.Wall), No: no, Partner: agent.ID, PartnerName: agent.Name, State: AgentRequested,
		Words: words, AskedBy: by.User, AskedName: by.Name, CreatedAt: tx.Now, Edition: 1, Order: o, Minor: o.Due}
	fresh, err := insertAgent(ctx, tx, x)
	if err == nil && !fresh {
		err = refuse(AgentAsked, i18n.A{"no": no, "partner": i18n.Raw(agent.Name)})
	}
	if err != nil {
		return x, err
	}
	return x, noteAgent(ctx, tx, by, actor.PayOrder, x, "requested", words)
}

// noteAgent leaves the audit rows, of the request and in the order's history, and the event.
func noteAgent(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x AgentPay, what, words string) error {
	detail := map[string]any{"did": "agent_" + what, "partner": x.Partner, "minor": x.Minor}
	if words != "" {
		detail["words"] = words
	}
	if err := audit.Record(ctx, tx, by, verb, x.Order.subject(), detail); err != nil {
		return err
	}
	o := x.Order
	return outbox.Append(ctx, tx, AgentChanged{What: what, Account: x.Account, AccountName: x.AccountName, ID: x.ID, No: x.No, Partner: x.Partner, PartnerName: x.PartnerName,
		Kind: o.Kind, Upgrade: o.Upgrade(), Packs: o.Packs, Level: o.Level, Minor: x.Minor, Currency: o.Currency, Words: words, Deadline: o.Deadline})
}

// An AgentPaying pays for a customer or a sub-account. Minor is what the payer was shown; 0 takes what it costs.
type AgentPaying struct {
	ID     string
	Minor  int64
	Code   string
	DryRun bool
}

// AgentAbout is what an identity code for paying on behalf confirms.
func AgentAbout(request string, minor int64) string {
	return confirm.About("agent", request, money.Text(minor))
}

// PayAgent pays an order that the own account was asked to pay, from the own balance. The partner's finance may; people
// confirm with a code where the company asks for one. A request that the own account has paid stays paid: a second click
// pays nothing. Conflict when the request is over, the buyer belongs to somebody else by now, or the order costs
// something else.
func (s *Service) PayAgent(ctx context.Context, by actor.Actor, in AgentPaying) (o Order, err error) {
	if err := by.May(actor.PayForCustomer); err != nil {
		return o, err
	}
	x, err := s.asked(ctx, s.db.Read(), by, in.ID)
	if err != nil {
		return o, err
	}
	if x.State == AgentPaid {
		return x.Order, nil
	}
	if !in.DryRun {
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			if _, err := s.payAgent(ctx, tx, by, x, in); err != nil {
				return err
			}
			return errDry // what can't be paid is said before a code is spent
		})
		if !errors.Is(err, errDry) {
			return o, err
		}
		if err := s.Codes.Use(ctx, by, confirm.Pay, AgentAbout(x.ID, x.Minor), in.Code); err != nil {
			return o, err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err = s.payAgent(ctx, tx, by, x, in)
		if err == nil && in.DryRun {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return o, err
}

// asked is a request to the own account.
func (s *Service) asked(ctx context.Context, q db.Querier, by actor.Actor, request string) (AgentPay, error) {
	x, err := agentByID(ctx, q, request)
	if err == nil && x.Partner != by.Account {
		err = fault.NotFound()
	}
	if err != nil {
		return AgentPay{}, err
	}
	return x, nil
}

// payAgent holds the order first and then the request, as everybody does who touches both. settle ends the request.
func (s *Service) payAgent(ctx context.Context, tx *db.Tx, by actor.Actor, x AgentPay, in AgentPaying) (Order, error) {
	o, g, why, err := s.take(ctx, tx, x.Account, x.No)
	if err != nil || why != nil {
		return o, errors.Join(err, why)
	}
	open, err := holdAgent(ctx, tx, x)
	if err != nil {
		return o, err
	}
	if !open {
		return o, s.agentOver(ctx, tx, x)
	}
	agent, err := agentOf(ctx, tx, x.Account, tx.Now)
	if WhyOf(err) == NoAgent || err == nil && agent.ID != by.Account {
		return o, refuse(NotAgent, i18n.A{"account": i18n.Raw(x.AccountName)})
	}
	if err != nil {
		return o, err
	}
	if in.Minor != 0 && in.Minor != o.Due {
		return o, refuse(AgentDiffers, i18n.A{"sum": money.Text(o.Due) + " " + o.Currency})
	}
	return o, s.settle(ctx, tx, by, actor.PayForCustomer, &o, g, payer{Account: agent.ID, Name: agent.Name, Way: Agent})
}

// agentOver says how a request ended.
func (s *Service) agentOver(ctx context.Context, q db.Querier, x AgentPay) error {
	now, err := agentByID(ctx, q, x.ID)
	if err != nil {
		return err
	}
	return refuse(AgentOver, i18n.A{"state": now.State.Label(), "no": now.No})
}

// DeclineAgent tells the buyer, with words, that the own account doesn't pay. Who pays for customers may.
func (s *Service) DeclineAgent(ctx context.Context, by actor.Actor, request, words string) (x AgentPay, err error) {
	if err := by.May(actor.PayForCustomer); err != nil {
		return x, err
	}
	if words, err = agentWords(words); err != nil {
		return x, err
	}
	if words == "" {
		return x, fault.Invalid("words", i18n.M("agentpay.no_words"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if x, err = s.asked(ctx, tx, by, request); err != nil {
			return err
		}
		x.Answer = words
		return s.endAgentAs(ctx, tx, by, actor.PayForCustomer, &x, AgentDeclined, words)
	})
	return x, err
}

// WithdrawAgent takes a request of the own account back; the order waits for its payment as before. Who pays for the own
// account may.
func (s *Service) WithdrawAgent(ctx context.Context, by actor.Actor, request string) (x AgentPay, err error) {
	if err := by.May(actor.PayOrder); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if x, err = agentByID(ctx, tx, request); err != nil {
			return err
		}
		if x.Account != by.Account {
			return fault.NotFound()
		}
		return s.endAgentAs(ctx, tx, by, actor.PayOrder, &x, AgentWithdrawn, "")
	})
	return x, err
}

func (s *Service) endAgentAs(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x *AgentPay, to AgentState, words string) error {
	x.State, x.EndedAt, x.EndedBy, x.EndedName = to, tx.Now, by.User, by.Name
	ended, err := endAgent(ctx, tx, *x)
	if err != nil {
		return err
	}
	if !ended {
		return s.agentOver(ctx, tx, *x)
	}
	return noteAgent(ctx, tx, by, verb, *x, strings.ToLower(string(to)), words)
}

// orderOver ends the request of an order that was paid or cancelled, in the same transaction.
func orderOver(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, o Order) error {
	x, ok, err := OpenAgent(ctx, tx, o.Account, o.No)
	if err != nil || !ok {
		return err
	}
	to := AgentWithdrawn
	switch {
	case o.State == Completed && o.Way == Agent:
		to, x.Minor = AgentPaid, o.Actual
	case o.State == Cancelled && o.Cause != ByBuyer:
		to = AgentExpired
	}
	x.Order, x.State, x.EndedAt, x.EndedBy, x.EndedName = o, to, tx.Now, by.User, by.Name
	ended, err := endAgent(ctx, tx, x)
	if err != nil || !ended {
		return err
	}
	return noteAgent(ctx, tx, by, verb, x, strings.ToLower(string(to)), "")
}
