package api

import (
	"context"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/declaration"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// Declaration is a certificate that a person says to hold.
type Declaration struct {
	ID          string    `json:"id"`
	Person      string    `json:"person"`
	Kind        string    `json:"kind" enum:"number,third_party"`
	State       string    `json:"state" enum:"draft,under_review,correction,given,refused,withdrawn,revoked"`
	Lookup      string    `json:"lookup" enum:",found,unknown,unlike,other,held,void" doc:"What the certificate library says of the number"`
	Edition     int64     `json:"edition" doc:"Send it back with a change: a stale one is refused"`
	Name        string    `json:"name" doc:"As it stands on the certificate"`
	Number      string    `json:"number"`
	Code        string    `json:"code"`
	IssuedOn    string    `json:"issued_on"`
	ExpiresOn   string    `json:"expires_on"`
	Note        string    `json:"note"`
	Reason      string    `json:"reason" doc:"Why it was refused, returned or revoked"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	DueAt       time.Time `json:"due_at,omitzero"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
	CreatedAt   time.Time `json:"created_at"`
	ChangedAt   time.Time `json:"changed_at"`
}

func toDeclaration(d declaration.Declaration) Declaration {
	return Declaration{d.ID, d.Person, string(d.Kind), string(d.State), string(d.Lookup), d.Edition, d.Name, d.Number, d.Code, d.IssuedOn.String(),
		d.ExpiresOn.String(), d.Note, d.Reason, d.SubmittedAt, d.DueAt, d.DecidedAt, d.CreatedAt, d.ChangedAt}
}

// DeclarationFile is one piece of evidence; a signed credential comes with what its check came to.
type DeclarationFile struct {
	ID         string      `json:"id"`
	Role       string      `json:"role" enum:"certificate,screenshot,identity,credential,other"`
	Name       string      `json:"name"`
	Media      string      `json:"media"`
	Size       int64       `json:"size"`
	AddedAt    time.Time   `json:"added_at"`
	Credential *examinedIn `json:"credential,omitempty"`
}

type examinedIn struct {
	Verified   bool      `json:"verified" doc:"The signature holds under a key of the issuer"`
	Good       bool      `json:"good" doc:"And it is in force"`
	Issuer     string    `json:"issuer"`
	IssuerName string    `json:"issuer_name"`
	KeyFrom    string    `json:"key_from"`
	Name       string    `json:"name" doc:"What was achieved"`
	Holder     []string  `json:"holder"`
	ValidFrom  time.Time `json:"valid_from,omitzero"`
	ValidUntil time.Time `json:"valid_until,omitzero"`
}

func toDeclarationFile(f declaration.File) DeclarationFile {
	return DeclarationFile{f.ID, string(f.Role), f.Name, f.Media, f.Size, f.AddedAt, toExaminedIn(f.Finding)}
}

func toExaminedIn(f *badge.Finding) *examinedIn {
	if f == nil {
		return nil
	}
	return &examinedIn{f.Verified, f.Good, f.Issuer, f.IssuerName, string(f.KeyFrom), f.Name, append([]string{}, f.Holder...), f.ValidFrom, f.ValidUntil}
}

// DeclarationView is a declaration with its evidence.
type DeclarationView struct {
	Declaration
	Files []DeclarationFile `json:"files"`
	Needs []string          `json:"needs" doc:"Roles of files that are still missing"`
}

func toDeclarationView(v declaration.View) DeclarationView {
	return DeclarationView{toDeclaration(v.Declaration), each(v.Files, toDeclarationFile), each(v.Needs, func(r declaration.Role) string { return string(r) })}
}

type declarationPath struct {
	Declaration string `path:"declaration" maxLength:"40"`
}

type declarationList struct {
	Declarations []Declaration `json:"declarations"`
	Next         string        `json:"next_cursor,omitempty"`
}

type declarationFilter struct {
	PageIn
	State  string `query:"state" enum:"draft,under_review,correction,given,refused,withdrawn,revoked"`
	Name   string `query:"name" maxLength:"100" doc:"Part of the name on the certificate"`
	Number string `query:"number" maxLength:"100" doc:"The whole number; spaces and dashes don't matter"`
}

func (f declarationFilter) filter() declaration.Filter {
	return declaration.Filter{State: declaration.State(f.State), Name: f.Name, Number: f.Number, After: f.Cursor, Limit: f.Limit}
}

// DeclarationEntry is what a person states of a certificate.
type DeclarationEntry struct {
	Name      string       `json:"name" maxLength:"100"`
	Number    string       `json:"number" maxLength:"100"`
	Code      string       `json:"code,omitempty" maxLength:"60"`
	IssuedOn  calendar.Day `json:"issued_on,omitempty"`
	ExpiresOn calendar.Day `json:"expires_on,omitempty"`
	Note      string       `json:"note,omitempty" maxLength:"2000"`
}

func (e DeclarationEntry) entry() declaration.Entry {
	return declaration.Entry{Name: e.Name, Number: e.Number, Code: e.Code, IssuedOn: e.IssuedOn, ExpiresOn: e.ExpiresOn, Note: e.Note}
}

type declarationWord struct {
	Edition int64  `json:"edition"`
	Reason  string `json:"reason,omitempty" maxLength:"2000" doc:"Needed to refuse, return or revoke"`
}

// declarations are the operations about declared certificates.
func (a *API) declarations() {
	const tag, path, one = "declarations", "/api/v1/me/declarations", "/api/v1/me/declarations/{declaration}"
	add(a, Operation{Method: "GET", Path: path, ID: "list_own_declarations", Tag: tag, Summary: "Your own declared certificates, newest first", Verb: actor.OwnDeclaration},
		func(ctx context.Context, by actor.Actor, in *declarationFilter) (declarationList, error) {
			list, next, err := a.Declaration.Own(ctx, by, in.filter())
			return declarationList{each(list, toDeclaration), next}, err
		})
	add(a, Operation{Method: "POST", Path: path + "/number", ID: "declare_number", Tag: tag, Status: 201, Verb: actor.OwnDeclaration,
		Summary: "Declare a certificate by its number: what the library knows under this name is yours at once"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Name   string `json:"name" maxLength:"100"`
				Number string `json:"number" maxLength:"100"`
			}
		}) (Declaration, error) {
			d, err := a.Declaration.ByNumber(ctx, by, declaration.Entry{Name: in.Body.Name, Number: in.Body.Number})
			return toDeclaration(d), err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "start_declaration", Tag: tag, Status: 201, Summary: "Start to declare a third-party certificate", Verb: actor.OwnDeclaration},
		func(ctx context.Context, by actor.Actor, in *struct{ Body DeclarationEntry }) (Declaration, error) {
			d, err := a.Declaration.Start(ctx, by, in.Body.entry())
			return toDeclaration(d), err
		})
	add(a, Operation{Method: "GET", Path: one, ID: "show_own_declaration", Tag: tag, Summary: "One of your own with its evidence", Verb: actor.OwnDeclaration},
		func(ctx context.Context, by actor.Actor, in *declarationPath) (DeclarationView, error) {
			v, err := a.Declaration.One(ctx, by, in.Declaration)
			return toDeclarationView(v), err
		})
	add(a, Operation{Method: "PUT", Path: one, ID: "save_declaration", Tag: tag, Summary: "Store the entries of one that waits for you", Verb: actor.OwnDeclaration},
		func(ctx context.Context, by actor.Actor, in *struct {
			declarationPath
			Body struct {
				Edition int64 `json:"edition"`
				DeclarationEntry
			}
		}) (Declaration, error) {
			d, err := a.Declaration.Save(ctx, by, in.Declaration, in.Body.Edition, in.Body.entry())
			return toDeclaration(d), err
		})
	a.declarationSteps(one, "/api/v1/declarations/{declaration}")
	a.declarationFiles(one+"/files", "/api/v1/declarations/{declaration}/files")
	add(a, Operation{Method: "GET", Path: "/api/v1/reviews/declarations", ID: "list_declaration_reviews", Tag: "reviews", Summary: "Declarations that wait for a decision, the most urgent first", Verb: actor.ReviewDeclaration},
		func(ctx context.Context, by actor.Actor, in *declarationFilter) (declarationList, error) {
			list, next, err := a.Declaration.Queue(ctx, by, in.filter())
			return declarationList{each(list, func(q declaration.QueueItem) Declaration { return toDeclaration(q.Declaration) }), next}, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/declarations/{declaration}", ID: "show_declaration", Tag: tag, Summary: "A declaration with its evidence, for reviewers", Verb: actor.ReviewDeclaration},
		func(ctx context.Context, by actor.Actor, in *declarationPath) (DeclarationView, error) {
			c, err := a.Declaration.Case(ctx, by, in.Declaration)
			return toDeclarationView(c.View), err
		})
}

