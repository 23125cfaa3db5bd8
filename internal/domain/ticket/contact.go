package ticket

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// hours is when somebody may be called: any time, or a range of the day.
var hours = regexp.MustCompile(`^(0|([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9])$`)

// checkCode spends a code that came with the form, before the ticket's transaction: the contact that it was sent to then
// holds for the account.
func (s *Service) checkCode(ctx context.Context, by actor.Actor, c Contact, code string) error {
	if code == "" || s.contact == nil {
		return nil
	}
	for _, x := range c.parsed() {
		known, err := contact.Holds(ctx, s.db.Read(), by.Account, x, s.db.Clock().Now())
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if _, err := s.contact.Check(ctx, by, x, code); err != nil {
			if fault.KindOf(err) == fault.KindInvalid {
				err = &Refusal{Why: NotVerified, err: err}
			}
			return err
		}
		return nil // one code is for one contact
	}
	return nil
}

// parsed are a contact's well-formed parts.
func (c Contact) parsed() (out []contact.Contact) {
	if x, err := contact.Parse(contact.Mobile, c.Mobile, c.AreaCode); err == nil {
		out = append(out, x)
	}
	if x, err := contact.Parse(contact.Mail, c.Mail, ""); err == nil {
		out = append(out, x)
	}
	return out
}

// contact checks how somebody wants to be reached: well formed, and the account's own or verified by a code. Desk people
// and the program say what they were told.
func (w *work) contact(account string, c Contact, mobileID, mailID string) (Contact, error) {
	var fs fault.Fields
	c.Mobile, c.Mail, c.AreaCode, c.RemindTime = text.Clean(c.Mobile), text.Clean(c.Mail), text.Clean(c.AreaCode), text.Clean(c.RemindTime)
	if c.RemindTime != "" && !hours.MatchString(c.RemindTime) {
		fs.Add("contact.remind_time", c.RemindTime, i18n.M("ticket.refuse.remind_time"))
	}
	asked := []struct {
		field, value, area, id string
		way                    contact.Way
	}{{"contact.mobile", c.Mobile, c.AreaCode, mobileID, contact.Mobile}, {"contact.mail", c.Mail, "", mailID, contact.Mail}}
	var open []int
	for i, x := range asked {
		if x.value == "" {
			continue
		}
		p, err := contact.Parse(x.way, x.value, x.area)
		if err != nil {
			fs.Add(x.field, x.value, fault.Of(err).Msg)
			continue
		}
		ok, err := w.verified(account, p, x.id)
		if err != nil {
			return c, err
		}
		if !ok {
			open = append(open, i)
			fs.Add(x.field, x.value, i18n.M("ticket.refuse.not_verified"))
		}
	}
	err := fs.Err()
	if err != nil && len(open) == len(fs) {
		err = &Refusal{Why: NotVerified, err: err}
	}
	return c, err
}

func (w *work) verified(account string, c contact.Contact, id string) (bool, error) {
	if w.by.Account != account {
		return true, nil
	}
	if id != "" {
		v, ok, err := contact.Find(w.ctx, w.tx, account, id, w.tx.Now)
		if err != nil || ok && v.Contact == c {
			return ok, err
		}
	}
	return contact.Holds(w.ctx, w.tx, account, c, w.tx.Now)
}

// copies checks who gets copies: addresses, each once, no more than the setting.
func (w *work) copies(typed []string) ([]string, error) {
	most, err := setting.Int(w.ctx, w.tx, setting.TicketCopies, w.tx.Now)
	if err != nil {
		return nil, err
	}
	var out []string
	var fs fault.Fields
	seen := map[string]bool{}
	for _, s := range splitAddresses(typed) {
		mail, ok := text.Email(s)
		if !ok || len(mail) > 128 {
			fs.Add("cc", s, i18n.M("ticket.refuse.cc"))
			continue
		}
		if !seen[mail] {
			seen[mail], out = true, append(out, mail)
		}
	}
	if len(out) > most {
		fs.Add("cc", strconv.Itoa(len(out)), i18n.M("ticket.refuse.cc_many", i18n.A{"max": most}))
	}
	if err := fs.Err(); err != nil {
		return nil, &Refusal{Why: BadCC, err: err}
	}
	return out, nil
}

// splitAddresses takes lists apart that people separate as they like.
func splitAddresses(typed []string) (out []string) {
	for _, s := range typed {
		for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",;，；\n\r\t ", r) }) {
			out = append(out, part)
		}
	}
	return out
}

// SetContact changes how the customer of a ticket is reached, and who gets copies of it. The customer's side may, and the
// desk for what it was told. Refused in a final state.
func (s *Service) SetContact(ctx context.Context, by actor.Actor, no string, in ContactEdit) (t Ticket, err error) {
	if err := both(by); err != nil {
		return t, err
	}
	if in.Contact != nil {
		if err := s.checkCode(ctx, by, *in.Contact, in.VerifyCode); err != nil {
			return t, err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.holdLive(ctx, tx, by, no)
		if err != nil {
			return err
		}
		if err := w.setContact(in); err != nil {
			return err
		}
		t = w.t
		return w.done()
	})
	return t, err
}

func (w *work) setContact(in ContactEdit) (err error) {
	if w.side == Reader || w.side == Third {
		return fault.Denied()
	}
	kind := LogContact
	if in.Contact != nil {
		if w.t.Contact, err = w.contact(w.t.Account, *in.Contact, in.PhoneVerified, in.MailVerified); err != nil {
			return err
		}
		if w.t.Contact == (Contact{}) {
			kind = LogNoContact
		}
	}
	if in.CC != nil {
		if w.t.CC, err = w.copies(*in.CC); err != nil {
			return err
		}
	}
	if in.Contact == nil && in.CC == nil {
		return nil
	}
	if err := w.log(kind, ""); err != nil {
		return err
	}
	w.happened(w.verb(), "contact", nil)
	return nil
}

// both asks for the permission of either side; which one it is, the ticket says.
func both(by actor.Actor) error {
	if by.Can(actor.WorkTickets) {
		return by.May(actor.WorkTickets)
	}
	return by.May(actor.ActOnTickets)
}

// verb is the permission under which the actor's side acts.
func (w *work) verb() actor.Verb {
	if w.side == Customer {
		return actor.ActOnTickets
	}
	return actor.WorkTickets
}

// LastCC is whom the actor's newest ticket with copies sent them to; "" = none has.
func (s *Service) LastCC(ctx context.Context, by actor.Actor) (string, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return "", err
	}
	all, err := lastCopies(ctx, s.db.Read(), by.Account, by.User)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}
