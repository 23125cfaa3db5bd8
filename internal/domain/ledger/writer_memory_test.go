package ledger

import (
	"slices"
	"testing"
)

// TestPatienceGrowsWithEachMistakeAndIsForgotten counts the batches that a writer does without what it relied on.
func TestPatienceGrowsWithEachMistakeAndIsForgotten(t *testing.T) {
	var p patience
	without := func() (n int) {
		p.lose()
		for ; p.left > 0; n++ {
			p.pass()
		}
		return n
	}
	var got []int
	for range 9 {
		got = append(got, without())
	}
	if want := []int{0, 1, 2, 4, 8, 16, 32, 50, 50}; !slices.Equal(got, want) {
		t.Errorf("batches without, mistake by mistake: %v, want %v", got, want)
	}
	for range cautious - 1 {
		p.pass()
	}
	if n := without(); n != 50 {
		t.Errorf("%d batches after %d good ones, want 50", n, cautious-1)
	}
	for range cautious {
		p.pass()
	}
	if n := without(); n != 0 {
		t.Errorf("%d batches after %d good ones, want none", n, cautious)
	}
}
