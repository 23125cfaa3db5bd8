package simulation

import (
	"context"
	"slices"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Compared are two versions and what the newer changes. Old is nil for the first version of a program.
type Compared struct {
	Old, New *program.Version
	Changes  []program.Change
}

// CompareDraft sets a draft's kept text beside a loaded version of the program ("" = the one in force, else the one
// it started from); others are all it could be set beside, the newest first. Who may is as for Draft. Invalid while
// the text has problems.
func (s *Service) CompareDraft(ctx context.Context, by actor.Actor, draft, against string) (c Compared, others []string, err error) {
	d, err := s.Draft(ctx, by, draft)
	if err != nil {
		return c, nil, err
	}
	parsed, problems := program.Parse(SourceFile, []byte(d.Source), s.catalogue())
	if len(problems) > 0 {
		return c, nil, fault.Invalid("source", i18n.M("simulation.error.problems", i18n.A{"n": len(problems)}))
	}
	c.New = parsed.Version
	others = s.versionsOf(c.New.Program)
	if against == "" {
		against = s.beside(c.New, d.BasedOn)
	}
	if against == "" {
		return c, others, nil
	}
	if c.Old, err = s.version(ctx, against); err != nil {
		return c, others, err
	}
	if c.Old.Program != c.New.Program {
		return c, others, fault.NotFound()
	}
	c.Changes = program.Difference(c.Old, c.New)
	return c, others, nil
}

// versionsOf are the refs of a program's loaded versions, the newest first.
func (s *Service) versionsOf(programID string) (out []string) {
	for _, v := range slices.Backward(s.q.Library().Versions()) {
		if v.Program == programID {
			out = append(out, v.Ref())
		}
	}
	return out
}

// beside is what a version is compared with when nobody chose.
func (s *Service) beside(v *program.Version, basedOn string) string {
	if in, ok := s.q.InForceOn(v.Program, calendar.DayOf(s.db.Clock().Now())); ok && in.Ref() != v.Ref() {
		return in.Ref()
	}
	if old, ok := s.q.Find(basedOn); ok && old.Program == v.Program {
		return basedOn
	}
	return ""
}
