package api

import (
	"context"
	"time"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const taxonomyPath, taxonomyTag = "/api/v1/taxonomy", "taxonomy"

// TaxonomyEntry is one entry of any kind, for who keeps them.
type TaxonomyEntry struct {
	Kind      string    `json:"kind"`
	ID        string    `json:"id"`
	Name      TwoNames  `json:"name"`
	Note      TwoNames  `json:"note"`
	Place     int64     `json:"place"`
	More      EntryMore `json:"attributes"`
	Retired   bool      `json:"retired"`
	Shipped   bool      `json:"shipped" doc:"The program brings it"`
	Edition   int64     `json:"edition" doc:"0 = as shipped. Send it back with a change: a stale one is refused"`
	ChangedBy string    `json:"changed_by,omitempty"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
}

// EntryMore is what only some kinds have; what a kind hasn't is dropped.
type EntryMore struct {
	CaseType     string         `json:"case_type,omitempty" maxLength:"1" doc:"Problem type: 0 a consultation, 5 a fault, which needs a region"`
	Technical    bool           `json:"technical,omitempty" doc:"Problem type, category, product"`
	Hidden       bool           `json:"hidden,omitempty" doc:"Problem type, field"`
	Categories   []string       `json:"category_ids,omitempty" maxItems:"200" doc:"Problem type: none = all"`
	Category     string         `json:"category_id,omitempty" maxLength:"64" doc:"Product"`
	Acronym      string         `json:"acronym,omitempty" maxLength:"64" doc:"Product"`
	Levels       []string       `json:"levels,omitempty" maxItems:"8" doc:"Severity: the levels of the support plan that have it"`
	RegionType   int            `json:"region_type,omitempty" doc:"Region: 0 mainland China, 1 international, 2 Europe"`
	Sensitive    bool           `json:"sensitive,omitempty" doc:"Region, field"`
	ProblemTypes []string       `json:"problem_type_ids,omitempty" maxItems:"200" doc:"Field: none = all; template: one"`
	Products     []string       `json:"product_ids,omitempty" maxItems:"500" doc:"Field: none = all"`
	Type         int            `json:"type,omitempty" doc:"Field: 0 text, 1 number, 2 one of the options, 3 several joined with commas, 4 date"`
	Required     bool           `json:"required,omitempty" doc:"Field"`
	Length       int            `json:"length,omitempty" doc:"Field: most characters of a text"`
	Min          *int64         `json:"min,omitempty" doc:"Field"`
	Max          *int64         `json:"max,omitempty" doc:"Field"`
	Default      string         `json:"default,omitempty" maxLength:"4000" doc:"Field"`
	Options      []TicketOption `json:"options,omitempty" maxItems:"100" doc:"Field"`
	Points       int            `json:"points,omitempty" doc:"Dimension"`
	Step         int            `json:"step,omitempty" doc:"Dimension"`
	Group        string         `json:"group,omitempty" maxLength:"64" doc:"Dimension"`
	Code         string         `json:"code,omitempty" maxLength:"16" doc:"Area code, such as 0086"`
}

func toMore(a taxonomy.Attributes) EntryMore {
	return EntryMore{a.CaseType, a.Technical, a.Hidden, a.Categories, a.Category, a.Acronym, levelWords(a.Levels), a.RegionType, a.Sensitive, a.ProblemTypes, a.Products,
		int(a.Type), a.Required, a.Length, a.Min, a.Max, a.Default,
		each(a.Options, func(o taxonomy.Option) TicketOption { return TicketOption{o.Value, toNames(o.Names)} }), a.Total, a.Step, a.Group, a.Code}
}

func (m EntryMore) attributes() taxonomy.Attributes {
	return taxonomy.Attributes{CaseType: m.CaseType, Technical: m.Technical, Hidden: m.Hidden, Categories: m.Categories, Category: m.Category, Acronym: m.Acronym,
		Levels: each(m.Levels, func(s string) rate.Level { return rate.Level(s) }), RegionType: m.RegionType, Sensitive: m.Sensitive, ProblemTypes: m.ProblemTypes,
		Products: m.Products, Type: taxonomy.FieldType(m.Type), Required: m.Required, Length: m.Length, Min: m.Min, Max: m.Max, Default: m.Default,
		Options: each(m.Options, func(o TicketOption) taxonomy.Option { return taxonomy.Option{Value: o.Value, Names: o.Name.names()} }),
		Total:   m.Points, Step: m.Step, Group: m.Group, Code: m.Code}
}

func (n TwoNames) names() taxonomy.Names { return taxonomy.Names{EN: n.EN, ZH: n.ZH} }

func toTaxonomyEntry(e taxonomy.Entry) TaxonomyEntry {
	return TaxonomyEntry{string(e.Kind), e.ID, toNames(e.Names), toNames(e.Notes), e.Place, toMore(e.Attributes), e.Retired, e.Shipped, e.Edition, e.ChangedBy, e.ChangedAt}
}

// EntryIn is an entry as its keeper writes it, whole: what is left out is empty.
type EntryIn struct {
	Name  TwoNames  `json:"name"`
	Note  TwoNames  `json:"note,omitzero" doc:"Description, definition, hint, or the text of a template; both languages or none"`
	Place int64     `json:"place" doc:"Order within the kind: the shipped ones stand at 10, 20, 30 …"`
	More  EntryMore `json:"attributes,omitzero"`
}

func (in EntryIn) entry(kind, id string, edition int64) taxonomy.Entry {
	return taxonomy.Entry{Kind: taxonomy.Kind(kind), ID: id, Names: in.Name.names(), Notes: in.Note.names(), Place: in.Place, Attributes: in.More.attributes(), Edition: edition}
}

type entryPath struct {
	Kind string `path:"kind" maxLength:"32" doc:"problem_type, category, product, severity, region, template, field, dimension, area_code"`
	ID   string `path:"id" maxLength:"64"`
}

type entryIn struct {
	entryPath
	Body struct {
		Edition int64 `json:"edition" doc:"That of the entry as it was read; 0 for one that is as shipped"`
	}
}

func (a *API) taxonomyEntries() {
	add(a, Operation{Method: "GET", Path: taxonomyPath + "/{kind}", ID: "list_taxonomy_entries", Tag: taxonomyTag, Verb: actor.ViewTaxonomy,
		Summary: "Entries of one kind in order, retired ones too; the vendor's staff"},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Kind string `path:"kind" maxLength:"32"`
		}) (out struct {
			Entries []TaxonomyEntry `json:"entries"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Taxonomy.List(ctx, by, taxonomy.Kind(in.Kind), in.Cursor, in.Limit)
			out.Entries, out.Next = each(list, toTaxonomyEntry), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: taxonomyPath + "/{kind}/{id}", ID: "show_taxonomy_entry", Tag: taxonomyTag, Verb: actor.ViewTaxonomy,
		Summary: "One entry, also a retired one; the vendor's staff"},
		func(ctx context.Context, by actor.Actor, in *entryPath) (TaxonomyEntry, error) {
			e, err := a.Taxonomy.Get(ctx, by, taxonomy.Kind(in.Kind), in.ID)
			return toTaxonomyEntry(e), err
		})
	a.taxonomyChanges()
}

