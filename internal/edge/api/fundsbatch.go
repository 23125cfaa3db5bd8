package api

import (
	"context"
	"io"
	"strconv"
	"time"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/sheet"
)

// FundsRecord is an allocation, a reclaim, or a return at the end of an association.
type FundsRecord struct {
	Book      string    `json:"book"`
	Transfer  string    `json:"transfer"`
	Number    string    `json:"number"`
	Kind      string    `json:"kind" enum:"allocate,reclaim,unbind"`
	Other     string    `json:"other"`
	OtherName string    `json:"other_name"`
	Amount    string    `json:"amount"`
	Currency  string    `json:"currency"`
	Scene     string    `json:"scene,omitempty"`
	Memo      string    `json:"memo,omitempty"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
}

// FundsTransfer is one posting with its legs, as far as the reader may see them.
type FundsTransfer struct {
	Book       string       `json:"book"`
	ID         string       `json:"id"`
	Number     string       `json:"number"`
	Kind       string       `json:"kind"`
	Payer      string       `json:"payer"`
	Payee      string       `json:"payee"`
	Amount     string       `json:"amount"`
	Unit       string       `json:"unit"`
	Scene      string       `json:"scene,omitempty"`
	Memo       string       `json:"memo,omitempty"`
	Subject    string       `json:"subject,omitempty"`
	By         string       `json:"by"`
	At         time.Time    `json:"at"`
	Reverses   string       `json:"reverses,omitempty"`
	ReversedBy string       `json:"reversed_by,omitempty"`
	Entries    []FundsEntry `json:"entries"`
}

func (a *API) fundsRecords() {
	add(a, Operation{Method: "GET", Path: books + "/funds/records", ID: "list_fund_records", Tag: "funds", Summary: "What a partner allocated and took back, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			PageIn
			Other  string    `query:"other" maxLength:"64" doc:"A customer or reseller"`
			Kind   []string  `query:"kind" doc:"allocate, reclaim, unbind"`
			Number string    `query:"number" maxLength:"64"`
			From   time.Time `query:"from"`
			To     time.Time `query:"to"`
		}) (out struct {
			Records []FundsRecord `json:"records"`
			Next    string        `json:"next_cursor,omitempty"`
		}, err error) {
			list, _, err := a.Funds.AdjustRecords(ctx, by, funds.RecordFilter{Partner: in.Account, Other: in.Other, Kinds: in.Kind, Number: in.Number,
				From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit})
			out.Records = each(list, func(r funds.Record) FundsRecord {
				return FundsRecord{r.Book, r.ID, r.Transfer.Number(), r.Kind, r.Other, r.OtherName, money.Text(r.Minor), r.Unit, r.Scene, r.Memo, r.ByName, r.At}
			})
			if len(list) == in.Limit {
				out.Next = list[len(list)-1].ID
			}
			return out, err
		})
	add(a, Operation{Method: "GET", Path: books + "/transfers/{transfer}", ID: "show_transfer", Tag: "funds", Summary: "One transfer with its entries; the account is the book that keeps it", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			Transfer string `path:"transfer" maxLength:"64"`
		}) (FundsTransfer, error) {
			t, err := a.Funds.Transfer(ctx, by, in.Account, in.Transfer)
			return FundsTransfer{t.Book, t.ID, t.Number(), t.Kind, t.Payer, t.Payee, ledger.Text(t.Minor, t.Unit), t.Unit, t.Scene, t.Memo, t.Subject, t.ByName, t.At,
				t.Reverses, t.ReversedBy, each(t.Entries, toFundsEntry(t.Names))}, err
		})
}

// FundsBatch is many allocations or reclaims that are checked, confirmed and posted together.
type FundsBatch struct {
	ID         string    `json:"id"`
	Partner    string    `json:"partner" doc:"Whose money"`
	Kind       string    `json:"kind" enum:"allocate,reclaim"`
	State      string    `json:"state" enum:"checking,checked,running,done,cancelled,failed"`
	FileName   string    `json:"file_name,omitempty"`
	Rows       int64     `json:"rows"`
	Bad        int64     `json:"bad_rows" doc:"Can't be posted as they stand"`
	Done       int64     `json:"done_rows"`
	Refused    int64     `json:"refused_rows" doc:"Refused when they were to be posted"`
	Total      string    `json:"total" doc:"Of the good rows"`
	Moved      string    `json:"moved"`
	Currency   string    `json:"currency"`
	Problem    string    `json:"problem,omitempty" doc:"What keeps it from being confirmed"`
	By         string    `json:"by"`
	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

func toBatch(ctx context.Context) func(batch.Batch) FundsBatch {
	return func(b batch.Batch) FundsBatch {
		return FundsBatch{b.ID, b.Partner, b.Work, string(b.State), b.FileName, b.Rows, b.Bad, b.Done, b.Refused, money.Text(b.Total), money.Text(b.Moved), b.Unit,
			i18n.Say(ctx, b.Problem), b.UserName, b.CreatedAt, b.FinishedAt}
	}
}

// FundsRow is one receiver of a batch.
type FundsRow struct {
	Line     int64  `json:"line"`
	To       string `json:"to" doc:"As typed"`
	Amount   string `json:"amount" doc:"As typed"`
	Memo     string `json:"memo,omitempty"`
	Receiver string `json:"receiver,omitempty"`
	Name     string `json:"name,omitempty"`
	State    string `json:"state" enum:"ready,bad,done,refused"`
	Book     string `json:"book,omitempty"`
	Transfer string `json:"transfer,omitempty"`
	Number   string `json:"number,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

type batchPath struct {
	Batch string `path:"batch" maxLength:"40"`
}

const batches = "/api/v1/funds/batches"

func (a *API) fundsBatches() {
	const tag = "funds"
	add(a, Operation{Method: "POST", Path: batches, ID: "upload_fund_batch", Tag: tag, Status: 202, Verb: actor.MoveFunds, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload receivers and amounts; the file is checked and waits for confirmation"}, a.uploadBatch)
	add(a, Operation{Method: "POST", Path: batches + "/list", ID: "make_fund_batch", Tag: tag, Status: 201, Verb: actor.MoveFunds,
		Summary: "Make a batch of at most 500 receivers without a file; it's checked at once"}, a.listBatch)
	add(a, Operation{Method: "GET", Path: batches, ID: "list_fund_batches", Tag: tag, Summary: "Batches, newest first", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *PageIn) (out struct {
			Batches []FundsBatch `json:"batches"`
			Next    string       `json:"next_cursor,omitempty"`
		}, err error) {
			list, err := a.Funds.Many().Batches(ctx, by, in.Cursor, in.Limit)
			out.Batches = each(list, toBatch(ctx))
			if len(list) == in.Limit {
				out.Next = list[len(list)-1].ID
			}
			return out, err
		})
	add(a, Operation{Method: "GET", Path: batches + "/{batch}", ID: "show_fund_batch", Tag: tag, Summary: "How far a batch is", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *batchPath) (FundsBatch, error) {
			b, err := a.Funds.Many().Batch(ctx, by, in.Batch)
			return toBatch(ctx)(b), err
		})
	add(a, Operation{Method: "GET", Path: batches + "/{batch}/rows", ID: "list_fund_batch_rows", Tag: tag, Summary: "Rows with what became of them, in the order of the file", Verb: actor.ViewFunds}, a.batchRows)
	addFile(a, Operation{Method: "GET", Path: batches + "/{batch}/to-correct", ID: "download_fund_batch_errors", Tag: tag, Gives: []string{typeCSV}, Verb: actor.ViewFunds,
		Summary: "Rows that weren't posted, with what is wrong: to be corrected and uploaded again"}, a.batchErrors)
	a.batchSteps()
}

func (a *API) batchSteps() {
	step := func(what, summary string, f func(ctx context.Context, by actor.Actor, id, code string) error) {
		add(a, Operation{Method: "POST", Path: batches + "/{batch}/" + what, ID: what + "_fund_batch", Tag: "funds", Summary: summary, Verb: actor.MoveFunds},
			func(ctx context.Context, by actor.Actor, in *struct {
				batchPath
				Code string `query:"code" maxLength:"10" doc:"Identity code, for people's sessions whose company asks for codes"`
			}) (FundsBatch, error) {
				if err := f(ctx, by, in.Batch, in.Code); err != nil {
					return FundsBatch{}, err
				}
				b, err := a.Funds.Many().Batch(ctx, by, in.Batch)
				return toBatch(ctx)(b), err
			})
	}
	step("confirm", "Post the good rows of a checked batch", func(ctx context.Context, by actor.Actor, id, code string) error {
		return a.Funds.Many().Confirm(ctx, by, id, code)
	})
	step("cancel", "Give a batch up; what was posted stays", func(ctx context.Context, by actor.Actor, id, _ string) error {
		return a.Funds.Many().Cancel(ctx, by, id)
	})
}

func (a *API) uploadBatch(ctx context.Context, by actor.Actor, in *struct {
	Kind    string `query:"kind" enum:"allocate,reclaim" default:"allocate"`
	Partner string `query:"partner" maxLength:"64" doc:"A reseller whose money moves; absent is the own company"`
	Memo    string `query:"memo" maxLength:"200" doc:"Of rows without one"`
	Name    string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
}) (FundsBatch, error) {
	if err := by.May(actor.MoveFunds); err != nil {
		return FundsBatch{}, err // before the file is read
	}
	file, err := upload(ctx, funds.MaxUpload, in.Name)
	if err != nil {
		return FundsBatch{}, err
	}
	b, err := a.Funds.Many().Upload(ctx, by, batch.NewBatch{Partner: in.Partner, Work: in.Kind, Memo: in.Memo}, file.name, file)
	return toBatch(ctx)(b), err
}

// NewFundsBatch is a batch without a file.
type NewFundsBatch struct {
	Kind    string      `json:"kind" enum:"allocate,reclaim"`
	Partner string      `json:"partner,omitempty" maxLength:"64"`
	Memo    string      `json:"memo,omitempty" maxLength:"200"`
	Lines   []FundsLine `json:"lines" maxItems:"500"`
}

// FundsLine is one receiver of a batch without a file.
type FundsLine struct {
	To     string `json:"to" maxLength:"200" doc:"Id, login name or company name"`
	Amount string `json:"amount" maxLength:"40"`
	Memo   string `json:"memo,omitempty" maxLength:"200"`
}

func (a *API) listBatch(ctx context.Context, by actor.Actor, in *struct{ Body NewFundsBatch }) (FundsBatch, error) {
	n := batch.NewBatch{Work: in.Body.Kind, Partner: in.Body.Partner, Memo: in.Body.Memo}
	for _, l := range in.Body.Lines {
		n.Lines = append(n.Lines, batch.Line(l))
	}
	b, err := a.Funds.Many().List(ctx, by, n)
	return toBatch(ctx)(b), err
}

func (a *API) batchRows(ctx context.Context, by actor.Actor, in *struct {
	batchPath
	PageIn
	State string `query:"state" enum:"ready,bad,done,refused"`
}) (out struct {
	Rows []FundsRow `json:"rows"`
	Next string     `json:"next_cursor,omitempty"`
}, err error) {
	after, err := strconv.ParseInt("0"+in.Cursor, 10, 64)
	if err != nil {
		return out, fault.Invalid("cursor", i18n.M("funds.cursor"))
	}
	list, err := a.Funds.Many().Rows(ctx, by, in.Batch, batch.RowState(in.State), after, in.Limit)
	out.Rows = each(list, func(r batch.Row) FundsRow {
		book, transfer, number := funds.Posted(r)
		return FundsRow{r.Line, r.To, r.Amount, r.Memo, r.Receiver, r.Name, string(r.State), book, transfer, number, i18n.Say(ctx, r.Problem)}
	})
	if len(list) == in.Limit {
		out.Next = strconv.FormatInt(list[len(list)-1].Line, 10)
	}
	return out, err
}

func (a *API) batchErrors(ctx context.Context, by actor.Actor, in *batchPath) (document, error) {
	b, err := a.Funds.Many().Batch(ctx, by, in.Batch)
	if err != nil {
		return document{}, err
	}
	header, rows := a.Funds.Many().ToCorrect(ctx, a.DB.Read(), b, i18n.From(ctx).Lang)
	return document{name: "to-correct.csv", media: typeCSV, write: func(w io.Writer) error { return sheet.WriteCSV(w, header, rows) }}, nil
}
