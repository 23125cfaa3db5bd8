package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// MonthlyBill is a partner's bill. Amounts with up to eight decimals are exact; due is rounded once.
type MonthlyBill struct {
	Partner    string    `json:"partner_id"`
	Cycle      string    `json:"cycle"`
	Role       string    `json:"role" enum:"partner,distributor" doc:"Over customers, or over resellers"`
	Payee      string    `json:"payee_id" doc:"Who invoices the partner"`
	State      string    `json:"state" enum:"open,ready"`
	Parts      int64     `json:"parts"`
	Lines      int64     `json:"lines"`
	Listed     string    `json:"list_amount"`
	Discount   string    `json:"discount_amount"`
	Settlement string    `json:"settlement_amount"`
	Coupons    string    `json:"coupon_amount"`
	TaxRate    string    `json:"tax_rate" doc:"Percent"`
	Tax        string    `json:"tax_amount"`
	Due        string    `json:"amount_due" doc:"Settlement less coupons plus tax, rounded half up once"`
	AsOf       string    `json:"data_until" format:"date" doc:"The last day whose lines are in it"`
	ReadyAt    time.Time `json:"ready_at,omitzero"`
}

func toBill(b bill.Bill) MonthlyBill {
	state := "ready"
	if b.Ready.IsZero() {
		state = "open"
	}
	return MonthlyBill{b.Partner, string(b.Cycle), string(b.Role), b.Payee, state, b.Parts, b.Lines, b.Listed.String(), b.Discount.String(), b.Settlement.String(),
		money.Text(b.Coupons), money.Text(b.TaxRate), b.Tax.String(), money.Text(b.Due), b.AsOf.String(), b.Ready}
}

// BillPart is what a bill says of one customer or reseller.
type BillPart struct {
	Account  string `json:"account_id"`
	Name     string `json:"name"`
	Lines    int64  `json:"lines"`
	Listed   string `json:"list_amount"`
	Discount string `json:"discount_amount"`
	Amount   string `json:"amount"`
	Coupons  string `json:"coupon_amount"`
	Paid     string `json:"paid_amount"`
	Debt     string `json:"debt_amount"`
}

func toPart(p bill.Part) BillPart {
	return BillPart{p.Other, p.Name, p.Lines, p.Listed.String(), p.Discount.String(), p.Amount.String(), money.Text(p.Coupons), money.Text(p.Paid), money.Text(p.Debt)}
}

// Charge is what a customer owes for a cycle.
type Charge struct {
	Customer string          `json:"customer_id"`
	Cycle    string          `json:"cycle"`
	Partner  string          `json:"partner_id,omitempty"`
	Link     string          `json:"association,omitempty" enum:"referral,resale"`
	Lines    int64           `json:"lines"`
	Listed   string          `json:"list_amount"`
	Discount string          `json:"discount_amount"`
	Amount   string          `json:"amount"`
	Due      string          `json:"amount_due"`
	Coupons  string          `json:"coupon_amount"`
	Paid     string          `json:"paid_amount"`
	Debt     string          `json:"debt_amount"`
	Items    []ChargeItem    `json:"items,omitempty" doc:"When one cycle is asked for"`
	Postings []ChargePosting `json:"postings,omitempty" doc:"When one cycle is asked for: the transfers behind it"`
}

// ChargeItem is what a charge says of one service, mode and type.
type ChargeItem struct {
	Service string `json:"service"`
	Mode    int64  `json:"charging_mode"`
	Type    int64  `json:"bill_type"`
	Lines   int64  `json:"lines"`
	Listed  string `json:"list_amount"`
	Amount  string `json:"amount"`
}

// ChargePosting is a transfer that was made for a charge.
type ChargePosting struct {
	Book     string    `json:"book"`
	Transfer string    `json:"transfer_id"`
	What     string    `json:"what" enum:"coupon,paid,refunded"`
	Amount   string    `json:"amount"`
	At       time.Time `json:"at"`
}

func toCharge(d bill.Detail) Charge {
	return Charge{d.Customer, string(d.Cycle), d.Partner, string(d.Link), d.Lines, d.Listed.String(), d.Discount.String(), d.Amount.String(), money.Text(d.Due()),
		money.Text(d.Coupons), money.Text(d.Charge.Paid), money.Text(d.Debt),
		each(d.Items, func(i bill.Item) ChargeItem {
			return ChargeItem{i.Service, int64(i.Mode), int64(i.Type), i.Lines, i.Listed.String(), i.Amount.String()}
		}),
		each(d.Postings, func(p bill.Paid) ChargePosting {
			return ChargePosting{p.Book, p.Transfer, string(p.What), money.Text(p.Minor), p.At}
		})}
}

