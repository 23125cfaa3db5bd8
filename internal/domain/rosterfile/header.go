package rosterfile

import (
	"errors"
	"io"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// searchRows is how many rows may stand above the header: titles, notes.
const searchRows = 10

// headings are the names of the columns.
func headings() sheet.Headings {
	return sheet.NewHeadings(map[string]string{
		PersonID:    "personid employeeid employeeno employeenumber staffid staffno id 工号 员工编号 员工工号 员工号 人员编号 人员id",
		Name:        "name fullname personname 姓名 员工姓名 名字",
		Email:       "email emailaddress mail 邮箱 电子邮箱 电子邮件 邮件 邮箱地址",
		Code:        "certificate certificatecode cert certcode 证书 证书代码 证书编码 证书名称",
		IssuedOn:    "issuedon issued issuedate issueddate 颁发日期 发证日期 签发日期 获证日期",
		ExpiresOn:   "expireson expires expirydate expiry expirationdate validuntil 到期日期 到期日 有效期至 失效日期",
		BoundOn:     "boundon bound joinedon joindate startdate 入职日期 绑定日期 入职时间",
		LeftOn:      "lefton left leavingdate exitdate 离职日期 离职时间",
		Registered:  "registered isregistered 已登记 是否登记 登记 是否已登记 已注册",
		errorColumn: "error errors 错误 错误原因",
	})
}

// header says where each column stands.
type header struct {
	at      map[string]int // by column
	byIndex []string       // column at each index, empty for others
	cells   []string       // as uploaded
	ignored []string
}

// readHeader finds the header among the first rows: the first row with two
// headings that we know.
func readHeader(r *sheet.Reader, name string, issueOptional bool) (*header, error) {
	known := headings()
	for range searchRows {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		h := newHeader(row.Cells, known)
		if len(h.at) >= 2 {
			return h, h.check(name, issueOptional)
		}
	}
	return nil, fault.New(fault.KindInvalid, i18n.M("rosterfile.no_header", i18n.A{"name": name, "columns": strings.Join(Columns(), ", ")}))
}

func newHeader(cells []string, known sheet.Headings) *header {
	h := &header{at: map[string]int{}, byIndex: make([]string, len(cells)), cells: cells}
	for i, cell := range cells {
		column := known.Column(cell)
		h.byIndex[i] = column
		if column == "" {
			if c := text.Clean(cell); c != "" {
				h.ignored = append(h.ignored, c)
			}
			continue
		}
		if _, twice := h.at[column]; twice {
			h.at[column] = -1
			continue
		}
		h.at[column] = i
	}
	return h
}

// check refuses a header with a column missing or named twice: what the rows
// mean would be a guess.
func (h *header) check(name string, issueOptional bool) error {
	var missing []string
	need := []string{PersonID, Name}
	if _, ok := h.at[Code]; ok && !issueOptional {
		need = append(need, IssuedOn)
	}
	for _, c := range need {
		if _, ok := h.at[c]; !ok {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.KindInvalid, i18n.M("rosterfile.columns_missing", i18n.A{"name": name, "columns": strings.Join(missing, ", ")}))
	}
	for _, c := range Columns() {
		if h.at[c] < 0 {
			return fault.New(fault.KindInvalid, i18n.M("rosterfile.column_twice", i18n.A{"name": name, "column": c}))
		}
	}
	return nil
}

// cell is the cleaned text under a column; blanks of every width at the ends go.
func (h *header) cell(row sheet.Row, column string) string {
	i, ok := h.at[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(row.Col(i))
}
