package qualification

import (
	"testing"

	"hanse/internal/domain/program"
	"hanse/programs"
)

func mustVersion(t testing.TB, ref string) *program.Version {
	t.Helper()
	lib, err := programs.Library()
	if err != nil {
		t.Fatal(err)
	}
	v, ok := lib.Find(ref)
	if !ok {
		t.Fatalf("no version %s", ref)
	}
	return v
}
