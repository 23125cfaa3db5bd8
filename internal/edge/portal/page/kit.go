package page

import (
	"context"
	"math"
	"time"

	"github.com/skip2/go-qrcode"

	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A sample is the gallery's made-up content, in the reader's language. It stands for data, so it isn't in the
// catalogue; the components' own words are.
type sample struct {
	lang   string
	assets string // address of a picture
}

func sampleOf(ctx context.Context) sample { return sample{lang: i18n.From(ctx).Lang} }

// say picks the language, and marks the text for the pseudo-language as the catalogue does.
func (s sample) say(en, zh string) string {
	switch s.lang {
	case i18n.Chinese:
		return zh
	case i18n.Pseudo:
		return "⟦" + en + "⟧"
	}
	return en
}

// at knows where the pictures are.
func (s sample) at(v ShellView) sample {
	s.assets = v.Assets.URL("mark.svg")
	return s
}

func (s sample) places() []ui.FilePlace {
	return []ui.FilePlace{
		{Name: "place-form", Title: s.say("Signed application form", "签署的申请表"), Accept: ".pdf,.png", Action: ui.LinkButton(ui.LinkView{Href: "/kit", Label: s.say("Filled form to sign", "下载已填好的申请表"), Icon: "download"})},
		{Name: "place-h3cse", Title: s.say("Copy of H3CSE, Li Wei", "证书电子版：李伟，H3CSE"), Accept: ".pdf,.png", File: &ui.PlacedFile{Href: "/kit", Name: "li-wei.pdf", Size: "412 kB",
			Remove: &ui.ButtonView{Label: s.say("Remove", "删除"), What: "li-wei.pdf", Kind: ui.Quiet}}},
		{Name: "place-wrong", Title: s.say("Description of the hotline", "服务热线说明"), Accept: ".pdf,.png", Optional: true, Error: s.say("This file is no PDF, PNG or JPEG.", "文件不是 PDF、PNG 或 JPEG。")},
		{Name: "place-read", Title: s.say("Copy of PMP, Wang Fang", "证书电子版：王芳，PMP"), ReadOnly: true, File: &ui.PlacedFile{Href: "/kit", Name: "pmp.png", Size: "1.2 MB"}},
	}
}

func sampleTime(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 12, 0, 0, time.UTC) }

// KitShell is a shell around the gallery when nobody is signed in: navigation, accounts, and the demo bar.
func KitShell(v ShellView) ShellView {
	v.Title, v.Path, v.User, v.Unread = "Kit", "/kit", "Lin Yue 林悦", 3
	v.Acting = "Shenzhen Northwind 深圳北风系统集成有限公司"
	v.Accounts = []AccountChoice{{"a1", v.Acting, "Partner", true}, {"a2", "H3C", "Vendor", false}}
	v.Demo = &DemoBar{Now: sampleTime(20, 2)}
	v.Nav = []NavGroup{{Items: []NavItem{
		{Href: "/kit", Label: i18n.Raw("Gallery 组件"), Icon: "home", Current: true, Count: 4},
		{Href: "/kit#levels", Label: i18n.Raw("Qualifications 资质"), Icon: "rosette"},
		{Href: "/kit#people", Label: i18n.Raw("People 人员"), Icon: "users"},
	}}, {Label: i18n.Raw("Vendor 厂商"), Items: []NavItem{
		{Href: "/kit#reviews", Label: i18n.Raw("Reviews 审核"), Icon: "clipboard-check", Count: 12},
		{Href: "/kit#forms", Label: i18n.Raw("Programs 计划"), Icon: "books"},
		{Href: "/kit#charts", Label: i18n.Raw("Channel 渠道"), Icon: "building"},
	}}}
	return v
}

func (s sample) stars(have, ready int) ui.StarsView {
	return ui.StarsView{Have: have, Ready: ready, Max: 4, Label: s.say("Three of four stars", "四星中的三星")}
}

