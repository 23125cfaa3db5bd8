package record

import (
	"cmp"
	"slices"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// derive tells which certificates follow from all records of one person, given what others state of that person. It
// depends on nothing else, and not on the order of its input.
//
// A pass makes the certificate that the line names, else the one that the catalogue knows for the exam once all its
// parts are passed; number, issue and expiry on the line win. A pass renews what it may while that is valid
// (business rules 6.3). A revoked registration revokes the certificate that it would have made, and renews nothing.
func derive(cat *program.Catalogue, records []Record, others []credential.Certificate) []credential.Stated {
	void := map[certificate]*held{} // what stands only if nothing is revoked
	for _, h := range play(cat, records, others, true) {
		if h.by != nil {
			void[h.certificate] = h
		}
	}
	others = slices.DeleteFunc(slices.Clone(others), func(c credential.Certificate) bool {
		h := void[certificate{c.Code, c.IssuedOn}]
		return h != nil && h.by.Result == Revoked
	})
	var out []credential.Stated
	for _, h := range play(cat, records, others, false) {
		if delete(void, h.certificate); h.by != nil || h.expires != h.stated {
			out = append(out, credential.Stated{Code: h.code, IssuedOn: h.issued, ExpiresOn: h.expires, Number: h.number})
		}
	}
	for _, h := range void {
		out = append(out, credential.Stated{Code: h.code, IssuedOn: h.issued, ExpiresOn: h.by.ExpiresOn, Number: h.number, Revoked: true,
			Reason: reason(cat, records, h)})
	}
	slices.SortFunc(out, func(a, b credential.Stated) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.IssuedOn, b.IssuedOn))
	})
	return out
}

// reason names the revoked registration that took a certificate: the one that made it, else that of another part.
func reason(cat *program.Catalogue, records []Record, h *held) string {
	r := h.by
	for _, x := range inOrder(records) {
		if code, _ := certificateOf(cat, x); r.Result != Revoked && x.Result == Revoked && code == h.code {
			r = x
		}
	}
	return r.Provider + " " + r.Registration
}

type certificate struct {
	code   string
	issued calendar.Day
}

// held is a certificate during the play.
type held struct {
	certificate
	expires calendar.Day // as stated or renewed; None: by the catalogue
	stated  calendar.Day // what others state
	number  string
	by      *Record // the record that states it; nil: only others do
}

func (h *held) until(cat *program.Catalogue) calendar.Day {
	return cat.Expiry(program.Certificate{Code: h.code, IssuedOn: h.issued, ExpiresOn: h.expires})
}

// stage is a person's certificates as the days go by.
type stage struct {
	cat    *program.Catalogue
	held   []*held
	passed map[string]map[string]bool // certificate → parts passed since it was last issued
}

// play goes through the passes day by day; with revoked ones counted as if they had stood, on demand.
func play(cat *program.Catalogue, records []Record, others []credential.Certificate, revoked bool) []*held {
	s := stage{cat: cat, passed: map[string]map[string]bool{}}
	rest := slices.SortedFunc(slices.Values(others), func(a, b credential.Certificate) int {
		return cmp.Or(cmp.Compare(a.IssuedOn, b.IssuedOn), cmp.Compare(a.Code, b.Code))
	})
	for _, r := range inOrder(records) {
		if r.Feed != Exams || r.Result != Pass && !(revoked && r.Result == Revoked) {
			continue
		}
		for len(rest) > 0 && rest[0].IssuedOn <= max(r.On, r.IssuedOn) {
			s.other(rest[0])
			rest = rest[1:]
		}
		s.pass(r)
	}
	for _, c := range rest {
		s.other(c)
	}
	return s.held
}

// inOrder sorts records by day. On one day the certificate that stands lower comes first, as it's earned first.
func inOrder(records []Record) []*Record {
	out := make([]*Record, len(records))
	for i := range records {
		out[i] = &records[i]
	}
	slices.SortFunc(out, func(a, b *Record) int {
		return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Registration, b.Registration))
	})
	return out
}

