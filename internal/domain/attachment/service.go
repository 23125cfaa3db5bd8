package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

const (
	// lifetime is how long an upload waits for its ticket.
	lifetime = 24 * time.Hour
	sweepLot = 500
	// settling is how long the content of an upload may be there before its row is: what was stored within it stays.
	settling = time.Hour
)

// folder is where the content of attachments lies in the file store, so that it's known whose it is.
const folder = "attachments"

// Service has the verbs.
type Service struct {
	db    *db.DB
	files *blob.Store // of attachments alone
	older *blob.Store // which holds, among others' files, what was uploaded before attachments had a folder of their own
}

// New returns the service.
func New(d *db.DB, files *blob.Store) *Service { return &Service{d, files.Within(folder), files} }

// Register removes each hour the uploads that no ticket took, and content that belongs to none any more.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("attachment.sweep", jobs.Latest(s.db.Clock().Now, jobs.Interval(time.Hour)), s.Sweep)
}

// LimitsAt reads the limits in force at an instant of the business clock.
func LimitsAt(ctx context.Context, q db.Querier, at time.Time) (l Limits, err error) {
	for key, into := range map[setting.Key]*int{setting.TicketFiles: &l.Count, setting.TicketFileMegabytes: &l.Megabytes, setting.TicketFileDayMegabytes: &l.DayMegabytes} {
		if *into, err = setting.Int(ctx, q, key, at); err != nil {
			return l, err
		}
	}
	types, err := setting.Text(ctx, q, setting.TicketFileTypes, at)
	for _, t := range strings.Split(types, ",") {
		if t = strings.ToLower(strings.TrimSpace(t)); len(kinds[t]) > 0 {
			l.Types = append(l.Types, t)
		}
	}
	return l, err
}

// An Upload is what somebody uploads. Account is for the program itself, which uploads for others; people upload for
// their own account.
type Upload struct {
	Account string
	Source  Source
	Name    string
	Inline  bool
	Body    io.Reader
}

// Put stores an upload. Errors: Invalid for field "file" (name's ending or content not allowed, both not fitting, a
// virus), TooLarge, TooMany with a Refusal OverDay when the account's volume of the day is used up.
func (s *Service) Put(ctx context.Context, by actor.Actor, in Upload) (Attachment, error) {
	if err := by.May(actor.AttachFiles); err != nil {
		return Attachment{}, err
	}
	if by.Kind != actor.System {
		in.Account = by.Account
	}
	if in.Source != Incident && in.Source != Message {
		return Attachment{}, wrong("source", string(in.Source), i18n.M("attachment.source"))
	}
	l, err := LimitsAt(ctx, s.db.Read(), s.db.Clock().Now())
	if err != nil {
		return Attachment{}, err
	}
	name, asked := named(in.Name), kinds[ending(in.Name)]
	if !slices.Contains(l.Types, ending(in.Name)) || in.Inline && !shown(asked) {
		return Attachment{}, wrong("file", name, i18n.M("attachment.type", i18n.A{"types": strings.Join(l.Types, ", ")}))
	}
	ref, err := s.files.Put(ctx, in.Body, blob.Limits{Bytes: int64(l.Megabytes) << 20, Types: asked})
	if fault.KindOf(err) == fault.KindTooLarge {
		return Attachment{}, fault.New(fault.KindTooLarge, i18n.M("attachment.too_large", i18n.A{"name": name, "limit": l.Megabytes}))
	}
	if err != nil {
		return Attachment{}, err
	}
	return s.note(ctx, by, in, Attachment{Account: in.Account, ByUser: by.User, ByName: by.Name, Source: in.Source, Name: name, Inline: in.Inline,
		Type: ref.Type, Media: ref.Type.MIME(), Size: ref.Size, Hash: ref.Hash}, l)
}

// note writes the row of a stored file, unless the day's volume is used up.
func (s *Service) note(ctx context.Context, by actor.Actor, in Upload, a Attachment, l Limits) (Attachment, error) {
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		a.ID, a.At = id.New("att", tx.Wall), tx.Wall
		ok, err := count(ctx, tx, a.Account, day(tx.Wall), a.Size, int64(l.DayMegabytes)<<20)
		if err != nil {
			return err
		}
		if !ok {
			return &Refusal{OverDay, fault.TooMany(3600, i18n.M("attachment.over_day", i18n.A{"name": a.Name, "limit": l.DayMegabytes}))}
		}
		return insert(ctx, tx, a)
	})
	if err != nil {
		loose := s.db.Update(ctx, func(tx *db.Tx) error { return loosen(ctx, tx, a.Hash) })
		return Attachment{}, fmt.Errorf("upload for account %s: %w", a.Account, errors.Join(err, loose))
	}
	return a, nil
}

