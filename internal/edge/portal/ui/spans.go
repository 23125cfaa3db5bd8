package ui

// SpansView is what holds over time: rows of spans between two days, drawn by the server, with a table behind. The
// height of a span tells its tone as its colour does.
type SpansView struct {
	ID    string // unique on the page
	Title string
	Heads [4]string // of the table: what, from, until, state
	Ticks []string  // days at even distances, first and last included
	Rows  []SpanRow
}

// SpanRow is one thing over time.
type SpanRow struct {
	Label  string
	Text   string // in words
	Strong bool
	Spans  []Span
}

// Span is a stretch of time. From and To are shares of the whole, 0 to 1.
type Span struct {
	From, To    float64
	First, Last string // the days in words
	State       string
	Tone        Tone
}

const spanWidth, spanHeight = 1000.0, 12.0

func (s Span) x() float64     { return spanWidth * ratio(s.From) }
func (s Span) width() float64 { return max(2, spanWidth*(ratio(s.To)-ratio(s.From))-2) }

// height is full when all is well, half when something is amiss, a line when it's lost.
func (s Span) height() float64 {
	switch s.Tone {
	case Good, Info:
		return spanHeight
	case Warn:
		return spanHeight / 2
	}
	return spanHeight / 5
}

func (s Span) class() string {
	if s.Tone == Neutral {
		return "none"
	}
	return string(s.Tone)
}

func (r SpanRow) class() string {
	if r.Strong {
		return "strong"
	}
	return ""
}
