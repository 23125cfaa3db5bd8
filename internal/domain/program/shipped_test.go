package program_test

import (
	"io/fs"
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/i18n"
	"hanse/programs"
)

// shipped loads the library that ships, and fails the test when it cannot.
func shipped(t testing.TB) *program.Library {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatalf("programs.Library() = %v", err)
	}
	return lib
}

// library parses the shipped files once for all tests: nobody changes it.
var library = sync.OnceValues(programs.Library)

// find finds a shipped version.
func find(t testing.TB, ref string) *program.Version {
	t.Helper()
	v, ok := shipped(t).Find(ref)
	if !ok {
		t.Fatalf("no shipped version %s", ref)
	}
	return v
}

// stars are the three versions of the star standard, oldest first.
func stars(t testing.TB) []*program.Version {
	t.Helper()
	var out []*program.Version
	for _, v := range shipped(t).Versions() {
		if v.Program == "h3c-star" {
			out = append(out, v)
		}
	}
	return out
}

func TestShippedCasesHold(t *testing.T) {
	lib := shipped(t)
	names, _ := fs.Glob(programs.Files, "*.test.yaml")
	tested := map[string]bool{}
	for _, name := range names {
		b, _ := programs.Files.ReadFile(name)
		cf, problems := program.ParseCases(name, b)
		if problems != nil {
			t.Fatal(problems)
		}
		v, ok := lib.Find(cf.Of)
		if !ok {
			t.Fatalf("%s tests %s, which is not shipped", name, cf.Of)
		}
		tested[cf.Of] = true
		if err := cf.Run(v).Err(); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
		t.Logf("%s: %d cases", name, len(cf.Cases))
	}
	for _, v := range lib.Versions() {
		if !tested[v.Ref()] {
			t.Errorf("%s ships without test cases", v.Ref())
		}
	}
}

func TestShippedTextsAreInBothLanguages(t *testing.T) {
	for _, v := range shipped(t).Versions() {
		for _, l := range v.Lines {
			if l.Title.En == l.Title.Zh {
				t.Errorf("%s %s: both titles are %q", v.Ref(), l.ID, l.Title.En)
			}
			if s := i18n.Text(i18n.Chinese, l.Title.Msg()); s != l.Title.Zh || strings.Contains(s, "?") {
				t.Errorf("%s %s: Chinese title = %q, want %q", v.Ref(), l.ID, s, l.Title.Zh)
			}
		}
	}
}

// TestShippedNumbersAreThoseOfTheStandard holds the printed table against the
// files (business rules 2.2).
func TestShippedNumbersAreThoseOfTheStandard(t *testing.T) {
	want := map[string]map[string][3]int{ // two, three, four stars; 0: not asked
		"h3c-star@old": {
			"senior-engineer": {0, 1, 1}, "junior-engineer": {1, 1, 1}, "project-manager": {0, 0, 1},
			"special-certificates": {0, 1, 2}, "minimum-persons": {2, 3, 4}, "hotline": {1, 1, 1},
			"service-manager": {1, 1, 1}, "issue-tracking": {1, 1, 1}, "basic-project": {0, 1, 1},
			"major-project": {0, 0, 1}, "laboratory": {0, 5, 6},
		},
		"h3c-star@2022": {
			"senior-engineer": {0, 1, 2}, "junior-engineer": {2, 2, 2}, "project-manager": {0, 0, 1},
			"named-engineers": {0, 1, 2}, "minimum-persons": {2, 3, 4}, "credits": {200, 450, 600},
			"hotline": {1, 1, 1}, "service-email": {1, 0, 0}, "service-manager": {1, 1, 1},
			"issue-tracking": {1, 1, 1}, "events": {1, 2, 3},
		},
		"h3c-star@2025": {
			"senior-engineer": {0, 1, 2}, "junior-engineer": {2, 2, 2}, "project-manager": {0, 1, 1},
			"minimum-persons": {2, 3, 4}, "credits": {200, 450, 600},
			"hotline": {1, 1, 1}, "service-email": {1, 0, 0}, "service-manager": {1, 1, 1},
			"issue-tracking": {1, 1, 1}, "events": {1, 2, 3},
		},
	}
	for ref, lines := range want {
		v := find(t, ref)
		if len(v.Lines) != len(lines) {
			t.Errorf("%s has %d lines, want %d", ref, len(v.Lines), len(lines))
		}
		for id, counts := range lines {
			l, ok := v.Line(id)
			if !ok {
				t.Errorf("%s lacks the line %s", ref, id)
				continue
			}
			for i, level := range []string{"two-star", "three-star", "four-star"} {
				if got := l.Need[level].Number(); got != counts[i] {
					t.Errorf("%s %s %s needs %d, want %d", ref, id, level, got, counts[i])
				}
			}
		}
	}
}
