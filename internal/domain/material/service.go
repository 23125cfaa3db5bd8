package material

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"

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
	"hanse/internal/kit/text"
)

// Service holds the verbs.
type Service struct {
	db      *db.DB
	files   *blob.Store
	working *calendar.Working
}

// New returns the service. Reviews are due in working days of the calendar.
func New(d *db.DB, files *blob.Store, working *calendar.Working) *Service {
	return &Service{db: d, files: files, working: working}
}

const dueJob = "material.review_due"

// Register adds the job that looks at a material at its due time.
func (s *Service) Register(r *jobs.Runner) { r.Inside(dueJob, s.alarm) }

// A NewMaterial is what a partner starts.
type NewMaterial struct {
	Partner string
	Kind    Kind
	Fields
}

// Create starts a draft. The partner's administrator and service manager may.
func (s *Service) Create(ctx context.Context, by actor.Actor, n NewMaterial) (m Material, err error) {
	if err := s.mayRead(ctx, by, actor.EditMaterial, n.Partner); err != nil {
		return m, err
	}
	n.Fields = n.Fields.clean()
	var fs fault.Fields
	if !known(n.Kind) {
		fs.Add("kind", string(n.Kind), i18n.M("material.field.kind"))
	}
	n.Fields.sizes(&fs)
	if err := fs.Err(); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m = Material{Account: n.Partner, ID: id.New("mat", tx.Wall), Kind: n.Kind, State: Draft, Edition: 1, Version: 1, Fields: n.Fields,
			CreatedAt: tx.Now, ChangedAt: tx.Now}
		if err := insert(ctx, tx, m); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditMaterial, m.subject(), map[string]any{"did": "create", "kind": string(m.Kind), "text": m.Fields.Title})
	})
	return m, err
}

// mayRead asks for the permission and that there is such a partner in sight.
func (s *Service) mayRead(ctx context.Context, by actor.Actor, verb actor.Verb, partner string) error {
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

func (m Material) subject() audit.Subject {
	return audit.Subject{Kind: "material", ID: m.ID, Account: m.Account}
}

// change is the frame of every change: reads the material in the actor's scope, asks whether its state allows it,
// lets f change it, saves it if nobody was faster, and records it.
func (s *Service) change(ctx context.Context, by actor.Actor, verb actor.Verb, mat string, edition int64, may func(Actions) bool,
	did string, f func(tx *db.Tx, m *Material) error) (m Material, err error) {
	if err := by.May(verb); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if m, err = byID(ctx, tx, by.Scope(), mat); err != nil {
			return err
		}
		if !may(m.actions()) {
			return fault.Conflict(i18n.M("material.conflict.state", i18n.A{"state": m.State.Label()}))
		}
		from, version := m.State, m.Version
		if err := f(tx, &m); err != nil {
			return err
		}
		if err := save(ctx, tx, &m, from, edition); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, verb, m.subject(), map[string]any{"did": did, "version": strconv.FormatInt(version, 10), "reasons": m.Reasons})
	})
	return m, err
}

// Save stores the entries of a draft or of one that failed. It refuses only what can't be kept.
func (s *Service) Save(ctx context.Context, by actor.Actor, mat string, edition int64, f Fields) (Material, error) {
	f = f.clean()
	var fs fault.Fields
	f.sizes(&fs)
	if err := fs.Err(); err != nil {
		return Material{}, err
	}
	return s.change(ctx, by, actor.EditMaterial, mat, edition, func(a Actions) bool { return a.Edit }, "save",
		func(_ *db.Tx, m *Material) error { m.Fields = f; return nil })
}

// AddFile stores a document (PDF, PNG, JPEG) with the version being worked on.
func (s *Service) AddFile(ctx context.Context, by actor.Actor, mat, name string, r io.Reader) (f File, err error) {
	if err := by.May(actor.EditMaterial); err != nil {
		return f, err
	}
	m, err := byID(ctx, s.db.Read(), by.Scope(), mat)
	if err != nil {
		return f, err
	}
	if !m.actions().Edit {
		return f, fault.Conflict(i18n.M("material.conflict.state", i18n.A{"state": m.State.Label()}))
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.UploadBytes, s.db.Clock().Now())
	if err != nil {
		return f, err
	}
	ref, err := s.files.Put(ctx, r, blob.Limits{Bytes: int64(most), Types: blob.Documents()})
	if err != nil {
		return f, err
	}
	if name = text.Clean(name); name == "" {
		name = "document" + ref.Type.Ext()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		f = File{ID: id.New("fil", tx.Wall), Hash: ref.Hash, Size: ref.Size, Media: ref.Type.MIME(), Name: cut(name), AddedBy: by.User, AddedAt: tx.Now}
		if err := touch(ctx, tx, m); err != nil {
			return err
		}
		if err := insertFile(ctx, tx, m, m.Version, f); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditMaterial, m.subject(), map[string]any{"did": "add_file", "text": f.Name, "hash": f.Hash})
	})
	return f, err
}

