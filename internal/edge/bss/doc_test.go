package bss_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"hanse/internal/edge/bss"
	"hanse/internal/kit/actor"
)

func TestTheGuidesNameEveryOperationWithItsItems(t *testing.T) {
	for _, file := range []string{"../../../docs/integrator.md", "../../../docs/zh-Hans/integrator.md"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(b), "\n")
		for _, o := range bss.Operations() {
			i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "| "+o.Name+" | `"+o.Pattern()+"` |") })
			if i < 0 {
				t.Errorf("%s has no row for %s `%s`", file, o.Name, o.Pattern())
				continue
			}
			for _, item := range o.Items {
				if !strings.Contains(lines[i], strings.TrimPrefix(item, "BPC_ITEM_")) {
					t.Errorf("%s: the row of %s lacks %s", file, o.Name, item)
				}
			}
		}
		for _, item := range bss.Items(actor.PartnerFinance) {
			if _, short, _ := strings.Cut(item, "_ITEM_"); !strings.Contains(string(b), short) {
				t.Errorf("%s doesn't say that finance holds %s", file, item)
			}
		}
	}
}
