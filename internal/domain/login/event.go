package login

// CodeRequested asks for a verification code to be sent. Sealed is the code, sealed for "mail".
type CodeRequested struct {
	ID        string `json:"id"`
	Account   string `json:"account"`
	Operation string `json:"operation"`
	Channel   string `json:"channel"` // email or sms
	Target    string `json:"target"`
	Lang      string `json:"lang"`
	Sealed    string `json:"sealed"`
	Minutes   int    `json:"minutes"`
}

// Event names the fact.
func (e CodeRequested) Event() (kind, account, subject string) {
	return "login.code_requested", owner(e.Account), e.ID
}

// ResetRequested asks for the link for a new password to be sent. Sealed is its path, sealed for "mail".
type ResetRequested struct {
	Identity string `json:"identity"`
	Email    string `json:"email"`
	Name     string `json:"name"`
	Lang     string `json:"lang"`
	Sealed   string `json:"sealed"`
	Minutes  int    `json:"minutes"`
}

// Event names the fact.
func (e ResetRequested) Event() (kind, account, subject string) {
	return "login.reset_requested", "-", e.Identity
}

// PasswordChanged says that a human has a new password: they're told at all their addresses.
type PasswordChanged struct {
	Identity string   `json:"identity"`
	Emails   []string `json:"emails"`
	Name     string   `json:"name"`
	Lang     string   `json:"lang"`
	IP       string   `json:"ip"`
}

// Event names the fact.
func (e PasswordChanged) Event() (kind, account, subject string) {
	return "login.password_changed", "-", e.Identity
}

// KeyChanged says that an access key was created or disabled.
type KeyChanged struct {
	Created   bool   `json:"created"`
	Account   string `json:"account"`
	User      string `json:"user"`
	AccessKey string `json:"access_key"`
}

// Event names the fact.
func (e KeyChanged) Event() (kind, account, subject string) {
	if e.Created {
		return "login.key_created", e.Account, e.AccessKey
	}
	return "login.key_disabled", e.Account, e.AccessKey
}

// owner is the account column of what belongs to no account.
func owner(account string) string {
	if account == "" {
		return "-"
	}
	return account
}
