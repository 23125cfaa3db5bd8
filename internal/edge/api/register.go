package api

// register adds every resource. Each has its own file.
func (a *API) register() {
	a.me()
	a.companies()
	a.system()
}
