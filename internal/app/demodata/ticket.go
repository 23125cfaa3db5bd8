package demodata

import (
	"time"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
)

// ticketsAreOpened lets partners and customers ask and the desks answer, over the last days.
func (s *story) ticketsAreOpened() {
	s.travel(min(s.at, 9))
	vendor := s.companies["vendor"]
	s.admins["engineer_zh"] = s.user(vendor, "周磊", "zhou.lei@vendor.example", "zh-Hans", "", "/desk", actor.SupportEngineer)
	s.deskIsSetUp()
	s.ticketRulesAreSet()
	s.billIsExplained()
	s.travel(min(s.at, 7))
	s.switchIsReplaced()
	s.travel(min(s.at, 5))
	s.customerIsHandedOver()
	s.travel(min(s.at, 3))
	s.twoBecomeOne()
	s.travel(min(s.at, 1))
	s.monthIsNearlyUsed()
}

// ticketRulesAreSet lets a company restrict who opens tickets, and the vendor publish a new agreement after some had signed
// the old one.
func (s *story) ticketRulesAreSet() {
	siam, qianjiang, vendor := s.admins["siam"], s.admins["qianjiang"], s.admins["vendor_admin"]
	s.do("a policy", func() error { return s.Privilege.Set(s.ctx, qianjiang, privilege.Create, true) })
	s.do("a grant", func() error {
		all, err := s.Privilege.Holders(s.ctx, qianjiang)
		for _, h := range all {
			if err == nil && !h.Create.Always {
				return s.Privilege.Grant(s.ctx, qianjiang, h.ID, privilege.Create, true)
			}
		}
		return err
	})
	for _, by := range []actor.Actor{siam, qianjiang} {
		s.do("a signature", func() error { _, err := s.Agreement.Sign(s.ctx, by, 10, ""); return err })
	}
	s.do("a new agreement", func() error {
		_, err := s.Agreement.Publish(s.ctx, vendor, agreement.Version{Kind: agreement.Ticket, TitleEN: "Agreement on tickets", TitleZH: "工单服务协议",
			BodyEN: "1. What you write and attach is read by those who work on your ticket, and kept with it.\n2. Don't write passwords, keys or other secrets into a ticket. Take them out of files before you attach them.\n3. Contact data are used to reach you about the ticket, and for nothing else.\n4. A technical ticket uses your support plan as the plan says.\n5. A ticket of a customer goes to the desk of its partner, and with the customer to the next one.",
			BodyZH: "1. 您填写的内容和上传的附件由处理该工单的人员查看，并随工单保存。\n2. 请勿在工单中填写密码、密钥等敏感信息；上传文件前请先清除此类内容。\n3. 联系方式仅用于就该工单与您联系，不作他用。\n4. 技术类工单按支持计划的约定使用额度。\n5. 客户的工单由其伙伴的服务台受理；客户更换伙伴时，未结工单随之转交。"})
		return err
	})
	s.do("signed anew", func() error { _, err := s.Agreement.Sign(s.ctx, siam, 20, ""); return err })
}

// billIsExplained is a business question in Chinese, answered, confirmed and scored.
func (s *story) billIsExplained() {
	by, engineer := s.admins["qianjiang"], s.admins["engineer_zh"]
	no := s.asks(by, ticket.Opening{Title: "发票抬头需要更正", Body: "您好，10 月账单的发票抬头应为“杭州钱江网络有限公司”，现在少了“有限”二字，请协助更正并重新开具。", ProblemType: taxonomy.Billing})
	s.does(engineer, no, ticket.Deed{Action: ticket.Accept})
	s.does(engineer, no, ticket.Deed{Action: ticket.Ask, Text: "您好，请提供统一社会信用代码，以便核对开票信息。"})
	s.says(by, no, "统一社会信用代码为 91330108MA2H0000XX，谢谢。", false)
	s.says(engineer, no, "已请财务核对，今天重开。", true)
	s.does(engineer, no, ticket.Deed{Action: ticket.Offer, Text: "发票已重新开具，可在“费用 > 发票”中下载，请确认。", RootCause: "开票信息录入有误"})
	s.does(by, no, ticket.Deed{Action: ticket.Close, Text: "处理很快，谢谢。", Scores: []ticket.Scoring{{Dimension: 1, Points: 5}}})
	waits := s.asks(by, ticket.Opening{Title: "认证考试成绩未同步", Body: "工程师孙倩上周通过了考试，但人员页面还没有看到证书，请帮忙查询。", ProblemType: taxonomy.PartnerProgram})
	s.does(engineer, waits, ticket.Deed{Action: ticket.Accept})
	s.does(engineer, waits, ticket.Deed{Action: ticket.Offer, Text: "证书记录已补传，请刷新人员页面确认。"})
}

