package pow

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/fault"
)

var start = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func solved(t *testing.T, g *Gate) (challengeJSON []byte, answer string) {
	t.Helper()
	c, err := g.Challenge(start)
	if err != nil {
		t.Fatal(err)
	}
	answer, err = Solve(c)
	if err != nil {
		t.Fatal(err)
	}
	return c, answer
}

func key(err error) string {
	if f := fault.Of(err); f != nil {
		return f.Msg.Key
	}
	return ""
}

func TestASolvedChallengeIsAcceptedOnEveryNode(t *testing.T) {
	_, answer := solved(t, New([]byte("secret"), 10))
	id, err := New([]byte("secret"), 99).Verify(answer, start.Add(Lifetime-time.Second))
	if err != nil || len(id) != 32 {
		t.Errorf("Verify = %q, %v, want the nonce", id, err)
	}
	again, err := New([]byte("secret"), 10).Verify(answer, start)
	if err != nil || again != id {
		t.Errorf("Verify again = %q, %v, want the same id, so that the caller can refuse it", again, err)
	}
}

func TestWhatIsNotSolvedIsRefused(t *testing.T) {
	g := New([]byte("secret"), 10)
	c, answer := solved(t, g)
	_, other := solved(t, g)
	edit := func(answer, old, new string) string {
		raw, err := base64.StdEncoding.DecodeString(answer)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(raw), old, new, 1)
		if changed == string(raw) {
			t.Fatalf("%q is not in %s", old, raw)
		}
		return base64.StdEncoding.EncodeToString([]byte(changed))
	}
	derived := func(answer string) string {
		in, _ := decode(answer)
		return in.Solution.DerivedKey
	}
	unsolved, err := json.Marshal(map[string]json.RawMessage{"challenge": c})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ name, payload, want string }{
		{"nothing", "", "captcha.missing"},
		{"not base64", "%%%", "captcha.wrong"},
		{"not JSON", base64.StdEncoding.EncodeToString([]byte("x")), "captcha.wrong"},
		{"empty object", base64.StdEncoding.EncodeToString([]byte("{}")), "captcha.wrong"},
		{"too long", strings.Repeat("A", maxPayload+4), "captcha.wrong"},
		{"challenge without solution", base64.StdEncoding.EncodeToString(unsolved), "captcha.wrong"},
		{"another challenge's key", edit(answer, derived(answer), derived(other)), "captcha.wrong"},
		{"cheaper", edit(answer, `"cost":10`, `"cost":1`), "captcha.wrong"},
		{"longer valid", edit(answer, `"expiresAt":`, `"expiresAt":9`), "captcha.wrong"},
	} {
		if id, err := g.Verify(x.payload, start); key(err) != x.want || id != "" {
			t.Errorf("%s: Verify = %q, %v, want %s", x.name, id, err, x.want)
		}
	}
	if _, err := New([]byte("other secret"), 10).Verify(answer, start); key(err) != "captcha.wrong" {
		t.Errorf("another installation's secret: %v", err)
	}
	if _, err := g.Verify(answer, start.Add(Lifetime)); key(err) != "captcha.expired" {
		t.Errorf("at the end of its life: %v, want captcha.expired", err)
	}
	if key(Replayed()) != "captcha.used" {
		t.Error("Replayed has another message")
	}
}

func TestTheChallengeHasTheShapeTheWidgetReads(t *testing.T) {
	c, _ := solved(t, New([]byte("secret"), 10))
	var m struct {
		Parameters map[string]any `json:"parameters"`
		Signature  string         `json:"signature"`
	}
	if err := json.Unmarshal(c, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"algorithm", "cost", "expiresAt", "keyLength", "keyPrefix", "keySignature", "nonce", "salt"} {
		if m.Parameters[name] == nil {
			t.Errorf("challenge lacks %q: %s", name, c)
		}
	}
	if m.Parameters["algorithm"] != "PBKDF2/SHA-256" || len(m.Signature) != 64 {
		t.Errorf("challenge = %s", c)
	}
}

func FuzzVerify(f *testing.F) {
	g := New([]byte("secret"), 10)
	f.Add("")
	f.Add(base64.StdEncoding.EncodeToString([]byte(`{"challenge":{"parameters":{"nonce":"00"}}}`)))
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := g.Verify(s, start); err == nil {
			t.Errorf("Verify(%q) is accepted", s)
		}
	})
}

func BenchmarkSolveDefault(b *testing.B) {
	g := New([]byte("secret"), 0)
	for b.Loop() {
		c, err := g.Challenge(start)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := Solve(c); err != nil {
			b.Fatal(err)
		}
	}
}
