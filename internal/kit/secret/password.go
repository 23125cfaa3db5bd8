package secret

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Params say how dear one password hash is.
type Params struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// Standard is for every real installation: about 60 ms of one core.
func Standard() Params { return Params{MemoryKiB: 32 << 10, Passes: 2, Threads: 1} }

// Light is for tests and for the many accounts of demo data. Its hashes ask to be renewed at the next sign-in
// under Standard.
func Light() Params { return Params{MemoryKiB: 64, Passes: 1, Threads: 1} }

const (
	saltLen = 16
	keyLen  = 32
	// maxMemoryKiB bounds what a stored hash may ask for, so that a forged row can't take the server's memory.
	maxMemoryKiB = 1 << 20
	maxPasses    = 64
)

// A Hasher hashes and checks passwords, only so many at one time: each takes its memory and a core, and a storm
// of sign-ins must not starve everything else.
type Hasher struct {
	params Params
	slots  chan struct{}
	nobody string // hash of a password that nobody has, for VerifyNobody
}

// NewHasher makes a Hasher that runs at most parallel hashes at one time (at least one).
func NewHasher(p Params, parallel int) *Hasher {
	h := &Hasher{params: p, slots: make(chan struct{}, max(parallel, 1))}
	h.nobody = p.encode(randomSalt(), randomSalt())
	return h
}

// Hash returns the PHC string to store ($argon2id$v=19$m=..,t=..,p=..$salt$hash). It waits for a free slot and
// returns the context's error when that ends first.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := randomSalt()
	return h.params.encode(salt, h.params.key(password, salt)), nil
}

// Verify tells whether a password fits a stored hash, and whether that hash should be made anew because the
// parameters have changed since. A hash that can't be read is an error, never a "no": it needs an operator.
func (h *Hasher) Verify(ctx context.Context, phc, password string) (ok, rehash bool, err error) {
	p, salt, want, err := decode(phc)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	// The dummy of VerifyNobody has a key of another length, so it fits no password.
	ok = Equal(p.key(password, salt), want)
	return ok, ok && p != h.params, nil
}

// VerifyNobody takes as long as Verify and never fits: call it for a login that doesn't exist, so that the time
// of the answer doesn't tell.
func (h *Hasher) VerifyNobody(ctx context.Context, password string) error {
	_, _, err := h.Verify(ctx, h.nobody, password)
	return err
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (h *Hasher) leave() { <-h.slots }

func (p Params) key(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Threads, keyLen)
}

func (p Params) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.MemoryKiB, p.Passes, p.Threads, b64(salt), b64(key))
}

var errHash = errors.New("stored password hash is not a readable argon2id string")

func decode(phc string) (p Params, salt, key []byte, err error) {
	f := strings.Split(phc, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Threads); err != nil {
		return p, nil, nil, errHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(f[4])
	key, errKey := base64.RawStdEncoding.DecodeString(f[5])
	switch {
	case errSalt != nil, errKey != nil, len(salt) == 0, len(key) == 0:
		return p, nil, nil, errHash
	case p.MemoryKiB > maxMemoryKiB, p.Passes == 0, p.Passes > maxPasses, p.Threads == 0:
		return p, nil, nil, errHash
	}
	return p, salt, key, nil
}

func randomSalt() []byte {
	b := make([]byte, saltLen)
	rand.Read(b)
	return b
}
