package door

import (
	"context"

	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// windowSize is how many rows of a partner's own short list stand on one page.
const windowSize = 50

// A Window is one page of a list that a verb returns whole, because a partner has few of them: the rows after a key,
// and the links around them. Two lists of one page each have a cursor of their own, named by list.
type Window[T any] struct {
	Rows  []T
	Pager ui.PagerView
	Files []ui.LinkView
}

// Look cuts the page out of a list. key names a row for good, so that a row more or less elsewhere moves nothing;
// a key that's gone begins at the beginning. files is the path of the list's files; "" = none.
func Look[T any](v View, list, files string, all []T, key func(T) string) Window[T] {
	q := v.R.URL.Query()
	after, from := q.Get(list), 0
	for i, x := range all {
		if after != "" && key(x) == after {
			from = i + 1
		}
	}
	w := Window[T]{Rows: all[from:min(from+windowSize, len(all))]}
	if files != "" {
		w.Files = Files(v, files)
	}
	if from+windowSize < len(all) {
		q.Set(list, key(all[from+windowSize-1]))
		w.Pager.Next = With(v.R.URL.Path, q)
	}
	if from > 0 {
		q.Del(list)
		w.Pager.Prev = With(v.R.URL.Path, q)
	}
	if len(all) > windowSize {
		w.Pager.Count = count(v.R.Context(), len(all))
	}
	return w
}

func count(ctx context.Context, n int) string { return i18n.From(ctx).Int(int64(n)) }
