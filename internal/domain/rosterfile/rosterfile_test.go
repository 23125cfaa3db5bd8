package rosterfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func known(code string) bool { return slices.Contains(codes(), code) }

func codes() []string { return []string{"H3CNE", "H3CSE", "H3CSE-RS", "H3CIE", "PMP"} }

func day(s string) calendar.Day {
	d, err := calendar.ParseOptional(s)
	if err != nil {
		panic(err)
	}
	return d
}

func mustRead(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), "roster.csv", known)
	if err != nil {
		t.Fatalf("Read(%q): %v", text, err)
	}
	return f
}

// listed gives errors as "line column key".
func listed(f *File) []string {
	var all []string
	for _, e := range f.Errors {
		all = append(all, fmt.Sprintf("%d %s %s", e.Line, e.Column, strings.TrimPrefix(e.Msg.Key, "rosterfile.")))
	}
	return all
}

const head = "person_id,name,email,certificate,issued_on,expires_on,bound_on,left_on,registered\n"

func TestARosterGathersThePeopleWithTheirCertificates(t *testing.T) {
	want := []Person{
		{ID: "P1", Name: "李伟", Email: "wei.li@partner.example", BoundOn: day("2020-01-01"), Registered: true, Line: 2, Certificates: []Certificate{
			{Code: "H3CSE", IssuedOn: day("2025-03-01"), ExpiresOn: day("2028-02-29"), Line: 2},
			{Code: "PMP", IssuedOn: day("2024-05-06"), Line: 4},
		}},
		{ID: "P2", Name: "Ana Ruiz", BoundOn: day("2021-02-03"), LeftOn: day("2026-11-20"), Line: 3},
	}
	english := head +
		"P1,李伟,Wei.Li@Partner.Example,h3cse,2025-03-01,2028-02-29,2020-01-01,,\n" +
		"P2,Ana Ruiz,,,,,2021/2/3,20 Nov 2026,no\n" +
		"P1,李伟,wei.li@partner.example,PMP,20240506,,2020.01.01,,TRUE\n"
	chinese := "到期日期;证书;颁发日期;姓名;工号*;邮箱;入职日期（年-月-日）;离职日期;已登记\r\n" +
		"2028年2月29日;H3CSE;2025年3月1日;李伟;P1;wei.li@partner.example;2020/1/1;;是\r\n" +
		";;;Ana Ruiz;P2;;2021-02-03;46346;否\r\n" +
		";PMP;6-May-2024;李伟;P1;wei.li@partner.example;2020-01-01 00:00:00;;1\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"English": english, "Chinese": chinese, "GB18030": gb, "a title above": "Roster 2026\n" + strings.TrimSuffix(english, "\n")} {
		f := mustRead(t, text)
		if name == "a title above" {
			for i := range f.People {
				f.People[i].Line--
				for j := range f.People[i].Certificates {
					f.People[i].Certificates[j].Line--
				}
			}
		}
		if d := cmp.Diff(want, f.People); d != "" || f.ErrorCount != 0 || f.Err() != nil {
			t.Errorf("%s: people (-want +got):\n%s errors %v", name, d, listed(f))
		}
	}
}

