package login

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A Key is an access key of a user. Its secret key is shown once, when it's made. Instants are wall time.
type Key struct {
	AccessKey string
	Account   string
	User      string
	Note      string
	State     string // active or disabled
	CreatedAt time.Time
	LastUsed  time.Time // to the minute; zero = never
	Ends      time.Time // set by a rotation; zero = never
}

// NewKey is a key to make. Account and User are for the program itself; everybody else makes own keys.
type NewKey struct {
	Note          string
	Account, User string
}

const maxNote = 100

// CreateKey makes an access key for the actor's own membership and returns its secret key, which nobody can show
// again. Conflict when the user has too many already.
func (s *Service) CreateKey(ctx context.Context, by actor.Actor, in NewKey) (k Key, secretKey string, err error) {
	if err := by.May(actor.OwnKey); err != nil {
		return Key{}, "", err
	}
	if in.Note, err = note(in.Note); err != nil {
		return Key{}, "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		k, secretKey, err = s.makeKey(ctx, tx, by, in)
		return err
	})
	return k, secretKey, err
}

func note(typed string) (string, error) {
	s := text.Clean(typed)
	if _, bad := text.Invisible(typed); bad || len([]rune(s)) > maxNote {
		return "", fault.Invalid("note", i18n.M("login.note_wrong", i18n.A{"max": maxNote}))
	}
	return s, nil
}

func (s *Service) makeKey(ctx context.Context, tx *db.Tx, by actor.Actor, in NewKey) (Key, string, error) {
	if by.Kind != actor.System {
		in.Account, in.User = by.Account, by.User
	}
	m, err := s.directory.Member(ctx, tx, in.Account, in.User)
	if err != nil {
		return Key{}, "", err
	}
	// Holding this row makes two creations at once count each other.
	if _, err := holdThrottle(ctx, tx, throttleKey("keys", in.Account, in.User)); err != nil {
		return Key{}, "", err
	}
	n, err := countKeys(ctx, tx, in.Account, in.User, tx.Wall)
	if err != nil {
		return Key{}, "", err
	}
	most, err := setting.Int(ctx, tx, setting.KeysPerUser, tx.Now)
	if err != nil {
		return Key{}, "", err
	}
	if n >= int64(most) {
		return Key{}, "", fault.Conflict(i18n.M("login.too_many_keys", i18n.A{"n": most}))
	}
	k := Key{AccessKey: letters(20), Account: in.Account, User: in.User, Note: in.Note, State: "active", CreatedAt: tx.Wall}
	secretKey := letters(40)
	return k, secretKey, s.storeKey(ctx, tx, by, m, k, secretKey)
}

func (s *Service) storeKey(ctx context.Context, tx *db.Tx, by actor.Actor, m Membership, k Key, secretKey string) error {
	sealed := s.vault.Seal("access key "+k.AccessKey, secretKey)
	if err := insertKey(ctx, tx, storedKey{Key: k, identity: m.Identity, sealed: sealed}); err != nil {
		return err
	}
	return s.keyChanged(ctx, tx, by, k, "created")
}

func (s *Service) keyChanged(ctx context.Context, tx *db.Tx, by actor.Actor, k Key, what string) error {
	subject := audit.Subject{Kind: "access_key", ID: k.AccessKey, Account: k.Account}
	if err := audit.Record(ctx, tx, by, actor.OwnKey, subject, map[string]any{"key": what, "user": k.User}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, KeyChanged{Created: what == "created", Account: k.Account, User: k.User, AccessKey: k.AccessKey})
}

// letters returns n random characters of A-Z and 2-7: 5 bits each.
func letters(n int) string {
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(rand.Text())
	}
	return b.String()[:n]
}

var givenKey = regexp.MustCompile(`^[A-Za-z0-9]{16,40}$`)

// ImportKey stores a key pair that is known already, for demo data. Only the program itself may.
func (s *Service) ImportKey(ctx context.Context, by actor.Actor, account, user, accessKey, secretKey, note string) error {
	if err := by.May(actor.OwnKey); err != nil {
		return err
	}
	if by.Kind != actor.System || !givenKey.MatchString(accessKey) || len(secretKey) < 20 {
		return fault.Denied()
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := s.directory.Member(ctx, tx, account, user)
		if err != nil {
			return err
		}
		return s.storeKey(ctx, tx, by, m, Key{AccessKey: accessKey, Account: account, User: user, Note: note, CreatedAt: tx.Wall}, secretKey)
	})
}

// Keys lists the keys of the actor's own membership, newest first.
func (s *Service) Keys(ctx context.Context, by actor.Actor) ([]Key, error) {
	if err := by.May(actor.OwnKey); err != nil {
		return nil, err
	}
	ks, err := keysOf(ctx, s.db.Read(), by.Account, by.User)
	out := make([]Key, 0, len(ks))
	for _, k := range ks {
		if wall := s.clock().Wall(); !k.Ends.IsZero() && !k.Ends.After(wall) {
			k.State = "disabled"
		}
		out = append(out, k.Key)
	}
	return out, err
}

// DisableKey ends one of the actor's own keys at once and for ever.
func (s *Service) DisableKey(ctx context.Context, by actor.Actor, accessKey string) error {
	if err := by.May(actor.OwnKey); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		k, err := s.ownKey(ctx, tx, by, accessKey)
		if err != nil {
			return err
		}
		if err := disableKey(ctx, tx, accessKey, k.Account, k.User); err != nil {
			return lost(err)
		}
		return s.keyChanged(ctx, tx, by, k.Key, "disabled")
	})
}

// RotateKey makes a new key in place of one of the actor's own; the old one works for the rotation's grace time.
func (s *Service) RotateKey(ctx context.Context, by actor.Actor, accessKey string) (k Key, secretKey string, err error) {
	if err := by.May(actor.OwnKey); err != nil {
		return Key{}, "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := s.ownKey(ctx, tx, by, accessKey)
		if err != nil {
			return err
		}
		grace, err := setting.Duration(ctx, tx, setting.KeyRotationGrace, tx.Now)
		if err != nil {
			return err
		}
		if err := endKey(ctx, tx, accessKey, old.Account, old.User, tx.Wall.Add(grace)); err != nil {
			return lost(err)
		}
		m, err := s.directory.Member(ctx, tx, old.Account, old.User)
		if err != nil {
			return err
		}
		k = Key{AccessKey: letters(20), Account: old.Account, User: old.User, Note: old.Note, State: "active", CreatedAt: tx.Wall}
		secretKey = letters(40)
		return s.storeKey(ctx, tx, by, m, k, secretKey)
	})
	return k, secretKey, err
}

// ownKey finds a key of the actor's membership; the program itself finds all.
func (s *Service) ownKey(ctx context.Context, q db.Querier, by actor.Actor, accessKey string) (storedKey, error) {
	k, err := oneKey(ctx, q, accessKey)
	if errors.Is(err, db.ErrNoRow) || err == nil && by.Kind != actor.System && (k.Account != by.Account || k.User != by.User) {
		return k, fault.NotFound()
	}
	return k, err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}
