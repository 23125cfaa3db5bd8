package osm

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"hanse/internal/domain/setting"
	"hanse/internal/edge/wire"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// A refusal is an answer with a code of the interface.
type refusal struct {
	status int
	code   string
	msg    i18n.Msg
	text   string // in place of msg: composed already, or the gateway's, which speaks English alone
	from   *wire.Refusal
}

// Error gives code and English text: for logs and tests.
func (e *refusal) Error() string { return e.code + " " + e.say(context.Background()) }

func (e *refusal) say(ctx context.Context) string {
	if e.text != "" {
		return e.text
	}
	return i18n.Say(ctx, e.msg)
}

// business is a refusal by a rule. What status it's sent with is a setting.
func business(code string, msg i18n.Msg) *refusal {
	return &refusal{status: statusOf(code), code: code, msg: msg}
}

func internal() error {
	return &refusal{status: http.StatusInternalServerError, code: "OSM.0004", msg: i18n.M("osm.internal")}
}

// forbidden is for who is neither partner nor customer.
func forbidden() error {
	return &refusal{status: http.StatusForbidden, code: "OSM.0003", msg: i18n.M("osm.forbidden")}
}

// noCase is for a ticket that isn't there, or not for this caller.
func noCase() error { return business(codeNoCase, i18n.M("osm.no_case")) }

// wireError is the body of every refusal; the gateway's has the request id inside too.
type wireError struct {
	Code    string `json:"error_code"`
	Msg     string `json:"error_msg"`
	Request string `json:"request_id,omitempty"`
}

// fail answers with an error.
func (c *call) fail(err error) {
	e := c.refusal(err)
	body := wireError{Code: e.code, Msg: e.say(c.ctx())}
	if e.from != nil {
		body.Request = web.Of(c.ctx()).ID
	}
	c.send(c.statusOf(e), body)
}

// statusOf is the status of a refusal: business refusals are 200 where the vendor set it so, as its own interface does.
func (c *call) statusOf(e *refusal) int {
	if !isBusiness(e.code) {
		return e.status
	}
	set, err := setting.Text(c.ctx(), c.api.DB.Read(), setting.BusinessErrorStatus, c.api.DB.Clock().Now())
	if err != nil {
		c.api.Log.ErrorContext(c.ctx(), "osm status", "error", err)
	}
	if set == "200" {
		return http.StatusOK
	}
	return e.status
}

// refusal gives every error its code. What nobody has a code for is logged here and not shown.
func (c *call) refusal(err error) *refusal {
	if e := new(refusal); errors.As(err, &e) {
		return e
	}
	if g := wire.GatewayOf(err); g != nil {
		return &refusal{status: g.Status, code: g.Code, text: g.Text, from: g}
	}
	f := fault.Of(err)
	if f == nil {
		c.api.Log.ErrorContext(c.ctx(), "osm", "request", web.Of(c.ctx()).ID, "error", err)
		return internal().(*refusal)
	}
	if f.RetryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	if code := c.codeOf(err); code != "" {
		return &refusal{status: statusOf(code), code: code, text: c.said(f)}
	}
	return c.byKind(f)
}

// said is what a fault says: of the refused parameters, each with its name, value and reason.
func (c *call) said(f *fault.Fault) string {
	if len(f.Fields) == 0 {
		return i18n.Say(c.ctx(), f.Msg)
	}
	named := &fault.Fault{Kind: f.Kind, Msg: f.Msg}
	for _, x := range f.Fields {
		if name := wireNames[x.Name]; name != "" {
			x.Name = name
		} else if key, ok := strings.CutPrefix(x.Name, "extra."); ok {
			x.Name = "extends_map." + key
		}
		named.Fields = append(named.Fields, x)
	}
	return wire.Parameters(c.ctx(), named)
}

// wireNames are what entries of the modules are called on the wire.
var wireNames = map[string]string{
	"problem_type": "business_type_id", "category": "incident_sub_type_id", "product": "product_category_id", "region": "region_id", "severity": "severity_id",
	"contact.mobile": "remind_mobile", "contact.mail": "remind_mail", "contact.remind_time": "remind_time", "contact.area_code": "area_code", "cc": "extension_map." + ccKey,
	"attachments": "accessory_ids", "labels": "label_ids", "related": "related_id_list", "scores": "incident_satisfaction_list", "cursor": "last_message_time_id",
	"code": "verify_code", "message": "message_id", "relation": "relation_id",
}

// byKind is the code of a fault that has none of its own.
func (c *call) byKind(f *fault.Fault) *refusal {
	code := codeFailed
	switch f.Kind {
	case fault.KindUnauthenticated:
		return &refusal{status: http.StatusUnauthorized, code: "OSM.0002", msg: i18n.M("osm.token")}
	case fault.KindUnavailable:
		g := wire.GatewayOf(wire.Unavailable())
		return &refusal{status: g.Status, code: g.Code, text: g.Text, from: g}
	case fault.KindTooLarge:
		return &refusal{status: http.StatusRequestEntityTooLarge, code: codeParameter, msg: f.Msg}
	case fault.KindInvalid:
		code = codeParameter
	case fault.KindDenied:
		return business(codeDenied, i18n.M("osm.denied"))
	case fault.KindNotFound:
		if c.op != nil && strings.Contains(c.op.Path, "/cases/{case_id}") {
			return noCase().(*refusal)
		}
		return business(codeNoCase, i18n.M("osm.not_found"))
	case fault.KindTooMany:
		return &refusal{status: http.StatusTooManyRequests, code: codeFailed, text: c.said(f)}
	}
	return &refusal{status: statusOf(code), code: code, text: c.said(f)}
}
