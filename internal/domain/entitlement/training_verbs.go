package entitlement

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// StateNeed says what a partner would like to be trained in. Who may ask for days may. A Refusal when no plan runs.
func (s *Service) StateNeed(ctx context.Context, by actor.Actor, n Need) (Need, error) {
	if n.Account == "" {
		n.Account = by.Account
	}
	a, err := s.may(ctx, by, actor.AskPlanDays, n.Account)
	if err != nil {
		return n, err
	}
	if err := n.check(); err != nil {
		return n, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, _, err := PlanOf(ctx, tx, n.Account)
		if err != nil {
			return err
		}
		if err := mayTrain(p, n.Mode, tx.Now); err != nil {
			return err
		}
		if n.ID, n.PartnerName, n.State, n.Asker, n.CreatedAt = id.New("trn", tx.Wall), a.Name, NeedOpen, by.Name, tx.Now; n.Key == "" {
			n.Key = n.ID
		}
		fresh, err := insertNeed(ctx, tx, n)
		if err == nil && !fresh {
			n, err = needByKey(ctx, tx, n.Account, n.Key)
			return err
		}
		if err != nil {
			return err
		}
		if err := outbox.Append(ctx, tx, NeedStated{n.Account, n.PartnerName, n.ID, n.Topic}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.AskPlanDays, audit.Subject{Kind: "training_need", ID: n.ID, Account: n.Account}, map[string]any{"did": "ask", "text": n.Topic})
	})
	return n, err
}

func mayTrain(p Plan, m Mode, at time.Time) error {
	if !p.Running(at) {
		return &Refusal{Why: NoPlan, Args: i18n.A{"unit": Training.Label()}}
	}
	if m == Onsite && p.Level != Premium {
		return fault.Invalid("mode", i18n.M("entitlement.field.onsite"))
	}
	return nil
}

// WithdrawNeed takes a need back. Conflict when a session is planned for it already.
func (s *Service) WithdrawNeed(ctx context.Context, by actor.Actor, need string) error {
	if err := by.May(actor.AskPlanDays); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := needByID(ctx, tx, need)
		if err == nil {
			err = sees(ctx, tx, by, n.Account)
		}
		if err != nil {
			return err
		}
		if err := moveNeed(ctx, tx, n, NeedWithdrawn, ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.AskPlanDays, audit.Subject{Kind: "training_need", ID: n.ID, Account: n.Account}, map[string]any{"did": "withdraw"})
	})
}

// Needs are a page of what partners would like to be trained in, newest first.
func (s *Service) Needs(ctx context.Context, by actor.Actor, account string, state NeedState, after string, limit int) ([]Need, string, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, "", err
	}
	if account != "" || !by.Vendor() {
		if err := sees(ctx, s.db.Read(), by, account); err != nil {
			return nil, "", err
		}
	}
	n := bound(limit)
	rows, err := needs(ctx, s.db.Read(), account, state, after, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].ID, err
}

// PlanSession enters a central training, answers the needs it names, and tells every partner whose plan has trainings.
// Who decides requests may.
func (s *Service) PlanSession(ctx context.Context, by actor.Actor, x Session) (Session, error) {
	if err := by.May(actor.DecidePlanDays); err != nil {
		return x, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := x.check(tx.Now); err != nil {
			return err
		}
		if x.ID, x.Edition, x.EnteredBy = id.New("trs", tx.Wall), 1, by.Name; x.Key == "" {
			x.Key = x.ID
		}
		fresh, err := insertSession(ctx, tx, x)
		if err == nil && !fresh {
			x, err = sessionByKey(ctx, tx, x.Key)
			return err
		}
		if err != nil {
			return err
		}
		for _, need := range x.Needs {
			n, err := needByID(ctx, tx, need)
			if err == nil {
				err = moveNeed(ctx, tx, n, NeedPlanned, x.ID)
			}
			if err != nil {
				return err
			}
		}
		return s.announce(ctx, tx, by, x, "planned")
	})
	return x, err
}

// CancelSession calls a training off: who had a seat gets the training back. Who decides requests may.
func (s *Service) CancelSession(ctx context.Context, by actor.Actor, session string, edition int64) error {
	if err := by.May(actor.DecidePlanDays); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		if !x.StartsAt.After(tx.Now) {
			return fault.Conflict(i18n.M("entitlement.conflict.held"))
		}
		if err := cancelSession(ctx, tx, &x, edition); err != nil {
			return err
		}
		return s.announce(ctx, tx, by, x, "cancelled")
	})
}

const (
	tellJob = "entitlement.tell" // tells of a session, batch by batch, and frees the seats of a cancelled one
	batch   = 200
)

// telling is one batch.
type telling struct {
	Session string `json:"session"`
	What    string `json:"what"`
	After   string `json:"after"`
}

func (s *Service) announce(ctx context.Context, tx *db.Tx, by actor.Actor, x Session, what string) error {
	if err := tell(ctx, tx, telling{x.ID, what, ""}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.DecidePlanDays, audit.Subject{Kind: "training", ID: x.ID, Account: by.Account}, map[string]any{"did": what, "text": x.TitleEN})
}

func tell(ctx context.Context, tx *db.Tx, t telling) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: tellJob, Key: t.Session + ":" + t.What + ":" + t.After, Payload: t})
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var t telling
	if err := json.Unmarshal(j.Payload, &t); err != nil {
		return err
	}
	x, err := sessionByID(ctx, tx, t.Session)
	if err != nil {
		return err
	}
	who, err := s.audience(ctx, tx, t)
	if err != nil {
		return err
	}
	for _, account := range who {
		if t.What == "cancelled" {
			if err := leave(ctx, tx, actor.Program("entitlement"), account, x.ID); err != nil {
				return err
			}
		}
		err := outbox.Append(ctx, tx, TrainingChanged{"training." + t.What, account, x.ID, x.TitleEN, x.TitleZH, x.StartsAt, x.Minutes, x.Place})
		if err != nil {
			return err
		}
	}
	if len(who) < batch {
		return nil
	}
	t.After = who[batch-1]
	return tell(ctx, tx, t)
}

