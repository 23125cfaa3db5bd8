package api_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/login"
	"hanse/internal/edge/api"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

func TestRequestsAreKnownBySignatureAndTokenAlone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
		other := company(t, a, actor.Partner, "South")
		var me struct {
			ID   string `json:"domain_id"`
			User string `json:"user_id"`
		}
		p.call("GET", "/api/v1/me", nil).want(200).into(&me)
		if me.ID != p.id || me.User != p.user {
			t.Errorf("me %+v, want %s %s", me, p.id, p.user)
		}
		p.with("X-Domain-Id", p.id).call("GET", "/api/v1/me", nil).want(200)
		if r := p.with("X-Domain-Id", other).call("GET", "/api/v1/me", nil); r.status != 403 {
			t.Errorf("X-Domain-Id of another account: %d %s, want 403", r.status, r.body)
		}
		wrong := *p
		wrong.sk += "x"
		wrong.call("GET", "/api/v1/me", nil).refused(401, "APIGW.0301")
		nobody(t, a).call("GET", "/api/v1/me", nil).refused(401, "HANSE.UNAUTHENTICATED")
		replayed(t, p)
		tokens(t, p)
	})
}

// replayed sends the very same signed request twice: reading is fine, changing is refused.
func replayed(t *testing.T, p *client) {
	t.Helper()
	read, change := p.request("GET", "/api/v1/me", nil), p.request("POST", "/api/v1/me/keys", map[string]string{"note": "again"})
	body := []byte(`{"note":"again"}`)
	for i := range 2 {
		if r := p.send(read.Clone(t.Context())); r.status != 200 {
			t.Errorf("reading, time %d: %d %s, want 200", i+1, r.status, r.body)
		}
	}
	echo, text := p.request("POST", "/api/v1/echo", map[string]string{"text": "你好"}), []byte(`{"text":"你好"}`)
	for i := range 2 {
		var back api.Echo
		r := echo.Clone(t.Context())
		r.Body = readCloser(text)
		p.send(r).want(200).into(&back)
		if back.Text != "你好" || back.Account != p.id || back.User != p.user || back.At.IsZero() {
			t.Errorf("echo, time %d: %+v", i+1, back)
		}
	}
	echo.Body = readCloser([]byte(`{"text":"others"}`))
	p.send(echo).refused(401, "APIGW.0301")
	p.call("POST", "/api/v1/echo", map[string]string{"text": strings.Repeat("x", 1001)}).refused(422, "HANSE.INVALID")
	nobody(t, p.app).call("POST", "/api/v1/echo", map[string]string{"text": "x"}).refused(401, "HANSE.UNAUTHENTICATED")
	for i, want := range []int{201, 401} {
		r := change.Clone(t.Context())
		r.Body = readCloser(body)
		if got := p.send(r); got.status != want {
			t.Errorf("changing, time %d: %d %s, want %d", i+1, got.status, got.body, want)
		}
	}
}

type closer struct{ *bytes.Reader }

func (closer) Close() error { return nil }

func readCloser(b []byte) closer { return closer{bytes.NewReader(b)} }

func tokenBody(name, password, domain string) map[string]any {
	u := map[string]any{"name": name, "password": password, "domain": map[string]string{"name": domain}}
	return map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": u}},
		"scope":    map[string]any{"domain": map[string]string{"name": domain}}}}
}

