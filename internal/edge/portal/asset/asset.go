// Package asset serves the portal's own files: under names that carry their content's hash, compressed once, and
// kept by browsers for good. It also compresses the answers that are made on the fly.
package asset

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Prefix is the folder of the addresses.
const Prefix = "/static/"

// A Server knows every file by its hashed address. It is safe for concurrent use and never changes.
type Server struct {
	byPath map[string]*file
	urls   map[string]string
}

// file is one asset; its compressed forms are made when first asked for.
type file struct {
	kind   string
	tag    string
	raw    []byte
	hashed bool
	br, gz func() []byte
}

// New reads every file. Scripts and styles may name others as asset:NAME, which becomes the hashed address; a
// name that doesn't exist is an error.
func New(files fs.FS) (*Server, error) {
	s := &Server{byPath: map[string]*file{}, urls: map[string]string{}}
	for _, own := range []bool{false, true} {
		if err := s.load(files, own); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// load adds the files that name others (own) or that don't, which must come first.
func (s *Server) load(files fs.FS, own bool) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if reference.Match(b) != own {
			return nil
		}
		if b, err = s.resolve(name, b); err != nil {
			return err
		}
		s.add(name, b)
		return nil
	})
}

var reference = regexp.MustCompile(`asset:([A-Za-z0-9_./-]+)`)

func (s *Server) resolve(name string, b []byte) ([]byte, error) {
	var missing error
	out := reference.ReplaceAllFunc(b, func(m []byte) []byte {
		target := string(m[len("asset:"):])
		u, ok := s.urls[target]
		if !ok {
			missing = fmt.Errorf("%s names the unknown file %q", name, target)
		}
		return []byte(u)
	})
	return out, missing
}

func (s *Server) add(name string, b []byte) {
	sum := sha256.Sum256(b)
	hash, ext := hex.EncodeToString(sum[:6]), path.Ext(name)
	f := &file{kind: kind(ext), tag: `"` + hash + `"`, raw: b}
	f.br = sync.OnceValue(func() []byte {
		return squeeze(ext, b, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 9) })
	})
	f.gz = sync.OnceValue(func() []byte {
		return squeeze(ext, b, func(w io.Writer) io.WriteCloser {
			z, _ := gzip.NewWriterLevel(w, gzip.BestCompression) // the level is valid
			return z
		})
	})
	hashed := *f
	hashed.hashed = true
	s.urls[name] = Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext
	s.byPath[s.urls[name]] = &hashed
	s.byPath[Prefix+name] = f
}

// kind is the media type; scripts get one without the system's tables, which differ between machines.
func kind(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".woff2":
		return "font/woff2"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(ext)
}

// squeeze is nil for what is compressed already.
func squeeze(ext string, b []byte, encoder func(io.Writer) io.WriteCloser) []byte {
	if ext == ".woff2" || ext == ".png" {
		return nil
	}
	var out bytes.Buffer
	w := encoder(&out)
	// Writing to memory doesn't fail.
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

// URL is the hashed address of a file. That of an unknown name answers 404, which the page tests find.
func (s *Server) URL(name string) string {
	if u, ok := s.urls[name]; ok {
		return u
	}
	return Prefix + name
}

// ServeHTTP answers GET and HEAD below Prefix. Hashed addresses may be kept for a year; plain ones are checked
// each time.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := s.byPath[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	if f.hashed {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Add("Vary", "Accept-Encoding")
	body, coding := f.pick(accepted(r.Header.Get("Accept-Encoding")))
	tag := strings.TrimSuffix(f.tag, `"`) + coding + `"`
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader went away: nothing to do
	}
}

func (f *file) pick(coding string) (body []byte, used string) {
	switch coding {
	case "br":
		body = f.br()
	case "gzip":
		body = f.gz()
	}
	if body == nil {
		return f.raw, ""
	}
	return body, coding
}

// accepted is the best coding that the header allows: br, gzip, or none.
func accepted(header string) string {
	var gz bool
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if refused(q) {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			return "br"
		case "gzip", "*":
			gz = true
		}
	}
	if gz {
		return "gzip"
	}
	return ""
}

// refused tells whether a weight is zero.
func refused(q string) bool {
	_, v, ok := strings.Cut(q, "=")
	if !ok {
		return false
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	return err == nil && f == 0
}
