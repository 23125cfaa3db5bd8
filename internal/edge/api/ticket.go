package api

import (
	"context"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/i18n"
)

const ticketTag = "tickets"

// Ticket is a request for help.
type Ticket struct {
	No          string            `json:"no"`
	Account     string            `json:"account_id"`
	AccountName string            `json:"account_name"`
	State       int               `json:"state" enum:"0,1,2,3,4,5,12,13,17" doc:"0 waiting to be taken up, 1 being worked on, 2 to be confirmed, 3 closed, 4 taken back, 5 paused, 12 invalid or merged, 13 deleted, 17 to be answered"`
	StateName   string            `json:"state_name"`
	Edition     int64             `json:"edition" doc:"Newest number of the ticket's own sequence. Send it back with a change as seen: one that is out of date is refused with 409"`
	Title       string            `json:"title"`
	Desk        string            `json:"desk_id" doc:"The account that serves it"`
	DeskName    string            `json:"desk_name"`
	OpenedBy    string            `json:"opened_by"`
	OpenedName  string            `json:"opened_by_name"`
	Source      string            `json:"source" enum:"portal,api,mail,phone,abuse"`
	ProblemType string            `json:"problem_type"`
	TypeName    string            `json:"problem_type_name"`
	Technical   bool              `json:"technical" doc:"Counts against the support plan at the vendor's desk"`
	Product     string            `json:"product,omitempty"`
	ProductName string            `json:"product_name,omitempty"`
	Region      string            `json:"region,omitempty"`
	Severity    string            `json:"severity,omitempty" enum:"CORE_DOWN,PROD_DOWN,PROD_IMPAIRED,SYS_IMPAIRED,GUIDANCE"`
	Plan        string            `json:"plan,omitempty"`
	Owner       string            `json:"owner_name,omitempty" doc:"The engineer"`
	Extra       map[string]string `json:"extra,omitempty"`
	Labels      []TicketLabel     `json:"labels"`
	Unread      bool              `json:"unread"`
	Urged       int64             `json:"urged"`
	Points      int64             `json:"points,omitempty"`
	PointsOf    int64             `json:"points_of,omitempty"`
	MergedInto  string            `json:"merged_into,omitempty"`
	Due         time.Time         `json:"due,omitzero" doc:"When the next limit of the service level runs out; absent when none runs"`
	Breached    bool              `json:"breached"`
	AutoCloseAt time.Time         `json:"closes_at,omitzero" doc:"When it closes by itself unless the customer answers"`
	OpenedAt    time.Time         `json:"opened_at"`
	FirstReply  time.Time         `json:"first_answer_at,omitzero"`
	SolvedAt    time.Time         `json:"solved_at,omitzero"`
	TouchedAt   time.Time         `json:"last_message_at,omitzero"`
}

func toTicket(ctx context.Context, t ticket.Ticket, labels []ticket.Label, unread bool) Ticket {
	name := func(n taxonomy.Names) string { return n.In(i18n.From(ctx).Lang) }
	return Ticket{No: t.No, Account: t.Account, AccountName: t.AccountName, State: int(t.State), StateName: i18n.Say(ctx, t.State.Label()), Edition: t.Edition,
		Title: t.Title, Desk: t.Desk, DeskName: t.DeskName, OpenedBy: t.OpenedBy, OpenedName: t.OpenedName, Source: string(t.Source),
		ProblemType: t.ProblemType, TypeName: name(t.TypeNames), Technical: t.Technical, Product: t.Product, ProductName: name(t.ProductNames), Region: t.Region,
		Severity: t.Severity, Plan: string(t.Plan), Owner: t.OwnerName, Extra: t.Extra, Labels: each(labels, toTicketLabel), Unread: unread, Urged: t.Urged,
		Points: t.Score, PointsOf: t.ScoreOf, MergedInto: t.MergedInto, Due: t.Due, Breached: t.Breached, AutoCloseAt: t.AutoCloseAt,
		OpenedAt: t.OpenedAt, FirstReply: t.FirstReplyAt, SolvedAt: t.SolvedAt, TouchedAt: t.TouchedAt}
}

// TicketLabel is an account's own word for some of its tickets, or for some that it serves. Nobody else sees it.
type TicketLabel struct {
	ID    int64  `json:"id"`
	Name  string `json:"name" minLength:"1" maxLength:"64"`
	Color string `json:"color" pattern:"^#[0-9a-fA-F]{6}$"`
}

func toTicketLabel(l ticket.Label) TicketLabel { return TicketLabel{l.ID, l.Name, l.Color} }

// TicketContact is how the customer is reached.
type TicketContact struct {
	Mobile     string `json:"mobile,omitempty" maxLength:"32"`
	AreaCode   string `json:"area_code,omitempty" maxLength:"16" doc:"Such as 0086"`
	Mail       string `json:"mail,omitempty" maxLength:"128"`
	RemindTime string `json:"remind_time,omitempty" maxLength:"16" doc:"0 = at any time, or hours such as 09:00-18:00"`
}

// TicketRelation is another ticket that has to do with one.
type TicketRelation struct {
	No    string `json:"no"`
	Title string `json:"title"`
	State int    `json:"state"`
}

// TicketScore is what was given in one dimension.
type TicketScore struct {
	Dimension int   `json:"dimension"`
	Points    int64 `json:"points"`
	Of        int64 `json:"of,omitempty"`
}

