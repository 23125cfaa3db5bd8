package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/web"
)

// A book is what the database is for the hub: messages of tickets, each with the next number.
type book struct {
	mu    sync.Mutex
	said  map[string][]string
	looks int
	shut  map[string]bool // who may not read any more
}

func (b *book) say(ticket, words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.said[ticket] = append(b.said[ticket], words)
}

func (b *book) latest(_ context.Context, _ db.Querier, tickets []string) (map[string]int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.looks++
	out := map[string]int64{}
	for _, t := range tickets {
		out[t] = int64(len(b.said[t]))
	}
	return out, nil
}

func (b *book) page(r *http.Request, after int64) (live.Update, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	no := r.PathValue("no")
	if b.shut[site.By(r).User] {
		return live.Update{}, fault.NotFound()
	}
	u := live.Update{Ticket: no, Seq: int64(len(b.said[no]))}
	for _, words := range b.said[no][min(int(after), len(b.said[no])):] {
		u.Parts = append(u.Parts, live.Part{ID: "messages", How: live.Append, Body: templ.Raw("<li>" + words + "</li>")})
	}
	return u, nil
}

// A world is two nodes with pages of the same book: what the first writes wakes the first alone.
type world struct {
	*portaltest.Portal
	book  *book
	hubs  []*live.Hub
	other *httptest.Server
	ended chan struct{}
}

func start(t *testing.T, most int) *world {
	w := &world{book: &book{said: map[string][]string{}, shut: map[string]bool{}}, ended: make(chan struct{})}
	w.Portal = portaltest.New(t, func(p *portaltest.Portal) {
		for i := range 2 {
			h := live.New(live.Config{DB: p.DB, Log: p.Log, Latest: w.book.latest, Look: 20 * time.Millisecond, Beat: 25 * time.Millisecond, Most: most})
			h.Stream(p.Site, fmt.Sprintf("GET /node%d/{no}/live", i), w.book.page)
			w.hubs = append(w.hubs, h)
		}
		w.other = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			p.Site.ServeHTTP(rw, r.WithContext(web.WithEnding(r.Context(), w.ended)))
		}))
		t.Cleanup(w.other.Close)
	})
	return w
}

// An event is one as it came over the wire.
type event struct {
	id   int64
	kind string
	said []string
}

// A listener reads a stream.
type listener struct {
	status int
	events chan event
	close  func()
}

func (w *world) listen(t *testing.T, c *portaltest.Client, base, path string, last int64) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if last >= 0 {
		req.Header.Set("Last-Event-ID", strconv.FormatInt(last, 10))
	}
	for _, x := range c.Cookies() {
		req.AddCookie(x)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{status: res.StatusCode, events: make(chan event, 1000), close: cancel}
	t.Cleanup(cancel)
	go func() {
		defer res.Body.Close()
		defer close(l.events)
		read(bufio.NewScanner(res.Body), l.events)
	}()
	return l
}

func read(lines *bufio.Scanner, into chan<- event) {
	var e event
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			e.id, _ = strconv.ParseInt(value, 10, 64)
		case "event":
			e.kind = value
		case "data":
			var x struct {
				Parts []struct{ HTML string }
			}
			_ = json.Unmarshal([]byte(value), &x) // a sign of life has no parts
			for _, p := range x.Parts {
				e.said = append(e.said, strings.TrimSuffix(strings.TrimPrefix(p.HTML, "<li>"), "</li>"))
			}
		case "":
			if e.kind != "" {
				into <- e
			}
			e = event{}
		}
	}
}

