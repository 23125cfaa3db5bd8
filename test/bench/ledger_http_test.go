//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/money"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// What is measured over HTTP: partners allocate money to their resale customers, signed, each with an Idempotency-Key.
const (
	httpCallers   = 256
	httpHot       = 2_000 // customers of the one partner
	httpPartners  = 200
	httpCustomers = 10 // of each of the others
	httpMost      = 60_000
	serveVariable = "HANSE_BENCH_SERVE"
)

// A payer is a partner with its key and its customers.
type payer struct {
	id, access, secret string
	customers          []string
}

// channel is an installation with a hot partner and many others.
type channel struct {
	t      *testing.T
	a      *app.App
	vendor string
	hot    payer
	others []payer
}

func serverConfig(dsn, data string) config.Config {
	return config.Config{Addr: "127.0.0.1:0", Data: data, DB: dsn, BaseURL: "http://127.0.0.1", Workers: 1,
		SMTP:  config.SMTP{From: "Hanse <noreply@bench.example>", TLS: "none"},
		Limit: config.Limit{Address: -1, User: -1, Operation: -1}, Log: config.Log{Level: "error", Format: "text"}}
}

func openApp(t *testing.T, dsn, data string) *app.App {
	t.Helper()
	cfg := serverConfig(dsn, data)
	must(t, cfg.Complete())
	a, err := app.New(t.Context(), app.Parts{Config: cfg, Log: slog.New(slog.DiscardHandler), Clock: clock.New(), Light: true})
	must(t, err)
	t.Cleanup(func() { a.Close() })
	return a
}

func newChannel(t *testing.T, dsn, data string) *channel {
	t.Helper()
	c := &channel{t: t, a: openApp(t, dsn, data)}
	c.vendor = c.account(actor.Vendor, "Vendor")
	c.hot = c.payer(0, httpHot)
	for i := range httpPartners {
		c.others = append(c.others, c.payer(i+1, httpCustomers))
	}
	return c
}

func (c *channel) account(kind actor.Kind, name string) string {
	c.t.Helper()
	in := account.NewAccount{Kind: kind, Name: name, Country: "SG"}
	if kind == actor.Partner {
		in.Market, in.Channel = account.Overseas, []account.Channel{account.Distributor}
	}
	a, err := c.a.Account.CreateAccount(c.t.Context(), benchActor, in)
	must(c.t, err)
	return a.ID
}

func (c *channel) payer(n, customers int) (p payer) {
	c.t.Helper()
	ctx := c.t.Context()
	p.id = c.account(actor.Partner, fmt.Sprintf("Partner %d", n))
	u, err := c.a.Account.CreateUser(ctx, benchActor, account.NewUser{Account: p.id, Email: fmt.Sprintf("admin%d@bench.example", n), Name: "Admin",
		Password: "copper lantern seven rivers", Lang: "en", Roles: []actor.Role{actor.PartnerAdmin}})
	must(c.t, err)
	k, secret, err := c.a.Login.CreateKey(ctx, benchActor, login.NewKey{Note: "bench", Account: p.id, User: u.ID})
	must(c.t, err)
	p.access, p.secret = k.AccessKey, secret
	ledgertest.Give(c.t, c.a.DB, c.vendor, p.id, ledger.Cash, money.Max)
	for i := range customers {
		other := c.account(actor.Customer, fmt.Sprintf("Customer %d.%d", n, i))
		must(c.t, c.a.DB.Update(ctx, func(tx *db.Tx) error {
			if _, err := account.Relate(ctx, tx, benchActor, actor.Associate, p.id, other, account.Resale); err != nil {
				return err
			}
			if err := ledger.Open(ctx, tx, ledger.Place{Owner: other, Kind: ledger.Allocated, Unit: ledger.CNY}); err != nil {
				return err
			}
			return ledger.Connect(ctx, tx, p.id, other, ledger.MoneyUnits...)
		}))
		p.customers = append(p.customers, other)
	}
	return p
}

// allocation is a signed request that moves money, as it goes over the line.
func (p payer) allocation(t testing.TB, n int64) []byte {
	body := fmt.Appendf(nil, `{"to":"%s","amount":"%d.%02d","memo":"%s"}`, p.customers[rand.IntN(len(p.customers))], rand.IntN(9), 1+rand.IntN(99), benchMemo)
	return p.request(t, "/api/v1/funds/allocate", body, n, http.Header{"Idempotency-Key": {fmt.Sprintf("%016x%08x", n, rand.Uint32())}})
}

