package api

// register adds every resource. Each has its own file.
func (a *API) register() {
	a.me()
	a.sessions()
	a.companies()
	a.people()
	a.imports()
	a.addresses()
	a.feeds()
	a.staffing()
	a.programs()
	a.drafts()
	a.simulations()
	a.evaluations()
	a.advices()
	a.applications()
	a.reviews()
	a.stages()
	a.qualifications()
	a.materials()
	a.members()
	a.rounds()
	a.paths()
	a.credentials()
	a.system()
}
