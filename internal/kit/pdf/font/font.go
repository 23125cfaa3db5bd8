// Package font holds the typefaces of generated documents, packed, and unpacks them when first needed.
package font

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"golang.org/x/image/font/sfnt"
)

//go:embed sans-regular.ttf.br
var sansRegular []byte

//go:embed sans-bold.ttf.br
var sansBold []byte

//go:embed serif-bold.ttf.br
var serifBold []byte

//go:embed sans-world.ttf.br
var sansWorld []byte

// A Face is one typeface: its TrueType bytes, and which characters it can draw.
type Face struct {
	TTF   []byte
	glyph *sfnt.Font
}

// A Set is the four faces. Sans covers GBK, the bold ones GB 2312, all three western Latin letters. SansWorld has
// no Chinese, but every Latin, Greek and Cyrillic letter: it helps out for names that the others can't draw.
type Set struct {
	Sans, SansBold, SerifBold, SansWorld Face
}

// Load unpacks the faces: 13 MB of memory and about a tenth of a second, so do it once and late.
func Load() (*Set, error) {
	var s Set
	packed := [][]byte{sansRegular, sansBold, serifBold, sansWorld}
	faces := []*Face{&s.Sans, &s.SansBold, &s.SerifBold, &s.SansWorld}
	errs := make([]error, len(faces))
	var wg sync.WaitGroup
	for i := range faces {
		wg.Go(func() { errs[i] = faces[i].unpack(packed[i]) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			// The files are embedded and tested, so this means a broken binary.
			return nil, fmt.Errorf("unpack fonts: %w", err)
		}
	}
	return &s, nil
}

func (f *Face) unpack(packed []byte) (err error) {
	if f.TTF, err = io.ReadAll(brotli.NewReader(bytes.NewReader(packed))); err != nil {
		return err
	}
	f.glyph, err = sfnt.Parse(f.TTF)
	return err
}

// Has tells whether the face can draw a character. Those beyond the basic plane it never can: the PDF library
// has no place for them.
func (f *Face) Has(r rune) bool {
	if r > 0xffff {
		return false
	}
	var b sfnt.Buffer
	i, err := f.glyph.GlyphIndex(&b, r)
	return err == nil && i != 0
}

// Covers tells whether the face can draw a whole text.
func (f *Face) Covers(s string) bool {
	for _, r := range s {
		if !f.Has(r) {
			return false
		}
	}
	return true
}
