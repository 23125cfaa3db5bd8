package funds_test

import (
	"errors"
	"fmt"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// A channel is a distributor with two resellers, of whom north has a resale and a referral customer.
type channel struct {
	*fixture.World
	t           *testing.T
	c           *clock.Manual
	funds       *funds.Service
	vendor      actor.Actor
	distributor actor.Actor
	north       actor.Actor
	south       actor.Actor
	resale      actor.Actor
	referral    actor.Actor
	stranger    actor.Actor
}

func newChannel(t *testing.T, d *db.DB, c *clock.Manual) *channel {
	t.Helper()
	w := fixture.New(t, d)
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	ch := &channel{World: w, t: t, c: c, vendor: w.Vendor()}
	ch.funds = funds.New(funds.Config{DB: d, Ledger: ledger.New(d), Codes: confirm.New(d, w.Login), Files: files})
	ch.distributor = w.Partner("Harbour", account.Distributor)
	ch.north, ch.south, ch.stranger = w.Partner("North", account.Reseller), w.Partner("South", account.Reseller), w.Partner("Stranger", account.Distributor, account.Reseller)
	ch.resale, ch.referral = w.Customer("Lighthouse"), w.Customer("Tide")
	ch.relate(ch.distributor, ch.north, account.ResellerOf)
	ch.relate(ch.distributor, ch.south, account.ResellerOf)
	ch.relate(ch.north, ch.resale, account.Resale)
	ch.relate(ch.north, ch.referral, account.Referral)
	return ch
}

// relate associates two companies and connects their books, as the distribution does.
func (ch *channel) relate(a, b actor.Actor, k account.Link) {
	ch.t.Helper()
	fixture.Must(ch.t, ch.DB.Update(ch.t.Context(), func(tx *db.Tx) error {
		if _, err := account.Relate(ch.t.Context(), tx, ch.vendor, actor.Associate, a.Account, b.Account, k); err != nil || k == account.Referral {
			return err
		}
		return ledger.Connect(ch.t.Context(), tx, a.Account, b.Account, ledger.MoneyUnits...)
	}))
}

func (ch *channel) give(a actor.Actor, minor int64) {
	ledgertest.Give(ch.t, ch.DB, ch.vendor.Account, a.Account, ledger.Cash, minor)
}

func (ch *channel) allocate(by actor.Actor, in funds.In) funds.Out {
	ch.t.Helper()
	out, err := ch.funds.Allocate(ch.t.Context(), by, in)
	if err != nil {
		ch.t.Fatalf("Allocate(%+v) = %v", in, err)
	}
	return out
}

func (ch *channel) has(a actor.Actor, k ledger.Kind, minor int64) {
	ch.t.Helper()
	ledgertest.Has(ch.t, ch.DB, a.Account, k, minor)
}

func why(t *testing.T, call string, err error, want funds.Why) {
	t.Helper()
	var r *funds.Refusal
	if !errors.As(err, &r) || r.Why != want {
		t.Errorf("%s = %v, want the refusal %s", call, err, want)
	}
	if fault.Of(err) == nil {
		t.Errorf("%s = %v, which is no fault", call, err)
	}
}

func short(t *testing.T, call string, err error, have int64) {
	t.Helper()
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Why != ledger.Short || r.Have != have {
		t.Errorf("%s = %+v, want too little: %d", call, err, have)
	}
}

func kind(t *testing.T, call string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); err == nil || got != want {
		t.Errorf("%s = %v, want a fault of kind %v", call, err, want)
	}
}

func TestMoneyPassesDownTheChannelAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.distributor, 100_000)
		out := ch.allocate(ch.distributor, funds.In{To: ch.north.Account, Minor: 60_000, Key: "1", Memo: "November"})
		if out.Left != 40_000 || out.Receiver != 60_000 || out.Number[:2] != "AD" || out.Book != ch.distributor.Account {
			t.Errorf("Allocate = %+v, want 400.00 left, 600.00 received, a number AD…", out)
		}
		ch.allocate(ch.north, funds.In{To: ch.resale.Account, Minor: 25_050})
		ch.has(ch.resale, ledger.Allocated, 25_050)
		// The distributor acts for its reseller: the reseller's balance pays.
		ch.allocate(ch.distributor, funds.In{Partner: ch.north.Account, To: ch.resale.Account, Minor: 950})
		ch.has(ch.north, ledger.Cash, 34_000)
		ch.has(ch.distributor, ledger.Cash, 40_000)
		back, err := ch.funds.Reclaim(ctx, ch.north, funds.In{To: ch.resale.Account, Minor: 6_000})
		fixture.Must(t, err)
		if back.Number[:2] != "RE" || back.Left != 40_000 || back.Receiver != 20_000 {
			t.Errorf("Reclaim = %+v, want 400.00 at the reseller, 200.00 at the customer, a number RE…", back)
		}
		_, err = ch.funds.Reclaim(ctx, ch.distributor, funds.In{To: ch.north.Account, Minor: 40_000, As: actor.Partner})
		fixture.Must(t, err)
		ch.has(ch.north, ledger.Cash, 0)
		ch.has(ch.distributor, ledger.Cash, 80_000)
		ledgertest.Balanced(t, d)
	})
}

