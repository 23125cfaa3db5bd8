package review

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func (p pages) askPass(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, func(a qualification.Actions) bool { return a.Pass }, passPage)
}

// pass passes the phase; the review goes on, or waits for somebody else's countersignature.
func (p pages) pass(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a, err := p.q.Pass(r.Context(), site.By(r), r.PathValue("id"), edition(r), r.PostFormValue("note"))
	if err != nil {
		return p.refused(w, r, err, passPage)
	}
	return p.Go(w, r, base(a.ID), i18n.M("reviewpage.passed", i18n.A{"next": qualification.PhaseLabel(a.Phase)}))
}

// signsOwn tells whether the reader passed the technical review and so can't countersign it.
func (x work) signsOwn(by actor.Actor) bool {
	return x.Progress() == qualification.ProgressCountersign && x.State == qualification.Submitted && !x.Can.Start && by.Can(actor.DecideReview)
}

// approveText says what an approval grants.
func (x work) approveText(ctx context.Context) string {
	a := i18n.A{"from": i18n.From(ctx).Date(x.now), "until": qualify.Day(ctx, x.until()), "holder": i18n.Raw(x.Form.Company)}
	if x.until().IsNone() {
		return i18n.T(ctx, "reviewpage.approve.open", a)
	}
	return i18n.T(ctx, "reviewpage.approve.text", a)
}

// materialSpots are the materials as places of a reason.
func (x work) materialSpots(ctx context.Context) (out []spot) {
	for _, m := range x.Materials {
		names := ""
		for _, it := range m.Materials {
			if names != "" {
				names += ", "
			}
			names += it.Fields.Title
		}
		out = append(out, spot{"reason:" + m.Field(), i18n.Say(ctx, m.Ask.Title.Msg()), names})
	}
	return out
}

// attested is what reviewers attested of a partner, and from what it's kept for a time.
type attested struct {
	door.View
	List  []qualification.Attestation
	Bans  []qualification.Ban
	names qualify.Names
	kinds []qualification.AttestationKind
}

// attestations are the pages about a partner's attestations and bans.
func (p pages) attestations() {
	door.Vendor(p.Site, "GET", "/attestations", p.attestationList)
	door.Vendor(p.Site, "GET", "/attestations/new", p.askAttest)
	door.Vendor(p.Site, "POST", "/attestations/new", p.attest)
	door.Vendor(p.Site, "GET", "/attestations/{id}/withdraw", p.askWithdraw)
	door.Vendor(p.Site, "POST", "/attestations/{id}/withdraw", p.withdraw)
	door.Vendor(p.Site, "GET", "/bans/{id}/lift", p.askLift)
	door.Vendor(p.Site, "POST", "/bans/{id}/lift", p.lift)
}

func (p pages) attested(r *http.Request, d door.Door, errs ...ui.FieldError) (v attested, err error) {
	v = attested{View: door.See(p.Site, r, d, errs...), names: qualify.NamesAt(p.q, p.Clock.Now()), kinds: p.q.AttestationKinds()}
	if v.List, err = p.q.Attestations(r.Context(), site.By(r), d.Account); err != nil {
		return v, err
	}
	v.Bans, err = p.q.Bans(r.Context(), site.By(r), d.Account)
	return v, err
}

func (p pages) attestationList(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.attested(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, attestationsPage(v))
}

func (p pages) askAttest(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	v, err := p.attested(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, attestPage(v))
}

func (p pages) attest(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	day := func(name string) calendar.Day {
		x, _ := calendar.ParseOptional(r.PostFormValue(name)) // the verb asks for the day that is needed
		return x
	}
	_, err := p.q.Attest(r.Context(), site.By(r), qualification.NewAttestation{Partner: d.Account, What: r.PostFormValue("what"),
		On: day("on"), Until: day("until"), Note: r.PostFormValue("note")})
	if err != nil {
		return p.again(w, r, d, err, attestPage)
	}
	return p.Go(w, r, d.Path("/attestations"), i18n.M("reviewpage.attest.done"))
}

// again shows a page about attestations with what was refused.
func (p pages) again(w http.ResponseWriter, r *http.Request, d door.Door, err error, page func(attested) templ.Component) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	v, failed := p.attested(r, d)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.View = door.See(p.Site, r, d, errs...)
		return page(v)
	})
}

