package desk

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A textsView is a page of macros or canned answers, or the form of one.
type textsView struct {
	door.View
	desk.Setup
	set     *taxonomy.Set
	macros  []desk.Macro
	answers []desk.Answer
	m       desk.Macro // on the form
	a       desk.Answer
	words   string // asked for
	labels  []ticket.Label
}

func (p pages) readTexts(r *http.Request, errs ...ui.FieldError) (v textsView, err error) {
	ctx, by := r.Context(), site.By(r)
	v = textsView{View: p.see(r, errs...), words: r.URL.Query().Get("q")}
	if v.Setup, err = p.Desk.Setup(ctx, by); err != nil {
		return v, err
	}
	if v.macros, err = p.Desk.Macros(ctx, by); err != nil {
		return v, err
	}
	if v.answers, err = p.Desk.Answers(ctx, by, v.words); err != nil {
		return v, err
	}
	if v.labels, err = p.ownLabels(ctx, by); err != nil {
		return v, err
	}
	v.set, err = p.set(ctx)
	return v, err
}

func (p pages) macros(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readTexts(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, macrosPage(v))
}

func (v textsView) macroState(ctx context.Context) string {
	if len(v.macros) == 0 {
		return i18n.T(ctx, "desk.macros.none")
	}
	return i18n.T(ctx, "desk.macros.state", i18n.A{"n": len(v.macros)})
}

// does says in words what a macro changes.
func (v textsView) does(ctx context.Context, m desk.Macro) (out []string) {
	add := func(yes bool, text string) {
		if yes {
			out = append(out, text)
		}
	}
	add(m.ReplyEN != "" || m.ReplyZH != "", i18n.T(ctx, "desk.does.reply"))
	add(m.Move != desk.NoMove, i18n.Say(ctx, m.Move.Label()))
	add(m.Note != "", i18n.T(ctx, "desk.does.note"))
	add(m.Severity != "", i18n.T(ctx, "desk.does.severity", i18n.A{"value": labelOf(severityOptions(ctx, v.set), m.Severity)}))
	add(m.Type != "", i18n.T(ctx, "desk.does.type", i18n.A{"value": labelOf(typeOptions(ctx, v.set), m.Type)}))
	add(m.Product != "", i18n.T(ctx, "desk.does.product", i18n.A{"value": labelOf(productOptions(ctx, v.set), m.Product)}))
	if t, ok := v.Team(m.Content.Team); ok {
		out = append(out, i18n.T(ctx, "desk.does.team", i18n.A{"value": t.Name}))
	}
	add(m.Owner != "", i18n.T(ctx, "desk.does.owner", i18n.A{"value": labelOf(v.owners(ctx), m.Owner)}))
	add(len(m.Label) > 0, i18n.T(ctx, "desk.does.label", i18n.A{"value": v.labelNames(m.Label)}))
	add(len(m.Unlabel) > 0, i18n.T(ctx, "desk.does.unlabel", i18n.A{"value": v.labelNames(m.Unlabel)}))
	return out
}

// labelNames are the names of labels; a question mark for one that was removed.
func (v textsView) labelNames(ids []int64) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = "?"
		for _, l := range v.labels {
			if l.ID == id {
				names[i] = l.Name
			}
		}
	}
	return strings.Join(names, ", ")
}

// owners are choices of who owns the ticket after a macro.
func (v textsView) owners(ctx context.Context) []ui.Option {
	return append([]ui.Option{{Value: desk.OwnerMe, Label: i18n.T(ctx, "desk.owner.me")}, {Value: desk.OwnerNobody, Label: i18n.T(ctx, "desk.owner.nobody")}}, people(ctx, v.Setup)...)
}

func (v textsView) moves(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "none", Label: i18n.Say(ctx, desk.NoMove.Label())}}
	for _, m := range desk.Moves() {
		out = append(out, ui.Option{Value: string(m), Label: i18n.Say(ctx, m.Label())})
	}
	return out
}

func (v textsView) thens(ctx context.Context) (out []ui.Option) {
	for _, t := range []desk.Then{desk.Stay, desk.NextOne, desk.Queue} {
		out = append(out, ui.Option{Value: string(t), Label: i18n.Say(ctx, t.Label())})
	}
	return out
}

