package bss

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/money"
)

// owner is the company that a partner's operation is about: the caller's own, or the reseller named, if it's theirs.
func (c *call) owner(ipid string) (string, error) {
	id := c.partner(ipid)
	if id == "" {
		return c.by.Account, nil
	}
	return id, account.ActsFor(c.ctx(), c.api.DB.Read(), c.by, id, c.api.DB.Clock().Now())
}

// adjustTypes are the kinds of posting behind the operation types of adjust records.
var adjustTypes = map[string][]string{
	"SOURCE_OPERATION_BEADJUST":   {ledger.Allocate},
	"SOURCE_OPERATION_BERETRIEVE": {ledger.Reclaim},
	"SOURCE_OPERATION_BEUNBIND":   {ledger.Unbind},
}

// A wireAdjust is one movement between the partner and a customer or reseller.
type wireAdjust struct {
	Customer string `json:"customer_id"`
	Name     string `json:"customer_name"`
	Type     string `json:"operation_type"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Scene    string `json:"apply_scene"`
	At       string `json:"operation_time"`
	Measure  int32  `json:"measure_id"`
	Trans    string `json:"trans_id"`
	Memo     string `json:"memo"`
}

// listPartnerAdjustRecords lists what the partner gave and took back.
func listPartnerAdjustRecords(c *call) (any, error) {
	f := c.query()
	ipid := f.ipid(f.arg("indirect_partner_id"))
	x := funds.RecordFilter{Other: f.plain("customer_id", f.arg("customer_id"), mostID), Count: true,
		Number: f.plain("trans_id", f.arg("trans_id"), 128),
		Kinds:  adjustTypes[f.word("operation_type", f.arg("operation_type"), false, "SOURCE_OPERATION_BEADJUST", "SOURCE_OPERATION_BERETRIEVE", "SOURCE_OPERATION_BEUNBIND")]}
	x.From, x.To = f.span("operation_time_begin", "operation_time_end", f.arg("operation_time_begin"), f.arg("operation_time_end"))
	x.Offset, x.Limit = f.queryPage()
	err := f.err()
	if err != nil {
		return nil, err
	}
	if x.Partner, err = c.owner(ipid); err != nil {
		return nil, err
	}
	list, total, err := c.api.Funds.AdjustRecords(c.ctx(), c.by, x)
	return struct {
		Total int          `json:"total_count"`
		List  []wireAdjust `json:"records"`
	}{total, wireList(list, func(x funds.Record) wireAdjust {
		return wireAdjust{x.Other, x.OtherName, detailOf[x.Kind], money.Text(x.Minor), x.Unit, x.Scene, instant(x.At), yuan, x.Number(), x.Memo}
	})}, err
}

// wireMove is the body of the four operations that move money.
type wireMove struct {
	Customer *string `json:"customer_id"`
	Reseller *string `json:"indirect_partner_id"`
	Amount   dec     `json:"amount"`
}

// move reads the body and moves; the reseller is whom a distributor acts for, or whose account it is.
func (c *call) move(toReseller bool, verb func(context.Context, actor.Actor, funds.In) (funds.Out, error)) (string, error) {
	in, err := decode[wireMove](c)
	if err != nil {
		return "", err
	}
	f := &form{}
	x := funds.In{Minor: f.amount("amount", in.Amount), Unit: ledger.CNY}
	if toReseller {
		x.As = actor.Partner
		x.To = f.must("indirect_partner_id", in.Reseller, mostID)
	} else {
		x.As = actor.Customer
		x.To, x.Partner = f.must("customer_id", in.Customer, mostID), c.partner(f.ipid(in.Reseller))
	}
	if err := f.err(); err != nil {
		return "", err
	}
	if x.Key, err = c.key(); err != nil {
		return "", err
	}
	out, err := verb(c.ctx(), c.by, x)
	if out.Replayed {
		c.w.Header().Set("Idempotency-Replayed", "true")
	}
	return out.Number, err
}

// A wireTransfer and a wireTrans are the same number under two names, as published.
type wireTransfer struct {
	ID string `json:"transfer_id"`
}
type wireTrans struct {
	ID string `json:"trans_id"`
}

// updateCustomerAccountAmount gives money to a resale customer.
func updateCustomerAccountAmount(c *call) (any, error) {
	id, err := c.move(false, c.api.Funds.Allocate)
	return wireTransfer{id}, err
}

// reclaimToPartnerAccount takes money back from a resale customer.
func reclaimToPartnerAccount(c *call) (any, error) {
	id, err := c.move(false, c.api.Funds.Reclaim)
	return wireTrans{id}, err
}

// updateIndirectPartnerAccount gives money to a reseller.
func updateIndirectPartnerAccount(c *call) (any, error) {
	id, err := c.move(true, c.api.Funds.Allocate)
	return wireTransfer{id}, err
}

// reclaimIndirectPartnerAccount takes money back from a reseller.
func reclaimIndirectPartnerAccount(c *call) (any, error) {
	id, err := c.move(true, c.api.Funds.Reclaim)
	return wireTrans{id}, err
}
