package portal

import (
	"slices"

	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// menu is the whole navigation, in order. What somebody may not do isn't shown; entries of the same heading stand
// together.
func menu() []site.Menu {
	return slices.Concat(companyMenu(), vendorMenu(), ownMenu(), systemMenu())
}

// companyMenu is the first part: what companies do here.
func companyMenu() []site.Menu {
	var (
		work           = i18n.M("home.nav.work")
		qualifications = i18n.M("home.nav.qualifications")
		people         = i18n.M("home.nav.people")
		company        = i18n.M("home.nav.company")
		finance        = i18n.M("home.nav.finance")
		sales          = i18n.M("home.nav.sales")
		support        = i18n.M("home.nav.support")
		partner        = []actor.Kind{actor.Partner}
		readers        = []actor.Kind{actor.Partner, actor.Vendor}
	)
	return []site.Menu{
		{Group: work, Href: "/", Label: i18n.M("home.nav.home"), Icon: "home", Verb: actor.OwnMessages},
		{Group: work, Href: "/messages", Label: i18n.M("home.nav.messages"), Icon: "bell", Verb: actor.OwnMessages},
		{Group: qualifications, Href: "/qualifications", Label: i18n.M("home.nav.levels"), Icon: "award", Verb: actor.ViewEvaluation, Kinds: partner},
		{Group: qualifications, Href: "/paths", Label: i18n.M("home.nav.paths"), Icon: "route", Verb: actor.ViewPaths, Kinds: partner},
		{Group: qualifications, Href: "/memberships", Label: i18n.M("home.nav.memberships"), Icon: "books", Verb: actor.ViewPaths, Kinds: partner},
		{Group: qualifications, Href: "/applications", Label: i18n.M("home.nav.applications"), Icon: "checklist", Verb: actor.ViewApplication, Kinds: partner},
		{Group: qualifications, Href: "/certificates", Label: i18n.M("home.nav.held"), Icon: "certificate", Verb: actor.ViewQualification, Kinds: readers},
		{Group: qualifications, Href: "/materials", Label: i18n.M("home.nav.materials"), Icon: "file-text", Verb: actor.ViewMaterial, Kinds: partner},
		{Group: qualifications, Href: "/rounds", Label: i18n.M("home.nav.rounds"), Icon: "calendar-due", Verb: actor.ViewRounds, Kinds: partner},
		{Group: qualifications, Href: "/service-duties", Label: i18n.M("duties.title"), Icon: "briefcase", Verb: actor.ViewDuties, Kinds: partner},
		{Group: support, Href: "/tickets", Label: i18n.M("tickets.title"), Icon: "ticket", Verb: actor.ViewTickets, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: support, Href: "/ticket-agreements", Label: i18n.M("agreement.title"), Icon: "file-text", Verb: actor.ViewTicketAgreements, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: support, Href: "/plan", Label: i18n.M("plan.title"), Icon: "award", Verb: actor.ViewPlan, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: support, Href: "/plan/days", Label: i18n.M("plandays.title"), Icon: "calendar", Verb: actor.ViewPlanDays, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: support, Href: "/equipment", Label: i18n.M("equipment.title"), Icon: "server", Verb: actor.ViewEquipment, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: sales, Href: "/desk", Label: i18n.M("desk.title"), Icon: "message", Verb: actor.ViewDesk, Kinds: partner},
		{Group: sales, Href: "/desk/mail", Label: i18n.M("ticketmail.held.title"), Icon: "mail", Verb: actor.ViewTicketMail, Kinds: partner},
		{Group: sales, Href: "/customers", Label: i18n.M("customers.title"), Icon: "users", Verb: actor.ViewCustomers, Kinds: partner},
		{Group: sales, Href: "/resellers", Label: i18n.M("customers.resellers"), Icon: "building", Verb: actor.ViewResellers, Kinds: partner},
		{Group: sales, Href: "/delegations", Label: i18n.M("delegations.title"), Icon: "user-check", Verb: actor.AskDelegation, Kinds: partner},
		{Group: sales, Href: "/budgets", Label: i18n.M("budgets.title"), Icon: "chart-bar", Verb: actor.ViewBudgets, Kinds: partner},
		{Group: sales, Href: "/my-partner", Label: i18n.M("customers.mine.distributor"), Icon: "briefcase", Verb: actor.ViewMyPartner, Kinds: partner},
		{Group: company, Href: "/my-partner", Label: i18n.M("customers.mine"), Icon: "briefcase", Verb: actor.ViewMyPartner, Kinds: []actor.Kind{actor.Customer}},
		{Group: people, Href: "/people", Label: i18n.M("home.nav.roster"), Icon: "users", Verb: actor.ViewRoster, Kinds: partner},
		{Group: people, Href: "/people/records", Label: i18n.M("people_records.title"), Icon: "checklist", Verb: actor.ViewRoster, Kinds: partner},
		{Group: people, Href: "/people/invitations", Label: i18n.M("members.title"), Icon: "mail", Verb: actor.ViewMembers, Kinds: partner},
		{Group: people, Href: "/people/exits", Label: i18n.M("home.nav.exits"), Icon: "user-x", Verb: actor.ReportExit, Kinds: partner},
		{Group: people, Href: "/imports", Label: i18n.M("home.nav.imports"), Icon: "upload", Verb: actor.ImportRoster, Kinds: partner},
		{Group: finance, Href: "/finance", Label: i18n.M("finance.nav"), Icon: "building-bank", Verb: actor.ViewFunds, Kinds: partner},
		{Group: finance, Href: "/finance/allocate", Label: i18n.M("finance.allocate"), Icon: "send", Verb: actor.MoveFunds, Kinds: partner},
		{Group: finance, Href: "/finance/own", Label: i18n.M("treasury.own.title"), Icon: "building-bank", Verb: actor.ViewFunds, Kinds: []actor.Kind{actor.Customer}},
		{Group: finance, Href: "/orders", Label: i18n.M("orders.title"), Icon: "receipt", Verb: actor.ViewOrders, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/contracts", Label: i18n.M("contract.title"), Icon: "file-text", Verb: actor.ViewContracts, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/payments-asked", Label: i18n.M("agentpay.title"), Icon: "send", Verb: actor.PayForCustomer, Kinds: partner},
		{Group: finance, Href: "/finance/topup", Label: i18n.M("treasury.how.title"), Icon: "download", Verb: actor.ViewFunds, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/finance/withdrawals", Label: i18n.M("treasury.withdrawals"), Icon: "upload", Verb: actor.ViewFunds, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/finance/credit", Label: i18n.M("treasury.credit"), Icon: "scale", Verb: actor.ViewFunds, Kinds: partner},
		{Group: finance, Href: "/finance/refunds", Label: i18n.M("treasury.refunds"), Icon: "refresh", Verb: actor.ViewFunds, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/finance/records", Label: i18n.M("finance.tab.records"), Icon: "history", Verb: actor.ViewFunds, Kinds: partner},
		{Group: finance, Href: "/finance/entries", Label: i18n.M("finance.tab.entries"), Icon: "list", Verb: actor.ViewFunds, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/prices", Label: i18n.M("prices.title"), Icon: "receipt", Verb: actor.ViewPrices, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/vouchers", Label: i18n.M("vouchers.title"), Icon: "ticket", Verb: actor.ViewVouchers, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: finance, Href: "/bills", Label: i18n.M("bill.title"), Icon: "receipt", Verb: actor.ViewBills, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
	}
}

// vendorMenu is what the vendor's staff do.
func vendorMenu() []site.Menu {
	var (
		channel  = i18n.M("home.nav.channel")
		reviews  = i18n.M("home.nav.reviews")
		programs = i18n.M("home.nav.programs")
		money    = i18n.M("home.nav.money")
		desk     = i18n.M("home.nav.desk")
		vendor   = []actor.Kind{actor.Vendor}
		readers  = []actor.Kind{actor.Partner, actor.Vendor}
	)
	return []site.Menu{
		{Group: desk, Href: "/desk", Label: i18n.M("desk.queue"), Icon: "message", Verb: actor.ViewDesk, Kinds: vendor},
		{Group: desk, Href: "/desk/mail", Label: i18n.M("ticketmail.held.title"), Icon: "mail", Verb: actor.ViewTicketMail, Kinds: vendor},
		{Group: desk, Href: "/desk/macros", Label: i18n.M("desk.macros"), Icon: "player-play", Verb: actor.ViewDesk, Kinds: vendor},
		{Group: desk, Href: "/desk/answers", Label: i18n.M("desk.answers"), Icon: "file-text", Verb: actor.ViewDesk, Kinds: vendor},
		{Group: desk, Href: "/desk/teams", Label: i18n.M("desk.teams"), Icon: "users", Verb: actor.ViewDesk, Kinds: vendor},
		{Group: desk, Href: "/desk/rules", Label: i18n.M("desk.rules"), Icon: "route", Verb: actor.ViewDesk, Kinds: vendor},
		{Group: desk, Href: "/desk/report", Label: i18n.M("sla.report.title"), Icon: "chart-bar", Verb: actor.ViewSLA, Kinds: vendor},
		{Group: desk, Href: "/desk/policies", Label: i18n.M("sla.policies.title"), Icon: "clock", Verb: actor.ViewSLA, Kinds: vendor},
		{Group: desk, Href: "/desk/calendars", Label: i18n.M("sla.calendars.title"), Icon: "calendar", Verb: actor.ViewSLA, Kinds: vendor},
		{Group: desk, Href: "/ticket-agreements", Label: i18n.M("agreement.title"), Icon: "file-text", Verb: actor.ManageTicketAgreements, Kinds: vendor},
		{Group: desk, Href: "/desk/taxonomy", Label: i18n.M("taxonomy.title"), Icon: "tag", Verb: actor.ManageTaxonomy, Kinds: vendor},
		{Group: desk, Href: "/equipment", Label: i18n.M("equipment.title"), Icon: "server", Verb: actor.ViewEquipment, Kinds: vendor},
		{Group: channel, Href: "/channel", Label: i18n.M("home.nav.partners"), Icon: "building", Verb: actor.ListAccounts, Kinds: vendor},
		{Group: channel, Href: "/channel/forecast", Label: i18n.M("home.nav.forecast"), Icon: "chart-line", Verb: actor.ViewEvaluation, Kinds: vendor},
		{Group: channel, Href: "/channel/registrations", Label: i18n.M("home.nav.registrations"), Icon: "user-plus", Verb: actor.DecidePartner, Kinds: vendor},
		{Group: channel, Href: "/channel/invitations", Label: i18n.M("home.nav.path_invitations"), Icon: "mail", Verb: actor.InvitePath, Kinds: vendor},
		{Group: channel, Href: "/service-days", Label: i18n.M("plandays.desk"), Icon: "calendar", Verb: actor.ViewPlanDays, Kinds: vendor},
		{Group: channel, Href: "/service/policies", Label: i18n.M("duties.title"), Icon: "briefcase", Verb: actor.ViewDuties, Kinds: vendor},
		{Group: reviews, Href: "/reviews", Label: i18n.M("home.nav.queue"), Icon: "clipboard-check", Verb: actor.ListReviews, Kinds: vendor},
		{Group: programs, Href: "/programs", Label: i18n.M("home.nav.versions"), Icon: "books", Verb: actor.ViewPrograms, Kinds: readers},
		{Group: programs, Href: "/drafts", Label: i18n.M("home.nav.drafts"), Icon: "pencil", Verb: actor.ViewDrafts, Kinds: vendor},
		{Group: programs, Href: "/simulations", Label: i18n.M("home.nav.simulations"), Icon: "chart-bar", Verb: actor.ViewDrafts, Kinds: vendor},
		{Group: programs, Href: "/rounds", Label: i18n.M("home.nav.rounds"), Icon: "calendar-due", Verb: actor.ViewRounds, Kinds: vendor},
		{Group: programs, Href: "/catalogue", Label: i18n.M("home.nav.catalogue"), Icon: "certificate", Verb: actor.ViewCatalogue},
		{Group: money, Href: "/prices", Label: i18n.M("prices.title"), Icon: "receipt", Verb: actor.ViewPrices, Kinds: vendor},
		{Group: money, Href: "/quotas", Label: i18n.M("vouchers.grants"), Icon: "ticket", Verb: actor.ViewVouchers, Kinds: vendor},
		{Group: money, Href: "/vouchers/issued", Label: i18n.M("vouchers.issued"), Icon: "ticket", Verb: actor.ViewVouchers, Kinds: vendor},
		{Group: money, Href: "/consumption", Label: i18n.M("bill.imports"), Icon: "upload", Verb: actor.ViewConsumption, Kinds: vendor},
		{Group: money, Href: "/books", Label: i18n.M("home.nav.books"), Icon: "books", Verb: actor.ViewBooks, Kinds: vendor},
		{Group: money, Href: "/orders", Label: i18n.M("orders.title"), Icon: "receipt", Verb: actor.ViewOrders, Kinds: vendor},
		{Group: money, Href: "/contracts", Label: i18n.M("contract.title"), Icon: "file-text", Verb: actor.ViewContracts, Kinds: vendor},
		{Group: money, Href: "/topups", Label: i18n.M("treasury.topups"), Icon: "download", Verb: actor.ViewTreasury, Kinds: vendor},
		{Group: money, Href: "/credit", Label: i18n.M("treasury.credit"), Icon: "scale", Verb: actor.ViewTreasury, Kinds: vendor},
		{Group: money, Href: "/earmarks", Label: i18n.M("treasury.earmarks"), Icon: "lock", Verb: actor.ViewTreasury, Kinds: vendor},
		{Group: money, Href: "/withdrawals", Label: i18n.M("treasury.withdrawals"), Icon: "upload", Verb: actor.ViewTreasury, Kinds: vendor},
		{Group: money, Href: "/payments", Label: i18n.M("treasury.payments"), Icon: "world", Verb: actor.ViewTreasury, Kinds: vendor},
	}
}

// ownMenu is what is one's company's and one's own.
func ownMenu() []site.Menu {
	var (
		company   = i18n.M("home.nav.company")
		mine      = i18n.M("home.nav.me")
		persons   = []actor.Kind{actor.Person}
		partner   = []actor.Kind{actor.Partner}
		companies = []actor.Kind{actor.Partner, actor.Customer, actor.Vendor}
	)
	return []site.Menu{
		{Group: company, Href: "/company", Label: i18n.M("home.nav.profile"), Icon: "building", Verb: actor.ViewAccount, Kinds: companies},
		{Group: company, Href: "/company/sub-accounts", Label: i18n.M("subaccounts.title"), Icon: "users", Verb: actor.ViewSubAccounts, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: company, Href: "/company/real-name", Label: i18n.M("members.company.title"), Icon: "user-check", Verb: actor.CompanyRealName, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: company, Href: "/delegations", Label: i18n.M("delegations.title_customer"), Icon: "user-check", Verb: actor.ViewDelegations, Kinds: []actor.Kind{actor.Customer}},
		{Group: company, Href: "/company/service", Label: i18n.M("home.nav.service"), Icon: "phone", Verb: actor.ViewServiceFacts, Kinds: partner},
		{Group: company, Href: "/ticket-privileges", Label: i18n.M("privilege.title"), Icon: "user-check", Verb: actor.ManageTicketPrivileges, Kinds: []actor.Kind{actor.Partner, actor.Customer}},
		{Group: company, Href: "/company/users", Label: i18n.M("home.nav.users"), Icon: "users", Verb: actor.ListUsers, Kinds: companies},
		{Group: mine, Href: "/me", Label: i18n.M("home.nav.own"), Icon: "user", Verb: actor.OwnSession},
		{Group: mine, Href: "/me/companies", Label: i18n.M("members.mine.title"), Icon: "building", Verb: actor.AnswerInvitation, Kinds: persons},
		{Group: mine, Href: "/me/real-name", Label: i18n.M("members.name.title"), Icon: "user-check", Verb: actor.OwnRealName, Kinds: persons},
		{Group: mine, Href: "/me/certificates", Label: i18n.M("me.certificates.menu"), Icon: "certificate", Verb: actor.ViewOwnRecords, Kinds: persons},
		{Group: mine, Href: "/me/declarations", Label: i18n.M("declarations.title"), Icon: "file-text", Verb: actor.OwnDeclaration, Kinds: persons},
		{Group: mine, Href: "/me/records", Label: i18n.M("mine.records"), Icon: "checklist", Verb: actor.ViewOwnRecords, Kinds: persons},
		{Group: mine, Href: "/me/next", Label: i18n.M("mine.next"), Icon: "stairs-up", Verb: actor.ViewOwnRecords, Kinds: persons},
		{Group: mine, Href: "/me/emails", Label: i18n.M("mine.emails"), Icon: "mail", Verb: actor.OwnAddresses, Kinds: persons},
	}
}

// systemMenu is the end of it: what runs the installation.
func systemMenu() []site.Menu {
	system, vendor := i18n.M("home.nav.system"), []actor.Kind{actor.Vendor}
	return []site.Menu{
		{Group: system, Href: "/system/feeds", Label: i18n.M("home.nav.feeds"), Icon: "database", Verb: actor.ViewFeeds, Kinds: vendor},
		{Group: system, Href: "/system/audit", Label: i18n.M("home.nav.audit"), Icon: "shield-check", Verb: actor.ViewAudit, Kinds: vendor},
		{Group: system, Href: "/system/jobs", Label: i18n.M("home.nav.jobs"), Icon: "refresh", Verb: actor.ViewJobs, Kinds: vendor},
		{Group: system, Href: "/system/mail", Label: i18n.M("ticketmail.system.title"), Icon: "mail", Verb: actor.ViewJobs, Kinds: vendor},
		{Group: system, Href: "/system/settings", Label: i18n.M("home.nav.settings"), Icon: "settings", Verb: actor.ViewSettings, Kinds: vendor},
		{Group: system, Href: "/system/keys", Label: i18n.M("home.nav.keys"), Icon: "key", Verb: actor.ViewIssuerKeys, Kinds: vendor},
		{Group: system, Href: "/system/health", Label: i18n.M("home.nav.health"), Icon: "heart-rate-monitor", Verb: actor.ViewJobs, Kinds: vendor},
	}
}
