package eml

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

var (
	outOfOffice = regexp.MustCompile(`^\s*(?i:automatic reply|auto(matic)?[- ]?(reply|response)|autoreply|out of (the )?office|ooo:|abwesenheit|réponse automatique|respuesta automática|` +
		`自动回复|自動回覆|自动答复|自動答覆|外出(通知|自动)|不在办公室|休假自动|自動返信)`)
	comesBack = regexp.MustCompile(`(?i:undeliver|delivery (status|failure|has failed|incomplete|problem)|failure notice|returned (mail|to sender)|mail (delivery|system)|` +
		`delivery notification|could not be delivered|non remis|unzustellbar|退信|投递失败|投递状态|无法投递|发送失败|系统退|无法送达|未能送达|郵件傳遞|退回)`)
	suppressed = regexp.MustCompile(`(?i:all|autoreply|oof)`)
	later      = regexp.MustCompile(`(?i:delayed|warning|延迟|暂时|will be retried|still being retried)`)
	daemon     = regexp.MustCompile(`^(?i:mailer-daemon|mail-daemon|mailerdaemon|mdaemon|postmaster|postmast|mail-?delivery(-subsystem)?|mailsystem|microsoftexchange[0-9a-f]+)@`)
	coded      = regexp.MustCompile(`(?m)^.{0,200}\b[45]\d\d[ -#]{1,3}[45]?\.?\d.{0,300}$`)
	mailed     = regexp.MustCompile(`[A-Za-z0-9._%+'=-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,}`)
)

// classify tells people, programs and mail servers apart.
func (m *Mail) classify(h header, w *walker) {
	m.List = h.get("List-Id") != "" || h.get("List-Unsubscribe") != "" || h.get("X-Mailing-List") != ""
	m.Suppress = suppressed.MatchString(h.get("X-Auto-Response-Suppress"))
	m.Kind = Person
	receipt := strings.EqualFold(w.params["report-type"], "disposition-notification")
	status := !receipt && (strings.EqualFold(w.params["report-type"], "delivery-status") || reported(w.report) || h.get("X-Failed-Recipients") != "")
	back := comesBack.MatchString(m.Subject)
	switch {
	case status, daemon.MatchString(m.From.Mail) && (back || m.HasReturn && m.Return == "" || m.From.Name == "Mail Delivery Subsystem"):
		m.Kind, m.Report = Bounce, m.readReport(h, w)
	case receipt, automatic(h), outOfOffice.MatchString(m.Subject), m.HasReturn && m.Return == "", daemon.MatchString(m.From.Mail), m.List:
		m.Kind = Auto
	}
}

func reported(all []header) bool {
	return slices.ContainsFunc(all, func(h header) bool {
		return h.get("Action") != "" || h.get("Final-Recipient") != "" && h.get("Disposition") == ""
	})
}

// automatic reads the headers by which programs say that they are programs.
func automatic(h header) bool {
	if v, ok := h.find("Auto-Submitted"); ok && !strings.HasPrefix(strings.ToLower(v), "no") {
		return true
	}
	switch strings.ToLower(h.get("Precedence")) {
	case "bulk", "junk", "list", "auto_reply", "auto-reply":
		return true
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "X-Mail-Autoreply", "X-MS-Exchange-Inbox-Rules-Loop"} {
		if v, ok := h.find(name); ok && !strings.EqualFold(v, "no") {
			return true
		}
	}
	return false
}

// Unwanted tells whether a mail to an address would reach a program, or nobody: automatic answers never go there.
func Unwanted(address string) bool {
	local, _, ok := strings.Cut(strings.ToLower(address), "@")
	if !ok || local == "" || daemon.MatchString(strings.ToLower(address)) {
		return true
	}
	for _, name := range []string{"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "bounce", "bounces", "nobody", "listserv", "majordomo"} {
		if local == name || strings.HasPrefix(local, name+"+") || strings.HasPrefix(local, name+"-") {
			return true
		}
	}
	return strings.HasSuffix(local, "-bounces") || strings.HasSuffix(local, "-request") || strings.HasPrefix(local, "owner-")
}

