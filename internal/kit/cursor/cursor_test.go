package cursor

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hanse/internal/kit/fault"
)

func TestACursorHoldsForItsListAndSecretOnly(t *testing.T) {
	c := New([]byte("secret"))
	good := c.Encode("people?q=li", Key{"李伟", Int(-7)})
	if k, err := c.Decode(good, "people?q=li", 2); err != nil || !cmp.Equal(k, Key{"李伟", "-7"}) {
		t.Fatalf("Decode = %q, %v", k, err)
	}
	for name, try := range map[string]func() (Key, error){
		"another list":   func() (Key, error) { return c.Decode(good, "people?q=wang", 2) },
		"another secret": func() (Key, error) { return New([]byte("other")).Decode(good, "people?q=li", 2) },
		"another length": func() (Key, error) { return c.Decode(good, "people?q=li", 3) },
		"empty":          func() (Key, error) { return c.Decode("", "people?q=li", 2) },
		"a version ago":  func() (Key, error) { return c.Decode("0"+good[1:], "people?q=li", 2) },
		"no base64":      func() (Key, error) { return c.Decode("1***", "people?q=li", 2) },
		"too short":      func() (Key, error) { return c.Decode("1AAAA", "people?q=li", 2) },
		"too long":       func() (Key, error) { return c.Decode(good+strings.Repeat("A", maxLen), "people?q=li", 2) },
	} {
		if k, err := try(); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: Decode = %q, %v, want Invalid", name, k, err)
		}
	}
	for i := range len(good) {
		forged := []byte(good)
		forged[i] ^= 1
		if k, err := c.Decode(string(forged), "people?q=li", 2); err == nil {
			t.Errorf("a cursor with byte %d changed gives %q", i, k)
		}
	}
}

func TestPagesAreParsedWithinLimits(t *testing.T) {
	c := New([]byte("secret"))
	cur := c.Encode("x", Key{"a"})
	for _, tt := range []struct {
		query string
		want  Page
		field string
	}{
		{"", Page{Limit: DefaultLimit}, ""},
		{"limit=200&after=" + cur, Page{After: Key{"a"}, Limit: 200}, ""},
		{"before=" + cur, Page{Before: Key{"a"}, Limit: DefaultLimit}, ""},
		{"limit=0", Page{}, "limit"}, {"limit=201", Page{}, "limit"}, {"limit=x", Page{}, "limit"},
		{"after=x", Page{}, "cursor"}, {"after=" + cur + "&before=" + cur, Page{}, "before"},
	} {
		q, err := url.ParseQuery(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Parse(q, "x", 1)
		if tt.field != "" {
			if f := fault.Of(err); f == nil || f.Kind != fault.KindInvalid || f.Fields[0].Name != tt.field {
				t.Errorf("Parse(%q) = %v, want Invalid at %s", tt.query, err, tt.field)
			}
			continue
		}
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("Parse(%q) = %v (-want +got):\n%s", tt.query, err, d)
		}
	}
}

func TestAKeyThatIsNoNumberIsABadCursor(t *testing.T) {
	if n, err := (Key{"a", Int(5)}).Int(1); n != 5 || err != nil {
		t.Errorf("Int(1) = %d, %v", n, err)
	}
	for _, i := range []int{0, 2} {
		if _, err := (Key{"a", "5"}).Int(i); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("Int(%d) = %v, want Invalid", i, err)
		}
	}
}

// fetch is what a store does: rows beyond the key, in reading order.
func fetch(all []int64, p Page, t *rapid.T) []int64 {
	rows := slices.Clone(all)
	if p.Backward() {
		slices.Reverse(rows)
	}
	if p.Key() != nil {
		at, err := p.Key().Int(0)
		if err != nil {
			t.Fatal(err)
		}
		rows = slices.DeleteFunc(rows, func(n int64) bool {
			return !p.Backward() && n <= at || p.Backward() && n >= at
		})
	}
	return rows[:min(len(rows), p.Fetch())]
}

func TestWalkingForthAndBackShowsEveryRowOnce(t *testing.T) {
	c := New([]byte("secret"))
	key := func(n int64) Key { return Key{Int(n)} }
	rapid.Check(t, func(t *rapid.T) {
		var all []int64
		for i := range rapid.IntRange(0, 30).Draw(t, "rows") {
			all = append(all, int64(i*2))
		}
		p := Page{Limit: rapid.IntRange(1, 7).Draw(t, "limit")}
		var forth, back []int64
		var links Links
		var rows []int64
		for {
			rows, links = Cut(c, "x", p, fetch(all, p, t), key)
			forth = append(forth, rows...)
			if links.Next == "" {
				break
			}
			k, err := c.Decode(links.Next, "x", 1)
			if err != nil {
				t.Fatal(err)
			}
			p = Page{After: k, Limit: p.Limit}
		}
		back = slices.Clone(rows)
		for links.Prev != "" {
			k, err := c.Decode(links.Prev, "x", 1)
			if err != nil {
				t.Fatal(err)
			}
			p = Page{Before: k, Limit: p.Limit}
			rows, links = Cut(c, "x", p, fetch(all, p, t), key)
			back = append(slices.Clone(rows), back...)
		}
		if !slices.Equal(forth, all) || !slices.Equal(back, all) {
			t.Fatalf("forth %v, back %v, want %v", forth, back, all)
		}
	})
}
