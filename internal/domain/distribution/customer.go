package distribution

import (
	"context"
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// A Filter narrows the list of customers; empty fields don't. Partner "" is the own account; a distributor names one of
// its resellers. Login and Name are parts, in any case; Label is a part as it's written. Frozen is frozen or free. After
// is the cursor of the page before; with ByOffset the list is read from Offset, with the exact total.
type Filter struct {
	Partner, Login, Name, Label string
	Level                       string // exactly
	Model                       account.Link
	From, To                    time.Time
	ID, Manager, Frozen         string
	After                       string
	ByOffset                    bool
	Offset, Limit               int
}

// Customers lists a partner's customers, the newest association first. Its administrators, finance and account managers
// (their own alone) may, and the vendor's channel managers, finance and auditors. The total counts with ByOffset alone.
func (s *Service) Customers(ctx context.Context, by actor.Actor, f Filter) (page []Customer, total int64, next string, err error) {
	q := s.db.Read()
	a, err := s.partner(ctx, q, by, actor.ViewCustomers, f.Partner)
	if err != nil {
		return nil, 0, "", err
	}
	own := onlyOwn(by)
	if f.ByOffset {
		if total, err = countLinks(ctx, q, f, a.ID, own); err != nil {
			return nil, 0, "", err
		}
		page, err = listLinks(ctx, q, f, a.ID, own, math.MaxInt64, "", bound(f.Limit), max(0, f.Offset))
		return page, total, "", err
	}
	at, after, err := readPlace(f.After)
	if err != nil {
		return nil, 0, "", err
	}
	n := bound(f.Limit)
	if page, err = listLinks(ctx, q, f, a.ID, own, at, after, n+1, 0); len(page) > n {
		page = page[:n]
		next = place(page[n-1].Since, page[n-1].ID)
	}
	return page, 0, next, err
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

func place(at time.Time, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at.UnixMicro(), 10) + " " + id))
}

func readPlace(s string) (int64, string, error) {
	if s == "" {
		return math.MaxInt64, "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, after, ok := strings.Cut(string(b), " ")
	n, wrong := strconv.ParseInt(at, 10, 64)
	if err != nil || wrong != nil || !ok {
		return 0, "", fault.Invalid("after", i18n.M("account.cursor_wrong"))
	}
	return n, after, nil
}

// Customer returns one in the actor's sight, also one that was the partner's.
func (s *Service) Customer(ctx context.Context, by actor.Actor, partner, id string) (Customer, error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.ViewCustomers, partner)
	if err != nil {
		return Customer{}, err
	}
	return s.customer(ctx, s.db.Read(), by, a.ID, id)
}

// A History is what happened to one customer of a partner.
type History struct {
	Terms     []Term
	Freezings []Freezing
	Records   []Record
}

// History returns a customer's account managers, freezes and records, newest first.
func (s *Service) History(ctx context.Context, by actor.Actor, partner, id string) (h History, err error) {
	c, err := s.Customer(ctx, by, partner, id)
	if err != nil {
		return h, err
	}
	q := s.db.Read()
	if h.Terms, err = terms(ctx, q, c.Partner, id); err != nil {
		return h, err
	}
	if h.Freezings, err = freezings(ctx, q, c.Partner, id); err != nil {
		return h, err
	}
	h.Records, err = records(ctx, q, c.Partner, id, "", 100)
	return h, err
}

// ManagerAt is whose customer somebody was at an instant: what happened then belongs to that account manager. ok is
// false when it was nobody's.
func ManagerAt(ctx context.Context, q db.Querier, partner, customer string, at time.Time) (t Term, ok bool, err error) {
	t, err = termAt(ctx, q, partner, customer, at)
	if errors.Is(err, db.ErrNoRow) {
		return t, false, nil
	}
	return t, err == nil, err
}

