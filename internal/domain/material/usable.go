package material

import (
	"context"

	"hanse/internal/kit/db"
)

// Usable lists what a partner can attach to an application: materials that have passed or are under review. It is
// for the modules above and asks no permission.
func Usable(ctx context.Context, q db.Querier, partner string) ([]Material, error) {
	return attachable(ctx, q, partner)
}
