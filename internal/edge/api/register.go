package api

// register adds every resource. Each has its own file.
func (a *API) register() {
	a.me()
	a.sessions()
	a.companies()
	a.people()
	a.imports()
	a.staffing()
	a.programs()
	a.evaluations()
	a.applications()
	a.reviews()
	a.stages()
	a.qualifications()
	a.materials()
	a.system()
}
