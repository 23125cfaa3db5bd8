package record

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/calendar"
)

// exam makes a record: "H12-811 2024-03-01 PASS", with number, issue and expiry as "no=1 issue=… expiry=… name=…".
func exam(n int, text string) Record {
	f := strings.Fields(text)
	r := Record{Feed: Exams, Provider: "PEARSON_VUE", Registration: fmt.Sprint("R", n), Email: "a@b.example", Code: f[0], On: day(f[1]), Result: Result(f[2]), ordinal: int64(n)}
	for _, x := range f[3:] {
		name, value, _ := strings.Cut(x, "=")
		switch name {
		case "no":
			r.CertificateNumber = value
		case "issue":
			r.IssuedOn = day(value)
		case "expiry":
			r.ExpiresOn = day(value)
		case "name":
			r.CertificateName = value
		}
	}
	return r
}

func words(all []credential.Stated) string {
	var out []string
	for _, s := range all {
		one := s.Code + " " + s.IssuedOn.String()
		if !s.ExpiresOn.IsNone() {
			one += " until " + s.ExpiresOn.String()
		}
		if s.Number != "" {
			one += " no " + s.Number
		}
		if s.Revoked {
			one += " revoked by " + s.Reason
		}
		out = append(out, one)
	}
	return strings.Join(out, "; ")
}

