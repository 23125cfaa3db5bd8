package desk

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

const (
	mostMessages = 200
	mostLog      = 40
	mostAround   = 200 // how far neighbours in the queue are looked for
)

// A showView is a ticket at the desk.
type showView struct {
	door.View
	desk.Setup
	set            *taxonomy.Set
	t              ticket.View
	messages       []ticket.Message
	earlier        int64 // the oldest message shown, when there are older ones
	log            []ticket.Entry
	logs           int64
	clock          sla.View
	clocked        bool // it has clocks
	mailed         map[string]ticketmail.ByMail
	others         []desk.Present
	macros         []desk.Macro
	answers        []desk.Answer
	quota          *entitlement.Left // of the plan that serves it
	files          []thread.File
	limits         attachment.Limits
	previous, next string // addresses of the neighbours in the queue
	seen           int64  // what the page that was sent had shown
	key            string
	typed          string // the text, when it's another than what was sent
	now            time.Time
	newer          bool // something came while the text was written
	labels         []ticket.Label
	changing       bool // a change of what it's about was refused
	noUnit         bool // because the plan's month has none for the technical type that was chosen
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if v.works() {
		if v.others, err = p.Desk.Look(r.Context(), v.By, v.t.No, desk.Reading); err != nil {
			return err
		}
	}
	if err := p.Tickets.MarkRead(r.Context(), v.By, v.t.No, v.t.Edition); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// works tells whether the reader works on the ticket, or only reads it.
func (v showView) works() bool {
	return v.Can(actor.WorkTickets) && (v.t.Side == ticket.Desk || v.t.Side == ticket.Third)
}

// one reads the ticket alone. The customer's side has pages of its own.
func (p pages) one(r *http.Request) (ticket.View, error) {
	t, err := p.Tickets.Get(r.Context(), site.By(r), r.PathValue("no"))
	if err == nil && t.Side == ticket.Customer {
		err = fault.NotFound()
	}
	return t, err
}

// read fills in everything that the page shows.
func (p pages) read(r *http.Request, errs ...ui.FieldError) (v showView, err error) {
	ctx, by := r.Context(), site.By(r)
	v = showView{View: p.see(r, errs...), now: p.Clock.Now(), key: r.FormValue("key")}
	if v.key == "" {
		v.key = id.New("key", p.Clock.Wall())
	}
	if v.t, err = p.one(r); err != nil {
		return v, err
	}
	v.seen, _ = strconv.ParseInt(r.PostFormValue("seen"), 10, 64) // what's no number is a page that wasn't sent
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if before == 0 {
		before = v.t.Edition + 1
	}
	var total int64
	if v.messages, total, err = p.Tickets.Messages(ctx, by, v.t.No, ticket.Page{BeforeSeq: before, Limit: mostMessages}); err != nil {
		return v, err
	}
	if len(v.messages) == mostMessages && total > mostMessages {
		v.earlier = v.messages[0].Seq
	}
	if err := p.tools(r, &v); err != nil {
		return v, err
	}
	if err := p.neighbours(r, &v); err != nil {
		return v, err
	}
	return v, p.beside(ctx, &v)
}

// tools reads what an engineer works with.
func (p pages) tools(r *http.Request, v *showView) (err error) {
	ctx, q := r.Context(), p.DB.Read()
	if v.limits, err = attachment.LimitsAt(ctx, q, v.now); err != nil {
		return err
	}
	if v.files, err = p.Uploads.Waiting(ctx, v.By, r.Form["attachment"]); err != nil {
		return err
	}
	if v.Setup, err = p.Desk.Setup(ctx, v.By); err != nil {
		return err
	}
	if !v.works() {
		return nil
	}
	if v.labels, err = p.ownLabels(ctx, v.By); err != nil {
		return err
	}
	v.macros, v.answers, err = p.Desk.Usable(ctx, v.By)
	return err
}

// beside reads what stands beside the conversation, and changes with the ticket.
func (p pages) beside(ctx context.Context, v *showView) (err error) {
	q := p.DB.Read()
	if v.set, err = taxonomy.Read(ctx, q); err != nil {
		return err
	}
	if v.log, v.logs, err = p.Tickets.Log(ctx, v.By, v.t.No, 0, mostLog); err != nil {
		return err
	}
	if v.clock, v.clocked, err = sla.Describe(ctx, q, v.now, v.t.No); err != nil {
		return err
	}
	if v.mailed, err = ticketmail.OfTicket(ctx, q, append([]string{v.t.No}, v.t.Merged...)...); err != nil {
		return err
	}
	if v.t.PlanOwner == "" || !v.t.Technical && !v.t.VendorDesk {
		return nil
	}
	units, err := entitlement.All(ctx, q, v.t.PlanOwner, v.now)
	for i, u := range units {
		if u.Unit == entitlement.Ticket {
			v.quota = &units[i]
		}
	}
	return err
}

// neighbours finds the tickets before and after this one in the queue from which it was opened.
func (p pages) neighbours(r *http.Request, v *showView) error {
	soon, err := p.soon(r.Context())
	if err != nil {
		return err
	}
	f := filterOf(asked(r), v.Setup, v.By, v.now.Add(soon))
	f.Limit = mostAround
	rows, err := p.Tickets.List(r.Context(), v.By, f)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rows, func(t ticket.Row) bool { return t.No == v.t.No })
	if i > 0 {
		v.previous = v.other(rows[i-1].No)
	}
	if i+1 < len(rows) { // a ticket that has left the queue is followed by what is most urgent
		v.next = v.other(rows[i+1].No)
	}
	return nil
}

