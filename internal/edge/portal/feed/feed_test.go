package feed_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/feed"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

const results = `provider;registration_id;candidate_id;email;first_name;last_name;exam_code;delivery_date;result;mood
PEARSON_VUE;R1;C1;ada@partner.example;Ada;Lim;H12-811;2025-03-01;PASS;good
PEARSON_VUE;R2;C2;bo@partner.example;Bo;Tan;H12-811;2025-03-02;FAIL;bad
PEARSON_VUE;R3;C3;nobody;Cy;Ong;H12-811;2025-03-03;PASS;so
PEARSON_VUE;R4;C4;cy@partner.example;Cy;Ong;Z99-999;2025-03-04;PASS;so
`

func start(t *testing.T) *portaltest.Portal {
	return portaltest.New(t, func(p *portaltest.Portal) { feed.Register(p.Site, p.Record, p.DB) })
}

func TestAFeedIsUploadedCheckedAppliedCorrectedAndUndone(t *testing.T) {
	p := start(t)
	c := p.As(p.Vendor())
	if got := c.Get("/system/feeds").Want(200).Text("#exams"); !strings.Contains(got, "Nothing yet") {
		t.Errorf("before the first import: %q", got)
	}
	at := c.Upload("/system/feeds", url.Values{}, "file", "march.csv", []byte(results)).Want(200).Path
	p.Drain()
	page := c.Get(at).Want(200)
	for _, want := range []string{"3 lines say something new", "mood", "Z99-999 (1)", "That is no e-mail address.", "Exam results"} {
		if !strings.Contains(page.Doc.Find("#import").Text(), want) {
			t.Errorf("the preview doesn't say %q:\n%s", want, page.Doc.Find("#import").Text())
		}
	}
	portaltest.Check(t, c, "/system/feeds", at, at+"/cancel")
	bad := c.Get(at + "/errors.csv").Want(200).Body
	if !strings.Contains(bad, "R3,C3,nobody") || strings.Contains(bad, "R1") || !strings.Contains(bad, ",error") {
		t.Errorf("the lines to correct:\n%s", bad)
	}
	c.Post(at+"/confirm", nil).Want(200)
	p.Drain()
	if got := c.Get(at).Want(200).Doc.Find("#import").Text(); !strings.Contains(got, "Done: 3 lines applied") {
		t.Errorf("after applying: %s", got)
	}
	again := c.Upload("/system/feeds", url.Values{}, "file", "corrected.csv", []byte(strings.Replace(bad, "nobody", "dee@partner.example", 1))).Want(200).Path
	p.Drain()
	if got := c.Get(again).Want(200).Doc.Find("#import").Text(); !strings.Contains(got, "1 line says something new") {
		t.Errorf("the corrected line: %s", got)
	}
	portaltest.Check(t, c, at, at+"/undo", again)
	must(t, p.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := p.Record.Claim(t.Context(), tx, "ada@partner.example", "ada")
		return err
	}))
	if held, err := p.Credential.OfPersons(t.Context(), p.DB.Read(), []string{"ada"}); err != nil || len(held["ada"]) != 1 {
		t.Errorf("Ada's certificates: %+v, %v; want one", held, err)
	}
	c.Post(at+"/undo", nil).Want(200)
	p.Drain()
	if got := c.Get(at).Want(200).Doc.Find("#import").Text(); !strings.Contains(got, "Undone: 3 lines were taken back") {
		t.Errorf("after the undo: %s", got)
	}
	if held, err := p.Credential.OfPersons(t.Context(), p.DB.Read(), []string{"ada"}); err != nil || len(held["ada"]) != 0 {
		t.Errorf("Ada's certificates after the undo: %+v, %v; want none", held, err)
	}
	list := c.Get("/system/feeds.csv").Want(200).Body
	if !strings.Contains(list, "march.csv,undone") || strings.Count(list, "\n") != 3 {
		t.Errorf("the list as a file:\n%s", list)
	}
	portaltest.Check(t, c, "/system/feeds")
	if page := c.Post(at+"/undo", nil); page.Status != 409 {
		t.Errorf("a second undo: %d, want 409", page.Status)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatIsNoFeedIsRefusedWhereItWasChosen(t *testing.T) {
	p := start(t)
	c := p.As(p.Vendor())
	for name, file := range map[string]string{
		"person_id":         "person_id,name\n1,Ada\n",
		"registration_id":   "provider,exam_code,email,delivery_date,result\nX,Y,a@b.example,2025-01-01,PASS\n",
		"%PDF":              "%PDF-1.7 nothing",
		"has the column em": "provider,exam_code,email,e-mail,delivery_date,result,registration_id\nX,Y,a@b.example,a@b.example,2025-01-01,PASS,1\n",
	} {
		page := c.Upload("/system/feeds", url.Values{}, "file", "x.csv", []byte(file))
		if page.Status != 422 || page.Doc.Find("#e-file").Length() != 1 {
			t.Errorf("%s: %d %q, want the form with its error", name, page.Status, page.Text("#e-file"))
		}
	}
	if page := c.Post("/system/feeds", url.Values{}); page.Status != 422 {
		t.Errorf("no file: %d", page.Status)
	}
	if got := c.Get("/system/feeds/template/trainings.csv").Want(200).Body; !strings.Contains(got, strings.Join(record.Columns(record.Trainings), ",")) {
		t.Errorf("the template: %s", got)
	}
}

func TestWhoMaySeeFeedsAndWhoMayImport(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.Auditor))
	page := c.Get("/system/feeds").Want(200)
	if page.Doc.Find("#upload").Length() != 0 {
		t.Error("an auditor sees the upload form")
	}
	if page := c.Upload("/system/feeds", url.Values{}, "file", "a.csv", []byte(results)); page.Status != 403 {
		t.Errorf("an auditor's upload: %d, want 403", page.Status)
	}
	if page := p.As(p.Partner("One")).Get("/system/feeds"); page.Status != 403 && page.Status != 404 {
		t.Errorf("a partner sees the feeds: %d", page.Status)
	}
	if page := p.As(p.Vendor()).Get("/system/feeds/rci_nothing"); page.Status != 404 {
		t.Errorf("an import that isn't there: %d", page.Status)
	}
}
