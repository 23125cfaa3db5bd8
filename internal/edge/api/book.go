package api

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
)

// BookUnit is what all accounts of a unit come to.
type BookUnit struct {
	Unit     string `json:"unit"`
	Accounts int64  `json:"accounts"`
	Total    string `json:"total" doc:"All accounts; 0.00 when the books hold"`
	Clearing string `json:"clearing" doc:"The clearing accounts; 0.00 when the books hold"`
}

// BookCheck is one proof of all books.
type BookCheck struct {
	ID        string     `json:"id"`
	State     string     `json:"state" enum:"waiting,sound,unsound,failed"`
	AskedBy   string     `json:"asked_by,omitempty" doc:"Empty for the nightly check"`
	AskedAt   time.Time  `json:"asked_at"`
	EndedAt   time.Time  `json:"ended_at,omitzero"`
	Books     int64      `json:"books"`
	Accounts  int64      `json:"accounts"`
	Transfers int64      `json:"transfers"`
	Entries   int64      `json:"entries"`
	Holds     int64      `json:"holds"`
	Units     []BookUnit `json:"units"`
	Findings  []string   `json:"findings"`
	Sealed    int64      `json:"sealed_audit_rows"`
	Head      string     `json:"audit_head" doc:"Hash of the newest seal: keep it elsewhere"`
}

// BookAccount is one account of a book.
type BookAccount struct {
	Kind    string `json:"kind"`
	Unit    string `json:"unit"`
	Ref     string `json:"ref,omitempty" doc:"Which of several: a quota, a voucher, the other owner of a clearing account"`
	State   string `json:"state" enum:"open,frozen,closed"`
	Balance string `json:"balance"`
	Held    string `json:"held"`
	Minimum string `json:"minimum,omitempty" doc:"Below which it may not go; missing = no limit"`
	Entries int64  `json:"entries"`
}

// BookEntry is one leg of a transfer.
type BookEntry struct {
	Owner    string    `json:"owner"`
	Kind     string    `json:"account_kind"`
	Unit     string    `json:"unit"`
	Ref      string    `json:"ref,omitempty"`
	Seq      int64     `json:"seq" doc:"1, 2, 3 … within the account"`
	At       time.Time `json:"at"`
	Transfer string    `json:"transfer"`
	Book     string    `json:"book" doc:"Owner whose book keeps the transfer"`
	Posting  string    `json:"posting"`
	Amount   string    `json:"amount"`
	After    string    `json:"balance_after"`
	Memo     string    `json:"memo,omitempty"`
}

// BookTransfer is a transfer with its entries in both books.
type BookTransfer struct {
	ID       string      `json:"id"`
	Number   string      `json:"number"`
	Book     string      `json:"book"`
	Key      string      `json:"idempotency_key"`
	Posting  string      `json:"posting"`
	Payer    string      `json:"payer"`
	Payee    string      `json:"payee"`
	Unit     string      `json:"unit"`
	Amount   string      `json:"amount"`
	Memo     string      `json:"memo,omitempty"`
	Subject  string      `json:"subject,omitempty"`
	By       string      `json:"by,omitempty"`
	At       time.Time   `json:"at"`
	Reverses string      `json:"reverses,omitempty"`
	Reversed string      `json:"reversed_by,omitempty"`
	Entries  []BookEntry `json:"entries"`
}

func toBookUnit(u ledger.Sum) BookUnit {
	return BookUnit{u.Unit, u.Accounts, ledger.Text(u.Minor, u.Unit), ledger.Text(u.Clearing, u.Unit)}
}

func toBookCheck(p ledger.Proof) BookCheck {
	r := p.Report
	return BookCheck{ID: p.ID, State: p.State, AskedBy: p.AskedBy, AskedAt: p.AskedAt, EndedAt: p.Ended, Books: r.Owners, Accounts: r.Accounts,
		Transfers: r.Transfers, Entries: r.Entries, Holds: r.Holds, Units: each(r.Units, toBookUnit), Findings: append([]string{}, r.Findings...),
		Sealed: r.Sealed, Head: r.Head}
}

func toBookAccount(b ledger.Balance) BookAccount {
	out := BookAccount{string(b.Place.Kind), b.Place.Unit, b.Place.Ref, string(b.State), ledger.Text(b.Minor, b.Place.Unit), ledger.Text(b.Held, b.Place.Unit), "", b.Seq}
	if b.Bounded {
		out.Minimum = ledger.Text(b.Minimum, b.Place.Unit)
	}
	return out
}

func toBookEntry(e ledger.Entry) BookEntry {
	return BookEntry{e.Place.Owner, string(e.Place.Kind), e.Place.Unit, e.Place.Ref, e.Seq, e.At, e.Transfer, e.Book, e.Kind, ledger.Text(e.Minor, e.Place.Unit), ledger.Text(e.After, e.Place.Unit), e.Memo}
}

