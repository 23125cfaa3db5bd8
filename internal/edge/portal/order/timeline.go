package order

import (
	"context"
	"encoding/json"
	"slices"

	"hanse/internal/domain/order"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A deed is what the audit row of an order says.
type deed struct {
	Did   string      `json:"did"`
	Minor int64       `json:"minor"`
	Cause order.Cause `json:"cause"`
}

// timeline is what happened to the order, the latest first, and the deadline that is to come.
func (v showView) timeline(ctx context.Context) (out []ui.Event) {
	if v.o.State == order.Pending {
		out = append(out, ui.Event{At: v.o.Deadline, Title: i18n.T(ctx, "orders.did.deadline"), Ahead: true, Tone: ui.Warn})
	}
	for _, e := range slices.Backward(v.events) {
		var d deed
		if json.Unmarshal([]byte(e.Detail), &d) != nil || d.Did == "" {
			continue
		}
		x := ui.Event{At: e.At, Title: did(ctx, d.Did), By: e.ActorName, Tone: didTone(d.Did)}
		if d.Minor != 0 {
			x.Body = reckoning.Sum(d.Minor)
		}
		if d.Cause != "" {
			x.Text, x.Body = i18n.Say(ctx, d.Cause.Label()), nil
		}
		out = append(out, x)
	}
	return out
}

func didTone(did string) ui.Tone {
	switch did {
	case "paid", "refunded", "completed", "approved":
		return ui.Good
	case "cancelled", "refused", "agent_declined":
		return ui.Bad
	case "review":
		return ui.Warn
	}
	return ui.Info
}

// did names what was done to an order.
func did(ctx context.Context, what string) string {
	switch what {
	case "placed":
		return i18n.T(ctx, "orders.did.placed")
	case "chosen":
		return i18n.T(ctx, "orders.did.chosen")
	case "paid":
		return i18n.T(ctx, "orders.did.paid")
	case "completed":
		return i18n.T(ctx, "orders.did.completed")
	case "cancelled":
		return i18n.T(ctx, "orders.did.cancelled")
	case "review":
		return i18n.T(ctx, "orders.did.review")
	case "approved":
		return i18n.T(ctx, "orders.did.approved")
	case "refused":
		return i18n.T(ctx, "orders.did.refused")
	case "refunded":
		return i18n.T(ctx, "orders.did.refunded")
	case "agent_requested":
		return i18n.T(ctx, "agentpay.did.requested")
	case "agent_paid":
		return i18n.T(ctx, "agentpay.did.paid")
	case "agent_declined":
		return i18n.T(ctx, "agentpay.did.declined")
	case "agent_withdrawn":
		return i18n.T(ctx, "agentpay.did.withdrawn")
	case "agent_expired":
		return i18n.T(ctx, "agentpay.did.expired")
	case "contract_applied":
		return i18n.T(ctx, "contract.did.applied")
	case "contract_cancelled":
		return i18n.T(ctx, "contract.did.cancelled")
	}
	return i18n.T(ctx, "orders.did.other")
}
