package notify

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vault"
)

type happened struct{ Account string }

func (h happened) Event() (string, string, string) { return "test.happened", h.Account, "x" }

// staff is a directory in which every account has one administrator.
type staff struct{}

func (staff) Vendor(context.Context, db.Querier) (string, error) { return "vendor", nil }

func (staff) Readers(_ context.Context, _ db.Querier, account, user string, _ []actor.Role) ([]Reader, error) {
	if user == "" {
		user = "usr_of_" + account
	}
	return []Reader{{Account: account, User: user, Mail: user + "@example.com", Lang: "zh-Hans"}}, nil
}

var safe = func() *vault.Vault {
	v, err := vault.New([]byte("an installation key of 32 bytes!"))
	if err != nil {
		panic(err)
	}
	return v
}()

// post keeps mails and fails as often as it's told.
type post struct {
	sent  []mailer.Message
	fails int
}

func (p *post) Send(_ context.Context, m mailer.Message) error {
	if p.fails > 0 {
		p.fails--
		return errors.New("the server is away")
	}
	p.sent = append(p.sent, m)
	return nil
}

type world struct {
	s    *Service
	r    *jobs.Runner
	post *post
	sms  *mailer.Inbox
}

// newWorld tells one note for each test event.
func newWorld(d *db.DB, note func(e outbox.Event) Note) world {
	log := slog.New(slog.DiscardHandler)
	w := world{r: jobs.NewRunner(d, log), post: &post{}, sms: mailer.NewInbox(10, d.Clock().Wall)}
	w.s = New(d, log, staff{}, w.post, w.sms, Config{BaseURL: "https://hanse.example", Brand: "Hanse", Vault: safe})
	w.r.Outside(sendKind, w.s.send)
	w.s.on(w.r, "notify.", rule{"test.happened", func(_ context.Context, _ db.Querier, e outbox.Event) ([]Note, error) {
		return []Note{note(e)}, nil
	}})
	return w
}

func happen(t *testing.T, d *db.DB, w world, accounts ...string) {
	t.Helper()
	err := d.Update(t.Context(), func(tx *db.Tx) error {
		for _, a := range accounts {
			if err := outbox.Append(t.Context(), tx, happened{a}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	drain(t, w)
}

func drain(t *testing.T, w world) {
	t.Helper()
	if err := w.r.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func plain(e outbox.Event) Note {
	return Note{Account: e.Account, Roles: []actor.Role{actor.PartnerAdmin}, Tone: Warn,
		Title: i18n.M("fault.fields", i18n.A{"n": 2}), Body: i18n.Raw("body"), Link: "/people"}
}

func as(account string) actor.Actor {
	return actor.Actor{Account: account, User: "usr_of_" + account, Identity: "i"}
}

func TestAnEventReachesItsReaderOnceInTheReadersLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(d, plain)
		happen(t, d, w, "a", "b")
		got, err := w.s.List(t.Context(), as("a"), Filter{})
		if err != nil || len(got) != 1 || got[0].Tone != Warn || got[0].Link != "/people" {
			t.Fatalf("messages of a = %+v, %v; want the one", got, err)
		}
		if text := i18n.Text("zh-Hans", got[0].Title); text != "有 2 处内容需要修改。" {
			t.Errorf("title = %q", text)
		}
		if len(w.post.sent) != 2 || w.post.sent[0].Subject != "有 2 处内容需要修改。" {
			t.Errorf("mails = %+v; want one for each account, in Chinese", w.post.sent)
		}
	})
}

func TestAMailIsTriedAgainAndItsSecretForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(d, func(e outbox.Event) Note {
			n := plain(e)
			n.MailOnly, n.Secret = true, safe.Seal("mail", "/reset?token=s3cret")
			return n
		})
		w.post.fails = 1
		happen(t, d, w, "a")
		if len(w.post.sent) != 0 {
			t.Fatalf("sent %d mails by a server that is away", len(w.post.sent))
		}
		c.Advance(time.Minute)
		drain(t, w)
		if len(w.post.sent) != 1 {
			t.Fatalf("sent %d mails, want 1 after the second try", len(w.post.sent))
		}
		if !strings.Contains(w.post.sent[0].Text, "https://hanse.example/reset?token=s3cret") {
			t.Errorf("the mail has no link:\n%s", w.post.sent[0].Text)
		}
		left, err := db.One(t.Context(), d.Read(), db.String, `SELECT state || secret FROM mail WHERE account_id = 'a'`)
		if err != nil || left != "sent" {
			t.Errorf("the mail's row is %q, %v; want sent and no secret", left, err)
		}
		if n, _ := w.s.Unread(t.Context(), as("a")); n != 0 {
			t.Errorf("%d messages for something that is for the mail only", n)
		}
	})
}

func TestAShortMessageGoesByPhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := newWorld(d, func(e outbox.Event) Note {
			return Note{Account: e.Account, To: "+8613800000000", ToLang: "en", SMS: true, Title: i18n.Raw("Your code:"), Secret: safe.Seal("mail", "123456")}
		})
		happen(t, d, w, "a")
		if got := w.sms.List(); len(got) != 1 || got[0].Body != "Your code: 123456" {
			t.Errorf("short messages = %+v", got)
		}
	})
}

func TestAStrangersMessageCannotBeOpened(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, w := t.Context(), newWorld(d, plain)
		happen(t, d, w, "a")
		m, err := w.s.List(ctx, as("a"), Filter{Unread: true})
		if err != nil || len(m) != 1 {
			t.Fatalf("List = %v, %v", m, err)
		}
		if _, err := w.s.Open(ctx, as("b"), m[0].ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Open by a stranger = %v, want not found", err)
		}
		if _, err := w.s.List(ctx, actor.Nobody("", "", "en"), Filter{}); fault.KindOf(err) != fault.KindUnauthenticated {
			t.Errorf("List by nobody = %v", err)
		}
		first, err := w.s.Open(ctx, as("a"), m[0].ID)
		c.Advance(time.Hour)
		again, err2 := w.s.Open(ctx, as("a"), m[0].ID)
		if err != nil || err2 != nil || !again.Read.Equal(first.Read) || first.Read.IsZero() {
			t.Errorf("opened at %v, again %v (%v, %v); want the first instant", first.Read, again.Read, err, err2)
		}
	})
}

func TestTheListPagesWithoutGapOrRepetition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, w := t.Context(), newWorld(d, plain)
		for range 4 {
			happen(t, d, w, "a", "a")
			c.Advance(time.Hour)
		}
		seen, f := map[string]bool{}, Filter{Limit: 3}
		for page := 0; page < 5; page++ {
			got, err := w.s.List(ctx, as("a"), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range got {
				seen[m.ID] = true
				f.Before, f.BeforeAt = m.ID, m.At
			}
		}
		if len(seen) != 8 {
			t.Errorf("all pages hold %d messages, want 8", len(seen))
		}
		if err := w.s.ReadAll(ctx, as("a")); err != nil {
			t.Fatal(err)
		}
		if n, err := w.s.Unread(ctx, as("a")); n != 0 || err != nil {
			t.Errorf("unread after ReadAll = %d, %v", n, err)
		}
	})
}

// TestAMailThatWaitsIsMadeWhenItGoes: the message is there at once, the mail when its time has come and there's still reason,
// for whoever it concerns by then.
func TestAMailThatWaitsIsMadeWhenItGoes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(d, plain)
		w.r.Inside(laterKind, w.s.later)
		opens, gone, reader := c.Now().Add(14*time.Hour), false, "usr_early"
		w.s.on(w.r, "notify.late.", rule{"test.happened", func(_ context.Context, _ db.Querier, e outbox.Event) ([]Note, error) {
			n := plain(e)
			n.Roles, n.User, n.Later = nil, reader, opens
			if gone {
				return nil, nil
			}
			return []Note{n}, nil
		}})
		happen(t, d, w, "a")
		count := func(step string, mails, messages int) {
			t.Helper()
			drain(t, w)
			late := 0
			for _, m := range w.post.sent {
				if !strings.HasPrefix(m.To, "usr_of_") {
					late++
				}
			}
			n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT count(*) FROM message WHERE user_id IN ('usr_early', 'usr_late')`)
			if late != mails || n != int64(messages) || err != nil {
				t.Errorf("%s: %d mails, %d messages, %v, want %d and %d", step, late, n, err, mails, messages)
			}
		}
		count("at once", 0, 1)
		c.Advance(13 * time.Hour)
		count("before its time", 0, 1)
		reader = "usr_late"
		c.Advance(2 * time.Hour)
		count("at its time", 1, 1)
		if last := w.post.sent[len(w.post.sent)-1]; last.To != "usr_late@example.com" {
			t.Errorf("the mail went to %s, want whom it concerns now", last.To)
		}
		count("after it", 1, 1)
		opens = c.Now().Add(time.Hour)
		happen(t, d, w, "a")
		gone = true
		c.Advance(2 * time.Hour)
		count("without reason", 1, 2)
		gone = false
		opens = c.Now()
		happen(t, d, w, "a")
		count("its time has come already", 2, 3)
	})
}
