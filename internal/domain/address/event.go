package address

// Asked asks for a confirmation mail to be sent. Sealed is the path behind its button, sealed for "mail".
type Asked struct {
	Person string `json:"person"`
	Link   string `json:"link"`
	Name   string `json:"name"` // of the personal account that asked
	Email  string `json:"email"`
	Lang   string `json:"lang"`
	Sealed string `json:"sealed"`
	Hours  int    `json:"hours"`
}

// Event names the fact.
func (e Asked) Event() (kind, account, subject string) { return "address.asked", e.Person, e.Link }

// Associated says that an address belongs to a personal account now. Records is how many had been waiting.
type Associated struct {
	Person  string `json:"person"`
	Link    string `json:"link"`
	Email   string `json:"email"`
	Records int    `json:"records"`
}

// Event names the fact.
func (e Associated) Event() (kind, account, subject string) {
	return "address.associated", e.Person, e.Link
}

// Removed says that an address no longer belongs to a personal account.
type Removed struct {
	Person string `json:"person"`
	Link   string `json:"link"`
	Email  string `json:"email"`
	Vendor bool   `json:"vendor"` // the vendor decided it
}

// Event names the fact.
func (e Removed) Event() (kind, account, subject string) { return "address.removed", e.Person, e.Link }

// SignedUp says that a human has a personal account.
type SignedUp struct {
	Person string `json:"person"`
	Email  string `json:"email"`
}

// Event names the fact.
func (e SignedUp) Event() (kind, account, subject string) {
	return "person.signed_up", e.Person, e.Person
}

// DisputeChanged says that a dispute was opened, answered or decided.
type DisputeChanged struct {
	What   string `json:"what"` // opened, answered, decided, withdrawn
	Person string `json:"person"`
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	About  string `json:"about"` // the address or candidate id
	Holder string `json:"holder"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	By     string `json:"by"` // name of who claims
}

// Event names the fact.
func (e DisputeChanged) Event() (kind, account, subject string) {
	return "dispute." + e.What, e.Person, e.ID
}

// MissingChanged says that a missing record was reported, answered or has arrived.
type MissingChanged struct {
	What   string `json:"what"` // opened, handled, arrived, withdrawn
	Person string `json:"person"`
	ID     string `json:"id"`
	Code   string `json:"code"`
	On     string `json:"on"`
	State  string `json:"state"`
	Answer string `json:"answer"`
	By     string `json:"by"` // name of the person
}

// Event names the fact.
func (e MissingChanged) Event() (kind, account, subject string) {
	return "missing." + e.What, e.Person, e.ID
}