// news collects what was said until n words came, and the number that the reader has then.
func (l *listener) news(t *testing.T, n int) (said []string, last int64) {
	t.Helper()
	for len(said) < n {
		select {
		case e, ok := <-l.events:
			if !ok {
				t.Fatalf("the stream ended after %q, want %d words", said, n)
			}
			if e.kind == "news" {
				said, last = append(said, e.said...), e.id
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("only %q came, want %d words", said, n)
		}
	}
	return said, last
}

// until waits for an event of a kind; "" = the end.
func (l *listener) until(t *testing.T, kind string) {
	t.Helper()
	for {
		select {
		case e, ok := <-l.events:
			if !ok && kind == "" || ok && e.kind == kind {
				return
			}
			if !ok {
				t.Fatalf("the stream ended before %q", kind)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no %q", kind)
		}
	}
}

func TestReadersOfTwoNodesGetEverythingOnceAndInOrder(t *testing.T) {
	w := start(t, 10)
	c := w.As(w.Partner("Anna"))
	var readers []*listener
	for i := range 4 {
		readers = append(readers, w.listen(t, c, w.URL, fmt.Sprintf("/node%d/T1/live", i%2), -1))
	}
	const n = 60
	var work sync.WaitGroup
	for writer := range 3 {
		work.Go(func() {
			for i := range n / 3 {
				w.book.say("T1", fmt.Sprintf("%d-%d", writer, i))
				w.hubs[0].Wake()
			}
		})
	}
	w.book.say("T2", "of another ticket")
	work.Wait()
	want := slices.Clone(w.book.said["T1"])
	for i, r := range readers {
		if got, last := r.news(t, n); !slices.Equal(got, want) || last != n {
			t.Errorf("reader %d got %d words up to %d: %q, want %q", i, len(got), last, got, want)
		}
	}
}

func TestAReaderWhoComesBackGetsExactlyWhatWasMissed(t *testing.T) {
	w := start(t, 10)
	c := w.As(w.Partner("Anna"))
	w.book.say("T1", "a")
	first := w.listen(t, c, w.URL, "/node0/T1/live", -1)
	_, last := first.news(t, 1)
	for i := range 5 {
		first.close()
		missed := []string{fmt.Sprint("b", i), fmt.Sprint("c", i)}
		w.book.say("T1", missed[0])
		w.book.say("T1", missed[1])
		again := w.listen(t, c, w.URL, fmt.Sprintf("/node%d/T1/live", i%2), last)
		var got []string
		if got, last = again.news(t, 2); !slices.Equal(got, missed) {
			t.Fatalf("after a cut at %d came %q, want %q", last, got, missed)
		}
		w.book.say("T1", "x")
		w.hubs[i%2].Wake()
		if got, last = again.news(t, 1); got[0] != "x" {
			t.Fatalf("after coming back came %q, want x", got)
		}
		first = again
	}
}

func TestWhoCannotHaveAStreamAsksForTheSame(t *testing.T) {
	w := start(t, 10)
	w.book.say("T1", "a")
	w.book.say("T1", "b")
	c := w.As(w.Partner("Anna"))
	page := c.Get("/node0/T1/live?poll=1&after=1").Want(200)
	if want := `{"seq":2,"parts":[{"id":"messages","how":"append","html":"\u003cli\u003eb\u003c/li\u003e"}]}`; page.Body != want {
		t.Errorf("poll = %s, want %s", page.Body, want)
	}
	if got := w.Nobody().Get("/node0/T1/live").Status; got != http.StatusUnauthorized {
		t.Errorf("a stream for nobody = %d, want 401", got)
	}
	w.book.shut[c.By.User] = true
	if got := c.Get("/node0/T1/live").Status; got != http.StatusNotFound {
		t.Errorf("a stream of what isn't one's own = %d, want 404", got)
	}
}

func TestAStreamEndsWithTheSessionTheRightAndTheServer(t *testing.T) {
	w := start(t, 10)
	anna := w.Partner("Anna")
	c := w.As(anna)
	lost := w.listen(t, c, w.URL, "/node0/T1/live", -1)
	lost.until(t, "beat")
	w.book.mu.Lock()
	w.book.shut[anna.User] = true
	w.book.mu.Unlock()
	w.book.say("T1", "a secret")
	w.hubs[0].Wake()
	lost.until(t, "over")
	lost.until(t, "")
	w.book.mu.Lock()
	w.book.shut[anna.User] = false
	w.book.mu.Unlock()

	served := w.listen(t, c, w.other.URL, "/node1/T1/live", -1)
	served.until(t, "beat")
	close(w.ended)
	served.until(t, "")

	signedOut := w.listen(t, c, w.URL, "/node0/T1/live", -1)
	signedOut.until(t, "beat")
	c.Post("/logout", nil)
	signedOut.until(t, "over")
	signedOut.until(t, "")
	for i, h := range w.hubs {
		for n := 0; h.Open() > 0; n++ {
			if n > 1e7 {
				t.Fatalf("node %d still has %d streams", i, h.Open())
			}
		}
	}
}

func TestTheNewestStreamsOfAPersonStayAndOthersAreAskedToAsk(t *testing.T) {
	w := start(t, 2)
	c := w.As(w.Partner("Anna"))
	first := w.listen(t, c, w.URL, "/node0/T1/live", -1)
	first.until(t, "beat")
	for range 2 {
		w.listen(t, c, w.URL, "/node0/T1/live", -1).until(t, "beat")
	}
	first.until(t, "busy")
	first.until(t, "")
	if n := w.hubs[0].Open(); n != 2 {
		t.Errorf("%d streams are open, want 2", n)
	}
	if k := c.By.Kind; k != actor.Partner {
		t.Errorf("the reader is a %s, want a partner", k)
	}
}
