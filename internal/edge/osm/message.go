package osm

import (
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/i18n"
)

type wireFile struct {
	ID   string `json:"accessory_id"`
	Name string `json:"file_actual_name"`
}

func toFile(a attachment.Attachment) wireFile { return wireFile{a.ID, a.Name} }

// A wireMessage is one message of showCaseDetail, which alone tells ids.
type wireMessage struct {
	Type    int        `json:"type"`
	Replier string     `json:"replier"`
	Content string     `json:"content"`
	ID      string     `json:"message_id"`
	Name    string     `json:"replier_name"`
	Created moment     `json:"create_time"`
	First   int32      `json:"is_first_message"`
	Files   []wireFile `json:"accessory_list"`
}

// The sides of a message, and who speaks.
const (
	fromCustomer = 0
	fromEngineer = 1
	fromThird    = 2
)

// side is 0 for what the customer said and 1 for everything else.
func side(m ticket.Message) int {
	if m.Side == ticket.Customer {
		return fromCustomer
	}
	return fromEngineer
}

// replier tells a partner that has handed the ticket over from the desk that serves it.
func replier(m ticket.Message) int {
	if m.Side == ticket.Third {
		return fromThird
	}
	return side(m)
}

func (c *call) toMessage(m ticket.Message) wireMessage {
	return wireMessage{Type: side(m), Replier: m.Author, Content: m.Body, ID: m.ID, Name: m.AuthorName, Created: moment(m.At), First: flag(m.First), Files: wireList(m.Files, toFile)}
}

// A wireSaid is one message of the lists.
type wireSaid struct {
	Type     int        `json:"type"`
	Kind     int        `json:"replier_type"`
	Replier  string     `json:"replier"`
	Content  string     `json:"content"`
	Created  moment     `json:"create_time"`
	Name     string     `json:"replier_name"`
	First    int32      `json:"is_first_message"`
	UserType int32      `json:"iam_user_type"`
	Files    []wireFile `json:"accessory_list"`
}

func toSaid(m ticket.Message) wireSaid {
	return wireSaid{Type: side(m), Kind: replier(m), Replier: m.Author, Content: m.Body, Created: moment(m.At), Name: m.AuthorName, First: flag(m.First),
		UserType: flag(m.Side == ticket.Customer && !m.AuthorMain), Files: wireList(m.Files, toFile)}
}

type wireSaids struct {
	Count int64      `json:"count"`
	List  []wireSaid `json:"message_list"`
}

