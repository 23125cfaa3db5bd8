package badge

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/vc"
)

// issue signs a qualification's first credential and takes its place in a status list.
func (s *Service) issue(ctx context.Context, tx *db.Tx, p qualification.Paper) (Badge, error) {
	b := Badge{Account: p.Account, Qualification: p.ID, Number: p.Number, Edition: 1, IssuedAt: tx.Now}
	var err error
	if b.List, b.Place, err = place(ctx, tx, p); err != nil {
		return b, err
	}
	if err := s.seal(ctx, tx, &b, p); err != nil {
		return b, err
	}
	if err := insertBadge(ctx, tx, b); err != nil {
		return b, err
	}
	return b, audit.Record(ctx, tx, actor.Program("badges"), actor.ManageIssuerKeys,
		audit.Subject{Kind: "qualification", ID: p.ID, Account: p.Account}, map[string]any{"did": "sign", "number": p.Number, "key": b.Key})
}

// seal signs the credential with the active key.
func (s *Service) seal(ctx context.Context, tx *db.Tx, b *Badge, p qualification.Paper) error {
	k, secret, err := s.signer(ctx, tx)
	if err != nil {
		return err
	}
	issuer, err := s.src.Issuer(ctx, tx)
	if err != nil {
		return err
	}
	signed, err := vc.Sign(s.content(*b, p, issuer), secret, s.method(k.Public), tx.Wall)
	if err != nil {
		return fmt.Errorf("sign credential %s: %w", p.Number, err)
	}
	text, err := signed.Bytes()
	if err != nil {
		return err
	}
	b.Key, b.Document, b.SignedAt = k.ID, string(text), tx.Wall
	return nil
}

// crowded is how many places in a row may be found taken before another list is opened: about half are then.
const crowded = 4

// place claims a random place, so that nobody learns from it when, or beside whom, a credential was issued.
func place(ctx context.Context, tx *db.Tx, p qualification.Paper) (list, place int64, err error) {
	if list, err = newestList(ctx, tx); err != nil {
		return 0, 0, err
	}
	for try := 0; ; try++ {
		if list == 0 || try == crowded {
			list, try = list+1, 0
			if err := openList(ctx, tx, list); err != nil {
				return 0, 0, err
			}
		}
		n, err := rand.Int(rand.Reader, big.NewInt(vc.ListSize))
		if err != nil {
			return 0, 0, err
		}
		if taken, err := takePlace(ctx, tx, list, n.Int64(), p.Account, p.ID); err != nil || taken {
			return list, n.Int64(), err
		}
	}
}

// content is the credential before it's signed: what the certificate prints and nothing more.
func (s *Service) content(b Badge, p qualification.Paper, issuer string) vc.Document {
	d := vc.Document{
		"@context":         []any{vc.CredentialsV2, vc.OpenBadges},
		"id":               s.credentialID(p.Number),
		"type":             []any{"VerifiableCredential", "OpenBadgeCredential"},
		"name":             both(p.Named),
		"description":      both(p.Title) + ": " + both(p.Named),
		"issuer":           s.profile(issuer),
		"validFrom":        p.ValidFrom.Time().UTC().Format(time.RFC3339),
		"credentialStatus": []any{s.entry(b, Revocation), s.entry(b, Suspension)},
		"credentialSubject": map[string]any{
			"type":        []any{"AchievementSubject"},
			"identifier":  holder(p.Qualification),
			"achievement": s.achievement(p),
		},
	}
	if !p.ValidUntil.IsNone() {
		// The last day is part of the validity: its last second in the business zone.
		d["validUntil"] = p.ValidUntil.End().Add(-time.Second).UTC().Format(time.RFC3339)
	}
	return d
}

func (s *Service) profile(name string) map[string]any {
	return map[string]any{"id": s.issuerID(), "type": []any{"Profile"}, "name": name, "url": s.base}
}

func (s *Service) entry(b Badge, purpose string) map[string]any {
	url := s.listID(b.List, purpose)
	return map[string]any{"id": fmt.Sprintf("%s#%d", url, b.Place), "type": "BitstringStatusListEntry", "statusPurpose": purpose,
		"statusListIndex": fmt.Sprint(b.Place), "statusListCredential": url}
}

// holder names the company as the certificate prints it, in each language that it has a name in.
func holder(q qualification.Qualification) []any {
	var out []any
	for _, name := range []string{q.Holder, q.HolderZH} {
		if name != "" && (len(out) == 0 || name != q.Holder) {
			out = append(out, map[string]any{"type": "IdentityObject", "hashed": false, "identityHash": name, "identityType": "name"})
		}
	}
	return out
}

// achievement says what was reached: level, program and what the level asks, in both languages.
func (s *Service) achievement(p qualification.Paper) map[string]any {
	a := map[string]any{
		"id": s.achievementID(p.Ref(), p.Level), "type": []any{"Achievement"}, "achievementType": "Certification",
		"name": both(p.Named), "description": both(p.Title), "version": p.Version, "humanCode": p.Ref() + "/" + p.Level,
		"criteria": map[string]any{"narrative": narrative(p)},
	}
	if p.Product != "" {
		a["specialization"] = p.Product
	}
	return a
}