func (a *API) taxonomyChanges() {
	add(a, Operation{Method: "POST", Path: taxonomyPath + "/{kind}", ID: "add_taxonomy_entry", Tag: taxonomyTag, Status: 201, Verb: actor.ManageTaxonomy,
		Summary: "Add an entry; severities are fixed"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Kind string `path:"kind" maxLength:"32"`
			Body struct {
				ID string `json:"id,omitempty" maxLength:"64" doc:"Of a region or a field; the other kinds get theirs"`
				EntryIn
			}
		}) (TaxonomyEntry, error) {
			edition := int64(0)
			if taxonomy.Kind(in.Kind).OwnID() {
				edition = taxonomy.Fresh
			} else if in.Body.ID != "" {
				return TaxonomyEntry{}, fault.Invalid("id", i18n.M("taxonomy.id_given"))
			}
			e, err := a.Taxonomy.Save(ctx, by, in.Body.entry(in.Kind, in.Body.ID, edition))
			return toTaxonomyEntry(e), err
		})
	add(a, Operation{Method: "PUT", Path: taxonomyPath + "/{kind}/{id}", ID: "change_taxonomy_entry", Tag: taxonomyTag, Verb: actor.ManageTaxonomy,
		Summary: "Change an entry; tickets that have it keep it"},
		func(ctx context.Context, by actor.Actor, in *struct {
			entryPath
			Body struct {
				EntryIn
				Edition int64 `json:"edition" minimum:"0" doc:"That of the entry as it was read; 0 for one that is as shipped"`
			}
		}) (TaxonomyEntry, error) {
			e, err := a.Taxonomy.Save(ctx, by, in.Body.entry(in.Kind, in.ID, in.Body.Edition))
			return toTaxonomyEntry(e), err
		})
	add(a, Operation{Method: "POST", Path: taxonomyPath + "/{kind}/{id}/retire", ID: "retire_taxonomy_entry", Tag: taxonomyTag, Verb: actor.ManageTaxonomy,
		Summary: "Offer an entry no longer; tickets that have it keep it"},
		func(ctx context.Context, by actor.Actor, in *entryIn) (none, error) {
			return none{}, a.Taxonomy.Retire(ctx, by, taxonomy.Kind(in.Kind), in.ID, in.Body.Edition)
		})
	add(a, Operation{Method: "POST", Path: taxonomyPath + "/{kind}/{id}/restore", ID: "restore_taxonomy_entry", Tag: taxonomyTag, Verb: actor.ManageTaxonomy,
		Summary: "Offer a retired entry again"},
		func(ctx context.Context, by actor.Actor, in *entryIn) (none, error) {
			return none{}, a.Taxonomy.Restore(ctx, by, taxonomy.Kind(in.Kind), in.ID, in.Body.Edition)
		})
}
