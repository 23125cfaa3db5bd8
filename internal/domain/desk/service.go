package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	kittext "hanse/internal/kit/text"
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{d} }

// Register adds the end of leases that are over, and takes users who have left out of the teams.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("desk.presence", jobs.Latest(s.db.Clock().Now, jobs.Interval(time.Hour)), func(ctx context.Context, _ time.Time) error {
		return s.db.Update(ctx, func(tx *db.Tx) error { return sweep(ctx, tx, tx.Wall) })
	})
	r.On("user.deactivated", "desk.user_left", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		x, err := outbox.As[account.UserChanged](e)
		if err != nil {
			return err
		}
		return dropUser(ctx, tx, x.Account, x.User)
	})
}

// A Setup is what the page of teams shows: all of it belongs to the actor's account.
type Setup struct {
	Desk  string
	Teams []Team
	Staff []Person
	Duty  Duty
}

// Team finds one.
func (s Setup) Team(id string) (Team, bool) {
	i := slices.IndexFunc(s.Teams, func(t Team) bool { return t.ID == id })
	if i < 0 {
		return Team{}, false
	}
	return s.Teams[i], true
}

// Person finds one.
func (s Setup) Person(id string) (Person, bool) {
	i := slices.IndexFunc(s.Staff, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return s.Staff[i], true
}

// Open are the teams that work.
func (s Setup) Open() []Team {
	return slices.DeleteFunc(slices.Clone(s.Teams), func(t Team) bool { return !t.Active })
}

// Setup reads the teams and people of the actor's desk. Who works at it may, and auditors.
func (s *Service) Setup(ctx context.Context, by actor.Actor) (Setup, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return Setup{}, err
	}
	return setup(ctx, s.db.Read(), by.Account)
}

func setup(ctx context.Context, q db.Querier, desk string) (out Setup, err error) {
	out.Desk = desk
	if out.Teams, err = teams(ctx, q, desk); err != nil {
		return out, err
	}
	if out.Staff, err = Staff(ctx, q, desk); err != nil {
		return out, err
	}
	var rest string
	if out.Duty, rest, err = duty(ctx, q, desk); err != nil {
		return out, err
	}
	if p, ok := out.Person(out.Duty.User); ok {
		out.Duty.Name = p.Name
	}
	for i := range out.Teams {
		t := &out.Teams[i]
		t.Fallback = t.ID == rest
		if p, ok := out.Person(t.Lead); ok {
			t.LeadName = p.Name
		}
		for _, p := range out.Staff {
			if slices.Contains(p.Teams, t.ID) {
				t.Members = append(t.Members, p)
			}
		}
	}
	return out, nil
}

// A TeamDraft is a team as it's wanted.
type TeamDraft struct {
	ID       string // "" = a new one
	Name     string
	Lead     string
	Members  []string // users
	Fallback bool
	Closed   bool // rules give it nothing any more; what it has stays
	Edition  int64
}

// SaveTeam makes a team or changes one. Administrators of the desk may. Conflict when somebody was faster.
func (s *Service) SaveTeam(ctx context.Context, by actor.Actor, in TeamDraft) (t Team, err error) {
	if err := by.May(actor.ManageDesk); err != nil {
		return t, err
	}
	in.Name = kittext.Clean(in.Name)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := setup(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if _, ok := all.Team(in.ID); in.ID != "" && !ok {
			return fault.NotFound()
		}
		if err := in.check(all); err != nil {
			return err
		}
		if t, err = s.putTeam(ctx, tx, all, in); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "desk_team", t.ID, map[string]any{"did": did(in.ID), "name": t.Name, "members": len(in.Members), "closed": in.Closed})
	})
	return t, err
}

func did(given string) string {
	if given == "" {
		return "added"
	}
	return "changed"
}

func (in TeamDraft) check(all Setup) error {
	var fs fault.Fields
	checkName(&fs, in.Name)
	for _, t := range all.Teams {
		if t.ID != in.ID && kittext.Fold(t.Name) == kittext.Fold(in.Name) {
			fs.Add("name", in.Name, i18n.M("desk.name_taken", i18n.A{"name": in.Name}))
		}
	}
	for _, u := range in.Members {
		if _, ok := all.Person(u); !ok {
			fs.Add("members", u, i18n.M("desk.no_person"))
			break
		}
	}
	if len(in.Members) > mostMembers {
		fs.Add("members", "", i18n.M("desk.too_many", i18n.A{"n": mostMembers}))
	}
	if _, ok := all.Person(in.Lead); in.Lead != "" && !ok {
		fs.Add("lead", in.Lead, i18n.M("desk.no_person"))
	}
	if in.ID == "" && len(all.Teams) >= mostTeams {
		fs.Add("name", in.Name, i18n.M("desk.too_many", i18n.A{"n": mostTeams}))
	}
	if in.Closed && in.Fallback {
		fs.Add("fallback", "", i18n.M("desk.closed_fallback"))
	}
	return fs.Err()
}

