package badge

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
	"hanse/internal/kit/vc"
)

// purpose is what the secret keys are sealed for.
const purpose = "badge"

// mostReason bounds what somebody writes about a change of keys, in characters.
const mostReason = 500

// signer is the active key with its secret half. The first signature of an installation makes it.
func (s *Service) signer(ctx context.Context, tx *db.Tx) (Key, ed25519.PrivateKey, error) {
	k, err := activeKey(ctx, tx)
	if missing(err) {
		k, err = s.makeKey(ctx, tx, actor.Program("badges"))
	}
	if err != nil {
		return k, nil, err
	}
	secret, err := s.secretOf(k)
	return k, secret, err
}

func (s *Service) makeKey(ctx context.Context, tx *db.Tx, by actor.Actor) (Key, error) {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: id.New("bky", tx.Wall), Public: vc.Multibase(public), State: Active, CreatedAt: tx.Wall, CreatedBy: by.User,
		secret: s.vault.Seal(purpose, string(secret.Seed()))}
	if err := insertKey(ctx, tx, k); err != nil {
		return k, err
	}
	return k, audit.Record(ctx, tx, by, actor.ManageIssuerKeys, audit.Subject{Kind: "issuer_key", ID: k.ID}, map[string]any{"did": "make", "public": k.Public})
}

// Keys lists the keys, newest first, with how many credentials each signed last. The vendor's administrators and
// auditors may.
func (s *Service) Keys(ctx context.Context, by actor.Actor) ([]Key, error) {
	if err := by.May(actor.ViewIssuerKeys); err != nil {
		return nil, err
	}
	keys, err := allKeys(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	n, err := signedBy(ctx, s.db.Read())
	for i := range keys {
		keys[i].Signed = n[keys[i].ID]
	}
	return keys, err
}

// PublicKeys is Keys for anybody, without who and why: the issuer page.
func (s *Service) PublicKeys(ctx context.Context) ([]Key, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return nil, err
	}
	keys, err := allKeys(ctx, s.db.Read())
	for i := range keys {
		keys[i].secret, keys[i].Reason, keys[i].CreatedBy = "", "", ""
	}
	return keys, err
}

// A Change of keys. Active is the key that the reader saw as active: another one meanwhile is a Conflict.
type Change struct {
	Active string
	Reason string
	Resign bool // every credential gets a signature of the new key
}

// Rotate makes a new key. The old one signs nothing more, what it signed holds on, and its public half stays
// published. The vendor's administrators may.
func (s *Service) Rotate(ctx context.Context, by actor.Actor, in Change) (k Key, err error) {
	if err := by.May(actor.ManageIssuerKeys); err != nil {
		return k, err
	}
	if in.Reason, err = reason(in.Reason); err != nil {
		return k, err
	}
	return k, s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := activeKey(ctx, tx)
		if err != nil && !missing(err) {
			return err
		}
		if old.ID != in.Active {
			return fault.Conflict(i18n.M("badge.conflict.rotated"))
		}
		if old.ID != "" {
			if err := retireKey(ctx, tx, old.ID, in.Reason); err != nil {
				return err
			}
		}
		if k, err = s.makeKey(ctx, tx, by); err != nil {
			return err
		}
		detail := map[string]any{"did": "rotate", "old": old.Public, "new": k.Public, "text": in.Reason, "sign_anew": in.Resign}
		if err := audit.Record(ctx, tx, by, actor.ManageIssuerKeys, audit.Subject{Kind: "issuer_key", ID: k.ID, Account: by.Account}, detail); err != nil {
			return err
		}
		return later(ctx, tx, k, in.Resign)
	})
}

// later asks for new signatures by the present key.
func later(ctx context.Context, tx *db.Tx, k Key, wanted bool) error {
	if !wanted {
		return nil
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: resignJob, Key: k.ID + "/" + id.New("run", tx.Wall)})
}

func reason(typed string) (string, error) {
	typed = text.Clean(typed)
	if typed == "" || len([]rune(typed)) > mostReason {
		return "", fault.Invalid("reason", i18n.M("badge.field.reason", i18n.A{"max": mostReason}))
	}
	return typed, nil
}

