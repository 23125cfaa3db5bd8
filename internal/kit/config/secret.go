package config

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Secret is the installation's secret key. Nothing uses it itself: each purpose has a key derived from it.
type Secret []byte

// Key derives 32 bytes for a purpose; the same purpose always gives the same key.
func (s Secret) Key(purpose string) []byte {
	k, err := hkdf.Key(sha256.New, s, nil, "hanse "+purpose, 32)
	if err != nil {
		panic(err) // only a length that SHA-256 can't give makes it fail
	}
	return k
}

// LoadSecret reads the secret key, and makes it when the file doesn't exist. It refuses a file that others can
// read: whoever has it can forge sessions.
func LoadSecret(path string) (Secret, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeSecret(path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("secret key %s can be read by others: run chmod 600 on it", path)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("secret key %s: want 64 hexadecimal digits; restore it from a backup", path)
	}
	return key, nil
}

// makeSecret writes the key under a temporary name first, so that a crash leaves no half key, and links it into
// place, so that of two processes that start at once both use the key of the first.
func makeSecret(path string) (Secret, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	key := make([]byte, 32)
	rand.Read(key)
	f, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // made with mode 0600
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	return LoadSecret(path)
}
