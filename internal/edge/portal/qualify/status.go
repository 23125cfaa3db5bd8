package qualify

import (
	"context"
	"net/http"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// show is an application: a list of things to do while it's written, else its status.
func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	a, err := p.view(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, statusPage(door.See(p.Site, r, d), a))
}

// targetLine says what is asked for.
func targetLine(ctx context.Context, a qualification.ApplicationView) string {
	return i18n.T(ctx, "qualify.target.line", i18n.A{"level": a.LevelTitle, "program": a.Spec.Title.Msg(), "kind": a.Kind.Label()})
}

func trail(ctx context.Context, a qualification.ApplicationView) []ui.Crumb {
	return []ui.Crumb{{Href: "/applications", Label: i18n.T(ctx, "qualify.applications.title")}, {Href: base(a.ID), Label: i18n.T(ctx, "qualify.application")}}
}

// statusState is the first line of an application's page.
func statusState(ctx context.Context, a qualification.ApplicationView) string {
	switch a.State {
	case qualification.Submitted, qualification.UnderReview:
		if a.Phase != "" {
			return i18n.T(ctx, "qualify.state.phase", i18n.A{"target": targetLine(ctx, a), "phase": a.Progress().Label(), "day": Due(ctx, a.ReviewDue)})
		}
		return i18n.T(ctx, "qualify.state.waiting", i18n.A{"target": targetLine(ctx, a), "day": Due(ctx, a.ReviewDue)})
	case qualification.Returned:
		return i18n.T(ctx, "qualify.state.returned", i18n.A{"target": targetLine(ctx, a), "day": Day(ctx, lastDay(a))})
	case qualification.Approved:
		return i18n.T(ctx, "qualify.state.approved", i18n.A{"target": targetLine(ctx, a), "day": i18n.From(ctx).Date(a.DecidedAt)})
	case qualification.Rejected:
		return i18n.T(ctx, "qualify.state.rejected", i18n.A{"target": targetLine(ctx, a), "day": i18n.From(ctx).Date(a.DecidedAt)})
	case qualification.Terminated:
		return i18n.T(ctx, "qualify.state.terminated", i18n.A{"target": targetLine(ctx, a), "day": i18n.From(ctx).Date(a.DecidedAt)})
	case qualification.Withdrawn:
		return i18n.T(ctx, "qualify.state.withdrawn", i18n.A{"target": targetLine(ctx, a)})
	}
	return i18n.T(ctx, "qualify.state.draft", i18n.A{"target": targetLine(ctx, a)})
}

// statusNext is the second: what to do.
func statusNext(ctx context.Context, a qualification.ApplicationView) string {
	switch a.State {
	case qualification.Draft:
		if len(a.Missing) == 0 {
			return i18n.T(ctx, "qualify.next.ready")
		}
		return i18n.T(ctx, "qualify.next.missing", i18n.A{"n": len(a.Missing)})
	case qualification.Returned:
		if n := a.Spec.Application.BanMonths; n > 0 {
			return i18n.T(ctx, "qualify.next.update", i18n.A{"n": n})
		}
		return i18n.T(ctx, "qualify.next.correct")
	case qualification.Approved:
		return i18n.T(ctx, "qualify.next.approved")
	case qualification.Rejected, qualification.Withdrawn, qualification.Terminated:
		if a.Ban != nil {
			return BanLine(ctx, *a.Ban)
		}
		return i18n.T(ctx, "qualify.next.repeat")
	}
	return i18n.T(ctx, "qualify.next.wait")
}

// lastDay is the last day for a correction.
func lastDay(a qualification.ApplicationView) calendar.Day {
	if a.ReturnDue.IsZero() {
		return calendar.None
	}
	return calendar.DayOf(a.ReturnDue.Add(-1))
}

func editionField(a qualification.ApplicationView) [][2]string {
	return [][2]string{{"edition", itoa(a.Edition)}}
}

func evidenceSub(ctx context.Context, a qualification.ApplicationView) string {
	if n := missingFiles(a); n > 0 {
		return i18n.T(ctx, "qualify.evidence.missing", i18n.A{"n": n})
	}
	return i18n.T(ctx, "qualify.evidence.complete")
}

func checkNext(ctx context.Context, a qualification.ApplicationView) string {
	if len(a.Missing) > 0 {
		return i18n.T(ctx, "qualify.next.missing", i18n.A{"n": len(a.Missing)})
	}
	return i18n.T(ctx, "qualify.check.next")
}

