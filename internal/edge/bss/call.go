package bss

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A call is one request on its way through an operation.
type call struct {
	api *API
	op  *Operation
	w   http.ResponseWriter
	r   *http.Request
	by  actor.Actor
	// id is what the path ends with, where the operation's path names one.
	id string
	// distributor tells that the caller may name a reseller; found by admit.
	distributor bool
}

func (c *call) ctx() context.Context { return c.r.Context() }

// language puts the reader's language into the context: X-Language, Chinese when it says nothing known.
func language(r *http.Request) context.Context {
	lang := i18n.Chinese
	if strings.EqualFold(strings.ReplaceAll(r.Header.Get("X-Language"), "-", "_"), "en_us") {
		lang = i18n.English
	}
	return i18n.With(r.Context(), lang, calendar.Zone)
}

// maxBody bounds what these operations read; the largest request names a hundred customers.
const maxBody = 1 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// decode reads the body. An empty one counts as {}: most filters are optional.
func decode[T any](c *call) (in T, err error) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	if _, err := b.ReadFrom(http.MaxBytesReader(nil, c.r.Body, maxBody)); err != nil {
		if large := new(http.MaxBytesError); errors.As(err, &large) {
			return in, gateway(http.StatusRequestEntityTooLarge, "APIGW.0201", "Request entity too large: at most 1048576 bytes")
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
		return fault.Fields{{Name: "body", Msg: i18n.M("bss.body")}}.Err()
	}
	return fault.Fields{{Name: wrong.Field, Value: wrong.Value, Msg: i18n.M("bss.type")}}.Err()
}

// send writes an answer with its length, so that a client sees when it's cut off.
func (c *call) send(status int, v any) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() { b.Reset(); buffers.Put(b) }()
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		c.api.Log.ErrorContext(c.ctx(), "bss answer", "operation", c.op.Name, "error", err)
		b.Reset()
		b.WriteString(`{"error_code":"CBC.0999","error_msg":"other error"}`)
		status = http.StatusInternalServerError
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	c.w.WriteHeader(status)
	c.w.Write(b.Bytes()) // an error means that the asker has gone
}

// maxKey is the ledger's bound of an idempotency key.
const maxKey = 128

// key is the caller's idempotency key; the interface of the vendor has none, so most calls send none.
func (c *call) key() (string, error) {
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", fault.Fields{{Name: "Idempotency-Key", Value: key, Msg: i18n.M("bss.key", i18n.A{"n": maxKey})}}.Err()
	}
	return key, nil
}

// partner is the company that the call is about: the caller's own, or the reseller that a distributor names. From
// anybody else the id is left aside, as the published text says.
func (c *call) partner(ipid string) string {
	if !c.distributor {
		return ""
	}
	return ipid
}
