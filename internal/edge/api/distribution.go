package api

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// PartnerCustomer is a customer as its partner has it.
type PartnerCustomer struct {
	ID            string    `json:"id"`
	Partner       string    `json:"partner"`
	Name          string    `json:"name"`
	LoginName     string    `json:"login_name"`
	Model         string    `json:"model" enum:"referral,resale"`
	AssociatedOn  time.Time `json:"associated_on"`
	EndedOn       time.Time `json:"ended_on,omitzero"`
	Label         string    `json:"label"`
	Level         string    `json:"level" enum:"V0,V1,V2,V3,V4,V5"`
	Manager       string    `json:"account_manager,omitempty" doc:"User"`
	ManagerName   string    `json:"account_manager_name,omitempty"`
	Frozen        int       `json:"frozen" doc:"By the partner or because of what stands above: 0 not, 1 account, 2 account and resources"`
	FrozenReason  string    `json:"frozen_reason,omitempty"`
	CountryCode   string    `json:"country_code,omitempty"`
	Phone         string    `json:"phone,omitempty"`
	Email         string    `json:"email,omitempty"`
	CustomerType  int       `json:"customer_type" doc:"-1 none, 0 person, 1 enterprise"`
	Verified      int       `json:"verified_status" doc:"-1 not, 0 reviewing, 1 refused, 2 verified"`
	XAccountID    string    `json:"xaccount_id,omitempty"`
	XAccountType  string    `json:"xaccount_type,omitempty"`
	AssociationID string    `json:"association_id"`
}

func toPartnerCustomer(c distribution.Customer) PartnerCustomer {
	return PartnerCustomer{c.ID, c.Partner, c.Name, c.Login, string(c.Model), c.Since, c.Until, c.Label, c.Level, c.Manager, c.ManagerName, c.Held(), c.FrozenWhy,
		c.CountryCode, c.Phone, c.Email, c.Type, c.Verified, c.XAccountID, c.XAccountType, c.Association}
}

// PartnerReseller is a reseller as its distributor has it.
type PartnerReseller struct {
	ID           string    `json:"id"`
	Name         string    `json:"name"`
	AssociatedOn time.Time `json:"associated_on"`
	Contact      string    `json:"contact"`
	Email        string    `json:"email"`
	Phone        string    `json:"phone"`
	State        string    `json:"state"`
	Restricted   bool      `json:"restricted"`
}

func toPartnerReseller(r distribution.Reseller) PartnerReseller {
	return PartnerReseller{r.ID, r.Name, r.Since, r.Contact, r.Email, r.Phone, string(r.State), r.Restricted}
}

// CustomerInvitation is a link by which customers or resellers come.
type CustomerInvitation struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"referral,resale,reseller"`
	Email     string    `json:"email,omitempty" doc:"Absent: whoever has the link"`
	Note      string    `json:"note"`
	Manager   string    `json:"account_manager,omitempty"`
	State     string    `json:"state" enum:"open,accepted,declined,revoked"`
	Uses      int64     `json:"uses"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Link      string    `json:"link,omitempty" doc:"While it works; one invitation alone shows it"`
}

func toCustomerInvitation(x distribution.Invitation) CustomerInvitation {
	return CustomerInvitation{x.ID, string(x.Kind), x.Email, x.Note, x.Manager, string(x.State), x.Uses, x.At, x.Until, ""}
}

// AssociationRequest asks to end an association or to change its model.
type AssociationRequest struct {
	ID          string    `json:"id"`
	Partner     string    `json:"partner"`
	PartnerName string    `json:"partner_name"`
	Other       string    `json:"other" doc:"The customer or reseller"`
	OtherName   string    `json:"other_name"`
	Operation   string    `json:"operation" enum:"switch,dissociate"`
	Model       string    `json:"model"`
	ToModel     string    `json:"to_model,omitempty"`
	Side        string    `json:"side" enum:"partner,other" doc:"Who asks"`
	Reason      string    `json:"reason"`
	State       string    `json:"state" enum:"pending,agreed,refused,withdrawn"`
	Edition     int64     `json:"edition" doc:"Send it back with an answer: a stale one is refused"`
	AskedBy     string    `json:"asked_by"`
	AskedAt     time.Time `json:"asked_at"`
	Answer      string    `json:"answer"`
	AnsweredBy  string    `json:"answered_by"`
	AnsweredAt  time.Time `json:"answered_at,omitzero"`
	Returned    string    `json:"returned" doc:"What went back to the partner"`
}

func toAssociationRequest(r distribution.Request) AssociationRequest {
	return AssociationRequest{r.ID, r.Partner, r.PartnerName, r.Other, r.OtherName, r.Operation, string(r.Model), string(r.To), r.Side, r.Reason, string(r.State), r.Edition,
		r.AskedBy, r.AskedAt, r.Answer, r.AnsweredBy, r.AnsweredAt, money.Text(r.Returned)}
}