func TestWhatCannotBeAllocatedIsRefusedWithItsReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx, s := t.Context(), ch.funds
		ch.give(ch.distributor, 10_000)
		ch.give(ch.north, 10_000)
		ch.give(ch.south, 10_000)
		fixture.Must(t, d.Update(ctx, func(tx *db.Tx) error { return ledger.OpenBook(ctx, tx, ch.resale.Account, ch.vendor.Account) }))
		finance, sales := ch.User(ch.north.Account, actor.PartnerFinance), ch.User(ch.north.Account, actor.AccountManager)
		try := func(by actor.Actor, in funds.In) error { _, err := s.Allocate(ctx, by, in); return err }
		take := func(by actor.Actor, in funds.In) error { _, err := s.Reclaim(ctx, by, in); return err }
		to := func(a actor.Actor, minor int64) funds.In { return funds.In{To: a.Account, Minor: minor} }

		for _, dry := range []bool{false, true} {
			in := func(x funds.In) funds.In { x.DryRun = dry; return x }
			short(t, "more than there is", try(ch.north, in(to(ch.resale, 10_001))), 10_000)
			why(t, "a referral customer", try(ch.north, in(to(ch.referral, 1))), funds.ReferralCustomer)
			why(t, "somebody else's customer", try(ch.south, in(to(ch.resale, 1))), funds.NotYourCustomer)
			why(t, "nobody", try(ch.north, in(funds.In{To: "0123456789abcdef0123456789abcdef", Minor: 1})), funds.NotYourCustomer)
			why(t, "no reseller of ours", try(ch.stranger, in(to(ch.north, 1))), funds.NotYourReseller)
			why(t, "up the channel", try(ch.north, in(to(ch.distributor, 1))), funds.NotYourReseller)
			why(t, "taking from above", take(ch.north, in(to(ch.distributor, 1))), funds.NotYourReseller)
			why(t, "to oneself", try(ch.north, in(to(ch.north, 1))), funds.NotYourReseller)
			why(t, "a customer as a reseller", try(ch.north, in(funds.In{To: ch.resale.Account, Minor: 1, As: actor.Partner})), funds.NotYourReseller)
			why(t, "a reseller as a customer", try(ch.distributor, in(funds.In{To: ch.north.Account, Minor: 1, As: actor.Customer})), funds.NotYourCustomer)
			why(t, "for a foreign reseller", try(ch.stranger, in(funds.In{Partner: ch.north.Account, To: ch.resale.Account, Minor: 1})), funds.NotYourReseller)
			why(t, "a reseller's customer by the distributor itself", try(ch.distributor, in(to(ch.resale, 1))), funds.NotYourCustomer)
			why(t, "back, where nothing went", take(ch.north, in(to(ch.resale, 1))), funds.NoAccount)
			for _, minor := range []int64{0, -1, 1 << 60} {
				kind(t, fmt.Sprint("the amount ", minor), try(ch.north, in(to(ch.resale, minor))), fault.KindInvalid)
			}
		}
		kind(t, "by sales", try(sales, to(ch.resale, 1)), fault.KindDenied)
		kind(t, "by the vendor", try(ch.vendor, to(ch.resale, 1)), fault.KindDenied)
		kind(t, "by the customer", try(ch.resale, to(ch.north, 1)), fault.KindDenied)
		fixture.Must(t, try(finance, to(ch.resale, 10_000)))
		short(t, "back more than is left", take(finance, to(ch.resale, 10_001)), 10_000)
		ch.has(ch.north, ledger.Cash, 0)
		ledgertest.Balanced(t, d)
	})
}

