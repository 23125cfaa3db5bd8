package api

import (
	"context"
	"io"
	"strconv"
	"time"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/sheet"
)

// VoucherBatch is vouchers for many that are checked, confirmed and issued together.
type VoucherBatch struct {
	ID         string    `json:"id"`
	Partner    string    `json:"partner" doc:"Whose quota"`
	Quota      string    `json:"quota"`
	State      string    `json:"state" enum:"checking,checked,running,done,cancelled,failed"`
	FileName   string    `json:"file_name,omitempty"`
	Rows       int64     `json:"rows"`
	Bad        int64     `json:"bad_rows" doc:"Can't be issued as they stand"`
	Done       int64     `json:"done_rows"`
	Refused    int64     `json:"refused_rows" doc:"Refused when they were to be issued"`
	Total      string    `json:"total" doc:"Of the good rows"`
	Issued     string    `json:"issued"`
	Currency   string    `json:"currency"`
	Problem    string    `json:"problem,omitempty" doc:"What keeps it from being confirmed"`
	By         string    `json:"by"`
	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

func toVoucherBatch(ctx context.Context) func(batch.Batch) VoucherBatch {
	return func(b batch.Batch) VoucherBatch {
		t, _ := voucher.TermsOf(b) // they were written by ourselves
		return VoucherBatch{b.ID, b.Partner, t.Quota, string(b.State), b.FileName, b.Rows, b.Bad, b.Done, b.Refused, money.Text(b.Total), money.Text(b.Moved), b.Unit,
			i18n.Say(ctx, b.Problem), b.UserName, b.CreatedAt, b.FinishedAt}
	}
}

// VoucherRow is one receiver of a batch.
type VoucherRow struct {
	Line     int64  `json:"line"`
	To       string `json:"to" doc:"As typed"`
	Amount   string `json:"amount" doc:"As typed"`
	Memo     string `json:"memo,omitempty"`
	Customer string `json:"customer,omitempty"`
	Name     string `json:"name,omitempty"`
	State    string `json:"state" enum:"ready,bad,done,refused"`
	Voucher  string `json:"voucher,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

// voucherTerms are what the vouchers of a batch have in common.
type voucherTerms struct {
	Partner  string    `query:"partner" maxLength:"64" doc:"A reseller whose quota it is; absent is the own company"`
	Quota    string    `query:"quota" maxLength:"64" required:"true"`
	ValidAt  time.Time `query:"valid_time" doc:"Absent: the quota's"`
	ExpireAt time.Time `query:"expire_time" doc:"Absent: the quota's"`
	Services []string  `query:"service" doc:"Absent: the quota's"`
	Products []string  `query:"product" doc:"Absent: the quota's"`
	Memo     string    `query:"memo" maxLength:"200" doc:"Of rows without one"`
}

func (t voucherTerms) batch() batch.NewBatch {
	terms := voucher.Terms{Quota: t.Quota, ValidAt: t.ValidAt, ExpireAt: t.ExpireAt, Services: t.Services, Products: t.Products}
	return batch.NewBatch{Work: voucher.IssueMany, Partner: t.Partner, Terms: terms.Text(), Memo: t.Memo}
}

const voucherBatchPath = "/api/v1/voucher-batches"

func (a *API) voucherBatches() {
	const tag = "vouchers"
	add(a, Operation{Method: "POST", Path: voucherBatchPath, ID: "upload_voucher_batch", Tag: tag, Status: 202, Verb: actor.IssueVouchers, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload customers and face values; the file is checked and waits for confirmation, which makes a batch without one a dry run"}, a.uploadVouchers)
	add(a, Operation{Method: "POST", Path: voucherBatchPath + "/list", ID: "make_voucher_batch", Tag: tag, Status: 201, Verb: actor.IssueVouchers,
		Summary: "Make a batch of at most 500 customers without a file; it's checked at once"},
		func(ctx context.Context, by actor.Actor, in *struct {
			voucherTerms
			Body struct {
				Lines []FundsLine `json:"lines" maxItems:"500"`
			}
		}) (VoucherBatch, error) {
			n := in.batch()
			for _, l := range in.Body.Lines {
				n.Lines = append(n.Lines, batch.Line(l))
			}
			b, err := a.Voucher.Many().List(ctx, by, n)
			return toVoucherBatch(ctx)(b), err
		})
	add(a, Operation{Method: "GET", Path: voucherBatchPath, ID: "list_voucher_batches", Tag: tag, Summary: "Batches of vouchers, newest first; account managers see their own", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *PageIn) (out struct {
			Batches []VoucherBatch `json:"batches"`
			Next    string         `json:"next_cursor,omitempty"`
		}, err error) {
			list, err := a.Voucher.Many().Batches(ctx, by, in.Cursor, in.Limit)
			out.Batches = each(list, toVoucherBatch(ctx))
			if len(list) == in.Limit {
				out.Next = list[len(list)-1].ID
			}
			return out, err
		})
	add(a, Operation{Method: "GET", Path: voucherBatchPath + "/{batch}", ID: "show_voucher_batch", Tag: tag, Summary: "How far a batch of vouchers is", Verb: actor.ViewVouchers},
		func(ctx context.Context, by actor.Actor, in *batchPath) (VoucherBatch, error) {
			b, err := a.Voucher.Many().Batch(ctx, by, in.Batch)
			return toVoucherBatch(ctx)(b), err
		})
	add(a, Operation{Method: "GET", Path: voucherBatchPath + "/{batch}/rows", ID: "list_voucher_batch_rows", Tag: tag, Summary: "Rows with what became of them, in the order of the file", Verb: actor.ViewVouchers}, a.voucherRows)
	addFile(a, Operation{Method: "GET", Path: voucherBatchPath + "/{batch}/to-correct", ID: "download_voucher_batch_errors", Tag: tag, Gives: []string{typeCSV}, Verb: actor.ViewVouchers,
		Summary: "Rows that weren't issued, with what is wrong: to be corrected and uploaded again"}, a.voucherErrors)
	a.voucherBatchSteps()
}

func (a *API) voucherBatchSteps() {
	step := func(what, summary string, f func(ctx context.Context, by actor.Actor, id, code string) error) {
		add(a, Operation{Method: "POST", Path: voucherBatchPath + "/{batch}/" + what, ID: what + "_voucher_batch", Tag: "vouchers", Summary: summary, Verb: actor.IssueVouchers},
			func(ctx context.Context, by actor.Actor, in *struct {
				batchPath
				Code string `query:"code" maxLength:"10" doc:"Identity code, for people's sessions whose company asks for codes"`
			}) (VoucherBatch, error) {
				if err := f(ctx, by, in.Batch, in.Code); err != nil {
					return VoucherBatch{}, err
				}
				b, err := a.Voucher.Many().Batch(ctx, by, in.Batch)
				return toVoucherBatch(ctx)(b), err
			})
	}
	step("confirm", "Issue the good rows of a checked batch, in the background", func(ctx context.Context, by actor.Actor, id, code string) error {
		return a.Voucher.Many().Confirm(ctx, by, id, code)
	})
	step("cancel", "Give a batch up; what was issued stays", func(ctx context.Context, by actor.Actor, id, _ string) error {
		return a.Voucher.Many().Cancel(ctx, by, id)
	})
}

func (a *API) uploadVouchers(ctx context.Context, by actor.Actor, in *struct {
	voucherTerms
	Name string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
}) (VoucherBatch, error) {
	if err := by.May(actor.IssueVouchers); err != nil {
		return VoucherBatch{}, err // before the file is read
	}
	file, err := upload(ctx, batch.MaxUpload, in.Name)
	if err != nil {
		return VoucherBatch{}, err
	}
	b, err := a.Voucher.Many().Upload(ctx, by, in.batch(), file.name, file)
	return toVoucherBatch(ctx)(b), err
}

func (a *API) voucherRows(ctx context.Context, by actor.Actor, in *struct {
	batchPath
	PageIn
	State string `query:"state" enum:"ready,bad,done,refused"`
}) (out struct {
	Rows []VoucherRow `json:"rows"`
	Next string       `json:"next_cursor,omitempty"`
}, err error) {
	after, err := strconv.ParseInt("0"+in.Cursor, 10, 64)
	if err != nil {
		return out, fault.Invalid("cursor", i18n.M("funds.cursor"))
	}
	list, err := a.Voucher.Many().Rows(ctx, by, in.Batch, batch.RowState(in.State), after, in.Limit)
	out.Rows = each(list, func(r batch.Row) VoucherRow {
		return VoucherRow{r.Line, r.To, r.Amount, r.Memo, r.Receiver, r.Name, string(r.State), r.Made, i18n.Say(ctx, r.Problem)}
	})
	if len(list) == in.Limit {
		out.Next = strconv.FormatInt(list[len(list)-1].Line, 10)
	}
	return out, err
}

func (a *API) voucherErrors(ctx context.Context, by actor.Actor, in *batchPath) (document, error) {
	b, err := a.Voucher.Many().Batch(ctx, by, in.Batch)
	if err != nil {
		return document{}, err
	}
	header, rows := a.Voucher.Many().ToCorrect(ctx, a.DB.Read(), b, i18n.From(ctx).Lang)
	return document{name: "to-correct.csv", media: typeCSV, write: func(w io.Writer) error { return sheet.WriteCSV(w, header, rows) }}, nil
}
