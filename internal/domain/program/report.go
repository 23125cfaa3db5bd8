package program

import (
	"time"

	"hanse/internal/kit/i18n"
)

// A Report is an evaluation in one language, in the shape that the command line
// and the API print. Names and order of its keys are a contract.
type Report struct {
	Program   string        `json:"program"`
	Version   string        `json:"version"`
	At        time.Time     `json:"at"`
	For       Purpose       `json:"for"`
	BestLevel *string       `json:"best_level"`
	Levels    []LevelReport `json:"levels"`
}

// A LevelReport is one level of a Report, lowest first.
type LevelReport struct {
	Level  string        `json:"level"`
	Met    bool          `json:"met"`
	Tracks []TrackReport `json:"tracks"`
}

// A TrackReport is one track of a level.
type TrackReport struct {
	Track string       `json:"track"`
	Met   bool         `json:"met"`
	Lines []LineReport `json:"lines"`
}

// A LineReport is one line. Slots and Others are there only in a detailed
// report.
type LineReport struct {
	ID       string        `json:"id"`
	Need     int           `json:"need"`
	Have     int           `json:"have"`
	Met      bool          `json:"met"`
	FilledBy []string      `json:"filled_by"`
	Gap      string        `json:"gap"`
	Slots    []SlotReport  `json:"slots,omitempty"`
	Others   []OtherReport `json:"others,omitempty"`
}

// A SlotReport is one filled slot; days are "2006-01-02" or empty.
type SlotReport struct {
	Person      string `json:"person"`
	Certificate string `json:"certificate,omitempty"`
	ExpiresOn   string `json:"expires_on,omitempty"`
}

// An OtherReport says why a person fills no slot.
type OtherReport struct {
	Person      string `json:"person"`
	Reason      Reason `json:"reason"`
	Certificate string `json:"certificate,omitempty"`
	Why         string `json:"why"`
}

// Report renders the evaluation in a language. Detailed adds slots and others.
func (e *Evaluation) Report(lang string, detailed bool) Report {
	r := Report{Program: e.Program, Version: e.Version, At: e.At.UTC(), For: e.For, Levels: []LevelReport{}}
	if e.BestLevel != "" {
		r.BestLevel = &e.BestLevel
	}
	for _, l := range e.Levels {
		lr := LevelReport{Level: l.Level, Met: l.Met, Tracks: []TrackReport{}}
		for _, t := range l.Tracks {
			lr.Tracks = append(lr.Tracks, t.report(lang, detailed))
		}
		r.Levels = append(r.Levels, lr)
	}
	return r
}

func (t *TrackResult) report(lang string, detailed bool) TrackReport {
	r := TrackReport{Track: t.Track, Met: t.Met, Lines: []LineReport{}}
	for i := range t.Lines {
		r.Lines = append(r.Lines, t.Lines[i].report(lang, detailed))
	}
	return r
}

func (l *LineResult) report(lang string, detailed bool) LineReport {
	r := LineReport{ID: l.ID, Need: l.Need, Have: l.Have, Met: l.Met, Gap: i18n.Text(lang, l.Gap),
		FilledBy: append([]string{}, l.FilledBy...)}
	if !detailed {
		return r
	}
	for _, s := range l.Slots {
		r.Slots = append(r.Slots, SlotReport{s.Person, s.Certificate.Code, s.Certificate.ExpiresOn.String()})
	}
	for _, o := range l.Others {
		r.Others = append(r.Others, OtherReport{o.Person, o.Reason, o.Certificate.Code, i18n.Text(lang, o.Why)})
	}
	return r
}
