package people_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/people"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// start is a portal with one partner that has some people.
func start(t *testing.T) (*portaltest.Portal, actor.Actor) {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) { people.Register(p.Site, p.Roster, p.Qualification) })
	return p, p.Partner("Northwind Networks")
}

const file = `person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered
E1,Ann Lee,ann@north.example,H3CSE,2024-03-01,2027-02-28,2020-01-01,,yes
E1,Ann Lee,ann@north.example,H3CNE,2024-03-01,2026-12-20,2020-01-01,,yes
E2,Bo Chen,bo@north.example,H3CSE,2020-03-01,2023-02-28,2020-01-01,,yes
E3,Cy Dahl,,,,,2021-05-01,2026-01-31,no
`

// imported puts the file's people on the roster and returns Ann's binding.
func imported(t *testing.T, p *portaltest.Portal, by actor.Actor) string {
	t.Helper()
	imp, err := p.Roster.ImportNow(t.Context(), by, by.Account, "roster.csv", strings.NewReader(file), false, nil)
	if err != nil || imp.Errors > 0 {
		t.Fatalf("import: %v, %+v", err, imp)
	}
	p.Drain()
	found, err := p.Roster.List(t.Context(), by, by.Account, roster.Filter{Q: "Ann"})
	if err != nil || len(found.Items) != 1 {
		t.Fatalf("List(Ann) = %v, %v; want one", found.Items, err)
	}
	return found.Items[0].ID
}

func TestTheRosterIsListedFilteredAndExported(t *testing.T) {
	p, by := start(t)
	imported(t, p, by)
	c := p.As(by)
	page := c.Get("/people").Want(200)
	if got := page.Doc.Find("#people tbody tr").Length(); got != 2 {
		t.Errorf("GET /people lists %d people, want the 2 who are there", got)
	}
	for query, want := range map[string]int{"?left=all": 3, "?left=left": 1, "?q=bo": 1, "?code=H3CNE": 1, "?validity=expired": 1, "?validity=none&left=all": 1, "?q=nobody": 0} {
		page := c.Get("/people" + query).Want(200)
		if got := page.Doc.Find("#people tbody tr").Length(); got != want {
			t.Errorf("GET /people%s lists %d people, want %d", query, got, want)
		}
	}
	if !c.Get("/people?q=nobody").Has(".empty a[href='/people']") {
		t.Error("an empty filter result doesn't lead back to the whole list")
	}
	csv := c.Get("/people.csv?q=ann").Want(200)
	if !strings.Contains(csv.Body, "H3CNE") || strings.Contains(csv.Body, "Bo Chen") {
		t.Errorf("GET /people.csv?q=ann = %q, want Ann's two rows", csv.Body)
	}
	if got := c.Get("/people.xlsx").Want(200).Header.Get("Content-Type"); !strings.Contains(got, "spreadsheetml") {
		t.Errorf("GET /people.xlsx has the type %q", got)
	}
}

func TestEachFigureAboveTheRosterOpensAListOfThatLength(t *testing.T) {
	p, by := start(t)
	imported(t, p, by)
	c := p.As(by)
	page := c.Get("/people").Want(200)
	links := page.Doc.Find(".stats a, table.heat a")
	if links.Length() < 6 {
		t.Fatalf("GET /people has %d figures, want at least 6", links.Length())
	}
	for i := range links.Length() {
		a := links.Eq(i)
		href, _ := a.Attr("href")
		figure := strings.TrimSpace(a.Text())
		got := c.Get(href).Want(200).Doc.Find("#people tbody tr").Length()
		if !strings.HasPrefix(figure, string(rune('0'+got))) {
			t.Errorf("the figure %q opens %s, which lists %d", figure, href, got)
		}
	}
}

