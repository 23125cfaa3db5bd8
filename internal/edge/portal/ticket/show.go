package ticket

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/attachment"
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

// mostMessages is how many messages the page shows at once; older ones are a page before.
const mostMessages = 200

// A showView is a ticket's page.
type showView struct {
	door.View
	set      *taxonomy.Set
	t        ticket.View
	messages []ticket.Message
	earlier  int64 // the oldest message shown, when there are older ones
	log      []ticket.Entry
	logs     int64
	clock    sla.View
	timed    bool // it has clocks
	mailed   map[string]ticketmail.ByMail
	files    []thread.File
	limits   attachment.Limits
	key      string
	now      time.Time
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if err := p.Tickets.MarkRead(r.Context(), v.By, v.t.No, v.t.Edition); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// read fills in everything that the page shows.
func (p pages) read(r *http.Request) (v showView, err error) {
	ctx, by, no := r.Context(), site.By(r), r.PathValue("no")
	v = showView{View: p.see(r), now: p.Clock.Now(), key: r.FormValue("key")}
	if v.key == "" {
		v.key = id.New("key", p.Clock.Wall())
	}
	if v.t, err = p.Tickets.Get(ctx, by, no); err != nil {
		return v, err
	}
	if v.t.Side != ticket.Customer {
		return v, fault.NotFound() // a ticket that the reader's company serves is at its desk
	}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil || before <= 0 {
		before = v.t.Edition + 1
	}
	var total int64
	if v.messages, total, err = p.Tickets.Messages(ctx, by, no, ticket.Page{BeforeSeq: before, Limit: mostMessages}); err != nil {
		return v, err
	}
	if len(v.messages) == mostMessages && total > mostMessages {
		v.earlier = v.messages[0].Seq
	}
	if v.limits, err = attachment.LimitsAt(ctx, p.DB.Read(), v.now); err != nil {
		return v, err
	}
	if v.files, err = p.Uploads.Waiting(ctx, by, r.Form["attachment"]); err != nil {
		return v, err
	}
	return v, p.beside(ctx, by, &v)
}

// beside reads what stands beside the conversation.
func (p pages) beside(ctx context.Context, by actor.Actor, v *showView) (err error) {
	if v.set, err = taxonomy.Read(ctx, p.DB.Read()); err != nil {
		return err
	}
	if v.log, v.logs, err = p.Tickets.Log(ctx, by, v.t.No, 0, 50); err != nil {
		return err
	}
	if v.clock, v.timed, err = sla.Describe(ctx, p.DB.Read(), v.now, v.t.No); err != nil {
		return err
	}
	v.mailed, err = ticketmail.OfTicket(ctx, p.DB.Read(), append([]string{v.t.No}, v.t.Merged...)...)
	return err
}

// news draws what happened after a sequence number, with the parts of the page itself.
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
	if v.t, err = p.Tickets.Get(ctx, by, no); err != nil {
		return out, err
	}
	if v.t.Side != ticket.Customer {
		return out, fault.NotFound()
	}
	if err := p.beside(ctx, by, &v); err != nil {
		return out, err
	}
	if len(u.Messages) > 0 {
		out.Parts = append(out.Parts, live.Part{ID: "messages", How: live.Append, Body: newMessages(v.thread(ctx, true))})
	}
	for id, body := range map[string]templ.Component{"ticket-head": head(v), "ticket-steps": steps(v), "ticket-side": aside(v)} {
		out.Parts = append(out.Parts, live.Part{ID: id, How: live.Replace, Body: body})
	}
	return out, p.Tickets.MarkRead(ctx, by, no, u.Ticket.Edition)
}

// thread are the messages as they are drawn.
func (v showView) thread(ctx context.Context, fresh bool) (out []thread.Message) {
	for _, m := range v.messages {
		x := v.mailed[m.ID]
		d := thread.Message{Seq: m.Seq, Author: m.AuthorName, Desk: m.Side == ticket.Desk || m.Side == ticket.Third, Mine: m.Side == ticket.Customer, Auto: m.Auto || x.Auto,
			ByMail: x.Mail != "" || m.Source == ticket.Mail, Gone: m.Withdrawn(), First: m.First, At: m.At, Body: m.Body, Quote: x.Quoted, Failed: failed(x), Files: thread.Files(m.Files),
			Unread: !fresh && m.Side != ticket.Customer && m.Seq > v.t.ReadSeq}
		if d.Desk && m.Author != "" {
			d.Firm = v.t.DeskName
			if m.Side == ticket.Third {
				d.Firm = v.t.PartnerName
			}
		}
		if v.withdrawable(m) {
			d.Post = "/tickets/" + v.t.No + "/withdraw/" + m.ID
			d.Action = ui.ButtonView{Label: i18n.T(ctx, "tickets.withdraw"), Kind: ui.Quiet}
		}
		out = append(out, d)
	}
	return out
}

// failed are those whom a mail of a message didn't reach.
func failed(x ticketmail.ByMail) string {
	var to []string
	for _, d := range x.Failed {
		to = append(to, d.To)
	}
	return strings.Join(to, ", ")
}

// withdrawable tells whether to offer to take a message back: an own one, as long as the rules might allow it.
func (v showView) withdrawable(m ticket.Message) bool {
	return m.Author == v.By.User && m.AuthorAccount == v.By.Account && !m.First && !m.Withdrawn() && v.now.Sub(m.At) < 2*time.Minute
}

// say adds a message: an answer, what is new, or why a result is sent back.
func (p pages) say(w http.ResponseWriter, r *http.Request) error {
	files, err := p.Uploads.Form(w, r, attachment.Message)
	if err != nil {
		return err
	}
	no := r.PathValue("no")
	if len(files) > 0 {
		return p.sayAgain(w, r, files.Err())
	}
	said, err := p.Tickets.Say(r.Context(), site.By(r), no, ticket.Saying{Body: r.PostFormValue("body"), Attachments: r.PostForm["attachment"],
		Key: r.PostFormValue("key"), Source: ticket.Portal})
	if err != nil {
		return p.sayAgain(w, r, err)
	}
	return p.Go(w, r, "/tickets/"+said.Ticket.No+"#m-"+strconv.FormatInt(said.Message.Seq, 10), i18n.M("tickets.said"))
}

// sayAgain shows the ticket with what was typed and what was refused.
func (p pages) sayAgain(w http.ResponseWriter, r *http.Request, refusal error) error {
	if !shown(refusal) {
		return refusal
	}
	v, err := p.read(r)
	if err != nil {
		return err
	}
	v.Errs = refused(r, refusal)
	return p.Show(w, r, status(refusal), showPage(v))
}

// withdraw takes an own message back.
func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	if _, err := p.Tickets.Withdraw(r.Context(), site.By(r), no, r.PathValue("message")); err != nil {
		return p.refusedAct(w, r, err)
	}
	return p.Go(w, r, "/tickets/"+no, i18n.M("tickets.withdrawn"))
}

// refusedAct shows the ticket with why a step was refused.
func (p pages) refusedAct(w http.ResponseWriter, r *http.Request, refusal error) error {
	if !shown(refusal) {
		return refusal
	}
	v, err := p.read(r)
	if err != nil {
		return err
	}
	v.Errs = refused(r, refusal)
	return p.Show(w, r, status(refusal), showPage(v))
}
