package ticketdraft_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func TestADraftIsItsWritersForADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		s := ticketdraft.New(d)
		anna := w.Partner("Anna")
		colleague, stranger := w.User(anna.Account, actor.PartnerAdmin), w.Partner("Bob")
		form := url.Values{"body": {"it doesn’t work\n坏了"}, "attachment": {"att_1", "att_2"}}
		x, err := s.Save(t.Context(), anna, ticketdraft.Draft{Title: strings.Repeat("长", 120), Form: form})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Get(t.Context(), anna, x.ID)
		if diff := cmp.Diff(form, got.Form); err != nil || diff != "" || len([]rune(got.Title)) != 100 {
			t.Errorf("Get = %v, title of %d characters; %s", err, len([]rune(got.Title)), diff)
		}
		for _, other := range []actor.Actor{colleague, stranger} {
			if _, err := s.Get(t.Context(), other, x.ID); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("Get by somebody else = %v, want NotFound", err)
			}
			if _, err := s.Save(t.Context(), other, ticketdraft.Draft{ID: x.ID, Form: url.Values{}}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err = s.Get(t.Context(), anna, x.ID); err != nil || got.Form.Get("body") == "" {
			t.Errorf("somebody else has changed the draft: %v %v", got, err)
		}
		for range 7 {
			if _, err := s.Save(t.Context(), anna, ticketdraft.Draft{Form: form}); err != nil {
				t.Fatal(err)
			}
		}
		if all, err := s.List(t.Context(), anna); err != nil || len(all) != 5 {
			t.Errorf("List = %d drafts, %v; want the newest 5", len(all), err)
		}
		c.AdvanceWall(25 * time.Hour)
		if all, err := s.List(t.Context(), anna); err != nil || len(all) != 0 {
			t.Errorf("after a day List = %d drafts, %v; want none", len(all), err)
		}
		if err := s.Sweep(t.Context(), time.Time{}); err != nil {
			t.Error(err)
		}
		if _, err := s.Save(t.Context(), anna, ticketdraft.Draft{Form: url.Values{"body": {strings.Repeat("x", 200<<10)}}}); fault.KindOf(err) != fault.KindTooLarge {
			t.Errorf("Save of a long text = %v, want TooLarge", err)
		}
	})
}