// AssociationBar is one thing that's checked before an association begins or ends.
type AssociationBar struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Blocks bool   `json:"blocks"`
	Kept   bool   `json:"kept" doc:"False: this installation doesn't keep it; it counts as absent"`
	Mend   string `json:"mend"`
}

func toAssociationBars(ctx context.Context, list []distribution.Bar) []AssociationBar {
	return each(list, func(b distribution.Bar) AssociationBar {
		return AssociationBar{b.Code, i18n.Say(ctx, b.Label), b.Blocks, b.Kept, i18n.Say(ctx, b.Mend)}
	})
}

// CustomerOutcome is what became of one customer of several.
type CustomerOutcome struct {
	ID    string `json:"id"`
	Done  bool   `json:"done"`
	Error string `json:"error,omitempty"`
}

const customerTag = "customers"

type customerPath struct {
	PartnerPath
	Customer string `path:"customer" maxLength:"64"`
}

func (a *API) distributionOperations() {
	a.customerLists()
	a.customerCreation()
	a.customerTags()
	a.customerDeeds()
	a.customerLinks()
	a.associationRequests()
	a.resellerOperations()
}

func (a *API) customerLists() {
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/customers", ID: "list_partner_customers", Tag: customerTag, Summary: "A partner's customers, the newest first; account managers see their own", Verb: actor.ViewCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			PageIn
			Name    string `query:"name" maxLength:"200"`
			Login   string `query:"login_name" maxLength:"64"`
			Label   string `query:"label" maxLength:"64"`
			Level   string `query:"level" enum:"V0,V1,V2,V3,V4,V5"`
			Model   string `query:"model" enum:"referral,resale"`
			Manager string `query:"account_manager" maxLength:"40"`
			Frozen  string `query:"frozen" enum:"frozen,free"`
		}) (out struct {
			Customers []PartnerCustomer `json:"customers"`
			Next      string            `json:"next_cursor,omitempty"`
		}, err error) {
			list, _, next, err := a.Distribution.Customers(ctx, by, distribution.Filter{Partner: in.Partner, Name: in.Name, Login: in.Login, Label: in.Label, Level: in.Level, Model: account.Link(in.Model),
				Manager: in.Manager, Frozen: in.Frozen, After: in.Cursor, Limit: in.Limit})
			out.Customers, out.Next = each(list, toPartnerCustomer), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/customers/{customer}", ID: "show_partner_customer", Tag: customerTag, Summary: "A customer", Verb: actor.ViewCustomers},
		func(ctx context.Context, by actor.Actor, in *customerPath) (PartnerCustomer, error) {
			c, err := a.Distribution.Customer(ctx, by, in.Partner, in.Customer)
			return toPartnerCustomer(c), err
		})
}

func (a *API) customerDeeds() {
	add(a, Operation{Method: "PUT", Path: "/api/v1/partners/{partner}/customers/{customer}/description", ID: "describe_customer", Tag: customerTag, Summary: "Write a customer's label and level", Verb: actor.LabelCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			customerPath
			Body struct {
				Label string `json:"label"`
				Level string `json:"level" enum:"V0,V1,V2,V3,V4,V5"`
			}
		}) (none, error) {
			return none{}, a.Distribution.Describe(ctx, by, in.Partner, in.Customer, in.Body.Label, in.Body.Level)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customers/assign", ID: "assign_customers", Tag: customerTag, Summary: "Give customers to an account manager, all or none", Verb: actor.ManageCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Manager   string   `json:"account_manager" doc:"User"`
				Customers []string `json:"customers"`
			}
		}) (none, error) {
			return none{}, a.Distribution.Assign(ctx, by, in.Partner, in.Body.Manager, in.Body.Customers)
		})
	for _, x := range []struct {
		name, summary string
		do            func(context.Context, actor.Actor, distribution.FreezeIn) ([]distribution.Outcome, error)
	}{{"freeze", "Freeze resale customers, each on its own", a.Distribution.Freeze}, {"unfreeze", "Unfreeze customers under the type of the freeze", a.Distribution.Unfreeze}} {
		add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customers/" + x.name, ID: x.name + "_customers", Tag: customerTag, Summary: x.summary, Verb: actor.FreezeCustomers},
			func(ctx context.Context, by actor.Actor, in *struct {
				PartnerPath
				Body struct {
					Customers []string `json:"customers"`
					Type      string   `json:"type,omitempty" enum:"ACCOUNT,ACCOUNT_AND_RESOURCE"`
					Reason    string   `json:"reason"`
				}
			}) (out struct {
				Outcomes []CustomerOutcome `json:"outcomes"`
			}, err error) {
				list, err := x.do(ctx, by, distribution.FreezeIn{Partner: in.Partner, Customers: in.Body.Customers, Type: in.Body.Type, Reason: in.Body.Reason})
				out.Outcomes = each(list, func(o distribution.Outcome) CustomerOutcome {
					if o.Err != nil {
						return CustomerOutcome{ID: o.ID, Error: o.Err.Error()}
					}
					return CustomerOutcome{ID: o.ID, Done: true}
				})
				return out, err
			})
	}
}

