package rate

import "time"

// A Step says what happened to a plan.
type Step string

// The steps.
const (
	StepBought     Step = "BOUGHT"
	StepRenewed    Step = "RENEWED"
	StepUpgraded   Step = "UPGRADED"
	StepDowngraded Step = "DOWNGRADED"
	StepCancelled  Step = "CANCELLED"
	StepFlagged    Step = "FLAGGED" // the marks of an order's period were set
)

// An Event is a step with all that it needs: the order, the instant it took effect, the quote that was paid and how,
// or what came back. It's JSON-able, so that a subscription can keep its events and check its state against them.
type Event struct {
	Step      Step      `json:"step"`
	Order     string    `json:"order,omitempty"`
	At        time.Time `json:"at"`
	Quote     Quote     `json:"quote,omitzero"`
	Back      Back      `json:"back,omitzero"`
	Paid      Paid      `json:"paid,omitzero"`
	Kind      int       `json:"kind,omitempty"` // of an unsubscription
	Promotion bool      `json:"promotion,omitempty"`
	Agent     bool      `json:"agent,omitempty"`
	Invoiced  bool      `json:"invoiced,omitempty"`
}

// Apply is the history after an event. An unknown step changes nothing.
func (h History) Apply(e Event) History {
	switch e.Step {
	case StepBought:
		return h.Bought(e.Order, e.Quote, e.Paid, e.At)
	case StepRenewed:
		return h.Renewed(e.Order, e.Quote, e.Paid, e.At)
	case StepUpgraded:
		return h.Upgraded(e.Order, e.Quote, e.Paid, e.At)
	case StepDowngraded:
		return h.Downgraded(e.Order, e.Back, e.Quote, e.At)
	case StepCancelled:
		return h.Cancelled(e.Kind, e.At)
	case StepFlagged:
		return h.Flag(e.Order, e.Promotion, e.Agent, e.Invoiced)
	}
	return h
}

// Replay is the history that the events make, from nothing.
func Replay(events []Event) History {
	var h History
	for _, e := range events {
		h = h.Apply(e)
	}
	return h
}
