package roster

import (
	"context"

	"hanse/internal/domain/setting"
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

// A Confirmation says whose word a binding is.
type Confirmation string

// The words that count. Vouched bindings are those of before anybody was asked.
const (
	Vouched     Confirmation = "vouched"
	Unconfirmed Confirmation = "unconfirmed" // the company's alone
	Confirmed   Confirmation = "confirmed"   // the person's own
)

// Consent is what the person has said about a binding, and what follows.
type Consent struct {
	Confirmation Confirmation
	CountsUntil  calendar.Day // first day on which it no longer counts unless confirmed; None: it never was unconfirmed
	ConfirmedOn  calendar.Day // None: never
}

// UnconfirmedOn tells whether a day still had, or has, the company's word alone.
func (c Consent) UnconfirmedOn(day calendar.Day) bool {
	return c.Confirmation == Unconfirmed || c.Confirmation == Confirmed && !c.CountsUntil.IsNone() && day < c.ConfirmedOn
}

// Lapsed tells whether a binding doesn't count on a day because nobody confirmed it in time.
func (c Consent) Lapsed(day calendar.Day) bool { return c.UnconfirmedOn(day) && day >= c.CountsUntil }

// term gives the day until which a binding that begins on a day counts unconfirmed. A day in the past counts from
// today on, so that everybody has the whole time to answer.
func term(ctx context.Context, tx *db.Tx) (func(bound calendar.Day) calendar.Day, error) {
	days, err := setting.Int(ctx, tx, setting.UnconfirmedDays, tx.Now)
	today := calendar.DayOf(tx.Now)
	return func(bound calendar.Day) calendar.Day { return max(bound, today).AddDays(days) }, err
}

// JoinInput is somebody who agreed to be bound to a partner. Number may be empty: a new binding then goes by the
// e-mail.
type JoinInput struct {
	Partner, Person, Number, Name, Email string
	Registered                           bool
}

// Join confirms a person's binding in the caller's transaction, or makes one from today on. It's part of the person's
// own yes, which asks the permission and writes the audit row. Conflict when a registered engineer is another
// partner's.
func (s *Service) Join(ctx context.Context, tx *db.Tx, in JoinInput) (Binding, error) {
	today := calendar.DayOf(tx.Now)
	found, err := s.byPersons(ctx, tx, in.Partner, []string{in.Person})
	if err != nil {
		return Binding{}, err
	}
	if len(found) == 0 {
		return s.joinNew(ctx, tx, in, today)
	}
	old := found[0]
	b := old
	if !old.Here(today) {
		if err := insertStint(ctx, tx, old); err != nil {
			return b, err
		}
		b.BoundOn, b.Consent = today, Consent{}
	}
	b.LeftOn, b.Confirmation, b.ConfirmedOn = calendar.None, Confirmed, today
	if b.BoundOn > today {
		b.BoundOn = today // the person is there already, whatever the file said
	}
	if err := s.takePost(ctx, tx, b); err != nil {
		return b, err
	}
	if err := updateBinding(ctx, tx, b); err != nil {
		return b, faster(err)
	}
	b.Revision++
	return b, outbox.Append(ctx, tx, Changed{b.Account, []string{b.ID}, "confirmed"})
}

func (s *Service) joinNew(ctx context.Context, tx *db.Tx, in JoinInput, today calendar.Day) (Binding, error) {
	number, err := s.freeNumber(ctx, tx, in)
	if err != nil {
		return Binding{}, err
	}
	b := Binding{Account: in.Partner, ID: id.New("bnd", tx.Wall), Person: in.Person, Number: number, Name: text.Clean(in.Name),
		Email: in.Email, BoundOn: today, Registered: in.Registered, Revision: 1, Consent: Consent{Confirmation: Confirmed, ConfirmedOn: today}}
	if err := ensurePersonRow(ctx, tx, person{b.Person, b.Name}); err != nil {
		return b, err
	}
	if err := s.takePost(ctx, tx, b); err != nil {
		return b, err
	}
	held, err := s.credentials.OfPersons(ctx, tx, []string{b.Person})
	if err != nil {
		return b, err
	}
	if err := insertBindings(ctx, tx, []Binding{b}, func(Binding) string { return pack(held[b.Person]) }); err != nil {
		return b, err
	}
	return b, outbox.Append(ctx, tx, Bound{b.Account, b.ID, b.Person, b.Name})
}

// freeNumber is the number that was asked for, else the e-mail, else the person: whichever nobody else has.
func (s *Service) freeNumber(ctx context.Context, tx *db.Tx, in JoinInput) (string, error) {
	for _, n := range []string{text.Clean(in.Number), in.Email, in.Person} {
		if n == "" || len([]rune(n)) > maxNumber {
			continue
		}
		taken, err := s.byNumbers(ctx, tx, in.Partner, []string{n})
		if err != nil {
			return "", err
		}
		if len(taken) == 0 {
			return n, nil
		}
	}
	return id.New("bnd", tx.Wall), nil
}

// takePost gives a registered engineer the place in the register; it's held for one partner at a time. The person was
// told apart by signing in, so an e-mail isn't needed.
func (s *Service) takePost(ctx context.Context, tx *db.Tx, b Binding) error {
	found, err := posts(ctx, tx, []string{b.Person})
	if err != nil || !b.Registered {
		return err
	}
	now := post{b.Person, b.Account, b.BoundOn, b.LeftOn}
	old, ok := found[b.Person]
	switch {
	case !ok:
		return insertPosts(ctx, tx, []post{now})
	case old == now:
		return nil
	case old.Partner != b.Account && overlap(now, old):
		return fault.Conflict(i18n.M("roster.edit.engineer_elsewhere"))
	}
	return faster(movePost(ctx, tx, old, now))
}

// Release ends a binding in the caller's transaction: from that day on it doesn't count, the day itself included. A
// day before the first one is the first one. Who may is for the caller to ask. Conflict when it has ended by then.
func (s *Service) Release(ctx context.Context, tx *db.Tx, partner, binding string, day calendar.Day) (Binding, error) {
	b, err := s.Binding(ctx, tx, partner, binding)
	if err != nil {
		return b, err
	}
	day = max(day, b.BoundOn)
	if !b.LeftOn.IsNone() && b.LeftOn <= day {
		return b, fault.Conflict(i18n.M("roster.edit.left_already", i18n.A{"day": b.LeftOn.String()}))
	}
	b.LeftOn = day
	return s.leave(ctx, tx, b)
}

// leave stores a day of leaving and tells of it.
func (s *Service) leave(ctx context.Context, tx *db.Tx, b Binding) (Binding, error) {
	if err := updateBinding(ctx, tx, b); err != nil {
		if noRow(err) {
			err = fault.Conflict(i18n.Msg{})
		}
		return b, err
	}
	b.Revision++
	if err := endPost(ctx, tx, b); err != nil {
		return b, err
	}
	return b, outbox.Append(ctx, tx, Left{b.Account, b.ID, b.Person, b.Name, b.LeftOn})
}

// ConfirmAll confirms everybody on a partner's roster whose e-mail isn't excepted: for demo data, and for rosters whose
// people have consented on paper. Only the program itself may.
func (s *Service) ConfirmAll(ctx context.Context, by actor.Actor, partner string, except ...string) (int64, error) {
	if err := by.May(actor.AttestConsent); err != nil {
		return 0, err
	}
	var n int64
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if n, err = confirmBindings(ctx, tx, partner, except); err != nil || n == 0 {
			return err
		}
		if err := outbox.Append(ctx, tx, Changed{partner, nil, "confirmed"}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.AttestConsent, audit.Subject{Kind: "account", ID: partner, Account: partner}, map[string]any{"confirmed": n})
	})
	return n, err
}

