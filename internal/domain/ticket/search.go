package ticket

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/fulltext"
	"hanse/internal/kit/i18n"
)

const (
	// MostSearch is how many characters can be searched for.
	MostSearch = 200

	firstWindow = 2048 // tickets that a search looks at first
	farthest    = 64   // how much further it looks the next time, at most
	excerpt     = 120  // characters
)

// searched tells whether a filter asks for words.
func (f Filter) searched() bool {
	return strings.TrimSpace(f.Search) != "" || strings.TrimSpace(strings.Join(f.Words, "")) != "" || strings.TrimSpace(f.App) != ""
}

// checkSearch refuses what is too long to be looked for.
func (f Filter) checkSearch() error {
	if utf8.RuneCountInString(f.Search) > MostSearch {
		return fault.Invalid("q", i18n.M("fulltext.long", i18n.A{"max": MostSearch}))
	}
	return nil
}

// expression is what a filter asks of the index, with tags for as much of the rest as the index knows; within is more of
// them. ok is false when nothing can be found: somebody looks for words and typed none.
func (f Filter) expression(by actor.Actor, within ...[]fulltext.Tag) (expression string, ok bool) {
	var parts []string
	for _, x := range []struct {
		text  string
		marks []string
	}{{f.Search, marksOf(by)}, {strings.Join(f.Words, " "), []string{markDescription}}, {f.App, []string{markDescription, markNumber}}} {
		if strings.TrimSpace(x.text) == "" {
			continue
		}
		q := fulltext.Parse(x.text)
		if q.Empty() {
			return "", false
		}
		parts = append(parts, q.Expression(x.marks))
	}
	tags := slices.DeleteFunc(append(f.tags(by), within...), func(list []fulltext.Tag) bool { return len(list) == 0 })
	if len(tags) > 0 {
		parts = append(parts, fulltext.Query{}.Expression(nil, tags...))
	}
	return strings.Join(parts, " AND "), len(parts) > 0
}

// marksOf are the marks under which somebody finds words: what everybody sees, the own labels, and notes as sight says.
func marksOf(by actor.Actor) []string {
	marks := []string{"", markOf(by.Account)}
	if by.Vendor() {
		marks = append(marks, markNotes)
	}
	return marks
}

// tags are the parts of a filter that the index knows.
func (f Filter) tags(by actor.Actor) (out [][]fulltext.Tag) {
	one := func(kind, value string) { out = append(out, []fulltext.Tag{{Kind: kind, Value: value}}) }
	if !by.Vendor() || f.Box == Queue {
		one(tagReader, by.Account)
	}
	if f.Mine || by.Kind == actor.Customer && !by.Can(actor.ViewAllTickets) {
		one(tagOpener, by.User)
	}
	for _, x := range []fulltext.Tag{{Kind: tagReader, Value: f.Account}, {Kind: tagReader, Value: f.Partner}, {Kind: tagOpener, Value: f.OpenedBy},
		{Kind: tagType, Value: f.ProblemType}, {Kind: tagProduct, Value: f.Product}, {Kind: tagSeverity, Value: f.Severity}} {
		if x.Value != "" {
			one(x.Kind, x.Value)
		}
	}
	switch f.Owner {
	case "":
	case "-":
		one(tagOwner, "")
	default:
		one(tagOwner, f.Owner)
	}
	var teams, states []fulltext.Tag
	for _, team := range f.Teams {
		teams = append(teams, fulltext.Tag{Kind: tagTeam, Value: team})
	}
	for _, s := range States() {
		if (len(f.States) > 0 || f.Active) && (len(f.States) == 0 || slices.Contains(f.States, s)) && (!f.Active || s.Active()) {
			states = append(states, stateTag(s))
		}
	}
	return append(out, teams, states)
}

// account is whose tickets a list is about when they're one account's; scope has been asked before.
func (f Filter) account(by actor.Actor) string {
	if f.Box == Own {
		return by.Account
	}
	return f.Account
}

// hits are the tickets that the index has for an expression, of those opened since an instant. Few that lie together are
// read in their order, and each is asked whether it's a hit; otherwise each hit is looked up.
type hits struct {
	expression string
	since      time.Time
	inOrder    bool
}

