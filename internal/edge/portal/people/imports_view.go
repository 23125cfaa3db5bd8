package people

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// importsView is the list of imports, with the form for another.
type importsView struct {
	door.View
	List []roster.Import
	Next string
}

// importView is one import.
type importView struct {
	door.View
	Import roster.Import
	Wrong  []roster.RowError
}

func (v importView) path(more string) string { return v.Path("/imports/" + v.Import.ID + more) }

// title says in which state an import is.
func importState(ctx context.Context, s roster.ImportState) (ui.Tone, string) {
	switch s {
	case roster.Uploaded:
		return ui.Info, i18n.T(ctx, "people.import.state.uploaded")
	case roster.Checking:
		return ui.Info, i18n.T(ctx, "people.import.state.checking")
	case roster.Preview:
		return ui.Warn, i18n.T(ctx, "people.import.state.preview")
	case roster.Queued:
		return ui.Info, i18n.T(ctx, "people.import.state.queued")
	case roster.Applying:
		return ui.Info, i18n.T(ctx, "people.import.state.applying")
	case roster.Done:
		return ui.Good, i18n.T(ctx, "people.import.state.done")
	case roster.Failed:
		return ui.Bad, i18n.T(ctx, "people.import.state.failed")
	}
	return ui.Neutral, i18n.T(ctx, "people.import.state.cancelled")
}

// state is the first line of an import's page: what the file says, or what became of it.
func (v importView) state(ctx context.Context) string {
	switch v.Import.State {
	case roster.Uploaded, roster.Checking:
		return i18n.T(ctx, "people.import.checking", i18n.A{"n": v.Import.Position})
	case roster.Queued, roster.Applying:
		return i18n.T(ctx, "people.import.applying", i18n.A{"n": v.Import.Position, "of": v.Import.Rows})
	case roster.Failed:
		return i18n.T(ctx, "people.import.failed")
	case roster.Cancelled:
		return i18n.T(ctx, "people.import.was_cancelled", i18n.A{"n": v.Import.Applied.Changes()})
	case roster.Done:
		if v.Import.Applied.Changes() == 0 {
			return i18n.T(ctx, "people.import.done_nothing")
		}
		return i18n.T(ctx, "people.import.done", amounts(v.Import.Applied))
	}
	if v.Import.Nothing() {
		return i18n.T(ctx, "people.import.nothing")
	}
	return i18n.T(ctx, "people.import.preview", amounts(v.Import.Counts))
}

func (v importView) next(ctx context.Context) string {
	switch v.Import.State {
	case roster.Uploaded, roster.Checking, roster.Queued, roster.Applying:
		return i18n.T(ctx, "people.import.next_wait")
	case roster.Failed:
		return i18n.T(ctx, "people.import.next_failed")
	case roster.Preview:
		switch {
		case v.Import.Nothing() && v.Import.Errors == 0:
			return i18n.T(ctx, "people.import.next_nothing")
		case v.Import.Errors > 0:
			return i18n.T(ctx, "people.import.next_errors", i18n.A{"n": v.Import.Counts.BadRows})
		}
		return i18n.T(ctx, "people.import.next_confirm")
	case roster.Done:
		if v.Import.Errors > 0 {
			return i18n.T(ctx, "people.import.next_rest", i18n.A{"n": v.Import.Counts.BadRows})
		}
	}
	return i18n.T(ctx, "people.import.next_roster")
}

// stats are the figures of the check.
func (v importView) stats(ctx context.Context) []ui.Stat {
	c := v.Import.Counts
	stat := func(label string, n int64, tone ui.Tone, sub string) ui.Stat {
		return ui.Stat{Label: label, Value: number(ctx, n), Sub: sub, Tone: tone}
	}
	wrong := stat(i18n.T(ctx, "people.import.bad_rows"), c.BadRows, "", "")
	if c.BadRows > 0 {
		wrong.Href, wrong.Tone, wrong.Sub = "#wrong", ui.Bad, i18n.T(ctx, "people.import.bad_sub")
	}
	return []ui.Stat{
		stat(i18n.T(ctx, "people.import.new_people"), c.NewPeople, "", ""),
		stat(i18n.T(ctx, "people.import.changed_people"), c.ChangedPeople, "", left(ctx, c.LeftPeople)),
		stat(i18n.T(ctx, "people.import.new_certificates"), c.NewCertificates, "", ""),
		stat(i18n.T(ctx, "people.import.changed_certificates"), c.CorrectedCertificates, "", ""),
		stat(i18n.T(ctx, "people.import.same_people"), c.SamePeople, "", i18n.T(ctx, "people.import.same_certificates", i18n.A{"n": c.SameCertificates})),
		wrong,
	}
}

// amounts are the people and certificates that are new or change, in words.
func amounts(c roster.ImportCounts) i18n.A {
	return i18n.A{"people": i18n.M("people.some.people", i18n.A{"n": c.NewPeople + c.ChangedPeople}),
		"certificates": i18n.M("people.some.certificates", i18n.A{"n": c.NewCertificates + c.CorrectedCertificates})}
}

func left(ctx context.Context, n int64) string {
	if n == 0 {
		return ""
	}
	return i18n.T(ctx, "people.import.left", i18n.A{"n": n})
}

// more is the address of the next page of wrong entries.
func (v importView) more() string {
	if len(v.Wrong) < perPage {
		return ""
	}
	return v.path("?line=" + strconv.FormatInt(v.Wrong[len(v.Wrong)-1].Line, 10) + "#wrong")
}

// files tells whether there are rows to correct in a file.
func (v importView) files() bool {
	return v.Import.Errors > 0 && !v.Import.Running() && v.Import.State != roster.Failed
}

// wrongFoot leads to more wrong entries, when there are.
func wrongFoot(v importView) templ.Component {
	if v.more() == "" {
		return nil
	}
	return ui.Pager(ui.PagerView{Next: v.more()})
}
