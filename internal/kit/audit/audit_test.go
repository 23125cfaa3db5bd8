package audit_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

var by = actor.Actor{Account: "acc", User: "usr_1", Name: "Li Wei", Via: "session"}

func record(t *testing.T, d *db.DB, n int) {
	t.Helper()
	for range n {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			return audit.Record(t.Context(), tx, by, actor.EditAccount, audit.Subject{Kind: "account", ID: "x", Account: "acc"},
				map[string]any{"name": "新名"})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRacingSequencersSealEachEntryOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		s := audit.New(d)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 5 {
					record(t, d, 2)
					if _, err := s.Seal(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if _, err := s.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := s.Verify(t.Context())
		if err != nil || r.Broken != "" || r.Sealed != 40 || r.Waiting != 0 {
			t.Errorf("Verify = %+v, %v; want 40 sealed, none waiting", r, err)
		}
	})
}

func TestVerifyNamesTheFirstBrokenRow(t *testing.T) {
	cases := map[string]struct{ damage, want string }{
		"a changed word":    {`UPDATE audit_entry SET detail = '{}' WHERE id = (SELECT entry_id FROM audit_seal WHERE seq = 2)`, "(seal 2) was changed"},
		"a removed entry":   {`DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM audit_seal WHERE seq = 3)`, "(seal 3) is missing"},
		"a removed seal":    {`DELETE FROM audit_seal WHERE seq = 2`, "seal 2 is missing"},
		"a removed tail":    {`DELETE FROM audit_seal WHERE seq = 4`, "neither sealed nor waiting"},
		"a smuggled entry":  {`INSERT INTO audit_entry SELECT account_id, 'aud_smuggled', at, wall_at, actor, actor_name, via, ip, request, verb, subject, about, detail FROM audit_entry WHERE id = (SELECT entry_id FROM audit_seal WHERE seq = 1)`, "aud_smuggled is neither"},
		"an exchanged hash": {`UPDATE audit_seal SET hash = (SELECT hash FROM audit_seal WHERE seq = 1) WHERE seq = 2`, "(seal 2) was changed"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
				record(t, d, 4)
				s := audit.New(d)
				if _, err := s.Seal(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := d.Update(t.Context(), func(tx *db.Tx) error { return run(t.Context(), tx, tc.damage) }); err != nil {
					t.Fatal(err)
				}
				r, err := s.Verify(t.Context())
				if err != nil || !strings.Contains(r.Broken, tc.want) {
					t.Errorf("Verify = %q, %v; want %q", r.Broken, err, tc.want)
				}
			})
		})
	}
}

func run(ctx context.Context, tx *db.Tx, text string) error {
	return db.Change(ctx, tx, text)
}

func TestOnlyAuditorsReadTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		record(t, d, 3)
		s := audit.New(d)
		if _, err := s.List(t.Context(), by, audit.Filter{}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("List by a partner = %v, want denied", err)
		}
		auditor := actor.Actor{Kind: actor.Vendor, Roles: []actor.Role{actor.Auditor}}
		first, err := s.List(t.Context(), auditor, audit.Filter{Limit: 2, About: "acc"})
		if err != nil || len(first) != 2 {
			t.Fatalf("List = %d entries, %v; want 2", len(first), err)
		}
		last := first[1]
		rest, err := s.List(t.Context(), auditor, audit.Filter{Before: last.ID, BeforeAt: last.At})
		if err != nil || len(rest) != 1 || rest[0].ID >= last.ID {
			t.Errorf("the next page = %+v, %v; want the one older entry", rest, err)
		}
	})
}

