package badge

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/vc"
)

var allPassed = map[string]Result{CheckFormat: Passed, CheckIssuer: Passed, CheckProof: Passed, CheckDates: Passed, CheckStatus: Passed}

func TestAGrantedQualificationHasACredentialThatHolds(t *testing.T) {
	each(t, func(w *world) {
		p := w.granted("STAR-1")
		f := w.examine(w.file("STAR-1"))
		w.want(f, true, true, allPassed)
		if f.Number != "STAR-1" || f.KeyFrom != OwnKeys || f.Name != "Four-star / 四星级" || strings.Join(f.Holder, "|") != p.Holder+"|"+p.HolderZH {
			t.Errorf("finding %+v", f)
		}
		before := w.file("STAR-1")
		w.tell("granted", p, qualification.Valid)
		if !bytes.Equal(before, w.file("STAR-1")) {
			t.Error("telling it again changed the credential")
		}
		if _, err := w.s.Document(t.Context(), "STAR-2"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Document of an unknown number: %v", err)
		}
	})
}

// TestRevokingIsVisibleWithinAMinute holds it for one who keeps the list as long as its header allows.
func TestRevokingIsVisibleWithinAMinute(t *testing.T) {
	if FreshFor > time.Minute {
		t.Fatalf("a status list may be kept for %s", FreshFor)
	}
	each(t, func(w *world) {
		p, other := w.granted("STAR-1"), w.granted("STAR-2")
		w.want(w.examine(w.file("STAR-1")), true, true, allPassed) // and the list is kept in memory now
		w.tell("suspended", p, qualification.Suspended)
		f := w.examine(w.file("STAR-1"))
		w.want(f, true, false, map[string]Result{CheckProof: Passed, CheckStatus: Failed})
		if f.Of(CheckStatus).Why.Key != "badge.status.suspended" {
			t.Errorf("why: %s", f.Of(CheckStatus).Why.Key)
		}
		w.tell("reinstated", p, qualification.Valid)
		w.want(w.examine(w.file("STAR-1")), true, true, allPassed)
		w.tell("cancelled", p, qualification.Cancelled)
		f = w.examine(w.file("STAR-1"))
		w.want(f, true, false, map[string]Result{CheckStatus: Failed})
		if f.Of(CheckStatus).Why.Key != "badge.status.revoked" {
			t.Errorf("why: %s", f.Of(CheckStatus).Why.Key)
		}
		w.want(w.examine(w.file(other.Number)), true, true, allPassed)
		// Revoked is for good, whatever is told later.
		w.tell("reinstated", p, qualification.Valid)
		w.want(w.examine(w.file("STAR-1")), true, false, nil)
		w.tell("superseded", other, qualification.Superseded)
		w.want(w.examine(w.file("STAR-2")), true, false, nil)
	})
}

func TestACredentialHoldsFromItsFirstToItsLastDay(t *testing.T) {
	each(t, func(w *world) {
		p := w.paper("STAR-1")
		p.ValidFrom = p.ValidFrom.AddDays(1)
		w.tell("granted", p, qualification.Valid)
		file := w.file("STAR-1")
		early := w.examine(file)
		w.want(early, true, false, map[string]Result{CheckDates: Failed})
		w.c.MoveTo(p.ValidFrom.Time())
		w.want(w.examine(file), true, true, allPassed)
		w.c.MoveTo(p.ValidUntil.End().Add(-time.Second))
		w.want(w.examine(file), true, true, allPassed)
		w.c.MoveTo(p.ValidUntil.End())
		w.want(w.examine(file), true, false, map[string]Result{CheckProof: Passed, CheckDates: Failed})
	})
}

func TestAChangedCredentialIsRefused(t *testing.T) {
	each(t, func(w *world) {
		w.granted("STAR-1")
		file := w.file("STAR-1")
		w.want(w.examine(bytes.Replace(file, []byte("Four-star"), []byte("Five-star"), 1)), false, false, map[string]Result{CheckIssuer: Passed, CheckProof: Failed})
		w.want(w.examine(bytes.Replace(file, []byte("深圳"), []byte("深川"), 1)), false, false, map[string]Result{CheckProof: Failed})
		w.want(w.examine(bytes.Replace(file, []byte(`"humanCode"`), []byte(`"hallmark"`), 1)), false, false, map[string]Result{CheckFormat: Failed})
		w.want(w.examine(bytes.Replace(file, []byte("partner.example/issuer#z6Mk"), []byte("partner.example/issuer#z6Mm"), 1)), false, false, map[string]Result{CheckIssuer: Failed})
		for name, b := range map[string][]byte{"nothing": nil, "no JSON": []byte("hello"), "no credential": []byte(`{"type":"Thing"}`), "an empty PDF": []byte("%PDF-1.7\n")} {
			if f, err := w.s.Examine(t.Context(), b); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%s: %+v, %v, want Invalid", name, f, err)
			}
		}
	})
}

