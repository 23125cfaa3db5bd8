package policy

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

type catalogueView struct {
	Shell     page.ShellView
	Catalogue *program.Catalogue
	Known     int
	Providers []providerView
	Shown     providerView // the one of the address, or the first
}

// A providerView is a provider with the certificates it issues and the ladders that end with one of them.
type providerView struct {
	program.Provider
	Types   []program.CertificateType
	Ladders []program.Ladder
}

func (p pages) catalogue(w http.ResponseWriter, r *http.Request) error {
	types, err := p.credential.List(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	cat := p.credential.Catalogue()
	v := catalogueView{Shell: p.Shell(r, i18n.M("policy.catalogue")), Catalogue: cat, Known: len(types), Providers: byProvider(cat, types)}
	for i, x := range v.Providers {
		if i == 0 || x.ID == r.URL.Query().Get("provider") {
			v.Shown = x
		}
	}
	return p.Show(w, r, http.StatusOK, cataloguePage(v))
}

// tabs are the providers.
func (v catalogueView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, p := range v.Providers {
		out = append(out, ui.Tab{Href: "/catalogue?provider=" + p.ID, Label: i18n.Say(ctx, p.Title.Msg()), Count: len(p.Types), Current: p.ID == v.Shown.ID})
	}
	return out
}

// byProvider puts certificates and ladders under who issues them. A ladder goes with its highest certificate.
func byProvider(cat *program.Catalogue, types []program.CertificateType) (out []providerView) {
	for _, provider := range cat.Providers {
		v := providerView{Provider: provider}
		for _, t := range types {
			if t.Provider == provider.ID {
				v.Types = append(v.Types, t)
			}
		}
		for _, l := range cat.Ladders {
			if t, _ := cat.Find(l.Rungs[len(l.Rungs)-1][0]); t.Provider == provider.ID {
				v.Ladders = append(v.Ladders, l)
			}
		}
		if len(v.Types) > 0 {
			out = append(out, v)
		}
	}
	return out
}

func (p pages) exportCatalogue(r *http.Request, _ door.Door) (door.Table, error) {
	types, err := p.credential.List(r.Context(), site.By(r))
	if err != nil {
		return door.Table{}, err
	}
	ctx, cat := r.Context(), p.credential.Catalogue()
	t := door.Table{Name: "certificates", Header: []string{i18n.T(ctx, "policy.cert.code"), i18n.T(ctx, "policy.cert.title"),
		i18n.T(ctx, "policy.cert.provider"), i18n.T(ctx, "policy.cert.direction"), i18n.T(ctx, "policy.ladder.rung"),
		i18n.T(ctx, "policy.cert.class"), i18n.T(ctx, "policy.cert.months"), i18n.T(ctx, "policy.cert.renewal"),
		i18n.T(ctx, "policy.cert.exams"), i18n.T(ctx, "policy.cert.cost"), i18n.T(ctx, "policy.cert.currency"),
		i18n.T(ctx, "policy.cert.weeks"), i18n.T(ctx, "policy.cert.credits")}}
	var rows [][]string
	for _, x := range types {
		provider, _ := cat.Provider(x.Provider)
		direction, _ := cat.Direction(x.Direction)
		rows = append(rows, []string{x.Code, i18n.Say(ctx, x.Title.Msg()), i18n.Say(ctx, provider.Title.Msg()),
			i18n.Say(ctx, direction.Title.Msg()), strconv.Itoa(x.Level), className(ctx, x.Class), strconv.Itoa(x.ValidityMonths),
			renewal(ctx, provider), exams(cat, x.Code), amount(x.Cost), x.Cost.Currency, strconv.Itoa(x.Weeks),
			strconv.Itoa(cat.Points(x.Code))})
	}
	t.Rows = sheet.Rows(rows)
	return t, nil
}

func className(ctx context.Context, c program.Class) string {
	switch c {
	case program.Junior:
		return i18n.T(ctx, "policy.class.junior")
	case program.Senior:
		return i18n.T(ctx, "policy.class.senior")
	case program.Expert:
		return i18n.T(ctx, "policy.class.expert")
	case program.PM, program.Management:
		return i18n.T(ctx, "policy.class.pm")
	case program.Career:
		return i18n.T(ctx, "policy.class.career")
	case program.Developer:
		return i18n.T(ctx, "policy.class.developer")
	case program.Specialist:
		return i18n.T(ctx, "policy.class.specialist")
	}
	return i18n.T(ctx, "policy.class.special")
}

// renewal is a provider's rule in words.
func renewal(ctx context.Context, p program.Provider) string {
	if p.Refresh == program.RefreshDirection {
		return i18n.T(ctx, "policy.refresh.direction", i18n.A{"n": p.RefreshMonths})
	}
	return i18n.T(ctx, "policy.refresh.none")
}

// exams are the exams of a certificate: alternatives beside each other, parts joined.
func exams(cat *program.Catalogue, code string) string {
	var alone, order []string
	parts := map[string][]string{}
	for _, e := range cat.ExamsOf(code) {
		switch {
		case e.Part == "":
			alone = append(alone, e.Code)
		default:
			if parts[e.Part] == nil {
				order = append(order, e.Part)
			}
			parts[e.Part] = append(parts[e.Part], e.Code)
		}
	}
	var joined []string
	for _, part := range order {
		joined = append(joined, strings.Join(parts[part], " / "))
	}
	if len(joined) > 0 {
		alone = append(alone, strings.Join(joined, " + "))
	}
	return strings.Join(alone, " / ")
}

// amount is a cost as a plain number, for files.
func amount(c program.Cost) string {
	if c.Minor == 0 {
		return ""
	}
	return strconv.FormatInt(c.Minor/100, 10) + "." + strconv.FormatInt(100+c.Minor%100, 10)[1:]
}

// cost is a cost in words; nothing where none is known.
func cost(ctx context.Context, c program.Cost) string {
	if c.Minor == 0 {
		return ""
	}
	return i18n.From(ctx).Money(c.Minor, c.Currency)
}

// weeks is how long one prepares.
func weeks(ctx context.Context, n int) string {
	if n == 0 {
		return ""
	}
	return i18n.T(ctx, "policy.cert.weeks_n", i18n.A{"n": n})
}

// stairs draw a ladder; each certificate leads to its row in the table.
func stairs(ctx context.Context, cat *program.Catalogue, l program.Ladder) ui.LadderView {
	v := ui.LadderView{Label: ladderName(ctx, l)}
	for i, rung := range l.Rungs {
		r := ui.RungView{Name: i18n.T(ctx, "policy.ladder.step", i18n.A{"n": i + 1}), Sub: stepSub(ctx, cat, rung)}
		for _, code := range rung {
			t, _ := cat.Find(code)
			r.Items = append(r.Items, ui.LinkView{Href: "/catalogue?provider=" + t.Provider + "#" + anchor(code), Label: code, What: door.Data(ctx, i18n.Say(ctx, t.Title.Msg()))})
		}
		v.Rungs = append(v.Rungs, r)
	}
	return v
}

// stepSub says how long the first certificate of a rung takes and costs: those of one rung are alike.
func stepSub(ctx context.Context, cat *program.Catalogue, rung []string) string {
	t, _ := cat.Find(rung[0])
	if t.Weeks == 0 || t.Cost.Minor == 0 {
		return ""
	}
	return i18n.T(ctx, "policy.ladder.effort", i18n.A{"weeks": weeks(ctx, t.Weeks), "cost": cost(ctx, t.Cost)})
}

func ladderName(ctx context.Context, l program.Ladder) string {
	if l.Title.En == "" {
		return door.Data(ctx, l.ID)
	}
	return i18n.Say(ctx, l.Title.Msg())
}

// anchor is the id of a certificate's row.
func anchor(code string) string { return "certificate-" + strings.ToLower(code) }

// certificateColumns are the heads of the table; credits have one where any certificate brings some.
func certificateColumns(ctx context.Context, withCredits bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "policy.cert.code")}, {Label: i18n.T(ctx, "policy.cert.title")},
		{Label: i18n.T(ctx, "policy.cert.months"), Num: true}, {Label: i18n.T(ctx, "policy.cert.exams")},
		{Label: i18n.T(ctx, "policy.cert.cost"), Num: true}, {Label: i18n.T(ctx, "policy.cert.weeks"), Num: true}}
	if withCredits {
		out = append(out, ui.Column{Label: i18n.T(ctx, "policy.cert.credits"), Num: true})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "policy.book.course_by")}, ui.Column{Label: i18n.T(ctx, "policy.book.exam_by")})
}

// credits tells whether any certificate of the provider brings training credits.
func (p providerView) credits(cat *program.Catalogue) bool {
	return slices.ContainsFunc(p.Types, func(t program.CertificateType) bool { return cat.Points(t.Code) > 0 })
}
