package qualify

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/skip2/go-qrcode"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
)

// A paper is a qualification with what its page needs besides.
type paper struct {
	qualification.QualificationView
	Issuer string
	Verify string           // address of the public page
	Latest *program.Version // by which it would be renewed
	Then   moment           // the day as of which it's shown
}

// certificate is the page of one qualification. The vendor's staff see it by the same address.
func (p pages) certificate(w http.ResponseWriter, r *http.Request) error {
	c, err := p.paper(r)
	if err == nil {
		err = p.seenAt(r, &c)
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, certificatePage(p.seen(r, c), c))
}

// seen is the page's view: the links to people and applications go by the door that the reader came by.
func (p pages) seen(r *http.Request, c paper, errs ...ui.FieldError) door.View {
	d := door.Door{Account: c.Account}
	if site.Vendor(r) {
		d.Base, d.Name, d.Vendor = "/channel/"+c.Account, c.Partner.Name, true
	}
	return door.See(p.Site, r, d, errs...)
}

func (p pages) paper(r *http.Request) (c paper, err error) {
	ctx := r.Context()
	if c.QualificationView, err = p.q.Qualification(ctx, site.By(r), r.PathValue("number")); err != nil {
		return c, err
	}
	c.Verify = p.BaseURL + "/verify/" + url.PathEscape(c.Number)
	if vendor, none := p.Accounts.Vendor(ctx); none == nil {
		c.Issuer = vendor.Name
	}
	if c.Latest, err = p.q.Current(c.Program, p.Clock.Now()); err != nil {
		c.Latest = c.Spec // the program ended: nothing newer to compare with
	}
	return c, nil
}

// changes are what a renewal asks otherwise than the version by which the level was granted.
func (c paper) changes() []program.Change { return changesOf(c.Spec, c.Latest, c.Level) }

func changesOf(old, latest *program.Version, level string) (out []program.Change) {
	if old.Ref() == latest.Ref() {
		return nil
	}
	for _, x := range program.Difference(old, latest) {
		if x.Level == level {
			out = append(out, x)
		}
	}
	return out
}

func (c paper) address() string { return "/certificates/" + url.PathEscape(c.Number) }

// face is the certificate as it looks on paper.
func (c paper) face(ctx context.Context) ui.CertificateView {
	v := ui.CertificateView{Kind: i18n.T(ctx, "qualify.certificate.kind"), Holder: c.Holder, Title: Level(ctx, c.Spec, c.Level),
		Sub: Title(ctx, c.Spec), Issuer: c.Issuer, Stars: Stars(ctx, c.Spec, c.Level, ""),
		Facts: []ui.Fact{{Label: i18n.T(ctx, "qualify.certificate.number"), Value: c.Number},
			{Label: i18n.T(ctx, "qualify.certificate.from"), Body: ui.Day(c.ValidFrom.String())},
			{Label: i18n.T(ctx, "qualify.certificate.until"), Body: until(c.Qualification)}}}
	if c.Product != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: i18n.T(ctx, "application.form.product"), Value: c.Product})
	}
	if c.HolderZH != "" && (i18n.From(ctx).Lang == i18n.Chinese || c.Holder == "") {
		v.Holder = c.HolderZH
	}
	if code, err := qrcode.New(c.Verify, qrcode.Medium); err == nil {
		v.QR = ui.QR(code.Bitmap(), i18n.T(ctx, "qualify.certificate.qr"))
	}
	if s := c.Status; s != qualification.StatusValid && s != qualification.StatusExpiring {
		v.Void = i18n.Say(ctx, s.Label())
	}
	return v
}

// state is the first line: the level, its status and its term.
func (c paper) state(ctx context.Context) string {
	level, day := Level(ctx, c.Spec, c.Level), Day(ctx, c.ValidUntil)
	switch c.Status {
	case qualification.StatusSuspended:
		return i18n.T(ctx, "qualify.certificate.suspended", i18n.A{"level": level, "standing": Level(ctx, c.Spec, c.StandingLevel)})
	case qualification.StatusExpired:
		return i18n.T(ctx, "qualify.certificate.expired", i18n.A{"level": level, "day": day})
	case qualification.StatusCancelled:
		return i18n.T(ctx, "qualify.certificate.cancelled", i18n.A{"level": level, "day": i18n.From(ctx).Date(c.StateAt)})
	case qualification.StatusRevoked:
		return i18n.T(ctx, "qualify.certificate.revoked", i18n.A{"level": level, "day": i18n.From(ctx).Date(c.StateAt)})
	case qualification.StatusLeft:
		return i18n.T(ctx, "qualify.certificate.left", i18n.A{"level": level, "day": i18n.From(ctx).Date(c.StateAt)})
	case qualification.StatusSuperseded:
		return i18n.T(ctx, "qualify.certificate.superseded", i18n.A{"level": level, "day": i18n.From(ctx).Date(c.StateAt)})
	}
	return Holds(ctx, c.Spec, c.Qualification)
}

