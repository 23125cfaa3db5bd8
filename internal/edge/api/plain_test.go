package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hanse/internal/kit/actor"
)

type mixed struct {
	Name  string   `json:"name" minLength:"2" maxLength:"4"`
	Note  string   `json:"note,omitempty"`
	Open  bool     `json:"open,omitempty"`
	Kind  string   `json:"kind,omitempty" enum:"a,b"`
	Code  string   `json:"code,omitempty" pattern:"^[a-z]+$"`
	Count int64    `json:"count,omitempty" minimum:"1"`
	Tags  []string `json:"tags,omitempty"`
}

// mixedRoute is a route whose body is mixed.
func mixedRoute() (*API, *route) {
	a := bare()
	type in struct{ Body mixed }
	rt := &route{op: Operation{ID: "mixed", Method: "POST", Path: "/mixed"}, in: reflect.TypeFor[in]()}
	a.takesBody(&huma.Operation{OperationID: "mixed"}, rt)
	return a, rt
}

// decoded is what a route makes of a body.
func decoded(a *API, rt *route, body string) (any, *Error) {
	r := httptest.NewRequest("POST", "/mixed", strings.NewReader(body))
	in, refused := a.decode(httptest.NewRecorder(), r, rt)
	if refused != nil {
		return nil, refused
	}
	return in, nil
}

// bodies are objects of every kind, and what looks like one.
func bodies() *rapid.Generator[string] {
	often := func(s string, rest ...string) *rapid.Generator[string] { // so that whole bodies come out right, too
		return rapid.SampledFrom(append(slices.Repeat([]string{s}, 30*len(rest)), rest...))
	}
	space := rapid.OneOf(often("", " ", "\n\t\r"), often("", "\v", "\u00a0"))
	quoted := rapid.SampledFrom([]string{`"ab"`, `"abcd"`, `"abcde"`, `"a"`, `""`, `"四月"`, `"四月四月四"`, `"a\n"`, `"\u0061b"`, "\"a\tb\"", "\"a\xffb\"",
		"\"\xed\xa0\x80\"", "\"\x7f\u2028\"", `"open`, `"a"b"`, `"\"`})
	value := rapid.OneOf(quoted, quoted, rapid.SampledFrom([]string{"true", "false", "truex", "True", "null", "0", "7", "1.5", "1e3", "{}", `{"a":1}`,
		"[]", `["a"]`, "", "nan"}))
	name := rapid.OneOf(rapid.SampledFrom([]string{`"name"`, `"name"`, `"note"`, `"open"`, `"kind"`, `"code"`, `"count"`, `"tags"`, `"Name"`, `"NOTE"`, `"x"`,
		`"\u006eame"`, "name", `"$schema"`}), quoted)
	mark := func(s string) *rapid.Generator[string] { return often(s, "", ",", ":", "}") }
	fits := rapid.SampledFrom([]string{`"name":"abcd"`, `"name":"四月"`, `"note":""`, "\"note\":\"\x7f\u2028\"", `"note" : "x"`, `"open":true`, `"open":false`})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		put := func(g *rapid.Generator[string]) { b.WriteString(space.Draw(t, "space") + g.Draw(t, "part")) }
		put(mark("{"))
		put(rapid.OneOf(fits, rapid.Just(`"name":"ab"`)))
		for range rapid.IntRange(0, 4).Draw(t, "fields") {
			put(mark(","))
			if rapid.IntRange(0, 3).Draw(t, "odd") > 0 {
				put(fits)
				continue
			}
			put(name)
			put(mark(":"))
			put(value)
		}
		put(mark("}"))
		return b.String() + space.Draw(t, "space")
	})
}

func TestAPlainBodyIsReadAsTheGeneralWayReadsIt(t *testing.T) {
	a, quick := mixedRoute()
	slow := *quick
	slow.plain = nil
	taken := 0
	all := bodies()
	rapid.Check(t, func(t *rapid.T) {
		body := all.Draw(t, "body")
		got, refused := decoded(a, quick, body)
		want, why := decoded(a, &slow, body)
		if d := cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })); d != "" {
			t.Fatalf("%q (-general +plain):\n%s", body, d)
		}
		if (refused == nil) != (why == nil) || refused != nil && (refused.status != why.status || refused.Msg != why.Msg || len(refused.Fields) != len(why.Fields)) {
			t.Fatalf("%q: refused with %+v, the general way with %+v", body, refused, why)
		}
		var to mixed
		if quick.plain.take(body, reflect.ValueOf(&to).Elem()) {
			taken++
		}
	})
	if taken == 0 {
		t.Error("no body was plain: nothing was compared")
	}
}

