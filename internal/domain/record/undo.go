package record

import (
	"context"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

func (s *Service) runUndo(ctx context.Context, j jobs.Job) error {
	imp, err := s.jobImport(ctx, j)
	if err != nil {
		return err
	}
	_, err = s.undoNow(ctx, imp)
	return err
}

// undoNow takes back words, the last first, in parts; broken off, it goes on with what is left.
func (s *Service) undoNow(ctx context.Context, imp Import) (Import, error) {
	for imp.State == Undoing {
		err := s.optimistic(ctx, func(tx *db.Tx) error { return s.undoPart(ctx, tx, imp) })
		if err != nil && !noRow(err) {
			return imp, err
		}
		if imp, err = readImport(ctx, s.db.Read(), imp.ID); err != nil {
			return imp, err
		}
	}
	return imp, nil
}

func (s *Service) undoPart(ctx context.Context, tx *db.Tx, imp Import) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	from, to := ordinal(imp.turn, 0), ordinal(imp.turn+1, 0)-1
	low, n, err := lastOrdinals(ctx, tx, from, to, (s.chunk+1)/2)
	if err != nil {
		return err
	}
	if n == 0 {
		return s.undone(ctx, tx, imp)
	}
	persons, _, err := ownersIn(ctx, tx, low, to)
	if err != nil {
		return err
	}
	others, err := earlierOwners(ctx, tx, low, to)
	if err != nil {
		return err
	}
	gone, err := deleteWords(ctx, tx, low, to)
	if err != nil {
		return err
	}
	if err := noteUndo(ctx, tx, imp, gone); err != nil {
		return err
	}
	_, err = s.follow(ctx, tx, imp.Account, append(persons, others...))
	return faster(err)
}

func (s *Service) undone(ctx context.Context, tx *db.Tx, imp Import) error {
	if err := endUndo(ctx, tx, imp); err != nil {
		return err
	}
	held, err := dropTurn(ctx, tx, imp.ID)
	if err != nil {
		return err
	}
	if held {
		if err := s.nextTurn(ctx, tx, 0); err != nil {
			return err
		}
	}
	now, err := readImport(ctx, tx, imp.ID)
	if err != nil {
		return err
	}
	if err := outbox.Append(ctx, tx, Reverted{imp.Account, imp.ID, imp.Feed, imp.FileName, imp.ByName, now.Position}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, imp.actor, actor.ImportRecords, imp.subject(), map[string]any{"undone": imp.FileName, "lines": now.Position})
}
