package qualification

import (
	"context"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// Running returns the valid and suspended qualifications of many partners in one query, by partner: for lists. Of a
// program whose levels are held side by side it's the highest one. The vendor's staff may.
func (s *Service) Running(ctx context.Context, by actor.Actor, partners []string) (map[string][]Qualification, error) {
	if err := by.May(actor.ViewQualification); err != nil {
		return nil, err
	}
	if !by.Vendor() {
		return nil, fault.NotFound()
	}
	out := make(map[string][]Qualification, len(partners))
	if len(partners) == 0 {
		return out, nil
	}
	list, args := db.In(1, partners)
	found, err := db.All(ctx, s.db.Read(), scanQualification, `SELECT `+qualificationColumns+` FROM qualification
		WHERE account_id IN `+list+` AND state IN ('valid', 'suspended') ORDER BY account_id COLLATE "C", program_id COLLATE "C"`, args...)
	for _, x := range found {
		list := out[x.Account]
		if n := len(list); n > 0 && list[n-1].Program == x.Program {
			if v, none := s.spec(x.Ref()); none == nil && v.LevelIndex(x.Level) > v.LevelIndex(list[n-1].Level) {
				list[n-1] = x
			}
			continue
		}
		out[x.Account] = append(list, x)
	}
	return out, err
}
