package qualification

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// TestRandomVerbsKeepTheRules drives one partner with verbs in any order, most of them refused, and looks after each
// at what must always hold. HANSE_SEED repeats a run, HANSE_CASES makes it longer.
func TestRandomVerbsKeepTheRules(t *testing.T) {
	seed := rand.Uint64()
	if n, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		seed = n
	}
	verbs := 250
	if n, err := strconv.Atoi(os.Getenv("HANSE_CASES")); err == nil {
		verbs = max(n, 1)
	}
	t.Logf("HANSE_SEED=%d", seed)
	each(t, func(w *world) {
		r := &randomRun{world: w, r: rand.New(rand.NewPCG(seed, 1)), today: day("2026-03-06")}
		r.people = []string{}
		for _, id := range w.crew("2060-01-01") {
			r.people = append(r.people, id)
		}
		slices.Sort(r.people)
		for n := range verbs {
			name, err := r.step(n)
			if err != nil && fault.Of(err) == nil {
				t.Fatalf("verb %d, %s: %v, want a fault or nothing", n, name, err)
			}
			r.check(n, name)
		}
		t.Logf("%d qualifications, %d applications, %d events", r.count(`SELECT count(*) FROM qualification`),
			r.count(`SELECT count(*) FROM application`), len(w.told))
	})
}

type randomRun struct {
	*world
	r      *rand.Rand
	today  calendar.Day
	people []string
}

func (r *randomRun) pick(from ...string) string { return from[r.r.IntN(len(from))] }

// step does one random thing and says what.
func (r *randomRun) step(n int) (string, error) {
	app, edition := r.anyApplication()
	q := r.anyQualification()
	reasons := []Reason{{"", "reason"}}
	level := r.pick("two-star", "two-star", "three-star", "four-star")
	var err error
	name := r.pick("draft", "draft", "fill", "fill", "submit", "submit", "start", "start", "return", "approve", "approve", "approve",
		"reject", "withdraw", "repeat", "suspend", "reinstate", "cancel", "travel", "travel", "travel", "leave", "hire", "hire",
		"facts", "critical", "comment", "next", "next", "next", "next", "next", "next", "next", "next", "next", "next", "next", "next", "next")
	switch name {
	case "next":
		err = r.next(app)
	case "draft":
		_, err = r.s.Draft(r.ctx(), r.partner, DraftInput{Program: "h3c-star", Level: level})
	case "fill":
		err = r.tryFill(app, edition)
	case "submit":
		_, err = r.s.Submit(r.ctx(), r.partner, app, edition, r.r.IntN(8) > 0)
	case "start":
		_, err = r.s.Start(r.ctx(), r.vendor, app, edition)
	case "return":
		_, err = r.s.Return(r.ctx(), r.vendor, app, edition, reasons, r.today.AddDays(1+r.r.IntN(20)))
	case "approve":
		_, err = r.s.Approve(r.ctx(), r.vendor, app, edition)
	case "reject":
		_, err = r.s.Reject(r.ctx(), r.vendor, app, edition, reasons, false)
	case "withdraw":
		_, err = r.s.Withdraw(r.ctx(), r.partner, app, edition)
	case "repeat":
		_, err = r.s.Repeat(r.ctx(), r.partner, app)
	case "suspend":
		_, err = r.s.Suspend(r.ctx(), r.vendor, q.ID, q.Edition, "reason")
	case "reinstate":
		_, err = r.s.Reinstate(r.ctx(), r.vendor, q.ID, q.Edition, "reason")
	case "cancel":
		if r.r.IntN(4) == 0 {
			_, err = r.s.Cancel(r.ctx(), r.vendor, q.ID, q.Edition, "reason")
		}
	case "travel":
		r.today = r.today.AddDays(1 + r.r.IntN(40))
		r.travel(r.today.String())
	case "leave":
		if r.r.IntN(3) > 0 {
			return name, nil
		}
		_, err = r.s.ReportExit(r.ctx(), r.partner, ExitInput{Partner: r.partner.Account, Person: r.people[r.r.IntN(len(r.people))],
			On: r.today.AddDays(r.r.IntN(10) - 5), Reason: ExitReason(r.pick("leaving", "transfer", "lapse", "replacement"))})
	case "hire":
		if len(r.people) < 30 {
			r.people = append(r.people, r.engineer(fmt.Sprint("new", n), "2060-01-01", r.pick("H3CNE", "H3CSE", "H3CIE", "PMP")))
		}
	case "facts":
		err = r.changeFacts()
	case "critical":
		_, err = r.s.RecordCritical(r.ctx(), r.vendor, NewCritical{Partner: r.partner.Account, OccurredOn: r.today, Summary: "x",
			Effect: CriticalEffect(r.pick("note", "delay")), Until: r.today.AddDays(20)})
	case "comment":
		err = r.s.Comment(r.ctx(), r.vendor, app, "remark", r.r.IntN(2) == 0)
	}
	return name, err
}

