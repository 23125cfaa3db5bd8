package signature

import (
	"strings"
	"time"
)

// readAuthorization takes the three parts of the header: in any order, each once, and nothing else.
func (c *Claim) readAuthorization(header string) error {
	scheme, rest, _ := cut(header, ' ')
	switch {
	case header == "":
		return Refuse("Authorization is missing")
	case len(header) > maxAuthorization:
		return Refuse("Authorization is too long")
	case scheme != Algorithm:
		return Refuse("the algorithm is not supported; sign with " + Algorithm)
	}
	parts := 0
	for more := true; more; parts++ {
		var part string
		part, rest, more = cut(rest, ',')
		name, value, ok := cut(strings.TrimSpace(part), '=')
		if !ok {
			return Refuse("Authorization is malformed")
		}
		c.take(name, value)
	}
	// Three parts that leave none of the three empty are each of them once.
	if parts != 3 || c.AccessKey == "" || c.SignedHeaders == "" || !unhex(c.mac[:], c.signature) {
		return Refuse("Authorization must hold Access, SignedHeaders and Signature")
	}
	return checkSignedHeaders(c.SignedHeaders)
}

func (c *Claim) take(name, value string) {
	switch name {
	case "Access":
		c.AccessKey = value
	case "SignedHeaders":
		c.SignedHeaders = value
	case "Signature":
		c.signature = value
	}
}

// checkSignedHeaders wants the date among the headers: unsigned, it could be moved and the window would mean
// nothing. Names twice or in capitals would give one request several forms.
func checkSignedHeaders(list string) error {
	switch list {
	case "user-agent;x-domain-id;x-sdk-date", "user-agent;x-sdk-date": // what the SDK sends
		return nil
	}
	if len(list) > maxSignedHeaders && strings.Count(list, ";") >= maxSignedHeaders {
		return Refuse("too many signed headers")
	}
	start := 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) && list[i] != ';' {
			if c := list[i]; 'A' <= c && c <= 'Z' || c == ' ' || c == '\t' || c == ':' || c >= 0x80 { // no header has a name beyond ASCII
				return badNames()
			}
			continue
		}
		if i == start || listed(list[:max(start-1, 0)], list[start:i]) {
			return badNames()
		}
		start = i + 1
	}
	if !listed(list, lowerDate) {
		return Refuse(HeaderDate + " must be among the signed headers")
	}
	return nil
}

func badNames() error { return Refuse("SignedHeaders must be lower-case names, each once") }

// listed tells whether a name is in a list of signed headers.
func listed(list, name string) bool {
	for len(list) >= len(name) {
		n, rest, more := cut(list, ';')
		if n == name {
			return true
		}
		if list = rest; !more {
			return false
		}
	}
	return false
}

func (c *Claim) readDate(vs []string) error {
	if len(vs) != 1 {
		return Refuse(HeaderDate + " is required once")
	}
	t, ok := parseDate(vs[0])
	if !ok {
		return Refuse(HeaderDate + " must look like 20060102T150405Z")
	}
	c.Date, c.date = t, vs[0]
	return nil
}

// parseDate reads exactly the form 20060102T150405Z.
func parseDate(s string) (time.Time, bool) {
	if len(s) != len(dateLayout) || s[8] != 'T' || s[15] != 'Z' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[4:6])
	day, ok3 := digits(s[6:8])
	hour, ok4 := digits(s[9:11])
	minute, ok5 := digits(s[11:13])
	second, ok6 := digits(s[13:15])
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	// An instant that isn't in the calendar, such as 30 February, has become another one.
	good := ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && month == int(t.Month()) && day == t.Day() && hour < 24 && minute < 60 && second < 60
	return t, good
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// readDeclaredHash takes the client's own payload hash, which counts only when it's signed.
func (c *Claim) readDeclaredHash(vs []string) error {
	var sum [len(c.mac)]byte
	switch {
	case len(vs) == 0:
		return nil
	case len(vs) > 1 || !listed(c.SignedHeaders, lowerHash):
		return Refuse(HeaderHash + " must be sent once and signed")
	case vs[0] != unsigned && !unhex(sum[:], vs[0]):
		return Refuse(HeaderHash + " is neither a SHA-256 in lower-case hexadecimal nor " + unsigned)
	}
	c.declared = vs[0]
	return nil
}

// unhex reads lower-case hexadecimal digits, exactly as many as fill dst.
func unhex(dst []byte, s string) bool {
	if len(s) != 2*len(dst) {
		return false
	}
	for i := range dst {
		high, low := nibble(s[2*i]), nibble(s[2*i+1])
		if high|low > 15 {
			return false
		}
		dst[i] = high<<4 | low
	}
	return true
}

func nibble(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}