func (s *stage) other(c credential.Certificate) {
	if s.find(c.Code, c.IssuedOn, c.Number) == nil {
		s.held = append(s.held, &held{certificate{c.Code, c.IssuedOn}, c.ExpiresOn, c.ExpiresOn, c.Number, nil})
	}
}

// find looks for the same certificate: by its day of issue, or by its number.
func (s *stage) find(code string, issued calendar.Day, number string) *held {
	i := slices.IndexFunc(s.held, func(h *held) bool {
		return h.code == code && (h.issued == issued || number != "" && h.number == number)
	})
	if i < 0 {
		return nil
	}
	return s.held[i]
}

// pass is one passed exam.
func (s *stage) pass(r *Record) {
	code, part := certificateOf(s.cat, r)
	if code == "" {
		return
	}
	own := s.valid(code, r.On)
	renewed := s.renew(code, r.On)
	if r.CertificateNumber != "" || !r.IssuedOn.IsNone() || s.find(code, r.On, "") != nil {
		s.issue(code, r) // somebody says that there's a certificate, whatever the catalogue asks
		return
	}
	if own != nil && renewed {
		if !r.ExpiresOn.IsNone() {
			own.expires, own.by = r.ExpiresOn, r
		}
		return
	}
	if s.complete(code, part) {
		s.issue(code, r)
	}
}

// certificateOf is what a passed exam leads to, and which part of it it is.
func certificateOf(cat *program.Catalogue, r *Record) (code, part string) {
	if r.CertificateName != "" {
		if t, ok := cat.Find(r.CertificateName); ok {
			return t.Code, ""
		}
		if t, ok := cat.Resolve(r.CertificateName); ok {
			return t.Code, ""
		}
	}
	e, ok := cat.Exam(r.Code)
	if !ok {
		return "", ""
	}
	t, ok := cat.Find(e.Certificate)
	if !ok {
		return "", ""
	}
	return t.Code, e.Part
}

// valid is the certificate with a code that is valid on a day and lasts longest.
func (s *stage) valid(code string, on calendar.Day) (best *held) {
	for _, h := range s.held {
		if h.code == code && h.issued <= on && on <= h.until(s.cat) && (best == nil || h.until(s.cat) > best.until(s.cat)) {
			best = h
		}
	}
	return best
}

// renew moves the last day of all certificates that a pass renews while they are valid; own tells whether the one
// with the code was among them.
func (s *stage) renew(code string, on calendar.Day) (own bool) {
	for _, h := range s.held {
		until := h.until(s.cat)
		if on < h.issued || on > until || !s.cat.Refreshes(code, h.code) {
			continue
		}
		t, _ := s.cat.Find(h.code)
		provider, _ := s.cat.Provider(t.Provider)
		if later := on.AddMonths(provider.RefreshMonths); later > until {
			h.expires = later
		}
		own = own || h.code == code
	}
	return own
}

// complete notes a passed part and tells whether the certificate has now been earned. What was passed for an earlier
// one counts no more: who let it expire takes all exams again.
func (s *stage) complete(code, part string) bool {
	if part == "" {
		return true
	}
	if s.passed[code] == nil {
		s.passed[code] = map[string]bool{}
	}
	s.passed[code][part] = true
	for _, e := range s.cat.ExamsOf(code) {
		if e.Part != "" && !s.passed[code][e.Part] {
			return false
		}
	}
	return true
}

func (s *stage) issue(code string, r *Record) {
	delete(s.passed, code)
	issued := r.IssuedOn
	if issued.IsNone() {
		issued = r.On
	}
	h := s.find(code, issued, r.CertificateNumber)
	if h == nil {
		h = &held{certificate: certificate{code, issued}}
		s.held = append(s.held, h)
	}
	h.by = r
	if !r.ExpiresOn.IsNone() {
		h.expires = r.ExpiresOn
	}
	if r.CertificateNumber != "" {
		h.number = r.CertificateNumber
	}
}
