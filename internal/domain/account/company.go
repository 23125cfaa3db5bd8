package account

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A Filter narrows the list of companies; empty fields don't, but that State empty leaves out those that aren't
// partners yet: pending and refused. After is the cursor that the page before returned.
type Filter struct {
	Kind    actor.Kind
	State   State
	Channel Channel
	Market  string
	Q       string // part of the name
	After   string
	Limit   int
}

// List returns companies by name, and the cursor of the next page ("" = none). The vendor's staff may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (page []Account, next string, err error) {
	if err := by.May(actor.ListAccounts); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	fold, after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	page, err = list(ctx, s.db.Read(), f, fold, after, f.Limit+1)
	if len(page) > f.Limit {
		page = page[:f.Limit]
		next = cursor(page[f.Limit-1])
	}
	return page, next, err
}

func cursor(a Account) string { return cursorOf(fold(a.Name), a.ID) }

func cursorOf(key, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key + "\x00" + id))
}

func readCursor(s string) (fold, id string, err error) {
	if s == "" {
		return "", "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	fold, id, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok {
		return "", "", fault.Invalid("after", i18n.M("account.cursor_wrong"))
	}
	return fold, id, nil
}

// View returns a company that the actor may see: the own one, or any for the vendor's staff.
func (s *Service) View(ctx context.Context, by actor.Actor, id string) (Account, error) {
	if err := by.May(actor.ViewAccount); err != nil {
		return Account{}, err
	}
	if err := by.Sees(id); err != nil {
		return Account{}, err
	}
	return Get(ctx, s.db.Read(), id)
}

// Edit is a company's changed data. Version is the one that was shown. Channel and Market are the vendor's to
// change; nil and "" leave them.
type Edit struct {
	Name, Country, Address, Website, Contact, Email, Phone string
	Version                                                int64
	Channel                                                []Channel
	Market                                                 string
}

// Edit changes a company's data. Its administrators and the vendor's may. Conflict when somebody was faster.
func (s *Service) Edit(ctx context.Context, by actor.Actor, id string, in Edit) error {
	if err := by.May(actor.EditAccount); err != nil {
		return err
	}
	if err := by.Sees(id); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := Get(ctx, tx, id)
		if err != nil {
			return err
		}
		a := old
		a.Version = in.Version
		a.Name, a.Country, a.Address, a.Website = in.Name, in.Country, in.Address, in.Website
		a.Contact, a.Email, a.Phone = in.Contact, in.Email, in.Phone
		var fs fault.Fields
		a.company(&fs, "name", false)
		if by.Vendor() && a.Kind == actor.Partner && (in.Channel != nil || in.Market != "") {
			a.Channel, a.Market = in.Channel, in.Market
			a.partner(&fs)
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := update(ctx, tx, a); err != nil {
			return lost(err)
		}
		return s.changed(ctx, tx, by, actor.EditAccount, "edited", a, "", differences(old, a))
	})
}

// differences lists what an edit changed, old and new, for the audit log.
func differences(a, b Account) map[string]any {
	out := map[string]any{}
	for _, f := range []struct{ name, old, new string }{
		{"name", a.Name, b.Name}, {"country", a.Country, b.Country}, {"address", a.Address, b.Address}, {"website", a.Website, b.Website},
		{"contact", a.Contact, b.Contact}, {"email", a.Email, b.Email}, {"phone", a.Phone, b.Phone}, {"market", a.Market, b.Market},
		{"channel", joinList(a.Channel), joinList(b.Channel)},
	} {
		if f.old != f.new {
			out[f.name] = []string{f.old, f.new}
		}
	}
	return out
}

func (s *Service) changed(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, what string, a Account, why string, detail map[string]any) error {
	if err := audit.Record(ctx, tx, by, verb, subject(a.ID), detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, Account: a.ID, Company: a.Name, Reason: why})
}

func subject(account string) audit.Subject {
	return audit.Subject{Kind: "account", ID: account, Account: account}
}

// Freeze keeps everybody from acting for a partner or customer; the reason is mandatory. The vendor's
// administrators and channel managers may. Conflict when it isn't active.
func (s *Service) Freeze(ctx context.Context, by actor.Actor, id, why string) error {
	return s.setFrozen(ctx, by, id, Active, Frozen, why)
}

// Unfreeze ends a freeze; the reason is mandatory.
func (s *Service) Unfreeze(ctx context.Context, by actor.Actor, id, why string) error {
	return s.setFrozen(ctx, by, id, Frozen, Active, why)
}

func (s *Service) setFrozen(ctx context.Context, by actor.Actor, id string, from, to State, why string) error {
	if err := by.May(actor.FreezeAccount); err != nil {
		return err
	}
	if err := by.Sees(id); err != nil {
		return err
	}
	why, err := reason(why)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.Kind != actor.Partner && a.Kind != actor.Customer {
			return fault.Conflict(i18n.M("account.freeze_kind"))
		}
		stored, what := why, "frozen"
		if to == Active {
			stored, what = "", "unfrozen"
		}
		if err := setState(ctx, tx, id, from, to, stored); err != nil {
			return lost(err)
		}
		return s.changed(ctx, tx, by, actor.FreezeAccount, what, a, why, map[string]any{"to": string(to), "reason": why})
	})
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// NewAccount is a company to make without registration or invitation.
type NewAccount struct {
	Kind                                                           actor.Kind
	Name, Country, Address, Website, Contact, Email, Phone, Market string
	Channel                                                        []Channel
}

// CreateAccount makes an active company: for the command line and demo data. There's one vendor.
func (s *Service) CreateAccount(ctx context.Context, by actor.Actor, in NewAccount) (Account, error) {
	if err := by.May(actor.CreateAccounts); err != nil {
		return Account{}, err
	}
	a := Account{Kind: in.Kind, State: Active, Name: in.Name, Country: in.Country, Address: in.Address, Website: in.Website,
		Contact: in.Contact, Email: in.Email, Phone: in.Phone, Version: 1}
	var fs fault.Fields
	a.company(&fs, "name", false)
	switch in.Kind {
	case actor.Partner:
		a.Market, a.Channel = in.Market, slices.Clone(in.Channel)
		a.partner(&fs)
	case actor.Vendor, actor.Customer:
	default:
		fs.Add("kind", string(in.Kind), i18n.M("account.kind_wrong"))
	}
	if err := fs.Err(); err != nil {
		return Account{}, err
	}
	return a, s.db.Update(ctx, func(tx *db.Tx) error { return s.create(ctx, tx, by, &a) })
}

func (s *Service) create(ctx context.Context, tx *db.Tx, by actor.Actor, a *Account) error {
	if a.Kind == actor.Vendor {
		if _, err := vendor(ctx, tx); !errors.Is(err, db.ErrNoRow) {
			return errors.Join(err, fault.Conflict(i18n.M("account.one_vendor")))
		}
	}
	a.ID, a.CreatedAt, a.ChangedAt = id.Account(tx.Wall), tx.Now, tx.Now
	if err := insert(ctx, tx, *a); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.CreateAccounts, subject(a.ID), map[string]any{"kind": string(a.Kind), "name": a.Name})
}
