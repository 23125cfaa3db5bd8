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
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"net/http"
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

	// The names in a list of signed headers.
	lowerDate = "x-sdk-date"
	lowerHash = "x-sdk-content-sha256"
	lowerID   = "x-domain-id"
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
	SignedHeaders string    // lower case, in the order of signing, with semicolons between

	signature string            // 64 lower-case hexadecimal digits
	mac       [sha256.Size]byte // the same as bytes
	declared  string            // X-Sdk-Content-Sha256 as sent, or ""
	date      string            // X-Sdk-Date as sent

	// The canonical request up to the payload hash: in room, so that nearly all calls need no memory of their own,
	// or in long.
	room [usualHead]byte
	used int
	long []byte
}

// usualHead is room for the canonical request of nearly all calls, with its payload hash.
const usualHead = 480

// Parse reads the claim of a signed request. It doesn't touch the body. The error is an *Error.
func Parse(r *http.Request) (Claim, error) {
	var c Claim
	err := c.Read(r)
	return c, err
}

// Read is Parse for a claim that has its place already: it's larger than what is well passed about. Each claim is
// read once.
func (c *Claim) Read(r *http.Request) error {
	if err := c.readAuthorization(only(r.Header, "Authorization")); err != nil {
		return err
	}
	if err := c.readDate(r.Header[HeaderDate]); err != nil {
		return err
	}
	if err := c.readDeclaredHash(r.Header[HeaderHash]); err != nil {
		return err
	}
	c.DomainID = only(r.Header, HeaderID)
	head, err := appendHead(c.room[:0], r, c.SignedHeaders)
	if c.used = len(head); c.used > len(c.room) {
		c.long = bytes.Clone(head)
	}
	return err
}

// only is Header.Get for a name that is in its canonical form already.
func only(h http.Header, name string) string {
	if vs := h[name]; len(vs) > 0 {
		return vs[0]
	}
	return ""
}

func (c *Claim) head() []byte {
	if c.long != nil {
		return c.long
	}
	return c.room[:c.used]
}

// Signed tells whether the request carries an Authorization header of a signature scheme, ours or another one
// that must be refused: then Parse decides. A request without is somebody else's business.
func Signed(r *http.Request) bool {
	scheme, _, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return ok && (strings.HasPrefix(scheme, "SDK-") || scheme == "V11-HMAC-SHA256")
}

// Signs tells whether the signature covers a header, named in lower case.
func (c *Claim) Signs(header string) bool {
	for rest, name := c.SignedHeaders, ""; rest != ""; {
		if name, rest, _ = strings.Cut(rest, ";"); name == header {
			return true
		}
	}
	return false
}

// Unsigned tells whether the client left the body out of what it signed, as SDKs do for files in forms.
func (c *Claim) Unsigned() bool { return c.declared == unsigned }

// VerifyHead is Verify for a claim that is Unsigned, where the caller knows why nothing bad can come of a body that was
// exchanged on the way: everything but the body is proved.
func (c *Claim) VerifyHead(secretKey string, wall time.Time) error {
	if !c.Unsigned() {
		return Refuse("the body is signed")
	}
	return c.Verify(secretKey, nil, wall)
}

// Verify proves the claim: the body is exactly these bytes, the secret made the signature, and its date is
// within Window of the wall clock. The error is an *Error with 401 APIGW.0301.
func (c *Claim) Verify(secretKey string, body []byte, wall time.Time) error {
	return c.VerifyDigest(secretKey, sha256.Sum256(body), int64(len(body)), wall)
}

// VerifyDigest is Verify for a body that was hashed while it streamed past. Whatever was done with the body
// before must be undone when this fails.
func (c *Claim) VerifyDigest(secretKey string, digest [sha256.Size]byte, size int64, wall time.Time) error {
	if c.Date.Before(wall.Add(-Window)) || c.Date.After(wall.Add(Window)) {
		return Refuse("the signature's date is more than 15 minutes from the server's clock; set the clock and sign again")
	}
	var room [2 * sha256.Size]byte
	hex.Encode(room[:], digest[:])
	payload := room[:]
	switch {
	case c.declared == unsigned && size > 0:
		// Accepting it would let anybody on the way exchange the body.
		return Refuse("the body must be signed; UNSIGNED-PAYLOAD is accepted only without a body")
	case c.declared == unsigned:
		payload = append(room[:0], unsigned...)
	case c.declared != "" && c.declared != string(payload):
		return Refuse("the body does not match " + HeaderHash)
	}
	made := mac(secretKey, c.date, append(c.head(), payload...))
	if subtle.ConstantTimeCompare(made[:], c.mac[:]) != 1 {
		return Refuse("verify aksk signature fail")
	}
	return nil
}

// ID names this one signature, for replay refusal: a hash, so that a table of them gives nothing away.
func (c *Claim) ID() []byte {
	sum := sha256.Sum256([]byte(c.AccessKey + "\n" + c.signature))
	return sum[:]
}

// Until is the instant from which the claim is refused as too old, with a minute to spare: what remembers ID may
// forget it then.
func (c *Claim) Until() time.Time { return c.Date.Add(Window + time.Minute) }

// mac signs a canonical request. It's HMAC-SHA256 over a short text, written out: the general one allocates, and
// keeps states that are used once here.
func mac(secretKey, date string, canonical []byte) [sha256.Size]byte {
	var key [sha256.BlockSize]byte
	if len(secretKey) > len(key) {
		sum := sha256.Sum256([]byte(secretKey))
		copy(key[:], sum[:])
	} else {
		copy(key[:], secretKey)
	}
	// The key and the text to sign, which has 98 bytes with a date of the usual form.
	var room [sha256.BlockSize + 128]byte
	text := room[:sha256.BlockSize]
	xor(text, &key, 0x3636363636363636)
	text = append(append(append(append(text, Algorithm...), '\n'), date...), '\n')
	sum := sha256.Sum256(canonical)
	text = hex.AppendEncode(text, sum[:])
	sum = sha256.Sum256(text)
	var last [sha256.BlockSize + sha256.Size]byte
	xor(last[:], &key, 0x5c5c5c5c5c5c5c5c)
	copy(last[sha256.BlockSize:], sum[:])
	return sha256.Sum256(last[:])
}

// xor writes a key padded as HMAC wants it, eight bytes at a time.
func xor(dst []byte, key *[sha256.BlockSize]byte, pad uint64) {
	for i := 0; i < len(key); i += 8 {
		binary.NativeEndian.PutUint64(dst[i:], binary.NativeEndian.Uint64(key[i:])^pad)
	}
}
