// Package qualify holds the pages about levels: what a partner has earned and why, how it applies, and the
// certificate of what was granted. The vendor's staff see the same pages behind their own door.
package qualify

import (
	"net/http"
	"net/url"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
)

type pages struct {
	*site.Site
	q     *qualification.Service
	press *pdf.Press
}

// Register adds the pages. Press prints certificates and application forms.
func Register(s *site.Site, q *qualification.Service, press *pdf.Press) {
	p := pages{s, q, press}
	door.Partner(s, "GET /qualifications", p.overview)
	door.Partner(s, "GET /qualifications/{program}", p.program)
	s.Page("GET /qualifications/{program}/apply", p.begin)

	door.Partner(s, "GET /applications", p.list)
	door.Exports(s, door.Partner, "/applications", p.exportApplications)
	s.Page("POST /applications", p.draft)
	p.application("GET /applications/{id}", p.show)
	p.application("GET /applications/{id}/target", p.target)
	p.application("GET /applications/{id}/form", p.form)
	p.application("GET /applications/{id}/materials", p.materials)
	p.application("GET /applications/{id}/evidence", p.evidence)
	p.application("GET /applications/{id}/check", p.check)
	p.application("GET /applications/{id}/submitted", p.submitted)
	p.application("GET /applications/{id}/withdraw", p.confirmWithdraw)
	s.Page("GET /applications/{id}/application.pdf", p.printForm)
	s.Page("GET /applications/{id}/evidence/{file}", p.file)
	s.Page("POST /applications/{id}/target", p.changeTarget)
	s.Page("POST /applications/{id}/form", p.saveForm)
	s.Page("POST /applications/{id}/materials", p.attach)
	s.Page("POST /applications/{id}/evidence", p.upload)
	s.Page("POST /applications/{id}/evidence/{file}/remove", p.remove)
	s.Page("POST /applications/{id}/submit", p.submit)
	s.Page("POST /applications/{id}/withdraw", p.withdraw)
	s.Page("POST /applications/{id}/repeat", p.repeat)
	s.Page("POST /applications/{id}/comments", p.comment)

	door.Any(s, "GET /certificates", p.certificates)
	door.Exports(s, door.Any, "/certificates", p.exportCertificates)
	s.Page("GET /certificates/{number}", p.certificate)
	s.Page("GET /certificates/{number}/certificate.pdf", p.printCertificate)
	s.Page("GET /certificates/{number}/{what}", p.confirmDecision)
	s.Page("POST /certificates/{number}/{what}", p.decide)
}

// application registers a page of one application under both doors. The vendor's staff who come by the partner's
// door are sent to the review.
func (p pages) application(pattern string, h door.Handler) {
	p.Page(pattern, func(w http.ResponseWriter, r *http.Request) error {
		if site.Vendor(r) {
			return p.Go(w, r, "/reviews/"+url.PathEscape(r.PathValue("id")), i18n.Msg{})
		}
		return h(w, r, door.Door{Account: site.By(r).Account})
	})
	if pattern == "GET /applications/{id}" {
		door.Vendor(p.Site, "GET", "/applications/{id}", h)
	}
}

// view reads an application for a page behind a door: one of another partner isn't there.
func (p pages) view(r *http.Request, d door.Door) (qualification.ApplicationView, error) {
	a, err := p.q.Application(r.Context(), site.By(r), r.PathValue("id"))
	if err == nil && a.Account != d.Account {
		err = fault.NotFound()
	}
	return a, err
}

// own is the door of somebody who writes: the own company's.
func own(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }
