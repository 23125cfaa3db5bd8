package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Sweep removes uploads that a crash cut off: temporary files last written before the given wall-clock time.
// Leave a day, so that no upload of another process that is still running is hit. It returns how many went.
func (s *Store) Sweep(before time.Time) (int, error) {
	dir := s.temp
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, fmt.Errorf("sweep file store: %w", err)
	}
	n := 0
	var errs []error
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // gone meanwhile, or still being written
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			errs = append(errs, err)
			continue
		}
		n++
	}
	return n, errors.Join(errs...)
}
