package sla

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/slaview"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// spareRules are the empty rows of the form.
const spareRules = 2

// The codes that the form offers; what else a policy has, it keeps.
var (
	plans      = []string{"BASIC", "STANDARD", "PREMIUM"}
	severities = []string{"CORE_DOWN", "PROD_DOWN", "PROD_IMPAIRED", "SYS_IMPAIRED", "GUIDANCE"}
)

type policiesView struct {
	door.View
	all       []sla.Policy
	force     sla.Policy
	calendars map[string]string
	passes    []sla.Progress
}

func (p pages) policies(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := policiesView{View: p.see(r)}
	all, current, err := p.s.Policies(ctx, v.By)
	if err != nil {
		return err
	}
	v.all = all
	if at, given := r.URL.Query()["version"]; given {
		current = at[0]
	}
	i := slices.IndexFunc(all, func(x sla.Policy) bool { return x.ID == current })
	if i < 0 {
		return fault.NotFound()
	}
	v.force = all[i]
	if v.calendars, err = p.names(r); err != nil {
		return err
	}
	if v.passes, err = p.s.Passes(ctx, v.By); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, policiesPage(v))
}

// names are those of all calendars by their ids.
func (p pages) names(r *http.Request) (map[string]string, error) {
	now, ahead, err := p.s.Calendars(r.Context(), site.By(r))
	names := map[string]string{}
	for _, c := range append(ahead, now...) {
		names[c.ID] = c.Name
	}
	return names, err
}

// state says what holds, and since when.
func (v policiesView) state(ctx context.Context) string {
	return i18n.T(ctx, "sla.policies.state", i18n.A{"n": len(v.force.Rules), "since": since(ctx, v.force.Effective)})
}

// next says what to do, or what is going on.
func (v policiesView) next(ctx context.Context) string {
	if len(v.passes) > 0 && v.passes[0].Finished.IsZero() {
		return i18n.T(ctx, "sla.policies.running", i18n.A{"done": v.passes[0].Done, "total": v.passes[0].Total})
	}
	return i18n.T(ctx, "sla.policies.next")
}

func warnText(p sla.Policy) string {
	var parts []string
	for _, n := range p.Warn {
		parts = append(parts, strconv.Itoa(n))
	}
	return strings.Join(parts, ", ")
}

func limit(ctx context.Context, d time.Duration) string {
	if d <= 0 {
		return i18n.T(ctx, "sla.no_limit")
	}
	return slaview.Took(ctx, d)
}

// code is a plan or a severity in a rule, where nothing means any.
func code(ctx context.Context, c string) string {
	if c == "" {
		return i18n.T(ctx, "sla.any")
	}
	return i18n.Say(ctx, slaview.Code(c))
}

// policyView is the policy's form.
type policyView struct {
	door.View
	base      sla.Policy
	rows      int
	calendars map[string]string
	samples   []sla.Sample
	opened    time.Time
	preview   bool
}

func (p pages) editPolicy(w http.ResponseWriter, r *http.Request) error {
	v, err := p.policyView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, policyPage(v))
}

// policyView begins with the version that the address names, or the one in force.
func (p pages) policyView(r *http.Request) (v policyView, err error) {
	v.View = p.see(r)
	if err := may(r, actor.ManageSLA); err != nil {
		return v, err
	}
	id := r.URL.Query().Get("id")
	if !r.URL.Query().Has("id") {
		if _, id, err = p.s.Policies(r.Context(), v.By); err != nil {
			return v, err
		}
	}
	if v.base, err = p.s.Policy(r.Context(), v.By, id); err != nil {
		return v, err
	}
	v.calendars, err = p.names(r)
	v.rows = len(v.base.Rules) + spareRules
	return v, err
}

func (p pages) savePolicy(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.policyView(r)
	if err != nil {
		return err
	}
	var fs fault.Fields
	var policy sla.Policy
	policy, v.rows = readPolicy(&fs, r.PostForm)
	policy.Effective = instant(&fs, "effective", r.PostFormValue("effective"))
	v.opened = instant(&fs, "opened", r.PostFormValue("opened"))
	if err = fs.Err(); err == nil && r.PostFormValue("do") == "preview" {
		if v.opened.IsZero() {
			v.opened = p.Clock.Now()
		}
		v.preview = true
		if v.samples, err = p.s.Sample(r.Context(), v.By, policy, nil, v.opened); err == nil {
			return p.Show(w, r, http.StatusOK, policyPage(v))
		}
	}
	if err == nil {
		if policy, err = p.s.SavePolicy(r.Context(), v.By, policy); err == nil {
			return p.Go(w, r, "/desk/policies", i18n.M("sla.policy.saved", i18n.A{"n": len(policy.Rules)}))
		}
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return policyPage(v)
	})
}

// readPolicy reads the form: rows without a calendar are empty. A refusal names the row as the form has it, so an empty
// row in the middle is kept out only when nothing follows it.
func readPolicy(fs *fault.Fields, form url.Values) (p sla.Policy, rows int) {
	p.Note = strings.TrimSpace(form.Get("note"))
	for form.Has(field(rows, "calendar")) {
		rows++
	}
	for i := range rows {
		if form.Get(field(i, "calendar")) == "" {
			continue
		}
		p.Rules = append(p.Rules, sla.Rule{Plan: form.Get(field(i, "plan")), Severity: form.Get(field(i, "severity")), Calendar: form.Get(field(i, "calendar")),
			First: readLimit(fs, form, i, sla.First), Update: readLimit(fs, form, i, sla.Update), Solution: readLimit(fs, form, i, sla.Solution)})
	}
	for _, part := range strings.FieldsFunc(form.Get("warn"), func(r rune) bool { return r == ',' || r == '，' || r == ' ' || r == '%' || r == '、' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			fs.Add("warn", part, i18n.M("sla.policy.bad_warn", i18n.A{"most": 5}))
			break
		}
		p.Warn = append(p.Warn, n)
	}
	return p, rows
}

func readLimit(fs *fault.Fields, form url.Values, i int, k sla.Kind) time.Duration {
	name := field(i, string(k))
	d, err := sla.ParseLimit(form.Get(name))
	if err != nil {
		fs.Add(name, form.Get(name), i18n.M("sla.policy.bad_limit", i18n.A{"value": form.Get(name)}))
	}
	return d
}

// field is the name of a rule's entry.
func field(i int, what string) string { return "rules." + strconv.Itoa(i) + "." + what }

// rule is the base's rule of a row; empty for a spare one.
func (v policyView) rule(i int) sla.Rule {
	if i < len(v.base.Rules) {
		return v.base.Rules[i]
	}
	return sla.Rule{}
}

// options are the codes to choose from, with the one that's there already.
func options(ctx context.Context, codes []string, has string) (out []ui.Option) {
	if has != "" && !slices.Contains(codes, has) {
		codes = append(slices.Clone(codes), has)
	}
	for _, c := range codes {
		out = append(out, ui.Option{Value: c, Label: i18n.Say(ctx, slaview.Code(c))})
	}
	return out
}

// calendarOptions are the calendars to choose from.
func (v policyView) calendarOptions(ctx context.Context) (out []ui.Option) {
	ids := make([]string, 0, len(v.calendars))
	for id := range v.calendars {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		out = append(out, ui.Option{Value: id, Label: door.Data(ctx, v.calendars[id])})
	}
	return out
}