// narrative lists the level's criteria as Markdown, first in English, then in Chinese.
func narrative(p qualification.Paper) string {
	var b strings.Builder
	for _, lang := range []string{i18n.English, i18n.Chinese} {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		b.WriteString("**" + i18n.Text(lang, p.Title.Msg()) + ", " + i18n.Text(lang, p.Named.Msg()) + "**\n\n")
		for _, c := range p.Criteria {
			b.WriteString("- " + i18n.Text(lang, c.Title.Msg()) + ": " + i18n.Text(lang, c.Ask) + "\n")
		}
	}
	return b.String()
}

// both is a text in both languages in one line.
func both(t program.Text) string {
	if t.Zh == "" || t.Zh == t.En {
		return t.En
	}
	return t.En + " / " + t.Zh
}

// Document gives the credential of a certificate number to anybody. NotFound for a number that was never given.
// A revoked one is given too: what it's worth, its status list says.
func (s *Service) Document(ctx context.Context, number string) (Badge, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return Badge{}, err
	}
	q := s.db.Read()
	p, err := s.src.PaperOf(ctx, q, strings.ToUpper(strings.TrimSpace(number)))
	if err != nil {
		return Badge{}, err
	}
	b, err := badgeOf(ctx, q, p.Account, p.ID)
	if missing(err) {
		return b, fault.NotFound()
	}
	return b, err
}

// File is the credential of a number as it's attached to the printed certificate; nil when there's none yet.
func (s *Service) File(ctx context.Context, number string) ([]byte, error) {
	i, err := s.Document(ctx, number)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil, nil
	}
	return []byte(i.Document), err
}

// Achievement is what a level of a program version stands for: where the achievement's address in a credential leads.
// NotFound for a level of no version that is, or was, in force.
func (s *Service) Achievement(ctx context.Context, ref, level string) (vc.Document, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return nil, err
	}
	p, err := s.src.Level(ref, level, s.db.Clock().Now())
	if err != nil {
		return nil, err
	}
	d := vc.Document(s.achievement(p))
	d["@context"] = []any{vc.CredentialsV2, vc.OpenBadges}
	return d, nil
}

// SignAnew signs one credential with the active key, under the present address of the installation. Who keeps the
// keys may. Its old signature stays good as long as its key is.
func (s *Service) SignAnew(ctx context.Context, by actor.Actor, number string) (b Badge, err error) {
	if err := by.May(actor.ManageIssuerKeys); err != nil {
		return b, err
	}
	return b, s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.src.PaperOf(ctx, tx, number)
		if err != nil {
			return err
		}
		if b, err = badgeOf(ctx, tx, p.Account, p.ID); missing(err) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if err := s.resign(ctx, tx, &b, p); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageIssuerKeys, audit.Subject{Kind: "qualification", ID: p.ID, Account: p.Account},
			map[string]any{"did": "sign_anew", "number": number, "key": b.Key})
	})
}

func (s *Service) resign(ctx context.Context, tx *db.Tx, b *Badge, p qualification.Paper) error {
	if err := s.seal(ctx, tx, b, p); err != nil {
		return err
	}
	if err := saveSignature(ctx, tx, *b); err != nil {
		return err
	}
	b.Edition++
	return nil
}

// resignAll gives every credential whose last signature is another key's a new one.
func (s *Service) resignAll(ctx context.Context, _ jobs.Job) error {
	var after [2]string
	for {
		n, next := 0, after
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			k, err := activeKey(ctx, tx)
			if missing(err) {
				return nil // nothing was ever signed
			}
			if err != nil {
				return err
			}
			batch, err := badgesBy(ctx, tx, k.ID, after, batchSize)
			if err != nil {
				return err
			}
			if n = len(batch); n > 0 {
				next = [2]string{batch[n-1].Account, batch[n-1].Qualification}
			}
			return s.resignBatch(ctx, tx, batch)
		})
		if err != nil || n < batchSize {
			return err
		}
		after = next
	}
}

func (s *Service) resignBatch(ctx context.Context, tx *db.Tx, batch []Badge) error {
	for _, b := range batch {
		p, err := s.src.Paper(ctx, tx, b.Account, b.Qualification)
		if err != nil {
			return err
		}
		if err := s.resign(ctx, tx, &b, p); err != nil && !errors.Is(err, db.ErrNoRow) {
			return err
		}
	}
	return nil
}

// secretOf opens a key's secret half.
func (s *Service) secretOf(k Key) (ed25519.PrivateKey, error) {
	text, err := s.vault.Open(purpose, k.secret)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", k.ID, err)
	}
	return ed25519.NewKeyFromSeed([]byte(text)), nil
}
