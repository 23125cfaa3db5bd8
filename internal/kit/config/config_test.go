package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"

	"hanse/internal/kit/config"
)

type cli struct {
	Config string        `name:"config" env:"HANSE_CONFIG"`
	Set    config.Config `embed:""`
}

func parse(t *testing.T, args ...string) (config.Config, error) {
	t.Helper()
	var c cli
	k, err := kong.New(&c, kong.Resolvers(config.Resolver()), kong.Exit(func(int) { t.Error("exit") }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return c.Set, err
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hanse.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheCommandLineWinsOverTheEnvironmentOverTheFileOverTheDefault(t *testing.T) {
	file := write(t, "addr: file:1\ndata: file\nworkers: 9\nsmtp: {host: file, port: 2525}\ntrusted_proxies: [10.0.0.0/8, 192.0.2.1]\nscan: [clamdscan, --fdpass]\n")
	t.Setenv("HANSE_ADDR", "env:1")
	t.Setenv("HANSE_DATA", "env")
	t.Setenv("HANSE_CONFIG", file)
	got, err := parse(t, "--addr", "flag:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{"addr", got.Addr, "flag:1"}, {"data", got.Data, "env"}, {"smtp-host", got.SMTP.Host, "file"},
		{"smtp-tls", got.SMTP.TLS, "starttls"}, {"proxies", strings.Join(got.Proxies, " "), "10.0.0.0/8 192.0.2.1"},
		{"scan", strings.Join(got.Scan, "|"), "clamdscan|--fdpass"},
	} {
		if c[1] != c[2] {
			t.Errorf("%s = %q, want %q", c[0], c[1], c[2])
		}
	}
	if got.Workers != 9 || got.SMTP.Port != 2525 {
		t.Errorf("workers %d and port %d, want 9 and 2525", got.Workers, got.SMTP.Port)
	}
}

func TestAFileThatCannotBeUsedSaysWhy(t *testing.T) {
	for text, want := range map[string]string{
		"adr: x\n":       `unknown key "adr"`,
		"smtp: {hst: x}": `unknown key "smtp-hst"`,
		"addr: [":        "configuration file",
	} {
		_, err := parse(t, "--config", write(t, text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("file %q: %v, want %q", text, err, want)
		}
	}
}

func TestCompleteFillsAndRefuses(t *testing.T) {
	good, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	if err := good.Complete(); err != nil || good.DB != "sqlite:data/hanse.db" || good.BaseURL != "http://127.0.0.1:8080" {
		t.Errorf("Complete = %v, db %q, base %q", err, good.DB, good.BaseURL)
	}
	for name, change := range map[string]func(*config.Config){
		"base-url":        func(c *config.Config) { c.BaseURL = "partner.example.com" },
		"trusted-proxies": func(c *config.Config) { c.Proxies = []string{"everyone"} },
		"smtp-tls":        func(c *config.Config) { c.SMTP.TLS = "ssl" },
		"log-level":       func(c *config.Config) { c.Log.Level = "loud" },
		"only-tls":        func(c *config.Config) { c.MailIn.OnlyTLS = true },
	} {
		c := good
		change(&c)
		if err := c.Complete(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Complete with a wrong %s = %v", name, err)
		}
	}
}

func TestValuesHideSecrets(t *testing.T) {
	c, err := parse(t, "--smtp-password", "geheim", "--metrics-token", "geheim", "--db", "postgres://u:geheim@h/n", "--proxy", "http://u:geheim@p:1")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range c.Values() {
		if strings.Contains(v.Text, "geheim") {
			t.Errorf("%s shows a secret: %q", v.Name, v.Text)
		}
		if v.Help == "" || v.Env == "" {
			t.Errorf("%s has no help or no environment variable", v.Name)
		}
	}
}

func TestTheSecretKeyIsMadeOnceAndNobodyElseCanReadIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "secret.key")
	var wg sync.WaitGroup
	keys := make([][]byte, 8)
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = config.LoadSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 32 || !bytes.Equal(k, keys[0]) {
			t.Error("two processes that started at once have different keys")
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.LoadSecret(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: %v, want the remedy", err)
	}
}
