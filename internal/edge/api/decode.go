package api

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/queryparam"
)

// bodyWithin is how long a body may take to arrive.
const bodyWithin = 5 * time.Second

// unfit is what huma says of a request that doesn't fit the document.
const unfit = "validation failed"

// findings collect everything that is wrong with a request, so that it's answered at once.
type findings struct {
	huma.ValidateResult
	at     *huma.PathBuffer
	status int
}

// place is where something is wrong. Most requests need none.
func (f *findings) place(loc, name string) *huma.PathBuffer {
	if f.at == nil {
		f.at = huma.NewPathBuffer(make([]byte, 0, 64), 0)
	}
	f.at.Reset()
	f.at.Push(loc)
	if name != "" {
		f.at.Push(name)
	}
	return f.at
}

func (f *findings) refusal(status int, msg string) *Error { return newError(status, msg, f.Errors...) }

// decode makes the input of an operation from a request: its parameters, then its body, checked against the document.
func (a *API) decode(w http.ResponseWriter, r *http.Request, rt *route) (any, *Error) {
	f := &findings{status: http.StatusUnprocessableEntity}
	if rt.unknown(r, f); len(f.Errors) > 0 {
		return nil, f.refusal(f.status, unfit)
	}
	in := reflect.New(rt.in)
	for i := range rt.params {
		a.take(r, &rt.params[i], in.Elem(), f)
	}
	if rt.body != nil {
		if refused := a.takeBody(w, r, rt, in.Elem(), f); refused != nil {
			return nil, refused
		}
	}
	if len(f.Errors) > 0 {
		return nil, f.refusal(f.status, unfit)
	}
	return in.Interface(), nil
}

// unknown finds query parameters that the operation doesn't have: most are typing errors of a filter, and ignoring
// them would answer another question than was asked.
func (rt *route) unknown(r *http.Request, f *findings) {
	if r.URL.RawQuery == "" {
		return
	}
	for name := range r.URL.Query() {
		if !rt.known[name] {
			f.Add(f.place(inQuery, name), "", "unknown query parameter")
		}
	}
}

// take reads one parameter.
func (a *API) take(r *http.Request, p *param, in reflect.Value, f *findings) {
	value := p.read(r)
	if value == "" {
		value = p.absent
	}
	if value == "" && !p.required {
		return
	}
	at := f.place(p.loc, p.name)
	if value == "" {
		f.Add(at, "", "required "+p.loc+" parameter is missing")
		return
	}
	parsed, err := p.set(in.FieldByIndex(p.index), value)
	if err != nil {
		f.Add(at, value, err.Error())
		return
	}
	huma.Validate(a.doc.Components.Schemas, p.schema, at, huma.ModeWriteToServer, parsed, &f.ValidateResult)
}

func (p *param) read(r *http.Request) string {
	switch p.loc {
	case inPath:
		return r.PathValue(p.name)
	case inQuery:
		return queryparam.Get(r.URL.RawQuery, p.name)
	}
	return r.Header.Get(p.name)
}

var instant = reflect.TypeFor[time.Time]()

// set parses a value into a field, and returns it in the form that huma validates.
func (p *param) set(to reflect.Value, value string) (any, error) {
	switch {
	case to.Kind() == reflect.String:
		to.SetString(value)
		return value, nil
	case to.Kind() == reflect.Bool:
		v, err := strconv.ParseBool(value)
		to.SetBool(v)
		return v, or(err, "invalid boolean")
	case to.CanInt():
		v, err := strconv.ParseInt(value, 10, to.Type().Bits())
		to.SetInt(v)
		return v, or(err, "invalid integer")
	case to.CanFloat():
		v, err := strconv.ParseFloat(value, 64)
		to.SetFloat(v)
		return v, or(err, "invalid float")
	case to.Kind() == reflect.Slice && to.Type().Elem().Kind() == reflect.String:
		parts := strings.Split(value, ",")
		to.Set(reflect.ValueOf(parts).Convert(to.Type()))
		return parts, nil
	case to.Type() == reflect.TypeFor[[]int]():
		return numbers(to, value)
	case to.Type() == instant:
		t, err := time.Parse(p.layout, value)
		to.Set(reflect.ValueOf(t))
		return value, or(err, "invalid date/time for format "+p.layout)
	}
	if u, ok := to.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return value, u.UnmarshalText([]byte(value))
	}
	return nil, fmt.Errorf("a parameter can't be a %s", to.Type())
}

