package site

import (
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/kit/fault"
)

const maxForm = 1 << 20 // bytes of typed text in one form; files have limits of their own

// Form reads the typed entries of a POST. Too much text is a fault.
func Form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.KindTooLarge, tooLarge)
	}
	return nil
}

// toLogin sends somebody without a session to the sign-in page. What was typed waits, sealed and for the same
// person only, and is shown again after signing in.
func (s *Site) toLogin(w http.ResponseWriter, r *http.Request) {
	next := url.Values{}
	if r.Method == http.MethodGet {
		next.Set("next", r.URL.RequestURI())
	} else if token, err := s.stash(w, r); err == nil && token != "" {
		next.Set("kept", token)
	} else if err != nil {
		s.Log.WarnContext(r.Context(), "keep a form", "error", err)
	}
	target := "/login"
	if len(next) > 0 && !(next.Get("next") == "/") {
		target += "?" + next.Encode()
	}
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", target)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func (s *Site) stash(w http.ResponseWriter, r *http.Request) (string, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<20)
		if err := r.ParseMultipartForm(maxForm); err != nil {
			return "", err
		}
		defer r.MultipartForm.RemoveAll() // files aren't kept: the reader chooses them again
	} else if err := Form(w, r); err != nil {
		return "", err
	}
	return s.Login.Stash(r.Context(), r, r.URL.Path, r.PostForm)
}

// SetPreference keeps a choice of language, appearance or spacing in the browser.
func (s *Site) SetPreference(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, s.cookie(name, value, 365*24*3600))
}
