package account_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func TestEveryDeedLeavesAnAuditRowAndAnEventWithoutSecrets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		vendor, north := w.Vendor(), w.Partner("North")
		colleague := w.User(north.Account, actor.PartnerFinance)
		key, secretKey, err := w.Login.CreateKey(ctx, north, login.NewKey{Note: "erp"})
		fixture.Must(t, err)
		count := func(query string) int64 {
			n, err := db.One(ctx, d.Read(), db.Int, query)
			fixture.Must(t, err)
			return n
		}
		edit := account.Edit{Name: "North Ltd", Country: "SG", Version: 1}
		for _, x := range []struct {
			what  string
			event bool
			do    func() error
		}{
			{"Edit", true, func() error { return w.Account.Edit(ctx, north, north.Account, edit) }},
			{"InviteUser", true, func() error {
				return w.Account.InviteUser(ctx, north, north.Account, account.InviteUser{Email: "a@north.example", Roles: []actor.Role{actor.PartnerAdmin}})
			}},
			{"InvitePartner", true, func() error {
				_, err := w.Account.InvitePartner(ctx, vendor, account.InvitePartner{Company: "East", Country: "TH", Contact: "B", Email: "b@east.example",
					Market: account.Overseas, Channel: []account.Channel{account.SI}})
				return err
			}},
			{"ChangeRoles", true, func() error {
				return w.Account.ChangeRoles(ctx, north, north.Account, colleague.User, []actor.Role{actor.ServiceManager})
			}},
			{"Deactivate", true, func() error { return w.Account.Deactivate(ctx, north, north.Account, colleague.User) }},
			{"Reactivate", true, func() error { return w.Account.Reactivate(ctx, north, north.Account, colleague.User) }},
			{"Freeze", true, func() error { return w.Account.Freeze(ctx, vendor, north.Account, "unpaid") }},
			{"Unfreeze", true, func() error { return w.Account.Unfreeze(ctx, vendor, north.Account, "paid") }},
			{"RegisterPartner", true, func() error { _, err := w.Account.RegisterPartner(ctx, fixture.Nobody(), form(w, t)); return err }},
			{"SignIn", false, func() error {
				_, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: w.Email(north), Password: fixture.Password})
				return err
			}},
			{"SetPreferences", false, func() error { return w.Login.SetPreferences(ctx, north, login.Preferences{Theme: "dark"}) }},
			{"DisableKey", true, func() error { return w.Login.DisableKey(ctx, north, key.AccessKey) }},
			{"ChangePassword", true, func() error { return w.Login.ChangePassword(ctx, north, fixture.Password, password) }},
		} {
			rows, events := count(`SELECT count(*) FROM audit_entry`), count(`SELECT count(*) FROM event`)
			if err := x.do(); err != nil {
				t.Errorf("%s = %v", x.what, err)
			}
			if n := count(`SELECT count(*) FROM audit_entry`) - rows; n != 1 {
				t.Errorf("%s left %d audit rows, want 1", x.what, n)
			}
			if n := count(`SELECT count(*) FROM event`) - events; x.event && n < 1 || !x.event && n != 0 {
				t.Errorf("%s left %d events, want one: %v", x.what, n, x.event)
			}
		}
		texts, err := db.All(ctx, d.Read(), db.String, `SELECT detail FROM audit_entry UNION ALL SELECT payload FROM event UNION ALL SELECT payload FROM job`)
		fixture.Must(t, err)
		for _, s := range texts {
			for _, secret := range []string{secretKey, password, fixture.Password, "token=", "argon2"} {
				if strings.Contains(s, secret) {
					t.Errorf("%q is stored in %s", secret, s)
				}
			}
		}
	})
}
