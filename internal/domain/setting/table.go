package setting

import "hanse/internal/kit/i18n"

// A Key names one setting.
type Key string

// A Kind says how a value is written.
type Kind string

// The kinds. A duration is written as 10m or 24h, a list as whole numbers with commas.
const (
	IntKind      Kind = "int"
	DurationKind Kind = "duration"
	TextKind     Kind = "text"
	BoolKind     Kind = "bool"
	ListKind     Kind = "list"
	ChoiceKind   Kind = "choice" // Unit lists the words, the default first
)

// A Def is a known setting. Min and Max bound numbers and the seconds of durations; for texts Max bounds the
// characters. Source says where the default comes from: "PROP" is our own proposal.
type Def struct {
	Key      Key
	Kind     Kind
	Default  string
	Unit     string
	Min, Max int64
	Source   string
	Label    i18n.Msg
}

// The settings of sign-in and verification codes.
const (
	CodeLifetime     Key = "code.lifetime"
	CodeResend       Key = "code.resend"
	CodePerDay       Key = "code.per_day"
	CodeTries        Key = "code.tries"
	CodeLockAfter    Key = "code.lock_after"
	CodeLock         Key = "code.lock"
	SessionIdle      Key = "session.idle"
	SessionLifetime  Key = "session.lifetime"
	ResetLifetime    Key = "login.reset_lifetime"
	ThrottleName     Key = "login.throttle_name"
	ThrottleIP       Key = "login.throttle_ip"
	ThrottleWindow   Key = "login.throttle_window"
	TokenLifetime    Key = "token.lifetime"
	KeysPerUser      Key = "key.per_user"
	KeyRotationGrace Key = "key.rotation_grace"
	InvitationDays   Key = "invitation.days"
)

// The settings of files, exports and notices. What a program asks (months, days, windows) stands in its version.
const (
	UploadBytes Key = "upload.bytes"
	ListExport  Key = "list.export"
	NoticeDays  Key = "notice.days"
)

// The settings of files on tickets: how many one message has, their size, what an account may upload on a day, and the
// endings that are allowed, with commas.
const (
	TicketFiles            Key = "ticket.files"
	TicketFileMegabytes    Key = "ticket.file_megabytes"
	TicketFileDayMegabytes Key = "ticket.file_day_megabytes"
	TicketFileTypes        Key = "ticket.file_types"
	TicketPressAfter       Key = "ticket.press_after"
	TicketPressBetween     Key = "ticket.press_between"
	TicketCancelProcessing Key = "ticket.cancel_processing"
	TicketAutoCloseDays    Key = "ticket.auto_close_days"
	TicketNoticeDays       Key = "ticket.auto_close_notice_days"
	TicketReopenDays       Key = "ticket.reopen_days"
	TicketScoreDays        Key = "ticket.score_days"
	TicketWithdrawTime     Key = "ticket.withdraw_time"
	TicketCopies           Key = "ticket.cc_most"
	TicketDueSoon          Key = "ticket.due_soon"
)

// The settings of tickets by mail: the problem type of a ticket that came by mail ("" = questions about accounts, which no
// plan counts), mails that one address may write within an hour, automatic answers that one address gets within an hour,
// and how many megabytes of files go with a mail; the others go as links.
const (
	MailProblemType Key = "ticketmail.problem_type"
	MailPerHour     Key = "ticketmail.per_hour"
	MailAnswers     Key = "ticketmail.answers_per_hour"
	MailFiles       Key = "ticketmail.file_megabytes"
)

// ContactDays is how long a contact on tickets holds after a code was checked.
const ContactDays Key = "contact.verified_days"

// BusinessErrorStatus is what the vendor's ticket interface answers a refusal with: 4xx, or 200 as the vendor's own does.
const BusinessErrorStatus Key = "osm.business_error_status"

// MaterialReviewDays are the working days within which a material is decided.
const MaterialReviewDays Key = "material.review_days"

// The settings of declared certificates: working days of a review, numbers that one may look up within a day, and the
// catalogue's providers whose results feeds bring, with commas.
const (
	DeclarationReviewDays Key = "declaration.review_days"
	DeclarationPerDay     Key = "declaration.per_day"
	DeclarationFed        Key = "declaration.fed_providers"
)

