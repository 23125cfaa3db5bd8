package contact_test

import (
	"encoding/json"
	"testing"
	"time"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func parsed(t *testing.T, way contact.Way, value, area string) contact.Contact {
	t.Helper()
	c, err := contact.Parse(way, value, area)
	fixture.Must(t, err)
	return c
}

func kind(t *testing.T, call string, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); err == nil || got != want {
		t.Errorf("%s = %v, want a fault of kind %v", call, err, want)
	}
}

// code reads the newest code that was sent.
func code(t *testing.T, w *fixture.World) string {
	t.Helper()
	payload, err := db.One(t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = 'login.code_requested' ORDER BY id DESC LIMIT 1`)
	fixture.Must(t, err)
	var x login.CodeRequested
	fixture.Must(t, json.Unmarshal([]byte(payload), &x))
	digits, err := w.Vault.Open("mail", x.Sealed)
	fixture.Must(t, err)
	return digits
}

func wrong(right string) string {
	if right == "000000" {
		return "000001"
	}
	return "000000"
}

func TestContactsAreKnownInOneForm(t *testing.T) {
	for _, c := range []struct {
		way         contact.Way
		value, area string
		want        string
	}{
		{contact.Mail, " Duty@Example.COM ", "", "duty@example.com"},
		{contact.Mail, "duty", "", "!"},
		{contact.Mobile, "138 0013 8000", "", "+8613800138000"},
		{contact.Mobile, "13800138000", "0086", "+8613800138000"},
		{contact.Mobile, "13800138000", "86", "+8613800138000"},
		{contact.Mobile, "+8613800138000", "0049", "+8613800138000"},
		{contact.Mobile, "1701234567", "0049", "+491701234567"},
		{contact.Mobile, "12345", "", "!"},
		{7, "13800138000", "", "!"},
	} {
		got, err := contact.Parse(c.way, c.value, c.area)
		if (err != nil) != (c.want == "!") || err == nil && got.Value != c.want {
			t.Errorf("Parse(%d, %q, %q) = %q, %v, want %q", c.way, c.value, c.area, got.Value, err, c.want)
		}
	}
	area, rest := contact.Contact{Way: contact.Mobile, Value: "+8613800138000"}.Split([]string{"001", "0086", "00886"})
	if area != "0086" || rest != "13800138000" {
		t.Errorf("Split = %q, %q", area, rest)
	}
}

func TestAContactIsShownWithACodeAndHoldsForATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		s, north, south := contact.New(d, w.Login), w.Partner("North"), w.Partner("South")
		colleague, duty := w.User(north.Account, actor.ServiceManager), parsed(t, contact.Mail, "duty@north.example", "")

		for _, x := range []struct {
			what   string
			by     actor.Actor
			value  string
			needed bool
		}{
			{"an unknown address", north, duty.Value, true}, {"the own sign-in", north, w.Email(north), false},
			{"a colleague's sign-in", north, w.Email(colleague), false}, {"another company's sign-in", north, w.Email(south), true},
		} {
			n, err := s.Need(ctx, x.by, parsed(t, contact.Mail, x.value, ""))
			if err != nil || n.Needed != x.needed || n.Registered == x.needed {
				t.Errorf("%s: Need = %+v, %v, want %t", x.what, n, err, x.needed)
			}
		}

		sent, err := s.Send(ctx, north, duty)
		if err != nil || !sent.ExpiresAt.Equal(c.Wall().Add(5*time.Minute)) {
			t.Fatalf("Send = %+v, %v, want five minutes", sent, err)
		}
		_, err = s.Send(ctx, colleague, duty)
		kind(t, "another code within the minute, asked by a colleague", err, fault.KindTooMany)
		right := code(t, w)
		_, err = s.Check(ctx, colleague, duty, right)
		kind(t, "a colleague's use of the code", err, fault.KindInvalid)
		_, err = s.Check(ctx, north, parsed(t, contact.Mail, "other@north.example", ""), right)
		kind(t, "the code for another address", err, fault.KindInvalid)
		_, err = s.Check(ctx, north, duty, wrong(right))
		kind(t, "a wrong code", err, fault.KindInvalid)
		v, err := s.Check(ctx, north, duty, right)
		if err != nil || len(v.ID) > 32 || !v.Until.Equal(c.Now().AddDate(0, 0, 180)) {
			t.Fatalf("Check = %+v, %v, want 180 days", v, err)
		}
		_, err = s.Check(ctx, north, duty, right)
		kind(t, "the code again", err, fault.KindInvalid)

		if got, ok, err := contact.Find(ctx, d.Read(), north.Account, v.ID, c.Now()); err != nil || !ok || got.Contact != duty {
			t.Errorf("Find = %+v, %t, %v", got, ok, err)
		}
		if _, ok, err := contact.Find(ctx, d.Read(), south.Account, v.ID, c.Now()); err != nil || ok {
			t.Errorf("another account finds it: %t, %v", ok, err)
		}
		if list, n, err := s.List(ctx, colleague, contact.Filter{Value: "duty"}, 0, 10); err != nil || n != 1 || len(list) != 1 || list[0].ID != v.ID {
			t.Errorf("List = %+v, %d, %v", list, n, err)
		}
		way := contact.Mobile
		if list, n, err := s.List(ctx, north, contact.Filter{Way: &way}, 0, 10); err != nil || n != 0 || len(list) != 0 {
			t.Errorf("List of numbers = %+v, %d, %v, want none", list, n, err)
		}
		if ok, err := contact.Holds(ctx, d.Read(), south.Account, duty, c.Now()); err != nil || ok {
			t.Errorf("Holds for another account: %t, %v", ok, err)
		}

		c.Advance(181 * 24 * time.Hour)
		c.AdvanceWall(time.Hour)
		if ok, err := contact.Holds(ctx, d.Read(), north.Account, duty, c.Now()); err != nil || ok {
			t.Errorf("after 181 days it holds: %t, %v", ok, err)
		}
		_, err = s.Send(ctx, north, duty)
		fixture.Must(t, err)
		again, err := s.Check(ctx, north, duty, code(t, w))
		if err != nil || again.ID != v.ID {
			t.Errorf("shown again: %+v, %v, want the same id", again, err)
		}
	})
}

func TestFiveWrongCodesMakeACodeVoidAndTimeDoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		s, north := contact.New(d, w.Login), w.Partner("North")
		phone := parsed(t, contact.Mobile, "13800138000", "0086")
		_, err := s.Send(ctx, north, phone)
		fixture.Must(t, err)
		right := code(t, w)
		for range 5 {
			_, err := s.Check(ctx, north, phone, wrong(right))
			kind(t, "a wrong code", err, fault.KindInvalid)
		}
		_, err = s.Check(ctx, north, phone, right)
		kind(t, "the right code after five wrong ones", err, fault.KindInvalid)
		c.AdvanceWall(time.Minute)
		_, err = s.Send(ctx, north, phone)
		fixture.Must(t, err)
		right = code(t, w)
		c.AdvanceWall(5 * time.Minute)
		_, err = s.Check(ctx, north, phone, right)
		kind(t, "a code of five minutes ago", err, fault.KindInvalid)
		kind(t, "a stranger asks", func() error { _, err := s.Need(ctx, fixture.Nobody(), phone); return err }(), fault.KindUnauthenticated)
	})
}