// ConsumptionLine is one thing consumed.
type ConsumptionLine struct {
	ID       string    `json:"line_id"`
	Customer string    `json:"customer_id"`
	Partner  string    `json:"partner_id,omitempty"`
	Cycle    string    `json:"cycle"`
	BilledIn string    `json:"billed_in" doc:"Later than the cycle when it came after that was billed"`
	Type     int64     `json:"bill_type"`
	Mode     int64     `json:"charging_mode"`
	Service  string    `json:"service"`
	Product  string    `json:"product,omitempty"`
	Resource string    `json:"resource,omitempty"`
	Site     string    `json:"site,omitempty"`
	Trade    string    `json:"trade_id,omitempty"`
	Since    time.Time `json:"usage_start"`
	Until    time.Time `json:"usage_end"`
	Listed   string    `json:"list_amount"`
	Discount string    `json:"discount_amount"`
	Amount   string    `json:"amount"`
}

func toLine(l bill.Line) ConsumptionLine {
	return ConsumptionLine{l.ID, l.Customer, l.Partner, string(l.Cycle), string(l.BilledIn), int64(l.Type), int64(l.Mode), l.Service, l.Product, l.Resource, l.Site, l.Trade,
		l.Since, l.Until, l.Listed.String(), l.Discount.String(), l.Amount.String()}
}

// CyclePath names a month.
type CyclePath struct {
	Cycle string `path:"cycle" maxLength:"7" doc:"YYYY-MM, business zone"`
}

func cycleOf(s string) (bill.Cycle, error) {
	c, ok := bill.ParseCycle(s)
	if !ok {
		return "", fault.Invalid("cycle", i18n.M("bill.row.cycle"))
	}
	return c, nil
}

const billsPath, billsTag = "/api/v1/bills", "bills"

type billIn struct {
	CyclePath
	Partner string `query:"partner" maxLength:"64" doc:"domain_id; the own account when absent. A distributor may name its reseller"`
	Role    string `query:"role" enum:"partner,distributor" default:"partner"`
}

func (a *API) billOperations() {
	add(a, Operation{Method: "GET", Path: billsPath, ID: "list_bills", Tag: billsTag, Summary: "Monthly bills of a partner, newest first; open cycles as they stand", Verb: actor.ViewBills},
		func(ctx context.Context, by actor.Actor, in *struct {
			Partner string `query:"partner" maxLength:"64"`
		}) (out struct {
			Bills []MonthlyBill `json:"bills"`
		}, err error) {
			list, err := a.Bills.Bills(ctx, by, in.Partner)
			out.Bills = each(list, toBill)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: billsPath + "/{cycle}", ID: "show_bill", Tag: billsTag, Summary: "One monthly bill with its customers, or resellers", Verb: actor.ViewBills}, a.showBill)
	addFile(a, Operation{Method: "GET", Path: billsPath + "/{cycle}/document", ID: "download_bill", Tag: billsTag, Summary: "The bill as PDF", Verb: actor.ViewBills, Gives: []string{typePDF}}, a.billPDF)
	add(a, Operation{Method: "GET", Path: "/api/v1/charges", ID: "list_charges", Tag: billsTag, Summary: "What a customer owes and paid by month, 18 months back", Verb: actor.ViewBills}, a.listCharges)
	add(a, Operation{Method: "GET", Path: "/api/v1/consumption/{cycle}", ID: "list_consumption", Tag: billsTag, Summary: "Consumption lines of a customer that are billed in a month, by line id", Verb: actor.ViewBills}, a.listLines)
	add(a, Operation{Method: "GET", Path: "/api/v1/accounts/{account}/statements/{cycle}", ID: "show_statement", Tag: billsTag, Summary: "Statement of an account's book for a month", Verb: actor.ViewBills}, a.showStatement)
	a.consumptionImports()
}

func (a *API) showBill(ctx context.Context, by actor.Actor, in *billIn) (out struct {
	MonthlyBill
	Parts []BillPart `json:"accounts"`
}, err error) {
	cycle, err := cycleOf(in.Cycle)
	if err != nil {
		return out, err
	}
	b, parts, err := a.Bills.Bill(ctx, by, in.Partner, cycle, bill.Role(in.Role))
	out.MonthlyBill, out.Parts = toBill(b), each(parts, toPart)
	return out, err
}

