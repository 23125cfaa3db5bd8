// Package payment takes money through online payment providers.
//
// A payment is for a subject ("top_up:…", later an order) of one account. Whatever a provider reports, by
// notification or when it's asked, however often, late or out of order: a payment is settled once, in the transaction
// that marks it as paid. Money that comes after a payment failed or expired still counts, because the provider has it.
package payment

import (
	"context"
	"net/http"
	"strings"
	"time"

	"hanse/internal/kit/i18n"
)

// A State says what became of a payment.
type State string

// The states. Paid is final.
const (
	Created State = "created" // the provider hasn't been asked, or has not answered
	Pending State = "pending" // the payer's turn
	Paid    State = "paid"
	Failed  State = "failed"
	Expired State = "expired" // nobody paid in time
)

// States lists all states in their order.
var States = []State{Created, Pending, Paid, Failed, Expired}

// Label names a state.
func (s State) Label() i18n.Msg { return stateLabels[s] }

var stateLabels = map[State]i18n.Msg{
	"created": i18n.M("payment.state.created"),
	"pending": i18n.M("payment.state.pending"),
	"paid":    i18n.M("payment.state.paid"),
	"failed":  i18n.M("payment.state.failed"),
	"expired": i18n.M("payment.state.expired"),
}

// follows tells whether a report moves a payment: anything may turn out to be paid, and only what's open can fail or
// expire.
func (s State) follows(to State) bool {
	open := s == Created || s == Pending
	return to == Paid && s != Paid || (to == Failed || to == Expired) && open || to == Pending && s == Created
}

// A Payment is one attempt to pay. Instants are business time.
type Payment struct {
	Account   string
	ID        string
	Provider  string
	Subject   string // kind:id
	Unit      string
	Minor     int64
	State     State
	Ref       string // the provider's name for it
	PayURL    string // where the payer goes
	ReturnURL string // where the payer comes back, a path of the portal
	Reason    string
	Refunded  int64
	AskedBy   string // user
	AskedName string
	CreatedAt time.Time
	ExpiresAt time.Time
	SettledAt time.Time
}

// SubjectKind is the part of the subject before the colon.
func (p Payment) SubjectKind() string {
	kind, _, _ := strings.Cut(p.Subject, ":")
	return kind
}

// SubjectID is the part of the subject after the colon.
func (p Payment) SubjectID() string {
	_, id, _ := strings.Cut(p.Subject, ":")
	return id
}

// An Order is what a provider is asked to collect. ID is ours: the provider answers the same for the same one.
type Order struct {
	ID        string
	Subject   string
	Unit      string
	Minor     int64
	ReturnURL string // absolute
	NotifyURL string // absolute
}

// A Report is what a provider says of a payment.
type Report struct {
	State  State // Pending, Paid or Failed
	Unit   string
	Minor  int64
	Reason string
}

// A Notice is a report that came by itself. ID is unique for the provider; a repeated one changes nothing.
type Notice struct {
	ID      string
	Payment string // our id
	Report
}

// A Back is money to be given back to who paid. The same key is carried out once.
type Back struct {
	Ref   string
	Key   string
	Minor int64
}

// A Provider collects money. Its methods reach outside and are never called in a transaction.
type Provider interface {
	// Name is short and never changes: it's stored and part of the notification address.
	Name() string
	// Create opens a payment and returns the provider's name for it and the page on which the payer pays.
	Create(ctx context.Context, o Order) (ref, payURL string, err error)
	// Status asks for the present state.
	Status(ctx context.Context, ref string) (Report, error)
	// Read checks the signature and age of a notification and reads it.
	Read(header http.Header, body []byte, wall time.Time) (Notice, error)
	// Refund gives money back.
	Refund(ctx context.Context, b Back) error
}

// Changed is payment.paid, .failed and .expired: it belongs to the payer.
type Changed struct {
	What    string `json:"what"`
	Account string `json:"account"`
	Payment string `json:"payment"`
	Subject string `json:"subject"`
	Unit    string `json:"unit"`
	Minor   int64  `json:"minor"`
	Late    bool   `json:"late,omitempty"` // paid after it failed or expired
	Reason  string `json:"reason,omitempty"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) { return c.What, c.Account, c.Payment }