func TestAPersonIsAddedCorrectedAndGetsCertificates(t *testing.T) {
	p, by := start(t)
	c := p.As(by)
	form := url.Values{"number": {""}, "name": {"Zoë <b>"}, "email": {"not an address"}, "bound_on": {"tomorrow"}}
	refused := c.Post("/people/new", form).Want(422)
	if !refused.Has("[role=alert] a[href='#f-bound_on']") || refused.Doc.Find("#f-name").AttrOr("value", "") != "Zoë <b>" {
		t.Errorf("the refused form doesn't tell the error or lost what was typed: %s", refused.Text("main"))
	}
	form = url.Values{"number": {"E9"}, "name": {"Zoë Ek"}, "email": {"zoe@north.example"}, "bound_on": {"2025-01-01"}, "registered": {"on"}}
	page := c.Post("/people/new", form).Want(200)
	if page.H1() != "Zoë Ek" {
		t.Fatalf("after adding, the page is %q at %s; want the person", page.H1(), page.Path)
	}
	path := page.Path
	page = c.Post(path+"/certificates/new", url.Values{"code": {"H3CSE"}, "issued_on": {"2025-06-01"}}).Want(200)
	if !strings.Contains(page.Text("#certificates"), "H3CSE") {
		t.Errorf("the certificate isn't on the page: %s", page.Text("#certificates"))
	}
	c.Post(path+"/certificates/new", url.Values{"code": {"H3CSE"}, "issued_on": {"2025-06-01"}, "expires_on": {"2024-01-01"}}).Want(422)
	edit := c.Get(path + "/edit").Want(200)
	version := edit.Doc.Find("input[name=version]").AttrOr("value", "")
	form.Set("name", "Zoë Ekman")
	form.Set("version", version)
	if page = c.Post(path+"/edit", form).Want(200); page.H1() != "Zoë Ekman" {
		t.Errorf("after correcting, the page is %q", page.H1())
	}
	form.Set("name", "Too late")
	c.Post(path+"/edit", form).Want(409)
}

func TestAnUploadIsPreviewedConfirmedAndTheSameFileChangesNothing(t *testing.T) {
	p, by := start(t)
	c := p.As(by)
	c.Upload("/imports", nil, "other", "roster.csv", []byte(file)).Want(422)
	page := c.Upload("/imports", nil, "file", "roster.csv", []byte(file)).Want(200)
	if !page.Has("#import[hx-get]") {
		t.Error("a running import doesn't follow by itself")
	}
	p.Drain()
	page = c.Get(page.Path).Want(200)
	if page.Has("#import[hx-get]") || !page.Has("form[action$='/confirm'] button") {
		t.Fatalf("a checked import can't be confirmed: %s", page.Text("main"))
	}
	c.Post(page.Path+"/confirm", nil).Want(200)
	p.Drain()
	if got := c.Get("/people?left=all").Want(200).Doc.Find("#people tbody tr").Length(); got != 3 {
		t.Errorf("after the import %d people are listed, want 3", got)
	}
	again := c.Upload("/imports", nil, "file", "roster.csv", []byte(file)).Want(200)
	p.Drain()
	again = c.Get(again.Path).Want(200)
	if again.Has("form[action$='/confirm']") || !strings.Contains(again.Text(".state"), "Nothing to change") {
		t.Errorf("the same file again says %q", again.Text("main"))
	}
}

