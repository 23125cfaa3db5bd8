package declaration

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/badge"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
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
	"hanse/internal/kit/text"
)

// Config is what the service needs. Working is the calendar by which reviews are due; Examine verifies credentials
// among the evidence, see badge.Service.Examine.
type Config struct {
	DB          *db.DB
	Credentials *credential.Service
	Files       *blob.Store
	Working     *calendar.Working
	Examine     func(ctx context.Context, file []byte, issuers ...[]byte) (badge.Finding, error)
}

// Service has the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{c, c.DB} }

const (
	dueJob   = "declaration.review_due"
	indexJob = "declaration.index"
)

// Register adds the look at a declaration at its due time, and what keeps the library up with the feeds.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(dueJob, s.alarm)
	r.Inside(indexJob, s.index)
	r.On("record.imported", "declaration.library", func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		return jobs.Add(ctx, tx, jobs.New{Kind: indexJob, Key: e.ID})
	})
}

// own asks for a personal account.
func own(by actor.Actor) error {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return err
	}
	if by.Person == "" {
		return fault.Conflict(i18n.M("declaration.no_person"))
	}
	return nil
}

// mine is the scope of a person's own: nobody else's are found.
func mine(by actor.Actor) string {
	if by.Person == "" {
		return "-"
	}
	return by.Person
}

// ByNumber declares a certificate by its number. What the library knows under this name is the person's at once; what
// it knows of somebody else is refused; what it doesn't know waits for evidence. The answer is the declaration's
// Lookup. A person may for the own personal account; TooMany after declaration.per_day numbers within a day.
func (s *Service) ByNumber(ctx context.Context, by actor.Actor, e Entry) (d Declaration, err error) {
	if err := own(by); err != nil {
		return d, err
	}
	e = Entry{Name: e.Name, Number: e.Number}.clean()
	var fs fault.Fields
	if e.named(&fs); len(fs) > 0 {
		return d, fs.Err()
	}
	err = s.twice(func() error {
		return s.db.Update(ctx, func(tx *db.Tx) error {
			if err := s.fewEnough(ctx, tx, by.Person); err != nil {
				return err
			}
			d = Declaration{Person: by.Person, ID: id.New("dcl", tx.Wall), Kind: ByNumber, State: Draft, Edition: 1, Entry: e,
				CreatedAt: tx.Now, ChangedAt: tx.Now}
			if err := s.consult(ctx, tx, by, &d); err != nil {
				return err
			}
			if err := insert(ctx, tx, d); err != nil {
				return err
			}
			return s.answered(ctx, tx, by, d)
		})
	})
	return d, err
}

// twice runs f again when somebody was faster with the same number.
func (s *Service) twice(f func() error) error {
	err := f()
	if db.Violates(err) || errors.Is(err, errFaster) {
		err = f()
	}
	return err
}

var errFaster = errors.New("somebody was faster with this number")

func (s *Service) fewEnough(ctx context.Context, tx *db.Tx, person string) error {
	most, err := setting.Int(ctx, tx, setting.DeclarationPerDay, tx.Now)
	if err != nil {
		return err
	}
	n, err := declaredSince(ctx, tx, person, tx.Now.Add(-24*time.Hour))
	if err == nil && n >= int64(most) {
		err = fault.New(fault.KindTooMany, i18n.M("declaration.too_many", i18n.A{"most": most}))
	}
	return err
}

// Look asks the library again for a number that it didn't know: feeds bring results late.
func (s *Service) Look(ctx context.Context, by actor.Actor, decl string, edition int64) (d Declaration, err error) {
	err = s.twice(func() error {
		d, err = s.change(ctx, by, actor.OwnDeclaration, decl, edition, func(a Actions) bool { return a.Look }, "look",
			func(tx *db.Tx, d *Declaration) error {
				if err := s.consult(ctx, tx, by, d); err != nil || d.Lookup == Unknown {
					return err
				}
				return s.tell(ctx, tx, *d)
			})
		return err
	})
	return d, err
}

