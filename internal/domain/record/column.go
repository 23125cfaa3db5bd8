package record

import (
	"errors"
	"io"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// A column is the place of a value in a feed's line.
type column int

const (
	colProvider column = iota
	colFileID
	colCandidate
	colEmail
	colFirstName
	colLastName
	colIDType
	colIDLast4
	colCode
	colTitle
	colSeries
	colHappened
	colSite
	colScore
	colPassMark
	colResult
	colRegistration
	colCertificateNumber
	colCertificateName
	colIssuedOn
	colExpiresOn
	colStartedOn
	colHours
	columns
)

// spellings are the headings of a column, for both feeds or one.
type spellings struct{ both, exams, trainings string }

// headings are the names under which errors and exports speak of columns, each followed by other spellings.
var headings = [columns]spellings{
	colProvider:          {both: "provider testprovider vendor 考试机构 机构 提供方"},
	colFileID:            {both: "file_id fileid 文件编号"},
	colCandidate:         {both: "candidate_id candidateid ccid prometricid userid 考生编号 考生号"},
	colEmail:             {both: "email emailaddress mail 邮箱 电子邮箱 电子邮件"},
	colFirstName:         {both: "first_name firstname givenname 名"},
	colLastName:          {both: "last_name lastname familyname surname 姓"},
	colIDType:            {both: "id_type idtype 证件类型"},
	colIDLast4:           {both: "id_last4 idlast4 证件后四位"},
	colCode:              {exams: "exam_code examcode exam 考试代码 考试编码", trainings: "course_code coursecode course 课程代码 课程编码"},
	colTitle:             {exams: "exam_title examtitle examname 考试名称", trainings: "name coursename coursetitle title 课程名称"},
	colSeries:            {exams: "exam_series examseries series 考试系列", trainings: "category 课程类别 类别"},
	colHappened:          {exams: "delivery_date deliverydate examdate 考试日期", trainings: "end enddate endedon finishedon completedon 结束日期 完成日期"},
	colSite:              {both: "site testcenter testcentre location 考点 地点"},
	colScore:             {both: "score 成绩 分数"},
	colPassMark:          {both: "pass_mark passmark passingscore 通过分数"},
	colResult:            {both: "result grade status 结果 考试结果"},
	colRegistration:      {both: "registration_id registrationid registration regid 报名编号 登记编号"},
	colCertificateNumber: {both: "certificate_no certificateno certificatenumber 证书编号"},
	colCertificateName:   {both: "certificate_name certificatename certificate 证书名称"},
	colIssuedOn:          {both: "issue_date issuedate issuedon 发证日期 颁发日期"},
	colExpiresOn:         {both: "expiry_date expirydate expirationdate expireson 到期日期 有效期至"},
	colStartedOn:         {trainings: "start startdate startedon 开始日期"},
	colHours:             {trainings: "hours duration 学时 课时"},
}

func (s spellings) of(f Feed) string {
	switch {
	case s.both != "":
		return s.both
	case f == Trainings:
		return s.trainings
	}
	return s.exams
}

// name is how errors and files of a feed call a column; "" when the feed has none of it.
func (c column) name(f Feed) string {
	first, _, _ := strings.Cut(headings[c].of(f), " ")
	return first
}

// Columns lists a feed's columns in the order of its documentation.
func Columns(f Feed) (out []string) {
	for c := range columns {
		if name := c.name(f); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// needed are the columns without which the rows of a feed mean nothing.
func needed(f Feed) []column {
	if f == Trainings {
		return []column{colProvider, colEmail, colCode, colHappened, colResult}
	}
	return []column{colProvider, colRegistration, colCode, colHappened, colResult}
}

const errorColumn = "error"

// known maps headings to the numbers of columns.
func known(f Feed) (sheet.Headings, map[string]column) {
	spelt, numbers := map[string]string{errorColumn: "error errors 错误 错误原因"}, map[string]column{}
	for c := range columns {
		if name := c.name(f); name != "" {
			spelt[name] = strings.ReplaceAll(name, "_", "") + " " + headings[c].of(f)
			numbers[name] = c
		}
	}
	return sheet.NewHeadings(spelt), numbers
}

// header says where each column stands.
type header struct {
	feed    Feed
	at      [columns]int // index of the cell; -1 = the file has no such column
	byIndex []string     // column at each index, empty for others
	cells   []string     // as uploaded
	ignored []string
}

// searchRows is how many rows may stand above the header: titles, notes.
const searchRows = 10

// readHeader finds the header among the first rows and tells the feed by it: only exams have exam codes, only
// trainings have course codes.
func readHeader(r *sheet.Reader, name string) (*header, error) {
	for range searchRows {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, f := range []Feed{Exams, Trainings} {
			h, twice := newHeader(f, row.Cells)
			if h.at[colCode] < 0 {
				continue
			}
			if twice != "" {
				return nil, fault.Invalid("file", i18n.M("record.file.column_twice", i18n.A{"name": name, "column": twice}))
			}
			return h, h.check(name)
		}
	}
	return nil, fault.Invalid("file", i18n.M("record.file.no_header", i18n.A{"name": name,
		"exams": strings.Join(Columns(Exams), ", "), "trainings": strings.Join(Columns(Trainings), ", ")}))
}

func newHeader(f Feed, cells []string) (h *header, twice string) {
	spelt, numbers := known(f)
	h = &header{feed: f, byIndex: make([]string, len(cells)), cells: cells}
	for c := range h.at {
		h.at[c] = -1
	}
	for i, cell := range cells {
		name := spelt.Column(cell)
		h.byIndex[i] = name
		c, ours := numbers[name]
		switch {
		case ours && h.at[c] >= 0:
			twice = name
		case ours:
			h.at[c] = i
		case name == "":
			if s := text.Clean(cell); s != "" {
				h.ignored = append(h.ignored, s)
			}
		}
	}
	return h, twice
}

// check refuses a header with a column missing: what the rows mean would be a guess.
func (h *header) check(name string) error {
	var missing []string
	for _, c := range needed(h.feed) {
		if h.at[c] < 0 {
			missing = append(missing, c.name(h.feed))
		}
	}
	if h.at[colEmail] < 0 && h.at[colCandidate] < 0 {
		missing = append(missing, colEmail.name(h.feed))
	}
	if len(missing) > 0 {
		return fault.Invalid("file", i18n.M("record.file.columns_missing", i18n.A{"name": name, "columns": strings.Join(missing, ", ")}))
	}
	return nil
}
