package review

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

// A work is one review as the page shows it.
type work struct {
	qualification.Review
	Previous, Next string        // addresses of the neighbours in the queue
	Left           time.Duration // working time until the decision is due
	File           string        // id of the document that is looked at
	Conflict       string        // why a decision wasn't made
	now            time.Time
}

// framing lets a page show our own documents in a frame.
func framing(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", strings.Replace(web.CSP, "default-src 'none'", "default-src 'none'; frame-src 'self'", 1))
}

func (x work) title(ctx context.Context) string {
	return i18n.T(ctx, "reviewpage.title", i18n.A{"partner": i18n.Raw(x.Partner.Name), "level": x.LevelTitle})
}

// state is the first line: what is asked, and how it stands.
func (x work) state(ctx context.Context) string {
	a := i18n.A{"level": x.LevelTitle, "program": x.Spec.Title.Msg(), "version": x.Spec.Number, "kind": x.Kind.Label()}
	line := i18n.T(ctx, "reviewpage.asks", a)
	switch {
	case x.State == qualification.UnderReview:
		return line + " " + i18n.T(ctx, "reviewpage.with", i18n.A{"name": i18n.Raw(x.ReviewerName), "left": qualify.Left(ctx, x.Left)})
	case x.State == qualification.Submitted:
		return line + " " + i18n.T(ctx, "reviewpage.waits", i18n.A{"left": qualify.Left(ctx, x.Left)})
	}
	return line
}

// next is the second line: what to do.
func (x work) next(ctx context.Context) string {
	switch {
	case x.Can.Start:
		return i18n.T(ctx, "reviewpage.next.start")
	case x.Can.Approve && len(x.changes()) > 0:
		return i18n.T(ctx, "reviewpage.next.changed", i18n.A{"n": len(x.changes())})
	case x.Can.Pass:
		return i18n.T(ctx, "reviewpage.next.phase", i18n.A{"phase": qualification.PhaseLabel(x.Phase)})
	case x.Can.Approve:
		return i18n.T(ctx, "reviewpage.next.decide")
	case x.State == qualification.Returned:
		return i18n.T(ctx, "reviewpage.next.returned", i18n.A{"day": i18n.From(ctx).Date(x.ReturnDue.Add(-time.Second))})
	case x.State == qualification.Draft:
		return i18n.T(ctx, "reviewpage.next.draft")
	}
	return i18n.T(ctx, "reviewpage.next.over")
}

// result is what the asked level and track are computed as now, for applying.
func (x work) result() *program.TrackResult {
	return qualify.Track(&x.Now.Evaluation, x.Level, x.Track)
}

// A change is a line whose figures differ between the submission and now.
type change struct {
	line           string
	then, now      string
	wasMet, nowMet bool
}

// changes lists what changed since the submission.
func (x work) changes() (out []change) {
	if x.Then == nil {
		return nil
	}
	for _, was := range x.Then.EN.Lines {
		now, ok := x.result().Line(was.ID)
		if !ok || now.Have == was.Have && now.Met == was.Met && slices.Equal(now.FilledBy, was.FilledBy) {
			continue
		}
		out = append(out, change{line: was.ID, then: figures(was.Have, was.Need), now: figures(now.Have, now.Need), wasMet: was.Met, nowMet: now.Met})
	}
	return out
}

func figures(have, need int) string { return strconv.Itoa(have) + " / " + strconv.Itoa(need) }

func (x work) lineTitle(ctx context.Context, id string) string {
	if l, ok := x.Spec.Line(id); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return id
}

