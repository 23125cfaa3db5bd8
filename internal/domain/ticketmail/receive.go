package ticketmail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"hanse/internal/kit/blob"
	"hanse/internal/kit/db"
	"hanse/internal/kit/eml"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailin"
)

// counters are what this process has taken, for the metrics.
type counters struct{ taken, twice atomic.Int64 }

// Counts are the mails that this process took since it started, and how many of them were here already.
func (s *Service) Counts() (taken, twice int64) { return s.wire.taken.Load(), s.wire.twice.Load() }

// keyOf names a mail, so that the same one comes once: by Message-ID and sender, because a stranger could send a mail
// under another's Message-ID before that one arrives.
func keyOf(m eml.Mail) string { return hashOf(m.ID + "\n" + m.From.Mail) }

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Store keeps a mail durably and gives it to a job; mailin.Store. The same mail again, also at the same moment in another
// process, is kept once. With the mail the place in its mailbox is written, in one transaction.
func (s *Service) Store(ctx context.Context, in mailin.Incoming) error {
	m := eml.Parse(in.Raw)
	x, err := s.arrived(ctx, in, m)
	if err != nil {
		return err
	}
	if x.Hash, err = s.keep(ctx, in, &x); err != nil {
		return err
	}
	var twice bool
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		x.ID, x.At, x.ChangedAt = id.New("tml", tx.Wall), tx.Now, tx.Now
		fresh, err := claimKey(ctx, tx, keyOf(m), x.Account, x.ID)
		if err != nil {
			return err
		}
		if twice = !fresh; fresh {
			if err := insertMail(ctx, tx, x); err != nil {
				return err
			}
			if err := jobs.Add(ctx, tx, jobs.New{Kind: processKind, Key: x.ID, Account: x.Account, Payload: ref{Account: x.Account, ID: x.ID}}); err != nil {
				return err
			}
		}
		if in.Mailbox == "" {
			return nil
		}
		return moveOn(ctx, tx, in.Mailbox, in.Validity, in.UID, twice)
	})
	if err == nil {
		s.wire.taken.Add(1)
		if twice {
			s.wire.twice.Add(1)
		}
	}
	return err
}

// ref is the payload of the jobs.
type ref struct {
	Account string `json:"account"`
	ID      string `json:"id"`
}

// arrived fills the row of a mail.
func (s *Service) arrived(ctx context.Context, in mailin.Incoming, m eml.Mail) (Mail, error) {
	x := Mail{Door: in.Mailbox, MessageID: m.ID, Sender: m.From.Mail, SenderName: clip(m.From.Name, 200), Subject: clip(m.Subject, 500), Size: in.Size,
		HeadOnly: in.TooLarge(), State: Received}
	if x.Door == "" {
		x.Door = "smtp"
	}
	desks, err := s.desks(ctx, s.DB.Read())
	if err != nil {
		return x, err
	}
	for _, address := range recipients(in, m) {
		if desk, ok := desks[baseOf(address)]; ok {
			x.Recipients = append(x.Recipients, address)
			if x.Account == "" {
				x.Account = desk
			}
		}
	}
	if x.Account == "" {
		// Somebody has put it into our mailbox without our address in it: a blind copy, or a list.
		x.Account = desks[or(in.Desk, s.Address)]
	}
	if x.Account == "" {
		return x, errors.New("no desk has an address: set --mail-in-address, or the mailbox's desk")
	}
	return x, nil
}

// recipients are where a mail was sent to, the surest first: the envelope, what servers noted on its way, its head.
func recipients(in mailin.Incoming, m eml.Mail) (out []string) {
	out = append(append(out, in.To...), m.Delivered...)
	for _, a := range append(slices.Clone(m.To), m.Cc...) {
		out = append(out, a.Mail)
	}
	if in.Desk != "" {
		out = append(out, in.Desk)
	}
	return unique(out)
}

// mostScanned is how many files of a mail are scanned one by one, so that a mail of very many keeps nobody waiting: no message
// takes as many, and the whole is scanned besides.
const mostScanned = 50

// keep stores the raw mail, without the files in it that the virus scanner refuses: the text has still a reader, who learns
// of them. Of a mail that is refused even so nothing is kept but the row, and the desk looks at it.
func (s *Service) keep(ctx context.Context, in mailin.Incoming, x *Mail) (string, error) {
	var away error
	scanned := 0
	raw, refused := eml.Without(in.Raw, func(f eml.File) bool {
		if scanned++; scanned > mostScanned {
			return false
		}
		err := s.Files.Clean(ctx, f.Data)
		if fault.KindOf(err) == fault.KindInvalid {
			return true
		}
		away = errors.Join(away, err)
		return false
	})
	if away != nil {
		return "", away
	}
	for _, f := range refused {
		x.Refused = append(x.Refused, Refusal{clip(or(f.Name, f.Media), 200), int64(len(f.Data))})
	}
	file, err := s.Files.Put(ctx, bytes.NewReader(raw), blob.Limits{Bytes: s.Bytes + 1<<20, Types: []blob.Type{blob.RAW}})
	if fault.KindOf(err) == fault.KindInvalid {
		x.Reason = Infected
		return "", nil
	}
	return file.Hash, err
}

func clip(s string, n int) string {
	r := []rune(strings.ToValidUTF8(s, ""))
	return string(r[:min(len(r), n)])
}
