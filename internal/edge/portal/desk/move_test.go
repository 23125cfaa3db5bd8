package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/notify"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

func TestAMoveIsToldToAllThree(t *testing.T) {
	p, _ := start(t)
	admin, chen, north, acme := p.VendorUser(actor.VendorAdmin), p.VendorUser(actor.SupportEngineer), p.Partner("North"), p.Customer("Acme")
	link, err := p.World.Account.Associate(t.Context(), admin, account.Association{Account: north.Account, Other: acme.Account, Kind: account.Referral})
	fixture.Must(t, err)
	x := open(t, p, acme, "Application")
	p.Drain()
	p.As(north).Get("/desk/" + x.No).Want(200)
	p.Clock.Advance(time.Minute)
	fixture.Must(t, p.DB.Update(t.Context(), func(tx *db.Tx) error {
		return account.Unrelate(t.Context(), tx, admin, actor.Associate, link)
	}))
	p.Drain()
	for _, c := range []struct {
		by   actor.Actor
		want string
	}{{north, x.No + " has gone to the desk that serves Acme now"}, {chen, x.No + " of Acme has come to this desk with its customer"}, {acme, "Ticket " + x.No + " is now served by"}} {
		all, err := p.Notify.List(t.Context(), c.by, notify.Filter{})
		fixture.Must(t, err)
		if !slices.ContainsFunc(all, func(m notify.Message) bool { return strings.HasPrefix(i18n.Text(i18n.English, m.Title), c.want) }) {
			t.Errorf("%s isn't told %q: %+v", c.by.Name, c.want, all)
		}
	}
	p.As(north).Get("/desk/" + x.No).Want(404)
	if got := p.As(chen).Get("/desk/" + x.No).Want(200).Text("#log"); !strings.Contains(got, "North → ") {
		t.Errorf("log: %s", got)
	}
}
