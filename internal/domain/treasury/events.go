package treasury

// TopUpChanged is topup.entered (waits for a second person), .posted, .rejected, .reversal_asked, .reversal_refused and
// .reversed: it belongs to the company.
type TopUpChanged struct {
	What        string `json:"what"`
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
	TopUp       string `json:"top_up"`
	Method      Method `json:"method"`
	Unit        string `json:"unit"`
	Minor       int64  `json:"minor"`
	Reference   string `json:"reference"`
	Reason      string `json:"reason,omitempty"`
	By          string `json:"by"`
}

// Event names the event.
func (c TopUpChanged) Event() (kind, account, subject string) { return c.What, c.Account, c.TopUp }

// CreditChanged is credit.asked, .set and .rejected: it belongs to the company.
type CreditChanged struct {
	What        string `json:"what"`
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
	Change      string `json:"change"`
	Unit        string `json:"unit"`
	Before      int64  `json:"before"`
	Minor       int64  `json:"minor"`
	Reason      string `json:"reason"`
	Words       string `json:"words,omitempty"`
}

// Event names the event.
func (c CreditChanged) Event() (kind, account, subject string) { return c.What, c.Account, c.Change }

// EarmarkChanged is earmark.made and .released: it belongs to the company.
type EarmarkChanged struct {
	What    string `json:"what"`
	Account string `json:"account"`
	Earmark string `json:"earmark"`
	Unit    string `json:"unit"`
	Minor   int64  `json:"minor"`
	Purpose string `json:"purpose"`
	Reason  string `json:"reason,omitempty"`
}

// Event names the event.
func (c EarmarkChanged) Event() (kind, account, subject string) { return c.What, c.Account, c.Earmark }

// WithdrawalChanged is withdrawal.requested, .approved, .rejected, .paid, .failed and .cancelled: it belongs to the company.
type WithdrawalChanged struct {
	What        string `json:"what"`
	Account     string `json:"account"`
	AccountName string `json:"account_name"`
	Withdrawal  string `json:"withdrawal"`
	Unit        string `json:"unit"`
	Minor       int64  `json:"minor"`
	Reason      string `json:"reason,omitempty"`
	Reference   string `json:"reference,omitempty"`
}

// Event names the event.
func (c WithdrawalChanged) Event() (kind, account, subject string) {
	return c.What, c.Account, c.Withdrawal
}

// RefundChanged is refund.asked, .declined, .withdrawn, .returned, .refunded, .disputed and .confirmed: it belongs to the partner.
type RefundChanged struct {
	What         string `json:"what"`
	Partner      string `json:"partner"`
	PartnerName  string `json:"partner_name"`
	Customer     string `json:"customer"`
	CustomerName string `json:"customer_name"`
	Refund       string `json:"refund"`
	Unit         string `json:"unit"`
	Minor        int64  `json:"minor"`
	Words        string `json:"words,omitempty"`
	Reference    string `json:"reference,omitempty"`
}

// Event names the event.
func (c RefundChanged) Event() (kind, account, subject string) { return c.What, c.Partner, c.Refund }

// BalanceLow is balance.low: what a company can spend fell below its threshold.
type BalanceLow struct {
	Account   string `json:"account"`
	Unit      string `json:"unit"`
	Minor     int64  `json:"minor"`
	Threshold int64  `json:"threshold"`
}

// Event names the event.
func (b BalanceLow) Event() (kind, account, subject string) { return "balance.low", b.Account, b.Unit }
