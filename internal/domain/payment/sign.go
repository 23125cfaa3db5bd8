package payment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/secret"
)

// The headers of a signed notification, as Standard Webhooks names them.
const (
	headerID   = "Webhook-Id"
	headerTime = "Webhook-Timestamp"
	headerSign = "Webhook-Signature"
)

// tolerance is how far a notification's clock may be off. Older ones are refused, so that the memory of ids need not
// be for ever.
const tolerance = 5 * time.Minute

// Sign returns the headers of a notification.
func Sign(key []byte, id string, wall time.Time, body []byte) http.Header {
	at := strconv.FormatInt(wall.Unix(), 10)
	h := http.Header{}
	h.Set(headerID, id)
	h.Set(headerTime, at)
	h.Set(headerSign, "v1,"+base64.StdEncoding.EncodeToString(mac(key, id, at, body)))
	return h
}

// Check returns the id of a notification with a good signature that is at most five minutes old, or Unauthenticated.
func Check(key []byte, h http.Header, body []byte, wall time.Time) (string, error) {
	id, at := h.Get(headerID), h.Get(headerTime)
	sec, err := strconv.ParseInt(at, 10, 64)
	if id == "" || len(id) > 100 || err != nil {
		return "", unsigned()
	}
	if off := wall.Sub(time.Unix(sec, 0)); off > tolerance || off < -tolerance {
		return "", unsigned()
	}
	want := mac(key, id, at, body)
	for s := range strings.FieldsSeq(h.Get(headerSign)) {
		version, text, _ := strings.Cut(s, ",")
		if got, err := base64.StdEncoding.DecodeString(text); err == nil && version == "v1" && secret.Equal(got, want) {
			return id, nil
		}
	}
	return "", unsigned()
}

func unsigned() error {
	return fault.New(fault.KindUnauthenticated, i18n.M("payment.notice_unsigned"))
}

func mac(key []byte, id, at string, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + at + "."))
	m.Write(body)
	return m.Sum(nil)
}
