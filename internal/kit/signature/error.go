package signature

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// An Error is a refusal as the API gateway words it: the edge sends Status and puts Code and Message into
// error_code and error_msg.
type Error struct {
	Status  int
	Code    string
	Message string
}

// Error gives code and message: for logs and tests.
func (e *Error) Error() string { return e.Code + " " + e.Message }

// The gateway's codes that this package answers.
const (
	codeAuth     = "APIGW.0301"
	codeTooLarge = "APIGW.0201"
	codeThrottle = "APIGW.0308"

	prefix = "Incorrect IAM authentication information: "
)

// Refuse is a 401 with the gateway's wording and a tail that says what to do.
func Refuse(tail string) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: codeAuth, Message: prefix + tail}
}

// UnknownKey is for an access key that doesn't exist, is disabled or whose owner is: one answer for all three,
// and the same as for a wrong signature, so that keys can't be probed.
func UnknownKey() *Error { return Refuse("verify aksk signature fail") }

// WrongDomain is for an X-Domain-Id that isn't the account that owns the key.
func WrongDomain() *Error {
	return &Error{Status: http.StatusForbidden, Code: codeAuth, Message: prefix + HeaderID + " is not the account of this access key"}
}

// MaxBody is the gateway's limit for the body of a signed request.
const MaxBody = 12 << 20

// ReadBody reads the exact bytes of the body, which the signature covers, and puts them back for the handler.
// Above the limit (in bytes) it stops reading and returns an *Error with 413.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		var e *http.MaxBytesError
		if errors.As(err, &e) {
			return nil, tooLarge(e.Limit)
		}
		return nil, fmt.Errorf("read signed body: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, tooLarge(limit)
	}
	r.Body = io.NopCloser(bytes.NewReader(b))
	return b, nil
}

func tooLarge(limit int64) *Error {
	msg := fmt.Sprintf("Request entity too large: at most %d bytes", limit)
	return &Error{Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge, Message: msg}
}
