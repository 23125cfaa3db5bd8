package badge

import (
	"context"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vc"
)

const base = "https://partner.example"

// A world is this module beside a shelf of papers, which stands for the qualifications.
type world struct {
	t      *testing.T
	d      *db.DB
	c      *clock.Manual
	f      *fixture.World
	s      *Service
	runner *jobs.Runner
	vendor actor.Actor
	papers []*qualification.Paper
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(newWorld(t, d, c)) })
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	w := &world{t: t, d: d, c: c, f: fixture.New(t, d)}
	w.vendor = w.f.Vendor()
	w.s = New(Config{DB: d, Vault: w.f.Vault, BaseURL: base, Source: w.source()})
	w.runner = w.f.Runner()
	w.s.Register(w.runner)
	fixture.Must(t, w.runner.Prepare(t.Context()))
	return w
}

func (w *world) source() Source {
	find := func(match func(*qualification.Paper) bool) (qualification.Paper, error) {
		for _, p := range w.papers {
			if match(p) {
				return *p, nil
			}
		}
		return qualification.Paper{}, fault.NotFound()
	}
	return Source{
		Paper: func(_ context.Context, _ db.Querier, account, id string) (qualification.Paper, error) {
			return find(func(p *qualification.Paper) bool { return p.Account == account && p.ID == id })
		},
		PaperOf: func(_ context.Context, _ db.Querier, number string) (qualification.Paper, error) {
			return find(func(p *qualification.Paper) bool { return p.Number == number })
		},
		Papers: func(_ context.Context, _ db.Querier, after string, limit int) (out []qualification.Paper, _ string, _ error) {
			for _, p := range w.papers {
				out = append(out, *p)
			}
			return out, "", nil
		},
		Level: func(ref, level string, _ time.Time) (qualification.Paper, error) {
			return find(func(p *qualification.Paper) bool { return p.Ref() == ref && p.Level == level })
		},
		Issuer: func(context.Context, db.Querier) (string, error) {
			return "Hanse Demo Networks 汉萨演示网络", nil
		},
	}
}

// paper puts a granted qualification on the shelf, without telling anybody.
func (w *world) paper(number string) *qualification.Paper {
	p := &qualification.Paper{
		Qualification: qualification.Qualification{Account: "acc-" + number, ID: "qua-" + number, Program: "h3c-star", Version: "2025", Level: "four-star",
			Number: number, Holder: "Shenzhen Northwind Systems", HolderZH: "深圳北风系统集成有限公司", State: qualification.Valid,
			ValidFrom: calendar.DayOf(w.c.Clock.Now()), ValidUntil: calendar.YearFrom(calendar.DayOf(w.c.Clock.Now()))},
		Title: program.Text{En: "Star-Rated Service Certification", Zh: "星级服务认证"}, Named: program.Text{En: "Four-star", Zh: "四星级"}, Stars: 4,
		Criteria: []qualification.Criterion{{Title: program.Text{En: "Senior engineers", Zh: "高级工程师"}, Ask: i18n.Raw("6")}},
	}
	w.papers = append(w.papers, p)
	return p
}

// happened is what the qualifications tell.
type happened struct{ kind, account, id string }

func (e happened) Event() (kind, account, subject string) { return e.kind, e.account, e.id }

// tell moves a qualification and lets the module follow.
func (w *world) tell(kind string, p *qualification.Paper, state qualification.Standing) {
	w.t.Helper()
	p.State = state
	fixture.Must(w.t, w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		return outbox.Append(w.t.Context(), tx, happened{"qualification." + kind, p.Account, p.ID})
	}))
	fixture.Must(w.t, w.runner.Drain(w.t.Context()))
}

// granted is a qualification with its credential.
func (w *world) granted(number string) *qualification.Paper {
	w.t.Helper()
	p := w.paper(number)
	w.tell("granted", p, qualification.Valid)
	return p
}

func (w *world) file(number string) []byte {
	w.t.Helper()
	i, err := w.s.Document(w.t.Context(), number)
	fixture.Must(w.t, err)
	return []byte(i.Document)
}

func (w *world) examine(file []byte, issuers ...[]byte) Finding {
	w.t.Helper()
	f, err := w.s.Examine(w.t.Context(), file, issuers...)
	fixture.Must(w.t, err)
	return f
}

// want compares the verdict and the outcome of each check.
func (w *world) want(f Finding, verified, good bool, results map[string]Result) {
	w.t.Helper()
	if f.Verified != verified || f.Good != good {
		w.t.Errorf("verified %v, good %v, want %v, %v: %+v", f.Verified, f.Good, verified, good, f.Checks)
	}
	for name, r := range results {
		if got := f.Of(name); got.Result != r {
			w.t.Errorf("check %s: %s (%s), want %s", name, got.Result, i18n.Text(i18n.English, got.Why), r)
		}
	}
}

func (w *world) parse(b []byte) vc.Document {
	w.t.Helper()
	d, err := vc.Parse(b)
	fixture.Must(w.t, err)
	return d
}

func (w *world) issuerFile() []byte {
	w.t.Helper()
	d, err := w.s.IssuerDocument(w.t.Context())
	fixture.Must(w.t, err)
	b, err := d.Bytes()
	fixture.Must(w.t, err)
	return b
}
