package record

import (
	"context"
	"maps"
	"slices"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/db"
)

// batch is how many persons are followed at a time: their records are in memory together.
const batch = 500

// follow brings the certificates of persons up to what their records say now, in the caller's transaction, and
// returns how many persons changed. The caller holds the lock.
func (s *Service) follow(ctx context.Context, tx *db.Tx, account string, persons []string) (changed int, err error) {
	slices.Sort(persons)
	persons = slices.Compact(persons)
	for ; len(persons) > 0; persons = persons[min(batch, len(persons)):] {
		n, err := s.followSome(ctx, tx, account, persons[:min(batch, len(persons))])
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

func (s *Service) followSome(ctx context.Context, tx *db.Tx, account string, persons []string) (int, error) {
	records, err := s.learn(ctx, tx, persons)
	if err != nil {
		return 0, err
	}
	histories, err := s.credentials.Histories(ctx, tx, persons)
	if err != nil {
		return 0, err
	}
	cat := s.credentials.Catalogue()
	all := make([]credential.Following, len(persons))
	for i, p := range persons {
		all[i] = credential.Following{Person: p, History: histories[p],
			Stated: derive(cat, records[p], credential.WithoutRecords(histories[p]))}
	}
	changed, err := s.credentials.Follow(ctx, tx, account, all)
	return len(changed), err
}

// learn reads the records of persons, and keeps the candidate ids that came with their e-mails: lines without an
// e-mail are found by them.
func (s *Service) learn(ctx context.Context, tx *db.Tx, persons []string) (map[string][]Record, error) {
	records, err := readRecords(ctx, tx, persons)
	if err != nil {
		return nil, err
	}
	fresh := map[string]owner{}
	for person, all := range records {
		for i := range all {
			if r := &all[i]; r.Candidate != "" && r.Email != "" {
				h := candidateHandle(r.Provider, r.Candidate)
				fresh[h] = owner{h, person, r.Email}
			}
		}
	}
	known, err := ownersFor(ctx, tx, slices.Sorted(maps.Keys(fresh)))
	if err != nil {
		return nil, err
	}
	var added []owner
	for _, h := range slices.Sorted(maps.Keys(fresh)) {
		if known[h] == "" { // else it's this person's already, or another's: that's a dispute, which people settle
			added = append(added, fresh[h])
		}
	}
	if len(added) == 0 {
		return records, nil
	}
	if err := addOwners(ctx, tx, added); err != nil {
		return nil, err
	}
	return readRecords(ctx, tx, persons)
}

// readRecords reads the records of persons that hold at present, by person.
func readRecords(ctx context.Context, q db.Querier, persons []string) (map[string][]Record, error) {
	out := map[string][]Record{}
	for ; len(persons) > 0; persons = persons[min(most, len(persons)):] {
		owners, err := ownersOf(ctx, q, persons[:min(most, len(persons))])
		if err != nil {
			return nil, err
		}
		if err := readHandles(ctx, q, owners, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readHandles(ctx context.Context, q db.Querier, owners []owner, out map[string][]Record) error {
	for ; len(owners) > 0; owners = owners[min(most, len(owners)):] {
		some := owners[:min(most, len(owners))]
		whose, handles := map[string]string{}, make([]string, len(some))
		for i, o := range some {
			whose[o.handle], handles[i] = o.person, o.handle
		}
		words, err := wordsOf(ctx, q, handles)
		if err != nil {
			return err
		}
		for _, r := range pick(words) {
			p := whose[r.handle()]
			out[p] = append(out[p], r)
		}
	}
	return nil
}
