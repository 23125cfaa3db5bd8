// Package agreement holds the pages of what users of tickets agree to: companies read and sign it, the vendor publishes new
// versions.
package agreement

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/agreement"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *agreement.Service
}

const path = "/ticket-agreements"

// Register adds the pages.
func Register(s *site.Site, agreements *agreement.Service) {
	p := pages{s, agreements}
	p.Page("GET "+path, p.list)
	p.Page("GET "+path+"/{id}", p.one)
	p.Page("POST "+path+"/{id}/sign", p.sign)
	p.Page("GET "+path+"/{id}/new", p.draft)
	p.Page("POST "+path+"/{id}/new", p.publish)
}

// A view is what all pages know: every version, what the reader signed, and for the vendor how many did.
type view struct {
	door.View
	all     []agreement.Version
	mine    []agreement.Signature
	reached []agreement.Reach
	v       agreement.Version // the one on the page
}

func (p pages) read(r *http.Request) (v view, err error) {
	ctx, by := r.Context(), site.By(r)
	v.View = door.See(p.Site, r, door.Door{Account: by.Account})
	if v.all, err = p.s.Versions(ctx, by); err != nil {
		return v, err
	}
	if v.signs() {
		if v.mine, err = p.s.Mine(ctx, by); err != nil {
			return v, err
		}
	}
	if v.publishes() {
		v.reached, err = p.s.Reached(ctx, by)
	}
	return v, err
}

func (v view) signs() bool     { return v.Can(actor.SignTicketAgreement) }
func (v view) publishes() bool { return v.Can(actor.ManageTicketAgreements) }

// latest is the version of a kind that holds.
func (v view) latest(k agreement.Kind) (agreement.Version, bool) {
	i := slices.IndexFunc(v.all, func(x agreement.Version) bool { return x.Kind == k })
	if i < 0 {
		return agreement.Version{}, false
	}
	return v.all[i], true
}

func (v view) inForce() (out []agreement.Version) {
	for _, k := range agreement.Kinds {
		if x, ok := v.latest(k); ok {
			out = append(out, x)
		}
	}
	return out
}

// signed is the reader's signature under a version.
func (v view) signed(x agreement.Version) (agreement.Signature, bool) {
	i := slices.IndexFunc(v.mine, func(s agreement.Signature) bool { return s.Kind == x.Kind && s.Version == x.Version })
	if i < 0 {
		return agreement.Signature{}, false
	}
	return v.mine[i], true
}

// reach is how many signed a version.
func (v view) reach(x agreement.Version) (out agreement.Reach) {
	for _, r := range v.reached {
		if r.Kind == x.Kind && r.Version == x.Version {
			out = r
		}
	}
	return out
}

func (v view) holds(x agreement.Version) bool {
	last, ok := v.latest(x.Kind)
	return ok && last.Version == x.Version
}

// open is how many that hold the reader hasn't signed.
func (v view) open() (n int) {
	for _, x := range v.inForce() {
		if _, ok := v.signed(x); !ok {
			n++
		}
	}
	return n
}

func (v view) state(ctx context.Context) string {
	switch {
	case !v.signs():
		return i18n.T(ctx, "agreement.state.vendor", i18n.A{"n": len(v.inForce())})
	case v.open() == 0:
		return i18n.T(ctx, "agreement.state.all")
	}
	return i18n.T(ctx, "agreement.state.open", i18n.A{"n": v.open()})
}

func (v view) next(ctx context.Context) string {
	switch {
	case v.publishes():
		return i18n.T(ctx, "agreement.next.publish")
	case !v.signs():
		return i18n.T(ctx, "agreement.next.read")
	case v.open() == 0:
		return i18n.T(ctx, "agreement.next.signed")
	}
	return i18n.T(ctx, "agreement.next.sign")
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) readOne(r *http.Request) (view, error) {
	v, err := p.read(r)
	if err != nil {
		return v, err
	}
	i := slices.IndexFunc(v.all, func(x agreement.Version) bool { return strconv.FormatInt(x.ID(), 10) == r.PathValue("id") })
	if i < 0 {
		return v, fault.NotFound()
	}
	v.v = v.all[i]
	return v, nil
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readOne(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, onePage(v))
}

// sign records that the reader agrees to the version that the page showed.
func (p pages) sign(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readOne(r)
	if err != nil {
		return err
	}
	if _, err := p.s.Sign(r.Context(), v.By, v.v.ID(), ""); err != nil {
		return err
	}
	return p.Go(w, r, path, i18n.M("agreement.signed"))
}

// others are the versions of the kind on the page, the newest first.
func (v view) others() (out []agreement.Version) {
	for _, x := range v.all {
		if x.Kind == v.v.Kind {
			out = append(out, x)
		}
	}
	return out
}

func (v view) lines(ctx context.Context) []string {
	return strings.Split(v.v.Body(i18n.From(ctx).Lang), "\n")
}

func (v view) oneState(ctx context.Context) string {
	if !v.holds(v.v) {
		return i18n.T(ctx, "agreement.is.replaced", i18n.A{"version": v.v.Version})
	}
	if s, ok := v.signed(v.v); ok {
		return i18n.T(ctx, "agreement.is.signed", i18n.A{"version": v.v.Version, "at": i18n.From(ctx).DateTime(s.SignedAt)})
	}
	return i18n.T(ctx, "agreement.is.held", i18n.A{"version": v.v.Version, "at": i18n.From(ctx).DateTime(v.v.PublishedAt)})
}

func (v view) oneNext(ctx context.Context) string {
	last, _ := v.latest(v.v.Kind)
	switch _, signed := v.signed(v.v); {
	case last.Version != v.v.Version:
		return i18n.T(ctx, "agreement.do.newer", i18n.A{"version": last.Version})
	case v.publishes():
		x := v.reach(v.v)
		return i18n.T(ctx, "agreement.do.reached", i18n.A{"n": x.Users, "accounts": i18n.From(ctx).Int(x.Accounts)})
	case !v.signs(), signed:
		return i18n.T(ctx, "agreement.next.read")
	}
	return i18n.T(ctx, "agreement.do.sign")
}

// draft is the form of a new version: it begins with the text that holds.
func (p pages) draft(w http.ResponseWriter, r *http.Request) error {
	v, err := p.drafting(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, draftPage(v))
}

func (p pages) drafting(r *http.Request) (view, error) {
	if err := site.By(r).May(actor.ManageTicketAgreements); err != nil {
		return view{}, err
	}
	v, err := p.readOne(r)
	if err == nil {
		v.v, _ = v.latest(v.v.Kind)
	}
	return v, err
}

func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.drafting(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	x, err := p.s.Publish(r.Context(), v.By, agreement.Version{Kind: v.v.Kind, TitleEN: f.Get("title_en"), TitleZH: f.Get("title_zh"),
		BodyEN: f.Get("body_en"), BodyZH: f.Get("body_zh")})
	if err == nil {
		return p.Go(w, r, href(x), i18n.M("agreement.published", i18n.A{"version": x.Version}))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return draftPage(v)
	})
}

func href(x agreement.Version) string { return path + "/" + strconv.FormatInt(x.ID(), 10) }

func trail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: path, Label: i18n.T(ctx, "agreement.title")}}
}
