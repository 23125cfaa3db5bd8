package asset_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"

	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/static"
)

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func server(t *testing.T, files fstest.MapFS) *asset.Server {
	t.Helper()
	s, err := asset.New(files)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get asks with one Accept-Encoding and returns the answer with its decoded body.
func get(t *testing.T, h http.Handler, path, accept string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	var body io.Reader = res.Body
	switch res.Header.Get("Content-Encoding") {
	case "br":
		body = brotli.NewReader(res.Body)
	case "gzip":
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func TestAssetsComeCompressedUnderHashedNames(t *testing.T) {
	long := strings.Repeat("body { color: red }\n", 100)
	s := server(t, fstest.MapFS{"app.css": text(long), "a/x.woff2": text("font")})
	for _, c := range []struct{ accept, coding string }{
		{"gzip, deflate, br", "br"}, {"gzip", "gzip"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"", ""}, {"identity", ""}, {"br;q=0", ""},
	} {
		res, body := get(t, s, s.URL("app.css"), c.accept)
		if got := res.Header.Get("Content-Encoding"); got != c.coding || body != long {
			t.Errorf("Accept-Encoding %q: got coding %q and %d bytes, want %q and %d", c.accept, got, len(body), c.coding, len(long))
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control of a hashed name: got %q, want immutable", got)
		}
	}
	if res, _ := get(t, s, s.URL("a/x.woff2"), "br"); res.Header.Get("Content-Encoding") != "" || res.Header.Get("Content-Type") != "font/woff2" {
		t.Errorf("font: got %v, want plain font/woff2", res.Header)
	}
	if res, _ := get(t, s, "/static/app.css", "br"); res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("plain name: got %q, want no-cache", res.Header.Get("Cache-Control"))
	}
	if res, _ := get(t, s, "/static/none.css", "br"); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown name: got %d, want 404", res.StatusCode)
	}
}

func TestAnUnchangedAssetIsNotSentAgain(t *testing.T) {
	s := server(t, fstest.MapFS{"app.js": text("x")})
	first, _ := get(t, s, "/static/app.js", "br")
	r := httptest.NewRequest(http.MethodGet, "/static/app.js", nil)
	r.Header.Set("Accept-Encoding", "br")
	r.Header.Set("If-None-Match", first.Header.Get("ETag"))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified {
		t.Errorf("second request: got %d, want 304", w.Code)
	}
}

func TestReferencesBecomeHashedNames(t *testing.T) {
	s := server(t, fstest.MapFS{"app.css": text(`src: url("asset:v/inter.woff2")`), "v/inter.woff2": text("font")})
	_, body := get(t, s, s.URL("app.css"), "")
	if want := `src: url("` + s.URL("v/inter.woff2") + `")`; body != want {
		t.Errorf("got %s, want %s", body, want)
	}
	if _, err := asset.New(fstest.MapFS{"app.css": text("asset:gone.js")}); err == nil {
		t.Error("a reference to nothing: got no error")
	}
}

func TestOurFilesLoad(t *testing.T) {
	s, err := asset.New(static.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"app.css", "app.js", "altcha.js", "mark.svg", "vendor/htmx.js", "vendor/inter.woff2", "vendor/rapidoc.js", "vendor/altcha.css"} {
		if res, _ := get(t, s, s.URL(n), "br"); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") == "" {
			t.Errorf("%s: got %d %q", n, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
}

func wrap(h http.HandlerFunc) http.Handler { return asset.NewCompressor().Wrap(h) }

func TestAnswersAreCompressedWhenItPays(t *testing.T) {
	long := strings.Repeat("<p>ledger</p>", 200)
	for _, c := range []struct {
		name, kind, body, coding string
		set                      map[string]string
	}{
		{"a long page", "text/html; charset=utf-8", long, "br", nil},
		{"a long page with its length", "text/html", long, "br", map[string]string{"Content-Length": "2600"}},
		{"a page without a type", "", "<!DOCTYPE html>" + long, "br", nil},
		{"a problem document", "application/problem+json", long, "br", nil},
		{"a short page", "text/html", "<p>hi</p>", "", nil},
		{"a picture", "image/png", long, "", nil},
		{"an encoded answer", "text/html", long, "gzip", map[string]string{"Content-Encoding": "gzip"}},
		{"events", "text/event-stream", long, "", nil},
		{"a part", "text/plain", long, "", map[string]string{"Content-Range": "bytes 0-9/99"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := wrap(func(w http.ResponseWriter, _ *http.Request) {
				if c.kind != "" {
					w.Header().Set("Content-Type", c.kind)
				}
				for k, v := range c.set {
					w.Header().Set(k, v)
				}
				io.WriteString(w, c.body)
			})
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header.Set("Accept-Encoding", "br")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Header().Get("Content-Encoding"); got != c.coding {
				t.Fatalf("got coding %q, want %q", got, c.coding)
			}
			body := w.Body.String()
			if c.coding == "br" {
				if w.Header().Get("Content-Length") != "" || !strings.Contains(w.Header().Get("Vary"), "Accept-Encoding") {
					t.Errorf("heads: %v", w.Header())
				}
				b, err := io.ReadAll(brotli.NewReader(w.Body))
				if err != nil {
					t.Fatal(err)
				}
				body = string(b)
			}
			if body != c.body {
				t.Errorf("got %d bytes, want %d", len(body), len(c.body))
			}
		})
	}
}

func TestStatusAndTagSurviveCompression(t *testing.T) {
	res, _ := get(t, wrap(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("ETag", `"v1"`)
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, strings.Repeat("x", 5000))
	}), "/", "gzip")
	if res.StatusCode != http.StatusUnprocessableEntity || res.Header.Get("ETag") != `W/"v1"` {
		t.Errorf("got %d %s, want 422 and a weak tag", res.StatusCode, res.Header.Get("ETag"))
	}
}

func TestEmptyAnswersStayEmpty(t *testing.T) {
	for _, status := range []int{http.StatusNoContent, http.StatusSeeOther, http.StatusNotModified} {
		res, body := get(t, wrap(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), "/", "br")
		if res.StatusCode != status || body != "" || res.Header.Get("Content-Encoding") != "" {
			t.Errorf("got %d, %d bytes, coding %q; want %d and nothing", res.StatusCode, len(body), res.Header.Get("Content-Encoding"), status)
		}
	}
}

func TestFlushSendsWhatThereIs(t *testing.T) {
	step := make(chan struct{})
	srv := httptest.NewServer(wrap(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "first")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-step
		io.WriteString(w, " second")
	}))
	defer srv.Close()
	req, err := http.NewRequest(http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "br")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	z := brotli.NewReader(res.Body)
	first := make([]byte, 5)
	if _, err := io.ReadFull(z, first); err != nil || string(first) != "first" {
		t.Fatalf("before the end: got %q, %v", first, err)
	}
	close(step)
	if rest, err := io.ReadAll(z); err != nil || string(rest) != " second" {
		t.Errorf("after: got %q, %v", rest, err)
	}
}

func TestAPanicLeavesABrokenAnswer(t *testing.T) {
	srv := httptest.NewServer(wrap(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, strings.Repeat("x", 4000))
		panic(http.ErrAbortHandler)
	}))
	defer srv.Close()
	req, err := http.NewRequest(http.MethodGet, srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return // broken before the first byte: as good
	}
	defer res.Body.Close()
	if _, err := io.ReadAll(res.Body); !errors.Is(err, io.ErrUnexpectedEOF) && err == nil {
		t.Error("the broken answer reads as a whole one")
	}
}
