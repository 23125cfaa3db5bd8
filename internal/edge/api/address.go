package api

import (
	"context"
	"time"

	"hanse/internal/domain/address"
	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// EmailLink is an address that is, or shall be, associated with the own personal account.
type EmailLink struct {
	ID           string    `json:"id"`
	Email        string    `json:"email"`
	State        string    `json:"state" enum:"pending,associated,expired,removed"`
	ExpiresAt    time.Time `json:"expires_at,omitzero" doc:"Until when the confirmation link works"`
	AssociatedAt time.Time `json:"associated_at,omitzero"`
}

func toEmailLink(l address.Link) EmailLink {
	out := EmailLink{ID: l.ID, Email: l.Email, State: string(l.State), AssociatedAt: l.AssociatedAt}
	if l.State == address.Waiting {
		out.ExpiresAt = l.ExpiresAt
	}
	return out
}

// OwnRecord is what a feed says of one exam or training.
type OwnRecord struct {
	Feed         string       `json:"feed" enum:"exams,trainings"`
	Provider     string       `json:"provider"`
	Registration string       `json:"registration_id"`
	Email        string       `json:"email,omitempty"`
	Candidate    string       `json:"candidate_id,omitempty"`
	Code         string       `json:"code"`
	Title        string       `json:"title,omitempty"`
	On           calendar.Day `json:"date" format:"date" doc:"Of the exam; last day of the training"`
	Result       string       `json:"result" enum:"PASS,FAIL,NOSHOW,REVOKED,FINISHED,UNFINISHED"`
	Score        string       `json:"score,omitempty"`
	File         string       `json:"source_file"`
	ImportedAt   time.Time    `json:"imported_at"`
}

func toOwnRecord(x record.Record) OwnRecord {
	return OwnRecord{string(x.Feed), x.Provider, x.Registration, x.Email, x.Candidate, x.Code, x.Title, x.On, string(x.Result), x.Score,
		x.ImportName, x.ImportedAt}
}

// Dispute is a claim to an address or a candidate id.
type Dispute struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind" enum:"email,candidate,name"`
	Email     string    `json:"email,omitempty"`
	Provider  string    `json:"provider,omitempty"`
	Candidate string    `json:"candidate_id,omitempty"`
	Claimant  string    `json:"claimant,omitempty" doc:"Personal account; only the vendor and the claimant see it"`
	Holder    string    `json:"holder,omitempty" doc:"Personal account; only the vendor and the holder see it"`
	Automatic bool      `json:"automatic" doc:"A confirmation was refused"`
	State     string    `json:"state" enum:"open,given,kept,rejected,withdrawn"`
	Statement string    `json:"statement,omitempty"`
	Answer    string    `json:"answer,omitempty"`
	Reason    string    `json:"reason,omitempty"`
	Revision  int64     `json:"revision" doc:"Send it back with a decision: a stale one is refused"`
	CreatedAt time.Time `json:"created_at"`
	DecidedAt time.Time `json:"decided_at,omitzero"`
}

func toDispute(d address.Dispute) Dispute {
	return Dispute{d.ID, string(d.Kind), d.Email, d.Provider, d.Candidate, d.Person, d.Holder, d.Automatic, string(d.State), d.Statement,
		d.Answer, d.Reason, d.Revision, d.CreatedAt, d.DecidedAt}
}

// MissingRecord is an exam or training that should be among somebody's records.
type MissingRecord struct {
	ID           string       `json:"id"`
	Person       string       `json:"person"`
	Kind         string       `json:"kind" enum:"exam,training"`
	Email        string       `json:"email"`
	Provider     string       `json:"provider"`
	Code         string       `json:"code"`
	On           calendar.Day `json:"date" format:"date"`
	Registration string       `json:"registration_id,omitempty"`
	Note         string       `json:"note,omitempty"`
	State        string       `json:"state" enum:"open,answered,resolved,refused,withdrawn,arrived"`
	Answer       string       `json:"answer,omitempty"`
	Revision     int64        `json:"revision"`
	CreatedAt    time.Time    `json:"created_at"`
}

func toMissing(m address.Missing) MissingRecord {
	return MissingRecord{m.ID, m.Person, string(m.Kind), m.Email, m.Provider, m.Code, m.On, m.Registration, m.Note, string(m.State),
		m.Answer, m.Revision, m.CreatedAt}
}

type claimPath struct {
	ID string `path:"id" maxLength:"40"`
}

