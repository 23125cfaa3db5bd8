package api

import (
	"context"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
)

// ticketTies are labels, related tickets, contact and copies.
func (a *API) ticketTies(path string) {
	type labels struct {
		ticketPath
		Body struct {
			Labels []int64 `json:"label_ids" minItems:"1" maxItems:"5"`
		}
	}
	add(a, Operation{Method: "POST", Path: path + "/labels", ID: "label_ticket", Tag: ticketTag, Summary: "Give a ticket labels of the own account, as the one whose ticket it is or as its desk; five at most", Verb: actor.LabelTickets},
		func(ctx context.Context, by actor.Actor, in *labels) (none, error) {
			return none{}, a.Ticket.Label(ctx, by, in.No, in.Body.Labels)
		})
	add(a, Operation{Method: "POST", Path: path + "/labels/remove", ID: "unlabel_ticket", Tag: ticketTag, Summary: "Take labels from a ticket", Verb: actor.LabelTickets},
		func(ctx context.Context, by actor.Actor, in *labels) (none, error) {
			return none{}, a.Ticket.Unlabel(ctx, by, in.No, in.Body.Labels)
		})
	add(a, Operation{Method: "POST", Path: path + "/relations", ID: "relate_tickets", Tag: ticketTag, Summary: "Relate tickets of the own company; three at most", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Others []string `json:"nos" minItems:"1" maxItems:"3"`
			}
		}) (none, error) {
			return none{}, a.Ticket.Relate(ctx, by, in.No, in.Body.Others)
		})
	add(a, Operation{Method: "DELETE", Path: path + "/relations/{other}", ID: "unrelate_tickets", Tag: ticketTag, Summary: "End a relation", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Other string `path:"other" maxLength:"40"`
		}) (none, error) {
			return none{}, a.Ticket.Unrelate(ctx, by, in.No, in.Other)
		})
	add(a, Operation{Method: "PUT", Path: path + "/contact", ID: "set_ticket_contact", Tag: ticketTag, Summary: "Change how the customer is reached and who gets copies", Verb: actor.ActOnTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			ticketPath
			Body struct {
				Contact *TicketContact `json:"contact,omitempty" doc:"An empty one removes it; absent leaves it"`
				CC      *[]string      `json:"cc,omitempty" maxItems:"20"`
			}
		}) (Ticket, error) {
			e := ticket.ContactEdit{CC: in.Body.CC}
			if c := in.Body.Contact; c != nil {
				x := ticket.Contact(*c)
				e.Contact = &x
			}
			t, err := a.Ticket.SetContact(ctx, by, in.No, e)
			return toTicket(ctx, t, nil, false), err
		})
}

