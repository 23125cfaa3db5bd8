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

// Pull reads what is new since a position, oldest first, stores each mail, and then marks or moves it. It returns how
// many were stored. Mails before the position that are still unmarked (the program died in between) are marked only.
func (p Puller) Pull(ctx context.Context, m Mailbox, at Position) (n int, err error) {
	c, validity, err := open(ctx, m)
	if err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", m.Name(), err)
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer func() { stop(); c.Logout().Wait(); c.Close() }()
	if validity != at.Validity {
		at.UID = 0
	}
	if err := finish(c, m, at.UID); err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", m.Name(), err)
	}
	uids, err := after(c, at.UID)
	if err != nil {
		return 0, fmt.Errorf("mailbox %s: %w", m.Name(), err)
	}
	most := p.Most
	if most <= 0 {
		most = mostPulled
	}
	for _, uid := range uids[:min(len(uids), most)] {
		if err := p.one(ctx, c, m, validity, uid); err != nil {
			return n, fmt.Errorf("mailbox %s, mail %d: %w", m.Name(), uid, err)
		}
		n++
	}
	return n, nil
}

// Check signs in and opens the folder.
func Check(ctx context.Context, m Mailbox) error {
	c, _, err := open(ctx, m)
	if err != nil {
		return err
	}
	return errors.Join(c.Logout().Wait(), c.Close())
}

func open(ctx context.Context, m Mailbox) (*imapclient.Client, uint32, error) {
	c, err := dial(ctx, m)
	if err != nil {
		return nil, 0, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if err := c.Login(m.User, m.Password).Wait(); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("sign in: %w", err), c.Close())
	}
	folder, err := c.Select(m.Folder, nil).Wait()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open folder %s: %w", m.Folder, err), c.Close())
	}
	return c, folder.UIDValidity, nil
}

func dial(ctx context.Context, m Mailbox) (*imapclient.Client, error) {
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
	options := &imapclient.Options{TLSConfig: secure}
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

// one fetches, stores and marks a mail.
func (p Puller) one(ctx context.Context, c *imapclient.Client, m Mailbox, validity uint32, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	sizes, err := c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil {
		return fmt.Errorf("fetch its size: %w", err)
	}
	if len(sizes) == 0 {
		return nil // somebody removed it meanwhile
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
		return fmt.Errorf("fetch: %w", err)
	}
	if len(got) == 0 || len(got[0].BodySection) == 0 {
		return nil
	}
	in.Raw = got[0].BodySection[0].Bytes
	if in.Size <= limit {
		in.Size = int64(len(in.Raw)) // servers count line ends differently
	}
	if err := p.Store(ctx, in); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return mark(c, m, set)
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
