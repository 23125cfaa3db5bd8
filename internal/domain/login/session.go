package login

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// SignIn is what somebody types to come in. Agent is the browser's own name for itself.
type SignIn struct {
	Name, Password string
	Agent          string
}

// A Session is a fresh sign-in. Token goes into the cookie and nowhere else.
type Session struct {
	Token    string
	Hash     string
	Identity string
	Account  string
	Expires  time.Time
}

// SignIn checks a password and begins a session. Anyone may. A wrong password and an unknown name are refused
// alike, after the same time; too many attempts for a name or from an address are TooMany.
func (s *Service) SignIn(ctx context.Context, by actor.Actor, in SignIn) (Session, error) {
	if err := by.May(actor.SignIn); err != nil {
		return Session{}, err
	}
	if err := complete(in.Name, in.Password); err != nil {
		return Session{}, err
	}
	who, name, err := s.checkPassword(ctx, by, in.Name, in.Password)
	if err != nil {
		return Session{}, err
	}
	var out Session
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := forgive(ctx, tx, name, by.IP); err != nil {
			return err
		}
		out, err = s.begin(ctx, tx, by, who, in.Agent)
		return err
	})
	return out, err
}

func complete(name, password string) error {
	var fs fault.Fields
	if text.Clean(name) == "" {
		fs.Add("name", name, i18n.M("login.name_missing"))
	}
	if password == "" {
		fs.Add("password", "", i18n.M("login.password_missing"))
	}
	return fs.Err()
}

// checkPassword finds the identity of a name and password. It counts the attempt first and takes the same time
// whether the name exists or not.
func (s *Service) checkPassword(ctx context.Context, by actor.Actor, typed, password string) (who identity, name string, err error) {
	name, _, ok := NormalName(typed)
	if !ok {
		name = text.Fold(typed)
	}
	if err := s.admit(ctx, name, by.IP); err != nil {
		return who, name, err
	}
	if len(password) > 4*secret.MaxPassword {
		password = "" // no password is that long, and hashing it would be the sender's way to keep us busy
	}
	if ok {
		who, err = byName(ctx, s.db.Read(), name)
	}
	if !ok || errors.Is(err, db.ErrNoRow) || err == nil && who.password == "" {
		if err := s.hasher.VerifyNobody(ctx, password); err != nil {
			return who, name, err
		}
		return who, name, wrong()
	}
	if err != nil {
		return who, name, err
	}
	return who, name, s.verify(ctx, &who, password)
}

func (s *Service) verify(ctx context.Context, who *identity, password string) error {
	fits, rehash, err := s.hasher.Verify(ctx, who.password, password)
	switch {
	case err != nil:
		return err
	case !fits:
		return wrong()
	case !rehash:
		return nil
	}
	phc, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error { return setPassword(ctx, tx, who.id, who.password, phc) })
	if err == nil {
		who.password = phc
	}
	if errors.Is(err, db.ErrNoRow) {
		err = nil // somebody else renewed it at this very moment
	}
	return err
}

// wrong doesn't say whether the name or the password was.
func wrong() error { return fault.Invalid("password", i18n.M("login.wrong")) }

// begin makes a session that acts for what the human acted for last time.
func (s *Service) begin(ctx context.Context, tx *db.Tx, by actor.Actor, who identity, agent string) (Session, error) {
	now, err := oneIdentity(ctx, tx, who.id)
	if err != nil {
		return Session{}, err
	}
	if now.password != who.password && now.password != "" && who.password != "" {
		return Session{}, wrong() // changed while we checked
	}
	last, err := lastAccount(ctx, tx, who.id)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return Session{}, err
	}
	ms, err := s.directory.Memberships(ctx, tx, who.id, who.person)
	if err != nil {
		return Session{}, err
	}
	m := choose(ms, last)
	idle, err := setting.Duration(ctx, tx, setting.SessionIdle, tx.Now)
	if err != nil {
		return Session{}, err
	}
	lifetime, err := setting.Duration(ctx, tx, setting.SessionLifetime, tx.Now)
	if err != nil {
		return Session{}, err
	}
	out := Session{Token: secret.Token(32), Identity: who.id, Account: m.Account, Expires: tx.Wall.Add(lifetime)}
	out.Hash = hash(out.Token)
	err = insertSession(ctx, tx, session{hash: out.Hash, identity: who.id, account: m.Account, ip: by.IP, agent: cut(agent, 300),
		created: tx.Wall, seen: tx.Wall, idle: tx.Wall.Add(idle), expires: out.Expires})
	if err != nil {
		return Session{}, err
	}
	a := act(who, m, "session", by)
	return out, audit.Record(ctx, tx, a, actor.SignIn, audit.Subject{Kind: "identity", ID: who.id, Account: owner(m.Account)}, nil)
}

// choose takes the wanted membership when somebody can act for it, otherwise the first usable one.
func choose(ms []Membership, want string) Membership {
	var first Membership
	for _, m := range ms {
		switch {
		case m.Frozen:
		case m.Account == want:
			return m
		case first.Account == "":
			first = m
		}
	}
	return first
}

// act makes an identity in a membership an actor. Without any membership it can only manage its own sign-in.
func act(who identity, m Membership, via string, by actor.Actor) actor.Actor {
	a := actor.Actor{Account: m.Account, Kind: m.Kind, User: m.User, Name: who.name, Identity: who.id, Person: who.person,
		Roles: m.Roles, Via: via, Lang: who.lang, IP: by.IP, Request: by.Request}
	if m.Account == "" {
		a.Kind, a.User = actor.Person, who.id
	}
	return a
}

func hash(token string) string { return hex.EncodeToString(secret.Hash(token)) }

func cut(s string, n int) string {
	if s = text.Clean(s); len(s) > n {
		s = text.Clean(s[:n])
	}
	return s
}

// SignOut ends the session that the actor came with.
func (s *Service) SignOut(ctx context.Context, by actor.Actor) error {
	if by.Session == "" {
		return nil
	}
	return s.Revoke(ctx, by, by.Session)
}

// A SessionInfo is one line of the list of one's own sessions.
type SessionInfo struct {
	ID        string
	Account   string
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	Expires   time.Time
	IP        string
	Agent     string
	Current   bool
}

// Sessions lists the actor's own sessions, the one used last first.
func (s *Service) Sessions(ctx context.Context, by actor.Actor) ([]SessionInfo, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return nil, err
	}
	xs, err := liveSessions(ctx, s.db.Read(), by.Identity, s.clock().Wall())
	out := make([]SessionInfo, 0, len(xs))
	for _, x := range xs {
		out = append(out, SessionInfo{ID: x.hash, Account: x.account, CreatedAt: x.created, SeenAt: x.seen, Expires: x.expires,
			IP: x.ip, Agent: x.agent, Current: x.hash == by.Session})
	}
	return out, err
}

// Revoke ends one of the actor's own sessions; NotFound when it's not theirs.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, id string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := deleteSession(ctx, tx, id, by.Identity)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"revoked": 1})
	})
}

// RevokeOthers ends all sessions of the actor but the present one, and returns how many.
func (s *Service) RevokeOthers(ctx context.Context, by actor.Actor) (int, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return 0, err
	}
	var n int64
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if n, err = deleteSessions(ctx, tx, by.Identity, by.Session); err != nil {
			return err
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"revoked": n})
	})
	return int(n), err
}

func (s *Service) record(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, detail map[string]any) error {
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "identity", ID: by.Identity, Account: owner(by.Account)}, detail)
}

// Switch makes the actor's session act for another membership. NotFound for an account that the actor isn't in;
// Conflict when nobody can act for it now.
func (s *Service) Switch(ctx context.Context, by actor.Actor, account string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	if by.Session == "" {
		return fault.NotFound() // a key or token acts for one account
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		ms, err := s.directory.Memberships(ctx, tx, by.Identity, by.Person)
		if err != nil {
			return err
		}
		for _, m := range ms {
			if m.Account != account {
				continue
			}
			if m.Frozen {
				return fault.Conflict(i18n.M("login.account_frozen", i18n.A{"name": m.AccountName}))
			}
			if err := switchSession(ctx, tx, by.Session, by.Identity, account); err != nil {
				return err
			}
			return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"acting_for": account})
		}
		return fault.NotFound()
	})
}
