package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/member"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// MemberInvitation is a question to a person: be bound to the partner, or confirm its roster.
type MemberInvitation struct {
	ID         string       `json:"id"`
	Partner    string       `json:"domain_id"`
	Company    string       `json:"company,omitempty"`
	Kind       string       `json:"kind" enum:"invite,confirm"`
	State      string       `json:"state" enum:"invited,expired,refused,revoked,bound,unbound"`
	Name       string       `json:"name"`
	Channel    string       `json:"channel" enum:"email,phone,account"`
	Address    string       `json:"address,omitempty"`
	Number     string       `json:"number,omitempty"`
	Registered bool         `json:"registered"`
	Person     string       `json:"person_id,omitempty" doc:"id on the roster, once bound or to confirm"`
	InvitedBy  string       `json:"invited_by,omitempty"`
	InvitedAt  time.Time    `json:"invited_at"`
	ExpiresAt  time.Time    `json:"expires_at"`
	AnsweredAt time.Time    `json:"answered_at,omitzero"`
	Reason     string       `json:"reason,omitempty"`
	EndedBy    string       `json:"ended_by,omitempty" enum:"person,partner"`
	EndedOn    calendar.Day `json:"ended_on,omitzero" format:"date"`
	Version    int64        `json:"version" doc:"Send it back with a change: a stale one is refused"`
}

func toMember(i member.Invitation) MemberInvitation {
	return MemberInvitation{i.ID, i.Account, i.AccountName, string(i.Kind), string(i.State), i.Name, string(i.Channel), i.Address, i.Number,
		i.Registered, i.Binding, i.InvitedName, i.InvitedAt, i.ExpiresAt, i.AnsweredAt, i.Reason, i.EndedBy, i.EndedOn, i.Version}
}

// InvitationPath names an invitation of a partner.
type InvitationPath struct {
	PartnerPath
	Invitation string `path:"invitation" maxLength:"40"`
}

type versionBody struct {
	Version int64  `json:"version"`
	Reason  string `json:"reason,omitempty" maxLength:"500"`
}

