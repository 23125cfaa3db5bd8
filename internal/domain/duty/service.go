package duty

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Service holds the verbs.
type Service struct {
	db    *db.DB
	files *blob.Store
	q     *qualification.Service
}

// New returns the service.
func New(d *db.DB, files *blob.Store, q *qualification.Service) *Service {
	return &Service{d, files, q}
}

// star is the program whose holders have these duties.
const star = "h3c-star"

const (
	tellJob   = "duty.publish" // tells the holders of a document, batch by batch
	reportJob = "duty.report"  // makes the reports of a quarter, batch by batch
	batch     = 200
)

// Register adds the daily pass and its batches.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("duty.daily", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.daily)
	r.Inside(tellJob, s.tellHolders)
	r.Inside(reportJob, s.askHolders)
}

func (s *Service) may(ctx context.Context, by actor.Actor, verb actor.Verb, partner string) (account.Account, error) {
	if err := by.May(verb); err != nil {
		return account.Account{}, err
	}
	if err := by.Sees(partner); err != nil {
		return account.Account{}, err
	}
	a, err := account.Get(ctx, s.db.Read(), partner)
	if err == nil && a.Kind != actor.Partner {
		err = fault.NotFound()
	}
	return a, err
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// A NewDocument is what the vendor publishes.
type NewDocument struct{ Topic, TitleEN, TitleZH, Name string }

func (n NewDocument) check() error {
	var fs fault.Fields
	if !slices.Contains(Topics(), n.Topic) {
		fs.Add("topic", n.Topic, i18n.M("duty.field.topic"))
	}
	for _, x := range []struct{ name, title string }{{"title_en", n.TitleEN}, {"title_zh", n.TitleZH}} {
		if k := len([]rune(x.title)); k == 0 || k > mostLine {
			fs.Add(x.name, "", i18n.M("duty.field.title", i18n.A{"most": mostLine}))
		}
	}
	return fs.Err()
}

// Publish publishes a document (PDF, PNG, JPEG) to every holder of a star, who are asked to read it. Reviewers and
// channel managers may.
func (s *Service) Publish(ctx context.Context, by actor.Actor, n NewDocument, r io.Reader) (d Document, err error) {
	if err := by.May(actor.PublishPolicy); err != nil {
		return d, err
	}
	n.TitleEN, n.TitleZH, n.Name = text.Clean(n.TitleEN), text.Clean(n.TitleZH), text.Clean(n.Name)
	if err := n.check(); err != nil {
		return d, err
	}
	most, err := setting.Int(ctx, s.db.Read(), setting.UploadBytes, s.db.Clock().Now())
	if err != nil {
		return d, err
	}
	ref, err := s.files.Put(ctx, r, blob.Limits{Bytes: int64(most), Types: blob.Documents()})
	if err != nil {
		return d, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d = Document{ID: id.New("pol", tx.Wall), Topic: n.Topic, TitleEN: n.TitleEN, TitleZH: n.TitleZH, Hash: ref.Hash, Size: ref.Size,
			Media: ref.Type.MIME(), Name: n.Name, PublishedBy: by.Name, PublishedAt: tx.Now}
		if d.Name == "" {
			d.Name = "policy" + ref.Type.Ext()
		}
		if err := insertDocument(ctx, tx, d); err != nil {
			return err
		}
		if err := jobs.Add(ctx, tx, jobs.New{Kind: tellJob, Key: d.ID + ":", Account: by.Account, Payload: sweep{ID: d.ID}}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.PublishPolicy, audit.Subject{Kind: "policy", ID: d.ID, Account: by.Account},
			map[string]any{"did": "publish", "text": d.TitleEN, "hash": d.Hash})
	})
	return d, err
}

// sweep is one batch: of a document's readers, or of a quarter's reports.
type sweep struct {
	ID    string       `json:"id"` // of the document, or the quarter
	Level int          `json:"level,omitempty"`
	After string       `json:"after,omitempty"`
	Due   calendar.Day `json:"due,omitempty"`
}

// holders calls use for a batch of the holders of a star, and plans the next one.
func (s *Service) holders(ctx context.Context, tx *db.Tx, kind string, w sweep, use func(a qualification.Qualification, name string) error) error {
	v, err := s.q.Current(star, tx.Now)
	if err != nil || w.Level >= len(v.Levels) {
		return nil // no star in force: nobody has the duty
	}
	list, err := s.q.StageHolders(ctx, tx, star, v.Levels[w.Level].ID, w.After, batch)
	if err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Account
	}
	names, err := account.Names(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, q := range list {
		if err := use(q, names[q.Account]); err != nil {
			return err
		}
	}
	if len(list) == batch {
		w.After = list[batch-1].Account
	} else {
		w.Level, w.After = w.Level+1, ""
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: kind, Key: w.ID + ":" + strconv.Itoa(w.Level) + ":" + w.After, Payload: w})
}

