// Package vault keeps what must be read again but not lie about in the clear: secret keys of API users, and
// codes and links on their way to the mailer.
//
// Everything hangs on one installation key that lives outside the database: a copy of the database alone gives
// nothing away. Texts are sealed with AES-256-GCM under a key derived for their purpose, so that a sealed text of
// one purpose can't be passed off as one of another.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// MinKey is the least length of the installation key in bytes.
const MinKey = 32

// A Vault seals and opens. It's safe for concurrent use.
type Vault struct{ master []byte }

// New returns the vault of an installation key of at least MinKey random bytes.
func New(master []byte) (*Vault, error) {
	if len(master) < MinKey {
		return nil, fmt.Errorf("the installation key has %d bytes, want at least %d", len(master), MinKey)
	}
	return &Vault{master: master}, nil
}

// Key derives 32 bytes for a purpose, for example the HMAC key of the verification codes.
func (v *Vault) Key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, v.master, nil, "hanse:"+purpose, 32)
	if err != nil {
		panic(err) // only for lengths that SHA-256 can't give
	}
	return key
}

// Seal encrypts a text; the result is base64url and different each time.
func (v *Vault) Seal(purpose, plain string) string {
	a := v.aead(purpose)
	nonce := make([]byte, a.NonceSize())
	rand.Read(nonce) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(a.Seal(nonce, nonce, []byte(plain), nil))
}

// Open decrypts what Seal made for the same purpose under the same installation key.
func (v *Vault) Open(purpose, sealed string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(sealed)
	a := v.aead(purpose)
	if err != nil || len(b) < a.NonceSize() {
		return "", errSealed
	}
	plain, err := a.Open(nil, b[:a.NonceSize()], b[a.NonceSize():], nil)
	if err != nil {
		return "", errSealed
	}
	return string(plain), nil
}

var errSealed = errors.New("sealed text can't be opened: it was changed, or sealed with another installation key")

func (v *Vault) aead(purpose string) cipher.AEAD {
	block, err := aes.NewCipher(v.Key("seal:" + purpose))
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has the block size of GCM
	}
	return a
}
