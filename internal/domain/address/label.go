package address

import "hanse/internal/kit/i18n"

var (
	choose = i18n.M("address.choose")
	stale  = i18n.M("address.stale")
)

// StateLabel names the state of an association.
func StateLabel(s State) i18n.Msg {
	switch s {
	case Waiting:
		return i18n.M("address.state.pending")
	case Linked:
		return i18n.M("address.state.associated")
	case Expired:
		return i18n.M("address.state.expired")
	}
	return i18n.M("address.state.removed")
}

// KindLabel names a kind of record.
func KindLabel(k Kind) i18n.Msg {
	if k == Training {
		return i18n.M("address.kind.training")
	}
	return i18n.M("address.kind.exam")
}

// DisputeKindLabel says what is disputed.
func DisputeKindLabel(k DisputeKind) i18n.Msg {
	switch k {
	case OfCandidate:
		return i18n.M("address.dispute.kind.candidate")
	case OfName:
		return i18n.M("address.dispute.kind.name")
	}
	return i18n.M("address.dispute.kind.email")
}

// DisputeLabel names the state of a dispute.
func DisputeLabel(s DisputeState) i18n.Msg {
	switch s {
	case Open:
		return i18n.M("address.dispute.state.open")
	case Given:
		return i18n.M("address.dispute.state.given")
	case Kept:
		return i18n.M("address.dispute.state.kept")
	case Rejected:
		return i18n.M("address.dispute.state.rejected")
	}
	return i18n.M("address.dispute.state.withdrawn")
}

// MissingLabel names the state of a missing record.
func MissingLabel(s MissingState) i18n.Msg {
	switch s {
	case MissingOpen:
		return i18n.M("address.missing.state.open")
	case MissingAnswered:
		return i18n.M("address.missing.state.answered")
	case MissingResolved:
		return i18n.M("address.missing.state.resolved")
	case MissingRefused:
		return i18n.M("address.missing.state.refused")
	case MissingArrived:
		return i18n.M("address.missing.state.arrived")
	}
	return i18n.M("address.missing.state.withdrawn")
}
