package ledger

import (
	"slices"

	"hanse/internal/kit/db"
)

const (
	// What a writer remembers at most, of a few hundred bytes each.
	mostRemembered = 200_000
	cautious       = 50     // batches: see patience
	mostKeys       = 50_000 // that a writer remembers, twice
)

// memory is what a writer knows of accounts from its own last batches, so that it needn't read and lock them again.
// It's never relied on: a batch that was decided by it changes each account only if it still is as remembered, and
// a refusal is decided by what the database says.
type memory struct {
	accounts map[Place]*account
	strict   patience // remembers nothing: another node uses the same accounts

	keys, older map[bookKey]struct{} // used not long ago: a batch that has one of them looks its keys up
	lookups     patience             // looks up all keys: callers repeat what was done long ago
}

// patience is for how many batches a writer that was wrong does without what it relied on. Once wrong, it only begins anew;
// each time that follows soon doubles it, up to cautious, and as many good batches forget it.
type patience struct{ left, next, calm int }

func (p *patience) lose() {
	p.left, p.next, p.calm = p.next, min(max(1, 2*p.next), cautious), 0
}

// pass is told of a batch that went well.
func (p *patience) pass() {
	if p.left > 0 {
		p.left--
		return
	}
	if p.calm++; p.calm >= cautious {
		p.next = 0
	}
}

func newMemory() *memory {
	m := &memory{keys: map[bookKey]struct{}{}}
	m.forget()
	return m
}

// asks tells whether keys must be looked up: one was used, or too many turned out to be.
func (m *memory) asks(keys []bookKey) bool {
	if m.lookups.left > 0 {
		return true
	}
	return slices.ContainsFunc(keys, func(k bookKey) bool {
		_, now := m.keys[k]
		_, before := m.older[k]
		return now || before
	})
}

// surprised is told that a key was used of which the writer didn't know: the batch is tried again with all keys looked up.
func (m *memory) surprised() {
	m.lookups.lose()
	m.lookups.left = max(m.lookups.left, 1)
}

func (m *memory) forget() { m.accounts = map[Place]*account{} }

// wrong forgets everything: the batch is tried again with all accounts read.
func (m *memory) wrong() {
	m.forget()
	m.strict.lose()
}

// learn takes over what a committed batch has left.
func (m *memory) learn(b *bundle) {
	m.lookups.pass()
	if len(m.keys) > mostKeys {
		m.keys, m.older = map[bookKey]struct{}{}, m.keys
	}
	for k := range b.keys {
		m.keys[k] = struct{}{}
	}
	remembers := m.strict.left == 0
	m.strict.pass()
	if !remembers {
		return
	}
	if len(m.accounts) > mostRemembered {
		m.forget()
	}
	for k := range b.sums {
		k.account.month = k.period
	}
	for p, a := range b.accounts {
		if a.there {
			m.accounts[p] = a
		}
	}
}

// unchanged are the columns that tell whether an account is as it was when it was read: whatever changes an account
// changes one of them.
func unchanged(accounts []*account) []db.Column {
	n := len(accounts)
	seqs, held, minimums, states, bounded := make([]int64, n), make([]int64, n), make([]int64, n), make([]string, n), make([]bool, n)
	for i, a := range accounts {
		seqs[i], held[i], states[i] = a.readSeq, a.held, string(a.state)
		minimums[i], bounded[i] = a.minimum, a.bounded
	}
	return []db.Column{{Name: "seq", Values: seqs}, {Name: "held", Values: held}, {Name: "state", Values: states},
		{Name: "coalesce(minimum, 0)", Values: minimums}, {Name: "(minimum IS NOT NULL)", Values: bounded}}
}
