package eml

import (
	"regexp"
	"strings"
)

// ReplyMark begins and ends the line above which people write their answer: it's found whatever language stands between.
const ReplyMark = "##-"

const replyMarkEnd = "-##"

var (
	originals = regexp.MustCompile(`^[> ]*[-_]{2,}\s*(?i:original message|original mail|原始邮件|原始郵件|回复的原邮件|邮件原件|原邮件|原郵件|` +
		`ursprüngliche nachricht|message d'origine|mensaje original|元のメッセージ)\s*[-_]{2,}`)
	forwards = regexp.MustCompile(`^[> ]*(?i:[-_]{2,}\s*(forwarded message|forwarded by|转发的消息|转发邮件信息|转发邮件|轉寄的郵件|转发的邮件|weitergeleitete nachricht)|begin forwarded message:)`)
	wrote    = regexp.MustCompile(`^(?:(?i:on|at|am|le|el) .{5,400}(?i:wrote|schrieb.{0,200}|a écrit|escribió)\s*[:：]$|.{0,200}\d{4}.{2,300}(?:写道|寫道)\s*[:：]$)`)
	heads    = regexp.MustCompile(`^[> ]*\*?(?i:from|发件人|寄件者|寄件人|von|de|差出人)\*?\s*[:：]`)
	others   = regexp.MustCompile(`^[> ]*\*?(?i:sent|date|to|cc|subject|发送时间|发送日期|发件时间|日期|时间|收件人|收件者|抄送|副本|主题|主旨|標題|gesendet|an|betreff|envoyé|à|objet|宛先|件名|日時)\*?\s*[:：]`)
	rules    = regexp.MustCompile(`^[> ]*[-_]{5,}\s*$`)
)

// Quoted finds where the mail that is answered begins in a text, in bytes; 0 means that nothing is to be folded: there's
// no quotation, nothing of one's own stands before it, it's a forwarded mail, or the answer stands between quoted lines.
func Quoted(text string) int {
	lines := strings.Split(text, "\n")
	at := 0
	for i, line := range lines {
		switch {
		case forwards.MatchString(line):
			return 0
		case begins(lines, i):
			return folded(text, lines, i, at)
		}
		at += len(line) + 1
	}
	return 0
}

// folded checks that folding from line i hides nothing of one's own.
func folded(text string, lines []string, i, at int) int {
	for i > 0 && rules.MatchString(lines[i-1]) { // the line that programs draw above
		i--
		at -= len(lines[i]) + 1
	}
	if strings.TrimSpace(text[:max(at, 0)]) == "" || answersBetween(lines[i:]) {
		return 0
	}
	return at
}

// begins tells whether a quotation begins at a line.
func begins(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	switch {
	case line == "":
		return false
	case strings.Contains(line, ReplyMark) && strings.Contains(line, replyMarkEnd):
		return true
	case originals.MatchString(line), introduces(lines, i), heads.MatchString(line) && followed(lines[i+1:]):
		return true
	}
	return strings.HasPrefix(line, ">") && onlyQuoted(lines[i:])
}

// introduces knows "On … wrote:", which may be broken into three lines.
func introduces(lines []string, i int) bool {
	joined := ""
	for k := i; k < len(lines) && k < i+3; k++ {
		part := strings.TrimSpace(lines[k])
		if part == "" {
			return false
		}
		if joined = strings.TrimSpace(joined + " " + part); wrote.MatchString(joined) {
			return true
		}
	}
	return false
}

// followed tells whether at least two more fields of a mail's head come within the next lines.
func followed(lines []string) bool {
	n, looked := 0, 0
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if looked++; looked > 6 {
			break
		}
		if others.MatchString(line) {
			n++
		}
	}
	return n >= 2
}

func onlyQuoted(lines []string) bool {
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, ">") {
			return false
		}
	}
	return true
}

// answersBetween tells whether words without a mark follow marked ones: somebody answers below what is quoted.
func answersBetween(lines []string) bool {
	marked := false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, ">"):
			marked = true
		case line == "--" || line == "-- ":
			return false
		case line != "" && marked && !begins(lines, i):
			return true
		}
	}
	return false
}

// fold takes the marks of markup out of a text and says where the quotation begins.
func fold(text string) (string, int) {
	mark := string(quoteMark) + "\n"
	own, rest, found := strings.Cut(text, mark)
	rest = strings.ReplaceAll(strings.ReplaceAll(rest, mark, ""), string(quoteMark), "")
	whole := own + rest
	at := Quoted(whole)
	if !found || strings.TrimSpace(own) == "" || at > 0 && at <= len(own) {
		return whole, at
	}
	if head := strings.TrimLeft(rest, "\n> "); forwards.MatchString(strings.SplitN(head, "\n", 2)[0]) || answersBetween(strings.Split(rest, "\n")) {
		return whole, at
	}
	return whole, len(own)
}
