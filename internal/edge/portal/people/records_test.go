package people_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/member"
	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/people"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

func TestAnAdministratorSeesTheRecordsOfPeopleWhoAgreedAndOfOthersTheRosterAlone(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		people.Register(p.Site, p.Roster, p.Qualification)
		people.RegisterRecords(p.Site, p.Report, p.Roster, p.Credential.Catalogue)
	})
	ctx, admin, wei := t.Context(), p.Partner("North"), p.Person("Chen Wei")
	file := "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n" +
		"1,Chen Wei," + p.Email(wei) + ",H3CSE,2025-06-01,,2020-01-01,,true\n2,Ma Bo,bo@north.example,H3CIE,2025-06-01,,2020-01-01,,true\n"
	_, err := p.Roster.ImportNow(ctx, admin, admin.Account, "people.csv", strings.NewReader(file), false, nil)
	fixture.Must(t, err)
	exams := "provider,registration_id,email,first_name,last_name,exam_code,delivery_date,result\n" +
		"PEARSON_VUE,R-1,wei@vue.example,Wei,Chen,H12-811,2026-02-04,PASS\nPEARSON_VUE,R-2,bo@north.example,Bo,Ma,H12-811,2026-02-04,PASS\n"
	imp, err := p.Record.ImportNow(ctx, p.Vendor(), "exams.csv", strings.NewReader(exams), false, nil)
	if err != nil || imp.State != record.Done || imp.Errors > 0 {
		t.Fatalf("import = %+v, %v", imp, err)
	}
	fixture.Must(t, p.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := p.Record.Claim(ctx, tx, "wei@vue.example", wei.Person)
		return err
	}))
	p.Drain()
	c := p.As(admin)
	if got := c.Get("/people/records").Want(200).Text("#records"); strings.Contains(got, "H12-811") || !strings.Contains(got, "H3CSE") {
		t.Errorf("before anybody agreed: %s", got)
	}
	m, err := p.Member.Mine(ctx, wei)
	fixture.Must(t, err)
	if len(m.Open) != 1 {
		t.Fatalf("open questions = %+v, want one", m.Open)
	}
	_, err = p.Member.Accept(ctx, wei, m.Open[0].Account, m.Open[0].ID, member.ConsentVersion)
	fixture.Must(t, err)
	p.Drain()
	rows := c.Get("/people/records").Want(200).Doc.Find("#records-table tbody tr")
	if got := rows.Text(); rows.Length() != 4 || strings.Count(got, "H12-811") != 1 || strings.Count(got, "HCIA-DATACOM") != 1 {
		t.Errorf("after Chen Wei agreed: %d rows, %s; want H3CSE, HCIA-DATACOM and an exam of Chen Wei, H3CIE of Ma Bo", rows.Length(), got)
	}
	for query, want := range map[string]int{"?kind=exam": 1, "?code=h3cie": 1, "?q=ma": 1, "?kind=certificate&validity=valid": 3,
		"?from=2026-01-01": 2, "?to=2025-12-31": 2, "?from=nonsense": 4, "?kind=training": 0} {
		page := c.Get("/people/records" + query).Want(200)
		if n := page.Doc.Find("#records-table tbody tr").Length(); n != want {
			t.Errorf("%s: %d rows, want %d", query, n, want)
		}
	}
	csv := c.Get("/people/records.csv?kind=exam").Want(200)
	if lines := strings.Split(strings.TrimSpace(csv.Body), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "H12-811") {
		t.Errorf("csv = %q", csv.Body)
	}
	if got := c.Get("/people/records/unassociated").Want(200).Text("#unassociated"); !strings.Contains(got, "Ma Bo") {
		t.Errorf("unassociated = %s", got)
	}
	portaltest.Check(t, c, "/people/records", "/people/records?kind=training", "/people/records/unassociated")
	portaltest.Check(t, p.As(p.Vendor()), "/channel/"+admin.Account+"/people/records", "/channel/"+admin.Account+"/people/records/unassociated")
	p.As(p.Partner("South")).Get("/channel/" + admin.Account + "/people/records").Want(404)
	p.As(p.User(admin.Account, actor.PartnerFinance)).Get("/people/records?" + url.Values{"q": {"x"}}.Encode()).Want(403)
}
