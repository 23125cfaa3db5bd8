package ticket

import (
	"context"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// A Box is which tickets a list is about.
type Box string

// The boxes.
const (
	Own    Box = ""       // those of the actor's account
	Queue  Box = "desk"   // those that the actor's desk serves now
	HadBox Box = "served" // those that a partner's desk serves or has served
	All    Box = "all"    // every one that the actor may see; the vendor's staff have no own ones and get this
)

// A Sort is the order of a list.
type Sort string

// The orders.
const (
	Newest    Sort = ""
	ByDue     Sort = "due" // what runs out first; what doesn't run comes last
	ByTouched Sort = "touched"
)

// A Mark is where a page begins: after this row.
type Mark struct {
	At int64
	No string
}

// A Filter chooses tickets; zero values don't narrow.
type Filter struct {
	Box        Box
	Mine       bool // opened by the actor
	No         string
	Nos        []string // any of these
	Account    string
	Partner    string
	OpenedBy   string
	OpenedName string
	Words      []string // words, all in the first message
	App        string   // words of the first message, or the number
	Search     string   // words of the full text; see kit/fulltext
	States     []State
	Active     bool
	Owner      string // "-" = nobody's
	Teams      []string
	Labels     []int64 // all of them: of the actor's account, as the one whose ticket it is or as its desk
	ProblemType,
	Product,
	Severity,
	Plan,
	CaseType string
	Technical *bool
	From, To  time.Time // opened, To excluded
	DueBefore time.Time
	Breached  bool
	Unread    bool // a message of the other side that the actor hasn't read
	Handed    bool
	Deleted   bool // the deleted ones alone: for those who can restore them

	Sort          Sort
	After         Mark
	Offset, Limit int
	CountUnread   bool // fill Row.UnreadN
}

// A Row is a ticket in a list.
type Row struct {
	Ticket
	Labels  []Label
	Unread  bool
	UnreadN int64
}

// Mark is the row's place in a list.
func (r Row) Mark(s Sort) Mark {
	at := r.OpenedAt.UnixMicro()
	switch s {
	case ByDue:
		at = due(r.Due)
	case ByTouched:
		at = r.TouchedAt.UnixMicro()
	}
	return Mark{at, r.No}
}

// A query is a list's condition as it's put together: each ? of a text is an argument.
type query struct {
	where []string
	args  []any
}

func (c *query) add(text string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		text = strings.Replace(text, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.where = append(c.where, text)
}

// in adds a condition on a column that has one of the values; none of them fits nothing.
func in[T any](c *query, column string, values []T) {
	if len(values) == 0 {
		c.add("1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	c.add(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", args...)
}

func (c *query) text() string { return strings.Join(c.where, " AND ") }

// scope limits a list to what the actor may see: the same rules as sees, for many rows.
func scope(ctx context.Context, q db.Querier, by actor.Actor, f *Filter, c *query) error {
	if by.Kind == actor.Vendor && f.Box == Own || by.Kind == actor.System {
		f.Box = All
	}
	switch {
	case f.Box == Own, by.Kind == actor.Customer, !by.Vendor() && !by.Can(actor.WorkTickets):
		f.Box = Own
		c.add("t.account_id = ?", by.Account)
		if f.Mine || !by.Can(actor.ViewAllTickets) {
			c.add("t.opened_by = ?", by.User)
		}
		c.add("t.state <> 13")
		return nil
	case f.Box == Queue:
		c.add("t.desk_id = ?", by.Account)
	case !by.Vendor():
		f.Box = HadBox
		c.add("t.partner_id = ?", by.Account)
	}
	ids, all, err := managed(ctx, q, by)
	if err == nil && !all {
		in(c, "t.account_id", ids)
	}
	if f.Mine {
		c.add("t.opened_by = ?", by.User)
	}
	if f.Deleted {
		c.add("t.state = 13")
	} else {
		c.add("t.state <> 13")
	}
	return err
}

// narrow adds what was asked for.
func (f Filter) narrow(by actor.Actor, c *query) {
	for _, x := range []struct{ column, value string }{{"t.no", f.No}, {"t.account_id", f.Account}, {"t.partner_id", f.Partner}, {"t.opened_by", f.OpenedBy},
		{"t.opened_name", f.OpenedName}, {"t.problem_type", f.ProblemType}, {"t.product", f.Product}, {"t.severity", f.Severity}, {"t.plan", f.Plan}, {"t.case_type", f.CaseType}} {
		if x.value != "" {
			c.add(x.column+" = ?", x.value)
		}
	}
	if len(f.Nos) > 0 {
		in(c, "t.no", f.Nos)
	}
	if len(f.States) > 0 {
		var states []int
		for _, s := range f.States {
			states = append(states, int(s))
		}
		in(c, "t.state", states)
	}
	if f.Owner == "-" {
		c.add("t.owner_id = ''")
	} else if f.Owner != "" {
		c.add("t.owner_id = ?", f.Owner)
	}
	if len(f.Teams) > 0 {
		in(c, "t.team_id", f.Teams)
	}
	f.when(c)
	f.marks(by, c)
}

// activity is whether a filter leaves open tickets alone, or finished ones: the indexes begin with it.
func (f Filter) activity() (active, known bool) {
	open := 0
	for _, s := range f.States {
		if s.Active() {
			open++
		}
	}
	return f.Active || open > 0, f.Active || len(f.States) > 0 && (open == 0 || open == len(f.States))
}

func (f Filter) when(c *query) {
	if active, known := f.activity(); known {
		c.add("t.active = ?", active)
	}
	if f.Technical != nil {
		c.add("t.technical = ?", *f.Technical)
	}
	if !f.From.IsZero() {
		c.add("t.opened_at >= ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		c.add("t.opened_at < ?", f.To.UnixMicro())
	}
	if !f.DueBefore.IsZero() {
		c.add("t.active = TRUE")
		c.add("t.due_at < ?", f.DueBefore.UnixMicro())
	}
	if f.Breached {
		c.add("t.breached = TRUE")
	}
	if f.Handed {
		c.add("t.handed = TRUE")
	}
}

func (f Filter) marks(by actor.Actor, c *query) {
	for _, l := range f.Labels {
		if f.Box == Own {
			c.add("EXISTS (SELECT 1 FROM ticket_labelled l WHERE l.account_id = t.account_id AND l.no = t.no AND l.label_id = ?)", l)
		} else {
			c.add("(t.account_id, t.no) IN (SELECT l.account_id, l.no FROM ticket_desk_label l WHERE l.desk_id = ? AND l.label_id = ?)", by.Account, l)
		}
	}
	if f.Unread {
		c.add(f.other()+" > COALESCE((SELECT r.seq FROM ticket_read r WHERE r.account_id = t.account_id AND r.no = t.no AND r.user_id = ?), 0)", by.User)
	}
}

// other is the column of the newest message of the side that the list's reader isn't on.
func (f Filter) other() string {
	if f.Box == Own {
		return "t.desk_seq"
	}
	return "t.customer_seq"
}

// order is how a list is sorted, and after which row it begins.
func (f Filter) order(c *query) string {
	column, way, sign := "t.opened_at", "DESC", "<"
	switch f.Sort {
	case ByDue:
		column, way, sign = "t.due_at", "ASC", ">"
	case ByTouched:
		column = "t.touched_at"
	}
	if f.After.No != "" {
		c.add("("+column+", t.no COLLATE \"C\") "+sign+" (?, ?)", f.After.At, f.After.No)
	}
	return column + " " + way + ", t.no COLLATE \"C\" " + way
}

const mostRows = 200

// List pages through tickets that the actor may see.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Row, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > mostRows {
		f.Limit = mostRows
	}
	q := s.db.Read()
	rows, err := list(ctx, q, by, f)
	if err != nil {
		return nil, err
	}
	nos := make([]string, len(rows))
	for i, r := range rows {
		nos[i] = r.No
	}
	labels, err := labelsOf(ctx, q, nos, by.Account)
	if err != nil {
		return nil, err
	}
	var unread map[string]int64
	if f.CountUnread {
		if unread, err = unreadOf(ctx, q, nos, by.User, by.Kind != actor.Vendor && f.Box == Own); err != nil {
			return nil, err
		}
	}
	for i := range rows {
		rows[i].Labels, rows[i].UnreadN = labels[rows[i].No], unread[rows[i].No]
	}
	return rows, nil
}

// list reads the rows alone, with how far the reader has read.
func list(ctx context.Context, q db.Querier, by actor.Actor, f Filter) ([]Row, error) {
	if !f.searched() {
		return rowsOf(ctx, q, by, f, hits{})
	}
	return searched(ctx, q, by, f)
}

// rowsOf reads the rows of a filter, among hits; without an expression, among all tickets.
func rowsOf(ctx context.Context, q db.Querier, by actor.Actor, f Filter, h hits) ([]Row, error) {
	c := &query{}
	c.args = append(c.args, by.User)
	if err := scope(ctx, q, by, &f, c); err != nil {
		return nil, err
	}
	f.narrow(by, c)
	from := c.among(h, f.account(by))
	order := f.order(c)
	c.args = append(c.args, f.Limit, max(f.Offset, 0))
	n := strconv.Itoa(len(c.args) - 1)
	m := strconv.Itoa(len(c.args))
	return db.All(ctx, q, func(r db.Row) (x Row, err error) {
		var cc, detail string
		var due, read, other int64
		if err := r.Scan(append(x.targets(&cc, &detail, &due), &read, &other)...); err != nil {
			return x, err
		}
		x.Unread = other > read
		return x, x.finish(cc, detail, due)
	}, `SELECT `+columns+`, COALESCE((SELECT r.seq FROM ticket_read r WHERE r.account_id = t.account_id AND r.no = t.no AND r.user_id = $1), 0),
		`+f.other()+` FROM `+from+` WHERE `+c.text()+` ORDER BY `+order+` LIMIT $`+n+` OFFSET $`+m, c.args...)
}

// mostCount is how far counts are exact.
const mostCount = 100_000

// Count counts the tickets of a filter, up to 100,000.
func (s *Service) Count(ctx context.Context, by actor.Actor, f Filter) (int64, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return 0, err
	}
	return count(ctx, s.db.Read(), by, f)
}

func count(ctx context.Context, q db.Querier, by actor.Actor, f Filter) (int64, error) {
	c := &query{}
	if err := scope(ctx, q, by, &f, c); err != nil {
		return 0, err
	}
	f.narrow(by, c)
	from, err := f.from(by, c)
	if err != nil {
		return 0, err
	}
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM (SELECT 1 FROM `+from+` WHERE `+c.text()+` LIMIT `+strconv.Itoa(mostCount)+`) AS counted`, c.args...)
}

// Tally counts several filters: the numbers beside the views of a desk.
func (s *Service) Tally(ctx context.Context, by actor.Actor, all []Filter) ([]int64, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return nil, err
	}
	out := make([]int64, len(all))
	for i, f := range all {
		var err error
		if out[i], err = count(ctx, s.db.Read(), by, f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Counts counts the tickets of a filter by state; states without one are in it with 0.
func (s *Service) Counts(ctx context.Context, by actor.Actor, f Filter) (map[State]int64, error) {
	if err := by.May(actor.ViewTickets); err != nil {
		return nil, err
	}
	out := map[State]int64{}
	for _, x := range States() {
		if x != Deleted {
			out[x] = 0
		}
	}
	q, c := s.db.Read(), &query{}
	if err := scope(ctx, q, by, &f, c); err != nil {
		return nil, err
	}
	f.narrow(by, c)
	from, err := f.from(by, c)
	if err != nil {
		return nil, err
	}
	type row struct {
		s State
		n int64
	}
	rows, err := db.All(ctx, q, func(r db.Row) (x row, err error) { return x, r.Scan(&x.s, &x.n) },
		`SELECT t.state, COUNT(*) FROM `+from+` WHERE `+c.text()+` GROUP BY t.state`, c.args...)
	for _, x := range rows {
		out[x.s] = x.n
	}
	return out, err
}
