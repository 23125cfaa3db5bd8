package qualification

import (
	"context"
	"slices"
	"strconv"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Attached is one kind of material that a program asks for, with what an application attaches.
type Attached struct {
	Ask       program.MaterialAsk
	Need      int
	Materials []material.Material
}

// Field is its name in faults: "material:ASK".
func (x Attached) Field() string { return "material:" + x.Ask.ID }

// check adds what is missing.
func (x Attached) check(fs *fault.Fields) {
	if n := len(x.Materials); n < x.Need {
		fs.Add(x.Field(), strconv.Itoa(n)+"/"+strconv.Itoa(x.Need),
			i18n.M("application.field.material", i18n.A{"what": x.Ask.Title.Msg(), "have": n, "need": x.Need}))
	}
}

// asFact is a material as a program looks at it, whether it has passed or not.
func asFact(m material.Material) program.Material {
	return program.Material{ID: m.ID, Kind: string(m.Kind), FinishedOn: m.Fields.FinishedOn, ValidUntil: m.Fields.PeriodUntil,
		HuaweiCloud: m.Fields.HuaweiCloud, Published: m.Fields.URL != ""}
}

// share gives each material to the first ask that it fits and that lacks one, what is left over to the last that it
// fits. What fits none is left out.
func share(asks []program.MaterialAsk, level string, all []material.Material, day calendar.Day) []Attached {
	out := make([]Attached, len(asks))
	for i, a := range asks {
		out[i] = Attached{Ask: a, Need: a.Need[level]}
	}
	for _, m := range all {
		fits := -1
		for i := range out {
			if out[i].Ask.Counts(asFact(m), day, false) {
				fits = i
				if len(out[i].Materials) < out[i].Need {
					break
				}
			}
		}
		if fits >= 0 {
			out[fits].Materials = append(out[fits].Materials, m)
		}
	}
	return out
}

// attachedTo reads what is attached to an application. The days of an ask count from the submission, or today.
func attachedTo(ctx context.Context, q db.Querier, v *program.Version, a Application, today calendar.Day) ([]Attached, error) {
	asks := v.MaterialsFor(a.Level)
	if len(asks) == 0 {
		return nil, nil
	}
	all, err := material.OfApplication(ctx, q, a.Account, a.ID)
	if !a.State.editable() && !a.SubmittedAt.IsZero() {
		today = calendar.DayOf(a.SubmittedAt)
	}
	return share(asks, a.Level, all, today), err
}

// A MaterialChoice is a material that a partner could attach to an application.
type MaterialChoice struct {
	material.Material
	Chosen bool
	Fits   bool // some ask of the level takes it
}

// MaterialChoices lists what could be attached to an application under way, of the kinds that its program asks for.
func (s *Service) MaterialChoices(ctx context.Context, by actor.Actor, id string) ([]MaterialChoice, error) {
	if err := by.May(actor.EditApplication); err != nil {
		return nil, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	a, err := applicationByID(ctx, q, by.Scope(), id)
	if err != nil {
		return nil, err
	}
	v, err := s.spec(a.Ref())
	if err != nil {
		return nil, err
	}
	usable, err := material.Usable(ctx, q, a.Account)
	if err != nil {
		return nil, err
	}
	chosen, err := material.OfApplication(ctx, q, a.Account, a.ID)
	if err != nil {
		return nil, err
	}
	var out []MaterialChoice
	for _, m := range usable {
		x := MaterialChoice{Material: m}
		asked := false
		for _, ask := range v.MaterialsFor(a.Level) {
			asked = asked || ask.Rule.Kind == string(m.Kind)
			x.Fits = x.Fits || ask.Counts(asFact(m), calendar.DayOf(now), false)
		}
		x.Chosen = slices.ContainsFunc(chosen, func(c material.Material) bool { return c.ID == m.ID })
		if asked {
			out = append(out, x)
		}
	}
	return out, nil
}

// AttachMaterials sets the materials of an application under way: the partner's own, passed or under review, each of
// which the program's level takes. Conflict when the page was out of date.
func (s *Service) AttachMaterials(ctx context.Context, by actor.Actor, id string, edition int64, ids []string) (Application, error) {
	return s.change(ctx, by, actor.EditApplication, id, stepEdit, edition, func(tx *db.Tx, a *Application) (map[string]any, error) {
		if err := material.Attach(ctx, tx, a.Account, a.ID, ids); err != nil {
			return nil, err
		}
		v, err := s.spec(a.Ref())
		if err != nil {
			return nil, err
		}
		all, err := material.OfApplication(ctx, tx, a.Account, a.ID)
		if err != nil {
			return nil, err
		}
		var fs fault.Fields
		for _, m := range all {
			if !slices.ContainsFunc(v.MaterialsFor(a.Level), func(ask program.MaterialAsk) bool {
				return ask.Counts(asFact(m), calendar.DayOf(tx.Now), false)
			}) {
				fs.Add("materials", m.ID, i18n.M("application.field.material_unfit", i18n.A{"title": m.Fields.Title}))
			}
		}
		return map[string]any{"did_attach": ids}, fs.Err()
	})
}

// allPassed refuses to go on while an attached material hasn't passed its own review.
func (s *Service) allPassed(ctx context.Context, tx *db.Tx, a Application) error {
	open, err := material.Unpassed(ctx, tx, a.Account, a.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	return fault.Conflict(i18n.M("review.conflict.material", i18n.A{"title": open[0].Fields.Title, "state": open[0].State.Label()}))
}

// onMaterial brings a partner up to date after one of its materials passed or was revoked.
func onMaterial() []string {
	return []string{"material.passed", "material.revoked", "material.withdrawn"}
}
