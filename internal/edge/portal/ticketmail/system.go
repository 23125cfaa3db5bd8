package ticketmail

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type systemView struct {
	Shell     page.ShellView
	R         *http.Request
	Status    ticketmail.Status
	Listening string
	Addresses []ticketmail.Address
	State     ticketmail.State
	Mails     []ticketmail.Mail
	Pager     ui.PagerView
	Links     []ui.LinkView
	Manage    bool
	Values    map[string]string
	Errs      []ui.FieldError
}

func (p pages) systemView(r *http.Request) (v systemView, err error) {
	by := site.By(r)
	v = systemView{Shell: p.Shell(r, i18n.M("ticketmail.system.title")), R: r, Listening: p.Listening, Links: p.files(r, "/system/mail"), Manage: by.Can(actor.ManageTicketMail), State: stateOf(r),
		Values: map[string]string{"address": r.PostFormValue("address"), "desk": r.PostFormValue("desk")}}
	if r.URL.Query().Get("state") == "" {
		v.State = ""
	}
	if v.Status, err = p.Mail.Status(r.Context(), by); err != nil {
		return v, err
	}
	if v.Addresses, err = p.Mail.Addresses(r.Context(), by); err != nil {
		return v, err
	}
	v.Mails, v.Pager, err = p.page(r, "systemmail", v.State, true)
	return v, err
}

func (p pages) system(w http.ResponseWriter, r *http.Request) error {
	v, err := p.systemView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, systemPage(v))
}