// among limits a list to hits, and returns what it reads.
func (c *query) among(h hits, account string) (from string) {
	if !h.since.IsZero() {
		c.add("t.opened_at >= ?", h.since.UnixMicro())
	}
	if !h.inOrder {
		return c.from(h.expression, account)
	}
	// PostgreSQL would make a join of IN alone, and sort all rows; without DISTINCT it thinks that half of the hits will do,
	// and reads all of ticket_words for them.
	c.add("(t.no IN (SELECT DISTINCT 'TT' || CAST(w.rowid AS TEXT) FROM ticket_words(?) AS w)) = TRUE", h.expression)
	return c.from("", "")
}

// from is what a list reads: all tickets, or those that the index has for an expression. Those of one account are found
// without looking up whose each number is.
func (c *query) from(expression, account string) string {
	if expression == "" {
		return "ticket t"
	}
	if c.args = append(c.args, expression); account != "" {
		n := len(c.args)
		c.args = append(c.args, account)
		return `ticket_words($` + strconv.Itoa(n) + `) AS w JOIN ticket t ON t.account_id = $` + strconv.Itoa(n+1) + ` AND t.no = 'TT' || CAST(w.rowid AS TEXT)`
	}
	// Whose a number is, is asked of each hit: PostgreSQL takes a word for more common than it is, and would read all numbers.
	return `ticket_words($` + strconv.Itoa(len(c.args)) + `) AS w JOIN ticket t ON t.no = 'TT' || CAST(w.rowid AS TEXT)
		AND t.account_id = (SELECT n.account_id FROM ticket_number n WHERE n.no = 'TT' || CAST(w.rowid AS TEXT))`
}

// from is what a filter counts.
func (f Filter) from(by actor.Actor, c *query) (string, error) {
	if !f.searched() {
		return c.from("", ""), nil
	}
	if err := f.checkSearch(); err != nil {
		return "", err
	}
	expression, ok := f.expression(by)
	if !ok {
		c.add("1 = 0")
	}
	return c.from(expression, f.account(by)), nil
}

// searched reads the rows of a filter that asks for words. In an order of its own the whole index is asked; it knows
// which tickets are open, so a desk's queue is small however common a word is.
func searched(ctx context.Context, q db.Querier, by actor.Actor, f Filter) ([]Row, error) {
	if err := f.checkSearch(); err != nil {
		return nil, err
	}
	if f.Sort == Newest {
		return newest(ctx, q, by, f, firstWindow)
	}
	expression, ok := f.expression(by)
	if !ok {
		return nil, nil
	}
	return rowsOf(ctx, q, by, f, hits{expression: expression})
}

// newest reads the first rows of a list that looks for words, newest first. A common word has more tickets than anybody
// reads, so the newest tickets are asked first, and then those before them, as far back as what was found lets hope, in the
// end all of the index. So a search reads some hundred tickets at most, however many there are. The first window has so
// many.
func newest(ctx context.Context, q db.Querier, by actor.Actor, f Filter, tickets int) (rows []Row, err error) {
	all, ok := f.expression(by)
	if !ok {
		return nil, nil
	}
	until, since, ok, err := f.window(ctx, q, tickets)
	if err != nil {
		return nil, err
	}
	var oldest time.Time
	for first, end := true, until; ok && since.Before(end); first = false {
		tags, begin := days(since, end)
		if !first {
			since = begin
		}
		within, _ := f.expression(by, tags)
		more, err := rowsOf(ctx, q, by, f, hits{within, since, first})
		if err != nil || len(more) >= f.Limit {
			return append(rows, more...), err
		}
		found := len(rows) + len(more)
		if f.Offset == 0 { // otherwise nobody knows how many rows were left out, and each window begins at the first
			rows, f.Limit, f.To, end = append(rows, more...), f.Limit-len(more), since, since
		}
		if oldest.IsZero() {
			if oldest, err = firstOpened(ctx, q); err != nil {
				return nil, err
			}
		}
		span, err := further(ctx, q, within, until.Sub(since), found, f.Limit, first)
		if err != nil {
			return nil, err
		}
		since = since.Add(-span)
		ok = since.After(oldest)
	}
	more, err := rowsOf(ctx, q, by, f, hits{expression: all})
	return append(rows, more...), err
}