func (a *API) ticketLabels() {
	const path = "/api/v1/ticket-labels"
	type labelBody struct {
		Name  string `json:"name" minLength:"1" maxLength:"64"`
		Color string `json:"color" pattern:"^#[0-9a-fA-F]{6}$"`
	}
	type labelPath struct {
		ID int64 `path:"label"`
	}
	add(a, Operation{Method: "GET", Path: path, ID: "list_ticket_labels", Tag: ticketTag, Summary: "The company's labels: nobody else sees them", Verb: actor.ViewTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			Name   string `query:"name" maxLength:"64" doc:"Anywhere in the name"`
			Offset int    `query:"offset" minimum:"0" default:"0"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
		}) (out struct {
			Total  int64         `json:"total"`
			Labels []TicketLabel `json:"labels"`
		}, err error) {
			all, n, err := a.Ticket.Labels(ctx, by, ticket.LabelFilter{Name: in.Name, Offset: in.Offset, Limit: in.Limit})
			out.Total, out.Labels = n, each(all, toTicketLabel)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "add_ticket_label", Tag: ticketTag, Status: 201, Summary: "Make a label", Verb: actor.LabelTickets},
		func(ctx context.Context, by actor.Actor, in *struct{ Body labelBody }) (TicketLabel, error) {
			l, err := a.Ticket.AddLabel(ctx, by, ticket.Label{Name: in.Body.Name, Color: in.Body.Color})
			return toTicketLabel(l), err
		})
	add(a, Operation{Method: "PUT", Path: path + "/{label}", ID: "change_ticket_label", Tag: ticketTag, Summary: "Change a label's name and colour", Verb: actor.LabelTickets},
		func(ctx context.Context, by actor.Actor, in *struct {
			labelPath
			Body labelBody
		}) (TicketLabel, error) {
			l, err := a.Ticket.EditLabel(ctx, by, ticket.Label{ID: in.ID, Name: in.Body.Name, Color: in.Body.Color})
			return toTicketLabel(l), err
		})
	add(a, Operation{Method: "DELETE", Path: path + "/{label}", ID: "remove_ticket_label", Tag: ticketTag, Summary: "Remove a label, from every ticket too", Verb: actor.LabelTickets},
		func(ctx context.Context, by actor.Actor, in *labelPath) (none, error) {
			return none{}, a.Ticket.RemoveLabel(ctx, by, in.ID)
		})
}

func (a *API) ticketFiles() {
	const path = "/api/v1/attachments"
	add(a, Operation{Method: "POST", Path: path, ID: "upload_attachment", Tag: ticketTag, Status: 201, Verb: actor.AttachFiles, Takes: []string{typeAny, typeForm},
		Summary: "Upload a file for a ticket or message; it waits 24 hours for it"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Name   string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
			For    string `query:"for" enum:"incident,message" default:"message"`
			Inline bool   `query:"inline" doc:"A picture that stands inside the text, as ![name](id)"`
		}) (TicketFile, error) {
			if err := by.May(actor.AttachFiles); err != nil {
				return TicketFile{}, err // before the file is read
			}
			file, err := upload(ctx, maxUpload, in.Name)
			if err != nil {
				return TicketFile{}, err
			}
			f, err := a.Attachment.Put(ctx, by, attachment.Upload{Source: attachment.Source(in.For), Name: file.name, Inline: in.Inline, Body: file})
			return toTicketFile(f), err
		})
	type filePath struct {
		ID string `path:"attachment" maxLength:"40"`
	}
	addFile(a, Operation{Method: "GET", Path: path + "/{attachment}", ID: "download_attachment", Tag: ticketTag, Summary: "A file of a ticket that the caller sees, or an own upload", Verb: actor.ViewTickets, Gives: []string{typeAny}},
		func(ctx context.Context, by actor.Actor, in *filePath) (document, error) {
			x, err := a.Ticket.Attachment(ctx, by, in.ID)
			if err != nil {
				return document{}, err
			}
			f, err := a.Attachment.Open(x)
			if err != nil {
				return document{}, err
			}
			return opened(f, x.Name, typeAny, x.Size), nil
		})
	add(a, Operation{Method: "DELETE", Path: path + "/{attachment}", ID: "remove_attachment", Tag: ticketTag, Summary: "Remove an own upload that no ticket has", Verb: actor.AttachFiles},
		func(ctx context.Context, by actor.Actor, in *filePath) (none, error) {
			return none{}, a.Attachment.Delete(ctx, by, in.ID)
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/attachment-limits", ID: "show_attachment_limits", Tag: ticketTag, Summary: "How many and how large files may be, and of which kinds", Verb: actor.AttachFiles},
		func(ctx context.Context, by actor.Actor, _ *struct{}) (out struct {
			Count        int      `json:"files"`
			Megabytes    int      `json:"megabytes"`
			DayMegabytes int      `json:"megabytes_a_day"`
			Types        []string `json:"types"`
		}, err error) {
			if err := by.May(actor.AttachFiles); err != nil {
				return out, err
			}
			l, err := attachment.LimitsAt(ctx, a.DB.Read(), a.DB.Clock().Now())
			out.Count, out.Megabytes, out.DayMegabytes, out.Types = l.Count, l.Megabytes, l.DayMegabytes, append([]string{}, l.Types...)
			return out, err
		})
}
