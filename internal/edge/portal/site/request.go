package site

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
)

type ctxKey struct{}

// By returns who asks.
func By(r *http.Request) actor.Actor { return signed(r).Actor }

func signed(r *http.Request) login.Signed {
	x, _ := r.Context().Value(ctxKey{}).(login.Signed)
	return x
}

func (s *Site) handle(h Handler, signedIn bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.identify(r)
		if err == nil && signedIn && By(r).Kind == actor.Public {
			err = fault.Unauthenticated()
		}
		if err == nil {
			err = h(w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// identify finds out who asks, and in which language the answer is.
func (s *Site) identify(r *http.Request) (*http.Request, error) {
	x, err := s.Login.Identify(r)
	if refused := new(signature.Error); errors.As(err, &refused) {
		err = fault.Unauthenticated()
	}
	lang := i18n.Pick(r, x.Actor.Lang)
	if x.Actor.Kind == actor.Public || x.Actor.Kind == "" {
		lang = i18n.Pick(r, "")
	}
	ctx := context.WithValue(r.Context(), ctxKey{}, x)
	return r.WithContext(i18n.With(ctx, lang, calendar.Zone)), err
}

// Still is a request that is under way for long with who asks by now: nobody once the session has ended.
func (s *Site) Still(r *http.Request) (*http.Request, error) {
	x, err := s.Login.Still(r)
	return r.WithContext(context.WithValue(r.Context(), ctxKey{}, x)), err
}

// safePath keeps a way back inside the portal: a path of ours, or home.
func safePath(p string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return p
}

func notFound(http.ResponseWriter, *http.Request) error { return fault.NotFound() }
