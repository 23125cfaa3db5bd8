package ledger

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

const (
	queueLength = 4096 // postings that wait at most; more are refused, so that memory stays bounded
	batchSize   = 512  // postings of one transaction at most
	busySeconds = 1    // after which a refused caller may try again

	// A batch is given up after this time, however the database hangs.
	batchTimeout = time.Minute
)

// errClosed is the answer after Close: this process ends, and another one may be there.
var errClosed = fault.New(fault.KindUnavailable, i18n.M("ledger.busy"))

// A writer gathers the postings of many callers into one transaction, so that an account that everybody uses is
// changed once for hundreds of postings. It waits for nothing: a batch is what has come while the last one ran.
//
// Several writers, on one node or many, may work on one database: each locks the accounts that it touches.
type writer struct {
	db    *db.DB
	queue chan *request
	ended chan struct{} // closed when the last batch is done

	mu     sync.RWMutex
	begun  bool
	closed bool

	batches, postings, refused atomic.Int64

	memory *memory // of the goroutine that writes
}

func newWriter(d *db.DB) *writer {
	return &writer{db: d, queue: make(chan *request, queueLength), ended: make(chan struct{}), memory: newMemory()}
}

// A request is one posting in the queue.
type request struct {
	by      actor.Actor
	p       Posting
	hash    []byte
	changes []change
	touched []*account  // the accounts of the changes, as the batch knows them
	taken   atomic.Bool // by the writer, or by the caller who gave up
	done    chan struct{}

	// The answer, to be read after done is closed.
	out Posted
	err error
}

// newRequest prepares what needs no database. The transfer gets its id now: a posting without a key that is tried a
// second time is then found by it.
func newRequest(by actor.Actor, p Posting, wall time.Time) *request {
	if p.id == "" {
		p.id = id.New(prefixTransfer, wall)
	}
	return &request{by: by, p: p, hash: p.hash(), changes: p.changes(), done: make(chan struct{})}
}

// Post makes a posting in a transaction that it shares with others'. The rules are those of the function Post; the
// caller has asked the permission, and has no transaction open: in one, the function Post is right. TooMany when the queue is full. A caller whose context ends while the posting
// waits gets the context's error, and nothing is posted; once the posting is being made, it's awaited.
func (s *Service) Post(ctx context.Context, by actor.Actor, p Posting) (Posted, error) {
	return s.writer.post(ctx, by, p)
}

func (w *writer) post(ctx context.Context, by actor.Actor, p Posting) (Posted, error) {
	if err := p.check(); err != nil {
		return Posted{}, err
	}
	r := newRequest(by, p, w.db.Clock().Wall())
	if err := w.put(r); err != nil {
		return Posted{}, err
	}
	select {
	case <-r.done:
	case <-ctx.Done():
		if r.taken.CompareAndSwap(false, true) {
			return Posted{}, ctx.Err()
		}
		<-r.done
	}
	return r.out, r.err
}

// put queues a request and starts the writer with the first one.
func (w *writer) put(r *request) error {
	w.mu.RLock()
	if !w.begun {
		w.mu.RUnlock()
		w.begin()
		w.mu.RLock()
	}
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- r:
		return nil
	default:
		w.refused.Add(1)
		return fault.TooMany(busySeconds, i18n.M("ledger.busy"))
	}
}

func (w *writer) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.begun && !w.closed {
		w.begun = true
		go w.run()
	}
}

// Close lets everything that waits be posted, and refuses what comes after.
func (s *Service) Close() {
	w := s.writer
	w.mu.Lock()
	first := !w.closed
	w.closed = true
	begun := w.begun
	if first {
		close(w.queue)
	}
	w.mu.Unlock()
	if begun {
		<-w.ended
	}
}

func (w *writer) run() {
	defer close(w.ended)
	batch := make([]*request, 0, batchSize)
	for r := range w.queue {
		// Those who were answered a moment ago come back at once: they run first, and the batch is a full one.
		runtime.Gosched()
		batch = w.gather(append(batch[:0], r))
		w.batches.Add(1)
		w.postings.Add(int64(len(batch)))
		w.write(batch)
		clear(batch)
	}
}

// gather takes what waits besides the first one. Requests whose callers have gone are left out.
func (w *writer) gather(batch []*request) []*request {
	if !batch[0].taken.CompareAndSwap(false, true) {
		batch = batch[:0]
	}
	for len(batch) < batchSize {
		select {
		case r, ok := <-w.queue:
			if !ok {
				return batch
			}
			if r.taken.CompareAndSwap(false, true) {
				batch = append(batch, r)
			}
		default:
			return batch
		}
	}
	return batch
}

// write posts a batch and answers every request. A batch in which a key was used before is tried again with all keys
// looked up, and one that fails with what the writer remembered without that. What can't be decided together, and a batch
// that the database refused as a whole, is posted one by one, so that only the guilty posting fails.
func (w *writer) write(batch []*request) {
	if len(batch) == 0 {
		return
	}
	b, err := w.try(batch)
	if db.Violates(err) { // nearly always of a key
		w.memory.surprised()
		b, err = w.try(batch)
	}
	if err != nil {
		w.memory.wrong()
		b, err = w.try(batch)
	}
	rest := batch
	if err == nil {
		w.memory.learn(b)
		b.answer()
		rest = b.later
	}
	w.writeSingly(rest)
}

func (w *writer) try(batch []*request) (b *bundle, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	err = w.db.Update(ctx, func(tx *db.Tx) error {
		b = newBundle(tx, batch, w.memory)
		return b.run(ctx)
	})
	return b, err
}

// mostFailures is how many postings may fail in a row for a reason that isn't theirs, before the others get the
// same error: a database that is gone must not be asked by each of them.
const mostFailures = 3

func (w *writer) writeSingly(requests []*request) {
	var failed error
	failures := 0
	for _, r := range requests {
		if failures >= mostFailures {
			r.err = failed
			close(r.done)
			continue
		}
		if r.out, r.err = w.single(r); r.err == nil || fault.Of(r.err) != nil {
			failures = 0
		} else {
			failed, failures = r.err, failures+1
		}
		close(r.done)
	}
}

func (w *writer) single(r *request) (out Posted, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	err = w.db.Update(ctx, func(tx *db.Tx) error {
		out, err = Post(ctx, tx, r.by, r.p)
		return err
	})
	return out, err
}

// A Load says how busy the writer is: for the metrics.
type Load struct {
	Waiting  int   // postings in the queue
	Batches  int64 // transactions since the start
	Postings int64 // postings in them
	Refused  int64 // because the queue was full
}

// Load tells how busy the writer is.
func (s *Service) Load() Load {
	w := s.writer
	return Load{Waiting: len(w.queue), Batches: w.batches.Load(), Postings: w.postings.Load(), Refused: w.refused.Load()}
}
