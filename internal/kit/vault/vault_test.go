package vault

import (
	"bytes"
	"testing"
)

func TestASealedTextOpensOnlyForItsPurposeAndKey(t *testing.T) {
	v, err := New(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := New(bytes.Repeat([]byte{2}, 32))
	sealed := v.Seal("mail", "/reset?token=abc")
	if got, err := v.Open("mail", sealed); got != "/reset?token=abc" || err != nil {
		t.Errorf("Open = %q, %v", got, err)
	}
	if sealed == v.Seal("mail", "/reset?token=abc") {
		t.Error("the same text sealed twice is the same")
	}
	for name, open := range map[string]func() (string, error){
		"other purpose": func() (string, error) { return v.Open("key", sealed) },
		"other key":     func() (string, error) { return other.Open("mail", sealed) },
		"changed":       func() (string, error) { return v.Open("mail", sealed[:len(sealed)-1]+"!") },
		"cut":           func() (string, error) { return v.Open("mail", sealed[:9]) },
		"empty":         func() (string, error) { return v.Open("mail", "") },
	} {
		if got, err := open(); err == nil {
			t.Errorf("Open with %s = %q, want an error", name, got)
		}
	}
	if bytes.Equal(v.Key("a"), v.Key("b")) {
		t.Error("two purposes have one key")
	}
	if _, err := New(make([]byte, 31)); err == nil {
		t.Error("New accepted a key of 31 bytes")
	}
}
