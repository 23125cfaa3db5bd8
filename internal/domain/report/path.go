package report

import (
	"context"

	"hanse/internal/domain/path"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// paths are the vendor's invitations that the partner hasn't answered.
func (b *board) paths(ctx context.Context) error {
	if b.Path == nil {
		return nil
	}
	if !b.isPartner() || !b.by.Can(actor.ChoosePath) {
		return nil
	}
	list, err := b.Path.Invitations(ctx, b.by, b.by.Account)
	for _, i := range list {
		if i.State != path.Open {
			continue
		}
		n := Need{Area: Programs, Title: i18n.M("report.path.invited"), About: b.programTitle(i.Program), Href: "/paths/" + i.Program,
			Action: i18n.M("report.path.answer"), Due: i.ExpiresOn.End()}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}

// programTitle names a program in force; one that isn't by its id.
func (b *board) programTitle(id string) i18n.Msg {
	v, err := b.Qualification.Current(id, b.now)
	if err != nil {
		return i18n.Raw(id)
	}
	return v.Title.Msg()
}
