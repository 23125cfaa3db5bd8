package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hanse/test/browser"
)

// complaints keeps what a check says instead of failing.
type complaints struct {
	testing.TB
	said []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.said = append(c.said, fmt.Sprintf(format, args...))
}

func TestAxeFindsAPictureWithoutWordsAndPaleText(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><html lang="en"><title>T</title><main><h1>T</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color:#ccc;background:#fff">Pale</p></main></html>`)
	}))
	defer server.Close()
	c := &complaints{TB: t}
	browser.New(c, server.URL, browser.Options{}).Go("/").Axe()
	for _, rule := range []string{"axe image-alt", "axe color-contrast"} {
		if !strings.Contains(strings.Join(c.said, "\n"), rule) {
			t.Errorf("nothing of %s in %q", rule, c.said)
		}
	}
}
