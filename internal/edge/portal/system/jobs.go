package system

import (
	"context"
	"net/http"
	"time"

	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

type jobsView struct {
	Shell  page.ShellView
	R      *http.Request
	Counts map[jobs.State]int64
	Plans  []jobs.Planned
	Jobs   []jobs.Job
	State  jobs.State
	Kind   string
	Pager  ui.PagerView
	Retry  bool
}

func jobFilter(r *http.Request) jobs.Filter {
	q := r.URL.Query()
	f := jobs.Filter{State: jobs.State(q.Get("state")), Kind: typed(q, "kind")}
	switch f.State {
	case jobs.Ready, jobs.Running, jobs.Done, jobs.Dead:
	default:
		f.State = ""
	}
	return f
}

func (p pages) jobs(w http.ResponseWriter, r *http.Request) error {
	by, f := site.By(r), jobFilter(r)
	counts, plans, err := p.Jobs.Overview(r.Context(), by)
	if err != nil {
		return err
	}
	name := "jobs\x00" + string(f.State) + "\x00" + f.Kind
	at, err := p.Cursors.Parse(r.URL.Query(), name, 1)
	if err != nil {
		return err
	}
	if at.After != nil {
		f.Before = at.After[0]
	}
	f.Limit = at.Fetch()
	found, err := p.Jobs.List(r.Context(), by, f)
	if err != nil {
		return err
	}
	v := jobsView{Shell: p.Shell(r, i18n.M("system.jobs.title")), R: r, Plans: plans, State: f.State, Kind: f.Kind,
		Counts: map[jobs.State]int64{}, Retry: by.Can(actor.RetryJob)}
	for _, c := range counts {
		v.Counts[c.State] = c.Jobs
	}
	var links cursor.Links
	v.Jobs, links = cursor.Cut(p.Cursors, name, at, found, func(j jobs.Job) cursor.Key { return cursor.Key{j.ID} })
	v.Pager.Next = door.After(r, links.Next)
	if at.After != nil {
		v.Pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, jobsPage(v))
}

func (p pages) retry(w http.ResponseWriter, r *http.Request) error {
	if err := p.Jobs.Retry(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/system/jobs?state=dead", i18n.M("system.job.retried"))
}

func (p pages) exportJobs(r *http.Request, _ door.Door) (door.Table, error) {
	by, f := site.By(r), jobFilter(r)
	if err := by.May(actor.ViewJobs); err != nil {
		return door.Table{}, err
	}
	most, err := p.exportLimit(r)
	if err != nil {
		return door.Table{}, err
	}
	next := func(after string) ([]jobs.Job, string, error) {
		f.Before, f.Limit = after, min(most, 1000)
		found, err := p.Jobs.List(r.Context(), by, f)
		if most -= len(found); err != nil || len(found) < 1000 || most <= 0 {
			return found, "", err
		}
		return found, found[len(found)-1].ID, nil
	}
	header := []string{"id", "kind", "key", "account", "state", "attempts", "run_at", "created_at", "finished_at", "last_error"}
	return door.Table{Name: "jobs", Header: header, Rows: door.Pages(next, jobRow)}, nil
}

func jobRow(j jobs.Job) []string {
	return []string{j.ID, j.Kind, j.Key, j.Account, string(j.State), i18nInt(j.Attempts), stamp(j.RunAt), stamp(j.CreatedAt),
		stamp(j.Finished), j.LastError}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

func stateName(ctx context.Context, s jobs.State) string {
	switch s {
	case jobs.Ready:
		return i18n.T(ctx, "system.job.ready")
	case jobs.Running:
		return i18n.T(ctx, "system.job.running")
	case jobs.Done:
		return i18n.T(ctx, "system.job.done")
	}
	return i18n.T(ctx, "system.job.dead")
}

var stateTones = map[jobs.State]ui.Tone{jobs.Ready: ui.Info, jobs.Running: ui.Info, jobs.Done: ui.Good, jobs.Dead: ui.Bad}
