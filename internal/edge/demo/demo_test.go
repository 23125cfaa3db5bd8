package demo_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanse/internal/edge/demo"
	"hanse/internal/kit/clock"
)

var start = time.Date(2026, 3, 31, 2, 0, 0, 0, time.UTC)

type world struct {
	*clock.Manual
	mux     *http.ServeMux
	file    string
	drained int // how often the runner was asked to do what is due
}

func newWorld(t *testing.T) *world {
	w := &world{Manual: clock.Fake(start), mux: http.NewServeMux(), file: filepath.Join(t.TempDir(), "clock.json")}
	alone := func(_ context.Context, f func() error) error {
		if err := f(); err != nil {
			return err
		}
		w.drained++
		return nil
	}
	demo.New(w.Clock, alone, w.file).Register(w.mux)
	return w
}

func (w *world) post(path, kind, body, remote string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.RemoteAddr = remote
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec
}

func TestTheClockMovesForwardAndWhatIsDueHasRun(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ body, want string }{
		{`{"advance":"72h"}`, "2026-04-03T02:00:00Z"},
		{`{"now":"2026-05-01T08:00:00+08:00"}`, "2026-05-01T00:00:00Z"},
	} {
		rec := w.post("/demo/clock", "application/json", c.body, "127.0.0.1:5")
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("POST %s = %d %s, want %s", c.body, rec.Code, rec.Body, c.want)
		}
	}
	if w.drained != 2 {
		t.Errorf("drained %d times, want 2", w.drained)
	}
	if offset, ok, err := demo.Load(w.file); !ok || err != nil || !start.Add(offset).Equal(w.Now()) {
		t.Errorf("kept offset %v, %v, %v; the clock shows %v", offset, ok, err, w.Now())
	}
}

func TestWhatTheClockCannotDoIsRefusedAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	for body, want := range map[string]int{
		`{"advance":"-1s"}`:              422,
		`{"now":"2026-03-30T02:00:00Z"}`: 422,
		`{}`:                             422,
		`{"advance":"1h","now":"2027-01-01T00:00:00Z"}`: 422,
		`{"advance":"soon"}`:                            422,
		`{"hours":1}`:                                   422,
		`nonsense`:                                      422,
	} {
		rec := w.post("/demo/clock", "application/json", body, "127.0.0.1:5")
		if rec.Code != want || !strings.Contains(rec.Body.String(), `"error_msg"`) || !strings.Contains(rec.Body.String(), `"error_code"`) {
			t.Errorf("POST %s = %d %s, want %d in the error shape", body, rec.Code, rec.Body, want)
		}
	}
	if rec := w.post("/demo/clock", "application/json", `{"advance":"1h"}`, "192.0.2.1:5"); rec.Code != 403 {
		t.Errorf("from another machine: %d, want 403", rec.Code)
	}
	if !w.Now().Equal(start) || w.drained != 0 {
		t.Errorf("the clock moved to %v, drained %d times", w.Now(), w.drained)
	}
}

func TestThePortalsFormTravelsAndGoesBack(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for _, c := range []struct{ body, at, location string }{
		{"advance=1d&back=/people%3Fq=a", "2026-04-01T02:00:00Z", "/people?q=a"},
		{"advance=1w&back=//evil.example", "2026-04-07T02:00:00Z", "/"},
		{"advance=1m&back=/", "2026-04-30T02:00:00Z", "/"},
		{"to=2026-12-01&back=/qualifications", "2026-12-01T01:00:00Z", "/qualifications"},
	} {
		w := newWorld(t)
		rec := w.post("/demo/travel", form, c.body, "192.0.2.1:5")
		if got := w.Now().Format(time.RFC3339); rec.Code != 303 || got != c.at || rec.Header().Get("Location") != c.location {
			t.Errorf("POST %s = %d, now %s, to %q; want 303, %s, %q", c.body, rec.Code, got, rec.Header().Get("Location"), c.at, c.location)
		}
	}
	w := newWorld(t)
	for _, body := range []string{"to=2020-01-01", "to=tomorrow", "advance=1y", ""} {
		rec := w.post("/demo/travel", form, body, "192.0.2.1:5")
		if b, _ := io.ReadAll(rec.Body); rec.Code != 422 || len(b) == 0 {
			t.Errorf("POST %q = %d %q, want 422 and why", body, rec.Code, b)
		}
	}
}
