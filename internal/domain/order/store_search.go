package order

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Search narrows the orders of some accounts, as the vendor's API does; zero values don't. No is compared without
// regard to case. Instants are from inclusive to exclusive. Newest first unless Oldest.
type Search struct {
	Accounts             []string
	No                   string
	State                State
	Kinds                []Kind
	PlacedFrom, PlacedTo time.Time
	PaidFrom, PaidTo     time.Time
	Oldest               bool
	Offset, Limit        int
}

// Page reads a page of a search and counts all of it. It asks no permission: the caller has looked at the accounts.
func Page(ctx context.Context, q db.Querier, s Search) ([]Order, int64, error) {
	if len(s.Accounts) == 0 {
		return nil, 0, nil
	}
	where, args := s.where()
	n, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM plan_order WHERE `+where, args...)
	if err != nil {
		return nil, 0, err
	}
	way := "DESC"
	if s.Oldest {
		way = "ASC"
	}
	rows, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE `+where+fmt.Sprintf(` ORDER BY no COLLATE "C" `+way+` LIMIT $%d OFFSET $%d`, len(args)+1, len(args)+2),
		append(args, s.Limit, s.Offset)...)
	return rows, n, err
}

func (s Search) where() (string, []any) {
	in, args := db.In(1, s.Accounts)
	parts := []string{"account_id IN " + in}
	add := func(part string, arg any) {
		args = append(args, arg)
		parts = append(parts, fmt.Sprintf(part, len(args)))
	}
	if s.No != "" {
		add("no = $%d", strings.ToUpper(s.No)) // numbers are written in capitals
	}
	if s.State != 0 {
		add("state = $%d", int(s.State))
	}
	if len(s.Kinds) > 0 {
		kinds := make([]string, len(s.Kinds))
		for i, k := range s.Kinds {
			kinds[i] = string(k)
		}
		in, more := db.In(len(args)+1, kinds)
		args = append(args, more...)
		parts = append(parts, "kind IN "+in)
	}
	for _, x := range []struct {
		part string
		at   time.Time
	}{{"created_at >= $%d", s.PlacedFrom}, {"created_at < $%d", s.PlacedTo}, {"paid_at >= $%d", s.PaidFrom}, {"paid_at < $%d", s.PaidTo}} {
		if !x.at.IsZero() {
			add(x.part, db.Micros(x.at))
		}
	}
	return strings.Join(parts, " AND "), args
}

// ByKey is the order that a request's key made; ok is false when it made none.
func ByKey(ctx context.Context, q db.Querier, account, key string) (o Order, ok bool, err error) {
	o, err = byKey(ctx, q, account, key)
	if fault.KindOf(err) == fault.KindNotFound {
		return Order{}, false, nil
	}
	return o, err == nil, err
}

// RefundLines are the amounts of an unsubscription or a downgrade; a refusal for another order.
func (o Order) RefundLines() (out []RefundLine, err error) {
	if o.Back == nil {
		return nil, refuse(NoRefund, i18n.A{"no": o.No})
	}
	for i, l := range o.Back.Lines {
		out = append(out, RefundLine{ID: o.No + "-" + string(rune('a'+i)), Key: l.Key, Base: l.Order, Minor: l.Minor})
	}
	return out, nil
}
