package load_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A writer makes the texts of tickets: half of them Chinese, words as frequent as in real texts (few are everywhere, most
// are rare), and some words of known frequency.
type writer struct {
	english, chinese []string
}

// Words of known frequency: what searches look for.
const (
	rare    = "zebrafinch" // in twenty tickets, however many there are
	seldom  = "dampfer"    // in one of a thousand
	middle  = "vxlan"      // in one of two hundred
	common  = "router"     // in three of ten
	chinese = "部署失败"       // in one of fifty
	usual   = "端口"         // in three of ten
)

func newWriter() *writer {
	r := rand.New(rand.NewPCG(1, 2))
	w := &writer{}
	syllables := strings.Fields("ba co du fe gi ho ka le mi no pa ra se ti vo wu ex in or al")
	for range 4000 {
		s := ""
		for range 2 + r.IntN(3) {
			s += syllables[r.IntN(len(syllables))]
		}
		w.english = append(w.english, s)
	}
	for range 3000 {
		w.chinese = append(w.chinese, string([]rune{rune(0x4E00 + r.IntN(1500)), rune(0x4E00 + r.IntN(1500))}))
	}
	return w
}

// texts are the messages of ticket i of n.
func (w *writer) texts(i, n, messages int) []string {
	r := rand.New(rand.NewPCG(3, uint64(i)))
	zipf := rand.NewZipf(r, 1.1, 8, uint64(len(w.chinese)-1))
	out := make([]string, messages)
	for m := range out {
		var b strings.Builder
		for k := range 4 + r.IntN(8) {
			if i%2 == 0 {
				b.WriteString(w.chinese[zipf.Uint64()])
				if k%5 == 4 {
					b.WriteString("，")
				}
				continue
			}
			b.WriteString(w.english[zipf.Uint64()] + " ")
		}
		out[m] = strings.TrimSpace(b.String())
	}
	put := func(word string) {
		m := r.IntN(messages)
		out[m] += " " + word
	}
	out[0] += fmt.Sprintf(" SN%09d", i)
	for _, x := range []struct {
		word  string
		every float64
	}{{common, 0.3}, {usual, 0.3}, {chinese, 0.02}, {middle, 0.005}, {seldom, 0.001}} {
		if r.Float64() < x.every {
			put(x.word)
		}
	}
	if step := max(n/20, 1); i%step == step/2 {
		put(rare)
	}
	return out
}
