package demodata

import (
	"fmt"
	"strings"

	"hanse/internal/domain/record"
)

const examColumns = "provider,candidate_id,email,first_name,last_name,exam_code,exam_title,delivery_date,score,pass_mark,result,registration_id"

func (s *story) examLine(n int, email, name, code string, daysAgo int, score, result string) string {
	first, last, _ := strings.Cut(name, " ")
	return fmt.Sprintf("PEARSON_VUE,HW01005%02d,%s,%s,%s,%s,,%s,%s,600,%s,PV-4901%02d", n, email, first, last, code, s.on(-daysAgo), score, result, n)
}

// feedsArrive brings last month's file of each feed: passes that wait for their e-mail, failures, and a file that was
// wrong and is undone.
func (s *story) feedsArrive() {
	line := s.examLine
	s.travel(15)
	s.feedOf("exams-last-month.csv", examColumns,
		line(1, "arunee@siamlink.example", "Arunee Chaiyo", "H12-811", 48, "812", "PASS"),
		line(2, "anong@siamlink.example", "Anong Phrom", "H12-811", 47, "533", "FAIL"),
		line(3, "j.petraitis@mail.example", "Jonas Petraitis", "H12-711", 46, "901", "PASS"),
		line(4, "rasa@balticnetcare.example", "Rasa Urbonė", "H12-711", 45, "640", "PASS"),
		line(5, "k.okafor@mail.example", "Kelechi Okafor", "H12-821", 44, "", "NOSHOW"))
	wrong := ""
	s.do("import a wrong file", func() error {
		imp, err := s.Record.ImportNow(s.ctx, machine, "exams-wrong-month.csv",
			strings.NewReader(examColumns+"\n"+line(2, "anong@siamlink.example", "Anong Phrom", "H12-811", 47, "933", "PASS")+"\n"), false, nil)
		wrong = imp.ID
		return err
	})
	s.do("undo it", func() error {
		_, err := s.Record.UndoNow(s.ctx, machine, wrong)
		return err
	})
	s.feedOf("trainings-last-month.csv", "provider,registration_id,course_code,name,category,start,end,hours,result,email",
		fmt.Sprintf("H3C,TR-7701,SEC-ADV,Advanced security,Security,%s,%s,24,FINISHED,arunee@siamlink.example", s.on(-60), s.on(-58)),
		fmt.Sprintf("H3C,TR-7702,SEC-ADV,Advanced security,Security,%s,%s,24,UNFINISHED,k.okafor@mail.example", s.on(-60), s.on(-58)))
}

// feedsAreCorrected brings this month's results: one is revoked, two lines must be corrected.
func (s *story) feedsAreCorrected() {
	line := s.examLine
	s.do("import with lines to correct", func() error {
		imp, err := s.Record.ImportNow(s.ctx, machine, "exams-this-month.csv", strings.NewReader(strings.Join([]string{examColumns,
			line(4, "rasa@balticnetcare.example", "Rasa Urbonė", "H12-711", 45, "640", "REVOKED"),
			line(6, "haruka@kyotodenki.example", "Haruka Tanaka", "H12-725", 20, "733", "PASS"),
			line(7, "no address", "Lucía Quispe", "H12-811", 19, "702", "PASS"),
			line(8, "m.srisai@mail.example", "Malee Srisai", "H12-811", 18, "655", "MAYBE")}, "\n")+"\n"), false, nil)
		if err == nil && (imp.State != record.Done || imp.Errors != 2) {
			err = fmt.Errorf("it ended as %s with %d errors", imp.State, imp.Errors)
		}
		return err
	})
}
