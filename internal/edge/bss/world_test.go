package bss_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/login"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/product"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/bss"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// A world is the interface on a port, over a channel: harbour distributes to north and south, north resells to
// lighthouse and refers tide; provider resells to mill; another distributor, stranger, has reseller foreign with
// customer cave.
type world struct {
	*fixture.World
	t       *testing.T
	clock   *clock.Manual
	url     string
	voucher *voucher.Service
	order   *order.Service
	plans   *subscription.Service
	product *product.Service
	quota   string // of harbour, 1000.00
	keys    map[string]pair

	vendor, harbour, north, south, lighthouse, tide, provider, mill, stranger, foreign, cave actor.Actor
}

type pair struct{ access, secret string }

// newWorld starts it. rate is that of bss.Deps.
func newWorld(t *testing.T, d *db.DB, c *clock.Manual, rate float64) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d), t: t, clock: c, keys: map[string]pair{}}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	books := ledger.New(d)
	t.Cleanup(books.Close)
	codes := confirm.New(d, w.Login)
	w.voucher = voucher.New(d, codes)
	dist := distribution.New(distribution.Config{DB: d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Confirm: codes})
	w.order, w.plans, w.product = order.New(order.Config{DB: d, Vault: w.Vault, Codes: codes}), subscription.New(d), product.New(d)
	api := bss.New(bss.Deps{Order: w.order, Subscription: w.plans, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), DB: d, Login: w.Login, Rate: rate, Voucher: w.voucher, Distribution: dist,
		Funds:    funds.New(funds.Config{DB: d, Ledger: books, Codes: codes, Files: files}),
		Treasury: treasury.New(treasury.Config{DB: d, Vault: w.Vault, Files: files, Payments: payment.New(payment.Config{DB: d}), Confirm: codes, Working: calendar.Standard()})})
	g, err := web.Ground(api, web.Options{Log: slog.New(slog.DiscardHandler), Wall: c.Wall, Failed: api.Failure(500)})
	fixture.Must(t, err)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	w.url = server.URL
	w.channel()
	return w
}

func (w *world) channel() {
	t := w.t
	w.vendor = w.Vendor()
	w.harbour, w.stranger = w.Partner("Harbour", account.Distributor), w.Partner("Stranger", account.Distributor)
	w.north, w.south, w.foreign = w.Partner("North", account.Reseller), w.Partner("South", account.Reseller), w.Partner("Foreign", account.Reseller)
	w.provider = w.Partner("Provider", account.SolutionProvider)
	w.lighthouse, w.tide, w.mill, w.cave = w.Customer("Lighthouse"), w.Customer("Tide"), w.Customer("Mill"), w.Customer("Cave")
	w.relate(w.harbour, w.north, account.ResellerOf)
	w.relate(w.harbour, w.south, account.ResellerOf)
	w.relate(w.stranger, w.foreign, account.ResellerOf)
	w.relate(w.north, w.lighthouse, account.Resale)
	w.relate(w.north, w.tide, account.Referral)
	w.relate(w.foreign, w.cave, account.Resale)
	w.relate(w.provider, w.mill, account.Resale)
	for _, x := range []actor.Actor{w.harbour, w.north, w.provider, w.stranger, w.foreign, w.tide} {
		ledgertest.Give(t, w.DB, w.vendor.Account, x.Account, ledger.Cash, 1000_00)
	}
	q, err := w.voucher.Grant(t.Context(), w.VendorUser(actor.VendorFinance), voucher.NewQuota{Partner: w.harbour.Account, Currency: "CNY", Minor: 1000_00,
		EffectiveAt: w.clock.Now(), ExpireAt: w.clock.Now().AddDate(1, 0, 0), Limits: voucher.Limits{Services: []string{"hws.service.type.ec2", "hws.service.type.obs"}}})
	fixture.Must(t, err)
	w.quota = q.ID
}

// relate associates two companies and connects their books, as the distribution does.
func (w *world) relate(a, b actor.Actor, k account.Link) {
	w.t.Helper()
	fixture.Must(w.t, w.DB.Update(w.t.Context(), func(tx *db.Tx) error {
		if _, err := account.Relate(w.t.Context(), tx, w.vendor, actor.Associate, a.Account, b.Account, k); err != nil || k == account.Referral {
			return err
		}
		return ledger.Connect(w.t.Context(), tx, a.Account, b.Account, ledger.MoneyUnits...)
	}))
}

// key is an access key of a user.
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

func (a answer) list(name string) (out []map[string]any) {
	l, _ := a.body[name].([]any)
	for _, x := range l {
		m, _ := x.(map[string]any)
		out = append(out, m)
	}
	return out
}

// request makes a signed request; each has a nonce, so that two within a second differ.
func (w *world) request(by actor.Actor, method, path, body string) *http.Request {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, bytes.NewReader([]byte(body)))
	fixture.Must(w.t, err)
	r.Header.Set("User-Agent", "test")
	r.Header.Set("X-Language", "en_US")
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
	if len(raw) > 0 {
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		fixture.Must(w.t, d.Decode(&out.body))
	}
	return out
}

// call sends one signed call.
func (w *world) call(by actor.Actor, method, path, body string) answer {
	w.t.Helper()
	return w.do(w.request(by, method, path, body))
}

// good is call for what must succeed.
func (w *world) good(by actor.Actor, method, path, body string) answer {
	w.t.Helper()
	a := w.call(by, method, path, body)
	if a.status != 200 && a.status != 204 {
		w.t.Fatalf("%s %s %s = %d %s", method, path, body, a.status, a.raw)
	}
	return a
}

// bad is call for what must be refused.
func (w *world) bad(by actor.Actor, method, path, body string, status int, code string) answer {
	w.t.Helper()
	a := w.call(by, method, path, body)
	if a.status != status || a.code() != code {
		w.t.Errorf("%s %s %s = %d %s, want %d %s", method, path, body, a.status, a.raw, status, code)
	}
	if msg, _ := a.body["error_msg"].(string); msg == "" || a.header.Get("X-Request-Id") == "" || a.header.Get("Content-Type") != "application/json;charset=UTF-8" {
		w.t.Errorf("%s %s: the refusal %s (%v) lacks a message, a request id or its type", method, path, a.raw, a.header)
	}
	return a
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c, 0)
		f(t, w)
		ledgertest.Balanced(t, d)
	})
}
