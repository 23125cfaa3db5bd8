package equipment

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/sheet"
)

// A file reads an import row by row.
type file struct {
	*scanner
	disk *os.File
}

// Close releases the file.
func (f *file) Close() error { return errors.Join(f.table.Close(), f.disk.Close()) }

func (s *Service) open(imp Import) (*file, error) {
	disk, err := s.files.Open(imp.Hash)
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(disk, imp.Size, imp.FileName, sheet.Options{MaxBytes: MaxUpload})
	if err != nil {
		return nil, errors.Join(err, disk.Close())
	}
	scan, err := newScanner(table)
	if err != nil {
		return nil, errors.Join(err, table.Close(), disk.Close())
	}
	return &file{scan, disk}, nil
}

// A part is some rows of a file, as many as go into one transaction.
type part struct {
	good   []Item
	number []int64 // of the good rows, in the file
	wrong  []RowError
	bad    int64
	rows   int64
}

func (p *part) refuse(errs []RowError) {
	p.bad++
	p.wrong = append(p.wrong, errs...)
}

// take reads up to n rows; none after the last.
func (f *file) take(ctx context.Context, n int64) (p part, err error) {
	for range n {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		r, err := f.next()
		if errors.Is(err, io.EOF) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		p.rows++
		if len(r.errors) > 0 {
			p.refuse(r.errors)
			continue
		}
		p.good, p.number = append(p.good, r.Item), append(p.number, r.number)
	}
	return p, nil
}

func (s *Service) runImport(ctx context.Context, j jobs.Job) error {
	var key importKey
	if err := json.Unmarshal(j.Payload, &key); err != nil {
		return err
	}
	imp, err := readImport(ctx, s.db.Read(), key.Import)
	if err == nil && imp.State == key.State {
		_, err = s.run(ctx, imp, nil)
	}
	return err
}

// chunk is how many rows one transaction takes.
const chunk = 2000

// run takes an import through its pass, from the row where it stands. Two may work on one import: the position lets one of
// them through for each part.
func (s *Service) run(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	err := s.pass(ctx, &imp, progress)
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid {
		err = s.end(ctx, imp, Failed, f.Msg)
	}
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return imp, err
	}
	return readImport(ctx, s.db.Read(), imp.ID)
}

func (s *Service) pass(ctx context.Context, imp *Import, progress func(Import)) error {
	f, err := s.open(*imp)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.take(ctx, imp.Position); err != nil {
		return err
	}
	who := newDirectory()
	for {
		p, err := f.take(ctx, int64(s.chunk))
		if err != nil {
			return err
		}
		if p.rows == 0 {
			return s.end(ctx, *imp, map[ImportState]ImportState{Checking: Ready, Writing: Done}[imp.State], i18n.Msg{})
		}
		var next Import
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			next = *imp
			part := p
			part.wrong = slices.Clone(p.wrong)
			return s.takePart(ctx, tx, &next, part, who)
		})
		if err != nil {
			return fmt.Errorf("rows after %d: %w", imp.Position, err)
		}
		if *imp = next; progress != nil {
			progress(next)
		}
	}
}

// takePart compares the good rows of a part with what is there, and in the second pass writes them. The position comes
// first: ErrNoRow when another worker took the part, or the import was cancelled.
func (s *Service) takePart(ctx context.Context, tx *db.Tx, imp *Import, p part, who *directory) error {
	if err := advance(ctx, tx, *imp, imp.Position+p.rows); err != nil {
		return err
	}
	imp.Position += p.rows
	fresh, err := sift(ctx, tx, imp, &p, who)
	if err != nil {
		return err
	}
	room := max(0, maxErrors-int(imp.Errors))
	imp.Bad += p.bad
	imp.Errors += int64(len(p.wrong))
	if err := insertErrors(ctx, tx, imp.ID, p.wrong[:min(room, len(p.wrong))]); err != nil {
		return err
	}
	if imp.State == Writing && len(fresh) > 0 {
		statements := []db.Statement{putItems(fresh, tx.Now)}
		if projects := projectsOf(fresh); len(projects) > 0 {
			statements = append(statements, putProjects(projects, tx.Now))
		}
		if err := db.Pipeline(ctx, tx, statements...); err != nil {
			return err
		}
	}
	return noteImport(ctx, tx, *imp)
}

