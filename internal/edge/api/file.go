package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Media types of files.
const (
	typePDF  = "application/pdf"
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeCSV  = "text/csv"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeYAML = "application/yaml"
	typeAny  = "application/octet-stream"
	typeForm = "multipart/form-data"
)

// A document is an answer that is a file. Write gets the place for its bytes; an error there cuts the connection,
// so that nobody takes half a file for the whole.
type document struct {
	name, media string
	size        int64 // 0 = not known
	write       func(w io.Writer) error
}

// bytesOf is a document that is there already.
func bytesOf(name, media string, b []byte) document {
	return document{name, media, int64(len(b)), func(w io.Writer) error { _, err := w.Write(b); return err }}
}

func (a *API) send(w http.ResponseWriter, r *http.Request, d document) {
	h := w.Header()
	h.Set("Content-Type", d.media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
	h.Set("Cache-Control", "private, no-store")
	if d.size > 0 {
		h.Set("Content-Length", strconv.FormatInt(d.size, 10))
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	if err := d.write(w); err != nil {
		a.Log.ErrorContext(r.Context(), "send a file", "file", d.name, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// gives puts the media types of an answered file into the document.
func gives(s *huma.Operation, op Operation) {
	if len(op.Gives) > 0 {
		s.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: binary(op.Gives)}}
	}
}

// takes puts those of a sent file into the document of a registered operation. Its body is streamed, see upload.
func (a *API) takes(op Operation) {
	if len(op.Takes) > 0 {
		a.doc.Paths[op.Path].Post.RequestBody = &huma.RequestBody{Required: true, Content: binary(op.Takes)}
	}
}

func binary(types []string) map[string]*huma.MediaType {
	m := map[string]*huma.MediaType{}
	for _, t := range types {
		schema := &huma.Schema{Type: "string", Format: "binary"}
		if t == typeForm {
			schema = &huma.Schema{Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{"file": schema}}
		}
		m[t] = &huma.MediaType{Schema: schema}
	}
	return m
}

type exchangeKey struct{}

// An exchange is the request and the answer behind an operation, for those that a decoded input isn't enough for; and
// what was found out about the request: who asks, and for which operation.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	who     actor.Actor
	pattern string // of the mux; empty when no operation matched
	handler http.Handler
	op      Operation // empty for what isn't one, such as the document
}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// A sent file is streamed: as the body itself, or as the first file of a form.
type sent struct {
	io.Reader
	name string
}

// upload opens the file that a request carries; no more than limit bytes can be read. name is what the query says.
func upload(ctx context.Context, limit int64, name string) (sent, error) {
	x := exchangeOf(ctx)
	if x == nil {
		return sent{}, errors.New("no request in the context")
	}
	r := x.r
	r.Body = http.MaxBytesReader(nil, r.Body, limit)
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // anything else is the file itself
	if media != typeForm {
		return sent{r.Body, first(name, "upload")}, nil
	}
	form, err := r.MultipartReader()
	if err != nil {
		return sent{}, fault.Invalid("file", i18n.M("api.no_file"))
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return sent{}, fault.Invalid("file", i18n.M("api.no_file"))
		case err != nil:
			return sent{}, fault.Invalid("file", i18n.M("api.broken_form"))
		case part.FileName() != "":
			return sent{part, first(name, part.FileName())}, nil
		}
	}
}
