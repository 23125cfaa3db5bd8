package batch

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"hanse/internal/domain/account"
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
func (s *Service) spelt() sheet.Headings {
	return sheet.NewHeadings(map[string]string{
		colTo:     "receiver receiverid customer customerid account login company name id 接收方 客户 账号 公司 客户名称 客户编号 " + s.To,
		colAmount: "amount money sum 金额 " + s.Amount,
		colMemo:   "memo remark note 备注 说明",
		colError:  "error 错误",
	})
}

// A file reads receivers row by row: memory is the same for any number of them.
type file struct {
	table *sheet.Table
	disk  *os.File
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
	table, err := sheet.OpenTable(disk, info.Size(), b.FileName, sheet.Options{MaxBytes: s.most()}, s.spelt(), colTo, colAmount)
	if errors.Is(err, sheet.ErrColumns) {
		err = fault.Invalid("file", i18n.M("batch.columns"))
	}
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	return &file{table: table, disk: disk}, nil
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
		row := Row{Line: int64(r.Line), To: text.Clean(r.Cell(colTo)), Amount: text.Clean(r.Cell(colAmount)), Memo: text.Clean(r.Cell(colMemo))}
		if len(r.Problems) > 0 {
			row.Refuse(r.Problems[0].Msg)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// maxCell bounds what is kept of a typed value.
const maxCell = 200

// judge says of each row whether it can be done, and tells everything that is wrong with it at once.
func (s *Service) judge(ctx context.Context, b Batch, rows []Row) error {
	found, err := s.find(ctx, b.Partner, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		s.receiver(r, found[r.To])
		minor, problem := money.Positive(r.Amount)
		if r.Minor = minor; !problem.IsZero() {
			r.Refuse(problem)
		}
		if r.Memo == "" {
			r.Memo = b.Memo
		}
		if len([]rune(r.Memo)) > maxCell {
			r.Refuse(i18n.M("batch.memo", i18n.A{"max": maxCell}))
		}
	}
	if err := s.work(b.Work).Judge(ctx, b, rows); err != nil {
		return err
	}
	for i := range rows {
		rows[i].settle()
	}
	return nil
}

// settle gives a row its state by what is wrong with it.
func (r *Row) settle() {
	r.To, r.Amount, r.Memo = clip(r.To), clip(r.Amount), clip(r.Memo)
	r.State, r.Problem = RowReady, i18n.Msg{}
	if len(r.wrong) > 0 {
		r.State, r.Problem = RowBad, together(r.wrong)
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

// receiver notes who was found for a row, or says why nobody was.
func (s *Service) receiver(r *Row, found []account.Association) {
	switch {
	case r.To == "":
		r.Refuse(i18n.M("batch.no_receiver"))
	case len(found) == 0:
		r.Refuse(i18n.Msg{Key: s.Names.Unknown, Args: i18n.A{"value": clip(r.To)}})
	case len(found) > 1:
		r.Refuse(i18n.M("batch.several", i18n.A{"value": clip(r.To)}))
	default:
		r.Receiver, r.Name, r.Link = found[0].Other, found[0].OtherName, found[0].Kind
	}
}

// find looks receivers up by id, name, and for the others by login name.
func (s *Service) find(ctx context.Context, partner string, rows []Row) (map[string][]account.Association, error) {
	var typed []string
	for _, r := range rows {
		if r.To != "" {
			typed = append(typed, r.To)
		}
	}
	slices.Sort(typed)
	typed = slices.Compact(typed)
	q, now := s.db.Read(), s.db.Clock().Now()
	found, err := account.LinkedIn(ctx, q, partner, typed, now)
	if err != nil || s.Login == nil {
		return found, err
	}
	for _, t := range typed {
		if len(found[t]) > 0 {
			continue
		}
		x, ok, err := s.byLogin(ctx, q, partner, t)
		if err != nil {
			return nil, err
		}
		if ok {
			found[t] = []account.Association{x}
		}
	}
	return found, nil
}

func (s *Service) byLogin(ctx context.Context, q db.Querier, partner, name string) (x account.Association, ok bool, err error) {
	customer, ok, err := s.Login(ctx, q, name)
	if err != nil || !ok {
		return x, false, err
	}
	x, err = account.Related(ctx, q, partner, customer, s.db.Clock().Now())
	if fault.KindOf(err) == fault.KindNotFound {
		return x, false, nil
	}
	return x, err == nil, err
}
