package funds

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// The columns of a file, and of the rows to correct, which can be uploaded again.
const (
	colTo     = "receiver"
	colAmount = "amount"
	colMemo   = "memo"
	colError  = "error"
)

// Columns are the columns of a file, for the template.
func Columns() []string { return []string{colTo, colAmount, colMemo} }

// spelt are the headings that people write.
func spelt() sheet.Headings {
	return sheet.NewHeadings(map[string]string{
		colTo:     "receiver receiverid customer customerid reseller resellerid account login company name id 接收方 客户 云经销商 账号 公司 客户名称 客户编号",
		colAmount: "amount money sum 金额 拨款金额 回收金额",
		colMemo:   "memo remark note 备注 说明",
		colError:  "error 错误",
	})
}

// A file reads receivers row by row: memory is the same for any number of them.
type file struct {
	table *sheet.Reader
	disk  *os.File
	at    map[string]int
}

func (f *file) close() { _ = errors.Join(f.table.Close(), f.disk.Close()) } // only read: nothing is lost

func (s *Service) open(b Batch) (*file, error) {
	disk, err := s.Files.Open(b.hash)
	if err != nil {
		return nil, err
	}
	info, err := disk.Stat()
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	table, err := sheet.Open(disk, info.Size(), b.FileName, sheet.Options{MaxBytes: MaxUpload})
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	f := &file{table: table, disk: disk}
	if err := f.header(); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// header finds the row with the headings among the first ten.
func (f *file) header() error {
	names := spelt()
	for range 10 {
		row, err := f.table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		at := map[string]int{}
		for i, c := range row.Cells {
			if col := names.Column(c); col != "" {
				if _, twice := at[col]; !twice {
					at[col] = i
				}
			}
		}
		_, to := at[colTo]
		if _, amount := at[colAmount]; to && amount {
			f.at = at
			return nil
		}
	}
	return fault.Invalid("file", i18n.M("funds.batch.columns"))
}

func (f *file) cell(r sheet.Row, col string) string {
	i, ok := f.at[col]
	if !ok {
		return ""
	}
	return text.Clean(sheet.Unguard(r.Col(i)))
}

// take reads up to n rows; none at the end of the file.
func (f *file) take(ctx context.Context, n int) (rows []Row, err error) {
	for len(rows) < n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r, err := f.table.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		row := Row{Line: int64(r.Line), To: f.cell(r, colTo), Amount: f.cell(r, colAmount), Memo: f.cell(r, colMemo)}
		if len(r.Problems) > 0 {
			row.Problem = r.Problems[0].Msg
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// maxCell bounds what is kept of a typed value.
const maxCell = 200

// judge says of each row whether it can be posted, and tells everything that is wrong with it at once.
func (s *Service) judge(ctx context.Context, b Batch, rows []Row) error {
	found, err := s.find(ctx, b.Partner, rows)
	if err != nil {
		return err
	}
	left := map[string]int64{}
	if b.Kind == ledger.Reclaim {
		if left, err = s.leftOf(ctx, found); err != nil {
			return err
		}
	}
	for i := range rows {
		r := &rows[i]
		var wrong []i18n.Msg
		if !r.Problem.IsZero() {
			wrong = append(wrong, r.Problem)
		}
		wrong = append(wrong, r.receiver(found[r.To])...)
		minor, problem := money.Positive(r.Amount)
		r.Minor = minor
		if !problem.IsZero() {
			wrong = append(wrong, problem)
		}
		if r.Memo == "" {
			r.Memo = b.Memo
		}
		if len([]rune(r.Memo)) > maxCell {
			wrong = append(wrong, i18n.M("funds.batch.memo", i18n.A{"max": maxCell}))
		}
		if b.Kind == ledger.Reclaim && len(wrong) == 0 {
			if left[r.Receiver] < minor {
				wrong = append(wrong, i18n.M("funds.batch.left", i18n.A{"have": money.Text(left[r.Receiver]), "need": money.Text(minor), "unit": b.Unit}))
			}
			left[r.Receiver] -= minor
		}
		r.settle(wrong)
	}
	return nil
}

// settle gives a row its state by what is wrong with it.
func (r *Row) settle(wrong []i18n.Msg) {
	r.To, r.Amount, r.Memo = clip(r.To), clip(r.Amount), clip(r.Memo)
	r.State, r.Problem = RowReady, i18n.Msg{}
	if len(wrong) > 0 {
		r.State, r.Problem = RowBad, together(wrong)
	}
}

// together makes one message of several, in every language.
func together(all []i18n.Msg) i18n.Msg {
	if len(all) == 1 {
		return all[0]
	}
	both := map[string]string{}
	for _, lang := range i18n.Languages {
		var parts []string
		for _, m := range all {
			parts = append(parts, i18n.Text(lang, m))
		}
		both[lang] = strings.Join(parts, " ")
	}
	return i18n.Both(both)
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxCell {
		return string(r[:maxCell]) + "…"
	}
	return s
}

// receiver takes over who was found for a row, or says why nobody was.
func (r *Row) receiver(found []account.Association) []i18n.Msg {
	switch {
	case r.To == "":
		return []i18n.Msg{i18n.M("funds.batch.no_receiver")}
	case len(found) == 0:
		return []i18n.Msg{i18n.M("funds.batch.unknown", i18n.A{"value": clip(r.To)})}
	case len(found) > 1:
		return []i18n.Msg{i18n.M("funds.batch.several", i18n.A{"value": clip(r.To)})}
	}
	r.Receiver, r.Name = found[0].Other, found[0].OtherName
	if found[0].Kind == account.Referral {
		return []i18n.Msg{i18n.M("funds.referral")}
	}
	return nil
}

// find looks receivers up by id, name, and for the others by login name.
func (s *Service) find(ctx context.Context, partner string, rows []Row) (map[string][]account.Association, error) {
	var typed []string
	for _, r := range rows {
		if r.To != "" {
			typed = append(typed, r.To)
		}
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	found, err := account.LinkedIn(ctx, q, partner, unique(typed), now)
	if err != nil || s.Login == nil {
		return found, err
	}
	for _, t := range unique(typed) {
		if len(found[t]) > 0 {
			continue
		}
		customer, ok, err := s.Login(ctx, q, t)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		x, err := account.Related(ctx, q, partner, customer, now)
		if fault.KindOf(err) == fault.KindNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		found[t] = []account.Association{x}
	}
	return found, nil
}

// leftOf reads what those found have left that could be taken back.
func (s *Service) leftOf(ctx context.Context, found map[string][]account.Association) (map[string]int64, error) {
	out := map[string]int64{}
	for kind, link := range map[ledger.Kind]account.Link{ledger.Allocated: account.Resale, ledger.Cash: account.ResellerOf} {
		var ids []string
		for _, xs := range found {
			for _, x := range xs {
				if x.Kind == link {
					ids = append(ids, x.Other)
				}
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

// ToCorrect gives the rows of a batch that weren't posted, with what is wrong, as a table that can be corrected and
// uploaded again.
func (s *Service) ToCorrect(ctx context.Context, q db.Querier, b Batch, lang string) (header []string, rows iter.Seq2[[]string, error]) {
	return append(Columns(), colError), func(yield func([]string, error) bool) {
		for _, state := range []RowState{RowBad, RowRefused} {
			for after := int64(0); ; {
				page, err := readRows(ctx, q, b.Account, b.ID, state, after, 1000)
				if err != nil {
					yield(nil, err)
					return
				}
				for _, r := range page {
					after = r.Line
					if !yield([]string{r.To, r.Amount, r.Memo, i18n.Text(lang, r.Problem)}, nil) {
						return
					}
				}
				if len(page) < 1000 {
					break
				}
			}
		}
	}
}
