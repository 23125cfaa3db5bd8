package ui

import (
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"github.com/a-h/templ"
)

//go:embed icons/*.svg
var iconFiles embed.FS

const (
	iconOpen = `<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24" viewBox="0 0 24 24" `
	outline  = `fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">`
	filled   = `fill="currentColor">`
	frame    = `<path stroke="none" d="M0 0h24v24H0z" fill="none" />`
)

// icons is parsed once, at first use: name without ending to inline SVG.
var icons = sync.OnceValues(func() (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(iconFiles, "icons", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := iconFiles.ReadFile(p)
		if err != nil {
			return err
		}
		out[strings.TrimSuffix(d.Name(), ".svg")], err = inline(string(b))
		return err
	})
	return out, err
})

// inline strips a Tabler file of its comment, frame, and attributes, and gives it ours.
func inline(file string) (string, error) {
	_, svg, ok := strings.Cut(file, "<svg")
	head, inner, ok2 := strings.Cut(strings.Join(strings.Fields(svg), " "), ">")
	if !ok || !ok2 {
		return "", fmt.Errorf("not an icon: %.40q", file)
	}
	paint := outline
	if strings.Contains(head, `fill="currentColor"`) {
		paint = filled
	}
	inner = strings.ReplaceAll(strings.TrimSpace(inner), frame, "")
	return iconOpen + paint + strings.ReplaceAll(inner, "> <", "><"), nil
}

// Icon inlines a decorative icon: the words beside it carry the meaning. An empty name shows nothing; an unknown
// one fails the page, and a test looks for such names in the source.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		if name == "" {
			return nil
		}
		all, err := icons()
		if err != nil {
			return err
		}
		svg, ok := all[name]
		if !ok {
			return fmt.Errorf("no icon %q: add it to tools/vendor", name)
		}
		_, err = io.WriteString(w, svg)
		return err
	})
}

// HasIcon tells whether Icon knows the name.
func HasIcon(name string) bool {
	all, err := icons()
	return err == nil && all[name] != ""
}
