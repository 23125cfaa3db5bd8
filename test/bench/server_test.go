//go:build bench

package bench

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// The aims of the program as it starts and waits.
const (
	aimStart  = 1.0   // seconds
	aimMemory = 100.0 // MB
	aimSize   = 60.0  // MB
	idle      = 5 * time.Second
)

// measureServer starts the demonstration on data that's there already, and a minimal server, in turn.
func measureServer(t *testing.T, r *report) {
	dir := t.TempDir()
	hanse, minimal := build(t, dir, "hanse", "./cmd/hanse"), build(t, dir, "minimal", "./test/bench/minimal")
	data := filepath.Join(dir, "demo")
	ours := func(addr string) []string { return []string{hanse, "demo", "--data", data, "--addr", addr} }
	theirs := func(addr string) []string { return []string{minimal, addr, filepath.Join(dir, "minimal.db")} }
	first := start(t, ours)
	first.stop(t)
	r.say("the demonstration's data is made in %v", round(first.took))
	start(t, theirs).stop(t)
	var a, b samples
	for range 5 {
		for _, side := range []struct {
			to   *samples
			args func(string) []string
		}{{&a, ours}, {&b, theirs}} {
			s := start(t, side.args)
			s.stop(t)
			*side.to = append(*side.to, s.took)
		}
	}
	r.say("start to ready: %v; minimal server %v", a, b)
	r.aim("start on present demonstration data", a.median().Seconds(), aimStart, b.median().Seconds(), "s")
	one, two := start(t, ours), start(t, theirs)
	time.Sleep(idle)
	mineMB, otherMB := float64(resident(one.pid()))/1e6, float64(resident(two.pid()))/1e6
	one.stop(t)
	two.stop(t)
	r.aim(fmt.Sprintf("memory after %v of doing nothing", idle), mineMB, aimMemory, otherMB, "MB")
	r.aim("size of the binary, stripped, without cgo", size(t, hanse), aimSize, size(t, minimal), "MB")
}

// build makes a binary as a release does.
func build(t *testing.T, dir, name, pkg string) string {
	t.Helper()
	out := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, msg)
	}
	return out
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	must(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found: run this in the tree")
		}
		dir = filepath.Dir(dir)
	}
}

func size(t *testing.T, path string) float64 {
	t.Helper()
	s, err := os.Stat(path)
	must(t, err)
	return float64(s.Size()) / 1e6
}

// A server is a running child process.
type server struct {
	cmd  *exec.Cmd
	took time.Duration // from the process's start to the first answer that it's ready
}

func (s *server) pid() string { return strconv.Itoa(s.cmd.Process.Pid) }

func start(t *testing.T, args func(addr string) []string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	addr := l.Addr().String()
	l.Close()
	line := args(addr)
	s := &server{cmd: exec.Command(line[0], line[1:]...)}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begin := time.Now()
	must(t, s.cmd.Start())
	t.Cleanup(func() { s.cmd.Process.Kill() })
	for !ready("http://" + addr + "/readyz") {
		if time.Since(begin) > 5*time.Minute {
			t.Fatalf("%v isn't ready after 5 minutes", line)
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.took = time.Since(begin)
	return s
}

func ready(url string) bool {
	res, err := http.Get(url)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusOK
}

func (s *server) stop(t *testing.T) {
	t.Helper()
	must(t, s.cmd.Process.Signal(syscall.SIGTERM))
	if err := s.cmd.Wait(); err != nil {
		t.Logf("%s: %v", s.cmd.Path, err) // the minimal server knows no orderly end
	}
}