func TestTheCertificateCarriesItsCredential(t *testing.T) {
	each(t, func(w *world) {
		w.granted("STAR-1")
		b, err := pdf.NewPress().Certificate(pdf.Certificate{Number: "STAR-1", IssuedOn: "2026-11-20", VerifyURL: base, Holder: pdf.Both{EN: "N"},
			Credential: w.file("STAR-1")})
		fixture.Must(t, err)
		w.want(w.examine(b), true, true, allPassed)
	})
}

func TestOldCredentialsHoldAfterTheKeyWasChanged(t *testing.T) {
	each(t, func(w *world) {
		w.granted("STAR-1")
		old := w.file("STAR-1")
		keys, err := w.s.Keys(t.Context(), w.vendor)
		fixture.Must(t, err)
		w.c.AdvanceWall(time.Hour)
		k, err := w.s.Rotate(t.Context(), w.vendor, Change{Active: keys[0].ID, Reason: "yearly"})
		fixture.Must(t, err)
		w.granted("STAR-2")
		w.want(w.examine(old), true, true, allPassed)
		w.want(w.examine(w.file("STAR-2")), true, true, allPassed)
		if _, err := w.s.Rotate(t.Context(), w.vendor, Change{Active: keys[0].ID, Reason: "again"}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Rotate of a page that is old: %v, want Conflict", err)
		}
		if _, err := w.s.Rotate(t.Context(), w.vendor, Change{Active: k.ID}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("Rotate without a reason: %v, want Invalid", err)
		}
		fixture.Must(t, w.s.SignAllAnew(t.Context(), w.vendor))
		fixture.Must(t, w.runner.Drain(t.Context()))
		if bytes.Equal(old, w.file("STAR-1")) {
			t.Error("signing all anew left a credential as it was")
		}
		w.want(w.examine(w.file("STAR-1")), true, true, allPassed)
		w.want(w.examine(old), true, true, allPassed)
		keys, err = w.s.Keys(t.Context(), w.vendor)
		fixture.Must(t, err)
		if len(keys) != 2 || keys[0].ID != k.ID || keys[0].Signed != 2 || keys[1].Signed != 0 || keys[1].State != Retired {
			t.Errorf("keys %+v", keys)
		}
	})
}

// TestASignatureOutsideTheKeysTimeIsRefused plays somebody who found a retired key.
func TestASignatureOutsideTheKeysTimeIsRefused(t *testing.T) {
	each(t, func(w *world) {
		w.granted("STAR-1")
		k, err := activeKey(t.Context(), w.d.Read())
		fixture.Must(t, err)
		secret, err := w.s.secretOf(k)
		fixture.Must(t, err)
		w.c.AdvanceWall(time.Hour)
		_, err = w.s.Rotate(t.Context(), w.vendor, Change{Active: k.ID, Reason: "yearly"})
		fixture.Must(t, err)
		w.c.AdvanceWall(time.Hour)
		for name, at := range map[string]time.Time{"after": w.c.Clock.Wall(), "before": k.CreatedAt.Add(-time.Hour)} {
			d := w.parse(w.file("STAR-1"))
			delete(d, "proof")
			forged, err := vc.Sign(d, secret, w.s.method(k.Public), at)
			fixture.Must(t, err)
			b, _ := forged.Bytes()
			f := w.examine(b)
			if w.want(f, false, false, map[string]Result{CheckProof: Failed}); f.Of(CheckProof).Why.Key != "badge.proof.not_then" {
				t.Errorf("%s: %s", name, f.Of(CheckProof).Why.Key)
			}
		}
	})
}

func TestARevokedKeyTakesItsSignaturesBackAndAllIsSignedAnew(t *testing.T) {
	each(t, func(w *world) {
		w.granted("STAR-1")
		old := w.file("STAR-1")
		keys, err := w.s.Keys(t.Context(), w.vendor)
		fixture.Must(t, err)
		_, err = w.s.Revoke(t.Context(), w.vendor, keys[0].ID, "the laptop was stolen")
		fixture.Must(t, err)
		w.want(w.examine(old), false, false, map[string]Result{CheckIssuer: Failed})
		w.want(w.examine(old, w.issuerFile()), false, false, map[string]Result{CheckIssuer: Failed})
		fixture.Must(t, w.runner.Drain(t.Context()))
		w.want(w.examine(w.file("STAR-1")), true, true, allPassed)
		if _, err := w.s.Revoke(t.Context(), w.vendor, keys[0].ID, "again"); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Revoke again: %v, want Conflict", err)
		}
		if _, err := w.s.Revoke(t.Context(), w.vendor, "bky_x", "x"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Revoke of no key: %v, want NotFound", err)
		}
		var sealed []string
		sealed, err = db.All(t.Context(), w.d.Read(), func(r db.Row) (s string, err error) { return s, r.Scan(&s) },
			`SELECT secret FROM badge_key WHERE state <> 'active'`)
		if err != nil || len(sealed) != 1 || sealed[0] != "" {
			t.Errorf("secrets of keys that sign no more: %q, %v", sealed, err)
		}
	})
}

