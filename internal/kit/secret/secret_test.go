package secret

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"hanse/internal/kit/fault"
)

func TestAPasswordFitsOnlyItsOwnHash(t *testing.T) {
	ctx, h := t.Context(), NewHasher(Light(), 2)
	phc, err := h.Hash(ctx, "正确的密码 horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("Hash = %q, want the parameters in front", phc)
	}
	for password, want := range map[string]bool{"正确的密码 horse": true, "正确的密码 hors": false, "": false} {
		if ok, rehash, err := h.Verify(ctx, phc, password); ok != want || rehash || err != nil {
			t.Errorf("Verify(%q) = %v, %v, %v, want %v, false, nil", password, ok, rehash, err, want)
		}
	}
	again, _ := h.Hash(ctx, "正确的密码 horse")
	if again == phc {
		t.Error("two hashes of one password are equal: the salt is not random")
	}
}

func TestAHashUnderOldParametersAsksToBeMadeAnew(t *testing.T) {
	ctx := t.Context()
	old, err := NewHasher(Light(), 1).Hash(ctx, "a long password")
	if err != nil {
		t.Fatal(err)
	}
	h := NewHasher(Params{MemoryKiB: 128, Passes: 1, Threads: 1}, 1)
	if ok, rehash, err := h.Verify(ctx, old, "a long password"); !ok || !rehash || err != nil {
		t.Errorf("Verify = %v, %v, %v, want true, true, nil", ok, rehash, err)
	}
	if _, rehash, _ := h.Verify(ctx, old, "wrong"); rehash {
		t.Error("a wrong password must not lead to a new hash")
	}
}

func TestADamagedHashIsAnErrorAndNotANo(t *testing.T) {
	h := NewHasher(Light(), 1)
	for _, phc := range []string{
		"", "plain", "$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA", "$argon2id$v=18$m=64,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=64,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=0$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$AAAA$",
		"$argon2id$v=19$m=4294967295,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=99999,p=1$AAAA$AAAA", "$argon2id$v=19$m=64,t=1,p=1$!!$AAAA",
	} {
		if ok, _, err := h.Verify(t.Context(), phc, "x"); ok || err == nil {
			t.Errorf("Verify(%q) = %v, %v, want an error", phc, ok, err)
		}
	}
}

func TestNobodyIsNeverSignedIn(t *testing.T) {
	h := NewHasher(Light(), 1)
	if err := h.VerifyNobody(t.Context(), "anything"); err != nil {
		t.Errorf("VerifyNobody = %v, want nil", err)
	}
	if ok, _, err := h.Verify(t.Context(), h.nobody, "anything"); ok || err != nil {
		t.Errorf("Verify(nobody) = %v, %v, want false, nil", ok, err)
	}
}

func TestAWaitForASlotEndsWithTheContext(t *testing.T) {
	h := NewHasher(Light(), 1)
	h.slots <- struct{}{} // the only slot is taken
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash = %v, want context.Canceled", err)
	}
}

func TestTokensAndCodes(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		tok := Token(32)
		if b, err := base64.RawURLEncoding.DecodeString(tok); err != nil || len(b) != 32 || seen[tok] {
			t.Fatalf("Token(32) = %q: %v, seen %v", tok, err, seen[tok])
		}
		seen[tok] = true
		if c := Code(); len(c) != 6 || strings.Trim(c, "0123456789") != "" {
			t.Fatalf("Code() = %q, want six digits", c)
		}
	}
	if !Equal(Hash("a"), Hash("a")) || Equal(Hash("a"), Hash("b")) || Equal(Hash("a"), nil) {
		t.Error("Hash and Equal disagree")
	}
}

func TestACodeIsBoundToWhatItConfirms(t *testing.T) {
	key := []byte("installation")
	if !Equal(HashCode(key, "ab", "c"), HashCode(key, "ab", "c")) {
		t.Error("the same code for the same thing has two hashes")
	}
	for _, parts := range [][]string{{"a", "bc"}, {"abc"}, {"ab", "c", ""}, {"c", "ab"}} {
		if Equal(HashCode(key, "ab", "c"), HashCode(key, parts...)) {
			t.Errorf("HashCode(%q) equals that of [ab c]", parts)
		}
	}
	if Equal(HashCode(key, "ab"), HashCode([]byte("other"), "ab")) {
		t.Error("the key plays no part")
	}
}

func TestPasswordPolicy(t *testing.T) {
	for _, c := range []struct{ password, login, want string }{
		{"short", "", "secret.password.short"},
		{"九个汉字的密码太短", "", "secret.password.short"},
		{strings.Repeat("ab c", 33), "", "secret.password.long"},
		{"0123456789", "", "secret.password.common"},
		{"9876543210", "", "secret.password.common"},
		{"aaaaaaaabbbb", "", "secret.password.common"},
		{"Password2026!", "", "secret.password.common"},
		{"Qwertyuiop", "", "secret.password.common"},
		{"huawei@123456", "", "secret.password.common"},
		{"woaini1314520", "", "secret.password.common"},
		{"for-Wei.Chen-only", "wei.chen@north.example", "secret.password.login"},
		{"good\x00password here", "", "secret.password.unreadable"},
		{"bad\xffutf8 password", "", "secret.password.unreadable"},
		{"harbour copper ninth cloud", "wei.chen@north.example", ""},
		{"青山绿水白云飞过千里江", "wei", ""},
		{"weird-but-fine-lamp", "wei@x.example", ""},
	} {
		got := ""
		if f := fault.Of(CheckPassword("password", c.password, c.login)); f != nil {
			got = f.Msg.Key
		}
		if got != c.want {
			t.Errorf("CheckPassword(%q, %q) = %q, want %q", c.password, c.login, got, c.want)
		}
	}
}

func BenchmarkStandardHash(b *testing.B) {
	h := NewHasher(Standard(), 1)
	for b.Loop() {
		if _, err := h.Hash(b.Context(), "harbour copper ninth cloud"); err != nil {
			b.Fatal(err)
		}
	}
}
