package signature

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	ak = "AKPARTNER0000000001"
	sk = "SKsecret0000000000000000000000000000000001"
)

// Both requests are what the unmodified SDK put on the wire.
const (
	agent = "huaweicloud-usdk-go/3.0; os/Debian_GNU/Linux#12_(bookworm)#amd64 go/go1.26.8; app/6a55117e-e443-4a1f-8d7d-bfdd60280997"
	get   = "GET /v2/accounts/partner-accounts/balances?indirect_partner_id=92c%20b40%2F%25%26%2B%3D~%2A%E4%B8%AD HTTP/1.1\r\n" +
		"Host: 127.0.0.1:38875\r\nAccept-Encoding: gzip\r\n" +
		"Authorization: SDK-HMAC-SHA256 Access=AKPARTNER0000000001, SignedHeaders=user-agent;x-domain-id;x-sdk-date, Signature=4ba65e4fdec2a6a9a998851201f636343198006b03cd53405bc89c8ae5fefdf4\r\n" +
		"Content-Type: application/json\r\nUser-Agent: " + agent + "\r\n" +
		"X-Domain-Id: 0123456789abcdef0123456789abcdef\r\nX-Sdk-Date: 20261122T035753Z\r\n\r\n"
	post = "POST /v2/accounts/partner-accounts/adjust-amount HTTP/1.1\r\n" +
		"Host: 127.0.0.1:38875\r\nAccept-Encoding: gzip\r\n" +
		"Authorization: SDK-HMAC-SHA256 Access=AKPARTNER0000000001, SignedHeaders=user-agent;x-domain-id;x-sdk-date, Signature=bbd0e9f7c5c61f1e3348da01d242a1fcc69880ac9bbbc0aa4ba83d4cc505b24f\r\n" +
		"Content-Length: 41\r\nContent-Type: application/json\r\nUser-Agent: " + agent + "\r\n" +
		"X-Domain-Id: 0123456789abcdef0123456789abcdef\r\nX-Sdk-Date: 20261122T035753Z\r\n\r\n" +
		`{"customer_id":"cust<1>&","amount":"10"}` + "\n"
)

var signedAt = time.Date(2026, 11, 22, 3, 57, 53, 0, time.UTC)

// check does what an edge does, and returns the gateway code, or "".
func check(t *testing.T, raw, secretKey string, wall time.Time) string {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		t.Fatalf("read request: %v", err)
	}
	return code(verify(r, secretKey, wall))
}

func verify(r *http.Request, secretKey string, wall time.Time) error {
	c, err := Parse(r)
	if err != nil {
		return err
	}
	body, err := ReadBody(r, MaxBody)
	if err != nil {
		return err
	}
	return c.Verify(secretKey, body, wall)
}

func code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return "internal: " + err.Error()
	}
	return ""
}

func TestTheSDKsOwnRequestsAreAccepted(t *testing.T) {
	for name, raw := range map[string]string{"get": get, "post": post} {
		if got := check(t, raw, sk, signedAt); got != "" {
			t.Errorf("%s: refused with %s", name, got)
		}
		if got := check(t, raw, sk+"x", signedAt); got != "APIGW.0301" {
			t.Errorf("%s with another secret: %q, want APIGW.0301", name, got)
		}
	}
}

