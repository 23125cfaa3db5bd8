package program_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/i18n"
	"hanse/programs"
)

// small is a version with a bit of everything, on which the cases below make
// one mistake each.
const small = `program: demo
version: "1"
effective_from: 2026-01-01
title: {en: Demo, zh-Hans: 演示}
summary: {en: A demo., zh-Hans: 演示计划。}
application: {min_remaining_months: 3, review_working_days: 3, text: {en: Apply., zh-Hans: 申请。}}
validity: {years: 1}
levels:
  - {id: low, title: {en: Low, zh-Hans: 低}}
  - {id: high, title: {en: High, zh-Hans: 高}}
ladders:
  - id: technical
    distinct_persons: true
    rungs:
      - [H3CNE]
      - [H3CSE, H3CSE-RS]
      - [H3CIE]
lines:
  - id: senior
    title: {en: Seniors, zh-Hans: 高级}
    certified: {ladder: technical, at_least: H3CSE}
    need: {high: 1}
  - id: special
    title: {en: Specials, zh-Hans: 专项}
    certificate_types: {types: [H3CS-IMC, H3CNE-X86]}
    need: {high: 2}
  - id: hotline
    title: {en: Hotline, zh-Hans: 热线}
    hotline: {}
    need: {low: 5x8, high: 7x24}
  - id: lab
    title: {en: Laboratory, zh-Hans: 实验室}
    laboratory: {}
    need:
      high: {router: 1, ap: 2}
  - id: project
    title: {en: Projects, zh-Hans: 项目}
    projects: {min_usd: 100_000, max_usd: 1_000_000, years: 3}
    need: {high: 1}
`

// catalogue is the shipped one, read once: thousands of cases need it.
var catalogue = sync.OnceValue(func() *program.Catalogue {
	cat, err := programs.Catalogue()
	if err != nil {
		panic(err)
	}
	return cat
})

func parse(text string) (*program.Parsed, program.Problems) {
	return program.Parse("demo.yaml", []byte(text), catalogue())
}

func TestTheSmallVersionHasNoProblem(t *testing.T) {
	if _, ps := parse(small); ps != nil {
		t.Fatal(ps)
	}
}

// change replaces the first occurrence and fails when there is none.
func change(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(small, old) {
		t.Fatalf("the small version has no %q", old)
	}
	return strings.Replace(small, old, new, 1)
}

