// Package id makes identifiers in Go: time-ordered, so that they go to the right edge of an index, and random
// enough that nobody can guess a neighbour's.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"sync/atomic"
	"time"
)

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// sequence orders the ids that this process makes within one millisecond: the events of one transaction are told
// in the order in which they happened.
var sequence atomic.Uint32

// uuid7 returns the 16 bytes of a version 7 UUID (RFC 9562, method 1): 48 bits of milliseconds, 24 bits of a
// counter, 50 random bits.
func uuid7(at time.Time) (b [16]byte) {
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	n := sequence.Add(1)
	b[6] = byte(n>>20)&0x0f | 0x70
	b[7] = byte(n >> 12)
	b[8] = byte(n>>6)&0x3f | 0x80
	b[9] = b[9]&0x03 | byte(n<<2)
	return b
}

// Account returns an account's id: a UUIDv7 as 32 hex digits, the domain_id of the wire.
func Account(at time.Time) string {
	b := uuid7(at)
	return hex.EncodeToString(b[:])
}

// New returns a prefixed id such as app_01jd…: 26 characters after the prefix.
func New(prefix string, at time.Time) string {
	b := uuid7(at)
	return prefix + "_" + crockford.EncodeToString(b[:])
}

// Has tells whether s is an id of a kind, so that a wrong link is refused before SQL sees it.
func Has(prefix, s string) bool {
	rest, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(rest) != 26 {
		return false
	}
	_, err := crockford.DecodeString(rest)
	return err == nil
}
