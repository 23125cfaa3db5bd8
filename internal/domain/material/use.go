package material

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// What follows is for the modules above: it joins the caller's transaction and asks no permission.

// Attach sets the materials that an application is handed in with. Each must be the partner's own and have passed
// or be under review, or fault.Fields name it under "materials".
func Attach(ctx context.Context, tx *db.Tx, partner, application string, ids []string) error {
	can, err := attachable(ctx, tx, partner)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var fs fault.Fields
	for _, x := range ids {
		if !slices.ContainsFunc(can, func(m Material) bool { return m.ID == x }) {
			fs.Add("materials", x, i18n.M("material.field.attach"))
		}
	}
	if err := fs.Err(); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM material_use WHERE account_id = $1 AND application_id = $2`, partner, application); err != nil {
		return err
	}
	for _, x := range ids {
		// Handed in twice at once: the slower one finds the row, and is refused by the state that it comes from.
		_, err := db.Exec(ctx, tx, `INSERT INTO material_use (account_id, application_id, material_id, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (account_id, application_id, material_id) DO NOTHING`, partner, application, x, db.Micros(tx.Now))
		if err != nil {
			return err
		}
	}
	return nil
}

// AttachableOf lists what may be attached: the partner's materials that passed or are under review.
func AttachableOf(ctx context.Context, q db.Querier, partner string) ([]Material, error) {
	return attachable(ctx, q, partner)
}

func attachable(ctx context.Context, q db.Querier, partner string) ([]Material, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM material WHERE account_id = $1
		AND (state = 'under_review' OR passed_version > 0) ORDER BY kind, id COLLATE "C" DESC`, partner)
}

// OfApplication lists the materials that an application was handed in with.
func OfApplication(ctx context.Context, q db.Querier, partner, application string) ([]Material, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM material WHERE account_id = $1 AND id IN
		(SELECT material_id FROM material_use WHERE account_id = $1 AND application_id = $2) ORDER BY kind, id COLLATE "C"`, partner, application)
}

// Unpassed lists those of an application that no version has passed of: it can't be approved with them.
func Unpassed(ctx context.Context, q db.Querier, partner, application string) ([]Material, error) {
	all, err := OfApplication(ctx, q, partner, application)
	return slices.DeleteFunc(all, func(m Material) bool { return m.PassedVersion > 0 }), err
}

// Has tells whether a partner keeps a material of a kind that it hasn't withdrawn.
func Has(ctx context.Context, q db.Querier, partner string, k Kind) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM material WHERE account_id = $1 AND kind = $2 AND state <> 'withdrawn')`,
		partner, string(k))
}

// passed is one version that counts or counted.
type passed struct {
	partner string
	kind    Kind
	id      string
	fields  string
	on      string
	ended   string
}

func scanPassed(r db.Row) (p passed, err error) {
	return p, r.Scan(&p.partner, &p.id, &p.kind, &p.fields, &p.on, &p.ended)
}

// Facts returns what had passed at an instant, as programs ask of it.
func Facts(ctx context.Context, q db.Querier, partner string, at time.Time) (out []program.Material, err error) {
	day := calendar.DayOf(at).String()
	err = db.Each(ctx, q, scanPassed, func(p passed) error {
		m, err := p.fact()
		out = append(out, m)
		return err
	}, `SELECT e.account_id, e.material_id, m.kind, e.fields, e.passed_on, e.ended_on FROM material_edition AS e
		JOIN material AS m ON m.account_id = e.account_id AND m.id = e.material_id
		WHERE e.account_id = $1 AND e.passed_on <> '' AND e.passed_on COLLATE "C" <= $2 AND (e.ended_on = '' OR e.ended_on COLLATE "C" > $2)
		ORDER BY e.material_id COLLATE "C", e.version`, partner, day)
	return out, err
}

// EachFact streams what had passed at an instant for all partners, partner by partner.
func EachFact(ctx context.Context, q db.Querier, at time.Time, use func(partner string, m program.Material) error) error {
	day := calendar.DayOf(at).String()
	return db.Each(ctx, q, scanPassed, func(p passed) error {
		m, err := p.fact()
		if err != nil {
			return err
		}
		return use(p.partner, m)
	}, `SELECT e.account_id, e.material_id, m.kind, e.fields, e.passed_on, e.ended_on FROM material_edition AS e
		JOIN material AS m ON m.account_id = e.account_id AND m.id = e.material_id
		WHERE e.passed_on <> '' AND e.passed_on COLLATE "C" <= $1 AND (e.ended_on = '' OR e.ended_on COLLATE "C" > $1)
		ORDER BY e.account_id COLLATE "C", e.material_id COLLATE "C", e.version`, day)
}

func (p passed) fact() (program.Material, error) {
	var f Fields
	if err := json.Unmarshal([]byte(p.fields), &f); err != nil {
		return program.Material{}, err
	}
	on, err := calendar.ParseOptional(p.on)
	if err != nil {
		return program.Material{}, err
	}
	return program.Material{ID: p.id, Kind: string(p.kind), PassedOn: on, FinishedOn: f.FinishedOn, ValidUntil: f.PeriodUntil,
		HuaweiCloud: f.HuaweiCloud, Published: f.URL != ""}, nil
}
