package id_test

import (
	"slices"
	"testing"
	"time"

	"hanse/internal/kit/id"
)

func TestIdsOfOneMillisecondKeepTheirOrder(t *testing.T) {
	at := time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)
	for name, next := range map[string]func() string{
		"accounts": func() string { return id.Account(at) },
		"others":   func() string { return id.New("evt", at) },
	} {
		seen, last := map[string]bool{}, ""
		var all []string
		for range 20_000 {
			last = next()
			all = append(all, last)
			seen[last] = true
		}
		if len(seen) != len(all) || !slices.IsSorted(all) {
			t.Errorf("%s: %d of %d are different, sorted %v", name, len(seen), len(all), slices.IsSorted(all))
		}
		if len(id.Account(at)) != 32 {
			t.Errorf("an account's id has %d digits, want 32", len(id.Account(at)))
		}
	}
}

func TestALaterIdSortsAfterAnEarlierOne(t *testing.T) {
	at := time.Date(2026, 3, 6, 2, 0, 0, 0, time.UTC)
	for _, d := range []time.Duration{time.Millisecond, time.Second, 400 * 24 * time.Hour} {
		if a, b := id.New("x", at), id.New("x", at.Add(d)); a >= b {
			t.Errorf("%s is not before %s, which is %v later", a, b, d)
		}
	}
}

func TestHasKnowsItsOwnIds(t *testing.T) {
	good := id.New("app", time.Unix(1, 0))
	for s, want := range map[string]bool{good: true, "app_": false, "usr" + good[3:]: false, good + "0": false, good[:len(good)-1] + "!": false, "": false} {
		if got := id.Has("app", s); got != want {
			t.Errorf("Has(app, %q) = %v, want %v", s, got, want)
		}
	}
}
