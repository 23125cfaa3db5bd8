package record

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// An oracle is the feeds in memory, written as plainly as the rules are: files in the order in which they were
// applied, without those undone; of each registration the last line holds.
type oracle struct {
	files  []oracleFile
	owners map[string]string // e-mail → person
	manual map[string][]credential.Put
}

type oracleFile struct {
	id    string
	lines []Record
}

// standing is the last line of each registration, in the order of the files.
func (o *oracle) standing() map[string]Record {
	out := map[string]Record{}
	for _, f := range o.files {
		for _, r := range f.lines {
			if was, ok := out[r.key()]; ok && r.Result == Revoked {
				r.inherit(&was)
			}
			out[r.key()] = r
		}
	}
	return out
}

// recordsOf are the keys and results of a person's records.
func (o *oracle) recordsOf(person string) []string {
	var out []string
	for k, r := range o.standing() {
		if o.owners[r.Email] == person {
			out = append(out, k+" "+string(r.Result)+" "+r.CertificateNumber)
		}
	}
	slices.Sort(out)
	return out
}

// certificatesOf is what a person must hold: what the records say, and what a partner said where no record speaks.
func (o *oracle) certificatesOf(person string) []string {
	var records []Record
	for _, r := range o.standing() {
		if o.owners[r.Email] == person {
			records = append(records, r)
		}
	}
	var others []credential.Certificate
	held := map[certificate]string{}
	for _, p := range o.manual[person] {
		others = append(others, credential.Certificate{Person: person, Code: p.Code, IssuedOn: p.IssuedOn, ExpiresOn: p.ExpiresOn})
		held[certificate{p.Code, p.IssuedOn}] = p.ExpiresOn.String()
	}
	for _, s := range derive(catalogue(), records, others) {
		k := certificate{s.Code, s.IssuedOn}
		until := s.ExpiresOn.String()
		if until == "" {
			until = held[k]
		}
		if held[k] = until; s.Revoked {
			delete(held, k)
		}
	}
	var out []string
	for k, until := range held {
		out = append(out, k.code+" "+k.issued.String()+" "+until)
	}
	slices.Sort(out)
	return out
}

// cases is how many random lives a test goes through: few in a usual run, HANSE_CASES in a long one.
func cases(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("HANSE_CASES")); err == nil {
		return max(usual, n/20_000)
	}
	return usual
}

// TestImportsUndoAndAssociationsInAnyOrderAgreeWithTheOracle lets random files with repeated, changed and revoked
// registrations, associations, removals, a partner's own words and undone imports happen in random order, and compares
// after each step.
func TestImportsUndoAndAssociationsInAnyOrderAgreeWithTheOracle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for n := range cases(25) {
			r := rand.New(rand.NewPCG(uint64(n), 11))
			l := life{world: newWorld(t, d), r: r, n: n, o: oracle{owners: map[string]string{}, manual: map[string][]credential.Put{}}}
			l.chunk = 1 + r.IntN(7)
			for step := range 14 {
				what := l.step()
				l.compare(fmt.Sprintf("life %d, step %d, %s", n, step, what))
			}
			for _, f := range slices.Clone(l.o.files) { // nothing is left for the next life
				_, err := l.UndoNow(t.Context(), admin, f.id)
				must(t, err)
			}
			must(t, d.Update(t.Context(), func(tx *db.Tx) error {
				for _, e := range slices.Sorted(maps.Keys(l.o.owners)) {
					if err := l.Release(t.Context(), tx, e, l.o.owners[e]); err != nil {
						return err
					}
				}
				return nil
			}))
			if n := l.count(`SELECT count(*) FROM record`) + l.count(`SELECT count(*) FROM record_owner`); n != 0 {
				t.Fatalf("%d rows are left after everything was undone", n)
			}
		}
	})
}

type life struct {
	*world
	r *rand.Rand
	n int
	o oracle
}

func (l *life) person() string { return fmt.Sprintf("person-%d-%d", l.n, l.r.IntN(3)) }
func (l *life) email() string  { return fmt.Sprintf("e%d@life%d.example", l.r.IntN(5), l.n) }

func (l *life) step() string {
	switch x := l.r.IntN(10); {
	case x < 5:
		return l.file()
	case x < 7:
		return l.associate()
	case x < 8:
		return l.remove()
	case x < 9:
		return l.partnerSays()
	}
	return l.undo()
}