// TestEveryMistakeIsSaidWithPlaceAndRemedy makes one mistake at a time. The
// wanted text is "LINE:COL: message".
func TestEveryMistakeIsSaidWithPlaceAndRemedy(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "validity:", "valdity:", "7:1: Unknown key valdity. Did you mean validity?"},
		{"unknown key in a line", "    hotline: {}", "    hotlines: {}", "29:5: Unknown key hotlines. Did you mean hotline?"},
		{"unknown key in a kind", "at_least: H3CSE", "atleast: H3CSE", "21:36: Unknown key atleast."},
		{"missing key", "validity: {years: 1}\n", "", "1:1: The key validity is missing."},
		{"missing key inside", "{id: low, title: {en: Low, zh-Hans: 低}}", "{title: {en: Low, zh-Hans: 低}}", "9:5: The key id is missing."},
		{"missing translation", "{en: Seniors, zh-Hans: 高级}", "{en: Seniors}", "20:5: The text in zh-Hans is missing."},
		{"empty translation", "{en: Seniors, zh-Hans: 高级}", `{en: Seniors, zh-Hans: " "}`, "20:26: The text in zh-Hans is missing."},
		{"third language", "{en: Seniors, zh-Hans: 高级}", "{en: Seniors, zh-Hans: 高级, fr: Chefs}", "20:"},
		{"level without requirement", "need: {low: 5x8, high: 7x24}", "need: {high: 7x24}", "9:5: Level low has no requirement."},
		{"ladder cycle", "- [H3CIE]", "- [H3CIE, H3CNE]", "17:17: Ladder cycle: on technical, H3CNE stands above itself."},
		{"ladder cycle over two ladders", "ladders:\n", "ladders:\n  - {id: back, rungs: [[H3CIE], [H3CNE]]}\n",
			"18:10: Ladder cycle: on technical, H3CIE stands above itself."},
		{"more types than there are", "need: {high: 2}", "need: {high: 3}", "26:12: This can never be met. It asks for 3 different types and lists 2."},
		{"certificates too short-lived", "min_remaining_months: 3", "min_remaining_months: 36", "This can never be met. None of its certificates"},
		{"band upside down", "max_usd: 1_000_000", "max_usd: 1000", "38:34: This can never be met. The upper bound"},
		{"unknown certificate", "at_least: H3CSE}", "at_least: H3CXE}", "21:36: The catalogue has no certificate H3CXE. Did you mean H3C"},
		{"certificate off the ladder", "at_least: H3CSE}", "at_least: PMP}", "PMP is not on the ladder technical."},
		{"unknown ladder", "ladder: technical,", "ladder: tech,", "21:17: Nothing here is called tech."},
		{"both ways to say which", "at_least: H3CSE}", "at_least: H3CSE, only: [H3CIE]}", "21:5: Which certificates count is not clear."},
		{"unknown level", "need: {high: 1}", "need: {top: 1}", "22:12: Nothing here is called top."},
		{"no level", "need: {high: 1}", "need: {}", "22:5: No level asks for this line."},
		{"zero", "need: {high: 1}", "need: {high: 0}", "22:12: The value must be at least 1."},
		{"false", "need: {high: 1}", "need: {high: false}", "A need is never false."},
		{"a number where a word is due", "low: 5x8", "low: 5", "30:12: The value has the wrong form; expected a word."},
		{"a word where a number is due", "need: {high: 1}", "need: {high: many}", "22:12: The value has the wrong form; expected a whole number."},
		{"no such grade", "low: 5x8", "low: 8x5", `30:12: "8x5" is not allowed here. Use one of: 5x8, 7x24.`},
		{"no such gear", "router: 1, ap: 2", "toaster: 1", `"toaster" is not allowed here.`},
		{"no kind", "    hotline: {}\n", "", "The line does not say what it requires."},
		{"two kinds", "    hotline: {}\n", "    hotline: {}\n    events: {}\n", "30:5: The line has two requirements, hotline and events."},
		{"twice the same line", "id: special", "id: senior", "23:5: senior is there twice."},
		{"a bad identifier", "id: special", "id: Special Line", `"Special Line" is not an identifier.`},
		{"a bad day", "2026-01-01", "2026-02-30", "3:17: The value has the wrong form; expected a day"},
		{"ends before it begins", "title:", "effective_until: 2025-01-01\ntitle:", "4:1: The version ends before it begins."},
		{"not a list", "levels:\n", "levels: 3\nlevel:\n", "8:9: The value has the wrong form; expected a list."},
		{"text where a number is due", "years: 1", "years: one", "7:19: The value has the wrong form; expected a whole number."},
		{"a fraction", "years: 1", "years: 1.5", "7:19: The value has the wrong form"},
		{"anchors", "validity: {years: 1}", "validity: &v {years: 1}", "7:11: Anchors, aliases and merge keys are not read."},
		{"a key twice", "validity:", "version: '2'\nvalidity:", "7:1: This is not valid YAML"},
		{"broken YAML", "title: {en: Demo, zh-Hans: 演示}", "title: {en: Demo, zh-Hans: 演示", "This is not valid YAML"},
		{"a tab", "lines:\n", "lines:\n\t- id: x\n", "This is not valid YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ps := parse(change(t, c.old, c.new))
			if len(ps) == 0 {
				t.Fatal("Parse found no problem")
			}
			got := fmt.Sprintf("demo.yaml:%s", c.want)
			text := program.Problems(ps).Error()
			if !strings.Contains(text, got) && (strings.Contains(c.want[:3], ":") || !strings.Contains(text, c.want)) {
				t.Errorf("Parse says\n%s\nwant %s", text, c.want)
			}
			for _, p := range ps {
				checkProblem(t, p)
			}
		})
	}
}

// checkProblem holds that a problem can be acted on in both languages.
func checkProblem(t *testing.T, p program.Problem) {
	t.Helper()
	if p.Line < 1 || p.Col < 1 || p.Remedy.IsZero() {
		t.Errorf("problem without place or remedy: %+v", p)
	}
	en, zh := p.Text(i18n.English), p.Text(i18n.Chinese)
	if strings.Contains(en, "??") || strings.Contains(zh, "??") || en == zh || strings.Contains(en+zh, "<no value>") {
		t.Errorf("problem is not said in both languages:\n%s\n%s", en, zh)
	}
}

func TestAllMistakesOfAFileAreSaidAtOnce(t *testing.T) {
	text := strings.NewReplacer("validity:", "valdity:", "{en: Seniors, zh-Hans: 高级}", "{en: Seniors}", "years: 1}", "years: x}").Replace(small)
	_, ps := parse(text)
	if len(ps) < 3 {
		t.Errorf("Parse says %d problems of at least three:\n%v", len(ps), ps)
	}
}

