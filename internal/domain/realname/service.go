package realname

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/vault"
)

// Config is what the service needs. Working is the calendar by which reviews are due.
type Config struct {
	DB      *db.DB
	Vault   *vault.Vault
	Files   *blob.Store
	Working *calendar.Working
}

// Service has the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{c, c.DB} }

const dueJob = "realname.review_due"

// Register adds the look at a case at its due time.
func (s *Service) Register(r *jobs.Runner) { r.Inside(dueJob, s.alarm) }

// Asked tells whether this site wants real names verified before a binding.
func Asked(ctx context.Context, q db.Querier, at time.Time) (bool, error) {
	v, err := setting.Text(ctx, q, setting.RealName, at)
	return v == "china", err
}

// Verified tells whether a person's name is verified.
func Verified(ctx context.Context, q db.Querier, person string) (bool, error) {
	name, err := nameOf(ctx, q, person)
	return name != "", err
}

// Name is a person's verified name; "" when it isn't.
func Name(ctx context.Context, q db.Querier, person string) (string, error) {
	return nameOf(ctx, q, person)
}

// Holders are the persons verified under a name; case and width don't matter.
func Holders(ctx context.Context, q db.Querier, name string) ([]string, error) {
	return namesakes(ctx, q, name)
}

// hash is what tells a document apart; "" when its number wasn't given whole.
func (s *Service) hash(in Submission, number string) string {
	if number == "" {
		return ""
	}
	return hex.EncodeToString(secret.HashCode(s.Vault.Key("realname"), in.Country, in.IDType, number))
}

// Submit hands a claim in, with its evidence: a PNG, JPEG or PDF of at most 10 MiB. A person may for the own personal
// account, also while an earlier claim holds (a new name). Conflict while another one waits.
func (s *Service) Submit(ctx context.Context, by actor.Actor, in Submission, file io.Reader) (c Case, err error) {
	if err := own(by); err != nil {
		return c, err
	}
	return s.submit(ctx, by, side{actor.OwnRealName, by.Person, IDTypes}, in, file)
}

// side is whose name a claim is about: who may, for which account, with which documents.
type side struct {
	verb  actor.Verb
	owner string
	types []string
}

func (s *Service) submit(ctx context.Context, by actor.Actor, x side, in Submission, file io.Reader) (c Case, err error) {
	last4, number, err := in.clean(x.types)
	if err != nil {
		return c, err
	}
	if file == nil {
		return c, fault.Invalid("file", i18n.M("realname.file_needed"))
	}
	ref, err := s.Files.Put(ctx, file, blob.Limits{Bytes: maxFile, Types: []blob.Type{blob.PNG, blob.JPEG, blob.PDF}})
	if err != nil {
		return c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		days, err := setting.Int(ctx, tx, setting.RealNameDays, tx.Now)
		if err != nil {
			return err
		}
		c = Case{Person: x.owner, ID: id.New("rnc", tx.Wall), State: Pending, Name: in.Name, Country: in.Country, IDType: in.IDType,
			IDLast4: last4, File: File{ref.Hash, in.FileName, string(ref.Type), ref.Size}, SubmittedAt: tx.Now,
			DueAt: s.Working.DueAfter(tx.Now, days), Version: 1, idHash: s.hash(in, number)}
		if err := insert(ctx, tx, c); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: dueJob, Key: c.ID, Account: c.Person, Payload: c.ID, RunAt: c.DueAt}); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, x.verb, c, "submitted")
	})
	if db.Violates(err) {
		err = fault.Conflict(i18n.M("realname.waits_already"))
	}
	return c, err
}

// own asks for a personal account.
func own(by actor.Actor) error {
	if err := by.May(actor.OwnRealName); err != nil {
		return err
	}
	if by.Person == "" {
		return fault.Conflict(i18n.M("realname.no_person"))
	}
	return nil
}

// tell writes the audit row, without the document, and the event.
func (s *Service) tell(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, c Case, what string) error {
	detail := map[string]any{"did": what, "id_type": c.IDType, "country": c.Country}
	if c.Reason != "" {
		detail["reason"] = c.Reason
	}
	if err := audit.Record(ctx, tx, by, verb, c.subject(), detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, Person: c.Person, Case: c.ID, Name: c.Name, Reason: c.Reason, Due: c.DueAt, Company: c.Company(), IDType: c.IDType})
}

// Own lists the actor's own claims, newest first. Somebody without a personal account has none.
func (s *Service) Own(ctx context.Context, by actor.Actor) ([]Case, error) {
	if err := by.May(actor.OwnRealName); err != nil {
		return nil, err
	}
	if by.Person == "" {
		return nil, nil
	}
	return ofPerson(ctx, s.db.Read(), by.Person)
}

