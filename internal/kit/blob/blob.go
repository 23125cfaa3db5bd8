// Package blob keeps uploaded and generated files in a folder, each under the SHA-256 of its content.
//
// What a file is, is decided by its content and never by its name or by what the browser says. A file is seen
// under its hash only when it's whole and on disk: it's written to a temporary name, flushed, scanned when a
// scanner is configured, and renamed. Storing the same content twice keeps one file. Who may read a file is the
// business of the module that holds the reference.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Store is one folder of files. Several processes may share it.
type Store struct {
	dir  string
	temp string // where uploads arrive
	scan Scan
}

// A Ref is what a table keeps of a stored file.
type Ref struct {
	Hash string // SHA-256 of the content, 64 hexadecimal digits
	Size int64  // bytes
	Type Type
}

// Limits say what one upload may be. Zero Bytes means 10 MiB.
type Limits struct {
	Bytes int64
	Types []Type
}

const (
	defaultBytes = 10 << 20
	tempDir      = "incoming"
)

// New opens or makes the folder.
func New(dir string, scan Scan) (*Store, error) {
	s := &Store{dir: dir, temp: filepath.Join(dir, tempDir), scan: scan}
	if err := os.MkdirAll(s.temp, 0o700); err != nil {
		return nil, fmt.Errorf("open file store: %w", err)
	}
	return s, nil
}

// Within is the store of files that one module keeps for itself, in a folder inside: what nothing of that module refers to
// is nobody's. The name is one of the program's own: small letters.
func (s *Store) Within(name string) *Store {
	return &Store{dir: filepath.Join(s.dir, name), temp: s.temp, scan: s.scan}
}

// Put stores what r gives. It reads at most the limit and a byte, so an endless upload ends early. Errors:
// TooLarge, Invalid (empty, or of a type that isn't asked for, or refused by the scanner), Unavailable (the
// scanner doesn't answer), and the context's own.
func (s *Store) Put(ctx context.Context, r io.Reader, l Limits) (Ref, error) {
	f, err := os.CreateTemp(s.temp, "up-*")
	if err != nil {
		return Ref{}, fmt.Errorf("store file: %w", err)
	}
	// After the rename the name is gone, and removing it does nothing.
	defer os.Remove(f.Name())
	defer f.Close()
	ref, err := receive(ctx, f, r, l)
	if err != nil {
		return Ref{}, err
	}
	if err := s.scan.check(ctx, f.Name()); err != nil {
		return Ref{}, err
	}
	if err := s.publish(f, ref.Hash); err != nil {
		return Ref{}, fmt.Errorf("store file %s: %w", ref.Hash, err)
	}
	return ref, nil
}

// Clean asks the scanner about a content without storing it. Errors: Invalid (refused), Unavailable (the scanner doesn't
// answer), and the context's own. Without a scanner everything is clean.
func (s *Store) Clean(ctx context.Context, content []byte) error {
	if len(s.scan.Command) == 0 {
		return nil
	}
	f, err := os.CreateTemp(s.temp, "scan-*")
	if err != nil {
		return fmt.Errorf("scan file: %w", err)
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(content); err != nil {
		return errors.Join(fmt.Errorf("scan file: %w", err), f.Close())
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("scan file: %w", err)
	}
	return s.scan.check(ctx, f.Name())
}

// receive copies, counts, hashes and recognises.
func receive(ctx context.Context, f *os.File, r io.Reader, l Limits) (Ref, error) {
	if l.Bytes == 0 {
		l.Bytes = defaultBytes
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(&cancelled{ctx, r}, l.Bytes+1))
	switch {
	case err != nil:
		return Ref{}, fmt.Errorf("receive file: %w", err)
	case n > l.Bytes:
		return Ref{}, fault.New(fault.KindTooLarge, i18n.M("blob.too_large", i18n.A{"limit": size(l.Bytes)}))
	case n == 0:
		return Ref{}, fault.Invalid("file", i18n.M("blob.empty"))
	}
	t, err := sniff(f, n, l.Types)
	if err != nil {
		return Ref{}, err
	}
	if !slices.Contains(l.Types, t) {
		return Ref{}, fault.Invalid("file", i18n.M("blob.type", i18n.A{"types": names(l.Types)}))
	}
	return Ref{Hash: hex.EncodeToString(h.Sum(nil)), Size: n, Type: t}, nil
}

// publish flushes the content, gives it its name, and flushes the name: after Put returned, the file survives
// the loss of power.
func (s *Store) publish(f *os.File, hash string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Chmod(0o400); err != nil {
		return err
	}
	folder := filepath.Dir(s.path(hash))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	release, err := s.lock(syscall.LOCK_SH)
	if err != nil {
		return err
	}
	err = os.Rename(f.Name(), s.path(hash))
	release()
	if err != nil {
		return err
	}
	return errors.Join(syncDir(folder), syncDir(s.dir))
}

func syncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Open returns a stored file for reading; the caller closes it. It returns NotFound for an unknown hash.
func (s *Store) Open(hash string) (*os.File, error) {
	if !isHash(hash) {
		return nil, fault.NotFound()
	}
	f, err := os.Open(s.path(hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("open file %s: %w", hash, err)
	}
	return f, nil
}

// Has tells whether a file is stored.
func (s *Store) Has(hash string) bool {
	if !isHash(hash) {
		return false
	}
	_, err := os.Stat(s.path(hash))
	return err == nil
}

// Remove removes a file that was last stored before an instant; false when it was stored since, so that the row of an upload
// that is being written right now finds its content. The caller makes sure that no row refers to it. An unknown hash is no
// error, and gone.
func (s *Store) Remove(hash string, before time.Time) (bool, error) {
	if !isHash(hash) {
		return true, nil
	}
	release, err := s.lock(syscall.LOCK_EX)
	if err != nil {
		return false, err
	}
	defer release()
	have, err := os.Stat(s.path(hash))
	if err == nil && !have.ModTime().Before(before) {
		return false, nil
	}
	if err == nil {
		err = os.Remove(s.path(hash))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("remove file %s: %w", hash, err)
	}
	return true, nil
}

// lock keeps removals apart from whatever stores, in all processes that share the folder.
func (s *Store) lock(how int) (release func(), err error) {
	d, err := os.Open(s.temp)
	if err != nil {
		return nil, err
	}
	for err = syscall.EINTR; errors.Is(err, syscall.EINTR); {
		err = syscall.Flock(int(d.Fd()), how)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock file store: %w", err), d.Close())
	}
	return func() { d.Close() }, nil // which ends the lock
}

// path spreads files over 256 folders. The hash was checked, so it can't lead out of the folder.
func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash) }

func isHash(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// cancelled ends a copy when the caller has gone away.
type cancelled struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelled) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}
