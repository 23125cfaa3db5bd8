package matrix_test

import (
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/attachment"
	"hanse/internal/kit/actor"
)

var attachmentRows = []row{
	{name: "attachment.Put", verb: actor.AttachFiles, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Attachment.Put(ctx, by, attachment.Upload{Source: attachment.Message, Name: "a.txt", Body: strings.NewReader("a")}))
	}},
	{name: "attachment.Own", verb: actor.AttachFiles, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Attachment.Own(ctx, by, "att_none"))
	}},
	{name: "attachment.Delete", verb: actor.AttachFiles, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Attachment.Delete(ctx, by, "att_none")
	}},
}
