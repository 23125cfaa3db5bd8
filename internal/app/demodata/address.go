package demodata

import (
	"fmt"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/login"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/pow"
)

const (
	examAddress     = "somchai@siamlink.example"
	trainingAddress = "somchai.w@mail.example"
)

// engineersAssociate shows an engineer's side: two associated addresses with what the feeds sent for them, one that waits
// for its confirmation, a dispute, and a record that is late.
func (s *story) engineersAssociate() {
	s.travel(0)
	somchai := s.as("engineer", examAddress)
	s.feedOf("exams-somchai.csv", "provider,candidate_id,email,first_name,last_name,exam_code,exam_title,delivery_date,score,pass_mark,result,registration_id",
		fmt.Sprintf("PEARSON_VUE,HW0100231,%s,Somchai,Wattana,H12-811,HCIA-Datacom,%s,845,600,PASS,PV-500101", examAddress, s.on(-120)),
		fmt.Sprintf("PEARSON_VUE,HW0100231,%s,Somchai,Wattana,H12-821,HCIP-Datacom Core Technology,%s,540,600,FAIL,PV-500187", examAddress, s.on(-45)),
		fmt.Sprintf("PEARSON_VUE,HW0100231,%s,Somchai,Wattana,H12-821,HCIP-Datacom Core Technology,%s,,600,NOSHOW,PV-500160", examAddress, s.on(-60)))
	s.feedOf("trainings-somchai.csv", "provider,registration_id,course_code,name,category,start,end,hours,result,email",
		fmt.Sprintf("H3C,TR-7781,DC-CORE,Datacom core technology,Datacom,%s,%s,40,FINISHED,%s", s.on(-70), s.on(-66), trainingAddress))
	s.do("associate addresses", func() error {
		for _, email := range []string{examAddress, trainingAddress} {
			if err := s.Address.Prove(s.ctx, machine, somchai.Person, email); err != nil {
				return err
			}
		}
		c, err := s.Login.Challenge()
		if err != nil {
			return err
		}
		solved, err := pow.Solve(c)
		if err != nil {
			return err
		}
		_, err = s.Address.Request(s.ctx, somchai, "s.wattana@oldjob.example", solved)
		return err
	})
	s.disputeIsOpen()
	s.do("a record is late", func() error {
		_, err := s.Address.ReportMissing(s.ctx, somchai, address.Missing{Kind: address.Exam, Email: examAddress, Provider: "PEARSON_VUE",
			Code: "H12-831", On: s.on(-38), Registration: "PV-500214", Note: "Bangkok, passed according to the printed score report."})
		if err != nil {
			return err
		}
		return s.Runner.Drain(s.ctx)
	})
}

// disputeIsOpen is somebody who confirms an address that Somchai has.
func (s *story) disputeIsOpen() {
	s.do("dispute an address", func() error {
		const email = "s.wattana.bkk@mail.example"
		id, err := s.Account.CreatePerson(s.ctx, machine, account.NewPerson{Name: "Suda Wattana", Email: email, Password: Password, Lang: "en"})
		if err != nil {
			return err
		}
		err = s.DB.Update(s.ctx, func(tx *db.Tx) error { return s.Roster.AdoptPerson(s.ctx, tx, id, "Suda Wattana", email) })
		if err != nil {
			return err
		}
		if err := s.Address.Prove(s.ctx, machine, id, trainingAddress); fault.KindOf(err) != fault.KindConflict {
			return fmt.Errorf("an address that is taken was not refused: %w", err)
		}
		return nil
	})
}

// as is the actor of a personal account.
func (s *story) as(role, email string) (by actor.Actor) {
	s.do("act as "+role, func() error {
		who, ok, err := login.FindName(s.ctx, s.DB.Read(), email)
		if err != nil || !ok {
			return fmt.Errorf("nobody signs in as %s: %w", email, err)
		}
		by = actor.Actor{Account: who.Person, Kind: actor.Person, User: who.Person, Name: who.Name, Identity: who.ID, Person: who.Person,
			Via: "session", Lang: "en"}
		return nil
	})
	return by
}

// feedOf imports a small file as the command line does.
func (s *story) feedOf(name string, lines ...string) {
	s.do("import "+name, func() error {
		imp, err := s.Record.ImportNow(s.ctx, machine, name, strings.NewReader(strings.Join(lines, "\n")+"\n"), false, nil)
		if err == nil && (imp.State != record.Done || imp.Errors > 0) {
			err = fmt.Errorf("it ended as %s with %d errors", imp.State, imp.Errors)
		}
		return err
	})
}
