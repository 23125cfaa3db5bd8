package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// FeedImport is the upload of a feed's file and what becomes of it.
type FeedImport struct {
	ID         string           `json:"id"`
	Feed       string           `json:"feed" enum:"exams,trainings" doc:"What the headings say"`
	FileName   string           `json:"file_name"`
	Size       int64            `json:"size"`
	SHA256     string           `json:"sha256"`
	State      string           `json:"state" enum:"uploaded,checking,preview,queued,applying,done,failed,cancelled,undoing,undone"`
	By         string           `json:"by"`
	SameAs     string           `json:"same_as,omitempty" doc:"An earlier import of the same content that stands"`
	Rows       int64            `json:"rows" doc:"An estimate until the file was read to its end"`
	Position   int64            `json:"position" doc:"Lines of the running step that are behind it"`
	Counts     record.Counts    `json:"counts" doc:"What the check found"`
	Applied    record.Counts    `json:"applied"`
	Errors     int64            `json:"errors" doc:"Entries to correct, in all"`
	Ignored    []string         `json:"ignored_columns"`
	Unknown    map[string]int64 `json:"exams_without_certificate,omitempty" doc:"Passed exams of which the catalogue knows no certificate, with the number of lines"`
	Failure    string           `json:"failure,omitempty" doc:"Why the rest of the file could not be read"`
	CreatedAt  time.Time        `json:"created_at"`
	FinishedAt time.Time        `json:"finished_at,omitzero"`
	UndoneAt   time.Time        `json:"undone_at,omitzero"`
}

func toFeedImport(ctx context.Context) func(record.Import) FeedImport {
	return func(i record.Import) FeedImport {
		return FeedImport{ID: i.ID, Feed: string(i.Feed), FileName: i.FileName, Size: i.Size, SHA256: i.Hash, State: string(i.State), By: i.ByName,
			SameAs: i.SameAs, Rows: i.Rows, Position: i.Position, Counts: i.Counts, Applied: i.Applied, Errors: i.Errors,
			Ignored: append([]string{}, i.Ignored...), Unknown: i.Unknown, Failure: i18n.Say(ctx, i.Failure), CreatedAt: i.CreatedAt,
			FinishedAt: i.FinishedAt, UndoneAt: i.UndoneAt}
	}
}

// Feed says as of when a feed speaks.
type Feed struct {
	Feed    string    `json:"feed" enum:"exams,trainings"`
	Import  string    `json:"last_import,omitempty"`
	AsOf    time.Time `json:"as_of,omitzero" doc:"When the last import was done"`
	LagFrom int       `json:"lag_from_days" doc:"What happened may arrive so many days later"`
	LagTo   int       `json:"lag_to_days" doc:"What happened should have arrived after so many days"`
	Overdue bool      `json:"overdue" doc:"Nothing came for longer than that"`
}

// FeedPath names an import of a feed.
type FeedPath struct {
	Import string `path:"import" maxLength:"40"`
}

const feedsPath, feedsTag = "/api/v1/feeds", "feeds"

