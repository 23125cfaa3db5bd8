package crash

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is a child process that serves, on the same port each time it's started.
type server struct {
	w    *world
	addr string

	mu   sync.Mutex
	cmd  *exec.Cmd
	logs bytes.Buffer
}

func newServer(w *world) *server {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(w.t, err)
	defer l.Close()
	s := &server{w: w, addr: l.Addr().String()}
	w.t.Cleanup(s.kill)
	return s
}

// start runs `hanse serve` and waits until it's ready.
func (s *server) start() {
	t := s.w.t
	t.Helper()
	path, err := binary()
	must(t, err)
	mail := s.w.sink.Config(s.w.cfg.SMTP.From)
	s.mu.Lock()
	s.cmd = exec.Command(path, "serve", "--addr", s.addr, "--db", s.w.cfg.DB, "--data", s.w.cfg.Data, "--job-lease", "1s", "--workers", "4",
		"--smtp-host", mail.Host, "--smtp-port", strconv.Itoa(mail.Port), "--smtp-tls", "none", "--smtp-from", s.w.cfg.SMTP.From)
	s.cmd.Stdout, s.cmd.Stderr = &s.logs, &s.logs
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err = s.cmd.Start()
	s.mu.Unlock()
	must(t, err)
	for deadline := time.Now().Add(30 * time.Second); !s.ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.kill()
			t.Fatalf("the server isn't ready after 30 seconds:\n%s", s.log())
		}
	}
}

func (s *server) ready() bool {
	res, err := http.Get("http://" + s.addr + "/readyz")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode == http.StatusOK
}

// kill ends the process at once, as a machine that loses its power does to it.
func (s *server) kill() { s.end(syscall.SIGKILL) }

// stop ends it in good order.
func (s *server) stop() { s.end(syscall.SIGTERM) }

func (s *server) end(how syscall.Signal) {
	s.mu.Lock()
	cmd := s.cmd
	s.cmd = nil
	s.mu.Unlock()
	if cmd == nil {
		return
	}
	if err := cmd.Process.Signal(how); err == nil {
		_ = cmd.Wait() // a killed process ends with an error
	}
}

// log is what the process wrote; call it when the process has ended.
func (s *server) log() string { return s.logs.String() }

// lines counts the log lines that contain a text.
func (s *server) lines(what string) int { return strings.Count(s.log(), what) }

// drained waits until no event, no due job and no due schedule is left.
func drained(t *testing.T, w *world) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left := w.count(`SELECT (SELECT count(*) FROM event_waiting) + (SELECT count(*) FROM job
			WHERE state = 'running' OR (state = 'ready' AND run_at <= $1)) + (SELECT count(*) FROM schedule WHERE next_at <= $2)`,
			w.a.Clock.Now().Add(30*time.Minute).UnixMicro(), w.a.Clock.Now().UnixMicro())
		if left == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d events, jobs and schedules are left after a minute", left)
		}
	}
}
