package bss

import (
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// The account types of the wire.
const (
	typeBalance     = 1
	typeCredit      = 2
	typeReward      = 5
	typeDeposit     = 7
	typeAllocatable = 8
)

// A wireBalance is one account of a partner; amounts are JSON numbers.
type wireBalance struct {
	ID         string  `json:"account_id"`
	Type       int32   `json:"account_type"`
	Amount     number  `json:"amount"`
	Currency   string  `json:"currency"`
	Designated *number `json:"designated_amount,omitempty"`
	Credit     *number `json:"credit_amount,omitempty"`
	Measure    int32   `json:"measure_id"`
	Memo       string  `json:"memo,omitempty"`
}

// balances are the accounts behind an overview. The balance includes what is earmarked, which is told apart.
func balances(owner string, u treasury.Holding, allocatable bool) []wireBalance {
	row := func(t int32, minor int64) wireBalance {
		return wireBalance{ID: owner + "-" + itoa(int(t)), Type: t, Amount: number(minor), Currency: u.Unit, Measure: yuan}
	}
	cash := row(typeBalance, u.Cash+u.Allocated+u.Earmarked)
	cash.Designated = ptr(number(u.Earmarked))
	credit := row(typeCredit, u.CreditFree)
	credit.Credit = ptr(number(u.CreditLine))
	out := []wireBalance{cash, credit, row(typeReward, u.Bonus), row(typeDeposit, u.Deposit)}
	if allocatable {
		out = append(out, row(typeAllocatable, u.Allocatable))
	}
	return out
}

// look reads the balances of an account that the caller may see.
func (c *call) look(owner string) (treasury.Holding, error) {
	if err := c.by.May(actor.ViewFunds); err != nil {
		return treasury.Holding{}, err
	}
	o, err := c.api.Treasury.Look(c.ctx(), c.api.DB.Read(), owner)
	return o.Unit(ledger.CNY), err
}

// listPartnerBalances tells what the partner has: all its kinds of account.
func listPartnerBalances(c *call) (any, error) {
	f := c.query()
	ipid := f.ipid(f.arg("indirect_partner_id"))
	if err := f.err(); err != nil {
		return nil, err
	}
	owner, err := c.owner(ipid)
	if err != nil {
		return nil, err
	}
	u, err := c.look(owner)
	return struct {
		List []wireBalance `json:"account_balances"`
	}{balances(owner, u, true)}, err
}

// A wireCustomerBalances is what a customer has; amounts decode either way, numbers are sent.
type wireCustomerBalances struct {
	List     []wireBalance `json:"account_balances"`
	Debt     number        `json:"debt_amount"`
	Measure  int32         `json:"measure_id"`
	Currency string        `json:"currency"`
}

// showCustomerAccountBalances tells a customer what it has. A resale customer has no account of its own.
func showCustomerAccountBalances(c *call) (any, error) {
	if err := c.agency("CBC.99000049", i18n.M("bss.no_balance")); err != nil {
		return nil, err
	}
	u, err := c.look(c.by.Account)
	return wireCustomerBalances{balances(c.by.Account, u, false), number(u.Arrears), yuan, ledger.CNY}, err
}

// A wireUsable is what one of a partner's customers can spend.
type wireUsable struct {
	ID       string `json:"customer_id"`
	Debt     number `json:"debt_amount"`
	Amount   number `json:"amount"`
	Currency string `json:"currency"`
	Measure  int32  `json:"measure_id"`
}

// listCustomersBalancesDetail tells what resale customers have; others are left out.
func listCustomersBalancesDetail(c *call) (any, error) {
	in, err := decode[struct {
		Customers []struct {
			ID string `json:"customer_id"`
		} `json:"customer_infos"`
		Reseller *string `json:"indirect_partner_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	var ids []string
	for _, x := range in.Customers {
		ids = append(ids, x.ID)
	}
	ids, ipid := f.list("customer_infos", ids, 1, 100), f.ipid(in.Reseller)
	if err := f.err(); err != nil {
		return nil, err
	}
	owner, err := c.owner(ipid)
	if err != nil {
		return nil, err
	}
	list, err := c.usable(owner, ids)
	return struct {
		List []wireUsable `json:"customer_balances"`
	}{list}, err
}

// usable reads the balances of those who are resale customers of a partner, in the order asked for. They have no
// credit, so they owe nothing.
func (c *call) usable(partner string, ids []string) ([]wireUsable, error) {
	if err := c.by.May(actor.ViewFunds); err != nil {
		return nil, err
	}
	q := c.api.DB.Read()
	theirs, err := account.Among(c.ctx(), q, partner, account.Resale, ids, c.api.DB.Clock().Now())
	if err != nil {
		return nil, err
	}
	sums := map[string]int64{}
	for _, kind := range []ledger.Kind{ledger.Allocated, ledger.Cash} {
		list, err := ledger.BalancesOf(c.ctx(), q, theirs, kind, ledger.CNY, "")
		if err != nil {
			return nil, err
		}
		for id, b := range list {
			sums[id] += b.Available()
		}
	}
	out := []wireUsable{}
	for _, id := range ids {
		if slices.Contains(theirs, id) {
			out = append(out, wireUsable{id, 0, number(sums[id]), ledger.CNY, yuan})
		}
	}
	return out, nil
}
