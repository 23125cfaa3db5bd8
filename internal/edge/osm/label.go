package osm

import (
	"encoding/json"
	"math"
	"strconv"

	"hanse/internal/domain/ticket"
	"hanse/internal/kit/i18n"
)

// listLabels lists the company's labels.
func listLabels(c *call) (any, error) {
	f := c.query()
	x := ticket.LabelFilter{Name: f.arg("name", mostID)}
	if id := f.num("label_id"); id != nil {
		x.ID = int64(*id)
	}
	x.Offset, x.Limit = f.page(math.MaxInt32)
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.api.Tickets.Labels(c.ctx(), c.by, x)
	return struct {
		Total int64       `json:"total_count"`
		List  []wireLabel `json:"label_list"`
	}{total, wireList(list, toLabel)}, err
}

// label reads name and colour of a body; both are needed.
func (c *call) label() (x ticket.Label, err error) {
	in, err := decode[struct {
		Name  string `json:"name"`
		Color string `json:"color"`
	}](c)
	if err != nil {
		return x, err
	}
	f := &form{}
	x = ticket.Label{Name: f.must("name", in.Name, mostID), Color: f.must("color", in.Color, 7)}
	return x, f.err()
}

// labelID is the label in the path.
func (c *call) labelID() (int64, error) {
	id, err := strconv.ParseInt(c.path("label_id"), 10, 32)
	if err != nil {
		f := &form{}
		f.refuse("label_id", c.path("label_id"), i18n.M("wire.number"))
		return 0, f.err()
	}
	return id, nil
}

// createLabels makes a label. The interface tells no id of it.
func createLabels(c *call) (any, error) {
	x, err := c.label()
	if err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.AddLabel(c.ctx(), c.by, x)
	return nil, err
}

// updateLabels changes a label's name and colour.
func updateLabels(c *call) (any, error) {
	id, err := c.labelID()
	if err != nil {
		return nil, err
	}
	x, err := c.label()
	if err != nil {
		return nil, err
	}
	x.ID = id
	_, err = c.api.Tickets.EditLabel(c.ctx(), c.by, x)
	return nil, err
}

// deleteLabels takes a label away, from every ticket too.
func deleteLabels(c *call) (any, error) {
	id, err := c.labelID()
	if err != nil {
		return nil, err
	}
	return nil, c.api.Tickets.RemoveLabel(c.ctx(), c.by, id)
}

// listCaseLabels lists the labels of a ticket.
func listCaseLabels(c *call) (any, error) {
	f := c.query()
	if _, err := c.named(f.group()); err != nil {
		return nil, err
	}
	v, err := c.api.Tickets.Get(c.ctx(), c.by, c.path("case_id"))
	return struct {
		List []wireLabel `json:"case_label_list"`
	}{wireList(v.Labels, toLabel)}, err
}

// labelIDs are the labels of the query, checked against the ticket's being there.
func (c *call) labelIDs() (out []int64, err error) {
	f := c.query()
	for _, id := range f.numbers("label_ids", 1, 5) {
		out = append(out, int64(id))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	_, err = c.named(f.group())
	return out, err
}

// createCaseLabels puts labels on a ticket.
func createCaseLabels(c *call) (any, error) {
	ids, err := c.labelIDs()
	if err != nil {
		return nil, err
	}
	return nil, c.api.Tickets.Label(c.ctx(), c.by, c.path("case_id"), ids)
}

// deleteCaseLabels takes labels off a ticket.
func deleteCaseLabels(c *call) (any, error) {
	ids, err := c.labelIDs()
	if err != nil {
		return nil, err
	}
	return nil, c.api.Tickets.Unlabel(c.ctx(), c.by, c.path("case_id"), ids)
}

type wireRelation struct {
	ID   string `json:"case_id"`
	Text string `json:"simple_description"`
	User string `json:"user_name"`
}

// listRelation lists the tickets that one has to do with.
func listRelation(c *call) (any, error) {
	f := c.query()
	if _, err := c.named(f.group()); err != nil {
		return nil, err
	}
	list, err := c.api.Tickets.Relations(c.ctx(), c.by, c.path("case_id"))
	return struct {
		List []wireRelation `json:"case_relation_list"`
	}{wireList(list, func(r ticket.Relation) wireRelation { return wireRelation{r.No, r.Title, r.OpenedName} })}, err
}

// createRelations relates a ticket with others, which are then related with it.
func createRelations(c *call) (any, error) {
	in, err := decode[struct {
		IDs   json.RawMessage `json:"related_id_list"`
		Group string          `json:"group_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	ids := f.ids("related_id_list", f.texts("related_id_list", in.IDs))
	if len(ids) == 0 {
		f.refuse("related_id_list", "", i18n.M("wire.missing"))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	group := in.Group != ""
	if _, err := c.named(group); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if id == c.path("case_id") {
			continue // the verb has an answer of its own for it
		}
		if _, err := c.ticket(id, group); err != nil {
			return nil, err
		}
	}
	return nil, c.api.Tickets.Relate(c.ctx(), c.by, c.path("case_id"), ids)
}

// deleteRelation ends a relation, for both.
func deleteRelation(c *call) (any, error) {
	in, err := decode[struct {
		ID    string `json:"related_id"`
		Group string `json:"group_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	id := f.must("related_id", in.ID, mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(in.Group != ""); err != nil {
		return nil, err
	}
	return nil, c.api.Tickets.Unrelate(c.ctx(), c.by, c.path("case_id"), id)
}

type wireLog struct {
	ID       string `json:"incident_log_id"`
	Case     string `json:"incident_id"`
	Type     int    `json:"operate_type"`
	Operator int    `json:"operator_type"`
	User     string `json:"operator_id"`
	Name     string `json:"operator_name"`
	Desc     string `json:"operate_desc"`
	Time     string `json:"operate_time"`
	At       moment `json:"timestamp_operate_time"`
}

// listCaseOperateLogs lists what was done with a ticket, as far as the interface has a number for it, the newest first.
func listCaseOperateLogs(c *call) (any, error) {
	f := c.query()
	group := f.group()
	offset, limit := f.page(mostOffset)
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(group); err != nil {
		return nil, err
	}
	list, total, err := c.api.Tickets.Published(c.ctx(), c.by, c.path("case_id"), offset, limit)
	return struct {
		Total int64     `json:"total_count"`
		List  []wireLog `json:"incident_operate_log_list"`
	}{total, wireList(list, c.toLog)}, err
}

func (c *call) toLog(e ticket.Entry) wireLog {
	desc := i18n.Say(c.ctx(), e.Kind.Label())
	if e.Text != "" {
		desc += ": " + e.Text
	}
	return wireLog{ID: e.ID, Case: e.No, Type: int(e.Kind), Operator: int(e.Operator), User: e.OperatorID, Name: e.OperatorName, Desc: desc, Time: c.shown(e.At), At: moment(e.At)}
}
