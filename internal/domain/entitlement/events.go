package entitlement

import (
	"time"

	"hanse/internal/kit/calendar"
)

// DaysChanged is plan_days.requested, .approved, .refused, .withdrawn, .moved (by the partner), .rescheduled (by the
// vendor) and .used: it belongs to the partner.
type DaysChanged struct {
	What        string       `json:"what"` // the kind of event
	Account     string       `json:"account"`
	PartnerName string       `json:"partner_name"`
	Request     string       `json:"request"`
	Kind        Unit         `json:"kind"`
	FirstOn     calendar.Day `json:"first_on"`
	LastOn      calendar.Day `json:"last_on"`
	Days        int64        `json:"days"`
	Topic       string       `json:"topic"`
	State       State        `json:"state"`
	Answer      string       `json:"answer,omitempty"`
	Cause       Cause        `json:"cause,omitempty"`
}

// Event names the event.
func (d DaysChanged) Event() (kind, account, subject string) { return d.What, d.Account, d.Request }

func (r Request) changed(what string) DaysChanged {
	return DaysChanged{What: "plan_days." + what, Account: r.Account, PartnerName: r.PartnerName, Request: r.ID, Kind: r.Unit, FirstOn: r.First, LastOn: r.Last,
		Days: r.Days, Topic: r.Topic, State: r.State, Answer: r.Answer, Cause: r.Cause}
}

// NeedStated is training.asked: a partner would like a training.
type NeedStated struct {
	Account     string `json:"account"`
	PartnerName string `json:"partner_name"`
	Need        string `json:"need"`
	Topic       string `json:"topic"`
}

// Event names the event.
func (n NeedStated) Event() (kind, account, subject string) {
	return "training.asked", n.Account, n.Need
}

// TrainingChanged is training.planned, .changed or .cancelled for one partner.
type TrainingChanged struct {
	What     string    `json:"what"`
	Account  string    `json:"account"`
	Session  string    `json:"session"`
	TitleEN  string    `json:"title_en"`
	TitleZH  string    `json:"title_zh"`
	StartsAt time.Time `json:"starts_at"`
	Minutes  int64     `json:"minutes"`
	Place    string    `json:"place"`
}

// Event names the event.
func (t TrainingChanged) Event() (kind, account, subject string) { return t.What, t.Account, t.Session }

// SeatChanged is training.joined and training.left.
type SeatChanged struct {
	What    string `json:"what"`
	Account string `json:"account"`
	Session string `json:"session"`
	By      string `json:"by"`
}

// Event names the event.
func (s SeatChanged) Event() (kind, account, subject string) { return s.What, s.Account, s.Session }
