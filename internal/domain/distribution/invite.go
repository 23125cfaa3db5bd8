package distribution

import (
	"context"
	"encoding/hex"
	"errors"
	"net/url"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// An InvitationState says whether a link works.
type InvitationState string

// The states of an invitation. One whose time is over stays open and doesn't work.
const (
	Open     InvitationState = "open"
	Accepted InvitationState = "accepted"
	Declined InvitationState = "declined"
	Revoked  InvitationState = "revoked"
)

// An Invitation is a link, or code, by which customers come to a partner, or a reseller to its distributor. One that
// went to an address works once; another one as often as somebody comes.
type Invitation struct {
	Partner, ID, PartnerName string
	Kind                     account.Link
	Email, Note, Lang        string
	Manager, ManagerName     string
	ByName                   string
	State                    InvitationState
	Uses                     int64
	At, Until                time.Time

	sealed string
}

// Works tells whether somebody can still come by it.
func (x Invitation) Works(at time.Time) bool { return x.State == Open && x.Until.After(at) }

// Label is what users call its state at an instant.
func (x Invitation) Label(at time.Time) i18n.Msg {
	switch {
	case x.Works(at):
		return i18n.M("distribution.invitation.open")
	case x.State == Open:
		return i18n.M("distribution.invitation.expired")
	case x.State == Accepted:
		return i18n.M("distribution.invitation.accepted")
	case x.State == Declined:
		return i18n.M("distribution.invitation.declined")
	}
	return i18n.M("distribution.invitation.revoked")
}

const (
	mostNote  = 300
	offerPath = "/join-partner?token="
)

// A NewInvitation is a link to make. Kind is referral, resale, or reseller (by a distributor, to an address). Email "" is
// a link for whoever gets it. An account manager's own makes the customers his; an administrator may name one.
type NewInvitation struct {
	Partner           string
	Kind              account.Link
	Email, Note, Lang string
	Manager           string
}

// Invite makes a link, and sends it when it has an address. For customers administrators and account managers may, for
// resellers a distributor's administrators.
func (s *Service) Invite(ctx context.Context, by actor.Actor, n NewInvitation) (x Invitation, err error) {
	verb := actor.InviteCustomers
	if n.Kind == account.ResellerOf {
		verb = actor.InviteResellers
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, verb, n.Partner)
		if err != nil {
			return err
		}
		if x, err = s.newInvitation(ctx, tx, by, a, n); err != nil {
			return err
		}
		days, err := setting.Int(ctx, tx, setting.OfferDays, tx.Now)
		if err != nil {
			return err
		}
		token := secret.Token(32)
		x.ID, x.State, x.At, x.Until = id.New("cin", tx.Wall), Open, tx.Now, tx.Now.AddDate(0, 0, days)
		x.sealed = s.Vault.Seal("offer", offerPath+url.QueryEscape(token))
		if err := insertInvitation(ctx, tx, x, hashOf(token)); err != nil {
			return err
		}
		if x.Email != "" {
			err := outbox.Append(ctx, tx, Invited{Partner: a.ID, PartnerName: a.Name, Invitation: x.ID, Model: string(x.Kind), Reseller: x.Kind == account.ResellerOf, Email: x.Email,
				Lang: x.Lang, By: by.Name, Note: x.Note, Days: days, Sealed: s.Vault.Seal("mail", offerPath+url.QueryEscape(token))})
			if err != nil {
				return err
			}
		}
		return s.noted(ctx, tx, by, verb, x, "invite")
	})
	return x, err
}

func hashOf(token string) string { return hex.EncodeToString(secret.Hash(token)) }

func (s *Service) newInvitation(ctx context.Context, q db.Querier, by actor.Actor, a account.Account, n NewInvitation) (Invitation, error) {
	x := Invitation{Partner: a.ID, PartnerName: a.Name, Kind: n.Kind, Note: text.Clean(n.Note), Lang: n.Lang, ByName: by.Name}
	var fs fault.Fields
	if n.Email != "" || n.Kind == account.ResellerOf {
		e, ok := text.Email(n.Email)
		if x.Email = e; !ok {
			fs.Add("email", n.Email, i18n.M("account.email_wrong"))
		}
	}
	if len([]rune(x.Note)) > mostNote {
		fs.Add("note", n.Note, i18n.M("distribution.note_long", i18n.A{"max": mostNote}))
	}
	if x.Lang != i18n.Chinese {
		x.Lang = i18n.English
	}
	if err := fs.Err(); err != nil {
		return x, err
	}
	switch n.Kind {
	case account.ResellerOf:
		if !a.Has(account.Distributor) {
			return x, fault.Conflict(i18n.M("distribution.not_distributor"))
		}
		held, err := isHeld(ctx, q, a)
		if err == nil && held > NotFrozen {
			err = conflict(Restricted, i18n.M("distribution.restricted", i18n.A{"partner": i18n.Raw(a.Name)}))
		}
		return x, err
	case account.Referral, account.Resale:
	default:
		return x, invalid(Parameter, "model", string(n.Kind), i18n.M("distribution.model_wrong"))
	}
	if err := s.standing(ctx, q, a, s.now()); err != nil {
		return x, err
	}
	manager := n.Manager
	if own := onlyOwn(by); own != "" {
		manager = own
	}
	if manager == "" {
		return x, nil
	}
	t, err := managerOf(ctx, q, a.ID, manager)
	x.Manager, x.ManagerName = t.User, t.Name
	return x, err
}

