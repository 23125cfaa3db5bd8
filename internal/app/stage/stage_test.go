package stage_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanse/internal/app"
	"hanse/internal/app/stage"
	"hanse/internal/kit/clock"
)

func open(t *testing.T, o stage.Options) *app.App {
	t.Helper()
	o.Addr = "127.0.0.1:0"
	a, err := stage.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func shut(t *testing.T, a *app.App) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	a.Sink.Close()
}

func TestADemonstrationStartedAgainKeepsItsDataAndItsTime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	now := clock.New().Wall().Add(100 * 24 * time.Hour)
	a := open(t, stage.Options{Dir: dir, Now: now})
	if lead := a.Clock.Now().Sub(a.Clock.Wall()); lead < 99*24*time.Hour {
		t.Errorf("the clock leads by %v, want 100 days", lead)
	}
	shut(t, a)
	path := filepath.Join(dir, "demo.json")
	before, err := os.ReadFile(path)
	if err != nil || !json.Valid(before) {
		t.Fatalf("demo.json: %s, %v", before, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("demo.json has mode %v, want 0600: it holds keys", info.Mode())
	}
	again := open(t, stage.Options{Dir: dir})
	defer shut(t, again)
	if lead := again.Clock.Now().Sub(again.Clock.Wall()); lead < 99*24*time.Hour {
		t.Errorf("after another start the clock leads by %v, want 100 days", lead)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("demo.json changed at the second start")
	}
	if _, err := stage.Open(t.Context(), stage.Options{Dir: dir, Addr: "127.0.0.1:0", Now: clock.New().Wall()}); err == nil || !strings.Contains(err.Error(), "forward") {
		t.Errorf("a start in the past: %v, want a refusal", err)
	}
}

func TestAFolderWithOtherDataIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hanse.db"), []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := stage.Open(t.Context(), stage.Options{Dir: dir, Addr: "127.0.0.1:0"}); err == nil {
		t.Error("a folder with another database was taken")
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "hanse.db")); string(b) != "precious" {
		t.Error("the other database was touched")
	}
}

func TestAnUnfinishedDemonstrationIsMadeAnew(t *testing.T) {
	dir := t.TempDir()
	shut(t, open(t, stage.Options{Dir: dir}))
	// As a process leaves it that is killed while it fills the database.
	if err := os.Rename(filepath.Join(dir, "demo.json"), filepath.Join(dir, "filling")); err != nil {
		t.Fatal(err)
	}
	shut(t, open(t, stage.Options{Dir: dir}))
	if _, err := os.Stat(filepath.Join(dir, "demo.json")); err != nil {
		t.Error(err)
	}
}

func TestServeEndsInOrder(t *testing.T) {
	a := open(t, stage.Options{Dir: t.TempDir()})
	defer shut(t, a)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	addr := make(chan string, 1)
	go func() { ended <- a.Serve(ctx, func(s string) { addr <- s }) }()
	res, err := http.Get("http://" + <-addr + "/healthz")
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("GET /healthz: %v, %v", res, err)
	}
	res.Body.Close()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v", err)
	}
}
