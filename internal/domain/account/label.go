package account

import (
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// KindLabel is what users call a kind of account.
func KindLabel(k actor.Kind) i18n.Msg {
	switch k {
	case actor.Vendor:
		return i18n.M("account.kind.vendor")
	case actor.Partner:
		return i18n.M("account.kind.partner")
	case actor.Customer:
		return i18n.M("account.kind.customer")
	case actor.Person:
		return i18n.M("account.kind.person")
	}
	return i18n.Raw(string(k))
}

// StateLabel is what users call an account's state.
func StateLabel(s State) i18n.Msg {
	switch s {
	case Pending:
		return i18n.M("account.state.pending")
	case Invited:
		return i18n.M("account.state.invited")
	case Active:
		return i18n.M("account.state.active")
	case Frozen:
		return i18n.M("account.state.frozen")
	case Refused:
		return i18n.M("account.state.refused")
	}
	return i18n.Raw(string(s))
}

// UserStateLabel is what users call a user's state.
func UserStateLabel(s UserState) i18n.Msg {
	if s == UserActive {
		return i18n.M("account.user.active")
	}
	return i18n.M("account.user.inactive")
}

// ChannelLabel is what users call a role in the channel.
func ChannelLabel(c Channel) i18n.Msg {
	switch c {
	case Distributor:
		return i18n.M("account.channel.distributor")
	case Reseller:
		return i18n.M("account.channel.reseller")
	case SolutionProvider:
		return i18n.M("account.channel.solution_provider")
	case ServicePartner:
		return i18n.M("account.channel.service_partner")
	case LearningPartner:
		return i18n.M("account.channel.learning_partner")
	case SI:
		return i18n.M("account.channel.si")
	case SoftwarePartner:
		return i18n.M("account.channel.software_partner")
	}
	return i18n.Raw(string(c))
}

// MarketLabel is what users call a market.
func MarketLabel(m string) i18n.Msg {
	switch m {
	case Overseas:
		return i18n.M("account.market.overseas")
	case China:
		return i18n.M("account.market.china")
	}
	return i18n.Raw(m)
}

// RoleLabel is what users call a role.
func RoleLabel(r actor.Role) i18n.Msg {
	switch r {
	case actor.VendorAdmin:
		return i18n.M("account.role.vendor_admin")
	case actor.ProgramManager:
		return i18n.M("account.role.program_manager")
	case actor.Reviewer:
		return i18n.M("account.role.reviewer")
	case actor.SupportEngineer:
		return i18n.M("account.role.support_engineer")
	case actor.VendorFinance:
		return i18n.M("account.role.vendor_finance")
	case actor.ChannelManager:
		return i18n.M("account.role.channel_manager")
	case actor.Auditor:
		return i18n.M("account.role.auditor")
	case actor.PartnerAdmin:
		return i18n.M("account.role.partner_admin")
	case actor.ServiceManager:
		return i18n.M("account.role.service_manager")
	case actor.PartnerFinance:
		return i18n.M("account.role.partner_finance")
	case actor.AccountManager:
		return i18n.M("account.role.account_manager")
	case actor.CustomerAdmin:
		return i18n.M("account.role.customer_admin")
	case actor.CustomerUser:
		return i18n.M("account.role.customer_user")
	}
	return i18n.Raw(string(r))
}

// LinkLabel is what users call an association.
func LinkLabel(l Link) i18n.Msg {
	switch l {
	case Referral:
		return i18n.M("account.link.referral")
	case Resale:
		return i18n.M("account.link.resale")
	case ResellerOf:
		return i18n.M("account.link.reseller")
	}
	return i18n.Raw(string(l))
}
