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
	"os"
	"path/filepath"
	"strings"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
)

// ErrNotEmpty refuses to restore over an installation that has data.
var ErrNotEmpty = errors.New("there's data already: restore into an empty folder and database")

// Restore puts an archive into the place that the configuration names, which must be empty. It unpacks beside the
// data folder and checks every checksum first, so that a bad archive changes nothing.
func Restore(ctx context.Context, cfg config.Config, r io.Reader) (Manifest, error) {
	if err := vacant(ctx, cfg); err != nil {
		return Manifest{}, err
	}
	if err := os.MkdirAll(cfg.Data, 0o750); err != nil {
		return Manifest{}, err
	}
	temp, err := os.MkdirTemp(cfg.Data, ".restore-") // the same disk, so that files can be renamed
	if err != nil {
		return Manifest{}, err
	}
	defer os.RemoveAll(temp)
	m, err := unpack(r, temp)
	if err != nil {
		return m, fmt.Errorf("read archive: %w", err)
	}
	if err := m.fits(cfg); err != nil {
		return m, err
	}
	if err := placeDatabase(ctx, cfg, m, temp); err != nil {
		return m, err
	}
	return m, placeFiles(cfg, m, temp)
}

// vacant finds what would be overwritten.
func vacant(ctx context.Context, cfg config.Config) error {
	if _, err := os.Stat(cfg.SecretKey); err == nil {
		return fmt.Errorf("%s: %w", cfg.SecretKey, ErrNotEmpty)
	}
	if path, lite := litePath(cfg.DB); lite {
		if _, err := os.Stat(path); err == nil {
			return fmt.Errorf("%s: %w", path, ErrNotEmpty)
		}
		return nil
	}
	d, err := db.Open(cfg.DB, clock.New())
	if err != nil {
		return err
	}
	defer d.Close()
	if n, err := d.Version(ctx); err == nil && n > 0 {
		return fmt.Errorf("database: %w", ErrNotEmpty)
	}
	return nil
}

func litePath(dsn string) (string, bool) {
	path, lite := strings.CutPrefix(dsn, "sqlite:")
	path, _, _ = strings.Cut(path, "?")
	return path, lite
}

// fits refuses an archive for another kind of database, or from a newer program.
func (m Manifest) fits(cfg config.Config) error {
	want := "postgres"
	if _, lite := litePath(cfg.DB); lite {
		want = "sqlite"
	}
	newest, err := db.Newest()
	switch {
	case err != nil:
		return err
	case m.Format != format:
		return fmt.Errorf("archive has format %d, this program reads %d: use the program that made it (%s)", m.Format, format, m.Program)
	case m.Database != want:
		return fmt.Errorf("archive holds a %s database, but --db names a %s one", m.Database, want)
	case m.Schema > newest:
		return fmt.Errorf("archive is from a newer program (%s): restore it with that or a newer one", m.Program)
	}
	return nil
}

// unpack writes the entries below a folder and compares them with the manifest.
func unpack(r io.Reader, dir string) (m Manifest, err error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return m, err
	}
	found := map[string]Entry{}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, err
		}
		if h.Name == manifestName {
			if err := json.NewDecoder(t).Decode(&m); err != nil {
				return m, fmt.Errorf("manifest: %w", err)
			}
			continue
		}
		e, err := unpackOne(t, h.Name, dir)
		if err != nil {
			return m, err
		}
		found[e.Name] = e
	}
	return m, compare(m, found)
}

func unpackOne(r io.Reader, name, dir string) (Entry, error) {
	if name != liteName && name != dumpName && name != secretName && !blobName.MatchString(name) {
		return Entry{}, fmt.Errorf("unknown entry %q", name)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Entry{}, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Entry{}, err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), r)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", name, err)
	}
	return Entry{name, n, hex.EncodeToString(h.Sum(nil))}, nil
}

func compare(m Manifest, found map[string]Entry) error {
	if m.Format == 0 {
		return errors.New("the manifest at its end is missing: the archive was cut off")
	}
	if len(m.Entries) != len(found) {
		return fmt.Errorf("%d entries, but the manifest names %d", len(found), len(m.Entries))
	}
	for _, want := range m.Entries {
		if found[want.Name] != want {
			return fmt.Errorf("%s is damaged: its checksum isn't the manifest's", want.Name)
		}
	}
	return nil
}

func placeDatabase(ctx context.Context, cfg config.Config, m Manifest, temp string) error {
	path, lite := litePath(cfg.DB)
	if !lite {
		return undump(ctx, cfg.DB, filepath.Join(temp, dumpName))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(temp, liteName), path); err != nil {
		return fmt.Errorf("place database of schema %d: %w", m.Schema, err)
	}
	return nil
}

// placeFiles puts uploads back and the secret key last: with it the installation is whole.
func placeFiles(cfg config.Config, m Manifest, temp string) error {
	for _, e := range m.Entries {
		if !blobName.MatchString(e.Name) {
			continue
		}
		to := filepath.Join(cfg.Blob, strings.TrimPrefix(e.Name, filesName+"/"))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		from := filepath.Join(temp, filepath.FromSlash(e.Name))
		if err := errors.Join(os.Chmod(from, 0o400), move(from, to)); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(cfg.SecretKey), 0o750); err != nil {
		return err
	}
	return move(filepath.Join(temp, secretName), cfg.SecretKey)
}

// move renames, or copies when the place is on another disk.
func move(from, to string) error {
	if os.Rename(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
