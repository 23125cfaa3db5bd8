package demodata

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/kit/mailin"
)

// deskMail is the address of the vendor's desk in a demonstration.
const deskMail = "support@vendor.example"

// mailsArrive lets a partner write to the desk by mail, with a picture in the text, and a stranger too: the desk answers the
// one, and the other waits for a decision.
func (s *story) mailsArrive() {
	by, engineer := s.supported(), s.admins["vendor_support"]
	s.do("address of the desk", func() error {
		return s.TicketMail.AddAddress(s.ctx, s.admins["vendor_admin"], deskMail, s.companies["vendor"].ID)
	})
	var from string
	s.do("address of the writer", func() error {
		r, _, err := account.RecipientOfUser(s.ctx, s.DB.Read(), by.Account, by.User)
		from = r.Email
		return err
	})
	s.mail("first", from, by.Name, "Access point drops clients", "multipart/related; boundary=picture", "--picture\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"+
		"<p>Hello,</p><p>since the update all clients of the access point in the lobby are dropped every ten minutes. This is what the controller shows:</p>"+
		"<p><img src=\"cid:chart\"></p><p>Kind regards</p>\r\n--picture\r\nContent-Type: image/png; name=\"clients.png\"\r\nContent-ID: <chart>\r\n"+
		"Content-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString(chart())+"\r\n--picture--\r\n")
	s.mail("stranger", "procurement@harbour.example", "Ines Duarte", "Offer for 12 access points", "text/plain; charset=utf-8",
		"Good morning,\r\n\r\nplease send us an offer for twelve access points, delivered to Lisbon.\r\n\r\nInes Duarte\r\n")
	s.do("mails are worked on", func() error { return s.Runner.Drain(s.ctx) })
	var no string
	s.do("ticket by mail", func() error {
		all, err := s.TicketMail.List(s.ctx, engineer, ticketmail.Filter{State: ticketmail.Done, Limit: 1})
		if err == nil && len(all) == 0 {
			err = fmt.Errorf("no mail of %s became a ticket", from)
		}
		if err == nil {
			no = all[0].No
		}
		return err
	})
	s.does(engineer, no, ticket.Deed{Action: ticket.Accept})
	s.says(engineer, no, "Thank you. Ten minutes is the new default of the idle time: please set it to 60 under \"WLAN, Clients\" and tell us whether it's quiet then.", false)
	s.mail("answer", from, by.Name, "Re: ["+no+"] Access point drops clients", "text/plain; charset=utf-8",
		"It's quiet since then, thank you.\r\n\r\nOn Mon, Hanse <noreply@vendor.example> wrote:\r\n\r\n> Thank you. Ten minutes is the new default of the idle time\r\n")
	s.do("the answer is worked on", func() error { return s.Runner.Drain(s.ctx) })
}

// mail hands a mail in as a mail server would.
func (s *story) mail(key, from, name, subject, kind, body string) {
	s.do("mail "+subject, func() error {
		raw := fmt.Sprintf("From: \"%s\" <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <demo-%s@%s>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n%s",
			name, from, deskMail, subject, key, "mail.example", s.Clock.Now().UTC().Format(time.RFC1123Z), kind, body)
		return s.TicketMail.Store(s.ctx, mailin.Incoming{Raw: []byte(raw), Size: int64(len(raw)), From: from, To: []string{deskMail}, Envelope: true})
	})
}

// chart draws how many clients there were: a line that falls every now and then.
func chart() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 240, 80))
	for x := range 240 {
		for y := range 80 {
			m.Set(x, y, color.White)
		}
		for y := 15 + x%60/6; y < 70; y++ {
			m.Set(x, y, color.RGBA{0x1d, 0x5f, 0xbf, 0xff})
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, m) != nil {
		return nil // can't happen in memory
	}
	return b.Bytes()
}