func (s sample) levels() []ui.LevelView {
	return []ui.LevelView{{
		Program: s.say("Service partner stars 2025", "服务伙伴星级 2025"), Href: "/kit", Level: s.say("Three-star", "三星"),
		Stars: s.stars(3, 3), Status: ui.Status(ui.Good, s.say("Qualified", "有效")), Met: 5, Total: 7,
		Toward:  s.say("5 of 7 requirements of four-star are met", "四星的 7 项要求已满足 5 项"),
		Term:    &ui.TermView{From: "2026-03-15", Until: "2027-03-14", Share: .69, Text: s.say("114 days left", "还有 114 天")},
		Decides: s.say("Four stars need one more senior engineer and the laboratory.", "距四星还差 1 名高级工程师和实验室。"),
		Action:  ui.LinkButton(ui.LinkView{Href: "/kit", Label: s.say("See the requirements", "查看要求")}),
	}, {
		Program: s.say("Service partner stars 2022", "服务伙伴星级 2022"), Href: "/kit", Level: s.say("Two-star", "二星"),
		Stars: s.stars(2, 3), Status: ui.Status(ui.Warn, s.say("Watch", "观察期")), Met: 7, Total: 7, Tone: ui.Good,
		Toward:  s.say("7 of 7 requirements of three-star are met", "三星的 7 项要求已全部满足"),
		Term:    &ui.TermView{From: "2025-12-20", Until: "2026-12-19", Share: .92, Tone: ui.Warn, Text: s.say("29 days left", "还有 29 天")},
		Decides: s.say("Three stars are computed: you may apply now.", "已达到三星标准，可以提交申请。"),
		Action:  ui.LinkButton(ui.LinkView{Href: "/kit", Label: s.say("Apply for three stars", "申请三星"), Kind: ui.Primary}),
	}, {
		Program: s.say("Competency: cloud desktop", "专项能力：云桌面"), Href: "/kit", Level: s.say("No level yet", "暂无级别"),
		Stars: s.stars(0, 0), Status: ui.Status(ui.Neutral, s.say("Not applied", "未申请")), Met: 1, Total: 5, Tone: ui.Warn,
		Toward:  s.say("1 of 5 requirements of two-star are met", "二星的 5 项要求已满足 1 项"),
		Decides: s.say("Two stars need a project manager before anything else.", "首先需要 1 名项目经理。"),
	}}
}

