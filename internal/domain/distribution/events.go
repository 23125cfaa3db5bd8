package distribution

// Changed says what became of a customer, a reseller, a request or a partner: customer.associated, .dissociated,
// .switched, .created, .frozen, .unfrozen, .assigned; reseller.associated, .dissociated; association.asked, .refused,
// .withdrawn; partner.restricted, .unrestricted. Customer is the customer or reseller.
type Changed struct {
	What         string `json:"what"`
	Partner      string `json:"partner"`
	PartnerName  string `json:"partner_name"`
	Customer     string `json:"customer"`
	CustomerName string `json:"customer_name"`
	Model        string `json:"model"`
	Request      string `json:"request,omitempty"`
	Operation    string `json:"operation,omitempty"`
	Side         string `json:"side,omitempty"` // who asked
	Text         string `json:"text,omitempty"` // reason, answer
	By           string `json:"by,omitempty"`   // name
	User         string `json:"user,omitempty"` // account manager
	Frozen       int    `json:"frozen,omitempty"`
	Returned     int64  `json:"returned,omitempty"` // minor units
}

// Event names the fact.
func (e Changed) Event() (kind, account, subject string) {
	if e.Request != "" {
		return e.What, e.Partner, e.Request
	}
	if e.Customer == "" {
		return e.What, e.Partner, e.Partner
	}
	return e.What, e.Partner, e.Customer
}

// Invited says that a partner's link goes to an address: customer.invited, reseller.invited. Sealed is its path, sealed
// for "mail".
type Invited struct {
	Partner     string `json:"partner"`
	PartnerName string `json:"partner_name"`
	Invitation  string `json:"invitation"`
	Model       string `json:"model"`
	Reseller    bool   `json:"reseller"`
	Email       string `json:"email"`
	Lang        string `json:"lang"`
	By          string `json:"by"` // name
	Note        string `json:"note"`
	Days        int    `json:"days"`
	Sealed      string `json:"sealed"`
}

// Event names the fact.
func (e Invited) Event() (kind, account, subject string) {
	if e.Reseller {
		return "reseller.invited", e.Partner, e.Invitation
	}
	return "customer.invited", e.Partner, e.Invitation
}
