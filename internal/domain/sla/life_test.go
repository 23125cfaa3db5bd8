package sla

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var opened = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) // a Friday, 09:00 in Shanghai

// after is so many minutes after the opening.
func after(minutes int) time.Time { return opened.Add(time.Duration(minutes) * time.Minute) }

// told writes a run's segments as "run 0-30 opened, wait 30-60 waiting, run 60- resumed".
func told(r Run) string {
	var out []string
	for _, s := range r.Segments {
		word, to := "wait", ""
		if s.Running {
			word = "run"
		}
		if !s.To.IsZero() {
			to = fmt.Sprint(int(s.To.Sub(opened).Minutes()))
		}
		out = append(out, fmt.Sprintf("%s %d-%s %s", word, int(s.From.Sub(opened).Minutes()), to, s.Why))
	}
	return strings.Join(out, ", ")
}

// The classes of bugs that other ticket systems were asked to mend, each by its name.
func TestTheClocksRunAndWaitAsTheyShould(t *testing.T) {
	for _, c := range []struct {
		name                    string
		partner                 bool
		do                      func(l *Life)
		first, update, solution string
	}{
		{name: "a new ticket runs to its first response and its solution; nobody waits for an update", do: func(l *Life) {},
			first: "run 0- opened", solution: "run 0- opened"},
		{name: "Zammad 5177: the update clock starts only after the first response, whatever the customer adds before",
			do:    func(l *Life) { l.spoke(after(5)); l.spoke(after(10)) },
			first: "run 0- opened", solution: "run 0- opened"},
		{name: "Zammad 3140: nobody escalates once the agent answered last",
			do:    func(l *Life) { l.answered(after(10), true) },
			first: "run 0-10 opened", solution: "run 0- opened"},
		{name: "the customer's next word starts the update clock, a second one doesn't start it anew",
			do:    func(l *Life) { l.answered(after(10), true); l.spoke(after(20)); l.spoke(after(50)) },
			first: "run 0-10 opened", update: "run 20- spoke", solution: "run 0- opened"},
		{name: "each wait of the customer is a run of its own",
			do: func(l *Life) {
				l.answered(after(10), true)
				l.spoke(after(20))
				l.answered(after(25), true)
				l.spoke(after(40))
			},
			first: "run 0-10 opened", update: "run 40- spoke", solution: "run 0- opened"},
		{name: "Chatwoot 10178: nothing runs after the solution, also when the customer says goodbye",
			do:    func(l *Life) { l.answered(after(10), true); l.end(after(30), false); l.spoke(after(35)) },
			first: "run 0-10 opened", solution: "run 0-30 opened"},
		{name: "GLPI 1912: waiting for the customer isn't counted; the first response was given by asking",
			do: func(l *Life) {
				l.answered(after(10), true)
				l.pause(after(10), Waiting, true)
				l.pause(after(70), Waiting, false)
				l.spoke(after(70))
			},
			first: "run 0-10 opened", update: "run 70- spoke", solution: "run 0-10 opened, wait 10-70 waiting, run 70- resumed"},
		{name: "waiting for the customer alone doesn't stop a first response that nobody gave",
			do:    func(l *Life) { l.pause(after(10), Waiting, true) },
			first: "run 0- opened", solution: "run 0-10 opened, wait 10- waiting"},
		{name: "a paused ticket's first response waits",
			do:    func(l *Life) { l.pause(after(10), Paused, true); l.pause(after(40), Paused, false) },
			first: "run 0-10 opened, wait 10-40 paused, run 40- resumed", solution: "run 0-10 opened, wait 10-40 paused, run 40- resumed"},
		{name: "reasons nest, and each ends by itself",
			do: func(l *Life) {
				l.pause(after(10), Paused, true)
				l.pause(after(20), AtPartner, true)
				l.pause(after(30), Paused, false)
				l.pause(after(40), AtPartner, false)
			},
			first:    "run 0-10 opened, wait 10-20 paused, wait 20-40 partner, run 40- resumed",
			solution: "run 0-10 opened, wait 10-20 paused, wait 20-40 partner, run 40- resumed"},
		{name: "with a partner's desk nothing of the vendor's runs; its answer is not the vendor's", partner: true,
			do:    func(l *Life) { l.answered(after(10), false); l.pause(after(60), AtPartner, false) },
			first: "wait 0-60 partner, run 60- resumed", solution: "wait 0-60 partner, run 60- resumed"},
		{name: "handed over at once is as if it had never been there", partner: true,
			do:    func(l *Life) { l.pause(after(0), AtPartner, false) },
			first: "run 0- resumed", solution: "run 0- resumed"},
		{name: "Zammad 831: reopened, the solution clock goes on from where it stood",
			do: func(l *Life) {
				l.answered(after(10), true)
				l.end(after(30), false)
				l.reopen(after(90))
				l.spoke(after(90))
			},
			first: "run 0-10 opened", update: "run 90- spoke", solution: "run 0-30 opened, wait 30-90 done, run 90- reopened"},
		{name: "reopened without an answer ever, the first response goes on too",
			do:    func(l *Life) { l.end(after(30), false); l.reopen(after(90)) },
			first: "run 0-30 opened, wait 30-90 done, run 90- reopened", solution: "run 0-30 opened, wait 30-90 done, run 90- reopened"},
		{name: "solved and reopened within an instant loses nothing",
			do:    func(l *Life) { l.end(after(30), false); l.reopen(after(30)) },
			first: "run 0- opened", solution: "run 0- opened"},
		{name: "paused and resumed within an instant never was",
			do:    func(l *Life) { l.pause(after(30), Paused, true); l.pause(after(30), Paused, false) },
			first: "run 0- opened", solution: "run 0- opened"},
		{name: "a pause said twice is one, and ends once",
			do: func(l *Life) {
				l.pause(after(10), Paused, true)
				l.pause(after(20), Paused, true)
				l.pause(after(30), Paused, false)
				l.pause(after(40), Paused, false)
			},
			first: "run 0-10 opened, wait 10-30 paused, run 30- resumed", solution: "run 0-10 opened, wait 10-30 paused, run 30- resumed"},
		{name: "a cancelled ticket's clocks stop",
			do:    func(l *Life) { l.end(after(10), true) },
			first: "run 0-10 opened", solution: "run 0-10 opened"},
	} {
		var l Life
		l.begin(opened, c.partner)
		c.do(&l)
		got := []string{told(l.First), told(l.Update), told(l.Solution)}
		want := []string{c.first, c.update, c.solution}
		if c.name == "Chatwoot 10178: nothing runs after the solution, also when the customer says goodbye" || l.Update.open() == nil {
			got[1] = "" // a run that's over
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

// A step of a random life.
type step struct {
	at   time.Time
	what int
	why  Why
}

func steps(t *rapid.T) (out []step) {
	at := opened
	for range rapid.IntRange(1, 14).Draw(t, "steps") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 400).Draw(t, "minutes")) * time.Minute)
		out = append(out, step{at, rapid.IntRange(0, 7).Draw(t, "what"), rapid.SampledFrom([]Why{Waiting, Paused, AtPartner}).Draw(t, "why")})
	}
	return out
}

