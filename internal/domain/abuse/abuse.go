// Package abuse takes reports of infringements and illegal content to the vendor.
//
// A report is a ticket of its own problem type at the vendor's desk, whoever serves the reporter: what was reported is its
// first message, the proof of identity its second. So it's stored, listed, answered, audited and timed as every ticket.
package abuse

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Kind is what is reported, as the vendor's interface names it.
type Kind string

// The kinds.
const (
	Infringement Kind = "infringement" // of a right of the reporter's
	Illegal      Kind = "illegal"
)

// Label is a kind in words.
func (k Kind) Label() i18n.Msg {
	if k == Infringement {
		return i18n.M("abuse.infringement")
	}
	return i18n.M("abuse.illegal")
}

// RightKinds are the rights that can be infringed, and Standings what a reporter is to them, as the vendor's interface
// names and numbers them.
var (
	RightKinds = []string{"copyright", "trademark", "patent"}
	Standings  = []string{"10", "20", "21", "22", "23"}
)

// A Report is what somebody reports. Title names product or service and the address. Files and IDFiles are uploads of the
// reporter's, one to three each; Right is needed for an infringement. Key makes a repetition find the same ticket.
type Report struct {
	Kind    Kind
	Title   string
	Content string
	Files   []string
	Right   Right
	By      Reporter
	Lang    string
	Key     string
}

// A Right is what is infringed.
type Right struct{ Kind, Area, Number, Content string }

// A Reporter is who reports, and how to reach them.
type Reporter struct {
	Name, Mobile, Mail, Area, Address, Company, Other string
	Standing                                          int
	IDFiles                                           []string
}

// Service has the verb.
type Service struct {
	db      *db.DB
	tickets *ticket.Service
}

// New returns the service.
func New(d *db.DB, t *ticket.Service) *Service { return &Service{d, t} }

// Report opens the ticket and returns it. Users of companies who may open tickets may. Invalid for an infringement without
// a right, a file named twice, and files that aren't the reporter's.
func (s *Service) Report(ctx context.Context, by actor.Actor, r Report) (t ticket.Ticket, err error) {
	if err := by.May(actor.ReportAbuse); err != nil {
		return t, err
	}
	if err := r.check(); err != nil {
		return t, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if t, err = s.tickets.OpenIn(ctx, tx, by, r.opening()); err != nil {
			return err
		}
		proof := ticket.Saying{Body: i18n.Text(r.Lang, i18n.M("abuse.proof")), Attachments: r.By.IDFiles, Source: ticket.Abuse}
		if r.Key != "" {
			proof.Key = r.Key + ":proof"
		}
		said, err := s.tickets.SayIn(ctx, tx, by, t.No, proof)
		if err != nil {
			return err
		}
		t = said.Ticket
		return audit.Record(ctx, tx, by, actor.ReportAbuse, audit.Subject{Kind: "ticket", ID: t.No, Account: t.Account}, map[string]any{"kind": string(r.Kind)})
	})
	return t, err
}

func (r Report) check() error {
	var fs fault.Fields
	all := slices.Concat(r.Files, r.By.IDFiles)
	for i, id := range all {
		if slices.Contains(all[:i], id) {
			fs.Add("contacts.id_files", id, i18n.M("abuse.twice"))
		}
	}
	if r.Kind == Infringement && r.Right.Kind == "" {
		fs.Add("ip.ip_type", "", i18n.M("abuse.no_right"))
	}
	return fs.Err()
}

func (r Report) opening() ticket.Opening {
	title := i18n.Text(r.Lang, i18n.M("abuse.title", i18n.A{"kind": r.Kind.Label(), "title": i18n.Raw(strings.Join(strings.Fields(r.Title), " "))}))
	if runes := []rune(title); len(runes) > ticket.MostTitle {
		title = string(runes[:ticket.MostTitle-1]) + "…"
	}
	return ticket.Opening{ProblemType: taxonomy.Abuse, Title: title, Body: r.text(), Attachments: r.Files, Source: ticket.Abuse, Lang: r.Lang, Key: r.Key}
}

// text is the report as the ticket's first message, one line for each entry that there is.
func (r Report) text() string {
	var b strings.Builder
	for _, x := range []struct {
		name  i18n.Msg
		value string
	}{
		{i18n.M("abuse.line.kind"), i18n.Text(r.Lang, r.Kind.Label())},
		{i18n.M("abuse.line.title"), r.Title},
		{i18n.M("abuse.line.content"), r.Content},
		{i18n.M("abuse.line.right"), r.Right.Kind},
		{i18n.M("abuse.line.area"), r.Right.Area},
		{i18n.M("abuse.line.number"), r.Right.Number},
		{i18n.M("abuse.line.right_content"), r.Right.Content},
		{i18n.M("abuse.line.name"), r.By.Name},
		{i18n.M("abuse.line.standing"), r.standing()},
		{i18n.M("abuse.line.company"), r.By.Company},
		{i18n.M("abuse.line.mobile"), r.By.Mobile},
		{i18n.M("abuse.line.mail"), r.By.Mail},
		{i18n.M("abuse.line.region"), r.By.Area},
		{i18n.M("abuse.line.address"), r.By.Address},
		{i18n.M("abuse.line.other"), r.By.Other},
	} {
		if x.value != "" {
			b.WriteString(i18n.Text(r.Lang, x.name) + ": " + x.value + "\n")
		}
	}
	return b.String()
}

// standing is what the reporter is, in words.
func (r Report) standing() string {
	switch r.By.Standing {
	case 10:
		return i18n.Text(r.Lang, i18n.M("abuse.standing.10"))
	case 20:
		return i18n.Text(r.Lang, i18n.M("abuse.standing.20"))
	case 21:
		return i18n.Text(r.Lang, i18n.M("abuse.standing.21"))
	case 22:
		return i18n.Text(r.Lang, i18n.M("abuse.standing.22"))
	case 23:
		return i18n.Text(r.Lang, i18n.M("abuse.standing.23"))
	}
	return strconv.Itoa(r.By.Standing)
}
