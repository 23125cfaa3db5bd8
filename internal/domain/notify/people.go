package notify

import (
	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/i18n"
)

func signInRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("login.code_requested", func(x login.CodeRequested, _ string) []Note {
			return []Note{{Account: x.Account, To: x.Target, ToLang: x.Lang, SMS: x.Channel == "sms", MailOnly: true, Secret: x.Sealed,
				Title: i18n.M("notify.code"), Body: i18n.M("notify.code.body", i18n.A{"minutes": x.Minutes})}}
		}),
		on("login.reset_requested", func(x login.ResetRequested, _ string) []Note {
			return []Note{{To: x.Email, ToLang: x.Lang, MailOnly: true, Secret: x.Sealed, Action: i18n.M("notify.reset.do"),
				Title: i18n.M("notify.reset"), Body: i18n.M("notify.reset.body", i18n.A{"minutes": x.Minutes})}}
		}),
		on("login.password_changed", func(x login.PasswordChanged, _ string) (notes []Note) {
			for _, to := range x.Emails {
				notes = append(notes, Note{To: to, ToLang: x.Lang, MailOnly: true, Link: "/reset", Action: i18n.M("notify.reset.do"),
					Title: i18n.M("notify.password"), Body: i18n.M("notify.password.body", i18n.A{"ip": x.IP})})
			}
			return notes
		}),
		on("login.key_created", func(x login.KeyChanged, _ string) []Note {
			return []Note{{Account: x.Account, User: x.User, Link: "/me/keys",
				Title: i18n.M("notify.key_created", i18n.A{"key": x.AccessKey}), Body: i18n.M("notify.key_created.body")}}
		}),
	}
}

func accountRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("account.confirmed", func(x account.Confirmed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: channelDesk, Link: "/channel/" + x.Account + "/registration", Action: i18n.M("notify.registration.do"),
				Title: i18n.M("notify.registration", i18n.A{"company": x.Company}), Body: i18n.M("notify.registration.body", i18n.A{"contact": x.Contact})}}
		}),
		on("account.refused", func(x account.Decided, _ string) []Note {
			return []Note{{Account: x.Account, To: x.Email, ToLang: x.Lang, MailOnly: true, Tone: Bad,
				Title: i18n.M("notify.refused", i18n.A{"company": x.Company}), Body: i18n.M("notify.refused.body", i18n.A{"reason": x.Reason})}}
		}),
		on("account.approved", func(x account.Decided, _ string) []Note {
			return []Note{{Account: x.Account, To: x.Email, ToLang: x.Lang, MailOnly: true, Tone: Good, Secret: x.Sealed, Action: i18n.M("notify.invited.do"),
				Title: i18n.M("notify.approved", i18n.A{"company": x.Company}), Body: i18n.M("notify.approved.body", i18n.A{"days": x.Days})}}
		}),
		on("account.invited", inviteNote),
		on("user.invited", inviteNote),
		on("user.joined", func(x account.UserChanged, _ string) []Note {
			return []Note{{Account: x.Account, Roles: accountAdmin, Tone: Good, Quiet: true, Link: "/company/users",
				Title: i18n.M("notify.joined", i18n.A{"email": x.Email}), Body: i18n.M("notify.joined.body")}}
		}),
		on("user.deactivated", func(x account.UserChanged, _ string) []Note {
			return []Note{{Account: x.Account, To: x.Email, ToLang: x.Lang, MailOnly: true, Tone: Warn,
				Title: i18n.M("notify.deactivated", i18n.A{"account": x.AccountName}), Body: i18n.M("notify.deactivated.body")}}
		}),
		on("account.frozen", func(x account.Changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: accountAdmin, Tone: Bad,
				Title: i18n.M("notify.frozen", i18n.A{"company": x.Company}), Body: i18n.M("notify.frozen.body", i18n.A{"reason": x.Reason})}}
		}),
	}
}

func inviteNote(x account.InvitationSent, _ string) []Note {
	return []Note{{Account: x.Account, To: x.Email, ToLang: x.Lang, MailOnly: true, Secret: x.Sealed, Action: i18n.M("notify.invited.do"),
		Title: i18n.M("notify.invited", i18n.A{"account": x.AccountName}),
		Body:  i18n.M("notify.invited.body", i18n.A{"by": x.InvitedBy, "days": x.Days})}}
}
