// Command vendor refreshes the committed third-party files of the portal from their npm packages.
//
// It needs npm, and is run by a maintainer only: go run ./tools/vendor from the top folder. Nothing else in the
// project needs Node. It writes the files, their licences, and VENDOR.md with a checksum for each, which a test
// compares with what is committed.
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	staticDir  = "internal/edge/portal/static/vendor/"
	iconDir    = "internal/edge/portal/ui/icons/"
	browserDir = "test/browser/"
	licenceDir = staticDir + "licences/"
	listFile   = "internal/edge/portal/static/VENDOR.md"
)

// A source is one npm package and the files taken from it: path in the package to path in the project.
type source struct {
	name, version, licence, use string
	licenceFile                 string
	files                       map[string]string
}

func sources() []source {
	return []source{
		{"htmx.org", "2.0.11", "0BSD", "partial page updates", "LICENSE", map[string]string{"dist/htmx.min.js": staticDir + "htmx.js"}},
		{"@fontsource-variable/inter", "5.3.0", "OFL-1.1", "Latin typeface", "LICENSE",
			map[string]string{"files/inter-latin-wght-normal.woff2": staticDir + "inter.woff2",
				"files/inter-latin-ext-wght-normal.woff2": staticDir + "inter-ext.woff2"}},
		{"altcha", "3.2.2", "MIT", "proof of work on public forms", "LICENSE.txt", map[string]string{
			"dist/external/altcha.min.js": staticDir + "altcha.js",
			"dist/external/altcha.css":    staticDir + "altcha.css",
			"dist/workers/pbkdf2.js":      staticDir + "altcha-pbkdf2.js",
			"dist/i18n/zh-cn.js":          staticDir + "altcha-zh.js",
		}},
		{"rapidoc", "9.3.8", "MIT", "API reference page", "LICENSE.txt", map[string]string{"dist/rapidoc-min.js": staticDir + "rapidoc.js"}},
		{"axe-core", "4.14.1", "MPL-2.0", "accessibility checks, tests only", "LICENSE", map[string]string{"axe.min.js": browserDir + "axe.min.js"}},
		{"@tabler/icons", "3.51.0", "MIT", "icons", "LICENSE", iconFiles()},
	}
}

func iconFiles() map[string]string {
	files := map[string]string{}
	for _, n := range strings.Fields(outlineIcons) {
		files["icons/outline/"+n+".svg"] = iconDir + n + ".svg"
	}
	for _, n := range strings.Fields(filledIcons) {
		files["icons/filled/"+n+".svg"] = iconDir + n + "-filled.svg"
	}
	return files
}

func main() {
	log.SetFlags(0)
	var rows []string
	for _, s := range sources() {
		got, err := s.fetch()
		if err != nil {
			log.Fatalf("refresh %s: %v", s.name, err)
		}
		rows = append(rows, got...)
	}
	slices.Sort(rows)
	if err := os.WriteFile(listFile, []byte(listHead+strings.Join(rows, "\n")+"\n"), 0o644); err != nil {
		log.Fatal(err)
	}
}

// fetch writes the source's files and returns their rows of VENDOR.md.
func (s source) fetch() ([]string, error) {
	dir, err := os.MkdirTemp("", "vendor-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := exec.Command("npm", "pack", "--silent", s.name+"@"+s.version)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack: %w: %s", err, out)
	}
	packs, _ := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if len(packs) != 1 {
		return nil, fmt.Errorf("%d archives, want 1", len(packs))
	}
	want := map[string]string{s.licenceFile: licenceDir + strings.NewReplacer("@", "", "/", "-").Replace(s.name) + ".txt"}
	for from, to := range s.files {
		want[from] = to
	}
	return s.unpack(packs[0], want)
}

func (s source) unpack(pack string, want map[string]string) ([]string, error) {
	f, err := os.Open(pack)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var rows []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		to, ok := want[strings.TrimPrefix(h.Name, "package/")]
		if !ok {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		if err := write(to, b); err != nil {
			return nil, err
		}
		rows = append(rows, fmt.Sprintf("| %s | %s %s | %s | %s | `%x` |", to, s.name, s.version, s.licence, s.use, sha256.Sum256(b)))
	}
	if len(rows) != len(want) {
		return nil, fmt.Errorf("%d of %d files found in the package", len(rows), len(want))
	}
	return rows, nil
}

func write(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644)
}

const listHead = `# Third-party files

Written by ` + "`go run ./tools/vendor`" + `; a test compares each checksum. Licence texts are in ` + "`vendor/licences/`" + `.

| file | package | licence | use | sha256 |
| --- | --- | --- | --- | --- |
`

// The icons of the portal, and no more: each is part of the binary.
const outlineIcons = `home star users user user-plus user-check user-x certificate award file file-text upload download clock calendar
calendar-due bell mail search filter plus minus x check circle-check circle-x circle-minus alert-triangle alert-circle info-circle
help-circle chevron-down chevron-up chevron-right chevron-left arrow-left arrow-right arrow-up arrow-down settings shield shield-check
key history list building briefcase ticket logout login language sun moon qrcode external-link trash pencil eye player-play
player-pause player-skip-forward refresh lock folder building-bank chart-bar chart-line copy dots menu-2 send flag link hourglass
device-laptop world message printer selector circle-dashed checklist map-pin phone tag ban rotate paperclip
books route rosette stairs-up clipboard-check adjustments database server heart-rate-monitor receipt scale`

const filledIcons = `star circle-check alert-triangle`
