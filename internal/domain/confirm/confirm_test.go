package confirm_test

import (
	"encoding/json"
	"testing"
	"time"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func kind(t *testing.T, call string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); err == nil || got != want {
		t.Errorf("%s = %v, want a fault of kind %v", call, err, want)
	}
}

func needed(t *testing.T, s *confirm.Service, d *db.DB, by actor.Actor, op confirm.Operation) bool {
	t.Helper()
	yes, err := s.Needed(t.Context(), d.Read(), by, op)
	fixture.Must(t, err)
	return yes
}

func TestCodesAreOffUntilAnAdministratorSwitchesThemOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		s := confirm.New(d, w.Login)
		north := w.Partner("North")
		finance, south := w.User(north.Account, actor.PartnerFinance), w.Partner("South")
		if needed(t, s, d, finance, confirm.Adjust) {
			t.Error("a code is needed before anybody asked for codes")
		}
		if !needed(t, s, d, finance, confirm.Withdraw) {
			t.Error("a withdrawal needs no code: it always does")
		}
		kind(t, "SetSwitch by finance", s.SetSwitch(ctx, finance, true), fault.KindDenied)
		fixture.Must(t, s.SetSwitch(ctx, north, true))
		for _, tt := range []struct {
			name string
			by   actor.Actor
			op   confirm.Operation
			want bool
		}{
			{"people of the company", finance, confirm.Adjust, true},
			{"another company", south, confirm.Adjust, false},
			{"a customer's operation", finance, confirm.Delegate, false},
			{"a signed call", func() actor.Actor { a := finance; a.Via = "key"; return a }(), confirm.Adjust, false},
			{"a token", func() actor.Actor { a := finance; a.Via = "token"; return a }(), confirm.Adjust, false},
		} {
			if got := needed(t, s, d, tt.by, tt.op); got != tt.want {
				t.Errorf("Needed for %s = %v, want %v", tt.name, got, tt.want)
			}
		}
		sw, err := s.Switch(ctx, north)
		fixture.Must(t, err)
		if !sw.On || sw.ChangedBy != north.Name || !sw.ChangedAt.Equal(c.Now()) {
			t.Errorf("Switch = %+v, want on, by %s", sw, north.Name)
		}
	})
}

func TestACodeIsGoodForOneUserAndOneContentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		s := confirm.New(d, w.Login)
		north := w.Partner("North")
		other := w.User(north.Account, actor.PartnerFinance)
		fixture.Must(t, s.SetSwitch(ctx, north, true))
		about := confirm.About("south", "10000", "CNY")
		kind(t, "Use without a code", s.Use(ctx, north, confirm.Adjust, about, " "), fault.KindInvalid)
		sent, err := s.Send(ctx, north, confirm.Adjust, about)
		fixture.Must(t, err)
		if sent.Channel != "email" || sent.To != "u***@fixture.example" || !sent.ExpiresAt.Equal(c.Wall().Add(10*time.Minute)) {
			t.Errorf("Send = %+v, want by mail to u***@fixture.example for 10 minutes", sent)
		}
		_, err = s.Send(ctx, north, confirm.Adjust, about)
		kind(t, "a second code at once", err, fault.KindTooMany)
		code := lastCode(t, w)
		kind(t, "another user", s.Use(ctx, other, confirm.Adjust, about, code), fault.KindInvalid)
		kind(t, "another amount", s.Use(ctx, north, confirm.Adjust, confirm.About("south", "10001", "CNY"), code), fault.KindInvalid)
		kind(t, "another operation", s.Use(ctx, north, confirm.Voucher, about, code), fault.KindInvalid)
		fixture.Must(t, s.Use(ctx, north, confirm.Adjust, about, code))
		kind(t, "a second time", s.Use(ctx, north, confirm.Adjust, about, code), fault.KindInvalid)
	})
}

func TestPartsOfTheContentCannotBeShifted(t *testing.T) {
	if confirm.About("ab", "c") == confirm.About("a", "bc") || confirm.About("a", "b") == confirm.About("b", "a") {
		t.Error("About says the same of different contents")
	}
	var none *confirm.Service
	fixture.Must(t, none.Use(t.Context(), actor.Actor{Kind: actor.Partner, Via: "session"}, confirm.Adjust, "", ""))
}

func lastCode(t *testing.T, w *fixture.World) string {
	t.Helper()
	all, err := db.All(t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1 ORDER BY id`, "login.code_requested")
	fixture.Must(t, err)
	var x login.CodeRequested
	fixture.Must(t, json.Unmarshal([]byte(all[len(all)-1]), &x))
	code, err := w.Vault.Open("mail", x.Sealed)
	fixture.Must(t, err)
	return code
}
