package notify

import (
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// feedRules tell the vendor's administrators what became of a feed's file, and when a feed is late.
func feedRules() []func(*Service) rule {
	desk := func(vendor string, n Note) []Note {
		n.Account, n.Roles = vendor, []actor.Role{actor.VendorAdmin}
		if n.Link == "" {
			n.Link = "/system/feeds"
		}
		return []Note{n}
	}
	return []func(*Service) rule{
		on("record.imported", func(x record.Imported, vendor string) []Note {
			c := x.Counts
			args := i18n.A{"feed": record.FeedText(x.Feed), "file": i18n.Raw(x.Name), "n": c.Good(), "by": i18n.Raw(x.By), "new": c.New, "changed": c.Changed,
				"bad": c.BadRows, "waiting": c.Waiting}
			if x.State == record.Done {
				return desk(vendor, Note{Quiet: true, Tone: Good, Link: "/system/feeds/" + x.Import, Title: i18n.M("feed.note.done", args), Body: i18n.M("feed.note.done.body", args)})
			}
			return desk(vendor, Note{Tone: Bad, Link: "/system/feeds/" + x.Import, Title: i18n.M("feed.note.failed", args), Body: i18n.M("feed.note.failed.body", args)})
		}),
		on("record.undone", func(x record.Reverted, vendor string) []Note {
			args := i18n.A{"file": i18n.Raw(x.Name), "n": x.Lines, "by": i18n.Raw(x.By)}
			return desk(vendor, Note{Quiet: true, Tone: Warn, Link: "/system/feeds/" + x.Import, Title: i18n.M("feed.note.undone", args), Body: i18n.M("feed.note.undone.body", args)})
		}),
		on("record.overdue", func(x record.Overdue, vendor string) []Note {
			args := i18n.A{"feed": record.FeedText(x.Feed), "days": x.Days, "lag": x.Lag}
			return desk(vendor, Note{Tone: Bad, Action: i18n.M("feed.note.do"), Title: i18n.M("feed.note.overdue", args), Body: i18n.M("feed.note.overdue.body", args)})
		}),
	}
}
