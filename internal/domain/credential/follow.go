package credential

import (
	"context"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A Stated is one certificate as the vendor's records state it at present.
type Stated struct {
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // None: by the catalogue, or as somebody else stated it
	Number    string
	Revoked   bool
	Reason    string // of a revocation
}

// A Following is a person with everything that the records state, and the history that was read for it.
type Following struct {
	Person  string
	History []Certificate
	Stated  []Stated
}

// Histories returns all rows of persons, superseded ones included: what Follow compares with.
func (s *Service) Histories(ctx context.Context, q db.Querier, persons []string) (map[string][]Certificate, error) {
	out := make(map[string][]Certificate, len(persons))
	const most = 1000 // parameters of one statement
	cat := s.catalogue()
	for ; len(persons) > 0; persons = persons[min(most, len(persons)):] {
		found, err := histories(ctx, q, persons[:min(most, len(persons))])
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			out[c.Person] = append(out[c.Person], until(cat, c))
		}
	}
	return out, nil
}

// WithoutRecords is what others than the vendor's records say at present: the certificates that would be in force if
// there were no record.
func WithoutRecords(history []Certificate) []Certificate {
	h := newLedger(history)
	var out []Certificate
	for _, c := range h.alive {
		if c.State == Revoked && c.RevokedBy != Record {
			continue
		}
		if o, ok := h.origin(c); ok {
			o.State = Valid
			out = append(out, o)
		}
	}
	return out
}

// Follow makes the certificates of persons what the records state, in the caller's transaction, and returns the
// persons for whom something changed. What a partner stated before a record corrected it comes back when the record
// goes; what somebody revoked or corrected by hand after the record stays. It emits ManyChanged for account, however
// many there are. Conflict when somebody was faster.
func (s *Service) Follow(ctx context.Context, tx *db.Tx, account string, all []Following) (changed []string, err error) {
	var add []Certificate
	for _, f := range all {
		p := follow(f.History, f.Stated)
		if len(p.replace)+len(p.add) == 0 {
			continue
		}
		changed = append(changed, f.Person)
		for _, r := range p.replace {
			if err := replace(ctx, tx, r); err != nil {
				return nil, lost(err)
			}
		}
		for _, c := range p.add {
			c.Person, c.ID, c.RecordedAt = f.Person, id.New("crt", tx.Wall), tx.Now
			if c.Source == Record {
				c.SourceAccount = account
			}
			add = append(add, c)
		}
	}
	if err := insert(ctx, tx, add); err != nil {
		return nil, err
	}
	const most = 500 // persons in one event
	for rest := changed; len(rest) > 0; rest = rest[min(most, len(rest)):] {
		if err := outbox.Append(ctx, tx, ManyChanged{account, rest[:min(most, len(rest))]}); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// A replacement takes a row out of the state in which it was read.
type replacement struct {
	Certificate
	to     State
	reason string
}

type plan struct {
	replace []replacement
	add     []Certificate
}

type certKey struct {
	code   string
	issued calendar.Day
}

func (c Certificate) key() certKey { return certKey{c.Code, c.IssuedOn} }

// ledger finds rows by what they mean.
type ledger struct {
	byID  map[string]Certificate
	alive []Certificate // not superseded; one for each code and day
}

func newLedger(all []Certificate) ledger {
	h := ledger{byID: make(map[string]Certificate, len(all))}
	for _, c := range all {
		h.byID[c.ID] = c
		if c.State != Superseded {
			h.alive = append(h.alive, c)
		}
	}
	return h
}

// origin is the word of somebody else that a row stands on: the row itself, or what the record corrected.
func (h ledger) origin(c Certificate) (Certificate, bool) {
	for range len(h.byID) + 1 {
		if c.Source != Record {
			return c, true
		}
		older, ok := h.byID[c.Supersedes]
		if !ok || older.key() != c.key() {
			return Certificate{}, false
		}
		c = older
	}
	return Certificate{}, false
}

// byHand tells whether the vendor's staff corrected what the record said: a partner can't.
func (h ledger) byHand(c Certificate) bool {
	return c.Source != Record && h.byID[c.Supersedes].Source == Record
}

// follow decides without a database what must change so that the rows say what the records state.
func follow(all []Certificate, stated []Stated) (p plan) {
	h := newLedger(all)
	want := make(map[certKey]Stated, len(stated))
	for _, s := range stated {
		want[certKey{s.Code, s.IssuedOn}] = s
	}
	for _, c := range h.alive {
		s, ok := want[c.key()]
		delete(want, c.key())
		switch {
		case h.byHand(c), c.State == Revoked && c.RevokedBy != Record:
		case !ok:
			p.withdraw(h, c)
		case s.Revoked:
			p.revoke(c, s)
		default:
			p.state(h, c, s)
		}
	}
	for _, s := range stated { // in the order given, so that the same input gives the same rows
		if w, ok := want[certKey{s.Code, s.IssuedOn}]; ok {
			p.add = append(p.add, w.row(Certificate{}))
			delete(want, certKey{s.Code, s.IssuedOn})
		}
	}
	return p
}

// withdraw takes back what only a record said, and lets the word before it hold again.
func (p *plan) withdraw(h ledger, c Certificate) {
	if c.Source != Record && c.State == Valid {
		return
	}
	p.replace = append(p.replace, replacement{c, Superseded, c.Reason})
	if o, ok := h.origin(c); ok {
		// It repeats the older word, and names that as what it follows: naming the record would look like a correction
		// of it by hand.
		o.Supersedes, o.State, o.Reason, o.RevokedBy = o.ID, Valid, "", ""
		p.add = append(p.add, o)
	}
}

func (p *plan) revoke(c Certificate, s Stated) {
	if c.State == Valid {
		p.replace = append(p.replace, replacement{c, Revoked, s.Reason})
	}
}

func (p *plan) state(h ledger, c Certificate, s Stated) {
	o, _ := h.origin(c)
	now := s.row(o)
	if c.State == Valid && c.ExpiresOn == now.ExpiresOn && c.Number == now.Number {
		return
	}
	p.replace = append(p.replace, replacement{c, Superseded, c.Reason})
	now.Supersedes = c.ID
	p.add = append(p.add, now)
}

// row is a statement over an older word, which fills in what it leaves open.
func (s Stated) row(o Certificate) Certificate {
	c := Certificate{Code: s.Code, IssuedOn: s.IssuedOn, ExpiresOn: s.ExpiresOn, Number: s.Number, Source: Record, State: Valid}
	if c.ExpiresOn.IsNone() {
		c.ExpiresOn = o.ExpiresOn
	}
	if c.Number == "" {
		c.Number = o.Number
	}
	if s.Revoked { // kept, so that nobody can state it again
		c.State, c.Reason, c.RevokedBy = Revoked, s.Reason, Record
	}
	return c
}
