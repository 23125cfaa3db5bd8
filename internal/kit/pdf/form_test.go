package pdf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func application(rows int) Form {
	t := &Table{Head: []string{"序号", "姓名", "证书", "签发日期", "有效期至", "计入要求"}, Widths: []float64{1, 2, 2, 2, 2, 4}}
	for i := range rows {
		t.Rows = append(t.Rows, []string{fmt.Sprint("R", i+1), "陈伟", "H3CSE-RS", "2025-03-01", "2028-02-29", "认证工程师：H3CSE 及以上（不同的人）"})
	}
	return Form{
		Lang: "zh-Hans", Title: "星级服务认证申请表", Subtitle: "H3C 星级服务认证 2025 版 · 四星级", Number: "AP-2026-000031",
		Issuer: "汉萨演示网络科技有限公司", Date: "2026-11-20", Signature: true,
		Sections: []Section{
			{Heading: "申请单位", Rows: [][2]string{
				{"单位名称", "深圳北风系统集成有限公司"}, {"英文名称", "Shenzhen Northwind Systems Integration Co., Ltd."},
				{"联系人", "Şahin Öztürk 😀 𠮷野"}, {"服务经理", "陈伟，+86 138 0000 0000"},
				{"申请说明", strings.Repeat("本单位承诺所提交的材料真实有效，如有虚假，愿承担相应责任。", 6)},
			}},
			{Heading: "计入要求的证书", Note: "以下人员与证书由系统按照提交时的数据计算得出。", Table: t},
		},
	}
}

func form(t *testing.T, p *Press, name string, f Form) []byte {
	t.Helper()
	b, err := p.Form(f)
	if err != nil {
		t.Fatalf("%s: Form: %v", name, err)
	}
	keep(t, name, b)
	return b
}

func TestALongFormHasItsRowsItsHeadsAndItsPageNumbers(t *testing.T) {
	const rows = 60
	pages := strings.Split(strings.TrimSuffix(read(t, form(t, NewPress(), "form", application(rows))), "\f"), "\f")
	whole := strings.Join(pages, "")
	for i := range rows {
		if n := strings.Count(whole, fmt.Sprintf("R%d ", i+1)); n != 1 {
			t.Errorf("row %d stands there %d times", i+1, n)
		}
	}
	for i, page := range pages {
		if want := fmt.Sprintf("第 %d 页，共 %d 页", i+1, len(pages)); !strings.Contains(page, want) {
			t.Errorf("page %d lacks %q", i+1, want)
		}
		if strings.Contains(page, "H3CSE-RS") && !strings.Contains(page, "有效期至") {
			t.Errorf("page %d has rows without a head", i+1)
		}
	}
	for _, want := range []string{"星级服务认证申请表", "申请单位签字盖章", "Şahin Öztürk 〓 〓野", "编号 AP-2026-000031"} {
		if !strings.Contains(whole, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	if len(pages) < 3 || len(pages) > 6 {
		t.Errorf("%d rows take %d pages", rows, len(pages))
	}
}

func TestACellLongerThanAPageIsCutAndNotLost(t *testing.T) {
	f := application(1)
	var words []string
	for i := range 3000 {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	f.Sections[0].Rows[4][1] = strings.Join(words, " ")
	f.Sections[1].Table.Rows[0][5] = strings.Repeat("很长的说明", 300)
	text := " " + strings.Join(strings.Fields(read(t, form(t, NewPress(), "long-cell", f))), " ") + " "
	for _, w := range words {
		if strings.Count(text, " "+w+" ") != 1 {
			t.Fatalf("%q stands there %d times", w, strings.Count(text, " "+w+" "))
		}
	}
	if n := strings.Count(text, "说"); n < 300 {
		t.Errorf("%d of 300 repetitions are left", n)
	}
}

func TestAShortFormIsOnePage(t *testing.T) {
	f := Form{Lang: "en", Title: "Application", Issuer: "Demo", Date: "2026-11-20", Sections: []Section{{Heading: "Applicant", Rows: [][2]string{{"Name", "Northwind"}}}}}
	text := read(t, form(t, NewPress(), "short-form", f))
	if !strings.Contains(text, "Page 1 of 1") || !strings.Contains(text, "20 Nov 2026") || strings.Contains(text, "Signature") {
		t.Errorf("the form says:\n%s", text)
	}
}

func TestTheSameFormGivesTheSameBytes(t *testing.T) {
	if !bytes.Equal(form(t, NewPress(), "form", application(3)), form(t, NewPress(), "form", application(3))) {
		t.Error("two drawings differ")
	}
}

func TestWhateverIsTypedAFormComesOut(t *testing.T) {
	p, text, seed := NewPress(), rapid.String(), 0
	next := func() string { seed++; return text.Example(seed) }
	for range 5 {
		f := Form{Lang: "en", Title: next(), Subtitle: next(), Issuer: next(), Number: next(), Date: "2026-11-20"}
		for range 50 {
			f.Sections = append(f.Sections, Section{
				Heading: next(), Note: next(), Rows: [][2]string{{next(), next()}},
				Table: &Table{Head: []string{next(), next()}, Rows: [][]string{{}, {next()}, {next(), next(), next()}}},
			})
		}
		form(t, p, "noise", f)
	}
	form(t, p, "empty", Form{Date: "2026-11-20", Number: "\n", Sections: []Section{{Table: &Table{}}}})
}
