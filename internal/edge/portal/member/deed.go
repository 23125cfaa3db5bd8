package member

import (
	"encoding/json"

	"hanse/internal/kit/i18n"
)

// deed puts what an audit row says of an invitation into words.
func deed(detail string) i18n.Msg {
	var d struct{ Did string }
	if json.Unmarshal([]byte(detail), &d) != nil {
		return i18n.M("members.deed.other")
	}
	switch d.Did {
	case "invited":
		return i18n.M("members.deed.invited")
	case "again":
		return i18n.M("members.deed.again")
	case "accepted":
		return i18n.M("members.deed.accepted")
	case "refused":
		return i18n.M("members.deed.refused")
	case "revoked":
		return i18n.M("members.deed.revoked")
	case "expired":
		return i18n.M("members.deed.expired")
	}
	return i18n.M("members.deed.other")
}
