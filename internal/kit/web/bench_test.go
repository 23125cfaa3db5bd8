package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"hanse/internal/kit/web"
)

// discard is an answer nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkGround is what a request costs before and after its handler.
func BenchmarkGround(b *testing.B) {
	h, err := web.Ground(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }), web.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelWarn})), Wall: time.Now,
		Observe: func(string, string, int, time.Duration) {}, Rate: 1e9, Burst: 1e9,
	})
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, "http://partner.example/api/v1/x", nil)
	if err != nil {
		b.Fatal(err)
	}
	r.RemoteAddr = "192.0.2.10:4711"
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&discard{http.Header{}}, r)
	}
}
