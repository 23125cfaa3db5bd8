package round

import "hanse/internal/kit/calendar"

// EntryChanged is round.opened, .reminder, .submitted, .returned, .overdue and .result: it belongs to the partner.
type EntryChanged struct {
	What        string       `json:"what"` // the kind of event
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Entry       string       `json:"entry"`
	Round       string       `json:"round"`
	Year        int          `json:"year"`
	Program     string       `json:"program"`
	ProgramEN   string       `json:"program_en"`
	ProgramZH   string       `json:"program_zh"`
	LevelEN     string       `json:"level_en"`
	LevelZH     string       `json:"level_zh"`
	State       EntryState   `json:"state"`
	Reasons     []string     `json:"reasons,omitempty"`
	Until       calendar.Day `json:"until"` // last day for the partner's next step, or the day of results
	DaysLeft    int          `json:"days_left"`
}

// Event names the event.
func (e EntryChanged) Event() (kind, account, subject string) { return e.What, e.Partner, e.Entry }

// RoundChanged is round.undecided (an alarm on the day of results) and round.finished: it belongs to the vendor.
type RoundChanged struct {
	What  string `json:"what"`
	Owner string `json:"owner"` // the vendor's account
	Round string `json:"round"`
	Year  int    `json:"year"`
	Count int64  `json:"count"`
}

// Event names the event.
func (e RoundChanged) Event() (kind, account, subject string) { return e.What, e.Owner, e.Round }
