package program_test

import (
	"strings"
	"testing"
	"time"
)

// TestHostileFilesAreRefusedQuickly covers what could keep the parser busy or eat its memory.
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
		start := time.Now()
		if _, ps := parse(text); len(ps) == 0 {
			t.Errorf("%s: no problem", name)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		t.Log(name, time.Since(start))
	}
}
