package simulation

import (
	"context"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
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
	"hanse/internal/kit/text"
	"hanse/programs"
)

// A State says whether somebody may still write a draft.
type State string

// The states of a draft.
const (
	Open      State = "open"
	Published State = "published"
	Discarded State = "discarded"
)

// Label names a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Published:
		return i18n.M("simulation.draft.published")
	case Discarded:
		return i18n.M("simulation.draft.discarded")
	}
	return i18n.M("simulation.draft.open")
}

// A Draft is a version that is being written. Program and Number are what its text says, even while it has mistakes.
type Draft struct {
	ID          string
	Name        string
	Program     string
	Number      string
	BasedOn     string // program@version, "" = a file
	Source      string
	Cases       string
	State       State
	Edition     int64
	CreatedBy   string
	CreatedName string
	CreatedAt   time.Time
	ChangedName string
	ChangedAt   time.Time
	PublishedAs string // program@version
}

// Ref is what the version would be called.
func (d Draft) Ref() string { return d.Program + "@" + d.Number }

// Hash tells the draft's text from every other.
func (d Draft) Hash() string { return hash(d.Source) }

func (d Draft) subject() audit.Subject { return audit.Subject{Kind: "draft", ID: d.ID} }

// A NewDraft starts from a loaded version (From) under a new number, or from a text (Source).
type NewDraft struct {
	Name   string
	From   string // program@version
	Number string // of the new version; only with From
	Source string // YAML; only without From
	Cases  string // YAML
}

// StartDraft begins a draft. Program managers and the vendor's administrators may. Every wrong entry is told at once;
// NotFound for a version that isn't loaded.
func (s *Service) StartDraft(ctx context.Context, by actor.Actor, n NewDraft) (Draft, error) {
	if err := mayManage(by); err != nil {
		return Draft{}, err
	}
	d := Draft{Name: text.Clean(n.Name), BasedOn: n.From, Source: clean(n.Source), Cases: clean(n.Cases), State: Open, Edition: 1,
		CreatedBy: by.User, CreatedName: by.Name, ChangedName: by.Name}
	if err := n.check(); err != nil {
		return Draft{}, err
	}
	if n.From != "" {
		if err := s.copyVersion(ctx, &d, strings.TrimSpace(n.Number)); err != nil {
			return Draft{}, err
		}
	}
	d.Program, d.Number = key(d.Source, "program"), key(d.Source, "version")
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		d.ID, d.CreatedAt, d.ChangedAt = id.New("drf", tx.Wall), tx.Now, tx.Now
		if err := insertDraft(ctx, tx, d); err != nil {
			return err
		}
		if err := insertSave(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, d.subject(), map[string]any{"did": "start", "name": d.Name, "from": d.BasedOn, "sha256": d.Hash()})
	})
	return d, err
}

var number = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

func (n NewDraft) check() error {
	var fs fault.Fields
	if l := utf8.RuneCountInString(text.Clean(n.Name)); l == 0 || l > 100 {
		fs.Add("name", n.Name, i18n.M("simulation.error.name"))
	}
	if n.From != "" && !number.MatchString(strings.TrimSpace(n.Number)) {
		fs.Add("number", n.Number, i18n.M("simulation.error.number"))
	}
	if n.From == "" && clean(n.Source) == "" {
		fs.Add("source", "", i18n.M("simulation.error.empty"))
	}
	checkSize(&fs, n.Source, n.Cases)
	return fs.Err()
}

func checkSize(fs *fault.Fields, source, cases string) {
	for _, x := range [][2]string{{"source", source}, {"cases", cases}} {
		switch {
		case len(x[1]) > mostText:
			fs.Add(x[0], "", i18n.M("simulation.error.long", i18n.A{"kilobytes": mostText >> 10}))
		case !utf8.ValidString(x[1]) || strings.ContainsRune(x[1], 0):
			fs.Add(x[0], "", i18n.M("simulation.error.encoding"))
		}
	}
}

// copyVersion takes over a loaded version with its test cases under a new number, in force from the first day of the
// month after next: nobody publishes by accident for today.
func (s *Service) copyVersion(ctx context.Context, d *Draft, number string) error {
	v, err := s.version(ctx, d.BasedOn)
	if err != nil {
		return err
	}
	ref := v.Program + "@" + number
	if _, _, taken := s.q.Source(ref); taken {
		return fault.Invalid("number", i18n.M("simulation.error.taken", i18n.A{"ref": ref}))
	}
	source, cases, _ := s.q.Source(d.BasedOn)
	if cases == "" {
		cases = shippedCases(d.BasedOn)
	}
	from := calendar.DayOf(s.db.Clock().Now()).MonthStart().AddMonths(2)
	d.Source = setKey(setKey(source, "version", quoted(number)), "effective_from", from.String())
	d.Cases = setKey(cases, "program", ref)
	return nil
}

// shippedCases are the test cases beside a shipped file; "" when there are none.
func shippedCases(ref string) string {
	b, err := fs.ReadFile(programs.Files, ref+".test.yaml")
	if err != nil {
		return ""
	}
	return string(b)
}

