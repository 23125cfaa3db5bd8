package relay_test

import (
	"fmt"
	"slices"
	"testing"

	"hanse/internal/kit/relay"
)

func TestKeysSurviveTheirText(t *testing.T) {
	for _, keys := range [][]relay.Key{{{"a", "1"}}, {{"a", "1"}, {"-", "2"}, {"a", "3"}}} {
		if got := relay.Split(relay.Join(keys)); !slices.Equal(got, keys) {
			t.Errorf("%v became %v", keys, got)
		}
	}
}

func TestAMemoryForgetsTheOldestAndWhatWasTaken(t *testing.T) {
	m := relay.NewMemory[int](3)
	for i := range 5 {
		m.Keep(fmt.Sprint(i), i)
	}
	for id, want := range map[string]bool{"0": false, "1": false, "2": true, "3": true, "4": true} {
		if v, ok := m.Take(id); ok != want || ok && fmt.Sprint(v) != id {
			t.Errorf("%s: %d, %v, want known %v", id, v, ok, want)
		}
		if _, ok := m.Take(id); ok {
			t.Errorf("%s is known after it was taken", id)
		}
	}
}
