package equipment

import (
	"context"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

const itemColumns = `e.serial_fold, e.serial, e.product, e.project, coalesce(p.number, ''), coalesce(p.name, ''), e.customer_id, e.customer, e.partner_id, e.site,
	coalesce(e.delivered, ''), coalesce(e.maintained, ''), e.import_id, e.changed_at, e.edition`

const itemFrom = ` FROM equipment e LEFT JOIN equipment_project p ON p.number_fold = e.project `

func scanItem(r db.Row) (i Item, err error) {
	var delivered, maintained string
	err = r.Scan(&i.fold, &i.Serial, &i.Product, &i.Project, &i.ProjectNumber, &i.ProjectName, &i.Customer, &i.CustomerName, &i.Partner, &i.Site, &delivered, &maintained,
		&i.Import, db.Time(&i.ChangedAt), &i.Edition)
	if err == nil {
		i.Delivered, err = calendar.ParseOptional(delivered)
	}
	if err == nil {
		i.MaintainedUntil, err = calendar.ParseOptional(maintained)
	}
	return i, err
}

func oneItem(ctx context.Context, q db.Querier, fold string) (Item, error) {
	return db.One(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+`WHERE e.serial_fold = $1`, fold)
}

// narrowed is the condition of every list. $1 account of the reader's scope ("" = all), $2 and $3 partner and customer,
// $4 project, $5 state, $6 today, $7 the day up to which maintenance ends soon, $8 the last serial number seen.
const narrowed = `WHERE ($1 = '' OR e.partner_id = $1 OR e.customer_id = $1) AND ($2 = '' OR e.partner_id = $2) AND ($3 = '' OR e.customer_id = $3)
	AND ($4 = '' OR e.project = $4) AND ($5 = '' OR $5 = 'maintained' AND e.maintained >= $6 OR $5 = 'ending' AND e.maintained >= $6 AND e.maintained <= $7
	OR $5 = 'ended' AND (e.maintained IS NULL OR e.maintained < $6)) AND ($8 = '' OR e.serial_fold COLLATE "C" > $8) `

// ofPartner and ofCustomer are narrowed for one whose devices an index has in order.
const (
	ofPartner  = narrowed + `AND e.partner_id = $2 `
	ofCustomer = narrowed + `AND e.customer_id = $3 `
	ofProject  = narrowed + `AND e.project = $4 `
)

const inOrder = `ORDER BY e.serial_fold COLLATE "C" LIMIT $9`

func (f Filter) args(today calendar.Day) []any {
	return []any{f.scope, f.Partner, f.Customer, f.Project, string(f.State), today.String(), today.AddDays(EndingDays).String(), f.After, f.Limit}
}

// listItems reads a page. What is searched is the beginning of a serial number if any device has such a one, else a part
// of a product, a customer or a site.
func listItems(ctx context.Context, q db.Querier, f Filter, today calendar.Day) ([]Item, error) {
	if s := text.Fold(f.Search); s != "" {
		return searchItems(ctx, q, f, s, today)
	}
	switch {
	case f.Project != "":
		return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+ofProject+inOrder, f.args(today)...)
	case f.Partner != "":
		return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+ofPartner+inOrder, f.args(today)...)
	case f.Customer != "":
		return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+ofCustomer+inOrder, f.args(today)...)
	}
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+narrowed+inOrder, f.args(today)...)
}

// beyond is greater than whatever begins with a text.
const beyond = "\U0010FFFF"

func searchItems(ctx context.Context, q db.Querier, f Filter, s string, today calendar.Day) ([]Item, error) {
	first := f
	first.After, first.Limit = "", 1
	const serial = narrowed + `AND e.serial_fold COLLATE "C" >= $10 AND e.serial_fold COLLATE "C" < $11 ` + inOrder
	some, err := db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+serial, append(first.args(today), s, s+beyond)...)
	if err != nil {
		return nil, err
	}
	if len(some) > 0 {
		return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+serial, append(f.args(today), s, s+beyond)...)
	}
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+itemFrom+narrowed+`AND e.search_fold LIKE $10 ESCAPE '!' `+inOrder, append(f.args(today), db.Like(s))...)
}

// hashes reads what is stored of serial numbers.
func hashes(ctx context.Context, tx *db.Tx, items []Item) (map[string][]byte, error) {
	out, folds := map[string][]byte{}, make([]string, len(items))
	for i, x := range items {
		folds[i] = x.fold
	}
	if len(folds) == 0 {
		return out, nil
	}
	return out, db.Pipeline(ctx, tx, db.Set{Table: "equipment", Columns: []db.Column{{Name: "serial_fold", Values: folds}}}.
		Find([]string{"serial_fold", "hash"}, false, func(r db.Row) error {
			var fold string
			var hash []byte
			err := r.Scan(&fold, &hash)
			out[fold] = hash
			return err
		}))
}

