package address

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A Kind is the kind of a record.
type Kind string

// The kinds.
const (
	Exam     Kind = "exam"
	Training Kind = "training"
)

// A MissingState says what became of a missing record.
type MissingState string

// The states.
const (
	MissingOpen      MissingState = "open"
	MissingAnswered  MissingState = "answered" // the vendor asks or tells something; it stays on the desk
	MissingResolved  MissingState = "resolved"
	MissingRefused   MissingState = "refused"
	MissingWithdrawn MissingState = "withdrawn"
	MissingArrived   MissingState = "arrived" // the record came; nobody had to do anything
)

// A File is evidence.
type File struct{ Hash, Name, Type string }

// Missing is an exam or training that should be among a person's records and isn't.
type Missing struct {
	Person       string
	ID           string
	Kind         Kind
	Email        string // used at the provider
	Provider     string
	Code         string       // of the exam or course
	On           calendar.Day // of the exam; last day of the training
	Registration string       // number at the provider; may be empty
	Note         string
	Evidence     File
	State        MissingState
	Answer       string
	HandledBy    string
	CreatedAt    time.Time
	HandledAt    time.Time
	Revision     int64
}

func missingOf(m Missing) audit.Subject {
	return audit.Subject{Kind: "missing_record", ID: m.ID, Account: m.Person}
}

// Expected is the day until which a record of a day should have arrived.
func Expected(on calendar.Day, lag int) calendar.Day { return on.AddDays(lag) }

func (m Missing) clean() (Missing, error) {
	var fs fault.Fields
	if m.Kind != Exam && m.Kind != Training {
		fs.Add("kind", string(m.Kind), choose)
	}
	email, ok := text.Email(m.Email)
	if !ok {
		fs.Add("email", m.Email, i18n.M("address.email_wrong"))
	}
	m.Email = email
	word := func(field string, into *string, required bool) {
		typed := *into
		*into = text.Clean(typed)
		if *into == "" && required {
			fs.Add(field, typed, i18n.M("address.text_missing"))
		}
		if utf8.RuneCountInString(*into) > maxCandidate {
			fs.Add(field, typed, i18n.M("address.too_long", i18n.A{"n": maxCandidate}))
		}
	}
	word("provider", &m.Provider, true)
	word("code", &m.Code, true)
	word("registration_id", &m.Registration, false)
	m.Note = lines(&fs, "note", m.Note, false)
	return m, fs.Err()
}

// ReportMissing asks the vendor for a record that hasn't arrived. Too early while it may still come: Invalid on field
// "date" says until when. Conflict for a record that is there, is asked for already, or when five requests are open.
func (s *Service) ReportMissing(ctx context.Context, by actor.Actor, m Missing) (string, error) {
	person, err := own(by)
	if err != nil {
		return "", err
	}
	on := m.On
	if m, err = m.clean(); err != nil {
		return "", err
	}
	lag, err := Lag(ctx, s.db.Read(), s.db.Clock().Now())
	if err != nil {
		return "", err
	}
	today := calendar.DayOf(s.db.Clock().Now())
	switch {
	case on.IsNone():
		return "", invalid("date", "", i18n.M("address.missing.date"))
	case on > today:
		return "", invalid("date", on.String(), i18n.M("address.missing.future"))
	case Expected(on, lag) >= today:
		return "", invalid("date", on.String(), i18n.M("address.missing.early", i18n.A{"day": Expected(on, lag).String(), "n": lag}))
	}
	m.Person, m.State, m.Revision = person, MissingOpen, 1
	err = s.again(ctx, func(tx *db.Tx) error {
		if err := holdKey(ctx, tx, keyOf("missing", person)); err != nil {
			return err
		}
		if err := s.mayReport(ctx, tx, m); err != nil {
			return err
		}
		m.ID, m.CreatedAt = id.New("mis", tx.Wall), tx.Now
		if err := insertMissing(ctx, tx, m); err != nil {
			return err
		}
		detail := map[string]any{"missing": m.Code, "on": m.On.String(), "provider": m.Provider}
		if err := audit.Record(ctx, tx, by, actor.OwnAddresses, missingOf(m), detail); err != nil {
			return err
		}
		return s.tellMissing(ctx, tx, "opened", m)
	})
	return m.ID, err
}

func (s *Service) mayReport(ctx context.Context, tx *db.Tx, m Missing) error {
	has, err := Owner(ctx, tx, []string{m.Email})
	if err != nil {
		return err
	}
	if has[m.Email] != m.Person {
		return invalid("email", m.Email, i18n.M("address.missing.not_associated", i18n.A{"email": m.Email}))
	}
	waiting, err := openMissing(ctx, tx, m.Person)
	if err != nil {
		return err
	}
	if len(waiting) >= mostOpen {
		return fault.Conflict(i18n.M("address.missing.many", i18n.A{"n": mostOpen}))
	}
	for _, x := range waiting {
		if x.Kind == m.Kind && strings.EqualFold(x.Code, m.Code) && x.On == m.On {
			return fault.Conflict(i18n.M("address.missing.asked_already"))
		}
	}
	there, err := s.seen(ctx, tx, m.Person)
	if err != nil {
		return err
	}
	for _, r := range there {
		if m.is(r) {
			return fault.Conflict(i18n.M("address.missing.there"))
		}
	}
	return nil
}

func (s *Service) seen(ctx context.Context, q db.Querier, person string) ([]Seen, error) {
	if s.Records.OfPerson == nil {
		return nil, nil
	}
	return s.Records.OfPerson(ctx, q, person)
}