func tokens(t *testing.T, p *client) {
	t.Helper()
	no := nobody(t, p.app)
	bad := no.call("POST", "/v3/auth/tokens", tokenBody(p.email, "wrong", "North")).want(401)
	var e struct {
		Error struct {
			Code           int
			Message, Title string
		}
	}
	bad.into(&e)
	if e.Error.Code != 401 || e.Error.Title != "Unauthorized" || e.Error.Message != "The username or password is wrong." {
		t.Errorf("wrong password: %s, want the identity service's error", bad.body)
	}
	good := no.call("POST", "/v3/auth/tokens?nocatalog=true", tokenBody(p.email, password, "North")).want(201)
	token := good.header.Get("X-Subject-Token")
	var b struct {
		Token struct {
			ExpiresAt string `json:"expires_at"`
			Domain    struct{ ID, Name string }
			User      struct{ ID string }
		}
	}
	good.into(&b)
	if token == "" || b.Token.Domain.ID != p.id || b.Token.Domain.Name != "North" || b.Token.User.ID != p.user || b.Token.ExpiresAt == "" {
		t.Errorf("token %q with %s", token, good.body)
	}
	holder := no.with("X-Auth-Token", token)
	holder.call("GET", "/api/v1/partners/"+p.id+"/people", nil).want(200)
	var d struct{ Domains []struct{ ID, Name string } }
	holder.call("GET", "/v3/auth/domains", nil).want(200).into(&d)
	if len(d.Domains) != 1 || d.Domains[0].ID != p.id {
		t.Errorf("domains %+v, want %s alone", d, p.id)
	}
	p.call("GET", "/v3/auth/domains", nil).want(200)
	holder.with("X-Subject-Token", token).call("DELETE", "/v3/auth/tokens", nil).want(204)
	holder.call("GET", "/api/v1/me", nil).refused(401, "HANSE.UNAUTHENTICATED")
}

func TestWhatDoesNotFitIsRefusedInOneForm(t *testing.T) {
	a := apptest.New(t)
	p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	people := "/api/v1/partners/" + p.id + "/people"
	for _, c := range []struct {
		method, path string
		body         any
		status       int
		code, field  string
	}{
		{"GET", people + "?colour=red", nil, 422, "HANSE.INVALID", "query.colour"},
		{"GET", people + "?limit=0", nil, 422, "HANSE.INVALID", "query.limit"},
		{"GET", people + "?day=tomorrow", nil, 422, "HANSE.INVALID", "query.day"},
		{"GET", people + "?cursor=forged", nil, 422, "HANSE.INVALID", ""},
		{"POST", people, map[string]any{"number": "1", "name": "A", "shoe_size": 43}, 422, "HANSE.INVALID", "body.shoe_size"},
		{"POST", people, []byte(`{"number":`), 400, "HANSE.INVALID", ""},
		{"POST", people, map[string]any{"number": "1", "name": "A", "bound_on": "2026-02-30"}, 422, "HANSE.INVALID", ""},
		{"POST", people, map[string]any{"number": "1", "name": strings.Repeat("A", 1<<21)}, 413, "HANSE.TOO_LARGE", ""},
		{"GET", people + "/bnd_nobody", nil, 404, "HANSE.NOT_FOUND", ""},
		{"GET", "/api/v1/nothing", nil, 404, "HANSE.NOT_FOUND", ""},
		{"DELETE", people, nil, 405, "HANSE.METHOD", ""},
		{"GET", "/api/v1/jobs", nil, 403, "HANSE.DENIED", ""},
	} {
		e := p.call(c.method, c.path, c.body).refused(c.status, c.code)
		if c.field != "" && (len(e.Fields) == 0 || e.Fields[0].Field != c.field) {
			t.Errorf("%s %s: fields %+v, want %s", c.method, c.path, e.Fields, c.field)
		}
	}
	zh := p.with("Accept-Language", "zh-CN").call("GET", "/api/v1/nothing", nil)
	if e := zh.refused(404, "HANSE.NOT_FOUND"); e.Msg == "" {
		t.Errorf("no message: %s", zh.body)
	}
}

func TestHeadAndOptionsAreSensible(t *testing.T) {
	a := apptest.New(t)
	p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	people := "/api/v1/partners/" + p.id + "/people"
	o := p.call("OPTIONS", people, nil).want(204)
	for _, m := range []string{"GET", "POST", "HEAD", "OPTIONS"} {
		if !strings.Contains(o.header.Get("Allow"), m) {
			t.Errorf("OPTIONS allows %q, want %s among them", o.header.Get("Allow"), m)
		}
	}
	if h := p.call("HEAD", people, nil).want(200); len(h.body) > 0 || h.header.Get("Content-Type") != "application/json" {
		t.Errorf("HEAD: %s with %d bytes", h.header.Get("Content-Type"), len(h.body))
	}
	p.call("HEAD", people+"/export", nil).want(200)
}