func TestARepeatedKeyPostsOnceAndADryRunNever(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.north, 10_000)
		in := funds.In{To: ch.resale.Account, Minor: 3_000, Key: "order 7"}
		dry := in
		dry.DryRun = true
		would := ch.allocate(ch.north, dry)
		if would.Left != 7_000 || would.Receiver != 3_000 || would.ID != "" {
			t.Errorf("dry run = %+v, want 70.00 left, 30.00 received, no transfer", would)
		}
		ch.has(ch.resale, ledger.Allocated, 0)
		first := ch.allocate(ch.north, in)
		c.Advance(24 * 3600e9)
		again := ch.allocate(ch.north, in)
		if !again.Replayed || again.ID != first.ID || again.Left != first.Left || !again.At.Equal(first.At) {
			t.Errorf("the key once more = %+v, want the first answer %+v", again, first)
		}
		in.Minor = 3_001
		_, err := ch.funds.Allocate(ctx, ch.north, in)
		var r *ledger.Refusal
		if !errors.As(err, &r) || r.Why != ledger.KeyReused || fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("the key with another amount = %v, want key_reused", err)
		}
		ch.has(ch.resale, ledger.Allocated, 3_000)
		ledgertest.Balanced(t, d)
	})
}

func TestACodeIsAskedOfPeopleWhenTheirCompanyWantsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx, codes := t.Context(), confirm.New(d, ch.Login)
		ch.give(ch.north, 10_000)
		fixture.Must(t, codes.SetSwitch(ctx, ch.north, true))
		in := funds.In{To: ch.resale.Account, Minor: 3_000, Key: "k"}
		_, err := ch.funds.Allocate(ctx, ch.north, in)
		kind(t, "without a code", err, fault.KindInvalid)
		_, err = codes.Send(ctx, ch.north, confirm.Adjust, funds.About(ledger.Allocate, ch.north.Account, in.To, in.Minor, ""))
		fixture.Must(t, err)
		in.Code = lastCode(t, ch.World)
		more := in
		more.Minor, more.Key = 20_000, "m"
		_, err = ch.funds.Allocate(ctx, ch.north, more)
		short(t, "more than there is, before the code is looked at", err, 10_000)
		more.Minor = 4_000
		_, err = ch.funds.Allocate(ctx, ch.north, more)
		kind(t, "the code of another amount", err, fault.KindInvalid)
		first := ch.allocate(ch.north, in)
		if again := ch.allocate(ch.north, in); again.ID != first.ID || !again.Replayed {
			t.Errorf("the same form twice = %+v, want the first answer", again)
		}
		signed := ch.north
		signed.Via = "key"
		ch.allocate(signed, funds.In{To: ch.resale.Account, Minor: 1})
		ch.has(ch.resale, ledger.Allocated, 3_001)
		ledgertest.Balanced(t, d)
	})
}

func TestWhatACustomerHasLeftGoesBackWhenItLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.north, 10_000)
		ch.allocate(ch.north, funds.In{To: ch.resale.Account, Minor: 3_000})
		back := func() (minor int64) {
			fixture.Must(t, d.Update(ctx, func(tx *db.Tx) (err error) {
				minor, err = funds.ReturnAll(ctx, tx, ch.resale, ch.north.Account, ch.resale.Account)
				return err
			}))
			return minor
		}
		if got := back(); got != 3_000 {
			t.Errorf("ReturnAll = %d, want 3000", got)
		}
		if got := back(); got != 0 {
			t.Errorf("ReturnAll once more = %d, want 0", got)
		}
		ch.has(ch.north, ledger.Cash, 10_000)
		rows, n, err := ch.funds.AdjustRecords(ctx, ch.north, funds.RecordFilter{Count: true})
		fixture.Must(t, err)
		if n != 2 || len(rows) != 2 || rows[0].Kind != ledger.Unbind || rows[1].Kind != ledger.Allocate || rows[0].OtherName != "Lighthouse" {
			t.Errorf("AdjustRecords = %+v, %d, want the return and the allocation of Lighthouse", rows, n)
		}
		ledgertest.Balanced(t, d)
	})
}

// The money goes from the reseller to its own customer, so the ledger can't refuse it: only who asks is wrong.
func TestAResellerThatHasJustLeftIsNoLongerActedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.north, 10_000)
		in := funds.In{Partner: ch.north.Account, To: ch.resale.Account, Minor: 100}
		ch.allocate(ch.distributor, in)
		fixture.Must(t, d.Update(ctx, func(tx *db.Tx) error {
			x, err := account.Related(ctx, tx, ch.distributor.Account, ch.north.Account, tx.Now)
			if err != nil {
				return err
			}
			return account.Unrelate(ctx, tx, ch.vendor, actor.Associate, x)
		}))
		_, err := ch.funds.Allocate(ctx, ch.distributor, in)
		why(t, "for a reseller that left", err, funds.NotYourReseller)
		ch.has(ch.resale, ledger.Allocated, 100)
		ledgertest.Balanced(t, d)
	})
}