// attestation finds the one that a page is about.
func (v attested) attestation(id string) (qualification.Attestation, bool) {
	for _, x := range v.List {
		if x.ID == id && x.WithdrawnAt.IsZero() {
			return x, true
		}
	}
	return qualification.Attestation{}, false
}

func (p pages) askWithdraw(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	v, err := p.attested(r, d)
	if err != nil {
		return err
	}
	x, ok := v.attestation(r.PathValue("id"))
	if !ok {
		return fault.NotFound()
	}
	return p.Show(w, r, http.StatusOK, withdrawPage(v, x))
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.q.WithdrawAttestation(r.Context(), site.By(r), d.Account, id, r.PostFormValue("reason")); err != nil {
		return p.again(w, r, d, err, func(v attested) templ.Component {
			x, _ := v.attestation(id)
			return withdrawPage(v, x)
		})
	}
	return p.Go(w, r, d.Path("/attestations"), i18n.M("reviewpage.attest.withdrawn"))
}

// ban finds the one that a page is about.
func (v attested) ban(id string) (qualification.Ban, bool) {
	for _, b := range v.Bans {
		if b.ID == id {
			return b, true
		}
	}
	return qualification.Ban{}, false
}

func (p pages) askLift(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.LiftBan); err != nil {
		return err
	}
	v, err := p.attested(r, d)
	if err != nil {
		return err
	}
	b, ok := v.ban(r.PathValue("id"))
	if !ok {
		return fault.NotFound()
	}
	return p.Show(w, r, http.StatusOK, liftPage(v, b))
}

func (p pages) lift(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.q.LiftBan(r.Context(), site.By(r), d.Account, id, r.PostFormValue("reason")); err != nil {
		return p.again(w, r, d, err, func(v attested) templ.Component {
			b, _ := v.ban(id)
			return liftPage(v, b)
		})
	}
	return p.Go(w, r, d.Path("/attestations"), i18n.M("reviewpage.ban.done"))
}

// title names what was attested.
func (v attested) title(ctx context.Context, what string) string {
	for _, k := range v.kinds {
		if k.What == what {
			return i18n.Say(ctx, k.Title)
		}
	}
	return what
}

func (v attested) options(ctx context.Context) (out []ui.Option) {
	for _, k := range v.kinds {
		out = append(out, ui.Option{Value: k.What, Label: i18n.Say(ctx, k.Title)})
	}
	return out
}

// state is the first line.
func (v attested) state(ctx context.Context) string {
	counting, running := 0, 0
	for _, x := range v.List {
		if x.Counts(v.Today()) {
			counting++
		}
	}
	for _, b := range v.Bans {
		if b.Running(v.Today()) {
			running++
		}
	}
	return i18n.T(ctx, "reviewpage.attest.state", i18n.A{"n": counting, "bans": running})
}

// attestationStatus says whether one counts.
func attestationStatus(ctx context.Context, v attested, x qualification.Attestation) (ui.Tone, string) {
	switch {
	case !x.WithdrawnAt.IsZero():
		return ui.Neutral, i18n.T(ctx, "reviewpage.attest.is_withdrawn")
	case x.Counts(v.Today()):
		return ui.Good, i18n.T(ctx, "reviewpage.attest.counts")
	}
	return ui.Neutral, i18n.T(ctx, "reviewpage.attest.over")
}

// banStatus says whether a ban runs.
func banStatus(ctx context.Context, v attested, b qualification.Ban) (ui.Tone, string) {
	switch {
	case b.Running(v.Today()):
		return ui.Bad, i18n.T(ctx, "qualify.ban.running")
	case !b.LiftedAt.IsZero():
		return ui.Neutral, i18n.T(ctx, "qualify.ban.lifted")
	}
	return ui.Neutral, i18n.T(ctx, "qualify.ban.ended")
}

// passText says what follows.
func passText(ctx context.Context, x work) string {
	if x.Phase == "technical" {
		return i18n.T(ctx, "reviewpage.pass.technical")
	}
	return i18n.T(ctx, "reviewpage.pass.preliminary")
}
