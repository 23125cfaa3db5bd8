package login_test

import (
	"errors"
	"fmt"
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
)

func ask(a actor.Actor) login.CodeRequest {
	return login.CodeRequest{Account: a.Account, Operation: "pay", Binding: "order 1, 8500.00", Channel: "email", Target: "pay@fixture.example", Lang: "en"}
}

func check(a actor.Actor, code string) login.CodeCheck {
	return login.CodeCheck{Account: a.Account, Operation: "pay", Binding: "order 1, 8500.00", Code: code}
}

// wrongFor is a code that is not this one.
func wrongFor(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

// state fails unless a code was refused in a way.
func state(t *testing.T, what string, err error, want login.CodeState) {
	t.Helper()
	var r *login.CodeRefusal
	if !errors.As(err, &r) || r.State != want || fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("%s: %v, want that it's %s", what, err, want)
	}
}

func lastCode(t *testing.T, w *fixture.World) string {
	t.Helper()
	all := sealed(t, w, "login.code_requested")
	return all[len(all)-1]
}

func TestACodeConfirmsExactlyWhatItWasSentForOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		sent, err := w.Login.RequestCode(ctx, north, ask(north))
		fixture.Must(t, err)
		if !sent.ExpiresAt.Equal(c.Wall().Add(10*time.Minute)) || !sent.ResendAt.Equal(c.Wall().Add(time.Minute)) {
			t.Errorf("RequestCode = %+v, want 10 minutes and 1 minute", sent)
		}
		code := lastCode(t, w)
		other := check(north, code)
		other.Binding = "order 1, 1.00"
		kind(t, "another amount", w.Login.CheckCode(ctx, north, other), fault.KindInvalid)
		other = check(north, code)
		other.Operation = "refund"
		kind(t, "another operation", w.Login.CheckCode(ctx, north, other), fault.KindInvalid)
		kind(t, "another account", w.Login.CheckCode(ctx, south, check(south, code)), fault.KindInvalid)
		kind(t, "a stranger", w.Login.CheckCode(ctx, south, check(north, code)), fault.KindNotFound)
		_, err = w.Login.RequestCode(ctx, south, ask(north))
		kind(t, "RequestCode by a stranger", err, fault.KindNotFound)
		fixture.Must(t, w.Login.CheckCode(ctx, north, check(north, " "+code+" ")))
		kind(t, "a second time", w.Login.CheckCode(ctx, north, check(north, code)), fault.KindInvalid)
		state(t, "a second time", w.Login.CheckCode(ctx, north, check(north, code)), login.CodeUsed)
		state(t, "a guess after the use", w.Login.CheckCode(ctx, north, check(north, wrongFor(code))), login.CodeWrong)
	})
}

func TestACodeExpiresAndANewOneReplacesTheOld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		send := func() string {
			_, err := w.Login.RequestCode(ctx, north, ask(north))
			fixture.Must(t, err)
			return lastCode(t, w)
		}
		first := send()
		_, err := w.Login.RequestCode(ctx, north, ask(north))
		kind(t, "a second code at once", err, fault.KindTooMany)
		c.AdvanceWall(time.Minute)
		second := send()
		if first != second {
			kind(t, "the replaced code", w.Login.CheckCode(ctx, north, check(north, first)), fault.KindInvalid)
		}
		c.AdvanceWall(10 * time.Minute)
		state(t, "ten minutes later", w.Login.CheckCode(ctx, north, check(north, second)), login.CodeExpired)
		state(t, "a guess ten minutes later", w.Login.CheckCode(ctx, north, check(north, wrongFor(second))), login.CodeWrong)
		for range 8 {
			c.AdvanceWall(time.Minute)
			send()
		}
		c.AdvanceWall(time.Minute)
		_, err = w.Login.RequestCode(ctx, north, ask(north))
		kind(t, "the eleventh code of a day", err, fault.KindTooMany)
		c.AdvanceWall(24 * time.Hour)
		send()
	})
}

