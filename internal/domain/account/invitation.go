package account

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

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
)

// An Invitation is a link on its way to somebody who shall become a user. Instants are wall time.
type Invitation struct {
	ID          string
	Account     string
	AccountName string
	Kind        actor.Kind
	Email       string
	Name        string
	Roles       []actor.Role
	Lang        string
	InvitedBy   string // name
	State       string
	CreatedAt   time.Time
	ExpiresAt   time.Time
	// NeedsPassword says that the address has no sign-in yet: whoever accepts chooses a name and a password.
	NeedsPassword bool

	hash, purpose string
	days          int
}

func hashOf(token string) string { return hex.EncodeToString(secret.Hash(token)) }

// invite stores a link and returns its path, sealed for the mailer. Earlier links for the same address end.
func (s *Service) invite(ctx context.Context, tx *db.Tx, by actor.Actor, in Invitation) (Invitation, string, error) {
	days, err := setting.Int(ctx, tx, setting.InvitationDays, tx.Now)
	if err != nil {
		return in, "", err
	}
	if err := revokeInvitations(ctx, tx, in.Account, in.purpose, in.Email); err != nil {
		return in, "", err
	}
	token := secret.Token(32)
	in.hash, in.ID, in.InvitedBy, in.days = hashOf(token), id.New("inv", tx.Wall), by.Name, days
	in.ExpiresAt = tx.Wall.Add(time.Duration(days) * 24 * time.Hour)
	return in, s.vault.Seal("mail", "/invitation?token="+token), insertInvitation(ctx, tx, in)
}

// InvitePartner is a company that the vendor wants as a partner.
type InvitePartner struct {
	Company, Country, Contact, Email, Market, Lang string
	Channel                                        []Channel
}

// InvitePartner makes a partner and sends its contact a link to become its first administrator. The vendor's
// administrators and channel managers may. The partner is active once the link is used.
func (s *Service) InvitePartner(ctx context.Context, by actor.Actor, in InvitePartner) (string, error) {
	if err := by.May(actor.InvitePartner); err != nil {
		return "", err
	}
	a := Account{Kind: actor.Partner, State: Invited, Name: in.Company, Country: in.Country, Contact: in.Contact, Email: in.Email,
		Market: in.Market, Channel: slices.Clone(in.Channel)}
	var fs fault.Fields
	a.company(&fs, "company", true)
	a.partner(&fs)
	if err := fs.Err(); err != nil {
		return "", err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		a.ID = id.Account(tx.Wall)
		if err := insert(ctx, tx, a); err != nil {
			return err
		}
		return s.inviteAndTell(ctx, tx, by, a, actor.InvitePartner, Invitation{Account: a.ID, purpose: "partner", Email: a.Email,
			Name: a.Contact, Roles: []actor.Role{actor.PartnerAdmin}, Lang: pickLanguage(in.Lang, by.Lang)})
	})
	return a.ID, err
}

func (s *Service) inviteAndTell(ctx context.Context, tx *db.Tx, by actor.Actor, a Account, verb actor.Verb, in Invitation) error {
	in, sealed, err := s.invite(ctx, tx, by, in)
	if err != nil {
		return err
	}
	detail := map[string]any{"invited": in.Email, "roles": joinList(in.Roles)}
	if err := audit.Record(ctx, tx, by, verb, subject(a.ID), detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, InvitationSent{Account: a.ID, AccountName: a.Name, Kind: a.Kind, ID: in.ID, Email: in.Email, Name: in.Name,
		Lang: in.Lang, InvitedBy: by.Name, Partner: in.purpose == "partner", Sealed: sealed, Days: in.days})
}

// InviteUser is somebody who shall act for a company.
type InviteUser struct {
	Email, Name, Lang string
	Roles             []actor.Role
}

// InviteUser sends a link to become a user of a company. Its administrators and the vendor's may. Another
// invitation to the same address replaces the one before.
func (s *Service) InviteUser(ctx context.Context, by actor.Actor, account string, in InviteUser) error {
	if err := s.manages(by, actor.ManageUsers, account); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := Get(ctx, tx, account)
		if err != nil {
			return err
		}
		var fs fault.Fields
		in.Email = email(&fs, in.Email)
		in.Name = line(&fs, "name", in.Name, maxContact, false)
		in.Roles = rolesFor(&fs, a.Kind, in.Roles)
		if err := fs.Err(); err != nil {
			return err
		}
		if a.State != Active && a.State != Invited {
			return fault.Conflict(i18n.M("account.not_active"))
		}
		if err := notUser(ctx, tx, account, in.Email); err != nil {
			return err
		}
		purpose := "user"
		if a.State == Invited {
			purpose = "partner"
		}
		return s.inviteAndTell(ctx, tx, by, a, actor.ManageUsers, Invitation{Account: account, purpose: purpose, Email: in.Email,
			Name: in.Name, Roles: in.Roles, Lang: pickLanguage(in.Lang, by.Lang)})
	})
}

// manages checks a verb about one company's users.
func (s *Service) manages(by actor.Actor, verb actor.Verb, account string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	return by.Sees(account)
}

