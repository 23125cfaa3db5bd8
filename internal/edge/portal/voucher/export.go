package voucher

import (
	"net/http"

	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

const exportBatch = 500

// table streams a list page by page; read gives a page after an id and the id that it ends with.
func table[T any](name string, header []string, read func(page voucher.Page) ([]T, int64, error), id func(T) string, cells func(T) []string) (door.Table, error) {
	next := func(after string) ([]T, string, error) {
		list, _, err := read(voucher.Page{Before: after, Limit: exportBatch})
		if len(list) < exportBatch {
			return list, "", err
		}
		return list, id(list[len(list)-1]), err
	}
	first, then, err := next("")
	if err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: name, Header: header, Rows: door.Pages(func(after string) ([]T, string, error) {
		if after == "" {
			return first, then, nil
		}
		return next(after)
	}, cells)}, nil
}

func (p pages) exportQuotas(r *http.Request, _ door.Door) (door.Table, error) {
	f := voucher.QuotaFilter{Kind: kindOf(r)}
	if s := r.URL.Query().Get("state"); s != "" {
		f.States = []voucher.QuotaState{voucher.QuotaState(s)}
	}
	now := p.Clock.Now()
	return table("voucher-quotas", []string{"id", "holder", "kind", "state", "currency", "value", "balance", "effective_at", "expire_at", "parent", "created_at"},
		func(page voucher.Page) ([]voucher.Quota, int64, error) {
			f.Page = page
			return p.s.Quotas(r.Context(), site.By(r), f)
		}, func(x voucher.Quota) string { return x.ID }, func(x voucher.Quota) []string {
			return []string{x.ID, x.HolderName, x.Unit(), string(x.State(now)), x.Currency, money.Text(x.Value), money.Text(x.Balance), door.Instant(x.EffectiveAt), door.Instant(x.ExpireAt), x.Parent, door.Instant(x.CreatedAt)}
		})
}

func (p pages) exportIssued(r *http.Request, _ door.Door) (door.Table, error) {
	f, now := voucherFilter(r), p.Clock.Now()
	return table("vouchers", []string{"id", "customer", "customer_id", "issuer", "kind", "state", "currency", "face_value", "balance", "valid_at", "expire_at", "quota", "memo", "created_at"},
		func(page voucher.Page) ([]voucher.Voucher, int64, error) {
			f.Page = page
			return p.s.Vouchers(r.Context(), site.By(r), f)
		}, func(x voucher.Voucher) string { return x.ID }, func(x voucher.Voucher) []string {
			return []string{x.ID, x.CustomerName, x.Customer, x.IssuerName, x.Unit(), i18n.Text(i18n.English, x.State(now).Label()), x.Currency, money.Text(x.Face), money.Text(x.Balance), door.Instant(x.ValidAt),
				door.Instant(x.ExpireAt), x.Quota, x.Memo, door.Instant(x.CreatedAt)}
		})
}

func (p pages) exportRecords(r *http.Request, _ door.Door) (door.Table, error) {
	f := recordFilter(r)
	return table("voucher-records", []string{"id", "at", "operation", "customer_or_reseller", "voucher", "quota", "parent_quota", "currency", "amount", "result", "reason", "remark", "operator"},
		func(page voucher.Page) ([]voucher.Record, int64, error) {
			f.Page = page
			return p.s.Records(r.Context(), site.By(r), f)
		}, func(x voucher.Record) string { return x.ID }, func(x voucher.Record) []string {
			return []string{x.ID, door.Instant(x.At), i18n.Text(i18n.English, x.Operation.Label()), x.OtherName, x.Voucher, x.Quota, x.ParentQuota, x.Currency, money.Text(x.Amount), x.Result(), string(x.Reason), x.Remark, x.Operator}
		})
}
