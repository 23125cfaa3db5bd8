package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/signature"
	"hanse/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// password of everybody in these tests.
const password = "copper lantern seven rivers"

var cli = actor.Program("test")

// calls makes every request's signature another: the tests' clock stands still.
var calls atomic.Int64

// A client signs its requests with a key of one user; without a key it's nobody.
type client struct {
	t      testing.TB
	app    *apptest.App
	id     string // the account
	user   string
	email  string
	ak, sk string
	header map[string]string // on every request
}

type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
}

func company(t testing.TB, a *apptest.App, k actor.Kind, name string) string {
	t.Helper()
	in := account.NewAccount{Kind: k, Name: name, Country: "SG", Address: "1 Harbour Road", Contact: "Lin Yu", Email: "lin@" + slug(name) + ".example"}
	if k == actor.Partner {
		in.Market, in.Channel = account.Overseas, []account.Channel{account.SolutionProvider}
	}
	c, err := a.Account.CreateAccount(t.Context(), cli, in)
	must(t, err)
	return c.ID
}

func slug(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "-")) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// user makes a user of an account with a key.
func user(t testing.TB, a *apptest.App, id string, role actor.Role) *client {
	t.Helper()
	n := strconv.FormatInt(calls.Add(1), 10)
	c := &client{t: t, app: a, id: id, email: string(role) + n + "@test.example", ak: fmt.Sprintf("AKTEST%014s", n), sk: "SKTESTsecret00000000000000000000" + n}
	u, err := a.Account.CreateUser(t.Context(), cli, account.NewUser{Account: id, Email: c.email, Name: "Test " + string(role),
		Password: password, Lang: "en", Roles: []actor.Role{role}})
	must(t, err)
	c.user = u.ID
	must(t, a.Login.ImportKey(t.Context(), cli, id, u.ID, c.ak, c.sk, "test"))
	return c
}

func nobody(t testing.TB, a *apptest.App) *client { return &client{t: t, app: a} }

// request makes a request; body may be nil, bytes, or what becomes JSON.
func (c *client) request(method, path string, body any) *http.Request {
	c.t.Helper()
	var b []byte
	switch x := body.(type) {
	case nil:
	case []byte:
		b = x
	default:
		var err error
		b, err = json.Marshal(x)
		must(c.t, err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.app.URL+path, bytes.NewReader(b))
	must(c.t, err)
	r.Header.Set("X-Call", strconv.FormatInt(calls.Add(1), 10))
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	if c.ak != "" {
		must(c.t, signature.Sign(r, c.ak, c.sk, b, c.app.Clock.Wall()))
	}
	if len(b) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (c *client) send(r *http.Request) *reply {
	c.t.Helper()
	res, err := http.DefaultClient.Do(r)
	must(c.t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(c.t, err)
	return &reply{c.t, r.Method + " " + r.URL.RequestURI(), res.StatusCode, res.Header, b}
}

func (c *client) call(method, path string, body any) *reply {
	c.t.Helper()
	return c.send(c.request(method, path, body))
}

// with is the client with one more header on every request.
func (c *client) with(k, v string) *client {
	x := *c
	x.header = map[string]string{k: v}
	for k, v := range c.header {
		x.header[k] = v
	}
	return &x
}

// want ends the test on another status.
func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s: %d %s, want %d", r.what, r.status, r.body, status)
	}
	if r.header.Get("X-Request-Id") == "" {
		r.t.Errorf("%s: no X-Request-Id", r.what)
	}
	return r
}

// into reads the JSON.
func (r *reply) into(v any) {
	r.t.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		r.t.Fatalf("%s: %v in %s", r.what, err, r.body)
	}
}

// wireError is the error form.
type wireError struct {
	Code    string `json:"error_code"`
	Msg     string `json:"error_msg"`
	Request string `json:"request_id"`
	Fields  []struct {
		Field, Value, Msg string
	} `json:"fields"`
}

// refused ends the test unless the answer is this refusal, in the error form.
func (r *reply) refused(status int, code string) wireError {
	r.t.Helper()
	r.want(status)
	var e wireError
	r.into(&e)
	if e.Code != code || e.Msg == "" || e.Request == "" || e.Request != r.header.Get("X-Request-Id") {
		r.t.Errorf("%s: error %s, want code %s, a message and the request's id %s", r.what, r.body, code, r.header.Get("X-Request-Id"))
	}
	if ct := r.header.Get("Content-Type"); !strings.HasPrefix(ct, "application/json") {
		r.t.Errorf("%s: error is %s, want JSON", r.what, ct)
	}
	return e
}
