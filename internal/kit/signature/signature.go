// Package signature makes and checks the AK/SK signature SDK-HMAC-SHA256 that the vendor's SDKs put on a request.
//
// Checking has three steps, so that the caller can look up the secret between them: Parse reads what the request
// claims, Verify proves it against the secret and the exact bytes of the body, and Replay refuses a proof that
// was used before. The package knows neither tables nor roles. Every refusal is an *Error that carries the
// status, code and wording of the API gateway that clients know.
//
// The scheme signs method, path, query, the listed headers and the body's hash. Content-Type and Host are not
// signed by the common SDKs, so nothing may be decided by them.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The fixed words of the scheme.
const (
	Algorithm  = "SDK-HMAC-SHA256"
	HeaderDate = "X-Sdk-Date"
	HeaderHash = "X-Sdk-Content-Sha256"
	HeaderID   = "X-Domain-Id"

	dateLayout = "20060102T150405Z"
	unsigned   = "UNSIGNED-PAYLOAD"
)

// Window is how far the signature's date may be from our wall clock, either way.
const Window = 15 * time.Minute

// The limits of what is read before anything is proved.
const (
	maxAuthorization = 8 << 10
	maxSignedHeaders = 64
)

// A Claim is what a request says about who signed it. Nothing in it is proved until Verify returned nil.
type Claim struct {
	AccessKey     string
	Date          time.Time // X-Sdk-Date, UTC, whole seconds
	DomainID      string    // X-Domain-Id; empty when absent. It must equal the account that owns the key.
	SignedHeaders []string  // lower case, in the order of signing

	signature string // 64 lower-case hexadecimal digits
	declared  string // X-Sdk-Content-Sha256 as sent, or ""
	head      string // the canonical request up to the payload hash
	date      string // X-Sdk-Date as sent
}

// Parse reads the claim of a signed request. It doesn't touch the body. The error is an *Error.
func Parse(r *http.Request) (Claim, error) {
	c, err := parseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return Claim{}, err
	}
	if err := c.readDate(r.Header); err != nil {
		return Claim{}, err
	}
	if err := c.readDeclaredHash(r.Header); err != nil {
		return Claim{}, err
	}
	c.DomainID = r.Header.Get(HeaderID)
	c.head, err = canonicalHead(r, c.SignedHeaders)
	return c, err
}

// Signed tells whether the request carries an Authorization header of a signature scheme, ours or another one
// that must be refused: then Parse decides. A request without is somebody else's business.
func Signed(r *http.Request) bool {
	scheme, _, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && (strings.HasPrefix(scheme, "SDK-") || scheme == "V11-HMAC-SHA256")
}

// Verify proves the claim: the body is exactly these bytes, the secret made the signature, and its date is
// within Window of the wall clock. The error is an *Error with 401 APIGW.0301.
func (c Claim) Verify(secretKey string, body []byte, wall time.Time) error {
	return c.VerifyDigest(secretKey, sha256.Sum256(body), int64(len(body)), wall)
}

// VerifyDigest is Verify for a body that was hashed while it streamed past. Whatever was done with the body
// before must be undone when this fails.
func (c Claim) VerifyDigest(secretKey string, digest [sha256.Size]byte, size int64, wall time.Time) error {
	if c.Date.Before(wall.Add(-Window)) || c.Date.After(wall.Add(Window)) {
		return Refuse("the signature's date is more than 15 minutes from the server's clock; set the clock and sign again")
	}
	payload := hex.EncodeToString(digest[:])
	switch {
	case c.declared == unsigned && size > 0:
		// Accepting it would let anybody on the way exchange the body.
		return Refuse("the body must be signed; UNSIGNED-PAYLOAD is accepted only without a body")
	case c.declared == unsigned:
		payload = unsigned
	case c.declared != "" && c.declared != payload:
		return Refuse("the body does not match " + HeaderHash)
	}
	if !hmac.Equal([]byte(sign(secretKey, c.date, c.head+payload)), []byte(c.signature)) {
		return Refuse("verify aksk signature fail")
	}
	return nil
}

// ID names this one signature, for replay refusal: a hash, so that a table of them gives nothing away.
func (c Claim) ID() []byte {
	sum := sha256.Sum256([]byte(c.AccessKey + "\n" + c.signature))
	return sum[:]
}

// Until is the instant from which the claim is refused as too old, with a minute to spare: what remembers ID may
// forget it then.
func (c Claim) Until() time.Time { return c.Date.Add(Window + time.Minute) }