func TestTamperedRequestsAreRefused(t *testing.T) {
	for _, c := range []struct{ name, raw, old, new string }{
		{"method", get, "GET /", "DELETE /"},
		{"path", get, "balances", "balance"},
		{"path goes deeper", post, "adjust-amount", "adjust-amount/x"},
		{"query value", get, "92c", "92d"},
		{"query gone", get, "?indirect_partner_id=92c%20b40%2F%25%26%2B%3D~%2A%E4%B8%AD", ""},
		{"query added", get, "balances?", "balances?a=1&"},
		{"body", post, `"amount":"10"`, `"amount":"90"`},
		{"body without its newline", strings.Replace(post, "Content-Length: 41", "Content-Length: 40", 1), "}\n", "}"},
		{"domain id", get, "X-Domain-Id: 0", "X-Domain-Id: 1"},
		{"domain id gone", get, "X-Domain-Id: 0123456789abcdef0123456789abcdef\r\n", ""},
		{"domain id twice", get, "X-Domain-Id:", "X-Domain-Id: ffff\r\nX-Domain-Id:"},
		{"user agent", get, "User-Agent: huawei", "User-Agent: nuawei"},
		{"date", get, "X-Sdk-Date: 20261122T035753Z", "X-Sdk-Date: 20261122T035754Z"},
		{"date twice", get, "X-Sdk-Date:", "X-Sdk-Date: 20261122T035753Z\r\nX-Sdk-Date:"},
		{"date gone", get, "X-Sdk-Date: 20261122T035753Z\r\n", ""},
		{"date in another form", get, "20261122T035753Z", "2026-11-22T03:57:53Z"},
		{"date not signed", get, ";x-sdk-date,", ","},
		{"another key", get, "Access=AKPARTNER0000000001", "Access="},
		{"signature in capitals", get, "Signature=4ba6", "Signature=4BA6"},
		{"signature cut", get, "fefdf4", "fefdf"},
		{"signature gone", get, ", Signature=4ba65e4fdec2a6a9a998851201f636343198006b03cd53405bc89c8ae5fefdf4", ""},
		{"part twice", get, "Access=AKP", "Access=A, Access=AKP"},
		{"header list in another order", get, "user-agent;x-domain-id", "x-domain-id;user-agent"},
		{"header list with a repetition", get, "user-agent;", "user-agent;user-agent;"},
		{"header list in capitals", get, "user-agent;", "User-Agent;"},
		{"signed header that did not come", get, "user-agent;", "user-agent;x-api;"},
		{"SM3", get, "SDK-HMAC-SHA256", "SDK-HMAC-SM3"},
		{"derived key", get, "SDK-HMAC-SHA256", "V11-HMAC-SHA256"},
		{"basic", get, "SDK-HMAC-SHA256", "Basic"},
		{"nothing", get, "Authorization", "X-Nothing"},
		{"unsigned hash header", post, "X-Sdk-Date:", "X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD\r\nX-Sdk-Date:"},
		{"broken query", get, "%E4%B8%AD", "%E4%B8%ZZ"},
		{"long authorization", get, "Access=", "Access=" + strings.Repeat("A", 9000)},
	} {
		raw := strings.Replace(c.raw, c.old, c.new, 1)
		if raw == c.raw {
			t.Fatalf("%s: the table changes nothing", c.name)
		}
		if got := check(t, raw, sk, signedAt); got != "APIGW.0301" {
			t.Errorf("%s: %q, want APIGW.0301", c.name, got)
		}
	}
}

func TestWhatTheSDKDoesNotSignMayChangeOnTheWay(t *testing.T) {
	for _, c := range [][2]string{{"Host: 127.0.0.1:38875", "Host: partner.example"}, {"application/json", "application/json;charset=UTF-8"},
		{"Accept-Encoding: gzip\r\n", ""}, {"balances?", "balances/?"}} {
		if got := check(t, strings.Replace(get, c[0], c[1], 1), sk, signedAt); got != "" {
			t.Errorf("%s -> %s: refused with %s", c[0], c[1], got)
		}
	}
}

func TestTheClockMayDifferByFifteenMinutes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", Window: "", -Window: "", Window + time.Second: "APIGW.0301", -Window - time.Second: "APIGW.0301", 365 * 24 * time.Hour: "APIGW.0301",
	} {
		if got := check(t, get, sk, signedAt.Add(d)); got != want {
			t.Errorf("wall %v later: %q, want %q", d, got, want)
		}
	}
}

// request makes a fresh request with a body, and signs it.
func request(t *testing.T, method, url, body string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	if err := Sign(r, ak, sk, []byte(body), signedAt); err != nil {
		t.Fatalf("Sign: %v", err)
	}
	return r
}