// is tells whether a record is the missing one: by its number at the provider when that is known, else by what and when.
func (m Missing) is(r Seen) bool {
	if m.Kind != r.Kind {
		return false
	}
	if m.Registration != "" && strings.EqualFold(m.Registration, r.Registration) {
		return true
	}
	return strings.EqualFold(m.Code, r.Code) && m.On == r.On
}

func (s *Service) tellMissing(ctx context.Context, tx *db.Tx, what string, m Missing) error {
	name, err := nameOf(ctx, tx, m.Person)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, MissingChanged{What: what, Person: m.Person, ID: m.ID, Code: m.Code, On: m.On.String(),
		State: string(m.State), Answer: m.Answer, By: name})
}

// MissingOf lists what the actor asked for, newest first.
func (s *Service) MissingOf(ctx context.Context, by actor.Actor) ([]Missing, error) {
	person, err := own(by)
	if err != nil {
		return nil, err
	}
	return missingOfPerson(ctx, s.db.Read(), person)
}

// WithdrawMissing takes the actor's own request back.
func (s *Service) WithdrawMissing(ctx context.Context, by actor.Actor, missing string) error {
	person, err := own(by)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := missingByID(ctx, tx, missing)
		if err != nil || m.Person != person {
			return errors.Join(notFound(err), when(err == nil, fault.NotFound()))
		}
		return s.closeMissing(ctx, tx, by, actor.OwnAddresses, "withdrawn", m, MissingWithdrawn)
	})
}

func (s *Service) closeMissing(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, what string, m Missing, to MissingState) error {
	if m.State != MissingOpen && m.State != MissingAnswered {
		return fault.Conflict(stale)
	}
	m.State, m.HandledAt = to, tx.Now
	if err := changeMissing(ctx, tx, m); err != nil {
		return lost(err)
	}
	if err := audit.Record(ctx, tx, by, verb, missingOf(m), map[string]any{"to": string(to)}); err != nil {
		return err
	}
	return s.tellMissing(ctx, tx, what, m)
}

// MissingQueue lists missing records for the vendor's administrators, reviewers and readers, oldest first.
func (s *Service) MissingQueue(ctx context.Context, by actor.Actor, f Queue) ([]Missing, string, error) {
	if err := by.May(actor.ViewClaims); err != nil {
		return nil, "", err
	}
	f = f.ready()
	after, err := parseAfter(f.After)
	if err != nil {
		return nil, "", err
	}
	list, err := missingQueue(ctx, s.db.Read(), f.State, after, f.Limit+1)
	return cut(list, f.Limit, err, func(m Missing) place { return place{m.CreatedAt.UnixMicro(), m.ID} })
}

// A MissingCase is a missing record with what is known of the person.
type MissingCase struct {
	Missing
	Side    Side
	Seen    []Seen
	History []audit.Entry
}

// MissingOne returns one missing record. Who may is as for MissingQueue; the person who asked may too.
func (s *Service) MissingOne(ctx context.Context, by actor.Actor, missing string) (c MissingCase, err error) {
	if !by.Can(actor.ViewClaims) {
		if _, err := own(by); err != nil {
			return c, err
		}
	}
	q := s.db.Read()
	if c.Missing, err = missingByID(ctx, q, missing); err != nil {
		return c, notFound(err)
	}
	if !by.Can(actor.ViewClaims) && c.Person != by.Person {
		return MissingCase{}, fault.NotFound()
	}
	if c.Side, err = s.side(ctx, q, c.Person); err != nil {
		return c, err
	}
	if c.Seen, err = s.seen(ctx, q, c.Person); err != nil {
		return c, err
	}
	c.History, err = audit.History(ctx, q, "missing_record", c.ID)
	return c, err
}

// HandleMissing answers a request and leaves it on the desk ("answered"), or closes it ("resolved", "refused"). The
// vendor's administrators and reviewers may; the person reads the answer.
func (s *Service) HandleMissing(ctx context.Context, by actor.Actor, missing string, to MissingState, answer string, revision int64) error {
	if err := by.May(actor.HandleClaims); err != nil {
		return err
	}
	var fs fault.Fields
	if to != MissingAnswered && to != MissingResolved && to != MissingRefused {
		fs.Add("to", string(to), choose)
	}
	if answer = lines(&fs, "answer", answer, true); fs.Err() != nil {
		return fs.Err()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := missingByID(ctx, tx, missing)
		if err != nil {
			return notFound(err)
		}
		if revision != 0 && revision != m.Revision {
			return fault.Conflict(stale)
		}
		m.Answer, m.HandledBy = answer, by.Name
		return s.closeMissing(ctx, tx, by, actor.HandleClaims, "handled", m, to)
	})
}

// arrived closes what people asked for and what is there now. The event names the persons who may see more.
func (s *Service) arrived(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var in struct {
		Persons []string `json:"persons"`
	}
	if err := json.Unmarshal(e.Payload, &in); err != nil {
		return err
	}
	for _, person := range in.Persons {
		if err := s.arrivedFor(ctx, tx, person); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) arrivedFor(ctx context.Context, tx *db.Tx, person string) error {
	waiting, err := openMissing(ctx, tx, person)
	if err != nil || len(waiting) == 0 {
		return err
	}
	there, err := s.seen(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, m := range waiting {
		for _, r := range there {
			if !m.is(r) {
				continue
			}
			err := s.closeMissing(ctx, tx, actor.Program("records"), actor.OwnAddresses, "arrived", m, MissingArrived)
			if err != nil && fault.KindOf(err) != fault.KindConflict {
				return err
			}
			break
		}
	}
	return nil
}
