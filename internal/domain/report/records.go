package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"hanse/internal/domain/address"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A RecordKind says what a line of the administrator's view is about.
type RecordKind string

// The kinds.
const (
	KindCertificate RecordKind = "certificate"
	KindExam        RecordKind = "exam"
	KindTraining    RecordKind = "training"
	KindDeclaration RecordKind = "declaration"
)

// RecordKinds lists them in the order of pages.
func RecordKinds() []RecordKind {
	return []RecordKind{KindCertificate, KindExam, KindTraining, KindDeclaration}
}

// Label names the kind.
func (k RecordKind) Label() i18n.Msg {
	switch k {
	case KindCertificate:
		return i18n.M("people_records.kind.certificate")
	case KindExam:
		return i18n.M("people_records.kind.exam")
	case KindTraining:
		return i18n.M("people_records.kind.training")
	}
	return i18n.M("people_records.kind.declaration")
}

// A RecordFilter narrows the view; After is the cursor of the page before.
type RecordFilter struct {
	Q        string // person: name, number or e-mail
	Code     string
	Kind     RecordKind
	Validity string // of certificates: valid, expiring, expired
	From, To calendar.Day
	After    string
	Limit    int // lines at least, where there are so many: a person's stand together
}

// A RecordLine is one certificate, exam, training or declaration of a bound person.
type RecordLine struct {
	Binding  string
	Person   string // name
	Number   string // the company's own
	Kind     RecordKind
	Code     string
	Title    string       // of an exam or training
	On       calendar.Day // of issue, of the exam, last day of the training
	Until    calendar.Day // certificates
	Standing credential.Standing
	Result   i18n.Msg
	Own      bool // the person's own records say so, which are seen with consent; else the roster
}

// within is the number of days in which a certificate counts as expiring.
const within = 90

// Records lists what the people bound to a partner hold and have done, a page after a cursor. Of people who confirmed
// their binding it's everything that their own records say; of others what the roster states (business rules 3.6).
// Whoever sees the roster may.
func (s *Service) Records(ctx context.Context, by actor.Actor, partner string, f RecordFilter) (out []RecordLine, next string, err error) {
	if err := by.May(actor.ViewRoster); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 {
		f.Limit = 100
	}
	people := roster.Filter{Q: f.Q, After: f.After, Limit: min(f.Limit, 100)}
	for {
		page, err := s.Roster.List(ctx, by, partner, people)
		if err != nil {
			return nil, "", err
		}
		lines, err := s.lines(ctx, page.Items, f)
		if err != nil {
			return nil, "", err
		}
		if out = append(out, lines...); page.Next == "" || len(out) >= f.Limit {
			return out, page.Next, nil
		}
		people.After = page.Next
	}
}

// lines are those of some people, in their order.
func (s *Service) lines(ctx context.Context, people []roster.Item, f RecordFilter) (out []RecordLine, err error) {
	var own []string
	agreed := map[string]bool{}
	for _, p := range people {
		if p.Confirmation == roster.Confirmed { // the consent is about exactly this
			own, agreed[p.Person] = append(own, p.Person), true
		}
	}
	today := calendar.DayOf(s.DB.Clock().Now())
	held, records, declared, err := s.ownOf(ctx, own)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		all := certificateLines(p, held[p.Person], agreed[p.Person], today)
		all = append(all, recordLines(records[p.Person])...)
		all = append(all, declaredLines(declared[p.Person])...)
		slices.SortStableFunc(all, func(a, b RecordLine) int { return cmp.Compare(b.On, a.On) })
		for _, l := range all {
			if l.Binding, l.Person, l.Number = p.ID, p.Name, p.Number; f.takes(l) {
				out = append(out, l)
			}
		}
	}
	return out, nil
}

func (s *Service) ownOf(ctx context.Context, persons []string) (held map[string][]credential.Certificate, records map[string][]record.Record,
	declared map[string][]declaration.Declaration, err error) {
	if len(persons) == 0 {
		return nil, nil, nil, nil
	}
	q := s.DB.Read()
	if held, err = s.Credential.OfPersons(ctx, q, persons); err != nil {
		return nil, nil, nil, err
	}
	if s.Record != nil {
		if records, err = s.Record.OfPersons(ctx, q, persons); err != nil {
			return nil, nil, nil, err
		}
	}
	declared, err = declaration.OfPersons(ctx, q, persons)
	return held, records, declared, err
}

func certificateLines(p roster.Item, own []credential.Certificate, agreed bool, today calendar.Day) (out []RecordLine) {
	line := func(code string, issued, until calendar.Day) RecordLine {
		st := credential.StandingOf(until, today, within)
		return RecordLine{Kind: KindCertificate, Code: code, On: issued, Until: until, Standing: st, Result: credential.StandingText(st), Own: agreed}
	}
	if agreed {
		for _, c := range own {
			out = append(out, line(c.Code, c.IssuedOn, c.Until))
		}
		return out
	}
	for _, h := range p.Held {
		out = append(out, line(h.Code, h.IssuedOn, h.Until))
	}
	return out
}

func recordLines(all []record.Record) (out []RecordLine) {
	for _, r := range all {
		l := RecordLine{Kind: KindExam, Code: r.Code, Title: r.Title, On: r.On, Result: record.ResultText(r.Result), Own: true}
		if r.Feed == record.Trainings {
			l.Kind = KindTraining
		}
		out = append(out, l)
	}
	return out
}

// declaredLines tell what was declared and how far that is; what was accepted is among the certificates.
func declaredLines(all []declaration.Declaration) (out []RecordLine) {
	for _, d := range all {
		if d.State == declaration.Given {
			continue
		}
		out = append(out, RecordLine{Kind: KindDeclaration, Code: d.Code, On: calendar.DayOf(d.CreatedAt), Result: d.State.Label(), Own: true})
	}
	return out
}

func (f RecordFilter) takes(l RecordLine) bool {
	switch {
	case f.Kind != "" && l.Kind != f.Kind, f.Code != "" && !strings.EqualFold(l.Code, strings.TrimSpace(f.Code)):
		return false
	case f.Validity != "" && string(l.Standing) != f.Validity:
		return false
	case !f.From.IsNone() && (l.On.IsNone() || l.On < f.From), !f.To.IsNone() && (l.On.IsNone() || l.On > f.To):
		return false
	}
	return true
}

// Unassociated lists the people bound to a partner who have associated no e-mail address, so that their exams can't
// arrive; after and next are the roster's cursor. Whoever sees the roster may.
func (s *Service) Unassociated(ctx context.Context, by actor.Actor, partner, after string, limit int) (out []roster.Item, next string, err error) {
	if err := by.May(actor.ViewRoster); err != nil {
		return nil, "", err
	}
	if limit <= 0 {
		limit = 100
	}
	for {
		page, err := s.Roster.List(ctx, by, partner, roster.Filter{After: after, Limit: 500})
		if err != nil {
			return nil, "", err
		}
		ids := make([]string, len(page.Items))
		for i, p := range page.Items {
			ids[i] = p.Person
		}
		without := map[string]bool{}
		if len(ids) > 0 {
			if without, err = address.Without(ctx, s.DB.Read(), ids); err != nil {
				return nil, "", err
			}
		}
		for _, p := range page.Items {
			if without[p.Person] {
				out = append(out, p)
			}
		}
		if after = page.Next; after == "" || len(out) >= limit {
			return out, after, nil
		}
	}
}

// AsOf tells as of when the feeds speak.
func (s *Service) AsOf(ctx context.Context) ([]record.Standing, error) {
	if s.Record == nil {
		return nil, nil
	}
	return s.Record.AsOf(ctx, s.DB.Read())
}
