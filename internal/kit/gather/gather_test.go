package gather_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hanse/internal/kit/gather"
)

// double answers each item with twice its value after a second, and keeps the sizes of its batches.
func double(sizes *[]int) func(context.Context, []int) ([]gather.Result[int], error) {
	return func(_ context.Context, in []int) ([]gather.Result[int], error) {
		time.Sleep(time.Second)
		*sizes = append(*sizes, len(in))
		out := make([]gather.Result[int], len(in))
		for i, n := range in {
			out[i].Value = 2 * n
			if n < 0 {
				out[i].Err = fmt.Errorf("item %d is negative", n)
			}
		}
		return out, nil
	}
}

func TestWhatArrivesWhileABatchRunsIsTheNextBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		g := gather.New(64, 1000, double(&sizes))
		var wg sync.WaitGroup
		for i := range 101 {
			wg.Go(func() {
				if got, err := g.Do(t.Context(), i); err != nil || got != 2*i {
					t.Errorf("Do(%d) = %d, %v; want %d", i, got, err, 2*i)
				}
			})
			if i == 0 {
				synctest.Wait() // the first one runs alone
			}
		}
		began := time.Now()
		wg.Wait()
		if got := fmt.Sprint(sizes); got != "[1 64 36]" {
			t.Errorf("sizes of the batches = %s, want [1 64 36]", got)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %v, want 3s: nobody waits for company", took)
		}
	})
}

func TestEachCallerGetsItsOwnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		g := gather.New(64, 1000, double(&sizes))
		var wg sync.WaitGroup
		for _, n := range []int{1, -2, 3, -4} {
			wg.Go(func() {
				got, err := g.Do(t.Context(), n)
				if (err != nil) != (n < 0) || n > 0 && got != 2*n {
					t.Errorf("Do(%d) = %d, %v", n, got, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestABadItemHarmsOnlyItsOwnCaller(t *testing.T) {
	bad := map[string]func() error{
		"an error": func() error { return errors.New("poison") },
		"a panic":  func() error { panic("poison") },
	}
	for name, fail := range bad {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries := map[int]int{}
				g := gather.New(64, 1000, func(_ context.Context, in []int) ([]gather.Result[int], error) {
					time.Sleep(time.Second)
					out := make([]gather.Result[int], len(in))
					for i, n := range in {
						tries[n]++
						out[i].Value = n
					}
					for _, n := range in {
						if n == 13 {
							return nil, fail()
						}
					}
					return out, nil
				})
				var wg sync.WaitGroup
				go g.Do(t.Context(), -1)
				synctest.Wait() // what follows is one batch
				for n := range 20 {
					wg.Go(func() {
						got, err := g.Do(t.Context(), n)
						if n == 13 && (err == nil || !strings.Contains(err.Error(), "poison")) {
							t.Errorf("Do(13) = %v, want its own error", err)
						}
						if n != 13 && (err != nil || got != n) {
							t.Errorf("Do(%d) = %d, %v; want %d", n, got, err, n)
						}
					})
				}
				wg.Wait()
				if tries[13] != 2 {
					t.Errorf("item 13 was tried %d times, want 2: with the others and once alone", tries[13])
				}
			})
		})
	}
}

func TestACallerWhoLeavesIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		g := gather.New(64, 1000, double(&sizes))
		go g.Do(t.Context(), 1)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := g.Do(ctx, 2); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 100*time.Millisecond {
			t.Errorf("Do = %v after %v, want the deadline", err, time.Since(began))
		}
		if got, err := g.Do(t.Context(), 3); got != 6 || err != nil {
			t.Errorf("Do(3) = %d, %v; want 6", got, err)
		}
		if got := fmt.Sprint(sizes); got != "[1 1]" {
			t.Errorf("sizes = %s, want [1 1]: who left before the batch began isn't in it", got)
		}
	})
}

func TestABatchEndsWhenAllItsCallersHaveLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		g := gather.New(64, 1000, func(ctx context.Context, in []int) ([]gather.Result[int], error) {
			select {
			case <-ctx.Done():
				ended <- ctx.Err()
				return nil, ctx.Err()
			case <-time.After(time.Hour):
				return make([]gather.Result[int], len(in)), nil
			}
		})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.Do(short, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Do = %v, want the deadline", err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the batch ended with %v, want canceled", err)
		}
	})
}

func TestOneCallerWhoStaysKeepsTheBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gather.New(64, 1000, func(ctx context.Context, in []int) ([]gather.Result[int], error) {
			time.Sleep(time.Minute)
			return make([]gather.Result[int], len(in)), ctx.Err()
		})
		var wg sync.WaitGroup
		wg.Go(func() { g.Do(t.Context(), -1) })
		synctest.Wait() // what follows is the second batch
		for i := range 10 {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if i > 0 {
				ctx, cancel = context.WithTimeout(t.Context(), 70*time.Second) // in the middle of the second batch
			}
			wg.Go(func() {
				defer cancel()
				if _, err := g.Do(ctx, i); i == 0 && err != nil {
					t.Errorf("Do of the one who stays = %v", err)
				}
			})
		}
		wg.Wait()
	})
}

func TestAFullGroupRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sizes []int
		g := gather.New(2, 3, double(&sizes))
		go g.Do(t.Context(), 0)
		synctest.Wait() // it runs, and waits no more
		for i := range 3 {
			go g.Do(t.Context(), i)
		}
		synctest.Wait()
		if _, err := g.Do(t.Context(), 4); !errors.Is(err, gather.ErrFull) {
			t.Errorf("Do = %v, want ErrFull", err)
		}
		time.Sleep(4 * time.Second)
		if got, err := g.Do(t.Context(), 5); got != 10 || err != nil {
			t.Errorf("Do(5) = %d, %v; want 10", got, err)
		}
	})
}

func TestAWrongNumberOfResultsIsAnError(t *testing.T) {
	g := gather.New(4, 4, func(context.Context, []int) ([]gather.Result[int], error) { return nil, nil })
	if _, err := g.Do(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "0 results for 1 items") {
		t.Errorf("Do = %v", err)
	}
}
