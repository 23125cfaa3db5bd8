package actor

// A Verb is one thing that somebody can do. Every exported verb of a module asks for exactly one.
type Verb string

// A Permission is one row of the table: who may, and whether the vendor's staff may do it for a partner.
type Permission struct {
	Verb  Verb
	Roles []Role
}

// The verbs, by module.
const (
	// login: everybody's own sign-in.
	SignIn        Verb = "login.sign_in"
	ResetPassword Verb = "login.reset_password"
	OwnSession    Verb = "login.own_session" // list, revoke, change password, language
	OwnKey        Verb = "login.own_key"     // create, list, disable, rotate own access keys
	IssueToken    Verb = "login.issue_token"

	// account: companies and their users.
	RegisterPartner Verb = "account.register"
	DecidePartner   Verb = "account.decide" // approve or refuse a registration
	InvitePartner   Verb = "account.invite_partner"
	ListAccounts    Verb = "account.list"
	ViewAccount     Verb = "account.view"
	EditAccount     Verb = "account.edit"
	FreezeAccount   Verb = "account.freeze"
	ListUsers       Verb = "user.list"
	ManageUsers     Verb = "user.manage" // invite, change roles, deactivate
	AcceptInvite    Verb = "user.accept_invitation"
	CreateAccounts  Verb = "account.create"     // without invitation: command line, demo data
	Associate       Verb = "association.manage" // who resells for whom, who serves which customer

	// credential and roster: people and what they hold.
	ViewCatalogue    Verb = "credential.view_catalogue"
	ViewOwnRecords   Verb = "credential.view_own"
	ViewRoster       Verb = "roster.view"
	ImportRoster     Verb = "roster.import"
	EditRoster       Verb = "roster.edit" // bind, correct, register an engineer
	ReportExit       Verb = "roster.report_exit"
	ViewServiceFacts Verb = "facts.view"
	EditServiceFacts Verb = "facts.edit"

	// member and realname: people's own consent, and who they are.
	InviteMember     Verb = "member.invite" // invite, ask again, revoke
	ViewMembers      Verb = "member.view"
	UnbindMember     Verb = "member.unbind"
	AnswerInvitation Verb = "member.answer" // a person: accept, refuse, leave
	ReadInvitation   Verb = "member.read"   // the page behind a link
	AttestConsent    Verb = "member.attest" // consent on paper: command line, demo data
	OwnRealName      Verb = "realname.own"
	CompanyRealName  Verb = "realname.company" // a company's own name
	ReviewRealName   Verb = "realname.review"

	// record: the vendor's feeds of exam results and trainings.
	ImportRecords Verb = "record.import" // upload, confirm, cancel, undo
	ViewFeeds     Verb = "record.view_feeds"

	// program and qualification.
	ViewPrograms      Verb = "program.view"
	ManagePrograms    Verb = "program.manage"      // load, draft, simulate, publish, retire
	ViewDrafts        Verb = "program.view_drafts" // drafts and simulations, before anybody else knows
	ViewEvaluation    Verb = "qualification.evaluate"
	ViewQualification Verb = "qualification.view"
	VerifyNumber      Verb = "qualification.verify" // the public page
	EditApplication   Verb = "application.edit"     // draft, evidence, submit, resubmit, withdraw
	ViewApplication   Verb = "application.view"
	ListReviews       Verb = "review.list"
	DecideReview      Verb = "review.decide"  // start, return, approve, reject
	RecordInspection  Verb = "review.inspect" // unannounced inspections, critical service events, attestations
	LiftBan           Verb = "review.lift_ban"
	SuspendOrCancel   Verb = "qualification.suspend"

	// material: cases, business plans, solutions, offerings.
	EditMaterial   Verb = "material.edit" // draft, files, hand in, take back, revise, withdraw
	ViewMaterial   Verb = "material.view"
	ReviewMaterial Verb = "material.review" // pass, fail, revoke

	// declaration: certificates that people say to hold.
	OwnDeclaration    Verb = "declaration.own"    // declare, add evidence, hand in, withdraw
	ReviewDeclaration Verb = "declaration.review" // approve, refuse, return, revoke

	// duty: spare parts, policies to read, quarterly reports.
	ViewDuties    Verb = "duty.view"
	DoDuties      Verb = "duty.do"      // request parts, confirm a policy, send a report
	AnswerDuties  Verb = "duty.answer"  // answer requests, read reports
	PublishPolicy Verb = "duty.publish" // publish and withdraw policies

	// path: entering and leaving development paths and partner programs.
	ViewPaths  Verb = "path.view"
	ChoosePath Verb = "path.choose" // choose, leave, answer an invitation
	InvitePath Verb = "path.invite"

	// round: annual reviews of granted stages.
	ManageRounds Verb = "round.manage" // plan, change, cancel, publish results
	ViewRounds   Verb = "round.view"
	EnterRound   Verb = "round.enter" // hand in

	// address: personal accounts and the addresses whose records are theirs.
	SignUpPerson Verb = "address.sign_up"
	OwnAddresses Verb = "address.own"  // associate, remove, dispute, report a missing record
	ViewClaims   Verb = "claim.view"   // disputes and missing records
	HandleClaims Verb = "claim.handle" // decide, answer

	// badge: the same certificates as signed credentials.
	ViewIssuerKeys   Verb = "issuer_key.view"
	ManageIssuerKeys Verb = "issuer_key.manage" // rotate, revoke, sign anew

	// confirm and funds: allocations, reclaims, and reading a book.
	ConfirmCode Verb = "confirm.code"   // is asked for a code where one is needed
	SwitchCodes Verb = "confirm.switch" // whether a company's people confirm with codes
	MoveFunds   Verb = "funds.move"     // allocate, reclaim, batches
	ViewFunds   Verb = "funds.view"     // balances, entries, transfers, batches

	// payment and treasury: money that comes from and goes to the world outside.
	ViewTreasury   Verb = "treasury.view"     // the vendor's queues of top-ups, lines of credit, withdrawals
	ManageTreasury Verb = "treasury.manage"   // enter and approve top-ups, set credit, earmark, pay withdrawals
	PayIn          Verb = "treasury.pay_in"   // pay online, repay credit, say when to be reminded
	WithdrawFunds  Verb = "treasury.withdraw" // bank data, withdrawals
	RefundCustomer Verb = "refund.customer"   // a partner takes a resale customer's money back and refunds it
	AnswerRefund   Verb = "refund.answer"     // a resale customer asks, confirms, disputes

	// distribution: customers and resellers, from invitation to the end.
	ViewCustomers     Verb = "customer.view"
	InviteCustomers   Verb = "customer.invite" // invite, revoke, announce
	CreateCustomers   Verb = "customer.create"
	ManageCustomers   Verb = "customer.manage" // account managers, levels
	LabelCustomers    Verb = "customer.label"
	FreezeCustomers   Verb = "customer.freeze"
	TagCustomers      Verb = "customer.tag" // the vendor's word on who is a new customer
	ReadOffer         Verb = "offer.read"   // the page behind a partner's link
	AnswerOffer       Verb = "offer.answer" // accept, decline
	TakeOffer         Verb = "offer.take"   // a company that isn't registered yet
	ViewMyPartner     Verb = "partner.view_own"
	ChangeAssociation Verb = "association.change" // ask to switch or to end, answer, take back
	ViewResellers     Verb = "reseller.view"
	InviteResellers   Verb = "reseller.invite"
	MoveCustomers     Verb = "reseller.move_customers"
	RestrictPartner   Verb = "account.restrict"

	// bill: consumption, monthly bills, statements of books.
	ImportConsumption Verb = "consumption.import" // upload, cancel
	ViewConsumption   Verb = "consumption.view"   // imports and what was refused
	ViewBills         Verb = "bill.view"          // bills, lines, statements
	SettleBills       Verb = "bill.settle"        // schedules and jobs: take money, freeze bills

	// delegation: a partner's users who act for a customer.
	ViewDelegations  Verb = "delegation.view"
	AskDelegation    Verb = "delegation.ask"    // ask, give back
	AnswerDelegation Verb = "delegation.answer" // approve, refuse, revoke
	EndDelegations   Verb = "delegation.end"    // by their day

	// budget: what resale customers may use.
	ViewBudgets Verb = "budget.view"
	SetBudgets  Verb = "budget.set"
	OwnBudget   Verb = "budget.own"
	EndBudgets  Verb = "budget.end" // with the association

	// ledger: the books.
	ViewBooks  Verb = "ledger.view_books"
	CheckBooks Verb = "ledger.check"
	ExpireHold Verb = "ledger.expire_hold"

	// subscription and order: support plans, what is bought, paid and given back.
	ViewPlan     Verb = "plan.view"
	ManagePlan   Verb = "plan.manage" // how it renews
	RunPlans     Verb = "plan.run"    // schedules: grace, retention, release, renewals, deadlines
	ViewOrders   Verb = "order.view"
	PlaceOrder   Verb = "order.place" // buy, renew, change, unsubscribe, cancel an order
	PayOrder     Verb = "order.pay"
	ReviewRefund Verb = "order.review_refund"

	PayForCustomer Verb = "order.pay_for" // pay or decline what a customer or sub-account asks for

	// contract: contracts that come before the payment.
	ViewContracts  Verb = "contract.view"
	ApplyContract  Verb = "contract.apply"  // apply, withdraw
	HandleContract Verb = "contract.handle" // issue, refuse, mark signed and funded

	// voucher: quotas, vouchers, pickup vouchers.
	GrantQuotas   Verb = "quota.grant"   // grant, approve, adjust, freeze, disable
	SplitQuotas   Verb = "quota.split"   // a distributor to its resellers, and back
	IssueVouchers Verb = "voucher.issue" // issue, reclaim, freeze
	ViewVouchers  Verb = "voucher.view"
	BuyPickups    Verb = "pickup.buy"

	// product: prices, discounts, coupons, the agreement.
	ViewPrices     Verb = "price.view"
	ManagePrices   Verb = "price.manage"   // drafts and what is published of prices and agreements
	ViewDiscounts  Verb = "discount.view"  // discounts and coupons
	GrantDiscounts Verb = "discount.grant" // grant and end them

	// tier, sub-accounts and who may buy.
	ViewTiers         Verb = "tier.view"
	StateTiers        Verb = "tier.state"      // the vendor's word instead of what was spent
	RefreshTiers      Verb = "tier.refresh"    // every night
	ViewSubAccounts   Verb = "subaccount.view" // and who may buy
	ManageSubAccounts Verb = "subaccount.manage"
	AnswerSubAccounts Verb = "subaccount.answer" // as the one who was asked

	// entitlement: what a support plan gives, and what uses it.
	GiveUnits      Verb = "entitlement.give" // by what was bought, and at the end of a month or plan year
	TakeUnits      Verb = "entitlement.take" // by what uses them
	ViewPlanDays   Verb = "plan_days.view"
	AskPlanDays    Verb = "plan_days.ask"    // days, other dates, trainings, a seat
	DecidePlanDays Verb = "plan_days.decide" // approve, refuse, reschedule, plan a training

	// attachment: files for tickets and messages; who reads them, the ticket decides.
	AttachFiles Verb = "attachment.put"

	// privilege and agreement: who may open tickets and take lists away; what users agree to; reports of abuse.
	ViewTicketPrivileges   Verb = "privilege.view"
	ManageTicketPrivileges Verb = "privilege.manage" // policy and grants of the own company
	ViewTicketAgreements   Verb = "agreement.view"
	SignTicketAgreement    Verb = "agreement.sign"
	ManageTicketAgreements Verb = "agreement.manage" // publish
	ReportAbuse            Verb = "abuse.report"

	// taxonomy, contact and equipment: what a ticket can be, whom to reach, what it's about.
	ViewTaxonomy    Verb = "taxonomy.view"
	ManageTaxonomy  Verb = "taxonomy.manage" // add, change, retire
	OwnContacts     Verb = "contact.own"     // ask for a code to a contact, check it, list what was checked
	ViewEquipment   Verb = "equipment.view"
	ImportEquipment Verb = "equipment.import" // upload, confirm, cancel
	EditEquipment   Verb = "equipment.edit"   // add and change a device or a project

	// desk: teams, rules, macros, canned answers of whoever serves tickets.
	ViewDesk   Verb = "desk.view"
	ManageDesk Verb = "desk.manage" // teams, rules, macros, canned answers, shared views

	// sla: the clocks of tickets.
	ViewSLA   Verb = "sla.view"   // calendars, policies, the report
	ManageSLA Verb = "sla.manage" // calendars and policies

	// ticketmail: mails to a desk.
	ViewTicketMail   Verb = "ticketmail.view"
	HandleTicketMail Verb = "ticketmail.handle" // release, discard and look again at held mails of the own desk
	ManageTicketMail Verb = "ticketmail.manage" // addresses of desks, mailboxes

	// ticket: what is asked, and the desks that answer.
	ViewTickets    Verb = "ticket.view"
	OpenTickets    Verb = "ticket.open"
	ViewAllTickets Verb = "ticket.view_all" // the account's, and not the own ones alone
	ActOnTickets   Verb = "ticket.act"      // as the one whose ticket it is: say, close, cancel, urge, score
	LabelTickets   Verb = "ticket.label"    // with labels of the own account, as the one whose ticket it is or at the desk
	WorkTickets    Verb = "ticket.work"     // as the desk: answer, accept, assign, change, hand over, merge
	ExportTickets  Verb = "ticket.export"
	RunTickets     Verb = "ticket.run" // by their day: closing, going on

	// notify, audit, jobs, settings.
	OwnMessages    Verb = "message.own"
	ViewAudit      Verb = "audit.view"
	ViewJobs       Verb = "job.view"
	RetryJob       Verb = "job.retry"
	ViewSettings   Verb = "setting.view"
	ChangeSettings Verb = "setting.change"
)

