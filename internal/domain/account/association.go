package account

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A Link says how two accounts work together.
type Link string

// The links. A customer of a referral is the vendor's own customer whom a partner brought; a customer of a resale
// buys from the partner; a reseller buys from its distributor.
const (
	Referral   Link = "referral"
	Resale     Link = "resale"
	ResellerOf Link = "reseller"
)

// An Association is a partner and its customer, or a distributor and its reseller. Since and Until are days;
// Until is the last day, "" = open. SinceAt and UntilAt are the instants of both, business time: zero for one that was
// stated by days alone, or that hasn't ended.
type Association struct {
	ID          string
	Account     string
	AccountName string
	Other       string
	OtherName   string
	Kind        Link
	Since       string
	Until       string
	SinceAt     time.Time
	UntilAt     time.Time
}

// Began is the instant from which it holds.
func (x Association) Began() time.Time {
	if !x.SinceAt.IsZero() {
		return x.SinceAt
	}
	d, err := calendar.ParseDay(x.Since)
	if err != nil {
		return time.Time{}
	}
	return d.Time()
}

// family are the links of which an account has one at a time: one partner, one distributor.
func (l Link) family() []string {
	if l == ResellerOf {
		return []string{string(ResellerOf)}
	}
	return []string{string(Referral), string(Resale)}
}

// Associate adds an association. The vendor's administrators and channel managers may. Since empty is today.
// Conflict when the other one has a partner, or a distributor, in those days already.
func (s *Service) Associate(ctx context.Context, by actor.Actor, in Association) (Association, error) {
	if err := by.May(actor.Associate); err != nil {
		return in, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if in.Since == "" {
			in.Since = calendar.DayOf(tx.Now).String()
		}
		if err := checkAssociation(ctx, tx, &in); err != nil {
			return err
		}
		return s.associate(ctx, tx, by, &in)
	})
	return in, err
}

func (s *Service) associate(ctx context.Context, tx *db.Tx, by actor.Actor, in *Association) error {
	if err := free(ctx, tx, *in); err != nil {
		return err
	}
	return addAssociation(ctx, tx, by, actor.Associate, in)
}

// free refuses a second partner of a customer, or a second distributor of a reseller, in the same days. It holds the
// other account's row, so that of two at once one sees the other.
func free(ctx context.Context, tx *db.Tx, in Association) error {
	if err := hold(ctx, tx, in.Other); err != nil {
		return err
	}
	there, err := associated(ctx, tx, in, tx.Now)
	if err == nil && there {
		err = fault.Conflict(i18n.M("account.associated_already"))
	}
	return err
}

func addAssociation(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, in *Association) error {
	in.ID = id.New("asc", tx.Wall)
	if err := insertAssociation(ctx, tx, *in); err != nil {
		return err
	}
	detail := map[string]any{"other": in.Other, "kind": string(in.Kind), "since": in.Since, "until": in.Until}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "association", ID: in.ID, Account: in.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Associated{Account: in.Account, ID: in.ID, Other: in.Other, Kind: in.Kind, Since: in.Since, Until: in.Until})
}

// Relate associates two accounts from this instant on, in the caller's transaction, under the caller's verb. Conflict
// when the other one has a partner, or a distributor. Whoever calls it connects their books (domain/distribution).
func Relate(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, partner, other string, kind Link) (Association, error) {
	in := Association{Account: partner, Other: other, Kind: kind, Since: calendar.DayOf(tx.Now).String(), SinceAt: tx.Now}
	if err := checkAssociation(ctx, tx, &in); err != nil {
		return in, err
	}
	if err := free(ctx, tx, in); err != nil {
		return in, err
	}
	return in, addAssociation(ctx, tx, by, verb, &in)
}

