package e2e

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestAFormWithNothingInItSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := world(t)
	partner, vendor, nobody := w.As("service_partner_admin"), w.As("vendor_admin"), w.Nobody()
	for _, x := range []struct {
		c    *Client
		path string
	}{{nobody, "/login"}, {nobody, "/register"}, {partner, "/people/new"}, {partner, "/company/users/invite"}, {vendor, "/channel/invite"}} {
		p := x.c.Get(x.path).Want(200)
		_, form := p.Fields("main form.form")
		for name := range form {
			if typed := p.Doc.Find("main form.form [name='" + name + "']:not([type=hidden])"); typed.Length() > 0 {
				form.Set(name, "")
			}
		}
		refused := p.Send("main form.form", form)
		if refused.Status != 422 || !refused.Has(".summary[role=alert] a") || !strings.HasPrefix(refused.Text("title"), "Error") {
			t.Errorf("POST %s with nothing = %d: %.300s", x.path, refused.Status, refused.Text("main"))
		}
		refused.Doc.Find(".summary a").Each(func(_ int, s *selection) {
			if to := s.AttrOr("href", ""); !strings.HasPrefix(to, "#") || refused.Doc.Find(`[id="`+to[1:]+`"]`).Length() != 1 {
				t.Errorf("%s: the refusal leads to %s, which isn't there", x.path, to)
			}
		})
	}
}

func TestWhatIsTooLongIsRefusedAndStillThere(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	long := strings.Repeat("long ", 2000)
	p := c.Get("/people/new").Want(200)
	_, form := p.Fields("main form.form")
	for name := range form {
		form.Set(name, long)
	}
	refused := p.Send("main form.form", form).Want(422)
	if got := refused.Doc.Find("[name=name]").AttrOr("value", ""); strings.TrimSpace(got) != strings.TrimSpace(long) {
		t.Errorf("what was typed is gone: %.60q", got)
	}
	app := c.begin("three-star")
	f := c.Get(app + "/form").Want(200)
	_, form = f.Fields("main form.form")
	for name := range form {
		if strings.HasPrefix(name, "form.") {
			form.Set(name, long)
		}
	}
	f.Send("main form.form", form).Want(422)
	// More than a form may carry at all.
	if huge := c.Post(app+"/form", url.Values{"form.remarks": {strings.Repeat("x", 2<<20)}}); huge.Status != 413 && huge.Status != 422 {
		t.Errorf("two megabytes of remarks = %d", huge.Status)
	}
}