// Optimistic runs f in one transaction, and again as long as somebody was faster: for those who join or release.
func (s *Service) Optimistic(ctx context.Context, f func(tx *db.Tx) error) error {
	return s.optimistic(ctx, f)
}

// EmailsOf lists the addresses that belong to a person.
func (s *Service) EmailsOf(ctx context.Context, q db.Querier, person string) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT email FROM person_email WHERE person_id = $1 ORDER BY email COLLATE "C"`, person)
}

// Unasked returns people of a partner who are there unconfirmed, by id after a cursor: for whoever asks them.
func (s *Service) Unasked(ctx context.Context, q db.Querier, partner string, day calendar.Day, after string, limit int) ([]Binding, error) {
	return db.All(ctx, q, s.scan, `SELECT `+columns+` FROM binding WHERE account_id = $1 AND confirmation = 'unconfirmed'
		AND (left_on = '' OR left_on > $2) AND id COLLATE "C" > $3 ORDER BY id COLLATE "C" LIMIT $4`, partner, day.String(), after, limit)
}

// Lapsing returns unconfirmed people of all partners whose term ends on a day, by partner and id after a cursor.
func (s *Service) Lapsing(ctx context.Context, q db.Querier, day calendar.Day, afterPartner, after string, limit int) ([]Binding, error) {
	return db.All(ctx, q, s.scan, `SELECT `+columns+` FROM binding WHERE confirmation = 'unconfirmed' AND counts_until = $1
		AND (left_on = '' OR left_on > $1) AND (account_id, id) > ($2, $3) ORDER BY account_id, id LIMIT $4`,
		day.String(), afterPartner, after, limit)
}

// TellLapsed has a partner evaluated again in the caller's transaction, because people stopped to count.
func (s *Service) TellLapsed(ctx context.Context, tx *db.Tx, partner string, bindings []string) error {
	return outbox.Append(ctx, tx, Changed{partner, bindings, "unconfirmed_ended"})
}
