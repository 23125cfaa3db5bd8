package osm

import (
	"net/http"
	"strings"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/fault"

	"errors"
)

// The codes of the interface that are given here.
const (
	codeParameter = "OSM.01010001"
	codeDenied    = "OSM.01010002"
	codeHost      = "OSM.01010003" // kept for hosts, of which there are none
	codeUrged     = "OSM.01010004"
	codeOverDay   = "OSM.01010005"
	codeSeverity  = "OSM.01010006"
	codeNoRole    = "OSM.01010007"
	codeCC        = "OSM.01010008"
	codeNoQuota   = "OSM.01010009"
	codeVerify    = "OSM.01010010"
	codeAction    = "OSM.01010013"
	codeFailed    = "OSM.01010014"
	codeNoCase    = "OSM.01010015"
	codeFeedback  = "OSM.01010016"
	codeAuthType  = "OSM.01010018"
	codePressNew  = "OSM.01010023"
	codeResend    = "OSM.01010024"
	codeProblem   = "OSM.01010026"
	codeLabels    = "OSM.01010042"
	codeRelations = "OSM.01010043"
	codeSelf      = "OSM.01010044"
)

// isBusiness tells the codes of the vendor's business rules from the general ones.
func isBusiness(code string) bool { return strings.HasPrefix(code, "OSM.0101") }

// statuses are those of business refusals, unless they are 200; 400 where nothing is said.
var statuses = map[string]int{
	codeDenied: http.StatusForbidden, codeNoRole: http.StatusForbidden, codeNoQuota: http.StatusForbidden,
	codeNoCase: http.StatusNotFound,
	codeFailed: http.StatusConflict,
	codeUrged:  http.StatusTooManyRequests, codePressNew: http.StatusTooManyRequests, codeResend: http.StatusTooManyRequests,
}

func statusOf(code string) int {
	if s := statuses[code]; s != 0 {
		return s
	}
	return http.StatusBadRequest
}

// ticketCodes are the codes of what tickets refuse.
var ticketCodes = map[ticket.Why]string{
	ticket.NoQuota:          codeNoQuota,
	ticket.NotInPlan:        codeNoQuota,
	ticket.BadSeverity:      codeSeverity,
	ticket.BadProblemType:   codeProblem,
	ticket.BadCC:            codeCC,
	ticket.NotVerified:      codeVerify,
	ticket.PressSoon:        codeUrged,
	ticket.PressNew:         codePressNew,
	ticket.BadState:         codeFailed,
	ticket.TooLate:          codeFailed,
	ticket.Stale:            codeFailed,
	ticket.ScoreLate:        codeFailed,
	ticket.WithdrawLate:     codeFailed,
	ticket.WithdrawRead:     codeFailed,
	ticket.NotOwnMessage:    codeDenied,
	ticket.NoRole:           codeNoRole,
	ticket.NoPermission:     codeDenied,
	ticket.TooManyLabels:    codeLabels,
	ticket.UnknownLabel:     codeParameter,
	ticket.TooManyRelations: codeRelations,
	ticket.SelfRelation:     codeSelf,
	ticket.BadScore:         codeParameter,
}

// codeOf is the code of a module's refusal; "" when its kind decides.
func (c *call) codeOf(err error) string {
	if code := ticketCodes[ticket.WhyOf(err)]; code != "" {
		return code
	}
	if taxonomy.IsUnknownSeverity(err) {
		return codeSeverity
	}
	if a := new(attachment.Refusal); errors.As(err, &a) && a.Why == attachment.OverDay {
		return codeOverDay
	}
	if c.op == nil {
		return ""
	}
	if c.op.Name == "SendVerifyCodes" && fault.KindOf(err) == fault.KindTooMany {
		return codeResend
	}
	return ""
}
