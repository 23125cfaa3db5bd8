// Package secret makes, stores and compares what must not be known: passwords, tokens and short codes.
//
// Nothing here is ever stored in the clear. A password is kept as an argon2id string that carries its own
// parameters, a token as its SHA-256 (it is random, so a plain hash can't be searched), and a short code as an
// HMAC bound to what it confirms (six digits could be searched in a moment).
package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// Token returns n random bytes as base64url without padding. 32 bytes are enough for anything.
func Token(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never returns an error: the runtime ends the program when there is no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hash is what a table stores of a random token. Never use it for a password or a short code.
func Hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Equal compares in a time that tells nothing about where two values differ.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// codes is how many six-digit codes there are.
const codes = 1_000_000

// Code returns six random digits, every value equally likely.
func Code() string {
	// Values from the last, incomplete million are drawn again: taking them modulo would favour low codes.
	const limit = (1 << 32) / codes * codes
	for {
		var b [4]byte
		rand.Read(b[:])
		if v := uint64(binary.BigEndian.Uint32(b[:])); v < limit {
			return fmt.Sprintf("%06d", v%codes)
		}
	}
}

// HashCode is what a table stores of a short code. Key is the installation's secret; parts are the code and all
// that it confirms (target, operation, amount), so that a code for one thing is worthless for another.
func HashCode(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		// The length goes in first: otherwise "ab"+"c" and "a"+"bc" would be the same.
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}
