package account

import (
	"context"

	"hanse/internal/kit/db"
	"hanse/internal/kit/text"
)

// PersonsNamed lists active personal accounts of exactly this name; case and width don't matter.
func PersonsNamed(ctx context.Context, q db.Querier, name string, limit int) ([]Account, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM account a WHERE a.kind = 'person' AND a.name_fold = $1 AND a.state = 'active'
		ORDER BY a.id COLLATE "C" LIMIT $2`, text.Fold(name), limit)
}
