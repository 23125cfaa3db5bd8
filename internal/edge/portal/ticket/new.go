package ticket

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/login"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

// A formView is the form of a new ticket: first what it's about, then everything else, which follows from that.
type formView struct {
	door.View
	set      *taxonomy.Set
	kind     taxonomy.ProblemType // zero: to be chosen
	product  taxonomy.Product
	quota    ticket.Quota
	spent    *ticket.Quota // the refusal's: the month is used up, or the plan gives none
	draft    ticketdraft.Draft
	key      string
	files    []thread.File
	limits   attachment.Limits
	severity taxonomy.Offer
	mobile   string // the reader's own, where the form says nothing
	mail     string
	cc       string
	codes    map[string]bool // ways whose contact has to be confirmed with a code
	sent     string          // the way to which a code has just gone
	serving  string          // who will serve it

	agreement agreement.Version // that holds for new tickets
	signed    bool              // by the reader
}

func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	if err := by.May(actor.OpenTickets); err != nil {
		return err
	}
	if ok, err := privilege.May(ctx, p.DB.Read(), by, privilege.Create); err != nil || !ok {
		return orRefused(err)
	}
	var draft ticketdraft.Draft
	if id := r.URL.Query().Get("draft"); id != "" {
		var err error
		if draft, err = p.Drafts.Get(ctx, by, id); err != nil {
			return err
		}
		p.Returned(w, r)
	}
	v, err := p.ready(r, draft.Form)
	if err != nil {
		return err
	}
	v.draft = draft
	return p.Show(w, r, http.StatusOK, newPage(v))
}

// orRefused says that the company lets only some of its users open tickets.
func orRefused(err error) error {
	if err == nil {
		err = fault.New(fault.KindDenied, i18n.M("ticket.refuse.privilege"))
	}
	return err
}

// ready reads what the form offers. Typed are the entries of a draft; those of the request go before them.
func (p pages) ready(r *http.Request, typed url.Values) (v formView, err error) {
	ctx, by := r.Context(), site.By(r)
	if err := r.ParseForm(); err != nil {
		return v, fault.NotFound()
	}
	for name, values := range typed {
		if !r.Form.Has(name) {
			r.Form[name] = values
		}
	}
	v = formView{View: p.see(r), key: r.Form.Get("key"), codes: map[string]bool{}}
	if v.key == "" {
		v.key = id.New("key", p.Clock.Wall())
	}
	if v.set, err = p.set(r); err != nil {
		return v, err
	}
	v.kind, _ = v.set.ProblemType(r.Form.Get("type"))
	v.product, _ = v.set.Product(r.Form.Get("product"))
	served, err := p.Tickets.Serving(ctx, by)
	if err != nil {
		return v, err
	}
	v.serving = served.Name
	if v.kind.ID == "" {
		return v, nil
	}
	return v, p.details(ctx, by, &v)
}

// details reads what follows from what a ticket is about.
func (p pages) details(ctx context.Context, by actor.Actor, v *formView) (err error) {
	if v.quota, err = p.Tickets.Quota(ctx, by, v.kind.ID); err != nil {
		return err
	}
	v.severity = v.set.Offer(v.quota.Level, v.kind)
	if v.limits, err = attachment.LimitsAt(ctx, p.DB.Read(), p.Clock.Now()); err != nil {
		return err
	}
	if v.files, err = p.Uploads.Waiting(ctx, by, v.R.Form["attachment"]); err != nil {
		return err
	}
	if v.mail, v.mobile, err = login.Reach(ctx, p.DB.Read(), by.Identity); err != nil {
		return err
	}
	v.cc, err = p.Tickets.LastCC(ctx, by)
	if err != nil {
		return err
	}
	if v.agreement, err = p.Agreements.Latest(ctx, by, agreement.Ticket); err != nil {
		return err
	}
	if v.signed, err = p.Agreements.Signed(ctx, by, agreement.Ticket); err != nil {
		return err
	}
	return p.confirmations(ctx, by, v)
}

// ways are the two ways to reach somebody: the entry of each, and of its code.
var ways = []struct {
	name, code string
	way        contact.Way
}{{"contact.mobile", "code.mobile", contact.Mobile}, {"contact.mail", "code.mail", contact.Mail}}

// contactOf is the contact that a form names; ok is false when it names none that can be one.
func contactOf(f url.Values, name string, way contact.Way) (contact.Contact, bool) {
	value := strings.TrimSpace(f.Get(name))
	if value == "" {
		return contact.Contact{}, false
	}
	c, err := contact.Parse(way, value, f.Get("contact.area"))
	return c, err == nil
}

// confirmations finds which contacts need a code: those that nobody of the company is registered with.
func (p pages) confirmations(ctx context.Context, by actor.Actor, v *formView) error {
	for _, x := range ways {
		c, ok := contactOf(v.R.Form, x.name, x.way)
		if !ok {
			continue
		}
		need, err := p.Contacts.Need(ctx, by, c)
		if err != nil {
			return err
		}
		v.codes[x.name] = need.Needed
	}
	return nil
}

