// Package gather turns many callers at once into few calls: group commit.
//
// Each caller hands in one item and waits for its own answer. While one batch runs, the items that arrive make the
// next one, so that a busy database sees a statement for hundreds of them and an idle one sees each at once: there's
// no timer, and nobody waits for company. Batches of one group never overlap.
package gather

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// ErrFull says that so many callers wait already that one more had better come again later.
var ErrFull = errors.New("too many callers are waiting")

// A Result is one item's own outcome.
type Result[Out any] struct {
	Value Out
	Err   error
}

// A Group gathers the items of one kind. It starts a goroutine when there's work and ends it when there's none, so
// that it needs no closing.
type Group[In, Out any] struct {
	most int
	room int
	run  func(ctx context.Context, in []In) ([]Result[Out], error)

	mu      sync.Mutex
	waiting []*call[In, Out]
	running bool
}

type call[In, Out any] struct {
	in   In
	done chan Result[Out] // holds one, so that nobody waits for a caller who left
	left atomic.Bool
	tell atomic.Pointer[func()] // told when the caller leaves
}

// New returns a group whose batches hold at most most items, and in which at most room callers wait.
//
// Run answers a batch with one result for each item, in their order. When it fails as a whole, or panics, each item
// of the batch is tried once more alone, so that one bad item harms only its own caller: what run did for a failed
// batch must be undone (a transaction) or harmless to do again. Its context ends when every caller of the batch has
// left.
func New[In, Out any](most, room int, run func(ctx context.Context, in []In) ([]Result[Out], error)) *Group[In, Out] {
	return &Group[In, Out]{most: most, room: room, run: run}
}

// Do hands in an item and waits for its result. A caller whose context ends stops waiting; its item may take effect
// all the same. ErrFull comes at once, without any effect.
func (g *Group[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	var none Out
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c := &call[In, Out]{in: in, done: make(chan Result[Out], 1)}
	if !g.enter(c) {
		return none, ErrFull
	}
	select {
	case r := <-c.done:
		return r.Value, r.Err
	case <-ctx.Done():
		c.leave()
		return none, ctx.Err()
	}
}

func (g *Group[In, Out]) enter(c *call[In, Out]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) >= g.room {
		return false
	}
	g.waiting = append(g.waiting, c)
	if !g.running {
		g.running = true
		go g.work()
	}
	return true
}

// work runs batches until nobody waits.
func (g *Group[In, Out]) work() {
	for batch := g.next(nil); len(batch) > 0; batch = g.next(batch) {
		g.answer(batch)
	}
}

// next takes the oldest callers that are still there. It reuses the room of the batch before.
func (g *Group[In, Out]) next(batch []*call[In, Out]) []*call[In, Out] {
	clear(batch)
	batch = batch[:0]
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := 0
	for ; taken < len(g.waiting) && len(batch) < g.most; taken++ {
		if c := g.waiting[taken]; !c.left.Load() {
			batch = append(batch, c)
		}
	}
	rest := copy(g.waiting, g.waiting[taken:])
	clear(g.waiting[rest:])
	g.waiting = g.waiting[:rest]
	g.running = len(batch) > 0
	return batch
}

func (g *Group[In, Out]) answer(batch []*call[In, Out]) {
	results, err := g.try(batch)
	if err == nil {
		for i, c := range batch {
			c.done <- results[i]
		}
		return
	}
	if len(batch) == 1 {
		batch[0].done <- Result[Out]{Err: err}
		return
	}
	for i := range batch {
		if !batch[i].left.Load() {
			g.answer(batch[i : i+1])
		}
	}
}

// try runs one batch and turns a panic into an error.
func (g *Group[In, Out]) try(batch []*call[In, Out]) (results []Result[Out], err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	watch(batch, cancel)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	in := make([]In, len(batch))
	for i, c := range batch {
		in[i] = c.in
	}
	results, err = g.run(ctx, in)
	if err == nil && len(results) != len(batch) {
		err = fmt.Errorf("%d results for %d items", len(results), len(batch))
	}
	return results, err
}

// watch calls gone when the last caller of the batch has left.
func watch[In, Out any](batch []*call[In, Out], gone func()) {
	var here atomic.Int64
	here.Store(int64(len(batch)))
	leave := func() {
		if here.Add(-1) == 0 {
			gone()
		}
	}
	for _, c := range batch {
		c.tell.Store(&leave)
		if c.left.Load() { // it left before it could be told whom to tell
			c.leave()
		}
	}
}

// leave says that the caller doesn't wait any more; only the first one to take tell calls it.
func (c *call[In, Out]) leave() {
	c.left.Store(true)
	if tell := c.tell.Swap(nil); tell != nil {
		(*tell)()
	}
}