// numbers sets whole numbers that are separated by commas.
func numbers(to reflect.Value, value string) (any, error) {
	var all []int
	for part := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return value, or(err, "invalid integer")
		}
		all = append(all, n)
	}
	to.Set(reflect.ValueOf(all))
	return all, nil
}

// or says what is wrong in huma's words.
func or(err error, msg string) error {
	if err == nil {
		return nil
	}
	return errors.New(msg)
}

// takeBody reads, checks and decodes the body.
func (a *API) takeBody(w http.ResponseWriter, r *http.Request, rt *route, in reflect.Value, f *findings) *Error {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= maxBuffer {
			buffers.Put(b)
		}
	}()
	b.Reset()
	if refused := a.readBody(w, r, rt.op.MaxBytes, b, f); refused != nil {
		return refused
	}
	if b.Len() == 0 {
		return f.refusal(http.StatusBadRequest, "request body is required")
	}
	body := in.FieldByIndex(rt.body)
	if rt.plain != nil && b.Len() <= maxPlain && isJSON(r.Header.Get("Content-Type")) && rt.plain.take(b.String(), body) {
		return nil
	}
	before := len(f.Errors)
	a.checkBody(r, rt, b.Bytes(), f)
	if len(f.Errors) > before {
		return nil
	}
	if err := json.Unmarshal(b.Bytes(), body.Addr().Interface()); err != nil {
		f.Add(f.place("body", ""), b.String(), err.Error())
	}
	return nil
}

// checkBody holds a body against its schema.
func (a *API) checkBody(r *http.Request, rt *route, body []byte, f *findings) {
	at := f.place("body", "")
	if media := r.Header.Get("Content-Type"); !isJSON(media) {
		f.status = http.StatusUnsupportedMediaType
		f.Add(at, string(body), fmt.Errorf("%w: %s", huma.ErrUnknownContentType, media).Error())
		return
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		f.status = http.StatusBadRequest
		f.Add(at, string(body), err.Error())
		return
	}
	huma.Validate(a.doc.Components.Schemas, rt.schema, at, huma.ModeWriteToServer, v, &f.ValidateResult)
}

// readBody reads a body that must arrive in time and be smaller than most bytes.
func (a *API) readBody(w http.ResponseWriter, r *http.Request, most int64, b *bytes.Buffer, f *findings) *Error {
	_ = huma.SetReadDeadline(w, a.wall.Wall().Add(bodyWithin)) // a test's recorder has none
	n, err := b.ReadFrom(io.LimitReader(r.Body, most))
	_ = huma.SetReadDeadline(w, time.Time{}) // left on, it would end the request of a slow operation
	switch {
	case err != nil:
		return a.unread(r, err, f)
	case n == most:
		return f.refusal(http.StatusRequestEntityTooLarge, fmt.Sprintf("request body is too large limit=%d bytes", most))
	}
	return nil
}

// unread says why a body didn't arrive.
func (a *API) unread(r *http.Request, err error, f *findings) *Error {
	slow := net.Error(nil)
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return a.form(r.Context(), err)
	case errors.As(err, &slow) && slow.Timeout():
		return f.refusal(http.StatusRequestTimeout, "request body read timeout")
	}
	f.Errors = []error{err}
	return f.refusal(http.StatusInternalServerError, "cannot read request body")
}