func (s sample) lines() []ui.LineView {
	return []ui.LineView{{
		ID: "senior", Label: s.say("Senior engineers", "高级工程师"), Sub: s.say("H3CSE or above, distinct persons", "H3CSE 及以上，不同人员"),
		Have: "2", Need: "3", Share: .667, Note: s.say("1 to go", "还差 1 人"), Open: true,
		Close: s.say("Renew the H3CSE of Zhao Xin by 30 Nov 2026, or bind one more senior engineer.", "在 2026-11-30 前续期赵鑫的 H3CSE，或再绑定 1 名高级工程师。"),
		Fills: []ui.Fill{
			{Slot: s.say("Slot 1", "名额 1"), Name: "Li Wei 李伟", Href: "/kit", Code: "H3CIE", Tone: ui.Good, Until: s.say("until 14 Mar 2028", "至 2028-03-14")},
			{Slot: s.say("Slot 2", "名额 2"), Name: "Chen Jing 陈静", Href: "/kit", Code: "H3CSE-RS", Tone: ui.Warn, Until: s.say("until 5 Dec 2026", "至 2026-12-05")},
			{Slot: s.say("Slot 3", "名额 3")},
		},
		Misses: []ui.Miss{
			{Name: "Zhao Xin 赵鑫", Href: "/kit", Code: "H3CSE", Why: s.say("The certificate expired on 7 Sep 2026.", "证书已于 2026-09-07 过期。")},
			{Name: "Wang Fang 王芳", Href: "/kit", Code: "H3CIE", Why: s.say("Already fills the line of the project manager.", "已计入“项目经理”一项。")},
		},
		More: &ui.LinkView{Href: "/kit", Label: s.say("41 people without such a certificate", "另有 41 人没有此类证书")},
	}, {
		ID: "pm", Label: s.say("Project manager", "项目经理"), Have: "1", Need: "1", Share: 1, Met: true,
		Fills: []ui.Fill{{Slot: s.say("Project manager", "项目经理"), Name: "Wang Fang 王芳", Href: "/kit", Code: "PMP", Tone: ui.Good, Until: s.say("until 1 Jun 2028", "至 2028-06-01")}},
	}, {
		ID: "types", Label: s.say("Kinds of certificate", "证书类型"), Have: "3", Need: "3", Share: 1, Met: true, Tone: ui.Warn,
		Note: s.say("One lapses in 15 days", "1 项 15 天后到期"), Close: s.say("Renew one H3CNE-Security.", "请续期 1 个 H3CNE-Security。"),
	}, {
		ID: "hotline", Label: s.say("Hotline, around the clock", "7×24 小时热线"), Share: 1, Met: true,
	}, {
		ID: "revenue", Label: s.say("Project experience, list price", "项目经验（目录价）"), Have: "US$ 640,000", Need: "US$ 1,000,000", Share: .64, Note: s.say("US$ 360,000 to go", "还差 US$ 360,000"),
		Close: s.say("Two more projects of the usual size would do.", "再完成 2 个常规规模的项目即可。"),
	}, {
		ID: "lab", Label: s.say("Laboratory", "实验室"), Have: "0", Need: "1", Tone: ui.Bad, Note: s.say("Finding of the inspection is open", "抽查问题未整改"),
		Close: s.say("Answer the finding of 12 Nov 2026.", "请回复 2026-11-12 的抽查问题。"),
	}}
}

func (s sample) matrix() ui.MatrixView {
	level := func(n int, en, zh string, now bool) ui.MatrixLevel {
		return ui.MatrixLevel{Label: s.say(en, zh), Stars: ui.StarsView{Have: n, Max: 4, Label: s.say(en, zh)}, Current: now}
	}
	row := func(en, zh string, cells ...ui.MatrixCell) ui.MatrixRow {
		return ui.MatrixRow{Label: s.say(en, zh), Href: "/kit#l-senior", Cells: cells}
	}
	return ui.MatrixView{
		Caption: s.say("Levels side by side", "各级别对比"), First: s.say("Requirement", "要求"),
		Levels: []ui.MatrixLevel{level(2, "Two-star", "二星", false), level(3, "Three-star", "三星", true), level(4, "Four-star", "四星", false)},
		Rows: []ui.MatrixRow{
			row("Senior engineers", "高级工程师", ui.MatrixCell{Text: s.say("1 person", "1 人"), Met: true}, ui.MatrixCell{Text: s.say("2 persons", "2 人"), Met: true}, ui.MatrixCell{Text: s.say("3 persons", "3 人")}),
			row("Project manager", "项目经理", ui.MatrixCell{}, ui.MatrixCell{Text: s.say("1 person", "1 人"), Met: true}, ui.MatrixCell{Text: s.say("1 person", "1 人"), Met: true}),
			row("Hotline", "热线", ui.MatrixCell{Text: s.say("5×8", "5×8 小时"), Met: true}, ui.MatrixCell{Text: s.say("7×24", "7×24 小时"), Met: true}, ui.MatrixCell{Text: s.say("7×24", "7×24 小时"), Met: true}),
		},
	}
}

