package mailin_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/mailin"
	"hanse/internal/kit/mailin/mailintest"
)

// opened is a session of the desk's mailbox, read once.
func opened(t *testing.T, m mailin.Mailbox, s *shelf) *mailin.Session {
	t.Helper()
	c, err := mailin.Open(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	reads(t, c, s)
	return c
}

func reads(t *testing.T, c *mailin.Session, s *shelf) int {
	t.Helper()
	n, err := mailin.Puller{Store: s.store}.Read(t.Context(), c, s.at)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A wait is how long one took, and how it ended.
type wait struct {
	took time.Duration
	err  error
}

// waits begins a wait.
func waits(ctx context.Context, c *mailin.Session, most time.Duration) <-chan wait {
	done := make(chan wait, 1)
	go func() {
		wall := clock.New().Wall
		began := wall()
		err := c.Wait(ctx, most)
		done <- wait{wall().Sub(began), err}
	}()
	return done
}

// TestTheServerSaysThatAMailCame waits at one connection for mails that come one after the other.
func TestTheServerSaysThatAMailCame(t *testing.T) {
	srv := mailintest.Start(t, "mail_max_userip_connections = 100")
	var s shelf
	srv.Put("desk", "INBOX", raw(0))
	c := opened(t, box(t, srv.URL("desk", "INBOX", "&move=Taken")), &s)
	if !c.Idles() {
		t.Fatal("dovecot says nothing by itself")
	}
	for i := 1; i <= 2; i++ {
		done := waits(t.Context(), c, 20*time.Second)
		srv.Put("desk", "INBOX", raw(i))
		if w := <-done; w.took > 10*time.Second || w.err != nil {
			t.Errorf("mail %d was noticed after %v, %v", i, w.took, w.err)
		}
		if n := reads(t, c, &s); n != 1 {
			t.Errorf("%d mails read after mail %d came", n, i)
		}
	}
	if got := strings.Join(s.got, ", "); got != "mail 0, mail 1, mail 2" {
		t.Errorf("stored %q", got)
	}
	// What came between reading and waiting is told at once.
	srv.Put("desk", "INBOX", raw(3))
	if w := <-waits(t.Context(), c, 20*time.Second); w.took > 10*time.Second || w.err != nil || reads(t, c, &s) != 1 {
		t.Errorf("a mail that was there before the wait was noticed after %v, %v", w.took, w.err)
	}
	// Nothing comes: the wait ends by itself, and at once with its context.
	if w := <-waits(t.Context(), c, 30*time.Millisecond); w.took < 30*time.Millisecond || w.err != nil || reads(t, c, &s) != 0 {
		t.Errorf("a wait of 30 ms took %v, %v", w.took, w.err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := waits(ctx, c, time.Minute)
	cancel()
	if w := <-done; w.took > 10*time.Second || w.err != nil {
		t.Errorf("a wait ended %v after its context, %v", w.took, w.err)
	}
	// The server goes away: the wait says so.
	done = waits(t.Context(), c, 20*time.Second)
	srv.Stop()
	if w := <-done; w.err == nil || strings.Contains(w.err.Error(), mailintest.Password) {
		t.Errorf("a wait at a server that went away: %v", w.err)
	}
	srv.Again()
}

func TestAServerWithoutIDLEIsAsked(t *testing.T) {
	srv := mailintest.Start(t, `imap_capability = IMAP4rev1 UIDPLUS MOVE LITERAL+`)
	text := strings.Replace(strings.Replace(srv.URL("desk", "INBOX", "&tls=none"), "imaps:", "imap:", 1), fmt.Sprint(srv.TLSPort), fmt.Sprint(srv.Port), 1)
	if opened(t, box(t, text), &shelf{}).Idles() {
		t.Error("a server without IDLE is waited for")
	}
}