// putItems writes devices over those that are there.
func putItems(items []Item, at time.Time) db.Statement {
	n := len(items)
	words, hash, when := make([][]string, 10), make([][]byte, n), make([]int64, n)
	delivered, maintained := make([]*string, n), make([]*string, n)
	for i := range words {
		words[i] = make([]string, n)
	}
	for i, x := range items {
		for j, v := range []string{x.fold, x.Serial, x.Product, x.search(), x.Project, x.Customer, x.CustomerName, x.Partner, x.Site, x.Import} {
			words[j][i] = v
		}
		hash[i], when[i], delivered[i], maintained[i] = x.hash, at.UnixMicro(), day(x.Delivered), day(x.MaintainedUntil)
	}
	set := db.Set{Table: "equipment"}
	for j, name := range []string{"serial_fold", "serial", "product", "search_fold", "project", "customer_id", "customer", "partner_id", "site", "import_id"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: words[j]})
	}
	set.Columns = append(set.Columns, db.Column{Name: "delivered", Values: delivered}, db.Column{Name: "maintained", Values: maintained},
		db.Column{Name: "hash", Values: hash}, db.Column{Name: "changed_at", Values: when})
	return set.Insert(`ON CONFLICT (serial_fold) DO UPDATE SET serial = excluded.serial, product = excluded.product, search_fold = excluded.search_fold,
		project = excluded.project, customer_id = excluded.customer_id, customer = excluded.customer, partner_id = excluded.partner_id, site = excluded.site,
		import_id = excluded.import_id, delivered = excluded.delivered, maintained = excluded.maintained, hash = excluded.hash, changed_at = excluded.changed_at,
		edition = equipment.edition + 1`)
}

func day(d calendar.Day) *string {
	if d.IsNone() {
		return nil
	}
	s := d.String()
	return &s
}

// putProjects writes projects; what a row leaves empty stays as it was.
func putProjects(projects []Project, at time.Time) db.Statement {
	n := len(projects)
	words, when := make([][]string, 7), make([]int64, n)
	for i := range words {
		words[i] = make([]string, n)
	}
	for i, x := range projects {
		for j, v := range []string{x.Key, x.Number, x.Name, x.search(), x.Customer, x.CustomerName, x.Partner} {
			words[j][i] = v
		}
		when[i] = at.UnixMicro()
	}
	set := db.Set{Table: "equipment_project"}
	for j, name := range []string{"number_fold", "number", "name", "search_fold", "customer_id", "customer", "partner_id"} {
		set.Columns = append(set.Columns, db.Column{Name: name, Values: words[j]})
	}
	set.Columns = append(set.Columns, db.Column{Name: "changed_at", Values: when})
	return set.Insert(`ON CONFLICT (number_fold) DO UPDATE SET number = excluded.number,
		search_fold = CASE WHEN excluded.search_fold = '' THEN equipment_project.search_fold ELSE excluded.search_fold END,
		name = CASE WHEN excluded.name = '' THEN equipment_project.name ELSE excluded.name END,
		customer_id = CASE WHEN excluded.customer = '' THEN equipment_project.customer_id ELSE excluded.customer_id END,
		customer = CASE WHEN excluded.customer = '' THEN equipment_project.customer ELSE excluded.customer END,
		partner_id = CASE WHEN excluded.partner_id = '' THEN equipment_project.partner_id ELSE excluded.partner_id END, changed_at = excluded.changed_at,
		edition = equipment_project.edition + 1`)
}

const projectColumns = `p.number_fold, p.number, p.name, p.customer_id, p.customer, p.partner_id, p.changed_at, p.edition`

func scanProject(r db.Row) (p Project, err error) {
	return p, r.Scan(&p.Key, &p.Number, &p.Name, &p.Customer, &p.CustomerName, &p.Partner, db.Time(&p.ChangedAt), &p.Edition)
}

func listProjects(ctx context.Context, q db.Querier, scope, search, after string, limit int) ([]Project, error) {
	if search = text.Fold(search); search != "" {
		search = db.Like(search)
	}
	return db.All(ctx, q, scanProject, `SELECT `+projectColumns+` FROM equipment_project p WHERE ($1 = '' OR p.partner_id = $1 OR p.customer_id = $1)
		AND ($2 = '' OR p.number_fold LIKE $2 ESCAPE '!' OR p.search_fold LIKE $2 ESCAPE '!') AND ($3 = '' OR p.number_fold COLLATE "C" > $3)
		ORDER BY p.number_fold COLLATE "C" LIMIT $4`, scope, search, after, limit)
}

func oneProject(ctx context.Context, q db.Querier, key string) (Project, error) {
	return db.One(ctx, q, scanProject, `SELECT `+projectColumns+` FROM equipment_project p WHERE p.number_fold = $1`, key)
}

// countDevices counts the devices of some projects, and those under maintenance.
func countDevices(ctx context.Context, q db.Querier, scope string, keys []string, today calendar.Day) (map[string][2]int64, error) {
	out := map[string][2]int64{}
	if len(keys) == 0 {
		return out, nil
	}
	in, args := db.In(3, keys)
	return out, db.Each(ctx, q, func(r db.Row) (struct{}, error) {
		var key string
		var all, kept int64
		err := r.Scan(&key, &all, &kept)
		out[key] = [2]int64{all, kept}
		return struct{}{}, err
	}, func(struct{}) error { return nil }, `SELECT project, count(*), count(CASE WHEN maintained >= $2 THEN 1 END) FROM equipment
		WHERE ($1 = '' OR partner_id = $1 OR customer_id = $1) AND project IN `+in+` GROUP BY project`, append([]any{scope, today.String()}, args...)...)
}

// countStates counts an account's devices: all, under maintenance, ending soon.
func countStates(ctx context.Context, q db.Querier, account string, today calendar.Day) (c Counts, err error) {
	return db.One(ctx, q, func(r db.Row) (Counts, error) { return c, r.Scan(&c.All, &c.Maintained, &c.Ending) },
		`SELECT count(*), count(CASE WHEN maintained >= $2 THEN 1 END), count(CASE WHEN maintained >= $2 AND maintained <= $3 THEN 1 END) FROM equipment
		WHERE $1 = '' OR partner_id = $1 OR customer_id = $1`, account, today.String(), today.AddDays(EndingDays).String())
}
