package program

import (
	"hanse/internal/kit/i18n"
)

// A Requirement is a kind of requirement line. The set is closed: every kind is
// a type of this package and has a row in the table kinds.
type Requirement interface {
	// check reports what is wrong with the line whatever the facts.
	check(c *checker, l *Line)
	// evaluate says what there is: Have, Met, Slots, and what must be said in
	// words.
	evaluate(s *scene, l *Line, n Need) LineResult
	// explain says why a person who fills no slot does not; ok is false for
	// lines that no person fills.
	explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool)
	// gap is one sentence how to close the gap of an unmet line.
	gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg
}

// impersonal is for lines that no certificate and no roster decides: nobody has
// to be told why they do not fill it.
type impersonal struct{}

func (impersonal) explain(*scene, *Line, Need, *LineResult, *holder) (Other, bool) {
	return Other{}, false
}

// A kindRow registers a kind: its key in the file and how its need is written.
type kindRow struct {
	key  string
	need needForm
	make func() Requirement
	doc  string
}

// needForm is how a level's value of a line is written.
type needForm int

const (
	countNeed needForm = iota // a whole number from 1
	yesNeed                   // true
	wordNeed                  // one of the words of the kind
	gearNeed                  // a map from gear to pieces
)

// form is how the needs of the line's kind are written.
func (l *Line) form() needForm {
	for _, r := range kinds() {
		if r.key == l.Kind {
			return r.need
		}
	}
	return countNeed
}

// kinds is the one table of requirement kinds. To add one: a type with the
// methods of Requirement, and a row.
func kinds() []kindRow {
	return []kindRow{
		{"certified", countNeed, func() Requirement { return new(Certified) },
			"so many distinct persons, each with a certificate"},
		{"certificate_types", countNeed, func() Requirement { return new(CertificateTypes) },
			"so many different types out of a list, whoever holds them"},
		{"persons", countNeed, func() Requirement { return new(Persons) }, "so many distinct registered engineers"},
		{"named_engineers", countNeed, func() Requirement { return new(NamedEngineers) },
			"so many engineers named to the vendor"},
		{"credits", countNeed, func() Requirement { return new(Credits) }, "so many training credits"},
		{"hotline", wordNeed, func() Requirement { return new(HotlineHours) }, "an after-sales hotline: 5x8 or 7x24"},
		{"service_email", yesNeed, func() Requirement { return new(ServiceEmail) }, "a service mail address"},
		{"service_manager", yesNeed, func() Requirement { return new(ServiceManager) }, "an appointed service manager"},
		{"issue_tracking", wordNeed, func() Requirement { return new(IssueTracking) },
			"tracking of customers' issues: manual or automatic"},
		{"events", countNeed, func() Requirement { return new(Events) }, "so many vendor events attended"},
		{"projects", countNeed, func() Requirement { return new(Projects) },
			"so many finished projects in a band of value and a period"},
		{"laboratory", gearNeed, func() Requirement { return new(Laboratory) }, "laboratory gear, piece by piece"},
		{"certificates", countNeed, func() Requirement { return new(Certificates) },
			"so many certificates, whoever holds them, each counted once"},
		{"managers", countNeed, func() Requirement { return new(Managers) },
			"so many appointed project managers, each with a certificate"},
		{"holdings", countNeed, func() Requirement { return new(Holdings) },
			"so many levels or labels of other programs held"},
		{"materials", countNeed, func() Requirement { return new(Materials) },
			"so many materials of a kind that passed their review"},
		{"facilities", countNeed, func() Requirement { return new(Facilities) },
			"so many teaching sites with a large enough classroom"},
		{"languages", countNeed, func() Requirement { return new(Languages) }, "so many languages taught in"},
		{"branches", countNeed, func() Requirement { return new(Branches) }, "branches in so many different countries"},
		{"prior", yesNeed, func() Requirement { return new(Prior) }, "another level of this program held"},
		{"attestation", yesNeed, func() Requirement { return new(Attested) }, "something that a reviewer saw and attested"},
		{"unrestricted", yesNeed, func() Requirement { return new(Unrestricted) }, "an account that is not frozen"},
	}
}
