package sdk

import (
	"cmp"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/impl"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
	osm "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2"
	m "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/osm/v2/model"
)

// An example is what the vendor's reference shows of one operation: its request, its answer, or both. None says that it
// shows an answer without content.
type example struct {
	Operation, Edition string
	Method, Path       string
	Body, Form         map[string]any
	Response           map[string]any
	None               bool
}

func (x example) request() bool { return x.Path != "" || x.Body != nil || x.Form != nil }

// documented is testdata/examples.json.
type documented struct {
	Examples   []example
	SeenInPart []string `json:"seen_in_part"`
	NotFound   []string `json:"not_found"`
}

func examples(t *testing.T) (d documented) {
	t.Helper()
	b, err := os.ReadFile("testdata/examples.json")
	must(t, err)
	must(t, json.Unmarshal(b, &d))
	return d
}

func TestEveryOperationHasTheVendorsExampleOrIsListedWithoutOne(t *testing.T) {
	d, seen := examples(t), map[string]int{}
	requests, responses := 0, 0
	for _, x := range d.Examples {
		seen[x.Operation]++
		if x.request() {
			requests++
		}
		if x.Response != nil {
			responses++
		}
	}
	for _, name := range slices.Concat(d.SeenInPart, d.NotFound) {
		seen[name]++
	}
	have := tableOf(t, "osm")
	for name := range have {
		if seen[name] != 1 {
			t.Errorf("%s is %d times in testdata/examples.json, want once", name, seen[name])
		}
	}
	if len(seen) != len(have) {
		t.Errorf("testdata/examples.json names %d operations, the table %d", len(seen), len(have))
	}
	t.Logf("%d operations with an example, %d requests, %d answers; %d seen in part, %d not found", len(d.Examples), requests, responses, len(d.SeenInPart), len(d.NotFound))
}

// TestTheVendorsAnswersDecodeButThoseOfTheList has the SDK read each answer of the reference.
func TestTheVendorsAnswersDecodeButThoseOfTheList(t *testing.T) {
	var answer []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer)
	}))
	defer server.Close()
	hc, err := osm.OsmClientBuilder().WithEndpoint(server.URL).WithCredential(credentials(t, login{AccessKey: "a", SecretKey: "s", ID: "d"})).SafeBuild()
	must(t, err)
	client := reflect.ValueOf(osm.NewOsmClient(hc))
	for _, x := range examples(t).Examples {
		if x.Response == nil {
			continue
		}
		answer, err = json.Marshal(x.Response)
		must(t, err)
		call := client.MethodByName(x.Operation)
		out := call.Call([]reflect.Value{reflect.New(call.Type().In(0).Elem())})
		err, _ := out[1].Interface().(error)
		if why := breaking[x.Operation]; (err != nil) != (why != "") {
			t.Errorf("the answer of %s: %v; the list says %q", x.Operation, err, why)
		}
	}
}

// An exemplar is a company's client with what the examples' ids stand for.
type exemplar struct {
	*desk
	names *strings.Replacer
	ids   map[string]string
	sent  int
}

