package message

import (
	"context"

	"hanse/internal/kit/i18n"
)

// state says how many messages are unread; 100 stands for that many or more.
func state(ctx context.Context, n int) string {
	switch {
	case n == 0:
		return i18n.T(ctx, "message.state.none")
	case n >= 100:
		return i18n.T(ctx, "message.state.many")
	}
	return i18n.T(ctx, "message.state.some", i18n.A{"n": n})
}

func heading(ctx context.Context, unread bool) string {
	if unread {
		return i18n.T(ctx, "message.unread")
	}
	return i18n.T(ctx, "message.all")
}
