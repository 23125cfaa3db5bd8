// Package pow is the captcha of public forms: a proof of work in ALTCHA's second format (PBKDF2/SHA-256), made
// and checked here, without any outside service.
//
// The server chooses a counter and gives the client the first half of the key that this counter derives; the
// client finds the counter by trying. Checking costs two HMACs, since the server signed the whole key when it
// made the challenge, so a flood of wrong answers costs nothing. No state is kept until a solution arrives; then
// the caller stores its id, and refuses the second use. It slows a machine down and doesn't keep it out: forms
// that use it are throttled and confirmed by e-mail as well.
package pow

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Field is the name of the form field that carries the solution.
const Field = "altcha"

// Lifetime is how long a challenge can be solved, and so how long a used id must be remembered.
const Lifetime = 10 * time.Minute

const (
	algorithm   = "PBKDF2/SHA-256"
	defaultCost = 5000 // iterations for one try: about a second of a phone in all
	minCounter  = 300  // the counter that solves it lies in [minCounter, minCounter+spread)
	spread      = 600
	keyLength   = 32
	maxPayload  = 4096
)

// A Gate makes challenges and checks solutions.
type Gate struct {
	challengeKey, solutionKey []byte
	cost                      int
}

// New makes a gate. The secret is the installation's, the same on every node; cost is the number of PBKDF2
// iterations of one try, and 0 means the default.
func New(secret []byte, cost int) *Gate {
	if cost <= 0 {
		cost = defaultCost
	}
	return &Gate{mac(secret, []byte("pow challenge")), mac(secret, []byte("pow solution")), cost}
}

// parameters are in the order of their names: the widget signs nothing, but sends them back as they are.
type parameters struct {
	Algorithm    string `json:"algorithm"`
	Cost         int    `json:"cost"`
	ExpiresAt    int64  `json:"expiresAt"` // seconds since 1970
	KeyLength    int    `json:"keyLength"`
	KeyPrefix    string `json:"keyPrefix"`
	KeySignature string `json:"keySignature"`
	Nonce        string `json:"nonce"`
	Salt         string `json:"salt"`
}

type challenge struct {
	Parameters parameters `json:"parameters"`
	Signature  string     `json:"signature"`
}

// solution has the counter for other readers only: what proves the work is the key.
type solution struct {
	Counter    json.Number `json:"counter"`
	DerivedKey string      `json:"derivedKey"`
}

type payload struct {
	Challenge challenge `json:"challenge"`
	Solution  solution  `json:"solution"`
}

// Challenge makes a new challenge as JSON, valid for Lifetime from wall. It must be served as application/json
// and never from a cache.
func (g *Gate) Challenge(wall time.Time) ([]byte, error) {
	nonce, salt := random(16), random(16)
	step, err := rand.Int(rand.Reader, big.NewInt(spread))
	if err != nil {
		return nil, fmt.Errorf("choose counter: %w", err)
	}
	key, err := derive(nonce, salt, g.cost, minCounter+uint32(step.Int64()))
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	p := parameters{
		Algorithm: algorithm, Cost: g.cost, ExpiresAt: wall.Add(Lifetime).Unix(), KeyLength: keyLength,
		KeyPrefix: hex.EncodeToString(key[:keyLength/2]), KeySignature: hex.EncodeToString(g.signKey(nonce, key)),
		Nonce: hex.EncodeToString(nonce), Salt: hex.EncodeToString(salt),
	}
	signature, err := g.sign(p)
	if err != nil {
		return nil, err
	}
	return json.Marshal(challenge{p, signature})
}

// Verify checks a solution and returns the challenge's id. The caller stores the id until wall+Lifetime and
// answers Replayed when it was there. Errors are Invalid on field "captcha" and say whether to try again.
func (g *Gate) Verify(solved string, wall time.Time) (id string, err error) {
	if solved == "" {
		return "", fault.Invalid("captcha", i18n.M("captcha.missing"))
	}
	in, ok := decode(solved)
	if !ok {
		return "", wrong()
	}
	p := in.Challenge.Parameters
	want, err := g.sign(p)
	if err != nil {
		return "", err
	}
	nonce, errNonce := hex.DecodeString(p.Nonce)
	key, errKey := hex.DecodeString(in.Solution.DerivedKey)
	switch {
	case errNonce != nil || errKey != nil || !hmac.Equal([]byte(want), []byte(in.Challenge.Signature)):
		return "", wrong()
	case !wall.Before(time.Unix(p.ExpiresAt, 0)):
		return "", fault.Invalid("captcha", i18n.M("captcha.expired"))
	case hex.EncodeToString(g.signKey(nonce, key)) != p.KeySignature:
		return "", wrong()
	}
	return p.Nonce, nil
}

// Replayed is the refusal of a solution whose id was stored before.
func Replayed() error { return fault.Invalid("captcha", i18n.M("captcha.used")) }

func wrong() error { return fault.Invalid("captcha", i18n.M("captcha.wrong")) }

func decode(solved string) (in payload, ok bool) {
	if len(solved) > maxPayload {
		return in, false
	}
	raw, err := base64.StdEncoding.DecodeString(solved)
	if err != nil || json.Unmarshal(raw, &in) != nil {
		return in, false
	}
	return in, in.Challenge.Parameters.Nonce != ""
}

// Solve does the client's work: for tests, and for programs that fill in a public form. The challenge's cost is
// the asker's choice, so it belongs to servers one trusts.
func Solve(challengeJSON []byte) (string, error) {
	var c challenge
	if err := json.Unmarshal(challengeJSON, &c); err != nil {
		return "", fmt.Errorf("read challenge: %w", err)
	}
	p := c.Parameters
	nonce, errNonce := hex.DecodeString(p.Nonce)
	salt, errSalt := hex.DecodeString(p.Salt)
	prefix, errPrefix := hex.DecodeString(p.KeyPrefix)
	if err := errors.Join(errNonce, errSalt, errPrefix); err != nil || p.Algorithm != algorithm {
		return "", fmt.Errorf("challenge with algorithm %q can't be read: %w", p.Algorithm, err)
	}
	for n := range uint32(minCounter + spread) {
		key, err := derive(nonce, salt, p.Cost, n)
		if err != nil {
			return "", fmt.Errorf("derive key: %w", err)
		}
		if bytes.HasPrefix(key, prefix) {
			b, err := json.Marshal(payload{c, solution{json.Number(strconv.Itoa(int(n))), hex.EncodeToString(key)}})
			return base64.StdEncoding.EncodeToString(b), err
		}
	}
	return "", errors.New("challenge has no solution in its range")
}

func (g *Gate) sign(p parameters) (string, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("write challenge: %w", err)
	}
	return hex.EncodeToString(mac(g.challengeKey, b)), nil
}

// signKey binds the key to its nonce, so that a known key can't be carried into another challenge.
func (g *Gate) signKey(nonce, key []byte) []byte {
	return mac(g.solutionKey, append(bytes.Clone(nonce), key...))
}

func derive(nonce, salt []byte, cost int, counter uint32) ([]byte, error) {
	password := binary.BigEndian.AppendUint32(bytes.Clone(nonce), counter)
	return pbkdf2.Key(sha256.New, string(password), salt, cost, keyLength)
}

func mac(key, b []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(b)
	return h.Sum(nil)
}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never returns an error
	return b
}