func (a *API) customerLinks() {
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/customer-invitations", ID: "list_customer_invitations", Tag: customerTag, Summary: "A partner's links for customers, the newest first", Verb: actor.ViewCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			PageIn
		}) (out struct {
			Invitations []CustomerInvitation `json:"invitations"`
			Next        string               `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Distribution.Invitations(ctx, by, in.Partner, false, in.Cursor, in.Limit)
			out.Invitations, out.Next = each(list, toCustomerInvitation), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customer-invitations", ID: "invite_customer", Tag: customerTag, Status: 201, Summary: "Make a link for customers; with an address it's mailed and works once", Verb: actor.InviteCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Model   string `json:"model" enum:"referral,resale"`
				Email   string `json:"email,omitempty"`
				Note    string `json:"note,omitempty"`
				Lang    string `json:"lang,omitempty" enum:"en,zh-Hans"`
				Manager string `json:"account_manager,omitempty" doc:"User whose the customers become"`
			}
		}) (CustomerInvitation, error) {
			b := in.Body
			x, err := a.Distribution.Invite(ctx, by, distribution.NewInvitation{Partner: in.Partner, Kind: account.Link(b.Model), Email: b.Email, Note: b.Note, Lang: b.Lang, Manager: b.Manager})
			return toCustomerInvitation(x), err
		})
	type invitationPath struct {
		PartnerPath
		Invitation string `path:"invitation" maxLength:"40"`
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/customer-invitations/{invitation}", ID: "show_customer_invitation", Tag: customerTag, Summary: "A link, with its address while it works", Verb: actor.ViewCustomers},
		func(ctx context.Context, by actor.Actor, in *invitationPath) (CustomerInvitation, error) {
			x, path, err := a.Distribution.Invitation(ctx, by, in.Partner, in.Invitation)
			out := toCustomerInvitation(x)
			if path != "" {
				out.Link = a.BaseURL + path
			}
			return out, err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/partners/{partner}/customer-invitations/{invitation}", ID: "revoke_customer_invitation", Tag: customerTag, Summary: "Make a link useless", Verb: actor.InviteCustomers},
		func(ctx context.Context, by actor.Actor, in *invitationPath) (none, error) {
			return none{}, a.Distribution.Revoke(ctx, by, in.Partner, in.Invitation)
		})
}

func (a *API) associationRequests() {
	add(a, Operation{Method: "GET", Path: "/api/v1/association-requests", ID: "list_association_requests", Tag: customerTag, Summary: "Requests of and to the own company, the newest first; the vendor's staff name a partner", Verb: actor.ViewCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Partner string `query:"partner" maxLength:"32"`
			State   string `query:"state" enum:"pending,agreed,refused,withdrawn"`
		}) (out struct {
			Requests []AssociationRequest `json:"requests"`
			Next     string               `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Distribution.Requests(ctx, by, in.Partner, distribution.RequestState(in.State), in.Cursor, in.Limit)
			out.Requests, out.Next = each(list, toAssociationRequest), next
			return out, err
		})
	type ask struct {
		With      string `json:"with,omitempty" query:"with" maxLength:"64" doc:"The customer or reseller; absent: the own partner or distributor"`
		Operation string `json:"operation" query:"operation" enum:"switch,dissociate"`
	}
	add(a, Operation{Method: "GET", Path: "/api/v1/association-requests/precheck", ID: "precheck_association_request", Tag: customerTag, Summary: "Everything that's checked before a request, and what stands in the way", Verb: actor.ChangeAssociation},
		func(ctx context.Context, by actor.Actor, in *ask) (out struct {
			Checks []AssociationBar `json:"checks"`
		}, err error) {
			_, bars, err := a.Distribution.Precheck(ctx, by, in.With, in.Operation)
			out.Checks = toAssociationBars(ctx, bars)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/association-requests", ID: "ask_association_change", Tag: customerTag, Status: 201, Summary: "Ask to end an association or to change its model", Verb: actor.ChangeAssociation},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				With         string `json:"with,omitempty" maxLength:"64"`
				Operation    string `json:"operation" enum:"switch,dissociate"`
				Reason       string `json:"reason"`
				Acknowledged bool   `json:"acknowledged" doc:"True: you know that allocated money and vouchers go back"`
			}
		}) (AssociationRequest, error) {
			b := in.Body
			r, err := a.Distribution.Ask(ctx, by, distribution.NewRequest{With: b.With, Operation: b.Operation, Reason: b.Reason, Acknowledged: b.Acknowledged})
			return toAssociationRequest(r), err
		})
	type answer struct {
		Request string `path:"request" maxLength:"40"`
		Body    struct {
			Edition int64  `json:"edition"`
			Words   string `json:"words,omitempty" doc:"A refusal needs them"`
		}
	}
	for _, x := range []struct {
		name, summary string
		do            func(ctx context.Context, by actor.Actor, in *answer) (distribution.Request, error)
	}{
		{"agree", "Agree: it happens at once", func(ctx context.Context, by actor.Actor, in *answer) (distribution.Request, error) {
			return a.Distribution.Answer(ctx, by, in.Request, in.Body.Edition, true, in.Body.Words, "")
		}},
		{"refuse", "Refuse, with words", func(ctx context.Context, by actor.Actor, in *answer) (distribution.Request, error) {
			return a.Distribution.Answer(ctx, by, in.Request, in.Body.Edition, false, in.Body.Words, "")
		}},
		{"withdraw", "Take your own request back", func(ctx context.Context, by actor.Actor, in *answer) (distribution.Request, error) {
			return a.Distribution.Withdraw(ctx, by, in.Request, in.Body.Edition)
		}},
	} {
		add(a, Operation{Method: "POST", Path: "/api/v1/association-requests/{request}/" + x.name, ID: x.name + "_association_request", Tag: customerTag, Summary: x.summary, Verb: actor.ChangeAssociation},
			func(ctx context.Context, by actor.Actor, in *answer) (AssociationRequest, error) {
				r, err := x.do(ctx, by, in)
				return toAssociationRequest(r), err
			})
	}
}

