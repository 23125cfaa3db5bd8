package structure_test

import (
	"strings"
	"testing"
)

// ranks is the one table of who stands above whom: a package imports only packages of a lower rank. The tens are
// the floors: kit below 30, domain below 60, edge below 80, then app and cmd. A new package gets its rank here.
var ranks = map[string]int{
	"locales":                        0,
	"internal/kit/clock":             0,
	"internal/kit/id":                0,
	"internal/kit/text":              0,
	"internal/kit/calendar":          0,
	"internal/kit/qr":                0,
	"internal/kit/signature":         0,
	"internal/kit/cover":             0,
	"internal/kit/vault":             0,
	"internal/kit/vc":                0,
	"internal/kit/pdf/font":          0,
	"internal/kit/i18n":              1,
	"internal/kit/money":             3,
	"internal/kit/gather":            0,
	"internal/kit/relay":             0,
	"internal/kit/fault":             2,
	"internal/kit/fulltext":          3,
	"internal/kit/db":                2,
	"internal/kit/web":               2,
	"internal/kit/mailer":            2,
	"internal/kit/eml":               0, // mails as they come: knows no ticket
	"internal/kit/mailin":            2,
	"internal/kit/mailin/mailintest": 3,
	"internal/kit/dbtest":            3,
	"internal/kit/config":            3,
	"internal/kit/actor":             3,
	"internal/kit/cursor":            3,
	"internal/kit/secret":            3,
	"internal/kit/pow":               3,
	"internal/kit/blob":              3,
	"internal/kit/sheet":             3,
	"internal/kit/pdf":               3,
	"internal/kit/outbox":            4,
	"internal/kit/audit":             4,
	"internal/kit/idempotent":        4,
	"internal/kit/jobs":              5,

	"internal/domain/program":           30, // pure: it stands low, because others speak of its facts
	"internal/domain/rosterfile":        30, // pure
	"internal/domain/rate/oracle":       30, // a second reading of the rules for rate's tests: imports nothing of Hanse
	"programs":                          31,
	"internal/domain/rate":              31, // pure: knows no clock and no table
	"internal/domain/setting":           32,
	"internal/domain/ledger":            33, // knows owners by their ids alone
	"internal/domain/ledger/ledgertest": 58,
	"internal/domain/login":             34,
	"internal/domain/account":           36,
	"internal/domain/realname":          37,
	"internal/domain/product":           37,
	"internal/domain/tier":              44,
	"internal/domain/eligibility":       47,
	"internal/domain/taxonomy":          38,
	"internal/domain/contact":           39, // sends codes with login
	"internal/domain/equipment":         45,
	"internal/domain/credential":        38,
	"internal/domain/confirm":           38,
	"internal/domain/agreement":         38,
	"internal/domain/ticket":            48, // draws on plans, runs clocks, asks desks
	"internal/domain/privilege":         39, // asked before a ticket is opened
	"internal/domain/attachment":        39,
	"internal/domain/sla":               38,
	"internal/domain/sla/oracle":        30, // a second reading of the clock for sla's tests: imports nothing of Hanse
	"internal/domain/payment":           41,
	"internal/domain/batch":             41, // what is done for many, funds and vouchers say
	"internal/domain/funds":             42,
	"internal/domain/treasury":          42,
	"internal/domain/voucher":           42,
	"internal/domain/bill":              43,
	"internal/domain/budget":            45, // freezes customers through distribution
	"internal/domain/delegation":        45,
	"internal/domain/entitlement":       45, // is told what was bought by those above
	"internal/domain/distribution":      44, // ending an association takes funds and vouchers back
	"internal/domain/roster":            40,
	"internal/domain/record":            41, // hands certificates to credential and finds people in roster
	"internal/domain/address":           42, // claims records for the person of an e-mail
	"internal/domain/member":            42,
	"internal/domain/material":          42,
	"internal/domain/declaration":       47, // examines evidence with badge
	"internal/domain/qualification":     44,
	"internal/domain/path":              46,
	"internal/domain/simulation":        46,
	"internal/domain/badge":             46,
	"internal/domain/duty":              46,
	"internal/domain/desk":              46, // ticket asks it who gets a ticket
	"internal/domain/round":             47,
	"internal/domain/subscription":      46, // tells the entitlements what is served
	"internal/domain/macro":             49, // uses what a desk keeps on tickets
	"internal/domain/order":             48,
	"internal/domain/contract":          49,
	"internal/domain/ticketdraft":       49,
	"internal/domain/abuse":             49, // opens tickets
	"internal/domain/ticketmail":        49, // brings mails into tickets; notify hands it those of tickets
	"internal/domain/notify":            50,
	"internal/domain/report":            52,
	"internal/domain/fixture":           59, // for tests of any module

	"internal/edge/portal/static": 60,
	"internal/edge/portal/asset":  60,
	"internal/edge/portal/ui":     60,
	"internal/edge/portal/page":   61,
	"internal/edge/portal/site":   62,
	"internal/edge/portal/door":   63,
	// signin is there for every page's test; qualify draws a qualification for channel and review too.
	"internal/edge/portal/allowance":  64, // what a plan gives, on the pages of plan and days
	"internal/edge/portal/ask":        63, // the part of a form that every money page has
	"internal/edge/portal/reckoning":  64, // how an amount of a plan came about, on the pages of plan, orders and payments
	"internal/edge/portal/found":      64, // where a ticket has what was looked for, on the lists of both sides
	"internal/edge/portal/signin":     64,
	"internal/edge/portal/batchview":  64, // many at once, for money and for vouchers
	"internal/edge/portal/slaview":    64, // a ticket's clocks, on the pages of ticket and desk
	"internal/edge/portal/live":       64, // news of tickets, on the pages of those who open them and at the desk
	"internal/edge/portal/thread":     64, // a conversation, likewise
	"internal/edge/portal/qualify":    64,
	pages:                             65,
	"internal/edge/portal/portaltest": 65,
	"internal/edge/portal":            66,
	"internal/edge/demo":              60,
	"internal/edge/api":               66,
	"internal/edge/wire":              60, // what bss and osm share
	"internal/edge/bss":               66,
	"internal/edge/osm":               66,

	"internal/app":            80,
	"internal/app/programcmd": 80,
	"internal/app/backup":     81,
	"internal/app/doctor":     81,
	"internal/app/demodata":   82,
	"internal/app/apptest":    82,
	"internal/app/matrix":     83,
	"internal/app/stage":      83,
	"cmd/hanse":               90,

	// The rest is for building and testing; nothing imports it.
	"internal/structure": 99,
	"test/browser":       60, // drives a browser, knows nothing of the product
	"test":               99,
	"tools":              99,
}

