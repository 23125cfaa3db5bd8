// Package backup writes a whole installation into one archive and restores it: database, files, secret key.
//
// The archive is a tar.gz whose last entry is a manifest with the size and SHA-256 of every other entry, so that
// one that was cut off or damaged is refused before anything is written. Whoever has an archive has the secret
// key: keep it as safe as the installation.
package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
)

// Names of the entries.
const (
	manifestName = "manifest.json"
	liteName     = "database.sqlite"
	dumpName     = "database.dump"
	secretName   = "secret.key"
	filesName    = "files"
)

// blobName is an entry of the file store: what anything else is called, it isn't restored.
var blobName = regexp.MustCompile(`^files/(?:attachments/)?[0-9a-f]{2}/[0-9a-f]{64}$`)

// A Manifest says what an archive holds. Schema is the number of the newest migration in the database.
type Manifest struct {
	Format   int       `json:"format"`
	MadeAt   time.Time `json:"made_at"`
	Program  string    `json:"program"`
	Database string    `json:"database"` // sqlite or postgres
	Schema   int64     `json:"schema"`
	Entries  []Entry   `json:"entries"`
}

// An Entry is one file of the archive.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const format = 1

// Write makes an archive of the installation with this configuration, also beside a running server. It migrates
// nothing: the archive is what there was before an upgrade.
func Write(ctx context.Context, cfg config.Config, program string, w io.Writer) (Manifest, error) {
	c := clock.New()
	d, err := db.Open(cfg.DB, c)
	if err != nil {
		return Manifest{}, err
	}
	defer d.Close()
	m := Manifest{Format: format, MadeAt: c.Wall(), Program: program, Database: kind(d)}
	if m.Schema, err = d.Version(ctx); err != nil {
		return m, fmt.Errorf("read the schema's version: %w", err)
	}
	temp, err := os.MkdirTemp("", "hanse-backup-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(temp)
	// The database first: every file that it refers to is on disk by then, and files never change.
	copied, name, err := copyDatabase(ctx, d, cfg.DB, temp)
	if err != nil {
		return m, err
	}
	return m, write(w, &m, func(add func(name, path string) error) error {
		if err := add(name, copied); err != nil {
			return err
		}
		if err := add(secretName, cfg.SecretKey); err != nil {
			return err
		}
		return eachBlob(cfg.Blob, add)
	})
}

func kind(d *db.DB) string {
	if d.Postgres() {
		return "postgres"
	}
	return "sqlite"
}

func copyDatabase(ctx context.Context, d *db.DB, dsn, temp string) (path, name string, err error) {
	if d.Postgres() {
		path = filepath.Join(temp, dumpName)
		return path, dumpName, dump(ctx, dsn, path)
	}
	path = filepath.Join(temp, liteName)
	return path, liteName, d.CopyTo(ctx, path)
}

// eachBlob adds the stored files; uploads that are still arriving are nobody's yet.
func eachBlob(dir string, add func(name, path string) error) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name := filesName + "/" + filepath.ToSlash(rel); blobName.MatchString(name) {
			return add(name, path)
		}
		return nil
	})
}

func write(w io.Writer, m *Manifest, fill func(add func(name, path string) error) error) error {
	z := gzip.NewWriter(w)
	t := tar.NewWriter(z)
	err := fill(func(name, path string) error {
		e, err := addFile(t, name, path, m.MadeAt)
		if errors.Is(err, fs.ErrNotExist) && name != liteName && name != dumpName && name != secretName {
			return nil // erased since the folder was listed
		}
		if err == nil {
			m.Entries = append(m.Entries, e)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(b)), ModTime: m.MadeAt}); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	_, err = t.Write(b)
	if err := errors.Join(err, t.Close(), z.Close()); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return nil
}

func addFile(t *tar.Writer, name, path string, at time.Time) (Entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return Entry{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Entry{}, err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: at}); err != nil {
		return Entry{}, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(t, h), f)
	if err != nil {
		return Entry{}, fmt.Errorf("%s: %w", name, err)
	}
	return Entry{name, n, hex.EncodeToString(h.Sum(nil))}, nil
}
