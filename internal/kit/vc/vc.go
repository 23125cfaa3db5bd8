// Package vc makes and checks verifiable credentials: JSON-LD documents with an embedded Data Integrity proof of
// the cryptosuite eddsa-rdfc-2022, keys as multikeys, and bitstring status lists.
//
// It's pure: no clock, no network, no files. The contexts that a document may name are built in (folder context)
// and no other is known, so that nobody can change what a term means between signing and checking. A term that no
// context defines is an error: it would be left out of what is signed without a word.
package vc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A Document is a JSON object: numbers are json.Number, so that what was signed is what is read.
type Document map[string]any

// The limits of a document that is read. Canonicalization takes time that an unfriendly document could drive up.
const (
	MaxBytes = 256 << 10
	maxDepth = 24
)

// The reasons why a document can't be signed or checked. Errors of this package wrap one of them.
var (
	ErrFormat  = errors.New("malformed document")
	ErrContext = errors.New("unknown context")
	ErrTerm    = errors.New("term without meaning")
	ErrProof   = errors.New("malformed proof")
	ErrSuite   = errors.New("unknown kind of proof")
	ErrForged  = errors.New("signature doesn't match")
	ErrKey     = errors.New("malformed key")
	ErrStatus  = errors.New("malformed status list")
)

// Parse reads a document. It refuses what two readers could understand in two ways: a key given twice, anything
// behind the end, and bytes that are no UTF-8.
func Parse(b []byte) (Document, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFormat, len(b), MaxBytes)
	}
	if !json.Valid(b) || !bytes.Equal(bytes.ToValidUTF8(b, nil), b) {
		return nil, fmt.Errorf("%w: no JSON", ErrFormat)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := value(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows the end", ErrFormat)
	}
	o, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: no JSON object", ErrFormat)
	}
	return o, nil
}

// value reads one JSON value token by token: that's how a key given twice is seen.
func value(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("%w: nested more than %d deep", ErrFormat, maxDepth)
	}
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	switch t {
	case json.Delim('{'):
		return object(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func object(d *json.Decoder, depth int) (any, error) {
	o := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		name, _ := t.(string) // json.Valid has said that names are strings
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("%w: %q is given twice", ErrFormat, name)
		}
		if o[name], err = value(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return o, err
}

// Bytes is the document as indented JSON with sorted keys: the same document gives the same bytes.
func (d Document) Bytes() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(map[string]any(d)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return b.Bytes(), nil
}

// Has tells whether the document's types include one.
func (d Document) Has(kind string) bool {
	for _, v := range List(d["type"]) {
		if v == kind {
			return true
		}
	}
	return false
}

// List is the values of a property that may be given once or as a list.
func List(v any) []any {
	switch x := v.(type) {
	case nil:
		return nil
	case []any:
		return x
	}
	return []any{v}
}

// Text is a property that is a string, or "".
func Text(o map[string]any, name string) string {
	s, _ := o[name].(string)
	return s
}

// ID is the identifier of a value that is given as a string or as an object with an id.
func ID(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case map[string]any:
		return Text(x, "id")
	}
	return ""
}
