package roster

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

func numbers(items []Item) []string {
	out := []string{}
	for _, it := range items {
		out = append(out, it.Number)
	}
	return out
}

// pages reads all pages of a filter.
func (w *world) pages(t require, f Filter) []Item {
	t.Helper()
	var all []Item
	for range 1000 {
		p, err := w.List(w.t.Context(), admin(north), north, f)
		if err != nil {
			t.Fatalf("List(%+v): %v", f, err)
		}
		if p.Next != "" && len(p.Items) != f.Limit {
			t.Fatalf("List(%+v): a page of %d with a next one, want %d", f, len(p.Items), f.Limit)
		}
		all = append(all, p.Items...)
		if f.After = p.Next; f.After == "" {
			return all
		}
	}
	t.Fatalf("List(%+v) doesn't end", f)
	return nil
}

// require is what testing.T and rapid.T have in common.
type require interface {
	Helper()
	Fatalf(format string, args ...any)
}

// oracle filters in memory, in words as simple as the rules.
func oracle(all []Binding, f Filter, today calendar.Day) []string {
	out := []string{}
	for _, b := range all {
		here := b.LeftOn.IsNone() || today < b.LeftOn
		if f.Left == "" && !here || f.Left == "left" && here {
			continue
		}
		if f.Registered != "" && b.Registered != (f.Registered == "yes") {
			continue
		}
		if !strings.Contains(text.Fold(b.Name)+"\n"+text.Fold(b.Email)+"\n"+text.Fold(b.Number), text.Fold(f.Q)) {
			continue
		}
		valid, soon, past, some := false, false, false, false
		for _, h := range b.Held {
			if f.Code != "" && f.Code != h.Code {
				continue
			}
			some = true
			valid = valid || h.Until >= today
			soon = soon || h.Until >= today && h.Until <= today.AddDays(f.Within)
			past = past || h.Until < today
		}
		ok := map[string]bool{"": f.Code == "" || some, "valid": valid, "expiring": soon, "expired": past, "none": !some}[f.Validity]
		if ok {
			out = append(out, b.Number)
		}
	}
	return out
}

func TestAllPagesTogetherAreTheWholeFilteredList(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(north, randomFile(9, 150))
		var all []Binding
		must(t, w.everybody(t.Context(), w.d.Read(), north, func(b Binding) error { all = append(all, b); return nil }))
		slices.SortFunc(all, func(a, b Binding) int {
			return strings.Compare(text.Fold(a.Name)+"\x00"+a.ID, text.Fold(b.Name)+"\x00"+b.ID)
		})
		rapid.Check(t, func(rt *rapid.T) {
			f := Filter{
				Q:          rapid.SampledFrom([]string{"", "人员", "员 1", "E1", "ｅ1", "S9.EXAMPLE", "%", "_", "!", "nobody"}).Draw(rt, "q"),
				Code:       rapid.SampledFrom([]string{"", "", "H3CSE", "PMP", "NONE"}).Draw(rt, "code"),
				Validity:   rapid.SampledFrom([]string{"", "", "valid", "expiring", "expired", "none"}).Draw(rt, "validity"),
				Within:     rapid.SampledFrom([]int{30, 400}).Draw(rt, "within"),
				Registered: rapid.SampledFrom([]string{"", "yes", "no"}).Draw(rt, "registered"),
				Left:       rapid.SampledFrom([]string{"", "left", "all"}).Draw(rt, "left"),
				Limit:      rapid.IntRange(1, 60).Draw(rt, "limit"),
			}
			want := oracle(all, f, calendar.DayOf(dbtest.Start))
			if d := cmp.Diff(want, numbers(w.pages(rt, f))); d != "" {
				rt.Fatalf("%+v (-want +got):\n%s", f, d)
			}
			again := ParseFilter(f.Query())
			if again != f {
				rt.Fatalf("filter through its URL = %+v, want %+v", again, f)
			}
		})
	})
}

func TestPagesStayStableWhenPeopleAreAdded(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.load(north, randomFile(10, 40))
		before := map[string]bool{}
		for _, it := range w.pages(t, Filter{Left: "all", Limit: 500}) {
			before[it.ID] = true
		}
		f, seen := Filter{Left: "all", Limit: 7}, map[string]int{}
		for i := range 100 {
			p, err := w.List(ctx, by, north, f)
			must(t, err)
			for _, it := range p.Items {
				seen[it.ID]++
			}
			if f.After = p.Next; f.After == "" {
				break
			}
			_, err = w.Bind(ctx, by, north, Entry{Number: fmt.Sprint("new", i), Name: []string{"", "人员 1", "Aa", "赵"}[i%3+1]})
			must(t, err)
		}
		for id := range before {
			if seen[id] != 1 {
				t.Errorf("%s was shown %d times, want once", id, seen[id])
			}
		}
	})
}

