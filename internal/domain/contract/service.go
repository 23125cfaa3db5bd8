package contract

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/order"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service has the verbs.
type Service struct {
	db     *db.DB
	files  *blob.Store
	topUps *treasury.Service
}

// New returns the service. The treasury knows the top-ups that fund contracts.
func New(d *db.DB, files *blob.Store, t *treasury.Service) *Service { return &Service{d, files, t} }

// Register ends the contract of an order that is cancelled.
func (s *Service) Register(r *jobs.Runner) {
	r.On("order.cancelled", "contract.order", s.orderCancelled)
}

// number makes a contract's number: HT, the instant in the business zone, digits that nobody can guess.
func number(at time.Time) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", err
	}
	return "HT" + at.In(calendar.Zone).Format("060102150405") + fmt.Sprintf("%08d", n), nil
}

// An Application asks for a contract about pending orders, at most 30. Empty entries of the party are those of the
// company.
type Application struct {
	Orders []string
	Party
	Words  string
	DryRun bool
}

const maxText = 500

// check cleans the entries.
func (in *Application) check() error {
	var fs fault.Fields
	for _, x := range []struct {
		name string
		to   *string
		most int
	}{{"title", &in.Title, 200}, {"address", &in.Address, 300}, {"contact", &in.Contact, 100}, {"email", &in.Email, 200}, {"phone", &in.Phone, 40}, {"words", &in.Words, maxText}} {
		*x.to = strings.TrimSpace(*x.to)
		if x.name != "words" {
			*x.to = text.Clean(*x.to)
		}
		if utf8.RuneCountInString(*x.to) > x.most {
			fs.Add(x.name, *x.to, i18n.M("contract.too_long", i18n.A{"n": x.most}))
		}
	}
	slices.Sort(in.Orders)
	in.Orders = slices.Compact(in.Orders)
	if len(in.Orders) == 0 || len(in.Orders) > order.MostOrders {
		fs.Add("orders", "", i18n.M("contract.how_many", i18n.A{"n": order.MostOrders}))
	}
	return fs.Err()
}

// Barred says why an account can't apply: resale customers have their contract with their partner. nil = it can.
func Barred(ctx context.Context, q db.Querier, buyer string, at time.Time) error {
	x, ok, err := account.PartnerOf(ctx, q, buyer, at)
	if err != nil || !ok || x.Kind != account.Resale {
		return err
	}
	return fault.Conflict(i18n.M("contract.why.resale", i18n.A{"partner": i18n.Raw(x.AccountName)}))
}

// Apply asks for a contract about pending orders of the own account: their discounts and coupons stay. Who buys for the
// own account may. Conflict for a resale customer, an order that can't be paid any more, or one that has a contract.
func (s *Service) Apply(ctx context.Context, by actor.Actor, in Application) (c Contract, err error) {
	if err := by.May(actor.ApplyContract); err != nil {
		return c, err
	}
	if err := in.check(); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := Barred(ctx, tx, by.Account, tx.Now); err != nil {
			return err
		}
		if c, err = draft(ctx, tx, by, in); err != nil {
			return err
		}
		for _, no := range in.Orders {
			if err := c.take(ctx, tx, by, no); err != nil {
				return err
			}
		}
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		if err := note(ctx, tx, by, actor.ApplyContract, c, "applied", ""); err != nil {
			return err
		}
		if in.DryRun {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return c, err
}

// errDry gives a transaction up that was only to be tried.
var errDry = errors.New("dry run")

func draft(ctx context.Context, tx *db.Tx, by actor.Actor, in Application) (c Contract, err error) {
	me, err := account.Get(ctx, tx, by.Account)
	if err != nil {
		return c, err
	}
	vendor, err := account.VendorAccount(ctx, tx)
	if err != nil {
		return c, err
	}
	c = Contract{Account: me.ID, AccountName: me.Name, VendorName: vendor.Name, State: Applied, Party: in.Party, Words: in.Words, Currency: order.Currency,
		AppliedBy: by.User, AppliedName: by.Name, AppliedAt: tx.Now, Edition: 1}
	for _, x := range []struct {
		to   *string
		from string
	}{{&c.Title, me.Name}, {&c.Address, me.Address}, {&c.Contact, me.Contact}, {&c.Email, me.Email}, {&c.Phone, me.Phone}} {
		if *x.to == "" {
			*x.to = x.from
		}
	}
	c.No, err = number(tx.Now)
	return c, err
}

// take ties an order to the contract, as it is now.
func (c *Contract) take(ctx context.Context, tx *db.Tx, by actor.Actor, no string) error {
	o, err := order.Hold(ctx, tx, c.Account, no)
	if err != nil {
		return err
	}
	if o.State != order.Pending || o.Overdue(tx.Now) || o.Price == nil {
		return fault.Conflict(i18n.M("contract.why.not_pending", i18n.A{"no": no, "state": o.State.Label()}))
	}
	if o.Contract != "" {
		return fault.Conflict(i18n.M("contract.why.taken", i18n.A{"no": no, "contract": o.Contract}))
	}
	if err := order.SetContract(ctx, tx, c.Account, no, c.No); err != nil {
		return err
	}
	l := Line{Order: no, Kind: o.Kind, Up: o.Upgrade(), Level: o.Level, From: o.From, Term: o.Term, Packs: o.Packs, Start: o.Price.Start, End: o.Price.End,
		List: o.List, Discount: o.Discount, Due: o.Due}
	if o.Chosen.Offer != nil {
		l.Offer = o.Chosen.Offer.Names
	}
	c.Lines = append(c.Lines, l)
	c.List, c.Discount, c.Due = c.List+o.List, c.Discount+o.Discount, c.Due+o.Due
	return onOrder(ctx, tx, by, actor.ApplyContract, *c, no, "contract_applied")
}

// onOrder writes into an order's history.
func onOrder(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c Contract, no, did string) error {
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "order", ID: no, Account: c.Account}, map[string]any{"did": did, "contract": c.No})
}

