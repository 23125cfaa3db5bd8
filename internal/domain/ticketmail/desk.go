package ticketmail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// A Filter narrows the list of mails. Before is the id of the last one seen. All shows those of every desk, to the
// vendor's staff.
type Filter struct {
	State  State
	Reason Reason
	Sender string // the whole address
	All    bool
	Before string
	Limit  int
}

// mostListed is the longest page, and one mail more by which it's known that there's another.
const mostListed = 201

// List returns mails of the actor's desk, newest first. Whoever sees the desk's tickets may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Mail, error) {
	if err := by.May(actor.ViewTicketMail); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > mostListed {
		f.Limit = 50
	}
	f.Sender = strings.ToLower(f.Sender)
	return listMails(ctx, s.DB.Read(), f.desk(by), f)
}

// desk is whose mails an actor sees by the filter; "" = everybody's.
func (f Filter) desk(by actor.Actor) string {
	if f.All && by.Vendor() {
		return ""
	}
	return by.Account
}

// Get returns one mail of the actor's desk; the vendor's staff see every desk's.
func (s *Service) Get(ctx context.Context, by actor.Actor, id string) (Mail, error) {
	if err := by.May(actor.ViewTicketMail); err != nil {
		return Mail{}, err
	}
	x, err := findMail(ctx, s.DB.Read(), id)
	if errors.Is(err, db.ErrNoRow) || err == nil && by.Sees(x.Account) != nil {
		return Mail{}, fault.NotFound()
	}
	return x, err
}

// Read returns a mail with what stands in it.
func (s *Service) Read(ctx context.Context, by actor.Actor, id string) (Mail, eml.Mail, error) {
	x, err := s.Get(ctx, by, id)
	if err != nil {
		return x, eml.Mail{}, err
	}
	m, err := s.read(x)
	return x, m, err
}

// Raw opens the mail as it came.
func (s *Service) Raw(ctx context.Context, by actor.Actor, id string) (*os.File, error) {
	x, err := s.Get(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if x.Hash == "" {
		return nil, fault.NotFound()
	}
	return s.Files.Open(x.Hash)
}

// HeldCount is how many mails wait for somebody at a desk, up to 1000; "" counts every desk's.
func HeldCount(ctx context.Context, q db.Querier, desk string) (int64, error) {
	return countMails(ctx, q, desk, Held)
}

// handled is a mail that somebody at its desk may decide about.
func (s *Service) handled(ctx context.Context, by actor.Actor, id string) (Mail, error) {
	if err := by.May(actor.HandleTicketMail); err != nil {
		return Mail{}, err
	}
	x, err := s.Get(ctx, by, id)
	switch {
	case err != nil:
		return x, err
	case x.Account != by.Account:
		return x, fault.New(fault.KindDenied, i18n.M("ticketmail.refuse.desk"))
	case x.State != Held && x.State != Ignored:
		return x, fault.Conflict(i18n.M("ticketmail.refuse.state", i18n.A{"state": x.State.Label()}))
	}
	return x, nil
}

func (s *Service) audit(ctx context.Context, tx *db.Tx, by actor.Actor, did string, x Mail) error {
	return audit.Record(ctx, tx, by, actor.HandleTicketMail, audit.Subject{Kind: "ticketmail", ID: x.ID, Account: x.Account},
		map[string]any{"did": did, "ticket": x.No, "sender": x.Sender})
}

// Again looks at a held mail anew, as if it had just come: after a user was added, say. Its desk may.
func (s *Service) Again(ctx context.Context, by actor.Actor, id string) (Mail, error) {
	x, err := s.handled(ctx, by, id)
	if err != nil {
		return x, err
	}
	m, err := s.read(x)
	if err != nil {
		return x, err
	}
	x.State, x.Kind, x.Reason, x.Detail, x.No, x.HandledBy = Received, "", "", nil, "", by.Name
	if x.Hash == "" {
		x.Reason = Infected
	}
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		if err := settleMail(ctx, tx, x); err != nil {
			return err
		}
		// It's worked on at once; the job is there for the case that this process dies before.
		key := fmt.Sprintf("%s:%d", x.ID, x.Edition+1)
		if err := jobs.Add(ctx, tx, jobs.New{Kind: processKind, Key: key, Account: x.Account, Payload: ref{Account: x.Account, ID: x.ID}}); err != nil {
			return err
		}
		return s.audit(ctx, tx, by, "again", x)
	})
	if err != nil {
		return x, conflict(err)
	}
	x.Edition++
	if err := s.work(ctx, x, m); err != nil {
		return x, err
	}
	return s.Get(ctx, by, id)
}

// conflict says that somebody else was faster.
func conflict(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.M("ticketmail.refuse.faster"))
	}
	return err
}

// Open makes a ticket of a held mail, for a company that the desk serves. Its sender is put in copy, and so takes part.
func (s *Service) Open(ctx context.Context, by actor.Actor, id, account string) (Mail, error) {
	x, err := s.handled(ctx, by, id)
	if err != nil {
		return x, err
	}
	if account == "" {
		return x, fault.Invalid("account", i18n.M("ticketmail.refuse.account"))
	}
	m, err := s.read(x)
	if err != nil {
		return x, err
	}
	in, w, err := s.opening(ctx, by, account, x, m, languageOf(m))
	if err != nil {
		return x, err
	}
	in.CC = unique(append([]string{x.Sender}, in.CC...))
	x.State, x.Kind, x.Way, x.HandledBy = Done, Opening, ByHand, by.Name
	return x, s.decide(ctx, by, "open", s.opens(x, m, by, in, w), m)
}

