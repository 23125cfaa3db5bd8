package bill

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const lineColumns = `account_id, line, partner_id, link, cycle, bill_cycle, type, mode, service, product, resource, site, trade, since, until,
	listed, discount, amount, import_id, at`

func scanLine(r db.Row) (l Line, err error) {
	err = r.Scan(&l.Customer, &l.ID, &l.Partner, &l.Link, &l.Cycle, &l.BilledIn, &l.Type, &l.Mode, &l.Service, &l.Product, &l.Resource, &l.Site, &l.Trade,
		db.Time(&l.Since), db.Time(&l.Until), &l.Listed, &l.Discount, &l.Amount, &l.Import, db.Time(&l.At))
	return l, err
}

// standing reads what is stored under the ids of lines: whichever customer they're of.
func standing(ctx context.Context, tx *db.Tx, lines []Line) (map[string][]byte, error) {
	out, ids := map[string][]byte{}, make([]string, len(lines))
	for i, l := range lines {
		ids[i] = l.ID
	}
	if len(ids) == 0 {
		return out, nil
	}
	return out, db.Pipeline(ctx, tx, db.Set{Table: "consumption_line", Columns: []db.Column{{Name: "line", Values: ids}}}.
		Find([]string{"line", "hash"}, false, func(r db.Row) error {
			var id string
			var hash []byte
			err := r.Scan(&id, &hash)
			out[id] = hash
			return err
		}))
}

func insertLines(lines []Line) db.Statement {
	n := len(lines)
	words, numbers, hash := make([][]string, 12), make([][]int64, 8), make([][]byte, n)
	for i := range words {
		words[i] = make([]string, n)
	}
	for i := range numbers {
		numbers[i] = make([]int64, n)
	}
	for i, l := range lines {
		for j, v := range []string{l.Customer, l.ID, l.Partner, string(l.Link), string(l.Cycle), string(l.BilledIn), l.Service, l.Product, l.Resource, l.Site, l.Trade, l.Import} {
			words[j][i] = v
		}
		for j, v := range []int64{int64(l.Type), int64(l.Mode), l.Since.UnixMicro(), l.Until.UnixMicro(), int64(l.Listed), int64(l.Discount), int64(l.Amount), l.At.UnixMicro()} {
			numbers[j][i] = v
		}
		hash[i] = l.hash
	}
	set := db.Set{Table: "consumption_line"}
	for j, name := range []string{"account_id", "line", "partner_id", "link", "cycle", "bill_cycle", "service", "product", "resource", "site", "trade", "import_id"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: words[j]})
	}
	for j, name := range []string{"type", "mode", "since", "until", "listed", "discount", "amount", "at"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: numbers[j]})
	}
	set.Columns = append(set.Columns, db.Column{Name: "hash", Values: hash})
	return set.Insert("")
}

// keyColumns are the columns that name charges.
func keyColumns(keys []Key) []db.Column {
	n := len(keys)
	customer, cycle, partner, link := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, k := range keys {
		customer[i], cycle[i], partner[i], link[i] = k.Customer, string(k.Cycle), k.Partner, string(k.Link)
	}
	return []db.Column{{Name: "account_id", Values: customer}, {Name: "cycle", Values: cycle}, {Name: "partner_id", Values: partner}, {Name: "link", Values: link}}
}

// addCharges adds sums to charges.
func addCharges(all map[Key]*Charge) db.Statement {
	keys := sorted(all)
	sums, pending := make([][]int64, 4), make([]bool, len(keys))
	for i, k := range keys {
		c := all[k]
		for j, v := range []int64{c.Lines, int64(c.Listed), int64(c.Discount), int64(c.Amount)} {
			sums[j] = append(sums[j], v)
		}
		pending[i] = true
	}
	set := db.Set{Table: "charge", Columns: append(keyColumns(keys), db.Column{Name: "entries", Values: sums[0]}, db.Column{Name: "listed", Values: sums[1]},
		db.Column{Name: "discount", Values: sums[2]}, db.Column{Name: "amount", Values: sums[3]}, db.Column{Name: "pending", Values: pending})}
	return set.Insert(`ON CONFLICT (account_id, cycle, partner_id, link) DO UPDATE SET entries = charge.entries + excluded.entries,
		listed = charge.listed + excluded.listed, discount = charge.discount + excluded.discount, amount = charge.amount + excluded.amount, pending = TRUE`)
}

// addItems adds sums to what charges say of services.
func addItems(all map[Key]map[Item]*Item) db.Statement {
	var keys []Key
	var service []string
	numbers := make([][]int64, 6)
	for _, k := range sorted(all) {
		for _, i := range all[k] {
			keys, service = append(keys, k), append(service, i.Service)
			for j, v := range []int64{int64(i.Mode), int64(i.Type), i.Lines, int64(i.Listed), int64(i.Discount), int64(i.Amount)} {
				numbers[j] = append(numbers[j], v)
			}
		}
	}
	set := db.Set{Table: "charge_item", Columns: append(keyColumns(keys), db.Column{Name: "service", Values: service})}
	for j, name := range []string{"mode", "type", "entries", "listed", "discount", "amount"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: numbers[j]})
	}
	return set.Insert(`ON CONFLICT (account_id, cycle, partner_id, link, service, mode, type) DO UPDATE SET entries = charge_item.entries + excluded.entries,
		listed = charge_item.listed + excluded.listed, discount = charge_item.discount + excluded.discount, amount = charge_item.amount + excluded.amount`)
}