// prepare makes what the stand-ins stand for.
func (r *exemplar) prepare(t *testing.T) {
	t.Helper()
	made := func(text string) string {
		got, err := r.create(t, text, nil)
		must(t, err)
		return value(got.IncidentId)
	}
	r.no, r.other = made("An example."), made("Another example.")
	_, err := r.c.CreateMessages(&m.CreateMessagesRequest{CaseId: r.no, Body: &m.CreateMessageV2Req{Message: &m.CreateMessageDoV2{Content: "To be taken back."}}})
	must(t, err)
	got, err := r.c.ShowCaseDetail(&m.ShowCaseDetailRequest{CaseId: r.no})
	must(t, err)
	said := got.IncidentDetailInfo.MessageList
	unbound, err := r.form(t, `{"fileName":"unbound.txt","accessoryFrom":"message","uploadType":0}`)
	must(t, err)
	picture, err := r.desk.upload(t, "dot.png", `{"fileName":"dot.png","accessoryFrom":"message","uploadType":1}`, func(f *os.File) { must(t, png.Encode(f, image.NewGray(image.Rect(0, 0, 2, 2)))) })
	must(t, err)
	r.ids = map[string]string{"{picture}": value(picture.AccessoryId), "{mail}": r.logins[replayer].Login, "{case}": r.no, "{other}": r.other, "{problem}": billing, "{message}": value(said[0].MessageId), "{said}": value(said[1].MessageId), "{unbound}": unbound}
	labels := []int32{}
	for _, place := range []string{"{label}", "{second}", "{third}", "{spare}"} {
		name := "example " + place[1:len(place)-1]
		_, err := r.c.CreateLabels(&m.CreateLabelsRequest{Body: &m.CreateLabelsReq{Name: name, Color: "#00aa00"}})
		must(t, err)
		list, err := r.c.ListLabels(&m.ListLabelsRequest{Name: &name})
		must(t, err)
		id := value((*list.LabelList)[0].LabelId)
		r.ids[place], labels = fmt.Sprint(id), append(labels, id)
	}
	_, err = r.c.CreateCaseLabels(&m.CreateCaseLabelsRequest{CaseId: r.no, LabelIds: labels[:3]})
	must(t, err)
	pairs := []string{}
	for _, name := range slices.Sorted(maps.Keys(r.ids)) {
		pairs = append(pairs, name, r.ids[name])
	}
	r.names = strings.NewReplacer(pairs...)
}

// send makes a request that the SDK signs and returns what came back.
func (r *exemplar) send(t *testing.T, role, method, path string, body any) (int, map[string]any, string) {
	t.Helper()
	u, err := url.Parse(r.names.Replace(path))
	must(t, err)
	b := request.NewHttpRequestBuilder().WithEndpoint(r.url).WithPath(u.Path).WithMethod(method).AddHeaderParam("Content-Type", "application/json").AddHeaderParam("X-Language", "en-us")
	r.sent++ // the same twice within a second would be the same signature
	b.AddHeaderParam("X-Nonce", fmt.Sprint(r.sent))
	for key, values := range u.Query() {
		b.AddQueryParam(key, reflect.ValueOf(values[0]))
	}
	if body != nil {
		b.WithBody("body", body)
	}
	req := b.Build()
	l := r.logins[role]
	headers, err := signer.Sign(req, l.AccessKey, l.SecretKey)
	must(t, err)
	for k, v := range headers {
		req.AddHeaderParam(k, v)
	}
	res, err := impl.NewDefaultHttpClient(settings()).SyncInvokeHttp(req)
	must(t, err)
	raw, err := res.GetBodyAsBytes()
	must(t, err)
	var out map[string]any
	json.Unmarshal(raw, &out) // a file isn't JSON
	return res.GetStatusCode(), out, string(raw)
}

// replayer is the customer who sends the examples: one whose partner serves it.
const replayer = "customer_resale"

// example sends one of them, with its stand-ins.
func (r *exemplar) example(t *testing.T, x example) (int, map[string]any, string) {
	t.Helper()
	stands := strings.NewReplacer(standIns[x.Operation]...)
	method, path := x.Method, stands.Replace(x.Path)
	if fix, ok := mended[x.Operation]; ok {
		method, path = fix.method, cmp.Or(fix.path, path)
	}
	if x.Form != nil {
		r.sent++
		return r.upload(t, stands, x)
	}
	if x.Body == nil {
		return r.send(t, replayer, method, path, nil)
	}
	raw, err := json.Marshal(x.Body)
	must(t, err)
	var body any
	must(t, json.Unmarshal([]byte(r.names.Replace(stands.Replace(string(raw)))), &body))
	return r.send(t, replayer, method, path, body)
}

// upload sends the one that is a form, as the SDK does.
func (r *exemplar) upload(t *testing.T, stands *strings.Replacer, x example) (int, map[string]any, string) {
	t.Helper()
	raw, err := json.Marshal(x.Form["form_data"])
	must(t, err)
	var meta string
	must(t, json.Unmarshal([]byte(stands.Replace(string(raw))), &meta))
	id, err := r.form(t, meta)
	must(t, err)
	return 200, map[string]any{"accessory_id": id}, id
}

