package distribution

import (
	"context"
	"errors"
	"net/url"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// An Offer is a link as whoever opens it sees it.
type Offer struct {
	Invitation
	Partner Company
	Bars    []Bar
	// Nobody says that the reader isn't signed in; Other that it's signed in for a company that can't accept this.
	Nobody, Other bool
}

// A Company is what a stranger may know of a partner.
type Company struct{ ID, Name, Country string }

// Offer opens the page behind a link; whoever has it may. NotFound when it doesn't work (any more).
func (s *Service) Offer(ctx context.Context, by actor.Actor, token string) (o Offer, err error) {
	if err := by.May(actor.ReadOffer); err != nil {
		return o, err
	}
	return s.offer(ctx, s.db.Read(), by, token, s.now())
}

func (s *Service) offer(ctx context.Context, q db.Querier, by actor.Actor, token string, at time.Time) (o Offer, err error) {
	o.Invitation, err = invitationByHash(ctx, q, hashOf(token))
	if errors.Is(err, db.ErrNoRow) || err == nil && !o.Works(at) {
		return o, fault.New(fault.KindNotFound, i18n.M("distribution.link_gone"))
	}
	if err != nil {
		return o, err
	}
	a, err := account.Get(ctx, q, o.Invitation.Partner)
	if err != nil {
		return o, err
	}
	o.Partner = Company{a.ID, a.Name, a.Country}
	want := actor.Customer
	if o.Kind == account.ResellerOf {
		want = actor.Partner
	}
	o.Nobody, o.Other = by.Account == "", by.Account != "" && by.Kind != want
	if o.Nobody || o.Other {
		return o, nil
	}
	self, err := account.Get(ctx, q, by.Account)
	if err != nil {
		return o, err
	}
	if o.Kind == account.ResellerOf {
		o.Bars, err = s.resellerBars(ctx, q, a, self, at)
	} else {
		o.Bars, err = s.joinBars(ctx, q, a, self, o.Kind, at)
	}
	return o, err
}

// Accept makes the actor's company a customer, or a reseller, by a link. Administrators may. Conflict with everything
// that stands in the way.
func (s *Service) Accept(ctx context.Context, by actor.Actor, token string) error {
	return s.answerOffer(ctx, by, token, func(tx *db.Tx, o Offer, partner, self account.Account) error {
		if err := refusal("distribution.refused.join", o.Bars); err != nil {
			return err
		}
		if err := useInvitation(ctx, tx, o.Invitation, Accepted); err != nil {
			return lost(err)
		}
		if err := s.noted(ctx, tx, by, actor.AnswerOffer, o.Invitation, "accept"); err != nil {
			return err
		}
		if o.Kind == account.ResellerOf {
			return s.join(ctx, tx, by, actor.AnswerOffer, partner, self)
		}
		_, err := s.relate(ctx, tx, by, actor.AnswerOffer, partner, self, o.Kind, Term{User: o.Manager, Name: o.ManagerName})
		return err
	})
}

// Decline says no; a link that went to an address doesn't work any more.
func (s *Service) Decline(ctx context.Context, by actor.Actor, token string) error {
	return s.answerOffer(ctx, by, token, func(tx *db.Tx, o Offer, partner, self account.Account) error {
		if o.Email != "" {
			if err := useInvitation(ctx, tx, o.Invitation, Declined); err != nil {
				return lost(err)
			}
		}
		c := Customer{Partner: partner.ID, ID: self.ID, Name: self.Name, Model: o.Kind}
		if err := insertRecord(ctx, tx, record(tx, by, c, "decline", "refused")); err != nil {
			return err
		}
		if err := s.noted(ctx, tx, by, actor.AnswerOffer, o.Invitation, "decline"); err != nil {
			return err
		}
		return s.tell(ctx, tx, "customer.declined", partner, c, Changed{By: by.Name})
	})
}

func (s *Service) answerOffer(ctx context.Context, by actor.Actor, token string, do func(tx *db.Tx, o Offer, partner, self account.Account) error) error {
	if err := by.May(actor.AnswerOffer); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		o, err := s.offer(ctx, tx, by, token, tx.Now)
		if err != nil {
			return err
		}
		if o.Other || o.Nobody {
			return fault.Conflict(i18n.M("distribution.other_company"))
		}
		partner, err := account.Get(ctx, tx, o.Invitation.Partner)
		if err != nil {
			return err
		}
		self, err := account.Get(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		return do(tx, o, partner, self)
	})
}

