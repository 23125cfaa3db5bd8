package distribution

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// The operations of a request.
const (
	Switch     = "switch"
	Dissociate = "dissociate"
)

// The sides of an association: the partner (or distributor), and the customer (or reseller).
const (
	SidePartner = "partner"
	SideOther   = "other"
)

// A RequestState says where a request stands.
type RequestState string

// The states of a request.
const (
	Pending   RequestState = "pending"
	Agreed    RequestState = "agreed"
	Refused   RequestState = "refused"
	Withdrawn RequestState = "withdrawn"
)

// Label is what users call it.
func (s RequestState) Label() i18n.Msg {
	switch s {
	case Pending:
		return i18n.M("distribution.state.pending")
	case Agreed:
		return i18n.M("distribution.state.agreed")
	case Refused:
		return i18n.M("distribution.state.refused")
	}
	return i18n.M("distribution.state.withdrawn")
}

// A Request is one side's wish to end an association, or to change its model.
type Request struct {
	Partner, ID, PartnerName string
	Other, OtherName         string
	Association, Operation   string
	Model, To                account.Link
	Side                     string
	Reason                   string
	State                    RequestState
	Edition                  int64
	AskedBy                  string
	AskedAt                  time.Time
	Answer, AnsweredBy       string
	AnsweredAt               time.Time
	Returned                 int64
}

// Mine tells whether the actor's company is the one that asked.
func (r Request) Mine(account string) bool {
	return (r.Side == SidePartner) == (r.Partner == account)
}

// A NewRequest is what one side asks. With is the customer or reseller; "" = the actor's own partner or distributor.
// Acknowledged says that the consequences were read.
type NewRequest struct {
	With, Operation, Reason, Code string
	Acknowledged                  bool
}

// About binds an identity code to a request.
func (n NewRequest) About() string { return confirm.About(n.Operation, n.With) }

// between finds the association that an actor speaks of, and on which side it stands.
func (s *Service) between(ctx context.Context, q db.Querier, by actor.Actor, with string) (x account.Association, side string, err error) {
	if with == "" {
		x, err = s.upward(ctx, q, by)
		return x, SideOther, err
	}
	x, err = account.Related(ctx, q, by.Account, with, s.now())
	return x, SidePartner, err
}

// Precheck lists what stands in the way of a request, and what doesn't. Administrators of both sides may.
func (s *Service) Precheck(ctx context.Context, by actor.Actor, with, operation string) (x account.Association, bars []Bar, err error) {
	if err := by.May(actor.ChangeAssociation); err != nil {
		return x, nil, err
	}
	q := s.db.Read()
	x, side, err := s.between(ctx, q, by, with)
	if err != nil {
		return x, nil, err
	}
	if err := operationFits(operation, x.Kind); err != nil {
		return x, nil, err
	}
	bars, err = s.leaveBars(ctx, q, x, side, operation, s.now())
	return x, bars, err
}

func operationFits(operation string, kind account.Link) error {
	if operation == Dissociate || operation == Switch && kind != account.ResellerOf {
		return nil
	}
	return fault.NotFound()
}

// Ask asks the other side to end an association or to change its model. Administrators of both sides may, with an
// identity code when the company asks for one. Conflict with everything that stands in the way.
func (s *Service) Ask(ctx context.Context, by actor.Actor, n NewRequest) (r Request, err error) {
	x, bars, err := s.Precheck(ctx, by, n.With, n.Operation)
	if err != nil {
		return r, err
	}
	if err := refusal("distribution.refused.leave", bars); err != nil {
		return r, err
	}
	if err := reason(&n.Reason); err != nil {
		return r, err
	}
	if !n.Acknowledged {
		return r, invalid(Parameter, "acknowledged", "", i18n.M("distribution.acknowledge_missing"))
	}
	if err := s.Confirm.Use(ctx, by, confirm.Dissociate, n.About(), n.Code); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		side := SidePartner
		if n.With == "" {
			side = SideOther
		}
		if bars, err = s.leaveBars(ctx, tx, x, side, n.Operation, tx.Now); err != nil {
			return err
		}
		if err := refusal("distribution.refused.leave", bars); err != nil {
			return err
		}
		r = Request{Partner: x.Account, ID: id.New("asq", tx.Wall), PartnerName: x.AccountName, Other: x.Other, OtherName: x.OtherName, Association: x.ID,
			Operation: n.Operation, Model: x.Kind, Side: side, Reason: n.Reason, State: Pending, Edition: 1, AskedBy: by.Name, AskedAt: tx.Now}
		if n.Operation == Switch {
			r.To = other(x.Kind)
		}
		if err := insertRequest(ctx, tx, r); err != nil {
			return err
		}
		return s.asked(ctx, tx, by, "association.asked", r, n.Reason)
	})
	return r, err
}

