package dbtest

import (
	"context"
	"sync/atomic"
)

// A fuse is a context that ends at a look at it: whoever is between two steps of a transaction then finds that the caller
// has gone.
type fuse struct {
	context.Context
	left atomic.Int32
	gone chan struct{}
}

// Fuse is a context that ends when it's looked at for the nth time.
func Fuse(ctx context.Context, n int) context.Context {
	f := &fuse{Context: ctx, gone: make(chan struct{})}
	f.left.Store(int32(n))
	return f
}

// Done counts the looks.
func (f *fuse) Done() <-chan struct{} {
	if f.left.Add(-1) == 0 {
		close(f.gone)
	}
	return f.gone
}

// Err is nil while it burns.
func (f *fuse) Err() error {
	select {
	case <-f.gone:
		return context.Canceled
	default:
		return nil
	}
}
