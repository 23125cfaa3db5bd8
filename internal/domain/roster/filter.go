package roster

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Filter narrows a list of people. The zero filter shows everybody who hasn't left.
type Filter struct {
	Q          string       // part of a name, e-mail or number; case and width don't matter
	Code       string       // holds this certificate
	Validity   string       // "", valid, expiring, expired, none; with Code it speaks of that certificate alone
	Within     int          // days that count as expiring; 0 = 90
	Registered string       // "", yes, no
	Left       string       // "" = hasn't left, left, all
	Consent    string       // "", unconfirmed (and counting), lapsed (not counting any more), confirmed
	Day        calendar.Day // the day all this is about; None = today
	After      string       // cursor: the Next of the page before
	Limit      int          // 0 = 50, at most 500
}

// The values that filters take, for forms.
var (
	Validities  = []string{"valid", "expiring", "expired", "none"}
	Registereds = []string{"yes", "no"}
	Lefts       = []string{"left", "all"}
	Consents    = []string{"unconfirmed", "lapsed", "confirmed"}
)

const (
	defaultWithin = 90
	defaultLimit  = 50
	maxLimit      = 500
)

// ParseFilter reads a filter from a URL; what it can't read it leaves out.
func ParseFilter(v url.Values) Filter {
	pick := func(name string, allowed []string) string {
		if s := v.Get(name); slices.Contains(allowed, s) {
			return s
		}
		return ""
	}
	f := Filter{
		Q: text.Clean(v.Get("q")), Code: text.Clean(v.Get("code")), Validity: pick("validity", Validities),
		Registered: pick("registered", Registereds), Left: pick("left", Lefts), Consent: pick("consent", Consents), After: v.Get("after"),
	}
	f.Within, _ = strconv.Atoi(v.Get("within"))
	f.Limit, _ = strconv.Atoi(v.Get("limit"))
	f.Day, _ = calendar.ParseOptional(v.Get("day"))
	return f.bounded()
}

func (f Filter) bounded() Filter {
	if f.Within < 0 || f.Within > 3660 {
		f.Within = 0
	}
	if f.Limit < 0 {
		f.Limit = 0
	}
	f.Limit = min(f.Limit, maxLimit)
	if r := []rune(f.Q); len(r) > 200 {
		f.Q = string(r[:200])
	}
	return f
}

// Query writes the filter as a URL has it, without the cursor.
func (f Filter) Query() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("q", f.Q)
	set("code", f.Code)
	set("validity", f.Validity)
	set("registered", f.Registered)
	set("left", f.Left)
	set("consent", f.Consent)
	set("within", strconv.Itoa(f.Within))
	set("limit", strconv.Itoa(f.Limit))
	set("day", f.Day.String())
	return v
}

// ready fills in what the caller left open, and refuses what a list can't be asked for.
func (f Filter) ready(today calendar.Day) (Filter, error) {
	var fs fault.Fields
	for _, x := range []struct {
		name, value string
		allowed     []string
	}{{"validity", f.Validity, Validities}, {"registered", f.Registered, Registereds}, {"left", f.Left, Lefts}, {"consent", f.Consent, Consents}} {
		if x.value != "" && !slices.Contains(x.allowed, x.value) {
			fs.Add(x.name, x.value, i18n.M("roster.filter.value"))
		}
	}
	f = f.bounded()
	f.Q = text.Clean(f.Q)
	if f.Day.IsNone() {
		f.Day = today
	}
	if f.Within == 0 {
		f.Within = defaultWithin
	}
	if f.Limit == 0 {
		f.Limit = defaultLimit
	}
	return f, fs.Err()
}

// sifts tells whether the certificates have to be looked at.
func (f Filter) sifts() bool { return f.Code != "" || f.Validity != "" }

// passes tells whether what a person holds is what the filter asks for.
func (f Filter) passes(held []Held) bool {
	some := false
	for _, h := range held {
		if f.Code != "" && h.Code != f.Code {
			continue
		}
		st := credential.StandingOf(h.Until, f.Day, f.Within)
		switch f.Validity {
		case "", "none":
			some = true
		case "valid":
			some = some || st != credential.StandsExpired
		default:
			some = some || string(st) == f.Validity
		}
	}
	return some != (f.Validity == "none")
}

// A cursor is the last row that was shown.
type cursor struct{ Name, ID string }

func (c cursor) String() string {
	b, err := json.Marshal([]string{c.Name, c.ID})
	if err != nil {
		panic(err) // two strings can't fail to encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{}, nil
	}
	var parts []string
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &parts)
	}
	if err != nil || len(parts) != 2 || !wellFormed(parts[0]+parts[1]) {
		return cursor{}, fault.Invalid("after", i18n.M("roster.filter.cursor"))
	}
	return cursor{parts[0], parts[1]}, nil
}
