package ticket

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// Service has the verbs.
type Service struct {
	db      *db.DB
	contact *contact.Service
}

// New returns the service. Contacts check codes; nil takes none.
func New(d *db.DB, c *contact.Service) *Service { return &Service{d, c} }

const (
	closeJob  = "ticket.auto_close"
	noticeJob = "ticket.closing_soon"
	resumeJob = "ticket.resume"
)

// Register adds what happens by itself: tickets that wait for the customer too long are closed, after a notice; paused
// ones go on; those of a customer follow it to its partner's desk; and a missed deadline shows on the ticket.
func (s *Service) Register(r *jobs.Runner) {
	s.registerIndex(r)
	s.registerFollow(r)
	r.Inside(closeJob, s.autoClose)
	r.Inside(noticeJob, s.closingSoon)
	r.Inside(resumeJob, s.resume)
	r.On("sla.breached", "ticket.clocks", s.clocksMoved)
}

// Follow takes over what the clocks say after a policy or calendar has changed, in the clocks' own transaction.
func (s *Service) Follow(ctx context.Context, tx *db.Tx, changed []sla.Clocks) error {
	for _, c := range changed {
		if err := setClocks(ctx, tx, c.Account, c.Subject, c); err != nil {
			return err
		}
	}
	return nil
}

// clocksMoved mirrors the clocks of a ticket that missed one.
func (s *Service) clocksMoved(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	all, err := sla.Of(ctx, tx, []string{e.Subject})
	if err != nil {
		return err
	}
	c, ok := all[e.Subject]
	if !ok {
		return nil
	}
	return setClocks(ctx, tx, e.Account, e.Subject, c)
}

// tries is how often a number is drawn before one with more digits is.
const tries = 20

// number gives a ticket its number: TT, the day in the business zone, and digits that nobody can guess. They are drawn,
// not counted, so that tickets opened at once don't wait for each other.
func number(ctx context.Context, tx *db.Tx, account string) (string, error) {
	day := "TT" + tx.Now.In(calendar.Zone).Format("20060102")
	for i := range 2 * tries {
		digits, most := 6, int64(1_000_000)
		if i >= tries {
			digits, most = 9, 1_000_000_000
		}
		n, err := rand.Int(rand.Reader, big.NewInt(most))
		if err != nil {
			return "", err
		}
		no := fmt.Sprintf("%s%0*d", day, digits, n)
		if ok, err := takeNumber(ctx, tx, no, account); err != nil || ok {
			return no, err
		}
	}
	return "", fmt.Errorf("no free ticket number on %s", day)
}

// IsNo tells whether a text is formed like a ticket's number.
func IsNo(s string) bool {
	if !strings.HasPrefix(s, "TT") || len(s) < 14 || len(s) > 32 {
		return false
	}
	return strings.Trim(s[2:], "0123456789") == ""
}

// ref is the payload of a job of a ticket: it does nothing once the ticket has left the state it was in.
type ref struct {
	Account string    `json:"account"`
	No      string    `json:"no"`
	Since   time.Time `json:"since"` // StateAt
}

// later makes a job that looks at the ticket again.
func (w *work) later(kind string, at time.Time) error {
	return jobs.Add(w.ctx, w.tx, jobs.New{Kind: kind, Key: fmt.Sprintf("%s:%d", w.t.No, w.t.Edition), Account: w.t.Account, RunAt: at,
		Payload: ref{w.t.Account, w.t.No, w.t.StateAt}})
}

// due holds the ticket of a job, or nil when it has moved on since.
func (s *Service) due(ctx context.Context, tx *db.Tx, j jobs.Job) (*work, error) {
	var x ref
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return nil, err
	}
	w, err := s.hold(ctx, tx, actor.Program("ticket"), x.No)
	if err != nil || w.t.StateAt.UnixMicro() != x.Since.UnixMicro() {
		return nil, err
	}
	return w, nil
}

func conflictOf(m i18n.Msg) error { return fault.Conflict(m) }