func shown(types []blob.Type) bool {
	return len(types) == 1 && Attachment{Type: types[0]}.Picture()
}

// Bind gives uploads of the actor to a message of a ticket, in the caller's transaction. Invalid for field
// "attachments", as a Refusal: TooMany, or Unknown naming each one that isn't there, is somebody else's, was used
// already, or has waited longer than a day.
func Bind(ctx context.Context, tx *db.Tx, by actor.Actor, account string, ids []string, ticket, message string) error {
	if len(ids) == 0 {
		return nil
	}
	l, err := LimitsAt(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	if len(ids) > l.Count {
		return &Refusal{TooMany, wrong("attachments", fmt.Sprint(len(ids)), i18n.M("attachment.too_many", i18n.A{"limit": l.Count}))}
	}
	var gone fault.Fields
	for _, id := range ids {
		ok, err := take(ctx, tx, account, by.User, id, ticket, message, tx.Wall.Add(-lifetime))
		if err != nil {
			return err
		}
		if !ok {
			gone.Add("attachments", id, i18n.M("attachment.unknown"))
		}
	}
	if err := gone.Err(); err != nil {
		return &Refusal{Unknown, err}
	}
	return nil
}

// Own reads an upload of the actor that isn't bound yet; NotFound for every other.
func (s *Service) Own(ctx context.Context, by actor.Actor, id string) (Attachment, error) {
	if err := by.May(actor.AttachFiles); err != nil {
		return Attachment{}, err
	}
	a, err := Find(ctx, s.db.Read(), id)
	if err == nil && (a.ByUser != by.User || a.Account != by.Account || a.Ticket != "") {
		err = fault.NotFound()
	}
	if err != nil {
		return Attachment{}, err
	}
	return a, nil
}

// Open opens the content; the caller closes it and has asked whether the reader may.
func (s *Service) Open(a Attachment) (*os.File, error) {
	f, err := s.files.Open(a.Hash)
	if fault.KindOf(err) == fault.KindNotFound {
		return s.older.Open(a.Hash)
	}
	return f, err
}

// Delete removes an upload of the actor that no ticket took. NotFound for every other.
func (s *Service) Delete(ctx context.Context, by actor.Actor, id string) error {
	a, err := s.Own(ctx, by, id)
	if err != nil {
		return err
	}
	return s.drop(ctx, a)
}

// Sweep removes uploads that have waited a day, then the content that no row refers to any more.
func (s *Service) Sweep(ctx context.Context, _ time.Time) error {
	for {
		lot, err := old(ctx, s.db.Read(), s.db.Clock().Wall().Add(-lifetime), sweepLot)
		if err != nil {
			return err
		}
		for _, a := range lot {
			if err := s.drop(ctx, a); err != nil && fault.KindOf(err) != fault.KindNotFound {
				return err
			}
		}
		if len(lot) < sweepLot {
			return s.clear(ctx)
		}
	}
}

// drop removes the row, and notes the content: whether another row has the same, and whether it's being uploaded again right
// now, is asked when it's cleared.
func (s *Service) drop(ctx context.Context, a Attachment) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		ok, err := remove(ctx, tx, a.Account, a.ID)
		if err == nil && !ok {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		return loosen(ctx, tx, a.Hash)
	})
}

// clear deletes noted content. A file goes before its note: a crash between leaves a note of nothing.
func (s *Service) clear(ctx context.Context) error {
	for {
		lot, err := due(ctx, s.db.Read(), s.db.Clock().Wall().Add(-settling), sweepLot)
		if err != nil {
			return err
		}
		for _, n := range lot {
			if err := s.settle(ctx, n); err != nil {
				return fmt.Errorf("content %s: %w", n.hash, err)
			}
		}
		if len(lot) < sweepLot {
			return nil
		}
	}
}

// settle deletes one content, unless a row refers to it. One that was stored again since is looked at again later: the row
// of that upload may be about to be written. So content never goes away from under a row, whoever comes first.
func (s *Service) settle(ctx context.Context, n loose) error {
	used, err := refers(ctx, s.db.Read(), n.hash)
	if err != nil {
		return err
	}
	gone := used
	if !used {
		if gone, err = s.files.Remove(n.hash, s.db.Clock().Wall().Add(-settling)); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if gone {
			return forget(ctx, tx, n)
		}
		return loosen(ctx, tx, n.hash)
	})
}

// wrong refuses one entry with what was sent.
func wrong(field, value string, why i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, why)
	return fs.Err()
}