func sign(secretKey, date, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	h := hmac.New(sha256.New, []byte(secretKey))
	h.Write([]byte(Algorithm + "\n" + date + "\n" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(h.Sum(nil))
}

func parseAuthorization(header string) (Claim, error) {
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case header == "":
		return Claim{}, Refuse("Authorization is missing")
	case len(header) > maxAuthorization:
		return Claim{}, Refuse("Authorization is too long")
	case scheme != Algorithm:
		return Claim{}, Refuse("the algorithm is not supported; sign with " + Algorithm)
	}
	parts := map[string]string{}
	for _, p := range strings.Split(rest, ",") {
		k, v, ok := strings.Cut(strings.TrimSpace(p), "=")
		if _, twice := parts[k]; !ok || twice {
			return Claim{}, Refuse("Authorization is malformed")
		}
		parts[k] = v
	}
	c := Claim{AccessKey: parts["Access"], SignedHeaders: strings.Split(parts["SignedHeaders"], ";"), signature: parts["Signature"]}
	if c.AccessKey == "" || len(parts) != 3 || !isHex64(c.signature) {
		return Claim{}, Refuse("Authorization must hold Access, SignedHeaders and Signature")
	}
	return c, checkSignedHeaders(c.SignedHeaders)
}

// checkSignedHeaders wants the date among the headers: unsigned, it could be moved and the window would mean
// nothing. Names twice or in capitals would give one request several forms.
func checkSignedHeaders(names []string) error {
	if len(names) > maxSignedHeaders {
		return Refuse("too many signed headers")
	}
	seen := map[string]bool{}
	for _, n := range names {
		if n == "" || n != strings.ToLower(n) || seen[n] || strings.ContainsAny(n, " \t:") {
			return Refuse("SignedHeaders must be lower-case names, each once")
		}
		seen[n] = true
	}
	if !seen[strings.ToLower(HeaderDate)] {
		return Refuse(HeaderDate + " must be among the signed headers")
	}
	return nil
}

func (c *Claim) readDate(h http.Header) error {
	vs := h.Values(HeaderDate)
	if len(vs) != 1 {
		return Refuse(HeaderDate + " is required once")
	}
	t, err := time.Parse(dateLayout, vs[0])
	if err != nil {
		return Refuse(HeaderDate + " must look like 20060102T150405Z")
	}
	c.Date, c.date = t, vs[0]
	return nil
}

// readDeclaredHash takes the client's own payload hash, which counts only when it's signed.
func (c *Claim) readDeclaredHash(h http.Header) error {
	vs := h.Values(HeaderHash)
	switch {
	case len(vs) == 0:
		return nil
	case len(vs) > 1 || !slices.Contains(c.SignedHeaders, strings.ToLower(HeaderHash)):
		return Refuse(HeaderHash + " must be sent once and signed")
	case vs[0] != unsigned && !isHex64(vs[0]):
		return Refuse(HeaderHash + " is neither a SHA-256 in lower-case hexadecimal nor " + unsigned)
	}
	c.declared = vs[0]
	return nil
}

// canonicalHead is the canonical request without the payload hash, which comes last.
func canonicalHead(r *http.Request, names []string) (string, error) {
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	headers, err := canonicalHeaders(r, names)
	if err != nil {
		return "", err
	}
	return r.Method + "\n" + canonicalPath(r.URL.Path) + "\n" + query + "\n" + headers + "\n" + strings.Join(names, ";") + "\n", nil
}

// canonicalPath encodes the decoded path again, segment by segment, and always ends in a slash: however the
// client wrote it, there is one form.
func canonicalPath(decoded string) string {
	segments := strings.Split(decoded, "/")
	for i, s := range segments {
		segments[i] = escape(s)
	}
	p := strings.Join(segments, "/")
	if !strings.HasSuffix(p, "/") {
		p += "/"
	}
	return p
}

// canonicalQuery sorts keys and each key's values; a key without "=" is signed with it.
func canonicalQuery(raw string) (string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", Refuse("the query string can't be decoded")
	}
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var pairs []string
	for _, k := range keys {
		vs := slices.Sorted(slices.Values(values[k]))
		for _, v := range vs {
			pairs = append(pairs, escape(k)+"="+escape(v))
		}
	}
	return strings.Join(pairs, "&"), nil
}

func canonicalHeaders(r *http.Request, names []string) (string, error) {
	var b strings.Builder
	for _, n := range names {
		vs := r.Header[textproto.CanonicalMIMEHeaderKey(n)]
		if n == "host" {
			vs = []string{r.Host} // net/http takes it out of the header
		}
		if len(vs) == 0 {
			return "", Refuse(fmt.Sprintf("the signed header %q did not arrive; a proxy must leave headers as they are", n))
		}
		for _, v := range slices.Sorted(slices.Values(vs)) {
			b.WriteString(n + ":" + strings.TrimSpace(v) + "\n")
		}
	}
	return b.String(), nil
}

// escape keeps A-Z a-z 0-9 - _ . ~ and writes every other byte as %XX.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', digits[c>>4], digits[c&15]})
	}
	return b.String()
}

func isHex64(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }
