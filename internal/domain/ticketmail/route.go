package ticketmail

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"hanse/internal/domain/login"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
)

// people are what is known of a mail's sender: where the human behind the verified address can act.
type people struct {
	known   bool
	lang    string
	name    string
	members []login.Membership
	proven  bool // the server in front vouches for the address, or nobody is asked to
}

// who looks the sender up. Only addresses with which somebody signs in are known: each was verified by a code or a link.
func (s *Service) who(ctx context.Context, q db.Querier, m eml.Mail) (people, error) {
	p := people{name: m.From.Name, proven: s.vouched(m)}
	if m.From.Mail == "" {
		return p, nil
	}
	k, ok, err := login.FindName(ctx, q, m.From.Mail)
	if err != nil || !ok {
		return p, err
	}
	p.known, p.lang, p.name = true, k.Lang, k.Name
	all, err := s.Directory.Memberships(ctx, q, k.ID, "")
	p.members = slices.DeleteFunc(all, func(x login.Membership) bool { return x.Frozen })
	return p, err
}

// actor is somebody as a user of an account.
func (p people) actor(m login.Membership) actor.Actor {
	return actor.Actor{Account: m.Account, Kind: m.Kind, User: m.User, Name: p.name, Identity: m.Identity, Roles: m.Roles, Via: "mail", Lang: p.lang}
}

func (p people) of(account string) (login.Membership, bool) {
	i := slices.IndexFunc(p.members, func(m login.Membership) bool { return account != "" && m.Account == account })
	if i < 0 {
		return login.Membership{}, false
	}
	return p.members[i], true
}

// vouched tells whether the mail server in front says that the sender's domain sent the mail. Its word stands topmost:
// what lies below was written by others.
func (s *Service) vouched(m eml.Mail) bool {
	if s.Proof == "" {
		return true
	}
	for _, r := range m.Results {
		server, verdicts, _ := strings.Cut(strings.ToLower(r), ";")
		server, _, _ = strings.Cut(strings.TrimSpace(server), " ")
		if server != strings.ToLower(s.Proof) {
			continue
		}
		domain := domainOf(m.From.Mail)
		return strings.Contains(verdicts, "dmarc=pass") ||
			!strings.Contains(verdicts, "dmarc=fail") && (aligned(verdicts, "dkim=pass", "header.d=", domain) || aligned(verdicts, "spf=pass", "smtp.mailfrom=", domain))
	}
	return false
}

// aligned tells whether a check passed for the sender's own domain.
func aligned(verdicts, pass, name, domain string) bool {
	for one := range strings.SplitSeq(verdicts, ";") {
		if !strings.Contains(one, pass) {
			continue
		}
		_, value, ok := strings.Cut(one, name)
		value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
		if at := strings.LastIndex(value, "@"); at >= 0 {
			value = value[at+1:]
		}
		if ok && value == domain {
			return true
		}
	}
	return false
}

var numbers = regexp.MustCompile(`\bTT\d{12,30}\b`)

// route finds the ticket that a mail answers: our signed address, our signed Message-IDs, those of others that we know,
// the number in the subject. A number alone is easily guessed: it counts for somebody who takes part.
func (s *Service) route(ctx context.Context, q db.Querier, x Mail, m eml.Mail, p people) (foundTicket, bool, error) {
	for _, address := range x.Recipients {
		if side, no, ok := s.sign.read(address); ok && side != returnSide {
			f, err := s.found(ctx, q, strings.ToUpper(no), ByAddress)
			f.side = side
			return f, err == nil, passing(err)
		}
	}
	answered := slices.Clone(m.InReplyTo)
	for i := len(m.References) - 1; i >= 0; i-- {
		answered = append(answered, m.References[i])
	}
	for _, id := range unique(answered) {
		no, sentID, ok := s.sign.readID(id)
		if !ok || no == "" {
			continue
		}
		f, err := s.found(ctx, q, no, ByOurID)
		if err == nil {
			f.side = s.sideOf(ctx, q, sentID)
		}
		return f, err == nil, passing(err)
	}
	for _, id := range unique(answered) {
		f, ok, err := s.theirs(ctx, q, x, id)
		if err != nil || ok {
			return f, ok, err
		}
	}
	return s.bySubject(ctx, q, m, p)
}

// passing takes the error of a ticket that isn't there away: the mail is a new one then.
func passing(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

func (s *Service) found(ctx context.Context, q db.Querier, no string, way Way) (foundTicket, error) {
	t, err := ticket.Following(ctx, q, no)
	return foundTicket{t: t, way: way}, err
}

// sideOf is for whom the mail was that is answered: a reader at the desk, or one of the customer's side.
func (s *Service) sideOf(ctx context.Context, q db.Querier, sentID string) string {
	x, err := findSent(ctx, q, sentPrefix+sentID)
	if err == nil && x.DeskSide {
		return deskSide
	}
	return customerSide
}

// theirs finds the ticket by a Message-ID of somebody else's, if the mail is for the desk that got that one or that serves
// the ticket now: what another desk knows doesn't count.
func (s *Service) theirs(ctx context.Context, q db.Querier, x Mail, id string) (foundTicket, bool, error) {
	th, err := threadOf(ctx, q, id)
	if errors.Is(err, db.ErrNoRow) {
		return foundTicket{}, false, nil
	}
	if err != nil {
		return foundTicket{}, false, err
	}
	f, err := s.found(ctx, q, th.no, ByTheirID)
	if err != nil {
		return f, false, passing(err)
	}
	return f, x.Account == th.desk || x.Account == f.t.Desk, nil
}

func (s *Service) bySubject(ctx context.Context, q db.Querier, m eml.Mail, p people) (foundTicket, bool, error) {
	var last foundTicket
	for _, no := range numbers.FindAllString(strings.ToUpper(m.Subject), 3) {
		f, err := s.found(ctx, q, no, BySubject)
		if passing(err) != nil {
			return f, false, err
		}
		if err == nil {
			if p.partakes(f.t, m.From.Mail) {
				return f, true, nil
			}
			last, last.stranger = f, true
		}
	}
	return last, false, nil
}

// partakes tells whether somebody has to do with a ticket: a user of its account, of its desk, or in copy.
func (p people) partakes(t ticket.Ticket, mail string) bool {
	if inCopy(t, mail) {
		return true
	}
	for _, account := range []string{t.Account, t.Desk, t.Partner} {
		if _, ok := p.of(account); ok {
			return true
		}
	}
	return false
}

func inCopy(t ticket.Ticket, mail string) bool {
	return mail != "" && (strings.EqualFold(t.Contact.Mail, mail) || slices.ContainsFunc(t.CC, func(cc string) bool { return strings.EqualFold(cc, mail) }))
}
