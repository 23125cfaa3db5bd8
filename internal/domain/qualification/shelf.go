package qualification

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/programs"
)

// A VersionInfo is a version of a program with its life here.
type VersionInfo struct {
	Ref       string
	State     string // active or retired
	File      string
	LoadedAt  time.Time
	RetiredAt time.Time
	InForce   bool   // applications submitted now use it
	Cases     string // YAML of the test cases that came with it; "" = they are beside the shipped file, if any
	Version   *program.Version
}

// The states of a version.
const (
	versionActive  = "active"
	versionRetired = "retired"
)

// Loaded is the result of a load: what is new, and what was wrong with the files.
type Loaded struct {
	Added    []string
	Problems program.Problems
}

// A shelf is what is loaded: all versions, and those that new applications may use.
type shelf struct {
	all    *program.Library
	active *program.Library
	rows   []versionRow
	parsed map[string]*program.Parsed // good versions by file and text, read with the catalogue of all
}

// versionRow is a stored version.
type versionRow struct {
	program, version, from, file, source, cases, state string
	loadedAt, retiredAt                                time.Time
}

func (r versionRow) ref() string { return r.program + "@" + r.version }

// Load reads the shipped programs and those of a folder ("" = none) and stores what is new. Files with mistakes come
// back as problems; the last good versions stay in force. An error means that nothing could be loaded at all.
func (s *Service) Load(ctx context.Context, folder string) (program.Problems, error) {
	s.folder = folder
	l, err := s.reload(ctx, actor.Program("programs"))
	return l.Problems, err
}

// ReloadPrograms reads the files again. Program managers and vendor administrators may.
func (s *Service) ReloadPrograms(ctx context.Context, by actor.Actor) (Loaded, error) {
	if err := by.May(actor.ManagePrograms); err != nil {
		return Loaded{}, err
	}
	return s.reload(ctx, by)
}

func (s *Service) reload(ctx context.Context, by actor.Actor) (Loaded, error) {
	cat, err := programs.Catalogue()
	if err != nil {
		return Loaded{}, fmt.Errorf("certificate catalogue: %w", err)
	}
	files, problems := s.readFiles(cat)
	out := Loaded{Problems: problems}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out = Loaded{Problems: problems}
		stored, err := loadVersions(ctx, tx)
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := s.keepVersion(ctx, tx, by, f, stored, &out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	for _, p := range out.Problems {
		s.log.Warn("program file", "problem", p.Text(i18n.English))
	}
	return out, s.arrange(ctx, cat, out.Problems)
}

// a versionFile is a good file.
type versionFile struct {
	name, source string
	parsed       *program.Parsed
}

// readFiles parses the shipped files, which are good, and the folder's, which people write.
func (s *Service) readFiles(cat *program.Catalogue) (good []versionFile, problems program.Problems) {
	read := func(fsys fs.FS, name string) {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			problems = append(problems, fileProblem(name, err))
			return
		}
		p, ps := program.Parse(name, b, cat)
		if problems = append(problems, ps...); len(ps) == 0 {
			good = append(good, versionFile{name, string(b), p})
		}
	}
	names, err := programs.Versions()
	if err != nil {
		problems = append(problems, fileProblem("programs", err))
	}
	for _, name := range names {
		read(programs.Files, name)
	}
	if s.folder == "" {
		return good, problems
	}
	own, err := filepath.Glob(filepath.Join(s.folder, "*.yaml"))
	if err != nil {
		problems = append(problems, fileProblem(s.folder, err))
	}
	for _, path := range own {
		if name := filepath.Base(path); !strings.HasSuffix(name, ".test.yaml") && name != programs.CatalogueFile {
			read(os.DirFS(s.folder), name)
		}
	}
	return good, problems
}

func fileProblem(file string, err error) program.Problem {
	return program.Problem{File: file, Line: 1, Col: 1, Message: i18n.M("qualification.load.unreadable", i18n.A{"error": err.Error()}),
		Remedy: i18n.M("qualification.load.unreadable_remedy")}
}

// keepVersion stores a new version. One that is stored with another text stays as it was: people were judged by it.
func (s *Service) keepVersion(ctx context.Context, tx *db.Tx, by actor.Actor, f versionFile, stored []versionRow, out *Loaded) error {
	v := f.parsed.Version
	i := slices.IndexFunc(stored, func(r versionRow) bool { return r.ref() == v.Ref() })
	if i >= 0 {
		if stored[i].source != f.source {
			out.Problems = append(out.Problems, program.Problem{File: f.name, Line: 1, Col: 1,
				Message: i18n.M("qualification.load.changed", i18n.A{"ref": v.Ref()}), Remedy: i18n.M("qualification.load.changed_remedy")})
		}
		return nil
	}
	if slices.Contains(out.Added, v.Ref()) {
		out.Problems = append(out.Problems, program.Problem{File: f.name, Line: 1, Col: 1,
			Message: i18n.M("qualification.load.twice", i18n.A{"ref": v.Ref()}), Remedy: i18n.M("qualification.load.changed_remedy")})
		return nil
	}
	fresh, err := insertVersion(ctx, tx, versionRow{program: v.Program, version: v.Number, from: v.EffectiveFrom.String(),
		file: f.name, source: f.source, state: versionActive, loadedAt: tx.Now})
	if err != nil || !fresh {
		return err // another process was first
	}
	out.Added = append(out.Added, v.Ref())
	if err := outbox.Append(ctx, tx, programLoaded(v.Ref())); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.ManagePrograms, audit.Subject{Kind: "program", ID: v.Ref()},
		map[string]any{"file": f.name, "did": "load"})
}

