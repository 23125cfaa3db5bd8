package bss

import (
	"strconv"
	"time"

	"hanse/internal/domain/voucher"
	"hanse/internal/kit/i18n"
)

// A wireQuota is a quota as the vendor writes it.
type wireQuota struct {
	ID        string      `json:"quota_id"`
	Type      int32       `json:"quota_type"`
	Created   string      `json:"create_time"`
	Updated   string      `json:"last_update_time"`
	Value     number      `json:"quota_value"`
	Status    int32       `json:"quota_status"`
	Balance   number      `json:"balance"`
	Measure   int32       `json:"measure_id"`
	Currency  string      `json:"currency"`
	Effective string      `json:"effective_time"`
	Expire    string      `json:"expire_time"`
	Limits    []wireLimit `json:"limit_infos"`
}

type wireLimit struct {
	Key    string           `json:"limit_key"`
	Values []wireLimitValue `json:"limit_values"`
}

type wireLimitValue struct {
	Value1 string `json:"value1,omitempty"`
	Value2 string `json:"value2,omitempty"`
}

func (c *call) quota(x voucher.Quota) wireQuota {
	return wireQuota{ID: x.ID, Type: int32(x.Kind), Created: instant(x.CreatedAt), Updated: instant(x.ChangedAt), Value: number(x.Value),
		Status: int32(x.State(c.api.DB.Clock().Now()).Code()), Balance: number(x.Balance), Measure: yuan, Currency: x.Currency,
		Effective: instant(x.EffectiveAt), Expire: instant(x.ExpireAt), Limits: limits(x.Limits)}
}

// limits groups the values of one key.
func limits(l voucher.Limits) []wireLimit {
	out := []wireLimit{}
	for _, k := range l.Keys() {
		v := wireLimitValue{k.Value1, k.Value2}
		if n := len(out); n > 0 && out[n-1].Key == k.Key {
			out[n-1].Values = append(out[n-1].Values, v)
			continue
		}
		out = append(out, wireLimit{k.Key, []wireLimitValue{v}})
	}
	return out
}

