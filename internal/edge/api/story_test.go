package api_test

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
)

// crew is a roster good for four stars of the version of 2025.
const crew = `person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered
e1,Ada Lim,ada@north.example,H3CSE,2025-06-01,2028-05-31,2020-01-01,,true
e2,Bo Tan,bo@north.example,H3CSE,2025-06-01,2028-05-31,2020-01-01,,true
e3,Cy Ong,cy@north.example,H3CNE,2025-06-01,2028-05-31,2020-01-01,,true
e4,Dee Wong,dee@north.example,H3CNE,2025-06-01,2028-05-31,2020-01-01,,true
e4,Dee Wong,dee@north.example,PMP,2025-06-01,2028-05-31,2020-01-01,,true
`

type importState struct {
	ID, State string
	Errors    int64
	Counts    map[string]int64
	Applied   map[string]int64
}

// importRoster uploads and confirms.
func importRoster(p *client, csv string) importState {
	p.t.Helper()
	var i importState
	path := "/api/v1/partners/" + p.id + "/imports"
	p.with("Content-Type", "text/csv").call("POST", path+"?name=crew.csv", []byte(csv)).want(202).into(&i)
	p.app.Drain(p.t)
	p.call("GET", path+"/"+i.ID, nil).want(200).into(&i)
	if i.State != "preview" {
		p.t.Fatalf("import after the check: %+v, want preview", i)
	}
	p.call("POST", path+"/"+i.ID+"/confirm", nil).want(200)
	p.app.Drain(p.t)
	p.call("GET", path+"/"+i.ID, nil).want(200).into(&i)
	return i
}

type person struct {
	ID, Number, Name string
	Revision         int64
	Certificates     []struct{ Code string }
}

func people(p *client) map[string]person {
	p.t.Helper()
	var list struct{ People []person }
	p.call("GET", "/api/v1/partners/"+p.id+"/people", nil).want(200).into(&list)
	out := map[string]person{}
	for _, x := range list.People {
		out[x.Number] = x
	}
	return out
}

func scan() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))) // a Buffer takes everything
	return b.Bytes()
}

type application struct {
	ID, State string
	Edition   int64
	Places    []struct {
		Ask, Person, Code string
		File              *struct{ ID string }
	} `json:"evidence"`
	Missing []struct{ Field, Msg string }
}

// ready is a partner whose draft for four stars lacks nothing.
func ready(t *testing.T, p *client) application {
	t.Helper()
	if i := importRoster(p, crew); i.State != "done" || i.Applied["new_people"] != 4 || i.Applied["new_certificates"] != 5 {
		t.Fatalf("import: %+v, want 4 people and 5 certificates", i)
	}
	dee := people(p)["e4"].ID
	p.call("PUT", "/api/v1/partners/"+p.id+"/service-facts", map[string]any{"hotline": "7x24", "hotline_number": "+65 6000 0000",
		"service_email": "service@north.example", "service_manager": dee, "issue_tracking": "automatic", "events_attended": 3}).want(200)
	p.app.Drain(t)
	var x application
	p.call("POST", "/api/v1/partners/"+p.id+"/applications", map[string]any{"program": "h3c-star", "level": "four-star"}).want(201).into(&x)
	one := "/api/v1/applications/" + x.ID
	p.call("PUT", one+"/form", map[string]any{"edition": x.Edition, "form": map[string]any{"company": "North Light", "country": "SG",
		"address": "1 Harbour Road", "contact_name": "Lin Yu", "contact_email": "lin@north.example", "applicant_name": "Mo Chen",
		"applicant_email": "mo@north.example", "manager_name": "Dee Wong"}}).want(200)
	p.call("GET", one, nil).want(200).into(&x)
	for _, place := range x.Places {
		q := url.Values{"ask": {place.Ask}, "name": {"scan.png"}}
		if place.Person != "" {
			q.Set("person", place.Person)
			q.Set("code", place.Code)
		}
		p.with("Content-Type", "image/png").call("POST", one+"/evidence?"+q.Encode(), scan()).want(201)
	}
	p.call("GET", one, nil).want(200).into(&x)
	if len(x.Missing) > 0 {
		t.Fatalf("a complete draft misses %v", x.Missing)
	}
	return x
}

func TestTheWholeStoryWorksByTheAPIAlone(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor := company(t, a, actor.Vendor, "Vendor")
		p, r := user(t, a, company(t, a, actor.Partner, "North Light"), actor.PartnerAdmin), user(t, a, vendor, actor.Reviewer)
		x := ready(t, p)
		checkEvaluation(t, p)
		one := "/api/v1/applications/" + x.ID
		if pdf := p.call("GET", one+"/form.pdf", nil).want(200); !bytes.HasPrefix(pdf.body, []byte("%PDF")) {
			t.Errorf("form.pdf begins with %q", pdf.body[:8])
		}
		if f := p.call("GET", one+"/evidence/"+x.Places[0].File.ID, nil).want(200); !bytes.Equal(f.body, scan()) || f.header.Get("Content-Type") != "image/png" {
			t.Errorf("evidence came back as %s, %d bytes", f.header.Get("Content-Type"), len(f.body))
		}
		p.call("POST", one+"/submit", map[string]any{"edition": x.Edition, "truthful": false}).refused(422, "HANSE.INVALID")
		p.call("POST", one+"/submit", map[string]any{"edition": x.Edition, "truthful": true}).want(200).into(&x)
		decide(t, p, r, x)
	})
}

