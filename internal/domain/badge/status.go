package badge

import (
	"context"
	"fmt"
	"sync"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/vc"
)

// FreshFor is how long anybody may keep a status list before asking again. What is revoked shows within that time.
const FreshFor = 30 * time.Second

// listLife is how long a signed list may be relied on when it's kept as a file; renewAfter is when ours is signed
// again although nothing changed.
const listLife, renewAfter = 24 * time.Hour, 12 * time.Hour

// lists keeps the signed lists of this process. Each answer compares the edition in the database first, so a change
// shows at once, whichever process made it.
type lists struct {
	mu   sync.Mutex
	kept map[string]keptList
}

type keptList struct {
	edition int64
	key     string
	signed  time.Time
	bytes   []byte
}

// A StatusList is a signed list as it's served. ETag changes with its content.
type StatusList struct {
	Bytes    []byte
	ETag     string
	SignedAt time.Time
}

// StatusList gives a status list to anybody. NotFound for one that doesn't exist.
func (s *Service) StatusList(ctx context.Context, list int64, purpose string) (StatusList, error) {
	if err := actor.Nobody("", "", i18n.English).May(actor.VerifyNumber); err != nil {
		return StatusList{}, err
	}
	if !isPurpose(purpose) {
		return StatusList{}, fault.NotFound()
	}
	q, wall := s.db.Read(), s.db.Clock().Wall()
	edition, err := listEdition(ctx, q, list)
	if missing(err) {
		return StatusList{}, fault.NotFound()
	}
	if err != nil {
		return StatusList{}, err
	}
	k, err := activeKey(ctx, q)
	if err != nil {
		return StatusList{}, err
	}
	name := fmt.Sprintf("%d/%s", list, purpose)
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	l, ok := s.lists.kept[name]
	if !ok || l.edition != edition || l.key != k.ID || wall.Sub(l.signed) > renewAfter || wall.Before(l.signed) {
		if l, err = s.signList(ctx, q, k, list, purpose, edition, wall); err != nil {
			return StatusList{}, err
		}
		if s.lists.kept == nil {
			s.lists.kept = map[string]keptList{}
		}
		s.lists.kept[name] = l
	}
	return StatusList{l.bytes, fmt.Sprintf(`"%d-%d-%s"`, l.edition, l.signed.Unix(), l.key), l.signed}, nil
}

// signList builds a list from the database. The edition was read before the bits: a change in between makes the next
// answer build it again.
func (s *Service) signList(ctx context.Context, q db.Querier, k Key, list int64, purpose string, edition int64, wall time.Time) (keptList, error) {
	places, err := marked(ctx, q, list, purpose)
	if err != nil {
		return keptList{}, err
	}
	bits := vc.NewBits(vc.ListSize)
	for _, p := range places {
		bits.Set(int(p))
	}
	secret, err := s.secretOf(k)
	if err != nil {
		return keptList{}, err
	}
	issuer, err := s.src.Issuer(ctx, q)
	if err != nil {
		return keptList{}, err
	}
	url := s.listID(list, purpose)
	d := vc.Document{
		"@context": []any{vc.CredentialsV2, vc.OpenBadges}, "id": url, "type": []any{"VerifiableCredential", "BitstringStatusListCredential"},
		"issuer": s.profile(issuer), "validFrom": stamp(wall), "validUntil": stamp(wall.Add(listLife)),
		"credentialSubject": map[string]any{"id": url + "#list", "type": "BitstringStatusList", "statusPurpose": purpose,
			"ttl": FreshFor.Milliseconds(), "encodedList": bits.Encode()},
	}
	signed, err := vc.Sign(d, secret, s.method(k.Public), wall)
	if err != nil {
		return keptList{}, fmt.Errorf("sign status list %d: %w", list, err)
	}
	b, err := signed.Bytes()
	return keptList{edition, k.ID, wall, b}, err
}