// window is the time in which the newest tickets that a page can have were opened; ok is false when there are no more
// than one window has.
func (f Filter) window(ctx context.Context, q db.Querier, tickets int) (until, since time.Time, ok bool, err error) {
	last := int64(never)
	if f.After.No != "" {
		last = f.After.At
	}
	if !f.To.IsZero() {
		last = min(last, f.To.UnixMicro())
	}
	if until, ok, err = openedBefore(ctx, q, last, 0); err != nil || !ok {
		return until, since, ok, err
	}
	since, ok, err = openedBefore(ctx, q, last, tickets)
	return until, since, ok, err
}

// further is how much further a search should look that found too little in a time and wants so many more. It hopes for a
// third more than that, as words don't come evenly.
func further(ctx context.Context, q db.Querier, expression string, span time.Duration, found, wanted int, first bool) (time.Duration, error) {
	if found <= 3 && !first {
		return farthest * span, nil
	}
	if found <= 3 {
		if n, err := countWords(ctx, q, expression); err != nil || n > 3 {
			return 8 * span, err // there are words enough, and something else keeps them out
		}
	}
	return min(span/time.Duration(3*max(found, 1))*time.Duration(4*wanted), farthest*span), nil
}

// days are the tags of the days or months from one instant to another, and when the first of them begins; none when they
// are too many.
func days(from, to time.Time) (out []fulltext.Tag, begin time.Time) {
	from, to = from.UTC(), to.UTC()
	if to.Sub(from) > 10*365*24*time.Hour {
		return nil, from
	}
	if to.Sub(from) > 45*24*time.Hour {
		begin = time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC)
		for m := begin; !m.After(to); m = m.AddDate(0, 1, 0) {
			out = append(out, fulltext.Tag{Kind: tagMonth, Value: day(m)[:6]})
		}
		return out, begin
	}
	begin = from.Truncate(24 * time.Hour)
	for d := begin; !d.After(to); d = d.AddDate(0, 0, 1) {
		out = append(out, fulltext.Tag{Kind: tagDay, Value: day(d)})
	}
	return out, begin
}

// An Excerpt shows where a ticket has what was looked for.
type Excerpt struct {
	Where  i18n.Msg
	Pieces []fulltext.Piece
}

// Excerpts finds in each of a page's tickets the first text that the actor sees and that has what was looked for. A ticket
// whose words stand apart has an excerpt for the first of them; one found by something else has none.
func (s *Service) Excerpts(ctx context.Context, by actor.Actor, search string, rows []Row) (map[string]Excerpt, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return nil, err
	}
	out := map[string]Excerpt{}
	query := fulltext.Parse(search)
	if query.Empty() || len(rows) == 0 {
		return out, nil
	}
	var nos []string
	tickets := map[string]Ticket{}
	for _, r := range rows {
		nos, tickets[r.No] = append(nos, r.No), r.Ticket
	}
	said, err := spokenOf(ctx, s.db.Read(), nos)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if e, ok := excerptOf(query, r, said[r.No], sight(by, SideOf(by, r.Ticket))); ok {
			out[r.No] = e
		}
	}
	return out, nil
}

func excerptOf(query fulltext.Query, r Row, said []spoken, e eye) (Excerpt, bool) {
	try := func(where i18n.Msg, s string) (Excerpt, bool) {
		p := query.Pieces(s, excerpt)
		return Excerpt{where, p}, p != nil
	}
	if x, ok := try(i18n.M("fulltext.in_title"), r.Title); ok {
		return x, true
	}
	for _, m := range said {
		where := i18n.M("fulltext.in_message")
		switch {
		case m.internal && (!e.notes || e.desk != "" && e.desk != m.desk):
			continue
		case m.internal:
			where = i18n.M("fulltext.in_note")
		case m.first:
			where = i18n.M("fulltext.in_description")
		}
		if x, ok := try(where, m.body); ok {
			return x, true
		}
	}
	for _, l := range r.Labels {
		if x, ok := try(i18n.M("fulltext.in_label"), l.Name); ok {
			return x, true
		}
	}
	for _, s := range []string{r.OpenedName, r.AccountName} {
		if x, ok := try(i18n.M("fulltext.in_requester"), s); ok {
			return x, true
		}
	}
	return try(i18n.M("fulltext.in_number"), strings.TrimSpace(r.No+" "+r.Serial))
}