type bookPath struct {
	Account string `path:"account" maxLength:"32" doc:"The owner's id"`
}

type bookEntriesIn struct {
	bookPath
	Kind   string `query:"kind" maxLength:"20" doc:"Kind of account"`
	Unit   string `query:"unit" maxLength:"20"`
	Ref    string `query:"ref" maxLength:"64"`
	Month  string `query:"month" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"YYYY-MM of the business zone"`
	Cursor string `query:"cursor" maxLength:"200"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (a *API) books() {
	const tag = "books"
	add(a, Operation{Method: "GET", Path: "/api/v1/books", ID: "list_book_units", Tag: tag, Summary: "What all books come to, by unit, at this moment", Verb: actor.ViewBooks},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Units []BookUnit `json:"units"`
		}, err error) {
			sums, err := a.Ledger.Sums(ctx, by)
			out.Units = each(sums, toBookUnit)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/books/{account}", ID: "get_book", Tag: tag, Summary: "One owner's accounts, clearing included", Verb: actor.ViewBooks},
		func(ctx context.Context, by actor.Actor, in *bookPath) (out struct {
			Accounts []BookAccount `json:"accounts"`
		}, err error) {
			all, err := a.Ledger.Book(ctx, by, in.Account)
			out.Accounts = each(all, toBookAccount)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/books/{account}/entries", ID: "list_book_entries", Tag: tag, Summary: "An owner's entries, newest first", Verb: actor.ViewBooks}, a.bookEntries)
	add(a, Operation{Method: "GET", Path: "/api/v1/books/{account}/transfers/{transfer}", ID: "get_book_transfer", Tag: tag, Summary: "A transfer with its entries in both books", Verb: actor.ViewBooks},
		func(ctx context.Context, by actor.Actor, in *struct {
			bookPath
			Transfer string `path:"transfer" maxLength:"40"`
		}) (BookTransfer, error) {
			t, entries, reversed, err := a.Ledger.BookTransfer(ctx, by, in.Account, in.Transfer)
			return BookTransfer{t.ID, t.Number(), t.Book, t.Key, t.Kind, t.Payer, t.Payee, t.Unit, ledger.Text(t.Minor, t.Unit), t.Memo, t.Subject, t.ByName, t.At,
				t.Reverses, reversed, each(entries, toBookEntry)}, err
		})
	a.bookChecks(tag)
}

func (a *API) bookEntries(ctx context.Context, by actor.Actor, in *bookEntriesIn) (out struct {
	Entries []BookEntry `json:"entries"`
	Next    string      `json:"next_cursor,omitempty"`
}, err error) {
	s := ledger.Statement{Owner: in.Account, Kind: ledger.Kind(in.Kind), Unit: in.Unit, Ref: in.Ref, Limit: in.Limit}
	if in.Month != "" {
		s.From, s.To, _ = ledger.MonthBounds(in.Month)
	}
	if in.Cursor != "" {
		if s.After, err = ledger.ParseMark(in.Cursor); err != nil {
			return out, err
		}
	}
	all, err := a.Ledger.BookEntries(ctx, by, s)
	out.Entries = each(all, toBookEntry)
	if len(all) == in.Limit {
		out.Next = all[len(all)-1].Mark().String()
	}
	return out, err
}

func (a *API) bookChecks(tag string) {
	add(a, Operation{Method: "POST", Path: "/api/v1/book-checks", ID: "ask_book_check", Tag: tag, Status: 202, Summary: "Let all books be checked; one that waits already is the answer", Verb: actor.CheckBooks},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (BookCheck, error) {
			p, err := a.Ledger.Ask(ctx, by)
			return toBookCheck(p), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/book-checks", ID: "list_book_checks", Tag: tag, Summary: "Checks of the books, newest first", Verb: actor.ViewBooks},
		func(ctx context.Context, by actor.Actor, in *struct {
			Before string `query:"before" maxLength:"40" doc:"Id of the last one seen"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
		}) (out struct {
			Checks []BookCheck `json:"checks"`
		}, err error) {
			all, err := a.Ledger.Proofs(ctx, by, in.Before, in.Limit)
			out.Checks = each(all, toBookCheck)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/book-checks/{check}", ID: "get_book_check", Tag: tag, Summary: "One check with what it found", Verb: actor.ViewBooks},
		func(ctx context.Context, by actor.Actor, in *struct {
			Check string `path:"check" maxLength:"40"`
		}) (BookCheck, error) {
			p, err := a.Ledger.Proof(ctx, by, in.Check)
			return toBookCheck(p), err
		})
}
