package osm

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hanse/internal/edge/wire"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// A call is one request on its way through an operation.
type call struct {
	api *API
	op  *Operation
	w   http.ResponseWriter
	r   *http.Request
	by  actor.Actor
	// zone is the caller's: times in the query are read in it, and those for people written.
	zone *time.Location
}

func (a *API) call(w http.ResponseWriter, r *http.Request, op *Operation) *call {
	c := &call{api: a, op: op, w: w, zone: calendar.Zone}
	c.r = r.WithContext(wire.Language(r, c.zone))
	if op == nil {
		web.Route(r.Context(), "unknown")
	} else {
		web.Route(r.Context(), op.Pattern())
	}
	return c
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) lang() string { return i18n.From(c.ctx()).Lang }

// path is a part of the path that the operation's pattern names.
func (c *call) path(name string) string { return c.r.PathValue(name) }

// zoned reads X-Time-Zone. One that can't be read is refused: what was meant by a time must never be guessed.
func (c *call) zoned() error {
	said := c.r.Header.Get("X-Time-Zone")
	if said == "" {
		return nil
	}
	zone, ok := zoneOf(said)
	if !ok {
		return fault.Fields{{Name: "X-Time-Zone", Value: said, Msg: i18n.M("osm.zone")}}.Err()
	}
	c.zone = zone
	c.r = c.r.WithContext(i18n.With(c.ctx(), c.lang(), zone))
	return nil
}

// zoneOf reads GMT+8, GMT+08:00, UTC-3:30, +08:00, Z and names such as Europe/Berlin.
func zoneOf(said string) (*time.Location, bool) {
	if len(said) > 32 {
		return nil, false
	}
	s := strings.ToUpper(strings.TrimSpace(said))
	for _, prefix := range []string{"GMT", "UTC"} {
		s = strings.TrimPrefix(s, prefix)
	}
	if s == "" || s == "Z" {
		return time.UTC, true
	}
	if s[0] != '+' && s[0] != '-' {
		if strings.EqualFold(said, "local") {
			return nil, false // the server's own is nobody's business
		}
		zone, err := time.LoadLocation(strings.TrimSpace(said))
		return zone, err == nil
	}
	hours, minutes, ok := strings.Cut(s[1:], ":")
	if !ok && len(hours) == 4 {
		hours, minutes = hours[:2], hours[2:]
	}
	if minutes == "" && !ok {
		minutes = "0"
	}
	h, err1 := strconv.ParseUint(hours, 10, 8)
	m, err2 := strconv.ParseUint(minutes, 10, 8)
	if err1 != nil || err2 != nil || h > 14 || m > 59 {
		return nil, false
	}
	seconds := int(h)*3600 + int(m)*60
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(s, seconds), true
}

// Bounds of a body. A file in JSON is a third longer than the file; the limit of one file is the attachment's own.
const (
	maxBody   = 1 << 20
	maxUpload = 140 << 20
	maxJSON   = 12 << 20 // what a signed request may have
)

// decode reads the body.
func decode[T any](c *call) (T, error) { return wire.Decode[T](c.r, maxBody) }

// send writes an answer.
func (c *call) send(status int, v any) {
	name := ""
	if c.op != nil {
		name = c.op.Name
	}
	wire.Send(c.w, status, v, `{"error_code":"OSM.0004","error_msg":"Internal Server Error"}`, c.api.Log, name)
}
