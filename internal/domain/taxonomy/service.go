package taxonomy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// View is the set, for whoever opens or works on tickets: everybody who is signed in for a company.
func (s *Service) View(ctx context.Context, by actor.Actor) (*Set, error) {
	if err := by.May(actor.ViewTaxonomy); err != nil {
		return nil, err
	}
	return Read(ctx, s.db.Read())
}

// Editable is the set for its pages, where retired entries and what the vendor changed are told. The vendor's staff may.
func (s *Service) Editable(ctx context.Context, by actor.Actor) (*Set, error) {
	if err := by.May(actor.ViewTaxonomy); err != nil {
		return nil, err
	}
	if !by.Vendor() {
		return nil, fault.NotFound()
	}
	return Read(ctx, s.db.Read())
}

// Fixed tells whether a kind takes no entries beyond those that are shipped: the targets of a service level are kept by the
// severities' codes.
func (k Kind) Fixed() bool { return k == SeverityKind }

// OwnID tells whether whoever adds an entry of the kind chooses its id, as what programs send and read.
func (k Kind) OwnID() bool { return k == RegionKind || k == FieldKind }

// Save adds an entry or changes one; the edition is the one that was shown, 0 with an id of one that is as shipped. The
// vendor's administrators and support engineers may. Invalid names every entry of the form that can't be; Conflict when
// somebody was faster.
func (s *Service) Save(ctx context.Context, by actor.Actor, in Entry) (e Entry, err error) {
	err = s.manage(ctx, by, func(tx *db.Tx) error {
		set, err := Read(ctx, tx)
		if err != nil {
			return err
		}
		if !slices.Contains(Kinds, in.Kind) {
			return fault.NotFound()
		}
		old, there := set.Entry(in.Kind, in.ID)
		fresh := in.ID == "" || in.Kind.OwnID() && in.Edition < 0
		if !fresh && !there {
			return fault.NotFound()
		}
		if fresh {
			if in.ID, err = set.newID(in, tx); err != nil {
				return err
			}
			in.Edition = 0
		} else {
			in.Retired = old.Retired
		}
		if err := set.check(&in); err != nil {
			return err
		}
		in.ChangedBy = by.Name
		e, err = keep(ctx, tx, by, in, map[string]any{"did": "save", "new": fresh, "name": in.Names.EN, "changed": changed(old, in)})
		return err
	})
	return e, err
}

// Fresh is the edition of an entry that is added with an id of one's own.
const Fresh = -1

// newID is the id of a new entry; of the kinds whose ids are typed it's the typed one, if it's free.
func (s *Set) newID(in Entry, tx *db.Tx) (string, error) {
	switch {
	case in.Kind.Fixed():
		return "", fault.Conflict(i18n.M("taxonomy.fixed"))
	case in.Kind.OwnID():
		if _, taken := s.Entry(in.Kind, in.ID); taken {
			return "", fault.Invalid("id", i18n.M("taxonomy.id_taken"))
		}
		return in.ID, nil
	case in.Kind == DimensionKind || in.Kind == AreaCodeKind:
		most := 0
		for have := range maps.Keys(s.all[in.Kind]) {
			n, _ := strconv.Atoi(have) // they're numbers
			most = max(most, n)
		}
		return strconv.Itoa(most + 1), nil
	}
	return id.Account(tx.Wall), nil // 32 hex digits, as those that are shipped
}

// keep stores an entry in its transaction, with the audit row.
func keep(ctx context.Context, tx *db.Tx, by actor.Actor, e Entry, detail map[string]any) (Entry, error) {
	if err := put(ctx, tx, e); err != nil {
		if errors.Is(err, db.ErrNoRow) {
			return e, fault.Conflict(i18n.M("taxonomy.faster"))
		}
		return e, err
	}
	e.Edition, e.ChangedAt = e.Edition+1, tx.Now
	subject := audit.Subject{Kind: "taxonomy_" + string(e.Kind), ID: e.ID, Account: by.Account}
	return e, audit.Record(ctx, tx, by, actor.ManageTaxonomy, subject, detail)
}

// changed names what an entry says otherwise.
func changed(old, now Entry) (out []string) {
	for _, x := range []struct {
		what string
		same bool
	}{
		{"name", old.Names == now.Names}, {"note", old.Notes == now.Notes}, {"place", old.Place == now.Place},
		{"attributes", fmt.Sprintf("%+v", old.flat()) == fmt.Sprintf("%+v", now.flat())},
	} {
		if !x.same {
			out = append(out, x.what)
		}
	}
	return out
}

// flat writes the bounds as numbers, so that two attributes can be compared as text.
func (a Attributes) flat() map[string]any {
	out := map[string]any{"rest": a, "min": "", "max": ""}
	if a.Min != nil {
		out["min"] = *a.Min
	}
	if a.Max != nil {
		out["max"] = *a.Max
	}
	a.Min, a.Max = nil, nil
	out["rest"] = a
	return out
}

// Retire takes an entry out of what is offered; tickets keep it. Who may is as for Save. Conflict for the last one of a
// kind that can't be empty, and for what others that are offered need.
func (s *Service) Retire(ctx context.Context, by actor.Actor, k Kind, id string, edition int64) error {
	return s.set(ctx, by, k, id, edition, true)
}

// Restore offers a retired entry again. Who may is as for Save.
func (s *Service) Restore(ctx context.Context, by actor.Actor, k Kind, id string, edition int64) error {
	return s.set(ctx, by, k, id, edition, false)
}

func (s *Service) set(ctx context.Context, by actor.Actor, k Kind, id string, edition int64, retired bool) error {
	return s.manage(ctx, by, func(tx *db.Tx) error {
		set, err := Read(ctx, tx)
		if err != nil {
			return err
		}
		e, ok := set.Entry(k, id)
		switch {
		case !ok:
			return fault.NotFound()
		case e.Retired == retired || e.Edition != edition:
			return fault.Conflict(i18n.M("taxonomy.faster"))
		}
		if retired {
			if err := set.spare(e); err != nil {
				return err
			}
		}
		e.Retired, e.ChangedBy = retired, by.Name
		did := "restore"
		if retired {
			did = "retire"
		}
		_, err = keep(ctx, tx, by, e, map[string]any{"did": did, "name": e.Names.EN})
		return err
	})
}

// spare refuses to retire what can't be missed.
func (s *Set) spare(e Entry) error {
	left := slices.DeleteFunc(s.Entries(e.Kind), func(x Entry) bool { return x.Retired || x.ID == e.ID })
	if len(left) == 0 && e.Kind != TemplateKind && e.Kind != FieldKind {
		return fault.Conflict(i18n.M("taxonomy.last", i18n.A{"name": e.Names.Msg()}))
	}
	if e.Kind == CategoryKind {
		if list := s.ProductsOf(e.ID); len(list) > 0 {
			return fault.Conflict(i18n.M("taxonomy.has_products", i18n.A{"name": e.Names.Msg(), "n": len(list)}))
		}
	}
	return nil
}

func (s *Service) manage(ctx context.Context, by actor.Actor, do func(tx *db.Tx) error) error {
	if err := by.May(actor.ManageTaxonomy); err != nil {
		return err
	}
	return s.db.Update(ctx, do)
}
