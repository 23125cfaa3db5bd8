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

// ManyChanged is emitted when the vendor's records changed certificates of several persons at a time: one event for
// each part of a file, not one for each certificate.
type ManyChanged struct {
	Account string   `json:"account"` // the vendor's
	Persons []string `json:"persons"`
}

// Event names the event.
func (e ManyChanged) Event() (string, string, string) {
	return "credential.certificates_changed", e.Account, e.Account
}
