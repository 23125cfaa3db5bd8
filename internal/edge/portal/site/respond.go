package site

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// Show renders a component as the answer. It's rendered whole before the first byte goes out, so that an error in
// the middle is an error page and not half a page.
func (s *Site) Show(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if _, err := r.Cookie(flashCookie); err == nil && r.Method == http.MethodGet {
		http.SetCookie(w, s.cookie(flashCookie, "", -1)) // it has been said
	}
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes()) // an error means that the reader has gone: nobody to tell
	return nil
}

// ToCorrect streams the file with the rows of an import that somebody has to correct.
func (s *Site) ToCorrect(w http.ResponseWriter, r *http.Request, importID string,
	write func(ctx context.Context, by actor.Actor, importID, lang string, w io.Writer) error,
) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="to-correct.csv"`)
	if err := write(r.Context(), By(r), importID, i18n.From(r.Context()).Lang, w); err != nil {
		s.Log.WarnContext(r.Context(), "rows to correct", "import", importID, "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
}

// Go sends the reader on after a verb (303), with a word about what was done; a zero message says nothing.
func (s *Site) Go(w http.ResponseWriter, r *http.Request, path string, done i18n.Msg) error {
	if !done.IsZero() {
		s.setFlash(w, ui.Good, done)
	}
	http.Redirect(w, r, safePath(path), http.StatusSeeOther)
	return nil
}

// Refused shows the same form again when err refuses entries (422): form gets them, in the reader's language.
// Any other error is returned as it is.
func (s *Site) Refused(w http.ResponseWriter, r *http.Request, err error, form func(errs []ui.FieldError) templ.Component) error {
	f := fault.Of(err)
	if f == nil || f.Kind != fault.KindInvalid && f.Kind != fault.KindTooMany && f.Kind != fault.KindConflict {
		return err
	}
	return s.Show(w, r, status[f.Kind], form(Errors(r, err)))
}

// Errors translates the refused entries of a fault. One that names no field stands alone.
func Errors(r *http.Request, err error) []ui.FieldError {
	f := fault.Of(err)
	if f == nil {
		return nil
	}
	if len(f.Fields) == 0 {
		return []ui.FieldError{{Text: i18n.Say(r.Context(), f.Msg)}}
	}
	var out []ui.FieldError
	for _, x := range f.Fields {
		out = append(out, ui.FieldError{Name: x.Name, Text: i18n.Say(r.Context(), x.Msg)})
	}
	return out
}

// ErrorOf finds one field's refusal, for FieldView.Error.
func ErrorOf(errs []ui.FieldError, name string) string {
	for _, e := range errs {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

var status = map[fault.Kind]int{
	fault.KindInvalid:         http.StatusUnprocessableEntity,
	fault.KindUnauthenticated: http.StatusUnauthorized,
	fault.KindDenied:          http.StatusForbidden,
	fault.KindNotFound:        http.StatusNotFound,
	fault.KindConflict:        http.StatusConflict,
	fault.KindTooLarge:        http.StatusRequestEntityTooLarge,
	fault.KindTooMany:         http.StatusTooManyRequests,
	fault.KindUnavailable:     http.StatusServiceUnavailable,
}

// fail answers an error. Somebody who must sign in first goes to the sign-in page, and what was typed is kept.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // whoever asked has gone: there's nobody to answer, and nothing is wrong
	}
	f := fault.Of(err)
	code := http.StatusInternalServerError
	if f != nil {
		code = status[f.Kind]
	}
	if code >= 500 {
		s.Log.ErrorContext(r.Context(), "page", "path", r.URL.Path, "request", web.Of(r.Context()).ID, "error", err)
	}
	if code == http.StatusUnauthorized {
		s.toLogin(w, r)
		return
	}
	v := page.FailureView{Shell: s.Shell(r, i18n.Msg{}), Status: code, Request: web.Of(r.Context()).ID, Back: back(r)}
	if f != nil {
		v.Detail = i18n.Say(r.Context(), f.Msg)
		for _, e := range f.Fields {
			v.Detail += " " + i18n.Say(r.Context(), e.Msg)
		}
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
		}
	}
	if err := s.Show(w, r, code, page.Failure(v)); err != nil {
		s.Log.ErrorContext(r.Context(), "failure page", "error", err)
		http.Error(w, http.StatusText(code), code)
	}
}

// back is the page that the reader came from, when it's one of ours.
func back(r *http.Request) string {
	if r.Method == http.MethodGet {
		return "/"
	}
	return safePath(r.URL.Path)
}

// Vendor tells whether the reader acts for the vendor, for pages with two doors.
func Vendor(r *http.Request) bool { return By(r).Kind == actor.Vendor }
