package ticket

import (
	"context"
	"errors"
	"maps"
	"strings"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

const (
	// MostBody is how many characters a message has at most.
	MostBody = 20000
	// MostText is how many of the first message lists show.
	MostText = 2000
	// MostTitle is how many a title has.
	MostTitle = 200
)

// Open makes a ticket, with its first message, its files, its clocks, and the unit of the plan's month that it takes, in
// one transaction. The same Key finds the same ticket. Invalid for what was entered, all of it at once; a Refusal for who
// may not open, what the plan doesn't give (NotInPlan) or has no more of (NoQuota), and contacts that aren't verified.
func (s *Service) Open(ctx context.Context, by actor.Actor, in Opening) (t Ticket, err error) {
	if err := by.May(actor.OpenTickets); err != nil {
		return t, &Refusal{Why: NoRole, err: err}
	}
	if err := s.checkCode(ctx, by, in.Contact, in.VerifyCode); err != nil {
		return t, err
	}
	err = s.once(ctx, func(tx *db.Tx) error {
		t, err = s.OpenIn(ctx, tx, by, in)
		return err
	})
	return t, err
}

// errTaken says that a request with the same key has just been stored: what it made is found when one looks again.
var errTaken = errors.New("the request's key was used at the same time")

// once is db.Update for requests with a key.
func (s *Service) once(ctx context.Context, f func(tx *db.Tx) error) error {
	err := s.db.Update(ctx, f)
	if errors.Is(err, errTaken) {
		err = s.db.Update(ctx, f)
	}
	return err
}

// own makes a key the actor's own: nobody finds what somebody else made.
func own(by actor.Actor, key string) string {
	if key == "" {
		return ""
	}
	return by.User + ":" + cut(key, 200)
}

// OpenIn is Open in the caller's transaction, without a look at VerifyCode.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, by actor.Actor, in Opening) (Ticket, error) {
	if in.Account == "" {
		in.Account = by.Account
	}
	in.Key = own(by, in.Key)
	if no, _, ok, err := keyed(ctx, tx, in.Account, in.Key); err != nil || ok {
		if err != nil {
			return Ticket{}, err
		}
		return Find(ctx, tx, no)
	}
	a, err := s.opener(ctx, tx, by, in.Account)
	if err != nil {
		return Ticket{}, err
	}
	w := &work{ctx: ctx, tx: tx, by: by, side: Customer, fresh: true}
	if w.t, err = w.opened(a, in); err != nil {
		return Ticket{}, err
	}
	v, err := w.place(a, in)
	if err != nil {
		return Ticket{}, err
	}
	if err := w.start(v, in); err != nil {
		return Ticket{}, err
	}
	return w.t, w.done()
}

