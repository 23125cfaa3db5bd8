package qualify

import (
	"testing"

	"hanse/programs"
)

func TestARenewalSaysWhatTheLatestVersionChanges(t *testing.T) {
	lib, err := programs.Library()
	if err != nil {
		t.Fatal(err)
	}
	old, _ := lib.Find("h3c-star@2022")
	latest, _ := lib.Find("h3c-star@2025")
	changed := map[string]bool{}
	for _, c := range changesOf(old, latest, "four-star") {
		if c.Level != "four-star" {
			t.Errorf("a change of %s is shown for four-star", c.Level)
		}
		changed[c.Line] = true
	}
	if len(changed) == 0 {
		t.Error("nothing changes from 2022 to 2025 for four stars, want the named engineers at least")
	}
	if same := changesOf(latest, latest, "four-star"); len(same) > 0 {
		t.Errorf("a version differs from itself: %v", same)
	}
}