// Withdraw takes the actor's own waiting claim back.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, caseID string) error {
	if err := by.May(actor.OwnRealName); err != nil {
		return err
	}
	return s.withdraw(ctx, by, side{actor.OwnRealName, by.Person, IDTypes}, caseID)
}

func (s *Service) withdraw(ctx context.Context, by actor.Actor, x side, caseID string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.get(ctx, tx, caseID)
		if err == nil && (x.owner == "" || c.Person != x.owner) {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		if err := s.decide(ctx, tx, by, &c, Pending, Withdrawn, c.Version); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, x.verb, c, "withdrawn")
	})
}

func (s *Service) get(ctx context.Context, q db.Querier, caseID string) (Case, error) {
	if !id.Has("rnc", caseID) {
		return Case{}, fault.NotFound()
	}
	c, err := one(ctx, q, caseID)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return c, err
}

// decide moves a case from one state to another; Conflict when it isn't as it was shown.
func (s *Service) decide(ctx context.Context, tx *db.Tx, by actor.Actor, c *Case, from, to State, version int64) error {
	if c.State != from || c.Version != version {
		return fault.Conflict(i18n.M("realname.moved_on", i18n.A{"state": c.State.Label()}))
	}
	c.DecidedAt, c.DecidedBy, c.DecidedName = tx.Now, by.User, by.Name
	err := move(ctx, tx, *c, to)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	c.State, c.Version = to, c.Version+1
	return err
}

// A QueueItem is one line of the reviewers' list.
type QueueItem struct {
	Case
	AccountName string
	Left        time.Duration // working time until the review is due; negative when it's late
}

// Queue lists cases of a state ("" = pending), the most urgent first, after a cursor. The vendor's reviewers may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, state State, after string, limit int) ([]QueueItem, string, error) {
	if err := by.May(actor.ReviewRealName); err != nil {
		return nil, "", err
	}
	if state == "" {
		state = Pending
	}
	from, err := parseKey(after)
	if err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	list, err := queue(ctx, q, state, from, limit+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(list) > limit {
		list = list[:limit]
		k := keyOf(list[limit-1])
		next = strconv.FormatInt(k.Due, 10) + "." + k.ID
	}
	out := make([]QueueItem, len(list))
	for i, c := range list { // one name a line: a page is short
		name, err := account.Name(ctx, q, c.Person)
		if err != nil {
			return nil, "", err
		}
		out[i] = QueueItem{c, name, s.Working.WorkingBetween(now, c.DueAt)}
	}
	return out, next, nil
}

func parseKey(s string) (k key, err error) {
	if s == "" {
		return k, nil
	}
	due, caseID, _ := strings.Cut(s, ".")
	k.ID = caseID
	if k.Due, err = strconv.ParseInt(due, 10, 64); err != nil || !id.Has("rnc", caseID) {
		return k, fault.Invalid("after", i18n.M("realname.cursor"))
	}
	return k, nil
}

// A View is a case with what a reviewer looks at beside it.
type View struct {
	QueueItem
	Earlier   []Case   // of the same person, newest first
	Other     string   // another person who is verified with the same document; "" = none
	Namesakes []string // other persons verified under the same name
	Own       bool     // the reviewer's own case: somebody else decides
}

// Case opens a case for a reviewer.
func (s *Service) Case(ctx context.Context, by actor.Actor, caseID string) (v View, err error) {
	if err := by.May(actor.ReviewRealName); err != nil {
		return v, err
	}
	q := s.db.Read()
	if v.Case, err = s.get(ctx, q, caseID); err != nil {
		return v, err
	}
	v.Left, v.Own = s.Working.WorkingBetween(s.db.Clock().Now(), v.DueAt), v.Person == by.Person
	if v.AccountName, err = account.Name(ctx, q, v.Person); err != nil {
		return v, err
	}
	all, err := ofPerson(ctx, q, v.Person)
	if err != nil {
		return v, err
	}
	for _, c := range all {
		if c.ID != v.ID {
			v.Earlier = append(v.Earlier, c)
		}
	}
	if v.idHash != "" {
		if v.Other, err = documentOwner(ctx, q, v.idHash); err != nil {
			return v, err
		}
		if v.Other == v.Person {
			v.Other = ""
		}
	}
	names, err := namesakes(ctx, q, v.Name)
	for _, p := range names {
		if p != v.Person {
			v.Namesakes = append(v.Namesakes, p)
		}
	}
	return v, err
}