// Assign gives customers to an account manager (or administrator) of the partner, all or none. Administrators may.
func (s *Service) Assign(ctx context.Context, by actor.Actor, partner, user string, customers []string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.ManageCustomers, partner)
		if err != nil {
			return err
		}
		t, err := managerOf(ctx, tx, a.ID, user)
		if err != nil {
			return err
		}
		if len(customers) == 0 || len(customers) > 1000 {
			return invalid(Parameter, "customers", "", i18n.M("distribution.customers_missing"))
		}
		t.SetBy = by.Name
		customers = slices.Clone(customers)
		slices.Sort(customers)
		for _, id := range slices.Compact(customers) {
			if err := s.assignOne(ctx, tx, by, a, id, t); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) assignOne(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, customer string, t Term) error {
	c, err := s.open(ctx, tx, by, a.ID, customer)
	if err != nil || c.Manager == t.User {
		return err
	}
	if err := assign(ctx, tx, c, id.New("mgt", tx.Wall), t); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, "customer.assigned", a, c, Changed{User: t.User, By: by.Name}); err != nil {
		return err
	}
	return note(ctx, tx, by, actor.ManageCustomers, c, map[string]any{"did": "assign", "manager": t.Name, "from": c.ManagerName})
}

// managerOf is a user of the partner who can have customers.
func managerOf(ctx context.Context, q db.Querier, partner, user string) (Term, error) {
	all, err := account.Recipients(ctx, q, partner, actor.AccountManager, actor.PartnerAdmin)
	if err != nil {
		return Term{}, err
	}
	for _, r := range all {
		if r.User == user {
			return Term{User: r.User, Name: r.Name}, nil
		}
	}
	return Term{}, invalid(Parameter, "manager", user, i18n.M("distribution.manager_wrong"))
}

// A Manager can have customers.
type Manager struct{ User, Name string }

// Managers lists whom a partner's customers can be given to.
func (s *Service) Managers(ctx context.Context, by actor.Actor, partner string) (out []Manager, err error) {
	a, err := s.partner(ctx, s.db.Read(), by, actor.ViewCustomers, partner)
	if err != nil {
		return nil, err
	}
	all, err := account.Recipients(ctx, s.db.Read(), a.ID, actor.AccountManager, actor.PartnerAdmin)
	for _, r := range all {
		out = append(out, Manager{r.User, r.Name})
	}
	return out, err
}

// Levels are what a partner sorts customers by.
func Levels() []string { return []string{"V0", "V1", "V2", "V3", "V4", "V5"} }

const mostLabel = 64

// Describe writes a customer's label and level (V0 to V5). Administrators may, and the customer's account manager.
func (s *Service) Describe(ctx context.Context, by actor.Actor, partner, customer, label, level string) error {
	label = text.Clean(label)
	var fs fault.Fields
	if utf8.RuneCountInString(label) > mostLabel {
		fs.Add("label", label, i18n.M("distribution.label_long", i18n.A{"max": mostLabel}))
	}
	if !slices.Contains(Levels(), level) {
		fs.Add("level", level, i18n.M("distribution.level_wrong"))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		a, err := s.partner(ctx, tx, by, actor.LabelCustomers, partner)
		if err != nil {
			return err
		}
		c, err := s.open(ctx, tx, by, a.ID, customer)
		if err != nil {
			return err
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := setWords(ctx, tx, a.ID, customer, label, level); err != nil {
			return lost(err)
		}
		return note(ctx, tx, by, actor.LabelCustomers, c, map[string]any{"did": "describe", "label": label, "level": level})
	})
}

// A Tag says whether a customer counts as new (SMB). Value is Y, N, UNDETERMINED, or empty for one whose real name isn't
// verified; From and Until are months. Stated is the vendor's word, "" when there's none.
type Tag struct{ Customer, Value, From, Until, Stated string }