// lines are the computed lines of now, with what they were at submission where that differs.
func (x work) lines(ctx context.Context, v door.View) []ui.LineView {
	differs := map[string]change{}
	for _, c := range x.changes() {
		differs[c.line] = c
	}
	proof := qualify.Proof{Spec: x.Spec, Name: x.Now.Name, Day: calendar.DayOf(x.now), Base: "/channel/" + x.Account,
		All: "/channel/" + x.Account + "/qualifications/" + x.Program + "?all=1&level=" + x.Level + "&track=" + x.Track,
		Note: func(id string) string {
			if c, ok := differs[id]; ok {
				return i18n.T(ctx, "reviewpage.was", i18n.A{"figures": c.then})
			}
			return ""
		}}
	if !v.Can(actor.ViewRoster) {
		proof.Base = qualify.NoLinks
	}
	out := proof.Lines(ctx, x.result())
	for i := range out { // the names stand beside their documents
		out[i].Open = len(out[i].Fills) > 0
	}
	return out
}

// places are the files that were handed in.
func (x work) places(ctx context.Context) (out []ui.FilePlace) {
	for _, p := range x.Places {
		f := ui.FilePlace{Name: p.Field(), Title: qualify.PlaceTitle(ctx, p), Optional: p.Ask.Optional, ReadOnly: true}
		if p.File != nil {
			f.File = &ui.PlacedFile{Href: base(x.ID) + "?file=" + p.File.ID + "#document", Name: p.File.Name, Size: qualify.Size(p.File.Size)}
		}
		out = append(out, f)
	}
	return out
}

// document is the file that is looked at: the chosen one, else the first.
func (x work) document() (qualification.EvidencePlace, bool) {
	var first *qualification.EvidencePlace
	for i, p := range x.Places {
		if p.File == nil {
			continue
		}
		if p.File.ID == x.File {
			return p, true
		}
		if first == nil {
			first = &x.Places[i]
		}
	}
	if first == nil {
		return qualification.EvidencePlace{}, false
	}
	return *first, true
}

func (x work) viewer(ctx context.Context, p qualification.EvidencePlace) ui.ViewerView {
	return ui.ViewerView{Href: "/applications/" + x.ID + "/evidence/" + p.File.ID, Name: p.File.Name,
		Image: strings.HasPrefix(p.File.Media, "image/"), Label: qualify.PlaceTitle(ctx, p)}
}

// facts are what the application says.
func (x work) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "reviewpage.application"), Value: x.ID},
		{Label: i18n.T(ctx, "reviewpage.partner"), Body: ui.Link(ui.LinkView{Href: "/channel/" + x.Account, Label: door.Data(ctx, x.Partner.Name)})},
		{Label: i18n.T(ctx, "reviewpage.policy"), Body: ui.Link(ui.LinkView{Href: "/programs/" + x.Spec.Ref(), Label: i18n.T(ctx, "qualify.rule.policy", i18n.A{"version": x.Spec.Number})})},
	}
	if !x.TrackTitle.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.track"), Value: i18n.Say(ctx, x.TrackTitle)})
	}
	if x.Held != nil {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "reviewpage.holds"), Body: ui.Link(ui.LinkView{Href: "/certificates/" + x.Held.Number,
			Label: qualify.Holds(ctx, x.Spec, *x.Held)})})
	}
	for _, f := range qualify.FormFields(ctx, x.Form) {
		if f[2] != "" {
			out = append(out, ui.Fact{Label: f[1], Value: f[2]})
		}
	}
	if x.TruthName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.truth.title"), Value: i18n.T(ctx, "qualify.truth.by",
			i18n.A{"name": i18n.Raw(x.TruthName), "day": i18n.From(ctx).DateTime(x.TruthAt)})})
	}
	return out
}

// inspections are what was found by the partner's inspections, newest first.
func (x work) inspections(ctx context.Context) (out []ui.Event) {
	for _, i := range x.Inspections {
		e := ui.Event{At: i.InspectedOn.Time(), By: i.Inspector, Tone: ui.Good, Title: i18n.T(ctx, "reviewpage.inspection.passed"), Body: inspectionBody(x, i)}
		if !i.Passed {
			e.Tone, e.Title = ui.Bad, i18n.T(ctx, "reviewpage.inspection.failed")
		}
		out = append(out, e)
	}
	return out
}