// other is the address of another ticket of the same queue.
func (v showView) other(no string) string { return door.With("/desk/"+no, asked(v.R)) }

// href is an address below the ticket's, which keeps the queue.
func (v showView) href(path string) string { return door.With("/desk/"+v.t.No+path, asked(v.R)) }

func (v showView) can(a ticket.Action) bool { return slices.Contains(v.t.Actions, a) }

// news draws what happened after a number, with the parts of the page itself.
func (p pages) news(r *http.Request, after int64) (live.Update, error) {
	ctx, by, no := r.Context(), site.By(r), r.PathValue("no")
	u, err := p.Tickets.Since(ctx, by, no, after)
	if err != nil {
		return live.Update{}, err
	}
	out := live.Update{Ticket: u.Ticket.No, Seq: u.Ticket.Edition}
	if u.Ticket.Edition <= after {
		return out, nil
	}
	v := showView{View: p.see(r), now: p.Clock.Now(), messages: u.Messages}
	if v.t, err = p.one(r); err != nil {
		return out, err
	}
	if v.Setup, err = p.Desk.Setup(ctx, by); err != nil {
		return out, err
	}
	if err := p.beside(ctx, &v); err != nil {
		return out, err
	}
	if len(u.Messages) > 0 {
		out.Parts = append(out.Parts, live.Part{ID: "messages", How: live.Append, Body: newMessages(v.thread(true))})
	}
	v.newer = slices.ContainsFunc(u.Messages, func(m ticket.Message) bool { return !m.Internal && m.Author != by.User })
	for name, body := range map[string]templ.Component{"ticket-head": headPart(v), "ticket-side": sidePart(v), "seen": seenPart(v)} {
		out.Parts = append(out.Parts, live.Part{ID: name, How: live.Replace, Body: body})
	}
	return out, p.Tickets.MarkRead(ctx, by, no, u.Ticket.Edition)
}

// presence says that the reader is here, writing or reading, and draws who else is.
func (p pages) presence(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	t, err := p.one(r)
	if err != nil {
		return err
	}
	mode := desk.Reading
	if strings.TrimSpace(r.PostFormValue("body")) != "" {
		mode = desk.Typing
	}
	others, err := p.Desk.Look(r.Context(), site.By(r), t.No, mode)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, presencePart(others))
}

// thread are the messages as they're drawn.
func (v showView) thread(fresh bool) (out []thread.Message) {
	for _, m := range v.messages {
		x := v.mailed[m.ID]
		d := thread.Message{Seq: m.Seq, Author: m.AuthorName, Desk: m.Side == ticket.Desk || m.Side == ticket.Third, Mine: m.AuthorAccount == v.By.Account && m.Side != ticket.Customer,
			Internal: m.Internal, Auto: m.Auto, ByMail: x.Mail != "" || m.Source == ticket.Mail, Gone: m.Withdrawn(), First: m.First, At: m.At, Body: m.Body, Quote: x.Quoted,
			Failed: undelivered(x), Files: thread.Files(m.Files), Unread: !fresh && m.Side == ticket.Customer && m.Seq > max(v.t.ReadSeq, v.seen)}
		switch m.Side {
		case ticket.Customer:
			d.Firm = v.t.AccountName
		case ticket.Third:
			d.Firm = v.t.PartnerName
		case ticket.Desk:
			d.Firm = v.firm(m)
		}
		if m.Author == v.By.User && m.AuthorAccount == v.By.Account && !m.First && !m.Withdrawn() && v.now.Sub(m.At) < 2*time.Minute {
			d.Post, d.Action = "/desk/"+v.t.No+"/withdraw?message="+m.ID, ui.ButtonView{Label: i18n.T(v.R.Context(), "desk.withdraw"), Kind: ui.Quiet}
		}
		out = append(out, d)
	}
	return out
}

// undelivered are those whom a mail of the message didn't reach.
func undelivered(x ticketmail.ByMail) string {
	var to []string
	for _, d := range x.Failed {
		to = append(to, d.To)
	}
	return strings.Join(to, ", ")
}

// firm is the company of somebody of the desk, where it isn't the reader's own.
func (v showView) firm(m ticket.Message) string {
	switch m.AuthorAccount {
	case v.By.Account:
		return ""
	case v.t.Partner:
		return v.t.PartnerName
	}
	return v.t.DeskName
}

// fill puts the ticket's values into a text with variables, as it would be sent to its customer.
func (v showView) fill(text func(lang string) string) string {
	filled, _ := macro.Fill(v.By, v.t.Ticket, text)
	return filled
}

// inserts are the canned answers as they'd stand in a reply on this ticket.
func (v showView) inserts() (out []insert) {
	for _, a := range v.answers {
		out = append(out, insert{a.ID, a.Name, a.Keywords, v.fill(a.Body)})
	}
	return out
}

// An insert is a canned answer, filled in.
type insert struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Keywords string `json:"keywords"`
	Text     string `json:"text"`
}
