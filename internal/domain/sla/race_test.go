package sla_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/db"
)

// TestAnswersSweepsAndAPolicyAtOnceNoteEachMissOnce has engineers answer late while sweeps run and a new policy passes
// over the same tickets.
func TestAnswersSweepsAndAPolicyAtOnceNoteEachMissOnce(t *testing.T) {
	each(t, func(w *world) {
		t, n := w.t, 30
		for i := range n {
			w.begin(fmt.Sprintf("z%02d", i), "STANDARD", "PROD_DOWN")
		}
		w.c.Advance(31 * time.Minute)
		w.policy(10*time.Hour, 0, 0)
		w.must(w.s.Renew(t.Context()))
		var all sync.WaitGroup
		for part := range 2 {
			all.Go(func() {
				for i := part; i < n; i += 2 {
					subject := fmt.Sprintf("z%02d", i)
					if err := w.d.Update(t.Context(), func(tx *db.Tx) error { _, err := sla.Answered(t.Context(), tx, subject); return err }); err != nil {
						t.Errorf("answer to %s: %v", subject, err)
					}
				}
			})
			all.Go(func() {
				if _, err := w.s.Sweep(t.Context()); err != nil {
					t.Errorf("sweep: %v", err)
				}
			})
		}
		all.Go(func() {
			if err := w.run.Drain(context.WithoutCancel(t.Context())); err != nil {
				t.Errorf("drain: %v", err)
			}
		})
		all.Wait()
		for i := range n {
			v := w.view(fmt.Sprintf("z%02d", i))
			if first := v.Timers[0]; first.State != sla.Missed || first.Misses != 1 || len(first.Breaches) != 1 || first.Breaches[0].Limit != 30*time.Minute {
				t.Errorf("%s: %+v", v.Subject, first)
			}
		}
		missed := 0
		for _, e := range w.events() {
			if strings.HasPrefix(e, "sla.breached") {
				missed++
			}
		}
		if missed != n {
			t.Errorf("%d misses were told, want %d", missed, n)
		}
	})
}