func (a *API) billPDF(ctx context.Context, by actor.Actor, in *billIn) (document, error) {
	cycle, err := cycleOf(in.Cycle)
	if err != nil {
		return document{}, err
	}
	b, parts, err := a.Bills.Bill(ctx, by, in.Partner, cycle, bill.Role(in.Role))
	if err != nil {
		return document{}, err
	}
	names, err := account.Names(ctx, a.DB.Read(), []string{b.Partner, b.Payee})
	if err != nil {
		return document{}, err
	}
	pdf, err := a.Press.Form(b.Document(i18n.From(ctx).Lang, bill.Names{Partner: names[b.Partner], Payee: names[b.Payee]}, parts))
	return bytesOf("bill-"+in.Cycle+".pdf", typePDF, pdf), err
}

func (a *API) listCharges(ctx context.Context, by actor.Actor, in *struct {
	Customer string `query:"customer" maxLength:"64" doc:"domain_id; the own account when absent"`
	Partner  string `query:"partner" maxLength:"64" doc:"The time at this partner alone"`
	Cycle    string `query:"cycle" maxLength:"7"`
}) (out struct {
	Charges []Charge `json:"charges"`
}, err error) {
	cycle := bill.Cycle("")
	if in.Cycle != "" {
		if cycle, err = cycleOf(in.Cycle); err != nil {
			return out, err
		}
	}
	list, err := a.Bills.Charges(ctx, by, in.Partner, in.Customer, cycle)
	out.Charges = each(list, toCharge)
	return out, err
}