func TestEveryMistakeIsReportedWithLineAndColumn(t *testing.T) {
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"no id and no name", ",,,,,,,,\n, ,,H3CSE,2025-01-01,,,,", []string{"3 person_id missing", "3 name missing"}},
		{"unknown certificate", "1,A,,CCIE,2025-01-01,,,,", []string{"2 certificate unknown_certificate"}},
		{"expiry before issue", "1,A,,H3CSE,2025-01-02,2025-01-01,,,", []string{"2 expires_on expiry_before_issue"}},
		{"left before bound", "1,A,,,,,2025-01-02,2025-01-01,", []string{"2 left_on left_before_bound"}},
		{"e-mail", "1,A,a@b,,,,,,", []string{"2 email email"}},
		{"dates", "1,A,,H3CSE,03/04/2026,soon,2026-02-30,1026-01-01,", []string{"2 bound_on date_missing", "2 left_on date_range", "2 issued_on date_order", "2 expires_on date"}},
		{"registered", "1,A,,,,,,,perhaps", []string{"2 registered boolean"}},
		{"certificate without issue date", "1,A,,H3CSE,,2027-01-01,,,", []string{"2 issued_on missing"}},
		{"date without certificate", "1,A,,,2025-01-01,,,,", []string{"2 issued_on no_certificate"}},
		{"direction mark in a name", "1,A\u202eB,,,,,,,", []string{"2 name hidden"}},
		{"too long", strings.Repeat("1", 65) + "," + strings.Repeat("李", 101) + ",,,,,,,", []string{"2 person_id too_long", "2 name too_long"}},
		{"person disagrees", "1,A,a@x.example,H3CSE,2025-01-01,,2020-01-01,,\n1,B,,PMP,2025-01-01,,2020-01-02,2026-01-01,no",
			[]string{"3 name disagrees", "3 email disagrees", "3 bound_on disagrees", "3 left_on disagrees", "3 registered disagrees"}},
		{"same certificate twice", "1,A,,H3CSE,2025-01-01,,,,\n1,A,,H3CSE,2025-01-01,2028-01-01,,,", []string{"3 certificate duplicate"}},
		{"renewed certificate is fine", "1,A,,H3CSE,2022-01-01,,,,\n1,A,,H3CSE,2025-01-01,,,,", nil},
		{"one e-mail for two", "1,A,a@x.example,,,,,,\n2,B,A@X.example,,,,,,", []string{"3 email email_taken"}},
		{"a bad first row sets no standard", "1,A,,CCIE,2025-01-01,,,,\n1,B,,PMP,2025-01-01,,,,", []string{"2 certificate unknown_certificate"}},
		{"what the table reader found", "1,A\x00,,,,,,,", []string{"2 name sheet.nul"}},
		{"day of joining and leaving the same", "1,A,,,,,2025-01-01,2025-01-01,", nil},
		{"short row", "1,A", nil},
	} {
		f := mustRead(t, head+c.rows)
		if d := cmp.Diff(c.want, listed(f)); d != "" || f.ErrorCount != len(c.want) {
			t.Errorf("%s: errors, %d (-want +got):\n%s", c.name, f.ErrorCount, d)
		}
	}
}

func TestErrorsReadAsSentencesInBothLanguages(t *testing.T) {
	f := mustRead(t, head+"1,A,,CCIE,2025-01-01,,,,\n2,B,,H3CSE,2025-01-02,2025-01-01,,,\n3,A\u202eB,,,,,,,\n")
	for lang, want := range map[string][]string{
		"en": {
			"Line 2: The catalogue has no certificate CCIE. Use a code from the certificate catalogue.",
			"Line 3: The certificate expires before it was issued on 2025-01-02. Check both dates.",
			"Line 4: The text has a hidden character (U+202E). Type it again by hand instead of pasting it.",
		},
		"zh-Hans": {
			"第 2 行：证书目录中没有 CCIE。请使用证书目录中的代码。",
			"第 3 行：到期日期早于颁发日期 2025-01-02。请核对这两个日期。",
			"第 4 行：文字中含有不可见字符（U+202E）。请手动重新输入，不要粘贴。",
		},
	} {
		for i, e := range f.Errors {
			if got := i18n.Text(lang, e.Text()); got != want[i] {
				t.Errorf("error %d in %s = %q, want %q", i, lang, got, want[i])
			}
		}
	}
	if got := fault.Of(f.Err()); got == nil || got.Kind != fault.KindInvalid || len(got.Fields) != 3 {
		t.Errorf("Err() = %v, want Invalid with three fields", got)
	}
}

func TestAHeaderThatCannotBeTrustedRefusesTheFile(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a,b\n1,2\n", "rosterfile.no_header"},
		{"name,email\nA,\n", "rosterfile.columns_missing"},
		{"工号,姓名,证书\n1,A,H3CSE\n", "rosterfile.columns_missing"},
		{"person_id,name,姓名\n1,A,B\n", "rosterfile.column_twice"},
		{"%PDF-1.7", "sheet.wrong_kind"},
	} {
		if _, err := Read(strings.NewReader(c.text), "x.csv", known); fault.Of(err) == nil || fault.Of(err).Msg.Key != c.want {
			t.Errorf("Read(%q) = %v, want %s", c.text, err, c.want)
		}
	}
	f := mustRead(t, "person_id,name,Phone,expires\n1,A,5,\n")
	if d := cmp.Diff([]string{"Phone"}, f.Ignored); d != "" || len(f.People) != 1 {
		t.Errorf("ignored columns (-want +got):\n%s", d)
	}
	if f := mustRead(t, "工号/person_id,姓名 Name\n1,A\n"); len(f.People) != 1 {
		t.Errorf("headings in two languages: people = %v", f.People)
	}
	if f := mustRead(t, head); f.Rows != 0 || f.Err() != nil {
		t.Errorf("a roster of nobody: %+v", f)
	}
}