type reasonOnly struct {
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

// members registers invitations, answers, and the end of bindings.
func (a *API) members() {
	const tag, path = "people", "/api/v1/partners/{partner}/invitations"
	add(a, Operation{Method: "GET", Path: path, ID: "list_member_invitations", Tag: tag, Summary: "Who was asked to be bound to a partner, newest first", Verb: actor.ViewMembers}, a.listMembers)
	add(a, Operation{Method: "POST", Path: path, ID: "invite_member", Tag: tag, Status: 201, Summary: "Invite a person by e-mail, phone or account name", Verb: actor.InviteMember}, a.inviteMember)
	add(a, Operation{Method: "GET", Path: path + "/{invitation}", ID: "show_member_invitation", Tag: tag, Summary: "One invitation", Verb: actor.ViewMembers},
		func(ctx context.Context, by actor.Actor, in *InvitationPath) (MemberInvitation, error) {
			v, err := a.Member.View(ctx, by, in.Partner, in.Invitation)
			return toMember(v.Invitation), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{invitation}/send", ID: "send_member_invitation", Tag: tag, Summary: "Send an invitation again", Verb: actor.InviteMember},
		func(ctx context.Context, by actor.Actor, in *struct {
			InvitationPath
			Body versionBody
		}) (MemberInvitation, error) {
			i, err := a.Member.Again(ctx, by, in.Partner, in.Invitation, in.Body.Version)
			return toMember(i), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{invitation}/revoke", ID: "revoke_member_invitation", Tag: tag, Summary: "Take an open invitation back", Verb: actor.InviteMember},
		func(ctx context.Context, by actor.Actor, in *struct {
			InvitationPath
			Body versionBody
		}) (none, error) {
			return none{}, a.Member.Revoke(ctx, by, in.Partner, in.Invitation, in.Body.Version, in.Body.Reason)
		})
	const person = "/api/v1/partners/{partner}/people/{person}"
	add(a, Operation{Method: "POST", Path: person + "/unbind", ID: "unbind_person", Tag: tag, Summary: "End a binding today: the person's certificates stop to count at once", Verb: actor.UnbindMember},
		func(ctx context.Context, by actor.Actor, in *struct {
			PersonPath
			Body reasonOnly
		}) (none, error) {
			return none{}, a.Member.Unbind(ctx, by, in.Partner, in.Person, in.Body.Reason)
		})
	add(a, Operation{Method: "POST", Path: person + "/ask", ID: "ask_person", Tag: tag, Summary: "Ask somebody of the roster once more to confirm", Verb: actor.InviteMember},
		func(ctx context.Context, by actor.Actor, in *PersonPath) (none, error) {
			return none{}, a.Member.Ask(ctx, by, in.Partner, in.Person)
		})
	add(a, Operation{Method: "GET", Path: person + "/consent", ID: "show_person_consent", Tag: tag, Summary: "How the consent behind a binding stands", Verb: actor.ViewMembers}, a.standing)
	a.companiesOfMe()
	a.realNames()
}

func (a *API) standing(ctx context.Context, by actor.Actor, in *PersonPath) (out struct {
	Asked   *MemberInvitation `json:"asked,omitempty" doc:"The newest question about it"`
	Version string            `json:"consent_version,omitempty" doc:"Of the words that were agreed to"`
	GivenAt time.Time         `json:"given_at,omitzero"`
	EndedOn calendar.Day      `json:"ended_on,omitzero" format:"date"`
}, err error) {
	x, err := a.Member.Standing(ctx, by, in.Partner, in.Person)
	if x.Asked != nil {
		i := toMember(*x.Asked)
		out.Asked = &i
	}
	if x.Consent != nil {
		out.Version, out.GivenAt, out.EndedOn = x.Consent.Version, x.Consent.GivenAt, x.Consent.EndedOn
	}
	return out, err
}

func (a *API) listMembers(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	PageIn
	Q     string `query:"q" maxLength:"100"`
	State string `query:"state" enum:"invited,expired,refused,revoked,bound,unbound"`
	Kind  string `query:"kind" enum:"invite,confirm"`
}) (out struct {
	Invitations []MemberInvitation `json:"invitations"`
	Next        string             `json:"next_cursor,omitempty"`
	LeftToday   int64              `json:"left_today" doc:"How many the caller can send today"`
}, err error) {
	p, err := a.Member.List(ctx, by, in.Partner, member.Filter{Q: in.Q, State: member.State(in.State), Kind: member.Kind(in.Kind), After: in.Cursor, Limit: in.Limit})
	out.Invitations, out.Next, out.LeftToday = each(p.Items, toMember), p.Next, p.Left
	return out, err
}

func (a *API) inviteMember(ctx context.Context, by actor.Actor, in *struct {
	PartnerPath
	Body struct {
		To         string `json:"to" maxLength:"254" doc:"E-mail address, phone number or name of a personal account"`
		Person     string `json:"person_id,omitempty" maxLength:"32" doc:"Which of several accounts of the same name"`
		Name       string `json:"name,omitempty" maxLength:"100"`
		Number     string `json:"number,omitempty" maxLength:"64"`
		Registered bool   `json:"registered,omitempty"`
		Language   string `json:"language,omitempty" enum:"en,zh-Hans"`
	}
}) (MemberInvitation, error) {
	b := in.Body
	i, err := a.Member.Invite(ctx, by, in.Partner, member.Invite{To: b.To, Person: b.Person, Name: b.Name, Number: b.Number, Registered: b.Registered, Lang: b.Language})
	var several *member.Several
	if errors.As(err, &several) {
		var all []string
		for _, c := range several.Candidates {
			all = append(all, c.Person+" ("+c.Hint+")")
		}
		err = fault.Invalid("person_id", i18n.M("member.several", i18n.A{"list": strings.Join(all, ", ")}))
	}
	return toMember(i), err
}

// OwnCompany is where somebody works or worked.
type OwnCompany struct {
	Partner      string       `json:"domain_id"`
	Company      string       `json:"company"`
	Binding      string       `json:"binding_id"`
	BoundOn      calendar.Day `json:"bound_on,omitzero" format:"date"`
	LeftOn       calendar.Day `json:"left_on,omitzero" format:"date" doc:"First day no longer there"`
	Confirmation string       `json:"confirmation" enum:"vouched,unconfirmed,confirmed"`
	CountsUntil  calendar.Day `json:"counts_until,omitzero" format:"date" doc:"First day on which it doesn't count unless confirmed"`
}

func (a *API) companiesOfMe() {
	const tag = "me"
	add(a, Operation{Method: "GET", Path: "/api/v1/me/companies", ID: "list_own_companies", Tag: tag, Summary: "Own companies, questions to answer, and the consent's words", Verb: actor.AnswerInvitation}, a.ownCompanies)
	type answerPath struct {
		Partner    string `path:"partner" maxLength:"32"`
		Invitation string `path:"invitation" maxLength:"40"`
	}
	const path = "/api/v1/me/invitations/{partner}/{invitation}"
	add(a, Operation{Method: "POST", Path: path + "/accept", ID: "accept_member_invitation", Tag: tag, Summary: "Accept, and agree to what goes to the partner", Verb: actor.AnswerInvitation},
		func(ctx context.Context, by actor.Actor, in *struct {
			answerPath
			Body struct {
				Version string `json:"consent_version" maxLength:"20" doc:"Of the words that were read"`
			}
		}) (out struct {
			Binding string `json:"binding_id"`
		}, err error) {
			out.Binding, err = a.Member.Accept(ctx, by, in.Partner, in.Invitation, in.Body.Version)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path + "/refuse", ID: "refuse_member_invitation", Tag: tag, Summary: "Refuse; a question to confirm ends the binding", Verb: actor.AnswerInvitation},
		func(ctx context.Context, by actor.Actor, in *struct {
			answerPath
			Body reasonOnly
		}) (none, error) {
			return none{}, a.Member.Refuse(ctx, by, in.Partner, in.Invitation, in.Body.Reason)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/companies/{partner}/{binding}/leave", ID: "leave_company", Tag: tag, Summary: "End an own binding today", Verb: actor.AnswerInvitation},
		func(ctx context.Context, by actor.Actor, in *struct {
			Partner string `path:"partner" maxLength:"32"`
			Binding string `path:"binding" maxLength:"40"`
			Body    reasonOnly
		}) (none, error) {
			return none{}, a.Member.Leave(ctx, by, in.Partner, in.Binding, in.Body.Reason)
		})
}

func (a *API) ownCompanies(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
	Companies []OwnCompany       `json:"companies"`
	Open      []MemberInvitation `json:"questions"`
	Past      []MemberInvitation `json:"past"`
	Version   string             `json:"consent_version"`
	Consent   []string           `json:"consent"`
}, err error) {
	m, err := a.Member.Mine(ctx, by)
	if err != nil {
		return out, err
	}
	out.Companies = each(m.Work, func(w roster.Work) OwnCompany {
		return OwnCompany{w.Account, w.AccountName, w.ID, w.BoundOn, w.LeftOn, string(w.Confirmation), w.CountsUntil}
	})
	out.Open = each(m.Open, func(x member.Question) MemberInvitation {
		i := toMember(x.Invitation)
		i.Company = x.AccountName
		return i
	})
	out.Past, out.Version = each(m.Past, toMember), member.ConsentVersion
	for _, text := range member.ConsentText(member.ConsentVersion) {
		out.Consent = append(out.Consent, i18n.Say(ctx, text))
	}
	return out, nil
}

// RealName is a claim to a verified name.
type RealName struct {
	ID          string    `json:"id"`
	Person      string    `json:"domain_id"`
	State       string    `json:"state" enum:"pending,verified,refused,withdrawn,revoked,replaced"`
	Name        string    `json:"name"`
	Country     string    `json:"country"`
	IDType      string    `json:"id_type"`
	IDLast4     string    `json:"id_last4"`
	SubmittedAt time.Time `json:"submitted_at"`
	DueAt       time.Time `json:"due_at"`
	DecidedAt   time.Time `json:"decided_at,omitzero"`
	Reason      string    `json:"reason,omitempty"`
	Version     int64     `json:"version"`
}

func toRealName(c realname.Case) RealName {
	return RealName{c.ID, c.Person, string(c.State), c.Name, c.Country, c.IDType, c.IDLast4, c.SubmittedAt, c.DueAt, c.DecidedAt, c.Reason, c.Version}
}

type realNamePath struct {
	Case string `path:"case" maxLength:"40"`
}

type realNames struct {
	Claims []RealName `json:"claims"`
	Next   string     `json:"next_cursor,omitempty"`
}

func (a *API) realNames() {
	const own, desk = "/api/v1/me/real-name", "/api/v1/real-names"
	evidence := []string{typePDF, typePNG, typeJPEG}
	a.companyNames(evidence)
	add(a, Operation{Method: "GET", Path: own, ID: "list_own_real_names", Tag: "me", Summary: "Own claims to a verified name, newest first", Verb: actor.OwnRealName},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (realNames, error) {
			all, err := a.RealName.Own(ctx, by)
			return realNames{Claims: each(all, toRealName)}, err
		})
	add(a, Operation{Method: "POST", Path: own, ID: "submit_real_name", Tag: "me", Status: 201, Summary: "Submit a name with a document that shows it", Verb: actor.OwnRealName, Takes: append(evidence, typeForm)}, a.submitRealName)
	add(a, Operation{Method: "DELETE", Path: own + "/{case}", ID: "withdraw_real_name", Tag: "me", Summary: "Take a waiting claim back", Verb: actor.OwnRealName},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (none, error) {
			return none{}, a.RealName.Withdraw(ctx, by, in.Case)
		})
	addFile(a, Operation{Method: "GET", Path: own + "/{case}/file", ID: "download_own_real_name", Tag: "me", Summary: "The document of an own claim", Verb: actor.OwnRealName, Gives: evidence},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (document, error) {
			f, c, err := a.RealName.OwnFile(ctx, by, in.Case)
			if err != nil {
				return document{}, err
			}
			return opened(f, "document"+blob.Type(c.File.Type).Ext(), blob.Type(c.File.Type).MIME(), c.File.Size), nil
		})
	add(a, Operation{Method: "GET", Path: desk, ID: "list_real_names", Tag: "reviews", Summary: "Claims to a verified name, the most urgent first", Verb: actor.ReviewRealName},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			State string `query:"state" enum:"pending,verified,refused,withdrawn,revoked,replaced" doc:"pending when absent"`
		}) (realNames, error) {
			list, next, err := a.RealName.Queue(ctx, by, realname.State(in.State), in.Cursor, in.Limit)
			return realNames{each(list, func(x realname.QueueItem) RealName { return toRealName(x.Case) }), next}, err
		})
	add(a, Operation{Method: "GET", Path: desk + "/{case}", ID: "show_real_name", Tag: "reviews", Summary: "One claim", Verb: actor.ReviewRealName},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (RealName, error) {
			v, err := a.RealName.Case(ctx, by, in.Case)
			return toRealName(v.Case), err
		})
	addFile(a, Operation{Method: "GET", Path: desk + "/{case}/file", ID: "download_real_name", Tag: "reviews", Summary: "The document of a claim; opening it is recorded", Verb: actor.ReviewRealName, Gives: evidence},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (document, error) {
			f, c, err := a.RealName.OpenFile(ctx, by, in.Case)
			if err != nil {
				return document{}, err
			}
			return opened(f, "document"+blob.Type(c.File.Type).Ext(), blob.Type(c.File.Type).MIME(), c.File.Size), nil
		})
	add(a, Operation{Method: "POST", Path: desk + "/{case}/approve", ID: "approve_real_name", Tag: "reviews", Summary: "Verify a name", Verb: actor.ReviewRealName},
		func(ctx context.Context, by actor.Actor, in *struct {
			realNamePath
			Body versionBody
		}) (none, error) {
			return none{}, a.RealName.Approve(ctx, by, in.Case, in.Body.Version)
		})
	for _, x := range []struct {
		what, id, summary string
		do                func(ctx context.Context, by actor.Actor, caseID string, version int64, reason string) error
	}{{"refuse", "refuse_real_name", "Turn a claim down", a.RealName.Refuse}, {"revoke", "revoke_real_name", "End a verified name", a.RealName.Revoke}} {
		add(a, Operation{Method: "POST", Path: desk + "/{case}/" + x.what, ID: x.id, Tag: "reviews", Summary: x.summary, Verb: actor.ReviewRealName},
			func(ctx context.Context, by actor.Actor, in *struct {
				realNamePath
				Body versionBody
			}) (none, error) {
				return none{}, x.do(ctx, by, in.Case, in.Body.Version, in.Body.Reason)
			})
	}
}

