package site

import (
	"encoding/json"
	"net/http"
	"strings"

	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A Return is the way back to something that somebody left half done to do something else first: to buy, say. Every page
// offers it until it's gone back.
type Return struct {
	Path   string // of ours
	Text   i18n.Msg
	Action i18n.Msg // what the link says
	User   string   // whose it is; SetReturn fills it in
}

const (
	returnCookie = "hanse_return"
	returnAge    = 2 * 3600 // seconds
)

// SetReturn keeps the way back in the browser, sealed, for whoever asks now.
func (s *Site) SetReturn(w http.ResponseWriter, r *http.Request, x Return) {
	x.User = By(r).Account + "/" + By(r).User
	if b, err := json.Marshal(x); err == nil {
		http.SetCookie(w, s.cookie(returnCookie, s.Vault.Seal("return", string(b)), returnAge))
	}
}

// Returned forgets the way back.
func (s *Site) Returned(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(returnCookie); err == nil {
		http.SetCookie(w, s.cookie(returnCookie, "", -1))
	}
}

// wayBack is the notice that offers it, on every page but the one that it leads to.
func (s *Site) wayBack(r *http.Request) []ui.NoticeView {
	c, err := r.Cookie(returnCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	text, err := s.Vault.Open("return", c.Value)
	var x Return
	if err != nil || json.Unmarshal([]byte(text), &x) != nil || x.User != By(r).Account+"/"+By(r).User {
		return nil
	}
	if path, _, _ := strings.Cut(x.Path, "?"); path == r.URL.Path {
		return nil
	}
	ctx := r.Context()
	return []ui.NoticeView{{Tone: ui.Info, Icon: "arrow-left", Text: i18n.Say(ctx, x.Text),
		Action: ui.LinkButton(ui.LinkView{Href: safePath(x.Path), Label: i18n.Say(ctx, x.Action), Kind: ui.Primary})}}
}