// SaveDraft keeps a text, right or wrong: mistakes are told by Check and only stop a publication. Conflict when
// somebody saved since the edition was read, or when the draft isn't open any more. The same text again changes
// nothing.
func (s *Service) SaveDraft(ctx context.Context, by actor.Actor, draft string, edition int64, source, cases string) (Draft, error) {
	if err := mayManage(by); err != nil {
		return Draft{}, err
	}
	var fs fault.Fields
	if checkSize(&fs, source, cases); clean(source) == "" {
		fs.Add("source", "", i18n.M("simulation.error.empty"))
	}
	if err := fs.Err(); err != nil {
		return Draft{}, err
	}
	var d Draft
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if d, err = getDraft(ctx, tx, draft); err != nil {
			return err
		}
		if d.Edition != edition || d.State != Open {
			return fault.Conflict(i18n.Msg{})
		}
		if d.Source == clean(source) && d.Cases == clean(cases) {
			return nil
		}
		d.Source, d.Cases, d.ChangedName, d.ChangedAt = clean(source), clean(cases), by.Name, tx.Now
		d.Program, d.Number = key(d.Source, "program"), key(d.Source, "version")
		if err := saveDraft(ctx, tx, d); err != nil {
			return stale(err)
		}
		d.Edition++
		if err := insertSave(ctx, tx, d); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, d.subject(), map[string]any{"did": "save", "edition": d.Edition, "sha256": d.Hash()})
	})
	return d, err
}

// DiscardDraft ends a draft that won't be published. Its text and its simulations stay readable. Conflict when it
// changed since the edition was read, or isn't open any more.
func (s *Service) DiscardDraft(ctx context.Context, by actor.Actor, draft string, edition int64) error {
	if err := mayManage(by); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := getDraft(ctx, tx, draft)
		if err != nil {
			return err
		}
		if err := endDraft(ctx, tx, draft, edition, Discarded, ""); err != nil {
			return stale(err)
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, d.subject(), map[string]any{"did": "discard", "name": d.Name})
	})
}

// Draft is one draft, open or not. Program managers, administrators and auditors of the vendor may.
func (s *Service) Draft(ctx context.Context, by actor.Actor, draft string) (Draft, error) {
	if err := mayView(by); err != nil {
		return Draft{}, err
	}
	return getDraft(ctx, s.db.Read(), draft)
}

func getDraft(ctx context.Context, q db.Querier, draft string) (Draft, error) {
	if !id.Has("drf", draft) {
		return Draft{}, fault.NotFound()
	}
	d, err := readDraft(ctx, q, draft)
	return d, found(err)
}

// A DraftFilter narrows the list; After is the id of the last draft seen.
type DraftFilter struct {
	State State // "" = all
	After string
	Limit int
}

// Drafts lists drafts, newest first, without their texts. Who may is as for Draft.
func (s *Service) Drafts(ctx context.Context, by actor.Actor, f DraftFilter) ([]Draft, string, error) {
	if err := mayView(by); err != nil {
		return nil, "", err
	}
	n := limit(f.Limit)
	rows, err := listDrafts(ctx, s.db.Read(), f.State, f.After, n+1)
	out, next := page(rows, n, func(d Draft) string { return d.ID })
	return out, next, err
}

// A Save is one kept text of a draft.
type Save struct {
	Edition int64
	Source  string
	Cases   string
	By      string
	At      time.Time
}

// Saves lists what was kept, newest first, without the texts; after is the edition of the last one seen. Who may is
// as for Draft.
func (s *Service) Saves(ctx context.Context, by actor.Actor, draft, after string, n int) ([]Save, string, error) {
	if _, err := s.Draft(ctx, by, draft); err != nil {
		return nil, "", err
	}
	before, err := strconv.ParseInt(after, 10, 64)
	if err != nil {
		before = 1 << 62
	}
	n = limit(n)
	rows, err := listSaves(ctx, s.db.Read(), draft, before, n+1)
	out, next := page(rows, n, func(x Save) string { return strconv.FormatInt(x.Edition, 10) })
	return out, next, err
}

// Save is one kept text. Who may is as for Draft.
func (s *Service) Save(ctx context.Context, by actor.Actor, draft string, edition int64) (Save, error) {
	if _, err := s.Draft(ctx, by, draft); err != nil {
		return Save{}, err
	}
	x, err := readSave(ctx, s.db.Read(), draft, edition)
	return x, found(err)
}

// Bases are the refs that a draft may start from, the newest of each program first.
func (s *Service) Bases(ctx context.Context, by actor.Actor) ([]string, error) {
	if err := mayManage(by); err != nil {
		return nil, err
	}
	if err := s.q.Sync(ctx); err != nil {
		return nil, err
	}
	var out []string
	all := s.q.Library().Versions() // by program, then date
	slices.Reverse(all)
	for _, v := range all {
		out = append(out, v.Ref())
	}
	return out, nil
}
