package qualification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// ServiceFacts are what a partner declares of its service platform. They hold from EffectiveAt until the next ones.
type ServiceFacts struct {
	Hotline         program.Hotline  `json:"hotline"`
	HotlineNumber   string           `json:"hotline_number"`
	ServiceEmail    string           `json:"service_email"`   // "" = none
	ServiceManager  string           `json:"service_manager"` // person id
	IssueTracking   program.Tracking `json:"issue_tracking"`
	EventsAttended  int              `json:"events_attended"` // in the past year
	NamedEngineers  []string         `json:"named_engineers"` // person ids
	Credits         int              `json:"credits"`
	Projects        []Project        `json:"projects"`
	Laboratory      []string         `json:"laboratory"`                 // one gear code for each piece
	Sites           []Site           `json:"sites,omitempty"`            // teaching facilities
	Languages       []string         `json:"languages,omitempty"`        // taught in
	Branches        []string         `json:"branches,omitempty"`         // country codes, one for each branch
	ProjectManagers []string         `json:"project_managers,omitempty"` // ids of the dedicated project managers
	EffectiveAt     time.Time        `json:"-"`
	ChangedBy       string           `json:"-"`
}

// A Project is a finished engineering project, with the list price of its equipment in whole US dollars.
type Project struct {
	Name         string       `json:"name"`
	ListPriceUSD int64        `json:"list_price_usd"`
	FinishedOn   calendar.Day `json:"finished_on"`
}

// GearCodes are the pieces that a laboratory may list.
func GearCodes() []string {
	return []string{"cloud-lab", "high-end-router", "router", "layer-3-switch", "ac", "ap"}
}

// The most that a partner may declare: far above any program's need, so that a slip of the key is caught.
const (
	mostCount    = 100_000
	mostProjects = 100
	mostGear     = 200
	mostPrice    = 1_000_000_000_000
	mostSites    = 200
)

// ServiceFacts are those in force at an instant (zero = now); none yet is the zero value.
func (s *Service) ServiceFacts(ctx context.Context, by actor.Actor, partner string, at time.Time) (ServiceFacts, error) {
	if err := s.mayRead(ctx, by, actor.ViewServiceFacts, partner); err != nil {
		return ServiceFacts{}, err
	}
	return serviceFactsAt(ctx, s.db.Read(), partner, s.now(at))
}

// ServiceFactsHistory lists all editions, newest first.
func (s *Service) ServiceFactsHistory(ctx context.Context, by actor.Actor, partner string) ([]ServiceFacts, error) {
	if err := s.mayRead(ctx, by, actor.ViewServiceFacts, partner); err != nil {
		return nil, err
	}
	return serviceFactsHistory(ctx, s.db.Read(), partner)
}

// mayRead asks for the permission, the sight of the partner's things, and that there is such a partner.
func (s *Service) mayRead(ctx context.Context, by actor.Actor, verb actor.Verb, partner string) error {
	if err := by.May(verb); err != nil {
		return err
	}
	if err := by.Sees(partner); err != nil {
		return err
	}
	_, err := s.src.Partner(ctx, s.db.Read(), partner)
	return err
}

// SetFacts declares new service facts from now on. The partner's administrator and service manager may. Every wrong
// entry is told at once; Conflict when somebody changed them since they were read (EffectiveAt).
func (s *Service) SetFacts(ctx context.Context, by actor.Actor, partner string, f ServiceFacts) error {
	if err := s.mayRead(ctx, by, actor.EditServiceFacts, partner); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		people, err := s.src.People(ctx, tx, partner, tx.Now)
		if err != nil {
			return err
		}
		clean := f.clean()
		if err := clean.check(people, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		old, err := serviceFactsAt(ctx, tx, partner, tx.Now)
		if err != nil {
			return err
		}
		if !old.EffectiveAt.Equal(f.EffectiveAt) {
			return fault.Conflict(i18n.Msg{})
		}
		if err := putServiceFacts(ctx, tx, partner, clean, by.User); err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, FactsChanged{Partner: partner}); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, partner); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.EditServiceFacts, audit.Subject{Kind: "facts", ID: partner, Account: partner},
			map[string]any{"old": old, "new": clean})
	})
}

// clean brings the entries into one form.
func (f ServiceFacts) clean() ServiceFacts {
	f.HotlineNumber = text.Clean(f.HotlineNumber)
	f.ServiceEmail = strings.TrimSpace(f.ServiceEmail)
	f.NamedEngineers = slices.Compact(slices.Sorted(slices.Values(f.NamedEngineers)))
	f.Laboratory = slices.Sorted(slices.Values(f.Laboratory))
	f.Languages = slices.Compact(slices.Sorted(slices.Values(f.Languages)))
	f.Branches = slices.Sorted(slices.Values(f.Branches))
	f.ProjectManagers = slices.Compact(slices.Sorted(slices.Values(f.ProjectManagers)))
	f.Projects = slices.Clone(f.Projects)
	for i := range f.Projects {
		f.Projects[i].Name = text.Clean(f.Projects[i].Name)
	}
	if f.Hotline == "" {
		f.Hotline = program.HotlineNone
	}
	if f.IssueTracking == "" {
		f.IssueTracking = program.TrackingNone
	}
	return f
}

