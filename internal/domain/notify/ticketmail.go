package notify

import (
	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// mailDesk decides about mails that are held: the vendor's desk, or a partner's.
func mailDesk() []actor.Role {
	return []actor.Role{actor.SupportEngineer, actor.PartnerAdmin, actor.ServiceManager}
}

// ticketMailRules tell a desk of mails that wait for it. They go to the message center alone: a mail about each mail would be
// one too many.
func ticketMailRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("ticketmail.held", func(x ticketmail.HeldMail, _ string) []Note {
			a := i18n.A{"sender": i18n.Raw(x.Sender), "subject": i18n.Raw(x.Subject), "reason": x.Reason.Label()}
			return []Note{{Account: x.Desk, Roles: mailDesk(), Tone: Warn, Quiet: true, Link: "/desk/mail/" + x.Mail,
				Title: i18n.M("ticketmail.notify.held", a), Body: i18n.M("ticketmail.notify.held.body", a)}}
		}),
		on("ticketmail.returned", func(x ticketmail.Returned, _ string) []Note {
			a := i18n.A{"no": x.No, "to": i18n.Raw(x.To), "reason": i18n.Raw(x.Reason)}
			return []Note{{Account: x.Desk, Roles: mailDesk(), Tone: Bad, Quiet: true, Link: "/desk/" + x.No,
				Title: i18n.M("ticketmail.notify.returned", a), Body: i18n.M("ticketmail.returned", a)}}
		}),
	}
}
