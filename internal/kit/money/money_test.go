package money_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

func TestAnAmountIsReadAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int64
		err  error
	}{
		{"10", 1000, nil}, {"10.5", 1050, nil}, {"0.01", 1, nil}, {"1,234.50", 123450, nil}, {"1,234,567", 123456700, nil},
		{" 7.00 ", 700, nil}, {"-3.20", -320, nil}, {"−3.20", -320, nil}, {"1.100", 110, nil}, {"0", 0, nil},
		{"", 0, money.ErrSyntax}, {".5", 0, money.ErrSyntax}, {"5.", 0, money.ErrSyntax}, {"1,23", 0, money.ErrSyntax}, {"12,345,6", 0, money.ErrSyntax},
		{"1e3", 0, money.ErrSyntax}, {"ten", 0, money.ErrSyntax}, {"--1", 0, money.ErrSyntax}, {"+1", 0, money.ErrSyntax}, {"1.2.3", 0, money.ErrSyntax},
		{"1.001", 0, money.ErrTooFine}, {"99999999999999999999", 0, money.ErrTooLarge}, {"92233720368547758.07", 0, money.ErrTooLarge},
	} {
		got, err := money.Parse(c.in)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<61, 1<<61).Draw(t, "minor")
		if got, err := money.Parse(money.Text(n)); got != n || err != nil {
			t.Fatalf("Parse(Text(%d) = %q) = %d, %v", n, money.Text(n), got, err)
		}
	})
}

func TestAnAmountToMoveNamesWhatIsWrong(t *testing.T) {
	for in, key := range map[string]string{
		"": "money.missing", "0": "money.not_positive", "-1": "money.not_positive", "1.005": "money.too_fine",
		"x": "money.syntax", "1000000000000.01": "money.too_large", "99999999999999999999": "money.too_large",
	} {
		var fs fault.Fields
		money.Field(&fs, "amount", in)
		if len(fs) != 1 || fs[0].Msg.Key != key || fs[0].Value != in {
			t.Errorf("Field(%q) refuses with %v, want %s", in, fs, key)
		}
	}
	if n, problem := money.Positive("1000000000000"); n != money.Max || !problem.IsZero() {
		t.Errorf("the largest amount is refused: %d %v", n, problem)
	}
}
