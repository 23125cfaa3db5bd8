//go:build bench

package bench

import (
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// A world is the modules that evaluate, on one database.
type world struct {
	d      *db.DB
	people *roster.Service
	stars  *qualification.Service
	lib    *program.Library
}

func newWorld(t *testing.T, dsn string) *world {
	t.Helper()
	d, err := db.Open(dsn, clock.Fake(dbtest.Start).Clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	files, err := blob.New(t.TempDir(), blob.Scan{})
	must(t, err)
	w := &world{d: d}
	w.people = roster.New(roster.Config{DB: d, Files: files,
		Credentials: credential.New(d, func() *program.Catalogue { return w.stars.Library().Catalogue })})
	w.stars = qualification.New(d, nil, qualification.Wire(w.people, calendar.Standard(), nil), slog.New(slog.DiscardHandler))
	_, err = w.stars.Load(t.Context(), "")
	must(t, err)
	w.lib = w.stars.Library()
	return w
}

// The channel that is measured.
const (
	partners     = 100_000
	certificates = 1_000_000
	largest      = 100 // partners with about a thousand certificates each, a tenth of all
)

// partner is the account id of a partner.
func partner(i int) string { return fmt.Sprintf("%032x", uint64(i)*0x9E3779B97F4A7C15) }

// holdings is how many certificates each partner has: few with hundreds to thousands, many with a handful, some with
// none. The sum is exact.
func holdings() []int {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]int, partners)
	left := certificates
	for i := range largest {
		out[i] = 300 + int(1400*r.Float64())
		if i == 0 {
			out[i] = 4449
		}
		left -= out[i]
	}
	for i := largest; i < partners; i++ {
		mean := left / (partners - i)
		out[i] = min(left, int(r.ExpFloat64()*float64(mean)))
		left -= out[i]
	}
	out[partners-1] += left
	return out
}

// popular are the certificates of the channel by how common they are.
var popular = []string{"H3CNE", "H3CNE", "H3CNE", "H3CNE", "H3CNE", "H3CSE-RS", "H3CSE", "H3CSE", "PMP", "H3CNE-SECURITY", "H3CS-IMC",
	"H3CNE-X86", "H3CIE", "H3CNE-PM", "H3CNE-SECURITY", "H3CNE-X86"}

// crew is the packed rosters of one partner's people: one to four certificates each, a few past their end.
func crew(r *rand.Rand, certificates int) (held []string) {
	for certificates > 0 {
		var b strings.Builder
		for range min(certificates, 1+r.IntN(4)) {
			certificates--
			fmt.Fprintf(&b, ";%s:%d:0", popular[r.IntN(len(popular))], 19300+r.IntN(1200))
		}
		held = append(held, b.String())
	}
	return append(held, "") // somebody without any
}

// plant writes the channel in the order of account ids scattered, as a channel that grew over years lies on disk.
func plant(t *testing.T, w *world) {
	t.Helper()
	all := holdings()
	const each = 10_000
	for from := 0; from < partners; from += each {
		must(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
			for _, part := range []struct {
				table   string
				columns string
				rows    iter.Seq[[]any]
			}{
				{"account", "id kind name name_fold state country address website contact email phone market channel reason version created_at changed_at",
					accountRows(tx, from, from+each)},
				{"service_facts", "account_id effective_at facts changed_by", factRows(tx, from, from+each)},
				{"binding", "account_id id person_id number name name_fold email search bound_on left_on registered held revision created_at updated_at",
					bindingRows(tx, all, from, from+each)},
			} {
				if _, err := db.Bulk(t.Context(), tx, part.table, strings.Fields(part.columns), part.rows); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	must(t, w.d.Analyze(t.Context(), "account", "service_facts", "binding"))
}

func accountRows(tx *db.Tx, from, to int) iter.Seq[[]any] {
	at := tx.Now.UnixMicro()
	return func(yield func([]any) bool) {
		for i := from; i < to; i++ {
			if !yield([]any{partner(i), "partner", fmt.Sprint("Partner ", i), fmt.Sprint("partner ", i), "active", "SG", "1 Harbour Road", "",
				"Lin Yu", "lin@partner.example", "", "overseas", ",solution_provider,", "", int64(1), at, at}) {
				return
			}
		}
	}
}

// facts of a partner's service platform: three grades of partners.
func facts(i int) string {
	return fmt.Sprintf(`{"hotline":"%s","hotline_number":"+65 6000 0000","service_email":"service@partner.example","service_manager":"bnd_%020d%06d",`+
		`"issue_tracking":"%s","events_attended":%d,"named_engineers":null,"credits":%d,"projects":null,"laboratory":null}`,
		[]string{"5x8", "7x24", "7x24"}[i%3], i, 0, []string{"manual", "automatic", "automatic"}[i%3], i%5, i%700)
}

func factRows(tx *db.Tx, from, to int) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for i := from; i < to; i++ {
			if !yield([]any{partner(i), tx.Now.UnixMicro() - 1, facts(i), "bench"}) {
				return
			}
		}
	}
}

func bindingRows(tx *db.Tx, all []int, from, to int) iter.Seq[[]any] {
	r := rand.New(rand.NewPCG(uint64(from), 3))
	at := tx.Now.UnixMicro()
	return func(yield func([]any) bool) {
		for i := from; i < to; i++ {
			for k, held := range crew(r, all[i]) {
				n := fmt.Sprintf("%020d%06d", i, k)
				name := "Engineer " + n[14:]
				if !yield([]any{partner(i), "bnd_" + n, "per" + n, n[14:], name, strings.ToLower(name), "", strings.ToLower(name),
					"2015-01-01", "", true, held, int64(1), at, at}) {
					return
				}
			}
		}
	}
}
