package path

import "hanse/internal/kit/calendar"

// Changed is path.invited, .accepted, .declined, .revoked, .expired, .chosen and .left: it belongs to the partner.
type Changed struct {
	What        string       `json:"what"` // the kind of event
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Program     string       `json:"program"`
	ProgramEN   string       `json:"program_en"`
	ProgramZH   string       `json:"program_zh"`
	Invitation  string       `json:"invitation,omitempty"`
	Text        string       `json:"text,omitempty"` // the note or the reason
	Until       calendar.Day `json:"until"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) { return c.What, c.Partner, c.Program }
