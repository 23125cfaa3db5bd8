// Package batchview draws the pages of batches, whatever is done for many: their list, one with its rows, and giving one
// up.
package batchview

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/batch"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A List is the page of batches, newest first. Base is its address, under which the batches stand.
type List struct {
	door.View
	Base  string
	Rows  []batch.Batch
	Pager ui.PagerView
	Trail ui.Crumb
	Empty string // what to do first
	Kind  func(b batch.Batch) i18n.Msg
	Head  func(h ui.HeadView) templ.Component
}

func (v List) state(ctx context.Context) string {
	for _, b := range v.Rows {
		if b.State == batch.Checked {
			return i18n.T(ctx, "finance.batches.waiting")
		}
	}
	return i18n.T(ctx, "finance.batches.state", i18n.A{"n": len(v.Rows)})
}

func (v List) head(ctx context.Context) ui.HeadView {
	return ui.HeadView{Title: i18n.T(ctx, "finance.tab.batches"), State: v.state(ctx), Next: i18n.T(ctx, "finance.batches.next"), Trail: []ui.Crumb{v.Trail}}
}

// A One is a batch with rows of it. May says that the reader can confirm it and give it up; Before is what to know before
// that, TooMuch the heading of what keeps all of it from being done; Made leads to what came of a row.
type One struct {
	door.View
	B       batch.Batch
	Rows    []batch.Row
	State   batch.RowState
	Pager   ui.PagerView
	Same    string
	Ask     ask.Field
	Base    string
	Title   i18n.Msg
	May     bool
	Before  string
	TooMuch string
	Made    func(r batch.Row) string
	Head    func(h ui.HeadView) templ.Component
}

func (v One) path() string { return v.Base + "/" + v.B.ID }

func (v One) head(ctx context.Context) ui.HeadView {
	return ui.HeadView{Title: i18n.Say(ctx, v.Title), State: v.state(ctx), Next: v.next(ctx), Status: ui.Status(Tone(v.B), Label(ctx, v.B.State)),
		Trail: []ui.Crumb{{Href: v.Base, Label: i18n.T(ctx, "finance.tab.batches")}}, Actions: actions(v)}
}

// Label is what users call a state.
func Label(ctx context.Context, s batch.State) string {
	switch s {
	case batch.Checking:
		return i18n.T(ctx, "finance.batch.s.checking")
	case batch.Checked:
		return i18n.T(ctx, "finance.batch.s.checked")
	case batch.Running:
		return i18n.T(ctx, "finance.batch.s.running")
	case batch.Done:
		return i18n.T(ctx, "finance.batch.s.done")
	case batch.Failed:
		return i18n.T(ctx, "finance.batch.s.failed")
	}
	return i18n.T(ctx, "finance.batch.s.cancelled")
}

// Tone is the color of a batch's state.
func Tone(b batch.Batch) ui.Tone {
	switch {
	case b.State == batch.Failed || b.State == batch.Done && b.Done == 0:
		return ui.Bad
	case b.State == batch.Checked || b.State == batch.Done && b.Refused > 0:
		return ui.Warn
	case b.State == batch.Done:
		return ui.Good
	case b.Working():
		return ui.Info
	}
	return ui.Neutral
}

func rowLabel(ctx context.Context, s batch.RowState) string {
	switch s {
	case batch.RowReady:
		return i18n.T(ctx, "finance.row.ready")
	case batch.RowBad:
		return i18n.T(ctx, "finance.row.bad")
	case batch.RowDone:
		return i18n.T(ctx, "finance.row.done")
	}
	return i18n.T(ctx, "finance.row.refused")
}

func rowTone(s batch.RowState) ui.Tone {
	switch s {
	case batch.RowDone:
		return ui.Good
	case batch.RowReady:
		return ui.Neutral
	}
	return ui.Bad
}

func (v One) state(ctx context.Context) string {
	money := func(n int64) string { return i18n.From(ctx).Money(n, v.B.Unit) }
	a := i18n.A{"rows": v.B.Rows, "good": v.B.Good(), "bad": v.B.Bad, "done": v.B.Done, "refused": v.B.Refused, "total": money(v.B.Total), "moved": money(v.B.Moved)}
	switch v.B.State {
	case batch.Checking:
		return i18n.T(ctx, "finance.batch.checking", a)
	case batch.Checked:
		return i18n.T(ctx, "finance.batch.checked", a)
	case batch.Running:
		return i18n.T(ctx, "finance.batch.running", a)
	case batch.Failed:
		return i18n.T(ctx, "finance.batch.failed", a)
	}
	return i18n.T(ctx, "finance.batch.done", a)
}

func (v One) next(ctx context.Context) string {
	switch {
	case v.B.Working():
		return i18n.T(ctx, "finance.batch.next.working")
	case v.B.State == batch.Checked && v.B.Good() == 0:
		return i18n.T(ctx, "finance.batch.next.correct")
	case v.B.State == batch.Checked:
		return i18n.T(ctx, "finance.batch.next.confirm")
	case v.B.State == batch.Failed:
		return i18n.Say(ctx, v.B.Problem)
	case v.B.Bad+v.B.Refused > 0:
		return i18n.T(ctx, "finance.batch.next.rest")
	}
	return i18n.T(ctx, "finance.batch.next.done")
}

func (v One) states(ctx context.Context) (out []ui.Tab) {
	path := v.path()
	out = append(out, ui.Tab{Href: path, Label: i18n.T(ctx, "finance.row.all"), Count: int(v.B.Rows), Current: v.State == ""})
	for _, s := range []struct {
		state batch.RowState
		n     int64
	}{{batch.RowBad, v.B.Bad}, {batch.RowDone, v.B.Done}, {batch.RowRefused, v.B.Refused}} {
		if s.n > 0 {
			out = append(out, ui.Tab{Href: path + "?state=" + string(s.state), Label: rowLabel(ctx, s.state), Count: int(s.n), Current: v.State == s.state})
		}
	}
	return out
}

// origin says where the rows come from.
func (v One) origin(ctx context.Context) string {
	a := i18n.A{"file": i18n.Raw(v.B.FileName), "by": v.B.UserName, "at": i18n.From(ctx).DateTime(v.B.CreatedAt)}
	if v.B.FileName == "" {
		a["file"] = i18n.M("finance.batch.list")
	}
	return i18n.T(ctx, "finance.batch.of", a)
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

func sum(ctx context.Context, minor int64, unit string) string {
	return i18n.T(ctx, "finance.sum", i18n.A{"sum": i18n.From(ctx).Money(minor, unit)})
}
