package program

import (
	"strings"

	"hanse/internal/kit/i18n"
)

// HotlineHours asks for an after-sales hotline; 7x24 satisfies 5x8.
type HotlineHours struct{ impersonal }

var hotlineGrades = map[string]int{"": 0, string(HotlineNone): 0, string(Hotline5x8): 1, string(Hotline7x24): 2}

// evaluate compares grades.
func (k *HotlineHours) evaluate(s *scene, l *Line, n Need) LineResult {
	r := yesResult(hotlineGrades[string(s.f.Hotline)] >= hotlineGrades[n.Word])
	r.Needs, r.Has = hotlineText(n.Word), hotlineText(string(s.f.Hotline))
	return r
}

// hotlineText is the hours as people write them.
func hotlineText(word string) i18n.Msg {
	if hotlineGrades[word] == 0 {
		return i18n.M("program.has.none")
	}
	return i18n.Raw(strings.Replace(word, "x", "×", 1))
}

// gap says what is asked and what there is.
func (k *HotlineHours) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.hotline", i18n.A{"need": r.Needs, "have": r.Has})
}

// ServiceEmail asks for a service mail address.
type ServiceEmail struct{ impersonal }

// evaluate asks only whether there is one; that it works is for a reviewer.
func (k *ServiceEmail) evaluate(s *scene, l *Line, n Need) LineResult {
	return yesResult(s.f.ServiceEmail)
}

func (k *ServiceEmail) gap(*scene, *Line, Need, *LineResult) i18n.Msg {
	return i18n.M("program.gap.email")
}

// IssueTracking asks for a tracking system and process for customers' issues;
// automatic satisfies manual.
type IssueTracking struct{ impersonal }

var trackingGrades = map[string]int{"": 0, string(TrackingNone): 0, string(TrackingManual): 1,
	string(TrackingAutomatic): 2}

// evaluate compares grades.
func (k *IssueTracking) evaluate(s *scene, l *Line, n Need) LineResult {
	r := yesResult(trackingGrades[string(s.f.IssueTracking)] >= trackingGrades[n.Word])
	r.Needs, r.Has = trackingText(n.Word), trackingText(string(s.f.IssueTracking))
	return r
}

// trackingText is the grade in words.
func trackingText(word string) i18n.Msg {
	switch trackingGrades[word] {
	case 1:
		return i18n.M("program.tracking.manual")
	case 2:
		return i18n.M("program.tracking.automatic")
	}
	return i18n.M("program.has.none")
}

// gap says what is asked and what there is.
func (k *IssueTracking) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.tracking", i18n.A{"need": r.Needs, "have": r.Has})
}

// Credits asks for training credits, whose sum the facts bring.
type Credits struct{ impersonal }

// evaluate trusts the sum of the facts.
func (k *Credits) evaluate(s *scene, l *Line, n Need) LineResult {
	return countResult(s.f.Credits, n.Count)
}

// gap is the missing sum.
func (k *Credits) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.credits", i18n.A{"n": n.Count - r.Have})
}

// Events asks for vendor trainings, meetings and forums attended.
type Events struct{ impersonal }

// evaluate trusts the number of the facts.
func (k *Events) evaluate(s *scene, l *Line, n Need) LineResult {
	return countResult(s.f.EventsAttended, n.Count)
}

// gap is the missing number.
func (k *Events) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.events", i18n.A{"n": n.Count - r.Have})
}

// Projects asks for finished engineering projects in a band of value and a
// period. A band without a top takes the larger projects as well, so a major
// project also counts as a basic one (business rules 2.3).
type Projects struct {
	impersonal

	MinUSD int64 `yaml:"min_usd" doc:"Least equipment list price in US dollars, inclusive"`
	MaxUSD int64 `yaml:"max_usd,omitempty" doc:"List prices below this only; absent: no top"`
	Years  int   `yaml:"years" doc:"Finished within so many years before the day"`
}

// counts tells whether a project lies in band and period on a day.
func (k *Projects) counts(p Project, s *scene) bool {
	inBand := p.ListPriceUSD >= k.MinUSD && (k.MaxUSD == 0 || p.ListPriceUSD < k.MaxUSD)
	return inBand && !p.FinishedOn.IsNone() && p.FinishedOn <= s.day && p.FinishedOn >= s.day.AddYears(-k.Years)
}

// evaluate counts projects on the day of the evaluation, which may lie in the
// past or future.
func (k *Projects) evaluate(s *scene, l *Line, n Need) LineResult {
	have := 0
	for _, p := range s.f.Projects {
		if k.counts(p, s) {
			have++
		}
	}
	return countResult(have, n.Count)
}

// gap says how large and how recent a project has to be.
func (k *Projects) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.projects", i18n.A{"n": n.Count - r.Have, "usd": thousands(k.MinUSD), "years": k.Years})
}

// thousands groups digits with commas, as both languages write amounts.
func thousands(n int64) string { return (&i18n.Loc{}).Int(n) }
