package ticket

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Peek reads a ticket that the actor may see, and nothing beside it.
func (s *Service) Peek(ctx context.Context, by actor.Actor, no string) (Ticket, error) {
	t, _, err := s.seen(ctx, by, no)
	return t, err
}

func (s *Service) seen(ctx context.Context, by actor.Actor, no string) (Ticket, Side, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return Ticket{}, Reader, err
	}
	q := s.db.Read()
	t, err := Find(ctx, q, no)
	if err != nil {
		return t, Reader, err
	}
	side, err := sees(ctx, q, by, t)
	if err != nil {
		return Ticket{}, side, err
	}
	return t, side, nil
}

// Get reads a ticket as the actor sees it: what can be done, labels, relations, scores, and how much is unread. NotFound
// for what isn't the actor's.
func (s *Service) Get(ctx context.Context, by actor.Actor, no string) (v View, err error) {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return v, err
	}
	v = view(by, t, side)
	q := s.db.Read()
	labels, err := labelsOf(ctx, q, []string{no}, by.Account)
	if err != nil {
		return v, err
	}
	v.Labels = labels[no]
	if v.Relations, err = relationsOf(ctx, q, t); err != nil {
		return v, err
	}
	if v.Scores, err = scoresOf(ctx, q, t); err != nil {
		return v, err
	}
	if v.Merged, err = mergedInto(ctx, q, t); err != nil {
		return v, err
	}
	v.ReadSeq, v.Unread, err = readBy(ctx, q, t, by.User, side == Customer)
	return v, err
}

// view says what the reader may be offered.
func view(by actor.Actor, t Ticket, side Side) View {
	v := View{Ticket: t, Side: side}
	works := side == Desk && by.Can(actor.WorkTickets)
	acts := side == Customer && by.Can(actor.ActOnTickets)
	if (works || acts) && t.MergedInto == "" {
		v.Actions = Actions(t.State, side)
	}
	_, answers := Next(t.State, Reply)
	v.CanSay = acts && answers || works && t.State.Active() || side == Third && by.Can(actor.WorkTickets) && t.State.Active()
	v.CanNote = (works || side == Third && by.Can(actor.WorkTickets)) && t.State != Deleted
	v.CanScore = acts && t.State == Done
	v.CanWork = works && t.State.Active()
	_, over := Next(t.State, HandOver)
	v.CanHandOver = works && over && !t.VendorDesk
	v.CanHandBack = works && over && t.VendorDesk && t.Partner != ""
	v.Actions = without(v.Actions, HandOver, HandBack)
	return v
}

func without(all []Action, drop ...Action) (out []Action) {
	for _, a := range all {
		keep := true
		for _, d := range drop {
			keep = keep && a != d
		}
		if keep {
			out = append(out, a)
		}
	}
	return out
}

// mostPage is how many messages one call reads.
const mostPage = 500

// Messages reads a ticket's messages, oldest first, with their files and how many there are for the reader.
func (s *Service) Messages(ctx context.Context, by actor.Actor, no string, p Page) ([]Message, int64, error) {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return nil, 0, err
	}
	if p.Limit <= 0 || p.Limit > mostPage {
		p.Limit = mostPage
	}
	q, e := s.db.Read(), sight(by, side)
	n, err := countMessages(ctx, q, t, e)
	if err != nil {
		return nil, 0, err
	}
	read := messagesOf
	if p.BeforeSeq > 0 || !p.Before.IsZero() {
		read = newestOf
	}
	all, err := read(ctx, q, t, e, p)
	if err != nil {
		return nil, 0, err
	}
	return all, n, filed(ctx, q, t, all)
}

// filed adds the files of a ticket to its messages: one query.
func filed(ctx context.Context, q db.Querier, t Ticket, all []Message) error {
	if len(all) == 0 {
		return nil
	}
	files, err := attachment.OfTicket(ctx, q, t.No)
	for i := range all {
		if !all[i].Withdrawn() {
			all[i].Files = files[all[i].ID]
		}
	}
	return err
}

