package qualification

import (
	"context"
	"io"
	"os"
	"slices"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A NewCritical is a critical service event as the vendor records it.
type NewCritical struct {
	Partner    string
	Program    string // "" = all
	OccurredOn calendar.Day
	Summary    string
	Effect     CriticalEffect
	Until      calendar.Day // Delay only
}

// RecordCritical records a critical service event. Reviewers may; the partner is told.
func (s *Service) RecordCritical(ctx context.Context, by actor.Actor, n NewCritical) (x CriticalEvent, err error) {
	if err := s.mayRead(ctx, by, actor.RecordInspection, n.Partner); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n.Summary = tidy(n.Summary)
		if err := n.check(calendar.DayOf(tx.Now), s.Programs()); err != nil {
			return err
		}
		x = CriticalEvent{Account: n.Partner, ID: id.New("cri", tx.Wall), Program: n.Program, OccurredOn: n.OccurredOn,
			Summary: n.Summary, Effect: n.Effect, RecordedBy: by.User, At: tx.Now}
		if n.Effect == Delay {
			x.Until = n.Until
		}
		if err := insertCritical(ctx, tx, x); err != nil {
			return err
		}
		if err := s.tellCritical(ctx, tx, "critical.recorded", x); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.RecordInspection, audit.Subject{Kind: "critical", ID: x.ID, Account: x.Account},
			map[string]any{"did": "record", "effect": string(x.Effect), "text": x.Summary})
	})
	return x, err
}

func (n NewCritical) check(today calendar.Day, programs []string) error {
	var fs fault.Fields
	if n.Program != "" && !slices.Contains(programs, n.Program) {
		fs.Add("program", n.Program, i18n.M("review.critical.program"))
	}
	if n.OccurredOn.IsNone() || n.OccurredOn > today {
		fs.Add("occurred_on", n.OccurredOn.String(), i18n.M("review.critical.occurred"))
	}
	if n.Summary == "" || len([]rune(n.Summary)) > mostText {
		fs.Add("summary", "", i18n.M("review.critical.summary", i18n.A{"most": mostText}))
	}
	if !slices.Contains([]CriticalEffect{Note, Delay, Bar}, n.Effect) {
		fs.Add("effect", string(n.Effect), i18n.M("review.critical.effect"))
	}
	if n.Effect == Delay && n.Until <= today {
		fs.Add("until", n.Until.String(), i18n.M("review.critical.until"))
	}
	return fs.Err()
}

func (s *Service) tellCritical(ctx context.Context, tx *db.Tx, what string, x CriticalEvent) error {
	p, err := s.src.Partner(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, CriticalChanged{What: what, Partner: p.ID, PartnerName: p.Name, Program: x.Program,
		Critical: x.ID, Summary: x.Summary, Effect: string(x.Effect), OccurredOn: x.OccurredOn, Until: x.Until})
}

// LiftCritical takes the effect of an event away, with a reason. Conflict when it has been lifted.
func (s *Service) LiftCritical(ctx context.Context, by actor.Actor, partner, id, reason string) error {
	if err := s.mayRead(ctx, by, actor.RecordInspection, partner); err != nil {
		return err
	}
	if reason = tidy(reason); reason == "" {
		return fault.Invalid("reason", i18n.M("application.field.reason"))
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := listCritical(ctx, tx, partner)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x CriticalEvent) bool { return x.ID == id })
		if i < 0 {
			return fault.NotFound()
		}
		if err := liftCritical(ctx, tx, partner, id); err != nil {
			return err
		}
		if err := s.tellCritical(ctx, tx, "critical.lifted", all[i]); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.RecordInspection, audit.Subject{Kind: "critical", ID: id, Account: partner},
			map[string]any{"did": "lift", "text": reason})
	})
}

// CriticalEvents lists a partner's events, newest first.
func (s *Service) CriticalEvents(ctx context.Context, by actor.Actor, partner string) ([]CriticalEvent, error) {
	if err := s.mayRead(ctx, by, actor.ViewApplication, partner); err != nil {
		return nil, err
	}
	return listCritical(ctx, s.db.Read(), partner)
}

// An Inspection is one unannounced look at the laboratory or the evidence.
type Inspection struct {
	Account     string
	ID          string
	Program     string
	Application string // "" = of the partner at large
	InspectedOn calendar.Day
	Inspector   string
	Items       []InspectionItem
	Findings    string
	Files       []InspectionRef
	Passed      bool
	RecordedBy  string
	At          time.Time
}

// An InspectionItem is one thing that was looked at: a gear code, "laboratory-use", a file, or any text.
type InspectionItem struct {
	What   string `json:"what"`
	Result string `json:"result"` // ok, deficient, missing
	Note   string `json:"note"`
}

