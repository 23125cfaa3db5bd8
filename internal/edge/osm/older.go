package osm

import (
	"strconv"

	"hanse/internal/domain/ticket"
)

// A wireOrder is one line of listOrderIncident, which writes in another style.
type wireOrder struct {
	ID       string           `json:"incidentId"`
	Type     int              `json:"type"`
	Business string           `json:"businessTypeName"`
	CaseType string           `json:"incidentTypeName"`
	Customer string           `json:"customerId"`
	User     string           `json:"xcustomerId"`
	UserName string           `json:"xcustomerName"`
	Region   string           `json:"dcName"`
	Text     string           `json:"simpleDescribe"`
	Status   int              `json:"status"`
	Created  moment           `json:"createTime"`
	Gray     bool             `json:"gray"`
	Labels   []wireOrderLabel `json:"labelList"`
}

type wireOrderLabel struct {
	ID    string `json:"labelId"`
	Name  string `json:"name"`
	Color string `json:"color"`
}

func (c *call) toOrder(r ticket.Row) wireOrder {
	kind, _ := strconv.Atoi(r.CaseType) // one of two constants
	return wireOrder{ID: r.No, Type: kind, Business: r.TypeNames.In(c.lang()), CaseType: c.caseType(r.CaseType), Customer: r.Account, User: r.OpenedBy, UserName: r.OpenedName,
		Region: r.RegionNames.In(c.lang()), Text: r.Text, Status: int(r.State), Created: moment(r.OpenedAt),
		Labels: wireList(r.Labels, func(l ticket.Label) wireOrderLabel {
			return wireOrderLabel{strconv.FormatInt(l.ID, 10), l.Name, l.Color}
		})}
}

// listOrderIncident is listCases as the older interface has it: pages by number, from 1.
func listOrderIncident(c *call) (any, error) {
	f := c.query()
	f.arg("version", 32)
	x := ticket.Filter{Mine: c.mine(f.arg("groupId", mostID) != ""), No: f.arg("incidentId", mostID), App: f.arg("appKey", mostID), Words: f.words("searchKey"),
		States: f.states("status", "incidentStatus"), OpenedBy: f.arg("xCustomerId", mostID), OpenedName: f.arg("xCustomerName", mostID),
		Product: f.arg("productCategoryId", mostID), ProblemType: f.arg("businessTypeId", mostType)}
	for _, id := range f.numbers("labelIdList", 0, 5) {
		x.Labels = append(x.Labels, int64(id))
	}
	x.From, x.To = f.querySpan("queryStartTime", "queryEndTime")
	page, rows := 1, usualPage
	if n := f.within("pageSize", 0, mostPage); n != nil && *n > 0 {
		rows = int(*n)
	}
	if n := f.within("pageNo", 0, mostOffset); n != nil {
		page = max(int(*n), 1)
	}
	x.Offset, x.Limit = (page-1)*rows, rows
	if err := f.err(); err != nil {
		return nil, err
	}
	list, total, err := c.list(x)
	return struct {
		Total int64       `json:"totalCount"`
		List  []wireOrder `json:"incidentInfoList"`
	}{total, wireList(list, c.toOrder)}, err
}