// Message reads one message that the actor may see.
func (s *Service) Message(ctx context.Context, by actor.Actor, no, id string) (Message, error) {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return Message{}, err
	}
	m, err := MessageByID(ctx, s.db.Read(), no, id)
	if err == nil && !sight(by, side).reads(m) {
		err = fault.NotFound()
	}
	if err != nil {
		return Message{}, err
	}
	all := []Message{m}
	return all[0], filed(ctx, s.db.Read(), t, all)
}

func (e eye) reads(m Message) bool {
	return !m.Internal || e.notes && (e.desk == "" || e.desk == m.Desk)
}

// An Update is what happened to a ticket after a number.
type Update struct {
	Ticket   Ticket
	Messages []Message // written or changed, in the order of the conversation
	Log      []Entry
}

// Since reads what happened after a number of the ticket's sequence, as far as the actor may see it.
func (s *Service) Since(ctx context.Context, by actor.Actor, no string, seq int64) (u Update, err error) {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return u, err
	}
	u.Ticket = t
	if t.Edition <= seq {
		return u, nil
	}
	q, e := s.db.Read(), sight(by, side)
	if u.Messages, err = changedSince(ctx, q, t, e, seq); err != nil {
		return u, err
	}
	if u.Log, err = entriesSince(ctx, q, t, e, seq); err != nil {
		return u, err
	}
	return u, filed(ctx, q, t, u.Messages)
}

// After is Since for modules that look themselves at who asks: all of it, notes too.
func After(ctx context.Context, q db.Querier, no string, seq int64) ([]Message, []Entry, error) {
	t, err := Find(ctx, q, no)
	if err != nil {
		return nil, nil, err
	}
	all, err := changedSince(ctx, q, t, eye{notes: true}, seq)
	if err != nil {
		return nil, nil, err
	}
	log, err := entriesSince(ctx, q, t, eye{notes: true}, seq)
	return all, log, err
}

// Log reads what was done to a ticket, newest first, with how many rows the reader may see.
func (s *Service) Log(ctx context.Context, by actor.Actor, no string, offset, limit int) ([]Entry, int64, error) {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return nil, 0, err
	}
	if limit <= 0 || limit > mostPage {
		limit = mostPage
	}
	q, e := s.db.Read(), sight(by, side)
	n, err := countEntries(ctx, q, t, e)
	if err != nil {
		return nil, 0, err
	}
	all, err := entriesOf(ctx, q, t, e, max(offset, 0), limit)
	return all, n, err
}

// Relations lists what a ticket has to do with.
func (s *Service) Relations(ctx context.Context, by actor.Actor, no string) ([]Relation, error) {
	t, _, err := s.seen(ctx, by, no)
	if err != nil {
		return nil, err
	}
	return relationsOf(ctx, s.db.Read(), t)
}

// News reads visible messages of several tickets of the actor's account that are younger than a cursor, oldest first, and
// gives the newest cursor. "" begins now.
func (s *Service) News(ctx context.Context, by actor.Actor, nos []string, cursor string) ([]Message, string, error) {
	if err := s.allSeen(ctx, by, nos); err != nil {
		return nil, "", err
	}
	if cursor == "" || len(nos) == 0 {
		return nil, mark(s.db.Clock().Now(), ""), nil
	}
	at, id, err := marked(cursor)
	if err != nil {
		return nil, "", err
	}
	all, err := newsOf(ctx, s.db.Read(), by.Account, nos, at, id, mostPage)
	if n := len(all); err == nil && n > 0 {
		cursor = mark(all[n-1].At, all[n-1].ID)
	}
	return all, cursor, err
}

func mark(at time.Time, id string) string { return strconv.FormatInt(at.UnixMicro(), 10) + "." + id }

func marked(cursor string) (time.Time, string, error) {
	at, id, _ := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return time.Time{}, "", wrong("cursor", cursor, i18n.M("ticket.refuse.cursor"))
	}
	return time.UnixMicro(n).UTC(), id, nil
}

