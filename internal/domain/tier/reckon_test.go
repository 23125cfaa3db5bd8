package tier

import (
	"testing"

	"pgregory.net/rapid"
)

var steps = []int64{100000, 1000000, 5000000, 20000000, 100000000}

func TestALevelIsWhatTheSpendingReaches(t *testing.T) {
	for _, x := range []struct {
		spent int64
		want  int
	}{{0, None}, {-5, None}, {1, 0}, {99999, 0}, {100000, 1}, {8500000, 3}, {20000000, 4}, {99999999, 4}, {100000000, 5}, {1 << 40, 5}} {
		if got := level(x.spent, steps); got != x.want {
			t.Errorf("level(%d) = %d, want %d", x.spent, got, x.want)
		}
	}
}

func TestAYearBeginsWithWhatTheYearBeforeEarned(t *testing.T) {
	had := Tier{Year: 2026, Began: 0, Earned: 4}
	if got := reckon(had, 2027, 0, 1000000, steps); got.Began != 2 || got.Earned != 2 {
		t.Errorf("2027 begins with V%d and stands at V%d, want V2", got.Began, got.Earned)
	}
	if got := reckon(had, 2026, 100, 0, steps); got.Earned != 4 {
		t.Errorf("refunds within the year lowered it to V%d", got.Earned)
	}
	if got := reckon(Tier{Earned: None, Began: None}, 2026, 0, 0, steps); got.Earned != None {
		t.Errorf("nothing spent earns %d", got.Earned)
	}
}

func TestATierNeverFallsWithinAYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.Int64Range(0, 200000000).Draw(t, "before")
		had := Tier{Earned: None, Began: None}
		for range rapid.IntRange(1, 10).Draw(t, "nights") {
			next := reckon(had, 2026, rapid.Int64Range(-1000, 200000000).Draw(t, "spent"), before, steps)
			if next.Earned < had.Earned || next.Earned < level(before, steps) {
				t.Fatalf("%d became %d", had.Earned, next.Earned)
			}
			had = next
		}
	})
}
