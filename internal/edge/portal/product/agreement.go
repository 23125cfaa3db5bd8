package product

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/product"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

type agreementsView struct {
	door.View
	all   []product.Agreement
	force int64 // the version in force
	draft int64
}

func (p pages) agreements(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	v := agreementsView{View: p.see(r)}
	var err error
	if v.all, err = p.s.Agreements(ctx, by); err != nil {
		return err
	}
	now, err := p.s.Agreement(ctx, by, 0)
	if err != nil {
		return err
	}
	v.force = now.Version
	for _, a := range v.all {
		if a.State == product.Draft {
			v.draft = a.Version
		}
	}
	return p.Show(w, r, http.StatusOK, agreementsPage(v))
}

// draftAgreement begins a version as a copy of the one in force.
func (p pages) draftAgreement(w http.ResponseWriter, r *http.Request) error {
	now, err := p.s.Agreement(r.Context(), site.By(r), 0)
	if err != nil {
		return err
	}
	a, err := p.s.SaveAgreement(r.Context(), site.By(r), product.Agreement{Titles: now.Titles, Body: now.Body})
	if err != nil {
		return err
	}
	return p.Go(w, r, agreementPath(a.Version), i18n.M("prices.agreement.drafted", i18n.A{"version": a.Version}))
}

func agreementPath(n int64) string { return "/agreements/" + id64(n) }

type agreementView struct {
	door.View
	a   product.Agreement
	now time.Time
}

// lines are the paragraphs in the reader's language.
func (v agreementView) lines(lang string) []string {
	body := v.a.Body.EN
	if lang == i18n.Chinese {
		body = v.a.Body.ZH
	}
	return strings.Split(body, "\n")
}

func (p pages) oneAgreement(r *http.Request) (v agreementView, err error) {
	n, err := number(r)
	if err != nil {
		return v, err
	}
	v.View, v.now = p.see(r), p.Clock.Now()
	v.a, err = p.s.Agreement(r.Context(), site.By(r), n)
	return v, err
}

func (p pages) agreement(w http.ResponseWriter, r *http.Request) error {
	v, err := p.oneAgreement(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, agreementPage(v))
}

func (p pages) saveAgreement(w http.ResponseWriter, r *http.Request) error {
	return p.changeAgreement(w, r, i18n.M("prices.saved"), func(v agreementView) error {
		in := v.a
		in.Edition = edition(r)
		in.Titles = product.Names{EN: r.PostFormValue("title_en"), ZH: r.PostFormValue("title_zh")}
		in.Body = product.Names{EN: r.PostFormValue("body_en"), ZH: r.PostFormValue("body_zh")}
		_, err := p.s.SaveAgreement(r.Context(), site.By(r), in)
		return err
	})
}

func (p pages) publishAgreement(w http.ResponseWriter, r *http.Request) error {
	return p.changeAgreement(w, r, i18n.M("prices.agreement.published"), func(v agreementView) error {
		from, err := begins(r)
		if err != nil {
			return err
		}
		_, err = p.s.PublishAgreement(r.Context(), site.By(r), v.a.Version, edition(r), from)
		return err
	})
}

// changeAgreement does something with one version, and shows its page again when that is refused.
func (p pages) changeAgreement(w http.ResponseWriter, r *http.Request, done i18n.Msg, do func(v agreementView) error) error {
	if err := managed(w, r); err != nil {
		return err
	}
	v, err := p.oneAgreement(r)
	if err != nil {
		return err
	}
	if err := do(v); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return agreementPage(v)
		})
	}
	return p.Go(w, r, agreementPath(v.a.Version), done)
}

func (p pages) withdrawAgreement(w http.ResponseWriter, r *http.Request) error {
	if err := managed(w, r); err != nil {
		return err
	}
	n, err := number(r)
	if err != nil {
		return err
	}
	if err := p.s.WithdrawAgreement(r.Context(), site.By(r), n); err != nil {
		return err
	}
	return p.Go(w, r, "/agreements", i18n.M("prices.withdrawn", i18n.A{"version": n}))
}

func (v agreementView) edits() bool { return v.a.State == product.Draft && v.Can(actor.ManagePrices) }

func (v agreementView) drops() bool {
	return v.Can(actor.ManagePrices) && (v.a.State == product.Draft || v.a.State == product.Published && v.a.From.After(v.now))
}

func (v agreementView) state(ctx context.Context) string {
	switch {
	case v.a.State == product.Draft:
		return i18n.T(ctx, "prices.agreement.state.draft")
	case v.a.State == product.Withdrawn:
		return i18n.T(ctx, "prices.state.withdrawn")
	case v.a.From.After(v.now):
		return i18n.T(ctx, "prices.state.coming", i18n.A{"day": dayText(v.a.From)})
	}
	return i18n.T(ctx, "prices.agreement.state", i18n.A{"day": dayText(v.a.From)})
}

func (v agreementView) next(ctx context.Context) string {
	if v.edits() {
		return i18n.T(ctx, "prices.next.draft")
	}
	return i18n.T(ctx, "prices.agreement.next")
}
