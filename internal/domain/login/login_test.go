package login_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/pow"
	"hanse/internal/kit/signature"
)

func signIn(t *testing.T, w *fixture.World, a actor.Actor) login.Session {
	t.Helper()
	s, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: w.Email(a), Password: fixture.Password, Agent: "test"})
	fixture.Must(t, err)
	return s
}

// with makes a request as a browser with a session's cookie sends it.
func with(s login.Session) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "127.0.0.1:4000"
	r.AddCookie(&http.Cookie{Name: "hanse", Value: s.Token})
	return r
}

func who(t *testing.T, w *fixture.World, s login.Session) actor.Actor {
	t.Helper()
	a, err := w.Login.Authenticate(with(s))
	fixture.Must(t, err)
	return a
}

func kind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want || err != nil && want == "" {
		t.Errorf("%s = %v, want kind %q", what, err, want)
	}
}

// sealed returns the secrets of all events of a kind, the oldest first.
func sealed(t *testing.T, w *fixture.World, kind string) (out []string) {
	t.Helper()
	all, err := db.All(t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1 ORDER BY id`, kind)
	fixture.Must(t, err)
	for _, p := range all {
		var x struct{ Sealed string }
		fixture.Must(t, json.Unmarshal([]byte(p), &x))
		text, err := w.Vault.Open("mail", x.Sealed)
		fixture.Must(t, err)
		if strings.Contains(p, text) {
			t.Errorf("event %s holds its secret in the clear: %s", kind, p)
		}
		out = append(out, text)
	}
	return out
}

func solved(t *testing.T, w *fixture.World) string {
	t.Helper()
	c, err := w.Login.Challenge()
	fixture.Must(t, err)
	s, err := pow.Solve(c)
	fixture.Must(t, err)
	return s
}

func TestASessionActsForTheMembershipWithItsRolesUntilItEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		north := w.Partner("North")
		s := signIn(t, w, north)
		a := who(t, w, s)
		if a.Account != north.Account || a.User != north.User || !a.Has(actor.PartnerAdmin) || a.Session != s.Hash || a.IP == "" {
			t.Errorf("Authenticate = %+v, want the administrator of North", a)
		}
		c.AdvanceWall(7 * time.Hour)
		who(t, w, s) // keeps it from getting idle
		c.AdvanceWall(7 * time.Hour)
		if a := who(t, w, s); a.Identity == "" {
			t.Error("a session in use ended after 14 hours")
		}
		c.AdvanceWall(8*time.Hour + time.Second)
		if x, err := w.Login.Identify(with(s)); x.Actor.Identity != "" || !x.Ended || err != nil {
			t.Errorf("Identify of an idle session = %+v, %v, want nobody, ended", x, err)
		}
		s = signIn(t, w, north)
		for range 28 {
			c.AdvanceWall(6 * time.Hour)
			who(t, w, s)
		}
		if a := who(t, w, s); a.Identity != "" {
			t.Error("a session in use is alive after a week")
		}
		fixture.Must(t, w.Login.Purge(t.Context()))
	})
}

func TestABusinessClockThatIsMovedSignsNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		s := signIn(t, w, w.Partner("North"))
		c.Advance(400 * 24 * time.Hour)
		if a := who(t, w, s); a.Identity == "" {
			t.Error("the session ended with business time")
		}
	})
}

func TestAWrongPasswordAndAnUnknownNameAreRefusedAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		email := w.Email(w.Partner("North"))
		texts := map[string]bool{}
		for _, in := range []login.SignIn{
			{Name: email, Password: "not this one"}, {Name: "nobody@fixture.example", Password: fixture.Password},
			{Name: "not an address", Password: "x"}, {Name: email, Password: strings.Repeat("x", 10000)},
		} {
			_, err := w.Login.SignIn(t.Context(), fixture.Nobody(), in)
			kind(t, "SignIn of "+in.Name, err, fault.KindInvalid)
			texts[err.Error()] = true
		}
		if len(texts) != 1 {
			t.Errorf("answers %v, want the same for all", texts)
		}
		_, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{})
		if f := fault.Of(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("SignIn of nothing = %v, want both fields refused", err)
		}
		if _, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: " " + strings.ToUpper(email), Password: fixture.Password}); err != nil {
			t.Errorf("SignIn with capital letters = %v", err)
		}
	})
}

func TestSignInIsThrottledForANameWhetherItExistsOrNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		email := w.Email(w.Partner("North"))
		for i, name := range []string{email, "nobody@fixture.example"} {
			by := actor.Nobody(fmt.Sprintf("192.0.2.%d", i), "r", "en")
			for n := range 12 {
				_, err := w.Login.SignIn(t.Context(), by, login.SignIn{Name: name, Password: "wrong"})
				want := fault.KindInvalid
				if n >= 10 {
					want = fault.KindTooMany
				}
				kind(t, fmt.Sprintf("attempt %d of %s", n+1, name), err, want)
			}
			_, err := w.Login.SignIn(t.Context(), by, login.SignIn{Name: name, Password: fixture.Password})
			kind(t, "the right password while throttled", err, fault.KindTooMany)
			if f := fault.Of(err); f != nil && f.RetryAfter != 15*60 {
				t.Errorf("RetryAfter = %d s, want 900", f.RetryAfter)
			}
		}
		c.AdvanceWall(15 * time.Minute)
		if _, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: email, Password: fixture.Password}); err != nil {
			t.Errorf("SignIn after the window = %v", err)
		}
	})
}

func TestSignInIsThrottledForAnAddressOverManyNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		refused := 0
		for n := range 105 {
			_, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: fmt.Sprintf("n%d@fixture.example", n), Password: "wrong"})
			if fault.KindOf(err) == fault.KindTooMany {
				refused++
			}
		}
		if refused != 5 {
			t.Errorf("%d of 105 attempts were throttled, want 5", refused)
		}
	})
}

func TestManyAttemptsAtOnceGetNoFurtherThanInARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		email := w.Email(w.Partner("North"))
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			kinds = map[fault.Kind]int{}
		)
		for range 40 {
			wg.Go(func() {
				_, err := w.Login.SignIn(t.Context(), fixture.Nobody(), login.SignIn{Name: email, Password: "wrong"})
				mu.Lock()
				defer mu.Unlock()
				kinds[fault.KindOf(err)]++
			})
		}
		wg.Wait()
		if kinds[fault.KindInvalid] != 10 || kinds[fault.KindTooMany] != 30 {
			t.Errorf("answers %v, want 10 checked and 30 throttled", kinds)
		}
	})
}

func TestSessionsAreListedAndRevokedByTheirOwnerAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		first, second, third := signIn(t, w, north), signIn(t, w, north), signIn(t, w, north)
		strange := who(t, w, signIn(t, w, south))
		a := who(t, w, first)
		list, err := w.Login.Sessions(ctx, a)
		if err != nil || len(list) != 3 {
			t.Fatalf("Sessions = %+v, %v, want 3", list, err)
		}
		kind(t, "Revoke by a stranger", w.Login.Revoke(ctx, strange, second.Hash), fault.KindNotFound)
		fixture.Must(t, w.Login.Revoke(ctx, a, second.Hash))
		if who(t, w, second).Identity != "" || who(t, w, third).Identity == "" {
			t.Error("Revoke ended the wrong session")
		}
		if n, err := w.Login.RevokeOthers(ctx, a); n != 1 || err != nil {
			t.Errorf("RevokeOthers = %d, %v, want 1", n, err)
		}
		if who(t, w, third).Identity != "" || who(t, w, first).Identity == "" {
			t.Error("RevokeOthers ended the wrong session")
		}
		fixture.Must(t, w.Login.SignOut(ctx, a))
		if who(t, w, first).Identity != "" {
			t.Error("the session is alive after SignOut")
		}
		_, err = w.Login.Sessions(ctx, fixture.Nobody())
		kind(t, "Sessions of nobody", err, fault.KindUnauthenticated)
	})
}

func TestANewPasswordEndsOtherSessionsAndTokens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		here, there := signIn(t, w, north), signIn(t, w, north)
		tok, err := w.Login.IssueToken(ctx, fixture.Nobody(), login.TokenRequest{Name: w.Email(north), Password: fixture.Password})
		fixture.Must(t, err)
		a := who(t, w, here)
		err = w.Login.ChangePassword(ctx, a, "not it", "short")
		if f := fault.Of(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("ChangePassword with two mistakes = %v, want both", err)
		}
		fixture.Must(t, w.Login.ChangePassword(ctx, a, fixture.Password, "another harbour in the north"))
		if who(t, w, here).Identity == "" || who(t, w, there).Identity != "" {
			t.Error("want this session alive and the other ended")
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Auth-Token", tok.Value)
		_, err = w.Login.Authenticate(r)
		kind(t, "the token after a new password", err, fault.KindUnauthenticated)
		_, err = w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(north), Password: fixture.Password})
		kind(t, "the old password", err, fault.KindInvalid)
	})
}

func TestAResetLinkWorksOnceAndNobodyLearnsWhoSignsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		run := w.Runner()
		north := w.Partner("North")
		old := signIn(t, w, north)
		for _, email := range []string{"nobody@fixture.example", w.Email(north)} {
			fixture.Must(t, w.Login.RequestReset(ctx, fixture.Nobody(), email, solved(t, w)))
		}
		kind(t, "RequestReset without captcha", w.Login.RequestReset(ctx, fixture.Nobody(), w.Email(north), ""), fault.KindInvalid)
		fixture.Must(t, run.Drain(ctx))
		links := sealed(t, w, "login.reset_requested")
		if len(links) != 1 {
			t.Fatalf("%d links were sent, want 1", len(links))
		}
		token := strings.TrimPrefix(links[0], "/reset?token=")
		fixture.Must(t, w.Login.ResetValid(ctx, token))
		kind(t, "a weak password", w.Login.Reset(ctx, fixture.Nobody(), token, "123"), fault.KindInvalid)
		fixture.Must(t, w.Login.Reset(ctx, fixture.Nobody(), token, "another harbour in the north"))
		kind(t, "the link again", w.Login.Reset(ctx, fixture.Nobody(), token, "another harbour in the north"), fault.KindNotFound)
		if who(t, w, old).Identity != "" {
			t.Error("a session is alive after a reset")
		}
		_, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(north), Password: "another harbour in the north"})
		fixture.Must(t, err)

		for range 5 { // of which the throttle lets two more pass
			fixture.Must(t, w.Login.RequestReset(ctx, fixture.Nobody(), w.Email(north), solved(t, w)))
		}
		fixture.Must(t, run.Drain(ctx))
		links = sealed(t, w, "login.reset_requested")
		if len(links) != 3 {
			t.Errorf("%d links after six requests in an hour, want 3", len(links))
		}
		c.AdvanceWall(time.Hour)
		kind(t, "an hour later", w.Login.ResetValid(ctx, strings.TrimPrefix(links[2], "/reset?token=")), fault.KindNotFound)
	})
}

func TestACaptchaCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		s := solved(t, w)
		fixture.Must(t, w.Login.Captcha(t.Context(), s))
		kind(t, "the same solution again", w.Login.Captcha(t.Context(), s), fault.KindInvalid)
	})
}

func TestPreferencesAndProfileAreOnesOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		s := signIn(t, w, w.Partner("North"))
		a := who(t, w, s)
		err := w.Login.SetPreferences(ctx, a, login.Preferences{Lang: "tlh", Theme: "pink"})
		if f := fault.Of(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("SetPreferences with two mistakes = %v", err)
		}
		fixture.Must(t, w.Login.SetPreferences(ctx, a, login.Preferences{Lang: "zh-Hans", Theme: "dark"}))
		x, err := w.Login.Identify(with(s))
		if err != nil || x.Actor.Lang != "zh-Hans" || x.Theme != "dark" || x.Density != "dense" || len(x.Memberships) != 1 {
			t.Errorf("Identify = %+v, %v", x, err)
		}
		p, err := w.Login.Me(ctx, a)
		if err != nil || len(p.Emails) != 1 || p.Memberships[0].AccountName != "North" {
			t.Errorf("Me = %+v, %v", p, err)
		}
	})
}

func TestCookiesWithoutTLSAreForThisMachineAlone(t *testing.T) {
	d, err := db.Open(dbtest.SQLite(t), clock.Fake(dbtest.Start).Clock)
	fixture.Must(t, err)
	defer d.Close()
	w := fixture.New(t, d)
	s := signIn(t, w, w.Partner("North"))
	for from, want := range map[string]string{"127.0.0.1:1": "hanse", "192.0.2.7:1": "__Host-hanse"} {
		r, rec := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.RemoteAddr = from
		w.Login.SetCookie(rec, r, s)
		c := rec.Result().Cookies()[0]
		if c.Name != want || c.Secure != (want != "hanse") || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge <= 0 {
			t.Errorf("cookie from %s = %+v", from, c)
		}
	}
}

func TestAFormOutlivesItsSessionForItsOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		s := signIn(t, w, north)
		c.AdvanceWall(9 * time.Hour)
		form := url.Values{"note": {"typed for an hour"}, "new_password": {"secret"}}
		token, err := w.Login.Stash(ctx, with(s), "/apply", form)
		fixture.Must(t, err)
		_, err = w.Login.Unstash(ctx, who(t, w, signIn(t, w, south)), token)
		kind(t, "Unstash by a stranger", err, fault.KindNotFound)
		a := who(t, w, signIn(t, w, north))
		got, err := w.Login.Unstash(ctx, a, token)
		if err != nil || got.Path != "/apply" || got.Form.Get("note") != "typed for an hour" || got.Form.Has("new_password") {
			t.Errorf("Unstash = %+v, %v", got, err)
		}
		_, err = w.Login.Unstash(ctx, a, token)
		kind(t, "Unstash again", err, fault.KindNotFound)
		_, err = w.Login.Stash(ctx, with(s), "/x", url.Values{"a": {strings.Repeat("x", 300<<10)}})
		kind(t, "a form too large", err, fault.KindTooLarge)
	})
}

func signed(t *testing.T, ak, sk, method, path, body string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	fixture.Must(t, signature.Sign(r, ak, sk, []byte(body), at))
	return r
}

func refusal(err error) int {
	var e *signature.Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

func TestAnAccessKeySignsForItsUser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		k, sk, err := w.Login.CreateKey(ctx, north, login.NewKey{Note: "erp"})
		fixture.Must(t, err)
		a, err := w.Login.Authenticate(signed(t, k.AccessKey, sk, "GET", "/v2/x", "", c.Wall()))
		if err != nil || a.Account != north.Account || a.Via != "key" || !a.Has(actor.PartnerAdmin) {
			t.Fatalf("Authenticate = %+v, %v", a, err)
		}
		if stored, _ := db.All(ctx, d.Read(), db.String, `SELECT secret FROM access_key`); strings.Contains(stored[0], sk) {
			t.Error("the secret key is stored in the clear")
		}
		post := signed(t, k.AccessKey, sk, "POST", "/v2/pay", "{}", c.Wall())
		for n, want := range []int{0, 401} {
			r := post.Clone(ctx)
			r.Body = httptest.NewRequest("POST", "/", strings.NewReader("{}")).Body
			if _, err := w.Login.Authenticate(r); refusal(err) != want || want == 0 && err != nil {
				t.Errorf("changing call %d = %v, want status %d", n+1, err, want)
			}
		}
		for range 2 {
			if _, err := w.Login.Authenticate(signed(t, k.AccessKey, sk, "POST", "/v2/orders/query", "{}", c.Wall())); err != nil {
				t.Errorf("a query sent twice = %v", err)
			}
		}
		r := httptest.NewRequest("GET", "/v2/x", nil)
		r.Header.Set("X-Domain-Id", south.Account)
		fixture.Must(t, signature.Sign(r, k.AccessKey, sk, nil, c.Wall()))
		if _, err := w.Login.Authenticate(r); refusal(err) != 403 {
			t.Errorf("another account's id = %v, want 403", err)
		}
		if _, err := w.Login.Authenticate(signed(t, k.AccessKey, sk+"x", "GET", "/v2/x", "", c.Wall())); refusal(err) != 401 {
			t.Errorf("a wrong secret = %v, want 401", err)
		}
		if _, err := w.Login.Authenticate(signed(t, "NOSUCHKEY0000000000A", sk, "GET", "/v2/x", "", c.Wall())); refusal(err) != 401 {
			t.Errorf("an unknown key = %v, want 401", err)
		}
		ks, err := w.Login.Keys(ctx, north)
		if err != nil || len(ks) != 1 || !ks[0].LastUsed.Equal(c.Wall()) {
			t.Errorf("Keys = %+v, %v", ks, err)
		}
		kind(t, "DisableKey by a stranger", w.Login.DisableKey(ctx, south, k.AccessKey), fault.KindNotFound)
		_, _, err = w.Login.RotateKey(ctx, south, k.AccessKey)
		kind(t, "RotateKey by a stranger", err, fault.KindNotFound)
	})
}

func TestARotatedKeyWorksForADayAndADisabledOneNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		old, oldSK, err := w.Login.CreateKey(ctx, north, login.NewKey{})
		fixture.Must(t, err)
		k, sk, err := w.Login.RotateKey(ctx, north, old.AccessKey)
		fixture.Must(t, err)
		_, _, err = w.Login.RotateKey(ctx, north, old.AccessKey)
		kind(t, "a second rotation", err, fault.KindConflict)
		try := func(ak, sk string) int {
			_, err := w.Login.Authenticate(signed(t, ak, sk, "GET", "/", "", c.Wall()))
			return refusal(err)
		}
		if a, b := try(old.AccessKey, oldSK), try(k.AccessKey, sk); a != 0 || b != 0 {
			t.Errorf("after the rotation: %d and %d, want both to work", a, b)
		}
		c.AdvanceWall(24 * time.Hour)
		if a, b := try(old.AccessKey, oldSK), try(k.AccessKey, sk); a != 401 || b != 0 {
			t.Errorf("a day later: %d and %d, want 401 and 0", a, b)
		}
		fixture.Must(t, w.Login.DisableKey(ctx, north, k.AccessKey))
		if got := try(k.AccessKey, sk); got != 401 {
			t.Errorf("disabled: %d, want 401", got)
		}
		for range 5 {
			_, _, err = w.Login.CreateKey(ctx, north, login.NewKey{})
			fixture.Must(t, err)
		}
		_, _, err = w.Login.CreateKey(ctx, north, login.NewKey{})
		kind(t, "the sixth key", err, fault.KindConflict)
	})
}

func TestATokenIsForTheAccountThatWasAskedFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		ask := login.TokenRequest{Name: w.Email(north), Password: fixture.Password}
		for name, change := range map[string]func(*login.TokenRequest){
			"wrong password":  func(r *login.TokenRequest) { r.Password = "x" },
			"another account": func(r *login.TokenRequest) { r.DomainID = south.Account },
			"another name":    func(r *login.TokenRequest) { r.DomainName = "South" },
			"unknown name":    func(r *login.TokenRequest) { r.Name = "x@fixture.example" },
		} {
			r := ask
			change(&r)
			_, err := w.Login.IssueToken(ctx, fixture.Nobody(), r)
			kind(t, "IssueToken with "+name, err, fault.KindUnauthenticated)
		}
		ask.DomainName = " NORTH"
		tok, err := w.Login.IssueToken(ctx, fixture.Nobody(), ask)
		fixture.Must(t, err)
		use := func() (actor.Actor, error) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("X-Auth-Token", tok.Value)
			r.Header.Set("Authorization", "SDK-HMAC-SHA256 ignored")
			return w.Login.Authenticate(r)
		}
		if a, err := use(); err != nil || a.Account != north.Account || a.Via != "token" || !tok.ExpiresAt.Equal(c.Wall().Add(24*time.Hour)) {
			t.Errorf("token %+v gives %+v, %v", tok, a, err)
		}
		kind(t, "RevokeToken by a stranger", w.Login.RevokeToken(ctx, south, tok.Value), fault.KindNotFound)
		c.AdvanceWall(24 * time.Hour)
		_, err = use()
		kind(t, "a day later", err, fault.KindUnauthenticated)
	})
}

func TestPhoneNumbersHaveOneForm(t *testing.T) {
	for typed, want := range map[string]string{
		"13800000000": "+8613800000000", "+86 138-0000-0000": "+8613800000000", "008613800000000": "+8613800000000",
		"＋65 6123 4567": "+6561234567", "(020) 1234": "", "12345": "", "+0123456789": "", "+86abc": "", "": "",
	} {
		if got, ok := login.Phone(typed); got != want && ok || ok != (want != "") {
			t.Errorf("Phone(%q) = %q, %v, want %q", typed, got, ok, want)
		}
	}
}
