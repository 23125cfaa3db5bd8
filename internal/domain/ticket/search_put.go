package ticket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fulltext"
)

// Under which marks a ticket's words are stored. Without a mark they are for everybody who sees the ticket.
const (
	markNotes       = "n" // notes of every desk, for the vendor's staff
	markDescription = "d" // the first message once more, for those who search it alone
	markNumber      = "i" // the ticket's number, likewise
)

// The kinds of tags: what lists are filtered by, so that a common word and a rare owner are looked up together. The
// list's own conditions hold as well, so a tag only narrows.
const (
	tagReader   = "v" // an account whose people may see the ticket
	tagOpener   = "u"
	tagState    = "s"
	tagOwner    = "w"
	tagTeam     = "t"
	tagType     = "p"
	tagProduct  = "c"
	tagSeverity = "y"
	tagDay      = "d" // of the opening, UTC
	tagMonth    = "m"
)

// markOf is the mark of what one account may find alone: its labels, and the notes of a partner's desk. It's short, as it
// stands before each word; two accounts with the same one would have to meet at the same ticket.
func markOf(account string) string {
	h := sha256.Sum256([]byte(account))
	return "o" + hex.EncodeToString(h[:6])
}

// A spoken is what the index takes from a message.
type spoken struct {
	no              string // when several tickets' are read at once
	internal, first bool
	desk            string
	author, body    string
}

// words are everything by which a ticket is found.
func (t Ticket) words(messages []spoken, labels []worded) (d fulltext.Document) {
	for _, a := range []string{t.Account, t.Desk, t.Partner} {
		if a != "" {
			d.Tag(fulltext.Tag{Kind: tagReader, Value: a})
		}
	}
	for _, x := range []fulltext.Tag{{Kind: tagOpener, Value: t.OpenedBy}, stateTag(t.State), {Kind: tagOwner, Value: t.Owner}, {Kind: tagTeam, Value: t.Team},
		{Kind: tagType, Value: t.ProblemType}, {Kind: tagProduct, Value: t.Product}, {Kind: tagSeverity, Value: t.Severity},
		{Kind: tagDay, Value: day(t.OpenedAt)}, {Kind: tagMonth, Value: day(t.OpenedAt)[:6]}} {
		d.Tag(x)
	}
	for _, s := range []string{t.No, t.No[2:], t.Title, t.OpenedName, t.AccountName, t.Serial, t.MergedInto} {
		d.Add("", s)
	}
	d.Add(markNumber, t.No+" "+t.No[2:]) // with and without its letters
	for _, l := range labels {
		d.Add(markOf(l.account), l.name)
	}
	for _, m := range messages {
		m.add(t, &d)
	}
	return d
}

// add takes a message's words in. The vendor's staff find every note; a partner's desk finds its own.
func (m spoken) add(t Ticket, d *fulltext.Document) {
	if m.internal {
		if d.Add(markNotes, m.body); m.desk == t.Partner || m.desk == t.Desk && !t.VendorDesk {
			d.Add(markOf(m.desk), m.body)
		}
		return
	}
	if m.first {
		d.Add(markDescription, m.body)
	}
	d.Add("", m.body)
}

func stateTag(s State) fulltext.Tag { return fulltext.Tag{Kind: tagState, Value: strconv.Itoa(int(s))} }

func day(t time.Time) string { return t.UTC().Format("20060102") }

// rowid is a ticket's row in the index: the digits of its number.
func rowid(no string) (int64, error) {
	n, err := strconv.ParseInt(strings.TrimPrefix(no, "TT"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("ticket %s can't be indexed: %w", no, err)
	}
	return n, nil
}

// Words is what the index stores of a ticket with these messages and labels, and under which key: for bulk loads, which
// write the rows themselves.
func Words(t Ticket, messages []Message, labels []string) (key int64, words string, err error) {
	all := make([]spoken, len(messages))
	for i, m := range messages {
		all[i] = spoken{internal: m.Internal, first: m.First, desk: m.Desk, author: m.AuthorName, body: m.Body}
	}
	own := make([]worded, len(labels))
	for i, l := range labels {
		own[i] = worded{l, t.Account}
	}
	d := t.words(all, own)
	key, err = rowid(t.No)
	return key, d.String(), err
}

// index writes a ticket's words anew, in the transaction that holds the ticket and after everything it has changed.
func index(ctx context.Context, tx *db.Tx, t Ticket) error {
	n, err := rowid(t.No)
	if err != nil {
		return err
	}
	messages, err := spokenIn(ctx, tx, t)
	if err != nil {
		return err
	}
	labels, err := labelNames(ctx, tx, t)
	if err != nil {
		return err
	}
	d := t.words(messages, labels)
	return putWords(ctx, tx, n, d.String())
}