func (s *Service) tellHolders(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var w sweep
	if err := json.Unmarshal(j.Payload, &w); err != nil {
		return err
	}
	d, err := documentByID(ctx, tx, w.ID)
	if err != nil || d.Withdrawn {
		return err
	}
	return s.holders(ctx, tx, tellJob, w, func(q qualification.Qualification, _ string) error {
		return outbox.Append(ctx, tx, PolicyPublished{Partner: q.Account, Document: d.ID, TitleEN: d.TitleEN, TitleZH: d.TitleZH})
	})
}

// Unpublish withdraws a document; receipts stay. Conflict when it has been.
func (s *Service) Unpublish(ctx context.Context, by actor.Actor, document string) error {
	if err := by.May(actor.PublishPolicy); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := documentByID(ctx, tx, document); err != nil {
			return err
		}
		if err := withdrawDocument(ctx, tx, document); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.PublishPolicy, audit.Subject{Kind: "policy", ID: document, Account: by.Account}, map[string]any{"did": "withdraw"})
	})
}

// Policies lists what a partner should read, newest first, with its receipts.
func (s *Service) Policies(ctx context.Context, by actor.Actor, partner string) (out []Read, err error) {
	if _, err := s.may(ctx, by, actor.ViewDuties, partner); err != nil {
		return nil, err
	}
	docs, err := documents(ctx, s.db.Read(), false)
	if err != nil {
		return nil, err
	}
	all, err := receiptsOf(ctx, s.db.Read(), partner)
	for _, d := range docs {
		x := Read{Document: d}
		for _, r := range all {
			if r.Document == d.ID {
				x.Receipts = append(x.Receipts, r)
				x.Mine = x.Mine || r.User == by.User
			}
		}
		out = append(out, x)
	}
	return out, err
}

// A Published is a document with how many partners have read it.
type Published struct {
	Document
	Readers int64
}

// Documents lists everything published, withdrawn ones too. The vendor's staff may.
func (s *Service) Documents(ctx context.Context, by actor.Actor) (out []Published, err error) {
	if err := by.May(actor.ViewDuties); err != nil {
		return nil, err
	}
	if !by.Vendor() {
		return nil, fault.NotFound()
	}
	docs, err := documents(ctx, s.db.Read(), true)
	if err != nil {
		return nil, err
	}
	n, err := readers(ctx, s.db.Read())
	for _, d := range docs {
		out = append(out, Published{d, n[d.ID]})
	}
	return out, err
}

// OpenDocument opens a document. The caller closes it.
func (s *Service) OpenDocument(ctx context.Context, by actor.Actor, document string) (*os.File, Document, error) {
	if err := by.May(actor.ViewDuties); err != nil {
		return nil, Document{}, err
	}
	d, err := documentByID(ctx, s.db.Read(), document)
	if err != nil {
		return nil, d, err
	}
	f, err := s.files.Open(d.Hash)
	return f, d, err
}

// Confirm says that the reader has read a document and passed it on. Saying it again changes nothing.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, partner, document string) error {
	if _, err := s.may(ctx, by, actor.DoDuties, partner); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := documentByID(ctx, tx, document)
		if err != nil {
			return err
		}
		if d.Withdrawn {
			return fault.Conflict(i18n.M("duty.conflict.withdrawn"))
		}
		fresh, err := insertReceipt(ctx, tx, partner, Receipt{Document: document, User: by.User, Name: by.Name})
		if err != nil || !fresh {
			return err
		}
		return audit.Record(ctx, tx, by, actor.DoDuties, audit.Subject{Kind: "policy", ID: document, Account: partner}, map[string]any{"did": "confirm"})
	})
}

// Request asks for spare parts. The partner's administrator and service manager may.
func (s *Service) Request(ctx context.Context, by actor.Actor, partner string, r Request) (Request, error) {
	a, err := s.may(ctx, by, actor.DoDuties, partner)
	if err != nil {
		return r, err
	}
	if r.clean(); r.check() != nil {
		return r, r.check()
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r.Account, r.ID, r.PartnerName, r.State, r.Edition, r.RequestedBy = partner, id.New("spr", tx.Wall), a.Name, Requested, 1, by.Name
		r.CreatedAt, r.ChangedAt = tx.Now, tx.Now
		if err := insertRequest(ctx, tx, r); err != nil {
			return err
		}
		return s.told(ctx, tx, by, actor.DoDuties, r)
	})
	return r, err
}

// told tells of a request's state, and records it.
func (s *Service) told(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, r Request) error {
	err := outbox.Append(ctx, tx, SpareChanged{What: "spare." + string(r.State), Partner: r.Account, PartnerName: r.PartnerName, Request: r.ID, Part: r.Part, State: r.State, Answer: r.Answer})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "spare", ID: r.ID, Account: r.Account}, map[string]any{"did": string(r.State), "text": r.Part})
}

