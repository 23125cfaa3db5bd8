package sheet

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestATableIsReadByItsHeadings(t *testing.T) {
	h := NewHeadings(map[string]string{"to": "receiver name", "amount": "amount"})
	open := func(s string) (*Table, error) {
		return OpenTable(strings.NewReader(s), int64(len(s)), "x.csv", Options{}, h, "to", "amount")
	}
	tab, err := open("A list\nAmount (CNY),Name,Receiver\n5,Mill,Other\n'=7,Cave,\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		r, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Cell("to")+" "+r.Cell("amount")+r.Cell("memo"))
	}
	if s := strings.Join(got, "; "); s != "Mill 5; Cave =7" {
		t.Errorf("read %q", s)
	}
	if _, err := open("Name,Sum\nMill,5\n"); !errors.Is(err, ErrColumns) {
		t.Errorf("without a column: %v, want ErrColumns", err)
	}
}
