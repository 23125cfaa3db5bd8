package distribution

import (
	"context"
	"encoding/hex"
	"errors"
	"net/url"
	"time"

	"hanse/internal/domain/account"
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
