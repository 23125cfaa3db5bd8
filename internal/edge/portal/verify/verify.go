// Package verify holds the public page that confirms a certificate: anybody who has its number, or its QR code, may
// ask whether it still holds.
package verify

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/web"
)

type pages struct {
	*site.Site
	q     *qualification.Service
	badge *badge.Service
	press *pdf.Press
	limit *web.Limiter
}

// How often one address may ask, so that nobody lists the numbers by trying them: the first lookups at once, then
// one every two seconds.
const (
	perSecond = 0.5
	burst     = 30
	longest   = 64 // characters of a number
)

// Register adds the pages, and what programs read: the issuer's keys, credentials and status lists.
func Register(s *site.Site, q *qualification.Service, b *badge.Service, press *pdf.Press) {
	p := pages{s, q, b, press, web.NewLimiter(perSecond, burst, s.Clock.Wall)}
	s.Open("GET /verify", p.form)
	s.Open("GET /verify/{number}", p.verify)
	s.Open("GET /verify/{number}/certificate.pdf", p.certificate)
	s.Open("GET /verify/credential", p.credentialForm)
	s.Open("POST /verify/credential", p.examine)
	s.Open("GET /credentials/{number}", p.credential)
	s.Open("GET /achievements/{ref}/{level}", p.achievement)
	s.Open("GET /status/{list}/{purpose}", p.statusList)
	s.Open("GET /issuer", p.issuer)
	s.Open("GET /.well-known/did.json", p.did)
}

// form asks for a number; one that was sent leads to its page.
func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	if number := clean(r.URL.Query().Get("number")); number != "" {
		return p.Go(w, r, "/verify/"+url.PathEscape(number), i18n.Msg{})
	}
	return p.Show(w, r, http.StatusOK, formPage(p.Shell(r, i18n.M("verify.title")), r.URL.Query().Has("number"), entry{}))
}

// clean brings a typed number into the form in which it's printed: dashes of any kind, no spaces, capitals.
func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == '–' || c == '—' || c == '－' || c == '‐' || c == '‑':
			return '-'
		case c <= ' ' || c == '\u3000' || c == '\u00a0':
			return -1
		}
		return c
	}, s)
	if len(s) > longest {
		s = s[:longest]
	}
	return strings.ToUpper(strings.ToValidUTF8(s, ""))
}

// verify answers for one number, as a page or as JSON.
func (p pages) verify(w http.ResponseWriter, r *http.Request) error {
	number, asJSON := strings.CutSuffix(r.PathValue("number"), ".json")
	number, asJSON = clean(number), asJSON || wantsJSON(r)
	if seconds := p.tooMany(r); seconds > 0 {
		if asJSON {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
			return send(w, http.StatusTooManyRequests, answer{Number: number, Verdict: "try_later"})
		}
		return fault.TooMany(seconds, i18n.M("verify.too_many"))
	}
	v, err := p.q.Verify(r.Context(), number)
	unknown := fault.KindOf(err) == fault.KindNotFound
	if err != nil && !unknown {
		return err
	}
	status := http.StatusOK
	if unknown {
		status, v = http.StatusNotFound, qualification.Verification{Number: number, CheckedAt: p.Clock.Now()}
	}
	if asJSON {
		return send(w, status, answerOf(v))
	}
	signed, err := p.badge.File(r.Context(), number)
	if err != nil {
		return err
	}
	return p.Show(w, r, status, verdictPage(p.Shell(r, i18n.M("verify.title")), v, signed != nil))
}

// tooMany is how many seconds whoever asks has to wait; 0 = none.
func (p pages) tooMany(r *http.Request) int {
	wait := p.limit.Allow(web.Of(r.Context()).IP)
	if wait <= 0 {
		return 0
	}
	return int(wait/time.Second) + 1
}

// wantsJSON tells whether a program asks: it names JSON before HTML.
func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	j, h := strings.Index(accept, "application/json"), strings.Index(accept, "text/html")
	return j >= 0 && (h < 0 || j < h)
}

// An answer is the verdict for programs: what the certificate prints, and nothing more.
type answer struct {
	Number        string    `json:"number"`
	Verdict       string    `json:"verdict"` // valid, expiring, expired, suspended, cancelled, superseded, revoked, left, unknown, try_later
	Valid         bool      `json:"valid"`
	Holder        string    `json:"holder,omitempty"`
	HolderZH      string    `json:"holder_zh,omitempty"`
	Program       both      `json:"program,omitzero"`
	Level         both      `json:"level,omitzero"`
	Stars         int       `json:"stars,omitempty"`
	ValidFrom     string    `json:"valid_from,omitempty"`
	ValidUntil    string    `json:"valid_until,omitempty"` // absent: until it's revoked
	Product       string    `json:"product,omitempty"`
	StandingLevel both      `json:"standing_level,omitzero"`
	CheckedAt     time.Time `json:"checked_at,omitzero"`
}

type both struct {
	EN string `json:"en"`
	ZH string `json:"zh-Hans"`
}

func say(m i18n.Msg) both {
	if m.IsZero() {
		return both{}
	}
	return both{i18n.Text(i18n.English, m), i18n.Text(i18n.Chinese, m)}
}

func answerOf(v qualification.Verification) answer {
	a := answer{Number: v.Number, Verdict: "unknown", CheckedAt: v.CheckedAt.UTC()}
	if v.Status == "" {
		return a
	}
	a.Verdict, a.Valid, a.Holder, a.HolderZH, a.Stars = string(v.Status), v.Good, v.Holder, v.HolderZH, v.Stars
	a.Program, a.Level, a.StandingLevel = say(v.Program), say(v.Level), say(v.StandingLevel)
	a.ValidFrom, a.ValidUntil, a.Product = v.ValidFrom.String(), v.ValidUntil.String(), v.Product
	return a
}

func send(w http.ResponseWriter, status int, a answer) error {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(a)
}
