package me

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/address"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// recordRoutes are the pages about one's own exams and trainings.
func (p pages) recordRoutes() {
	p.Page("GET /me/records", p.records)
	p.Page("GET /me/next", p.next)
	p.Page("GET /me/missing", p.missing)
	p.Page("GET /me/missing/new", p.newMissing)
	p.Page("POST /me/missing", p.reportMissing)
	p.Page("POST /me/missing/{id}/withdraw", p.withdrawMissing)
	p.Page("GET /me/export.json", p.exportJSON)
	p.Page("GET /me/export.csv", p.exportCSV)
}

// recordsView is one's records, by kind.
type recordsView struct {
	address.Own
	exams, trainings []record.Record
}

func split(own address.Own) recordsView {
	v := recordsView{Own: own}
	for _, x := range own.Records {
		if x.Feed == record.Trainings {
			v.trainings = append(v.trainings, x)
		} else {
			v.exams = append(v.exams, x)
		}
	}
	return v
}

func (p pages) records(w http.ResponseWriter, r *http.Request) error {
	own, err := p.address.OwnRecords(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, recordsPage(p.view(r, nil), split(own)))
}

// A climb is what somebody can take next on one ladder.
type climb struct {
	ladder program.Ladder
	held   []credential.Certificate // valid ones on the ladder, the highest first
	next   []program.CertificateType
	begun  bool
}

// climbs finds what comes next on each ladder of the catalogue: on those where something is held, and on the others.
func climbs(cat *program.Catalogue, own []credential.Certificate, today calendar.Day) (out []climb) {
	for _, l := range cat.Ladders {
		c, top := climb{ladder: l}, -1
		for i, rung := range l.Rungs {
			for _, h := range own {
				if h.State == credential.Valid && h.Until >= today && slices.Contains(rung, h.Code) {
					c.held, top = append(c.held, h), i
				}
			}
		}
		slices.Reverse(c.held)
		c.begun = top >= 0
		if top+1 < len(l.Rungs) {
			for _, code := range l.Rungs[top+1] {
				if t, ok := cat.Find(code); ok {
					c.next = append(c.next, t)
				}
			}
		}
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(a, b climb) int { // begun ones first
		switch {
		case a.begun == b.begun:
			return 0
		case a.begun:
			return -1
		}
		return 1
	})
	return out
}

// dueSoon are the certificates to renew first: those that count and end within the time in which one renews.
func dueSoon(own []credential.Certificate, today calendar.Day) (out []credential.Certificate) {
	for _, c := range own {
		if s := c.Standing(today, soon); s == credential.StandsExpiring {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b credential.Certificate) int { return int(a.Until) - int(b.Until) })
	return out
}

func (p pages) next(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	own, err := p.credentials.Own(r.Context(), by)
	if err != nil {
		return err
	}
	records, err := p.address.OwnRecords(r.Context(), by)
	if err != nil {
		return err
	}
	today := calendar.DayOf(p.Clock.Now())
	return p.Show(w, r, http.StatusOK, nextPage(p.view(r, nil), climbs(p.credentials.Catalogue(), own, today), dueSoon(own, today), records.Emails))
}

func (p pages) missing(w http.ResponseWriter, r *http.Request) error { return p.showMissing(w, r, nil) }

