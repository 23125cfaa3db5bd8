package equipment

import (
	"context"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

func (i Item) search() string { return text.Fold(i.Product + " " + i.CustomerName + " " + i.Site) }

func (p Project) search() string { return text.Fold(p.Name + " " + p.CustomerName) }

// insertItem adds a device; ErrNoRow when its serial number is there.
func insertItem(ctx context.Context, tx *db.Tx, i Item) error {
	return db.Change(ctx, tx, `INSERT INTO equipment (serial_fold, serial, product, search_fold, project, customer_id, customer, partner_id, site, delivered, maintained,
		import_id, hash, changed_at, edition) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, $13, 1) ON CONFLICT (serial_fold) DO NOTHING`,
		i.fold, i.Serial, i.Product, i.search(), i.Project, i.Customer, i.CustomerName, i.Partner, i.Site, day(i.Delivered), day(i.MaintainedUntil), i.digest(), db.Micros(tx.Now))
}

// updateItem writes a device over the edition that was read; ErrNoRow when it's another by now.
func updateItem(ctx context.Context, tx *db.Tx, i Item, edition int64) error {
	return db.Change(ctx, tx, `UPDATE equipment SET product = $2, search_fold = $3, project = $4, customer_id = $5, customer = $6, partner_id = $7, site = $8, delivered = $9,
		maintained = $10, import_id = '', hash = $11, changed_at = $12, edition = edition + 1 WHERE serial_fold = $1 AND edition = $13`,
		i.fold, i.Product, i.search(), i.Project, i.Customer, i.CustomerName, i.Partner, i.Site, day(i.Delivered), day(i.MaintainedUntil), i.digest(), db.Micros(tx.Now), edition)
}

// insertProject adds a project; ErrNoRow when its key is there.
func insertProject(ctx context.Context, tx *db.Tx, p Project) error {
	return db.Change(ctx, tx, `INSERT INTO equipment_project (number_fold, number, name, search_fold, customer_id, customer, partner_id, changed_at, edition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (number_fold) DO NOTHING`,
		p.Key, p.Number, p.Name, p.search(), p.Customer, p.CustomerName, p.Partner, db.Micros(tx.Now))
}

// updateProject writes a project over the edition that was read; ErrNoRow when it's another by now.
func updateProject(ctx context.Context, tx *db.Tx, p Project, edition int64) error {
	return db.Change(ctx, tx, `UPDATE equipment_project SET name = $2, search_fold = $3, customer_id = $4, customer = $5, partner_id = $6, changed_at = $7, edition = edition + 1
		WHERE number_fold = $1 AND edition = $8`, p.Key, p.Name, p.search(), p.Customer, p.CustomerName, p.Partner, db.Micros(tx.Now), edition)
}
