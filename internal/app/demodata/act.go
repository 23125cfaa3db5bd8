package demodata

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/pow"
)

func (s *story) open(c company, kind actor.Kind) (a account.Account) {
	s.do("company "+c.name, func() (err error) {
		in := account.NewAccount{Kind: kind, Name: c.name, Country: c.country, Address: c.address, Contact: c.contact, Email: c.email, Channel: c.channel}
		if kind == actor.Partner {
			in.Market = cmp.Or(c.market, account.Overseas)
		}
		a, err = s.Account.CreateAccount(s.ctx, machine, in)
		s.companies[c.key] = a
		return err
	})
	return a
}

func (s *story) user(a account.Account, name, email, lang, role, home string, roles ...actor.Role) (by actor.Actor) {
	s.do("user "+name, func() error {
		lang = cmp.Or(lang, "en")
		u, err := s.Account.CreateUser(s.ctx, machine, account.NewUser{Account: a.ID, Email: email, Name: name, Password: Password, Lang: lang, Roles: roles})
		if err != nil {
			return err
		}
		by = actor.Actor{Account: a.ID, Kind: a.Kind, User: u.ID, Name: name, Identity: u.Identity, Roles: roles, Via: "session", Lang: lang}
		if role != "" {
			s.logins[role] = Login{Role: role, Account: a.Name, DomainID: a.ID, Login: email, Password: Password, Home: home}
		}
		return nil
	})
	return by
}

// roster imports people whose consent is on paper, but for the engineer who signs in and answers himself.
func (s *story) roster(key string, people []engineer) {
	s.file(key, people)
	s.do("consent of "+key, func() error {
		_, err := s.Roster.ConfirmAll(s.ctx, machine, s.companies[key].ID, "somchai@siamlink.example")
		return err
	})
}

// file imports people as their administrator would: nobody of them has said a word yet.
func (s *story) file(key string, people []engineer) {
	s.do("roster of "+key, func() error {
		var b strings.Builder
		b.WriteString("person_id,name,email,certificate,issued_on,expires_on,bound_on,registered\n")
		for _, p := range people {
			line := func(code, issued, until string) {
				fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s,%v\n", p.number, p.name, p.email, code, issued, until, s.on(-1200), !p.plain)
			}
			for _, h := range p.held {
				line(h.code, s.on(-h.issued).String(), s.on(h.untilDays).String())
			}
			if len(p.held) == 0 {
				line("", "", "")
			}
		}
		done, err := s.Roster.ImportNow(s.ctx, s.admins[key], s.companies[key].ID, key+"-people.csv", strings.NewReader(b.String()), false, nil)
		if err == nil && done.Errors > 0 {
			err = fmt.Errorf("%d rows were refused", done.Errors)
		}
		return err
	})
}

// person finds somebody's binding by name.
func (s *story) person(key, name string) (binding string, err error) {
	page, err := s.Roster.List(s.ctx, s.admins[key], s.companies[key].ID, roster.Filter{Q: name})
	if err == nil && len(page.Items) != 1 {
		err = fmt.Errorf("%d people of %s are called %s", len(page.Items), key, name)
	}
	if err != nil {
		return "", err
	}
	return page.Items[0].ID, nil
}

func (s *story) declare(key string, f qualification.ServiceFacts, manager string) {
	s.do("service facts of "+key, func() (err error) {
		if f.ServiceManager, err = s.person(key, manager); err != nil {
			return err
		}
		now, err := s.Qualification.ServiceFacts(s.ctx, s.admins[key], s.companies[key].ID, s.Clock.Now())
		if err != nil {
			return err
		}
		f.EffectiveAt = now.EffectiveAt
		return s.Qualification.SetFacts(s.ctx, s.admins[key], s.companies[key].ID, f)
	})
}

// draft begins an application and fills in the form.
func (s *story) draft(key, level string) (app qualification.Application) {
	return s.prepared(key, level, "")
}

func (s *story) prepared(key, level, track string) (app qualification.Application) {
	s.do("application of "+key, func() (err error) {
		by, q := s.admins[key], s.Qualification
		if app, err = q.Draft(s.ctx, by, qualification.DraftInput{Program: "h3c-star", Level: level, Track: track}); err != nil {
			return err
		}
		f := app.Form
		f.ContactPhone, f.ApplicantName, f.ApplicantEmail, f.ApplicantPhone = "+66 2 555 0100", by.Name, s.companies[key].Email, "+66 2 555 0101"
		f.ManagerName, f.ManagerEmail, f.ManagerPhone = cmp.Or(f.ManagerName, by.Name), cmp.Or(f.ManagerEmail, s.companies[key].Email), "+66 2 555 0102"
		app, err = q.SaveForm(s.ctx, by, app.ID, app.Edition, f)
		return err
	})
	return app
}

