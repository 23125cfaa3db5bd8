package qualify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Accept are the endings of documents that can be uploaded.
const Accept = ".pdf,.png,.jpg,.jpeg"

// maxUpload is the most that one request may carry, all files together; each has a limit of its own by setting.
const maxUpload = 256 << 20

func (p pages) evidence(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.editable(w, r, d, evidencePage)
}

// upload stores every chosen file in its place as it streams in. One refused file doesn't keep the others out.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Invalid("", i18n.M("qualify.evidence.no_form"))
	}
	var refused fault.Fields
	kept, then := 0, ""
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return cut(err)
		}
		if part.FormName() == "then" {
			b, _ := io.ReadAll(io.LimitReader(part, 16))
			then = string(b)
		}
		n, err := p.take(r, id, part, &refused)
		if err != nil {
			return err
		}
		kept += n
	}
	if err := refused.Err(); err != nil {
		return p.again(w, r, err, evidencePage)
	}
	return p.afterUpload(w, r, id, kept, then)
}

func (p pages) afterUpload(w http.ResponseWriter, r *http.Request, id string, kept int, then string) error {
	said := i18n.Msg{}
	if kept > 0 {
		said = i18n.M("qualify.evidence.kept", i18n.A{"n": kept})
	}
	if then == "next" {
		return p.Go(w, r, base(id)+"/check", said)
	}
	if kept == 0 {
		return p.again(w, r, fault.Invalid("", i18n.M("qualify.evidence.nothing")), evidencePage)
	}
	return p.Go(w, r, base(id)+"/evidence", said)
}

// take stores one part when it's a chosen file. What is wrong with the file is noted at its field.
func (p pages) take(r *http.Request, id string, part *multipart.Part, refused *fault.Fields) (int, error) {
	field := part.FormName()
	where, ok := strings.CutPrefix(field, "evidence:")
	if !ok || part.FileName() == "" {
		return 0, nil
	}
	at := strings.SplitN(where, ":", 3)
	n := qualification.NewEvidence{Ask: at[0], Name: filepath.Base(part.FileName())}
	if len(at) == 3 {
		n.Person, n.Code = at[1], at[2]
	}
	_, err := p.q.AddEvidence(r.Context(), site.By(r), id, n, part)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.KindInvalid && f.Kind != fault.KindTooLarge {
		if err != nil {
			return 0, err
		}
		return 1, nil
	}
	msg := f.Msg
	if len(f.Fields) > 0 {
		msg = f.Fields[0].Msg
	}
	refused.Add(field, n.Name, msg)
	return 0, nil
}

// cut explains a request that ended early.
func cut(err error) error {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return fault.New(fault.KindTooLarge, i18n.M("qualify.evidence.too_large"))
	}
	return fault.Invalid("", i18n.M("qualify.evidence.broken"))
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.q.RemoveEvidence(r.Context(), site.By(r), id, r.PathValue("file")); err != nil {
		return err
	}
	return p.Go(w, r, base(id)+"/evidence", i18n.M("qualify.evidence.removed"))
}

// file opens a file of an application, in the page or alone.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	f, e, err := p.q.OpenEvidence(r.Context(), site.By(r), r.PathValue("id"), r.PathValue("file"))
	if err != nil {
		return err
	}
	defer f.Close()
	ServeFile(w, r, f, e.Name, e.Media, e.AddedAt)
	return nil
}

// ServeFile answers with an uploaded file so that nothing in it can act for the portal: the type is the one that was
// found when it was stored, never guessed; no script, no form, no frame but our own. Kinds that a browser shows open
// in place, any other is downloaded.
func ServeFile(w http.ResponseWriter, r *http.Request, f *os.File, name, media string, at time.Time) {
	h := w.Header()
	shown := slices.Contains([]string{"application/pdf", "image/png", "image/jpeg"}, media)
	how, policy := "attachment", "default-src 'none'; frame-ancestors 'self'; sandbox"
	if shown {
		how = "inline"
	}
	if media == "application/pdf" {
		policy = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; frame-ancestors 'self'"
	}
	if !shown {
		media = "application/octet-stream"
	}
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", at, f)
}

// Size is a file's size in words.
func Size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", (n+1023)>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// places are the files that an application asks for, with what is there.
func places(ctx context.Context, v door.View, a qualification.ApplicationView, edit bool) (out []ui.FilePlace) {
	for _, x := range a.Places {
		f := ui.FilePlace{Name: x.Field(), Title: PlaceTitle(ctx, x), Error: v.Error(x.Field()), Accept: Accept, Optional: x.Ask.Optional, ReadOnly: !edit}
		if x.File != nil {
			f.File = &ui.PlacedFile{Href: "/applications/" + a.ID + "/evidence/" + x.File.ID, Name: x.File.Name, Size: Size(x.File.Size)}
			if edit {
				f.File.Remove = &ui.ButtonView{Label: i18n.T(ctx, "qualify.evidence.remove"), What: door.Data(ctx, x.File.Name), Kind: ui.Quiet, Form: "remove",
					Action: base(a.ID) + "/evidence/" + x.File.ID + "/remove"}
			}
		}
		if edit && x.Ask.ID == "application-form" {
			f.Action = ui.LinkButton(ui.LinkView{Href: base(a.ID) + "/application.pdf", Label: i18n.T(ctx, "qualify.evidence.template"), Icon: "download", Download: true})
		}
		out = append(out, f)
	}
	return out
}

// missingFiles counts the files that are asked for and aren't there.
func missingFiles(a qualification.ApplicationView) (n int) {
	for _, x := range a.Places {
		if x.File == nil && !x.Ask.Optional {
			n++
		}
	}
	return n
}

// printForm is the filled application form as PDF, to be signed.
func (p pages) printForm(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	form, err := p.q.ApplicationForm(r.Context(), site.By(r), id, lang(r))
	if err != nil {
		return err
	}
	if vendor, none := p.Accounts.Vendor(r.Context()); none == nil {
		form.Issuer = vendor.Name
	}
	b, err := p.press.Form(form)
	if err != nil {
		return err
	}
	sendPDF(w, "application-"+id+".pdf", b)
	return nil
}

// lang is the reader's language, of those that can be printed.
func lang(r *http.Request) string {
	if i18n.From(r.Context()).Lang == i18n.Chinese {
		return i18n.Chinese
	}
	return i18n.English
}

func sendPDF(w http.ResponseWriter, name string, b []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", fmt.Sprint(len(b)))
	w.Write(b) // an error means that the reader has gone
}
