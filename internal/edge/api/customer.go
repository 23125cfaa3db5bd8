package api

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
)

// NewPartnerCustomer is a customer to make. With an activation its contact gets a mail to become the first administrator.
type NewPartnerCustomer struct {
	Name         string `json:"name" maxLength:"200" doc:"The company"`
	Country      string `json:"country" maxLength:"2" doc:"Two letters"`
	Model        string `json:"model" enum:"referral,resale"`
	Contact      string `json:"contact" maxLength:"100"`
	Email        string `json:"email" maxLength:"254" doc:"The contact's: a link goes there, which proves it"`
	Lang         string `json:"lang,omitempty" enum:"en,zh-Hans"`
	Phone        string `json:"phone,omitempty" maxLength:"20" doc:"A mobile number of mainland China, digits only"`
	LoginName    string `json:"login_name,omitempty" maxLength:"32" doc:"Absent: one is made up"`
	XAccountID   string `json:"xaccount_id,omitempty" maxLength:"128" doc:"Its id on your own platform; one id, one customer"`
	XAccountType string `json:"xaccount_type,omitempty" maxLength:"64"`
	Manager      string `json:"account_manager,omitempty" maxLength:"40" doc:"User"`
	NoMarketing  bool   `json:"no_marketing,omitempty"`
}

// MadeCustomer is a customer that was made.
type MadeCustomer struct {
	ID        string `json:"id"`
	LoginName string `json:"login_name"`
}

// CustomerTag says whether a customer counts as new.
type CustomerTag struct {
	Customer string `json:"customer"`
	Tag      string `json:"tag" enum:"Y,N,UNDETERMINED," doc:"Empty: the real name isn't verified"`
	From     string `json:"from,omitempty" doc:"Month"`
	Until    string `json:"until,omitempty" doc:"Month"`
	Stated   string `json:"stated,omitempty" enum:"Y,N,UNDETERMINED" doc:"The vendor's word; absent: the tag is computed"`
}

func toCustomerTag(t distribution.Tag) CustomerTag {
	return CustomerTag{t.Customer, t.Value, t.From, t.Until, t.Stated}
}

func (a *API) customerCreation() {
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customers", ID: "create_customer", Tag: customerTag, Status: 201, Verb: actor.CreateCustomers,
		Summary: "Make a customer, associated at once; its contact gets a mail to become its first administrator. A distributor names its reseller as the partner"},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body NewPartnerCustomer
		}) (MadeCustomer, error) {
			b := in.Body
			m, err := a.Distribution.CreateCustomer(ctx, by, distribution.NewCustomer{Partner: in.Partner, Name: b.Name, Country: b.Country, Model: account.Link(b.Model), Contact: b.Contact,
				Email: b.Email, Lang: b.Lang, Phone: b.Phone, Login: b.LoginName, XAccountID: b.XAccountID, XAccountType: b.XAccountType, Manager: b.Manager,
				NoMarketing: b.NoMarketing, Activate: true})
			return MadeCustomer{m.ID, m.Login}, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customers/{customer}/remind", ID: "remind_customer", Tag: customerTag, Verb: actor.CreateCustomers,
		Summary: "Mail the contact of a customer without users a fresh link; the one before ends"},
		func(ctx context.Context, by actor.Actor, in *struct {
			customerPath
			Lang string `query:"lang" enum:"en,zh-Hans"`
		}) (none, error) {
			return none{}, a.Distribution.Remind(ctx, by, in.Partner, in.Customer, in.Lang)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/customer-identity", ID: "check_customer_identity", Tag: customerTag, Verb: actor.CreateCustomers,
		Summary: "Whether a login name, address or mobile number is free for a new customer"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Kind  string `query:"kind" enum:"name,email,mobile" required:"true"`
			Value string `query:"value" maxLength:"254" required:"true"`
		}) (out struct {
			Free bool `json:"free"`
			Left int  `json:"accounts_left,omitempty" doc:"How many customers may still have the number"`
		}, err error) {
			x, err := a.Distribution.CheckIdentity(ctx, by, in.Kind, in.Value)
			out.Free, out.Left = x.Free, x.Left
			return out, err
		})
}

func (a *API) customerTags() {
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/new-customer-tags", ID: "list_new_customer_tags", Tag: customerTag, Verb: actor.ViewCustomers,
		Summary: "Which of a partner's customers count as new, the newest association first"},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Customers []string `query:"customer" doc:"Absent: all"`
			Offset    int      `query:"offset" minimum:"0"`
			Limit     int      `query:"limit" minimum:"1" maximum:"500" default:"50"`
		}) (out struct {
			Tags []CustomerTag `json:"tags"`
		}, err error) {
			list, err := a.Distribution.NewTags(ctx, by, in.Partner, in.Customers, in.Offset, in.Limit)
			out.Tags = each(list, toCustomerTag)
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/customers/{customer}/new-customer-tag", ID: "set_new_customer_tag", Tag: customerTag, Verb: actor.TagCustomers,
		Summary: "State whether a customer counts as new, by the vendor's word; an empty tag goes back to the computed one"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Customer string `path:"customer" maxLength:"64"`
			Body     struct {
				Tag   string `json:"tag" enum:"Y,N,UNDETERMINED,"`
				From  string `json:"from,omitempty" maxLength:"7" doc:"Month: 2026-11"`
				Until string `json:"until,omitempty" maxLength:"7"`
			}
		}) (none, error) {
			return none{}, a.Distribution.SetTag(ctx, by, distribution.Tag{Customer: in.Customer, Value: in.Body.Tag, From: in.Body.From, Until: in.Body.Until})
		})
}