func TestSearchFindsEverySpelling(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(north, head+"A-1,李 伟,wei.li@north.example,,,,,,\nA-2,ＷＡＮＧ　Fang,,,,,,,\nA-3,José 100%,,,,,,,\n")
		for q, want := range map[string][]string{
			"李": {"A-1"}, "李　伟": {"A-1"}, "WEI.LI": {"A-1"}, "wang": {"A-2"}, "ｗａｎｇ ｆａｎｇ": {"A-2"}, "josé": {"A-3"}, "JOSÉ": {"A-3"},
			"100%": {"A-3"}, "a-": {"A-1", "A-3", "A-2"}, "_": {}, "": {"A-3", "A-2", "A-1"},
		} {
			got := numbers(w.pages(t, Filter{Q: q, Limit: 10}))
			slices.Sort(got)
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("List(q=%q) (-want +got):\n%s", q, d)
			}
		}
	})
}

func TestAListIsAskedForWithWhatItKnows(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		for name, f := range map[string]Filter{
			"validity": {Validity: "x"}, "left": {Left: "x"}, "registered": {Registered: "x"}, "cursor": {After: "x"},
			"cursor with a zero byte": {After: cursor{"a\x00", "b"}.String()},
		} {
			_, err := w.List(t.Context(), admin(north), north, f)
			kind(t, err, fault.KindInvalid, "List with a strange "+name)
		}
		w.load(north, head+"A-1,Li,,H3CSE,2025-01-01,,,,\n")
		for _, f := range []Filter{{Q: "\x00\xff"}, {Code: "H3CSE\x00"}, {Within: -1}, {Limit: 1 << 30}} {
			if _, err := w.List(t.Context(), admin(north), north, f); err != nil {
				t.Errorf("List(%+v) = %v", f, err)
			}
		}
	})
}

func TestFiguresFactsAndFleetAgreeWithTheList(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.load(north, randomFile(11, 80))
		w.load(south, randomFile(12, 30))
		here := w.pages(t, Filter{Limit: 500})
		c, err := w.Counts(ctx, by, north)
		must(t, err)
		left := len(w.pages(t, Filter{Left: "left", Limit: 500}))
		none := len(w.pages(t, Filter{Validity: "none", Limit: 500}))
		if c.Here != len(here) || c.Left != left || c.None != none || c.Here != c.Valid+c.Expiring+c.Expired+c.None {
			t.Errorf("Counts = %+v, want %d here, %d left, %d without", c, len(here), left, none)
		}
		h, err := w.Expiries(ctx, by, north, 24)
		must(t, err)
		want, got := map[string]int{}, map[string]int{}
		for _, it := range here {
			for _, x := range it.Held {
				if month := x.Until.String()[:7]; x.Until >= w.today() && month <= h.Months[23] {
					want[x.Code+month]++
				}
			}
		}
		for _, row := range h.Rows {
			for i, n := range row.Counts {
				if n > 0 {
					got[row.Code+h.Months[i]] = n
				}
			}
		}
		if d := cmp.Diff(want, got); d != "" || h.Months[0] != "2026-03" {
			t.Errorf("Expiries from %s (-want +got):\n%s", h.Months[0], d)
		}
		facts := map[string][]program.Person{}
		for _, partner := range []string{north, south} {
			facts[partner], err = w.EngineersAt(ctx, w.d.Read(), partner, dbtest.Start)
			must(t, err)
		}
		fleet := map[string][]program.Person{}
		must(t, w.StreamFleet(ctx, w.d.Read(), func(r *FleetRow) error {
			if r.Person == len(fleet[r.Partner]) {
				fleet[r.Partner] = append(fleet[r.Partner], program.Person{ID: r.Binding, BoundOn: r.BoundOn, LeftOn: r.LeftOn, Registered: r.Registered,
					Unconfirmed: r.Unconfirmed, CountsUntil: r.CountsUntil})
			}
			if p := &fleet[r.Partner][r.Person]; r.Code != "" {
				p.Certificates = append(p.Certificates, program.Certificate{Code: r.Code, IssuedOn: r.IssuedOn, ExpiresOn: r.ExpiresOn})
			}
			return nil
		}))
		for _, people := range facts {
			for i := range people {
				people[i].Name = "" // the fleet has no names
			}
		}
		if d := cmp.Diff(facts, fleet); d != "" {
			t.Errorf("the fleet isn't what each partner's facts are (-facts +fleet):\n%s", d)
		}
	})
}

func TestAPersonIsCorrectedByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		id, err := w.Bind(ctx, by, north, Entry{Number: " A1 ", Name: "李  伟", Email: "Wei@N.example", BoundOn: day("2020-01-01"), Registered: true})
		must(t, err)
		_, err = w.Bind(ctx, by, north, Entry{Number: "A1", Name: "Bo"})
		kind(t, err, fault.KindInvalid, "Bind a taken number")
		_, err = w.Bind(ctx, by, north, Entry{Number: "A2", Name: "Bo", Email: "wei@n.example"})
		kind(t, err, fault.KindInvalid, "Bind a person a second time")
		_, err = w.Bind(ctx, by, north, Entry{Number: "", Name: strings.Repeat("x", 101), Email: "no", BoundOn: day("2021-01-01"), LeftOn: day("2020-01-01")})
		if f := fault.Of(err); f == nil || len(f.Fields) != 4 {
			t.Errorf("Bind with everything wrong = %v, want four fields", err)
		}
		must(t, w.Correct(ctx, by, north, id, 1, Entry{Number: "B1", Name: "李伟", Email: "li@n.example", BoundOn: day("2020-02-01"), Registered: true}))
		kind(t, w.Correct(ctx, by, north, id, 1, Entry{Number: "B2", Name: "x"}), fault.KindConflict, "Correct a stale page")
		b := w.bindingOf(north, "B1")
		if b.ID != id || b.Name != "李伟" || b.Email != "li@n.example" || b.BoundOn != day("2020-02-01") || b.Revision != 2 {
			t.Errorf("corrected = %+v", b)
		}
		// Both addresses are this person's from now on.
		_, err = w.Bind(ctx, admin(south), south, Entry{Number: "S1", Name: "Wei", Email: "wei@n.example"})
		must(t, err)
		if s := w.bindingOf(south, "S1"); s.Person != b.Person {
			t.Errorf("the old address is person %s, want %s", s.Person, b.Person)
		}
		must(t, w.d.Update(ctx, func(tx *dbTx) error {
			_, err := w.EndBinding(ctx, tx, by, north, id, day("2026-03-01"))
			return err
		}))
		must(t, w.Correct(ctx, by, north, id, 3, Entry{Number: "B1", Name: "Li", BoundOn: day("2020-02-01")}))
		if b := w.bindingOf(north, "B1"); b.LeftOn != day("2026-03-01") || b.Email != "li@n.example" {
			t.Errorf("corrected after the exit = %+v, want the exit and the e-mail kept", b)
		}
	})
}

func TestACertificateIsCorrectedInAllPlacesAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.load(north, head+"A1,Wei,wei@n.example,,,,,,\n")
		w.load(south, head+"S1,Wei,wei@n.example,,,,,,false\n")
		a := w.bindingOf(north, "A1")
		must(t, w.AddCertificate(ctx, by, north, a.ID, Cert{Code: "H3CSE", IssuedOn: day("2025-01-01"), ExpiresOn: day("2027-01-01")}))
		kind(t, w.AddCertificate(ctx, by, north, a.ID, Cert{Code: "NONE", ExpiresOn: day("2027-01-01")}), fault.KindInvalid, "AddCertificate of nothing")
		until := func(partner, number string) string {
			held := w.bindingOf(partner, number).Held
			if len(held) != 1 {
				return fmt.Sprint(len(held), " held")
			}
			return held[0].Until.String()
		}
		if a, s := until(north, "A1"), until(south, "S1"); a != "2027-01-01" || s != a {
			t.Errorf("valid until %s and %s, want 2027-01-01 in both places", a, s)
		}
		v, err := w.Person(ctx, by, north, a.ID)
		must(t, err)
		first := v.Certificates[0].ID
		must(t, w.CorrectCertificate(ctx, by, north, a.ID, first, Cert{Code: "H3CSE", IssuedOn: day("2025-01-01"), ExpiresOn: day("2028-01-01")}))
		kind(t, w.CorrectCertificate(ctx, by, north, a.ID, first, Cert{Code: "H3CSE", IssuedOn: day("2025-01-01")}), fault.KindConflict, "Correct again")
		if a, s := until(north, "A1"), until(south, "S1"); a != "2028-01-01" || s != a {
			t.Errorf("valid until %s and %s, want 2028-01-01 in both places", a, s)
		}
		// Another partner's word can't be contradicted by a file, only by the vendor.
		imp := w.load(south, head+"S1,Wei,wei@n.example,H3CSE,2025-01-01,2030-01-01,,,false\n")
		if imp.Applied.BadRows != 1 || until(south, "S1") != "2028-01-01" {
			t.Errorf("import of another word = %+v, until %s; want one bad row", imp.Applied, until(south, "S1"))
		}
		v, err = w.Person(ctx, by, north, a.ID)
		must(t, err)
		if len(v.Certificates) != 2 || v.Certificates[1].State != credential.Superseded || v.Certificates[0].Supersedes != first {
			t.Errorf("history = %+v, want the corrected one kept", v.Certificates)
		}
		must(t, w.RevokeCertificate(ctx, channelManager, north, a.ID, v.Certificates[0].ID, "false statement"))
		if got := until(south, "S1"); got != "0 held" {
			t.Errorf("revoked: %s, want none held", got)
		}
		if imp := w.load(north, head+"A1,Wei,wei@n.example,H3CSE,2025-01-01,,,,\n"); imp.Applied.BadRows != 1 {
			t.Errorf("import of a revoked certificate = %+v, want one bad row", imp.Applied)
		}
		must(t, w.runner.Drain(ctx))
		if n := w.events("roster.changed"); n < 5 {
			t.Errorf("%d events roster.changed, want one for each place and change", n)
		}
	})
}

