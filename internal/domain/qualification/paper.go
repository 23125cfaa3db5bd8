package qualification

import (
	"context"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Paper is what a granted level's certificate says, for those who print or sign it.
type Paper struct {
	Qualification
	Title    program.Text // of the program
	Named    program.Text // of the level
	Stars    int
	Criteria []Criterion // what the level asks, in the program's order
}

// A Criterion is one requirement line of the level with what it asks.
type Criterion struct {
	Title program.Text
	Ask   i18n.Msg
}

// Paper finds a qualification by account and id. The caller answers for who may see it.
func (s *Service) Paper(ctx context.Context, q db.Querier, account, id string) (Paper, error) {
	found, err := qualificationByID(ctx, q, account, id)
	if err != nil {
		return Paper{}, err
	}
	return s.paper(found)
}

// PaperOf is Paper by the certificate's number. NotFound for one that was never given.
func (s *Service) PaperOf(ctx context.Context, q db.Querier, number string) (Paper, error) {
	found, err := qualificationByNumber(ctx, q, number)
	if err != nil {
		return Paper{}, err
	}
	return s.paper(found)
}

// Papers are the qualifications behind a cursor, in the order of their numbering: for passes over all of them.
func (s *Service) Papers(ctx context.Context, q db.Querier, after string, limit int) (out []Paper, next string, err error) {
	rows, err := listQualifications(ctx, q, QualificationFilter{After: after}, limit)
	if err != nil {
		return nil, "", err
	}
	for _, x := range rows {
		p, err := s.paper(x)
		if err != nil {
			return nil, "", err
		}
		out = append(out, p)
	}
	if len(rows) == limit {
		next = rows[limit-1].ID
	}
	return out, next, nil
}

// LevelPaper is what a certificate of a level would say that nobody holds: title, level and criteria. NotFound for a
// version that isn't in force yet at the instant.
func (s *Service) LevelPaper(ref, level string, at time.Time) (Paper, error) {
	v, err := s.spec(ref)
	if err != nil || v.LevelIndex(level) < 0 || v.EffectiveFrom > calendar.DayOf(at) {
		return Paper{}, fault.NotFound()
	}
	return s.paper(Qualification{Program: v.Program, Version: v.Number, Level: level})
}

func (s *Service) paper(q Qualification) (Paper, error) {
	v, err := s.spec(q.Ref())
	if err != nil {
		return Paper{}, err
	}
	level, _ := v.Level(q.Level)
	p := Paper{Qualification: q, Title: v.Title, Named: level.Title, Stars: level.Stars}
	track := q.Track
	if track == "" {
		track = v.AllTracks()[0].ID
	}
	for _, row := range v.PolicyOf(track) {
		if ask := row.Cells[v.LevelIndex(q.Level)]; !ask.IsZero() {
			p.Criteria = append(p.Criteria, Criterion{row.Line.Title, ask})
		}
	}
	return p, nil
}

// AttachCredentials makes printed certificates carry the signed credential that find gives for their number; nil for
// one that has none yet. Call it before anything is printed.
func (s *Service) AttachCredentials(find func(ctx context.Context, number string) ([]byte, error)) {
	s.credential = find
}

func (s *Service) attached(ctx context.Context, number string) ([]byte, error) {
	if s.credential == nil {
		return nil, nil
	}
	return s.credential(ctx, number)
}