// echo is a signed request that does nothing, with as long a body.
func (p payer) echo(t testing.TB, n int64) []byte {
	body := fmt.Appendf(nil, `{"text":"%s %d.%02d %s"}`, p.customers[0], rand.IntN(9), 1+rand.IntN(99), benchMemo)
	return p.request(t, "/api/v1/echo", body, n, nil)
}

func (p payer) request(t testing.TB, path string, body []byte, n int64, header http.Header) []byte {
	req, err := http.NewRequest(http.MethodPost, "http://127.0.0.1"+path, bytes.NewReader(body))
	must(t, err)
	maps.Copy(req.Header, header)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bench")
	req.Header.Set("X-Nonce", strconv.FormatInt(n, 36))
	must(t, signature.Sign(req, p.access, p.secret, body, time.Now()))
	var b bytes.Buffer
	must(t, req.Write(&b))
	return b.Bytes()
}

// requests prepares more requests than a run can send.
func (c *channel) requests(hot bool, serial *int64, n int, make func(p payer, t testing.TB, n int64) []byte) (out [][]byte) {
	for range n {
		*serial++
		p := c.hot
		if !hot {
			p = c.others[rand.IntN(len(c.others))]
		}
		out = append(out, make(p, c.t, *serial))
	}
	return out
}

// noopRequests go to the same HTTP server, past everything that the API does with a request.
func noopRequests() (out [][]byte) {
	body := `{"to":"` + strings.Repeat("0", 32) + `","amount":"1.00","memo":"` + benchMemo + `"}`
	one := fmt.Appendf(nil, "POST /noop HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for range 10 * httpMost {
		out = append(out, one)
	}
	return out
}

// fire sends prepared requests over kept connections until the time is over, and wants 200 from each.
func fire(t *testing.T, addr string, server, pg int, all [][]byte) rate {
	t.Helper()
	var conns []net.Conn
	for range httpCallers {
		c, err := net.Dial("tcp", addr)
		must(t, err)
		defer c.Close()
		conns = append(conns, c)
	}
	var next, done atomic.Int64
	var failed atomic.Pointer[string]
	began, cpu, pgCPU := time.Now(), treeCPU(server), treeCPU(pg)
	var wg sync.WaitGroup
	for _, c := range conns {
		wg.Go(func() {
			in := bufio.NewReaderSize(c, 4096)
			for time.Since(began) < ledgerRun {
				i := int(next.Add(1)) - 1
				if i >= len(all) {
					break
				}
				if _, err := c.Write(all[i]); err == nil {
					err = answered(in)
					if err == nil {
						done.Add(1)
						continue
					}
					text := err.Error()
					failed.Store(&text)
				}
				return
			}
		})
	}
	wg.Wait()
	took := time.Since(began)
	if text := failed.Load(); text != nil {
		t.Fatal(*text)
	}
	n := done.Load()
	return rate{float64(n) / took.Seconds(), (treeCPU(server) - cpu) / time.Duration(n), (treeCPU(pg) - pgCPU) / time.Duration(n)}
}

// answered reads one answer, which must be a 200 with a length.
func answered(in *bufio.Reader) error {
	length := 0
	status, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
	}
	if strings.HasPrefix(status, "HTTP/1.1 200") {
		_, err = in.Discard(length)
		return err
	}
	body := make([]byte, length)
	_, err = io.ReadFull(in, body)
	return fmt.Errorf("%s%s (%v)", status, body, err)
}