// Move moves a request to a state that may follow: the vendor accepts, ships and refuses (with words), the partner
// receives and withdraws.
func (s *Service) Move(ctx context.Context, by actor.Actor, request string, edition int64, to RequestState, answer string) (r Request, err error) {
	verb := actor.DoDuties
	if by.Vendor() {
		verb = actor.AnswerDuties
	}
	if err := by.May(verb); err != nil {
		return r, err
	}
	if answer = text.Lines(answer); to == Refused && answer == "" || len([]rune(answer)) > mostText {
		return r, fault.Invalid("answer", i18n.M("duty.field.answer", i18n.A{"most": mostText}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = requestByID(ctx, tx, by.Scope(), request); err != nil {
			return err
		}
		if vendor, ok := next[r.State][to]; !ok || vendor != by.Vendor() {
			return fault.Conflict(i18n.M("duty.conflict.spare", i18n.A{"state": r.State.Label()}))
		}
		from := r.State
		r.State = to
		if by.Vendor() {
			r.AnsweredBy = by.Name
		}
		if by.Vendor() && answer != "" {
			r.Answer = answer // words said before stand until there are newer ones
		}
		if err := moveRequest(ctx, tx, &r, from, edition); err != nil {
			return err
		}
		return s.told(ctx, tx, by, verb, r)
	})
	return r, err
}

// Requests lists a partner's requests, or with "" for the vendor's staff all of them, newest first.
func (s *Service) Requests(ctx context.Context, by actor.Actor, partner string, state RequestState, after string, limit int) ([]Request, string, error) {
	if err := by.May(actor.ViewDuties); err != nil {
		return nil, "", err
	}
	if partner != "" || !by.Vendor() {
		if err := by.Sees(partner); err != nil {
			return nil, "", err
		}
	}
	n := bound(limit)
	rows, err := requests(ctx, s.db.Read(), partner, state, after, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].ID, err
}

// OneRequest returns one in the reader's scope.
func (s *Service) OneRequest(ctx context.Context, by actor.Actor, request string) (Request, error) {
	if err := by.May(actor.ViewDuties); err != nil {
		return Request{}, err
	}
	return requestByID(ctx, s.db.Read(), by.Scope(), request)
}

// daily asks for the reports of a quarter on the first day after it, reminds, and tells of overdue ones.
func (s *Service) daily(ctx context.Context, at time.Time) error {
	return s.db.UpdateAt(ctx, at, func(tx *db.Tx) error {
		today := calendar.DayOf(at)
		if quarterBegins(today) {
			days, err := setting.Int(ctx, tx, setting.ReportDays, tx.Now)
			if err != nil {
				return err
			}
			if err := ask(ctx, tx, Period(today), today.AddDays(days)); err != nil {
				return err
			}
		}
		return s.chase(ctx, tx, today)
	})
}

// Ask asks the holders of a star for the report of a quarter, due on a day. The daily pass does it by itself; whoever
// has been asked for that quarter isn't asked again.
func (s *Service) Ask(ctx context.Context, period string, due calendar.Day) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return ask(ctx, tx, period, due) })
}

func ask(ctx context.Context, tx *db.Tx, period string, due calendar.Day) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: reportJob, Key: period + ":", Payload: sweep{ID: period, Due: due}})
}

// chase goes through the reports that are due, by due day: a week before and on the day they remind, after it they
// are overdue.
func (s *Service) chase(ctx context.Context, tx *db.Tx, today calendar.Day) error {
	due, account := "", ""
	for {
		list, err := reportsIn(ctx, tx, Due, due, account, batch)
		if err != nil {
			return err
		}
		for i := range list {
			r := &list[i]
			switch left := int(r.DueOn - today); {
			case left > 7:
				return nil // those after it are due later
			case left < 0:
				r.State = Overdue
				if err := saveReport(ctx, tx, r, Due, r.Edition); err != nil {
					return err
				}
				err = s.reported(ctx, tx, "report.overdue", *r)
			case left == 7 || left == 0:
				err = s.reported(ctx, tx, "report.reminder", *r)
			}
			if err != nil {
				return err
			}
		}
		if len(list) < batch {
			return nil
		}
		due, account = list[batch-1].DueOn.String(), list[batch-1].Account
	}
}

func (s *Service) reported(ctx context.Context, tx *db.Tx, what string, r Report) error {
	return outbox.Append(ctx, tx, ReportChanged{What: what, Partner: r.Account, PartnerName: r.PartnerName, Period: r.Period, DueOn: r.DueOn, Remark: r.Remark})
}

