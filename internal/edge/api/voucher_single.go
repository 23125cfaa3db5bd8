package api

import (
	"context"
	"time"

	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

type voucherPath struct {
	Voucher string `path:"voucher" maxLength:"40"`
}

type voucherList struct {
	Vouchers []Voucher `json:"vouchers"`
	Next     string    `json:"next_cursor,omitempty"`
}

type voucherListIn struct {
	PageIn
	Partner  string `query:"partner" maxLength:"64" doc:"The issuer: a reseller of the own company; for the vendor's staff any partner"`
	Customer string `query:"customer" maxLength:"64"`
	Quota    string `query:"quota" maxLength:"40"`
	Order    string `query:"order" maxLength:"64" doc:"That it's locked to, or that took of it"`
	State    string `query:"state" enum:"not_active,usable,used,expired,reclaimed"`
}

func (in voucherListIn) filter() voucher.VoucherFilter {
	return voucher.VoucherFilter{Partner: in.Partner, Customer: in.Customer, Quota: in.Quota, Order: in.Order, State: stateNumber(in.State), Page: pageOf(in.PageIn)}
}

func (a *API) voucherLists() {
	id := func(v voucher.Voucher) string { return v.ID }
	add(a, Operation{Method: "GET", Path: "/api/v1/vouchers", ID: "list_vouchers", Tag: voucherTag, Summary: "Vouchers that a partner issued, newest first; a customer sees its own", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *voucherListIn) (voucherList, error) {
			list, _, err := a.Voucher.Vouchers(ctx, by, in.filter())
			return voucherList{each(list, a.toVoucher), nextOf(list, in.Limit, id)}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/held-vouchers", ID: "list_held_vouchers", Tag: voucherTag, Summary: "Vouchers that the own company holds", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *voucherListIn) (voucherList, error) {
			list, _, err := a.Voucher.Held(ctx, by, in.filter())
			return voucherList{each(list, a.toVoucher), nextOf(list, in.Limit, id)}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/vouchers/{voucher}", ID: "show_voucher", Tag: voucherTag, Summary: "A voucher", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *voucherPath) (Voucher, error) {
			v, err := a.Voucher.Voucher(ctx, by, in.Voucher)
			if err != nil {
				return Voucher{}, err
			}
			return a.toVoucher(v), nil
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/voucher-records", ID: "list_voucher_records", Tag: voucherTag, Summary: "What was done with quotas and vouchers, and what failed, newest first", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Partner   string `query:"partner" maxLength:"64"`
			Quota     string `query:"quota" maxLength:"40"`
			Voucher   string `query:"voucher" maxLength:"40"`
			Operation int    `query:"operation" minimum:"0" maximum:"11"`
		}) (out struct {
			Records []VoucherRecord `json:"records"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			f := voucher.RecordFilter{Partner: in.Partner, Quota: in.Quota, Page: pageOf(in.PageIn)}
			if in.Voucher != "" {
				f.Vouchers = []string{in.Voucher}
			}
			if in.Operation > 0 {
				f.Operations = []voucher.Operation{voucher.Operation(in.Operation)}
			}
			list, _, err := a.Voucher.Records(ctx, by, f)
			out.Records, out.Next = each(list, toVoucherRecord), nextOf(list, in.Limit, func(r voucher.Record) string { return r.ID })
			return out, err
		})
}

func (a *API) voucherIssues() {
	add(a, Operation{Method: "POST", Path: "/api/v1/vouchers", ID: "issue_vouchers", Tag: voucherTag, Keyed: true, Verb: actor.IssueVouchers,
		Summary: "Issue vouchers of one face value to 1 to 100 customers; each has its own result. An Idempotency-Key makes a repetition harmless"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Partner   string    `json:"partner,omitempty" maxLength:"64" doc:"Absent is the own company, else a reseller that it distributes to"`
				Quota     string    `json:"quota" maxLength:"40"`
				Customers []string  `json:"customers"`
				Face      string    `json:"face_value" maxLength:"40"`
				ValidAt   time.Time `json:"valid_at,omitzero"`
				ExpireAt  time.Time `json:"expire_at,omitzero"`
				Services  []string  `json:"services,omitempty"`
				Products  []string  `json:"products,omitempty"`
				Orders    []string  `json:"orders,omitempty"`
				Memo      string    `json:"memo,omitempty" maxLength:"256"`
				Code      string    `json:"code,omitempty" maxLength:"10"`
			}
		}) (voucherResults, error) {
			var fs fault.Fields
			b := in.Body
			x := voucher.Issue{Partner: b.Partner, Quota: b.Quota, Customers: b.Customers, Minor: money.Field(&fs, "face_value", b.Face), ValidAt: b.ValidAt, ExpireAt: b.ExpireAt,
				Services: b.Services, Products: b.Products, Orders: b.Orders, Memo: b.Memo, Key: idempotencyKey(ctx), Code: b.Code}
			if err := fs.Err(); err != nil {
				return voucherResults{}, err
			}
			out, err := a.Voucher.Issue(ctx, by, x)
			return a.results(ctx, out, err)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/vouchers/{voucher}/reclaim", ID: "reclaim_voucher", Tag: voucherTag, Summary: "Take back all that is left of a voucher", Verb: actor.IssueVouchers},
		func(ctx context.Context, by actor.Actor, in *struct {
			voucherPath
			Body struct {
				Partner string `json:"partner,omitempty" maxLength:"64"`
				Remark  string `json:"remark,omitempty" maxLength:"256"`
				Code    string `json:"code,omitempty" maxLength:"10"`
			}
		}) (out struct {
			Voucher Voucher `json:"voucher"`
			Taken   string  `json:"taken"`
		}, err error) {
			v, taken, err := a.Voucher.Reclaim(ctx, by, voucher.Reclaim{Partner: in.Body.Partner, Voucher: in.Voucher, Remark: in.Body.Remark, Code: in.Body.Code})
			if err != nil {
				return out, err
			}
			out.Voucher, out.Taken = a.toVoucher(v), money.Text(taken)
			return out, nil
		})
}

func (a *API) voucherFreezes() {
	for _, x := range []struct {
		name, id, summary string
		frozen            bool
	}{{"freeze", "freeze_voucher", "Stop a voucher from being used", true}, {"unfreeze", "unfreeze_voucher", "Let a frozen voucher be used again", false}} {
		add(a, Operation{Method: "POST", Path: "/api/v1/vouchers/{voucher}/" + x.name, ID: x.id, Tag: voucherTag, Summary: x.summary, Verb: actor.IssueVouchers},
			func(ctx context.Context, by actor.Actor, in *voucherPath) (Voucher, error) {
				if _, err := a.Voucher.SetFrozen(ctx, by, "", in.Voucher, x.frozen); err != nil {
					return Voucher{}, err
				}
				v, err := a.Voucher.Voucher(ctx, by, in.Voucher)
				return a.toVoucher(v), err
			})
	}
}

func (a *API) pickupVouchers() {
	add(a, Operation{Method: "GET", Path: "/api/v1/pickup-vouchers", ID: "list_pickup_vouchers", Tag: voucherTag, Summary: "Pickup vouchers that a partner bought, newest first; a customer sees its own", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *voucherListIn) (out struct {
			Pickups []PickupVoucher `json:"pickup_vouchers"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, _, err := a.Voucher.Pickups(ctx, by, voucher.PickupFilter{Partner: in.Partner, Customer: in.Customer, State: stateNumber(in.State), Page: pageOf(in.PageIn)})
			out.Pickups, out.Next = each(list, a.toPickup), nextOf(list, in.Limit, func(p voucher.Pickup) string { return p.ID })
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/pickup-vouchers", ID: "buy_pickup_voucher", Tag: voucherTag, Status: 201, Keyed: true, Verb: actor.BuyPickups,
		Summary: "Buy a pickup voucher for a resale customer out of the own balance. An Idempotency-Key makes a repetition harmless"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Customer string    `json:"customer" maxLength:"64"`
				Currency string    `json:"currency" maxLength:"8"`
				Face     string    `json:"face_value" maxLength:"40"`
				Ratio    int64     `json:"usage_ratio" minimum:"1" maximum:"10000" doc:"Share of an order that it may pay, ten-thousandths"`
				Orders   []string  `json:"orders,omitempty"`
				Services []string  `json:"services,omitempty"`
				Products []string  `json:"products,omitempty"`
				ValidAt  time.Time `json:"valid_at,omitzero"`
				ExpireAt time.Time `json:"expire_at"`
				Memo     string    `json:"memo,omitempty" maxLength:"256"`
				Code     string    `json:"code,omitempty" maxLength:"10"`
			}
		}) (PickupVoucher, error) {
			var fs fault.Fields
			b := in.Body
			n := voucher.NewPickup{Customer: b.Customer, Currency: b.Currency, Minor: money.Field(&fs, "face_value", b.Face), Ratio: b.Ratio, Orders: b.Orders, Services: b.Services,
				Products: b.Products, ValidAt: b.ValidAt, ExpireAt: b.ExpireAt, Memo: b.Memo, Key: idempotencyKey(ctx), Code: b.Code}
			if err := fs.Err(); err != nil {
				return PickupVoucher{}, err
			}
			p, err := a.Voucher.BuyPickup(ctx, by, n)
			return a.toPickup(p), err
		})
}
