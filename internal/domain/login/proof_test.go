package login_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/signature"
)

// second returns another node on the same database.
func second(w *fixture.World) *login.Service {
	l := login.New(w.DB, w.Vault, secret.NewHasher(secret.Light(), 1), login.Config{PowCost: 10})
	account.New(w.DB, l, w.Vault)
	return l
}

func TestASignatureSentAHundredTimesAtOnceToTwoNodesCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		k, sk, err := w.Login.CreateKey(t.Context(), w.Partner("North"), login.NewKey{})
		fixture.Must(t, err)
		nodes := []*login.Service{w.Login, second(w)}
		var accepted, refused atomic.Int64
		var wg sync.WaitGroup
		for i := range 100 {
			r := signed(t, k.AccessKey, sk, "POST", "/v2/pay", "{}", c.Wall())
			wg.Go(func() {
				switch _, err := nodes[i%2].Authenticate(r); {
				case err == nil:
					accepted.Add(1)
				case refusal(err) == 401:
					refused.Add(1)
				default:
					t.Errorf("Authenticate = %v", err)
				}
			})
		}
		wg.Wait()
		if accepted.Load() != 1 || refused.Load() != 99 {
			t.Errorf("%d accepted and %d refused, want 1 and 99", accepted.Load(), refused.Load())
		}
	})
}

// TestACallWithASignedKeyIsUsedUpOnlyWhenItIsRefused: what was carried out is told by its key on every node, so its
// signature needn't be written down. One whose key isn't signed could be sent with another.
func TestACallWithASignedKeyIsUsedUpOnlyWhenItIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		k, sk, err := w.Login.CreateKey(t.Context(), w.Partner("North"), login.NewKey{})
		fixture.Must(t, err)
		node := func() *login.Service {
			l := second(w)
			l.UseKeyed(func(r *http.Request) bool { return r.URL.Path == "/keyed" })
			return l
		}
		make := func(path string, covered bool) *http.Request {
			r := httptest.NewRequest("POST", path, strings.NewReader("{}"))
			if covered {
				r.Header.Set("Idempotency-Key", path)
			}
			fixture.Must(t, signature.Sign(r, k.AccessKey, sk, []byte("{}"), c.Wall()))
			r.Header.Set("Idempotency-Key", path)
			return r
		}
		send := func(where *login.Service, r *http.Request, want int) {
			t.Helper()
			copied := r.Clone(t.Context())
			copied.Body = io.NopCloser(strings.NewReader("{}"))
			if _, err := where.Authenticate(copied); refusal(err) != want {
				t.Errorf("%s: Authenticate = %v, want refusal %d", r.URL.Path, err, want)
			}
		}
		a, b := node(), node()
		first := make("/keyed", true)
		send(a, first, 0)
		send(a, first, 401) // this node remembers
		send(b, first, 0)   // and there the key gives the first answer once more
		fixture.Must(t, a.UseUp(first))
		send(node(), first, 401)
		c.AdvanceWall(time.Second)
		for _, r := range []*http.Request{make("/keyed", false), make("/other", true)} {
			send(a, r, 0)
			send(b, r, 401)
		}
	})
}

// TestRequestsThatAreLookedUpTogetherGetTheirOwnVerdicts sends, at once, calls of keys that work, of one that was
// disabled, of one whose company is frozen, of one whose user is gone, of none, and by tokens.
func TestRequestsThatAreLookedUpTogetherGetTheirOwnVerdicts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor := w.Vendor()
		type caller struct {
			key, secret, token string
			who                actor.Actor
			ok                 bool
		}
		var callers []caller
		for i := range 6 {
			a := w.Partner(fmt.Sprintf("Partner %d", i))
			k, sk, err := w.Login.CreateKey(ctx, a, login.NewKey{})
			fixture.Must(t, err)
			tok, err := w.Login.IssueToken(ctx, actor.Nobody("192.0.2.9", "", "en"), login.TokenRequest{Name: w.Email(a), Password: fixture.Password, DomainID: a.Account})
			fixture.Must(t, err)
			callers = append(callers, caller{key: k.AccessKey, secret: sk, who: a, ok: true}, caller{token: tok.Value, who: a, ok: i != 1})
			switch i {
			case 0:
				fixture.Must(t, w.Login.DisableKey(ctx, a, k.AccessKey))
				callers[0].ok = false
			case 1:
				fixture.Must(t, w.Account.Freeze(ctx, vendor, a.Account, "unpaid"))
				callers[2].ok = false
			}
		}
		callers = append(callers, caller{key: "NOSUCHKEY0000000000A", secret: "x"}, caller{token: "nosuchtoken"})
		var wg sync.WaitGroup
		for n := range 10 {
			for _, x := range callers {
				var r *http.Request
				if x.key != "" {
					r = signed(t, x.key, x.secret, "POST", "/v2/pay", fmt.Sprint(n), c.Wall())
				} else {
					r = signed(t, "unused", "unused", "POST", "/v2/pay", "", c.Wall())
					r.Header.Set("X-Auth-Token", x.token)
				}
				wg.Go(func() {
					a, err := w.Login.Authenticate(r)
					switch {
					case x.ok && (err != nil || a.Account != x.who.Account || a.User != x.who.User || !a.Has(actor.PartnerAdmin) || a.Identity != x.who.Identity):
						t.Errorf("%+v: Authenticate = %+v, %v", x, a, err)
					case !x.ok && x.key != "" && refusal(err) != 401:
						t.Errorf("%+v: Authenticate = %v, want 401", x, err)
					case !x.ok && x.token != "" && fault.KindOf(err) != fault.KindUnauthenticated:
						t.Errorf("%+v: Authenticate = %v, want unauthenticated", x, err)
					}
				})
			}
		}
		wg.Wait()
	})
}

