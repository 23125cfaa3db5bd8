// Package sdk drives the vendor-compatible API of a running server through the vendor's own SDK, which knows nothing
// of this program. It's a module of its own, so that the SDK is no dependency of the program.
//
// The server is the built binary with the filled demonstration. Each operation has a function in operations_test.go;
// a test holds that list against the program's table of operations.
package sdk

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/config"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	bss "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bss/v2/model"
	intl "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/bssintl/v2"
)

// A login is one line of demo.json.
type login struct {
	Role      string `json:"role"`
	Account   string `json:"account"`
	ID        string `json:"domain_id"`
	Login     string `json:"login"`
	Password  string `json:"password"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// A server is a running demonstration.
type server struct {
	url    string
	dir    string
	logins map[string]login
	stop   func()
}

// built is the folder of a binary that was built here.
var built string

// binary is the program, built once.
var binary = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("HANSE_BINARY"); given != "" {
		return given, nil
	}
	dir, err := os.MkdirTemp("", "hanse-sdk-")
	if err != nil {
		return "", err
	}
	built = dir
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "hanse"), "./cmd/hanse")
	build.Dir, build.Env = filepath.Join("..", ".."), append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return filepath.Join(dir, "hanse"), nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.stop != nil {
		shared.stop()
		os.RemoveAll(shared.dir)
	}
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// start runs the demonstration of a folder; limit is the requests a second of one caller for one operation, negative =
// no limit.
func start(t *testing.T, dir string, limit int) *server {
	t.Helper()
	path, err := binary()
	must(t, err)
	addr := freeAddress(t)
	n := fmt.Sprint(limit)
	cmd := exec.Command(path, "demo", "--addr", addr, "--data", dir, "--limit-operation="+n, "--limit-user="+n, "--limit-address=-1", "--log-level", "warn")
	out, err := cmd.StdoutPipe()
	must(t, err)
	var log bytes.Buffer
	cmd.Stderr = &log
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "Open ") {
	}
	go io.Copy(io.Discard, out)
	s := &server{url: "http://" + addr, dir: dir, logins: map[string]login{}, stop: func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }}
	b, err := os.ReadFile(filepath.Join(dir, "demo.json"))
	if err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatalf("the demonstration didn't start: %v\n%s", err, log.String())
	}
	var file struct {
		Logins []login `json:"logins"`
	}
	must(t, json.Unmarshal(b, &file))
	for _, l := range file.Logins {
		s.logins[l.Role] = l
	}
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// shared is the server of all tests but those that need one of their own.
var shared server

var once sync.Once

func demo(t *testing.T) *server {
	t.Helper()
	once.Do(func() {
		dir, err := os.MkdirTemp("", "hanse-sdk-demo-")
		must(t, err)
		limited := start(t, dir, 10) // fills the folder, too
		throttle(t, limited)
		limited.stop()
		shared = *start(t, dir, -1)
	})
	if shared.stop == nil {
		t.Fatal("the demonstration didn't start")
	}
	return &shared
}

// throttled is what a burst of calls met at a server with its usual limits.
var throttled struct {
	good int
	err  error
}

func throttle(t *testing.T, s *server) {
	t.Helper()
	client := s.as(t, "distributor")
	for throttled.good < 60 && throttled.err == nil {
		if _, throttled.err = client.ListPartnerBalances(&model.ListPartnerBalancesRequest{}); throttled.err == nil {
			throttled.good++
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asked remembers which operations of the server were really called.
var asked = struct {
	sync.Mutex
	paths map[string]bool
}{paths: map[string]bool{}}

type recorder struct{}

// RoundTrip sends a request and remembers it.
func (recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	asked.Lock()
	asked.paths[r.Method+" "+r.URL.Path] = true
	asked.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

func settings() *config.HttpConfig {
	return config.DefaultHttpConfig().WithHttpRoundTripper(recorder{})
}

func credentials(t *testing.T, l login) *global.Credentials {
	t.Helper()
	if l.AccessKey == "" {
		t.Fatalf("no login in the demonstration: %+v", l)
	}
	c, err := global.NewCredentialsBuilder().WithAk(l.AccessKey).WithSk(l.SecretKey).WithDomainId(l.ID).SafeBuild()
	must(t, err)
	return c
}

// as is the SDK's client of somebody in the demonstration.
func (s *server) as(t *testing.T, role string) *bss.BssClient {
	t.Helper()
	hc, err := bss.BssClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, s.logins[role])).WithHttpConfig(settings()).SafeBuild()
	must(t, err)
	return bss.NewBssClient(hc)
}

// abroad is the client of the international package.
func (s *server) abroad(t *testing.T, role string) *intl.BssintlClient {
	t.Helper()
	hc, err := intl.BssintlClientBuilder().WithEndpoint(s.url).WithCredential(credentials(t, s.logins[role])).WithHttpConfig(settings()).SafeBuild()
	must(t, err)
	return intl.NewBssintlClient(hc)
}

func (s *server) id(role string) string { return s.logins[role].ID }

// refused fails the test unless the SDK sees this status and code, a message and a request id.
func refused(t *testing.T, err error, status int, code string) *sdkerr.ServiceResponseError {
	t.Helper()
	e := new(sdkerr.ServiceResponseError)
	if !errors.As(err, &e) {
		t.Errorf("error %v, want the service's refusal %d %s", err, status, code)
		return e
	}
	if e.StatusCode != status || e.ErrorCode != code || e.ErrorMessage == "" || e.RequestId == "" {
		t.Errorf("refused by %d %s %q (request %s), want %d %s", e.StatusCode, e.ErrorCode, e.ErrorMessage, e.RequestId, status, code)
	}
	return e
}

// token signs a role in by password, as the vendor's identity service does.
func (s *server) token(t *testing.T, role string) string {
	t.Helper()
	l := s.logins[role]
	body, err := json.Marshal(map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": map[string]any{"name": l.Login, "password": l.Password,
			"domain": map[string]any{"name": l.Account}}}},
		"scope": map[string]any{"domain": map[string]any{"name": l.Account}}}})
	must(t, err)
	res, err := http.Post(s.url+"/v3/auth/tokens", "application/json", bytes.NewReader(body))
	must(t, err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Fatalf("token of %s: %s", role, res.Status)
	}
	return res.Header.Get("X-Subject-Token")
}

// rest calls the program's own API, for what the vendor's has no operation for.
func (s *server) rest(t *testing.T, role, method, path string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	must(t, err)
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	must(t, err)
	r.Header.Set("X-Auth-Token", s.token(t, role))
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s as %s: %s %s", method, path, role, res.Status, raw)
	}
	if out != nil {
		must(t, json.Unmarshal(raw, out))
	}
}

func ptr[T any](v T) *T { return &v }