// switchIsReplaced is a fault of a partner with a plan, in several states of the work.
func (s *story) switchIsReplaced() {
	by, engineer := s.supported(), s.admins["vendor_support"]
	no := s.asks(by, s.fault("Core switch restarts every night", "The S10506 in the Bangkok office restarts at about 02:10. The log shows %SYS-2-WATCHDOG before it. Nothing was changed last week.", taxonomy.ProdImpaired))
	s.does(engineer, no, ticket.Deed{Action: ticket.Accept})
	s.does(engineer, no, ticket.Deed{Action: ticket.Ask, Text: "Please attach the output of \"display diagnostic-information\" taken after the next restart."})
	s.says(by, no, "It's attached to our mail of this morning; here is the part around 02:10.\n> WATCHDOG timeout on slot 3", false)
	s.says(engineer, no, "Looks like the fan tray of slot 3. I ask the laboratory.", true)
	s.do("label", func() error {
		return s.Ticket.Label(s.ctx, engineer, no, []int64{s.deskLabels["Waits for the laboratory"]})
	})
	s.does(engineer, no, ticket.Deed{Action: ticket.Offer, Text: "Slot 3 overheats, because its fan tray has failed. A new one is on its way; please confirm once the night was quiet.", RootCause: "Failed fan tray"})
	s.says(by, no, "It restarted again last night, with the new tray.", false)
	paused := s.asks(by, s.fault("Image upload stops at 2 GB", "Uploading an image larger than 2 GB ends with HTTP 413.", taxonomy.SysImpaired))
	s.does(engineer, paused, ticket.Deed{Action: ticket.Accept})
	s.does(engineer, paused, ticket.Deed{Action: ticket.Pause, Until: s.Clock.Now().Add(20 * day), Text: "The fix comes with the release of next month. We put the ticket aside until then."})
	gone := s.asks(by, s.fault("Ping to the gateway is lost", "One per cent of the packets are lost since 09:00.", taxonomy.SysImpaired))
	s.does(by, gone, ticket.Deed{Action: ticket.Cancel, Text: "It was our own cable."})
}

// customerIsHandedOver lets a customer ask its partner, who needs the vendor.
func (s *story) customerIsHandedOver() {
	by, partner := s.admins["mekong"], s.admins["baltic"]
	in := ticket.Opening{Title: "Cash desks can't reach the price service", Body: "Since this morning all cash desks in Hanoi show yesterday's prices. The price service answers only now and then.", ProblemType: taxonomy.AccountHelp}
	if s.level("baltic") != rate.Basic {
		in = s.fault(in.Title, in.Body, taxonomy.ProdDown)
	}
	no := s.asks(by, in)
	s.does(partner, no, ticket.Deed{Action: ticket.Accept})
	s.says(partner, no, "We see it too and look at the load balancer first.", false)
	s.says(partner, no, "Health checks are fine. Needs the vendor's network team.", true)
	s.do("hand over", func() error {
		_, err := s.Ticket.HandOver(s.ctx, partner, no, ticket.Handing{Text: "Listener 443 drops about a third of the connections, see the capture from 08:40."})
		return err
	})
	s.says(s.admins["vendor_support"], no, "Thank you, we have it. Which of the two listeners do the cash desks use?", false)
	s.asks(s.admins["hospital"], ticket.Opening{Title: "A new colleague needs access", Body: "Please tell us how Dr Petrauskas can get a sign-in of her own.", ProblemType: taxonomy.AccountHelp})
}

// twoBecomeOne is one matter that came as two tickets.
func (s *story) twoBecomeOne() {
	by, engineer := s.supported(), s.admins["vendor_support"]
	first := s.asks(by, s.fault("Tunnel to Singapore is down", "The VPN to our Singapore office is down since 07:30.", taxonomy.ProdDown))
	second := s.asks(by, s.fault("Singapore can't be reached", "Colleagues in Singapore can't reach anything. Is it the tunnel again?", taxonomy.ProdDown))
	s.does(engineer, first, ticket.Deed{Action: ticket.Accept})
	s.do("merge", func() error {
		_, err := s.Ticket.Merge(s.ctx, engineer, second, first)
		return err
	})
	s.do("label", func() error {
		return s.Ticket.Label(s.ctx, engineer, first, []int64{s.deskLabels["Known issue"], s.deskLabels["Reported by several"]})
	})
	s.says(engineer, first, "Both tickets are the same tunnel; we go on here. The peer's certificate ran out at 07:30, a new one is being made.", false)
}

// monthIsNearlyUsed uses the month of a STANDARD plan up to the last but one technical ticket.
func (s *story) monthIsNearlyUsed() {
	by, engineer := s.supported(), s.admins["engineer_zh"]
	topics := []string{"How are snapshots charged?", "Which disks fit a database?", "Is a second address possible?", "Best way to move 40 servers", "Limits of the load balancer",
		"Backup of containers", "Which ports does the console need?", "Rights for an auditor", "Rules for names of buckets", "When is the next window?"}
	for i := 0; s.err == nil && i < 60; i++ {
		x, err := entitlement.Available(s.ctx, s.DB.Read(), by.Account, entitlement.Ticket, s.Clock.Now())
		if s.err = err; err != nil || x.Left < 0 || x.Left <= 1+liveToday {
			return
		}
		no := s.asks(by, s.question(topics[i%len(topics)]))
		s.does(engineer, no, ticket.Deed{Action: ticket.Accept})
		s.does(engineer, no, ticket.Deed{Action: ticket.Offer, Text: "The documentation has it under the same heading; a short answer: yes, as long as the quota of the project allows it."})
		s.does(by, no, ticket.Deed{Action: ticket.Close, Scores: []ticket.Scoring{{Dimension: 1, Points: int64(3 + i%3)}}})
	}
}