const chargeColumns = `account_id, cycle, partner_id, link, entries, listed, discount, amount, coupons, paid, debt, pending, edition, settled_at`

func scanCharge(r db.Row) (c Charge, err error) {
	err = r.Scan(&c.Customer, &c.Cycle, &c.Partner, &c.Link, &c.Lines, &c.Listed, &c.Discount, &c.Amount, &c.Coupons, &c.Paid, &c.Debt, &c.Pending,
		&c.edition, db.Time(&c.Settled))
	return c, err
}

// lockCharge takes a charge for this transaction, under a new edition.
func lockCharge(ctx context.Context, tx *db.Tx, k Key) (Charge, error) {
	return db.One(ctx, tx, scanCharge, `UPDATE charge SET edition = edition + 1, pending = FALSE
		WHERE account_id = $1 AND cycle = $2 AND partner_id = $3 AND link = $4 RETURNING `+chargeColumns, k.Customer, string(k.Cycle), k.Partner, string(k.Link))
}

func saveCharge(ctx context.Context, tx *db.Tx, c Charge) error {
	return db.Change(ctx, tx, `UPDATE charge SET coupons = $5, paid = $6, debt = $7, settled_at = $8
		WHERE account_id = $1 AND cycle = $2 AND partner_id = $3 AND link = $4`,
		c.Customer, string(c.Cycle), c.Partner, string(c.Link), c.Coupons, c.Paid, c.Debt, db.Micros(tx.Now))
}

func scanKey(r db.Row) (k Key, err error) {
	return k, r.Scan(&k.Customer, &k.Cycle, &k.Partner, &k.Link)
}

func pendingCharges(ctx context.Context, q db.Querier, limit int) ([]Key, error) {
	return db.All(ctx, q, scanKey, `SELECT account_id, cycle, partner_id, link FROM charge WHERE pending ORDER BY account_id COLLATE "C", cycle COLLATE "C",
		partner_id COLLATE "C", link COLLATE "C" LIMIT $1`, limit)
}

// debts are a customer's charges that nothing was there for, oldest first.
func debts(ctx context.Context, q db.Querier, customer string) ([]Key, error) {
	return db.All(ctx, q, scanKey, `SELECT account_id, cycle, partner_id, link FROM charge WHERE account_id = $1 AND debt > 0
		ORDER BY cycle COLLATE "C", partner_id COLLATE "C", link COLLATE "C"`, customer)
}

func sumDebts(ctx context.Context, q db.Querier, customer string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT CAST(COALESCE(sum(debt), 0) AS BIGINT) FROM charge WHERE account_id = $1`, customer)
}

// indebted are those of some customers that owe something.
func indebted(ctx context.Context, q db.Querier, some []string) ([]string, error) {
	in, args := db.In(1, some)
	return db.All(ctx, q, db.String, `SELECT DISTINCT account_id COLLATE "C" FROM charge WHERE debt > 0 AND account_id IN `+in+` ORDER BY 1`, args...)
}

// debtors are the customers that owe something, behind one.
func debtors(ctx context.Context, q db.Querier, after string, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT DISTINCT account_id COLLATE "C" FROM charge WHERE debt > 0 AND account_id > $1
		ORDER BY account_id COLLATE "C" LIMIT $2`, after, limit)
}

func readItems(ctx context.Context, q db.Querier, k Key) ([]Item, error) {
	return db.All(ctx, q, func(r db.Row) (i Item, err error) {
		return i, r.Scan(&i.Service, &i.Mode, &i.Type, &i.Lines, &i.Listed, &i.Discount, &i.Amount)
	}, `SELECT service, mode, type, entries, listed, discount, amount FROM charge_item WHERE account_id = $1 AND cycle = $2 AND partner_id = $3 AND link = $4
		ORDER BY service COLLATE "C", mode, type`, k.Customer, string(k.Cycle), k.Partner, string(k.Link))
}

