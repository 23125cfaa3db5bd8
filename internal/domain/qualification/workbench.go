package qualification

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A workbench is an application with all that it's judged by.
type workbench struct {
	partner  Partner
	apply    Evaluated // for the level, at the instant
	held     *Qualification
	critical []CriticalEvent
	files    []Evidence
	places   []EvidencePlace
	attached []Attached
	ban      *Ban
	refused  error // by a gate
	today    calendar.Day
}

// bench gathers it. A draft is judged by the version in force, anything later by the version of its submission.
func (s *Service) bench(ctx context.Context, q db.Querier, a Application, at time.Time) (b workbench, err error) {
	v, err := s.spec(a.Ref())
	if a.State == Draft {
		if current, none := s.Current(a.Program, at); none == nil {
			v, err = current, nil
		}
	}
	if err != nil {
		return b, err
	}
	if b.partner, err = s.src.Partner(ctx, q, a.Account); err != nil {
		return b, err
	}
	facts, err := s.gather(ctx, q, a.Account, at)
	if err != nil {
		return b, err
	}
	b.apply, b.today = evaluated(v, facts, at, program.Apply), calendar.DayOf(at)
	if b.held, err = runningIn(ctx, q, a.Account, v, a.Level); err != nil {
		return b, err
	}
	if b.critical, err = listCritical(ctx, q, a.Account); err != nil {
		return b, err
	}
	if b.files, err = evidenceOf(ctx, q, a.Account, a.ID); err != nil {
		return b, err
	}
	b.places = placesOf(&b.apply, a.Level, a.Track, b.files)
	if b.attached, err = attachedTo(ctx, q, v, a, b.today); err != nil {
		return b, err
	}
	bans, err := bansOf(ctx, q, a.Account)
	if err != nil {
		return b, err
	}
	b.ban, b.refused = banned(bans, a.Program, b.today), s.pass(ctx, q, a.Account, a.Program, at)
	if b.refused != nil && fault.Of(b.refused) == nil {
		return b, b.refused
	}
	return b, nil
}

// missing is everything for which Submit refuses, but the tick.
func (b *workbench) missing(a Application, checkName func(field, name string) error) fault.Fields {
	var fs fault.Fields
	v := b.apply.Version
	a.Form.check(&fs, true, asksManager(v, a.Level), checkName)
	if !b.partner.Active {
		fs.Add("eligibility", "", i18n.M("application.field.inactive"))
	}
	if !b.apply.Eligible {
		fs.Add("eligibility", "", b.apply.Why)
	}
	if refusal := fault.Of(b.refused); refusal != nil {
		fs.Add("eligibility", "", refusal.Msg)
	}
	if b.ban != nil {
		fs.Add("ban", b.ban.Until.String(), b.ban.Why())
	}
	if v.Application.Product && a.Form.Product == "" {
		fs.Add("form.product", "", i18n.M("application.field.required"))
	}
	if x, barred := b.barred(a); barred {
		fs.Add("renewal", "", x.why())
	} else if b.held != nil && b.held.Level == a.Level {
		if r := renewal(v, *b.held, b.critical, b.today); !r.Open {
			fs.Add("renewal", "", r.Why)
		}
	}
	b.unmet(a, &fs)
	for _, x := range b.attached {
		x.check(&fs)
	}
	for _, p := range b.places {
		if p.File == nil && !p.Ask.Optional {
			fs.Add(p.Field(), "", i18n.M("application.field.evidence", i18n.A{"what": p.Ask.Title.Msg(), "of": p.of()}))
		}
	}
	return fs
}

// unmet adds the computed lines of the level that aren't met.
func (b *workbench) unmet(a Application, fs *fault.Fields) {
	v := b.apply.Version
	t, ok := trackOf(&b.apply.Evaluation, a.Level, a.Track)
	if !ok {
		fs.Add("level", a.Level, i18n.M("application.field.level"))
		return
	}
	for _, l := range t.Lines {
		if l.Met {
			continue
		}
		line, _ := v.Line(l.ID)
		fs.Add("line:"+l.ID, strconv.Itoa(l.Have)+"/"+strconv.Itoa(l.Need),
			i18n.M("application.field.line", i18n.A{"line": line.Title.Msg(), "gap": l.Gap}))
	}
}

// barred tells whether a critical service event stands in the way: for a renewal one of the present term; for a
// partner without a running level one of the past year, so that letting a star lapse is no way round. A change of
// level isn't a recertification.
func (b *workbench) barred(a Application) (CriticalEvent, bool) {
	since := b.today.AddYears(-1)
	if b.held != nil {
		if b.held.Level != a.Level {
			return CriticalEvent{}, false
		}
		since = b.held.ValidFrom
	}
	return barredBy(b.critical, a.Program, since, b.today)
}

// trackOf finds the result of a level by a track.
func trackOf(e *program.Evaluation, level, track string) (*program.TrackResult, bool) {
	l, ok := e.Level(level)
	if !ok {
		return nil, false
	}
	for i := range l.Tracks {
		if l.Tracks[i].Track == track {
			return &l.Tracks[i], true
		}
	}
	return nil, false
}

// A Snapshot is the evaluation as it was at submission, in both languages.
type Snapshot struct {
	At      time.Time            `json:"at"`
	Ref     string               `json:"ref"`
	Level   string               `json:"level"`
	Track   string               `json:"track"`
	Met     bool                 `json:"met"`
	EN      program.TrackReport  `json:"en"`
	ZH      program.TrackReport  `json:"zh"`
	Counted []CountedCertificate `json:"counted"`
}

// In is the snapshot's report in a language.
func (s *Snapshot) In(lang string) program.TrackReport {
	if lang == i18n.Chinese {
		return s.ZH
	}
	return s.EN
}

// A CountedCertificate filled a slot at submission.
type CountedCertificate struct {
	Person    string       `json:"person"`
	Name      string       `json:"name"`
	Code      string       `json:"code"`
	ExpiresOn calendar.Day `json:"expires_on"`
}

// snapshot is the JSON that an application keeps.
func (b *workbench) snapshot(a Application, at time.Time) (string, error) {
	e := &b.apply.Evaluation
	t, _ := trackOf(e, a.Level, a.Track)
	x := Snapshot{At: at, Ref: a.Ref(), Level: a.Level, Track: a.Track, Met: t.Met}
	pick := func(lang string) (out program.TrackReport) {
		for _, l := range e.Report(lang, true).Levels {
			for _, t := range l.Tracks {
				if l.Level == a.Level && t.Track == a.Track {
					out = t
				}
			}
		}
		return out
	}
	x.EN, x.ZH = pick(i18n.English), pick(i18n.Chinese)
	for _, c := range t.Counted() {
		x.Counted = append(x.Counted, CountedCertificate{c.Person, b.apply.Name(c.Person), c.Certificate.Code, c.Certificate.ExpiresOn})
	}
	body, err := json.Marshal(x)
	return string(body), err
}

// Snapshot reads the kept evaluation; nil before the first submission.
func (a Application) Snapshot() (*Snapshot, error) {
	if a.snapshot == "" {
		return nil, nil
	}
	var x Snapshot
	return &x, json.Unmarshal([]byte(a.snapshot), &x)
}
