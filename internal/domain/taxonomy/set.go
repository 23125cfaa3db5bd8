package taxonomy

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// Problem types that are shipped, for whoever opens tickets without asking.
const (
	Billing         = "aa2ad02db52fa0923cd047b3cf53e3fd" // orders, payments, invoices
	AccountHelp     = "e123ff3a7113475baf4fee0cc5ca0f21"
	MoreQuota       = "cdd55b6090d740e5e6937b001c351a49"
	PartnerProgram  = "8139eeff066e6410d696592f80392972"
	TechConsult     = "7de63ec5efe783d862bf825281d8fda0" // technical, a consultation
	TechFault       = "0b2dcb61cfbc56f327472ef31e1dfb0d" // technical, a fault
	SlowPerformance = "e4aafd9090cd43e48afaafc199ca1c9c"
	HardwareFault   = "3ccc0bf69363d8280f936bd30789f1af" // technical, a fault of equipment: SerialField says of which
	Abuse           = "5d0f7b1c2e9a4c6f8b3d1a7e6c5f4b21" // reports of infringements and illegal content (domain/abuse)
)

// SerialField is the key of the extra field with the serial number of the equipment concerned.
const SerialField = "serial_number"

// A Set is everything that a ticket can be, as it stands at one moment. Lists hold what is offered, in order; what is
// found by its id may be retired.
type Set struct{ all map[Kind]map[string]Entry }

// Read reads the set: one query of the few entries that the vendor keeps.
func Read(ctx context.Context, q db.Querier) (*Set, error) {
	own, err := readEntries(ctx, q)
	if err != nil {
		return nil, err
	}
	return &Set{together(own)}, nil
}

// Entries lists a kind in order, retired ones too.
func (s *Set) Entries(k Kind) []Entry {
	return slices.SortedFunc(maps.Values(s.all[k]), byPlace)
}

// Entry finds anything by its id.
func (s *Set) Entry(k Kind, id string) (Entry, bool) {
	e, ok := s.all[k][id]
	return e, ok
}

// live makes what is offered of a kind.
func live[T any](s *Set, k Kind, to func(Entry) T) (out []T) {
	for _, e := range s.Entries(k) {
		if !e.Retired {
			out = append(out, to(e))
		}
	}
	return out
}

func one[T any](s *Set, k Kind, id string, to func(Entry) T) (out T, ok bool) {
	e, ok := s.all[k][id]
	if ok {
		out = to(e)
	}
	return out, ok
}

func problemType(e Entry) ProblemType {
	return ProblemType{e.ID, e.Names, e.Notes, e.CaseType, e.Technical, e.Categories, e.Hidden, e.Retired}
}

func category(e Entry) Category { return Category{e.ID, e.Names, e.Notes, e.Technical, e.Retired} }

func product(e Entry) Product {
	return Product{e.ID, e.Category, e.Names, e.Notes, e.Acronym, e.Technical, e.Retired}
}

func severity(e Entry) Severity {
	return Severity{e.ID, e.Names, e.Notes, e.Levels, e.Place, e.Retired}
}

func region(e Entry) Region { return Region{e.ID, e.Names, e.RegionType, e.Sensitive, e.Retired} }

func template(e Entry) Template {
	t := Template{ID: e.ID, Names: e.Names, Body: e.Notes, Retired: e.Retired}
	if len(e.ProblemTypes) > 0 {
		t.ProblemType = e.ProblemTypes[0]
	}
	return t
}

func field(e Entry) Field {
	return Field{Key: e.ID, ProblemTypes: e.ProblemTypes, Products: e.Products, Names: e.Names, Tips: e.Notes, Type: e.Type, Required: e.Required,
		Length: e.Length, Min: e.Min, Max: e.Max, Default: e.Default, Options: e.Options, Hidden: e.Hidden, Sensitive: e.Sensitive, Retired: e.Retired}
}

func dimension(e Entry) Dimension {
	n, _ := strconv.Atoi(e.ID) // check lets no other in
	return Dimension{n, e.Names, e.Notes, e.Total, e.Step, e.Group, e.Retired}
}

func areaCode(e Entry) AreaCode {
	n, _ := strconv.ParseInt(e.ID, 10, 32) // check lets no other in
	return AreaCode{int32(n), e.Code, e.Names, e.Retired}
}