// note leaves the audit row and the event.
func note(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c Contract, what, words string) error {
	detail := map[string]any{"did": what, "minor": c.Due}
	if words != "" {
		detail["words"] = words
	}
	if c.Cause != "" {
		detail["cause"] = string(c.Cause)
	}
	if c.Reference != "" {
		detail["top_up"] = c.TopUp
	}
	if err := audit.Record(ctx, tx, by, verb, c.subject(), detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, Account: c.Account, AccountName: c.AccountName, No: c.No, Orders: len(c.Lines), Minor: c.Due,
		Currency: c.Currency, Cause: c.Cause, Words: words, Reference: c.Reference})
}

// release ends a contract and frees its orders that still wait, so that they can be paid or applied for anew.
func release(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c *Contract, cause Cause) error {
	from := c.State
	if !May(from, Cancelled) {
		return fault.Conflict(i18n.M("contract.why.moved", i18n.A{"no": c.No}))
	}
	c.State, c.Cause, c.CancelledAt = Cancelled, cause, tx.Now
	if err := save(ctx, tx, *c, from); err != nil {
		return err
	}
	for _, l := range c.Lines {
		o, err := order.Hold(ctx, tx, c.Account, l.Order)
		if err != nil {
			return err
		}
		if o.State != order.Pending || o.Contract != c.No {
			continue
		}
		if err := order.SetContract(ctx, tx, c.Account, l.Order, ""); err != nil {
			return err
		}
		if err := onOrder(ctx, tx, by, verb, *c, l.Order, "contract_cancelled"); err != nil {
			return err
		}
	}
	return nil
}

// orderCancelled ends the contract of a cancelled order, unless it's signed: then the paper holds.
func (s *Service) orderCancelled(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[order.Changed](e)
	if err != nil || x.Contract == "" {
		return err
	}
	c, err := find(ctx, tx, x.Contract)
	if err != nil || !c.Open() {
		return err
	}
	by := actor.Program("contract")
	if err := release(ctx, tx, by, actor.RunPlans, &c, ByOrder); err != nil {
		return err
	}
	return note(ctx, tx, by, actor.RunPlans, c, "cancelled", "")
}

// Withdraw takes an application of the own account back. Who buys for the own account may.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, no string, edition int64) (Contract, error) {
	return s.step(ctx, by, actor.ApplyContract, no, edition, func(tx *db.Tx, c *Contract) error {
		if c.State != Applied {
			return fault.Conflict(i18n.M("contract.why.moved", i18n.A{"no": c.No}))
		}
		if err := release(ctx, tx, by, actor.ApplyContract, c, ByBuyer); err != nil {
			return err
		}
		return note(ctx, tx, by, actor.ApplyContract, *c, "cancelled", "")
	})
}

// Refuse ends an application with words. The vendor's finance may.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, no string, edition int64, words string) (Contract, error) {
	if err := by.May(actor.HandleContract); err != nil {
		return Contract{}, err
	}
	words = strings.TrimSpace(words)
	if words == "" {
		return Contract{}, fault.Invalid("words", i18n.M("contract.no_words"))
	}
	if utf8.RuneCountInString(words) > maxText {
		return Contract{}, fault.Invalid("words", i18n.M("contract.too_long", i18n.A{"n": maxText}))
	}
	return s.step(ctx, by, actor.HandleContract, no, edition, func(tx *db.Tx, c *Contract) error {
		c.Answer = words
		if err := release(ctx, tx, by, actor.HandleContract, c, Refused); err != nil {
			return err
		}
		return note(ctx, tx, by, actor.HandleContract, *c, "refused", words)
	})
}