// submitErrors keeps the tick's error and one for the rest: the list above names each and leads to it.
func submitErrors(errs []ui.FieldError) (out []ui.FieldError) {
	for _, e := range errs {
		if e.Name != "" && e.Name != "truthful" {
			e.Name = ""
		}
		out = append(out, e)
	}
	return out
}

// answerFacts are what the application says.
func answerFacts(ctx context.Context, a qualification.ApplicationView, edit bool) []ui.Fact {
	change := func(path string) string {
		if edit {
			return base(a.ID) + path
		}
		return ""
	}
	out := []ui.Fact{
		{Label: i18n.T(ctx, "qualify.level"), Value: i18n.Say(ctx, a.LevelTitle), Change: change("/target")},
		{Label: i18n.T(ctx, "qualify.version"), Body: ui.Link(ui.LinkView{Href: "/programs/" + a.Spec.Ref(), Label: i18n.T(ctx, "qualify.rule.policy", i18n.A{"version": a.Spec.Number})})},
	}
	if !a.TrackTitle.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.track"), Value: i18n.Say(ctx, a.TrackTitle), Change: change("/target")})
	}
	for _, f := range FormFields(ctx, a.Form) {
		if f[2] == "" && !edit {
			continue
		}
		out = append(out, ui.Fact{Label: f[1], Value: f[2], Change: change("/form#f-" + anchor(f[0]))})
	}
	if a.TruthName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.truth.title"), Value: i18n.T(ctx, "qualify.truth.by", i18n.A{"name": a.TruthName, "day": i18n.From(ctx).DateTime(a.TruthAt)})})
	}
	return out
}

// proofOf explains the lines of an application.
func proofOf(v door.View, a qualification.ApplicationView) Proof {
	x := Proof{Spec: a.Spec, Name: a.Evaluated.Name, Day: v.Today(), Base: v.Base, Edit: a.Can.Edit}
	if !v.Can(actor.ViewRoster) {
		x.Base = NoLinks
	}
	x.All = v.Path("/qualifications/"+a.Program) + "?all=1&level=" + a.Level + "&track=" + a.Track
	return x
}

// todo are the things to do in an application that's being written.
func todo(ctx context.Context, a qualification.ApplicationView) []ui.Task {
	entry := func(path, title, sub, icon string, missing int) ui.Task {
		t := ui.Task{Href: base(a.ID) + path, Title: title, Sub: sub, Icon: icon, Status: ui.Status(ui.Good, i18n.T(ctx, "qualify.todo.done"))}
		if missing > 0 {
			t.Status = ui.Status(ui.Warn, i18n.T(ctx, "qualify.todo.missing", i18n.A{"n": missing}))
		}
		return t
	}
	check := ui.Task{Href: base(a.ID) + "/check", Title: i18n.T(ctx, "qualify.step.check"), Sub: i18n.T(ctx, "qualify.todo.check"), Icon: "send",
		Status: ui.Status(ui.Info, i18n.T(ctx, "qualify.todo.ready"))}
	if len(a.Missing) > 0 {
		check.Status = ui.Status(ui.Neutral, i18n.T(ctx, "qualify.todo.not_yet"))
	}
	tasks := []ui.Task{
		entry("/target", i18n.T(ctx, "qualify.step.target"), i18n.T(ctx, "qualify.todo.target"), "stairs-up", missing(&a, aboutTarget)),
		entry("/form", i18n.T(ctx, "qualify.step.form"), i18n.T(ctx, "qualify.todo.form"), "file-text", missing(&a, aboutForm)),
	}
	if len(a.Materials) > 0 {
		tasks = append(tasks, entry("/materials", i18n.T(ctx, "qualify.step.materials"), i18n.T(ctx, "qualify.todo.materials"), "briefcase", missing(&a, aboutMaterials)))
	}
	return append(tasks, entry("/evidence", i18n.T(ctx, "qualify.step.evidence"), i18n.T(ctx, "qualify.todo.evidence"), "paperclip", missing(&a, aboutEvidence)), check)
}

// progress shows the way of an application that was handed in.
func progress(ctx context.Context, a qualification.ApplicationView) []ui.Step {
	at := map[qualification.State]int{qualification.Draft: 0, qualification.Returned: 0, qualification.Submitted: 1, qualification.UnderReview: 2}
	n, waiting := at[a.State]
	if !waiting {
		n = 4
	}
	labels := []string{i18n.T(ctx, "qualify.way.write"), i18n.T(ctx, "qualify.way.submitted"), i18n.T(ctx, "qualify.way.review"), i18n.T(ctx, "qualify.way.decision")}
	if len(a.Spec.Application.Phases) > 0 {
		n, labels = phaseWay(ctx, a)
	}
	var out []ui.Step
	for i, l := range labels {
		out = append(out, ui.Step{Label: l, Done: i < n, Current: i == n})
	}
	return out
}

