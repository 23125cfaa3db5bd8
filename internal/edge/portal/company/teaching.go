package company

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// What the development paths ask a company to declare: dedicated project managers, teaching facilities, languages and
// branches.

// readTeaching reads those entries; a row of facilities that is empty doesn't count.
func readTeaching(fs *fault.Fields, r *http.Request, f *qualification.ServiceFacts) {
	f.ProjectManagers, f.Languages = r.PostForm["project_managers"], r.PostForm["languages"]
	f.Branches = codes(r.PostFormValue("branches"))
	for i := range siteRows(r) {
		row := typedSite(r, i)
		if row.empty() {
			continue
		}
		x := qualification.Site{Country: strings.ToUpper(row.Country), Mode: row.Mode}
		for _, s := range strings.FieldsFunc(row.Seats, func(c rune) bool { return c == ',' || c == ' ' || c == ';' || c == '，' || c == '、' }) {
			n, err := strconv.Atoi(s)
			if err != nil {
				fs.Add(place(len(f.Sites), "seats"), row.Seats, i18n.M("company.number"))
				break
			}
			x.Seats = append(x.Seats, n)
		}
		f.Sites = append(f.Sites, x)
	}
}

// codes are country codes in a line of text.
func codes(text string) []string {
	return strings.FieldsFunc(strings.ToUpper(text), func(c rune) bool { return c == ',' || c == ' ' || c == ';' || c == '，' || c == '、' })
}

// siteRow is a row of the form as typed.
type siteRow struct{ Country, Mode, Seats string }

func (s siteRow) empty() bool { return s.Country == "" && s.Seats == "" }

func place(i int, name string) string { return fmt.Sprintf("sites.%d.%s", i, name) }

func typedSite(r *http.Request, i int) siteRow {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(place(i, name))) }
	return siteRow{get("country"), get("mode"), get("seats")}
}

func siteRows(r *http.Request) int {
	n := 0
	for n < 200 && r.PostForm.Has(place(n, "country")) {
		n++
	}
	return n
}

// sites are the facilities as typed, else as declared, and some empty rows.
func (v serviceView) sites() (out []siteRow) {
	if v.R.Method == http.MethodPost {
		for i := range siteRows(v.R) {
			if x := typedSite(v.R, i); !x.empty() {
				out = append(out, x)
			}
		}
	} else {
		for _, x := range v.Facts.Sites {
			out = append(out, siteRow{x.Country, x.Mode, numbers(x.Seats, " ")})
		}
	}
	return append(out, make([]siteRow, 2)...)
}

func numbers(list []int, between string) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, between)
}

func mode(ctx context.Context, m string) string {
	if m == program.SiteOnline {
		return i18n.T(ctx, "company.site.online")
	}
	return i18n.T(ctx, "company.site.on_site")
}

func modes(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: program.SiteOnSite, Label: mode(ctx, program.SiteOnSite)}, {Value: program.SiteOnline, Label: mode(ctx, program.SiteOnline)}}
}

// languageName is a language in the reader's.
func languageName(ctx context.Context, code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	names := display.English.Languages()
	if i18n.From(ctx).Lang == i18n.Chinese {
		names = display.SimplifiedChinese.Languages()
	}
	return door.Data(ctx, names.Name(tag))
}

func taught(ctx context.Context) (out []ui.Option) {
	for _, code := range qualification.Languages() {
		out = append(out, ui.Option{Value: code, Label: languageName(ctx, code)})
	}
	return out
}

// teaching are the entries as facts; only what was declared is shown.
func (v serviceView) teaching(ctx context.Context) (out []ui.Fact) {
	f := v.Facts
	if len(f.ProjectManagers) > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "company.service.project_managers"), Value: v.names(f.ProjectManagers)})
	}
	if len(f.Languages) > 0 {
		var names []string
		for _, l := range f.Languages {
			names = append(names, languageName(ctx, l))
		}
		out = append(out, ui.Fact{Label: i18n.T(ctx, "company.service.languages"), Value: strings.Join(names, ", ")})
	}
	if len(f.Branches) > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "company.service.branches"), Value: strings.Join(f.Branches, ", ")})
	}
	for _, x := range f.Sites {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "company.service.site"), Value: i18n.T(ctx, "company.site.line",
			i18n.A{"country": x.Country, "mode": mode(ctx, x.Mode), "seats": numbers(x.Seats, ", ")})})
	}
	return out
}
