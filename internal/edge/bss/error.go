package bss

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"hanse/internal/edge/wire"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// A refusal is an answer with a code of the interface. Text is for the gateway's, which speaks English alone.
type refusal struct {
	status  int
	code    string
	msg     i18n.Msg
	text    string
	gateway bool
	items   []itemError // of a call about many, all of which failed
}

// Error gives code and English text: for logs and tests.
func (e *refusal) Error() string { return e.code + " " + e.say(context.Background()) }

func (e *refusal) say(ctx context.Context) string {
	if e.text != "" {
		return e.text
	}
	return i18n.Say(ctx, e.msg)
}

// refuse is a refusal of the service.
func refuse(status int, code string, msg i18n.Msg) error {
	return &refusal{status: status, code: code, msg: msg}
}

func internal() error {
	return refuse(http.StatusInternalServerError, "CBC.0999", i18n.M("bss.internal"))
}

// denied is for a caller who may not call the operation at all: no place in the channel, no permission item.
func denied() error { return refuse(http.StatusForbidden, "CBC.0151", i18n.M("bss.denied")) }

// notYourCustomer is for a customer id that the acting partner has no association with.
func notYourCustomer() error {
	return refuse(http.StatusBadRequest, "CBC.99000035", i18n.M("bss.not_your_customer"))
}

// wireError is the body of every refusal; the gateway's has the request id inside too.
type wireError struct {
	Code    string `json:"error_code"`
	Msg     string `json:"error_msg"`
	Request string `json:"request_id,omitempty"`

	Items []itemError `json:"error_details,omitempty"`
}

// An itemError is one line of error_details: what became of one of many.
type itemError struct {
	Code string `json:"error_code"`
	Msg  string `json:"error_msg"`
	ID   string `json:"id"`
}

// fail answers with an error.
func (c *call) fail(err error) {
	e := c.refusal(err)
	body := wireError{Code: e.code, Msg: e.say(c.ctx()), Items: e.items}
	if e.gateway {
		body.Request = web.Of(c.ctx()).ID
	}
	c.send(e.status, body)
}

// item is the line of one that failed; the others go on.
func (c *call) item(id string, err error) itemError {
	e := c.refusal(err)
	return itemError{Code: e.code, Msg: e.say(c.ctx()), ID: id}
}

// refusal gives every error its code. What nobody has a code for is logged here and not shown.
func (c *call) refusal(err error) *refusal {
	if e := new(refusal); errors.As(err, &e) {
		return e
	}
	if g := wire.GatewayOf(err); g != nil {
		return ofGateway(g)
	}
	if e := c.known(err); e != nil {
		return e
	}
	if f := fault.Of(err); f != nil {
		return c.byKind(f)
	}
	c.api.Log.ErrorContext(c.ctx(), "bss", "request", web.Of(c.ctx()).ID, "error", err)
	return internal().(*refusal)
}

// byKind is the code of a fault that has none of its own.
func (c *call) byKind(f *fault.Fault) *refusal {
	switch f.Kind {
	case fault.KindInvalid:
		return &refusal{status: http.StatusBadRequest, code: "CBC.0100", text: wire.Parameters(c.ctx(), f)}
	case fault.KindUnauthenticated:
		return &refusal{status: http.StatusUnauthorized, code: "CBC.0154", msg: i18n.M("bss.token")}
	case fault.KindDenied:
		return denied().(*refusal)
	case fault.KindNotFound:
		return &refusal{status: http.StatusForbidden, code: "CBC.0151", msg: i18n.M("bss.out_of_scope")}
	case fault.KindTooMany:
		c.w.Header().Set("Retry-After", strconv.Itoa(max(f.RetryAfter, 1)))
		return &refusal{status: http.StatusTooManyRequests, code: "CBC.0250", msg: f.Msg}
	case fault.KindTooLarge:
		return &refusal{status: http.StatusRequestEntityTooLarge, code: "APIGW.0201", msg: f.Msg, gateway: true}
	case fault.KindUnavailable:
		return ofGateway(wire.GatewayOf(wire.Unavailable()))
	}
	return &refusal{status: http.StatusBadRequest, code: "CBC.0101", msg: f.Msg}
}

// ofGateway is what the gateway before the service says.
func ofGateway(g *wire.Refusal) *refusal {
	return &refusal{status: g.Status, code: g.Code, text: g.Text, gateway: true}
}