func cut(name string) string {
	if r := []rune(name); len(r) > mostLine {
		return string(r[:mostLine])
	}
	return name
}

// RemoveFile takes a document out of the version being worked on; earlier versions keep theirs.
func (s *Service) RemoveFile(ctx context.Context, by actor.Actor, mat, file string) error {
	if err := by.May(actor.EditMaterial); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := byID(ctx, tx, by.Scope(), mat)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, m); err != nil {
			return err
		}
		if err := deleteFile(ctx, tx, m, file); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditMaterial, m.subject(), map[string]any{"did": "remove_file", "file": file})
	})
}

// OpenFile opens a document of any version that the actor may see. The caller closes it.
func (s *Service) OpenFile(ctx context.Context, by actor.Actor, mat, file string) (*os.File, File, error) {
	if err := by.May(actor.ViewMaterial); err != nil {
		return nil, File{}, err
	}
	m, err := byID(ctx, s.db.Read(), by.Scope(), mat)
	if err != nil {
		return nil, File{}, err
	}
	all, err := filesOf(ctx, s.db.Read(), m.Account, m.ID)
	if err != nil {
		return nil, File{}, err
	}
	i := slices.IndexFunc(all, func(f versionFile) bool { return f.ID == file })
	if i < 0 {
		return nil, File{}, fault.NotFound()
	}
	f, err := s.files.Open(all[i].Hash)
	return f, all[i].File, err
}

// Submit hands a version in for review. All that's missing is refused at once.
func (s *Service) Submit(ctx context.Context, by actor.Actor, mat string, edition int64) (Material, error) {
	return s.change(ctx, by, actor.EditMaterial, mat, edition, func(a Actions) bool { return a.Submit }, "submit", func(tx *db.Tx, m *Material) error {
		files, err := filesOf(ctx, tx, m.Account, m.ID)
		if err != nil {
			return err
		}
		if err := m.Fields.check(m.Kind, len(ofVersion(files, m.Version)), calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		days, err := setting.Int(ctx, tx, setting.MaterialReviewDays, tx.Now)
		if err != nil {
			return err
		}
		m.State, m.Reasons, m.SubmittedBy, m.SubmittedAt = UnderReview, nil, by.User, tx.Now
		m.ReviewDue = s.working.DueAfter(tx.Now, days)
		if err := insertEdition(ctx, tx, *m); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: dueJob, Key: m.ID + ":" + strconv.FormatInt(edition, 10), Account: m.Account,
			Payload: m.ID, RunAt: m.ReviewDue}); err != nil {
			return err
		}
		return s.tell(ctx, tx, "material.submitted", *m)
	})
}

func ofVersion(all []versionFile, version int64) (out []File) {
	for _, f := range all {
		if f.version == version {
			out = append(out, f.File)
		}
	}
	return out
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, what string, m Material) error {
	name, err := account.Name(ctx, tx, m.Account)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Changed{What: what, Partner: m.Account, Name: name, Material: m.ID, Kind: m.Kind, Title: m.Fields.Title,
		Version: m.Version, Reasons: m.Reasons, Due: m.ReviewDue})
}

// TakeBack takes a version out of review, to change it.
func (s *Service) TakeBack(ctx context.Context, by actor.Actor, mat string, edition int64) (Material, error) {
	return s.change(ctx, by, actor.EditMaterial, mat, edition, func(a Actions) bool { return a.TakeBack }, "take_back", func(tx *db.Tx, m *Material) error {
		if err := decideEdition(ctx, tx, *m, "taken_back"); err != nil {
			return err
		}
		m.State = Draft
		return s.tell(ctx, tx, "material.taken_back", *m)
	})
}

