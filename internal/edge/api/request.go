package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/web"
)

func by(ctx context.Context) actor.Actor {
	if x := exchangeOf(ctx); x != nil {
		return x.who
	}
	return actor.Actor{}
}

// identify tells who asks: by signature, token or session. The answer's language is the user's, else that of
// Accept-Language.
func (a *API) identify(r *http.Request, x *exchange) (*http.Request, error) {
	var err error
	x.who, err = a.Login.Authenticate(r)
	return r.WithContext(i18n.With(r.Context(), i18n.Pick(r, x.who.Lang), calendar.Zone)), err
}

// admit holds each user to a rate; those without one are held by their address.
func (a *API) admit(r *http.Request) error {
	who := by(r.Context())
	client := who.Identity + who.User
	if who.Kind == actor.Public {
		client = web.Of(r.Context()).IP
	}
	if a.limiter == nil {
		return nil
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

// lease is for how long a first request is believed to be under way. One that hasn't ended by then died with its
// process, and the next request with its key takes its place.
const lease = 2 * time.Minute

// keyed runs an operation whose ledger entry keeps the key: what is repeated is told by that, so that nothing is stored
// here and the body isn't read twice. A refusal leaves no entry, so its signature is used up instead: what was refused
// can't be had later by sending the same bytes again.
func (a *API) keyed(w http.ResponseWriter, r *http.Request, x *exchange) {
	if len(r.Header.Get(keyHeader)) > maxKey {
		a.refuse(w, r, keyTooLong())
		return
	}
	h := &heard{ResponseWriter: w}
	a.run(h, r, x)
	if h.status < http.StatusBadRequest {
		return
	}
	if err := a.Login.UseUp(r.WithContext(context.WithoutCancel(r.Context()))); err != nil {
		a.Log.ErrorContext(r.Context(), "use up a signature", "request", web.Of(r.Context()).ID, "error", err)
	}
}

// heard passes an answer on and knows its status.
type heard struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (h *heard) WriteHeader(status int) {
	h.status = status
	h.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (h *heard) Unwrap() http.ResponseWriter { return h.ResponseWriter }

const keyHeader = "Idempotency-Key"

func keyTooLong() error {
	return fault.Invalid(keyHeader, i18n.M("api.key_too_long", i18n.A{"n": maxKey}))
}

// idempotencyKey is the key that a Keyed operation's request carries; empty without one.
func idempotencyKey(ctx context.Context) string {
	if x := exchangeOf(ctx); x != nil {
		return x.r.Header.Get(keyHeader)
	}
	return ""
}

// replayed says of a Keyed operation's answer that it's the first one's.
func replayed(ctx context.Context) {
	if x := exchangeOf(ctx); x != nil {
		x.w.Header().Set("Idempotency-Replayed", "true")
	}
}

// once answers a request that changes something and carries an Idempotency-Key: the first one runs, another with
// the same key and content gets the first one's answer, and one with other content is refused (422).
func (a *API) once(w http.ResponseWriter, r *http.Request, x *exchange) {
	key, who := r.Header.Get(keyHeader), x.who
	if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead || who.Kind == actor.Public {
		a.run(w, r, x)
		return
	}
	c, body, err := a.claim(r, who, key)
	switch {
	case err != nil:
		a.refuse(w, r, err)
		return
	case c.kept != nil:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Idempotency-Replayed", "true")
		w.WriteHeader(c.kept.status)
		w.Write(c.kept.body)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := &recorder{ResponseWriter: w, status: http.StatusOK, secret: x.op.Secret}
	ended := false
	defer func() { // a handler that panics leaves nothing behind, too
		if !ended {
			rec.status = http.StatusInternalServerError
		}
		if err := a.keep(context.WithoutCancel(r.Context()), c, rec); err != nil {
			a.Log.ErrorContext(r.Context(), "keep an answer", "request", web.Of(r.Context()).ID, "error", err)
		}
	}()
	a.run(rec, r, x)
	ended = true
}

// answer is what was said the first time; status 0 = the first request is still under way, since at.
type answer struct {
	hash   []byte
	status int
	body   []byte
	at     int64
}

// claimed is a key that this request holds, or the answer that is kept under it.
type claimed struct {
	account, key string
	at           int64 // when this request took it: a later one may have taken it over
	kept         *answer
}

func (a *API) claim(r *http.Request, who actor.Actor, key string) (c claimed, body []byte, err error) {
	if len(key) > maxKey {
		return c, nil, keyTooLong()
	}
	body, err = io.ReadAll(http.MaxBytesReader(nil, r.Body, maxKept))
	if err != nil {
		return c, nil, fault.New(fault.KindTooLarge, i18n.M("api.key_body"))
	}
	sum := sha256.Sum256(append([]byte(r.Method+" "+r.URL.RequestURI()+"\n"), body...))
	c.account, c.key = who.Account, who.User+" "+key // two users of an account don't meet by chance
	err = a.DB.Update(r.Context(), func(tx *db.Tx) error {
		c.at, c.kept = tx.Wall.UnixMicro(), nil
		fresh, err := insertKey(r.Context(), tx, c, sum[:])
		if err != nil || fresh {
			return err
		}
		return takeKey(r.Context(), tx, &c, sum[:])
	})
	return c, body, err
}

// takeKey finds out what became of the first request with a key.
func takeKey(ctx context.Context, tx *db.Tx, c *claimed, hash []byte) error {
	found, err := readKey(ctx, tx, c.account, c.key)
	switch {
	case errors.Is(err, db.ErrNoRow):
		return fault.Conflict(i18n.M("api.key_running")) // it failed just now
	case err != nil:
		return err
	case !bytes.Equal(found.hash, hash):
		return fault.Invalid(keyHeader, i18n.M("api.key_reused"))
	case found.status != 0:
		c.kept = &found
		return nil
	case c.at-found.at < lease.Microseconds():
		return fault.Conflict(i18n.M("api.key_running"))
	}
	taken, err := renewKey(ctx, tx, *c, found.at)
	if err == nil && !taken {
		err = fault.Conflict(i18n.M("api.key_running"))
	}
	return err
}

// keep stores the answer. One that failed inside is forgotten, so that the request can be sent again. Of one that
// holds a secret only the fact is kept.
func (a *API) keep(ctx context.Context, c claimed, rec *recorder) error {
	return a.DB.Update(ctx, func(tx *db.Tx) error {
		switch {
		case rec.status >= 500 || rec.tooLong:
			return dropKey(ctx, tx, c)
		case rec.secret && rec.status < 300:
			said, err := json.Marshal(&Error{Code: kinds[fault.KindConflict].code, Msg: i18n.T(ctx, "api.key_secret")})
			if err != nil {
				return err
			}
			return keepKey(ctx, tx, c, http.StatusConflict, said)
		}
		return keepKey(ctx, tx, c, rec.status, rec.body.Bytes())
	})
}

// keptFor is for how long answers are kept: nobody repeats a request after a day.
const keptFor = 24 * time.Hour

// Register adds the daily purge of kept answers. It needs no API, so that a process without portal does it too.
func Register(r *jobs.Runner, d *db.DB) {
	daily := func(t time.Time) time.Time { return t.Truncate(keptFor).Add(keptFor) }
	r.Every("api.purge_keys", daily, func(ctx context.Context, _ time.Time) error {
		return d.Update(ctx, func(tx *db.Tx) error { return purgeKeys(ctx, tx, tx.Wall.Add(-keptFor)) })
	})
}

// recorder passes an answer on and remembers it.
type recorder struct {
	http.ResponseWriter
	status  int
	body    bytes.Buffer
	tooLong bool
	secret  bool // the body isn't remembered
}

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Write remembers the bytes, up to a bound.
func (r *recorder) Write(b []byte) (int, error) {
	switch {
	case r.secret:
	case r.body.Len()+len(b) > maxKept:
		r.tooLong = true
	default:
		r.body.Write(b)
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