func TestAFormFromElsewhereCannotUseTheSession(t *testing.T) {
	a := apptest.New(t)
	p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	s, err := a.Login.SignIn(t.Context(), actor.Nobody("192.0.2.1", "req_1", "en"), login.SignIn{Name: p.email, Password: password})
	must(t, err)
	no := nobody(t, a)
	withCookie := func(origin string) int {
		r := no.request("POST", "/api/v1/me/keys", map[string]string{"note": "x"})
		r.AddCookie(&http.Cookie{Name: "hanse", Value: s.Token})
		r.Header.Set("Sec-Fetch-Site", origin)
		return no.send(r).status
	}
	if got := withCookie("same-origin"); got != 201 {
		t.Errorf("own page: %d, want 201", got)
	}
	if got := withCookie("cross-site"); got != 403 {
		t.Errorf("another site: %d, want 403", got)
	}
}

func TestOneIdempotencyKeyHasOneEffect(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
		path := "/api/v1/partners/" + p.id + "/people"
		entry := map[string]any{"number": "e1", "name": "Ada Lim", "registered": true}
		keyed := p.with("Idempotency-Key", "bind-1")
		replies := make([]*reply, 20)
		requests := make([]*http.Request, 20)
		for i := range requests {
			requests[i] = keyed.request("POST", path, entry)
		}
		var wg sync.WaitGroup
		for i, r := range requests {
			wg.Go(func() { replies[i] = keyed.send(r) })
		}
		wg.Wait()
		said := ""
		for _, r := range replies {
			switch {
			case r.status == 409:
			case r.status != 201:
				t.Errorf("%d %s, want 201 or 409", r.status, r.body)
			case said == "":
				said = string(r.body)
			case said != string(r.body):
				t.Errorf("two answers: %s and %s", said, r.body)
			}
		}
		again := keyed.call("POST", path, entry).want(201)
		if string(again.body) != said || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("afterwards %s, replayed %q; want %s", again.body, again.header.Get("Idempotency-Replayed"), said)
		}
		if n := len(people(p)); n != 1 {
			t.Errorf("%d people, want 1", n)
		}
		keyed.call("POST", path, map[string]any{"number": "e2", "name": "Bo Tan"}).refused(422, "HANSE.INVALID")
		keys(t, p)
		dead(t, a, p, path)
	})
}

// keys looks at an answer with a secret: the fact is kept, the secret isn't.
func keys(t *testing.T, p *client) {
	t.Helper()
	k := p.with("Idempotency-Key", "key-1")
	k.call("POST", "/api/v1/me/keys", map[string]string{"note": "a"}).want(201)
	if r := k.call("POST", "/api/v1/me/keys", map[string]string{"note": "a"}).want(409); strings.Contains(string(r.body), "secret_key") {
		t.Errorf("a secret was kept: %s", r.body)
	}
}

// dead is a first request that never ended: the next ones wait for its lease, and one of them takes its place.
func dead(t *testing.T, a *apptest.App, p *client, path string) {
	t.Helper()
	k := p.with("Idempotency-Key", "dead-1")
	k.call("POST", path, map[string]any{"number": "e9", "name": "Cy Ong"}).want(201)
	must(t, a.DB.Update(t.Context(), func(tx *db.Tx) error {
		_, err := db.Exec(t.Context(), tx, `UPDATE idempotency SET status = 0 WHERE account_id = $1 AND key = $2`, p.id, p.user+" dead-1")
		return err
	}))
	k.call("POST", path, map[string]any{"number": "e9", "name": "Cy Ong"}).refused(409, "HANSE.CONFLICT")
	a.Clock.AdvanceWall(3 * time.Minute)
	if r := k.call("POST", path, map[string]any{"number": "e9", "name": "Cy Ong"}); r.header.Get("Idempotency-Replayed") != "" || strings.Contains(string(r.body), "still running") {
		t.Errorf("after the lease: %d %s, want it to run", r.status, r.body)
	}
	count := func() (n int) {
		n, err := db.One(t.Context(), a.DB.Read(), func(r db.Row) (n int, err error) { return n, r.Scan(&n) }, `SELECT COUNT(*) FROM idempotency`)
		must(t, err)
		return n
	}
	if count() == 0 {
		t.Error("no answers kept")
	}
	a.Clock.AdvanceWall(25 * time.Hour)
	a.Clock.Advance(25 * time.Hour)
	a.Drain(t)
	if n := count(); n != 0 {
		t.Errorf("%d answers kept after a day, want 0", n)
	}
}

