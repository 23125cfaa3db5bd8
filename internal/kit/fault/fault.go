// Package fault holds the errors that a user can act on.
//
// A fault has a kind, which the edge turns into a status, and a message that says what happened, why, and what
// to do. Every other error is internal: logged once at the edge and never shown.
package fault

import (
	"errors"
	"strings"

	"hanse/internal/kit/i18n"
)

// A Kind says what sort of refusal a fault is.
type Kind string

// The kinds, with the HTTP status that the edges answer.
const (
	KindInvalid         Kind = "invalid"         // 422: what was sent can't be accepted; correct it
	KindUnauthenticated Kind = "unauthenticated" // 401: sign in
	KindDenied          Kind = "denied"          // 403: somebody else may
	KindNotFound        Kind = "not_found"       // 404: nothing there, or not for you
	KindConflict        Kind = "conflict"        // 409: the state has changed, or forbids it
	KindTooLarge        Kind = "too_large"       // 413
	KindTooMany         Kind = "too_many"        // 429: wait
	KindUnavailable     Kind = "unavailable"     // 503: an outside service doesn't answer
)

// Fault is an error for the user. Fields is filled for KindInvalid only.
type Fault struct {
	Kind   Kind
	Msg    i18n.Msg
	Fields []Field
	// RetryAfter is in seconds; zero means not said. Only for KindTooMany and KindUnavailable.
	RetryAfter int
}

// A Field is one refused entry: its name in the form or the API, the value as typed, and why not.
type Field struct {
	Name  string
	Value string
	Msg   i18n.Msg
}

// Error gives the English text: for logs and tests.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(i18n.Text(i18n.English, f.Msg))
	for _, x := range f.Fields {
		b.WriteString(" [" + x.Name + ": " + i18n.Text(i18n.English, x.Msg) + "]")
	}
	return b.String()
}

// Is makes errors.Is(err, &Fault{Kind: k}) compare kinds.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Kind == f.Kind
}

// New makes a fault of a kind.
func New(kind Kind, msg i18n.Msg) error { return &Fault{Kind: kind, Msg: msg} }

// Invalid refuses one field.
func Invalid(field string, msg i18n.Msg) error {
	return &Fault{Kind: KindInvalid, Msg: msg, Fields: []Field{{Name: field, Msg: msg}}}
}

// NotFound says that there's nothing there, or nothing for this actor: the two must not be told apart.
func NotFound() error { return New(KindNotFound, i18n.M("fault.not_found")) }

// Denied says that the actor's roles don't allow it.
func Denied() error { return New(KindDenied, i18n.M("fault.denied")) }

// Unauthenticated says that nobody is signed in.
func Unauthenticated() error { return New(KindUnauthenticated, i18n.M("fault.unauthenticated")) }

// Conflict says that the state forbids it. A zero message says that somebody was faster.
func Conflict(msg i18n.Msg) error {
	if msg.IsZero() {
		msg = i18n.M("fault.conflict")
	}
	return New(KindConflict, msg)
}

// TooMany asks to wait so many seconds.
func TooMany(seconds int, msg i18n.Msg) error {
	return &Fault{Kind: KindTooMany, Msg: msg, RetryAfter: seconds}
}

// Of returns the fault in err's chain, or nil.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// KindOf returns the kind of the fault in err's chain, or "" when err is internal or nil.
func KindOf(err error) Kind {
	if f := Of(err); f != nil {
		return f.Kind
	}
	return ""
}

// Fields collects every refused entry of one form, so that the user sees all at once.
type Fields []Field

// Add refuses an entry.
func (fs *Fields) Add(name, value string, msg i18n.Msg) {
	*fs = append(*fs, Field{Name: name, Value: value, Msg: msg})
}

// Err is nil when nothing was refused.
func (fs Fields) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return &Fault{Kind: KindInvalid, Msg: i18n.M("fault.fields", i18n.A{"n": len(fs)}), Fields: fs}
}