func checkName(fs *fault.Fields, name string) {
	if n := len([]rune(name)); n == 0 || n > mostName {
		fs.Add("name", name, i18n.M("desk.name_needed", i18n.A{"most": mostName}))
	}
}

func (s *Service) putTeam(ctx context.Context, tx *db.Tx, all Setup, in TeamDraft) (t Team, err error) {
	t = Team{Desk: all.Desk, ID: in.ID, Name: in.Name, Lead: in.Lead, Active: !in.Closed, Fallback: in.Fallback, Edition: in.Edition}
	old, _ := all.Team(in.ID)
	if in.ID == "" {
		t.ID, t.Edition = id.New("team", tx.Wall), 1
		err = insertTeam(ctx, tx, t)
	} else {
		err = stale(updateTeam(ctx, tx, t))
		t.Edition++
	}
	if err != nil {
		return t, err
	}
	if in.Fallback != old.Fallback {
		rest := ""
		if in.Fallback {
			rest = t.ID
		}
		if err := setDesk(ctx, tx, all.Desk, all.Duty.User, rest, -1); err != nil {
			return t, err
		}
	}
	return t, setMembers(ctx, tx, old, t.ID, in.Members, all)
}

// setMembers adds and takes out only the difference, so that whose turn it is stays as it was.
func setMembers(ctx context.Context, tx *db.Tx, old Team, team string, wanted []string, all Setup) error {
	for _, p := range old.Members {
		if !slices.Contains(wanted, p.ID) {
			if err := dropMember(ctx, tx, all.Desk, team, p.ID); err != nil {
				return err
			}
		}
	}
	wanted = slices.Clone(wanted)
	slices.Sort(wanted)
	for _, u := range slices.Compact(wanted) {
		if !slices.ContainsFunc(old.Members, func(p Person) bool { return p.ID == u }) {
			if err := addMember(ctx, tx, all.Desk, team, u); err != nil {
				return err
			}
		}
	}
	return nil
}

// SetAway says until which day somebody gets nothing by rules; "" ends it. Oneself may, and the desk's administrators
// for everybody.
func (s *Service) SetAway(ctx context.Context, by actor.Actor, user, until string) error {
	verb := actor.ManageDesk
	if user == by.User {
		verb = actor.WorkTickets
	}
	if err := by.May(verb); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, ok, err := Works(ctx, tx, by.Account, user); err != nil || !ok {
			return orNotFound(err)
		}
		var day calendar.Day
		if until = strings.TrimSpace(until); until != "" {
			var err error
			if day, err = calendar.ParseDay(until); err != nil || day < calendar.DayOf(tx.Now) || day > calendar.DayOf(tx.Now).AddYears(1) {
				return fault.Invalid("until", i18n.M("desk.bad_day", i18n.A{"value": until}))
			}
		}
		if err := setAbsence(ctx, tx, by.Account, user, day); err != nil {
			return err
		}
		return s.recordAs(ctx, tx, by, verb, "desk_person", user, map[string]any{"did": "away", "until": until})
	})
}

// SetDuty says who is told when teams are late; "" for nobody. The desk's administrators may.
func (s *Service) SetDuty(ctx context.Context, by actor.Actor, user string, edition int64) error {
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if user != "" {
			if _, ok, err := Works(ctx, tx, by.Account, user); err != nil || !ok {
				return orInvalid(err, "duty")
			}
		}
		_, rest, err := duty(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if err := setDesk(ctx, tx, by.Account, user, rest, edition); err != nil {
			return stale(err)
		}
		return s.record(ctx, tx, by, "desk", by.Account, map[string]any{"did": "duty", "user": user})
	})
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.NotFound()
	}
	return err
}

func orInvalid(err error, field string) error {
	if err == nil {
		err = fault.Invalid(field, i18n.M("desk.no_person"))
	}
	return err
}

// stale turns a lost compare-and-set into words.
func stale(err error) error {
	if lost(err) != err {
		return fault.Conflict(i18n.M("desk.changed_meanwhile"))
	}
	return err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by actor.Actor, kind, subject string, detail map[string]any) error {
	return s.recordAs(ctx, tx, by, actor.ManageDesk, kind, subject, detail)
}

func (s *Service) recordAs(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, kind, subject string, detail map[string]any) error {
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: kind, ID: subject, Account: by.Account}, detail)
}
