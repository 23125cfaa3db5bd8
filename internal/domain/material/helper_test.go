package material_test

import (
	"context"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// counted counts the events that it gets.
func counted(n *int) func(context.Context, *db.Tx, outbox.Event) error {
	return func(context.Context, *db.Tx, outbox.Event) error { *n++; return nil }
}