// measureHTTP compares signed allocations over HTTP with pgbench on the same PostgreSQL server, and with requests that do
// nothing at the same HTTP server. Those aren't signed and go past the whole API; what a signed call that does nothing
// takes is printed beside it.
func measureHTTP(t *testing.T, r *report) {
	dsn, pg := dbtest.Durable(t, "-c min_wal_size=4GB")
	plain := openLedger(t, dsn)
	fillLedger(t, plain)
	data := t.TempDir()
	c := newChannel(t, dsn, data)
	addr, noop, pid := startServer(t, dsn, data)
	untilIdle(t, plain)
	must(t, plain.Analyze(t.Context()))
	serial, seq := time.Now().UnixNano(), int64(1)<<48
	for _, hot := range []bool{true, false} { // the server learns whom it serves
		fire(t, addr, pid, pg, c.requests(hot, &serial, httpMost, payer.allocation))
	}
	fillLog(t, plain)
	for i, x := range crowds {
		var bench, over, nothing, echo rates
		for range rounds {
			seq += 1_000_000_000
			hot := i == 0
			moves, echoes := c.requests(hot, &serial, httpMost, payer.allocation), c.requests(hot, &serial, 3*httpMost, payer.echo)
			bench = append(bench, pgbench(t, dsn, pg, x, seq))
			over = append(over, fire(t, addr, pid, pg, moves))
			nothing = append(nothing, fire(t, noop, pid, pg, noopRequests()))
			echo = append(echo, fire(t, addr, pid, pg, echoes))
		}
		r.say("%s, %d callers", x.name, httpCallers)
		r.say("  pgbench, plain path, %d clients: %v", pgbenchClient, bench.median())
		r.say("  allocations over HTTP: %v", over.median())
		r.say("  requests that do nothing: %v", nothing.median())
		r.say("  signed calls that do nothing: %v; allocations against them: %.2fx", echo.median(), over.times(echo))
		r.limit(x.name+": over HTTP against pgbench", over.times(bench), x.leastHTTP, "x", true)
		r.say("  %.1f is aimed at", x.aimHTTP)
		r.limit(x.name+": over HTTP against a request that does nothing", over.times(nothing), x.leastNoop, "x", true)
	}
	booksHold(t, plain)
}

// fillLog leaves PostgreSQL as one is that has run for long: the files of its log are there, to be used again. To make and
// fill a new one costs as much as writing all of it.
func fillLog(t *testing.T, d *db.DB) {
	t.Helper()
	const files = 200 // of 16 MiB: more than a measurement writes
	must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		for range files {
			if _, err := db.All(t.Context(), tx, db.String, `SELECT CAST(pg_logical_emit_message(false, '', '') AS TEXT) || CAST(pg_switch_wal() AS TEXT)`); err != nil {
				return err
			}
		}
		return nil
	}))
	must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `CHECKPOINT`)
		return err
	}))
}

// untilIdle waits until the server has done what making the companies left to do.
func untilIdle(t *testing.T, d *db.DB) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); ; time.Sleep(time.Second) {
		n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT (SELECT count(*) FROM event_waiting) + (SELECT count(*) FROM job
			WHERE state IN ('ready', 'running') AND run_at <= $1) + (SELECT count(*) FROM audit_waiting)`, time.Now().UnixMicro())
		must(t, err)
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d jobs, events and audit rows still wait", n)
		}
	}
}

// startServer runs the whole program in a process of its own: this one, called with a variable. It returns the addresses of
// the program and of the handler that does nothing.
func startServer(t *testing.T, dsn, data string) (addr, noop string, pid int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestServe$", "-test.timeout", "30m")
	cmd.Env = append(os.Environ(), serveVariable+"="+dsn, serveVariable+"_DATA="+data)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			addr, noop, _ = strings.Cut(rest, " ")
			go io.Copy(io.Discard, out)
			return addr, noop, cmd.Process.Pid
		}
	}
	t.Fatal("the server doesn't start")
	return "", "", 0
}

// TestServe is the server's process; without its variable it's nothing.
func TestServe(t *testing.T) {
	dsn := os.Getenv(serveVariable)
	if dsn == "" {
		return
	}
	runtime.MemProfileRate = 0 // the program has no such profile; importing net/http/pprof turns it on
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a := openApp(t, dsn, os.Getenv(serveVariable+"_DATA"))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /noop", nothing)
	mux.HandleFunc("GET /profile", pprof.Profile) // where the time goes, for whoever makes it faster
	h, err := web.Ground(mux, web.Options{Log: a.Log, Wall: a.Clock.Wall, Observe: func(string, string, int, time.Duration) {}})
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go web.Serve(ctx, l, h, a.Log) // ends with the process
	must(t, a.Serve(ctx, func(addr string) { fmt.Printf("serving %s %s\n", addr, l.Addr()) }))
}

func nothing(w http.ResponseWriter, r *http.Request) {
	var in struct{ To, Amount, Memo string }
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<16)).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"transfer": "tra_" + in.To[:26], "number": in.To, "book": in.To, "kind": "allocate", "amount": in.Amount,
		"currency": "CNY", "allocatable": in.Amount, "receiver_balance": in.Amount, "at": "2026-03-06T10:00:00Z"})
}
