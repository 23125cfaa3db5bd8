package desk

import (
	"context"
	"net/url"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	kittext "hanse/internal/kit/text"
)

// Views lists the actor's kept looks at the queue and those that colleagues share.
func (s *Service) Views(ctx context.Context, by actor.Actor) ([]View, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return nil, err
	}
	return views(ctx, s.db.Read(), by.Account, by.User)
}

// SaveView keeps a look at the queue under a name. Who works at the desk may, for themselves; its administrators may
// share it with everybody.
func (s *Service) SaveView(ctx context.Context, by actor.Actor, name, query string, shared bool) (v View, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return v, err
	}
	if shared {
		if err := by.May(actor.ManageDesk); err != nil {
			return v, err
		}
	}
	asked, err := url.ParseQuery(query)
	if err != nil || len(query) > 2000 {
		return v, fault.Invalid("query", i18n.M("desk.bad_view"))
	}
	asked.Del("after")
	v = View{Desk: by.Account, User: by.User, Name: kittext.Clean(name), Shared: shared, Query: asked.Encode()}
	var fs fault.Fields
	if checkName(&fs, v.Name); fs.Err() != nil {
		return v, fs.Err()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := views(ctx, tx, by.Account, by.User)
		if err != nil {
			return err
		}
		if len(all) >= mostViews {
			return fault.Invalid("name", i18n.M("desk.too_many", i18n.A{"n": mostViews}))
		}
		v.ID = id.New("view", tx.Wall)
		if err := insertView(ctx, tx, v); err != nil {
			return err
		}
		return s.recordAs(ctx, tx, by, actor.WorkTickets, "desk_view", v.ID, map[string]any{"did": "kept", "name": v.Name, "shared": v.Shared})
	})
	return v, err
}

// RemoveView takes one of the actor's own away.
func (s *Service) RemoveView(ctx context.Context, by actor.Actor, viewID string) error {
	if err := by.May(actor.WorkTickets); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := deleteView(ctx, tx, by.Account, viewID, by.User); err != nil {
			return lost(err)
		}
		return s.recordAs(ctx, tx, by, actor.WorkTickets, "desk_view", viewID, map[string]any{"did": "removed"})
	})
}
