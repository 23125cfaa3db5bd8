package taxonomy

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// Limits of what is typed, in characters; names as the vendor's API has them.
const (
	mostNote     = 500
	mostTemplate = 4000
	mostOptions  = 50
	mostPlace    = 1_000_000
)

// mostName is how long a name of a kind may be.
func (k Kind) mostName() int {
	switch k {
	case SeverityKind, DimensionKind:
		return 32
	}
	return 64
}

// mostNote is how long a description of a kind may be; a template's is its text.
func (k Kind) mostNote() int {
	switch k {
	case TemplateKind:
		return mostTemplate
	case DimensionKind:
		return 128
	}
	return mostNote
}

var (
	ownID    = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)
	areaForm = regexp.MustCompile(`^00[1-9][0-9]{0,4}$`)
	acronym  = regexp.MustCompile(`^[A-Za-z0-9-]{0,32}$`)
)

// check brings an entry into its normal form and refuses what can't be, of all fields at once.
func (s *Set) check(e *Entry) error {
	var fs fault.Fields
	for _, x := range []struct {
		field string
		value *string
		most  int
		must  bool
	}{
		{"name_en", &e.Names.EN, e.Kind.mostName(), true}, {"name_zh", &e.Names.ZH, e.Kind.mostName(), true},
		{"note_en", &e.Notes.EN, e.Kind.mostNote(), e.Kind == TemplateKind}, {"note_zh", &e.Notes.ZH, e.Kind.mostNote(), e.Kind == TemplateKind},
	} {
		if *x.value = text.Lines(*x.value); strings.HasPrefix(x.field, "name") {
			*x.value = text.Clean(*x.value)
		}
		if n := utf8.RuneCountInString(*x.value); x.must && n == 0 || n > x.most {
			fs.Add(x.field, *x.value, i18n.M("taxonomy.bad_text", i18n.A{"max": x.most}))
		}
	}
	if (e.Notes.EN == "") != (e.Notes.ZH == "") {
		fs.Add("note_zh", e.Notes.ZH, i18n.M("taxonomy.both_languages"))
	}
	if e.Place < 0 || e.Place > mostPlace {
		fs.Add("place", strconv.FormatInt(e.Place, 10), i18n.M("taxonomy.bad_place", i18n.A{"max": mostPlace}))
	}
	if e.Kind.OwnID() && !ownID.MatchString(e.ID) {
		fs.Add("id", e.ID, i18n.M("taxonomy.bad_id"))
	}
	s.attributes(e, &fs)
	return fs.Err()
}

// attributes keeps those of the kind, and none else.
func (s *Set) attributes(e *Entry, fs *fault.Fields) {
	a := e.Attributes
	e.Attributes = Attributes{}
	switch e.Kind {
	case ProblemTypeKind:
		if e.CaseType, e.Technical, e.Categories, e.Hidden = a.CaseType, a.Technical, a.Categories, a.Hidden; a.CaseType != Consultation && a.CaseType != Fault {
			fs.Add("case_type", a.CaseType, i18n.M("taxonomy.bad_case_type"))
		}
		s.known(fs, "categories", CategoryKind, a.Categories)
	case CategoryKind:
		e.Technical = a.Technical
	case ProductKind:
		if e.Category, e.Technical, e.Acronym = a.Category, a.Technical, a.Acronym; !acronym.MatchString(a.Acronym) {
			fs.Add("acronym", a.Acronym, i18n.M("taxonomy.bad_acronym"))
		}
		s.known(fs, "category", CategoryKind, []string{a.Category})
	case SeverityKind:
		e.Levels = a.Levels
		for _, l := range a.Levels {
			if l != rate.Standard && l != rate.Premium {
				fs.Add("levels", string(l), i18n.M("taxonomy.bad_level"))
			}
		}
	case RegionKind:
		if e.RegionType, e.Sensitive = a.RegionType, a.Sensitive; a.RegionType < 0 || a.RegionType > 2 {
			fs.Add("region_type", strconv.Itoa(a.RegionType), i18n.M("taxonomy.bad_region_type"))
		}
	case TemplateKind:
		if e.ProblemTypes = a.ProblemTypes; len(a.ProblemTypes) != 1 {
			fs.Add("problem_types", strings.Join(a.ProblemTypes, ","), i18n.M("taxonomy.one_problem_type"))
		}
		s.known(fs, "problem_types", ProblemTypeKind, a.ProblemTypes)
	case FieldKind:
		s.field(e, a, fs)
	case DimensionKind:
		if e.Total, e.Step, e.Group = a.Total, a.Step, text.Clean(a.Group); a.Total < 1 || a.Total > 100 || a.Step < 1 || a.Total%a.Step != 0 {
			fs.Add("total", strconv.Itoa(a.Total), i18n.M("taxonomy.bad_total"))
		}
		if n := len(e.Group); n < 1 || n > 32 {
			fs.Add("group", e.Group, i18n.M("taxonomy.bad_text", i18n.A{"max": 32}))
		}
	case AreaCodeKind:
		if e.Code = a.Code; !areaForm.MatchString(a.Code) {
			fs.Add("code", a.Code, i18n.M("taxonomy.bad_area_code"))
		}
		for _, x := range s.Entries(AreaCodeKind) {
			if x.Code == a.Code && x.ID != e.ID {
				fs.Add("code", a.Code, i18n.M("taxonomy.id_taken"))
			}
		}
	}
}

