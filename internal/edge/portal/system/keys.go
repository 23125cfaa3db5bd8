package system

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"hanse/internal/domain/badge"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// keysView is the page of the keys with which certificates are signed.
type keysView struct {
	Shell  page.ShellView
	Keys   []badge.Key
	Manage bool
}

// keyAct is a change that's asked about before it's done. Key is empty when there's none yet.
type keyAct struct {
	Shell  page.ShellView
	Key    badge.Key
	Reason string
	Resign bool
	Errs   []ui.FieldError
}

func (v keysView) active() badge.Key {
	for _, k := range v.Keys {
		if k.State == badge.Active {
			return k
		}
	}
	return badge.Key{}
}

// old is how many credentials carry a signature of a key that signs no more.
func (v keysView) old() (n int64) {
	for _, k := range v.Keys {
		if k.State != badge.Active {
			n += k.Signed
		}
	}
	return n
}

func (v keysView) state(ctx context.Context) string {
	if v.active().ID == "" {
		return i18n.T(ctx, "system.keys.none_text")
	}
	var signed int64
	for _, k := range v.Keys {
		signed += k.Signed
	}
	return i18n.T(ctx, "system.keys.state", i18n.A{"day": i18n.From(ctx).Date(v.active().CreatedAt), "n": signed})
}

func (v keysView) next(ctx context.Context) string {
	if n := v.old(); n > 0 {
		return i18n.T(ctx, "system.keys.next_old", i18n.A{"n": n})
	}
	return i18n.T(ctx, "system.keys.next")
}

func (p pages) keysOf(r *http.Request) (keysView, error) {
	by := site.By(r)
	keys, err := p.Badge.Keys(r.Context(), by)
	return keysView{Keys: keys, Manage: by.Can(actor.ManageIssuerKeys)}, err
}

func (p pages) keys(w http.ResponseWriter, r *http.Request) error {
	v, err := p.keysOf(r)
	if err != nil {
		return err
	}
	v.Shell = p.Shell(r, i18n.M("system.keys.title"))
	return p.Show(w, r, http.StatusOK, keysPage(v))
}

// managed is keysOf for those who may change keys.
func (p pages) managed(r *http.Request) (keysView, error) {
	if err := site.By(r).May(actor.ManageIssuerKeys); err != nil {
		return keysView{}, err
	}
	return p.keysOf(r)
}

func (p pages) askRotate(w http.ResponseWriter, r *http.Request) error {
	v, err := p.managed(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, rotatePage(keyAct{Shell: p.Shell(r, i18n.M("system.keys.rotate")), Key: v.active(), Resign: true}))
}

func (p pages) rotate(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := badge.Change{Active: r.PostFormValue("active"), Reason: r.PostFormValue("reason"), Resign: r.PostFormValue("resign") != ""}
	if _, err := p.Badge.Rotate(r.Context(), site.By(r), in); err != nil {
		if fault.KindOf(err) == fault.KindConflict {
			return err
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return rotatePage(keyAct{p.Shell(r, i18n.M("system.keys.rotate")), badge.Key{ID: in.Active}, in.Reason, in.Resign, errs})
		})
	}
	return p.Go(w, r, "/system/keys", i18n.M("system.keys.rotated"))
}

// keyNamed is the key that the address names.
func (p pages) keyNamed(r *http.Request) (badge.Key, error) {
	v, err := p.managed(r)
	if err != nil {
		return badge.Key{}, err
	}
	for _, k := range v.Keys {
		if k.ID == r.PathValue("key") {
			return k, nil
		}
	}
	return badge.Key{}, fault.NotFound()
}

func (p pages) askRevoke(w http.ResponseWriter, r *http.Request) error {
	k, err := p.keyNamed(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, revokePage(keyAct{Shell: p.Shell(r, i18n.M("system.keys.revoke")), Key: k}))
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	k, err := p.keyNamed(r)
	if err != nil {
		return err
	}
	if _, err := p.Badge.Revoke(r.Context(), site.By(r), k.ID, r.PostFormValue("reason")); err != nil {
		if fault.KindOf(err) == fault.KindConflict {
			return err
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return revokePage(keyAct{Shell: p.Shell(r, i18n.M("system.keys.revoke")), Key: k, Reason: r.PostFormValue("reason"), Errs: errs})
		})
	}
	return p.Go(w, r, "/system/keys", i18n.M("system.keys.revoked"))
}

func (p pages) askSign(w http.ResponseWriter, r *http.Request) error {
	v, err := p.managed(r)
	if err != nil {
		return err
	}
	v.Shell = p.Shell(r, i18n.M("system.keys.sign"))
	return p.Show(w, r, http.StatusOK, signPage(v))
}

func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	if err := p.Badge.SignAllAnew(r.Context(), site.By(r)); err != nil {
		return err
	}
	return p.Go(w, r, "/system/keys", i18n.M("system.keys.signing"))
}

func keyAddress(k badge.Key, act string) string {
	return "/system/keys/" + url.PathEscape(k.ID) + "/" + act
}

var keyTones = map[badge.State]ui.Tone{badge.Active: ui.Good, badge.Retired: ui.Neutral, badge.Revoked: ui.Bad}
