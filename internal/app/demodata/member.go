package demodata

import (
	"bytes"
	"fmt"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/member"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
)

// human makes a person who can sign in, and returns the actor of that.
func (s *story) human(name, email string) (by actor.Actor) {
	s.do("person "+name, func() error {
		id, err := s.Account.CreatePerson(s.ctx, machine, account.NewPerson{Name: name, Email: email, Password: Password, Lang: "en"})
		if err != nil {
			return err
		}
		who, _, err := login.FindName(s.ctx, s.DB.Read(), email)
		by = actor.Actor{Account: id, Kind: actor.Person, User: id, Name: name, Identity: who.ID, Person: id, Via: "session", Lang: "en"}
		return err
	})
	return by
}

// signedIn is the actor of somebody who signs in with an address already.
func (s *story) signedIn(email string) (by actor.Actor) {
	s.do("sign-in of "+email, func() error {
		who, ok, err := login.FindName(s.ctx, s.DB.Read(), email)
		if err == nil && !ok {
			err = fmt.Errorf("nobody signs in with it")
		}
		by = actor.Actor{Account: who.Person, Kind: actor.Person, User: who.Person, Name: who.Name, Identity: who.ID, Person: who.Person, Via: "session", Lang: "en"}
		return err
	})
	return by
}

// answers says yes or no to the first open question.
func (s *story) answers(by actor.Actor, yes bool, reason string) {
	s.do("answer of "+by.Name, func() error {
		if err := s.Runner.Drain(s.ctx); err != nil {
			return err
		}
		m, err := s.Member.Mine(s.ctx, by)
		if err != nil {
			return err
		}
		if len(m.Open) == 0 {
			return fmt.Errorf("nobody asks")
		}
		if q := m.Open[0]; yes {
			_, err = s.Member.Accept(s.ctx, by, q.Account, q.ID, member.ConsentVersion)
		} else {
			err = s.Member.Refuse(s.ctx, by, q.Account, q.ID, reason)
		}
		return err
	})
}

func (s *story) invite(key, to, name string) {
	s.do("invitation of "+name, func() error {
		_, err := s.Member.Invite(s.ctx, s.admins[key], s.companies[key].ID, member.Invite{To: to, Name: name})
		return err
	})
}

// engineerConfirms: the engineer who signs in says that the roster is right.
func (s *story) engineerConfirms() { s.answers(s.signedIn("somchai@siamlink.example"), true, "") }

// membersCome: somebody joins by invitation, somebody refuses, a file brings people who haven't answered yet.
func (s *story) membersCome() {
	s.travel(14)
	s.invite("siam", "dao@fieldworks.example", "Dao Phan") // nobody answers: it expires
	ploy := s.human("Ploy Srisuk", "ploy@home.example")
	s.invite("siam", "ploy@home.example", "")
	s.answers(ploy, true, "")
	s.verified(ploy)
	lek := s.human("Lek Chai", "lek@home.example")
	s.invite("siam", "lek@home.example", "")
	s.answers(lek, false, "I have signed with another company.")
	s.travel(12)
	s.file("siam", []engineer{{"S-141", "Niran Suksan", "niran@siamlink.example", []held{has("H3CNE", 200, 895)}, true},
		{"S-142", "Sunee Thongdee", "sunee@siamlink.example", nil, true}})
}

// membersWait: what is open at the present day.
func (s *story) membersWait() {
	s.invite("siam", "arthit@fieldworks.example", "Arthit Boon")
	s.claim(s.signedIn("somchai@siamlink.example"), "Somchai Wattana", "passport", "AA1234567")
}

func (s *story) claim(by actor.Actor, name, kind, number string) (c realname.Case) {
	s.do("real name of "+name, func() error {
		file, err := s.paper()
		if err != nil {
			return err
		}
		c, err = s.RealName.Submit(s.ctx, by, realname.Submission{Name: name, Country: "TH", IDType: kind, Number: number, FileName: "document.pdf"}, bytes.NewReader(file))
		return err
	})
	return c
}

// verified has a name looked at and approved.
func (s *story) verified(by actor.Actor) {
	c := s.claim(by, by.Name, "id_card", "1103700123456")
	s.do("verify "+by.Name, func() error { return s.RealName.Approve(s.ctx, s.admins["vendor_reviewer"], c.ID, c.Version) })
}