func insertPosting(ctx context.Context, tx *db.Tx, p Paid) error {
	return db.Change(ctx, tx, `INSERT INTO charge_posting (account_id, cycle, partner_id, link, book, transfer_id, what, amount, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, p.Customer, string(p.Cycle), p.Partner, string(p.Link), p.Book, p.Transfer, string(p.What), p.Minor, db.Micros(p.At))
}

func readPostings(ctx context.Context, q db.Querier, k Key) ([]Paid, error) {
	return db.All(ctx, q, func(r db.Row) (p Paid, err error) {
		p.Key = k
		return p, r.Scan(&p.Book, &p.Transfer, &p.What, &p.Minor, db.Time(&p.At))
	}, `SELECT book, transfer_id, what, amount, at FROM charge_posting WHERE account_id = $1 AND cycle = $2 AND partner_id = $3 AND link = $4
		ORDER BY at, transfer_id COLLATE "C"`, k.Customer, string(k.Cycle), k.Partner, string(k.Link))
}

const importColumns = `id, account_id, file_name, hash, size, state, dry_run, actor, by_name, total_rows, position, added, same, bad, late, amount, errors,
	failure, created_at, finished_at`

func scanImport(r db.Row) (i Import, err error) {
	var who, failure string
	err = r.Scan(&i.ID, &i.Account, &i.FileName, &i.Hash, &i.Size, &i.State, &i.DryRun, &who, &i.ByName, &i.Rows, &i.Position, &i.Added, &i.Same, &i.Bad,
		&i.Late, &i.Amount, &i.Errors, &failure, db.Time(&i.CreatedAt), db.Time(&i.FinishedAt))
	if err == nil {
		err = json.Unmarshal([]byte(who), &i.actor)
	}
	if err == nil {
		i.Failure, err = i18n.Heard(failure)
	}
	return i, err
}

func insertImport(ctx context.Context, tx *db.Tx, i Import) error {
	who := actor.Actor{Account: i.actor.Account, Kind: i.actor.Kind, User: i.actor.User, Name: i.actor.Name, Via: i.actor.Via, IP: i.actor.IP, Request: i.actor.Request}
	return db.Change(ctx, tx, `INSERT INTO consumption_import (`+importColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, 0, 0, 0, 0, '', $11, NULL)`,
		i.ID, i.Account, i.FileName, i.Hash, i.Size, string(i.State), i.DryRun, encode(who), i.ByName, i.Rows, db.Micros(i.CreatedAt))
}

func readImport(ctx context.Context, q db.Querier, id string) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM consumption_import WHERE id = $1`, id)
}

func readImports(ctx context.Context, q db.Querier, after string, limit int) ([]Import, error) {
	return db.All(ctx, q, scanImport, `SELECT `+importColumns+` FROM consumption_import WHERE ($1 = '' OR id < $1) ORDER BY id COLLATE "C" DESC LIMIT $2`, after, limit)
}

// advance moves an import over the rows that this transaction takes; ErrNoRow when another worker did, or it was cancelled.
func advance(ctx context.Context, tx *db.Tx, i Import, to int64) error {
	return db.Change(ctx, tx, `UPDATE consumption_import SET position = $3, state = 'reading'
		WHERE id = $1 AND state IN ('waiting', 'reading') AND position = $2`, i.ID, i.Position, to)
}

func noteImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE consumption_import SET added = $2, same = $3, bad = $4, late = $5, amount = $6, errors = $7 WHERE id = $1`,
		i.ID, i.Added, i.Same, i.Bad, i.Late, int64(i.Amount), i.Errors)
}

func doneReading(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE consumption_import SET state = 'settling', total_rows = $2
		WHERE id = $1 AND state IN ('waiting', 'reading') AND position = $2`, i.ID, i.Position)
}

func endImport(ctx context.Context, tx *db.Tx, id string, to ImportState, from []ImportState, failure string) error {
	states := make([]string, len(from))
	for i, s := range from {
		states[i] = string(s)
	}
	in, args := db.In(5, states)
	return db.Change(ctx, tx, `UPDATE consumption_import SET state = $2, failure = $3, finished_at = $4 WHERE id = $1 AND state IN `+in,
		append([]any{id, string(to), failure, db.Micros(tx.Now)}, args...)...)
}

// insertErrors keeps entries to correct; the same again, after a step was broken off, is kept once.
func insertErrors(ctx context.Context, tx *db.Tx, id string, all []RowError) error {
	for _, e := range all {
		_, err := db.Exec(ctx, tx, `INSERT INTO consumption_error (import_id, place, line, col, value, reason, remedy)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (import_id, place) DO NOTHING`,
			id, e.Line*64+int64(e.place), e.Line, e.Column, e.Value, i18n.Spoken(e.Reason), i18n.Spoken(e.Remedy))
		if err != nil {
			return err
		}
	}
	return nil
}

func readErrors(ctx context.Context, q db.Querier, id string, after int64, limit int) ([]RowError, error) {
	return db.All(ctx, q, func(r db.Row) (e RowError, err error) {
		var reason, remedy string
		if err = r.Scan(&e.Line, &e.Column, &e.Value, &reason, &remedy); err != nil {
			return e, err
		}
		if e.Reason, err = i18n.Heard(reason); err != nil {
			return e, err
		}
		e.Remedy, err = i18n.Heard(remedy)
		return e, err
	}, `SELECT line, col, value, reason, remedy FROM consumption_error WHERE import_id = $1 AND line > $2 ORDER BY place LIMIT $3`, id, after, limit)
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and actors can't fail to encode
	}
	return string(b)
}

// sentences keeps a message for every language, so that it stays readable when the words change.