func TestOnlyAdministratorsChangeKeys(t *testing.T) {
	each(t, func(w *world) {
		for _, by := range []actor.Actor{w.f.VendorUser(actor.Auditor), w.f.VendorUser(actor.Reviewer), w.f.Partner("P"), fixture.Nobody()} {
			if _, err := w.s.Rotate(t.Context(), by, Change{Reason: "x"}); fault.KindOf(err) != fault.KindDenied && fault.KindOf(err) != fault.KindUnauthenticated {
				t.Errorf("Rotate by %v: %v", by.Roles, err)
			}
		}
		if _, err := w.s.Keys(t.Context(), w.f.VendorUser(actor.Auditor)); err != nil {
			t.Errorf("Keys by an auditor: %v", err)
		}
	})
}

// TestAStrangerChecksWithoutAsking uses a saved issuer document and a saved status list alone, as the command does.
func TestAStrangerChecksWithoutAsking(t *testing.T) {
	each(t, func(w *world) {
		p := w.granted("STAR-1")
		d, saved := w.parse(w.file("STAR-1")), w.issuerFile()
		b, err := badgeOf(t.Context(), w.d.Read(), p.Account, p.ID)
		fixture.Must(t, err)
		known, err := Issuers(saved)
		fixture.Must(t, err)
		lists := map[string]vc.Document{}
		src := Offline(known, lists, w.c.Clock.Now(), w.c.Clock.Wall())
		w.want(Examine(t.Context(), d, src), true, true, map[string]Result{CheckIssuer: Passed, CheckProof: Passed, CheckStatus: Unchecked})
		for _, purpose := range []string{Revocation, Suspension} {
			l, err := w.s.StatusList(t.Context(), b.List, purpose)
			fixture.Must(t, err)
			lists[w.s.listID(b.List, purpose)] = w.parse(l.Bytes)
		}
		w.want(Examine(t.Context(), d, src), true, true, allPassed)
		src.Wall = src.Wall.Add(listLife + time.Hour)
		w.want(Examine(t.Context(), d, src), true, true, map[string]Result{CheckStatus: Unchecked})
		nobody := Offline(nil, nil, w.c.Clock.Now(), w.c.Clock.Wall())
		w.want(Examine(t.Context(), d, nobody), false, false, map[string]Result{CheckIssuer: Unchecked, CheckProof: Unchecked})
	})
}

// TestAListOfSomebodyElseSaysNothing swaps in lists that aren't the issuer's, aren't signed, or mean something else.
func TestAListOfSomebodyElseSaysNothing(t *testing.T) {
	each(t, func(w *world) {
		p := w.granted("STAR-1")
		w.tell("suspended", p, qualification.Suspended)
		d := w.parse(w.file("STAR-1"))
		known, _ := Issuers(w.issuerFile())
		b, err := badgeOf(t.Context(), w.d.Read(), p.Account, p.ID)
		fixture.Must(t, err)
		l, err := w.s.StatusList(t.Context(), b.List, Suspension)
		fixture.Must(t, err)
		url := w.s.listID(b.List, Suspension)
		for name, change := range map[string]func(vc.Document){
			"another issuer": func(d vc.Document) { d["issuer"] = base + "/other" },
			"a changed list": func(d vc.Document) {
				d["credentialSubject"].(map[string]any)["encodedList"] = vc.NewBits(vc.ListSize).Encode()
			},
			"another purpose": func(d vc.Document) { d["credentialSubject"].(map[string]any)["statusPurpose"] = Revocation },
			"another address": func(d vc.Document) { d["id"] = base + "/status/9/suspension" },
			"no proof":        func(d vc.Document) { delete(d, "proof") },
		} {
			list := w.parse(l.Bytes)
			change(list)
			src := Offline(known, map[string]vc.Document{url: list}, w.c.Clock.Now(), w.c.Clock.Wall())
			if f := Examine(t.Context(), d, src); f.Of(CheckStatus).Result != Unchecked {
				t.Errorf("%s: status %+v, want unchecked", name, f.Of(CheckStatus))
			}
		}
	})
}

