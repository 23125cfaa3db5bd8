package vc

import (
	"crypto/ed25519"
	"fmt"
	"math/big"
	"strings"
)

// The alphabet of base58 (as Bitcoin writes it): no 0, O, I and l.
const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// most is how many characters are decoded: base58 takes time that grows with the square.
const most = 1024

// encode58 writes bytes in base58; each leading zero byte is a leading 1.
func encode58(b []byte) string {
	var out []byte
	n, rest, base := new(big.Int).SetBytes(b), new(big.Int), big.NewInt(58)
	for n.Sign() > 0 {
		n.DivMod(n, base, rest)
		out = append(out, alphabet[rest.Int64()])
	}
	for i := 0; i < len(b) && b[i] == 0; i++ {
		out = append(out, '1')
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

func decode58(s string) ([]byte, error) {
	if len(s) > most {
		return nil, fmt.Errorf("base58: %d characters, at most %d", len(s), most)
	}
	n, base := new(big.Int), big.NewInt(58)
	for i := range len(s) {
		d := strings.IndexByte(alphabet, s[i])
		if d < 0 {
			return nil, fmt.Errorf("base58: %q isn't a digit", s[i])
		}
		n.Add(n.Mul(n, base), big.NewInt(int64(d)))
	}
	zeros := len(s) - len(strings.TrimLeft(s, "1"))
	return append(make([]byte, zeros), n.Bytes()...), nil
}

// fromBase58 reads a multibase text of the kind z, which is base58.
func fromBase58(s string) ([]byte, error) {
	digits, ok := strings.CutPrefix(s, "z")
	if !ok {
		return nil, fmt.Errorf("multibase: %.1q instead of z", s)
	}
	return decode58(digits)
}

// The multicodec prefixes of Ed25519 keys.
var publicCode, secretCode = []byte{0xed, 0x01}, []byte{0x80, 0x26}

// Multibase is a public key as a multikey, such as z6Mk….
func Multibase(k ed25519.PublicKey) string { return "z" + encode58(append(publicCode[:2:2], k...)) }

// ParseMultibase reads a public key from a multikey. Keys of other kinds are ErrKey.
func ParseMultibase(s string) (ed25519.PublicKey, error) {
	b, err := multikey(s, publicCode, ed25519.PublicKeySize)
	return ed25519.PublicKey(b), err
}

// ParseSecret reads a secret key from its multibase form.
func ParseSecret(s string) (ed25519.PrivateKey, error) {
	b, err := multikey(s, secretCode, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(b), nil
}

func multikey(s string, code []byte, size int) ([]byte, error) {
	b, err := fromBase58(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if len(b) != len(code)+size || string(b[:len(code)]) != string(code) {
		return nil, fmt.Errorf("%w: no Ed25519 key", ErrKey)
	}
	return b[len(code):], nil
}

const didKey = "did:key:"

// DidKey is the identifier that carries its key in itself.
func DidKey(k ed25519.PublicKey) string { return didKey + Multibase(k) }

// ParseDidKey reads the key out of did:key:z6Mk…, with or without the fragment that repeats it.
func ParseDidKey(id string) (ed25519.PublicKey, error) {
	own, ok := strings.CutPrefix(id, didKey)
	own, fragment, has := strings.Cut(own, "#")
	if !ok || has && fragment != own {
		return nil, fmt.Errorf("%w: %q isn't a did:key", ErrKey, id)
	}
	return ParseMultibase(own)
}
