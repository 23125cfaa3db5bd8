package notify

import (
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// customersDesk are those of a partner who look after its customers and resellers.
func customersDesk() []actor.Role { return []actor.Role{actor.PartnerAdmin} }

// bothAdmins reaches the other side, a customer or a reseller.
func bothAdmins() []actor.Role { return []actor.Role{actor.CustomerAdmin, actor.PartnerAdmin} }

type changedCustomer = distribution.Changed

func customerArgs(x changedCustomer) i18n.A {
	return i18n.A{"partner": i18n.Raw(x.PartnerName), "customer": i18n.Raw(x.CustomerName), "by": i18n.Raw(x.By), "text": because(x.Text),
		"operation": distribution.OperationLabel(x.Operation), "how": distribution.FrozenLabel(x.Frozen)}
}

// toPartnerOf tells the partner, toOtherOf the customer or reseller.
func toPartnerOf(x changedCustomer, tone Tone, link, title, body string) Note {
	return Note{Account: x.Partner, Roles: customersDesk(), Tone: tone, Link: link,
		Title: i18n.Msg{Key: title, Args: customerArgs(x)}, Body: i18n.Msg{Key: body, Args: customerArgs(x)}}
}

func toOtherOf(x changedCustomer, tone Tone, link, title, body string) Note {
	return Note{Account: x.Customer, Roles: bothAdmins(), Tone: tone, Link: link,
		Title: i18n.Msg{Key: title, Args: customerArgs(x)}, Body: i18n.Msg{Key: body, Args: customerArgs(x)}}
}

// distributionRules tell both sides of every step of an association.
func distributionRules() []func(*Service) rule {
	return append(append(associationRules(), requestRules()...), standingRules()...)
}

func offered(x distribution.Invited, _ string) []Note {
	a := i18n.A{"partner": i18n.Raw(x.PartnerName), "by": i18n.Raw(x.By), "days": x.Days, "note": because(x.Note)}
	n := Note{To: x.Email, ToLang: x.Lang, MailOnly: true, Secret: x.Sealed, Action: i18n.M("customers.notify.offer.do"),
		Title: i18n.M("customers.notify.offer", a), Body: i18n.M("customers.notify.offer.body", a)}
	if x.Reseller {
		n.Title, n.Body = i18n.M("customers.notify.offer_reseller", a), i18n.M("customers.notify.offer_reseller.body", a)
	}
	return []Note{n}
}

func associationRules() []func(*Service) rule {
	at := func(x changedCustomer) string { return "/customers/" + x.Customer }
	return []func(*Service) rule{
		on("customer.invited", offered),
		on("reseller.invited", offered),
		on("customer.associated", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Good, at(x), "customers.notify.associated", "customers.notify.associated.body"),
				toOtherOf(x, Good, "/my-partner", "customers.notify.joined", "customers.notify.joined.body")}
		}),
		on("customer.declined", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Warn, "/customers/invitations", "customers.notify.declined", "customers.notify.declined.body")}
		}),
		on("customer.assigned", func(x changedCustomer, _ string) []Note {
			n := toPartnerOf(x, Good, at(x), "customers.notify.assigned", "customers.notify.assigned.body")
			n.Roles, n.User = nil, x.User
			return []Note{n}
		}),
		on("customer.moved", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Good, at(x), "customers.notify.moved", "customers.notify.moved.body"),
				toOtherOf(x, Warn, "/my-partner", "customers.notify.moved", "customers.notify.moved.body")}
		}),
		on("reseller.associated", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Good, "/resellers/"+x.Customer, "customers.notify.reseller", "customers.notify.reseller.body"),
				toOtherOf(x, Good, "/my-partner", "customers.notify.joined", "customers.notify.joined.body")}
		}),
	}
}

func requestRules() []func(*Service) rule {
	at := func(x changedCustomer) string { return "/association-requests/" + x.Request }
	// both tells the side that asked, and the one that was asked.
	both := func(x changedCustomer, tone Tone, title, body string) []Note {
		return []Note{toPartnerOf(x, tone, at(x), title, body), toOtherOf(x, tone, at(x), title, body)}
	}
	agreed := func(x changedCustomer, _ string) []Note {
		return both(x, Good, "customers.notify.agreed", "customers.notify.agreed.body")
	}
	return []func(*Service) rule{
		on("association.asked", func(x changedCustomer, _ string) []Note {
			if x.Side == distribution.SidePartner {
				return []Note{toOtherOf(x, Warn, at(x), "customers.notify.asked", "customers.notify.asked.body")}
			}
			return []Note{toPartnerOf(x, Warn, at(x), "customers.notify.asked", "customers.notify.asked.body")}
		}),
		on("association.refused", func(x changedCustomer, _ string) []Note {
			if x.Side == distribution.SidePartner {
				return []Note{toPartnerOf(x, Bad, at(x), "customers.notify.refused", "customers.notify.refused.body")}
			}
			return []Note{toOtherOf(x, Bad, at(x), "customers.notify.refused", "customers.notify.refused.body")}
		}),
		on("association.withdrawn", func(x changedCustomer, _ string) []Note {
			if x.Side == distribution.SidePartner {
				return []Note{toOtherOf(x, Good, at(x), "customers.notify.withdrawn", "customers.notify.withdrawn.body")}
			}
			return []Note{toPartnerOf(x, Good, at(x), "customers.notify.withdrawn", "customers.notify.withdrawn.body")}
		}),
		on("customer.dissociated", agreed),
		on("customer.switched", agreed),
		on("reseller.dissociated", agreed),
	}
}

func standingRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("customer.frozen", func(x changedCustomer, _ string) []Note {
			return []Note{toOtherOf(x, Bad, "/my-partner", "customers.notify.frozen", "customers.notify.frozen.body")}
		}),
		on("customer.unfrozen", func(x changedCustomer, _ string) []Note {
			return []Note{toOtherOf(x, Good, "/my-partner", "customers.notify.unfrozen", "customers.notify.unfrozen.body")}
		}),
		on("partner.restricted", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Bad, "/customers", "customers.notify.restricted", "customers.notify.restricted.body")}
		}),
		on("partner.unrestricted", func(x changedCustomer, _ string) []Note {
			return []Note{toPartnerOf(x, Good, "/customers", "customers.notify.unrestricted", "customers.notify.unrestricted.body")}
		}),
	}
}
