package api

import (
	"context"
	"time"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// Movement asks for an allocation or a reclaim. Amounts are texts with at most two decimals.
type Movement struct {
	Partner  string `json:"partner,omitempty" maxLength:"64" doc:"Whose money: absent is the own company, else a reseller that it distributes to"`
	To       string `json:"to" minLength:"1" maxLength:"64" doc:"Id of the reseller or resale customer who receives, or gives back"`
	Amount   string `json:"amount" maxLength:"40" doc:"Above zero, at most two decimals" example:"1250.00"`
	Currency string `json:"currency,omitempty" maxLength:"8" doc:"CNY when absent"`
	Scene    string `json:"scene,omitempty" maxLength:"64" doc:"A short word of what for"`
	Memo     string `json:"memo,omitempty" maxLength:"200"`
	Code     string `json:"code,omitempty" maxLength:"10" doc:"Identity code, for people's sessions whose company asks for codes"`
}

// Moved is what an allocation or a reclaim did, or in a dry run would do.
type Moved struct {
	Transfer string    `json:"transfer,omitempty" doc:"Absent in a dry run"`
	Number   string    `json:"number,omitempty" doc:"As the vendor's interface writes it: AD… or RE…"`
	Book     string    `json:"book" doc:"The account whose money moved"`
	Kind     string    `json:"kind" enum:"allocate,reclaim"`
	Amount   string    `json:"amount"`
	Currency string    `json:"currency"`
	Left     string    `json:"allocatable" doc:"What the partner holds right after it"`
	Receiver string    `json:"receiver_balance" doc:"What the other side holds right after it"`
	At       time.Time `json:"at"`
	DryRun   bool      `json:"dry_run,omitempty"`
}

type movementIn struct {
	DryRun bool `query:"dry_run" doc:"Say what would happen and do nothing"`
	Body   Movement
}

type fundsPath struct {
	Account string `path:"account" maxLength:"64"`
}

// Money is one balance of a book.
type Money struct {
	Kind      string `json:"kind"`
	Unit      string `json:"unit"`
	Ref       string `json:"ref,omitempty"`
	Balance   string `json:"balance"`
	Held      string `json:"held"`
	Available string `json:"available"`
	State     string `json:"state" enum:"open,frozen,closed"`
}

func toMoney(b ledger.Balance) Money {
	return Money{string(b.Place.Kind), b.Place.Unit, b.Place.Ref, ledger.Text(b.Minor, b.Place.Unit), ledger.Text(b.Held, b.Place.Unit), ledger.Text(b.Available(), b.Place.Unit), string(b.State)}
}

// FundsOverview is what an account has in money.
type FundsOverview struct {
	Account     string  `json:"account"`
	Currency    string  `json:"currency"`
	Allocatable string  `json:"allocatable"`
	Balances    []Money `json:"balances"`
}

// FundsReceiver is a reseller or resale customer, and what it has of a partner's money.
type FundsReceiver struct {
	Account string `json:"account"`
	Name    string `json:"name"`
	Kind    string `json:"kind" enum:"resale,reseller"`
	Left    string `json:"balance"`
	Passed  string `json:"passed" doc:"What went there in all, without what came back"`
	State   string `json:"state,omitempty"`
}

// FundsEntry is one line of a statement.
type FundsEntry struct {
	Kind      string    `json:"account_kind"`
	Unit      string    `json:"unit"`
	Ref       string    `json:"ref,omitempty"`
	At        time.Time `json:"at"`
	Posting   string    `json:"kind"`
	Amount    string    `json:"amount" doc:"What the balance changed by"`
	After     string    `json:"balance_after"`
	Book      string    `json:"book"`
	Transfer  string    `json:"transfer"`
	Number    string    `json:"number"`
	Other     string    `json:"other"`
	OtherName string    `json:"other_name,omitempty"`
	Scene     string    `json:"scene,omitempty"`
	Memo      string    `json:"memo,omitempty"`
	By        string    `json:"by,omitempty"`
}

func toFundsEntry(names map[string]string) func(ledger.Entry) FundsEntry {
	return func(e ledger.Entry) FundsEntry {
		return FundsEntry{string(e.Place.Kind), e.Place.Unit, e.Place.Ref, e.At, e.Kind, ledger.Text(e.Minor, e.Place.Unit), ledger.Text(e.After, e.Place.Unit), e.Book, e.Transfer,
			e.Number(), e.Other(), names[e.Other()], e.Scene, e.Memo, e.ByName}
	}
}

func (a *API) fundsOperations() {
	a.movements()
	a.fundsBooks()
	a.fundsRecords()
	a.fundsBatches()
}

func (a *API) movements() {
	for _, x := range []struct {
		path, id, summary string
		verb              func(context.Context, actor.Actor, funds.In) (funds.Out, error)
	}{
		{"/api/v1/funds/allocate", "allocate_funds", "Pass money to a reseller or a resale customer", a.Funds.Allocate},
		{"/api/v1/funds/reclaim", "reclaim_funds", "Take money back from a reseller or a resale customer", a.Funds.Reclaim},
	} {
		add(a, Operation{Method: "POST", Path: x.path, ID: x.id, Tag: "funds", Keyed: true, Verb: actor.MoveFunds,
			Summary: x.summary + ". An Idempotency-Key makes a repetition harmless: the same answer, nothing moves twice"},
			func(ctx context.Context, by actor.Actor, in *movementIn) (Moved, error) {
				return a.moveFunds(ctx, by, in, x.verb)
			})
	}
}

func (a *API) moveFunds(ctx context.Context, by actor.Actor, in *movementIn, verb func(context.Context, actor.Actor, funds.In) (funds.Out, error)) (Moved, error) {
	var fs fault.Fields
	minor := money.Field(&fs, "amount", in.Body.Amount)
	if err := fs.Err(); err != nil {
		return Moved{}, err
	}
	b := in.Body
	out, err := verb(ctx, by, funds.In{Partner: b.Partner, To: b.To, Minor: minor, Unit: b.Currency, Key: idempotencyKey(ctx), Scene: b.Scene, Memo: b.Memo,
		Code: b.Code, DryRun: in.DryRun})
	if err != nil {
		return Moved{}, err
	}
	if out.Replayed {
		replayed(ctx)
	}
	return Moved{out.ID, out.Number, out.Book, out.Kind, money.Text(out.Minor), out.Unit, money.Text(out.Left), money.Text(out.Receiver), out.At,
		in.DryRun}, nil
}

const books = "/api/v1/accounts/{account}"

func (a *API) fundsBooks() {
	add(a, Operation{Method: "GET", Path: books + "/funds", ID: "show_funds", Tag: "funds", Summary: "What an account has in money, and what it can allocate", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *fundsPath) (FundsOverview, error) {
			o, err := a.Funds.Overview(ctx, by, in.Account)
			return FundsOverview{in.Account, o.Unit, money.Text(o.Allocatable()), each(o.Balances, toMoney)}, err
		})
	add(a, Operation{Method: "GET", Path: books + "/funds/receivers", ID: "list_fund_receivers", Tag: "funds", Summary: "Who can get money from a partner, and what they have of it", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			PageIn
		}) (out struct {
			Receivers []FundsReceiver `json:"receivers"`
			Next      string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Funds.Receivers(ctx, by, in.Account, in.Cursor, in.Limit)
			out.Next = next
			out.Receivers = each(list, func(r funds.Receiver) FundsReceiver {
				return FundsReceiver{r.ID, r.Name, string(r.Kind), money.Text(r.Left), money.Text(r.Passed), string(r.State)}
			})
			return out, err
		})
	add(a, Operation{Method: "GET", Path: books + "/entries", ID: "list_entries", Tag: "funds", Summary: "An account's statement, newest first", Verb: actor.ViewFunds}, a.entries)
	add(a, Operation{Method: "GET", Path: books + "/balance", ID: "show_balance_at", Tag: "funds", Summary: "What one account of a book held at an instant", Verb: actor.ViewFunds},
		func(ctx context.Context, by actor.Actor, in *struct {
			fundsPath
			Kind string    `query:"kind" default:"cash" maxLength:"20"`
			Unit string    `query:"unit" default:"CNY" maxLength:"20"`
			Ref  string    `query:"ref" maxLength:"64"`
			At   time.Time `query:"at" doc:"Now when absent"`
		}) (out struct {
			Balance string `json:"balance"`
		}, err error) {
			if in.At.IsZero() {
				in.At = a.DB.Clock().Now()
			}
			n, err := a.Funds.BalanceAt(ctx, by, ledger.Place{Owner: in.Account, Kind: ledger.Kind(in.Kind), Unit: in.Unit, Ref: in.Ref}, in.At)
			out.Balance = money.Text(n)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: books + "/holds", ID: "list_holds", Tag: "funds", Summary: "What is set aside in an account's book, newest first", Verb: actor.ViewFunds}, a.holds)
}

func (a *API) entries(ctx context.Context, by actor.Actor, in *struct {
	fundsPath
	PageIn
	Kind string    `query:"account_kind" maxLength:"20" doc:"Such as cash or allocated; clearing shows what passed to and from one other company (ref)"`
	Unit string    `query:"unit" maxLength:"20"`
	Ref  string    `query:"ref" maxLength:"64"`
	Post string    `query:"kind" maxLength:"20" doc:"Kind of posting, such as allocate"`
	From time.Time `query:"from"`
	To   time.Time `query:"to"`
}) (out struct {
	Entries []FundsEntry `json:"entries"`
	Next    string       `json:"next_cursor,omitempty"`
}, err error) {
	st := ledger.Statement{Owner: in.Account, Kind: ledger.Kind(in.Kind), Unit: in.Unit, Ref: in.Ref, From: in.From, To: in.To, Limit: in.Limit}
	var ok bool
	if st.After, ok = funds.ParseCursor(in.Cursor); !ok {
		return out, fault.Invalid("cursor", i18n.M("funds.cursor"))
	}
	if in.Post != "" {
		st.Kinds = []string{in.Post}
	}
	es, names, err := a.Funds.Entries(ctx, by, st)
	if len(es) == in.Limit {
		out.Next = funds.Cursor(es[len(es)-1].Mark())
	}
	out.Entries = each(es, toFundsEntry(names))
	return out, err
}

// FundsHold is an amount set aside.
type FundsHold struct {
	ID      string    `json:"id"`
	Kind    string    `json:"account_kind"`
	Unit    string    `json:"unit"`
	Amount  string    `json:"amount"`
	State   string    `json:"state" enum:"held,captured,released,expired"`
	Subject string    `json:"subject,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Created time.Time `json:"created_at"`
}

func (a *API) holds(ctx context.Context, by actor.Actor, in *struct {
	fundsPath
	PageIn
	All bool `query:"all" doc:"Also those that have ended"`
}) (out struct {
	Holds []FundsHold `json:"holds"`
	Next  string      `json:"next_cursor,omitempty"`
}, err error) {
	list, err := a.Funds.Holds(ctx, by, in.Account, in.All, in.Cursor, in.Limit)
	out.Holds = each(list, func(h ledger.Hold) FundsHold {
		return FundsHold{h.ID, string(h.Place.Kind), h.Place.Unit, ledger.Text(h.Minor, h.Place.Unit), h.State, h.Subject, h.Until, h.Created}
	})
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].ID
	}
	return out, err
}
