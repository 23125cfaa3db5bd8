package vc

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var when = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func pair(seed byte) (ed25519.PublicKey, ed25519.PrivateKey) {
	k := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, 32))
	return k.Public().(ed25519.PublicKey), k
}

func sample() Document {
	return Document{
		"@context": []any{CredentialsV2, OpenBadges}, "id": "https://partner.example/credentials/H3C-STAR-2026-000417",
		"type": []any{"VerifiableCredential", "OpenBadgeCredential"}, "name": "Four-Star Service Partner / 四星级服务伙伴",
		"issuer":    map[string]any{"id": "http://127.0.0.1:8080/issuer", "type": []any{"Profile"}, "name": "Hanse Demo Networks"},
		"validFrom": "2026-11-20T00:00:00+08:00",
		"credentialSubject": map[string]any{"type": []any{"AchievementSubject"},
			"identifier": []any{map[string]any{"type": "IdentityObject", "hashed": false, "identityHash": "深圳北风系统集成有限公司", "identityType": "name"}},
			"achievement": map[string]any{"id": "https://partner.example/a/1", "type": []any{"Achievement"}, "name": "Four-Star", "description": "x",
				"criteria": map[string]any{"narrative": "Six engineers"}}},
	}
}

func signed(t *testing.T, d Document, k ed25519.PrivateKey) Document {
	t.Helper()
	out, err := Sign(d, k, "https://partner.example/issuer#key", when)
	if err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return out
}

