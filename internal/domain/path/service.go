package path

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service holds the verbs.
type Service struct {
	db *db.DB
	q  *qualification.Service
}

// New returns the service; it stands at the entry of every program from then on.
func New(d *db.DB, q *qualification.Service) *Service {
	s := &Service{db: d, q: q}
	q.Gate("", s.gate)
	return s
}

// Register adds the schedule that ends invitations nobody answered.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("path.invitations", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.expire)
}

// gate keeps partners out of a program that needs an invitation, that another one excludes, or that another account
// of the company holds.
func (s *Service) gate(ctx context.Context, q db.Querier, partner, programID string, at time.Time) error {
	v, err := s.q.Current(programID, at)
	if err != nil {
		return nil // not in force: whoever asks says so
	}
	if err := s.excluded(ctx, q, partner, programID, at); err != nil {
		return err
	}
	if v.ByInvitation() {
		all, err := ofPartner(ctx, q, partner)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(i Invitation) bool { return i.Program == programID && i.State == Accepted }) {
			return fault.Conflict(i18n.M("path.refused.invitation", i18n.A{"program": v.Title.Msg()}))
		}
	}
	if !v.OneAccount {
		return nil
	}
	a, err := account.Get(ctx, q, partner)
	if err != nil {
		return err
	}
	holder, err := holderOf(ctx, q, programID, text.Fold(a.Name))
	if err != nil {
		return err
	}
	if holder != "" && holder != partner {
		return fault.Conflict(i18n.M("path.refused.company", i18n.A{"company": i18n.Raw(a.Name)}))
	}
	return nil
}

// excluded: who joined the reseller program joins no other, and who joined another doesn't join that one (business
// rules 3.7).
func (s *Service) excluded(ctx context.Context, q db.Querier, partner, programID string, at time.Time) error {
	if !IsMembership(programID) || programID == Network {
		return nil
	}
	held, err := s.q.Holdings(ctx, q, partner, at)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Program == programID || h.Program == Network || !IsMembership(h.Program) {
			continue
		}
		if h.Program == Reseller || programID == Reseller {
			return fault.Conflict(i18n.M("path.refused.reseller", i18n.A{"program": s.title(h.Program)}))
		}
	}
	return nil
}

// title names a program in force.
func (s *Service) title(programID string) i18n.Msg {
	v, err := s.q.Current(programID, s.db.Clock().Now())
	if err != nil {
		return i18n.Raw(programID)
	}
	return v.Title.Msg()
}

// Paths lists the development paths as a partner meets them; Memberships the programs that partners join.
func (s *Service) Paths(ctx context.Context, by actor.Actor, partner string) ([]View, error) {
	return s.views(ctx, by, partner, IsPath)
}

// Memberships lists the partner programs, the joined ones first.
func (s *Service) Memberships(ctx context.Context, by actor.Actor, partner string) ([]View, error) {
	all, err := s.views(ctx, by, partner, IsMembership)
	slices.SortStableFunc(all, func(a, b View) int { return rank(a) - rank(b) })
	return all, err
}

func rank(v View) int {
	switch {
	case v.Program == Network:
		return 0
	case v.Held != nil:
		return 1
	}
	return 2
}

func (s *Service) views(ctx context.Context, by actor.Actor, partner string, which func(string) bool) ([]View, error) {
	if err := by.May(actor.ViewPaths); err != nil {
		return nil, err
	}
	all, err := s.q.Overview(ctx, by, partner)
	if err != nil {
		return nil, err
	}
	invited, err := ofPartner(ctx, s.db.Read(), partner)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, p := range all {
		if which(p.Program) {
			v := View{ProgramView: p}
			s.fill(&v, by, invited)
			out = append(out, v)
		}
	}
	return out, nil
}

func (s *Service) fill(v *View, by actor.Actor, invited []Invitation) {
	i := slices.IndexFunc(invited, func(i Invitation) bool {
		return i.Program == v.Program && (i.State == Open || i.State == Accepted)
	})
	if i >= 0 {
		v.Invitation = &invited[i]
	}
	if !by.Can(actor.ChoosePath) {
		return
	}
	free := v.Refused.IsZero() && v.Open == nil
	l := first(v.Version)
	reached, _ := v.Apply.Level(l.ID)
	v.Can.Answer = v.Invitation != nil && v.Invitation.State == Open
	v.Can.Choose = free && l.SelfGranted && reached.Met && v.Selected() == nil
	v.Can.Apply = free && !l.SelfGranted && v.Held == nil
	v.Can.Leave = IsPath(v.Program) && v.Selected() != nil
}