var (
	allVendor   = []Role{VendorAdmin, ProgramManager, Reviewer, SupportEngineer, VendorFinance, ChannelManager, Auditor}
	allPartner  = []Role{PartnerAdmin, ServiceManager, PartnerFinance, AccountManager}
	allCustomer = []Role{CustomerAdmin, CustomerUser}
)

// table is the whole truth about who may do what. Object-level rules (own account, own sign-in) come on top, in
// the queries. Machine is listed where a schedule or the command line calls the verb.
var table = []Permission{
	{SignIn, []Role{Anyone}},
	{ResetPassword, []Role{Anyone}},
	{OwnSession, []Role{Self}},
	{OwnKey, []Role{Self, Machine}},
	{IssueToken, []Role{Anyone}},

	{RegisterPartner, []Role{Anyone}},
	{DecidePartner, []Role{VendorAdmin, ChannelManager}},
	{InvitePartner, []Role{VendorAdmin, ChannelManager}},
	{ListAccounts, join(allVendor, []Role{Machine})},
	{ViewAccount, join(allVendor, allPartner, allCustomer, []Role{Self})},
	{EditAccount, []Role{VendorAdmin, PartnerAdmin, CustomerAdmin}},
	{FreezeAccount, []Role{VendorAdmin, ChannelManager}},
	{ListUsers, []Role{VendorAdmin, Auditor, PartnerAdmin, CustomerAdmin, Machine}},
	{ManageUsers, []Role{VendorAdmin, PartnerAdmin, CustomerAdmin, Machine}},
	{AcceptInvite, []Role{Anyone}},
	{CreateAccounts, []Role{Machine}},
	{Associate, []Role{VendorAdmin, ChannelManager, Machine}},

	{ViewCatalogue, join(allVendor, allPartner, []Role{Self})},
	{ViewOwnRecords, []Role{Self}},
	{ViewRoster, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager, Machine}},
	{ImportRoster, []Role{VendorAdmin, ChannelManager, PartnerAdmin, Machine}},
	{EditRoster, []Role{VendorAdmin, ChannelManager, PartnerAdmin, ServiceManager}},
	{ReportExit, []Role{PartnerAdmin, ServiceManager}},
	{ViewServiceFacts, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{EditServiceFacts, []Role{PartnerAdmin, ServiceManager}},

	{InviteMember, []Role{PartnerAdmin}},
	{ViewMembers, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{UnbindMember, []Role{PartnerAdmin}},
	{AnswerInvitation, []Role{Self}},
	{ReadInvitation, []Role{Anyone}},
	{AttestConsent, []Role{Machine}},
	{OwnRealName, []Role{Self}},
	{CompanyRealName, []Role{PartnerAdmin, CustomerAdmin}},
	{ReviewRealName, []Role{VendorAdmin, Reviewer}},

	{ImportRecords, []Role{VendorAdmin, Machine}},
	{ViewFeeds, []Role{VendorAdmin, ProgramManager, Auditor, Machine}},

	{ViewPrograms, join(allVendor, allPartner, []Role{Self})},
	{ManagePrograms, []Role{VendorAdmin, ProgramManager, Machine}},
	{ViewDrafts, []Role{VendorAdmin, ProgramManager, Auditor, Machine}},
	{ViewEvaluation, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{ViewQualification, join(allVendor, allPartner)},
	{VerifyNumber, []Role{Anyone}},
	{EditApplication, []Role{PartnerAdmin, ServiceManager}},
	{ViewApplication, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{ListReviews, []Role{VendorAdmin, ProgramManager, Reviewer, Auditor}},
	{DecideReview, []Role{VendorAdmin, Reviewer}},
	{RecordInspection, []Role{VendorAdmin, Reviewer}},
	{LiftBan, []Role{VendorAdmin, ProgramManager}},
	{SuspendOrCancel, []Role{VendorAdmin, Reviewer}},

	{EditMaterial, []Role{PartnerAdmin, ServiceManager}},
	{ViewMaterial, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{ReviewMaterial, []Role{VendorAdmin, Reviewer}},

	{OwnDeclaration, []Role{Self}},
	{ReviewDeclaration, []Role{VendorAdmin, Reviewer}},

	{SignUpPerson, []Role{Anyone}},
	{OwnAddresses, []Role{Self}},
	{ViewClaims, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor}},
	{HandleClaims, []Role{VendorAdmin, Reviewer}},

	{ViewIssuerKeys, []Role{VendorAdmin, Auditor}},
	{ManageIssuerKeys, []Role{VendorAdmin}},

	{ViewDuties, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{DoDuties, []Role{PartnerAdmin, ServiceManager}},
	{AnswerDuties, []Role{VendorAdmin, Reviewer, ChannelManager}},
	{PublishPolicy, []Role{VendorAdmin, Reviewer, ChannelManager}},

	{ViewPaths, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{ChoosePath, []Role{PartnerAdmin}},
	{InvitePath, []Role{VendorAdmin, ChannelManager}},

	{ManageRounds, []Role{VendorAdmin, ProgramManager, Machine}},
	{ViewRounds, []Role{VendorAdmin, ProgramManager, Reviewer, ChannelManager, Auditor, PartnerAdmin, ServiceManager}},
	{EnterRound, []Role{PartnerAdmin, ServiceManager}},

	{ConfirmCode, []Role{Anyone}},
	{SwitchCodes, []Role{PartnerAdmin, CustomerAdmin}},
	{MoveFunds, []Role{PartnerAdmin, PartnerFinance}},
	{ViewTreasury, []Role{VendorAdmin, VendorFinance, Auditor}},
	{ManageTreasury, []Role{VendorAdmin, VendorFinance}},
	{PayIn, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{WithdrawFunds, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{RefundCustomer, []Role{PartnerAdmin, PartnerFinance}},
	{AnswerRefund, []Role{CustomerAdmin}},
	{ViewFunds, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, CustomerAdmin, CustomerUser}},

	{ViewCustomers, []Role{VendorAdmin, ChannelManager, VendorFinance, Auditor, PartnerAdmin, PartnerFinance, AccountManager, Machine}},
	{InviteCustomers, []Role{PartnerAdmin, AccountManager}},
	{CreateCustomers, []Role{PartnerAdmin}},
	{ManageCustomers, []Role{PartnerAdmin}},
	{LabelCustomers, []Role{PartnerAdmin, AccountManager}},
	{FreezeCustomers, []Role{PartnerAdmin}},
	{TagCustomers, []Role{VendorAdmin, ChannelManager}},
	{ReadOffer, []Role{Anyone}},
	{AnswerOffer, []Role{CustomerAdmin, PartnerAdmin}},
	{TakeOffer, []Role{Anyone}},
	{ViewMyPartner, []Role{CustomerAdmin, CustomerUser, PartnerAdmin, PartnerFinance}},
	{ChangeAssociation, []Role{PartnerAdmin, CustomerAdmin}},
	{ViewResellers, []Role{VendorAdmin, ChannelManager, VendorFinance, Auditor, PartnerAdmin, PartnerFinance, Machine}},
	{InviteResellers, []Role{PartnerAdmin}},
	{MoveCustomers, []Role{PartnerAdmin}},
	{RestrictPartner, []Role{VendorAdmin, ChannelManager}},

	{ImportConsumption, []Role{VendorAdmin, VendorFinance, Machine}},
	{ViewConsumption, []Role{VendorAdmin, VendorFinance, Auditor, Machine}},
	{ViewBills, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, CustomerAdmin, CustomerUser, Machine}},
	{SettleBills, []Role{Machine}},

	{ViewDelegations, []Role{VendorAdmin, ChannelManager, Auditor, PartnerAdmin, CustomerAdmin, CustomerUser}},
	{AskDelegation, []Role{PartnerAdmin}},
	{AnswerDelegation, []Role{CustomerAdmin}},
	{EndDelegations, []Role{Machine}},

	{ViewBudgets, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance}},
	{SetBudgets, []Role{PartnerAdmin, PartnerFinance}},
	{OwnBudget, []Role{CustomerAdmin, CustomerUser}},
	{EndBudgets, []Role{Machine}},

	{ViewBooks, []Role{VendorAdmin, VendorFinance, Auditor, Machine}},
	{CheckBooks, []Role{VendorAdmin, VendorFinance, Auditor, Machine}},
	{ExpireHold, []Role{Machine}},

	{ViewPlan, join(allVendor, allPartner, allCustomer)},
	{ManagePlan, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{RunPlans, []Role{Machine}},
	{ViewOrders, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, CustomerAdmin, CustomerUser}},
	{PlaceOrder, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{PayOrder, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{ReviewRefund, []Role{VendorAdmin, VendorFinance}},
	{PayForCustomer, []Role{PartnerAdmin, PartnerFinance}},

	{ViewContracts, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, CustomerAdmin, CustomerUser}},
	{ApplyContract, []Role{PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{HandleContract, []Role{VendorAdmin, VendorFinance}},

	{GrantQuotas, []Role{VendorAdmin, VendorFinance}},
	{SplitQuotas, []Role{PartnerAdmin, PartnerFinance}},
	{IssueVouchers, []Role{PartnerAdmin, PartnerFinance, AccountManager}},
	{ViewVouchers, join([]Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, AccountManager}, allCustomer)},
	{BuyPickups, []Role{PartnerAdmin, PartnerFinance}},

	{ViewPrices, join(allVendor, allPartner, allCustomer)},
	{ManagePrices, []Role{VendorAdmin, VendorFinance}},
	{ViewDiscounts, []Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, CustomerAdmin}},
	{GrantDiscounts, []Role{VendorAdmin, VendorFinance}},

	{ViewTiers, join([]Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, ServiceManager}, allCustomer)},
	{StateTiers, []Role{VendorAdmin, VendorFinance}},
	{RefreshTiers, []Role{Machine}},
	{ViewSubAccounts, join([]Role{VendorAdmin, VendorFinance, ChannelManager, Auditor, PartnerAdmin, PartnerFinance, ServiceManager}, allCustomer)},
	{ManageSubAccounts, []Role{PartnerAdmin}},
	{AnswerSubAccounts, []Role{PartnerAdmin, CustomerAdmin}},

	{GiveUnits, []Role{Machine}},
	{TakeUnits, []Role{Machine}},
	{ViewPlanDays, join([]Role{VendorAdmin, ChannelManager, SupportEngineer, VendorFinance, Auditor, PartnerAdmin, ServiceManager, PartnerFinance}, allCustomer)},
	{AskPlanDays, []Role{PartnerAdmin, ServiceManager, CustomerAdmin}},
	{DecidePlanDays, []Role{VendorAdmin, ChannelManager, SupportEngineer}},

	{AttachFiles, join(allPartner, allCustomer, []Role{VendorAdmin, SupportEngineer, Machine})},
	{ViewTicketPrivileges, join(allPartner, allCustomer)},
	{ManageTicketPrivileges, []Role{PartnerAdmin, CustomerAdmin}},
	{ViewTicketAgreements, join(allVendor, allPartner, allCustomer)},
	{SignTicketAgreement, join(allPartner, allCustomer)},
	{ManageTicketAgreements, []Role{VendorAdmin}},
	{ReportAbuse, join(allPartner, allCustomer)},
	{ViewTaxonomy, join(allVendor, allPartner, allCustomer)},
	{ManageTaxonomy, []Role{VendorAdmin, SupportEngineer}},
	{OwnContacts, []Role{Self}},
	{ViewEquipment, join(allVendor, allPartner, allCustomer, []Role{Machine})},
	{ImportEquipment, []Role{VendorAdmin, SupportEngineer, ChannelManager, Machine}},
	{EditEquipment, []Role{VendorAdmin, SupportEngineer, ChannelManager, Machine}},

	{ViewDesk, []Role{VendorAdmin, SupportEngineer, Auditor, PartnerAdmin, ServiceManager, AccountManager}},
	{ManageDesk, []Role{VendorAdmin, PartnerAdmin}},
	{ViewSLA, []Role{VendorAdmin, SupportEngineer, ProgramManager, ChannelManager, Auditor}},
	{ManageSLA, []Role{VendorAdmin}},

	{ViewTicketMail, []Role{VendorAdmin, SupportEngineer, Auditor, PartnerAdmin, ServiceManager}},
	{HandleTicketMail, []Role{VendorAdmin, SupportEngineer, PartnerAdmin, ServiceManager}},
	{ManageTicketMail, []Role{VendorAdmin}},

	{ViewTickets, join([]Role{VendorAdmin, SupportEngineer, ChannelManager, Auditor, Machine}, allPartner, allCustomer)},
	{OpenTickets, join([]Role{VendorAdmin, SupportEngineer, Machine}, allPartner, allCustomer)},
	{ViewAllTickets, []Role{VendorAdmin, SupportEngineer, ChannelManager, Auditor, PartnerAdmin, ServiceManager, CustomerAdmin, Machine}},
	{ActOnTickets, join([]Role{Machine}, allPartner, allCustomer)},
	{LabelTickets, join([]Role{VendorAdmin, SupportEngineer, Machine}, allPartner, allCustomer)},
	{WorkTickets, []Role{VendorAdmin, SupportEngineer, PartnerAdmin, ServiceManager, AccountManager, Machine}},
	{ExportTickets, join([]Role{VendorAdmin, SupportEngineer, Auditor}, allPartner, allCustomer)},
	{RunTickets, []Role{Machine}},

	{OwnMessages, []Role{Self}},
	{ViewAudit, []Role{VendorAdmin, Auditor}},
	{ViewJobs, []Role{VendorAdmin, Auditor}},
	{RetryJob, []Role{VendorAdmin}},
	{ViewSettings, join(allVendor)},
	{ChangeSettings, []Role{VendorAdmin}},
}

func join(lists ...[]Role) (out []Role) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

var permissions = func() map[Verb]Permission {
	m := make(map[Verb]Permission, len(table))
	for _, p := range table {
		m[p.Verb] = p
	}
	return m
}()

// Permissions lists every row: for the permission matrix test, the API and the documentation.
func Permissions() []Permission { return table }
