package api

import (
	"context"
	"time"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// TwoNames are one text in both languages.
type TwoNames struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

func toNames(n taxonomy.Names) TwoNames { return TwoNames{n.EN, n.ZH} }

// TicketTaxonomy is what a ticket can be: everything that is offered, each list in order.
type TicketTaxonomy struct {
	ProblemTypes []ProblemType     `json:"problem_types"`
	Categories   []TicketCategory  `json:"categories"`
	Products     []TicketProduct   `json:"products"`
	Severities   []TicketSeverity  `json:"severities" doc:"The most severe first"`
	Regions      []TicketRegion    `json:"regions"`
	Templates    []TicketTemplate  `json:"templates"`
	Fields       []TicketField     `json:"fields"`
	Dimensions   []TicketDimension `json:"dimensions" doc:"What is scored when a ticket is closed"`
	AreaCodes    []AreaCode        `json:"area_codes"`
}

// ProblemType says what a ticket is about.
type ProblemType struct {
	ID          string   `json:"id"`
	Name        TwoNames `json:"name"`
	Description TwoNames `json:"description"`
	CaseType    string   `json:"case_type" enum:"0,5" doc:"0 a consultation, 5 a fault, which needs a region"`
	Technical   bool     `json:"technical" doc:"Draws on the support plan"`
	Categories  []string `json:"category_ids" doc:"None = offered under every category"`
}

// TicketCategory is a group of products.
type TicketCategory struct {
	ID        string   `json:"id"`
	Name      TwoNames `json:"name"`
	Technical bool     `json:"technical"`
}

// TicketProduct is what a ticket concerns.
type TicketProduct struct {
	ID        string   `json:"id"`
	Category  string   `json:"category_id"`
	Name      TwoNames `json:"name"`
	Acronym   string   `json:"acronym,omitempty"`
	Technical bool     `json:"technical"`
}

// TicketSeverity is how bad it is.
type TicketSeverity struct {
	Code       string   `json:"code"`
	Name       TwoNames `json:"name"`
	Definition TwoNames `json:"definition"`
	Levels     []string `json:"levels" doc:"Levels of the support plan that have it"`
}

// TicketRegion is where it happens.
type TicketRegion struct {
	ID        string   `json:"id"`
	Name      TwoNames `json:"name"`
	Type      int      `json:"type" enum:"0,1,2" doc:"0 mainland China, 1 international, 2 Europe"`
	Sensitive bool     `json:"sensitive"`
}

// TicketTemplate is a text that the submitter fills in.
type TicketTemplate struct {
	ID          string   `json:"id"`
	ProblemType string   `json:"problem_type_id"`
	Name        TwoNames `json:"name"`
	Text        TwoNames `json:"text"`
}

// TicketField is something that is asked in addition.
type TicketField struct {
	Key          string         `json:"key"`
	ProblemTypes []string       `json:"problem_type_ids" doc:"None = asked with every problem type"`
	Products     []string       `json:"product_ids" doc:"None = asked with every product"`
	Name         TwoNames       `json:"name"`
	Hint         TwoNames       `json:"hint"`
	Type         int            `json:"type" enum:"0,1,2,3,4" doc:"0 text, 1 number, 2 one of the options, 3 several joined with commas, 4 date"`
	Required     bool           `json:"required"`
	Length       int            `json:"length,omitempty" doc:"Most characters of a text"`
	Min          *int64         `json:"min,omitempty"`
	Max          *int64         `json:"max,omitempty"`
	Default      string         `json:"default,omitempty"`
	Options      []TicketOption `json:"options,omitempty"`
	Hidden       bool           `json:"hidden" doc:"Pages don't show it"`
	Sensitive    bool           `json:"sensitive"`
}

// TicketOption is one value of a selection.
type TicketOption struct {
	Value string   `json:"value"`
	Name  TwoNames `json:"name"`
}

// TicketDimension is scored up to its points in steps.
type TicketDimension struct {
	ID          int      `json:"id"`
	Name        TwoNames `json:"name"`
	Description TwoNames `json:"description"`
	Points      int      `json:"points"`
	Step        int      `json:"step"`
	Group       string   `json:"group"`
}

// AreaCode is the country code of phone numbers.
type AreaCode struct {
	ID   int32    `json:"id"`
	Code string   `json:"code" example:"0086"`
	Name TwoNames `json:"name"`
}

func levelWords(list []rate.Level) []string {
	return each(list, func(l rate.Level) string { return string(l) })
}

func toTaxonomy(s *taxonomy.Set) TicketTaxonomy {
	return TicketTaxonomy{
		ProblemTypes: each(s.ProblemTypes(), func(t taxonomy.ProblemType) ProblemType {
			return ProblemType{t.ID, toNames(t.Names), toNames(t.Notes), t.CaseType, t.Technical, same(t.Categories)}
		}),
		Categories: each(s.Categories(), func(c taxonomy.Category) TicketCategory { return TicketCategory{c.ID, toNames(c.Names), c.Technical} }),
		Products: each(s.Products(), func(p taxonomy.Product) TicketProduct {
			return TicketProduct{p.ID, p.Category, toNames(p.Names), p.Acronym, p.Technical}
		}),
		Severities: each(s.Severities(), func(v taxonomy.Severity) TicketSeverity {
			return TicketSeverity{v.Code, toNames(v.Names), toNames(v.Notes), levelWords(v.Levels)}
		}),
		Regions: each(s.Regions(), func(r taxonomy.Region) TicketRegion {
			return TicketRegion{r.ID, toNames(r.Names), r.Type, r.Sensitive}
		}),
		Templates: each(s.Templates(""), func(t taxonomy.Template) TicketTemplate {
			return TicketTemplate{t.ID, t.ProblemType, toNames(t.Names), toNames(t.Body)}
		}),
		Fields: each(s.AllFields(), toField),
		Dimensions: each(s.Dimensions(), func(d taxonomy.Dimension) TicketDimension {
			return TicketDimension{d.ID, toNames(d.Names), toNames(d.Notes), d.Total, d.Step, d.Group}
		}),
		AreaCodes: each(s.AreaCodes(), func(c taxonomy.AreaCode) AreaCode { return AreaCode{c.ID, c.Code, toNames(c.Names)} }),
	}
}

func toField(f taxonomy.Field) TicketField {
	return TicketField{f.Key, same(f.ProblemTypes), same(f.Products), toNames(f.Names), toNames(f.Tips), int(f.Type), f.Required, f.Length, f.Min, f.Max, f.Default,
		each(f.Options, func(o taxonomy.Option) TicketOption { return TicketOption{o.Value, toNames(o.Names)} }), f.Hidden, f.Sensitive}
}

// same is a list that is never null.
func same(list []string) []string { return append([]string{}, list...) }

func (a *API) taxonomyOperations() {
	add(a, Operation{Method: "GET", Path: taxonomyPath, ID: "show_ticket_taxonomy", Tag: taxonomyTag, Verb: actor.ViewTaxonomy,
		Summary: "What a ticket can be: problem types, products, severities, regions, templates, extra fields, scores, country codes"},
		func(ctx context.Context, by actor.Actor, in *none) (TicketTaxonomy, error) {
			set, err := a.Taxonomy.View(ctx, by)
			if err != nil {
				return TicketTaxonomy{}, err
			}
			return toTaxonomy(set), nil
		})
	a.taxonomyEntries()
}

// ContactIn is a contact as it's typed.
type ContactIn struct {
	Way   string `json:"way" enum:"mobile,mail"`
	Value string `json:"value" maxLength:"128" doc:"A number or an address"`
	Area  string `json:"area_code,omitempty" maxLength:"16" doc:"Country code of a number that has none, such as 0086"`
}

func (c ContactIn) contact() (contact.Contact, error) {
	way, ok := map[string]contact.Way{"mobile": contact.Mobile, "mail": contact.Mail}[c.Way]
	if !ok {
		return contact.Contact{}, fault.Invalid("way", i18n.M("contact.bad_way"))
	}
	return contact.Parse(way, c.Value, c.Area)
}

// VerifiedContact is one that somebody has shown to be theirs.
type VerifiedContact struct {
	ID    string    `json:"id"`
	Way   string    `json:"way" enum:"mobile,mail"`
	Value string    `json:"value"`
	User  string    `json:"user_id"`
	At    time.Time `json:"verified_at"`
	Until time.Time `json:"expires_at"`
}

func toVerified(v contact.Verified) VerifiedContact {
	return VerifiedContact{v.ID, map[contact.Way]string{contact.Mobile: "mobile", contact.Mail: "mail"}[v.Way], v.Value, v.User, v.At, v.Until}
}

const contactPath, contactTag = "/api/v1/ticket-contacts", "ticket-contacts"

func (a *API) contactOperations() {
	add(a, Operation{Method: "GET", Path: contactPath, ID: "list_verified_contacts", Tag: contactTag, Summary: "Contacts for tickets that were shown with a code, the newest first", Verb: actor.OwnContacts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Offset int `query:"offset" minimum:"0" maximum:"65535"`
			Limit  int `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (out struct {
			Contacts []VerifiedContact `json:"contacts"`
			Total    int64             `json:"total_count"`
		}, err error) {
			list, n, err := a.Contact.List(ctx, by, contact.Filter{}, in.Offset, in.Limit)
			out.Contacts, out.Total = each(list, toVerified), n
			return out, err
		})
	add(a, Operation{Method: "POST", Path: contactPath + "/need", ID: "need_contact_code", Tag: contactTag, Summary: "Whether a contact wants a code before a ticket can carry it", Verb: actor.OwnContacts},
		func(ctx context.Context, by actor.Actor, in *struct{ Body ContactIn }) (out struct {
			Needed     bool      `json:"code_needed"`
			Registered bool      `json:"registered" doc:"It's one of the company's own"`
			Until      time.Time `json:"verified_until,omitzero"`
		}, err error) {
			c, err := in.Body.contact()
			if err != nil {
				return out, err
			}
			n, err := a.Contact.Need(ctx, by, c)
			out.Needed, out.Registered, out.Until = n.Needed, n.Registered, n.Until
			return out, err
		})
	add(a, Operation{Method: "POST", Path: contactPath + "/codes", ID: "send_contact_code", Tag: contactTag, Summary: "Send a code to a contact: six digits, five minutes, one a minute", Verb: actor.OwnContacts},
		func(ctx context.Context, by actor.Actor, in *struct{ Body ContactIn }) (out struct {
			ExpiresAt time.Time `json:"expires_at"`
			ResendAt  time.Time `json:"resend_at"`
		}, err error) {
			c, err := in.Body.contact()
			if err != nil {
				return out, err
			}
			sent, err := a.Contact.Send(ctx, by, c)
			out.ExpiresAt, out.ResendAt = sent.ExpiresAt, sent.ResendAt
			return out, err
		})
	add(a, Operation{Method: "POST", Path: contactPath, ID: "verify_contact", Tag: contactTag, Summary: "Check a code: the contact then holds for the account's tickets", Verb: actor.OwnContacts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				ContactIn
				Code string `json:"code" minLength:"6" maxLength:"6"`
			}
		}) (VerifiedContact, error) {
			c, err := in.Body.contact()
			if err != nil {
				return VerifiedContact{}, err
			}
			v, err := a.Contact.Check(ctx, by, c, in.Body.Code)
			return toVerified(v), err
		})
}
