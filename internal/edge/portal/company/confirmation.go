package company

import (
	"context"
	"net/http"

	"hanse/internal/domain/confirm"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// confirmation is the page where a company decides whether its people confirm with codes.
const confirmation = "/company/confirmation"

type confirmPages struct {
	*site.Site
	codes *confirm.Service
}

// RegisterConfirmation adds the page of a company's codes.
func RegisterConfirmation(s *site.Site, codes *confirm.Service) {
	p := confirmPages{s, codes}
	s.Page("GET "+confirmation, p.show)
	s.Page("POST "+confirmation, p.change)
}

type confirmView struct {
	door.View
	Switch     confirm.Switch
	Operations []confirm.Operation
}

func (p confirmPages) show(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	sw, err := p.codes.Switch(r.Context(), by)
	if err != nil {
		return err
	}
	v := confirmView{door.See(p.Site, r, door.Door{Account: by.Account}), sw, confirm.Operations(by.Kind)}
	return p.Show(w, r, http.StatusOK, confirmationPage(v))
}

func (p confirmPages) change(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	on := r.PostFormValue("on") == "true"
	if err := p.codes.SetSwitch(r.Context(), site.By(r), on); err != nil {
		return err
	}
	done := i18n.M("confirm.turned_off")
	if on {
		done = i18n.M("confirm.turned_on")
	}
	return p.Go(w, r, confirmation, done)
}

func (v confirmView) head(ctx context.Context) ui.HeadView {
	h := ui.HeadView{Title: i18n.T(ctx, "confirm.title"), State: i18n.T(ctx, "confirm.state.off"), Next: i18n.T(ctx, "confirm.next.off"), Actions: turn(v)}
	if v.Switch.On {
		h.State, h.Next = i18n.T(ctx, "confirm.state.on"), i18n.T(ctx, "confirm.next.on")
	}
	return h
}

func (v confirmView) asked(op confirm.Operation) bool { return v.Switch.On || op == confirm.Withdraw }
