package dispute

import (
	"context"

	"hanse/internal/domain/address"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
)

func disputeNext(ctx context.Context, v view, c address.Case) string {
	switch {
	case c.State != address.Open:
		return i18n.T(ctx, "dispute.next_closed")
	case !v.may():
		return i18n.T(ctx, "dispute.next_read")
	}
	return i18n.T(ctx, "dispute.next")
}

// events are the deeds about one thing, as a time line.
func events(ctx context.Context, list []audit.Entry) (out []ui.Event) {
	for _, e := range list {
		title := i18n.T(ctx, "dispute.deed.person")
		switch {
		case e.Via == "system":
			title = i18n.T(ctx, "dispute.deed.system")
		case e.Verb == actor.HandleClaims:
			title = i18n.T(ctx, "dispute.deed.vendor")
		}
		out = append(out, ui.Event{At: e.At, Title: title, By: e.ActorName, Tone: ui.Neutral})
	}
	return out
}
