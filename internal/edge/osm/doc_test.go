package osm_test

import (
	"os"
	"strings"
	"testing"

	"hanse/internal/edge/osm"
)

func TestTheGuidesNameEveryOperation(t *testing.T) {
	for _, file := range []string{"../../../docs/integrator.md", "../../../docs/zh-Hans/integrator.md"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range osm.Operations() {
			if !strings.Contains(string(b), "\n| "+o.Name+" | `"+o.Pattern()+"` |") {
				t.Errorf("%s has no row for %s `%s`", file, o.Name, o.Pattern())
			}
		}
	}
}

func TestTheListOfRulesNamesEveryOperation(t *testing.T) {
	b, err := os.ReadFile("../../../docs/coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range osm.Operations() {
		if !strings.Contains(string(b), "`"+o.Name+"`") {
			t.Errorf("docs/coverage.md doesn't say where %s is", o.Name)
		}
	}
}