// audience are those whose plan has trainings, or of a cancelled session those who have a seat.
func (s *Service) audience(ctx context.Context, tx *db.Tx, t telling) (out []string, err error) {
	if t.What != "cancelled" {
		return planned(ctx, tx, tx.Now, t.After, batch)
	}
	seats, err := seatsOf(ctx, tx, t.Session, t.After, batch)
	for _, x := range seats {
		out = append(out, x.Account)
	}
	return out, err
}

// Join takes a seat in a session: it draws the training of the session's month. Who may ask for days may.
func (s *Service) Join(ctx context.Context, by actor.Actor, company, session string) error {
	a, err := s.may(ctx, by, actor.AskPlanDays, company)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		if x.Cancelled || !x.StartsAt.After(tx.Now) {
			return fault.Conflict(i18n.M("entitlement.conflict.held"))
		}
		p, _, err := PlanOf(ctx, tx, company)
		if err != nil {
			return err
		}
		if err := mayTrain(p, x.Mode, x.StartsAt); err != nil {
			return err
		}
		seat := Seat{Account: company, Session: session, PartnerName: a.Name, StartsAt: x.StartsAt, TakenBy: by.Name}
		if err := takeSeat(ctx, tx, &seat); err != nil {
			return err
		}
		d, err := Draw(ctx, tx, by, Taking{Account: company, Unit: Training, N: 1, Subject: "training:" + session, Memo: x.TitleEN,
			Key: session + ":" + strconv.FormatInt(seat.Edition, 10), At: x.StartsAt})
		if err != nil {
			return err
		}
		seat.transfer = d.Transfer
		if err := drawnSeat(ctx, tx, seat); err != nil {
			return err
		}
		return seated(ctx, tx, by, company, session, "joined")
	})
}

// Leave gives a seat up before the session begins; the training comes back.
func (s *Service) Leave(ctx context.Context, by actor.Actor, company, session string) error {
	if _, err := s.may(ctx, by, actor.AskPlanDays, company); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		x, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		if !x.StartsAt.After(tx.Now) {
			return fault.Conflict(i18n.M("entitlement.conflict.held"))
		}
		if err := leave(ctx, tx, by, company, session); err != nil {
			return err
		}
		return seated(ctx, tx, by, company, session, "left")
	})
}

func seated(ctx context.Context, tx *db.Tx, by actor.Actor, company, session, what string) error {
	if err := outbox.Append(ctx, tx, SeatChanged{"training." + what, company, session, by.Name}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, actor.AskPlanDays, audit.Subject{Kind: "training", ID: session, Account: company}, map[string]any{"did": what})
}

func leave(ctx context.Context, tx *db.Tx, by actor.Actor, company, session string) error {
	seat, found, err := seatOf(ctx, tx, company, session)
	if err != nil {
		return err
	}
	if !found {
		return fault.NotFound()
	}
	if err := leaveSeat(ctx, tx, seat); err != nil {
		return err
	}
	return GiveBack(ctx, tx, by, company, Training, seat.transfer, "")
}

// leaveAll gives up the seats in sessions to come.
func leaveAll(ctx context.Context, tx *db.Tx, by actor.Actor, account string) error {
	seats, err := seatsFrom(ctx, tx, account, tx.Now)
	if err != nil {
		return err
	}
	for _, x := range seats {
		if err := leave(ctx, tx, by, account, x.Session); err != nil {
			return err
		}
	}
	return nil
}

// Sessions are those that begin from an instant on, soonest first, with whether a company takes part.
func (s *Service) Sessions(ctx context.Context, by actor.Actor, company string, from time.Time, limit int) ([]Session, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, err
	}
	if company != "" || !by.Vendor() {
		if err := sees(ctx, s.db.Read(), by, company); err != nil {
			return nil, err
		}
	}
	list, err := sessionsFrom(ctx, s.db.Read(), from, bound(limit))
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := s.complete(ctx, by, company, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// complete adds how many take part, which the vendor alone sees, and whether a company does.
func (s *Service) complete(ctx context.Context, by actor.Actor, company string, x *Session) (err error) {
	if by.Vendor() {
		if x.Seats, err = countSeats(ctx, s.db.Read(), x.ID); err != nil {
			return err
		}
	}
	if company == "" {
		return nil
	}
	seat, found, err := seatOf(ctx, s.db.Read(), company, x.ID)
	x.Mine = found && seat.Taken
	return err
}

// Session is one, as Sessions shows it.
func (s *Service) Session(ctx context.Context, by actor.Actor, company, session string) (x Session, err error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return x, err
	}
	if company != "" || !by.Vendor() {
		if err := sees(ctx, s.db.Read(), by, company); err != nil {
			return x, err
		}
	}
	if x, err = sessionByID(ctx, s.db.Read(), session); err != nil {
		return x, err
	}
	return x, s.complete(ctx, by, company, &x)
}

// Seats are a page of who takes part in a session. The vendor's staff may.
func (s *Service) Seats(ctx context.Context, by actor.Actor, session, after string, limit int) ([]Seat, string, error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, "", err
	}
	if !by.Vendor() {
		return nil, "", fault.NotFound()
	}
	n := bound(limit)
	rows, err := seatsOf(ctx, s.db.Read(), session, after, n+1)
	if len(rows) <= n {
		return rows, "", err
	}
	return rows[:n], rows[n-1].Account, err
}