// Revoke takes back everything that a key signed, because somebody else may have it, and signs all credentials anew.
// An active key is replaced by a new one first. What people have saved of it no longer verifies; they fetch the new
// file. The vendor's administrators may. Conflict for one that is revoked already.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, key, why string) (k Key, err error) {
	if err := by.May(actor.ManageIssuerKeys); err != nil {
		return k, err
	}
	if why, err = reason(why); err != nil {
		return k, err
	}
	return k, s.db.Update(ctx, func(tx *db.Tx) error {
		if k, err = s.revocable(ctx, tx, key); err != nil {
			return err
		}
		active := k
		if k.State == Active {
			if err := retireKey(ctx, tx, k.ID, why); err != nil {
				return err
			}
			if active, err = s.makeKey(ctx, tx, by); err != nil {
				return err
			}
		}
		if err := revokeKey(ctx, tx, k.ID, why); err != nil {
			return err
		}
		detail := map[string]any{"did": "revoke", "public": k.Public, "text": why}
		if err := audit.Record(ctx, tx, by, actor.ManageIssuerKeys, audit.Subject{Kind: "issuer_key", ID: k.ID, Account: by.Account}, detail); err != nil {
			return err
		}
		return later(ctx, tx, active, true)
	})
}

func (s *Service) revocable(ctx context.Context, tx *db.Tx, key string) (Key, error) {
	keys, err := allKeys(ctx, tx)
	if err != nil {
		return Key{}, err
	}
	for _, k := range keys {
		if k.ID == key && k.State == Revoked {
			return k, fault.Conflict(i18n.M("badge.conflict.revoked"))
		}
		if k.ID == key {
			return k, nil
		}
	}
	return Key{}, fault.NotFound()
}

// SignAllAnew gives every credential that an older key signed a signature of the active one. The vendor's
// administrators may.
func (s *Service) SignAllAnew(ctx context.Context, by actor.Actor) error {
	if err := by.May(actor.ManageIssuerKeys); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		k, err := activeKey(ctx, tx)
		if missing(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := later(ctx, tx, k, true); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageIssuerKeys, audit.Subject{Kind: "issuer_key", ID: k.ID, Account: by.Account}, map[string]any{"did": "sign_all_anew"})
	})
}

// IssuerDocument is who signs, with all public keys and their times: the page /issuer as a program reads it. Saved, it
// lets anybody check credentials without us. A revoked key is listed and isn't among those whose signatures hold.
func (s *Service) IssuerDocument(ctx context.Context) (vc.Document, error) {
	keys, err := s.PublicKeys(ctx)
	if err != nil {
		return nil, err
	}
	name, err := s.src.Issuer(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	return s.controller(s.issuerID(), name, keys), nil
}

// controller lists keys under an identifier.
func (s *Service) controller(id, name string, keys []Key) vc.Document {
	methods, good := []any{}, []any{}
	for _, k := range keys {
		m := map[string]any{"id": id + "#" + k.Public, "type": "Multikey", "controller": id, "publicKeyMultibase": k.Public,
			"created": stamp(k.CreatedAt)}
		if !k.RetiredAt.IsZero() {
			m["retired"] = stamp(k.RetiredAt)
		}
		if k.State == Revoked {
			m["revoked"] = stamp(k.RevokedAt)
		} else {
			good = append(good, id+"#"+k.Public)
		}
		methods = append(methods, m)
	}
	return vc.Document{
		// The last one says what the two instants of a key mean that the multikey's context doesn't know.
		"@context": []any{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", map[string]any{
			"name": "https://schema.org/name", "url": map[string]any{"@id": "https://schema.org/url", "@type": "@id"},
			"Profile": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile",
			"created": "http://purl.org/dc/terms/created", "retired": "https://schema.org/validThrough"}},
		"id": id, "type": []any{"Profile"}, "name": name, "url": s.base, "verificationMethod": methods, "assertionMethod": good,
	}
}

// DIDDocument is the issuer as did:web, for verifiers that resolve nothing else. NotFound where the address has a
// path, which would put it elsewhere.
func (s *Service) DIDDocument(ctx context.Context) (vc.Document, error) {
	u, err := url.Parse(s.base)
	if err != nil || u.Path != "" || u.Host == "" {
		return nil, fault.NotFound()
	}
	keys, err := s.PublicKeys(ctx)
	if err != nil {
		return nil, err
	}
	name, err := s.src.Issuer(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	d := s.controller("did:web:"+strings.ReplaceAll(u.Host, ":", "%3A"), name, keys)
	d["alsoKnownAs"] = []any{s.issuerID()}
	return d, nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