func TestDatesAreReadInTheFormsPeopleUse(t *testing.T) {
	for _, s := range []string{"2026-11-20", "2026/11/20", "20261120", "2026.11.20", "2026年11月20日", "2026 年 11 月 20 日", "20 Nov 2026", "20 November 2026", "20-Nov-2026",
		"Nov 20, 2026", "November 20 2026", "46346", "46346.5", "2026-11-20 00:00:00", "2026-11-20T08:30:00Z", "２０２６-11-20", "2026/11/20 0:00"} {
		if d, why := ParseDay(s); d.String() != "2026-11-20" || !why.IsZero() {
			t.Errorf("ParseDay(%q) = %s, %s, want 2026-11-20", s, d, why.Key)
		}
	}
	for s, want := range map[string]string{"": "date", "x": "date", "20/11/2026": "date_order", "1-2-26": "date_order", "2026-02-30": "date_missing", "30 Feb 2026": "date_missing", "20 Foo 2026": "date_missing",
		"20269999": "date_missing", "2026-13-01": "date_missing", "0026-01-01": "date_range", "9999-12-31": "date_range", "1970-01-01": "date_range", "1": "date", "10000": "date_range"} {
		if d, why := ParseDay(s); why.Key != "rosterfile."+want || d != calendar.None {
			t.Errorf("ParseDay(%q) = %s, %s, want %s", s, d, why.Key, want)
		}
	}
}

func TestErrorsAreCountedBeyondThoseKept(t *testing.T) {
	f := mustRead(t, head+strings.Repeat("1,A,,CCIE,x,,,,\n", 3000))
	if len(f.Errors) != MaxErrors || f.ErrorCount != 6000 || f.Rows != 3000 {
		t.Errorf("kept %d, counted %d, rows %d, want %d, 6000, 3000", len(f.Errors), f.ErrorCount, f.Rows, MaxErrors)
	}
}

