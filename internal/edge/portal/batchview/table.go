package batchview

import (
	"hanse/internal/domain/batch"
	"hanse/internal/edge/portal/door"
	"hanse/internal/kit/money"
)

// AtOnce is how many batches a page of Table's next has.
const AtOnce = 200

// Table is a list of batches as a file; next reads those after an id.
func Table(next func(after string) ([]batch.Batch, error)) door.Table {
	return door.Table{Name: "batches", Header: []string{"batch", "kind", "state", "file", "by", "rows", "bad", "done", "refused", "total", "moved", "created_at", "finished_at"},
		Rows: door.Pages(func(after string) ([]batch.Batch, string, error) {
			list, err := next(after)
			if len(list) < AtOnce {
				return list, "", err
			}
			return list, list[AtOnce-1].ID, err
		}, func(b batch.Batch) []string {
			return []string{b.ID, b.Work, string(b.State), b.FileName, b.UserName, count(b.Rows), count(b.Bad), count(b.Done), count(b.Refused), money.Text(b.Total), money.Text(b.Moved),
				door.Instant(b.CreatedAt), door.Instant(b.FinishedAt)}
		})}
}
