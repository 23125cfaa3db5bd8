// Package ticketmail is the pages of tickets by mail: what waits for a decision at a desk, and how mail goes in the
// installation.
package ticketmail

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Deps are what the pages need. Listening is where mails are taken by SMTP, "" = nowhere.
type Deps struct {
	Mail      *ticketmail.Service
	Listening string
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	s.Page("GET /desk/mail", p.list)
	door.Exports(s, door.Plain, "/desk/mail", p.exporter(false))
	door.Exports(s, door.Plain, "/system/mail", p.exporter(true))
	s.Page("GET /desk/mail/{id}", p.show)
	s.Page("GET /desk/mail/{id}/raw", p.raw)
	s.Page("POST /desk/mail/{id}/open", p.open)
	s.Page("POST /desk/mail/{id}/append", p.appendTo)
	s.Page("POST /desk/mail/{id}/again", p.again)
	s.Page("POST /desk/mail/{id}/discard", p.discard)
	s.Page("GET /system/mail", p.system)
	s.Page("POST /system/mail/addresses", p.add)
	s.Page("POST /system/mail/addresses/remove", p.remove)
}

type listView struct {
	Shell page.ShellView
	R     *http.Request
	State ticketmail.State
	Mails []ticketmail.Mail
	Held  int64
	Pager ui.PagerView
	Links []ui.LinkView
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	v := listView{Shell: p.Shell(r, i18n.M("ticketmail.held.title")), R: r, State: stateOf(r), Links: p.files(r, "/desk/mail")}
	var err error
	if v.Mails, v.Pager, err = p.page(r, "deskmail", v.State, false); err != nil {
		return err
	}
	if v.Held, err = ticketmail.HeldCount(r.Context(), p.Mail.DB.Read(), by.Account); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// stateOf is the filter of the address: what is held, unless another state or all of them are asked for.
func stateOf(r *http.Request) ticketmail.State {
	s := ticketmail.State(r.URL.Query().Get("state"))
	switch {
	case s == "all":
		return ""
	case slices.Contains(ticketmail.States(), s):
		return s
	}
	return ticketmail.Held
}

// page reads one page of mails, of the own desk or of all.
func (p pages) page(r *http.Request, name string, s ticketmail.State, all bool) ([]ticketmail.Mail, ui.PagerView, error) {
	name += "\x00" + string(s)
	at, err := p.Cursors.Parse(r.URL.Query(), name, 1)
	if err != nil {
		return nil, ui.PagerView{}, err
	}
	f := ticketmail.Filter{State: s, All: all, Limit: at.Fetch()}
	if at.After != nil {
		f.Before = at.After[0]
	}
	found, err := p.Mail.List(r.Context(), site.By(r), f)
	if err != nil {
		return nil, ui.PagerView{}, err
	}
	mails, links := cursor.Cut(p.Cursors, name, at, found, func(m ticketmail.Mail) cursor.Key { return cursor.Key{m.ID} })
	pager := ui.PagerView{Next: door.After(r, links.Next)}
	if at.After != nil {
		pager.Prev = door.FirstOf(r)
	}
	return mails, pager, nil
}

// exporter makes the file of a list in the state of the address: of the own desk, or of all.
func (p pages) exporter(all bool) door.Exporter {
	return func(r *http.Request, _ door.Door) (door.Table, error) {
		f := ticketmail.Filter{State: stateOf(r), All: all}
		if all && r.URL.Query().Get("state") == "" {
			f.State = ""
		}
		head, rows, err := p.Mail.Export(r.Context(), site.By(r), f, i18n.From(r.Context()))
		return door.Table{Name: "mail", Header: head, Rows: rows}, err
	}
}

// files are the links to a list's files.
func (p pages) files(r *http.Request, path string) []ui.LinkView {
	return door.Files(door.See(p.Site, r, door.Door{}), path)
}

type showView struct {
	Shell  page.ShellView
	Mail   ticketmail.Mail
	Text   string
	Quoted string
	Files  []string
	To     []string
	Own    bool // the reader may decide
	Values map[string]string
	Errs   []ui.FieldError
}

func (p pages) view(r *http.Request) (showView, error) {
	by := site.By(r)
	x, m, err := p.Mail.Read(r.Context(), by, r.PathValue("id"))
	if err != nil {
		return showView{}, err
	}
	v := showView{Shell: p.Shell(r, i18n.M("ticketmail.one.title", i18n.A{"sender": i18n.Raw(x.Sender)})), Mail: x,
		Own: by.Can(actor.HandleTicketMail) && by.Account == x.Account && (x.State == ticketmail.Held || x.State == ticketmail.Ignored)}
	text := eml.Pictures(m.Text, func(cid string) string { return "[" + cid + "]" })
	v.Text, v.Quoted = ticketmail.Folded(text)
	for _, f := range m.Files {
		v.Files = append(v.Files, f.Name)
	}
	for _, f := range x.Refused {
		v.Files = append(v.Files, i18n.T(r.Context(), "ticketmail.one.refused", i18n.A{"name": i18n.Raw(f.Name)}))
	}
	for _, a := range append(slices.Clone(m.To), m.Cc...) {
		v.To = append(v.To, a.Mail)
	}
	v.Values = map[string]string{"account": r.PostFormValue("account"), "ticket": r.PostFormValue("ticket")}
	if v.Values["ticket"] == "" {
		v.Values["ticket"] = x.No
	}
	return v, nil
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// raw gives the mail as it came: always as a file, never shown by the browser.
func (p pages) raw(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Mail.Raw(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.eml"`, r.PathValue("id")))
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// refused shows the mail again with what was typed and why it can't be.
func (p pages) refused(w http.ResponseWriter, r *http.Request, err error) error {
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	v, readErr := p.view(r)
	if readErr != nil {
		return readErr
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.Mail.Open(r.Context(), site.By(r), r.PathValue("id"), r.PostFormValue("account")); err != nil {
		return p.refused(w, r, err)
	}
	return p.Go(w, r, "/desk/mail/"+r.PathValue("id"), i18n.M("ticketmail.did.open"))
}

func (p pages) appendTo(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.Mail.Append(r.Context(), site.By(r), r.PathValue("id"), r.PostFormValue("ticket")); err != nil {
		return p.refused(w, r, err)
	}
	return p.Go(w, r, "/desk/mail/"+r.PathValue("id"), i18n.M("ticketmail.did.append"))
}

func (p pages) again(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Mail.Again(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/desk/mail/"+r.PathValue("id"), i18n.M("ticketmail.did.again"))
}

func (p pages) discard(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Mail.Discard(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/desk/mail", i18n.M("ticketmail.did.discard"))
}
