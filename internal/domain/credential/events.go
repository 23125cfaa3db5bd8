package credential

// Changed is emitted when one certificate was put, corrected or revoked by hand or by the vendor's feed. A roster
// import tells of its changes itself: it has too many.
type Changed struct {
	Person string `json:"person"`
	ID     string `json:"id"`
	Code   string `json:"code"`
	What   string `json:"what"` // put, corrected, revoked
}

// Event names the event.
func (e Changed) Event() (string, string, string) {
	return "credential.certificate_changed", e.Person, e.ID
}
