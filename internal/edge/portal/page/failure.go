package page

import "hanse/internal/kit/i18n"

// words are what a failure says: what happened, why, what to do.
type words struct {
	icon          string
	what, why, do i18n.Msg
}

func failureWords(status int) words {
	switch status {
	case 401:
		return words{"hourglass", i18n.M("ui.failure.401.what"), i18n.M("ui.failure.401.why"), i18n.M("ui.failure.401.do")}
	case 403:
		return words{"lock", i18n.M("ui.failure.403.what"), i18n.M("ui.failure.403.why"), i18n.M("ui.failure.403.do")}
	case 404:
		return words{"map-pin", i18n.M("ui.failure.404.what"), i18n.M("ui.failure.404.why"), i18n.M("ui.failure.404.do")}
	case 409:
		return words{"refresh", i18n.M("ui.failure.409.what"), i18n.M("ui.failure.409.why"), i18n.M("ui.failure.409.do")}
	case 413:
		return words{"file", i18n.M("ui.failure.413.what"), i18n.M("ui.failure.413.why"), i18n.M("ui.failure.413.do")}
	case 422:
		return words{"alert-circle", i18n.M("ui.failure.422.what"), i18n.M("ui.failure.422.why"), i18n.M("ui.failure.422.do")}
	case 429:
		return words{"hourglass", i18n.M("ui.failure.429.what"), i18n.M("ui.failure.429.why"), i18n.M("ui.failure.429.do")}
	case 503:
		return words{"server", i18n.M("ui.failure.503.what"), i18n.M("ui.failure.503.why"), i18n.M("ui.failure.503.do")}
	}
	return words{"alert-triangle", i18n.M("ui.failure.500.what"), i18n.M("ui.failure.500.why"), i18n.M("ui.failure.500.do")}
}
