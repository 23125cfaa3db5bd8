package qualification

import (
	"slices"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
)

func TestAdviceIsForThePartnerAndTheVendorAlone(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2027-06-01")
		stranger := w.f.Partner("Somebody Else", account.Reseller)
		if _, err := w.s.Advice(w.ctx(), stranger, w.partner.Account, "h3c-star", time.Time{}, AdviceAsk{}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Advice for a stranger: %v, want not found", err)
		}
		if _, err := w.s.ChannelForecast(w.ctx(), w.partner, "h3c-star", time.Time{}, 0); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("ChannelForecast for a partner: %v, want not found", err)
		}
		for _, by := range []actor.Actor{w.partner, w.vendor} {
			a, err := w.s.Advice(w.ctx(), by, w.partner.Account, "h3c-star", time.Time{}, AdviceAsk{Level: "four-star"})
			w.must(err)
			if !a.Advice.Best.Met() {
				t.Errorf("advice to a crew of four stars: %+v, want nothing to do", a.Advice.Best)
			}
		}
	})
}

func TestAdviceRefusesWhatTheVersionDoesNotKnow(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.s.Advice(w.ctx(), w.partner, w.partner.Account, "h3c-star", time.Time{},
			AdviceAsk{Level: "nine-star", Track: "x", Ready: 1, Purpose: "fun"})
		var names []string
		for _, f := range fault.Of(err).Fields {
			names = append(names, f.Name)
		}
		if want := []string{"level", "track", "for", "ready"}; !slices.Equal(names, want) {
			t.Errorf("fields %v, want %v (%v)", names, want, err)
		}
	})
}

func TestAForecastShowsALapseAndASupposedExamAvertsIt(t *testing.T) {
	each(t, func(w *world) {
		ids := w.crew("2026-12-31")
		today := calendar.DayOf(w.d.Clock().Now())
		f, err := w.s.Forecast(w.ctx(), w.partner, w.partner.Account, "h3c-star", time.Time{}, 24, program.Hold)
		w.must(err)
		if n := len(f.Outlook.Turns); n != 1 || f.Outlook.Turns[0].Day != day("2027-01-01") || f.Outlook.Turns[0].After != "" || len(f.Outlook.Turns[0].Causes) != 5 {
			t.Fatalf("turns %+v, want all levels lost on 2027-01-01 by five expiries", f.Outlook.Turns)
		}
		var events []program.Event
		for name, code := range map[string]string{"ada": "H3CSE", "bo": "H3CSE", "cy": "H3CNE", "dee": "H3CNE"} {
			events = append(events, program.Event{Kind: program.SupposePass, Person: ids[name], Code: code, Day: today})
		}
		s, err := w.s.WhatIf(w.ctx(), w.partner, w.partner.Account, "h3c-star", time.Time{}, 24, program.Hold, events)
		w.must(err)
		if got := s.After.Held(day("2027-06-01")); got != "two-star" {
			t.Errorf("after four exams: %q, want two stars, which want no project manager (%+v)", got, s.After.Turns)
		}
		_, err = w.s.WhatIf(w.ctx(), w.partner, w.partner.Account, "h3c-star", time.Time{}, 24, program.Hold,
			[]program.Event{{Kind: program.SupposePass, Person: "nobody", Code: "X", Day: today - 1}})
		if got := len(fault.Of(err).Fields); got != 3 {
			t.Errorf("a supposition that can't be: %v, want person, code and day refused", err)
		}
	})
}

func TestTheChannelForecastCountsEveryFallAndNamesItsCause(t *testing.T) {
	each(t, func(w *world) {
		w.crew("2026-12-31")
		w.f.Partner("Nobody at Home", account.Reseller)
		o, err := w.s.ChannelForecast(w.ctx(), w.vendor, "h3c-star", time.Time{}, 24)
		w.must(err)
		four := int64(o.Version.LevelIndex("four-star") + 1)
		if o.Partners != 2 || o.Now[0] != 1 || o.Now[four] != 1 || o.Falls() != 1 {
			t.Fatalf("outlook %+v, want two partners, one of four stars, one fall", o)
		}
		m := o.Months[o.month(day("2027-01-01"))]
		if m.First != day("2027-01-01") || m.Lost[four] != 1 || m.Expiries != 1 || m.End[0] != 2 {
			t.Errorf("month %+v, want the fall of January 2027 by an expiry", m)
		}
		falls, next, err := w.s.ChannelFalls(w.ctx(), w.vendor, FallFilter{Ref: "h3c-star", Months: 24, Month: day("2027-01-20"), Level: "four-star"})
		w.must(err)
		if len(falls) != 1 || next != "" || falls[0].Partner != w.partner.Account || falls[0].After != "" || len(falls[0].Causes) != 5 || len(falls[0].Lines) == 0 {
			t.Fatalf("falls %+v %q, want that of the crew with five causes", falls, next)
		}
		if falls[0].Causes[0].Name == "" || falls[0].Causes[0].Kind != program.CauseExpiry {
			t.Errorf("cause %+v, want an expiry with a name", falls[0].Causes[0])
		}
		falls, _, err = w.s.ChannelFalls(w.ctx(), w.vendor, FallFilter{Ref: "h3c-star", Months: 24, Month: day("2027-02-20")})
		w.must(err)
		if len(falls) != 0 {
			t.Errorf("falls of February %+v, want none", falls)
		}
	})
}
