package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Decode reads a body of at most so many bytes. An empty one counts as {}: most filters are optional.
func Decode[T any](r *http.Request, most int64) (in T, err error) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	if _, err := b.ReadFrom(http.MaxBytesReader(nil, r.Body, most)); err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return in, TooLarge(most)
		}
		return in, badBody(err)
	}
	text := bytes.TrimSpace(b.Bytes())
	if len(text) == 0 {
		return in, nil
	}
	if text[0] != '{' {
		return in, badBody(io.ErrUnexpectedEOF)
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return in, badBody(err)
	}
	return in, nil
}

// badBody names the field of the wrong type, if the body is JSON at all.
func badBody(err error) error {
	wrong := new(json.UnmarshalTypeError)
	if !errors.As(err, &wrong) {
		return fault.Fields{{Name: "body", Msg: i18n.M("wire.body")}}.Err()
	}
	return fault.Fields{{Name: wrong.Field, Value: wrong.Value, Msg: i18n.M("wire.type")}}.Err()
}

// Send writes an answer with its length, so that a client sees when it's cut off. What can't be written is logged under
// the operation's name and answered with broken.
func Send(w http.ResponseWriter, status int, v any, broken string, log *slog.Logger, operation string) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		log.Error("answer", "operation", operation, "error", err)
		b.Reset()
		b.WriteString(broken)
		status = http.StatusInternalServerError
	}
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes()) // an error means that the asker has gone
}

// Text says what is wrong with a text: its length, or something invisible that could hide in a list. The zero message
// says that it's fine.
func Text(v string, most int) i18n.Msg {
	switch {
	case utf8.RuneCountInString(v) > most:
		return i18n.M("wire.too_long", i18n.A{"n": most})
	case !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return i18n.M("wire.characters")
	}
	return i18n.Msg{}
}

// Parameters says of each refused parameter its name, its value and why.
func Parameters(ctx context.Context, f *fault.Fault) string {
	if len(f.Fields) == 0 {
		return i18n.Say(ctx, f.Msg)
	}
	said := make([]string, 0, len(f.Fields))
	for _, x := range f.Fields {
		said = append(said, x.Name+"="+strconv.Quote(short(x.Value))+": "+i18n.Say(ctx, x.Msg))
	}
	return i18n.T(ctx, "wire.parameter", i18n.A{"what": strings.Join(said, " ")})
}

func short(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "")
	}
	return s
}
