package declaration

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/jobs"
)

// A QueueItem is one line of the reviewers' list.
type QueueItem struct {
	Declaration
	AccountName string
	Left        time.Duration // working time until the review is due; below zero when it's late
}

// Queue lists what waits for review, or what is in another state, the most urgent first, found by name and number on
// demand. The vendor's reviewers may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, f Filter) (items []QueueItem, next string, err error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return nil, "", err
	}
	if f.State == "" {
		f.State = UnderReview
	}
	due, after, _ := strings.Cut(f.After, ".")
	edge, err := strconv.ParseInt(due, 10, 64)
	if err != nil {
		after = ""
	}
	n := bound(f.Limit)
	all, err := queue(ctx, s.db.Read(), f, edge, after, n+1)
	if err != nil {
		return nil, "", err
	}
	if len(all) > n {
		all = all[:n]
		last, micros := all[n-1], int64(0)
		if !last.DueAt.IsZero() {
			micros = last.DueAt.UnixMicro()
		}
		next = strconv.FormatInt(micros, 10) + "." + last.ID
	}
	persons := make([]string, len(all))
	for i, d := range all {
		persons[i] = d.Person
	}
	names, err := account.Names(ctx, s.db.Read(), persons)
	for _, d := range all {
		items = append(items, QueueItem{d, names[d.Person], s.left(d)})
	}
	return items, next, err
}

func (s *Service) left(d Declaration) time.Duration {
	now := s.db.Clock().Now()
	if d.Overdue(now) {
		return -s.Working.WorkingBetween(d.DueAt, now)
	}
	return s.Working.WorkingBetween(now, d.DueAt)
}

// QueueCounts tells how many declarations wait, and how many of them are overdue.
func (s *Service) QueueCounts(ctx context.Context, by actor.Actor) (waiting, overdue int64, err error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return 0, 0, err
	}
	return countQueue(ctx, s.db.Read(), s.db.Clock().Now())
}

// A Case is a declaration with what a reviewer looks at beside it.
type Case struct {
	View
	AccountName string
	RealName    string // verified; "" = not
	Left        time.Duration
	Own         bool                     // the reviewer's own: somebody else decides
	Holds       []credential.Certificate // what the person holds already
	Holder      string                   // name of another person who has the number
}

// Case opens a declaration for a reviewer.
func (s *Service) Case(ctx context.Context, by actor.Actor, decl string) (c Case, err error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return c, err
	}
	if c.View, err = s.view(ctx, "", decl); err != nil {
		return c, err
	}
	c.Can.Edit, c.Can.Submit, c.Can.Look, c.Can.Withdraw = false, false, false, false
	c.Left, c.Own = s.left(c.Declaration), by.Person != "" && by.Person == c.Person
	q := s.db.Read()
	if c.AccountName, err = account.Name(ctx, q, c.Person); err != nil {
		return c, err
	}
	if c.RealName, err = realname.Name(ctx, q, c.Person); err != nil {
		return c, err
	}
	held, err := s.Credentials.OfPersons(ctx, q, []string{c.Person})
	if err != nil {
		return c, err
	}
	c.Holds = held[c.Person]
	if who, err := holder(ctx, q, s.key(c.Declaration)); err != nil || who == "" || who == c.Person {
		return c, err
	} else if c.Holder, err = account.Name(ctx, q, who); err != nil {
		return c, err
	}
	return c, nil
}

// Approve makes the declared certificate the person's, on the vendor's word. Reviewers may. Conflict when it isn't as
// it was shown, or the number is another person's.
func (s *Service) Approve(ctx context.Context, by actor.Actor, decl string, edition int64) (Declaration, error) {
	return s.change(ctx, by, actor.ReviewDeclaration, decl, edition, func(a Actions) bool { return a.Decide }, "approve",
		func(tx *db.Tx, d *Declaration) error {
			if err := s.give(ctx, tx, by, d); err != nil {
				return err
			}
			d.Reason, d.DecidedBy, d.DecidedName = "", by.User, by.Name
			return s.tell(ctx, tx, *d)
		})
}

// Refuse turns a declaration down, with a reason for the person. Reviewers may.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, decl string, edition int64, reason string) (Declaration, error) {
	return s.decide(ctx, by, decl, edition, reason, Refused, "refuse")
}

// Return asks the person to correct entries or evidence, and says what. Reviewers may.
func (s *Service) Return(ctx context.Context, by actor.Actor, decl string, edition int64, reason string) (Declaration, error) {
	return s.decide(ctx, by, decl, edition, reason, Correction, "return")
}

