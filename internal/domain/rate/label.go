package rate

import "hanse/internal/kit/i18n"

// Label names a line for people. The formula beside it is the same in all languages.
func (l Line) Label() i18n.Msg {
	switch l.Key {
	case LineBuy:
		return i18n.M("rate.line.buy")
	case LinePack:
		return i18n.M("rate.line.pack")
	case LineRenew:
		return i18n.M("rate.line.renew")
	case LineExtra:
		return i18n.M("rate.line.extra")
	case LineUpgrade:
		return i18n.M("rate.line.upgrade")
	case LineDowngrade:
		return i18n.M("rate.line.downgrade")
	case LineConsumed:
		return i18n.M("rate.line.consumed")
	case LineFee:
		return i18n.M("rate.line.fee")
	case LineFuture:
		return i18n.M("rate.line.future")
	}
	return i18n.M("rate.line.back")
}
