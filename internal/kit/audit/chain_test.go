package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hanse/internal/kit/actor"
)

// plain is the chain's definition: what is stored in databases that exist.
func plain(t *rapid.T, previous []byte, seq int64, e Entry) []byte {
	text, err := json.Marshal([]any{
		seq, e.Account, e.ID, e.At.UnixMicro(), e.Wall.UnixMicro(), e.Actor, e.ActorName, e.Via, e.IP, e.Request,
		e.Verb, e.Subject, e.About, e.Detail,
	})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append(bytes.Clone(previous), text...))
	return sum[:]
}

func TestTheChainIsTheHashOfTheJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"\\<>&\x00-\x1f\x7f李\x{2028}]{0,20}`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		c := newChain(rapid.Int64Range(0, 1<<40).Draw(rt, "seq"), nil)
		for range rapid.IntRange(1, 4).Draw(rt, "entries") {
			e := Entry{Account: word.Draw(rt, "account"), ID: word.Draw(rt, "id"), At: time.UnixMicro(rapid.Int64Range(-1<<50, 1<<50).Draw(rt, "at")),
				Wall: time.UnixMicro(1), Actor: word.Draw(rt, "actor"), Verb: actor.Verb(word.Draw(rt, "verb")), Detail: word.Draw(rt, "detail")}
			want := plain(rt, c.hash, c.seq+1, e)
			if got := c.next(e); !bytes.Equal(got, want) {
				rt.Fatalf("next(%+v) = %x, want %x", e, got, want)
			}
		}
	})
}
