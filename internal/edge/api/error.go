package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// An Error is the one error form of the API. RequestID is what support asks for.
type Error struct {
	Code      string  `json:"error_code" doc:"Stable name of the kind of error" example:"HANSE.INVALID"`
	Msg       string  `json:"error_msg" doc:"What happened, why, and what to do, in the language of the request"`
	Fields    []Entry `json:"fields,omitempty" doc:"Every refused entry"`
	RequestID string  `json:"request_id,omitempty"`

	status     int
	retryAfter int
}

// An Entry is one refused entry.
type Entry struct {
	Field string `json:"field"`
	Value string `json:"value,omitempty" doc:"As it was sent"`
	Msg   string `json:"msg"`
}

// Error gives the message.
func (e *Error) Error() string { return e.Msg }

var kinds = map[fault.Kind]struct {
	status int
	code   string
}{
	fault.KindInvalid:         {422, "HANSE.INVALID"},
	fault.KindUnauthenticated: {401, "HANSE.UNAUTHENTICATED"},
	fault.KindDenied:          {403, "HANSE.DENIED"},
	fault.KindNotFound:        {404, "HANSE.NOT_FOUND"},
	fault.KindConflict:        {409, "HANSE.CONFLICT"},
	fault.KindTooLarge:        {413, "HANSE.TOO_LARGE"},
	fault.KindTooMany:         {429, "HANSE.TOO_MANY"},
	fault.KindUnavailable:     {503, "HANSE.UNAVAILABLE"},
}

func notFound() error { return fault.NotFound() }

// form turns an error of a verb into the wire form. An internal one is logged here and not shown.
func (a *API) form(ctx context.Context, err error) *Error {
	id := web.Of(ctx).ID
	if s := new(signature.Error); errors.As(err, &s) {
		return &Error{Code: s.Code, Msg: s.Message, RequestID: id, status: s.Status}
	}
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		err = fault.New(fault.KindTooLarge, i18n.M("api.too_large", i18n.A{"n": max(large.Limit>>20, 1)}))
	}
	f := fault.Of(err)
	if f == nil {
		a.Log.ErrorContext(ctx, "api", "request", id, "error", err)
		return &Error{Code: "HANSE.INTERNAL", Msg: i18n.T(ctx, "fault.internal"), RequestID: id, status: 500}
	}
	e := &Error{Code: kinds[f.Kind].code, Msg: i18n.Say(ctx, f.Msg), RequestID: id, status: kinds[f.Kind].status, retryAfter: f.RetryAfter}
	for _, x := range f.Fields {
		e.Fields = append(e.Fields, Entry{x.Name, x.Value, i18n.Say(ctx, x.Msg)})
	}
	return e
}

// refuse answers outside of an operation: nobody known, too many, no such address.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	a.answer(w, a.form(r.Context(), err))
}

func (a *API) answer(w http.ResponseWriter, e *Error) {
	if e.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	w.Header()["Content-Type"] = asJSON
	w.WriteHeader(e.status)
	var b bytes.Buffer
	_ = encode(&b, e) // plain strings
	w.Write(b.Bytes())
}

// Failure answers, in the API's form, for a request that ended before it came here: by a fault inside (500) or
// by too many requests (429).
func (a *API) Failure(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := i18n.With(r.Context(), i18n.Pick(r, ""), calendar.Zone)
		e := &Error{Code: "HANSE.INTERNAL", Msg: i18n.T(ctx, "fault.internal"), RequestID: web.Of(ctx).ID, status: status}
		if status == http.StatusTooManyRequests {
			seconds, _ := strconv.Atoi(w.Header().Get("Retry-After"))
			e.Code, e.Msg = kinds[fault.KindTooMany].code, i18n.T(ctx, "api.too_many", i18n.A{"n": max(seconds, 1)})
		}
		a.answer(w, e)
	})
}

// newError reports what is refused before the verb: a request that doesn't fit the document.
func newError(status int, msg string, errs ...error) *Error {
	e := &Error{Code: "HANSE.INVALID", Msg: msg, status: status}
	switch {
	case status >= 500:
		e.Code = "HANSE.INTERNAL"
	case status == http.StatusRequestEntityTooLarge:
		e.Code = kinds[fault.KindTooLarge].code
	case status == http.StatusUnsupportedMediaType:
		e.Code = "HANSE.MEDIA_TYPE"
	}
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			x := d.ErrorDetail()
			value, _ := json.Marshal(x.Value)
			e.Fields = append(e.Fields, Entry{x.Location, short(string(value)), x.Message})
		} else if err != nil {
			e.Fields = append(e.Fields, Entry{Msg: err.Error()})
		}
	}
	return e
}

func short(s string) string {
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "")
	}
	return s
}
