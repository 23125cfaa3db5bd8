package demodata

import (
	"bytes"
	"strings"

	"hanse/internal/domain/material"
	"hanse/internal/domain/qualification"
)

// cloudPeople are the developers of the company that takes the service path.
var cloudPeople = []engineer{
	{"Q-201", "周婷", "zhou.ting@qianjiang.example", []held{has("HCCDP-GAUSSDB", 200, 895), has("HCCDA-TECH-ESSENTIALS", 400, 695)}, true},
	{"Q-202", "吴磊", "wu.lei@qianjiang.example", []held{has("HCCDP-GAUSSDB", 150, 945), has("HCCDA-TECH-ESSENTIALS", 300, 795)}, true},
	{"Q-203", "郑洁", "zheng.jie@qianjiang.example", []held{has("HCCDP-SOLUTION-ARCHITECTURES", 180, 915)}, true},
	{"Q-204", "孙浩", "sun.hao@qianjiang.example", []held{has("HCCDP-SOLUTION-ARCHITECTURES", 120, 975)}, true},
}

// pathIsTaken: a company joins the network, chooses the service path and is certified in its role; one label fails.
func (s *story) pathIsTaken() {
	const key = "qianjiang"
	s.travel(29)
	s.roster(key, cloudPeople)
	s.do("consents on paper", func() error {
		_, err := s.Roster.ConfirmAll(s.ctx, machine, s.companies[key].ID)
		return err
	})
	s.approve(s.start(s.apply(key, "membership-hcpn", "joined", "")))
	s.travel(28)
	s.do("choose the service path", func() error {
		_, err := s.Path.Choose(s.ctx, s.admins[key], s.companies[key].ID, "path-service")
		return err
	})
	moved := s.handIn(key, material.Case, "钱江港务核心系统上云迁移", -60)
	s.passed(moved)
	s.approve(s.start(s.apply(key, "path-service", "role", "", moved)))
	s.travel(16)
	sap := s.start(s.apply(key, "competency-sap", "certified", "", moved))
	s.do("fail a label", func() error {
		_, err := s.Qualification.Reject(s.ctx, s.admins["vendor_reviewer"], sap.ID, sap.Edition,
			[]qualification.Reason{{Field: "material:case", Text: "案例中没有 SAP 系统。The case has nothing of SAP in it."}}, false)
		return err
	})
}

// labelIsReviewed: a label is in its technical review.
func (s *story) labelIsReviewed() {
	const key = "qianjiang"
	kase := s.handIn(key, material.Case, "城商行分布式数据库改造", -90)
	app := s.start(s.apply(key, "competency-database", "certified", "", kase))
	s.do("pass the preliminary review", func() error {
		_, err := s.Qualification.Pass(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition, "材料齐全。")
		return err
	})
}

// apply hands in a complete application in any program.
func (s *story) apply(key, program, level, product string, materials ...material.Material) (app qualification.Application) {
	s.do("application of "+key+" in "+program, func() (err error) {
		by, q := s.admins[key], s.Qualification
		if app, err = q.Draft(s.ctx, by, qualification.DraftInput{Program: program, Level: level}); err != nil {
			return err
		}
		f := app.Form
		f.ContactPhone, f.ApplicantName, f.ApplicantEmail, f.Product = "+86 571 5550 0100", by.Name, s.companies[key].Email, product
		if app, err = q.SaveForm(s.ctx, by, app.ID, app.Edition, f); err != nil {
			return err
		}
		var ids []string
		for _, m := range materials {
			ids = append(ids, m.ID)
		}
		if app, err = q.AttachMaterials(s.ctx, by, app.ID, app.Edition, ids); err != nil {
			return err
		}
		v, err := q.Application(s.ctx, by, app.ID)
		if err != nil {
			return err
		}
		for _, place := range v.Places {
			if err := s.enclose(key, app.ID, place); err != nil {
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

func (s *story) enclose(key, app string, place qualification.EvidencePlace) error {
	file, err := s.paper()
	if err != nil {
		return err
	}
	name := strings.Trim(place.Ask.ID+"-"+place.Code, "-") + ".pdf"
	_, err = s.Qualification.AddEvidence(s.ctx, s.admins[key], app, qualification.NewEvidence{Ask: place.Ask.ID, Person: place.Person, Code: place.Code, Name: name}, bytes.NewReader(file))
	return err
}

func (s *story) approve(app qualification.Application) {
	s.do("approve "+app.Program, func() error {
		_, err := s.Qualification.Approve(s.ctx, s.admins["vendor_reviewer"], app.ID, app.Edition)
		return err
	})
}

// handIn puts a material under review; it was finished so many days before the present.
func (s *story) handIn(key string, kind material.Kind, title string, finished int) (m material.Material) {
	s.do("material "+title, func() (err error) {
		by := s.admins[key]
		m, err = s.Material.Create(s.ctx, by, material.NewMaterial{Partner: by.Account, Kind: kind, Fields: material.Fields{Title: title,
			Summary: "规划、迁移与割接均由本公司完成。", Customer: "钱江港务集团", Industry: "交通物流", FinishedOn: s.on(finished), HuaweiCloud: true}})
		if err != nil {
			return err
		}
		file, err := s.paper()
		if err != nil {
			return err
		}
		if _, err := s.Material.AddFile(s.ctx, by, m.ID, "case.pdf", bytes.NewReader(file)); err != nil {
			return err
		}
		v, err := s.Material.Material(s.ctx, by, m.ID)
		if err != nil {
			return err
		}
		m, err = s.Material.Submit(s.ctx, by, m.ID, v.Edition)
		return err
	})
	return m
}

func (s *story) passed(m material.Material) {
	s.do("pass a material", func() error {
		_, err := s.Material.Pass(s.ctx, s.admins["vendor_reviewer"], m.ID, m.Edition)
		return err
	})
}
