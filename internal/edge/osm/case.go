package osm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/privilege"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/i18n"
)

// ticket finds a ticket of the caller's company: the caller's own, or with a group any that the caller's role shows. What a
// partner's desk does for its customers has no operations here.
func (c *call) ticket(no string, group bool) (ticket.Ticket, error) {
	if !ticket.IsNo(no) {
		return ticket.Ticket{}, noCase()
	}
	t, err := c.api.Tickets.Peek(c.ctx(), c.by, no)
	if err == nil && !c.inScope(t, group) {
		err = noCase()
	}
	return t, err
}

func (c *call) inScope(t ticket.Ticket, group bool) bool {
	return t.Account == c.by.Account && (t.OpenedBy == c.by.User || group || privilege.Main(c.by))
}

// named is ticket for the one in the path.
func (c *call) named(group bool) (ticket.Ticket, error) { return c.ticket(c.path("case_id"), group) }

// key is the caller's idempotency key; the vendor's interface has none, so most calls send none.
func (c *call) key() (string, error) {
	f := &form{}
	key := f.line("Idempotency-Key", c.r.Header.Get("Idempotency-Key"), 128)
	return key, f.err()
}

// wireCreate is the body of createCases.
type wireCreate struct {
	Category    string          `json:"incident_sub_type_id"`
	Product     string          `json:"product_category_id"`
	ProblemType string          `json:"business_type_id"`
	Region      string          `json:"region_id"`
	Text        string          `json:"simple_description"`
	Source      string          `json:"source_id"`
	Mobile      string          `json:"remind_mobile"`
	Mail        string          `json:"remind_mail"`
	Time        string          `json:"remind_time"`
	Area        string          `json:"area_code"`
	Project     string          `json:"project_id"`
	Files       []string        `json:"accessory_ids"`
	Extends     json.RawMessage `json:"extends_map"`
	Extension   json.RawMessage `json:"extension_map"`
	Severity    string          `json:"severity_id"`
	Code        string          `json:"verify_code"`
}

// The longest texts of a ticket and of a message: the widest that any edition of the vendor's reference names.
const (
	mostText    = 1200
	mostSaid    = 10_000
	mostMobile  = 32
	mostMail    = 128
	mostRemind  = 16
	mostComment = 400
)

