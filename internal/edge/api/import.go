package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// Import is the upload of a roster file and what becomes of it.
type Import struct {
	ID         string              `json:"id"`
	FileName   string              `json:"file_name"`
	Size       int64               `json:"size"`
	SHA256     string              `json:"sha256"`
	State      string              `json:"state" enum:"uploaded,checking,preview,queued,applying,done,failed,cancelled"`
	By         string              `json:"by"`
	SameAs     string              `json:"same_as,omitempty" doc:"An earlier import of the same content that was done"`
	Rows       int64               `json:"rows"`
	Position   int64               `json:"position" doc:"Rows of the running step that are behind it"`
	Counts     roster.ImportCounts `json:"counts" doc:"What the check found"`
	Applied    roster.ImportCounts `json:"applied"`
	Errors     int64               `json:"errors" doc:"Entries to correct, in all"`
	Ignored    []string            `json:"ignored_columns"`
	Failure    string              `json:"failure,omitempty" doc:"Why nothing could be read"`
	CreatedAt  time.Time           `json:"created_at"`
	FinishedAt time.Time           `json:"finished_at,omitzero"`
}

func toImport(ctx context.Context) func(roster.Import) Import {
	return func(i roster.Import) Import {
		return Import{ID: i.ID, FileName: i.FileName, Size: i.Size, SHA256: i.Hash, State: string(i.State), By: i.ByName, SameAs: i.SameAs,
			Rows: i.Rows, Position: i.Position, Counts: i.Counts, Applied: i.Applied, Errors: i.Errors, Ignored: append([]string{}, i.Ignored...),
			Failure: i18n.Say(ctx, i.Failure), CreatedAt: i.CreatedAt, FinishedAt: i.FinishedAt}
	}
}

// RowError is one entry of the file that must be corrected.
type RowError struct {
	Line   int64  `json:"line"`
	Column string `json:"column,omitempty" doc:"Absent: the whole row"`
	Value  string `json:"value"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// ImportPath names an import of a partner.
type ImportPath struct {
	PartnerPath
	Import string `path:"import" maxLength:"40"`
}

// maxUpload bounds an uploaded roster, before the roster's own limit speaks. A signed request has the lower limit
// of signed requests.
const maxUpload = 257 << 20

func (a *API) imports() {
	const tag, path = "imports", "/api/v1/partners/{partner}/imports"
	add(a, Operation{Method: "POST", Path: path, ID: "upload_roster", Tag: tag, Status: 202, Verb: actor.ImportRoster, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload a roster; it's checked and waits for confirmation. With dry_run the answer waits for the check"}, a.uploadRoster)
	add(a, Operation{Method: "GET", Path: path, ID: "list_imports", Tag: tag, Summary: "Imports, newest first", Verb: actor.ImportRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			PageIn
		}) (out struct {
			Imports []Import `json:"imports"`
			Next    string   `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Roster.Imports(ctx, by, in.Partner, in.Cursor, in.Limit)
			out.Imports, out.Next = each(list, toImport(ctx)), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{import}", ID: "show_import", Tag: tag, Summary: "How far an import is", Verb: actor.ImportRoster},
		func(ctx context.Context, by actor.Actor, in *ImportPath) (Import, error) {
			i, err := a.Roster.Import(ctx, by, in.Partner, in.Import)
			return toImport(ctx)(i), err
		})
	a.importStep(path, "confirm", "Apply the good rows of a checked import", a.Roster.Confirm)
	a.importStep(path, "cancel", "Give an import up; rows that were applied stay", a.Roster.Cancel)
	a.importErrors(path)
}

func (a *API) importStep(path, what, summary string, f func(context.Context, actor.Actor, string, string) error) {
	add(a, Operation{Method: "POST", Path: path + "/{import}/" + what, ID: what + "_import", Tag: "imports", Summary: summary, Verb: actor.ImportRoster},
		func(ctx context.Context, by actor.Actor, in *ImportPath) (Import, error) {
			if err := f(ctx, by, in.Partner, in.Import); err != nil {
				return Import{}, err
			}
			i, err := a.Roster.Import(ctx, by, in.Partner, in.Import)
			return toImport(ctx)(i), err
		})
}

func (a *API) uploadRoster(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	Name   string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
	DryRun bool   `query:"dry_run" doc:"Check at once: the answer has the counts, and nothing is applied unless it's confirmed"`
}) (Import, error) {
	if err := by.May(actor.ImportRoster); err != nil {
		return Import{}, err // before the file is read
	}
	file, err := upload(ctx, maxUpload, in.Name)
	if err != nil {
		return Import{}, err
	}
	if in.DryRun {
		i, err := a.Roster.ImportNow(ctx, by, in.Partner, file.name, file, true, nil)
		return toImport(ctx)(i), err
	}
	i, err := a.Roster.Upload(ctx, by, in.Partner, file.name, file)
	return toImport(ctx)(i), err
}

func (a *API) importErrors(path string) {
	add(a, Operation{Method: "GET", Path: path + "/{import}/errors", ID: "list_import_errors", Tag: "imports", Summary: "Entries to correct, in the order of the file; the first thousand are kept", Verb: actor.ImportRoster},
		func(ctx context.Context, by actor.Actor, in *struct {
			ImportPath
			After int64 `query:"after" minimum:"0" doc:"How many to skip"`
			Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (out struct {
			Errors []RowError `json:"errors"`
		}, err error) {
			list, err := a.Roster.RowErrors(ctx, by, in.Partner, in.Import, in.After, in.Limit)
			out.Errors = each(list, func(e roster.RowError) RowError {
				return RowError{e.Line, e.Column, e.Value, i18n.Say(ctx, e.Reason), i18n.Say(ctx, e.Remedy)}
			})
			return out, err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{import}/errors.csv", ID: "download_import_errors", Tag: "imports", Verb: actor.ImportRoster, Gives: []string{typeCSV},
		Summary: "The bad rows with their reasons, to correct and upload again"},
		func(ctx context.Context, by actor.Actor, in *ImportPath) (document, error) {
			if _, err := a.Roster.Import(ctx, by, in.Partner, in.Import); err != nil {
				return document{}, err
			}
			return document{name: "errors.csv", media: typeCSV, write: func(w io.Writer) error {
				return a.Roster.WriteErrors(ctx, by, in.Partner, in.Import, i18n.From(ctx).Lang, w)
			}}, nil
		})
}
