package demodata

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"strings"

	"hanse/internal/domain/declaration"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/vc"
)

// certificatesAreDeclared shows what people say themselves: a certificate found by its number, one approved with its scan,
// and one that waits with a signed badge as evidence.
func (s *story) certificatesAreDeclared() {
	const email = "lek.study@mail.example" // used at the provider, and never associated
	s.feedOf("exams-numbers.csv", "provider,candidate_id,email,first_name,last_name,exam_code,delivery_date,score,result,registration_id,certificate_no",
		fmt.Sprintf("PEARSON_VUE,HW0100577,%s,Lek,Chai,H12-711,%s,802,PASS,PV-500577,HWENDCHCIA-577201", email, s.on(-90)))
	s.do("library", func() error { return s.Runner.Drain(s.ctx) })
	lek, ploy, somchai := s.signedIn("lek@home.example"), s.signedIn("ploy@home.example"), s.signedIn("somchai@siamlink.example")
	s.do("declare a number", func() error {
		d, err := s.Declaration.ByNumber(s.ctx, lek, declaration.Entry{Name: "Lek Chai", Number: "HWENDC HCIA 577201"})
		if err == nil && d.State != declaration.Given {
			err = fmt.Errorf("it ended as %s, %s", d.State, d.Lookup)
		}
		return err
	})
	s.do("declare a certificate", func() error {
		file, err := s.paper()
		if err != nil {
			return err
		}
		d, err := s.declares(ploy, declaration.Entry{Name: "Ploy Srisuk", Number: "PMP-3318240", Code: "PMP", IssuedOn: s.on(-400)}, "pmp.pdf", bytes.NewReader(file))
		if err == nil {
			_, err = s.Declaration.Approve(s.ctx, s.admins["vendor_reviewer"], d.ID, d.Edition)
		}
		return err
	})
	s.do("declare with a badge", func() error {
		file, err := s.badgeOf("IPMA Level C", "Somchai Wattana")
		if err == nil {
			_, err = s.declares(somchai, declaration.Entry{Name: "Somchai Wattana", Number: "TH-C-20417", Code: "IPMA-C", IssuedOn: s.on(-60),
				Note: "The badge of my national association is attached."}, "ipma-badge.json", bytes.NewReader(file))
		}
		return err
	})
	s.do("tell of it", func() error { return s.Runner.Drain(s.ctx) })
}

// declares hands in a third-party certificate with one file.
func (s *story) declares(by actor.Actor, e declaration.Entry, name string, file io.Reader) (d declaration.Declaration, err error) {
	if d, err = s.Declaration.Start(s.ctx, by, e); err != nil {
		return d, err
	}
	if _, err = s.Declaration.AddFile(s.ctx, by, d.ID, declaration.Certificate, name, file); err != nil {
		return d, err
	}
	return s.Declaration.Submit(s.ctx, by, d.ID, d.Edition+1)
}

// badgeOf is an Open Badge of another issuer, who is known by a key alone.
func (s *story) badgeOf(title, holder string) ([]byte, error) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{17}, ed25519.SeedSize))
	did := vc.DidKey(key.Public().(ed25519.PublicKey))
	d := vc.Document{"@context": []any{vc.CredentialsV2, vc.OpenBadges}, "type": []any{"VerifiableCredential", "OpenBadgeCredential"},
		"id": "urn:uuid:0f8a4f2e-7a51-4b57-8f0c-5a2d1f9c6e30", "issuer": map[string]any{"id": did, "type": "Profile", "name": "Project Management Association (example)"},
		"validFrom": s.on(-60).String() + "T00:00:00Z", "name": title + " · " + holder, "credentialSubject": map[string]any{"type": "AchievementSubject", "id": "did:example:somchai",
			"achievement": map[string]any{"id": "urn:example:ipma-c", "type": "Achievement", "name": title, "description": "Certified project manager.",
				"criteria": map[string]any{"narrative": "Examination and interview."}}}}
	signed, err := vc.Sign(d, key, did+"#"+strings.TrimPrefix(did, "did:key:"), s.Clock.Wall())
	if err != nil {
		return nil, err
	}
	return signed.Bytes()
}