// pages is the rank of the portal's page packages, which don't know each other and aren't listed one by one.
const pages = "internal/edge/portal/*"

func rank(path string) (int, bool) {
	if r, ok := ranks[path]; ok {
		return r, true
	}
	if strings.HasPrefix(path, "internal/edge/portal/") {
		return ranks[pages], true
	}
	for _, top := range []string{"test", "tools"} {
		if strings.HasPrefix(path, top+"/") {
			return ranks[top], true
		}
	}
	return 0, false
}

// TestImportsPointDown fails when a package imports one of its own rank or a higher one.
func TestImportsPointDown(t *testing.T) {
	for _, p := range tree(t) {
		own, ok := rank(short(p.PkgPath))
		if !ok {
			t.Errorf("%s has no rank: give it one in this test", p.PkgPath)
			continue
		}
		for path := range p.Imports {
			if !strings.HasPrefix(path, "hanse/") {
				continue
			}
			if r, ok := rank(short(path)); ok && r >= own {
				t.Errorf("%s (rank %d) imports %s (rank %d)", short(p.PkgPath), own, short(path), r)
			}
		}
	}
}

// TestThePureCoreStaysPure keeps the engine and the arithmetic of plans free of everything that would stop them from
// being run a million times: SQL, HTTP, files.
func TestThePureCoreStaysPure(t *testing.T) {
	for _, s := range sources(t) {
		pure := strings.HasPrefix(s.path, "internal/domain/program/") || strings.HasPrefix(s.path, "internal/domain/rate/")
		if s.test || !pure {
			continue
		}
		for _, i := range s.file.Imports {
			switch path := strings.Trim(i.Path.Value, `"`); path {
			case "os", "net/http", "database/sql", "hanse/internal/kit/db", "hanse/internal/kit/clock":
				t.Errorf("%s imports %s", s.path, path)
			}
		}
	}
}
