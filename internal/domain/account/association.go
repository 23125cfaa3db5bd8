package account

import (
	"context"

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
// Until is the last day, "" = open.
type Association struct {
	ID          string
	Account     string
	AccountName string
	Other       string
	OtherName   string
	Kind        Link
	Since       string
	Until       string
}

// Associate adds an association. The vendor's administrators and channel managers may. Since empty is today.
// Conflict when the two are associated in this way on that day or later.
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
		if err := hold(ctx, tx, in.Account); err != nil {
			return err
		}
		if there, err := associated(ctx, tx, in); err != nil {
			return err
		} else if there {
			return fault.Conflict(i18n.M("account.associated_already"))
		}
		in.ID = id.New("asc", tx.Wall)
		if err := insertAssociation(ctx, tx, in); err != nil {
			return err
		}
		detail := map[string]any{"other": in.Other, "kind": string(in.Kind), "since": in.Since, "until": in.Until}
		if err := audit.Record(ctx, tx, by, actor.Associate, audit.Subject{Kind: "association", ID: in.ID, Account: in.Account}, detail); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Associated{Account: in.Account, ID: in.ID, Other: in.Other, Kind: in.Kind, Since: in.Since, Until: in.Until})
	})
	return in, err
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