// ProblemTypes lists the problem types that are offered.
func (s *Set) ProblemTypes() []ProblemType {
	return slices.DeleteFunc(live(s, ProblemTypeKind, problemType), func(t ProblemType) bool { return t.Hidden })
}

// ProblemTypesOf lists those that are offered with a product, or with a category; "" = whichever.
func (s *Set) ProblemTypesOf(product, category string) []ProblemType {
	if p, ok := s.Product(product); ok && category == "" {
		category = p.Category
	}
	return slices.DeleteFunc(s.ProblemTypes(), func(t ProblemType) bool { return category != "" && !t.In(category) })
}

// In tells whether the type is offered under a category.
func (t ProblemType) In(category string) bool {
	return len(t.Categories) == 0 || slices.Contains(t.Categories, category)
}

// Categories lists the categories that are offered.
func (s *Set) Categories() []Category { return live(s, CategoryKind, category) }

// Products lists the products that are offered, of every category.
func (s *Set) Products() []Product { return live(s, ProductKind, product) }

// ProductsOf lists the products of a category.
func (s *Set) ProductsOf(category string) []Product {
	return slices.DeleteFunc(s.Products(), func(p Product) bool { return p.Category != category })
}

// Severities lists the severities, the most severe first.
func (s *Set) Severities() []Severity { return live(s, SeverityKind, severity) }

// SeveritiesOf lists the severities of a level of the support plan, the most severe first; BASIC has none.
func (s *Set) SeveritiesOf(l rate.Level) []Severity {
	return slices.DeleteFunc(s.Severities(), func(v Severity) bool { return !slices.Contains(v.Levels, l) })
}

// Regions lists the regions.
func (s *Set) Regions() []Region { return live(s, RegionKind, region) }

// Templates lists the templates of a problem type; "" = of all.
func (s *Set) Templates(problemType string) []Template {
	return slices.DeleteFunc(live(s, TemplateKind, template), func(t Template) bool { return problemType != "" && t.ProblemType != problemType })
}

// Fields lists what is asked in addition with a problem type and a product ("" = none is named).
func (s *Set) Fields(problemType, product string) []Field {
	return slices.DeleteFunc(live(s, FieldKind, field), func(f Field) bool { return !f.For(problemType, product) })
}

// AllFields lists every extra field.
func (s *Set) AllFields() []Field { return live(s, FieldKind, field) }

// Dimensions lists what is scored.
func (s *Set) Dimensions() []Dimension { return live(s, DimensionKind, dimension) }

// AreaCodes lists the country codes.
func (s *Set) AreaCodes() []AreaCode { return live(s, AreaCodeKind, areaCode) }

// ProblemType finds a problem type, also a retired one.
func (s *Set) ProblemType(id string) (ProblemType, bool) {
	return one(s, ProblemTypeKind, id, problemType)
}

// Category finds a category, also a retired one.
func (s *Set) Category(id string) (Category, bool) { return one(s, CategoryKind, id, category) }

// Product finds a product, also a retired one.
func (s *Set) Product(id string) (Product, bool) { return one(s, ProductKind, id, product) }

// Severity finds a severity by its code, also a retired one.
func (s *Set) Severity(code string) (Severity, bool) { return one(s, SeverityKind, code, severity) }

// Region finds a region, also a retired one.
func (s *Set) Region(id string) (Region, bool) { return one(s, RegionKind, id, region) }

// Template finds a template, also a retired one.
func (s *Set) Template(id string) (Template, bool) { return one(s, TemplateKind, id, template) }

// Field finds an extra field by its key, also a retired one.
func (s *Set) Field(key string) (Field, bool) { return one(s, FieldKind, key, field) }

// Dimension finds a dimension of scores, also a retired one.
func (s *Set) Dimension(id int) (Dimension, bool) {
	return one(s, DimensionKind, strconv.Itoa(id), dimension)
}

// FindProblemType finds a problem type, also a retired one. NotFound for an id that is none.
func FindProblemType(ctx context.Context, q db.Querier, id string) (ProblemType, error) {
	s, err := Read(ctx, q)
	if err != nil {
		return ProblemType{}, err
	}
	t, ok := s.ProblemType(id)
	if !ok {
		return t, fault.NotFound()
	}
	return t, nil
}
