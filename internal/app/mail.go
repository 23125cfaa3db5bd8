package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"strconv"
	"sync"

	"hanse/internal/domain/notify"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/mailin"
	"hanse/internal/kit/outbox"
)

// ticketMail makes the module that brings mails into tickets.
func (a *App) ticketMail() error {
	boxes, err := a.Config.Boxes()
	if err != nil {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	in := a.Config.MailIn
	a.TicketMail = ticketmail.New(ticketmail.Config{DB: a.DB, Log: a.Log, Vault: a.Vault, Files: a.Files, Uploads: a.Attachment, Tickets: a.Ticket,
		Directory: a.Account, Mail: a.sender(), BaseURL: a.Config.BaseURL, Brand: i18n.Text(i18n.English, i18n.M("ui.app")), Address: in.Address,
		From: a.Config.SMTP.From, Proof: in.Proof, Bytes: int64(in.Megabytes) << 20, Mailboxes: boxes, Node: host + ":" + strconv.Itoa(os.Getpid())})
	return nil
}

// mailed hands the mail of a notice about a ticket to the module whose mails can be answered.
func (a *App) mailed(ctx context.Context, tx *db.Tx, e outbox.Event, n notify.Note, r notify.Reader) (bool, error) {
	return a.TicketMail.Notify(ctx, tx, ticketmail.Notice{Kind: e.Kind, No: n.Ticket, Message: n.Message, Account: r.Account, User: r.User, Name: r.Name,
		Mail: r.Mail, Lang: r.Lang, Title: n.Title, Body: n.Body, Action: n.Action, Link: n.Link})
}

// receiver opens the address on which mail servers hand mails to desks over; nil when there's none.
func (a *App) receiver() (*mailin.Receiver, error) {
	in := a.Config.MailIn
	if in.Listen == "" {
		return nil, nil
	}
	c := mailin.ReceiverConfig{Addr: in.Listen, LMTP: in.LMTP, Domain: domainOf(in.Address), Bytes: int64(in.Megabytes) << 20, PerMinute: in.PerMinute, OnlyTLS: in.OnlyTLS,
		Wall: a.Clock.Wall, Log: a.Log, Ours: a.TicketMail.Ours, Store: a.TicketMail.Store}
	if in.Cert != "" {
		pair, err := tls.LoadX509KeyPair(in.Cert, in.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate for incoming mail: %w", err)
		}
		c.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return mailin.Listen(c)
}

func domainOf(address string) string {
	for i, r := range address {
		if r == '@' {
			return address[i+1:]
		}
	}
	return "localhost"
}

// takeMail takes mails and reads mailboxes until ctx ends.
func (a *App) takeMail(ctx context.Context, work *sync.WaitGroup, r *mailin.Receiver) {
	if r != nil {
		work.Go(func() {
			if err := r.Serve(ctx); err != nil {
				a.Log.Error("mail receiver", "error", err)
			}
		})
	}
	work.Go(func() { a.TicketMail.PullAll(ctx, a.Config.MailIn.Every) })
}