func (a *API) feeds() {
	add(a, Operation{Method: "GET", Path: feedsPath, ID: "show_feeds", Tag: feedsTag, Summary: "As of when each feed speaks", Verb: actor.ViewFeeds},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Feeds []Feed `json:"feeds"`
		}, err error) {
			if err := by.May(actor.ViewFeeds); err != nil {
				return out, err
			}
			all, err := a.Records.AsOf(ctx, a.DB.Read())
			out.Feeds = each(all, func(s record.Standing) Feed {
				return Feed{string(s.Feed), s.Last.ID, s.Last.FinishedAt, s.LagFrom, s.LagTo, s.Overdue}
			})
			return out, err
		})
	const path = feedsPath + "/imports"
	add(a, Operation{Method: "POST", Path: path, ID: "upload_feed", Tag: feedsTag, Status: 202, Verb: actor.ImportRecords, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload exam results or trainings; the file is checked and waits for confirmation. With dry_run the answer waits for the check and nothing is applied"}, a.uploadFeed)
	add(a, Operation{Method: "GET", Path: path, ID: "list_feed_imports", Tag: feedsTag, Summary: "Imports of both feeds, newest first", Verb: actor.ViewFeeds},
		func(ctx context.Context, by actor.Actor, in *PageIn) (out struct {
			Imports []FeedImport `json:"imports"`
			Next    string       `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Records.Imports(ctx, by, in.Cursor, in.Limit)
			out.Imports, out.Next = each(list, toFeedImport(ctx)), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{import}", ID: "show_feed_import", Tag: feedsTag, Summary: "How far an import is", Verb: actor.ViewFeeds},
		func(ctx context.Context, by actor.Actor, in *FeedPath) (FeedImport, error) {
			i, err := a.Records.Import(ctx, by, in.Import)
			return toFeedImport(ctx)(i), err
		})
	a.feedStep(path, "confirm", "Apply the good lines of a checked import", a.Records.Confirm)
	a.feedStep(path, "cancel", "Give an import up; lines that were applied stay, and can be undone", a.Records.Cancel)
	a.feedStep(path, "undo", "Take back what an import said; later imports stand", a.Records.Undo)
	a.feedErrors(path)
}

func (a *API) feedStep(path, what, summary string, f func(context.Context, actor.Actor, string) error) {
	add(a, Operation{Method: "POST", Path: path + "/{import}/" + what, ID: what + "_feed_import", Tag: feedsTag, Summary: summary, Verb: actor.ImportRecords},
		func(ctx context.Context, by actor.Actor, in *FeedPath) (FeedImport, error) {
			if err := f(ctx, by, in.Import); err != nil {
				return FeedImport{}, err
			}
			i, err := a.Records.Import(ctx, by, in.Import)
			return toFeedImport(ctx)(i), err
		})
}

func (a *API) uploadFeed(ctx context.Context, by actor.Actor, in *struct {
	Name   string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
	DryRun bool   `query:"dry_run" doc:"Check at once: the answer has the counts, and nothing is applied"`
}) (FeedImport, error) {
	if err := by.May(actor.ImportRecords); err != nil {
		return FeedImport{}, err // before the file is read
	}
	file, err := upload(ctx, record.MaxUpload+1<<20, in.Name)
	if err != nil {
		return FeedImport{}, err
	}
	var i record.Import
	if in.DryRun {
		i, err = a.Records.ImportNow(ctx, by, file.name, file, true, nil)
	} else {
		i, err = a.Records.Upload(ctx, by, file.name, file)
	}
	return toFeedImport(ctx)(i), err
}

func (a *API) feedErrors(path string) {
	add(a, Operation{Method: "GET", Path: path + "/{import}/errors", ID: "list_feed_errors", Tag: feedsTag, Summary: "Entries to correct, in the order of the file; the first thousand are kept", Verb: actor.ViewFeeds},
		func(ctx context.Context, by actor.Actor, in *struct {
			FeedPath
			After int64 `query:"after" minimum:"0" doc:"The last line seen"`
			Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (out struct {
			Errors []RowError `json:"errors"`
		}, err error) {
			list, err := a.Records.RowErrors(ctx, by, in.Import, in.After, in.Limit)
			out.Errors = each(list, func(e record.RowError) RowError {
				return RowError{e.Line, e.Column, e.Value, i18n.Say(ctx, e.Reason), i18n.Say(ctx, e.Remedy)}
			})
			return out, err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{import}/errors.csv", ID: "download_feed_errors", Tag: feedsTag, Verb: actor.ViewFeeds, Gives: []string{typeCSV},
		Summary: "All bad lines with their reasons, to correct and upload again"},
		func(ctx context.Context, by actor.Actor, in *FeedPath) (document, error) {
			if _, err := a.Records.Import(ctx, by, in.Import); err != nil {
				return document{}, err
			}
			return document{name: "errors.csv", media: typeCSV, write: func(w io.Writer) error {
				return a.Records.WriteErrors(ctx, by, in.Import, i18n.From(ctx).Lang, w)
			}}, nil
		})
}
