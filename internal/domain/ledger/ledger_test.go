package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

const vendor = "00000000000000000000000000000000"

var ann = actor.Actor{Account: owner("a"), User: "usr_1", Name: "Ann"}

// owner names a company by a letter: "a" is "aaaa…".
func owner(letter string) string { return strings.Repeat(letter, 32) }

func place(letter string, k ledger.Kind) ledger.Place {
	return ledger.Place{Owner: owner(letter), Kind: k, Unit: ledger.CNY}
}

// pay is a posting from a's cash to b's.
func allocation(key string, minor int64) ledger.Posting {
	return ledger.Posting{Book: owner("a"), Key: key, Kind: ledger.Allocate, Verb: "test.pay",
		Moves: []ledger.Move{{From: place("a", ledger.Cash), To: place("b", ledger.Cash), Minor: minor}}}
}

// begin gives a 1,000.00 and lets a pay b.
func begin(t *testing.T, d *db.DB) {
	t.Helper()
	ledgertest.Give(t, d, vendor, owner("a"), ledger.Cash, 100_000)
	must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		return ledger.Connect(t.Context(), tx, owner("a"), owner("b"), ledger.CNY)
	}))
	t.Cleanup(func() { ledgertest.Balanced(t, d) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, d *db.DB, p ledger.Posting) (out ledger.Posted, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) (err error) { out, err = ledger.Post(t.Context(), tx, ann, p); return err })
	return out, err
}

func why(err error) ledger.Why {
	var r *ledger.Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	if err != nil {
		return ledger.Why(err.Error())
	}
	return ""
}

func TestMoneyThatCrossesOwnersPassesTheirClearingAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		out, err := post(t, d, allocation("k1", 12_345))
		must(t, err)
		_, entries, err := ledger.Get(t.Context(), d.Read(), owner("a"), out.ID)
		must(t, err)
		got := map[ledger.Place]int64{}
		for _, e := range entries {
			got[e.Place] = e.Minor
		}
		want := map[ledger.Place]int64{
			place("a", ledger.Cash): -12_345, {Owner: owner("a"), Kind: ledger.Clearing, Unit: ledger.CNY, Ref: owner("b")}: 12_345,
			place("b", ledger.Cash): 12_345, {Owner: owner("b"), Kind: ledger.Clearing, Unit: ledger.CNY, Ref: owner("a")}: -12_345,
		}
		for p, n := range want {
			if got[p] != n || len(got) != len(want) {
				t.Errorf("entries %v, want %v", got, want)
				break
			}
		}
		if out.Number[:2] != "AD" || out.Replayed || len(out.Balances) != 2 || out.Balances[0].Minor != 87_655 || out.Balances[1].Minor != 12_345 {
			t.Errorf("posted %+v", out)
		}
		if x, ok := ledger.FromNumber(out.Number); !ok || x != out.ID {
			t.Errorf("FromNumber(%s) = %s", out.Number, x)
		}
	})
}

func TestEachReasonOfARefusalIsItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		ctx := t.Context()
		_, err := post(t, d, allocation("first", 100))
		must(t, err)
		to := func(from, to ledger.Place, n int64) ledger.Posting {
			return ledger.Posting{Book: from.Owner, Kind: ledger.Allocate, Verb: "test.pay", Moves: []ledger.Move{{From: from, To: to, Minor: n}}}
		}
		for _, x := range []struct {
			p    ledger.Posting
			want ledger.Why
		}{
			{allocation("too much", 100_001), ledger.Short},
			{allocation("first", 200), ledger.KeyReused},
			{to(place("a", ledger.Cash), place("c", ledger.Cash), 1), ledger.NotConnected},
			{to(place("c", ledger.Cash), place("c", ledger.Bonus), 1), ledger.Short},
			{to(place("a", ledger.Bonus), place("b", ledger.Cash), 1), ledger.Short},
		} {
			_, err := post(t, d, x.p)
			if why(err) != x.want || fault.Of(err) == nil {
				t.Errorf("%s %d: refused %q, want %q", x.p.Key, x.p.Moves[0].Minor, why(err), x.want)
			}
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error { return ledger.SetState(ctx, tx, owner("b"), ledger.Frozen) }))
		if _, err := post(t, d, to(place("b", ledger.Cash), place("a", ledger.Cash), 1)); why(err) != ledger.FrozenOwner {
			t.Errorf("a frozen owner pays: %v", err)
		}
		back := to(place("b", ledger.Cash), place("a", ledger.Cash), 1)
		back.Kind, back.Book = ledger.Reclaim, owner("a")
		if out, err := post(t, d, back); err != nil || out.Number[:2] != "RE" {
			t.Errorf("money can't be reclaimed from a frozen owner: %v", err)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error { return ledger.Disconnect(ctx, tx, owner("a"), owner("b"), ledger.CNY) }))
		if _, err := post(t, d, allocation("after", 1)); why(err) != ledger.NotConnected {
			t.Errorf("money passes between owners that aren't connected any more: %v", err)
		}
	})
}

func TestARepeatedKeyGivesTheFirstAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		first, err := post(t, d, allocation("once", 500))
		must(t, err)
		_, err = post(t, d, allocation("other", 700))
		must(t, err)
		c.Advance(time.Hour)
		again, err := post(t, d, allocation("once", 500))
		must(t, err)
		if !again.Replayed || again.ID != first.ID || !again.At.Equal(first.At) || again.Balances[0] != first.Balances[0] || again.Balances[1] != first.Balances[1] {
			t.Errorf("the second answer is %+v, the first was %+v", again, first)
		}
		ledgertest.Has(t, d, owner("b"), ledger.Cash, 1200)
	})
}

func TestAHoldCountsAgainstWhatIsAvailableUntilItEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		ctx, run := t.Context(), jobs.NewRunner(d, nil)
		ledger.New(d).Register(run)
		reserve := func(key string, n int64, until time.Time) (h ledger.Hold, err error) {
			err = d.Update(ctx, func(tx *db.Tx) (err error) {
				h, err = ledger.Reserve(ctx, tx, ann, ledger.Reservation{Place: place("a", ledger.Cash), Minor: n, Until: until, Subject: "order:1", Key: key, Verb: "test.hold"})
				return err
			})
			return h, err
		}
		capture := func(h ledger.Hold, n int64) (out ledger.Posted, err error) {
			p := allocation("", n)
			err = d.Update(ctx, func(tx *db.Tx) (err error) { out, err = ledger.Capture(ctx, tx, ann, owner("a"), h.ID, p); return err })
			return out, err
		}
		h, err := reserve("h1", 60_000, time.Time{})
		must(t, err)
		if again, err := reserve("h1", 60_000, time.Time{}); err != nil || again.ID != h.ID {
			t.Errorf("the same reservation again is %v, %v", again, err)
		}
		if _, err := reserve("h2", 40_001, time.Time{}); why(err) != ledger.Short {
			t.Errorf("more than is available is reserved: %v", err)
		}
		if _, err := post(t, d, allocation("p", 40_001)); why(err) != ledger.Short {
			t.Errorf("what is held is paid: %v", err)
		}
		out, err := capture(h, 25_000)
		must(t, err)
		if again, err := capture(h, 25_000); err != nil || again.ID != out.ID {
			t.Errorf("captured again: %v, %v", again, err)
		}
		ledgertest.Has(t, d, owner("a"), ledger.Cash, 75_000)
		h, err = reserve("h3", 75_000, c.Now().Add(time.Hour))
		must(t, err)
		c.Advance(time.Hour)
		must(t, run.Drain(ctx))
		if h, err = ledger.HoldOf(ctx, d.Read(), owner("a"), h.ID); err != nil || h.State != "expired" {
			t.Errorf("the hold is %s, %v; want expired", h.State, err)
		}
		if _, err := capture(h, 1); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("an expired hold is captured: %v", err)
		}
		h, err = reserve("h4", 10, time.Time{})
		must(t, err)
		free := func() error {
			return d.Update(ctx, func(tx *db.Tx) error { return ledger.Free(ctx, tx, ann, "test.free", owner("a"), h.ID) })
		}
		must(t, free())
		if err := free(); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a freed hold is freed again: %v", err)
		}
	})
}

func TestATransferIsReversedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		ctx := t.Context()
		out, err := post(t, d, allocation("wrong", 500))
		must(t, err)
		reverse := func(id, memo string) (r ledger.Posted, err error) {
			err = d.Update(ctx, func(tx *db.Tx) (err error) {
				r, err = ledger.Reverse(ctx, tx, ann, "test.reverse", owner("a"), id, memo)
				return err
			})
			return r, err
		}
		r, err := reverse(out.ID, "typing error")
		must(t, err)
		if again, err := reverse(out.ID, "typing error"); err != nil || again.ID != r.ID || !again.Replayed {
			t.Errorf("reversed twice: %+v, %v", again, err)
		}
		if _, err := reverse(out.ID, "another reason"); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("reversed twice: %v", err)
		}
		if _, err := reverse(r.ID, "x"); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a reversal is reversed: %v", err)
		}
		if _, err := reverse("tra_00000000000000000000000000", "x"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("nothing is reversed: %v", err)
		}
		if by, err := ledger.ReversedBy(ctx, d.Read(), owner("a"), out.ID); by != r.ID || err != nil {
			t.Errorf("ReversedBy = %s, %v", by, err)
		}
		ledgertest.Has(t, d, owner("a"), ledger.Cash, 100_000)
		ledgertest.Has(t, d, owner("b"), ledger.Cash, 0)
	})
}

func TestABalanceIsKnownForEveryInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		var at []time.Time
		for i := range 5 {
			c.Advance(40 * 24 * time.Hour / 5 * time.Duration(i))
			_, err := post(t, d, allocation("", 100))
			must(t, err)
			at = append(at, c.Now())
		}
		for i, x := range at {
			for _, step := range []struct {
				at   time.Time
				want int64
			}{{x.Add(-time.Microsecond), int64(i) * 100}, {x, int64(i+1) * 100}} {
				if got, err := ledger.BalanceAt(t.Context(), d.Read(), place("b", ledger.Cash), step.at); got != step.want && i > 0 || err != nil {
					t.Errorf("balance at %v = %d, %v; want %d", step.at, got, err, step.want)
				}
			}
		}
		months, err := ledger.Months(t.Context(), d.Read(), owner("b"), "0000-00", "9999-99")
		must(t, err)
		var sum, n int64
		for _, m := range months {
			sum, n = sum+m.Income-m.Expense, n+m.Entries
		}
		if sum != 500 || n != 5 || len(months) < 2 {
			t.Errorf("the months come to %d in %d entries: %+v", sum, n, months)
		}
	})
}

func TestAStatementPagesWithoutLossOrRepetition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		for i := range 23 {
			_, err := post(t, d, allocation("", int64(i+1)))
			must(t, err)
		}
		for _, s := range []ledger.Statement{{Owner: owner("b"), Kind: ledger.Cash, Unit: ledger.CNY}, {Owner: owner("b")}} {
			var got []int64
			s.Limit = 5
			for {
				page, err := ledger.Entries(t.Context(), d.Read(), s)
				must(t, err)
				for _, e := range page {
					got = append(got, e.Minor)
				}
				if len(page) < 5 {
					break
				}
				s.After = page[4].Mark()
			}
			if len(got) != 23 || got[0] != 23 || got[22] != 1 {
				t.Errorf("pages give %v", got)
			}
			n, err := ledger.CountEntries(t.Context(), d.Read(), s, 10)
			if n != 10 || err != nil {
				t.Errorf("CountEntries up to 10 = %d, %v", n, err)
			}
		}
		income, err := ledger.Entries(t.Context(), d.Read(), ledger.Statement{Owner: owner("a"), Kind: ledger.Cash, Unit: ledger.CNY, Sign: 1})
		if len(income) != 1 || income[0].Kind != ledger.TopUp || income[0].Other() != vendor || err != nil {
			t.Errorf("income = %+v, %v", income, err)
		}
	})
}

type told struct{ Amount int64 }

func (told) Event() (string, string, string) { return "test.told", owner("a"), "x" }

func TestAnEventCommitsWithItsPosting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		p := allocation("e", 10)
		p.Fact = told{10}
		_, err := post(t, d, p)
		must(t, err)
		_, err = post(t, d, p)
		must(t, err)
		n, _, err := outbox.Lag(t.Context(), d.Read())
		if n != 1 || err != nil {
			t.Errorf("%d events, %v; want one", n, err)
		}
	})
}

// TestTheCheckFindsEachKindOfDamage is its negative control: whatever is changed behind the program's back is named.
func TestTheCheckFindsEachKindOfDamage(t *testing.T) {
	for name, damage := range map[string]string{
		"stored balance":     `UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'cash'`,
		"entry changed":      `UPDATE ledger_entry SET amount = amount + 1, after = after + 1 WHERE seq = 1`,
		"entry removed":      `DELETE FROM ledger_entry WHERE kind = 'allocate'`,
		"transfer changed":   `UPDATE ledger_transfer SET memo = 'x' WHERE kind = 'allocate'`,
		"transfer removed":   `DELETE FROM ledger_transfer WHERE kind = 'allocate'`,
		"entry misdirected":  `UPDATE ledger_entry SET transfer_id = 'tra_00000000000000000000000000' WHERE kind = 'allocate'`,
		"roll-up":            `UPDATE ledger_month SET income = income + 1`,
		"held":               `UPDATE ledger_account SET held = 1 WHERE kind = 'cash' AND balance > 0`,
		"audit row changed":  `UPDATE audit_entry SET detail = '{}' WHERE subject LIKE 'transfer:%'`,
		"audit row removed":  `DELETE FROM audit_entry WHERE subject LIKE 'transfer:%'`,
		"clearing unmatched": `UPDATE ledger_account SET ref = ref || 'x' WHERE kind = 'clearing' AND balance <> 0`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
				ledgertest.Give(t, d, vendor, owner("a"), ledger.Cash, 1000)
				must(t, d.Update(t.Context(), func(tx *db.Tx) error { return ledger.Connect(t.Context(), tx, owner("a"), owner("b"), ledger.CNY) }))
				_, err := post(t, d, allocation("k", 10))
				must(t, err)
				ledgertest.Balanced(t, d)
				must(t, d.Update(t.Context(), func(tx *db.Tx) error {
					n, err := db.Exec(t.Context(), tx, damage)
					if n == 0 {
						t.Error("the damage did nothing")
					}
					return err
				}))
				r, err := ledger.New(d).Inspect(t.Context())
				must(t, err)
				if r.Sound() {
					t.Error("the check finds nothing")
				}
			})
		})
	}
}
