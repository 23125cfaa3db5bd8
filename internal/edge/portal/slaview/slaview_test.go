package slaview_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/slaview"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

var opened = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC) // Friday 09:00 in Beijing

// view is a ticket whose first response ran 2 h 10 min and waited 3 h, of 16 h.
func view() sla.View {
	at := opened.Add(5*time.Hour + 10*time.Minute)
	segments := []sla.Segment{{From: opened, To: opened.Add(time.Hour), Running: true, Why: sla.Opened},
		{From: opened.Add(time.Hour), To: opened.Add(4 * time.Hour), Why: sla.Paused}, {From: opened.Add(4 * time.Hour), Running: true, Why: sla.Resumed}}
	t := sla.Target{Kind: sla.First, Limit: 16 * time.Hour, Calendar: sla.Shipped()[0]}
	due, _ := sla.Deadline(segments, t)
	first := sla.Explained{Timer: sla.Timer{Kind: sla.First, State: sla.Running, Limit: t.Limit, Deadline: due}, Calendar: t.Calendar,
		Ran: sla.Elapsed(segments, t.Calendar, at), Waited: 3 * time.Hour, Lines: sla.Explain(segments, t, at), Ahead: sla.Ahead(segments, t, at)}
	over := sla.Explained{Timer: sla.Timer{Kind: sla.Solution, State: sla.Missed, Limit: time.Hour, Misses: 1}, Ran: 90 * time.Minute,
		Breaches: []sla.Breach{{Kind: sla.Solution, Due: opened.Add(time.Hour), Noted: at, Limit: time.Hour}}}
	off := sla.Explained{Timer: sla.Timer{Kind: sla.Update, State: sla.Off}}
	return sla.View{At: at, Timers: []sla.Explained{first, off, over}, Rule: sla.Rule{Plan: "STANDARD", Severity: "GUIDANCE"}}
}

func draw(t *testing.T, lang string, manages bool) *goquery.Document {
	t.Helper()
	var b strings.Builder
	ctx := i18n.With(context.Background(), lang, calendar.Zone)
	if err := slaview.Card(view(), manages).Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestTheCardSaysHowLongAClockRanWaitedAndRunsOut(t *testing.T) {
	for _, c := range []struct {
		lang string
		want []string
	}{
		{i18n.English, []string{"Ran 2 h 10 min of 16 h, waited 3 h, runs out 21 Nov 2026 04:00", "Put aside by the desk", "Took 1 h 30 min of 1 h", "was due 20 Nov 2026 10:00", "Held to the rule for Standard and General guidance"}},
		{i18n.Chinese, []string{"已计时 2 小时 10 分钟，时限 16 小时，暂停 3 小时，将于 2026-11-21 04:00 到期", "服务台暂停处理", "标准级、一般性指导"}},
	} {
		doc := draw(t, c.lang, false)
		text := doc.Text()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the card lacks %q:\n%s", c.lang, want, text)
			}
		}
		if doc.Find("#sla-first").Length() != 1 || doc.Find("#sla-update").Length() != 0 || doc.Find("#sla-lines-first tbody tr").Length() != 4 {
			t.Errorf("%s: two clocks and four intervals, one of them ahead: %s", c.lang, text)
		}
		if doc.Find("a").Length() != 0 || draw(t, c.lang, true).Find("a[href='/desk/policies']").Length() != 1 {
			t.Errorf("%s: only who may see the policy is led to it", c.lang)
		}
	}
	if strings.Contains(draw(t, i18n.English, true).Text(), "??") {
		t.Error("a message is missing")
	}
}

func TestAListShowsWhatIsLeft(t *testing.T) {
	now := opened
	for _, c := range []struct {
		clocks sla.Clocks
		want   string
	}{
		{sla.Clocks{Due: now.Add(130 * time.Minute), DueKind: sla.First}, "2 h 10 min left"},
		{sla.Clocks{Due: now.Add(-30 * time.Minute), DueKind: sla.First}, "30 min over"},
		{sla.Clocks{First: sla.Timer{State: sla.Held}}, "waits"},
		{sla.Clocks{Breached: true}, "missed"},
		{sla.Clocks{}, ""},
	} {
		var b strings.Builder
		if err := slaview.Left(c.clocks, now).Render(i18n.With(t.Context(), i18n.English, time.UTC), &b); err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(doc.Text()); got != c.want {
			t.Errorf("the chip says %q, want %q", got, c.want)
		}
	}
}
