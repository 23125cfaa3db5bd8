package bill_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"hanse/internal/domain/bill"
)

func TestAnExactAmountIsReadAndWrittenWithoutLoss(t *testing.T) {
	for _, c := range []struct {
		in, out string
		minor   int64
		err     error
	}{
		{"12.3", "12.30", 1230, nil},
		{"1,234.56789012", "1234.56789012", 123457, nil},
		{"0.00000001", "0.00000001", 0, nil},
		{"-0.00000001", "-0.00000001", 0, nil},
		{"0.005", "0.005", 1, nil},
		{"-0.005", "-0.005", -1, nil},
		{"0.00499999", "0.00499999", 0, nil},
		{"2.675", "2.675", 268, nil},
		{".5", "0.50", 50, nil},
		{"007", "7.00", 700, nil},
		{"1.1000000000", "1.10", 110, nil},
		{"100000000", "100000000.00", 10_000_000_000, nil},
		{"100000000.00000001", "", 0, bill.ErrTooLarge},
		{"0.000000001", "", 0, bill.ErrTooFine},
		{"1e5", "", 0, bill.ErrSyntax},
		{"1.", "", 0, bill.ErrSyntax},
		{"", "", 0, bill.ErrSyntax},
		{"--1", "", 0, bill.ErrSyntax},
		{"1.2.3", "", 0, bill.ErrSyntax},
	} {
		got, err := bill.ParseExact(c.in)
		if err != c.err || err == nil && (got.String() != c.out || got.Round() != c.minor) {
			t.Errorf("ParseExact(%q) = %s (rounded %d), %v, want %s (%d), %v", c.in, got, got.Round(), err, c.out, c.minor, c.err)
		}
	}
}

func TestRoundingAgreesWithRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<60, 1<<60).Draw(t, "n")
		// Half up, away from zero: floor(|n| / 10^6 + 1/2) with the sign of n.
		abs := new(big.Int).Abs(big.NewInt(n))
		abs.Add(abs, big.NewInt(500_000)).Div(abs, big.NewInt(1_000_000))
		want := abs.Int64()
		if n < 0 {
			want = -want
		}
		if got := bill.Exact(n).Round(); got != want {
			t.Fatalf("Exact(%d).Round() = %d, want %d", n, got, want)
		}
	})
}

func TestACycleTakesLinesUntilTheFourthOfTheNextMonth(t *testing.T) {
	for _, c := range []struct {
		at   string
		open bill.Cycle
	}{
		{"2026-11-04T23:59:59+08:00", "2026-10"},
		{"2026-11-05T00:00:00+08:00", "2026-11"},
		{"2026-11-30T23:59:59+08:00", "2026-11"},
		{"2026-12-01T00:00:00+08:00", "2026-11"},
		{"2027-01-04T12:00:00+08:00", "2026-12"},
	} {
		at := instant(t, c.at)
		if got := bill.OpenCycle(at); got != c.open {
			t.Errorf("OpenCycle(%s) = %s, want %s", c.at, got, c.open)
		}
		if got := bill.Cycle("2026-09").BilledIn(at); got != c.open {
			t.Errorf("a line of September that comes at %s is billed in %s, want %s", c.at, got, c.open)
		}
	}
	if got := bill.Cycle("2026-12").Ready(); !got.Equal(instant(t, "2027-01-05T12:00:00+08:00")) {
		t.Errorf("the bill of December is ready by %s, want 5 January, noon", got)
	}
}
