// Package duty holds the service manager's duties towards the vendor: requests for spare parts, policies that must be
// read and passed on, and the quarterly report on the quality of service (business rules 2.5).
package duty

import (
	"fmt"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Document is a policy or procedure that the vendor publishes. A new version is a new document.
type Document struct {
	ID          string
	Topic       string
	TitleEN     string
	TitleZH     string
	Hash        string
	Size        int64
	Media       string
	Name        string
	Withdrawn   bool
	PublishedBy string
	PublishedAt time.Time
}

// Title is the document's name in the reader's language.
func (d Document) Title() i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: d.TitleEN, i18n.Chinese: d.TitleZH})
}

// Topics are what documents are about.
func Topics() []string { return []string{"spare-parts", "service", "other"} }

// TopicLabel names a topic.
func TopicLabel(topic string) i18n.Msg {
	switch topic {
	case "spare-parts":
		return i18n.M("duty.topic.spare_parts")
	case "service":
		return i18n.M("duty.topic.service")
	}
	return i18n.M("duty.topic.other")
}

// A Receipt says who read a document when.
type Receipt struct {
	Document string
	User     string
	Name     string
	At       time.Time
}

// A Read is a document with what the reader's company has read of it.
type Read struct {
	Document
	Receipts []Receipt
	Mine     bool // the reader has confirmed it
}

// A RequestState is where a request for spare parts stands.
type RequestState string

// The states of a request.
const (
	Requested RequestState = "requested"
	Accepted  RequestState = "accepted"
	Shipped   RequestState = "shipped"
	Received  RequestState = "received"
	Refused   RequestState = "refused"
	Withdrawn RequestState = "withdrawn"
)

// Label names the state.
func (s RequestState) Label() i18n.Msg {
	switch s {
	case Requested:
		return i18n.M("duty.spare.requested")
	case Accepted:
		return i18n.M("duty.spare.accepted")
	case Shipped:
		return i18n.M("duty.spare.shipped")
	case Received:
		return i18n.M("duty.spare.received")
	case Refused:
		return i18n.M("duty.spare.refused")
	case Withdrawn:
		return i18n.M("duty.spare.withdrawn")
	}
	return i18n.Raw(string(s))
}

// next says which states may follow a state, and whether the vendor moves it there.
var next = map[RequestState]map[RequestState]bool{
	Requested: {Accepted: true, Refused: true, Withdrawn: false},
	Accepted:  {Shipped: true, Refused: true},
	Shipped:   {Received: false},
}

// Steps are the states that whoever looks may move a request to.
func (r Request) Steps(vendor bool) (out []RequestState) {
	for _, s := range []RequestState{Accepted, Shipped, Received, Refused, Withdrawn} {
		if by, ok := next[r.State][s]; ok && by == vendor {
			out = append(out, s)
		}
	}
	return out
}

// A Request asks the vendor for spare parts.
type Request struct {
	Account     string
	ID          string
	PartnerName string
	Part        string
	Quantity    int64
	Equipment   string
	Customer    string
	Reason      string
	State       RequestState
	Edition     int64
	Answer      string
	RequestedBy string
	AnsweredBy  string
	CreatedAt   time.Time
	ChangedAt   time.Time
}

// The bounds of entries.
const (
	mostLine     = 200
	mostText     = 2000
	mostQuantity = 1000
	mostNumber   = 100_000
)

func (r *Request) clean() {
	r.Part, r.Equipment, r.Customer, r.Reason = text.Clean(r.Part), text.Clean(r.Equipment), text.Clean(r.Customer), text.Lines(r.Reason)
}

func (r Request) check() error {
	var fs fault.Fields
	for _, x := range []struct {
		name, value string
		most        int
		msg         i18n.Msg
	}{
		{"part", r.Part, mostLine, i18n.M("duty.field.part", i18n.A{"most": mostLine})},
		{"equipment", r.Equipment, mostLine, i18n.M("duty.field.equipment", i18n.A{"most": mostLine})},
		{"reason", r.Reason, mostText, i18n.M("duty.field.reason", i18n.A{"most": mostText})},
	} {
		if n := len([]rune(x.value)); n == 0 || n > x.most {
			fs.Add(x.name, "", x.msg)
		}
	}
	if n := len([]rune(r.Customer)); n > mostLine {
		fs.Add("customer", "", i18n.M("duty.field.customer", i18n.A{"most": mostLine}))
	}
	if r.Quantity < 1 || r.Quantity > mostQuantity {
		fs.Add("quantity", fmt.Sprint(r.Quantity), i18n.M("duty.field.quantity", i18n.A{"most": mostQuantity}))
	}
	return fs.Err()
}

// A ReportState is where a quarterly report stands.
type ReportState string

// The states of a report.
const (
	Due     ReportState = "due"
	Overdue ReportState = "overdue"
	Sent    ReportState = "sent"
	Seen    ReportState = "read"
)

// Label names the state.
func (s ReportState) Label() i18n.Msg {
	switch s {
	case Due:
		return i18n.M("duty.report.due")
	case Overdue:
		return i18n.M("duty.report.overdue")
	case Sent:
		return i18n.M("duty.report.sent")
	case Seen:
		return i18n.M("duty.report.read")
	}
	return i18n.Raw(string(s))
}

// A Report is the service manager's report of one quarter.
type Report struct {
	Account     string
	Period      string // 2026-Q4
	PartnerName string
	DueOn       calendar.Day
	State       ReportState
	Edition     int64
	Projects    int64
	Complaints  int64
	Summary     string
	SentBy      string
	SentAt      time.Time
	ReadBy      string
	ReadAt      time.Time
	Remark      string
}

// Period names the quarter before a day, on whose first day its report becomes due.
func Period(d calendar.Day) string {
	year, month, _ := d.AddMonths(-3).Split()
	return fmt.Sprintf("%d-Q%d", year, (int(month)+2)/3)
}

// quarterBegins tells whether a quarter begins on the day.
func quarterBegins(d calendar.Day) bool {
	_, month, day := d.Split()
	return day == 1 && (int(month)-1)%3 == 0
}
