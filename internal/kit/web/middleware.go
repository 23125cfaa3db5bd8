package web

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// logging writes one line for each request when it's over.
func (o Options) logging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := o.Wall()
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r)
		took := o.Wall().Sub(began)
		if o.Observe != nil {
			o.Observe(r.Method, pattern(r), rec.code(), took)
		}
		o.line(r, rec, took)
	})
}

func (o Options) line(r *http.Request, rec *recorder, took time.Duration) {
	info := Of(r.Context())
	level := slog.LevelInfo
	switch {
	case rec.code() >= 500:
		level = slog.LevelError
	case quiet(r.URL.Path):
		level = slog.LevelDebug
	}
	if !o.Log.Enabled(r.Context(), level) {
		return
	}
	info.mu.Lock()
	defer info.mu.Unlock()
	attrs := append([]slog.Attr{
		slog.String("request", info.ID), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", rec.code()), slog.Int64("bytes", rec.bytes), slog.Duration("took", took.Round(time.Microsecond)),
		slog.String("ip", info.IP),
	}, info.attrs...)
	o.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// quiet paths are asked for so often that they would hide everything else.
func quiet(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// pattern is the route that an edge named, or the one that matched here.
func pattern(r *http.Request) string {
	info := Of(r.Context())
	info.mu.Lock()
	defer info.mu.Unlock()
	switch {
	case info.route != "":
		return info.route
	case r.Pattern != "":
		return r.Pattern
	}
	return "other"
}

// recovering turns a panic into the error page, once, with its stack in the log.
func (o Options) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p) // the server's own way to cut a connection
			}
			o.Log.Error("panic", "request", Of(r.Context()).ID, "error", fmt.Sprint(p), "stack", string(debug.Stack()))
			if rec, ok := w.(*recorder); ok && rec.status != 0 {
				panic(http.ErrAbortHandler) // half an answer is out: the client must see that it's broken
			}
			if o.Failed == nil {
				http.Error(w, "internal error, request "+Of(r.Context()).ID, http.StatusInternalServerError)
				return
			}
			o.Failed.ServeHTTP(w, r)
		}()
		next.ServeHTTP(w, r)
	})
}

// CSP is the content security policy of every page: own files only, no inline script, no frame.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"

// headers sets what protects every answer. A handler that must, such as the API explorer, sets another policy.
func (o Options) headers(next http.Handler) http.Handler {
	fixed := http.Header{}
	fixed.Set("Content-Security-Policy", CSP)
	fixed.Set("X-Content-Type-Options", "nosniff")
	fixed.Set("Referrer-Policy", "same-origin")
	fixed.Set("Cross-Origin-Opener-Policy", "same-origin")
	fixed.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	if o.HTTPS {
		fixed.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The values are the same ones for all answers. Whoever sets another replaces the slice, and whoever adds one
		// gets a slice of its own: none of them has spare room.
		maps.Copy(w.Header(), fixed)
		next.ServeHTTP(w, r)
	})
}

// Limit refuses bodies above so many bytes: reading past it gives *http.MaxBytesError.
func Limit(bytes int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bytes)
		next.ServeHTTP(w, r)
	})
}

// A recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the first final status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK // nothing written: net/http answers 200
	}
	return r.status
}