// createMessages says something. The interface tells no id of it.
func createMessages(c *call) (any, error) {
	in, err := decode[struct {
		Message *struct {
			Content string   `json:"content"`
			Files   []string `json:"accessory_ids"`
		} `json:"message"`
		Group string `json:"group_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	if in.Message == nil {
		f.refuse("message", "", i18n.M("wire.missing"))
		return nil, f.err()
	}
	x := ticket.Saying{Body: f.mustText("message.content", in.Message.Content, mostSaid), Attachments: f.ids("message.accessory_ids", in.Message.Files), Source: ticket.API}
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Key, err = c.key(); err != nil {
		return nil, err
	}
	if _, err := c.named(in.Group != ""); err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.Say(c.ctx(), c.by, c.path("case_id"), x)
	return nil, err
}

// listMessages lists what was said, the oldest first.
func listMessages(c *call) (any, error) {
	f := c.query()
	x, group := ticket.Page{}, f.group()
	x.Offset, x.Limit = f.page(mostOffset)
	return c.messages(f, group, x)
}

// listMoreInstantMessages lists what was said before an instant: the last ones before it, the oldest first.
func listMoreInstantMessages(c *call) (any, error) {
	f := c.query()
	group := f.group()
	x := ticket.Page{Before: f.instant("create_time")}
	f.mustWord("type", f.arg("type", 2), "0", "1")
	if f.mustArg("limit", 4); f.q.Get("limit") != "" {
		_, x.Limit = f.page(mostOffset)
	}
	return c.messages(f, group, x)
}

func (c *call) messages(f *form, group bool, x ticket.Page) (any, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(group); err != nil {
		return nil, err
	}
	list, total, err := c.api.Tickets.Messages(c.ctx(), c.by, c.path("case_id"), x)
	return wireSaids{total, wireList(list, toSaid)}, err
}

// instant is an instant that has to be there, in any of the forms that clients have it in: UTC with a Z, with an offset, in
// the caller's zone, or milliseconds.
func (f *form) instant(name string) time.Time {
	v := f.mustArg(name, 32)
	if v == "" {
		return time.Time{}
	}
	if ms, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC()
	}
	for _, layout := range []string{time.RFC3339Nano, time.RFC3339} {
		// A plus that nobody escaped has become a space.
		if t, err := time.Parse(layout, strings.Replace(v, " ", "+", 1)); err == nil {
			return t
		}
	}
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, v, f.zone); err == nil {
			return t
		}
	}
	f.refuse(name, v, i18n.M("osm.query_time"))
	return time.Time{}
}

// several finds the tickets of a list that the caller may read: all of them, or none.
func (c *call) several(f *form) ([]ticket.Row, error) {
	nos, group := f.list("case_ids", 1, mostPage, mostID), f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	rows, err := c.api.Tickets.List(c.ctx(), c.by, ticket.Filter{Nos: nos, Mine: c.mine(group), Limit: mostPage, CountUnread: true})
	if err == nil && len(rows) < len(nos) {
		err = noCase()
	}
	return rows, err
}

func numbers(rows []ticket.Row) []string {
	return wireList(rows, func(r ticket.Row) string { return r.No })
}

// A wireState says of a ticket in a list whether the caller has read everything in it.
type wireState struct {
	ID     string `json:"incident_id"`
	Status int    `json:"status"`
}

type wireNews struct {
	ID   string     `json:"incident_id"`
	List []wireSaid `json:"message_list"`
}

// listNewInstantMessages lists what was said in several tickets since a place that an earlier answer named; without one it
// begins now, so that a client that starts to ask doesn't get the whole past.
func listNewInstantMessages(c *call) (any, error) {
	f := c.query()
	cursor := f.arg("last_message_time_id", mostID)
	rows, err := c.several(f)
	if err != nil {
		return nil, err
	}
	said, next, err := c.api.Tickets.News(c.ctx(), c.by, numbers(rows), cursor)
	if err != nil {
		return nil, err
	}
	news := []wireNews{}
	at := map[string]int{}
	for _, m := range said {
		i, ok := at[m.No]
		if !ok {
			i, at[m.No] = len(news), len(news)
			news = append(news, wireNews{ID: m.No})
		}
		news[i].List = append(news[i].List, toSaid(m))
	}
	return struct {
		States []wireState `json:"imstatus"`
		News   []wireNews  `json:"immsg"`
		Last   string      `json:"last_message_time_id"`
	}{wireList(rows, func(r ticket.Row) wireState { return wireState{r.No, int(flag(r.UnreadN == 0))} }), news, next}, nil
}

// A wireUnread says of a ticket whether it's still talked in, and how much the caller hasn't read.
type wireUnread struct {
	ID     string `json:"incident_id"`
	Status int    `json:"status"`
	Unread int64  `json:"unread_num"`
}

// listUnreadNewInstantMessages counts what the caller hasn't read of several tickets.
func listUnreadNewInstantMessages(c *call) (any, error) {
	rows, err := c.several(c.query())
	if err != nil {
		return nil, err
	}
	unread, err := c.api.Tickets.Unread(c.ctx(), c.by, numbers(rows))
	return struct {
		List []wireUnread `json:"imunread"`
	}{wireList(rows, func(r ticket.Row) wireUnread { return wireUnread{r.No, int(flag(r.State.Active())), unread[r.No]} })}, err
}

// updateNewInstantMessagesRead marks everything in a ticket as read by the caller.
func updateNewInstantMessagesRead(c *call) (any, error) {
	group, err := c.groupOfBody()
	if err != nil {
		return nil, err
	}
	if _, err := c.named(group); err != nil {
		return nil, err
	}
	return nil, c.api.Tickets.MarkRead(c.ctx(), c.by, c.path("case_id"), 0)
}

// groupOfBody reads a body that holds the group alone, or nothing.
func (c *call) groupOfBody() (bool, error) {
	in, err := decode[struct {
		Group string `json:"group_id"`
	}](c)
	return in.Group != "", err
}

// revokeMessage takes back a message of the caller's own.
func revokeMessage(c *call) (any, error) {
	group, err := c.groupOfBody()
	if err != nil {
		return nil, err
	}
	f := c.query()
	if _, err := c.named(group || f.group()); err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.Withdraw(c.ctx(), c.by, c.path("case_id"), c.path("message_id"))
	return nil, err
}
