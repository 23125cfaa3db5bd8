// Package relay helps a program to go on with what a transaction wrote: the transaction leaves one row that names all of
// it, and the process that wrote it needn't read it again.
package relay

import (
	"strings"
	"sync"
)

// A Key names a row: the account that it belongs to, and its id.
type Key struct{ Account, ID string }

// Join writes keys as one text; neither part of a key holds a space or a line's end.
func Join(keys []Key) string {
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(k.Account)
		b.WriteByte(' ')
		b.WriteString(k.ID)
	}
	return b.String()
}

// Split reads what Join has written.
func Split(text string) []Key {
	out := make([]Key, 0, 1+strings.Count(text, "\n"))
	for line := range strings.SplitSeq(text, "\n") {
		account, id, _ := strings.Cut(line, " ")
		out = append(out, Key{account, id})
	}
	return out
}

// A Memory keeps the newest of what this process has written, by id. An id is never used twice, so what is found is what
// was written, if the transaction that wrote it has committed; the caller knows that from the database.
type Memory[T any] struct {
	mu    sync.Mutex
	known map[string]T
	order []string // a ring of ids, oldest at next
	next  int
}

// NewMemory returns a memory of at most so many things.
func NewMemory[T any](most int) *Memory[T] {
	return &Memory[T]{known: make(map[string]T), order: make([]string, most)}
}

// Keep remembers something, and forgets the oldest one when there are too many.
func (m *Memory[T]) Keep(id string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.known, m.order[m.next])
	m.order[m.next] = id
	m.next = (m.next + 1) % len(m.order)
	m.known[id] = v
}

// Take gives what is known of an id, and forgets it.
func (m *Memory[T]) Take(id string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.known[id]
	delete(m.known, id)
	return v, ok
}
