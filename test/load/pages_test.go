package load_test

import (
	"context"
	"regexp"
	"slices"
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// A page is what a page of the portal asks of the modules.
type page struct {
	name string
	few  bool // ten thousand tickets don't fill it, so its ratio says nothing
	open func(ctx context.Context, x *filling) error
}

// rowsOfPage is how many a list shows, and one more to know whether there are others.
const rowsOfPage = 51

// pages are those that somebody waits for all day.
func pages() (out []page) {
	queue := func(name string, narrow func(x *filling, f *ticket.Filter)) {
		out = append(out, page{name, false, func(ctx context.Context, x *filling) error {
			f := ticket.Filter{Box: ticket.Queue, Active: true, Sort: ticket.ByDue, Limit: rowsOfPage}
			narrow(x, &f)
			return x.queue(ctx, f)
		}})
	}
	queue("queue: everything open", func(*filling, *ticket.Filter) {})
	queue("queue: mine", func(x *filling, f *ticket.Filter) { f.Owner = x.engineers[0].User })
	queue("queue: nobody's", func(_ *filling, f *ticket.Filter) { f.Owner = "-" })
	queue("queue: runs out soon", func(x *filling, f *ticket.Filter) { f.DueBefore = x.clock.Now().Add(time.Hour) })
	queue("queue: waiting for the customer", func(_ *filling, f *ticket.Filter) {
		f.Active, f.States = false, []ticket.State{ticket.ToConfirm, ticket.AskedBack}
	})
	queue("queue: over", func(_ *filling, f *ticket.Filter) {
		f.Active, f.States, f.Sort = false, []ticket.State{ticket.Done, ticket.Cancelled, ticket.Invalid}, ticket.ByTouched
	})
	queue("queue: of one plan", func(_ *filling, f *ticket.Filter) { f.Plan = "PREMIUM" })
	queue("queue: over, of a plan that few have", func(_ *filling, f *ticket.Filter) {
		f.Active, f.States, f.Sort, f.Plan = false, []ticket.State{ticket.Done, ticket.Cancelled, ticket.Invalid}, ticket.ByTouched, "STANDARD"
	})
	for _, s := range []struct{ name, word string }{{"a rare word", rare}, {"a word in one of 1000", seldom}, {"a word in one of 200", middle}, {"a word in three of ten", common},
		{"a Chinese word in one of 50", chinese}, {"a Chinese word in three of ten", usual}, {"two common words", common + " " + usual}, {"a number", ""}} {
		out = append(out, page{"search: " + s.name, s.word == seldom, func(ctx context.Context, x *filling) error {
			if s.word == "" {
				return x.search(ctx, x.engineers[0], ticket.Filter{Search: x.others})
			}
			return x.search(ctx, x.engineers[0], ticket.Filter{Search: s.word})
		}})
	}
	return append(out,
		page{"search: a common word, by a partner", false, func(ctx context.Context, x *filling) error {
			return x.search(ctx, x.partner, ticket.Filter{Search: common})
		}},
		page{"search: a common word in what is open", false, func(ctx context.Context, x *filling) error {
			return x.search(ctx, x.engineers[0], ticket.Filter{Search: common, Box: ticket.Queue, Active: true, Sort: ticket.ByDue})
		}},
		page{"list: a partner's tickets", false, func(ctx context.Context, x *filling) error { return x.list(ctx, ticket.Filter{}) }},
		page{"list: what a partner waits for", false, func(ctx context.Context, x *filling) error {
			return x.list(ctx, ticket.Filter{Active: true})
		}},
		page{"ticket: at the desk", false, func(ctx context.Context, x *filling) error { return x.ticket(ctx, x.engineers[0], x.others) }},
		page{"ticket: at its partner", false, func(ctx context.Context, x *filling) error { return x.ticket(ctx, x.partner, x.theirs) }})
}

func (x *filling) queue(ctx context.Context, f ticket.Filter) error {
	by := x.engineers[0]
	rows, err := x.tickets.List(ctx, by, f)
	if err != nil {
		return err
	}
	if _, err := sla.Of(ctx, x.DB.Read(), numbers(rows)); err != nil {
		return err
	}
	all := ticket.Filter{Box: ticket.Queue, Active: true}
	views := []ticket.Filter{all, all, all, all, all, {Box: ticket.Queue, States: []ticket.State{ticket.ToConfirm, ticket.AskedBack}}}
	views[1].Owner, views[2].Owner = by.User, "-"
	views[3].DueBefore, views[4].Breached = x.clock.Now().Add(time.Hour), true
	_, err = x.tickets.Tally(ctx, by, views)
	return err
}

func (x *filling) search(ctx context.Context, by actor.Actor, f ticket.Filter) error {
	f.Limit = rowsOfPage
	rows, err := x.tickets.List(ctx, by, f)
	if err != nil {
		return err
	}
	_, err = x.tickets.Excerpts(ctx, by, f.Search, rows)
	return err
}

func (x *filling) list(ctx context.Context, f ticket.Filter) error {
	f.Limit = rowsOfPage
	if _, err := x.tickets.List(ctx, x.partner, f); err != nil {
		return err
	}
	if _, _, err := x.tickets.Labels(ctx, x.partner, ticket.LabelFilter{Limit: 100}); err != nil {
		return err
	}
	_, err := x.tickets.Tally(ctx, x.partner, []ticket.Filter{{Active: true}, {States: []ticket.State{ticket.ToConfirm, ticket.AskedBack}}})
	return err
}

func (x *filling) ticket(ctx context.Context, by actor.Actor, no string) error {
	if _, err := x.tickets.Get(ctx, by, no); err != nil {
		return err
	}
	if _, _, err := x.tickets.Messages(ctx, by, no, ticket.Page{}); err != nil {
		return err
	}
	if _, _, err := x.tickets.Log(ctx, by, no, 0, 50); err != nil {
		return err
	}
	if _, _, err := sla.Describe(ctx, x.DB.Read(), x.clock.Now(), no); err != nil {
		return err
	}
	_, err := x.tickets.Since(ctx, by, no, 3)
	return err
}

func numbers(rows []ticket.Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.No)
	}
	return append(out, "TT20260101000000")
}

// large are the tables that grow with the tickets.
var large = regexp.MustCompile(`\b(ticket|ticket_[a-z]+|sla_(case|clock|segment|breach))\b`)

// asked opens a page and returns the statements about large tables that the modules gave to the database, as they were.
func (x *filling) asked(t *testing.T, p page) (all []db.Ran) {
	t.Helper()
	x.DB.Watch(func(r db.Ran) { all = append(all, r) })
	defer x.DB.Watch(nil)
	if err := p.open(t.Context(), x); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	return slices.DeleteFunc(all, func(r db.Ran) bool { return !large.MatchString(r.Text) })
}
