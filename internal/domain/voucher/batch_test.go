package voucher_test

import (
	"context"
	"strings"
	"testing"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// many is the service of batches over the world's vouchers.
func (w *world) many() *batch.Service {
	w.t.Helper()
	files, err := blob.New(w.t.TempDir(), blob.Scan{})
	fixture.Must(w.t, err)
	w.s.LetMany(files, func(context.Context, db.Querier, string) (string, bool, error) { return "", false, nil })
	w.s.Many().Register(w.runner)
	fixture.Must(w.t, w.runner.Prepare(w.t.Context()))
	return w.s.Many()
}

// rows are a batch's in words: line, state, what was made or why not.
func (w *world) rows(s *batch.Service, id string) (out []string) {
	w.t.Helper()
	list, err := s.Rows(w.t.Context(), w.provider, id, "", 0, 100)
	fixture.Must(w.t, err)
	for _, r := range list {
		out = append(out, string(r.State)+" "+i18n.Text(i18n.English, r.Problem))
	}
	return out
}

func TestAFileOfVouchersIsShownBeforeAnyIsIssuedAndEachRowIsIssuedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.many()
		q := w.grant(w.provider, func(n *voucher.NewQuota) { n.Limits.FaceMin, n.Limits.PerCustomer = 1_00, 2 })
		in := batch.NewBatch{Work: voucher.IssueMany, Terms: voucher.Terms{Quota: q.ID}.Text(), Memo: "Autumn"}
		file := "Customer,Face value,Memo\n" + w.one.Account + ",10.00,First\n" + w.one.Account + ",20,\nNobody,5,\n" + w.referral.Account + ",0.50,\n,,\n" + w.one.Account + ",30,Third\n"
		b, err := s.Upload(ctx, w.provider, in, "autumn.csv", strings.NewReader(file))
		fixture.Must(t, err)
		w.pass(0)
		b, err = s.Batch(ctx, w.provider, b.ID)
		if err != nil || b.State != batch.Checked || b.Rows != 5 || b.Bad != 2 || b.Total != 60_00 || b.Unit != "CNY" {
			t.Fatalf("checked: %+v, %v", b, err)
		}
		w.left(q.ID, 1000_00)
		if got := w.rows(s, b.ID); !strings.Contains(got[2], "Nobody") || !strings.HasPrefix(got[3], "bad ") {
			t.Errorf("checked rows: %q", got)
		}
		fixture.Must(t, s.Confirm(ctx, w.provider, b.ID, ""))
		if err := s.Confirm(ctx, w.provider, b.ID, ""); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("confirmed twice: %v", err)
		}
		w.pass(0)
		b, err = s.Batch(ctx, w.provider, b.ID)
		if err != nil || b.State != batch.Done || b.Done != 2 || b.Refused != 1 || b.Moved != 30_00 {
			t.Errorf("done: %+v, %v", b, err)
		}
		w.left(q.ID, 970_00)
		list, err := s.Rows(ctx, w.provider, b.ID, batch.RowDone, 0, 10)
		fixture.Must(t, err)
		if v := w.voucher(list[1].Made); v.Face != 20_00 || v.Memo != "Autumn" || v.Customer != w.one.Account {
			t.Errorf("the second voucher: %+v", v)
		}
		header, rows := s.ToCorrect(ctx, w.DB.Read(), b, "en")
		n := 0
		for r, err := range rows {
			fixture.Must(t, err)
			if n++; len(r) != len(header) || r[len(r)-1] == "" {
				t.Errorf("row to correct %q", r)
			}
		}
		if n != 3 {
			t.Errorf("%d rows to correct, want 3", n)
		}
		w.holds()
	})
}

func TestABatchOfMoreThanTheQuotaHoldsWaitsAndIsHiddenFromOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, s := t.Context(), w.many()
		q := w.grant(w.provider, nil)
		in := batch.NewBatch{Work: voucher.IssueMany, Terms: voucher.Terms{Quota: q.ID}.Text(), Lines: []batch.Line{{To: w.one.Account, Amount: "600"}, {To: w.one.Account, Amount: "400.01"}}}
		b, err := s.List(ctx, w.provider, in)
		fixture.Must(t, err)
		if b.State != batch.Checked || b.Problem.IsZero() {
			t.Errorf("listed: %+v", b)
		}
		if err := s.Confirm(ctx, w.provider, b.ID, ""); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("confirmed with too little: %v", err)
		}
		if _, err := s.Batch(ctx, w.Partner("Other"), b.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another partner reads it: %v", err)
		}
		fixture.Must(t, s.Cancel(ctx, w.provider, b.ID))
		if err := s.Confirm(ctx, w.provider, b.ID, ""); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("confirmed after it was given up: %v", err)
		}
		in.Terms = voucher.Terms{Quota: "none"}.Text()
		_, err = s.List(ctx, w.provider, in)
		w.refused(err, voucher.NoQuota)
		for _, bad := range []string{"receiver\nx\n", "receiver,amount\n"} {
			in.Terms, in.Lines = voucher.Terms{Quota: q.ID}.Text(), nil
			b, err := s.Upload(ctx, w.provider, in, "x.csv", strings.NewReader(bad))
			w.pass(0)
			if err == nil {
				b, err = s.Batch(ctx, w.provider, b.ID)
				fixture.Must(t, err)
			}
			if fault.KindOf(err) != fault.KindInvalid && b.State != batch.Failed {
				t.Errorf("the file %q: %+v, %v", bad, b, err)
			}
		}
		w.left(q.ID, 1000_00)
		w.holds()
	})
}
