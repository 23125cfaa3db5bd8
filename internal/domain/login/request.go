package login

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/signature"
	"hanse/internal/kit/web"
)

// Signed is who came, with what the portal's shell shows. Memberships and preferences are there for sessions only.
type Signed struct {
	Actor       actor.Actor
	Theme       string
	Density     string
	Memberships []Membership
	Expires     time.Time
	// Ended says that the browser brought the cookie of a session that has ended.
	Ended bool
}

// Authenticate tells who sends a request: by X-Auth-Token, by a signature with an access key, or by a session's
// cookie, in this order. No proof at all and an ended session are nobody, without an error. A bad token is
// Unauthenticated, a bad signature a *signature.Error. The body of a signed request can still be read after it.
func (s *Service) Authenticate(r *http.Request) (actor.Actor, error) {
	x, err := s.Identify(r)
	return x.Actor, err
}

// Identify is Authenticate with what the shell of a page needs.
func (s *Service) Identify(r *http.Request) (Signed, error) {
	nobody := s.Nobody(r)
	switch {
	case r.Header.Get("X-Auth-Token") != "":
		a, err := s.byToken(r.Context(), nobody, r.Header.Get("X-Auth-Token"))
		return Signed{Actor: a}, err
	case signature.Signed(r):
		a, err := s.bySignature(r, nobody)
		return Signed{Actor: a}, err
	}
	if cookie := s.cookie(r); cookie != "" {
		return s.bySession(r.Context(), nobody, cookie)
	}
	return Signed{Actor: nobody}, nil
}

// Nobody is the actor of a request without any proof.
func (s *Service) Nobody(r *http.Request) actor.Actor {
	w := web.Of(r.Context())
	ip := w.IP
	if ip == "" {
		ip = r.RemoteAddr
	}
	return actor.Nobody(ip, w.ID, i18n.Pick(r, ""))
}

// Still is Identify for a request that is under way for long: who its session belongs to by now. A session isn't kept
// from idling by it, and every other proof is nobody.
func (s *Service) Still(r *http.Request) (Signed, error) {
	nobody, cookie := s.Nobody(r), s.cookie(r)
	if cookie == "" {
		return Signed{Actor: nobody}, nil
	}
	_, out, err := s.ofSession(r.Context(), nobody, cookie)
	return out, err
}

func (s *Service) bySession(ctx context.Context, nobody actor.Actor, cookie string) (Signed, error) {
	x, out, err := s.ofSession(ctx, nobody, cookie)
	if err != nil || out.Ended {
		return out, err
	}
	return out, s.seen(ctx, x, nobody.IP)
}

// ofSession finds who a session's cookie belongs to.
func (s *Service) ofSession(ctx context.Context, nobody actor.Actor, cookie string) (session, Signed, error) {
	x, err := liveSession(ctx, s.db.Read(), hash(cookie), s.clock().Wall())
	if errors.Is(err, db.ErrNoRow) {
		return session{}, Signed{Actor: nobody, Ended: true}, nil
	}
	if err != nil {
		return session{}, Signed{Actor: nobody}, err
	}
	ms, err := s.directory.Memberships(ctx, s.db.Read(), x.who.id, x.who.person)
	if err != nil {
		return session{}, Signed{Actor: nobody}, err
	}
	a := act(x.who, choose(ms, x.account), "session", nobody)
	a.Session = x.hash
	return x.session, Signed{Actor: a, Theme: x.who.theme, Density: x.who.density, Memberships: ms, Expires: x.expires}, nil
}

// seen moves the end of an idle session, at most once a minute.
func (s *Service) seen(ctx context.Context, x session, ip string) error {
	if s.clock().Wall().Sub(x.seen) < time.Minute {
		return nil
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		idle, err := setting.Duration(ctx, tx, setting.SessionIdle, tx.Now)
		if err != nil {
			return err
		}
		return touchSession(ctx, tx, x.hash, ip, tx.Wall.Add(idle))
	})
}

func (s *Service) byToken(ctx context.Context, nobody actor.Actor, value string) (actor.Actor, error) {
	p, err := s.proofs.Do(ctx, question{proof: proof{token: hash(value)}})
	if err != nil {
		return nobody, busy(err)
	}
	if !p.known || !p.seated || p.member.Frozen {
		return nobody, fault.Unauthenticated()
	}
	return act(p.who, p.member, "token", nobody), nil
}

