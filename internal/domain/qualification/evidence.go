package qualification

import (
	"context"
	"io"
	"os"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// Evidence is a file of an application. Person and Code are empty but for the copy of a certificate.
type Evidence struct {
	ID      string
	Ask     string // which of the program's files
	Person  string
	Code    string
	Hash    string
	Size    int64
	Media   string
	Name    string // as uploaded
	AddedBy string
	AddedAt time.Time
}

// A NewEvidence says where a file belongs and how it was called.
type NewEvidence struct{ Ask, Person, Code, Name string }

// An EvidencePlace is one file that the program asks for, and the file if it's there.
type EvidencePlace struct {
	Ask        program.EvidenceAsk
	Person     string
	PersonName string
	Code       string
	File       *Evidence
}

// Field is the place's name in faults: "evidence:ASK" or "evidence:ASK:PERSON:CODE".
func (p EvidencePlace) Field() string {
	if p.Person == "" {
		return "evidence:" + p.Ask.ID
	}
	return "evidence:" + p.Ask.ID + ":" + p.Person + ":" + p.Code
}

func (p EvidencePlace) of() string {
	if p.Person == "" {
		return ""
	}
	return " (" + p.PersonName + ", " + p.Code + ")"
}

// placesOf are the files that a level and track ask for: once for the application, or once for each certificate that
// fills a slot.
func placesOf(e *Evaluated, level, track string, files []Evidence) []EvidencePlace {
	t, ok := trackOf(&e.Evaluation, level, track)
	if !ok {
		return nil
	}
	var out []EvidencePlace
	for _, ask := range e.Version.EvidenceFor(level, track) {
		if ask.Per != program.PerCertificate {
			out = append(out, EvidencePlace{Ask: ask})
			continue
		}
		for _, c := range t.Counted() {
			p := EvidencePlace{Ask: ask, Person: c.Person, PersonName: e.Name(c.Person), Code: c.Certificate.Code}
			if !slices.ContainsFunc(out, func(x EvidencePlace) bool { return x.Field() == p.Field() }) {
				out = append(out, p)
			}
		}
	}
	for i := range out {
		for j := range files {
			if files[j].Ask == out[i].Ask.ID && files[j].Person == out[i].Person && files[j].Code == out[i].Code {
				out[i].File = &files[j]
			}
		}
	}
	return out
}

// AddEvidence stores a file in its place, instead of the one that was there. PDF, PNG and JPEG are taken, up to the
// size of the setting; a virus scanner looks at it when one is configured. Conflict once the application is handed in.
func (s *Service) AddEvidence(ctx context.Context, by actor.Actor, app string, n NewEvidence, r io.Reader) (e Evidence, err error) {
	if err := by.May(actor.EditApplication); err != nil {
		return e, err
	}
	a, err := applicationByID(ctx, s.db.Read(), by.Scope(), app)
	if err != nil {
		return e, err
	}
	if !a.State.editable() {
		return e, fault.Conflict(i18n.M("application.conflict.state", i18n.A{"state": a.State.Label()}))
	}
	now := s.db.Clock().Now()
	b, err := s.bench(ctx, s.db.Read(), a, now)
	if err != nil {
		return e, err
	}
	if !slices.ContainsFunc(b.places, func(p EvidencePlace) bool {
		return p.Ask.ID == n.Ask && p.Person == n.Person && p.Code == n.Code
	}) {
		return e, fault.Invalid("file", i18n.M("application.field.place"))
	}
	ref, err := s.keep(ctx, r, now)
	if err != nil {
		return e, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e = Evidence{ID: id.New("evi", tx.Wall), Ask: n.Ask, Person: n.Person, Code: n.Code, Hash: ref.Hash, Size: ref.Size,
			Media: ref.Type.MIME(), Name: fileName(n.Name, ref.Type), AddedBy: by.User, AddedAt: tx.Now}
		if err := touchApplication(ctx, tx, a.Account, a.ID); err != nil {
			return err
		}
		if err := putEvidence(ctx, tx, a.Account, a.ID, e); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditApplication, a.subject(),
			map[string]any{"did": "add_evidence", "ask": n.Ask, "code": n.Code, "text": e.Name, "hash": e.Hash})
	})
	return e, err
}

// keep puts a document into the file store.
func (s *Service) keep(ctx context.Context, r io.Reader, at time.Time) (blob.Ref, error) {
	most, err := s.src.UploadBytes(ctx, s.db.Read(), at)
	if err != nil {
		return blob.Ref{}, err
	}
	return s.files.Put(ctx, r, blob.Limits{Bytes: most, Types: blob.Documents()})
}

// fileName is the name under which a file is offered again.
func fileName(name string, t blob.Type) string {
	name = text.Clean(name)
	if name == "" {
		name = "document" + t.Ext()
	}
	if r := []rune(name); len(r) > mostLine {
		name = string(r[:mostLine])
	}
	return name
}

// RemoveEvidence takes a file out of a draft or a returned application.
func (s *Service) RemoveEvidence(ctx context.Context, by actor.Actor, app, evidence string) error {
	if err := by.May(actor.EditApplication); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := applicationByID(ctx, tx, by.Scope(), app)
		if err != nil {
			return err
		}
		if err := touchApplication(ctx, tx, a.Account, a.ID); err != nil {
			return err
		}
		if err := deleteEvidence(ctx, tx, a.Account, a.ID, evidence); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditApplication, a.subject(), map[string]any{"did": "remove_evidence", "evidence": evidence})
	})
}

// OpenEvidence opens a file of an application that the actor may see. The caller closes it.
func (s *Service) OpenEvidence(ctx context.Context, by actor.Actor, app, evidence string) (*os.File, Evidence, error) {
	if err := by.May(actor.ViewApplication); err != nil {
		return nil, Evidence{}, err
	}
	a, err := applicationByID(ctx, s.db.Read(), by.Scope(), app)
	if err != nil {
		return nil, Evidence{}, err
	}
	all, err := evidenceOf(ctx, s.db.Read(), a.Account, a.ID)
	if err != nil {
		return nil, Evidence{}, err
	}
	i := slices.IndexFunc(all, func(e Evidence) bool { return e.ID == evidence })
	if i < 0 {
		return nil, Evidence{}, fault.NotFound()
	}
	f, err := s.files.Open(all[i].Hash)
	return f, all[i], err
}

// copyEvidence takes the files of an application into its repetition.
func (s *Service) copyEvidence(ctx context.Context, tx *db.Tx, from, to Application) error {
	files, err := evidenceOf(ctx, tx, from.Account, from.ID)
	if err != nil {
		return err
	}
	for _, e := range files {
		e.ID = id.New("evi", tx.Wall)
		if err := putEvidence(ctx, tx, to.Account, to.ID, e); err != nil {
			return err
		}
	}
	return nil
}