func (s sample) certificate(void string) ui.CertificateView {
	v := ui.CertificateView{
		Kind: s.say("Certificate of qualification", "资质证书"), Holder: s.say("Shenzhen Northwind Systems Integration Co., Ltd.", "深圳北风系统集成有限公司"),
		Title: s.say("Three-Star Service Partner", "三星级服务合作伙伴"), Sub: s.say("Service partner stars, standard of 2025", "服务伙伴星级认证标准（2025 版）"),
		Stars: s.stars(3, 3), Issuer: "H3C", Void: void,
		Facts: []ui.Fact{
			{Label: s.say("Number", "编号"), Value: "HS-2026-000318"},
			{Label: s.say("Valid from", "生效日期"), Body: ui.Day("2026-03-15")}, {Label: s.say("Valid until", "有效期至"), Body: ui.Day("2027-03-14")},
		},
	}
	if code, err := qrcode.New("https://partners.example/verify/HS-2026-000318", qrcode.Medium); err == nil {
		v.QR = ui.QR(code.Bitmap(), s.say("QR code that leads to the verification page", "二维码：打开验证页面"))
	}
	return v
}

func (s sample) wrong() []ui.FieldError {
	return []ui.FieldError{
		{Name: "email", Text: s.say("Enter an e-mail address like name@example.com", "请输入邮箱地址，例如 name@example.com")},
		{Name: "evidence", Text: s.say("Attach one copy per counted certificate", "请为每个计入的证书上传一份电子件")},
	}
}

func (s sample) heat() ui.HeatView {
	v := ui.HeatView{Caption: s.say("Certificates that lapse, by month", "按月到期的证书"), First: s.say("Certificate", "证书")}
	counts := map[string][]int{"H3CNE": {0, 2, 5, 1, 0, 3, 8, 2, 0, 1, 4, 0}, "H3CSE": {1, 0, 3, 0, 2, 0, 0, 6, 1, 0, 0, 2}, "H3CIE": {0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0, 0}}
	for m := range 12 {
		v.Columns = append(v.Columns, time.Date(2026, time.Month(12+m), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"))
	}
	for _, code := range []string{"H3CNE", "H3CSE", "H3CIE"} {
		r := ui.HeatRow{Label: s.say("Holders of "+code, code+" 持有人")}
		for _, n := range counts[code] {
			r.Cells = append(r.Cells, ui.HeatCell{N: n, Href: "/kit"})
		}
		v.Rows = append(v.Rows, r)
	}
	return v
}

func (s sample) chart(id string) ui.ChartView {
	return ui.ChartView{
		ID: id, Title: s.say("Partners by level over time", "各级别伙伴数量变化"), Unit: s.say("Partners", "单位：家"), Head: s.say("Quarter", "季度"),
		Labels: []string{"2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4", "2026 Q1", "2026 Q2", "2026 Q3", "2026 Q4"},
		Series: []ui.Series{
			{Name: s.say("Three-star", "三星"), Values: []float64{18, 21, 24, 29, 31, 33, 38, 42}},
			{Name: s.say("Two-star", "二星"), Values: []float64{44, 43, 47, 52, 50, 55, 61, 60}},
			{Name: s.say("Four-star", "四星"), Values: []float64{2, 3, 3, 5, 6, 6, 8, math.NaN()}},
		},
	}
}

func (s sample) events() []ui.Event {
	return []ui.Event{
		{At: sampleTime(24, 10), Title: s.say("Review is due", "审核到期"), Ahead: true},
		{At: sampleTime(20, 1), Title: s.say("Returned for correction", "退回修改"), By: "Sun Hao 孙浩", Tone: ui.Warn, Text: s.say("The copy of one certificate cannot be read.", "其中一份证书电子件无法辨认。")},
		{At: sampleTime(19, 9), Title: s.say("Rejected", "驳回"), By: "Sun Hao 孙浩", Tone: ui.Bad},
		{At: sampleTime(18, 9), Title: s.say("Submitted", "已提交"), By: "Lin Yue 林悦", Tone: ui.Good},
		{At: sampleTime(18, 8), Title: s.say("Draft made from the computed level", "根据计算结果生成草稿"), By: "Lin Yue 林悦"},
	}
}