// whatTitle names what an inspection looked at.
func (x work) whatTitle(ctx context.Context, what string) string {
	for _, it := range x.items(ctx) {
		if it.what == what {
			return it.title
		}
	}
	return what
}

// An item is one thing that an inspection looks at.
type item struct{ what, title string }

// items are the laboratory gear that the level asks for, its use, and each file.
func (x work) items(ctx context.Context) (out []item) {
	for i := range x.Spec.Lines {
		gear := x.Spec.Lines[i].Need[x.Level].Gear
		codes := make([]string, 0, len(gear))
		for code := range gear {
			codes = append(codes, code)
		}
		slices.SortFunc(codes, func(a, b string) int {
			return cmp.Compare(slices.Index(qualification.GearCodes(), a), slices.Index(qualification.GearCodes(), b))
		})
		for _, code := range codes {
			out = append(out, item{code, i18n.T(ctx, "reviewpage.gear", i18n.A{"gear": gearName(code), "n": gear[code]})})
		}
		if len(gear) > 0 {
			out = append(out, item{"laboratory-use", i18n.T(ctx, "reviewpage.gear.use")})
		}
	}
	for _, p := range x.Places {
		if p.File != nil {
			out = append(out, item{p.File.ID, qualify.PlaceTitle(ctx, p)})
		}
	}
	return out
}

// gearName is a piece of laboratory gear in words.
func gearName(code string) i18n.Msg {
	switch code {
	case "cloud-lab":
		return i18n.M("reviewpage.gear.cloud_lab")
	case "high-end-router":
		return i18n.M("reviewpage.gear.high_end_router")
	case "router":
		return i18n.M("reviewpage.gear.router")
	case "layer-3-switch":
		return i18n.M("reviewpage.gear.switch")
	case "ac":
		return i18n.M("reviewpage.gear.ac")
	case "ap":
		return i18n.M("reviewpage.gear.ap")
	}
	return i18n.Raw(code)
}

// results are how an inspected thing can be.
func results(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: "ok", Label: i18n.T(ctx, "reviewpage.result.ok")}, {Value: "deficient", Label: i18n.T(ctx, "reviewpage.result.deficient")},
		{Value: "missing", Label: i18n.T(ctx, "reviewpage.result.missing")}}
}

func resultTone(result string) ui.Tone {
	switch result {
	case "ok":
		return ui.Good
	case "missing":
		return ui.Bad
	}
	return ui.Warn
}

func resultWord(ctx context.Context, result string) string {
	for _, o := range results(ctx) {
		if o.Value == result {
			return o.Label
		}
	}
	return result
}

func (x work) editionField() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(x.Edition, 10)}}
}

// ahead is what is due.
func (x work) ahead(ctx context.Context) []ui.Event {
	switch x.State {
	case qualification.Submitted, qualification.UnderReview:
		return []ui.Event{{At: qualify.Last(x.ReviewDue), Title: i18n.T(ctx, "qualify.ahead.due"), Ahead: true}}
	case qualification.Returned:
		return []ui.Event{{At: qualify.Last(x.ReturnDue), Title: i18n.T(ctx, "qualify.ahead.return"), Ahead: true}}
	}
	return nil
}

// hint shows what stands at a place; nothing there is said too.
func (s spot) hint(ctx context.Context) string {
	if s.value == "" {
		return i18n.T(ctx, "reviewpage.spot.empty")
	}
	return i18n.T(ctx, "reviewpage.spot.says", i18n.A{"value": i18n.Raw(s.value)})
}

func linesSub(ctx context.Context, x work) string {
	met := 0
	for _, l := range x.result().Lines {
		if l.Met {
			met++
		}
	}
	return i18n.T(ctx, "qualify.requirements.met", i18n.A{"met": met, "all": len(x.result().Lines)})
}
