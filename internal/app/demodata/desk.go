package demodata

import (
	"hanse/internal/domain/desk"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
)

// deskIsSetUp gives the vendor's desk teams, rules, macros and canned answers, and a partner's desk what it needs for its
// customers.
func (s *story) deskIsSetUp() {
	admin, tomas, lei := s.admins["vendor_admin"], s.admins["vendor_support"], s.admins["engineer_zh"]
	s.admins["engineer_net"] = s.user(s.companies["vendor"], "赵敏", "zhao.min@vendor.example", "zh-Hans", "", "/desk", actor.SupportEngineer)
	zhao := s.admins["engineer_net"]
	first := s.team(admin, desk.TeamDraft{Name: "First line", Members: []string{tomas.User, lei.User}, Lead: tomas.User, Fallback: true})
	cloud := s.team(admin, desk.TeamDraft{Name: "Cloud platform", Members: []string{tomas.User, zhao.User, lei.User}, Lead: zhao.User})
	s.do("duty manager", func() error { return s.Desk.SetDuty(s.ctx, admin, admin.User, 1) })
	for _, r := range []desk.Rule{
		{Name: "Production is down", Asks: desk.Asks{Severities: []string{taxonomy.CoreDown, taxonomy.ProdDown}}, Team: cloud, Pick: desk.PickLeast},
		{Name: "Questions in Chinese", Asks: desk.Asks{Languages: []string{"zh-Hans"}}, Team: first, Pick: desk.PickUser, User: lei.User},
		{Name: "Technical faults and questions", Asks: desk.Asks{ProblemTypes: []string{taxonomy.TechFault, taxonomy.SlowPerformance, taxonomy.TechConsult}}, Team: cloud, Pick: desk.PickNone},
	} {
		r.Active = true
		s.do("rule "+r.Name, func() error { _, err := s.Desk.SaveRule(s.ctx, admin, r); return err })
	}
	s.texts(admin)
	s.labels(admin)
	baltic := s.admins["baltic"]
	s.team(baltic, desk.TeamDraft{Name: "Customer service", Members: []string{baltic.User}, Lead: baltic.User, Fallback: true})
	s.do("macro of a partner", func() error {
		_, err := s.Desk.SaveMacro(s.ctx, baltic, desk.Macro{Name: "Thank you, we look at it", Active: true, Then: desk.Stay, Content: desk.Content{Move: desk.Accept, Owner: desk.OwnerMe,
			ReplyEN: "Dear {contact},\n\nthank you for ticket {ticket}. We look at it and come back to you today.\n\n{me}"}})
		return err
	})
}

func (s *story) team(by actor.Actor, in desk.TeamDraft) (id string) {
	s.do("team "+in.Name, func() error {
		t, err := s.Desk.SaveTeam(s.ctx, by, in)
		id = t.ID
		return err
	})
	return id
}

// labels are the words by which the vendor's desk sorts tickets, a macro that puts one on, and a look at the queue by plan.
func (s *story) labels(by actor.Actor) {
	ids := map[string]int64{}
	for _, l := range []ticket.Label{{Name: "Known issue", Color: "#b45309"}, {Name: "Waits for the laboratory", Color: "#1d5fbf"}, {Name: "Reported by several", Color: "#b91c1c"}} {
		s.do("label "+l.Name, func() error {
			x, err := s.Ticket.AddLabel(s.ctx, by, l)
			ids[l.Name] = x.ID
			return err
		})
	}
	s.deskLabels = ids
	s.do("macro with a label", func() error {
		_, err := s.Macro.Save(s.ctx, by, desk.Macro{Name: "To the laboratory", Active: true, Then: desk.Stay,
			Content: desk.Content{Note: "Handed to the laboratory.", Label: []int64{ids["Waits for the laboratory"]}, Unlabel: []int64{ids["Known issue"]}}})
		return err
	})
	s.do("a look by plan", func() error {
		_, err := s.Desk.SaveView(s.ctx, by, "Premium, without owner", "view=unassigned&plan=PREMIUM", true)
		return err
	})
	s.do("due soon", func() error {
		return s.Setting.Change(s.ctx, by, setting.Change{Key: setting.TicketDueSoon, Value: "6h"})
	})
}

// texts are the macros and canned answers of the vendor's desk.
func (s *story) texts(by actor.Actor) {
	for _, m := range []desk.Macro{
		{Name: "Ask for the diagnostic file", Then: desk.NextOne, Content: desk.Content{Move: desk.Ask, Owner: desk.OwnerMe, Note: "Asked {customer} for the diagnostic file.",
			ReplyEN: "Dear {contact},\n\nplease attach the output of \"display diagnostic-information\" to ticket {ticket}, taken while the fault is there.\n\nKind regards\n{me}",
			ReplyZH: "{contact}您好：\n\n请在故障出现时执行 display diagnostic-information，并把输出作为附件添加到工单 {ticket}。\n\n{me}"}},
		{Name: "Take it and say so", Then: desk.Stay, Content: desk.Content{Move: desk.Accept, Owner: desk.OwnerMe,
			ReplyEN: "Dear {contact},\n\nI have taken your ticket {ticket} and look at it now.\n\n{me}", ReplyZH: "{contact}您好，工单 {ticket} 已由我受理，正在分析。{me}"}},
		{Name: "Nothing heard: offer to close", Then: desk.Queue, Content: desk.Content{Move: desk.Offer,
			ReplyEN: "Dear {contact},\n\nwe haven't heard from you about {ticket} for a while and take it that the matter is solved. If not, just answer.\n\n{me}",
			ReplyZH: "{contact}您好，工单 {ticket} 一直未收到您的反馈，我们理解为问题已解决。如仍有问题，请直接回复。{me}"}},
	} {
		m.Active = true
		s.do("macro "+m.Name, func() error { _, err := s.Desk.SaveMacro(s.ctx, by, m); return err })
	}
	for _, a := range []desk.Answer{
		{Name: "Greeting", Keywords: "hello dear 您好", BodyEN: "Dear {contact},\n\nthank you for your message on {ticket}.", BodyZH: "{contact}您好，感谢您的反馈。"},
		{Name: "Diagnostic file", Keywords: "log diagnostic 日志 诊断", BodyEN: "Please send the output of \"display diagnostic-information\", taken while the fault is there.", BodyZH: "请在故障出现时执行 display diagnostic-information 并提供完整输出。"},
		{Name: "Spare part on its way", Keywords: "rma spare 备件", BodyEN: "A replacement has left our warehouse today; the tracking number follows by mail. Please keep the old part until it's collected.", BodyZH: "备件已于今日发出，物流单号将通过邮件告知。旧件请保留，等待回收。"},
		{Name: "Maintenance window", Keywords: "window change 变更 窗口", BodyEN: "We need a maintenance window of about 30 minutes. Please name two dates that suit you.", BodyZH: "处理需要约 30 分钟的变更窗口，请提供两个合适的时间。"},
	} {
		s.do("answer "+a.Name, func() error { _, err := s.Desk.SaveAnswer(s.ctx, by, a); return err })
	}
}
