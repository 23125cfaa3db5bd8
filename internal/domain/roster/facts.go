package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// EngineersAt returns a partner's people, past ones included, as the engine takes them: the id is the binding's.
// Somebody who left and came back is shown with the time that covers the instant. It asks no permission.
func (s *Service) EngineersAt(ctx context.Context, q db.Querier, partner string, instant time.Time) ([]program.Person, error) {
	var all []Binding
	err := s.everybody(ctx, q, partner, func(b Binding) error { all = append(all, b); return nil })
	if err != nil || len(all) == 0 {
		return nil, err
	}
	past, err := stints(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	day := calendar.DayOf(instant)
	out := make([]program.Person, len(all))
	for i, b := range all {
		for _, p := range past {
			if p.binding == b.ID && day < b.BoundOn && p.BoundOn <= day && day < p.LeftOn {
				b.BoundOn, b.LeftOn, b.Consent = p.BoundOn, p.LeftOn, p.Consent
			}
		}
		out[i] = engineer(b, day)
	}
	return out, nil
}

func engineer(b Binding, day calendar.Day) program.Person {
	p := program.Person{ID: b.ID, Name: b.Name, BoundOn: b.BoundOn, LeftOn: b.LeftOn, Registered: b.Registered}
	if p.Unconfirmed = b.UnconfirmedOn(day); p.Unconfirmed {
		p.CountsUntil = b.CountsUntil
	}
	for _, h := range b.Held {
		p.Certificates = append(p.Certificates, program.Certificate{Code: h.Code, IssuedOn: h.IssuedOn, ExpiresOn: h.ExpiresOn})
	}
	return p
}

// Names returns the names of bindings of a partner, for pages that show evaluations.
func (s *Service) Names(ctx context.Context, q db.Querier, partner string, bindings []string) (map[string]string, error) {
	out := map[string]string{}
	ids := distinct(slices.DeleteFunc(slices.Clone(bindings), func(id string) bool { return id == "" || !wellFormed(id) }))
	for ; len(ids) > 0; ids = ids[min(1000, len(ids)):] {
		in, args := db.In(2, ids[:min(1000, len(ids))])
		err := db.Each(ctx, q, func(r db.Row) (n [2]string, err error) { return n, r.Scan(&n[0], &n[1]) },
			func(n [2]string) error { out[n[0]] = n[1]; return nil },
			`SELECT id, name FROM binding WHERE account_id = $1 AND id IN `+in, append([]any{partner}, args...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// BindingsOf returns where a person works and worked: for the person's own page. It asks no permission.
func (s *Service) BindingsOf(ctx context.Context, q db.Querier, person string) ([]Binding, error) {
	return s.ofPerson(ctx, q, person)
}

// A FleetRow is one certificate of one person of one partner; Code is empty for a person without any.
type FleetRow struct {
	Partner    string
	Person     int // ordinal inside the partner, from 0, in the order of binding ids
	Binding    string
	Code       string
	IssuedOn   calendar.Day
	ExpiresOn  calendar.Day // as stated; None: by the catalogue
	BoundOn    calendar.Day
	LeftOn     calendar.Day
	Registered bool
	// Unconfirmed and CountsUntil are as of now.
	Unconfirmed bool
	CountsUntil calendar.Day
}

// StreamFleet reads the people of all partners with their certificates in one query, partner by partner, a row of
// the database for each person. The row that use gets is used again for the next; its strings stay valid.
func (s *Service) StreamFleet(ctx context.Context, q db.Querier, use func(*FleetRow) error) error {
	f := fleet{use: use, codes: map[string]string{}, days: map[string]calendar.Day{"": calendar.None}}
	return db.Each(ctx, q, scanFleet, f.person,
		`SELECT account_id, id, bound_on, left_on, registered, held, confirmation, counts_until FROM binding
		ORDER BY account_id COLLATE "C", id COLLATE "C"`)
}

type fleetPerson struct {
	partner, id, bound, left, held, confirmation, until string
	registered                                          bool
}

func scanFleet(r db.Row) (p fleetPerson, err error) {
	return p, r.Scan(&p.partner, &p.id, &p.bound, &p.left, &p.registered, &p.held, &p.confirmation, &p.until)
}

// fleet turns persons into rows of certificates. Codes and days repeat over a million rows, so each is kept and
// read once.
type fleet struct {
	row   FleetRow
	use   func(*FleetRow) error
	codes map[string]string
	days  map[string]calendar.Day
}

func (f *fleet) person(p fleetPerson) (err error) {
	if p.partner != f.row.Partner {
		f.row.Partner, f.row.Person = p.partner, -1
	}
	f.row.Person++
	f.row.Binding, f.row.Registered = p.id, p.registered
	if f.row.BoundOn, err = f.day(p.bound); err != nil {
		return err
	}
	if f.row.LeftOn, err = f.day(p.left); err != nil {
		return err
	}
	f.row.Unconfirmed, f.row.CountsUntil = p.confirmation == string(Unconfirmed), calendar.None
	if f.row.Unconfirmed {
		if f.row.CountsUntil, err = f.day(p.until); err != nil {
			return err
		}
	}
	if p.held == "" {
		return f.certificate("", calendar.None, calendar.None)
	}
	unpack(p.held, func(code string, issued, expires calendar.Day) {
		if err == nil {
			err = f.certificate(code, issued, expires)
		}
	})
	return err
}

func (f *fleet) certificate(code string, issued, expires calendar.Day) error {
	kept, ok := f.codes[code]
	if !ok {
		// A copy of its own: a part of the column would keep all of it in memory.
		kept = strings.Clone(code)
		f.codes[kept] = kept
	}
	f.row.Code, f.row.IssuedOn, f.row.ExpiresOn = kept, issued, expires
	return f.use(&f.row)
}

func (f *fleet) day(s string) (calendar.Day, error) {
	d, ok := f.days[s]
	if ok {
		return d, nil
	}
	d, err := calendar.ParseOptional(s)
	if err == nil {
		f.days[strings.Clone(s)] = d
	}
	return d, err
}
