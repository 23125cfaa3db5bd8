package contract

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const columns = `account_id, no, account_name, vendor_name, state, cause, title, address, contact, email, phone, words, answer, currency, list, discount, due,
	scan_hash, scan_name, scan_media, scan_size, top_up, reference, applied_by, applied_name, issued_name, signed_name, funded_name, applied_at, issued_at,
	signed_at, funded_at, cancelled_at, edition`

func scan(r db.Row) (c Contract, err error) {
	return c, r.Scan(&c.Account, &c.No, &c.AccountName, &c.VendorName, &c.State, &c.Cause, &c.Title, &c.Address, &c.Contact, &c.Email, &c.Phone, &c.Words,
		&c.Answer, &c.Currency, &c.List, &c.Discount, &c.Due, &c.ScanHash, &c.ScanName, &c.ScanMedia, &c.ScanSize, &c.TopUp, &c.Reference, &c.AppliedBy,
		&c.AppliedName, &c.IssuedName, &c.SignedName, &c.FundedName, db.Time(&c.AppliedAt), db.Time(&c.IssuedAt), db.Time(&c.SignedAt), db.Time(&c.FundedAt),
		db.Time(&c.CancelledAt), &c.Edition)
}

const lineColumns = `order_no, kind, up, level, from_level, term_unit, term_num, packs, start_at, end_at, list, discount, due, offer_en, offer_zh`

func scanLine(r db.Row) (l Line, err error) {
	return l, r.Scan(&l.Order, &l.Kind, &l.Up, &l.Level, &l.From, &l.Term.Unit, &l.Term.Num, &l.Packs, db.Time(&l.Start), db.Time(&l.End), &l.List, &l.Discount,
		&l.Due, &l.Offer.EN, &l.Offer.ZH)
}

func insert(ctx context.Context, tx *db.Tx, c Contract) error {
	err := db.Change(ctx, tx, `INSERT INTO contract (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34)`,
		c.Account, c.No, c.AccountName, c.VendorName, string(c.State), string(c.Cause), c.Title, c.Address, c.Contact, c.Email, c.Phone, c.Words, c.Answer,
		c.Currency, c.List, c.Discount, c.Due, c.ScanHash, c.ScanName, c.ScanMedia, c.ScanSize, c.TopUp, c.Reference, c.AppliedBy, c.AppliedName, c.IssuedName,
		c.SignedName, c.FundedName, db.Micros(c.AppliedAt), db.Micros(c.IssuedAt), db.Micros(c.SignedAt), db.Micros(c.FundedAt), db.Micros(c.CancelledAt), c.Edition)
	if err != nil {
		return err
	}
	for _, l := range c.Lines {
		if err := db.Change(ctx, tx, `INSERT INTO contract_line (account_id, contract_no, `+lineColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
			$13, $14, $15, $16, $17)`,
			c.Account, c.No, l.Order, string(l.Kind), l.Up, string(l.Level), string(l.From), string(l.Term.Unit), l.Term.Num, l.Packs, db.Micros(l.Start),
			db.Micros(l.End), l.List, l.Discount, l.Due, l.Offer.EN, l.Offer.ZH); err != nil {
			return err
		}
	}
	return nil
}

// save writes what can change, unless the contract moved from the state it's said to be in, or the reader's copy is old.
func save(ctx context.Context, tx *db.Tx, c Contract, from State) error {
	err := db.Change(ctx, tx, `UPDATE contract SET state = $4, cause = $5, answer = $6, scan_hash = $7, scan_name = $8, scan_media = $9, scan_size = $10, top_up = $11,
		reference = $12, issued_name = $13, signed_name = $14, funded_name = $15, issued_at = $16, signed_at = $17, funded_at = $18, cancelled_at = $19,
		edition = edition + 1 WHERE account_id = $1 AND no = $2 AND state = $3`,
		c.Account, c.No, string(from), string(c.State), string(c.Cause), c.Answer, c.ScanHash, c.ScanName, c.ScanMedia, c.ScanSize, c.TopUp, c.Reference,
		c.IssuedName, c.SignedName, c.FundedName, db.Micros(c.IssuedAt), db.Micros(c.SignedAt), db.Micros(c.FundedAt), db.Micros(c.CancelledAt))
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.M("contract.why.moved", i18n.A{"no": c.No}))
	}
	return err
}

// find reads a contract by its number with its lines; NotFound when there's none.
func find(ctx context.Context, q db.Querier, no string) (Contract, error) {
	c, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM contract WHERE no = $1`, no)
	if errors.Is(err, db.ErrNoRow) {
		return c, fault.NotFound()
	}
	if err != nil {
		return c, err
	}
	c.Lines, err = db.All(ctx, q, scanLine, `SELECT `+lineColumns+` FROM contract_line WHERE account_id = $1 AND contract_no = $2 ORDER BY order_no COLLATE "C"`, c.Account, no)
	return c, err
}

// list pages through contracts, newest first.
func list(ctx context.Context, q db.Querier, f Filter) ([]Contract, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM contract WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2) AND ($3 = '' OR no COLLATE "C" < $3)
		ORDER BY no COLLATE "C" DESC LIMIT $4`, f.Account, string(f.State), f.After, f.Limit)
}
