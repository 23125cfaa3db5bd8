package member

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
	"hanse/internal/kit/vault"
)

// Config is what the service needs.
type Config struct {
	DB       *db.DB
	Vault    *vault.Vault
	Roster   *roster.Service
	Accounts *account.Service
}

// Service has the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{c, c.DB} }

// Register subscribes to what happens to bindings elsewhere, and adds the daily pass.
func (s *Service) Register(r *jobs.Runner) {
	r.On("roster.left", "member.left", s.onLeft)
	r.On("roster.bound", "member.bound", s.onBound)
	r.On("roster.imported", "member.imported", s.onImported)
	r.Outside(askJob, s.runAsk)
	r.Every("member.daily", nextDay, s.Daily)
}

// nextDay is the next midnight of the business zone.
func nextDay(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }

// year is for how many days an ended binding counts towards the limit of partners.
const year = 365

// bars are the reasons why a person can't be bound to a partner at an instant. Identity is the person's sign-in; both
// may be empty for somebody whom nobody knows yet.
func (s *Service) bars(ctx context.Context, q db.Querier, partner, identity, person string, now time.Time) (out []Bar, err error) {
	if identity != "" {
		manages, err := s.managesPartner(ctx, q, identity)
		if err != nil {
			return nil, err
		}
		if manages {
			out = append(out, Bar{Code: "partner_account", Text: i18n.M("member.bar.partner_account"), Other: i18n.M("member.bar.partner_account.other")})
		}
	}
	if person == "" {
		return out, nil
	}
	more, err := s.barsOfPerson(ctx, q, partner, person, calendar.DayOf(now))
	if err != nil {
		return nil, err
	}
	out = append(out, more...)
	asked, err := realname.Asked(ctx, q, now)
	if err != nil || !asked {
		return out, err
	}
	verified, err := realname.Verified(ctx, q, person)
	if err == nil && !verified {
		out = append(out, Bar{Code: "real_name", Mendable: true, Text: i18n.M("member.bar.real_name"), Other: i18n.M("member.bar.real_name.other"), Href: "/me/real-name"})
	}
	return out, err
}

// managesPartner tells whether a sign-in is a partner's account itself: one of its administrators.
func (s *Service) managesPartner(ctx context.Context, q db.Querier, identity string) (bool, error) {
	all, err := s.Accounts.Memberships(ctx, q, identity, "")
	return slices.ContainsFunc(all, func(m login.Membership) bool {
		return m.Kind == actor.Partner && slices.Contains(m.Roles, actor.PartnerAdmin)
	}), err
}

func (s *Service) barsOfPerson(ctx context.Context, q db.Querier, partner, person string, today calendar.Day) (out []Bar, err error) {
	bindings, err := s.Roster.BindingsOf(ctx, q, person)
	if err != nil {
		return nil, err
	}
	consents, err := consentsOf(ctx, q, person)
	if err != nil {
		return nil, err
	}
	limit, err := setting.Int(ctx, q, setting.MemberPartners, today.Time())
	if err != nil {
		return nil, err
	}
	if n := partnersOfYear(partner, bindings, consents, today); n >= limit {
		args := i18n.A{"limit": limit}
		out = append(out, Bar{Code: "partners", Text: i18n.M("member.bar.partners", args), Other: i18n.M("member.bar.partners.other", args)})
	}
	for _, b := range bindings {
		switch {
		case !b.Here(today):
		case b.Account == partner && b.Confirmation == roster.Confirmed:
			out = append(out, Bar{Code: "bound", Text: i18n.M("member.bar.bound"), Other: i18n.M("member.bar.bound.other")})
		case b.Account != partner:
			name, err := account.Name(ctx, q, b.Account)
			if err != nil {
				return nil, err
			}
			out = append(out, Bar{Code: "elsewhere", Mendable: true, Text: i18n.M("member.bar.elsewhere", i18n.A{"partner": i18n.Raw(name)}),
				Other: i18n.M("member.bar.elsewhere.other"), Href: "/me/companies"})
		}
	}
	return out, nil
}

// partnersOfYear counts the other partners to which a person was bound on some day of the last 365: by consent, ended
// ones included, or by a roster from before anybody was asked. What a company alone says doesn't count.
func partnersOfYear(partner string, bindings []roster.Binding, consents []Consent, today calendar.Day) int {
	seen := map[string]bool{}
	recent := func(end calendar.Day) bool { return end.IsNone() || end > today.AddDays(-year) }
	for _, c := range consents {
		if c.Partner != partner && recent(c.EndedOn) {
			seen[c.Partner] = true
		}
	}
	for _, b := range bindings {
		if b.Account != partner && b.Confirmation == roster.Vouched && recent(b.LeftOn) {
			seen[b.Account] = true
		}
	}
	return len(seen)
}