// An InspectionRef is a stored file of an inspection.
type InspectionRef struct {
	Hash  string `json:"hash"`
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Media string `json:"media"`
}

// An InspectionFile is a file to be stored.
type InspectionFile struct {
	Name string
	R    io.Reader
}

// A NewInspection is an inspection as the inspector records it.
type NewInspection struct {
	Partner, Program, Application string
	InspectedOn                   calendar.Day
	Inspector                     string
	Items                         []InspectionItem
	Findings                      string
	Passed                        bool
}

// Inspect records an inspection with its findings and files. Reviewers may; the partner is told.
func (s *Service) Inspect(ctx context.Context, by actor.Actor, n NewInspection, files ...InspectionFile) (x Inspection, err error) {
	if err := s.mayRead(ctx, by, actor.RecordInspection, n.Partner); err != nil {
		return x, err
	}
	now := s.db.Clock().Now()
	n.Inspector, n.Findings = text.Clean(n.Inspector), tidy(n.Findings)
	if err := n.check(calendar.DayOf(now)); err != nil {
		return x, err
	}
	var refs []InspectionRef
	for _, f := range files {
		ref, err := s.keep(ctx, f.R, now)
		if err != nil {
			return x, err
		}
		refs = append(refs, InspectionRef{ref.Hash, fileName(f.Name, ref.Type), ref.Size, ref.Type.MIME()})
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if n.Application != "" {
			a, err := applicationByID(ctx, tx, n.Partner, n.Application)
			if err != nil {
				return err
			}
			n.Program = a.Program
		}
		x = Inspection{Account: n.Partner, ID: id.New("ins", tx.Wall), Program: n.Program, Application: n.Application,
			InspectedOn: n.InspectedOn, Inspector: n.Inspector, Items: n.Items, Findings: n.Findings, Files: refs,
			Passed: n.Passed, RecordedBy: by.User, At: tx.Now}
		return s.recordInspection(ctx, tx, by, x)
	})
	return x, err
}

func (s *Service) recordInspection(ctx context.Context, tx *db.Tx, by actor.Actor, x Inspection) error {
	if err := insertInspection(ctx, tx, x); err != nil {
		return err
	}
	p, err := s.src.Partner(ctx, tx, x.Account)
	if err != nil {
		return err
	}
	err = outbox.Append(ctx, tx, InspectionRecorded{Partner: p.ID, PartnerName: p.Name, Inspection: x.ID, Application: x.Application,
		Passed: x.Passed, Findings: x.Findings, InspectedOn: x.InspectedOn})
	if err != nil {
		return err
	}
	subject := audit.Subject{Kind: "inspection", ID: x.ID, Account: x.Account}
	if x.Application != "" {
		subject = audit.Subject{Kind: "application", ID: x.Application, Account: x.Account}
	}
	return audit.Record(ctx, tx, by, actor.RecordInspection, subject,
		map[string]any{"did": "inspect", "inspection": x.ID, "passed": x.Passed, "text": x.Findings})
}

func (n NewInspection) check(today calendar.Day) error {
	var fs fault.Fields
	if n.InspectedOn.IsNone() || n.InspectedOn > today {
		fs.Add("inspected_on", n.InspectedOn.String(), i18n.M("review.inspection.day"))
	}
	if n.Inspector == "" || len([]rune(n.Inspector)) > mostLine {
		fs.Add("inspector", n.Inspector, i18n.M("review.inspection.inspector"))
	}
	if len([]rune(n.Findings)) > mostText || !n.Passed && n.Findings == "" {
		fs.Add("findings", "", i18n.M("review.inspection.findings"))
	}
	for _, it := range n.Items {
		if it.What == "" || !slices.Contains([]string{"ok", "deficient", "missing"}, it.Result) {
			fs.Add("items", it.What, i18n.M("review.inspection.item"))
			break
		}
	}
	return fs.Err()
}

// Inspections lists a partner's inspections, newest first.
func (s *Service) Inspections(ctx context.Context, by actor.Actor, partner string) ([]Inspection, error) {
	if err := s.mayRead(ctx, by, actor.ViewApplication, partner); err != nil {
		return nil, err
	}
	return inspectionsOf(ctx, s.db.Read(), partner)
}

// OpenInspectionFile opens a file of an inspection. The caller closes it.
func (s *Service) OpenInspectionFile(ctx context.Context, by actor.Actor, partner, inspection, hash string) (*os.File, InspectionRef, error) {
	all, err := s.Inspections(ctx, by, partner)
	if err != nil {
		return nil, InspectionRef{}, err
	}
	for _, x := range all {
		for _, f := range x.Files {
			if x.ID == inspection && f.Hash == hash {
				file, err := s.files.Open(hash)
				return file, f, err
			}
		}
	}
	return nil, InspectionRef{}, fault.NotFound()
}
