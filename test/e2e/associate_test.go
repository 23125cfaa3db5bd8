package e2e

import (
	"strings"
	"testing"

	"hanse/internal/domain/record"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/test/browser"
)

const waiting = `provider,candidate_id,email,first_name,last_name,exam_code,exam_title,delivery_date,score,pass_mark,result,registration_id
PEARSON_VUE,HW777,first@exam.example,Somchai,Wattana,H12-711,HCIA-Security,2027-02-01,812,600,PASS,E2E-1
PEARSON_VUE,HW777,second@exam.example,Somchai,Wattana,H12-721,HCIP-Security,2027-02-20,410,600,FAIL,E2E-2
`

// TestAnEngineerAssociatesTwoAddressesAndSeesTheRecords goes the way of the two associations in a browser: the address,
// the captcha, the mail, the button, and then what had been waiting.
func TestAnEngineerAssociatesTwoAddressesAndSeesTheRecords(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			imp, err := w.Record.ImportNow(t.Context(), actor.Program("cli"), "february.csv", strings.NewReader(waiting), false, nil)
			must(t, err)
			if imp.State != record.Done || imp.Errors != 0 {
				t.Fatalf("the file ended as %s with %d errors", imp.State, imp.Errors)
			}
			w.Drain()
			p := w.sit(t, "engineer", in, browser.Options{})
			for _, email := range []string{"first@exam.example", "second@exam.example"} {
				w.associate(t, p, email)
			}
			p.Go("/me/records").met()
			exams := p.text("#exams")
			for _, want := range []string{"H12-711", "H12-721", "february.csv", "410", i18n.Text(in.lang, record.ResultText(record.Fail))} {
				if !strings.Contains(exams, want) {
					t.Errorf("the exams lack %q: %s", want, exams)
				}
			}
			p.Go("/me/certificates").met()
			if got := p.text("#ahead"); !strings.Contains(got, "HCIA-SECURITY") {
				t.Errorf("the passed exam's certificate isn't on the time line: %s", got)
			}
			p.Go("/me/next").met()
			p.Shot("associate-" + in.lang)
		})
	}
}

// associate does what an engineer does for one address.
func (w *World) associate(t *testing.T, p *person, email string) {
	t.Helper()
	p.Go("/me/emails").met()
	p.fill("email", email)
	p.check(`altcha-widget input[type=checkbox]`)
	p.Wait(`() => !!(document.querySelector('input[name="altcha"]') || {}).value`)
	p.Press("button", say(p.lang, "mine.emails.do")).met()
	p.See(email)
	w.Drain()
	p.Go(w.link(t, email)).met()
	p.See(email)
	p.Press("button", say(p.lang, "mine.confirm.do")).met()
	p.See(say(p.lang, "mine.associated"))
	w.Drain()
}

// link is where the confirmation mail to an address leads.
func (w *World) link(t *testing.T, email string) string {
	t.Helper()
	for _, m := range w.Sink.List() {
		if i := strings.Index(m.Text, "/me/emails/confirm?token="); i >= 0 && m.To[0] == email {
			return strings.Fields(m.Text[i:])[0]
		}
	}
	t.Fatalf("no mail to %s", email)
	return ""
}
