package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// IssuerKey is a key with which credentials are signed.
type IssuerKey struct {
	ID        string    `json:"id"`
	Public    string    `json:"public_key" doc:"Multikey"`
	State     string    `json:"state" enum:"active,retired,revoked"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	RetiredAt time.Time `json:"retired_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Signed    int64     `json:"signed" doc:"Credentials whose last signature is its"`
}

func toIssuerKey(k badge.Key) IssuerKey {
	return IssuerKey{k.ID, k.Public, string(k.State), k.CreatedAt, k.CreatedBy, k.RetiredAt, k.RevokedAt, k.Reason, k.Signed}
}

type issuerKeys struct {
	Keys []IssuerKey `json:"keys"`
}

// CredentialCheck is one question about a credential with its answer.
type CredentialCheck struct {
	Check  string `json:"check" enum:"format,issuer,proof,dates,status"`
	Result string `json:"result" enum:"passed,failed,unchecked"`
	Why    string `json:"why"`
}

// CredentialFinding is what is known of a credential after all checks.
type CredentialFinding struct {
	Verified   bool              `json:"verified" doc:"The signature holds under a key of the issuer; believe the other texts only then"`
	Good       bool              `json:"good" doc:"And it's in force, as far as could be checked"`
	Verdict    string            `json:"verdict"`
	ID         string            `json:"id,omitempty"`
	Issuer     string            `json:"issuer,omitempty"`
	IssuerName string            `json:"issuer_name,omitempty"`
	KeyFrom    string            `json:"key_from,omitempty" enum:"own,document,fetched,did:key"`
	Key        string            `json:"key,omitempty"`
	SignedAt   time.Time         `json:"signed_at,omitzero"`
	Name       string            `json:"name,omitempty"`
	Holder     []string          `json:"holder"`
	ValidFrom  time.Time         `json:"valid_from,omitzero"`
	ValidUntil time.Time         `json:"valid_until,omitzero"`
	Number     string            `json:"number,omitempty" doc:"Of a certificate issued here"`
	Checks     []CredentialCheck `json:"checks"`
}

func toFinding(ctx context.Context, f badge.Finding) CredentialFinding {
	return CredentialFinding{f.Verified, f.Good, i18n.Say(ctx, f.Verdict()), f.ID, f.Issuer, f.IssuerName, string(f.KeyFrom), f.Key, f.SignedAt, f.Name,
		append([]string{}, f.Holder...), f.ValidFrom, f.ValidUntil, f.Number, each(f.Checks, func(c badge.Check) CredentialCheck {
			return CredentialCheck{c.Name, string(c.Result), i18n.Say(ctx, c.Why)}
		})}
}

// Media types and size of credentials.
const (
	typeVC         = "application/vc"
	typeJSON       = "application/json"
	mostCredential = 4 << 20
)

// KeyReason is why something is done to a key.
type KeyReason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"For the audit log"`
}

func (a *API) credentials() {
	const tag = "credentials"
	addFile(a, Operation{Method: "GET", Path: "/api/v1/credentials/{number}", ID: "download_credential", Tag: tag, Verb: actor.VerifyNumber, Gives: []string{typeVC},
		Summary: "A certificate as a signed credential: Open Badges 3.0, eddsa-rdfc-2022"},
		func(ctx context.Context, _ actor.Actor, in *NumberPath) (document, error) {
			b, err := a.Badge.Document(ctx, in.Number)
			return bytesOf(b.Number+".json", typeVC, []byte(b.Document)), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/credentials/verify", ID: "verify_credential", Tag: tag, Verb: actor.VerifyNumber, Takes: []string{typeVC, typeJSON, typePDF, typeForm},
		Summary: "Check a credential, or a PDF that carries one: ours, another issuer's by did:key, or of a host that the vendor allows"},
		func(ctx context.Context, _ actor.Actor, in *struct {
			Name string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (CredentialFinding, error) {
			file, err := upload(ctx, mostCredential, in.Name)
			if err != nil {
				return CredentialFinding{}, err
			}
			b, err := io.ReadAll(file)
			if err != nil {
				return CredentialFinding{}, err
			}
			f, err := a.Badge.Examine(ctx, b)
			return toFinding(ctx, f), err
		})
	a.issuerKeys()
}

func (a *API) issuerKeys() {
	const tag, path = "credentials", "/api/v1/issuer-keys"
	add(a, Operation{Method: "GET", Path: path, ID: "list_issuer_keys", Tag: tag, Summary: "The keys with which credentials are signed, newest first", Verb: actor.ViewIssuerKeys},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (issuerKeys, error) {
			keys, err := a.Badge.Keys(ctx, by)
			return issuerKeys{each(keys, toIssuerKey)}, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "rotate_issuer_key", Tag: tag, Status: 201, Summary: "Make a new key; the old one signs nothing more, what it signed holds", Verb: actor.ManageIssuerKeys},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				KeyReason
				Active   string `json:"active" maxLength:"40" doc:"The key that is active as the caller knows it; another one is a conflict"`
				SignAnew bool   `json:"sign_anew,omitempty" doc:"All credentials get a signature of the new key"`
			}
		}) (IssuerKey, error) {
			k, err := a.Badge.Rotate(ctx, by, badge.Change{Active: in.Body.Active, Reason: in.Body.Reason, Resign: in.Body.SignAnew})
			return toIssuerKey(k), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{key}/revoke", ID: "revoke_issuer_key", Tag: tag, Summary: "Take back everything that a key signed; all credentials are signed anew", Verb: actor.ManageIssuerKeys},
		func(ctx context.Context, by actor.Actor, in *struct {
			Key  string `path:"key" maxLength:"40"`
			Body KeyReason
		}) (none, error) {
			_, err := a.Badge.Revoke(ctx, by, in.Key, in.Body.Reason)
			return none{}, err
		})
	add(a, Operation{Method: "POST", Path: path + "/sign-anew", ID: "sign_all_credentials_anew", Tag: tag, Summary: "Give every credential a signature of the active key", Verb: actor.ManageIssuerKeys},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (none, error) {
			return none{}, a.Badge.SignAllAnew(ctx, by)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/credentials/{number}/sign-anew", ID: "sign_credential_anew", Tag: tag, Summary: "Give one credential a signature of the active key", Verb: actor.ManageIssuerKeys},
		func(ctx context.Context, by actor.Actor, in *NumberPath) (none, error) {
			_, err := a.Badge.SignAnew(ctx, by, in.Number)
			return none{}, err
		})
}