// arrange builds the shelf from what is stored, so that every process has the same.
func (s *Service) arrange(ctx context.Context, cat *program.Catalogue, problems program.Problems) error {
	rows, err := loadVersions(ctx, s.db.Read())
	if err != nil {
		return err
	}
	var all, active []*program.Parsed
	sh, have := shelf{rows: rows, parsed: map[string]*program.Parsed{}}, s.stand()
	for _, r := range rows {
		p, ps := have.read(r, cat)
		if len(ps) > 0 { // stored by an older release that was less strict
			problems = append(problems, ps...)
			continue
		}
		sh.parsed[r.file+"\x00"+r.source] = p
		all = append(all, p)
		if r.state == versionActive {
			active = append(active, p)
		}
	}
	var ps program.Problems
	if sh.all, ps = program.NewLibrary(cat, all...); ps != nil {
		return ps
	}
	if sh.active, ps = program.NewLibrary(cat, active...); ps != nil {
		return ps
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shelf, s.problems = sh, problems
	return nil
}

// read parses a stored version, unless the shelf has it already: each new version arranges all anew.
func (sh shelf) read(r versionRow, cat *program.Catalogue) (*program.Parsed, program.Problems) {
	if p := sh.parsed[r.file+"\x00"+r.source]; p != nil && sh.all.Catalogue == cat {
		return p, nil
	}
	return program.Parse(r.file, []byte(r.source), cat)
}

// Sync takes in the versions that another process has loaded or retired since. It does nothing when there are none.
func (s *Service) Sync(ctx context.Context) error {
	rows, err := loadVersions(ctx, s.db.Read())
	if err != nil {
		return err
	}
	have := s.stand()
	same := slices.EqualFunc(rows, have.rows, func(a, b versionRow) bool { return a.ref() == b.ref() && a.state == b.state })
	if same {
		return nil
	}
	return s.arrange(ctx, have.all.Catalogue, s.Problems())
}

func (s *Service) stand() shelf {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.shelf
}

// Problems are those of the last load.
func (s *Service) Problems() program.Problems {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.problems
}

// Library holds the versions that applications may use, with the certificate catalogue.
func (s *Service) Library() *program.Library { return s.stand().active }

// Programs are the ids of the programs that have such a version, sorted.
func (s *Service) Programs() []string { return s.stand().active.Programs() }

// Current is the version of a program that an application submitted at the instant uses; NotFound if there is none.
func (s *Service) Current(programID string, at time.Time) (*program.Version, error) {
	v, ok := s.stand().active.InForce(programID, calendar.DayOf(at))
	if !ok {
		return nil, fault.NotFound()
	}
	return v, nil
}

// spec finds a version by "program@version", retired ones too.
func (s *Service) spec(ref string) (*program.Version, error) {
	v, ok := s.stand().all.Find(ref)
	if !ok {
		return nil, fault.NotFound()
	}
	return v, nil
}

// specFor finds "program@version", or of a bare program id the version in force.
func (s *Service) specFor(ref string, at time.Time) (*program.Version, error) {
	if strings.Contains(ref, "@") {
		return s.spec(ref)
	}
	return s.Current(ref, at)
}

// Versions lists all versions by program and date. Everybody signed in may.
func (s *Service) Versions(ctx context.Context, by actor.Actor) ([]VersionInfo, error) {
	if err := by.May(actor.ViewPrograms); err != nil {
		return nil, err
	}
	sh, now := s.stand(), s.db.Clock().Now()
	var out []VersionInfo
	for _, v := range sh.all.Versions() {
		out = append(out, sh.info(v, now))
	}
	return out, nil
}

func (sh shelf) info(v *program.Version, now time.Time) VersionInfo {
	i := slices.IndexFunc(sh.rows, func(r versionRow) bool { return r.ref() == v.Ref() })
	r := sh.rows[i]
	current, ok := sh.active.InForce(v.Program, calendar.DayOf(now))
	return VersionInfo{Ref: v.Ref(), State: r.state, File: r.file, Cases: r.cases, LoadedAt: r.loadedAt, RetiredAt: r.retiredAt,
		InForce: ok && current.Ref() == v.Ref(), Version: v}
}

// Version finds one version by its ref, or the one in force by a bare program id.
func (s *Service) Version(ctx context.Context, by actor.Actor, ref string) (VersionInfo, error) {
	if err := by.May(actor.ViewPrograms); err != nil {
		return VersionInfo{}, err
	}
	now := s.db.Clock().Now()
	v, err := s.specFor(ref, now)
	if err != nil {
		return VersionInfo{}, err
	}
	return s.stand().info(v, now), nil
}

// VersionSource is the YAML of a version as it was loaded.
func (s *Service) VersionSource(ctx context.Context, by actor.Actor, ref string) (string, error) {
	if err := by.May(actor.ViewPrograms); err != nil {
		return "", err
	}
	for _, r := range s.stand().rows {
		if r.ref() == ref {
			return r.source, nil
		}
	}
	return "", fault.NotFound()
}

// Retire takes a version out of use for new applications; what it granted stays. Conflict when it already is.
func (s *Service) Retire(ctx context.Context, by actor.Actor, ref string) error {
	if err := by.May(actor.ManagePrograms); err != nil {
		return err
	}
	v, err := s.spec(ref)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := retireVersion(ctx, tx, v.Program, v.Number); err != nil {
			return changed(err)
		}
		if err := outbox.Append(ctx, tx, programRetired(ref)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, audit.Subject{Kind: "program", ID: ref},
			map[string]any{"did": "retire"})
	})
	if err != nil {
		return err
	}
	return s.arrange(ctx, s.stand().all.Catalogue, s.Problems())
}
