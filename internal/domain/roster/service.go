package roster

import (
	"context"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Config is what the service needs. Partner tells whether an account is a partner; without it every account is.
// NewPerson makes the personal account of a human that nobody knows yet and returns its id; without it the roster
// makes the id itself.
type Config struct {
	DB          *db.DB
	Credentials *credential.Service
	Files       *blob.Store
	Partner     func(ctx context.Context, q db.Querier, account string) (bool, error)
	NewPerson   func(ctx context.Context, tx *db.Tx, name string) (string, error)
}

// Service has the verbs of the roster.
type Service struct {
	Config
	db          *db.DB
	credentials *credential.Service
	files       *blob.Store
	chunk       int // rows applied in one transaction
}

// New returns the service.
func New(c Config) *Service {
	return &Service{Config: c, db: c.DB, credentials: c.Credentials, files: c.Files, chunk: 500}
}

// Register adds the import's jobs, and the copy of each changed certificate into the person's bindings.
func (s *Service) Register(r *jobs.Runner) {
	r.On("credential.certificate_changed", "roster.held", s.certificateChanged)
	r.On("credential.certificates_changed", "roster.held_many", s.certificatesChanged)
	r.Outside(checkJob, s.runCheck)
	r.Outside(applyJob, s.runApply)
}

func (s *Service) certificateChanged(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	c, err := outbox.As[credential.Changed](e)
	if err != nil {
		return err
	}
	return s.copyHeld(ctx, tx, c.Person, "certificate")
}

// copyHeld brings the copies of a person's certificates up to date and tells each partner whose copy changed.
func (s *Service) copyHeld(ctx context.Context, tx *db.Tx, person, why string) error {
	held, err := s.credentials.OfPersons(ctx, tx, []string{person})
	if err != nil {
		return err
	}
	changed, err := refreshHeld(ctx, tx, person, pack(held[person]))
	if err != nil {
		return err
	}
	for _, p := range changed {
		if err := outbox.Append(ctx, tx, Changed{p.Account, []string{p.ID}, why}); err != nil {
			return err
		}
	}
	return nil
}

// allow asks for a verb on a partner's people: the roles first, then whether the partner is the actor's to see.
func allow(by actor.Actor, verb actor.Verb, partner string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	if !wellFormed(partner) {
		return fault.NotFound()
	}
	return by.Sees(partner)
}

// wellFormed keeps text out of the database that PostgreSQL can't hold.
func wellFormed(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (s *Service) today() calendar.Day { return calendar.DayOf(s.db.Clock().Now()) }

// partnerExists returns NotFound for an account that is no partner.
func (s *Service) partnerExists(ctx context.Context, q db.Querier, partner string) error {
	if s.Partner == nil {
		return nil
	}
	ok, err := s.Partner(ctx, q, partner)
	if err == nil && !ok {
		err = fault.NotFound()
	}
	return err
}

// An Item is one line of a list.
type Item struct {
	Binding
	Standing   credential.Standing // the worst of what is held; "" = nothing
	NextExpiry calendar.Day        // the next last valid day from today on; None = none
}

// A Page is one page of a list.
type Page struct {
	Items []Item
	Next  string // cursor for the next page; "" = this is the last
}

// List returns a partner's people by name. The partner's own administrators and service managers may, and the
// vendor's staff; for others the partner doesn't exist.
func (s *Service) List(ctx context.Context, by actor.Actor, partner string, f Filter) (Page, error) {
	if err := allow(by, actor.ViewRoster, partner); err != nil {
		return Page{}, err
	}
	f, err := f.ready(s.today())
	if err != nil {
		return Page{}, err
	}
	return s.page(ctx, s.db.Read(), partner, f)
}

// page reads one page. What a person holds is a packed column, so these filters read on until the page is full.
func (s *Service) page(ctx context.Context, q db.Querier, partner string, f Filter) (Page, error) {
	after, err := parseCursor(f.After)
	if err != nil {
		return Page{}, err
	}
	size := f.Limit + 1
	if f.sifts() {
		size = maxLimit
	}
	var p Page
	for {
		found, err := s.batch(ctx, q, partner, f, after, size)
		if err != nil {
			return Page{}, err
		}
		for _, b := range found {
			if f.sifts() && !f.passes(b.Held) {
				continue
			}
			if len(p.Items) == f.Limit {
				p.Next = p.Items[f.Limit-1].cursor().String()
				return p, nil
			}
			p.Items = append(p.Items, item(b, f))
		}
		if len(found) < size {
			return p, nil
		}
		after = found[len(found)-1].cursor()
	}
}

func item(b Binding, f Filter) Item {
	it := Item{Binding: b}
	order := map[credential.Standing]int{"": 0, credential.StandsValid: 1, credential.StandsExpiring: 2, credential.StandsExpired: 3}
	for _, h := range b.Held {
		if st := credential.StandingOf(h.Until, f.Day, f.Within); order[st] > order[it.Standing] {
			it.Standing = st
		}
		if h.Until >= f.Day && (it.NextExpiry.IsNone() || h.Until < it.NextExpiry) {
			it.NextExpiry = h.Until
		}
	}
	return it
}

// A PersonView is what a partner's page shows of one person.
type PersonView struct {
	Binding
	Certificates []credential.Certificate // with history, newest first
	Past         []Stint                  // earlier times at this partner
}

// Person returns one person of a partner. Who may is as for List.
func (s *Service) Person(ctx context.Context, by actor.Actor, partner, binding string) (PersonView, error) {
	if err := allow(by, actor.ViewRoster, partner); err != nil {
		return PersonView{}, err
	}
	q := s.db.Read()
	b, err := s.Binding(ctx, q, partner, binding)
	if err != nil {
		return PersonView{}, err
	}
	v := PersonView{Binding: b}
	if v.Certificates, err = s.credentials.History(ctx, q, b.Person); err != nil {
		return PersonView{}, err
	}
	past, err := stints(ctx, q, partner)
	for _, p := range past {
		if p.binding == b.ID {
			v.Past = append(v.Past, p.Stint)
		}
	}
	return v, err
}

// Binding returns one binding; NotFound when the partner has none with this id. It asks no permission.
func (s *Service) Binding(ctx context.Context, q db.Querier, partner, binding string) (Binding, error) {
	if !wellFormed(partner + binding) {
		return Binding{}, fault.NotFound()
	}
	b, err := s.getBinding(ctx, q, partner, binding)
	if noRow(err) {
		return b, fault.NotFound()
	}
	return b, err
}

// Counts says in figures how a partner's people stand today. Here is the sum of Valid, Expiring, Expired and None:
// each person counts once, by the best certificate held. Lapsing and Lapsed are the people with some certificate that
// expires soon or has expired, whatever else they hold: as many as List finds by these validities.
type Counts struct {
	Here, Registered, Left, Valid, Expiring, Expired, None int
	Lapsing, Lapsed                                        int
	// Unconfirmed are here by the company's word alone; NotCounted are those of them whose time to confirm is over.
	Unconfirmed, NotCounted int
	FirstLapse              calendar.Day // the next day on which somebody stops to count unless confirmed; None = none
}

// Counts counts a partner's people. Who may is as for List.
func (s *Service) Counts(ctx context.Context, by actor.Actor, partner string) (c Counts, err error) {
	if err := allow(by, actor.ViewRoster, partner); err != nil {
		return c, err
	}
	day := s.today()
	err = s.everybody(ctx, s.db.Read(), partner, func(b Binding) error {
		c.person(b, day)
		return nil
	})
	return c, err
}

func (c *Counts) person(b Binding, day calendar.Day) {
	if !b.Here(day) {
		c.Left++
		return
	}
	c.Here++
	if b.Registered {
		c.Registered++
	}
	c.consent(b.Consent, day)
	c.count(best(b.Held, day))
	f := Filter{Day: day, Within: defaultWithin}
	if f.Validity = "expiring"; f.passes(b.Held) {
		c.Lapsing++
	}
	if f.Validity = "expired"; f.passes(b.Held) {
		c.Lapsed++
	}
}

func (c *Counts) consent(x Consent, day calendar.Day) {
	switch {
	case !x.UnconfirmedOn(day):
		return
	case x.Lapsed(day):
		c.NotCounted++
	case c.FirstLapse.IsNone() || x.CountsUntil < c.FirstLapse:
		c.FirstLapse = x.CountsUntil
	}
	c.Unconfirmed++
}

func (c *Counts) count(st credential.Standing) {
	switch st {
	case credential.StandsValid:
		c.Valid++
	case credential.StandsExpiring:
		c.Expiring++
	case credential.StandsExpired:
		c.Expired++
	default:
		c.None++
	}
}

// best is how the certificate that lasts longest stands.
func best(held []Held, day calendar.Day) credential.Standing {
	if len(held) == 0 {
		return ""
	}
	last := held[0].Until
	for _, h := range held {
		last = max(last, h.Until)
	}
	return credential.StandingOf(last, day, defaultWithin)
}

// A Heat is how many certificates lapse in each month, by code.
type Heat struct {
	Months []string // 2026-11
	Rows   []HeatRow
}

// A HeatRow has one count for each month.
type HeatRow struct {
	Code   string
	Counts []int
}

// Expiries counts the certificates of people who are there that lapse in the present month and those after it.
// Who may is as for List.
func (s *Service) Expiries(ctx context.Context, by actor.Actor, partner string, months int) (Heat, error) {
	if err := allow(by, actor.ViewRoster, partner); err != nil {
		return Heat{}, err
	}
	day, codes := s.today(), s.codes()
	months = min(max(months, 1), 60)
	counts := map[string][]int{}
	err := s.everybody(ctx, s.db.Read(), partner, func(b Binding) error {
		if b.Here(day) {
			lapses(counts, b.Held, day, months)
		}
		return nil
	})
	if err != nil {
		return Heat{}, err
	}
	var h Heat
	for i := range months {
		h.Months = append(h.Months, day.MonthStart().AddMonths(i).String()[:7])
	}
	for _, code := range codes {
		if counts[code] != nil {
			h.Rows = append(h.Rows, HeatRow{code, counts[code]})
		}
	}
	return h, nil
}

// codes are the catalogue's codes in its order.
func (s *Service) codes() []string {
	var out []string
	for _, t := range s.credentials.Catalogue().Certificates {
		out = append(out, t.Code)
	}
	return out
}

// lapses counts what one person holds under the month in which it ends.
func lapses(counts map[string][]int, held []Held, day calendar.Day, months int) {
	for _, x := range held {
		i := monthsBetween(day, x.Until)
		if x.Until < day || i >= months {
			continue
		}
		if counts[x.Code] == nil {
			counts[x.Code] = make([]int, months)
		}
		counts[x.Code][i]++
	}
}

func monthsBetween(from, to calendar.Day) int {
	y1, m1, _ := from.Split()
	y2, m2, _ := to.Split()
	return (y2-y1)*12 + int(m2-m1)
}

func (b Binding) cursor() cursor { return cursor{text.Fold(b.Name), b.ID} }
