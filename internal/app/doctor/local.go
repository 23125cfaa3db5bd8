package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/config"
	"hanse/internal/kit/db"
)

func (e examiner) dataFolder(context.Context) Finding { return writable(e.cfg.Data) }

func (e examiner) uploads(context.Context) Finding { return writable(e.cfg.Blob) }

// writable tries to write into the folder, or into the nearest one above that exists.
func writable(dir string) Finding {
	place := existing(dir)
	f, err := os.CreateTemp(place, ".doctor-*")
	if err != nil {
		return bad(err.Error(), "Give the user that runs hanse the right to write into "+place+", or choose another folder.")
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString("x")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return bad(err.Error(), "The disk doesn't take a byte: free space, or look at the system's log for disk errors.")
	}
	if place != dir {
		return good(dir + " will be made at the first start")
	}
	return good(dir + " can be written")
}

func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return dir
		}
		dir = up
	}
}

// Below these, in bytes, disk space is worth a warning or a failure.
const (
	warnSpace = 2 << 30
	failSpace = 200 << 20
)

func (e examiner) diskSpace(context.Context) Finding {
	var st syscall.Statfs_t
	place := existing(e.cfg.Data)
	if err := syscall.Statfs(place, &st); err != nil {
		return warning(err.Error(), "Look at the free space of "+place+" by hand.")
	}
	free := int64(st.Bavail) * int64(st.Bsize)
	detail := fmt.Sprintf("%.1f GB free", float64(free)/1e9)
	remedy := "Free space or move the data folder to a larger disk: without space nothing can be stored."
	switch {
	case free < failSpace:
		return bad(detail, remedy)
	case free < warnSpace:
		return warning(detail, remedy)
	}
	return good(detail)
}

func (e examiner) secretKey(context.Context) Finding {
	if _, err := os.Stat(e.cfg.SecretKey); errors.Is(err, fs.ErrNotExist) {
		return good(e.cfg.SecretKey + " will be made at the first start")
	}
	if _, err := config.LoadSecret(e.cfg.SecretKey); err != nil {
		return bad(err.Error(), "Do what it says; a lost key comes back from a backup only.")
	}
	return good("readable by its owner alone")
}

// scanner has a harmless file scanned in a store of its own.
func (e examiner) scanner(ctx context.Context) Finding {
	if len(e.cfg.Scan) == 0 {
		return skipped("no scanner is configured: uploads are checked by type and size only")
	}
	dir, err := os.MkdirTemp("", "hanse-doctor-")
	if err != nil {
		return bad(err.Error(), "Give hanse a folder for temporary files (TMPDIR).")
	}
	defer os.RemoveAll(dir)
	store, err := blob.New(dir, blob.Scan{Command: e.cfg.Scan})
	if err == nil {
		_, err = store.Put(ctx, strings.NewReader("hello\n"), blob.Limits{Types: []blob.Type{blob.TXT}})
	}
	if err != nil {
		return bad(err.Error(), "Run "+strings.Join(e.cfg.Scan, " ")+" FILE by hand: it must end with code 0 for a clean file. Until it does, no upload is accepted.")
	}
	return good("accepts a clean file")
}

// openDB opens the database without making one.
func (e examiner) openDB() (*db.DB, Finding, bool) {
	if path, lite := strings.CutPrefix(e.cfg.DB, "sqlite:"); lite {
		path, _, _ = strings.Cut(path, "?")
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, good(path + " will be made at the first start"), false
		}
	}
	d, err := db.Open(e.cfg.DB, clock.New())
	if err != nil {
		return nil, bad(err.Error(), "Check that the server runs, that host and port are right and open, and that user, password and database exist."), false
	}
	return d, Finding{}, true
}

func (e examiner) database(ctx context.Context) Finding {
	d, f, ok := e.openDB()
	if !ok {
		return f
	}
	defer d.Close()
	if err := d.Ping(ctx); err != nil {
		return bad(err.Error(), "The connection was accepted but not answered: look at the database server's log.")
	}
	return good(map[bool]string{true: "PostgreSQL answers", false: "SQLite answers"}[d.Postgres()])
}

// errUndo rolls the trial back.
var errUndo = errors.New("undo")

func (e examiner) databaseWrite(ctx context.Context) Finding {
	d, f, ok := e.openDB()
	if !ok {
		return f
	}
	defer d.Close()
	err := d.Update(ctx, func(tx *db.Tx) error {
		if _, err := db.Exec(ctx, tx, `CREATE TABLE doctor_trial (x BIGINT NOT NULL, PRIMARY KEY (x))`); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		return bad(err.Error(), "Give the database's user the right to create tables and to write; a standby server can't be used.")
	}
	return good("a table was made and taken back")
}

func (e examiner) schema(ctx context.Context) Finding {
	d, f, ok := e.openDB()
	if !ok {
		return f
	}
	defer d.Close()
	newest, err := db.Newest()
	if err != nil {
		return bad(err.Error(), "Build hanse anew.")
	}
	have, err := d.Version(ctx)
	switch {
	case err != nil:
		return warning("no schema yet", "Run hanse migrate, or start the server.")
	case have < newest:
		return warning(fmt.Sprintf("at %d, this program has %d", have, newest), "Take a backup, then run hanse migrate or start the server.")
	case have > newest:
		return bad(fmt.Sprintf("at %d, this program knows only %d", have, newest), "Use the newer program, or restore a backup from before the upgrade.")
	}
	return good(fmt.Sprintf("at %d, as this program expects", have))
}

// clock compares the machine's clock with the file system's and with common sense: signatures are refused when
// it's more than minutes wrong.
func (e examiner) clock(context.Context) Finding {
	const remedy = "Set the clock and keep it by NTP: signed requests and codes are refused when it's wrong."
	now := e.wall()
	if now.Year() < 2025 || now.Year() > 2100 {
		return bad("it is "+now.Format(time.RFC3339), remedy)
	}
	f, err := os.CreateTemp(existing(e.cfg.Data), ".doctor-*")
	if err != nil {
		return good("it is " + now.Format(time.RFC3339))
	}
	defer os.Remove(f.Name())
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return good("it is " + now.Format(time.RFC3339))
	}
	if d := info.ModTime().Sub(now).Abs(); d > time.Minute {
		return warning(fmt.Sprintf("this machine's clock and the disk's differ by %s", d.Round(time.Second)), remedy)
	}
	return good("it is " + now.Format(time.RFC3339))
}

func (e examiner) calendar(context.Context) Finding {
	today := calendar.DayOf(e.wall())
	w := calendar.Standard()
	if !w.Covers(today) {
		return warning("the holidays of this year aren't known", "Install the release with this year's calendar: until then only weekends and the fixed holidays count.")
	}
	if next := today.AddMonths(2); !w.Covers(next) {
		return warning("the holidays of next year aren't known yet", "Install the release with next year's calendar once they're announced.")
	}
	return good("holidays are known for the coming months")
}
