package distribution_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// sealed are the secrets of events of a kind, in their order.
func (w *world) sealed(kind string) (out []string) {
	w.t.Helper()
	all, err := db.All(w.t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1 ORDER BY id`, kind)
	w.must(err)
	for _, p := range all {
		var x struct{ Sealed string }
		w.must(json.Unmarshal([]byte(p), &x))
		text, err := w.Vault.Open("mail", x.Sealed)
		w.must(err)
		out = append(out, text)
	}
	return out
}

func newCustomer(key string) distribution.NewCustomer {
	return distribution.NewCustomer{Name: "Kaunas Logistics", Country: "LT", Contact: "Jonas", Email: "it@kaunas.example", Model: account.Referral, Activate: true, Key: key}
}

func TestTheContactOfACreatedCustomerIsMailedAndBecomesItsAdministrator(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		in := newCustomer("key-1")
		in.Manager = w.User(w.provider.Account, actor.AccountManager).User
		made, err := w.s.CreateCustomer(ctx, w.provider, in)
		w.must(err)
		c := w.customer(w.provider, made.ID)
		if c.Name != "Kaunas Logistics" || c.Model != account.Referral || c.Manager != in.Manager || c.Email != "it@kaunas.example" {
			t.Errorf("customer = %+v", c)
		}
		waits := func(want bool) {
			t.Helper()
			if got, err := w.s.Waits(ctx, w.provider, c); got != want || err != nil {
				t.Errorf("Waits = %t, %v, want %t", got, err, want)
			}
		}
		waits(true)
		w.must(w.s.Remind(ctx, w.provider, "", c.ID, "en"))
		links := w.sealed("account.invited")
		if len(links) != 2 || links[0] == links[1] {
			t.Fatalf("links mailed: %q", links)
		}
		accept := func(link string) error {
			_, token, _ := strings.Cut(link, "token=")
			token, err := url.QueryUnescape(token)
			w.must(err)
			_, err = w.Account.AcceptInvitation(ctx, fixture.Nobody(), account.Accept{Token: token, Name: "Jonas", Password: "Copper-lantern-77"})
			return err
		}
		kind(t, "the link before", accept(links[0]), fault.KindNotFound)
		w.must(accept(links[1]))
		waits(false)
		kind(t, "Remind of an active customer", w.s.Remind(ctx, w.provider, "", c.ID, "en"), fault.KindConflict)
		kind(t, "Remind of another's customer", w.s.Remind(ctx, w.first, "", c.ID, "en"), fault.KindNotFound)
		ledgertest.Balanced(t, w.DB)
	})
}

func TestOneKeyMakesOneCustomer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		var wait sync.WaitGroup
		ids := make([]string, 4)
		for i := range ids {
			wait.Go(func() {
				made, err := w.s.CreateCustomer(ctx, w.provider, newCustomer("key-1"))
				if err != nil {
					t.Errorf("CreateCustomer under one key: %v", err)
				}
				ids[i] = made.ID
			})
		}
		wait.Wait()
		for _, id := range ids {
			if id != ids[0] || id == "" {
				t.Errorf("made %q", ids)
			}
		}
		list, _, _, err := w.s.Customers(ctx, w.provider, distribution.Filter{})
		if err != nil || len(list) != 1 {
			t.Errorf("%d customers, %v, want 1", len(list), err)
		}
		other := newCustomer("key-1")
		other.Name = "Riga Foods"
		_, err = w.s.CreateCustomer(ctx, w.provider, other)
		kind(t, "another customer under the key", err, fault.KindConflict)
		other.Key = "key-2"
		_, err = w.s.CreateCustomer(ctx, w.provider, other)
		why(t, "an address that is in use", err, distribution.PhoneUsed)
	})
}

func TestEverythingWrongWithANewCustomerIsSaidAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		_, err := w.s.CreateCustomer(ctx, w.provider, distribution.NewCustomer{Activate: true, Login: "1x", Country: "XX", Model: "none", Phone: "12", Email: "nobody", Manager: "nobody"})
		why(t, "CreateCustomer", err, distribution.LoginMalformed)
		var names []string
		for _, f := range fault.Of(err).Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "login_name name model country phone email contact manager" {
			t.Errorf("refused: %s", got)
		}
		_, err = w.s.Announce(ctx, w.first, distribution.NewAnnouncement{Company: "Kaunas", Email: "it@kaunas.example"})
		w.must(err)
		_, err = w.s.CreateCustomer(ctx, w.provider, newCustomer(""))
		why(t, "a customer that another partner announced", err, distribution.Reserved)
	})
}

func TestACodeSaysWhetherItIsWrongExpiredOrVoid(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		create := func(code string) error {
			_, err := w.s.CreateCustomer(ctx, w.provider, distribution.NewCustomer{XAccountID: "u1", Email: "it@kaunas.example", Code: code})
			return err
		}
		send := func() string {
			w.must(w.s.SendCustomerCode(ctx, w.provider, "", "it@kaunas.example", "en", 0))
			all := w.sealed("login.code_requested")
			return all[len(all)-1]
		}
		wrong := func(code string) string {
			if code == "000000" {
				return "000001"
			}
			return "000000"
		}
		code := send()
		why(t, "a wrong code", create(wrong(code)), distribution.CodeWrong)
		w.clock.AdvanceWall(11 * time.Minute)
		why(t, "a guess after the end", create(wrong(code)), distribution.CodeWrong)
		why(t, "the code after its end", create(code), distribution.CodeExpired)
		code = send()
		for range 5 {
			why(t, "a wrong code", create(wrong(code)), distribution.CodeWrong)
		}
		why(t, "after five wrong ones", create(code), distribution.CodeTries)
		w.clock.AdvanceWall(time.Minute)
		w.must(create(send()))
	})
}

func TestCustomersAreFoundByTheirLevel(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		c := w.joined(w.provider, account.Resale, "Mekong")
		w.joined(w.provider, account.Resale, "Kaunas")
		w.must(w.s.Describe(ctx, w.provider, "", c.Account, "Key account", "V3"))
		list, total, _, err := w.s.Customers(ctx, w.provider, distribution.Filter{Level: "V3", ByOffset: true})
		if err != nil || total != 1 || len(list) != 1 || list[0].ID != c.Account {
			t.Errorf("of level V3: %v, %d, %v", list, total, err)
		}
	})
}
