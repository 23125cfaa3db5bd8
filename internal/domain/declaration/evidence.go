package declaration

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// mostCredential bounds a file that is looked at for a credential, in bytes.
const mostCredential = 10 << 20

// AddFile stores a piece of evidence: PDF, PNG, JPEG, or a signed credential as JSON. A credential, also one inside a
// PDF, is verified at once and what came of it is kept beside it; JSON that is none is Invalid.
func (s *Service) AddFile(ctx context.Context, by actor.Actor, decl string, role Role, name string, r io.Reader) (f File, err error) {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return f, err
	}
	d, err := byID(ctx, s.db.Read(), mine(by), decl)
	if err != nil {
		return f, err
	}
	if !d.actions().Edit {
		return f, fault.Conflict(i18n.M("declaration.moved_on", i18n.A{"state": d.State.Label()}))
	}
	if !slices.Contains(Roles(), role) {
		return f, fault.Invalid("role", i18n.M("declaration.field.role"))
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.UploadBytes, s.db.Clock().Now())
	if err != nil {
		return f, err
	}
	ref, err := s.Files.Put(ctx, r, blob.Limits{Bytes: int64(most), Types: append(blob.Documents(), blob.TXT)})
	if err != nil {
		return f, err
	}
	f = File{Role: role, Hash: ref.Hash, Size: ref.Size, Media: ref.Type.MIME(), Name: cut(name, ref.Type.Ext())}
	if f.Finding, err = s.examine(ctx, ref); err != nil {
		return f, err
	}
	if ref.Type == blob.TXT { // it was examined, so it's a credential
		f.Media, f.Role = "application/json", Credential
	}
	return f, s.db.Update(ctx, func(tx *db.Tx) error {
		f.ID, f.AddedAt = id.New("fil", tx.Wall), tx.Now
		if err := touch(ctx, tx, d); err != nil {
			return err
		}
		if err := insertFile(ctx, tx, d, f); err != nil {
			return err
		}
		detail := map[string]any{"did": "add_file", "role": string(f.Role), "hash": f.Hash}
		if f.Finding != nil {
			detail["verified"], detail["issuer"] = f.Finding.Verified, f.Finding.Issuer
		}
		return audit.Record(ctx, tx, by, actor.OwnDeclaration, d.subject(), detail)
	})
}

func cut(name, ext string) string {
	if name = text.Clean(name); name == "" {
		name = "document" + ext
	}
	if r := []rune(name); len(r) > mostLine {
		return string(r[len(r)-mostLine:])
	}
	return name
}

// examine verifies the credential in a file; nil when there's none.
func (s *Service) examine(ctx context.Context, ref blob.Ref) (*badge.Finding, error) {
	if s.Examine == nil || ref.Type != blob.TXT && ref.Type != blob.PDF || ref.Size > mostCredential {
		if ref.Type == blob.TXT {
			return nil, fault.Invalid("file", i18n.M("declaration.field.json"))
		}
		return nil, nil
	}
	f, err := s.Files.Open(ref.Hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	if ref.Type == blob.TXT && !json.Valid(bytes.TrimSpace(b)) {
		return nil, fault.Invalid("file", i18n.M("declaration.field.json"))
	}
	found, err := s.Examine(ctx, b)
	switch {
	case err == nil:
		return &found, nil
	case fault.KindOf(err) != fault.KindInvalid:
		return nil, err
	case ref.Type == blob.PDF:
		return nil, nil // an ordinary scan
	}
	return nil, fault.Invalid("file", i18n.M("declaration.field.json"))
}

// RemoveFile takes a piece of evidence out of a declaration that waits for the person.
func (s *Service) RemoveFile(ctx context.Context, by actor.Actor, decl, file string) error {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := byID(ctx, tx, mine(by), decl)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, d); err != nil {
			return err
		}
		if err := deleteFile(ctx, tx, d, file); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.OwnDeclaration, d.subject(), map[string]any{"did": "remove_file", "file": file})
	})
}

// OwnFile opens evidence of the actor's own declaration. The caller closes it.
func (s *Service) OwnFile(ctx context.Context, by actor.Actor, decl, file string) (*os.File, File, error) {
	if err := by.May(actor.OwnDeclaration); err != nil {
		return nil, File{}, err
	}
	return s.open(ctx, s.db.Read(), mine(by), decl, file)
}

// OpenFile opens evidence for a reviewer, and leaves a trace of that. The caller closes it.
func (s *Service) OpenFile(ctx context.Context, by actor.Actor, decl, file string) (o *os.File, f File, err error) {
	if err := by.May(actor.ReviewDeclaration); err != nil {
		return nil, f, err
	}
	d, err := byID(ctx, s.db.Read(), "", decl)
	if err != nil {
		return nil, f, err
	}
	if o, f, err = s.open(ctx, s.db.Read(), d.Person, decl, file); err != nil {
		return nil, f, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		return audit.Record(ctx, tx, by, actor.ReviewDeclaration, d.subject(), map[string]any{"did": "opened", "sha256": f.Hash})
	})
	if err != nil {
		o.Close()
		return nil, f, err
	}
	return o, f, nil
}

func (s *Service) open(ctx context.Context, q db.Querier, person, decl, file string) (*os.File, File, error) {
	d, err := byID(ctx, q, person, decl)
	if err != nil {
		return nil, File{}, err
	}
	all, err := filesOf(ctx, q, d)
	if err != nil {
		return nil, File{}, err
	}
	i := slices.IndexFunc(all, func(f File) bool { return f.ID == file })
	if i < 0 {
		return nil, File{}, fault.NotFound()
	}
	o, err := s.Files.Open(all[i].Hash)
	return o, all[i], err
}
