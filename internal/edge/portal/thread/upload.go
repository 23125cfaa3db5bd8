package thread

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Deps is what uploading and showing files needs. Find returns an attachment that the actor may read: one of a ticket
// that the actor sees, or an upload of the actor's own.
type Deps struct {
	DB          *db.DB
	Attachments *attachment.Service
	Find        func(ctx context.Context, by actor.Actor, id string) (attachment.Attachment, error)
}

// Uploads takes the files of forms.
type Uploads struct {
	*site.Site
	Deps
}

// Register adds the addresses of files, and the page before a link that leaves the portal.
func Register(s *site.Site, d Deps) *Uploads {
	u := &Uploads{s, d}
	s.Page("POST /attachments", u.put)
	s.Page("GET /attachments/{id}", u.file)
	s.Page("POST /attachments/{id}/remove", u.remove)
	s.Page("GET /leave", u.leaving)
	return u
}

const (
	maxText    = 1 << 20 // typed text of a form, in bytes
	mostFields = 2000
)

// Form reads a form that may carry files, in fields named "file". Each file is stored at once, and its id joins the
// entries named "attachment": so a refused form keeps its files. What is wrong with a file comes back as a refused entry.
func (u *Uploads) Form(w http.ResponseWriter, r *http.Request, from attachment.Source) (refused fault.Fields, err error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil, site.Form(w, r)
	}
	l, err := attachment.LimitsAt(r.Context(), u.DB.Read(), u.Clock.Now())
	if err != nil {
		return nil, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, int64(l.Count+1)*int64(l.Megabytes)<<20+2*maxText)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Invalid("file", i18n.M("thread.file.broken"))
	}
	typed, room := url.Values{}, int64(maxText)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, broken(err)
		}
		if err := u.part(r, part, from, typed, &room, &refused); err != nil {
			return nil, err
		}
	}
	r.PostForm, r.Form = typed, url.Values{}
	for k, v := range r.URL.Query() {
		r.Form[k] = append(r.Form[k], v...)
	}
	for k, v := range typed {
		r.Form[k] = append(v, r.Form[k]...)
	}
	return refused, nil
}

// part takes one entry of a form: a file, or a text.
func (u *Uploads) part(r *http.Request, part *multipart.Part, from attachment.Source, typed url.Values, room *int64, refused *fault.Fields) error {
	if part.FormName() == "file" {
		if part.FileName() == "" {
			return nil
		}
		a, err := u.Attachments.Put(r.Context(), site.By(r), attachment.Upload{Source: from, Name: part.FileName(), Body: part})
		if f := fault.Of(err); f != nil && f.Kind != fault.KindDenied && f.Kind != fault.KindUnauthenticated {
			refused.Add("file", part.FileName(), i18n.M("thread.file.refused", i18n.A{"name": i18n.Raw(part.FileName()), "why": why(f)}))
			return nil
		}
		if err == nil {
			typed.Add("attachment", a.ID)
		}
		return err
	}
	b, err := io.ReadAll(io.LimitReader(part, *room+1))
	if err != nil {
		return broken(err)
	}
	if *room -= int64(len(b)); *room < 0 || len(typed) > mostFields {
		return fault.New(fault.KindTooLarge, i18n.M("thread.too_long"))
	}
	typed.Add(part.FormName(), string(b))
	return nil
}

// broken is a body that ended early, or is longer than all files together may be.
func broken(err error) error {
	if long := (*http.MaxBytesError)(nil); errors.As(err, &long) {
		return fault.New(fault.KindTooLarge, i18n.M("thread.file.too_much"))
	}
	return fault.Invalid("file", i18n.M("thread.file.broken"))
}

// why is what a refusal says about its one entry.
func why(f *fault.Fault) i18n.Msg {
	if len(f.Fields) > 0 {
		return f.Fields[0].Msg
	}
	return f.Msg
}