func (s *Service) bySignature(r *http.Request, nobody actor.Actor) (actor.Actor, error) {
	var claim signature.Claim
	if err := claim.Read(r); err != nil {
		return nobody, err
	}
	asked := question{proof: proof{key: claim.AccessKey}}
	keyed := s.isKeyed(r, &claim)
	if keyed {
		asked.nonce = signatureNonce(claim.ID(), claim.Until())
	}
	p, err := s.proofs.Do(r.Context(), asked)
	if err != nil {
		return nobody, busy(err)
	}
	wall := s.clock().Wall()
	if !p.known || p.key.State != "active" || !p.key.Ends.IsZero() && !p.key.Ends.After(wall) {
		return nobody, signature.UnknownKey()
	}
	secretKey, err := s.secrets.of(p.key)
	if err != nil {
		return nobody, err
	}
	if err := s.checkClaim(r, &claim, secretKey); err != nil {
		return nobody, err
	}
	if keyed && p.spent {
		return nobody, signature.Used()
	}
	return s.keyHolder(r, nobody, p, &claim, keyed)
}

// checkClaim proves a claim against a request's body, or without it where that is allowed.
func (s *Service) checkClaim(r *http.Request, claim *signature.Claim, secretKey string) error {
	wall := s.clock().Wall()
	if claim.Unsigned() && s.unsigned != nil && s.unsigned(r) {
		return claim.VerifyHead(secretKey, wall)
	}
	body, err := signature.ReadBody(r, signature.MaxBody)
	if err != nil {
		return err
	}
	return claim.Verify(secretKey, body, wall)
}

// keyHolder finishes a proved claim: its account, its user, and that it's used for the first time.
func (s *Service) keyHolder(r *http.Request, nobody actor.Actor, p proved, claim *signature.Claim, keyed bool) (actor.Actor, error) {
	if claim.DomainID != "" && claim.DomainID != p.key.Account {
		return nobody, signature.WrongDomain()
	}
	if !p.seated || p.member.Frozen {
		return nobody, signature.UnknownKey()
	}
	ctx, wall := r.Context(), s.clock().Wall()
	if err := s.first(r, claim, keyed, wall); err != nil {
		return nobody, busy(err)
	}
	if wall.Sub(p.key.LastUsed) >= keyUseEvery {
		if _, err := s.uses.Do(ctx, use{key: p.key.AccessKey}); err != nil {
			return nobody, busy(err)
		}
	}
	return act(p.who, p.member, "key", nobody), nil
}

const keyHeader = "idempotency-key"

// isKeyed tells whether a call is carried out once however often it comes, by a key that its signature covers.
func (s *Service) isKeyed(r *http.Request, claim *signature.Claim) bool {
	return s.keyed != nil && claim.Signs(keyHeader) && r.Header.Get(keyHeader) != "" && s.keyed(r)
}

// first refuses a signature that was used before, for a call that changes something.
func (s *Service) first(r *http.Request, claim *signature.Claim, keyed bool, wall time.Time) error {
	switch {
	case !s.cfg.Changes(r), slices.ContainsFunc(s.repeats, func(may func(*http.Request) bool) bool { return may(r) }):
		return nil
	case keyed:
		return s.replay.CheckHere(claim, wall)
	}
	return s.replay.Check(r.Context(), claim, wall)
}

// UseUp has every node remember a call's signature, for a call that was refused and so left nothing behind that would
// tell its repetition. A call that isn't signed is none of its business.
func (s *Service) UseUp(r *http.Request) error {
	if !signature.Signed(r) {
		return nil
	}
	claim, err := signature.Parse(r)
	if err == nil {
		_, err = s.rememberSignature(r.Context(), claim.ID(), claim.Until())
	}
	return err
}

// The names of the session cookie. Browsers accept the first one only over TLS, for this host and all paths, so
// that no neighbour can plant one.
const (
	secureCookie = "__Host-hanse"
	plainCookie  = "hanse"
)

// plain tells whether a request may use a cookie without TLS: on this machine, or where the installation says so.
func (s *Service) plain(r *http.Request) bool {
	return !web.Of(r.Context()).Secure && r.TLS == nil && (s.cfg.AllowPlain || web.Loopback(r))
}

func (s *Service) cookie(r *http.Request) string {
	name := secureCookie
	if s.plain(r) {
		name = plainCookie
	}
	c, err := r.Cookie(name)
	if err != nil || len(c.Value) > 200 {
		return ""
	}
	return c.Value
}

// SetCookie gives a fresh session to the browser.
func (s *Service) SetCookie(w http.ResponseWriter, r *http.Request, x Session) {
	s.writeCookie(w, r, x.Token, int(x.Expires.Sub(s.clock().Wall()).Seconds()))
}

// ClearCookie takes the session from the browser.
func (s *Service) ClearCookie(w http.ResponseWriter, r *http.Request) { s.writeCookie(w, r, "", -1) }

func (s *Service) writeCookie(w http.ResponseWriter, r *http.Request, value string, age int) {
	c := &http.Cookie{Name: secureCookie, Value: value, Path: "/", MaxAge: age, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.plain(r) {
		c.Name, c.Secure = plainCookie, false
	}
	http.SetCookie(w, c)
}