func TestEachUserHasARate(t *testing.T) {
	a := apptest.New(t)
	id := company(t, a, actor.Partner, "North")
	p, q := user(t, a, id, actor.PartnerAdmin), user(t, a, id, actor.ServiceManager)
	limited := 0
	for range 130 {
		if r := p.call("GET", "/api/v1/me", nil); r.status == 429 {
			limited++
			if r.header.Get("Retry-After") == "" {
				t.Fatal("429 without Retry-After")
			}
			r.refused(429, "HANSE.TOO_MANY")
		}
	}
	if limited != 30 {
		t.Errorf("%d of 130 at once were refused, want 30: the clock stands still", limited)
	}
	q.call("GET", "/api/v1/me", nil).want(200)
	a.Clock.AdvanceWall(time.Second)
	p.call("GET", "/api/v1/me", nil).want(200)
}

// TestTheDocumentIsWhole looks at the OpenAPI document as a machine would.
func TestTheDocumentIsWhole(t *testing.T) {
	a := apptest.New(t)
	r := nobody(t, a).call("GET", "/openapi.json", nil).want(200)
	var doc struct {
		OpenAPI    string
		Info       struct{ Title, Version string }
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]any }
	}
	r.into(&doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Info.Title == "" || doc.Info.Version == "" {
		t.Errorf("openapi %q, info %+v", doc.OpenAPI, doc.Info)
	}
	ids, n := map[string]bool{}, 0
	for path, item := range doc.Paths {
		for method, op := range item {
			n++
			if ids[op.ID] {
				t.Errorf("%s %s: operation id %q is taken", method, path, op.ID)
			}
			ids[op.ID] = true
			op.check(t, method+" "+path)
		}
	}
	if n < 100 {
		t.Errorf("%d operations in the document, want at least 100", n)
	}
	var tree any
	r.into(&tree)
	refs(t, tree, doc.Components.Schemas)
	if doc.Components.Schemas["Error"] == nil {
		t.Error("no schema Error")
	}
}

type operation struct {
	ID        string `json:"operationId"`
	Summary   string
	Tags      []string
	Security  []map[string][]string
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema map[string]any }
	}
}

func (o operation) check(t *testing.T, what string) {
	t.Helper()
	if o.ID == "" || o.Summary == "" || len(o.Tags) != 1 || len(o.Security) == 0 {
		t.Errorf("%s: id %q, summary %q, tags %v, security %v: each is needed", what, o.ID, o.Summary, o.Tags, o.Security)
	}
	good, bad := false, false
	for status, r := range o.Responses {
		if r.Description == "" {
			t.Errorf("%s: response %s isn't described", what, status)
		}
		good = good || strings.HasPrefix(status, "2")
		for _, c := range r.Content {
			bad = bad || c.Schema["$ref"] == "#/components/schemas/Error"
		}
	}
	identity := strings.Contains(what, "/v3/auth/") // errors there are those of the identity service
	if !good || !bad && !identity {
		t.Errorf("%s: success documented %v, error form %v", what, good, bad)
	}
}