// check refuses every wrong entry at once.
func (f ServiceFacts) check(people []program.Person, today calendar.Day) error {
	var fs fault.Fields
	if !slices.Contains([]program.Hotline{program.Hotline7x24, program.Hotline5x8, program.HotlineNone}, f.Hotline) {
		fs.Add("hotline", string(f.Hotline), i18n.M("qualification.facts.choice"))
	}
	if f.Hotline != program.HotlineNone && f.HotlineNumber == "" {
		fs.Add("hotline_number", "", i18n.M("qualification.facts.hotline_number"))
	}
	if utf8.RuneCountInString(f.HotlineNumber) > 100 {
		fs.Add("hotline_number", f.HotlineNumber, i18n.M("qualification.facts.long", i18n.A{"n": 100}))
	}
	if f.ServiceEmail != "" {
		if _, ok := text.Email(f.ServiceEmail); !ok {
			fs.Add("service_email", f.ServiceEmail, i18n.M("qualification.facts.email"))
		}
	}
	if !slices.Contains([]program.Tracking{program.TrackingAutomatic, program.TrackingManual, program.TrackingNone}, f.IssueTracking) {
		fs.Add("issue_tracking", string(f.IssueTracking), i18n.M("qualification.facts.choice"))
	}
	for name, n := range map[string]int{"events_attended": f.EventsAttended, "credits": f.Credits} {
		if n < 0 || n > mostCount {
			fs.Add(name, strconv.Itoa(n), i18n.M("qualification.facts.count", i18n.A{"most": mostCount}))
		}
	}
	f.checkPeople(&fs, people, today)
	f.checkProjects(&fs, today)
	f.checkLaboratory(&fs)
	f.checkTeaching(&fs)
	slices.SortStableFunc(fs, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return fs.Err()
}

func (f ServiceFacts) checkPeople(fs *fault.Fields, people []program.Person, today calendar.Day) {
	here := func(id string) bool {
		return slices.ContainsFunc(people, func(p program.Person) bool {
			return p.ID == id && (p.LeftOn.IsNone() || today < p.LeftOn)
		})
	}
	if f.ServiceManager != "" && !here(f.ServiceManager) {
		fs.Add("service_manager", f.ServiceManager, i18n.M("qualification.facts.person"))
	}
	if i := slices.IndexFunc(f.NamedEngineers, func(id string) bool { return !here(id) }); i >= 0 {
		fs.Add("named_engineers", f.NamedEngineers[i], i18n.M("qualification.facts.person"))
	}
	if i := slices.IndexFunc(f.ProjectManagers, func(id string) bool { return !here(id) }); i >= 0 {
		fs.Add("project_managers", f.ProjectManagers[i], i18n.M("qualification.facts.person"))
	}
	if f.ServiceManager != "" && slices.Contains(f.ProjectManagers, f.ServiceManager) {
		fs.Add("project_managers", f.ServiceManager, i18n.M("qualification.facts.one_role"))
	}
}

// checkTeaching checks facilities, languages and branches.
func (f ServiceFacts) checkTeaching(fs *fault.Fields) {
	if n := len(f.Sites) + len(f.Branches) + len(f.Languages); n > mostSites {
		fs.Add("sites", strconv.Itoa(n), i18n.M("qualification.facts.many", i18n.A{"most": mostSites}))
		return
	}
	for i, x := range f.Sites {
		at := func(field string) string { return fmt.Sprintf("sites.%d.%s", i, field) }
		if !country(x.Country) {
			fs.Add(at("country"), x.Country, i18n.M("qualification.facts.country"))
		}
		if x.Mode != program.SiteOnSite && x.Mode != program.SiteOnline {
			fs.Add(at("mode"), x.Mode, i18n.M("qualification.facts.choice"))
		}
		if len(x.Seats) == 0 || len(x.Seats) > 50 || slices.Min(x.Seats) < 1 || slices.Max(x.Seats) > mostCount {
			fs.Add(at("seats"), fmt.Sprint(x.Seats), i18n.M("qualification.facts.seats"))
		}
	}
	if i := slices.IndexFunc(f.Branches, func(c string) bool { return !country(c) }); i >= 0 {
		fs.Add("branches", f.Branches[i], i18n.M("qualification.facts.country"))
	}
	if i := slices.IndexFunc(f.Languages, func(l string) bool { return !slices.Contains(Languages(), l) }); i >= 0 {
		fs.Add("languages", f.Languages[i], i18n.M("qualification.facts.language"))
	}
}

// country tells whether a text is a country code of two letters.
func country(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// Languages are those that a partner may teach in, as ISO 639 codes.
func Languages() []string {
	return []string{"ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "ms", "pt", "ru", "th", "tr", "vi", "zh"}
}

func (f ServiceFacts) checkProjects(fs *fault.Fields, today calendar.Day) {
	if len(f.Projects) > mostProjects {
		fs.Add("projects", strconv.Itoa(len(f.Projects)), i18n.M("qualification.facts.many", i18n.A{"most": mostProjects}))
		return
	}
	for i, p := range f.Projects {
		at := func(field string) string { return fmt.Sprintf("projects.%d.%s", i, field) }
		if n := utf8.RuneCountInString(p.Name); n == 0 || n > 200 {
			fs.Add(at("name"), p.Name, i18n.M("qualification.facts.project_name"))
		}
		if p.ListPriceUSD <= 0 || p.ListPriceUSD > mostPrice {
			fs.Add(at("list_price_usd"), strconv.FormatInt(p.ListPriceUSD, 10), i18n.M("qualification.facts.price"))
		}
		if p.FinishedOn.IsNone() || p.FinishedOn > today {
			fs.Add(at("finished_on"), p.FinishedOn.String(), i18n.M("qualification.facts.finished"))
		}
	}
}

func (f ServiceFacts) checkLaboratory(fs *fault.Fields) {
	if len(f.Laboratory) > mostGear {
		fs.Add("laboratory", strconv.Itoa(len(f.Laboratory)), i18n.M("qualification.facts.many", i18n.A{"most": mostGear}))
		return
	}
	for _, g := range f.Laboratory {
		if !slices.Contains(GearCodes(), g) {
			fs.Add("laboratory", g, i18n.M("qualification.facts.gear"))
			return
		}
	}
}

// Facts are everything that a program may ask about a partner, as of an instant (zero = now).
func (s *Service) Facts(ctx context.Context, by actor.Actor, partner string, at time.Time) (*program.Facts, error) {
	if err := s.mayRead(ctx, by, actor.ViewEvaluation, partner); err != nil {
		return nil, err
	}
	return s.gather(ctx, s.db.Read(), partner, s.now(at))
}

// A Site is a teaching facility: where, how, and how many trainees each classroom seats.
type Site struct {
	Country string `json:"country"`
	Mode    string `json:"mode"` // on-site or online
	Seats   []int  `json:"seats"`
}

// gather reads a partner's facts: the roster, the company, the service facts in force at the instant, and what it was
// granted.
func (s *Service) gather(ctx context.Context, q db.Querier, partner string, at time.Time) (*program.Facts, error) {
	p, err := s.src.Partner(ctx, q, partner)
	if err != nil {
		return nil, err
	}
	people, err := s.src.People(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	sf, err := serviceFactsAt(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	f := assemble(p, people, sf)
	if f.Holdings, err = holdingsAt(ctx, q, partner, at); err != nil {
		return nil, err
	}
	if f.Materials, err = material.Facts(ctx, q, partner, at); err != nil {
		return nil, err
	}
	attested, err := attestationsAt(ctx, q, partner, at)
	if err != nil {
		return nil, err
	}
	for _, x := range attested {
		f.Attestations = append(f.Attestations, x.fact())
	}
	f.Sort()
	return f, nil
}

// assemble puts the parts together, in the canonical order.
func assemble(p Partner, people []program.Person, sf ServiceFacts) *program.Facts {
	f := &program.Facts{
		People: people, Hotline: sf.Hotline, ServiceEmail: sf.ServiceEmail != "", ServiceManager: sf.ServiceManager,
		IssueTracking: sf.IssueTracking, EventsAttended: sf.EventsAttended, NamedEngineers: slices.Clone(sf.NamedEngineers),
		Credits: sf.Credits, Laboratory: slices.Clone(sf.Laboratory), Market: p.Market, ChannelKinds: slices.Clone(p.Channels),
		Languages: slices.Clone(sf.Languages), Branches: slices.Clone(sf.Branches), ProjectManagers: slices.Clone(sf.ProjectManagers),
		Restricted: p.Frozen,
	}
	for _, x := range sf.Sites {
		f.Sites = append(f.Sites, program.Site{Country: x.Country, Mode: x.Mode, Seats: slices.Clone(x.Seats)})
	}
	for _, x := range sf.Projects {
		f.Projects = append(f.Projects, program.Project{ListPriceUSD: x.ListPriceUSD, FinishedOn: x.FinishedOn})
	}
	f.Sort()
	return f
}

func scanServiceFacts(r db.Row) (f ServiceFacts, err error) {
	var body string
	var at time.Time
	var who string
	if err = r.Scan(db.Time(&at), &body, &who); err != nil {
		return f, err
	}
	err = json.Unmarshal([]byte(body), &f)
	f.EffectiveAt, f.ChangedBy = at, who
	return f, err
}

// none is the case of a partner that hasn't declared anything yet.
func none[T any](v T, err error) (T, error) {
	if errors.Is(err, db.ErrNoRow) {
		return v, nil
	}
	return v, err
}