// sift finds out who is meant, and leaves the rows that say something new.
func sift(ctx context.Context, tx *db.Tx, imp *Import, p *part, who *directory) (fresh []Item, err error) {
	if err := who.learn(ctx, tx, p.good); err != nil {
		return nil, err
	}
	stored, err := hashes(ctx, tx, p.good)
	if err != nil {
		return nil, err
	}
	for n, i := range p.good {
		if wrong := who.name(&i, p.number[n]); len(wrong) > 0 {
			p.refuse(wrong)
			continue
		}
		i.Import, i.hash = imp.ID, i.digest()
		switch old, there := stored[i.fold]; {
		case !there:
			imp.Added++
		case bytes.Equal(old, i.hash):
			imp.Same++
			continue
		default:
			imp.Changed++
		}
		fresh = append(fresh, i)
	}
	return fresh, nil
}

// projectsOf are the projects of some rows; what stands further down the file counts.
func projectsOf(items []Item) []Project {
	all := map[string]Project{}
	for _, i := range items {
		if i.Project != "" {
			all[i.Project] = Project{Key: i.Project, Number: i.ProjectNumber, Name: i.ProjectName, Customer: i.Customer, CustomerName: i.CustomerName, Partner: i.Partner}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Project) int { return strings.Compare(a.Key, b.Key) })
}

// directory remembers which accounts are meant by what files say, while one import runs: many rows are of few companies.
type directory struct {
	customers map[string][]string
	partners  map[string][]string
}

func newDirectory() *directory { return &directory{map[string][]string{}, map[string][]string{}} }

// maxKnown bounds the memory: then it starts to forget.
const maxKnown = 100_000

// learn looks up whom some rows name, those not known yet, in two queries.
func (k *directory) learn(ctx context.Context, q db.Querier, items []Item) error {
	if len(k.customers)+len(k.partners) > maxKnown {
		*k = *newDirectory()
	}
	for _, x := range []struct {
		kind actor.Kind
		has  map[string][]string
		of   func(Item) string
	}{
		{actor.Customer, k.customers, func(i Item) string { return i.CustomerName }},
		{actor.Partner, k.partners, func(i Item) string { return i.PartnerName }},
	} {
		var ask []string
		for _, i := range items {
			if typed := x.of(i); typed != "" && x.has[typed] == nil {
				ask = append(ask, typed)
				x.has[typed] = []string{} // asked
			}
		}
		found, err := account.Called(ctx, q, x.kind, ask)
		if err != nil {
			return err
		}
		maps.Copy(x.has, found)
	}
	return nil
}

// accountForm is how long an account's id is: such a text isn't a company's name.
const accountForm = 32

func isAccount(s string) bool {
	return len(s) == accountForm && strings.Trim(strings.ToLower(s), "0123456789abcdef") == ""
}

// name puts the accounts in the place of what the file says. A customer needn't be one here; a partner must be.
func (k *directory) name(i *Item, number int64) (wrong []RowError) {
	switch ids := k.customers[i.CustomerName]; {
	case len(ids) == 1:
		i.Customer = ids[0]
	case len(ids) > 1:
		wrong = append(wrong, rowError(number, colCustomer, i.CustomerName, i18n.M("equipment.row.several", i18n.A{"n": len(ids)}), i18n.M("equipment.row.several_remedy")))
	case isAccount(i.CustomerName):
		wrong = append(wrong, rowError(number, colCustomer, i.CustomerName, i18n.M("equipment.row.customer"), i18n.M("equipment.row.customer_remedy")))
	}
	switch ids := k.partners[i.PartnerName]; {
	case i.PartnerName == "":
	case len(ids) == 1:
		i.Partner = ids[0]
	case len(ids) > 1:
		wrong = append(wrong, rowError(number, colPartner, i.PartnerName, i18n.M("equipment.row.several", i18n.A{"n": len(ids)}), i18n.M("equipment.row.several_remedy")))
	default:
		wrong = append(wrong, rowError(number, colPartner, i.PartnerName, i18n.M("equipment.row.partner"), i18n.M("equipment.row.partner_remedy")))
	}
	return wrong
}

// end finishes a pass and tells it.
func (s *Service) end(ctx context.Context, imp Import, state ImportState, failure i18n.Msg) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if state == Ready {
			return readyImport(ctx, tx, imp)
		}
		if err := endImport(ctx, tx, imp.ID, state, failure); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, Imported{imp.Account, imp.ID, imp.FileName, imp.ByName, state, imp.Added, imp.Changed, imp.Bad}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, imp.actor, actor.ImportEquipment, imp.subject(),
			map[string]any{string(state): imp.FileName, "added": imp.Added, "changed": imp.Changed, "same": imp.Same, "refused": imp.Bad})
	})
}
