package backup_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hanse/internal/app"
	"hanse/internal/app/backup"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func configure(t *testing.T, dsn string) config.Config {
	t.Helper()
	c := config.Config{Addr: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"), DB: dsn,
		SMTP: config.SMTP{TLS: "none", From: "a@b.example"}, Log: config.Log{Level: "warn", Format: "text"}}
	if err := c.Complete(); err != nil {
		t.Fatal(err)
	}
	return c
}

// attachments is the folder of tickets' files.
const attachments = "attachments"

// filled makes an installation with an audit entry, a file and one of a ticket, and returns the file's hash and the chain's head.
func filled(t *testing.T, cfg config.Config) (hash, head string) {
	t.Helper()
	a, err := app.New(t.Context(), app.Parts{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	const content = "%PDF-1.7\nevidence\n%%EOF\n"
	ref, err := a.Files.Put(t.Context(), strings.NewReader(content), blob.Limits{Types: blob.Documents()})
	if err == nil {
		_, err = a.Files.Within(attachments).Put(t.Context(), strings.NewReader(content), blob.Limits{Types: blob.Documents()})
	}
	if err != nil {
		t.Fatal(err)
	}
	err = a.DB.Update(t.Context(), func(tx *db.Tx) error {
		return audit.Record(t.Context(), tx, actor.Program("test"), "test.verb", audit.Subject{Kind: "file", ID: ref.Hash}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Audit.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := a.Audit.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ref.Hash, r.Head
}

func TestAnInstallationIsTheSameAfterBackupAndRestore(t *testing.T) {
	for name, dsn := range map[string]func(t *testing.T) (from, to string){
		"sqlite": func(*testing.T) (string, string) { return "", "" },
		"postgres": func(t *testing.T) (string, string) {
			return dbtest.Postgres(t), emptyPostgres(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := dsn(t)
			source, target := configure(t, from), configure(t, to)
			hash, head := filled(t, source)
			var archive bytes.Buffer
			if _, err := backup.Write(t.Context(), source, "test", &archive); err != nil {
				t.Fatal(err)
			}
			if _, err := backup.Restore(t.Context(), target, bytes.NewReader(archive.Bytes())); err != nil {
				t.Fatal(err)
			}
			same(t, source, target, hash, head)
			if _, err := backup.Restore(t.Context(), target, &archive); !errors.Is(err, backup.ErrNotEmpty) {
				t.Errorf("a second restore over it: %v, want a refusal", err)
			}
		})
	}
}

func same(t *testing.T, source, target config.Config, hash, head string) {
	t.Helper()
	a, err := app.New(t.Context(), app.Parts{Config: target})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if !a.Files.Has(hash) || !a.Files.Within(attachments).Has(hash) {
		t.Error("the uploaded file, or that of a ticket, is missing")
	}
	if r, err := a.Audit.Verify(t.Context()); err != nil || r.Head != head || r.Broken != "" {
		t.Errorf("audit chain %+v, %v; want the head %s", r, err, head)
	}
	key, err := config.LoadSecret(source.SecretKey)
	if err != nil || !bytes.Equal(key, a.Secret) {
		t.Errorf("the secret key is another one, %v", err)
	}
}

func TestABadArchiveChangesNothing(t *testing.T) {
	source := configure(t, "")
	filled(t, source)
	var archive bytes.Buffer
	if _, err := backup.Write(t.Context(), source, "test", &archive); err != nil {
		t.Fatal(err)
	}
	good := archive.Bytes()
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 0xff
	for name, b := range map[string][]byte{"cut off": good[:len(good)*2/3], "damaged": flipped, "something else": []byte("PK\x03\x04")} {
		target := configure(t, "")
		if _, err := backup.Restore(t.Context(), target, bytes.NewReader(b)); err == nil {
			t.Errorf("%s: restored", name)
		}
		if left, _ := os.ReadDir(target.Data); len(left) != 0 {
			t.Errorf("%s: left %v behind", name, left)
		}
	}
}

// emptyPostgres is a database without a schema, as an operator makes one to restore into.
func emptyPostgres(t *testing.T) string {
	t.Helper()
	dsn := dbtest.Postgres(t)
	d, err := db.Open(dsn, clock.New())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Update(t.Context(), func(tx *db.Tx) error {
		for _, text := range []string{`DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`} {
			if _, err := db.Exec(t.Context(), tx, text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}