func TestManyDeedsAreRecordedAndSealedAsInOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		const n = 4500 // more than two batches of the sequencer
		deeds := make([]audit.Deed, n)
		for i := range deeds {
			deeds[i] = audit.Deed{By: by, Verb: actor.EditAccount, Subject: audit.Subject{Kind: "account", ID: strconv.Itoa(i), Account: "acc"}}
			switch i % 3 {
			case 1:
				deeds[i].Detail = map[string]any{"b": 1, "a": "<新>"}
			case 2:
				deeds[i].JSON = `{"a":1}`
			}
		}
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			if err := audit.RecordAll(t.Context(), tx, nil); err != nil {
				return err
			}
			return audit.RecordAll(t.Context(), tx, deeds)
		})
		if err != nil {
			t.Fatal(err)
		}
		s := audit.New(d)
		if got, err := s.Seal(t.Context()); got != n || err != nil {
			t.Errorf("Seal = %d, %v; want %d", got, err, n)
		}
		r, err := s.Verify(t.Context())
		if err != nil || r.Broken != "" || r.Sealed != n || r.Waiting != 0 {
			t.Errorf("Verify = %+v, %v", r, err)
		}
		order, err := db.All(t.Context(), d.Read(), db.String, `SELECT e.subject || ' ' || e.detail FROM audit_seal s JOIN audit_entry e ON e.id = s.entry_id ORDER BY s.seq LIMIT 3`)
		if want := []string{"account:0 {}", `account:1 {"a":"\u003c新\u003e","b":1}`, `account:2 {"a":1}`}; err != nil || !slices.Equal(order, want) {
			t.Errorf("the first ones are %q, %v; want %q", order, err, want)
		}
	})
}

// TestAnEntryIsFoundInTheChain looks each entry up: those that were sealed at once, long after they were written, in the
// wrong order, and by a clock that was an hour behind.
func TestAnEntryIsFoundInTheChain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		s, auditor := audit.New(d), actor.Actor{Kind: actor.Vendor, Roles: []actor.Role{actor.Auditor}}
		for i := range 20 {
			record(t, d, 3)
			c.AdvanceWall(time.Duration(i) * time.Minute)
			if i%3 == 0 {
				continue // sealed together with the next ones
			}
			if _, err := s.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `UPDATE audit_seal SET sealed_at = sealed_at - 3600000000 WHERE seq IN (11, 12) OR seq > 50`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		record(t, d, 1)
		c.AdvanceWall(2 * time.Hour)
		type sealed struct {
			account, id string
			seq         int64
		}
		all, err := db.All(t.Context(), d.Read(), func(r db.Row) (x sealed, err error) { return x, r.Scan(&x.account, &x.id, &x.seq) },
			`SELECT e.account_id, e.id, coalesce(s.seq, 0) FROM audit_entry e LEFT JOIN audit_seal s ON s.account_id = e.account_id AND s.entry_id = e.id`)
		if err != nil || len(all) != 61 {
			t.Fatalf("%d entries, %v; want 61", len(all), err)
		}
		for _, x := range all {
			e, p, err := s.Entry(t.Context(), auditor, x.account, x.id)
			if err != nil || e.ID != x.id || p.Seq != x.seq || (p.Seq > 0) != (len(p.Hash) == 64 && !p.SealedAt.IsZero()) {
				t.Errorf("entry %s has the place %+v, %v; want seal %d", x.id, p, err, x.seq)
			}
		}
	})
}

// TestEntriesThatAnotherProcessWroteAreSealed has the sequencer find nothing in memory, and marks as an older program left
// them.
func TestEntriesThatAnotherProcessWroteAreSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		record(t, d, 3)
		audit.Forget()
		record(t, d, 2)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO audit_pending (account_id, id, wall_at) SELECT account_id, id, wall_at FROM audit_entry
				WHERE id = (SELECT min(id) FROM audit_entry)`)
			if err != nil {
				return err
			}
			return db.Change(t.Context(), tx, `DELETE FROM audit_waiting WHERE id = (SELECT min(id) FROM audit_entry)`)
		}))
		s := audit.New(d)
		if r, err := s.Verify(t.Context()); err != nil || r.Broken != "" || r.Waiting != 5 {
			t.Errorf("Verify = %+v, %v; want 5 waiting", r, err)
		}
		n, err := s.Seal(t.Context())
		must(err)
		if r, err := s.Verify(t.Context()); err != nil || n != 5 || r.Broken != "" || r.Sealed != 5 || r.Waiting != 0 {
			t.Errorf("sealed %d, Verify = %+v, %v; want 5 sealed, none waiting", n, r, err)
		}
	})
}