func (s *Service) noted(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, x Invitation, did string) error {
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "customer_invitation", ID: x.ID, Account: x.Partner},
		map[string]any{"did": did, "kind": string(x.Kind), "email": x.Email})
}

// Invitations lists a partner's links for customers, or a distributor's for resellers, newest first; an account manager
// sees the own ones.
func (s *Service) Invitations(ctx context.Context, by actor.Actor, partner string, resellers bool, before string, limit int) ([]Invitation, string, error) {
	verb := actor.ViewCustomers
	if resellers {
		verb = actor.ViewResellers
	}
	a, err := s.partner(ctx, s.db.Read(), by, verb, partner)
	if err != nil {
		return nil, "", err
	}
	n := bound(limit)
	list, err := invitationsOf(ctx, s.db.Read(), a.ID, onlyOwn(by), resellers, before, n+1)
	if len(list) > n {
		return list[:n], list[n-1].ID, err
	}
	return list, "", err
}

// Invitation returns one with its link's path, while it works.
func (s *Service) Invitation(ctx context.Context, by actor.Actor, partner, invitation string) (x Invitation, path string, err error) {
	if !by.Can(actor.ViewResellers) {
		err = by.May(actor.ViewCustomers)
	}
	if err != nil {
		return x, "", err
	}
	verb := actor.ViewCustomers
	a, err := s.partner(ctx, s.db.Read(), by, verb, partner)
	if err != nil {
		return x, "", err
	}
	x, err = invitationByID(ctx, s.db.Read(), a.ID, invitation)
	if own := onlyOwn(by); errors.Is(err, db.ErrNoRow) || err == nil && own != "" && x.Manager != own {
		return Invitation{}, "", fault.NotFound()
	}
	if err != nil || by.Vendor() || !x.Works(s.now()) {
		return x, "", err
	}
	path, err = s.Vault.Open("offer", x.sealed)
	return x, path, err
}

// Revoke makes a link useless.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, partner, invitation string) error {
	if !by.Can(actor.InviteCustomers) {
		return by.May(actor.InviteResellers)
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.InviteCustomers, partner)
		if err != nil {
			return err
		}
		x, err := invitationByID(ctx, tx, a.ID, invitation)
		if own := onlyOwn(by); errors.Is(err, db.ErrNoRow) || err == nil && own != "" && x.Manager != own {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if err := revokeInvitation(ctx, tx, a.ID, invitation); err != nil {
			return lost(err)
		}
		return s.noted(ctx, tx, by, actor.InviteCustomers, x, "revoke")
	})
}

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
	list, err := invitationsTo(ctx, q, emails, s.now())
	for _, x := range list {
		if (x.Kind == account.ResellerOf) != (by.Kind == actor.Partner) || x.Partner == by.Account {
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

// A NewAnnouncement is a customer whom a partner expects.
type NewAnnouncement struct{ Partner, Company, Email, Note string }

// Announce says that a customer (by its address) is won by this partner: until then no other partner gets it, and it may
// be older than new customers are. Administrators and account managers may. Conflict when another partner was faster.
func (s *Service) Announce(ctx context.Context, by actor.Actor, n NewAnnouncement) (x Announcement, err error) {
	var fs fault.Fields
	e, ok := text.Email(n.Email)
	if !ok {
		fs.Add("email", n.Email, i18n.M("account.email_wrong"))
	}
	x = Announcement{Company: text.Clean(n.Company), Email: e, Note: text.Clean(n.Note), ByName: by.Name}
	if x.Company == "" {
		fs.Add("company", n.Company, i18n.M("account.entry_missing"))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.InviteCustomers, n.Partner)
		if err != nil {
			return err
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := s.standing(ctx, tx, a, tx.Now); err != nil {
			return err
		}
		days, err := setting.Int(ctx, tx, setting.AnnounceDays, tx.Now)
		if err != nil {
			return err
		}
		x.Partner, x.ID, x.At, x.Until = a.ID, id.New("pre", tx.Wall), tx.Now, tx.Now.AddDate(0, 0, days)
		free, err := claimAnnounced(ctx, tx, x)
		if err != nil {
			return err
		}
		if !free {
			return fault.Conflict(i18n.M("distribution.announced_already"))
		}
		if err := insertAnnouncement(ctx, tx, x); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.InviteCustomers, audit.Subject{Kind: "preregistration", ID: x.ID, Account: a.ID}, map[string]any{"did": "announce", "email": e})
	})
	return x, err
}

// Unannounce takes an announcement back.
func (s *Service) Unannounce(ctx context.Context, by actor.Actor, partner, announcement string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.InviteCustomers, partner)
		if err != nil {
			return err
		}
		if err := endAnnouncement(ctx, tx, a.ID, announcement); err != nil {
			if errors.Is(err, db.ErrNoRow) {
				err = fault.NotFound()
			}
			return err
		}
		return audit.Record(ctx, tx, by, actor.InviteCustomers, audit.Subject{Kind: "preregistration", ID: announcement, Account: a.ID}, map[string]any{"did": "unannounce"})
	})
}

// Announcements lists the newest 200 of a partner.
func (s *Service) Announcements(ctx context.Context, by actor.Actor, partner string) ([]Announcement, error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.ViewCustomers, partner)
	if err != nil {
		return nil, err
	}
	return announcements(ctx, s.db.Read(), a.ID, 200)
}