func (l *Life) do(s step) {
	switch s.what {
	case 0, 1:
		l.pause(s.at, s.why, true)
	case 2, 3:
		l.pause(s.at, s.why, false)
	case 4:
		l.answered(s.at, true)
	case 5:
		l.spoke(s.at)
	case 6:
		l.end(s.at, false)
	case 7:
		l.reopen(s.at)
	}
}

// TestSegmentsGrownStepByStepAreThoseOfTheWholeHistory reads the flags alone at each step, minute by minute, and compares
// with the segments: no step loses or invents a minute of any clock.
func TestSegmentsGrownStepByStepAreThoseOfTheWholeHistory(t *testing.T) {
	always := Calendar{Zone: "UTC", Always: true}
	rapid.Check(t, func(t *rapid.T) {
		all := steps(t)
		var l, flags Life
		l.begin(opened, false)
		flags.begin(opened, false)
		ran := map[Kind]time.Duration{}
		run := map[Kind]int64{}
		at := opened
		for i, s := range append(all, step{at: all[len(all)-1].at.Add(time.Hour), what: -1}) {
			for _, k := range Kinds() {
				if _, running, _ := flags.wants(k); running && alive(&flags, k) {
					ran[k] += s.at.Sub(at)
				}
			}
			if at = s.at; s.what < 0 {
				break
			}
			l.do(s)
			flags.do(all[i])
			if n := l.Update.No; n != run[Update] {
				run[Update], ran[Update] = n, 0
			}
		}
		for _, k := range Kinds() {
			if got := Elapsed(l.Of(k).Segments, always, at); got != ran[k] {
				t.Fatalf("%s ran %s by its segments %s, want %s", k, got, told(*l.Of(k)), ran[k])
			}
			for i, s := range l.Of(k).Segments {
				if i > 0 && !s.From.Equal(l.Of(k).Segments[i-1].To) || !s.To.IsZero() && !s.To.After(s.From) {
					t.Fatalf("%s has a gap or an empty segment: %s", k, told(*l.Of(k)))
				}
			}
		}
	})
}

func alive(l *Life, k Kind) bool {
	ok, _, _ := l.wants(k)
	return ok
}