// Unread counts the messages of the other side that the actor hasn't read, by ticket.
func (s *Service) Unread(ctx context.Context, by actor.Actor, nos []string) (map[string]int64, error) {
	if err := s.allSeen(ctx, by, nos); err != nil {
		return nil, err
	}
	return unreadOf(ctx, s.db.Read(), nos, by.User, by.Kind != actor.Vendor)
}

// allSeen is NotFound unless the actor may see each ticket, and all are its own account's.
func (s *Service) allSeen(ctx context.Context, by actor.Actor, nos []string) error {
	if err := by.May(actor.ViewTickets); err != nil {
		return err
	}
	q := s.db.Read()
	all, err := ofNumbers(ctx, q, nos)
	if err != nil {
		return err
	}
	for _, no := range nos {
		t, ok := all[no]
		if !ok {
			return fault.NotFound()
		}
		if _, err := sees(ctx, q, by, t); err != nil {
			return err
		}
	}
	return nil
}

// MarkRead says that the actor has read a ticket up to a number, 0 = all of it.
func (s *Service) MarkRead(ctx context.Context, by actor.Actor, no string, seq int64) error {
	t, side, err := s.seen(ctx, by, no)
	if err != nil {
		return err
	}
	if seq <= 0 || seq > t.Edition {
		seq = t.Edition
	}
	if side == System {
		return nil
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return markRead(ctx, tx, t, by.User, side, seq) })
}

// Attachment finds a file that the actor may open: an own upload, or one of a message that he may see. NotFound else.
func (s *Service) Attachment(ctx context.Context, by actor.Actor, id string) (attachment.Attachment, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return attachment.Attachment{}, err
	}
	q := s.db.Read()
	a, err := attachment.Find(ctx, q, id)
	if err != nil {
		return a, err
	}
	if a.Ticket == "" {
		if a.Account != by.Account || a.ByUser != by.User {
			return attachment.Attachment{}, fault.NotFound()
		}
		return a, nil
	}
	t, side, err := s.seen(ctx, by, a.Ticket)
	if err != nil {
		return attachment.Attachment{}, err
	}
	m, err := MessageByID(ctx, q, t.No, a.Message)
	if err == nil && (!sight(by, side).reads(m) || m.Withdrawn()) {
		err = fault.NotFound()
	}
	if err != nil {
		return attachment.Attachment{}, err
	}
	return a, nil
}

// Quota says what the plan has left for a ticket of a type that the actor would open, and who would get it.
func (s *Service) Quota(ctx context.Context, by actor.Actor, problemType string) (out Quota, err error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return out, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	kind, err := taxonomy.FindProblemType(ctx, q, problemType)
	if err != nil {
		return out, &Refusal{Why: BadProblemType, err: err}
	}
	a, err := account.Get(ctx, q, by.Account)
	if err != nil {
		return out, err
	}
	v, err := serving(ctx, q, a, "", false, now)
	if err != nil {
		return out, err
	}
	switch {
	case !kind.Technical:
		return Quota{Level: v.plan.Level, Total: -1, Left: -1, Owner: v.plan.Owner, OwnerName: v.plan.Name}, nil
	case !v.atVendor():
		return Quota{Level: v.plan.Level, Total: -1, Left: -1, Partner: v.desk.Name}, nil
	}
	return quota(ctx, q, v.plan, now)
}

// Serving says who would serve a new ticket of the actor's account.
func (s *Service) Serving(ctx context.Context, by actor.Actor) (Served, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return Served{}, err
	}
	q := s.db.Read()
	a, err := account.Get(ctx, q, by.Account)
	if err != nil {
		return Served{}, err
	}
	v, err := serving(ctx, q, a, "", false, s.db.Clock().Now())
	if err != nil {
		return Served{}, err
	}
	return Served{Desk: v.desk.ID, Name: v.desk.Name, Vendor: v.atVendor()}, nil
}

// managed are the customers that an account manager sees tickets of; all is true for everybody else.
func managed(ctx context.Context, q db.Querier, by actor.Actor) (ids []string, all bool, err error) {
	if !onlyOwn(by) {
		return nil, true, nil
	}
	ids, err = distribution.ServedBy(ctx, q, by.Account, by.User)
	return ids, false, err
}