// Path returns one with what stands in the way of leaving it. NotFound for a program that is neither path nor
// membership.
func (s *Service) Path(ctx context.Context, by actor.Actor, partner, programID string) (View, error) {
	all, err := s.views(ctx, by, partner, func(id string) bool { return id == programID && (IsPath(id) || IsMembership(id)) })
	if err != nil {
		return View{}, err
	}
	if len(all) == 0 {
		return View{}, fault.NotFound()
	}
	v := all[0]
	if IsPath(programID) && v.Selected() != nil {
		if v.Leaving, err = s.leaving(ctx, s.db.Read(), partner, v.Version, s.db.Clock().Now()); err != nil {
			return v, err
		}
		v.Can.Leave = v.Can.Leave && len(blocking(v.Leaving)) == 0
	}
	return v, nil
}

// leaving are the ten things that keep a partner in a path (business rules 3.1). What this installation doesn't keep
// counts as absent.
func (s *Service) leaving(ctx context.Context, q db.Querier, partner string, v *program.Version, at time.Time) ([]Blocker, error) {
	held, err := s.q.Holdings(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	holds := func(f func(program.Holding) bool) bool { return slices.ContainsFunc(held, f) }
	level := func(l string) func(program.Holding) bool {
		return func(h program.Holding) bool { return h.Program == v.Program && h.Level == l }
	}
	solutions, err := material.Has(ctx, q, partner, material.Solution)
	if err != nil {
		return nil, err
	}
	advanced, err := material.Has(ctx, q, partner, material.AdvancedSolution)
	if err != nil {
		return nil, err
	}
	return []Blocker{
		{"program", i18n.M("path.blocker.program"), holds(func(h program.Holding) bool { return IsMembership(h.Program) && h.Program != Network }), true},
		{"role", i18n.M("path.blocker.role"), holds(level("role")), true},
		{"competency", i18n.M("path.blocker.competency"), holds(level("competency")), true},
		{"solution", i18n.M("path.blocker.solution"), solutions, true},
		{"advanced-solution", i18n.M("path.blocker.advanced"), advanced, true},
		{"test-coupon", i18n.M("path.blocker.coupon"), false, false},
		{"exam-voucher", i18n.M("path.blocker.voucher"), false, false},
		{"mdf", i18n.M("path.blocker.mdf"), false, false},
		{"fh", i18n.M("path.blocker.fh"), false, false},
		{"delivery", i18n.M("path.blocker.delivery"), false, false},
	}, nil
}

// Choose takes a path by choice: its lowest level is granted at once. The partner's administrator may. What stands
// in the way is refused in words; of several accounts of a company the first one gets a path that only one may hold.
func (s *Service) Choose(ctx context.Context, by actor.Actor, partner, programID string) (q qualification.Qualification, err error) {
	if err := s.may(ctx, by, actor.ChoosePath, partner); err != nil {
		return q, err
	}
	if !IsPath(programID) {
		return q, fault.NotFound()
	}
	v, err := s.q.Current(programID, s.db.Clock().Now())
	if err != nil {
		return q, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := account.Get(ctx, tx, partner)
		if err != nil {
			return err
		}
		if v.OneAccount {
			holder, err := occupy(ctx, tx, programID, text.Fold(a.Name), partner)
			if err != nil {
				return err
			}
			if holder != partner {
				return fault.Conflict(i18n.M("path.refused.company", i18n.A{"company": i18n.Raw(a.Name)}))
			}
		}
		if q, err = s.q.GrantSelf(ctx, tx, by, partner, programID, first(v).ID); err != nil {
			return err
		}
		if err := s.tell(ctx, tx, "path.chosen", a, programID, Invitation{}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ChoosePath, audit.Subject{Kind: "path", ID: programID, Account: partner}, map[string]any{"did": "choose"})
	})
	return q, err
}

// may asks for the permission and that there is such a partner in sight.
func (s *Service) may(ctx context.Context, by actor.Actor, verb actor.Verb, partner string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	if err := by.Sees(partner); err != nil {
		return err
	}
	a, err := account.Get(ctx, s.db.Read(), partner)
	if err == nil && a.Kind != actor.Partner {
		err = fault.NotFound()
	}
	return err
}

