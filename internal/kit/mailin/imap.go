package mailin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A Position is how far a mailbox has been read. UIDs grow for as long as the validity stays; when it changes, the
// folder was made anew and is read from its beginning.
type Position struct{ Validity, UID uint32 }

// certificates are the authorities that may vouch for a mail server; nil trusts the system's.
type certificates = *x509.CertPool

func readRoots(file string) (certificates, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("certificate authority %s: it holds no certificate in PEM form", file)
	}
	return pool, nil
}

// A Puller reads mailboxes.
type Puller struct {
	Bytes int64 // the largest mail that is taken; of larger ones the head alone
	Most  int   // mails of one pull
	Store Store
}

const (
	dialTimeout = 15 * time.Second
	mostPulled  = 500
)

// Pull opens a mailbox, reads what is new in it, and leaves it.
func (p Puller) Pull(ctx context.Context, m Mailbox, at Position) (int, error) {
	s, err := Open(ctx, m)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	return p.Read(ctx, s, at)
}

// Read reads what is new since a position, oldest first, stores each mail, and then marks or moves it. It returns how
// many were stored. Mails before the position that are still unmarked (the program died in between) are marked only.
// After an error, and after the end of ctx in the middle of it, the session is of no more use.
func (p Puller) Read(ctx context.Context, s *Session, at Position) (n int, err error) {
	stop := context.AfterFunc(ctx, func() { s.c.Close() })
	defer stop()
	if s.validity != at.Validity {
		at.UID = 0
	}
	if err := finish(s.c, s.m, at.UID); err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", s.m.Name(), err)
	}
	uids, err := after(s.c, at.UID)
	if err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", s.m.Name(), err)
	}
	most := p.Most
	if most <= 0 {
		most = mostPulled
	}
	for _, uid := range uids[:min(len(uids), most)] {
		stored, err := p.one(ctx, s.c, s.m, s.validity, uid)
		if stored {
			n++
		}
		if err != nil {
			return n, fmt.Errorf("mailbox %s, mail %d: %w", s.m.Name(), uid, err)
		}
	}
	return n, nil
}

// Check signs in and opens the folder.
func Check(ctx context.Context, m Mailbox) error {
	s, err := open(ctx, m)
	if err != nil {
		return err
	}
	s.Close()
	return nil
}

func dial(ctx context.Context, m Mailbox, handler *imapclient.UnilateralDataHandler) (*imapclient.Client, error) {
	host, _, err := net.SplitHostPort(m.Addr)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", m.Addr)
	if err != nil {
		return nil, err
	}
	secure := &tls.Config{ServerName: host, RootCAs: m.roots, MinVersion: tls.VersionTLS12}
	options := &imapclient.Options{TLSConfig: secure, UnilateralDataHandler: handler}
	switch m.TLS {
	case NoTLS:
		return imapclient.New(conn, options), nil
	case StartTLS:
		c, err := imapclient.NewStartTLS(conn, options)
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return c, nil
	}
	wrapped := tls.Client(conn, secure)
	if err := wrapped.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return imapclient.New(wrapped, options), nil
}

// after lists the UIDs above one, in their order.
func after(c *imapclient.Client, uid uint32) ([]imap.UID, error) {
	var set imap.UIDSet
	set.AddRange(imap.UID(uid)+1, 0) // 0 is "*", and "9:*" holds the last mail also when that is 5
	found, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}, NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	all := slices.DeleteFunc(found.AllUIDs(), func(u imap.UID) bool { return uint32(u) <= uid })
	slices.Sort(all)
	return all, nil
}

// finish marks what was stored and not marked.
func finish(c *imapclient.Client, m Mailbox, upTo uint32) error {
	if upTo == 0 {
		return nil
	}
	var set imap.UIDSet
	set.AddRange(1, imap.UID(upTo))
	criteria := &imap.SearchCriteria{UID: []imap.UIDSet{set}, NotFlag: []imap.Flag{imap.FlagDeleted}}
	if m.MoveTo == "" {
		criteria.NotFlag = append(criteria.NotFlag, imap.FlagSeen)
	}
	found, err := c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	if all := found.AllUIDs(); len(all) > 0 {
		return mark(c, m, imap.UIDSetNum(all...))
	}
	return nil
}

// one fetches, stores and marks a mail. It's not stored when somebody removed it meanwhile.
func (p Puller) one(ctx context.Context, c *imapclient.Client, m Mailbox, validity uint32, uid imap.UID) (stored bool, err error) {
	set := imap.UIDSetNum(uid)
	sizes, err := c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return false, fmt.Errorf("fetch its size: %w", err)
	}
	if len(sizes) == 0 {
		return false, nil
	}
	in := Incoming{Size: sizes[0].RFC822Size, Mailbox: m.Name(), Validity: validity, UID: uint32(uid), Desk: m.Desk}
	limit := p.Bytes
	if limit <= 0 {
		limit = DefaultBytes
	}
	section := &imap.FetchItemBodySection{Peek: true}
	if in.Size > limit {
		section.Specifier = imap.PartSpecifierHeader
	}
	got, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		return false, fmt.Errorf("fetch: %w", err)
	}
	if len(got) == 0 || len(got[0].BodySection) == 0 {
		return false, nil
	}
	in.Raw = got[0].BodySection[0].Bytes
	if in.Size <= limit {
		in.Size = int64(len(in.Raw)) // servers count line ends differently
	}
	if err := p.Store(ctx, in); err != nil {
		return false, fmt.Errorf("store: %w", err)
	}
	return true, mark(c, m, set)
}

// mark says on the server that mails were taken.
func mark(c *imapclient.Client, m Mailbox, set imap.UIDSet) error {
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
	if err := c.Store(set, flags, nil).Close(); err != nil {
		return fmt.Errorf("mark as seen: %w", err)
	}
	if m.MoveTo == "" {
		return nil
	}
	_, err := c.Move(set, m.MoveTo).Wait()
	if err == nil {
		return nil
	}
	// The folder may not exist yet; a folder that does refuses to be made again, which is no matter.
	c.Create(m.MoveTo, nil).Wait()
	if _, err = c.Move(set, m.MoveTo).Wait(); err != nil {
		return fmt.Errorf("move to %s: %w", m.MoveTo, err)
	}
	return nil
}
