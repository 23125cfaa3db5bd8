package ledger

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWhatIsHashedIsTheStandardJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string {
			return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "plain", "<&>", "a\"b\\c", "\u2028", "备忘", "\xff", "\t\n"})).Draw(t, name)
		}
		place := func() Place { return Place{text("owner"), Kind(text("kind")), text("unit"), text("ref")} }
		p := Posting{Kind: text("posting"), Scene: text("scene"), Memo: text("memo"), Subject: text("subject"), reverses: text("reverses")}
		p.Moves = []Move{{place(), place(), rapid.Int64().Draw(t, "minor")}, {place(), place(), 5}}[:rapid.IntRange(1, 2).Draw(t, "moves")]
		want, err := json.Marshal([]any{p.Kind, p.Scene, p.Memo, p.Subject, p.Moves, p.reverses})
		if got := p.request(); err != nil || string(got) != string(want) {
			t.Fatalf("request = %s\nwant %s, %v", got, want, err)
		}
		x := Transfer{Book: text("book"), ID: text("id"), Key: text("key"), Kind: text("k"), Scene: text("s"), Memo: text("m"), Subject: text("su"),
			Payer: text("payer"), Payee: text("payee"), Unit: text("u"), Minor: rapid.Int64().Draw(t, "n"), Reverses: text("r"), By: text("by"), ByName: text("name"),
			At: time.UnixMicro(rapid.Int64Range(0, 1<<50).Draw(t, "at")), legs: []leg{{place: Place{Owner: "a"}, No: 1, Seq: 2, Minor: -3, After: 4}}}
		want, err = json.Marshal([]any{x.Book, x.ID, x.Key, x.Kind, x.Scene, x.Memo, x.Subject, x.Payer, x.Payee, x.Unit, x.Minor, x.Reverses,
			x.By, x.ByName, legText(x.legs), x.At.UnixMicro()})
		if got := x.content(); err != nil || string(got) != string(want) {
			t.Fatalf("content = %s\nwant %s, %v", got, want, err)
		}
		want, err = json.Marshal(p.detail(&x))
		if got := x.detailText(); err != nil || got != string(want) {
			t.Fatalf("detail = %s\nwant %s, %v", got, want, err)
		}
	})
}