func (p pages) macro(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManageDesk); err != nil {
		return err
	}
	v, err := p.readTexts(r)
	if err != nil {
		return err
	}
	v.m = desk.Macro{Active: true, Then: desk.Stay}
	if id := r.PathValue("id"); id != fresh {
		i := slices.IndexFunc(v.macros, func(x desk.Macro) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		v.m = v.macros[i]
	}
	return p.Show(w, r, http.StatusOK, macroPage(v))
}

func (p pages) saveMacro(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	move := desk.Move(r.FormValue("move"))
	if move == "none" {
		move = desk.NoMove
	}
	in := desk.Macro{ID: r.FormValue("id"), Name: r.FormValue("name"), Team: r.FormValue("only_team"), Then: desk.Then(r.FormValue("then")),
		Active: r.FormValue("active") != "", Edition: edition(r), Content: desk.Content{ReplyEN: r.FormValue("reply_en"), ReplyZH: r.FormValue("reply_zh"),
			Note: r.FormValue("note"), Move: move, Severity: r.FormValue("severity"), Type: r.FormValue("problem_type"), Product: r.FormValue("product"),
			Team: r.FormValue("team"), Owner: r.FormValue("owner"), Label: numbers(r.PostForm["label"]), Unlabel: numbers(r.PostForm["unlabel"])}}
	saved, err := p.Macros.Save(r.Context(), site.By(r), in)
	if err == nil {
		return p.Go(w, r, "/desk/macros", i18n.M("desk.macro.saved", i18n.A{"name": saved.Name}))
	}
	if !again(err) {
		return err
	}
	v, failed := p.readTexts(r, site.Errors(r, err)...)
	if failed != nil {
		return failed
	}
	v.m = in
	return p.Show(w, r, status(err), macroPage(v))
}

func (p pages) removeMacro(w http.ResponseWriter, r *http.Request) error {
	if err := p.Desk.RemoveMacro(r.Context(), site.By(r), r.PathValue("id"), edition(r)); err != nil {
		return err
	}
	return p.Go(w, r, "/desk/macros", i18n.M("desk.macro.removed"))
}

func (p pages) answers(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readTexts(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, answersPage(v))
}

func (v textsView) answerState(ctx context.Context) string {
	if len(v.answers) == 0 && v.words == "" {
		return i18n.T(ctx, "desk.answers.none")
	}
	return i18n.T(ctx, "desk.answers.state", i18n.A{"n": len(v.answers)})
}

func (p pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManageDesk); err != nil {
		return err
	}
	v, err := p.readTexts(r)
	if err != nil {
		return err
	}
	if id := r.PathValue("id"); id != fresh {
		i := slices.IndexFunc(v.answers, func(x desk.Answer) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		v.a = v.answers[i]
	}
	return p.Show(w, r, http.StatusOK, answerPage(v))
}

func (p pages) saveAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := desk.Answer{ID: r.FormValue("id"), Name: r.FormValue("name"), Keywords: r.FormValue("keywords"), Team: r.FormValue("only_team"),
		BodyEN: r.FormValue("body_en"), BodyZH: r.FormValue("body_zh"), Edition: edition(r)}
	saved, err := p.Desk.SaveAnswer(r.Context(), site.By(r), in)
	if err == nil {
		return p.Go(w, r, "/desk/answers", i18n.M("desk.answer.saved", i18n.A{"name": saved.Name}))
	}
	if !again(err) {
		return err
	}
	v, failed := p.readTexts(r, site.Errors(r, err)...)
	if failed != nil {
		return failed
	}
	v.a = in
	return p.Show(w, r, status(err), answerPage(v))
}

func (p pages) removeAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := p.Desk.RemoveAnswer(r.Context(), site.By(r), r.PathValue("id"), edition(r)); err != nil {
		return err
	}
	return p.Go(w, r, "/desk/answers", i18n.M("desk.answer.removed"))
}

// firstLine is how a text begins, for a list.
func firstLine(text string) string {
	r := []rune(text)
	for i, c := range r {
		if c == '\n' || i == 90 {
			return string(r[:i]) + "…"
		}
	}
	return text
}