func (s *Service) decide(ctx context.Context, by actor.Actor, decl string, edition int64, reason string, to State, did string) (Declaration, error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return Declaration{}, err
	}
	reason, err := said(reason)
	if err != nil {
		return Declaration{}, err
	}
	return s.change(ctx, by, actor.ReviewDeclaration, decl, edition, func(a Actions) bool { return a.Decide }, did,
		func(tx *db.Tx, d *Declaration) error {
			d.State, d.Reason, d.DecidedAt, d.DecidedBy, d.DecidedName = to, reason, tx.Now, by.User, by.Name
			return s.tell(ctx, tx, *d)
		})
}

// Revoke takes a given certificate back: the evidence was false, say. Reviewers may.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, decl string, edition int64, reason string) (Declaration, error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return Declaration{}, err
	}
	reason, err := said(reason)
	if err != nil {
		return Declaration{}, err
	}
	return s.change(ctx, by, actor.ReviewDeclaration, decl, edition, func(a Actions) bool { return a.Revoke }, "revoke",
		func(tx *db.Tx, d *Declaration) error {
			d.DecidedBy, d.DecidedName = by.User, by.Name
			return s.takeBack(ctx, tx, d, reason)
		})
}

// takeBack revokes the certificate of a given declaration, if it's still in force, and frees the number.
func (s *Service) takeBack(ctx context.Context, tx *db.Tx, d *Declaration, reason string) error {
	held, err := s.Credentials.OfPersons(ctx, tx, []string{d.Person})
	if err != nil {
		return err
	}
	for _, c := range held[d.Person] {
		if c.Code == d.Code && c.IssuedOn == d.IssuedOn {
			if err := s.Credentials.Revoke(ctx, tx, d.Person, c.ID, reason); err != nil {
				return err
			}
		}
	}
	if err := letGo(ctx, tx, s.key(*d), d.Person); err != nil {
		return err
	}
	d.State, d.Reason, d.DecidedAt = Revoked, reason, tx.Now
	return s.tell(ctx, tx, *d)
}

// alarm tells the vendor, once, of a declaration past its due time.
func (s *Service) alarm(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var decl string
	if err := json.Unmarshal(j.Payload, &decl); err != nil {
		return err
	}
	d, err := byID(ctx, tx, j.Account, decl)
	if err != nil || !d.Overdue(tx.Now) || d.overdueTold {
		return err
	}
	if err := markOverdue(ctx, tx, d); err != nil {
		return err
	}
	return s.event(ctx, tx, d, "declaration.overdue")
}

// part is how many lines of the feeds the library takes in one transaction.
const part = 2000

// index takes new lines of the feeds into the library, and takes back what was given by a number that the provider has
// revoked meanwhile.
func (s *Service) index(ctx context.Context, tx *db.Tx, _ jobs.Job) error {
	from, err := reached(ctx, tx)
	if err != nil {
		return err
	}
	lines, last, err := record.Numbers(ctx, tx, from, part)
	if err != nil || last == from {
		return err
	}
	keys := make([]string, len(lines))
	for i, l := range lines {
		keys[i] = l.Key
	}
	if err := insertNumbers(ctx, tx, slices.DeleteFunc(lines, func(n record.Numbered) bool { return Plain(n.Number) == "" })); err != nil {
		return err
	}
	if err := s.followRevoked(ctx, tx, keys); err != nil {
		return err
	}
	if err := reach(ctx, tx, last); err != nil || len(keys) < part {
		return err
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: indexJob, Key: strconv.FormatInt(last, 10)})
}

func (s *Service) followRevoked(ctx context.Context, tx *db.Tx, keys []string) error {
	for some := range slices.Chunk(keys, 500) {
		given, err := givenBy(ctx, tx, some)
		if err != nil {
			return err
		}
		for _, d := range given {
			now, err := record.OfKeys(ctx, tx, []string{d.Record})
			if err != nil {
				return err
			}
			if len(now) == 0 || now[0].Result != record.Revoked {
				continue
			}
			edition := d.Edition
			if err := s.takeBack(ctx, tx, &d, now[0].Provider+" "+now[0].Registration); err != nil {
				return err
			}
			if err := save(ctx, tx, &d, Given, edition); err != nil {
				return err
			}
			err = audit.Record(ctx, tx, actor.Program("library"), actor.ReviewDeclaration, d.subject(), map[string]any{"did": "revoke", "code": d.Code})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// OfPersons lists what persons declared and didn't withdraw, by person, newest first: for those who see the persons.
// It asks no permission.
func OfPersons(ctx context.Context, q db.Querier, persons []string) (map[string][]Declaration, error) {
	out := map[string][]Declaration{}
	for some := range slices.Chunk(persons, 500) {
		all, err := ofPersons(ctx, q, some)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			out[d.Person] = append(out[d.Person], d)
		}
	}
	return out, nil
}
