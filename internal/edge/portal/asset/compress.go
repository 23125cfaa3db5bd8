package asset

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// smallest is the number of bytes from which compressing pays.
const smallest = 1024

// A Compressor compresses answers on the fly. Its encoders are shared between requests.
type Compressor struct {
	pools map[string]*sync.Pool
}

// encoder is what brotli and gzip have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// NewCompressor makes one for a server.
func NewCompressor() *Compressor {
	return &Compressor{pools: map[string]*sync.Pool{
		"br": {New: func() any { return encoder(brotli.NewWriterLevel(io.Discard, 4)) }},
		"gzip": {New: func() any {
			z, _ := gzip.NewWriterLevel(io.Discard, 5) // the level is valid
			return encoder(z)
		}},
	}}
}

// Wrap compresses the answers of next when the client accepts it and it pays: text of some length that isn't
// compressed yet, isn't a part of a file, and isn't a stream of events. Flush sends what there is.
func (c *Compressor) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		coding := accepted(r.Header.Get("Accept-Encoding"))
		if coding == "" || r.Method == http.MethodHead || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		z := &writer{ResponseWriter: w, pool: c.pools[coding], coding: coding}
		// After a panic nothing is finished: the client must see a broken answer, not a whole one.
		next.ServeHTTP(z, r)
		z.finish()
	})
}

// writer holds the first bytes back until it's clear whether to compress.
type writer struct {
	http.ResponseWriter
	pool    *sync.Pool
	coding  string
	status  int
	held    []byte
	decided bool
	enc     encoder
}

// Unwrap lets http.ResponseController reach the connection.
func (z *writer) Unwrap() http.ResponseWriter { return z.ResponseWriter }

// WriteHeader keeps the status until the first bytes are sent; interim statuses pass at once.
func (z *writer) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		z.ResponseWriter.WriteHeader(status)
		return
	}
	if z.status == 0 {
		z.status = status
	}
}

// Write holds back, compresses, or passes on.
func (z *writer) Write(b []byte) (int, error) {
	if z.decided {
		return z.out().Write(b)
	}
	z.held = append(z.held, b...)
	if len(z.held) < smallest {
		return len(b), nil
	}
	return len(b), z.decide(true)
}

// FlushError sends everything so far: what is streamed is compressed from its first byte.
func (z *writer) FlushError() error {
	if !z.decided {
		if err := z.decide(true); err != nil {
			return err
		}
	}
	if z.enc != nil {
		if err := z.enc.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

// Flush is for handlers that ask for http.Flusher.
func (z *writer) Flush() { _ = z.FlushError() }

func (z *writer) out() io.Writer {
	if z.enc != nil {
		return z.enc
	}
	return z.ResponseWriter
}

// decide chooses once; long says that there's enough to compress, or that it's streamed.
func (z *writer) decide(long bool) error {
	z.decided = true
	h := z.Header()
	if h.Get("Content-Type") == "" && len(z.held) > 0 {
		h.Set("Content-Type", http.DetectContentType(z.held))
	}
	if compressible(h, z.code()) {
		h.Add("Vary", "Accept-Encoding")
		if long {
			z.start(h)
		}
	}
	if z.status != 0 {
		z.ResponseWriter.WriteHeader(z.status)
	}
	if len(z.held) == 0 {
		return nil
	}
	_, err := z.out().Write(z.held)
	z.held = nil
	return err
}

func (z *writer) start(h http.Header) {
	h.Del("Content-Length")
	h.Set("Content-Encoding", z.coding)
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		h.Set("ETag", "W/"+tag)
	}
	z.enc = z.pool.Get().(encoder)
	z.enc.Reset(z.ResponseWriter)
}

func (z *writer) code() int {
	if z.status == 0 {
		return http.StatusOK
	}
	return z.status
}

// finish sends what is held and ends the encoding.
func (z *writer) finish() {
	if !z.decided {
		if n := len(z.held); n > 0 && z.Header().Get("Content-Length") == "" {
			z.Header().Set("Content-Length", strconv.Itoa(n))
		}
		if z.decide(false) != nil {
			return // the client went away
		}
	}
	if z.enc != nil {
		_ = z.enc.Close() // as above
		z.enc.Reset(io.Discard)
		z.pool.Put(z.enc)
	}
}

// compressible tells whether the answer is text that nobody has encoded or cut.
func compressible(h http.Header, status int) bool {
	if status < 200 || status == http.StatusNoContent || status == http.StatusPartialContent || status == http.StatusNotModified ||
		h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" {
		return false
	}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	kind = strings.TrimSpace(strings.ToLower(kind))
	switch kind {
	case "text/event-stream":
		return false
	case "application/json", "application/javascript", "application/xml", "image/svg+xml", "application/manifest+json", "application/yaml":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}
