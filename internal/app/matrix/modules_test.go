package matrix_test

import (
	"slices"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
)

// rows are all verbs; a module with many has a file of its own.
var rows = slices.Concat(
	coreRows,
	stageRows,
	materialRows,
	declarationRows,
	addressRows,
	memberRows,
	recordRows,
	badgeRows,
	roundRows,
	dutyRows,
	distributionRows,
	adviceRows,
	pathRows,
	simulationRows,
	ledgerRows,
	budgetRows,
	delegationRows,
	productRows,
	orderRows,
	entitlementRows,
	contractRows,
	fundsRows,
	treasuryRows,
	voucherRows,
	billRows,
	slaRows,
	attachmentRows,
	taxonomyRows,
	ticketDraftRows,
	ticketRows,
	ticketReadRows,
	deskRows,
	privilegeRows,
	ticketMailRows,
)

// fills give the stranger things of the modules with files of their own.
var fills = []func(w *world, by, reviewer actor.Actor){
	fillMaterials,
	fillDeclarations,
	fillAddresses,
	fillMembers,
	fillDuties,
	fillSubAccounts,
	fillDistribution,
	fillFunds,
	fillTreasury,
	fillVouchers,
	fillEntitlements,
	fillOrders,
	fillContracts,
	fillEquipment,
	fillTicketDrafts,
	fillTickets,
	fillDesk,
	fillTicketMail,
}

// modules are the services whose verbs must have rows.
func modules(a *apptest.App) map[string]any {
	return map[string]any{
		"ticketdraft": a.TicketDraft, "ticket": a.Ticket, "ticketmail": a.TicketMail, "desk": a.Desk, "macro": a.Macro,
		"taxonomy": a.Taxonomy, "sla": a.SLA, "attachment": a.Attachment, "contact": a.Contact, "equipment": a.Equipment,
		"setting": a.Setting, "login": a.Login, "account": a.Account, "credential": a.Credential, "roster": a.Roster,
		"qualification": a.Qualification, "notify": a.Notify, "audit": a.Audit, "ledger": a.Ledger, "budget": a.Budget, "delegation": a.Delegation, "product": a.Product, "contract": a.Contract, "tier": a.Tier, "eligibility": a.Eligibility, "entitlement": a.Entitlement, "subscription": a.Subscription, "order": a.Order, "funds": a.Funds, "treasury": a.Treasury, "payment": a.Payment, "confirm": a.Confirm, "jobs": a.Jobs,
		"privilege": a.Privilege, "agreement": a.Agreement, "abuse": a.Abuse,
		"address": a.Address, "record": a.Record, "material": a.Material, "member": a.Member, "realname": a.RealName, "badge": a.Badge, "declaration": a.Declaration, "round": a.Round, "duty": a.Duty, "distribution": a.Distribution, "voucher": a.Voucher, "batch": a.Voucher.Many(), "path": a.Path, "simulation": a.Simulation,
	}
}
