package entitlement

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// Ask asks for days, and holds them until the vendor has decided. The administrator and the service manager of who has
// the plan may. A Refusal when no plan runs on the first day, or fewer days are left.
func (s *Service) Ask(ctx context.Context, by actor.Actor, in Asking) (r Request, err error) {
	if in.Account == "" {
		in.Account = by.Account
	}
	a, err := s.may(ctx, by, actor.AskPlanDays, in.Account)
	if err != nil {
		return r, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		r, err = ask(ctx, tx, by, a, in)
		if err == nil && in.DryRun {
			return errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		return r, nil
	}
	return r, err
}

// errDry gives a transaction up whose only purpose was to find out.
var errDry = errors.New("dry run")

func ask(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, in Asking) (r Request, err error) {
	lead, err := setting.Int(ctx, tx, setting.PlanLeadDays, tx.Now)
	if err != nil {
		return r, err
	}
	w := calendar.Standard()
	if err := in.check(w, calendar.DayOf(tx.Now), lead); err != nil {
		return r, err
	}
	r = Request{Account: a.ID, ID: id.New("pdr", tx.Wall), PartnerName: a.Name, Unit: in.Unit, Dates: in.Dates, Topic: in.Topic, Contact: in.Contact, Email: in.Email,
		Note: in.Note, State: Requested, Edition: 1, RequestedBy: by.User, Asker: by.Name, CreatedAt: tx.Now, ChangedAt: tx.Now, key: in.Key}
	if r.key == "" {
		r.key = r.ID
	} else if first, err := requestByKey(ctx, tx, a.ID, r.key); fault.KindOf(err) != fault.KindNotFound {
		return first, err
	}
	if err := r.reserve(ctx, tx, by, w); err != nil {
		return r, err
	}
	fresh, err := insertRequest(ctx, tx, r)
	if err == nil && !fresh {
		err = fault.Conflict(i18n.Msg{}) // the same form in this moment: the next try finds it
	}
	if err != nil {
		return r, err
	}
	return r, told(ctx, tx, by, actor.AskPlanDays, r, "requested")
}

// reserve holds the days of a request in the plan year of its dates.
func (r *Request) reserve(ctx context.Context, tx *db.Tx, by actor.Actor, w *calendar.Working) error {
	first := r.First.Time()
	if first.Before(tx.Now) {
		first = tx.Now
	}
	p, x, err := at(ctx, tx, by, r.Account, r.Unit, first)
	if err != nil {
		return err
	}
	if x, err = lockPeriod(ctx, tx, r.Account, r.Unit, x.name, 0); err != nil {
		return err
	}
	end := x.until
	if p.Until.Before(end) {
		end = p.Until
	}
	if r.Last.End().After(end) {
		last := calendar.DayOf(end) - 1
		return fault.Invalid("last_on", i18n.M("entitlement.field.beyond", i18n.A{"day": r.Last.String(), "last": last.String()}))
	}
	r.Period, r.Days = x.name, r.Count(r.Unit, w)
	h, err := ledger.Reserve(ctx, tx, by, ledger.Reservation{Place: x.place(), Minor: r.Days, Subject: r.subject(),
		Key: r.ID + ":" + strconv.FormatInt(r.Edition, 10), Verb: actor.AskPlanDays})
	if err != nil {
		return noneLeft(err, p, x)
	}
	r.hold = h.ID
	return errors.Join(plan(ctx, tx, *r, r.First.Time(), "first"), plan(ctx, tx, *r, r.Last.End(), "last"))
}

// due is what a request's job is told.
type due struct {
	ID string `json:"id"`
}

// plan adds the job of a request's first day, or of the instant at which its last one is over.
func plan(ctx context.Context, tx *db.Tx, r Request, at time.Time, what string) error {
	key := r.ID + ":" + what + ":" + strconv.FormatInt(at.Unix(), 10)
	return jobs.Add(ctx, tx, jobs.New{Kind: dayJob, Key: key, Account: r.Account, Payload: due{r.ID}, RunAt: at})
}

func (r Request) subject() string { return "plan_request:" + r.ID }

// release gives back what a request holds or has drawn. The caller holds its row.
func (r *Request) release(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, why string) error {
	if r.transfer != "" {
		transfer := r.transfer
		r.transfer = ""
		return GiveBack(ctx, tx, by, r.Account, r.Unit, transfer, why)
	}
	x, err := lockPeriod(ctx, tx, r.Account, r.Unit, r.Period, 0)
	if err != nil {
		return err
	}
	if err := ledger.Free(ctx, tx, by, verb, r.Account, r.hold); err != nil {
		return err
	}
	r.hold = ""
	return settle(ctx, tx, by, x, "back", r.subject())
}

// draw takes the days that a request holds.
func (r *Request) draw(ctx context.Context, tx *db.Tx, by actor.Actor) error {
	x, err := lockPeriod(ctx, tx, r.Account, r.Unit, r.Period, r.Days)
	if err != nil {
		return err
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	done, err := ledger.Capture(ctx, tx, by, r.Account, r.hold, ledger.Posting{Book: r.Account, Kind: ledger.Consume, Scene: string(r.Unit), Memo: r.Topic, Subject: r.subject(),
		Key: "draw:" + r.hold, Verb: actor.TakeUnits, Moves: []ledger.Move{{From: x.place(), To: delivered(vendor, r.Unit), Minor: r.Days}}})
	if err != nil {
		return err
	}
	r.hold, r.transfer = "", done.ID
	return settle(ctx, tx, by, x, "level", r.subject())
}

// A Decision is the vendor's word on a request, or new dates for it.
type Decision struct {
	Request string
	Edition int64
	Words   string
	Dates   Dates // for Reschedule
}

// Approve agrees to a request: its days are drawn. The vendor's administrators, channel managers and support engineers
// may. Conflict when it isn't waiting any more.
func (s *Service) Approve(ctx context.Context, by actor.Actor, in Decision) (Request, error) {
	return s.decide(ctx, by, actor.DecidePlanDays, in, false, func(tx *db.Tx, r *Request) (string, error) {
		if r.State != Requested {
			return "", wrongState(*r)
		}
		r.State, r.Answer, r.Answerer = Approved, in.Words, by.Name
		return "approved", r.draw(ctx, tx, by)
	})
}

// Refuse says no, with words; the days are free again. Who may approve may.
func (s *Service) Refuse(ctx context.Context, by actor.Actor, in Decision) (Request, error) {
	return s.decide(ctx, by, actor.DecidePlanDays, in, true, func(tx *db.Tx, r *Request) (string, error) {
		if r.State != Requested {
			return "", wrongState(*r)
		}
		r.State, r.Answer, r.Answerer = Refused, in.Words, by.Name
		return "refused", r.release(ctx, tx, by, actor.DecidePlanDays, in.Words)
	})
}

// Withdraw takes a request back before its first day; its days are free again. Who may ask may.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, in Decision) (Request, error) {
	return s.decide(ctx, by, actor.AskPlanDays, in, false, func(tx *db.Tx, r *Request) (string, error) {
		if err := r.movable(tx); err != nil {
			return "", err
		}
		r.State = Withdrawn
		return "withdrawn", r.release(ctx, tx, by, actor.AskPlanDays, "")
	})
}

// Reschedule gives a request other dates before its first day. By the vendor it's approved with them; by the partner it's
// a request again that waits for the vendor.
func (s *Service) Reschedule(ctx context.Context, by actor.Actor, in Decision) (Request, error) {
	verb := actor.AskPlanDays
	if by.Vendor() {
		verb = actor.DecidePlanDays
	}
	return s.decide(ctx, by, verb, in, false, func(tx *db.Tx, r *Request) (string, error) {
		if err := r.movable(tx); err != nil {
			return "", err
		}
		lead, err := setting.Int(ctx, tx, setting.PlanLeadDays, tx.Now)
		if err != nil {
			return "", err
		}
		var fs fault.Fields
		w := calendar.Standard()
		if in.Dates.check(&fs, r.Unit, w, calendar.DayOf(tx.Now), lead); fs.Err() != nil {
			return "", fs.Err()
		}
		if err := r.release(ctx, tx, by, verb, ""); err != nil {
			return "", err
		}
		r.Dates, r.State = in.Dates, Requested
		r.Edition++ // names the new hold
		if err := r.reserve(ctx, tx, by, w); err != nil || !by.Vendor() {
			return "moved", err
		}
		r.State, r.Answer, r.Answerer = Approved, in.Words, by.Name
		return "rescheduled", r.draw(ctx, tx, by)
	})
}

// decide changes a request in one transaction: what holds its row first, the ledger last.
func (s *Service) decide(ctx context.Context, by actor.Actor, verb actor.Verb, in Decision, words bool, change func(tx *db.Tx, r *Request) (string, error)) (r Request, err error) {
	if err := by.May(verb); err != nil {
		return r, err
	}
	if in.Words = text.Lines(in.Words); words && in.Words == "" || len([]rune(in.Words)) > mostText {
		return r, fault.Invalid("answer", i18n.M("entitlement.field.answer", i18n.A{"most": mostText}))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if r, err = visible(ctx, tx, by, in.Request); err != nil {
			return err
		}
		from := r.State
		// The row is held before anything moves: a second decision at the same time finds another edition.
		if err := saveRequest(ctx, tx, &r, from, in.Edition); err != nil {
			return err
		}
		edition := r.Edition
		what, err := change(tx, &r)
		if err != nil {
			return err
		}
		if err := saveRequest(ctx, tx, &r, from, edition); err != nil {
			return err
		}
		return told(ctx, tx, by, verb, r, what)
	})
	return r, err
}

