package vc

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// vectors is the folder with the W3C's test vectors of Data Integrity. They aren't part of this repository.
func vectors(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("HANSE_VECTORS")
	if dir == "" {
		t.Skip("SKIPPED: HANSE_VECTORS doesn't name the folder with the W3C's test vectors, so proofs weren't compared with them")
	}
	return filepath.Join(dir, "eddsa-rdfc-2022")
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func document(t *testing.T, name string) Document {
	t.Helper()
	d, err := Parse([]byte(text(t, name)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

// citizenship is the context that the vectors name beside those that are built in.
func citizenship(t *testing.T) map[string]any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text(t, "testdata/citizenship-v4rc1.json")), &v); err != nil {
		t.Fatal(err)
	}
	return map[string]any{"https://w3id.org/citizenship/v4rc1": v}
}

// TestTheVectorsOfTheW3CComeOutByteForByte goes through every step of the standard's example.
func TestTheVectorsOfTheW3CComeOutByteForByte(t *testing.T) {
	dir, extra := vectors(t), citizenship(t)
	read := func(name string) string { return text(t, filepath.Join(dir, name)) }
	doc, config := document(t, filepath.Join(dir, "employmentAuth.json")), document(t, filepath.Join(dir, "proofConfigDataInt.json"))
	signed, keys := document(t, filepath.Join(dir, "signedDataInt.json")), document(t, filepath.Join(dir, "keyPair.json"))

	body, err := canonical(doc, extra)
	same(t, "canonical document", body, read("canonDocDataInt.txt"), err)
	head, err := canonical(config, extra)
	same(t, "canonical proof options", head, read("proofCanonDataInt.txt"), err)
	sum := sha256.Sum256([]byte(body))
	same(t, "hash of the document", hex.EncodeToString(sum[:]), read("docHashDataInt.txt"), nil)
	sum = sha256.Sum256([]byte(head))
	same(t, "hash of the proof options", hex.EncodeToString(sum[:]), read("proofHashDataInt.txt"), nil)
	options := map[string]any{}
	for k, v := range config {
		if k != "@context" {
			options[k] = v
		}
	}
	both, err := digest(doc, options, extra)
	same(t, "both hashes", hex.EncodeToString(both), read("combinedHashDataInt.txt"), err)

	key, err := ParseSecret(Text(keys, "privateKeyMultibase"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "public key", Multibase(key.Public().(ed25519.PublicKey)), Text(keys, "publicKeyMultibase"), nil)
	created, _ := time.Parse(time.RFC3339, Text(config, "created"))
	out, err := sign(doc, key, Text(config, "verificationMethod"), created, extra)
	if diff := cmp.Diff(map[string]any(signed), map[string]any(out)); diff != "" || err != nil {
		t.Errorf("signed document: %v\n%s", err, diff)
	}
	p, err := ProofOf(out)
	same(t, "signature", hex.EncodeToString(p.Value), read("sigHexDataInt.txt"), err)
	same(t, "proofValue", Text(out["proof"].(map[string]any), "proofValue"), read("sigBTC58DataInt.txt"), nil)
	if _, err := check(signed, key.Public().(ed25519.PublicKey), extra); err != nil {
		t.Errorf("Check of the published document: %v", err)
	}
}

func same(t *testing.T, what, got, want string, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
