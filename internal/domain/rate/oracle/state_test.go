package oracle

import "testing"

func TestGraceAndRetentionAreWholeDays(t *testing.T) {
	m := bought(t, Standard, oneMonth, planM, Purse{}) // until 2 April
	for _, c := range []struct{ now, want string }{
		{"2026-04-02 23:59:59", "active"}, {"2026-04-03 00:00:00", "grace"}, {"2026-04-09 23:59:59", "grace"},
		{"2026-04-10 00:00:00", "retention"}, {"2026-04-24 23:59:59", "retention"}, {"2026-04-25 00:00:00", "released"},
	} {
		if got := m.State(on(t, c.now), 7, 15); got != c.want {
			t.Errorf("State(%s) = %s, want %s", c.now, got, c.want)
		}
	}
	if got := (Plan{}).State(on(t, planM), 7, 15); got != "none" {
		t.Errorf("State without a plan = %s, want none", got)
	}
}

func TestAutomaticRenewalIsTriedDailyAtThree(t *testing.T) {
	m := bought(t, Standard, oneMonth, planM, Purse{})
	for _, c := range []struct{ after, want string }{
		{planM, "2026-03-26 03:00:00"},
		{"2026-03-26 02:59:59", "2026-03-26 03:00:00"},
		{"2026-03-26 03:00:00", "2026-03-27 03:00:00"},
		{"2026-04-24 02:00:00", "2026-04-24 03:00:00"}, // the last day on which the plan is kept
	} {
		if got := text(m.NextTry(7, 7, 15, on(t, c.after))); got != c.want {
			t.Errorf("NextTry after %s = %s, want %s", c.after, got, c.want)
		}
	}
	if got := m.NextTry(7, 7, 15, on(t, "2026-04-24 03:00:00")); !got.IsZero() {
		t.Errorf("NextTry after the last = %s, want none", got)
	}
}
