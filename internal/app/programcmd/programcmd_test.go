package programcmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/programs"
)

// bench is a folder with files and an environment that catches what commands
// print.
type bench struct {
	t        *testing.T
	dir      string
	out, err bytes.Buffer
}

func newBench(t *testing.T, files map[string]string) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir()}
	for name, text := range files {
		if err := os.WriteFile(b.path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) env() *Env {
	return &Env{&b.out, &b.err, func() time.Time { return time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC) }}
}

const roster = `person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered
A,Ana,,H3CSE,2025-01-01,2028-01-01,,,
B,Ben,,H3CSE,2025-01-01,2028-01-01,,,true
C,Cai,,H3CNE,2025-01-01,,,,yes
D,Dan,,H3CSE,2025-01-01,2028-01-01,,,1
D,Dan,,PMP,2025-01-01,2028-01-01,,,1
`

const facts = `hotline: 7x24
service_email: true
service_manager: A
issue_tracking: automatic
events_attended: 3
`

func evaluate(b *bench, change func(*EvaluateCmd)) error {
	c := &EvaluateCmd{Program: "h3c-star@2025", Roster: b.path("roster.csv"), Facts: b.path("facts.yaml"),
		At: "2026-11-20T00:00:00Z", For: "apply", JSON: true, Lang: Lang{"en"}}
	change(c)
	return c.Run(b.env())
}

func keep(*EvaluateCmd) {}

func TestEvaluatePrintsTheFixedShape(t *testing.T) {
	b := newBench(t, map[string]string{"roster.csv": roster, "facts.yaml": facts})
	if err := evaluate(b, keep); err != nil {
		t.Fatal(err, b.err.String())
	}
	var got struct {
		Program, Version, At, For string
		BestLevel                 *string `json:"best_level"`
		Levels                    []struct {
			Level  string
			Met    bool
			Tracks []struct {
				Track string
				Met   bool
				Lines []map[string]any
			}
		}
	}
	d := json.NewDecoder(&b.out)
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Program != "h3c-star" || got.Version != "2025" || got.At != "2026-11-20T00:00:00Z" || got.For != "apply" ||
		got.BestLevel == nil || *got.BestLevel != "four-star" {
		t.Errorf("head = %+v, best level %v", got, got.BestLevel)
	}
	want := map[string]any{"id": "junior-engineer", "need": 2.0, "have": 2.0, "met": true,
		"filled_by": []any{"D", "C"}, "gap": ""}
	line := got.Levels[2].Tracks[0].Lines[1]
	want["filled_by"] = []any{"C", "D"}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("the junior line of four stars (-want +got):\n%s", diff)
	}
}

func TestEvaluateWithoutALevelPrintsNullAndEmptyLists(t *testing.T) {
	b := newBench(t, map[string]string{"roster.csv": "person_id,name\nA,Ana\n"})
	if err := evaluate(b, func(c *EvaluateCmd) { c.Facts, c.At = "", "" }); err != nil {
		t.Fatal(err, b.err.String())
	}
	for _, want := range []string{`"best_level": null`, `"filled_by": []`, `"at": "2026-11-20T03:00:00Z"`,
		`"gap": "2 more persons with H3CNE or higher are needed."`} {
		if !strings.Contains(b.out.String(), want) {
			t.Errorf("the output lacks %s:\n%s", want, b.out.String())
		}
	}
}

func TestEvaluateSpeaksChinese(t *testing.T) {
	b := newBench(t, map[string]string{"roster.csv": "person_id,name\nA,Ana\n"})
	if err := evaluate(b, func(c *EvaluateCmd) { c.Facts, c.Lang.Lang = "", "zh-Hans" }); err != nil {
		t.Fatal(err, b.err.String())
	}
	if want := "还需 2 名持有 H3CNE 或更高级别 证书的人员。"; !strings.Contains(b.out.String(), want) {
		t.Errorf("the output lacks %s", want)
	}
}

func TestEvaluatePrintsATableForPeople(t *testing.T) {
	b := newBench(t, map[string]string{"roster.csv": roster, "facts.yaml": facts})
	err := evaluate(b, func(c *EvaluateCmd) { c.JSON, c.Explain = false, true })
	if err != nil {
		t.Fatal(err, b.err.String())
	}
	for _, want := range []string{"H3C Star-rated Service Certification (h3c-star@2025)", "Best level: Four-star", "[x] Four-star",
		"[x] Senior engineers: 2 / 2 (A, B)", "+ C: H3CNE, 2028-01-01", "- D: H3CSE would count"} {
		if !strings.Contains(b.out.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.out.String())
		}
	}
}

func TestEvaluateReadsAProgramFile(t *testing.T) {
	text, _ := programs.Files.ReadFile("h3c-star@2022.yaml")
	b := newBench(t, map[string]string{"roster.csv": roster, "facts.yaml": facts, "mine.yaml": string(text)})
	if err := evaluate(b, func(c *EvaluateCmd) { c.Program = b.path("mine.yaml") }); err != nil {
		t.Fatal(err, b.err.String())
	}
	if !strings.Contains(b.out.String(), `"version": "2022"`) {
		t.Errorf("the version of the file was not used:\n%s", b.out.String())
	}
}

