package ticketmail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// Signed addresses and Message-IDs lead an answer to its ticket: whoever has one got it in a mail from us. They are keyed
// hashes under the installation's key, 80 bits long, in letters that survive programs which write addresses in small ones.
//
//	support+cTT20261123000001-MAC@…  an answer of the customer's side
//	support+dTT20261123000001-MAC@…  an answer of the desk's side
//	support+bID-MAC@…                where a mail that can't be delivered goes back to
//	<tm.TT20261123000001.ID.MAC@…>   a mail of ours about a ticket

// A side is the letter before a signed number.
const (
	customerSide = "c"
	deskSide     = "d"
	returnSide   = "b"
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// signer makes and checks signed names.
type signer struct{ key []byte }

func (s signer) mac(parts ...string) string {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte(strings.ToLower(strings.Join(parts, "\n"))))
	return strings.ToLower(letters.EncodeToString(h.Sum(nil)[:10]))
}

// holds compares in constant time.
func (s signer) holds(mac string, parts ...string) bool {
	return hmac.Equal([]byte(strings.ToLower(mac)), []byte(s.mac(parts...)))
}

// address is the desk's address with a signed subject behind a plus.
func (s signer) address(base, side, subject string) string {
	local, domain, _ := strings.Cut(base, "@")
	return local + "+" + side + strings.ToLower(subject) + "-" + s.mac("address", side, subject) + "@" + domain
}

// read takes a signed address apart; ok is false for any other, and for a forged one.
func (s signer) read(address string) (side, subject string, ok bool) {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	_, tag, found := strings.Cut(local, "+")
	subject, mac, dash := strings.Cut(tag, "-")
	if !found || !dash || len(subject) < 2 {
		return "", "", false
	}
	side, subject = subject[:1], subject[1:]
	if !s.holds(mac, "address", side, subject) {
		return "", "", false
	}
	return side, subject, true
}

// messageID is the name of a mail of ours about a ticket.
func (s signer) messageID(no, id, domain string) string {
	return strings.ToLower("tm."+or(no, "-")+"."+id+"."+s.mac("id", or(no, "-"), id)) + "@" + domain
}

// readID takes a Message-ID of ours apart.
func (s signer) readID(messageID string) (no, id string, ok bool) {
	local, _, _ := strings.Cut(strings.ToLower(messageID), "@")
	parts := strings.Split(local, ".")
	if len(parts) != 4 || parts[0] != "tm" || !s.holds(parts[3], "id", parts[1], parts[2]) {
		return "", "", false
	}
	if parts[1] == "-" {
		return "", parts[2], true
	}
	return strings.ToUpper(parts[1]), parts[2], true
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
