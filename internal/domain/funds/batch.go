package funds

import (
	"context"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// MaxUpload is how many bytes a file of receivers and amounts may have.
const MaxUpload = 64 << 20

// inFlight is how many rows are posted at one time: the ledger's writer gathers them.
const inFlight = 256

// Many is the service of allocations and reclaims for many at once. Its works are ledger.Allocate and ledger.Reclaim.
func (s *Service) Many() *batch.Service { return s.many }

// newMany makes the service of batches: who may move funds may, and confirms with the code for moving them.
func (s *Service) newMany() *batch.Service {
	works := make([]batch.Work, 0, 2)
	for _, kind := range []string{ledger.Allocate, ledger.Reclaim} {
		works = append(works, batch.Work{Name: kind, Begin: s.beginMany, Judge: s.judgeMany, Whole: s.wholeMany, Run: s.runMany})
	}
	return batch.New(batch.Config{DB: s.db, Files: s.Files, Codes: s.Codes, Login: s.Login, See: actor.ViewFunds, Do: actor.MoveFunds, Code: confirm.Adjust, Works: works,
		Bytes: MaxUpload, AtOnce: inFlight, To: "reseller resellerid 云经销商", Amount: "拨款金额 回收金额", Ended: ended,
		Names: batch.Names{ID: "fba", Subject: "funds_batch", Work: "kind", Check: "funds.check_batch", Run: "funds.post_batch",
			Unknown: "funds.batch.unknown", NoneGood: "funds.batch.none_good", Lines: "funds.batch.lines"}})
}

func ended(b batch.Batch) outbox.Fact {
	return BatchEnded{Account: b.Account, Batch: b.ID, User: b.User, Kind: b.Work, File: b.FileName, Done: b.Done, Failed: b.Refused, Moved: b.Moved, Unit: b.Unit}
}

func (s *Service) beginMany(ctx context.Context, by actor.Actor, b *batch.Batch) (err error) {
	b.Unit = ledger.CNY
	b.Partner, err = s.payer(ctx, by, b.Partner)
	return err
}

// judgeMany refuses customers who pay the vendor themselves, and taking back more than is left.
func (s *Service) judgeMany(ctx context.Context, b batch.Batch, rows []batch.Row) error {
	var left map[string]int64
	var err error
	if b.Work == ledger.Reclaim {
		if left, err = s.leftOf(ctx, rows); err != nil {
			return err
		}
	}
	for i := range rows {
		r := &rows[i]
		if r.Link == account.Referral {
			r.Refuse(i18n.M("funds.referral"))
		}
		if left == nil || !r.Good() {
			continue
		}
		if left[r.Receiver] < r.Minor {
			r.Refuse(i18n.M("funds.batch.left", i18n.A{"have": money.Text(left[r.Receiver]), "need": money.Text(r.Minor), "unit": b.Unit}))
		}
		left[r.Receiver] -= r.Minor
	}
	return nil
}

// leftOf reads what receivers have left that could be taken back.
func (s *Service) leftOf(ctx context.Context, rows []batch.Row) (map[string]int64, error) {
	out := map[string]int64{}
	for kind, link := range map[ledger.Kind]account.Link{ledger.Allocated: account.Resale, ledger.Cash: account.ResellerOf} {
		var ids []string
		for _, r := range rows {
			if r.Link == link {
				ids = append(ids, r.Receiver)
			}
		}
		some, err := ledger.BalancesOf(ctx, s.db.Read(), unique(ids), kind, ledger.CNY, "")
		if err != nil {
			return nil, err
		}
		for owner, b := range some {
			out[owner] = b.Available()
		}
	}
	return out, nil
}

// wholeMany says that the rows of an allocation come to more than the partner has; zero when they don't.
func (s *Service) wholeMany(ctx context.Context, b batch.Batch) (i18n.Msg, error) {
	if b.Work != ledger.Allocate {
		return i18n.Msg{}, nil
	}
	have, err := ledger.BalanceOf(ctx, s.db.Read(), ledger.Place{Owner: b.Partner, Kind: ledger.Cash, Unit: b.Unit})
	if err != nil || have.Available() >= b.Total {
		return i18n.Msg{}, err
	}
	return i18n.M("funds.batch.too_much", i18n.A{"total": money.Text(b.Total), "have": money.Text(have.Available()), "unit": b.Unit}), nil
}

// runMany posts a row for whoever confirmed the batch; permission and code were asked then. What neither the books nor the
// channel refuse is tried again.
func (s *Service) runMany(ctx context.Context, b batch.Batch, r *batch.Row) error {
	out, err := s.postRow(ctx, b, r)
	var mine *Refusal
	var theirs *ledger.Refusal
	switch f := fault.Of(err); {
	case err == nil:
		r.Made = out.Book + " " + out.ID + " " + out.Number
	case errors.As(err, &mine), errors.As(err, &theirs), f == nil, f.Kind == fault.KindInvalid:
	default:
		return fault.New(fault.KindUnavailable, f.Msg)
	}
	return err
}

func (s *Service) postRow(ctx context.Context, b batch.Batch, r *batch.Row) (Out, error) {
	in := In{Partner: b.Partner, To: r.Receiver, Minor: r.Minor, Unit: b.Unit, Key: b.Key(r.Line), Scene: "batch", Memo: r.Memo}
	m, err := s.plan(ctx, b.Actor, b.Work, in)
	if err != nil {
		return Out{}, err
	}
	posted, err := s.Ledger.Post(ctx, b.Actor, m.posting(b.Actor))
	for range 50 {
		if fault.KindOf(err) != fault.KindTooMany {
			break
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return Out{}, err
		}
		posted, err = s.Ledger.Post(ctx, b.Actor, m.posting(b.Actor))
	}
	if err != nil {
		return Out{}, s.explain(ctx, m, err)
	}
	return m.out(posted), nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Posted is the transfer that came of a row, and the book that keeps it; "" when there's none.
func Posted(r batch.Row) (book, transfer, number string) {
	parts := append(strings.Fields(r.Made), "", "", "")
	return parts[0], parts[1], parts[2]
}