// Waiting are the uploads of the actor among ids, in their order: what a form that was refused shows again. Ids of
// others, and of files that have gone, are left out.
func (u *Uploads) Waiting(ctx context.Context, by actor.Actor, ids []string) ([]File, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	all, err := attachment.Of(ctx, u.DB.Read(), ids[:min(len(ids), 100)])
	if err != nil {
		return nil, err
	}
	byID := map[string]attachment.Attachment{}
	for _, a := range all {
		if a.Account == by.Account && a.ByUser == by.User && a.Ticket == "" {
			byID[a.ID] = a
		}
	}
	var out []File
	for _, id := range ids {
		if a, ok := byID[id]; ok {
			out = append(out, Files([]attachment.Attachment{a})...)
			delete(byID, id)
		}
	}
	return out, nil
}

// An answer is what the script gets for an upload.
type answer struct {
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Size    string `json:"size,omitempty"`
	URL     string `json:"url,omitempty"`
	Picture bool   `json:"picture,omitempty"`
	Mark    string `json:"mark,omitempty"` // what stands for the picture in the text
	Error   string `json:"error,omitempty"`
}

// put stores the one file that a script sends while somebody writes.
func (u *Uploads) put(w http.ResponseWriter, r *http.Request) error {
	l, err := attachment.LimitsAt(r.Context(), u.DB.Read(), u.Clock.Now())
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, int64(l.Megabytes+1)<<20)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Invalid("file", i18n.M("thread.file.broken"))
	}
	in := attachment.Upload{Source: attachment.Message}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return u.say(w, r, http.StatusUnprocessableEntity, answer{Error: i18n.T(r.Context(), "thread.file.broken")})
		}
		switch part.FormName() {
		case "source":
			b, _ := io.ReadAll(io.LimitReader(part, 20))
			in.Source = attachment.Source(b)
		case "inline":
			in.Inline = true
		case "file":
			in.Name, in.Body = part.FileName(), part
			return u.store(w, r, in)
		}
	}
}

func (u *Uploads) store(w http.ResponseWriter, r *http.Request, in attachment.Upload) error {
	a, err := u.Attachments.Put(r.Context(), site.By(r), in)
	if f := fault.Of(err); f != nil && f.Kind != fault.KindUnauthenticated {
		return u.say(w, r, http.StatusUnprocessableEntity, answer{Error: i18n.Say(r.Context(), why(f))})
	}
	if err != nil {
		return err
	}
	out := answer{ID: a.ID, Name: a.Name, Size: size(a.Size), URL: "/attachments/" + a.ID, Picture: a.Picture()}
	if out.Picture {
		out.Mark = "![" + strings.NewReplacer("[", "(", "]", ")").Replace(a.Name) + "](" + a.ID + ")"
	}
	return u.say(w, r, http.StatusCreated, out)
}

func (u *Uploads) say(w http.ResponseWriter, _ *http.Request, status int, x answer) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(x) // an error means that the reader has gone
	return nil
}

// remove takes an upload back that no ticket has. One that has gone already is no error.
func (u *Uploads) remove(w http.ResponseWriter, r *http.Request) error {
	err := u.Attachments.Delete(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil && fault.KindOf(err) != fault.KindNotFound {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// file serves an attachment: pictures inside pages, everything else as a download that no browser interprets.
func (u *Uploads) file(w http.ResponseWriter, r *http.Request) error {
	a, err := u.Find(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := u.Attachments.Open(a)
	if err != nil {
		return err
	}
	defer f.Close()
	serve(w, r, f, a)
	return nil
}

func serve(w http.ResponseWriter, r *http.Request, f *os.File, a attachment.Attachment) {
	h, how, media := w.Header(), "attachment", "application/octet-stream"
	if a.Picture() && r.URL.Query().Get("download") == "" {
		how, media = "inline", a.Media
	}
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=3600") // content never changes under its id
	http.ServeContent(w, r, "", time.Time{}, f)
}

type leaveView struct {
	site       *site.Site
	r          *http.Request
	href, host string
}

// leaving says where a link leads before anybody goes there.
func (u *Uploads) leaving(w http.ResponseWriter, r *http.Request) error {
	to, err := url.Parse(r.URL.Query().Get("to"))
	if err != nil || to.Host == "" || to.Scheme != "http" && to.Scheme != "https" || to.User != nil {
		return fault.NotFound()
	}
	return u.Show(w, r, http.StatusOK, leavePage(leaveView{u.Site, r, to.String(), to.Host}))
}
