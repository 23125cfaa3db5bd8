package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"hanse/internal/kit/web"
)

// Serve listens, runs jobs and chores, and answers requests until ctx ends; then it lets what is under way
// finish. ready, when given, is called with the address once requests are accepted.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	h, err := a.Handler()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", a.Config.Addr)
	if err != nil {
		return fmt.Errorf("listen: %w; choose another address with --addr", err)
	}
	post, err := a.receiver()
	if err != nil {
		l.Close()
		return err
	}
	if err := a.Badge.Start(ctx); err != nil {
		l.Close()
		return err
	}
	easeCollector()
	var work sync.WaitGroup
	// Jobs end after the last request: a request may wait for one.
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	work.Go(func() {
		if err := a.Runner.Run(background, max(a.Config.Workers, 1)); err != nil {
			a.Log.Error("jobs", "error", err)
		}
	})
	work.Go(func() { a.chores(background) })
	// What comes by mail is taken as long as requests are: its jobs end with the others.
	a.takeMail(ctx, &work, post)
	if ready != nil {
		ready(l.Addr().String())
	}
	err = web.Serve(ctx, l, h, a.Log)
	stop()
	work.Wait()
	return errors.Join(err, a.seal(context.WithoutCancel(ctx)))
}

// collectAt is how much garbage there may be, in percent of what lives, before it's collected. A server lives on some tens
// of megabytes and makes as much garbage in a second: with Go's 100 a sixth of its processor time goes into collecting.
const collectAt = 400

// easeCollector lets garbage gather once the program is up; before, there's much of it and little lives. GOGC wins.
func easeCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	debug.FreeOSMemory() // what the start left
}

// The chores' intervals. They go by the wall clock: as schedules of the business clock, a demo that travels a
// year would run them millions of times.
const (
	sealEvery  = 2 * time.Second
	learnEvery = 20 * time.Second
	tidyEvery  = 30 * time.Second // SQLite's log is copied back beside the writers, before one of them has to
	sweepEvery = time.Hour
	uploadAge  = 24 * time.Hour // a temporary upload older than this belongs to nobody
)

// chores seals the audit log every few seconds, learns of program versions that another process loaded or retired,
// keeps SQLite's log short, and removes what has run out every hour.
func (a *App) chores(ctx context.Context) {
	seal, learn, sweep := time.NewTicker(sealEvery), time.NewTicker(learnEvery), time.NewTicker(sweepEvery)
	defer seal.Stop()
	defer learn.Stop()
	defer sweep.Stop()
	tidy := time.NewTicker(tidyEvery)
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-seal.C:
			err = a.seal(ctx)
		case <-learn.C:
			err = a.Qualification.Sync(ctx)
		case <-tidy.C:
			err = a.DB.Checkpoint(ctx)
		case <-sweep.C:
			err = a.sweep(ctx)
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Error("chore", "error", err)
		}
	}
}

func (a *App) seal(ctx context.Context) error {
	_, err := a.Audit.Seal(ctx)
	return err
}

func (a *App) sweep(context.Context) error {
	_, err := a.Files.Sweep(a.Clock.Wall().Add(-uploadAge))
	return err
}
