package osm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"hanse/internal/domain/abuse"
	"hanse/internal/domain/account"
	"hanse/internal/domain/agreement"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/osm"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// A world is the interface on a port. siam is a partner with a colleague who sees all of its tickets and a seller who sees
// the own ones; tide is siam's customer; nile is another partner; engineer works at the vendor's desk.
type world struct {
	*fixture.World
	t          *testing.T
	clock      *clock.Manual
	url        string
	keys       map[string]pair
	tickets    *ticket.Service
	files      *attachment.Service
	privileges *privilege.Service
	lang       string
	zone       string

	vendor, engineer, siam, colleague, seller, nile, tide actor.Actor
}

type pair struct{ access, secret string }

var nonce atomic.Int64

// newWorld starts it. rate is that of osm.Deps.
func newWorld(t *testing.T, d *db.DB, c *clock.Manual, rate float64) *world {
	t.Helper()
	w := &world{t: t, clock: c, keys: map[string]pair{}, lang: "en-us"}
	w.World = fixture.New(t, d)
	w.Login.AllowUnsigned(osm.Unsigned)
	w.Login.AllowRepeats(osm.Repeatable)
	store, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	codes := contact.New(d, w.Login)
	w.tickets, w.files, w.privileges = ticket.New(d, codes), attachment.New(d, store), privilege.New(d)
	server := httptest.NewUnstartedServer(nil)
	w.url = "http://" + server.Listener.Addr().String()
	api := osm.New(osm.Deps{Log: slog.New(slog.NewTextHandler(t.Output(), nil)), DB: d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Taxonomy: taxonomy.New(d),
		Contacts: codes, Attachments: w.files, Tickets: w.tickets, Privileges: w.privileges, Agreements: agreement.New(d), Abuse: abuse.New(d, w.tickets), BaseURL: w.url, Rate: rate})
	server.Config.Handler, err = web.Ground(api, web.Options{Log: slog.New(slog.DiscardHandler), Wall: c.Wall, Failed: api.Failure(500)})
	fixture.Must(t, err)
	server.Start()
	t.Cleanup(server.Close)
	w.vendor, w.engineer = w.Vendor(), w.VendorUser(actor.SupportEngineer)
	w.siam, w.nile = w.Partner("Siam Link", account.SolutionProvider), w.Partner("Niletech", account.SolutionProvider)
	w.colleague, w.seller = w.User(w.siam.Account, actor.ServiceManager), w.User(w.siam.Account, actor.AccountManager)
	w.tide = w.Customer("Tide")
	fixture.Must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := account.Relate(t.Context(), tx, w.vendor, actor.Associate, w.siam.Account, w.tide.Account, account.Resale)
		return err
	}))
	return w
}

func (w *world) key(by actor.Actor) pair {
	w.t.Helper()
	if k, ok := w.keys[by.User]; ok {
		return k
	}
	k, secret, err := w.Login.CreateKey(w.t.Context(), by, login.NewKey{Note: "test"})
	fixture.Must(w.t, err)
	w.keys[by.User] = pair{k.AccessKey, secret}
	return w.keys[by.User]
}

// An answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (a answer) code() string { s, _ := a.body["error_code"].(string); return s }

func (a answer) list(path ...string) (out []map[string]any) {
	v := any(a.body)
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	l, _ := v.([]any)
	for _, x := range l {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

// request makes a signed request; each has a nonce, so that two within a second differ.
func (w *world) request(by actor.Actor, method, path, body string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	fixture.Must(w.t, err)
	r.Header.Set("User-Agent", "test")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Language", w.lang)
	if w.zone != "" {
		r.Header.Set("X-Time-Zone", w.zone)
	}
	r.Header.Set("X-Nonce", fmt.Sprint(nonce.Add(1)))
	k := w.key(by)
	fixture.Must(w.t, signature.Sign(r, k.access, k.secret, []byte(body), w.clock.Wall()))
	return r
}

func (w *world) do(r *http.Request) answer {
	w.t.Helper()
	res, err := http.DefaultClient.Do(r)
	fixture.Must(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	fixture.Must(w.t, err)
	out := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		fixture.Must(w.t, d.Decode(&out.body))
	}
	return out
}

const base = "/v2/servicerequest"

// call sends one signed call; the path goes on from base.
func (w *world) call(by actor.Actor, method, path, body string) answer {
	w.t.Helper()
	return w.do(w.request(by, method, base+path, body))
}

// good is call for what must succeed; its answer must have the types that the operation's clients decode.
func (w *world) good(by actor.Actor, operation, path, body string) answer {
	w.t.Helper()
	a := w.call(by, method(w.t, operation), path, body)
	if a.status != 200 || a.code() != "" {
		w.t.Fatalf("%s by %s: %s %s = %d %s", operation, by.Name, path, body, a.status, a.raw)
	}
	if a.body != nil {
		strictly(w.t, operation, a.raw)
	}
	return a
}

// bad is call for what must be refused.
func (w *world) bad(by actor.Actor, operation, path, body string, status int, code string) answer {
	w.t.Helper()
	a := w.call(by, method(w.t, operation), path, body)
	if a.status != status || a.code() != code {
		w.t.Errorf("%s by %s: %s %s = %d %s, want %d %s", operation, by.Name, path, body, a.status, a.raw, status, code)
	}
	if msg, _ := a.body["error_msg"].(string); msg == "" || a.header.Get("X-Request-Id") == "" || a.header.Get("Content-Type") != "application/json;charset=UTF-8" {
		w.t.Errorf("%s %s: the refusal %s (%v) lacks a message, a request id or its type", operation, path, a.raw, a.header)
	}
	return a
}

func method(t *testing.T, operation string) string {
	t.Helper()
	for _, o := range osm.Operations() {
		if o.Name == operation {
			return o.Method
		}
	}
	t.Fatalf("there is no operation %s", operation)
	return ""
}

// opened opens a ticket about a bill.
func (w *world) opened(by actor.Actor) string {
	w.t.Helper()
	a := w.good(by, "CreateCases", "/cases", `{"business_type_id":"`+taxonomy.Billing+`","simple_description":"The bill of October is wrong.","source_id":"`+taxonomy.Source+`"}`)
	return a.body["incident_id"].(string)
}

// set changes a setting.
func (w *world) set(key setting.Key, value string) {
	w.t.Helper()
	fixture.Must(w.t, w.Setting.Change(w.t.Context(), w.vendor, setting.Change{Key: key, Value: value}))
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(newWorld(t, d, c, 0)) })
}
