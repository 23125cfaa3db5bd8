package ticket

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fulltext"
	"hanse/internal/kit/text"
)

// An item is what the oracle sees of a text: a word, a character of a script without spaces, a joiner, anything else.
type item struct {
	kind rune // w c j s
	text string
}

// items reads a folded text by regular means: character classes and nothing of the package under test.
func items(s string) (out []item) {
	for _, r := range text.Fold(s) {
		kind := 's'
		last := len(out) - 1
		switch {
		case r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
			kind = 'c'
		case unicode.IsMark(r) && last >= 0 && out[last].kind == 'c':
			continue
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			kind = 'w'
		case strings.ContainsRune(`.-_/\:@+#&`, r):
			kind = 'j'
		}
		if kind == 'w' && last >= 0 && out[last].kind == 'w' {
			out[last].text += string(r)
			continue
		}
		out = append(out, item{kind, string(r)})
	}
	return out
}

// follows tells whether items stand one after another somewhere in a text: "*" behind the last word lets it go on.
func follows(doc, want []item, star bool) bool {
	for i := range len(doc) - len(want) + 1 {
		all := true
		for k, w := range want {
			d := doc[i+k]
			same := d.kind == w.kind && (d.kind == 'j' || d.text == w.text)
			if star && k == len(want)-1 && d.kind == 'w' && strings.HasPrefix(d.text, w.text) {
				same = true
			}
			all = all && same
		}
		if all {
			return true
		}
	}
	return false
}

// oracle is the documentation read a second time: each word, each pair of joined words, each pair of neighbours stands
// in the text.
func oracle(query, doc string) bool {
	q, d := items(query), items(doc)
	asked := false
	for i, x := range q {
		next := append(slices.Clone(q[min(i+1, len(q)):]), item{'s', ""}, item{'s', ""}, item{'s', ""})
		var want []item
		var then item
		switch {
		case x.kind == 'c' && next[0].kind == 'c':
			want = []item{x, next[0]}
		case x.kind == 'c' && (i == 0 || q[i-1].kind != 'c'):
			want = []item{x}
		case x.kind == 'w' && next[0].kind == 'j' && next[1].kind == 'w':
			want, then = []item{x, next[0], next[1]}, next[2]
		case x.kind == 'w' && (i < 2 || q[i-1].kind != 'j' || q[i-2].kind != 'w'):
			want, then = []item{x}, next[0]
		default:
			continue
		}
		asked = true
		length := 0
		for _, w := range want {
			length += len([]rune(w.text))
		}
		if !follows(d, want, then.text == "*" && length >= 3) {
			return false
		}
	}
	return asked
}

// pieces of what people write in both languages, and of what breaks queries.
var pieces = strings.Split("fan--router fan-router 部署 失败 部署失败 失败部署 数据库 数据 库 网 网络 交换机 重启 了 的 设备 router Router ROUTER reboots reboot upgrade upgrades fan 10.0.0.1 10.0.0.10 10.0 "+
	"S5130S-EI S5130S EI eth1/0/1 00:1a:2b 00-1A-2B a@b.cn TT20261123000001 v7.1.070 é e\u0301 Ａ１ ß ' \" * ( ) & | ! : \\ ~ ~n~x ~~v.x -- ， 。 upgrad* s51* 5130* re* AND OR NOT NEAR ^ <-> :* %", " ")

func compose(r *rand.Rand, most int) string {
	var b strings.Builder
	for range 1 + r.IntN(most) {
		b.WriteString(pieces[r.IntN(len(pieces))])
		b.WriteString([]string{"", "", " ", "\n", "-"}[r.IntN(5)])
	}
	return b.String()
}

// TestBothDatabasesAndTheOracleFindTheSame puts random texts in both languages into the index and asks both databases
// and the oracle for the same words.
func TestBothDatabasesAndTheOracleFindTheSame(t *testing.T) {
	cases, _ := strconv.Atoi(os.Getenv("HANSE_CASES"))
	rounds := max(6, min(cases/100, 2000))
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		r := rand.New(rand.NewPCG(6, 40))
		found, asked := 0, 0
		for round := range rounds {
			docs := make([]string, 25)
			for i := range docs {
				docs[i] = compose(r, 12)
			}
			plant(t, d, docs)
			for range 60 {
				query := compose(r, 3)
				var want []int64
				for i, doc := range docs {
					if oracle(query, doc) {
						want = append(want, int64(i+1))
					}
				}
				if got := ask(t, d, fulltext.Parse(query)); !slices.Equal(got, want) {
					t.Fatalf("round %d: %q finds %v, want %v of\n%s", round, query, got, want, strings.Join(docs, "\n"))
				}
				found, asked = found+len(want), asked+1
			}
		}
		t.Logf("%d queries found %d texts", asked, found)
		if found < asked/4 {
			t.Errorf("%d queries found %d texts: they test nothing", asked, found)
		}
	})
}

func plant(t *testing.T, d *db.DB, docs []string) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		if _, err := db.Exec(t.Context(), tx, `DELETE FROM ticket_words`); err != nil {
			return err
		}
		for i, s := range docs {
			var x fulltext.Document
			x.Add("", s)
			if err := putWords(t.Context(), tx, int64(i+1), x.String()); err != nil {
				return fmt.Errorf("%q: %w", s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, d *db.DB, q fulltext.Query) []int64 {
	t.Helper()
	if q.Empty() {
		return nil
	}
	got, err := db.All(t.Context(), d.Read(), db.Int, `SELECT rowid FROM ticket_words($1) ORDER BY rowid`, q.Expression([]string{""}))
	if err != nil {
		t.Fatalf("%v: %v", q, err)
	}
	return got
}

// TestChineseIsFoundByTwoCharacters is the table of what people look for.
func TestChineseIsFoundByTwoCharacters(t *testing.T) {
	docs := []string{
		"升级后部署失败，设备反复重启。版本 V7.1.070",
		"失败部署的回退方案",
		"数据库连接超时，请尽快处理！",
		"证据库里没有数据",
		"核心交换机S5130S-EI风扇告警，管理地址10.0.0.1",
		"Ｓ５１３０Ｓ交換機 的 問題",
		"ネットワークが遅い",
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		plant(t, d, docs)
		for _, c := range []struct {
			query string
			want  []int64
		}{
			{"部署", []int64{1, 2}}, {"失败", []int64{1, 2}}, {"部署失败", []int64{1}}, {"失败部署", []int64{2}}, {"失败 部署", []int64{1, 2}},
			{"数据", []int64{3, 4}}, {"数据库", []int64{3, 4}}, {"数据库连接", []int64{3}}, {"据库", []int64{3, 4}},
			{"风扇", []int64{5}}, {"交换机", []int64{5}}, {"交換機", []int64{6}}, {"换", []int64{5}}, {"的", []int64{2, 6}}, {"重启设备", nil}, {"设备 重启", []int64{1}},
			{"S5130S", []int64{5, 6}}, {"s5130s-ei", []int64{5}}, {"s5130*", []int64{5, 6}}, {"10.0.0.1", []int64{5}}, {"v7.1.070 重启", []int64{1}},
			{"ネット", []int64{7}}, {"，", nil}, {"", nil}, {"\"", nil},
		} {
			if diff := cmp.Diff(c.want, ask(t, d, fulltext.Parse(c.query))); diff != "" {
				t.Errorf("%q: -want +got\n%s", c.query, diff)
			}
		}
	})
}
