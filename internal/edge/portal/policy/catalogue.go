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
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

type catalogueView struct {
	Shell   page.ShellView
	Types   []program.CertificateType
	Ladders []program.Ladder
	Points  func(code string) int
}

func (p pages) catalogue(w http.ResponseWriter, r *http.Request) error {
	types, err := p.credential.List(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	cat := p.credential.Catalogue()
	return p.Show(w, r, http.StatusOK, cataloguePage(catalogueView{Shell: p.Shell(r, i18n.M("policy.catalogue")), Types: types,
		Ladders: cat.Ladders, Points: cat.Points}))
}

func (p pages) exportCatalogue(r *http.Request, _ door.Door) (door.Table, error) {
	types, err := p.credential.List(r.Context(), site.By(r))
	if err != nil {
		return door.Table{}, err
	}
	ctx := r.Context()
	t := door.Table{Name: "certificates", Header: []string{i18n.T(ctx, "policy.cert.code"), i18n.T(ctx, "policy.cert.title"),
		i18n.T(ctx, "policy.cert.class"), i18n.T(ctx, "policy.cert.months"), i18n.T(ctx, "policy.cert.credits")}}
	var rows [][]string
	for _, x := range types {
		rows = append(rows, []string{x.Code, i18n.Say(ctx, x.Title.Msg()), className(ctx, x.Class), strconv.Itoa(x.ValidityMonths),
			strconv.Itoa(p.credential.Catalogue().Points(x.Code))})
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
	case program.PM:
		return i18n.T(ctx, "policy.class.pm")
	}
	return i18n.T(ctx, "policy.class.special")
}

func ladderName(ctx context.Context, id string) string {
	switch id {
	case "technical":
		return i18n.T(ctx, "policy.ladder.technical")
	case "security":
		return i18n.T(ctx, "policy.ladder.security")
	case "project-management":
		return i18n.T(ctx, "policy.ladder.pm")
	}
	return id
}

// topDown are the rungs as one looks at a ladder: the highest first.
func topDown(l program.Ladder) [][]string {
	rungs := slices.Clone(l.Rungs)
	slices.Reverse(rungs)
	return rungs
}

// below names what the certificates of a rung stand in for: those of all rungs below.
func below(l program.Ladder, fromTop int) string {
	var out []string
	for _, rung := range l.Rungs[:len(l.Rungs)-1-fromTop] {
		out = append(out, rung...)
	}
	return strings.Join(out, ", ")
}
