// Package live brings what happens to a ticket into the pages that show it, without a reload: by server-sent events that
// go on after a cut exactly where they stopped, and by asking now and then where a stream can't be had.
//
// The database is the source. Each node asks it with one query for all tickets that somebody looks at there, every two
// seconds and at once after each commit of its own; so it doesn't matter which node wrote. What a reader gets is drawn
// by the page that he looks at, with the same components, and only if he still may see it.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hanse/internal/kit/db"
)

// The measures of a hub that says nothing else.
const (
	usualLook = 2 * time.Second
	usualBeat = 15 * time.Second
	usualMost = 4                // a browser has six connections to one host: pages need the rest
	mostAll   = 4000             // streams of a node; whoever comes after them asks now and then
	mostIDs   = 1000             // tickets in one query
	patience  = 10 * time.Second // how long one query, or one write to a reader, may take
	breath    = 50 * time.Millisecond
)

// Config is what a hub needs. Latest gives the newest sequence number of each ticket, in one query.
type Config struct {
	DB     *db.DB
	Log    *slog.Logger
	Latest func(ctx context.Context, q db.Querier, tickets []string) (map[string]int64, error)

	Look time.Duration // between two looks at the database while somebody listens; 0: two seconds
	Beat time.Duration // between two signs of life, at which it's also looked whether the session lives; 0: 15 s
	Most int           // streams of one person on this node; 0: four
}

// A Hub knows who listens on this node. It works only while somebody does.
type Hub struct {
	Config
	wake chan struct{}

	mu      sync.Mutex
	readers []*reader // oldest first
	running bool
}

// New returns a hub that is woken by the commits of its database.
func New(c Config) *Hub {
	if c.Look <= 0 {
		c.Look = usualLook
	}
	if c.Beat <= 0 {
		c.Beat = usualBeat
	}
	if c.Most <= 0 {
		c.Most = usualMost
	}
	h := &Hub{Config: c, wake: make(chan struct{}, 1)}
	c.DB.OnCommit(h.Wake)
	return h
}

// Wake makes the hub look at the database now.
func (h *Hub) Wake() {
	select {
	case h.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// A reader is one open stream.
type reader struct {
	ticket string
	who    string        // the human, whose streams are counted
	told   int64         // the newest sequence number that it was told of; under the hub's lock
	news   chan struct{} // there's something new
	out    chan struct{} // closed when a newer stream takes its place
}

// join adds a stream that has everything up to have. A person with too many loses the oldest; false when the node has
// too many.
func (h *Hub) join(ticket, who string, have int64) (*reader, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	mine, oldest := 0, -1
	for i, r := range h.readers {
		if r.who == who {
			if mine++; oldest < 0 {
				oldest = i
			}
		}
	}
	if mine >= h.Most {
		close(h.readers[oldest].out)
		h.drop(h.readers[oldest])
	}
	if len(h.readers) >= mostAll {
		return nil, false
	}
	r := &reader{ticket: ticket, who: who, told: have, news: make(chan struct{}, 1), out: make(chan struct{})}
	h.readers = append(h.readers, r)
	if !h.running {
		h.running = true
		go h.run()
	}
	h.Wake() // something may have come between reading and joining
	return r, true
}

// leave takes a stream out.
func (h *Hub) leave(r *reader) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(r)
	if len(h.readers) == 0 {
		h.Wake() // the loop ends
	}
}

func (h *Hub) drop(r *reader) {
	for i, x := range h.readers {
		if x == r {
			h.readers = append(h.readers[:i], h.readers[i+1:]...)
			return
		}
	}
}

// Open counts the streams of this node, for metrics and tests.
func (h *Hub) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}

// run looks until nobody listens any more.
func (h *Hub) run() {
	ticks := time.NewTicker(h.Look)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-h.wake:
			time.Sleep(breath) // commits come in bursts: one query is for all of them
		}
		tickets, any := h.tickets()
		if !any {
			return
		}
		h.look(tickets)
	}
}

// tickets lists what is listened to, each once. The loop ends when there's nothing.
func (h *Hub) tickets() ([]string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.readers) == 0 {
		h.running = false
		return nil, false
	}
	seen := make(map[string]bool, len(h.readers))
	var out []string
	for _, r := range h.readers {
		if !seen[r.ticket] {
			seen[r.ticket] = true
			out = append(out, r.ticket)
		}
	}
	return out, true
}

// look tells each reader of a ticket that went on since it was last told.
func (h *Hub) look(tickets []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for len(tickets) > 0 {
		n := min(len(tickets), mostIDs)
		latest, err := h.Latest(ctx, h.DB.Read(), tickets[:n])
		if err != nil {
			h.Log.Warn("look for news of tickets", "error", err) // the next look finds the same
			return
		}
		h.tell(latest)
		tickets = tickets[n:]
	}
}

func (h *Hub) tell(latest map[string]int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.readers {
		if n, ok := latest[r.ticket]; ok && n > r.told {
			r.told = n
			select {
			case r.news <- struct{}{}:
			default: // it hasn't read the last news yet and will find these too
			}
		}
	}
}