// TestTheVendorsExamplesOfRequestsAreAnswered sends every request of the reference to the server, and holds each answer's
// fields against the reference's.
func TestTheVendorsExamplesOfRequestsAreAnswered(t *testing.T) {
	s := demo(t)
	r := &exemplar{desk: &desk{server: s, c: s.tickets(t, replayer)}}
	r.prepare(t)
	for _, x := range examples(t).Examples {
		if !x.request() {
			continue
		}
		t.Run(x.Operation, func(t *testing.T) {
			status, answer, raw := r.example(t, x)
			code, _ := answer["error_code"].(string)
			if want, ok := unmet[x.Operation]; ok {
				if status != want.status || code != want.code {
					t.Errorf("%d %s, want %d %s: %s", status, raw, want.status, want.code, want.why)
				}
			} else if status != 200 || code != "" {
				t.Errorf("%d %s, want a success", status, raw)
			}
		})
	}
	t.Logf("%d requests sent, %d of them refused as the reference says", r.sent, len(unmet))
	t.Run("fields", func(t *testing.T) { r.fields(t) })
}

// fields holds the fields of each answer of the reference against those of ours.
func (r *exemplar) fields(t *testing.T) {
	id, err := r.form(t, `{"fileName":"fields.txt","accessoryFrom":"incident","uploadType":0}`)
	must(t, err)
	r.names = strings.NewReplacer("{file}", id, "{case}", r.no, "{other}", r.other, "{problem}", billing)
	_, err = r.c.CreateRelations(&m.CreateRelationsRequest{CaseId: r.other, Body: &m.CreateRelationsReq{RelatedIdList: []string{r.no}}})
	must(t, err)
	label, err := strconv.ParseInt(r.ids["{label}"], 10, 32)
	must(t, err)
	_, err = r.c.CreateCaseLabels(&m.CreateCaseLabelsRequest{CaseId: r.other, LabelIds: []int32{int32(label)}})
	must(t, err)
	excused := map[string]bool{}
	for _, x := range examples(t).Examples {
		if x.Response == nil {
			continue
		}
		var answer map[string]any
		if call, ok := whole[x.Operation]; ok {
			method, path, _ := strings.Cut(call[0], " ")
			var body any
			if call[1] != "" {
				must(t, json.Unmarshal([]byte(r.names.Replace(call[1])), &body))
			}
			role := replayer
			if x.Operation == "ListSeverities" {
				role = "service_partner_admin" // whose plan has some
			}
			status, got, raw := r.send(t, role, method, path, body)
			if status != 200 {
				t.Errorf("%s: %d %s", x.Operation, status, raw)
				continue
			}
			answer = got
		} else if x.request() {
			_, answer, _ = r.example(t, x)
		}
		for _, field := range lacking(x.Response, answer, x.Operation) {
			if missing[field] == "" {
				field = field[:strings.LastIndex(field, ".")] + ".*"
			}
			if missing[field] == "" {
				t.Errorf("%s stands in the reference's answer and not in ours, %v", field, answer)
			}
			excused[field] = true
		}
	}
	for field := range missing {
		if !excused[field] {
			t.Errorf("%s is there after all: take it off the list", field)
		}
	}
}

// form uploads a small text.
func (r *exemplar) form(t *testing.T, meta string) (string, error) {
	t.Helper()
	got, err := r.desk.upload(t, "test.txt", meta, func(f *os.File) { f.WriteString("file") })
	if err != nil {
		return "", err
	}
	return value(got.AccessoryId), nil
}

// lacking names the fields that the first has and the second hasn't. Of lists one element speaks for all; an object counts
// as a list of itself, since the reference takes one for the other.
func lacking(want, have any, at string) (out []string) {
	if list, ok := want.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		want = list[0]
	}
	fields, ok := want.(map[string]any)
	if !ok {
		return nil
	}
	if list, ok := have.([]any); ok && len(list) > 0 {
		have = list[0]
	}
	of, _ := have.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		v, ok := of[name]
		if !ok {
			out = append(out, at+"."+name)
			continue
		}
		out = append(out, lacking(fields[name], v, at+"."+name)...)
	}
	return out
}
