package signature

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Sign signs a request as the vendor's Go SDK does: it sets X-Sdk-Date and Authorization and covers every header
// set before the call, except Content-Type and names with an underscore. The body must be sent byte for byte as
// given. Headers must not change afterwards; set User-Agent before, or Go adds one that isn't signed.
func Sign(r *http.Request, accessKey, secretKey string, body []byte, wall time.Time) error {
	r.Header.Del("Authorization")
	date := wall.UTC().Format(dateLayout)
	r.Header.Set(HeaderDate, date)
	list := strings.Join(signable(r.Header), ";")
	head, err := appendHead(nil, r, list)
	if err != nil {
		return err
	}
	payload := r.Header.Get(HeaderHash)
	if payload == "" {
		sum := sha256.Sum256(body)
		payload = hex.EncodeToString(sum[:])
	}
	made := mac(secretKey, date, append(head, payload...))
	r.Header.Set("Authorization", Algorithm+" Access="+accessKey+", SignedHeaders="+list+
		", Signature="+hex.EncodeToString(made[:]))
	return nil
}

func signable(h http.Header) []string {
	var names []string
	for k := range h {
		n := strings.ToLower(k)
		if !strings.HasPrefix(n, "content-type") && !strings.Contains(n, "_") {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}
