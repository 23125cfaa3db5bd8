package program_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/clock"
)

// wall is a stopwatch.
var wall = clock.New().Wall

// TestHostileFilesAreRefusedQuickly covers what could keep the parser busy or
// eat its memory.
func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	ladder := ""
	for i := range 300 {
		ladder += strings.Repeat(" ", i) + "a:\n"
	}
	for name, text := range map[string]string{
		"brackets":   "lines: " + strings.Repeat("[", 100_000),
		"braces":     "lines: " + strings.Repeat("{a: ", 50_000),
		"dashes":     strings.Repeat("- ", 100_000),
		"questions":  strings.Repeat("? ", 100_000),
		"indents":    ladder,
		"many lines": strings.Repeat("a: 1\n", 50_000),
		"many items": "lines: [" + strings.Repeat("1,", 100_000) + "1]",
		"long word":  "program: " + strings.Repeat("x", 200_000),
		"quotes":     "program: '" + strings.Repeat("''", 100_000),
		"comments":   strings.Repeat("#\n", 100_000),
		"strings":    "program: |\n" + strings.Repeat("  x\n", 60_000),
	} {
		start := wall()
		if _, ps := parse(text); len(ps) == 0 {
			t.Errorf("%s: no problem", name)
		}
		if took := wall().Sub(start); took > 5*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

// TestDamagedFilesAreParsedOrRefused flips, drops and repeats bytes of a good
// file.
func TestDamagedFilesAreParsedOrRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for i := range 3000 {
		b := []byte(small)
		for range 1 + r.IntN(6) {
			at := r.IntN(len(b) - 1)
			switch r.IntN(4) {
			case 0:
				b[at] = byte(r.IntN(256))
			case 1:
				b = append(b[:at], b[at+1:]...)
			case 2:
				end := min(len(b), at+r.IntN(40))
				b = append(b[:end:end], b[at:]...)
			default:
				b[at] = "[]{}:-&*!|>'\"#%@`?,\n\t "[r.IntN(22)]
			}
		}
		start := wall()
		p, ps := parse(string(b))
		if took := wall().Sub(start); took > 5*time.Second {
			t.Errorf("damaged file %d took %s:\n%s", i, took, b)
		}
		if (p == nil) != (len(ps) > 0) {
			t.Errorf("damaged file %d: version %v, problems %v", i, p, ps)
		}
	}
}