// review runs a reviewer's decision about a case that isn't the reviewer's own.
func (s *Service) review(ctx context.Context, by actor.Actor, caseID string, do func(tx *db.Tx, c *Case) error) error {
	if err := by.May(actor.ReviewRealName); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := s.get(ctx, tx, caseID)
		if err != nil {
			return err
		}
		if by.Person != "" && c.Person == by.Person {
			return fault.Conflict(i18n.M("realname.own_case"))
		}
		return do(tx, &c)
	})
}

// Approve verifies the name. One that held before is replaced. Conflict when the case isn't as it was shown, or the
// document belongs to another verified person.
func (s *Service) Approve(ctx context.Context, by actor.Actor, caseID string, version int64) error {
	return s.review(ctx, by, caseID, func(tx *db.Tx, c *Case) error {
		old, err := holding(ctx, tx, c.Person)
		switch {
		case errors.Is(err, db.ErrNoRow):
		case err != nil:
			return err
		default:
			if err := s.decide(ctx, tx, by, &old, Approved, Replaced, old.Version); err != nil {
				return err
			}
			if err := dropDocument(ctx, tx, old.idHash, old.Person); err != nil {
				return err
			}
		}
		if err := s.decide(ctx, tx, by, c, Pending, Approved, version); err != nil {
			return err
		}
		free, err := takeDocument(ctx, tx, c.idHash, c.Person)
		if err == nil && !free {
			err = fault.Conflict(i18n.M("realname.document_taken"))
		}
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, by, actor.ReviewRealName, *c, "verified")
	})
}

// Refuse turns a claim down, with a reason for the person.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, caseID string, version int64, reason string) error {
	return s.end(ctx, by, caseID, version, reason, Pending, Refused, "refused")
}

// Revoke ends a verified name, with a reason for the person: the document was false, say. Bindings that exist stay.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, caseID string, version int64, reason string) error {
	return s.end(ctx, by, caseID, version, reason, Approved, Revoked, "revoked")
}

func (s *Service) end(ctx context.Context, by actor.Actor, caseID string, version int64, reason string, from, to State, what string) error {
	if err := by.May(actor.ReviewRealName); err != nil {
		return err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.review(ctx, by, caseID, func(tx *db.Tx, c *Case) error {
		c.Reason = reason
		if err := s.decide(ctx, tx, by, c, from, to, version); err != nil {
			return err
		}
		if err := dropDocument(ctx, tx, c.idHash, c.Person); err != nil {
			return err
		}
		return s.tell(ctx, tx, by, actor.ReviewRealName, *c, what)
	})
}

// OwnFile opens the evidence of the actor's own claim. The caller closes it.
func (s *Service) OwnFile(ctx context.Context, by actor.Actor, caseID string) (*os.File, Case, error) {
	if err := by.May(actor.OwnRealName); err != nil {
		return nil, Case{}, err
	}
	return s.open(ctx, by.Person, caseID)
}

func (s *Service) open(ctx context.Context, owner, caseID string) (*os.File, Case, error) {
	c, err := s.get(ctx, s.db.Read(), caseID)
	if err == nil && (owner == "" || c.Person != owner) {
		err = fault.NotFound()
	}
	if err != nil {
		return nil, Case{}, err
	}
	f, err := s.Files.Open(c.File.Hash)
	return f, c, err
}

// OpenFile opens the evidence for a reviewer, and leaves a trace of that. The caller closes it.
func (s *Service) OpenFile(ctx context.Context, by actor.Actor, caseID string) (f *os.File, c Case, err error) {
	if err := by.May(actor.ReviewRealName); err != nil {
		return nil, c, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if c, err = s.get(ctx, tx, caseID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ReviewRealName, c.subject(), map[string]any{"did": "opened", "sha256": c.File.Hash})
	})
	if err != nil {
		return nil, c, err
	}
	f, err = s.Files.Open(c.File.Hash)
	return f, c, err
}

// alarm tells the reviewers once when a review is late.
func (s *Service) alarm(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var caseID string
	if err := json.Unmarshal(j.Payload, &caseID); err != nil {
		return err
	}
	c, err := one(ctx, tx, caseID)
	if err != nil || c.State != Pending {
		return err
	}
	if err := markOverdue(ctx, tx, c); err != nil {
		if errors.Is(err, db.ErrNoRow) {
			return nil
		}
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: "overdue", Person: c.Person, Case: c.ID, Name: c.Name, Due: c.DueAt})
}