// consult asks the library and changes the declaration accordingly.
func (s *Service) consult(ctx context.Context, tx *db.Tx, by actor.Actor, d *Declaration) error {
	r, ok, err := s.find(ctx, tx, d.Number)
	if err != nil {
		return err
	}
	if !ok {
		d.Lookup = Unknown
		return nil
	}
	code, issued, _ := r.Certificate(s.Credentials.Catalogue())
	d.Record, d.Code, d.IssuedOn, d.ExpiresOn = r.Key(), code, issued, r.ExpiresOn
	held, err := s.holderOf(ctx, tx, r, d)
	if err != nil {
		return err
	}
	names, err := s.names(ctx, tx, by)
	if err != nil {
		return err
	}
	switch d.Lookup = consult(r, d.Name, names, d.Person, held); d.Lookup {
	case Found:
		if err := s.give(ctx, tx, by, d); err != nil {
			return err
		}
	case Other, Held, Void:
		// What the library knows of somebody else isn't told.
		d.State, d.Record, d.Code, d.IssuedOn, d.ExpiresOn, d.DecidedAt = Refused, "", "", calendar.None, calendar.None, tx.Now
	}
	return nil
}

// holderOf tells whose the certificate of a record is: by its address, else by an earlier declaration.
func (s *Service) holderOf(ctx context.Context, tx *db.Tx, r record.Record, d *Declaration) (string, error) {
	held, err := r.Holder(ctx, tx)
	if err != nil || held != "" {
		return held, err
	}
	held, err = holder(ctx, tx, s.key(*d))
	if held == d.Person { // declared twice: the names decide again
		held = ""
	}
	return held, err
}

// find takes, of the passed exams that state a number, one whose certificate the catalogue knows.
func (s *Service) find(ctx context.Context, q db.Querier, number string) (found record.Record, ok bool, err error) {
	keys, err := keysOf(ctx, q, Plain(number))
	if err != nil {
		return found, false, err
	}
	all, err := record.OfKeys(ctx, q, keys)
	for _, r := range all {
		_, _, known := r.Certificate(s.Credentials.Catalogue())
		stated := Plain(r.CertificateNumber) == Plain(number) || r.Result == record.Revoked
		if !known || !stated || r.Result != record.Pass && r.Result != record.Revoked {
			continue
		}
		if !ok || r.Result == record.Pass {
			found, ok = r, true
		}
	}
	return found, ok, err
}

// names are those that the account bears: the verified one alone, when there is one.
func (s *Service) names(ctx context.Context, tx *db.Tx, by actor.Actor) ([]string, error) {
	name, err := realname.Name(ctx, tx, by.Person)
	if err != nil || name != "" {
		return []string{name}, err
	}
	name, err = account.Name(ctx, tx, by.Person)
	return []string{name}, err
}

// key is what a number is known by among all providers'.
func (s *Service) key(d Declaration) string {
	t, _ := s.Credentials.Catalogue().Find(d.Code)
	return t.Provider + "/" + Plain(d.Number)
}

// give makes the certificate the person's. Conflict when the number is another person's.
func (s *Service) give(ctx context.Context, tx *db.Tx, by actor.Actor, d *Declaration) error {
	who, err := hold(ctx, tx, s.key(*d), *d)
	switch {
	case err != nil:
		return err
	case who == "":
		return errFaster
	case who != d.Person && d.State == Draft:
		d.Lookup, d.State, d.DecidedAt = Held, Refused, tx.Now
		d.Record, d.Code, d.IssuedOn, d.ExpiresOn = "", "", calendar.None, calendar.None
		return nil
	case who != d.Person:
		return fault.Conflict(i18n.M("declaration.held"))
	}
	// The word is the vendor's: the library is, and so is a reviewer's decision. It isn't stored as the feeds' own, which
	// would take it back when the record is nobody's.
	_, err = s.Credentials.Put(ctx, tx, credential.Put{Person: d.Person, Code: d.Code, IssuedOn: d.IssuedOn, ExpiresOn: d.ExpiresOn,
		Number: d.Number, Source: credential.Manual, Account: by.Account, Vendor: true})
	d.State, d.DecidedAt = Given, tx.Now
	return err
}

// answered writes what the library's answer means.
func (s *Service) answered(ctx context.Context, tx *db.Tx, by actor.Actor, d Declaration) error {
	err := audit.Record(ctx, tx, by, actor.OwnDeclaration, d.subject(), map[string]any{"did": "by_number", "lookup": string(d.Lookup), "code": d.Code})
	if err != nil {
		return err
	}
	return s.tell(ctx, tx, d)
}

