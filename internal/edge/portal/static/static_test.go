package static_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hanse/internal/edge/portal/static"
)

const root = "../../../../"

var row = regexp.MustCompile("(?m)^\\| (\\S+) \\| .* \\| `([0-9a-f]{64})` \\|$")

// listed reads VENDOR.md: path to checksum.
func listed(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("VENDOR.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, m := range row.FindAllStringSubmatch(string(b), -1) {
		out[m[1]] = m[2]
	}
	return out
}

func TestThirdPartyFilesAreWhatTheListSays(t *testing.T) {
	want := listed(t)
	if len(want) < 100 {
		t.Fatalf("VENDOR.md lists %d files, want at least 100", len(want))
	}
	for path, sum := range want {
		b, err := os.ReadFile(root + path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != sum {
			t.Errorf("%s has checksum %s, VENDOR.md says %s", path, got, sum)
		}
	}
}

func TestEveryThirdPartyFileIsListed(t *testing.T) {
	want := listed(t)
	for _, dir := range []string{"internal/edge/portal/static/vendor", "internal/edge/portal/ui/icons"} {
		err := filepath.WalkDir(root+dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if name := strings.TrimPrefix(filepath.ToSlash(p), root); want[name] == "" {
				t.Errorf("%s isn't in VENDOR.md: run go run ./tools/vendor", name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestOurFilesNameNoOtherHost(t *testing.T) {
	for _, name := range []string{"app.css", "app.js", "altcha.js", "explorer.js", "editor.js", "live.js", "compose.js", "desk.js"} {
		b, err := static.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.Index(string(b), "://"); i >= 0 {
			t.Errorf("%s names another host: …%.60s", name, b[i-5:])
		}
	}
}