func TestWhatIsPlain(t *testing.T) {
	_, rt := mixedRoute()
	for _, c := range []struct {
		body  string
		plain bool
	}{
		{` { "name" : "abc" , "open" : true } `, true},
		{`{"name":"四月","note":"` + strings.Repeat("x", 300) + `"}`, true},
		{`{"name":"ab","name":"abc"}`, true},
		{`{"note":"x"}`, false},             // the name is missing
		{`{"name":"abcde"}`, false},         // too long
		{`{"name":"ab","kind":"a"}`, false}, // the general way knows the choices
		{`{"name":"ab","code":"a"}`, false},
		{`{"name":"ab","count":7}`, false},
		{`{"name":"ab","note":null}`, false},
		{`{"Name":"ab"}`, false},
		{`{"name":"ab",}`, false},
		{`{"name":"ab"}x`, false},
		{`{"name":"ab"`, false},
		{`{}`, false},
	} {
		var to mixed
		if got := rt.plain.take(c.body, reflect.ValueOf(&to).Elem()); got != c.plain {
			t.Errorf("%s: plain %v, want %v", c.body, got, c.plain)
		} else if !got && !cmp.Equal(to, mixed{}) {
			t.Errorf("%s: left %+v behind, want nothing", c.body, to)
		}
	}
}

// raw decodes itself.
type raw struct {
	Name string `json:"name"`
}

// UnmarshalJSON takes everything for a name.
func (r *raw) UnmarshalJSON(b []byte) error {
	r.Name = string(b)
	return nil
}

func TestABodyOfAnotherKindIsNotPlain(t *testing.T) {
	for _, in := range []reflect.Type{
		reflect.TypeFor[struct{ Body []string }](), reflect.TypeFor[struct{ Body map[string]string }](), reflect.TypeFor[struct{ Body struct{ mixed } }](),
		reflect.TypeFor[struct{ Body raw }](), reflect.TypeFor[struct {
			Body struct {
				Tags []string `json:"tags"`
			}
		}](),
	} {
		rt := &route{in: in}
		bare().takesBody(&huma.Operation{OperationID: "x"}, rt)
		if rt.plain != nil {
			t.Errorf("%s is plain, want the general way", in)
		}
	}
}

func TestARequestIsMatchedOnceForAllWhoAsk(t *testing.T) {
	a := bare()
	add(a, Operation{Method: "POST", Path: "/moves", ID: "move", Keyed: true}, func(context.Context, actor.Actor, *struct{}) (none, error) { return none{}, nil })
	add(a, Operation{Method: "GET", Path: "/moves/{move}", ID: "read"}, func(_ context.Context, _ actor.Actor, in *struct {
		Move string `path:"move"`
	}) (map[string]string, error) {
		return map[string]string{"move": in.Move}, nil
	})
	if plain := httptest.NewRequest("POST", "/moves", nil); a.isKeyed(plain) {
		t.Error("a request of another edge is keyed")
	}
	for _, c := range []struct {
		method, path string
		keyed        bool
		status       int
		body         string
	}{
		{"POST", "/moves", true, http.StatusNoContent, ""},
		{"GET", "/moves/m%2F1", false, http.StatusOK, `{"move":"m/1"}`},
		{"POST", "/x/../moves", true, http.StatusTemporaryRedirect, ""},
	} {
		r, x := a.match(httptest.NewRequest(c.method, c.path, nil))
		w := httptest.NewRecorder()
		a.run(w, r, x)
		if a.isKeyed(r) != c.keyed || w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.body {
			t.Errorf("%s %s: keyed %v, %d %s; want %+v", c.method, c.path, a.isKeyed(r), w.Code, w.Body, c)
		}
	}
}