// createCases opens a ticket.
func createCases(c *call) (any, error) {
	in, err := decode[wireCreate](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	x := ticket.Opening{ProblemType: f.must("business_type_id", in.ProblemType, mostType), Body: f.mustText("simple_description", in.Text, mostText),
		Category: f.line("incident_sub_type_id", in.Category, mostID), Product: f.line("product_category_id", in.Product, mostID), Region: f.line("region_id", in.Region, mostID),
		Severity: f.line("severity_id", in.Severity, mostID), Project: f.line("project_id", in.Project, mostID), Attachments: f.ids("accessory_ids", in.Files),
		Contact: ticket.Contact{Mobile: f.line("remind_mobile", in.Mobile, mostMobile), Mail: f.line("remind_mail", in.Mail, mostMail), AreaCode: f.line("area_code", in.Area, mostMobile),
			RemindTime: f.line("remind_time", in.Time, mostRemind)},
		Extra: f.values("extends_map", f.entries("extends_map", in.Extends)), Extension: f.values("extension_map", f.entries("extension_map", in.Extension)), VerifyCode: f.line("verify_code", in.Code, 6),
		PhoneVerified: f.line("x-phone-verifiedid", c.r.Header.Get("X-Phone-Verifiedid"), 32), MailVerified: f.line("x-email-verifiedid", c.r.Header.Get("X-Email-Verifiedid"), 32),
		Source: ticket.API, Lang: c.lang()}
	x.CC = addresses(x.Extension)
	if f.must("source_id", in.Source, 32); in.Source != "" && in.Source != taxonomy.Source {
		f.refuse("source_id", in.Source, i18n.M("wire.choice", i18n.A{"words": taxonomy.Source}))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Key, err = c.key(); err != nil {
		return nil, err
	}
	t, err := c.api.Tickets.Open(c.ctx(), c.by, x)
	return struct {
		ID string `json:"incident_id"`
	}{t.No}, err
}

// ids is a list of ids of a body: none empty, none twice.
func (f *form) ids(name string, in []string) []string {
	for i, id := range in {
		if slices.Contains(in[:i], id) {
			f.refuse(name, id, i18n.M("wire.twice"))
		}
		f.must(name, id, mostID)
	}
	return in
}

// values are the entries of a map with values of any type, as texts: lists with commas.
func (f *form) values(name string, in map[string]any) map[string]string {
	if len(in) == 0 {
		return nil
	}
	if len(in) > mostPage {
		f.refuse(name, strconv.Itoa(len(in)), i18n.M("wire.items", i18n.A{"from": 0, "to": mostPage}))
		return nil
	}
	out := make(map[string]string, len(in))
	for k, v := range in {
		s, ok := plain(v)
		if list, is := v.([]any); is {
			parts := make([]string, 0, len(list))
			ok = true
			for _, x := range list {
				p, fine := plain(x)
				parts, ok = append(parts, p), ok && fine
			}
			s = strings.Join(parts, ",")
		}
		if !ok {
			f.refuse(name+"."+k, fmt.Sprint(v), i18n.M("wire.type"))
			continue
		}
		f.line(name, k, mostID)
		out[k] = f.text(name+"."+k, s, 2000)
	}
	return out
}

// plain is a single JSON value as a text; false for what holds others.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// ccKey is where the addresses of copies stand among the free values.
const ccKey = "cc_email"

// addresses takes the addresses of copies out of the free values: with commas or semicolons between them.
func addresses(extension map[string]string) (out []string) {
	for part := range strings.FieldsFuncSeq(extension[ccKey], func(r rune) bool { return r == ',' || r == ';' || r == '，' || r == '；' }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	delete(extension, ccKey)
	return out
}

type wireLabel struct {
	ID    int64  `json:"label_id"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

func toLabel(l ticket.Label) wireLabel { return wireLabel{l.ID, l.Name, l.Color} }

// A wireCase is one line of listCases.
type wireCase struct {
	User       string      `json:"xcustomer_id"`
	UserName   string      `json:"xcustomer_name"`
	Status     int         `json:"status"`
	ID         string      `json:"incident_id"`
	Type       string      `json:"business_type_name"`
	CaseType   string      `json:"incident_type_name"`
	Product    string      `json:"product_category_name"`
	Service    string      `json:"incident_service_type"`
	Customer   string      `json:"customer_id"`
	Region     string      `json:"dc_name"`
	Text       string      `json:"simple_description"`
	RootCause  string      `json:"root_cause"`
	Resolution string      `json:"resolution"`
	Created    moment      `json:"create_time"`
	Confirmed  moment      `json:"confirmed_time"`
	Labels     []wireLabel `json:"label_list"`
}

// caseType is the name of a case type.
func (c *call) caseType(t string) string {
	if t == taxonomy.Fault {
		return i18n.T(c.ctx(), "osm.type.fault")
	}
	return i18n.T(c.ctx(), "osm.type.consultation")
}

func (c *call) toCase(r ticket.Row) wireCase {
	return wireCase{User: r.OpenedBy, UserName: r.OpenedName, Status: int(r.State), ID: r.No, Type: r.TypeNames.In(c.lang()), CaseType: c.caseType(r.CaseType),
		Product: r.ProductNames.In(c.lang()), Service: r.CategoryNames.In(c.lang()), Customer: r.Account, Region: r.RegionNames.In(c.lang()), Text: r.Text,
		RootCause: r.RootCause, Resolution: r.Solution, Created: moment(r.OpenedAt), Confirmed: moment(r.SolvedAt), Labels: wireList(r.Labels, toLabel)}
}

// states reads the filter of states: a list with commas, which counts more than the single one.
func (f *form) states(one, list string) (out []ticket.State) {
	if n := f.within(one, 0, 30); n != nil {
		out = []ticket.State{ticket.State(*n)}
	}
	if several := f.numbers(list, 0, 30); len(several) > 0 {
		out = out[:0]
		for _, n := range several {
			out = append(out, ticket.State(n))
		}
	}
	return out
}

// words are those of several search keys; one key may hold several.
func (f *form) words(name string) []string {
	out := []string{}
	for _, key := range f.q[name] {
		out = append(out, strings.Fields(f.line(name, key, mostID))...)
	}
	if len(out) > 32 {
		f.refuse(name, strconv.Itoa(len(out)), i18n.M("wire.items", i18n.A{"from": 0, "to": 32}))
	}
	return out
}

// mine bounds a list: the own tickets, unless the caller names a group or is a main user.
func (c *call) mine(group bool) bool { return !group && !privilege.Main(c.by) }

// listCases lists tickets, the newest first.
func listCases(c *call) (any, error) {
	f := c.query()
	x := ticket.Filter{Mine: c.mine(f.group()), No: f.arg("incident_id", mostID), App: f.arg("app_key", mostID), Words: f.words("search_key"), States: f.states("status", "incident_status"),
		OpenedBy: f.arg("x_customer_id", mostID), OpenedName: f.arg("x_customer_name", mostID)}
	for _, id := range f.numbers("label_id_list", 0, 5) {
		x.Labels = append(x.Labels, int64(id))
	}
	x.From, x.To = f.querySpan("query_start_time", "query_end_time")
	x.Offset, x.Limit = f.page(mostOffset)
	if err := f.err(); err != nil {
		return nil, err
	}
	rows, total, err := c.list(x)
	return struct {
		Total int64      `json:"total_count"`
		List  []wireCase `json:"incident_info_list"`
	}{total, wireList(rows, c.toCase)}, err
}

// list reads a page and how many there are in all.
func (c *call) list(x ticket.Filter) ([]ticket.Row, int64, error) {
	rows, err := c.api.Tickets.List(c.ctx(), c.by, x)
	if err != nil {
		return nil, 0, err
	}
	total, err := c.api.Tickets.Count(c.ctx(), c.by, x)
	return rows, total, err
}

// A wireScore is what was given, or can be, in one dimension.
type wireScore struct {
	Value        int64  `json:"value"`
	ID           int    `json:"satisfaction_id"`
	Points       int64  `json:"satisfaction_value"`
	Name         string `json:"satisfaction_name"`
	Per          int64  `json:"per_value"`
	Category     string `json:"sat_category_id"`
	CategoryName string `json:"sat_category_name"`
}

type wireExt struct {
	Area      string `json:"area_code"`
	Mobile    string `json:"remind_mobile"`
	Mail      string `json:"remind_mail"`
	Contact   string `json:"contact_type"`
	Time      string `json:"remind_time"`
	CC        string `json:"cc_email"`
	Commodity string `json:"commodity_id"`
}

// A wireDetail is one ticket with all that was said.
type wireDetail struct {
	User      string        `json:"xcustomer_id"`
	UserName  string        `json:"xcustomer_name"`
	Status    int           `json:"status"`
	Judgement string        `json:"judgement"`
	ID        string        `json:"incident_id"`
	Type      string        `json:"business_type_name"`
	CaseType  string        `json:"incident_type_name"`
	Customer  string        `json:"customer_id"`
	Region    string        `json:"dc_name"`
	Text      string        `json:"simple_description"`
	Source    string        `json:"source_name"`
	Created   moment        `json:"create_time"`
	Messages  []wireMessage `json:"message_list"`
	Scores    []wireScore   `json:"incident_satisfaction"`
	Severity  string        `json:"severity_name"`
	Ownership int           `json:"business_ownership"`
	Resolved  *int64        `json:"resolve_time,omitempty"` // milliseconds
	Ext       wireExt       `json:"ext_info"`
}

// The values of business_ownership.
const (
	ownedByPlatform = 0
	ownedByPartner  = 1
)

// showCaseDetail shows one ticket.
func showCaseDetail(c *call) (any, error) {
	f := c.query()
	group := f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(group); err != nil {
		return nil, err
	}
	v, err := c.api.Tickets.Get(c.ctx(), c.by, c.path("case_id"))
	if err != nil {
		return nil, err
	}
	said, _, err := c.api.Tickets.Messages(c.ctx(), c.by, v.No, ticket.Page{})
	out := struct {
		Detail wireDetail `json:"incident_detail_info"`
	}{c.detail(v)}
	out.Detail.Messages = wireList(said, c.toMessage)
	return out, err
}

func (c *call) detail(v ticket.View) wireDetail {
	out := wireDetail{User: v.OpenedBy, UserName: v.OpenedName, Status: int(v.State), Judgement: v.Judgement, ID: v.No, Type: v.TypeNames.In(c.lang()), CaseType: c.caseType(v.CaseType),
		Customer: v.Account, Region: v.RegionNames.In(c.lang()), Text: v.Text, Source: i18n.Say(c.ctx(), v.Source.Label()), Created: moment(v.OpenedAt),
		Scores: wireList(v.Scores, c.toScore), Severity: v.SeverityNames.In(c.lang()),
		Ext: wireExt{Area: v.Contact.AreaCode, Mobile: v.Contact.Mobile, Mail: v.Contact.Mail, Contact: contactType(v.Contact), Time: v.Contact.RemindTime, CC: strings.Join(v.CC, ",")}}
	if !v.VendorDesk {
		out.Ownership = ownedByPartner
	}
	if !v.SolvedAt.IsZero() {
		out.Resolved = ptr(v.SolvedAt.UnixMilli())
	}
	return out
}

// contactType is how somebody is reached, with the numbers of contact_way; both with a comma.
func contactType(x ticket.Contact) string {
	var out []string
	if x.Mobile != "" {
		out = append(out, "0")
	}
	if x.Mail != "" {
		out = append(out, "1")
	}
	return strings.Join(out, ",")
}

func (c *call) toScore(s ticket.Score) wireScore {
	return wireScore{Value: s.Total, ID: s.Dimension, Points: s.Points, Name: s.Names.In(c.lang()), Per: s.Step, Category: s.Category}
}

// showCaseStatus shows a ticket's state.
func showCaseStatus(c *call) (any, error) {
	f := c.query()
	group := f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	t, err := c.named(group)
	return struct {
		Status int `json:"status"`
	}{int(t.State)}, err
}

type wireCount struct {
	Status int   `json:"status"`
	Count  int64 `json:"count"`
}

// listCaseCounts counts the caller's tickets by state: every state has a line, those without a ticket too.
func listCaseCounts(c *call) (any, error) {
	f := c.query()
	x := ticket.Filter{Mine: c.mine(f.group()), States: f.states("status", "incident_status"), Product: f.arg("product_category_id", mostID), ProblemType: f.arg("business_type_id", mostType)}
	if err := f.err(); err != nil {
		return nil, err
	}
	counts, err := c.api.Tickets.Counts(c.ctx(), c.by, x)
	list := []wireCount{}
	for _, s := range ticket.States() {
		if s != ticket.Deleted && (len(x.States) == 0 || slices.Contains(x.States, s)) {
			list = append(list, wireCount{int(s), counts[s]})
		}
	}
	slices.SortFunc(list, func(a, b wireCount) int { return a.Status - b.Status })
	return struct {
		List []wireCount `json:"incident_status_counts"`
	}{list}, err
}

// wireGiven are scores in a request.
type wireGiven []struct {
	ID     *int   `json:"satisfaction_id"`
	Points *int64 `json:"satisfaction_value"`
}

func (f *form) scores(name string, in wireGiven) []ticket.Scoring {
	if len(in) > mostPage {
		f.refuse(name, strconv.Itoa(len(in)), i18n.M("wire.items", i18n.A{"from": 0, "to": mostPage}))
		return nil
	}
	out := make([]ticket.Scoring, 0, len(in))
	for _, s := range in {
		if s.ID == nil || s.Points == nil {
			f.refuse(name, "", i18n.M("wire.missing"))
			continue
		}
		out = append(out, ticket.Scoring{Dimension: *s.ID, Points: *s.Points})
	}
	return out
}

// actions are the four that customers have.
var actions = map[string]ticket.Action{"cancel": ticket.Cancel, "close": ticket.Close, "press": ticket.Press, "delete": ticket.Delete}

// updateCases cancels, closes, urges or deletes a ticket. Closing confirms an offered result, and may bring the scores.
func updateCases(c *call) (any, error) {
	in, err := decode[struct {
		Judgement string    `json:"judgement"`
		Words     string    `json:"operate_desc"`
		Group     string    `json:"group_id"`
		Scores    wireGiven `json:"incident_satisfaction_list"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := c.query()
	name := f.mustArg("action_id", 32)
	x := ticket.Deed{Action: actions[name], Text: f.text("operate_desc", in.Words, mostComment)}
	judgement, scores := f.text("judgement", in.Judgement, mostComment), f.scores("incident_satisfaction_list", in.Scores)
	if err := f.err(); err != nil {
		return nil, err
	}
	if x.Action == "" {
		return nil, business(codeAction, i18n.M("osm.action", i18n.A{"value": name}))
	}
	if x.Action == ticket.Close {
		x.Scores = scores
		if judgement != "" {
			x.Text = judgement
		}
	}
	if _, err := c.named(in.Group != ""); err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.Act(c.ctx(), c.by, c.path("case_id"), x)
	return nil, err
}

// createScores scores a ticket that is done.
func createScores(c *call) (any, error) {
	in, err := decode[struct {
		Judgement string    `json:"judgement"`
		Scores    wireGiven `json:"incident_satisfaction_list"`
		Group     string    `json:"group_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	judgement, scores := f.mustText("judgement", in.Judgement, mostComment), f.scores("incident_satisfaction_list", in.Scores)
	if len(in.Scores) == 0 {
		f.refuse("incident_satisfaction_list", "", i18n.M("wire.missing"))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	if _, err := c.named(in.Group != ""); err != nil {
		return nil, err
	}
	_, err = c.api.Tickets.Rate(c.ctx(), c.by, c.path("case_id"), judgement, scores)
	return nil, err
}

// downloadCases sends a list as a workbook, in the language and zone that the query names.
func downloadCases(c *call) (any, error) {
	f := c.query()
	loc := *i18n.From(c.ctx())
	if l := strings.ToLower(f.arg("language", 32)); l != "" {
		loc.Lang = i18n.Chinese
		if strings.HasPrefix(l, "en") {
			loc.Lang = i18n.English
		}
	}
	if z := f.arg("timezone", 32); z != "" {
		zone, ok := zoneOf(z)
		if !ok {
			f.refuse("timezone", z, i18n.M("osm.zone"))
			zone = c.zone
		}
		f.zone, loc.TZ = zone, zone
	}
	x := ticket.Filter{Mine: c.mine(f.group()), Nos: f.list("incident_id", 0, mostPage, mostID), OpenedName: f.arg("x_customer_name", mostID), OpenedBy: f.arg("sub_customer_id", mostID),
		Words: f.words("search_key"), States: f.states("status", "incident_status"), Account: f.arg("customer_id", mostID)}
	x.From, x.To = f.querySpan("query_start_time", "query_end_time")
	x.Offset, x.Limit = f.page(mostOffset)
	if f.q.Get("limit") == "" {
		x.Limit = mostPage
	}
	if sources := f.list("tenant_source_id_list", 0, mostPage, mostID); len(sources) > 0 && !slices.Contains(sources, taxonomy.Source) {
		x.Nos = []string{"-"} // tickets have no other source
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	return c.export(x, loc)
}

func (c *call) export(x ticket.Filter, loc i18n.Loc) (any, error) {
	name := "tickets-" + c.api.DB.Clock().Now().In(loc.TZ).Format("20060102150405") + ".xlsx"
	w := &lazy{c: c, name: name, media: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	err := c.api.Tickets.Export(c.ctx(), c.by, w, ticket.XLSX, x, &loc)
	if err != nil {
		return nil, w.broken(err)
	}
	w.begin()
	return streamed, nil
}
