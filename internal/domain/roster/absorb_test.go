package roster

import (
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func TestAShadowIsAbsorbedWithAllThatIsKnownOfIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		s := New(Config{DB: d, Credentials: credential.New(d, catalogue), NewPerson: account.InsertPerson})
		north, south := w.Partner("North"), w.Partner("South")
		ann := w.Person("Ann Lee")
		day := func(text string) calendar.Day { x, err := calendar.ParseDay(text); must(t, err); return x }
		bind := func(by actor.Actor, e Entry) string {
			id, err := s.Bind(t.Context(), by, by.Account, e)
			must(t, err)
			return id
		}
		older := bind(north, Entry{Number: "E1", Name: "A. Lee", Email: "a@north.example", BoundOn: day("2024-01-01"), LeftOn: day("2025-01-01")})
		only := bind(south, Entry{Number: "S1", Name: "A. Lee", Email: "a@north.example", BoundOn: day("2025-02-01"), Registered: true})
		must(t, s.AddCertificate(t.Context(), south, south.Account, only, Cert{Code: "H3CNE", IssuedOn: day("2025-03-01")}))
		shadow, _, err := s.PersonByEmail(t.Context(), d.Read(), "a@north.example")
		must(t, err)
		c.Advance(1000000000)
		c.AdvanceWall(1000000000)
		must(t, d.Update(t.Context(), func(tx *db.Tx) error {
			return s.AdoptPerson(t.Context(), tx, ann.Person, "Ann Lee", "ann@mail.example")
		}))
		newer := bind(north, Entry{Number: "E9", Name: "Ann Lee", Email: "ann@mail.example", BoundOn: day("2026-01-01")})
		must(t, s.AddCertificate(t.Context(), north, north.Account, newer, Cert{Code: "H3CNE", IssuedOn: day("2025-03-01")}))

		must(t, d.Update(t.Context(), func(tx *db.Tx) error { return s.TakeEmail(t.Context(), tx, "a@north.example", ann.Person, "Ann Lee") }))

		all, err := s.BindingsOf(t.Context(), d.Read(), ann.Person)
		must(t, err)
		if len(all) != 2 {
			t.Fatalf("%d bindings, want one for each partner: %+v", len(all), all)
		}
		for _, b := range all {
			if len(b.Held) != 1 {
				t.Errorf("binding at %s shows %d certificates, want the one", b.Account, len(b.Held))
			}
			switch b.Account {
			case north.Account:
				if b.ID != older || b.Number != "E1" || b.BoundOn != day("2026-01-01") || b.Email != "ann@mail.example" {
					t.Errorf("the joined binding = %s %s from %s, %s; want the older id and number, the later time", b.ID, b.Number, b.BoundOn, b.Email)
				}
			case south.Account:
				if b.ID != only || !b.Registered {
					t.Errorf("the moved binding = %s, registered %v", b.ID, b.Registered)
				}
			}
		}
		v, err := s.Person(t.Context(), north, north.Account, older)
		if err != nil || len(v.Past) != 1 || v.Past[0].LeftOn != day("2025-01-01") {
			t.Errorf("earlier times = %+v, %v; want the shadow's", v.Past, err)
		}
		if n := len(v.Certificates); n != 2 || v.Certificates[0].State != credential.Valid || v.Certificates[1].State != credential.Superseded {
			t.Errorf("certificates = %+v, want one valid and its twin out of the way", v.Certificates)
		}
		have, err := posts(t.Context(), d.Read(), []string{shadow, ann.Person})
		if err != nil || len(have) != 1 || have[ann.Person].Partner != south.Account {
			t.Errorf("the register of engineers = %+v, %v; want Ann at South", have, err)
		}
		if p, ok, err := s.PersonByEmail(t.Context(), d.Read(), "a@north.example"); err != nil || !ok || p != ann.Person {
			t.Errorf("the address is %q's, %v; want Ann's", p, err)
		}
	})
}

func TestJoiningTwoBindingsKeepsTheDaysOfBoth(t *testing.T) {
	d := func(n int) calendar.Day {
		if n < 0 {
			return calendar.None
		}
		return calendar.Day(20000 + n)
	}
	for _, c := range []struct {
		name                               string
		ownFrom, ownTo, otherFrom, otherTo int
		from, to, past                     int
	}{
		{"overlap", 10, -1, 5, 20, 5, -1, 0},
		{"touch", 20, -1, 5, 20, 5, -1, 0},
		{"apart, the own later", 30, -1, 5, 20, 30, -1, 1},
		{"apart, the other later", 5, 20, 30, -1, 30, -1, 1},
		{"ever since", -1, 40, 5, 20, -1, 40, 0},
		{"both open", 10, -1, 5, -1, 5, -1, 0},
	} {
		one, past := join(Binding{BoundOn: d(c.ownFrom), LeftOn: d(c.ownTo)}, Binding{BoundOn: d(c.otherFrom), LeftOn: d(c.otherTo)})
		if one.BoundOn != d(c.from) || one.LeftOn != d(c.to) || len(past) != c.past {
			t.Errorf("%s: %s to %s and %d earlier, want %s to %s and %d", c.name, one.BoundOn, one.LeftOn, len(past), d(c.from), d(c.to), c.past)
		}
	}
}
