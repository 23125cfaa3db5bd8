package bss

import (
	"net/http"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/i18n"
)

// createSubCustomer makes an account and binds it to the partner; with bssintl's e-mail and country in place of the
// phone. It's done when it answers, so waiting for the association changes nothing.
func createSubCustomer(c *call) (any, error) {
	in, err := decode[struct {
		Login      *string `json:"domain_name"`
		Phone      *string `json:"mobile_phone"`
		Email      *string `json:"email"`
		Code       *string `json:"verification_code"`
		XAccount   *string `json:"xaccount_id"`
		XType      *string `json:"xaccount_type"`
		Password   *string `json:"password"`
		Quiet      *string `json:"is_close_market_ms"`
		Model      *string `json:"cooperation_type"`
		Country    *string `json:"domain_area"`
		Reseller   *string `json:"indirect_partner_id"`
		Associated *bool   `json:"include_association_result"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := distribution.NewCustomer{Partner: c.partner(f.ipid(in.Reseller)), Login: f.plain("domain_name", in.Login, mostID),
		Phone: f.plain("mobile_phone", in.Phone, 20), Email: f.plain("email", in.Email, 254), Code: f.filled("verification_code", in.Code, 10),
		XAccountID: f.must("xaccount_id", in.XAccount, mostID), XAccountType: f.must("xaccount_type", in.XType, mostID),
		Password: f.filled("password", in.Password, 128), NoMarketing: f.word("is_close_market_ms", in.Quiet, false, "true", "false") == "true",
		Country: strings.ToUpper(f.plain("domain_area", in.Country, 2)), Model: account.Resale, Lang: i18n.From(c.ctx()).Lang}
	if in.Model != nil && *in.Model == "1" {
		x.Model = account.Referral
	}
	if x.Phone+x.Email != "" && in.Code == nil {
		f.refuse("verification_code", "", i18n.M("wire.missing"))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	made, err := c.api.Distribution.CreateCustomer(c.ctx(), c.by, x)
	return struct {
		ID   string `json:"domain_id"`
		Name string `json:"domain_name"`
	}{made.ID, made.Login}, err
}

// checkUserIdentity tells whether a name, an address or a number is free for a new customer.
func checkUserIdentity(c *call) (any, error) {
	in, err := decode[struct {
		Type  *string `json:"search_type"`
		Value *string `json:"search_value"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	kind, value := f.mustWord("search_type", in.Type, "email", "mobile", "name"), f.must("search_value", in.Value, mostID)
	if kind == "mobile" && !strings.HasPrefix(value, "0086-") {
		f.refuse("search_value", value, i18n.M("bss.mobile"))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	found, err := c.api.Distribution.CheckIdentity(c.ctx(), c.by, kind, value)
	out := struct {
		Result string `json:"check_result"`
		Left   *int32 `json:"mobile_remain_available_num,omitempty"`
	}{Result: "used_by_user"}
	if found.Free {
		out.Result = "available"
	}
	if kind == "mobile" {
		out.Left = ptr(int32(found.Left))
	}
	return out, err
}

// sendVerificationMessageCode sends the code that createSubCustomer asks for.
func sendVerificationMessageCode(c *call) (any, error) {
	in, err := decode[struct {
		Type     *int32  `json:"receiver_type"`
		Minutes  *int32  `json:"timeout"`
		Phone    *string `json:"mobile_phone"`
		Email    *string `json:"email"`
		Lang     *string `json:"lang"`
		Scene    *int32  `json:"scene"`
		Customer *string `json:"customer_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	if in.Type == nil {
		f.refuse("receiver_type", "", i18n.M("wire.missing"))
	}
	lifetime := time.Duration(f.minutes("timeout", in.Minutes)) * time.Minute
	phone, email, lang := "", "", i18n.Chinese
	if f.one("receiver_type", in.Type, 1, 1, 2) == 2 {
		email = f.must("email", in.Email, 254)
	} else {
		phone = f.must("mobile_phone", in.Phone, 20)
	}
	if f.word("lang", in.Lang, false, "zh-cn", "en-us") == "en-us" {
		lang = i18n.English
	}
	if f.one("scene", in.Scene, 29, 29, 18) == 18 {
		f.must("customer_id", in.Customer, mostID)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return nil, c.api.Distribution.SendCustomerCode(c.ctx(), c.by, phone, email, lang, lifetime)
}

// minutes is for how long a code works: ten when nobody says, five for more than an hour.
func (f *form) minutes(name string, v *int32) int {
	switch {
	case v == nil:
		return 10
	case *v < 1 || *v > 3000:
		f.refuse(name, itoa(int(*v)), i18n.M("wire.between", i18n.A{"from": 1, "to": 3000}))
	case *v > 60:
		return 5
	}
	return int(*v)
}

// A wireCustomer is one line of listSubCustomers.
type wireCustomer struct {
	Name     string        `json:"customer,omitempty"`
	Login    string        `json:"account_name"`
	ID       string        `json:"customer_id"`
	Since    string        `json:"associated_on,omitempty"`
	Model    string        `json:"association_type"`
	Label    string        `json:"label,omitempty"`
	Phone    string        `json:"telephone,omitempty"`
	Verified string        `json:"verified_status"`
	Country  string        `json:"country_code,omitempty"`
	Type     int32         `json:"customer_type"`
	Frozen   int32         `json:"is_frozen"`
	Managers []wireManager `json:"account_managers"`
	XAccount string        `json:"xaccount_id,omitempty"`
	XType    string        `json:"xaccount_type,omitempty"`
	Level    string        `json:"customer_level"`
	Email    string        `json:"email,omitempty"`
}

type wireManager struct {
	Name string `json:"account_name"`
}

// models are the association types of a filter; whoever asks in the international way is answered so.
var models = map[string]account.Link{"1": account.Referral, "2": account.Resale, "3": account.Resale}

func toCustomer(x distribution.Customer, resale string) wireCustomer {
	out := wireCustomer{Name: x.Name, Login: x.Login, ID: x.ID, Since: instant(x.Since), Model: "1", Label: x.Label, Phone: strings.TrimPrefix(x.Phone, "+86"), Country: x.CountryCode,
		Verified: itoa(x.Verified), Type: int32(x.Type), Frozen: int32(x.Held()), Managers: []wireManager{}, XAccount: x.XAccountID, XType: x.XAccountType,
		Level: x.Level, Email: x.Email}
	if x.Model == account.Resale {
		out.Model = resale
	}
	if x.ManagerName != "" {
		out.Managers = append(out.Managers, wireManager{x.ManagerName})
	}
	return out
}

// listSubCustomers lists the partner's customers, the newest association first.
func listSubCustomers(c *call) (any, error) {
	in, err := decode[struct {
		Login    *string `json:"account_name"`
		Name     *string `json:"customer"`
		Label    *string `json:"label"`
		Model    *string `json:"association_type"`
		From     *string `json:"associated_on_begin"`
		To       *string `json:"associated_on_end"`
		ID       *string `json:"customer_id"`
		Reseller *string `json:"indirect_partner_id"`
		Offset   *int32  `json:"offset"`
		Limit    *int32  `json:"limit"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	model := f.word("association_type", in.Model, false, "1", "2", "3")
	x := distribution.Filter{ByOffset: true, Partner: c.partner(f.ipid(in.Reseller)), Login: f.plain("account_name", in.Login, mostID), Name: f.plain("customer", in.Name, 128),
		Label: f.plain("label", in.Label, mostID), Model: models[model], ID: f.plain("customer_id", in.ID, mostID)}
	x.From, x.To = f.span("associated_on_begin", "associated_on_end", in.From, in.To)
	x.Offset, x.Limit = f.page(in.Offset, in.Limit)
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, _, err := c.api.Distribution.Customers(c.ctx(), c.by, x)
	resale := "2"
	if model == "3" {
		resale = "3"
	}
	return struct {
		Count int64          `json:"count"`
		List  []wireCustomer `json:"customer_infos"`
	}{total, wireList(list, func(x distribution.Customer) wireCustomer { return toCustomer(x, resale) })}, err
}

// A wireTag is one customer's mark as new.
type wireTag struct {
	ID        string `json:"customer_id"`
	Type      string `json:"customer_tag_type,omitempty"`
	Tag       string `json:"new_customer_tag"`
	Effective string `json:"effective_time,omitempty"`
	Expire    string `json:"expire_time,omitempty"`
}

// listSubCustomerNewTag tells which customers count as new.
func listSubCustomerNewTag(c *call) (any, error) {
	in, err := decode[struct {
		IDs      []string `json:"customer_ids"`
		Reseller *string  `json:"indirect_partner_id"`
		Offset   *int32   `json:"offset"`
		Limit    *int32   `json:"limit"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	partner, ids := c.partner(f.ipid(in.Reseller)), f.list("customer_ids", in.IDs, 0, 1000)
	offset, limit := f.page(in.Offset, in.Limit)
	if err := f.err(); err != nil {
		return nil, err
	}
	list, err := c.api.Distribution.NewTags(c.ctx(), c.by, partner, ids, offset, limit)
	return struct {
		List []wireTag `json:"new_customer_tags"`
	}{wireList(list, func(x distribution.Tag) wireTag {
		out := wireTag{ID: x.Customer, Tag: x.Value, Effective: month(x.From), Expire: month(x.Until)}
		if x.Value != "" {
			out.Type = "SMB"
		}
		return out
	})}, err
}

// A wireReseller is one line of listIndirectPartners.
type wireReseller struct {
	ID          string `json:"indirect_partner_id"`
	Phone       string `json:"mobile_phone"`
	Email       string `json:"email"`
	Login       string `json:"account_name"`
	Name        string `json:"name"`
	Since       string `json:"associated_on"`
	Manager     string `json:"account_manager_id"`
	ManagerName string `json:"account_manager_name"`
}

// listIndirectPartners lists the distributor's resellers, the newest first.
func listIndirectPartners(c *call) (any, error) {
	in, err := decode[struct {
		Login  *string `json:"account_name"`
		From   *string `json:"associated_on_begin"`
		To     *string `json:"associated_on_end"`
		ID     *string `json:"indirect_partner_id"`
		Offset *int32  `json:"offset"`
		Limit  *int32  `json:"limit"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := distribution.ResellerFilter{Name: f.plain("account_name", in.Login, mostID), ID: f.ipid(in.ID), ByOffset: true}
	x.From, x.To = f.span("associated_on_begin", "associated_on_end", in.From, in.To)
	x.Offset, x.Limit = f.page(in.Offset, in.Limit)
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, _, err := c.api.Distribution.Resellers(c.ctx(), c.by, x)
	return struct {
		Count int64          `json:"count"`
		List  []wireReseller `json:"indirect_partners"`
	}{total, wireList(list, func(x distribution.Reseller) wireReseller {
		return wireReseller{x.ID, x.Phone, x.Email, x.Name, x.Name, instant(x.Since), "", ""}
	})}, err
}

// wireFreeze is the body of both freezing operations; the type's name differs between them.
type wireFreeze struct {
	IDs          []string `json:"customer_ids"`
	Reason       *string  `json:"reason"`
	FreezeType   *string  `json:"freeze_type"`
	UnfreezeType *string  `json:"unfreeze_type"`
	Reseller     *string  `json:"indirect_partner_id"`
}

func (c *call) freezing(name string, typ func(wireFreeze) *string) (x distribution.FreezeIn, err error) {
	in, err := decode[wireFreeze](c)
	if err != nil {
		return x, err
	}
	f := &form{}
	x = distribution.FreezeIn{Partner: c.partner(f.ipid(in.Reseller)), Customers: f.list("customer_ids", in.IDs, 1, 10), Reason: f.must("reason", in.Reason, 256)}
	x.Type = f.word(name, typ(in), true, "ACCOUNT", "ACCOUNT_AND_RESOURCE")
	if x.Type == "" {
		x.Type = "ACCOUNT"
	}
	return x, f.err()
}

// frozen tells which of many failed; when all did, the call did.
func (c *call) frozen(list []distribution.Outcome, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	var out struct {
		Failed []itemError `json:"error_details,omitempty"`
	}
	for _, x := range list {
		if x.Err != nil {
			out.Failed = append(out.Failed, c.item(x.ID, stranger(x.Err)))
		}
	}
	if len(out.Failed) == len(list) {
		e := *c.refusal(stranger(list[0].Err))
		e.items = out.Failed
		return nil, &e
	}
	return out, nil
}

// stranger is the code that freezing has for somebody else's customer.
func stranger(err error) error {
	if distribution.WhyOf(err) == distribution.NotYourCustomer {
		return refuse(http.StatusBadRequest, "CBC.99000000", i18n.M("bss.not_your_customer"))
	}
	return err
}

// freezeSubCustomers keeps customers from buying, one by one.
func freezeSubCustomers(c *call) (any, error) {
	x, err := c.freezing("freeze_type", func(in wireFreeze) *string { return in.FreezeType })
	if err != nil {
		return nil, err
	}
	return c.frozen(c.api.Distribution.Freeze(c.ctx(), c.by, x))
}

// unfreezeSubCustomers lets them buy again.
func unfreezeSubCustomers(c *call) (any, error) {
	x, err := c.freezing("unfreeze_type", func(in wireFreeze) *string { return in.UnfreezeType })
	if err != nil {
		return nil, err
	}
	return c.frozen(c.api.Distribution.Unfreeze(c.ctx(), c.by, x))
}