// A Newcomer is a company that isn't registered yet and came by a link.
type Newcomer struct{ Token, Company, Country, Contact, Email, Lang, Captcha string }

// SignUp makes a customer of a company that came by a link: its contact gets a mail to become its first administrator,
// and then finds the partner's invitation waiting. Anyone with the link may, after a captcha.
func (s *Service) SignUp(ctx context.Context, by actor.Actor, n Newcomer) error {
	if err := by.May(actor.TakeOffer); err != nil {
		return err
	}
	o, err := s.Offer(ctx, by, n.Token)
	if err != nil {
		return err
	}
	if o.Kind == account.ResellerOf {
		return fault.NotFound() // a partner registers as one
	}
	var fs fault.Fields
	e, ok := text.Email(n.Email)
	if !ok {
		fs.Add("email", n.Email, i18n.M("account.email_wrong"))
	}
	if o.Email != "" && ok && e != o.Email {
		fs.Add("email", n.Email, i18n.M("distribution.email_other"))
	}
	if text.Clean(n.Contact) == "" {
		fs.Add("contact", n.Contact, i18n.M("account.entry_missing"))
	}
	if text.Clean(n.Company) == "" {
		fs.Add("name", n.Company, i18n.M("account.entry_missing"))
	}
	if err := fs.Err(); err != nil {
		return err
	}
	if err := s.Login.Captcha(ctx, n.Captcha); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, known, err := login.FindName(ctx, tx, e); err != nil || known {
			// Nothing in the answer tells whether the address is known: whoever owns it can sign in and open the link.
			return err
		}
		a, err := account.InsertCustomer(ctx, tx, by, actor.TakeOffer, account.NewCustomer{Name: text.Clean(n.Company), Country: n.Country, Contact: text.Clean(n.Contact), Email: e}, account.Invited)
		if err != nil {
			return err
		}
		if err := ensureProfile(ctx, tx, a); err != nil {
			return err
		}
		x := o.Invitation
		if x.Email == "" { // the link is for many: this company gets one of its own, so that it finds it
			token := secret.Token(32)
			x.ID, x.Email, x.At = id.New("cin", tx.Wall), e, tx.Now
			x.sealed = s.Vault.Seal("offer", offerPath+url.QueryEscape(token))
			if err := insertInvitation(ctx, tx, x, hashOf(token)); err != nil {
				return err
			}
		}
		return s.Accounts.InviteFirst(ctx, tx, by, actor.TakeOffer, a, n.Lang)
	})
}

// Waiting lists the open invitations that went to an address with which the actor signs in, or to the company's own.
func (s *Service) Waiting(ctx context.Context, by actor.Actor) (out []Waiting, err error) {
	if err := by.May(actor.AnswerOffer); err != nil {
		return nil, err
	}
	q := s.db.Read()
	self, err := account.Get(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	emails, err := login.Emails(ctx, q, by.Identity)
	if err != nil {
		return nil, err
	}
	if self.Email != "" {
		emails = append(emails, self.Email)
	}
	list, err := invitationsTo(ctx, q, emails)
	for _, x := range list {
		if !x.Works(s.now()) || (x.Kind == account.ResellerOf) != (by.Kind == actor.Partner) || x.Partner == by.Account {
			continue
		}
		path, err := s.Vault.Open("offer", x.sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, Waiting{x, path})
	}
	return out, err
}

// A Waiting is an invitation that waits for the reader, with its link's path.
type Waiting struct {
	Invitation
	Path string
}