// Leave gives a path up, while nothing keeps the partner in it: Conflict names all that does.
func (s *Service) Leave(ctx context.Context, by actor.Actor, partner, programID string) error {
	if err := s.may(ctx, by, actor.ChoosePath, partner); err != nil {
		return err
	}
	v, err := s.q.Current(programID, s.db.Clock().Now())
	if err != nil || !IsPath(programID) {
		return fault.NotFound()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		running, err := s.q.RunningOf(ctx, tx, partner)
		if err != nil {
			return err
		}
		held := qualification.RunningIn(running, programID, selected)
		if held == nil {
			return fault.Conflict(i18n.M("path.refused.not_chosen"))
		}
		all, err := s.leaving(ctx, tx, partner, v, tx.Now)
		if err != nil {
			return err
		}
		if why := blocking(all); len(why) > 0 {
			return fault.Conflict(i18n.M("path.refused.leave", i18n.A{"n": len(why), "list": why}))
		}
		if _, err := s.q.Revoke(ctx, tx, by, partner, held.ID, qualification.Revocation{By: qualification.LeftPath,
			Reason: i18n.Text(i18n.English, i18n.M("path.left"))}); err != nil {
			return err
		}
		if err := free(ctx, tx, programID, partner); err != nil {
			return err
		}
		a, err := account.Get(ctx, tx, partner)
		if err != nil {
			return err
		}
		if err := s.tell(ctx, tx, "path.left", a, programID, Invitation{}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ChoosePath, audit.Subject{Kind: "path", ID: programID, Account: partner}, map[string]any{"did": "leave"})
	})
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, a account.Account, programID string, i Invitation) error {
	x := Changed{What: what, Partner: a.ID, PartnerName: a.Name, Program: programID, Invitation: i.ID, Text: strings.TrimSpace(i.Note), Until: i.ExpiresOn}
	if i.Reason != "" {
		x.Text = i.Reason
	}
	if v, err := s.q.Current(programID, tx.Now); err == nil {
		x.ProgramEN, x.ProgramZH = v.Title.En, v.Title.Zh
	}
	return outbox.Append(ctx, tx, x)
}

// Inviting are the things that keep the vendor from inviting a partner to a program: those of a distributor
// (business rules 3.7). What this installation doesn't keep counts as absent.
func (s *Service) Inviting(ctx context.Context, by actor.Actor, partner, programID string) ([]Blocker, error) {
	if err := s.may(ctx, by, actor.InvitePath, partner); err != nil {
		return nil, err
	}
	return s.inviting(ctx, s.db.Read(), partner, programID, s.db.Clock().Now())
}