// tell emits what a declaration has become.
func (s *Service) tell(ctx context.Context, tx *db.Tx, d Declaration) error {
	what := map[State]string{Draft: "unknown", UnderReview: "submitted", Correction: "returned", Given: "given", Refused: "refused",
		Withdrawn: "withdrawn", Revoked: "revoked"}[d.State]
	return s.event(ctx, tx, d, "declaration."+what)
}

func (s *Service) event(ctx context.Context, tx *db.Tx, d Declaration, what string) error {
	name, err := account.Name(ctx, tx, d.Person)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, Person: d.Person, Name: name, Declaration: d.ID, Kind: d.Kind, Number: d.Number,
		Code: d.Code, Lookup: d.Lookup, IssuedOn: d.IssuedOn, Reason: d.Reason, Due: d.DueAt})
}

// Choices are the certificates that can be declared with evidence: those of providers whose results no feed brings.
// With all, every one: for a number that the library doesn't know.
func (s *Service) Choices(ctx context.Context, q db.Querier, all bool) (out []program.CertificateType, err error) {
	fed, err := setting.Text(ctx, q, setting.DeclarationFed, s.db.Clock().Now())
	if err != nil {
		return nil, err
	}
	brought := strings.FieldsFunc(fed, func(r rune) bool { return r == ',' || r == ' ' })
	for _, t := range s.Credentials.Catalogue().Certificates {
		if all || !slices.Contains(brought, t.Provider) {
			out = append(out, t)
		}
	}
	return out, nil
}

// allowed refuses a code that this kind of declaration can't be about; an empty one waits.
func (s *Service) allowed(ctx context.Context, q db.Querier, kind Kind, code string) error {
	if code == "" {
		return nil
	}
	list, err := s.Choices(ctx, q, kind == ByNumber)
	if err == nil && !slices.ContainsFunc(list, func(t program.CertificateType) bool { return t.Code == code }) {
		err = fault.Invalid("code", i18n.M("declaration.field.fed", i18n.A{"code": code}))
	}
	return err
}

// Start begins a declaration of a certificate of a provider without a feed. A person may for the own account.
func (s *Service) Start(ctx context.Context, by actor.Actor, e Entry) (d Declaration, err error) {
	if err := own(by); err != nil {
		return d, err
	}
	e = e.clean()
	var fs fault.Fields
	if e.named(&fs); e.Code == "" {
		fs.Add("code", "", i18n.M("declaration.field.code"))
	}
	if err := fs.Err(); err != nil {
		return d, err
	}
	if err := s.allowed(ctx, s.db.Read(), ThirdParty, e.Code); err != nil {
		return d, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d = Declaration{Person: by.Person, ID: id.New("dcl", tx.Wall), Kind: ThirdParty, State: Draft, Edition: 1, Entry: e,
			CreatedAt: tx.Now, ChangedAt: tx.Now}
		if err := insert(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.OwnDeclaration, d.subject(), map[string]any{"did": "start", "code": d.Code})
	})
	return d, err
}

// change is the frame of every change: reads the declaration in the actor's scope, asks whether its state allows it,
// lets f change it, saves it if nobody was faster, and records it.
func (s *Service) change(ctx context.Context, by actor.Actor, verb actor.Verb, decl string, edition int64, may func(Actions) bool,
	did string, f func(tx *db.Tx, d *Declaration) error) (d Declaration, err error) {
	if err := by.May(verb); err != nil {
		return d, err
	}
	scope := ""
	if verb == actor.OwnDeclaration {
		scope = mine(by)
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if d, err = byID(ctx, tx, scope, decl); err != nil {
			return err
		}
		if verb == actor.ReviewDeclaration && by.Person != "" && by.Person == d.Person {
			return fault.Conflict(i18n.M("declaration.own_case"))
		}
		if !may(d.actions()) {
			return fault.Conflict(i18n.M("declaration.moved_on", i18n.A{"state": d.State.Label()}))
		}
		from := d.State
		if err := f(tx, &d); err != nil {
			return err
		}
		if err := save(ctx, tx, &d, from, edition); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, verb, d.subject(), map[string]any{"did": did, "code": d.Code, "reason": d.Reason})
	})
	return d, err
}