// opener is the account that a ticket is for, if the actor may open one for it.
func (s *Service) opener(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (account.Account, error) {
	a, err := account.Get(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if a.Kind != actor.Partner && a.Kind != actor.Customer {
		return a, &Refusal{Why: NoRole, err: fault.New(fault.KindDenied, i18n.M("ticket.refuse.kind"))}
	}
	switch {
	case by.Kind == actor.System:
		return a, nil
	case id != by.Account:
		if err := by.May(actor.WorkTickets); err != nil {
			return a, err
		}
		return a, serves(ctx, tx, by, id)
	}
	ok, err := privilege.May(ctx, tx, by, privilege.Create)
	if err == nil && !ok {
		err = &Refusal{Why: NoPermission, err: fault.New(fault.KindDenied, i18n.M("ticket.refuse.privilege"))}
	}
	return a, err
}

// opened is the ticket as it was entered.
func (w *work) opened(a account.Account, in Opening) (t Ticket, err error) {
	var fs fault.Fields
	body := checkBody(&fs, in.Body)
	title := text.Clean(in.Title)
	if title == "" {
		title = TitleOf(body)
	}
	if utf8.RuneCountInString(title) > MostTitle {
		fs.Add("title", in.Title, i18n.M("ticket.refuse.title", i18n.A{"max": MostTitle}))
	}
	if err := fs.Err(); err != nil {
		return t, err
	}
	if in.Serial == "" {
		in.Serial = in.Extra[taxonomy.SerialField]
	}
	t = Ticket{Account: a.ID, AccountName: a.Name, State: Waiting, Title: title, Text: cut(body, MostText), OpenedBy: w.by.User, OpenedName: w.by.Name,
		OpenedMain: privilege.Main(w.by), Source: in.Source, Lang: in.Lang, Project: cut(text.Clean(in.Project), 64), Serial: cut(text.Clean(in.Serial), 64),
		Extension: in.Extension, OpenedAt: w.tx.Now, StateAt: w.tx.Now, TouchedAt: w.tx.Now}
	if t.Source == "" {
		t.Source = Portal
	}
	if t.Lang == "" {
		t.Lang = w.by.Lang
	}
	if t.No, err = number(w.ctx, w.tx, a.ID); err != nil {
		return t, err
	}
	if t.CC, err = w.copies(in.CC); err != nil {
		return t, err
	}
	t.Contact, err = w.contact(t.Account, in.Contact, in.PhoneVerified, in.MailVerified)
	return t, err
}

// place finds who serves the ticket, and checks what it's about against the plan.
func (w *work) place(a account.Account, in Opening) (service, error) {
	t := &w.t
	set, err := taxonomy.Read(w.ctx, w.tx)
	if err != nil {
		return service{}, err
	}
	kind, _ := set.ProblemType(in.ProblemType)
	in.Extra = serialised(set, in, t.Serial)
	if kind.ID == taxonomy.Abuse {
		a.Kind = actor.Partner // a report of abuse is the vendor's business, whoever serves the customer
	}
	v, err := serving(w.ctx, w.tx, a, t.Serial, kind.CaseType == taxonomy.Fault, w.tx.Now)
	if err != nil {
		return v, err
	}
	c, err := set.Choose(taxonomy.Choice{ProblemType: in.ProblemType, Category: in.Category, Product: in.Product, Region: in.Region, Severity: in.Severity,
		Level: v.plan.Level, Extra: in.Extra})
	if err != nil {
		return v, chosen(err)
	}
	t.is(set, c)
	t.Plan, t.PlanOwner = v.plan.Level, v.plan.Owner
	t.Desk, t.DeskName, t.VendorDesk, t.WasVendor = v.desk.ID, v.desk.Name, v.atVendor(), v.atVendor()
	if !t.VendorDesk {
		t.Partner, t.PartnerName = v.desk.ID, v.desk.Name
	}
	return v, nil
}

// serialised puts the equipment's serial number among the extra values where the problem type asks for it there.
func serialised(set *taxonomy.Set, in Opening, serial string) map[string]string {
	if serial == "" || in.Extra[taxonomy.SerialField] != "" {
		return in.Extra
	}
	for _, f := range set.Fields(in.ProblemType, in.Product) {
		if f.Key == taxonomy.SerialField {
			out := map[string]string{}
			maps.Copy(out, in.Extra)
			out[f.Key] = serial
			return out
		}
	}
	return in.Extra
}

// chosen gives the taxonomy's refusals their reasons.
func chosen(err error) error {
	f := fault.Of(err)
	switch {
	case taxonomy.IsUnknownSeverity(err):
		return &Refusal{Why: BadSeverity, err: err}
	case f != nil:
		for _, x := range f.Fields {
			if x.Name == "problem_type" {
				return &Refusal{Why: BadProblemType, err: err}
			}
		}
	}
	return err
}

// start takes the unit, writes the first message and its row of the log, starts the clocks and tells it.
func (w *work) start(v service, in Opening) (err error) {
	t, first := &w.t, id.New("msg", w.tx.Wall)
	if err := w.take(in.Key, first); err != nil {
		return err
	}
	if t.Technical && t.VendorDesk {
		if t.Drawn, err = draw(w.ctx, w.tx, w.by, v.plan, t.No, t.No, t.Title); err != nil {
			return err
		}
		t.DrawnFrom = v.plan.Owner
	}
	if err := w.routed(); err != nil {
		return err
	}
	if err := w.log(LogOpened, ""); err != nil {
		return err
	}
	if err := w.clock(sla.Begin(w.ctx, w.tx, t.facts())); err != nil {
		return err
	}
	m, err := w.write(Message{ID: first, Side: Customer, Source: t.Source, AuthorAccount: w.by.Account, Author: w.by.User, AuthorName: w.by.Name, AuthorMain: t.OpenedMain,
		First: true, Body: text.Lines(in.Body)}, in.Attachments)
	if err != nil {
		return err
	}
	w.happened(actor.OpenTickets, "opened", func(h *Happened) { *h = h.said(m) })
	return nil
}

// take uses a request's key for a message.
func (w *work) take(key, message string) error {
	ok, err := takeKey(w.ctx, w.tx, w.t.Account, key, w.t.No, message)
	if err == nil && !ok {
		err = errTaken
	}
	return err
}

// checkBody gives a message's text as it's stored, or says why it can't be one.
func checkBody(fs *fault.Fields, typed string) string {
	body := text.Lines(typed)
	switch {
	case strings.TrimSpace(body) == "":
		fs.Add("body", "", i18n.M("ticket.refuse.no_body"))
	case utf8.RuneCountInString(body) > MostBody:
		fs.Add("body", cut(body, 40)+"…", i18n.M("ticket.refuse.long_body", i18n.A{"max": MostBody, "have": utf8.RuneCountInString(body)}))
	}
	return body
}

// TitleOf is how a text begins: what a ticket is called when nobody gave it a title.
func TitleOf(body string) string {
	for line := range strings.SplitSeq(body, "\n") {
		if line = text.Clean(line); line != "" {
			return cut(line, 80)
		}
	}
	return ""
}