// liveToday is how many technical tickets ticketsAreLive opens.
const liveToday = 3

// ticketsAreLive leaves tickets of the last hours: one that missed its deadline, one that's about to, a fresh one.
func (s *story) ticketsAreLive() {
	by, engineer := s.supported(), s.admins["vendor_support"]
	s.ago(5*time.Hour, func() {
		s.asks(by, s.fault("Orders can't be placed in the shop", "Customers see an error page when they pay. We lose sales.", taxonomy.ProdImpaired))
	})
	s.ago(22*time.Minute, func() {
		s.asks(by, s.fault("All virtual machines of zone B are unreachable", "Since 22 minutes nothing in zone B answers, not even the console.", taxonomy.ProdDown))
	})
	s.ago(10*time.Minute, func() {
		no := s.asks(by, s.fault("Slow reads from object storage", "Reads of small objects take 800 ms instead of 40.", taxonomy.SysImpaired))
		s.does(engineer, no, ticket.Deed{Action: ticket.Accept})
		s.asks(s.admins["qianjiang"], ticket.Opening{Title: "申请路径时提示缺少材料", Body: "提交发展路径申请时提示“缺少商业计划”，但我们已上传，请帮忙看看。", ProblemType: taxonomy.PartnerProgram})
	})
	s.do("deadlines", func() error { return s.Runner.Drain(s.ctx) })
}

// ago does something as if it were so long before.
func (s *story) ago(d time.Duration, f func()) {
	s.Clock.Shift(-d)
	f()
	s.Clock.Shift(d)
}

// supported is a partner whose plan gives technical tickets.
func (s *story) supported() actor.Actor {
	for _, key := range []string{"siam", "kyoto", "lagos", "baltic"} {
		if s.level(key) == rate.Standard {
			return s.admins[key]
		}
	}
	for _, key := range []string{"baltic", "siam", "kyoto", "lagos"} {
		if s.level(key) != rate.Basic {
			return s.admins[key]
		}
	}
	return s.admins["siam"]
}

func (s *story) level(key string) (l rate.Level) {
	s.do("level", func() (err error) {
		l, err = subscription.LevelOf(s.ctx, s.DB.Read(), s.companies[key].ID, s.Clock.Now())
		return err
	})
	return l
}

// fault is a technical ticket, with whatever the kind asks for.
func (s *story) fault(title, body, severity string) (in ticket.Opening) {
	in = ticket.Opening{Title: title, Body: body, ProblemType: taxonomy.TechFault, Severity: severity}
	s.do("what a fault is", func() error {
		set, err := taxonomy.Read(s.ctx, s.DB.Read())
		if err != nil {
			return err
		}
		in.Region = set.Regions()[0].ID
		in.Product, in.Extra = fitting(set, taxonomy.TechFault)
		return nil
	})
	return in
}

func (s *story) question(title string) (in ticket.Opening) {
	in = ticket.Opening{Title: title, Body: title + " We plan it for the next quarter and would like to know before we order.", ProblemType: taxonomy.TechConsult}
	s.do("what a question is", func() error {
		set, err := taxonomy.Read(s.ctx, s.DB.Read())
		in.Product, in.Extra = fitting(set, taxonomy.TechConsult)
		return err
	})
	return in
}

// fitting is a product that a problem type may be about, and values for the fields that must be filled in.
func fitting(set *taxonomy.Set, problemType string) (product string, extra map[string]string) {
	kind, _ := set.ProblemType(problemType)
	for _, p := range set.Products() {
		if p.Technical && kind.In(p.Category) {
			product = p.ID
			break
		}
	}
	extra = map[string]string{}
	for _, f := range set.Fields(problemType, product) {
		switch {
		case !f.Required:
		case len(f.Options) > 0:
			extra[f.Key] = f.Options[0].Value
		case f.Type == taxonomy.DateField:
			extra[f.Key] = "2026-01-15"
		default:
			extra[f.Key] = "1"
		}
	}
	return product, extra
}

func (s *story) asks(by actor.Actor, in ticket.Opening) (no string) {
	s.do("ticket "+in.Title, func() error {
		x, err := s.Ticket.Open(s.ctx, by, in)
		no = x.No
		return err
	})
	return no
}

func (s *story) does(by actor.Actor, no string, d ticket.Deed) {
	s.do(string(d.Action)+" "+no, func() error {
		_, err := s.Ticket.Act(s.ctx, by, no, d)
		return err
	})
}

func (s *story) says(by actor.Actor, no, words string, internal bool) {
	s.do("say in "+no, func() error {
		_, err := s.Ticket.Say(s.ctx, by, no, ticket.Saying{Body: words, Internal: internal})
		return err
	})
}