// next takes an application one step on, as its people would.
func (r *randomRun) next(app string) error {
	v, err := r.s.Application(r.ctx(), r.partner, app)
	if err != nil {
		_, err = r.s.Draft(r.ctx(), r.partner, DraftInput{Program: "h3c-star", Level: "two-star"})
		return err
	}
	a := v.Application
	switch a.State {
	case Draft, Returned:
		a = r.fill(a)
		_, err = r.s.Submit(r.ctx(), r.partner, a.ID, a.Edition, true)
	case Submitted:
		_, err = r.s.Start(r.ctx(), r.vendor, a.ID, a.Edition)
	case UnderReview:
		_, err = r.s.Approve(r.ctx(), r.vendor, a.ID, a.Edition)
	default:
		_, err = r.s.Draft(r.ctx(), r.partner, DraftInput{Program: "h3c-star", Level: r.pick("two-star", "three-star")})
	}
	return err
}

func (r *randomRun) tryFill(app string, edition int64) error {
	v, err := r.s.Application(r.ctx(), r.partner, app)
	if err != nil {
		return err
	}
	if !v.State.editable() {
		_, err := r.s.SaveForm(r.ctx(), r.partner, app, edition, v.Form)
		return err
	}
	r.fill(v.Application)
	return nil
}

func (r *randomRun) changeFacts() error {
	f, err := r.s.ServiceFacts(r.ctx(), r.partner, r.partner.Account, time.Time{})
	if err != nil {
		return err
	}
	f.ServiceManager, f.EventsAttended = "", 2+r.r.IntN(3)
	facts, err := r.s.Facts(r.ctx(), r.partner, r.partner.Account, time.Time{})
	if err != nil {
		return err
	}
	for _, p := range facts.People {
		if p.LeftOn.IsNone() {
			f.ServiceManager = p.ID
		}
	}
	f.IssueTracking = program.Tracking(r.pick("automatic", "automatic", "manual"))
	return r.s.SetFacts(r.ctx(), r.partner, r.partner.Account, f)
}

// anyApplication is one of the newest, with an edition that is mostly right.
func (r *randomRun) anyApplication() (string, int64) {
	all, _, err := r.s.Applications(r.ctx(), r.partner, ApplicationFilter{Limit: 3})
	r.must(err)
	if len(all) == 0 {
		return "app_none", 1
	}
	a := all[0]
	if r.r.IntN(5) == 0 {
		a = all[r.r.IntN(len(all))]
	}
	if r.r.IntN(10) == 0 {
		a.Edition--
	}
	return a.ID, a.Edition
}

func (r *randomRun) anyQualification() Qualification {
	all, _, err := r.s.Qualifications(r.ctx(), r.vendor, QualificationFilter{Account: r.partner.Account, Limit: 3})
	r.must(err)
	if len(all) == 0 {
		return Qualification{ID: "qua_none"}
	}
	return all[r.r.IntN(len(all))]
}

func (r *randomRun) count(text string) int64 {
	r.t.Helper()
	n, err := db.One(r.ctx(), r.d.Read(), db.Int, text)
	r.must(err)
	return n
}

// check looks at what must hold after every verb.
func (r *randomRun) check(n int, name string) {
	r.t.Helper()
	for rule, text := range map[string]string{
		"a partner with two running qualifications in a program": `SELECT count(*) FROM (SELECT 1 FROM qualification
			WHERE state IN ('valid', 'suspended') GROUP BY account_id, program_id HAVING count(*) > 1) x`,
		"a partner with two applications under way in a program": `SELECT count(*) FROM (SELECT 1 FROM application
			WHERE state IN ('draft', 'submitted', 'under_review', 'returned') GROUP BY account_id, program_id HAVING count(*) > 1) x`,
		"a qualification without its approved application": `SELECT count(*) FROM qualification q WHERE NOT EXISTS
			(SELECT 1 FROM application a WHERE a.account_id = q.account_id AND a.id = q.application_id AND a.state = 'approved'
			AND a.level = q.level AND a.version = q.version)`,
		"an approved application without its qualification": `SELECT count(*) FROM application a WHERE a.state = 'approved' AND NOT EXISTS
			(SELECT 1 FROM qualification q WHERE q.account_id = a.account_id AND q.application_id = a.id)`,
		"a qualification whose number isn't registered": `SELECT count(*) FROM qualification q WHERE NOT EXISTS
			(SELECT 1 FROM qualification_number n WHERE n.number = q.number AND n.qualification_id = q.id)`,
		"a suspension without a cause": `SELECT count(*) FROM qualification WHERE (state = 'suspended') <> (cause <> '')`,
		"a submission without the declaration, the snapshot or a due time": `SELECT count(*) FROM application
			WHERE submitted_at IS NOT NULL AND (truth_by = '' OR snapshot = '' OR review_due IS NULL)`,
		"an open vacancy of what isn't running": `SELECT count(*) FROM vacancy v WHERE v.state = 'open' AND NOT EXISTS
			(SELECT 1 FROM qualification q WHERE q.account_id = v.account_id AND q.id = v.qualification_id AND q.state IN ('valid', 'suspended'))`,
		"a running qualification past its term after the day's pass": `SELECT count(*) FROM qualification
			WHERE state IN ('valid', 'suspended') AND valid_until < '` + r.today.String() + `'`,
		"two open duties for one exit": `SELECT count(*) FROM (SELECT 1 FROM exit_report GROUP BY account_id, person_id, exit_on HAVING count(*) > 1) x`,
	} {
		if bad := r.count(text); bad > 0 {
			r.t.Fatalf("after verb %d, %s: %d times %s", n, name, bad, rule)
		}
	}
}