// submit hands in a complete application.
func (s *story) submit(key, level, track string) (app qualification.Application) {
	app = s.prepared(key, level, track)
	s.do("submit for "+key, func() (err error) {
		by, q := s.admins[key], s.Qualification
		v, err := q.Application(s.ctx, by, app.ID)
		if err != nil {
			return err
		}
		for _, place := range v.Places {
			file, err := s.paper()
			if err != nil {
				return err
			}
			name := strings.Trim(place.Ask.ID+"-"+place.Code, "-") + ".pdf"
			if _, err := q.AddEvidence(s.ctx, by, app.ID, qualification.NewEvidence{Ask: place.Ask.ID, Person: place.Person, Code: place.Code, Name: name}, bytes.NewReader(file)); err != nil {
				return err
			}
		}
		if v, err = q.Application(s.ctx, by, app.ID); err != nil {
			return err
		}
		app, err = q.Submit(s.ctx, by, app.ID, v.Edition, true)
		return err
	})
	return app
}

// paper is what stands for every scanned document.
func (s *story) paper() (_ []byte, err error) {
	if s.pdf == nil {
		s.pdf, err = s.Press.Form(pdf.Form{Lang: "en", Title: "Copy of a document", Subtitle: "Made for the demonstration", Date: s.on(-past).String(),
			Sections: []pdf.Section{{Heading: "Document", Rows: [][2]string{{"Holder", "as named in the application"}, {"Issued by", "H3C"}}}}})
	}
	return s.pdf, err
}

func (s *story) start(app qualification.Application) (started qualification.Application) {
	s.do("start a review", func() (err error) {
		started, err = s.Qualification.Start(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition)
		return err
	})
	return started
}

func (s *story) grant(key, level, track string) {
	app := s.start(s.submit(key, level, track))
	s.do("grant "+key, func() error {
		_, err := s.Qualification.Approve(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition)
		return err
	})
}

func (s *story) reject(key string) {
	app := s.start(s.submit(key, "two-star", "certificates"))
	s.do("reject "+key, func() error {
		_, err := s.Qualification.Reject(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition,
			[]qualification.Reason{{Field: "line:hotline", Text: "The hotline did not answer on three test calls within office hours."}}, false)
		return err
	})
}

func (s *story) returned(app qualification.Application) {
	app = s.start(app)
	s.do("return an application", func() error {
		_, err := s.Qualification.Return(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition,
			[]qualification.Reason{{Field: "form.manager_phone", Text: "This number belongs to another company. Give the service manager's own."}}, s.on(10))
		return err
	})
}

func (s *story) leave(key, name string) {
	s.do("exit of "+name, func() error {
		person, err := s.person(key, name)
		if err != nil {
			return err
		}
		_, err = s.Qualification.ReportExit(s.ctx, s.admins[key], qualification.ExitInput{Partner: s.companies[key].ID, Person: person,
			On: s.on(-s.at - 1), Reason: qualification.Leaving, Note: "Moved to another city."})
		return err
	})
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// register is a company that asks to become a partner, on the public page.
func (s *story) register() {
	s.do("registration", func() error {
		nobody := actor.Nobody("127.0.0.1", "", "en")
		challenge, err := s.Login.Challenge()
		if err != nil {
			return err
		}
		solved, err := pow.Solve(challenge)
		if err != nil {
			return err
		}
		x, err := s.Account.RegisterPartner(s.ctx, nobody, account.RegisterPartner{Company: "Tashkent Netline LLC", Country: "UZ",
			Address: "Amir Temur 4, Tashkent", Contact: "Dilnoza Karimova", Email: "dilnoza@netline.example", Phone: "+998 71 200 0000",
			Market: account.Overseas, Channel: []account.Channel{account.ServicePartner}, Agreed: true, Captcha: solved, Lang: "en"})
		if err != nil {
			return err
		}
		if err := s.Runner.Drain(s.ctx); err != nil {
			return err
		}
		for _, m := range s.Sink.List() { // the newest first: the code that was just sent
			if strings.Contains(strings.Join(m.To, " "), "dilnoza@netline.example") {
				return s.Account.ConfirmRegistration(s.ctx, nobody, x.Account, sixDigits.FindString(m.Text))
			}
		}
		return fmt.Errorf("no code arrived")
	})
}

// keysAreMade gives every listed role a working access key.
func (s *story) keysAreMade() {
	for _, role := range roles {
		l, ok := s.logins[role]
		if !ok {
			continue
		}
		s.do("key of "+role, func() error {
			user := l.DomainID
			if role != "engineer" {
				var err error
				if user, err = s.userOf(l); err != nil {
					return err
				}
			}
			k, secretKey, err := s.Login.CreateKey(s.ctx, machine, login.NewKey{Note: "Demonstration", Account: l.DomainID, User: user})
			l.AccessKey, l.SecretKey = k.AccessKey, secretKey
			s.logins[role] = l
			return err
		})
	}
}

func (s *story) userOf(l Login) (string, error) {
	all, err := account.Recipients(s.ctx, s.DB.Read(), l.DomainID)
	for _, r := range all {
		if r.Email == l.Login {
			return r.User, err
		}
	}
	return "", fmt.Errorf("no user %s: %w", l.Login, err)
}
