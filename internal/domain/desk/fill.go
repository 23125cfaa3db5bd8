package desk

import (
	"regexp"
	"slices"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Values are what variables stand for: "customer" -> "Shenzhen Xinghe".
type Values map[string]string

// A Variable can stand in a macro's or an answer's text as {name}.
type Variable struct {
	Name  string
	Label i18n.Msg
}

// Variables lists what can stand in a text.
func Variables() []Variable {
	return []Variable{
		{"ticket", i18n.M("desk.var.ticket")}, {"title", i18n.M("desk.var.title")}, {"customer", i18n.M("desk.var.customer")},
		{"contact", i18n.M("desk.var.contact")}, {"me", i18n.M("desk.var.me")}, {"owner", i18n.M("desk.var.owner")},
		{"team", i18n.M("desk.var.team")}, {"severity", i18n.M("desk.var.severity")}, {"plan", i18n.M("desk.var.plan")},
		{"due", i18n.M("desk.var.due")},
	}
}

// variable finds what looks like a variable. Other braces are text.
var variable = regexp.MustCompile(`\{[a-z_]{1,30}\}`)

func inside(s string) string { return s[1 : len(s)-1] }

// Fill puts the values in. Missing names the variables that have none for this ticket; they stay as they are, so that
// whoever reads the text sees them.
func Fill(text string, v Values) (filled string, missing []string) {
	filled = variable.ReplaceAllStringFunc(text, func(s string) string {
		if !slices.ContainsFunc(Variables(), func(x Variable) bool { return x.Name == inside(s) }) {
			return s
		}
		if value := v[inside(s)]; value != "" {
			return value
		}
		if !slices.Contains(missing, inside(s)) {
			missing = append(missing, inside(s))
		}
		return s
	})
	return filled, missing
}

// checkText refuses a text that is too long or has a variable that doesn't exist.
func checkText(fs *fault.Fields, field, text string) {
	if n := len([]rune(text)); n > mostText {
		fs.Add(field, "", i18n.M("desk.too_long", i18n.A{"length": n, "most": mostText}))
	}
	var unknown, all []string
	for _, x := range Variables() {
		all = append(all, "{"+x.Name+"}")
	}
	for _, s := range variable.FindAllString(text, -1) {
		if !slices.Contains(all, s) && !slices.Contains(unknown, s) {
			unknown = append(unknown, s)
		}
	}
	if len(unknown) > 0 {
		fs.Add(field, strings.Join(unknown, " "), i18n.M("desk.unknown_variable", i18n.A{"value": strings.Join(unknown, " "), "all": strings.Join(all, " ")}))
	}
}
