package program

import (
	"fmt"

	"hanse/internal/kit/i18n"
)

// A Problem is one thing wrong with a file that people write: where, what, and
// how to put it right.
type Problem struct {
	File    string
	Line    int // from 1
	Col     int // from 1
	Message i18n.Msg
	Remedy  i18n.Msg
}

// Text is the problem in a language, "FILE:LINE:COL: message. Remedy".
func (p Problem) Text(lang string) string {
	return fmt.Sprintf("%s:%d:%d: %s %s", p.File, p.Line, p.Col, i18n.Text(lang, p.Message), i18n.Text(lang, p.Remedy))
}

// Problems is an error that says all problems, in English.
type Problems []Problem

// Error lists the problems, one a line.
func (ps Problems) Error() string {
	s := ""
	for i, p := range ps {
		if i > 0 {
			s += "\n"
		}
		s += p.Text(i18n.English)
	}
	return s
}

// Err is the problems as an error, nil when there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return ps
}