func (a *API) resellerOperations() {
	add(a, Operation{Method: "GET", Path: "/api/v1/partners/{partner}/resellers", ID: "list_resellers", Tag: customerTag, Summary: "A distributor's resellers, the newest first", Verb: actor.ViewResellers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			PageIn
			Name string `query:"name" maxLength:"200"`
		}) (out struct {
			Resellers []PartnerReseller `json:"resellers"`
			Next      string            `json:"next_cursor,omitempty"`
		}, err error) {
			list, _, next, err := a.Distribution.Resellers(ctx, by, distribution.ResellerFilter{Distributor: in.Partner, Name: in.Name, After: in.Cursor, Limit: in.Limit})
			out.Resellers, out.Next = each(list, toPartnerReseller), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/reseller-invitations", ID: "invite_reseller", Tag: customerTag, Status: 201, Summary: "Invite a reseller by mail", Verb: actor.InviteResellers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				Email string `json:"email"`
				Note  string `json:"note,omitempty"`
				Lang  string `json:"lang,omitempty" enum:"en,zh-Hans"`
			}
		}) (CustomerInvitation, error) {
			x, err := a.Distribution.Invite(ctx, by, distribution.NewInvitation{Partner: in.Partner, Kind: account.ResellerOf, Email: in.Body.Email, Note: in.Body.Note, Lang: in.Body.Lang})
			return toCustomerInvitation(x), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/customers/move", ID: "move_customers", Tag: customerTag, Summary: "Give a reseller's customers to another reseller of yours, all or none", Verb: actor.MoveCustomers},
		func(ctx context.Context, by actor.Actor, in *struct {
			PartnerPath
			Body struct {
				To        string   `json:"to" doc:"The other reseller"`
				Customers []string `json:"customers"`
				Reason    string   `json:"reason"`
			}
		}) (none, error) {
			return none{}, a.Distribution.MoveCustomers(ctx, by, in.Partner, in.Body.To, in.Body.Customers, in.Body.Reason)
		})
	for _, x := range []struct {
		name, summary string
		do            func(ctx context.Context, by actor.Actor, partner, why string) error
	}{{"restrict", "Keep a partner and those below it from spending", a.Distribution.Restrict}, {"unrestrict", "Let them spend again", a.Distribution.Unrestrict}} {
		add(a, Operation{Method: "POST", Path: "/api/v1/partners/{partner}/" + x.name, ID: x.name + "_partner", Tag: customerTag, Summary: x.summary, Verb: actor.RestrictPartner},
			func(ctx context.Context, by actor.Actor, in *struct {
				PartnerPath
				Body struct {
					Reason string `json:"reason"`
				}
			}) (none, error) {
				return none{}, x.do(ctx, by, in.Partner, in.Body.Reason)
			})
	}
}
