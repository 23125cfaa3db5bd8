// Package stage sets up the demonstration: a folder with an SQLite database, data, and the file demo.json that
// says who can sign in.
package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"hanse/internal/app"
	"hanse/internal/app/demodata"
	"hanse/internal/edge/demo"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/mailer"
)

// The files of a demonstration, in its folder.
const (
	loginsFile = "demo.json"  // written last: with it the data is whole
	clockFile  = "clock.json" // the business clock's lead
	fillFile   = "filling"    // there while the data is being made
	dataFolder = "data"       // database, uploads, secret key
)

// Options say which demonstration. Dir is made when it doesn't exist; a zero Now keeps the clock as it is.
type Options struct {
	Dir, Addr, BaseURL string
	Now                time.Time
	Limit              config.Limit // zero = the usual limits
	Log                *slog.Logger
}

// What is written to demo.json.
type logins struct {
	URL    string           `json:"url"`
	Logins []demodata.Login `json:"logins"`
}

// Open starts the demonstration in its folder, filling it the first time. The caller serves and closes the App.
func Open(ctx context.Context, o Options) (*app.App, error) {
	if err := prepare(o.Dir); err != nil {
		return nil, err
	}
	parts, err := o.parts()
	if err != nil {
		return nil, err
	}
	a, err := app.New(ctx, parts)
	if err != nil {
		return nil, errors.Join(err, parts.Sink.Close())
	}
	if err := o.fill(ctx, a); err != nil {
		return nil, errors.Join(err, a.Close(), parts.Sink.Close())
	}
	return a, nil
}

// prepare refuses a folder that holds something else, and clears one whose data was never finished.
func prepare(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("demonstration folder: %w", err)
	}
	if exists(dir, fillFile) {
		err := errors.Join(os.RemoveAll(filepath.Join(dir, dataFolder)), remove(filepath.Join(dir, clockFile)),
			remove(filepath.Join(dir, loginsFile)), remove(filepath.Join(dir, fillFile)))
		if err != nil {
			return fmt.Errorf("clear the unfinished demonstration: %w", err)
		}
	}
	if exists(dir, loginsFile) || !exists(dir, dataFolder) && !exists(dir, "hanse.db") {
		return nil
	}
	return fmt.Errorf("%s holds data that's no demonstration: choose an empty folder with --data", dir)
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (o Options) parts() (app.Parts, error) {
	p := app.Parts{Log: o.Log, DemoClock: filepath.Join(o.Dir, clockFile), Light: true}
	var err error
	if p.Clock, err = o.clock(p.DemoClock); err != nil {
		return p, err
	}
	data := filepath.Join(o.Dir, dataFolder)
	// A demonstration loses nothing that anybody needs when the power fails, and travels in time much faster when
	// it doesn't wait for the disk at each step.
	p.Config = config.Config{Addr: o.Addr, BaseURL: o.BaseURL, Data: data, DB: "sqlite:" + filepath.Join(data, "hanse.db") + "?sync=off", Workers: 4,
		SMTP: config.SMTP{From: "Hanse Demo <noreply@demo.example>", TLS: mailer.NoTLS},
		Log:  config.Log{Level: "info", Format: "text"}, Limit: o.Limit}
	if err := p.Config.Complete(); err != nil {
		return p, err
	}
	// The mailbox shows business time, as everything else in a demonstration does.
	if p.Sink, err = mailer.NewSink(500, p.Clock.Now); err != nil {
		return p, err
	}
	p.Inbox = mailer.NewInbox(500, p.Clock.Now)
	return p, nil
}

// clock goes on where the demonstration was, or starts at the instant asked for. An instant before the kept one
// is refused: what has happened there can't be undone.
func (o Options) clock(file string) (*clock.Clock, error) {
	offset, kept, err := demo.Load(file)
	if err != nil {
		return nil, err
	}
	c := clock.Ahead(offset)
	if o.Now.IsZero() {
		return c, nil
	}
	if !kept {
		offset = o.Now.Sub(c.Wall())
		return clock.Ahead(offset), demo.Save(file, offset)
	}
	if !c.MoveTo(o.Now) {
		return nil, fmt.Errorf("this demonstration is at %s already, and time only moves forward: choose a later --now or another --data",
			c.Now().Format(time.RFC3339))
	}
	return c, demo.Save(file, c.Offset())
}

// fill makes the data once and writes demo.json last; the address in it is always the present one.
func (o Options) fill(ctx context.Context, a *app.App) error {
	var l logins
	path := filepath.Join(o.Dir, loginsFile)
	b, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := json.Unmarshal(b, &l); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	case errors.Is(err, fs.ErrNotExist):
		if l.Logins, err = o.first(ctx, a); err != nil {
			return err
		}
	default:
		return err
	}
	l.URL = a.Config.BaseURL
	return errors.Join(writeLogins(path, l), remove(filepath.Join(o.Dir, fillFile)))
}

func (o Options) first(ctx context.Context, a *app.App) ([]demodata.Login, error) {
	if err := os.WriteFile(filepath.Join(o.Dir, fillFile), nil, 0o600); err != nil {
		return nil, err
	}
	all, err := demodata.Fill(ctx, a)
	if err != nil {
		return nil, fmt.Errorf("fill the demonstration: %w", err)
	}
	if err := a.Runner.Drain(ctx); err != nil {
		return nil, fmt.Errorf("fill the demonstration: %w", err)
	}
	return all, nil
}

// writeLogins replaces the file at once: whoever waits for it never reads half. It holds keys, so nobody else
// may read it.
func writeLogins(path string, l logins) error {
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	temp := path + ".new"
	if err := os.WriteFile(temp, append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// URL is where a browser on this machine finds a server that listens on an address.
func URL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