func TestTheFileOfErrorsIsUploadedAgainAsItIs(t *testing.T) {
	text := "person_id,name,certificate,issued_on,Phone\n1,A,CCIE,2025-01-01,+86 1\n2,B,PMP,2025-01-01,=1+1\n3,,PMP,2025-01-01,\n"
	for range 2 {
		var out bytes.Buffer
		r, err := sheet.Open(strings.NewReader(text), int64(len(text)), "x.csv", sheet.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := NewScanner(r, "x.csv", known)
		if err != nil {
			t.Fatal(err)
		}
		if err := WriteErrors(&out, s, "en"); err != nil {
			t.Fatal(err)
		}
		want := "\ufeffperson_id,name,certificate,issued_on,Phone,error\r\n" +
			"1,A,CCIE,2025-01-01,'+86 1,certificate: The catalogue has no certificate CCIE. Use a code from the certificate catalogue.\r\n" +
			"3,,PMP,2025-01-01,,name: The cell is empty. Fill it in.\r\n"
		if d := cmp.Diff(want, out.String()); d != "" {
			t.Fatalf("(-want +got):\n%s", d)
		}
		text = out.String()
	}
	f := mustRead(t, strings.NewReplacer("CCIE,", "H3CIE,", "3,,", "3,C,").Replace(text))
	if f.ErrorCount != 0 || len(f.People) != 2 {
		t.Errorf("after correction: %d people, errors %v", len(f.People), listed(f))
	}
}

func drawPeople(t *rapid.T) []Person {
	name := rapid.StringOfN(rapid.SampledFrom([]rune("李伟王芳abcÉ'-,;\"=")), 1, 8, -1)
	date := rapid.Custom(func(t *rapid.T) calendar.Day {
		return day("2010-01-01") + calendar.Day(rapid.IntRange(0, 7000).Draw(t, "day"))
	})
	var people []Person
	for i := range rapid.IntRange(1, 6).Draw(t, "people") {
		p := Person{ID: fmt.Sprint("P", i), Name: name.Draw(t, "name"), Registered: rapid.Bool().Draw(t, "registered")}
		if rapid.Bool().Draw(t, "mail") {
			p.Email = fmt.Sprintf("p%d@partner.example", i)
		}
		p.BoundOn = date.Draw(t, "bound")
		if rapid.Bool().Draw(t, "left") {
			p.LeftOn = p.BoundOn + calendar.Day(rapid.IntRange(0, 900).Draw(t, "days"))
		}
		for _, code := range codes()[:rapid.IntRange(0, len(codes())).Draw(t, "certificates")] {
			c := Certificate{Code: code, IssuedOn: date.Draw(t, "issued")}
			if rapid.Bool().Draw(t, "expiry") {
				c.ExpiresOn = c.IssuedOn + calendar.Day(rapid.IntRange(0, 2000).Draw(t, "days"))
			}
			p.Certificates = append(p.Certificates, c)
		}
		people = append(people, p)
	}
	return people
}

// tableOf writes people with the columns in the given order and dates and
// booleans in one of several forms.
func tableOf(people []Person, order []string, layout int) [][]string {
	date := func(d calendar.Day) string {
		if d == calendar.None {
			return ""
		}
		return d.Time().In(calendar.Zone).Format([]string{"2006-01-02", "2006/1/2", "20060102", "2006年1月2日", "2 Jan 2006"}[layout])
	}
	var rows [][]string
	for _, p := range people {
		for _, c := range append(p.Certificates, Certificate{})[:max(1, len(p.Certificates))] {
			cells := map[string]string{PersonID: p.ID, Name: p.Name, Email: p.Email, Code: c.Code, IssuedOn: date(c.IssuedOn), ExpiresOn: date(c.ExpiresOn),
				BoundOn: date(p.BoundOn), LeftOn: date(p.LeftOn), Registered: fmt.Sprint(p.Registered)}
			row := make([]string, len(order))
			for i, column := range order {
				row[i] = cells[column]
			}
			rows = append(rows, row)
		}
	}
	return rows
}

func TestAWrittenRosterReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people := drawPeople(t)
		order := rapid.Permutation(Columns()).Draw(t, "order")
		rows := tableOf(people, order, rapid.IntRange(0, 4).Draw(t, "layout"))
		var c, x bytes.Buffer
		if err := sheet.WriteCSV(&c, order, sheet.Rows(rows)); err != nil {
			t.Fatal(err)
		}
		if err := sheet.WriteXLSX(&x, "Roster", order, sheet.Rows(rows)); err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{c.Bytes(), x.Bytes()} {
			f, err := Read(bytes.NewReader(b), "x", known)
			if err != nil || f.ErrorCount > 0 {
				t.Fatalf("Read: %v, %v", err, listed(f))
			}
			for i := range f.People {
				f.People[i].Line = 0
				for j := range f.People[i].Certificates {
					f.People[i].Certificates[j].Line = 0
				}
			}
			if d := cmp.Diff(people, f.People); d != "" {
				t.Fatalf("(-want +got):\n%s", d)
			}
		}
	})
}

func TestAMergedPersonInAWorkbookHoldsForAllItsRows(t *testing.T) {
	w := excelize.NewFile()
	defer w.Close()
	for cell, v := range map[string]any{
		"A1": "工号", "B1": "姓名", "C1": "证书", "D1": "颁发日期",
		"A2": 1001, "B2": "李伟", "C2": "H3CSE", "D2": time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC),
		"C3": "PMP", "D3": "2024年5月6日", "A6": 1002, "B6": "王芳",
	} {
		if err := w.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []string{"A", "B"} {
		if err := w.MergeCell("Sheet1", c+"2", c+"3"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetCellFormula("Sheet1", "C6", `="PM"&"P"`); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := Read(&b, "roster.xlsx", known)
	if err != nil {
		t.Fatal(err)
	}
	want := []Person{{ID: "1001", Name: "李伟", Registered: true, Line: 2, Certificates: []Certificate{
		{Code: "H3CSE", IssuedOn: day("2025-03-01"), Line: 2}, {Code: "PMP", IssuedOn: day("2024-05-06"), Line: 3},
	}}}
	if d := cmp.Diff(want, f.People); d != "" {
		t.Errorf("people (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"6 certificate sheet.formula"}, listed(f)); d != "" {
		t.Errorf("errors (-want +got):\n%s", d)
	}
}