// declarationSteps are the changes of state, one operation each.
func (a *API) declarationSteps(own, desk string) {
	type step = func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error)
	s := func() *declaration.Service { return a.Declaration }
	for _, x := range []struct {
		path, id, summary string
		verb              actor.Verb
		do                step
	}{
		{own + "/submit", "submit_declaration", "Hand one in for review", actor.OwnDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Submit(ctx, by, id, w.Edition)
		}},
		{own + "/look", "look_up_declaration", "Ask the certificate library again", actor.OwnDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Look(ctx, by, id, w.Edition)
		}},
		{own + "/withdraw", "withdraw_declaration", "Take one back that isn't decided", actor.OwnDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Withdraw(ctx, by, id, w.Edition)
		}},
		{desk + "/approve", "approve_declaration", "Make the certificate the person's", actor.ReviewDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Approve(ctx, by, id, w.Edition)
		}},
		{desk + "/refuse", "refuse_declaration", "Turn a declaration down with a reason", actor.ReviewDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Refuse(ctx, by, id, w.Edition, w.Reason)
		}},
		{desk + "/return", "return_declaration", "Ask the person to correct", actor.ReviewDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Return(ctx, by, id, w.Edition, w.Reason)
		}},
		{desk + "/revoke", "revoke_declaration", "Take a given certificate back", actor.ReviewDeclaration, func(ctx context.Context, by actor.Actor, id string, w declarationWord) (declaration.Declaration, error) {
			return s().Revoke(ctx, by, id, w.Edition, w.Reason)
		}},
	} {
		add(a, Operation{Method: "POST", Path: x.path, ID: x.id, Tag: "declarations", Summary: x.summary, Verb: x.verb},
			func(ctx context.Context, by actor.Actor, in *struct {
				declarationPath
				Body declarationWord
			}) (Declaration, error) {
				d, err := x.do(ctx, by, in.Declaration, in.Body)
				return toDeclaration(d), err
			})
	}
}

