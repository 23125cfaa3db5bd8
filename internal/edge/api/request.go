package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/web"
)

type ctxKey struct{}

func by(ctx context.Context) actor.Actor {
	a, _ := ctx.Value(ctxKey{}).(actor.Actor)
	return a
}

// identify tells who asks: by signature, token or session. The answer's language is the user's, else that of
// Accept-Language.
func (a *API) identify(r *http.Request) (*http.Request, error) {
	who, err := a.Login.Authenticate(r)
	ctx := i18n.With(r.Context(), i18n.Pick(r, who.Lang), calendar.Zone)
	return r.WithContext(context.WithValue(ctx, ctxKey{}, who)), err
}

// admit holds each user to a rate; those without one are held by their address.
func (a *API) admit(r *http.Request) error {
	who := by(r.Context())
	client := who.Identity + who.User
	if who.Kind == actor.Public {
		client = web.Of(r.Context()).IP
	}
	if wait := a.limiter.Allow(client); wait > 0 {
		seconds := int(wait.Seconds()) + 1
		return fault.TooMany(seconds, i18n.M("api.too_many", i18n.A{"n": seconds}))
	}
	return nil
}

// maxKey bounds an Idempotency-Key; maxKept the answers that are kept.
const (
	maxKey  = 128
	maxKept = 1 << 20
)

// once answers a request that changes something and carries an Idempotency-Key: the first one runs, another with
// the same key and content gets the first one's answer, and one with other content is refused (422).
func (a *API) once(w http.ResponseWriter, r *http.Request, next http.Handler) {
	key, who := r.Header.Get("Idempotency-Key"), by(r.Context())
	if key == "" || r.Method == http.MethodGet || who.Kind == actor.Public {
		next.ServeHTTP(w, r)
		return
	}
	kept, body, err := a.claim(r, who, key)
	switch {
	case err != nil:
		a.refuse(w, r, err)
		return
	case kept != nil:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(kept.status)
		w.Write(kept.body)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	next.ServeHTTP(rec, r)
	if err := a.keep(context.WithoutCancel(r.Context()), who, key, rec); err != nil {
		a.Log.ErrorContext(r.Context(), "keep an answer", "request", web.Of(r.Context()).ID, "error", err)
	}
}

// answer is what was said the first time.
type answer struct {
	hash   []byte
	status int
	body   []byte
}

func (a *API) claim(r *http.Request, who actor.Actor, key string) (*answer, []byte, error) {
	if len(key) > maxKey {
		return nil, nil, fault.Invalid("Idempotency-Key", i18n.M("api.key_too_long", i18n.A{"n": maxKey}))
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxKept))
	if err != nil {
		return nil, nil, fault.New(fault.KindTooLarge, i18n.M("api.key_body"))
	}
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.RequestURI()+"\n"), body...))
	kept, err := a.claimKey(r.Context(), who, key, sum[:])
	return kept, body, err
}

func (a *API) claimKey(ctx context.Context, who actor.Actor, key string, hash []byte) (kept *answer, err error) {
	owner := who.User + " " + key // two users of an account don't meet by chance
	err = a.DB.Update(ctx, func(tx *db.Tx) error {
		kept = nil
		fresh, err := insertKey(ctx, tx, who.Account, owner, hash)
		if err != nil || fresh {
			return err
		}
		found, err := readKey(ctx, tx, who.Account, owner)
		switch {
		case errors.Is(err, db.ErrNoRow):
			return fault.Conflict(i18n.M("api.key_running"))
		case err != nil:
			return err
		case !bytes.Equal(found.hash, hash):
			return fault.Invalid("Idempotency-Key", i18n.M("api.key_reused"))
		case found.status == 0:
			return fault.Conflict(i18n.M("api.key_running"))
		}
		kept = &found
		return nil
	})
	return kept, err
}

// keep stores the answer. One that failed inside is forgotten, so that the request can be sent again.
func (a *API) keep(ctx context.Context, who actor.Actor, key string, rec *recorder) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		owner := who.User + " " + key
		if rec.status >= 500 || rec.tooLong {
			return dropKey(ctx, tx, who.Account, owner)
		}
		return keepKey(ctx, tx, who.Account, owner, rec.status, rec.body.Bytes())
	})
}

// recorder passes an answer on and remembers it.
type recorder struct {
	http.ResponseWriter
	status  int
	body    bytes.Buffer
	tooLong bool
}

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write remembers the bytes, up to a bound.
func (r *recorder) Write(b []byte) (int, error) {
	if r.body.Len()+len(b) > maxKept {
		r.tooLong = true
	} else {
		r.body.Write(b)
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
