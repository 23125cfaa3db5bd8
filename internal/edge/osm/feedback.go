package osm

import (
	"strconv"

	"hanse/internal/domain/abuse"
	"hanse/internal/kit/i18n"
)

// wireFeedback is a report of abuse.
type wireFeedback struct {
	Type    string   `json:"type"`
	Title   string   `json:"title"`
	Content string   `json:"content"`
	Files   []string `json:"files"`
	IP      *struct {
		Type    string `json:"ip_type"`
		Area    string `json:"ip_area"`
		Number  string `json:"ip_number"`
		Content string `json:"ip_content"`
	} `json:"ip"`
	Contacts *struct {
		Name    string   `json:"name"`
		Mobile  string   `json:"mobile"`
		Mail    string   `json:"mail"`
		Area    string   `json:"area"`
		Address string   `json:"address"`
		IDType  *int     `json:"id_type"`
		Company string   `json:"company_name"`
		IDFiles []string `json:"id_files"`
		Other   string   `json:"other_way"`
	} `json:"contacts"`
}

// createFeedback reports an infringement or illegal content to the vendor.
func createFeedback(c *call) (any, error) {
	in, err := decode[wireFeedback](c)
	if err != nil {
		return nil, err
	}
	if k := abuse.Kind(in.Type); k != abuse.Infringement && k != abuse.Illegal {
		return nil, business(codeFeedback, i18n.M("osm.feedback_type", i18n.A{"value": in.Type}))
	}
	f := &form{}
	x := abuse.Report{Kind: abuse.Kind(in.Type), Title: f.mustText("title", in.Title, 2048), Content: f.mustText("content", in.Content, 5000), Files: f.some("files", in.Files)}
	if in.IP != nil {
		x.Right = abuse.Right{Kind: f.word("ip.ip_type", in.IP.Type, abuse.RightKinds...), Area: f.line("ip.ip_area", in.IP.Area, 256),
			Number: f.line("ip.ip_number", in.IP.Number, 256), Content: f.text("ip.ip_content", in.IP.Content, 5000)}
	}
	if p := in.Contacts; p == nil {
		f.refuse("contacts", "", i18n.M("wire.missing"))
	} else {
		x.By = abuse.Reporter{Name: f.must("contacts.name", p.Name, 256), Mobile: f.must("contacts.mobile", p.Mobile, 32), Mail: f.line("contacts.mail", p.Mail, mostMail),
			Area: f.line("contacts.area", p.Area, 256), Address: f.line("contacts.address", p.Address, 512), Company: f.line("contacts.company_name", p.Company, 256),
			Other: f.text("contacts.other_way", p.Other, 512), IDFiles: f.some("contacts.id_files", p.IDFiles)}
		if p.IDType == nil {
			f.refuse("contacts.id_type", "", i18n.M("wire.missing"))
		} else {
			f.word("contacts.id_type", strconv.Itoa(*p.IDType), abuse.Standings...)
			x.By.Standing = *p.IDType
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Key, err = c.key(); err != nil {
		return nil, err
	}
	x.Lang = c.lang()
	_, err = c.api.Abuse.Report(c.ctx(), c.by, x)
	return nil, err
}

// some are one to three files.
func (f *form) some(name string, in []string) []string {
	if len(in) < 1 || len(in) > 3 {
		f.refuse(name, strconv.Itoa(len(in)), i18n.M("wire.items", i18n.A{"from": 1, "to": 3}))
		return nil
	}
	return f.ids(name, in)
}
