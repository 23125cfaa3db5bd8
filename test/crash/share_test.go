package crash

import (
	"testing"

	"hanse/internal/kit/dbtest"
)

// TestTwoServersShareTheWorkOfOneDatabase runs two servers on one PostgreSQL: both take part, and each schedule, job
// and mail happens once.
func TestTwoServersShareTheWorkOfOneDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const some, missed = 30, 3
	w := newWorld(t, dbtest.Postgres(t), some)
	one, two := newServer(w), newServer(w)
	w.missedNights(missed)
	one.start()
	two.start()
	l := newLoad(w, one, two)
	must(t, l.run(2*some, some))
	drained(t, w)
	one.stop()
	two.stop()
	check(t, w, oracle{l.imported, l.granted, some})
	if n := letters(t, w); n != 0 {
		t.Errorf("%d mails arrived more than once", n)
	}
	const pass = "all evaluation results checked"
	if got := one.lines(pass) + two.lines(pass); got != missed {
		t.Errorf("the full pass ran %d and %d times, want %d in all", one.lines(pass), two.lines(pass), missed)
	}
	if n := w.count(`SELECT count(*) FROM job WHERE attempts > 1`); n != 0 {
		t.Errorf("%d jobs were begun more than once", n)
	}
	t.Logf("%d jobs done", w.count(`SELECT count(*) FROM job WHERE state = 'done'`))
}
