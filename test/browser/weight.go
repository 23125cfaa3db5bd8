package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/brotli"
)

// Weight is what a first visit costs: the bytes over the wire, heads included, of a page and of everything that
// it loads, as a browser that accepts brotli gets them. No Chromium is needed. jar may be nil.
func Weight(t testing.TB, jar http.CookieJar, page string) (total int, parts []string) {
	t.Helper()
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}
	defer client.CloseIdleConnections()
	seen, text := map[string]bool{}, ""
	for queue := []string{page}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if seen[at] || strings.HasPrefix(at, "data:") {
			continue
		}
		seen[at] = true
		n, kind, body := fetch(t, client, at)
		total += n
		parts = append(parts, fmt.Sprintf("%d %s", n, at))
		if text == "" {
			text = body // the page itself comes first: what it says decides which typefaces it needs
		}
		if strings.HasPrefix(kind, "text/css") {
			body = fontFace.ReplaceAllStringFunc(body, func(face string) string { return needed(face, text) })
		}
		queue = append(queue, loads(t, at, kind, body)...)
	}
	return total, parts
}

// fetch is the size of an answer on the wire, its media type, and its plain body.
func fetch(t testing.TB, client *http.Client, at string) (size int, kind, body string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, at, nil)
	must(t, err)
	req.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	res, err := client.Do(req)
	must(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", at, res.Status)
	}
	head, err := httputil.DumpResponse(res, false)
	must(t, err)
	wire, err := io.ReadAll(res.Body)
	must(t, err)
	plain := wire
	if res.Header.Get("Content-Encoding") == "br" {
		plain, err = io.ReadAll(brotli.NewReader(strings.NewReader(string(wire))))
		must(t, err)
	}
	return len(head) + len(wire), res.Header.Get("Content-Type"), string(plain)
}

var (
	fontFace = regexp.MustCompile(`@font-face\s*\{[^}]*\}`)
	inRange  = regexp.MustCompile(`(?i)U\+([0-9a-f]+)(?:-([0-9a-f]+))?`)
)

// needed returns a typeface's rule when a browser loads it for a text: one with a unicode-range is left alone
// when no letter is in it.
func needed(face, text string) string {
	ranges := inRange.FindAllStringSubmatch(face, -1)
	for _, m := range ranges {
		from, _ := strconv.ParseInt(m[1], 16, 32) // the pattern lets nothing else through
		to := from
		if m[2] != "" {
			to, _ = strconv.ParseInt(m[2], 16, 32)
		}
		if strings.ContainsFunc(text, func(r rune) bool { return int64(r) >= from && int64(r) <= to }) {
			return face
		}
	}
	if len(ranges) == 0 {
		return face
	}
	return ""
}

var cssURL = regexp.MustCompile(`url\(["']?([^"')]+)`)

// loads are the addresses that a page or a style sheet makes a browser load.
func loads(t testing.TB, at, kind, body string) []string {
	t.Helper()
	base, err := url.Parse(at)
	must(t, err)
	var out []string
	add := func(ref string) {
		u, err := base.Parse(ref)
		must(t, err)
		out = append(out, u.String())
	}
	switch {
	case strings.HasPrefix(kind, "text/css"):
		for _, m := range cssURL.FindAllStringSubmatch(body, -1) {
			add(m[1])
		}
	case strings.HasPrefix(kind, "text/html"):
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
		must(t, err)
		doc.Find("link[rel=stylesheet], link[rel=icon], link[rel=preload], script[src], img[src]").Each(func(_ int, s *goquery.Selection) {
			add(s.AttrOr("href", s.AttrOr("src", "")))
		})
	}
	return out
}
