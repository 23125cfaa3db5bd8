//go:build bench

package bench

import (
	"bytes"
	"crypto/sha256"
	"net/http/httptest"
	"testing"
	"time"

	"hanse/internal/kit/signature"
)

// How many times the bare SHA-256 of a 1 KiB body its signature check may cost, and should.
const (
	mostSignature = 3.0
	aimSignature  = 2.0
)

// measureSignatures checks the signature of a call as the vendor's SDK sends it, beside the hash of its body alone.
func measureSignatures(t *testing.T, r *report) {
	const secretKey = "SKsecret0000000000000000000000000000000001"
	body := bytes.Repeat([]byte("x"), 1<<10)
	at := time.Date(2026, 11, 22, 3, 57, 53, 0, time.UTC)
	req := httptest.NewRequest("POST", "/v2/accounts/partner-accounts/adjust-amount", nil)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "huaweicloud-usdk-go/3.0; os/Debian_GNU/Linux#12_(bookworm)#amd64 go/go1.26.8; app/6a55117e-e443-4a1f-8d7d-bfdd60280997")
	req.Header.Set("X-Domain-Id", "0123456789abcdef0123456789abcdef")
	must(t, signature.Sign(req, "AKPARTNER0000000001", secretKey, body, at))
	const times = 20_000
	var check, hash samples
	for range 11 {
		check = append(check, timed(func() {
			for range times {
				var c signature.Claim
				err := c.Read(req)
				if err == nil {
					err = c.Verify(secretKey, body, at)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		})/times)
		hash = append(hash, timed(func() {
			for range times {
				bodySum = sha256.Sum256(body)
			}
		})/times)
	}
	r.say("%-58s %v", "signature check of a 1 KiB body", check)
	r.say("%-58s %v", "SHA-256 of the body alone", hash)
	ratio := medianRatio(check, hash)
	r.limit("signature check against the SHA-256 of the body", ratio, mostSignature, "times", false)
	r.say("%-58s %9.4g times (aim: at most %g)", "", ratio, aimSignature)
}

// bodySum keeps the compiler from leaving the hash out.
var bodySum [sha256.Size]byte
