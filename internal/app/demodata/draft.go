package demodata

import (
	"strings"

	"hanse/internal/domain/simulation"
)

// stricterCases are the test cases of the demonstration's draft.
const stricterCases = `# Cases of the draft.
program: h3c-star@2026
at: 2027-03-01
facts:
  hotline: 7x24
  service_email: true
  service_manager: A
  issue_tracking: automatic
  events_attended: 3

cases:
  - name: Three senior engineers and two junior ones reach four stars
    roster:
      - {id: A, holds: {H3CSE: 2028-01-01}}
      - {id: B, holds: {H3CSE: 2028-01-01}}
      - {id: C, holds: {H3CSE: 2028-01-01, PMP: 2028-01-01}}
      - {id: D, holds: {H3CNE: 2028-01-01}}
      - {id: E, holds: {H3CNE: 2028-01-01}}
    expect:
      best_level: four-star
  - name: Two senior engineers are no longer enough for four stars
    roster:
      - {id: A, holds: {H3CSE: 2028-01-01}}
      - {id: B, holds: {H3CSE: 2028-01-01, PMP: 2028-01-01}}
      - {id: C, holds: {H3CNE: 2028-01-01}}
      - {id: D, holds: {H3CNE: 2028-01-01}}
    expect:
      best_level: three-star
      unmet: {four-star: [senior-engineer]}
`

// draftIsSimulated leaves a draft of stricter rules with a fresh simulation: ready to be looked at and published.
func (s *story) draftIsSimulated() {
	s.travel(0)
	manager := s.admins["program_manager"]
	s.do("simulate a draft", func() error {
		d, err := s.Simulation.StartDraft(s.ctx, manager, simulation.NewDraft{Name: "Stricter 2026", From: "h3c-star@2025", Number: "2026"})
		if err != nil {
			return err
		}
		text := strings.NewReplacer("need: {three-star: 1, four-star: 2}", "need: {three-star: 1, four-star: 3}",
			"need: {two-star: 2, three-star: 2, four-star: 2}", "need: {two-star: 3, three-star: 3, four-star: 3}",
			"need: {two-star: 200, three-star: 450, four-star: 600}", "need: {two-star: 200, three-star: 250, four-star: 600}").Replace(d.Source)
		if d, err = s.Simulation.SaveDraft(s.ctx, manager, d.ID, d.Edition, text, stricterCases); err != nil {
			return err
		}
		if _, err = s.Simulation.Simulate(s.ctx, manager, simulation.Ask{Draft: d.ID}); err != nil {
			return err
		}
		return s.Runner.Drain(s.ctx)
	})
}