// TestAChangeOfTargetReckonsFromTheSameSegments is GLPI 6902 and 15605: what was waited is never lost by another policy,
// severity or calendar, and the order of changes doesn't matter.
func TestAChangeOfTargetReckonsFromTheSameSegments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		books := []Book{book(time.Hour), book(3 * time.Hour), book(24 * time.Hour)}
		grown := &ticket{Case: Case{Subject: "t", Opened: opened}, clocks: map[Kind]*row{}}
		grown.fill()
		grown.begin(opened, false)
		var last Book
		at := opened
		for _, s := range steps(t) {
			last, at = books[rapid.IntRange(0, 2).Draw(t, "book")], s.at
			grown.do(s)
			grown.derive(last, s.at)
		}
		fresh := &ticket{Case: grown.Case, Life: grown.Life, clocks: map[Kind]*row{}}
		fresh.fill()
		fresh.derive(last, at)
		for _, k := range Kinds() {
			a, b := grown.clocks[k], fresh.clocks[k]
			if grown.Life.Of(k).open() != nil && (a.due != b.due || a.used != b.used || a.state != b.state || a.limit != b.limit) {
				t.Fatalf("%s after changes: %+v, from scratch: %+v", k, a, b)
			}
		}
	})
}

// book is a policy of one limit for everything, round the clock.
func book(limit time.Duration) Book {
	return Book{Policy: Policy{Warn: []int{75, 90}, Rules: []Rule{{Calendar: AlwaysID, First: limit, Update: limit, Solution: limit}}},
		Calendars: map[string]Calendar{AlwaysID: Shipped()[0]}}
}

func TestWarningsAndABreachComeOnceEach(t *testing.T) {
	x := &ticket{Case: Case{Subject: "t", Opened: opened}, clocks: map[Kind]*row{}}
	x.fill()
	x.begin(opened, false)
	b := book(100 * time.Minute)
	b.Policy.Rules[0].Solution, b.Policy.Rules[0].Update = 0, 0
	x.derive(b, opened)
	var got []string
	for m := 0; m <= 300; m++ {
		before := len(x.told)
		x.settle(b, after(m))
		x.derive(b, after(m))
		for _, f := range x.told[before:] {
			switch e := f.(type) {
			case Warned:
				got = append(got, fmt.Sprintf("%d: warned %d, due %s", m, e.Percent, e.Due.Sub(opened)))
			case Breached:
				got = append(got, fmt.Sprintf("%d: missed, due %s", m, e.Due.Sub(opened)))
			}
		}
		if next := x.clocks[First].next; m < 75 && !next.Equal(after(75)) || m > 75 && m < 90 && !next.Equal(after(90)) {
			t.Fatalf("at %d the sweep looks next at %s", m, next)
		}
	}
	want := []string{"75: warned 75, due 1h40m0s", "90: warned 90, due 1h40m0s", "101: missed, due 1h40m0s"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestALateSweepTellsOnlyTheLastStep(t *testing.T) {
	for _, c := range []struct {
		at   int
		want string
	}{{74, ""}, {95, "sla.warned"}, {100, "sla.warned"}, {500, "sla.breached"}} {
		x := &ticket{Case: Case{Subject: "t", Opened: opened}, clocks: map[Kind]*row{}}
		x.fill()
		x.begin(opened, false)
		b := book(100 * time.Minute)
		b.Policy.Rules[0].Solution = 0
		x.settle(b, after(c.at))
		got := ""
		for _, f := range x.told {
			kind, _, _ := f.Event()
			got += kind
		}
		if got != c.want {
			t.Errorf("a sweep after %d minutes tells %q, want %q", c.at, got, c.want)
		}
	}
}

// TestTheRuleThatNamesMoreWins in the order of plan and severity, plan, severity, anything.
func TestTheRuleThatNamesMoreWins(t *testing.T) {
	p := ShippedPolicy()
	p.Rules = append(p.Rules, Rule{Plan: "STANDARD", Calendar: AlwaysID, First: 5 * time.Hour}, Rule{Severity: "GUIDANCE", Calendar: AlwaysID, First: 20 * time.Hour})
	for _, c := range []struct {
		plan, severity string
		want           time.Duration
	}{
		{"PREMIUM", "CORE_DOWN", 15 * time.Minute},
		{"STANDARD", "CORE_DOWN", 30 * time.Minute},
		{"STANDARD", "PROD_DOWN", 30 * time.Minute},
		{"STANDARD", "PROD_IMPAIRED", 3 * time.Hour},
		{"STANDARD", "SYS_IMPAIRED", 4 * time.Hour},
		{"STANDARD", "GUIDANCE", 16 * time.Hour},
		{"STANDARD", "", 5 * time.Hour},
		{"BASIC", "GUIDANCE", 20 * time.Hour},
		{"BASIC", "", 8 * time.Hour},
	} {
		if r, ok := p.Match(c.plan, c.severity); !ok || r.First != c.want {
			t.Errorf("Match(%s, %s) = %s %v, want %s", c.plan, c.severity, r.First, ok, c.want)
		}
	}
	if r, ok := (Policy{}).Match("BASIC", ""); ok {
		t.Errorf("an empty policy matches with %+v", r)
	}
}