func (a *API) listLines(ctx context.Context, by actor.Actor, in *struct {
	CyclePath
	Customer string `query:"customer" maxLength:"64" doc:"domain_id; the own account when absent"`
	Partner  string `query:"partner" maxLength:"64"`
	Service  string `query:"service" maxLength:"128"`
	Site     string `query:"site" maxLength:"128"`
	Type     int64  `query:"bill_type"`
	Mode     int64  `query:"charging_mode"`
	After    string `query:"after" maxLength:"128" doc:"The last line seen"`
	Limit    int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (out struct {
	Lines []ConsumptionLine `json:"lines"`
	Next  string            `json:"next_after,omitempty"`
}, err error) {
	cycle, err := cycleOf(in.Cycle)
	if err != nil {
		return out, err
	}
	list, next, err := a.Bills.Lines(ctx, by, bill.LineFilter{Partner: in.Partner, Customer: in.Customer, Cycle: cycle, Service: in.Service, Site: in.Site,
		Type: bill.Type(in.Type), Mode: bill.Mode(in.Mode), After: in.After, Limit: in.Limit})
	out.Lines, out.Next = each(list, toLine), next
	return out, err
}

// BookStatement is what happened in one book in one month.
type BookStatement struct {
	Account  string              `json:"account_id"`
	Month    string              `json:"month"`
	Closed   bool                `json:"closed" doc:"The month is over"`
	Holds    bool                `json:"holds" doc:"Opening and moves make the closing balance, in every account"`
	Accounts []BookStatementPart `json:"accounts"`
}

// BookStatementPart is one account of the book.
type BookStatementPart struct {
	Kind    string              `json:"kind"`
	Unit    string              `json:"unit"`
	Ref     string              `json:"ref,omitempty"`
	Opening string              `json:"opening"`
	Moves   []BookStatementMove `json:"moves"`
	Closing string              `json:"closing"`
	Holds   bool                `json:"holds"`
}

// BookStatementMove is what one kind of posting did.
type BookStatementMove struct {
	Kind    string `json:"kind"`
	Income  string `json:"income"`
	Expense string `json:"expense"`
	Entries int64  `json:"entries"`
}

func (a *API) showStatement(ctx context.Context, by actor.Actor, in *struct {
	Account string `path:"account" maxLength:"64"`
	CyclePath
}) (out BookStatement, err error) {
	month, err := cycleOf(in.Cycle)
	if err != nil {
		return out, err
	}
	st, err := a.Bills.Book(ctx, by, in.Account, month)
	out = BookStatement{st.Account, string(st.Month), st.Closed, st.Holds(), []BookStatementPart{}}
	for _, r := range st.Rows {
		p := BookStatementPart{string(r.Place.Kind), r.Place.Unit, r.Place.Ref, money.Text(r.Opening), []BookStatementMove{}, money.Text(r.Closing), r.Holds}
		for _, m := range r.Moves {
			p.Moves = append(p.Moves, BookStatementMove{m.Kind, money.Text(m.Income), money.Text(m.Expense), m.Entries})
		}
		out.Accounts = append(out.Accounts, p)
	}
	return out, err
}

// ConsumptionImport is the upload of a file of consumption and what becomes of it.
type ConsumptionImport struct {
	ID         string    `json:"id"`
	FileName   string    `json:"file_name"`
	Size       int64     `json:"size"`
	SHA256     string    `json:"sha256"`
	State      string    `json:"state" enum:"waiting,reading,settling,done,failed,cancelled"`
	DryRun     bool      `json:"dry_run"`
	By         string    `json:"by"`
	Rows       int64     `json:"rows" doc:"An estimate until the file was read to its end"`
	Position   int64     `json:"position"`
	Added      int64     `json:"added"`
	Same       int64     `json:"same" doc:"Lines that were there"`
	Refused    int64     `json:"refused"`
	Late       int64     `json:"late" doc:"Of the added: billed later than their own month"`
	Amount     string    `json:"amount" doc:"Of the added"`
	Errors     int64     `json:"errors" doc:"Entries to correct, in all"`
	Failure    string    `json:"failure,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

func toConsumption(ctx context.Context) func(bill.Import) ConsumptionImport {
	return func(i bill.Import) ConsumptionImport {
		return ConsumptionImport{i.ID, i.FileName, i.Size, i.Hash, string(i.State), i.DryRun, i.ByName, i.Rows, i.Position, i.Added, i.Same, i.Bad, i.Late,
			i.Amount.String(), i.Errors, i18n.Say(ctx, i.Failure), i.CreatedAt, i.FinishedAt}
	}
}

func (a *API) consumptionImports() {
	const path, tag = "/api/v1/consumption-imports", "consumption"
	type importPath struct {
		Import string `path:"import" maxLength:"40"`
	}
	add(a, Operation{Method: "POST", Path: path, ID: "upload_consumption", Tag: tag, Status: 202, Verb: actor.ImportConsumption, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload consumption lines; good ones are taken, a line id once. With dry_run they're counted and nothing is taken"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Name   string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
			DryRun bool   `query:"dry_run"`
		}) (ConsumptionImport, error) {
			if err := by.May(actor.ImportConsumption); err != nil {
				return ConsumptionImport{}, err // before the file is read
			}
			file, err := upload(ctx, bill.MaxUpload+1<<20, in.Name)
			if err != nil {
				return ConsumptionImport{}, err
			}
			i, err := a.Bills.Upload(ctx, by, file.name, file, in.DryRun)
			return toConsumption(ctx)(i), err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "list_consumption_imports", Tag: tag, Summary: "Imports of consumption, newest first", Verb: actor.ViewConsumption},
		func(ctx context.Context, by actor.Actor, in *PageIn) (out struct {
			Imports []ConsumptionImport `json:"imports"`
			Next    string              `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Bills.Imports(ctx, by, in.Cursor, in.Limit)
			out.Imports, out.Next = each(list, toConsumption(ctx)), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{import}", ID: "show_consumption_import", Tag: tag, Summary: "How far an import is", Verb: actor.ViewConsumption},
		func(ctx context.Context, by actor.Actor, in *importPath) (ConsumptionImport, error) {
			i, err := a.Bills.Import(ctx, by, in.Import)
			return toConsumption(ctx)(i), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{import}/cancel", ID: "cancel_consumption_import", Tag: tag, Summary: "Stop an import; lines that were taken stay", Verb: actor.ImportConsumption},
		func(ctx context.Context, by actor.Actor, in *importPath) (none, error) {
			return none{}, a.Bills.Cancel(ctx, by, in.Import)
		})
	add(a, Operation{Method: "GET", Path: path + "/{import}/errors", ID: "list_consumption_errors", Tag: tag, Summary: "Entries to correct, in the order of the file; the first thousand are kept", Verb: actor.ViewConsumption},
		func(ctx context.Context, by actor.Actor, in *struct {
			importPath
			After int64 `query:"after" minimum:"0" doc:"The last line seen"`
			Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (out struct {
			Errors []RowError `json:"errors"`
		}, err error) {
			list, err := a.Bills.RowErrors(ctx, by, in.Import, in.After, in.Limit)
			out.Errors = each(list, func(e bill.RowError) RowError {
				return RowError{e.Line, e.Column, e.Value, i18n.Say(ctx, e.Reason), i18n.Say(ctx, e.Remedy)}
			})
			return out, err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{import}/errors.csv", ID: "download_consumption_errors", Tag: tag, Verb: actor.ViewConsumption, Gives: []string{typeCSV},
		Summary: "The bad lines with their reasons, to correct and upload again"},
		func(ctx context.Context, by actor.Actor, in *importPath) (document, error) {
			if _, err := a.Bills.Import(ctx, by, in.Import); err != nil {
				return document{}, err
			}
			return document{name: "errors.csv", media: typeCSV, write: func(w io.Writer) error {
				return a.Bills.WriteErrors(ctx, by, in.Import, i18n.From(ctx).Lang, w)
			}}, nil
		})
}