// all2 refuses ids that aren't of a kind.
func (s *Set) known(fs *fault.Fields, name string, k Kind, ids []string) {
	for _, id := range ids {
		if _, ok := s.Entry(k, id); !ok {
			fs.Add(name, id, i18n.M("taxonomy.unknown", i18n.A{"kind": k.Label()}))
		}
	}
}

// field checks what only extra fields have.
func (s *Set) field(e *Entry, a Attributes, fs *fault.Fields) {
	e.ProblemTypes, e.Products, e.Type, e.Required, e.Hidden, e.Sensitive = a.ProblemTypes, a.Products, a.Type, a.Required, a.Hidden, a.Sensitive
	s.known(fs, "problem_types", ProblemTypeKind, a.ProblemTypes)
	s.known(fs, "products", ProductKind, a.Products)
	switch a.Type {
	case TextField:
		if e.Length = a.Length; a.Length < 0 || a.Length > mostText {
			fs.Add("length", strconv.Itoa(a.Length), i18n.M("taxonomy.bad_length", i18n.A{"max": mostText}))
		}
	case NumberField:
		if e.Min, e.Max = a.Min, a.Max; a.Min != nil && a.Max != nil && *a.Min > *a.Max {
			fs.Add("max", strconv.FormatInt(*a.Max, 10), i18n.M("taxonomy.bad_range"))
		}
	case SelectField, MultiField:
		e.Options = a.Options
		checkOptions(a.Options, fs)
	case DateField:
	default:
		fs.Add("type", strconv.Itoa(int(a.Type)), i18n.M("taxonomy.bad_type"))
	}
	if a.Hidden && a.Required {
		fs.Add("required", "", i18n.M("taxonomy.hidden_required"))
	}
	if e.Default = text.Clean(a.Default); e.Default != "" {
		f := field(*e)
		if _, why := f.normal(e.Default); !why.IsZero() {
			fs.Add("default", e.Default, why)
		}
	}
}

func checkOptions(list []Option, fs *fault.Fields) {
	if len(list) < 1 || len(list) > mostOptions {
		fs.Add("options", "", i18n.M("taxonomy.bad_options", i18n.A{"max": mostOptions}))
	}
	for i, o := range list {
		twice := slices.ContainsFunc(list[:i], func(x Option) bool { return x.Value == o.Value })
		if !ownID.MatchString(o.Value) || twice || o.EN == "" || o.ZH == "" {
			fs.Add("options", o.Value, i18n.M("taxonomy.bad_option"))
		}
	}
}

// OptionLines writes the options of a selection as a form has them: a line each, VALUE | English | Chinese.
func OptionLines(list []Option) string {
	var b strings.Builder
	for _, o := range list {
		b.WriteString(o.Value + " | " + o.EN + " | " + o.ZH + "\n")
	}
	return b.String()
}

// ParseOptions reads such lines; what is missing is refused by Save.
func ParseOptions(lines string) (out []Option) {
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := append(strings.SplitN(strings.ReplaceAll(line, "｜", "|"), "|", 3), "", "")
		out = append(out, Option{Value: text.Clean(parts[0]), Names: Names{text.Clean(parts[1]), text.Clean(parts[2])}})
	}
	return out
}
