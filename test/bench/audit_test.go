//go:build bench

package bench

import (
	"strconv"
	"testing"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// The log of a day of many transfers: how many entries, how many a second are verified at least, and how much memory
// the sealing of all of them at once may take, in bytes.
const (
	auditEntries   = 200_000
	leastVerified  = 100_000
	mostAuditBytes = 64 << 20
)

// measureAudit seals a backlog and verifies the chain.
func measureAudit(t *testing.T, r *report) {
	t.Run("sqlite", func(t *testing.T) { measureChain(t, r, "SQLite", dbtest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { measureChain(t, r, "PostgreSQL", dbtest.Postgres(t)) })
}

func measureChain(t *testing.T, r *report, name, dsn string) {
	d, err := db.Open(dsn, clock.New())
	must(t, err)
	defer d.Close()
	took := timed(func() { recordMany(t, d) })
	r.say("%-58s %9.4g /s", name+": entries recorded, a thousand in a transaction", auditEntries/took.Seconds())
	s := audit.New(d)
	before := private()
	took = timed(func() {
		n, err := s.Seal(t.Context())
		must(t, err)
		if n != auditEntries {
			t.Fatalf("%d sealed, want %d", n, auditEntries)
		}
	})
	r.say("%-58s %9.4g /s", name+": entries sealed", auditEntries/took.Seconds())
	r.limit(name+": memory that sealing takes", float64(private()-before)/(1<<20), mostAuditBytes>>20, "MiB", false)
	took = timed(func() {
		x, err := s.Verify(t.Context())
		must(t, err)
		if x.Broken != "" || x.Sealed != auditEntries || x.Waiting != 0 {
			t.Fatalf("Verify = %+v", x)
		}
	})
	r.limit(name+": entries verified", auditEntries/took.Seconds(), leastVerified, "/s", true)
}

func recordMany(t *testing.T, d *db.DB) {
	by := actor.Actor{Account: "0193a1b2c3d4e5f60718293a4b5c6d7e", User: "usr_01jd0000000000000000000000", Name: "Li Wei", Via: "key", IP: "192.0.2.10", Request: "req_01jd0000000000000000000000"}
	for from := 0; from < auditEntries; from += 1000 {
		must(t, d.Update(t.Context(), func(tx *db.Tx) error {
			deeds := make([]audit.Deed, 1000)
			for i := range deeds {
				deeds[i] = audit.Deed{By: by, Verb: "allocate", Subject: audit.Subject{Kind: "transfer", ID: strconv.Itoa(from + i), Account: by.Account},
					JSON: `{"amount":1000,"to":"0193a1b2c3d4e5f60718293a4b5c6d7f","unit":"CNY"}`}
			}
			return audit.RecordAll(t.Context(), tx, deeds)
		}))
	}
}