// Unrelate ends an association at this instant, in the caller's transaction. Conflict when it has ended.
func Unrelate(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x Association) error {
	if err := hold(ctx, tx, x.Other); err != nil {
		return err
	}
	x.Until, x.UntilAt = calendar.DayOf(tx.Now).String(), tx.Now
	if err := endAssociation(ctx, tx, x); err != nil {
		return lost(err)
	}
	detail := map[string]any{"other": x.Other, "kind": string(x.Kind), "until": x.Until}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "association", ID: x.ID, Account: x.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Unassociated{Account: x.Account, ID: x.ID, Other: x.Other, Kind: x.Kind, Until: x.Until})
}

// Related is the association by which a partner has a customer, or a distributor a reseller, at an instant; NotFound
// when there's none.
func Related(ctx context.Context, q db.Querier, partner, other string, at time.Time) (Association, error) {
	x, err := relatedAt(ctx, q, partner, other, at)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return x, err
}

// PartnerOf is the association by which somebody has a customer at an instant; ok is false for a customer on its own.
func PartnerOf(ctx context.Context, q db.Querier, customer string, at time.Time) (x Association, ok bool, err error) {
	return holderAt(ctx, q, customer, Resale, at)
}

// DistributorOf is the association by which a distributor has a reseller at an instant; ok is false for one without.
func DistributorOf(ctx context.Context, q db.Querier, reseller string, at time.Time) (x Association, ok bool, err error) {
	return holderAt(ctx, q, reseller, ResellerOf, at)
}

func holderAt(ctx context.Context, q db.Querier, other string, kind Link, at time.Time) (x Association, ok bool, err error) {
	x, err = heldAt(ctx, q, other, kind, at)
	if errors.Is(err, db.ErrNoRow) {
		return x, false, nil
	}
	return x, err == nil, err
}

// ActsFor lets a distributor act for its own reseller at an instant, and everybody for the own account; for others there's
// nothing there (NotFound, account.not_your_reseller). It asks for no permission: the verb does.
func ActsFor(ctx context.Context, q db.Querier, by actor.Actor, reseller string, at time.Time) error {
	if reseller != "" && reseller == by.Account {
		return nil
	}
	foreign := fault.New(fault.KindNotFound, i18n.M("account.not_your_reseller"))
	if by.Account == "" || by.Kind != actor.Partner {
		return foreign
	}
	x, ok, err := DistributorOf(ctx, q, reseller, at)
	if err == nil && (!ok || x.Account != by.Account) {
		err = foreign
	}
	return err
}

func checkAssociation(ctx context.Context, q db.Querier, in *Association) error {
	a, err := Get(ctx, q, in.Account)
	if err != nil {
		return err
	}
	o, err := Get(ctx, q, in.Other)
	if err != nil {
		return err
	}
	var fs fault.Fields
	fits := false
	switch in.Kind {
	case Referral, Resale:
		fits = a.Kind == actor.Partner && o.Kind == actor.Customer
	case ResellerOf:
		fits = a.Has(Distributor) && o.Has(Reseller) && a.ID != o.ID
	}
	if !fits {
		fs.Add("kind", string(in.Kind), i18n.M("account.association_kind"))
	}
	for _, d := range []struct{ field, value string }{{"since", in.Since}, {"until", in.Until}} {
		if _, err := calendar.ParseDay(d.value); err != nil && (d.field == "since" || d.value != "") {
			fs.Add(d.field, d.value, i18n.M("account.day_wrong"))
		}
	}
	if in.Until != "" && in.Until < in.Since {
		fs.Add("until", in.Until, i18n.M("account.until_before"))
	}
	in.AccountName, in.OtherName = a.Name, o.Name
	return fs.Err()
}

// Associations lists a company's associations, from both sides. The company itself and the vendor's staff may.
func (s *Service) Associations(ctx context.Context, by actor.Actor, account string) ([]Association, error) {
	if err := s.manages(by, actor.ViewAccount, account); err != nil {
		return nil, err
	}
	return associations(ctx, s.db.Read(), account)
}