// running tells whether it's the partner's present one.
func (c paper) running() bool {
	return c.Status == qualification.StatusValid || c.Status == qualification.StatusExpiring || c.Status == qualification.StatusSuspended
}

// next is the second line: what keeps it, or brings it back.
func (c paper) next(ctx context.Context) string {
	switch {
	case !c.running():
		return i18n.T(ctx, "qualify.certificate.next_over")
	case c.Status == qualification.StatusSuspended && c.Cause == qualification.CauseVendor:
		return i18n.T(ctx, "qualify.certificate.next_vendor")
	case c.open() > 0:
		return i18n.T(ctx, "qualify.decides.vacancy", i18n.A{"n": c.open()})
	case c.Watched():
		return i18n.T(ctx, "qualify.decides.watched", i18n.A{"line": watchLine(c.Spec.Line, c.WatchLine), "gap": gapOf(ctx, &c.Hold, c.Level)})
	case c.Status == qualification.StatusSuspended:
		return i18n.T(ctx, "qualify.certificate.next_staffing")
	case c.Renewal.Open:
		return i18n.T(ctx, "qualify.decides.renew", i18n.A{"day": Day(ctx, c.ValidUntil)})
	case !c.Renewal.Why.IsZero():
		return renewalWhy(ctx, c.Renewal)
	}
	return i18n.T(ctx, "qualify.certificate.next_keep")
}

func (c paper) open() (n int) {
	for _, x := range c.Vacancies {
		if x.State == "open" {
			n++
		}
	}
	return n
}

// lines explain what keeps the level now.
func (c paper) lines(ctx context.Context, v door.View) []ui.LineView {
	x := Proof{Spec: c.Spec, Day: v.Today(), Base: v.Base, Edit: !v.Vendor && v.Can(actor.EditServiceFacts), Name: func(id string) string {
		if n := c.Names[id]; n != "" {
			return n
		}
		return id
	}}
	if !v.Can(actor.ViewRoster) {
		x.Base = NoLinks
	}
	if v.Can(actor.ViewEvaluation) {
		x.All = v.Path("/qualifications/"+c.Program) + "?for=hold&all=1&level=" + c.Level
	}
	return x.Lines(ctx, c.result())
}

func (c paper) result() *program.TrackResult { return Track(&c.Hold, c.Level, c.Track) }

// facts are what is known of the qualification.
func (c paper) facts(ctx context.Context, v door.View) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "qualify.certificate.holder"), Value: join(c.Holder, c.HolderZH)},
		{Label: i18n.T(ctx, "qualify.version"), Body: ui.Link(ui.LinkView{Href: "/programs/" + c.Spec.Ref(), Label: i18n.T(ctx, "qualify.rule.policy", i18n.A{"version": c.Spec.Number})})},
	}
	if c.running() && c.Ends() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.certificate.window"), Body: ui.Day(c.Renewal.OpensOn.String())})
	}
	if v.Can(actor.ViewApplication) && c.Application != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.application"), Body: ui.Link(ui.LinkView{Href: v.Path("/applications/" + c.Application), Label: i18n.T(ctx, "qualify.act.status")})})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "qualify.certificate.verify"), Body: ui.Link(ui.LinkView{Href: "/verify/" + url.PathEscape(c.Number), Label: door.Data(ctx, c.Verify)})})
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " · " + b
}

// ahead is what time will bring.
func (c paper) ahead(ctx context.Context, v door.View) (out []ui.Event) {
	if !c.running() || !c.Ends() {
		return nil
	}
	out = append(out, ui.Event{At: Last(c.ValidUntil.End()), Title: i18n.T(ctx, "qualify.ahead.expiry"), Ahead: true})
	if c.Renewal.OpensOn > v.Today() {
		out = append(out, ui.Event{At: c.Renewal.OpensOn.Time(), Title: i18n.T(ctx, "qualify.ahead.window"), Ahead: true})
	}
	for _, x := range c.Vacancies {
		if x.State == "open" {
			out = append(out, ui.Event{At: Last(x.Due), Title: i18n.T(ctx, "qualify.ahead.vacancy", i18n.A{"line": watchLine(c.Spec.Line, x.Line)}), Ahead: true, Tone: ui.Warn})
		}
	}
	return out
}

// printCertificate is the certificate as PDF, in both languages.
func (p pages) printCertificate(w http.ResponseWriter, r *http.Request) error {
	c, err := p.paper(r)
	if err != nil {
		return err
	}
	doc, err := p.q.Certificate(r.Context(), site.By(r), c.Number, pdf.Both{EN: c.Issuer}, c.Verify)
	if err != nil {
		return err
	}
	b, err := p.press.Certificate(doc)
	if err != nil {
		return err
	}
	sendPDF(w, c.Number+".pdf", b)
	return nil
}

// A verdict is one of the vendor's decisions about a qualification.
type verdict struct {
	what                   string
	title, text, yes, done i18n.Msg
	tone                   ui.Tone
	kind                   ui.Kind
	may                    func(qualification.QualificationView) bool
}

