package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hanse/internal/app"
	"hanse/internal/app/stage"
	"hanse/internal/kit/config"
)

type demoCmd struct {
	Addr    string       `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on."`
	Data    string       `default:"hanse-demo" placeholder:"DIR" help:"Folder of the demonstration; starting it again keeps its data."`
	Now     string       `placeholder:"RFC3339" help:"Business time at which it starts, such as 2026-12-01T09:00:00+08:00."`
	BaseURL string       `name:"base-url" placeholder:"URL" help:"Address at which people reach it. Default: http:// and --addr."`
	Limit   config.Limit `embed:"" prefix:"limit-"`
	Log     config.Log   `embed:"" prefix:"log-"`
}

func (*demoCmd) Help() string {
	return `Fills a folder with a vendor, its channel and their people, and serves it. DIR/demo.json says who can sign in.
Mail goes to a mailbox page, and time can be moved forward: in the portal, or by POST /demo/clock.

Example:
  hanse demo --data ./hanse-demo --addr 127.0.0.1:8080
  curl -d '{"advance":"72h"}' http://127.0.0.1:8080/demo/clock`
}

// Run fills the folder the first time and serves until it's told to end.
func (c *demoCmd) Run(ctx context.Context, io std) error {
	o := stage.Options{Dir: c.Data, Addr: c.Addr, BaseURL: c.BaseURL, Limit: c.Limit, Log: app.NewLogger(c.Log, io.err)}
	if o.BaseURL == "" {
		o.BaseURL = stage.URL(c.Addr)
	}
	if c.Now != "" {
		at, err := time.Parse(time.RFC3339, c.Now)
		if err != nil {
			return badInput("--now %q: write it as 2026-12-01T09:00:00+08:00", c.Now)
		}
		o.Now = at
	}
	fmt.Fprintf(io.out, "Hanse demonstration in %s\n", c.Data)
	a, err := stage.Open(ctx, o)
	if err != nil {
		return err
	}
	defer a.Sink.Close()
	defer a.Close()
	return a.Serve(ctx, func(string) {
		fmt.Fprintf(io.out, "Open %s and sign in as somebody in %s\nBusiness time is %s. End with Ctrl-C.\n",
			a.Config.BaseURL, filepath.Join(c.Data, "demo.json"), a.Clock.Now().Format(time.RFC3339))
	})
}
