package simulation

import "hanse/internal/kit/calendar"

// Finished is simulation.finished: everybody was looked at. It belongs to the vendor.
type Finished struct {
	Simulation string `json:"simulation"`
	Draft      string `json:"draft,omitempty"`
	Ref        string `json:"ref"`
	Against    string `json:"against"`
	By         string `json:"by"` // user id of who asked
	Gain       int64  `json:"gain"`
	Lose       int64  `json:"lose"`
	Stay       int64  `json:"stay"`
}

// Event names the event.
func (e Finished) Event() (kind, account, subject string) {
	return "simulation.finished", "vendor", e.Simulation
}

// PublishedVersion is program.published: a draft became a version. It belongs to the vendor.
type PublishedVersion struct {
	Ref        string       `json:"ref"`
	Draft      string       `json:"draft"`
	Simulation string       `json:"simulation"`
	ProgramEN  string       `json:"program_en"`
	ProgramZH  string       `json:"program_zh"`
	From       calendar.Day `json:"from"`
	By         string       `json:"by"`
	ByName     string       `json:"by_name"`
	Gain       int64        `json:"gain"`
	Lose       int64        `json:"lose"`
	Stay       int64        `json:"stay"`
}

// Event names the event.
func (e PublishedVersion) Event() (kind, account, subject string) {
	return "program.published", "vendor", e.Ref
}

// Announced is program.announced: a partner that holds the program, or for whom something changes, is told what a new
// version means for it. It belongs to the partner.
type Announced struct {
	Partner   string       `json:"partner"`
	Ref       string       `json:"ref"`
	ProgramEN string       `json:"program_en"`
	ProgramZH string       `json:"program_zh"`
	From      calendar.Day `json:"from"`
	Effect    Effect       `json:"effect"`
	OldLevel  string       `json:"old_level"` // "" = none; so are the titles then
	OldEN     string       `json:"old_level_en"`
	OldZH     string       `json:"old_level_zh"`
	NewLevel  string       `json:"new_level"`
	NewEN     string       `json:"new_level_en"`
	NewZH     string       `json:"new_level_zh"`
	Line      string       `json:"line,omitempty"` // the line that decides
	LineEN    string       `json:"line_en,omitempty"`
	LineZH    string       `json:"line_zh,omitempty"`
}

// Event names the event.
func (e Announced) Event() (kind, account, subject string) {
	return "program.announced", e.Partner, e.Ref
}
