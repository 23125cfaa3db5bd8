package notify

import (
	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// mailDesk decides about mails that are held: the vendor's desk, or a partner's.
func mailDesk() []actor.Role {
	return []actor.Role{actor.VendorAdmin, actor.SupportEngineer, actor.PartnerAdmin, actor.ServiceManager}
}

// ticketMailRules tell a desk of mails that wait for it: of the first one in a while, by mail too. Such a mail says that a
// program wrote it, so that it's never held itself where the desk's address is somebody's own. What came back is told in the
// message center alone.
func ticketMailRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("ticketmail.held", func(x ticketmail.HeldMail, _ string) []Note {
			a := i18n.A{"sender": i18n.Raw(x.Sender), "subject": i18n.Raw(x.Subject), "reason": x.Reason.Label()}
			n := Note{Account: x.Desk, Roles: mailDesk(), Tone: Warn, Link: "/desk/mail/" + x.Mail, Action: i18n.M("ticketmail.need.do"),
				Title: i18n.M("ticketmail.notify.held", a), Body: i18n.M("ticketmail.notify.held.body", a)}
			if x.Waiting > 1 {
				a["n"] = int(x.Waiting)
				n.Link, n.Title, n.Body = "/desk/mail", i18n.M("ticketmail.notify.waiting", a), i18n.M("ticketmail.notify.waiting.body", a)
			}
			return []Note{n}
		}),
		on("ticketmail.returned", func(x ticketmail.Returned, _ string) []Note {
			a := i18n.A{"no": x.No, "to": i18n.Raw(x.To), "reason": i18n.Raw(x.Reason)}
			return []Note{{Account: x.Desk, Roles: mailDesk(), Tone: Bad, Quiet: true, Link: "/desk/" + x.No,
				Title: i18n.M("ticketmail.notify.returned", a), Body: i18n.M("ticketmail.returned", a)}}
		}),
	}
}