// round is what a reader gets: the document through its bytes.
func round(t *testing.T, d Document) Document {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestASignedDocumentHoldsUnderItsKeyAlone(t *testing.T) {
	pub, key := pair(1)
	other, _ := pair(2)
	d := round(t, signed(t, sample(), key))
	p, err := Check(d, pub)
	if err != nil || p.Method != "https://partner.example/issuer#key" || !p.Created.Equal(when) {
		t.Fatalf("Check = %+v, %v", p, err)
	}
	if _, err := Check(d, other); !errors.Is(err, ErrForged) {
		t.Errorf("Check with another key: %v, want ErrForged", err)
	}
	if _, err := Check(d, nil); !errors.Is(err, ErrForged) {
		t.Errorf("Check without a key: %v, want ErrForged", err)
	}
}

// TestOneChangedCharacterBreaksTheSignature changes every text of the document in turn.
func TestOneChangedCharacterBreaksTheSignature(t *testing.T) {
	pub, key := pair(1)
	d := signed(t, sample(), key)
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for i := range b {
		c := b[i]
		if !(c >= 'a' && c <= 'y' || c >= '1' && c <= '8') {
			continue
		}
		changed := bytes.Clone(b)
		changed[i]++
		doc, err := Parse(changed)
		if err != nil {
			continue // no JSON any more
		}
		tried++
		if _, err := Check(doc, pub); err == nil {
			t.Errorf("a change at byte %d holds: …%s…", i, changed[max(0, i-30):min(len(b), i+30)])
		}
	}
	if tried < 500 {
		t.Errorf("only %d changes tried", tried)
	}
}

// TestWhatCanNotBeSignedIsRefused lists what JSON-LD would leave out of the signature without a word.
func TestWhatCanNotBeSignedIsRefused(t *testing.T) {
	_, key := pair(1)
	for name, c := range map[string]struct {
		change func(Document)
		want   error
	}{
		"a term that no context defines": {func(d Document) { d["hallmark"] = "x" }, ErrTerm},
		"one further down":               {func(d Document) { d["issuer"].(map[string]any)["hallmark"] = "x" }, ErrTerm},
		"a type that no context defines": {func(d Document) { d["type"] = []any{"VerifiableCredential", "Hallmark"} }, ErrTerm},
		"a relative address":             {func(d Document) { d["id"] = "/credentials/1" }, ErrTerm},
		"an address that is none":        {func(d Document) { d["id"] = "https://partner example/1" }, ErrTerm},
		"a malformed web address":        {func(d Document) { d["id"] = "https://" }, ErrTerm},
		"a word like a keyword":          {func(d Document) { d["id"] = "@nothing" }, ErrTerm},
		"a language that is none":        {func(d Document) { d["name"] = map[string]any{"@value": "x", "@language": "e n"} }, ErrTerm},
		"a direction":                    {func(d Document) { d["name"] = map[string]any{"@value": "x", "@direction": "rtl"} }, ErrTerm},
		"a context that isn't built in":  {func(d Document) { d["@context"] = []any{CredentialsV2, "https://partner.example/c"} }, ErrContext},
		"a context written out":          {func(d Document) { d["@context"] = []any{CredentialsV2, map[string]any{"@vocab": "https://x.example/"}} }, ErrContext},
		"a context further down":         {func(d Document) { d["issuer"].(map[string]any)["@context"] = OpenBadges }, ErrContext},
		"no context":                     {func(d Document) { delete(d, "@context") }, ErrFormat},
	} {
		d := sample()
		c.change(d)
		if out, err := Sign(d, key, "https://partner.example/issuer#key", when); !errors.Is(err, c.want) {
			t.Errorf("%s: Sign = %v, %v, want %v", name, out, err, c.want)
		}
	}
	if _, err := Sign(sample(), key, "key-1", when); !errors.Is(err, ErrTerm) {
		t.Errorf("a relative key address: %v, want ErrTerm", err)
	}
}

func TestAProofOfAnotherKindIsNotTaken(t *testing.T) {
	pub, key := pair(1)
	for name, c := range map[string]struct {
		change func(proof map[string]any)
		want   error
	}{
		"another suite":   {func(p map[string]any) { p["cryptosuite"] = "eddsa-jcs-2022" }, ErrSuite},
		"another type":    {func(p map[string]any) { p["type"] = "Ed25519Signature2020" }, ErrSuite},
		"another purpose": {func(p map[string]any) { p["proofPurpose"] = "authentication" }, ErrProof},
		"no method":       {func(p map[string]any) { delete(p, "verificationMethod") }, ErrProof},
		"no instant":      {func(p map[string]any) { p["created"] = "yesterday" }, ErrProof},
		"another instant": {func(p map[string]any) { p["created"] = "2020-01-01T00:00:00Z" }, ErrForged},
		"another base":    {func(p map[string]any) { p["proofValue"] = "u" + p["proofValue"].(string)[1:] }, ErrProof},
		"a short value":   {func(p map[string]any) { p["proofValue"] = "z111" }, ErrProof},
		"an unknown word": {func(p map[string]any) { p["hallmark"] = "x" }, ErrTerm},
	} {
		d := signed(t, sample(), key)
		p := maps.Clone(d["proof"].(map[string]any))
		c.change(p)
		d["proof"] = p
		if _, err := Check(d, pub); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for name, proof := range map[string]any{"none": nil, "two": []any{1, 2}, "a text": "x"} {
		d := sample()
		d["proof"] = proof
		if _, err := Check(d, pub); !errors.Is(err, ErrProof) {
			t.Errorf("%s: %v, want ErrProof", name, err)
		}
	}
}

func TestADocumentThatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for name, text := range map[string]string{
		"a key twice": `{"a":1,"a":2}`, "one deep down": `{"x":[{"a":1,"a":2}]}`, "two documents": `{} {}`, "a list": `[]`, "nothing": ``,
		"bad UTF-8": "{\"a\":\"\xff\"}", "too deep": deep, "too long": `{"a":"` + strings.Repeat("x", MaxBytes) + `"}`,
	} {
		if d, err := Parse([]byte(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: Parse = %v, %v, want ErrFormat", name, d, err)
		}
	}
	if d, err := Parse([]byte("\xef\xbb\xbf{\"a\":1.50}")); err != nil || fmt.Sprint(d["a"]) != "1.50" {
		t.Errorf("Parse of a file with a byte order mark = %v, %v", d, err)
	}
}

// TestAHostileDocumentEndsSoon gives one whose unnamed parts all look alike, which would take hours.
func TestAHostileDocumentEndsSoon(t *testing.T) {
	d := sample()
	var same []any
	for range 40 {
		same = append(same, map[string]any{"type": "IdentityObject", "hashed": false, "identityHash": "x", "identityType": "name"})
	}
	d["credentialSubject"].(map[string]any)["identifier"] = same
	if _, err := Canonical(d); !errors.Is(err, ErrFormat) {
		t.Errorf("Canonical = %v, want ErrFormat", err)
	}
}

func TestTheContextsAreThere(t *testing.T) {
	for _, url := range Contexts() {
		if _, err := (loader{}).LoadDocument(url); err != nil {
			t.Errorf("context %s: %v", url, err)
		}
	}
}

func TestBase58AndKeysGoThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := append(make([]byte, rapid.IntRange(0, 4).Draw(t, "zeros")), rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "bytes")...)
		got, err := decode58(encode58(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Fatalf("decode58(encode58(%x)) = %x, %v", b, got, err)
		}
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		key := ed25519.NewKeyFromSeed(seed)
		pub := key.Public().(ed25519.PublicKey)
		if back, err := ParseMultibase(Multibase(pub)); err != nil || !back.Equal(pub) {
			t.Fatalf("ParseMultibase(%s) = %x, %v", Multibase(pub), back, err)
		}
		if back, err := ParseDidKey(DidKey(pub) + "#" + Multibase(pub)); err != nil || !back.Equal(pub) {
			t.Fatalf("ParseDidKey(%s) = %x, %v", DidKey(pub), back, err)
		}
	})
	for _, s := range []string{"", "z", "Q", "z0OIl", "m" + "AAAA", "z" + strings.Repeat("2", most+1), "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"} {
		if k, err := ParseMultibase(s); !errors.Is(err, ErrKey) {
			t.Errorf("ParseMultibase(%.20q) = %x, %v, want ErrKey", s, k, err)
		}
	}
	for _, s := range []string{"did:web:x", "did:key:z6Mk#other"} {
		if _, err := ParseDidKey(s); !errors.Is(err, ErrKey) {
			t.Errorf("ParseDidKey(%q): %v, want ErrKey", s, err)
		}
	}
	// From the did:key standard.
	if got := encode58([]byte("Hello World!")); got != "2NEpo7TZRRrLZSi2U" {
		t.Errorf("encode58 = %s", got)
	}
}

func TestAStatusListGoesThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := map[int]bool{}
		b := NewBits(ListSize)
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, ListSize-1), 0, 40).Draw(t, "set") {
			set[i] = true
			b.Set(i)
		}
		back, err := DecodeBits(b.Encode())
		if err != nil || back.Len() != ListSize {
			t.Fatalf("DecodeBits = %d entries, %v", back.Len(), err)
		}
		n := 0
		for i := range ListSize {
			if on, _ := back.Get(i); on {
				n++
				if !set[i] {
					t.Fatalf("entry %d is set", i)
				}
			}
		}
		if n != len(set) {
			t.Fatalf("%d entries are set, want %d", n, len(set))
		}
	})
	b := NewBits(ListSize)
	b.Set(0)
	if b[0] != 0x80 {
		t.Errorf("entry 0 is bit %08b of the first byte, want the leftmost", b[0])
	}
	if _, err := b.Get(ListSize); !errors.Is(err, ErrStatus) {
		t.Errorf("Get outside: %v, want ErrStatus", err)
	}
}

func TestAMalformedStatusListIsRefused(t *testing.T) {
	pack := func(n int) string {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(make([]byte, n))
		w.Close()
		return "u" + base64.RawURLEncoding.EncodeToString(b.Bytes())
	}
	for name, s := range map[string]string{"empty": "", "other base": "zabc", "no base64": "u!!", "not packed": "uAAAA", "short": pack(100), "a bomb": pack(maxList + 1)} {
		if b, err := DecodeBits(s); !errors.Is(err, ErrStatus) {
			t.Errorf("%s: %d entries, %v, want ErrStatus", name, b.Len(), err)
		}
	}
}
