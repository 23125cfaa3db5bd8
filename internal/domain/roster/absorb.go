package roster

import (
	"context"
	"errors"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A roster file makes persons of people whom nobody knows. Such a shadow has no sign-in: it stands for whoever can
// prove the e-mail. When that human comes with a personal account of the own, the shadow becomes part of it.

// TakeEmail gives an e-mail that a human has proved to the human's person, in the caller's transaction. A shadow that
// the e-mail stood for is absorbed. Somebody else's person keeps everything but the e-mail, which a company had only
// said to be theirs: whether that person had proved it is for the caller to find out before.
func (s *Service) TakeEmail(ctx context.Context, tx *db.Tx, email, to, name string) error {
	normal, ok := text.Email(email)
	if !ok {
		return nil
	}
	if err := ensurePersonRow(ctx, tx, person{to, text.Clean(name)}); err != nil {
		return err
	}
	holder, held, err := s.PersonByEmail(ctx, tx, normal)
	switch {
	case err != nil || held && holder == to:
		return err
	case !held:
		return insertEmails(ctx, tx, []address{{normal, to}})
	}
	_, signsIn, err := login.IdentityOfPerson(ctx, tx, holder)
	if err != nil {
		return err
	}
	if signsIn {
		return moveEmail(ctx, tx, normal, holder, to)
	}
	return s.Absorb(ctx, tx, holder, to)
}

// Absorb moves what is known of a person without a sign-in to another person, in the caller's transaction: bindings
// with their earlier times, e-mails, the place as a registered engineer, certificates. At a partner that has both, one
// binding stays: the older one's id and number, with the days of both. Partners are told by roster.changed.
func (s *Service) Absorb(ctx context.Context, tx *db.Tx, shadow, into string) error {
	if shadow == into {
		return nil
	}
	if err := holdPersons(ctx, tx, shadow, into); err != nil {
		return faster(err)
	}
	from, err := s.ofPerson(ctx, tx, shadow)
	if err != nil {
		return err
	}
	own, err := s.ofPerson(ctx, tx, into)
	if err != nil {
		return err
	}
	told := make([]place, 0, len(from))
	for _, b := range from {
		p, err := s.absorbBinding(ctx, tx, b, own, into)
		if err != nil {
			return err
		}
		told = append(told, p)
	}
	if err := absorbPost(ctx, tx, shadow, into); err != nil {
		return err
	}
	if err := s.credentials.Move(ctx, tx, shadow, into); err != nil {
		return err
	}
	if err := moveEmails(ctx, tx, shadow, into); err != nil {
		return err
	}
	if err := dropPerson(ctx, tx, shadow); err != nil {
		return err
	}
	if err := account.ClosePerson(ctx, tx, shadow, "absorbed by "+into); err != nil {
		return err
	}
	return s.tellAbsorbed(ctx, tx, into, told)
}

// tellAbsorbed brings the copies of certificates up to date and tells each partner once.
func (s *Service) tellAbsorbed(ctx context.Context, tx *db.Tx, into string, moved []place) error {
	held, err := s.credentials.OfPersons(ctx, tx, []string{into})
	if err != nil {
		return err
	}
	changed, err := refreshHeld(ctx, tx, into, pack(held[into]))
	if err != nil {
		return err
	}
	for _, p := range changed {
		if !slices.Contains(moved, p) {
			moved = append(moved, p)
		}
	}
	for _, p := range moved {
		if err := outbox.Append(ctx, tx, Changed{p.Account, []string{p.ID}, "absorbed"}); err != nil {
			return err
		}
	}
	return nil
}

// absorbBinding moves one binding, or makes one of two at the same partner. It returns where the person stands now.
func (s *Service) absorbBinding(ctx context.Context, tx *db.Tx, b Binding, own []Binding, into string) (place, error) {
	i := slices.IndexFunc(own, func(x Binding) bool { return x.Account == b.Account })
	if i < 0 {
		return place{b.Account, b.ID}, faster(rebind(ctx, tx, b, into))
	}
	one, past := join(own[i], b)
	// The row that stays is the person's own one: what the person consented to is in its columns.
	if err := dropBinding(ctx, tx, b); err != nil {
		return place{}, faster(err)
	}
	for _, x := range []Binding{own[i], b} {
		if err := moveStints(ctx, tx, b.Account, x.ID, one.ID); err != nil {
			return place{}, err
		}
	}
	if err := replaceBinding(ctx, tx, own[i], one); err != nil {
		return place{}, faster(err)
	}
	for _, st := range past {
		if err := insertStint(ctx, tx, Binding{Account: one.Account, ID: one.ID, BoundOn: st.BoundOn, LeftOn: st.LeftOn}); err != nil {
			return place{}, err
		}
	}
	return place{one.Account, one.ID}, nil
}

// join makes one binding of two of the same partner: own is the person's, other the shadow's. Times that touch become
// one; else the earlier one is kept as an earlier stint.
func join(own, other Binding) (one Binding, past []Stint) {
	one = own
	if other.CreatedAt.Before(own.CreatedAt) { // what refers to the binding refers to the older one
		one.ID, one.Number = other.ID, other.Number
	}
	early, late := own, other
	if late.BoundOn < early.BoundOn {
		early, late = late, early
	}
	if early.LeftOn.IsNone() || late.BoundOn <= early.LeftOn {
		one.BoundOn, one.LeftOn = early.BoundOn, laterEnd(early.LeftOn, late.LeftOn)
		one.Registered = own.Registered || other.Registered
		return one, nil
	}
	one.BoundOn, one.LeftOn, one.Registered = late.BoundOn, late.LeftOn, late.Registered
	return one, []Stint{{early.BoundOn, early.LeftOn}}
}

// laterEnd is the later of two first days away; None is never.
func laterEnd(a, b calendar.Day) calendar.Day {
	if a.IsNone() || b.IsNone() {
		return calendar.None
	}
	return max(a, b)
}

// absorbPost keeps a registered engineer at one partner at a time. When both were at different partners at the same
// time, the person's own place stays, and the shadow's binding is no longer a registered engineer's.
func absorbPost(ctx context.Context, tx *db.Tx, shadow, into string) error {
	have, err := posts(ctx, tx, []string{shadow, into})
	if err != nil {
		return err
	}
	other, ok := have[shadow]
	if !ok {
		return nil
	}
	if err := dropPost(ctx, tx, other); err != nil {
		return faster(err)
	}
	own, both := have[into]
	moved := other
	moved.Person = into
	switch {
	case !both:
		return insertPosts(ctx, tx, []post{moved})
	case own.Partner == other.Partner:
		moved.Since, moved.Until = min(own.Since, other.Since), laterEnd(own.Until, other.Until)
		return faster(movePost(ctx, tx, own, moved))
	case overlap(own, other):
		return unregister(ctx, tx, other.Partner, into)
	case own.Until <= other.Since && !own.Until.IsNone():
		return faster(movePost(ctx, tx, own, moved))
	}
	return nil
}

// holdPersons locks both rows in one order, so that two that absorb each other's don't wait crosswise.
func holdPersons(ctx context.Context, tx *db.Tx, a, b string) error {
	for _, id := range []string{min(a, b), max(a, b)} {
		if err := db.Change(ctx, tx, `UPDATE person SET name = name WHERE account_id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

func rebind(ctx context.Context, tx *db.Tx, b Binding, person string) error {
	return db.Change(ctx, tx, `UPDATE binding SET person_id = $4, revision = revision + 1, updated_at = $5
		WHERE account_id = $1 AND id = $2 AND person_id = $3`, b.Account, b.ID, b.Person, person, db.Micros(tx.Now))
}

func dropBinding(ctx context.Context, tx *db.Tx, b Binding) error {
	return db.Change(ctx, tx, `DELETE FROM binding WHERE account_id = $1 AND id = $2 AND person_id = $3`, b.Account, b.ID, b.Person)
}

func replaceBinding(ctx context.Context, tx *db.Tx, old, b Binding) error {
	return db.Change(ctx, tx, `UPDATE binding SET id = $4, number = $5, search = $6, bound_on = $7, left_on = $8, registered = $9,
		revision = revision + 1, updated_at = $10 WHERE account_id = $1 AND id = $2 AND revision = $3`,
		old.Account, old.ID, old.Revision, b.ID, b.Number, b.entry().searchText(), b.BoundOn.String(), b.LeftOn.String(), b.Registered,
		db.Micros(tx.Now))
}

// moveStints gives the earlier times of one binding to another of the same partner.
func moveStints(ctx context.Context, tx *db.Tx, partner, from, to string) error {
	if from == to {
		return nil
	}
	_, err := db.Exec(ctx, tx, `UPDATE binding_stint SET binding_id = $3 WHERE account_id = $1 AND binding_id = $2 AND left_on NOT IN
		(SELECT o.left_on FROM binding_stint o WHERE o.account_id = $1 AND o.binding_id = $3)`, partner, from, to)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, tx, `DELETE FROM binding_stint WHERE account_id = $1 AND binding_id = $2`, partner, from)
	return err
}

func unregister(ctx context.Context, tx *db.Tx, partner, person string) error {
	_, err := db.Exec(ctx, tx, `UPDATE binding SET registered = $3, revision = revision + 1, updated_at = $4
		WHERE account_id = $1 AND person_id = $2 AND registered`, partner, person, false, db.Micros(tx.Now))
	return err
}

func moveEmail(ctx context.Context, tx *db.Tx, email, from, to string) error {
	return faster(db.Change(ctx, tx, `UPDATE person_email SET person_id = $3 WHERE email = $1 AND person_id = $2`, email, from, to))
}

func moveEmails(ctx context.Context, tx *db.Tx, from, to string) error {
	_, err := db.Exec(ctx, tx, `UPDATE person_email SET person_id = $2 WHERE person_id = $1`, from, to)
	return err
}

func dropPerson(ctx context.Context, tx *db.Tx, id string) error {
	return faster(db.Change(ctx, tx, `DELETE FROM person WHERE account_id = $1`, id))
}

// TryAgain is the error after which a caller's transaction is run again.
func TryAgain() error { return errFaster }

// Faster tells whether an error means that somebody else changed the same people at the same time: the caller's
// transaction is run again.
func Faster(err error) bool { return errors.Is(err, errFaster) || db.Violates(err) }
