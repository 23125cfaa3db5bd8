package program

import (
	"slices"

	"hanse/internal/kit/i18n"
)

// others explains every person who fills no slot of a line.
func (s *scene) others(l *Line, n Need, r *LineResult) []Other {
	var out []Other
	for i := range s.holders {
		p := &s.holders[i]
		if slices.ContainsFunc(r.Slots, func(x Slot) bool { return x.Person == p.person.ID }) {
			continue
		}
		o, ok := l.Ask.explain(s, l, n, r, p)
		if !ok {
			return nil
		}
		out = append(out, o)
	}
	return out
}

// absent explains a person who is no registered engineer of the partner on the
// day.
func (s *scene) absent(p *holder) (Other, bool) {
	o := Other{Person: p.person.ID, Reason: p.absence}
	switch p.absence {
	case NotBoundYet:
		o.Day, o.Why = p.person.BoundOn, i18n.M("program.why.not_bound_yet", i18n.A{"day": p.person.BoundOn.String()})
	case Left:
		o.Day, o.Why = p.person.LeftOn, i18n.M("program.why.left", i18n.A{"day": p.person.LeftOn.String()})
	case NotConfirmed:
		o.Why = i18n.M("program.why.not_confirmed")
		if p.person.CountsUntil <= s.day && !s.v.People.Confirmed {
			o.Day = p.person.CountsUntil
			o.Why = i18n.M("program.why.not_confirmed_since", i18n.A{"day": p.person.CountsUntil.String()})
		}
	case NotRegistered:
		o.Why = i18n.M("program.why.not_registered")
	default:
		return Other{}, false
	}
	return o, true
}

// shortfall explains a present person by the certificate that comes nearest.
func (s *scene) shortfall(p *holder, accepts ranks, wanted i18n.Msg) Other {
	o := Other{Person: p.person.ID}
	if c, _, ok := p.best(accepts); ok {
		o.Reason, o.Certificate, o.Why = Surplus, c, i18n.M("program.why.surplus", i18n.A{"code": c.Code})
		return o
	}
	// A certificate that only lacks time says more than one that lapsed long
	// ago, which says more than one of another kind.
	for _, reason := range []Reason{TooShort, Expired, NotIssuedYet} {
		if c, ok := p.lapsed(accepts, reason); ok {
			return s.lapsedOther(o, c, reason)
		}
	}
	o.Reason, o.Why = WrongKind, i18n.M("program.why.none", i18n.A{"wanted": wanted})
	for _, h := range p.certs {
		if h.why == "" {
			o.Certificate = h.cert
			o.Why = i18n.M("program.why.wrong", i18n.A{"code": h.cert.Code, "wanted": wanted})
			break
		}
	}
	return o
}

// lapsed is the accepted certificate with the latest expiry that fails for the
// reason.
func (p *holder) lapsed(accepts ranks, reason Reason) (Certificate, bool) {
	for _, h := range p.certs {
		if _, ok := accepts[h.cert.Code]; ok && h.why == reason {
			return h.cert, true
		}
	}
	return Certificate{}, false
}

// lapsedOther words why a certificate of the right kind does not count.
func (s *scene) lapsedOther(o Other, c Certificate, reason Reason) Other {
	o.Reason, o.Certificate, o.Day = reason, c, c.ExpiresOn
	args := i18n.A{"code": c.Code, "day": c.ExpiresOn.String(), "months": s.v.Application.MinRemainingMonths}
	switch reason {
	case TooShort:
		o.Why = i18n.M("program.why.too_short", args)
	case Expired:
		o.Why = i18n.M("program.why.expired", args)
		if c.ExpiresOn.IsNone() {
			o.Why = i18n.M("program.why.no_dates", args)
		}
	case NotIssuedYet:
		o.Day = c.IssuedOn
		o.Why = i18n.M("program.why.not_issued", i18n.A{"code": c.Code, "day": c.IssuedOn.String()})
	}
	return o
}

// nearMiss is a gap sentence that names the person with whom the gap is closed
// most easily: by a renewal, or by confirming or registering somebody who
// already holds the certificate.
func (s *scene) nearMiss(r *LineResult, accepts ranks) (i18n.Msg, bool) {
	for _, reason := range []Reason{TooShort, Expired, NotConfirmed, NotRegistered} {
		for _, o := range r.Others {
			if o.Reason != reason {
				continue
			}
			p, _ := s.f.Person(o.Person)
			args := i18n.A{"n": r.Need - r.Have, "person": p.label(), "code": o.Certificate.Code,
				"day": o.Certificate.ExpiresOn.String()}
			switch reason {
			case TooShort:
				return i18n.M("program.gap.renew", args), true
			case Expired:
				return i18n.M("program.gap.lapsed", args), true
			}
			if c, ok := s.heldByAbsent(p, accepts); ok {
				args["code"] = c.Code
				if reason == NotConfirmed {
					return i18n.M("program.gap.confirm", args), true
				}
				return i18n.M("program.gap.register", args), true
			}
		}
	}
	return i18n.Msg{}, false
}

// heldByAbsent is the accepted certificate of somebody who is not counted
// for want of registration or confirmation.
func (s *scene) heldByAbsent(p *Person, accepts ranks) (Certificate, bool) {
	i := slices.IndexFunc(s.holders, func(h holder) bool { return h.person == p })
	c, _, ok := s.holders[i].best(accepts)
	return c, ok
}