// realNameClaim is what is said of a document that is sent.
type realNameClaim struct {
	Name     string `query:"name" maxLength:"100"`
	Country  string `query:"country" maxLength:"2"`
	IDType   string `query:"id_type" enum:"id_card,passport,residence_permit,driving_licence,business_licence,institution_certificate,foreign_registration"`
	Number   string `header:"X-Document-Number" maxLength:"40" doc:"Whole, or the last four characters; in a header, so that no log of addresses keeps it"`
	FileName string `query:"file_name" maxLength:"100"`
}

func (c *realNameClaim) submission(file string) realname.Submission {
	return realname.Submission{Name: c.Name, Country: c.Country, IDType: c.IDType, Number: c.Number, FileName: file}
}

// companyNames are the claims of the caller's company.
func (a *API) companyNames(evidence []string) {
	const own = "/api/v1/company/real-name"
	add(a, Operation{Method: "GET", Path: own, ID: "list_company_real_names", Tag: "company", Summary: "The company's claims to a verified name, newest first", Verb: actor.CompanyRealName},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (realNames, error) {
			all, err := a.RealName.OfCompany(ctx, by)
			return realNames{Claims: each(all, toRealName)}, err
		})
	add(a, Operation{Method: "POST", Path: own, ID: "submit_company_real_name", Tag: "company", Status: 201, Summary: "Submit the company's name with its registration", Verb: actor.CompanyRealName, Takes: append(evidence, typeForm)},
		func(ctx context.Context, by actor.Actor, in *realNameClaim) (RealName, error) {
			if err := by.May(actor.CompanyRealName); err != nil {
				return RealName{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.FileName)
			if err != nil {
				return RealName{}, err
			}
			c, err := a.RealName.SubmitCompany(ctx, by, in.submission(file.name), file)
			return toRealName(c), err
		})
	add(a, Operation{Method: "DELETE", Path: own + "/{case}", ID: "withdraw_company_real_name", Tag: "company", Summary: "Take a waiting claim back", Verb: actor.CompanyRealName},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (none, error) {
			return none{}, a.RealName.WithdrawCompany(ctx, by, in.Case)
		})
	addFile(a, Operation{Method: "GET", Path: own + "/{case}/file", ID: "download_company_real_name", Tag: "company", Summary: "The document of a claim of the company", Verb: actor.CompanyRealName, Gives: evidence},
		func(ctx context.Context, by actor.Actor, in *realNamePath) (document, error) {
			f, c, err := a.RealName.CompanyFile(ctx, by, in.Case)
			if err != nil {
				return document{}, err
			}
			return opened(f, "document"+blob.Type(c.File.Type).Ext(), blob.Type(c.File.Type).MIME(), c.File.Size), nil
		})
}

func (a *API) submitRealName(ctx context.Context, by actor.Actor, in *realNameClaim) (RealName, error) {
	if err := by.May(actor.OwnRealName); err != nil {
		return RealName{}, err // before the file is read
	}
	file, err := upload(ctx, maxUpload, in.FileName)
	if err != nil {
		return RealName{}, err
	}
	c, err := a.RealName.Submit(ctx, by, in.submission(file.name), file)
	return toRealName(c), err
}
