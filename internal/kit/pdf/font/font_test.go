package font

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

func TestVendoredFilesAreWhatTheChecksumsSay(t *testing.T) {
	sums, err := os.ReadFile("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has SHA-256 %s, want %s", name, got, want)
		}
		n++
	}
	if n != 7 {
		t.Errorf("SHA256SUMS lists %d files, want 4 fonts and 3 licences", n)
	}
}

func TestTheFacesCoverTheNamesWeMeet(t *testing.T) {
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"深圳北风系统集成有限公司", "Müller, López, Gonçalves", "Nguyễn Thị Ánh", "Иванов", "Ωmega", "“·—…”（）《》", "★☆✓〓№€"} {
		if !s.Sans.Covers(text) || !s.SansBold.Covers(text) || !s.SerifBold.Covers(text) {
			t.Errorf("%s: sans %v, bold %v, serif %v", text, s.Sans.Covers(text), s.SansBold.Covers(text), s.SerifBold.Covers(text))
		}
	}
	if world := "Łukasz Şahin ĞİŐŰŽ Әлия Ґанок Άγγελος"; !s.SansWorld.Covers(world) {
		t.Errorf("world doesn't cover %s", world)
	}
	for r, want := range map[rune]bool{'镕': true, '喆': true, '堃': true, '淼': true, '𠮷': false, '😀': false, 'ก': false, '한': false, '\u202e': false} {
		if got := s.Sans.Has(r); got != want {
			t.Errorf("Sans.Has(%q) = %v, want %v", r, got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(); err != nil {
			b.Fatal(err)
		}
	}
}