func TestFiveWrongEntriesVoidACodeAndFifteenLockTheOperation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		for round := range 3 {
			_, err := w.Login.RequestCode(ctx, north, ask(north))
			fixture.Must(t, err)
			code := lastCode(t, w)
			for n := range 5 {
				kind(t, fmt.Sprintf("wrong entry %d", round*5+n+1), w.Login.CheckCode(ctx, north, check(north, wrongFor(code))), fault.KindInvalid)
			}
			want := fault.KindInvalid
			if round == 2 {
				want = fault.KindTooMany
			}
			if round == 2 {
				kind(t, "the right code after fifteen wrong ones", w.Login.CheckCode(ctx, north, check(north, code)), want)
			}
			c.AdvanceWall(time.Minute)
		}
		_, err := w.Login.RequestCode(ctx, north, ask(north))
		kind(t, "a new code while locked", err, fault.KindTooMany)
		c.AdvanceWall(28 * time.Minute)
		_, err = w.Login.RequestCode(ctx, north, ask(north))
		kind(t, "a new code 29 minutes after the lock", err, fault.KindTooMany)
		c.AdvanceWall(time.Minute)
		_, err = w.Login.RequestCode(ctx, north, ask(north))
		fixture.Must(t, err)
		fixture.Must(t, w.Login.CheckCode(ctx, north, check(north, lastCode(t, w))))
	})
}

func TestAVoidCodeStaysVoidForTheRightEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		_, err := w.Login.RequestCode(ctx, north, ask(north))
		fixture.Must(t, err)
		code := lastCode(t, w)
		for range 5 {
			kind(t, "a wrong entry", w.Login.CheckCode(ctx, north, check(north, wrongFor(code))), fault.KindInvalid)
		}
		state(t, "the right entry", w.Login.CheckCode(ctx, north, check(north, code)), login.CodeVoid)
	})
}

func TestAHundredWrongEntriesAtOnceAreFifteenThenALock(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north := w.Partner("North")
		_, err := w.Login.RequestCode(ctx, north, ask(north))
		fixture.Must(t, err)
		code := lastCode(t, w)
		var (
			wg    sync.WaitGroup
			mu    sync.Mutex
			kinds = map[fault.Kind]int{}
		)
		for range 100 {
			wg.Go(func() {
				err := w.Login.CheckCode(ctx, north, check(north, wrongFor(code)))
				mu.Lock()
				defer mu.Unlock()
				kinds[fault.KindOf(err)]++
			})
		}
		wg.Wait()
		if kinds[fault.KindInvalid] != 15 || kinds[fault.KindTooMany] != 85 {
			t.Errorf("answers %v, want 15 refused and 85 locked out", kinds)
		}
		tries, err := db.One(ctx, d.Read(), db.Int, `SELECT tries FROM code`)
		if tries != 5 || err != nil {
			t.Errorf("%d entries were compared with the code, %v, want 5", tries, err)
		}
	})
}

func TestManyRequestsAtOnceSendOneCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		north := w.Partner("North")
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { w.Login.RequestCode(t.Context(), north, ask(north)) })
		}
		wg.Wait()
		if n := len(sealed(t, w, "login.code_requested")); n != 1 {
			t.Errorf("%d codes were sent, want 1", n)
		}
	})
}

func TestASecondNameIsProvedBeforeItSignsIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w, ctx := fixture.New(t, d), t.Context()
		north, south := w.Partner("North"), w.Partner("South")
		phone := "138 0000 0000"
		_, err := w.Login.RequestName(ctx, north, phone)
		fixture.Must(t, err)
		code := lastCode(t, w)
		kind(t, "AddName with a wrong code", w.Login.AddName(ctx, north, phone, wrongFor(code)), fault.KindInvalid)
		kind(t, "AddName by a stranger with the code", w.Login.AddName(ctx, south, phone, code), fault.KindInvalid)
		fixture.Must(t, w.Login.AddName(ctx, north, phone, code))
		s, err := w.Login.SignIn(ctx, fixture.Nobody(), login.SignIn{Name: "+86 138-0000-0000", Password: fixture.Password})
		if err != nil || s.Identity != north.Identity {
			t.Errorf("SignIn by phone = %+v, %v", s, err)
		}
		c.AdvanceWall(time.Minute)
		_, err = w.Login.RequestName(ctx, south, phone)
		fixture.Must(t, err)
		kind(t, "AddName of a taken number", w.Login.AddName(ctx, south, phone, lastCode(t, w)), fault.KindConflict)
		kind(t, "RemoveName of a stranger's", w.Login.RemoveName(ctx, south, "+8613800000000"), fault.KindNotFound)
		fixture.Must(t, w.Login.RemoveName(ctx, north, "+8613800000000"))
		kind(t, "RemoveName of the last", w.Login.RemoveName(ctx, north, w.Email(north)), fault.KindConflict)
	})
}
