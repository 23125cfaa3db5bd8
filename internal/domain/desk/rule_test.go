package desk

import (
	"slices"
	"strings"
	"testing"
)

func TestTheFirstActiveRuleThatFitsDecides(t *testing.T) {
	network := Rule{ID: "network", Active: true, Asks: Asks{Products: []string{"vpc", "elb"}, Plans: []string{"PREMIUM"}}}
	down := Rule{ID: "down", Active: true, Asks: Asks{Severities: []string{"PROD_DOWN", "CORE_DOWN"}}}
	old := Rule{ID: "old", Asks: Asks{}}
	rest := Rule{ID: "rest", Active: true}
	for _, c := range []struct {
		facts Facts
		rules []Rule
		want  string
	}{
		{Facts{Product: "vpc", Plan: "PREMIUM", Severity: "PROD_DOWN"}, []Rule{old, network, down, rest}, "network"},
		{Facts{Product: "vpc", Plan: "PREMIUM", Severity: "PROD_DOWN"}, []Rule{down, network, rest}, "down"},
		{Facts{Product: "elb", Plan: "STANDARD", Severity: "GUIDANCE"}, []Rule{network, down, rest}, "rest"},
		{Facts{Product: "elb", Plan: "STANDARD", Severity: "GUIDANCE"}, []Rule{network, down}, ""},
		{Facts{}, []Rule{network, down}, ""},
		{Facts{Severity: "CORE_DOWN"}, []Rule{network, down}, "down"},
		{Facts{Account: "a1", Lang: "zh-Hans", Region: "cn-north-4", ProblemType: "t", Category: "c"},
			[]Rule{{ID: "all", Active: true, Asks: Asks{Accounts: []string{"a1"}, Languages: []string{"zh-Hans"}, Regions: []string{"cn-north-4"}, ProblemTypes: []string{"t"}, Categories: []string{"c"}}}}, "all"},
		{Facts{Account: "a2"}, []Rule{{ID: "all", Active: true, Asks: Asks{Accounts: []string{"a1"}}}}, ""},
	} {
		got, _ := first(c.rules, c.facts)
		if got.ID != c.want {
			t.Errorf("first(%+v) = %q, want %q", c.facts, got.ID, c.want)
		}
	}
}

func TestTurnsGoRoundHoweverTheTeamChanges(t *testing.T) {
	p := func(ids string) (out []Person) {
		for _, id := range strings.Fields(ids) {
			out = append(out, Person{ID: id})
		}
		return out
	}
	for _, c := range []struct{ team, last, want string }{
		{"a b c", "", "a"}, {"a b c", "a", "b"}, {"a b c", "c", "a"}, {"a c", "b", "c"}, {"a", "a", "a"}, {"", "a", ""},
	} {
		got, _ := next(p(c.team), c.last)
		if got.ID != c.want {
			t.Errorf("next(%q, after %q) = %q, want %q", c.team, c.last, got.ID, c.want)
		}
	}
	loads := map[string]int64{"a": 2, "b": 1, "c": 1}
	for last, want := range map[string]string{"": "b", "a": "b", "b": "c", "c": "b"} {
		got, n, _ := least(p("a b c"), loads, last)
		if got.ID != want || n != 1 {
			t.Errorf("least(after %q) = %q with %d, want %q with 1", last, got.ID, n, want)
		}
	}
}

func TestAVariableWithoutAValueIsNamedAndStays(t *testing.T) {
	text, missing := Fill("Dear {contact}, {ticket} {owner} {owner} {brace} { x } {}", Values{"contact": "Lin", "ticket": "TT1"})
	if want := "Dear Lin, TT1 {owner} {owner} {brace} { x } {}"; text != want {
		t.Errorf("Fill = %q, want %q", text, want)
	}
	if !slices.Equal(missing, []string{"owner"}) {
		t.Errorf("missing = %v, want [owner]", missing)
	}
	if text, missing := Fill("{customer}", Values{"customer": "{me}", "me": "x"}); text != "{me}" || len(missing) > 0 {
		t.Errorf("a value is text and not filled again: %q %v", text, missing)
	}
}

func TestAnswersAreFoundByWordsInBothLanguages(t *testing.T) {
	all := []Answer{{Name: "Logs", Keywords: "dump 日志", BodyEN: "Please send the log.", BodyZH: "请提供日志文件。"},
		{Name: "Restart", BodyEN: "Please restart; then send the log.", BodyZH: "请重启。"}, {Name: "重启设备", Keywords: "reboot", BodyZH: "请重启设备。"}}
	for words, want := range map[string]string{"": "Logs Restart 重启设备", "log": "Logs Restart", "日志": "Logs", "REBOOT": "重启设备", "重启": "重启设备 Restart", "log dump": "Logs", "nothing": ""} {
		var got []string
		for _, a := range Search(all, words) {
			got = append(got, a.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Search(%q) = %v, want %s", words, got, want)
		}
	}
}