// Append adds a held mail to a ticket of the desk, as said by its sender on the customer's side.
func (s *Service) Append(ctx context.Context, by actor.Actor, id, no string) (Mail, error) {
	x, err := s.handled(ctx, by, id)
	if err != nil {
		return x, err
	}
	no = strings.ToUpper(text.Clean(no))
	t, err := s.Tickets.Peek(ctx, by, no)
	if fault.KindOf(err) == fault.KindNotFound {
		return x, fault.Invalid("ticket", i18n.M("ticketmail.refuse.ticket"))
	}
	if err != nil {
		return x, err
	}
	m, err := s.read(x)
	if err != nil {
		return x, err
	}
	w, err := s.write(ctx, program(), t.Account, t.Lang, x, m)
	if err != nil {
		return x, err
	}
	x.State, x.Kind, x.Way, x.HandledBy = Done, Reply, ByHand, by.Name
	saying := ticket.Saying{Source: ticket.Mail, Key: "mail:" + x.ID, AsName: or(x.SenderName, x.Sender), AsMail: x.Sender, Body: w.body, Attachments: w.files}
	v := verdict{mail: x, answer: w.answer(answerFiles), do: func(ctx context.Context, tx *db.Tx, x *Mail) error {
		said, err := s.Tickets.SayIn(ctx, tx, program(), t.No, saying)
		if err != nil {
			return err
		}
		x.No, x.Message = said.Ticket.No, said.Message.ID
		return s.remember(ctx, tx, *x, said.Ticket, said.Message, m, w)
	}}
	return x, s.decide(ctx, by, "append", v, m)
}

// Discard ends a held mail. It stays in the list of discarded ones.
func (s *Service) Discard(ctx context.Context, by actor.Actor, id string) (Mail, error) {
	x, err := s.handled(ctx, by, id)
	if err != nil {
		return x, err
	}
	x.State, x.HandledBy = Discarded, by.Name
	return x, s.decide(ctx, by, "discard", verdict{mail: x}, eml.Mail{})
}

// decide settles what somebody at the desk decided, with its audit row.
func (s *Service) decide(ctx context.Context, by actor.Actor, did string, v verdict, m eml.Mail) error {
	do := v.do
	v.do = func(ctx context.Context, tx *db.Tx, x *Mail) error {
		if do != nil {
			if err := do(ctx, tx, x); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, by, did, *x)
	}
	return conflict(s.settle(ctx, v, m))
}

// AddAddress gives a desk an address: the vendor's, or that of a partner. The vendor's administrators may.
func (s *Service) AddAddress(ctx context.Context, by actor.Actor, typed, desk string) error {
	if err := by.May(actor.ManageTicketMail); err != nil {
		return err
	}
	address, ok := text.Email(typed)
	if !ok || strings.Contains(address, "+") || len(address) > 128 {
		return wrong("address", typed, i18n.M("ticketmail.refuse.address"))
	}
	if address == s.Address {
		return wrong("address", typed, i18n.M("ticketmail.refuse.taken"))
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		a, err := account.Get(ctx, tx, desk)
		if fault.KindOf(err) == fault.KindNotFound || err == nil && a.Kind != actor.Partner && a.Kind != actor.Vendor {
			return wrong("desk", desk, i18n.M("ticketmail.refuse.no_desk"))
		}
		if err != nil {
			return err
		}
		fresh, err := insertAddress(ctx, tx, address, desk, by.User)
		if err != nil {
			return err
		}
		if !fresh {
			return wrong("address", typed, i18n.M("ticketmail.refuse.taken"))
		}
		return audit.Record(ctx, tx, by, actor.ManageTicketMail, audit.Subject{Kind: "desk_address", ID: address, Account: desk}, map[string]any{"did": "add"})
	})
}

// RemoveAddress takes an address away. Answers to mails that carry it arrive no more.
func (s *Service) RemoveAddress(ctx context.Context, by actor.Actor, address string) error {
	if err := by.May(actor.ManageTicketMail); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		desk, err := deleteAddress(ctx, tx, strings.ToLower(address))
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageTicketMail, audit.Subject{Kind: "desk_address", ID: address, Account: desk}, map[string]any{"did": "remove"})
	})
}

// A Status is what the page of mail shows: mailboxes with their last pull, figures, addresses.
type Status struct {
	Stats
	Configured []string // names of the mailboxes in the configuration
	Listening  string   // where mail servers hand mails over, "" = nowhere
}

// Status reads how the mail goes. The vendor's staff who see the system's state may.
func (s *Service) Status(ctx context.Context, by actor.Actor) (st Status, err error) {
	if err := by.May(actor.ViewJobs); err != nil {
		return st, err
	}
	if st.Stats, err = Statistics(ctx, s.DB.Read()); err != nil {
		return st, err
	}
	for _, m := range s.Mailboxes {
		st.Configured = append(st.Configured, m.Name())
		if !slices.ContainsFunc(st.Boxes, func(b Mailbox) bool { return b.Name == m.Name() }) {
			st.Boxes = append(st.Boxes, Mailbox{Name: m.Name()})
		}
	}
	return st, nil
}

func wrong(field, value string, m i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, m)
	return fs.Err()
}

func (s *Service) vendorID(ctx context.Context, q db.Querier) (string, error) {
	v, err := account.VendorAccount(ctx, q)
	return v.ID, err
}
