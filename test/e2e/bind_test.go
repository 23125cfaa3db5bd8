package e2e

import (
	"regexp"
	"strings"
	"testing"

	"hanse/internal/domain/roster"
	"hanse/internal/kit/calendar"
	"hanse/test/browser"
)

var joinLink = regexp.MustCompile(`/join\?token=[A-Za-z0-9_-]+`)

// joinMail is where the newest invitation to an address leads.
func (w *World) joinMail(t *testing.T, email string) string {
	t.Helper()
	var others []string
	for _, m := range w.Sink.List() {
		if l := joinLink.FindString(m.Text); l != "" && m.To[0] == email {
			return l
		} else if m.To[0] == email {
			others = append(others, m.Subject)
		}
	}
	t.Fatalf("no invitation to %s, only %q", email, others)
	return ""
}

// TestAPartnerBindsAnEngineerWhoseCertificatesCountUntilTheUnbinding goes the whole way in a browser: the engineer leaves
// the company of the demonstration, is invited again, accepts by the mailed link, counts, and no longer counts from
// the moment of the unbinding.
func TestAPartnerBindsAnEngineerWhoseCertificatesCountUntilTheUnbinding(t *testing.T) {
	t.Parallel()
	for _, in := range tongues {
		t.Run(in.lang, func(t *testing.T) {
			w := world(t)
			const email = "somchai@siamlink.example"
			e := w.sit(t, "engineer", in, browser.Options{})
			e.Go("/me/companies").met()
			e.Press("link", say(in.lang, "members.leave")).met()
			e.Press("button", say(in.lang, "members.leave")).met()
			w.Drain()
			if b := w.bindingOf(t, email); b.LeftOn.IsNone() || b.Here(calendar.DayOf(w.Clock.Now())) {
				t.Fatalf("after leaving the binding is %+v, want ended today", b)
			}

			p := w.sit(t, "service_partner_admin", in, browser.Options{})
			p.Go("/people/invitations/new").met()
			p.fill("to", email)
			p.Press("button", say(in.lang, "members.invite.do")).met()
			invitation := p.Path()
			if !strings.HasPrefix(invitation, "/invitations/") {
				t.Fatalf("inviting leads to %s: %.600s", invitation, p.text("main"))
			}
			w.Drain()

			e.Go(w.joinMail(t, email)).met()
			e.check(`input[name=consent]`)
			e.Press("button", say(in.lang, "members.question.accept")).met()
			e.Shot("bind-" + in.lang)
			w.Drain()
			b := w.bindingOf(t, email)
			if b.Confirmation != roster.Confirmed || !b.Here(calendar.DayOf(w.Clock.Now())) || len(b.Held) == 0 {
				t.Fatalf("after accepting the binding is %+v, want there, confirmed, with certificates", b)
			}
			p.Go(invitation).met()
			p.See(say(in.lang, "member.state.bound"))
			p.Go("/people/" + b.ID + "/unbind").met()
			p.Press("button", say(in.lang, "members.unbind.do")).met()
			w.Drain()
			if b := w.bindingOf(t, email); b.Here(calendar.DayOf(w.Clock.Now())) {
				t.Errorf("after unbinding the person is still there: %+v", b)
			}
			people, err := w.Roster.EngineersAt(t.Context(), w.DB.Read(), b.Account, w.Clock.Now())
			must(t, err)
			for _, x := range people {
				if x.ID == b.ID && x.Bound(calendar.DayOf(w.Clock.Now())) {
					t.Errorf("the engine still counts %+v", x)
				}
			}
		})
	}
}

// bindingOf is where the person of an address works, or worked last.
func (w *World) bindingOf(t *testing.T, email string) roster.Binding {
	t.Helper()
	person, ok, err := w.Roster.PersonByEmail(t.Context(), w.DB.Read(), email)
	must(t, err)
	if !ok {
		t.Fatalf("nobody has %s", email)
	}
	all, err := w.Roster.BindingsOf(t.Context(), w.DB.Read(), person)
	must(t, err)
	if len(all) == 0 {
		t.Fatalf("%s works nowhere", email)
	}
	return all[len(all)-1]
}
