package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/web"
)

// A call runs an operation on its decoded input, a pointer to the operation's input type.
type call func(ctx context.Context, by actor.Actor, in any) (any, error)

// add registers an operation. Its errors are faults of the verb. There are hundreds of operations, and each pair of
// types makes a copy of this function in the program: it stays a few lines, and everything else works by reflection.
func add[I, O any](a *API, op Operation, h func(ctx context.Context, by actor.Actor, in *I) (O, error)) {
	a.handle(op, reflect.TypeFor[I](), reflect.TypeFor[O](), func(ctx context.Context, by actor.Actor, in any) (any, error) {
		return h(ctx, by, in.(*I))
	})
}

// addFile registers an operation that answers with a file of one of op.Gives.
func addFile[I any](a *API, op Operation, h func(ctx context.Context, by actor.Actor, in *I) (document, error)) {
	op.Status = http.StatusOK
	add(a, op, h)
}

// A route is a registered operation: everything that a request needs, worked out once.
type route struct {
	op     Operation
	in     reflect.Type
	params []param
	known  map[string]bool // query parameters; any other is refused
	body   []int           // index of the field Body; nil without one
	schema *huma.Schema    // of the body
	plain  *plain          // how the body may be read at once; nil when it may not
	call   call
}

// maxBody is the limit of a body in bytes, when the operation says none.
const maxBody = 1 << 20

// handle puts an operation into the document and onto the mux.
func (a *API) handle(op Operation, in, out reflect.Type, c call) {
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	if out == reflect.TypeFor[none]() {
		op.Status = http.StatusNoContent
	}
	a.note(op)
	spec := a.spec(op)
	rt := &route{op: op, in: in, params: a.params(&spec, in), known: map[string]bool{}, call: c}
	rt.complete()
	for _, p := range rt.params {
		if p.loc == inQuery {
			rt.known[p.name] = true
		}
	}
	a.takesBody(&spec, rt)
	a.answers(&spec, op, out)
	a.fails(&spec)
	a.doc.AddOperation(&spec)
	a.takes(op)
	a.mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, rt) })
}

// complete panics, when the program starts, over an operation whose input lacks a part of its path: nobody could call it.
func (rt *route) complete() {
	for _, part := range strings.Split(rt.op.Path, "/") {
		name := strings.Trim(part, "{}")
		if name != part && !slices.ContainsFunc(rt.params, func(p param) bool { return p.loc == inPath && p.name == name }) {
			panic("the input of " + rt.op.ID + " has no " + name)
		}
	}
}

