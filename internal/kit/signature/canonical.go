package signature

import (
	"cmp"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// appendHead writes the canonical request without the payload hash, which comes last. The list holds the signed
// headers with semicolons between them.
func appendHead(b []byte, r *http.Request, list string) ([]byte, error) {
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, r.URL.Path), '\n')
	b, err := appendQuery(b, r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	b = append(b, '\n')
	if b, err = appendHeaders(b, r, list); err != nil {
		return nil, err
	}
	b = append(b, '\n')
	return append(append(b, list...), '\n'), nil
}

// appendPath encodes the decoded path again, segment by segment, and always ends in a slash: however the client
// wrote it, there is one form.
func appendPath(b []byte, decoded string) []byte {
	b = appendEscaped(b, decoded, '/')
	if !strings.HasSuffix(decoded, "/") {
		b = append(b, '/')
	}
	return b
}

// maxParameters is how many parameters of a query are sorted before anything is proved.
const maxParameters = 1000

// appendQuery sorts keys and each key's values; a key without "=" is signed with it.
func appendQuery(b []byte, raw string) ([]byte, error) {
	if raw == "" {
		return b, nil
	}
	if strings.Count(raw, "&") >= maxParameters {
		return nil, Refuse("the query string has too many parameters")
	}
	type pair struct{ key, value string }
	var room [8]pair
	pairs := room[:0]
	for more := true; more; {
		var one string
		if one, raw, more = cut(raw, '&'); one == "" {
			continue
		}
		k, v, _ := cut(one, '=')
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err1 != nil || err2 != nil || strings.Contains(one, ";") {
			return nil, Refuse("the query string can't be decoded")
		}
		pairs = append(pairs, pair{key, value})
	}
	slices.SortFunc(pairs, func(x, y pair) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.value, y.value)) })
	for i, p := range pairs {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(appendEscaped(b, p.key, 0), '=')
		b = appendEscaped(b, p.value, 0)
	}
	return b, nil
}

func appendHeaders(b []byte, r *http.Request, list string) ([]byte, error) {
	for more := true; more; {
		var n string
		n, list, more = cut(list, ';')
		vs := r.Header[wireName(n)]
		if n == "host" {
			vs = []string{r.Host} // net/http takes it out of the header
		}
		if len(vs) == 0 {
			return nil, Refuse(fmt.Sprintf("the signed header %q did not arrive; a proxy must leave headers as they are", n))
		}
		if len(vs) > 1 {
			vs = slices.Sorted(slices.Values(vs))
		}
		for _, v := range vs {
			b = append(append(b, n...), ':')
			b = append(append(b, strings.TrimSpace(v)...), '\n')
		}
	}
	return b, nil
}

// wireName is the form in which net/http keeps a header; those of nearly every call cost nothing.
func wireName(lower string) string {
	switch lower {
	case "user-agent":
		return "User-Agent"
	case lowerID:
		return HeaderID
	case lowerDate:
		return HeaderDate
	case lowerHash:
		return HeaderHash
	}
	return textproto.CanonicalMIMEHeaderKey(lower)
}

// appendEscaped keeps A-Z a-z 0-9 - _ . ~ and one more byte, and writes every other one as %XX.
func appendEscaped(b []byte, s string, keep byte) []byte {
	const digits = "0123456789ABCDEF"
	done := 0
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~' ||
			c == keep && c != 0 {
			continue
		}
		b = append(append(b, s[done:i]...), '%', digits[c>>4], digits[c&15])
		done = i + 1
	}
	return append(b, s[done:]...)
}

// cut is strings.Cut for a separator of one byte, which is found faster.
func cut(s string, by byte) (before, after string, found bool) {
	if i := strings.IndexByte(s, by); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}