// TicketView is a ticket with everything that its page shows beside the conversation.
type TicketView struct {
	Ticket
	Contact   TicketContact    `json:"contact"`
	CC        []string         `json:"cc"`
	Actions   []string         `json:"actions" doc:"What may be done to it now"`
	CanSay    bool             `json:"can_say"`
	CanScore  bool             `json:"can_score"`
	Relations []TicketRelation `json:"relations"`
	Scores    []TicketScore    `json:"scores"`
	Judgement string           `json:"judgement,omitempty"`
	Merged    []string         `json:"merged" doc:"Tickets that went into this one"`
	ReadSeq   int64            `json:"read_seq" doc:"How far the caller has read"`
	UnreadN   int64            `json:"unread_messages"`
}

func toTicketView(ctx context.Context, v ticket.View) TicketView {
	return TicketView{Ticket: toTicket(ctx, v.Ticket, v.Labels, v.Unread > 0), Contact: TicketContact(v.Contact), CC: append([]string{}, v.CC...),
		Actions: each(v.Actions, func(a ticket.Action) string { return string(a) }), CanSay: v.CanSay, CanScore: v.CanScore,
		Relations: each(v.Relations, func(r ticket.Relation) TicketRelation { return TicketRelation{r.No, r.Title, int(r.State)} }),
		Scores:    each(v.Scores, func(s ticket.Score) TicketScore { return TicketScore{s.Dimension, s.Points, s.Total} }),
		Judgement: v.Judgement, Merged: append([]string{}, v.Merged...), ReadSeq: v.ReadSeq, UnreadN: v.Unread}
}

// TicketFile is an attachment.
type TicketFile struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Media  string `json:"media"`
	Size   int64  `json:"size"`
	Inline bool   `json:"inline" doc:"Stands inside the text, as ![name](id)"`
}

func toTicketFile(a attachment.Attachment) TicketFile {
	return TicketFile{a.ID, a.Name, a.Media, a.Size, a.Inline}
}

// TicketMessage is something said.
type TicketMessage struct {
	ID        string       `json:"id"`
	Seq       int64        `json:"seq"`
	Side      string       `json:"side" enum:"customer,desk,third,system"`
	Internal  bool         `json:"internal" doc:"A note of the desk: only its own people get it"`
	Automatic bool         `json:"automatic"`
	Source    string       `json:"source"`
	Author    string       `json:"author_name"`
	Body      string       `json:"body"`
	Withdrawn bool         `json:"withdrawn"`
	Files     []TicketFile `json:"files"`
	At        time.Time    `json:"at"`
}

func toTicketMessage(m ticket.Message) TicketMessage {
	return TicketMessage{m.ID, m.Seq, string(m.Side), m.Internal, m.Auto, string(m.Source), m.AuthorName, m.Body, m.Withdrawn(), each(m.Files, toTicketFile), m.At}
}

// TicketEntry is a row of a ticket's log.
type TicketEntry struct {
	ID   string    `json:"id"`
	Seq  int64     `json:"seq"`
	Kind int       `json:"kind" doc:"Up to 999 as in the vendor's API"`
	What string    `json:"what"`
	By   string    `json:"by"`
	From int       `json:"from_state"`
	To   int       `json:"to_state"`
	Text string    `json:"text,omitempty"`
	At   time.Time `json:"at"`
}

func toTicketEntry(ctx context.Context) func(ticket.Entry) TicketEntry {
	return func(e ticket.Entry) TicketEntry {
		return TicketEntry{e.ID, e.Seq, int(e.Kind), i18n.Say(ctx, e.Kind.Label()), e.OperatorName, int(e.From), int(e.To), e.Text, e.At}
	}
}

// TicketOpening is a new ticket.
type TicketOpening struct {
	Title       string            `json:"title,omitempty" maxLength:"200" doc:"How the body begins when absent"`
	Body        string            `json:"body" minLength:"1" maxLength:"20000"`
	ProblemType string            `json:"problem_type" maxLength:"64" doc:"See /api/v1/taxonomy"`
	Product     string            `json:"product,omitempty" maxLength:"64"`
	Region      string            `json:"region,omitempty" maxLength:"64" doc:"Needed for a fault"`
	Severity    string            `json:"severity,omitempty" maxLength:"64" doc:"One of those that the plan has"`
	Contact     TicketContact     `json:"contact,omitzero"`
	CC          []string          `json:"cc,omitempty" maxItems:"20"`
	Serial      string            `json:"serial,omitempty" maxLength:"100" doc:"Of the equipment: under maintenance it goes to the partner that sold it"`
	Extra       map[string]string `json:"extra,omitempty"`
	Files       []string          `json:"files,omitempty" maxItems:"20" doc:"Ids of uploads"`
	Key         string            `json:"key,omitempty" maxLength:"128" doc:"A repetition with the same key finds the ticket that it opened"`
}

// TicketQuota is what the plan's month has left for technical tickets.
type TicketQuota struct {
	Counts     bool      `json:"counts" doc:"False: tickets of this type take nothing from the plan"`
	Level      string    `json:"level"`
	Used       int64     `json:"used"`
	Total      int64     `json:"total" doc:"-1 = no limit"`
	Left       int64     `json:"left" doc:"-1 = no limit"`
	Resets     time.Time `json:"resets_at,omitzero"`
	Owner      string    `json:"plan_account_id,omitempty"`
	CanBuyPack bool      `json:"can_buy_pack"`
	Partner    string    `json:"partner,omitempty" doc:"The partner whose desk would have it: then nothing counts"`
}
