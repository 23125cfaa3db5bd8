// Package message is the message center: what happened that the reader should know.
package message

import (
	"context"
	"net/http"
	"net/url"

	"hanse/internal/domain/notify"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
	"time"
)

type pages struct {
	*site.Site
	notify *notify.Service
}

// Register adds the pages.
func Register(s *site.Site, n *notify.Service) {
	p := pages{s, n}
	s.Page("GET /messages", p.list)
	s.Page("POST /messages", p.readAll)
	door.Exports(s, door.Plain, "/messages/all", p.export)
	s.Page("GET /messages/{id}", p.show)
	s.Page("POST /messages/{id}", p.open)
}

// listName names the list for its cursors.
const listName = "messages"

type listView struct {
	Shell   page.ShellView
	Letters []ui.Letter
	Unread  bool // the filter
	Count   int  // unread messages in all
	Pager   ui.PagerView
	Files   []ui.LinkView
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	by, q := site.By(r), r.URL.Query()
	f := notify.Filter{Unread: q.Get("show") == "unread"}
	at, err := p.Cursors.Parse(q, listName, 2)
	if err != nil {
		return err
	}
	if at.After != nil {
		micros, err := at.After.Int(0)
		if err != nil {
			return err
		}
		f.BeforeAt, f.Before = time.UnixMicro(micros), at.After[1]
	}
	f.Limit = at.Fetch()
	found, err := p.notify.List(r.Context(), by, f)
	if err != nil {
		return err
	}
	found, links := cursor.Cut(p.Cursors, listName, at, found, func(m notify.Message) cursor.Key {
		return cursor.Key{cursor.Int(m.At.UnixMicro()), m.ID}
	})
	n, err := p.notify.Unread(r.Context(), by)
	if err != nil {
		return err
	}
	v := listView{Shell: p.Shell(r, i18n.M("message.title")), Letters: letters(r.Context(), found), Unread: f.Unread, Count: int(n)}
	v.Files = door.Files(door.See(p.Site, r, door.Door{}), "/messages/all")
	if links.Next != "" {
		v.Pager.Next = address(f.Unread, links.Next)
	}
	if at.After != nil {
		v.Pager.Prev = address(f.Unread, "") // the log is read from its newest end
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// export is the list as a file, in the reader's language.
func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	f := notify.Filter{Unread: r.URL.Query().Get("show") == "unread", Limit: 500}
	rows := door.Pages(func(string) ([]notify.Message, string, error) {
		found, err := p.notify.List(ctx, by, f)
		if len(found) < f.Limit {
			return found, "", err
		}
		last := found[len(found)-1]
		f.Before, f.BeforeAt = last.ID, last.At
		return found, last.ID, err
	}, func(m notify.Message) []string {
		return []string{m.At.UTC().Format(time.RFC3339), i18n.Say(ctx, m.Title), i18n.Say(ctx, m.Body), m.Kind, m.Link}
	})
	return door.Table{Name: "messages", Header: []string{"at", "title", "text", "kind", "link"}, Rows: rows}, nil
}

func address(unread bool, after string) string {
	q := url.Values{}
	if unread {
		q.Set("show", "unread")
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/messages"
	}
	return "/messages?" + q.Encode()
}

var icons = map[notify.Tone]string{notify.Good: "circle-check", notify.Warn: "alert-triangle", notify.Bad: "alert-circle", notify.Neutral: "message"}

func letters(ctx context.Context, ms []notify.Message) (out []ui.Letter) {
	for _, m := range ms {
		out = append(out, ui.Letter{Href: "/messages/" + m.ID, Subject: i18n.Say(ctx, m.Title), Preview: i18n.Say(ctx, m.Body),
			At: m.At, Unread: m.Read.IsZero(), Icon: icons[m.Tone]})
	}
	return out
}

// show is one message in full. To have it before one's eyes is to have read it.
func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	m, err := p.notify.Open(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, messagePage(p.Shell(r, m.Title), m))
}

// open marks a message as read and goes to what it's about.
func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	m, err := p.notify.Open(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	link := m.Link
	if link == "" {
		link = "/messages/" + m.ID
	}
	return p.Go(w, r, link, i18n.Msg{})
}

func (p pages) readAll(w http.ResponseWriter, r *http.Request) error {
	if err := p.notify.ReadAll(r.Context(), site.By(r)); err != nil {
		return err
	}
	return p.Go(w, r, "/messages", i18n.M("message.all_read"))
}
