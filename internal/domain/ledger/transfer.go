package ledger

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Transfer is a posting that happened.
type Transfer struct {
	Book     string
	ID       string
	Key      string
	Kind     string
	Scene    string
	Memo     string
	Subject  string
	Payer    string
	Payee    string
	Unit     string
	Minor    int64
	Reverses string
	By       string // the user who asked for it
	ByName   string
	At       time.Time // business instant

	legs    []leg
	written string // the legs as text, once it's needed
}

// Number is its number as the vendor's API writes it.
func (t Transfer) Number() string { return Number(t.Kind, t.ID) }

// A leg is what a transfer did to one account.
type leg struct {
	place Place
	No    int64
	Seq   int64
	Minor int64
	After int64
	at    time.Time
}

// An Entry is one leg of a transfer, as it stands in an account's statement.
type Entry struct {
	Place    Place
	Seq      int64
	At       time.Time
	Transfer string
	Book     string
	Kind     string // of the posting
	Minor    int64  // what the balance changed by
	After    int64

	no int64

	// From the transfer:
	Scene, Memo, Subject, Payer, Payee, ByName string
}

// Number is the transfer's number.
func (e Entry) Number() string { return Number(e.Kind, e.Transfer) }

// Other is the owner on the other side; the own one when the move stayed in the book.
func (e Entry) Other() string {
	if e.Payer != e.Place.Owner {
		return e.Payer
	}
	return e.Payee
}

// proof is a hash of everything that a transfer says, for the audit row.
func (t *Transfer) proof() []byte {
	sum := sha256.Sum256(t.content())
	return sum[:]
}

// text is the legs as they're stored.
func (t *Transfer) text() string {
	if t.written == "" {
		t.written = legText(t.legs)
	}
	return t.written
}

// parseLegs reads what legText wrote; the places have their owner alone.
func parseLegs(text string, at time.Time) ([]leg, error) {
	var out []leg
	for _, one := range strings.Split(text, ";") {
		parts := strings.Split(one, ":")
		if len(parts) != 5 {
			return nil, fmt.Errorf("legs %q can't be read", text)
		}
		var n [4]int64
		for i := range n {
			v, err := strconv.ParseInt(parts[i+1], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("legs %q: %w", text, err)
			}
			n[i] = v
		}
		out = append(out, leg{place: Place{Owner: parts[0]}, No: n[0], Seq: n[1], Minor: n[2], After: n[3], at: at})
	}
	return out, nil
}

func sortChanges(c []change) {
	slices.SortFunc(c, func(a, b change) int { return a.place.Compare(b.place) })
}
