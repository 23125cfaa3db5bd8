// Package demodata fills an empty database with a vendor, its channel and their people, so that a demonstration
// shows every page with something on it.
//
// The data is made through the modules' own verbs: what a demonstration shows is what a user could have done.
package demodata

// A Login is one line of demo.json: somebody to sign in as, with a working access key.
type Login struct {
	Role      string `json:"role"`
	Account   string `json:"account"`
	DomainID  string `json:"domain_id"`
	Login     string `json:"login"`
	Password  string `json:"password"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
	Home      string `json:"home"` // the page that this role opens first
}