func (p pages) add(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.Mail.AddAddress(r.Context(), site.By(r), r.PostFormValue("address"), r.PostFormValue("desk"))
	if fault.KindOf(err) == fault.KindInvalid {
		v, readErr := p.systemView(r)
		if readErr != nil {
			return readErr
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return systemPage(v)
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/system/mail", i18n.M("ticketmail.did.address"))
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.Mail.RemoveAddress(r.Context(), site.By(r), r.PostFormValue("address")); err != nil {
		return err
	}
	return p.Go(w, r, "/system/mail", i18n.M("ticketmail.did.removed"))
}

// broken counts the configured mailboxes whose last reading failed.
func (v systemView) broken() (n int) {
	for _, b := range v.Status.Boxes {
		if b.Error != "" && v.configured(b) {
			n++
		}
	}
	return n
}

func (v systemView) configured(b ticketmail.Mailbox) bool {
	return slices.Contains(v.Status.Configured, b.Name)
}

func (v systemView) state(ctx context.Context) string {
	switch n := v.broken(); {
	case len(v.Addresses) == 0:
		return i18n.T(ctx, "ticketmail.system.off")
	case n > 0:
		return i18n.T(ctx, "ticketmail.system.bad", i18n.A{"n": n})
	}
	return i18n.T(ctx, "ticketmail.system.ok")
}

func (v systemView) next(ctx context.Context) string {
	switch {
	case len(v.Addresses) == 0:
		return i18n.T(ctx, "ticketmail.system.next.off")
	case v.broken() > 0:
		return i18n.T(ctx, "ticketmail.system.next.bad")
	}
	return i18n.T(ctx, "ticketmail.system.next.ok")
}

// facts are how mails come in, and how those of tickets go out.
func (v systemView) facts(ctx context.Context) []ui.Fact {
	taken := ui.Fact{Label: i18n.T(ctx, "ticketmail.system.smtp"), Value: i18n.T(ctx, "ticketmail.system.smtp_off")}
	if v.Listening != "" {
		taken.Value, taken.Body = "", data(v.Listening)
	}
	count := func(label string, n int64) ui.Fact {
		return ui.Fact{Label: label, Body: data(strconv.FormatInt(n, 10))}
	}
	out := []ui.Fact{taken}
	for _, s := range ticketmail.States() {
		out = append(out, count(i18n.Say(ctx, s.Label()), v.Status.Mails[s]))
	}
	return append(out, count(i18n.T(ctx, "ticketmail.system.sent.waiting"), v.Status.Sent["waiting"]), count(i18n.T(ctx, "ticketmail.system.sent.returned"), v.Status.Sent["returned"]),
		count(i18n.T(ctx, "ticketmail.system.sent.failed"), v.Status.Sent["failed"]))
}

// tabs are the states by which the list is narrowed.
func tabs(ctx context.Context, base string, now ticketmail.State) []ui.Tab {
	out := []ui.Tab{{Href: base + "?state=all", Label: i18n.T(ctx, "ticketmail.filter.all"), Current: now == ""}}
	for _, s := range ticketmail.States() {
		out = append(out, ui.Tab{Href: base + "?state=" + string(s), Label: i18n.Say(ctx, s.Label()), Current: now == s})
	}
	return out
}

func tone(s ticketmail.State) ui.Tone {
	switch s {
	case ticketmail.Done:
		return ui.Good
	case ticketmail.Held:
		return ui.Warn
	case ticketmail.Received:
		return ui.Info
	}
	return ui.Neutral
}

// why is what became of a mail, in words.
func why(ctx context.Context, m ticketmail.Mail) string {
	if m.Reason == "" {
		return ""
	}
	return i18n.Say(ctx, m.Reason.Label())
}

func kindLabel(ctx context.Context, k ticketmail.Kind) string {
	if label := k.Label(); !label.IsZero() {
		return i18n.Say(ctx, label)
	}
	return "–"
}

func wayLabel(ctx context.Context, w ticketmail.Way) string {
	switch w {
	case ticketmail.ByAddress:
		return i18n.T(ctx, "ticketmail.way.address")
	case ticketmail.ByOurID:
		return i18n.T(ctx, "ticketmail.way.our_id")
	case ticketmail.ByTheirID:
		return i18n.T(ctx, "ticketmail.way.their_id")
	case ticketmail.BySubject:
		return i18n.T(ctx, "ticketmail.way.subject")
	case ticketmail.ByHand:
		return i18n.T(ctx, "ticketmail.way.hand")
	}
	return ""
}

func kilobytes(n int64) string { return strconv.FormatInt((n+1023)/1024, 10) + " KB" }

func doorOf(m ticketmail.Mail) string {
	if m.Door == "smtp" {
		return "SMTP"
	}
	return m.Door
}

// facts describe one mail.
func (v showView) facts(ctx context.Context) []ui.Fact {
	m := v.Mail
	out := []ui.Fact{
		{Label: i18n.T(ctx, "ticketmail.col.subject"), Body: data(subject(m))},
		{Label: i18n.T(ctx, "ticketmail.col.from"), Body: data(sender(m))},
		{Label: i18n.T(ctx, "ticketmail.one.to"), Body: list(v.To)},
		{Label: i18n.T(ctx, "ticketmail.col.at"), Body: ui.Time(m.At)},
		{Label: i18n.T(ctx, "ticketmail.one.kind"), Value: kindLabel(ctx, m.Kind)},
	}
	if w := wayLabel(ctx, m.Way); w != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "ticketmail.one.way"), Value: w})
	}
	if m.No != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "ticketmail.col.ticket"), Body: ticketLink(m.No)})
	}
	if m.HandledBy != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "ticketmail.one.handled"), Body: data(m.HandledBy)})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "ticketmail.one.door"), Body: data(doorOf(m))}, ui.Fact{Label: i18n.T(ctx, "ticketmail.one.size"), Body: data(kilobytes(m.Size))},
		ui.Fact{Label: i18n.T(ctx, "ticketmail.one.message_id"), Body: data(m.MessageID)})
}

func sender(m ticketmail.Mail) string {
	if m.SenderName == "" {
		return m.Sender
	}
	return m.SenderName + " <" + m.Sender + ">"
}

func (v showView) next(ctx context.Context) string {
	switch {
	case v.Own:
		return i18n.T(ctx, "ticketmail.one.next.held")
	case v.Mail.State == ticketmail.Done:
		return i18n.T(ctx, "ticketmail.one.next.done")
	}
	return i18n.T(ctx, "ticketmail.one.next.none")
}

func (v showView) state(ctx context.Context) string {
	text := i18n.Say(ctx, v.Mail.State.Label())
	if w := why(ctx, v.Mail); w != "" {
		text += " · " + w
	}
	for _, d := range v.Mail.Detail {
		text += " · " + i18n.Say(ctx, d)
	}
	return text
}

func subject(m ticketmail.Mail) string {
	if m.Subject == "" {
		return "–"
	}
	return m.Subject
}

func (v listView) state(ctx context.Context) string {
	if v.Held == 0 {
		return i18n.T(ctx, "ticketmail.held.clear")
	}
	return i18n.T(ctx, "ticketmail.held.state", i18n.A{"n": int(v.Held)})
}

// paragraphs are the lines of a text, parted at empty ones.
func paragraphs(text string) (out [][]string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		if p = strings.Trim(p, "\n"); p != "" {
			out = append(out, strings.Split(p, "\n"))
		}
	}
	return out
}
