// Package taxonomy holds the vendor's pages of what a ticket can be: problem types, products, severities, regions,
// templates, extra fields, scores and country codes, one list and one form for all of them.
package taxonomy

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

type pages struct {
	*site.Site
	s *taxonomy.Service
}

// root is the page of all kinds. Those of one kind stand a step further down, so that no ticket's address is one of them.
const root = "/desk/taxonomy"

// Register adds the pages.
func Register(s *site.Site, t *taxonomy.Service) {
	p := pages{s, t}
	s.Page("GET "+root, p.kinds)
	s.Page("GET "+root+"/kinds/{kind}", p.list)
	door.Exports(s, door.Plain, root+"/kinds/{kind}/entries", p.export)
	s.Page("GET "+root+"/kinds/{kind}/new", p.add)
	s.Page("POST "+root+"/kinds/{kind}/new", p.save)
	s.Page("GET "+root+"/kinds/{kind}/entries/{id}", p.edit)
	s.Page("POST "+root+"/kinds/{kind}/entries/{id}", p.save)
	s.Page("POST "+root+"/kinds/{kind}/entries/{id}/retire", p.retire)
	s.Page("POST "+root+"/kinds/{kind}/entries/{id}/restore", p.restore)
}

func (p pages) see(r *http.Request) door.View { return door.See(p.Site, r, door.Door{}) }

func (p pages) kinds(w http.ResponseWriter, r *http.Request) error {
	set, err := p.s.Editable(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	v := kindsView{View: p.see(r)}
	for _, k := range taxonomy.Kinds {
		n := number{kind: k}
		for _, e := range set.Entries(k) {
			if e.Retired {
				n.retired++
			} else {
				n.offered++
			}
		}
		v.numbers = append(v.numbers, n)
		v.offered += n.offered
	}
	return p.Show(w, r, http.StatusOK, kindsPage(v))
}

// kindOf is the kind that an address names.
func kindOf(r *http.Request) (taxonomy.Kind, error) {
	k := taxonomy.Kind(r.PathValue("kind"))
	if !slices.Contains(taxonomy.Kinds, k) {
		return "", fault.NotFound()
	}
	return k, nil
}

func (p pages) read(r *http.Request) (taxonomy.Kind, *taxonomy.Set, error) {
	k, err := kindOf(r)
	if err != nil {
		return k, nil, err
	}
	set, err := p.s.Editable(r.Context(), site.By(r))
	return k, set, err
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	k, set, err := p.read(r)
	if err != nil {
		return err
	}
	v := listView{View: p.see(r), kind: k, set: set, search: r.URL.Query().Get("q")}
	for _, e := range set.Entries(k) {
		if !e.Retired {
			v.offered++
		}
		if found(e, v.search) {
			v.entries = append(v.entries, e)
		}
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// found tells whether an entry has a word in its id, its names or its code.
func found(e taxonomy.Entry, word string) bool {
	has := text.Fold(strings.Join([]string{e.ID, e.Names.EN, e.Names.ZH, e.Acronym, e.Code}, " "))
	return strings.Contains(has, text.Fold(word))
}

func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	k, set, err := p.read(r)
	if err != nil {
		return door.Table{}, err
	}
	var rows [][]string
	for _, e := range set.Entries(k) {
		if found(e, r.URL.Query().Get("q")) {
			rows = append(rows, []string{e.ID, e.Names.EN, e.Names.ZH, e.Notes.EN, e.Notes.ZH, strconv.FormatInt(e.Place, 10), i18n.Text(i18n.From(r.Context()).Lang, more(set, e)),
				strconv.FormatBool(e.Retired), e.ChangedBy, door.Instant(e.ChangedAt)})
		}
	}
	return door.Table{Name: string(k), Header: []string{"id", "name_en", "name_zh", "note_en", "note_zh", "place", "details", "retired", "changed_by", "changed_at"}, Rows: sheet.Rows(rows)}, nil
}

func (p pages) add(w http.ResponseWriter, r *http.Request) error {
	k, set, err := p.read(r)
	if err != nil {
		return err
	}
	if err := site.By(r).May(actor.ManageTaxonomy); err != nil {
		return err
	}
	if k.Fixed() {
		return fault.NotFound()
	}
	e := taxonomy.Entry{Kind: k, Attributes: taxonomy.Attributes{CaseType: taxonomy.Consultation, Total: 5, Step: 1, Group: "1"}}
	for _, x := range set.Entries(k) {
		e.Place = max(e.Place, x.Place+10)
	}
	return p.Show(w, r, http.StatusOK, formPage(formView{View: p.see(r), e: e, set: set, fresh: true}))
}

func (p pages) edit(w http.ResponseWriter, r *http.Request) error {
	k, set, err := p.read(r)
	if err != nil {
		return err
	}
	e, ok := set.Entry(k, r.PathValue("id"))
	if !ok {
		return fault.NotFound()
	}
	return p.Show(w, r, http.StatusOK, formPage(formView{View: p.see(r), e: e, set: set}))
}

// save adds an entry or changes one, as the address says.
func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	k, set, err := p.read(r)
	if err != nil {
		return err
	}
	if err := site.By(r).May(actor.ManageTaxonomy); err != nil {
		return err
	}
	if err := site.Form(w, r); err != nil {
		return err
	}
	old, there := set.Entry(k, r.PathValue("id"))
	e, err := typed(r, k, old)
	if err == nil {
		_, err = p.s.Save(r.Context(), site.By(r), e)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := formView{View: p.see(r), e: e, set: set, fresh: !there}
			v.Errs = errs
			return formPage(v)
		})
	}
	return p.Go(w, r, root+"/kinds/"+string(k), i18n.M("taxonomy.saved"))
}

