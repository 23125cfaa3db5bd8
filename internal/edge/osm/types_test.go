package osm_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// types are what the vendor's SDK decodes: by struct, its fields with their types.
var types = sync.OnceValue(func() map[string]map[string]string {
	b, err := os.ReadFile("testdata/types.txt")
	if err != nil {
		panic(err)
	}
	out := map[string]map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, fields, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		out[name] = map[string]string{}
		for f := range strings.SplitSeq(fields, ";") {
			if field, kind, ok := strings.Cut(strings.TrimSpace(f), " "); ok {
				out[name][field] = kind
			}
		}
	}
	return out
})

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`)

// strictly checks an answer as the SDK decodes it: each field it knows has exactly its type, and what must be there is.
func strictly(t *testing.T, operation, raw string) {
	t.Helper()
	name := operation + "Response"
	if types()[name] == nil {
		t.Fatalf("testdata/types.txt has no %s", name)
	}
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Errorf("%s: %v in %s", operation, err, raw)
		return
	}
	for _, wrong := range fits(v, name, operation) {
		t.Errorf("%s\nin %s", wrong, raw)
	}
}

func fits(v any, kind, at string) (wrong []string) {
	if v == nil {
		return nil
	}
	say := func() []string { return []string{fmt.Sprintf("%s is %T %v, want %s", at, v, v, kind)} }
	if item, ok := strings.CutPrefix(kind, "[]"); ok {
		list, ok := v.([]any)
		if !ok {
			return say()
		}
		for i, x := range list {
			wrong = append(wrong, fits(x, item, fmt.Sprintf("%s[%d]", at, i))...)
		}
		return wrong
	}
	if fields := types()[kind]; fields != nil {
		m, ok := v.(map[string]any)
		if !ok {
			return say()
		}
		for name, of := range fields {
			name, must := strings.CutSuffix(name, "!")
			x, there := m[name]
			if must && (!there || x == nil) {
				wrong = append(wrong, at+"."+name+" is missing")
			}
			wrong = append(wrong, fits(x, of, at+"."+name)...)
		}
		return wrong
	}
	if !fit(v, kind) {
		return say()
	}
	return nil
}

func fit(v any, kind string) bool {
	switch kind {
	case "string":
		_, ok := v.(string)
		return ok
	case "bool":
		_, ok := v.(bool)
		return ok
	case "time":
		s, ok := v.(string)
		return ok && instant.MatchString(s)
	case "object":
		_, ok := v.(map[string]any)
		return ok
	case "int32", "int64":
		n, ok := v.(json.Number)
		if !ok {
			return false
		}
		i, err := n.Int64()
		return err == nil && (kind == "int64" || i == int64(int32(i)))
	}
	return kind == "any"
}

func TestTheExamplesThatBreakTheSDKAreFound(t *testing.T) {
	for operation, raw := range map[string]string{
		"ShowAccessoryLimits": `{"accessory_limit":{"limit_count":5}}`, "ListSeverities": `{"show":1}`, "ListPrivileges": `{"has_privilege":true}`,
		"ShowPartnersServiceInfo": `{"partners_service_info":[{}]}`, "ListLabels": `{"label_list":[{"label_id":"1"}]}`, "CheckNeedVerify": `{"expire_time":1700000000}`,
		"ListCaseOperateLogs": `{"incident_operate_log_list":[{"timestamp_operate_time":"2026-11-23T12:00:00+08:00"}]}`, "ListProblemTypes": `{"incident_business_type_list":[{"case_type":0}]}`,
		"ShowCaseDetail": `{"incident_detail_info":{"status":0}}`, "ListOrderIncident": `{"incidentInfoList":[{"labelList":[{"labelId":1}]}]}`,
	} {
		var v any
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if fits(v, operation+"Response", operation) == nil {
			t.Errorf("%s: %s passes", operation, raw)
		}
	}
}
