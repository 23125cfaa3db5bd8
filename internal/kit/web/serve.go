package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// grace is how long requests under way may take after the server was told to end.
const grace = 15 * time.Second

type endingKey struct{}

// Ending is closed when the server that answers a request was told to end. Answers that go on for as long as the reader
// stays end with it; others needn't care. Without such a server it's never closed.
func Ending(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(endingKey{}).(<-chan struct{})
	return c
}

// WithEnding is a context for requests whose server ends with ended.
func WithEnding(ctx context.Context, ended <-chan struct{}) context.Context {
	return context.WithValue(ctx, endingKey{}, ended)
}

// Serve answers on l until ctx ends, then lets requests under way finish. Bodies have no overall time limit, so
// that a large upload on a slow line works; headers and idle connections do.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return WithEnding(context.Background(), ctx.Done()) },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := server.Shutdown(stop)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
