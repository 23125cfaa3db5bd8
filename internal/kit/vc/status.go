package vc

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// ListSize is how many entries a status list has at least, so that one entry hides among many.
const ListSize = 131072

// maxList is how many bytes a list is unpacked to: a small file could hold a huge one.
const maxList = 4 << 20

// Bits is a status list: entry 0 is the leftmost bit.
type Bits []byte

// NewBits is a list of n entries, all clear. n is a multiple of 8.
func NewBits(n int) Bits { return make(Bits, n/8) }

// Len is the number of entries.
func (b Bits) Len() int { return len(b) * 8 }

// Set marks an entry.
func (b Bits) Set(i int) { b[i/8] |= 0x80 >> (i % 8) }

// Get reads an entry; outside of the list is ErrStatus.
func (b Bits) Get(i int) (bool, error) {
	if i < 0 || i >= b.Len() {
		return false, fmt.Errorf("%w: entry %d of %d", ErrStatus, i, b.Len())
	}
	return b[i/8]&(0x80>>(i%8)) != 0, nil
}

// Encode is the list packed, as multibase base64url.
func (b Bits) Encode() string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(b) // a buffer takes everything
	w.Close()
	return "u" + base64.RawURLEncoding.EncodeToString(packed.Bytes())
}

// DecodeBits reads an encoded list. One that is shorter than ListSize is refused, as the standard asks.
func DecodeBits(s string) (Bits, error) {
	digits, ok := strings.CutPrefix(s, "u")
	packed, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(digits, "="))
	if !ok || err != nil {
		return nil, fmt.Errorf("%w: no multibase base64url", ErrStatus)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatus, err)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxList+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatus, err)
	}
	if len(b) > maxList || len(b)*8 < ListSize {
		return nil, fmt.Errorf("%w: %d entries", ErrStatus, len(b)*8)
	}
	return b, nil
}