func other(m account.Link) account.Link {
	if m == account.Resale {
		return account.Referral
	}
	return account.Resale
}

// asked tells of a request, and records the deed.
func (s *Service) asked(ctx context.Context, tx *db.Tx, by actor.Actor, what string, r Request, words string) error {
	err := outbox.Append(ctx, tx, Changed{What: what, Partner: r.Partner, PartnerName: r.PartnerName, Customer: r.Other, CustomerName: r.OtherName, Model: string(r.Model),
		Request: r.ID, Operation: r.Operation, Side: r.Side, Text: words, By: by.Name, Returned: r.Returned})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.ChangeAssociation, audit.Subject{Kind: "association_request", ID: r.ID, Account: r.Partner},
		map[string]any{"did": what, "operation": r.Operation, "with": r.Other, "text": words})
}

// Request returns one in the actor's sight: of either side, or any for the vendor's staff.
func (s *Service) Request(ctx context.Context, by actor.Actor, request string) (Request, error) {
	if !by.Can(actor.ViewCustomers) && !by.Can(actor.ViewMyPartner) {
		return Request{}, by.May(actor.ViewCustomers)
	}
	return s.request(ctx, s.db.Read(), by, request)
}

func (s *Service) request(ctx context.Context, q db.Querier, by actor.Actor, request string) (Request, error) {
	r, err := requestByID(ctx, q, request, by.Scope())
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return r, err
}

// Requests lists requests of a partner's customers, or of the actor's own company with both sides, newest first. state ""
// is all.
func (s *Service) Requests(ctx context.Context, by actor.Actor, partner string, state RequestState, before string, limit int) ([]Request, string, error) {
	if !by.Can(actor.ViewCustomers) && !by.Can(actor.ViewMyPartner) {
		return nil, "", by.May(actor.ViewCustomers)
	}
	scope := by.Scope()
	if by.Vendor() {
		scope = partner
	}
	n := bound(limit)
	list, err := requestsOf(ctx, s.db.Read(), scope, state, before, n+1)
	if len(list) > n {
		return list[:n], list[n-1].ID, err
	}
	return list, "", err
}

// Answer agrees to the other side's request, or refuses it with words. Administrators of the side that was asked may, with
// an identity code when the company asks for one. Agreed, everything happens at once: what the partner allocated goes
// back to it, its vouchers are reclaimed, and the association ends or goes on under the other model.
func (s *Service) Answer(ctx context.Context, by actor.Actor, request string, edition int64, agree bool, words, code string) (r Request, err error) {
	if err := by.May(actor.ChangeAssociation); err != nil {
		return r, err
	}
	if r, err = s.request(ctx, s.db.Read(), by, request); err != nil {
		return r, err
	}
	if r.Mine(by.Account) || by.Vendor() {
		return r, fault.NotFound()
	}
	if words = text.Lines(words); !agree || words != "" {
		if err := reason(&words); err != nil {
			return r, err
		}
	}
	if err := s.Confirm.Use(ctx, by, confirm.Answer, confirm.About(request), code); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = s.request(ctx, tx, by, request); err != nil {
			return err
		}
		if r.State != Pending {
			return fault.Conflict(i18n.M("distribution.answered", i18n.A{"state": r.State.Label()}))
		}
		r.Answer, r.AnsweredBy, r.AnsweredAt = words, by.Name, tx.Now
		if !agree {
			return s.close(ctx, tx, by, &r, edition, Refused, "association.refused", words)
		}
		return s.agree(ctx, tx, by, &r, edition)
	})
	return r, err
}

