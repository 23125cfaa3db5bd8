package osm

import (
	"encoding/json"
	"strconv"
	"strings"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// contact reads how somebody is reached. value and way are needed; the way comes as a number.
func (f *form) contact(value string, way *int32, area string, most int) (contact.Contact, error) {
	value, area = f.must("contact_value", value, most), f.line("area_code", area, 16)
	if way == nil {
		f.refuse("contact_way", "", i18n.M("wire.missing"))
	} else if *way != 0 && *way != 1 {
		f.refuse("contact_way", strconv.Itoa(int(*way)), i18n.M("wire.choice", i18n.A{"words": "0, 1"}))
	}
	if err := f.err(); err != nil {
		return contact.Contact{}, err
	}
	return contact.Parse(contact.Way(*way), value, area)
}

// checkNeedVerify tells whether a contact wants a code before a ticket can carry it.
func checkNeedVerify(c *call) (any, error) {
	f := c.query()
	x, err := f.contact(f.arg("contact_value", mostMail), f.num("contact_way"), f.arg("area_code", 16), mostMail)
	if err != nil {
		return nil, err
	}
	need, err := c.api.Contacts.Need(c.ctx(), c.by, x)
	return struct {
		Needed int32  `json:"need_verify_code"`
		Until  moment `json:"expire_time"`
	}{flag(need.Needed), moment(need.Until)}, err
}

// wireContact is a contact in a body. Both customers may be named; a code is always for the caller's own company.
type wireContact struct {
	Value string `json:"contact_value"`
	Way   *int32 `json:"contact_way"`
	Area  string `json:"area_code"`
	Code  string `json:"verify_code"`
}

// sendVerifyCodes sends a code.
func sendVerifyCodes(c *call) (any, error) {
	in, err := decode[wireContact](c)
	if err != nil {
		return nil, err
	}
	x, err := (&form{}).contact(in.Value, in.Way, in.Area, mostMail)
	if err != nil {
		return nil, err
	}
	by := c.by
	by.Lang = c.lang() // the code's message is in the language of the call
	_, err = c.api.Contacts.Send(c.ctx(), by, x)
	return nil, err
}

// checkVerifyCodes spends a code. The interface tells no id of what was verified.
func checkVerifyCodes(c *call) (any, error) {
	in, err := decode[wireContact](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	if len(in.Code) != 6 || strings.Trim(in.Code, "0123456789") != "" {
		f.refuse("verify_code", in.Code, i18n.M("osm.six_digits"))
	}
	x, err := f.contact(in.Value, in.Way, in.Area, mostMail)
	if err != nil {
		return nil, err
	}
	_, err = c.api.Contacts.Check(c.ctx(), c.by, x, in.Code)
	if f := fault.Of(err); f != nil {
		return nil, &refusal{status: statusOf(codeVerify), code: codeVerify, text: c.said(f)}
	}
	return nil, err
}

type wireVerified struct {
	Way   int    `json:"contact_way"`
	Value string `json:"contact_value"`
	Area  string `json:"area_code"`
	ID    string `json:"verified_id"`
}

// listHasVerifiedContacts lists the company's verified contacts that still hold.
func listHasVerifiedContacts(c *call) (any, error) {
	f := c.query()
	x := contact.Filter{ID: f.arg("verified_id", mostID), Value: f.arg("contact_value", 256), User: f.arg("sub_customer_id", mostID), Expired: f.arg("expired_time", 32) != ""}
	if w := f.within("contact_way", 0, 1); w != nil {
		x.Way = ptr(contact.Way(*w))
	}
	area, owner := f.arg("area_code", 16), f.arg("customer_id", mostID)
	offset, limit := f.page(mostOffset)
	if err := f.err(); err != nil {
		return nil, err
	}
	if owner != "" && owner != c.by.Account {
		return wireVerifieds{List: []wireVerified{}}, nil
	}
	set, err := c.set()
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, a := range set.AreaCodes() {
		codes = append(codes, a.Code)
	}
	if area != "" && x.Value == "" {
		x.Value = "+" + strings.TrimLeft(strings.TrimPrefix(area, "+"), "0")
	}
	list, total, err := c.api.Contacts.List(c.ctx(), c.by, x, offset, limit)
	return wireVerifieds{total, wireList(list, func(v contact.Verified) wireVerified {
		area, value := v.Split(codes)
		return wireVerified{int(v.Way), value, area, v.ID}
	})}, err
}

type wireVerifieds struct {
	Count int64          `json:"count"`
	List  []wireVerified `json:"contact_list"`
}

// updateCaseContactInfo changes how the submitter is reached, and who gets copies. What isn't sent stays; an empty text
// takes the entry away.
func updateCaseContactInfo(c *call) (any, error) {
	in, err := decode[struct {
		Area      *string         `json:"area_code"`
		Mobile    *string         `json:"remind_mobile"`
		Mail      *string         `json:"remind_mail"`
		Time      *string         `json:"remind_time"`
		Group     string          `json:"group_id"`
		Extension json.RawMessage `json:"extension_map"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	extension := f.values("extension_map", f.entries("extension_map", in.Extension))
	_, copies := extension[ccKey]
	t, err := c.named(in.Group != "")
	if err != nil {
		return nil, err
	}
	x := ticket.ContactEdit{PhoneVerified: f.line("x-phone-verifiedid", c.r.Header.Get("X-Phone-Verifiedid"), 32), MailVerified: f.line("x-email-verifiedid", c.r.Header.Get("X-Email-Verifiedid"), 32)}
	now := t.Contact
	for _, e := range []struct {
		name string
		in   *string
		to   *string
		most int
	}{{"area_code", in.Area, &now.AreaCode, mostMobile}, {"remind_mobile", in.Mobile, &now.Mobile, mostMobile}, {"remind_mail", in.Mail, &now.Mail, mostMail},
		{"remind_time", in.Time, &now.RemindTime, mostRemind}} {
		if e.in != nil {
			*e.to = f.line(e.name, *e.in, e.most)
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if now != t.Contact {
		x.Contact = &now
	}
	if copies {
		x.CC = ptr(addresses(extension))
	}
	if x.Contact == nil && x.CC == nil {
		return nil, nil
	}
	_, err = c.api.Tickets.SetContact(c.ctx(), c.by, t.No, x)
	return nil, err
}

// createCaseExtendsParam fills in what is asked in addition.
func createCaseExtendsParam(c *call) (any, error) {
	in, err := decode[struct {
		Group   string          `json:"group_id"`
		Message string          `json:"message_id"`
		Extends json.RawMessage `json:"extends_map"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	message, values := f.line("message_id", in.Message, mostID), f.values("extends_map", f.entries("extends_map", in.Extends))
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(in.Group != ""); err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.SetExtra(c.ctx(), c.by, c.path("case_id"), message, values)
	return nil, err
}

// showCaseExtendsParam shows it. The SDK reads none of it.
func showCaseExtendsParam(c *call) (any, error) {
	f := c.query()
	group := f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	t, err := c.named(group)
	if t.Extra == nil {
		t.Extra = map[string]string{}
	}
	return struct {
		Extends map[string]string `json:"extends_map"`
	}{t.Extra}, err
}

type wireCopies struct {
	User     string `json:"user_id"`
	Customer string `json:"customer_id"`
	CC       string `json:"cc_email"`
}

// listCaseCcEmails says who got copies of the caller's last ticket, and the caller's own address.
func listCaseCcEmails(c *call) (any, error) {
	last, err := c.api.Tickets.LastCC(c.ctx(), c.by)
	if err != nil {
		return nil, err
	}
	own, err := c.ownMail()
	return struct {
		Last wireCopies `json:"cc_email_info"`
		Own  []string   `json:"mc_email_infos"`
	}{wireCopies{c.by.User, c.by.Account, last}, own}, err
}