// TestWhatCertificatesFollowFromRecords is the table of the rules of business rules 6.2 and 6.3.
func TestWhatCertificatesFollowFromRecords(t *testing.T) {
	for name, tc := range map[string]struct {
		records []string
		others  []credential.Certificate
		want    string
	}{
		"a pass makes the certificate of the exam": {records: []string{"H12-811 2024-03-01 PASS"}, want: "HCIA-DATACOM 2024-03-01"},
		"a failure makes none":                     {records: []string{"H12-811 2024-03-01 FAIL"}},
		"who didn't come has none":                 {records: []string{"H12-811 2024-03-01 NOSHOW"}},
		"an exam that nobody knows makes none":     {records: []string{"Z99-999 2024-03-01 PASS"}},
		"number, issue and expiry on the line win": {records: []string{"H12-811 2024-03-01 PASS no=C1 issue=2024-03-09 expiry=2026-01-01"},
			want: "HCIA-DATACOM 2024-03-09 until 2026-01-01 no C1"},
		"a name on the line says what it is": {records: []string{"Z99-999 2024-03-01 PASS name=PMP no=P1"}, want: "PMP 2024-03-01 no P1"},
		"one part of several isn't enough":   {records: []string{"H12-821 2024-03-01 PASS"}},
		"all parts make it on the day of the last": {records: []string{"H12-831 2024-05-01 PASS", "H12-821 2024-03-01 PASS"},
			want: "HCIP-DATACOM 2024-05-01"},
		"two exams of the same part are one part": {records: []string{"H12-831 2024-05-01 PASS", "H12-832 2024-06-01 PASS"}},
		"the line says it's complete":             {records: []string{"H12-821 2024-03-01 PASS no=X"}, want: "HCIP-DATACOM 2024-03-01 no X"},
		"the same again while valid renews":       {records: []string{"H12-811 2023-03-01 PASS", "H12-811 2025-06-01 PASS"}, want: "HCIA-DATACOM 2023-03-01 until 2028-06-01"},
		"on its last day too":                     {records: []string{"H12-811 2023-03-01 PASS", "H12-811 2026-03-01 PASS"}, want: "HCIA-DATACOM 2023-03-01 until 2029-03-01"},
		"a day later it's a new one":              {records: []string{"H12-811 2023-03-01 PASS", "H12-811 2026-03-02 PASS"}, want: "HCIA-DATACOM 2023-03-01; HCIA-DATACOM 2026-03-02"},
		"a part of a higher one renews the lower": {records: []string{"H12-811 2023-03-01 PASS", "H12-821 2025-06-01 PASS"}, want: "HCIA-DATACOM 2023-03-01 until 2028-06-01"},
		"another direction doesn't":               {records: []string{"H12-811 2023-03-01 PASS", "H12-711 2025-06-01 PASS"}, want: "HCIA-DATACOM 2023-03-01; HCIA-SECURITY 2025-06-01"},
		"a lower one doesn't":                     {records: []string{"H12-725 2023-03-01 PASS", "H12-711 2025-06-01 PASS"}, want: "HCIA-SECURITY 2025-06-01; HCIP-SECURITY 2023-03-01"},
		"an expired one takes all exams again": {records: []string{"H12-821 2020-01-01 PASS", "H12-831 2020-02-01 PASS", "H12-821 2024-01-01 PASS"},
			want: "HCIP-DATACOM 2020-02-01"},
		"and then is a new one": {records: []string{"H12-821 2020-01-01 PASS", "H12-831 2020-02-01 PASS", "H12-821 2024-01-01 PASS", "H12-831 2024-02-01 PASS"},
			want: "HCIP-DATACOM 2020-02-01; HCIP-DATACOM 2024-02-01"},
		"renewals follow each other": {records: []string{"H12-811 2020-03-01 PASS", "H12-811 2023-01-01 PASS", "H12-811 2025-12-01 PASS"},
			want: "HCIA-DATACOM 2020-03-01 until 2028-12-01"},
		"a revoked registration revokes its certificate": {records: []string{"H12-811 2024-03-01 REVOKED"}, want: "HCIA-DATACOM 2024-03-01 revoked by PEARSON_VUE R0"},
		"and renews nothing":                             {records: []string{"H12-811 2023-03-01 PASS", "H12-811 2025-06-01 REVOKED"}, want: "HCIA-DATACOM 2023-03-01"},
		"a revoked part takes the whole": {records: []string{"H12-821 2024-03-01 REVOKED", "H12-831 2024-05-01 PASS"},
			want: "HCIP-DATACOM 2024-05-01 revoked by PEARSON_VUE R0"},
		"a later pass stands after an earlier one was revoked": {records: []string{"H12-811 2024-03-01 REVOKED", "H12-811 2025-03-01 PASS"},
			want: "HCIA-DATACOM 2024-03-01 revoked by PEARSON_VUE R0; HCIA-DATACOM 2025-03-01"},
		"what a partner stated is renewed": {records: []string{"H12-811 2025-06-01 PASS"}, want: "HCIA-DATACOM 2023-03-01 until 2028-06-01",
			others: []credential.Certificate{{ID: "1", Code: "HCIA-DATACOM", IssuedOn: day("2023-03-01")}}},
		"what a partner stated is confirmed": {records: []string{"H12-811 2025-06-01 PASS"}, want: "HCIA-DATACOM 2025-06-01",
			others: []credential.Certificate{{ID: "1", Code: "HCIA-DATACOM", IssuedOn: day("2025-06-01")}}},
		"what a partner stated is left alone": {records: []string{"H12-811 2025-06-01 FAIL"},
			others: []credential.Certificate{{ID: "1", Code: "HCIA-DATACOM", IssuedOn: day("2023-03-01")}}},
		"what a partner stated is revoked": {records: []string{"H12-811 2023-03-01 REVOKED no=7"}, want: "HCIA-DATACOM 2023-03-01 no 7 revoked by PEARSON_VUE R0",
			others: []credential.Certificate{{ID: "1", Code: "HCIA-DATACOM", IssuedOn: day("2023-03-01")}}},
		"without a rule of renewal each pass is a certificate": {records: []string{"X 2024-03-01 PASS name=H3CNE", "X 2025-03-01 PASS name=H3CNE"},
			want: "H3CNE 2024-03-01; H3CNE 2025-03-01"},
	} {
		var records []Record
		for i, x := range tc.records {
			records = append(records, exam(i, x))
		}
		if got := words(derive(catalogue(), records, tc.others)); got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tc.want)
		}
	}
}

