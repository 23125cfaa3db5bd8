package api

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/domain/notify"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// AuditEntry is one deed.
type AuditEntry struct {
	ID        string          `json:"id"`
	Account   string          `json:"domain_id" doc:"On whose behalf"`
	At        time.Time       `json:"at" doc:"Business time"`
	WallAt    time.Time       `json:"wall_at"`
	Actor     string          `json:"actor"`
	ActorName string          `json:"actor_name"`
	Via       string          `json:"via" enum:"session,key,token,system,public"`
	IP        string          `json:"ip,omitempty"`
	RequestID string          `json:"request_id,omitempty"`
	Verb      string          `json:"verb"`
	Subject   string          `json:"subject" doc:"kind:id"`
	About     string          `json:"about_domain_id,omitempty"`
	Detail    json.RawMessage `json:"detail"`
}

func toEntry(e audit.Entry) AuditEntry {
	return AuditEntry{e.ID, e.Account, e.At, e.Wall, e.Actor, e.ActorName, e.Via, e.IP, e.Request, string(e.Verb), e.Subject, e.About,
		json.RawMessage(e.Detail)}
}

// Job is one piece of work that is done later.
type Job struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"`
	Account   string    `json:"domain_id,omitempty"`
	State     string    `json:"state" enum:"ready,running,done,dead"`
	RunAt     time.Time `json:"run_at"`
	Attempts  int       `json:"attempts"`
	LastError string    `json:"last_error,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	DoneAt    time.Time `json:"finished_at,omitzero"`
}

func toJob(j jobs.Job) Job {
	return Job{j.ID, j.Kind, j.Account, string(j.State), j.RunAt, j.Attempts, j.LastError, j.CreatedAt, j.Finished}
}

// Message is one line of the message center.
type Message struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Tone   string    `json:"tone" enum:"good,warn,bad,neutral"`
	Title  string    `json:"title"`
	Body   string    `json:"body,omitempty"`
	Link   string    `json:"link,omitempty" doc:"Path in the portal"`
	At     time.Time `json:"at"`
	ReadAt time.Time `json:"read_at,omitzero"`
}

func toMessage(ctx context.Context) func(notify.Message) Message {
	return func(m notify.Message) Message {
		return Message{m.ID, m.Kind, string(m.Tone), i18n.Say(ctx, m.Title), i18n.Say(ctx, m.Body), m.Link, m.At, m.Read}
	}
}

// Setting is one value that the vendor can change.
type Setting struct {
	Key       string    `json:"key"`
	Value     string    `json:"value"`
	Default   string    `json:"default"`
	Unit      string    `json:"unit,omitempty"`
	Label     string    `json:"label"`
	Effective time.Time `json:"effective_at,omitzero"`
	ChangedBy string    `json:"changed_by,omitempty"`
}

func toSetting(ctx context.Context) func(setting.Value) Setting {
	return func(v setting.Value) Setting {
		return Setting{string(v.Key), v.Value, v.Default, v.Unit, i18n.Say(ctx, v.Label), v.EffectiveAt, v.ChangedBy}
	}
}

func (a *API) system() {
	add(a, Operation{Method: "GET", Path: "/api/v1/audit", ID: "list_audit", Tag: "system", Summary: "The audit log, newest first", Verb: actor.ViewAudit}, a.listAudit)
	add(a, Operation{Method: "POST", Path: "/api/v1/audit/verify", ID: "verify_audit", Tag: "system", Summary: "Walk the hash chain and name the first broken row", Verb: actor.ViewAudit},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (AuditReport, error) {
			if err := by.May(actor.ViewAudit); err != nil {
				return AuditReport{}, err
			}
			r, err := a.Audit.Verify(ctx)
			return AuditReport(r), err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/jobs", ID: "list_jobs", Tag: "system", Summary: "Jobs, newest first", Verb: actor.ViewJobs}, a.listJobs)
	add(a, Operation{Method: "POST", Path: "/api/v1/jobs/{job}/retry", ID: "retry_job", Tag: "system", Summary: "Try a dead job again", Verb: actor.RetryJob},
		func(ctx context.Context, by actor.Actor, in *struct {
			Job string `path:"job" maxLength:"40"`
		}) (none, error) {
			return none{}, a.Jobs.Retry(ctx, by, in.Job)
		})
	a.ticketIndex()
	a.settings()
	a.messages()
}

func (a *API) listAudit(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	About   string    `query:"about_domain_id" maxLength:"32"`
	Actor   string    `query:"actor" maxLength:"64"`
	Verb    string    `query:"verb" maxLength:"64"`
	Subject string    `query:"subject" maxLength:"128"`
	From    time.Time `query:"from"`
	To      time.Time `query:"to"`
}) (out struct {
	Entries []AuditEntry `json:"entries"`
	Next    string       `json:"next_cursor,omitempty"`
}, err error) {
	f := audit.Filter{About: in.About, Actor: in.Actor, Verb: in.Verb, Subject: in.Subject, From: in.From, To: in.To, Limit: in.Limit}
	if f.BeforeAt, f.Before, err = a.instant("audit", in.Cursor); err != nil {
		return out, err
	}
	list, err := a.Audit.List(ctx, by, f)
	out.Entries = each(list, toEntry)
	if n := len(list); n == in.Limit {
		out.Next = a.Cursors.Encode("audit", cursor.Key{cursor.Int(list[n-1].At.UnixMicro()), list[n-1].ID})
	}
	return out, err
}

// instant reads the cursor of a list that is sorted by instant and id.
func (a *API) instant(list, text string) (time.Time, string, error) {
	if text == "" {
		return time.Time{}, "", nil
	}
	k, err := a.Cursors.Decode(text, list, 2)
	if err != nil {
		return time.Time{}, "", err
	}
	at, err := k.Int(0)
	return time.UnixMicro(at).UTC(), k[1], err
}

func (a *API) listJobs(ctx context.Context, by actor.Actor, in *struct {
	PageIn
	State string `query:"state" enum:"ready,running,done,dead"`
	Kind  string `query:"kind" maxLength:"64"`
}) (out struct {
	Jobs []Job  `json:"jobs"`
	Next string `json:"next_cursor,omitempty" doc:"The id of the last job"`
}, err error) {
	list, err := a.Jobs.List(ctx, by, jobs.Filter{State: jobs.State(in.State), Kind: in.Kind, Before: in.Cursor, Limit: in.Limit})
	out.Jobs = each(list, toJob)
	if n := len(list); n == in.Limit {
		out.Next = list[n-1].ID
	}
	return out, err
}

func (a *API) settings() {
	add(a, Operation{Method: "GET", Path: "/api/v1/settings", ID: "list_settings", Tag: "system", Summary: "Every setting with its present value", Verb: actor.ViewSettings},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Settings []Setting `json:"settings"`
		}, err error) {
			list, err := a.Settings.List(ctx, by)
			out.Settings = each(list, toSetting(ctx))
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/settings/{key}", ID: "change_setting", Tag: "system", Summary: "Change a setting, from now or from a later instant on", Verb: actor.ChangeSettings},
		func(ctx context.Context, by actor.Actor, in *struct {
			Key  string `path:"key" maxLength:"100"`
			Body struct {
				Value     string    `json:"value"`
				Effective time.Time `json:"effective_at,omitzero"`
			}
		}) (none, error) {
			return none{}, a.Settings.Change(ctx, by, setting.Change{Key: setting.Key(in.Key), Value: in.Body.Value, EffectiveAt: in.Body.Effective})
		})
}

func (a *API) messages() {
	add(a, Operation{Method: "GET", Path: "/api/v1/messages", ID: "list_messages", Tag: "messages", Summary: "Own messages, newest first", Verb: actor.OwnMessages},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Unread bool `query:"unread"`
		}) (out struct {
			Messages []Message `json:"messages"`
			Next     string    `json:"next_cursor,omitempty"`
		}, err error) {
			f := notify.Filter{Unread: in.Unread, Limit: in.Limit}
			if f.BeforeAt, f.Before, err = a.instant("messages", in.Cursor); err != nil {
				return out, err
			}
			list, err := a.Notify.List(ctx, by, f)
			out.Messages = each(list, toMessage(ctx))
			if n := len(list); n == in.Limit {
				out.Next = a.Cursors.Encode("messages", cursor.Key{cursor.Int(list[n-1].At.UnixMicro()), list[n-1].ID})
			}
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/messages/{message}/read", ID: "read_message", Tag: "messages", Summary: "Mark a message as read", Verb: actor.OwnMessages},
		func(ctx context.Context, by actor.Actor, in *struct {
			Message string `path:"message" maxLength:"40"`
		}) (Message, error) {
			m, err := a.Notify.Open(ctx, by, in.Message)
			return toMessage(ctx)(m), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/messages/read", ID: "read_all_messages", Tag: "messages", Summary: "Mark all as read", Verb: actor.OwnMessages},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (none, error) {
			return none{}, a.Notify.ReadAll(ctx, by)
		})
}

// AuditReport is what walking the chain found. It has a name of its own, because the document has one list of names.
type AuditReport audit.Report
