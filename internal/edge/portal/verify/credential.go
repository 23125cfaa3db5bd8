package verify

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/badge"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/vc"
)

// An entry is what was typed into the form for files, and what is wrong with it.
type entry struct {
	Text string
	Errs []ui.FieldError
}

func (e entry) of(name string) string { return site.ErrorOf(e.Errs, name) }

func (p pages) credentialForm(w http.ResponseWriter, r *http.Request) error {
	return p.Show(w, r, http.StatusOK, formPage(p.Shell(r, i18n.M("verify.title")), false, entry{}))
}

// mostSent bounds an uploaded form: a certificate with its fonts has about 100 KB.
const mostSent = 4 << 20

// examine checks a credential that somebody uploads or pastes. Nothing of it is kept.
func (p pages) examine(w http.ResponseWriter, r *http.Request) error {
	if seconds := p.tooMany(r); seconds > 0 {
		return fault.TooMany(seconds, i18n.M("verify.too_many"))
	}
	in, err := sentFiles(w, r)
	if err != nil {
		return err
	}
	var issuers [][]byte
	if len(in["issuer"]) > 0 {
		issuers = append(issuers, in["issuer"])
	}
	file := in["file"]
	if len(file) == 0 {
		file = in["text"]
	}
	if len(file) == 0 {
		err = fault.Invalid("file", i18n.M("verify.file.empty"))
	}
	var f badge.Finding
	if err == nil {
		f, err = p.badge.Examine(r.Context(), file, issuers...)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return formPage(p.Shell(r, i18n.M("verify.title")), false, entry{string(in["text"]), errs})
		})
	}
	return p.Show(w, r, http.StatusOK, foundPage(p.Shell(r, i18n.M("verify.title")), f))
}

// sentFiles reads the form's parts into memory: all of it is small.
func sentFiles(w http.ResponseWriter, r *http.Request) (map[string][]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, mostSent)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Invalid("file", i18n.M("verify.file.empty"))
	}
	out := map[string][]byte{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		var b []byte
		if err == nil {
			b, err = io.ReadAll(part)
		}
		if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
			return nil, fault.New(fault.KindTooLarge, i18n.M("verify.file.large"))
		}
		if err != nil {
			return nil, fault.Invalid("file", i18n.M("verify.file.empty"))
		}
		out[part.FormName()] = b
	}
}

// freely lets pages of other origins read what is public anyway, so that a verifier may run in a browser.
func freely(h http.Header) { h.Set("Access-Control-Allow-Origin", "*") }

// sendDocument answers with a signed document.
func sendDocument(w http.ResponseWriter, media, cache, name string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", cache)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if name != "" {
		h.Set("Content-Disposition", fmt.Sprintf("inline; filename=%q", name))
	}
	freely(h)
	w.WriteHeader(http.StatusOK)
	w.Write(b) // an error means that the reader has gone: nobody to tell
	return nil
}

// The media types of what is sent.
const (
	typeCredential = "application/vc"
	typeDocument   = "application/json; charset=utf-8"
	briefly        = "public, max-age=30" // badge.FreshFor; a test compares
)

// credential is the signed credential of a number. How often one may ask is limited as for the number's page.
func (p pages) credential(w http.ResponseWriter, r *http.Request) error {
	if seconds := p.tooMany(r); seconds > 0 {
		return fault.TooMany(seconds, i18n.M("verify.too_many"))
	}
	b, err := p.badge.Document(r.Context(), clean(r.PathValue("number")))
	if err != nil {
		return err
	}
	return sendDocument(w, typeCredential, "no-cache", b.Number+".json", []byte(b.Document))
}

// certificate is the printed certificate for anybody who has its number.
func (p pages) certificate(w http.ResponseWriter, r *http.Request) error {
	if seconds := p.tooMany(r); seconds > 0 {
		return fault.TooMany(seconds, i18n.M("verify.too_many"))
	}
	number := clean(r.PathValue("number"))
	vendor, err := p.Accounts.Vendor(r.Context())
	if err != nil {
		return err
	}
	c, err := p.q.PublicCertificate(r.Context(), number, pdf.Both{EN: vendor.Name}, p.BaseURL+"/verify/"+url.PathEscape(number))
	if err != nil {
		return err
	}
	b, err := p.press.Certificate(c)
	if err != nil {
		return err
	}
	return sendDocument(w, "application/pdf", "no-store", number+".pdf", b)
}

// statusList is a list by which verifiers find out what was revoked or suspended.
func (p pages) statusList(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("list"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	l, err := p.badge.StatusList(r.Context(), n, r.PathValue("purpose"))
	if err != nil {
		return err
	}
	w.Header().Set("ETag", l.ETag)
	if r.Header.Get("If-None-Match") == l.ETag {
		w.Header().Set("Cache-Control", briefly)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return sendDocument(w, typeCredential, briefly, "", l.Bytes)
}

func (p pages) achievement(w http.ResponseWriter, r *http.Request) error {
	d, err := p.badge.Achievement(r.Context(), r.PathValue("ref"), r.PathValue("level"))
	return p.sendJSON(w, d, err)
}

func (p pages) did(w http.ResponseWriter, r *http.Request) error {
	d, err := p.badge.DIDDocument(r.Context())
	return p.sendJSON(w, d, err)
}

func (p pages) sendJSON(w http.ResponseWriter, d vc.Document, err error) error {
	if err != nil {
		return err
	}
	b, err := d.Bytes()
	if err != nil {
		return err
	}
	return sendDocument(w, typeDocument, briefly, "", b)
}

// issuer is who signs: a page for people, who name HTML, and a document for programs.
func (p pages) issuer(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	format := r.URL.Query().Get("format")
	if format == "json" || format != "html" && !strings.Contains(r.Header.Get("Accept"), "text/html") {
		d, err := p.badge.IssuerDocument(r.Context())
		if format == "json" {
			w.Header().Set("Content-Disposition", `attachment; filename="issuer.json"`)
		}
		return p.sendJSON(w, d, err)
	}
	keys, err := p.badge.PublicKeys(r.Context())
	if err != nil {
		return err
	}
	vendor, err := p.Accounts.Vendor(r.Context())
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, issuerPage(p.Shell(r, i18n.M("verify.issuer.title")), issuerView{vendor.Name, p.BaseURL, keys}))
}