func verdictOf(what string, c paper) (verdict, bool) {
	a := i18n.A{"number": c.Number}
	for _, v := range []verdict{
		{what, i18n.M("qualify.suspend.title", a), i18n.M("qualify.suspend.text"), i18n.M("qualify.suspend.yes", a), i18n.M("qualify.suspend.done", a),
			ui.Warn, ui.Danger, func(q qualification.QualificationView) bool { return what == "suspend" && q.Can.Suspend }},
		{what, i18n.M("qualify.reinstate.title", a), i18n.M("qualify.reinstate.text"), i18n.M("qualify.reinstate.yes", a), i18n.M("qualify.reinstate.done", a),
			ui.Info, ui.Primary, func(q qualification.QualificationView) bool { return what == "reinstate" && q.Can.Reinstate }},
		{what, i18n.M("qualify.cancel.title", a), i18n.M("qualify.cancel.text"), i18n.M("qualify.cancel.yes", a), i18n.M("qualify.cancel.done", a),
			ui.Bad, ui.Danger, func(q qualification.QualificationView) bool { return what == "cancel" && q.Can.Cancel }},
	} {
		if v.may(c.QualificationView) {
			return v, true
		}
	}
	return verdict{}, false
}

// decision reads the qualification and what is to be decided of it.
func (p pages) decision(r *http.Request) (paper, verdict, error) {
	what := r.PathValue("what")
	if what != "suspend" && what != "reinstate" && what != "cancel" {
		return paper{}, verdict{}, fault.NotFound()
	}
	if err := site.By(r).May(actor.SuspendOrCancel); err != nil {
		return paper{}, verdict{}, err
	}
	c, err := p.paper(r)
	if err != nil {
		return c, verdict{}, err
	}
	v, ok := verdictOf(what, c)
	if !ok {
		err = fault.Conflict(i18n.M("qualification.conflict.state", i18n.A{"state": c.Status.Label()}))
	}
	return c, v, err
}

// confirmDecision asks for the reason, and says what follows.
func (p pages) confirmDecision(w http.ResponseWriter, r *http.Request) error {
	c, v, err := p.decision(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, decisionPage(p.seen(r, c), c, v))
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	c, v, err := p.decision(r)
	if err != nil {
		return err
	}
	do := map[string]func(context.Context, actor.Actor, string, int64, string) (qualification.Qualification, error){
		"suspend": p.q.Suspend, "reinstate": p.q.Reinstate, "cancel": p.q.Cancel}[v.what]
	if _, err := do(r.Context(), site.By(r), c.ID, edition(r), strings.TrimSpace(r.PostFormValue("reason"))); err != nil {
		if fault.KindOf(err) != fault.KindInvalid {
			return err
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return decisionPage(p.seen(r, c, errs...), c, v) })
	}
	return p.Go(w, r, c.address(), v.done)
}

func certificateTrail(ctx context.Context, v door.View, c paper) (out []ui.Crumb) {
	if v.Vendor {
		out = []ui.Crumb{{Href: "/channel", Label: i18n.T(ctx, "channel.partners")}, {Href: v.Base, Label: door.Data(ctx, v.Name)}}
		if v.Can(actor.ViewEvaluation) {
			out = append(out, ui.Crumb{Href: v.Path("/qualifications"), Label: i18n.T(ctx, "qualify.overview.title")})
		}
		return out
	}
	if v.Can(actor.ViewEvaluation) {
		return []ui.Crumb{{Href: "/qualifications", Label: i18n.T(ctx, "qualify.overview.title")}, {Href: "/qualifications/" + c.Program, Label: Title(ctx, c.Spec)}}
	}
	return []ui.Crumb{{Href: "/certificates", Label: i18n.T(ctx, "qualify.certificates.title")}}
}

// criticalEvents are critical service events, with what each does to renewal.
func criticalEvents(ctx context.Context, list []qualification.CriticalEvent) (out []ui.Event) {
	for _, x := range list {
		e := ui.Event{At: x.At, Tone: ui.Warn, Title: i18n.T(ctx, "qualify.critical.note"), Body: said(x.Summary)}
		switch x.Effect {
		case qualification.Bar:
			e.Title, e.Tone = i18n.T(ctx, "qualify.critical.bar"), ui.Bad
		case qualification.Delay:
			e.Title = i18n.T(ctx, "qualify.critical.delay", i18n.A{"day": Day(ctx, x.Until)})
		}
		if !x.LiftedAt.IsZero() {
			e.Title, e.Tone = i18n.T(ctx, "qualify.critical.lifted", i18n.A{"day": i18n.From(ctx).Date(x.LiftedAt)}), ui.Neutral
		}
		out = append(out, e)
	}
	return out
}

// asked is what a version asks, in words; nothing asked is said too.
func asked(ctx context.Context, need i18n.Msg) string {
	if need.IsZero() {
		return i18n.T(ctx, "qualify.changes.none")
	}
	return i18n.Say(ctx, need)
}
