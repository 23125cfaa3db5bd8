package ticketmail

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/mailin"
	"hanse/internal/kit/mailin/mailintest"
)

// A line stands between the program and a mail server, and breaks when the program says a word for the nth time.
type line struct {
	addr string
	mu   sync.Mutex
	word string
	n    int
}

func lineTo(t *testing.T, server string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fixture.Must(t, err)
	t.Cleanup(func() { l.Close() })
	x := &line{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(c, server)
		}
	}()
	return x
}

func (l *line) breakAt(word string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.word, l.n = word, n
}

// breaks counts the word; true when it was said for the last time.
func (l *line) breaks(said string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.word == "" || !strings.Contains(said, l.word) {
		return false
	}
	l.n--
	return l.n == 0
}

func (l *line) carry(client net.Conn, server string) {
	defer client.Close()
	s, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer s.Close()
	go func() {
		io.Copy(client, s)
		client.Close()
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil || l.breaks(string(buffer[:n])) {
			return
		}
		if _, err := s.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// boxAt is a folder of a user of the server, by an address in the clear.
func boxAt(t *testing.T, addr, user, folder string) mailin.Mailbox {
	t.Helper()
	m, err := mailin.ParseMailbox(fmt.Sprintf("imap://%s:%s@%s/%s?tls=none", user, mailintest.Password, addr, folder))
	fixture.Must(t, err)
	return m
}

func plainAddr(srv *mailintest.Server) string { return fmt.Sprintf("127.0.0.1:%d", srv.Port) }

func numbered(n int) string {
	return letterOf(fmt.Sprintf("%d@northwind.example", n), weiMail, deskMail, fmt.Sprintf("Mail %d", n), "It is down.")
}

// TestAMailboxThatVanishesInTheMiddleIsReadOnWithoutDoubles breaks the line before the second mail is fetched, and before it
// is marked after it was stored; then the folder is made anew with a mail that was there already.
func TestAMailboxThatVanishesInTheMiddleIsReadOnWithoutDoubles(t *testing.T) {
	srv := mailintest.Start(t)
	for i, at := range []struct {
		word   string
		stored int
	}{{"BODY.PEEK[]", 1}, {"STORE", 2}} {
		t.Run(at.word, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
				user := fmt.Sprintf("%s%d", strings.ToLower(t.Name()[strings.LastIndex(t.Name(), "/")+1:]), i)
				l := lineTo(t, plainAddr(srv))
				g := newGround(t, d, c)
				g.s.Mailboxes = []mailin.Mailbox{boxAt(t, l.addr, user, "Box")}
				srv.Renew(user, "Box", numbered(1))
				srv.Put(user, "Box", numbered(2))
				srv.Put(user, "Box", numbered(3))
				l.breakAt(at.word, 2)
				if n, err := g.s.Pull(t.Context()); err == nil {
					t.Errorf("a broken line: Pull = %d, want an error", n)
				}
				if taken, _ := g.s.Counts(); taken != int64(at.stored) {
					t.Errorf("%d mails stored before the line broke, want %d", taken, at.stored)
				}
				g.drain()
				if n, err := g.s.Pull(t.Context()); n != 3-at.stored || err != nil {
					t.Errorf("Pull after it = %d, %v, want the %d that were left", n, err, 3-at.stored)
				}
				if all, unseen := srv.Count(user, "Box"); all != 3 || unseen != 0 {
					t.Errorf("%d mails, %d unseen, want all of 3 marked", all, unseen)
				}
				srv.Renew(user, "Box", numbered(1))
				if _, err := g.s.Pull(t.Context()); err != nil {
					t.Errorf("Pull of a folder made anew: %v", err)
				}
				g.drain()
				g.threeTickets()
			})
		})
	}
}

// threeTickets wants three mails, each a ticket of its own, and one that came twice.
func (g *ground) threeTickets() {
	g.t.Helper()
	all, err := g.s.List(g.t.Context(), g.vendor, Filter{})
	fixture.Must(g.t, err)
	nos := map[string]bool{}
	for _, m := range all {
		nos[m.No] = m.State == Done
	}
	st, err := Statistics(g.t.Context(), g.DB.Read())
	fixture.Must(g.t, err)
	if len(all) != 3 || len(nos) != 3 || nos[""] || st.Boxes[0].Twice != 1 || st.Boxes[0].Error != "" {
		g.t.Errorf("%d mails in tickets %v, mailbox %+v, want three and one that was here", len(all), nos, st.Boxes)
	}
}

// TestAMailIsReadWhenTheServerTellsOfIt follows a mailbox whose interval is an hour, and ends with the program.
func TestAMailIsReadWhenTheServerTellsOfIt(t *testing.T) {
	srv := mailintest.Start(t)
	d, c := one(t)
	g := newGround(t, d, c)
	g.s.Mailboxes = []mailin.Mailbox{boxAt(t, plainAddr(srv), "desk", "INBOX")}
	changed := make(chan struct{}, 1)
	d.OnCommit(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		g.s.PullAll(ctx, time.Hour)
		close(ended)
	}()
	for i := 1; i <= 2; i++ {
		srv.Put("desk", "INBOX", numbered(i))
		for taken := int64(0); taken < int64(i); taken, _ = g.s.Counts() {
			select {
			case <-changed:
			case <-time.After(20 * time.Second):
				t.Fatalf("mail %d isn't read: nobody waits for it", i)
			}
		}
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the program ends and the mailbox is still waited for")
	}
	st, err := Statistics(t.Context(), d.Read())
	fixture.Must(t, err)
	if len(st.Boxes) != 1 || st.Boxes[0].Error != "" || st.Boxes[0].Pulled != 2 {
		t.Errorf("the mailbox stands at %+v, want two mails and no error", st.Boxes)
	}
}