// Issue makes an application a contract that both sides sign. The vendor's finance may.
func (s *Service) Issue(ctx context.Context, by actor.Actor, no string, edition int64) (Contract, error) {
	return s.step(ctx, by, actor.HandleContract, no, edition, func(tx *db.Tx, c *Contract) error {
		c.IssuedAt, c.IssuedName = tx.Now, by.Name
		return move(ctx, tx, by, c, Issued, "issued")
	})
}

// A Scan is the signed paper. Name is that of the file.
type Scan struct {
	Name string
	File io.Reader
}

// Sign notes that a contract was signed, with the scan of it (PDF, PNG, JPEG). The vendor's finance may.
func (s *Service) Sign(ctx context.Context, by actor.Actor, no string, edition int64, file *Scan) (Contract, error) {
	if err := by.May(actor.HandleContract); err != nil {
		return Contract{}, err
	}
	if file == nil {
		return Contract{}, fault.Invalid("file", i18n.M("contract.no_scan"))
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.UploadBytes, s.db.Clock().Now())
	if err != nil {
		return Contract{}, err
	}
	ref, err := s.files.Put(ctx, file.File, blob.Limits{Bytes: int64(most), Types: blob.Documents()})
	if err != nil {
		return Contract{}, err
	}
	return s.step(ctx, by, actor.HandleContract, no, edition, func(tx *db.Tx, c *Contract) error {
		c.ScanHash, c.ScanSize, c.ScanMedia, c.ScanName = ref.Hash, ref.Size, ref.Type.MIME(), text.Clean(file.Name)
		if c.ScanName == "" {
			c.ScanName = c.No + ref.Type.Ext()
		}
		c.SignedAt, c.SignedName = tx.Now, by.Name
		return move(ctx, tx, by, c, Signed, "signed")
	})
}

// Fund notes which top-up of the buyer brought the money. The vendor's finance may. Invalid for a top-up of somebody
// else, or one that isn't posted.
func (s *Service) Fund(ctx context.Context, by actor.Actor, no string, edition int64, topUp string) (Contract, error) {
	if err := by.May(actor.HandleContract); err != nil {
		return Contract{}, err
	}
	topUp = strings.TrimSpace(topUp)
	t, err := s.topUps.TopUp(ctx, by, topUp)
	if fault.KindOf(err) == fault.KindNotFound {
		return Contract{}, wrong("top_up", topUp, i18n.M("contract.no_top_up"))
	}
	if err != nil {
		return Contract{}, err
	}
	return s.step(ctx, by, actor.HandleContract, no, edition, func(tx *db.Tx, c *Contract) error {
		if t.Account != c.Account || t.State != treasury.Booked || t.Unit != c.Currency {
			return wrong("top_up", topUp, i18n.M("contract.other_top_up", i18n.A{"account": i18n.Raw(c.AccountName)}))
		}
		c.FundedAt, c.FundedName, c.TopUp, c.Reference = tx.Now, by.Name, t.ID, t.Reference
		return move(ctx, tx, by, c, Funded, "funded")
	})
}

// wrong refuses one entry with what was typed.
func wrong(field, value string, why i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, why)
	return fs.Err()
}

func move(ctx context.Context, tx *db.Tx, by actor.Actor, c *Contract, to State, what string) error {
	from := c.State
	if !May(from, to) {
		return fault.Conflict(i18n.M("contract.why.moved", i18n.A{"no": c.No}))
	}
	c.State = to
	if err := save(ctx, tx, *c, from); err != nil {
		return err
	}
	return note(ctx, tx, by, actor.HandleContract, *c, what, "")
}

// step asks for the permission, reads the contract in the actor's scope, and refuses an old page: edition 0 takes any.
func (s *Service) step(ctx context.Context, by actor.Actor, verb actor.Verb, no string, edition int64, do func(tx *db.Tx, c *Contract) error) (c Contract, err error) {
	if err := by.May(verb); err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if c, err = find(ctx, tx, no); err != nil {
			return err
		}
		if err := by.Sees(c.Account); err != nil {
			return err
		}
		if edition != 0 && edition != c.Edition {
			return fault.Conflict(i18n.M("contract.why.moved", i18n.A{"no": no}))
		}
		if err := do(tx, &c); err != nil {
			return err
		}
		c.Edition++
		return nil
	})
	return c, err
}
