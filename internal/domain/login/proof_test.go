package login_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
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

// TestABatchAsksOnce counts statements: what is asked about a key, its user, its company and its signature is one
// round trip, and so is what is asked about a token, however many come at once.
func TestABatchAsksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		w.Login.UseKeyed(func(*http.Request) bool { return true })
		north := w.Partner("North")
		k, sk, err := w.Login.CreateKey(ctx, north, login.NewKey{})
		fixture.Must(t, err)
		tok, err := w.Login.IssueToken(ctx, actor.Nobody("192.0.2.9", "", "en"), login.TokenRequest{Name: w.Email(north), Password: fixture.Password, DomainID: north.Account})
		fixture.Must(t, err)
		keyed := func(n int) *http.Request {
			r := httptest.NewRequest("POST", "/keyed", strings.NewReader("{}"))
			r.Header.Set("Idempotency-Key", fmt.Sprint(n))
			fixture.Must(t, signature.Sign(r, k.AccessKey, sk, []byte("{}"), c.Wall()))
			return r
		}
		byToken := httptest.NewRequest("GET", "/", nil)
		byToken.Header.Set("X-Auth-Token", tok.Value)
		_, err = w.Login.Authenticate(keyed(0)) // notes the key's use, which is kept to the minute
		fixture.Must(t, err)
		var texts sync.Map
		var asked atomic.Int64
		d.Watch(func(r db.Ran) { asked.Add(1); texts.Store(r.Text, true) })
		defer d.Watch(nil)
		for name, r := range map[string]*http.Request{"a keyed call": keyed(1), "a call": signed(t, k.AccessKey, sk, "GET", "/v2/x", "", c.Wall()), "a token": byToken} {
			asked.Store(0)
			if a, err := w.Login.Authenticate(r); err != nil || asked.Load() != 1 || a.User != north.User {
				t.Errorf("%s: %+v, %v after %d statements, want 1", name, a, err, asked.Load())
			}
		}
		asked.Store(0)
		texts.Clear()
		var wg sync.WaitGroup
		const calls = 200
		for n := range calls {
			r := keyed(100 + n)
			wg.Go(func() {
				if _, err := w.Login.Authenticate(r); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		different := 0
		texts.Range(func(any, any) bool { different++; return true })
		if asked.Load() > calls || different > 9 { // 1 to 256 signatures
			t.Errorf("%d statements, %d of them different, for %d calls", asked.Load(), different, calls)
		}
	})
}

// TestWhatIsTakenAwayCountsForTheNextCall: nothing that was found for a call is kept for the next one.
func TestWhatIsTakenAwayCountsForTheNextCall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		w.Login.UseKeyed(func(*http.Request) bool { return true })
		vendor, north := w.Vendor(), w.Partner("North")
		w.User(north.Account, actor.PartnerAdmin) // somebody must stay administrator
		key := func() func() (actor.Actor, error) {
			c.AdvanceWall(time.Second) // the newest one comes first in the list
			k, sk, err := w.Login.CreateKey(ctx, north, login.NewKey{})
			fixture.Must(t, err)
			return func() (actor.Actor, error) {
				c.AdvanceWall(time.Second)
				return w.Login.Authenticate(signed(t, k.AccessKey, sk, "POST", "/v2/pay", "{}", c.Wall()))
			}
		}
		works := func(call func() (actor.Actor, error), roles ...actor.Role) {
			t.Helper()
			if a, err := call(); err != nil || !slices.Equal(a.Roles, roles) || a.Account != north.Account || a.User != north.User ||
				a.Identity != north.Identity || a.Kind != actor.Partner {
				t.Errorf("Authenticate = %+v, %v; want the roles %v", a, err, roles)
			}
		}
		first, second := key(), key()
		works(first, actor.PartnerAdmin)
		works(second, actor.PartnerAdmin)
		fixture.Must(t, w.Account.ChangeRoles(ctx, vendor, north.Account, north.User, []actor.Role{actor.ServiceManager, actor.PartnerFinance, actor.PartnerAdmin}))
		works(first, actor.PartnerAdmin, actor.PartnerFinance, actor.ServiceManager)
		fixture.Must(t, w.Account.ChangeRoles(ctx, vendor, north.Account, north.User, []actor.Role{actor.PartnerFinance}))
		works(first, actor.PartnerFinance)
		ks, err := w.Login.Keys(ctx, north)
		fixture.Must(t, err)
		fixture.Must(t, w.Login.DisableKey(ctx, north, ks[0].AccessKey))
		if _, err := second(); refusal(err) != 401 {
			t.Errorf("a disabled key = %v, want 401", err)
		}
		works(first, actor.PartnerFinance)
		fixture.Must(t, w.Account.Freeze(ctx, vendor, north.Account, "unpaid"))
		if _, err := first(); refusal(err) != 401 {
			t.Errorf("a frozen company = %v, want 401", err)
		}
		fixture.Must(t, w.Account.Unfreeze(ctx, vendor, north.Account, "paid"))
		works(first, actor.PartnerFinance)
		fixture.Must(t, w.Account.Deactivate(ctx, vendor, north.Account, north.User))
		if _, err := first(); refusal(err) != 401 {
			t.Errorf("a user who was removed = %v, want 401", err)
		}
	})
}

// TestAKeyOfAPersonalAccountIsItsOwners beside one of a company, in the same batches.
func TestAKeyOfAPersonalAccountIsItsOwners(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		var wg sync.WaitGroup
		for _, owner := range []actor.Actor{w.Person("Ann"), w.Partner("North"), w.Customer("South")} {
			k, sk, err := w.Login.CreateKey(ctx, owner, login.NewKey{})
			fixture.Must(t, err)
			for n := range 20 {
				r := signed(t, k.AccessKey, sk, "POST", "/v2/pay", fmt.Sprint(n), c.Wall())
				wg.Go(func() {
					a, err := w.Login.Authenticate(r)
					if err != nil || a.Account != owner.Account || a.User != owner.User || a.Identity != owner.Identity || a.Kind != owner.Kind ||
						!slices.Equal(a.Roles, owner.Roles) || a.Person != owner.Person {
						t.Errorf("%+v: Authenticate = %+v, %v", owner, a, err)
					}
				})
			}
		}
		wg.Wait()
	})
}