// Withdraw takes a request back that nobody answered. Administrators of the side that asked may.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, request string, edition int64) (r Request, err error) {
	if err := by.May(actor.ChangeAssociation); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = s.request(ctx, tx, by, request); err != nil {
			return err
		}
		if !r.Mine(by.Account) {
			return fault.NotFound()
		}
		if r.State != Pending {
			return fault.Conflict(i18n.M("distribution.answered", i18n.A{"state": r.State.Label()}))
		}
		r.AnsweredBy, r.AnsweredAt = by.Name, tx.Now
		return s.close(ctx, tx, by, &r, edition, Withdrawn, "association.withdrawn", "")
	})
	return r, err
}

func (s *Service) close(ctx context.Context, tx *db.Tx, by actor.Actor, r *Request, edition int64, to RequestState, what, words string) error {
	r.State = to
	if err := answerRequest(ctx, tx, r, edition); err != nil {
		return lost(err)
	}
	rec := Record{Partner: r.Partner, ID: id.New("asr", tx.Wall), Other: r.Other, OtherName: r.OtherName, Operation: r.Operation, Model: r.Model, Result: string(to),
		Words: words, ByName: by.Name, Returned: r.Returned}
	if to == Agreed {
		rec.Result = "done"
	}
	if err := insertRecord(ctx, tx, rec); err != nil {
		return err
	}
	return s.asked(ctx, tx, by, what, *r, words)
}

// agree does what was asked. What may have come in the way since is looked at again.
func (s *Service) agree(ctx context.Context, tx *db.Tx, by actor.Actor, r *Request, edition int64) error {
	x, err := account.Related(ctx, tx, r.Partner, r.Other, tx.Now)
	if err != nil || x.ID != r.Association {
		return orErr(noneFound(err), fault.Conflict(i18n.M("distribution.gone")))
	}
	bars, err := s.stateBars(ctx, tx, x)
	if err != nil {
		return err
	}
	if err := refusal("distribution.refused.leave", bars); err != nil {
		return err
	}
	what, operation := "customer.dissociated", voucher.Unbound
	if r.Operation == Switch {
		what, operation = "customer.switched", voucher.Switched
	}
	if x.Kind == account.ResellerOf {
		what = "reseller.dissociated"
		r.Returned, err = s.partReseller(ctx, tx, by, actor.ChangeAssociation, x)
	} else {
		r.Returned, err = s.leave(ctx, tx, by, x, operation, r.To)
	}
	if err != nil {
		return err
	}
	return s.close(ctx, tx, by, r, edition, Agreed, what, r.Answer)
}

func noneFound(err error) error {
	if isNone(err) {
		return nil
	}
	return err
}

// leave ends an association with a customer, or begins it anew under the other model; the account manager stays.
func (s *Service) leave(ctx context.Context, tx *db.Tx, by actor.Actor, x account.Association, operation voucher.Operation, to account.Link) (int64, error) {
	c, err := linkOf(ctx, tx, x.Account, x.Other)
	if err != nil {
		return 0, err
	}
	returned, err := s.unrelate(ctx, tx, by, actor.ChangeAssociation, c, operation)
	if err != nil || to == "" {
		return returned, err
	}
	return returned, s.again(ctx, tx, by, c, to)
}

// again associates a customer that just left under another model.
func (s *Service) again(ctx context.Context, tx *db.Tx, by actor.Actor, c Customer, to account.Link) error {
	partner, err := account.Get(ctx, tx, c.Partner)
	if err != nil {
		return err
	}
	customer, err := account.Get(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	x, err := account.Relate(ctx, tx, by, actor.ChangeAssociation, c.Partner, c.ID, to)
	if err != nil {
		return err
	}
	fresh, err := s.link(ctx, tx, by, partner, customer, x)
	if err != nil {
		return err
	}
	return assign(ctx, tx, fresh, id.New("mgt", tx.Wall), Term{User: c.Manager, Name: c.ManagerName, SetBy: by.Name})
}

// Records lists what became of a partner's associations, or of the actor's own company's, newest first.
func (s *Service) Records(ctx context.Context, by actor.Actor, partner, otherID, before string, limit int) ([]Record, string, error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.ViewCustomers, partner)
	if err != nil {
		return nil, "", err
	}
	if own := onlyOwn(by); own != "" {
		return nil, "", fault.Denied()
	}
	n := bound(limit)
	list, err := records(ctx, s.db.Read(), a.ID, otherID, before, n+1)
	if len(list) > n {
		return list[:n], list[n-1].ID, err
	}
	return list, "", err
}