func TestScriptsAndReversedTextInNamesStayText(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	const nasty = `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	p := c.Get("/people/new").Want(200)
	done := p.Send("main form.form", url.Values{"number": {"S-900"}, "name": {nasty}, "email": {"nasty@siamlink.example"}})
	w.Drain()
	list := c.Get("/people?q=nasty").Want(200)
	if strings.Contains(list.Body+done.Body, "<script>alert") || list.Has("main img[onerror]") {
		t.Error("a name acts as markup")
	}
	done.Want(200)
	if !strings.Contains(list.Body, "&lt;script&gt;alert(1)") {
		t.Errorf("the name isn't there as it was typed: %.300s", list.Text("main table"))
	}
	// A mark that turns the writing around can't make one name look like another.
	const turned = "Mal\u202eisaerS\u202cee"
	p = c.Get("/people/new").Want(200)
	done = p.Send("main form.form", url.Values{"number": {"S-901"}, "name": {turned}, "email": {"turned@siamlink.example"}})
	w.Drain()
	done.Want(200)
	if name := c.Get("/people?q=S-901").Want(200).Text("main table"); !strings.Contains(name, "MalisaerSee") {
		t.Errorf("the turned name is %q, want it without the marks", name)
	}
}

func TestADoubleClickHasOneEffect(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	app := c.begin("three-star")
	_, form := c.complete(app).Fields("form[action$='/submit']")
	form.Set("truthful", "on")
	replies := atOnce(t, 4, func(int) (*Reply, error) {
		return c.try("POST", app+"/submit", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	})
	for _, p := range replies {
		if p.Status != 200 && p.Status != 409 {
			t.Errorf("a double submission = %d: %.300s", p.Status, p.Text("main"))
		}
	}
	w.Drain()
	page := c.Get(app).Want(200)
	reviewer := w.As("vendor_reviewer").Speak("en")
	if n := reviewer.Get("/reviews").Want(200).Doc.Find("a[href='" + review(app) + "']").Length(); n != 1 {
		t.Errorf("the queue has the application %d times: %s", n, page.Text("#timeline"))
	}
	if n := strings.Count(page.Text("#timeline"), "ubmitted"); n != 1 {
		t.Errorf("the timeline says %d times that it was submitted: %s", n, page.Text("#timeline"))
	}
	// The same draft from two tabs is one draft.
	nile := w.As("reseller")
	atOnce(t, 3, func(int) (*Reply, error) {
		return nile.try("POST", "/applications", "application/x-www-form-urlencoded", strings.NewReader("program=h3c-star&level=two-star"))
	})
	if n := nile.Get("/applications").Want(200).Doc.Find("#applications-table tbody tr").Length(); n != 1 {
		t.Errorf("%d applications, want the one draft", n)
	}
}

// atOnce does the same several times in parallel.
func atOnce(t *testing.T, n int, f func(i int) (*Reply, error)) []*Reply {
	t.Helper()
	replies, errs := make([]*Reply, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { replies[i], errs[i] = f(i) })
	}
	all.Wait()
	for _, err := range errs {
		must(t, err)
	}
	return replies
}

func TestAStalePageChangesNothing(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	app := c.begin("three-star")
	one, two := c.Get(app+"/form").Want(200), c.Get(app+"/form").Want(200)
	one.Send("main form.form", url.Values{"form.remarks": {"from the first tab"}, "then": {"stay"}}).Want(200)
	stale := two.Send("main form.form", url.Values{"form.remarks": {"from the second tab"}, "then": {"stay"}}).Want(409)
	if !strings.Contains(stale.Text("main"), say("en", "application.conflict.stale")) {
		t.Errorf("the stale page says: %s", stale.Text("main"))
	}
	if got := c.Get(app + "/form").Want(200).Text("[name='form.remarks']"); got != "from the first tab" {
		t.Errorf("the remarks are %q", got)
	}
	// Service data and users' settings have editions of their own.
	a, b := c.Get("/company/service/edit").Want(200), c.Get("/company/service/edit").Want(200)
	a.Send("main form.form", url.Values{"events_attended": {"5"}}).Want(200)
	b.Send("main form.form", url.Values{"events_attended": {"6"}}).Want(409)
}

func TestWhatWasTypedSurvivesTheEndOfASession(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	page := c.Get("/people/new").Want(200)
	l := w.logins["service_partner_admin"]
	other := w.SignIn(l.Login, l.Password)
	// Somebody ends this session from another device.
	ended := false
	other.Get("/me/sessions").Want(200).Doc.Find("form[action='/me/sessions/end']").Each(func(_ int, s *selection) {
		f := url.Values{}
		s.Find("[name]").Each(func(_ int, i *selection) { f.Set(i.AttrOr("name", ""), i.AttrOr("value", "")) })
		if !ended {
			other.Post("/me/sessions/end", f)
		}
		ended = true
	})
	if !ended {
		t.Fatal("no session can be ended")
	}
	sign := page.Send("main form.form", url.Values{"number": {"S-300"}, "name": {"Kept Typed"}, "email": {"kept@siamlink.example"}}).Want(200)
	if !strings.HasPrefix(sign.Path, "/login?kept=") {
		t.Fatalf("without a session the form leads to %s", sign.Path)
	}
	kept := sign.See(say("en", "signin.login.kept")).Send("form[action='/login']", url.Values{"name": {l.Login}, "password": {l.Password}}).Want(200)
	kept.See("Kept Typed", "kept@siamlink.example")
	kept.Send("main form.form", nil).Want(200)
	w.Drain()
	c.Get("/people?q=Kept").Want(200).See("Kept Typed")
}

func TestAFileThatIsNotWhatItSaysIsRefused(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	app := c.begin("three-star")
	const field = "evidence:application-form"
	for name, data := range map[string][]byte{
		"empty.pdf": {}, "page.pdf": []byte("<html><script>alert(1)</script></html>"), "program.pdf": append([]byte("MZ\x90\x00"), make([]byte, 500)...),
		"letter.exe": w.paper(), "large.pdf": append(w.paper(), bytes.Repeat([]byte("% filling\n"), 6<<20)...),
	} {
		p := c.Upload(app+"/evidence", url.Values{"then": {"stay"}}, File{field, name, data})
		if name == "letter.exe" && p.Status == 200 {
			continue // a document under a strange name is still a document
		}
		if p.Status != 422 && p.Status != 413 || !p.Has(".err, .failure, .summary") {
			t.Errorf("upload of %s = %d: %.300s", name, p.Status, p.Text("#evidence"))
		}
	}
	p := c.Upload("/imports", nil, File{"file", "people.xlsx", w.paper()})
	if p.Status == 200 { // found out while it's read
		w.Drain()
		p = c.Get(p.Path)
	}
	if !p.Has(".notice.bad, .err") {
		t.Errorf("a document as a roster = %d: %.300s", p.Status, p.Text("main"))
	}
}

func TestNobodyReadsWhatBelongsToAnotherCompany(t *testing.T) {
	t.Parallel()
	w := world(t)
	owner, stranger := w.As("service_partner_admin"), w.As("solution_provider")
	app := owner.submit("three-star")
	page := owner.Get(app).Want(200)
	file := page.Link(".places a[href*='/evidence/']")
	person := owner.Get("/people").Want(200).Link("main table a[href^='/people/']")
	certificate := owner.Get("/certificates").Want(200).Link("main table a[href^='/certificates/']")
	account := w.logins["service_partner_admin"].DomainID
	for _, path := range []string{app, app + "/form", app + "/evidence", app + "/check", app + "/application.pdf", file, person, person + "/edit", certificate,
		certificate + "/certificate.pdf", review(app), "/channel/" + account + "/people", "/channel/" + account, "/system/audit", "/system/jobs", "/reviews.csv"} {
		if got := stranger.Get(path); got.Status != 404 && got.Status != 403 {
			t.Errorf("a stranger's GET %s = %d", path, got.Status)
		}
		if got := w.Nobody().Get(path); !strings.HasPrefix(got.Path, "/login") {
			t.Errorf("GET %s without a session leads to %s", path, got.Path)
		}
	}
	for _, path := range []string{file, person, app, certificate} {
		if got := stranger.Get(path); got.Status != 404 {
			t.Errorf("a stranger's GET %s = %d, want 404: whether it exists isn't told", path, got.Status)
		}
	}
	for _, path := range []string{app + "/withdraw", app + "/submit", review(app) + "/start", person + "/edit"} {
		if got := stranger.Post(path, url.Values{"edition": {"1"}, "truthful": {"on"}}); got.Status != 404 && got.Status != 403 {
			t.Errorf("a stranger's POST %s = %d", path, got.Status)
		}
	}
	owner.Get(file).Want(200)
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := world(t)
	c := w.As("service_partner_admin")
	for _, head := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		p := c.Do("POST", "/applications", "application/x-www-form-urlencoded", strings.NewReader("program=h3c-star&level=three-star"), head...)
		if p.Status != 403 {
			t.Errorf("POST with %v = %d, want 403", head, p.Status)
		}
	}
	if n := c.Get("/applications").Want(200).Text("#applications-table"); strings.Contains(n, "Draft") {
		t.Errorf("another site made a draft: %s", n)
	}
}

func TestOfTwoReviewersOneDecides(t *testing.T) {
	t.Parallel()
	w := world(t)
	app := w.As("service_partner_admin").submit("three-star")
	at := review(app)
	two := []*Client{w.As("vendor_reviewer").Speak("en"), w.SignIn("ines.moreau@vendor.example", w.logins["vendor_reviewer"].Password)}
	two[0].Get(at).Want(200).Send("form[action$='/start']", nil).Want(200)
	var forms [2]url.Values
	for i, c := range two {
		page := c.Get(at + "/approve")
		if page.Status != 200 {
			page = two[0].Get(at + "/approve").Want(200)
		}
		_, forms[i] = page.Fields("main form[action$='/approve']")
	}
	replies := atOnce(t, 2, func(i int) (*Reply, error) {
		return two[i].try("POST", at+"/approve", "application/x-www-form-urlencoded", strings.NewReader(forms[i].Encode()))
	})
	states := []int{replies[0].Status, replies[1].Status}
	slices.Sort(states)
	if !slices.Equal(states, []int{200, 409}) {
		t.Fatalf("two approvals at once = %v, want one to win and one to conflict: %.400s / %.400s", states, replies[0].Text("main"), replies[1].Text("main"))
	}
	for _, p := range replies {
		if p.Status == 409 {
			p.See(say("en", "reviewpage.conflict"), say("en", "reviewpage.conflict.now"), "陈伟")
		}
	}
	w.Drain()
	n := w.As("service_partner_admin").Get("/certificates").Want(200)
	if got := strings.Count(n.Text("main table"), "Three-star"); got != 1 {
		t.Errorf("%d certificates of three stars, want one: %s", got, n.Text("main table"))
	}

}
