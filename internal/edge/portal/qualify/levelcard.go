package qualify

import (
	"context"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
)

// LevelCard is one program of a partner as a card, for other pages that show a partner at a glance.
func LevelCard(ctx context.Context, v door.View, p *qualification.ProgramView) ui.LevelView {
	return card(ctx, v, p)
}
