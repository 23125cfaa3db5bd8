package voucher

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// IssueMany is the name of the work that gives vouchers to many customers, with a face value for each.
const IssueMany = "voucher.issue"

// Terms are what the vouchers of one batch have in common: see Issue.
type Terms struct {
	Quota    string    `json:"quota"`
	ValidAt  time.Time `json:"valid_at,omitzero"`
	ExpireAt time.Time `json:"expire_at,omitzero"`
	Services []string  `json:"services,omitempty"`
	Products []string  `json:"products,omitempty"`
}

// Text is the form in which a batch keeps them.
func (t Terms) Text() string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts and instants can't fail to encode
	}
	return string(b)
}

// TermsOf reads the terms of a batch.
func TermsOf(b batch.Batch) (t Terms, err error) {
	err = json.Unmarshal([]byte(b.Terms), &t)
	return t, err
}

// LetMany has vouchers issued to many out of files in a store. Login finds the customer of a login name.
func (s *Service) LetMany(files *blob.Store, login func(ctx context.Context, q db.Querier, name string) (customer string, ok bool, err error)) {
	s.many = batch.New(batch.Config{DB: s.db, Files: files, Codes: s.confirm, Login: login, See: actor.ViewVouchers, Do: actor.IssueVouchers, Code: confirm.Voucher,
		Amount: "face facevalue 面值", Works: []batch.Work{s.manyWork()},
		Names: batch.Names{ID: "bat", Subject: "batch", Work: "work", Check: "batch.check", Run: "batch.run", Unknown: "batch.unknown", NoneGood: "batch.none_good", Lines: "batch.lines"}})
}

// Many is the service of issuing to many; nil before LetMany.
func (s *Service) Many() *batch.Service { return s.many }

// manyWork is issuing vouchers to many: whoever may issue one may.
func (s *Service) manyWork() batch.Work {
	return batch.Work{Name: IssueMany, Begin: s.beginMany, Judge: s.judgeMany, Whole: s.wholeMany, Run: s.runMany}
}

// issueOf is the issue that a batch does for one customer, or for all of them.
func issueOf(b batch.Batch) (in Issue, err error) {
	t, err := TermsOf(b)
	return Issue{Partner: b.Partner, Quota: t.Quota, ValidAt: t.ValidAt, ExpireAt: t.ExpireAt, Services: unique(t.Services), Products: unique(t.Products)}, err
}

func (s *Service) beginMany(ctx context.Context, by actor.Actor, b *batch.Batch) error {
	in, err := issueOf(*b)
	if err != nil {
		return err
	}
	_, q, err := s.faceless(ctx, by, in)
	b.Unit = q.Currency
	return err
}

func (s *Service) judgeMany(ctx context.Context, b batch.Batch, rows []batch.Row) error {
	in, err := issueOf(b)
	if err != nil {
		return err
	}
	v, q, err := s.faceless(ctx, b.Actor, in)
	if err != nil {
		return err
	}
	for i := range rows {
		if !rows[i].Good() {
			continue
		}
		v.Customer, v.Face = rows[i].Receiver, rows[i].Minor
		f, err := s.judgeOne(ctx, b.Actor, q, v)
		if err != nil {
			return err
		}
		for _, m := range f {
			rows[i].Refuse(m)
		}
	}
	return nil
}

// judgeOne says what keeps one customer from its voucher at this moment.
func (s *Service) judgeOne(ctx context.Context, by actor.Actor, q Quota, v Voucher) (out []i18n.Msg, err error) {
	var fs fault.Fields
	checkValue(&fs, v.Face)
	now, r := s.db.Clock().Now(), s.db.Read()
	for _, err := range []error{fs.Err(), s.customer(ctx, r, by, &v, now), s.allowed(ctx, r, q, v, now)} {
		f := fault.Of(err)
		switch {
		case err == nil:
		case f == nil:
			return nil, err
		case f.Msg.IsZero() && len(f.Fields) > 0:
			out = append(out, f.Fields[0].Msg)
		default:
			out = append(out, f.Msg)
		}
	}
	return out, nil
}

// wholeMany says that the rows come to more than the quota holds.
func (s *Service) wholeMany(ctx context.Context, b batch.Batch) (i18n.Msg, error) {
	t, err := TermsOf(b)
	if err != nil {
		return i18n.Msg{}, err
	}
	q, err := quotaOf(ctx, s.db.Read(), b.Partner, t.Quota)
	if err != nil {
		return i18n.Msg{}, err
	}
	have, err := balance(ctx, s.db.Read(), quotaPlace(q))
	if err != nil || have >= b.Total {
		return i18n.Msg{}, err
	}
	return i18n.M("voucher.many.too_much", i18n.A{"total": money.Text(b.Total), "have": money.Text(have), "unit": b.Unit}), nil
}

// runMany gives one customer its voucher, for whoever confirmed the batch; permission and code were asked then.
func (s *Service) runMany(ctx context.Context, b batch.Batch, r *batch.Row) error {
	in, err := issueOf(b)
	if err != nil {
		return err
	}
	in.Minor, in.Memo, in.Key = r.Minor, r.Memo, b.Key(r.Line)
	v, err := s.draft(ctx, b.Actor, in)
	if err != nil {
		return err
	}
	o := s.issueOne(ctx, b.Actor, in, v, r.Receiver)
	r.Made = o.Made
	return o.Err
}