// NewTags lists the tags of a partner's customers, of those named or of all; ids of others are left out. A tag that the
// vendor set counts; otherwise it's computed: within so many months after the registration a customer whose spending
// reaches the amount is new from that month for so many months, before that undetermined, afterwards not new.
func (s *Service) NewTags(ctx context.Context, by actor.Actor, partner string, ids []string, offset, limit int) (out []Tag, err error) {
	q := s.db.Read()
	a, err := s.partner(ctx, q, by, actor.ViewCustomers, partner)
	if err != nil {
		return nil, err
	}
	list, err := profilesOf(ctx, q, a.ID, ids, max(0, offset), bound(limit))
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		t, err := s.tag(ctx, q, p)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (s *Service) tag(ctx context.Context, q db.Querier, p Profile) (Tag, error) {
	if p.Verified != verifiedName {
		return Tag{Customer: p.Account, Stated: p.Tag}, nil
	}
	now := month(s.now())
	if p.Tag != "" {
		t := Tag{p.Account, p.Tag, p.TagFrom, p.TagUntil, p.Tag}
		if t.Value == "Y" && t.Until != "" && t.Until < now {
			t.Value = "N"
		}
		return t, nil
	}
	window, err := setting.Int(ctx, q, setting.TagWindowMonths, s.now())
	if err != nil {
		return Tag{}, err
	}
	first := month(p.CreatedAt)
	last := addMonths(first, window)
	reached, err := s.reached(ctx, q, p.Account, first, last)
	if err != nil || reached == "" {
		if last <= now {
			return Tag{Customer: p.Account, Value: "N", From: first, Until: last}, err
		}
		return Tag{Customer: p.Account, Value: "UNDETERMINED", From: first, Until: last}, err
	}
	months, err := setting.Int(ctx, q, setting.TagMonths, s.now())
	t := Tag{Customer: p.Account, Value: "Y", From: reached, Until: addMonths(reached, months)}
	if t.Until < now {
		t.Value = "N"
	}
	return t, err
}

// reached is the month in which a customer's spending came to the amount, "" = it didn't.
func (s *Service) reached(ctx context.Context, q db.Querier, customer, from, to string) (string, error) {
	want, err := setting.Int(ctx, q, setting.TagAmount, s.now())
	if err != nil {
		return "", err
	}
	all, err := ledger.Months(ctx, q, customer, from, to)
	if err != nil {
		return "", err
	}
	slices.SortStableFunc(all, func(a, b ledger.Month) int { return strings.Compare(a.Month, b.Month) })
	var sum int64
	for _, m := range all {
		if m.Kind != ledger.Consume || m.Place.Kind == ledger.Voucher {
			continue
		}
		if sum += m.Expense; sum >= int64(want)*100 && sum > 0 {
			return m.Month, nil
		}
	}
	return "", nil
}

func month(t time.Time) string { return calendar.DayOf(t).String()[:7] }

func addMonths(m string, n int) string {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return m
	}
	return t.AddDate(0, n, 0).Format("2006-01")
}

// SetTag states a customer's tag by the vendor's word; an empty value goes back to the computed one. The vendor's
// administrators and channel managers may.
func (s *Service) SetTag(ctx context.Context, by actor.Actor, t Tag) error {
	if err := by.May(actor.TagCustomers); err != nil {
		return err
	}
	var fs fault.Fields
	if !slices.Contains([]string{"", "Y", "N", "UNDETERMINED"}, t.Value) {
		fs.Add("tag", t.Value, i18n.M("distribution.tag_wrong"))
	}
	for _, x := range [][2]string{{"from", t.From}, {"until", t.Until}} {
		if _, err := time.Parse("2006-01", x[1]); err != nil && x[1] != "" {
			fs.Add(x[0], x[1], i18n.M("distribution.month_wrong"))
		}
	}
	if err := fs.Err(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := profileOf(ctx, tx, t.Customer)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		p.Tag, p.TagFrom, p.TagUntil = t.Value, t.From, t.Until
		if err := setTag(ctx, tx, p); err != nil {
			return err
		}
		return note(ctx, tx, by, actor.TagCustomers, Customer{ID: t.Customer, Partner: t.Customer}, map[string]any{"did": "tag", "tag": t.Value, "from": t.From, "until": t.Until})
	})
}
