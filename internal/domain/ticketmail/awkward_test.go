package ticketmail

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/mailin"
)

// want is what shall become of one of the awkward mails.
type want struct {
	state  State
	kind   Kind
	reason Reason
	way    Way
	title  string // of the ticket that it opens, or of the mail
	own    string // stands in what its author wrote
	quoted string // stands in what is folded; "-" = nothing is folded
	files  string // names, with commas
	not    string // stands nowhere
}

var awkward = map[string]want{
	"01-gbk-foxmail.eml":          {state: Done, kind: Opening, title: "核心路由器无法登录", own: "深圳机房的核心路由器今早起无法登录，SSH 提示“连接被拒绝”。", quoted: "-"},
	"02-raw-gbk-header.eml":       {state: Done, kind: Opening, title: "许可证到期怎么续", own: "请问怎样续期？镕"},
	"03-big5.eml":                 {state: Done, kind: Opening, title: "防火牆策略無法儲存", own: "防火牆策略儲存時出現錯誤"},
	"04-iso-2022-jp.eml":          {state: Done, kind: Opening, title: "ライセンスについて", own: "ライセンスの更新方法を教えてください。"},
	"05-no-charset.eml":           {state: Done, kind: Opening, title: "Switch", own: "交换机的端口全部掉线"},
	"06-html-only-outlook.eml":    {state: Done, kind: Opening, title: "Invoice for October", own: "Standard & packs | 8,500.00\n\n- first\n- second\n\nSee our copy (https://northwind.example/invoice?id=1&x=2) here.", not: "alert"},
	"07-inline-image.eml":         {state: Done, kind: Opening, title: "界面报错截图", own: "登录后就是这个页面：\n\n![shot.png](att_", files: "shot.png,log.pdf"},
	"08-winmail.eml":              {state: Done, kind: Opening, own: "Please see the attachment.", files: "故障说明.pdf"},
	"09-winmail-broken.eml":       {state: Done, kind: Opening, own: "[winmail.dat (1 KB) was not taken:"},
	"10-calendar.eml":             {state: Done, kind: Opening, title: "邀请：割接方案评审", own: "割接方案评审\n2026-11-25 10:00 – 2026-11-25 11:00 China Standard Time\n三楼会议室, 深圳"},
	"11-nested-forward.eml":       {state: Done, kind: Opening, title: "alarm", own: "Forwarding the alarm of last night", files: "转发：告警.eml", not: "syslog"},
	"12-gmail-reply.eml":          {state: Done, kind: Reply, way: ByAddress, own: "It works again since noon, thank you.", quoted: "Did you restart it?"},
	"13-outlook-reply-html.eml":   {state: Done, kind: Reply, way: ByOurID, own: "The log is empty.", quoted: "Please send the log."},
	"14-foxmail-reply.eml":        {state: Done, kind: Reply, way: ByAddress, own: "已按您说的重启，问题依旧。", quoted: "请重启设备。"},
	"15-qqmail-reply.eml":         {state: Done, kind: Reply, way: ByAddress, own: "可以了，谢谢！", quoted: "原始邮件"},
	"16-netease-reply.eml":        {state: Done, kind: Reply, way: ByAddress, own: "附件中没有日志，请重新发一份。", quoted: "日志已上传。"},
	"17-interleaved.eml":          {state: Done, kind: Reply, way: ByAddress, own: "7.1.064, Release 3507.", quoted: "-"},
	"18-no-message-id.eml":        {state: Done, kind: Opening, title: "Port channel", own: "flaps every hour"},
	"19-broken-mime.eml":          {state: Done, kind: Opening, own: "The text is still here 你好 =ZZ.", files: "trace.txt"},
	"20-huge-header.eml":          {state: Done, kind: Opening, title: "A long way", own: "This mail came a long way."},
	"21-mailing-list.eml":         {state: Ignored, kind: Auto, reason: Automatic},
	"22-bounce-postfix.eml":       {state: Done, kind: Bounce, own: "550 5.1.1 <wei@northwind.example>: user unknown"},
	"23-bounce-exchange.eml":      {state: Done, kind: Bounce, own: "550 5.2.2 mailbox full"},
	"24-bounce-qmail.eml":         {state: Done, kind: Bounce, own: "550 5.7.1 refused by policy"},
	"25-bounce-qq.eml":            {state: Done, kind: Bounce, own: "550 Mailbox not found"},
	"26-bounce-gmail.eml":         {state: Done, kind: Bounce, own: "550 5.1.1 The email account"},
	"27-delayed.eml":              {state: Ignored, kind: Bounce, reason: Delayed},
	"28-out-of-office.eml":        {state: Done, kind: Auto, way: ByAddress, own: "I am out of the office"},
	"29-out-of-office-zh.eml":     {state: Done, kind: Auto, way: ByAddress, own: "您好，我正在休假"},
	"30-read-receipt.eml":         {state: Done, kind: Auto, way: ByOurID, own: "Your message was read."},
	"31-file-names.eml":           {state: Done, kind: Opening, own: "difficult names", files: "配置备份.pdf,拓扑图.pdf,日志.log"},
	"32-split-words.eml":          {state: Done, kind: Opening, title: "关于二零二六年第四季度服务质量报告的若干问题", own: "When is the report due?"},
	"33-only-a-file.eml":          {state: Done, kind: Opening, own: "[The mail has no text.]", files: "order.pdf"},
	"34-number-in-subject.eml":    {state: Done, kind: Reply, way: BySubject, own: "The number is in the subject."},
	"35-stranger-with-number.eml": {state: Held, kind: Opening, reason: Stranger},
	"36-unknown-sender.eml":       {state: Held, kind: Opening, reason: Unknown},
	"37-uuencode.eml":             {state: Done, kind: Opening, own: "The file stands in the text.\nRegards", files: "notes.txt"},
	"38-flowed.eml":               {state: Done, kind: Reply, way: ByAddress, own: "This is one paragraph that a narrow window has broken into three lines.", quoted: "> quoted by the program"},
	"39-forward-inline.eml":       {state: Done, kind: Opening, title: "alarm", own: "Fan failure in slot 3.", quoted: "-"},
	"40-reply-by-their-id.eml":    {state: Done, kind: Reply, way: ByTheirID, own: "the fan is loud"},
	"41-forged-reply-address.eml": {state: Done, kind: Opening, title: "Router down", own: "Close it."},
}

