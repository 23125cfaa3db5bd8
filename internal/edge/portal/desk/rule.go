package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A rulesView is the page of all rules, or the form of one.
type rulesView struct {
	door.View
	desk.Setup
	set   *taxonomy.Set
	all   []desk.Rule
	names map[string]string // of accounts
	tried *desk.Routed
	r     desk.Rule // on the form
}

func (p pages) readRules(r *http.Request, errs ...ui.FieldError) (v rulesView, err error) {
	ctx, by := r.Context(), site.By(r)
	v = rulesView{View: p.see(r, errs...)}
	if v.all, err = p.Desk.Rules(ctx, by); err != nil {
		return v, err
	}
	if v.Setup, err = p.Desk.Setup(ctx, by); err != nil {
		return v, err
	}
	var ids []string
	for _, x := range v.all {
		ids = append(ids, x.Asks.Accounts...)
	}
	if v.names, err = account.Names(ctx, p.DB.Read(), ids); err != nil {
		return v, err
	}
	v.set, err = p.set(ctx)
	return v, err
}

func (p pages) rules(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readRules(r)
	if err != nil {
		return err
	}
	if q := r.URL.Query(); q.Has("problem_type") {
		product, _ := v.set.Product(q.Get("product"))
		tried, err := p.Desk.Try(r.Context(), v.By, desk.Facts{ProblemType: q.Get("problem_type"), Product: q.Get("product"), Category: product.Category,
			Severity: q.Get("severity"), Region: q.Get("region"), Plan: q.Get("plan"), Lang: q.Get("language")})
		if err != nil {
			return err
		}
		v.tried = &tried
	}
	return p.Show(w, r, http.StatusOK, rulesPage(v))
}

func (v rulesView) state(ctx context.Context) string {
	on := 0
	for _, r := range v.all {
		if r.Active {
			on++
		}
	}
	if len(v.all) == 0 {
		return i18n.T(ctx, "desk.rules.none")
	}
	return i18n.T(ctx, "desk.rules.state", i18n.A{"n": on})
}

// A condition is one list of values on the form of a rule, and how it's shown.
type condition struct {
	name, label string
	options     []ui.Option
	values      []string
}

func (v rulesView) conditions(ctx context.Context, a desk.Asks) []condition {
	return []condition{
		{"problem_types", i18n.T(ctx, "desk.c.problem_type"), typeOptions(ctx, v.set), a.ProblemTypes},
		{"severities", i18n.T(ctx, "desk.c.severity"), severityOptions(ctx, v.set), a.Severities},
		{"plans", i18n.T(ctx, "desk.c.plan"), planOptions(ctx), a.Plans},
		{"languages", i18n.T(ctx, "desk.c.language"), languageOptions(ctx), a.Languages},
		{"regions", i18n.T(ctx, "desk.c.region"), regionOptions(ctx, v.set), a.Regions},
		{"categories", i18n.T(ctx, "desk.c.category"), categoryOptions(ctx, v.set), a.Categories},
		{"products", i18n.T(ctx, "desk.c.product"), productOptions(ctx, v.set), a.Products},
	}
}

// asked are a rule's conditions in words.
func (v rulesView) asked(ctx context.Context, a desk.Asks) (out []ui.Fact) {
	for _, c := range v.conditions(ctx, a) {
		if len(c.values) == 0 {
			continue
		}
		names := make([]string, len(c.values))
		for i, id := range c.values {
			names[i] = labelOf(c.options, id)
		}
		out = append(out, ui.Fact{Label: c.label, Value: strings.Join(names, " · ")})
	}
	if len(a.Accounts) > 0 {
		names := make([]string, len(a.Accounts))
		for i, id := range a.Accounts {
			if names[i] = v.names[id]; names[i] == "" {
				names[i] = id
			}
		}
		out = append(out, ui.Fact{Label: i18n.T(ctx, "desk.c.account"), Value: strings.Join(names, " · ")})
	}
	return out
}

func (v rulesView) picks(ctx context.Context) (out []ui.Option) {
	for _, p := range desk.Picks() {
		out = append(out, ui.Option{Value: string(p), Label: i18n.Say(ctx, p.Label())})
	}
	return out
}

func (p pages) rule(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManageDesk); err != nil {
		return err
	}
	v, err := p.readRules(r)
	if err != nil {
		return err
	}
	v.r = desk.Rule{Active: true, Pick: desk.PickLeast}
	if id := r.PathValue("id"); id != fresh {
		i := slices.IndexFunc(v.all, func(x desk.Rule) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		v.r = v.all[i]
	}
	return p.Show(w, r, http.StatusOK, rulePage(v))
}

func (p pages) saveRule(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	in := desk.Rule{ID: r.FormValue("id"), Name: r.FormValue("name"), Team: r.FormValue("team"), Pick: desk.Pick(r.FormValue("pick")), User: r.FormValue("user"),
		Active: r.FormValue("active") != "", Edition: edition(r), Asks: desk.Asks{ProblemTypes: f["problem_types"], Categories: f["categories"], Products: f["products"],
			Severities: f["severities"], Regions: f["regions"], Plans: f["plans"], Languages: f["languages"], Accounts: strings.Fields(r.FormValue("accounts"))}}
	saved, err := p.Desk.SaveRule(r.Context(), site.By(r), in)
	if err == nil {
		return p.Go(w, r, "/desk/rules", i18n.M("desk.rule.saved", i18n.A{"name": saved.Name}))
	}
	if !again(err) {
		return err
	}
	v, failed := p.readRules(r, site.Errors(r, err)...)
	if failed != nil {
		return failed
	}
	v.r = in
	return p.Show(w, r, status(err), rulePage(v))
}

// actRule moves a rule up or down, or takes it away.
func (p pages) actRule(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, done := r.Context(), site.By(r), r.PathValue("id"), i18n.Msg{}
	var err error
	switch r.PathValue("act") {
	case "up", "down":
		err = p.Desk.MoveRule(ctx, by, id, r.PathValue("act") == "up", edition(r))
	case "remove":
		err, done = p.Desk.RemoveRule(ctx, by, id, edition(r)), i18n.M("desk.rule.removed")
	default:
		return fault.NotFound()
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/desk/rules", done)
}