type claimList struct {
	State string `query:"state" maxLength:"20" doc:"Absent: what is open; all: everything"`
	After string `query:"cursor" maxLength:"100"`
	Limit int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

func (l claimList) queue() address.Queue {
	return address.Queue{State: l.State, After: l.After, Limit: l.Limit}
}

// addresses registers what people do about their addresses and records.
func (a *API) addresses() {
	const tag = "me"
	add(a, Operation{Method: "GET", Path: "/api/v1/me/emails", ID: "list_own_emails", Tag: tag, Summary: "Addresses whose records are one's own", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Emails []EmailLink `json:"emails"`
		}, err error) {
			list, err := a.Address.Links(ctx, by)
			out.Emails = each(list, toEmailLink)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/emails", ID: "associate_email", Tag: tag, Status: 201, Summary: "Send a confirmation mail to an address", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Email   string `json:"email" maxLength:"254"`
				Captcha string `json:"captcha" maxLength:"4000" doc:"A solved task of GET /captcha"`
			}
		}) (EmailLink, error) {
			l, err := a.Address.Request(ctx, by, in.Body.Email, in.Body.Captcha)
			return toEmailLink(l), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/emails/confirm", ID: "confirm_email", Tag: tag, Summary: "Associate an address by the token of its mail", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Token string `json:"token" maxLength:"100"`
			}
		}) (EmailLink, error) {
			l, err := a.Address.Confirm(ctx, by, in.Body.Token)
			return toEmailLink(l), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/emails/{id}/resend", ID: "resend_email", Tag: tag, Summary: "Send the confirmation mail again, with a new link", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *claimPath) (EmailLink, error) {
			l, err := a.Address.Resend(ctx, by, in.ID)
			return toEmailLink(l), err
		})
	add(a, Operation{Method: "DELETE", Path: "/api/v1/me/emails/{id}", ID: "remove_email", Tag: tag, Summary: "End an association; its records wait again", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *claimPath) (none, error) {
			return none{}, a.Address.Remove(ctx, by, in.ID)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/me/events", ID: "list_own_events", Tag: tag, Summary: "Own exams and trainings, failed and missed ones included", Verb: actor.ViewOwnRecords},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Records []OwnRecord `json:"records"`
			Emails  []string    `json:"emails" doc:"The addresses they were found by"`
			Lag     int         `json:"lag_days" doc:"Days after which a record should have arrived"`
		}, err error) {
			own, err := a.Address.OwnRecords(ctx, by)
			out.Records, out.Emails, out.Lag = each(own.Records, toOwnRecord), append([]string{}, own.Emails...), own.Lag
			return out, err
		})
	a.ownClaims()
	a.claims()
}

// ownClaims are disputes and missing records, as the person sees them.
func (a *API) ownClaims() {
	const tag = "me"
	add(a, Operation{Method: "GET", Path: "/api/v1/me/disputes", ID: "list_own_disputes", Tag: tag, Summary: "What one claims, and what others claim of one's own", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Claimed   []Dispute `json:"claimed"`
			Contested []Dispute `json:"contested"`
		}, err error) {
			claimed, contested, err := a.Address.Disputes(ctx, by)
			out.Claimed, out.Contested = each(claimed, toDispute), each(contested, toDispute)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/disputes", ID: "open_dispute", Tag: tag, Status: 201, Summary: "Claim an address or a candidate id", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Email     string `json:"email,omitempty" maxLength:"254"`
				Provider  string `json:"provider,omitempty" maxLength:"64"`
				Candidate string `json:"candidate_id,omitempty" maxLength:"64"`
				Statement string `json:"statement" maxLength:"2000"`
			}
		}) (out struct {
			ID string `json:"id"`
		}, err error) {
			b := in.Body
			out.ID, err = a.Address.OpenDispute(ctx, by, address.Claim{Email: b.Email, Provider: b.Provider, Candidate: b.Candidate, Statement: b.Statement})
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/disputes/{id}/answer", ID: "answer_dispute", Tag: tag, Summary: "Tell the holder's side", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *struct {
			claimPath
			Body struct {
				Answer string `json:"answer" maxLength:"2000"`
			}
		}) (none, error) {
			return none{}, a.Address.AnswerDispute(ctx, by, in.ID, in.Body.Answer)
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/disputes/{id}/withdraw", ID: "withdraw_dispute", Tag: tag, Summary: "Take the own claim back", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *claimPath) (none, error) {
			return none{}, a.Address.WithdrawDispute(ctx, by, in.ID)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/me/missing-records", ID: "list_missing_records", Tag: tag, Summary: "Records that one asked for", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Missing []MissingRecord `json:"missing_records"`
		}, err error) {
			list, err := a.Address.MissingOf(ctx, by)
			out.Missing = each(list, toMissing)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/missing-records", ID: "report_missing_record", Tag: tag, Status: 201, Summary: "Ask for a record that hasn't arrived in time", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Kind         string       `json:"kind" enum:"exam,training"`
				Email        string       `json:"email" maxLength:"254"`
				Provider     string       `json:"provider" maxLength:"64"`
				Code         string       `json:"code" maxLength:"64"`
				On           calendar.Day `json:"date" format:"date"`
				Registration string       `json:"registration_id,omitempty" maxLength:"64"`
				Note         string       `json:"note,omitempty" maxLength:"2000"`
			}
		}) (out struct {
			ID string `json:"id"`
		}, err error) {
			b := in.Body
			out.ID, err = a.Address.ReportMissing(ctx, by, address.Missing{Kind: address.Kind(b.Kind), Email: b.Email, Provider: b.Provider, Code: b.Code,
				On: b.On, Registration: b.Registration, Note: b.Note})
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/me/missing-records/{id}/withdraw", ID: "withdraw_missing_record", Tag: tag, Summary: "Take the own request back", Verb: actor.OwnAddresses},
		func(ctx context.Context, by actor.Actor, in *claimPath) (none, error) {
			return none{}, a.Address.WithdrawMissing(ctx, by, in.ID)
		})
}

