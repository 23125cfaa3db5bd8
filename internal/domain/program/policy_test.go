package program_test

import (
	"slices"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

func TestThePolicyTableShowsWhatEachLevelAsks(t *testing.T) {
	for _, c := range []struct {
		ref, track, line string
		want             []string
	}{
		{"h3c-star@2025", "certificates", "senior-engineer", []string{"", "1", "2"}},
		{"h3c-star@2025", "certificates", "hotline", []string{"5×8", "7×24", "7×24"}},
		{"h3c-star@2025", "credits", "issue-tracking", []string{"manual", "manual", "automatic"}},
		{"h3c-star@2025", "credits", "service-email", []string{"required", "", ""}},
		{"h3c-star@old", "main", "laboratory", []string{"",
			"1 × router, 1 × layer 3 switch, 1 × wireless controller (AC), 2 × access point (AP)",
			"1 × H3C Cloud Lab, 1 × high-end router, 1 × layer 3 switch, 1 × wireless controller (AC), 2 × access point (AP)"}},
	} {
		rows := find(t, c.ref).PolicyOf(c.track)
		i := slices.IndexFunc(rows, func(r program.PolicyRow) bool { return r.Line.ID == c.line })
		if i < 0 {
			t.Errorf("%s %s has no row %s", c.ref, c.track, c.line)
			continue
		}
		var got []string
		for _, cell := range rows[i].Cells {
			got = append(got, i18n.Text(i18n.English, cell))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s = %q, want %q", c.ref, c.line, got, c.want)
		}
	}
	credits := find(t, "h3c-star@2025").PolicyOf("credits")
	if slices.ContainsFunc(credits, func(r program.PolicyRow) bool { return r.Line.ID == "senior-engineer" }) {
		t.Error("the credits way asks for senior engineers")
	}
}

func TestADifferenceListsWhatChanged(t *testing.T) {
	var got []string
	for _, c := range program.Difference(find(t, "h3c-star@2022"), find(t, "h3c-star@2025")) {
		got = append(got, c.Line+" "+c.Level+" "+i18n.Text(i18n.English, c.From)+">"+i18n.Text(i18n.English, c.To)+
			" "+i18n.Text(i18n.English, c.What))
	}
	want := []string{"project-manager three-star >1 ", "project-manager four-star 1>1 What counts for this line has changed.",
		"named-engineers three-star 1> ", "named-engineers four-star 2> "}
	if !slices.Equal(got, want) {
		t.Errorf("Difference = %q, want %q", got, want)
	}
	if same := program.Difference(find(t, "h3c-star@2025"), find(t, "h3c-star@2025")); same != nil {
		t.Errorf("a version differs from itself: %v", same)
	}
}

func TestTheVersionInForceIsThatOfTheDay(t *testing.T) {
	lib := shipped(t)
	for day, want := range map[calendar.Day]string{
		calendar.Date(2021, 12, 31): "old", calendar.Date(2022, 1, 1): "2022", calendar.Date(2024, 12, 31): "2022",
		calendar.Date(2025, 1, 1): "2025", calendar.Date(2030, 1, 1): "2025",
	} {
		if v, ok := lib.InForce("h3c-star", day); !ok || v.Number != want {
			t.Errorf("in force on %s: %v, want %s", day, v, want)
		}
	}
	if _, ok := lib.InForce("h3c-star", calendar.Date(1999, 1, 1)); ok {
		t.Error("a version was in force in 1999")
	}
	programs := lib.Programs()
	if !slices.IsSorted(programs) || len(slices.Compact(slices.Clone(programs))) != len(programs) {
		t.Errorf("Programs() = %v, want each once, sorted", programs)
	}
	for _, id := range []string{"competency-database", "h3c-star", "path-distributor", "path-learning", "path-service", "path-si", "path-software"} {
		if !slices.Contains(programs, id) {
			t.Errorf("Programs() lacks %s", id)
		}
	}
}

func TestAGrantedLevelLastsACalendarYear(t *testing.T) {
	v := find(t, "h3c-star@2025")
	for from, want := range map[string]string{"2026-06-30": "2027-06-29", "2024-02-29": "2025-02-28", "2026-01-01": "2026-12-31"} {
		d, _ := calendar.ParseDay(from)
		if got := v.Validity.Until(d).String(); got != want {
			t.Errorf("granted on %s, valid until %s, want %s", from, got, want)
		}
	}
	if got := v.Recertification.Opens(calendar.Date(2027, 6, 29)).String(); got != "2027-03-31" {
		t.Errorf("renewal opens on %s, want 90 days before", got)
	}
	if v.Staffing.ReportWorkingDays != 3 || v.Staffing.VacancyMonths != 3 || v.Application.ReviewWorkingDays != 3 {
		t.Errorf("duties = %+v, review %d", v.Staffing, v.Application.ReviewWorkingDays)
	}
}

func TestEligibilityLooksAtMarketAndChannel(t *testing.T) {
	for _, c := range []struct {
		ref    string
		market string
		kinds  []string
		want   bool
	}{
		{"h3c-star@2025", "overseas", []string{"ACP"}, true},
		{"h3c-star@2025", "overseas", []string{"X", "ASP"}, true},
		{"h3c-star@2025", "overseas", nil, false},
		{"h3c-star@2025", "domestic", []string{"ACP"}, false},
		{"h3c-star@old", "overseas", nil, true},
		{"h3c-star@old", "", nil, false},
	} {
		ok, why := find(t, c.ref).Eligible(&program.Facts{Market: c.market, ChannelKinds: c.kinds})
		if ok != c.want || ok != why.IsZero() {
			t.Errorf("%s for %q %v: %t %v, want %t", c.ref, c.market, c.kinds, ok, why, c.want)
		}
	}
}

func TestEvidenceAndBenefitsFollowTheLevel(t *testing.T) {
	old := find(t, "h3c-star@old")
	ids := func(level string) (out []string) {
		for _, e := range old.EvidenceFor(level, "main") {
			out = append(out, e.ID)
		}
		return out
	}
	if got := ids("two-star"); slices.Contains(got, "laboratory-list") || !slices.Contains(got, "certificate-copy") {
		t.Errorf("evidence for two stars = %v", got)
	}
	if got := ids("four-star"); !slices.Contains(got, "laboratory-list") {
		t.Errorf("evidence for four stars = %v", got)
	}
	if a, b := len(old.BenefitsOf("two-star")), len(old.BenefitsOf("four-star")); a != 1 || b != 3 {
		t.Errorf("%d and %d benefits, want those of lower levels included", a, b)
	}
	if got := old.BenefitsOf("six-star"); got != nil {
		t.Errorf("benefits of no level = %v", got)
	}
}

func TestTheCatalogueKnowsCodesSpellingsAndPoints(t *testing.T) {
	cat := shipped(t).Catalogue
	for text, want := range map[string]string{"h3cne": "H3CNE", "H3CSE-Routing & Switching": "H3CSE-RS", "h3cs_imc": "H3CS-IMC",
		"H3CS-iMC": "H3CS-IMC", "pmp": "PMP", "CCIE": ""} {
		if got, _ := cat.Resolve(text); got.Code != want {
			t.Errorf("Resolve(%q) = %q, want %q", text, got.Code, want)
		}
	}
	for code, want := range map[string]int{"H3CNE": 50, "H3CSE-RS": 100, "H3CIE": 200, "PMP": 50, "CCIE": 0} {
		if got := cat.Points(code); got != want {
			t.Errorf("Points(%s) = %d, want %d", code, got, want)
		}
	}
	issued := calendar.Date(2024, 2, 29)
	for c, want := range map[program.Certificate]string{
		{Code: "H3CNE", IssuedOn: issued}:                         "2027-02-28",
		{Code: "H3CNE", IssuedOn: issued, ExpiresOn: issued + 10}: "2024-03-10",
		{Code: "CCIE", IssuedOn: issued}:                          "",
		{Code: "H3CNE"}:                                           "",
	} {
		if got := cat.Expiry(c).String(); got != want {
			t.Errorf("Expiry(%+v) = %q, want %q", c, got, want)
		}
	}
}
