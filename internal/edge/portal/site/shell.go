package site

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// Shell is what stands around a page with this title. It takes the flash message, so call it once a request.
func (s *Site) Shell(r *http.Request, title i18n.Msg) page.ShellView {
	x, ctx := signed(r), r.Context()
	v := page.ShellView{Assets: s.Assets, Title: i18n.Say(ctx, title), Theme: x.Theme, Density: x.Density,
		Path: r.URL.RequestURI(), Flash: s.flash(r)}
	if r.Method != http.MethodGet {
		v.Path = r.URL.Path
	}
	if s.Demo {
		v.Demo = &page.DemoBar{Now: s.Clock.Now()}
	}
	for name, into := range map[string]*string{"theme": &v.Theme, "density": &v.Density} {
		if c, err := r.Cookie(name); err == nil && *into == "" && (c.Value == "dark" || c.Value == "light" || c.Value == "roomy") {
			*into = c.Value
		}
	}
	by := x.Actor
	if by.Kind == actor.Public || by.Kind == "" {
		return v
	}
	v.User, v.Nav = by.Name, s.nav(r, by)
	v.Flash = append(v.Flash, s.wayBack(r)...)
	for _, m := range x.Memberships {
		current := m.Account == by.Account
		if current {
			v.Acting = m.AccountName
		}
		v.Accounts = append(v.Accounts, page.AccountChoice{ID: m.Account, Name: m.AccountName,
			Kind: i18n.Say(ctx, account.KindLabel(m.Kind)), Current: current})
	}
	// A page without its bell is better than no page.
	if n, err := s.Notify.Unread(ctx, by); err == nil {
		v.Unread = int(n)
	} else {
		s.Log.WarnContext(ctx, "unread messages", "error", err)
	}
	return v
}

func (s *Site) nav(r *http.Request, by actor.Actor) (groups []page.NavGroup) {
	best := "" // the longest entry that the address starts with is the current one
	for _, m := range s.menu {
		if within(r.URL.Path, m.Href) && len(m.Href) > len(best) {
			best = m.Href
		}
	}
	for _, m := range s.menu {
		if !by.Can(m.Verb) || len(m.Kinds) > 0 && !slices.Contains(m.Kinds, by.Kind) {
			continue
		}
		if n := len(groups); n == 0 || groups[n-1].Label.Key != m.Group.Key {
			groups = append(groups, page.NavGroup{Label: m.Group})
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, page.NavItem{Href: m.Href, Label: m.Label, Icon: m.Icon, Current: m.Href == best})
	}
	return groups
}

func within(path, href string) bool {
	return path == href || href != "/" && strings.HasPrefix(path, href+"/")
}

const flashCookie = "hanse_flash"

type flash struct {
	Tone ui.Tone
	Msg  i18n.Msg
}

// setFlash keeps one word for the next page. It's sealed, so that nobody can make the portal say something.
func (s *Site) setFlash(w http.ResponseWriter, tone ui.Tone, m i18n.Msg) {
	b, err := json.Marshal(flash{tone, m})
	if err != nil {
		return
	}
	http.SetCookie(w, s.cookie(flashCookie, s.Vault.Seal("flash", string(b)), 60))
}

// flash reads the word of the page before; Show clears it.
func (s *Site) flash(r *http.Request) []ui.NoticeView {
	c, err := r.Cookie(flashCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	text, err := s.Vault.Open("flash", c.Value)
	if err != nil {
		return nil
	}
	var f flash
	if json.Unmarshal([]byte(text), &f) != nil {
		return nil
	}
	return []ui.NoticeView{{Tone: f.Tone, Text: i18n.Say(r.Context(), f.Msg)}}
}

func (s *Site) cookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: s.Secure,
		SameSite: http.SameSiteLaxMode}
}
