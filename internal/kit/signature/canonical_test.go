package signature

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheMACIsTheStandardOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		key := rapid.StringN(0, 150, 150).Draw(rt, "key")
		canonical := rapid.SliceOf(rapid.Byte()).Draw(rt, "canonical")
		sum := sha256.Sum256(canonical)
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte("SDK-HMAC-SHA256\n20261122T035753Z\n" + hex.EncodeToString(sum[:])))
		if got := mac(key, "20261122T035753Z", canonical); !hmac.Equal(got[:], h.Sum(nil)) {
			rt.Fatalf("mac(%q) = %x, want %x", key, got, h.Sum(nil))
		}
	})
}

// plainQuery is the canonical query by way of the standard library's map.
func plainQuery(raw string) (string, bool) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", false
	}
	var keys, pairs []string
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, v := range slices.Sorted(slices.Values(values[k])) {
			pairs = append(pairs, string(appendEscaped(nil, k, 0))+"="+string(appendEscaped(nil, v, 0)))
		}
	}
	return strings.Join(pairs, "&"), true
}

func TestTheCanonicalQueryIsThatOfTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.StringMatching(`([ab;%+=&2F]|%2[0-9A-F]|中){0,20}`).Draw(rt, "raw")
		want, ok := plainQuery(raw)
		got, err := appendQuery(nil, raw)
		if (err == nil) != ok || ok && string(got) != want {
			rt.Fatalf("appendQuery(%q) = %q, %v; want %q, ok %v", raw, got, err, want, ok)
		}
	})
}

func TestTooManyParametersAreRefused(t *testing.T) {
	if _, err := appendQuery(nil, strings.Repeat("a&", maxParameters)); err == nil {
		t.Errorf("%d parameters are accepted", maxParameters+1)
	}
}

func TestEscapingKeepsWhatIsUnreservedAlone(t *testing.T) {
	for in, want := range map[string]string{"": "/", "/": "/", "/a/b": "/a/b/", "/a b/": "/a%20b/", "/中~_-.": "/%E4%B8%AD~_-./", "a\x00": "a%00/"} {
		if got := string(appendPath(nil, in)); got != want {
			t.Errorf("appendPath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestADateIsReadAsTheStandardLibraryReadsIt(t *testing.T) {
	for _, s := range []string{"20261122T035753Z", "20240229T235959Z", "20230229T000000Z", "20261301T000000Z", "20260001T000000Z", "20260100T000000Z",
		"20260101T240000Z", "20260101T006000Z", "20260101T000060Z", "20260101t000000Z", "2026011T0000000Z", "-0260101T000000Z", "00010101T000000Z", ""} {
		want, err := time.Parse(dateLayout, s)
		got, ok := parseDate(s)
		if ok != (err == nil) || ok && !got.Equal(want) {
			t.Errorf("parseDate(%q) = %v, %v; want %v, %v", s, got, ok, want, err)
		}
	}
	if _, ok := parseDate("20260101T000000.5Z"); ok {
		t.Error("a fraction of a second is accepted: one instant would have several forms")
	}
}

func TestACheckAllocatesNextToNothing(t *testing.T) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(post)))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := ReadBody(r, MaxBody)
	got := testing.AllocsPerRun(100, func() {
		c, err := Parse(r)
		if err != nil || c.Verify(sk, body, signedAt) != nil {
			t.Fatal("refused", err)
		}
	})
	if got > 4 {
		t.Errorf("%v allocations, want at most 4", got)
	}
}
