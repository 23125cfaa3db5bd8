package bss

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
)

func TestAnAmountIsReadExactlyInQuotesOrWithout(t *testing.T) {
	for body, want := range map[string]int64{
		`{"amount":10}`: 1000, `{"amount":10.00}`: 1000, `{"amount":"10"}`: 1000, `{"amount":"99.99"}`: 9999, `{"amount":0.01}`: 1,
		`{"amount":1000000000000}`: 1_000_000_000_000_00, `{"amount":0.29}`: 29, `{"amount":"0.070"}`: 7,
	} {
		var in struct {
			Amount dec `json:"amount"`
		}
		if err := json.Unmarshal([]byte(body), &in); err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		f := &form{}
		if got := f.amount("amount", in.Amount); got != want || f.err() != nil {
			t.Errorf("%s = %d, %v; want %d", body, got, f.err(), want)
		}
	}
}

func TestAnAmountThatIsNoneIsRefused(t *testing.T) {
	for _, body := range []string{`{}`, `{"amount":null}`, `{"amount":""}`, `{"amount":0}`, `{"amount":-1}`, `{"amount":"0.00"}`, `{"amount":1.001}`, `{"amount":"1,000.00"}`,
		`{"amount":1e3}`, `{"amount":" 1"}`, `{"amount":"１"}`, `{"amount":true}`, `{"amount":[1]}`, `{"amount":1000000000000.01}`, `{"amount":"1.2.3"}`, `{"amount":"+1"}`} {
		var in struct {
			Amount dec `json:"amount"`
		}
		err := json.Unmarshal([]byte(body), &in)
		f := &form{}
		if err == nil {
			f.amount("amount", in.Amount)
			err = f.err()
		}
		if err == nil {
			t.Errorf("%s was taken as an amount", body)
		}
	}
}

func TestAmountsAreSentAsNumbersWithTwoDecimals(t *testing.T) {
	for in, want := range map[int64]string{0: "0.00", 1: "0.01", 123450: "1234.50", -29: "-0.29", 1<<62 + 1: "46116860184273879.05"} {
		if b, err := json.Marshal(number(in)); string(b) != want || err != nil {
			t.Errorf("number(%d) = %s, %v; want %s", in, b, err, want)
		}
	}
}

func TestAPageIsARowOffsetWithinBounds(t *testing.T) {
	for _, c := range []struct {
		query        string
		offset, rows int
		ok           bool
	}{
		{"", 0, 10, true}, {"offset=1&limit=100", 1, 100, true}, {"offset=2147483647&limit=1", 2147483647, 1, true},
		{"limit=0", 0, 0, false}, {"limit=101", 0, 0, false}, {"limit=-1", 0, 0, false}, {"offset=-1", 0, 0, false}, {"limit=", 0, 0, false},
		{"offset=2147483648", 0, 0, false}, {"limit=1.0", 0, 0, false}, {"limit=ten", 0, 0, false}, {"limit=1&limit=2", 0, 0, false}, {"limit=%zz", 0, 0, false},
	} {
		f := formOf(c.query)
		offset, rows := f.queryPage()
		if (f.err() == nil) != c.ok || c.ok && (offset != c.offset || rows != c.rows) {
			t.Errorf("%q = %d, %d, %v; want %d, %d, fine: %v", c.query, offset, rows, f.err(), c.offset, c.rows, c.ok)
		}
	}
}

func formOf(query string) *form {
	return (&call{r: httptest.NewRequest(http.MethodGet, "/?"+query, nil)}).query()
}

func TestAnEmptyTextMeansWhatTheFieldSays(t *testing.T) {
	f := formOf("a=&b=x")
	if got := f.plain("a", f.arg("a"), 64); got != "" || f.err() != nil {
		t.Errorf("a plain filter: %q, %v; want no filter", got, f.err())
	}
	if got := f.exact("a", f.arg("a"), 64); got != nothing {
		t.Errorf("an exact filter: %q, want what nothing has", got)
	}
	if got := f.exact("c", f.arg("c"), 64); got != "" {
		t.Errorf("an absent exact filter: %q, want no filter", got)
	}
	for name, check := range map[string]func(*form){
		"must":   func(f *form) { f.must("a", f.arg("a"), 64) },
		"filled": func(f *form) { f.filled("a", f.arg("a"), 64) },
		"strict": func(f *form) { f.word("a", f.arg("a"), true, "x") },
		"at":     func(f *form) { f.at("a", f.arg("a")) },
		"day":    func(f *form) { f.day("a", f.arg("a"), true, 1) },
		"num":    func(f *form) { f.num("a") },
	} {
		f := formOf("a=")
		check(f)
		if f.err() == nil {
			t.Errorf("%s takes an empty text", name)
		}
	}
}

func TestTextsThatHideSomethingAreRefused(t *testing.T) {
	for _, bad := range []string{"a\x00b", "a\nb", "\xff", strings.Repeat("é", 65)} {
		f := &form{}
		f.plain("customer_id", &bad, 64)
		if f.err() == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestInstantsAreUTCToTheSecond(t *testing.T) {
	f := &form{}
	good := "2019-05-06T08:05:01Z"
	if got := f.at("t", &good); instant(got) != good || f.err() != nil {
		t.Errorf("at(%s) = %v, %v", good, got, f.err())
	}
	for _, bad := range []string{"2019-05-06T08:05:01+08:00", "2019-05-06 08:05:01", "2019-05-06", "2019-02-30T00:00:00Z", "2019-05-06T24:00:00Z"} {
		f := &form{}
		if f.at("t", &bad); f.err() == nil {
			t.Errorf("%s was taken as an instant", bad)
		}
	}
	if instant(time.Time{}) != "" {
		t.Error("no instant has a text")
	}
}

func TestDaysOfAStatementAreTheBusinessZonesWithBothEnds(t *testing.T) {
	today, _ := calendar.ParseDay("2026-11-22")
	f := &form{}
	a, b := f.days("begin", "end", nil, nil, true, today)
	if instant(a) != "2025-11-21T16:00:00Z" || instant(b) != "2026-11-22T16:00:00Z" {
		t.Errorf("the usual year = %s to %s", instant(a), instant(b))
	}
	later, sooner := "2026-11-02", "2026-11-01"
	if f.days("begin", "end", &later, &sooner, true, today); f.err() == nil {
		t.Error("an end before the beginning was taken")
	}
}

func TestABodyOfTheWrongShapeNamesTheField(t *testing.T) {
	type in struct {
		ID    string `json:"customer_id"`
		Limit *int32 `json:"limit"`
	}
	for body, field := range map[string]string{
		`{"customer_id":1}`: "customer_id", `{"limit":"1"}`: "limit", `{"limit":1.0}`: "limit", `{"limit":2147483648}`: "limit", `[]`: "body", `x`: "body", `{"a":1} {`: "body", `null`: "body",
	} {
		c := &call{r: httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))}
		_, err := decode[in](c)
		if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v, want a refusal of %s", body, err, field)
		}
	}
	for _, body := range []string{``, ` `, `{}`, `{"customer_id":null,"limit":null,"new_field":[1]}`} {
		c := &call{r: httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))}
		if got, err := decode[in](c); err != nil || got != (in{}) {
			t.Errorf("%q = %+v, %v; want nothing", body, got, err)
		}
	}
}
