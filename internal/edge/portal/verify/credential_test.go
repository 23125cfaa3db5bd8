package verify_test

import (
	"bytes"
	"crypto/ed25519"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/verify"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/vc"
)

func start(t *testing.T) *portaltest.Portal {
	p := portaltest.New(t, func(p *portaltest.Portal) { verify.Register(p.Site, p.Qualification, p.Badge, p.Press) })
	p.Vendor()
	return p
}

// bare is a credential of an issuer that is nothing but a key.
func bare(t *testing.T, p *portaltest.Portal) []byte {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	did := vc.DidKey(key.Public().(ed25519.PublicKey))
	d := vc.Document{"@context": []any{vc.CredentialsV2, vc.OpenBadges}, "type": []any{"VerifiableCredential", "OpenBadgeCredential"},
		"id": "urn:uuid:6c3e1f0a-2b7d-4b0e-9a55-3a8d7f1e2c11", "issuer": map[string]any{"id": did, "type": "Profile", "name": "Institute"},
		"validFrom": "2026-01-01T00:00:00Z", "credentialSubject": map[string]any{"type": "AchievementSubject", "id": "did:example:ada",
			"achievement": map[string]any{"id": "urn:x:pmp", "type": "Achievement", "name": "项目管理", "description": "x", "criteria": map[string]any{"narrative": "x"}}}}
	signed, err := vc.Sign(d, key, did+"#"+strings.TrimPrefix(did, "did:key:"), p.Clock.Wall())
	fixture.Must(t, err)
	b, err := signed.Bytes()
	fixture.Must(t, err)
	return b
}

func TestTheIssuerAndTheFormAreOpenToEverybody(t *testing.T) {
	p := start(t)
	portaltest.Check(t, p.Nobody(), "/issuer?format=html", "/verify/credential")
	j := p.Nobody().Get("/issuer?format=json").Want(200)
	if j.Header.Get("Content-Type") != "application/json; charset=utf-8" || !strings.Contains(j.Body, p.URL+"/issuer") || j.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("issuer document: %v\n%s", j.Header, j.Body)
	}
	if d := p.Nobody().Get("/.well-known/did.json").Want(200); !strings.Contains(d.Body, `"did:web:127.0.0.1%3A`) {
		t.Errorf("did document: %s", d.Body)
	}
	for _, path := range []string{"/credentials/X-1", "/status/1/revocation", "/status/x/revocation", "/status/1/other", "/achievements/h3c-star@2025/none", "/achievements/none/x", "/verify/X-1/certificate.pdf"} {
		p.Nobody().Get(path).Want(404)
	}
	if a := p.Nobody().Get("/achievements/h3c-star@2025/four-star").Want(200); !strings.Contains(a.Body, `"narrative"`) {
		t.Errorf("achievement: %s", a.Body)
	}
}

// TestAFileIsCheckedInBothLanguages uploads and pastes, good and changed.
func TestAFileIsCheckedInBothLanguages(t *testing.T) {
	p := start(t)
	file := bare(t, p)
	c := p.Nobody()
	for _, lang := range []string{i18n.English, i18n.Chinese, i18n.Pseudo} {
		c.Lang = lang
		page := c.Upload("/verify/credential", nil, "file", "badge.json", file).Want(200)
		if n := page.Doc.Find("#checks tbody tr").Length(); n != 5 {
			t.Errorf("%s: %d checks, want 5", lang, n)
		}
		if lang == i18n.Pseudo {
			for _, s := range portaltest.HardCoded(page) {
				t.Errorf("hard-coded text %q", s)
			}
		}
		if i := strings.Index(page.Body, "??"); i >= 0 {
			t.Errorf("%s lacks a message: %.80s", lang, page.Body[i:])
		}
	}
	c.Lang = i18n.English
	if got := c.Upload("/verify/credential", url.Values{"text": {string(file)}}, "issuer", "", nil).Want(200).Text(".done h2"); got != "Signature holds; signer unknown" {
		t.Errorf("pasted: verdict %q", got)
	}
	forged := bytes.Replace(file, []byte("项目管理"), []byte("项目经理"), 1)
	page := c.Upload("/verify/credential", nil, "file", "badge.json", forged).Want(200)
	if page.Text(".done.bad h2") != "Not genuine" || !strings.Contains(page.Text("#claims h2"), "not proven") {
		t.Errorf("changed: verdict %q, %q", page.Text(".done h2"), page.Text("#claims h2"))
	}
}

func TestARefusedFileSaysWhatToDo(t *testing.T) {
	p := start(t)
	c := p.Nobody()
	for text, want := range map[string]string{"": "Choose a file", "hello": "neither a credential", `{"type":"x"}`: "not a verifiable credential"} {
		page := c.Upload("/verify/credential", url.Values{"text": {text}}, "issuer", "", nil).Want(422)
		if !strings.Contains(page.Text(".error-summary, #credential"), want) {
			t.Errorf("%q: %s", text, page.Text("#credential"))
		}
		if got := page.Text("#credential textarea"); strings.TrimSpace(got) != text {
			t.Errorf("what was typed is %q, want %q", got, text)
		}
	}
	c.Upload("/verify/credential", nil, "file", "x.pdf", make([]byte, 5<<20)).Want(413)
}
