package audit

import (
	"crypto/sha256"
	"encoding/json"
	"hash"
	"strconv"
)

// A chain makes the hashes of entries in their order. It keeps its room, so that an entry costs little more than its
// hash.
type chain struct {
	seq  int64
	hash []byte // of the last entry; nil before the first
	sha  hash.Hash
	room []byte
}

func newChain(seq int64, last []byte) *chain { return &chain{seq: seq, hash: last, sha: sha256.New()} }

// next continues the chain: the hash covers the previous hash and every column of the entry, as a JSON array. The
// result is the caller's to keep.
func (c *chain) next(e Entry) []byte {
	c.seq++
	b := strconv.AppendInt(append(c.room[:0], '['), c.seq, 10)
	b = appendText(appendText(b, e.Account), e.ID)
	b = strconv.AppendInt(append(b, ','), e.At.UnixMicro(), 10)
	b = strconv.AppendInt(append(b, ','), e.Wall.UnixMicro(), 10)
	for _, s := range [...]string{e.Actor, e.ActorName, e.Via, e.IP, e.Request, string(e.Verb), e.Subject, e.About, e.Detail} {
		b = appendText(b, s)
	}
	c.room = append(b, ']')
	c.sha.Reset()
	c.sha.Write(c.hash)
	c.sha.Write(c.room)
	c.hash = c.sha.Sum(nil)
	return c.hash
}

// appendText adds a comma and a text as encoding/json writes it: the chain's form, for ever.
func appendText(b []byte, s string) []byte {
	before, done := len(b), 0
	b = append(b, ',', '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(append(b, s[done:i]...), '\\', c)
			done = i + 1
		case c < ' ' || c >= 0x80 || c == '<' || c == '>' || c == '&': // has a form of its own, perhaps
			text, err := json.Marshal(s)
			if err != nil {
				panic(err) // a string can't fail to encode
			}
			return append(append(b[:before], ','), text...)
		}
	}
	return append(append(b, s[done:]...), '"')
}
