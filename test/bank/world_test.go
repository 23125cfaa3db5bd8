// Package bank moves money over HTTP from many clients while the real server is killed with SIGKILL again and again,
// and then compares the books with what the clients were told: nothing acknowledged is lost, nothing is done twice,
// nothing is half done. Controls show that the comparison finds what it looks for.
package bank

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/vault"
)

// The channel: distributors, each with resellers, each with resale customers. A hundred companies in all.
const (
	distributors = 4
	resellers    = 6
	customers    = 3

	// endowment is what each distributor and each reseller has in the beginning, in fen. All money is theirs.
	endowment = 100_000
)

var setup = actor.Program("bank")

// binary builds the program once for all tests of a run; HANSE_BIN names one that is built already.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("HANSE_BIN"); path != "" {
		return path, nil
	}
	path := filepath.Join(folder, "hanse")
	cmd := exec.Command("go", "build", "-o", path, "hanse/cmd/hanse")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// folder is there as long as the tests run.
var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hanse-bank-")
	if err != nil {
		panic(err)
	}
	folder = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A pair of companies between which money passes: the partner allocates and reclaims, with the key of its
// administrator.
type pair struct {
	partner, other string
	customer       bool // the other one is a customer
	access, secret string
}

// A world is an installation prepared by this process; the server is another process.
type world struct {
	t      *testing.T
	d      *db.DB // this process's own view
	login  *login.Service
	acc    *account.Service
	dsn    string
	data   string // folder
	pairs  []pair
	access map[string][2]string // account to key
}

func newWorld(t *testing.T, dsn string) *world {
	t.Helper()
	w := &world{t: t, access: map[string][2]string{}, dsn: dsn, data: t.TempDir()}
	key, err := config.LoadSecret(filepath.Join(w.data, "secret.key"))
	must(t, err)
	v, err := vault.New(key)
	must(t, err)
	w.d, err = db.Open(dsn, clock.New())
	must(t, err)
	t.Cleanup(func() { w.d.Close() })
	_, err = w.d.Migrate(t.Context())
	must(t, err)
	w.login = login.New(w.d, v, secret.NewHasher(secret.Light(), 2), login.Config{})
	w.acc = account.New(w.d, w.login, v)
	vendor := w.account(actor.Vendor, "Vendor")
	for d := range distributors {
		top := w.account(actor.Partner, fmt.Sprintf("Distributor %d", d), account.Distributor)
		ledgertest.Give(t, w.d, vendor, top, ledger.Cash, endowment)
		for r := range resellers {
			mid := w.account(actor.Partner, fmt.Sprintf("Reseller %d.%d", d, r), account.Reseller)
			ledgertest.Give(t, w.d, vendor, mid, ledger.Cash, endowment)
			w.relate(top, mid, account.ResellerOf)
			for c := range customers {
				w.relate(mid, w.account(actor.Customer, fmt.Sprintf("Customer %d.%d.%d", d, r, c)), account.Resale)
			}
		}
	}
	return w
}

func (w *world) account(kind actor.Kind, name string, channel ...account.Channel) string {
	w.t.Helper()
	in := account.NewAccount{Kind: kind, Name: name, Country: "SG"}
	if kind == actor.Partner {
		in.Market, in.Channel = account.Overseas, channel
	}
	a, err := w.acc.CreateAccount(w.t.Context(), setup, in)
	must(w.t, err)
	if kind != actor.Partner {
		return a.ID
	}
	u, err := w.acc.CreateUser(w.t.Context(), setup, account.NewUser{Account: a.ID, Email: fmt.Sprintf("admin%d@bank.example", len(w.access)),
		Name: "Admin of " + name, Password: "copper lantern seven rivers", Lang: "en", Roles: []actor.Role{actor.PartnerAdmin}})
	must(w.t, err)
	k, secretKey, err := w.login.CreateKey(w.t.Context(), setup, login.NewKey{Note: "bank", Account: a.ID, User: u.ID})
	must(w.t, err)
	w.access[a.ID] = [2]string{k.AccessKey, secretKey}
	return a.ID
}

func (w *world) relate(partner, other string, kind account.Link) {
	w.t.Helper()
	must(w.t, w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		if _, err := account.Relate(w.t.Context(), tx, setup, actor.Associate, partner, other, kind); err != nil {
			return err
		}
		return ledger.Connect(w.t.Context(), tx, partner, other, ledger.MoneyUnits...)
	}))
	k := w.access[partner]
	w.pairs = append(w.pairs, pair{partner, other, kind == account.Resale, k[0], k[1]})
}

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

func (s *server) url() string { return "http://" + s.addr }

// start runs `hanse serve` without limits of requests and waits until it's ready.
func (s *server) start() {
	t := s.w.t
	t.Helper()
	path, err := binary()
	must(t, err)
	s.mu.Lock()
	cmd := exec.Command(path, "serve", "--addr", s.addr, "--db", s.w.dsn, "--data", s.w.data, "--job-lease", "1s", "--log-level", "warn",
		"--limit-address=-1", "--limit-user=-1", "--limit-operation=-1", "--smtp-from", "Hanse <noreply@bank.example>")
	cmd.Stdout, cmd.Stderr = &s.logs, &s.logs
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err = cmd.Start(); err == nil {
		s.cmd = cmd
	}
	s.mu.Unlock()
	must(t, err)
	for deadline := time.Now().Add(30 * time.Second); !s.ready(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.kill()
			t.Fatalf("the server isn't ready after 30 seconds:\n%s", s.logs.String())
		}
	}
}

func (s *server) ready() bool {
	res, err := http.Get(s.url() + "/readyz")
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

// ledgerCheck runs `hanse ledger check` on the world's database.
func (w *world) ledgerCheck(ctx context.Context) (string, error) {
	path, err := binary()
	must(w.t, err)
	out, err := exec.CommandContext(ctx, path, "ledger", "check", "--db", w.dsn, "--data", w.data).CombinedOutput()
	return string(out), err
}
