// Package taxonomy is what a ticket can be: problem types, categories and products, severities, regions, templates, extra
// fields, what is scored afterwards, and the country codes of phone numbers.
//
// All of it is data in both languages. A believable whole is shipped with the program; the vendor changes it, adds to it
// and retires what isn't offered any more. Nothing is deleted, so that a ticket can always say what it was opened with.
// What is stored takes the place of what is shipped, by kind and id: a fresh installation has the whole set at once, and a
// later version of the program brings better words for what nobody changed.
package taxonomy

import (
	"cmp"
	"slices"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/i18n"
)

// Ids that the vendor's API fixes.
const (
	// Source marks tickets that were opened on a page or through the API.
	Source = "83aeb0f2834c4df49826c781d32a963e"
	// UserCentre is the product of whoever names none.
	UserCentre = "b5f0be5c9639466184abf80e01f9fa1d"
)

// The case types of the vendor's API.
const (
	Consultation = "0"
	Fault        = "5" // needs a region
)

// The codes of the severities, the most severe first.
const (
	CoreDown     = "CORE_DOWN"
	ProdDown     = "PROD_DOWN"
	ProdImpaired = "PROD_IMPAIRED"
	SysImpaired  = "SYS_IMPAIRED"
	Guidance     = "GUIDANCE"
)

// A Kind is one sort of entry.
type Kind string

// The kinds.
const (
	ProblemTypeKind Kind = "problem_type"
	CategoryKind    Kind = "category"
	ProductKind     Kind = "product"
	SeverityKind    Kind = "severity"
	RegionKind      Kind = "region"
	TemplateKind    Kind = "template"
	FieldKind       Kind = "field"
	DimensionKind   Kind = "dimension"
	AreaCodeKind    Kind = "area_code"
)

// Kinds lists them in the order of their pages.
var Kinds = []Kind{ProblemTypeKind, CategoryKind, ProductKind, SeverityKind, RegionKind, TemplateKind, FieldKind, DimensionKind, AreaCodeKind}

// Label is the kind in words, many of it.
func (k Kind) Label() i18n.Msg {
	switch k {
	case ProblemTypeKind:
		return i18n.M("taxonomy.kind.problem_type")
	case CategoryKind:
		return i18n.M("taxonomy.kind.category")
	case ProductKind:
		return i18n.M("taxonomy.kind.product")
	case SeverityKind:
		return i18n.M("taxonomy.kind.severity")
	case RegionKind:
		return i18n.M("taxonomy.kind.region")
	case TemplateKind:
		return i18n.M("taxonomy.kind.template")
	case FieldKind:
		return i18n.M("taxonomy.kind.field")
	case DimensionKind:
		return i18n.M("taxonomy.kind.dimension")
	}
	return i18n.M("taxonomy.kind.area_code")
}

// Names are one text in both languages.
type Names struct {
	EN string `json:"en,omitempty" yaml:"en"`
	ZH string `json:"zh,omitempty" yaml:"zh"`
}

// Msg is the text for the reader's language.
func (n Names) Msg() i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: n.EN, i18n.Chinese: n.ZH})
}

// In is the text in a language.
func (n Names) In(lang string) string {
	if lang == i18n.English {
		return n.EN
	}
	return n.ZH
}

// A ProblemType says what a ticket is about. Technical ones draw on the support plan (can_use_support_plan). Categories
// are those under which it's offered; none = all. A hidden one isn't listed: a program opens tickets of it.
type ProblemType struct {
	ID string
	Names
	Notes      Names
	CaseType   string // Consultation or Fault
	Technical  bool
	Categories []string
	Hidden     bool
	Retired    bool
}

// A Category is a group of products.
type Category struct {
	ID string
	Names
	Notes     Names
	Technical bool
	Retired   bool
}

// A Product is what a ticket concerns.
type Product struct {
	ID       string
	Category string
	Names
	Notes     Names
	Acronym   string
	Technical bool
	Retired   bool
}

// A Severity is how bad it is. Its definition is in Notes. Levels are the plans that have it.
type Severity struct {
	Code string
	Names
	Notes   Names
	Levels  []rate.Level
	Place   int64 // smaller = more severe
	Retired bool
}

// A Region is where it happens. Type: 0 mainland, 1 international, 2 Europe.
type Region struct {
	ID string
	Names
	Type      int
	Sensitive bool
	Retired   bool
}

// A Template is a text that the submitter fills in.
type Template struct {
	ID          string
	ProblemType string
	Names
	Body    Names
	Retired bool
}

// A FieldType says how the value of an extra field is written.
type FieldType int

// The types of extra fields.
const (
	TextField FieldType = iota
	NumberField
	SelectField
	MultiField // values joined with commas
	DateField  // YYYY-MM-DD
)

// FieldTypes lists them.
var FieldTypes = []FieldType{TextField, NumberField, SelectField, MultiField, DateField}

// Label is the type in words.
func (t FieldType) Label() i18n.Msg {
	switch t {
	case NumberField:
		return i18n.M("taxonomy.field.number")
	case SelectField:
		return i18n.M("taxonomy.field.select")
	case MultiField:
		return i18n.M("taxonomy.field.multi")
	case DateField:
		return i18n.M("taxonomy.field.date")
	}
	return i18n.M("taxonomy.field.text")
}

// A Field is something that is asked in addition. No ProblemTypes = every type; no Products = every product. Length is in
// characters, 0 = the most there can be. Min and Max bound numbers.
type Field struct {
	Key          string
	ProblemTypes []string
	Products     []string
	Names
	Tips      Names
	Type      FieldType
	Required  bool
	Length    int
	Min, Max  *int64
	Default   string
	Options   []Option
	Hidden    bool // programs may fill it in, pages don't show it
	Sensitive bool
	Retired   bool
}

// An Option is one value of a selection.
type Option struct {
	Value string `json:"value" yaml:"value"`
	Names `yaml:",inline"`
}

// For tells whether the field is asked with a problem type and a product ("" = none is named).
func (f Field) For(problemType, product string) bool {
	return !f.Retired && (len(f.ProblemTypes) == 0 || slices.Contains(f.ProblemTypes, problemType)) &&
		(len(f.Products) == 0 || slices.Contains(f.Products, product))
}

// A Dimension is scored when a ticket is closed: up to Total points in steps of Step.
type Dimension struct {
	ID int
	Names
	Notes   Names
	Total   int
	Step    int
	Group   string // sat_category_id
	Retired bool
}

// An AreaCode is the country code of phone numbers, such as 0086.
type AreaCode struct {
	ID   int32
	Code string
	Names
	Retired bool
}

// byPlace is the order of a list.
func byPlace(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID))
}