func TestAnImportNamesEachWrongEntryAndGivesThemBackAsAFile(t *testing.T) {
	p, by := start(t)
	c := p.As(by)
	bad := strings.Replace(file, "2023-02-28", "2019-02-28", 1) + "E4,Dee Fox,,NOSUCH,2024-01-01,,,,yes\n"
	bad = strings.Replace(bad, "registered\n", "registered,shoe_size\n", 1)
	page := c.Upload("/imports", nil, "file", "bad.csv", []byte(bad)).Want(200)
	p.Drain()
	page = c.Get(page.Path).Want(200)
	if got := page.Doc.Find("#wrong-table tbody tr").Length(); got != 2 {
		t.Errorf("%d wrong entries are told, want 2: %s", got, page.Text("#wrong"))
	}
	if !strings.Contains(page.Text("main"), "shoe_size") {
		t.Error("the column that isn't read isn't named")
	}
	csv := c.Get(page.Path + "/errors.csv").Want(200)
	if !strings.Contains(csv.Body, "NOSUCH") || strings.Contains(csv.Body, "Ann Lee") {
		t.Errorf("the file of wrong rows is %q", csv.Body)
	}
	cancel := c.Get(page.Path + "/cancel").Want(200)
	if !cancel.Has("form[action$='/cancel']") {
		t.Error("cancelling isn't asked for")
	}
	c.Post(page.Path+"/cancel", nil).Want(200)
}

func TestAnExitShowsWhatItCostsBeforeItIsReported(t *testing.T) {
	p, by := start(t)
	ann := imported(t, p, by)
	c := p.As(by)
	form := c.Get("/people/exits/new?person=" + ann).Want(200)
	if got := form.Doc.Find("#f-person option[selected]").AttrOr("value", ""); got != ann {
		t.Errorf("the person isn't chosen: %q", got)
	}
	c.Get("/people/exits/preview?person=&on=never&reason=").Want(422)
	on := calendar.DayOf(p.Clock.Now()).String()
	preview := c.Get("/people/exits/preview?person=" + ann + "&on=" + on + "&reason=leaving").Want(200)
	if !preview.Has("form[action='/people/exits'] button") {
		t.Fatalf("the preview can't be confirmed: %s", preview.Text("main"))
	}
	before, err := p.Qualification.Exits(t.Context(), by, by.Account)
	if err != nil || len(before) != 0 {
		t.Fatalf("the preview reported something: %v, %v", before, err)
	}
	done := c.Post("/people/exits", url.Values{"person": {ann}, "on": {on}, "reason": {string(qualification.Leaving)}, "note": {"Bo takes over"}}).Want(200)
	if !strings.Contains(done.Text("#exits-table"), "Ann Lee") {
		t.Errorf("the exit isn't listed: %s", done.Text("main"))
	}
	c.Get("/people/exits.csv").Want(200)
	c.Get("/people/vacancies.xlsx").Want(200)
}

func TestStrangersAndWrongRolesAreTurnedAway(t *testing.T) {
	p, by := start(t)
	ann := imported(t, p, by)
	stranger, finance := p.As(p.Partner("Other")), p.As(p.User(by.Account, actor.PartnerFinance))
	upload := p.As(by).Upload("/imports", nil, "file", "roster.csv", []byte(file)).Want(200).Path
	for _, path := range []string{"/people/" + ann, "/people/" + ann + "/edit", "/people/" + ann + "/certificates/new", upload, upload + "/errors.csv",
		"/channel/" + by.Account + "/people", "/people/exits/preview?person=" + ann + "&on=2026-11-20&reason=leaving"} {
		if got := stranger.Get(path).Status; got != 404 {
			t.Errorf("a stranger's GET %s = %d, want 404", path, got)
		}
	}
	for _, path := range []string{"/people", "/people/" + ann, "/imports", "/people.csv", "/people/exits/new"} {
		if got := finance.Get(path).Status; got != 403 {
			t.Errorf("GET %s without the role = %d, want 403", path, got)
		}
	}
	if got := p.Nobody().Get("/people").Path; !strings.HasPrefix(got, "/login") {
		t.Errorf("somebody who isn't signed in ends at %s", got)
	}
}

