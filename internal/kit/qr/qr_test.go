package qr

import (
	"encoding/xml"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const link = "https://partner.example/verify/H3C-2026-000417?k=7Q3K9D2MX1PA"

func TestAReaderReadsWhatWasEncoded(t *testing.T) {
	reader, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("SKIPPED: zbarimg isn't installed (Debian: zbar-tools), so no code was read back")
	}
	for _, text := range []string{link, "中文 and English", strings.Repeat("long ", 100)} {
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "code.png")
		if err := draw(name, c, 6); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(reader, "-q", "--raw", name).Output()
		if got := strings.TrimRight(string(out), "\n"); got != strings.TrimRight(text, "\n") {
			t.Errorf("zbarimg reads %q, %v, want %q", got, err, text)
		}
	}
}

// draw paints the runs, as a PDF does, scale pixels a module.
func draw(name string, c Code, scale int) error {
	side := (c.Size + 2*Quiet) * scale
	m := image.NewGray(image.Rect(0, 0, side, side))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	c.Runs(func(x, y, n int) {
		for px := (x + Quiet) * scale; px < (x+Quiet+n)*scale; px++ {
			for py := (y + Quiet) * scale; py < (y+Quiet+1)*scale; py++ {
				m.SetGray(px, py, color.Gray{})
			}
		}
	})
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, m)
}

func TestRunsCoverExactlyTheDarkModules(t *testing.T) {
	c, err := Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	got := map[[2]int]int{}
	c.Runs(func(x, y, n int) {
		for i := range n {
			got[[2]int{x + i, y}]++
		}
	})
	for y := -1; y <= c.Size; y++ {
		for x := -1; x <= c.Size; x++ {
			want := 0
			if c.Dark(x, y) {
				want = 1
			}
			if got[[2]int{x, y}] != want {
				t.Fatalf("module %d,%d is drawn %d times, want %d", x, y, got[[2]int{x, y}], want)
			}
		}
	}
	if !c.Dark(0, 0) || c.Dark(1, 1) {
		t.Error("there's no finder pattern in the corner")
	}
}

func TestTheSVGIsWellFormedAndItsLabelEscaped(t *testing.T) {
	c, err := Encode(link)
	if err != nil {
		t.Fatal(err)
	}
	svg := c.SVG(`Verify "A & B" <script>`)
	if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil || strings.Contains(svg, "<script>") {
		t.Errorf("SVG = %v: %.200s", err, svg)
	}
	if n := len(c.Path()); n > 8000 {
		t.Errorf("path has %d bytes", n)
	}
}

func TestATextThatIsTooLongIsRefused(t *testing.T) {
	if _, err := Encode(strings.Repeat("x", 4000)); err == nil {
		t.Error("Encode accepts 4000 bytes")
	}
}
