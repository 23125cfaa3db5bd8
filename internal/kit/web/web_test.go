package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/web"
)

var start = time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)

// ask sends one request through the ground and returns the answer and the log.
func ask(t *testing.T, o web.Options, h http.Handler, change func(*http.Request)) (*httptest.ResponseRecorder, string) {
	t.Helper()
	var log bytes.Buffer
	o.Log, o.Wall = slog.New(slog.NewTextHandler(&log, nil)), clock.Fake(start).Wall
	g, err := web.Ground(h, o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/page", nil)
	r.RemoteAddr = "192.0.2.7:1234"
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w, log.String()
}

var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	web.Note(r.Context(), slog.String("thing", "app_1"))
	io.WriteString(w, web.Of(r.Context()).IP)
})

func TestEachRequestHasAnIdOneLogLineAndProtectingHeaders(t *testing.T) {
	w, log := ask(t, web.Options{HTTPS: true}, echo, nil)
	rid := w.Header().Get("X-Request-Id")
	if !strings.HasPrefix(rid, "req_") || strings.Count(log, "\n") != 1 || !strings.Contains(log, rid) || !strings.Contains(log, "thing=app_1") {
		t.Errorf("id %q, log %q", rid, log)
	}
	for _, h := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Strict-Transport-Security"} {
		if w.Header().Get(h) == "" {
			t.Errorf("header %s is missing", h)
		}
	}
}

func TestTheClientIsTheFirstHopThatNoTrustedProxyVouchesFor(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, remote, forwarded, want string
	}{
		{"direct", "203.0.113.5:1", "", "203.0.113.5"},
		{"a client that forges", "203.0.113.5:1", "1.1.1.1", "203.0.113.5"},
		{"one proxy", "192.0.2.1:1", "203.0.113.9", "203.0.113.9"},
		{"two proxies and a forged first hop", "192.0.2.1:1", "8.8.8.8, 203.0.113.9, 10.1.1.1", "203.0.113.9"},
		{"nonsense", "192.0.2.1:1", "who knows", "192.0.2.1"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.5]:1", "", "203.0.113.5"},
	} {
		w, _ := ask(t, web.Options{Proxies: proxies}, echo, func(r *http.Request) {
			r.RemoteAddr = c.remote
			if c.forwarded != "" {
				r.Header.Set("X-Forwarded-For", c.forwarded)
			}
		})
		if got := w.Body.String(); got != c.want {
			t.Errorf("%s: client %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAPanicIsAnErrorPageAndTheServerGoesOn(t *testing.T) {
	failed := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); io.WriteString(w, "sorry") })
	w, log := ask(t, web.Options{Failed: failed}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }), nil)
	if w.Code != 500 || w.Body.String() != "sorry" || !strings.Contains(log, "web_test.go") {
		t.Errorf("status %d, body %q, log %q; want the page and the stack", w.Code, w.Body, log)
	}
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "": 200} {
		w, _ := ask(t, web.Options{}, echo, func(r *http.Request) {
			r.Method = "POST"
			if site != "" {
				r.Header.Set("Sec-Fetch-Site", site)
			}
		})
		if w.Code != want {
			t.Errorf("POST from %q: %d, want %d", site, w.Code, want)
		}
	}
}

func TestALimiterRefusesAndForgives(t *testing.T) {
	c := clock.Fake(start)
	l := web.NewLimiter(2, 3, c.Wall)
	for range 3 {
		if wait := l.Allow("a"); wait != 0 {
			t.Fatalf("within the burst: wait %v", wait)
		}
	}
	for range 5 {
		if wait := l.Allow("a"); wait != 500*time.Millisecond {
			t.Errorf("above the burst: wait %v, want 500ms however often one asks", wait)
		}
	}
	if wait := l.Allow("b"); wait != 0 {
		t.Errorf("another client waits %v", wait)
	}
	c.AdvanceWall(time.Second)
	if wait := l.Allow("a"); wait != 0 {
		t.Errorf("a second later: wait %v", wait)
	}
}

func TestOneIPv6CustomerIsOneClient(t *testing.T) {
	n := 0
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n++ })
	c := clock.Fake(start)
	g, err := web.Ground(h, web.Options{Log: slog.New(slog.DiscardHandler), Wall: c.Wall, Rate: 1, Burst: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1", "[2001:db8:0:1::1]:1"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = addr
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code == 429 && w.Header().Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q, want 1", w.Header().Get("Retry-After"))
		}
	}
	if n != 3 {
		t.Errorf("%d requests served, want 2 of the first network and 1 of the second", n)
	}
}

func TestABodyAboveTheLimitIsCutOff(t *testing.T) {
	var err error
	h := web.Limit(4, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, err = io.ReadAll(r.Body) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("12345")))
	if err == nil {
		t.Error("five bytes were read, want a refusal after four")
	}
}

func TestServeLetsARequestFinishWhenItEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		cancel() // the server is told to end while this request runs
		io.WriteString(w, "whole")
	})
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	res, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); string(b) != "whole" || err != nil {
		t.Errorf("answer %q, %v", b, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v, want nil after an orderly end", err)
	}
}

func TestARequestIsCountedByItsRouteAndNotByItsPath(t *testing.T) {
	for want, h := range map[string]http.HandlerFunc{
		"GET /people/{id}": func(_ http.ResponseWriter, r *http.Request) { web.Route(r.Context(), "GET /people/{id}") },
		"other":            func(http.ResponseWriter, *http.Request) {},
	} {
		got := ""
		ask(t, web.Options{Observe: func(_, route string, _ int, _ time.Duration) { got = route }}, h, nil)
		if got != want {
			t.Errorf("route %q, want %q", got, want)
		}
	}
}

func TestLoopbackIsThisMachineAndNotItsProxy(t *testing.T) {
	for _, c := range []struct {
		remote, forwarded string
		want              bool
	}{{"127.0.0.1:9", "", true}, {"[::1]:9", "", true}, {"127.0.0.1:9", "203.0.113.1", false}, {"10.0.0.1:9", "", false}} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := web.Loopback(r); got != c.want {
			t.Errorf("Loopback(%s, %q) = %v", c.remote, c.forwarded, got)
		}
	}
}
