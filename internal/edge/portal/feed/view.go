package feed

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// listView is both feeds, the form for another file and the imports.
type listView struct {
	Shell page.ShellView
	AsOf  []record.Standing
	List  []record.Import
	Next  string
	May   bool // upload and undo
	Errs  []ui.FieldError
}

func (v listView) err(name string) string {
	for _, e := range v.Errs {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// state is the first line: whether the feeds are up to date.
func (v listView) state(ctx context.Context) string {
	for _, s := range v.AsOf {
		switch {
		case s.Last.ID == "":
			return i18n.T(ctx, "feed.state.never", i18n.A{"feed": record.FeedText(s.Feed)})
		case s.Overdue:
			return i18n.T(ctx, "feed.state.overdue", i18n.A{"feed": record.FeedText(s.Feed), "n": s.Days})
		}
	}
	return i18n.T(ctx, "feed.state.fresh")
}

func (v listView) next(ctx context.Context) string {
	if !v.May {
		return i18n.T(ctx, "feed.next.read")
	}
	return i18n.T(ctx, "feed.next.upload")
}

// standing says how one feed stands.
func standing(s record.Standing) (ui.Tone, i18n.Msg) {
	switch {
	case s.Last.ID == "":
		return ui.Neutral, i18n.M("feed.standing.never")
	case s.Overdue:
		return ui.Bad, i18n.M("feed.standing.overdue")
	}
	return ui.Good, i18n.M("feed.standing.fresh")
}

// importView is one import.
type importView struct {
	Shell  page.ShellView
	Import record.Import
	Wrong  []record.RowError
	May    bool
}

func (v importView) path(more string) string { return base + "/" + v.Import.ID + more }

func tone(s record.ImportState) ui.Tone {
	switch s {
	case record.Preview:
		return ui.Warn
	case record.Done:
		return ui.Good
	case record.Failed:
		return ui.Bad
	case record.Cancelled, record.Undone:
		return ui.Neutral
	}
	return ui.Info
}

func (v importView) checked() bool { return v.Import.Applied.Good()+v.Import.Applied.BadRows == 0 }

// counts are what was applied, or what the check found as long as nothing was.
func (v importView) counts() record.Counts {
	if v.checked() {
		return v.Import.Counts
	}
	return v.Import.Applied
}

// state is the first line of an import's page: what the file says, or what became of it.
func (v importView) state(ctx context.Context) string {
	i := v.Import
	args := i18n.A{"n": i.Applied.Good(), "position": i18n.From(ctx).Int(i.Position), "of": i18n.From(ctx).Int(i.Rows), "people": i.Applied.People}
	switch i.State {
	case record.Uploaded, record.Checking:
		return i18n.T(ctx, "feed.one.checking", args)
	case record.Queued:
		return i18n.T(ctx, "feed.one.queued")
	case record.Applying:
		return i18n.T(ctx, "feed.one.applying", args)
	case record.Undoing:
		return i18n.T(ctx, "feed.one.undoing", args)
	case record.Undone:
		return i18n.T(ctx, "feed.one.undone", args)
	case record.Failed:
		return i18n.T(ctx, "feed.one.failed", args)
	case record.Cancelled:
		return i18n.T(ctx, "feed.one.cancelled", args)
	case record.Done:
		return i18n.T(ctx, "feed.one.done", args)
	}
	return i18n.T(ctx, "feed.one.preview", i18n.A{"n": i.Counts.New + i.Counts.Changed})
}

func (v importView) next(ctx context.Context) string {
	i := v.Import
	switch {
	case i.Running():
		return i18n.T(ctx, "feed.next.wait")
	case i.State == record.Preview && i.Errors > 0:
		return i18n.T(ctx, "feed.next.errors", i18n.A{"n": i.Counts.BadRows})
	case i.State == record.Preview:
		return i18n.T(ctx, "feed.next.confirm")
	case i.State == record.Done && i.Errors > 0:
		return i18n.T(ctx, "feed.next.rest", i18n.A{"n": i.Applied.BadRows})
	case i.Undoable():
		return i18n.T(ctx, "feed.next.undo")
	}
	return i18n.T(ctx, "feed.next.another")
}

func (v importView) stats(ctx context.Context) []ui.Stat {
	c := v.counts()
	stat := func(label string, n int64, sub string, t ui.Tone) ui.Stat {
		if n == 0 {
			t = ""
		}
		return ui.Stat{Label: label, Value: i18n.From(ctx).Int(n), Sub: sub, Tone: t}
	}
	passed := i18n.T(ctx, "feed.count.passed")
	if v.Import.Feed == record.Trainings {
		passed = i18n.T(ctx, "feed.count.finished")
	}
	bad := stat(i18n.T(ctx, "feed.count.bad"), c.BadRows, "", ui.Bad)
	if c.BadRows > 0 {
		bad.Href, bad.Sub = "#wrong", i18n.T(ctx, "feed.count.bad_sub")
	}
	return []ui.Stat{
		stat(i18n.T(ctx, "feed.count.new"), c.New, i18n.T(ctx, "feed.count.same", i18n.A{"n": c.Same}), ""),
		stat(i18n.T(ctx, "feed.count.changed"), c.Changed, "", ""),
		stat(passed, c.Passed, i18n.T(ctx, "feed.count.failed", i18n.A{"failed": c.Failed, "absent": c.NoShow}), ""),
		stat(i18n.T(ctx, "feed.count.revoked"), c.Revoked, i18n.T(ctx, "feed.count.revoked_sub"), ui.Warn),
		stat(i18n.T(ctx, "feed.count.waiting"), c.Waiting, i18n.T(ctx, "feed.count.waiting_sub"), ""),
		bad,
	}
}

// unknown lists exam codes that lead to no certificate.
func (v importView) unknown() string {
	var out []string
	for code, n := range v.Import.Unknown {
		out = append(out, fmt.Sprintf("%s (%d)", code, n))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// foot leads to more wrong entries, when there are.
func (v importView) foot() templ.Component {
	if len(v.Wrong) < perPage {
		return nil
	}
	return ui.Pager(ui.PagerView{Next: v.path("?line=" + strconv.FormatInt(v.Wrong[len(v.Wrong)-1].Line, 10) + "#wrong")})
}

// size is a number of bytes in a unit that people read.
func size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
