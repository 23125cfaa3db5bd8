package bss

import (
	"context"
	"net/http"
	"strings"

	"hanse/internal/edge/wire"
	"hanse/internal/kit/actor"
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

// maxBody bounds what these operations read; the largest request names a hundred customers.
const maxBody = 1 << 20

// decode reads the body.
func decode[T any](c *call) (T, error) { return wire.Decode[T](c.r, maxBody) }

// send writes an answer.
func (c *call) send(status int, v any) {
	wire.Send(c.w, status, v, `{"error_code":"CBC.0999","error_msg":"other error"}`, c.api.Log, c.op.name())
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
