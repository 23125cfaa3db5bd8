package api

import (
	"context"
	"time"

	"hanse/internal/kit/actor"
)

// TicketIndex says how the index of tickets' words stands.
type TicketIndex struct {
	Version  int64     `json:"version" doc:"The rules by which all of it is made; 0 until the first pass is through"`
	Wanted   int64     `json:"wanted_version" doc:"The rules of this release"`
	Renewing bool      `json:"renewing" doc:"It's being made anew"`
	Done     int64     `json:"done" doc:"Tickets done, of the last or the running pass"`
	Total    int64     `json:"total" doc:"Tickets there were when it began"`
	Started  time.Time `json:"started_at,omitzero"`
	Ended    time.Time `json:"ended_at,omitzero"`
}

// ticketIndex are the state of the full-text index, and making it anew.
func (a *API) ticketIndex() {
	add(a, Operation{Method: "GET", Path: "/api/v1/ticket-index", ID: "get_ticket_index", Tag: "system", Summary: "How the full-text index of tickets stands",
		Verb: actor.ViewJobs}, func(ctx context.Context, by actor.Actor, _ *struct{}) (TicketIndex, error) {
		x, err := a.Ticket.Index(ctx, by)
		return TicketIndex{x.Version, x.Wanted, x.Renewing, x.Done, x.Total, x.StartedAt, x.EndedAt}, err
	})
	add(a, Operation{Method: "POST", Path: "/api/v1/ticket-index", ID: "renew_ticket_index", Tag: "system", Summary: "Make the index of tickets anew",
		Verb: actor.RetryJob}, func(ctx context.Context, by actor.Actor, _ *struct{}) (none, error) {
		return none{}, a.Ticket.RenewIndex(ctx, by)
	})
}
