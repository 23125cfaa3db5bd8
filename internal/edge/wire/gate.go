// Package wire is what the vendor-compatible interfaces have in common: how a caller comes in, how often it may, how a
// body is read and an answer written, and what the gateway before the vendor's own services answers.
//
// The interfaces differ in everything else: their tables of operations, codes, types and spelling.
package wire

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// A Refusal is an answer of the gateway that stands before the service. It speaks English alone, and its body holds the
// request id.
type Refusal struct {
	Status int
	Code   string
	Text   string
}

// Error gives code and text: for logs and tests.
func (e *Refusal) Error() string { return e.Code + " " + e.Text }

// Gateway is a refusal of the gateway.
func Gateway(status int, code, text string) error {
	return &Refusal{Status: status, Code: code, Text: text}
}

// GatewayOf is the gateway's refusal in an error: its own, or that of a signature; nil when there's none.
func GatewayOf(err error) *Refusal {
	if e := new(Refusal); errors.As(err, &e) {
		return e
	}
	if s := new(signature.Error); errors.As(err, &s) {
		return &Refusal{Status: s.Status, Code: s.Code, Text: s.Message}
	}
	return nil
}

// NoRoute is for a path or method that isn't published.
func NoRoute() error {
	return Gateway(http.StatusNotFound, "APIGW.0101", "The API does not exist or has not been published in the environment")
}

// TooLarge is for a body of more than so many bytes.
func TooLarge(most int64) error {
	return Gateway(http.StatusRequestEntityTooLarge, "APIGW.0201", "Request entity too large: at most "+strconv.FormatInt(most, 10)+" bytes")
}

// TooFast is for too many requests of one user or address.
func TooFast(policy string) error {
	return Gateway(http.StatusTooManyRequests, "APIGW.0308", "The throttling threshold has been reached: policy "+policy+" over ratelimit")
}

// Unavailable is for an outside service that doesn't answer.
func Unavailable() error {
	return Gateway(http.StatusServiceUnavailable, "APIGW.0801", "The service is unavailable")
}

// Enter finds out who calls, by token or signature. A browser's session is for the portal's own pages: other sites can't
// make it call here.
func Enter(l *login.Service, r *http.Request) (actor.Actor, error) {
	by, err := l.Authenticate(r)
	if err != nil {
		return by, err
	}
	if by.Kind == actor.Public || by.Via == "session" {
		return by, Gateway(http.StatusUnauthorized, "APIGW.0301", "Incorrect IAM authentication information: no token and no signature")
	}
	return by, nil
}

// Language puts the reader's language and zone into the context: X-Language, Chinese when it says nothing known.
func Language(r *http.Request, zone *time.Location) context.Context {
	lang := i18n.Chinese
	if l := strings.ToLower(strings.ReplaceAll(r.Header.Get("X-Language"), "-", "_")); l == "en_us" || l == "en" {
		lang = i18n.English
	}
	return i18n.With(r.Context(), lang, zone)
}

// Limits count the calls of each operation.
type Limits struct{ by map[string]*web.Limiter }

// NewLimits returns limits; wall is the clock that they count by.
func NewLimits() *Limits { return &Limits{by: map[string]*web.Limiter{}} }

// Set bounds an operation to so many requests a second of one caller; 0 means that nobody counts.
func (l *Limits) Set(operation string, rate float64, wall func() time.Time) {
	if rate > 0 {
		l.by[operation] = web.NewLimiter(rate, max(int(rate), 1), wall)
	}
}

// Allow counts a call against source address, operation and account, as the published quotas do. A refused caller
// hears how many seconds to wait.
func (l *Limits) Allow(w http.ResponseWriter, r *http.Request, operation, account string) error {
	limiter := l.by[operation]
	if limiter == nil {
		return nil
	}
	wait := limiter.Allow(web.Of(r.Context()).IP + " " + account)
	if wait == 0 {
		return nil
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
	return TooFast("user")
}
