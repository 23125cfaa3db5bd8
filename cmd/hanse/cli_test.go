package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"hanse/internal/app"
	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
)

// hanse runs one command line and returns its exit code and what it wrote.
func hanse(t *testing.T, in string, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, std{in: strings.NewReader(in), out: &o, err: &e})
	return code, o.String(), e.String()
}

// want runs a command line that must end with a code, and returns its output.
func want(t *testing.T, code int, args ...string) string {
	t.Helper()
	got, out, err := hanse(t, "", args...)
	if got != code {
		t.Fatalf("hanse %s = %d, want %d\n%s%s", strings.Join(args, " "), got, code, out, err)
	}
	return out + err
}

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	k, err := kong.New(&cli{}, kong.Name("hanse"))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *kong.Node, path []string)
	walk = func(n *kong.Node, path []string) {
		for _, c := range n.Children {
			walk(c, append(path[:len(path):len(path)], c.Name))
		}
		if len(n.Children) > 0 || len(path) == 0 {
			return
		}
		out := want(t, exitOK, append(path, "--help")...)
		if !strings.Contains(out, "Example") || !strings.Contains(out, "hanse "+strings.Join(path, " ")) {
			t.Errorf("hanse %s --help has no example:\n%s", strings.Join(path, " "), out)
		}
	}
	walk(k.Model.Node, nil)
}

func TestExitCodesTellUsageFromFailure(t *testing.T) {
	dir := t.TempDir()
	want(t, exitOK)
	want(t, exitOK, "version", "--json")
	want(t, exitUsage, "nonsense")
	want(t, exitUsage, "serve", "--log-level", "loud", "--data", dir)
	want(t, exitUsage, "restore", "--data", dir, filepath.Join(dir, "missing.tar.gz"))
	want(t, exitUsage, "verify", "--data", dir, "H-2026-000000")
	want(t, exitUsage, "user", "list", "--data", dir, "--account", "vendor")
	want(t, exitFailed, "migrate", "--db", "postgres://nobody@127.0.0.1:1/none?connect_timeout=1")
	want(t, exitFailed, "doctor", "--data", dir, "--base-url", "http://127.0.0.1:1")
}

func TestTheFirstAdministratorIsMadeOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	create := []string{"user", "create", "--data", dir, "--account", "vendor", "--email", "ada@example.com", "--name", "Ada Berg", "--role", "vendor_admin"}
	want(t, exitUsage, create...) // there's no vendor yet, and no name for it
	out := want(t, exitOK, append(create, "--company", "Example Networks")...)
	if !strings.Contains(out, "shown once") {
		t.Errorf("no password is shown:\n%s", out)
	}
	var users []listedUser
	if err := json.Unmarshal([]byte(want(t, exitOK, "user", "list", "--data", dir, "--account", "vendor", "--json")), &users); err != nil {
		t.Fatal(err)
	}
	if len(users) != 1 || users[0].Email != "ada@example.com" || users[0].State != "active" {
		t.Fatalf("users = %+v, want Ada", users)
	}
	var made listedKey
	key := []string{"--data", dir, "--account", "vendor", "--user", users[0].ID, "--json"}
	if err := json.Unmarshal([]byte(want(t, exitOK, append([]string{"key", "create"}, key...)...)), &made); err != nil {
		t.Fatal(err)
	}
	if made.AccessKey == "" || made.SecretKey == "" {
		t.Errorf("key = %+v", made)
	}
	want(t, exitOK, "key", "disable", "--data", dir, made.AccessKey)
	out = want(t, exitOK, append([]string{"key", "list"}, key...)...)
	if !strings.Contains(out, "disabled") || strings.Contains(out, made.SecretKey) {
		t.Errorf("key list:\n%s", out)
	}
	want(t, exitFailed, "user", "deactivate", "--data", dir, "--account", "vendor", "--user", users[0].ID) // the last one
	if out := want(t, exitOK, "audit", "verify", "--data", dir); !strings.Contains(out, "holds") {
		t.Errorf("audit verify:\n%s", out)
	}
	if out := want(t, exitOK, "ledger", "check", "--data", dir); !strings.Contains(out, "The books hold.") {
		t.Errorf("ledger check:\n%s", out)
	}
}

func TestPeopleGoInAndOutOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	id := partner(t, dir)
	file := filepath.Join(dir, "people.csv")
	rows := "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n" +
		"e1,Li Wei,li@north.example,H3CNE,2026-01-05,,2026-01-01,,yes\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	imp := []string{"import", "roster", "--data", dir, "--partner", id, file}
	if out := want(t, exitOK, append(imp, "--dry-run")...); !strings.Contains(out, "1 new") {
		t.Errorf("dry run:\n%s", out)
	}
	want(t, exitOK, imp...)
	out := want(t, exitOK, "export", "roster", "--data", dir, "--partner", id)
	if !strings.Contains(out, "Li Wei") || !strings.Contains(out, "H3CNE") {
		t.Errorf("export:\n%s", out)
	}
	if err := os.WriteFile(file, []byte(rows+"e2,,,H3CXX,2026-99-99,,,,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.csv")
	if out := want(t, exitUsage, append(imp, "--errors", bad)...); !strings.Contains(out, "line 3") {
		t.Errorf("a file with a bad row:\n%s", out)
	}
	if b, err := os.ReadFile(bad); err != nil || !strings.Contains(string(b), "H3CXX") {
		t.Errorf("errors file: %s, %v", b, err)
	}
	if out := want(t, exitOK, "export", "partners", "--data", dir, "--json"); !strings.Contains(out, id) {
		t.Errorf("partners:\n%s", out)
	}
}

func TestDevicesAreImportedOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	id := partner(t, dir)
	file, bad := filepath.Join(dir, "e.csv"), filepath.Join(dir, "bad.csv")
	rows := "serial_number,product,partner,maintained_until\nSN-0001,S6730," + id + ",2099-12-31\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	imp := []string{"import", "equipment", "--data", dir, file}
	for _, x := range []struct {
		more []string
		says string
	}{{[]string{"--dry-run"}, "checked only: 1 rows; 1 devices new"}, {nil, "done: 1 rows; 1 devices new"}, {[]string{"--json"}, `"same": 1`}} {
		if out := want(t, exitOK, append(imp, x.more...)...); !strings.Contains(out, x.says) {
			t.Errorf("import equipment %v says %q, want %q", x.more, out, x.says)
		}
	}
	if err := os.WriteFile(file, []byte(rows+"SN-0002,S6730,Nobody,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := want(t, exitUsage, append(imp, "--errors", bad)...); !strings.Contains(out, "line 3, partner") {
		t.Errorf("a file with a bad row:\n%s", out)
	}
	if b, err := os.ReadFile(bad); err != nil || !strings.Contains(string(b), "SN-0002") || strings.Contains(string(b), "SN-0001") {
		t.Errorf("errors file: %s, %v", b, err)
	}
}

func partner(t *testing.T, dir string) string {
	t.Helper()
	cfg := config.Config{Data: dir, Addr: "127.0.0.1:0", SMTP: config.SMTP{TLS: "none", From: "a@b.example"}, Log: config.Log{Level: "warn", Format: "text"}}
	if err := cfg.Complete(); err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Parts{Config: cfg, Clock: clock.New()})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	p, err := a.Account.CreateAccount(t.Context(), operator, account.NewAccount{Kind: actor.Partner, Name: "North Systems", Country: "DE",
		Contact: "Ada", Email: "ada@north.example", Phone: "+49 40 123456", Market: account.Overseas, Channel: []account.Channel{account.SolutionProvider}})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func TestAnEngineerGetsASignInOnTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	engineer := []string{"user", "engineer", "--data", dir, "--email", "wei@partner.example", "--name", "Li Wei"}
	out := want(t, exitOK, engineer...)
	if !strings.Contains(out, "signs in as wei@partner.example") || !strings.Contains(out, "shown once") {
		t.Errorf("output:\n%s", out)
	}
	want(t, exitOK, engineer...) // again changes nothing
	want(t, exitUsage, "user", "engineer", "--data", dir, "--email", "nobody", "--name", "No Body")
}