func (l *life) file() string {
	var b strings.Builder
	b.WriteString("provider;registration_id;email;exam_code;delivery_date;result;certificate_no;expiry_date\n")
	var lines []Record
	for range 1 + l.r.IntN(12) {
		reg := l.r.IntN(9)
		rec := exam(reg, fmt.Sprintf("%s %s %s", []string{"H12-811", "H12-821", "H12-831", "H12-711", "Z99-9"}[l.r.IntN(5)],
			day("2019-01-01").AddDays(l.r.IntN(2500)), []Result{Pass, Pass, Pass, Fail, NoShow, Revoked}[l.r.IntN(6)]))
		rec.Email = l.email()
		if l.r.IntN(5) == 0 {
			rec.CertificateNumber = fmt.Sprint("C", reg)
		}
		if l.r.IntN(7) == 0 {
			rec.ExpiresOn = rec.On.AddDays(l.r.IntN(2000))
		}
		lines = append(lines, rec)
		fmt.Fprintf(&b, "%s;%s;%s;%s;%s;%s;%s;%s\n", rec.Provider, rec.Registration, rec.Email, rec.Code, rec.On, rec.Result, rec.CertificateNumber, rec.ExpiresOn)
	}
	imp := l.load("life.csv", b.String())
	if imp.State != Done || imp.Errors > 0 || imp.Applied.Good() != int64(len(lines)) {
		l.t.Fatalf("import %s: %+v of %d lines\n%s", imp.State, imp.Applied, len(lines), b.String())
	}
	l.o.files = append(l.o.files, oracleFile{imp.ID, lines})
	return "file"
}

func (l *life) associate() string {
	email, person := l.email(), l.person()
	err := l.claim(email, person)
	if of := l.o.owners[email]; of != "" && of != person {
		if taken, ok := err.(*EmailTaken); !ok || taken.Person != of {
			l.t.Fatalf("Claim of %s's e-mail = %v", of, err)
		}
		return "refused"
	}
	must(l.t, err)
	l.o.owners[email] = person
	return "association of " + email
}

func (l *life) remove() string {
	email := l.email()
	if l.o.owners[email] == "" {
		return "nothing"
	}
	l.release(email, l.o.owners[email])
	delete(l.o.owners, email)
	return "removal of " + email
}

// partnerSays puts a certificate as a roster does, unless there's a row already.
func (l *life) partnerSays() string {
	p := credential.Put{Person: l.person(), Code: []string{"HCIA-DATACOM", "HCIP-DATACOM", "PMP"}[l.r.IntN(3)],
		IssuedOn: day("2019-01-01").AddDays(l.r.IntN(2500)), Source: credential.Import, Account: "partner"}
	all, err := l.cr.History(l.t.Context(), l.d.Read(), p.Person)
	must(l.t, err)
	if credential.Decide(all, p).Outcome != credential.Added {
		return "nothing"
	}
	must(l.t, l.d.Update(l.t.Context(), func(tx *db.Tx) error {
		if _, err := l.cr.Put(l.t.Context(), tx, p); err != nil {
			return err
		}
		if err := lock(l.t.Context(), tx); err != nil {
			return err
		}
		// A roster doesn't run the records again; the next thing that concerns the person does.
		_, err := l.follow(l.t.Context(), tx, "vendor", []string{p.Person})
		return err
	}))
	l.o.manual[p.Person] = append(l.o.manual[p.Person], p)
	return "a partner's word"
}

func (l *life) undo() string {
	if len(l.o.files) == 0 {
		return "nothing"
	}
	i := l.r.IntN(len(l.o.files))
	imp, err := l.UndoNow(l.t.Context(), admin, l.o.files[i].id)
	must(l.t, err)
	if imp.State != Undone {
		l.t.Fatalf("undone import is %s", imp.State)
	}
	l.o.files = slices.Delete(l.o.files, i, i+1)
	return fmt.Sprint("undo of file ", i)
}

func (l *life) compare(when string) {
	l.t.Helper()
	for p := range 3 {
		person := fmt.Sprintf("person-%d-%d", l.n, p)
		records, err := l.OfPerson(l.t.Context(), l.d.Read(), person)
		must(l.t, err)
		var got []string
		for _, r := range records {
			got = append(got, r.key()+" "+string(r.Result)+" "+r.CertificateNumber)
		}
		slices.Sort(got)
		if diff := cmp.Diff(l.o.recordsOf(person), got); diff != "" {
			l.t.Fatalf("%s: records of %s (-want +got)\n%s", when, person, diff)
		}
		held, err := l.cr.OfPersons(l.t.Context(), l.d.Read(), []string{person})
		must(l.t, err)
		got = nil
		for _, c := range held[person] {
			got = append(got, c.Code+" "+c.IssuedOn.String()+" "+c.ExpiresOn.String())
		}
		slices.Sort(got)
		if diff := cmp.Diff(l.o.certificatesOf(person), got); diff != "" {
			l.t.Fatalf("%s: certificates of %s (-want +got)\n%s", when, person, diff)
		}
	}
}
