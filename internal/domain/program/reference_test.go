package program_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"hanse/internal/domain/program"
)

const referenceFile = "../../../docs/programs.md"

func TestTheReferenceIsFresh(t *testing.T) {
	want := program.Reference(shipped(t))
	if *update {
		if err := os.WriteFile(referenceFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil || !bytes.Equal(got, want) {
		t.Error("docs/programs.md is stale; run go test ./internal/domain/program -run Reference -update")
	}
}

func TestTheReferenceNamesEveryLineAndCertificate(t *testing.T) {
	lib := shipped(t)
	text := string(program.Reference(lib))
	for _, v := range lib.Versions() {
		for _, l := range v.Lines {
			if !strings.Contains(text, "| `"+l.ID+"` | `"+l.Kind+"` |") {
				t.Errorf("%s %s is missing", v.Ref(), l.ID)
			}
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "| `") && strings.HasSuffix(line, "|  |") && strings.Count(line, "|") == 4 && !strings.Contains(line, "` | `") {
			t.Errorf("a key without meaning: %s", line)
		}
	}
	for _, c := range lib.Catalogue.Certificates {
		if !strings.Contains(text, "| `"+c.Code+"` |") {
			t.Errorf("%s is missing", c.Code)
		}
	}
	for _, key := range []string{"holdings[].program", "materials[].huawei_cloud", "sites[].seats", "project_managers", "attestations[].on",
		"restricted", "counts_until", "hotline"} {
		if !strings.Contains(text, "| `"+key+"` |") {
			t.Errorf("the key %s is missing", key)
		}
	}
}
