package api

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hanse/internal/kit/actor"
)

// movement is what a program sends to pass money on.
const movement = `{"to":"acc_01jd8k2m4p6r8t0v2x4z6b8d0f","amount":"1250.00","currency":"CNY","scene":"quarterly","memo":"四月 allocation"}`

// mover is an API with one operation that takes a movement.
func mover(tb testing.TB) *API {
	tb.Helper()
	a := bare()
	add(a, Operation{Method: "POST", Path: "/moves", ID: "move", Keyed: true}, func(_ context.Context, _ actor.Actor, in *movementIn) (Moved, error) {
		return Moved{Transfer: "tr_1", Number: "AD0001", Book: "acc_1", Kind: "allocate", Amount: in.Body.Amount, Currency: in.Body.Currency,
			Left: "99.00", Receiver: "1250.00", At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, nil
	})
	return a
}

// replays is a body that's read again and again.
type replays struct{ bytes.Reader }

// Close does nothing.
func (*replays) Close() error { return nil }

// silent takes an answer.
type silent struct{ header http.Header }

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(b []byte) (int, error) { return len(b), nil }
func (s *silent) WriteHeader(int)             {}

func BenchmarkMovement(b *testing.B) {
	a := mover(b)
	body := &replays{}
	r := httptest.NewRequest("POST", "/moves", nil)
	r.Header.Set("Content-Type", "application/json")
	w := &silent{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset([]byte(movement))
		r.Body = body
		a.mux.ServeHTTP(w, r)
	}
}
