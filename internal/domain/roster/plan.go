package roster

import (
	"context"
	"slices"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// Whatever changes a roster, a file or a form, goes the same way: what is stated (subject) and what is there
// (present) are compared into steps without a database, and the steps are carried out in one transaction. The
// preview of an import is the same comparison, not carried out.

// A subject is what a part of a file, or a form, says of one person.
type subject struct {
	Entry
	certs []stated
	lines []int // of all rows, for errors that concern the person
}

type stated struct {
	rosterfile.Certificate
}

// subjects gathers rows by person, in the order of their first rows.
func subjects(rows []rosterfile.Row) []*subject {
	var out []*subject
	index := map[string]*subject{}
	for _, r := range rows {
		x := index[r.Person.ID]
		if x == nil {
			p := r.Person
			x = &subject{Entry: Entry{p.ID, p.Name, p.Email, p.BoundOn, p.LeftOn, p.Registered}}
			index[p.ID] = x
			out = append(out, x)
		}
		x.lines = append(x.lines, r.Line)
		if r.Certificate.Code != "" {
			x.certs = append(x.certs, stated{r.Certificate})
		}
	}
	return out
}

// present is what the database knows of the subjects.
type present struct {
	byNumber map[string]Binding
	byPerson map[string]Binding // of this partner
	owners   map[string]string  // e-mail → person
	posts    map[string]post
	certs    map[string][]credential.Certificate
}

// look reads what is there with five queries, whatever the number of subjects.
func (s *Service) look(ctx context.Context, q db.Querier, partner string, list []*subject) (p present, err error) {
	var numbers, emails, persons []string
	p.byNumber, p.byPerson = map[string]Binding{}, map[string]Binding{}
	for _, x := range list {
		numbers = append(numbers, x.Number)
		if x.Email != "" {
			emails = append(emails, x.Email)
		}
	}
	found, err := s.byNumbers(ctx, q, partner, distinct(numbers))
	if err != nil {
		return p, err
	}
	for _, b := range found {
		p.byNumber[b.Number], p.byPerson[b.Person] = b, b
		persons = append(persons, b.Person)
	}
	if len(emails) > 0 {
		if p.owners, err = emailOwners(ctx, q, distinct(emails)); err != nil {
			return p, err
		}
	}
	for _, person := range p.owners {
		persons = append(persons, person)
	}
	if persons = distinct(persons); len(persons) == 0 {
		return p, nil
	}
	return s.lookAtPersons(ctx, q, partner, persons, p)
}

func (s *Service) lookAtPersons(ctx context.Context, q db.Querier, partner string, persons []string, p present) (present, error) {
	found, err := s.byPersons(ctx, q, partner, persons)
	if err != nil {
		return p, err
	}
	for _, b := range found {
		p.byPerson[b.Person] = b
	}
	if p.posts, err = posts(ctx, q, persons); err != nil {
		return p, err
	}
	p.certs, err = s.credentials.Current(ctx, q, persons)
	return p, err
}

// A step is what is to be done about one subject.
type step struct {
	*subject
	old        Binding // zero: the person isn't on the roster yet
	person     string  // "" = nobody knows this human yet
	claimEmail bool    // the e-mail is nobody's yet
	changed    bool    // the binding is new or differs
	left       bool    // somebody who was there has left
	back       bool    // somebody who had left is there again: the earlier time is kept
	oldPost    post
	newPost    post
	setPost    bool // the register of engineers must say newPost
	dropPost   bool // the register must not say oldPost any more
	certs      []credential.Step
	errors     []rosterfile.RowError
	badRows    int
}

// plan compares all subjects with what is there.
func (p present) plan(by actor.Actor, partner string, source credential.Source, list []*subject) []step {
	steps := make([]step, len(list))
	for i, x := range list {
		steps[i] = p.decide(by, partner, source, x)
		if st := steps[i]; st.person != "" && st.old.ID == "" && !st.refused() {
			// Two of a person's e-mails under two numbers: the second one is refused like a binding there was.
			p.byPerson[st.person] = Binding{ID: "planned", Number: x.Number}
		}
	}
	return steps
}

// decide compares one subject with what is there.
func (p present) decide(by actor.Actor, partner string, source credential.Source, x *subject) (st step) {
	st = step{subject: x, old: p.byNumber[x.Number]}
	owner := p.owners[x.Email]
	st.person = st.old.Person
	if st.person == "" {
		st.person = owner
	}
	st.claimEmail = x.Email != "" && owner == ""
	x.Entry = x.Entry.over(st.old)
	if owner != "" && st.person != owner {
		return st.refuse(rosterfile.Email, x.Email, i18n.M("roster.import.email_other"), i18n.M("roster.import.email_other_remedy"))
	}
	if other, ok := p.byPerson[st.person]; ok && st.person != "" && other.ID != st.old.ID {
		return st.refuse(rosterfile.PersonID, x.Number, i18n.M("roster.import.other_number", i18n.A{"number": other.Number}),
			i18n.M("roster.import.other_number_remedy"))
	}
	if !st.BoundOn.IsNone() && !st.LeftOn.IsNone() && st.LeftOn < st.BoundOn {
		return st.refuse(rosterfile.LeftOn, st.LeftOn.String(), i18n.M("roster.import.left_before_bound", i18n.A{"bound": st.BoundOn.String()}),
			i18n.M("roster.import.left_before_bound_remedy"))
	}
	if !st.decidePost(p.posts[st.person], partner) {
		return st.refuse(rosterfile.Registered, "true", i18n.M("roster.import.engineer_elsewhere"), i18n.M("roster.import.engineer_elsewhere_remedy"))
	}
	st.decideCertificates(p.certs[st.person], by, partner, source)
	if st.badRows == len(x.lines) {
		return st.withdraw()
	}
	st.compare()
	return st
}

// over fills in what an entry leaves open. An empty day of leaving doesn't bring back somebody who left: an old file
// must not undo a reported exit. Who comes back has a day of joining that isn't before the day of leaving.
func (e Entry) over(old Binding) Entry {
	if old.ID == "" {
		return e
	}
	if e.Email == "" {
		e.Email = old.Email
	}
	back := !e.BoundOn.IsNone() && !old.LeftOn.IsNone() && e.BoundOn >= old.LeftOn
	if e.BoundOn.IsNone() {
		e.BoundOn = old.BoundOn
	}
	if e.LeftOn.IsNone() && !back {
		e.LeftOn = old.LeftOn
	}
	return e
}

// refuse turns down all rows of the person.
func (st step) refuse(column, value string, reason, remedy i18n.Msg) step {
	for _, line := range st.lines {
		st.errors = append(st.errors, rosterfile.RowError{Line: line, Column: column, Value: value, Msg: reason, Remedy: remedy})
	}
	st.badRows = len(st.lines)
	return st.withdraw()
}

// withdraw keeps the errors and takes back what would have been done.
func (st step) withdraw() step {
	return step{subject: st.subject, old: st.old, person: st.old.Person, errors: st.errors, badRows: st.badRows}
}

func (st step) refused() bool { return st.badRows == len(st.lines) && st.badRows > 0 }

// decidePost keeps a registered engineer at one partner at a time. It's false when the days overlap with another
// partner's. People who can't be told apart elsewhere need no entry.
func (st *step) decidePost(old post, partner string) bool {
	want := st.Registered && (st.LeftOn.IsNone() || st.BoundOn < st.LeftOn)
	now := post{st.person, partner, st.BoundOn, st.LeftOn}
	switch {
	case old.Person == "":
		st.newPost, st.setPost = now, want && st.Email != ""
		return true
	case old.Partner == partner:
		st.oldPost, st.newPost = old, now
		st.dropPost, st.setPost = !want, want && now != old
		return true
	case !want:
		return true
	case overlap(now, old):
		return false
	}
	if st.BoundOn >= old.Until && !old.Until.IsNone() {
		st.oldPost, st.newPost, st.setPost = old, now, true
	}
	return true
}

func overlap(a, b post) bool {
	return (b.Until.IsNone() || a.Since < b.Until) && (a.Until.IsNone() || b.Since < a.Until)
}

func (st *step) decideCertificates(held []credential.Certificate, by actor.Actor, partner string, source credential.Source) {
	for _, c := range st.subject.certs {
		put := credential.Put{Person: st.person, Code: c.Code, IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Source: source,
			Account: partner, Vendor: by.Vendor()}
		d := credential.Decide(held, put)
		if d.Outcome == credential.Refused {
			st.badRows++
			st.errors = append(st.errors, rosterfile.RowError{Line: c.Line, Column: rosterfile.Code, Value: c.Code, Msg: d.Reason, Remedy: d.Remedy})
			continue
		}
		st.certs = append(st.certs, credential.Step{Put: put, Decision: d})
	}
}

// compare finds what happens to the binding.
func (st *step) compare() {
	old := st.old
	st.changed = old.ID == "" || old.entry() != st.Entry
	if old.ID == "" {
		return
	}
	st.left = old.LeftOn.IsNone() && !st.LeftOn.IsNone()
	st.back = !old.LeftOn.IsNone() && st.BoundOn >= old.LeftOn
}

// count adds what a step does.
func (c *ImportCounts) count(st step, known bool) {
	c.BadRows += int64(st.badRows)
	if st.refused() {
		return
	}
	if !known {
		c.people(st)
	}
	for _, x := range st.certs {
		switch x.Outcome {
		case credential.Added:
			c.NewCertificates++
		case credential.Corrected:
			c.CorrectedCertificates++
		case credential.Unchanged:
			c.SameCertificates++
		}
	}
}

func (c *ImportCounts) people(st step) {
	switch {
	case st.old.ID == "":
		c.NewPeople++
	case st.changed:
		c.ChangedPeople++
	default:
		c.SamePeople++
	}
	if st.left {
		c.LeftPeople++
	}
}

// after is what the person holds once the step is done: the rows there are, without those replaced, and the new.
func (st step) after(held, added []credential.Certificate) []credential.Certificate {
	replaced := map[string]bool{}
	for _, x := range st.certs {
		if x.Outcome == credential.Corrected {
			replaced[x.Old.ID] = true
		}
	}
	out := slices.DeleteFunc(slices.Clone(held), func(c credential.Certificate) bool {
		return replaced[c.ID] || c.State != credential.Valid
	})
	out = append(out, added...)
	slices.SortFunc(out, credential.Compare)
	return out
}
