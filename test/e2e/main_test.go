// Package e2e goes through the whole program as people do: the filled demonstration, in a real browser where the
// browser matters, and by plain requests without scripts where it doesn't.
//
// The demonstration is made once; each journey gets a copy of its folder, so that none sees another's traces.
package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/app"
	"hanse/internal/app/demodata"
	"hanse/internal/app/stage"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

// first holds the folder that all journeys copy.
var first struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := browser.Main(m)
	if first.dir != "" {
		os.RemoveAll(first.dir)
	}
	os.Exit(code)
}

// present is the demonstration's business time in these tests: a Tuesday, mid-morning in Beijing.
var present = time.Date(2027, 3, 16, 2, 0, 0, 0, time.UTC)

// A World is a running demonstration of its own.
type World struct {
	*app.App
	URL    string
	logins map[string]demodata.Login

	t *testing.T
}

// world starts a copy of the demonstration. No worker runs by itself: Drain does what is due.
func world(t *testing.T) *World {
	t.Helper()
	first.once.Do(func() { first.dir, first.err = fill() })
	must(t, first.err)
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(first.dir)))
	must(t, os.Chmod(filepath.Join(dir, "data", "secret.key"), 0o600)) // a copy is readable by all
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	a, err := stage.Open(t.Context(), stage.Options{Dir: dir, Addr: "127.0.0.1:0", BaseURL: url,
		Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))})
	must(t, err)
	t.Cleanup(func() { a.Close(); a.Sink.Close() })
	server.Config.Handler, err = a.Handler()
	must(t, err)
	server.Start()
	t.Cleanup(server.Close)
	w := &World{App: a, URL: url, logins: logins(t, dir), t: t}
	w.Drain()
	return w
}

// fill makes the demonstration once.
func fill() (string, error) {
	dir, err := os.MkdirTemp("", "hanse-e2e-")
	if err != nil {
		return "", err
	}
	a, err := stage.Open(context.Background(), stage.Options{Dir: dir, Addr: "127.0.0.1:0", BaseURL: "http://127.0.0.1", Now: present, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return dir, fmt.Errorf("fill the demonstration: %w", err)
	}
	a.Sink.Close()
	return dir, a.Close()
}

func logins(t *testing.T, dir string) map[string]demodata.Login {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	must(t, err)
	var file struct {
		Logins []demodata.Login `json:"logins"`
	}
	must(t, json.Unmarshal(b, &file))
	byRole := map[string]demodata.Login{}
	for _, l := range file.Logins {
		byRole[l.Role] = l
	}
	return byRole
}

// Drain does everything that is due.
func (w *World) Drain() {
	w.t.Helper()
	must(w.t, w.Runner.Drain(w.t.Context()))
}

// say is a text of the catalogue as it stands on a page.
func say(lang, key string, args ...i18n.A) string {
	m := i18n.Msg{Key: key}
	if len(args) > 0 {
		m.Args = args[0]
	}
	return strings.Join(strings.Fields(i18n.Text(lang, m)), " ")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
