package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// What is submitted while the server is being killed, and how often it is at least.
const (
	imports   = 130
	approvals = 70
	kills     = 12
)

// each runs a test on both databases, SQLite as an installation has it, waiting for the disk.
func each(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, strings.TrimSuffix(dbtest.SQLite(t), "?sync=off")) })
	t.Run("postgres", func(t *testing.T) { f(t, dbtest.Postgres(t)) })
}

// seed makes a run repeatable as far as a crash can be: HANSE_SEED gives the moments of the kills.
func seed(t *testing.T) *rand.Rand {
	n := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		n = s
	}
	t.Logf("HANSE_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 1))
}

// TestAKilledServerLosesNothingAndDoesNothingTwice submits imports and approvals, kills the server again and again,
// and looks when everything has settled.
func TestAKilledServerLosesNothingAndDoesNothingTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	each(t, func(t *testing.T, dsn string) {
		r, begin := seed(t), time.Now()
		w := newWorld(t, dsn, approvals)
		t.Logf("prepared in %v", time.Since(begin).Round(time.Millisecond))
		w.missedNights(3)
		s := newServer(w)
		s.start()
		l := newLoad(w, s)
		loaded := make(chan error, 1)
		go func() { loaded <- l.run(imports, approvals) }()
		died := killOften(t, s, l, r, loaded)
		drained(t, w)
		s.stop()
		t.Logf("%d kills, %d answers lost, %d imports and %d approvals acknowledged, %v", died, l.lost, len(l.imported), len(l.granted), time.Since(begin).Round(time.Millisecond))
		o := oracle{l.imported, l.granted, approvals}
		if len(l.imported) != imports || len(l.granted) != approvals {
			t.Errorf("acknowledged %d imports and %d approvals, want %d and %d", len(l.imported), len(l.granted), imports, approvals)
		}
		check(t, w, o)
		repeated := letters(t, w)
		// A mail goes out before its job is marked as done. A kill between the two sends it again, with the same id.
		if repeated > died*4 {
			t.Errorf("%d mails were sent again after %d kills of four workers", repeated, died)
		}
		control(t, w, o)
	})
}

// killOften kills and restarts the server at random moments until the load is through and it died often enough.
func killOften(t *testing.T, s *server, l *load, r *rand.Rand, loaded <-chan error) (died int) {
	t.Helper()
	over := false
	for limit := time.Now().Add(2 * time.Minute); !over || died < kills; {
		if time.Now().After(limit) {
			close(l.stop)
			t.Fatalf("the load isn't through after two minutes and %d kills: %v\n%.2000s", died, <-loaded, s.log())
		}
		pause := time.Duration(100+r.IntN(700)) * time.Millisecond
		if died >= kills {
			pause = time.Hour // it may end in peace
		}
		select {
		case err := <-loaded:
			must(t, err)
			over = true
			loaded = nil
			continue
		case <-time.After(min(pause, time.Until(limit))):
		}
		s.kill()
		died++
		s.start()
	}
	return died
}

// check asks the oracle, verifies the audit chain and evaluates everything anew.
func check(t *testing.T, w *world, o oracle) {
	t.Helper()
	found, err := o.findings(t.Context(), w.a.DB.Read())
	must(t, err)
	for _, f := range found {
		t.Error(f)
	}
	report, err := w.a.Audit.Verify(t.Context())
	must(t, err)
	if report.Broken != "" || report.Waiting != 0 || report.Sealed == 0 {
		t.Errorf("audit: %+v, want a whole chain and nothing waiting", report)
	}
	again, err := w.a.Qualification.RefreshAll(t.Context(), w.a.Clock.Now())
	must(t, err)
	if again.Different != 0 || again.Rows != 0 {
		t.Errorf("evaluating everything anew: %+v, want what is stored", again)
	}
}

// letters compares the mails that arrived with those that were written, and counts those that arrived again.
func letters(t *testing.T, w *world) (repeated int) {
	t.Helper()
	arrived := map[string]int{}
	for _, m := range w.sink.List() {
		arrived[m.MessageID]++
		if arrived[m.MessageID] > 1 {
			repeated++
		}
	}
	written := w.count(`SELECT count(*) FROM mail WHERE channel = 'mail'`)
	t.Logf("%d mails written, %d arrived, %d of them again", written, len(arrived), repeated)
	if int64(len(arrived)) != written {
		t.Errorf("%d different mails arrived, %d were written", len(arrived), written)
	}
	return repeated
}

var errUndo = errors.New("undo")

// control spoils the database in every way that the oracle is there to find, and undoes it: an oracle that finds
// nothing then would have found nothing before.
func control(t *testing.T, w *world, o oracle) {
	t.Helper()
	one := o.imports[0]
	for _, spoil := range []string{
		`INSERT INTO event_waiting (id, at, amount, events) SELECT id, at, 1, account_id || ' ' || id FROM event WHERE id = (SELECT max(id) FROM event)`,
		`UPDATE job SET state = 'running' WHERE id = (SELECT max(id) FROM job WHERE state = 'done')`,
		`DELETE FROM job WHERE id = (SELECT max(id) FROM job WHERE kind LIKE 'event:%')`,
		`INSERT INTO message (account_id, id, user_id, kind, tone, title, body, link, at) SELECT account_id, id || 'x', user_id, kind, tone, title, body, link, at
			FROM message WHERE kind = 'qualification.granted'`,
		`DELETE FROM message WHERE kind = 'qualification.granted'`,
		`UPDATE mail SET state = 'waiting' WHERE id = (SELECT max(id) FROM mail)`,
		`UPDATE roster_import SET state = 'applying' WHERE id = '` + one.id + `'`,
		`DELETE FROM event WHERE subject = '` + one.id + `'`,
		`DELETE FROM binding WHERE account_id = '` + one.partner.id + `' AND number = '` + one.prefix() + `0'`,
		`UPDATE binding SET held = '' WHERE account_id = '` + one.partner.id + `' AND number = '` + one.prefix() + `0'`,
		`DELETE FROM qualification_number WHERE number = (SELECT max(number) FROM qualification_number)`,
		`UPDATE application SET state = 'under_review' WHERE id = '` + w.partners[0].application + `'`,
		`UPDATE qualification SET state = 'suspended' WHERE application_id = '` + w.partners[0].application + `'`,
	} {
		err := w.a.DB.Update(t.Context(), func(tx *db.Tx) error {
			n, err := db.Exec(t.Context(), tx, spoil)
			if err != nil {
				return err
			}
			found, err := o.findings(t.Context(), tx)
			if err != nil {
				return err
			}
			if n == 0 || len(found) == 0 {
				return fmt.Errorf("the oracle finds nothing after %s (%d rows)", spoil, n)
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			t.Errorf("control: %v", err)
		}
	}
	// Verify reads by itself, so this one stays.
	must(t, w.a.DB.Update(t.Context(), func(tx *db.Tx) error {
		return db.Change(t.Context(), tx, `UPDATE audit_entry SET detail = '{}' WHERE id = (SELECT max(id) FROM audit_entry WHERE detail <> '{}')`)
	}))
	if report, err := w.a.Audit.Verify(t.Context()); err != nil || report.Broken == "" {
		t.Errorf("control: Verify = %+v, %v after a record was changed", report, err)
	}
}