func (r Request) movable(tx *db.Tx) error {
	if !r.State.Open() {
		return wrongState(r)
	}
	if r.First <= calendar.DayOf(tx.Now) {
		return fault.Conflict(i18n.M("entitlement.conflict.begun", i18n.A{"day": r.First.String()}))
	}
	return nil
}

func wrongState(r Request) error {
	return fault.Conflict(i18n.M("entitlement.conflict.state", i18n.A{"state": r.State.Label()}))
}

// told tells of what happened to a request, and records it.
func told(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, r Request, what string) error {
	if err := outbox.Append(ctx, tx, r.changed(what)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "plan_request", ID: r.ID, Account: r.Account},
		map[string]any{"did": what, "kind": string(r.Unit), "first_on": r.First.String(), "last_on": r.Last.String(), "days": r.Days})
}

// day ends a request that nobody decided before its first day, and marks one whose last day is over.
func (s *Service) day(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var d due
	if err := json.Unmarshal(j.Payload, &d); err != nil {
		return err
	}
	r, err := requestByID(ctx, tx, j.Account, d.ID)
	if err != nil {
		return err
	}
	by, today, from := actor.Program("entitlement"), calendar.DayOf(tx.Now), r.State
	switch {
	case r.State == Requested && r.First <= today:
		return s.lapse(ctx, tx, by, r, Refused, NotDecided)
	case r.State == Approved && r.Last < today:
		r.State = Past
		if err := saveRequest(ctx, tx, &r, from, r.Edition); err != nil {
			return err
		}
		return told(ctx, tx, by, actor.TakeUnits, r, "used")
	}
	return nil // its dates were changed, or it ended before
}