func TestACredentialOfABareKeySaysThatNobodyKnowsTheKey(t *testing.T) {
	each(t, func(w *world) {
		key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
		did := vc.DidKey(key.Public().(ed25519.PublicKey))
		d := vc.Document{"@context": []any{vc.CredentialsV2, vc.OpenBadges}, "type": []any{"VerifiableCredential", "OpenBadgeCredential"},
			"id": "urn:uuid:6c3e1f0a-2b7d-4b0e-9a55-3a8d7f1e2c11", "issuer": map[string]any{"id": did, "type": "Profile", "name": "Institute"},
			"validFrom": "2026-01-01T00:00:00Z", "credentialSubject": map[string]any{"type": "AchievementSubject", "id": "did:example:ada",
				"achievement": map[string]any{"id": "urn:x:pmp", "type": "Achievement", "name": "Project Management", "description": "x", "criteria": map[string]any{"narrative": "x"}}}}
		signed, err := vc.Sign(d, key, did+"#"+strings.TrimPrefix(did, "did:key:"), w.c.Clock.Wall())
		fixture.Must(t, err)
		b, _ := signed.Bytes()
		f := w.examine(b)
		w.want(f, true, true, map[string]Result{CheckIssuer: Unchecked, CheckProof: Passed, CheckStatus: Unchecked})
		if f.KeyFrom != InKey || f.Name != "Project Management" || f.IssuerName != "Institute" {
			t.Errorf("finding %+v", f)
		}
		signed["issuer"] = map[string]any{"id": vc.DidKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32)).Public().(ed25519.PublicKey)), "type": "Profile", "name": "Institute"}
		b, _ = signed.Bytes()
		w.want(w.examine(b), false, false, map[string]Result{CheckIssuer: Failed})
	})
}

func TestQualificationsFromBeforeGetTheirCredentials(t *testing.T) {
	each(t, func(w *world) {
		w.paper("STAR-1")
		w.paper("STAR-2").State = qualification.Suspended
		w.paper("STAR-3").State = qualification.Cancelled
		w.paper("").State = qualification.Valid
		fixture.Must(t, w.s.Start(t.Context()))
		fixture.Must(t, w.s.Start(t.Context()))
		fixture.Must(t, w.runner.Drain(t.Context()))
		w.want(w.examine(w.file("STAR-1")), true, true, allPassed)
		w.want(w.examine(w.file("STAR-2")), true, false, nil)
		if _, err := w.s.Document(t.Context(), "STAR-3"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Document of one that was cancelled before: %v", err)
		}
	})
}

// TestPlacesAreSpreadAndAFullListIsFollowedByAnother fills a list before it issues.
func TestPlacesAreSpreadAndAFullListIsFollowedByAnother(t *testing.T) {
	each(t, func(w *world) {
		seen := map[int64]bool{}
		for _, n := range []string{"A", "B", "C", "D"} {
			p := w.granted(n)
			b, err := badgeOf(t.Context(), w.d.Read(), p.Account, p.ID)
			fixture.Must(t, err)
			if b.List != 1 || seen[b.Place] || b.Place < 0 || b.Place >= vc.ListSize {
				t.Errorf("%s is at %d of list %d", n, b.Place, b.List)
			}
			seen[b.Place] = true
		}
		fixture.Must(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
			rows := func(yield func([]any) bool) {
				for i := range int64(vc.ListSize) {
					if !seen[i] && !yield([]any{int64(1), i, "x", "y", false, false}) {
						return
					}
				}
			}
			_, err := db.Bulk(t.Context(), tx, "badge_entry", []string{"list_no", "place", "account_id", "qualification_id", "revoked", "suspended"}, rows)
			return err
		}))
		p := w.granted("E")
		if b, err := badgeOf(t.Context(), w.d.Read(), p.Account, p.ID); err != nil || b.List != 2 {
			t.Errorf("with a full list: list %d, %v, want 2", b.List, err)
		}
		w.want(w.examine(w.file("E")), true, true, allPassed)
	})
}

func TestWhatIsSignedIsWhatTheCertificatePrints(t *testing.T) {
	each(t, func(w *world) {
		p := w.granted("STAR-1")
		text := string(w.file("STAR-1"))
		for _, want := range []string{p.Holder, p.HolderZH, "Star-Rated Service Certification / 星级服务认证", "- Senior engineers: 6", "- 高级工程师", base + "/credentials/STAR-1",
			base + "/achievements/h3c-star@2025/four-star", `"eddsa-rdfc-2022"`, "BitstringStatusListEntry"} {
			if !strings.Contains(text, want) {
				t.Errorf("the credential lacks %q:\n%s", want, text)
			}
		}
		if strings.Contains(text, p.Account) {
			t.Error("the credential names the account's id")
		}
		a, err := w.s.Achievement(t.Context(), "h3c-star@2025", "four-star")
		if err != nil || a["id"] != base+"/achievements/h3c-star@2025/four-star" {
			t.Errorf("Achievement = %v, %v", a, err)
		}
		if f := w.examine(w.file("STAR-1")); i18n.Text(i18n.Chinese, f.Of(CheckProof).Why) == "" {
			t.Error("no Chinese words")
		}
	})
}
