package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/vault"
)

// Test is a provider for demonstrations and tests, on whose page the payer chooses what shall happen. It moves no
// money and must not be set up where money counts.
type Test struct {
	db   *db.DB
	key  []byte
	base string
}

// NewTest returns the provider; base is the address at which the portal is reached.
func NewTest(d *db.DB, v *vault.Vault, base string) *Test {
	return &Test{d, v.Key("test-payment"), base}
}

// The states of a payment at the test provider.
const (
	testOpen   = "open"
	testLate   = "late" // paid at SettlesAt, of which it doesn't notify
	testPaid   = "paid"
	testFailed = "failed"
)

// A TestPayment is what the test provider knows.
type TestPayment struct {
	Ref       string
	Payment   string
	Subject   string
	Unit      string
	Minor     int64
	Refunded  int64
	State     string
	SettlesAt time.Time // business time
	ReturnURL string
	refunds   string
}

// Open tells whether the payer can still choose.
func (p TestPayment) Open() bool { return p.State == testOpen }

// Name is "test".
func (t *Test) Name() string { return "test" }

// Create opens a payment; the same order gets the same page again.
func (t *Test) Create(ctx context.Context, o Order) (ref, payURL string, err error) {
	err = t.db.Update(ctx, func(tx *db.Tx) error {
		p, err := testOf(ctx, tx, o.ID)
		if errors.Is(err, db.ErrNoRow) {
			p = TestPayment{Ref: id.New("tst", tx.Wall), Payment: o.ID, Subject: o.Subject, Unit: o.Unit, Minor: o.Minor, State: testOpen, ReturnURL: o.ReturnURL}
			err = insertTest(ctx, tx, p)
		}
		ref = p.Ref
		return err
	})
	return ref, t.base + "/test-bank/" + ref, err
}

// Status tells the present state. A late payment is paid from its instant on.
func (t *Test) Status(ctx context.Context, ref string) (Report, error) {
	p, err := testByRef(ctx, t.db.Read(), ref)
	if err != nil {
		return Report{}, err
	}
	r := Report{State: Pending, Unit: p.Unit, Minor: p.Minor}
	switch {
	case p.State == testPaid, p.State == testLate && !t.db.Clock().Now().Before(p.SettlesAt):
		r.State = Paid
	case p.State == testFailed:
		r.State, r.Reason = Failed, refusal
	}
	return r, nil
}

// refusal is the reason of every failure: the provider's own words, as they come.
const refusal = "declined by the test bank"

// message is the body of a notification.
type message struct {
	Payment string `json:"payment"`
	State   State  `json:"state"`
	Unit    string `json:"unit"`
	Minor   int64  `json:"minor"`
	Reason  string `json:"reason,omitempty"`
}

// Read checks and reads a notification.
func (t *Test) Read(h http.Header, body []byte, wall time.Time) (n Notice, err error) {
	if n.ID, err = Check(t.key, h, body, wall); err != nil {
		return n, err
	}
	var m message
	if err := json.Unmarshal(body, &m); err != nil || m.State != Paid && m.State != Failed {
		return n, fault.Invalid("body", i18n.M("payment.notice_unreadable"))
	}
	n.Payment, n.Report = m.Payment, Report{State: m.State, Unit: m.Unit, Minor: m.Minor, Reason: m.Reason}
	return n, nil
}

// Refund gives money back, once for each key.
func (t *Test) Refund(ctx context.Context, b Back) error {
	return t.db.Update(ctx, func(tx *db.Tx) error {
		p, err := testByRef(ctx, tx, b.Ref)
		if err != nil || slices.Contains(strings.Fields(p.refunds), b.Key) {
			return err
		}
		if p.State == testOpen || p.State == testFailed || p.Refunded+b.Minor > p.Minor {
			return fmt.Errorf("refund of %d of %s: %d of %d are left", b.Minor, b.Ref, p.Minor-p.Refunded, p.Minor)
		}
		p.Refunded, p.refunds = p.Refunded+b.Minor, p.refunds+" "+b.Key
		return moveTest(ctx, tx, p, p.State)
	})
}

// A Choice is what the payer lets happen.
type Choice string

// The choices.
const (
	Pay      Choice = "pay"
	Decline  Choice = "decline"
	PayLate  Choice = "late"     // the money comes two days later, and no notification tells of it
	PayTwice Choice = "twice"    // the same notification comes twice
	Reorder  Choice = "reorder"  // after "paid" comes an older "failed"
	PayQuiet Choice = "silently" // paid, and the notification gets lost
)

// Choices lists what a page offers.
var Choices = []Choice{Pay, Decline, PayLate, PayQuiet, PayTwice, Reorder}

// Label names a choice.
func (c Choice) Label() i18n.Msg { return choiceLabels[c] }

var choiceLabels = map[Choice]i18n.Msg{
	"pay":      i18n.M("payment.choice.pay"),
	"decline":  i18n.M("payment.choice.decline"),
	"late":     i18n.M("payment.choice.late"),
	"silently": i18n.M("payment.choice.silently"),
	"twice":    i18n.M("payment.choice.twice"),
	"reorder":  i18n.M("payment.choice.reorder"),
}

// late is how long the money of PayLate takes.
const late = 48 * time.Hour

// Show reads a payment by the address of its page.
func (t *Test) Show(ctx context.Context, ref string) (TestPayment, error) {
	return testByRef(ctx, t.db.Read(), ref)
}

// Choose does what the payer chose and sends the notifications through deliver. Conflict when the payer has chosen.
func (t *Test) Choose(ctx context.Context, ref string, c Choice, deliver func(context.Context, http.Header, []byte) error) (TestPayment, error) {
	if !slices.Contains(Choices, c) {
		return TestPayment{}, fault.NotFound()
	}
	var p TestPayment
	err := t.db.Update(ctx, func(tx *db.Tx) (err error) {
		if p, err = testByRef(ctx, tx, ref); err != nil {
			return err
		}
		if p.State != testOpen {
			return fault.Conflict(i18n.M("payment.chosen"))
		}
		switch c {
		case Decline:
			p.State = testFailed
		case PayLate:
			p.State, p.SettlesAt = testLate, tx.Now.Add(late)
		default:
			p.State = testPaid
		}
		return moveTest(ctx, tx, p, testOpen)
	})
	if err != nil {
		return p, err
	}
	for _, n := range t.notices(p, c) {
		if err := deliver(ctx, n.header, n.body); err != nil {
			return p, err
		}
	}
	return p, nil
}

type signed struct {
	header http.Header
	body   []byte
}

// notices are what the provider sends after a choice, in the order of arrival.
func (t *Test) notices(p TestPayment, c Choice) []signed {
	wall := t.db.Clock().Wall()
	make := func(s State, at time.Time, reason string) signed {
		body, err := json.Marshal(message{p.Payment, s, p.Unit, p.Minor, reason})
		if err != nil {
			panic(err) // texts and numbers can't fail to encode
		}
		return signed{Sign(t.key, id.New("ntf", at), at, body), body}
	}
	switch c {
	case Pay:
		return []signed{make(Paid, wall, "")}
	case Decline:
		return []signed{make(Failed, wall, refusal)}
	case PayTwice:
		n := make(Paid, wall, "")
		return []signed{n, n, make(Paid, wall, "")}
	case Reorder:
		return []signed{make(Paid, wall, ""), make(Failed, wall.Add(-time.Minute), refusal)}
	}
	return nil
}