// Revise begins a new version of a passed material; the passed one keeps counting until the new one has passed.
func (s *Service) Revise(ctx context.Context, by actor.Actor, mat string, edition int64) (Material, error) {
	return s.change(ctx, by, actor.EditMaterial, mat, edition, func(a Actions) bool { return a.Revise }, "revise", func(tx *db.Tx, m *Material) error {
		m.State = Draft
		return nextVersion(ctx, tx, m)
	})
}

// nextVersion begins the next version, whose number no earlier one had, with the files of the one before.
func nextVersion(ctx context.Context, tx *db.Tx, m *Material) error {
	all, err := filesOf(ctx, tx, m.Account, m.ID)
	if err != nil {
		return err
	}
	handed, err := editionsOf(ctx, tx, m.Account, m.ID)
	if err != nil {
		return err
	}
	last := m.Version
	for _, e := range handed {
		last = max(last, e.Version)
	}
	for _, f := range ofVersion(all, m.Version) {
		if err := insertFile(ctx, tx, *m, last+1, f); err != nil {
			return err
		}
	}
	m.Version = last + 1
	return nil
}

// Withdraw ends the work on a draft or a failed version. A version that passed before comes back as it was; else the
// material is withdrawn for good.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, mat string, edition int64) (Material, error) {
	return s.change(ctx, by, actor.EditMaterial, mat, edition, func(a Actions) bool { return a.Withdraw }, "withdraw", func(tx *db.Tx, m *Material) error {
		m.State, m.Reasons = Withdrawn, nil
		if m.PassedVersion > 0 {
			m.State = Passed
			return back(ctx, tx, m)
		}
		return s.tell(ctx, tx, "material.withdrawn", *m)
	})
}

// back drops the version being worked on and shows the one that counts.
func back(ctx context.Context, tx *db.Tx, m *Material) error {
	handed, err := editionsOf(ctx, tx, m.Account, m.ID)
	if err != nil {
		return err
	}
	if err := deleteFiles(ctx, tx, *m); err != nil {
		return err
	}
	for _, e := range handed {
		if e.Version == m.PassedVersion {
			m.Fields = e.Fields
		}
	}
	m.Version = m.PassedVersion
	return nil
}

// Attachable lists what a partner may hand in with an application: the materials of the kinds that passed or are
// under review. With no kinds: all.
func (s *Service) Attachable(ctx context.Context, by actor.Actor, partner string, kinds ...Kind) ([]Material, error) {
	if err := s.mayRead(ctx, by, actor.ViewMaterial, partner); err != nil {
		return nil, err
	}
	all, err := attachable(ctx, s.db.Read(), partner)
	if len(kinds) > 0 {
		all = slices.DeleteFunc(all, func(m Material) bool { return !slices.Contains(kinds, m.Kind) })
	}
	return all, err
}

// A Filter narrows the list; After is the id of the last row of the page before.
type Filter struct {
	Account string
	Kind    Kind
	State   State
	After   string
	Limit   int
}

// List returns a partner's materials, newest first, and the cursor of the next page.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Material, string, error) {
	if err := s.mayRead(ctx, by, actor.ViewMaterial, f.Account); err != nil {
		return nil, "", err
	}
	n := bound(f.Limit)
	rows, err := list(ctx, s.db.Read(), f, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].ID, err
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// Material returns one with its versions, files and uses.
func (s *Service) Material(ctx context.Context, by actor.Actor, mat string) (v View, err error) {
	if err := by.May(actor.ViewMaterial); err != nil {
		return v, err
	}
	q := s.db.Read()
	if v.Material, err = byID(ctx, q, by.Scope(), mat); err != nil {
		return v, err
	}
	files, err := filesOf(ctx, q, v.Account, v.ID)
	if err != nil {
		return v, err
	}
	if v.Editions, err = editionsOf(ctx, q, v.Account, v.ID); err != nil {
		return v, err
	}
	for i := range v.Editions {
		v.Editions[i].Files = ofVersion(files, v.Editions[i].Version)
	}
	if v.Uses, err = usesOf(ctx, q, v.Account, v.ID); err != nil {
		return v, err
	}
	v.Files, v.Can = ofVersion(files, v.Version), v.actions()
	if !by.Can(actor.EditMaterial) {
		v.Can.Edit, v.Can.Submit, v.Can.TakeBack, v.Can.Revise, v.Can.Withdraw = false, false, false, false, false
	}
	if !by.Can(actor.ReviewMaterial) {
		v.Can.Decide, v.Can.Revoke = false, false
	}
	return v, nil
}
