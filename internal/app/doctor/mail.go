package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"hanse/internal/kit/mailin"
)

// mailIn looks at the ways by which mails come to desks: each mailbox is signed in to, and the address of the receiver must
// be free or taken by the server that runs.
func (e examiner) mailIn(ctx context.Context) Finding {
	in := e.cfg.MailIn
	if in.Address == "" {
		return skipped("no desk has an address: tickets can't be opened by mail")
	}
	boxes, err := e.cfg.Boxes()
	if err != nil {
		return bad(err.Error(), "Correct --mailbox.")
	}
	if len(boxes) == 0 && in.Listen == "" {
		return warning("nothing brings the mails of "+in.Address+" in", "Set --mailbox, or --mail-in-listen and let the mail server hand them over.")
	}
	for _, m := range boxes {
		if err := mailin.Check(ctx, m); err != nil {
			return bad("mailbox "+m.Name()+": "+err.Error(), mailboxRemedy(err))
		}
	}
	if f := e.listens(); f.State == Failed {
		return f
	}
	if in.Proof == "" {
		return warning(e.ways(len(boxes)), "Senders aren't proven: let the mail server in front check DMARC, and name it with --mail-in-proof.")
	}
	return good(e.ways(len(boxes)))
}

func (e examiner) ways(boxes int) string {
	text := fmt.Sprintf("%d of %d mailboxes opened", boxes, boxes)
	if e.cfg.MailIn.Listen != "" {
		text += ", taken by SMTP at " + e.cfg.MailIn.Listen
	}
	return text
}

// listens tries the receiver's address: somebody else on it would take the mails, or nobody could.
func (e examiner) listens() Finding {
	in := e.cfg.MailIn
	if in.Cert != "" {
		if _, err := tls.LoadX509KeyPair(in.Cert, in.Key); err != nil {
			return bad("certificate for incoming mail: "+err.Error(), "Correct --mail-in-cert and --mail-in-key.")
		}
	}
	if in.Listen == "" || strings.HasPrefix(in.Listen, "unix:") {
		return good("")
	}
	l, err := net.Listen("tcp", in.Listen)
	switch {
	case err == nil:
		return errFinding(l.Close())
	case errors.Is(err, syscall.EADDRINUSE):
		return good("") // the server itself, most likely: this is run beside it
	}
	return bad(err.Error(), "Ports below 1024 need a right of their own (CAP_NET_BIND_SERVICE), and the address must be one of this machine.")
}

func errFinding(err error) Finding {
	if err != nil {
		return bad(err.Error(), "Try again.")
	}
	return good("")
}

func mailboxRemedy(err error) string {
	text := strings.ToLower(err.Error())
	switch {
	case strings.Contains(text, "sign in"):
		return "Check user and password of --mailbox; special characters must be percent-encoded, and some providers ask for a password made for applications."
	case strings.Contains(text, "open folder"):
		return "The folder doesn't exist: write its name as the server does, INBOX for the usual one."
	}
	return remedy(err, "mail server")
}
