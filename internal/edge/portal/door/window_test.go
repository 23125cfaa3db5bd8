package door_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"testing"

	"hanse/internal/edge/portal/door"
)

func TestPagesOfAShortListHoldEveryRowOnceWhileOthersCome(t *testing.T) {
	var all []string
	for i := range 120 {
		all = append(all, fmt.Sprintf("row%03d", i))
	}
	seen, at := map[string]int{}, "/people/exits?other=x"
	for pages := 1; at != ""; pages++ {
		v := door.View{R: httptest.NewRequest("GET", at, nil)}
		w := door.Look(v, "exits", "", all, func(s string) string { return s })
		for _, x := range w.Rows {
			seen[x]++
		}
		if pages == 1 {
			all = append([]string{"fresh"}, all...) // a new row at the top moves nothing
		}
		if u, _ := url.Parse(w.Pager.Next); w.Pager.Next != "" && u.Query().Get("other") != "x" {
			t.Errorf("the next page forgets the other list: %s", w.Pager.Next)
		}
		if at = w.Pager.Next; pages > 5 {
			t.Fatal("the pages never end")
		}
	}
	for i := range 120 {
		if n := seen[fmt.Sprintf("row%03d", i)]; n != 1 {
			t.Errorf("row %d was shown %d times, want once", i, n)
		}
	}
}