// TestAwkwardMailsBecomeWhatTheyAre sends each mail of the folder through the whole way, on both databases.
func TestAwkwardMailsBecomeWhatTheyAre(t *testing.T) {
	names, err := filepath.Glob("testdata/awkward/*.eml")
	if err != nil || len(names) < 25 {
		t.Fatalf("%d awkward mails, %v, want at least 25", len(names), err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		g := newGround(t, d, c)
		g.set(setting.MailPerHour, "1000")
		g.set(setting.TicketFileDayMegabytes, "1000")
		g.take(letterOf("first-mail@northwind.example", "Chen Wei <"+weiMail+">", deskMail, "Router down", "It is down again.", "Cc: Li Na <lina@northwind.example>"))
		for _, name := range names {
			base := filepath.Base(name)
			w, ok := awkward[base]
			if !ok {
				t.Errorf("%s has no expected result", base)
				continue
			}
			g.awkward(name, base, w)
		}
	})
}

// awkward takes one mail about a ticket of its own.
func (g *ground) awkward(name, base string, w want) {
	g.t.Helper()
	raw, err := os.ReadFile(name)
	fixture.Must(g.t, err)
	x, told := g.answered("Router down")
	for mark, value := range map[string]string{"{{NO}}": x.No, "{{MSGID}}": told.MessageID, "{{REPLY}}": told.ReplyTo, "{{BOUNCE}}": told.Return} {
		raw = bytes.ReplaceAll(raw, []byte(mark), []byte(value))
	}
	fixture.Must(g.t, g.s.Store(g.t.Context(), mailin.Incoming{Raw: raw, Size: int64(len(raw))}))
	g.drain()
	m := g.newest()
	if m.State != w.state || m.Kind != w.kind || m.Reason != w.reason || m.Way != w.way {
		g.t.Errorf("%s: %s %s %s by %q %v, want %s %s %s by %q", base, m.State, m.Kind, m.Reason, m.Way, m.Detail, w.state, w.kind, w.reason, w.way)
		return
	}
	switch {
	case w.kind == Bounce:
		g.bounced(base, x.No, w)
	case w.state == Done:
		if w.kind != Opening && w.way != ByTheirID && m.No != x.No {
			g.t.Errorf("%s went to ticket %s, want %s", base, m.No, x.No)
		}
		g.contents(base, m, w)
	}
}

func (g *ground) bounced(base, no string, w want) {
	g.t.Helper()
	all, err := OfTicket(g.t.Context(), g.DB.Read(), no)
	fixture.Must(g.t, err)
	var reasons []string
	for _, b := range all {
		for _, f := range b.Failed {
			reasons = append(reasons, f.To+": "+f.Reason)
		}
	}
	if w.state == Done && (len(reasons) != 1 || !strings.HasPrefix(reasons[0], weiMail) || !strings.Contains(reasons[0], w.own)) {
		g.t.Errorf("%s: the ticket shows %q, want one with %q", base, reasons, w.own)
	}
	if w.state != Done && len(reasons) != 0 {
		g.t.Errorf("%s: the ticket shows %q, want nothing", base, reasons)
	}
}

func (g *ground) contents(base string, m Mail, w want) {
	g.t.Helper()
	x := g.find(m.No)
	if w.title != "" && x.Title != w.title {
		g.t.Errorf("%s: title %q, want %q", base, x.Title, w.title)
	}
	notes, err := OfTicket(context.Background(), g.DB.Read(), m.No)
	fixture.Must(g.t, err)
	var body string
	for _, said := range g.messages(m.No) {
		if said.ID == m.Message {
			body = said.Body
		}
	}
	own, quoted := notes[m.Message].Fold(body)
	if !strings.Contains(own, w.own) || w.not != "" && strings.Contains(body, w.not) {
		g.t.Errorf("%s: text %q, want %q in it and %q not", base, own, w.own, w.not)
	}
	if w.quoted == "-" && quoted != "" || w.quoted != "-" && !strings.Contains(quoted, w.quoted) {
		g.t.Errorf("%s: folded %q, want %q of %q", base, quoted, w.quoted, body)
	}
	files, err := attachment.OfTicket(context.Background(), g.DB.Read(), m.No)
	fixture.Must(g.t, err)
	var names []string
	for _, f := range files[m.Message] {
		names = append(names, f.Name)
	}
	wanted := strings.FieldsFunc(w.files, func(r rune) bool { return r == ',' })
	slices.Sort(names)
	slices.Sort(wanted)
	if !slices.Equal(names, wanted) {
		g.t.Errorf("%s: files %q, want %q; text %q", base, names, wanted, own)
	}
}
