package program

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Purpose is the question an evaluation answers.
type Purpose string

const (
	// Apply asks what an application submitted at the instant needs:
	// certificates valid for more than the version's months longer.
	Apply Purpose = "apply"
	// Hold asks what keeps a granted level: certificates valid on the day.
	Hold Purpose = "hold"
)

// An Evaluation is the computed result of a version for one partner at an
// instant. It is deterministic: the same facts in any order give the same
// value.
type Evaluation struct {
	Program   string
	Version   string
	At        time.Time
	For       Purpose
	BestLevel string // the highest level that is met; empty: none
	Levels    []LevelResult
}

// A LevelResult is one level: met when any of its tracks is.
type LevelResult struct {
	Level    string
	Met      bool
	Deciding Deciding // the line that decides; zero when the level is met
	Tracks   []TrackResult
}

// Deciding points to the first unmet line of the track that is nearest to being
// met.
type Deciding struct {
	Track string
	Line  string
}

// A TrackResult is one way to a level: met when all its lines are.
type TrackResult struct {
	Track string
	Met   bool
	Lines []LineResult // the lines this level asks, in the program's order
}

// A LineResult is one requirement: what it asks, what there is, and why.
type LineResult struct {
	ID       string
	Need     int
	Have     int
	Met      bool
	FilledBy []string // person ids in slot order, each once; empty for lines that no person fills
	Gap      i18n.Msg // how to close the gap in one sentence; zero when met
	Needs    i18n.Msg // the need in words: "2", "7×24", "1 router, 2 APs"
	Has      i18n.Msg // what there is, in words
	Slots    []Slot   // who fills which slot with which certificate
	Others   []Other  // every other person on the roster and why they fill no slot; lines of people only
}

// A Slot is one filled place of a line.
type Slot struct {
	Person      string
	Certificate Certificate  // with ExpiresOn computed; zero where no certificate is asked
	ValidFor    calendar.Day // the last day on which the certificate counts for the evaluation's purpose; None: open
}

// Reason is why a person does not fill a slot.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	NotBoundYet   Reason = "not_bound_yet"       // joins later
	Left          Reason = "left"                // has left
	NotConfirmed  Reason = "not_confirmed"       // bound by the company's word only, which does not count here or no longer
	NotRegistered Reason = "not_registered"      // not a registered engineer
	NotNamed      Reason = "not_named"           // not among the named engineers
	NotAppointed  Reason = "not_appointed"       // not appointed as dedicated project manager
	WrongKind     Reason = "wrong_certificate"   // no certificate of this ladder, or only lower ones
	NotIssuedYet  Reason = "not_issued_yet"      // the certificate begins later
	Expired       Reason = "expired"             // the certificate has lapsed
	TooShort      Reason = "too_little_validity" // it lapses before the application's rest validity is over
	UsedElsewhere Reason = "used_elsewhere"      // already fills a slot of another line of the same ladder
	Surplus       Reason = "surplus"             // would do, but all slots are filled
)

// An Other is a person who does not fill a slot of a line.
type Other struct {
	Person      string
	Reason      Reason
	Certificate Certificate  // the certificate that comes nearest, if one is meant
	Day         calendar.Day // the day meant: of joining, leaving, issue, expiry
	Line        string       // UsedElsewhere: the line whose slot the person fills
	Why         i18n.Msg     // the same in a sentence
}

// Level finds the result of a level.
func (e *Evaluation) Level(id string) (*LevelResult, bool) {
	for i := range e.Levels {
		if e.Levels[i].Level == id {
			return &e.Levels[i], true
		}
	}
	return nil, false
}

// Best is the track that is met, or else the one nearest to it (fewest unmet
// lines, then the program's order).
func (l *LevelResult) Best() *TrackResult {
	best := &l.Tracks[0]
	for i := range l.Tracks[1:] {
		if t := &l.Tracks[i+1]; t.unmet() < best.unmet() {
			best = t
		}
	}
	return best
}

// Line finds the result of a line.
func (t *TrackResult) Line(id string) (*LineResult, bool) {
	for i := range t.Lines {
		if t.Lines[i].ID == id {
			return &t.Lines[i], true
		}
	}
	return nil, false
}

func (t *TrackResult) unmet() int {
	n := 0
	for i := range t.Lines {
		if !t.Lines[i].Met {
			n++
		}
	}
	return n
}

// Counted are the certificates that fill a slot of the track, each once: those
// of which an application encloses a copy.
func (t *TrackResult) Counted() []Slot {
	var out []Slot
	type key struct {
		person string
		cert   Certificate
	}
	seen := map[key]bool{}
	for _, l := range t.Lines {
		for _, s := range l.Slots {
			k := key{s.Person, s.Certificate}
			if s.Certificate.Code != "" && !seen[k] {
				seen[k] = true
				out = append(out, s)
			}
		}
	}
	return out
}
