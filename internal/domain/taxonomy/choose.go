package taxonomy

import (
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Choice is what the opener of a ticket names. Everything but the problem type may be "". Level is that of the plan
// which serves the opener.
type Choice struct {
	ProblemType, Category, Product, Region, Severity string
	Level                                            rate.Level
	Extra                                            map[string]string
}

// Chosen is a choice that holds. Nil = not named. Severity is filled in where none was named.
type Chosen struct {
	ProblemType ProblemType
	Category    *Category
	Product     *Product
	Region      *Region
	Severity    string
	Extra       map[string]string
}

// An Offer is what is asked about the severity. Default is meant when none is named; with an empty List none may be.
type Offer struct {
	Show    bool // for faults, where the plan has severities
	List    []Severity
	Default string
}

// Offer says which severities a problem type has for a level of the support plan. Business questions have none.
func (s *Set) Offer(l rate.Level, t ProblemType) Offer {
	o := Offer{Default: Guidance}
	if !t.Technical {
		return o
	}
	o.List = s.SeveritiesOf(l)
	if t.CaseType == Fault && len(o.List) > 0 {
		o.Show, o.Default = true, SysImpaired
		if !slices.ContainsFunc(o.List, func(v Severity) bool { return v.Code == SysImpaired }) {
			o.Default = o.List[len(o.List)-1].Code
		}
	}
	return o
}

// ErrSeverity marks the refusal of a severity that doesn't exist, or that the plan hasn't.
var ErrSeverity = errors.New("no such severity")

// IsUnknownSeverity tells whether a refusal is about the severity.
func IsUnknownSeverity(err error) bool { return errors.Is(err, ErrSeverity) }

// Choose checks what the opener of a ticket names. Invalid names every entry that can't be: problem_type, category,
// product, region, severity, extra.KEY.
func (s *Set) Choose(in Choice) (Chosen, error) {
	var fs fault.Fields
	c := Chosen{}
	t, ok := s.ProblemType(in.ProblemType)
	if !ok || t.Retired {
		fs.Add("problem_type", in.ProblemType, i18n.M("taxonomy.refuse.problem_type"))
		return c, fs.Err()
	}
	c.ProblemType = t
	s.place(&c, in, &fs)
	if in.Region != "" {
		if r, ok := s.Region(in.Region); !ok || r.Retired {
			fs.Add("region", in.Region, i18n.M("taxonomy.refuse.region"))
		} else {
			c.Region = &r
		}
	} else if t.CaseType == Fault {
		fs.Add("region", "", i18n.M("taxonomy.refuse.region_missing", i18n.A{"type": t.Msg()}))
	}
	o, unknown := s.Offer(in.Level, t), false
	c.Severity = o.Default
	if in.Severity != "" {
		c.Severity = in.Severity
		if unknown = !slices.ContainsFunc(o.List, func(v Severity) bool { return v.Code == in.Severity }); unknown {
			fs.Add("severity", in.Severity, o.refusal())
		}
	}
	c.Extra = s.extra(t.ID, c.productID(), in.Extra, &fs)
	if err := fs.Err(); err != nil {
		if unknown {
			err = errors.Join(err, ErrSeverity)
		}
		return c, err
	}
	return c, nil
}

// refusal says which severities there are.
func (o Offer) refusal() i18n.Msg {
	if len(o.List) == 0 {
		return i18n.M("taxonomy.refuse.no_severity")
	}
	var names []i18n.Msg
	for _, v := range o.List {
		names = append(names, v.Msg())
	}
	return i18n.M("taxonomy.refuse.severity", i18n.A{"list": names})
}

func (c Chosen) productID() string {
	if c.Product == nil {
		return ""
	}
	return c.Product.ID
}

// place checks category and product: the product's category is meant when none is named.
func (s *Set) place(c *Chosen, in Choice, fs *fault.Fields) {
	if in.Product == "" && !c.ProblemType.Technical && in.Category == "" {
		in.Product = UserCentre
		if p, ok := s.Product(UserCentre); !ok || p.Retired || !c.ProblemType.In(p.Category) {
			in.Product = ""
		}
	}
	if in.Product != "" {
		p, ok := s.Product(in.Product)
		if !ok || p.Retired {
			fs.Add("product", in.Product, i18n.M("taxonomy.refuse.product"))
			return
		}
		if in.Category == "" {
			in.Category = p.Category
		}
		if p.Category != in.Category {
			fs.Add("product", in.Product, i18n.M("taxonomy.refuse.product_category", i18n.A{"product": p.Msg()}))
		}
		c.Product = &p
	}
	if in.Category == "" {
		return
	}
	k, ok := s.Category(in.Category)
	if !ok || k.Retired {
		fs.Add("category", in.Category, i18n.M("taxonomy.refuse.category"))
		return
	}
	if c.Category = &k; !c.ProblemType.In(k.ID) {
		fs.Add("problem_type", c.ProblemType.ID, i18n.M("taxonomy.refuse.type_category", i18n.A{"type": c.ProblemType.Msg(), "category": k.Msg()}))
	}
}

// CheckExtra checks the values of extra fields and gives them in their normal form, without those that are empty. Invalid
// names every entry that can't be, as extra.KEY.
func (s *Set) CheckExtra(problemType, product string, values map[string]string) (map[string]string, error) {
	var fs fault.Fields
	out := s.extra(problemType, product, values, &fs)
	return out, fs.Err()
}

func (s *Set) extra(problemType, product string, values map[string]string, fs *fault.Fields) map[string]string {
	out, asked := map[string]string{}, map[string]bool{}
	for _, f := range s.Fields(problemType, product) {
		asked[f.Key] = true
		typed := values[f.Key]
		v, why := f.normal(typed)
		if !why.IsZero() {
			fs.Add("extra."+f.Key, typed, why)
		} else if v != "" {
			out[f.Key] = v
		}
	}
	for key, v := range values {
		if !asked[key] && strings.TrimSpace(v) != "" {
			fs.Add("extra."+key, v, i18n.M("taxonomy.refuse.unknown_field"))
		}
	}
	slices.SortFunc(*fs, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// mostText is the longest value of an extra field.
const mostText = 500

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,6})?$`)

// normal gives a value as it's kept, or says why it can't be one.
func (f Field) normal(typed string) (string, i18n.Msg) {
	v := text.Clean(typed)
	if v == "" {
		if f.Required {
			return "", i18n.M("taxonomy.refuse.required", i18n.A{"field": f.Msg()})
		}
		return "", i18n.Msg{}
	}
	switch f.Type {
	case NumberField:
		return f.number(v)
	case SelectField:
		if !f.has(v) {
			return "", f.options()
		}
		return v, i18n.Msg{}
	case MultiField:
		return f.several(v)
	case DateField:
		d, err := calendar.ParseDay(v)
		if err != nil {
			return "", i18n.M("taxonomy.refuse.date", i18n.A{"field": f.Msg()})
		}
		return d.String(), i18n.Msg{}
	}
	most := mostText
	if f.Length > 0 {
		most = min(f.Length, mostText)
	}
	if utf8.RuneCountInString(v) > most {
		return "", i18n.M("taxonomy.refuse.length", i18n.A{"field": f.Msg(), "max": most})
	}
	return v, i18n.Msg{}
}

// number compares exactly: bounds go up to what an int64 holds.
func (f Field) number(v string) (string, i18n.Msg) {
	if !plainNumber.MatchString(v) {
		return "", i18n.M("taxonomy.refuse.number", i18n.A{"field": f.Msg()})
	}
	n, _ := new(big.Rat).SetString(v) // the form was checked
	if f.Min != nil && n.Cmp(new(big.Rat).SetInt64(*f.Min)) < 0 {
		return "", i18n.M("taxonomy.refuse.min", i18n.A{"field": f.Msg(), "min": *f.Min})
	}
	if f.Max != nil && n.Cmp(new(big.Rat).SetInt64(*f.Max)) > 0 {
		return "", i18n.M("taxonomy.refuse.max", i18n.A{"field": f.Msg(), "max": *f.Max})
	}
	return v, i18n.Msg{}
}

func (f Field) has(value string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value })
}

// several takes values that are joined with commas, each once, in the order of the field.
func (f Field) several(v string) (string, i18n.Msg) {
	chosen := map[string]bool{}
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune(",;，；", r) }) {
		if part = strings.TrimSpace(part); !f.has(part) {
			return "", f.options()
		}
		chosen[part] = true
	}
	var out []string
	for _, o := range f.Options {
		if chosen[o.Value] {
			out = append(out, o.Value)
		}
	}
	if len(out) == 0 && f.Required {
		return "", i18n.M("taxonomy.refuse.required", i18n.A{"field": f.Msg()})
	}
	return strings.Join(out, ","), i18n.Msg{}
}

func (f Field) options() i18n.Msg {
	var values []string
	for _, o := range f.Options {
		values = append(values, o.Value)
	}
	return i18n.M("taxonomy.refuse.option", i18n.A{"field": f.Msg(), "values": strings.Join(values, ", ")})
}

// Text writes a stored value for people: the words of what was selected.
func (f Field) Text(value, lang string) string {
	if f.Type != SelectField && f.Type != MultiField {
		return value
	}
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		words := part
		for _, o := range f.Options {
			if o.Value == part {
				words = o.In(lang)
			}
		}
		out = append(out, words)
	}
	sep := "、"
	if lang == i18n.English {
		sep = ", "
	}
	return strings.Join(out, sep)
}
