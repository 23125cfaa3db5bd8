package bill

// Imported is emitted when an import of consumption has ended.
type Imported struct {
	Account string      `json:"account"` // the vendor's, "" when it came by the command line
	Import  string      `json:"import"`
	Name    string      `json:"name"`
	By      string      `json:"by"`
	State   ImportState `json:"state"`
	Added   int64       `json:"added"`
	Bad     int64       `json:"bad"`
	Late    int64       `json:"late"`
}

// Event names the event.
func (e Imported) Event() (string, string, string) {
	return "consumption.imported", e.Account, e.Import
}

// Ready is emitted when a partner's bill of a cycle is frozen.
type Ready struct {
	Account string `json:"account"` // the partner
	Cycle   Cycle  `json:"cycle"`
	Role    Role   `json:"role"`
	Due     int64  `json:"due"` // minor units
	Payee   string `json:"payee"`
}

// Event names the event.
func (e Ready) Event() (string, string, string) { return "bill.ready", e.Account, string(e.Cycle) }

// InDebt is emitted when nothing was there any more for what a customer consumed.
type InDebt struct {
	Account string `json:"account"` // the customer
	Partner string `json:"partner"` // "" = nobody's
	Resale  bool   `json:"resale"`
	Cycle   Cycle  `json:"cycle"`
	Minor   int64  `json:"minor"`
}

// Event names the event.
func (e InDebt) Event() (string, string, string) { return "bill.in_debt", e.Account, string(e.Cycle) }

// Cleared is emitted when a customer's debt of a cycle was taken in whole.
type Cleared struct {
	Account string `json:"account"`
	Partner string `json:"partner"`
	Cycle   Cycle  `json:"cycle"`
}

// Event names the event.
func (e Cleared) Event() (string, string, string) { return "bill.cleared", e.Account, string(e.Cycle) }
