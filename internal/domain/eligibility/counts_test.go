package eligibility

import (
	"testing"

	"hanse/internal/domain/program"
)

func TestTheCertifiedRoleAndListedProgramsCount(t *testing.T) {
	for _, x := range []struct {
		program, level string
		want           bool
	}{
		{"path-service", "selected", false}, {"path-service", "role", true}, {"path-service", "competency", true},
		{"path-software", "role", false}, {"membership-hcpn", "joined", true}, {"membership-pce", "joined", false},
	} {
		if got := counts(program.Holding{Program: x.program, Level: x.level}, split("membership-hcpn, other")); got != x.want {
			t.Errorf("counts(%s %s) = %v, want %v", x.program, x.level, got, x.want)
		}
	}
}