func TestSignMakesWhatTheSDKMakes(t *testing.T) {
	r := httptest.NewRequest("POST", "/v2/accounts/partner-accounts/adjust-amount", nil)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", agent)
	r.Header.Set("X-Domain-Id", "0123456789abcdef0123456789abcdef")
	if err := Sign(r, ak, sk, []byte(`{"customer_id":"cust<1>&","amount":"10"}`+"\n"), signedAt); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Authorization"); !strings.Contains(post, got) {
		t.Errorf("Authorization = %s, want that of the SDK's dump", got)
	}
}

func TestPayloadHashHeader(t *testing.T) {
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	for _, c := range []struct{ name, body, hash, want string }{
		{"no body, unsigned", "", "UNSIGNED-PAYLOAD", ""},
		{"body, unsigned", "x", "UNSIGNED-PAYLOAD", "APIGW.0301"},
		{"true hash of nothing", "", empty, ""},
		{"hash of something else", "x", empty, "APIGW.0301"},
		{"no hash at all", "", "x", "APIGW.0301"},
	} {
		r := request(t, "POST", "/x", c.body, HeaderHash, c.hash)
		if got := code(verify(r, sk, signedAt)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestABodyMayBeLeftOutWhereTheCallerSaysSo(t *testing.T) {
	head := func(change func(*http.Request), hash string) string {
		t.Helper()
		r := request(t, "POST", "/x", "x", HeaderHash, hash)
		change(r)
		c, err := Parse(r)
		if err != nil {
			return code(err)
		}
		return code(c.VerifyHead(sk, signedAt))
	}
	same := func(*http.Request) {}
	if got := head(same, "UNSIGNED-PAYLOAD"); got != "" {
		t.Errorf("a body that isn't signed: %q, want none", got)
	}
	if got := head(func(r *http.Request) { r.URL.Path = "/y" }, "UNSIGNED-PAYLOAD"); got != "APIGW.0301" {
		t.Errorf("another path: %q, want APIGW.0301", got)
	}
	if got := head(same, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"); got != "APIGW.0301" {
		t.Errorf("a body that is signed: %q, want APIGW.0301", got)
	}
}

func TestHostIsCheckedWhenListed(t *testing.T) {
	r := httptest.NewRequest("GET", "http://one.example:8080/x", nil)
	r.Header.Set("Host", "one.example:8080")
	if err := Sign(r, ak, sk, nil, signedAt); err != nil {
		t.Fatal(err)
	}
	r.Header.Del("Host")
	if err := verify(r, sk, signedAt); err != nil {
		t.Errorf("same host: %v", err)
	}
	r.Host = "two.example"
	if got := code(verify(r, sk, signedAt)); got != "APIGW.0301" {
		t.Errorf("another host: %q, want APIGW.0301", got)
	}
}

func TestABodyAboveTheLimitIsNotRead(t *testing.T) {
	r := httptest.NewRequest("POST", "/x", io.MultiReader(strings.NewReader("0123456789"), strings.NewReader("more")))
	var e *Error
	if _, err := ReadBody(r, 10); !errors.As(err, &e) || e.Status != 413 || e.Code != "APIGW.0201" {
		t.Errorf("ReadBody = %v, want 413 APIGW.0201", err)
	}
	r = httptest.NewRequest("POST", "/x", strings.NewReader("0123456789"))
	if b, err := ReadBody(r, 10); err != nil || string(b) != "0123456789" {
		t.Errorf("ReadBody = %q, %v", b, err)
	}
	if again, _ := io.ReadAll(r.Body); string(again) != "0123456789" {
		t.Errorf("the handler reads %q, want the same body", again)
	}
}

func TestWhateverIsSignedIsAcceptedAndOneChangedByteIsNot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringN(0, 12, 40)
		r := httptest.NewRequest("POST", "/", nil)
		r.URL.Path = "/v2/" + text.Draw(rt, "segment")
		q := r.URL.Query()
		for range rapid.IntRange(0, 3).Draw(rt, "params") {
			q.Add(text.Draw(rt, "key"), text.Draw(rt, "value"))
		}
		r.URL.RawQuery = q.Encode()
		body := []byte(text.Draw(rt, "body"))
		if err := Sign(r, ak, sk, body, signedAt); err != nil {
			rt.Fatal(err)
		}
		c, err := Parse(r)
		if err != nil {
			rt.Fatalf("Parse: %v", err)
		}
		if err := c.Verify(sk, body, signedAt); err != nil {
			rt.Fatalf("Verify of %s: %v", r.URL, err)
		}
		if err := c.Verify(sk, append(bytes.Clone(body), 'x'), signedAt); err == nil {
			rt.Fatal("a longer body is accepted")
		}
		r.URL.Path += "x"
		if c, err := Parse(r); err == nil && c.Verify(sk, body, signedAt) == nil {
			rt.Fatal("another path is accepted")
		}
	})
}