func (p pages) showMissing(w http.ResponseWriter, r *http.Request, refused error) error {
	list, err := p.address.MissingOf(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	own, err := p.address.OwnRecords(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component { return missingPage(p.view(r, errs), list, own) }
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) newMissing(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.showNewMissing(w, r, nil)
}

func (p pages) showNewMissing(w http.ResponseWriter, r *http.Request, refused error) error {
	own, err := p.address.OwnRecords(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component {
		v := p.view(r, errs)
		v.form = r.Form
		return newMissingPage(v, own, calendar.DayOf(p.Clock.Now()).AddDays(-own.Lag-1))
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

const maxEvidence = 20 << 20 // bytes of the file that shows the exam or training

func (p pages) reportMissing(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxEvidence+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart {
		return fault.New(fault.KindTooLarge, i18n.M("mine.missing.file_large"))
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	m := address.Missing{Kind: address.Kind(r.PostFormValue("kind")), Email: r.PostFormValue("email"), Provider: r.PostFormValue("provider"),
		Code: r.PostFormValue("code"), Registration: r.PostFormValue("registration_id"), Note: r.PostFormValue("note"), On: calendar.None}
	if text := r.PostFormValue("date"); text != "" {
		on, err := calendar.ParseDay(text)
		if err != nil {
			return p.showNewMissing(w, r, fault.Invalid("date", i18n.M("mine.missing.date_wrong")))
		}
		m.On = on
	}
	var err error
	if m.Evidence, err = p.evidence(r); err == nil {
		_, err = p.address.ReportMissing(r.Context(), site.By(r), m)
	}
	if err != nil {
		return p.showNewMissing(w, r, err)
	}
	return p.Go(w, r, "/me/missing", i18n.M("mine.missing.opened"))
}

// evidence stores the chosen file, if there's one.
func (p pages) evidence(r *http.Request) (address.File, error) {
	f, head, err := r.FormFile("evidence")
	if err != nil { // none was chosen
		return address.File{}, nil
	}
	defer f.Close()
	ref, err := p.Blobs.Put(r.Context(), f, blob.Limits{Bytes: maxEvidence, Types: blob.Documents()})
	if f := fault.Of(err); f != nil && f.Kind == fault.KindInvalid && len(f.Fields) > 0 {
		return address.File{}, fault.Invalid("evidence", f.Fields[0].Msg)
	}
	if err != nil {
		return address.File{}, err
	}
	return address.File{Hash: ref.Hash, Name: name(head.Filename), Type: ref.Type.MIME()}, nil
}

// name keeps a file's name short.
func name(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[len(r)-120:])
	}
	return s
}

func (p pages) withdrawMissing(w http.ResponseWriter, r *http.Request) error {
	if err := p.address.WithdrawMissing(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return p.showMissing(w, r, err)
	}
	return p.Go(w, r, "/me/missing", i18n.M("mine.missing.withdrawn"))
}

// export is everything that is kept about somebody, as it is written to a file.
type export struct {
	Name         string              `json:"name"`
	ExportedAt   time.Time           `json:"exported_at"`
	SignIn       []string            `json:"sign_in_emails"`
	Emails       []exportLink        `json:"emails"`
	Certificates []exportCertificate `json:"certificates"`
	Records      []exportRecord      `json:"records"`
	Companies    []exportCompany     `json:"companies"`
}

type exportLink struct {
	Email string    `json:"email"`
	State string    `json:"state"`
	Since time.Time `json:"associated_at,omitzero"`
}

type exportCertificate struct {
	Code   string `json:"code"`
	Number string `json:"number,omitempty"`
	Issued string `json:"issued_on"`
	Until  string `json:"valid_until"`
	State  string `json:"state"`
	Source string `json:"source"`
}

type exportRecord struct {
	Kind         string    `json:"kind"`
	Provider     string    `json:"provider"`
	Registration string    `json:"registration_id"`
	Email        string    `json:"email"`
	Candidate    string    `json:"candidate_id,omitempty"`
	Code         string    `json:"code"`
	Title        string    `json:"title"`
	On           string    `json:"date"`
	Result       string    `json:"result"`
	Score        string    `json:"score,omitempty"`
	File         string    `json:"source_file"`
	ImportedAt   time.Time `json:"imported_at"`
}

type exportCompany struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to,omitempty"`
}

func (p pages) export(r *http.Request) (x export, err error) {
	ctx, by := r.Context(), site.By(r)
	me, err := p.Login.Me(ctx, by)
	if err != nil {
		return x, err
	}
	x = export{Name: me.Name, ExportedAt: p.Clock.Now(), SignIn: me.Emails, Emails: []exportLink{}, Certificates: []exportCertificate{},
		Records: []exportRecord{}, Companies: []exportCompany{}}
	if by.Person == "" {
		return x, nil
	}
	links, err := p.address.Links(ctx, by)
	if err != nil {
		return x, err
	}
	for _, l := range links {
		x.Emails = append(x.Emails, exportLink{l.Email, string(l.State), l.AssociatedAt})
	}
	certificates, err := p.credentials.Own(ctx, by)
	if err != nil {
		return x, err
	}
	for _, c := range certificates {
		x.Certificates = append(x.Certificates, exportCertificate{c.Code, c.Number, c.IssuedOn.String(), c.Until.String(), string(c.State), string(c.Source)})
	}
	own, err := p.address.OwnRecords(ctx, by)
	if err != nil {
		return x, err
	}
	for _, o := range own.Records {
		x.Records = append(x.Records, exportRecord{string(o.Feed), o.Provider, o.Registration, o.Email, o.Candidate, o.Code, o.Title,
			o.On.String(), string(o.Result), o.Score, o.ImportName, o.ImportedAt})
	}
	work, err := p.roster.Own(ctx, by)
	for _, b := range work {
		x.Companies = append(x.Companies, exportCompany{b.AccountName, b.BoundOn.String(), b.LeftOn.String()})
	}
	return x, err
}

func (p pages) exportJSON(w http.ResponseWriter, r *http.Request) error {
	x, err := p.export(r)
	if err != nil {
		return err
	}
	attach(w, "application/json", "my-records.json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(x)
}

func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
}

// exportCSV is the records and certificates in one table.
func (p pages) exportCSV(w http.ResponseWriter, r *http.Request) error {
	x, err := p.export(r)
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "my-records.csv")
	return writeCSV(w, x)
}

func writeCSV(w io.Writer, x export) error {
	header := []string{"kind", "code", "title", "date", "valid_until", "result", "provider", "number", "email", "source"}
	return sheet.WriteCSV(w, header, func(yield func([]string, error) bool) {
		for _, c := range x.Certificates {
			if !yield([]string{"certificate", c.Code, "", c.Issued, c.Until, c.State, "", c.Number, "", c.Source}, nil) {
				return
			}
		}
		for _, o := range x.Records {
			if !yield([]string{o.Kind, o.Code, o.Title, o.On, "", o.Result, o.Provider, o.Registration, o.Email, o.File}, nil) {
				return
			}
		}
	})
}

func resultTone(x record.Result) ui.Tone {
	switch x {
	case record.Pass, record.Finished:
		return ui.Good
	case record.Fail, record.Revoked:
		return ui.Bad
	}
	return ui.Neutral
}

func missingTone(s address.MissingState) ui.Tone {
	switch s {
	case address.MissingOpen:
		return ui.Warn
	case address.MissingAnswered:
		return ui.Info
	case address.MissingResolved, address.MissingArrived:
		return ui.Good
	case address.MissingRefused:
		return ui.Bad
	}
	return ui.Neutral
}

// recordsState says how many there are and how far the feeds have come.
func recordsState(ctx context.Context, v recordsView) string {
	if len(v.Emails) == 0 {
		return i18n.T(ctx, "mine.records.state_none")
	}
	return i18n.T(ctx, "mine.records.state", i18n.A{"exams": len(v.exams), "trainings": len(v.trainings), "n": len(v.Emails)})
}

func recordsNext(ctx context.Context, v recordsView) string {
	if len(v.Emails) == 0 {
		return i18n.T(ctx, "mine.records.next_none")
	}
	return i18n.T(ctx, "mine.records.next", i18n.A{"n": v.Lag})
}

// asOf says for one feed when it came last and until when the next is expected.
func asOf(ctx context.Context, s record.Standing) string {
	if s.Last.ID == "" {
		return i18n.T(ctx, "mine.asof.never", i18n.A{"feed": record.FeedText(s.Feed)})
	}
	return i18n.T(ctx, "mine.asof", i18n.A{"feed": record.FeedText(s.Feed), "day": i18n.From(ctx).Date(s.Last.FinishedAt), "from": s.LagFrom, "n": s.LagTo})
}

// held says what somebody has on a ladder.
func held(ctx context.Context, c climb) string {
	var out []string
	for _, h := range c.held {
		out = append(out, i18n.T(ctx, "mine.next.held", i18n.A{"code": h.Code, "day": i18n.From(ctx).Day(h.Until.String())}))
	}
	return strings.Join(out, " · ")
}

func nextColumns(ctx context.Context) []ui.Column {
	return []ui.Column{{Label: i18n.T(ctx, "mine.next.take")}, {Label: i18n.T(ctx, "mine.next.weeks"), Num: true},
		{Label: i18n.T(ctx, "mine.next.cost"), Num: true}, {Label: i18n.T(ctx, "mine.next.book")}}
}

func notFound() error { return fault.NotFound() }