// Save stores the entries of one that waits for the person. A number that was found stays as the library has it.
func (s *Service) Save(ctx context.Context, by actor.Actor, decl string, edition int64, e Entry) (Declaration, error) {
	e = e.clean()
	if err := by.May(actor.OwnDeclaration); err != nil {
		return Declaration{}, err
	}
	return s.change(ctx, by, actor.OwnDeclaration, decl, edition, func(a Actions) bool { return a.Edit }, "save",
		func(tx *db.Tx, d *Declaration) error {
			if d.Kind == ByNumber { // what was looked up stays; another number is another declaration
				e.Name, e.Number = d.Name, d.Number
			}
			if d.Record != "" {
				e.Code, e.IssuedOn, e.ExpiresOn = d.Code, d.IssuedOn, d.ExpiresOn
			}
			var fs fault.Fields
			if e.named(&fs); len(fs) > 0 {
				return fs.Err()
			}
			if err := s.allowed(ctx, tx, d.Kind, e.Code); err != nil {
				return err
			}
			d.Entry = e
			return nil
		})
}

// Submit hands one in for review. All that's missing is refused at once.
func (s *Service) Submit(ctx context.Context, by actor.Actor, decl string, edition int64) (Declaration, error) {
	return s.change(ctx, by, actor.OwnDeclaration, decl, edition, func(a Actions) bool { return a.Submit }, "submit",
		func(tx *db.Tx, d *Declaration) error {
			files, err := filesOf(ctx, tx, *d)
			if err != nil {
				return err
			}
			if err := d.check(files, d.needs(), calendar.DayOf(tx.Now)); err != nil {
				return err
			}
			days, err := setting.Int(ctx, tx, setting.DeclarationReviewDays, tx.Now)
			if err != nil {
				return err
			}
			d.State, d.Reason, d.SubmittedAt, d.DueAt = UnderReview, "", tx.Now, s.Working.DueAfter(tx.Now, days)
			if err := jobs.Add(ctx, tx, jobs.New{Kind: dueJob, Key: d.ID + ":" + strconv.FormatInt(edition, 10), Account: d.Person,
				Payload: d.ID, RunAt: d.DueAt}); err != nil {
				return err
			}
			return s.tell(ctx, tx, *d)
		})
}

// Withdraw takes a declaration back that wasn't decided yet.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, decl string, edition int64) (Declaration, error) {
	return s.change(ctx, by, actor.OwnDeclaration, decl, edition, func(a Actions) bool { return a.Withdraw }, "withdraw",
		func(tx *db.Tx, d *Declaration) error {
			d.State = Withdrawn
			return s.tell(ctx, tx, *d)
		})
}

// A Filter narrows a list; State is "" for all of a person's, and for those under review of the queue. After is the
// cursor of the page before.
type Filter struct {
	State  State
	Name   string // part of the name on the certificate
	Number string // whole
	After  string
	Limit  int
}

func (f Filter) like() string {
	if f.Name = text.Fold(text.Clean(f.Name)); f.Name == "" {
		return ""
	}
	return "%" + db.Like(f.Name) + "%"
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// Own lists the actor's own declarations, newest first, found by name and number on demand.
func (s *Service) Own(ctx context.Context, by actor.Actor, f Filter) ([]Declaration, string, error) {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	all, err := list(ctx, s.db.Read(), mine(by), f, n+1)
	if err != nil || len(all) <= n {
		return all, "", err
	}
	return all[:n], all[n-1].ID, nil
}

// One returns one of the actor's own declarations with its evidence.
func (s *Service) One(ctx context.Context, by actor.Actor, decl string) (v View, err error) {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return v, err
	}
	if v, err = s.view(ctx, mine(by), decl); err != nil {
		return v, err
	}
	v.Can.Decide, v.Can.Revoke = false, false
	return v, nil
}

func (s *Service) view(ctx context.Context, person, decl string) (v View, err error) {
	q := s.db.Read()
	if v.Declaration, err = byID(ctx, q, person, decl); err != nil {
		return v, err
	}
	if v.Files, err = filesOf(ctx, q, v.Declaration); err != nil {
		return v, err
	}
	for _, role := range v.needs() {
		if !slices.ContainsFunc(v.Files, func(f File) bool { return f.Role == role || role == Certificate && f.Role == Credential }) {
			v.Needs = append(v.Needs, role)
		}
	}
	v.Can = v.actions()
	return v, nil
}
