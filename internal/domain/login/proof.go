package login

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/gather"
	"hanse/internal/kit/i18n"
)

// How many requests are looked up with one set of statements, and how many may wait for theirs.
const (
	mostAtOnce  = 256
	mostWaiting = 16_384
)

// keyUseEvery is how exactly a key's last use is kept.
const keyUseEvery = time.Minute

// A proof is what a request brings: an access key, or the hash of a token.
type proof struct{ key, token string }

// A question is what is asked about a request: its proof, and whether a signature was used up.
type question struct {
	proof
	nonce string // "" = not asked
}

// proved is what the database says about a proof at this moment: nothing of it is kept for the next request, so that
// a key that was disabled, a company that was frozen and a role that was taken away count at once.
type proved struct {
	known  bool      // the key exists, or the token lives
	key    storedKey // of a token: only whose it is and when it ends
	member Membership
	seated bool // whom it belongs to is an active user
	who    identity
	spent  bool // the signature that was asked about was used up
}

// A lookup is what a batch asks, each proof once, and what was found.
type lookup struct {
	keys, tokens, nonces []string
	found                map[proof]*proved
	spent                map[string]bool
}

func newLookup(in []question) *lookup {
	l := &lookup{found: make(map[proof]*proved, len(in)), spent: map[string]bool{}}
	for _, x := range in {
		if x.nonce != "" {
			l.nonces = append(l.nonces, x.nonce)
		}
		if _, twice := l.found[x.proof]; twice {
			continue
		}
		l.found[x.proof] = &proved{}
		if x.proof.key != "" {
			l.keys = append(l.keys, x.proof.key)
		} else {
			l.tokens = append(l.tokens, x.proof.token)
		}
	}
	return l
}

// add takes the next row of a proof: there's one for each role of its user.
func (l *lookup) add(what proof, x *proofRow) {
	p := l.found[what]
	if !p.known {
		*p = x.proved
		p.known, p.seated = true, p.member.Identity != ""
		p.member.Account, p.member.User = p.key.Account, p.key.User
	}
	if x.role != "" {
		p.member.Roles = append(p.member.Roles, x.role)
	}
}

// prove looks up a batch: one query for all its keys and signatures, one for all its tokens.
func (s *Service) prove(ctx context.Context, in []question) ([]gather.Result[proved], error) {
	q, l := s.db.Read(), newLookup(in)
	if err := s.keys(ctx, q, l); err != nil {
		return nil, err
	}
	if err := s.tokens(ctx, q, l, s.clock().Wall()); err != nil {
		return nil, err
	}
	for _, p := range l.found {
		if err := s.complete(ctx, q, p); err != nil {
			return nil, err
		}
	}
	out := make([]gather.Result[proved], len(in))
	for i, x := range in {
		out[i].Value = *l.found[x.proof]
		out[i].Value.spent = l.spent[x.nonce]
	}
	return out, nil
}

// complete puts the roles in order and finds whom a personal account belongs to: few of them have keys.
func (s *Service) complete(ctx context.Context, q db.Querier, p *proved) (err error) {
	slices.Sort(p.member.Roles)
	if p.known && !p.seated && p.key.User == p.key.Account && p.key.Account != "" {
		p.member, err = s.directory.Member(ctx, q, p.key.Account, p.key.User)
		if fault.KindOf(err) == fault.KindNotFound {
			return nil
		}
		p.seated = err == nil
	}
	if p.seated && p.who.id != p.member.Identity {
		p.who, err = oneIdentity(ctx, q, p.member.Identity)
	}
	return err
}

// A use is a signature that counts once, a key that was used, or both.
type use struct {
	nonce string
	until time.Time
	key   string
}

// rememberSignature tells whether a signature is used for the first time, on whichever node; what it says is durable.
func (s *Service) rememberSignature(ctx context.Context, id []byte, until time.Time) (bool, error) {
	return s.uses.Do(ctx, use{nonce: signatureNonce(id, until), until: until})
}

// signatureNonce begins with the hour, so that new rows go to the right edge of the index and old ones leave from the
// left. Until comes from the signature's own date, so that one signature has one name.
func signatureNonce(id []byte, until time.Time) string {
	return "s" + strconv.FormatInt(until.Unix()/3600, 36) + "." + base64.RawURLEncoding.EncodeToString(id)
}

// noteUses stores a batch in one transaction. The result tells which signatures are new.
func (s *Service) noteUses(ctx context.Context, in []use) ([]gather.Result[bool], error) {
	var fresh map[string]bool
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if fresh, err = useAll(ctx, tx, in); err != nil {
			return err
		}
		return touchKeys(ctx, tx, in)
	})
	if err != nil {
		return nil, err
	}
	out := make([]gather.Result[bool], len(in))
	for i, u := range in {
		out[i].Value = fresh[u.nonce]
		fresh[u.nonce] = false // the same one twice in a batch counts once
	}
	return out, nil
}

// purgeUsed deletes what may be forgotten, in bites that hold nobody up.
func (s *Service) purgeUsed(ctx context.Context) error {
	for n := int64(nonceBite); n == nonceBite; {
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = purgeNonces(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// busy words the one refusal of a group that isn't about its item.
func busy(err error) error {
	if errors.Is(err, gather.ErrFull) {
		return fault.TooMany(1, i18n.M("login.busy"))
	}
	return err
}

// secrets opens the secret keys of access keys and keeps what it has opened: the installation key is in this
// process's memory all the same. A key that changes is sealed anew and so isn't found here.
type secrets struct {
	open func(purpose, sealed string) (string, error)

	mu    sync.Mutex
	known map[[2]string]string // access key and sealed text
}

// mostSecrets bounds the memory: about a megabyte.
const mostSecrets = 4096

func (s *secrets) of(k storedKey) (string, error) {
	at := [2]string{k.AccessKey, k.sealed}
	s.mu.Lock()
	plain, ok := s.known[at]
	s.mu.Unlock()
	if ok {
		return plain, nil
	}
	plain, err := s.open("access key "+k.AccessKey, k.sealed)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= mostSecrets {
		clear(s.known)
	}
	s.known[at] = plain
	return plain, nil
}
