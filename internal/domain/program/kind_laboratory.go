package program

import (
	"slices"

	"hanse/internal/kit/i18n"
)

// Laboratory asks for laboratory gear, piece by piece. A high-end router also
// serves as a router.
type Laboratory struct{ impersonal }

// The kinds of gear.
const (
	CloudLab      = "cloud-lab"
	HighEndRouter = "high-end-router"
	Router        = "router"
	Layer3Switch  = "layer-3-switch"
	Controller    = "ac"
	AccessPoint   = "ap"
)

// gear is the order in which gear is listed; those that serve as another come
// before it.
var gear = []string{CloudLab, HighEndRouter, Router, Layer3Switch, Controller, AccessPoint}

// servesAs says which gear a spare piece can stand for. One step is enough:
// nothing serves as two kinds.
var servesAs = map[string]string{HighEndRouter: Router}

// missing is the gear that lacks: each kind takes its own pieces first, then
// spare ones that serve as it.
func (k *Laboratory) missing(have []string, need map[string]int) map[string]int {
	count := map[string]int{}
	for _, g := range have {
		count[g]++
	}
	lack := map[string]int{}
	for _, g := range gear {
		if short := need[g] - count[g]; short > 0 {
			lack[g] = short
		}
	}
	for better, plain := range servesAs {
		spare := max(0, count[better]-need[better])
		if lack[plain] -= min(spare, lack[plain]); lack[plain] == 0 {
			delete(lack, plain)
		}
	}
	return lack
}

// evaluate counts the pieces asked that are there, not all pieces there are.
func (k *Laboratory) evaluate(s *scene, l *Line, n Need) LineResult {
	lack := k.missing(s.f.Laboratory, n.Gear)
	r := countResult(n.Number()-Need{Gear: lack}.Number(), n.Number())
	present := map[string]int{}
	for _, g := range s.f.Laboratory {
		present[g]++
	}
	r.Needs, r.Has = gearText(n.Gear), gearText(present)
	return r
}

// gap lists the missing gear.
func (k *Laboratory) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.laboratory", i18n.A{"gear": gearText(k.missing(s.f.Laboratory, n.Gear))})
}

// gearText lists gear in words; gear of no known kind is left out.
func gearText(pieces map[string]int) i18n.Msg {
	var parts []i18n.Msg
	for _, g := range gear {
		if pieces[g] > 0 {
			parts = append(parts, i18n.M("program.gear.pieces", i18n.A{"count": pieces[g], "gear": gearName(g)}))
		}
	}
	if len(parts) == 0 {
		return i18n.M("program.has.none")
	}
	return i18n.M("program.gear.list", i18n.A{"list": parts})
}

// gearName is the gear's name as a message.
func gearName(g string) i18n.Msg {
	switch g {
	case CloudLab:
		return i18n.M("program.gear.cloud_lab")
	case HighEndRouter:
		return i18n.M("program.gear.high_end_router")
	case Router:
		return i18n.M("program.gear.router")
	case Layer3Switch:
		return i18n.M("program.gear.layer3_switch")
	case Controller:
		return i18n.M("program.gear.ac")
	case AccessPoint:
		return i18n.M("program.gear.ap")
	}
	return i18n.Raw(g)
}

func isGear(g string) bool { return slices.Contains(gear, g) }