// TestTheOrderOfRecordsChangesNothing shuffles random lives.
func TestTheOrderOfRecordsChangesNothing(t *testing.T) {
	codes := []string{"H12-811", "H12-821", "H12-831", "H12-832", "H12-891", "H12-892", "H12-711", "H12-725", "Z99-999"}
	for n := range 3000 {
		r := rand.New(rand.NewPCG(uint64(n), 7))
		var records []Record
		for i := range 1 + r.IntN(9) {
			x := exam(i, fmt.Sprintf("%s 2024-01-01 %s", codes[r.IntN(len(codes))], []Result{Pass, Pass, Pass, Pass, Fail, Revoked}[r.IntN(6)]))
			x.On = day("2015-01-01").AddDays(r.IntN(12 * 365))
			if r.IntN(8) == 0 {
				x.CertificateNumber = fmt.Sprint("N", i)
			}
			records = append(records, x)
		}
		var others []credential.Certificate
		for i := range r.IntN(3) {
			others = append(others, credential.Certificate{ID: fmt.Sprint(i), Code: []string{"HCIA-DATACOM", "HCIP-DATACOM", "PMP"}[i],
				IssuedOn: day("2015-01-01").AddDays(r.IntN(12 * 365))})
		}
		want := derive(catalogue(), records, others)
		check(t, records, others, want)
		r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		r.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
		if diff := cmp.Diff(want, derive(catalogue(), records, others)); diff != "" {
			t.Fatalf("life %d: in another order\n%s", n, diff)
		}
	}
}

// check holds what must be true of any outcome.
func check(t *testing.T, records []Record, others []credential.Certificate, got []credential.Stated) {
	t.Helper()
	seen := map[certificate]bool{}
	revoked := false
	passes := map[calendar.Day]bool{}
	for _, r := range records {
		revoked = revoked || r.Result == Revoked
		passes[r.On] = r.Result == Pass || r.Result == Revoked || passes[r.On]
	}
	for _, o := range others {
		passes[o.IssuedOn] = true
	}
	for _, s := range got {
		k := certificate{s.Code, s.IssuedOn}
		switch {
		case seen[k]:
			t.Fatalf("%v twice in %s", k, words(got))
		case s.Revoked && !revoked:
			t.Fatalf("revoked by nothing: %s", words(got))
		case !passes[s.IssuedOn]:
			t.Fatalf("issued on a day without a pass: %s", words(got))
		}
		seen[k] = true
	}
}

func TestOfAllWordsAboutARegistrationTheLastHolds(t *testing.T) {
	a, b, c := exam(1, "H12-811 2024-03-01 PASS no=C1 issue=2024-03-09"), exam(1, "H12-811 2024-03-01 FAIL"), exam(1, "H12-811 2024-03-01 REVOKED")
	a.ordinal, b.ordinal, c.ordinal = 1, 1<<32, 2<<32
	other := exam(2, "H12-811 2024-03-01 PASS")
	for name, tc := range map[string]struct {
		words []Record
		want  []Result
	}{
		"one":              {[]Record{a}, []Result{Pass}},
		"a later one":      {[]Record{b, a}, []Result{Fail}},
		"of two":           {[]Record{other, b, a}, []Result{Fail, Pass}},
		"a revocation":     {[]Record{c, a}, []Result{Revoked}},
		"another in front": {[]Record{b, c, a}, []Result{Revoked}},
	} {
		got := pick(tc.words)
		var results []Result
		for _, r := range got {
			results = append(results, r.Result)
		}
		if diff := cmp.Diff(tc.want, results); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if got := pick([]Record{c, a}); got[0].CertificateNumber != "C1" || got[0].IssuedOn != day("2024-03-09") {
		t.Errorf("a revocation without a number: %+v, want the number and day of the word before", got[0])
	}
}