func claim(t *testing.T, path string) *Claim {
	t.Helper()
	c, err := Parse(request(t, "POST", path, ""))
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestASignatureCountsOnce(t *testing.T) {
	p := NewReplay(10, nil)
	if err := p.Check(t.Context(), claim(t, "/a"), signedAt); err != nil {
		t.Fatalf("first use: %v", err)
	}
	if got := code(p.Check(t.Context(), claim(t, "/a"), signedAt)); got != "APIGW.0301" {
		t.Errorf("second use: %q, want APIGW.0301", got)
	}
	if err := p.Check(t.Context(), claim(t, "/b"), signedAt); err != nil {
		t.Errorf("another call: %v", err)
	}
}

func TestAFullWindowRefusesUntilSomethingIsTooOld(t *testing.T) {
	p := NewReplay(1, nil)
	if err := p.Check(t.Context(), claim(t, "/a"), signedAt); err != nil {
		t.Fatal(err)
	}
	if got := code(p.Check(t.Context(), claim(t, "/b"), signedAt)); got != "APIGW.0308" {
		t.Errorf("full window: %q, want APIGW.0308", got)
	}
	if err := p.Check(t.Context(), claim(t, "/b"), signedAt.Add(Window+2*time.Minute)); err != nil {
		t.Errorf("after the first is too old: %v", err)
	}
}

func TestTwoNodesShareWhatTheDatabaseRemembers(t *testing.T) {
	rows, down := map[string]bool{}, errors.New("no connection")
	var fail error
	insert := func(_ context.Context, id []byte, until time.Time) (bool, error) {
		if fail != nil {
			return false, fail
		}
		if !until.After(signedAt.Add(Window)) {
			t.Errorf("until = %v, want later than the window", until)
		}
		fresh := !rows[string(id)]
		rows[string(id)] = true
		return fresh, nil
	}
	one, two, full := NewReplay(10, insert), NewReplay(10, insert), NewReplay(0, insert)
	fail = down
	if err := one.Check(t.Context(), claim(t, "/a"), signedAt); !errors.Is(err, down) {
		t.Errorf("database down: %v", err)
	}
	fail = nil
	if err := one.Check(t.Context(), claim(t, "/a"), signedAt); err != nil {
		t.Errorf("the same request after the database came back: %v", err)
	}
	for name, node := range map[string]*Replay{"one": one, "two": two, "full": full} {
		if got := code(node.Check(t.Context(), claim(t, "/a"), signedAt)); got != "APIGW.0301" {
			t.Errorf("node %s, second use: %q, want APIGW.0301", name, got)
		}
	}
}

func BenchmarkParseAndVerify(b *testing.B) {
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(post)))
	if err != nil {
		b.Fatal(err)
	}
	body, _ := ReadBody(r, MaxBody)
	for b.Loop() {
		var c Claim
		if err := c.Read(r); err != nil {
			b.Fatal(err)
		}
		if err := c.Verify(sk, body, signedAt); err != nil {
			b.Fatal(err)
		}
	}
}
