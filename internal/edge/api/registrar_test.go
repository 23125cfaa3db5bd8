package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
)

type sealed struct {
	Thing string `path:"thing" maxLength:"6"`
}

type parts struct {
	sealed
	Limit int       `query:"limit" minimum:"1" maximum:"9" default:"3"`
	Tags  []string  `query:"tags" maxItems:"2"`
	Open  bool      `query:"open"`
	Since time.Time `query:"since"`
	Note  string    `header:"X-Note" enum:"a,b"`
	Body  struct {
		Name  string `json:"name" maxLength:"5"`
		Count int64  `json:"count,omitempty" minimum:"1"`
	}
}

// bare returns an API with nothing but a document and a mux.
func bare() *API {
	return &API{doc: huma.DefaultConfig("test", "1").OpenAPI, mux: http.NewServeMux(), byPattern: map[string]Operation{}, wall: clock.New()}
}

func echo(op Operation) *API {
	a := bare()
	op.Method, op.Path, op.ID = "POST", "/things/{thing}", "echo"
	add(a, op, func(_ context.Context, _ actor.Actor, in *parts) (map[string]int, error) {
		return map[string]int{"limit": in.Limit}, nil
	})
	return a
}

func TestARequestIsDecodedWithWhatIsAbsent(t *testing.T) {
	r := httptest.NewRequest("POST", "/things/x1?tags=a,b&open=true&since=2026-01-02T03:04:05Z", strings.NewReader(`{"name":"Ada <&>"}`))
	r.Header.Set("Content-Type", "application/merge-patch+json")
	r.Header.Set("X-Note", "b")
	w := httptest.NewRecorder()
	a := bare()
	var got parts
	add(a, Operation{Method: "POST", Path: "/things/{thing}", ID: "echo"}, func(_ context.Context, _ actor.Actor, in *struct {
		parts
		Body struct {
			Name string `json:"name"`
		}
	}) (map[string]string, error) {
		got = in.parts
		return map[string]string{"name": in.Body.Name}, nil
	})
	a.mux.ServeHTTP(w, r)
	want := parts{sealed: sealed{"x1"}, Limit: 3, Tags: []string{"a", "b"}, Open: true, Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Note: "b"}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(parts{})); d != "" {
		t.Errorf("input (-want +got):\n%s", d)
	}
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"name":"Ada <&>"}` {
		t.Errorf("answer %d %s, want the name as it was sent", w.Code, w.Body)
	}
}

func TestWhatDoesNotFitIsRefusedAllAtOnce(t *testing.T) {
	for _, c := range []struct {
		name, url, media, body string
		status                 int
		fields                 []string
	}{
		{"everything wrong", "/things/longname?limit=12&tags=a,b,c&open=maybe&since=today", "application/json", `{"name":"toolong","count":0,"x":1}`, 422,
			[]string{"path.thing", "query.limit", "query.tags", "query.open", "query.since", "body.count", "body.name", "body.x"}},
		{"not a number", "/things/a?limit=many", "", `{"name":"a"}`, 422, []string{"query.limit"}},
		{"a name that isn't there", "/things/a?limt=1", "", `{"name":"a"}`, 422, []string{"query.limt"}},
		{"broken", "/things/a", "application/json; charset=utf-8", `{"name":`, 400, []string{"body"}},
		{"lacking", "/things/a", "application/json", `{}`, 422, []string{"body"}},
		{"of another kind", "/things/a", "text/plain", `{"name":"a"}`, 415, []string{"body"}},
		{"empty", "/things/a", "application/json", ``, 400, nil},
		{"too large", "/things/a", "application/json", `{"name":"` + strings.Repeat("a", 200) + `"}`, 413, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", c.url, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.media)
			w := httptest.NewRecorder()
			echo(Operation{MaxBytes: 100}).mux.ServeHTTP(w, r)
			var e Error
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != c.status {
				t.Fatalf("%s: %d %s, want %d", c.url, w.Code, w.Body, c.status)
			}
			got := map[string]bool{}
			for _, f := range e.Fields {
				got[f.Field] = true
			}
			want := map[string]bool{}
			for _, f := range c.fields {
				want[f] = true
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("refused fields (-want +got):\n%s\n%s", d, w.Body)
			}
		})
	}
}

func TestAnOperationWithoutAPartOfItsPathIsFoundAtTheStart(t *testing.T) {
	defer func() {
		if got := recover(); got != "the input of lost has no thing" {
			t.Errorf("registering: %v, want a panic that names the part", got)
		}
	}()
	add(bare(), Operation{Method: "GET", Path: "/things/{thing}", ID: "lost"},
		func(context.Context, actor.Actor, *struct{}) (none, error) { return none{}, nil })
}

func TestAKeyedOperationReadsItsOwnKey(t *testing.T) {
	a := bare()
	add(a, Operation{Method: "POST", Path: "/moves", ID: "move", Keyed: true}, func(ctx context.Context, _ actor.Actor, _ *struct{}) (map[string]string, error) {
		replayed(ctx)
		return map[string]string{"key": idempotencyKey(ctx)}, nil
	})
	r := httptest.NewRequest("POST", "/moves", nil)
	r.Header.Set("Idempotency-Key", "k1")
	r, x := a.match(r)
	w := httptest.NewRecorder()
	a.keyed(w, r, x)
	if strings.TrimSpace(w.Body.String()) != `{"key":"k1"}` || w.Header().Get("Idempotency-Replayed") != "true" {
		t.Errorf("answer %s %v, want the key and the header of a repeated answer", w.Body, w.Header())
	}
	r.Header.Set("Idempotency-Key", strings.Repeat("k", 129))
	w = httptest.NewRecorder()
	a.keyed(w, r, x)
	if w.Code != 422 {
		t.Errorf("a key of 129: %d %s, want 422", w.Code, w.Body)
	}
}

func BenchmarkDecodeAndAnswer(b *testing.B) {
	a := echo(Operation{})
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		a.mux.ServeHTTP(w, httptest.NewRequest("POST", "/things/x1?limit=5", strings.NewReader(`{"name":"Ada","count":7}`)))
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