// notUser refuses somebody who is an active user already.
func notUser(ctx context.Context, q db.Querier, account, email string) error {
	who, ok, err := login.FindName(ctx, q, email)
	if err != nil || !ok {
		return err
	}
	u, err := userOfIdentity(ctx, q, account, who.ID)
	if errors.Is(err, db.ErrNoRow) || err == nil && u.State != UserActive {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.Invalid("email", i18n.M("account.user_already"))
}

// Invitations lists the links of a company that nobody has used, also expired ones.
func (s *Service) Invitations(ctx context.Context, by actor.Actor, account string) ([]Invitation, error) {
	if err := s.manages(by, actor.ListUsers, account); err != nil {
		return nil, err
	}
	return openInvitations(ctx, s.db.Read(), account)
}

// RevokeInvitation makes a link useless.
func (s *Service) RevokeInvitation(ctx context.Context, by actor.Actor, account, id string) error {
	if err := s.manages(by, actor.ManageUsers, account); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := revokeInvitation(ctx, tx, account, id)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageUsers, subject(account), map[string]any{"revoked": id})
	})
}

// ResendInvitation sends a fresh link in place of one that nobody has used, also an expired one. Who may invite
// may send again: for a partner's first user the vendor's channel managers too.
func (s *Service) ResendInvitation(ctx context.Context, by actor.Actor, account, id string) error {
	if !by.Can(actor.ManageUsers) && !by.Can(actor.InvitePartner) { // which of the two it takes, the invitation says
		return by.May(actor.ManageUsers)
	}
	if err := by.Sees(account); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := openInvitations(ctx, tx, account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Invitation) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		verb := actor.ManageUsers
		if all[i].purpose == "partner" {
			verb = actor.InvitePartner
		}
		if err := by.May(verb); err != nil {
			return err
		}
		a, err := Get(ctx, tx, account)
		if err != nil {
			return err
		}
		return s.inviteAndTell(ctx, tx, by, a, verb, all[i])
	})
}

// Invitation returns what the page behind a link shows; NotFound when the link doesn't work (any more).
func (s *Service) Invitation(ctx context.Context, token string) (Invitation, error) {
	in, err := s.openLink(ctx, token)
	if err != nil {
		return in, err
	}
	a, err := Get(ctx, s.db.Read(), in.Account)
	if err != nil {
		return in, err
	}
	who, ok, err := login.FindName(ctx, s.db.Read(), in.Email)
	in.AccountName, in.Kind, in.NeedsPassword = a.Name, a.Kind, !ok || !who.HasPassword
	return in, err
}

func (s *Service) openLink(ctx context.Context, token string) (Invitation, error) {
	in, err := openInvitation(ctx, s.db.Read(), hashOf(token), s.db.Clock().Wall())
	if errors.Is(err, db.ErrNoRow) || err == nil && in.purpose == "setup" {
		return Invitation{}, gone()
	}
	return in, err
}

func gone() error { return fault.New(fault.KindNotFound, i18n.M("login.link_gone")) }

// Accept is what somebody enters behind an invitation's link. Name and Password are for addresses without a sign-in.
type Accept struct{ Token, Name, Password, Lang string }

// AcceptInvitation makes the invited address a user and returns its identity. Anyone with the link may, once;
// somebody signed in with another address is asked to sign out first.
func (s *Service) AcceptInvitation(ctx context.Context, by actor.Actor, in Accept) (identity string, err error) {
	if err := by.May(actor.AcceptInvite); err != nil {
		return "", err
	}
	inv, err := s.Invitation(ctx, in.Token)
	if err != nil {
		return "", err
	}
	known, ok, err := login.FindName(ctx, s.db.Read(), inv.Email)
	if err != nil {
		return "", err
	}
	if by.Identity != "" && (!ok || known.ID != by.Identity) {
		return "", fault.Conflict(i18n.M("account.other_login", i18n.A{"email": inv.Email}))
	}
	phc := ""
	if inv.NeedsPassword {
		if in.Name, phc, err = s.newSignIn(ctx, in.Name, in.Password, inv.Email); err != nil {
			return "", err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if err := acceptInvitation(ctx, tx, inv.hash); err != nil {
			return lostLink(err)
		}
		identity, err = s.join(ctx, tx, by, inv, login.NewIdentity{Email: inv.Email, Name: in.Name, Password: phc, Lang: pickLanguage(in.Lang, inv.Lang)})
		return err
	})
	return identity, err
}

func lostLink(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return gone()
	}
	return err
}

// newSignIn checks name and password together, so that both are corrected at once.
func (s *Service) newSignIn(ctx context.Context, name, password, email string) (clean, phc string, err error) {
	var fs fault.Fields
	clean = line(&fs, "name", name, maxContact, true)
	if m, weak := secret.WeakPassword(password, email); weak {
		fs.Add("password", "", m)
	}
	if err := fs.Err(); err != nil {
		return "", "", err
	}
	phc, err = s.login.HashPassword(ctx, "password", password, email)
	return clean, phc, err
}

// join makes the identity, if need be, and the user.
func (s *Service) join(ctx context.Context, tx *db.Tx, by actor.Actor, inv Invitation, in login.NewIdentity) (string, error) {
	identity, made, err := login.CreateIdentity(ctx, tx, in)
	if err != nil {
		return "", err
	}
	if !made && in.Password != "" {
		if _, err := login.SetFirstPassword(ctx, tx, identity, in.Password); err != nil {
			return "", err
		}
	}
	if err := setState(ctx, tx, inv.Account, Invited, Active, ""); err != nil && !errors.Is(err, db.ErrNoRow) {
		return "", err
	}
	u, err := s.addUser(ctx, tx, inv.Account, identity, inv.Email, inv.Roles)
	if err != nil {
		return "", err
	}
	return identity, s.userChanged(ctx, tx, by, actor.AcceptInvite, "joined", u)
}
