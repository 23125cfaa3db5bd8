package program_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"hanse/internal/domain/program"
	"hanse/programs"
)

var update = flag.Bool("update", false, "write generated files anew")

func TestTheSchemaFileIsFresh(t *testing.T) {
	want, err := program.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("../../../programs/schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, _ := programs.Files.ReadFile("schema.json")
	if !bytes.Equal(got, want) {
		t.Error("programs/schema.json is stale; run go test ./internal/domain/program -run Schema -update")
	}
}

func TestTheSchemaNamesEveryKindAndRefusesOtherKeys(t *testing.T) {
	b, _ := program.Schema()
	var s struct {
		Defs map[string]struct {
			Properties           map[string]any
			AdditionalProperties *bool
			OneOf                []struct{ Required []string }
		} `json:"$defs"`
		Required []string
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	line := s.Defs["Line"]
	if line.AdditionalProperties == nil || *line.AdditionalProperties {
		t.Error("the schema lets a line have unknown keys")
	}
	if len(line.OneOf) != 22 {
		t.Errorf("the schema names %d kinds, want 22", len(line.OneOf))
	}
	for _, k := range line.OneOf {
		if line.Properties[k.Required[0]] == nil {
			t.Errorf("the kind %s has no description", k.Required[0])
		}
	}
	if len(s.Required) == 0 {
		t.Error("the schema asks for nothing")
	}
}
