package bill

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

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
	table, err := sheet.Open(disk, imp.Size, imp.FileName, sheet.Options{MaxBytes: MaxUpload, MaxUnzipped: 2 << 30})
	if err != nil {
		disk.Close()
		return nil, err
	}
	scan, err := newScanner(table, s.db.Clock().Now())
	if err != nil {
		return nil, errors.Join(err, table.Close(), disk.Close())
	}
	return &file{scan, disk}, nil
}

// A part is some rows of a file, as many as go into one transaction.
type part struct {
	good   []Line
	number []int64 // of the good lines, in the file
	bad    int64
	errors int64
	wrong  []RowError
	rows   int64
}

// refuse counts a row out.
func (p *part) refuse(errs []RowError) {
	p.bad++
	p.errors += int64(len(errs))
	if len(p.wrong) < maxErrors {
		p.wrong = append(p.wrong, errs...)
	}
}

// take reads up to n rows; none after the last.
func (f *file) take(ctx context.Context, n int) (p part, err error) {
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
		p.good, p.number = append(p.good, r.Line), append(p.number, r.number)
	}
	return p, nil
}

func (s *Service) runImport(ctx context.Context, j jobs.Job) error {
	var key importKey
	if err := json.Unmarshal(j.Payload, &key); err != nil {
		return err
	}
	imp, err := readImport(ctx, s.db.Read(), key.Import)
	if err == nil {
		_, err = s.run(ctx, imp, nil)
	}
	return err
}

// run takes an import from the row where it stands to its end, then settles. Two may work on one import: the position
// lets one of them through for each part.
func (s *Service) run(ctx context.Context, imp Import, progress func(Import)) (Import, error) {
	if imp.State == Waiting || imp.State == Reading {
		err := s.read(ctx, &imp, progress)
		if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid {
			err = s.end(ctx, imp, Failed, f.Msg)
		}
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return imp, err
		}
	}
	imp, err := readImport(ctx, s.db.Read(), imp.ID)
	if err != nil || imp.State != Settling {
		return imp, err
	}
	if err := s.settleAll(ctx, imp.actor); err != nil {
		return imp, err
	}
	if err := s.end(ctx, imp, Done, i18n.Msg{}); err != nil && !errors.Is(err, db.ErrNoRow) {
		return imp, err
	}
	return readImport(ctx, s.db.Read(), imp.ID)
}

// chunk is how many lines one transaction takes.
const chunk = 5000

func (s *Service) read(ctx context.Context, imp *Import, progress func(Import)) error {
	f, err := s.open(*imp)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.take(ctx, int(imp.Position)); err != nil { // no row depends on those before it
		return err
	}
	known := newDirectory()
	for {
		p, err := f.take(ctx, s.chunk)
		if err != nil {
			return err
		}
		if p.rows == 0 {
			return s.db.Update(ctx, func(tx *db.Tx) error { return doneReading(ctx, tx, *imp) })
		}
		next := *imp
		err = s.retry(ctx, func(tx *db.Tx) error {
			next = *imp
			return s.takePart(ctx, tx, &next, p, known)
		})
		if err != nil {
			return err
		}
		*imp = next
		if grown(next.Position, p.rows) {
			if err := s.db.Analyze(ctx, "consumption_line", "charge", "charge_item"); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(next)
		}
	}
}

// grown tells whether an import passed 20,000 rows or 200,000: then the tables may be ten times as large as the database
// believes.
func grown(to, rows int64) bool {
	for mark := int64(20_000); mark <= to; mark *= 10 {
		if to-rows < mark {
			return true
		}
	}
	return false
}

// retry runs f until nobody was faster with the same line.
func (s *Service) retry(ctx context.Context, f func(tx *db.Tx) error) (err error) {
	for range 5 {
		if err = s.db.Update(ctx, f); !db.Violates(err) {
			return err
		}
	}
	return err
}

// takePart stores the good lines of a part and adds them to their charges. The position comes first: ErrNoRow when
// another worker took the part, or the import was cancelled.
func (s *Service) takePart(ctx context.Context, tx *db.Tx, imp *Import, p part, known *directory) error {
	if err := advance(ctx, tx, *imp, imp.Position+p.rows); err != nil {
		return err
	}
	imp.Position += p.rows
	fresh, err := s.sift(ctx, tx, imp, &p, known)
	if err != nil {
		return err
	}
	room := max(0, maxErrors-imp.Errors)
	imp.Bad += p.bad
	imp.Errors += p.errors
	if err := insertErrors(ctx, tx, imp.ID, p.wrong[:min(int(room), len(p.wrong))]); err != nil {
		return err
	}
	for _, l := range fresh {
		imp.Added++
		if l.Late() {
			imp.Late++
		}
		if imp.Amount, err = imp.Amount.plus(l.Amount); err != nil {
			return fault.Invalid("file", i18n.M("bill.file.sum"))
		}
	}
	if !imp.DryRun && len(fresh) > 0 {
		if err := store(ctx, tx, fresh); err != nil {
			return err
		}
	}
	return noteImport(ctx, tx, *imp)
}