func (s *Service) askHolders(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var w sweep
	if err := json.Unmarshal(j.Payload, &w); err != nil {
		return err
	}
	return s.holders(ctx, tx, reportJob, w, func(q qualification.Qualification, name string) error {
		r := Report{Account: q.Account, Period: w.ID, PartnerName: name, DueOn: w.Due, State: Due}
		fresh, err := insertReport(ctx, tx, r)
		if err != nil || !fresh {
			return err
		}
		return s.reported(ctx, tx, "report.due", r)
	})
}

// Reports lists a partner's quarterly reports, newest first.
func (s *Service) Reports(ctx context.Context, by actor.Actor, partner string) ([]Report, error) {
	if _, err := s.may(ctx, by, actor.ViewDuties, partner); err != nil {
		return nil, err
	}
	return reports(ctx, s.db.Read(), partner)
}

// Report returns one.
func (s *Service) Report(ctx context.Context, by actor.Actor, partner, period string) (Report, error) {
	if _, err := s.may(ctx, by, actor.ViewDuties, partner); err != nil {
		return Report{}, err
	}
	return reportOf(ctx, s.db.Read(), partner, period)
}

// Received lists the reports in a state over the whole channel, by due day. The vendor's staff may.
func (s *Service) Received(ctx context.Context, by actor.Actor, state ReportState, after string, limit int) ([]Report, string, error) {
	if err := by.May(actor.ViewDuties); err != nil {
		return nil, "", err
	}
	if !by.Vendor() {
		return nil, "", fault.NotFound()
	}
	due, account, _ := strings.Cut(after, ".")
	n := bound(limit)
	rows, err := reportsIn(ctx, s.db.Read(), state, due, account, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	last := rows[n-1]
	return rows[:n], last.DueOn.String() + "." + last.Account, err
}

// A Quarter is what the service manager reports.
type Quarter struct {
	Projects, Complaints int64
	Summary              string
}

func (x Quarter) check() error {
	var fs fault.Fields
	for _, f := range []struct {
		name string
		n    int64
	}{{"projects", x.Projects}, {"complaints", x.Complaints}} {
		if f.n < 0 || f.n > mostNumber {
			fs.Add(f.name, strconv.FormatInt(f.n, 10), i18n.M("duty.field.number"))
		}
	}
	if n := len([]rune(x.Summary)); n == 0 || n > mostText {
		fs.Add("summary", "", i18n.M("duty.field.summary", i18n.A{"most": mostText}))
	}
	return fs.Err()
}

// Send sends the report of a quarter, or corrects it until the vendor has read it.
func (s *Service) Send(ctx context.Context, by actor.Actor, partner, period string, edition int64, x Quarter) (r Report, err error) {
	if _, err := s.may(ctx, by, actor.DoDuties, partner); err != nil {
		return r, err
	}
	x.Summary = text.Lines(x.Summary)
	if err := x.check(); err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = reportOf(ctx, tx, partner, period); err != nil {
			return err
		}
		if r.State == Seen {
			return fault.Conflict(i18n.M("duty.conflict.report", i18n.A{"state": r.State.Label()}))
		}
		from := r.State
		r.State, r.Projects, r.Complaints, r.Summary, r.SentBy, r.SentAt = Sent, x.Projects, x.Complaints, x.Summary, by.Name, tx.Now
		if err := saveReport(ctx, tx, &r, from, edition); err != nil {
			return err
		}
		if err := s.reported(ctx, tx, "report.sent", r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.DoDuties, audit.Subject{Kind: "quality_report", ID: period, Account: partner}, map[string]any{"did": "send"})
	})
	return r, err
}

// Read says that the vendor has read a report, with a remark if it likes. Reviewers and channel managers may.
func (s *Service) Read(ctx context.Context, by actor.Actor, partner, period string, edition int64, remark string) (r Report, err error) {
	if _, err := s.may(ctx, by, actor.AnswerDuties, partner); err != nil {
		return r, err
	}
	if remark = text.Lines(remark); len([]rune(remark)) > mostText {
		return r, fault.Invalid("remark", i18n.M("duty.field.answer", i18n.A{"most": mostText}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = reportOf(ctx, tx, partner, period); err != nil {
			return err
		}
		if r.State != Sent {
			return fault.Conflict(i18n.M("duty.conflict.report", i18n.A{"state": r.State.Label()}))
		}
		r.State, r.ReadBy, r.ReadAt, r.Remark = Seen, by.Name, tx.Now, remark
		if err := saveReport(ctx, tx, &r, Sent, edition); err != nil {
			return err
		}
		if err := s.reported(ctx, tx, "report.read", r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.AnswerDuties, audit.Subject{Kind: "quality_report", ID: period, Account: partner}, map[string]any{"did": "read"})
	})
	return r, err
}