// The settings of people at partners.
const (
	UnconfirmedDays  Key = "binding.unconfirmed_days"
	ConfirmReminders Key = "binding.reminder_days"
	MemberDays       Key = "member.invitation_days"
	MemberPerDay     Key = "member.per_day"
	MemberPartners   Key = "member.partners_per_year"
	RealName         Key = "site.real_name" // china: asked before a binding; international: not asked
	RealNameDays     Key = "realname.review_days"
)

// The settings of records: until when one should have arrived, and how long a confirmation link works.
const (
	RecordLagDays       Key = "records.lag_days"
	RecordLagFrom       Key = "records.lag_from_days"
	AddressLinkLifetime Key = "address.link_lifetime"
)

// CredentialHosts are the hosts that this server may ask for another issuer's keys and status lists.
const CredentialHosts Key = "credential.hosts"

// RoundReminderDays are the days before a round's window closes, and before its last day for changes, on which
// partners who haven't acted are reminded.
const RoundReminderDays Key = "round.reminder_days"

// PathInvitationDays is how long an invitation to a path or program can be accepted.
const PathInvitationDays Key = "path.invitation_days"

// ReportDays are the days after a quarter within which the service manager reports on it.
const ReportDays Key = "duty.report_days"

// The settings of money: from which amount on a second person approves (whole units of the currency), how long an
// online payment can be paid and for how many days after that the provider is still asked, working days of a
// withdrawal, the balance below which a partner is reminded, and the bank account that transfers go to.
const (
	MoneyFourEyes   Key = "money.four_eyes"
	PaymentLifetime Key = "payment.lifetime"
	PaymentLateDays Key = "payment.late_days"
	WithdrawalDays  Key = "withdrawal.days"
	BalanceLow      Key = "balance.low"
	TopUpHolder     Key = "topup.bank_holder"
	TopUpBank       Key = "topup.bank_name"
	TopUpBranch     Key = "topup.bank_branch"
	TopUpAccount    Key = "topup.bank_account"
)

// BillTax is the tax on a monthly bill, in hundredths of a percent of settlement less coupons.
const BillTax Key = "bill.tax_rate"

// The settings of customers and resellers: days of a partner's link and of an announcement, days within which a new
// customer can still be won, requests of one side about one customer within so many months, accounts of one phone
// number, and the computed new-customer tag.
const (
	OfferDays          Key = "customer.invitation_days"
	AnnounceDays       Key = "customer.preregistration_days"
	NewCustomerDays    Key = "customer.new_days"
	ChangeMonths       Key = "association.request_months"
	ChangesPerMonths   Key = "association.requests"
	AccountsPerPhone   Key = "customer.accounts_per_phone"
	ResaleStartsFrozen Key = "customer.resale_starts_frozen"
	TagWindowMonths    Key = "customer.tag_window_months"
	TagMonths          Key = "customer.tag_months"
	TagAmount          Key = "customer.tag_amount"
)

// The settings of customer tiers: what V1 to V5 take, in whole units of the currency; days of grace and of retention of V0
// to V5, and of accounts without a tier. EligiblePrograms are the programs whose members buy support plans directly, as
// service partners do, with commas.
const (
	TierThresholds   Key = "tier.thresholds"
	TierGrace        Key = "tier.grace_days"
	TierRetention    Key = "tier.retention_days"
	GraceDefault     Key = "tier.grace_default"
	RetentionDefault Key = "tier.retention_default"
	EligiblePrograms Key = "eligibility.programs"
)

// QuotaFourEyes is the value of a voucher quota, in whole currency units, above which a second one of vendor finance
// approves. VoucherServices and VoucherProducts are the codes that quotas and vouchers may be limited to, separated by
// commas; none allows every code.
const (
	QuotaFourEyes   Key = "voucher.four_eyes"
	VoucherServices Key = "voucher.services"
	VoucherProducts Key = "voucher.products"
)

// PlanLeadDays are the days before its first one that a request for service days must be made.
const PlanLeadDays Key = "plan.lead_days"

// The settings of orders of the support plan: days in which one can be paid, five-day returns in a natural year, the
// refund above which finance agrees first (whole units), whether an unsubscription counts days instead of hours, whether
// a used benefit bars it, level changes within 30 days, and whether packs ask for an identity code.
const (
	OrderDays       Key = "order.unpaid_days"
	NoReasonPerYear Key = "order.no_reason_per_year"
	ReviewRefund    Key = "order.review_refund"
	UnsubscribeDays Key = "order.unsubscribe_by_days"
	BenefitBars     Key = "order.benefit_bars"
	LevelChanges    Key = "order.level_changes"
	PackCode        Key = "order.pack_code"
)

