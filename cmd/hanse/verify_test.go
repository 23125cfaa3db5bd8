package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/clock"
)

// TestAFileIsVerifiedWithoutANetwork saves what a stranger would download, closes the server, and checks.
func TestAFileIsVerifiedWithoutANetwork(t *testing.T) {
	a := apptest.New(t)
	a.Clock.AdvanceWall(clock.New().Wall().Sub(a.Clock.Wall()) - time.Minute) // the command goes by the machine's time
	g := a.Grant(t, "Shenzhen Northwind Systems", "深圳北风系统集成有限公司")
	dir := t.TempDir()
	save := func(name, path string) string {
		t.Helper()
		res, err := http.Get(a.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %s, %v", path, res.Status, err)
		}
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	issuer, file := save("issuer.json", "/issuer"), save("credential.json", "/credentials/"+g.Held.Number)
	paper := save("certificate.pdf", "/verify/"+g.Held.Number+"/certificate.pdf")
	revoked, suspended := save("revocation.json", "/status/1/revocation"), save("suspension.json", "/status/1/suspension")
	a.Close()
	t.Chdir(t.TempDir()) // a folder without an installation

	for _, name := range []string{file, paper} {
		out := want(t, exitOK, "verify", name, "--issuer", issuer)
		if !strings.Contains(out, "Genuine; revocation not checked") || !strings.Contains(out, "深圳北风系统集成有限公司") {
			t.Errorf("verify %s:\n%s", name, out)
		}
		want(t, exitFailed, "verify", name, "--issuer", issuer, "--require-status")
		want(t, exitOK, "verify", name, "--issuer", issuer, "--status", revoked, "--status", suspended, "--require-status")
	}
	if out := want(t, exitOK, "verify", file, "--issuer", issuer, "--lang", "zh-Hans", "--status", revoked, "--status", suspended); !strings.Contains(out, "真实有效") {
		t.Errorf("in Chinese:\n%s", out)
	}
	var got foundJSON
	out := want(t, exitOK, "verify", file, "--issuer", issuer, "--json")
	if err := json.Unmarshal([]byte(out[:strings.LastIndex(out, "}")+1]), &got); err != nil || !got.Verified || len(got.Checks) != 5 {
		t.Errorf("as JSON: %v\n%s", err, out)
	}
	want(t, exitFailed, "verify", file, "--issuer", issuer, "--at", "2040-01-01T00:00:00Z")
	want(t, exitFailed, "verify", file) // nobody knows the key

	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	forged := filepath.Join(dir, "forged.json")
	if err := os.WriteFile(forged, bytes.Replace(b, []byte("深圳"), []byte("深川"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := want(t, exitFailed, "verify", forged, "--issuer", issuer); !strings.Contains(out, "Not genuine") {
		t.Errorf("changed:\n%s", out)
	}
	want(t, exitUsage, "verify", issuer, "--issuer", issuer)
	want(t, exitUsage, "verify", file, "--issuer", file)
	want(t, exitUsage, "verify", "missing.json")
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("checking left %v behind", left)
	}
}