// refs finds references that lead nowhere.
func refs(t *testing.T, v any, schemas map[string]any) {
	t.Helper()
	switch x := v.(type) {
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok {
			if name, ok := strings.CutPrefix(ref, "#/components/schemas/"); !ok || schemas[name] == nil {
				t.Errorf("reference %s leads nowhere", ref)
			}
		}
		for _, y := range x {
			refs(t, y, schemas)
		}
	case []any:
		for _, y := range x {
			refs(t, y, schemas)
		}
	}
}

// TestEveryVerbIsWithinReach compares the operations with the permission table.
func TestEveryVerbIsWithinReach(t *testing.T) {
	// by other doors: sign-in and sign-up have pages with a captcha, the rest is the command line's
	elsewhere := map[actor.Verb]bool{actor.SignIn: true, actor.ResetPassword: true, actor.RegisterPartner: true,
		actor.AcceptInvite: true, actor.CreateAccounts: true, actor.SignUpPerson: true,
		actor.ReadInvitation: true, actor.AttestConsent: true,
		// codes are asked of people on pages alone, and so is what stands behind a partner's link
		actor.ConfirmCode: true, actor.SwitchCodes: true, actor.ReadOffer: true, actor.AnswerOffer: true, actor.TakeOffer: true, actor.ViewMyPartner: true,
		// the vendor's queues of money are lists by company here
		actor.ViewTreasury: true,
		// names under which schedules stand in the audit log
		actor.SettleBills: true, actor.EndDelegations: true, actor.EndBudgets: true, actor.ExpireHold: true,
		actor.RunPlans: true, actor.RefreshTiers: true, actor.GiveUnits: true, actor.TakeUnits: true, actor.RunTickets: true,
		// the vendor-compatible interface signs the agreement, reports abuse and sends lists of tickets
		actor.SignTicketAgreement: true, actor.ReportAbuse: true, actor.ExportTickets: true,
		// held mails are looked at by people, on pages; the last one widens what others show
		actor.ViewTicketMail: true, actor.HandleTicketMail: true, actor.ManageTicketMail: true, actor.ViewAllTickets: true}
	a := apptest.New(t)
	used := map[actor.Verb]bool{}
	for _, op := range newAPI(t, a).Operations() {
		used[op.Verb] = true
	}
	for _, p := range actor.Permissions() {
		if !used[p.Verb] && !elsewhere[p.Verb] {
			t.Errorf("no operation for %s", p.Verb)
		}
	}
}

func newAPI(t *testing.T, a *apptest.App) *api.API {
	t.Helper()
	return api.New(api.Deps{Log: a.Log, Rate: 20, DB: a.DB, Login: a.Login, Accounts: a.Account, Settings: a.Setting, Credentials: a.Credential,
		Records: a.Record, Roster: a.Roster, Address: a.Address, Qualification: a.Qualification, Notify: a.Notify, Audit: a.Audit, Jobs: a.Jobs, Files: a.Files, Press: a.Press})
}

// TestAListIsPagedToItsEnd walks by cursor.
func TestAListIsPagedToItsEnd(t *testing.T) {
	a := apptest.New(t)
	p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
	path := "/api/v1/partners/" + p.id + "/people"
	for i := range 7 {
		p.call("POST", path, map[string]any{"number": fmt.Sprint("e", i), "name": fmt.Sprint("Person ", i)}).want(201)
	}
	seen, cursor := map[string]bool{}, ""
	for pages := 0; ; pages++ {
		var list struct {
			People []person
			Next   string `json:"next_cursor"`
		}
		p.call("GET", path+"?limit=3&cursor="+cursor, nil).want(200).into(&list)
		for _, x := range list.People {
			seen[x.Number] = true
		}
		if cursor = list.Next; cursor == "" {
			if pages != 2 {
				t.Errorf("%d pages, want 3", pages+1)
			}
			break
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d people on all pages, want 7", len(seen))
	}
	csv := p.call("GET", path+"/export", nil).want(200)
	if lines := strings.Count(string(csv.body), "\n"); lines != 8 || !strings.Contains(csv.header.Get("Content-Disposition"), "roster.csv") {
		t.Errorf("export: %d lines, %s", lines, csv.header.Get("Content-Disposition"))
	}
}
