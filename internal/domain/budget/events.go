package budget

// Changed says what became of a budget: budget.set, .deleted, .reached (Share percent of it are used), .frozen (the
// customer, because it's used up), .renewed (a month began, and the freeze ended).
type Changed struct {
	What         string `json:"what"`
	Partner      string `json:"partner"`
	PartnerName  string `json:"partner_name"`
	Customer     string `json:"customer"`
	CustomerName string `json:"customer_name"`
	Kind         Kind   `json:"kind"`
	Minor        int64  `json:"minor"`
	Used         int64  `json:"used"`
	Share        int64  `json:"share"`
}

// Event names the fact.
func (c Changed) Event() (kind, account, subject string) {
	return "budget." + c.What, c.Partner, c.Customer
}