func TestExportsKeepTextThatLooksLikeAFormula(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(north, head+"A1,=1+1,,,,,,,\n")
		header, rows, err := w.Export(t.Context(), admin(north), north, Filter{})
		must(t, err)
		var csv, xlsx bytes.Buffer
		must(t, sheet.WriteCSV(&csv, header, rows))
		must(t, sheet.WriteXLSX(&xlsx, "People", header, rows))
		if !strings.Contains(csv.String(), "A1,'=1+1,") {
			t.Errorf("CSV = %q, want the formula guarded", csv.String())
		}
		f, err := rosterfile.Read(bytes.NewReader(xlsx.Bytes()), "x", func(string) bool { return true })
		if err != nil || len(f.People) != 1 || f.People[0].Name != "=1+1" {
			t.Errorf("XLSX read back = %+v, %v", f, err)
		}
	})
}

func TestAPersonWhoSignsUpIsTheOneThatWasImported(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.load(north, head+"A1,Wei,wei@n.example,,,,,,\n")
		var imported, fresh string
		must(t, w.d.Update(ctx, func(tx *dbTx) (err error) {
			if imported, err = w.EnsurePerson(ctx, tx, " Wei@N.example ", "Wei"); err != nil {
				return err
			}
			if fresh, err = w.EnsurePerson(ctx, tx, "ann@n.example", "Ann"); err != nil {
				return err
			}
			return w.AdoptPerson(ctx, tx, "000000000000000000000000000000ee", "Bo", "bo@n.example")
		}))
		w.load(north, head+"A1,Wei,wei@n.example,,,,,,\nA2,Ann,ann@n.example,,,,,,\nA3,Bo,bo@n.example,,,,,,\n")
		for number, want := range map[string]string{"A1": imported, "A2": fresh, "A3": "000000000000000000000000000000ee"} {
			if got := w.bindingOf(north, number).Person; got != want {
				t.Errorf("%s is person %s, want %s", number, got, want)
			}
		}
		err := w.d.Update(ctx, func(tx *dbTx) error {
			return w.AdoptPerson(ctx, tx, "000000000000000000000000000000ef", "X", "bo@n.example")
		})
		kind(t, err, fault.KindConflict, "AdoptPerson with another's e-mail")
		all, err := w.BindingsOf(ctx, w.d.Read(), imported)
		if err != nil || len(all) != 1 || all[0].Account != north {
			t.Errorf("BindingsOf = %+v, %v", all, err)
		}
		names, err := w.Names(ctx, w.d.Read(), north, []string{all[0].ID, "", "bnd_x", all[0].ID})
		if err != nil || len(names) != 1 || names[all[0].ID] != "Wei" {
			t.Errorf("Names = %v, %v", names, err)
		}
		if ok, err := IsPartner(ctx, w.d.Read(), north); ok || err != nil {
			t.Errorf("IsPartner of no account = %v, %v", ok, err)
		}
	})
}