// typed is an entry as the form has it. What the form doesn't show of an entry stays.
func typed(r *http.Request, k taxonomy.Kind, old taxonomy.Entry) (taxonomy.Entry, error) {
	var fs fault.Fields
	whole := func(name string) int64 {
		s := strings.TrimSpace(r.PostFormValue(name))
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && s != "" {
			fs.Add(name, s, i18n.M("taxonomy.number"))
		}
		return n
	}
	bound := func(name string) *int64 {
		if strings.TrimSpace(r.PostFormValue(name)) == "" {
			return nil
		}
		n := whole(name)
		return &n
	}
	value := r.PostFormValue
	e := taxonomy.Entry{Kind: k, ID: old.ID, Names: taxonomy.Names{EN: value("name_en"), ZH: value("name_zh")}, Notes: taxonomy.Names{EN: value("note_en"), ZH: value("note_zh")},
		Place: whole("place"), Edition: whole("edition"), Retired: old.Retired, Shipped: old.Shipped}
	if e.ID == "" && k.OwnID() {
		e.ID, e.Edition = strings.TrimSpace(value("id")), taxonomy.Fresh
	}
	e.Attributes = taxonomy.Attributes{CaseType: value("case_type"), Technical: value("technical") != "", Categories: r.PostForm["categories"], Category: value("category"),
		Acronym: strings.TrimSpace(value("acronym")), RegionType: int(whole("region_type")), Sensitive: value("sensitive") != "", ProblemTypes: r.PostForm["problem_types"],
		Products: r.PostForm["products"], Type: taxonomy.FieldType(whole("type")), Required: value("required") != "", Length: int(whole("length")), Min: bound("min"), Max: bound("max"),
		Default: value("default"), Options: taxonomy.ParseOptions(value("options")), Hidden: value("hidden") != "", Total: int(whole("total")), Step: int(whole("step")),
		Group: value("group"), Code: strings.TrimSpace(value("code"))}
	for _, l := range r.PostForm["levels"] {
		e.Levels = append(e.Levels, rate.Level(l))
	}
	return e, fs.Err()
}

func (p pages) retire(w http.ResponseWriter, r *http.Request) error {
	return p.set(w, r, p.s.Retire, i18n.M("taxonomy.retired.done"))
}

func (p pages) restore(w http.ResponseWriter, r *http.Request) error {
	return p.set(w, r, p.s.Restore, i18n.M("taxonomy.restored.done"))
}
