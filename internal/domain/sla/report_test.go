package sla_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// TestEveryFigureOfTheReportOpensToItsTickets counts what is behind each figure and compares.
func TestEveryFigureOfTheReportOpensToItsTickets(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		w.policy(time.Hour, 30*time.Minute, 0)
		open := func(subject, plan, severity, team string) {
			w.do(func(ctx context.Context, tx *db.Tx) (sla.Clocks, error) {
				return sla.Begin(ctx, tx, sla.Case{Subject: subject, Number: "TT" + subject, Account: "acc_1", AccountName: "North", Desk: "vendor", Plan: plan, Severity: severity,
					Team: team, TeamName: "Team " + team, Opened: tx.Now})
			})
		}
		for i, c := range []struct {
			plan, severity, team string
			minutes              int // to the answer; 0: none
		}{
			{"STANDARD", "PROD_DOWN", "a", 20}, {"STANDARD", "PROD_DOWN", "a", 90}, {"STANDARD", "GUIDANCE", "b", 10},
			{"PREMIUM", "PROD_DOWN", "b", 30}, {"PREMIUM", "GUIDANCE", "", 61}, {"BASIC", "", "", 0},
		} {
			subject := fmt.Sprintf("r%d", i)
			open(subject, c.plan, c.severity, c.team)
			if c.minutes > 0 {
				w.tell(c.minutes, sla.Answered, subject)
			}
		}
		open("gone", "STANDARD", "PROD_DOWN", "a")
		w.tell(1, sla.Dropped, "gone")
		w.tell(5, sla.CustomerSpoke, "r0")
		w.tell(45, sla.Answered, "r0")
		f := sla.Whole(w.c.Now(), 1)
		for _, c := range []struct {
			by    sla.Dimension
			lines int
		}{{sla.ByMonth, 1}, {sla.ByPlan, 3}, {sla.BySeverity, 3}, {sla.ByTeam, 3}} {
			r, err := w.s.Report(t.Context(), w.admin, f, c.by)
			w.must(err)
			if len(r.Groups) != c.lines {
				t.Errorf("by %s: %d lines, want %d", c.by, len(r.Groups), c.lines)
			}
			w.compare(r.Total, f)
			for _, g := range r.Groups {
				only := f
				switch c.by {
				case sla.ByPlan:
					only.Plan = g.Key
				case sla.BySeverity:
					only.Severity = g.Key
				case sla.ByTeam:
					only.Team = g.Key
				}
				w.compare(g, only)
			}
			first, update := r.Total.Figures[0], r.Total.Figures[1]
			if share, ok := first.Share(); first.Met != 3 || first.Missed != 2 || first.Open != 1 || share != 600 || !ok || r.Total.Tickets != 7 {
				t.Errorf("by %s: first responses %+v of %d tickets", c.by, first, r.Total.Tickets)
			}
			if update.Longest != 45*time.Minute || update.Missed != 1 || first.Average() != (20+90+10+30+61)*time.Minute/5 {
				t.Errorf("by %s: updates %+v, average first response %s", c.by, update, first.Average())
			}
		}
		before := f
		before.From, before.To = "2026-01", "2026-02"
		if r, err := w.s.Report(t.Context(), w.admin, before, sla.ByMonth); err != nil || len(r.Groups) != 0 {
			t.Errorf("months before: %+v %v", r, err)
		}
		for _, bad := range []sla.Filter{{From: "2026-13", To: "2026-03"}, {From: "2026-03", To: "x"}, {From: "2026-03", To: "2026-02"}, {From: "2020-03", To: "2026-02"}} {
			if _, err := w.s.Report(t.Context(), w.admin, bad, sla.ByMonth); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%s to %s: %v, want a refusal", bad.From, bad.To, err)
			}
		}
		if _, err := w.s.Report(t.Context(), actor.Actor{Account: "acc_1", Roles: []actor.Role{actor.PartnerAdmin}}, f, sla.ByMonth); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner reads the report: %v", err)
		}
	})
}

// compare counts the tickets behind each figure of a line, page by page.
func (w *world) compare(g sla.Group, f sla.Filter) {
	w.t.Helper()
	for _, x := range g.Figures {
		for o, want := range map[sla.Outcome]int64{sla.MetOnes: x.Met, sla.MissedOnes: x.Missed, sla.OpenOnes: x.Open, sla.DoneOnes: x.Done, sla.AllTickets: g.Tickets} {
			got := int64(0)
			for before := ""; ; {
				list, next, err := w.s.Behind(w.t.Context(), w.admin, f, x.Kind, o, before, 2)
				w.must(err)
				got += int64(len(list))
				if before = next; next == "" {
					break
				}
			}
			if got != want {
				w.t.Errorf("%s %s %s: %d tickets behind the figure %d", g.Key, x.Kind, o, got, want)
			}
		}
	}
}