// AgentReseller tells whether customers of resellers may ask them to pay orders; those of solution providers always may.
const AgentReseller Key = "order.agent_reseller"

// table is every setting there is.
var table = []Def{
	{CodeLifetime, DurationKind, "10m", "", 60, 3600, "PROP", i18n.M("setting.code_lifetime")},
	{CodeResend, DurationKind, "60s", "", 10, 600, "PROP", i18n.M("setting.code_resend")},
	{CodePerDay, IntKind, "10", "", 1, 100, "PROP", i18n.M("setting.code_per_day")},
	{CodeTries, IntKind, "5", "", 1, 10, "PROP", i18n.M("setting.code_tries")},
	{CodeLockAfter, IntKind, "15", "", 1, 100, "PROP", i18n.M("setting.code_lock_after")},
	{CodeLock, DurationKind, "30m", "", 60, 86400, "PROP", i18n.M("setting.code_lock")},
	{SessionIdle, DurationKind, "8h", "", 300, 2592000, "PROP", i18n.M("setting.session_idle")},
	{SessionLifetime, DurationKind, "168h", "", 3600, 2592000, "PROP", i18n.M("setting.session_lifetime")},
	{ResetLifetime, DurationKind, "1h", "", 300, 86400, "PROP", i18n.M("setting.reset_lifetime")},
	{ThrottleName, IntKind, "10", "", 1, 1000, "PROP", i18n.M("setting.throttle_name")},
	{ThrottleIP, IntKind, "100", "", 1, 100000, "PROP", i18n.M("setting.throttle_ip")},
	{ThrottleWindow, DurationKind, "15m", "", 60, 86400, "PROP", i18n.M("setting.throttle_window")},
	{TokenLifetime, DurationKind, "24h", "", 300, 604800, "IAM", i18n.M("setting.token_lifetime")},
	{KeysPerUser, IntKind, "5", "", 1, 50, "PROP", i18n.M("setting.keys_per_user")},
	{KeyRotationGrace, DurationKind, "24h", "", 0, 604800, "PROP", i18n.M("setting.key_rotation_grace")},
	{InvitationDays, IntKind, "7", "d", 1, 60, "PROP", i18n.M("setting.invitation_days")},

	{ReportDays, IntKind, "15", "d", 1, 90, "PROP", i18n.M("setting.report_days")},
	{PathInvitationDays, IntKind, "30", "d", 1, 365, "PROP", i18n.M("setting.path_invitation_days")},
	{RoundReminderDays, ListKind, "30,14,7,1", "d", 0, 365, "PROP", i18n.M("setting.round_reminder_days")},
	{MaterialReviewDays, IntKind, "5", "d", 1, 60, "PROP", i18n.M("setting.material_review_days")},

	{DeclarationReviewDays, IntKind, "5", "d", 1, 60, "PROP", i18n.M("declaration.setting.review_days")},
	{DeclarationPerDay, IntKind, "10", "", 1, 1000, "PROP", i18n.M("declaration.setting.per_day")},
	{DeclarationFed, TextKind, "h3c,huawei-talent,huawei-developer", "", 0, 500, "PROP", i18n.M("declaration.setting.fed")},

	{UnconfirmedDays, IntKind, "30", "d", 0, 36500, "PROP", i18n.M("setting.binding_unconfirmed_days")},
	{ConfirmReminders, ListKind, "7,1", "d", 0, 365, "PROP", i18n.M("setting.binding_reminder_days")},
	{MemberDays, IntKind, "7", "d", 1, 60, "inv", i18n.M("setting.member_invitation_days")},
	{MemberPerDay, IntKind, "100", "", 1, 100000, "inv", i18n.M("setting.member_per_day")},
	{MemberPartners, IntKind, "3", "", 1, 100, "S2", i18n.M("setting.member_partners")},
	{RealName, ChoiceKind, "international", "international,china", 0, 0, "S2", i18n.M("setting.site_real_name")},
	{RealNameDays, IntKind, "3", "d", 1, 60, "PROP", i18n.M("setting.realname_days")},

	{UploadBytes, IntKind, "20971520", "B", 1024, 1073741824, "PROP", i18n.M("setting.upload_bytes")},
	{ListExport, IntKind, "100000", "", 100, 5000000, "PROP", i18n.M("setting.list_export")},
	{TicketFiles, IntKind, "5", "", 1, 20, "osm", i18n.M("attachment.setting.files")},
	{TicketFileMegabytes, IntKind, "4", "MB", 1, 99, "osm", i18n.M("attachment.setting.megabytes")},
	{TicketFileDayMegabytes, IntKind, "200", "MB", 1, 100000, "PROP", i18n.M("attachment.setting.day")},
	{TicketFileTypes, TextKind, "jpg,jpeg,bmp,png,gif,txt,zip,docx,msg,eml,xlsx,pdf,log,ini,mp4,mov", "", 0, 256, "osm", i18n.M("attachment.setting.types")},
	{TicketPressAfter, DurationKind, "30m", "", 0, 604800, "PROP", i18n.M("ticket.setting.press_after")},
	{TicketPressBetween, DurationKind, "30m", "", 60, 604800, "PROP", i18n.M("ticket.setting.press_between")},
	{TicketCancelProcessing, BoolKind, "false", "", 0, 0, "PROP", i18n.M("ticket.setting.cancel_processing")},
	{TicketAutoCloseDays, IntKind, "7", "d", 1, 365, "PROP", i18n.M("ticket.setting.auto_close")},
	{TicketNoticeDays, IntKind, "2", "d", 0, 364, "PROP", i18n.M("ticket.setting.notice")},
	{TicketReopenDays, IntKind, "7", "d", 0, 365, "PROP", i18n.M("ticket.setting.reopen")},
	{TicketScoreDays, IntKind, "7", "d", 0, 365, "PROP", i18n.M("ticket.setting.score")},
	{TicketWithdrawTime, DurationKind, "2m", "", 0, 86400, "PROP", i18n.M("ticket.setting.withdraw")},
	{TicketCopies, IntKind, "10", "", 0, 100, "osm", i18n.M("ticket.setting.cc")},
	{TicketDueSoon, DurationKind, "4h", "", 300, 2592000, "PROP", i18n.M("ticket.setting.due_soon")},
	{MailProblemType, TextKind, "", "", 0, 64, "PROP", i18n.M("ticketmail.setting.problem_type")},
	{MailPerHour, IntKind, "30", "", 1, 10000, "PROP", i18n.M("ticketmail.setting.per_hour")},
	{MailAnswers, IntKind, "2", "", 0, 100, "PROP", i18n.M("ticketmail.setting.answers")},
	{MailFiles, IntKind, "5", "MB", 0, 20, "PROP", i18n.M("ticketmail.setting.files")},
	{ContactDays, IntKind, "180", "d", 1, 3650, "PROP", i18n.M("contact.setting.days")},
	{BusinessErrorStatus, ChoiceKind, "4xx", "4xx,200", 0, 0, "osm", i18n.M("osm.setting.business_error_status")},
	{RecordLagFrom, IntKind, "14", "d", 0, 365, "S3", i18n.M("setting.record_lag_from")},
	{RecordLagDays, IntKind, "28", "d", 1, 365, "S3", i18n.M("setting.record_lag_days")},
	{AddressLinkLifetime, DurationKind, "24h", "", 600, 604800, "PROP", i18n.M("setting.address_link_lifetime")},

	{MoneyFourEyes, IntKind, "500000", "", 0, 1000000000, "PROP", i18n.M("treasury.setting.four_eyes")},
	{PaymentLifetime, DurationKind, "24h", "", 300, 2592000, "PROP", i18n.M("treasury.setting.payment_lifetime")},
	{PaymentLateDays, IntKind, "7", "d", 0, 90, "PROP", i18n.M("treasury.setting.payment_late")},
	{WithdrawalDays, IntKind, "7", "d", 1, 60, "fragment", i18n.M("treasury.setting.withdrawal_days")},
	{BalanceLow, IntKind, "10000", "", 0, 1000000000, "PROP", i18n.M("treasury.setting.balance_low")},
	{TopUpHolder, TextKind, "", "", 0, 200, "PROP", i18n.M("treasury.setting.bank_holder")},
	{TopUpBank, TextKind, "", "", 0, 200, "PROP", i18n.M("treasury.setting.bank_name")},
	{TopUpBranch, TextKind, "", "", 0, 200, "PROP", i18n.M("treasury.setting.bank_branch")},
	{TopUpAccount, TextKind, "", "", 0, 100, "PROP", i18n.M("treasury.setting.bank_account")},

	{OfferDays, IntKind, "30", "d", 1, 365, "PROP", i18n.M("distribution.setting.offer_days")},
	{AnnounceDays, IntKind, "90", "d", 1, 730, "PROP", i18n.M("distribution.setting.announce_days")},
	{NewCustomerDays, IntKind, "7", "d", 0, 3650, "asc", i18n.M("distribution.setting.new_days")},
	{ChangeMonths, IntKind, "3", "", 1, 60, "pfq", i18n.M("distribution.setting.change_months")},
	{ChangesPerMonths, IntKind, "1", "", 1, 100, "PROP", i18n.M("distribution.setting.changes")},
	{AccountsPerPhone, IntKind, "5", "", 1, 1000, "PROP", i18n.M("distribution.setting.per_phone")},
	{ResaleStartsFrozen, BoolKind, "false", "", 0, 0, "asc", i18n.M("distribution.setting.starts_frozen")},
	{TagWindowMonths, IntKind, "12", "", 1, 60, "PROP", i18n.M("distribution.setting.tag_window")},
	{TagMonths, IntKind, "12", "", 1, 60, "PROP", i18n.M("distribution.setting.tag_months")},
	{TagAmount, IntKind, "1000", "", 0, 1000000000, "PROP", i18n.M("distribution.setting.tag_amount")},

	{BillTax, IntKind, "0", "0.01 %", 0, 10000, "PROP", i18n.M("bill.setting.tax_rate")},

	{QuotaFourEyes, IntKind, "1000000", "", 0, 1_000_000_000_000, "PROP", i18n.M("voucher.setting.four_eyes")},
	{VoucherServices, TextKind, "hws.service.type.ec2,hws.service.type.ebs,hws.service.type.obs,hws.service.type.vpc,hws.service.type.rds,hws.service.type.cce,hws.service.type.elb,hws.service.type.dcs,hws.service.type.cdn,hws.service.type.modelarts", "", 0, 2000, "PROP", i18n.M("voucher.setting.services")},
	{VoucherProducts, TextKind, "", "", 0, 2000, "PROP", i18n.M("voucher.setting.products")},

	{PlanLeadDays, IntKind, "1", "d", 0, 60, "PROP", i18n.M("entitlement.setting.lead_days")},

	{OrderDays, IntKind, "7", "d", 1, 90, "PROP", i18n.M("order.setting.unpaid_days")},
	{NoReasonPerYear, IntKind, "10", "", 0, 1000, "un5", i18n.M("order.setting.no_reason")},
	{ReviewRefund, IntKind, "50000", "", 0, 1_000_000_000, "unO", i18n.M("order.setting.review_refund")},
	{UnsubscribeDays, BoolKind, "false", "", 0, 0, "unI", i18n.M("order.setting.by_days")},
	{BenefitBars, BoolKind, "true", "", 0, 0, "csp", i18n.M("order.setting.benefit_bars")},
	{LevelChanges, IntKind, "2", "", 0, 1000, "PROP", i18n.M("order.setting.level_changes")},
	{PackCode, BoolKind, "false", "", 0, 0, "PROP", i18n.M("order.setting.pack_code")},
	{AgentReseller, BoolKind, "true", "", 0, 0, "pfq", i18n.M("agentpay.setting.reseller")},

	{TierThresholds, ListKind, "1000,10000,50000,200000,1000000", "", 1, 1_000_000_000, "PROP", i18n.M("tier.setting.thresholds")},
	{TierGrace, ListKind, "1,1,1,7,7,7", "d", 0, 365, "grc", i18n.M("tier.setting.grace")},
	{TierRetention, ListKind, "1,7,7,7,15,15", "d", 0, 365, "grc", i18n.M("tier.setting.retention")},
	{GraceDefault, IntKind, "7", "d", 0, 365, "PROP", i18n.M("tier.setting.grace_default")},
	{RetentionDefault, IntKind, "15", "d", 0, 365, "PROP", i18n.M("tier.setting.retention_default")},
	{EligiblePrograms, TextKind, "", "", 0, 500, "PROP", i18n.M("eligibility.setting.programs")},

	{CredentialHosts, TextKind, "", "", 0, 2000, "PROP", i18n.M("badge.setting.hosts")},
	{NoticeDays, ListKind, "90,60,30,7,1", "d", 0, 365, "PROP", i18n.M("setting.notice_days")},
}

// Table lists all settings: for the documentation and the portal.
func Table() []Def { return table }

func find(key Key) (Def, bool) {
	for _, d := range table {
		if d.Key == key {
			return d, true
		}
	}
	return Def{}, false
}
