package qualify

import (
	"context"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// vacancyTasks are open places as things to do.
func vacancyTasks(ctx context.Context, v door.View, line func(string) (*program.Line, bool), list []qualification.Vacancy) []ui.Task {
	var out []ui.Task
	for _, x := range list {
		t := ui.Task{Icon: "user-x", Title: i18n.T(ctx, "qualify.vacancy.title", i18n.A{"line": watchLine(line, x.Line)}),
			Sub: i18n.T(ctx, "qualify.vacancy.sub", i18n.A{"name": i18n.Raw(x.Name), "code": x.Code, "day": Day(ctx, x.OpenedOn)})}
		switch x.State {
		case "filled":
			t.Status = ui.Status(ui.Good, i18n.T(ctx, "qualify.vacancy.filled", i18n.A{"name": i18n.Raw(x.FilledName)}))
		case "closed":
			t.Status = ui.Status(ui.Neutral, i18n.T(ctx, "qualify.vacancy.closed"))
		default:
			t.Status = left(x.Due, v.Site.Clock.Now())
		}
		if v.Can("roster.view") {
			t.Href = v.Path("/people/exits")
		}
		out = append(out, t)
	}
	return out
}
