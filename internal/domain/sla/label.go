package sla

import "hanse/internal/kit/i18n"

// Label is the clock's name.
func (k Kind) Label() i18n.Msg {
	switch k {
	case First:
		return i18n.M("sla.kind.first")
	case Update:
		return i18n.M("sla.kind.update")
	}
	return i18n.M("sla.kind.solution")
}

// Label is the state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Running:
		return i18n.M("sla.state.running")
	case Held:
		return i18n.M("sla.state.paused")
	case Met:
		return i18n.M("sla.state.met")
	case Missed:
		return i18n.M("sla.state.missed")
	case Void:
		return i18n.M("sla.state.void")
	}
	return i18n.M("sla.state.off")
}

// Label says why a stretch of time counted or didn't.
func (w Why) Label() i18n.Msg {
	switch w {
	case Opened:
		return i18n.M("sla.why.opened")
	case Spoke:
		return i18n.M("sla.why.spoke")
	case Resumed:
		return i18n.M("sla.why.resumed")
	case Again:
		return i18n.M("sla.why.reopened")
	case Waiting:
		return i18n.M("sla.why.waiting")
	case Paused:
		return i18n.M("sla.why.paused")
	case AtPartner:
		return i18n.M("sla.why.partner")
	case Done:
		return i18n.M("sla.why.done")
	}
	return i18n.M("sla.why.closed")
}

// Label is what the report has a line for.
func (d Dimension) Label() i18n.Msg {
	switch d {
	case ByPlan:
		return i18n.M("sla.by.plan")
	case BySeverity:
		return i18n.M("sla.by.severity")
	case ByTeam:
		return i18n.M("sla.by.team")
	}
	return i18n.M("sla.by.month")
}

// Label is the outcome in words.
func (o Outcome) Label() i18n.Msg {
	switch o {
	case MetOnes:
		return i18n.M("sla.outcome.met")
	case MissedOnes:
		return i18n.M("sla.outcome.missed")
	case OpenOnes:
		return i18n.M("sla.outcome.open")
	case DoneOnes:
		return i18n.M("sla.outcome.done")
	}
	return i18n.M("sla.outcome.all")
}
