package taxonomy

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// List lists the entries of a kind in order, retired ones too. After is what the last page gave as next. The vendor's staff
// may; NotFound for a kind that is none.
func (s *Service) List(ctx context.Context, by actor.Actor, k Kind, after string, limit int) (list []Entry, next string, err error) {
	set, err := s.Editable(ctx, by)
	if err != nil {
		return nil, "", err
	}
	if !slices.Contains(Kinds, k) {
		return nil, "", fault.NotFound()
	}
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	list = set.Entries(k)
	if after != "" {
		seen, ok := parsePlace(after)
		if !ok {
			return nil, "", fault.Invalid("cursor", i18n.M("taxonomy.cursor"))
		}
		list = slices.DeleteFunc(list, func(e Entry) bool { return byPlace(e, seen) <= 0 })
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].at()
	}
	return list, next, nil
}

// Get is one entry, also a retired one. Who may is as for List; NotFound for what isn't there.
func (s *Service) Get(ctx context.Context, by actor.Actor, k Kind, id string) (Entry, error) {
	set, err := s.Editable(ctx, by)
	if err != nil {
		return Entry{}, err
	}
	e, ok := set.Entry(k, id)
	if !ok {
		return e, fault.NotFound()
	}
	return e, nil
}

// at is where an entry stands in its list: entries that come or go before it don't move it.
func (e Entry) at() string { return strconv.FormatInt(e.Place, 10) + " " + e.ID }

func parsePlace(s string) (Entry, bool) {
	place, id, ok := strings.Cut(s, " ")
	n, err := strconv.ParseInt(place, 10, 64)
	return Entry{Place: n, ID: id}, ok && err == nil
}