func TestTwoVersionsWithOneNumberAreRefused(t *testing.T) {
	cat, _ := programs.Catalogue()
	a, _ := parse(small)
	b, _ := program.Parse("other.yaml", []byte("# mine\n"+small), cat)
	lib, ps := program.NewLibrary(cat, a, b)
	if len(ps) != 1 || !strings.HasPrefix(ps.Error(), "other.yaml:3:1: The version demo@1 exists already.") {
		t.Errorf("NewLibrary says %v", ps)
	}
	if len(lib.Versions()) != 1 {
		t.Errorf("the library has %d versions, want the first one alone", len(lib.Versions()))
	}
}

func TestALibraryKeepsItsVersionsWhenAFileIsBad(t *testing.T) {
	before := shipped(t)
	a, _ := parse(small)
	after, ps := before.With(a)
	if ps != nil || len(after.Versions()) != len(before.Versions())+1 {
		t.Fatalf("With = %v, %d versions", ps, len(after.Versions()))
	}
	if _, found := before.Find("demo@1"); found {
		t.Error("With changed the library it was called on")
	}
}

func TestFilesOfAnotherKindAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "a comment": "# nothing\n", "a list": "- 1\n", "a word": "hello\n", "null": "null\n",
		"two documents": small + "---\n" + small, "zip": "PK\x03\x04\x00\x00", "binary": "\x00\x01\x02",
		"a bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "merge": "<<: {a: 1}\n",
		"huge": "# " + strings.Repeat("x", 2<<20),
	} {
		if p, ps := parse(text); p != nil || len(ps) == 0 {
			t.Errorf("%s: Parse = %v, %v", name, p, ps)
		}
	}
}

func TestCaseFilesAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		"program: demo@1\nat: 2026-01-01\ncases:\n  - {name: x, for: aply, expect: {best_level: low}}\n":                               `c.yaml:4:15: "aply" is not allowed here.`,
		"program: demo@1\nat: 2026-01-01\ncases:\n  - {name: x, expect: {best: low}}\n":                                                "c.yaml:4:24: Unknown key best.",
		"program: demo@1\nat: soon\ncases: []\n":                                                                                       "c.yaml:2:5: The value has the wrong form",
		"program: demo@1\nat: 2026-01-01\ncases:\n  - {name: x, roster: [{id: A, holds: {H3CNE: soon}}], expect: {best_level: low}}\n": "c.yaml:4:47:",
	} {
		if _, ps := program.ParseCases("c.yaml", []byte(text)); !strings.Contains(ps.Error(), want) {
			t.Errorf("ParseCases says %q, want %q", ps.Error(), want)
		}
	}
}

func TestACaseThatDoesNotHoldIsSaidWithItsPlace(t *testing.T) {
	p, _ := parse(small)
	cf, ps := program.ParseCases("c.yaml", []byte(`program: demo@1
at: 2026-01-01
cases:
  - name: A hotline makes the low level
    facts: {hotline: 5x8}
    expect:
      best_level: high
      unmet: {low: [hotline], sky: []}
      have: {low/hotline: 0, high/nothing: 1}
      filled_by: {high/main/senior: [A]}
`))
	if ps != nil {
		t.Fatal(ps)
	}
	got := cf.Run(p.Version).Error()
	for _, want := range []string{
		"c.yaml:7:7: A hotline makes the low level: best_level should be high but is low.",
		"c.yaml:8:15: A hotline makes the low level: low should be hotline but is none.", "c.yaml:8:31: Nothing here is called sky/.",
		"c.yaml:9:14: A hotline makes the low level: low/hotline should be 0 but is 1.", "c.yaml:9:30: Nothing here is called high/nothing.",
		"c.yaml:10:19: A hotline makes the low level: high/main/senior should be A but is none.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Run says\n%s\nwant %s", got, want)
		}
	}
}

func TestACatalogueIsChecked(t *testing.T) {
	b, _ := programs.Files.ReadFile(programs.CatalogueFile)
	text := strings.Replace(string(b), "code: H3CSE\n", "code: H3CNE\n", 1)
	if _, ps := program.ParseCatalogue("c.yaml", []byte(text)); len(ps) == 0 {
		t.Error("a catalogue with a code twice has no problem")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? [x]\n: y\n<<: z"))
	f.Add([]byte("lines: [{certified: {}, need: {a: {b: 1}}}]"))
	cat, err := programs.Catalogue()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, ps := program.Parse("f.yaml", b, cat)
		if (p == nil) != (len(ps) > 0) {
			t.Errorf("Parse gives version %v with problems %v", p, ps)
		}
	})
}