// sift leaves the lines that are new: one that says what the stored one says counts as the same, another is refused.
func (s *Service) sift(ctx context.Context, tx *db.Tx, imp *Import, p *part, known *directory) (fresh []Line, err error) {
	stored, err := standing(ctx, tx, p.good)
	if err != nil {
		return nil, err
	}
	for i, l := range p.good {
		if old, ok := stored[l.ID]; ok {
			if bytes.Equal(old, l.hash) {
				imp.Same++
			} else {
				p.refuse([]RowError{rowError(p.number[i], colLine, l.ID, i18n.M("bill.row.changed"), i18n.M("bill.row.changed_remedy"))})
			}
			continue
		}
		stored[l.ID] = l.hash
		ok, err := known.whose(ctx, tx, &l)
		if err != nil {
			return nil, err
		}
		if !ok {
			p.refuse([]RowError{rowError(p.number[i], colCustomer, l.Customer, i18n.M("bill.row.customer"), i18n.M("bill.row.customer_remedy"))})
			continue
		}
		l.BilledIn, l.Import, l.At = l.Cycle.BilledIn(tx.Now), imp.ID, tx.Now
		fresh = append(fresh, l)
	}
	return fresh, nil
}

// directory remembers companies and their partners while one import runs: most lines are of few customers.
type directory struct {
	company map[string]bool
	links   map[string][]account.Association
}

func newDirectory() *directory {
	return &directory{map[string]bool{}, map[string][]account.Association{}}
}

// maxKnown bounds the memory: then it starts to forget.
const maxKnown = 100_000

// whose finds the partner that had the customer at the end of the usage; false when there's no such company.
func (k *directory) whose(ctx context.Context, q db.Querier, l *Line) (bool, error) {
	is, there := k.company[l.Customer]
	if !there {
		a, err := account.Get(ctx, q, l.Customer)
		if err != nil && fault.KindOf(err) != fault.KindNotFound && !errors.Is(err, db.ErrNoRow) {
			return false, err
		}
		is = err == nil && (a.Kind == actor.Customer || a.Kind == actor.Partner)
		if len(k.company) >= maxKnown {
			*k = *newDirectory()
		}
		k.company[l.Customer] = is
	}
	if !is {
		return false, nil
	}
	at := l.Until.Add(-time.Microsecond)
	for _, x := range k.links[l.Customer] {
		if !at.Before(x.Began()) && (x.UntilAt.IsZero() && x.Until == "" || at.Before(x.UntilAt)) {
			l.Partner, l.Link = x.Account, x.Kind
			return true, nil
		}
	}
	x, ok, err := account.PartnerOf(ctx, q, l.Customer, at)
	if err != nil || !ok {
		return true, err
	}
	k.links[l.Customer] = append(k.links[l.Customer], x)
	l.Partner, l.Link = x.Account, x.Kind
	return true, nil
}

// store adds lines to the tables, and their sums to the charges.
func store(ctx context.Context, tx *db.Tx, lines []Line) error {
	charges, items := map[Key]*Charge{}, map[Key]map[Item]*Item{}
	for _, l := range lines {
		k := l.key()
		if charges[k] == nil {
			charges[k], items[k] = &Charge{Key: k}, map[Item]*Item{}
		}
		name := Item{Service: l.Service, Mode: l.Mode, Type: l.Type}
		if items[k][name] == nil {
			items[k][name] = &Item{Service: l.Service, Mode: l.Mode, Type: l.Type}
		}
		c, i := charges[k], items[k][name]
		if err := c.add(l); err != nil {
			return err
		}
		i.Lines, i.Listed, i.Discount, i.Amount = i.Lines+1, i.Listed+l.Listed, i.Discount+l.Discount, i.Amount+l.Amount
	}
	return db.Pipeline(ctx, tx, insertLines(lines), addCharges(charges), addItems(items))
}

func (c *Charge) add(l Line) (err error) {
	c.Lines++
	if c.Listed, err = c.Listed.plus(l.Listed); err != nil {
		return err
	}
	if c.Discount, err = c.Discount.plus(l.Discount); err != nil {
		return err
	}
	c.Amount, err = c.Amount.plus(l.Amount)
	return err
}

// sorted are the keys of charges in the order in which rows are locked.
func sorted[V any](m map[Key]V) []Key {
	out := make([]Key, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Key) int {
		return strings.Compare(a.Customer+string(a.Cycle)+a.Partner+string(a.Link), b.Customer+string(b.Cycle)+b.Partner+string(b.Link))
	})
	return out
}

// end finishes an import and tells it.
func (s *Service) end(ctx context.Context, imp Import, state ImportState, failure i18n.Msg) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := endImport(ctx, tx, imp.ID, state, []ImportState{Waiting, Reading, Settling}, i18n.Spoken(failure)); err != nil {
			return err
		}
		if imp.DryRun {
			return nil
		}
		if err := outbox.Append(ctx, tx, Imported{imp.Account, imp.ID, imp.FileName, imp.ByName, state, imp.Added, imp.Bad, imp.Late}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, imp.actor, actor.ImportConsumption, imp.subject(),
			map[string]any{string(state): imp.FileName, "added": imp.Added, "same": imp.Same, "refused": imp.Bad, "late": imp.Late, "amount": imp.Amount.String()})
	})
}
