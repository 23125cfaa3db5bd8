package notify

import (
	"encoding/json"
	"strings"
	"testing"

	"hanse/internal/domain/qualification"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// told are the titles and texts that an event gives reason to say, by account.
func told(t *testing.T, d *db.DB, x outbox.Fact) map[string]string {
	t.Helper()
	kind, account, subject := x.Event()
	body, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(d, plain)
	out := map[string]string{}
	for _, make := range rules() {
		r := make(w.s)
		if r.kind != kind {
			continue
		}
		notes, err := r.notes(t.Context(), d.Read(), outbox.Event{Kind: kind, Account: account, Subject: subject, Payload: body})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notes {
			out[n.Account] = i18n.Text(i18n.English, n.Title) + " " + i18n.Text(i18n.English, n.Body)
		}
	}
	return out
}

func TestWhatHasNoLineOrReasonIsToldInOtherWords(t *testing.T) {
	head := qualification.Head{Partner: "p", LevelEN: "Four-star", LevelZH: "四星级"}
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for _, c := range []struct {
			fact       outbox.Fact
			want, lack string
		}{
			{qualification.QualificationChanged{What: "qualification.watch_began", Head: head, WatchLine: "hotline", WatchLineEN: "Hotline"}, "“Hotline” is no longer met", "reported"},
			{qualification.QualificationChanged{What: "qualification.watch_began", Head: head, WatchLine: qualification.ReportOverdue}, "was not reported in time", "“”"},
			{qualification.QualificationChanged{What: "qualification.suspended", Head: head, Reason: "Misuse"}, "Reason: Misuse", "vacant"},
			{qualification.QualificationChanged{What: "qualification.suspended", Head: head}, "vacant place was not filled", "Level still met"},
			{qualification.QualificationChanged{What: "qualification.suspended", Head: head, Standing: "three-star", StandingEN: "Three-star"}, "Level still met: Three-star", "Reason"},
			{qualification.CriticalChanged{What: "critical.lifted", Partner: "p", Summary: "Nine hours"}, "no longer affects recertification Nine hours", "recorded"},
			{qualification.ApplicationChanged{What: "application.withdrawn", Head: head, By: "system:reviews"}, "counts as withdrawn", "“”"},
		} {
			if got := told(t, d, c.fact)["p"]; !strings.Contains(got, c.want) || strings.Contains(got, c.lack) {
				t.Errorf("%+v tells the partner %q, want %q without %q", c.fact, got, c.want, c.lack)
			}
		}
		withdrawn := told(t, d, qualification.ApplicationChanged{What: "application.withdrawn", Head: head, By: "usr_1"})
		if withdrawn["p"] != "" || withdrawn["vendor"] == "" {
			t.Errorf("a partner's own withdrawal tells %v, want the vendor alone", withdrawn)
		}
	})
}
