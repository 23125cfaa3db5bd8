// Package page holds the pages of the portal: one file per screen, each a component that takes a view and calls
// nothing. The shell around them is here as well.
package page

import (
	"time"

	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// ShellView is what stands around a page. The reader's language and zone come with the context (i18n.With).
type ShellView struct {
	Assets  *asset.Server
	Title   string // of the window; the page's h1 says the same
	Invalid bool   // the page shows refused entries: the window's title says so
	Theme   string // "light", "dark", or empty: as the reader's system
	Density string // "roomy", or empty: dense
	Path    string // address of this page, to come back to after a change of language, theme, or account

	Nav      []NavGroup
	Acting   string // name of the account acted for
	Accounts []AccountChoice
	User     string // who is signed in; empty shows neither menu nor messages
	Unread   int    // messages
	Demo     *DemoBar
	Flash    []ui.NoticeView // what the verb before this page did
}

// NavGroup is a part of the navigation; a zero Label has no heading.
type NavGroup struct {
	Label i18n.Msg
	Items []NavItem
}

// NavItem leads to an area. Count is what waits there.
type NavItem struct {
	Href    string
	Label   i18n.Msg
	Icon    string
	Current bool
	Count   int
}

// AccountChoice is an account that the user may act for.
type AccountChoice struct {
	ID      string
	Name    string
	Kind    string // "Partner", in the reader's language
	Current bool
}

// DemoBar shows the demonstration's business time and moves it.
type DemoBar struct {
	Now time.Time
}

// bare tells whether the page stands without navigation.
func (v ShellView) bare() bool { return len(v.Nav) == 0 }

// head is the text of the window's title.
func head(v ShellView, app, wrong string) string {
	s := v.Title
	if s != "" {
		s += " · "
	}
	if v.Invalid {
		s = wrong + s
	}
	return s + app
}

// otherLang is the language to switch to, and its own name for itself.
func otherLang(lang string) (code, name string) {
	if lang == i18n.Chinese {
		return i18n.English, "English"
	}
	return i18n.Chinese, "简体中文"
}

// htmxConfig keeps htmx within a strict content policy, shows refused forms, and stores no page in the browser.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"422","swap":true},` +
	`{"code":"[45]..","swap":false,"error":true}]}`
