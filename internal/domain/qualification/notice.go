package qualification

import (
	"context"
	"fmt"
	"slices"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// notices warns ahead, each once: of the end of the term, the open renewal window, certificates that lapse, vacancies
// that fall due.
func (p *pass) notices(ctx context.Context, tx *db.Tx) error {
	if err := p.termNotices(ctx, tx); err != nil {
		return err
	}
	for _, x := range p.open {
		fresh, err := p.ahead(ctx, tx, daysLeft(x.Due, p.today), "vacancy:"+x.ID)
		if err != nil {
			return err
		}
		if fresh {
			if err := p.tellVacancy(ctx, tx, "vacancy.due_soon", x); err != nil {
				return err
			}
		}
	}
	for _, c := range p.track.Counted() {
		if err := p.lapseNotice(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) termNotices(ctx context.Context, tx *db.Tx) error {
	if !p.q.Ends() {
		return nil
	}
	fresh, err := p.ahead(ctx, tx, int(p.q.ValidUntil-p.today), "term:"+p.q.ID)
	if err != nil {
		return err
	}
	if fresh {
		if err := p.announce(ctx, tx, "qualification.expiring"); err != nil {
			return err
		}
	}
	if p.today < p.windowOpens() {
		return nil
	}
	if fresh, err = noteOnce(ctx, tx, p.q.Account, "window:"+p.q.ID); err != nil || !fresh {
		return err
	}
	return p.announce(ctx, tx, "qualification.window_opened")
}

// windowOpens is by the version that a renewal would use, the latest.
func (p *pass) windowOpens() calendar.Day {
	v, err := p.s.Current(p.q.Program, p.today.Time())
	if err != nil {
		v = p.v // no version is in force any more: by the one it was granted by
	}
	return v.Recertification.Opens(p.q.ValidUntil)
}

// ahead tells whether a notice is due for the first time: left days are at most one of the notice days. Only the
// tightest of them counts, so that a late start doesn't send three at once.
func (p *pass) ahead(ctx context.Context, tx *db.Tx, left int, key string) (bool, error) {
	if left < 0 {
		return false, nil
	}
	i := slices.IndexFunc(p.notice, func(n int) bool { return left <= n })
	if i < 0 {
		return false, nil
	}
	return noteOnce(ctx, tx, p.q.Account, fmt.Sprintf("%s:%d", key, p.notice[i]))
}

// lapseNotice warns of a counted certificate that ends, with the lines that it would cost.
func (p *pass) lapseNotice(ctx context.Context, tx *db.Tx, c program.Slot) error {
	ends := c.Certificate.ExpiresOn
	if ends.IsNone() {
		return nil
	}
	left := int(ends - p.today)
	fresh, err := p.ahead(ctx, tx, left, fmt.Sprintf("lapse:%s:%s:%s:%s", p.q.ID, c.Person, c.Certificate.Code, ends))
	if err != nil || !fresh {
		return err
	}
	who, _ := p.f.Person(c.Person)
	return outbox.Append(ctx, tx, CertificateLapsing{Head: headOf(p.partner, p.v, p.q.Level), Qualification: p.q.ID,
		Person: c.Person, PersonName: who.Name, Code: c.Certificate.Code, ExpiresOn: ends, DaysLeft: left, Lines: p.cost(ends + 1)})
}

// cost are the lines that are met now and would not be on a day.
func (p *pass) cost(on calendar.Day) []LineName {
	then := program.Evaluate(p.v, p.f, on.Time(), program.Hold)
	t, ok := trackOf(&then, p.q.Level, p.track.Track)
	if !ok {
		return nil
	}
	var out []LineName
	for i, l := range t.Lines {
		if !l.Met && p.track.Lines[i].Met {
			line, _ := p.v.Line(l.ID)
			out = append(out, LineName{l.ID, line.Title.En, line.Title.Zh})
		}
	}
	return out
}

// nextLook is the next day on which something may change although no fact does.
func (p *pass) nextLook() calendar.Day {
	next := p.q.ValidUntil + 1
	if !p.q.Ends() {
		next = p.today.AddYears(1) // nothing but facts can change it: a look a year does no harm
	}
	note := func(d calendar.Day) {
		if d > p.today && d < next {
			next = d
		}
	}
	remind := func(end calendar.Day) {
		for _, n := range p.notice {
			note(end.AddDays(-n))
		}
	}
	if p.q.Ends() {
		remind(p.q.ValidUntil)
		note(p.windowOpens())
	}
	if !staffed(p.v) {
		return next
	}
	for _, d := range program.Instants(p.v, p.f, p.today, next, program.Hold) {
		note(d)
	}
	for _, c := range p.track.Counted() {
		if !c.Certificate.ExpiresOn.IsNone() {
			remind(c.Certificate.ExpiresOn)
		}
	}
	for _, x := range p.open {
		note(calendar.DayOf(x.Due))
		remind(calendar.DayOf(x.Due) - 1)
	}
	for _, x := range p.exits {
		if x.Open() {
			note(calendar.DayOf(x.ReportDue))
		}
	}
	return next
}