// camel makes a type's name of an operation's id: list_keys, ListKeys.
func camel(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// takesBody describes the field Body of the input.
func (a *API) takesBody(spec *huma.Operation, rt *route) {
	f, ok := rt.in.FieldByName("Body")
	if !ok {
		return
	}
	hint := camel(spec.OperationID) + "Request"
	if rt.in.Name() != "" {
		hint = rt.in.Name() + "Body"
	}
	s := huma.SchemaFromField(a.doc.Components.Schemas, f, hint)
	s.PrecomputeMessages()
	spec.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
	rt.body, rt.schema, rt.plain = f.Index, s, plainOf(a.doc.Components.Schemas, s, f.Type)
	if rt.op.MaxBytes == 0 {
		rt.op.MaxBytes = maxBody
	}
}

// answers describes the good answer.
func (a *API) answers(spec *huma.Operation, op Operation, out reflect.Type) {
	if spec.Responses == nil {
		spec.Responses = map[string]*huma.Response{}
	}
	status := strconv.Itoa(op.Status)
	if spec.Responses[status] == nil {
		spec.Responses[status] = &huma.Response{Description: http.StatusText(op.Status)}
	}
	if op.Status == http.StatusNoContent || out == reflect.TypeFor[document]() {
		return
	}
	s := huma.SchemaFromField(a.doc.Components.Schemas, reflect.StructField{Name: "Body", Type: out}, camel(spec.OperationID)+"Response")
	spec.Responses[status].Content = map[string]*huma.MediaType{"application/json": {Schema: s}}
}

// fails describes the answers of refused requests.
func (a *API) fails(spec *huma.Operation) {
	s := a.doc.Components.Schemas.Schema(reflect.TypeFor[Error](), true, "Error")
	spec.Errors = append(spec.Errors, http.StatusInternalServerError)
	for _, code := range spec.Errors {
		spec.Responses[strconv.Itoa(code)] = &huma.Response{Description: http.StatusText(code),
			Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
	}
}

// Where a parameter is sent.
const (
	inPath   = "path"
	inQuery  = "query"
	inHeader = "header"
)

// A param is a field of an input that isn't the body.
type param struct {
	index          []int
	loc, name      string
	required       bool
	absent, layout string // value when none is sent; form of an instant
	schema         *huma.Schema
}

// params finds the parameters of an input, those of embedded structs too, and puts them into the document.
func (a *API) params(spec *huma.Operation, in reflect.Type) []param {
	var all []param
	for _, f := range reflect.VisibleFields(in) {
		if f.Anonymous || !f.IsExported() || f.Name == "Body" {
			continue
		}
		p, ok := paramOf(f)
		if !ok {
			continue
		}
		p.schema = huma.SchemaFromField(a.doc.Components.Schemas, f, "")
		doc := &huma.Param{Name: p.name, In: p.loc, Required: p.required, Schema: p.schema, Description: p.schema.Description}
		if p.loc == inQuery {
			doc.Explode = new(bool) // a list is one value with commas
		}
		if !slices.ContainsFunc(spec.Parameters, func(x *huma.Param) bool { return x.Name == doc.Name && x.In == doc.In }) {
			spec.Parameters = append(spec.Parameters, doc)
		}
		all = append(all, p)
	}
	return all
}

func paramOf(f reflect.StructField) (param, bool) {
	p := param{index: f.Index, absent: f.Tag.Get("default"), required: f.Tag.Get("required") == "true", layout: time.RFC3339Nano}
	for _, loc := range []string{inPath, inQuery, inHeader} {
		if name := f.Tag.Get(loc); name != "" {
			p.loc, p.name = loc, name
			break
		}
	}
	switch p.loc {
	case "":
		return param{}, false
	case inPath:
		p.required = true
	case inHeader:
		p.layout = http.TimeFormat
	}
	return p, true
}

// serve answers one request of an operation.
func (a *API) serve(w http.ResponseWriter, r *http.Request, rt *route) {
	ctx := r.Context()
	in, refused := a.decode(w, r, rt)
	if refused != nil {
		refused.RequestID = web.Of(ctx).ID
		a.answer(w, refused)
		return
	}
	out, err := rt.call(ctx, by(ctx), in)
	if err != nil {
		a.answer(w, a.form(ctx, err))
		return
	}
	if d, ok := out.(document); ok {
		a.send(w, r, d)
		return
	}
	if rt.op.Status == http.StatusNoContent {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.say(w, r, rt.op.Status, out)
}

// maxBuffer is the largest buffer that is kept for another request.
const maxBuffer = 64 << 10

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// say writes a good answer. It's encoded before anything is sent, so that one that can't be is an error.
func (a *API) say(w http.ResponseWriter, r *http.Request, status int, v any) {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= maxBuffer {
			buffers.Put(b)
		}
	}()
	b.Reset()
	if err := encode(b, v); err != nil {
		a.refuse(w, r, err)
		return
	}
	w.Header()["Content-Type"] = asJSON
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// Values of headers that are the same for many answers. They have no spare room: whoever adds one gets a slice of its own.
var (
	asJSON  = []string{"application/json"}
	noStore = []string{"no-store"}
)

func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// isJSON tells whether a media type is JSON: application/json, also with a charset, any +json, and none at all.
func isJSON(media string) bool {
	media = media[strings.IndexByte(media, '+')+1:]
	media, _, _ = strings.Cut(media, ";")
	return media == "" || media == "json" || media == "application/json"
}
