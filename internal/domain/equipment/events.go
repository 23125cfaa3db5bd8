package equipment

// Imported is emitted when an import of devices has ended.
type Imported struct {
	Account string      `json:"account"` // the vendor's, "" = the program
	Import  string      `json:"import"`
	Name    string      `json:"name"`
	By      string      `json:"by"`
	State   ImportState `json:"state"`
	Added   int64       `json:"added"`
	Changed int64       `json:"changed"`
	Bad     int64       `json:"bad"`
}

// Event names the event.
func (e Imported) Event() (string, string, string) { return "equipment.imported", e.Account, e.Import }
