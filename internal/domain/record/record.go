// Package record keeps what the vendor's feeds say of exams and trainings, and what follows from it.
//
// A line of a feed is a word about one registration at a provider. Words are never changed: the one of the latest
// import holds, within a file the last line; undoing an import takes its words back, and the word before holds again
// (business rules 6.1, 6.2). A record belongs to whoever its e-mail is associated with, and waits until there is
// somebody. What a person's certificates are follows from all records of that person together: that is one pure
// function, derive, run anew whenever a word or an association comes or goes.
package record

import (
	"strings"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Feed is one of the two kinds of files.
type Feed string

// The feeds.
const (
	Exams     Feed = "exams"
	Trainings Feed = "trainings"
)

// FeedText names a feed.
func FeedText(f Feed) i18n.Msg {
	if f == Trainings {
		return i18n.M("record.feed.trainings")
	}
	return i18n.M("record.feed.exams")
}

// A Result says how it ended.
type Result string

// The results. Finished and Unfinished are those of trainings; both feeds have NoShow and Revoked.
const (
	Pass       Result = "PASS"
	Fail       Result = "FAIL"
	NoShow     Result = "NOSHOW"
	Revoked    Result = "REVOKED"
	Finished   Result = "FINISHED"
	Unfinished Result = "UNFINISHED"
)

// ResultText names a result.
func ResultText(r Result) i18n.Msg {
	switch r {
	case Pass:
		return i18n.M("record.result.pass")
	case Fail:
		return i18n.M("record.result.fail")
	case NoShow:
		return i18n.M("record.result.noshow")
	case Revoked:
		return i18n.M("record.result.revoked")
	case Finished:
		return i18n.M("record.result.finished")
	}
	return i18n.M("record.result.unfinished")
}

// A Record is what a feed says of one exam or one training of a human.
type Record struct {
	Feed         Feed
	Provider     string
	Registration string
	Email        string // normal form; empty when the line has none
	Candidate    string // the provider's id of the human
	Code         string // of the exam or course
	On           calendar.Day
	Result       Result
	Details

	Import     string // id of the import that brought it
	ImportName string // its file
	ImportedAt time.Time

	ordinal int64
}

// Details are the columns that are kept as they came.
type Details struct {
	FileID, FirstName, LastName, IDType, IDLast4 string
	Title, Series                                string // of the exam; of the course with its category
	Site, Score, PassMark                        string
	CertificateNumber, CertificateName           string
	IssuedOn, ExpiresOn                          calendar.Day // as the line states them
	StartedOn                                    calendar.Day // first day of a training
	Hours                                        string
}

// handle is by which a line finds its person: the e-mail, else the candidate id.
func (r *Record) handle() string {
	if r.Email != "" {
		return r.Email
	}
	return candidateHandle(r.Provider, r.Candidate)
}

// candidateHandle can't be an e-mail's.
func candidateHandle(provider, candidate string) string { return "#" + provider + "/" + candidate }

func (r *Record) key() string { return string(r.Feed) + "/" + r.Provider + "/" + r.Registration }

// split reads a key back. A registration may have a slash, a provider none.
func (r *Record) split(key string) {
	feed, rest, _ := strings.Cut(key, "/")
	r.Feed = Feed(feed)
	r.Provider, r.Registration, _ = strings.Cut(rest, "/")
}

// pack writes the details into one column. New ones go to the end.
func (d *Details) pack() string {
	all := [...]string{d.FileID, d.FirstName, d.LastName, d.IDType, d.IDLast4, d.Title, d.Series, d.Site, d.Score, d.PassMark,
		d.CertificateNumber, d.CertificateName, d.IssuedOn.String(), d.ExpiresOn.String(), d.StartedOn.String(), d.Hours}
	n := len(all)
	for n > 0 && all[n-1] == "" {
		n--
	}
	return strings.Join(all[:n], "\t")
}

func (d *Details) unpack(s string) error {
	var issued, expires, started string
	into := [...]*string{&d.FileID, &d.FirstName, &d.LastName, &d.IDType, &d.IDLast4, &d.Title, &d.Series, &d.Site, &d.Score, &d.PassMark,
		&d.CertificateNumber, &d.CertificateName, &issued, &expires, &started, &d.Hours}
	for i := 0; s != "" && i < len(into); i++ {
		*into[i], s, _ = strings.Cut(s, "\t")
	}
	for _, x := range []struct {
		text string
		day  *calendar.Day
	}{{issued, &d.IssuedOn}, {expires, &d.ExpiresOn}, {started, &d.StartedOn}} {
		var err error
		if *x.day, err = calendar.ParseOptional(x.text); err != nil {
			return err
		}
	}
	return nil
}
