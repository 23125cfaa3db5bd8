package vc

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"maps"
	"time"
)

// The one kind of proof.
const (
	proofType = "DataIntegrityProof"
	Suite     = "eddsa-rdfc-2022"
)

// A Proof is what a document says about its signature. It's a claim until Check has held.
type Proof struct {
	Method  string // verificationMethod: the key's address
	Created time.Time
	Expires time.Time // zero: never
	Value   []byte
	options map[string]any // without the value
}

// Sign returns a copy of the document with a proof under the key whose address is method. Created is wall time.
func Sign(d Document, key ed25519.PrivateKey, method string, created time.Time) (Document, error) {
	return sign(d, key, method, created, nil)
}

func sign(d Document, key ed25519.PrivateKey, method string, created time.Time, extra map[string]any) (Document, error) {
	d, err := asRead(d)
	if err != nil {
		return nil, err
	}
	options := map[string]any{"type": proofType, "cryptosuite": Suite, "created": created.UTC().Format(time.RFC3339),
		"verificationMethod": method, "proofPurpose": "assertionMethod"}
	sum, err := digest(d, options, extra)
	if err != nil {
		return nil, err
	}
	out := maps.Clone(d)
	options["proofValue"] = "z" + encode58(ed25519.Sign(key, sum))
	out["proof"] = options
	return out, nil
}

// asRead is the document as its reader will get it, numbers and all.
func asRead(d Document) (Document, error) {
	b, err := d.Bytes()
	if err != nil {
		return nil, err
	}
	return Parse(b)
}

// digest is what is signed: the hash of the proof's options, then that of the document without its proof.
func digest(d Document, options, extra map[string]any) ([]byte, error) {
	config := Document(maps.Clone(options))
	config["@context"] = d["@context"]
	bare := maps.Clone(d)
	delete(bare, "proof")
	head, err := canonical(config, extra)
	if err != nil {
		return nil, fmt.Errorf("proof: %w", err)
	}
	body, err := canonical(bare, extra)
	if err != nil {
		return nil, err
	}
	h, b := sha256.Sum256([]byte(head)), sha256.Sum256([]byte(body))
	return append(h[:], b[:]...), nil
}

// ProofOf reads the document's proof. One proof of our kind is understood; others are ErrSuite.
func ProofOf(d Document) (p Proof, err error) {
	list := List(d["proof"])
	if len(list) != 1 {
		return p, fmt.Errorf("%w: %d proofs, want one", ErrProof, len(list))
	}
	o, ok := list[0].(map[string]any)
	if !ok {
		return p, fmt.Errorf("%w: no object", ErrProof)
	}
	if o["type"] != proofType || o["cryptosuite"] != Suite {
		return p, fmt.Errorf("%w: %v %v", ErrSuite, o["type"], o["cryptosuite"])
	}
	if o["proofPurpose"] != "assertionMethod" {
		return p, fmt.Errorf("%w: purpose %v", ErrProof, o["proofPurpose"])
	}
	if p.Method = Text(o, "verificationMethod"); p.Method == "" {
		return p, fmt.Errorf("%w: no verificationMethod", ErrProof)
	}
	for name, t := range map[string]*time.Time{"created": &p.Created, "expires": &p.Expires} {
		if v, given := o[name]; given {
			s, _ := v.(string)
			if *t, err = time.Parse(time.RFC3339, s); err != nil {
				return p, fmt.Errorf("%w: %s %v", ErrProof, name, v)
			}
		}
	}
	if p.Value, err = fromBase58(Text(o, "proofValue")); err != nil || len(p.Value) != ed25519.SignatureSize {
		return p, fmt.Errorf("%w: proofValue is no signature", ErrProof)
	}
	p.options = maps.Clone(o)
	delete(p.options, "proofValue")
	delete(p.options, "@context") // the document's own holds
	return p, nil
}

// Check tells whether the document's signature was made by this key over exactly this document: ErrForged when not.
// Whose key it is, and when it was to be used, is the caller's question.
func Check(d Document, key ed25519.PublicKey) (Proof, error) { return check(d, key, nil) }

func check(d Document, key ed25519.PublicKey, extra map[string]any) (Proof, error) {
	p, err := ProofOf(d)
	if err != nil {
		return p, err
	}
	sum, err := digest(d, p.options, extra)
	if err != nil {
		return p, err
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, sum, p.Value) {
		return p, ErrForged
	}
	return p, nil
}