// ahead is what will happen next to an application.
func ahead(ctx context.Context, a qualification.ApplicationView) []ui.Event {
	switch a.State {
	case qualification.Submitted, qualification.UnderReview:
		return []ui.Event{{At: Last(a.ReviewDue), Title: i18n.T(ctx, "qualify.ahead.due"), Ahead: true}}
	case qualification.Returned:
		return []ui.Event{{At: Last(a.ReturnDue), Title: i18n.T(ctx, "qualify.ahead.return"), Ahead: true}}
	}
	return nil
}

// reasonTasks are the reasons of a return, each leading to where it's corrected.
func reasonTasks(ctx context.Context, a qualification.ApplicationView) []ui.Task {
	var out []ui.Task
	for _, x := range a.Reasons {
		title := FieldLabel(ctx, a, x.Field)
		if title == "" {
			title = i18n.T(ctx, "qualify.reason.whole")
		}
		t := ui.Task{Title: title, Sub: door.Data(ctx, x.Text), Icon: "alert-triangle"}
		if a.Can.Edit && x.Field != "" {
			t.Href = fixAt(a, x.Field)
		}
		out = append(out, t)
	}
	return out
}

func (p pages) confirmWithdraw(w http.ResponseWriter, r *http.Request, d door.Door) error {
	a, err := p.view(r, d)
	if err != nil {
		return err
	}
	if !a.Can.Withdraw {
		return fault.Conflict(i18n.M("application.conflict.state", i18n.A{"state": a.State.Label()}))
	}
	return p.Show(w, r, http.StatusOK, withdrawPage(door.See(p.Site, r, d), a))
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := p.q.Withdraw(r.Context(), site.By(r), id, edition(r)); err != nil {
		return err
	}
	return p.Go(w, r, base(id), i18n.M("qualify.withdrawn"))
}

// repeat begins again from an application that was rejected or withdrawn.
func (p pages) repeat(w http.ResponseWriter, r *http.Request) error {
	a, err := p.q.Repeat(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Go(w, r, base(a.ID), i18n.M("qualify.repeated"))
}

func (p pages) comment(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.q.Comment(r.Context(), site.By(r), id, r.PostFormValue("text"), false); err != nil {
		return p.again(w, r, err, statusPage)
	}
	return p.Go(w, r, base(id)+"#comments", i18n.M("qualify.commented"))
}

// Comments are what was said about an application, the latest first.
func Comments(ctx context.Context, list []qualification.Comment) (out []ui.Event) {
	for _, c := range list {
		side := i18n.T(ctx, "qualify.comment.partner")
		tone := ui.Neutral
		if c.Vendor {
			side, tone = i18n.T(ctx, "qualify.comment.vendor"), ui.Info
		}
		if c.Internal {
			side, tone = i18n.T(ctx, "qualify.comment.internal"), ui.Warn
		}
		out = append(out, ui.Event{At: c.At, Title: side, By: c.AuthorName, Tone: tone, Body: said(c.Body)})
	}
	if len(out) > 1 && out[0].At.Before(out[len(out)-1].At) {
		for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
			out[i], out[j] = out[j], out[i]
		}
	}
	return out
}

func submitLabel(ctx context.Context, a qualification.ApplicationView) string {
	if a.State == qualification.Returned {
		return i18n.T(ctx, "qualify.resubmit")
	}
	return i18n.T(ctx, "qualify.check_submit")
}

func reasonsTitle(ctx context.Context, a qualification.ApplicationView) string {
	switch a.State {
	case qualification.Rejected:
		return i18n.T(ctx, "qualify.reasons.rejected")
	case qualification.Returned:
		return i18n.T(ctx, "qualify.reasons.returned")
	}
	return i18n.T(ctx, "qualify.reasons.before")
}

func reasonsSub(ctx context.Context, a qualification.ApplicationView) string {
	if a.State == qualification.Returned && a.Spec.Application.CorrectionDays > 0 {
		return i18n.T(ctx, "qualify.reasons.term", i18n.A{"day": Day(ctx, lastDay(a)), "n": a.Spec.Application.CorrectionDays})
	}
	if a.State == qualification.Returned {
		return i18n.T(ctx, "qualify.reasons.until", i18n.A{"day": Day(ctx, lastDay(a))})
	}
	return ""
}