func TestTheVendorSeesThePartnersPagesAndRevokes(t *testing.T) {
	p, by := start(t)
	ann := imported(t, p, by)
	v := p.As(p.Vendor())
	base := "/channel/" + by.Account
	page := v.Get(base + "/people/" + ann).Want(200)
	revoke, ok := page.Doc.Find("a[href$='/revoke']").Attr("href")
	if !ok {
		t.Fatal("the vendor can't revoke")
	}
	if got := p.As(by).Get(strings.TrimPrefix(revoke, base)).Status; got != 404 {
		t.Errorf("a partner's GET of the revocation = %d, want 404", got)
	}
	v.Get(revoke).Want(200)
	v.Post(revoke, url.Values{"reason": {""}}).Want(422)
	page = v.Post(revoke, url.Values{"reason": {"Issued by mistake"}}).Want(200)
	if !strings.Contains(page.Text("#certificates"), "Issued by mistake") {
		t.Errorf("the reason isn't shown: %s", page.Text("#certificates"))
	}
	if got := v.Get("/people").Path; got != "/channel" {
		t.Errorf("the vendor's /people leads to %s, want the list of partners", got)
	}
	if got := v.Get("/channel/" + p.Vendor().Account + "/people").Status; got != 404 {
		t.Errorf("the vendor's own account as a partner = %d, want 404", got)
	}
}

func TestTheVendorImportsForAPartner(t *testing.T) {
	p, by := start(t)
	v, base := p.As(p.VendorUser(actor.ChannelManager)), "/channel/"+by.Account
	page := v.Upload(base+"/imports", nil, "file", "roster.csv", []byte(file)).Want(200)
	p.Drain()
	v.Post(page.Path+"/confirm", nil).Want(200)
	p.Drain()
	if got := p.As(by).Get("/people?left=all").Want(200).Doc.Find("#people tbody tr").Length(); got != 3 {
		t.Errorf("the partner sees %d people, want 3", got)
	}
	if got := p.As(p.VendorUser(actor.Reviewer)).Get(base + "/imports").Status; got != 403 {
		t.Errorf("a reviewer's GET of the imports = %d, want 403", got)
	}
	for _, format := range []string{"csv", "xlsx"} {
		v.Get(base + "/imports/template." + format).Want(200)
	}
	v.Get(base + "/imports.csv").Want(200)
}

func TestEveryFigureCountsWhoeverHoldsSuchACertificate(t *testing.T) {
	p, by := start(t)
	imported(t, p, by)
	for _, days := range []int{0, 200, 80, 400} { // Ann's two certificates expire one after the other
		p.Clock.Advance(time.Duration(days) * 24 * time.Hour)
		c := p.As(by)
		links := c.Get("/people").Want(200).Doc.Find(".stats a, table.heat a")
		for i := range links.Length() {
			href, figure := links.Eq(i).AttrOr("href", ""), strings.TrimSpace(links.Eq(i).Text())
			if got := c.Get(href).Want(200).Doc.Find("#people tbody tr").Length(); strconv.Itoa(got) != figure {
				t.Errorf("after %d days more the figure %s opens %s, which lists %d", days, figure, href, got)
			}
		}
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p, by := start(t)
	portaltest.Check(t, p.As(by), "/people", "/imports", "/people/exits")
	ann := imported(t, p, by)
	upload := p.As(by).Upload("/imports", nil, "file", "bad.csv", []byte(file+"E4,Dee,,NOSUCH,2024-01-01,,,,yes\n")).Want(200).Path
	paths := []string{"/people", "/people?left=all", "/people?q=zzz", "/people/new", "/people/" + ann, "/people/" + ann + "/edit",
		"/people/" + ann + "/certificates/new", "/people/exits", "/imports", upload}
	portaltest.Check(t, p.As(by), paths...)
	p.Drain()
	on := calendar.DayOf(p.Clock.Now()).String()
	portaltest.Check(t, p.As(by), upload, upload+"/cancel", "/people/exits/new?person="+ann, "/people/exits/preview?person="+ann+"&on="+on+"&reason=leaving")
	for i := range paths {
		paths[i] = "/channel/" + by.Account + paths[i]
	}
	portaltest.Check(t, p.As(p.Vendor()), paths...)
}