func TestEvaluateRefusesWrongInputWithItsPlace(t *testing.T) {
	good := map[string]string{"roster.csv": roster, "facts.yaml": facts}
	for _, c := range []struct {
		name   string
		files  map[string]string
		change func(*EvaluateCmd)
		stderr string
		err    string
	}{
		{"an unknown program", good, func(c *EvaluateCmd) { c.Program = "h3c-star@1999" }, "", "h3c-star@1999"},
		{"a missing roster", map[string]string{"facts.yaml": facts}, keep, "", "There is no file"},
		{"a wrong time", good, func(c *EvaluateCmd) { c.At = "yesterday" }, "", "yesterday"},
		{"an unknown fact", map[string]string{"roster.csv": roster, "facts.yaml": facts + "credit: 5\n"}, keep,
			"facts.yaml:6:1: Unknown key credit. Did you mean credits?", "problem"},
		{"an unknown grade", map[string]string{"roster.csv": roster, "facts.yaml": "hotline: 24x7\n"}, keep,
			`facts.yaml:1:1: "24x7" is not allowed here. Use one of: 5x8, 7x24, none.`, "problem"},
		{"unknown gear", map[string]string{"roster.csv": roster, "facts.yaml": "laboratory: [toaster]\n"}, keep,
			"facts.yaml:1:14:", "problem"},
		{"a wrong date", map[string]string{"roster.csv": strings.Replace(roster, "2028-01-01", "soon", 1), "facts.yaml": facts},
			keep, "roster.csv:2: expires_on:", "problem"},
	} {
		b := newBench(t, c.files)
		err := evaluate(b, c.change)
		var input *InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want one of the input with %q", c.name, err, c.err)
		}
		if !strings.Contains(b.err.String(), c.stderr) {
			t.Errorf("%s: printed %q, want %q", c.name, b.err.String(), c.stderr)
		}
		if b.out.Len() > 0 {
			t.Errorf("%s: printed a result: %s", c.name, b.out.String())
		}
	}
}

func TestEvaluateNamesCertificatesThatNobodyKnows(t *testing.T) {
	b := newBench(t, map[string]string{"facts.yaml": facts,
		"roster.csv": roster + "D,Dan,,CCIE,2025-01-01,2028-01-01,,,1\nD,Dan,,h3cs imc,2025-01-01,2028-01-01,,,1\n"})
	if err := evaluate(b, keep); err != nil {
		t.Fatal(err)
	}
	if want := "roster.csv:7: certificate: The catalogue has no certificate CCIE"; !strings.Contains(b.err.String(), want) {
		t.Errorf("printed %q, want %q", b.err.String(), want)
	}
	if strings.Contains(b.err.String(), "imc") {
		t.Errorf("an other spelling of H3CS-IMC was not understood: %s", b.err.String())
	}
}

func TestEvaluateWantsAnIssueDateOnlyWithoutAnExpiry(t *testing.T) {
	b := newBench(t, map[string]string{"facts.yaml": facts, "roster.csv": "person_id,name,certificate,expires_on\n" +
		"A,Ana,H3CNE,2028-01-01\nB,Ben,H3CNE,2028-01-01\nB,Ben,H3CNE,2025-01-01\n"})
	if err := evaluate(b, keep); err != nil || !strings.Contains(b.out.String(), `"best_level": "two-star"`) {
		t.Errorf("evaluate = %v, %s %s", err, b.err.String(), b.out.String())
	}
	b = newBench(t, map[string]string{"facts.yaml": facts, "roster.csv": "person_id,name,certificate,expires_on\nA,Ana,H3CNE,\n"})
	if err := evaluate(b, keep); err == nil || !strings.Contains(b.err.String(), "roster.csv:2: issued_on:") {
		t.Errorf("evaluate of a certificate without any date = %v, %s", err, b.err.String())
	}
}

func TestCheckSaysWhatIsWrongAndFails(t *testing.T) {
	text, _ := programs.Files.ReadFile("h3c-star@2025.yaml")
	bad := strings.Replace(string(text), "benefits:", "benefit:", 1)
	b := newBench(t, map[string]string{"good.yaml": string(text), "bad.yaml": bad, "again.yaml": string(text)})
	check := func(names ...string) error {
		c := &CheckCmd{Lang: Lang{"en"}}
		for _, n := range names {
			c.Files = append(c.Files, b.path(n))
		}
		return c.Run(b.env())
	}
	if err := check("good.yaml"); err != nil || !strings.Contains(b.out.String(), "No problem in one file.") {
		t.Errorf("check of a good file = %v, %s", err, b.out.String())
	}
	if err := check("bad.yaml"); !errors.Is(err, ErrFailed) || !strings.Contains(b.err.String(), "Did you mean benefits?") {
		t.Errorf("check of a bad file = %v, %s", err, b.err.String())
	}
	if err := check("good.yaml", "again.yaml"); !errors.Is(err, ErrFailed) ||
		!strings.Contains(b.err.String(), "again.yaml:6:1: The version h3c-star@2025 exists already.") {
		t.Errorf("check of two files with one number = %v, %s", err, b.err.String())
	}
}

func TestTestRunsShippedCasesAndThoseBesideAFile(t *testing.T) {
	b := newBench(t, nil)
	if err := (&TestCmd{Lang: Lang{"en"}}).Run(b.env()); err != nil {
		t.Fatal(err, b.err.String())
	}
	text, _ := programs.Files.ReadFile("h3c-star@2025.yaml")
	cases, _ := programs.Files.ReadFile("h3c-star@2025.test.yaml")
	wrong := strings.Replace(string(cases), "best_level: four-star", "best_level: two-star", 1)
	b = newBench(t, map[string]string{"p.yaml": string(text), "p.test.yaml": wrong})
	err := (&TestCmd{Files: []string{b.path("p.yaml")}, JSON: true, Lang: Lang{"en"}}).Run(b.env())
	if !errors.Is(err, ErrFailed) || !strings.Contains(b.out.String(), `"line": 19`) {
		t.Errorf("test of a wrong case = %v, %s", err, b.out.String())
	}
}