func (s *Service) inviting(ctx context.Context, q db.Querier, partner, programID string, at time.Time) ([]Blocker, error) {
	a, err := account.Get(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	frozen := Blocker{"frozen", i18n.M("path.invite.frozen"), a.State == account.Frozen, true}
	if programID != Distributing && programID != Distributor {
		return []Blocker{frozen}, nil
	}
	held, err := s.q.Holdings(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	open, err := s.q.OpenOf(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	links, err := account.LinkedBy(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	credit, err := ledger.BalanceOf(ctx, q, ledger.Place{Owner: partner, Kind: ledger.Credit, Unit: ledger.CNY})
	if err != nil {
		return nil, err
	}
	named, _, _, err := realname.Standing(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	consumed, err := bill.Consumed(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	unpaid, err := bill.Arrears(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	announced, err := distribution.AnnouncedBy(ctx, q, a.Email, at)
	if err != nil {
		return nil, err
	}
	solution := slices.ContainsFunc(held, func(h program.Holding) bool { return h.Program == Solution }) ||
		slices.ContainsFunc(open, func(a qualification.Application) bool { return a.Program == Solution })
	return []Blocker{
		{"solution-provider", i18n.M("path.invite.solution"), solution, true},
		{"reseller-customer", i18n.M("path.invite.reseller"), slices.Contains(links, account.ResellerOf) || slices.Contains(links, account.Resale), true},
		{"resources", i18n.M("path.invite.resources"), false, false},
		frozen,
		{"consumption", i18n.M("path.invite.consumption"), consumed, true},
		{"arrears", i18n.M("path.invite.arrears"), unpaid > 0, true},
		{"member", i18n.M("path.invite.member"), false, false},
		{"credit", i18n.M("path.invite.credit"), credit.Minimum < 0 || credit.Minor < 0, true},
		{"preregistered", i18n.M("path.invite.preregistered"), announced != "", true},
		{"real-name", i18n.M("path.invite.real_name"), named == 0, true},
	}, nil
}

// Invite opens the entry of a program to a partner. Channel managers may. The partner gets a message and a mail.
func (s *Service) Invite(ctx context.Context, by actor.Actor, partner, programID, note string) (i Invitation, err error) {
	if err := s.may(ctx, by, actor.InvitePath, partner); err != nil {
		return i, err
	}
	v, err := s.q.Current(programID, s.db.Clock().Now())
	if err != nil || !v.ByInvitation() {
		return i, fault.Invalid("program", i18n.M("path.field.program"))
	}
	if note = text.Lines(note); len([]rune(note)) > mostNote {
		return i, fault.Invalid("note", i18n.M("path.field.note", i18n.A{"most": mostNote}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := s.inviting(ctx, tx, partner, programID, tx.Now)
		if err != nil {
			return err
		}
		if why := blocking(all); len(why) > 0 {
			return fault.Conflict(i18n.M("path.refused.invite", i18n.A{"n": len(why), "list": why}))
		}
		days, err := setting.Int(ctx, tx, setting.PathInvitationDays, tx.Now)
		if err != nil {
			return err
		}
		a, err := account.Get(ctx, tx, partner)
		if err != nil {
			return err
		}
		i = Invitation{Account: partner, ID: id.New("piv", tx.Wall), Program: programID, PartnerName: a.Name, State: Open, Note: note, InvitedBy: by.Name,
			ExpiresOn: calendar.DayOf(tx.Now).AddDays(days), CreatedAt: tx.Now}
		fresh, err := insert(ctx, tx, i)
		if err != nil {
			return err
		}
		if !fresh {
			return fault.Conflict(i18n.M("path.refused.invited"))
		}
		if err := s.tell(ctx, tx, "path.invited", a, programID, i); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.InvitePath, i.subject(), map[string]any{"did": "invite", "program": programID})
	})
	return i, err
}

const mostNote = 1000

func (i Invitation) subject() audit.Subject {
	return audit.Subject{Kind: "path_invitation", ID: i.ID, Account: i.Account}
}

// Invitations lists a partner's invitations, newest first.
func (s *Service) Invitations(ctx context.Context, by actor.Actor, partner string) ([]Invitation, error) {
	if err := s.may(ctx, by, actor.ViewPaths, partner); err != nil {
		return nil, err
	}
	return ofPartner(ctx, s.db.Read(), partner)
}

// Invited lists the invitations of the whole channel, newest first. The vendor's staff may.
func (s *Service) Invited(ctx context.Context, by actor.Actor, state InvitationState, after string, limit int) ([]Invitation, string, error) {
	if err := by.May(actor.InvitePath); err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	rows, err := list(ctx, s.db.Read(), state, after, limit+1)
	if len(rows) <= limit {
		return rows, "", err
	}
	return rows[:limit], rows[limit-1].ID, err
}

// Accept takes an invitation: the partner may then choose the path, or apply. Decline gives a reason if it likes.
func (s *Service) Accept(ctx context.Context, by actor.Actor, partner, invitation string) (Invitation, error) {
	return s.move(ctx, by, actor.ChoosePath, partner, invitation, Open, Accepted, "")
}

// Decline refuses an invitation.
func (s *Service) Decline(ctx context.Context, by actor.Actor, partner, invitation, reason string) (Invitation, error) {
	return s.move(ctx, by, actor.ChoosePath, partner, invitation, Open, Declined, reason)
}

// Withdraw takes an open invitation back. Channel managers may.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, partner, invitation string) (Invitation, error) {
	return s.move(ctx, by, actor.InvitePath, partner, invitation, Open, Revoked, "")
}

func (s *Service) move(ctx context.Context, by actor.Actor, verb actor.Verb, partner, invitation string, from, to InvitationState, reason string) (i Invitation, err error) {
	if err := s.may(ctx, by, verb, partner); err != nil {
		return i, err
	}
	if reason = text.Lines(reason); len([]rune(reason)) > mostNote {
		return i, fault.Invalid("reason", i18n.M("path.field.note", i18n.A{"most": mostNote}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if i, err = byID(ctx, tx, partner, invitation); err != nil {
			return err
		}
		if i.State != from || i.ExpiresOn < calendar.DayOf(tx.Now) {
			return fault.Conflict(i18n.M("path.conflict.invitation", i18n.A{"state": i.State.Label()}))
		}
		return s.answered(ctx, tx, by, verb, &i, to, reason)
	})
	return i, err
}

// answered moves an invitation, tells of it, and records it.
func (s *Service) answered(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, i *Invitation, to InvitationState, reason string) error {
	if err := answer(ctx, tx, i, i.State, to, by.Name, reason); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "path."+string(to), account.Account{ID: i.Account, Name: i.PartnerName}, i.Program, *i); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, verb, i.subject(), map[string]any{"did": string(to), "program": i.Program})
}

// expire ends invitations whose last day has passed.
func (s *Service) expire(ctx context.Context, at time.Time) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		all, err := due(ctx, tx, calendar.DayOf(at))
		if err != nil {
			return err
		}
		for i := range all {
			if err := s.answered(ctx, tx, actor.Program("invitations"), actor.InvitePath, &all[i], Expired, ""); err != nil {
				return err
			}
		}
		return nil
	})
}