// listQuotaCoupons lists the quotas of the partner.
func listQuotaCoupons(c *call) (any, error) {
	in, err := decode[struct {
		IDs           []string `json:"quota_ids"`
		States        []int32  `json:"quota_status_list"`
		Type          *int32   `json:"quota_type"`
		CreatedFrom   *string  `json:"create_time_begin"`
		CreatedTo     *string  `json:"create_time_end"`
		EffectiveFrom *string  `json:"effective_time_begin"`
		EffectiveTo   *string  `json:"effective_time_end"`
		ExpireFrom    *string  `json:"expire_time_begin"`
		ExpireTo      *string  `json:"expire_time_end"`
		Reseller      *string  `json:"indirect_partner_id"`
		Offset        *int32   `json:"offset"`
		Limit         *int32   `json:"limit"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	kind := voucher.Kind(f.one("quota_type", in.Type, 0, 0, 1))
	x := voucher.QuotaFilter{Partner: c.partner(f.ipid(in.Reseller)), Page: voucher.Page{Count: true}, IDs: f.list("quota_ids", in.IDs, 0, 1000), Kind: &kind}
	for _, s := range in.States {
		x.States = append(x.States, voucher.StatesOfCode(int(f.one("quota_status_list", &s, 0, 0, 3, 4, 5)))...)
	}
	x.Created = f.voucherSpan("create_time_begin", "create_time_end", in.CreatedFrom, in.CreatedTo)
	x.Effective = f.voucherSpan("effective_time_begin", "effective_time_end", in.EffectiveFrom, in.EffectiveTo)
	x.Expire = f.voucherSpan("expire_time_begin", "expire_time_end", in.ExpireFrom, in.ExpireTo)
	x.Offset, x.Limit = f.page(in.Offset, in.Limit)
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.Quotas(c.ctx(), c.by, x)
	return struct {
		Total int64       `json:"total_count"`
		List  []wireQuota `json:"quotas"`
	}{total, wireList(list, c.quota)}, err
}

// voucherSpan is a range of instants, both ends left out.
func (f *form) voucherSpan(begin, end string, from, to *string) voucher.Span {
	a, b := f.span(begin, end, from, to)
	if !a.IsZero() {
		a = a.Add(time.Second - time.Microsecond) // what shows the very second isn't after it
	}
	if !b.IsZero() {
		b = b.Add(-time.Second) // span has added it
	}
	return voucher.Span{From: a, To: b}
}

// querySpan is voucherSpan of the query string.
func (f *form) querySpan(begin, end string) voucher.Span {
	return f.voucherSpan(begin, end, f.arg(begin), f.arg(end))
}

// A wireChildQuota is a reseller's quota as its distributor sees it.
type wireChildQuota struct {
	wireQuota
	Reseller string `json:"indirect_partner_id"`
	Login    string `json:"indirect_partner_account_name"`
	Name     string `json:"indirect_partner_name"`
	Parent   string `json:"parent_quota_id"`
}

// listIssuedCouponQuotas lists what the distributor gave its resellers.
func listIssuedCouponQuotas(c *call) (any, error) {
	f := c.query()
	x := voucher.QuotaFilter{Page: voucher.Page{Count: true}, Partner: f.ipid(f.arg("indirect_partner_id")), Parent: f.exact("parent_quota_id", f.arg("parent_quota_id"), mostID)}
	if id := f.plain("quota_id", f.arg("quota_id"), mostID); id != "" {
		x.IDs = []string{id}
	}
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.ChildQuotas(c.ctx(), c.by, x)
	return struct {
		Total int64            `json:"total_count"`
		List  []wireChildQuota `json:"quotas"`
	}{total, wireList(list, func(x voucher.Quota) wireChildQuota {
		return wireChildQuota{c.quota(x), x.Account, x.HolderName, x.HolderName, x.Parent}
	})}, err
}

// A wirePair is what became of one of many.
type wirePair struct {
	ID    string `json:"id"`
	Quota string `json:"quota_id"`
}

// updateCouponQuotas gives each of some resellers a quota out of the distributor's own.
func updateCouponQuotas(c *call) (any, error) {
	in, err := decode[struct {
		Quota     *string  `json:"quota_id"`
		Resellers []string `json:"indirect_partner_ids"`
		Amount    dec      `json:"quota_amount"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := voucher.Split{Quota: f.must("quota_id", in.Quota, mostID), Resellers: f.list("indirect_partner_ids", in.Resellers, 1, 100), Minor: f.amount("quota_amount", in.Amount)}
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Key, err = c.key(); err != nil {
		return nil, err
	}
	list, err := c.api.Voucher.Split(c.ctx(), c.by, x)
	if err != nil {
		return nil, err
	}
	out := struct {
		Failed []itemError `json:"error_details"`
		Done   []wirePair  `json:"simple_quota_infos"`
	}{[]itemError{}, []wirePair{}}
	for _, o := range list {
		if o.Err != nil {
			out.Failed = append(out.Failed, c.item(o.ID, o.Err))
			continue
		}
		out.Done = append(out.Done, wirePair{o.ID, o.Made})
	}
	return out, nil
}

// A wireTakenBack is what a reseller's quota holds after it was taken back.
type wireTakenBack struct {
	Quota   string `json:"quota_id"`
	Balance number `json:"quota_balance"`
}

// reclaimCouponQuotas takes back what is left of resellers' quotas.
func reclaimCouponQuotas(c *call) (any, error) {
	in, err := decode[struct {
		Quotas []string `json:"quota_ids"`
		Remark *string  `json:"remark"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := voucher.TakeBack{Quotas: f.list("quota_ids", in.Quotas, 1, 10), Remark: f.plain("remark", in.Remark, 256)}
	if err := f.err(); err != nil {
		return nil, err
	}
	list, err := c.api.Voucher.TakeBack(c.ctx(), c.by, x)
	if err != nil {
		return nil, err
	}
	out := struct {
		Failed []itemError     `json:"error_details"`
		Done   []wireTakenBack `json:"simple_quota_infos"`
	}{[]itemError{}, []wireTakenBack{}}
	for _, o := range list {
		if o.Err != nil {
			out.Failed = append(out.Failed, c.item(o.ID, o.Err))
			continue
		}
		out.Done = append(out.Done, wireTakenBack{o.ID, number(o.Balance)})
	}
	return out, nil
}

// A wireQuotaRecord is one giving or taking back of a quota.
type wireQuotaRecord struct {
	ID       string `json:"id"`
	Operator string `json:"operator"`
	Type     string `json:"operation_type"`
	Quota    string `json:"quota_id"`
	Parent   string `json:"parent_quota_id"`
	Amount   number `json:"amount"`
	At       string `json:"operation_time"`
	Result   string `json:"result"`
	Login    string `json:"indirect_partner_account_name"`
	Reseller string `json:"indirect_partner_id"`
	Name     string `json:"indirect_partner_name"`
	Remark   string `json:"remark"`
}

// listCouponQuotasRecords lists what was given to resellers and taken back.
func listCouponQuotasRecords(c *call) (any, error) {
	f := c.query()
	x := voucher.RecordFilter{Page: voucher.Page{Count: true}, Operations: []voucher.Operation{voucher.QuotaSplit, voucher.QuotaReclaimed}, Other: f.ipid(f.arg("indirect_partner_id")),
		Quota: f.plain("quota_id", f.arg("quota_id"), mostID), ParentQuota: f.exact("parent_quota_id", f.arg("parent_quota_id"), mostID)}
	if op := f.arg("operation_type"); op != nil && *op == "10" {
		x.Operations = x.Operations[:1]
	} else if op != nil && *op == "11" {
		x.Operations = x.Operations[1:]
	}
	x.At = f.querySpan("operation_time_begin", "operation_time_end")
	x.Offset, x.Limit = f.queryPage()
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Voucher.Records(c.ctx(), c.by, x)
	return struct {
		Total int64             `json:"total_count"`
		List  []wireQuotaRecord `json:"records"`
	}{total, wireList(list, func(x voucher.Record) wireQuotaRecord {
		return wireQuotaRecord{x.ID, x.Operator, itoa(int(x.Operation)), x.Quota, x.ParentQuota, number(x.Amount), instant(x.At), x.Result(), x.OtherName, x.Other, x.OtherName, x.Remark}
	})}, err
}

func itoa(n int) string { return strconv.Itoa(n) }

// wholeNumber reads a parameter that is a number inside a text, such as an operation type.
func (f *form) wholeNumber(name, v string) int {
	n, err := strconv.Atoi(v)
	if err != nil {
		f.refuse(name, v, i18n.M("wire.number"))
	}
	return n
}