func checkEvaluation(t *testing.T, p *client) {
	t.Helper()
	var e struct {
		Program string
		Version string
		At      string
		For     string
		Best    *string `json:"best_level"`
		Levels  []struct {
			Level  string
			Met    bool
			Tracks []struct {
				Track string
				Lines []map[string]any
			}
		}
	}
	path := "/api/v1/partners/" + p.id + "/evaluations/h3c-star@2025"
	p.call("GET", path, nil).want(200).into(&e)
	if e.Best == nil || *e.Best != "four-star" || e.For != "apply" || len(e.Levels) != 3 || len(e.Levels[0].Tracks[0].Lines) == 0 {
		t.Fatalf("evaluation %+v, want four-star of three levels", e)
	}
	for _, key := range []string{"id", "need", "have", "met", "filled_by", "gap"} {
		if _, ok := e.Levels[0].Tracks[0].Lines[0][key]; !ok {
			t.Errorf("a line lacks %q: %v", key, e.Levels[0].Tracks[0].Lines[0])
		}
	}
	p.call("GET", path+"?at=2029-01-01T00:00:00Z&for=hold&detailed=true", nil).want(200).into(&e)
	if e.Best != nil || e.At != "2029-01-01T00:00:00Z" || e.For != "hold" {
		t.Errorf("evaluation of 2029: best %v at %s for %s, want none: every certificate has lapsed", e.Best, e.At, e.For)
	}
	p.call("GET", path+"?for=ever", nil).refused(422, "HANSE.INVALID")
	p.call("GET", "/api/v1/partners/"+p.id+"/overview", nil).want(200)
	p.call("GET", "/api/v1/partners/"+p.id+"/results", nil).want(200)
}

// decide is the reviewer's part, and what everybody can see of it.
func decide(t *testing.T, p, r *client, x application) {
	t.Helper()
	var queue struct{ Applications []application }
	r.call("GET", "/api/v1/reviews", nil).want(200).into(&queue)
	if len(queue.Applications) != 1 || queue.Applications[0].ID != x.ID {
		t.Fatalf("queue %+v, want the application", queue)
	}
	p.call("GET", "/api/v1/reviews", nil).refused(403, "HANSE.DENIED")
	review := "/api/v1/reviews/" + x.ID
	r.call("POST", review+"/approve", map[string]any{"edition": x.Edition + 7}).refused(409, "HANSE.CONFLICT")
	r.call("POST", review+"/start", map[string]any{"edition": x.Edition}).want(200).into(&x)
	r.call("GET", review, nil).want(200)
	inspect(t, p, r, x)
	r.call("POST", "/api/v1/applications/"+x.ID+"/comments", map[string]any{"text": "Looks right.", "internal": true}).want(204)
	var q struct{ Number, Level, State string }
	r.call("POST", review+"/approve", map[string]any{"edition": x.Edition}).want(200).into(&q)
	if q.Level != "four-star" || q.State != "valid" {
		t.Fatalf("granted %+v, want a valid four-star", q)
	}
	pdf := p.call("GET", "/api/v1/qualifications/"+q.Number+"/certificate.pdf", nil).want(200)
	if !bytes.HasPrefix(pdf.body, []byte("%PDF")) || pdf.header.Get("Content-Type") != "application/pdf" {
		t.Errorf("certificate: %s, %d bytes", pdf.header.Get("Content-Type"), len(pdf.body))
	}
	var v struct {
		Good   bool
		Holder string
		Level  string
	}
	nobody(t, p.app).call("GET", "/api/v1/verify/"+q.Number, nil).want(200).into(&v)
	if !v.Good || v.Holder != "North Light" || !strings.Contains(v.Level, "our") {
		t.Errorf("verification %+v, want a good one of North Light", v)
	}
	nobody(t, p.app).call("GET", "/api/v1/verify/NO-SUCH-1", nil).refused(404, "HANSE.NOT_FOUND")
	if s := p.call("GET", "/api/v1/applications/"+x.ID, nil).want(200); bytes.Contains(s.body, []byte("Looks right.")) {
		t.Errorf("the partner sees an internal comment: %s", s.body)
	}
}

// inspect records an inspection with a picture, which the partner can read back.
func inspect(t *testing.T, p, r *client, x application) {
	t.Helper()
	path := "/api/v1/partners/" + p.id + "/inspections"
	body := map[string]any{"program": "h3c-star", "application": x.ID, "inspected_on": "2026-03-05", "inspector": "Ines Moreau", "passed": true,
		"findings": "The hotline answered at once.", "items": []map[string]any{{"what": "hotline", "result": "ok", "note": ""}},
		"files": []map[string]any{{"name": "hotline.png", "content": scan()}}}
	p.call("POST", path, body).refused(403, "HANSE.DENIED")
	var made struct {
		ID    string
		Files []struct{ SHA256, Name string }
	}
	r.call("POST", path, body).want(201).into(&made)
	if len(made.Files) != 1 || made.Files[0].Name != "hotline.png" {
		t.Fatalf("recorded %+v, want one file", made)
	}
	if f := p.call("GET", path+"/"+made.ID+"/files/"+made.Files[0].SHA256, nil).want(200); !bytes.Equal(f.body, scan()) {
		t.Errorf("the file came back with %d bytes", len(f.body))
	}
	body["files"] = []map[string]any{{"name": "x.exe", "content": []byte("MZ this is a program")}}
	r.call("POST", path, body).refused(422, "HANSE.INVALID")
}