// link makes a new link for an invitation and returns its path, sealed for the mailer.
func (s *Service) link(ctx context.Context, tx *db.Tx, i Invitation) (string, error) {
	token := secret.Token(32)
	return s.Vault.Seal("mail", LinkPath+token), insertLink(ctx, tx, hashOf(token), i.Account, i.ID)
}

// LinkPath is the address of an invitation's page; the link's token follows.
const LinkPath = "/join?token="

func hashOf(token string) string { return hex.EncodeToString(secret.Hash(token)) }

// get reads an invitation as it stands; NotFound when the partner has none with this id.
func (s *Service) get(ctx context.Context, q db.Querier, partner, invitation string) (Invitation, error) {
	if !id.Has("mbi", invitation) || len(partner) > 40 {
		return Invitation{}, fault.NotFound()
	}
	i, err := one(ctx, q, partner, invitation)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return i, err
}

// A Filter narrows a partner's invitations.
type Filter struct {
	Q     string
	State State
	Kind  Kind
	After string // cursor
	Limit int
}

// A Page is one page of a partner's invitations.
type Page struct {
	Items []Invitation
	Next  string
	Count map[State]int // of all
	Left  int64         // how many the actor can send today
}

// List returns a partner's invitations, newest first. The partner's administrators and service managers may, and the
// vendor's staff who see rosters.
func (s *Service) List(ctx context.Context, by actor.Actor, partner string, f Filter) (p Page, err error) {
	if err := allowed(by, actor.ViewMembers, partner); err != nil {
		return p, err
	}
	f.Q = text.Clean(f.Q)
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	before, err := parseKey(f.After)
	if err != nil {
		return p, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	if p.Items, err = list(ctx, q, partner, f, before, now); err != nil {
		return p, err
	}
	if len(p.Items) > f.Limit {
		p.Items = p.Items[:f.Limit]
		last := p.Items[f.Limit-1]
		p.Next = strconv.FormatInt(last.InvitedAt.UnixMicro(), 10) + "." + last.ID
	}
	for n := range p.Items {
		p.Items[n] = p.Items[n].at(now)
	}
	if p.Count, err = count(ctx, q, partner, now); err != nil || !by.Can(actor.InviteMember) {
		return p, err
	}
	limit, err := setting.Int(ctx, q, setting.MemberPerDay, now)
	if err != nil {
		return p, err
	}
	used, err := spent(ctx, q, partner, by.User, calendar.DayOf(now))
	p.Left = max(int64(limit)-used, 0)
	return p, err
}

func parseKey(s string) (k key, err error) {
	if s == "" {
		return key{math.MaxInt64, ""}, nil
	}
	at, invitation, _ := strings.Cut(s, ".")
	k.ID = invitation
	if k.At, err = strconv.ParseInt(at, 10, 64); err != nil || !id.Has("mbi", invitation) {
		return k, fault.Invalid("after", i18n.M("member.cursor"))
	}
	return k, nil
}

// A View is one invitation with its history.
type View struct {
	Invitation
	Consent *Consent      // what was agreed to; nil = nothing yet
	History []audit.Entry // oldest first
}

// View opens one invitation. Who may is as for List.
func (s *Service) View(ctx context.Context, by actor.Actor, partner, invitation string) (v View, err error) {
	if err := allowed(by, actor.ViewMembers, partner); err != nil {
		return v, err
	}
	q := s.db.Read()
	if v.Invitation, err = s.get(ctx, q, partner, invitation); err != nil {
		return v, err
	}
	v.Invitation = v.at(s.db.Clock().Now())
	if v.Binding != "" {
		all, err := consentsOfBinding(ctx, q, partner, v.Binding)
		if err != nil {
			return v, err
		}
		for n := range all {
			if all[n].Invitation == v.ID {
				v.Consent = &all[n]
			}
		}
	}
	v.History, err = audit.History(ctx, q, "member_invitation", v.ID)
	return v, err
}

// A Standing is what a partner may know about the consent behind a binding.
type Standing struct {
	Asked   *Invitation // the newest question about it
	Consent *Consent    // the newest consent
}

// Standing tells how the consent of somebody on a partner's roster stands. Who may is as for List.
func (s *Service) Standing(ctx context.Context, by actor.Actor, partner, binding string) (x Standing, err error) {
	if err := allowed(by, actor.ViewMembers, partner); err != nil {
		return x, err
	}
	q := s.db.Read()
	asked, err := ofBindings(ctx, q, partner, []string{binding})
	if err != nil {
		return x, err
	}
	if len(asked) > 0 {
		newest := asked[0].at(s.db.Clock().Now())
		x.Asked = &newest
	}
	given, err := consentsOfBinding(ctx, q, partner, binding)
	if len(given) > 0 {
		x.Consent = &given[0]
	}
	return x, err
}

func reasonOf(typed string) (string, error) {
	reason := text.Lines(typed)
	if len([]rune(reason)) > maxReason {
		return "", fault.Invalid("reason", i18n.M("member.reason_long", i18n.A{"limit": maxReason}))
	}
	return reason, nil
}

const maxReason = 500
