// Package reckoning shows how an amount of a support plan came about: each line with its computation, the sums, and the
// sources that pay or get it back. The same on the pages of the plan, of orders and of payments.
package reckoning

import (
	"context"
	"strings"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// Money writes an amount for reading.
func Money(ctx context.Context, minor int64) string { return i18n.From(ctx).Money(minor, ledger.CNY) }

// Tone colours a state.
func Tone(s order.State) ui.Tone {
	switch s {
	case order.Pending, order.ToConfirm, order.Reviewing:
		return ui.Warn
	case order.Processing, order.Refunding:
		return ui.Info
	case order.Completed:
		return ui.Good
	}
	return ui.Neutral
}

// label names a line. One that a discount coupon took off isn't of the arithmetic.
func label(l rate.Line) i18n.Msg {
	if l.Key == "coupon" {
		return i18n.M("reckoning.line.coupon")
	}
	return l.Label()
}

func lineColumns(ctx context.Context, number bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "reckoning.what")}}
	if number {
		out = append(out, ui.Column{Label: i18n.T(ctx, "reckoning.of_order")})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "reckoning.computation")}, ui.Column{Label: i18n.T(ctx, "reckoning.amount"), Num: true})
}

func priceFacts(ctx context.Context, q rate.Quote) []ui.Fact {
	if q.Discount == 0 {
		return []ui.Fact{{Label: i18n.T(ctx, "reckoning.due"), Body: Sum(q.Due)}}
	}
	return []ui.Fact{{Label: i18n.T(ctx, "reckoning.list"), Body: Sum(q.List)}, {Label: i18n.T(ctx, "reckoning.discount"), Body: Sum(-q.Discount)},
		{Label: i18n.T(ctx, "reckoning.due"), Body: Sum(q.Due)}}
}

func backFacts(ctx context.Context, b rate.Back) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "reckoning.actual"), Body: Sum(b.Paid.Actual())}, {Label: i18n.T(ctx, "reckoning.consumed"), Body: Sum(-b.Consumed.Actual())},
		{Label: i18n.T(ctx, "reckoning.fee"), Body: Sum(-b.Fee.Actual())}, {Label: i18n.T(ctx, "reckoning.back"), Body: Sum(b.Total)}}
	if b.Return.Voucher > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "reckoning.back.vouchers"), Body: Sum(b.Return.Voucher)})
	}
	return out
}

// A Row is one source with its amounts: one, or those of a refund (paid, consumed, fee, back).
type Row struct {
	Label i18n.Msg
	Minor []int64
}

func sourceColumns(ctx context.Context, rows []Row) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "reckoning.source")}}
	if len(rows) > 0 && len(rows[0].Minor) > 1 {
		return append(out, ui.Column{Label: i18n.T(ctx, "reckoning.actual"), Num: true}, ui.Column{Label: i18n.T(ctx, "reckoning.consumed"), Num: true},
			ui.Column{Label: i18n.T(ctx, "reckoning.fee"), Num: true}, ui.Column{Label: i18n.T(ctx, "reckoning.back"), Num: true})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "reckoning.amount"), Num: true})
}

// Rows are the sources of one or several amounts, those without any left out.
func Rows(amounts ...rate.Paid) (out []Row) {
	for _, x := range []struct {
		label i18n.Msg
		of    func(rate.Paid) int64
	}{
		{i18n.M("reckoning.source.cash"), func(p rate.Paid) int64 { return p.Cash }},
		{i18n.M("reckoning.source.credit"), func(p rate.Paid) int64 { return p.Credit }},
		{i18n.M("reckoning.source.stored"), func(p rate.Paid) int64 { return p.StoredValue }},
		{i18n.M("reckoning.source.cash_coupon"), func(p rate.Paid) int64 { return p.CashCoupon }},
		{i18n.M("reckoning.source.voucher"), func(p rate.Paid) int64 { return p.Voucher }},
	} {
		row, any := Row{Label: x.label}, false
		for _, p := range amounts {
			row.Minor = append(row.Minor, x.of(p))
			any = any || x.of(p) != 0
		}
		if any {
			out = append(out, row)
		}
	}
	return out
}

// Refunds are the sources of a refund: paid, consumed, fee, back.
func Refunds(b rate.Back) []Row { return Rows(b.Paid, b.Consumed, b.Fee, b.Return) }

// Paragraphs are those of the agreement's text in the reader's language.
func Paragraphs(ctx context.Context, a product.Agreement) (out []string) {
	for _, line := range strings.Split(i18n.Say(ctx, a.Body.Msg()), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