func (a *API) declarationFiles(own, desk string) {
	const tag, typeJSON = "declarations", "application/json"
	add(a, Operation{Method: "POST", Path: own, ID: "add_declaration_file", Tag: tag, Status: 201, Verb: actor.OwnDeclaration, Takes: []string{typePDF, typePNG, typeJPEG, typeForm},
		Summary: "Add evidence; a signed credential, as JSON in a form or inside a PDF, is verified at once"},
		func(ctx context.Context, by actor.Actor, in *struct {
			declarationPath
			Role string `query:"role" enum:"certificate,screenshot,identity,credential,other" required:"true"`
			Name string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (DeclarationFile, error) {
			if err := by.May(actor.OwnDeclaration); err != nil {
				return DeclarationFile{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.Name)
			if err != nil {
				return DeclarationFile{}, err
			}
			f, err := a.Declaration.AddFile(ctx, by, in.Declaration, declaration.Role(in.Role), file.name, file)
			return toDeclarationFile(f), err
		})
	type filePath struct {
		declarationPath
		File string `path:"file" maxLength:"40"`
	}
	gives := []string{typePDF, typePNG, typeJPEG, typeJSON}
	addFile(a, Operation{Method: "GET", Path: own + "/{file}", ID: "download_own_declaration_file", Tag: tag, Summary: "Evidence of your own declaration", Verb: actor.OwnDeclaration, Gives: gives},
		func(ctx context.Context, by actor.Actor, in *filePath) (document, error) {
			f, x, err := a.Declaration.OwnFile(ctx, by, in.Declaration, in.File)
			if err != nil {
				return document{}, err
			}
			return opened(f, x.Name, x.Media, x.Size), nil
		})
	addFile(a, Operation{Method: "GET", Path: desk + "/{file}", ID: "download_declaration_file", Tag: tag, Summary: "Evidence, for reviewers; leaves a trace", Verb: actor.ReviewDeclaration, Gives: gives},
		func(ctx context.Context, by actor.Actor, in *filePath) (document, error) {
			f, x, err := a.Declaration.OpenFile(ctx, by, in.Declaration, in.File)
			if err != nil {
				return document{}, err
			}
			return opened(f, x.Name, x.Media, x.Size), nil
		})
	add(a, Operation{Method: "DELETE", Path: own + "/{file}", ID: "remove_declaration_file", Tag: tag, Summary: "Take evidence out of one that waits for you", Verb: actor.OwnDeclaration},
		func(ctx context.Context, by actor.Actor, in *filePath) (none, error) {
			return none{}, a.Declaration.RemoveFile(ctx, by, in.Declaration, in.File)
		})
}