// lapse ends a request without anybody's doing.
func (*Service) lapse(ctx context.Context, tx *db.Tx, by actor.Actor, r Request, to State, why Cause) error {
	from := r.State
	if err := saveRequest(ctx, tx, &r, from, r.Edition); err != nil {
		return err
	}
	if err := r.release(ctx, tx, by, actor.TakeUnits, string(why)); err != nil {
		return err
	}
	r.State, r.Cause = to, why
	if err := saveRequest(ctx, tx, &r, from, r.Edition); err != nil {
		return err
	}
	return told(ctx, tx, by, actor.TakeUnits, r, string(to))
}

// giveUp withdraws what was asked for from a plan that ended, but for days that have begun, and frees seats in trainings
// to come.
func giveUp(ctx context.Context, tx *db.Tx, by actor.Actor, account string, old Plan) error {
	if old.Level == Basic {
		return nil
	}
	open, err := openRequests(ctx, tx, account)
	if err != nil {
		return err
	}
	today := calendar.DayOf(tx.Now)
	for _, r := range open {
		if r.State == Approved && r.First <= today {
			continue
		}
		if err := (*Service)(nil).lapse(ctx, tx, by, r, Withdrawn, PlanEnded); err != nil {
			return fmt.Errorf("withdraw request %s: %w", r.ID, err)
		}
	}
	return leaveAll(ctx, tx, by, account)
}

// Filter asks for requests: of one account, or of all for the vendor's staff; in one state, or in any.
type Filter struct {
	Account string
	State   State
	After   string
	Limit   int
}

// Requests are a page, newest first, with what to ask the next one with ("" = the last page). Who may see days may.
func (s *Service) Requests(ctx context.Context, by actor.Actor, f Filter) ([]Request, string, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, "", err
	}
	if f.Account != "" || !by.Vendor() {
		if err := sees(ctx, s.db.Read(), by, f.Account); err != nil {
			return nil, "", err
		}
	}
	n := bound(f.Limit)
	rows, err := requests(ctx, s.db.Read(), f.Account, f.State, f.After, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].ID, err
}

// Queue is a page of all partners' requests in a state, those whose first day comes first before. The vendor's staff may.
func (s *Service) Queue(ctx context.Context, by actor.Actor, f Filter) ([]Request, string, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, "", err
	}
	if !by.Vendor() {
		return nil, "", fault.NotFound()
	}
	first, after, _ := strings.Cut(f.After, ".")
	n := bound(f.Limit)
	rows, err := queue(ctx, s.db.Read(), f.State, first, after, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].First.String() + "." + rows[n-1].ID, err
}

// Request is one in the reader's scope.
func (s *Service) Request(ctx context.Context, by actor.Actor, request string) (Request, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return Request{}, err
	}
	return visible(ctx, s.db.Read(), by, request)
}

func visible(ctx context.Context, q db.Querier, by actor.Actor, request string) (Request, error) {
	r, err := requestByID(ctx, q, "", request)
	if err == nil {
		err = sees(ctx, q, by, r.Account)
	}
	return r, err
}
