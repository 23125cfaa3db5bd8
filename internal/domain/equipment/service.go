package equipment

import (
	"context"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// Service has the verbs.
type Service struct {
	db    *db.DB
	files *blob.Store
	chunk int // rows of one transaction
}

// New returns the service.
func New(d *db.DB, files *blob.Store) *Service { return &Service{db: d, files: files, chunk: chunk} }

// Register adds the job of imports.
func (s *Service) Register(r *jobs.Runner) { r.Outside(importJob, s.runImport) }

// Find finds a device by its serial number, for a ticket that an account opens; false when there's none, or none that
// concerns it: its customer, the partner that ordered it, the partner that serves its customer, the vendor, and whoever
// has the device before them when nobody knows whose it is. Whether it's maintained says the item.
func Find(ctx context.Context, q db.Querier, owner, serial string, on calendar.Day) (Item, bool, error) {
	fold := text.Fold(serial)
	if fold == "" {
		return Item{}, false, nil
	}
	i, err := oneItem(ctx, q, fold)
	if errors.Is(err, db.ErrNoRow) {
		return i, false, nil
	}
	if err != nil {
		return i, false, err
	}
	ok, err := concerns(ctx, q, i, owner, on.End().Add(-time.Microsecond))
	if err != nil || !ok {
		return Item{}, false, err
	}
	return i, true, complete(ctx, q, []Item{i}, func(x []Item) { i = x[0] })
}

func concerns(ctx context.Context, q db.Querier, i Item, owner string, at time.Time) (bool, error) {
	if i.Customer == "" || i.Customer == owner || i.Partner == owner {
		return true, nil
	}
	a, err := account.Get(ctx, q, owner)
	if err != nil || a.Kind == actor.Vendor {
		return err == nil, err
	}
	x, ok, err := account.PartnerOf(ctx, q, i.Customer, at)
	return err == nil && ok && x.Account == owner, err
}

// complete gives the partners' names, and the accounts' where the file brought none.
func complete(ctx context.Context, q db.Querier, items []Item, give func([]Item)) error {
	var ids []string
	for _, i := range items {
		ids = append(ids, i.Partner, i.Customer)
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
	names, err := account.Names(ctx, q, ids)
	if err != nil {
		return err
	}
	for n := range items {
		items[n].PartnerName = names[items[n].Partner]
		if name := names[items[n].Customer]; name != "" {
			items[n].CustomerName = name
		}
	}
	if give != nil {
		give(items)
	}
	return nil
}

// A Filter narrows devices; zero values don't. Search is the beginning of a serial number, else a part of a product, a
// customer or a site. After is the folded serial number that the last page ended with.
type Filter struct {
	Search   string
	Project  string
	Partner  string
	Customer string
	State    State
	After    string
	Limit    int

	scope string
}

// Today is the business day by which maintenance is told.
func (s *Service) Today() calendar.Day { return calendar.DayOf(s.db.Clock().Now()) }

// narrow limits a filter to what somebody may see: all for the vendor's staff, what they ordered for partners, what is
// theirs for customers.
func narrow(by actor.Actor, f Filter) (Filter, error) {
	if f.State != "" && !slices.Contains(States, f.State) {
		return f, fault.Invalid("state", i18n.M("equipment.bad_state"))
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	if f.scope = by.Scope(); f.scope == "" {
		return f, nil
	}
	if by.Kind == actor.Customer {
		f.Customer = by.Account
	} else if f.Customer != by.Account { // devices of its own a partner asks for by naming itself as their customer
		f.Partner = by.Account
	}
	return f, nil
}

// List lists devices by serial number. The vendor's staff see all; a partner what it ordered, or with its own account as
// the customer what it has; a customer what it has. Everybody of a company may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (list []Item, next string, err error) {
	if err := by.May(actor.ViewEquipment); err != nil {
		return nil, "", err
	}
	if f, err = narrow(by, f); err != nil {
		return nil, "", err
	}
	f.Limit++
	if list, err = listItems(ctx, s.db.Read(), f, s.Today()); err != nil {
		return nil, "", err
	}
	if len(list) == f.Limit {
		list = list[:f.Limit-1]
		next = list[f.Limit-2].fold
	}
	return list, next, complete(ctx, s.db.Read(), list, nil)
}

// Counts are an account's devices: all of them, those under maintenance, and of these those whose maintenance ends soon.
type Counts struct{ All, Maintained, Ending int64 }

// Count counts what List shows to a partner or customer; the vendor's are too many to be counted for a page: nothing.
func (s *Service) Count(ctx context.Context, by actor.Actor) (Counts, error) {
	if err := by.May(actor.ViewEquipment); err != nil || by.Scope() == "" {
		return Counts{}, err
	}
	return countStates(ctx, s.db.Read(), by.Scope(), s.Today())
}

// Get reads one device. Who may is as for List; NotFound for another's.
func (s *Service) Get(ctx context.Context, by actor.Actor, serial string) (Item, error) {
	if err := by.May(actor.ViewEquipment); err != nil {
		return Item{}, err
	}
	i, err := oneItem(ctx, s.db.Read(), text.Fold(serial))
	if errors.Is(err, db.ErrNoRow) {
		return i, fault.NotFound()
	}
	if err != nil {
		return i, err
	}
	if scope := by.Scope(); scope != "" && scope != i.Partner && scope != i.Customer {
		ok, err := concerns(ctx, s.db.Read(), i, by.Account, s.db.Clock().Now())
		if err != nil || !ok || i.Customer == "" {
			return Item{}, errors.Join(err, fault.NotFound())
		}
	}
	err = complete(ctx, s.db.Read(), []Item{i}, func(x []Item) { i = x[0] })
	return i, err
}

// Projects lists projects by their key, with how many devices each has for the reader. Who may is as for List.
func (s *Service) Projects(ctx context.Context, by actor.Actor, search, after string, limit int) (list []Project, next string, err error) {
	if err := by.May(actor.ViewEquipment); err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > 200 {
		limit = 50
	}
	q := s.db.Read()
	if list, err = listProjects(ctx, q, by.Scope(), search, after, limit+1); err != nil {
		return nil, "", err
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].Key
	}
	return list, next, s.fill(ctx, q, by, list)
}

// Project reads one project. Who may is as for List; NotFound for another's.
func (s *Service) Project(ctx context.Context, by actor.Actor, key string) (Project, error) {
	if err := by.May(actor.ViewEquipment); err != nil {
		return Project{}, err
	}
	p, err := oneProject(ctx, s.db.Read(), text.Fold(key))
	if errors.Is(err, db.ErrNoRow) {
		return p, fault.NotFound()
	}
	if err != nil {
		return p, err
	}
	list := []Project{p}
	if err := s.fill(ctx, s.db.Read(), by, list); err != nil {
		return p, err
	}
	if p = list[0]; by.Scope() != "" && by.Scope() != p.Partner && by.Scope() != p.Customer && p.Devices == 0 {
		return Project{}, fault.NotFound()
	}
	return p, nil
}

// fill gives names and numbers of devices.
func (s *Service) fill(ctx context.Context, q db.Querier, by actor.Actor, list []Project) error {
	keys := make([]string, len(list))
	for n, p := range list {
		keys[n] = p.Key
	}
	counts, err := countDevices(ctx, q, by.Scope(), keys, s.Today())
	if err != nil {
		return err
	}
	for n := range list {
		list[n].Devices, list[n].Maintained = counts[list[n].Key][0], counts[list[n].Key][1]
	}
	return named(ctx, q, list)
}

// companies are the accounts that projects name.
func companies(list []Project) (ids []string) {
	for _, p := range list {
		ids = append(ids, p.Partner, p.Customer)
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}
