package qualification

import (
	"context"
	"slices"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// A NewVersion is a version that somebody wrote in the portal, with its test cases.
type NewVersion struct {
	Source string // YAML
	Cases  string // YAML
}

// Shelve puts a new version among the others, in the caller's transaction: everybody's results follow by themselves.
// Call Sync once the transaction is committed. Program managers and vendor administrators may. Invalid with the
// program's problems when the text is wrong; Conflict when the version's number is taken.
func (s *Service) Shelve(ctx context.Context, tx *db.Tx, by actor.Actor, n NewVersion) (ref string, err error) {
	if err := by.May(actor.ManagePrograms); err != nil {
		return "", err
	}
	p, problems := program.Parse("", []byte(n.Source), s.Library().Catalogue)
	if len(problems) > 0 {
		return "", fault.Invalid("source", problems[0].Message)
	}
	v := p.Version
	fresh, err := insertVersion(ctx, tx, versionRow{program: v.Program, version: v.Number, from: v.EffectiveFrom.String(),
		file: v.Ref() + ".yaml", source: n.Source, cases: n.Cases, state: versionActive, loadedAt: tx.Now})
	if err != nil {
		return "", err
	}
	if !fresh {
		return "", fault.Conflict(i18n.M("qualification.shelve.taken", i18n.A{"ref": v.Ref()}))
	}
	if err := outbox.Append(ctx, tx, programLoaded(v.Ref())); err != nil {
		return "", err
	}
	return v.Ref(), audit.Record(ctx, tx, by, actor.ManagePrograms, audit.Subject{Kind: "program", ID: v.Ref()},
		map[string]any{"did": "publish"})
}

// Source is the YAML of a loaded version, and of its test cases where they came with it ("" = they are shipped beside
// its file, or there are none). It asks no permission.
func (s *Service) Source(ref string) (source, cases string, ok bool) {
	rows := s.stand().rows
	i := slices.IndexFunc(rows, func(r versionRow) bool { return r.ref() == ref })
	if i < 0 {
		return "", "", false
	}
	return rows[i].source, rows[i].cases, true
}

// Find is a loaded version, retired ones too. It asks no permission.
func (s *Service) Find(ref string) (*program.Version, bool) { return s.stand().all.Find(ref) }

// HoldersBetween are the levels of a program that partners hold, of all partners from one id to another, both
// included; of several levels the highest by the version. It asks no permission.
func (s *Service) HoldersBetween(ctx context.Context, q db.Querier, v *program.Version, from, to string) (map[string]string, error) {
	out := map[string]string{}
	rows, err := holdersBetween(ctx, q, v.Program, from, to)
	for _, r := range rows {
		if held, ok := out[r[0]]; !ok || v.LevelIndex(r[1]) > v.LevelIndex(held) {
			out[r[0]] = r[1]
		}
	}
	return out, err
}

// InForceOn is the version of a program that applications of a day use, and whether there's one. It asks no
// permission.
func (s *Service) InForceOn(programID string, day calendar.Day) (*program.Version, bool) {
	return s.stand().active.InForce(programID, day)
}
