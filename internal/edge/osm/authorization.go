package osm

import "hanse/internal/kit/i18n"

// Authorizations let the vendor's engineers work on a customer's hosts. Nobody asks for any here, so that lists are empty
// and no id is known.

type none []struct{}

// listAuthorizations has none.
func listAuthorizations(c *call) (any, error) {
	f := c.query()
	f.page(mostOffset)
	return struct {
		Count int  `json:"count"`
		List  none `json:"incident_auth_list"`
	}{0, none{}}, f.err()
}

// noAuthorization is for any id.
func noAuthorization(*call) (any, error) {
	return nil, business(codeNoCase, i18n.M("osm.no_authorization"))
}

// confirmAuthorizations finds none to confirm. The body, which may hold passwords, isn't read.
func confirmAuthorizations(c *call) (any, error) { return noAuthorization(c) }

// updateAuthorizations finds none to refuse or cancel.
func updateAuthorizations(c *call) (any, error) {
	f := c.query()
	if action := f.arg("action_id", 32); action != "reject" && action != "cancel" {
		return nil, business(codeAuthType, i18n.M("osm.auth_action", i18n.A{"value": action}))
	}
	return noAuthorization(c)
}

// checkHosts finds no host to check. The body, which holds a password, isn't read.
func checkHosts(c *call) (any, error) { return noAuthorization(c) }

// showLoginType names no way in.
func showLoginType(*call) (any, error) {
	return struct {
		Type string `json:"login_type"`
	}{}, nil
}

func listHistorySessions(c *call) (any, error) {
	f := c.query()
	f.page(mostOffset)
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"session_list"`
	}{0, none{}}, f.err()
}

func listHistoryOperateLogs(c *call) (any, error) {
	f := c.query()
	f.page(mostOffset)
	f.within("sort", 0, 1)
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"ops_list"`
	}{0, none{}}, f.err()
}

func listTransportHistories(c *call) (any, error) {
	f := c.query()
	f.page(mostOffset)
	f.within("sort", 0, 1)
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"file_ops_list"`
	}{0, none{}}, f.err()
}

func listAgencies(*call) (any, error) {
	return struct {
		Total int  `json:"total_count"`
		List  none `json:"agency_list"`
	}{0, none{}}, nil
}