func TestAChangedRoleAndAFrozenCompanyCountForTheNextCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor, north := w.Vendor(), w.Partner("North")
		k, sk, err := w.Login.CreateKey(ctx, north, login.NewKey{})
		fixture.Must(t, err)
		call := func() (actor.Actor, error) {
			c.AdvanceWall(time.Second)
			return w.Login.Authenticate(signed(t, k.AccessKey, sk, "POST", "/v2/pay", "{}", c.Wall()))
		}
		if a, err := call(); err != nil || !a.Has(actor.PartnerAdmin) {
			t.Fatalf("Authenticate = %+v, %v", a, err)
		}
		w.User(north.Account, actor.PartnerAdmin) // somebody must stay administrator
		fixture.Must(t, w.Account.ChangeRoles(ctx, vendor, north.Account, north.User, []actor.Role{actor.PartnerFinance}))
		if a, err := call(); err != nil || a.Has(actor.PartnerAdmin) || !a.Has(actor.PartnerFinance) {
			t.Errorf("after the role was taken: %+v, %v", a.Roles, err)
		}
		fixture.Must(t, w.Account.Freeze(ctx, vendor, north.Account, "unpaid"))
		if _, err := call(); refusal(err) != 401 {
			t.Errorf("a frozen company = %v, want 401", err)
		}
	})
}

func TestALastUseIsKeptToTheMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		k, sk, err := w.Login.CreateKey(ctx, north, login.NewKey{})
		fixture.Must(t, err)
		began := c.Wall()
		for _, step := range []struct{ after, want time.Duration }{{0, 0}, {40 * time.Second, 0}, {30 * time.Second, 70 * time.Second}} {
			c.AdvanceWall(step.after)
			_, err := w.Login.Authenticate(signed(t, k.AccessKey, sk, "GET", "/v2/x", "", c.Wall()))
			fixture.Must(t, err)
			ks, err := w.Login.Keys(ctx, north)
			if err != nil || !ks[0].LastUsed.Equal(began.Add(step.want)) {
				t.Errorf("%v later: last used %v, %v; want %v", step.after, ks[0].LastUsed, err, began.Add(step.want))
			}
		}
	})
}

func TestUsedSignaturesAreForgottenWhenTheyAreTooOldAnyway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		k, sk, err := w.Login.CreateKey(ctx, w.Partner("North"), login.NewKey{})
		fixture.Must(t, err)
		_, err = w.Login.Authenticate(signed(t, k.AccessKey, sk, "POST", "/v2/pay", "{}", c.Wall()))
		fixture.Must(t, err)
		r := w.Runner()
		fixture.Must(t, r.Prepare(ctx))
		count := func() int64 {
			n, err := db.One(ctx, d.Read(), db.Int, `SELECT count(*) FROM nonce`)
			fixture.Must(t, err)
			return n
		}
		fixture.Must(t, r.Drain(ctx))
		if count() != 1 {
			t.Errorf("%d signatures are kept, want 1: it's fresh", count())
		}
		c.Advance(40 * time.Minute)
		c.AdvanceWall(40 * time.Minute)
		fixture.Must(t, r.Drain(ctx))
		if count() != 0 {
			t.Errorf("%d signatures are kept after 40 minutes, want none", count())
		}
	})
}