// claims are the vendor's queues of disputes and missing records.
func (a *API) claims() {
	const tag = "claims"
	add(a, Operation{Method: "GET", Path: "/api/v1/disputes", ID: "list_disputes", Tag: tag, Summary: "Disputes of people, oldest first", Verb: actor.ViewClaims},
		func(ctx context.Context, by actor.Actor, in *claimList) (out struct {
			Disputes []Dispute `json:"disputes"`
			Next     string    `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Address.DisputeQueue(ctx, by, in.queue())
			out.Disputes, out.Next = each(list, toDispute), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/disputes/{id}", ID: "show_dispute", Tag: tag, Summary: "One dispute", Verb: actor.ViewClaims},
		func(ctx context.Context, by actor.Actor, in *claimPath) (Dispute, error) {
			c, err := a.Address.Dispute(ctx, by, in.ID)
			return toDispute(c.Dispute), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/disputes/{id}/decide", ID: "decide_dispute", Tag: tag, Summary: "Give it to the claimant, leave it, or reject the claim", Verb: actor.HandleClaims},
		func(ctx context.Context, by actor.Actor, in *struct {
			claimPath
			Body struct {
				To       string `json:"to" enum:"claimant,holder,reject"`
				Reason   string `json:"reason" maxLength:"2000"`
				Revision int64  `json:"revision,omitempty"`
			}
		}) (none, error) {
			return none{}, a.Address.DecideDispute(ctx, by, in.ID, address.Decision{To: in.Body.To, Reason: in.Body.Reason, Revision: in.Body.Revision})
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/missing-records", ID: "list_all_missing_records", Tag: tag, Summary: "Records that people miss, oldest first", Verb: actor.ViewClaims},
		func(ctx context.Context, by actor.Actor, in *claimList) (out struct {
			Missing []MissingRecord `json:"missing_records"`
			Next    string          `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Address.MissingQueue(ctx, by, in.queue())
			out.Missing, out.Next = each(list, toMissing), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/missing-records/{id}", ID: "show_missing_record", Tag: tag, Summary: "One missing record", Verb: actor.ViewClaims},
		func(ctx context.Context, by actor.Actor, in *claimPath) (MissingRecord, error) {
			c, err := a.Address.MissingOne(ctx, by, in.ID)
			return toMissing(c.Missing), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/missing-records/{id}/handle", ID: "handle_missing_record", Tag: tag, Summary: "Answer a request, or close it", Verb: actor.HandleClaims},
		func(ctx context.Context, by actor.Actor, in *struct {
			claimPath
			Body struct {
				To       string `json:"to" enum:"answered,resolved,refused"`
				Answer   string `json:"answer" maxLength:"2000"`
				Revision int64  `json:"revision,omitempty"`
			}
		}) (none, error) {
			return none{}, a.Address.HandleMissing(ctx, by, in.ID, address.MissingState(in.Body.To), in.Body.Answer, in.Body.Revision)
		})
}