// open does what the form of a new ticket asks for: open it, keep it, fill in a template, send a code.
func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	files, err := p.Uploads.Form(w, r, attachment.Incident)
	if err != nil {
		return err
	}
	do, what, _ := strings.Cut(r.PostFormValue("do"), ":")
	switch do {
	case "save", "pack", "plan", "type":
		return p.keep(w, r, do)
	case "template":
		return p.template(w, r, what)
	case "refresh":
		return p.refresh(w, r)
	case "code":
		return p.code(w, r, what)
	}
	wrong, err := p.codes(r)
	if err != nil {
		return err
	}
	if wrong = append(files, wrong...); len(wrong) > 0 {
		return p.again(w, r, p.beforehand(r, wrong))
	}
	t, err := p.Tickets.Open(r.Context(), site.By(r), p.opening(r))
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid {
		return p.again(w, r, p.beforehand(r, f.Fields))
	}
	if err != nil {
		return p.again(w, r, err)
	}
	if id := r.PostFormValue("draft"); id != "" {
		if err := p.Drafts.Drop(r.Context(), site.By(r), id); err != nil {
			return err
		}
	}
	return p.Go(w, r, "/tickets/"+t.No, i18n.M("tickets.opened", i18n.A{"no": i18n.Raw(t.No)}))
}

// opening is the ticket that the form describes.
func (p pages) opening(r *http.Request) ticket.Opening {
	f := r.PostForm
	in := ticket.Opening{Title: f.Get("title"), Body: f.Get("body"), ProblemType: f.Get("type"), Product: f.Get("product"), Region: f.Get("region"),
		Severity: f.Get("severity"), CC: words(f.Get("cc")), Extra: extras(f), Attachments: f["attachment"], Source: ticket.Portal, Key: f.Get("key"),
		Lang: i18n.From(r.Context()).Lang, Serial: strings.TrimSpace(f.Get("extra.serial_number"))}
	in.Contact = ticket.Contact{Mobile: f.Get("contact.mobile"), AreaCode: f.Get("contact.area"), Mail: f.Get("contact.mail"), RemindTime: remind(f)}
	return in
}

// extras are the entries of the extra fields. Several choices of one field are joined.
func extras(f url.Values) map[string]string {
	out := map[string]string{}
	for name, values := range f {
		if key, ok := strings.CutPrefix(name, "extra."); ok {
			if text := strings.Join(values, ","); text != "" {
				out[key] = text
			}
		}
	}
	return out
}

// remind is when somebody wants to be called: at any time, or between two hours.
func remind(f url.Values) string {
	from, to := f.Get("remind.from"), f.Get("remind.to")
	switch {
	case f.Get("contact.mobile") == "":
		return ""
	case from == "" || to == "":
		return "0"
	}
	return from + "-" + to
}

// codes confirms the contacts for which a code was typed. A wrong one is a refused entry.
func (p pages) codes(r *http.Request) (wrong fault.Fields, err error) {
	for _, x := range ways {
		code := strings.TrimSpace(r.PostFormValue(x.code))
		c, ok := contactOf(r.PostForm, x.name, x.way)
		if code == "" || !ok {
			continue
		}
		_, err := p.Contacts.Check(r.Context(), site.By(r), c, code)
		f := fault.Of(err)
		if err != nil && (f == nil || !shown(err)) {
			return nil, err
		}
		if err != nil {
			m := f.Msg
			if len(f.Fields) > 0 {
				m = f.Fields[0].Msg
			}
			wrong.Add(x.code, "", m)
		}
	}
	return wrong, nil
}

// beforehand adds what else the ticket's rules would refuse, so that everything is said at once.
func (p pages) beforehand(r *http.Request, wrong fault.Fields) error {
	in, named := p.opening(r), map[string]bool{}
	for _, x := range wrong {
		named[x.Name] = true
	}
	if strings.TrimSpace(in.Body) == "" && !named["body"] {
		wrong.Add("body", "", i18n.M("tickets.body.missing"))
	}
	set, err := p.set(r)
	if err != nil {
		return err
	}
	q, err := p.Tickets.Quota(r.Context(), site.By(r), in.ProblemType)
	if err != nil {
		return err
	}
	_, err = set.Choose(taxonomy.Choice{ProblemType: in.ProblemType, Product: in.Product, Region: in.Region, Severity: in.Severity, Level: q.Level, Extra: in.Extra})
	f := fault.Of(err)
	if f == nil && err != nil {
		return err
	}
	if f != nil {
		for _, x := range f.Fields {
			if !named[x.Name] {
				wrong = append(wrong, x)
			}
		}
	}
	return wrong.Err()
}

// again shows the form with everything that was typed and uploaded, and with what was refused.
// drafted keeps the form's tie to its draft.
// keep stores the form as a draft, and goes on: to buying, to another type, or to the list.
// drop throws a draft away.
// template puts a template's text behind what was typed.
// refresh shows the form with the entries that the chosen product asks for.
// code sends a code to a contact that isn't registered.
func (p pages) code(w http.ResponseWriter, r *http.Request, name string) error {
	for _, x := range ways {
		if x.code != "code."+name {
			continue
		}
		c, err := contact.Parse(x.way, r.PostForm.Get(x.name), r.PostForm.Get("contact.area"))
		if err == nil {
			_, err = p.Contacts.Send(r.Context(), site.By(r), c)
		}
		if err != nil {
			return p.again(w, r, fieldOf(x.name, err))
		}
		v, err := p.ready(r, nil)
		if err != nil {
			return err
		}
		v.sent = x.name
		if err := p.drafted(r, &v); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, newPage(v))
	}
	return fault.NotFound()
}

// fieldOf puts a refusal at an entry of the form.
func fieldOf(name string, err error) error {
	f := fault.Of(err)
	if f == nil || !shown(err) {
		return err
	}
	m := f.Msg
	if len(f.Fields) > 0 {
		m = f.Fields[0].Msg
	}
	return fault.Invalid(name, m)
}

// choosing tells whether the form still asks what the ticket is about.
// hidden is what the form carries unseen.
// fileError is what was wrong with files.
// typed is an entry of the form, also of one that comes from a draft.
