package structure_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	block  = regexp.MustCompile("(?s)```.*?```")
	remark = regexp.MustCompile(`(?m)\s+# .*$`)
)

// TestTheOperatorsGuideSaysTheSameInBothLanguages compares what isn't words: commands, flags, settings, addresses, figures.
func TestTheOperatorsGuideSaysTheSameInBothLanguages(t *testing.T) {
	var names, examples [2][]string
	for n, file := range []string{"operator.md", "zh-Hans/operator.md"} {
		b, err := os.ReadFile(filepath.Join(root, "docs", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range block.FindAllString(string(b), -1) {
			examples[n] = append(examples[n], remark.ReplaceAllString(x, ""))
		}
		for _, m := range quoted.FindAllStringSubmatch(block.ReplaceAllString(string(b), ""), -1) {
			names[n] = append(names[n], m[1])
		}
		slices.Sort(names[n])
		names[n] = slices.Compact(names[n])
	}
	for n, other := range []string{"Chinese", "English"} {
		for _, x := range names[n] {
			if _, there := slices.BinarySearch(names[1-n], x); !there {
				t.Errorf("`%s` isn't in the %s guide", x, other)
			}
		}
	}
	if !slices.Equal(examples[0], examples[1]) {
		t.Errorf("the examples differ:\n%s\nand in Chinese\n%s", strings.Join(examples[0], "\n"), strings.Join(examples[1], "\n"))
	}
}