// readReport reads what a mail server says, in whatever form.
func (m *Mail) readReport(h header, w *walker) Report {
	r := Report{Failed: true}
	for _, g := range w.report {
		if to := recipient(g); to != "" && r.Recipient == "" {
			r.Recipient = to
		}
		if action := strings.ToLower(g.get("Action")); action != "" {
			r.Failed = strings.HasPrefix(action, "fail")
		}
		if why := or(g.text("Diagnostic-Code"), g.get("Status")); why != "" {
			_, after, typed := strings.Cut(why, ";")
			if typed {
				why = after
			}
			r.Reason = cut(oneLine(why), 500)
		}
	}
	if len(w.report) == 0 && later.MatchString(m.Subject) {
		r.Failed = false
	}
	if failed := parseAddresses(h.get("X-Failed-Recipients")); r.Recipient == "" && len(failed) > 0 {
		r.Recipient = failed[0].Mail
	}
	if r.Reason == "" {
		r.Reason = cut(oneLine(or(coded.FindString(m.Text), cut(m.Text, 400))), 500)
	}
	inner, body := readHeader(w.inner)
	if len(w.inner) == 0 {
		inner, _ = readHeader([]byte(quotedHead(m.Text)))
	}
	if all := ids(inner.get("Message-ID")); len(all) > 0 {
		r.Original = all[0]
	}
	r.Mentioned = m.mentioned(inner, body)
	if r.Recipient == "" {
		r.Recipient = m.bouncedTo(inner)
	}
	return r
}

func recipient(g header) string {
	for _, name := range []string{"Final-Recipient", "Original-Recipient"} {
		v := g.get(name)
		if _, after, ok := strings.Cut(v, ";"); ok {
			v = after
		}
		if a := first(parseAddresses(v)); a.Mail != "" {
			return a.Mail
		}
	}
	return ""
}

// quotedHead finds the head of the mail that came back in the text of an old-fashioned bounce.
func quotedHead(text string) string {
	for _, mark := range []string{"Return-Path:", "Received:", "Message-ID:", "Message-Id:"} {
		if i := strings.Index(text, "\n"+mark); i >= 0 {
			return text[i+1:]
		}
	}
	return ""
}

// mentioned are all message ids that a bounce names anywhere.
func (m *Mail) mentioned(inner header, body []byte) (out []string) {
	out = append(append(out, ids(inner.get("In-Reply-To"))...), ids(inner.get("References"))...)
	out = append(append(out, m.InReplyTo...), m.References...)
	for _, text := range []string{m.Text, string(body[:min(len(body), maxText)])} {
		for _, f := range bracketed.FindAllStringSubmatch(text, maxIDs) {
			if strings.Contains(f[1], "@") {
				out = append(out, f[1])
			}
		}
	}
	for _, f := range m.Files { // a copy of the mail that lies beside the report
		if f.Media == "message/rfc822" && !bytes.Equal(f.Data, nil) {
			h, _ := readHeader(f.Data)
			out = append(out, ids(h.get("Message-ID"))...)
		}
	}
	return out
}

// bouncedTo finds the address that a bounce without a report is about.
func (m *Mail) bouncedTo(inner header) string {
	if to := first(inner.addresses("To")); to.Mail != "" {
		return to.Mail
	}
	for _, found := range mailed.FindAllString(m.Text, 20) {
		if a := strings.ToLower(found); a != m.From.Mail && !slices.ContainsFunc(m.To, func(t Address) bool { return t.Mail == a }) {
			return a
		}
	}
	return ""
}

// groups are the fields of a delivery report: for the mail first, then for each recipient.
func groups(b []byte) (out []header) {
	for len(bytes.TrimSpace(b)) > 0 {
		b = bytes.TrimLeft(b, "\r\n")
		var h header
		for len(b) > 0 {
			var line []byte
			line, b = cutLine(b)
			if len(bytes.TrimSpace(line)) == 0 {
				break
			}
			h.add(line)
		}
		out = append(out, h)
	}
	return out
}

// calendarText says what an invitation is about, in lines without words of ours.
func calendarText(s string) string {
	s = strings.NewReplacer("\n ", "", "\n\t", "").Replace(s)
	value := map[string]string{}
	for line := range strings.SplitSeq(s, "\n") {
		name, v, ok := strings.Cut(line, ":")
		name, params, _ := strings.Cut(name, ";")
		name = strings.ToUpper(name)
		if !ok || value[name] != "" || name == "DTSTART" && value["SUMMARY"] == "" && value["UID"] == "" && strings.HasPrefix(v, "16010101") {
			continue // a time zone's own beginning
		}
		value[name] = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(strings.TrimSpace(v))
		if _, zone, found := strings.Cut(params, "TZID="); found && name == "DTSTART" {
			value["ZONE"] = strings.Trim(zone, `"`)
		}
	}
	var out []string
	for _, line := range []string{value["SUMMARY"], strings.TrimSpace(stamp(value["DTSTART"]) + " – " + stamp(value["DTEND"]) + " " + value["ZONE"]), value["LOCATION"], value["DESCRIPTION"]} {
		if line != "" && line != "–" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// stamp writes 20261120T090000Z as people read it.
func stamp(s string) string {
	if len(s) < 8 {
		return s
	}
	out := s[:4] + "-" + s[4:6] + "-" + s[6:8]
	if len(s) >= 13 {
		out += " " + s[9:11] + ":" + s[11:13]
	}
	if strings.HasSuffix(s, "Z") {
		out += " UTC"
	}
	return out
}
