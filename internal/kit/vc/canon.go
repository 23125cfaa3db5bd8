package vc

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/piprate/json-gold/ld"
)

// The contexts that our credentials name.
const (
	CredentialsV2 = "https://www.w3.org/ns/credentials/v2"
	OpenBadges    = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

//go:embed context/*.json
var files embed.FS

// vendored says which file defines a context.
var vendored = map[string]string{
	CredentialsV2: "credentials-v2.json",
	OpenBadges:    "ob-3.0.3.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "ob-3.0.2.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "ob-3.0.1.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/context.json":       "ob-3.0.json",
	"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json":    "ob-extensions.json",
	"https://w3id.org/security/data-integrity/v1":                "data-integrity-v1.json",
	"https://w3id.org/security/data-integrity/v2":                "data-integrity-v2.json",
	"https://w3id.org/security/multikey/v1":                      "multikey-v1.json",
}

// Contexts lists the contexts that are known, sorted.
func Contexts() []string { return slices.Sorted(maps.Keys(vendored)) }

// A loader gives the known contexts and nothing else. extra is for tests with vectors of others.
type loader struct{ extra map[string]any }

var read = sync.OnceValues(func() (map[string]any, error) {
	out := make(map[string]any, len(vendored))
	for url, name := range vendored {
		b, err := files.ReadFile("context/" + name)
		if err != nil {
			return nil, err
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			return nil, fmt.Errorf("context %s: %w", name, err)
		}
		out[url] = v
	}
	return out, nil
})

// LoadDocument finds a context.
func (l loader) LoadDocument(url string) (*ld.RemoteDocument, error) {
	known, err := read()
	if err != nil {
		return nil, err
	}
	v, ok := known[url]
	if !ok {
		v, ok = l.extra[url]
	}
	if !ok {
		return nil, ld.NewJsonLdError(ld.LoadingDocumentFailed, url)
	}
	return &ld.RemoteDocument{DocumentURL: url, Document: v}, nil
}

// Canonical is the document as sorted N-Quads (RDFC-1.0): equal for documents that mean the same. Contexts are
// given by address only and must be known.
func Canonical(d Document) (string, error) { return canonical(d, nil) }

func canonical(d Document, extra map[string]any) (string, error) {
	l := loader{extra}
	if err := l.check(d); err != nil {
		return "", err
	}
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader, o.SafeMode, o.ProcessingMode = l, true, ld.JsonLd_1_1
	expanded, err := ld.NewJsonLdProcessor().Expand(map[string]any(d), o)
	if err != nil {
		return "", explain(err)
	}
	// The library leaves out what it can't say in RDF, also in safe mode: that's refused here.
	if err := meaningful(any(expanded)); err != nil {
		return "", err
	}
	set, err := ld.NewJsonLdApi().ToRDF(any(expanded), o)
	if err != nil {
		return "", explain(err)
	}
	if err := tractable(set); err != nil {
		return "", err
	}
	o.Format = "application/n-quads"
	out, err := ld.NewNormalisationAlgorithm(ld.AlgorithmURDNA2015).Main(set, o)
	if err != nil {
		return "", explain(err)
	}
	text, ok := out.(string)
	if !ok || text == "" {
		return "", fmt.Errorf("%w: the document says nothing", ErrFormat)
	}
	return text, nil
}

// check looks at the contexts before anything works with them: known addresses only, at the top only.
func (l loader) check(d Document) error {
	list := List(d["@context"])
	if len(list) == 0 {
		return fmt.Errorf("%w: no @context", ErrFormat)
	}
	for _, c := range list {
		url, ok := c.(string)
		if !ok {
			return fmt.Errorf("%w: one written into the document", ErrContext)
		}
		if _, err := l.LoadDocument(url); err != nil {
			return fmt.Errorf("%w: %s", ErrContext, url)
		}
	}
	for name, v := range d {
		if name != "@context" {
			if err := plain(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// like finds words that look like keywords and are none: JSON-LD leaves them out without a word.
var like = regexp.MustCompile(`^@[A-Za-z]+$`)

// plain refuses contexts further down, and identifiers that mean nothing.
func plain(name string, v any) error {
	switch x := v.(type) {
	case map[string]any:
		for k, v := range x {
			if k == "@context" {
				return fmt.Errorf("%w: one inside %s", ErrContext, name)
			}
			if err := plain(k, v); err != nil {
				return err
			}
		}
	case []any:
		for _, v := range x {
			if err := plain(name, v); err != nil {
				return err
			}
		}
	case string:
		if slices.Contains([]string{"id", "type", "@id", "@type"}, name) && like.MatchString(x) {
			return fmt.Errorf("%w: %s %q", ErrTerm, name, x)
		}
	}
	return nil
}

var language = regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`)

// meaningful walks an expanded document: every name in it must be one that survives as RDF.
func meaningful(v any) error {
	switch x := v.(type) {
	case []any:
		for _, v := range x {
			if err := meaningful(v); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, v := range x {
			if err := word(name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// word checks one entry of an expanded object.
func word(name string, v any) error {
	switch name {
	case "@id":
		if s, _ := v.(string); !strings.HasPrefix(s, "_:") {
			return iri(s)
		}
		return nil
	case "@type":
		for _, t := range List(v) {
			s, _ := t.(string)
			if s == "@json" {
				continue
			}
			if err := iri(s); err != nil {
				return err
			}
		}
		return nil
	case "@value", "@index":
		return nil
	case "@language":
		if s, _ := v.(string); !language.MatchString(s) {
			return fmt.Errorf("%w: language %q", ErrTerm, s)
		}
		return nil
	case "@list", "@set", "@graph", "@included":
		return meaningful(v)
	case "@direction", "@reverse":
		return fmt.Errorf("%w: %s can't be signed", ErrTerm, name)
	}
	if err := iri(name); err != nil {
		return err
	}
	return meaningful(v)
}

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^` + "`" + `]+$`)

// iri refuses what isn't an absolute address, such as a type that no context defines.
func iri(s string) error {
	web := strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
	if !scheme.MatchString(s) || web && !ld.IsURL(s) {
		return fmt.Errorf("%w: %q", ErrTerm, s)
	}
	return nil
}

// mostAlike is how many unnamed nodes may look the same from nearby. Telling them apart takes time that grows with
// the factorial of their number, which a hostile document would use.
const mostAlike, mostStatements = 6, 3000

func tractable(set *ld.RDFDataset) error {
	seen, n := map[string][]string{}, 0
	for _, quads := range set.Graphs {
		for _, q := range quads {
			n++
			for _, node := range []ld.Node{q.Subject, q.Object} {
				if ld.IsBlankNode(node) {
					id := node.GetValue()
					seen[id] = append(seen[id], fmt.Sprint(side(q.Subject, id), q.Predicate.GetValue(), side(q.Object, id)))
				}
			}
		}
	}
	if n > mostStatements {
		return fmt.Errorf("%w: %d statements, at most %d", ErrFormat, n, mostStatements)
	}
	alike := map[string]int{}
	for _, lines := range seen {
		slices.Sort(lines)
		key := strings.Join(lines, "\n")
		if alike[key]++; alike[key] > mostAlike {
			return fmt.Errorf("%w: more than %d unnamed parts that look the same", ErrFormat, mostAlike)
		}
	}
	return nil
}

// side is a node as seen from the unnamed node id.
func side(n ld.Node, id string) string {
	switch {
	case !ld.IsBlankNode(n):
		return n.GetValue()
	case n.GetValue() == id:
		return "_:a"
	}
	return "_:z"
}

// explain names our reason for an error of the library.
func explain(err error) error {
	var e *ld.JsonLdError
	if errors.As(err, &e) {
		switch e.Code {
		case ld.LoadingDocumentFailed, ld.LoadingRemoteContextFailed:
			return fmt.Errorf("%w: %w", ErrContext, err)
		case ld.InvalidProperty:
			return fmt.Errorf("%w: %w", ErrTerm, err)
		}
	}
	return fmt.Errorf("%w: %w", ErrFormat, err)
}
