package badge

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/vc"
)

// A Fetch gets the document at an address of another issuer; see NewFetch.
type Fetch func(ctx context.Context, url string) ([]byte, error)

// Examine checks a credential, ours or another's, in a file: JSON, or a PDF that carries one. The keys come from this
// installation, from the given issuer documents, from the identifier itself (did:key), or from the issuer's address
// where the vendor's setting names its host. Anybody may; how often is the edge's question. The error is Invalid on
// the field file, when the file is no credential, or on issuer; a bad credential is a Finding.
func (s *Service) Examine(ctx context.Context, file []byte, issuers ...[]byte) (Finding, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return Finding{}, err
	}
	d, err := Read(file)
	if err != nil {
		return Finding{}, err
	}
	known, err := Issuers(issuers...)
	if err != nil {
		return Finding{}, err
	}
	f := Examine(ctx, d, Sources{Now: s.db.Clock().Now(), Wall: s.db.Clock().Wall(), Status: s.status,
		Issuer: func(ctx context.Context, id string) (vc.Document, From, error) { return s.issuer(ctx, id, known) }})
	if f.KeyFrom == OwnKeys {
		f.Number = s.numberOf(f.ID)
	}
	return f, nil
}

// Issuers reads issuer documents that somebody saved. Errors are Invalid on the field issuer.
func Issuers(files ...[]byte) (map[string]vc.Document, error) {
	out := map[string]vc.Document{}
	for _, b := range files {
		d, err := vc.Parse(b)
		if err != nil || vc.Text(d, "id") == "" || d["verificationMethod"] == nil {
			return nil, fault.Invalid("issuer", i18n.M("badge.field.issuer"))
		}
		out[vc.Text(d, "id")] = d
	}
	return out, nil
}

func (s *Service) issuer(ctx context.Context, id string, known map[string]vc.Document) (vc.Document, From, error) {
	if id == s.issuerID() {
		d, err := s.IssuerDocument(ctx)
		return d, OwnKeys, err
	}
	if d, ok := known[id]; ok {
		return d, Document, nil
	}
	d, err := s.get(ctx, id)
	return d, Fetched, err
}

// get fetches another's document, where that's allowed.
func (s *Service) get(ctx context.Context, address string) (vc.Document, error) {
	if s.fetch == nil || !s.allowed(ctx, address) {
		return nil, ErrNoIssuer
	}
	b, err := s.fetch(ctx, address)
	if err != nil {
		return nil, err
	}
	return vc.Parse(b)
}

// allowed tells whether the vendor lets this server ask an address.
func (s *Service) allowed(ctx context.Context, address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return false
	}
	hosts, err := s.hosts(ctx)
	if err != nil {
		return false
	}
	for _, h := range hosts {
		if strings.EqualFold(h, u.Hostname()) {
			return true
		}
	}
	return false
}

// status finds a status list: our own in the database, another's at its address.
func (s *Service) status(ctx context.Context, address string) (vc.Document, error) {
	own, ok := strings.CutPrefix(address, s.base+"/status/")
	if !ok {
		return s.get(ctx, address)
	}
	number, purpose, _ := strings.Cut(own, "/")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, fault.NotFound()
	}
	l, err := s.StatusList(ctx, n, purpose)
	if err != nil {
		return nil, err
	}
	return vc.Parse(l.Bytes)
}

// numberOf is the certificate's number in the identifier of one of our credentials.
func (s *Service) numberOf(id string) string {
	rest, ok := strings.CutPrefix(id, s.base+"/credentials/")
	number, err := url.PathUnescape(rest)
	if !ok || err != nil {
		return ""
	}
	return number
}

// Offline is what can be asked without a network and without an installation: issuer documents and status lists that
// somebody saved, by their addresses.
func Offline(issuers, lists map[string]vc.Document, now, wall time.Time) Sources {
	return Sources{Now: now, Wall: wall,
		Issuer: func(_ context.Context, id string) (vc.Document, From, error) {
			if d, ok := issuers[id]; ok {
				return d, Document, nil
			}
			return nil, "", ErrNoIssuer
		},
		Status: func(_ context.Context, url string) (vc.Document, error) { return lists[url], nil }}
}
