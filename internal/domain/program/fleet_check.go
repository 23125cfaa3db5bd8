package program

// check decides a line that needs no matching, as its requirement's evaluate
// does.
func (w *Worker) check(p *Packed, k *check) bool {
	switch k.kind {
	case checkTypes:
		return w.types(k.bits) >= k.need
	case checkPersons:
		return w.count(k.bits) >= k.need
	case checkNamed:
		return w.named >= k.need
	case checkManager:
		m := p.platform.manager
		return m >= 0 && w.bound(&p.people[m])
	case checkEmail:
		return p.platform.email
	case checkHotline:
		return int32(p.platform.hotline) >= k.need
	case checkTracking:
		return int32(p.platform.tracking) >= k.need
	case checkCredits:
		return p.platform.credits >= k.need
	case checkEvents:
		return p.platform.events >= k.need
	case checkProjects:
		return w.projects(p, k) >= k.need
	case checkLaboratory:
		return equipped(&p.platform.gear, &k.lab)
	case checkTally:
		f := p.other
		if f == nil {
			f = &w.nothing
		}
		return int32(k.tally.count(w.f.versions[w.version].v, f, w.day, int(k.need))) >= k.need
	}
	return false
}

// projects counts as Projects.counts does.
func (w *Worker) projects(p *Packed, k *check) (n int32) {
	for _, x := range p.projects {
		usd := int64(x.usd)
		inBand := usd >= k.min && (k.max == 0 || usd < k.max)
		if inBand && x.finished != 0 && x.finished <= w.now && x.finished >= w.oldest[k.years] {
			n++
		}
	}
	return n
}

// equipped tells whether the gear is all there; spare high-end routers (1)
// serve as routers (2), in the order of the table gear.
func equipped(have, need *[6]uint16) bool {
	for i := range need {
		short := int(need[i]) - int(have[i])
		if gear[i] == Router {
			short -= max(0, int(have[1])-int(need[1]))
		}
		if short > 0 {
			return false
		}
	}
	return true
}
